"""Space of a sweep: lists, ranges, conditions, and their problems."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.sweeps.coverage import covering_settings
from tagger.sweeps.sampling import setting_of_params, study_params
from tagger.sweeps.space import Dimension, Range, Space, format_setting
from tagger.sweeps.space_tables import parse_space


def space(**tables) -> Space:
    parsed, problems = parse_space(tables)
    assert not problems
    return parsed


def problems(**tables) -> list[str]:
    return parse_space(tables)[1]


CELLS = {"values": ["lstm", "gru"]}


def test_a_grid_has_every_combination_once_and_the_last_key_varies_fastest():
    parsed = space(a=[1, 2], b=["x", "y"])

    assert list(parsed.grid()) == [{"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "x"}, {"a": 2, "b": "y"}]


def test_tables_and_lists_can_be_values():
    parsed = space(**{"features.chars": [False, {"kind": "cnn"}], "model.units": [[64], [64, 64]]})

    assert [format_setting(setting) for setting in parsed.grid()] == [
        "features.chars = false, model.units = [64]",
        "features.chars = false, model.units = [64, 64]",
        'features.chars = { kind = "cnn" }, model.units = [64]',
        'features.chars = { kind = "cnn" }, model.units = [64, 64]',
    ]


def test_a_dotted_key_may_be_written_without_quotes():
    assert space(model={"cell": ["lstm", "gru"]}) == space(**{"model.cell": ["lstm", "gru"]})


def test_a_key_applies_only_under_its_condition():
    parsed = space(cell=["lstm", "gru", "simple_rnn"], reset={"values": [True, False], "when": {"cell": "gru"}})

    assert list(parsed.grid()) == [
        {"cell": "lstm"},
        {"cell": "gru", "reset": True},
        {"cell": "gru", "reset": False},
        {"cell": "simple_rnn"},
    ]


def test_a_condition_may_name_several_values_and_a_later_key():
    parsed = space(rate={"low": 1, "high": 2, "when": {"cell": ["lstm", "gru"]}}, cell=["lstm", "gru", "simple_rnn"])

    assert [len(setting) for setting in parsed.grid()] == [2, 2, 2, 2, 1]


def test_a_condition_on_a_key_that_does_not_apply_is_false():
    parsed = space(
        a=[1, 2], b={"values": [1, 2], "when": {"a": 1}}, c={"values": ["x", "y"], "when": {"b": [1, 2]}}
    )  # fmt: skip

    assert [setting for setting in parsed.grid() if "c" in setting and "b" not in setting] == []
    assert {"a": 2} in parsed.grid()


def test_1_and_true_and_1_0_are_three_values():
    assert [setting["a"] for setting in space(a=[1, True, 1.0]).grid()] == [1, True, 1.0]
    assert space(a=[1, True]).to_params({"a": True}) == {"a": 1}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"low": 2, "high": 8, "step": 3}, [2, 5, 8]),
        ({"low": 2, "high": 9, "step": 3}, [2, 5, 8]),
        ({"low": 1, "high": 3}, [1, 2, 3]),
        ({"low": 0.1, "high": 0.3, "step": 0.1}, [0.1, 0.2, 0.3]),
    ],
)
def test_a_range_with_steps_is_a_list_in_a_grid(written, expected):
    assert [setting["a"] for setting in space(a=written).grid()] == expected


@pytest.mark.parametrize("written", [{"low": 0.1, "high": 0.3}, {"low": 1, "high": 64, "log": True}])
def test_a_range_that_cannot_be_enumerated_is_a_problem_in_a_grid(written):
    (problem,) = space(a=written).grid_problems()

    assert problem.startswith("a: a grid needs single values")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ([], "a: the list is empty; give the values to try"),
        ([1, 2, 1], "a: values should not repeat, got [1, 2, 1]"),
        (3, "a: should be a list of values, { low, high } or { values, when }, got 3"),
        ({"low": 2, "high": 1}, "a: `low` should be less than `high`, got 2 and 1"),
        ({"low": 1}, "a: `high` should be a number, got nothing"),
        ({"low": True, "high": 2}, "a: `low` should be a number, got true"),
        ({"low": 0, "high": 1, "log": True}, "a: `low` should be greater than 0 with `log = true`, got 0"),
        ({"low": 1, "high": 2, "log": 1}, "a: `log` should be true or false, got 1"),
        ({"low": 1, "high": 2, "step": 0}, "a: `step` should be a number greater than 0, got 0"),
        ({"low": 1, "high": 2, "step": 0.5}, "a: `step` should be a whole number, as low and high are, got 0.5"),
        ({"low": 1, "high": 2, "step": 1, "log": True}, "a: `step` cannot be used with `log = true`"),
        ({"low": 1, "hgih": 2}, "a: unknown `hgih`; did you mean `high`?"),
        (
            {"values": [1], "low": 1},
            "a: takes either `values` or a range (`low`, `high`, `log`, `step`), not both",
        ),
        ({"values": [1], "when": 3}, "a: `when` should be a table { KEY = VALUE }, got 3"),
        ({"values": [1], "when": {"cel": "gru"}}, "a: `when` names cel, which does not vary; did you mean `cell`?"),
        (
            {"values": [1], "when": {"cell": "rnn"}},
            'a: `when` names cell = "rnn", which is not one of its values ["lstm", "gru"]',
        ),
        (
            {"values": [1], "when": {"cell": []}},
            'a: `when` names cell = [], which is not one of its values ["lstm", "gru"]',
        ),
        (
            {"values": [1], "when": {"rate": 1}},
            "a: `when` names rate, which is a range; a condition needs a list of values",
        ),
        ({"values": [1], "when": {"a": 1}}, "a: circular conditions"),
    ],
)
def test_an_invalid_key_is_reported(written, expected):
    assert problems(a=written, cell=CELLS, rate={"low": 1, "high": 2}) == [expected]


def test_all_problems_of_a_space_are_reported_at_once():
    assert len(problems(a=[], b={"low": 2, "high": 1}, c={"values": [1], "when": {"d": 1}})) == 3


def test_a_condition_on_an_invalid_key_is_not_reported_as_well():
    assert problems(a=[], b={"values": [1], "when": {"a": 1}}) == ["a: the list is empty; give the values to try"]


def test_a_key_of_a_table_that_varies_needs_a_condition():
    tables = {"chars": [False, {"kind": "cnn"}], "chars.dim": [8, 16]}

    (problem,) = problems(**tables)
    assert problem.startswith("chars.dim: belongs to chars, which varies and is not always a table")
    tables["chars.dim"] = {"values": [8, 16], "when": {"chars": {"kind": "cnn"}}}
    assert len(list(space(**tables).grid())) == 3


# Any space

values = st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True)


@st.composite
def spaces(draw) -> Space:
    """Up to four keys; each may have a condition on one before it."""
    dimensions: list[Dimension] = []
    for key in "abcd"[: draw(st.integers(1, 4))]:
        before = [other for other in dimensions if not isinstance(other.domain, Range)]
        when = {}
        if before and draw(st.booleans()):
            other = draw(st.sampled_from(before))
            when = {other.key: draw(st.lists(st.sampled_from(other.domain), min_size=1, unique=True))}
        low = draw(st.integers(-3, 3))
        a_range = Range(low, low + draw(st.integers(1, 6)), step=draw(st.integers(1, 3)))
        dimensions.append(Dimension(key, draw(values.map(tuple) | st.just(a_range)), when))
    return Space(tuple(dimensions))


@given(spaces())
def test_settings_of_a_grid_are_unique_and_survive_conversion_to_parameters_and_back(space):
    settings = list(space.grid())

    assert len({format_setting(setting) for setting in settings}) == len(settings)
    for setting in settings:
        params = space.to_params(setting)
        assert params is not None
        assert space.from_params(params) == setting


@given(spaces())
def test_a_grid_without_conditions_has_as_many_settings_as_the_product_of_its_lists(space):
    free = Space(tuple(Dimension(dimension.key, dimension.domain) for dimension in space.dimensions))
    lists = [
        dimension.domain.values() or [] if isinstance(dimension.domain, Range) else dimension.domain
        for dimension in free.dimensions
    ]  # fmt: skip

    assert [tuple(setting.values()) for setting in free.grid()] == list(itertools.product(*lists))


@given(spaces())
def test_covering_settings_contain_every_choice_and_both_ends_of_every_range(space):
    covered = {pair for setting in covering_settings(space) for pair in setting.items()}

    assert covered == {(dimension.key, value) for dimension in space.dimensions for value in dimension.corners()}
    assert covered <= {pair for setting in space.grid() for pair in setting.items()}


@given(st.floats(1e-5, 1e-1), st.floats(1.5, 100), st.floats(0, 1))
def test_a_rounded_number_stays_in_its_range(low, factor, fraction):
    interval = Range(low, low * factor, log=True)
    number = low * factor**fraction

    assert interval.low <= interval.rounded(number) <= interval.high
    assert math.isclose(interval.rounded(number), number, rel_tol=1e-3)
    assert interval.contains(interval.rounded(number))


def test_a_renamed_key_keeps_its_earlier_name_in_a_study():
    space = Space((Dimension("features.words.unknown_rate", (0.1, 0.5)),))

    params = study_params(space, {"features.words.unknown_rate": 0.5})

    assert params == {"features.words.dropout": 1}
    assert setting_of_params(space, params) == {"features.words.unknown_rate": 0.5}
