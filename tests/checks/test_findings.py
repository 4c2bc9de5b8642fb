"""Findings about sentences: each kind on a few made by hand, and properties of all."""

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.checks import Finding, Split, in_series_terms, sentence_findings, summary_lines
from tagger.corpus import Sentence
from tagger.corpus.file_notes import MAX_LISTED
from tagger.corpus.spelling import Spelling
from tagger.reading.read import read_sentences


def sentence(text: str, *, path: str = "train.tsv", line: int = 1) -> Sentence:
    """A sentence of `token/tag token/tag …`."""
    pairs = [pair.rpartition("/") for pair in text.split(" ")]
    return Sentence(tuple(token for token, _, _ in pairs), tuple(tag for _, _, tag in pairs), path=path, line=line)


def find(splits: dict[str, list[Sentence]], **options: Any) -> list[Finding]:
    return sentence_findings([Split.of(name, sentences) for name, sentences in splits.items()], **options)


def split(*texts: str, path: str = "train.tsv") -> list[Sentence]:
    """Sentences with the line numbers of a column file."""
    sentences, line = [], 1
    for text in texts:
        sentences.append(sentence(text, path=path, line=line))
        line += len(sentences[-1]) + 1
    return sentences


def by_key(findings: list[Finding], key: str) -> list[Finding]:
    return [finding for finding in findings if finding.key == key]


def only(findings: list[Finding], key: str) -> Finding:
    (finding,) = by_key(findings, key)
    return finding


def locations(finding: Finding) -> list[str]:
    return [str(location) for location in finding.locations]


PLAIN = ["John/S loves/V Jane/O", "Jane/S sees/V John/O", "dogs/S chase/V cats/O"]


def test_correct_sentences_have_no_findings():
    assert find({"train": split(*PLAIN), "test": split("cats/S see/V dogs/O")}) == []


def test_a_sentence_that_repeats_an_earlier_one_is_a_warning_at_its_line():
    finding = only(find({"train": split(*PLAIN, PLAIN[0], PLAIN[0])}), "duplicates")

    assert (finding.level, finding.split, finding.count) == ("warning", "train", 2)
    assert locations(finding) == ["train.tsv:13", "train.tsv:17"]
    assert finding.locations[1].note == "'John loves Jane', same as line 1"


def test_overlaps_of_test_with_train_and_with_dev_are_separate_findings():
    splits = {
        "train": split(*PLAIN),
        "dev": split("cats/S see/V dogs/O", path="dev.tsv"),
        "test": split("cats/S see/V dogs/O", PLAIN[2], "they/S see/V us/O", PLAIN[2], path="test.tsv"),
    }

    in_train, in_dev = by_key(find(splits), "overlap")

    assert in_train.message == "test: 2 of 4 sentences also occur in train"
    assert locations(in_train) == ["test.tsv:5", "test.tsv:13"]
    assert in_train.locations[0].note == "'dogs chase cats', same as train.tsv:9"
    assert in_dev.message == "test: 1 of 4 sentences also occurs in dev"


def test_advice_on_overlaps_of_splits_of_one_file_is_to_remove_duplicates_from_the_file():
    sentences = split(*PLAIN, PLAIN[0])
    one_file = only(find({"train": sentences[:3], "dev": sentences[3:]}), "overlap")
    two_files = only(find({"train": split(*PLAIN), "dev": split(PLAIN[0], path="dev.tsv")}), "overlap")

    assert one_file.advice.endswith("both splits are taken from one file, so remove the duplicates from the file.")
    assert two_files.advice.endswith("remove them from train or from dev.")


def test_the_same_words_with_other_tags_overlap_and_contradict_each_other():
    splits = {"train": split(*PLAIN), "test": split("dogs/O chase/V cats/S", path="test.tsv")}

    finding = only(find(splits), "contradictions")

    assert only(find(splits), "overlap").count == 1
    assert (finding.split, finding.count, locations(finding)) == (None, 1, ["test.tsv:1"])
    assert finding.locations[0].note == "'dogs' in 'dogs chase cats': O here, S at train.tsv:9"


def test_sentences_that_differ_in_their_numbers_are_not_the_same():
    first = Sentence(("1", "2"), ("up", "down"), ((0.5,), (1.5,)), path="train.csv", line=2)
    second = Sentence(("1", "2"), ("down", "up"), ((0.5,), (2.5,)), path="train.csv", line=5)

    assert {finding.key for finding in find({"train": [first, second]})} == {"rare-tags"}


