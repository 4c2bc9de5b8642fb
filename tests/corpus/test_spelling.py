"""How files spell the tags of spans, and the same spans in every spelling."""

from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus.detection import detect_scheme
from tagger.corpus.schemes import Span, spans_of, tags_of
from tagger.corpus.spelling import NAMED_LETTERS, PLAIN, Notation, SchemeName, Spelling, notation_named
from tagger.corpus.tags import rewritten, spelled, types_of, with_types
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
def test_tags_are_spelled_as_by_hand(spelling, expected):
    inside = ["O", "B-P", "E-P", "S-L", "I-x-y"]

    assert [*map(spelling.write, inside)] == expected.split()
    assert [*map(spelling.read, expected.split())] == inside


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_tags_that_are_not_spelled_so_stay(spelling):
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
        there = rewritten(written, Notation(scheme, spelling), other)
        assert spans_of([*map(other.spelling.read, there)], other.scheme) == spans
        assert rewritten(there, other, Notation(scheme, spelling)) == tuple(written)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_spelling_of_every_scheme_is_detected(scheme, spelling):
    sentences = [
        ([Span(0, 3, "per"), Span(3, 4, "per"), Span(5, 6, "loc")], 7),
        ([Span(1, 3, "loc"), Span(3, 5, "loc"), Span(5, 6, "org")], 9),
    ]
    written = [[*map(spelling.write, tags_of(spans, n_tokens, scheme))] for spans, n_tokens in sentences]
    notation = detect_scheme(written).notation()
    inside = [rewritten(tags, notation, Notation(scheme)) for tags in written]

    assert notation.scheme == scheme
    assert inside == [tags_of(spans, n_tokens, scheme) for spans, n_tokens in sentences]
    assert [[*rewritten(tags, Notation(scheme), notation)] for tags in inside] == written


def test_tags_are_mended_in_their_own_scheme_only_where_that_is_asked_for():
    tags, bio, under = ["O", "I_x", "I_x"], Notation("bio"), Notation("bio", Spelling(separator="_"))

    assert rewritten(tags, under, bio) == ("O", "I-x", "I-x")
    assert rewritten(tags, under, under, mend=True) == ("O", "B_x", "I_x")
    assert rewritten(tags, under, bio, ignore=["I_x"]) == ("O", "I_x", "I_x")
    assert rewritten(tags, Notation(), bio, mend=True) == tuple(tags)


@pytest.mark.parametrize("spelling", [PLAIN, Spelling("BILU"), Spelling(separator="_"), Spelling(is_suffix=True)])
def test_types_are_renamed_in_every_spelling(spelling):
    tags = tuple(map(spelling.write, ("B-LOC", "E-LOC", "O", "S-PER", "S-LOC")))
    notation = Notation("bioes", spelling)

    assert types_of(tags, notation) == {"LOC", "PER"}
    assert with_types(tags, {"LOC": "geo"}, notation) == tuple(
        map(spelling.write, ("B-geo", "E-geo", "O", "S-PER", "S-geo"))
    )
    assert with_types(tags, {"LOC": "PER", "PER": "LOC"}, notation)[2:] == tuple(
        map(spelling.write, ("O", "S-LOC", "S-PER"))
    )


def test_a_type_that_is_renamed_O_leaves_no_span():
    assert with_types(["B-x", "I-x", "B-y"], {"x": "O"}, Notation("bio")) == ("O", "O", "B-y")


def test_spans_of_two_types_that_become_one_stay_two():
    assert with_types(["I-x", "I-y", "O"], {"y": "x"}, Notation("iob1")) == ("I-x", "B-x", "O")
    assert with_types(["I-x", "I-y", "O"], {"y": "x"}, Notation("ioe1")) == ("E-x", "I-x", "O")


def test_names_of_types_stand_for_their_tags():
    under = Notation("bio", Spelling(separator="_"))

    assert spelled(["_", "x"], {"x"}, under) == ("_", "x", "B_x", "I_x", "E_x", "S_x")
    assert spelled(["x"], set(), under) == ("x",)
