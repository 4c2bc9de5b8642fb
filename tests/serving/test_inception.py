"""INCEpTION's external recommender: documents made and read by dkpro-cassis 0.12."""

import json

import pytest
from cassis import Cas, TypeSystem, load_cas_from_xmi

from tagger.serving.inception import PREDICTED, SEGMENTATION

NAMES, SENTENCES = "custom.Name", "webanno.custom.Intent"


def type_system() -> TypeSystem:
    types = TypeSystem()
    for name in ("Token", "Sentence"):
        types.create_type(f"{SEGMENTATION}.{name}", "uima.tcas.Annotation")
    for name in (NAMES, SENTENCES):
        layer = types.create_type(name, "uima.tcas.Annotation")
        types.create_feature(layer, "value", "uima.cas.String")
        types.create_feature(layer, "value_score", "uima.cas.Double")
        types.create_feature(layer, PREDICTED, "uima.cas.Boolean")
    return types


def document(text: str, types: TypeSystem, tokens=(), sentences=()) -> Cas:
    cas = Cas(types)
    cas.sofa_string, cas.sofa_mime = text, "text/plain"
    for name, borders in (("Token", tokens), ("Sentence", sentences)):
        for begin, end in borders:
            cas.add(types.get_type(f"{SEGMENTATION}.{name}")(begin=begin, end=end))
    return cas


def request(cas: Cas, layer: str = NAMES, **metadata):
    """A request as INCEpTION sends it."""
    known = {"layer": layer, "feature": "value", "projectId": 1, "anchoringMode": "tokens", "crossSentence": False}
    return {
        "metadata": known | {"range": {"begin": 0, "end": len(cas.sofa_string)}} | metadata,
        "document": {"xmi": cas.to_xmi(), "documentId": 7, "userId": "ada"},
        "typeSystem": cas.typesystem.to_xml(),
    }


def recommended(client, model: str, cas: Cas, layer: str = NAMES, **metadata):
    answer = client.post(f"/{model}/predict", json=request(cas, layer, **metadata))
    assert answer.status_code == 200, answer.text
    annotated = load_cas_from_xmi(answer.json()["document"], cas.typesystem)
    assert annotated.sofa_string == cas.sofa_string
    return [(each.get_covered_text(), each.value) for each in annotated.select(layer) if each[PREDICTED]]


@pytest.mark.parametrize("text", ["Ada Byron wrote.\nByron read.", "💩 Ada Byron wrote 💩.\nByron read."])
def test_spans_are_annotated_in_a_text_without_tokens(client, text):
    assert recommended(client, "spans", document(text, type_system())) == [("Ada Byron", "per"), ("Byron", "per")]


def test_tokens_and_sentences_of_the_document_are_kept_to(client):
    text = "💩AdaByron"
    tokens = [(0, 1), (1, 4), (4, 9)]

    whole = document(text, type_system(), tokens, [(0, 9)])
    cut = document(text, type_system(), tokens, [(0, 4), (4, 9)])

    assert recommended(client, "spans", whole) == [("AdaByron", "per")]
    assert recommended(client, "spans", cut) == [("Ada", "per"), ("Byron", "per")]


def test_annotations_have_scores_and_the_others_are_kept(client):
    cas = document("Ada", type_system(), [(0, 3)], [(0, 3)])
    cas.add(cas.typesystem.get_type(NAMES)(begin=0, end=1, value="mine"))

    answer = client.post("/spans/predict", json=request(cas)).json()["document"]

    mine, predicted = sorted(load_cas_from_xmi(answer, cas.typesystem).select(NAMES), key=lambda each: each.end)
    assert (mine.value, mine[PREDICTED]) == ("mine", None)
    assert (predicted.value, predicted[PREDICTED]) == ("per", True)
    assert 0 < float(predicted.value_score) <= 1


def test_a_head_with_the_name_of_the_feature_is_asked_and_labels_are_for_sentences(client):
    cas = document("Ada plays.", type_system(), [(0, 3), (4, 9)], [(0, 10)])

    assert recommended(client, "heads", cas) == [("Ada", "per")]
    assert recommended(client, "heads", cas, SENTENCES, anchoringMode="sentences") == [("Ada plays", "play")]
    for name, value in (("pos", "NOUN"), ("lemma", "Ada")):
        types = type_system()
        types.create_feature(types.get_type(NAMES), name, "uima.cas.String")
        named = document("Ada", types, [(0, 3)], [(0, 3)])
        answer = client.post("/heads/predict", json=request(named, feature=name)).json()["document"]
        assert [each[name] for each in load_cas_from_xmi(answer, types).select(NAMES)] == [value]


def test_a_request_to_train_is_accepted_and_changes_nothing(client):
    assert client.post("/spans/train", json={"documents": []}).status_code == 204
    assert client.post("/nobody/train", json={}).status_code == 404


@pytest.mark.parametrize(
    ("xmi", "problem"),
    [
        ("", "not XML: no element found"),
        ("<a", "not XML"),
        ("<a/>", "no Sofa with a text"),
        ('<!DOCTYPE a [<!ENTITY e "boom">]><a>&e;</a>', "has a document type"),
        ("<a>" * 200 + "</a>" * 200, "nested too deeply"),
        ("<a>\ud800</a>", "half of a surrogate pair"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused(client, xmi, problem):
    body = request(document("Ada", type_system()))
    body["document"]["xmi"] = xmi
    headers = {"Content-Type": "application/json"}
    answer = client.post("/spans/predict", content=json.dumps(body), headers=headers)

    assert 400 <= answer.status_code < 500
    assert problem in answer.json()["error"]


@pytest.mark.parametrize("border", ['begin="2" end="1"', 'begin="0" end="9"', 'begin="-1" end="1"', ""])
def test_an_annotation_outside_the_text_is_refused(client, border):
    body = request(document("Ada", type_system(), [(0, 3)]))
    body["document"]["xmi"] = body["document"]["xmi"].replace('begin="0" end="3"', border)

    answer = client.post("/spans/predict", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("the document: an annotation ")


def test_a_layer_without_type_and_a_model_without_head_are_refused(client):
    cas = document("Ada", type_system())

    assert "no type custom.None" in client.post("/spans/predict", json=request(cas, "custom.None")).json()["error"]
    answer = client.post("/spans/predict", json=request(cas, anchoringMode="sentences"))
    assert (answer.status_code, answer.json()["error"]) == (422, "spans has no head for annotations of sentences")
