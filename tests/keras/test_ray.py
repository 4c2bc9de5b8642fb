"""Sweeps and tagging on a real Ray cluster of two nodes, both on this machine."""

import csv
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tagger.sweeps.failures import read_failures
from tests.bundles import save_words_bundle

pytest.importorskip("ray", reason='Ray is not installed: pip install -e ".[ray]"')

ROOT = Path(__file__).parents[2]
TINY = ROOT / "data" / "svo" / "tiny.tsv"
NODE = {"num_cpus": 1, "object_store_memory": 80_000_000}
# Ray detects a lost node after a second; by default it would take half a minute.
HEALTH = {
    "health_check_initial_delay_ms": 500,
    "health_check_period_ms": 500,
    "health_check_timeout_ms": 500,
    "health_check_failure_threshold": 2,
}

BASE = """
[data]
train = "tiny.tsv"
dev = "tiny.tsv"
[features]
words = { dim = 8 }
affixes = false
[training]
adversarial = 0
epochs = 160
patience = 1000000
deterministic = true
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster of one node with one CPU; others can be added."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        started = Cluster(
            initialize_head=True, head_node_args={**NODE, "include_dashboard": False, "_system_config": HEALTH}
        )
        yield started
        started.shutdown()


@pytest.fixture
def second_node(cluster) -> Iterator[Any]:
    """Another node with one CPU."""
    node = cluster.add_node(**NODE)
    yield node
    if node in cluster.list_all_nodes():
        cluster.remove_node(node)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with data and a config."""
    (tmp_path / "tiny.tsv").write_bytes(TINY.read_bytes())
    (tmp_path / "base.toml").write_text(BASE)
    return tmp_path


def sweep_file(files: Path, units: str, base: str = "base.toml") -> Path:
    path = files / "many.toml"
    path.write_text(f'base = "{base}"\n[sweep]\nseeds = [1]\n[sweep.space]\n"model.units" = {units}\n')
    return path


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "tagger", *map(str, arguments)]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True)


def ranking(folder: Path) -> list[dict[str, str]]:
    """Rows of a leaderboard without the seconds, which differ between runs."""
    with (folder / "leaderboard.csv").open(encoding="utf-8") as file:
        return [{key: value for key, value in row.items() if key != "seconds"} for row in csv.DictReader(file)]


def checksums(folder: Path) -> dict[str, str]:
    return {path.parts[-3]: path.read_text() for path in folder.glob("*/bundle/SHA256SUMS")}


def test_a_cluster_that_loses_a_node_gives_the_same_taggers_and_ranks_as_one_machine(files, cluster, second_node):
    path, folder = sweep_file(files, "[[4], [5]]"), files / "ray"
    local = run("sweep", path, "--run", files / "local", "--threads", "1")
    options = ("--run", folder, "--on", "ray", "--address", cluster.address)
    with (files / "stderr.txt").open("w") as stderr:
        process = subprocess.Popen(command("sweep", path, *options), stdout=subprocess.DEVNULL, stderr=stderr)
    while len([*folder.glob("*/checkpoint/state.npz")]) < 2:  # both nodes are in the middle of a trial
        assert process.poll() is None, (files / "stderr.txt").read_text()
        time.sleep(0.001)
    cluster.remove_node(second_node, allow_graceful=False)
    code, messages = process.wait(), (files / "stderr.txt").read_text()

    assert (local.returncode, code) == (0, 0), messages
    assert messages.count("its node was lost; the trial runs again on another") == 1
    assert "2 of 2 trials finished" in messages
    assert read_failures(folder) == []
    assert ranking(folder) == ranking(files / "local")
    assert checksums(folder) == checksums(files / "local")
    assert not (folder / "workers").exists()


def test_files_tagged_in_shards_give_the_same_text_as_on_this_machine(tmp_path, cluster):
    model = save_words_bundle(tmp_path / "model" / "bundle")
    words = ["John", "loves", "Jane", "NASA"]
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    first.write_text("".join(f"{words[i % 4]} {words[i % 3]} {i}\n" for i in range(5000)))
    second.write_text("Jane loves John\n")
    options = ("--input", first, "--input", second, "--confidence", "--format", "tsv", "--quiet")
    local = run("predict", model, *options)
    remote = run(
        "predict", model, *options, "--on", "ray", "--address", cluster.address, "--output", tmp_path / "tagged.tsv"
    )

    assert (local.returncode, remote.returncode, remote.stderr) == (0, 0, "")
    assert (tmp_path / "tagged.tsv").read_text() == local.stdout
    assert local.stdout.count("\n\n") == 5001
