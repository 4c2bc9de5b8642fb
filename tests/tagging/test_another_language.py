"""The code of tagger/tagging/README.md, which uses a bundle without this package, gives what `Tagger` gives."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tagger.config import Chars, Features
from tagger.corpus.layout import Layout
from tagger.encoding.lexicon import Lexicon
from tagger.heads.edit_scripts import edit_script
from tagger.heads.softmax import Softmax
from tagger.heads.strings import string_of
from tagger.heads.target import TagTarget
from tagger.reading.read import read_sentences
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle import Bundle
from tagger.tagging.tagger import Tagger
from tests import ROOT
from tests.bundles import (
    PROVENANCE,
    random_weights,
    save,
    save_heads_bundle,
    save_numbers_bundle,
    save_spans_bundle,
)
from tests.networks import encoder_of

README = ROOT / "tagger" / "tagging" / "README.md"
BUNDLE = Path("runs") / "svo" / "bundle"
LAST_LINE = 'print(tag(["John", "loves", "Jane"]))\n'
TAGS = ("O", "S", "V", "X")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The working directory, where the README expects a bundle in `runs/svo`."""
    monkeypatch.chdir(tmp_path)
    BUNDLE.parent.mkdir(parents=True)
    return BUNDLE


def code_blocks() -> list[str]:
    """The blocks of the part on other languages: the worked example and Viterbi."""
    part = README.read_text(encoding="utf-8").partition("## Using a bundle from another language")[2]
    return re.findall(r"```python\n(.*?)```", part, re.DOTALL)


def run(*blocks: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, str(README), "exec"), names)
    return names


def code_with_viterbi() -> list[str]:
    """The first two blocks, the second in place of the last line of the first."""
    example, viterbi, _ = code_blocks()
    return [example.removesuffix(LAST_LINE), viterbi]


def code_with_heads() -> list[str]:
    """The first block, and the third in place of its last line."""
    example, _, heads = code_blocks()
    assert example.endswith(LAST_LINE)
    return [example.removesuffix(LAST_LINE), heads]


def save_default_bundle(folder: Path, chars: Chars | None = None) -> Tagger:
    """A bundle with the inputs of the default config, fitted to the first sentences of data/svo, and random weights."""
    train = list(read_sentences(ROOT / "data" / "svo" / "train.tsv", Layout()))[:200]
    encoder = encoder_of(Features(chars=chars), train)
    architecture = Architecture(
        inputs=encoder.inputs,
        cell="lstm",
        units=(5,),
        bidirectional=True,
        merge="concat",
        reset_after=True,
        heads=(Softmax(len(TAGS)),),
    )
    target = TagTarget(TAGS, Lexicon(majority="X", forms={"John": "S"}), temperature=1.7)
    bundle = Bundle(architecture, encoder, (target,), Layout(), PROVENANCE)
    return Tagger.load(save(bundle, random_weights(architecture), folder, train[:3]))


@pytest.mark.parametrize("chars", [None, Chars(kind="lstm", units=3), Chars(kind="cnn", units=3)])
def test_the_worked_example_tags_as_the_tagger_does(folder, capsys, chars):
    tagger = save_default_bundle(folder, chars)
    tag = run(code_blocks()[0])["tag"]

    printed = eval(capsys.readouterr().out)
    sentences = [
        ["John", "loves", "Jane"],
        ["The", "dog", "that", "Jane", "loves", "does", "not", "sleep", "."],
        ["NASA", "iPad", "A", "1,000", "B2B", "U.S.", "--", "日本", "e-mail", "xylophones", "Ärger", "٣", "²x"],
        ["back\\slash", "tab\t", "line\n", "ǅ", "🙂🙂🙂", "ΟΔΟΣ", "İstanbul", "I"],
        ["antidisestablishmentarianism" * 2, "pneumonoultramicroscopicsilicova", "x" * 15 + "loves" + "y" * 13, ""],
    ]
    tagged = tagger.tag(sentences)
    by_hand = [tag(sentence) for sentence in sentences]
    assert printed == by_hand[0]
    assert [[name for name, _ in steps] for steps in by_hand] == [[*sentence.tags] for sentence in tagged]
    for steps, sentence in zip(by_hand, tagged, strict=True):
        assert [confidence for _, confidence in steps] == pytest.approx(sentence.confidence, abs=1e-5)
    assert len({name for steps in by_hand for name, _ in steps}) > 2  # so that equal tags show something


