"""How fast a saved tagger tags on this machine, how soon it starts, and how much memory that takes."""

import logging
import random
import statistics
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from tagger.bench.process_cost import process_cost
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError
from tagger.inputs.columns import ColumnInput
from tagger.inputs.words import WordInput
from tagger.tagging.bundle import find_bundle
from tagger.tagging.input import read_input
from tagger.tagging.tagger import Tagger

N_SENTENCES, SHORTEST, LONGEST = 500, 5, 35  # made of known words where there is no file
N_TOKENS = 20_000  # of files that are tagged, at most
STARTS = 5

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class TaggingSpeed:
    """The speed of a saved tagger.

    Args:
        tokens_per_second: from sentences to tags.
        tokens: that were tagged again and again.
        source: of those.
        start: seconds of a whole process that tags one sentence: the median.
        started_on: what that process tags.
        megabytes: of memory that it has at most.
        bundle_megabytes: of the files of its bundle.
    """

    tokens_per_second: float
    tokens: int
    source: str
    start: float
    started_on: str
    megabytes: float
    bundle_megabytes: float


def bench_model(
    model: Path,
    *,
    seconds: float,
    threads: int,
    input_path: Path | None = None,
    sentences: tuple[Sequence[Sentence], str] | None = None,
) -> TaggingSpeed:
    """Tags with a saved tagger for some seconds, then starts a few processes that tag one sentence.

    Sentences are those of `input_path`, else those given with a name for them, else made of words that the tagger
    knows, or of numbers.

    Raises:
        BundleError: there is no tagger, or it cannot be loaded.
        DataError: the file cannot be read, or has no sentence.
    """
    tagger = Tagger.load(model, threads=threads)
    whole: Iterable[Sentence]
    whole, source = sentences or _made(tagger)
    if input_path is not None:
        whole, source = read_input(input_path, tagger.bundle.layout), str(input_path)
    sample = _beginning(whole, source)
    tokens = sum(map(len, sample))
    tagger.tag(sample)  # memory is taken and caches are filled
    passes: list[float] = []
    while not passes or sum(passes) < seconds:
        began = time.perf_counter()
        tagger.tag(sample)
        passes.append(time.perf_counter() - began)
    text, started_on = _one_sentence(tagger)
    command = [sys.executable, "-m", "tagger", "predict", str(model), "--threads", str(threads), *text]
    log.info("starting %s processes", STARTS)
    costs = [process_cost(command) for _ in range(STARTS)]
    return TaggingSpeed(
        tokens_per_second=tokens / statistics.median(passes),
        tokens=tokens,
        source=source,
        start=statistics.median(cost.seconds for cost in costs),
        started_on=started_on,
        megabytes=max(cost.megabytes for cost in costs),
        bundle_megabytes=sum(path.stat().st_size for path in find_bundle(model).iterdir()) / 2**20,
    )


def _beginning(sentences: Iterable[Sentence], source: str) -> list[Sentence]:
    """The first of them that have a token, with some `N_TOKENS` tokens.

    Raises:
        DataError: there are no tokens.
    """
    beginning, tokens = [], 0
    for sentence in filter(len, sentences):
        beginning.append(sentence)
        tokens += len(sentence)
        if tokens >= N_TOKENS:
            break
    if not tokens:
        raise DataError(f"{source}: there is no sentence to tag")
    return beginning


def _made(tagger: Tagger) -> tuple[list[Sentence], str]:
    """Sentences for a tagger of which only the bundle is here, and what they are made of."""
    rng, encoder = random.Random(1), tagger.bundle.encoder
    words = _known_words(tagger)
    weights = [*accumulate(1 / rank for rank in range(1, len(words) + 1))]  # as in running text (Zipf's law)
    cells = [each.vocabulary.symbols for each in encoder.inputs if isinstance(each, ColumnInput)]

    def sentence(n: int) -> Sentence:
        return Sentence(
            tuple(rng.choices(words, cum_weights=weights, k=n)),
            numbers=tuple(tuple(rng.gauss() for _ in encoder.numeric) for _ in range(n)) if encoder.numeric else None,
            columns=tuple(tuple(map(rng.choice, cells)) for _ in range(n)) if cells else None,
        )

    drawn = [sentence(rng.randint(SHORTEST, LONGEST)) for _ in range(N_SENTENCES)]
    return drawn, f"{'numbers' if encoder.numeric else 'words that it knows'}, drawn at random"


def _one_sentence(tagger: Tagger) -> tuple[list[str], str]:
    """Arguments that `tagger predict` tags one sentence by, and a description of it."""
    encoder = tagger.bundle.encoder
    if encoder.numeric or encoder.columns:  # of which only files have all; those that are tried at load are tagged
        return [], "its golden sentences"
    return ["--pretokenized", "--", " ".join(_known_words(tagger)[:10])], "a sentence of up to 10 words"


def _known_words(tagger: Tagger) -> tuple[str, ...]:
    """The most frequent first, where the bundle tells."""
    for each in tagger.bundle.encoder.inputs:
        if isinstance(each, WordInput):
            return each.vocabulary.symbols or ("word",)
    return tuple(tagger.bundle.lexicon.forms or ("word",))
