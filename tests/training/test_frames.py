"""DataFrames that `train` takes in place of files."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tagger.config import load_config
from tagger.errors import ConfigError, DataError, RunError
from tagger.training.frames import as_frames, config_with_frames, write_frames
from tagger.training.prepare import prepare
from tagger.training.train import train
from tests import ROOT

FRAME = pd.DataFrame({"sentence": [0, 0, 0, 1, 1], "token": ["the", "dog", "barks", "it", "ran"], "tag": [*"DNVNV"]})
NAMED = {"data": {"sentence": "sentence", "token": "token", "tag": "tag"}}
TOKENS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1).filter(str.strip)


@given(st.lists(st.lists(TOKENS, min_size=1, max_size=4), min_size=1, max_size=6))
@example([['"', ",", "a b", "'", ";", "|", "NA", "#", 'x"y', "\t", "1.50", "none"], ["sep=;"]])
def test_tokens_of_a_frame_are_read_back_as_they_are(tmp_path_factory, sentences):
    folder = tmp_path_factory.mktemp("run")
    rows = [(i, token, "T" if i % 2 else "U") for i, tokens in enumerate(sentences) for token in tokens]
    frames = as_frames({"train": pd.DataFrame(rows, columns=["sentence", "token", "tag"])})
    write_frames(folder, frames)

    read = prepare(config_with_frames(NAMED, folder, frames)).splits["train"]

    assert [list(sentence.tokens) for sentence in read] == sentences
    assert [sentence.tags for sentence in read] == [tuple("UT"[i % 2] * len(each)) for i, each in enumerate(sentences)]


def test_columns_of_a_frame_are_recognised_like_those_of_a_file(tmp_path):
    frames = as_frames(
        {"train": pd.concat([FRAME] * 5).assign(sentence=np.repeat(np.arange(10), [3, 2] * 5)), "dev": 0.2}
    )
    write_frames(tmp_path, frames)

    prepared = prepare(config_with_frames(None, tmp_path, frames))

    assert {split: len(sentences) for split, sentences in prepared.splits.items()} == {"train": 8, "dev": 2}
    assert prepared.splits["train"][0].tags in (("D", "N", "V"), ("N", "V"))


def test_numbers_of_a_frame_keep_all_their_digits(tmp_path):
    values = [0.1 + 0.2, 1e-300, 1 / 3, -12345678.9]
    frames = as_frames({"train": pd.DataFrame({"series": [1, 1, 2, 2], "x": values, "state": [*"abab"]})})
    write_frames(tmp_path, frames)
    features = {"numeric": ["x"], "words": False, "casing": False}

    config = config_with_frames(
        {"features": features, "data": {"tag": "state", "sentence": "series"}}, tmp_path, frames
    )

    assert [n for each in prepare(config).splits["train"] for (n,) in each.numbers or ()] == values


def test_frames_take_the_place_of_the_files_of_every_kind_of_config(tmp_path):
    frames = as_frames({"train": FRAME, "test": FRAME})
    path = ROOT / "configs" / "svo.toml"
    for config in (path, str(path), load_config(path)):
        loaded = config_with_frames(config, tmp_path, frames)

        assert (loaded.data.train, loaded.data.test) == (f"{tmp_path}/frames/train.csv", f"{tmp_path}/frames/test.csv")
        assert loaded.data.dev == str(ROOT / "data" / "svo" / "dev.tsv")
        assert (loaded.data.format, loaded.training.epochs) == ("csv", 20)
    assert config_with_frames(load_config(path), tmp_path, {}) == load_config(path)


def test_tables_in_python_may_have_tuples_and_numbers_of_numpy(tmp_path):
    tables = {"data": {"train": "x.tsv"}, "model": {"units": (np.int64(3), 4), "dropout": np.float64(0)}}

    config = config_with_frames(tables, tmp_path, {})

    assert (config.model.units, config.model.dropout) == ([3, 4], 0.0)
    assert config.data.train == str(Path("x.tsv").absolute())


def test_a_run_is_not_replaced_by_one_on_the_frames_that_it_keeps(tmp_path):
    frames = as_frames({"train": FRAME})
    write_frames(tmp_path, frames)

    for overwrite in (True, False):
        with pytest.raises(RunError, match=r"train\.csv: is a part of the run that a new one replaces"):
            train(config_with_frames(NAMED, tmp_path, frames), tmp_path, overwrite=overwrite, resume=not overwrite)
    assert (tmp_path / "frames" / "train.csv").exists()


def test_wrong_frames_and_configs_leave_no_run_folder(tmp_path):
    run = tmp_path / "run"
    for error, message, config, splits in (
        (ValueError, "expected a DataFrame, got", None, {"train": [1]}),
        (ValueError, "dev: also pass a DataFrame as train", None, {"dev": FRAME}),
        (DataError, "the frame of train has two columns", None, {"train": FRAME.set_axis([*"aab"], axis=1)}),
        (ConfigError, "model.unit: unknown key; did you mean `units`", {"model": {"unit": 3}}, {"train": FRAME}),
        (DataError, r"train\.csv", {"data": {"tag": "no"}}, {"train": FRAME}),
    ):
        with pytest.raises(error, match=message):
            train(config, run, **splits)
        assert not run.exists()
