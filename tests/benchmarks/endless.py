"""Files of a few megabytes that unpack to gigabytes of one thing, and streams of the same, through commands.

    python -m tests.benchmarks.endless MODEL --gigabytes 10

Each command is a process with a limit on its memory and its time; its input is a `.gz` file, or a pipe of the same
bytes as they are. One line each: exit code, seconds, peak memory, and the message. A command should end within seconds,
or take time in proportion to what it writes, and stay below 500 MB.
"""

import argparse
import gzip
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MEMBER = 1 << 24  # bytes of a member of gzip, which is repeated
WORD = b"1\tword\tword\tNOUN\tNN\t_\t0\troot\t_\t_\n"
TAGGED = b"word\tX\n\n"  # so that a command recognises the file by its first lines
INPUTS = {  # name of the file, its first bytes, and those that follow without an end
    "zeros": ("a.tsv", TAGGED * 30_000, b"\0"),
    "nothing but zeros": ("a.tsv", b"", b"\0"),
    "spaces": ("a.txt", b"", b" "),
    "one word": ("a.txt", b"", b"a"),
    "one line": ("a.txt", b"", b"word "),
    "one row": ("a.tsv", TAGGED * 30_000, b"word\t"),
    "one sentence": ("a.tsv", TAGGED * 30_000, b"word\tX\n"),
    "one sentence from the first line": ("a.tsv", b"", b"word\tX\n"),
    "one tree": ("a.conllu", WORD + b"\n", WORD),
    "comments": ("a.conllu", WORD + b"\n", b"# text\n"),
    "blank lines": ("a.tsv", TAGGED * 30_000, b"\n"),
    "carriage returns": ("a.tsv", TAGGED * 30_000, b"\r"),
    "a quoted cell": ("a.csv", b"token,tag\n" + b"a,X\nb,Y\n" * 30_000 + b'"', b"word\n"),
    "one table": ("a.csv", b"token,tag\n", b"a,X\nb,Y\n"),
    "one object": ("a.jsonl", b'{"tokens": ["a"], "tags": ["X"]}\n' * 30_000 + b'{"tokens": [', b'"a",'),
    "one array": ("a.json", b"[\n", b'{"tokens": ["a"], "tags": ["X"]},\n'),
    "slash text": ("a.txt", b"", b"word/X "),
    "sentences": ("a.tsv", b"", TAGGED),
}
COMMANDS = (
    "predict {model} --input {file}",
    "check {file}",
    "init {file}",
    "convert {file} -",
    "evaluate {model} {file}",
)
PIPED = ("predict {model}", "predict {model} --input - --input-format {format}", "convert - - --from {format}")
FORMATS = {"tsv": "columns", "txt": "slash", "csv": "csv", "conllu": "conllu", "jsonl": "jsonl", "json": "jsonl"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="a run or bundle of tags")
    parser.add_argument("--gigabytes", type=float, default=10, metavar="N", help="of each input")
    parser.add_argument("--limit", type=float, default=2, metavar="GB", help="memory that a process may reserve")
    parser.add_argument("--seconds", type=int, default=30, metavar="N", help="time that a command may take")
    parser.add_argument("--only", default="", metavar="TEXT", help="inputs and commands with this text")
    options = parser.parse_args()
    for name, (file, head, piece) in INPUTS.items():
        with tempfile.TemporaryDirectory(prefix="tagger-endless-") as folder:
            path = Path(folder, f"{file}.gz")
            write(path, head, piece, round(options.gigabytes * 1e9))
            values = {"model": options.model.resolve(), "file": path.name, "format": FORMATS[file.partition(".")[2]]}
            for command in (*COMMANDS, *PIPED):
                if options.only in f"{name} {command}":
                    run(name, command.format(**values), path, options, is_piped=command in PIPED)


def write(path: Path, head: bytes, piece: bytes, size: int) -> None:
    """Write a file of some bytes, then others up to a size, packed once and repeated."""
    repeats = MEMBER // len(piece)
    member = gzip.compress(piece * repeats)
    with path.open("wb") as file:
        file.write(gzip.compress(head))
        for _ in range(size // (repeats * len(piece))):
            file.write(member)


def run(name: str, command: str, path: Path, options: argparse.Namespace, *, is_piped: bool) -> None:
    """Run a command under limits, and print a line."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (int(options.limit * 2**30),) * 2)

    start = time.perf_counter()
    source = subprocess.Popen(["gunzip", "-c", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            ["timeout", str(options.seconds), sys.executable, "-m", "tagger", *command.split()],
            cwd=path.parent,
            stdin=source.stdout if is_piped else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if "check" not in command else errors,
            stderr=errors,
            preexec_fn=limit,
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds, code = time.perf_counter() - start, os.waitstatus_to_exitcode(status)
        errors.seek(0)
        lines = [line.strip() for line in errors]
        message = next(filter(re.compile(r"error: |unpacks|no sentence|a line of|not text|NUL").search, lines), "")
    source.kill()
    source.communicate()
    end = "runs on" if code == 124 else f"exit {code}"
    print(f"{name:<32} {command.split()[0]:<8} {'pipe' if is_piped else 'gz':<5} {end:<7} {seconds:6.1f} s "
          f"{used.ru_maxrss >> 10:5} MB  {message[:120]}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
