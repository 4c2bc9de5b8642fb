"""States of series from `tagger init` and `tagger train`, beside a random forest on features of windows.

    pip install -e ".[benchmarks]"
    python -m tests.benchmarks.series --runs runs/series
    python -m tests.benchmarks.series --runs runs/series --sets machine --seeds 1 --set model.units=64

The sets are the made ones of `data/machine` and `data/series`. For each seed, `tagger init` writes a config from the
files alone, `tagger train` trains and scores it, and `tagger predict` tags the test file, each in a fresh process;
their seconds include start-up and report. The forest gets the same splits. It reads, for each channel, its value, a
flag where it is missing (and filled with the value before), and the mean, deviation, minimum, maximum, slope and last
value of windows of 5, 15, 51 and 151 steps around the step: the usual features of activity recognition (Bulling et al.,
2014, A tutorial on human activity recognition using body-worn inertial sensors). Its seconds include the features, and
exclude start-up. Finished runs in `--runs` are not repeated. Scores are in percent; `--split dev` shows those to choose
by.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.metrics import evaluate
from tests import ROOT

WINDOWS = (5, 15, 51, 151)  # steps
SPLITS = ("train", "dev", "test")
SETS = {"machine": ["current", "vibration", "temperature"], "series": ["position", "force"]}  # channels
SCORES = ("macro_f1", "segment_f1", "accuracy")
Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, required=True, metavar="DIR")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="for all trainings")
    options = parser.parse_args()
    print(f"| set | tagger | {' | '.join(SCORES)} | rarest state, F1 | seconds of fit | of tagging |")
    print("|---|---|---|---|---|---|---|")
    for name in options.sets:
        folder = (options.runs / name).absolute()
        files = files_of(name, folder)
        for system, fit in (("forest", partial(forest, SETS[name])), ("tagger", partial(tagger, options.set))):
            rows = []
            for seed in options.seeds:
                result = folder / "-".join([system, *(options.set if system == "tagger" else []), f"{seed}.json"])
                if not result.exists():
                    result.write_text(json.dumps(fit(files, seed, folder)))
                rows.append(json.loads(result.read_text()))
            print(f"| {name} | {system} | {' | '.join(cells(rows, options.split))} |", flush=True)


def files_of(name: str, folder: Path) -> dict[str, Path]:
    """The files of a set by split; those of the machine are made."""
    if name == "machine":
        subprocess.run([sys.executable, ROOT / "data/machine/make.py", folder], check=True)
        return {split: folder / f"{split}.csv" for split in SPLITS}
    folder.mkdir(parents=True, exist_ok=True)
    return {split: ROOT / f"data/{name}/{split}.csv" for split in SPLITS}


def forest(channels: list[str], files: dict[str, Path], seed: int, _: Path) -> Row:
    """Scores and seconds of a random forest."""
    tables = {split: pd.read_csv(path) for split, path in files.items()}
    model = RandomForestClassifier(100, min_samples_leaf=2, class_weight="balanced", n_jobs=-1, random_state=seed)
    start = time.perf_counter()
    model.fit(features(tables["train"], channels), tables["train"]["state"])
    fitted = time.perf_counter()
    predicted = {"test": model.predict(features(tables["test"], channels))}
    tagged = time.perf_counter()
    predicted["dev"] = model.predict(features(tables["dev"], channels))
    scores = {split: scores_of(tables[split], states) for split, states in predicted.items()}
    return scores | {"fit": fitted - start, "tagging": tagged - fitted}


def features(table: pd.DataFrame, channels: list[str]) -> npt.NDArray[np.float64]:
    """(steps, features) of all series."""
    parts = []
    for _, series in table.groupby("series", sort=False):
        values = series[channels].ffill().bfill()
        columns = [values, series[channels].isna().astype(float)]
        for width in WINDOWS:
            window = values.rolling(width, center=True, min_periods=1)
            last, first = values.shift(-(width // 2)).ffill(), values.shift(width // 2).bfill()
            columns += [window.mean(), window.std().fillna(0.0), window.min(), window.max(), last - first, last]
        parts.append(np.concatenate([column.to_numpy() for column in columns], axis=1))
    return np.concatenate(parts)


def scores_of(table: pd.DataFrame, predicted: npt.NDArray[Any]) -> Row:
    """Headline scores as in `metrics.json`, by our own counts, and the F1 of each state."""
    gold, states = (
        [part["state"].tolist() for _, part in frame.groupby("series", sort=False)]
        for frame in (table, table.assign(state=predicted))
    )
    return select(evaluate(gold, states, gold, Lexicon("", None), is_series=True).to_json())


def tagger(settings: list[str], files: dict[str, Path], seed: int, folder: Path) -> Row:
    """Scores and seconds of a tagger with the config that `tagger init` writes."""
    command: list[str | Path] = [sys.executable, "-m", "tagger"]
    config, run = folder / "config.toml", folder / "-".join(["run", *settings, str(seed)])
    start = time.perf_counter()
    with config.open("w", encoding="utf-8") as file:
        subprocess.run([*command, "init", *files.values()], check=True, stdout=file, cwd=folder)
    set_keys = [f"--set={setting}" for setting in (*settings, f"training.seed={seed}")]
    train = [*command, "train", config, "--run", run, "--quiet", "--overwrite", *set_keys]
    subprocess.run(train, check=True, stdout=subprocess.DEVNULL)
    fitted = time.perf_counter()
    predict = [*command, "predict", run, "--input", files["test"], "--quiet", "--output", folder / "tagged.csv"]
    subprocess.run(predict, check=True)
    tagged = time.perf_counter()
    metrics = json.loads((run / "metrics.json").read_text())
    scores = {split: select(metrics[split]) for split in ("dev", "test")}
    return scores | {"fit": fitted - start, "tagging": tagged - fitted}


def select(scores: Row) -> Row:
    """The scores that are compared."""
    rarest = min(scores["tags"].values(), key=lambda tag: tag["support"])
    return {name: scores[name] for name in SCORES} | {"rarest": rarest["f1"]}


def cells(rows: list[Row], split: str) -> Iterator[str]:
    """Mean and deviation of the scores in percent, and of the seconds."""
    for name in (*SCORES, "rarest"):
        values = [100 * row[split][name] for row in rows]
        yield f"{statistics.mean(values):.1f} ± {statistics.stdev(values) if len(values) > 1 else 0:.1f}"
    for name in ("fit", "tagging"):
        yield f"{statistics.mean(row[name] for row in rows):.1f}"


if __name__ == "__main__":
    main()
