"""`tagger init` on files with labels, several tags and lemmas; each config is used unedited, or as its comment says."""

import json
import re
from pathlib import Path

import pytest

from tagger.config import Config, load_config
from tagger.errors import DataError
from tagger.intake.init import guess_config
from tagger.reading.proposal import propose
from tagger.training.prepare import prepare
from tests.intake.test_init import conllu

INTENTS = {"play": "music", "book": "food", "is it": "weather"}
TEXTS = [
    (f"{start} {what} {when}", intent)
    for start, intent in INTENTS.items()
    for what in ("some jazz", "a table", "going to rain", "the whole lot")
    for when in ("now", "later today", "please")
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def guess(name: str, content: str) -> str:
    Path(name).write_text(content)
    return guess_config([Path(name)], Path())


def load(text: str) -> Config:
    Path("config.toml").write_text(text)
    return load_config(Path("config.toml"))


def heads(config: Config) -> dict[str, tuple[str, int]]:
    """Kind and number of tags of each head that is prepared."""
    return {head.target.name: (head.target.kind, len(head.target.tags)) for head in prepare(config).heads}


def series() -> str:
    rows = [
        f"s{i},{0.5 + i + t / 7:.2f},{(i * t) % 5},{'run' if i % 2 else 'walk'}" for i in range(12) for t in range(9)
    ]
    return "\n".join(["id,x,y,activity", *rows, ""])


def further() -> str:
    rows = [f"i{i},0.{i},{text},{label},{i}" for i, (text, label) in enumerate(TEXTS)]
    return "\n".join(["id,x,text,topic,n", *rows, ""])


def slots(*, is_tagged: bool = True) -> str:
    blocks = (
        f"# intent = {intent}\n" + "".join(
            f"{token}\t{'B-time' if token in ('now', 'later') else 'O'}\n" if is_tagged else f"{token}\n"
            for token in text.split()
        )
        for text, intent in TEXTS
    )  # fmt: skip
    return "\n".join(blocks)


LABELLED = {
    "text first": ("a.csv", "text,label\n" + "".join(f'"{text}",{label}\n' for text, label in TEXTS)),
    "label first": ("a.tsv", "label\ttext\n" + "".join(f"{label}\t{text}\n" for text, label in TEXTS)),
    "no header": ("a.tsv", "".join(f"{label}\t{text}\n" for text, label in [*TEXTS, TEXTS[0]])),
    "further columns": ("a.csv", further()),
    "numbers": ("a.csv", "text,stars\n" + "".join(f"{text},{len(label) % 3}\n" for text, label in TEXTS)),
    "labels of several words": ("a.csv", "text,label\n" + "".join(f"{t},a label of {y}\n" for t, y in TEXTS)),
    "jsonl": ("a.jsonl", "".join(json.dumps({"text": t, "intent": y}) + "\n" for t, y in TEXTS)),
    "tokens": ("a.jsonl", "".join(json.dumps({"tokens": t.split(), "label": y}) + "\n" for t, y in TEXTS)),
    "comments": ("a.conll", slots(is_tagged=False)),
    "series": ("a.csv", series()),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content"), LABELLED.values(), ids=LABELLED)
def test_a_file_with_a_label_per_sentence_gets_a_config_that_learns_it(name, content):
    text = guess(name, content)
    config = load(text)

    (head,) = heads(config).items()
    assert (head[0], head[1][0]) == ("label", "label")
    assert config.data.tag is None
    assert head[1][1] == len(set(re.findall("walk|run" if "walk" in content else "music|food|weather", content))) or (
        "stars" in content
    )
    assert " labels, the most frequent: " in text


def test_labels_of_a_file_that_is_sorted_by_label_are_found():
    rows = "".join(f"text {i} about {label} things,{label}\n" for label in ("a", "b") for i in range(15_000))

    assert propose(lambda: iter(["text,label", *rows.split("\n")]), "a.csv").layout.answers[0].column == "label"


def test_labels_in_comments_beside_tags_are_a_comment_that_can_be_switched_on():
    text = guess("a.tsv", slots())

    assert heads(load(text)) == {"head": ("tag", 2)}
    assert '\n# label = "intent"\n' in text
    assert "before sentences: 3 labels (" in text
    both = load(text.replace('# label = "intent"', 'label = "intent"'))
    assert heads(both) == {"tag": ("tag", 2), "label": ("label", 3)}


@pytest.mark.parametrize("key", ["sent_id", "text", "newdoc id"])
def test_names_of_sentences_and_documents_are_no_labels(key):
    text = guess("a.tsv", slots().replace("# intent", f"# {key}"))

    assert "labels (" not in text


def test_a_comment_that_half_of_the_sentences_lack_is_no_label():
    blocks = slots().split("\n\n")
    blocks[::2] = [block.partition("\n")[2] for block in blocks[::2]]

    assert "labels (" not in guess("a.tsv", "\n\n".join(blocks))


def test_a_column_with_one_value_per_sentence_beside_tags_is_proposed_as_label():
    rows = "".join(
        f"{i},{token},{'T' if token in ('now', 'later') else 'O'},{intent}\n"
        for i, (text, intent) in enumerate(TEXTS)
        for token in text.split()
    )
    text = guess("a.csv", "sentence,token,tag,intent\n" + rows)

    assert load(text).data.tag == "tag"
    assert heads(load(text.replace('# label = "intent"', 'label = "intent"')))["label"] == ("label", 3)


def switched_on(text: str) -> Config:
    """The config with the [heads] of its comment, and without the keys that the comment names."""
    start, _, rest = text.partition("# [heads]\n")
    block, _, rest = rest.partition("\n[training]")
    for key, section in re.findall(r"`(\w+)` in \[(\w+)\]", start):
        before, _, after = start.partition(f"[{section}]")
        start = before + f"[{section}]" + re.sub(rf"(?m)^{key} = .*\n", "", after, count=1)
    return load(start + "[heads]\n" + block.replace("# ", "") + "\n[training]" + rest)


def test_the_fields_of_a_treebank_are_proposed_as_heads():
    text = guess("a.conllu", conllu())

    assert load(text).data.tag == "upos"
    kinds = {name: kind for name, (kind, _) in heads(switched_on(text)).items()}
    assert kinds == {"upos": "tag", "xpos": "tag", "feats": "tag", "lemma": "string"}


def test_blank_fields_of_a_treebank_are_not_proposed():
    text = guess("a.conllu", conllu(xpos=False, feats=False))

    assert "xpos = {" not in text
    assert "feats = {" not in text
    assert '# lemma = { string = "lemma" }' in text


def test_further_tags_of_a_column_file_are_proposed_as_heads_and_a_crf_is_kept():
    rows = [("Ada", "NNP", "B-PER"), ("wrote", "VBD", "O"), ("to", "IN", "O"), ("Bob", "NNP", "B-PER"), (".", ".", "O")]
    text = guess("a.conll", ("".join(f"{' '.join(row)}\n" for row in rows) + "\n") * 9)

    assert "# tag2 = { tag = 2, crf = true }\n# tag1 = { tag = 1 }\n" in text
    assert "remove `tag` in [data], `scheme` in [data] and `head` in [model]." in text
    assert heads(switched_on(text)) == {"tag2": ("tag", 2), "tag1": ("tag", 4)}


def test_texts_without_repeated_labels_are_still_refused():
    with pytest.raises(DataError):
        guess("a.csv", "text,url\n" + "".join(f"{text},u{i}\n" for i, (text, _) in enumerate(TEXTS)))


@pytest.mark.parametrize("n_empty", [1, 10])
def test_a_text_without_a_label_is_an_error_that_says_so(n_empty):
    rows = [f"{text},{label}\n" for text, label in TEXTS] + [f"a text number {i},\n" for i in range(n_empty)]

    with pytest.raises(DataError, match=rf"a\.csv:{len(TEXTS) + 2}: data\.label: .*the sentence has no label"):
        guess("a.csv", "text,label\n" + "".join(rows))


def test_files_of_two_formats_are_refused_with_a_hint_about_sources():
    Path("train.tsv").write_text(slots())
    Path("test.conllu").write_text("1\ta\ta\tX\t_\t_\t0\troot\t_\t_\n\n1\tb\tb\tY\t_\t_\t0\troot\t_\t_\n")

    with pytest.raises(DataError, match=r"^test\.conllu: is read as conllu, but train\.tsv as columns$") as error:
        guess_config([Path("train.tsv"), Path("test.conllu")], Path())
    assert "[[data.sources]]" in (error.value.hint or "")
