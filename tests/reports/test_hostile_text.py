"""Text of strangers in pages and tables: tokens, tags, file names and values of configs cannot become anything else."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from tagger.config import parse_config
from tagger.corpus.sentence import Sentence
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.comparison import Comparisons, compare_evaluations, paired_evaluations
from tagger.inspection.html import html_page
from tagger.inspection.steps import sentence_steps
from tagger.inspection.subject import subject_of
from tagger.reports.comparison_page import comparison_page
from tagger.reports.neutral_cells import literal, neutral
from tagger.reports.sweep_report import Key, TrialFailure, sweep_page
from tagger.sweeps.leaderboard import LeaderboardRow, write_leaderboard
from tagger.sweeps.trials import Result, Trial
from tagger.training.report import write_report
from tests.bundles import save_words_bundle
from tests.pages import HTML, parsed, without_script
from tests.reports.test_report import save_run
from tests.sweeps.test_report import SETTINGS, record

HOSTILE = (
    "<script>alert(1)</script>",
    "</script></style></title></textarea></svg><img src=x onerror=alert(1)>",
    "\"' onload=alert(1) x=",
    "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}",
    "<!--",
    "]]>",
    "&lt;b&gt;",
    "\u202egnp.exe\u2066",
)
SHOWN = [text.replace("\u202e", "[U+202E]").replace("\u2066", "[U+2066]") for text in HOSTILE]


def report(folder: Path) -> str:
    run = save_run(folder / HOSTILE[0].replace("/", "_"), [Sentence(HOSTILE, HOSTILE)])
    return write_report(run).read_text(encoding="utf-8")


def sweep(folder: Path) -> str:
    text = " ".join(HOSTILE)
    hostile = replace(
        record(), name=text, file=text, command=text, failures=[TrialFailure(text, text)],
        keys=(Key(HOSTILE[0], list(HOSTILE)), *record().keys[1:]),
        settings=tuple(replace(one, name=text) for one in SETTINGS),
    )  # fmt: skip
    return sweep_page(hostile)


def inspection(folder: Path) -> str:
    (folder / "in.jsonl").write_text(json.dumps({"tokens": HOSTILE}), encoding="utf-8")
    subject = subject_of(
        save_words_bundle(folder / HOSTILE[0].replace("/", "_")), None, constant=None, needs_weights=True
    )
    return html_page(subject, sentence_steps(subject, folder / "in.jsonl"))


def comparison(folder: Path) -> str:
    lexicon = Lexicon("S", None)
    gold = [list(HOSTILE)]
    compared = compare_evaluations(*paired_evaluations(gold, [[*HOSTILE[1:], HOSTILE[0]]], gold, gold, lexicon))
    return comparison_page(Comparisons({HOSTILE[0]: compared}), *HOSTILE[1:4])


@pytest.mark.parametrize("page", [report, sweep, inspection, comparison])
def test_hostile_text_stays_text_in_every_page(page, tmp_path):
    source = without_script(page(tmp_path))
    root = parsed(source)

    text = "".join(root.itertext())
    assert [shown for shown in SHOWN if shown[:30] not in text] == []  # pages cut what is longer
    names = {element.tag.rpartition("}")[2] for element in root.iter() if isinstance(element.tag, str)}
    assert not names & {"script", "img", "iframe", "object", "embed", "form", "base", "b"}
    assert not list(attributes(root, "on"))
    links = [*attributes(root, "href"), *attributes(root, "src"), *attributes(root, "xlink")]
    assert all(link.startswith(("#", "./")) for link in links if link != "data:,")
    assert len([*root.iter(f"{HTML}style")]) == len([*root.iter(f"{HTML}title")]) == 1


def attributes(root: Element, start: str) -> list[str]:
    return [value for element in root.iter() for name, value in element.items() if name.startswith(start)]


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "-", "=cmd|' /C calc'!A0"])
def test_a_formula_in_a_cell_of_csv_gets_an_apostrophe(text):
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-1", "+0.5", "-1e-05", "1", "gru", "a=b", "[1, 2]", ""])
def test_numbers_and_words_stay_as_they_are_in_csv(text):
    assert neutral(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>x</b>", "`<b>x</b>`"),
        ("[a](http://b)", "`[a](http://b)`"),
        ("http://b.example", "`http://b.example`"),
        ("www.b.example", "`www.b.example`"),
        ("![a]", "`![a]`"),
        ("`x`", "`` `x` ``"),
        ("a|b", "`a\\|b`"),
        ("a\n| b", "`a\\n\\| b`"),
        ("lazy_adam", "lazy_adam"),
        ("[128, 64]", "[128, 64]"),
        ("0.9417 ± 0.0021", "0.9417 ± 0.0021"),
    ],
)
def test_markup_and_links_in_a_cell_of_markdown_are_shown_as_they_are(text, shown):
    assert literal(text) == shown


def test_a_leaderboard_is_neutral_as_csv_and_as_markdown(tmp_path):
    setting = {"data.tag": "=HYPERLINK(1)", "model.x": -1, "model.y": "[a](http://b)"}
    trial = Trial(tmp_path / "abc", setting, 1, parse_config({"data": {"train": "train.tsv"}}))
    result = Result(trial, "accuracy", 0.5, 10, 2.0, 1000)
    write_leaderboard(tmp_path, [LeaderboardRow(setting, [result], True)], "accuracy")

    with (tmp_path / "leaderboard.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["data.tag"], row["model.x"], row["mean"]) == ("'=HYPERLINK(1)", "-1", "0.5")
    assert "| `[a](http://b)` |" in (tmp_path / "leaderboard.md").read_text()
