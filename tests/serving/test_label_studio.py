"""Label Studio's ML backend. tests/benchmarks/label_tools.py checks the same with Label Studio's own SDK."""

import pytest

from tagger.serving.app import make_app
from tests.serving.client import Client

NAMES = """
<View>
  <Header value="Names"/>
  <Labels name="names" toName="text"><Label value="PER" background="red"/><Label value="LOC"/></Labels>
  <Text name="text" value="$review"/>
</View>
"""
INTENTS = """
<View>
  <Text name="text" value="$text"/>
  <Choices name="intent" toName="text" choice="single"><Choice value="play"/><Choice value="other"/></Choices>
  <Labels name="pos" toName="text"><Label value="VERB"/></Labels>
</View>
"""


def predict(client, model: str, config: str, *data: dict[str, object]):
    """The predictions for tasks that are sent as Label Studio sends them."""
    tasks = [{"id": i, "data": each, "annotations": [], "predictions": []} for i, each in enumerate(data)]
    body = {
        "tasks": tasks,
        "label_config": config,
        "model_version": "",
        "project": "1.1700000000",
        "params": {"login": None, "password": None, "context": None},
    }
    answer = client.post(f"/label-studio/{model}/predict", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["model_version"] == model
    return answer.json()["results"]


def test_spans_are_labels_of_characters(client):
    text = "Ada Byron wrote.\n💩 Byron"

    first, second = predict(client, "spans", NAMES, {"review": text}, {"review": "nobody"})

    assert [(each["value"]["text"], each["value"]["labels"]) for each in first["result"]] == [
        ("Ada Byron", ["PER"]),
        ("Byron", ["PER"]),
    ]
    for each in first["result"]:
        assert text[each["value"]["start"] : each["value"]["end"]] == each["value"]["text"]
        assert (each["from_name"], each["to_name"], each["type"]) == ("names", "text", "labels")
        assert 0 < each["score"] <= 1
    assert 0 < first["score"] <= 1
    assert second["result"] == []


def test_controls_get_the_heads_of_their_names(client):
    (prediction,) = predict(client, "heads", INTENTS, {"text": "Ada plays\nnow"})

    verb, choice = prediction["result"]
    assert (choice["type"], choice["value"]) == ("choices", {"choices": ["play"]})
    assert verb["value"] == {"start": 4, "end": 9, "text": "plays", "labels": ["VERB"]}


def test_a_task_without_the_text_has_an_empty_prediction(client):
    predictions = predict(client, "spans", NAMES, {"other": "Ada"}, {"review": 3}, {"review": "Ada"})

    assert [len(each["result"]) for each in predictions] == [0, 0, 1]


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ("<View>", "label_config: not XML"),
        ("<View/>", "no control that this model can fill"),
        (NAMES.replace("Text", "Audio"), "no control that this model can fill"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "has a document type"),
    ],
)
def test_a_project_that_cannot_be_filled_is_refused(client, config, problem):
    answer = client.post("/label-studio/spans/predict", json={"tasks": [], "label_config": config})

    assert answer.status_code == 422
    assert problem in answer.json()["error"]


@pytest.mark.parametrize(("text", "n_tasks", "n_controls"), [("", 401, 500), ("Ada " * 401, 1, 500)])
def test_the_labels_of_an_answer_are_bounded(client, text, n_tasks, n_controls):
    controls = '<Labels name="a" toName="text"><Label value="PER"/></Labels>' * n_controls
    config = f'<View><Text name="text" value="$text"/>{controls}</View>'
    body = {"tasks": [{"data": {"text": text}}] * n_tasks, "label_config": config}

    answer = client.post("/label-studio/spans/predict", json=body)

    assert (answer.status_code, answer.json()["error"]) == (413, "more than 200,000 labels for 500 controls")


def test_the_only_model_is_at_the_address_of_the_server(models):
    with Client(make_app({"spans": models["spans"]})) as client:
        setup = {"project": "1.1", "schema": NAMES, "hostname": "http://localhost:8080", "access_token": "secret"}
        assert client.post("/setup", json=setup).json() == {"model_version": "spans"}
        assert client.get("/health").status_code == 200
        assert client.post("/webhook", json={"action": "ANNOTATION_CREATED"}).json() == {}
        body = {"tasks": [{"data": {"review": "Ada"}}], "label_config": NAMES}
        assert len(client.post("/predict", json=body).json()["results"][0]["result"]) == 1


def test_one_of_several_models_has_an_address_of_its_own(client):
    assert client.get("/label-studio/spans/health").status_code == 200
    assert client.post("/label-studio/spans/setup", json={}).json() == {"model_version": "spans"}
    assert client.get("/label-studio/nobody/health").status_code == 404
    answer = client.post("/setup", json={})
    assert (answer.status_code, answer.json()["hint"]) == (404, "the address of one ends in /label-studio/NAME")
