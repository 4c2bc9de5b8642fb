"""The cache of compiled programs."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tagger.network import programs
from tagger.network.programs import FLAGS, cache_programs

COMPILES = """
import sys
from pathlib import Path
import tensorflow as tf
from tagger.network.programs import cache_programs

cache_programs(Path(sys.argv[1]))
assert tf.function(lambda x: x * 2, jit_compile=True)(tf.constant(21)).numpy() == 42
"""

TRAINS = """
import sys
from pathlib import Path
from tagger.config import load_config
from tagger.training.train import train
from tagger.network import runtime

runtime.LONG = 1
train(load_config(Path(sys.argv[1]), ["training.epochs=1"]), sys.argv[2])
"""


@pytest.fixture(autouse=True)
def no_flags(monkeypatch):
    monkeypatch.setenv(FLAGS, "")


def stored(cache):
    return {path: path.stat().st_mtime_ns for path in cache.rglob("*.pb")}


def test_a_second_process_compiles_nothing(tmp_path):
    cache = tmp_path / 'Ada\'s "home"'
    for number in range(2):
        subprocess.run([sys.executable, "-c", COMPILES, cache], check=True, capture_output=True)
        if number == 0:
            before = stored(cache)

    assert len(before) == 1
    assert stored(cache) == before


def test_a_long_training_stores_its_programs_in_the_user_s_cache(tmp_path):
    config = Path(__file__).parents[2] / "configs" / "svo-tiny.toml"
    here = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path), "CUDA_VISIBLE_DEVICES": ""}
    subprocess.run([sys.executable, "-c", TRAINS, config, tmp_path / "run"], check=True, capture_output=True, env=here)

    (cache,) = tmp_path.rglob("programs")
    assert stored(cache)


def test_old_and_empty_programs_of_any_version_are_removed(tmp_path):
    cache_programs(tmp_path)
    (folder,) = tmp_path.iterdir()
    other = tmp_path / "1.0-1.0-0123456789"
    other.mkdir()
    days = {folder / "new.pb": 1, folder / "begun.tmp": 0, folder / "old.tmp": 31, other / "old.pb": 31}
    for path, age in days.items():
        path.write_text("" if path.name == "begun.tmp" else "program")
        then = time.time() - age * 24 * 3600
        os.utime(path, (then, then))
    (folder / "empty.pb").touch()

    os.environ[FLAGS] = ""
    cache_programs(tmp_path)

    assert {path.name for path in tmp_path.glob("*/*")} == {"new.pb", "begun.tmp"}


@pytest.mark.parametrize("flags", [f"{programs.FOLDER}=/somewhere", "/etc/xla.flags"])
def test_a_folder_or_file_set_by_the_user_is_not_changed(tmp_path, monkeypatch, flags):
    monkeypatch.setenv(FLAGS, flags)

    cache_programs(tmp_path / "ours")

    assert os.environ[FLAGS] == flags
    assert not (tmp_path / "ours").exists()


def test_other_flags_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv(FLAGS, "--tf_xla_clustering_debug=false")

    cache_programs(tmp_path)

    assert os.environ[FLAGS].startswith(f"--tf_xla_clustering_debug=false {programs.FOLDER}=")


def test_a_folder_that_cannot_be_created_is_not_used(tmp_path):
    (tmp_path / "file").touch()

    cache_programs(tmp_path / "file")

    assert not os.environ[FLAGS]
