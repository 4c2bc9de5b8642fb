"""What settings bring: each variant of a config trained with several seeds, mean and deviation side by side.

    python -m tests.benchmarks.accuracy configs/pos.toml --out ablation.jsonl \\
        --vary base= --vary "characters=features.chars={kind='cnn'}" --vary "deep=model.units=[150,150]"

A variant is a name and settings as `tagger train --set` takes them, parted by `;`. Only dev is scored, so that test can
wait until all is chosen: `--split test`. Each finished training is a line of the file `--out`; one that stands there
already is not run again, so that a long comparison can be broken off.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from tagger.config import load_config
from tagger.experiments.train import train

HEADER = f"{'variant':<28} {'seeds':>5} {'score':>17} {'unseen words':>17} {'epoch':>6} {'seconds':>8} {'tokens/s':>9}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=Path)
    parser.add_argument("--vary", action="append", required=True, metavar="NAME=SETTINGS")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="for all variants")
    parser.add_argument("--split", choices=["dev", "test"], default="dev")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.jsonl")
    options = parser.parse_args()
    variants = dict(variant.split("=", 1) for variant in options.vary)
    finished = [json.loads(line) for line in options.out.read_text().splitlines()] if options.out.exists() else []
    asked: dict[str, list[dict[str, Any]]] = {name: [] for name in variants}
    for seed in options.seeds:
        for name, settings in variants.items():
            chosen = [*options.set, *filter(None, settings.split(";")), f"training.seed={seed}"]
            key = {"config": options.config.name, "split": options.split, "settings": chosen}
            if not any(key.items() <= found.items() for found in finished):
                finished.append({**key, "variant": name, **run(options.config, chosen, options.split)})
                with options.out.open("a") as file:
                    file.write(json.dumps(finished[-1]) + "\n")
            asked[name].append(key)
    print(HEADER)
    for name, keys in asked.items():
        print(row(name, [line for line in finished if any(key.items() <= line.items() for key in keys)]))


def run(config: Path, settings: list[str], split: str) -> dict[str, Any]:
    """One training: its score, the accuracy on unseen words, and what it took."""
    unscored = ["data.test="] if split == "dev" else []
    with tempfile.TemporaryDirectory() as folder:
        finished = train(load_config(config, [*settings, *unscored]), Path(folder) / "run")
        training = json.loads((finished.folder / "metrics.json").read_text())["training"]
    evaluation = finished.evaluations[split]
    return {
        "score": evaluation.spans.f1 if evaluation.spans else evaluation.accuracy,
        "unseen": evaluation.unseen_accuracy,
        **training,
    }


def row(name: str, lines: list[dict[str, Any]]) -> str:
    """A variant's line of the table, in percent."""

    def told(key: str) -> str:
        values = [100 * line[key] for line in lines]
        return f"{statistics.mean(values):8.2f} ± {statistics.stdev(values) if len(values) > 1 else 0:4.2f}"

    def mean(key: str) -> float:
        return float(statistics.mean(line[key] for line in lines))

    return (
        f"{name:<28} {len(lines):>5} {told('score'):>17} {told('unseen'):>17} {mean('best_epoch'):>6.1f} "
        f"{mean('seconds'):>8.0f} {mean('tokens_per_second'):>9,.0f}"
    )


if __name__ == "__main__":
    main()
