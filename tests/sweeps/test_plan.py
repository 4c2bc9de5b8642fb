"""A sweep's file: the configs of its trials, and all its problems in one message."""

import tomllib

import pytest

from tagger.config import parse_config
from tagger.errors import ConfigError, DataError
from tagger.sweeps.plan import Plan, load_plan
from tagger.sweeps.trials import FileHashes, digest, trial_name
from tests import ROOT

CONFIGS = ROOT / "configs"
BASE = '[data]\ntrain = "train.tsv"\ndev = "dev.tsv"\ntest = "test.tsv"\n'


@pytest.fixture
def load(tmp_path):
    """Write a sweep's file and its base, and load it."""

    def load(sweep: str, space: str = '"model.cell" = ["lstm", "gru"]', base: str = BASE) -> Plan:
        (tmp_path / "base.toml").write_text(base)
        path = tmp_path / "many.toml"
        path.write_text(f'base = "base.toml"\n{sweep}\n[sweep.space]\n{space}\n')
        return load_plan(path)

    return load


def problems(load, *arguments, **options) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(*arguments, **options)
    head, *lines = caught.value.message.split("\n")
    assert head.endswith(f"many.toml: {len(lines)} problem{'s' if len(lines) > 1 else ''}")
    return [line.strip() for line in lines]


def test_the_config_of_a_trial_is_the_base_with_a_setting_and_a_seed_but_without_test(load, tmp_path):
    plan = load("[training]\nepochs = 3", '"model.units" = [[8], [8, 8]]')
    config = plan.config(plan.settings[1], 7)

    assert (config.model.units, config.training.seed, config.training.epochs) == ([8, 8], 7, 3)
    assert (config.data.train, config.data.test) == (str(tmp_path / "train.tsv"), None)
    assert plan.config(plan.settings[1], 7, with_test=True).data.test == str(tmp_path / "test.tsv")


def test_the_file_overrides_the_base_key_by_key(load):
    plan = load(
        "[features]\nwords = { dim = 8 }", base=BASE + "[features]\nwords = { min_count = 2 }\ncasing = false\n"
    )

    assert plan.base.features.words is not None
    assert (plan.base.features.words.dim, plan.base.features.words.min_count) == (8, 2)
    assert plan.base.features.casing is False


def test_paths_are_relative_to_the_file_that_names_them(load, tmp_path):
    plan = load("", '"features.words" = [{ vectors = "glove.txt" }, { vectors = "glove:50d" }]')
    word_features = [plan.config(setting, 1).features.words for setting in plan.settings]

    assert [words and words.vectors for words in word_features] == [str(tmp_path / "glove.txt"), "glove:50d"]


def test_a_table_is_set_before_its_keys(load):
    space = '"features.chars.dim" = { values = [8], when = { "features.chars" = { kind = "cnn" } } }\n'
    plan = load("", space + '"features.chars" = [false, { kind = "cnn" }]')
    chars = [plan.config(setting, 1).features.chars for setting in plan.settings]

    assert [(each.kind, each.dim) if each else None for each in chars] == [None, ("cnn", 8)]


def test_all_problems_of_a_sweep_are_reported_at_once(load):
    space = """
"model.cel" = ["lstm", "gru"]
"model.units" = []
"training.learning_rate" = { low = 1e-2, high = 1e-4, log = true }
"training.epochs" = [0, 3]
"model.reset_after" = { values = [true, false], when = { "model.cell" = "gru" } }
"""
    assert problems(load, '[sweep]\nseeds = [1, 1]\nsampeler = "grid"', space) == [
        "sweep.seeds: seeds should not repeat, got [1, 1]",
        "sweep.sampeler: unknown key; did you mean `sampler`?",
        "sweep.space: model.units: the list is empty; give the values to try",
        "sweep.space: training.learning_rate: `low` should be less than `high`, got 0.01 and 0.0001",
        "sweep.space: model.reset_after: `when` names model.cell, which does not vary; did you mean `model.cel`?",
        "model.cel: unknown key; did you mean `cell`?",
        "training.epochs: should be greater than 0, got 0",
    ]


@pytest.mark.parametrize("sampler", ["grid", "random", "tpe"])
def test_an_impossible_setting_is_reported_with_its_values_for_every_sampler(load, sampler):
    space = '"model.residual" = [false, true]\n"model.units" = [[8], [8, 16]]'
    (problem,) = problems(load, f'[sweep]\nsampler = "{sampler}"', space)

    assert problem.startswith("model: `residual` adds the input of a layer")
    assert problem.endswith("(with model.residual = true, model.units = [8, 16])")


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_the_ends_of_a_range_are_checked_for_every_sampler(load, sampler):
    reported = problems(
        load, f'[sweep]\nsampler = "{sampler}"\nsettings = 1', '"model.dropout" = { low = 0.0, high = 1.5 }'
    )

    assert reported == ["model.dropout: should be less than 1.0, got 1.5"]


