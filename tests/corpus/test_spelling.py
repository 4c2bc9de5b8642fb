"""Spellings of tags, and the same spans in every spelling."""

from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus.detection import detect_scheme
from tagger.corpus.schemes import Span, spans_of, tags_of
from tagger.corpus.spelling import NAMED_LETTERS, PLAIN, Notation, SchemeName, Spelling, notation_named
from tagger.corpus.tags import convert_tags, expand_types, rename_types, span_types
from tests.spans import SCHEMES, schemes, sentences_of_spans

SPELLINGS = [
    Spelling(letters, outside, separator, is_suffix)
    for (letters, outside), (separator, is_suffix) in product(
        [*((letters, "O") for letters in NAMED_LETTERS.values()), ("bies", "o"), ("BIES", "0")],
        [("-", False), ("-", True), ("_", False), ("_", True), (":", False), ("", False)],
    )
]
spellings = st.sampled_from(SPELLINGS)


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        (Spelling(), "O B-P E-P S-L I-x-y"),
        (Spelling("BILU"), "O B-P L-P U-L I-x-y"),
        (Spelling("BMES"), "O B-P E-P S-L M-x-y"),
        (Spelling(separator="_"), "O B_P E_P S_L I_x-y"),
        (Spelling(is_suffix=True), "O P-B P-E L-S x-y-I"),
        (Spelling("bies", outside="o"), "o b-P e-P s-L i-x-y"),
        (Spelling(separator=""), "O BP EP SL Ix-y"),
    ],
)
def test_tags_are_spelled_as_expected(spelling, expected):
    inside = ["O", "B-P", "E-P", "S-L", "I-x-y"]

    assert [*map(spelling.write, inside)] == expected.split()
    assert [*map(spelling.read, expected.split())] == inside


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_tags_in_another_spelling_are_unchanged(spelling):
    for tag in ("_", "X", "-LRB-", "-", "NOUN", "Ox"):
        assert spelling.write(spelling.read(tag)) == tag


@given(sentences_of_spans(), schemes, spellings)
def test_any_spans_survive_any_spelling(sentence, scheme, spelling):
    spans, n_tokens = sentence
    spans = [span._replace(type=f"t{span.type}") for span in spans]
    inside = tags_of(spans, n_tokens, scheme)
    written = [*map(spelling.write, inside)]

    assert tuple(map(spelling.read, written)) == inside
    for name in get_args(SchemeName):
        other = notation_named(name)
        there = convert_tags(written, Notation(scheme, spelling), other)
        assert spans_of([*map(other.spelling.read, there)], other.scheme) == spans
        assert convert_tags(there, other, Notation(scheme, spelling)) == tuple(written)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_spelling_of_every_scheme_is_detected(scheme, spelling):
    sentences = [
        ([Span(0, 3, "per"), Span(3, 4, "per"), Span(5, 6, "loc")], 7),
        ([Span(1, 3, "loc"), Span(3, 5, "loc"), Span(5, 6, "org")], 9),
    ]
    written = [[*map(spelling.write, tags_of(spans, n_tokens, scheme))] for spans, n_tokens in sentences]
    notation = detect_scheme(written).notation()
    inside = [convert_tags(tags, notation, Notation(scheme)) for tags in written]

    assert notation.scheme == scheme
    assert inside == [tags_of(spans, n_tokens, scheme) for spans, n_tokens in sentences]
    assert [[*convert_tags(tags, Notation(scheme), notation)] for tags in inside] == written


def test_tags_are_repaired_in_their_own_scheme_only_on_request():
    tags, bio, under = ["O", "I_x", "I_x"], Notation("bio"), Notation("bio", Spelling(separator="_"))

    assert convert_tags(tags, under, bio) == ("O", "I-x", "I-x")
    assert convert_tags(tags, under, under, repair=True) == ("O", "B_x", "I_x")
    assert convert_tags(tags, under, bio, ignore=["I_x"]) == ("O", "I_x", "I_x")
    assert convert_tags(tags, Notation(), bio, repair=True) == tuple(tags)


@pytest.mark.parametrize("spelling", [PLAIN, Spelling("BILU"), Spelling(separator="_"), Spelling(is_suffix=True)])
def test_types_are_renamed_in_every_spelling(spelling):
    tags = tuple(map(spelling.write, ("B-LOC", "E-LOC", "O", "S-PER", "S-LOC")))
    notation = Notation("bioes", spelling)

    assert span_types(tags, notation) == {"LOC", "PER"}
    assert rename_types(tags, {"LOC": "geo"}, notation) == tuple(
        map(spelling.write, ("B-geo", "E-geo", "O", "S-PER", "S-geo"))
    )
    assert rename_types(tags, {"LOC": "PER", "PER": "LOC"}, notation)[2:] == tuple(
        map(spelling.write, ("O", "S-LOC", "S-PER"))
    )


def test_renaming_a_type_to_O_removes_its_spans():
    assert rename_types(["B-x", "I-x", "B-y"], {"x": "O"}, Notation("bio")) == ("O", "O", "B-y")


def test_adjacent_spans_stay_separate_when_their_types_are_merged():
    assert rename_types(["I-x", "I-y", "O"], {"y": "x"}, Notation("iob1")) == ("I-x", "B-x", "O")
    assert rename_types(["I-x", "I-y", "O"], {"y": "x"}, Notation("ioe1")) == ("E-x", "I-x", "O")


def test_names_of_types_are_expanded_to_their_tags():
    under = Notation("bio", Spelling(separator="_"))

    assert expand_types(["_", "x"], {"x"}, under) == ("_", "x", "B_x", "I_x", "E_x", "S_x")
    assert expand_types(["x"], set(), under) == ("x",)