def test_sentences_that_differ_in_their_columns_are_not_the_same():
    first = Sentence(("a", "b"), ("X", "Y"), columns=(("1",), ("2",)), path="f", line=1)
    second = Sentence(("a", "b"), ("Y", "X"), columns=(("1",), ("3",)), path="f", line=4)

    assert {finding.key for finding in find({"train": [first, second]})} == {"rare-tags"}


def test_ignored_tags_contradict_no_other_tag():
    sentences = split("a/X b/_", "a/X b/Y")

    assert by_key(find({"train": sentences}, ignore=["_"]), "contradictions") == []
    assert only(find({"train": sentences}), "contradictions").count == 1


def test_a_tag_that_continues_nothing_is_found_at_its_own_line(tmp_path):
    path = tmp_path / "train.tsv"
    path.write_text("# a comment\nin\tO\nNew\tB-loc\nYork\tI-loc\n\nin\tO\n# another\nParis\tI-loc\nAda\tI-per\n")

    finding = only(find({"train": list(read_sentences(path))}, scheme="bio"), "transitions")

    assert (finding.level, finding.count) == ("warning", 2)
    assert locations(finding) == [f"{path}:8", f"{path}:9"]
    assert [location.note for location in finding.locations] == ["'I-loc' after 'O'", "'I-per' after 'I-loc'"]
    assert "conlleval" in finding.advice


def test_a_span_cut_off_by_the_end_of_the_sentence_is_a_finding():
    finding = only(find({"train": split("a/O New/B-loc")}, scheme="bioes"), "transitions")

    assert finding.locations[0].note == "the sentence ends after 'B-loc'"


def test_without_lines_of_tokens_the_line_is_that_of_the_sentence():
    assert locations(only(find({"train": split("a/O b/O c/I-x")}, scheme="bio"), "transitions")) == ["train.tsv:1"]


def test_a_cell_of_several_lines_moves_the_lines_after_it(tmp_path):
    path = tmp_path / "train.csv"
    path.write_text('token,tag\na,X\n"b\nc",X\nd\u200b,X\n')

    finding = only(find({"train": list(read_sentences(path))}), "invisible")

    assert locations(finding) == [f"{path}:5"]


def test_without_a_scheme_no_tag_is_invalid():
    assert by_key(find({"train": split("a/O b/I-x")}), "transitions") == []


def test_a_single_tag_is_a_warning():
    finding = only(find({"train": split("a/X b/X", "c/X d/X")}), "one-tag")

    assert (finding.level, finding.message) == ("warning", "train: the only tag is 'X'")


def test_ignored_tags_do_not_count_as_tags():
    assert only(find({"train": split("a/X b/_ c/X d/X")}, ignore=["_"]), "one-tag").level == "warning"
    assert only(find({"train": split("a/X b/_")}, ignore=["_", "X"]), "ignored").level == "error"


def test_blank_tags_throughout_are_the_only_finding_and_an_error():
    (finding,) = find({"train": split("a/_ b/_")})

    assert (finding.level, finding.split, finding.count) == ("error", "train", 2)


def test_blank_tags_among_others_are_a_warning_unless_ignored_or_used_for_missing_keys():
    splits = {"train": split("a/_ b/X c/_")}

    assert only(find(splits), "blank-tags").message == "train: 2 of 3 tokens have the tag `_`"
    assert by_key(find(splits, ignore=["_"]), "blank-tags") == []
    assert by_key(find(splits, may_lack_tags=True), "blank-tags") == []


def test_a_tag_for_every_token_looks_like_the_wrong_column():
    finding = only(find({"train": split(*(f"w{i}/t{i} w{i + 1}/t{i + 1}" for i in range(0, 10, 2)))}), "many-tags")

    assert (finding.level, finding.count) == ("warning", 10)


def test_more_tags_than_words_look_like_swapped_columns():
    finding = only(find({"train": split("S/John V/loves O/Jane", "S/Alex V/likes O/Jo")}), "many-tags")

    assert finding.message == "train: 6 distinct tags for 3 distinct words"
    assert finding.advice.startswith("Are the columns of tokens and tags swapped?")


def test_more_tags_than_a_tenth_of_the_words_look_like_the_wrong_column():
    def train(n_words: int, n_tags: int) -> list[Sentence]:
        return split(*(f"w{i % n_words}/t{i % n_tags} the/DET" for i in range(3 * n_words)))

    assert (
        only(find({"train": train(400, 50)}), "many-tags").message == "train: 51 distinct tags for 401 distinct words"
    )
    assert by_key(find({"train": train(600, 50)}), "many-tags") == []
    assert by_key(find({"train": train(40, 20)}), "many-tags") == []