@pytest.mark.parametrize("sampler", ["grid", "random", "tpe"])
def test_a_condition_without_a_value_is_reported_for_every_sampler(load, sampler):
    space = '"model.cell" = ["lstm", "gru"]\n"model.reset_after" = { values = [true], when = { "model.cell" = [] } }'
    (problem,) = problems(load, f'[sweep]\nsampler = "{sampler}"', space)

    assert problem.startswith("sweep.space: model.reset_after: `when` names model.cell = [], which is not one of")


@pytest.mark.parametrize(
    ("sweep", "space", "expected"),
    [
        ("", '"training.seed" = [1, 2]', "sweep.space: training.seed: cannot vary: use `seeds` in [sweep]"),
        (
            "",
            '"training.metric" = ["accuracy", "macro_f1"]',
            "sweep.space: training.metric: cannot vary: scores of different metrics",
        ),
        (
            "",
            '"data.test" = ["a.tsv"]',
            "sweep.space: data.test: cannot vary: only the winner is scored on test",
        ),
        ("[sweep]\nsettings = 3", '"model.cell" = ["gru"]', "sweep.settings: is used with sampler ="),
        ("", '"model.dropout" = { low = 0.1, high = 0.5 }', "sweep.space: model.dropout: a grid needs single values"),
        ("[training]\nepochs = 0", '"model.cell" = ["gru"]', "training.epochs: should be greater than 0, got 0"),
        ("[training]\nepoch = 3", '"model.cell" = ["gru"]', "training.epoch: unknown key; did you mean `epochs`?"),
        ("[sweeep]", '"model.cell" = ["gru"]', "sweeep: unknown key; did you mean `sweep`?"),
        ("", "", "sweep.space: should not be empty"),
        ("", '"training.batch_size" = { low = 1, high = 20000 }', "sweep.space: a grid of more than 10,000 settings"),
    ],
)
def test_an_invalid_sweep_is_reported(load, sweep, space, expected):
    (problem,) = problems(load, sweep, space)

    assert problem.startswith(expected)


def test_a_base_without_dev_is_an_error(load):
    (problem,) = problems(load, "", base='[data]\ntrain = "a.tsv"\n')

    assert problem.startswith("data.dev: missing")


@pytest.mark.parametrize("split_keys", ["test = 0.1", "folds = 5\nfold = 2"])
def test_a_test_split_that_is_split_off_train_is_kept_so_that_no_trial_trains_on_it(load, split_keys):
    plan = load("", base=f'[data]\ntrain = "a.tsv"\ndev = 0.1\n{split_keys}\n')
    data = plan.config(plan.settings[0], 1).data

    assert (data.test, data.folds, data.fold) == (plan.base.data.test, plan.base.data.folds, plan.base.data.fold)
    assert data.test or data.folds


def test_an_invalid_path_is_reported(load):
    (problem,) = problems(load, "", '"features.words" = [{ vectors = "a\\u0000b" }]')

    assert problem.endswith("a path cannot hold a NUL")


def test_random_settings_are_reproducible_and_a_larger_sample_begins_with_the_smaller(load):
    space = '"model.dropout" = { low = 0.1, high = 0.5 }\n"model.cell" = ["lstm", "gru"]'
    few, again, more = (load(f'[sweep]\nsampler = "random"\nsettings = {n}', space).settings for n in (5, 5, 9))

    assert few == again == more[:5]
    assert len({str(setting) for setting in more}) == 9


def test_there_are_no_more_random_settings_than_the_space_has(load):
    plan = load('[sweep]\nsampler = "random"\nsettings = 50', '"model.cell" = ["lstm", "gru"]')

    assert (len(plan.settings), plan.n_trials) == (2, 6)


def test_the_sweeps_of_this_project_are_valid():
    for path, n_trials in (("sweep-svo.toml", 36), ("sweep-pos.toml", 80)):
        assert load_plan(CONFIGS / path).n_trials == n_trials


# Names


def named(tables, **changes):
    return trial_name(parse_config({**tables, **changes}), FileHashes())


def test_a_trial_name_depends_on_the_config_and_data_but_not_on_paths(tmp_path):
    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "train.tsv").write_text("John\tS\n\nJane\tS\n")
    (tmp_path / "other.tsv").write_text("John\tO\n\nJane\tO\n")
    paths = ("here/train.tsv", "there/train.tsv", "other.tsv")
    here, there, other = ({"data": {"train": str(tmp_path / path), "dev": 0.5}} for path in paths)

    assert named(here) == named(there) == named(here, model={"cell": "lstm"})
    names = {named(here), named(other), named(here, model={"cell": "gru"}), named(here, training={"seed": 2})}
    assert len(names) == 4
    assert all(len(name) == 12 for name in names)


