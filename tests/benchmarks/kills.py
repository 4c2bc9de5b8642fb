"""Kill, stop and starve trainings at random moments: after `--resume` the run is that of an uninterrupted training.

    python -m tests.benchmarks.kills --trials 30 --seed 1
    python -m tests.benchmarks.kills --trials 20 --only two

Each trial trains `configs/svo-tiny.toml` with `deterministic = true` in a folder of its own:

- `kill`: SIGKILL, up to three times, each followed by `--resume`;
- `stop`: SIGTERM, SIGHUP or SIGINT, then `--resume`; the exit code is 128 and the number of the signal;
- `full`: the disk is full from a random moment on (a small tmpfs if this may be mounted, else a limit on the size of
  files), which is exit code 1; then there is room again, and `--resume`;
- `replace`: `--overwrite` beside an older run, SIGKILL; a tagger is found there, and `--resume` or `--overwrite` ends;
- `two`: two trainings in one folder, with any of the options; exactly one wins, the other says so and exits with 1.

Then bundle, `metrics.json`, report, predictions, config and statistics must be those of a lone training, but for times,
and nothing else may be in the folder. TensorFlow is imported once, in a process that forks one child for each training.
There is a line for each trial; the exit code is 1 if one failed. Failed folders are kept.
"""

import argparse
import csv
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from tagger.interrupts import stop_on_signals
from tagger.tagging.bundle import find_bundle
from tests import ROOT

CONFIG = ROOT / "configs" / "svo-tiny.toml"
TIMES = re.compile(  # in the report: of training, and the last cell of the rows of epochs
    r"Training took .*? tokens per second"
    r'|(?<=<td>)[^<]*</td></tr>(?=\n<tr><th scope="row">\d+(?: \(saved\))?</th>|\n</t)',
    re.DOTALL,
)
LIMIT = 120  # seconds of a training
BUSY = "a training is already running there, as process "


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=30, metavar="N", help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", choices=TRIALS, default=[*TRIALS], help="kinds")
    parser.add_argument("--epochs", type=int, default=40)
    options = parser.parse_args()
    import pandas  # noqa: F401  # each of them would be imported by every child

    import tagger.network.training
    import tagger.reports.run_report
    import tagger.training.train  # noqa: F401

    folder = Path(tempfile.mkdtemp(prefix="tagger-kills-"))
    (folder / "lone").mkdir()
    lone = Training(folder / "lone" / "run", options.epochs)
    lone.start()
    assert lone.wait() == 0, lone.messages
    seconds = lone.seconds
    expected = content_of(lone.folder)
    print(f"a lone training takes {seconds:.1f} s and writes {len(expected)} files", flush=True)
    counts: Counter[tuple[str, str]] = Counter()
    for number in range(options.trials):
        for kind in options.only:
            rng = random.Random(f"{options.seed} {number} {kind}")
            training = Training(folder / f"{kind}-{number}" / "run", options.epochs)
            training.folder.parent.mkdir()
            try:
                described = TRIALS[kind](training, rng, seconds)
                problem = difference(content_of(training.folder), expected)
            except Exception:
                described, problem = "", f"{traceback.format_exc()}\n{training.messages}"
            finally:
                training.end()
            seconds = min(seconds, training.seconds)  # or moments would be after the end where others slow it down
            counts[kind, "failed" if problem else "passed"] += 1
            print(f"{kind} {number}: {described}{f'  FAILED: {problem}' if problem else ''}", flush=True)
            if not problem:
                shutil.rmtree(training.folder.parent)
    for (kind, outcome), n in sorted(counts.items()):
        print(f"{kind}: {n} {outcome}")
    has_failed = any(outcome == "failed" for _, outcome in counts)
    if not has_failed:
        shutil.rmtree(folder)
    return int(has_failed)


class Training:
    """Trainings in one folder, one after the other or beside each other.

    Its attribute `seconds` is the duration of the shortest one that started from the beginning and ended well.
    """

    def __init__(self, folder: Path, epochs: int) -> None:
        self.seconds, self._began = float("inf"), dict[int, float]()
        self.folder, self._epochs = folder, epochs
        self._output = folder.parent.with_suffix(".txt")
        self._running: list[int] = []

    @property
    def messages(self) -> str:
        return self._output.read_text(errors="replace") if self._output.exists() else ""

    def start(self, *options: str) -> int:
        """Start a training in a forked process, and return its id."""
        child = os.fork()
        if not child:
            run_command(self._output, ["train", str(CONFIG), "--run", str(self.folder), "--threads", "1", "--set",
                                       "training.deterministic=true", "--set", f"training.epochs={self._epochs}",
                                       "--set", f"training.patience={self._epochs}", *options])  # fmt: skip
        self._running.append(child)
        if "--resume" not in options:
            self._began[child] = time.monotonic()
        return child

    def wait(self, child: int | None = None) -> int:
        """Wait for a training, by default the last, and return its exit code; negative after a signal."""
        child = child or self._running[-1]
        ends = time.monotonic() + LIMIT
        while True:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                self._running.remove(child)
                if not status and child in self._began:
                    self.seconds = min(self.seconds, time.monotonic() - self._began[child])
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() > ends:
                raise TimeoutError(f"the training took more than {LIMIT} s")
            time.sleep(0.005)

    def end(self) -> None:
        """Kill what still runs."""
        for child in self._running:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        self._running.clear()


