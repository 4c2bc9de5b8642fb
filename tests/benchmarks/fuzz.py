"""Run random commands on random files: each must end with data or with a message.

    python -m tests.benchmarks.fuzz --commands 800 --seed 1
    python -m tests.benchmarks.fuzz --commands 2000 --only convert check --keep runs/fuzz

Random files of all formats have many encodings and line ends; they may be compressed, contain odd rows and cells, or
have changed bytes. Configs and options are random too. Commands that train nothing run one after the other in one
process; each of the few trainings has a process of its own and a tiny network. A command fails if it ends with exit
code 70, prints a traceback, exceeds the time limit, succeeds without any data, or ends with an error but without a
message. The first three failures of each kind are kept with their files and command lines, in a folder each. The same
seed gives the same commands. The exit code is 1 if a command failed.
"""

import argparse
import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from typer.testing import CliRunner

from tagger.cli import app
from tests import ROOT
from tests.benchmarks.fuzz_data import draw_config, draw_file
from tests.bundles import save_context_bundle, save_numbers_bundle, save_spans_bundle, save_words_bundle

COMMANDS = (
    *("predict", "evaluate", "compare", "check", "init", "convert"),
    *("inspect", "train", "sweep", "report", "data", "config"),
)
WEIGHTS = (20, 10, 5, 18, 12, 20, 5, 8, 4, 2, 1, 1)
MODELS = ("words", "spans", "context", "numbers")
TRAININGS = 1 / 60  # proportion of all commands
PRINTS_NOTHING = re.compile(r"--output|\bconvert \S+ (?!-(\s|$))")  # commands that print nothing on standard output
FORMATS = ("auto", "conllu", "columns", "csv", "jsonl", "slash")
COLUMNS = (
    "0",
    "1",
    "-1",
    "3",
    "99",
    "form",
    "token",
    "tag",
    "upos",
    "xpos",
    "Number",
    "svo",
    "tokens",
    "labels",
    "",
    "ä",
)


@dataclass(frozen=True)
class Outcome:
    """Exit code, output and seconds of a command."""

    code: int
    stdout: str
    stderr: str
    seconds: float


