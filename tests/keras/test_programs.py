"""Compiled programs are kept, and what would spoil the store is removed."""

import os
import subprocess
import sys

import pytest

from tagger.network import programs
from tagger.network.programs import FLAGS, keep_programs

COMPILES = """
import sys
from pathlib import Path
import tensorflow as tf
from tagger.network.programs import keep_programs

keep_programs(Path(sys.argv[1]))
assert tf.function(lambda x: x * 2, jit_compile=True)(tf.constant(21)).numpy() == 42
"""


@pytest.fixture(autouse=True)
def no_flags(monkeypatch):
    monkeypatch.setenv(FLAGS, "")


def stored(cache):
    return {path: path.stat().st_mtime_ns for path in cache.rglob("*.pb")}


def test_a_second_process_compiles_nothing(tmp_path):
    cache = tmp_path / "a home"
    for number in range(2):
        subprocess.run([sys.executable, "-c", COMPILES, cache], check=True, capture_output=True)
        if number == 0:
            before = stored(cache)

    assert len(before) == 1
    assert stored(cache) == before


def test_empty_and_oldest_programs_are_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "N_KEPT", 2)
    keep_programs(tmp_path)
    (folder,) = tmp_path.iterdir()
    files = [("new.pb", "1"), ("empty.pb", ""), ("old.pb", "2"), ("oldest.pb", "3"), ("begun.tmp", "")]
    for age, (name, text) in enumerate(files):
        (folder / name).write_text(text)
        os.utime(folder / name, (1e9 - age, 1e9 - age))
    monkeypatch.setenv(FLAGS, "")

    keep_programs(tmp_path)

    assert {path.name for path in folder.iterdir()} == {"new.pb", "old.pb", "begun.tmp"}


def test_a_folder_of_the_user_is_left_alone(tmp_path, monkeypatch):
    theirs = f"{programs.FOLDER}={tmp_path / 'theirs'}"
    monkeypatch.setenv(FLAGS, theirs)

    keep_programs(tmp_path / "ours")

    assert os.environ[FLAGS] == theirs
    assert not (tmp_path / "ours").exists()


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path):
    (tmp_path / "file").touch()

    keep_programs(tmp_path / "file")

    assert not os.environ[FLAGS]
