"""What varies in a sweep: lists, ranges, conditions, and what is wrong with them."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.sweeps.coverage import covering
from tagger.sweeps.space import Dimension, Range, Space, shown_setting
from tagger.sweeps.space_tables import parse_space


def space(**tables) -> Space:
    found, problems = parse_space(tables)
    assert not problems
    return found


def problems(**tables) -> list[str]:
    return parse_space(tables)[1]


CELLS = {"values": ["lstm", "gru"]}


def test_a_grid_is_every_combination_once_and_the_last_key_varies_fastest():
    found = space(a=[1, 2], b=["x", "y"])

    assert list(found.grid()) == [{"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "x"}, {"a": 2, "b": "y"}]


def test_whole_tables_and_lists_are_values():
    found = space(**{"features.chars": [False, {"kind": "cnn"}], "model.units": [[64], [64, 64]]})

    assert [shown_setting(setting) for setting in found.grid()] == [
        "features.chars = false, model.units = [64]",
        "features.chars = false, model.units = [64, 64]",
        'features.chars = { kind = "cnn" }, model.units = [64]',
        'features.chars = { kind = "cnn" }, model.units = [64, 64]',
    ]


def test_a_key_without_quotes_is_the_same_key():
    assert space(model={"cell": ["lstm", "gru"]}) == space(**{"model.cell": ["lstm", "gru"]})


def test_a_key_counts_only_under_the_values_that_it_names():
    found = space(cell=["lstm", "gru", "simple_rnn"], reset={"values": [True, False], "when": {"cell": "gru"}})

    assert list(found.grid()) == [
        {"cell": "lstm"},
        {"cell": "gru", "reset": True},
        {"cell": "gru", "reset": False},
        {"cell": "simple_rnn"},
    ]


def test_a_condition_may_name_several_values_and_its_key_may_come_first():
    found = space(rate={"low": 1, "high": 2, "when": {"cell": ["lstm", "gru"]}}, cell=["lstm", "gru", "simple_rnn"])

    assert [len(setting) for setting in found.grid()] == [2, 2, 2, 2, 1]


def test_a_condition_on_a_key_that_does_not_count_does_not_hold():
    found = space(
        a=[1, 2], b={"values": [1, 2], "when": {"a": 1}}, c={"values": ["x", "y"], "when": {"b": [1, 2]}}
    )  # fmt: skip

    assert [setting for setting in found.grid() if "c" in setting and "b" not in setting] == []
    assert {"a": 2} in found.grid()


def test_one_and_true_and_one_point_zero_are_three_values():
    assert [setting["a"] for setting in space(a=[1, True, 1.0]).grid()] == [1, True, 1.0]
    assert space(a=[1, True]).params({"a": True}) == {"a": 1}


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
def test_a_range_that_cannot_be_told_number_by_number_is_no_part_of_a_grid(written):
    (problem,) = space(a=written).grid_problems()

    assert problem.startswith("a: a grid needs single values")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ([], "a: the list is empty; give the values to try"),
        ([1, 2, 1], "a: each value once, got [1, 2, 1]"),
        (3, "a: should be a list of values, { low, high } or { values, when }, got 3"),
        ({"low": 2, "high": 1}, "a: `low` should be less than `high`, got 2 and 1"),
        ({"low": 1}, "a: `high` should be a number, got nothing"),
        ({"low": True, "high": 2}, "a: `low` should be a number, got true"),
        ({"low": 0, "high": 1, "log": True}, "a: `low` should be greater than 0 where `log = true`, got 0"),
        ({"low": 1, "high": 2, "log": 1}, "a: `log` should be true or false, got 1"),
        ({"low": 1, "high": 2, "step": 0}, "a: `step` should be a number greater than 0, got 0"),
        ({"low": 1, "high": 2, "step": 0.5}, "a: `step` should be a whole number, as low and high are, got 0.5"),
        ({"low": 1, "high": 2, "step": 1, "log": True}, "a: `step` does not go with `log = true`"),
        ({"low": 1, "hgih": 2}, "a: unknown `hgih`; did you mean `high`?"),
        (
            {"values": [1], "low": 1},
            "a: `values` is a list, and low, high, log and step make a range: take one of them",
        ),
        ({"values": [1], "when": 3}, "a: `when` should be a table { KEY = VALUE }, got 3"),
        ({"values": [1], "when": {"cel": "gru"}}, "a: `when` names cel, which does not vary; did you mean `cell`?"),
        (
            {"values": [1], "when": {"cell": "rnn"}},
            'a: `when` names cell = "rnn", which is none of its values ["lstm", "gru"]',
        ),
        (
            {"values": [1], "when": {"cell": []}},
            'a: `when` names cell = [], which is none of its values ["lstm", "gru"]',
        ),
        (
            {"values": [1], "when": {"rate": 1}},
            "a: `when` names rate, which is a range; a condition needs a list of values",
        ),
        ({"values": [1], "when": {"a": 1}}, "a: their conditions go in a circle"),
    ],
)
def test_what_is_wrong_with_a_key_is_told(written, expected):
    assert problems(a=written, cell=CELLS, rate={"low": 1, "high": 2}) == [expected]


def test_all_problems_of_a_space_are_told_at_once():
    assert len(problems(a=[], b={"low": 2, "high": 1}, c={"values": [1], "when": {"d": 1}})) == 3


def test_a_condition_on_a_key_that_is_wrong_is_no_problem_of_its_own():
    assert problems(a=[], b={"values": [1], "when": {"a": 1}}) == ["a: the list is empty; give the values to try"]


def test_a_part_of_a_table_that_varies_says_when_it_counts():
    tables = {"chars": [False, {"kind": "cnn"}], "chars.dim": [8, 16]}

    (problem,) = problems(**tables)
    assert problem.startswith("chars.dim: is a part of chars, which varies and is not always a table")
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
def test_each_setting_of_a_grid_comes_once_and_back_from_what_a_study_has_of_it(found):
    settings = list(found.grid())

    assert len({shown_setting(setting) for setting in settings}) == len(settings)
    for setting in settings:
        params = found.params(setting)
        assert params is not None
        assert found.setting(params) == setting


@given(spaces())
def test_a_grid_without_conditions_has_as_many_settings_as_the_product_of_its_lists(found):
    free = Space(tuple(Dimension(dimension.key, dimension.domain) for dimension in found.dimensions))
    lists = [
        of.domain.numbers() or [] if isinstance(of.domain, Range) else of.domain for of in free.dimensions
    ]  # fmt: skip

    assert [tuple(setting.values()) for setting in free.grid()] == list(itertools.product(*lists))


@given(spaces())
def test_settings_that_cover_a_space_have_each_choice_and_each_end_that_can_occur(found):
    covered = {pair for setting in covering(found) for pair in setting.items()}

    assert covered == {(of.key, value) for of in found.dimensions for value in of.corners()}
    assert covered <= {pair for setting in found.grid() for pair in setting.items()}


@given(st.floats(1e-5, 1e-1), st.floats(1.5, 100), st.floats(0, 1))
def test_a_number_of_a_range_is_written_shortly_and_stays_in_it(low, factor, share):
    found = Range(low, low * factor, log=True)
    number = low * factor**share

    assert found.low <= found.told(number) <= found.high
    assert math.isclose(found.told(number), number, rel_tol=1e-3)
    assert found.holds(found.told(number))
