import re
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.bounds import LEAST_NUMBER, LEAST_SHARE, MOST, MOST_LAYERS, MOST_NUMBER, MOST_UNITS
from tagger.config import (
    Affixes,
    Config,
    Data,
    Features,
    Model,
    Training,
    Words,
    dump_config,
    load_config,
    parse_config,
)
from tagger.errors import ConfigError
from tests import ROOT

CONFIGS = ROOT / "configs"


def problems(tables: dict[str, Any]) -> list[str]:
    """The problems of a config."""
    with pytest.raises(ConfigError) as caught:
        parse_config(tables, "pos.toml")
    head, *lines = caught.value.message.split("\n")
    assert head == f"pos.toml: {len(lines)} problem{'s' if len(lines) > 1 else ''}"
    assert all(line.startswith("  ") for line in lines)
    return [line[2:] for line in lines]


def with_train(**sections: Any) -> dict[str, Any]:
    return {"data": {"train": "train.tsv"}, **sections}


@pytest.fixture
def load(tmp_path):
    """Writes a config into a folder of its own and loads it."""

    def load(text: str, *settings: str) -> Config:
        path = tmp_path / "configs" / "pos.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return load_config(path, list(settings))

    return load


def test_a_config_needs_a_train_file_and_nothing_else(load, tmp_path):
    config = load('[data]\ntrain = "train.tsv"\n')

    assert config.data.train == str(tmp_path / "configs" / "train.tsv")
    assert (config.data.dev, config.data.test, config.data.token, config.data.tag) == (None,) * 4
    assert config.features.words == Words(kind="embedding", dim=100, min_count=1, lowercase=True, unknown_rate=0.9)
    assert (config.model.cell, config.model.units, config.model.bidirectional) == ("lstm", [100], True)
    assert (config.training.epochs, config.training.learning_rate, config.training.seed) == (30, 0.002, 1)


