"""Parts of a bundle for one head: its settings in `bundle.json`, and its files of tags, transitions and word forms."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from tagger.border.schema import shown
from tagger.encoding.lexicon import Lexicon
from tagger.heads import Head
from tagger.heads.chain import Chain, chain_rows, read_chain
from tagger.heads.target import TagTarget
from tagger.tagging.bundle_json import spelling_and_tags
from tagger.tagging.checksums import BundleFiles
from tagger.tagging.symbol_files import read_rows, read_symbols, write_rows

TAGS, FORMS = "tags.txt", "forms.txt"
TRANSITIONS = "transitions.tsv"  # scores of a CRF
LARGEST_SINGLE = 3.4e38  # of the numbers in single precision
AMBIGUOUS = "ambiguous.txt"  # missing in bundles without words, and of older versions


def target_file(name: str, head: str | None) -> str:
    """Name of a file of a head; `head` is None if the bundle has only one, of tags.

    >>> target_file("tags.txt", "ner"), target_file("tags.txt", None)
    ('tags.ner.txt', 'tags.txt')
    """
    stem, _, suffix = name.partition(".")
    return name if head is None else f"{stem}.{head}.{suffix}"


def target_to_json(target: TagTarget) -> dict[str, Any]:
    """Convert the settings of a target to a JSON object; its name, kind and column are left out."""
    return {
        "scheme": target.scheme,
        "spelling": asdict(target.spelling),
        "scheme_train": target.scheme_train,
        "file_tags": target.file_tags,
        "decode": target.decode,
        "temperature": target.temperature,
        **({"min_duration": list(target.min_duration)} if target.min_duration else {}),
        "ignore": target.ignore,
        "majority_tag": target.lexicon.majority,
        "reads_words": target.lexicon.forms is not None,
    }


def write_target(target: TagTarget, folder: Path, head: str | None) -> None:
    """Write the files of a target into the folder of a bundle; the head is as for `target_file`."""
    write_rows(folder / target_file(TAGS, head), [(tag,) for tag in target.tags])
    if target.chain is not None:
        write_rows(folder / target_file(TRANSITIONS, head), [*chain_rows(target.chain, target.tags)])
    if target.lexicon.forms is not None:
        write_rows(folder / target_file(FORMS, head), list(target.lexicon.forms.items()))
    if target.lexicon.ambiguous is not None:
        write_rows(folder / target_file(AMBIGUOUS, head), [(form,) for form in sorted(target.lexicon.ambiguous)])


def read_target(settings: Mapping[str, Any], head: Head, files: BundleFiles, *, is_only: bool) -> TagTarget:
    """Read a target from a bundle.

    Args:
        settings: as returned by `target_to_json`, with name, kind and column unless it is the only one.
        head: the head of the network.
        files: files of the bundle.
        is_only: whether the bundle has this head only, and it is of tags.

    Raises:
        BundleError: a file is missing or not valid.
        ValueError: parts do not match.
    """
    names = {} if is_only else {key: settings[key] for key in ("name", "kind", "column")}
    if names and names["name"] != head.name:
        raise ValueError(f"head {head.name!r} of the network, but {names['name']!r} in its place in `heads`")
    tags_name, forms_name, ambiguous_name, transitions_name = (
        target_file(name, None if is_only else head.name) for name in (TAGS, FORMS, AMBIGUOUS, TRANSITIONS)
    )
    spelling, tags = spelling_and_tags(settings, files.parse(tags_name, read_symbols))
    if head.n_tags != len(tags):
        raise ValueError(f"{head.n_tags:,} tags in the network, {len(tags):,} in {tags_name}")
    forms = files.parse(forms_name, partial(read_rows, n_cells=2)) if settings["reads_words"] else None
    target = TagTarget(
        tags=tags,
        lexicon=Lexicon(
            majority=settings["majority_tag"],
            forms=None if forms is None else {row[0]: row[1] for row in forms},
            ambiguous=frozenset(files.parse(ambiguous_name, read_symbols)) if ambiguous_name in files else None,
        ),
        ignore=tuple(settings["ignore"]),
        scheme=settings["scheme"],
        spelling=spelling,
        scheme_train=settings["scheme_train"],
        file_tags=tuple(settings["file_tags"]),
        decode=settings["decode"],
        temperature=settings["temperature"],
        min_duration=tuple(settings.get("min_duration", ())),
        chain=files.parse(transitions_name, partial(_read_transitions, n_tags=len(tags)))
        if head.kind == "crf"
        else None,
        **names,
    )
    _check_target(target, head, tags_name)
    return target


def _read_transitions(text: str, n_tags: int) -> Chain:
    """Read the scores of a CRF: a line of names, one of the sentence's start, and one of each tag.

    Raises:
        ValueError: names the line with another number of cells, or with a cell that is not a number.
    """
    rows = read_rows(text, n_tags + 2)
    if len(rows) != n_tags + 2:
        raise ValueError(f"expected {n_tags + 2:,} lines, for {n_tags:,} tags, got {len(rows):,}")
    for number, (_, *scores) in enumerate(rows[1:], start=2):
        for score in scores[:-1] if number == 2 else scores:  # no sentence ends at its start
            if not _is_single(score):
                raise ValueError(f"line {number}: expected a finite number in single precision, got {shown(score)}")
    return read_chain(rows)


def _is_single(text: str) -> bool:
    try:
        return abs(float(text)) <= LARGEST_SINGLE
    except ValueError:
        return False


def _check_target(target: TagTarget, head: Head, tags_name: str) -> None:
    """Raise ValueError if settings of a target exclude each other, or do not match its head."""
    letters = target.spelling.letters
    if not len(set(letters)) == len(letters) == 4:
        raise ValueError(f"spelling.letters should be 4 distinct letters, got {letters!r}")
    if (head.pool is None) == (target.kind == "label"):
        raise ValueError(f"head {head.name} has kind {target.kind!r} and pool {head.pool!r}: only labels are pooled")
    if target.min_duration:
        if len(target.min_duration) != len(target.tags):
            raise ValueError(f"min_duration has {len(target.min_duration):,} numbers, for {len(target.tags):,} tags")
        if target.kind != "tag" or target.scheme_train != "none":
            raise ValueError(f"head {head.name} has a min_duration, which is for tags without a scheme")
        from tagger.heads.durations import check_durations  # seldom needed, and predict starts faster without it

        check_durations(len(target.tags), max(target.min_duration))
    if target.kind == "tag":
        return
    if target.chain is not None or {target.scheme, target.scheme_train} != {"none"}:
        raise ValueError(f"head {head.name} has kind {target.kind!r} and a CRF or a scheme, which are for tags")
    if target.kind == "string":
        from tagger.heads.edit_scripts import apply_script  # as above

        for number, script in enumerate(target.tags, start=1):
            try:
                apply_script(script, "")
            except ValueError:
                raise ValueError(f"{tags_name}: line {number}: not an edit script: {shown(script)}") from None