def test_a_trial_keeps_the_name_that_an_earlier_version_gave_it(tmp_path):
    (tmp_path / "train.tsv").write_text("John\tS\n")
    config, hashes = parse_config({"data": {"train": str(tmp_path / "train.tsv")}}), FileHashes()
    tables = config.model_dump(mode="json")
    tables["data"]["train"], tables["training"]["strategy"] = "a file", "none"
    del tables["training"]["adversarial"], tables["training"]["min_epochs"]  # which it did not have
    del tables["data"]["label"], tables["data"]["sources"], tables["heads"], tables["training"]["best_head"]
    del tables["data"]["max_tokens"], tables["data"]["split"], tables["data"]["gap"]
    del tables["features"]["numeric_missing"], tables["model"]["min_duration"]
    for feature in ("words", "affixes"):
        tables["features"][feature]["dropout"] = tables["features"][feature].pop("unknown_rate")

    assert trial_name(config, hashes) == digest([tables, hashes.of_config(config)])[:12]


def test_the_name_of_a_trial_depends_on_its_heads_and_on_the_files_of_its_sources(tmp_path):
    for file, tag in (("a", "S"), ("b", "S"), ("c", "O")):
        (tmp_path / f"{file}.tsv").write_text(f"John\t{tag}\n")
    heads = {"pos": {"tag": 1}}

    def name(*files, **more):
        sources = [{"train": str(tmp_path / f"{file}.tsv"), **more} for file in files]
        return named({"data": {"sources": sources}, "heads": heads})

    assert name("a", "c") == name("b", "c")
    names = {name("a"), name("a", "c"), name("c", "a"), name("a", "c", dev=0.5), name("a", "c", heads={"pos": 0})}
    assert len(names) == 5
    plain = {"data": {"train": str(tmp_path / "a.tsv")}}
    assert len({named(plain), named(plain, heads=heads), named({"data": plain["data"] | {"label": "x"}})}) == 3


SOURCES = """[heads.pos]
tag = 1
[heads.intent]
label = "intent"
[[data.sources]]
train = "a.tsv"
test = "test.tsv"
[[data.sources]]
train = "b.tsv"
dev = 0.1
test = 0.2
"""


def test_settings_of_heads_vary_and_the_file_of_test_of_a_source_is_left_out(load):
    plan = load("[heads.pos]\nloss_weight = 2.0", '"heads.intent.pool" = ["last", "mean"]', base=SOURCES)
    configs = [plan.config(setting, 1) for setting in plan.settings]

    assert [config.heads["intent"].pool for config in configs] == ["last", "mean"]
    assert all(config.heads["pos"].loss_weight == 2.0 for config in configs)
    assert [source.test for source in configs[0].data.sources] == [None, 0.2]
    assert [source.test is None for source in plan.config({}, 1, with_test=True).data.sources] == [False, False]
    assert configs[0].heads["pos"].model_fields_set == type(configs[0].heads["pos"]).model_fields.keys()


def test_problems_of_keys_of_heads_name_the_key(load):
    space = (
        '"heads.intent.poll" = ["last", "mean"]\n"heads.pos.metric" = ["accuracy", "macro_f1"]\n'
        '"heads.pos.pool" = ["last", "max"]'
    )

    assert {
        "sweep.space: heads.pos.metric: cannot vary: scores of different metrics cannot be compared",
        "heads.intent.poll: unknown key; did you mean `pool`?",
    } <= {*problems(load, "", space, base=SOURCES)}
    (problem,) = problems(load, "", '"heads.pos.pool" = ["last", "max"]', base=SOURCES)
    assert problem == "heads.pos.pool: is for a head of labels, and this one has `tag`"
    (problem,) = problems(load, '[sweep]\nmetric = "span_f1"', '"heads.intent.pool" = ["last"]', base=SOURCES)
    assert problem == "sweep.metric: cannot be set beside [heads]; each head has its own `metric`"


def test_a_missing_file_is_reported_with_its_key(tmp_path):
    with pytest.raises(DataError, match=r"none\.tsv: cannot be read \(data\.train\): No such file"):
        named({"data": {"train": str(tmp_path / "none.tsv")}})


def test_the_sweep_of_three_cells_varies_cell_direction_and_units():
    space = tomllib.loads((CONFIGS / "sweep-svo.toml").read_text())["sweep"]["space"]

    assert {key: len(values) for key, values in space.items()} == {
        "model.cell": 3, "model.bidirectional": 2, "model.units": 2,
    }  # fmt: skip


def test_the_config_of_a_trial_sets_every_key(load):
    plan = load("")

    config = plan.config(plan.settings[0], 1)

    for section in (config.data, config.features, config.model, config.training):
        assert section.model_fields_set == type(section).model_fields.keys()