def test_a_tag_with_two_occurrences_in_train_is_rare_and_with_three_is_not():
    finding = only(find({"train": split("a/X b/Y c/Z", "d/X e/Y", "f/X g/V h/V i/V")}), "rare-tags")

    assert finding.count == 2
    assert [location.note for location in finding.locations] == ["'Y', 2 times", "'Z', 1 time"]


def test_tags_that_train_lacks_are_reported_at_their_first_token():
    splits = {"train": split(*PLAIN), "dev": split("a/S", "b/Q c/Q d/S", path="dev.tsv")}

    finding = only(find(splits), "unseen-tags")

    assert (finding.split, finding.count, locations(finding)) == ("dev", 1, ["dev.tsv:3"])
    assert finding.locations[0].note == "'Q', 2 times"
    assert by_key(find(splits, ignore=["Q"]), "unseen-tags") == []


def test_tokens_that_are_all_numbers_are_a_finding_unless_there_are_numeric_features():
    numbered = Sentence(("1", "2.5"), ("X", "Y"), path="f", line=1)
    measured = Sentence(("1", "2.5"), ("X", "Y"), ((1.0,), (2.5,)), path="f", line=1)

    assert only(find({"train": [numbered]}), "numbers").count == 2
    assert by_key(find({"train": [numbered, sentence("a/X")]}), "numbers") == []
    assert by_key(find({"train": [measured]}), "numbers") == []


@pytest.mark.parametrize("tag", ["O ", " O", "\xa0O", "O\u200b", "O\ufeff"])
def test_a_tag_with_an_invisible_difference_to_another_is_a_finding(tag):
    findings = find({"train": [Sentence(("a", "b"), ("O", tag), path="train.tsv", line=1)]})

    assert only(findings, "tag-characters").count == 1


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
def test_a_token_with_misleading_characters_is_a_finding(token, key):
    findings = find({"train": [Sentence(("a", token, "b"), ("X", "Y", "X"), path="train.tsv", line=7)]})

    finding = only(findings, key)
    assert (finding.level, finding.count, locations(finding)) == ("warning", 1, ["train.tsv:7"])
    assert {finding.key for finding in findings} == {key, "rare-tags"}


@pytest.mark.parametrize(
    "token",
    ["café", "naïve", "l'été", "می\u200cخواهم", "👩\u200d💻", "❤\ufe0f", "क्\u200dष", "Ωmega", "東京", "“”", "ÄÖ"],
)
def test_a_word_in_any_script_is_correct(token):
    assert find({"train": [Sentence(("a", token, "b", "c"), ("X", "X", "X", "X"), path="f")]})[0].key == "one-tag"
    assert len(find({"train": [Sentence(("a", token, "b", "c"), ("X", "X", "X", "X"), path="f")]})) == 1


def test_the_note_names_the_odd_characters_or_the_probable_word():
    def note(token: str, key: str) -> str:
        return only(find({"train": [Sentence((token,), ("X",), path="f")]}), key).locations[0].note

    assert note("a\u200bb\u200b\ufeff", "invisible") == (
        "'a\\u200bb\\u200b\\ufeff' contains ZERO WIDTH SPACE, BYTE ORDER MARK"
    )
    assert note("cafÃ©", "mojibake") == "'cafÃ©', probably 'café'"
    assert note("10 000", "spaces") == "'10 000'"
    assert note("a ", "spaces") == "'a ' has a space at an end"
    assert note("\u3000", "spaces") == "'\\u3000' is only spaces"


def test_sentences_of_one_token_throughout_are_a_finding():
    assert only(find({"train": split("a/X", "b/Y", "c/X")}), "one-token").count == 3
    assert by_key(find({"train": split("a/X", "b/Y c/X")}), "one-token") == []
    assert by_key(find({"train": split("a/X")}), "one-token") == []


@pytest.mark.parametrize(("n", "count"), [(199, 0), (200, 1)])
def test_a_single_sentence_of_200_tokens_or_more_is_a_finding(n, count):
    whole = split(" ".join(f"w{i}/X" for i in range(n)))

    findings = by_key(find({"train": whole}), "one-sentence")

    assert [finding.message for finding in findings] == count * [f"train: all {n} tokens are one sentence"]
    assert by_key(find({"train": [*whole, *split("a/X")]}), "one-sentence") == []


def test_a_series_of_numbers_may_be_one_sentence():
    series = Sentence(("1",) * 200, ("up",) * 200, ((0.5,),) * 200, path="train.csv", line=2)

    assert by_key(find({"train": [series]}), "one-sentence") == []
    assert by_key(find({"train": [series]}, max_steps=10), "long") == []  # the plan cuts it into windows


