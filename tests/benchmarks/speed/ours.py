"""This project's training and tagging, as in `tagger train` and `Tagger`."""

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
    """Measure tagging from lists of tokens to tags with confidences."""
    from tagger.tagging.tagger import Tagger

    tagger, sentences = Tagger.load(options.folder / options.network, threads=n_cores()), test_tokens(options)
    return speed(lambda: tagger.tag(sentences), sum(map(len, sentences)), options.seconds)


def logits(options: argparse.Namespace) -> dict[str, float]:
    """Measure logits from arrays; each pass recomputes the rows of forms, once per form."""
    ready, scores = scorer(options)
    n_tokens = sum(int(batch.lengths.sum()) for batch in ready)
    return speed(lambda: [*scores()], n_tokens, options.seconds)


def scorer(options: argparse.Namespace) -> "tuple[list[Batch], Callable[[], Iterator[Floats]]]":
    """Batches of test, as in `ready_batches`, and a function that returns the logits of each."""
    from tagger.corpus.sentence import Sentence
    from tagger.corpus.sentences import Sentences
    from tagger.encoding.batches import batches
    from tagger.tagging.engine import Engine
    from tagger.tagging.form_cache import FormCache

    saved, graphs = bundle(options)
    engine, sentences = Engine(graphs, threads=n_cores()), Sentences.collect(map(Sentence, test_tokens(options)))
    data = saved.encoder.encode_steps(sentences)
    data.inputs["forms"] = sentences.tokens
    ready = [*batches(data, BATCH_SIZE)]

    def scores() -> "Iterator[Floats]":
        row_ids, rows = FormCache(saved.encoder, engine.form_rows, saved.architecture.row_width).look_up(
            sentences.forms
        )
        known = [replace(batch, inputs={**batch.inputs, "forms": row_ids[batch.inputs["forms"]]}) for batch in ready]
        yield from (logits["head"] for logits in engine.logits(known, rows))

    return ready, scores


if __name__ == "__main__":
    run(train=train, tag=tag, logits=logits)
