"""`tagger compare`, from tags to the page."""

import json
from dataclasses import replace
from typing import Any

import html5lib
import pytest
from typer.testing import CliRunner

from tagger.cli import app
from tagger.corpus.layout import Layout
from tagger.corpus.spelling import Spelling
from tagger.encoding.lexicon import Lexicon
from tagger.errors import DataError
from tagger.evaluation.comparison import (
    Change,
    Comparison,
    Comparisons,
    TagChange,
    compare_evaluations,
    paired_evaluations,
)
from tagger.evaluation.gold_files import read_gold
from tagger.evaluation.scores import evaluate_tagger
from tagger.evaluation.tagged_files import compare_on_file, evaluate_file
from tagger.reports.comparison_page import comparison_page
from tagger.reports.comparison_text import format_comparison, verdict
from tagger.tagging.tagger import Tagger
from tests.bundles import save_context_bundle, save_numbers_bundle, save_spans_bundle, save_words_bundle
from tests.pages import without_script

WORDS = Lexicon("N", {"the": "D"})
GOLD = [["D", "N", "V"], ["N"], ["D", "N"]]
FIRST = [["D", "N", "N"], ["V"], ["D", "N"]]
SECOND = [["D", "N", "V"], ["D"], ["D", "V"]]
TOKENS = [["the", "dog", "barks"], ["cats"], ["the", "<b>"]]


def compare(*tags: Any, **options: Any) -> Comparison:
    return compare_evaluations(*paired_evaluations(*tags, **options))


def small(**options):
    return compare(GOLD, FIRST, SECOND, TOKENS, WORDS, **options)


@pytest.fixture
def taggers(tmp_path) -> tuple[str, str]:
    return str(save_words_bundle(tmp_path / "words")), str(save_context_bundle(tmp_path / "context"))


@pytest.fixture
def gold(tmp_path) -> str:
    path = tmp_path / "gold.tsv"
    path.write_text("John\tS\nloves\tV\nJane\tO\n\nNASA\tS\nwaits\tV\n")
    return str(path)


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_small_comparison_equals_one_by_hand():
    comparison = small()

    assert comparison.changes == (
        Change(0, 2, "V", "N", "V"),
        Change(1, 0, "N", "V", "D"),
        Change(2, 1, "N", "N", "V"),
    )
    assert [change.kind for change in comparison.changes] == ["mended", "wrong", "broken"]
    assert comparison.headlines["accuracy"].first == comparison.headlines["accuracy"].second == 4 / 6
    assert comparison.headlines["unseen_accuracy"].difference == 0
    assert comparison.tags["N"] == TagChange(support=3, first=4 / 6, second=2 / 4, mended=0, broken=1)
    assert comparison.tags["V"] == TagChange(support=1, first=0, second=2 / 3, mended=1, broken=0)
    assert comparison.better is None


def test_tokens_with_an_ignored_gold_tag_are_not_compared():
    comparison = small(ignore=["V"])

    assert comparison.n_tokens == 5
    assert [change.kind for change in comparison.changes] == ["wrong", "broken"]


def test_span_f1_decides_if_there_are_spans():
    gold = [["B-x", "I-x", "O"]] * 40
    comparison = compare(gold, [["O", "O", "O"]] * 40, gold, [["a", "b", "c"]] * 40, WORDS, scheme="bio")

    assert comparison.main_headline == "span_f1"
    assert comparison.better == "second"
    assert "B has the better span F1 (B − A = +1.0000" in verdict(comparison)


def test_accuracy_decides_without_gold_spans_and_text_and_page_say_why():
    comparison = compare([["O", "O"]] * 9, [["O", "B-x"]] * 9, [["O", "O"]] * 9, [["a", "b"]] * 9, WORDS, scheme="bio")

    assert "span_f1" not in comparison.headlines
    assert (comparison.main_headline, comparison.better) == ("accuracy", "second")
    assert "\nspan F1          not compared: no gold spans" in format_comparison(comparison, "one", "two")
    assert "not compared: no gold spans" in comparison_page(Comparisons({"head": comparison}), "one", "two", "gold.tsv")


def test_difference_is_significant_exactly_if_its_interval_excludes_zero():
    # B corrects the only token of n sentences: 2 of 2 ** n swaps differ as much; 2 / 32 is above 0.05, 2 / 64 below.
    verdicts = []
    for n in (5, 6):
        comparison = compare([["N"]] * n, [["V"]] * n, [["N"]] * n, [["a"]] * n, WORDS)
        accuracy = comparison.headlines["accuracy"]
        assert accuracy.p == pytest.approx(2 / 2**n, abs=0.01)
        as_json = comparison.to_json()["headlines"]["accuracy"]
        assert (as_json["interval"], as_json["p"]) == (accuracy.interval, accuracy.p)
        verdicts.append((comparison.better, accuracy.interval[0] > 0))

    assert verdicts == [(None, False), ("second", True)]


