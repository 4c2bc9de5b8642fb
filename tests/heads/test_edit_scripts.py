"""Edit scripts: which script a pair gets, that applying a script undoes making it, and how scripts read."""

import doctest
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tagger.corpus import Layout
from tagger.heads import edit_scripts
from tagger.heads.edit_scripts import apply_script, describe_script, edit_script
from tagger.reading.read import read_sentences

# Few characters, so that form and string have much in common; among them those whose casing changes their number.
SIMILAR = st.text("abAB-/\\ \t\nİßǆǅςΣ\u0307\u2028", max_size=8)
ANY = st.text(max_size=12)

SCRIPTS = {
    ("walk", "walk"): "lower",
    ("Walked", "walk"): "lower/end-2",
    ("I", "I"): "capital",
    ("Bush", "Bush"): "capital",
    ("BUSH", "Bush"): "capital",
    ("AMERICANS", "American"): "capital/end-1",
    ("NASA", "NASA"): "keep",
    ("McDonald", "McDonald"): "keep",
    ("DVDs", "DVD"): "keep/end-1",
    ("nasa", "NASA"): "upper",
    ("cities", "city"): "lower/end-3+y",
    ("Cities", "city"): "lower/end-3+y",
    ("proper", "properly"): "lower/end+ly",
    ("gemacht", "machen"): "lower/start-2/end-1+en",
    ("'ll", "will"): "lower/start-1+wi",
    ("sang", "sing"): "lower/end@2-1+i",
    ("drank", "drink"): "lower/end@2-1+i",
    ("were", "where"): "lower/end@3+h",
    ("aswered", "answer"): "lower/start@1+n/end-2",
    ("İNSANLAR", "insan"): "lower/end-3",
    ("ALİ", "Ali"): "capital",
    ("ΟΔΟΣ", "οδος"): "lower",
    ("xabycd", "zabwcdv"): "lower/start-1+z/end-3+wcdv",
    ("דיאליזה", "דיאליזה"): "lower",
    ("was", "be"): "always/be",
    ("", ""): "lower",
    ("'s", ""): "always/",
    ("n/a", "none"): "lower/end-2+one",
    ("&", "and so\ton"): r"always/and\sso\ton",
    ("1", r"a/\b"): r"always/a\/\\b",
    ("-", "\u2028"): r"always/\u2028",
}


@pytest.mark.parametrize(("pair", "script"), SCRIPTS.items(), ids=map(str, SCRIPTS.values()))
def test_pair_has_its_script(pair, script):
    assert edit_script(*pair) == script
    assert apply_script(script, pair[0]) == pair[1]


@given(form=SIMILAR | ANY, string=SIMILAR | ANY)
@example(form="İ", string="i̇")
@example(form="aßb", string="ASSB")
@example(form="ΑΣΑ", string="ας")
@example(form="ßa", string="ssa")
@example(form="a\r\nb\x85", string="\x00b\x1c\ufeff")
@example(form="", string="\u0338")
def test_applying_a_script_undoes_making_it(form, string):
    assert apply_script(edit_script(form, string), form) == string


@given(form=SIMILAR | ANY, string=SIMILAR | ANY)
def test_a_script_is_one_line_without_white_space(form, string):
    script = edit_script(form, string)

    assert script.split() == [script]
    assert script.splitlines() == [script]
    assert not re.search(r"[\x00-\x20\x7f-\x9f]", script)


@given(strings=st.lists(SIMILAR | ANY, unique=True, min_size=2, max_size=2), form=SIMILAR)
def test_different_strings_of_a_form_have_different_scripts(strings, form):
    first, second = (edit_script(form, string) for string in strings)

    assert first != second


@given(form=SIMILAR, string=SIMILAR)
@example(form="ßa", string="ssa")
def test_no_single_edit_is_shorter_than_the_chosen_script(form, string):
    """All edits of all casings, enumerated."""
    n_of_edits = [
        len(string) - i - n_end + (n_end + i < max(len(string), len(cased)))
        for cased in (change(form) for change in edit_scripts.CASINGS.values())
        for i in range(len(string) + 1)
        for n_end in range(len(string) - i + 1)
        if 0 < i + n_end <= len(cased)
        and cased.startswith(string[:i])
        and cased.endswith(string[len(string) - n_end :])
    ]

    assert length_of(edit_script(form, string)) <= min([len(string), *n_of_edits])


