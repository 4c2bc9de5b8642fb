"""What is wrong with sentences: each finding on a few of them made by hand, and what cannot change one."""

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger import checks
from tagger.checks import Finding, Split, brief
from tagger.corpus import Layout, Sentence
from tagger.corpus.file_notes import MAX_LISTED
from tagger.corpus.spelling import Spelling
from tagger.reading.read import read_sentences


def sentence(text: str, *, path: str = "train.tsv", line: int = 1) -> Sentence:
    """A sentence of `token/tag token/tag …`."""
    pairs = [pair.rpartition("/") for pair in text.split(" ")]
    return Sentence(tuple(token for token, _, _ in pairs), tuple(tag for _, _, tag in pairs), path=path, line=line)


def find(splits: dict[str, list[Sentence]], **options: Any) -> list[Finding]:
    return checks.find([Split.of(name, sentences) for name, sentences in splits.items()], **options)


def split(*texts: str, path: str = "train.tsv") -> list[Sentence]:
    """Sentences as they stand in a column file."""
    found, line = [], 1
    for text in texts:
        found.append(sentence(text, path=path, line=line))
        line += len(found[-1]) + 1
    return found


def by_key(findings: list[Finding], key: str) -> list[Finding]:
    return [finding for finding in findings if finding.key == key]


def only(findings: list[Finding], key: str) -> Finding:
    (finding,) = by_key(findings, key)
    return finding


def places(finding: Finding) -> list[str]:
    return [str(place) for place in finding.places]


PLAIN = ["John/S loves/V Jane/O", "Jane/S sees/V John/O", "dogs/S chase/V cats/O"]


def test_sound_sentences_have_no_finding():
    assert find({"train": split(*PLAIN), "test": split("cats/S see/V dogs/O")}) == []


def test_a_sentence_that_repeats_an_earlier_one_is_a_warning_at_its_line():
    finding = only(find({"train": split(*PLAIN, PLAIN[0], PLAIN[0])}), "duplicates")

    assert (finding.level, finding.split, finding.count) == ("warning", "train", 2)
    assert places(finding) == ["train.tsv:13", "train.tsv:17"]
    assert finding.places[1].note == "'John loves Jane' as at line 1"


def test_sentences_of_test_that_stand_in_train_and_dev_are_told_for_each():
    splits = {
        "train": split(*PLAIN),
        "dev": split("cats/S see/V dogs/O", path="dev.tsv"),
        "test": split("cats/S see/V dogs/O", PLAIN[2], "they/S see/V us/O", PLAIN[2], path="test.tsv"),
    }

    in_train, in_dev = by_key(find(splits), "overlap")

    assert in_train.what == "test: 2 of 4 sentences stand in train too"
    assert places(in_train) == ["test.tsv:5", "test.tsv:13"]
    assert in_train.places[0].note == "'dogs chase cats' as at train.tsv:9"
    assert in_dev.what == "test: 1 of 4 sentences stands in dev too"


def test_the_same_words_with_other_tags_overlap_and_contradict_each_other():
    splits = {"train": split(*PLAIN), "test": split("dogs/O chase/V cats/S", path="test.tsv")}

    finding = only(find(splits), "contradictions")

    assert only(find(splits), "overlap").count == 1
    assert (finding.split, finding.count, places(finding)) == (None, 1, ["test.tsv:1"])
    assert finding.places[0].note == "'dogs' in 'dogs chase cats': O here, S in the one at train.tsv:9"


def test_sentences_that_differ_in_their_numbers_are_not_the_same():
    first = Sentence(("1", "2"), ("up", "down"), ((0.5,), (1.5,)), path="train.csv", line=2)
    second = Sentence(("1", "2"), ("down", "up"), ((0.5,), (2.5,)), path="train.csv", line=5)

    assert {finding.key for finding in find({"train": [first, second]})} == {"rare-tags"}


def test_sentences_that_differ_in_their_columns_are_not_the_same():
    first = Sentence(("a", "b"), ("X", "Y"), columns=(("1",), ("2",)), path="f", line=1)
    second = Sentence(("a", "b"), ("Y", "X"), columns=(("1",), ("3",)), path="f", line=4)

    assert {finding.key for finding in find({"train": [first, second]})} == {"rare-tags"}


def test_ignored_tags_contradict_none():
    sentences = split("a/X b/_", "a/X b/Y")

    assert by_key(find({"train": sentences}, ignore=["_"]), "contradictions") == []
    assert only(find({"train": sentences}), "contradictions").count == 1


