"""Tag schemes: what spans tags tell, how they are written, and which scheme a file is in."""

import random
from itertools import pairwise, product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus import Layout, read_sentences
from tagger.corpus.schemes import (
    Detection,
    Scheme,
    Span,
    can_follow,
    convert,
    detect_scheme,
    invalid_starts,
    spans_of,
    tags_of,
)

SCHEMES: list[Scheme] = ["iob1", "bio", "bioes"]
schemes = st.sampled_from(SCHEMES)
EXAMPLE = [Span(0, 2, "P"), Span(3, 4, "L"), Span(4, 5, "L")]
WRITTEN: dict[Scheme, str] = {
    "iob1": "I-P I-P O I-L B-L",
    "bio": "B-P I-P O B-L B-L",
    "bioes": "B-P E-P O S-L S-L",
}


@st.composite
def sentences_of_spans(draw):
    """Spans of any types, apart by 0 to 2 tokens, and the sentence's length."""
    spans, end = [], draw(st.integers(0, 2))
    types = st.sampled_from(["x", "x", "per-son", "-", "O", "", "B-x"]) | st.text(max_size=3)
    for length, span_type, gap in draw(st.lists(st.tuples(st.integers(1, 4), types, st.integers(0, 2)), max_size=6)):
        spans.append(Span(end, end + length, span_type))
        end += length + gap
    return spans, end


def any_tags(letters):
    return st.lists(
        st.sampled_from(["O", *(f"{letter}-{name}" for letter, name in product(letters, "xy"))]), max_size=9
    )


def are_allowed(tags, scheme: Scheme) -> bool:
    return all(can_follow(before, tag, scheme) for before, tag in pairwise([None, *tags, None]))


# The oracle: which pairs of letters start and end a chunk of one type. Another type starts and ends one anyway.
CONLLEVAL_STARTS = {"BB", "IB", "OB", "OI", "EE", "EI", "OE"}
CONLLEVAL_ENDS = {"BB", "BO", "IB", "IO", "EE", "EI", "EO"}
SEQEVAL_STARTS = CONLLEVAL_STARTS | {"EB", "SB", "BS", "IS", "OS", "ES", "SS", "SE", "SI"}
SEQEVAL_ENDS = CONLLEVAL_ENDS | {"EB", "BS", "IS", "ES", "SB", "SI", "SE", "SS", "SO"}


def chunks(tags, starts, ends):
    """The chunks of a sentence, by two tables of predicates."""
    found, begin, before, type_before = [], 0, "O", ""
    for i, tag in enumerate([*tags, "O"]):
        letter, _, chunk_type = tag.partition("-")
        if before + letter in ends or (before != "O" and type_before != chunk_type):
            found.append(Span(begin, i, type_before))
        if before + letter in starts or (letter != "O" and type_before != chunk_type):
            begin = i
        before, type_before = letter, chunk_type
    return found


@given(any_tags("BI") | any_tags("IE"), schemes)
def test_spans_are_the_chunks_of_conlleval_whether_tags_are_valid_or_not(tags, scheme):
    assert spans_of(tags, scheme) == chunks(tags, CONLLEVAL_STARTS, CONLLEVAL_ENDS)


@given(any_tags("BIES"))
def test_spans_are_the_chunks_of_seqeval_where_letters_tell_the_end_too(tags):
    assert spans_of(tags, "bioes") == chunks(tags, SEQEVAL_STARTS, SEQEVAL_ENDS)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("O I-x I-x O", [(1, 3, "x")]),  # I behind O starts
        ("B-x I-y I-y", [(0, 1, "x"), (1, 3, "y")]),  # so does I of another type
        ("I-x B-x I-x", [(0, 1, "x"), (1, 3, "x")]),  # B always does
        ("B-x E-x E-x", [(0, 2, "x"), (2, 3, "x")]),  # E ends, the next E is a span of its own
        ("S-x I-x E-x", [(0, 1, "x"), (1, 3, "x")]),  # nothing continues S
        ("B-x O I-x", [(0, 1, "x"), (2, 3, "x")]),
        ("B-x I-x S-x", [(0, 2, "x"), (2, 3, "x")]),  # B and I left open end where S starts
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


