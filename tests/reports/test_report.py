"""The report of a run: one page, from the run folder alone."""

import base64
import hashlib
import json
import re
import shutil
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from typer.testing import CliRunner

from tagger.cli import app
from tagger.config import dump_config, parse_config
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.errors import RunError
from tagger.evaluation.scores import evaluate_tagger, gold_answers, predictions
from tagger.reports.predictions import read_outcomes, write_predictions
from tagger.tagging.tagged import Tagged
from tagger.tagging.tagger import Tagger
from tagger.training.report import rerun_command, write_report
from tagger.training.statistics import data_json
from tests.bundles import save_numbers_bundle, save_spans_bundle, save_words_bundle
from tests.pages import HTML, SVG, parsed, section, text_of, without_script
from tests.processes import modules_after

TRAIN = [Sentence(("John", "loves", "NASA"), ("S", "V", "S"))]
TEST = [
    Sentence(("John", "loves", "Jane", "."), ("S", "V", "O", "O")),
    Sentence(("JANE", "purrs"), ("O", "V")),  # two errors: O → S, V → O
    Sentence(("cats",), ("S",)),  # and one more: S → O
]


def write_tags(path: Path, sentences: list[Sentence], tagged: list[Tagged], tagger: Tagger) -> None:
    target = tagger.bundle.target
    golds = gold_answers(Sentences.collect(sentences), [target])
    write_predictions(path, sentences, predictions(tagged, target, golds), target.lexicon)


def save_run(folder: Path, test: list[Sentence] = TEST, *, dev: bool = True, make=save_words_bundle, **options) -> Path:
    """A run folder as training writes it, for a tagger with weights set by hand."""
    data = folder.parent / "data"
    data.mkdir(exist_ok=True)
    (data / "train.tsv").write_text("a report does not read the data")
    tables = {"data": {"train": str(data / "train.tsv"), "dev": 0.1 if dev else None}}
    make(folder / "bundle", **options)
    tagger = Tagger.load(folder)
    splits = {"train": TRAIN, **({"dev": test} if dev else {}), **({"test": test} if test else {})}
    metrics = {"dev": None, "test": None, "training": {
        "epochs": 2, "best_epoch": 1, "seconds": 3.5, "tokens_per_second": 7, "parameters": 123,
    }}  # fmt: skip
    for split, sentences in list(splits.items())[1:]:
        evaluated, tagged = evaluate_tagger(tagger, sentences)
        metrics[split] = evaluated.to_json()
        write_tags(folder / "predictions" / f"{split}.tsv", sentences, tagged, tagger)
    (folder / "metrics.json").write_text(json.dumps(metrics))
    flat = {split: Sentences.collect(sentences) for split, sentences in splits.items()}
    (folder / "data.json").write_text(data_json(flat, ambiguous=(), initial_tagger=None))
    (folder / "config.toml").write_text(dump_config(parse_config(tables)))
    scores = ("0.75", "0.5") if dev else ("", "")
    rows = "".join(f"{i},1.5,{score},True,0.001,1.0,2.0\n" for i, score in enumerate(scores, start=1))
    (folder / "history.csv").write_text(
        f"number,loss,score,is_best,learning_rate,training_seconds,seconds\n{rows}", encoding="utf-8"
    )
    return folder


def page_of(run: Path) -> Element:
    """The report of a run, parsed strictly."""
    return parsed(write_report(run).read_text(encoding="utf-8"))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return save_run(tmp_path / "run")


