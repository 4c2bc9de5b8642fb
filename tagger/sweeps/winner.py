"""Winner of a sweep: the best trial of the best setting, and its score on test."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tagger.border.schema import record
from tagger.border.strict_json import read_json
from tagger.errors import RunError
from tagger.evaluation.score import has_gold_spans
from tagger.files import write_file, writing
from tagger.reports.evaluation_text import warn_of_baselines
from tagger.reports.record_schema import SPLIT
from tagger.sweeps.failures import NAME as FAILURES
from tagger.sweeps.leaderboard import LeaderboardRow
from tagger.sweeps.plan import Plan
from tagger.sweeps.trials import FileHashes, Trial
from tagger.tagging.tagger import Tagger
from tagger.terminal_text import command_line
from tagger.training.prepare import prepare
from tagger.training.run_files import read_metrics
from tagger.training.scoring import fit_baselines, score_split

BEST = "best"  # name of the link
SCORED = record({"test": SPLIT})

log = logging.getLogger("tagger")


def link_winner(folder: Path, rows: Sequence[LeaderboardRow]) -> Trial:
    """Return the best trial of the best setting, and link `best` to its folder.

    Raises:
        RunError: no setting is complete.
    """
    if not rows or not rows[0].is_complete:
        raise RunError(
            f"{folder}: no setting finished with all its seeds",
            f"{folder / FAILURES} lists the reasons; --retry 1 tries failed trials again",
        )
    winner, link, unfinished = rows[0].best_trial, folder / BEST, folder / f"{BEST}.tmp"
    with writing(link):
        unfinished.unlink(missing_ok=True)
        unfinished.symlink_to(winner.name, target_is_directory=True)
        unfinished.replace(link)
    return winner


def warn_without_spans(winner: Trial, metric: str) -> None:
    """Warn if settings are ranked by span F1, and dev has no spans."""
    dev = read_metrics(winner.folder)["dev"]
    if metric == "span_f1" and "heads" not in dev and not has_gold_spans(dev):
        log.warning("dev has no spans and so no span F1: settings are ranked by size, then by loss on dev")


def score_test(plan: Plan, folder: Path, winner: Trial) -> dict[str, Any] | None:
    """Evaluate the winner's saved bundle on test, or read its evaluation if the sweep has done so before.

    Returns:
        The evaluation, as in metrics.json; None for a config without a test split.

    Raises:
        TaggerError: the test split cannot be read.
    """
    config, path = plan.config(winner.setting, winner.seed, with_test=True), folder / "test.json"
    if not config.data.has_test:
        return None
    files = FileHashes().of_config(config)
    scored = {"trial": winner.name, "seed": winner.seed, "setting": winner.setting, "files": files}
    if path.exists():
        before = read_json(path, SCORED, RunError, f"remove it: {command_line('rm', path)}", within=folder)
        if {key: before.get(key) for key in scored} == scored:
            return dict(before["test"])
    prepared = prepare(config)
    scores = score_split(Tagger.load(winner.folder), prepared, "test", fit_baselines(prepared))[0]
    warn_of_baselines(scores, "test")
    test = scores.to_json()
    write_file(path, json.dumps({**scored, "test": test}, indent=2, ensure_ascii=False) + "\n")
    return test
