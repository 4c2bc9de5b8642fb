"""Train networks with labels and with several heads beside networks with one, and print their test scores.

    pip install -e ".[benchmarks]"
    python -m tests.benchmarks.several_heads --runs runs/several-heads
    python -m tests.benchmarks.several_heads --runs runs/several-heads --tasks intent intent-slots --seeds 1

The data is in `../shared/data` relative to the project's root. Finished runs in `--runs` are not repeated. Scores are
in percent, mean and deviation over the seeds; the metric of each head is the one that chose the best epoch. Seconds are
those of training, on a machine that does nothing else. `tagger bench` compares the speeds of two configs.
"""

import argparse
import json
import statistics
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from tagger.config import parse_config
from tagger.evaluation.score import recorded_score
from tagger.training.train import train
from tests import SHARED_DATA as DATA

SPLITS = ("train", "dev", "test")
EWT = {split: str(DATA / f"ewt/en_ewt-ud-{split}.conllu") for split in SPLITS}
SNIPS = {split: str(DATA / f"snips/{split}.tsv") for split in SPLITS}
WNUT17 = {
    "train": str(DATA / "wnut17/wnut17train.conll"),
    "dev": str(DATA / "wnut17/emerging.dev.conll"),
    "test": str(DATA / "wnut17/emerging.test.annotated"),
}
LEMMA = {"xpos": {"tag": "xpos"}, "feats": {"tag": "feats"}, "lemma": {"string": "lemma"}}
TASKS: dict[str, dict[str, Any]] = {
    "intent": {"data": {**SNIPS, "label": "intent"}},
    "slots": {"data": SNIPS},
    "intent-slots": {"data": SNIPS, "heads": {"slots": {"tag": 1}, "intent": {"label": "intent"}}},
    "upos": {"data": EWT},
    "ud": {"data": EWT, "heads": {"upos": {"tag": "upos", "loss_weight": 3.0}, **LEMMA}},
    "names": {"data": WNUT17},
    "upos-names": {
        "data": {"sources": [{**EWT, "heads": {"upos": "upos"}}, {**WNUT17, "heads": {"names": 1}}]},
        "heads": {"upos": {"tag": "upos"}, "names": {"tag": 1}},
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, required=True, metavar="DIR")
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    options = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"skipped: the real data is not at {DATA}")
    print("| task | head | test | baseline | parameters | seconds |")
    print("|---|---|---|---|---|---|")
    for task in options.tasks:
        rows: dict[str, list[tuple[float, float]]] = defaultdict(list)
        seconds, parameters = [], 0
        for seed in options.seeds:
            metrics = run(task, seed, options.runs)
            seconds.append(metrics["training"]["seconds"])
            parameters = metrics["training"]["parameters"]
            for head, score in scores(metrics).items():
                rows[head].append(score)
        for head, values in rows.items():
            baseline = statistics.mean(value for _, value in values)
            print(
                f"| {task} | {head} | {percent([score for score, _ in values])} | {100 * baseline:.1f} | "
                f"{parameters:,} | {statistics.mean(seconds):.0f} |"
            )


def run(task: str, seed: int, runs: Path) -> dict[str, Any]:
    """Train a task with a seed, unless its run is finished; return its metrics."""
    folder = runs / f"{task}-{seed}"
    config = {**TASKS[task], "training": {"seed": seed}}
    train(parse_config(config, task), folder, resume=True)
    metrics: dict[str, Any] = json.loads((folder / "metrics.json").read_text())
    return metrics


def scores(metrics: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """The score on test and that of the best baseline, by head; joint accuracy has no baseline."""
    test, training = metrics["test"], metrics["training"]
    heads = test.get("heads", {"head": test})
    chosen = training.get("metrics", dict.fromkeys(heads, training["metric"]))
    rows = {
        head: (recorded_score(row, chosen[head]) or 0.0, max(row["baselines"].values())) for head, row in heads.items()
    }
    return rows | ({"joint": (test["joint"]["accuracy"], 0.0)} if test.get("joint") else {})


def percent(values: list[float]) -> str:
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{100 * statistics.mean(values):.2f} ± {100 * deviation:.2f}"


if __name__ == "__main__":
    main()
