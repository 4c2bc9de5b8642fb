"""Files that a trial needs or writes, sent between machines that share no folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tagger.config import Config, dump_config, parse_config
from tagger.config.older import upgraded_tables
from tagger.corpus.download import resolve
from tagger.files import remove, sha256_of, swap_in, write_file, writing
from tagger.sweeps.trials import FileHashes
from tagger.sweeps.worker import Task
from tagger.toml_file import parse_toml
from tagger.training.data_files import data_files_of, with_data_files, word_files_of
from tagger.training.report import write_report
from tagger.training.run_folder import is_finished


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file on the sweep's machine that a config names.

    Args:
        path: path on the sweep's machine.
        sha256: hash of the content.
        content: Ray's reference to the bytes.
    """

    path: Path
    sha256: str
    content: Any


def data_paths(config: Config) -> dict[str, Path]:
    """Paths of the files that a config names, by key; public data sets are downloaded if necessary.

    Raises:
        DataError: a public data set cannot be downloaded.
    """
    files = data_files_of(config.data) | word_files_of(config)
    return {key: resolve(path) or Path(path) for key, path in files.items()}


def share_files(config: Config, shared: dict[Path, DataFile]) -> dict[str, DataFile]:
    """Put the files that a config names into the cluster, and return them by key.

    Args:
        config: the config.
        shared: files that are in the cluster already, by path; new ones are added.

    Raises:
        DataError: a file cannot be read.
    """
    import ray

    paths = data_paths(config)
    for key, path in paths.items():
        if path not in shared:
            shared[path] = DataFile(path, FileHashes().of_file(path, key), ray.put(path.read_bytes()))
    return {key: shared[path] for key, path in paths.items()}


def with_local_files(config: Config, files: Mapping[str, DataFile], data_dir: Path) -> Config:
    """Return a config that names files of this machine.

    A file with the same path and content is used where it is; others are written into `data_dir`, each once.
    """
    local = {key: _local_path(file, data_dir) for key, file in files.items()}
    moved = {key: str(path) for key, path in local.items() if path != files[key].path}
    of_words = {key.rpartition(".")[2]: path for key, path in moved.items() if key.startswith("features.words.")}
    data = with_data_files(config.data, {key: path for key, path in moved.items() if key.startswith("data.")})
    features = config.features
    if features.words:
        words = features.words.model_copy(update=of_words)
        features = features.model_copy(update={"words": words})
    return config.model_copy(update={"data": data, "features": features})


def _local_path(file: DataFile, data_dir: Path) -> Path:
    if file.path.is_file() and sha256_of(file.path) == file.sha256:
        return file.path
    path = data_dir / file.sha256 / file.path.name  # the suffix identifies the format
    if not path.exists():
        import ray

        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.tmp")
        unfinished.write_bytes(ray.get(file.content))
        unfinished.replace(path)
    return path


def pack_folder(folder: Path) -> dict[str, bytes]:
    """Content of all files below a folder, by path relative to it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def store_run(task: Task, files: Mapping[str, bytes] | None, temporary_dir: Path) -> None:
    """Store the run folder of a finished trial as if it had been trained on this machine, in one step.

    Args:
        task: the trial, with the paths of this machine; an earlier run in its folder is replaced.
        files: content by path in the folder; None if the other machine has written into the folder itself.
        temporary_dir: folder for the files before they are moved into place.

    Raises:
        TaggerError: a file cannot be written.
    """
    if files is None:
        if is_finished(task.folder):
            _restore_config(task.folder, task.config)
        return
    unfinished = temporary_dir / task.folder.name
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
    """Restore the paths of this machine in the config and report of a run that was trained on another."""
    path = folder / "config.toml"
    resolved = parse_config(upgraded_tables(parse_toml(path.read_text(encoding="utf-8"))))
    features = resolved.features.model_copy(update={"words": config.features.words})
    local = resolved.model_copy(update={"data": config.data, "features": features})
    if local != resolved:
        write_file(path, dump_config(local))
        write_report(folder)
