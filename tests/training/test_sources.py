"""Several sources: files with different columns, read and joined for one network."""

import hashlib
import logging
import re
from pathlib import Path

import pytest

from tagger.config import Config, parse_config
from tagger.errors import ConfigError, DataError, RunError
from tagger.training.checkpoint import Checkpoint, check_resumable, data_hashes
from tagger.training.data_files import data_files_of, with_data_files
from tagger.training.dry_run import describe_training
from tagger.training.prepare import prepare
from tagger.training.splits import needs_split, write_splits
from tests import ROOT

DATA = ROOT.parent / "shared" / "data"
POS = "Anna\tN\nsleeps\tV\n\nRome\tN\n"
NAMES = "x\tParis\tB-LOC\nx\tsings\tO\n\nx\tOslo\tB-LOC\n\nx\tBob\tB-PER\n\nx\tEve\tB-PER\n"


@pytest.fixture
def config(tmp_path):
    """A config of two sources: parts of speech, and names with the token in the second column."""
    (tmp_path / "pos.tsv").write_text(POS)
    (tmp_path / "names.tsv").write_text(NAMES)
    (tmp_path / "dev.tsv").write_text("x\tRome\tB-LOC\n")

    def config(pos=(), names=(), **sections) -> Config:
        first = {"train": str(tmp_path / "pos.tsv"), "heads": {"pos": 1}, "format": "columns"} | dict(pos)
        second = {"train": str(tmp_path / "names.tsv"), "heads": {"names": 2}, "format": "columns", "token": 1}
        heads = {"pos": {"tag": 1}, "names": {"tag": 1}}
        return parse_config({"data": {"sources": [first, second | dict(names)]}, "heads": heads, **sections})

    return config


def test_sources_are_joined_and_each_sentence_has_the_answers_of_its_source(config):
    prepared = prepare(config())
    pos, names = prepared.heads

    assert [sentence.tokens for sentence in prepared.splits["train"]] == [
        ("Anna", "sleeps"), ("Rome",), ("Paris", "sings"), ("Oslo",), ("Bob",), ("Eve",),
    ]  # fmt: skip
    assert (pos.target.tags, names.target.tags) == (("N", "V"), ("B-LOC", "B-PER", "O"))
    assert [sentence.tags for sentence in pos.views["train"].sentences] == [("N", "V"), ("N",)]
    assert {name: ids.tolist() for name, ids in prepared.encode("train").tags.items()} == {
        "pos": [0, 1, 0, -1, -1, -1, -1, -1], "names": [-1, -1, -1, 0, 2, 0, 1, 1],
    }  # fmt: skip


def test_a_split_has_the_sentences_of_the_sources_that_have_it(config, tmp_path, caplog):
    with caplog.at_level(logging.INFO):
        prepared = prepare(config(names={"dev": str(tmp_path / "dev.tsv")}))

    assert [sentence.tokens for sentence in prepared.splits["dev"]] == [("Rome",)]
    assert [[*head.views] for head in prepared.heads] == [["train"], ["train", "dev"]]
    sizes = [re.sub(" +", " ", line).replace(f"{tmp_path}/", "") for line in caplog.messages if " sentence" in line]
    assert sizes[:5] == [
        "train 2 sentences 3 tokens pos.tsv",
        "train 4 sentences 5 tokens names.tsv",
        "dev 1 sentence 1 token dev.tsv",
        "train 6 sentences 8 tokens all sources",
        "dev 1 sentence 1 token all sources",
    ]


