"""`predict --stream`: rows that are tagged as they come."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from tagger.corpus.layout import Layout
from tagger.inputs.numbers import Numbers
from tagger.tagging.tagger import Tagger
from tests.bundles import save_context_bundle, save_heads_bundle, save_steps_bundle, save_words_bundle
from tests.cli.test_commands import started, tagger

HEADER = "id,x,y\n"
ROWS = [f"{number},{x:.2f},{y}\n" for number, x, y in ((i // 9, (i * 7 % 5) - 1.25, i % 3) for i in range(20))]


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    return save_steps_bundle(tmp_path_factory.mktemp("model") / "bundle")


@pytest.fixture(scope="module")
def words_model(tmp_path_factory) -> Path:
    return save_words_bundle(tmp_path_factory.mktemp("model") / "bundle")


def stream(model: Path, text: str, *arguments: object):
    return tagger("predict", model, "--stream", *arguments, stdin=text)


def expected_lines(model: Path, rows: list[str]) -> list[str]:
    """Rows with the tags and confidences of their whole series."""
    cells = [row.strip().split(",") for row in rows]
    series = dict.fromkeys(number for number, _, _ in cells)
    arrays = [np.array([[float(x), float(y)] for number, x, y in cells if number == each]) for each in series]
    whole = Tagger.load(model, threads=1).tag(arrays)
    answers = [f"{tag},{p:.4f}" for each in whole for tag, p in zip(each.tags, each.confidence, strict=True)]
    return [f"{row.strip()},{answer}\n" for row, answer in zip(rows, answers, strict=True)]


def test_each_row_is_written_with_the_state_of_the_whole_series_and_its_confidence(model, tmp_path):
    path = tmp_path / "in.csv"
    path.write_text(HEADER + "".join(ROWS))
    result = stream(model, HEADER + "".join(ROWS), "--confidence")

    assert result.exit_code == 0
    assert result.stdout == "id,x,y,state,confidence\n" + "".join(expected_lines(model, ROWS))
    assert stream(model, "", "--input", path, "--confidence").stdout == result.stdout
    assert re.fullmatch(r"20 steps of 3 series; .*median \d+\.\d\d ms, 99th percentile \d+\.\d\d ms\n", result.stderr)


def test_the_answers_of_all_heads_are_written_and_labels_are_not(tmp_path):
    model = save_heads_bundle(tmp_path / "model", layout=Layout(format="csv", token="word"))
    result = stream(model, "word\nPlays\nAda\n", "--look-ahead", 1, "--confidence")

    header, *rows = (line.split("\t") for line in result.stdout.splitlines())
    assert header == ["word", "pos", "names", "lemma", "pos_confidence", "names_confidence", "lemma_confidence"]
    assert [row[:4] for row in rows] == [["Plays", "VERB", "B-per", "play"], ["Ada", "NOUN", "I-per", "Ada"]]
    assert "intent: a label is known when the sentence has ended, and not written" in result.stderr


def test_columns_that_are_there_already_are_kept_and_the_new_ones_get_other_names(model):
    result = stream(model, "id;x;state;y;confidence\n1;2;rise;3;?\n", "--confidence")

    assert result.stdout.startswith("id;x;state;y;confidence;state_predicted;confidence_predicted\n1;2;rise;3;?;")
    assert "has a column state: the predicted one is written as state_predicted" in result.stderr


def test_a_row_is_tagged_before_the_next_one_arrives_and_an_interrupt_keeps_the_state(model, tmp_path):
    state, lines = tmp_path / "state.json", expected_lines(model, ROWS)
    with started("predict", str(model), "--stream", "--confidence", "--state", str(state)) as (process, stdin, stdout):
        stdin.write(HEADER)
        stdin.flush()
        assert stdout.readline() == "id,x,y,state,confidence\n"
        for row, line in zip(ROWS[:5], lines, strict=False):
            stdin.write(row)
            stdin.flush()
            assert stdout.readline() == line
        process.terminate()
        process.communicate()

    n_known = json.loads(state.read_text())["line"] - 1  # the interrupt may come before the last step is noted
    result = stream(model, HEADER + "".join(ROWS[n_known:]), "--confidence", "--state", state)

    assert process.returncode == 143
    assert n_known in (4, 5)
    assert result.stdout.splitlines(keepends=True)[1:] == lines[n_known:]


def test_tokens_come_one_a_line_and_a_blank_line_ends_a_sentence(words_model):
    result = stream(words_model, "John\nloves\n\n\nNASA\n")

    assert result.stdout == "John\tS\nloves\tV\n\nNASA\tS\n"
    assert result.stderr.startswith("3 tokens of 2 sentences; ")


@pytest.mark.parametrize(("n", "first"), [(0, "0"), (4, "0"), (9, "1"), (20, "3")])
def test_a_stream_goes_on_where_the_one_before_it_ended(model, tmp_path, n, first):
    state, rows = tmp_path / "state.json", [*ROWS, "3,1,1\n"]

    parts = [
        stream(model, HEADER + "".join(part), "--confidence", "--state", state).stdout for part in (rows[:n], rows[n:])
    ]

    assert "".join(parts).replace("id,x,y,state,confidence\n", "") == "".join(expected_lines(model, rows))
    assert json.loads(state.read_text())["series"] == "3"
    assert {path.name for path in tmp_path.iterdir()} == {"state.json"}


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ("0,abc,1\n", "<stream>:5: column x: expected a number, got 'abc'"),
        ("0,1", "<stream>:5: expected 3 columns, got 2: '0,1'"),
        ("0,1,2,3\n", "<stream>:5: 4 cells, the header has 3: is a comma not quoted?"),
    ],
)
def test_a_bad_row_ends_the_stream_after_the_rows_before_it(model, tmp_path, bad, problem):
    state = tmp_path / "state.json"
    result = stream(model, HEADER + "".join(ROWS[:3]) + bad, "--confidence", "--state", state)
    rest = stream(model, HEADER + "".join(ROWS[3:]), "--confidence", "--state", state)

    assert (result.exit_code, result.stdout.count("\n")) == (1, 4)
    assert f"error: {problem}\n" in result.stderr
    assert rest.stdout.splitlines(keepends=True)[1:] == expected_lines(model, ROWS)[3:]


def test_a_row_that_is_too_large_for_the_network_is_named_after_the_rows_before_it(tmp_path):
    numbers = Numbers(("x", "y"), mean=(0.0, 0.0), deviation=(1e-10, 1.0))
    model = save_steps_bundle(tmp_path / "bundle", inputs=(numbers,))

    result = stream(model, HEADER + "1,0,1\n1,1e30,1\n1,0,1\n")

    assert (result.exit_code, result.stdout.count("\n")) == (1, 2)
    assert result.stderr == "error: <stream>:3: column x: a value is too large for single precision\n"


def test_a_missing_number_is_filled_by_a_tagger_that_learned_to_and_named_by_others(model, tmp_path):
    numbers = Numbers(("x", "y"), missing="forward", fill=(0.0, 0.0))
    filling = save_steps_bundle(tmp_path / "bundle", inputs=(numbers,))

    lines = stream(filling, HEADER + "1,2.5,1\n1,,NA\n1,2.5,1\n", "--confidence").stdout.splitlines()
    filled = stream(filling, HEADER + "1,2.5,1\n1,2.5,1\n1,2.5,1\n", "--confidence").stdout.splitlines()

    assert [line.split(",")[3:] for line in lines] == [line.split(",")[3:] for line in filled]
    assert lines[2].startswith("1,,NA,")
    assert "<stream>:2: column x: " in stream(model, HEADER + "1,,1\n").stderr


def test_a_missing_column_or_header_is_named(model):
    assert "<stream>:1: there is no column 'y'; the header has id, x" in stream(model, "id,x\n1,2\n").stderr
    assert "<stream>:1: expected a header" in stream(model, "").stderr


def test_a_file_that_is_no_state_or_that_of_another_tagger_is_refused_and_left_as_it_is(model, words_model, tmp_path):
    state = tmp_path / "state.json"
    stream(words_model, "John\n", "--state", state)
    for content, problem in (
        (state.read_text(), "not a state of this tagger: it was saved by another tagger"),
        ("{}", "series: missing"),
        ('{"series": "", "held": [], "rows": [["1"]]}', "rows: expected a list of 0, as in held, got 1"),
        ("[", "not JSON"),
    ):
        state.write_text(content)

        result = stream(model, HEADER + ROWS[0], "--state", state)

        assert (result.exit_code, result.stdout) == (1, "")
        assert f"error: {state}: {problem}" in result.stderr
        assert state.read_text() == content


def test_a_tagger_of_two_directions_is_refused(tmp_path):
    result = stream(save_context_bundle(tmp_path / "bundle"), "The\n")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "both directions" in result.stderr
    assert "hint: " in result.stderr


@pytest.mark.parametrize("arguments", [["word"], ["--best", 2], ["--output", "x"], ["--format", "csv"]])
def test_options_of_whole_sentences_cannot_be_combined_with_a_stream(model, arguments):
    assert tagger("predict", model, "--stream", *arguments).exit_code == 2
    assert tagger("predict", model, "--state", "x", "word").exit_code == 2


def test_with_a_look_ahead_rows_wait_for_later_ones_or_the_end_of_their_series(tmp_path):
    model = save_steps_bundle(tmp_path / "bundle", bidirectional=True)

    for look_ahead in (9, 100):
        result = stream(model, HEADER + "".join(ROWS), "--confidence", "--look-ahead", look_ahead)

        assert result.stdout.splitlines(keepends=True)[1:] == expected_lines(model, ROWS)
    with started("predict", str(model), "--stream", "--look-ahead", "2", "--quiet") as (process, stdin, stdout):
        stdin.write(HEADER + "".join(ROWS[:3]))
        stdin.flush()
        lines = [stdout.readline() for _ in range(2)]
        rest, _ = process.communicate()

    assert lines[1].startswith(ROWS[0].strip())
    assert rest.count("\n") == 2


@pytest.mark.parametrize("n", [1, 4, 9, 11])
def test_rows_that_wait_are_written_by_the_next_stream(tmp_path, n):
    model, state = save_steps_bundle(tmp_path / "bundle", bidirectional=True), tmp_path / "state.json"
    options = ("--look-ahead", 3, "--state", state)
    header, *whole = stream(model, HEADER + "".join(ROWS), *options[:2]).stdout.splitlines()

    first, second = (
        stream(model, HEADER + "".join(part), *options).stdout.splitlines() for part in (ROWS[:n], ROWS[n:])
    )

    assert [*first[1:], *second[1:]] == whole[:-2]  # the last series, of two rows, may go on
    assert first[0] == second[0] == header


def test_evaluate_shows_the_cost_of_a_look_ahead(tmp_path):
    model, path = save_steps_bundle(tmp_path / "bundle", bidirectional=True), tmp_path / "gold.csv"
    path.write_text("id,x,y,state\n" + "".join(f"{row.strip()},rest\n" for row in ROWS))

    costs = {
        k: json.loads(tagger("evaluate", model, path, "--look-ahead", k, "--format", "json").stdout) for k in (1, 100)
    }

    assert costs[1]["b"] == f"{model} --look-ahead 1"
    assert costs[100]["changes"] == []
    assert costs[1]["changes"] != []
    assert "--look-ahead 1" in tagger("evaluate", model, path, "--look-ahead", 1).stdout
    assert tagger("evaluate", model, path, "--look-ahead", 1, "--head", "head").exit_code == 2
    assert tagger("predict", model, "--look-ahead", 1, "word").exit_code == 2
