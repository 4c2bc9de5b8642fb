"""JSON lines: one object per line, with tokens and their tags, or with a text and spans of its characters."""

import json
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tagger.corpus.alignment import Misfit, align
from tagger.corpus.answer_columns import arrange, named_location, refuse_answers_as_inputs, requested_answers
from tagger.corpus.counted import counted
from tagger.corpus.formats import FileFormat, Source, sentences_of_lines
from tagger.corpus.json_answers import require_keys
from tagger.corpus.json_values import (
    check_text,
    group_value,
    label_value,
    looks_like_json,
    parse_object,
    span_list,
    string_list,
    value_of,
    value_rows,
)
from tagger.corpus.layout import AnswerColumn, Layout, refuse_tag_as_input
from tagger.corpus.schemes import tags_of
from tagger.corpus.sentence import Sentence
from tagger.errors import ConfigError, DataError

log = logging.getLogger("tagger")

# Keys of tokens and tags, or of a text and its spans, in order of preference; names of spans are those of common tools.
KEYS = (
    ("tokens", "tags"), ("text", "spans"), ("text", "entities"), ("text", "label"), ("text", "labels"),
    ("text", "annotations"),
)  # fmt: skip
REJECTED = ("reject", "ignore")  # values of `answer` in Prodigy's files
MAX_LOGGED = 3  # misfits that are logged one by one


def read(source: Source) -> Iterator[Sentence]:
    """Read the sentence of each object.

    Lists of tokens are kept, texts are tokenized. Spans of a text, see `parse_span`, become tags in BIO; spans that
    cross token borders are adjusted, see `align`, and logged. The layout may name the keys, and names those of
    several answers: a label is a string, a number or a truth value. If tags are read, objects
    without a token are skipped, and so are those whose `answer` is reject or ignore, which are counted in the log;
    otherwise every object gives a sentence.

    Raises:
        DataError: a line is not JSON, lacks a key or has a value of the wrong kind; names the line.
        ConfigError: a key is a number, or the key of tags is also an input.
    """
    return _Reader(source).read()


class _Reader:
    """Reader of one file, with counts for the summaries that it logs."""

    def __init__(self, source: Source) -> None:
        self.source = replace(source, lines=iter(source.lines))
        self.misfits: Counter[str] = Counter()
        self.n_objects = self.n_rejected = 0
        self.is_warned = False  # whether a script without spaces was reported

    def read(self) -> Iterator[Sentence]:
        layout, path = self.source.layout, self.source.path
        _check_keys(layout, path)
        if self.source.tagged and layout.answers:
            lines = require_keys(self.source.lines, requested_answers(layout, "", tagged=True), path)
            self.source = replace(self.source, lines=lines)
        yield from sentences_of_lines(self.source, self._parse_line)
        if self.n_rejected:
            log.warning(
                "%s: %d of %d examples are skipped: their `answer` is reject or ignore",
                path, self.n_rejected, self.n_objects,
            )  # fmt: skip
        if self.misfits:
            log.warning(
                "%s: spans that do not fit the tokens: %d widened to whole tokens, "
                "%d left out because they overlap a longer one, %d because they touch no token",
                path, *(self.misfits[why] for why in ("cuts a token", "overlaps another", "touches no token")),
            )  # fmt: skip

    def _parse_line(self, number: int, line: str) -> Sentence | None:
        if not line.strip(" \t"):
            return None
        layout, path, tagged = self.source.layout, self.source.path, self.source.tagged
        location = f"{path}:{number}"
        try:
            is_read_on = self.n_objects or layout.bad_rows == "skip"
            obj = parse_object(line, location, rest=() if is_read_on else self.source.lines)
        except DataError as error:
            if self.n_objects == 0:
                raise
            raise DataError(error.message) from None  # the hint is for files in another format
        self.n_objects += 1
        is_verdict = "answer" not in (layout.tag, *(answer.column for answer in layout.answers))
        if tagged and is_verdict and obj.get("answer") in REJECTED:
            self.n_rejected += 1
            if self.source.notes:
                self.source.notes.refused.add(number, f"answer: {obj['answer']}")
            return None
        token_key, tag_key = _keys(obj, layout, location, tagged and not layout.answers)
        if tag_key in (token_key, *layout.columns):
            refuse_tag_as_input(layout, path, token=token_key, tag=str(tag_key), identify=str)
        if isinstance(obj[token_key], str):
            sentence = self._text_sentence(obj, token_key, tag_key, number)
        else:
            sentence = self._token_sentence(obj, token_key, tag_key, number)
        if tagged and layout.answers:
            sentence = self._with_answers(sentence, obj, token_key, location)
        if layout.group is not None:
            sentence = replace(sentence, group=group_value(obj, str(layout.group), location))
        return sentence if sentence.tokens or not tagged else None

    def _text_sentence(self, obj: dict[str, Any], text_key: str, span_key: str | None, number: int) -> Sentence:
        """The sentence of a text, with spans if `span_key` is given."""
        from tagger.corpus.text import text_sentence  # loads the tokenizer, which other formats do not need
        from tagger.corpus.tokenizer import has_unspaced_script

        path = self.source.path
        location = f"{path}:{number}"
        if self.source.layout.columns:
            raise DataError(
                f"{location}: `{text_key}`: expected a list of tokens, each of which has a value in features.columns"
            )
        text = check_text(obj[text_key], location)
        sentence = text_sentence(text, path=path, line=number, max_tokens=self.source.layout.max_tokens)
        if not self.is_warned and has_unspaced_script(text):
            self.is_warned = True
            log.warning(
                "%s: a script without spaces between words: each run of its characters is one token; "
                "give a list of tokens instead of a text", location,
            )  # fmt: skip
        if not span_key:
            return sentence
        return replace(sentence, tags=self._span_tags(sentence, obj, span_key, text, location))

    def _span_tags(
        self, sentence: Sentence, obj: dict[str, Any], key: str, text: str, location: str
    ) -> tuple[str, ...]:
        """The tags, in BIO, of the spans of a text under a key."""
        spans = span_list(value_of(obj, key, location), key, text, location)
        aligned, misfits = align(spans, sentence.offsets or (), text)
        for misfit in misfits:
            self.misfits[misfit.why] += 1
            if self.misfits.total() <= MAX_LOGGED:
                log.warning("%s: %s", location, _describe(misfit, text))
        return tags_of(aligned, len(sentence), "bio")

    def _token_sentence(self, obj: dict[str, Any], token_key: str, tag_key: str | None, number: int) -> Sentence:
        """The sentence of a list of tokens, with tags if `tag_key` is given."""
        columns, path = self.source.layout.columns, self.source.path
        location = f"{path}:{number}"
        tokens = string_list(obj[token_key], token_key, "token", location)
        tags = string_list(obj[tag_key], tag_key, "tag", location) if tag_key else None
        if tags is not None and len(tokens) != len(tags):
            raise DataError(f"{location}: {counted(len(tokens), 'token')}, but {counted(len(tags), 'tag')}")
        values = value_rows(obj, columns, len(tokens), location) if columns else None
        return Sentence(tokens, tags, columns=values, path=path, line=number)

    def _with_answers(self, sentence: Sentence, obj: dict[str, Any], token_key: str, location: str) -> Sentence:
        """The sentence with its answers: labels, tags and strings in lists, or the spans of a text."""
        layout, text = self.source.layout, obj[token_key]
        answers = requested_answers(layout, "", tagged=True)
        refuse_answers_as_inputs(layout, self.source.path, token=token_key, answers=answers, identify=str)
        tags: list[tuple[str, ...]] = []
        labels: list[str] = []
        for answer in answers:
            key, where = str(answer.column), named_location(location, answer)
            if answer.kind == "label":
                labels.append(label_value(obj, key, where))
            elif isinstance(text, str) and answer.kind == "tag":
                tags.append(self._span_tags(sentence, obj, key, text, where))
            elif isinstance(text, str):
                raise DataError(f"{where}: `{token_key}`: expected a list of tokens, each of which has a string")
            else:
                tags.append(_values(obj, answer, len(sentence), where))
        _, in_order = arrange(layout, tags, labels, tagged=True)
        return replace(sentence, answers=in_order)


