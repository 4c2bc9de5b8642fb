"""Files of a bundle with several heads, and bundles that are damaged or made to harm."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.errors import BundleError
from tagger.tagging.bundle import load_bundle
from tagger.tagging.tagger import Tagger
from tagger.tagging.target_files import target_file
from tests.bundles import save_heads_bundle, save_series_bundle, save_spans_bundle
from tests.tagging.test_bundle import change_json, update_checksums

FILES = [
    "SHA256SUMS",
    "ambiguous.names.txt",
    "bundle.json",
    *("forms.lemma.txt", "forms.names.txt", "forms.onnx", "forms.pos.txt"),
    "golden.jsonl",
    "tagger.onnx",
    *("tags.intent.txt", "tags.lemma.txt", "tags.names.txt", "tags.pos.txt"),
    "transitions.names.tsv",
    "words.txt",
]


@pytest.fixture
def folder(tmp_path) -> Path:
    return save_heads_bundle(tmp_path / "bundle")


def description_of(folder: Path) -> dict[str, Any]:
    description: dict[str, Any] = json.loads((folder / "bundle.json").read_text())
    return description


def test_each_head_has_files_of_its_own(folder):
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert (folder / "tags.lemma.txt").read_text() == "keep\nlower\nlower/end-1\n"
    assert (folder / "forms.lemma.txt").read_text() == "Ada\tkeep\nplays\tlower/end-1\n"


def test_several_heads_are_format_6_and_the_only_head_of_tags_is_format_5(folder, tmp_path):
    plain = description_of(save_spans_bundle(tmp_path / "plain", decode="valid"))
    heads = description_of(folder)

    assert (plain["format"], heads["format"]) == (5, 6)
    assert "heads" not in plain
    assert "answers" not in plain["layout"]
    assert [(head["name"], head["kind"], head["column"]) for head in heads["heads"]] == [
        ("intent", "label", "intent"),
        ("pos", "tag", 1),
        ("names", "tag", 2),
        ("lemma", "string", 3),
    ]
    assert [answer["name"] for answer in heads["layout"]["answers"]] == ["intent", "pos", "names", "lemma"]


def test_a_bundle_does_not_have_the_keys_of_its_config(tmp_path):
    (answer,) = description_of(save_series_bundle(tmp_path / "series"))["layout"]["answers"]

    assert answer == {"name": "label", "kind": "label", "column": "state", "map": []}


@pytest.mark.parametrize("heads", [["intent"], ["pos"], ["lemma"], ["lemma", "intent"]])
def test_loading_reverses_saving_of_any_heads(tmp_path, heads):
    folder = save_heads_bundle(tmp_path / "bundle", heads)
    bundle, _, golden = load_bundle(folder)

    assert description_of(folder)["format"] == 6
    assert [target.name for target in bundle.targets] == heads
    assert [*json.loads(golden.splitlines()[0])["answers"]] == heads


def test_saving_the_same_heads_writes_the_same_bytes(folder, tmp_path):
    other = save_heads_bundle(tmp_path / "other")

    assert (folder / "SHA256SUMS").read_bytes() == (other / "SHA256SUMS").read_bytes()


def test_graph_has_an_output_for_each_head(folder):
    outputs = onnx.load(folder / "tagger.onnx").graph.output

    assert [output.name for output in outputs] == [f"logits/{name}" for name in ("intent", "pos", "names", "lemma")]


@pytest.mark.parametrize("name", ["tags.pos.txt", "forms.lemma.txt", "transitions.names.tsv"])
def test_missing_file_of_a_head_is_an_error(folder, name):
    (folder / name).unlink()
    update_checksums(folder)

    with pytest.raises(BundleError, match=f"bundle: {name} is missing, or not listed in SHA256SUMS"):
        Tagger.load(folder)


@pytest.mark.parametrize("number", [3, 4, 5])
def test_several_heads_in_an_older_format_are_an_error(folder, number):
    change_json(folder, lambda description: description.update(format=number))

    with pytest.raises(BundleError, match=r"bundle/bundle\.json: (network\.words|scheme): missing"):
        Tagger.load(folder)


def test_only_head_of_tags_in_format_6_is_an_error(tmp_path):
    folder = save_spans_bundle(tmp_path / "plain", decode="valid")
    change_json(folder, lambda description: description.update(format=6))

    with pytest.raises(BundleError, match=r"plain/bundle\.json: heads: missing"):
        Tagger.load(folder)


@pytest.mark.parametrize("name", ["", "../pos", "a/b", "a\\b", "a.b", "a b", "é", "pos\n", 1, None, ["pos"]])
def test_name_of_a_head_with_other_characters_is_an_error(folder, name):
    def rename(description: dict[str, Any]) -> None:
        description["network"]["heads"][1]["name"] = description["heads"][1]["name"] = name

    change_json(folder, rename)

    with pytest.raises(
        BundleError,
        match=r"network\.heads\[1\]\.name: expected a text, got|not a valid bundle: a head's name should have",
    ):
        Tagger.load(folder)


@pytest.mark.parametrize("name", ["pos", "POS"])
def test_two_heads_with_one_name_are_an_error_also_where_files_ignore_case(folder, name):
    def rename(description: dict[str, Any]) -> None:
        description["network"]["heads"][2]["name"] = description["heads"][2]["name"] = name

    change_json(folder, rename)

    with pytest.raises(BundleError, match="the heads of a network should have different names"):
        Tagger.load(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda d: d["network"]["heads"][0].update(pool="first"),
            r'network\.heads\[0\]\.pool: expected "last", "mean" or "max" or null, got "first"',
        ),
        (
            lambda d: d["network"]["heads"][0].update(pool=["last"]),
            r"network\.heads\[0\]\.pool: expected .*, got a list of 1",
        ),
        (lambda d: d["network"]["heads"][0].update(pool=None), ".*only labels are pooled"),
        (lambda d: d["network"]["heads"][0].pop("pool"), ".*only labels are pooled"),
        (lambda d: d["network"]["heads"][1].update(pool="max"), ".*only labels are pooled"),
        (lambda d: d["network"]["heads"][2].update(pool="max"), r"network\.heads\[2\]\.pool: expected no such key"),
        (lambda d: d["network"]["heads"][1].update(n_tags=4), "4 tags in the network, 3 in tags.pos.txt"),
        (
            lambda d: d["network"]["heads"][1].update(n_tags=-1),
            r"network\.heads\[1\]\.n_tags: expected a whole number of 1 or more, got -1",
        ),
        (lambda d: d["network"]["heads"].pop(), "3 heads in the network, 4 in `heads`"),
        (lambda d: d["heads"].pop(), "4 heads in the network, 3 in `heads`"),
        (lambda d: d["heads"].reverse(), "head 'intent' of the network, but 'lemma' in its place"),
        (lambda d: d.pop("heads"), "heads: missing"),
        (lambda d: d.update(heads={}), "heads: expected a list of 1 or more, got {}"),
        (lambda d: d.update(heads=7), "heads: expected a list of 1 or more, got 7"),
        (lambda d: d["heads"][1].update(name="names"), "head 'pos' of the network, but 'names' in its place"),
        (
            lambda d: d["heads"][1].update(kind="words"),
            r'heads\[1\]\.kind: expected "tag", "label" or "string", got "words"',
        ),
        (lambda d: d["heads"][1].update(kind="label"), ".*only labels are pooled"),
        (lambda d: d["heads"][0].update(kind="tag"), ".*only labels are pooled"),
        (lambda d: d["heads"][2].update(kind="string"), ".*a CRF or a scheme, which are for tags"),
        (lambda d: d["heads"][0].update(scheme="bio"), ".*a CRF or a scheme, which are for tags"),
        (lambda d: d["heads"][1].update(kind="string"), r'tags\.pos\.txt: line 1: not an edit script: "NOUN"'),
        (
            lambda d: d["heads"][1].update(column=[1]),
            r"heads\[1\]\.column: expected a text or a whole number .* got a list of 1",
        ),
        (lambda d: d["heads"][1].update(column=True), r"heads\[1\]\.column: expected .* got true"),
        (lambda d: d["heads"][1].update(scheme="bogus"), r"heads\[1\]\.scheme: expected"),
        (lambda d: d["heads"][2].update(decode="bogus"), r"heads\[2\]\.decode: expected"),
        (
            lambda d: d["heads"][3].update(temperature=0),
            r"heads\[3\]\.temperature: expected a finite number from .* got 0",
        ),
        (lambda d: d["heads"][3].update(temperature="1"), r"heads\[3\]\.temperature: expected"),
        (lambda d: d["heads"][1]["spelling"].update(letters="B"), "spelling.letters"),
        (lambda d: d["heads"][1].pop("majority_tag"), r"heads\[1\]\.majority_tag: missing"),
        (lambda d: d["layout"].update(answers=[{"name": "x"}]), r"layout\.answers\[0\]\.kind: missing"),
        (lambda d: d["layout"].update(answers=7), r"layout\.answers: expected a list, got 7"),
    ],
)
def test_invalid_setting_of_a_head_is_an_error(
    folder: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    change_json(folder, change)

    with pytest.raises(BundleError, match=rf"bundle(: not a valid bundle|/bundle\.json): {message}"):
        Tagger.load(folder)


def test_transitions_of_another_number_of_tags_are_an_error(folder):
    (folder / "transitions.names.tsv").write_text("\tA\tend\nstart\t0\t\nA\t0\t0\n")
    update_checksums(folder)

    with pytest.raises(
        BundleError, match=r"transitions\.names\.tsv: line 1: expected 5 cells, delimited by TAB, got 3"
    ):
        Tagger.load(folder)


@pytest.mark.parametrize("script", ["walk", "lower/end", "lower/end-0", "always", "upper/start-1/end-1/end-1", ""])
def test_tag_of_a_string_that_is_no_edit_script_is_an_error(folder, script):
    (folder / "tags.lemma.txt").write_text(f"keep\nlower\n{script}\n")
    update_checksums(folder)

    with pytest.raises(BundleError, match=r"bundle: not a valid bundle: tags\.lemma\.txt: line 3: not an edit script"):
        Tagger.load(folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda answers: answers["intent"].update(values=["other"]),
        lambda answers: answers["lemma"]["values"].reverse(),
        lambda answers: answers["names"]["scores"].__setitem__(0, 0.5),
    ],
)
def test_different_answer_of_any_head_to_a_golden_sentence_is_an_error(folder, change):
    line = json.loads((folder / "golden.jsonl").read_text().splitlines()[0])
    change(line["answers"])
    (folder / "golden.jsonl").write_text(json.dumps(line) + "\n")
    update_checksums(folder)

    with pytest.raises(BundleError, match="its golden sentence 'Ada Byron plays' gets different tags or confidences"):
        Tagger.load(folder)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda answers: answers.pop("pos"), "answers.pos: missing"),
        (lambda answers: answers.update(more={"values": [], "scores": []}), "answers.more: expected no such key"),
        (
            lambda answers: answers["intent"].update(values=["play", "play"]),
            "answers.intent.values: expected a list of 1",
        ),
    ],
)
def test_answers_to_a_golden_sentence_that_do_not_match_the_heads_are_an_error(folder, change, problem):
    line = json.loads((folder / "golden.jsonl").read_text().splitlines()[0])
    change(line["answers"])
    (folder / "golden.jsonl").write_text(json.dumps(line) + "\n")
    update_checksums(folder)

    with pytest.raises(BundleError, match=f"golden.jsonl: line 1: {problem}"):
        Tagger.load(folder)


def test_golden_sentence_of_another_kind_of_bundle_is_an_error(folder):
    line = {"tokens": ["Ada"], "numbers": None, "columns": None, "tags": ["NOUN"], "scores": [0.97]}
    (folder / "golden.jsonl").write_text(json.dumps(line) + "\n")
    update_checksums(folder)

    with pytest.raises(BundleError, match=r"golden\.jsonl: line 1: answers: missing"):
        Tagger.load(folder)


@given(st.from_regex(r"[A-Za-z0-9_-]+", fullmatch=True))
def test_files_of_heads_have_names_in_the_folder_that_no_input_has(head):
    name = target_file("tags.txt", head)

    assert Path(name).name == name
    assert name.count(".") == 2  # inputs have names without a point
