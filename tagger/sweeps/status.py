"""Progress of a sweep, kept in `status.json` so that another terminal can show it."""

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, get_args

from tagger.border.schema import (
    COUNT,
    FLAG,
    RATIO,
    Schema,
    mapping_of,
    nullable,
    number,
    one_of,
    record,
    whole,
)
from tagger.border.strict_json import read_json
from tagger.config.values import Metric
from tagger.errors import RunError
from tagger.files import write_file
from tagger.sweeps.lock import is_locked
from tagger.sweeps.schemas import NAME_OF_TRIAL, SETTING
from tagger.sweeps.space import Setting
from tagger.training.run_folder import is_finished

NAME = "status.json"

TrialState = Literal["running", "finished", "failed", "pruned"]

STATUS_OF_TRIAL = record(
    {
        "name": NAME_OF_TRIAL,
        "setting": SETTING,
        "seed": whole(),
        "epochs": COUNT,
        "state": one_of(*get_args(TrialState)),
        "epoch": COUNT,
        "score": nullable(RATIO),
        "began": number(0, 1e12),
        "memory": COUNT,
    },
    {"seconds": nullable(number(0, 1e12))},
    closed=True,
)
SETTING_AND_MEAN = Schema(
    "a setting and its mean",
    lambda value: isinstance(value, list) and len(value) == 2,
    lambda value: iter([("[0]", value[0], SETTING), ("[1]", value[1], RATIO)]),
)
STATUS = record(
    {
        "total": COUNT,
        "metric": one_of(*get_args(Metric), "mean"),
        "trials": mapping_of(STATUS_OF_TRIAL, keys=NAME_OF_TRIAL),
    },
    {"best": nullable(SETTING_AND_MEAN), "n_trained": COUNT, "n_seeds": COUNT, "ended": FLAG},
    closed=True,
)


@dataclass
class TrialStatus:
    """Progress of a trial.

    Args:
        name: name of the trial's folder.
        setting: value of each varying key.
        seed: seed of the training.
        epochs: highest number of epochs.
        state: latest known state.
        epoch: number of complete epochs.
        score: score on dev after that epoch, or of the finished tagger.
        began: time at which training began, in seconds since 1970.
        memory: memory of its process in bytes.
        seconds: time that it took; None unless it is finished.
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
    seconds: float | None = None


@dataclass
class Status:
    """Progress of a sweep.

    Args:
        total: number of planned trials.
        metric: metric of the ranking.
        trials: all trials that have begun, by name.
        best: the setting with the best mean so far, and that mean.
        n_trained: number of trials that finished since the sweep was last started.
        n_seeds: number of planned trials of each setting.
        ended: whether no setting is left to try.
    """

    total: int
    metric: str
    trials: dict[str, TrialStatus] = field(default_factory=dict)
    best: tuple[Setting, float] | None = None
    n_trained: int = 0
    n_seeds: int = 1
    ended: bool = False

    def in_state(self, state: TrialState) -> list[TrialStatus]:
        """Trials in a state, in the order in which they began."""
        return [trial for trial in self.trials.values() if trial.state == state]

    def format_counts(self) -> str:
        """Number of trials in each state, in words."""
        counts = {state: len(self.in_state(state)) for state in ("failed", "pruned", "running")}
        others = "".join(f", {n} {state}" for state, n in counts.items() if n)
        return f"{len(self.in_state('finished'))} of {self.total} trials finished{others}"


def write_status(folder: Path, status: Status) -> None:
    """Write the status into the sweep's folder."""
    write_file(folder / NAME, json.dumps(asdict(status), ensure_ascii=False, indent=1) + "\n")


def read_status(folder: Path) -> Status:
    """Read the status of a sweep.

    Trials that a killed sweep left as running count as finished if their run is, and are dropped otherwise.

    Raises:
        RunError: there is no sweep in the folder, or the file is not as tagger writes it.
    """
    try:
        tables = read_json(folder / NAME, STATUS, RunError, "the same sweep, run again, writes it anew", within=folder)
    except FileNotFoundError:
        raise RunError(f"{folder}: contains no sweep", "tagger sweep CONFIG makes one, under runs/") from None
    trials = {name: TrialStatus(**trial) for name, trial in tables.pop("trials").items()}
    if not is_locked(folder):
        for name, trial in list(trials.items()):
            if trial.state == "running":
                if is_finished(folder / name):
                    trial.state = "finished"
                else:
                    del trials[name]
    return Status(**tables, trials=trials)
