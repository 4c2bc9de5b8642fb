"""JSON lines: an object a line, with tokens and their tags, or with a text and spans of its characters."""

import json
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from tagger.corpus.alignment import CharSpan, Misfit, align
from tagger.corpus.formats import FileFormat, Source, sentences_of_lines
from tagger.corpus.layout import Column, Layout, refuse_tag_as_input
from tagger.corpus.schemes import tags_of
from tagger.corpus.sentence import Sentence
from tagger.errors import ConfigError, DataError

log = logging.getLogger("tagger")

# Of a token's key and a tag's, the first pair that an object has; the names of spans are those of common tools.
KEYS = (
    ("tokens", "tags"), ("text", "spans"), ("text", "entities"), ("text", "label"), ("text", "labels"),
    ("text", "annotations"),
)  # fmt: skip
BORDERS = (("start", "end"), ("start_offset", "end_offset"))
LABELS = ("label", "labels", "entity")
REFUSED = ("reject", "ignore")  # answers of Prodigy's annotators to whether an example is right
LIST_TO_LINES = "one object a line: jq -c '.[]' <OLD >NEW"
PAIRS_TO_LINES = "of pairs of a token and its tag: jq -c '{tokens: map(.[0]), tags: map(.[1])}' <OLD >NEW"
OBJECTS_TO_LINES = "one object a line: jq -c . <OLD >NEW"
N_TOLD = 3  # misfits that are told one by one


def read(source: Source) -> Iterator[Sentence]:
    """A sentence of each object.

    A list of tokens is taken as it is, a text is cut by our rule. Spans, see `span_parts`, become tags in BIO, see
    `align` for such as do not fit the tokens, which are told. The layout may name the keys. Where tags are read, an
    object without a token is skipped, and so is one whose `answer` is reject or ignore, which is told; else each gives
    a sentence, so that objects stay objects.

    Raises:
        DataError: names the line that is not JSON, lacks a key or has a value of the wrong kind.
        ConfigError: a key is a number, or the key of tags is an input, too.
    """
    from tagger.corpus.text import text_sentence  # the tokenizer, for which other formats should not wait
    from tagger.corpus.tokenizer import has_unspaced_script

    layout, path, tagged = source.layout, source.path, source.tagged
    _check_names(layout, path)
    counts: Counter[str] = Counter()
    is_warned = False
    n_objects = n_refused = 0

    def sentence_at(number: int, line: str) -> Sentence | None:
        nonlocal is_warned, n_objects, n_refused
        if not line.strip(" \t"):
            return None
        place = f"{path}:{number}"
        try:
            found = parse_object(line, place)
        except DataError as error:
            if n_objects == 0:
                raise
            raise DataError(error.message) from None  # the hint is for files of another kind
        n_objects += 1
        if tagged and layout.tag != "answer" and found.get("answer") in REFUSED:
            n_refused += 1
            if source.notes:
                source.notes.refused.add(number, f"answer: {found['answer']}")
            return None
        token_key, tag_key = _keys(found, layout, place, tagged)
        if tag_key in (token_key, *layout.columns):
            refuse_tag_as_input(layout, path, token=token_key, tag=str(tag_key), place_of=str)
        words = found[token_key]
        if isinstance(words, str):
            if layout.columns:
                raise DataError(
                    f"{place}: `{token_key}`: expected a list of tokens, each of which has a value in features.columns"
                )
            text = _sound(words, place)
            sentence = text_sentence(text, path=path, line=number)
            if not is_warned and has_unspaced_script(text):
                is_warned = True
                log.warning(
                    "%s: a script that is written without spaces: its runs are taken as one token each; "
                    "give a list of tokens instead of a text", place,
                )  # fmt: skip
            if tag_key:
                spans = _spans(found[tag_key], tag_key, text, place)
                aligned, misfits = align(spans, sentence.offsets or (), text)
                for misfit in misfits:
                    counts[misfit.why] += 1
                    if counts.total() <= N_TOLD:
                        log.warning("%s: %s", place, _told(misfit, text))
                tags = tags_of(aligned, len(sentence), "bio")
                sentence = Sentence(sentence.tokens, tags, offsets=sentence.offsets, path=path, line=number)
        else:
            tokens = _strings(words, token_key, "token", place)
            tags = _strings(found[tag_key], tag_key, "tag", place) if tag_key else ()
            if tag_key and len(tokens) != len(tags):
                raise DataError(f"{place}: {len(tokens)} tokens, but {len(tags)} tags")
            columns = _columns(found, layout.columns, len(tokens), place) if layout.columns else None
            sentence = Sentence(tokens, tags if tag_key else None, columns=columns, path=path, line=number)
        if layout.group is not None:
            sentence = replace(sentence, group=_group(found, str(layout.group), place))
        return sentence if sentence.tokens or not tagged else None

    yield from sentences_of_lines(source, sentence_at)
    if n_refused:
        log.warning(
            "%s: %d of %d examples are left out: their `answer` is reject or ignore", path, n_refused, n_objects
        )
    if counts:
        log.warning(
            "%s: %d spans that begin or end inside a token are widened to the tokens they touch; "
            "%d that overlap a longer one and %d that touch no token are left out",
            path, counts["cuts a token"], counts["overlaps another"], counts["touches no token"],
        )  # fmt: skip


