"""Detected schemes, and the evidence for them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus import Layout
from tagger.corpus.detection import Detection, detect_scheme
from tagger.corpus.schemes import convert, invalid_starts, spans_of, tags_of
from tagger.reading.read import read_sentences
from tests.spans import SCHEMES, schemes, sentences_of_spans


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
        (["I-x B-x O", "I-x"], "iob1: 1 type, 2 I- tags; 1 B-, each directly after a span of its type; no E- or S-"),
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
        (
            ["B-x M-x E-x O W-y"],
            "bioes, written as BMEWO: 2 types, 1 E- and 1 W- tags; every span is W- or goes from B- to E-",
        ),
        (["I-x E-x O E-y"], "ioe2: 2 types, 2 E- tags; every span ends with E-; no B- or S-"),
        (["O E-x O"], "ioe2: 1 type, 1 E- tag; every span ends with E-; no B- or S-"),
        (["I-x E-x", "I-x E-x O", "I-y"], "ioe2: 2 types, 2 E- tags; all but 1 of 3 spans end with E-; no B- or S-"),
        (
            ["I-x E-x I-x O", "I-x", "I-x"],
            "ioe1: 1 type, 4 I- tags; 1 E-, each directly before a span of its type; no B- or S-",
        ),
        (["B_x I_x O B_y"], "bio, written as B_TYPE: 2 types, 2 B_ tags; every span starts with B_; no E_ or S_"),
        (["B_x O"], "bio, written as B_TYPE: 1 type, 1 B_ tag; every span starts with B_; no E_ or S_"),
        (["B:x I:x O"], "bio, written as B:TYPE: 1 type, 1 B: tag; every span starts with B:; no E: or S:"),
        (["x-B x-I O y-B"], "bio, written as TYPE-B: 2 types, 2 -B tags; every span starts with -B; no -E or -S"),
        (
            ["x_B x_L O y_U"],
            "bioes, written as BILOU and TYPE_B: 2 types, 1 _L and 1 _U tags; every span is _U or goes from _B to _L",
        ),
        (["b-x i-x O"], "bio, written as b-TYPE: 1 type, 1 b- tag; every span starts with b-; no e- or s-"),
        (["b-x o o"], "bio, written as b-TYPE and o for O: 1 type, 1 b- tag; every span starts with b-; no e- or s-"),
        (["B-x I-x 0 0 0 0"], "bio, written as 0 for O: 1 type, 1 B- tag; every span starts with B-; no E- or S-"),
        (["I_x E_x O"], "ioe2, written as I_TYPE: 1 type, 1 E_ tag; every span ends with E_; no B_ or S_"),
        (["BNEP INEP O BNEL"], "bio, written as BTYPE: 2 types, 2 B tags; every span starts with B; no E or S"),
        (["b i o b"], "bio, written as b and o for O: no types, 2 b tags; every span starts with b; no e or s"),
        (["B M E S B E"], "bioes, written as BMES: no types, 2 E and 1 S tags; every span is S or goes from B to E"),
        (
            ["INEP O INEP O INEP O BNEP"],
            'none: tags like INEP do not fit iob1 well; data.scheme = "iob1" reads them as spans anyway',
        ),
        ([], "none: there are no tags"),
        (["O O", "O"], "none: every tag is O"),
        (["DET NOUN", "_"], "none: no tag is written like B-TYPE or I-TYPE"),
    ],
)
def test_the_evidence_has_correct_counts(sentences, evidence):
    assert detected(*sentences) == evidence


@pytest.mark.parametrize(
    "tags",
    [
        "-LRB- NN-HL -RRB- NNG+JX SF B-NP NN",  # parts of speech, one of which looks like a span tag
        "S V O",  # subject, verb and object
        "S S V O X",
        "S O O",
        "B O O B",  # letters alone are not enough
        "A B C I E",
        "L-hand R-hand L-hand L-hand",
        "x I-x",
        "IN BES MD LS SYM O UH",  # parts of speech that start with letters of spans
        "N-S V-S N-P V-P O",  # singular and plural
        "S_aux V_past V_past O",
        "bad mad sad so",
        "E-x E-x E-x S",
    ],
)
def test_other_tags_have_no_scheme(tags):
    assert detect_scheme([tags.split()]).scheme == "none"


def test_the_evidence_for_no_scheme_counts_the_tags_that_do_not_fit():
    assert detected("L-hand R-hand L-hand L-hand") == (
        "none: tags like B-TYPE or I-TYPE: 3, other tags than O: 1, pairs of tags that would not fit bio: 3"
    )
    assert detected("NN _ O NN B-NP") == "none: tags like B-TYPE or I-TYPE: 1, other tags than O: 2"


def test_missing_tags_do_not_hide_a_scheme():
    assert detect_scheme([["_"] * 50 + ["B-x", "I-x", "O"] + ["_"] * 50]).scheme == "bio"


@given(st.lists(sentences_of_spans(), min_size=1, max_size=3), schemes)
def test_the_detected_scheme_of_any_typed_spans_gives_the_same_tags(sentences, scheme):
    named = [([span._replace(type=f"t{span.type}") for span in spans], n_tokens) for spans, n_tokens in sentences]
    written = [tags_of(spans, n_tokens, scheme) for spans, n_tokens in named]
    detected = detect_scheme([*written, ("O",)]).scheme

    if not any(spans for spans, _ in named):
        assert detected == "none"
        return
    assert [tags_of(spans, n_tokens, detected) for spans, n_tokens in named] == written
    assert detected == scheme or {detected, scheme} == {"iob1", "ioe1"}  # equal if no span needs B or E


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
def test_real_span_files_are_bio_and_detected_and_preserved_in_any_scheme(real_tags, file):
    types, n_spans = SPAN_FILES[file]
    bio = real_tags(file, format="columns")
    assert detect_scheme(bio) == Detection(
        "bio", f"bio: {types}, {n_spans:,} B- tags; every span starts with B-; no E- or S-"
    )
    spans = [spans_of(tags, "bio") for tags in bio]
    assert sum(map(len, spans)) == n_spans
    for scheme in SCHEMES:
        converted = [convert(tags, "bio", scheme) for tags in bio]
        detected = detect_scheme(converted).scheme
        assert detected == scheme or (
            detected == "iob1" and not any(tag[0] == "E" for tags in converted for tag in tags)
        )
        assert [spans_of(tags, scheme) for tags in converted] == spans
        assert [convert(tags, scheme, "bio") for tags in converted] == bio
        assert not any(invalid_starts(tags, scheme) for tags in converted)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_scheme_is_detected_even_if_a_tenth_of_the_span_tags_have_a_wrong_letter(real_tags, scheme):
    chance = random.Random(1)

    def with_noise(tag: str) -> str:
        return chance.choice("BIES") + tag[1:] if tag != "O" and chance.random() < 0.1 else tag

    bio = real_tags("wnut17/wnut17train.conll", format="columns")
    noisy = [[with_noise(tag) for tag in convert(tags, "bio", scheme)] for tags in bio]
    assert sum(len(invalid_starts(tags, scheme)) for tags in noisy) > 100
    assert detect_scheme(noisy).scheme == scheme


def test_bio_is_detected_even_if_a_third_of_the_spans_start_with_i(real_tags):
    chance = random.Random(1)
    bio = real_tags("snips/dev.tsv", format="columns")
    noisy = [["I" + tag[1:] if tag[0] == "B" and chance.random() < 1 / 3 else tag for tag in tags] for tags in bio]
    assert detect_scheme(noisy).scheme == "bio"


@pytest.mark.parametrize("file", ["train", "dev", "test"])
@pytest.mark.parametrize("column", ["upos", "xpos"])
def test_real_parts_of_speech_have_no_scheme(real_tags, file, column):
    tags = real_tags(f"ewt/en_ewt-ud-{file}.conllu", tag=column)
    assert detect_scheme(tags) == Detection("none", "none: no tag is written like B-TYPE or I-TYPE")
