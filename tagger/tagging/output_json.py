"""Tagged sentences as JSON lines."""

import json

from tagger.corpus.schemes import Span
from tagger.tagging.tagged import Answer, Tagged


def json_line(tagged: Tagged, *, confidence: bool) -> str:
    """Format a tagged sentence as a line of JSON.

    A label is under `label`, tags are under `tags`. With several heads, the values of each are also under its name, and
    with their kind, spans and confidence in the object `heads`.
    """
    line: dict[str, object] = {"tokens": tagged.tokens}
    answers = tagged.answers
    kinds = {answer.kind for answer in answers.values()}
    if "label" in kinds:
        line["label"] = tagged.label
        line["label_confidence"] = _rounded(tagged.label_confidence) if confidence else None
    has_tags = kinds != {"label"}
    if has_tags:
        line |= {"tags": tagged.tags, "spans": _spans(tagged.spans, tagged)}
    line["offsets"] = tagged.offsets
    if has_tags:
        line["confidence"] = _confidences(tagged.confidence, confidence)
    if tagged.best:
        line["best"] = [
            {
                "probability": float(f"{ranked.probability:.4g}"),
                "tags": ranked.tags,
                "spans": _spans(ranked.spans, ranked),
                "confidence": _confidences(ranked.confidence, confidence),
            }
            for ranked in tagged.best
        ]
    if len(answers) > 1:
        line["heads"] = {name: _answer(answer, tagged, confidence) for name, answer in answers.items()}
        line = {name: tagged[name] for name in answers} | line  # a head may have the name of another key
        line = {"tokens": line.pop("tokens"), **line}
    return json.dumps(line, ensure_ascii=False) + "\n"


def _answer(answer: Answer, tagged: Tagged, confidence: bool) -> dict[str, object]:
    return {
        "kind": answer.kind,
        "values": answer.values,
        "spans": _spans(answer.spans, tagged),
        "confidence": _confidences(answer.confidence, confidence),
    }


def _confidences(values: tuple[float, ...], confidence: bool) -> list[float] | None:
    return [round(value, 4) for value in values] if confidence else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _spans(spans: tuple[Span, ...] | None, tagged: Tagged) -> list[dict[str, object]] | None:
    return None if spans is None else [_span(span, tagged.offsets) for span in spans]


def _span(span: Span, offsets: tuple[tuple[int, int], ...] | None) -> dict[str, object]:
    """Describe a span for JSON by its tokens, and by its characters if the tokens come from a text."""
    characters = {"start": offsets[span.start][0], "end": offsets[span.end - 1][1]} if offsets else {}
    return {"label": span.type, "tokens": [span.start, span.end], **characters}
