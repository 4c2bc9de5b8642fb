"""SNIPS, published as a JSON file per intent, converted to columns of token and BIO tag.

The JSON cuts a sentence into pieces, `{"text": "Cle Elum", "entity": "city"}, {"text": ", "}, …`: a piece with an
entity is a span, and a piece's words are its tokens, parted by white space.
"""

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

N_DEV = 700  # sentences of the published train that are dev here
SEED = 0  # of their draw; another one gives other files than the catalogue's checksums are of


def write_train(parts: Sequence[Path], name: str, out: BinaryIO) -> None:
    """Writes the published train without dev."""
    sentences = list(_sentences(parts))
    dev = _dev(len(sentences))
    out.writelines(sentence for i, sentence in enumerate(sentences) if i not in dev)


def write_dev(parts: Sequence[Path], name: str, out: BinaryIO) -> None:
    """Writes the sentences of the published train that are dev here."""
    sentences = list(_sentences(parts))
    dev = _dev(len(sentences))
    out.writelines(sentence for i, sentence in enumerate(sentences) if i in dev)


def write_test(parts: Sequence[Path], name: str, out: BinaryIO) -> None:
    """Writes all that is published for validation."""
    out.writelines(_sentences(parts))


def _dev(n_sentences: int) -> set[int]:
    order = list(range(n_sentences))
    random.Random(SEED).shuffle(order)
    return set(order[-N_DEV:])


def _sentences(parts: Sequence[Path]) -> Iterator[bytes]:
    """The sentences of all files, each with its intent before it and a blank line after it."""
    for part in parts:
        for intent, sentences in json.loads(_text(part.read_bytes())).items():
            for sentence in sentences:
                rows = "".join(f"{token}\t{tag}\n" for piece in sentence["data"] for token, tag in _tagged(piece))
                yield f"# intent = {intent}\n{rows}\n".encode()


def _tagged(piece: dict[str, str]) -> Iterator[tuple[str, str]]:
    entity = piece.get("entity")
    for i, token in enumerate(piece["text"].split()):
        yield token, f"{'I' if i else 'B'}-{entity}" if entity else "O"


def _text(content: bytes) -> str:
    """UTF-8, but for one emoji whose two halves were encoded apart (CESU-8): they are joined."""
    return content.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16")
