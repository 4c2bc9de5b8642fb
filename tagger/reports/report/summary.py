"""The first thing that a report tells: how good, how sure that is, and whether simple taggers do as well."""

from collections.abc import Mapping, Sequence
from typing import Any

from tagger.reports.figures import Bar, Figure, Table, bar_panels
from tagger.reports.measures import ALIKE, BASELINES, MEASURES
from tagger.reports.page import number, percent

Evaluation = Mapping[str, Any]  # as metrics.json has it

SHORT_NAMES = {  # of baselines, beside a bar
    "majority_tag": "most frequent tag",
    "most_frequent_tag": "tag by word",
    "suffix": "tag by word or suffix",
}


def headlines(evaluated: Mapping[str, Evaluation]) -> Table:
    """The numbers of each split with their intervals, and the baselines below them."""
    splits = list(evaluated.values())

    def row(name: str, values: Sequence[float | None], *, interval: str = "", of: str = "") -> list[str]:
        cells = [name]
        for found, value in zip(splits, values, strict=True):
            ends = found["intervals"].get(interval)
            cells += [percent(value), between(ends) if ends else "", number(found[of]) if of else ""]
        return cells

    rows = []
    for key, measure in MEASURES.items():
        values = [found.get(key) for found in splits]  # span F1 stands with the spans
        if any(value is not None for value in values):
            rows.append(row(measure.title, values, interval=key, of=measure.counted))
    if all(found["spans"] for found in splits):
        for name, key, interval in (("precision", "precision", ""), ("recall", "recall", ""), ("F1", "f1", "span_f1")):
            rows.append(row(f"spans, {name}", [found["spans"][key] for found in splits], interval=interval))
        strict = [found["spans"]["strict"]["f1"] for found in splits]
        rows.append(row("spans of valid sequences only, F1", strict))
    rows += [
        row(f"baseline: {BASELINES[key]}", [found["baselines"][key] for found in splits])
        for key in splits[0]["baselines"]
    ]
    header = ["measure"]
    for split in evaluated:
        header += [split, "95 % interval", "of"]
    return Table("Headlines, with intervals by a bootstrap over sentences", header, rows)


def between(interval: Sequence[float]) -> str:
    """The ends of an interval; what is told where there is none to see, as all sentences are right, or too few.

    >>> between([0.876, 0.8932]), between([1.0, 1.0])
    ('87.60 to 89.32\\xa0%', 'none: all draws alike')
    """
    return f"{interval[0] * 100:.2f} to {percent(interval[1])}" if interval[0] < interval[1] else f"none: {ALIKE}"


def weak_splits(evaluated: Mapping[str, Evaluation]) -> dict[str, tuple[str, float, float]]:
    """Splits on which a baseline does as well: that baseline's name, its accuracy, and the model's."""
    found = {}
    for split, evaluation in evaluated.items():
        if not evaluation["beats_baselines"]:
            key, best = max(evaluation["baselines"].items(), key=lambda baseline: baseline[1])
            found[split] = (BASELINES[key], best, evaluation["accuracy"])
    return found


def baseline_figure(evaluation: Evaluation, split: str) -> Figure:
    """The tagger's accuracy with its interval, and below it what taggers without a network reach."""
    accuracy, interval = evaluation["accuracy"], evaluation["intervals"]["accuracy"]
    baselines = evaluation["baselines"]
    bars = [Bar("this tagger", accuracy, percent(accuracy), (interval[0], interval[1]))]
    bars += [Bar(SHORT_NAMES[key], value, percent(value), is_other=True) for key, value in baselines.items()]
    rows = [["this tagger", percent(accuracy), between(interval)]]
    rows += [[BASELINES[key], percent(value), ""] for key, value in baselines.items()]
    return Figure(
        "baselines",
        f"Accuracy on {split}, beside baselines",
        "Baselines look at single words, not at their sentence. The thin lines are the ends of the 95 % interval.",
        bar_panels(bars),
        Table(f"Accuracy of the tagger and of baselines on {split}", ["tagger", "accuracy", "95 % interval"], rows),
    )
