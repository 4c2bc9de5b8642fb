"""`tagger bench` with a config."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tagger.cli import app

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("split", ["train", "dev"])
def test_config_is_trained_and_measured_without_a_run_folder(tmp_path, monkeypatch, split):
    monkeypatch.chdir(tmp_path)
    config, sentences = ROOT / "configs" / "svo-tiny.toml", ROOT / "data" / "svo" / "tiny.tsv"
    dev = ["--set", f"data.dev={sentences}"] if split == "dev" else []

    result = CliRunner().invoke(app, ["bench", str(config), *dev, "--seconds", "0", "--format", "json"])

    assert result.exit_code == 0, result.stderr
    output = json.loads(result.stdout)
    training, tagging = output["training"], output["tagging"]
    assert min(training["tokens_per_second"], training["epoch"], training["megabytes"], tagging["start"]) > 0
    assert (training["parameters"], training["tokens"], training["epochs"]) == (108, 6, 100)
    assert tagging["source"] == split
    assert "measuring the speed of training\n" in result.stderr
    assert "warm-up" not in result.stderr  # its duration is part of the result
    assert not [*tmp_path.iterdir()]


def test_config_with_a_label_and_a_string_is_trained_and_measured(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.csv").write_text(
        "id,word,lemma,topic\n1,Cats,cat,pets\n1,purr,purr,pets\n2,Dogs,dog,pets\n3,Stars,star,sky\n"
    )
    (tmp_path / "config.toml").write_text(
        '[data]\ntrain = "train.csv"\ntoken = "word"\nsentence = "id"\n'
        '[heads.topic]\nlabel = "topic"\n[heads.lemma]\nstring = "lemma"\n[model]\nunits = [2]\n'
    )

    result = CliRunner().invoke(app, ["bench", "config.toml", "--seconds", "0", "--format", "json"])

    assert result.exit_code == 0, result.stderr
    output = json.loads(result.stdout)
    for speed in (output["training"], output["tagging"]):
        assert speed["labels_per_second"] / speed["tokens_per_second"] == pytest.approx(3 / 4)
