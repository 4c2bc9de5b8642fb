"""One run: from a config to a folder with a tagger and its report."""

import json
import logging
import shlex
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagger.config import Config, dump_config, load_config
from tagger.corpus.sentence import Sentence
from tagger.errors import RunError
from tagger.evaluation.metrics import Evaluation
from tagger.evaluation.tagged_files import evaluate_tagger
from tagger.files import remove, write_file
from tagger.reports.evaluation_text import warn_of_baselines
from tagger.reports.metric_names import metric_name
from tagger.reports.predictions import write_predictions
from tagger.tagging.tagger import Tagger
from tagger.training.checkpoint import check_resumable, data_hashes, read_checkpoint
from tagger.training.fitting import fit_and_save
from tagger.training.initial_tagger import InitialTagger, load_initial_tagger
from tagger.training.prepare import prepare
from tagger.training.prepared_data import PreparedData
from tagger.training.run_folder import CHECKPOINT, is_finished, run_folder
from tagger.training.splits import needs_split, write_splits
from tagger.training.statistics import data_json

if TYPE_CHECKING:
    from tagger.network.events import BatchDone, Epoch

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run.

    Args:
        folder: the run folder.
        evaluations: by split, dev and test if the config has them; empty if the run was finished before.
    """

    folder: Path
    evaluations: dict[str, Evaluation]

    def __repr__(self) -> str:
        scores = []
        for split, evaluation in self.evaluations.items():
            metric = "span_f1" if "span_f1" in evaluation.headlines else "accuracy"
            scores.append(f"{split} {metric_name(metric)} {evaluation.headlines.get(metric, 0.0):.4f}")
        return f"Run({', '.join([f'folder={self.folder!r}', *scores])})"


def train(
    config: Config | str | Path,
    run_dir: str | Path | None = None,
    *,
    overwrite: bool = False,
    resume: bool = False,
    start_from: str | Path | None = None,
    scores_test: bool = True,
    threads: int = 0,
    listen: "Callable[[BatchDone | Epoch], None]" = lambda event: None,
) -> Run:
    """Train a tagger, save it, and evaluate the saved tagger.

    Args:
        config: a config, or the path of its file.
        run_dir: the run folder; default: runs/ and the name of the config file.
        overwrite: whether to replace a run in the folder.
        resume: whether to continue a run in the folder after its last complete epoch, or to restart it if it has none.
        start_from: run folder or bundle folder of a tagger whose weights, words and tags training starts from.
        scores_test: whether to evaluate on test; sentences split off for test are never trained on.
        threads: number of threads; 0: one per core.
        listen: called after each batch and epoch.

    Raises:
        TaggerError: the config, its data or the run folder cannot be used; the message says why.
        KeyboardInterrupt: after Ctrl-C; the best weights so far are saved if an epoch is complete.
    """
    if overwrite and resume:
        raise ValueError("overwrite and resume exclude each other")
    if not isinstance(config, Config):
        run_dir = run_dir or Path("runs") / Path(config).stem
        config = load_config(Path(config))
    run_dir = Path(run_dir or Path("runs") / "tagger")
    if resume and is_finished(run_dir):
        log.info("%s is finished already; --overwrite trains it again%s", run_dir, _changed_test(run_dir, config))
        return Run(run_dir, {})
    initial = load_initial_tagger(Path(start_from)) if start_from else None
    if resume:
        _check_same_initial_tagger(run_dir, initial)
    with run_folder(run_dir, overwrite=overwrite, resume=resume) as folder:
        checkpoint = read_checkpoint(folder) if (folder / CHECKPOINT).is_file() else None
        prepared = prepare(config, initial)
        config = prepared.config
        if checkpoint:
            check_resumable(checkpoint, config, data_hashes(prepared), threads=threads)
        _write_config_and_data(folder, config, prepared, initial)
        training = fit_and_save(config, prepared, folder, checkpoint, initial, threads, listen)
        tagger = Tagger.load(folder / "bundle", threads=threads)
        scored = [split for split in prepared.splits if split == "dev" or (split == "test" and scores_test)]
        evaluations = {split: _evaluate(tagger, prepared.splits[split], folder, split) for split in scored}
        _write_metrics(folder, evaluations, training)
        remove(folder / "checkpoint")
        from tagger.training.report import write_report  # loads pandas, which is slow: errors should come first

        log.info("the report is %s", write_report(folder))
        if not evaluations:
            log.warning("neither dev nor test is evaluated: the scores below are of the training sentences")
            evaluations["train"] = evaluate_tagger(tagger, prepared.splits["train"])[0]
    return Run(folder, evaluations)


def _changed_test(folder: Path, config: Config) -> str:
    """A remark for the log if the config's test is not that of a finished run; it is never scored by `--resume`."""
    test = config.data.test
    try:
        recorded = tomllib.loads((folder / "config.toml").read_text(encoding="utf-8"))["data"].get("test")
    except (OSError, LookupError, ValueError):  # a file of another version, which nothing else reads here
        return ""
    is_same = test == recorded or (
        isinstance(test, str) and isinstance(recorded, str) and Path(test).absolute() == Path(recorded).absolute()
    )
    if is_same:
        return ""
    remark = "; data.test differs from the finished run"
    if not isinstance(test, str):
        return remark
    return f"{remark}: {shlex.join(['tagger', 'evaluate', str(folder), test])} scores it"


def _check_same_initial_tagger(folder: Path, initial: InitialTagger | None) -> None:
    """Check that a run is resumed with the `--from` that it was started with.

    Raises:
        RunError: it was started without --from, or with another path.
    """
    try:
        recorded = json.loads((folder / "data.json").read_text(encoding="utf-8"))["start"]
    except FileNotFoundError:  # the run stopped before it read its data
        return
    name = initial.name if initial else None
    if (recorded and Path(recorded).resolve()) != (name and Path(name).resolve()):
        raise RunError(
            f"--resume: the run was started {f'with --from {recorded}' if recorded else 'without --from'}",
            "type the same command again, with --resume",
        )


def _write_config_and_data(folder: Path, config: Config, prepared: PreparedData, initial: InitialTagger | None) -> None:
    """Write the config, statistics of the data, and the split of each sentence of train's file."""
    write_file(folder / "config.toml", dump_config(config))
    statistics = data_json(
        prepared.splits, ambiguous=prepared.ambiguous, initial_tagger=initial.name if initial else None
    )
    write_file(folder / "data.json", statistics)
    if needs_split(config.data):
        write_splits(folder / "splits.tsv", prepared.splits)


def _evaluate(tagger: Tagger, sentences: Sequence[Sentence], folder: Path, split: str) -> Evaluation:
    evaluation, tagged = evaluate_tagger(tagger, sentences)
    warn_of_baselines(evaluation, split)
    write_predictions(folder / "predictions" / f"{split}.tsv", sentences, tagged, tagger.bundle.target.lexicon)
    return evaluation


def _write_metrics(folder: Path, evaluations: Mapping[str, Evaluation], training: Mapping[str, Any]) -> None:
    metrics = {split: evaluations[split].to_json() if split in evaluations else None for split in ("dev", "test")}
    write_file(folder / "metrics.json", json.dumps({**metrics, "training": training}, indent=2) + "\n")
