"""Findings about the times of series: time that runs backwards, and gaps in the sampling."""

import pytest

from tagger.checks import Finding, Split, time_findings
from tagger.corpus import Sentence

SECONDS = [*range(30), 20, *range(31, 60), 90, *range(91, 100)]
AS_TIMES = {
    "numbers": [f"{s}.0" for s in SECONDS],
    "clock": [f"23:{s // 60:02}:{s % 60:02}.5" for s in SECONDS],
    "ISO 8601": [f"2024-02-29T23:{s // 60:02}:{s % 60:02}+01:00" for s in SECONDS],
}


def find(*series: list[str], token: str = "time") -> list[Finding]:
    """Findings about series, one step a line from line 2 on."""
    sentences, line = [], 2
    for times in series:
        lines = range(line, line + len(times))
        numbers = ((1.0,),) * len(times)
        sentences.append(Sentence(tuple(times), numbers=numbers, path="a.csv", line=line, token_lines=lines))
        line += len(times)
    return [*time_findings(Split.of("train", sentences), ["force"], token)]


@pytest.mark.parametrize("kind", AS_TIMES)
def test_time_that_runs_backwards_and_gaps_are_reported_with_line_and_both_values(kind):
    times = AS_TIMES[kind]

    backwards, gaps = find(times)

    (location,) = backwards.locations
    assert (str(location), location.note) == ("a.csv:32", f"{times[30]} after {times[29]}")
    assert [str(each) for each in gaps.locations] == ["a.csv:33", "a.csv:62"]
    assert gaps.locations[1].note == f"{times[60]} after {times[59]}"
    assert gaps.message.endswith("the usual 1" if kind == "numbers" else "the usual 1 s")


def test_each_series_has_its_own_clock():
    assert find([str(s) for s in range(20)], [str(s) for s in range(20)]) == []


@pytest.mark.parametrize(
    ("tokens", "token"),
    [
        (["5", "1", "4", "2"] * 5, "position"),
        (["a", "b"] * 5, "time"),
        ([str(2**i) for i in range(9)], "force"),
        (["7"], "time"),
    ],
    ids=["no times", "words", "an input", "one step"],
)
def test_what_is_no_time_has_no_finding(tokens, token):
    assert find(tokens, token=token) == []
