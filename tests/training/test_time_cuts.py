"""Cuts in time: the beginning of each series is train, then come dev and test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.config import Data, parse_config
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.errors import ConfigError
from tagger.training.splits import describe_splits
from tagger.training.time_cuts import cut_in_time


def series(*lengths: int, is_labelled: bool = False) -> list[Sentence]:
    """Series whose tokens are the lines of their steps, from 2."""
    made, line = [], 2
    for n in lengths:
        tokens = tuple(map(str, range(line, line + n)))
        numbers = tuple((float(token),) for token in tokens)
        lines = range(line, line + n)
        answers: tuple[str, ...] = (f"label {line}",) if is_labelled else ()
        tags = None if is_labelled else ("X",) * n
        made.append(
            Sentence(tokens, tags, numbers, path="a.csv", line=line, token_lines=lines, answers=answers)
        )  # fmt: skip
        line += n
    return made


def cut(whole: list[Sentence], **data: object) -> dict[str, list[Sentence]]:
    splits = cut_in_time(whole, Data.model_validate({"train": "a.csv", "split": "time", **data}))
    return {split: [*sentences] for split, sentences in splits.splits.items()}


def lines(splits: dict[str, list[Sentence]]) -> dict[str, list[list[int]]]:
    return {split: [[*map(int, each.tokens)] for each in sentences] for split, sentences in splits.items()}


def test_train_comes_first_then_dev_then_test_in_each_series():
    assert lines(cut(series(10, 5), dev=0.2, test=0.2)) == {
        "train": [[2, 3, 4, 5, 6, 7], [12, 13, 14]],
        "dev": [[8, 9], [15]],
        "test": [[10, 11], [16]],
    }


def test_the_steps_of_a_gap_are_in_no_split():
    assert lines(cut(series(10), dev=0.2, test=0.2, gap=1)) == {
        "train": [[2, 3, 4, 5]], "dev": [[7, 8]], "test": [[10, 11]]
    }  # fmt: skip


@given(st.lists(st.integers(1, 60), min_size=1, max_size=5), st.integers(0, 3), st.sampled_from([0.1, 0.25]))
def test_no_step_is_in_two_splits_and_all_but_gaps_are_in_one(lengths, gap, share):
    whole = series(*lengths)
    try:
        splits = cut(whole, dev=share, test=0.2, gap=gap)
    except ConfigError:
        assert max(lengths) < 5 / share + 6
        return
    steps = [line for parts in lines(splits).values() for part in parts for line in part]

    assert len(steps) == len(set(steps)) == sum(lengths) - 2 * gap * len(splits["test"])
    for each in (each for sentences in splits.values() for each in sentences):
        assert [*map(int, each.tokens)] == [*(each.token_lines or [each.line])]
        assert each.numbers == tuple((float(token),) for token in each.tokens)


def test_a_short_series_is_whole_in_train_and_the_log_says_so():
    data = Data(train="a.csv", dev=0.1, split="time")
    splits = cut_in_time(series(20, 1), data).splits

    assert [len(each) for each in splits["train"]] == [18, 1]
    assert describe_splits(splits, data) == (
        "a.csv is cut in time, each series by itself: train 19 steps (90.5%), dev 2 steps (9.5%); "
        "1 short series whole in train"
    )


@pytest.mark.parametrize("options", [{"dev": 0.1}, {"dev": 0.4, "gap": 3}])
def test_series_that_are_all_too_short_are_an_error_with_line_and_hint(options):
    with pytest.raises(
        ConfigError, match=r'data\.split: "time" cannot cut 2 series: the longest, at a\.csv:3'
    ) as caught:
        cut(series(1, 4), **options)
    assert "data.gap" in (caught.value.hint or "")


def test_both_parts_of_a_series_have_its_label():
    splits = cut_in_time(
        series(10, 10, is_labelled=True), Data(train="a.csv", test=0.5, split="time")
    ).splits

    assert [each.answers for each in splits["test"]] == [("label 2",), ("label 12",)]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"split": "time"}, 'needs a share of train as `dev` or `test`'),
        ({"split": "time", "dev": 0.1, "group": "id"}, "`folds` and `group` cannot be set beside it"),
        ({"gap": 3, "dev": 0.1}, '`gap` is for `split = "time"`'),
    ],
)  # fmt: skip
def test_keys_that_exclude_each_other_are_reported(data, problem):
    with pytest.raises(ConfigError) as caught:
        parse_config({"data": {"train": "a.csv", **data}})
    assert problem in str(caught.value)


def test_parts_of_sentences_are_those_of_the_list():
    whole = Sentences.collect(series(5, 4))
    parts = whole.cut(np.array([1, 0, 0]), np.array([0, 2, 0]), np.array([4, 3, 1]))

    assert [each.tokens for each in parts] == [whole[1].tokens, whole[0].tokens[2:], whole[0].tokens[:1]]
    assert [each.line for each in parts] == [7, 4, 2]
