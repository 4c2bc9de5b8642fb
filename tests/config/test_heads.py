"""[heads.NAME] and [[data.sources]]: their settings, their problems and their paths."""

import tomllib
from typing import Any

import pytest

from tagger.config import Config, dump_config, load_config, parse_config, with_every_key
from tagger.errors import ConfigError

HEADS = """[data]
train = "a.tsv"
dev = 0.1

[heads.pos]
tag = 1

[heads.intent]
label = "intent"
"""
LABEL = """[data]
train = "a.tsv"
dev = 0.1
label = "intent"
"""
SOURCES = """[heads.pos]
tag = 1

[heads.names]
tag = "ner"

[[data.sources]]
train = "a.tsv"
heads = { pos = 2 }

[[data.sources]]
train = "b.tsv"
dev = "dev.tsv"
test = 0.1
heads = { names = 1 }
"""


@pytest.fixture
def load(tmp_path):
    """Write a config into a folder and load it with settings."""

    def load(text: str, *settings: str) -> Config:
        path = tmp_path / "mine.toml"
        path.write_text(text)
        return load_config(path, list(settings))

    return load


@pytest.fixture
def refused(load):
    """The problems of a config with settings, and the hint."""

    def refused(text: str, *settings: str) -> tuple[list[str], str]:
        with pytest.raises(ConfigError) as caught:
            load(text, *settings)
        first, *lines = caught.value.message.split("\n")
        return [line.strip() for line in lines] or [first], caught.value.hint or ""

    return refused


def test_settings_reach_the_keys_of_a_head(load):
    assert load(HEADS, "heads.intent.pool=mean").heads["intent"].pool == "mean"
    assert load(HEADS, "heads.intent.label=topic").heads["intent"].label == "topic"
    assert load(HEADS, "heads.pos.crf=true", "heads.pos.crf=").heads["pos"].crf is False
    assert load(HEADS, "heads.lemma.string=lemma").heads["lemma"].kind == "string"
    assert load(HEADS, "heads.pos.map.X=Y").heads["pos"].map == {"X": "Y"}
    assert load(HEADS, "heads.pos.class_weights.X=2.0", "heads.pos.class_weights.X=").heads["pos"].class_weights == {}
    assert [*load(HEADS, "heads.intent=").heads] == ["pos"]
    assert load(HEADS, "heads=").is_plain


def test_two_heads_may_learn_the_same_column(load):
    assert load(HEADS, "heads.again.tag=1").heads["again"].column == load(HEADS).heads["pos"].column == 1


@pytest.mark.parametrize(
    ("setting", "problem", "hint"),
    [
        (
            "heads.intent.poll=mean",
            "heads.intent.poll: unknown key; did you mean `pool`?",
            "--set heads.intent.pool=mean",
        ),
        (
            "heads.intent.pool=men",
            'heads.intent.pool: should be "last", "mean" or "max", got "men"; did you mean `mean`?',
            "for example --set heads.intent.pool=mean; `tagger config heads.NAME.pool` describes the key",
        ),
        ("heads.pool=mean", 'heads.pool: should be a table, got "mean"', "`tagger config heads.NAME` describes"),
        ("model.crf=true", "model.crf: unknown key; did you mean `head`?", "--set model.head=crf"),
        ("data.source=x", "data.source: unknown key; did you mean `sources`?", "`tagger config data.sources`"),
        (
            "data.label=x",
            "data.label: cannot be set beside [heads]; set heads.NAME.label",
            "remove --set data.label=x; `tagger config heads.NAME.label` describes what to set",
        ),
        (
            "model.head=crf",
            "model.head: cannot be set beside [heads]; set heads.NAME.crf",
            "`tagger config heads.NAME.crf` describes what to set",
        ),
        (
            "training.metric=accuracy",
            "training.metric: cannot be set beside [heads]; set heads.NAME.metric",
            "`tagger config heads.NAME.metric` describes what to set",
        ),
        (
            "training.best_head=po",
            'training.best_head: should be "pos" or "intent", got "po"; did you mean `pos`?',
            "for example --set training.best_head=pos; ",
        ),
        (
            "heads.intent.crf=true",
            "heads.intent.crf: is for a head of tags, and this one has `label`",
            "remove --set heads.intent.crf=true",
        ),
        ("heads.lstm_0.tag=1", "heads.lstm_0: lstm_0 is the name of a layer; give the head another name", ""),
        (
            "heads.head.tag=1",
            "heads.head: head is the name of the head of a config without [heads]; give the head another name",
            "",
        ),
        ("heads.POS.tag=1", "heads.POS: differs from heads.pos only in case; give the head another name", ""),
        ("heads.9.tag=1", 'heads."9": a head\'s name has letters, digits, - and _ and begins with a letter', ""),
    ],
)
def test_a_wrong_setting_of_a_head_is_reported_with_its_full_key_and_a_hint(refused, setting, problem, hint):
    problems, got = refused(HEADS, setting)

    assert problems == [problem]
    assert hint in got


@pytest.mark.parametrize(
    ("settings", "got"),
    [
        (["heads.pos.tag="], "none"),
        (["heads.pos.label=x"], "`tag` and `label`"),
        (["heads.pos.label=x", "heads.pos.string=y"], "`tag` and `label` and `string`"),
    ],
)
def test_a_head_has_exactly_one_column(refused, settings, got):
    expected = f"heads.pos: set exactly one of `tag`, `label` and `string` to a column; got {got}"
    assert refused(HEADS, *settings)[0] == [expected]


