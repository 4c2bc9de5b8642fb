"""Processes that are started in a stranger's folder run no code from it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tagger.child_processes import ROOT, forget_working_directory, tagger_command
from tagger.sweeps.workers import LocalWorkers

MODULES = ("pickle", "struct", "numpy", "multiprocessing", "sitecustomize", "tagger/__init__", "tagger/__main__")


@pytest.fixture
def strange_folder(tmp_path: Path, monkeypatch) -> Path:
    """A working directory whose modules write the file `ran` and end the process."""
    (tmp_path / "tagger").mkdir()
    for name in MODULES:
        content = f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r})\nraise SystemExit(9)\n"
        (tmp_path / f"{name}.py").write_text(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_modules_of_the_folder_would_run_in_an_ordinary_process(strange_folder):
    assert subprocess.run([sys.executable, "-m", "tagger", "--version"]).returncode == 9
    assert (strange_folder / "ran").exists()


def test_a_command_of_our_own_runs_this_package(strange_folder):
    done = subprocess.run(tagger_command("predict", "no model", "text"), capture_output=True, text=True)

    assert (done.returncode, done.stderr.partition(":")[0]) == (1, "error")
    assert not (strange_folder / "ran").exists()


def test_a_worker_of_a_sweep_starts(strange_folder, tmp_path):
    workers = LocalWorkers(1, 1, tmp_path / "workers")
    worker = workers._start()
    worker.connection.close()  # a worker that is ready ends then
    worker.process.join(60)

    assert worker.process.exitcode == 0
    assert not (strange_folder / "ran").exists()
    workers.close()


@pytest.mark.parametrize(("folder", "stays"), [(".", False), (ROOT, True)])
def test_the_working_directory_leaves_the_path_unless_it_holds_this_package(folder, stays, strange_folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", [str(Path.cwd()), "/usr/lib"])

    forget_working_directory()

    assert sys.path == [ROOT, "/usr/lib"] if stays else ["/usr/lib"]
