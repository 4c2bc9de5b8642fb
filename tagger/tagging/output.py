"""Tagged sentences as text."""

import itertools
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from tagger.corpus.layout import Layout
from tagger.corpus.schemes import Span
from tagger.corpus.sentence import Sentence
from tagger.format_names import OutputFormat
from tagger.tagging.tagged import Tagged

SUFFIXES: dict[str, OutputFormat] = {
    ".tsv": "tsv", ".conll": "tsv", ".csv": "csv", ".jsonl": "jsonl", ".conllu": "conllu",
}  # fmt: skip


def format_of_output(path: Path | None) -> OutputFormat:
    """The format that the name of an output shows, aside from `.gz`; else text."""
    return "text" if path is None else SUFFIXES.get(Path(path.name.lower().removesuffix(".gz")).suffix, "text")


def formatter(output_format: OutputFormat, *, confidence: bool, layout: Layout) -> Callable[[Tagged], str]:
    """A function that gives a tagged sentence's lines, line end included.

    Where the best sequences of tags were asked for, all are told, best first, each with its probability: `text` has a
    line for each and a blank line behind them, `tsv` a sentence for each with a comment before it, `jsonl` a list.
    `csv` and `conllu` have the best one only; `csv` numbers the sentences that it is given.

    Args:
        output_format: which format.
        confidence: whether each tag's probability is told, where the format can say it.
        layout: of the files that the tagger was trained on; its tag column is where CoNLL-U gets the tag.
    """
    match output_format:
        case "text":
            return lambda tagged: _text(tagged, confidence)
        case "tsv":
            return lambda tagged: _tsv(tagged, confidence)
        case "csv":
            numbers = itertools.count(1)
            return lambda tagged: _csv(tagged, next(numbers), confidence)
        case "jsonl":
            return lambda tagged: _jsonl(tagged, confidence)
        case "conllu":
            from tagger.corpus.conllu_writer import (  # not needed for text, which is what starts fastest
                tag_column,
                write_sentence,
            )

            return lambda tagged: write_sentence(
                _with_tags(tagged), tag_column(layout), confidence=tagged.confidence if confidence else None
            )


def _text(tagged: Tagged, confidence: bool) -> str:
    if tagged.best:
        return "".join(f"{_probability(ranked)}\t{_line(ranked, confidence)}" for ranked in tagged.best) + "\n"
    return _line(tagged, confidence)


def _line(tagged: Tagged, confidence: bool) -> str:
    tags: Sequence[str] = tagged.tags
    if confidence:
        tags = [f"{tag}:{score:.3f}" for tag, score in zip(tags, tagged.confidence, strict=True)]
    return " ".join(map("/".join, zip(tagged.tokens, tags, strict=True))) + "\n"


def _tsv(tagged: Tagged, confidence: bool) -> str:
    if tagged.best:
        return "".join(
            f"# probability = {_probability(ranked)}\n{_sentence(ranked, confidence)}" for ranked in tagged.best
        )
    return _sentence(tagged, confidence)


def _sentence(tagged: Tagged, confidence: bool) -> str:
    from tagger.corpus.formats import columns

    return columns.write_sentence(_with_tags(tagged), confidence=tagged.confidence if confidence else None)


def _csv(tagged: Tagged, number: int, confidence: bool) -> str:
    """The rows of a sentence, a header above those of the first."""
    import csv  # not needed for text, which is what starts fastest
    import io

    text = io.StringIO()
    rows = [("sentence", "token", "tag", "confidence")] if number == 1 else []
    scores = [f"{score:.4f}" for score in tagged.confidence] if confidence else [""] * len(tagged.tokens)
    rows += [(str(number), *step) for step in zip(tagged.tokens, tagged.tags, scores, strict=True)]
    csv.writer(text, lineterminator="\n").writerows(row if confidence else row[:3] for row in rows)
    return text.getvalue()


def _jsonl(tagged: Tagged, confidence: bool) -> str:
    line: dict[str, object] = {
        "tokens": tagged.tokens,
        "tags": tagged.tags,
        "spans": _spans(tagged),
        "offsets": tagged.offsets,
        "confidence": _scores(tagged, confidence),
    }
    if tagged.best:
        line["best"] = [
            {
                "probability": float(_probability(ranked)),
                "tags": ranked.tags,
                "spans": _spans(ranked),
                "confidence": _scores(ranked, confidence),
            }
            for ranked in tagged.best
        ]
    return json.dumps(line, ensure_ascii=False) + "\n"


def _probability(tagged: Tagged) -> str:
    """With four digits, however small it is: the longer a sentence, the less probable is each of its sequences."""
    return f"{tagged.probability:.4g}"


def _scores(tagged: Tagged, confidence: bool) -> list[float] | None:
    return [round(score, 4) for score in tagged.confidence] if confidence else None


def _spans(tagged: Tagged) -> list[dict[str, object]] | None:
    return None if tagged.spans is None else [_span(span, tagged.offsets) for span in tagged.spans]


def _span(span: Span, offsets: tuple[tuple[int, int], ...] | None) -> dict[str, object]:
    """A span as JSON has it: its tokens, and its characters where the tokens come from a text."""
    characters = {"start": offsets[span.start][0], "end": offsets[span.end - 1][1]} if offsets else {}
    return {"label": span.type, "tokens": [span.start, span.end], **characters}


def _with_tags(tagged: Tagged) -> Sentence:
    read = tagged.sentence
    return Sentence(
        tagged.tokens, tagged.tags, rows=read.rows, row_columns=read.row_columns, path=read.path, line=read.line
    )
