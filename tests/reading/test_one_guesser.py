"""All commands read the same sentences from a file: init, check, convert, evaluate and predict."""

import gzip
import io
from pathlib import Path

import pytest

from tagger.config import load_config
from tagger.corpus.layout import UNKNOWN, Layout
from tagger.corpus.sentence import Sentence
from tagger.evaluation.gold_files import read_gold
from tagger.intake.check import check
from tagger.intake.convert import converted_text
from tagger.intake.init import guess_config
from tagger.reading.read import read_sentences
from tagger.reading.whole_files import read_tagged
from tagger.tagging.input import read_input
from tagger.tagging.tagger import Tagger
from tagger.training.data_files import layout_of
from tests.bundles import save_words_bundle
from tests.tagged_text import LEMMA, NAME, SENTENCES, UPOS, XPOS, cells, columns, table

OBJECTS = "".join(
    f'{{"id": {i}, "words": {[w[0] for w in s]}, "ner": {[w[NAME] for w in s]}}}\n'.replace("'", '"')
    for i, s in enumerate(SENTENCES)
)
ROWS = [
    [f"Sentence: {i}" if j == 0 else "", *row] for i, s in enumerate(cells(0, XPOS, NAME)) for j, row in enumerate(s)
]
CONLLU = columns([[[str(i), w[0], w[1], w[2], *"______"] for i, w in enumerate(s, 1)] for s in SENTENCES])
WITH_RANGE = CONLLU.replace("1\tAda", "# text = x\n1-2\tAda met\t_\t_\t_\t_\t_\t_\t_\t_\n1\tAda", 1)
FILES: dict[str, str | bytes] = {
    "two.tsv": columns(cells(0, NAME)),
    "swapped.tsv": columns(cells(NAME, 0)),
    "spaced": columns(cells(0, XPOS, NAME), " "),
    "five.conll": columns(cells("#", 0, LEMMA, UPOS, NAME)),
    "marked.txt": "-DOCSTART- -X- O\n\n" + columns(cells(0, XPOS, NAME), " "),
    "trees.conllu": WITH_RANGE,
    "trees.txt": WITH_RANGE,
    "kaggle.csv": table("sentence,word,pos,tag", ROWS),
    "blank.csv": table("id,tag,word", cells("#", UPOS, 0, times=1)[0]),
    "texts.csv": table("tokens,tags", [[" ".join(w[0] for w in s), " ".join(w[NAME] for w in s)] for s in SENTENCES]),
    "objects.jsonl": OBJECTS,
    "objects": OBJECTS,
    "slashed.txt": "".join(" ".join(f"{w[0]}/{w[UPOS]}" for w in s) + "\n" for s in SENTENCES),
    "packed.tsv.gz": gzip.compress(columns(cells(UPOS, 0)).encode()),
    "western.tsv": columns(cells(0, NAME)).replace("Stone", "Steinbrück").encode("latin-1"),
    "wide.tsv": columns(cells(0, NAME)).encode("utf-16"),
}
PAIRS = list[list[tuple[str, str]]]


def pairs(sentences: list[Sentence]) -> PAIRS:
    return [list(zip(s.tokens, s.tags or (), strict=True)) for s in sentences]


@pytest.fixture(scope="module")
def tagger(tmp_path_factory) -> Tagger:
    return Tagger.load(save_words_bundle(tmp_path_factory.mktemp("m"), Layout("slash")))


@pytest.mark.parametrize("name", FILES)
def test_all_commands_read_the_same_sentences(tagger, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    path, content = Path(name), FILES[name]
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    Path("mine.toml").write_text(guess_config([path], Path()))
    expected = pairs([*read_tagged(path, layout_of(load_config(Path("mine.toml"))))])
    (split,) = check([path]).splits
    text = "".join(converted_text(path, None, UNKNOWN, scheme=None, to_format="jsonl"))

    assert len(expected) in (1, len(SENTENCES))
    assert (split.sentences, split.tokens) == (len(expected), sum(map(len, expected)))
    assert pairs([*read_sentences(io.BytesIO(text.encode()), Layout("jsonl"))]) == expected
    assert pairs([*read_gold(tagger, path).sentences]) == expected
    words = [[token for token, _ in sentence] for sentence in expected]
    assert [list(s.tokens) for s in read_input(path, tagger.bundle.layout)] == words