def _check_names(layout: Layout, path: str) -> None:
    named = {"data.token and data.tag": (layout.token, layout.tag), "features.columns": layout.columns}
    for keys, columns in {**named, "data.group": (layout.group,)}.items():
        if any(isinstance(column, int) for column in columns):
            raise ConfigError(f"{path}: read as jsonl: {keys}: the keys of an object go by name")


def parse_object(line: str, place: str) -> dict[str, Any]:
    """The object of a line.

    Raises:
        DataError: it is not JSON, or no object.
    """
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        hint = LIST_TO_LINES if line.lstrip().startswith("[") else OBJECTS_TO_LINES if begins_json(line) else None
        raise DataError(f"{place}: not JSON: {error.msg}, in column {error.colno}: {line[:80]!r}", hint) from None
    except (RecursionError, ValueError) as error:  # nested too deep, a number of too many digits
        raise DataError(f"{place}: not JSON that can be read: {error}") from None
    if not isinstance(found, dict):
        hint = None
        if isinstance(found, list):
            hint = PAIRS_TO_LINES if found and all(isinstance(pair, list) for pair in found) else LIST_TO_LINES
        raise DataError(f"{place}: expected an object, got {_kind(found)}", hint)
    return found


def begins_json(line: str) -> bool:
    """Whether a line is an object or a list of JSON, or the first of several lines that are one.

    >>> [begins_json(line) for line in ('{"a": 1}', '[{"a": 1,', "[", "[ PUNCT")]
    [True, True, True, False]
    """
    text = line.strip()
    if text[:1] not in ("{", "["):
        return False
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        is_cut = error.pos >= len(text)
        return is_cut and ('"' in text or text in ("[", "{", "[{", "[ {", "[["))
    except (RecursionError, ValueError):
        pass
    return True


def write_sentence(sentence: Sentence) -> str:
    """A line with the tokens and, where there are any, the tags."""
    found = {"tokens": sentence.tokens} | ({} if sentence.tags is None else {"tags": sentence.tags})
    return json.dumps(found, ensure_ascii=False) + "\n"


def _keys(found: dict[str, Any], layout: Layout, place: str, tagged: bool) -> tuple[str, str | None]:
    """The keys of tokens (or text) and of tags (or spans); the latter is None where none are read."""
    pairs = [(str(layout.token or token), str(layout.tag or tag)) for token, tag in KEYS]
    for token, tag in pairs:
        # Some tools write what they know of their own tokens beside the text.
        if isinstance(found.get(token), list) and "text" in found and any(isinstance(x, dict) for x in found[token]):
            continue
        if found.get(token) is not None and (not tagged or found.get(tag) is not None):
            return token, tag if tagged else None
    tokens, tags = (list(dict.fromkeys(f"`{key}`" for key in keys)) for keys in zip(*pairs, strict=True))
    expected = " or ".join(tokens) + (f", and {' or '.join(tags)}" if tagged else "")
    have = ", ".join(f"`{key}`" for key, value in found.items() if value is not None)
    raise DataError(
        f"{place}: expected {expected}, got {'an object with ' + have[:80] if have else 'an empty object'}",
        "data.token and data.tag say which keys are meant" if tagged else None,
    )


def _columns(found: dict[str, Any], names: Sequence[Column], n_tokens: int, place: str) -> tuple[tuple[str, ...], ...]:
    """Per token, its values under the keys of lists that stand beside the tokens."""
    lists = []
    for name in map(str, names):
        if name not in found:
            raise DataError(f"{place}: there is no key `{name}`; the object has {_names(found)}")
        values = _strings(found[name], name, "value", place)
        if len(values) != n_tokens:
            raise DataError(f"{place}: {n_tokens} tokens, but {len(values)} values of `{name}`")
        lists.append(values)
    return tuple(zip(*lists, strict=True))


