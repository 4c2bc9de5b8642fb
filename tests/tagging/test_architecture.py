from typing import Any

import pytest

from tagger.heads.crf import CRF
from tagger.heads.softmax import Softmax
from tagger.inputs.casing import Casing
from tagger.inputs.recurrent import Recurrent
from tagger.tagging.architecture import Architecture
from tests.networks import numbers, words

LSTM_TAGGER: dict[str, Any] = {
    "inputs": (numbers(4),),
    "cell": "lstm",
    "units": (3,),
    "bidirectional": False,
    "merge": "concat",
    "reset_after": True,
    "heads": (Softmax(3),),
}


@pytest.mark.parametrize(
    ("cell", "inputs", "units", "reset_after", "n_parameters"),
    [
        ("simple_rnn", 4, 3, True, 24),  # (3 + 4 + 1) * 3
        ("lstm", 4, 3, True, 96),
        ("lstm", 5, 7, True, 364),
        ("lstm", 10, 5, True, 320),
        ("lstm", 8, 10, True, 760),
        ("gru", 4, 3, False, 72),
        ("gru", 4, 3, True, 81),  # one more bias for each of 3 gates of 3 units
        ("gru", 10, 9, False, 540),
        ("gru", 9, 6, False, 288),
    ],
)
def test_recurrent_layer_has_parameters_for_each_direction(cell, inputs, units, reset_after, n_parameters):
    for bidirectional, n_directions in ((False, 1), (True, 2)):
        layer = Recurrent("layer", cell, inputs, units, bidirectional, "concat", reset_after)

        assert layer.describe().n_parameters == n_parameters * n_directions


@pytest.mark.parametrize(("merge", "width"), [("concat", 10), ("sum", 5), ("mul", 5), ("ave", 5)])
def test_only_concat_doubles_the_width_of_a_bidirectional_layer(merge, width):
    assert Recurrent("layer", "gru", 4, 5, True, merge, True).width == width
    assert Recurrent("layer", "gru", 4, 5, False, merge, True).width == 5


def test_input_of_a_stacked_layer_is_the_output_of_the_layer_below():
    architecture = Architecture(**{**LSTM_TAGGER, "inputs": (numbers(8),), "units": (128, 256, 512)})

    assert [layer.inputs for layer in architecture.layers] == [8, 128, 256]
    assert [layer.describe().n_parameters for layer in architecture.layers] == [70144, 394240, 1574912]


@pytest.mark.parametrize(
    ("units", "n_parameters"),
    [((3,), 144 + 40), ((128, 256, 512), 70_144 + 394_240 + 1_574_912 + 5_130)],
)
def test_a_label_of_the_last_step_has_the_parameters_of_its_layers_and_of_a_dense_layer(units, n_parameters):
    architecture = Architecture(
        **{**LSTM_TAGGER, "inputs": (numbers(8),), "units": units, "heads": (Softmax(10, "label", "last"),)}
    )

    assert architecture.n_parameters == n_parameters
    assert [layer.output for layer in architecture.describe()[-2:]] == [("batch", units[-1]), ("batch", 10)]
    assert n_parameters in (184, 2_044_426)


def test_input_of_a_stacked_bidirectional_layer_is_both_directions_of_the_layer_below():
    architecture = Architecture(**{**LSTM_TAGGER, "units": (5, 6), "bidirectional": True})

    assert [layer.inputs for layer in architecture.layers] == [4, 10]
    assert architecture.table()[-1] == ("head", 3, (12 + 1) * 3)


@pytest.mark.parametrize(("units", "n_tags", "n_parameters"), [(3, 3, 12), (10, 20, 220)])
def test_head_has_a_weight_per_unit_and_tag_and_a_bias_per_tag(units, n_tags, n_parameters):
    architecture = Architecture(**{**LSTM_TAGGER, "units": (units,), "heads": (Softmax(n_tags),)})

    assert architecture.table()[-1] == ("head", n_tags, n_parameters)


def test_crf_adds_a_score_per_pair_of_tags_per_first_tag_and_per_last_tag():
    architecture = Architecture(**{**LSTM_TAGGER, "heads": (CRF(5),)})

    assert architecture.table()[-2:] == [("head", 5, (3 + 1) * 5), ("transitions", 5, 5 * 5 + 5 + 5)]


def test_table_lists_every_layer_and_its_parameters_add_up():
    architecture = Architecture(**{**LSTM_TAGGER, "inputs": (words(6, 5), Casing(), numbers(2))})

    assert architecture.input_width == 5 + 7 + 2
    assert architecture.table() == [
        ("words", 5, 30),
        ("casing", 7, 0),
        ("numbers", 2, 0),
        ("lstm_1", 3, 4 * (3 + 14 + 1) * 3),
        ("head", 3, 12),
    ]
    assert architecture.n_parameters == 30 + 216 + 12


def test_one_hot_words_are_as_wide_as_the_vocabulary_and_have_no_parameters():
    architecture = Architecture(**{**LSTM_TAGGER, "inputs": (words(6, None),)})

    assert architecture.table()[0] == ("words", 4, 0)
