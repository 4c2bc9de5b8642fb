"""Parts of a bundle for one head: its settings in `bundle.json`, and its files of tags, transitions and word forms."""

from collections.abc import Callable, Container, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from tagger.corpus.layout import AnswerKind
from tagger.corpus.schemes import Scheme
from tagger.encoding.lexicon import Lexicon
from tagger.heads import Head
from tagger.heads.chain import Decode, chain_rows, read_chain
from tagger.heads.edit_scripts import apply_script
from tagger.heads.target import TagTarget
from tagger.tagging.bundle_json import spelling_and_tags
from tagger.tagging.symbol_files import read_rows, read_symbols, write_rows

TAGS, FORMS = "tags.txt", "forms.txt"
TRANSITIONS = "transitions.tsv"  # scores of a CRF
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


def read_target(
    settings: Mapping[str, Any], head: Head, text: Callable[[str], str], files: Container[str], *, is_only: bool
) -> TagTarget:
    """Read a target from a bundle.

    Args:
        settings: as returned by `target_to_json`, with name, kind and column unless it is the only one.
        head: the head of the network.
        text: returns the text of a file by its name.
        files: names of all files.
        is_only: whether the bundle has this head only, and it is of tags.

    Raises:
        AttributeError, BundleError, LookupError, TypeError, ValueError: a part is missing or not valid.
    """
    names = {} if is_only else {key: settings[key] for key in ("name", "kind", "column")}
    if names and names["name"] != head.name:
        raise ValueError(f"head {head.name!r} of the network, but {names['name']!r} in its place in `heads`")
    tags_name, forms_name, ambiguous_name, transitions_name = (
        target_file(name, None if is_only else head.name) for name in (TAGS, FORMS, AMBIGUOUS, TRANSITIONS)
    )
    spelling, tags = spelling_and_tags(settings, read_symbols(text(tags_name)))
    return TagTarget(
        tags=tags,
        lexicon=Lexicon(
            majority=settings["majority_tag"],
            forms={row[0]: row[1] for row in read_rows(text(forms_name))} if settings["reads_words"] else None,
            ambiguous=frozenset(read_symbols(text(ambiguous_name))) if ambiguous_name in files else None,
        ),
        ignore=tuple(settings["ignore"]),
        scheme=settings["scheme"],
        spelling=spelling,
        scheme_train=settings["scheme_train"],
        file_tags=tuple(settings["file_tags"]),
        decode=settings["decode"],
        temperature=settings["temperature"],
        chain=read_chain(read_rows(text(transitions_name))) if head.kind == "crf" else None,
        **names,
    )


def check_target(target: TagTarget, head: Head, *, is_only: bool) -> None:
    """Raise ValueError if a setting of a target is not valid, or it does not match its head."""
    n_tags, name = head.n_tags, None if is_only else head.name
    if n_tags != len(target.tags):
        raise ValueError(f"{n_tags} tags in the network, {len(target.tags)} in {target_file('tags.txt', name)}")
    if target.chain is not None and len(target.chain.starts) != n_tags:
        n_rows = len(target.chain.starts)
        raise ValueError(f"{n_tags} tags in the network, {n_rows} in {target_file(TRANSITIONS, name)}")
    for scheme in (target.scheme, target.scheme_train):
        if scheme not in get_args(Scheme):
            raise ValueError(f"unknown scheme {scheme!r}")
    letters = target.spelling.letters
    if not (isinstance(letters, str) and len(set(letters)) == len(letters) == 4):
        raise ValueError(f"spelling.letters should be 4 distinct letters, got {letters!r}")
    if target.decode not in get_args(Decode):
        raise ValueError(f"unknown decode {target.decode!r}")
    if not 0 < target.temperature < float("inf"):
        raise ValueError(f"temperature should be finite and greater than 0, got {target.temperature}")
    _check_kind(target, head)


def _check_kind(target: TagTarget, head: Head) -> None:
    """Raise ValueError if kind or column of a target is not valid, or its kind does not match its head."""
    if target.kind not in get_args(AnswerKind):
        raise ValueError(f"unknown kind {target.kind!r}")
    if (head.pool is None) == (target.kind == "label"):
        raise ValueError(f"head {head.name} has kind {target.kind!r} and pool {head.pool!r}: only labels are pooled")
    if not isinstance(target.column, str | int | None) or isinstance(target.column, bool):
        raise ValueError(f"column should be a name or an index, got {target.column!r}")
    if target.kind == "tag":
        return
    if target.chain is not None or {target.scheme, target.scheme_train} != {"none"}:
        raise ValueError(f"head {head.name} has kind {target.kind!r} and a CRF or a scheme, which are for tags")
    if target.kind == "string":
        for script in target.tags:
            apply_script(script, "")  # raises ValueError
