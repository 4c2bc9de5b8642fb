"""Tagged sentences in a notebook: tags under their tokens, spans marked with their type, series as a band of states.

Colours are tints over whatever the notebook's background is, light or dark, and never the only sign of a tag.
Everything from a file or a bundle is escaped.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.corpus.counted import counted
from tagger.corpus.direction import direction
from tagger.corpus.schemes import Span
from tagger.tagging.line import MAX_COLUMNS, Extremes, extremes, line_data
from tagger.tagging.runs import tag_runs
from tagger.tagging.tagged import Answer, Tagged
from tagger.tagging.written_answers import answers_by_name
from tagger.terminal_text import one_line

if TYPE_CHECKING:
    from jinja2 import Template

SENTENCES_SHOWN, TOKENS_SHOWN, RUNS_SHOWN, CHANNELS_SHOWN = 50, 500, 500, 6
N_COLOURS = 8
HEIGHT = 40  # of the drawing of a channel, in pixels; its width has MAX_COLUMNS units


def tagged_html(sentences: Sequence[Tagged]) -> str:
    """Show tagged sentences as HTML without scripts; of many, the first ones and the number of the others."""
    shown = sentences[:SENTENCES_SHOWN]
    described = [_series(each) if each.is_series else _text(each) for each in shown]
    colours: dict[str, int] = {}  # of the types of tags and spans, by first use, so that few share one

    def colour(kind: str) -> str:
        return f"c{colours.setdefault(kind, len(colours)) % N_COLOURS}" if kind else ""

    return _template().render(
        sentences=described, n_more=len(sentences) - len(shown), colour=colour, width=MAX_COLUMNS, height=HEIGHT
    )


@cache
def _template() -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined  # tagging without a notebook starts faster

    environment = Environment(
        loader=PackageLoader("tagger.tagging", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"visible": one_line, "counted": counted}
    return environment.get_template("tagged.html")


def _labels(tagged: Tagged) -> list[dict[str, str]]:
    """The label of each head of labels, and its confidence."""
    return [
        {"head": name, "value": value, "title": _confidence(answer.confidence)}
        for name, answer in tagged.answers.items()
        if answer.kind == "label"
        for value in answer.values
    ]


def _confidence(confidence: Sequence[float]) -> str:
    return f"confidence {min(confidence):.3f}" if confidence else ""


def _text(tagged: Tagged) -> dict[str, Any]:
    """A sentence as pieces, each a span or a token of its own; the first head with a scheme gives the spans."""
    answers = {name: answer for name, answer in answers_by_name(tagged).items() if answer.kind != "label"}
    spans = tagged.spans if not tagged.answers else None
    marking = None if spans is None else "tag"
    for name, answer in answers.items():
        if marking is None and answer.spans is not None:
            marking, spans = name, answer.spans
    below = {name: answer for name, answer in answers.items() if name != marking}
    confidence = answers[marking].confidence if marking is not None else ()
    n = min(len(tagged.tokens), TOKENS_SHOWN)
    return {
        "direction": direction(*tagged.tokens[:n]),
        "labels": _labels(tagged),
        "pieces": _pieces(tagged.tokens[:n], spans or (), confidence, below),
        "n_more": len(tagged.tokens) - n,
    }


def _pieces(
    tokens: Sequence[str], spans: Sequence[Span], confidence: Sequence[float], below: Mapping[str, Answer]
) -> list[dict[str, Any]]:
    started, pieces, i = {start: (end, kind) for start, end, kind in spans}, [], 0
    while i < len(tokens):
        end, kind = started.get(i, (i + 1, ""))
        end = min(end, len(tokens))
        words = [{"token": tokens[j], "tags": _tags_below(below, j)} for j in range(i, end)]
        pieces.append({"kind": kind, "title": _confidence(confidence[i:end]), "words": words})
        i = end
    return pieces


def _tags_below(answers: Mapping[str, Answer], i: int) -> list[dict[str, Any]]:
    tags = []
    for name, answer in answers.items():
        title = [name] if len(answers) > 1 else []
        title += [_confidence(answer.confidence[i : i + 1])] if answer.confidence else []
        tags.append({"value": answer.values[i], "title": ", ".join(title), "type": _type(answer, i)})
    return tags


def _type(answer: Answer, i: int) -> str:
    """The type of a token's span, or its tag if tags mark no spans; empty outside of spans, and for strings."""
    if answer.spans is not None:
        return next((kind for start, end, kind in answer.spans if start <= i < end), "")
    return answer.values[i] if answer.kind == "tag" else ""


def _series(tagged: Tagged) -> dict[str, Any]:
    """A series as a line for each channel, a band of its states, and the number of steps and runs of each state."""
    runs = tag_runs(tagged.tags)
    n_steps, n_runs = Counter(tagged.tags), Counter(run.tag for run in runs)
    band = [
        {
            "tag": run.tag,
            "steps": run.end - run.start,
            "title": f"{one_line(run.tag)}: steps {run.start + 1:,} to {run.end:,}"
            + (f", lowest {_confidence(tagged.confidence[run.start : run.end])}" if tagged.confidence else ""),
        }
        for run in runs[:RUNS_SHOWN]
    ]
    channels = [*zip(*(tagged.sentence.numbers or ()), strict=True)]
    return {
        "direction": "ltr",
        "labels": _labels(tagged),
        "n_steps": len(tagged.tokens),
        "channels": [_lines(values) for values in channels[:CHANNELS_SHOWN]],
        "n_channels": len(channels),
        "band": band,
        "n_more": len(runs) - len(band),
        "states": [{"tag": tag, "n_steps": n, "n_runs": n_runs[tag]} for tag, n in n_steps.most_common()],
    }


def _lines(values: Iterable[float]) -> tuple[str, str]:
    """Path data of the line of a channel, and of its single points; it is interrupted where values are missing.

    >>> _lines([0.0, 1.0, float("nan"), 0.5])
    ('M112.5 40L337.5 0M787.5 20', 'M787.5 20h0')
    """
    low, high = extremes(np.array([*values], np.float64))
    if np.isnan(low).all():
        return "", ""
    lowest, range_ = np.nanmin(low), np.nanmax(high) - np.nanmin(low)
    scaled = (HEIGHT * (1 - ((each - lowest) / range_ if range_ else each * 0 + 0.5)) for each in (low, high))
    return line_data(Extremes(*scaled))
