"""Drawings of series, on the page of `predict --html` and in the report of a run."""

import json
import re

import numpy as np
import pytest
from typer.testing import CliRunner

from tagger.cli import app
from tagger.corpus.sentences import Sentences
from tagger.errors import RunError
from tagger.reports.series.columns import (
    MAX_CHANNELS,
    channel_from_json,
    channel_to_json,
    channels_of,
)
from tagger.reports.series.drawing import draw_series
from tagger.reports.series.segments import segment_table, states_of
from tagger.reports.series.worst_and_best import worst_and_best, write_kept_series
from tagger.tagging.line import MAX_COLUMNS, Extremes, column_starts, extremes, line_data
from tagger.tagging.tagged import Answer
from tagger.tagging.tagger import Tagger
from tagger.training.report import write_report
from tests.bundles import save_numbers_bundle
from tests.pages import HTML, SVG, parsed, rows_of, section, text_of, without_script
from tests.reports.test_report import page_of, save_run
from tests.reports.test_report_of_series import series


def drawings(page):
    return [each for each in page.iter(f"{HTML}figure") if each.get("class") == "series"]


def paths(figure, kind):
    return [each.get("d") for each in figure.iter(f"{SVG}path") if each.get("class") == kind]


def bar_ends(path):
    """The first and last pixel of each bar of a path."""
    return [(float(start), float(end)) for start, end in re.findall(r"M(\S+) \d+H([\d.]+)", path)]


def predict(tmp_path, text, *options, name="input.csv", **bundle):
    """The page that predict writes for a table."""
    model = save_numbers_bundle(tmp_path / "bundle", **bundle)
    (tmp_path / name).write_text(text, encoding="utf-8")
    page = tmp_path / "page.html"
    done = CliRunner().invoke(
        app, ["predict", str(model), "--input", str(tmp_path / name), "--html", str(page), *options]
    )
    assert done.exit_code == 0, done.output
    return page.read_text(encoding="utf-8"), done.stdout


@pytest.mark.parametrize("n", [1, 2, 899, 900, 901, 5003])
def test_a_column_of_pixels_has_the_lowest_and_highest_value_of_its_steps(n):
    values = np.random.default_rng(n).normal(size=n)
    values[::3] = np.nan
    parts = np.split(values, column_starts(n)[1:])
    low, high = extremes(values)

    assert len(parts) == min(n, MAX_COLUMNS)
    for part, lowest, highest in zip(parts, low, high, strict=True):
        present = part[~np.isnan(part)]
        assert (
            (present.min(), present.max()) == (lowest, highest) if len(present) else np.isnan([lowest, highest]).all()
        )


def test_a_line_goes_up_and_down_its_columns_and_is_interrupted_where_values_are_missing():
    nan = float("nan")
    low, high = np.array([9.0, 8, nan, 7, nan, 6, 5]), np.array([4.0, 3, nan, 7, nan, 6, 2])
    line, points = line_data(Extremes(low, high))

    assert [part[0] + re.sub(r"^\S+", "", part[1:]) for part in re.findall("[ML][^MLV]+", line)] == [
        "M 4", "L 8", "M 7", "M 6", "L 2",
    ]  # fmt: skip
    assert re.findall(r"V\S+?(?=[ML]|$)", line) == ["V9", "V3", "V5"]
    assert points.count("M") == 1


