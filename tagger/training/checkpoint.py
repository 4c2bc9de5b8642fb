"""The checkpoint that `--resume` goes on from: one file, replaced whole after each epoch."""

import dataclasses
import hashlib
import json
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.config import Config, dump_config, parse_config
from tagger.config.older import upgraded_tables
from tagger.encoding.arrays import Array
from tagger.errors import RunError, TaggerError
from tagger.files import writing
from tagger.training.prepare import Prepared
from tagger.training.run_folder import CHECKPOINT, WAYS_OUT
from tagger.training.splits import SPLITS

if TYPE_CHECKING:
    from tagger.network.events import TrainingState

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A training run after a whole epoch.

    Args:
        arrays: of `tagger.network.events.TrainingState`.
        epochs: the rows of history.csv.
        config: of the run.
        origins: of the run, as `origins_of` gives them.
        threads: that it computed with, as `--threads` says.
    """

    arrays: dict[str, Array]
    epochs: list[dict[str, Any]]
    config: Config
    origins: dict[str, str]
    threads: int


def origins_of(prepared: Prepared) -> dict[str, str]:
    """SHA-256 of all that decides what the weights mean: the files of train and dev, and how their sentences are read.

    A file of test decides nothing of the weights.
    """
    files = {
        f"data.{name}" if name in SPLITS else name: digest for name, digest in prepared.hashes.items() if name != "test"
    }
    return files | {"encoder": hashlib.sha256(repr(prepared.encoder).encode()).hexdigest()}


def write_checkpoint(
    run_dir: Path, state: "TrainingState", config: Config, origins: Mapping[str, str], *, threads: int
) -> None:
    """Write the checkpoint of a run, at once or not at all.

    Raises:
        TaggerError: it cannot be written; the one before is still there.
    """
    path = run_dir / CHECKPOINT
    unfinished = path.with_name(f"{path.name}.tmp")
    about = {
        "format": FORMAT,
        "epochs": [dataclasses.asdict(epoch) for epoch in state.epochs],
        "config": dump_config(config),
        "origins": dict(origins),
        "threads": threads,
    }
    try:
        with writing(path):
            path.parent.mkdir(exist_ok=True)
            with unfinished.open("wb") as file:
                np.savez(file, allow_pickle=False, about=np.array(json.dumps(about)), **state.arrays)
            unfinished.replace(path)
    except TaggerError:
        unfinished.unlink(missing_ok=True)
        raise


def read_checkpoint(run_dir: Path) -> Checkpoint:
    """The checkpoint of a run.

    Raises:
        RunError: it is damaged, or another version of tagger wrote it.
    """
    path = run_dir / CHECKPOINT
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        about = json.loads(str(arrays.pop("about")))
        if about["format"] != FORMAT:
            raise ValueError(f"its format is {about['format']}")
        config = parse_config(upgraded_tables(tomllib.loads(about["config"])))
        return Checkpoint(arrays, about["epochs"], config, about["origins"], about["threads"])
    except (OSError, EOFError, LookupError, TypeError, ValueError, zipfile.BadZipFile, TaggerError) as error:
        raise RunError(f"{path}: not a checkpoint that this version reads: {error}", WAYS_OUT) from None


def check_resumable(checkpoint: Checkpoint, config: Config, origins: Mapping[str, str], *, threads: int) -> None:
    """Check that a config and its data would have led to the checkpoint.

    Files may be elsewhere if they hold the same, and the one of test may be another; so may `training.patience`, and
    `training.epochs` where the learning rate does not depend on how many are to come. Other threads add in another
    order, which counts where each bit does.

    Raises:
        RunError: names what differs.
    """
    before, now = dict(checkpoint.origins), dict(origins)
    if before.pop("vocabularies", None):  # of an older version, which wrote them otherwise; the files decide them, too
        now.pop("encoder", None)
    problems = [
        f"  {key}: {_shown(value)}, and it was {_shown(then)}"
        for key, then, value in _differences(_decisive(checkpoint.config), _decisive(config))
    ]
    problems += [f"  {name}: not the same as then" for name in before | now if before.get(name) != now.get(name)]
    if config.training.deterministic and threads != checkpoint.threads:
        problems.append(f"  --threads: {threads}, and it was {checkpoint.threads}")
    if problems:
        raise RunError(
            "\n".join(["--resume: the checkpoint was trained otherwise", *problems]),
            f"take the changes back; or {WAYS_OUT}",
        )


def _decisive(config: Config) -> dict[str, Any]:
    """The values of a config that decide the weights, wherever its files lie."""
    tables = config.model_dump()
    data, training = tables["data"], tables["training"]
    for split in SPLITS:
        if isinstance(data[split], str) or (split == "test" and data[split] is None):
            data[split] = "a file"
    if words := tables["features"]["words"]:
        words |= {key: "a file" for key in ("vectors", "word_list") if words[key] is not None}
    del training["patience"]
    if config.training.schedule != "cosine" and not config.training.warm_up:
        del training["epochs"]
    return tables


def _differences(before: Any, now: Any, key: str = "") -> Iterator[tuple[str, Any, Any]]:
    if isinstance(before, dict) and isinstance(now, dict):
        for name in {**before, **now}:
            yield from _differences(before.get(name), now.get(name), f"{key}.{name}" if key else name)
    elif before != now:
        yield key, before, now


def _shown(value: object) -> str:
    return "absent" if value is None else json.dumps(value, ensure_ascii=False)
