"""How far a sweep is: kept in `status.json`, for another terminal to tell."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from tagger.errors import RunError
from tagger.files import write_file
from tagger.sweeps.lock import is_locked
from tagger.sweeps.space import Setting, shown_setting
from tagger.training.run_folder import is_finished

NAME = "status.json"

TrialState = Literal["running", "finished", "failed", "pruned"]


@dataclass
class TrialStatus:
    """Where a trial stands.

    Args:
        name: of its folder.
        setting: what it has that the base has not.
        seed: of its training.
        epochs: that it has at most.
        state: what is known of it.
        epoch: the last whole one.
        score: on dev, after that epoch, or of the finished tagger.
        began: when, in seconds of the system's clock.
        memory: bytes of its process.
    """

    name: str
    setting: Setting
    seed: int
    epochs: int
    state: TrialState = "running"
    epoch: int = 0
    score: float | None = None
    began: float = field(default_factory=time.time)
    memory: int = 0


@dataclass
class Status:
    """Where a sweep stands.

    Args:
        total: how many trials there are to be.
        metric: that is ranked by.
        trials: by name, all that have begun.
        best: the setting with the best mean so far, and that mean.
        n_trained: how many of the finished trials were not so before this start of the sweep.
        ended: whether no setting is left to be tried.
    """

    total: int
    metric: str
    trials: dict[str, TrialStatus] = field(default_factory=dict)
    best: tuple[Setting, float] | None = None
    n_trained: int = 0
    ended: bool = False

    def having(self, state: TrialState) -> list[TrialStatus]:
        """The trials in a state, in the order in which they began."""
        return [trial for trial in self.trials.values() if trial.state == state]

    def counts(self) -> str:
        """How many trials are in which state, in words."""
        counts = {state: len(self.having(state)) for state in ("failed", "pruned", "running")}
        others = "".join(f", {n} {state}" for state, n in counts.items() if n)
        return f"{len(self.having('finished'))} of {self.total} trials finished{others}"


def write_status(folder: Path, status: Status) -> None:
    """Keeps the status in the sweep's folder."""
    write_file(folder / NAME, json.dumps(asdict(status), ensure_ascii=False, indent=1) + "\n")


def read_status(folder: Path) -> Status:
    """The status that a sweep has kept; trials that a killed one has left running are what their folders say.

    Raises:
        RunError: there is no sweep in the folder.
    """
    try:
        kept = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(f"{folder}: holds no sweep", "tagger sweep CONFIG makes one, under runs/") from None
    trials = {name: TrialStatus(**trial) for name, trial in kept.pop("trials").items()}
    if not is_locked(folder):
        for name, trial in list(trials.items()):
            if trial.state == "running":
                if is_finished(folder / name):
                    trial.state = "finished"
                else:
                    del trials[name]
    return Status(**kept, trials=trials)


def format_status(folder: Path, command: str) -> str:
    """How far the sweep in a folder is, as text, and the command that goes on with it.

    Raises:
        RunError: there is no sweep in the folder.
    """
    status = read_status(folder)
    lines = [f"{folder}: {status.counts()}", *running_lines(status)]
    if status.best:
        setting, mean = status.best
        lines.append(f"best so far: dev {status.metric} {mean:.4f} with {shown_setting(setting) or 'the base'}")
    if not is_locked(folder) and not status.ended:
        lines.append(f"no sweep runs there; {command} goes on")
    return "\n".join(lines)


def running_lines(status: Status) -> Iterator[str]:
    """One line for each running trial."""
    for trial in status.having("running"):
        score = f"  dev {trial.score:.4f}" if trial.score is not None else ""
        yield (
            f"{trial.name}  epoch {trial.epoch}/{trial.epochs}{score}  {time.time() - trial.began:.0f} s"
            f"  {trial.memory / 1e6:,.0f} MB  {shown_setting(trial.setting)}, seed {trial.seed}"
        )
