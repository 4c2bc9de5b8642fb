"""The memory that a CRF needs."""

import pytest

from tagger.errors import ConfigError
from tagger.heads.crf import CRF
from tagger.heads.softmax import Softmax
from tagger.training.crf_memory import check_crf_memory


def test_a_crf_whose_pairs_of_tags_exceed_the_memory_is_an_error_that_names_the_other_head():
    check_crf_memory((CRF(300), Softmax(10_000_000)))

    with pytest.raises(ConfigError, match=r"^model.head = crf: scores for all pairs of 10,000,000 tags need") as caught:
        check_crf_memory((CRF(10_000_000),))
    assert caught.value.hint == "--set model.head=softmax scores each tag alone"

    with pytest.raises(ConfigError, match=r"^heads.ner.crf: ") as caught:
        check_crf_memory((Softmax(3, "pos"), CRF(10_000_000, "ner")))
    assert caught.value.hint == "--set heads.ner.crf=false scores each tag alone"
