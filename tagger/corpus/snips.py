"""SNIPS: its JSON files, one per intent, converted to columns of tokens and BIO tags.

In the JSON, a sentence is a list of pieces, `{"text": "Cle Elum", "entity": "city"}, {"text": ", "}, …`: a piece with
an entity is a span, and the tokens of a piece are its words, delimited by white space.
"""

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

N_DEV = 700  # sentences of the published train that become dev
SEED = 0  # seed for the choice of dev; the checksums in the catalogue depend on it


def write_train(parts: Sequence[Path], name: str, out: BinaryIO) -> None:
    """Write the published train without dev."""
    sentences = list(_sentences(parts))
    dev = _dev(len(sentences))
    out.writelines(sentence for i, sentence in enumerate(sentences) if i not in dev)


def write_dev(parts: Sequence[Path], name: str, out: BinaryIO) -> None:
    """Write the sentences of the published train that become dev."""
    sentences = list(_sentences(parts))
    dev = _dev(len(sentences))
    out.writelines(sentence for i, sentence in enumerate(sentences) if i in dev)


def write_test(parts: Sequence[Path], name: str, out: BinaryIO) -> None:
    """Write the published validation set, which is the test set here."""
    out.writelines(_sentences(parts))


def _dev(n_sentences: int) -> set[int]:
    order = list(range(n_sentences))
    random.Random(SEED).shuffle(order)
    return set(order[-N_DEV:])


def _sentences(parts: Sequence[Path]) -> Iterator[bytes]:
    """Yield the lines of each sentence: a comment with its intent, its tokens, and a blank line."""
    for part in parts:
        for intent, sentences in json.loads(_text(part.read_bytes())).items():
            for sentence in sentences:
                rows = "".join(f"{token}\t{tag}\n" for piece in sentence["data"] for token, tag in _tag_piece(piece))
                yield f"# intent = {intent}\n{rows}\n".encode()


def _tag_piece(piece: dict[str, str]) -> Iterator[tuple[str, str]]:
    entity = piece.get("entity")
    for i, token in enumerate(piece["text"].split()):
        yield token, f"{'I' if i else 'B'}-{entity}" if entity else "O"


def _text(content: bytes) -> str:
    """Decode UTF-8; one emoji is encoded as a surrogate pair (CESU-8), which is joined."""
    return content.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16")