def test_all_problems_of_heads_are_reported_at_once(refused):
    problems, _ = refused(HEADS, "heads.intent.crf=true", "heads.intent.metric=span_f1", "heads.pos.pool=max")

    assert problems == [
        "heads.pos.pool: is for a head of labels, and this one has `tag`",
        "heads.intent.crf: is for a head of tags, and this one has `label`",
        'heads.intent.metric: "span_f1" is for a head of tags, and this one has `label`',
    ]
    problems, _ = refused(HEADS, "data.tag=1", "data.scheme=bio", "model.decode=free", "heads.mask.tag=1")
    assert [problem.partition(":")[0] for problem in problems] == [
        "heads.mask", "data.tag", "data.scheme", "model.decode",
    ]  # fmt: skip


def test_the_metric_of_a_head_needs_dev(refused):
    expected = 'data.dev: missing; heads.pos.metric = "accuracy" is measured on dev'
    assert refused(HEADS, "heads.pos.metric=accuracy", "data.dev=")[0] == [expected]


def test_a_table_that_is_there_twice_is_named_with_its_line(refused):
    ((problem,), _) = refused(f"{HEADS}\n[heads.pos]\ntag = 2\n")

    assert problem.endswith("mine.toml: not TOML: the table [heads.pos] is there twice (at line 11, column 11)")


@pytest.mark.parametrize(
    "setting", ["data.scheme=bio", "data.scheme_train=bioes", "model.head=crf", "model.decode=free"]
)
def test_keys_of_tags_cannot_be_set_for_a_label_alone(load, refused, setting):
    key, _, _ = setting.partition("=")

    problems, hint = refused(LABEL, setting)

    assert problems == [f"{key}: is for tags, and the config has data.label without data.tag"]
    assert hint.startswith(f"remove --set {setting}; ")
    load(LABEL, setting, "data.tag=1")  # raises nothing


def test_span_f1_is_not_for_a_label_alone(load, refused):
    expected = 'training.metric: "span_f1" is for tags, and the config has data.label without data.tag'
    assert refused(LABEL, "training.metric=span_f1")[0] == [expected]
    assert load(LABEL, "training.metric=span_f1", "data.tag=1").all_heads()["tag"].metric == "span_f1"


# Sources


def test_files_of_sources_are_relative_to_the_config_and_those_of_settings_to_the_working_directory(
    load, tmp_path, monkeypatch
):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    first, second = load(SOURCES, "data.sources[1].train=c.tsv").data.sources

    assert (first.train, first.dev) == (str(tmp_path / "a.tsv"), None)
    assert (second.train, second.dev) == (str(tmp_path / "here" / "c.tsv"), str(tmp_path / "dev.tsv"))
    (only,) = load(SOURCES, 'data.sources=[{train = "d.tsv"}]').data.sources
    assert only.train == str(tmp_path / "here" / "d.tsv")


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("data.train=x.tsv", "data.train: cannot be set beside [[data.sources]]; each source has its own"),
        ("data.comments=true", "data.comments: cannot be set beside [[data.sources]]; each source has its own"),
        ("data.group=document", "data.group: cannot be used with [[data.sources]]"),
        (
            "data.sources[0].heads.nmes=3",
            "data.sources[0].heads.nmes: there is no [heads.nmes]; the heads are pos, names",
        ),
        (
            "data.sources[1].heads.names=",
            "heads.names: no source has it; add names = COLUMN to the `heads` of a source in [[data.sources]]",
        ),
        ("data.sources[0].trian=x", "data.sources[0].trian: unknown key; did you mean `train`?"),
        ("data.sources[0].train=", "data.sources[0].train: missing; set it to the file to train on"),
        ("heads=", "heads: missing; [[data.sources]] needs [heads.NAME], to say what is learned"),
        (
            "data.sources[2].train=x",
            "--set data.sources[2].train: the config has 2 [[data.sources]], and the first is data.sources[0]",
        ),
    ],
)
def test_a_wrong_setting_of_sources_is_reported_with_its_full_key(refused, setting, problem):
    others = ["data.sources[1].heads.pos=1"] if setting == "data.sources[1].heads.names=" else []

    assert refused(SOURCES, setting, *others)[0] == [problem]


def test_folds_and_groups_cannot_be_used_with_sources(refused):
    problems, _ = refused(SOURCES, "data.folds=5", "data.fold=1", "data.group=doc", "data.dev=0.1")

    assert problems == [
        "data.dev: cannot be set beside [[data.sources]]; each source has its own",
        "data.folds: cannot be used with [[data.sources]]",
        "data.group: cannot be used with [[data.sources]]",
    ]


@pytest.mark.parametrize("text", [HEADS, SOURCES], ids=["heads", "sources"])
@pytest.mark.parametrize("is_complete", [False, True])
def test_loading_undoes_dumping(load, text, is_complete):
    config = with_every_key(load(text)) if is_complete else load(text)
    dumped = dump_config(config)

    assert load(dumped) == config
    assert parse_config(tomllib.loads(dumped)) == config
    assert "# data.label is absent" not in dumped


def test_dev_and_test_of_any_source_count():
    def data(**source: Any):
        sources = [{"train": "a"}, {"train": "b", **source}]
        return parse_config({"data": {"sources": sources}, "heads": {"pos": {"tag": 1}}}).data

    assert [(each.has_dev, each.has_test) for each in (data(), data(dev=0.1), data(test="c"))] == [
        (False, False), (True, False), (False, True),
    ]  # fmt: skip


def test_the_hint_for_a_key_of_heads_outside_a_head_says_where_it_belongs(refused):
    assert refused(LABEL, "model.pool=mean")[1] == (
        "`pool` is a key of a head, [heads.NAME]; `tagger config heads.NAME.pool` describes it"
    )
