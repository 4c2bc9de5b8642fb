"""Material of the measured processes: sentences of the English Web Treebank, two configs, a saved tagger of each.

    python -m tests.benchmarks.speed.material DIR --sentences 4000 --tokens 200000

writes a random sample of train, all of test, and a file that repeats the tokens of test, one per line.
"""

import argparse
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tagger.config import Config
    from tagger.encoding.batches import Batch
    from tagger.tagging.architecture import Graphs
    from tagger.tagging.bundle import Bundle
    from tagger.training.prepared_data import PreparedData

CONFIGS = {"words": Path(__file__).with_name("words.toml"), "pos": Path("configs", "pos.toml")}
PLAIN = ("training.averaging=false",)  # not available in all systems; these trainings have no dropout either
TRAIN, TEST, TOKENS = "train.conllu", "test.conllu", "tokens.tsv"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sentences", type=int, default=4000)
    parser.add_argument("--tokens", type=int, default=200_000)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    train, test = blocks("ewt:train"), blocks("ewt:test")
    sample = random.Random(1).sample(train, min(options.sentences, len(train)))
    for name, sentences in ((TRAIN, sample), (TEST, test)):
        (options.folder / name).write_text("\n\n".join(sentences) + "\n\n", encoding="utf-8")
    repeat(forms(test), options.tokens, options.folder / TOKENS)


def blocks(name: str) -> list[str]:
    """Sentences of a public CoNLL-U file, verbatim."""
    from tagger.corpus.download import resolve

    path = resolve(name)
    assert path is not None
    return path.read_text(encoding="utf-8").strip().split("\n\n")


def words(block: str) -> Iterator[list[str]]:
    """Cells of each word's line."""
    return (cells for cells in (line.split("\t") for line in block.split("\n")) if cells[0].isdigit())


def forms(sentences: list[str]) -> str:
    """Forms of sentences, one per line."""
    return "".join("\n".join(cells[1] for cells in words(block)) + "\n\n" for block in sentences)


def repeat(text: str, n_tokens: int, path: Path) -> None:
    """Write whole sentences of one token per line, repeated until there are `n_tokens` tokens."""
    sentences = text.split("\n\n")[:-1]
    n_text = sum(sentence.count("\n") + 1 for sentence in sentences)
    with path.open("w", encoding="utf-8") as file:
        for _ in range(n_tokens // n_text):
            file.write(text)
        n_missing = n_tokens % n_text
        for sentence in sentences:
            if n_missing <= 0:
                break
            file.write(f"{sentence}\n\n")
            n_missing -= sentence.count("\n") + 1


def training(options: argparse.Namespace) -> "tuple[Config, PreparedData]":
    """Config of a network for training without averaging and without dev, and its prepared data."""
    from tagger.config import load_config
    from tagger.training.prepare import prepare

    settings = [f"data.train={options.folder / TRAIN}", "data.dev=", "data.test=", *PLAIN]
    config = load_config(CONFIGS[options.network], [*settings, f"training.epochs={options.epochs}"])
    return config, prepare(config)


def bundle(options: argparse.Namespace) -> "tuple[Bundle, Graphs]":
    """Saved tagger of a network, and its ONNX graphs."""
    from tagger.tagging.bundle import find_bundle, load_bundle

    return load_bundle(find_bundle(options.folder / options.network))[:2]


def test_tokens(options: argparse.Namespace) -> list[tuple[str, ...]]:
    """Tokens of each sentence of test."""
    text = (options.folder / TEST).read_text(encoding="utf-8")
    return [tuple(cells[1] for cells in words(block)) for block in text.strip().split("\n\n")]


def ready_batches(options: argparse.Namespace, bundle: "Bundle") -> "list[Batch]":
    """Batches of test."""
    from tagger.corpus.sentence import Sentence
    from tagger.encoding.batches import batches
    from tests.benchmarks.speed.process import BATCH_SIZE

    return [*batches(bundle.encoder.encode([*map(Sentence, test_tokens(options))]), BATCH_SIZE)]


def tag_with(bundle: "Bundle", logits: "Callable[[Batch], Any]", sentences: list[tuple[str, ...]]) -> list[list[str]]:
    """Tag with a network of another library, in the same batches as ours: the tag with the highest score."""
    from tagger.corpus.sentence import Sentence
    from tagger.encoding.batches import batches
    from tests.benchmarks.speed.process import BATCH_SIZE

    tags: list[list[str]] = [[] for _ in sentences]
    for batch in batches(bundle.encoder.encode([*map(Sentence, sentences)]), BATCH_SIZE):
        ids = logits(batch).argmax(-1)
        for position, length, row in zip(batch.positions, batch.lengths, ids, strict=True):
            tags[position] = [bundle.target.tags[i] for i in row[:length]]
    return tags


if __name__ == "__main__":
    main()