@pytest.mark.parametrize(
    "path", sorted({*CONFIGS.glob("*.toml")} - {*CONFIGS.glob("sweep-*.toml")}), ids=lambda path: path.stem
)
def test_the_configs_of_this_project_load_and_read_back(path, tmp_path):
    config = load_config(path)
    copy = tmp_path / "config.toml"
    copy.write_text(dump_config(config), encoding="utf-8")

    assert load_config(copy) == config


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({}, "data: missing"),
        ({"data": {}}, "data.train: missing; set it to the file to train on"),
        (with_train(modle={}), "modle: unknown key; did you mean `model`?"),
        (with_train(model={"cel": "gru"}), "model.cel: unknown key; did you mean `cell`?"),
        (with_train(features={"words": {"dims": 3}}), "features.words.dims: unknown key; did you mean `dim`?"),
        (with_train(training={"xyz": 1}), "training.xyz: unknown key"),
        (with_train(training={"epochs": "30"}), 'training.epochs: should be a whole number, got "30"'),
        (with_train(training={"epochs": 30.0}), "training.epochs: should be a whole number, got 30.0"),
        (with_train(training={"epochs": True}), "training.epochs: should be a whole number, got true"),
        (with_train(training={"epochs": 0}), "training.epochs: should be greater than 0, got 0"),
        (with_train(training={"seed": -1}), "training.seed: should be at least 0, got -1"),
        (with_train(training={"seed": 2**32}), "training.seed: should be less than 4294967296, got 4294967296"),
        (with_train(training={"learning_rate": "1"}), 'training.learning_rate: should be a number, got "1"'),
        (with_train(training={"learning_rate": True}), "training.learning_rate: should be a number, got true"),
        (with_train(training={"clip_norm": float("inf")}), "training.clip_norm: should be a finite number, got inf"),
        (with_train(training={"clip_norm": float("nan")}), "training.clip_norm: should be a finite number, got nan"),
        (with_train(model={"dropout": 1.0}), "model.dropout: should be less than 1.0, got 1.0"),
        (with_train(model={"units": [8, 0]}), "model.units[1]: should be greater than 0, got 0"),
        (with_train(model={"units": []}), "model.units: should not be empty"),
        (with_train(model={"units": 64}), "model.units: should be a list, got 64; write [64]"),
        (
            with_train(model={"cell": "rnn"}),
            'model.cell: should be "simple_rnn", "lstm" or "gru", got "rnn"; did you mean `simple_rnn`?',
        ),
        (with_train(model={"bidirectional": "no"}), 'model.bidirectional: should be true or false, got "no"'),
        (with_train(model=3), "model: should be a table, got 3"),
        (with_train(features={"words": True}), "features.words: should be false or a table, got true"),
        (
            with_train(features={"numeric": ["x", 1.5]}),
            "features.numeric[1]: should be a column's name or index, got 1.5",
        ),
        ({"data": {"train": 3}}, "data.train: should be a text, got 3"),
        ({"data": {"train": "a", "tag": True}}, "data.tag: should be a column's name or index, got true"),
        ({"data": {"train": "a", "ignore": "O"}}, 'data.ignore: should be a list, got "O"; write ["O"]'),
        (
            with_train(training={"schedule": "linear"}),
            'training.schedule: should be "constant", "cosine" or "plateau", got "linear"',
        ),
        (with_train(training={"warm_up": 1.0}), "training.warm_up: should be less than 1.0, got 1.0"),
        (
            with_train(training={"class_weights": "even"}),
            'training.class_weights: should be "none", "balanced", "sqrt" or a table { TAG = weight }, got "even"',
        ),
        (
            with_train(training={"class_weights": {"O": 0}}),
            "training.class_weights: the weight of O should be a number greater than 0, got 0",
        ),
        (
            {"data": {"train": "a", "dev": "b"}, "training": {"schedule": "plateau", "patience": 2}},
            'training: schedule = "plateau" halves the rate after 2 epochs without a better dev, '
            "and patience = 2 stops training by then",
        ),
    ],
)
def test_a_problem_names_the_key_the_rule_and_the_value(tables, expected):
    assert problems(tables) == [expected]


def test_all_problems_are_reported_at_once():
    lines = problems(
        {
            "data": {"train": "train.tsv", "formt": "columns"},
            "model": {"units": [0, 8, -1], "cel": "lstm"},
            "training": {"epochs": "30", "metric": "f1"},
        }
    )

    assert lines == [
        "data.formt: unknown key; did you mean `format`?",
        "model.units[0]: should be greater than 0, got 0",
        "model.units[2]: should be greater than 0, got -1",
        "model.cel: unknown key; did you mean `cell`?",
        'training.epochs: should be a whole number, got "30"',
        'training.metric: should be "auto", "accuracy", "macro_f1", "span_f1" or "segment_f1", got "f1"; '
        "did you mean `macro_f1` or `span_f1` or `segment_f1`?",
    ]


def test_class_weights_are_none_balanced_sqrt_or_a_table_that_reads_back(load, tmp_path):
    for setting, expected in (
        ("balanced", "balanced"),
        ("sqrt", "sqrt"),
        ('{ O = 0.1, "B-PER" = 2, "$" = 1e-3 }', {"O": 0.1, "B-PER": 2.0, "$": 1e-3}),
    ):
        config = load('[data]\ntrain = "train.tsv"\n', f"training.class_weights={setting}")
        copy = tmp_path / "config.toml"
        copy.write_text(dump_config(config), encoding="utf-8")

        assert config.training.class_weights == expected
        assert load_config(copy) == config
    assert load('[data]\ntrain = "a"\n', "training.class_weights.O=0.5").training.class_weights == {"O": 0.5}