def run_command(output: Path, arguments: list[str]) -> NoReturn:
    """Run a command of the command line in this process, and end it."""
    code = 70
    try:
        file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, 1)
        os.dup2(file, 2)
        stop_on_signals()
        from tagger.cli import app

        sys.argv = ["tagger", *arguments]
        app(arguments, prog_name="tagger")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def content_of(folder: Path) -> dict[str, str]:
    """Content of the files of a run without times, by name; the log, which is all times, has none."""
    content = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        text = "" if path.is_dir() or name == "log.txt" else path.read_bytes().hex()
        if name == "metrics.json":
            metrics = json.loads(path.read_text())
            del metrics["training"]["seconds"], metrics["training"]["tokens_per_second"]
            text = json.dumps(metrics)
        elif name == "history.csv":
            rows = csv.DictReader(path.read_text().splitlines())
            text = str([{key: cell for key, cell in row.items() if "seconds" not in key} for row in rows])
        elif name == "report.html":
            text = TIMES.sub("", path.read_text())
        content[name] = text
    return content


def difference(actual: dict[str, str], expected: dict[str, str]) -> str:
    """Names of the files that differ."""
    return ", ".join(sorted(name for name in actual | expected if actual.get(name) != expected.get(name)))


def stop_at(training: Training, child: int, moment: float, number: int) -> int:
    time.sleep(moment)
    os.kill(child, number)
    return training.wait(child)


def finish(training: Training, option: str = "--resume") -> None:
    training.start(option)
    code = training.wait()
    if code:
        raise AssertionError(f"{option} ends with {code}")


def trial_of_kill(training: Training, rng: random.Random, seconds: float) -> str:
    moments = [rng.uniform(0, seconds) for _ in range(rng.randint(1, 3))]
    codes = []
    for number, moment in enumerate(moments):
        codes.append(stop_at(training, training.start(*(["--resume"] if number else [])), moment, signal.SIGKILL))
    assert {*codes} <= {0, -9}, codes
    finish(training)
    return f"killed after {', '.join(f'{moment:.2f} s' for moment in moments)}: {codes}"


def trial_of_stop(training: Training, rng: random.Random, seconds: float) -> str:
    number, moment = rng.choice([signal.SIGTERM, signal.SIGHUP, signal.SIGINT]), rng.uniform(0.05, seconds)
    code = stop_at(training, training.start(), moment, number)
    assert code in (0, 128 + number), f"exit code {code}"
    finish(training)
    return f"{number.name} after {moment:.2f} s: {code}"


def trial_of_full_disk(training: Training, rng: random.Random, seconds: float) -> str:
    moment = rng.uniform(0, seconds)
    disk = training.folder.parent
    is_mounted = (
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], capture_output=True).returncode == 0
    )
    try:
        child = training.start()
        time.sleep(moment)
        if is_mounted:
            fill(disk / "filler")
        else:
            resource.prlimit(child, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        code = training.wait(child)
        assert code in (0, 1), f"exit code {code}"
        said = re.search(r"error: .*(No space left|File too large)", training.messages)
        assert code == 0 or said, "no message of a full disk"
        (disk / "filler").unlink(missing_ok=True)
        finish(training)
        if is_mounted:
            shutil.copytree(training.folder, kept := disk.with_name(f"{disk.name}-kept"))
    finally:
        if is_mounted:
            subprocess.run(["umount", "-l", disk], check=True)
    if is_mounted:
        kept.rename(training.folder)
    return f"{'tmpfs' if is_mounted else 'files'} full after {moment:.2f} s: {code}"


def fill(path: Path) -> None:
    """Fill a disk."""
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return


def trial_of_replacement(training: Training, rng: random.Random, seconds: float) -> str:
    moment, option = rng.uniform(0, seconds), rng.choice(["--resume", "--overwrite"])
    older = Training(training.folder, 2)
    older.start()
    assert older.wait() == 0, older.messages
    code = stop_at(training, training.start("--overwrite"), moment, signal.SIGKILL)
    assert code in (0, -9), code
    bundle = find_bundle(training.folder)
    assert (bundle / "tagger.onnx").is_file()
    if (training.folder / "metrics.json").exists() and code:  # the older run is still in place
        option = "--overwrite"
    finish(training, option)
    return f"killed after {moment:.2f} s, {bundle.parent.name}/{bundle.name} is found, {option}"


def trial_of_two(training: Training, rng: random.Random, seconds: float) -> str:
    moment = rng.choice([0.0, rng.uniform(0, 0.1), rng.uniform(0, 0.7 * seconds)])
    options = [rng.choice([[], ["--resume"], ["--overwrite"]]) for _ in range(2)]
    first = training.start(*options[0])
    time.sleep(moment)
    second = training.start(*options[1])
    codes = [training.wait(first), training.wait(second)]
    assert sorted(codes) == [0, 1], f"exit codes {codes}"
    winner = (first, second)[codes.index(0)]
    assert f"{BUSY}{winner}" in training.messages, "the loser does not name the winner"
    return f"the second {' '.join(options[1])} after {moment:.2f} s: {codes}"


TRIALS: dict[str, Callable[[Training, random.Random, float], str]] = {
    "kill": trial_of_kill,
    "stop": trial_of_stop,
    "full": trial_of_full_disk,
    "replace": trial_of_replacement,
    "two": trial_of_two,
}

if __name__ == "__main__":
    sys.exit(main())
