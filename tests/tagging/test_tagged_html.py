"""Tagged sentences as they show themselves: one line of text, and HTML in a notebook."""

import re

import html5lib
import numpy as np
import pytest

from tagger.corpus.schemes import Span
from tagger.corpus.sentence import Sentence
from tagger.tagging.tagged import Answer, Tagged, TaggedSentences
from tagger.tagging.tagger import Tagger
from tests.bundles import (
    save_heads_bundle,
    save_numbers_bundle,
    save_series_bundle,
    save_spans_bundle,
    save_words_bundle,
)


@pytest.fixture(scope="module")
def taggers(tmp_path_factory) -> dict[str, Tagger]:
    folder = tmp_path_factory.mktemp("models")
    return {
        "words": Tagger.load(save_words_bundle(folder / "words")),
        "spans": Tagger.load(save_spans_bundle(folder / "spans", decode="valid")),
        "heads": Tagger.load(save_heads_bundle(folder / "heads")),
        "numbers": Tagger.load(save_numbers_bundle(folder / "numbers")),
        "series": Tagger.load(save_series_bundle(folder / "series")),
    }


def shown(tagged: Tagged | TaggedSentences) -> str:
    """The HTML without its style sheet, checked by a strict parser."""
    html = tagged._repr_html_()
    html5lib.HTMLParser(strict=True).parseFragment(html)
    return re.sub(r"(?s)<style>.*</style>\n", "", html)


def words_of(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", "", html).split())


def test_a_sentence_is_one_short_line(taggers):
    assert repr(taggers["words"].tag(["John loves Jane"])) == "[Tagged(John/S loves/V Jane/O)]"
    assert repr(taggers["heads"].tag(["Ada plays"])[0]) == "Tagged(play: Ada/NOUN/B-per/Ada plays/VERB/O/play)"
    assert repr(taggers["words"].tag([["John"] * 32])[0]).endswith(" John/S … 2 more)")
    assert repr(taggers["words"].tag([["\x1b[31m\n"]])[0]) == r"Tagged(\x1b[31m\n/O)"
    assert repr(taggers["words"].tag([""])[0]) == "Tagged()"


def test_a_series_is_the_runs_of_its_states(taggers):
    steps = np.zeros((1000, 2))
    steps[400:, 0] = 9

    assert repr(taggers["numbers"].tag([steps])[0]) == "Tagged(1,000 steps: low ×400, high ×600)"
    assert repr(taggers["numbers"].tag([np.tile([[0, 0], [9, 0]], (6, 1))])[0]).endswith("high ×1, … 2 more runs)")
    assert repr(taggers["series"].tag([np.zeros((3, 2))])[0]) == "Tagged(low: 3 steps)"


def test_tags_stand_below_their_tokens_with_confidence_as_title(taggers):
    tagger = taggers["words"]
    (tagged,) = tagger.tag(["John loves"])
    html = shown(tagged)

    assert words_of(html) == "John S loves V"
    titles = [f"confidence {confidence:.3f}" for confidence in tagged.confidence]
    assert re.findall('title="(.*?)"', html) == titles
    assert re.findall('title="(.*?)"', shown(tagger.tag(["John loves"], confidence=False))) == ["", ""]


def test_a_span_is_marked_with_its_type(taggers):
    html = shown(taggers["spans"].tag(["Ada Byron wrote"]))

    assert words_of(html) == "Ada Byron per wrote"
    assert re.findall(r'<span class="span c\d" title="per, confidence [\d.]+">', html)


def test_the_answers_of_all_heads_are_shown(taggers):
    assert words_of(shown(taggers["heads"].tag(["Ada ends"]))) == "intent: other Ada NOUN Ada per ends X ends"


def test_each_tag_has_a_colour_of_its_own_wherever_it_is(taggers):
    html = shown(taggers["words"].tag(["John loves Jane", "NASA sleeps"]))

    colours = dict[str, set[str]]()
    for colour, tag in re.findall(r'<span class="tag (.*?)" title=".*?">(.*?)</span>', html):
        colours.setdefault(tag, set()).add(colour)
    assert colours.keys() == {*"SVO"}
    assert all(len(each) == 1 for each in colours.values())
    assert len(set.union(*colours.values()) - {""}) == 3


def test_tags_of_spans_have_the_colour_of_their_type_and_none_outside():
    tags = ("S-PER", "O", "PER-B", "b_LOC")
    spans = (Span(0, 1, "PER"), Span(2, 3, "PER"), Span(3, 4, "LOC"))
    answers = {"names": Answer("tag", tags, spans=spans), "chunks": Answer("tag", tags, spans=spans)}
    tokens = ("a", "b", "c", "d")
    html = shown(Tagged(tokens, tags, (), None, spans, Sentence(tokens), answers=answers))

    assert re.findall(r'<span class="tag (.*?)" title="">', html) == ["c0", "", "c0", "c1"]


def test_text_of_strangers_is_escaped_and_isolated(taggers):
    html = shown(taggers["words"].tag([["<script>alert(1)</script>", "\u202e&", '"><img src=x>', "\x00\x1b"]]))

    assert not re.search("<(script|img)|[\x00\x1b\u202e]", html)
    assert words_of(html).startswith("&lt;script&gt;alert(1)&lt;/script&gt; O")


def test_text_from_right_to_left_is_laid_out_so(taggers):
    assert 'class="sentence" dir="rtl"' in shown(taggers["words"].tag([["12", "Jo", "שלום"]]))
    assert 'class="sentence" dir="ltr"' in shown(taggers["words"].tag([["12", "שלום", "Johnny"]]))


def test_a_series_has_a_line_for_each_channel_and_a_band_of_states(taggers):
    steps = np.zeros((10, 2))
    steps[6:, 0] = 9
    html = shown(taggers["numbers"].tag([steps]))

    assert html.count("<path") == 2
    assert re.findall(r'style="flex-grow: (\d+)" title="(\w+: steps \d+ to \d+), lowest confidence [\d.]+"', html) == [
        ("6", "low: steps 1 to 6"),
        ("4", "high: steps 7 to 10"),
    ]
    assert words_of(html).endswith("10 steps: low 6 steps in 1 run high 4 steps in 1 run")
    assert words_of(shown(taggers["series"].tag([np.zeros((3, 2))]))).startswith("label: low")


def test_long_input_gives_short_output(taggers):
    many = shown(taggers["words"].tag(["John"] * 60))
    long = shown(taggers["words"].tag([["John"] * 2000]))
    series = shown(taggers["numbers"].tag([np.tile([[0, 0], [9, 0]], (2_000, 1))]))

    assert words_of(many).endswith("… and 10 sentences more")
    assert words_of(long).endswith("… and 1,500 tokens more")
    assert "the band shows all but the last 3,500 runs" in series
    assert max(len(many), len(long), len(series)) < 200_000


def test_no_sentences_and_empty_ones_are_shown(taggers):
    assert words_of(shown(taggers["words"].tag([]))) == ""
    assert words_of(shown(taggers["words"].tag([""]))) == ""
    assert words_of(shown(taggers["numbers"].tag([np.zeros((0, 2))]))) == "0 steps"
