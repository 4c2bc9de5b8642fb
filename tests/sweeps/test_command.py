"""`tagger sweep` without training."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import tagger
from tagger.cli import app
from tagger.errors import TaggerError
from tagger.sweeps.status import Status, write_status
from tests import ROOT
from tests.processes import modules_after

DATA = ROOT / "data" / "svo" / "tiny.tsv"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "base.toml").write_text(f"[data]\ntrain = {json.dumps(str(DATA))}\ndev = {json.dumps(str(DATA))}\n")
    path = tmp_path / "many.toml"
    path.write_text('base = "base.toml"\n[sweep]\nseeds = [1, 2]\n[sweep.space]\n"model.cell" = ["lstm", "gru"]\n')
    return path


def sweep(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["sweep", *map(str, arguments)], prog_name="tagger")


def test_a_dry_run_lists_all_trials_and_marks_the_finished_ones(config, tmp_path):
    names = [line.split()[0] for line in sweep(config, "--dry-run").stdout.splitlines()[3:]]
    finished = tmp_path / "run" / names[2]
    (finished / "bundle").mkdir(parents=True)
    (finished / "bundle" / "bundle.json").write_text("{}")
    (finished / "metrics.json").write_text("{}")
    folder = tmp_path / "run"

    assert sweep(config, "--dry-run", "--run", folder).stdout.splitlines() == [
        f"4 trials in {folder}: 2 settings (grid) with 2 seeds each",
        "",
        "trial         seed  setting",
        f'{names[0]}     1  model.cell = "lstm"',
        f'{names[1]}     2  model.cell = "lstm"',
        f'{names[2]}     1  model.cell = "gru"  (finished)',
        f'{names[3]}     2  model.cell = "gru"',
    ]
    assert len({*names}) == 4


def test_a_dry_run_with_tpe_lists_the_space(config):
    space = """
"model.dropout" = { low = 0.1, high = 0.5, step = 0.1 }
"training.learning_rate" = { low = 1e-3, high = 1e-2, log = true, when = { "model.cell" = "gru" } }
"""
    config.write_text(config.read_text().replace("[1, 2]", '[1]\nsampler = "tpe"\nsettings = 3') + space)

    assert sweep(config, "--dry-run").stdout.splitlines()[2:] == [
        "tpe chooses its settings during the sweep, from",
        '  model.cell: ["lstm", "gru"]',
        "  model.dropout: 0.1 to 0.5 in steps of 0.1",
        '  training.learning_rate: 0.001 to 0.01, log, when model.cell is "gru"',
    ]


@pytest.mark.parametrize("sampler", ["grid", "random", "tpe"])
def test_a_dry_run_and_a_status_load_no_tensorflow(config, tmp_path, sampler):
    config.write_text(config.read_text().replace("[1, 2]", f'[1]\nsampler = "{sampler}"'))
    heavy = {"tensorflow", "keras", "pandas", "sklearn", "sqlalchemy"}

    assert not modules_after("sweep", str(config), "--dry-run") & heavy
    assert not modules_after("sweep", str(config), "--status", "--run", str(tmp_path), exit_code=1) & heavy


def test_the_status_of_a_stopped_sweep_names_the_command_that_resumes_it(config, tmp_path):
    folder = tmp_path / "my run"
    folder.mkdir()
    write_status(folder, Status(4, "accuracy"))

    assert sweep(config, "--status", "--run", folder).stdout.splitlines() == [
        f"{folder}: 0 of 4 trials finished",
        f"the sweep is not running; tagger sweep {config} --run '{folder}' resumes it",
    ]


def test_an_invalid_sweep_exits_with_1_lists_all_problems_and_creates_no_folder(config, tmp_path):
    config.write_text(config.read_text().replace("[1, 2]", "[]").replace("model.cell", "model.cel"))
    result = sweep(config, "--run", tmp_path / "run")

    assert result.exit_code == 1
    assert result.stderr == (
        f"error: {config}: 2 problems\n"
        "  sweep.seeds: should not be empty\n"
        "  model.cel: unknown key; did you mean `cell`?\n"
        f"\nhint: `tagger sweep {config} --dry-run` checks a sweep and lists its trials\n"
    )
    assert not (tmp_path / "run").exists()


def test_a_sweep_in_python_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(TaggerError, match=r"none\.toml"):
        tagger.sweep(tmp_path / "none.toml", tmp_path / "sweep")

    assert list(tmp_path.iterdir()) == []
