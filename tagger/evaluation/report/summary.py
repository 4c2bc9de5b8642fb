"""The first thing that a report tells: how good, how sure that is, and whether simple taggers do as well."""

from collections.abc import Mapping, Sequence
from typing import Any

from tagger.evaluation.baselines import NAMES
from tagger.evaluation.figures import Bar, Bars, Table, bar_figure
from tagger.evaluation.page import number, percent

Evaluation = Mapping[str, Any]  # as metrics.json has it

MEASURES = {  # keys of an evaluation: what a table calls them, and of which tokens or sentences they are
    "accuracy": ("tokens right", "tokens"),
    "sentence_accuracy": ("sentences all right", "sentences"),
    "seen_accuracy": ("words seen in train, right", "seen_tokens"),
    "unseen_accuracy": ("words unseen in train, right", "unseen_tokens"),
    "ambiguous_accuracy": ("words with two or more tags in train, right", "ambiguous_tokens"),
    "macro_f1": ("macro F1, each tag counts alike", None),
    "weighted_f1": ("weighted F1, each tag counts by its tokens", None),
}
SHORT_NAMES = {  # of baselines, beside a bar
    "majority_tag": "most frequent tag",
    "most_frequent_tag": "tag by word",
    "suffix": "tag by word or suffix",
}


def headlines(evaluated: Mapping[str, Evaluation]) -> Table:
    """The numbers of each split with their intervals, and the baselines below them."""
    rows = []
    for key, (name, of) in MEASURES.items():
        if any(evaluation[key] is not None for evaluation in evaluated.values()):
            cells = (_cells(found[key], found["intervals"].get(key), found[of] if of else None)
                     for found in evaluated.values())  # fmt: skip
            rows.append([name, *(cell for split in cells for cell in split)])
    if all(evaluation["spans"] for evaluation in evaluated.values()):
        spans = [(found["spans"], found["intervals"]["span_f1"]) for found in evaluated.values()]
        for name, key in (("precision", "precision"), ("recall", "recall"), ("F1", "f1")):
            cells = (_cells(found[key], interval if key == "f1" else None, None) for found, interval in spans)
            rows.append([f"spans, {name}", *(cell for split in cells for cell in split)])
        cells = (_cells(found["strict"]["f1"], None, None) for found, _ in spans)
        rows.append(["spans of valid sequences only, F1", *(cell for split in cells for cell in split)])
    for key in next(iter(evaluated.values()))["baselines"]:
        cells = (_cells(found["baselines"][key], None, None) for found in evaluated.values())
        rows.append([f"baseline: {NAMES[key]}", *(cell for split in cells for cell in split)])
    header = ["measure"]
    for split in evaluated:
        header += [split, "95 % interval", "of"]
    return Table("Headlines, with intervals by a bootstrap over sentences", header, rows)


def _cells(value: float | None, interval: Sequence[float] | None, of: int | None) -> tuple[str, str, str]:
    return percent(value), _between(interval) if interval else "", number(of) if of is not None else ""


def _between(interval: Sequence[float]) -> str:
    return f"{interval[0] * 100:.2f} to {percent(interval[1])}"


def weak_splits(evaluated: Mapping[str, Evaluation]) -> dict[str, tuple[str, float, float]]:
    """Splits on which a baseline does as well: that baseline's name, its accuracy, and the model's."""
    found = {}
    for split, evaluation in evaluated.items():
        if not evaluation["beats_baselines"]:
            key, best = max(evaluation["baselines"].items(), key=lambda baseline: baseline[1])
            found[split] = (NAMES[key], best, evaluation["accuracy"])
    return found


def baseline_figure(evaluation: Evaluation, split: str) -> Bars:
    """The tagger's accuracy with its interval, and below it what taggers without a network reach."""
    accuracy, interval = evaluation["accuracy"], evaluation["intervals"]["accuracy"]
    baselines = evaluation["baselines"]
    bars = [Bar("this tagger", accuracy, percent(accuracy), (interval[0], interval[1]))]
    bars += [Bar(SHORT_NAMES[key], value, percent(value), is_other=True) for key, value in baselines.items()]
    rows = [["this tagger", percent(accuracy), _between(interval)]]
    rows += [[NAMES[key], percent(value), ""] for key, value in baselines.items()]
    return bar_figure(
        "baselines",
        f"Accuracy on {split}, beside baselines",
        "Baselines look at single words, not at their sentence. The thin lines are the ends of the 95 % interval.",
        bars,
        Table(f"Accuracy of the tagger and of baselines on {split}", ["tagger", "accuracy", "95 % interval"], rows),
    )
