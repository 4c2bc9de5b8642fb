"""Which heads choose the best epoch."""

import pytest

from tagger.config import parse_config
from tagger.errors import ConfigError
from tagger.training.learner import choosing

METRICS = {"slots": "span_f1", "intent": "accuracy"}
HEADS = {"slots": {"tag": 1}, "intent": {"label": "intent"}, "names": {"tag": 2}}


def chosen(**training: str) -> dict[str, str]:
    return choosing(parse_config({"data": {"train": "t", "dev": "d"}, "heads": HEADS, "training": training}), METRICS)


def test_all_heads_choose_the_best_epoch_unless_one_is_named():
    assert chosen() == METRICS
    assert chosen(best_head="intent") == {"intent": "accuracy"}


def test_a_head_without_answers_in_dev_cannot_choose_the_best_epoch():
    with pytest.raises(ConfigError, match=r"training\.best_head: dev has no answers of the head names"):
        chosen(best_head="names")