def test_a_long_series_has_a_drawing_of_the_same_size_that_loses_no_peak_and_no_rare_state():
    rng = np.random.default_rng(0)
    n_bytes = []
    for n in (9_000, 180_000):
        numbers, states = rng.normal(size=(n, 1)), np.full(n, "rest", object)
        numbers[n // 2], states[n // 2] = 100, "fault"
        indexed = states_of(states.tolist())
        drawing = draw_series("s", "Series 1", channels_of(["x"], numbers), n, predicted=indexed)
        n_bytes.append(drawing.n_bytes)
        assert [text.text for text in drawing.margin][:2] == ["-50", "100"]
        bars = [path.data for path in drawing.paths if path.kind == "state predicted s1"]
        assert [bar.count("M") for bar in bars] == [1]

    assert n_bytes[1] < 1.05 * n_bytes[0]


def test_channels_of_any_size_are_drawn():
    numbers = np.array([[1e-12, 1e308, 5.0, 5e-324, np.nan], [3e-12, -1e308, 5.0, 0.0, np.nan]])
    names = ["tiny", "huge", "constant", "denormal", "missing"]
    drawing = draw_series("s", "Series 1", channels_of(names, numbers), 2)
    lines = [path.data for path in drawing.paths if path.kind == "line"]

    assert len(lines) == 4
    assert not re.search("nan|inf", "".join(lines))
    assert "missing: no value" in [mark.text for mark in drawing.marks]
    ys = [[float(y) for y in re.findall(r" ([\d.]+)", line)] for line in lines]
    assert abs(ys[0][0] - ys[0][1]) > 20


def test_small_differences_of_large_values_are_kept_and_drawn():
    kept = channel_from_json(channel_to_json(*channels_of(["latitude"], np.array([[52.520008], [52.520012]]))))
    drawing = draw_series("s", "Series 1", [kept], 2)

    assert kept.extremes.low.tolist() == [52.520008, 52.520012]
    bottom, top = (float(text.text) for text in drawing.margin[:2])
    assert bottom <= 52.520008 < 52.520012 <= top


def test_the_table_has_each_gold_segment_with_its_prediction_and_its_time():
    gold, times = states_of("aaabbbcc"), [f"08:0{i}" for i in range(8)]
    table = segment_table(states_of("aaabacca", gold.names), np.full(8, 0.5), gold, times, "series 1")

    assert table.header == ["state", "from", "to", "time from", "time to", "steps", "predicted", "mean confidence"]
    assert [(row[0], *row[1:3], *row[6:]) for row in table.rows] == [
        ("a", "1", "3", "right", "0.500"),
        ("b", "4", "6", "b in 4, a in 5, c in 6", "0.500"),
        ("c", "7", "8", "c in 7, a in 8", "0.500"),
    ]


def test_the_worst_series_has_the_lowest_accuracy_and_the_best_one_the_highest():
    of_one_length = [("aab", "aaa"), ("aab", "bba"), ("bbb", "bbb")]

    assert worst_and_best(of_one_length) == [(2, 0.0), (3, 1.0)]
    assert worst_and_best([*of_one_length, ("a", "b")]) == [(2, 0.0), (3, 1.0)]
    assert worst_and_best(of_one_length, ignore="b") == [(2, 0.0), (1, 1.0)]
    assert worst_and_best([("b", "b")], ignore="b") == []


def test_predict_draws_each_series_with_its_gold_states(tmp_path):
    text = "x,y,state\n2,0,high\n2,1,low\n0,2,low\n\n0,1,low\n"
    page, output = predict(tmp_path, text)
    root = parsed(page)
    first, second = drawings(root)

    assert output == ""
    assert "75.00 % of 4 steps have the right one" in text_of(root)
    assert text_of(first).startswith("Series 1: 3 steps, accuracy 66.67 %, from line 2 of input.csv")
    bars = {
        kind: [bar_ends(path) for path in paths(first, f"state {kind}")]
        for kind in ("gold s0", "predicted s0", "error")
    }
    assert bars == {"gold s0": [[(0, 300)]], "predicted s0": [[(0, 600)]], "error": [[(300, 600)]]}
    assert rows_of(first)[1] == ["low", "2", "3", "2", "high in 2, low in 3", rows_of(first)[1][-1]]
    assert "state low, steps 2 to 3 of series 1: predicted high in 2" in text_of(section(root, "errors"))
    svg = next(first.iter(f"{SVG}svg"))
    assert svg.get("role") == "img"
    assert text_of(next(svg.iter(f"{SVG}title"))).startswith("Series 1")
    assert paths(second, "state error") == []


@pytest.mark.parametrize("text", ["x,y\n2,0\n", "x,y,state\n2,0,\n"])
def test_predict_draws_no_gold_states_where_there_are_none(text, tmp_path):
    page, output = predict(tmp_path, text, "--format", "csv")
    (figure,) = drawings(parsed(page))

    assert output.splitlines()[1].endswith("high")
    assert not re.search(r"gold (states|bars|segment)|state gold", page)
    assert len(paths(figure, "state predicted s0")) == 1


def test_missing_values_are_gaps_and_counted(tmp_path):
    page, _ = predict(tmp_path, "x,y\n2,0\n,1\n0,2\n0,2\n", fills=True)
    (figure,) = drawings(parsed(page))

    assert paths(figure, "line")[0].count("M") == 2
    assert "Missing values: 1 of x." in text_of(figure)


def test_a_page_of_many_series_says_how_many_are_left_out_and_is_small(tmp_path):
    page, _ = predict(tmp_path, "x,y,state\n" + "2,0,high\n0,1,low\n\n" * 300)
    n_drawn = len(drawings(parsed(page)))

    assert f"{300 - n_drawn} more series are not drawn" in page
    assert 10 < n_drawn < 30
    assert len(page) < 2_000_000


def test_names_of_strangers_are_text(tmp_path):
    page, _ = predict(tmp_path, "x,y,state\n2,0,<script>alert(1)</script>\n", name="<b>&.csv")

    assert "<script" not in without_script(page)
    assert "<b>" not in page
    assert "&lt;script&gt;" in page


def save_series_run(folder, *states):
    """A run of series that keeps the channels of the worst and the best one."""
    test = [*map(series, states)]
    save_run(folder, test, make=save_numbers_bundle, dev=False)
    tagger = Tagger.load(folder)
    sentences = Sentences.collect(test)
    path = folder / "predictions" / "test.series.json"
    write_kept_series(path, sentences, [Answer("tag", each.tags) for each in tagger.tag(test)], ("x", "y"), ignore=())
    return folder


@pytest.fixture
def run(tmp_path):
    return save_series_run(tmp_path / "run", "hhlLlhh", "llllll", "LLLLLL")


def test_the_report_draws_the_worst_and_the_best_series(run):
    page = page_of(run)
    worst, best = drawings(section(page, "series"))

    assert text_of(worst).startswith("Worst series of test, number 3: 6 steps, accuracy 0.00 %")
    assert text_of(best).startswith("Best series of test, number 2: 6 steps, accuracy 100.00 %")
    assert len(paths(worst, "line")) == 3  # two channels and confidence


def test_one_of_several_series_that_are_equally_good_is_drawn(tmp_path):
    page = page_of(save_series_run(tmp_path / "run", "lhl", "lhlh", "hlh"))
    (drawing,) = drawings(section(page, "series"))

    assert text_of(drawing).startswith("One series of test, number 2: 4 steps, accuracy 100.00 %")


def test_the_report_of_a_run_without_channels_says_so(run):
    (run / "predictions" / "test.series.json").unlink()

    assert "No series can be drawn" in text_of(section(page_of(run), "series"))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"number": 4}, r"series\[0\]: expected a series of the predictions"),
        ({"steps": 5}, r"series\[0\]: expected a series of the predictions"),
        (
            {"channels": [{"name": "x", "missing": 0, "low": [1], "high": [1]}]},
            "expected a range of values in each of 6",
        ),
        ({"channels": [{"name": "x", "missing": 0, "low": [2] * 6, "high": [1] * 6}]}, "expected a range of values"),
        ({"channels": [{"name": "x", "missing": 0, "low": ["<"], "high": [1]}]}, r"low\[0\]: expected"),
        ({"channels": [None] * (MAX_CHANNELS + 1)}, r"channels: expected a list of 0 to 8"),
    ],
)
def test_damaged_channels_are_an_error_that_names_the_key(change, problem, run):
    path = run / "predictions" / "test.series.json"
    value = json.loads(path.read_text())
    value["series"][0] |= change
    path.write_text(json.dumps(value))

    with pytest.raises(RunError, match=problem):
        write_report(run)