def test_a_tag_that_continues_nothing_is_found_at_its_own_line(tmp_path):
    path = tmp_path / "train.tsv"
    path.write_text("# a comment\nin\tO\nNew\tB-loc\nYork\tI-loc\n\nin\tO\n# another\nParis\tI-loc\nAda\tI-per\n")

    finding = only(find({"train": list(read_sentences(path, Layout(), keep_rows=True))}, scheme="bio"), "transitions")

    assert (finding.level, finding.count) == ("warning", 2)
    assert places(finding) == [f"{path}:8", f"{path}:9"]
    assert [place.note for place in finding.places] == ["'I-loc' behind 'O'", "'I-per' behind 'I-loc'"]
    assert "conlleval" in finding.advice


def test_a_span_that_the_end_of_a_sentence_breaks_off_is_told():
    finding = only(find({"train": split("a/O New/B-loc")}, scheme="bioes"), "transitions")

    assert finding.places[0].note == "the sentence ends behind 'B-loc'"


def test_without_rows_the_line_is_the_sentences():
    assert places(only(find({"train": split("a/O b/O c/I-x")}, scheme="bio"), "transitions")) == ["train.tsv:1"]


def test_a_cell_of_several_lines_moves_the_lines_behind_it(tmp_path):
    path = tmp_path / "train.csv"
    path.write_text('token,tag\na,X\n"b\nc",X\nd\u200b,X\n')

    finding = only(find({"train": list(read_sentences(path, Layout(), keep_rows=True))}), "invisible")

    assert places(finding) == [f"{path}:5"]


def test_no_tag_is_invalid_where_there_is_no_scheme():
    assert by_key(find({"train": split("a/O b/I-x")}), "transitions") == []


def test_a_single_tag_is_a_warning():
    finding = only(find({"train": split("a/X b/X", "c/X d/X")}), "one-tag")

    assert (finding.level, finding.what) == ("warning", "train: the only tag is 'X'")


def test_ignored_tags_do_not_count_as_tags():
    assert only(find({"train": split("a/X b/_ c/X d/X")}, ignore=["_"]), "one-tag").level == "warning"
    assert only(find({"train": split("a/X b/_")}, ignore=["_", "X"]), "ignored").level == "error"


def test_tags_that_are_all_blank_are_an_error_and_all_that_is_told():
    (finding,) = find({"train": split("a/_ b/_")})

    assert (finding.level, finding.split, finding.count) == ("error", "train", 2)


def test_blank_tags_among_others_are_a_warning_unless_they_are_ignored_or_mean_that_a_key_is_missing():
    splits = {"train": split("a/_ b/X c/_")}

    assert only(find(splits), "blank-tags").what == "train: 2 of 3 tokens have the tag `_`"
    assert by_key(find(splits, ignore=["_"]), "blank-tags") == []
    assert by_key(find(splits, may_lack_tags=True), "blank-tags") == []


def test_a_tag_for_every_token_looks_like_the_wrong_column():
    finding = only(find({"train": split(*(f"w{i}/t{i} w{i + 1}/t{i + 1}" for i in range(0, 10, 2)))}), "many-tags")

    assert (finding.level, finding.count) == ("warning", 10)


def test_more_tags_than_words_look_like_tags_that_stand_first():
    finding = only(find({"train": split("S/John V/loves O/Jane", "S/Alex V/likes O/Jo")}), "many-tags")

    assert finding.what == "train: 6 different tags for 3 different words"
    assert finding.advice.startswith("Do the tags stand before the tokens?")


def test_more_tags_than_a_tenth_of_the_words_look_like_the_wrong_column():
    def train(n_words: int, n_tags: int) -> list[Sentence]:
        return split(*(f"w{i % n_words}/t{i % n_tags} the/DET" for i in range(3 * n_words)))

    assert only(find({"train": train(400, 50)}), "many-tags").what == "train: 51 different tags for 401 different words"
    assert by_key(find({"train": train(600, 50)}), "many-tags") == []
    assert by_key(find({"train": train(40, 20)}), "many-tags") == []


def test_a_tag_that_train_uses_twice_is_rare_and_thrice_is_not():
    finding = only(find({"train": split("a/X b/Y c/Z", "d/X e/Y", "f/X g/V h/V i/V")}), "rare-tags")

    assert finding.count == 2
    assert [place.note for place in finding.places] == ["'Y', 2 times", "'Z', 1 time"]


