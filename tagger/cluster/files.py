"""Files that travel with a trial between machines that do not share them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tagger.config import Config, dump_config, parse_config
from tagger.config.older import upgraded_tables
from tagger.corpus.download import resolve
from tagger.files import remove, sha256_of, swap_in, write_file, writing
from tagger.sweeps.trials import Hashes
from tagger.sweeps.worker import Task
from tagger.training.data_files import files_of, word_files_of
from tagger.training.report import write_report
from tagger.training.run_folder import is_finished


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of the sweep's machine that a config names; Ray gives its bytes by the reference `content`."""

    path: Path
    sha256: str
    content: Any


def data_paths(config: Config) -> dict[str, Path]:
    """Where the files lie that a config names, by key; public ones are fetched if they are not here.

    Raises:
        DataError: a public one cannot be fetched.
    """
    files = {f"data.{split}": path for split, path in files_of(config.data).items()} | word_files_of(config)
    return {key: resolve(path) or Path(path) for key, path in files.items()}


def share_files(config: Config, known: dict[Path, DataFile]) -> dict[str, DataFile]:
    """By key, the files that a config names, as a cluster can fetch them; they are added to those known before.

    Raises:
        DataError: one cannot be read.
    """
    import ray

    paths = data_paths(config)
    for key, path in paths.items():
        if path not in known:
            known[path] = DataFile(path, Hashes().of_file(path, key), ray.put(path.read_bytes()))
    return {key: known[path] for key, path in paths.items()}


def with_files_here(config: Config, files: Mapping[str, DataFile], data_dir: Path) -> Config:
    """The config with files of this machine: where the same bytes lie at the same path, they are read there.

    Others are written into `data_dir`, each once.
    """
    paths: dict[str, dict[str, str]] = {"data": {}, "features.words": {}}
    for key, file in files.items():
        path = _here(file, data_dir)
        if path != file.path:
            section, _, name = key.rpartition(".")
            paths[section][name] = str(path)
    data = config.data.model_copy(update=paths["data"])
    features = config.features
    if features.words:
        words = features.words.model_copy(update=paths["features.words"])
        features = features.model_copy(update={"words": words})
    return config.model_copy(update={"data": data, "features": features})


def _here(file: DataFile, data_dir: Path) -> Path:
    if file.path.is_file() and sha256_of(file.path) == file.sha256:
        return file.path
    path = data_dir / file.sha256 / file.path.name  # the name tells its format
    if not path.exists():
        import ray

        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.tmp")
        unfinished.write_bytes(ray.get(file.content))
        unfinished.replace(path)
    return path


def packed(folder: Path) -> dict[str, bytes]:
    """The content of all files below a folder, by their paths in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def bring_home(task: Task, files: Mapping[str, bytes] | None, arrival_dir: Path) -> None:
    """Make the folder of a finished trial as if it had been trained on this machine, at once or not at all.

    Args:
        task: the trial, with the paths of this machine; what an earlier try left in its folder is replaced.
        files: content by path in the folder; None where the other machine has written into the folder itself.
        arrival_dir: a folder for what is on its way.

    Raises:
        TaggerError: a file cannot be written.
    """
    if files is None:
        if is_finished(task.folder):
            _restore_config(task.folder, task.config)
        return
    unfinished = arrival_dir / task.folder.name
    remove(unfinished)
    for name, content in files.items():
        path = unfinished / name
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    _restore_config(unfinished, task.config)
    with writing(task.folder):
        swap_in(unfinished, task.folder)


def _restore_config(folder: Path, config: Config) -> None:
    """Put the paths of this machine into a finished run whose data was read elsewhere."""
    path = folder / "config.toml"
    resolved = parse_config(upgraded_tables(tomllib.loads(path.read_text(encoding="utf-8"))))
    features = resolved.features.model_copy(update={"words": config.features.words})
    here = resolved.model_copy(update={"data": config.data, "features": features})
    if here != resolved:
        write_file(path, dump_config(here))
        write_report(folder)