@pytest.mark.parametrize("split", ["dev", "test"])
@pytest.mark.parametrize("value", ["dev.tsv", 0.1, 0.999])
def test_dev_and_test_are_a_file_or_a_share_of_train(split, value):
    assert getattr(parse_config({"data": {"train": "train.tsv", split: value}}).data, split) == value


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"dev": 0.5, "test": 0.5}, ["data.test: 0.5 of train for test and 0.5 for dev leave nothing to train on"]),
        ({"folds": 5}, ["data.fold: missing; set it to the fold that is the test split, 1 to 5"]),
        ({"fold": 1}, ["data.fold: needs data.folds, the number of folds"]),
        ({"folds": 5, "fold": 6}, ["data.fold: should be at most data.folds = 5, got 6"]),
        (
            {"folds": 1, "fold": 0},
            ["data.folds: should be at least 2, got 1", "data.fold: should be at least 1, got 0"],
        ),
        (
            {"folds": 2, "fold": 1, "dev": 0.5},
            ["data.folds: one of 2 folds for test and 0.5 for dev leave nothing to train on"],
        ),
        (
            {"folds": 2, "fold": 1, "test": "test.tsv"},
            ["data.folds: one fold of train is the test split, and data.test names another; remove one of them"],
        ),
        ({"group": True}, ["data.group: should be a column's name or index, got true"]),
        ({"seed": -1}, ["data.seed: should be at least 0, got -1"]),
    ],
)
def test_splits_that_contradict_each_other_are_errors(data, expected):
    assert problems({"data": {"train": "train.tsv", **data}}) == expected


def test_a_setting_chooses_the_fold(tmp_path):
    path = tmp_path / "pos.toml"
    path.write_text('[data]\ntrain = "a"\ntest = "b"\n')

    data = load_config(path, ["data.folds=5", "data.fold=2", "data.test=", "data.group=document"]).data

    assert (data.folds, data.fold, data.test, data.group) == (5, 2, None, "document")


@pytest.mark.parametrize(
    ("dev", "shown"),
    [(0.0, "0.0"), (1.0, "1.0"), (1, "1"), (-0.1, "-0.1"), (True, "true"), (float("nan"), "nan"), ([], "[]")],
)
def test_dev_is_neither_a_share_outside_0_to_1_nor_another_type(dev, shown):
    assert problems({"data": {"train": "train.tsv", "dev": dev}}) == [
        f"data.dev: should be a file, or the share of train to split off, between 0 and 1, got {shown}"
    ]


@pytest.mark.parametrize("share", ["0.1", "10%", ".5", "10 %"])
def test_a_share_in_quotes_is_an_error_unless_it_is_a_file(load, tmp_path, share):
    text = f'[data]\ntrain = "/train.tsv"\ndev = "{share}"\n'

    with pytest.raises(ConfigError, match=r'data.dev: a share is a number without quotes and "%", such as 0.1, got'):
        load(text)
    (tmp_path / "configs" / share).touch()
    assert load(text).data.dev == str(tmp_path / "configs" / share)


def test_words_may_be_false():
    assert parse_config(with_train(features={"words": False})).features.words is None


def test_a_network_without_input_is_an_error():
    (problem,) = problems(with_train(features={"words": False, "casing": False}))

    assert problem == "features: the network has no input: set words, chars, casing, affixes, columns or numeric"
    assert parse_config(with_train(features={"words": False, "casing": False, "numeric": ["x"]}))


def test_onehot_words_have_no_dimension():
    (problem,) = problems(with_train(features={"words": {"kind": "onehot", "dim": 100}}))

    assert problem.startswith('features.words: `dim` is for kind = "embedding"')
    assert parse_config(with_train(features={"words": {"kind": "onehot"}})).features.words == Words(kind="onehot")


@pytest.mark.parametrize("training", [{"label_smoothing": 0.1}, {"class_weights": "balanced"}])
def test_class_weights_and_label_smoothing_need_a_softmax_head(training):
    (key,) = training

    assert parse_config(with_train(training=training))
    assert problems(with_train(training=training, model={"head": "crf"})) == [
        f'training: {key} needs model.head = "softmax"; a CRF learns whole sequences'
    ]


