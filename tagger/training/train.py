"""One run, from a config to a folder that tags anywhere."""

import json
import logging
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
from tagger.reports.predictions import write_predictions
from tagger.tagging.tagger import Tagger
from tagger.training.checkpoint import check_resumable, origins_of, read_checkpoint
from tagger.training.fitting import fit_and_save
from tagger.training.further import Start, load_start
from tagger.training.prepare import Prepared, prepare
from tagger.training.run_folder import CHECKPOINT, is_finished, run_folder
from tagger.training.splits import is_cut, write_splits
from tagger.training.statistics import data_json

if TYPE_CHECKING:
    from tagger.network.events import BatchDone, Epoch

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run, evaluated on dev and test where the config has them, but not where it was finished before."""

    folder: Path
    evaluations: dict[str, Evaluation]


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
    """Train a tagger, save it, and score what was saved with the engine that users will run.

    Args:
        config: or the path of one.
        run_dir: the run folder; default: runs/ and the config file's name.
        overwrite: whether a run that is there is replaced.
        resume: whether a run that is there goes on after its last whole epoch, or begins where it has none.
        start_from: a run folder or bundle folder whose weights, words and tags the training begins with.
        scores_test: whether a test split is scored; one that is cut off train is not trained on in any case.
        threads: to compute with; 0: as many as there are cores.
        listen: called with each batch and epoch.

    Raises:
        TaggerError: the config, the data or the folder cannot be used; the message says why.
        KeyboardInterrupt: after Ctrl-C. If an epoch was whole by then, the best weights so far are saved.
    """
    if overwrite and resume:
        raise ValueError("overwrite and resume exclude each other")
    if not isinstance(config, Config):
        run_dir = run_dir or Path("runs") / Path(config).stem
        config = load_config(Path(config))
    run_dir = Path(run_dir or Path("runs") / "tagger")
    if resume and is_finished(run_dir):
        log.info("%s is finished already; --overwrite trains it again", run_dir)
        return Run(run_dir, {})
    start = load_start(Path(start_from)) if start_from else None
    if resume:
        _check_start_again(run_dir, start)
    with run_folder(run_dir, overwrite=overwrite, resume=resume) as folder:
        checkpoint = read_checkpoint(folder) if (folder / CHECKPOINT).is_file() else None
        prepared = prepare(config, start)
        config = prepared.config
        if checkpoint:
            check_resumable(checkpoint, config, origins_of(prepared), threads=threads)
        _write_beginning(folder, config, prepared, start)
        training = fit_and_save(config, prepared, folder, checkpoint, start, threads, listen)
        tagger = Tagger.load(folder / "bundle", threads=threads)
        scored = [split for split in prepared.splits if split == "dev" or (split == "test" and scores_test)]
        evaluations = {split: _evaluate(tagger, prepared.splits[split], folder, split) for split in scored}
        _write_metrics(folder, evaluations, training)
        remove(folder / "checkpoint")
        from tagger.training.report import write_report  # loads pandas, for which no mistake should wait

        log.info("the report is %s", write_report(folder))
        if not evaluations:
            log.warning("neither dev nor test is scored: what follows is of the sentences that it was trained on")
            evaluations["train"] = evaluate_tagger(tagger, prepared.splits["train"])[0]
    return Run(folder, evaluations)


def _check_start_again(folder: Path, start: Start | None) -> None:
    """Refuse to go on without the tagger that a run began with, or with another.

    Raises:
        RunError: names it.
    """
    try:
        began_with = json.loads((folder / "data.json").read_text(encoding="utf-8"))["start"]
    except FileNotFoundError:  # it was broken off before there was anything to begin with
        return
    name = start.name if start else None
    if (began_with and Path(began_with).resolve()) != (name and Path(name).resolve()):
        raise RunError(
            f"--resume: the run began {f'with --from {began_with}' if began_with else 'without --from'}",
            "type the same command again, with --resume",
        )


def _write_beginning(folder: Path, config: Config, prepared: Prepared, start: Start | None) -> None:
    """Write what is known before training: the config, statistics of the data, and how train's file was cut."""
    write_file(folder / "config.toml", dump_config(config))
    statistics = data_json(prepared.splits, ambiguous=prepared.ambiguous, start=start.name if start else None)
    write_file(folder / "data.json", statistics)
    if is_cut(config.data):
        write_splits(folder / "splits.tsv", prepared.splits)


def _evaluate(tagger: Tagger, sentences: Sequence[Sentence], folder: Path, split: str) -> Evaluation:
    evaluation, tagged = evaluate_tagger(tagger, sentences)
    warn_of_baselines(evaluation, split)
    write_predictions(folder / "predictions" / f"{split}.tsv", sentences, tagged, tagger.bundle.lexicon)
    return evaluation


def _write_metrics(folder: Path, evaluations: Mapping[str, Evaluation], training: Mapping[str, Any]) -> None:
    metrics = {split: evaluations[split].to_json() if split in evaluations else None for split in ("dev", "test")}
    write_file(folder / "metrics.json", json.dumps({**metrics, "training": training}, indent=2) + "\n")
