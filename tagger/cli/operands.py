"""Checks of operands: for an operand of the wrong kind, a hint with the command that works.

The hint repeats the command line as typed, with the operand that was probably meant.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from tagger.cli.help import typed
from tagger.cli.kinds import (
    RUNS,
    Kind,
    base_of,
    data_in,
    data_of,
    entries,
    kind_of,
    newest_run,
    run_around,
    similar_path,
)
from tagger.errors import TaggerError
from tagger.terminal_text import command_line

Wanted = Literal["config", "sweep file", "config or model", "model", "run", "data", "config or data", "input"]

ACCEPTED: dict[Wanted, tuple[Kind, ...]] = {
    "config": ("config",),
    "sweep file": ("sweep file",),
    "config or model": ("config", "run", "bundle"),
    "model": ("run", "bundle"),
    "run": ("run",),
    "data": ("data",),
    "config or data": ("config", "data"),
    "input": ("data", "config", "sweep file", "empty"),  # any text has sentences
}
NAMES: dict[Wanted | Kind, str] = {
    "config": "a config",
    "sweep file": "a sweep's file",
    "config or model": "a config or a saved tagger",
    "model": "a saved tagger",
    "run": "a run folder",
    "data": "a file of data",
    "config or data": "a config or a file of data",
    "input": "a file of sentences",
    "empty": "an empty file",
    "bundle": "a bundle folder",
    "unfinished": "an unfinished run",
    "sweep": "a sweep's folder",
    "folder": "a folder",
}
MODELS: tuple[Wanted, ...] = ("model", "run", "config or model")
CONFIGS: tuple[Wanted, ...] = ("config", "sweep file")


def check_operand(path: Path, wanted: Wanted, *others: Path) -> Path:
    """The path, if it is of the kind that the command expects, or a stream.

    Args:
        path: as typed.
        wanted: what the command expects.
        others: further operands of the command, which may have been swapped with this one.

    Raises:
        TaggerError: it is of another kind; the hint is a command that works.
    """
    kind = kind_of(path)
    if kind == "stream" or kind in ACCEPTED[wanted]:
        return path
    meant = next(_meant(path, kind, wanted), None)
    problem = _problem(path, kind, wanted, meant)
    for other in others:
        if kind_of(other) in ACCEPTED[wanted] and kind != "missing":
            raise TaggerError(problem, _swapped(path, other))
    raise TaggerError(problem, _command(path, wanted, [meant]) if meant else _otherwise(path, kind, wanted))


def _problem(path: Path, kind: Kind, wanted: Wanted, meant: Path | None) -> str:
    if kind == "missing":
        what = "folder" if wanted in ("model", "run") else "file or folder" if wanted == "config or model" else "file"
        return f"{path}: there is no such {what}" + (f"; did you mean {meant}?" if meant else "")
    if kind == "empty" and wanted not in MODELS:
        return f"{path}: is empty"
    if kind == "unfinished" and wanted in MODELS:
        return f"{path}: is {NAMES[kind]}, and holds no tagger"
    if kind == "folder" and wanted in MODELS:
        return f"{path}: holds no tagger: there is no bundle.json in it or in its bundle/"
    return f"{path}: is {NAMES[kind]}, not {NAMES[wanted]}"


def _meant(path: Path, kind: Kind, wanted: Wanted) -> Iterator[Path]:
    """Paths of the right kind that may have been meant, the likeliest first."""
    candidates: list[Path | None] = []
    if kind == "missing":
        candidates = [similar_path(path, *ACCEPTED[wanted])]
    elif wanted in MODELS:
        candidates = [run_around(path)] if kind != "folder" else [newest_run(path)]
        if kind == "sweep file":
            candidates += [RUNS / path.stem / "best", base_of(path)]
        elif kind == "config":
            candidates += [RUNS / path.stem]
        elif kind == "sweep":
            candidates += [path / "best"]
    elif wanted == "sweep file" and kind == "sweep":
        candidates = [file for file in entries(Path(), "sweep file") if RUNS / file.stem == path]
    elif wanted in CONFIGS and kind == "folder":
        candidates = [*entries(path, *ACCEPTED[wanted])]
    elif wanted == "config or data" and kind in ("run", "unfinished", "bundle", "sweep"):
        candidates = [_config_in(path)]
    elif wanted in ("data", "input") and typed.get()[0] != "init":
        config = path if kind == "config" else base_of(path) if kind == "sweep file" else _config_in(path)
        if not (typed.get()[0] == "evaluate" and kind in ("run", "bundle")):  # two models: they are compared
            candidates = [data_of(config)] if config else [*data_in(path)]
    for candidate in candidates:
        if candidate is not None and kind_of(candidate) in ACCEPTED[wanted]:
            yield candidate


def _config_in(folder: Path) -> Path | None:
    configs = (part / "config.toml" for part in (folder, folder / "best", folder.parent))
    return next((config for config in configs if config.is_file()), None)


def _otherwise(path: Path, kind: Kind, wanted: Wanted) -> str:
    """A command to type if no path can replace the operand."""
    if kind == "unfinished" and wanted not in ("data", "input"):
        return _line("train", path / "config.toml", "--run", path, "--resume")
    if kind == "sweep file" and wanted != "sweep file":
        return _line("sweep", path, *(["--dry-run"] if typed.get()[0] in ("check", "init") else []))
    if wanted in MODELS:
        return _about_models(path, kind, wanted)
    return _about_configs(path, kind, wanted) if wanted in CONFIGS else _about_data(path, kind, wanted)


def _about_models(path: Path, kind: Kind, wanted: Wanted) -> str:
    if kind == "config":
        return f"`{_line('train', path)}` makes one, then `{_command(path, wanted, [RUNS / path.stem])}`"
    command, *operands = typed.get()
    run = newest_run()
    makes = "" if run else ", where MODEL is a run folder; `tagger train CONFIG` makes one in runs/"
    if command in ("predict", "inspect", "bench") and kind == "data":
        return _line(command, run or "MODEL", "--input", path) + makes
    if command == "report" and kind == "data":
        return _line("evaluate", run or "MODEL", path) + makes
    if command == "predict" and kind == "missing" and " " in str(path):  # a sentence, and no model
        return _line(command, run or "MODEL", *operands) + makes
    return _command(path, wanted, [run]) if run else "`tagger train CONFIG` makes one in runs/"


def _about_configs(path: Path, kind: Kind, wanted: Wanted) -> str:
    if kind == "config":  # the command expects a sweep file
        return f'`{_line("train", path)}` trains it once; a sweep\'s file has base = "{path.name}" and a [sweep.space]'
    folder = path if kind in ("run", "bundle", "sweep") else run_around(path)
    if folder is not None:
        config = _config_in(folder)
        again = config and _line("train", config, "--run", f"{config.parent}-again")
        return again or f"`{_line('train', 'CONFIG', '--from', folder)}` starts from its weights"
    is_data = kind == "data" or (kind == "missing" and ":" in str(path))  # of a public data set, as ewt:train
    home = path if kind == "folder" else path.parent
    if not is_data and (there := next(entries(home, *ACCEPTED[wanted]), None)):
        return _command(path, wanted, [there])
    candidates = [each for each in (*data_in(home), *data_in(Path())) if not {"test", "dev"} & {*_words(each)}]
    source = path if is_data else next(iter(candidates), Path("FILE"))
    names = ("mine.toml", *(f"mine-{number}.toml" for number in range(2, 100)))
    config = next(Path(name) for name in names if not Path(name).exists())
    return f"{_line('init', source)} > {config} && {_line('train', config)}"


def _about_data(path: Path, kind: Kind, wanted: Wanted) -> str:
    command, *operands = typed.get()
    if command == "evaluate" and kind in ("run", "bundle"):
        return _line("compare", *operands, next(iter(data_in(Path())), "FILE"))
    config = path if kind == "config" else _config_in(path)
    if command == "init" and config is not None:
        return _line("check", config)
    homes = (path, path.parent, Path()) if kind == "folder" else (path.parent, Path())
    in_place = next(filter(None, map(data_in, homes)), [])
    if in_place and kind not in ("missing", "empty"):
        takes_all = kind == "folder" and command in ("init", "check")
        return _command(path, wanted, in_place if takes_all else in_place[:1])
    return "a data file has a token, a TAB and its tag on each line, and a blank line between sentences"


def _words(path: Path) -> list[str]:
    """The words in a file's name, in lower case."""
    return re.findall(r"[a-z]+", path.name.lower())


def _line(command: str, *operands: object) -> str:
    return command_line("tagger", command, *operands)


def _command(path: Path, wanted: Wanted, meant: Sequence[Path]) -> str:
    """The command line as typed, with one operand replaced."""
    command, *words = typed.get()
    positions = [
        i for i, word in enumerate(words) if Path(word.rpartition("=")[2] if word[:2] == "--" else word) == path
    ]
    if not positions:
        return _line(command, *meant)
    is_first = (
        wanted not in ("data", "input") and command != "train"
    )  # data comes after models, and --from after the config
    i = positions[0 if is_first else -1]
    option = "".join(words[i].rpartition("=")[:2]) if words[i][:2] == "--" else ""
    return _line(command, *words[:i], *(f"{option}{each}" for each in meant), *words[i + 1 :])


def _swapped(path: Path, other: Path) -> str:
    command, *words = typed.get()
    swap = {path: other, other: path}
    return _line(command, *(swap.get(Path(word), word) for word in words))