def test_tags_that_train_lacks_are_told_with_their_first_place():
    splits = {"train": split(*PLAIN), "dev": split("a/S", "b/Q c/Q d/S", path="dev.tsv")}

    finding = only(find(splits), "unseen-tags")

    assert (finding.split, finding.count, places(finding)) == ("dev", 1, ["dev.tsv:3"])
    assert finding.places[0].note == "'Q', 2 times"
    assert by_key(find(splits, ignore=["Q"]), "unseen-tags") == []


def test_tokens_that_are_all_numbers_are_told_unless_numbers_are_measured():
    numbered = Sentence(("1", "2.5"), ("X", "Y"), path="f", line=1)
    measured = Sentence(("1", "2.5"), ("X", "Y"), ((1.0,), (2.5,)), path="f", line=1)

    assert only(find({"train": [numbered]}), "numbers").count == 2
    assert by_key(find({"train": [numbered, sentence("a/X")]}), "numbers") == []
    assert by_key(find({"train": [measured]}), "numbers") == []


@pytest.mark.parametrize("tag", ["O ", " O", "\xa0O", "O\u200b", "O\ufeff"])
def test_a_tag_that_looks_like_another_is_told(tag):
    found = find({"train": [Sentence(("a", "b"), ("O", tag), path="train.tsv", line=1)]})

    assert only(found, "tag-characters").count == 1


@pytest.mark.parametrize(
    ("token", "key"),
    [
        ("10 000", "spaces"),
        ("a\tb", "spaces"),
        ("\u3000", "spaces"),
        ("a\u200bb", "invisible"),
        ("10\xa0000", "invisible"),
        ("co\xadoperate", "invisible"),
        ("a\x07", "invisible"),
        ("a\x85", "invisible"),
        ("a\u2028b", "invisible"),
        ("\ufeffJohn", "invisible"),
        ("\u202eabc", "invisible"),
        ("word\u200d", "invisible"),
        ("caf\ufffd", "lost-characters"),
        ("cafÃ©", "mojibake"),
        ("donâ€™t", "mojibake"),
    ],
)
def test_a_token_with_characters_that_mislead_is_told(token, key):
    found = find({"train": [Sentence(("a", token, "b"), ("X", "Y", "X"), path="train.tsv", line=7)]})

    finding = only(found, key)
    assert (finding.level, finding.count, places(finding)) == ("warning", 1, ["train.tsv:7"])
    assert {finding.key for finding in found} == {key, "rare-tags"}


@pytest.mark.parametrize(
    "token",
    ["café", "naïve", "l'été", "می\u200cخواهم", "👩\u200d💻", "❤\ufe0f", "क्\u200dष", "Ωmega", "東京", "“”", "ÄÖ"],
)
def test_a_word_of_any_script_is_sound(token):
    assert find({"train": [Sentence(("a", token, "b", "c"), ("X", "X", "X", "X"), path="f")]})[0].key == "one-tag"
    assert len(find({"train": [Sentence(("a", token, "b", "c"), ("X", "X", "X", "X"), path="f")]})) == 1


def test_what_a_token_holds_and_what_it_was_is_told():
    def note(token: str, key: str) -> str:
        return only(find({"train": [Sentence((token,), ("X",), path="f")]}), key).places[0].note

    assert note("a\u200bb\u200b\ufeff", "invisible") == (
        "'a\\u200bb\\u200b\\ufeff' has ZERO WIDTH SPACE, BYTE ORDER MARK"
    )
    assert note("cafÃ©", "mojibake") == "'cafÃ©', meant 'café'?"
    assert note("10 000", "spaces") == "'10 000'"
    assert note("a ", "spaces") == "'a ' at an end"
    assert note("\u3000", "spaces") == "'\\u3000' is nothing else"


def test_sentences_of_one_token_everywhere_are_told():
    assert only(find({"train": split("a/X", "b/Y", "c/X")}), "one-token").count == 3
    assert by_key(find({"train": split("a/X", "b/Y c/X")}), "one-token") == []
    assert by_key(find({"train": split("a/X")}), "one-token") == []


@pytest.mark.parametrize(("n", "count"), [(199, 0), (200, 1)])
def test_a_file_that_is_one_sentence_of_200_tokens_or_more_is_told(n, count):
    whole = split(" ".join(f"w{i}/X" for i in range(n)))

    findings = by_key(find({"train": whole}), "one-sentence")

    assert [finding.what for finding in findings] == count * [f"train: all {n} tokens are one sentence"]
    assert by_key(find({"train": [*whole, *split("a/X")]}), "one-sentence") == []


