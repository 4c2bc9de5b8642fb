"""The reference of config keys: complete, and the same wherever it is shown."""

import pytest

from tagger.config import Section, parse_config
from tagger.config.reference import closest_key, describe_key, describe_keys, find_keys, markdown, reference
from tagger.config.values import Count, absent, planned
from tagger.intake.config_text import config_text

KEYS = reference()


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_every_key_has_a_description_a_default_or_an_example(key):
    assert key.summary, f"{key.name}: no description below its field"
    assert "\n" not in key.summary
    assert not key.summary.endswith(".")
    assert key.default or key.example


@pytest.mark.parametrize("name", [name for name, key in KEYS.items() if "." in name and not key.is_table])
def test_the_example_of_a_key_is_a_valid_setting(name, tmp_path):
    from tagger.config import load_config

    needed = {"data.folds": ["data.fold=1"], "data.fold": ["data.folds=5"], "data.test": [], "training.metric": []}
    needed |= {
        "features.words.trainable": ["features.words.vectors=glove:50d"],
        "features.words.word_list": ["features.words.vectors=glove:50d"],
    }
    if name.startswith("features.columns."):
        needed[name] = ["features.columns.names=[1]"]
    path, key, files = tmp_path / "mine.toml", name, 'train = "train.tsv"\ndev = 0.1\n'
    if name.startswith("data.sources."):
        key, files = name.replace("sources", "sources[0]"), '[[data.sources]]\ntrain = "train.tsv"\n'
        needed[name] = ["heads.names.tag=1"]
    if name.startswith("heads.") or name == "training.best_head":
        kind = [] if name in ("heads.NAME.label", "heads.NAME.string", "heads.NAME.pool") else ["heads.slots.tag=1"]
        needed[name] = ["heads.slots.label=1"] if name == "heads.NAME.pool" else kind
        key = name.replace("NAME", "slots")
    path.write_text(f"[data]\n{files}")

    assert load_config(path, [*needed.get(name, []), f"{key}={KEYS[name].example}"])


def test_init_and_the_reference_and_the_terminal_say_the_same_of_a_key():
    summary = "Whether the input of each layer is normalised, from the second on"

    text = config_text(parse_config({"data": {"train": "a"}}), {}, [])

    assert f"layer_norm = false            # {summary}\n" in text
    assert f"| `layer_norm` | `false` | true \\| false | {summary} |\n" in markdown(KEYS)
    assert f"  {summary}.\n" in describe_key(KEYS, "model.layer_norm", 100)
    assert f"  model.layer_norm = false               {summary}\n" in describe_keys(KEYS, 120)


def test_a_key_is_described_with_its_values_default_and_a_setting_to_type():
    assert describe_key(KEYS, "model.head", 60).splitlines() == [
        'model.head = "softmax"',
        "  values: softmax | crf",
        "",
        "  A crf also learns which tags follow each other, and which",
        "  come first and last.",
        "",
        "  --set model.head=crf",
        "",
        "* if the config does not set it, `tagger train` may choose",
        "another value by the size and kind of the data",
    ]


def test_a_table_is_described_with_its_keys():
    text = describe_key(KEYS, "features.affixes", 100)

    assert text.startswith("features.affixes = { lengths = [1, 2, 3, 4], shape = true")
    assert "\n  features.affixes.lengths = [1, 2, 3, 4]" in text


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("model.unit", "model.units"),
        ("units", "model.units"),
        ("epochs", "training.epochs"),
        ("training.units", "model.units"),
        ("features.words.dropout", "features.words.unknown_rate"),
        ("features.words.foo", None),
        ("sweep.seeds", None),
        ("heads.intent.poll", "heads.intent.pool"),
        ("heads.intent.loss_wieght", "heads.intent.loss_weight"),
        ("heads.intent.layers", "model.units"),
        ("data.source", "data.sources"),
        ("data.sources[1].tran", "data.sources[1].train"),
        ("model.crf", "model.head"),
    ],
)
def test_the_closest_key_of_a_wrong_name(name, meant):
    assert closest_key(name) == meant


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("heads", ["heads.NAME"]),
        ("heads.intent", ["heads.NAME"]),
        ("heads.intent.pool", ["heads.NAME.pool"]),
        ("pool", ["heads.NAME.pool"]),
        ("data.sources[1].dev", ["data.sources.dev"]),
    ],
)
def test_a_key_of_a_head_or_source_is_found_by_any_name(name, keys):
    assert find_keys(KEYS, name) == keys


def test_tables_with_names_and_lists_of_tables_are_headed_as_in_a_config():
    assert describe_key(KEYS, "heads.NAME", 100).startswith("[heads.NAME]\n\n  An output of the network")
    sources = describe_key(KEYS, "data.sources", 100)
    assert sources.startswith("[[data.sources]]\n")
    assert '\n  [[data.sources]]\n  train = "names.tsv"\n  dev = 0.1\n' in sources
    assert "\n## heads.NAME\n" in markdown(KEYS)
    assert "\n### data.sources\n" in markdown(KEYS)


def test_required_keys_are_marked():
    required = [name for name, key in KEYS.items() if key.is_required]
    assert required == ["data.train", "data.sources.train", "features.columns.names"]


class Inner(Section):
    """A table of its own."""

    size: Count = 3
    """Its size."""


class Outer(Section):
    """For these tests."""

    inner: Inner | None = None
    bare: bool = True
    rate: float = planned(0.5)
    """How fast.

    Longer
    text.
    """
    file: str | None = absent("a.txt")
    """A file."""


def test_keys_follow_from_fields():
    keys = reference(Outer, "outer.")

    assert [*keys] == ["outer.inner", "outer.inner.size", "outer.bare", "outer.rate", "outer.file"]
    assert keys["outer.inner"].description == "A table of its own."
    assert keys["outer.bare"].description == ""
    assert (keys["outer.bare"].values, keys["outer.bare"].example) == ("true | false", "false")
    assert keys["outer.rate"].description == "How fast.\n\nLonger text."
    assert keys["outer.rate"].is_planned
    assert (keys["outer.file"].default, keys["outer.file"].example) == ("", '"a.txt"')