KINDS = {
    "words": {},
    "spans": {
        "make": save_spans_bundle,
        "decode": "free",
        "test": [Sentence(("Ada", "Byron", "wrote"), ("B-per", "I-per", "O")), Sentence(("Ada",), ("O",))],
    },
    "no spans": {"make": save_spans_bundle, "decode": "free", "test": [Sentence(("wrote",), ("O",))]},
    "numbers": {
        "make": save_numbers_bundle,
        "test": [Sentence(("1.5", "-2"), ("high", "high"), numbers=((1.5, 0.0), (-2.0, 7.0)))],
    },
    "no errors": {"test": [Sentence(("John", "loves", "Jane"), ("S", "V", "O"))]},
    "no dev": {"dev": False},
    "neither dev nor test": {"dev": False, "test": []},
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_page_is_valid_html_for_every_kind_of_run(kind, tmp_path):
    page = page_of(save_run(tmp_path / "run", **kind))

    assert "Reproduce this run" in text_of(page)


def test_the_page_makes_no_requests_and_allows_its_own_script_only(run):
    page = page_of(run)
    text = without_script((run / "report.html").read_text(encoding="utf-8"))

    links = [element.get(name, "#") for element in page.iter() for name in ("href", "src", "action", "data", "poster")]
    assert {link[:1] for link in links if not link.startswith("data:")} == {"#"}
    (script,) = page.iter(f"{HTML}script")
    digest = base64.b64encode(hashlib.sha256((script.text or "").encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'\"" in text
    assert not any(name.startswith("on") for element in page.iter() for name in element.keys())  # noqa: SIM118
    assert not re.search(r"url\(|@import|http://|https://", text)


def test_every_figure_has_a_title_and_a_table_of_its_values(run):
    figures = list(page_of(run).iter(f"{HTML}figure"))

    assert len(figures) == 8
    for figure in figures:
        assert text_of(next(figure.iter(f"{HTML}figcaption")))
        for drawing in figure.iter(f"{SVG}svg"):
            title, about = next(drawing.iter(f"{SVG}title")), next(drawing.iter(f"{SVG}desc"))
            assert drawing.get("aria-labelledby") == f"{title.get('id')} {about.get('id')}"
            assert text_of(title)
            assert list(drawing.iter(f"{SVG}text"))
        assert len(list(figure.iter(f"{HTML}tr"))) > 1


def test_headings_captions_and_scopes_guide_screen_readers(run):
    page = page_of(run)

    levels = [int(element.tag[-1]) for element in page.iter() if re.fullmatch(rf"{HTML}h[1-6]", element.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(cell.get("scope") in ("row", "col") for cell in page.iter(f"{HTML}th"))
    assert all(text_of(next(table.iter(f"{HTML}caption"))) for table in page.iter(f"{HTML}table"))
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    targets = {element.get("href", "")[1:] for element in page.iter(f"{HTML}a")}
    assert targets <= set(ids)


def test_tokens_that_look_like_html_are_shown_verbatim(tmp_path):
    tokens = ("<script>alert(1)</script>", "&amp;", '"><img/src=x>', "{{run.config}}")
    page = page_of(save_run(tmp_path / "<b>run", [Sentence(tokens, ("S", "S", "S", "S"))]))

    shown = [text_of(token) for token in section(page, "errors").iter(f"{HTML}bdi")]
    assert {*tokens} <= {*shown}
    assert not list(page.iter(f"{HTML}img"))
    assert text_of(next(page.iter(f"{HTML}h1"))) == "<b>run"


def test_characters_that_are_invisible_or_not_allowed_in_html_are_shown_by_substitutes(tmp_path):
    tokens = ("zero\u200bwidth", "\u202edrow", " ", "\x01", "\udc80")
    page = page_of(save_run(tmp_path / "run", [Sentence(tokens, ("S",) * 5)]))

    shown = [text_of(token) for token in section(page, "errors").iter(f"{HTML}bdi")]
    assert {"zero[U+200B]width", "[U+202E]drow", "␣", "[U+0001]", "\N{REPLACEMENT CHARACTER}"} <= {*shown}


def test_sentences_have_the_direction_of_their_letters_and_each_token_is_isolated(tmp_path):
    arabic = Sentence(("Google", "ستفتح", "مكتبا", "في", "عمان"), ("S",) * 5)
    korean = Sentence(("나는", "학교에", "간다"), ("S",) * 3)
    page = page_of(save_run(tmp_path / "run", [arabic, korean]))

    sentences = [element for element in section(page, "errors").iter(f"{HTML}p") if element.get("class") == "sentence"]
    assert {sentence.get("dir") for sentence in sentences if "ستفتح" in text_of(sentence)} == {"rtl"}
    assert {sentence.get("dir") for sentence in sentences if "나는" in text_of(sentence)} == {"ltr"}
    words = [word for sentence in sentences for word in sentence.iter(f"{HTML}span") if word.get("class") == "word"]
    assert words
    assert all(list(word.iter(f"{HTML}bdi")) for word in words)


def test_errors_are_shown_by_words_as_well_as_by_colour(run):
    errors = text_of(section(page_of(run), "errors"))

    assert "Sentence 2: 2 of 2 tokens wrong" in errors
    assert "JANEgold O → , predicted S" in errors
    assert "purrsgold V → , predicted O" in errors


def test_the_header_warns_if_a_baseline_is_as_good(tmp_path):
    weak = page_of(save_run(tmp_path / "weak", [Sentence(("John", "NASA"), ("O", "O"))]))
    good = page_of(save_run(tmp_path / "good", [Sentence(("NASA", "loves", "Jane"), ("S", "V", "O"))] * 2))

    assert "Warning: on test the tagger does not beat a baseline" in text_of(next(weak.iter(f"{HTML}header")))
    assert "Warning" not in text_of(good)


def test_the_report_needs_the_run_folder_only(run, tmp_path):
    before = write_report(run).read_bytes()
    shutil.rmtree(tmp_path / "data")
    (tmp_path / "elsewhere").mkdir()
    moved = run.rename(tmp_path / "elsewhere" / "run")
    (moved / "report.html").unlink()

    done = CliRunner().invoke(app, ["report", str(moved)])

    assert done.exit_code == 0, done.output
    assert done.stdout.strip() == str(moved / "report.html")
    assert (moved / "report.html").read_bytes() == before


def test_writing_a_report_does_not_load_tensorflow(run):
    assert not modules_after("report", str(run)) & {"tensorflow", "keras"}


def test_the_page_shows_how_to_reproduce_the_run(run):
    shown = text_of(section(page_of(run), "reproduce"))

    assert "tagger train run/config.toml --run run-again" in shown
    assert "The seed is 1" in shown
    assert "0" * 64 in shown
    assert rerun_command("my run", "/old/tagger").endswith("--run 'my run-again' --from /old/tagger")


def test_the_page_says_how_many_epochs_were_possible_and_which_could_be_the_best(run):
    config = run / "config.toml"
    shown = text_of(section(page_of(run), "training"))
    assert "for 2 of at most 30 epochs, at 7 tokens per second" in shown
    assert "not candidates" not in shown

    text = config.read_text().replace("\nepochs = 30\n", "\nepochs = 2\n")
    config.write_text(text.replace("\nmin_epochs = 1\n", "\nmin_epochs = 2\n"))
    shown = text_of(section(page_of(run), "training"))
    assert "for 2 epochs, at 7 tokens per second" in shown
    assert "Epochs before 2 are not candidates (training.min_epochs)." in shown


def test_the_page_shows_the_resolved_config(run):
    (code,) = [each for each in section(page_of(run), "config").iter(f"{HTML}code") if "\n" in (each.text or "")]

    assert code.text == (run / "config.toml").read_text()


@pytest.mark.parametrize("name", ["metrics.json", "data.json", "config.toml", "history.csv", "predictions/test.tsv"])
def test_a_missing_file_is_named(run, name):
    (run / name).unlink()

    with pytest.raises(RunError, match=re.escape(f"{run / name}: cannot be read: No such file")):
        write_report(run)


@pytest.mark.parametrize(
    ("name", "content"),
    [("metrics.json", "{"), ("data.json", "[]"), ("config.toml", "[data]"), ("predictions/test.tsv", "\na\tb\n")],
)
def test_an_invalid_file_is_named(run, name, content):
    (run / name).write_text(content)

    with pytest.raises(RunError, match=re.escape(f"{run / name}: ")):
        write_report(run)


def test_metrics_of_an_older_version_are_an_error(run):
    metrics = json.loads((run / "metrics.json").read_text())
    del metrics["test"]["intervals"]
    (run / "metrics.json").write_text(json.dumps(metrics))

    with pytest.raises(RunError, match="written by an older version of tagger"):
        write_report(run)


def test_a_path_that_is_not_a_run_folder_is_an_error(run, tmp_path):
    for path, message in (
        (tmp_path, "cannot be read: No such file"),
        (tmp_path / "none", "there is no such folder"),
        (run / "config.toml", "is not a folder"),
        (run / "bundle", "is a bundle, only a part of a run"),
    ):
        with pytest.raises(RunError, match=message) as raised:
            write_report(path)

        assert raised.value.hint


def test_reading_predictions_undoes_writing_them(run, tmp_path):
    tagger = Tagger.load(run)
    tagged = list(tagger.stream(TEST))
    path = tmp_path / "test.tsv"
    write_tags(path, TEST, tagged, tagger)

    outcomes = read_outcomes(path.read_text().splitlines())

    assert [tuple(outcome.tokens) for outcome in outcomes] == [sentence.tokens for sentence in TEST]
    assert [tuple(outcome.gold) for outcome in outcomes] == [sentence.tags for sentence in TEST]
    assert [tuple(outcome.predicted) for outcome in outcomes] == [sentence.tags for sentence in tagged]
    assert [list(outcome.confidence) for outcome in outcomes] == [
        pytest.approx(sentence.confidence, abs=1e-4) for sentence in tagged
    ]


def test_the_page_of_a_long_series_with_many_tags_is_smaller_than_a_megabyte(tmp_path):
    long = Sentence(("word",) * 3000, tuple(f"tag-{i % 300}" for i in range(3000)))
    run = save_run(tmp_path / "run", [long])

    page_of(run)

    assert (run / "report.html").stat().st_size < 1_000_000


def test_a_page_with_thousands_of_tags_shows_the_most_frequent_ones_and_names_the_file_with_all(tmp_path):
    tags = (*(f"tag-{i}" for i in range(2000)), "tag-1999")
    run = save_run(tmp_path / "run", [Sentence(("word",) * len(tags), tags)])

    page = page_of(run)

    assert (run / "report.html").stat().st_size < 2_000_000
    assert (run / "metrics.json").stat().st_size < 1_000_000
    captions = [text_of(caption) for caption in page.iter(f"{HTML}caption")]
    # O, S and V are the tagger's own tags
    assert "Scores of each tag on test (the 200 most frequent of 2,003; all are in metrics.json)" in captions
    assert any(caption.startswith("Tokens of each tag (the 200 most frequent of") for caption in captions)
    assert "The figure shows the 80 most frequent of 2,003." in text_of(section(page, "tags"))
    first = next(section(page, "tags").iter(f"{HTML}tbody"))
    assert text_of(next(first.iter(f"{HTML}th"))) == "tag-1999"
    assert len(list(first.iter(f"{HTML}tr"))) == 200


def test_a_split_without_spans_has_no_span_f1(tmp_path):
    test = [Sentence(("wrote",), ("O",))]
    page = page_of(save_run(tmp_path / "run", test, make=save_spans_bundle, decode="free"))

    assert "There is no span F1: test has no gold or predicted spans." in text_of(page)
    rows = [[text_of(cell) for cell in row] for row in section(page, "scores").iter(f"{HTML}tr")]
    assert ["span F1", "–", "no gold or predicted spans", "", "–", "no gold or predicted spans", ""] in rows
    assert "span type" not in text_of(section(page, "tags"))


def test_a_dense_confusion_matrix_of_an_older_version_gives_the_same_page(run):
    page = (write_report(run)).read_text()
    metrics = json.loads((run / "metrics.json").read_text())
    for split in ("dev", "test"):
        confusion = metrics[split]["confusion"]
        cells, tags = confusion.pop("cells"), confusion["tags"]
        confusion["counts"] = [[cells.get(gold, {}).get(tag, 0) for tag in tags] for gold in tags]
    (run / "metrics.json").write_text(json.dumps(metrics))

    assert write_report(run).read_text() == page


@pytest.mark.parametrize(
    ("confidence", "sentence"),
    [
        (
            {"temperature": 1.5, "fitted": True, "reason": None},
            "the logits are divided by a temperature of 1.5, fitted on dev.",
        ),
        (
            {"temperature": 1.0, "fitted": False, "reason": "a reason"},
            "No temperature was fitted to calibrate it: a reason.",
        ),
        (None, "The confidence of a tag is the probability that the tagger assigns to it."),
    ],
)
def test_the_page_says_how_confidence_was_calibrated_or_why_not(confidence, sentence, run):
    metrics = json.loads((run / "metrics.json").read_text())
    metrics["training"] |= {"confidence": confidence} if confidence else {}
    (run / "metrics.json").write_text(json.dumps(metrics))

    assert sentence in text_of(section(page_of(run), "confidence"))
