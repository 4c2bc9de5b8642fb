"""Report of a sweep: one page for any settings and outcomes."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.metrics import evaluate
from tagger.reports.axes import counting_axis, percent_axis, range_axis
from tagger.reports.figures import thinned
from tagger.reports.sweep_report import Key, SettingResult, SweepRecord, TrialFailure, Winner, sweep_page
from tagger.sweeps.importance import key_importance
from tagger.sweeps.space import Dimension, Range, Space
from tests.pages import HTML, SVG, figure, parsed, rows_of, section, text_of, without_script

KEYS = (
    Key("model.cell", ["lstm", "gru"]),
    Key("model.dropout", None, low=0.1, high=0.5),
    Key("training.learning_rate", None, low=1e-4, high=1e-2, log=True),
)
EVALUATION = evaluate([["S", "V"]], [["S", "S"]], [["John", "runs"]], Lexicon("S", None)).to_json()


def tried(cell: int, dropout: float, *scores: float, state: Any = "ranked", rate: float | None = None) -> SettingResult:
    values = {"model.cell": cell, "model.dropout": dropout, **({"training.learning_rate": rate} if rate else {})}
    curve = [(1, scores[0] / 2), (2, scores[0])] if scores else []
    return SettingResult(f"cell {cell}, dropout {dropout}", values, state, scores, curve, 1000, 2.0, 1_500_000)


SETTINGS = (
    tried(0, 0.1, 0.80, 0.82),
    tried(0, 0.5, 0.70, 0.70),
    tried(1, 0.3, 0.60, state="pruned"),
    tried(1, 0.2, state="failed"),
    tried(1, 0.4, 0.90, 0.92, rate=1e-3),
)


def record(settings=SETTINGS, **changes: Any) -> SweepRecord:
    ranking = sorted((one for one in settings if one.state == "ranked"), key=lambda one: -one.mean)
    made = SweepRecord(
        "many", 'base = "base.toml"', "tagger sweep many.toml", "tpe", "accuracy", KEYS, settings, ranking,
        importance={"model.cell": (0.75, 0.7), "model.dropout": (0.25, 0.3)},
        failures=[TrialFailure("cell 1, dropout 0.2, seed 1", "not enough\nmemory")],
        winner=Winner("abc", "cell 1", 2, {"test": EVALUATION, "dev": EVALUATION}, "[data]", {
            "data": {"train": "12ab"}, "versions": {"keras": "3"},
        }),
    )  # fmt: skip
    return replace(made, **changes)


def test_each_figure_has_a_title_and_a_table_and_the_page_loads_nothing():
    text = sweep_page(record())
    page = parsed(text)

    text = without_script(text)
    assert not re.search(r"<script|<link rel=.stylesheet|src=|@import|url\(", text)
    figures = [*page.iter(f"{HTML}figure")]
    assert len(figures) == 7  # course, curves, importance, three keys, parallel coordinates
    for each in figures:
        assert all(text_of(svg[0]) and svg[0].tag == f"{SVG}title" for svg in each.iter(f"{SVG}svg"))
        has_numbers = [*each.iter(f"{HTML}table")]
        assert has_numbers or "The values are in the leaderboard" in text_of(each)


def test_progress_lists_all_scored_settings_and_marks_each_new_best():
    assert rows_of(figure(parsed(sweep_page(record())), "progress")) == [
        ["1", "cell 0, dropout 0.1", "ranked", "81.00 ± 1.41 %", "yes"],
        ["2", "cell 0, dropout 0.5", "ranked", "70.00 ± 0.00 %", ""],
        ["3", "cell 1, dropout 0.3", "pruned", "60.00 %", ""],
        ["5", "cell 1, dropout 0.4", "ranked", "91.00 ± 1.41 %", "yes"],
    ]


def test_the_effect_of_a_value_is_the_mean_and_range_of_its_settings():
    page = parsed(sweep_page(record()))

    assert rows_of(figure(page, "effect-model.cell")) == [
        ["lstm", "2", "75.50 ± 7.78 %", "70.00 %", "81.00 %"],
        ["gru", "1", "91.00 %", "91.00 %", "91.00 %"],
    ]
    assert rows_of(figure(page, "effect-model.dropout")) == [
        ["0.1", "81.00 ± 1.41 %"],
        ["0.4", "91.00 ± 1.41 %"],
        ["0.5", "70.00 ± 0.00 %"],
    ]


def test_the_effect_of_a_key_includes_only_settings_to_which_it_applies():
    page = parsed(sweep_page(record()))

    assert rows_of(figure(page, "effect-training.learning_rate")) == [["0.001", "91.00 ± 1.41 %"]]
    assert "so it leaves out training.learning_rate." in text_of(section(page, "effects"))
    assert "none" in text_of(figure(page, "parallel"))


def test_a_key_that_applies_to_one_of_many_settings_has_a_figure():
    settings = [tried(0, 0.1, i / 1000, rate=1e-3 if i == 1 else None) for i in range(1, 602)]

    assert rows_of(figure(parsed(sweep_page(record(settings))), "effect-training.learning_rate")) == [
        ["0.001", "0.10 %"]
    ]


def test_the_best_setting_comes_first_and_only_its_trial_has_a_score_on_test():
    page = parsed(sweep_page(record()))

    assert "The best of 3 settings is cell 1, with 91.00 ± 1.41 % accuracy on dev." in text_of(page)
    assert "Its best trial gives 50.00 % of the tokens of test the correct tag." in text_of(page)
    assert [row[:3] for row in rows_of(section(page, "settings"))] == [
        ["1", "91.00 ± 1.41 %", "gru"], ["2", "81.00 ± 1.41 %", "lstm"], ["3", "70.00 ± 0.00 %", "lstm"],
    ]  # fmt: skip
    assert section(page, "winner").find(f".//{HTML}a").get("href") == "./abc/report.html"  # type: ignore[union-attr]
    assert "12ab" in text_of(section(page, "reproduce"))
    assert "on test even the winner does not beat a baseline" in text_of(page)


@pytest.mark.parametrize("settings", [SETTINGS[3:4], SETTINGS[2:3], SETTINGS[:1], ()])
def test_a_sweep_with_few_or_no_results_has_a_report(settings):
    nothing = record(settings, importance={}, **({} if settings == SETTINGS[:1] else {"winner": None}))
    page = parsed(sweep_page(nothing))

    assert ("No setting was finished" in text_of(page)) == (settings != SETTINGS[:1])
    assert "not enough memory" in text_of(section(page, "failures"))


def test_markup_in_a_value_is_escaped():
    keys = (replace(KEYS[0], choices=["<b>lstm</b>", "gru"]), *KEYS[1:])
    page = parsed(sweep_page(record(keys=keys, name="<i>many</i>")))

    assert not [*page.iter(f"{HTML}b"), *page.iter(f"{HTML}i")]
    assert "<b>lstm</b>" in text_of(section(page, "effects"))


def test_a_sweep_of_thousands_of_settings_has_a_page_of_less_than_a_megabyte_with_the_best():
    curve = [(epoch, epoch / 1_000) for epoch in range(1, 1_000)]
    settings = [replace(tried(i % 2, 0.1 + i / 20_000, 0.5 + i / 20_000, 0.5), curve=curve) for i in range(8_000)]
    text = sweep_page(record(settings, failures=[TrialFailure("cell", "why\n" * 20)] * 4_000))
    page = parsed(text)

    assert len(text) < 1_000_000
    assert "Figures show 300 of the 8,000 ranked settings" in text_of(section(page, "progress"))
    assert rows_of(figure(page, "effect-model.cell"))[1][1] == "4000"
    assert rows_of(figure(page, "effect-model.dropout"))[-1][0] == str(settings[-1].values["model.dropout"])


@given(st.lists(st.integers(), max_size=50), st.integers(1, 20))
def test_thinning_keeps_the_first_item_and_the_order_and_respects_the_limit(items, most):
    kept = thinned([*enumerate(items)], most)

    assert len(kept) == min(len(items), most)
    assert kept[:1] == [*enumerate(items)][:1]
    assert kept == sorted(set(kept))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_scores_lie_on_their_axis_in_order(scores):
    positions = [percent_axis(scores, 200, 20).position(score) for score in sorted(scores)]

    assert positions == sorted(positions, reverse=True)
    assert all(20 <= position <= 200 for position in positions)


def test_axes_have_round_ticks_within_their_range():
    assert range_axis(1e-4, 1e-2, 0, 100, log=True).ticks == [(0.0, "0.0001"), (50.0, "0.001"), (100.0, "0.01")]
    assert [text for _, text in range_axis(32, 128, 0, 100).ticks] == ["40", "60", "80", "100", "120"]
    assert [text for _, text in counting_axis(12, 0, 100).ticks] == ["1", "5", "10"]


def winner(evaluated: dict[str, Any], kinds: dict[str, Any]) -> Winner:
    provenance: dict[str, Any] = {"data": {}, "versions": {}}
    return Winner("abc", "cell 1", 2, evaluated, "[data]", provenance, kinds)


def test_the_scores_of_a_winner_with_one_head_of_labels_are_of_labels_and_sentences():
    labels = evaluate([["a"], ["b"]], [["a"], ["a"]], [["x y"], ["z"]], Lexicon("a", None), kind="label").to_json()
    page = parsed(sweep_page(record(winner=winner({"test": labels, "dev": labels}, {"": "label"}))))

    assert "Its best trial gives 50.00 % of the sentences of test the correct label." in text_of(page)
    scores = [row[0] for row in rows_of(section(page, "winner"))]
    assert scores[:4] == ["accuracy", "macro F1", "weighted F1", "baseline: always the most frequent label"]


def test_the_report_of_a_sweep_over_series_speaks_of_steps_and_states():
    states = evaluate(
        [["on", "off"]], [["on", "on"]], [["1", "2"]], Lexicon("on", None), is_series=True
    ).to_json()  # fmt: skip
    of_series = replace(winner({"test": states, "dev": states}, {"": "tag"}), reads_series=True)
    text = text_of(parsed(sweep_page(record(winner=of_series))))

    assert "Its best trial gives 50.00 % of the steps of test the correct state." in text
    assert not re.search(r"\b(tokens?|sentences?|words?|tags?)\b", text.partition("The best of")[2])


def test_the_scores_of_a_winner_with_several_heads_are_by_head():
    labels = evaluate([["a"], ["b"]], [["a"], ["b"]], [["x y"], ["z"]], Lexicon("a", None), kind="label").to_json()
    joint = {"sentences": 2, "accuracy": 0.25, "interval": [0.1, 0.4]}
    split = {"heads": {"intent": labels, "pos": EVALUATION}, "joint": joint}
    made = winner({"test": split, "dev": split}, {"intent": "label", "pos": "tag"})
    settings = [replace(tried(0, 0.1, 0.8), heads={"intent accuracy": 0.9, "pos span_f1": 0.7})]
    page = parsed(sweep_page(record(settings, winner=made, metric="mean")))

    (table,) = section(page, "settings").iter(f"{HTML}table")
    assert [text_of(cell) for cell in next(table.iter(f"{HTML}tr"))][1:4] == [
        "mean score of the heads on dev", "intent accuracy", "pos span F1",
    ]  # fmt: skip
    assert rows_of(table)[0][1:4] == ["80.00 %", "90.00 %", "70.00 %"]
    assert (
        "mean score of the heads on dev. In 25.00 % of the sentences of test, its best trial has every answer correct."
        in text_of(page)
    )
    assert "even the head pos of the winner does not beat a baseline" in text_of(page)
    shown = text_of(section(page, "winner"))
    assert (
        shown.index("Head intent") < shown.index("correct label") < shown.index("Head pos") < shown.index("correct tag")
    )


# Importance


def test_the_decisive_key_has_all_importance_and_keys_that_do_not_always_apply_are_left_out():
    space = Space((
        Dimension("model.cell", ("lstm", "gru")), Dimension("model.dropout", Range(0.1, 0.5)),
        Dimension("model.reset_after", (True, False), {"model.cell": ["gru"]}),
    ))  # fmt: skip
    scored: list[tuple[dict[str, Any], float]] = [
        (
            {"model.cell": cell, "model.dropout": dropout, **({"model.reset_after": True} if cell == "gru" else {})},
            score,
        )
        for cell, score in (("lstm", 0.5), ("gru", 0.9))
        for dropout in (0.1, 0.2, 0.3, 0.4)
    ]
    importances = key_importance(space, scored)

    assert [*importances] == ["model.cell", "model.dropout"]
    assert importances["model.cell"] == pytest.approx((1.0, 1.0), abs=0.01)
    assert key_importance(space, scored[:3]) == {}
    assert key_importance(space, [(setting, 0.5) for setting, _ in scored]) == {}
