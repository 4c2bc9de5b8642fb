"""Tagging speed, start-up time and memory of a saved tagger on this machine."""

import logging
import random
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from tagger.bench.process_cost import process_cost
from tagger.child_processes import tagger_command
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError
from tagger.inputs.columns import ColumnInput
from tagger.inputs.words import WordInput
from tagger.tagging.bundle import find_bundle
from tagger.tagging.input import read_input
from tagger.tagging.tagger import Tagger

N_SENTENCES, SHORTEST, LONGEST = 500, 5, 35  # random sentences, used without a file
MAX_TOKENS = 20_000  # tokens used of a file
N_STARTS = 5

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class TaggingSpeed:
    """The speed of a saved tagger.

    Args:
        tokens_per_second: tagging speed, encoding and decoding included.
        tokens: number of tokens of the sample, which is tagged repeatedly.
        source: where the sample comes from.
        start: median seconds of a whole process that tags one sentence.
        started_on: the sentence that this process tags, in words.
        megabytes: peak memory of this process.
        bundle_megabytes: size of the bundle on disk.
        labels_per_second: labels of sentences in the same time; None if the tagger predicts none.
    """

    tokens_per_second: float
    tokens: int
    source: str
    start: float
    started_on: str
    megabytes: float
    bundle_megabytes: float
    labels_per_second: float | None = None


def bench_model(
    model: Path,
    *,
    seconds: float,
    threads: int,
    input_path: Path | None = None,
    sentences: tuple[Sequence[Sentence], str] | None = None,
) -> TaggingSpeed:
    """Tag with a saved tagger for some seconds, then start a few processes that tag one sentence each.

    Args:
        model: a run folder or bundle folder.
        seconds: duration of the tagging, after a first pass.
        threads: number of threads; 0: one per core.
        input_path: file of sentences to tag.
        sentences: sentences with a name, used without a file; None: random sentences of known words or of numbers.

    Raises:
        BundleError: there is no bundle, or it cannot be loaded.
        DataError: the file cannot be read, or has no sentence.
    """
    tagger = Tagger.load(model, threads=threads)
    whole: Iterable[Sentence]
    whole, source = sentences or _random_sentences(tagger)
    if input_path is not None:
        whole, source = read_input(input_path, tagger.bundle.layout), str(input_path)
    sample = _first_sentences(whole, source)
    tokens = sum(map(len, sample))
    n_labels = len(sample) * sum(target.kind == "label" for target in tagger.bundle.targets)
    tagger.tag(sample)  # allocates memory and fills caches
    passes: list[float] = []
    while not passes or sum(passes) < seconds:
        began = time.perf_counter()
        tagger.tag(sample)
        passes.append(time.perf_counter() - began)
    text, started_on = _one_sentence(tagger)
    command = tagger_command("predict", str(model), "--threads", str(threads), *text)
    log.info("starting %s processes", N_STARTS)
    costs = [process_cost(command) for _ in range(N_STARTS)]
    return TaggingSpeed(
        tokens_per_second=tokens / statistics.median(passes),
        tokens=tokens,
        source=source,
        start=statistics.median(cost.seconds for cost in costs),
        started_on=started_on,
        megabytes=max(cost.megabytes for cost in costs),
        bundle_megabytes=sum(path.stat().st_size for path in find_bundle(model).iterdir()) / 2**20,
        labels_per_second=n_labels / statistics.median(passes) if n_labels else None,
    )


def _first_sentences(sentences: Iterable[Sentence], source: str) -> list[Sentence]:
    """The first sentences with about `MAX_TOKENS` tokens, without empty ones.

    Raises:
        DataError: there are no tokens.
    """
    sample, tokens = [], 0
    for sentence in filter(len, sentences):
        sample.append(sentence)
        tokens += len(sentence)
        if tokens >= MAX_TOKENS:
            break
    if not tokens:
        raise DataError(f"{source}: there is no sentence to tag")
    return sample


def _random_sentences(tagger: Tagger) -> tuple[list[Sentence], str]:
    """Random sentences of known words or of numbers, and their description."""
    rng, encoder = random.Random(1), tagger.bundle.encoder
    words = _known_words(tagger)
    weights = [*accumulate(1 / rank for rank in range(1, len(words) + 1))]  # Zipf's law, as in text
    cells = [each.vocabulary.symbols for each in encoder.inputs if isinstance(each, ColumnInput)]

    def sentence(n: int) -> Sentence:
        return Sentence(
            tuple(rng.choices(words, cum_weights=weights, k=n)),
            numbers=tuple(tuple(rng.gauss() for _ in encoder.numeric) for _ in range(n)) if encoder.numeric else None,
            columns=tuple(tuple(map(rng.choice, cells)) for _ in range(n)) if cells else None,
        )

    sentences = [sentence(rng.randint(SHORTEST, LONGEST)) for _ in range(N_SENTENCES)]
    return sentences, f"random {'numbers' if encoder.numeric else 'words of its vocabulary'}"


def _one_sentence(tagger: Tagger) -> tuple[list[str], str]:
    """Arguments of `tagger predict` for one sentence, and its description."""
    encoder = tagger.bundle.encoder
    if encoder.numeric or encoder.columns:  # a text on the command line has none; golden sentences are tagged at load
        return [], "its golden sentences"
    return ["--pretokenized", "--", " ".join(_known_words(tagger)[:10])], "a sentence of up to 10 words"


def _known_words(tagger: Tagger) -> tuple[str, ...]:
    """Known words, the most frequent first if the bundle keeps their order."""
    for each in tagger.bundle.encoder.inputs:
        if isinstance(each, WordInput):
            return each.vocabulary.symbols or ("word",)
    forms = next((target.lexicon.forms for target in tagger.bundle.targets if target.lexicon.forms), ())
    return tuple(forms or ("word",))
