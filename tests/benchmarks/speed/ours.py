"""The project's own training and tagging, as `tagger train` and `Tagger` do it."""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.benchmarks.speed.material import bundle, test_tokens, training
from tests.benchmarks.speed.process import BATCH_SIZE, n_cores, run, speed, training_speed

if TYPE_CHECKING:
    from tagger.encoding.arrays import Floats
    from tagger.encoding.batches import Batch


def train(options: argparse.Namespace) -> dict[str, float]:
    config, prepared = training(options)
    from tagger.network.build import build_model
    from tagger.network.events import Epoch
    from tagger.network.runtime import LONG, pays_to_compile, use_threads
    from tagger.network.training import fit

    use_threads(n_cores())
    dataset = prepared.encode("train")
    model = build_model(prepared.architecture, seed=config.training.seed, is_compiled=pays_to_compile(LONG))
    events = fit(model, dataset, None, config.training, stop=lambda: False)
    return training_speed(dataset.n_steps, [event.training_seconds for event in events if isinstance(event, Epoch)])


def tag(options: argparse.Namespace) -> dict[str, float]:
    """From lists of tokens to tags, their confidence included."""
    from tagger.tagging.tagger import Tagger

    tagger, sentences = Tagger.load(options.folder / options.network, threads=n_cores()), test_tokens(options)
    return speed(lambda: tagger.tag(sentences), sum(map(len, sentences)), options.seconds)


def logits(options: argparse.Namespace) -> dict[str, float]:
    """From arrays to scores, what is of the words alone made anew in each pass, once for each word."""
    ready, scores = scorer(options)
    n_tokens = sum(int(batch.lengths.sum()) for batch in ready)
    return speed(lambda: [*scores()], n_tokens, options.seconds)


def scorer(options: argparse.Namespace) -> "tuple[list[Batch], Callable[[], Iterator[Floats]]]":
    """Test as arrays, in the batches of `ready_batches`, and what gives the scores of each."""
    from tagger.corpus.sentence import Sentence
    from tagger.corpus.sentences import Sentences
    from tagger.encoding.batches import batches
    from tagger.tagging.engine import Engine
    from tagger.tagging.forms import FormRows

    saved, graphs = bundle(options)
    engine, sentences = Engine(graphs, threads=n_cores()), Sentences.collect(map(Sentence, test_tokens(options)))
    data = saved.encoder.encode_steps(sentences)
    data.inputs["forms"] = sentences.tokens
    ready = [*batches(data, BATCH_SIZE)]

    def scores() -> "Iterator[Floats]":
        places, rows = FormRows(saved.encoder, engine.rows, saved.architecture.row_width).of(sentences.forms)
        known = [replace(batch, inputs={**batch.inputs, "forms": places[batch.inputs["forms"]]}) for batch in ready]
        yield from engine.logits(known, rows)

    return ready, scores


if __name__ == "__main__":
    run(train=train, tag=tag, logits=logits)
