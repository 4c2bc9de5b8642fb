"""The inputs and predictions of the heads of a network for a sentence, as text for a terminal."""

from collections.abc import Iterator

from tagger.inspection.heads import HeadSteps
from tagger.inspection.rows import Limits, cut_steps, number_text, row_text, units_heading, units_note, wrapped
from tagger.inspection.steps import SentenceSteps
from tagger.terminal_text import one_line

TAGS_SHOWN = 10
MOST_PROBABLE = 4  # tags that fit in a line if there are many


def heads_text(steps: SentenceSteps, limits: Limits) -> Iterator[str]:
    """Blocks on each head of a network, and on all of them if there are several."""
    for head in steps.heads:
        prefix = "" if steps.is_plain else f"{head.name}: "
        if head.pool is not None:
            yield "\n".join(_vector(head, limits))
            yield "\n".join(_labels(head))
        elif head.kind == "tag" and len(head.tags) <= TAGS_SHOWN:
            yield "\n".join(_tags(head, prefix, steps, limits))
        else:
            yield "\n".join(_many_tags(head, prefix, steps, limits))
    if len(steps.heads) > 1:
        yield "\n".join(_predictions(steps, limits))


def _vector(head: HeadSteps, limits: Limits) -> Iterator[str]:
    n_units = len(head.parts[0].values)
    yield f"{head.name}: the vector that the head reads{units_note(n_units, limits)}"
    yield units_heading("", n_units, "", limits)
    for part in head.parts:
        yield row_text("", map(number_text, part.values[: limits.units]), part.source)
    yield from wrapped(head.vector_note)


def _labels(head: HeadSteps) -> Iterator[str]:
    n_labels = len(head.tags)
    shown = f"the {TAGS_SHOWN} most probable of {n_labels} labels (--format json has all)"
    which = "each label" if n_labels <= TAGS_SHOWN else shown
    yield f"{head.name}: score and probability of {which}; * marks the predicted label"
    yield row_text("", ("score", "probability"), "label")
    for i in head.most_probable(0, TAGS_SHOWN):
        yield row_text("", (number_text(head.scores[0, i]), _probability(head, 0, i)), head.tags[i])
    if head.temperature != 1:
        yield f"each score is divided by {number_text(head.temperature)}, the temperature, before softmax"


def _tags(head: HeadSteps, prefix: str, steps: SentenceSteps, limits: Limits) -> Iterator[str]:
    yield f"{prefix}probability of each {head.noun} at each step; * marks the predicted {head.noun}"
    yield row_text("step", head.tags, steps.heading)
    yield from cut_steps(
        [
            row_text(str(i + 1), [_probability(head, i, tag) for tag in range(len(head.tags))], token)
            for i, token in enumerate(steps.tokens)
        ],
        limits,
    )


def _many_tags(head: HeadSteps, prefix: str, steps: SentenceSteps, limits: Limits) -> Iterator[str]:
    noun, n_tags = head.noun, len(head.tags)
    shown = f"; the most probable of {n_tags} {noun}s (--format json has all)" if n_tags > MOST_PROBABLE else ""
    yield f"{prefix}probability of each {noun} at each step; * marks the predicted {noun}{shown}"
    rows = [
        [_named_probability(head, i, tag) for tag in head.most_probable(i, MOST_PROBABLE)]
        for i in range(len(head.best))
    ]
    width = max(16, *(len(cell) for cells in rows for cell in cells)) if head.strings else 16
    lines = []
    for i, token in enumerate(steps.tokens):
        made = f" → {head.strings[i]}" if head.strings else ""
        lines.append(one_line(f"{i + 1:>5}  {'  '.join(f'{cell:<{width}}' for cell in rows[i])}  {token}{made}"))
    yield from cut_steps(lines, limits)
    for script, note in head.script_notes.items():
        yield one_line(f"  {script}: {note}")


def _predictions(steps: SentenceSteps, limits: Limits) -> Iterator[str]:
    yield "predictions of all heads"
    for head in steps.heads:
        if head.kind == "label":
            yield one_line(f"  {head.name}: {head.best[0]}")
    columns = [head for head in steps.heads if head.kind != "label"]
    if columns:
        yield row_text("step", (head.name for head in columns), steps.heading)
        rows = [
            row_text(str(i + 1), (head.values[i] for head in columns), token) for i, token in enumerate(steps.tokens)
        ]
        yield from cut_steps(rows, limits)


def _probability(head: HeadSteps, step: int, tag: int) -> str:
    return f"{_mark(head, step, tag)}{head.probabilities[step, tag]:.4f}"


def _named_probability(head: HeadSteps, step: int, tag: int) -> str:
    return f"{_mark(head, step, tag)}{head.tags[tag]} {head.probabilities[step, tag]:.4f}"


def _mark(head: HeadSteps, step: int, tag: int) -> str:
    return "*" if head.tags[tag] == head.best[step] else ""