def test_a_share_is_split_off_its_own_source_and_listed_with_its_file(config, tmp_path):
    split = config(names={"dev": 0.25, "test": 0.25})
    prepared = prepare(split)
    write_splits(tmp_path / "splits.tsv", prepared.splits)
    rows = [line.split("\t") for line in (tmp_path / "splits.tsv").read_text().splitlines()[1:]]

    assert {name: len(sentences) for name, sentences in prepared.splits.items()} == {"train": 4, "dev": 1, "test": 1}
    assert {Path(path).name for path in (prepared.splits["dev"][0].path, prepared.splits["test"][0].path)} == {
        "names.tsv"
    }
    assert sorted((Path(file).name, split) for split, file, *_ in rows) == [
        ("names.tsv", "dev"), ("names.tsv", "test"), ("names.tsv", "train"), ("names.tsv", "train"),
        ("pos.tsv", "train"), ("pos.tsv", "train"),
    ]  # fmt: skip
    assert needs_split(split.data)
    assert not needs_split(config().data)


def test_a_share_that_is_too_large_for_its_source_is_reported_with_the_key_of_the_source(config, tmp_path):
    (tmp_path / "one.tsv").write_text("Anna\tN\n")

    with pytest.raises(ConfigError, match=r"^data\.sources\[0\]\.dev: a share cannot be split off 1 sentence"):
        prepare(config(pos={"train": str(tmp_path / "one.tsv"), "dev": 0.5}))


def test_a_missing_file_is_reported_with_the_key_of_the_source_before_any_is_read(config, tmp_path):
    (tmp_path / "pos.tsv").write_text("broken\n")

    with pytest.raises(DataError, match=r"none\.tsv: there is no such file \(data\.sources\[1\]\.dev\)") as caught:
        prepare(config(names={"dev": str(tmp_path / "none.tsv")}))

    assert "--set 'data.sources[1].dev=FILE'" in (caught.value.hint or "")
    assert "--set 'data.sources[1].dev='" in (caught.value.hint or "")


def test_each_file_of_a_source_has_a_hash_and_that_of_test_does_not_matter_to_resume(config, tmp_path):
    prepared = prepare(config(names={"test": str(tmp_path / "dev.tsv")}))
    before = data_hashes(prepared)

    assert prepared.hashes == {
        name: hashlib.sha256((tmp_path / file).read_bytes()).hexdigest()
        for name, file in {
            "sources[0].train": "pos.tsv", "sources[1].train": "names.tsv", "sources[1].test": "dev.tsv",
        }.items()
    }  # fmt: skip
    assert before.keys() == {"data.sources[0].train", "data.sources[1].train", "encoder"}
    checkpoint = Checkpoint({}, [], config(names={"test": str(tmp_path / "dev.tsv")}), before, 1)
    check_resumable(checkpoint, config(), before, threads=1)
    with pytest.raises(RunError, match=r"data\.sources\[1\]\.train: has changed"):
        check_resumable(checkpoint, config(), before | {"data.sources[1].train": ""}, threads=1)


def test_names_in_map_are_those_of_the_head(config, caplog):
    heads = {"pos": {"tag": 1, "map": {"V": "VERB", "O": "N"}}, "names": {"tag": 1}}
    prepared = prepare(config(heads=heads))

    assert prepared.heads[0].target.tags == ("N", "VERB")
    assert [line for line in caplog.messages if "no file" in line] == ["heads.pos.map: no file has the tag O"]


def test_a_dry_run_describes_all_sources(config):
    assert describe_training(config()).startswith("splits    train 6 sentences\n")


def test_a_dry_run_shows_that_a_label_has_no_time_axis(tmp_path):
    path = tmp_path / "train.tsv"
    path.write_text("# intent = a\nplay\tV\n\n# intent = b\nAda\tN\n")
    data = {"train": str(path), "format": "columns"}
    heads = {"intent": {"label": "intent", "pool": "mean"}, "pos": {"tag": 1}}

    plan = describe_training(parse_config({"data": data, "heads": heads, "model": {"units": [3]}}))

    shapes = {line.split("  ")[0]: line.split("(")[1].split(")")[0] for line in plan.splitlines() if "(batch" in line}
    assert shapes["intent"] == "batch, 2"
    assert shapes["intent.pool"] == "batch, 6"
    assert shapes["pos"] == "batch, time, 2"


