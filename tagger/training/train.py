"""One run: from a config to a folder with a tagger and its report."""

import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagger.config import Config, dump_config
from tagger.errors import RunError, TaggerError
from tagger.evaluation.metrics import Evaluation
from tagger.evaluation.scores import Scores
from tagger.files import remove, write_file
from tagger.reports.evaluation_text import warn_of_baselines
from tagger.reports.metric_names import metric_name
from tagger.tagging.tagger import Tagger
from tagger.terminal_text import command_line
from tagger.training.bag_of_words import Labeller
from tagger.training.checkpoint import check_resumable, data_hashes, read_checkpoint
from tagger.training.fitting import fit_and_save
from tagger.training.frames import as_frames, config_with_frames, refuse_own_frames, write_frames
from tagger.training.initial_tagger import InitialTagger, load_initial_tagger
from tagger.training.prepare import prepare
from tagger.training.prepared_data import PreparedData
from tagger.training.run_files import TEST_FILES, read_config_tables, read_start
from tagger.training.run_folder import (
    CHECKPOINT,
    is_finished,
    refuse_links,
    remains,
    run_folder,
    run_lock,
    undo_moves,
)
from tagger.training.scoring import fit_baselines, score_split, warn_of_missing_heads, write_split_predictions
from tagger.training.splits import needs_split, write_splits
from tagger.training.statistics import Answers, data_json

if TYPE_CHECKING:
    from tagger.network.events import BatchDone, Epoch

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run.

    Args:
        folder: the run folder.
        scores: by split, dev and test if the config has them; empty if the run was finished before.
        metrics: metric on dev by head, which chose the epoch; empty if the run was finished before.
    """

    folder: Path
    scores: dict[str, Scores]
    metrics: dict[str, str] = field(default_factory=dict)

    @property
    def evaluations(self) -> dict[str, Evaluation]:
        """Evaluation of the network's head, or of the first of several, by split."""
        return {split: scores.first for split, scores in self.scores.items() if scores.heads}

    def __repr__(self) -> str:
        described = [f"{split} {_describe(scores)}" for split, scores in self.scores.items()]
        return f"Run({', '.join([f'folder={self.folder!r}', *described])})"

    def _repr_html_(self) -> str:
        from tagger.training.run_html import run_html  # loads the library of pages

        return run_html(self.folder, self.scores)


def _describe(scores: Scores) -> str:
    """The main metric of each head, and joint accuracy if there are several."""
    parts = []
    for name, evaluation in scores.heads.items():
        metric = "span_f1" if "span_f1" in evaluation.headlines else "accuracy"
        head = f"{name} " if scores.names_heads else ""
        parts.append(f"{head}{metric_name(metric)} {evaluation.headlines.get(metric, 0.0):.4f}")
    joint = [f"joint accuracy {scores.joint.accuracy:.4f}"] if scores.joint else []
    return ", ".join([*parts, *joint])