class TooLong(BaseException):
    """A command exceeded its limit; a BaseException, so that no handler of errors catches it."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commands", type=int, default=800, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--limit", type=float, default=20, metavar="SECONDS", help="for a command that trains nothing")
    parser.add_argument("--only", nargs="+", choices=COMMANDS, default=COMMANDS, help="only these commands")
    parser.add_argument("--trainings", type=int, metavar="N", help=f"default: one of {round(1 / TRAININGS)} commands")
    parser.add_argument("--keep", type=Path, default=Path("runs/fuzz"), metavar="DIR", help="where failures are kept")
    options = parser.parse_args()
    n_trainings = round(options.commands * TRAININGS) if options.trainings is None else options.trainings
    keep = options.keep.absolute()
    counts: Counter[tuple[str, str]] = Counter()
    failures: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="tagger-fuzz-") as folder:
        models = save_models(Path(folder) / "models")
        for number in range(options.commands + n_trainings):
            rng = random.Random(f"{options.seed} {number}")
            home = Path(folder) / "home"
            home.mkdir()
            trains = number >= options.commands
            os.chdir(home)
            words = draw_training(rng) if trains else draw_command(rng, models, options.only)
            done = run_alone(words, 20 * options.limit) if trains else run_here(words, options.limit)
            counts[words[0], str(done.code) if done.code >= 0 else "too long"] += 1
            if problem := problem_of(done, words):
                failures[problem] += 1
                if failures[problem] <= 3:
                    save_failure(keep / f"{options.seed}-{number}", home, models, words, done, problem)
                    print(f"{number}: {problem}\n  {shlex.join(['tagger', *words])}", file=sys.stderr, flush=True)
            os.chdir(ROOT)
            shutil.rmtree(home)
    print(table(counts))
    for problem, n in failures.most_common():
        print(f"{n:>5}  {problem}")
    return 1 if failures else 0


def save_models(folder: Path) -> Path:
    """Save a small tagger of each kind in a folder of its own."""
    save_words_bundle(folder / "words" / "bundle")
    save_spans_bundle(folder / "spans" / "bundle", decode="valid", crf=True)
    save_numbers_bundle(folder / "numbers" / "bundle")
    save_context_bundle(folder / "context" / "bundle")
    return folder


def draw_command(rng: random.Random, models: Path, only: tuple[str, ...]) -> list[str]:
    """Draw a random command line, and write its files to the working directory."""
    command = rng.choices(only, [WEIGHTS[COMMANDS.index(name)] for name in only])[0]
    words = [command, *DRAW[command](rng, models)]
    return words + (["--quiet"] if rng.random() < 0.05 and command != "data" else [])


def draw_training(rng: random.Random) -> list[str]:
    """Draw a training of one epoch of a tiny network; its files may be unreadable."""
    config = draw_config(rng)
    small = ["training.epochs=1", "model.units=[2]", "features.words=false", "features.affixes=false"]
    return ["train", config, "--run", "run", *(word for each in small for word in ("--set", each))]


def model(rng: random.Random, models: Path) -> str:
    return (
        str(models / rng.choices(MODELS, (4, 3, 2, 1))[0])
        if rng.random() < 0.95
        else rng.choice(["none", ".", str(models)])
    )


def options(rng: random.Random, *choices: tuple[str, tuple[str, ...]], chance: float = 0.25) -> list[str]:
    return [word for name, values in choices if rng.random() < chance for word in (name, rng.choice(values))]


def draw_predict(rng: random.Random, models: Path) -> list[str]:
    words = [model(rng, models)]
    if rng.random() < 0.3:
        texts = (
            "John loves Jane",
            "",
            " ",
            "a\tb",
            "\udcff",
            "e\u0301" * 20,
            "x" * 5000,
            "日本語",
            "1 2.5",
            "-1",
        )
        words += [text for text in rng.choices(texts, k=rng.randint(1, 3)) if not text.startswith("-")]
    else:
        words += [
            "--input",
            draw_file(rng),
            *options(rng, ("--input-format", (*FORMATS, "text")), ("--encoding", CODECS)),
        ]
    words += options(
        rng, ("--format", ("text", "tsv", "jsonl", "conllu")), ("--best", ("0", "1", "2", "50")), ("--output", OUTPUTS)
    )
    return words + [flag for flag in ("--confidence", "--pretokenized") if rng.random() < 0.2]


def draw_check(rng: random.Random, models: Path) -> list[str]:
    paths = [draw_config(rng)] if rng.random() < 0.4 else [draw_file(rng) for _ in range(rng.randint(1, 3))]
    return [*paths, *options(rng, ("--format", ("text", "json")))]


def draw_convert(rng: random.Random, models: Path) -> list[str]:
    columns = [("--token", COLUMNS), ("--tag", COLUMNS), ("--sentence", COLUMNS)]
    formats = [("--from", FORMATS), ("--to", FORMATS), ("--scheme", ("iob1", "bio", "bioes")), ("--encoding", CODECS)]
    words = [draw_file(rng), rng.choice(["-", "-", *OUTPUTS]), *options(rng, *columns, chance=0.15)]
    return words + options(rng, *formats, ("--per-row", ("token", "sentence")), chance=0.2)


def draw_inspect(rng: random.Random, models: Path) -> list[str]:
    words = [draw_config(rng) if rng.random() < 0.5 else model(rng, models)]
    source = rng.choice([[], ["--sentence", rng.choice(["John loves", "", "1 2"])], ["--input", draw_file(rng)]])
    shown = ("--show", ("shapes", "weights", "returns", "states", "gates"))
    numbers = (("--step", ("1", "2", "0")), ("--unit", ("1", "99")), ("--seed", ("1", "7")))
    values = (("--constant", ("0.1", "0", "nan", "1e400")), ("--format", ("json", "text", "csv")), ("--set", SETTINGS))
    return words + source + options(rng, shown, *numbers, *values)


def draw_train(rng: random.Random, models: Path) -> list[str]:
    start = ["--from", model(rng, models)] if rng.random() < 0.1 else []
    return [draw_config(rng), "--dry-run", *start, *options(rng, ("--set", SETTINGS), ("--set", SETTINGS), chance=0.3)]


def draw_sweep(rng: random.Random, models: Path) -> list[str]:
    config = draw_config(rng)
    spaces = ('"model.units" = [[2], [3]]', '"model.cel" = ["gru"]', '"training.learning_rate" = { low = 1, high = 0 }',
              '"training.learning_rate" = { low = 1e-3, high = 1e-2 }', "x = 3", "")  # fmt: skip
    search = rng.choice(["", 'sampler = "random"\nsettings = 2\n', 'sampler = "tpe"\n', "seeds = []\n", "seeds = 1\n"])
    dev = rng.choice(["", "data.dev = 0.3", "data.dev = 0.3"])
    text = f"base = {config!r}\n{dev}\n[sweep]\n{search}[sweep.space]\n{rng.choice(spaces)}\n"
    Path("many.toml").write_text(text)
    return ["many.toml", rng.choice(["--dry-run", "--dry-run", "--status"])]


DRAW: dict[str, Callable[[random.Random, Path], list[str]]] = {
    "predict": draw_predict,
    "evaluate": lambda rng, models: [model(rng, models), draw_file(rng), *options(rng, ("--format", ("json", "text")))],
    "compare": lambda rng, models: [model(rng, models), model(rng, models), draw_file(rng)],
    "check": draw_check,
    "init": lambda rng, models: [draw_file(rng) for _ in range(rng.randint(1, 3))],
    "convert": draw_convert,
    "inspect": draw_inspect,
    "train": draw_train,
    "sweep": draw_sweep,
    "report": lambda rng, models: [rng.choice([model(rng, models), draw_file(rng)])],
    "config": lambda rng, models: rng.choice([[], ["model"], ["units"], ["\x1b"], ["--format", "markdown"]]),
    "data": lambda rng, models: rng.choice([["list"], ["fetch", "none:train"], ["fetch", "../x"]]),
}
CODECS = ("utf-8", "UTF8", "latin-1") * 4 + (
    "cp1252",
    "utf-16",
    "utf-16-le",
    "utf-7",
    "shift_jis",
    "hex",
    "idna",
    "none",
    "",
)
OUTPUTS = ("out.tsv", "out.conllu", "out.jsonl.gz", "out.csv", "out") * 3 + ("none/out.tsv", ".")
SETTINGS = (
    "training.epochs=0", "training.epoch=3", "model.units=[1]", "model.units=1", "data.tag=0", "data.token=-1",
    "data.dev=0.5", "data.test=0.49", "data.dev=", "=", "x", "data.format=csv", "data.encoding=hex", "data.map.O=x",
    "data.ignore=['O']", "features.words=false", "features.chars={kind='cnn'}", "features.numeric=[0]",
    "features.columns={names=[1]}", "data.seed=7", "data.folds=2", "data.fold=1", "data.group=document",
    "data.sentence=0", "training.class_weights=balanced", "data.train=~x/y", 'data.dev="a\\train"',
    "data.train=" + "x" * 300, "model.head=crf", "data.scheme=bioes", "data.scheme_train=bio", "a.b.c=1",
)  # fmt: skip


def run_here(words: list[str], limit: float) -> Outcome:
    """Run a command in this process."""

    def stop(signal_number: int, frame: FrameType | None) -> None:
        raise TooLong

    began = time.perf_counter()
    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        result = CliRunner().invoke(app, words, prog_name="tagger", catch_exceptions=False, input=b"")
    except TooLong:
        return Outcome(-1, "", "", time.perf_counter() - began)
    except BaseException as error:
        return Outcome(70, "", f"Traceback: {type(error).__name__}: {error}", time.perf_counter() - began)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    out, err = result.stdout_bytes, result.stderr_bytes
    stdout, stderr = (part.decode("utf-8", "backslashreplace") for part in (out, err))
    return Outcome(result.exit_code, stdout, stderr, time.perf_counter() - began)


def run_alone(words: list[str], limit: float) -> Outcome:
    """Run a command in a process of its own."""
    began = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tagger", *words], env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, errors="backslashreplace", timeout=limit,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Outcome(-1, "", "", time.perf_counter() - began)
    return Outcome(done.returncode, done.stdout, done.stderr, time.perf_counter() - began)


def problem_of(done: Outcome, words: list[str]) -> str | None:
    """Describe the rule that a command broke; None if it broke none."""
    last = done.stderr.strip().splitlines()
    if done.code == -1:
        return f"{words[0]}: too long"
    if done.code == 70:
        bug = next((line for line in last if "a bug in tagger" in line or line.startswith("Traceback: ")), "no message")
        return f"{words[0]}: {re.sub(r'[0-9]+', 'N', bug)[:150]}"
    if done.code not in (0, 1, 2):
        return f"{words[0]}: exit code {done.code}"
    if "Traceback (most" in done.stderr and "--debug" not in words:
        return f"{words[0]}: traceback"
    if (
        done.code == 0
        and not done.stdout
        and not PRINTS_NOTHING.search(" ".join(words))
        and not reads_nothing(done, words)
    ):
        return f"{words[0]}: exit code 0, and no data"
    finds = done.code == 1 and words[0] == "check" and done.stdout
    if (
        done.code
        and not finds
        and not re.search(r"^error: |^Error: |Usage: ", done.stderr, re.MULTILINE | re.IGNORECASE)
    ):
        return f"{words[0]}: exit code {done.code}, and no message"
    return None


def reads_nothing(done: Outcome, words: list[str]) -> bool:
    """Whether `predict` warns that its input has no sentence, or reads standard input, which is empty here."""
    has_texts = words[2:3] != [] and not words[2].startswith("-")
    return words[0] == "predict" and ("no sentence found" in done.stderr or not (has_texts or "--input" in words))


def save_failure(folder: Path, home: Path, models: Path, words: list[str], done: Outcome, problem: str) -> None:
    """Save the files, the command line and the end of its messages."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(home, folder, symlinks=True)
    for name in MODELS:
        if str(models / name) in words:
            shutil.copytree(models / name, folder / "models" / name)
    line = shlex.join(["tagger", *(word.replace(str(models), "models") for word in words)])
    (folder / "cmd").write_text(f"{line}\n", errors="backslashreplace")
    report = f"{problem}\nexit code {done.code}, {done.seconds:.1f} s\n\n{done.stderr[-4000:]}\n"
    (folder / "problem.txt").write_text(report, errors="backslashreplace")


def table(counts: Counter[tuple[str, str]]) -> str:
    """Format a table of the exit codes of each command."""
    codes = sorted({code for _, code in counts})
    rows = [["", *codes]] + [
        [name, *(str(counts[name, code] or "") for code in codes)]
        for name in COMMANDS
        if any(counts[name, c] for c in codes)
    ]
    return "\n".join(f"{row[0]:<10}" + "".join(f"{cell:>10}" for cell in row[1:]) for row in rows)


if __name__ == "__main__":
    sys.exit(main())
