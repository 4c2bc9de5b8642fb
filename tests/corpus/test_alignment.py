import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus.alignment import CharSpan, align
from tagger.corpus.schemes import Span, tags_of
from tagger.corpus.text import text_sentence

TEXT = "Ada Byron met New York-born Bo  ."
OFFSETS = [(0, 3), (4, 9), (10, 13), (14, 17), (18, 22), (22, 23), (23, 27), (28, 30), (32, 33)]


def aligned(*spans: tuple[int, int, str]) -> tuple[list[Span], list[tuple[CharSpan, str]]]:
    token_spans, misfits = align([CharSpan(*span) for span in spans], OFFSETS, TEXT)
    return token_spans, [(misfit.span, misfit.why) for misfit in misfits]


def test_a_span_of_whole_tokens_fits():
    assert aligned((14, 22, "loc"), (0, 9, "per")) == ([(0, 2, "per"), (3, 5, "loc")], [])


@pytest.mark.parametrize(("start", "end"), [(27, 30), (28, 31), (27, 32), (28, 32)])
def test_white_space_at_the_ends_of_a_span_does_not_count(start, end):
    assert aligned((start, end, "per")) == ([(7, 8, "per")], [])


@pytest.mark.parametrize(("start", "end"), [(4, 8), (5, 9), (6, 7), (3, 7)])
def test_a_span_that_cuts_a_token_is_widened_to_it_and_reported(start, end):
    assert aligned((start, end, "per")) == ([(1, 2, "per")], [((start, end, "per"), "cuts a token")])


def test_a_span_that_cuts_two_tokens_is_widened_to_both():
    assert aligned((2, 5, "per")) == ([(0, 2, "per")], [((2, 5, "per"), "cuts a token")])


@pytest.mark.parametrize(("start", "end"), [(3, 4), (5, 5), (4, 4), (30, 32), (33, 33), (0, 0)])
def test_a_span_of_white_space_or_nothing_touches_no_token(start, end):
    assert aligned((start, end, "x")) == ([], [((start, end, "x"), "touches no token")])


def test_the_longest_or_else_the_first_of_spans_that_share_a_token_is_kept():
    assert aligned((4, 9, "x"), (0, 9, "per")) == ([(0, 2, "per")], [((4, 9, "x"), "overlaps another")])
    assert aligned((0, 3, "x"), (0, 3, "y")) == ([(0, 1, "x")], [((0, 3, "y"), "overlaps another")])
    assert aligned((4, 6, "x"), (7, 9, "y"))[0] == [(1, 2, "x")]


def test_duplicate_spans_are_dropped():
    assert aligned((0, 3, "x"), (0, 3, "x")) == ([(0, 1, "x")], [])


def test_a_text_without_tokens_has_no_spans():
    assert align([CharSpan(0, 1, "x")], [], " ")[0] == []


@given(st.text("ab, 'n\u00a0é"), st.data())
def test_aligned_spans_align_to_themselves_and_any_spans_give_tags(text, data):
    offsets = text_sentence(text).offsets or ()
    borders = st.lists(st.integers(0, len(text)), min_size=2, max_size=2).map(sorted)
    spans = [
        CharSpan(pair[0], pair[1], label)
        for pair, label in data.draw(st.lists(st.tuples(borders, st.sampled_from("xy"))))
    ]
    token_spans, misfits = align(spans, offsets, text)

    assert len(tags_of(token_spans, len(offsets), "bio")) == len(offsets)
    assert len(set(spans)) == len(token_spans) + sum(misfit.why != "cuts a token" for misfit in misfits)
    char_spans = [CharSpan(offsets[first][0], offsets[end - 1][1], label) for first, end, label in token_spans]
    assert align(char_spans, offsets, text) == (token_spans, [])