def test_a_type_is_all_that_follows_the_first_hyphen():
    assert spans_of(["B-per-son", "I-per-son", "B--x", "B-"], "bio") == [(0, 2, "per-son"), (2, 3, "-x"), (3, 4, "")]


def test_letters_alone_are_spans_without_a_type():
    assert spans_of(["B", "I", "O", "B"], "bio") == [(0, 2, ""), (3, 4, "")]
    assert convert(["B", "I", "O", "B"], "bio", "bioes") == ("B", "E", "O", "S")


@pytest.mark.parametrize("tag", ["O", "_", "", "X", "-", "-LRB-", "NN-HL", "b-x", "O-x", "BI-x"])
def test_any_other_tag_is_outside_and_ends_a_span(tag):
    assert spans_of(["B-x", tag, "I-x"], "bio") == [(0, 1, "x"), (2, 3, "x")]


def test_scheme_none_has_no_spans_forbids_nothing_and_writes_nothing():
    assert spans_of(["B-x", "I-x"], "none") == []
    assert invalid_starts(["I-x", "E-y", "NOUN"], "none") == []
    with pytest.raises(ValueError, match="in scheme none; expected iob1, bio or bioes"):
        tags_of([], 3, "none")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_example_is_written_as_in_the_papers(scheme):
    assert tags_of(EXAMPLE, 5, scheme) == tuple(WRITTEN[scheme].split())
    assert tags_of(reversed(EXAMPLE), 5, scheme) == tuple(WRITTEN[scheme].split())
    assert spans_of(WRITTEN[scheme].split(), scheme) == EXAMPLE


@pytest.mark.parametrize(
    "spans", [[Span(0, 2, "x"), Span(1, 3, "y")], [Span(1, 1, "x")], [Span(2, 4, "x")], [Span(-1, 1, "x")]]
)
def test_spans_that_overlap_are_empty_or_leave_the_sentence_are_refused(spans):
    with pytest.raises(ValueError, match="is empty, overlaps another or leaves the sentence of 3 tokens"):
        tags_of(spans, 3, "bio")


@given(sentences_of_spans(), schemes, schemes)
def test_any_spans_survive_being_written_in_one_scheme_and_converted_to_another_and_back(sentence, source, target):
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


def test_tags_outside_spans_stay_when_the_rest_is_converted():
    assert convert(["_", "I-x", "-", "I-x", "B-x"], "iob1", "bioes") == ("_", "S-x", "-", "S-x", "S-x")


def test_converting_to_its_own_scheme_mends_what_is_not_valid():
    assert convert(["O", "I-x", "I-x", "I-y"], "bio", "bio") == ("O", "B-x", "I-x", "B-y")


@given(sentences_of_spans(), schemes)
def test_written_tags_have_allowed_transitions_only(sentence, scheme):
    spans, n_tokens = sentence
    tags = tags_of(spans, n_tokens, scheme)
    assert are_allowed(tags, scheme)
    assert invalid_starts(tags, scheme) == []


@given(any_tags("BI") | any_tags("BIES"), schemes)
def test_tags_are_valid_where_all_transitions_are_allowed_and_only_they_are_what_their_spans_are_written_as(
    tags, scheme
):
    is_valid = invalid_starts(tags, scheme) == []
    assert is_valid == are_allowed(tags, scheme)
    assert is_valid == (tags_of(spans_of(tags, scheme), len(tags), scheme) == tuple(tags))


@pytest.mark.parametrize(
    ("scheme", "tags", "expected"),
    [
        ("bio", "I-x O B-x I-x I-y B-y", [0, 4]),
        ("bio", "B-x E-x S-x", [1, 2]),  # letters that BIO does not have
        ("iob1", "I-x B-x I-y O I-x", []),
        ("iob1", "B-x I-x B-y", [0, 2]),  # B where I would do
        ("bioes", "B-x O I-x E-x", [1, 2]),  # O breaks a span off, I continues nothing
        ("bioes", "S-x B-x I-x", [2]),  # the sentence's end does
        ("bioes", "I-x", [0]),  # continues nothing and is broken off: one position
        ("bioes", "", []),
    ],
)
def test_invalid_tags_are_told_by_position(scheme, tags, expected):
    assert invalid_starts(tags.split(), scheme) == expected