def test_rows_of_a_text_and_its_label_are_recognised():
    texts = Sentence(("a good film",) * 101 + ("bad",) * 99, ("pos",) * 200, path="train.tsv", line=1)

    assert only(find({"train": [texts]}), "one-sentence").message == "train: all 200 rows are a text and its label"


def test_a_sentence_longer_than_max_steps_is_a_finding():
    splits = {"train": split(*PLAIN, "a/S b/V c/O d/S")}

    finding = only(find(splits, max_steps=3), "long")

    assert (locations(finding), finding.locations[0].note) == (["train.tsv:13"], "4 tokens")
    assert by_key(find(splits, max_steps=4), "long") == []


def test_occurrences_without_a_location_are_counted_too():
    finding = only(find({"train": split(*["a/X b/Y"] * (MAX_LISTED + 5))}), "duplicates")

    assert (finding.count, len(finding.locations)) == (MAX_LISTED + 4, MAX_LISTED)


def test_errors_come_first_and_each_finding_has_a_summary_line():
    findings = find({"train": split(*PLAIN, PLAIN[0]), "test": split("a/_", path="test.tsv")})

    lines = summary_lines(findings)

    assert [finding.level for finding in findings] == ["error", "warning", "warning"]
    assert lines == [
        "test: every tag is `_`: no word is tagged; first test.tsv:1",
        "test: 1 tag that train lacks; first test.tsv:1",
        "train: 1 of 4 sentences repeats an earlier one; first train.tsv:13",
    ]


tokens = st.sampled_from(["a", "b", "c d", "e\u200b", "cafÃ©"])
tags = st.sampled_from(["O", "B-x", "I-x", "_", "I-y"])
sentences = st.lists(st.tuples(tokens, tags), min_size=1, max_size=4).map(
    lambda pairs: Sentence(tuple(token for token, _ in pairs), tuple(tag for _, tag in pairs), path="f", line=1)
)
splits_strategy = st.dictionaries(
    st.sampled_from(["train", "dev", "test"]), st.lists(sentences, min_size=1, max_size=8), min_size=1
)


def counts(findings: list[Finding]) -> Counter[tuple[str, str, str | None, str]]:
    return Counter({(x.key, x.level, x.split, x.message): x.count for x in findings})


@given(splits_strategy, st.randoms(use_true_random=False), st.lists(tags, max_size=2))
def test_the_order_of_sentences_changes_no_count(splits: dict[str, list[Sentence]], rng: random.Random, ignore):
    shuffled = {name: rng.sample(sentences, len(sentences)) for name, sentences in splits.items()}

    assert counts(find(splits, scheme="bio", ignore=ignore)) == counts(find(shuffled, scheme="bio", ignore=ignore))


@given(splits_strategy)
def test_each_finding_counts_its_locations_and_names_its_split(splits: dict[str, list[Sentence]]):
    for finding in find(splits, scheme="bio"):
        assert 1 <= len(finding.locations) <= finding.count
        assert finding.split is None or finding.message.startswith(f"{finding.split}: ")


@given(splits_strategy)
def test_every_sentence_of_a_copy_of_train_overlaps(splits: dict[str, list[Sentence]]):
    train = next(iter(splits.values()))

    assert only(find({"train": train, "test": train}), "overlap").count == len(train)


@pytest.mark.parametrize("tag", ["0", "o", "Ｏ", "О"])
def test_a_tag_that_looks_like_o_is_a_finding_if_both_occur(tag):
    finding = only(find({"train": split(f"a/O b/O c/B-x d/{tag}", f"e/B-x f/{tag} g/O h/B-x")}), "outside-tags")

    assert finding.message == "train: 1 tag that looks like 'O'"
    assert f'data.map = {{ "{tag}" = "O" }}' in finding.advice
    assert finding.locations[0].note.endswith(", 2 times")
    assert by_key(find({"train": split(f"a/{tag} b/B-x")}), "outside-tags") == []


def test_tags_that_break_a_scheme_are_quoted_as_spelled_in_the_file():
    finding = only(
        find({"train": split("a/O b/x_M c/x_E")}, scheme="bioes", spelling=Spelling("BMES", "O", "_", True)),
        "transitions",
    )

    assert finding.locations[0].note == "'x_M' after 'O'"
    assert "--scheme bmes`" in finding.advice


def test_findings_about_series_have_their_words_but_keys_and_quotes_stay():
    series = Split.of("train", [Sentence(("1", "2"), ("tag", "tag"), path="a.csv", line=2, token_lines=(2, 3))])
    (finding,) = (each for each in in_series_terms(sentence_findings([series])) if each.key == "one-tag")

    assert finding.message == "train: the only state is 'tag'"
    assert finding.advice.endswith("The states are probably in another column: choose it with data.tag.")
