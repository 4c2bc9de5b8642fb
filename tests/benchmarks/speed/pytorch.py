"""The same networks in PyTorch, written for speed; `convert` checks that they compute the same scores as ours.

Sentences come in the same batches of similar length. A bidirectional layer is two `nn.LSTM`s, the second of which reads
each sentence reversed in place: padding comes after both, and both use the fast path for dense rows, which
`pack_padded_sequence` lacks on a CPU (packed, this network trained at two thirds of the speed). One bidirectional
`nn.LSTM` on padded rows is no faster, and reads padding. The characters of each distinct word of a batch are read once,
in groups of words of similar length. Adam is fused.
"""

import argparse
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tagger.encoding.arrays import Floats, Lengths
from tagger.encoding.batches import NOT_SCORED, Batch, batches
from tagger.inputs.casing import CASINGS
from tagger.inputs.characters import Characters
from tagger.tagging.architecture import Architecture
from tests.benchmarks.speed.material import bundle, ready_batches, tag_with, test_tokens, training
from tests.benchmarks.speed.process import BATCH_SIZE, SENTENCE, n_cores, run, speed, training_speed

MODEL = "pytorch.pt"
CHUNK = 64  # words whose characters are read together


class BidirectionalLSTM(nn.Module):  # type: ignore[misc]
    """Map (rows, time, inputs) and (rows,) lengths to (rows, time, 2 · units); padding is not read."""

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__()
        self.forward_lstm = nn.LSTM(inputs, units, batch_first=True)
        self.backward_lstm = nn.LSTM(inputs, units, batch_first=True)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        steps = torch.arange(x.shape[1])
        flipped = lengths[:, None] - 1 - steps
        flipped = torch.where(flipped < 0, steps, flipped)[:, :, None]  # padding stays in place
        backward = self.backward_lstm(x.gather(1, flipped.expand_as(x)))[0]
        return torch.cat([self.forward_lstm(x)[0], backward.gather(1, flipped.expand_as(backward))], -1)

    def last(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Last output of each direction, (rows, 2 · units)."""
        outputs = self(x, lengths)
        forward, backward = outputs.chunk(2, -1)
        return torch.cat([forward[torch.arange(len(x)), lengths - 1], backward[:, 0]], -1)


class Network(nn.Module):  # type: ignore[misc]
    """Network of an architecture, limited to the layers of the two configs."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.inputs = [each.name for each in architecture.inputs]
        self.tables = nn.ModuleDict()
        for each in architecture.inputs:
            if isinstance(each, Characters):
                self.tables[each.name] = nn.Embedding(len(each.vocabulary), each.dim)
                self.word_lstm = BidirectionalLSTM(each.dim, each.units)
            elif each.vocabulary is not None:
                self.tables[each.name] = nn.Embedding(len(each.vocabulary), each.width)
        self.register_buffer("casings", torch.eye(len(CASINGS) + 1)[:, 1:])
        self.layers = nn.ModuleList(BidirectionalLSTM(layer.inputs, layer.units) for layer in architecture.layers)
        self.head = nn.Linear(architecture.layers[-1].width, architecture.heads[0].n_tags)

    def forward(self, inputs: dict[str, Tensor], lengths: Tensor) -> Tensor:
        x = torch.cat([self._input(name, inputs) for name in self.inputs], -1)
        for layer in self.layers:
            x = layer(x, lengths)
        scores: Tensor = self.head(x)
        return scores

    def _input(self, name: str, inputs: dict[str, Tensor]) -> Tensor:
        if name == "casing":
            return functional.embedding(inputs["casing"], self.casings)
        if name == "characters":
            return functional.embedding(
                inputs["forms"], self._form_vectors(inputs["characters"], inputs["form_lengths"])
            )
        vectors: Tensor = self.tables[name](inputs[name])
        return vectors

    def _form_vectors(self, characters: Tensor, lengths: Tensor) -> Tensor:
        order = lengths.argsort()
        chunks = []
        for rows in order.split(CHUNK):
            row_lengths = lengths[rows]
            vectors = self.tables["characters"](characters[rows, : int(row_lengths[-1])])
            chunks.append(self.word_lstm.last(vectors, row_lengths))
        return torch.cat(chunks)[order.argsort()]


def tensors(batch: Batch) -> tuple[dict[str, Tensor], Tensor]:
    """Tensors of a batch's inputs, without copying ids, and of its lengths, as integers that can index."""
    inputs = {name: torch.from_numpy(values) for name, values in batch.inputs.items()}
    if "form_lengths" in inputs:
        inputs["form_lengths"] = inputs["form_lengths"].long()
    return inputs, torch.from_numpy(batch.lengths).long()


def train(options: argparse.Namespace) -> dict[str, float]:
    torch.set_num_threads(n_cores())
    torch.manual_seed(1)
    config, prepared = training(options)
    dataset, network = prepared.encode("train"), Network(prepared.architecture)
    optimizer = torch.optim.Adam(network.parameters(), lr=config.training.learning_rate, fused=True)

    def epochs() -> Iterator[float]:
        for number in range(options.epochs):
            start = time.perf_counter()
            for batch in batches(dataset, BATCH_SIZE, rng=np.random.default_rng(number)):
                optimizer.zero_grad()
                scores, tags = network(*tensors(batch)), torch.from_numpy(batch.tags["head"]).long()
                loss = functional.cross_entropy(scores.flatten(0, 1), tags.flatten(), ignore_index=NOT_SCORED)
                loss.backward()
                nn.utils.clip_grad_norm_(network.parameters(), config.training.clip_norm)
                optimizer.step()
                loss.item()
            yield time.perf_counter() - start

    return training_speed(dataset.n_steps, [*epochs()])


def convert(options: argparse.Namespace) -> dict[str, float]:
    """Save the network with the weights of our saved tagger.

    Raises:
        ValueError: its scores on test differ from ours.
    """
    from tagger.tagging.graph_weights import graph_weights
    from tests.benchmarks.speed.ours import scorer

    saved, graphs = bundle(options)
    weights = {
        name: torch.from_numpy(np.array(values)) for name, values in graph_weights(saved.architecture, graphs).items()
    }
    network = Network(saved.architecture)
    state = network.state_dict()

    def set_lstm(module: str, name: str) -> None:
        for direction in ("forward", "backward"):
            ours, theirs = f"{name}/{direction}", f"{module}.{direction}_lstm"
            state[f"{theirs}.weight_ih_l0"] = weights[f"{ours}/kernel"].T
            state[f"{theirs}.weight_hh_l0"] = weights[f"{ours}/recurrent"].T
            state[f"{theirs}.bias_ih_l0"] = weights[f"{ours}/bias"]
            state[f"{theirs}.bias_hh_l0"] = torch.zeros_like(weights[f"{ours}/bias"])

    for name in network.tables:
        state[f"tables.{name}.weight"] = weights[name]
    if "characters" in network.tables:
        set_lstm("word_lstm", "characters")
    for i, layer in enumerate(saved.architecture.layers):
        set_lstm(f"layers.{i}", layer.name)
    state |= {"head.weight": weights["head/kernel"].T, "head.bias": weights["head/bias"]}
    network.load_state_dict(state)
    _, scores = scorer(options)
    with torch.inference_mode():
        difference = max(
            _difference(network(*tensors(batch)).numpy(), our_scores, batch.lengths)
            for batch, our_scores in zip(ready_batches(options, saved), scores(), strict=True)
        )
    if difference > 1e-3:
        raise ValueError(f"scores differ from ours by up to {difference}")
    torch.save(network.state_dict(), options.folder / options.network / MODEL)
    return {"difference": difference}


def _difference(one: Floats, other: Floats, lengths: Lengths) -> float:
    """Greatest absolute difference at a real step."""
    return float(np.abs(one - other)[np.arange(lengths.max()) < lengths[:, None]].max())


def tag(options: argparse.Namespace) -> dict[str, float]:
    network, bundle = load(options)
    sentences = test_tokens(options)

    def work() -> list[list[str]]:
        return tag_with(bundle, lambda batch: network(*tensors(batch)).numpy(), sentences)

    with torch.inference_mode():
        return speed(work, sum(map(len, sentences)), options.seconds)


def logits(options: argparse.Namespace) -> dict[str, float]:
    network, bundle = load(options)
    ready = ready_batches(options, bundle)
    n_tokens = sum(int(batch.lengths.sum()) for batch in ready)
    with torch.inference_mode():
        return speed(lambda: [network(*tensors(batch)).numpy() for batch in ready], n_tokens, options.seconds)


def one(options: argparse.Namespace) -> dict[str, list[str]]:
    network, bundle = load(options)
    with torch.inference_mode():
        (tags,) = tag_with(bundle, lambda batch: network(*tensors(batch)).numpy(), [tuple(SENTENCE)])
    return {"tags": tags}


def load(options: argparse.Namespace) -> tuple[Network, Any]:
    torch.set_num_threads(n_cores())
    saved, _ = bundle(options)
    network = Network(saved.architecture)
    network.load_state_dict(torch.load(options.folder / options.network / MODEL))
    return network.eval(), saved


if __name__ == "__main__":
    run(train=train, convert=convert, tag=tag, logits=logits, one=one)
