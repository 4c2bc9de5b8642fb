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
    """Return the output format for a path by its suffix, without `.gz`; text for any other name."""
    return "text" if path is None else SUFFIXES.get(Path(path.name.lower().removesuffix(".gz")).suffix, "text")


def formatter(output_format: OutputFormat, *, confidence: bool, layout: Layout) -> Callable[[Tagged], str]:
    """Return a function that formats a tagged sentence as lines, line end included.

    If the best tag sequences were requested, they are written best first, each with its probability:

    - `text`: a line each, with a blank line after the last.
    - `tsv`: a sentence each, with the probability in a comment before it.
    - `jsonl`: a list under `best`.

    `csv` and `conllu` have only the best sequence. `csv` numbers the sentences from 1.

    Args:
        output_format: name of the format.
        confidence: whether to write each tag's probability.
        layout: layout of the files that the tagger was trained on; its tag column gets the tag in CoNLL-U.
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
            # Not needed for text, which starts fastest.
            from tagger.corpus.conllu_writer import tag_column, write_sentence

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
        tags = [f"{tag}:{value:.3f}" for tag, value in zip(tags, tagged.confidence, strict=True)]
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
    """Format the rows of a sentence, with a header above those of the first sentence."""
    import csv  # slow to import, and not needed for text
    import io

    text = io.StringIO()
    rows = [("sentence", "token", "tag", "confidence")] if number == 1 else []
    values = [f"{value:.4f}" for value in tagged.confidence] if confidence else [""] * len(tagged.tokens)
    rows += [(str(number), *step) for step in zip(tagged.tokens, tagged.tags, values, strict=True)]
    csv.writer(text, lineterminator="\n").writerows(row if confidence else row[:3] for row in rows)
    return text.getvalue()


def _jsonl(tagged: Tagged, confidence: bool) -> str:
    line: dict[str, object] = {
        "tokens": tagged.tokens,
        "tags": tagged.tags,
        "spans": _spans(tagged),
        "offsets": tagged.offsets,
        "confidence": _confidences(tagged, confidence),
    }
    if tagged.best:
        line["best"] = [
            {
                "probability": float(_probability(ranked)),
                "tags": ranked.tags,
                "spans": _spans(ranked),
                "confidence": _confidences(ranked, confidence),
            }
            for ranked in tagged.best
        ]
    return json.dumps(line, ensure_ascii=False) + "\n"


def _probability(tagged: Tagged) -> str:
    """Format a sequence's probability with four significant digits, as it is tiny for long sentences."""
    return f"{tagged.probability:.4g}"


def _confidences(tagged: Tagged, confidence: bool) -> list[float] | None:
    return [round(value, 4) for value in tagged.confidence] if confidence else None


def _spans(tagged: Tagged) -> list[dict[str, object]] | None:
    return None if tagged.spans is None else [_span(span, tagged.offsets) for span in tagged.spans]


def _span(span: Span, offsets: tuple[tuple[int, int], ...] | None) -> dict[str, object]:
    """Describe a span for JSON by its tokens, and by its characters if the tokens come from a text."""
    characters = {"start": offsets[span.start][0], "end": offsets[span.end - 1][1]} if offsets else {}
    return {"label": span.type, "tokens": [span.start, span.end], **characters}


def _with_tags(tagged: Tagged) -> Sentence:
    original = tagged.sentence
    return Sentence(
        tagged.tokens,
        tagged.tags,
        rows=original.rows,
        row_columns=original.row_columns,
        path=original.path,
        line=original.line,
    )