def test_a_metric_of_dev_needs_dev():
    training = {"metric": "macro_f1"}

    assert problems(with_train(training=training)) == [
        'training: metric = "macro_f1" is measured on dev; data.dev is missing'
    ]
    assert parse_config({"data": {"train": "a", "dev": 0.1}, "training": training}).training.metric == "macro_f1"


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("training.epochs=3", {"training": {"epochs": 3}}),
        ("training.learning_rate = 1e-3", {"training": {"learning_rate": 0.001}}),
        ("model.units=[64, 32]", {"model": {"units": [64, 32]}}),
        ("model.cell=gru", {"model": {"cell": "gru"}}),
        ('model.cell="gru"', {"model": {"cell": "gru"}}),
        ("model.bidirectional=false", {"model": {"bidirectional": False}}),
        ("features.words=false", {"features": {"words": False}}),
        ("features.words.dim=50", {"features": {"words": {"dim": 50}}}),
        ('features.words={kind = "onehot"}', {"features": {"words": {"kind": "onehot"}}}),
        ("data.tag=Case=x", {"data": {"tag": "Case=x"}}),
        ("data.tag=-1", {"data": {"tag": -1}}),
        ('data.ignore=["_", "X"]', {"data": {"ignore": ["_", "X"]}}),
        ("data.dev=0.1", {"data": {"dev": 0.1}}),
    ],
)
def test_a_setting_is_a_value_of_toml_or_a_bare_text(load, setting, expected):
    config = load('data = { train = "/train.tsv" }', setting)

    assert config == parse_config({**expected, "data": {"train": "/train.tsv", **expected.get("data", {})}})


def test_settings_come_after_the_file_and_the_last_one_counts(load):
    config = load(
        'data = { train = "/train.tsv" }\ntraining = { epochs = 1, seed = 5 }\nfeatures.words = false',
        "training.epochs=2",
        "training.epochs=3",
        "features.words.dim=50",
    )

    assert (config.training.epochs, config.training.seed) == (3, 5)
    assert config.features.words == Words(dim=50)


def test_problems_of_settings_are_reported_like_those_of_the_file(load):
    with pytest.raises(ConfigError, match=r"pos\.toml: 2 problems\n  model\.cel: unknown key.*\n  training\.epochs: "):
        load('data = { train = "/train.tsv" }', "training.epochs=many", "model.cel=gru")


def test_a_setting_without_a_value_is_an_error_with_an_example(load):
    with pytest.raises(ConfigError, match=r"--set training\.epochs: expected KEY=VALUE") as caught:
        load('data = { train = "/train.tsv" }', "training.epochs")

    assert caught.value.hint == "for example --set training.epochs=10"