def test_paths_of_sources_are_replaced_by_key(config):
    data = config(names={"dev": "dev.tsv"}).data
    keys = [*data_files_of(data)]

    assert keys == ["data.sources[0].train", "data.sources[1].train", "data.sources[1].dev"]
    moved = with_data_files(data, {"data.sources[1].train": "/new"})
    assert [*data_files_of(moved).values()] == [data.sources[0].train, "/new", "dev.tsv"]
    assert with_data_files(data, {}) == data


def test_two_real_sources_have_the_published_counts():
    if not DATA.is_dir():
        pytest.skip("../shared/data is missing")
    ewt, wnut = DATA / "ewt", DATA / "wnut17"
    treebank = {
        f"{split}": str(ewt / f"en_ewt-ud-{file}.conllu") for split, file in {"train": "dev", "dev": "test"}.items()
    }
    names = {"train": str(wnut / "emerging.dev.conll"), "dev": str(wnut / "emerging.test.annotated")}
    sources = [{**treebank, "heads": {"upos": "upos"}}, {**names, "heads": {"names": 1}}]
    prepared = prepare(
        parse_config({"data": {"sources": sources}, "heads": {"upos": {"tag": "upos"}, "names": {"tag": 1}}})
    )

    views = [{split: view.sentences for split, view in head.views.items()} for head in prepared.heads]
    assert [{split: (len(s), len(s.tokens)) for split, s in view.items()} for view in views] == [
        {"train": (2001, 25147), "dev": (2077, 25094)}, {"train": (1009, 15733), "dev": (1287, 23394)},
    ]  # fmt: skip
    assert [int((ids >= 0).sum()) for ids in prepared.encode("train").tags.values()] == [25147, 15733]


def test_an_error_about_a_label_names_the_key_of_the_config(tmp_path):
    (tmp_path / "a.tsv").write_text("# intent = x\na\tX\n\nb\tX\n")
    train = {"train": str(tmp_path / "a.tsv"), "token": 0}

    with pytest.raises(DataError, match=r"a\.tsv:4: data\.label: the sentence has no label"):
        prepare(parse_config({"data": train | {"label": "intent"}}))
    with pytest.raises(DataError, match=r"a\.tsv:4: heads\.label: the sentence has no label"):
        prepare(parse_config({"data": train, "heads": {"label": {"label": "intent"}}}))


def test_a_name_that_no_label_has_is_called_a_label(tmp_path, caplog):
    (tmp_path / "a.tsv").write_text("# intent = x\na\tX\n\n# intent = y\nb\tX\n")
    prepare(parse_config({"data": {"train": str(tmp_path / "a.tsv"), "label": "intent", "ignore": ["z"]}}))

    assert [line for line in caplog.messages if "no file" in line] == ["data.ignore: no file has the label z"]


def test_the_reason_for_a_skipped_sentence_names_the_key_of_the_config(tmp_path, caplog):
    (tmp_path / "a.tsv").write_text("# topic = x\na\tX\n\nb\tX\n\n# topic = y\nc\tX\n")
    data = {"train": str(tmp_path / "a.tsv"), "token": 0, "label": "topic", "bad_rows": "skip"}
    prepare(parse_config({"data": data}))

    assert [line for line in caplog.messages if "data.label: the sentence has no label" in line]
    assert not [line for line in caplog.messages if "heads.label" in line]


def test_the_hint_for_an_index_that_is_the_tokens_of_one_source_names_its_heads(tmp_path):
    (tmp_path / "a.tsv").write_text("a\tX\n")
    (tmp_path / "b.conllu").write_text("1\ta\ta\tX\t_\t_\t0\troot\t_\t_\n\n")
    sources = [{"train": str(tmp_path / "a.tsv")}, {"train": str(tmp_path / "b.conllu")}]
    config = parse_config({"data": {"sources": sources}, "heads": {"slots": {"tag": 1}}})

    with pytest.raises(ConfigError, match=r"heads\.slots and data.token are the same column: 1") as error:
        prepare(config)
    assert error.value.hint == 'in data.sources[1], name the columns of its heads: heads = { slots = "COLUMN" }'