def test_a_series_of_numbers_may_be_one_sentence():
    series = Sentence(("1",) * 200, ("up",) * 200, ((0.5,),) * 200, path="train.csv", line=2)

    assert by_key(find({"train": [series]}), "one-sentence") == []


def test_rows_of_a_text_and_a_label_are_called_that():
    texts = Sentence(("a good film",) * 101 + ("bad",) * 99, ("pos",) * 200, path="train.tsv", line=1)

    assert only(find({"train": [texts]}), "one-sentence").what == "train: all 200 rows are a text and its label"


def test_a_sentence_longer_than_the_steps_of_training_is_told():
    splits = {"train": split(*PLAIN, "a/S b/V c/O d/S")}

    finding = only(find(splits, max_steps=3), "long")

    assert (places(finding), finding.places[0].note) == (["train.tsv:13"], "4 tokens")
    assert by_key(find(splits, max_steps=4), "long") == []


def test_all_are_counted_where_not_all_are_named():
    finding = only(find({"train": split(*["a/X b/Y"] * (MAX_LISTED + 5))}), "duplicates")

    assert (finding.count, len(finding.places)) == (MAX_LISTED + 4, MAX_LISTED)


def test_errors_come_first_and_brief_gives_each_a_line():
    found = find({"train": split(*PLAIN, PLAIN[0]), "test": split("a/_", path="test.tsv")})

    lines = brief(found)

    assert [finding.level for finding in found] == ["error", "warning", "warning"]
    assert lines == [
        "test: all 1 tags are `_`: no word is tagged; first test.tsv:1",
        "test: 1 tag that train lacks; first test.tsv:1",
        "train: 1 of 4 sentences repeats an earlier one; first train.tsv:13",
    ]


tokens = st.sampled_from(["a", "b", "c d", "e\u200b", "cafÃ©"])
tags = st.sampled_from(["O", "B-x", "I-x", "_", "I-y"])
sentences = st.lists(st.tuples(tokens, tags), min_size=1, max_size=4).map(
    lambda pairs: Sentence(tuple(token for token, _ in pairs), tuple(tag for _, tag in pairs), path="f", line=1)
)
splits_of = st.dictionaries(
    st.sampled_from(["train", "dev", "test"]), st.lists(sentences, min_size=1, max_size=8), min_size=1
)


def counts(found: list[Finding]) -> Counter[tuple[str, str, str | None, str]]:
    return Counter({(x.key, x.level, x.split, x.what): x.count for x in found})


@given(splits_of, st.randoms(use_true_random=False), st.lists(tags, max_size=2))
def test_the_order_of_sentences_changes_no_count(splits: dict[str, list[Sentence]], rng: random.Random, ignore):
    shuffled = {name: rng.sample(held, len(held)) for name, held in splits.items()}

    assert counts(find(splits, scheme="bio", ignore=ignore)) == counts(find(shuffled, scheme="bio", ignore=ignore))


@given(splits_of)
def test_each_place_counts_once_and_is_of_its_split(splits: dict[str, list[Sentence]]):
    for finding in find(splits, scheme="bio"):
        assert 1 <= len(finding.places) <= finding.count
        assert finding.split is None or finding.what.startswith(f"{finding.split}: ")


@given(splits_of)
def test_a_train_that_is_given_as_test_overlaps_wholly(splits: dict[str, list[Sentence]]):
    held = next(iter(splits.values()))

    assert only(find({"train": held, "test": held}), "overlap").count == len(held)


@pytest.mark.parametrize("tag", ["0", "o", "Ｏ", "О"])
def test_a_tag_that_looks_like_o_is_told_where_there_are_both(tag):
    finding = only(find({"train": split(f"a/O b/O c/B-x d/{tag}", f"e/B-x f/{tag} g/O h/B-x")}), "outside-tags")

    assert finding.what == "train: 1 tag that looks like 'O'"
    assert f'data.map = {{ "{tag}" = "O" }}' in finding.advice
    assert finding.places[0].note.endswith(", 2 times")
    assert by_key(find({"train": split(f"a/{tag} b/B-x")}), "outside-tags") == []


def test_tags_that_break_a_scheme_are_told_as_the_file_spells_them():
    finding = only(
        find({"train": split("a/O b/x_M c/x_E")}, scheme="bioes", spelling=Spelling("BMES", "O", "_", True)),
        "transitions",
    )

    assert finding.places[0].note == "'x_M' behind 'O'"
    assert "--scheme bmes`" in finding.advice
