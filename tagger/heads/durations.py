"""Decoding under minimal durations: the best sequence whose runs of one tag last long enough.

A run is what a series shows of one stay in a state. The first and the last run may be shorter, since the series may
have begun after, or ended before, the rest of the stay. So every series has an allowed sequence: one tag throughout.

The search is exact. Each tag is expanded into the numbers of steps that its run must still last; a run may only be left
when that number is 0 (expanded states: Rabiner, 1989, section IV.D; the semi-Markov models of Sarawagi & Cohen, 2004,
score such runs as a whole). For S tags and a longest minimum of k steps this takes O(steps · S · (S + k)) time.
"""

import numpy as np
import numpy.typing as npt

from tagger.encoding.arrays import Doubles, Floats, Ids, Lengths, Positions
from tagger.heads.chain import Chain

Origins = npt.NDArray[np.int8]  # (time, batch, tags)

MOST_TAGS, MOST_EXPANDED = 256, 100_000  # tags, and tags times the longest minimum: 0.8 MB for each sentence of a batch
STAY, SETTLE, ENTER = 0, 1, 2  # how a tag came to have no more steps to last


def check_durations(n_tags: int, longest: int) -> None:
    """Check that the search takes little memory.

    Raises:
        ValueError: there are too many tags, or the longest minimum is too long for so many.
    """
    if n_tags > MOST_TAGS or n_tags * longest > MOST_EXPANDED:
        raise ValueError(
            f"at most {MOST_TAGS} tags, and {MOST_EXPANDED:,} steps in all, got {n_tags:,} tags of {longest:,} steps"
        )


def decode_durations(
    logits: Floats | Doubles, lengths: Lengths, chain: Chain | None, min_duration: tuple[int, ...]
) -> Ids:
    """The best sequence of each sentence in which every run but the first and the last has its minimal duration.

    Args:
        logits: (batch, time, tags).
        lengths: (batch,) steps per sentence, 1 to time.
        chain: scores of neighbouring, first and last tags; None: 0.
        min_duration: fewest steps of a run of each tag, from 1.

    Returns:
        (batch, time) tag ids; steps after a sentence's end are undefined.
    """
    n_rows, time, n_tags = logits.shape
    zeros = np.zeros((n_tags, n_tags))
    scores = Chain(zeros, zeros[0], zeros[0]) if chain is None else chain  # type: ignore[arg-type]
    changes = np.array(scores.transitions, np.float64)
    stays = changes.diagonal().copy()
    np.fill_diagonal(changes, -np.inf)
    left_at_entry = np.minimum(min_duration, time) - 1  # a longer run never ends inside a sentence
    tags, rows = np.arange(n_tags), np.arange(n_rows)
    # (batch, tags, steps that the run must still last after this one)
    prefixes = np.full((n_rows, n_tags, int(left_at_entry.max()) + 1), -np.inf)
    prefixes[:, :, 0] = logits[:, 0] + scores.starts  # the first run may be short
    origins: Origins = np.full((time, n_rows, n_tags), STAY, np.int8)
    before = np.zeros((time, n_rows, n_tags), np.int32)  # tag before a run that begins here
    last_tag, last_left = np.zeros(n_rows, np.int64), np.zeros(n_rows, np.int64)
    for t in range(time):
        if t:
            step = logits[:, t].astype(np.float64)
            entering = prefixes[:, :, 0, None] + changes
            before[t] = entering.argmax(1)
            entry = entering.max(1) + step
            settled = prefixes[:, :, 0] + (stays + step)
            prefixes[:, :, :-1] = prefixes[:, :, 1:] + (stays + step)[:, :, None]
            prefixes[:, :, -1] = -np.inf
            is_stay = settled >= prefixes[:, :, 0]
            origins[t] = np.where(is_stay, STAY, SETTLE)
            prefixes[:, :, 0] = np.where(is_stay, settled, prefixes[:, :, 0])
            is_better = (left_at_entry == 0) & (entry > prefixes[:, :, 0])
            origins[t][is_better] = ENTER
            prefixes[:, tags, left_at_entry] = np.where(
                is_better | (left_at_entry > 0), entry, prefixes[:, tags, left_at_entry]
            )
        if (ends_here := rows[lengths == t + 1]).size:
            ends = (prefixes[ends_here] + np.asarray(scores.ends)[:, None]).reshape(len(ends_here), -1)
            last_tag[ends_here], last_left[ends_here] = np.divmod(ends.argmax(1), prefixes.shape[2])
    return _trace(origins, before, left_at_entry, lengths, last_tag, last_left)


def _trace(
    origins: Origins, before: Ids, left_at_entry: Positions, lengths: Lengths, last_tag: Positions, last_left: Positions
) -> Ids:
    """Follow the choices of the search back from the last step of each sentence."""
    time, n_rows, _ = origins.shape
    ids, rows = np.zeros((n_rows, time), np.int32), np.arange(n_rows)
    tag, left = last_tag.copy(), last_left.copy()
    for t in reversed(range(time)):
        ids[:, t] = tag
        is_inside = t < lengths  # else the last tag stands here, and nothing was chosen
        origin = origins[t, rows, tag]
        is_entry = np.where(left > 0, left == left_at_entry[tag], origin == ENTER) & is_inside & (t > 0)
        is_settling = (left == 0) & (origin == SETTLE)
        left = np.where(is_inside & ~is_entry & ((left > 0) | is_settling), left + 1, left)
        left = np.where(is_entry, 0, left)
        tag = np.where(is_entry, before[t, rows, tag], tag)
    return ids