@pytest.mark.parametrize(
    ("scheme", "letters", "n_allowed"),
    [
        ("iob1", "BI", 6 * 4 + 4),  # all 6 sides to border, O and 2 I, and B and I of either type to its B
        ("bio", "BI", 6 * 4 + 4),  # all 6 sides to border, O and 2 B, and B and I of either type to its I
        (
            "bioes",
            "BIES",
            6 * 6 + 4 * 2,
        ),  # border, O, 2 E and 2 S to border, O, 2 B and 2 S; 2 B and 2 I to their I and E
    ],
)
def test_as_many_transitions_are_allowed_as_counted_by_hand(scheme, letters, n_allowed):
    sides = [None, "O", *(f"{letter}-{name}" for letter, name in product(letters, "xy"))]
    assert sum(can_follow(before, tag, scheme) for before, tag in product(sides, sides)) == n_allowed


def detected(*sentences: str) -> str:
    return detect_scheme(sentence.split() for sentence in sentences).evidence


@pytest.mark.parametrize(
    ("sentences", "evidence"),
    [
        (["O B-x I-x B-y", "B-x"], "bio: 2 types, 3 B- tags; every span starts with B-; no E- or S-"),
        (["B-x O B-x O"], "bio: 1 type, 2 B- tags; every span starts with B-; no E- or S-"),
        (["B-x O I-x", "B-x E-x"], "bio: 1 type, 2 B- tags; all but 1 of 3 spans start with B-; 1 E- or S-"),
        (["B I O B"], "bio: no types, 2 B tags; every span starts with B; no E or S"),
        (["O I-x I-x O", "I-y O"], "iob1: 2 types, 3 I- tags; no B-; no E- or S-"),
        (["I-x B-x O", "I-x"], "iob1: 1 type, 2 I- tags; 1 B-, each directly behind a span of its type; no E- or S-"),
        (
            ["I-x B-x O B-x", "I-x I-x O I-x"],
            "iob1: 1 type, 4 I- tags; all but 1 of 2 B- directly follow a span of their type; no E- or S-",
        ),
        (["B-x E-x O S-y"], "bioes: 2 types, 1 E- and 1 S- tags; every span is S- or goes from B- to E-"),
        (["O S-x"], "bioes: 1 type, 0 E- and 1 S- tags; every span is S- or goes from B- to E-"),
        (["B-x I-x E-x O S-y", "I-x"], "bioes: 2 types, 1 E- and 1 S- tags; pairs of tags that do not fit: 2"),
        (["B I E S", "B E"], "bioes: no types, 2 E and 1 S tags; every span is S or goes from B to E"),
        (
            ["B-x I-x L-x O U-y"],
            "bioes, written as BILOU: 2 types, 1 L- and 1 U- tags; every span is U- or goes from B- to L-",
        ),
        (
            ["B-x M-x E-x O S-y"],
            "bioes, written as BMES: 2 types, 1 E- and 1 S- tags; every span is S- or goes from B- to E-",
        ),
        ([], "none: there are no tags"),
        (["O O", "O"], "none: every tag is O"),
        (["DET NOUN", "_"], "none: no tag is written like B-TYPE or I-TYPE"),
    ],
)
def test_evidence_is_a_sentence_that_can_be_counted_after(sentences, evidence):
    assert detected(*sentences) == evidence


@pytest.mark.parametrize(
    "tags",
    [
        "-LRB- NN-HL -RRB- NNG+JX SF B-NP NN",  # parts of speech with hyphens, one of them by chance like a span's
        "S V O",  # subject, verb and object
        "S S V O X",
        "S O O",
        "B O O B",  # letters alone tell too little
        "A B C I E",
        "L-hand R-hand L-hand L-hand",
        "x I-x",
    ],
)
def test_other_tags_are_in_no_scheme(tags):
    assert detect_scheme([tags.split()]).scheme == "none"


