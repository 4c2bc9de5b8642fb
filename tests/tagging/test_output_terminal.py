"""Tags in colour."""

import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tagger.corpus.layout import Layout
from tagger.corpus.sentence import Sentence
from tagger.corpus.spelling import Spelling
from tagger.errors import DataError
from tagger.tagging.output import formatter
from tagger.tagging.tagged import Tagged
from tagger.tagging.tagger import Tagger
from tagger.terminal_text import ColouredText
from tests.bundles import save_heads_bundle, save_spans_bundle, save_words_bundle

CODES = re.compile("\x1b\\[[0-9;]*m")


def lines_of(folder: Path, *tokens: str, best: int = 0, confidence: bool = False) -> tuple[str, str]:
    """A sentence that is tagged, as text and as coloured text."""
    tagger = Tagger.load(folder)
    (tagged,) = tagger.tag([Sentence(tokens)], best=best, confidence=confidence)
    to_text = partial(formatter, "text", confidence=confidence, layout=Layout(), targets=tagger.bundle.targets)
    plain, coloured = to_text(), to_text(is_coloured=True)
    shown = coloured(tagged)
    assert isinstance(shown, ColouredText)
    return plain(tagged), shown


def style_of(text: str, tag: str) -> str | None:
    match = re.search(rf"\x1b\[([0-9;]+)m{tag}\x1b\[0m", text)
    return match[1] if match else None


@pytest.mark.parametrize("confidence", [False, True])
@pytest.mark.parametrize("best", [0, 2])
def test_without_its_colours_coloured_text_is_the_text(tmp_path, confidence, best):
    plain, coloured = lines_of(
        save_heads_bundle(tmp_path), "Ada", "plays", "it", "Byron", best=best, confidence=confidence
    )

    assert CODES.search(coloured)
    assert CODES.sub("", coloured) == plain


def test_each_tag_has_a_colour_of_its_own(tmp_path):
    _, coloured = lines_of(save_words_bundle(tmp_path), "John", "loves", "Jane")

    assert len({style_of(coloured, tag) for tag in "SVO"} - {None}) == 3


@pytest.mark.parametrize("spelling", [Spelling(), Spelling("BILU", "_", "_", is_suffix=True)])
def test_the_tags_of_a_span_have_the_colour_of_its_type_and_others_have_none(tmp_path, spelling):
    folder = save_spans_bundle(tmp_path, decode="valid", spelling=spelling)
    begin, inside, outside = map(spelling.write, ("B-per", "I-per", "O"))
    plain, coloured = lines_of(folder, "Ada", "Byron", "wrote")

    assert plain == f"Ada/{begin} Byron/{inside} wrote/{outside}\n"
    assert style_of(coloured, begin) == style_of(coloured, inside) is not None
    assert style_of(coloured, outside) is None


def test_a_confidence_below_one_half_is_in_reverse(tmp_path):
    targets = Tagger.load(save_words_bundle(tmp_path)).bundle.targets
    to_text = formatter("text", confidence=True, layout=Layout(), targets=targets, is_coloured=True)
    tagged = Tagged(("a", "b"), ("Z", "Z"), (0.499, 0.5), None, None, Sentence(("a", "b")))

    assert to_text(tagged) == "a/Z\x1b[7m:0.499\x1b[0m b/Z:0.500\n"


def test_a_hostile_token_is_escaped_in_coloured_text_and_a_line_end_in_it_is_refused(tmp_path):
    folder = save_words_bundle(tmp_path)
    _, coloured = lines_of(folder, "\x1b[2JJohn")

    assert coloured.startswith("\\x1b[2JJohn/")
    with pytest.raises(DataError, match="a line of text cannot hold"):
        lines_of(folder, "John\nFORGED")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
def test_predict_colours_tags_on_a_terminal_only(tmp_path):
    save_words_bundle(tmp_path)
    command = [sys.executable, "-m", "tagger", "predict", str(tmp_path), "John loves Jane"]
    hidden = ("NO_COLOR", "FORCE_COLOR")
    environment = {name: value for name, value in os.environ.items() if name not in hidden} | {"TERM": "xterm"}
    ours, terminal = os.openpty()
    subprocess.run(command, stdout=terminal, env=environment, check=True)
    shown = os.read(ours, 999).decode()
    os.close(terminal)
    os.close(ours)

    assert CODES.sub("", shown) == "John/S loves/V Jane/O\r\n"
    assert style_of(shown, "V")
    assert subprocess.run(command, capture_output=True, env=environment).stdout == b"John/S loves/V Jane/O\n"