def length_of(script):
    """Characters that a script adds, plus 1 per edit."""
    if script.startswith("always/"):
        return len(apply_script(script, "") or "")
    _, *edits = re.split(r"(?<!\\)(?:\\\\)*/", script)
    added = [re.sub(r"\\(u....|.)", "x", text) for _, plus, text in (edit.partition("+") for edit in edits) if plus]
    return len(edits) + sum(map(len, added))


@given(script=st.builds(edit_script, SIMILAR, SIMILAR), form=SIMILAR)
def test_a_script_of_one_word_keeps_a_character_of_another_or_does_not_fit(script, form):
    string = apply_script(script, form)

    if "/" not in script:
        assert string == edit_scripts.CASINGS[script](form)
    elif script.startswith("always/"):
        assert string == apply_script(script, "")
    elif string is not None:
        assert set(string) & set(edit_scripts.CASINGS[script.partition("/")[0]](form))


@pytest.mark.parametrize(
    ("script", "too_short", "fits"),
    [
        ("lower/end-3+y", "ies", "ties"),
        ("lower/start-2/end-1", "abc", "abcd"),
        ("lower/end@2-1+i", "ng", "ang"),
        ("lower/start@2+x", "a", "ab"),
        ("lower/start@1-1/end@1-1", "abc", "abcd"),
        ("lower/end+y", "", "a"),
    ],
)
def test_a_form_that_is_too_short_gets_none(script, too_short, fits):
    assert apply_script(script, too_short) is None
    assert apply_script(script, fits) is not None


@pytest.mark.parametrize("script", ["always/be", "lower", "capital", "keep", "upper"])
def test_always_and_casings_alone_fit_the_empty_form(script):
    assert apply_script(script, "") is not None


NO_SCRIPTS = [
    "", "NOUN", "lower/", "lower/end", "lower/end@2", "lower/end-0", "lower/end-3+", "lower/end+y/start-1", "always",
    "lower/end+a/b", r"always/\x", r"always/a\u12", r"always/\ud800", "lower\n", "lower/end-٣",
]  # fmt: skip


@pytest.mark.parametrize("function", [describe_script, lambda script: apply_script(script, "form")])
@pytest.mark.parametrize("text", NO_SCRIPTS)
def test_what_is_no_script_is_an_error_that_quotes_it(text, function):
    with pytest.raises(ValueError, match=re.escape(f"not an edit script: {text!r}")):
        function(text)


@pytest.mark.parametrize(
    ("script", "phrase"),
    [
        ("keep", "as it is"),
        ("lower", "lower-case"),
        ("capital", "capitalise"),
        ("upper/end-1", "upper-case; remove 1 character at the end"),
        ("lower/end-3+y", "lower-case; remove 3 characters at the end, add y"),
        ("keep/end+ly", "add ly at the end"),
        ("keep/start-2/end-1+en", "remove 2 characters at the start; remove 1 character at the end, add en"),
        ("keep/end@2-1+i", "remove 1 character before the last 2, add i"),
        ("keep/start@1+n", "add n after the first character"),
        (r"keep/end+\sa", r"add \sa at the end"),
        ("always/be", "always: be"),
    ],
)
def test_description_says_what_the_script_does(script, phrase):
    assert describe_script(script) == phrase


def test_long_strings_get_a_script():
    form, string = "ab" * 2000 + "x", "ba" * 2000 + "y"

    assert edit_script(form, string) == "lower/start+b/end-2+y"


def test_forms_of_the_english_treebank_share_few_scripts(shared_data):
    train, dev = (lemmas_of(shared_data / "ewt" / f"en_ewt-ud-{split}.conllu") for split in ("train", "dev"))
    scripts = {edit_script(form, lemma) for form, lemma in train}
    n_known = sum(edit_script(form, lemma) in scripts for form, lemma in dev)

    assert all(apply_script(edit_script(form, lemma), form) == lemma for form, lemma in train)
    assert len(scripts) < 600
    assert n_known > 0.997 * len(dev)


def lemmas_of(path):
    """Forms with their lemmas."""
    sentences = read_sentences(path, Layout(tag="lemma"))
    return [pair for sentence in sentences for pair in zip(sentence.tokens, sentence.tags or (), strict=True)]


def test_the_examples_in_docstrings_are_true():
    results = doctest.testmod(edit_scripts)

    assert results.attempted > 4
    assert results.failed == 0