@pytest.mark.parametrize("crf", [True, False])
@pytest.mark.parametrize("decode", ["valid", "free"])
def test_the_viterbi_of_the_worked_example_finds_the_taggers_sequences(folder, decode, crf):
    tagger = Tagger.load(save_spans_bundle(folder, decode=decode, crf=crf))
    names = run(*code_with_viterbi())

    sentences = [["Ada", "Byron", "wrote"], ["wrote", "Ada"], ["Ada"], ["x", "x", "Ada", "Ada", "x", "Byron"]]
    for sentence, tagged in zip(sentences, tagger.tag(sentences), strict=True):
        assert names["viterbi"](names["scores"](sentence)) == [*tagged.tags]


@pytest.mark.parametrize(
    ("save", "options", "message"),
    [
        (save_numbers_bundle, {}, "this example does not cover inputs of the kind numbers"),
        (save_spans_bundle, {"decode": "free", "crf": True}, "need Viterbi: leave out the last line"),
        (save_spans_bundle, {"decode": "valid"}, "need Viterbi: leave out the last line"),
    ],
)
def test_the_worked_example_refuses_a_bundle_that_it_would_read_wrongly(folder, save, options, message):
    save(folder, **options)

    with pytest.raises(SystemExit, match=message):
        run(code_blocks()[0])


def test_the_viterbi_of_the_worked_example_refuses_another_scheme(folder):
    save_spans_bundle(folder, decode="valid")
    description = (folder / "bundle.json").read_text()
    (folder / "bundle.json").write_text(description.replace('"scheme_train": "bio"', '"scheme_train": "bioes"'))

    with pytest.raises(SystemExit, match="does not cover the scheme bioes"):
        run(*code_with_viterbi())


def test_the_worked_example_reads_symbols_with_escapes(folder):
    save_default_bundle(folder)
    symbols = run(code_blocks()[0])["symbols"]

    (folder / "odd.txt").write_bytes(b"back\\\\slash\nnot a line end: \\\\n\ntab\\t\nline\\n\ncarriage return\\r\n")

    assert symbols("odd") == ["back\\slash", "not a line end: \\n", "tab\t", "line\n", "carriage return\r"]


@pytest.mark.parametrize("heads", [["intent"], ["lemma"], ["pos", "intent", "lemma"]])
def test_the_example_for_several_heads_answers_as_the_tagger_does(folder, capsys, heads):
    tagger = Tagger.load(save_heads_bundle(folder, heads))
    names = run(*code_with_heads())

    sentences = [["John", "loves", "Jane"], ["Ada", "Byron", "plays"], ["İstanbul", "s", "PLAYS"], ["play"]]
    by_hand = [names["answers"](sentence) for sentence in sentences]
    assert eval(capsys.readouterr().out) == by_hand[0]
    for answers, tagged in zip(by_hand, tagger.tag(sentences), strict=True):
        assert [*answers] == heads
        for head in heads:
            assert answers[head] == (tagged.label if head == "intent" else [*tagged.answers[head].values])


@given(st.text(), st.text())
@example("İS", "is")
@example("a", "/")
@example("a", "\\/ \u2028\t")
def test_the_example_applies_edit_scripts_as_the_tagger_does(form, string):
    source = code_with_heads()[1]
    names: dict[str, Any] = {"re": re}
    exec(compile(source[: source.index("def answers")], str(README), "exec"), names)

    script = edit_script(form, string)

    assert names["apply_script"](script, form) == string
    for other in ("", "a", "Ab", string):
        assert names["apply_script"](script, other) == string_of(script, other)


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        (lambda: code_blocks()[:1], "leave out the last line, and add the third"),
        (code_with_heads, "names need Viterbi"),
    ],
)
def test_the_examples_refuse_heads_that_they_would_read_wrongly(folder, blocks, message):
    save_heads_bundle(folder)

    with pytest.raises(SystemExit, match=message):
        run(*blocks())
