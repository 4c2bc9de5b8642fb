"""A config or files of data → what is wrong with them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Literal

from tagger.checks import Finding, Place, Split, errors_first, find
from tagger.corpus.detection import detect_scheme
from tagger.corpus.formats import may_lack_tags
from tagger.corpus.layout import UNKNOWN, Layout
from tagger.corpus.schemes import Scheme
from tagger.corpus.spelling import Notation
from tagger.corpus.summary import Summary, summarize
from tagger.corpus.tags import rename_types
from tagger.errors import ConfigError
from tagger.intake.check.config_lines import config_finding, line_of
from tagger.intake.check.reading import Read, read_files, unreadable
from tagger.intake.split_names import name_splits
from tagger.toml_file import is_config


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


def check(paths: Sequence[Path], known: Layout = UNKNOWN, *, named: Callable[[str], str] = str) -> Checked:
    """Looks for what is wrong with configs and the data that they name, or with files of data.

    Args:
        paths: each config stands for its own files; all other files are the splits of one data set, which are told by
            their names (train, dev or valid, test), else the first is train.
        known: format, columns and encoding of files of data, as far as they are known; the rest is recognised.
        named: puts options in the place of a config's keys in what is said of files without a config.
    """
    configs = [path for path in paths if is_config(path)]
    parts = [_check_config(path) for path in configs]
    if files := [path for path in paths if path not in configs]:
        parts.append(_check_files(files, known, named))
    return Checked(
        splits=tuple(chain.from_iterable(part.splits for part in parts)),
        notes=tuple(chain.from_iterable(part.notes for part in parts)),
        findings=tuple(errors_first(chain.from_iterable(part.findings for part in parts))),
    )


def _check_files(paths: Sequence[Path], known: Layout, named: Callable[[str], str]) -> Checked:
    files = {split: str(path) for split, path in name_splits(paths).items()}
    read = read_files(files, dict.fromkeys(files, known))
    notation, notes = _notation(read, "auto")
    encodings = {layout.encoding: None for layout in read.layouts.values() if layout.encoding != "utf-8"}
    notes += [f"encoding: {name}, recognised by the bytes; a config names it: data.encoding" for name in encodings]
    checked = _checked(read, notation, notes)
    findings = (replace(each, what=named(each.what), advice=named(each.advice)) for each in checked.findings)
    return replace(checked, findings=tuple(findings))


def _check_config(path: Path) -> Checked:
    # What comes with a config takes longer to import than a small file to be checked.
    from tagger.config import load_config
    from tagger.training.data_files import check_scheme, files_of, layout_of, tag_names
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
    notation, evidence = _notation(read, data.scheme)
    if "train" in read.splits:
        try:
            check_scheme(config, notation.scheme)
        except ConfigError as error:
            read.findings.append(unreadable("train", Path(files["train"]), error, path))
    tags = {tag for sentences in read.splits.values() for sentence in sentences for tag in sentence.tags or ()}
    names = tag_names(data, notation, tags, read.mapped)
    for split, sentences in read.splits.items() if names.types else ():
        change = partial(rename_types, names=names.types, notation=notation)
        read.splits[split] = [replace(each, tags=change(each.tags or ())) for each in sentences]
    if files.keys() <= read.splits.keys():  # else a file that cannot be read may have the tags
        read.findings += [_unused(path, *name, problem) for name, problem in names.unused.items()]
    return _checked(read, notation, [*notes, *evidence], names.ignore, config.training.max_steps)


def _unused(path: Path, key: str, name: str, problem: str) -> Finding:
    advice = "A name means a tag, or all tags of a type of spans, as the files have them."
    return Finding("unused-names", "warning", None, 1, problem, advice, (Place(str(path), line_of(path, key), name),))


def _notation(read: Read, wanted: Scheme | Literal["auto"]) -> tuple[Notation, list[str]]:
    """The scheme of the tags of train, or else of the first split, as it is spelled, and notes that say why."""
    sentences = next(iter(read.splits.values()), [])
    detected = detect_scheme(sentence.tags or () for sentence in sentences)
    notation = detected.notation(wanted)
    if notation.scheme == detected.scheme or not sentences:
        return notation, [f"scheme of the tags: {detected.evidence}"] if sentences else []
    return notation, [f"scheme of the tags: {wanted}, as data.scheme says; by their looks {detected.evidence}"]


def _checked(
    read: Read, notation: Notation, notes: Sequence[str], ignore: Sequence[str] = (), max_steps: int = 5000
) -> Checked:
    """What is to be said of the sentences, beside what was found when they were read."""
    layouts, splits = read.layouts, [Split.of(split, sentences) for split, sentences in read.splits.items()]
    found = find(
        splits,
        **notation._asdict(),
        ignore=ignore,
        max_steps=max_steps,
        may_lack_tags=any(map(may_lack_tags, layouts.values())),
    )
    train = next((split.flat for split in splits if split.name == "train"), None)
    summaries = tuple(
        summarize(split.name, split.flat, layouts[split.name].format, train if split.name != "train" else None)
        for split in splits
    )
    return Checked(summaries, tuple(notes), tuple(errors_first([*read.findings, *found])))
