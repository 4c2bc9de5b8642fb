"""Hypothesis strategies for spans."""

from hypothesis import strategies as st

from tagger.corpus.schemes import Scheme, Span

SCHEMES: list[Scheme] = ["iob1", "bio", "ioe1", "ioe2", "bioes"]
schemes = st.sampled_from(SCHEMES)


@st.composite
def sentences_of_spans(draw):
    """Spans of any types with gaps of 0 to 2 tokens, and the length of the sentence."""
    spans, end = [], draw(st.integers(0, 2))
    types = st.sampled_from(["x", "x", "per-son", "-", "O", "", "B-x"]) | st.text(max_size=3)
    for length, span_type, gap in draw(st.lists(st.tuples(st.integers(1, 4), types, st.integers(0, 2)), max_size=6)):
        spans.append(Span(end, end + length, span_type))
        end += length + gap
    return spans, end
