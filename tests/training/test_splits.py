"""Train cut into splits: by shares or folds, by whole groups, drawn by a seed."""

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
from tagger.training.splits import cut_train, describe_cut, is_cut, layout_of_train, write_splits


def sentences(*groups: str) -> list[Sentence]:
    return [Sentence((f"w{i}",), ("X",), group=group, path="a.tsv", line=i) for i, group in enumerate(groups, 1)]


def cut(found: list[Sentence], **data) -> dict[str, list[int]]:
    """The lines of each split."""
    places = cut_train(found, Data(train="a.tsv", **data))
    return {split: [found[place].line for place in of_split] for split, of_split in places.items()}


def sizes(found: dict[str, list[int]]) -> dict[str, int]:
    return {split: len(lines) for split, lines in found.items()}


SHARES = st.floats(0.01, 0.49)
GROUPED = st.lists(st.sampled_from("abcdefghij"), min_size=3, max_size=40).filter(lambda groups: len(set(groups)) > 2)


def test_shares_are_of_all_sentences_of_the_file():
    assert sizes(cut(sentences(*[""] * 20), dev=0.25)) == {"train": 15, "dev": 5}
    assert sizes(cut(sentences(*[""] * 20), test=0.1)) == {"train": 18, "test": 2}
    assert sizes(cut(sentences(*[""] * 20), dev=0.25, test=0.5)) == {"train": 5, "dev": 5, "test": 10}
    assert sizes(cut(sentences(*[""] * 20), dev=0.1, folds=4, fold=1)) == {"train": 13, "dev": 2, "test": 5}
    assert sizes(cut(sentences(*[""] * 3), dev=0.01, test=0.9)) == {"train": 1, "dev": 1, "test": 1}


@given(GROUPED, SHARES, SHARES, st.booleans(), st.integers(0, 9))
def test_each_sentence_is_in_one_split_in_its_order_and_no_group_in_two(groups, dev, test, is_grouped, seed):
    found = sentences(*groups)
    options = {"dev": dev, "test": test, "seed": seed, **({"group": "document"} if is_grouped else {})}

    splits = cut(found, **options)

    assert list(splits) == ["train", "dev", "test"]
    assert all(lines == sorted(lines) and lines for lines in splits.values())
    assert sorted(chain.from_iterable(splits.values())) == [sentence.line for sentence in found]
    if is_grouped:
        of = {split: {groups[line - 1] for line in lines} for split, lines in splits.items()}
        assert not any(of[one] & of[other] for one, other in combinations(of, 2))
    assert cut(found, **options) == splits


@given(GROUPED, st.data(), st.booleans(), st.integers(0, 9))
def test_each_sentence_is_in_the_test_of_one_fold_and_no_group_in_two(groups, data, is_grouped, seed):
    found = sentences(*groups)
    n_folds = data.draw(st.integers(2, len(set(groups))))
    options = {"folds": n_folds, "seed": seed, **({"group": "document"} if is_grouped else {})}

    tests = [cut(found, fold=fold, **options)["test"] for fold in range(1, n_folds + 1)]

    assert sorted(chain.from_iterable(tests)) == [sentence.line for sentence in found]
    if is_grouped:
        of = [{groups[line - 1] for line in lines} for lines in tests]
        assert sum(map(len, of)) == len(set(groups))
    else:
        assert max(map(len, tests)) - min(map(len, tests)) <= 1


@given(GROUPED, SHARES, st.integers(0, 9))
def test_a_share_is_as_near_as_whole_groups_allow(groups, share, seed):
    counts = [groups.count(group) for group in set(groups)]
    wanted = max(1, round(len(groups) * share))
    sums = {sum(some) for n in range(1, len(counts)) for some in combinations(counts, n)}

    dev = cut(sentences(*groups), dev=share, group="speaker", seed=seed)["dev"]

    assert abs(len(dev) - wanted) == min(abs(found - wanted) for found in sums)


def test_folds_are_as_equal_as_their_groups():
    found = sentences(*"aaaaabbbccdef")  # 13 sentences; the largest group in one fold, b and c in another, the rest

    tests = [cut(found, folds=3, fold=fold, group="document")["test"] for fold in (1, 2, 3)]

    assert sorted(map(len, tests)) == [4, 4, 5]


