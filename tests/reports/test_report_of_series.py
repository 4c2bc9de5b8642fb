import re

import pytest

from tagger.corpus.layout import UNKNOWN
from tagger.corpus.sentence import Sentence
from tagger.evaluation.scores import evaluate_tagger
from tagger.intake.check import check
from tagger.intake.check.report import format_text
from tagger.reports.error_analysis import Outcome
from tagger.reports.evaluation_text import format_evaluation
from tagger.reports.segment_errors import segment_errors
from tagger.tagging.tagger import Tagger
from tests.bundles import save_numbers_bundle
from tests.pages import HTML, rows_of, section, text_of
from tests.reports.test_report import page_of, save_run

OF_TEXT = re.compile(r"\b(sentences?|tokens?|tags?|words?)\b", re.IGNORECASE)


def series(states: str, *, first: float = 1.5) -> Sentence:
    """A series whose states are the first letters of high and low; the tagger gives low only for x = 0."""
    numbers = tuple((first if state in "hH" else 0.0, 0.0) for state in states)
    names = tuple("high" if state in "hL" else "low" for state in states)  # capitals are tagged wrong
    return Sentence(tuple(str(x) for x, _ in numbers), names, numbers=numbers)


def test_scores_of_series_speak_of_steps_series_and_states(tmp_path):
    tagger = Tagger.load(save_numbers_bundle(tmp_path / "bundle"))
    scores, _ = evaluate_tagger(tagger, [series("hhlLlhh"), series("lll")])
    text = format_evaluation(scores.first, "segment_f1")

    assert not OF_TEXT.search(text)
    assert text.startswith("state ")
    assert "of 10 steps" in text
    assert "of 2 series, every state correct" in text
    first_metric = text.split("95 % interval\n")[1]
    assert first_metric.startswith("segment F1")


def test_errors_of_series_are_segments_in_one_line_each(tmp_path):
    outcome = Outcome(["0.5", "1.0", "1.5", "2.0", "2.5", "3.0"], list("rruuur"), list("rrrurr"), [1.0] * 6)
    other = Outcome(["5", "4"], list("_r"), list("ru"), [1.0] * 2)

    assert [*map(str, segment_errors([other, outcome], ignore="_"))] == [
        "state u, steps 3 to 5 of series 2 (t = 1.5 to 2.5): predicted r in 3, r in 5",
        "state r, step 2 of series 1: predicted u in 2",
    ]


@pytest.mark.parametrize(
    ("tokens", "is_time"),
    [("9 10 11", True), ("2024-01-02 2024-01-03", True), ("b c bb", False), ("1 1 2", False), ("3 2", False)],
)
def test_a_place_in_time_is_shown_if_tokens_ascend(tokens, is_time):
    n = len(tokens.split())
    (error,) = segment_errors([Outcome(tokens.split(), ["r"] * n, ["u"] * n, [1.0] * n)])
    assert (error.time is not None) == is_time


def test_the_text_lists_segments_by_their_wrong_steps(tmp_path):
    tagger = Tagger.load(save_numbers_bundle(tmp_path / "bundle"))
    scores, _ = evaluate_tagger(tagger, [series("lll"), series("hhlLLHhh"), series("hHh")])
    lines = format_evaluation(scores.first).splitlines()

    start = lines.index("segments with the most wrong steps; steps and series count from 1")
    assert lines[start + 1 :] == [
        "  state high, steps 4 to 5 of series 2: predicted low in 4 to 5",
        "  state low, step 6 of series 2: predicted high in 6",
        "  state low, step 2 of series 3: predicted high in 2",
    ]


def test_the_page_of_series_speaks_of_steps_series_and_states(tmp_path):
    test = [series("hhlLlhh"), series("lll")]
    page = page_of(save_run(tmp_path / "run", test, make=save_numbers_bundle))
    sections = [
        each for each in page.iter(f"{HTML}section") if each.get("aria-labelledby") not in ("config", "reproduce")
    ]

    assert "gives 90.00 % of the 10 steps of test the correct state" in text_of(page)
    assert rows_of(section(page, "errors")) == [["high", "low in 4", "1", "4", "1"]]
    assert "gold state (row) and predicted state (column)" in text_of(section(page, "confusion"))
    assert "Segments of each state on test" in text_of(section(page, "tags"))
    for each in (*sections, next(page.iter(f"{HTML}header"))):
        assert not re.search(f".*{OF_TEXT.pattern}.*", text_of(each), re.IGNORECASE)


@pytest.mark.parametrize("has_words", [False, True])
def test_check_counts_words_only_where_they_are_read(tmp_path, has_words):
    rows = "".join(f"{n},{n / 7:.3f},{'on' if n % 4 else 'off'}\n" for n in range(8))
    (tmp_path / "train.csv").write_text(f"s,x,state\n{rows}")
    inputs = "" if has_words else 'words = false\ncasing = false\nnumeric = ["x"]\n'
    config = tmp_path / "config.toml"
    config.write_text(f'[data]\ntrain = "train.csv"\ntoken = "x"\ntag = "state"\n\n[features]\n{inputs}')

    head = format_text(check([config], UNKNOWN)).splitlines()[0].split()
    assert ("words" in head, "unseen" in head, "steps" in head) == (has_words, has_words, not has_words)