def _values(obj: dict[str, Any], answer: AnswerColumn, n_tokens: int, location: str) -> tuple[str, ...]:
    """The tags or strings of an answer, one for each token."""
    key = str(answer.column)
    values = string_list(value_of(obj, key, location), key, answer.kind, location)
    if len(values) != n_tokens:
        raise DataError(f"{location}: {counted(n_tokens, 'token')}, but {counted(len(values), answer.kind)}")
    return values


def _check_keys(layout: Layout, path: str) -> None:
    named = {
        "data.token and data.tag": (layout.token, layout.tag),
        "features.columns": layout.columns,
        "data.group": (layout.group,),
    } | {answer.key: (answer.column,) for answer in layout.answers}
    for settings, columns in named.items():
        if any(isinstance(column, int) for column in columns):
            raise ConfigError(f"{path}: read as jsonl: {settings}: the keys of an object go by name")


def _keys(obj: dict[str, Any], layout: Layout, location: str, tagged: bool) -> tuple[str, str | None]:
    """The keys of tokens (or text) and of tags (or spans); the latter is None if tags are not read."""
    pairs = [(str(layout.token or token), str(layout.tag or tag)) for token, tag in KEYS]
    for token, tag in pairs:
        # Some tools write details of their own tokens next to the text.
        if isinstance(obj.get(token), list) and "text" in obj and any(isinstance(x, dict) for x in obj[token]):
            continue
        if obj.get(token) is not None and (not tagged or obj.get(tag) is not None):
            return token, tag if tagged else None
    tokens, tags = (list(dict.fromkeys(f"`{key}`" for key in keys)) for keys in zip(*pairs, strict=True))
    expected = " or ".join(tokens) + (f", and {' or '.join(tags)}" if tagged else "")
    present = ", ".join(f"`{key}`" for key, value in obj.items() if value is not None)
    raise DataError(
        f"{location}: expected {expected}, got {'an object with ' + present[:80] if present else 'an empty object'}",
        "set data.token and data.tag to the keys to read" if tagged else None,
    )


def _describe(misfit: Misfit, text: str) -> str:
    start, end, label = misfit.span
    outcome = "; widened to whole tokens" if misfit.why == "cuts a token" else "; left out"
    return f"the span {start} to {end} ({label}: {text[start:end][:40]!r}) {misfit.why}{outcome}"


def write_sentence(sentence: Sentence) -> str:
    """Write a line with the tokens and, if any, the tags."""
    obj = {"tokens": sentence.tokens} | ({} if sentence.tags is None else {"tags": sentence.tags})
    return json.dumps(obj, ensure_ascii=False) + "\n"


FORMAT = FileFormat(
    read=read,
    write=lambda tagged, _: map(write_sentence, tagged),
    suffixes=(".jsonl", ".ndjson", ".json"),
    recognises=looks_like_json,
    keys=frozenset({"token", "tag", "columns", "group", "answers"}),
    is_sentence_a_line=True,
)
