"""Tag schemes: spans from tags, tags from spans, and allowed transitions."""

from itertools import pairwise, product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus.schemes import Scheme, Span, can_follow, convert, invalid_starts, spans_of, tags_of
from tests.spans import SCHEMES, schemes, sentences_of_spans

EXAMPLE = [Span(0, 2, "P"), Span(3, 4, "L"), Span(4, 5, "L")]
WRITTEN: dict[Scheme, str] = {
    "iob1": "I-P I-P O I-L B-L",
    "bio": "B-P I-P O B-L B-L",
    "ioe1": "I-P I-P O E-L I-L",
    "ioe2": "I-P E-P O E-L E-L",
    "bioes": "B-P E-P O S-L S-L",
}


def any_tags(letters):
    return st.lists(
        st.sampled_from(["O", *(f"{letter}-{name}" for letter, name in product(letters, "xy"))]), max_size=9
    )


def are_allowed(tags, scheme: Scheme) -> bool:
    return all(can_follow(before, tag, scheme) for before, tag in pairwise([None, *tags, None]))


# The oracle: pairs of letters that start and end a chunk; a change of type always does.
CONLLEVAL_STARTS = {"BB", "IB", "OB", "OI", "EE", "EI", "OE"}
CONLLEVAL_ENDS = {"BB", "BO", "IB", "IO", "EE", "EI", "EO"}
SEQEVAL_STARTS = CONLLEVAL_STARTS | {"EB", "SB", "BS", "IS", "OS", "ES", "SS", "SE", "SI"}
SEQEVAL_ENDS = CONLLEVAL_ENDS | {"EB", "BS", "IS", "ES", "SB", "SI", "SE", "SS", "SO"}


def chunks(tags, starts, ends):
    """The chunks of a sentence, by the pairs of letters that start and end one."""
    spans, begin, before, type_before = [], 0, "O", ""
    for i, tag in enumerate([*tags, "O"]):
        letter, _, chunk_type = tag.partition("-")
        if before + letter in ends or (before != "O" and type_before != chunk_type):
            spans.append(Span(begin, i, type_before))
        if before + letter in starts or (letter != "O" and type_before != chunk_type):
            begin = i
        before, type_before = letter, chunk_type
    return spans


@given(any_tags("BI") | any_tags("IE"), schemes)
def test_spans_are_the_chunks_of_conlleval_whether_tags_are_valid_or_not(tags, scheme):
    assert spans_of(tags, scheme) == chunks(tags, CONLLEVAL_STARTS, CONLLEVAL_ENDS)


@given(any_tags("BIES"))
def test_spans_are_the_chunks_of_seqeval_if_letters_mark_the_end(tags):
    assert spans_of(tags, "bioes") == chunks(tags, SEQEVAL_STARTS, SEQEVAL_ENDS)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("O I-x I-x O", [(1, 3, "x")]),  # I after O starts a span
        ("B-x I-y I-y", [(0, 1, "x"), (1, 3, "y")]),  # so does I of another type
        ("I-x B-x I-x", [(0, 1, "x"), (1, 3, "x")]),  # B always starts one
        ("B-x E-x E-x", [(0, 2, "x"), (2, 3, "x")]),  # E ends a span, the next E is another span
        ("S-x I-x E-x", [(0, 1, "x"), (1, 3, "x")]),  # nothing continues S
        ("B-x O I-x", [(0, 1, "x"), (2, 3, "x")]),
        ("B-x I-x S-x", [(0, 2, "x"), (2, 3, "x")]),  # an unfinished span ends where S starts
        ("I-x", [(0, 1, "x")]),
        ("O", []),
        ("", []),
    ],
)
def test_spans_are_those_worked_out_by_hand(tags, expected):
    assert spans_of(tags.split(), "bioes") == expected


def test_bilou_and_bmes_are_read_as_bioes():
    assert spans_of(["B-x", "I-x", "L-x", "U-x", "O"], "bioes") == [(0, 3, "x"), (3, 4, "x")]
    assert spans_of(["B-x", "M-x", "E-x", "S-x", "O"], "bioes") == [(0, 3, "x"), (3, 4, "x")]
    assert invalid_starts(["B-x", "I-x", "L-x", "U-x", "O"], "bioes") == []
    assert convert(["B-x", "M-x", "L-x", "U-x"], "bioes", "bioes") == ("B-x", "I-x", "E-x", "S-x")


def test_the_type_is_everything_after_the_first_hyphen():
    assert spans_of(["B-per-son", "I-per-son", "B--x", "B-"], "bio") == [(0, 2, "per-son"), (2, 3, "-x"), (3, 4, "")]


def test_letters_alone_are_spans_without_a_type():
    assert spans_of(["B", "I", "O", "B"], "bio") == [(0, 2, ""), (3, 4, "")]
    assert convert(["B", "I", "O", "B"], "bio", "bioes") == ("B", "E", "O", "S")


@pytest.mark.parametrize("tag", ["O", "_", "", "X", "-", "-LRB-", "NN-HL", "b-x", "O-x", "BI-x"])
def test_any_other_tag_is_outside_and_ends_a_span(tag):
    assert spans_of(["B-x", tag, "I-x"], "bio") == [(0, 1, "x"), (2, 3, "x")]