def test_evidence_for_none_counts_what_does_not_fit():
    assert detected("L-hand R-hand L-hand L-hand") == (
        "none: tags like B-TYPE or I-TYPE: 3, other tags than O: 1, pairs of tags that would not fit bio: 3"
    )
    assert detected("NN _ O NN B-NP") == "none: tags like B-TYPE or I-TYPE: 1, other tags than O: 2"


def test_missing_tags_do_not_hide_a_scheme():
    assert detect_scheme([["_"] * 50 + ["B-x", "I-x", "O"] + ["_"] * 50]).scheme == "bio"


@given(st.lists(sentences_of_spans(), min_size=1, max_size=3), schemes)
def test_any_spans_with_types_are_detected_in_the_scheme_that_they_are_written_in(sentences, scheme):
    named = [([span._replace(type=f"t{span.type}") for span in spans], n_tokens) for spans, n_tokens in sentences]
    detection = detect_scheme(tags_of(spans, n_tokens, scheme) for spans, n_tokens in named)
    assert detection.scheme == (scheme if any(spans for spans, _ in named) else "none")


SPAN_FILES = {
    "snips/train.tsv": ("39 types", 33953),
    "snips/dev.tsv": ("39 types", 1795),
    "snips/test.tsv": ("39 types", 1794),
    "wnut17/wnut17train.conll": ("6 types", 1975),
    "wnut17/emerging.dev.conll": ("6 types", 836),
    "wnut17/emerging.test.annotated": ("6 types", 1079),
}


@pytest.fixture
def real_tags(shared_data):
    return lambda file, **layout: [sentence.tags for sentence in read_sentences(shared_data / file, Layout(**layout))]


@pytest.mark.parametrize("file", SPAN_FILES)
def test_real_span_files_are_bio_and_are_told_and_kept_in_any_scheme(real_tags, file):
    types, n_spans = SPAN_FILES[file]
    bio = real_tags(file, format="columns")
    assert detect_scheme(bio) == Detection(
        "bio", f"bio: {types}, {n_spans:,} B- tags; every span starts with B-; no E- or S-"
    )
    spans = [spans_of(tags, "bio") for tags in bio]
    assert sum(map(len, spans)) == n_spans
    for scheme in SCHEMES:
        converted = [convert(tags, "bio", scheme) for tags in bio]
        assert detect_scheme(converted).scheme == scheme
        assert [spans_of(tags, scheme) for tags in converted] == spans
        assert [convert(tags, scheme, "bio") for tags in converted] == bio
        assert not any(invalid_starts(tags, scheme) for tags in converted)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_real_file_is_told_where_a_tenth_of_its_span_tags_have_a_wrong_letter(real_tags, scheme):
    chance = random.Random(1)

    def with_noise(tag: str) -> str:
        return chance.choice("BIES") + tag[1:] if tag != "O" and chance.random() < 0.1 else tag

    bio = real_tags("wnut17/wnut17train.conll", format="columns")
    noisy = [[with_noise(tag) for tag in convert(tags, "bio", scheme)] for tags in bio]
    assert sum(len(invalid_starts(tags, scheme)) for tags in noisy) > 100
    assert detect_scheme(noisy).scheme == scheme


def test_a_bio_file_stays_bio_where_a_third_of_its_spans_start_with_i(real_tags):
    chance = random.Random(1)
    bio = real_tags("snips/dev.tsv", format="columns")
    noisy = [["I" + tag[1:] if tag[0] == "B" and chance.random() < 1 / 3 else tag for tag in tags] for tags in bio]
    assert detect_scheme(noisy).scheme == "bio"


@pytest.mark.parametrize("file", ["train", "dev", "test"])
@pytest.mark.parametrize("column", ["upos", "xpos"])
def test_real_parts_of_speech_are_in_no_scheme(real_tags, file, column):
    tags = real_tags(f"ewt/en_ewt-ud-{file}.conllu", tag=column)
    assert detect_scheme(tags) == Detection("none", "none: no tag is written like B-TYPE or I-TYPE")
