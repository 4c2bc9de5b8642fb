"""The project's own training and tagging, as `tagger train` and `Tagger` do it."""

import argparse

from tests.benchmarks.speed.material import bundle, ready_batches, test_tokens, training
from tests.benchmarks.speed.process import n_cores, run, speed, training_speed


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
    """From arrays to scores."""
    from tagger.tagging.engine import Engine

    saved, graph = bundle(options)
    engine, ready = Engine(graph, threads=n_cores()), ready_batches(options, saved.encoder)
    n_tokens = sum(int(batch.lengths.sum()) for batch in ready)
    return speed(lambda: [engine.logits(batch) for batch in ready], n_tokens, options.seconds)


if __name__ == "__main__":
    run(train=train, tag=tag, logits=logits)