def _group(found: dict[str, Any], key: str, place: str) -> str:
    """What the object has under the key of groups, a text or a whole number."""
    if key not in found:
        raise DataError(f"{place}: there is no key `{key}`; the object has {_names(found)}")
    value = found[key]
    if not isinstance(value, str | int) or isinstance(value, bool) or not str(value).strip():
        raise DataError(f"{place}: `{key}`: expected a text or a whole number that names a group, got {_kind(value)}")
    return _sound(str(value), place)


def _names(found: dict[str, Any]) -> str:
    return ", ".join(f"`{key}`" for key in found)[:80]


def _strings(values: object, key: str, what: str, place: str) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise DataError(f"{place}: `{key}`: expected a list of texts, got {_kind(values)}")
    if what != "token":  # whole numbers stand for tags in many published sets
        values = [str(value) if type(value) is int else value for value in values]
    for i, value in enumerate(values):
        if not isinstance(value, str):
            raise DataError(f"{place}: `{key}`: expected texts, got {_kind(value)} at {i}")
        if not (value.strip(" ") if what == "tag" else value):
            raise DataError(f"{place}: `{key}`: the {what} at {i} is empty")
    _sound("".join(values), place)
    return tuple([value.strip(" ") for value in values] if what == "tag" else values)


def _spans(values: object, key: str, text: str, place: str) -> list[CharSpan]:
    if not isinstance(values, list):
        raise DataError(f"{place}: `{key}`: expected a list of spans, got {_kind(values)}")
    return [_span(value, f"{place}: `{key}`: span {i}", text) for i, value in enumerate(values)]


def _span(value: object, place: str, text: str) -> CharSpan:
    parts = span_parts(value)
    if parts is None:
        raise DataError(f"{place}: expected start and end, whole numbers, and a label, got {value!r:.80}")
    start, end, label = parts
    _sound(label, place)
    if not 0 <= start <= end <= len(text):
        raise DataError(
            f"{place}: {start} to {end} is no part of a text of {len(text)} characters",
            "start and end count characters from 0; end is the first behind the span",
        )
    return CharSpan(start, end, label.strip(" "))


def span_parts(value: object) -> tuple[int, int, str] | None:
    """Start, end and label of a span, in characters from 0; None where a value is no span.

    It is an object with `start` and `end`, or `start_offset` and `end_offset`, and `label`, `entity`, or `labels`, a
    list of one; or it is a list of these three. Whole numbers stand for labels in some tools' files.

    >>> span_parts({"start": 0, "end": 4, "labels": ["PER"]}), span_parts([0, 4, 2])
    ((0, 4, 'PER'), (0, 4, '2'))
    """
    if isinstance(value, dict):
        borders = next((borders for borders in BORDERS if borders[0] in value), BORDERS[0])
        label = next((value[key] for key in LABELS if value.get(key) is not None), None)
        label = label[0] if isinstance(label, list) and len(label) == 1 else label
        value = [*(value.get(border) for border in borders), label]
    match value:
        case [start, end, label] if type(start) is type(end) is int and (type(label) is int or isinstance(label, str)):
            return (start, end, str(label)) if str(label).strip(" ") else None
    return None


def _sound(text: str, place: str) -> str:
    """The text, if files can hold it: JSON can spell what they cannot."""
    if "\0" in text:
        raise DataError(f"{place}: holds a NUL, which no text does")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise DataError(f"{place}: holds half of a character: {text[error.start]!a}") from None
    return text


def _told(misfit: Misfit, text: str) -> str:
    start, end, label = misfit.span
    fate = "; widened to the tokens it touches" if misfit.why == "cuts a token" else "; left out"
    return f"the span {start} to {end} ({label}: {text[start:end][:40]!r}) {misfit.why}{fate}"


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "an object"
    return f"the number {value}"


FORMAT = FileFormat(
    read=read,
    write=lambda tagged, _: map(write_sentence, tagged),
    suffixes=(".jsonl", ".ndjson", ".json"),
    recognises=begins_json,
    keys=frozenset({"token", "tag", "columns", "group"}),
    is_sentence_a_line=True,
)
