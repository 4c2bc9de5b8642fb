"""Tagging step by step: the same answers as for the whole series, and a state that can be saved."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tagger.corpus.layout import Layout
from tagger.corpus.sentence import Sentence
from tagger.encoding.arrays import TableBits
from tagger.encoding.lexicon import Lexicon
from tagger.errors import BundleError, DataError
from tagger.heads.crf import CRF
from tagger.heads.target import TagTarget
from tagger.inputs.encoder import Encoder
from tagger.inputs.numbers import Numbers
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle import Bundle
from tagger.tagging.graph import build_graphs
from tagger.tagging.stepper import Step, Stepper, TaggedStep
from tagger.tagging.tagger import Tagger
from tests.bundles import (
    PROVENANCE,
    random_weights,
    save_context_bundle,
    save_heads_bundle,
    save_series_bundle,
    save_spans_bundle,
    save_steps_bundle,
    save_words_bundle,
)
from tests.networks import ALL_INPUTS, CELLS, INPUTS, name_of

DEPTHS: list[dict[str, Any]] = [
    {"units": (4,)},
    {"units": (4, 3)},
    {"units": (4, 4, 4), "residual": True, "layer_norm": True},
]
SERIES = np.random.default_rng(3).normal(1, 2, (30, 2)).tolist()
NETWORKS = [
    *(replace(ALL_INPUTS, cell=cell, reset_after=r, **depth) for cell, r in CELLS for depth in DEPTHS),
    *(network for network in INPUTS if network.heads == ALL_INPUTS.heads),
]


@pytest.fixture(scope="module")
def tagger(tmp_path_factory) -> Tagger:
    return Tagger.load(save_steps_bundle(tmp_path_factory.mktemp("steps") / "bundle"), threads=1)


def tagger_of(network: Architecture, bits: TableBits) -> Tagger:
    target = TagTarget(("A", "B", "C"), Lexicon("A", None))
    bundle = Bundle(network, Encoder(network.inputs), (target,), Layout(), PROVENANCE)
    return Tagger(bundle, build_graphs(network, random_weights(network), table_bits=bits), threads=1)


def random_sentence(network: Architecture, n: int) -> Sentence:
    """A sentence of known and unknown symbols, with whatever else the network reads."""
    rng, encoder = np.random.default_rng(5), Encoder(network.inputs)
    symbols = [f"symbol {i}" for i in range(7)]
    return Sentence(
        tuple(rng.choice(symbols, n).tolist()),
        numbers=tuple(map(tuple, rng.normal(0, 1, (n, 2)).tolist())) if encoder.numeric else None,
        columns=tuple(map(tuple, rng.choice(symbols, (n, len(encoder.columns))).tolist())) if encoder.columns else None,
    )


def tags_of(stepper: Stepper, steps: Sequence[Step]) -> list[TaggedStep]:
    """The answers of a whole series, step by step."""
    return [answer for step in steps for answer in stepper.add_all([step])] + stepper.finish()


def steps_of(sentence: Sentence) -> list[Sentence]:
    return [
        replace(
            sentence,
            tokens=(token,),
            numbers=sentence.numbers and (sentence.numbers[i],),
            columns=sentence.columns and (sentence.columns[i],),
        )
        for i, token in enumerate(sentence.tokens)
    ]


@pytest.mark.parametrize("bits", [8, 32])
@pytest.mark.parametrize("network", NETWORKS, ids=name_of)
def test_steps_get_the_tags_and_confidences_of_the_whole_sentence(network, bits):
    tagger, sentence = tagger_of(network, bits), random_sentence(network, 25)
    (whole,) = tagger.tag([sentence])
    one_by_one, in_blocks = tagger.steps(), tagger.steps()
    steps = steps_of(sentence)

    tagged = tags_of(one_by_one, steps)
    blocks = [answer for i in range(0, 25, 7) for answer in in_blocks.add_all(steps[i : i + 7])]

    for answers in (tagged, blocks):
        assert tuple(answer.tag for answer in answers) == whole.tags
        assert [answer.confidence for answer in answers] == pytest.approx([*whole.confidence], abs=1e-5)
    assert len({answer.confidence for answer in tagged}) > 1


def test_a_step_is_a_row_of_numbers_a_token_or_a_sentence_of_one(tagger, tmp_path):
    words = Tagger.load(save_words_bundle(tmp_path / "words"), threads=1).steps()
    rows: list[object] = [[1.0, 2.0], (1.0, 2.0), np.array([1.0, 2.0]), Sentence(("1",), numbers=((1.0, 2.0),))]

    assert len({tagger.steps().add(row) for row in rows}) == 1
    assert [answer.tag for answer in tags_of(words, ["John", Sentence(("loves",))])] == ["S", "V"]


def test_the_tag_depends_on_the_steps_before_and_reset_forgets_them(tagger):
    stepper = tagger.steps()
    first = [stepper.add(step) for step in SERIES]
    later = [stepper.add(step) for step in SERIES]
    stepper.reset()

    assert [stepper.add(step) for step in SERIES] == first != later


@pytest.mark.parametrize("n", [0, 1, 17])
def test_a_saved_state_goes_on_as_if_there_had_been_no_end(tagger, n):
    stepper, whole = tagger.steps(), tagger.steps()
    expected = [whole.add(step) for step in SERIES]

    first = [stepper.add(step) for step in SERIES[:n]]
    resumed = tagger.steps(json.loads(json.dumps(stepper.state())))

    assert first + [resumed.add(step) for step in SERIES[n:]] == expected


def test_after_an_error_the_steps_do_not_count(tagger):
    stepper = tagger.steps()
    stepper.add(SERIES[0])
    before = stepper.state()

    for bad in (["a", "b"], [1.0], [1.0, 2.0, 3.0], [1.0, float("inf")], "word"):
        with pytest.raises((DataError, ValueError)):
            stepper.add_all([SERIES[1], bad])

    assert stepper.state() == before


def test_a_state_of_another_tagger_or_of_another_form_is_refused(tagger, tmp_path):
    stepper = tagger.steps()
    stepper.add(SERIES[0])
    state = stepper.state()
    (name, values), *_ = state["states"].items()
    bad = {
        "saved by another tagger": state | {"tagger": "0" * 64},
        "tagger: missing": {},
        f"states.*{name}.*a list of 5": state | {"states": state["states"] | {name: values[1:]}},
        "a finite number": state | {"states": state["states"] | {name: [1e39, *values[1:]]}},
        "no such key": state | {"states": state["states"] | {"more": []}},
        "numbers": state | {"numbers": [1.0]},
    }

    for problem, other in bad.items():
        with pytest.raises(BundleError, match=problem):
            tagger.steps(other)
    with pytest.raises(BundleError, match="another tagger"):
        Tagger.load(save_words_bundle(tmp_path / "words"), threads=1).steps(state)


def test_a_tagger_whose_tags_depend_on_later_steps_is_refused_with_the_reason(tmp_path):
    folders = {
        "both directions": save_context_bundle(tmp_path / "both"),
        "has a CRF": save_steps_bundle(tmp_path / "crf", heads=(CRF(3),)),
        'decode = "valid"': save_spans_bundle(tmp_path / "valid", decode="valid"),
        "from bio to bioes": save_spans_bundle(tmp_path / "scheme", decode="free", scheme="bioes"),
        "labels of whole series only": save_series_bundle(tmp_path / "label"),
    }

    for reason, folder in folders.items():
        with pytest.raises(BundleError, match=reason):
            Tagger.load(folder, threads=1).steps()


def test_a_step_has_the_answers_of_all_heads_but_labels(tmp_path):
    tagger = Tagger.load(save_heads_bundle(tmp_path / "model"), threads=1)
    tokens = ["Plays", "Ada", "Byron", "x"]
    stepper, (whole,) = tagger.steps(look_ahead=3), tagger.tag([tokens])

    first = stepper.add_all(tokens)
    resumed = tagger.steps(json.loads(json.dumps(stepper.state())), look_ahead=3)
    steps = first + resumed.finish()

    assert [*steps[0].answers] == ["pos", "names", "lemma"]
    for name, answers in steps[0].answers.items():
        assert answers.confidence > 0
        assert tuple(step.answers[name].tag for step in steps) == whole[name]
    assert [step.tag for step in steps] == ["VERB", "NOUN", "NOUN", "X"]


def test_the_tag_of_a_step_is_that_of_the_first_head_of_tags_else_of_strings(tmp_path):
    pos = Tagger.load(save_heads_bundle(tmp_path / "pos", ("lemma", "intent", "pos")), threads=1).steps()
    lemma = Tagger.load(save_heads_bundle(tmp_path / "lemma", ("intent", "lemma")), threads=1).steps()

    assert [answer.tag for answer in tags_of(pos, ["Plays", "Ada"])] == ["VERB", "NOUN"]
    assert [answer.tag for answer in tags_of(lemma, ["Plays", "Ada"])] == ["play", "Ada"]


def test_a_head_that_cannot_tag_step_by_step_is_named_with_its_keys(tmp_path):
    tagger = Tagger.load(save_heads_bundle(tmp_path / "model"), threads=1)

    with pytest.raises(BundleError, match="the head names has a CRF") as caught:
        tagger.steps()
    assert "--set heads.names.crf=false" in (caught.value.hint or "")


LATER: dict[str, dict[str, Any]] = {
    "two directions": {"bidirectional": True},
    "two directions, deep": {"bidirectional": True, "units": (4, 3)},
    "a CRF": {"heads": (CRF(3),)},
    "two directions and a CRF": {"bidirectional": True, "heads": (CRF(3),)},
}


@pytest.fixture(scope="module", params=LATER)
def later_tagger(request, tmp_path_factory) -> Tagger:
    folder = tmp_path_factory.mktemp("later") / "bundle"
    return Tagger.load(save_steps_bundle(folder, **LATER[request.param]), threads=1)


@pytest.mark.parametrize("look_ahead", [29, 100])
def test_with_all_later_steps_the_answers_are_those_of_the_whole_series(later_tagger, look_ahead):
    (whole,) = later_tagger.tag([np.array(SERIES)])

    answers = tags_of(later_tagger.steps(look_ahead=look_ahead), SERIES)

    assert tuple(answer.tag for answer in answers) == whole.tags
    assert [answer.confidence for answer in answers] == pytest.approx([*whole.confidence], abs=1e-5)


@pytest.mark.parametrize("look_ahead", [1, 4])
def test_a_layer_of_two_directions_sees_just_the_look_ahead(tmp_path, look_ahead):
    tagger = Tagger.load(save_steps_bundle(tmp_path / "bundle", bidirectional=True), threads=1)
    known = [np.array(SERIES[: t + look_ahead + 1]) for t in range(len(SERIES))]

    answers = tags_of(tagger.steps(look_ahead=look_ahead), SERIES)

    expected = [whole.confidence[t] for t, whole in enumerate(tagger.tag(known))]
    assert [answer.confidence for answer in answers] == pytest.approx(expected, abs=1e-5)


def test_a_step_is_tagged_when_as_many_later_ones_are_known_or_the_series_ends(later_tagger):
    stepper, blocks = later_tagger.steps(look_ahead=3), later_tagger.steps(look_ahead=3)

    first = [stepper.add(step) for step in SERIES]
    last = stepper.finish()

    assert [answer is None for answer in first] == [True] * 3 + [False] * 27
    assert [*first[3:], *last] == blocks.add_all(SERIES[:11]) + blocks.add_all(SERIES[11:]) + blocks.finish()
    assert stepper.finish() == []
    assert stepper.state() == later_tagger.steps(look_ahead=3).state()


@pytest.mark.parametrize("n", [0, 2, 17])
def test_steps_that_wait_are_part_of_the_state(later_tagger, n):
    stepper = later_tagger.steps(look_ahead=3)

    first = stepper.add_all(SERIES[:n])
    resumed = later_tagger.steps(json.loads(json.dumps(stepper.state())), look_ahead=3)

    whole = tags_of(later_tagger.steps(look_ahead=3), SERIES)
    assert first + resumed.add_all(SERIES[n:]) + resumed.finish() == whole


def test_a_scheme_is_converted_with_the_steps_that_are_known(tmp_path):
    tagger = Tagger.load(save_spans_bundle(tmp_path / "bundle", decode="valid", scheme="bioes"), threads=1)
    tokens = ["Ada", "Byron", "wrote", "Ada", "x"]

    assert tuple(answer.tag for answer in tags_of(tagger.steps(look_ahead=1), tokens)) == tagger.tag([tokens])[0].tags


def test_a_negative_look_ahead_is_refused(tagger):
    with pytest.raises(ValueError, match="0 or more"):
        tagger.steps(look_ahead=-1)


@pytest.mark.parametrize("look_ahead", [0, 29])
@pytest.mark.parametrize("missing", ["forward", "mean"])
def test_missing_numbers_are_filled_as_in_the_whole_series(tmp_path, missing, look_ahead):
    numbers = Numbers(("x", "y"), missing=missing, fill=(1.0, -2.0), indicators=(1,))
    tagger = Tagger.load(
        save_steps_bundle(tmp_path / "bundle", inputs=(numbers,), bidirectional=look_ahead > 0), threads=1
    )
    series = np.where(np.random.default_rng(8).random((30, 2)) < 0.4, np.nan, SERIES)
    series[[0, 1, 2, 12], [0, 1, 1, 0]] = np.nan
    (whole,) = tagger.tag([series])
    stepper = tagger.steps(look_ahead=look_ahead)

    first = [answer for step in series[:13] for answer in stepper.add_all([step])]
    resumed = tagger.steps(json.loads(json.dumps(stepper.state(), allow_nan=False)), look_ahead=look_ahead)
    answers = first + resumed.add_all([*series[13:]]) + resumed.finish()

    assert tuple(answer.tag for answer in answers) == whole.tags
    assert [answer.confidence for answer in answers] == pytest.approx([*whole.confidence], abs=1e-5)