def test_text_shows_every_changed_token_in_its_sentence():
    text = format_comparison(small(), "one", "two")

    assert "A  one\nB  two\n3 sentences, 6 tokens" in text
    verdict = "no significant difference in accuracy"
    assert f"{verdict} (B − A = +0.0000, 95 % interval -0.3333 to +0.3333, p = 1.0000)" in text
    assert "3 tokens tagged differently: only B is correct on 1, only A is correct on 1, both are wrong on 1" in text
    assert "only B is correct (tag from A → tag from B): 1\n  N → V  gold V  the dog [barks]" in text
    assert "only A is correct (tag from A → tag from B): 1\n  N → V  gold N  the [<b>]" in text
    assert "V → D  gold N  [cats]" in text


def test_text_shows_the_first_changes_and_the_number_of_the_others():
    comparison = compare([["N"]] * 12, [["V"]] * 12, [["N"]] * 12, [["a"]] * 12, WORDS)

    assert "\n  … and 2 more, listed by --format json and --html" in format_comparison(comparison, "one", "two")


def test_page_is_valid_html_makes_no_request_and_escapes_input():
    page = comparison_page(Comparisons({"head": small()}), "<i>one", "two", "gold.tsv")

    html5lib.HTMLParser(strict=True).parse(page)
    assert "&lt;b&gt;" in page
    assert "&lt;i&gt;one" in page
    assert not any(text in without_script(page) for text in ("<b>", "<script", "http://", "https://", "src="))


def test_right_to_left_sentence_is_marked_on_the_page():
    comparison = compare([["N", "V"]], [["N", "N"]], [["N", "V"]], [["كلب", "ينبح"]], WORDS)

    assert '<li dir="rtl">' in comparison_page(Comparisons({"head": comparison}), "one", "two", "gold.tsv")


def test_tagger_does_not_differ_from_itself(taggers, gold, tmp_path):
    page = tmp_path / "page.html"
    text = run("compare", taggers[0], taggers[0], gold, "--html", page)
    as_json = json.loads(run("compare", taggers[0], taggers[0], gold, "--format", "json").stdout)

    assert text.exit_code == 0
    assert "no difference: A and B give every token the same tag" in text.stdout
    assert "No difference: A and B give every token the same tag" in page.read_text()
    assert (as_json["better"], as_json["changes"]) == (None, [])
    assert all(row["p"] == 1 and row["difference"] == 0 for row in as_json["headlines"].values())


def test_json_lists_every_changed_token_and_its_sentence(taggers, gold):
    written = json.loads(run("compare", *taggers, gold, "--format", "json", "--quiet").stdout)

    assert (written["a"], written["b"], written["file"]) == (*taggers, gold)
    assert (written["sentences"], written["tokens"]) == (2, 5)
    assert [change["token"] for change in written["changes"]] == ["John", "loves", "Jane", "NASA", "waits"]
    assert written["changed_sentences"] == {"1": ["John", "loves", "Jane"], "2": ["NASA", "waits"]}
    # A has all tags right but that of `waits`, B has none right.
    assert (written["mended"], written["broken"], written["wrong"]) == (0, 4, 1)


def test_taggers_with_two_schemes_are_compared_in_the_first_scheme(tmp_path):
    bio, bioes = (
        Tagger.load(save_spans_bundle(tmp_path / scheme, decode="valid", scheme=scheme)) for scheme in ("bio", "bioes")
    )
    path = tmp_path / "gold.tsv"
    path.write_text("Ada\tB-per\nByron\tI-per\nwrote\tO\n\nAda\tB-per\n")

    comparison = compare_on_file(bio, bioes, path).first

    assert comparison.changes == ()
    assert comparison.headlines["span_f1"].difference == 0


