"""Cuts in time: the beginning of each series is train, then come dev and test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.config import Data, parse_config
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.encoding.batches import NOT_SCORED
from tagger.errors import ConfigError
from tagger.evaluation.scores import evaluate_tagger
from tagger.tagging.tagger import Tagger
from tagger.training.prepare import prepare
from tagger.training.splits import describe_splits
from tagger.training.time_cuts import cut_in_time, shorten_context, steps_of_parts
from tests.bundles import save_steps_bundle


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


def test_dev_and_test_come_after_the_steps_before_them_without_their_states():
    whole = series(10, 5)
    cuts = cut_in_time(whole, Data(train="a.csv", dev=0.2, test=0.2, split="time"), max_context=3)
    dev, test = cuts.in_context["dev"], cuts.in_context["test"]

    assert lines({"dev": [*dev], "test": [*test]}) == {
        "dev": [[5, 6, 7, 8, 9], [12, 13, 14, 15]], "test": [[7, 8, 9, 10, 11], [13, 14, 15, 16]]
    }  # fmt: skip
    assert dev[0].numbers == ((5.0,), (6.0,), (7.0,), (8.0,), (9.0,))
    assert {each.tags for each in (*dev, *test)} == {None}
    assert steps_of_parts(dev, cuts.splits["dev"]).tolist() == [3, 4, 8]


def test_steps_of_a_gap_are_context():
    cuts = cut_in_time(series(10), Data(train="a.csv", dev=0.2, gap=2, split="time"), max_context=3)

    assert lines({"dev": [*cuts.in_context["dev"]]}) == {"dev": [[7, 8, 9, 10, 11]]}


def test_a_context_is_shortened_from_its_beginning():
    cuts = cut_in_time(series(10, 5), Data(train="a.csv", dev=0.2, split="time"))
    short = shorten_context(cuts.in_context["dev"], cuts.splits["dev"], 1)

    assert lines({"dev": [*short]}) == {"dev": [[9, 10, 11], [15, 16]]}


def test_a_tagger_reads_the_context_and_is_scored_on_the_part(tmp_path):
    tagger = Tagger.load(save_steps_bundle(tmp_path / "bundle"), threads=1)
    rows = np.random.default_rng(2).normal(0, 3, (30, 2)).tolist()
    whole = Sentence(tuple(map(str, range(30))), ("A",) * 30, numbers=tuple(map(tuple, rows)), path="a.csv", line=2)
    cuts = cut_in_time([whole], Data(train="a.csv", test=0.3, split="time"))
    test = cuts.splits["test"]

    (in_context,) = evaluate_tagger(tagger, test, in_context=cuts.in_context["test"])[1]
    (cold,) = evaluate_tagger(tagger, test)[1]
    (expected,) = tagger.tag([whole])

    assert (in_context.tokens, in_context.tags) == (whole.tokens[21:], expected.tags[21:])
    assert in_context.confidence == pytest.approx(expected.confidence[21:], abs=1e-6)
    assert in_context.sentence == test[0]
    assert in_context.is_series
    assert cold.confidence != pytest.approx(expected.confidence[21:], abs=1e-6)


def test_a_series_in_context_has_ids_where_its_part_is_and_nowhere_else(tmp_path):
    rows = "".join(f"{i},{i * 7 % 11 / 4},{'AB'[i // 3 % 2]}\n" for i in range(40))
    (tmp_path / "a.csv").write_text(f"time,force,state\n{rows}")
    data = {"train": str(tmp_path / "a.csv"), "dev": 0.25, "split": "time", "token": "time", "tag": "state"}
    features = {"words": False, "casing": False, "numeric": ["force"]}
    prepared = prepare(parse_config({"data": data, "features": features, "training": {"max_steps": 7}}))
    dev = prepared.encode("dev")

    assert dev.lengths.tolist() == [17]
    assert dev.tags["head"][:7].tolist() == [NOT_SCORED] * 7
    assert dev.tags["head"][7:].tolist() == [i // 3 % 2 for i in range(30, 40)]
    assert prepared.answer_steps("dev", prepared.heads[0]).tolist() == [*range(7, 17)]


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
    splits = cut_in_time(series(10, 10, is_labelled=True), Data(train="a.csv", test=0.5, split="time")).splits

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