def test_paths_are_relative_to_the_config_but_those_of_settings_to_the_working_directory(load, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    config = load('[data]\ntrain = "train.tsv"\ndev = "../dev.tsv"\ntest = "/data/test.tsv"\n', "data.dev=sub/dev.tsv")

    assert config.data.train == str(tmp_path / "configs" / "train.tsv")
    assert config.data.dev == str(elsewhere / "sub" / "dev.tsv")
    assert config.data.test == "/data/test.tsv"
    assert load('data.train = "../train.tsv"').data.train == str(tmp_path / "train.tsv")


@pytest.mark.parametrize("text", ["data =\n", "[data\n", "a = 1\na = 2\n", "train = train.tsv\n"])
def test_a_file_that_is_not_toml_is_named_with_the_place(load, text):
    with pytest.raises(ConfigError, match=r"pos\.toml: not TOML: .*\(at line \d, column \d+\)$"):
        load(text)


def test_a_file_that_is_not_there_is_named(tmp_path):
    path = tmp_path / "pos.toml"

    with pytest.raises(ConfigError, match=f"^{re.escape(str(path))}: cannot be read: No such file or directory$"):
        load_config(path)
    with pytest.raises(ConfigError, match=r"cannot be read: it is a folder, not a regular file$"):
        load_config(tmp_path)


@pytest.mark.parametrize(
    ("content", "problem", "encoding"),
    [
        (b"\n# caf\xe9\n", "not UTF-8: byte 0xe9, which is 'é' in cp1252 (at line 2)", "cp1252"),
        (b"# \x81", "not UTF-8: byte 0x81, which is '\\x81' in latin-1 (at line 1)", "latin-1"),
        ("[data]".encode("utf-16-le"), "utf-16-le without a byte order mark, or no text", "utf-16-le"),
        ("[data]".encode("utf-16-be"), "utf-16-be without a byte order mark, or no text", "utf-16-be"),
    ],
)
def test_another_encoding_is_named_with_the_command_that_makes_it_utf_8(tmp_path, content, problem, encoding):
    path = tmp_path / "pos.toml"
    path.write_bytes(content)

    with pytest.raises(ConfigError) as caught:
        load_config(path)

    assert caught.value.message == f"{path}: {problem}"
    assert caught.value.hint == (f"save it as UTF-8: iconv -f {encoding} -t utf-8 {path} >{tmp_path / 'pos-utf8.toml'}")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
def test_a_file_with_a_byte_order_mark_is_read_whatever_its_line_ends_are(tmp_path, encoding, line_end):
    path = tmp_path / "pos.toml"
    path.write_bytes(line_end.join(["[data]", 'train = "/café.tsv"', ""]).encode(encoding))

    assert load_config(path).data.train == "/café.tsv"


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ('train = "data\\dev.tsv"', "train = \"data/dev.tsv\", or on Windows train = 'data\\dev.tsv'"),
        ('train = "data\\train.tsv"', "train = \"data/train.tsv\", or on Windows train = 'data\\train.tsv'"),
        ('train = "C:\\Users\\x"', "train = \"C:/Users/x\", or on Windows train = 'C:\\Users\\x'"),
        ("train = “a.tsv”", 'use straight quotes: train = "a.tsv"'),
        ("train = a/b.tsv", 'put text in quotes: train = "a/b.tsv"'),
        ("comments = True", "comments = true"),
        ("ignore = 1, 2", "put a list in brackets: ignore = [1, 2]"),
    ],
)
def test_a_hint_shows_the_correct_toml_for_a_common_mistake(load, line, hint):
    with pytest.raises(ConfigError) as caught:
        load(f"[data]\n{line}\n")

    assert hint in (caught.value.hint or "")


def test_a_hint_shows_the_correct_path_for_a_backslash_in_a_setting(load):
    for path in (r"data\dev.tsv", r"data\train.tsv"):
        with pytest.raises(ConfigError) as caught:
            load('[data]\ntrain = "/train.tsv"\n', f'data.dev="{path}"')
        assert f'dev = "{path.replace(chr(92), "/")}"' in (caught.value.hint or "")


def test_a_path_may_hold_a_tab_if_the_file_is_there(tmp_path):
    (tmp_path / "data\train.tsv").write_text("a\tX\n")
    (tmp_path / "pos.toml").write_text('[data]\ntrain = "data\\train.tsv"\n')

    assert load_config(tmp_path / "pos.toml").data.train == str(tmp_path / "data\train.tsv")


LOOK_UP = "`tagger config {}` describes the key"