def train(
    config: Config | Mapping[str, Any] | str | Path | None = None,
    run_dir: str | Path | None = None,
    *,
    train: Any = None,
    dev: Any = None,
    test: Any = None,
    overwrite: bool = False,
    resume: bool = False,
    start_from: str | Path | None = None,
    scores_test: bool = True,
    threads: int = 0,
    listen: "Callable[[BatchDone | Epoch], None]" = lambda event: None,
) -> Run:
    """Train a tagger, save it, and evaluate the saved tagger.

    Args:
        config: a config, its tables such as {"model": {"units": [50]}}, or the path of its file; None: all defaults.
        run_dir: the run folder; default: runs/ and the name of the config file.
        train: a DataFrame to train on, in place of the config's file: read as the table that its CSV is, with a row
            for each token. The run folder keeps it.
        dev: the same for dev, or a share of train; None: as in the config.
        test: the same for test.
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
    run_dir = Path(run_dir or Path("runs") / (Path(config).stem if isinstance(config, str | Path) else "tagger"))
    frames = as_frames({"train": train, "dev": dev, "test": test})
    config = config_with_frames(config, run_dir, frames)
    if resume and is_finished(run_dir):
        _complete(run_dir)
        log.info("%s is finished already; --overwrite trains it again%s", run_dir, _changed_test(run_dir, config))
        return Run(run_dir, {})
    if not frames and not (resume and (run_dir / CHECKPOINT).is_file()):
        refuse_own_frames(config, run_dir)
    initial = load_initial_tagger(Path(start_from)) if start_from else None
    if resume:
        _check_same_initial_tagger(run_dir, initial)
    with run_folder(run_dir, overwrite=overwrite, resume=resume) as folder:
        checkpoint = read_checkpoint(folder) if (folder / CHECKPOINT).is_file() else None
        write_frames(folder, frames)
        prepared = prepare(config, initial)
        config = prepared.config
        if checkpoint:
            check_resumable(checkpoint, config, data_hashes(prepared), threads=threads)
        _write_config_and_data(folder, config, prepared, initial)
        training = fit_and_save(config, prepared, folder, checkpoint, initial, threads, listen)
        tagger = Tagger.load(folder / "bundle", threads=threads)
        scored = [split for split in prepared.splits if split == "dev" or (split == "test" and scores_test)]
        baselines = fit_baselines(prepared) if scored else {}
        scores = {split: _evaluate(tagger, prepared, folder, split, baselines) for split in scored}
        _write_metrics(folder, scores, training)
        from tagger.training.report import write_card, write_report  # load pandas, which is slow: errors come first

        write_card(folder)
        log.info("the report is %s", write_report(folder))
        remove(folder / "checkpoint")  # last: without it the run is finished
        if not scores:
            log.warning("neither dev nor test is evaluated: the scores below are of the training sentences")
            scores["train"] = score_split(tagger, prepared, "train")[0]
    metrics = training.get("metrics") or dict.fromkeys(
        (head.target.name for head in prepared.heads), training["metric"]
    )
    return Run(folder, scores, metrics)


def _complete(folder: Path) -> None:
    """Remove what a process left that was killed at its very end, and write the report if it is missing."""
    from tagger.training.report import REPORT, write_card, write_report

    if remains(folder) or not (folder / REPORT).exists():
        with run_lock(folder):
            refuse_links(folder)
            undo_moves(folder)
            for path in remains(folder):
                remove(path)
            if not (folder / REPORT).exists():
                with suppress(RunError):  # a run of an older version may lack numbers that the report shows
                    write_card(folder)
                    write_report(folder)


def _changed_test(folder: Path, config: Config) -> str:
    """A remark for the log if the config's test is not that of a finished run; it is never scored by `--resume`."""
    test = config.data.test
    try:
        data = read_config_tables(folder, TEST_FILES)["data"]
        recorded = data.get("test")
        if [source.test for source in config.data.sources] != [each.get("test") for each in data.get("sources", ())]:
            return "; the test of a source differs from the finished run"
    except TaggerError:  # a file of another version, which nothing else reads here
        return ""
    is_same = test == recorded or (
        isinstance(test, str) and isinstance(recorded, str) and Path(test).absolute() == Path(recorded).absolute()
    )
    if is_same:
        return ""
    remark = "; data.test differs from the finished run"
    if not isinstance(test, str):
        return remark
    return f"{remark}: {command_line('tagger', 'evaluate', folder, test)} scores it"


def _check_same_initial_tagger(folder: Path, initial: InitialTagger | None) -> None:
    """Check that a run is resumed with the `--from` that it was started with.

    Raises:
        RunError: it was started without --from, or with another path.
    """
    if not (folder / "data.json").exists():  # the run stopped before it read its data
        return
    recorded = read_start(folder)
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
        prepared.splits,
        ambiguous=prepared.heads[0].ambiguous if config.is_plain else (),
        initial_tagger=initial.name if initial else None,
        heads={} if config.is_plain else _answers(prepared),
    )
    write_file(folder / "data.json", statistics)
    if needs_split(config.data):
        write_splits(folder / "splits.tsv", prepared.splits)


def _answers(prepared: PreparedData) -> dict[str, Answers]:
    """The answers of each head, as they are counted."""
    answers = {}
    for head in prepared.heads:
        splits = {split: head.target.in_file_terms(view.sentences) for split, view in head.views.items()}
        answers[head.target.name] = Answers(splits, None if head.target.kind == "label" else head.ambiguous)
    return answers


def _evaluate(
    tagger: Tagger, prepared: PreparedData, folder: Path, split: str, baselines: Mapping[str, Labeller]
) -> Scores:
    scores, tagged = score_split(tagger, prepared, split, baselines)
    warn_of_missing_heads(scores, prepared.targets, split)
    warn_of_baselines(scores, split)
    write_split_predictions(folder / "predictions", prepared, split, tagged)
    return scores


def _write_metrics(folder: Path, scores: Mapping[str, Scores], training: Mapping[str, Any]) -> None:
    metrics = {split: scores[split].to_json() if split in scores else None for split in ("dev", "test")}
    write_file(folder / "metrics.json", json.dumps({**metrics, "training": training}, indent=2) + "\n")
