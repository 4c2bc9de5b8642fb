"""Compare `tagger init` and `tagger train` on unprepared public sets with CRFsuite: scores and seconds.

    pip install -e ".[benchmarks]"
    python -m tests.benchmarks.own_data --runs runs/own-data
    python -m tests.benchmarks.own_data --runs runs/own-data --sets ud_tr btc --seeds 1

The sets are in `../shared/data` relative to the project's root. For each set and seed, `tagger init` writes a config
from the files alone, and `tagger train` trains and scores it, each in a fresh process; the seconds are those of both,
including start-up and report. CRFsuite, with hand-made features, gets the same sentences in the same splits; its row
is that of the better algorithm on dev, and its seconds (one core) include the features. Small treebanks have no train
file here, so their dev is used as train. Finished runs in `--runs` are not repeated. Scores are in percent, on test:
span F1, or accuracy.
"""

import argparse
import ctypes
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tagger.config import load_config
from tagger.encoding.lexicon import count_lexicon
from tagger.evaluation.metrics import evaluate
from tagger.training.prepare import prepare
from tagger.training.prepared_data import PreparedData
from tests import SHARED_DATA as DATA
from tests.benchmarks.crf import ALGORITHMS, DataSet, fit
from tests.benchmarks.features import features

WNUT17 = ("wnut17train.conll", "emerging.dev.conll", "emerging.test.annotated")
TREEBANKS = ("ud_tr", "ud_he", "ud_de", "ud_ja")
SPLITS = ("train", "dev", "test")
SETS = {
    "ewt": {split: f"ewt/en_ewt-ud-{split}.conllu" for split in SPLITS},
    "snips": {split: f"snips/{split}.tsv" for split in SPLITS},
    "wnut17": dict(zip(SPLITS, (f"wnut17/{name}" for name in WNUT17), strict=True)),
    "btc": {split: f"more/btc/{split}.conll" for split in SPLITS},
    "ner_sv": {split: f"more/ner_sv/{split}.iob2" for split in SPLITS},
    "ner_sr": {split: f"more/ner_sr/{split}.iob2" for split in SPLITS},
    **{name: {"train": f"more/{name}/dev.conllu", "test": f"more/{name}/test.conllu"} for name in TREEBANKS},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, required=True, metavar="DIR")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="for all trainings")
    options = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"skipped: the real data is not at {DATA}")
    options.runs.mkdir(parents=True, exist_ok=True)
    for name in options.sets:
        for seed in options.seeds:
            ours(name, seed, options.runs, options.set)
        crf(name, options.runs)
    print("| set | CRFsuite | seconds, one core | tagger | seconds | fewer errors | MB |")
    print("|---|---|---|---|---|---|---|")
    reductions = []
    for name in options.sets:
        line, reduction = row(
            name, [ours(name, seed, options.runs, options.set) for seed in options.seeds], options.runs
        )
        reductions.append(reduction)
        print(line)
    print(f"\n{statistics.mean(reductions):.1%} fewer errors than CRFsuite, mean of all sets")


def ours(name: str, seed: int, runs: Path, settings: list[str]) -> dict[str, Any]:
    """Train from files alone; return scores, the seconds of `init` and `train`, and the megabytes of the bundle."""
    folder = runs / f"{name}-{seed}"
    result = folder.with_suffix(".json")
    if result.is_file():
        earlier = dict(json.loads(result.read_text()))
        if earlier["settings"] != settings:
            sys.exit(f"{result}: made with {earlier['settings'] or 'no settings'}; choose another folder with --runs")
        return earlier
    config = runs.absolute() / name / "config.toml"
    config.parent.mkdir(exist_ok=True)
    files = []
    for split, file in SETS[name].items():  # named by split, as a treebank's dev file may serve as train
        files.append(f"{split}{(DATA / file).suffix}")
        if not (config.parent / files[-1]).is_symlink():
            (config.parent / files[-1]).symlink_to(DATA / file)
    start = time.perf_counter()
    command = [sys.executable, "-m", "tagger"]
    init = subprocess.run([*command, "init", *files], check=True, stdout=subprocess.PIPE, cwd=config.parent)
    config.write_bytes(init.stdout)
    more = [word for setting in [*settings, f"training.seed={seed}"] for word in ("--set", setting)]
    subprocess.run([*command, "train", config, "--run", folder, "--overwrite", *more], check=True)
    seconds = time.perf_counter() - start
    metrics = json.loads((folder / "metrics.json").read_text())
    measured = {
        "settings": settings,
        **{split: score(metrics[split]) for split in ("dev", "test")},
        "unseen": metrics["test"]["unseen_accuracy"],
        "seconds": seconds,
        "best_epoch": metrics["training"]["best_epoch"],
        "megabytes": sum(path.stat().st_size for path in (folder / "bundle").iterdir()) / 1e6,
    }
    result.write_text(json.dumps(measured))
    return measured


def score(evaluation: dict[str, Any]) -> float:
    """Span F1 of an evaluation in `metrics.json`, or accuracy if there are no spans."""
    return float(evaluation["spans"]["f1"] if evaluation["spans"] else evaluation["accuracy"])


def crf(name: str, runs: Path) -> dict[str, Any]:
    """Train CRFsuite on the same splits; return the results of the algorithm that is better on dev."""
    result = runs / f"{name}-crf.json"
    if result.is_file():
        return dict(json.loads(result.read_text()))
    prepared = prepare(load_config(runs / name / "config.toml"))
    settings = DataSet(("", "", ""), prepared.targets[0].scheme, c1=0.05, c2=0.05)
    peers: list[dict[str, Any]] = []
    for algorithm in ALGORITHMS:
        ctypes.CDLL(None).srand(1)  # CRFsuite shuffles by the rand of C, and sets no seed
        model, seconds = fit(prepared.splits["train"], settings, algorithm)
        scores = {split: crf_score(model, prepared, split) for split in ("dev", "test")}
        peers.append({**scores, "algorithm": algorithm, "seconds": seconds})
    best = max(peers, key=lambda each: each["dev"])
    result.write_text(json.dumps(best))
    return best


def crf_score(model: Any, prepared: PreparedData, split: str) -> float:
    """Score of CRFsuite's tags on a split."""
    sentences = prepared.splits[split]
    gold = [sentence.tags or () for sentence in sentences]
    tokens = [sentence.tokens for sentence in sentences]
    predicted = [model.tag(features(each)) for each in tokens]
    lexicon = count_lexicon(prepared.splits["train"], reads_words=True)
    evaluation = evaluate(gold, predicted, tokens, lexicon, scheme=prepared.targets[0].scheme)
    return evaluation.headlines.get("span_f1", evaluation.accuracy)


def row(name: str, results: list[dict[str, Any]], runs: Path) -> tuple[str, float]:
    """A row of the table, and the proportion of errors saved in comparison with CRFsuite."""
    peer = crf(name, runs)
    scores = [100 * each["test"] for each in results]
    mean, deviation = statistics.mean(scores), statistics.stdev(scores) if len(scores) > 1 else 0.0
    reduction = (mean / 100 - peer["test"]) / (1 - peer["test"])
    seconds, size = (statistics.mean(each[key] for each in results) for key in ("seconds", "megabytes"))
    cells = [
        name, f"{100 * peer['test']:.2f}", f"{peer['seconds']:.0f}", f"{mean:.2f} ± {deviation:.2f}", f"{seconds:.0f}",
        f"{reduction:.1%}", f"{size:.1f}",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |", reduction


if __name__ == "__main__":
    main()
