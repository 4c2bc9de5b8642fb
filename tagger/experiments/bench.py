"""How fast a network trains and tags on this machine, how soon it starts, and how much memory that takes."""

import logging
import platform
import random
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from tagger.config import Config
from tagger.corpus.sentence import Sentence
from tagger.encoding.batches import Dataset, groups, has_scored_step
from tagger.errors import DataError
from tagger.experiments.class_weights import class_weights
from tagger.experiments.prepare import Prepared, prepare
from tagger.experiments.process_cost import check_system, peak_megabytes, process_cost
from tagger.tagging.bundle import find_bundle
from tagger.tagging.engine import n_cores
from tagger.tagging.input import guess_input_format, read_input
from tagger.tagging.tagger import Tagger

N_BATCHES = 24  # of all lengths, that stand for an epoch
N_SENTENCES, SHORTEST, LONGEST = 500, 5, 35  # made of known words where there is no file
N_TOKENS = 20_000  # of files that are tagged, at most
STARTS = 5
MANY = 10**6  # epochs that nobody waits for

if TYPE_CHECKING:
    from tagger.experiments.fitting import Learner

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class TrainingSpeed:
    """Of training by a config.

    Args:
        parameters: of the network.
        tokens_per_second: after the warm-up, dev left out.
        warm_up: seconds that the first batches of each length took longer than they do later.
        tokens: of train.
        epoch: seconds of one, evaluation on dev included.
        epochs: that the config allows.
        all_epochs: seconds of all of them and the warm-up.
        megabytes: of memory at most, TensorFlow and the data included.
    """

    parameters: int
    tokens_per_second: float
    warm_up: float
    tokens: int
    epoch: float
    epochs: int
    all_epochs: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class TaggingSpeed:
    """Of a saved tagger.

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


def bench_config(
    config: Config, *, seconds: float, threads: int, input_path: Path | None = None
) -> tuple[TrainingSpeed, TaggingSpeed]:
    """Trains by a config for some seconds, and tags with what came out; nothing is kept.

    Args:
        config: of the training.
        seconds: to measure for, after the warm-up: training, then tagging.
        threads: to compute with; 0: as many as there are cores.
        input_path: sentences to tag; default: those of dev, or of train without dev.

    Raises:
        TaggerError: the config or its data cannot be used, or training fails.
    """
    check_system()
    if input_path is not None and not input_path.is_file():
        raise DataError(f"{input_path}: there is no such file")
    prepared = prepare(config)
    log.info("loading TensorFlow")
    from tagger.experiments.fitting import new_learner, save_model

    train = prepared.encode("train")
    tag_weights = class_weights(config, prepared.encoder.tags, train)
    learner = new_learner(config, prepared, tag_weights, threads=threads)
    training = _training_speed(config, prepared, learner, _of_all_lengths(prepared, train, config), seconds)
    split = "dev" if "dev" in prepared.splits else "train"
    with TemporaryDirectory(prefix="tagger-bench-") as folder:
        without_dev = replace(prepared, splits={"train": prepared.splits["train"]})  # on which nothing is fitted here
        save_model(config, without_dev, learner.model, Path(folder), threads=threads)
        sentences = prepared.splits[split], split
        tagging = bench_model(
            Path(folder), seconds=seconds, threads=threads, input_path=input_path, sentences=sentences
        )
    return training, tagging


def bench_model(
    model: Path,
    *,
    seconds: float,
    threads: int,
    input_path: Path | None = None,
    sentences: tuple[Sequence[Sentence], str] | None = None,
) -> TaggingSpeed:
    """Tags with a saved tagger for some seconds, then starts a few processes that tag one sentence.

    Args:
        model: a run folder or a bundle folder.
        seconds: to tag for.
        threads: to compute with; 0: as many as there are cores.
        input_path: sentences to tag; default: `sentences`.
        sentences: and what they are called; default: made of words that the tagger knows, or of numbers.

    Raises:
        BundleError: there is no tagger, or it cannot be loaded.
        DataError: the file cannot be read, or has no sentence.
    """
    tagger = Tagger.load(model, threads=threads)
    found: tuple[Iterable[Sentence], str] = sentences or _made(tagger)
    if input_path is not None:
        found = _read(input_path, tagger), str(input_path)
    given, source = _beginning(*found), found[1]
    tokens = sum(map(len, given))
    tagger.tag(given)  # memory is taken and caches are filled
    passes: list[float] = []
    while not passes or sum(passes) < seconds:
        began = time.perf_counter()
        tagger.tag(given)
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


def machine(threads: int) -> str:
    """The processor, its cores and those that computed, in a line."""
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{_processor()}; cores: {n_cores()}, threads: {threads or n_cores()}; {system}"


def _processor() -> str:
    """As Linux calls it; elsewhere its kind alone."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _training_speed(
    config: Config, prepared: Prepared, learner: "Learner", dataset: Dataset, seconds: float
) -> TrainingSpeed:
    """Of a dataset that stands for train."""
    from tagger.network.events import Epoch
    from tagger.network.training import fit

    training = config.training.model_copy(update={"epochs": MANY, "patience": MANY})
    epochs: list[float] = []  # of the sample; the first is the warm-up, in which loops are compiled
    began = time.perf_counter()
    events = fit(
        learner.model, dataset, None, training, loss=learner.loss, strategy=learner.strategy, stop=lambda: False
    )
    for event in events:
        if isinstance(event, Epoch):
            epochs.append(event.training_seconds)
            if len(epochs) == 1:
                log.info("measuring, after %.1f s of warm-up", time.perf_counter() - began)
            elif sum(epochs[1:]) >= seconds:
                break
    usual = statistics.median(epochs[1:])
    tokens_per_second = dataset.n_steps / usual
    tokens = len(prepared.splits["train"].tokens)
    epoch = tokens / tokens_per_second
    if "dev" in prepared.splits:
        learner.predict(dataset)  # it is traced
        began = time.perf_counter()
        learner.predict(dataset)
        epoch += (time.perf_counter() - began) * len(prepared.splits["dev"].tokens) / dataset.n_steps
    warm_up = max(0.0, epochs[0] - usual)
    return TrainingSpeed(
        parameters=prepared.architecture.n_parameters,
        tokens_per_second=tokens_per_second,
        warm_up=warm_up,
        tokens=tokens,
        epoch=epoch,
        epochs=config.training.epochs,
        all_epochs=warm_up + config.training.epochs * epoch,
        megabytes=peak_megabytes(),
    )


