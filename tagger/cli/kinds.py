"""Kinds of paths on the command line, and existing paths that resemble a path."""

import difflib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

from tagger.files import MOVING, REPLACED

Kind = Literal[
    "missing", "stream", "empty", "data", "config", "sweep file", "bundle", "run", "unfinished", "sweep", "folder"
]

RUNS = Path("runs")  # where training puts its folders by default
SPLITS = ("test", "dev", "train")  # the likeliest to be scored first
MOST = 100  # entries of a folder that are looked at


def kind_of(path: Path) -> Kind:
    """The kind of a path, by the names in a folder, and a file's name or content."""
    try:
        if path.is_dir():
            return _kind_of_folder(path)
        if not path.exists():
            return "missing"
        if not path.is_file():
            return "stream"
        if path.stat().st_size == 0:
            return "empty"
    except (OSError, ValueError):  # not accessible, or not a possible file name
        return "missing"
    from tagger.toml_file import is_config, is_sweep_file

    return "sweep file" if is_sweep_file(path) else "config" if is_config(path) else "data"


def _kind_of_folder(path: Path) -> Kind:
    if (path / "bundle.json").exists():
        return "bundle"
    if _bundle_of_run(path) is not None:
        return "run"
    if any((path / name).is_file() for name in ("status.json", "leaderboard.csv")):
        return "sweep"
    return "unfinished" if (path / "config.toml").is_file() and (path / "log.txt").is_file() else "folder"


def _bundle_of_run(path: Path) -> Path | None:
    """The description of a run's bundle; while the run is replaced, of the bundle before."""
    bundles = (path / name / "bundle" / "bundle.json" for name in ("", REPLACED, MOVING))
    return next((bundle for bundle in bundles if bundle.exists()), None)


def entries(folder: Path, *kinds: Kind) -> Iterator[Path]:
    """Entries of a folder of some kinds, sorted by name; data files only if their name ends like one."""
    try:
        names = sorted(islice((path for path in folder.iterdir() if not path.name.startswith(".")), MOST))
    except (OSError, ValueError):
        return
    for path in names:
        if (kind := kind_of(path)) in kinds and (kind != "data" or _is_named_as_data(path)):
            yield path


def _is_named_as_data(path: Path) -> bool:
    from tagger.corpus.formats import format_by_suffix

    return format_by_suffix(path) is not None or path.name.lower().removesuffix(".gz").endswith(".txt")


def data_in(folder: Path) -> list[Path]:
    """Data files in a folder, test files first."""
    return sorted(
        entries(folder, "data"),
        key=lambda path: next((rank for rank, split in enumerate(SPLITS) if split in path.name.lower()), len(SPLITS)),
    )


def newest_run(folder: Path = RUNS) -> Path | None:
    """The most recent run in a folder."""
    runs = list(entries(folder, "run"))
    return max(runs, key=lambda run: (_bundle_of_run(run) or run).stat().st_mtime, default=None)


def run_around(path: Path) -> Path | None:
    """The run, or else the bundle, that contains a path."""
    around = [folder for folder in (path.parent, path.parent.parent) if kind_of(folder) in ("run", "bundle")]
    return next((folder for folder in around if kind_of(folder) == "run"), around[0] if around else None)


def data_of(config: Path) -> Path | None:
    """An existing data file that a config names, the test file if possible."""
    data = _tables(config).get("data")
    names = [data.get(split) for split in SPLITS] if isinstance(data, dict) else []
    return next((path for name in names if isinstance(name, str) and (path := config.parent / name).is_file()), None)


def base_of(sweep_file: Path) -> Path | None:
    """The base config of a sweep file, if it exists."""
    base = _tables(sweep_file).get("base")
    return path if isinstance(base, str) and (path := sweep_file.parent / base).is_file() else None


def _tables(path: Path) -> dict[str, object]:
    from tagger.errors import ConfigError
    from tagger.toml_file import read_tables

    try:
        return read_tables(path)
    except ConfigError:
        return {}


def similar_path(path: Path, *kinds: Kind) -> Path | None:
    """An existing path of some kinds with a similar name: in the same folder, or in runs/ or configs/."""
    homes = [path.parent, *([Path()] if not path.parent.exists() else [])]
    if path == Path(path.name):
        homes += [RUNS] if "run" in kinds else []
        homes += [Path("configs")] if "config" in kinds or "sweep file" in kinds else []
    existing = [each for home in homes for each in entries(home, *kinds)]
    alike = {each.stem: each for each in reversed(existing) if path.suffix in ("", each.suffix) or each.is_dir()}
    same_stem = (each for each in existing if each.stem == path.stem)
    return next((alike[stem] for stem in difflib.get_close_matches(path.stem, alike, n=1)), next(same_stem, None))
