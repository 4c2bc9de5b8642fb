"""The report of a run with several heads, or with a head of labels or strings."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tagger.config import dump_config, parse_config
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.errors import RunError
from tagger.evaluation.scores import evaluate_tagger, gold_answers, predictions
from tagger.reports.predictions import write_predictions
from tagger.reports.run_report.scores import tag_figure
from tagger.tagging.tagger import Tagger
from tagger.training.report import write_report
from tagger.training.statistics import Answers, data_json
from tests.bundles import save_heads_bundle, save_series_bundle
from tests.pages import HTML, figure, parsed, rows_of, section, text_of

HEADS: dict[str, dict[str, Any]] = {
    "intent": {"label": "intent"},
    "pos": {"tag": 1},
    "names": {"tag": 2},
    "lemma": {"string": 3},
}
ANSWERS: list[tuple[Any, ...]] = [
    (("Ada", "plays"), "play", ("NOUN", "VERB"), ("B-per", "O"), ("Ada", "play")),  # every answer is predicted right
    (("Byron", "Sings"), "other", ("NOUN", "VERB"), ("B-per", "O"), ("Byron", "sing")),  # VERB → X, sing → sings
    (("plays",), "other", ("VERB",), ("O",), ("plays",)),  # other → play, plays → play
]
SERIES = [
    Sentence(("1.5", "0.6"), numbers=((1.5, 0.0), (0.6, 7.0)), answers=("high",)),
    Sentence(("0.5", "0.6"), numbers=((0.5, 0.0), (0.6, 7.0)), answers=("high",)),  # low is predicted
]


def sentences(heads=tuple(HEADS)) -> list[Sentence]:
    chosen = [list(HEADS).index(head) for head in heads]
    return [Sentence(tokens, answers=tuple(answers[i] for i in chosen)) for tokens, *answers in ANSWERS]


def save_run(folder: Path, test: list[Sentence], tables: dict[str, Any], training: dict[str, Any]) -> Path:
    """A run folder as training writes it, without dev, for the bundle in it."""
    tagger = Tagger.load(folder)
    targets = tagger.bundle.targets
    scores, tagged = evaluate_tagger(tagger, test)
    golds = gold_answers(Sentences.collect(test), targets)
    for target in targets:
        if target.name in golds:
            name = "test.tsv" if len(targets) == 1 else f"test.{target.name}.tsv"
            predicted = predictions(tagged, target, golds)
            write_predictions(folder / "predictions" / name, golds[target.name][0], predicted, target.lexicon)
    numbers = {"epochs": 2, "best_epoch": 1, "seconds": 3.5, "tokens_per_second": 7, "parameters": 123}
    metrics = {"dev": None, "test": scores.to_json(), "training": {**numbers, **training}}
    (folder / "metrics.json").write_text(json.dumps(metrics))
    splits = {"train": Sentences.collect(test), "test": Sentences.collect(test)}
    answers = {
        target.name: Answers(
            {split: target.in_file_terms(whole.view(i)) for split, whole in splits.items() if whole.view(i)},
            None if target.kind == "label" else ("plays",),
        )
        for i, target in enumerate(targets)
    }
    (folder / "data.json").write_text(data_json(splits, initial_tagger=None, heads=answers))
    (folder / "config.toml").write_text(dump_config(parse_config(tables)))
    (folder / "history.csv").write_text(
        "number,loss,score,is_best,learning_rate,seconds\n1,1.5,0.5,True,0.001,1.0\n2,1.0,0.4,False,0.001,2.0\n"
    )
    return folder


def save_heads_run(
    folder: Path, heads=tuple(HEADS), test: list[Sentence] | None = None, training: dict[str, Any] | None = None
) -> Path:
    save_heads_bundle(folder / "bundle", heads)
    tables = {"data": {"train": "train.tsv"}, "heads": {head: HEADS[head] for head in heads}}
    metrics = {head: "span_f1" if head == "names" else "accuracy" for head in heads}
    confidence = {head: {"temperature": 2.0, "fitted": head == "names", "reason": "it is right"} for head in heads}
    several = {"metric": "mean", "metrics": metrics, "confidence": {"heads": confidence}}
    one = {"metric": "accuracy", "confidence": confidence[heads[0]]}
    chosen = training or (several if len(heads) > 1 else one)
    return save_run(folder, test or sentences(heads), tables, chosen)


def save_series_run(folder: Path) -> Path:
    save_series_bundle(folder / "bundle")
    tables = {
        "data": {"train": "train.csv", "format": "csv", "token": "x", "sentence": "id", "label": "state"},
        "features": {"words": False, "casing": False, "affixes": False, "numeric": ["x", "y"]},
    }
    return save_run(folder, SERIES, tables, {"metric": "accuracy"})


def page_of(run: Path):
    """The report of a run, parsed strictly."""
    return parsed(write_report(run).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return page_of(save_heads_run(tmp_path_factory.mktemp("heads") / "run"))


def test_the_headline_is_joint_accuracy_and_the_main_scores_of_all_heads(page):
    lead = text_of(next(page.iter(f"{HTML}header")))
    rows = rows_of(section(page, "scores"))

    assert "In 33.33 % of the 3 sentences of test that have the answers of all heads, all are right" in lead
    assert [(row[0], row[1], row[3]) for row in rows] == [
        ("all heads: joint accuracy", "33.33 %", "3 sentences"),
        ("intent: accuracy", "66.67 %", "3 sentences"),
        ("pos: accuracy", "80.00 %", "5 tokens"),
        ("names: span F1", "100.00 %", ""),
        ("names: accuracy", "100.00 %", "5 tokens"),
        ("lemma: accuracy", "60.00 %", "5 tokens"),
    ]
    assert all(" to " in row[2] or row[2] == "no variation" for row in rows)
    assert "most frequent label" in rows[1][4]


def test_one_warning_lists_the_heads_that_do_not_beat_a_baseline(page):
    (warning,) = [each for each in page.iter(f"{HTML}div") if each.get("class") == "warning"]

    assert "Warning: 1 head of 4 does not beat a baseline" in text_of(warning)
    assert "intent: 66.67 % on test, the baseline 66.67 % (always the most frequent label)" in text_of(warning)


def test_each_head_has_a_section_and_the_table_of_contents_leads_to_all_parts(page):
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    targets = [element.get("href", "")[1:] for element in page.iter(f"{HTML}a")]

    assert len(ids) == len(set(ids))
    assert set(targets) <= set(ids)
    for head in HEADS:
        for part in ("", ".tags", ".confusion", ".confidence", ".breakdown", ".errors"):
            assert f"heads.{head}{part}" in targets
    levels = [int(element.tag[-1]) for element in page.iter() if re.fullmatch(rf"{HTML}h[1-6]", element.tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_each_section_has_a_name_of_its_own_for_screen_readers(page):
    headings = {each.get("id"): text_of(each) for each in page.iter() if each.get("id")}
    names = [headings[each.get("aria-labelledby", "")] for each in page.iter(f"{HTML}section")]

    assert len(names) == len({*names})
    assert "Errors of pos" in names


def test_the_training_section_names_the_metrics_whose_mean_chose_the_epoch(page):
    shown = text_of(section(page, "training"))

    assert "Mean score of the heads on dev" in shown
    assert "The score is the mean of intent accuracy, pos accuracy, names span F1 and lemma accuracy." in shown
    assert "softmax on the maximum (intent), softmax (pos), CRF (names) and softmax (lemma)" in shown
    assert "Sum over the heads of the mean loss" in shown


def test_a_single_head_that_chose_the_epoch_is_named(tmp_path):
    run = save_heads_run(tmp_path / "run", training={"metric": "span_f1"})
    config = (run / "config.toml").read_text()
    (run / "config.toml").write_text(config.replace("[training]\n", '[training]\nbest_head = "names"\n'))

    assert "Names span F1 on dev" in text_of(section(page_of(run), "training"))


def test_labels_are_counted_by_sentence_and_have_no_rows_of_words(page):
    scores = [row[0] for row in rows_of(section(page, "heads.intent"))]
    errors = text_of(section(page, "heads.intent.errors"))

    assert scores[:3] == ["accuracy", "macro F1", "weighted F1"]
    assert not any("words" in name for name in scores)
    assert "The head gives 66.67 % of the 3 sentences of test the correct label" in text_of(
        section(page, "heads.intent")
    )
    assert "gold other → , predicted play 1 sentence, 50.0 % of those with gold label other" in errors
    assert rows_of(section(page, "heads.intent.errors")) == [["3", "plays", "other", "play", "73.1 %"]]
    assert "Sentence 3:" in errors
    assert "predictions/test.intent.tsv" in errors
    assert "position" not in text_of(section(page, "heads.intent.breakdown"))
    assert "Number of sentences of test for each gold label" in text_of(section(page, "heads.intent.confusion"))
    assert "Accuracy of sentences with similar confidence" in text_of(section(page, "heads.intent.confidence"))


def test_strings_are_counted_as_edit_scripts_with_their_meaning(page):
    rows = {row[0]: row for row in rows_of(figure(page, "heads.lemma.tags"))}

    assert rows["lower/end-1"][1] == "lower-case; remove 1 character at the end"
    assert rows["keep"][1] == "as it is"


def test_a_figure_counts_the_scripts_that_it_draws():
    row = {"accuracy": 1.0, "precision": 1.0, "recall": 1.0, "f1": 1.0}

    figure = tag_figure({"keep": {**row, "support": 2}, "lower": {**row, "support": 0}}, "test", "string")

    assert "The figure shows the 1 most frequent of 2." in figure.about


def test_wrong_strings_are_shown_as_form_predicted_and_gold(page):
    errors = text_of(section(page, "heads.lemma.errors"))

    assert "gold lower → , predicted lower/end-1" in errors
    assert "lower-case → lower-case; remove 1 character at the end" in errors
    assert "plays→ predicted play (gold plays)" in errors
    assert "Sings→ predicted sings (gold sing)" in errors
    assert "every scored" in text_of(section(page, "heads.names.errors"))


def test_each_head_says_how_its_confidence_was_calibrated(page):
    assert "a temperature of 2.0, fitted on dev" in text_of(section(page, "heads.names.confidence"))
    assert "No temperature was fitted to calibrate it: it is right." in text_of(section(page, "heads.pos.confidence"))


def test_the_data_section_counts_the_answers_of_each_head(page):
    data = section(page, "data")
    rows = {row[0]: row[1:] for row in rows_of(data)}
    captions = [text_of(caption) for caption in data.iter(f"{HTML}caption")]

    assert rows["intent: distinct labels"] == ["2", "2"]
    assert rows["lemma: distinct edit scripts"] == ["3", "3"]
    assert rows["pos: tokens of ambiguous words"] == ["2 (40.0 %)"] * 2
    assert "intent: tokens of ambiguous words" not in rows
    assert rows["other"] == ["2 (66.7 %)", "2 (66.7 %)", "yes"]
    assert captions[1:] == [
        "Sentences of each label of intent",
        "Tokens of each tag of pos",
        "Tokens of each tag of names",
        "Tokens of each edit script of lemma",
    ]


def test_a_run_of_one_head_of_labels_speaks_of_labels(tmp_path):
    page = page_of(save_heads_run(tmp_path / "run", ("intent",)))

    assert "The tagger gives 66.67 % of the 3 sentences of test the correct label" in text_of(page)
    assert [text_of(link) for link in next(page.iter(f"{HTML}nav")).iter(f"{HTML}a")] == [
        "Scores", "Training", "Labels", "Confusion matrix", "Confidence", "Sentence length", "Errors", "Data", "Config",
        "Reproduce",
    ]  # fmt: skip
    assert "predictions/test.tsv" in text_of(section(page, "errors"))
    assert "Mean loss per sentence" in text_of(section(page, "training"))
    visible = text_of(next(page.iter(f"{HTML}main"))).split("Keys of the config")[0]  # without the config
    assert not re.search(r"\b[Tt]ags?\b", visible)


def test_a_run_of_one_head_of_strings_speaks_of_strings(tmp_path):
    page = page_of(save_heads_run(tmp_path / "run", ("lemma",)))

    assert "The tagger gives 60.00 % of the 5 tokens of test the correct string" in text_of(page)
    assert "Edit scripts" in [text_of(link) for link in next(page.iter(f"{HTML}nav")).iter(f"{HTML}a")]
    assert "each word's most frequent edit script" in text_of(section(page, "scores"))


def test_a_run_of_labels_of_series_has_no_rows_of_words(tmp_path):
    page = page_of(save_series_run(tmp_path / "run"))

    assert "The tagger gives 50.00 % of the 2 series of test the correct label" in text_of(page)
    assert not any("word" in row[0] for row in [*rows_of(section(page, "scores")), *rows_of(section(page, "data"))])
    assert "0.5 0.6" in text_of(section(page, "errors"))


def test_a_head_without_answers_in_a_split_is_not_evaluated(tmp_path):
    test = [Sentence(tokens, answers=(label, pos, None, lemma)) for tokens, label, pos, _, lemma in ANSWERS]
    page = page_of(save_heads_run(tmp_path / "run", test=test))

    assert "The head was not evaluated, since neither dev nor test has answers of it." in text_of(
        section(page, "heads.names")
    )
    assert "heads.names.errors" not in [each.get("href", "")[1:] for each in page.iter(f"{HTML}a")]


def test_without_a_sentence_that_has_all_answers_there_is_no_joint_accuracy(tmp_path):
    tokens, label, pos, names, lemma = ANSWERS[0]
    test = [Sentence(tokens, answers=(label, None, None, lemma)), Sentence(tokens, answers=(None, pos, names, None))]
    page = page_of(save_heads_run(tmp_path / "run", test=test))

    assert "The tagger has 4 heads; no sentence of test has the answers of all." in text_of(page)
    rows = {row[0]: row[1:] for row in rows_of(section(page, "data"))}
    assert rows["intent: sentences with label"] == ["1 (50.0 %)", "1 (50.0 %)"]
    assert "joint" not in " ".join(row[0] for row in rows_of(section(page, "scores")))


@pytest.mark.parametrize("name", ["predictions/test.lemma.tsv", "metrics.json"])
def test_a_missing_file_of_a_head_is_named(name, tmp_path):
    run = save_heads_run(tmp_path / "run")
    (run / name).unlink()

    with pytest.raises(RunError, match=re.escape(f"{run / name}: cannot be read: No such file")):
        write_report(run)


def test_metrics_that_are_not_by_head_are_an_error(tmp_path):
    run = save_heads_run(tmp_path / "run")
    metrics = json.loads((run / "metrics.json").read_text())
    metrics["test"] = metrics["test"]["heads"]["pos"]
    (run / "metrics.json").write_text(json.dumps(metrics))

    with pytest.raises(RunError, match=r"metrics\.json: not as tagger train writes it"):
        write_report(run)


@pytest.mark.parametrize(
    ("name", "hint"), [("train", "--set data.train=FILE"), ("sources[0].train", "change their paths in the config")]
)
def test_the_page_says_how_to_reproduce_a_run_whose_data_has_moved(name, hint, tmp_path):
    run = save_heads_run(tmp_path / "run", ("pos",))
    path = run / "bundle" / "bundle.json"
    bundle = json.loads(path.read_text())
    bundle["provenance"]["data"] = {name: "0" * 64}
    path.write_text(json.dumps(bundle))

    assert hint in text_of(section(page_of(run), "reproduce"))
