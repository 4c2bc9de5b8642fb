"""Tagged sentences as text."""

import json
from collections.abc import Callable
from typing import Literal

from tagger.corpus import columns, conllu
from tagger.corpus.layout import Layout
from tagger.corpus.schemes import Span
from tagger.corpus.sentence import Sentence
from tagger.tagging.tagger import Tagged

OutputFormat = Literal["text", "tsv", "jsonl", "conllu"]


def formatter(output_format: OutputFormat, *, confidence: bool, layout: Layout) -> Callable[[Tagged], str]:
    """A function that gives a tagged sentence's lines, line end included.

    Args:
        output_format: which format.
        confidence: whether each tag's probability is told, where the format can say it.
        layout: of the files that the tagger was trained on; its tag column is where CoNLL-U gets the tag.
    """
    match output_format:
        case "text":
            return lambda tagged: _text(tagged, confidence)
        case "tsv":
            return lambda tagged: columns.write_sentence(
                _with_tags(tagged), confidence=tagged.confidence if confidence else None
            )
        case "jsonl":
            return lambda tagged: _jsonl(tagged, confidence)
        case "conllu":
            return lambda tagged: conllu.write_sentence(
                _with_tags(tagged), conllu.tag_column(layout), confidence=tagged.confidence if confidence else None
            )


def _text(tagged: Tagged, confidence: bool) -> str:
    tags = [f"{tag}:{score:.3f}" for tag, score in zip(tagged.tags, tagged.confidence, strict=True)]
    pairs = zip(tagged.tokens, tags if confidence else tagged.tags, strict=True)
    return " ".join(f"{token}/{tag}" for token, tag in pairs) + "\n"


def _jsonl(tagged: Tagged, confidence: bool) -> str:
    line = {
        "tokens": tagged.tokens,
        "tags": tagged.tags,
        "spans": None if tagged.spans is None else [_span(span, tagged.offsets) for span in tagged.spans],
        "offsets": tagged.offsets,
        "confidence": [round(score, 4) for score in tagged.confidence] if confidence else None,
    }
    return json.dumps(line, ensure_ascii=False) + "\n"


def _span(span: Span, offsets: tuple[tuple[int, int], ...] | None) -> dict[str, object]:
    """A span as JSON has it: its tokens, and its characters where the tokens come from a text."""
    characters = {"start": offsets[span.start][0], "end": offsets[span.end - 1][1]} if offsets else {}
    return {"label": span.type, "tokens": [span.start, span.end], **characters}


def _with_tags(tagged: Tagged) -> Sentence:
    sentence = tagged.sentence
    return Sentence(tagged.tokens, tagged.tags, rows=sentence.rows, path=sentence.path, line=sentence.line)
