"""Tagged sentences as coloured text for a terminal."""

from collections.abc import Callable, Sequence

from tagger.heads.target import TagTarget
from tagger.tagging.tagged import DOUBTFUL, Tagged
from tagger.tagging.written_answers import answers_by_name
from tagger.terminal_colour import REVERSE, STYLES, paint
from tagger.terminal_text import ColouredText, one_line


def coloured_formatter(
    to_text: Callable[[Tagged], str], *, confidence: bool, targets: Sequence[TagTarget]
) -> Callable[[Tagged], ColouredText]:
    """Return a function that formats a tagged sentence as text does, its tags and labels in colour.

    A type has the colour of its place among those of its head; all tags of spans of a type have the same. A confidence
    below one half is in reverse.

    Args:
        to_text: the format `text`, which refuses what a line cannot hold.
        confidence: whether to write the probability of each tag, string and label.
        targets: what the heads predict.
    """
    styles = {target.name: _styles(target) for target in targets}
    only_style = next(iter(styles.values()))

    def to_coloured(tagged: Tagged) -> ColouredText:
        to_text(tagged)
        if not tagged.best:
            return line(tagged)
        lines = (f"{ranked.probability:.4g}\t{line(ranked)}" for ranked in tagged.best)
        return ColouredText("".join(lines) + "\n")

    def line(tagged: Tagged) -> ColouredText:
        labels, columns = "", [[*map(one_line, tagged.tokens)]]
        for name, answer in answers_by_name(tagged).items():
            style_of = styles.get(name, only_style)
            cells = [str(paint(value, style_of(value))) for value in answer.values]
            if confidence:
                cells = [cell + _probability(p) for cell, p in zip(cells, answer.confidence, strict=True)]
            if answer.kind == "label":
                labels += "".join(f"{cell}\t" for cell in cells)
            else:
                columns.append(cells)
        return ColouredText(f"{labels}{' '.join(map('/'.join, zip(*columns, strict=True)))}\n")

    return to_coloured


def _styles(target: TagTarget) -> Callable[[str], str]:
    """A function from an answer to the style of its type; strings and tags outside of spans have none."""
    has_spans = target.scheme != "none"

    def type_of(tag: str) -> str:
        return target.spelling.read(tag).partition("-")[2] if has_spans else tag

    types = [] if target.kind == "string" else [*dict.fromkeys(map(type_of, target.known_tags))]
    styles = {name: STYLES[i % len(STYLES)] for i, name in enumerate(filter(None, types))}
    return lambda tag: styles.get(type_of(tag), "")


def _probability(p: float) -> str:
    return paint(f":{p:.3f}", REVERSE if p < DOUBTFUL else "")
