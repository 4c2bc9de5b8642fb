"""Lack of memory or disk, as each library reports it, is one message."""

import errno
import resource
import subprocess
import sys

import numpy as np
import pytest
import typer

from tagger.console import reported
from tagger.errors import BundleError, TrainingError
from tagger.resources import lacks_disk, lacks_memory


def named(name: str, text: str) -> Exception:
    """An error of a library that is not imported here."""
    kind: type[Exception] = type(name, (Exception,), {})
    return kind(text)


def caused_by(cause: Exception, error: Exception) -> Exception:
    error.__cause__ = cause
    return error


MEMORY = [
    MemoryError(),
    OSError(errno.ENOMEM, "Cannot allocate memory"),
    RuntimeError("std::bad_alloc"),
    RuntimeError("can't start new thread"),
    ImportError("libgomp.so: failed to map segment from shared object"),
    named("ResourceExhaustedError", "OOM when allocating tensor with shape[10,10]"),
    named("InternalError", "Failed to allocate memory for the batch of ops"),
    named("Fail", "[ONNXRuntimeError] : 1 : FAIL : BFCArena::AllocateRawInternal Failed to allocate memory for buffer"),
    caused_by(MemoryError(), BundleError("m: cannot tag its golden sentences")),
]
DISK = [
    OSError(errno.ENOSPC, "No space left on device"),
    named("OperationalError", "(sqlite3.OperationalError) database or disk is full"),
    caused_by(named("OperationalError", "database or disk is full"), RuntimeError("the study failed")),
]


@pytest.mark.parametrize("error", MEMORY)
def test_lack_of_memory_is_recognised(error):
    assert lacks_memory(error)
    assert not lacks_disk(error)


@pytest.mark.parametrize("error", DISK)
def test_a_full_disk_is_recognised(error):
    assert lacks_disk(error)
    assert not lacks_memory(error)


@pytest.mark.parametrize("error", [ValueError("out of memory"), OSError(errno.ENOENT, ""), RuntimeError("a bug"), None])
def test_other_errors_are_not(error):
    assert not lacks_memory(error)
    assert not lacks_disk(error)


def test_numpys_error_is_recognised():
    with pytest.raises(MemoryError) as caught:
        np.empty(1 << 58)

    assert lacks_memory(caught.value)


@pytest.mark.parametrize(
    ("command", "error", "message"),
    [
        ("train", MEMORY[0], "error: not enough memory\n\nhint: a smaller training.batch_size or"),
        ("predict", MEMORY[7], "error: not enough memory\n\nhint: shorter sentences and --threads 1 need less"),
        ("check", MEMORY[1], "error: not enough memory\n\nhint: a part of the data needs less"),
        ("predict", MEMORY[8], "error: not enough memory\n\nhint: shorter sentences"),
        (
            "train",
            TrainingError("not enough memory for a batch", "a hint"),
            "not enough memory for a batch\n\nhint: a h",
        ),
        ("sweep", DISK[1], "error: the disk is full: (sqlite3.OperationalError) database or disk is full"),
        ("sweep", OSError(errno.ENOSPC, "No space left on device", "a/b"), "error: a/b: No space left on device"),
    ],
)
def test_a_command_reports_it_with_a_hint_that_fits(capsys, command, error, message):
    def run() -> None:
        raise error

    run.__name__ = command
    with pytest.raises(typer.Exit) as caught:
        reported(run)()

    assert caught.value.exit_code == 1
    assert message in capsys.readouterr().err


def test_a_process_with_too_little_memory_says_so(tmp_path):
    (path := tmp_path / "a.tsv").write_text("".join(f"word{i}\tTAG\n" for i in range(400_000)))

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (200 << 20,) * 2)

    command = [sys.executable, "-m", "tagger", "convert", str(path), "/dev/null", "--from", "columns"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limit)

    assert (done.returncode, done.stderr) == (1, "error: not enough memory\n\nhint: a part of the data needs less\n")