@pytest.mark.parametrize("text", ["Ada\tB_per\nByron\tL_per\nwrote\tO\n\nAda\tU_per\n", "Ada\tB-per\nnew\tB-y\n"])
def test_gold_tags_are_converted_to_the_tagger_s_spelling_and_taggers_with_two_spellings_are_compared(tmp_path, text):
    spelling = Spelling("BILU", separator="_")
    bilou = Tagger.load(save_spans_bundle(tmp_path / "bilou", decode="valid", scheme="bioes", spelling=spelling))
    bio = Tagger.load(save_spans_bundle(tmp_path / "bio", decode="valid"))
    path = tmp_path / "gold.tsv"
    path.write_text(text)
    scored, other = (evaluate_tagger(tagger, read_gold(tagger, path).sentences)[0].first for tagger in (bilou, bio))
    gold = [sentence.tags for sentence in read_gold(bilou, path).sentences]

    assert gold == ([("B_per", "L_per", "O"), ("U_per",)] if "_" in text else [("U_per", "U_y")])
    assert scored.spans == other.spans
    assert scored.spans is not None
    assert scored.spans.right.total() == (2 if "_" in text else 1)
    assert scored.strict_spans == other.strict_spans
    assert compare_on_file(bilou, bio, path).first.changes == ()


def test_span_types_of_an_evaluated_file_are_renamed_as_in_training(tmp_path):
    tagger = Tagger.load(save_spans_bundle(tmp_path / "bundle", decode="valid"))
    tagger.bundle = replace(tagger.bundle, layout=Layout(map=(("person", "per"),)))
    path = tmp_path / "gold.tsv"
    path.write_text("Ada\tB_person\nByron\tI_person\n")

    assert [sentence.tags for sentence in read_gold(tagger, path).sentences] == [("B-per", "I-per")]


def test_comparing_taggers_that_read_different_gold_tags_is_an_error(tmp_path, taggers):
    path = tmp_path / "gold.conllu"
    row = "1\t{}\t_\tNOUN\tNN\t_\t0\troot\t_\t_\n"
    path.write_text(row.format("cat") + "\n" + row.format("dog") + "\n")
    upos, xpos = (
        Tagger.load(save_words_bundle(tmp_path / tag, Layout(format="conllu", token="form", tag=tag)))
        for tag in ("upos", "xpos")
    )

    readings = "A reads 'cat' with tag 'NOUN', B reads 'cat' with tag 'NN'"
    with pytest.raises(DataError, match=rf"gold\.conllu:1: in this sentence {readings}"):
        compare_on_file(upos, xpos, path)


@pytest.mark.parametrize(
    ("name", "text", "tag", "message", "hint"),
    [
        ("a.tsv", "John S 3 X\nloves V 4 Y\n", 3, "column 3 (X, Y)", "column 1 has tags of the tagger: --tag 1"),
        ("a.tsv", "John X\nloves Y\n", None, "column 1 (X, Y)", "name the column of tags: --tag COLUMN"),
        (
            "a.csv",
            "word,my role,x\nJohn,S,a\n\nloves,V,b\n",
            "x",
            "column x (a, b)",
            "column my role has tags of the tagger: --tag 'my role'",
        ),
        (
            "a.conllu",
            "1\tJohn\t_\tX\tS\t_\t0\t_\t_\t_\n\n",
            "upos",
            "column upos (X)",
            "column xpos has tags of the tagger: --tag xpos",
        ),
        (
            "a.jsonl",
            '{"tokens": ["John"], "roles": ["S"], "tags": ["X"]}\n',
            "tags",
            "column tags (X)",
            "column roles has tags of the tagger: --tag roles",
        ),
        ("a.txt", "John/X loves/Y\nJane/X sees/Y\n", None, "the file (X, Y)", "name the column of tags: --tag COLUMN"),
    ],
)
def test_gold_tags_none_of_which_the_tagger_knows_are_refused_with_the_column_that_fits(
    tmp_path, name, text, tag, message, hint
):
    tagger = Tagger.load(save_words_bundle(tmp_path / "bundle"))
    path = tmp_path / name
    path.write_text(text)

    with pytest.raises(DataError) as caught:
        evaluate_file(tagger, path, Layout(tag=tag))

    expected = f"{path}: none of the tags of {message} is a tag of the tagger (O, S, V)"
    assert (caught.value.message, caught.value.hint) == (expected, hint)


def test_padding_and_order_of_sentences_do_not_change_scores(tmp_path, taggers, gold):
    tagger = Tagger.load(taggers[1])
    path = tmp_path / "more.tsv"
    path.write_text("the\tDET\ncat\tNOUN\npurrs\tVERB\n\n!\tPUNCT\n\n" + "the\tDET\ncat\tNOUN\n" * 40 + "\n")
    sentences = read_gold(tagger, path).sentences
    alone = [evaluate_tagger(tagger, [sentence])[0].first.sentence_counts.sum(axis=0) for sentence in sentences]
    together = evaluate_tagger(tagger, sentences)[0].first
    turned = evaluate_tagger(tagger, sentences[::-1])[0].first

    assert together.sentence_counts.sum(axis=0).tolist() == sum(alone).tolist()
    assert {**turned.to_json(), "calibration": None} == {**together.to_json(), "calibration": None}


