"""Splitting train's file by shares or folds, with groups kept whole and a seed."""

from itertools import chain, combinations
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.config import Data, parse_config
from tagger.corpus.layout import Layout
from tagger.corpus.sentence import Sentence
from tagger.errors import ConfigError
from tagger.training import train
from tagger.training.splits import describe_splits, layout_of_train, needs_split, split_train, write_splits


def sentences(*groups: str) -> list[Sentence]:
    return [Sentence((f"w{i}",), ("X",), group=group, path="a.tsv", line=i) for i, group in enumerate(groups, 1)]


def split_indices(whole: list[Sentence], **data) -> dict[str, list[int]]:
    """The lines of each split."""
    splits = split_train(whole, Data(train="a.tsv", **data))
    return {split: [whole[position].line for position in positions] for split, positions in splits.items()}


def sizes(splits: dict[str, list[int]]) -> dict[str, int]:
    return {split: len(lines) for split, lines in splits.items()}


SHARES = st.floats(0.01, 0.49)
GROUPED = st.lists(st.sampled_from("abcdefghij"), min_size=3, max_size=40).filter(lambda groups: len(set(groups)) > 2)


def test_shares_refer_to_all_sentences_of_the_file():
    assert sizes(split_indices(sentences(*[""] * 20), dev=0.25)) == {"train": 15, "dev": 5}
    assert sizes(split_indices(sentences(*[""] * 20), test=0.1)) == {"train": 18, "test": 2}
    assert sizes(split_indices(sentences(*[""] * 20), dev=0.25, test=0.5)) == {"train": 5, "dev": 5, "test": 10}
    assert sizes(split_indices(sentences(*[""] * 20), dev=0.1, folds=4, fold=1)) == {"train": 13, "dev": 2, "test": 5}
    assert sizes(split_indices(sentences(*[""] * 3), dev=0.01, test=0.9)) == {"train": 1, "dev": 1, "test": 1}


@given(GROUPED, SHARES, SHARES, st.booleans(), st.integers(0, 9))
def test_each_sentence_is_in_one_split_in_order_and_no_group_in_two(groups, dev, test, is_grouped, seed):
    whole = sentences(*groups)
    options = {"dev": dev, "test": test, "seed": seed, **({"group": "document"} if is_grouped else {})}

    splits = split_indices(whole, **options)

    assert list(splits) == ["train", "dev", "test"]
    assert all(lines == sorted(lines) and lines for lines in splits.values())
    assert sorted(chain.from_iterable(splits.values())) == [sentence.line for sentence in whole]
    if is_grouped:
        groups_of = {split: {groups[line - 1] for line in lines} for split, lines in splits.items()}
        assert not any(groups_of[one] & groups_of[other] for one, other in combinations(groups_of, 2))
    assert split_indices(whole, **options) == splits


@given(GROUPED, st.data(), st.booleans(), st.integers(0, 9))
def test_each_sentence_is_in_the_test_of_one_fold_and_no_group_in_two(groups, data, is_grouped, seed):
    whole = sentences(*groups)
    n_folds = data.draw(st.integers(2, len(set(groups))))
    options = {"folds": n_folds, "seed": seed, **({"group": "document"} if is_grouped else {})}

    tests = [split_indices(whole, fold=fold, **options)["test"] for fold in range(1, n_folds + 1)]

    assert sorted(chain.from_iterable(tests)) == [sentence.line for sentence in whole]
    if is_grouped:
        groups_of_tests = [{groups[line - 1] for line in lines} for lines in tests]
        assert sum(map(len, groups_of_tests)) == len(set(groups))
    else:
        assert max(map(len, tests)) - min(map(len, tests)) <= 1


@given(GROUPED, SHARES, st.integers(0, 9))
def test_share_is_as_close_as_whole_groups_allow(groups, share, seed):
    counts = [groups.count(group) for group in set(groups)]
    target = max(1, round(len(groups) * share))
    sums = {sum(some) for n in range(1, len(counts)) for some in combinations(counts, n)}

    dev = split_indices(sentences(*groups), dev=share, group="speaker", seed=seed)["dev"]

    assert abs(len(dev) - target) == min(abs(total - target) for total in sums)


def test_folds_are_as_equal_as_their_groups_allow():
    whole = sentences(*"aaaaabbbccdef")  # 13 sentences; the largest group in one fold, b and c in another, the rest

    tests = [split_indices(whole, folds=3, fold=fold, group="document")["test"] for fold in (1, 2, 3)]

    assert sorted(map(len, tests)) == [4, 4, 5]


