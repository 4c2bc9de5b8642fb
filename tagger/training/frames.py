"""DataFrames to train on: written to the run folder as CSV, which then is read like any other table.

So a frame is recognised, checked, split and reported as a file is, and the run can be resumed and trained again.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.config import Config, load_config, parse_config
from tagger.config.paths import make_absolute
from tagger.corpus.frames import as_frame
from tagger.errors import RunError
from tagger.files import write_file
from tagger.training.data_files import data_files_of

if TYPE_CHECKING:
    import pandas as pd

FOLDER = "frames"  # in the run folder

Frames = Mapping[str, "pd.DataFrame | float"]  # by split; a number is a share of train


def as_frames(tables: Mapping[str, Any]) -> Frames:
    """Check the tables of the splits; those that are None are left out.

    Raises:
        ValueError: one is not a DataFrame, or there are some for dev or test, but not for train.
        DataError: two columns of a table have the same name.
    """
    frames: dict[str, pd.DataFrame | float] = {
        split: table if isinstance(table, float) else as_frame(table, f"the frame of {split}")
        for split, table in tables.items()
        if table is not None
    }
    if frames and ("train" not in frames or isinstance(frames["train"], float)):
        raise ValueError(f"{' and '.join(frames)}: also pass a DataFrame as train; all splits are tables, or none is")
    return frames


def config_with_frames(config: Config | Mapping[str, Any] | str | Path | None, run_dir: Path, frames: Frames) -> Config:
    """Load a config, its files replaced by those of frames.

    Args:
        config: as for `train`.
        run_dir: the run folder.
        frames: the frames.

    Raises:
        ConfigError: the config has problems; lists all of them.
    """
    data: dict[str, Any] = {
        split: frame if isinstance(frame, float) else str(_path(run_dir, split).absolute())
        for split, frame in frames.items()
    }
    if data:
        data |= {"format": "csv", "encoding": "utf-8", "decimal": "."}
    if isinstance(config, str | Path):
        return load_config(Path(config), [f"data.{key}={json.dumps(value)}" for key, value in data.items()])
    if isinstance(config, Config) and not data:
        return config
    tables = plain_tables(config.model_dump(exclude_unset=True) if isinstance(config, Config) else config or {})
    make_absolute(tables, Path.cwd())
    if data:
        tables["data"] = {**tables.get("data", {}), **data}
    return parse_config(tables)


def plain_tables(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Copy tables with the types of TOML in place of other mappings, tuples and numbers of NumPy.

    >>> plain_tables({"model": {"units": (np.int64(8), 4)}})
    {'model': {'units': [8, 4]}}
    """
    return {str(key): _plain(value) for key, value in tables.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return plain_tables(value)
    if isinstance(value, list | tuple):
        return [*map(_plain, value)]
    return value.item() if isinstance(value, np.generic) else value


def write_frames(folder: Path, frames: Frames) -> None:
    """Write the frames of a run to its folder."""
    for split, frame in frames.items():
        if not isinstance(frame, float):
            write_file(_path(folder, split), frame.to_csv(index=False, lineterminator="\n"))


def refuse_own_frames(config: Config, run_dir: Path) -> None:
    """Refuse to train anew in a run folder on the frames that it keeps, because a new run replaces them.

    Raises:
        RunError: the config reads them.
    """
    for path in map(Path, data_files_of(config.data).values()):
        if path.absolute().parent == (run_dir / FOLDER).absolute() and path.exists():
            raise RunError(
                f"{path}: is a part of the run that a new one replaces",
                "choose another folder with --run DIR, or in Python pass the frame again",
            )


def _path(folder: Path, split: str) -> Path:
    return folder / FOLDER / f"{split}.csv"
