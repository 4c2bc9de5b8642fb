"""Attack a trained tagger and its run folder, and count how the commands end.

    python -m tests.benchmarks.hostile --mutations 300

A run of `configs/svo-tiny.toml` is trained in a temporary folder. Each attack of `tests/hostile/attacks.py` changes a
copy of it, on which `predict`, `evaluate`, `compare`, `inspect`, `report`, `bench` and `train --from` run, each in a
forked process that may use 2 s of processor time and 300 MB. A command should end with exit code 1 and a message, or
with 0 if it does not read what was changed. There is a line for each attack that ended otherwise, and one per command.
The exit code is 1 if there is one.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests import ROOT
from tests.hostile.attacks import (
    Attack,
    apply,
    changed_graphs,
    changed_json,
    hostile_graphs,
    listed_files,
    replaced_files,
)
from tests.hostile.commands import COMMANDS, problem, run_command


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutations", type=int, default=300, help="random changes of each JSON file and graph")
    parser.add_argument("--commands", nargs="+", choices=COMMANDS, default=[*COMMANDS])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        sys.exit(_attack_all(Path(name), options.mutations, options.commands))


def _attack_all(folder: Path, mutations: int, commands: list[str]) -> int:
    good = folder / "good"
    config = ROOT / "configs" / "svo-tiny.toml"
    subprocess.run(
        [sys.executable, "-P", "-m", "tagger", "train", config, "--run", good, "--quiet"],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    (folder / "config.toml").write_text(f'[data]\ntrain = "{ROOT / "data/svo/tiny.tsv"}"\n')
    shutil.copy(ROOT / "data/svo/tiny.tsv", folder / "test.tsv")
    attacks = [*_attacks(good, mutations)]
    _import_all(good, folder)
    n_failures = 0
    for command in commands:
        ends: Counter[str] = Counter()
        for name, attack in attacks:
            run = apply(attack, good, folder / "attacked")
            ended = run_command(command, run, good, folder)
            shutil.rmtree(folder / "new", ignore_errors=True)
            wrong = problem(ended, may_succeed=True)
            ends[wrong or ("succeeded" if ended.code == 0 else "message")] += 1
            if wrong:
                n_failures += 1
                print(f"{command}: {name}: {wrong}\n    {ended.output[-300:]!r}", flush=True)
        print(f"{command:14}", ", ".join(f"{n:,} {end}" for end, n in ends.most_common()), flush=True)
    return int(n_failures > 0)


def _attacks(good: Path, mutations: int) -> list[tuple[str, Attack]]:
    """All attacks on a run folder or on the bundle in it."""
    bundle = good / "bundle"
    on_bundle = [
        *replaced_files(bundle),
        *listed_files(bundle),
        *changed_json(bundle, "bundle.json", mutations),
        *changed_json(bundle, "golden.jsonl", mutations // 3),
    ]
    for name in sorted(path.name for path in bundle.glob("*.onnx")):
        on_bundle += [*hostile_graphs(name), *changed_graphs(name, mutations)]
    on_run = [
        *replaced_files(good),
        *changed_json(good, "metrics.json", mutations),
        *changed_json(good, "data.json", mutations),
    ]
    return [*((name, _in_bundle(attack)) for name, attack in on_bundle), *on_run]


def _in_bundle(attack: Attack) -> Attack:
    return lambda run: attack(run / "bundle")


def _import_all(good: Path, folder: Path) -> None:
    """Import what the commands import, so that forked processes need not."""
    from typer.testing import CliRunner

    from tagger.cli import app

    for arguments in (["predict", good, "John loves Jane"], ["evaluate", good, folder / "test.tsv"],
                      ["compare", good, good, folder / "test.tsv"], ["inspect", good], ["report", good]):  # fmt: skip
        CliRunner().invoke(app, [*map(str, arguments)])


if __name__ == "__main__":
    main()