@pytest.mark.parametrize(
    ("setting", "hint"),
    [
        ("training.epoch=3", "--set training.epochs=3"),
        ("epochs=3", "--set training.epochs=3"),
        ("features.words.dims=9", "--set features.words.dim=9"),
        (
            "training.epochs=ten",
            "for example --set training.epochs=30; `tagger config training.epochs` describes the key",
        ),
        ("model.units=8", "for example --set 'model.units=[8]'; `tagger config model.units` describes the key"),
        (
            "features.chars=lstm",
            "for example --set features.chars.kind=cnn; `tagger config features.chars` describes the key",
        ),
        ("training=3", "for example --set training.epochs=30; `tagger config training` describes the key"),
        ("model.unit=5", "--set 'model.units=[5]'"),
        ("model.layers=2", "--set 'model.units=[2]'"),
        ("training.lr=0.1", "--set training.learning_rate=0.1"),
        ("model.layer_nrm=2", "--set model.layer_norm=true"),
        ("data.dev=10%", f"for example --set data.dev=0.1; {LOOK_UP.format('data.dev')}"),
        ("data.fold=x", f"for example --set data.fold=1; {LOOK_UP.format('data.fold')}"),
        ("model.cell=LSTM", f"for example --set model.cell=lstm; {LOOK_UP.format('model.cell')}"),
        ("features.words.dropout=0.5", "--set features.words.unknown_rate=0.5"),
        ("training.strategy=none", "remove --set training.strategy=none"),
        ('data.map.X=""', f"for example --set 'data.map={{ NNPS = \"NNP\" }}'; {LOOK_UP.format('data.map')}"),
        ("training.foo=1", "`tagger config` lists the keys; for example --set training.epochs=10"),
        ("sweep.seeds=[1]", "`tagger config` lists the keys; for example --set training.epochs=10"),
        ("training.epochs", "for example --set training.epochs=10"),
        ("=3", "for example --set training.epochs=10"),
        ("training.epoch=", "--set training.epochs="),
    ],
)
def test_the_hint_for_a_wrong_setting_can_be_typed(load, setting, hint):
    with pytest.raises(ConfigError) as caught:
        load('[data]\ntrain = "/train.tsv"\n', setting)

    assert caught.value.hint == hint


def test_the_hint_for_a_setting_that_excludes_a_key_of_the_file_removes_that_key(load):
    with pytest.raises(ConfigError) as caught:
        load('data.train = "/train.tsv"\nfeatures.words.dim = 9\n', "features.words.vectors=glove:50d")

    assert caught.value.hint == "--set features.words.dim= removes the other key"


def test_an_empty_setting_removes_a_key_a_table_or_a_tag(load):
    text = '[data]\ntrain = "/train.tsv"\ndev = 0.1\nmap = { A = "B" }\n[training]\nepochs = 3\n'

    config = load(text, "data.dev=", "training=", "data.map.A=")

    assert (config.data.dev, config.data.map, config.training.epochs) == (None, {}, 30)


def test_contradicting_settings_are_blamed_and_not_the_file(load):
    with pytest.raises(ConfigError) as caught:
        load('[data]\ntrain = "/train.tsv"\ndev = 0.1\n', "training.schedule=plateau", "training.patience=1")

    assert caught.value.hint == "remove or change --set training.patience=1: the file itself is valid"


def test_tags_are_renamed_by_a_table_to_tags_that_are_not_empty(load):
    assert load('[data]\ntrain = "a.tsv"\nmap = { NNP = "NN", "," = "PUNCT" }').data.map == {"NNP": "NN", ",": "PUNCT"}
    assert load('[data]\ntrain = "a.tsv"', "data.map.NNP=NN").data.map == {"NNP": "NN"}

    with pytest.raises(ConfigError) as caught:
        load('[data]\ntrain = "a.tsv"\nmap = { NNP = "", NN = 1 }')

    assert "data.map.NNP: should not be empty" in caught.value.message
    assert "data.map.NN: should be a text, got 1" in caught.value.message


def test_a_dumped_config_has_every_key_and_absent_ones_as_comments():
    text = dump_config(parse_config(with_train()))

    keys = {key for section in (Data, Words, Affixes, Features, Model, Training) for key in section.model_fields}
    written = set(re.findall(r"^(?:# (?:data|features\.words)\.)?(\w+) (?:=|is absent)", text, re.MULTILINE))
    assert written == keys - {"words", "affixes", "map", "sources", "best_head"}  # the latter two only beside [heads]
    assert "# data.dev is absent\n" in text
    assert "[features.words]\n" in text
    assert "[features.affixes]\n" in text
    assert "[data.map]\n" in text


