"""A config or files of data → what is wrong with them."""

import os
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tagger.corpus.checks import Finding, Split, errors_first, find
from tagger.corpus.chunks import near
from tagger.corpus.detection import detect_scheme
from tagger.corpus.formats import may_lack_tags
from tagger.corpus.layout import Layout
from tagger.corpus.schemes import Scheme
from tagger.corpus.summary import Summary, summarize
from tagger.errors import ConfigError
from tagger.intake.check.config_lines import config_finding
from tagger.intake.check.reading import Read, read_files, unreadable
from tagger.intake.split_names import name_splits
from tagger.toml_file import is_config

if TYPE_CHECKING:
    from tagger.config import Config


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check gives.

    Args:
        splits: that could be read.
        notes: what else is to be known of them, in sentences.
        findings: errors first.
    """

    splits: tuple[Summary, ...]
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def n_errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.level == "error" for finding in self.findings)

    @property
    def has_errors(self) -> bool:
        """Whether something makes the data or a config useless as it is."""
        return self.n_errors > 0


def check(paths: Sequence[Path], *, named: Callable[[str], str] = str) -> Checked:
    """Looks for what is wrong with configs and the data that they name, or with files of data.

    Args:
        paths: each config stands for its own files; all other files are the splits of one data set, which are told by
            their names (train, dev or valid, test), else the first is train.
        named: puts options in the place of a config's keys in what is said of files without a config.
    """
    configs = [path for path in paths if is_config(path)]
    parts = [_check_config(path) for path in configs]
    if files := [path for path in paths if path not in configs]:
        parts.append(_check_files(files, named))
    return Checked(
        splits=tuple(chain.from_iterable(part.splits for part in parts)),
        notes=tuple(chain.from_iterable(part.notes for part in parts)),
        findings=tuple(errors_first(chain.from_iterable(part.findings for part in parts))),
    )


def _check_files(paths: Sequence[Path], named: Callable[[str], str]) -> Checked:
    files = {split: str(path) for split, path in name_splits(paths).items()}
    read = read_files(files, dict.fromkeys(files, Layout()))
    checked = _checked(read, *_scheme(read, "auto"))
    findings = (_advised(found, paths) for found in checked.findings)
    return replace(
        checked,
        findings=tuple(replace(each, what=named(each.what), advice=named(each.advice)) for each in findings),
    )


def _advised(found: Finding, paths: Sequence[Path]) -> Finding:
    """The finding, where other columns may be meant with how to say so: without a config, there are no keys to set."""
    is_of_columns = found.level == "error" or found.key in ("many-tags", "one-tag")
    if not is_of_columns or not all(map(os.path.isfile, paths)):
        return found
    names = " ".join(map(shlex.quote, map(near, paths)))
    config = "mine.toml"
    guess, trial = f"`tagger init {names} >{config}` guesses them", f"`tagger check {config}` tries them"
    advice = f"A config tells format, columns and encoding: {guess}, {trial}."
    return replace(found, advice=f"{found.advice} {advice}")


def _check_config(path: Path) -> Checked:
    # What comes with a config takes longer to import than a small file to be checked.
    from tagger.config import load_config
    from tagger.training.data_files import check_scheme, files_of, layout_of
    from tagger.training.splits import SPLITS, UNUSED_GROUP, cut_train, describe_cut, is_cut, layout_of_train

    try:
        config = load_config(path)
    except ConfigError as error:
        return Checked((), (), (config_finding(path, error),))
    data, layout = config.data, layout_of(config)
    files = files_of(data)
    read = read_files(files, {**dict.fromkeys(files, layout), "train": layout_of_train(layout, data)}, config_path=path)
    notes: list[str] = []
    if data.group is not None and not is_cut(data):
        notes.append(UNUSED_GROUP)
    elif is_cut(data) and "train" in read.splits:
        try:
            places = cut_train(read.splits["train"], data)
        except ConfigError as error:
            read.findings.append(unreadable("train", Path(files["train"]), error, path))
        else:
            cut = {split: [read.splits["train"][i] for i in of_split] for split, of_split in places.items()}
            found = read.splits | cut
            read.splits = {split: found[split] for split in SPLITS if split in found}
            read.layouts = dict.fromkeys(cut, read.layouts["train"]) | read.layouts
            notes.append(describe_cut(cut, data))
    scheme, evidence = _scheme(read, data.scheme)
    if "train" in read.splits:
        try:
            check_scheme(config, scheme)
        except ConfigError as error:
            read.findings.append(unreadable("train", Path(files["train"]), error, path))
    return _checked(read, scheme, [*notes, *evidence], config)


def _scheme(read: Read, wanted: Scheme | Literal["auto"]) -> tuple[Scheme, list[str]]:
    """The scheme of the tags of train, or else of the first split, and notes that say why."""
    sentences = next(iter(read.splits.values()), [])
    detected = detect_scheme(sentence.tags or () for sentence in sentences)
    if wanted == "auto" or wanted == detected.scheme or not sentences:
        scheme = detected.scheme if wanted == "auto" else wanted
        return scheme, [f"scheme of the tags: {detected.evidence}"] if sentences else []
    return wanted, [f"scheme of the tags: {wanted}, as data.scheme says; by their looks {detected.evidence}"]


def _checked(read: Read, scheme: Scheme, notes: Sequence[str], config: "Config | None" = None) -> Checked:
    """What is to be said of the sentences, beside what was found when they were read."""
    layouts, splits = read.layouts, [Split.of(split, sentences) for split, sentences in read.splits.items()]
    found = find(
        splits,
        scheme=scheme,
        ignore=config.data.ignore if config else (),
        max_steps=config.training.max_steps if config else 5000,
        may_lack_tags=any(map(may_lack_tags, layouts.values())),
    )
    train = next((split.flat for split in splits if split.name == "train"), None)
    summaries = tuple(
        summarize(split.name, split.flat, layouts[split.name].format, train if split.name != "train" else None)
        for split in splits
    )
    return Checked(summaries, tuple(notes), tuple(errors_first([*read.findings, *found])))
