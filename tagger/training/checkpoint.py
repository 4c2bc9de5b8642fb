"""The checkpoint that `--resume` continues from: one file, replaced as a whole after each epoch."""

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.border.regular import make_folder, open_new, open_regular
from tagger.border.schema import MISSING, TEXT, Schema, check, mapping_of, record, whole
from tagger.border.strict_json import parse_json
from tagger.config import Config, dump_config, parse_config
from tagger.config.older import upgraded_tables
from tagger.encoding.arrays import Array
from tagger.errors import RunError, TaggerError
from tagger.files import writing
from tagger.reports.record_schema import RESUMED, check_epochs
from tagger.toml_file import parse_toml
from tagger.training.array_file import read_archive
from tagger.training.prepared_data import PreparedData
from tagger.training.read_splits import split_of
from tagger.training.run_folder import CHECKPOINT, REPLACE_HINT
from tagger.training.splits import SPLITS

if TYPE_CHECKING:
    from tagger.network.events import TrainingState

FORMAT = 1
LIMIT = 16 << 30  # bytes
NAME = re.compile(r"about|(variable|best)/[0-9]{1,6}")  # of an array
ABOUT = record(
    {
        "format": Schema(f"{FORMAT}, the format of this version", lambda value: value == FORMAT),
        "config": TEXT,
        "origins": mapping_of(TEXT),
        "threads": whole(),
    }
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a training run after an epoch.

    Args:
        arrays: those of `tagger.network.events.TrainingState`.
        epochs: the rows of history.csv.
        config: the run's config.
        hashes: the run's hashes, see `data_hashes`.
        threads: the value of `--threads`.
    """

    arrays: dict[str, Array]
    epochs: list[dict[str, Any]]
    config: Config
    hashes: dict[str, str]
    threads: int


def data_hashes(prepared: PreparedData) -> dict[str, str]:
    """SHA-256 of everything outside the config that the weights depend on: data files and the fitted encoder.

    The files of test are left out: no weight depends on them.
    """
    files = {
        f"data.{name}" if split_of(name) in SPLITS else name: digest
        for name, digest in prepared.hashes.items()
        if split_of(name) != "test"
    }
    # The text is that of earlier versions, whose runs can be resumed.
    first, *others = prepared.targets
    encoder = f"Encoder(tags={first.tags!r}, inputs={prepared.encoder.inputs!r}, ignore={first.ignore!r})"
    for target in others:
        encoder += f" {target.name} tags={target.tags!r} ignore={target.ignore!r}"
    return files | {"encoder": hashlib.sha256(encoder.encode()).hexdigest()}


def write_checkpoint(
    run_dir: Path, state: "TrainingState", config: Config, hashes: Mapping[str, str], *, threads: int
) -> None:
    """Write the checkpoint of a run atomically.

    Raises:
        TaggerError: it cannot be written; the previous checkpoint is kept.
    """
    path = run_dir / CHECKPOINT
    unfinished = path.with_name(f"{path.name}.tmp")
    about = {
        "format": FORMAT,
        "epochs": [dataclasses.asdict(epoch) for epoch in state.epochs],
        "config": dump_config(config),
        "origins": dict(hashes),
        "threads": threads,
    }
    with writing(path):
        make_folder(path.parent)
    try:
        with writing(path):
            with open_new(unfinished) as file:
                np.savez(file, allow_pickle=False, about=np.array(json.dumps(about)), **state.arrays)
            unfinished.replace(path)
    except TaggerError:
        with suppress(OSError):  # the first error is the one to report
            unfinished.unlink(missing_ok=True)
        raise


def read_checkpoint(run_dir: Path) -> Checkpoint:
    """Read the checkpoint of a run.

    Raises:
        RunError: the file is damaged, or another version of tagger wrote it.
    """
    path = run_dir / CHECKPOINT
    try:
        with open_regular(path, limit=LIMIT, within=run_dir) as file:
            arrays = read_archive(file, NAME)
        about = parse_json(str(arrays.pop("about", np.array("null"))))
        check(about, ABOUT, "about")
        check_epochs(about.get("epochs", MISSING), RESUMED, "about.epochs")
        config = parse_config(upgraded_tables(parse_toml(about["config"])))
        return Checkpoint(arrays, about["epochs"], config, about["origins"], about["threads"])
    except OSError as error:
        raise RunError(f"{path}: cannot be read: {error.strerror}", REPLACE_HINT) from None
    except (ValueError, TaggerError) as error:
        raise RunError(f"{path}: not a checkpoint that this version can read: {error}", REPLACE_HINT) from None


def check_resumable(checkpoint: Checkpoint, config: Config, hashes: Mapping[str, str], *, threads: int) -> None:
    """Check that a run with this config and data would have reached the checkpoint.

    Files may move if their content is the same, and the file of test may change. `training.patience` may change, and
    so may `training.epochs` if the learning rate does not depend on it. With `training.deterministic` the number of
    threads must be the same, because it decides the order of additions.

    Raises:
        RunError: something differs; names all of it.
    """
    before, now = dict(checkpoint.hashes), dict(hashes)
    if before.pop("vocabularies", None):  # an older version hashed them in another way; the hashes of files cover them
        now.pop("encoder", None)
    problems = [
        f"  {key}: now {_value_text(value)}, was {_value_text(old)}"
        for key, old, value in _differences(_settings_to_match(checkpoint.config), _settings_to_match(config))
    ]
    problems += [f"  {name}: has changed" for name in before | now if before.get(name) != now.get(name)]
    if config.training.deterministic and threads != checkpoint.threads:
        problems.append(f"  --threads: now {threads}, was {checkpoint.threads}")
    if problems:
        raise RunError(
            "\n".join(["--resume: the run was started with another config or other data", *problems]),
            f"undo the changes; or {REPLACE_HINT}",
        )


def _settings_to_match(config: Config) -> dict[str, Any]:
    """Settings of a config that the weights depend on, without file paths."""
    tables = config.model_dump()
    data, training = tables["data"], tables["training"]
    for files in (data, *data["sources"]):
        for split in SPLITS:
            if isinstance(files[split], str) or (split == "test" and files[split] is None):
                files[split] = "a file"
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


def _value_text(value: object) -> str:
    return "absent" if value is None else json.dumps(value, ensure_ascii=False)