def test_splits_depend_on_the_seed_alone_and_never_change():
    whole = sentences(*"abcdefghij")

    assert split_indices(whole, dev=0.3, test=0.2) == {"train": [2, 3, 5, 7, 8], "dev": [1, 4, 6], "test": [9, 10]}
    assert split_indices(whole, dev=0.3, test=0.2, group="doc") == split_indices(whole, dev=0.3, test=0.2)
    assert split_indices(whole, dev=0.3, seed=2) != split_indices(whole, dev=0.3, seed=1)


def test_test_split_is_the_same_if_dev_is_split_off_too():
    whole = sentences(*"aabbccddeeff")

    assert (
        split_indices(whole, test=0.3, group="doc")["test"]
        == split_indices(whole, test=0.3, dev=0.2, group="doc")["test"]
    )


@pytest.mark.parametrize(
    ("groups", "options", "message"),
    [
        ("a", {"dev": 0.1}, "data.dev: a share cannot be split off 1 group (first at a.tsv:1)"),
        ("ab", {"dev": 0.1, "test": 0.1}, "data.dev: a share cannot be split off 1 group (first at a.tsv:"),
        ("ab", {"folds": 3, "fold": 1}, "data.folds: 3 folds cannot be made of 2 groups (first at a.tsv:1)"),
        ("aa", {"dev": 0.1, "group": "doc"}, "data.group: all sentences of a.tsv belong to one group, 'a'"),
        (
            "aab",
            {"folds": 3, "fold": 1, "group": "doc"},
            "data.folds: 3 folds cannot be made of 2 groups (first at a.tsv:1)",
        ),
    ],
)
def test_too_few_groups_are_refused(groups, options, message):
    with pytest.raises(ConfigError) as caught:
        split_indices(sentences(*groups), **options)

    assert caught.value.message.startswith(message)


def test_file_without_document_marks_is_refused_with_a_hint_at_their_form():
    with pytest.raises(ConfigError, match=r'data\.group: "document": a\.tsv has no document marks') as caught:
        split_indices(sentences("document 0", "document 0"), dev=0.1, group="document")

    assert "-DOCSTART-" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("options", "expected"), [({"dev": 0.1}, True), ({"test": 0.1}, True), ({"folds": 2, "fold": 1}, True), ({}, False)]
)
def test_groups_are_read_only_if_train_is_split(options, expected):
    data = Data(train="a", group="doc", **options)

    assert needs_split(data) is expected
    assert layout_of_train(Layout(), data).group == ("doc" if expected else None)


def test_description_of_a_cut_has_actual_and_requested_shares():
    data = Data(train="a.tsv", dev=0.1, folds=3, fold=2, group="doc")

    whole = sentences(*"aaaabbbccdde")
    splits = {
        split: [whole[position] for position in positions] for split, positions in split_train(whole, data).items()
    }

    assert describe_splits(splits, data) == (
        'a.tsv is split at random (data.seed = 1, data.group = "doc"): train 50.0% (2 groups), '
        "dev 16.7% (1 group, 10.0% requested), test 33.3% (fold 2 of 3, 2 groups)"
    )


def test_table_has_the_split_of_each_sentence(tmp_path):
    whole = sentences("a\tb", "c", "c")

    write_splits(tmp_path / "splits.tsv", {"train": whole[1:], "dev": whole[:1]})

    assert (tmp_path / "splits.tsv").read_text() == (
        "split\tfile\tline\tgroup\ndev\ta.tsv\t1\ta\\tb\ntrain\ta.tsv\t2\tc\ntrain\ta.tsv\t3\tc\n"
    )


def test_run_writes_the_table_only_if_train_is_split(tmp_path, monkeypatch):
    (tmp_path / "a.tsv").write_text("Anna\tS\n\nsees\tV\n\nRome\tS\n")
    monkeypatch.setattr(train, "fit_and_save", Mock(side_effect=ZeroDivisionError))

    for name, options in {"split": {"dev": 0.3}, "whole": {}}.items():
        config = parse_config({"data": {"train": str(tmp_path / "a.tsv"), **options}})
        with pytest.raises(ZeroDivisionError):
            train.train(config, tmp_path / name)

    assert len((tmp_path / "split" / "splits.tsv").read_text().splitlines()) == 4
    assert not (tmp_path / "whole" / "splits.tsv").exists()