def test_the_seed_alone_draws_and_the_draw_never_changes():
    found = sentences(*"abcdefghij")

    assert cut(found, dev=0.3, test=0.2) == {"train": [2, 3, 5, 7, 8], "dev": [1, 4, 6], "test": [9, 10]}
    assert cut(found, dev=0.3, test=0.2, group="doc") == cut(found, dev=0.3, test=0.2)
    assert cut(found, dev=0.3, seed=2) != cut(found, dev=0.3, seed=1)


def test_test_stays_where_dev_is_cut_off_too():
    found = sentences(*"aabbccddeeff")

    assert cut(found, test=0.3, group="doc")["test"] == cut(found, test=0.3, dev=0.2, group="doc")["test"]


@pytest.mark.parametrize(
    ("groups", "options", "told"),
    [
        ("a", {"dev": 0.1}, "data.dev: a share of train cannot be cut off a single group: a.tsv:1"),
        ("ab", {"dev": 0.1, "test": 0.1}, "data.dev: a share of train cannot be cut off a single group: a.tsv:"),
        ("ab", {"folds": 3, "fold": 1}, "data.folds: 3 folds cannot be made of 2 groups: a.tsv:1"),
        ("aa", {"dev": 0.1, "group": "doc"}, "data.group: all sentences of a.tsv are of one group, 'a'"),
        ("aab", {"folds": 3, "fold": 1, "group": "doc"}, "data.folds: 3 folds cannot be made of 2 groups: a.tsv:1"),
    ],
)
def test_too_few_groups_are_refused(groups, options, told):
    with pytest.raises(ConfigError) as caught:
        cut(sentences(*groups), **options)

    assert caught.value.message.startswith(told)


def test_a_file_without_marks_of_documents_is_told_how_they_look():
    with pytest.raises(ConfigError, match=r'data\.group: "document": a\.tsv has no marks of documents') as caught:
        cut(sentences("document 0", "document 0"), dev=0.1, group="document")

    assert "-DOCSTART-" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("options", "expected"), [({"dev": 0.1}, True), ({"test": 0.1}, True), ({"folds": 2, "fold": 1}, True), ({}, False)]
)
def test_groups_are_read_only_where_train_is_cut(options, expected):
    data = Data(train="a", group="doc", **options)

    assert is_cut(data) is expected
    assert layout_of_train(Layout(), data).group == ("doc" if expected else None)


def test_the_cut_is_told_in_a_line_with_what_was_asked_for():
    data = Data(train="a.tsv", dev=0.1, folds=3, fold=2, group="doc")

    found = sentences(*"aaaabbbccdde")
    splits = {split: [found[place] for place in places] for split, places in cut_train(found, data).items()}

    assert describe_cut(splits, data) == (
        'a.tsv is cut by data.seed = 1 and whole groups (data.group = "doc"): train 50.0% (2 groups), '
        "dev 16.7% (1 group, asked for 10.0%), test 33.3% (fold 2 of 3, 2 groups)"
    )


def test_a_table_says_where_each_sentence_went(tmp_path):
    found = sentences("a\tb", "c", "c")

    write_splits(tmp_path / "splits.tsv", {"train": found[1:], "dev": found[:1]})

    assert (tmp_path / "splits.tsv").read_text() == (
        "split\tfile\tline\tgroup\ndev\ta.tsv\t1\ta\\tb\ntrain\ta.tsv\t2\tc\ntrain\ta.tsv\t3\tc\n"
    )


def test_a_run_keeps_the_table_where_train_was_cut(tmp_path, monkeypatch):
    (tmp_path / "a.tsv").write_text("Anna\tS\n\nsees\tV\n\nRome\tS\n")
    monkeypatch.setattr(train, "fit_and_save", Mock(side_effect=ZeroDivisionError))

    for name, options in {"cut": {"dev": 0.3}, "whole": {}}.items():
        config = parse_config({"data": {"train": str(tmp_path / "a.tsv"), **options}})
        with pytest.raises(ZeroDivisionError):
            train.train(config, tmp_path / name)

    assert len((tmp_path / "cut" / "splits.tsv").read_text().splitlines()) == 4
    assert not (tmp_path / "whole" / "splits.tsv").exists()
