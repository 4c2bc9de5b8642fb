"""Results of `train`, as far as they need no training."""

import os
import re
from pathlib import Path

import html5lib
import pytest

from tagger.config import Config, dump_config, parse_config
from tagger.encoding.lexicon import Lexicon
from tagger.errors import RunError
from tagger.evaluation.metrics import evaluate
from tagger.evaluation.scores import Scores
from tagger.training.run_folder import run_lock
from tagger.training.train import Run, train
from tests.bundles import save_words_bundle

WORDS = Lexicon("N", {"the": "D"})


def test_a_run_is_shown_by_its_folder_and_main_scores():
    dev = evaluate([["D", "N", "V"]], [["D", "N", "N"]], [["the", "dog", "barks"]], WORDS)
    test = evaluate([["B-x", "O"]], [["B-x", "O"]], [["the", "dog"]], WORDS, scheme="bio")
    folder = Path("runs", "x")

    assert repr(Run(folder, {"dev": Scores({"head": dev}), "test": Scores({"head": test})})) == (
        f"Run(folder={folder!r}, dev accuracy 0.6667, test span F1 1.0000)"
    )
    assert repr(Run(folder, {})) == f"Run(folder={folder!r})"


def config(test: str | float | None) -> Config:
    return parse_config({"data": {"train": "/a/train.tsv"} | ({} if test is None else {"test": test})})


@pytest.mark.parametrize(
    ("before", "now", "remark"),
    [
        ("/a/test.tsv", "/a/test.tsv", ""),
        (None, None, ""),
        ("a/test.tsv", str(Path("a/test.tsv").absolute()), ""),
        (
            "/a/test.tsv",
            "/a/my test.tsv",
            "differs from the finished run: tagger evaluate {run} '/a/my test.tsv' scores it",
        ),
        (None, "ewt:test", "differs from the finished run: tagger evaluate {run} ewt:test scores it"),
        ("/a/test.tsv", None, "differs from the finished run"),
        ("/a/test.tsv", 0.1, "differs from the finished run"),
    ],
)
def test_resuming_a_finished_run_says_if_test_differs(before, now, remark, tmp_path, caplog):
    caplog.set_level("INFO")
    run = tmp_path / "run"
    save_words_bundle(run / "bundle")
    (run / "metrics.json").write_text("{}")
    (run / "report.html").touch()
    (run / "config.toml").write_text(dump_config(config(before)))

    assert train(config(now), run, resume=True).evaluations == {}

    remark = remark and f"; data.test {remark.format(run=run)}"
    assert caplog.messages == [f"{run} is finished already; --overwrite trains it again{remark}"]


@pytest.mark.parametrize(
    "left", [".replaced/bundle/tags.txt", "checkpoint/state.npz.tmp", ".metrics.json.7.tmp", "bundle.old/x"]
)
def test_resuming_a_run_whose_process_was_killed_at_its_very_end_removes_what_it_left(left, tmp_path):
    save_words_bundle(tmp_path / "bundle")
    for name in ("metrics.json", "report.html", left):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    (tmp_path / "config.toml").write_text(dump_config(config(None)))
    train(config(None), tmp_path, resume=True)

    assert {path.name for path in tmp_path.iterdir()} == {"bundle", "metrics.json", "report.html", "config.toml"}


def test_train_resume_and_overwrite_are_refused_beside_a_running_training(tmp_path):
    with run_lock(tmp_path):
        for option in ("none", "resume", "overwrite"):
            with pytest.raises(RunError, match=f"a training is already running there, as process {os.getpid()}"):
                train(config(None), tmp_path, resume=option == "resume", overwrite=option == "overwrite")

    assert list(tmp_path.iterdir()) == []


def test_a_run_in_a_notebook_has_its_folder_main_scores_and_tags():
    dev = evaluate([["D", "N", "V"]], [["D", "N", "N"]], [["the", "dog", "barks"]], WORDS)
    test = evaluate([["B-<b>", "O"]], [["B-<b>", "O"]], [["the", "dog"]], WORDS, scheme="bio")
    run = Run(Path("a&b"), {"dev": Scores({"head": dev}), "test": Scores({"head": test})})

    html = run._repr_html_()

    html5lib.HTMLParser(strict=True).parseFragment(html)
    text = " ".join(re.sub("<[^>]+>", " ", re.sub("(?s)<style>.*</style>", "", html)).replace("\xa0", " ").split())
    assert text.startswith("run in a&amp;b , report in a&amp;b/report.html split metric score")
    assert "dev accuracy 66.67 %" in text
    assert "test span F1 100.00 %" in text
    assert text.endswith("test span precision recall F1 support &lt;b&gt; 100.00 % 100.00 % 100.00 % 1")
    assert "its scores are in the report" in Run(Path("a"), {})._repr_html_()
