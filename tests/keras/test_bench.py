"""`tagger bench` of a config."""

import json
from pathlib import Path

from typer.testing import CliRunner

from tagger.cli import app

ROOT = Path(__file__).parents[2]


def test_a_config_is_trained_and_tags_and_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = ROOT / "configs" / "svo-tiny.toml"

    result = CliRunner().invoke(app, ["bench", str(config), "--seconds", "0", "--format", "json"])

    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    for part in ("training", "tagging"):
        assert all(value >= 0 for value in found[part].values() if not isinstance(value, str))
    assert found["training"]["tokens_per_second"] > 0
    assert found["training"]["parameters"] == 108
    assert found["training"]["all_epochs"] >= found["training"]["epochs"] * found["training"]["epoch"]
    assert found["tagging"]["source"] in ("dev", "train")
    assert not [*tmp_path.iterdir()]
