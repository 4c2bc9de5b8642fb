"""Colours, and lines that fit a terminal."""

import doctest
import io
import os
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger import terminal_colour, terminal_folding, terminal_layout
from tagger.terminal_colour import emphasised, paint, shows_colour
from tagger.terminal_folding import folded
from tagger.terminal_layout import columns_of, shortened
from tagger.terminal_text import ColouredText, EscapingStream

HOSTILE = "a\x1b[2Jb"
TABLE = """\
split  sentences  tokens       unseen  at line  file
train      3,000  28,901                   630  train.tsv
dev          400   3,517  343 (9.8 %)      109  dev.tsv"""


def without_colour(text: str) -> str:
    return re.sub("\x1b\\[[0-9;]*m", "", text)


@pytest.mark.parametrize("module", [terminal_colour, terminal_folding, terminal_layout])
def test_the_examples_of_the_modules_are_true(module):
    results = doctest.testmod(module)

    assert results.attempted
    assert not results.failed


# Colours


@pytest.mark.parametrize(
    ("environment", "on_a_terminal", "on_a_pipe"),
    [
        ({}, True, False),
        ({"TERM": "xterm"}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, False, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
    ],
)
def test_colour_depends_on_the_terminal_no_color_force_color_and_term(environment, on_a_terminal, on_a_pipe):
    assert shows_colour(environment, is_terminal=True) is on_a_terminal
    assert shows_colour(environment, is_terminal=False) is on_a_pipe


def test_a_terminal_gets_our_colours_and_no_control_character_of_a_stranger():
    stream = io.StringIO()
    terminal = EscapingStream(stream)
    terminal.writelines([paint(HOSTILE, "1"), "\t", emphasised(f"error: {HOSTILE}")])

    assert stream.getvalue() == "\x1b[1ma\\x1b[2Jb\x1b[0m\t\x1b[1;31merror:\x1b[0m a\\x1b[2Jb"


def test_text_that_is_added_to_coloured_text_is_not_trusted():
    stream = io.StringIO()
    EscapingStream(stream).write(ColouredText("\x1b[1m") + HOSTILE)

    assert stream.getvalue() == "\\x1b[1ma\\x1b[2Jb"


def test_the_probability_of_the_predicted_tag_is_bold():
    assert emphasised("    1  *0.9000   0.1000  John*2.5") == "    1  \x1b[1m*0.9000\x1b[0m   0.1000  John*2.5"


# Lines


@given(st.lists(st.text("ab[→] ,.東", max_size=60), max_size=5), st.integers(10, 80))
def test_folding_keeps_all_words_and_makes_every_line_fit_but_for_a_long_word(lines, width):
    text = "\n".join(" ".join(line.split()) for line in lines)
    shown = folded(text, width)

    assert shown.split() == text.split()
    assert all(columns_of(line) <= width or len(line.split()) <= 6 for line in shown.split("\n"))


def test_the_columns_of_a_wide_table_come_below_it_with_the_first_column():
    assert folded(TABLE, 40) == (
        "split  sentences  tokens       unseen\n"
        "train      3,000  28,901\n"
        "dev          400   3,517  343 (9.8 %)\n"
        "\n"
        "split  at line  file\n"
        "train      630  train.tsv\n"
        "dev        109  dev.tsv"
    )


def test_no_line_of_a_table_is_wider_than_the_terminal_and_no_cell_is_lost():
    widest = max(map(len, TABLE.split("\n")))
    for width in range(20, 70):
        shown = folded(TABLE, width)

        assert max(map(len, shown.split("\n"))) <= width
        assert {*re.split(r" {2,}|\n", TABLE)} <= {*re.split(r" {2,}|\n", shown)}
        assert (shown == TABLE) == (width >= widest)


def test_a_command_stays_on_one_line_so_that_it_can_be_copied():
    text = "the sweep is not running; tagger sweep many.toml resumes it"

    assert folded(text, 20) == text


def test_an_error_in_brackets_stays_on_one_line_in_one_colour():
    shown = emphasised(folded("  1 of 9 wrong: the old [dog NOUN → VERB] barks", 34))

    assert without_colour(shown) == "  1 of 9 wrong: the old\n    [dog NOUN → VERB] barks"
    assert "\x1b[1;31m[dog NOUN → VERB]\x1b[0m" in shown


@given(st.text("aé東\u0301 ", max_size=30), st.integers(3, 40))
def test_a_shortened_text_fits_and_begins_and_ends_as_the_whole_one(text, width):
    shown = shortened(text, width)
    start, _, end = shown.partition("…")

    assert columns_of(shown) <= max(width, 1)
    assert shown == text or (text.startswith(start) and text.endswith(end))


def test_long_lines_of_strangers_are_folded_and_coloured_in_linear_time():
    # A quadratic pattern would take minutes.
    for text in ("[" + "a → " * 10_000, "[" * 50_000, "a  " * 15_000, " " * 50_000, "[a → " * 10_000):
        assert emphasised(folded(text, 80)).split() == text.split()


# A pseudo-terminal


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(("variable", "is_coloured"), [("TERM", True), ("NO_COLOR", False)])
def test_a_report_on_a_terminal_is_folded_and_coloured_unless_no_color_is_set(monkeypatch, variable, is_coloured):
    from tagger.console import print_report

    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(variable, "xterm")
    monkeypatch.setenv("COLUMNS", "24")
    ours, terminal = os.openpty()
    with os.fdopen(terminal, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        print_report("2 of 5 wrong: the dog [barks VERB → NOUN]")
        shown = os.read(ours, 999).decode().replace("\r\n", "\n")
    os.close(ours)

    assert without_colour(shown) == "2 of 5 wrong: the dog\n  [barks VERB → NOUN]\n"
    assert (shown != without_colour(shown)) is is_coloured
