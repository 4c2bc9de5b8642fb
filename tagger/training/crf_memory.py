"""Whether the scores of a CRF, one for each pair of tags, fit into memory."""

import psutil

from tagger.errors import ConfigError
from tagger.head_names import PLAIN_HEAD
from tagger.heads import Head
from tagger.heads.crf import CRF

# In single precision the scores, their gradient, Adam's two moments and the exponentials; in double precision, to
# decode dev, the scores, their exponentials and the sums with a prefix.
BYTES_PER_PAIR = 5 * 4 + 3 * 8


def check_crf_memory(heads: tuple[Head, ...]) -> None:
    """Check that free memory suffices for the pairs of tags of each CRF.

    Raises:
        ConfigError: it does not; names the head and its number of tags.
    """
    available = psutil.virtual_memory().available
    for head in heads:
        needed = head.n_tags**2 * BYTES_PER_PAIR
        if isinstance(head, CRF) and needed > available:
            is_plain = head.name == PLAIN_HEAD
            key = "model.head = crf" if is_plain else f"heads.{head.name}.crf"
            raise ConfigError(
                f"{key}: scores for all pairs of {head.n_tags:,} tags need about {needed / 1e9:,.1f} GB of memory, and "
                f"{available / 1e9:,.1f} GB are free",
                f"--set {'model.head=softmax' if is_plain else f'heads.{head.name}.crf=false'} scores each tag alone",
            )