@pytest.mark.parametrize(
    ("name", "text"), [("gold.tsv", "John\tS\nlost\nloves\tV\n"), ("gold.csv", "token,tag\nJohn,S\nlost\nloves,V\n")]
)
def test_rows_that_cannot_be_read_are_left_out_as_in_training_with_a_warning(tmp_path, caplog, name, text):
    path = tmp_path / name
    path.write_text(text)
    tagger = Tagger.load(save_words_bundle(tmp_path / "skip", Layout("columns", bad_rows="skip")))

    (sentence,) = read_gold(tagger, path).sentences

    assert sentence.tokens == ("John", "loves")
    assert "rows that cannot be read and are skipped: 1; first" in caplog.text
    with pytest.raises(DataError, match="expected 2 columns, got 1: 'lost'"):
        read_gold(Tagger.load(save_words_bundle(tmp_path / "error", Layout("columns"))), path)


def test_tagger_that_does_not_beat_a_baseline_causes_a_warning(tmp_path, taggers):
    path = tmp_path / "gold.tsv"
    path.write_text("John\tS\nloves\tV\nJane\tO\n\nNASA\tO\n")

    warning = run("evaluate", taggers[0], path).stderr

    accuracies = "its accuracy is 0.7500, the baseline's 1.0000 (each word's most frequent tag)"
    assert f"gold.tsv: the tagger does not beat a baseline: {accuracies}" in warning


def test_comparison_of_taggers_of_numbers_has_no_unseen_words(tmp_path):
    model = save_numbers_bundle(tmp_path / "numbers")
    path = tmp_path / "gold.csv"
    path.write_text("x,y,state\n1.5,-2,high\n0,1,low\n")

    written = json.loads(run("compare", model, model, path, "--format", "json").stdout)

    assert "unseen_accuracy" not in written["headlines"]


def test_text_says_which_training_data_make_a_word_seen(tmp_path):
    note = "seen, unseen and ambiguous: by the training data of A and B together"
    without_words = compare(GOLD, FIRST, SECOND, TOKENS, Lexicon("N", None))

    assert f"\n{note}\n\ntag " in format_comparison(small(), "one", "two")
    assert note not in format_comparison(without_words, "one", "two")


def test_message_on_a_file_is_logged_once_for_two_taggers(tmp_path):
    taggers = [save_words_bundle(tmp_path / name, Layout("columns")) for name in "ab"]
    path = tmp_path / "gold.csv"
    path.write_text("token,tag\nJohn,S\nloves,V\n")

    messages = run("compare", *taggers, path).stderr.splitlines()

    assert sum("a table delimited by commas" in message for message in messages) == 1
    assert len(messages) == len({*messages})
    assert len(run("compare", *taggers, path).stderr.splitlines()) == len(messages)  # of another run too


@pytest.fixture
def trained(tmp_path) -> str:
    """Path of a tagger that was trained on two sentences."""
    return str(save_words_bundle(tmp_path / "trained", trained_on=[("John", "loves", "Jane"), ("NASA",)]))


@pytest.mark.parametrize(
    ("sentences", "warning"),
    [
        ([("John", "loves", "Jane")], "1 of 1 sentence (100.0 %) is in the training data"),
        ([("NASA",), ("Jane", "waits"), ("NASA",)], "2 of 3 sentences (66.7 %) are in the training data"),
        ([("John", "loves"), ("john", "loves", "Jane"), ("NASA", "NASA")], ""),
    ],
)
def test_sentences_of_the_training_data_cause_a_warning_whatever_their_tags(sentences, warning, trained, tmp_path):
    path = tmp_path / "gold.tsv"
    path.write_text("\n".join("".join(f"{token}\tO\n" for token in tokens) for tokens in sentences))

    warnings = run("evaluate", trained, path).stderr

    if warning:
        assert f"gold.tsv: {warning}: the scores are too optimistic" in warnings
    else:
        assert "in the training data" not in warnings


def test_comparison_warns_which_tagger_was_trained_on_the_file(trained, taggers, tmp_path):
    path = tmp_path / "gold.tsv"
    path.write_text("John\tS\nloves\tV\nJane\tO\n\nwaits\tV\n")

    warnings = run("compare", taggers[0], trained, path).stderr

    assert "1 of 2 sentences (50.0 %) is in the training data of B: the scores are too optimistic" in warnings
    assert "data of A" not in warnings  # its bundle, like those of older versions, has no hashes of sentences
