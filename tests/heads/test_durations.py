import itertools

import numpy as np
import pytest

from tagger.heads.decoding import Decoder
from tagger.heads.durations import decode_durations
from tests.heads.test_decoding import random_chain, score_of


def is_long_enough(ids, min_duration):
    runs = [(tag, len([*steps])) for tag, steps in itertools.groupby(ids)]
    return all(length >= min_duration[tag] for tag, length in runs[1:-1])


@pytest.mark.parametrize("min_duration", [(1, 1, 1), (2, 2, 2), (3, 1, 2), (1, 4, 9), (5, 2, 1)])
@pytest.mark.parametrize("has_crf", [False, True])
def test_decoding_returns_the_best_of_all_sequences_with_long_enough_runs(min_duration, has_crf):
    rng, lengths = np.random.default_rng(sum(min_duration)), np.array([1, 2, 3, 4, 5, 6, 7] * 4, np.int32)
    logits = rng.normal(0, 2, (len(lengths), 7, 3)).astype(np.float32)
    zero = random_chain(rng, 3, size=0.0)
    learned = random_chain(rng, 3) if has_crf else None
    decoded = Decoder(learned, min_duration=min_duration).decode(logits, lengths)
    n_changed = 0

    for row, length in enumerate(lengths):
        every = [ids for ids in itertools.product(range(3), repeat=length) if is_long_enough(ids, min_duration)]
        best = max(every, key=lambda ids: score_of(ids, logits[row, :length], learned or zero))
        assert tuple(decoded[row, :length].tolist()) == best
        n_changed += tuple(Decoder(learned).decode(logits[row : row + 1], lengths[row : row + 1])[0, :length]) != best
    assert (n_changed > 3) == (max(min_duration) > 1)


def test_a_short_run_in_the_middle_is_removed_and_those_at_the_ends_may_be_cut():
    states = [0, 1, 1, 1, 0, 1, 1, 1, 0]
    logits = np.eye(2, dtype=np.float32)[states][None]

    decoded = decode_durations(logits, np.array([9], np.int32), None, (2, 2))
    assert decoded[0].tolist() == [0, 1, 1, 1, 1, 1, 1, 1, 0]


def test_a_batch_is_decoded_as_its_sentences_alone():
    rng, lengths = np.random.default_rng(5), np.array([40, 1, 17, 33], np.int32)
    logits = rng.normal(0, 1, (4, 40, 4)).astype(np.float32)
    durations = (3, 5, 1, 60)
    decoded = decode_durations(logits, lengths, None, durations)

    for row, length in enumerate(lengths):
        alone = decode_durations(logits[row : row + 1, :length], lengths[row : row + 1], None, durations)
        assert alone[0].tolist() == decoded[row, :length].tolist()
        assert is_long_enough(alone[0].tolist(), durations)


def test_confidence_is_the_marginal_of_each_step_as_without_durations():
    rng, lengths = np.random.default_rng(6), np.array([6, 4], np.int32)
    logits, chain = rng.normal(size=(2, 6, 3)).astype(np.float32), random_chain(rng, 3)

    with_durations = Decoder(chain, min_duration=(3, 3, 3)).probabilities(logits, lengths)
    np.testing.assert_array_equal(with_durations, Decoder(chain).probabilities(logits, lengths))