def _of_all_lengths(prepared: Prepared, train: Dataset, config: Config) -> Dataset:
    """Whole batches of train, from the shortest sentences to the longest in even steps."""
    every = groups(train, config.training.batch_size, among=has_scored_step(train))
    n = min(N_BATCHES, len(every))
    chosen = [every[int((i + 0.5) * len(every) / n)] for i in range(n)]
    return prepared.encoder.encode(prepared.learned("train").take(np.concatenate(chosen).tolist()))


def _read(path: Path, tagger: Tagger) -> Iterator[Sentence]:
    layout = tagger.bundle.layout
    source_format = guess_input_format(path, layout)
    return read_input(path, source_format, layout, pretokenized=False, keep_rows=False)


def _beginning(sentences: Iterable[Sentence], source: str) -> list[Sentence]:
    """The first of them that have a token, with some `N_TOKENS` tokens.

    Raises:
        DataError: there are no tokens.
    """
    found, tokens = [], 0
    for sentence in filter(len, sentences):
        found.append(sentence)
        tokens += len(sentence)
        if tokens >= N_TOKENS:
            break
    if not tokens:
        raise DataError(f"{source}: there is no sentence to tag")
    return found


def _made(tagger: Tagger) -> tuple[list[Sentence], str]:
    """Sentences for a tagger of which only the bundle is here, and what they are made of."""
    rng, encoder = random.Random(1), tagger.bundle.encoder
    words = _known_words(tagger)
    weights = [*accumulate(1 / rank for rank in range(1, len(words) + 1))]  # as in running text (Zipf's law)
    of_columns = [symbols.vocabulary.symbols for symbols in encoder.symbols if symbols.kind == "column"]

    def sentence(n: int) -> Sentence:
        return Sentence(
            tuple(rng.choices(words, cum_weights=weights, k=n)),
            numbers=tuple(tuple(rng.gauss() for _ in encoder.numeric) for _ in range(n)) if encoder.numeric else None,
            columns=tuple(tuple(map(rng.choice, of_columns)) for _ in range(n)) if of_columns else None,
        )

    found = [sentence(rng.randint(SHORTEST, LONGEST)) for _ in range(N_SENTENCES)]
    return found, f"{'numbers' if encoder.numeric else 'words that it knows'}, drawn at random"


def _one_sentence(tagger: Tagger) -> tuple[list[str], str]:
    """What `tagger predict` is to tag, as arguments, and in words."""
    encoder = tagger.bundle.encoder
    if encoder.numeric or encoder.columns:  # of which only files have all; those that are tried at load are tagged
        return [], "its golden sentences"
    return ["--pretokenized", "--", " ".join(_known_words(tagger)[:10])], "a sentence of up to 10 words"


def _known_words(tagger: Tagger) -> tuple[str, ...]:
    """The most frequent first, where the bundle tells."""
    if tagger.bundle.encoder.words is not None:
        return tagger.bundle.encoder.words.symbols or ("word",)
    return tuple(tagger.bundle.lexicon.forms or ("word",))
