"""Requests that tag, inspect and describe."""

import json

import pytest

from tagger.inspection.steps import sentence_steps
from tagger.inspection.subject import model_subject
from tagger.inspection.to_json import to_json
from tagger.serving.app import make_app
from tagger.serving.models import model_info
from tagger.serving.schemas import ModelList, TagAnswer
from tagger.tagging.bundle import load_bundle
from tagger.tagging.output_json import json_line
from tests.bundles import save_words_bundle
from tests.serving.client import Client


def tag(client, **body):
    answer = client.post("/tag", json=body)
    assert answer.status_code == 200, answer.text
    TagAnswer.model_validate(answer.json())
    return answer.json()["sentences"]


@pytest.mark.parametrize("name", ["words", "spans", "heads"])
def test_a_tagged_sentence_is_that_of_predict(client, models, name):
    tagger = models[name].batches.tagger
    for best in (0, 2):
        expected = [json.loads(json_line(each, confidence=True)) for each in tagger.tag([("Ada", "plays")], best=best)]

        assert tag(client, model=name, tokens=["Ada", "plays"], **({"best": best} if best else {})) == expected
    expected = [json.loads(json_line(each, confidence=False)) for each in tagger.tag(["Ada plays."], confidence=False)]
    assert tag(client, model=name, texts=["Ada plays."], confidence=False) == expected


def test_a_text_has_a_sentence_a_line_and_offsets_in_the_whole(client):
    text = "John loves Jane.\r\n \n💩 NASA"

    first, second = tag(client, model="words", text=text)

    assert first["tags"] == ["S", "V", "O", "O"]
    assert [text[start:end] for start, end in first["offsets"] + second["offsets"]] == [
        *("John", "loves", "Jane", ".", "💩", "NASA")
    ]


def test_texts_and_sentences_keep_their_number(client):
    assert [each["tokens"] for each in tag(client, model="words", texts=["a b", "", "c"])] == [["a", "b"], [], ["c"]]
    assert tag(client, model="words", sentences=[]) == []
    mixed = tag(client, model="words", sentences=[["John"], {"tokens": ["loves", "x"]}])
    assert [each["tags"] for each in mixed] == [["S"], ["V", "O"]]


def test_series_have_channels_and_null_is_a_missing_number(client):
    (series,) = tag(client, model="numbers", series=[{"y": [0, 0, 0], "x": [0.5, 2, None]}])
    assert series["tags"] == ["low", "high", "high"]
    (series,) = tag(client, model="series", sentences=[{"tokens": ["a"], "x": [1.5], "y": [0]}])
    assert (series["tokens"], series["label"]) == (["a"], "high")


def test_the_only_model_needs_no_name(models):
    with Client(make_app({"words": models["words"]})) as client:
        assert client.post("/tag", json={"text": "John"}).json()["sentences"][0]["tags"] == ["S"]
        assert client.get("/model").json()["name"] == "words"


def test_models_say_what_they_read_and_predict(client):
    answer = client.get("/models").json()
    ModelList.model_validate(answer)
    words, spans, heads, numbers, series = answer["models"]

    assert words["heads"] == [{"name": "head", "kind": "tags", "tags": ["O", "S", "V"], "scheme": None}]
    assert (spans["heads"][0]["kind"], spans["heads"][0]["scheme"]) == ("spans", "bio")
    assert [head["kind"] for head in heads["heads"]] == ["label", "tags", "spans", "strings"]
    assert (numbers["series"], numbers["channels"], numbers["words"]) == (True, ["x", "y"], False)
    assert (series["best"], words["best"]) == (False, True)
    assert (numbers["fills_missing"], series["fills_missing"]) == (True, False)
    assert words["examples"] == ["John loves Jane", "NASA loves cats"]
    assert client.get("/model", params={"name": "numbers"}).json() == numbers


@pytest.mark.parametrize("name", ["words", "numbers", "series"])
def test_every_example_of_a_model_can_be_tagged(client, name):
    info = client.get("/model", params={"name": name}).json()

    examples = info["series_examples"] or info["examples"]
    assert examples
    tag(client, model=name, **{"series" if info["series"] else "texts": examples})


def test_a_model_card_in_the_bundle_is_shown(tmp_path):
    folder = save_words_bundle(tmp_path / "bundle")
    bundle, _, _ = load_bundle(folder)
    assert model_info("a", bundle, folder)["card"] is None
    (folder / "README.md").write_text("# Card")
    assert model_info("a", bundle, folder)["card"] == "# Card"


def test_states_are_those_of_inspect(client, models):
    subject = model_subject(models["words"].folder)
    expected = to_json(subject, sentence_steps(subject, ("John", "loves")), ("states", "gates"))

    body = {"model": "words", "tokens": ["John", "loves"], "show": ["states", "gates"]}
    answer = client.post("/inspect", json=body)

    assert answer.json() == json.loads(json.dumps(expected | {"name": "words"}))
    numbers = client.post("/inspect", json={"model": "numbers", "sentence": {"x": [2], "y": [0]}}).json()
    assert numbers["steps"]["best"] == ["high"]


def test_the_description_names_every_path_of_the_api(client):
    description = client.get("/openapi.json").json()

    assert set(description["paths"]) == {"/tag", "/inspect", "/models", "/model", "/health"}
    for path, methods in description["paths"].items():
        for method in methods:
            body = {"model": "words", "tokens": ["a"]} if method == "post" else None
            params = {"name": "words"} if path == "/model" else None
            assert client.request(method, path, json=body, params=params).status_code == 200
    assert "tokens" in description["components"]["schemas"]["TagBody"]["properties"]