@pytest.mark.parametrize(
    ("features", "affixes"),
    [
        ({}, Affixes()),
        ({"words": {"dim": 3}}, Affixes()),
        ({"words": False}, None),  # casing is left
        ({"words": False, "casing": False, "numeric": ["x"]}, None),
        ({"words": False, "affixes": {"lengths": [3]}}, Affixes(lengths=[3])),
        ({"affixes": False}, None),
    ],
)
def test_affixes_are_on_by_default_if_words_are(features, affixes):
    config = parse_config(with_train(features=features))

    assert config.features.affixes == affixes
    assert parse_config(tomllib.loads(dump_config(config))) == config


CHARACTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
NAMES = st.text(CHARACTERS, min_size=1)
PATHS = NAMES.filter(lambda name: not set(name) & set("./")).map("/{}".format)
COLUMNS = st.none() | NAMES | st.integers(-9, 9)
SHARES = st.floats(0, 1, exclude_max=True)
POSITIVE = st.floats(LEAST_NUMBER, MOST_NUMBER)
COUNTS, SIZES = st.integers(1, MOST), st.integers(1, MOST_UNITS)


def some(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Tables in which any of some keys stand, and none of them is null."""
    return st.fixed_dictionaries({}, optional=values).map(
        lambda table: {key: value for key, value in table.items() if value is not None}
    )


DATA = some(
    dev=PATHS | st.floats(LEAST_SHARE, 1, exclude_max=True), test=PATHS, token=COLUMNS, tag=COLUMNS,
    sentence=COLUMNS, ignore=st.lists(NAMES), comments=st.booleans(), encoding=NAMES,
    per_row=st.sampled_from(["token", "sentence"]), map=st.dictionaries(st.text(CHARACTERS), NAMES),
)  # fmt: skip
EMBEDDING = some(dim=SIZES, min_count=COUNTS, lowercase=st.booleans(), unknown_rate=SHARES)
ONEHOT = some(min_count=COUNTS, lowercase=st.booleans()).map(lambda table: {"kind": "onehot", **table})
FEATURES = some(
    words=EMBEDDING | ONEHOT | st.just(False),
    numeric=st.lists(NAMES | st.integers(-MOST, MOST)),
    standardize=st.booleans(),
)
MODEL = some(
    units=st.lists(SIZES, min_size=1, max_size=MOST_LAYERS),
    cell=st.sampled_from(["lstm", "gru", "simple_rnn"]),
    dropout=SHARES,
)
TRAINING = some(epochs=COUNTS, learning_rate=POSITIVE, clip_norm=POSITIVE, seed=st.integers(0, 2**32 - 1))


@given(DATA, FEATURES, MODEL, TRAINING)
def test_loading_undoes_dumping(tmp_path_factory, data, features, model, training):
    data["train"] = "/train.tsv"
    config = parse_config({"data": data, "features": features, "model": model, "training": training})
    path = tmp_path_factory.getbasetemp() / "dumped.toml"
    path.write_text(dump_config(config), encoding="utf-8")

    assert load_config(path) == config


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"vectors": "glove.txt", "dim": 50}, "`dim` cannot be set beside `vectors`"),
        ({"vectors": "glove.txt", "kind": "onehot"}, '`vectors` is for kind = "embedding"'),
        ({"trainable": False}, "are for pretrained `vectors`"),
    ],
)
def test_keys_of_words_that_exclude_each_other_are_errors(words, message):
    with pytest.raises(ConfigError, match=message):
        parse_config({"data": {"train": "train.tsv"}, "features": {"words": words}})


def test_word_vectors_are_relative_to_the_config(tmp_path):
    path = tmp_path / "pos.toml"
    path.write_text('data.train = "train.tsv"\nfeatures.words.vectors = "glove.txt"\n')

    config = load_config(path)

    assert config.features.words is not None
    assert config.features.words.vectors == str(tmp_path / "glove.txt")
    assert parse_config(tomllib.loads(dump_config(config))) == config


def test_layers_of_different_width_have_no_residual_connections():
    with pytest.raises(ConfigError, match="all `units` should be equal"):
        parse_config({"data": {"train": "train.tsv"}, "model": {"units": [8, 4], "residual": True}})


def test_lazy_adam_is_refused_with_mixed_float16():
    with pytest.raises(ConfigError, match=r'training: `optimizer = "lazy_adam"` cannot be used with `precision'):
        parse_config(
            {"data": {"train": "train.tsv"}, "training": {"optimizer": "lazy_adam", "precision": "mixed_float16"}}
        )


def test_keys_of_earlier_versions_are_reported_beside_all_other_problems():
    with pytest.raises(ConfigError) as caught:
        parse_config(
            {
                "data": {"train": "train.tsv"},
                "features": {"words": {"dropout": 0.5}},
                "training": {"strategy": "none", "epochs": 0},
            }
        )

    assert caught.value.message.splitlines() == [
        "config: 3 problems",
        "  features.words.dropout: is now called `features.words.unknown_rate`",
        "  training.epochs: should be greater than 0, got 0",
        "  training.strategy: no longer a key: a network trains on one device, a GPU if there is one; remove it",
    ]


@pytest.mark.parametrize(
    ("affixes", "message"),
    [({"lengths": [1, 1]}, "each length once"), ({"lengths": [], "shape": False}, "set `lengths` or `shape`")],
)
def test_empty_or_repeated_affix_lengths_are_errors(affixes, message):
    with pytest.raises(ConfigError, match=message):
        parse_config({"data": {"train": "train.tsv"}, "features": {"affixes": affixes}})


def test_a_key_of_another_table_is_suggested_with_its_table():
    with pytest.raises(ConfigError, match=r"train: unknown key; did you mean `data\.train`\?"):
        parse_config({"train": "train.tsv", "data": {"train": "train.tsv"}})


@pytest.mark.parametrize(
    ("tables", "problem"),
    [
        ({}, "training.metric"),
        ({"features": {"words": False, "casing": False, "columns": {"names": ["pos"]}}}, "training.metric"),
        ({"features": {"words": False, "casing": False, "numeric": ["x"]}}, None),
    ],
)
def test_segment_f1_needs_numbers_as_the_only_inputs(tables, problem):
    tables = {"data": {"train": "a", "dev": 0.1}, "training": {"metric": "segment_f1"}, **tables}
    if problem is None:
        assert parse_config(tables).training.metric == "segment_f1"
        return
    with pytest.raises(ConfigError, match=r'training\.metric: "segment_f1" is for series'):
        parse_config(tables)


def test_segment_f1_of_a_head_needs_numbers_as_the_only_inputs():
    heads = {"state": {"tag": "state", "metric": "segment_f1"}}
    with pytest.raises(ConfigError, match=r'heads\.state\.metric: "segment_f1" is for series'):
        parse_config({"data": {"train": "a", "dev": 0.1}, "heads": heads})


@pytest.mark.parametrize("value", [0, 10_001, True, "5", 2.5, {"rise": 0}, {"rise": "5"}])
def test_a_minimal_duration_is_a_number_of_steps_or_a_table_of_them(value):
    with pytest.raises(ConfigError, match=r"model\.min_duration: .*whole number of steps"):
        parse_config({"data": {"train": "a"}, "model": {"min_duration": value}})
    for good in (1, 10_000, {"rise": 5}):
        assert parse_config({"data": {"train": "a"}, "model": {"min_duration": good}}).model.min_duration == good