def test_scheme_none_has_no_spans_and_allows_all_tags():
    assert spans_of(["B-x", "I-x"], "none") == []
    assert invalid_starts(["I-x", "E-y", "NOUN"], "none") == []
    with pytest.raises(ValueError, match="in scheme none; expected one of iob1, bio, "):
        tags_of([], 3, "none")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_example_is_written_as_in_the_papers(scheme):
    assert tags_of(EXAMPLE, 5, scheme) == tuple(WRITTEN[scheme].split())
    assert tags_of(reversed(EXAMPLE), 5, scheme) == tuple(WRITTEN[scheme].split())
    assert spans_of(WRITTEN[scheme].split(), scheme) == EXAMPLE


@pytest.mark.parametrize(
    "spans", [[Span(0, 2, "x"), Span(1, 3, "y")], [Span(1, 1, "x")], [Span(2, 4, "x")], [Span(-1, 1, "x")]]
)
def test_spans_that_overlap_are_empty_or_exceed_the_sentence_are_refused(spans):
    with pytest.raises(ValueError, match="is empty, overlaps another or exceeds the sentence of 3 tokens"):
        tags_of(spans, 3, "bio")


@given(sentences_of_spans(), schemes, schemes)
def test_any_spans_survive_conversion_to_another_scheme_and_back(sentence, source, target):
    spans, n_tokens = sentence
    tags = tags_of(spans, n_tokens, source)
    there = convert(tags, source, target)
    assert there == tags_of(spans, n_tokens, target)
    assert spans_of(there, target) == spans
    assert convert(there, target, source) == tags


@pytest.mark.parametrize("other", get_args(Scheme))
def test_scheme_none_converts_to_and_from_any_scheme_unchanged(other):
    assert convert(["I-x", "NOUN"], "none", other) == ("I-x", "NOUN")
    assert convert(["I-x", "NOUN"], other, "none") == ("I-x", "NOUN")


def test_tags_outside_spans_are_kept_by_conversion():
    assert convert(["_", "I-x", "-", "I-x", "B-x"], "iob1", "bioes") == ("_", "S-x", "-", "S-x", "S-x")


def test_converting_to_the_same_scheme_repairs_invalid_tags():
    assert convert(["O", "I-x", "I-x", "I-y"], "bio", "bio") == ("O", "B-x", "I-x", "B-y")


@given(sentences_of_spans(), schemes)
def test_written_tags_have_allowed_transitions_only(sentence, scheme):
    spans, n_tokens = sentence
    tags = tags_of(spans, n_tokens, scheme)
    assert are_allowed(tags, scheme)
    assert invalid_starts(tags, scheme) == []


@given(any_tags("BI") | any_tags("IE") | any_tags("BIES"), schemes)
def test_exactly_the_tags_with_allowed_transitions_are_reproduced_from_their_spans(tags, scheme):
    is_valid = invalid_starts(tags, scheme) == []
    assert is_valid == are_allowed(tags, scheme)
    assert is_valid == (tags_of(spans_of(tags, scheme), len(tags), scheme) == tuple(tags))


@pytest.mark.parametrize(
    ("scheme", "tags", "expected"),
    [
        ("bio", "I-x O B-x I-x I-y B-y", [0, 4]),
        ("bio", "B-x E-x S-x", [1, 2]),  # letters that are not in BIO
        ("iob1", "I-x B-x I-y O I-x", []),
        ("iob1", "B-x I-x B-y", [0, 2]),  # B instead of I
        ("ioe1", "I-x E-x I-x O I-x I-y", []),
        ("ioe1", "E-x I-y E-x O B-x E-x", [1, 3, 4, 5]),  # E instead of I, also at the end; B is not in the scheme
        ("ioe2", "E-x I-x E-x E-y O", []),
        ("ioe2", "I-x O I-x E-y I-y", [1, 3, 4]),  # nothing ends these spans
        ("bioes", "B-x O I-x E-x", [1, 2]),  # O breaks a span off, I continues nothing
        ("bioes", "S-x B-x I-x", [2]),  # the end of the sentence breaks a span off
        ("bioes", "I-x", [0]),  # continues nothing and is broken off, but one position
        ("bioes", "", []),
    ],
)
def test_invalid_tags_are_reported_by_position(scheme, tags, expected):
    assert invalid_starts(tags.split(), scheme) == expected


@pytest.mark.parametrize(
    ("scheme", "letters", "n_allowed"),
    [
        ("iob1", "BI", 6 * 4 + 4),  # all 6 sides to border, O and 2 I, and B and I of either type to its B
        ("bio", "BI", 6 * 4 + 4),  # all 6 sides to border, O and 2 B, and B and I of either type to its I
        ("ioe1", "IE", 4 * 6 + 2 * 2),  # border, O and 2 I to all 6 sides, each E to I and E of its type
        ("ioe2", "IE", 4 * 6 + 2 * 2),  # border, O and 2 E to all 6 sides, each I to I and E of its type
        # border, O, 2 E and 2 S to border, O, 2 B and 2 S; 2 B and 2 I to their I and E
        ("bioes", "BIES", 6 * 6 + 4 * 2),
    ],
)
def test_the_number_of_allowed_transitions_is_as_counted_by_hand(scheme, letters, n_allowed):
    sides = [None, "O", *(f"{letter}-{name}" for letter, name in product(letters, "xy"))]
    assert sum(can_follow(before, tag, scheme) for before, tag in product(sides, sides)) == n_allowed
