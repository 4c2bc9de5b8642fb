"""Compare variants of a config: train each with several seeds, and print means and standard deviations.

    python -m tests.benchmarks.accuracy configs/pos.toml --runs runs/ablation \\
        --vary base= --vary "characters=features.chars={kind='cnn'}" --vary "deep=model.units=[150,150]"

A variant is a name and settings as `tagger train --set` takes them, delimited by `;`. Each training has a run folder
under `--runs`, named by a hash of its config. Finished runs are not repeated, so that a long comparison can be
interrupted and extended. Choose variants on dev, and only then score the same runs with `--split test`. The calibration
error is given before and after scaling by the temperature that is fitted on dev.
"""

import argparse
import hashlib
import json
import statistics
from pathlib import Path

from tagger.config import dump_config, load_config
from tagger.corpus.download import resolve
from tagger.evaluation.metrics import Evaluation
from tagger.evaluation.tagged_files import evaluate_file
from tagger.tagging.bundle import find_bundle, load_bundle
from tagger.tagging.tagger import Tagger
from tagger.training.train import train

HEADER = (
    f"{'variant':<28} {'seeds':>5} {'score':>14} {'unseen words':>14} {'calibration error, before':>26} {'after':>14} "
    f"{'best epoch':>10} {'seconds':>8} {'tokens/s':>9}"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=Path)
    parser.add_argument("--vary", action="append", required=True, metavar="NAME=SETTINGS")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="for all variants")
    parser.add_argument("--split", choices=["dev", "test"], default="dev")
    parser.add_argument("--runs", type=Path, required=True, metavar="DIR")
    options = parser.parse_args()
    variants = dict(variant.split("=", 1) for variant in options.vary)
    results: dict[str, list[dict[str, float]]] = {name: [] for name in variants}
    for seed in options.seeds:
        for name, settings in variants.items():
            chosen = [*options.set, *filter(None, settings.split(";")), f"training.seed={seed}"]
            results[name].append(result(options.config, chosen, options.split, options.runs))
    print(HEADER)
    for name, variant_results in results.items():
        print(row(name, variant_results))


def result(path: Path, settings: list[str], split: str, runs: Path) -> dict[str, float]:
    """Train a config, unless its run is finished; return its cost, and the scores of its bundle on a split."""
    config = load_config(path, settings)
    folder = runs / hashlib.sha256(dump_config(config).encode()).hexdigest()[:12]
    train(config, folder, resume=True, scores_test=False)
    bundle, graphs, _ = load_bundle(find_bundle(folder))
    name = str(getattr(config.data, split))
    file = resolve(name) or Path(name)
    after = evaluate_file(Tagger(bundle, graphs), file).first
    uncalibrated = bundle.with_targets("temperature", {bundle.target.name: 1.0})
    before = evaluate_file(Tagger(uncalibrated, graphs), file).first
    return {
        "score": after.headlines.get("span_f1", after.accuracy),
        "unseen": after.headlines.get("unseen_accuracy", 0.0),
        "before": calibration(before),
        "after": calibration(after),
        **json.loads((folder / "metrics.json").read_text())["training"],
    }


def calibration(evaluation: Evaluation) -> float:
    """Expected calibration error, from 0 to 1."""
    error: float = evaluation.to_json()["calibration"]["error"]
    return error


def row(name: str, results: list[dict[str, float]]) -> str:
    """Format a variant's row of the table, in percent."""

    def percent(key: str) -> str:
        values = [100 * result[key] for result in results]
        return f"{statistics.mean(values):.2f} ± {statistics.stdev(values) if len(values) > 1 else 0:.2f}"

    def mean(key: str) -> float:
        return statistics.mean(result[key] for result in results)

    return (
        f"{name:<28} {len(results):>5} {percent('score'):>14} {percent('unseen'):>14} {percent('before'):>26} "
        f"{percent('after'):>14} {mean('best_epoch'):>10.1f} {mean('seconds'):>8.0f} {mean('tokens_per_second'):>9,.0f}"
    )


if __name__ == "__main__":
    main()
