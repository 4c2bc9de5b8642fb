"""The table of all errors, and the table of the config's keys."""

import json

from tagger.config import dump_config, parse_config
from tagger.corpus.sentence import Sentence
from tagger.reports.all_errors import all_errors
from tagger.reports.config_table import config_table
from tagger.reports.error_analysis import Outcome
from tests.pages import HTML, rows_of, section, text_of
from tests.reports.test_report import page_of, save_run

SURE = Outcome(["a", "b"], ["N", "N"], ["N", "V"], [0.5, 0.9], ["seen", "unseen"])
LONG = Outcome([str(i) for i in range(20)], ["N"] * 20, ["V", *["N"] * 8, "V", *["N"] * 10], [0.4] * 20, ["seen"] * 20)


def test_errors_are_listed_the_most_confident_first_each_in_its_sentence():
    table = all_errors([LONG, SURE], max_bytes=10_000)

    assert [(row.number, row.before, row.word, row.after, row.seen) for row in table.rows] == [
        (2, "a", "b", "", "unseen"),
        (1, "", "0", "1 2 3 4 5 6 …", "seen"),
        (1, "… 3 4 5 6 7 8", "9", "10 11 12 13 14 15 …", "seen"),
    ]
    assert table.n_errors == 3


def test_errors_of_ignored_tags_are_not_listed():
    assert all_errors([SURE], ignore=["N"], max_bytes=10_000).rows == []


def test_errors_that_do_not_fit_are_counted():
    outcome = Outcome(["<&\N{GRINNING FACE}"] * 1000, ["N"] * 1000, ["V"] * 1000, [0.5] * 1000)
    table = all_errors([outcome], max_bytes=50_000)

    assert 0 < len(table.rows) < 200
    assert table.n_errors == 1000
    assert not table.has_seen


def test_a_page_lists_every_error_or_names_the_command_that_does(tmp_path):
    few = page_of(save_run(tmp_path / "few"))
    word = "x" * 120
    many = Sentence((word,) * 5000, ("V",) * 5000)
    page = page_of(save_run(tmp_path / "many", [many]))

    assert rows_of(section(few, "errors"))[-1][0] in ("2", "3")
    assert len(rows_of(section(few, "errors"))) == 3
    assert "awk" not in text_of(section(few, "errors"))
    n = len(rows_of(section(page, "errors")))
    assert f"And {5000 - n:,} more. In the run folder, this command lists all: awk -F'\\t' '$2 != $3' " in text_of(
        section(page, "errors")
    )
    assert (tmp_path / "many" / "report.html").stat().st_size < 2_000_000


def test_a_confusion_links_to_its_errors_in_the_table(tmp_path):
    page = page_of(save_run(tmp_path / "run"))
    links = [each for each in page.iter(f"{HTML}a") if each.get("data-choices")]
    pairs = {tuple(row[2:4]) for row in rows_of(section(page, "errors"))}

    assert {tuple(json.loads(each.get("data-choices", ""))) for each in links} == pairs
    assert {each.get("href") for each in links} == {"#all-errors"}


def test_values_that_differ_from_their_defaults_are_marked():
    config = parse_config({"data": {"train": "x.tsv", "map": {"a": "b"}}, "model": {"units": [7]}})
    table = config_table(dump_config(config))
    marked = {row[0]: row[1] for row in table.rows if row[2]}

    assert marked == {"data.map": '{ a = "b" }', "model.units": "[7]"}
    assert table.caption == "Keys of the config; 2 values differ from their defaults"
    assert {row[0]: row[3] for row in table.rows}["model.units"] == "[100]"


def test_a_key_of_another_version_has_only_its_value():
    assert config_table("[old]\nkey = 1").rows == [["old.key", "1", "", "–", ""]]
