"""SNIPS converted from the published JSON: a small example, and the real files."""

import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

import pytest

from tagger.corpus import snips
from tagger.corpus.catalogue import CATALOGUE

Piece = dict[str, str]


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    """Published files of two intents, with two sentences and one."""
    weather = [
        [piece("Is it "), piece("cold", "temperature"), piece(" in "), piece("Cle Elum", "city"), piece(", "),
         piece("NE", "state"), piece("?")],
        [piece("snow", "condition"), piece(" "), piece("next week", "time"), piece(" in  March", "time"), piece(" \n")],
    ]  # fmt: skip
    play = [[piece("Play Beyoncé’s "), piece("Halo", "track")]]
    return [published(tmp_path, "GetWeather", weather), published(tmp_path, "PlayMusic", play)]


def piece(text: str, entity: str = "") -> Piece:
    return {"text": text, "entity": entity} if entity else {"text": text}


def as_json(intent: str, sentences: Iterable[Sequence[Piece]]) -> str:
    return json.dumps({intent: [{"data": pieces} for pieces in sentences]}, indent=2, ensure_ascii=False)


def published(folder: Path, intent: str, sentences: Iterable[Sequence[Piece]]) -> Path:
    path = folder / f"{intent}.json"
    path.write_bytes(as_json(intent, sentences).encode())
    return path


def written(write, parts: Sequence[Path]) -> bytes:
    out = io.BytesIO()
    write(parts, "train.tsv", out)
    return out.getvalue()


def test_a_piece_with_an_entity_is_a_span_of_words_delimited_by_white_space(parts):
    assert written(snips.write_test, parts).decode() == (
        "# intent = GetWeather\n"
        "Is\tO\nit\tO\ncold\tB-temperature\nin\tO\nCle\tB-city\nElum\tI-city\n,\tO\nNE\tB-state\n?\tO\n\n"
        "# intent = GetWeather\n"
        "snow\tB-condition\nnext\tB-time\nweek\tI-time\nin\tB-time\nMarch\tI-time\n\n"
        "# intent = PlayMusic\n"
        "Play\tO\nBeyoncé’s\tO\nHalo\tB-track\n\n"
    )


def test_an_emoji_encoded_as_a_surrogate_pair_is_joined(tmp_path):
    content = as_json("PlayMusic", [[piece("Play "), piece("Punk \ud83c\udf55", "playlist")]])
    (tmp_path / "play.json").write_bytes(content.encode("utf-8", "surrogatepass"))

    assert "🍕\tI-playlist\n".encode() in written(snips.write_test, [tmp_path / "play.json"])


def test_train_and_dev_split_the_published_train_in_its_order(parts, monkeypatch):
    monkeypatch.setattr(snips, "N_DEV", 1)
    whole, train, dev = (written(write, parts) for write in (snips.write_test, snips.write_train, snips.write_dev))

    def sentences(content: bytes) -> list[bytes]:
        return content.split(b"# ")[1:]

    assert len(sentences(dev)) == 1
    assert sentences(train) == [sentence for sentence in sentences(whole) if sentence not in sentences(dev)]
    assert sorted(sentences(train) + sentences(dev)) == sorted(sentences(whole))


# The real files


def sentences_of(path: Path) -> list[tuple[str, list[Piece]]]:
    """Intent and pieces of each sentence, with the most common white space of the published files."""
    sentences = []
    for block in path.read_text(encoding="utf-8").strip("\n").split("\n\n"):
        head, *rows = block.split("\n")
        sentences.append((head.removeprefix("# intent = "), pieces_of([row.split("\t") for row in rows])))
    return sentences


def pieces_of(rows: list[list[str]]) -> list[Piece]:
    spans: list[tuple[str, list[str]]] = []
    for token, tag in rows:
        if tag.startswith("I-") or (tag == "O" and spans and not spans[-1][0]):
            spans[-1][1].append(token)
        else:
            spans.append((tag[2:], [token]))
    pieces: list[Piece] = []
    for i, (entity, tokens) in enumerate(spans):
        is_tight = i == 0 or tokens[0][0] in ".,?!;" or tokens[0].startswith("'s")
        if entity and pieces and "entity" in pieces[-1]:
            pieces.append(piece(" "))
        text = " ".join(tokens)
        pieces.append(
            piece(text, entity) if entity else piece(" " * (not is_tight) + text + " " * (i < len(spans) - 1))
        )
    return pieces


def test_the_real_files_are_reproduced_from_json(shared_data, tmp_path):
    folder = shared_data / "snips"
    others, chosen = iter(sentences_of(folder / "train.tsv")), iter(sentences_of(folder / "dev.tsv"))
    dev = snips._dev(13_784)
    train = [next(chosen if i in dev else others) for i in range(13_784)]

    def parts(sentences: Iterable[tuple[str, list[Piece]]]) -> list[Path]:
        by_intent = groupby(sentences, key=lambda sentence: sentence[0])
        return [published(tmp_path, intent, [pieces for _, pieces in group]) for intent, group in by_intent]

    train_parts = parts(train)
    assert len(train_parts) == 7  # each intent is contiguous if dev is chosen correctly
    assert written(snips.write_train, train_parts) == (folder / "train.tsv").read_bytes()
    assert written(snips.write_dev, train_parts) == (folder / "dev.tsv").read_bytes()
    assert written(snips.write_test, parts(sentences_of(folder / "test.tsv"))) == (folder / "test.tsv").read_bytes()


def test_a_published_file_rebuilt_from_ours_has_the_checksum_of_the_catalogue(shared_data):
    sentences = [pieces for intent, pieces in sentences_of(shared_data / "snips" / "test.tsv") if intent == "RateBook"]
    sentences[13].insert(6, piece(" "))  # the only different white space in the published file
    file = next(part for part in CATALOGUE["snips"].files["test"].parts if "RateBook" in part.name)

    assert hashlib.sha256(as_json("RateBook", sentences).encode()).hexdigest() == file.sha256
