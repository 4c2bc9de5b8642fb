"""Locks: one writer at a time, released by whatever ends a process, and removed at the end."""

import contextlib
import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tagger.console import output
from tagger.errors import RunError, TaggerError
from tagger.locks import is_locked, locked
from tests import ROOT

HOLD = """
import sys
from pathlib import Path
from tagger.errors import RunError
from tagger.locks import locked
with locked(Path("it"), Path(sys.argv[1]), RunError):
    print("locked", flush=True)
    sys.stdin.read()
"""


def lock(path: Path, *, keeps_file: bool = False):
    return locked(path.parent, path, lambda process: RunError(f"in use by {process}"), keeps_file=keeps_file)


def test_a_second_lock_is_refused_with_the_process_of_the_first_and_the_file_is_removed(tmp_path):
    with lock(tmp_path / "x"):
        assert is_locked(tmp_path / "x")
        with pytest.raises(RunError, match=f"^in use by process {os.getpid()}$"), lock(tmp_path / "x"):
            pass
        assert is_locked(tmp_path / "x")

    assert list(tmp_path.iterdir()) == []
    assert not is_locked(tmp_path / "x")


def test_a_lock_is_released_after_an_error_and_when_its_file_or_folder_is_gone(tmp_path):
    folder = tmp_path / "folder"
    for _ in range(2):
        folder.mkdir()
        with contextlib.suppress(ZeroDivisionError), lock(folder / "x"):
            (folder / "x").unlink()
            folder.rmdir()
            raise ZeroDivisionError

    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_holds_no_lock(tmp_path):
    path = tmp_path / "x"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "locked\n"
        with pytest.raises(RunError, match=f"^in use by process {process.pid}$"), lock(path):
            pass
        process.kill()
        process.wait()

        assert path.read_text() == str(process.pid)
        with lock(path):
            assert path.read_text() == str(os.getpid())
    assert not path.exists()


def test_a_lock_is_not_kept_by_a_forked_child_of_a_dead_process(tmp_path):
    path, (ended, end), (begun, begin) = tmp_path / "x", os.pipe(), os.pipe()
    parent = os.fork()
    if not parent:
        with lock(path):
            if not os.fork():
                os.close(end)
                os.write(begin, b"x")
                os.read(ended, 1)  # until the test ends
            os._exit(0)  # both, with the lock
    os.waitpid(parent, 0)
    os.read(begun, 1)

    assert path.exists()
    assert not is_locked(path)
    for descriptor in (ended, end, begun, begin):
        os.close(descriptor)


def test_leaving_the_block_in_a_forked_child_leaves_the_lock_to_the_parent(tmp_path):
    with lock(tmp_path / "x"):
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            assert is_locked(tmp_path / "x")
    if not child:
        os._exit(0)


def test_a_lock_removed_between_opening_and_locking_is_taken_anew(tmp_path, monkeypatch):
    path, flock = tmp_path / "x", fcntl.flock
    removed: list[bool] = []

    def remove_first(descriptor: int, operation: int) -> None:
        if not removed:
            removed.append(True)
            path.unlink()  # as the process does that held it until now
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", remove_first)
    with lock(path):
        assert path.exists()
        assert is_locked(path)


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_a_warning(code, tmp_path, monkeypatch, caplog):
    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with lock(tmp_path / "x"):
        pass

    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "x: this file system has no locks" in caplog.text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_a_lock_that_is_no_file_is_an_error_and_stays_as_it_is(kind, tmp_path):
    path, other = tmp_path / "x", tmp_path / "other"
    other.write_text("mine")
    {"link": lambda: path.symlink_to(other), "pipe": lambda: os.mkfifo(path), "folder": path.mkdir}[kind]()
    message = rf"^{path}: cannot be locked: it is a .*, not a regular file"
    with pytest.raises(TaggerError, match=message) as raised, lock(path):
        pass

    assert raised.value.hint == f"remove it: rm {'-r ' if kind == 'folder' else ''}{path}"
    assert not is_locked(path)
    assert other.read_text() == "mine"
    assert os.path.lexists(path)


def test_the_content_of_a_lock_of_someone_else_is_not_repeated(tmp_path):
    with lock(tmp_path / "x"):
        (tmp_path / "x").write_text("\x1b[31m7")
        with pytest.raises(RunError, match=r"^in use by another process$"), lock(tmp_path / "x"):
            pass


# Output files


@pytest.mark.parametrize("name", ["out.tsv", "out.tsv.gz"])
def test_two_writers_of_an_output_file_do_not_lose_a_result(name, tmp_path):
    path = tmp_path / name
    with output(path) as file:
        with pytest.raises(TaggerError, match=f"{name}: process {os.getpid()} is writing it"), output(path) as second:
            second.write("second")
        file.write("first")
    content = path.read_bytes()
    with output(path) as file:
        file.write("first")

    assert path.read_bytes() == content
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_link_and_its_target_are_one_output_file(tmp_path):
    path, link = tmp_path / "out.tsv", tmp_path / "link.tsv"
    path.touch()
    link.symlink_to(path)
    with output(path), pytest.raises(TaggerError, match="is writing it"), output(link):
        pass


def test_an_output_file_in_a_missing_folder_is_named_in_the_error(tmp_path):
    path = tmp_path / "no" / "out.tsv"
    with pytest.raises(TaggerError, match=r"no/out\.tsv: cannot be written: No such file"), output(path):
        pass
