"""The model card of a bundle."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from tagger.corpus.sentence import Sentence
from tagger.reports.model_card import model_card
from tagger.tagging.bundle import load_bundle
from tagger.training.report import CARD, read_run, write_card
from tests.bundles import save_numbers_bundle
from tests.reports.test_report import save_run
from tests.reports.test_report_of_heads import save_heads_run

OF_DATA = '\nlicence = "{}"\nlanguage = "no"\n'


def metadata(card: str) -> dict[str, Any]:
    """The front matter; each value is JSON."""
    start, front, _ = card.split("---\n", 2)
    assert start == ""
    pairs = (line.partition(": ") for line in front.splitlines())
    return {key: json.loads(value) for key, _, value in pairs}


def test_the_card_of_a_bundle_has_its_use_data_scores_and_limits(tmp_path):
    folder = save_run(tmp_path / "run")
    write_card(folder)
    card = (folder / CARD).read_text(encoding="utf-8")

    assert [line for line in card.splitlines() if line.startswith("## ")] == [
        "## Use", "## Data", "## Scores", "## Limits",
    ]  # fmt: skip
    assert "| train | train.tsv | 1 | 3 |" in card
    assert "| S | 50.00 % | 2 | 50.00 % | 2 |" in card
    assert "- The most frequent errors on test: O as S (1), S as O (1), V as O (1)." in card
    assert metadata(card)["pipeline_tag"] == "token-classification"


def test_the_card_of_equal_runs_is_equal_and_has_no_path(tmp_path):
    first, second = (model_card(read_run(save_run(tmp_path / name))) for name in "ab")

    assert first == second
    assert str(tmp_path) not in first


def test_a_bundle_loads_whatever_its_card_says_and_without_one(tmp_path):
    folder = save_run(tmp_path / "run")
    before = load_bundle(folder / "bundle")[0]
    (folder / CARD).write_text("edited")

    assert load_bundle(folder / "bundle")[0] == before


@pytest.mark.parametrize(
    ("licence", "hub", "name"),
    [("CC BY-SA 4.0", "cc-by-sa-4.0", None), ("mit", "mit", None), ("ask us: \\u2028", "other", "ask us: [U+2028]")],
)
def test_licence_and_language_are_shown_as_hubs_read_them(licence, hub, name, tmp_path):
    run = read_run(save_run(tmp_path / "run"))
    run = replace(run, config=run.config.replace("\n[data]\n", f"\n[data]{OF_DATA.format(licence)}"))
    card = model_card(run)

    fields = metadata(card)
    assert (fields["license"], fields.get("license_name"), fields["language"]) == (hub, name, ["no"])
    assert "Language of the data: no." in card


@pytest.mark.parametrize("tag", ["<img src=x>", "a|b", "[a](http://b)", "---", "`", "*x*\n# y"])
def test_tags_of_strangers_stay_text(tag, tmp_path):
    run = read_run(save_run(tmp_path / "run", [Sentence(("John",), ("V",))]))
    (head,) = run.heads
    scores = {"accuracy": 0.0, "precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 1}
    test = {**head.evaluated["test"], "tags": {tag: scores}}
    card = model_card(replace(run, heads=[replace(head, evaluated={"test": test})]))

    shown = [line for line in card.splitlines() if "0.00 % | 1 |" in line]
    assert len(shown) == 1
    assert shown[0].replace("\\|", "").count("|") == 4
    assert tag == "---" or "`" in shown[0]
    assert card.count("\n# ") == 1


def test_the_card_of_several_heads_names_them(tmp_path):
    card = model_card(read_run(save_heads_run(tmp_path / "run")))

    assert "### intent" in card
    assert "intent: each sentence gets a label" in card
    assert metadata(card)["pipeline_tag"] == "token-classification"
    (model,) = metadata(card)["model-index"]
    tasks = {each["metrics"][0]["name"].split(":")[0]: each["task"]["type"] for each in model["results"]}
    assert (tasks["intent"], tasks["pos"]) == ("text-classification", "token-classification")


def test_the_card_of_a_head_of_strings_has_whole_sentences(tmp_path):
    card = model_card(read_run(save_heads_run(tmp_path / "run", ("lemma",))))

    assert "Each token gets a string, made from the token by a learned rule." in card.splitlines()


def test_the_card_names_the_split_that_was_scored(tmp_path):
    run = read_run(save_run(tmp_path / "run"))
    (head,) = run.heads
    of_dev, of_none = (
        model_card(replace(run, heads=[replace(head, evaluated=evaluated)]))
        for evaluated in ({"dev": head.evaluated["dev"]}, {})
    )

    assert "The scores hold for data like the dev split." in of_dev
    assert "The scores hold" not in of_none


def test_the_card_of_series_speaks_of_states_and_has_no_text_to_tag(tmp_path):
    series = Sentence(("1", "2"), ("high", "low"), numbers=((1.5, 0.0), (0.0, 0.0)))
    card = model_card(read_run(save_run(tmp_path / "run", [series], make=save_numbers_bundle)))

    assert "Each step gets a state" in card
    assert "--input FILE.csv" in card
    assert not re.search(r"\b(words?|tokens?|language)\b", card.partition("---\n")[2].partition("---\n")[2])
    assert "pipeline_tag" not in metadata(card)
