"""Requests that are not done."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tagger.serving.app import make_app
from tagger.serving.batches import BatchTagger
from tagger.serving.limits import Limits
from tagger.serving.schemas import TagBody
from tagger.serving.tag import most_inspected
from tests.serving.client import Client

JSON = {"Content-Type": "application/json"}
WORDS = {"model": "words"}

BODIES = [
    ("", 400, "the body: not JSON"),
    ("[1", 400, "the body: not JSON"),
    ('{"text": "a", "text": "b"}', 400, 'the key "text" is there twice'),
    ('{"series": [{"x": [NaN]}]}', 400, "NaN is not a number in JSON"),
    ("[" * 100_000, 400, "brackets are nested too deeply"),
    (b'{"text": "\xff"}', 400, "the body is not UTF-8: byte 11 is wrong"),
    ("[]", 422, "expected an object, got []"),
    ('{"model": "words"}', 422, "expected one of text, texts, tokens, sentences, series; got none of them"),
    ('{"text": "a", "tokens": ["a"]}', 422, "got text and tokens"),
    ('{"txt": "a", "text": "a"}', 422, "txt: no such key; did you mean `text`?"),
    ('{"a number": 3, "text": "a"}', 422, "a number: no such key"),
    ('{"text": 3}', 422, "text: expected a text, got 3"),
    ('{"text": "a"}', 422, "model: missing; this server has words, spans, heads, numbers, series"),
    ('{"text": "a", "model": "word"}', 404, "there is no model 'word'"),
    ('{"text": "a\\u0000", "model": "words"}', 422, "text: there is a NUL in the text"),
    ('{"tokens": ["a", ""], "model": "words"}', 422, "tokens[1]: the token is empty"),
    ('{"sentences": [["a"], ["b", 3]], "model": "words"}', 422, "sentences[1][1]: expected a text, got 3"),
    ('{"sentences": [3], "model": "words"}', 422, "sentences[0]: expected a list of tokens or an object, got 3"),
    ('{"sentences": [{"tokens": ["a"], "x": ["b"]}], "model": "words"}', 422, "'x' is no column of this model"),
    ('{"series": [{"x": [1], "y": [1, 2]}], "model": "numbers"}', 422, "x has 1 value, but y has 2"),
    ('{"series": [{"x": [1]}], "model": "numbers"}', 422, "series[0]: y is missing"),
    ('{"series": [{"x": [1], "y": ["b"]}], "model": "numbers"}', 422, "series[0].y[0]: expected a number or null"),
    ('{"series": [{"x": [1e999], "y": [1]}], "model": "numbers"}', 422, "series[0].x[0]: expected a finite number"),
    ('{"series": [{"x": [1e99], "y": [1]}], "model": "numbers"}', 422, "too large"),
    ('{"series": [{"x": [1], "y": [null]}], "model": "series"}', 422, "series[0].y[0]: expected a number, got null"),
    ('{"text": "a", "model": "numbers"}', 422, "this tagger reads numbers (columns x, y), not text"),
    ('{"text": "a", "model": "words", "best": 0}', 422, "best: expected 1 or more, got 0"),
    ('{"tokens": ["a"], "model": "series", "best": 2}', 422, "best ranks sequences of tags"),
    ('{"text": "a", "model": "words", "confidence": 1}', 422, "confidence: expected true or false, got 1"),
]


@pytest.mark.parametrize(("body", "status", "message"), BODIES, ids=[str(i) for i in range(len(BODIES))])
def test_a_wrong_body_is_refused_with_its_key(client, body, status, message):
    answer = client.post("/tag", content=body, headers=JSON)

    assert answer.status_code == status, answer.text
    assert message in answer.json()["error"]


@pytest.mark.parametrize("body", [{"tokens": [1] * 9}, {"sentences": [[1] * 9] * 9}, {"series": [{"x": [[]] * 9}] * 9}])
def test_a_list_is_checked_up_to_its_first_wrong_item(body):
    with pytest.raises(ValidationError) as caught:
        TagBody.model_validate(body)

    assert caught.value.error_count() == 1


KEYS = st.sampled_from(["model", "text", "texts", "tokens", "sentences", "series", "best", "confidence", "", "x"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just("words"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
MALFORMED = st.one_of(
    st.binary(max_size=60),
    st.dictionaries(KEYS, VALUES, max_size=4).map(lambda value: json.dumps(value).encode()),
    st.tuples(st.binary(max_size=3), st.integers(0, 30)).map(
        lambda cut: b'{"model": "words", "tokens": ["a"]}'[: cut[1]] + cut[0]
    ),
)


@given(MALFORMED)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_body_is_answered_with_tags_or_refused_as_the_clients_error(client, body):
    answer = client.post("/tag", content=body, headers=JSON)

    assert answer.status_code == 200 or 400 <= answer.status_code < 500
    assert ("sentences" if answer.status_code == 200 else "error") in answer.json()


@pytest.mark.parametrize(
    ("limits", "body", "message"),
    [
        (Limits(body=20), {"text": "a" * 20}, "the body is larger than 20 bytes"),
        (Limits(sentences=1), {"texts": ["a", "b"]}, "more than 1 sentence"),
        (Limits(tokens=3), {"texts": ["a b", "c d"]}, "more than 3 tokens"),
        (Limits(tokens=3), {"sentences": [["a"] * 4]}, "more than 3 tokens"),
        (Limits(tokens=3), {"texts": ["a b c d"]}, "more than 3 tokens"),
        (Limits(tokens=3), {"text": "a b c d"}, "more than 3 tokens"),
    ],
)
def test_more_than_the_limits_is_refused(models, limits, body, message):
    with Client(make_app({"words": models["words"]}, limits)) as client:
        assert client.post("/tag", json={"text": "a"}).status_code == 200
        answer = client.post("/tag", json=body)
        assert (answer.status_code, answer.json()["error"]) == (413, message)


def test_a_body_without_a_length_is_counted_while_it_is_read(models):
    async def chunks():
        for _ in range(11):
            yield b"x" * 100

    with Client(make_app({"words": models["words"]}, Limits(body=1000))) as client:
        answer = client.post("/tag", content=chunks(), headers=JSON)

    assert answer.status_code == 413


def test_a_request_beyond_those_that_may_wait_is_refused(models):
    with Client(make_app(models, Limits(waiting=0))) as client:
        answer = client.post("/tag", json={"text": "a"})

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_a_request_that_takes_too_long_is_refused(models):
    with Client(make_app(models, Limits(seconds=1e-9))) as client:
        assert client.post("/tag", json=WORDS | {"text": "a"}).status_code in (408, 503)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_of_another_type_is_refused(client, kind):
    assert client.post("/tag", content=b"{}", headers={"Content-Type": kind}).status_code == 415


def test_an_unknown_path_and_a_wrong_method_are_refused_as_json(client):
    assert client.get("/nothing").json()["error"] == "there is nothing at /nothing"
    answer = client.get("/tag")
    assert (answer.status_code, answer.json()["error"]) == (405, "/tag takes no GET")


def test_only_names_of_this_machine_and_pages_of_this_server_are_answered(models):
    with Client(make_app(models, hosts={"localhost", "[::1]"}), base_url="http://localhost:8000") as client:
        assert client.get("/health").status_code == 200
        assert client.get("/health", headers={"Host": "[::1]:8000"}).status_code == 200
        assert client.get("/health", headers={"Origin": "http://localhost:8000"}).status_code == 200
        assert client.get("/health", headers={"Host": "rebound.example:8000"}).status_code == 400
        for origin in ("http://evil.example", "null", "http://localhost:8001"):
            answer = client.post("/tag", json=WORDS | {"text": "a"}, headers={"Origin": origin})
            assert answer.status_code == 403
            assert "access-control-allow-origin" not in answer.headers


def test_answers_forbid_scripts_of_others_and_frames(client):
    for path in ("/", "/page.js", "/page.css", "/health", "/nothing"):
        policy = client.get(path).headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_a_bug_of_ours_is_answered_without_its_message(models, monkeypatch, caplog):
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(BatchTagger, "tag", fail)
    with Client(make_app(models)) as client:
        answer = client.post("/tag", json=WORDS | {"text": "a"})

    assert answer.status_code == 500
    assert "a bug in tagger" in answer.json()["error"]
    assert "secret" not in answer.text
    assert "a bug in tagger: RuntimeError" in caplog.text


def test_the_best_sequences_are_bounded_together(client):
    body = WORDS | {"best": 1000, "tokens": ["a"] * 101}

    assert client.post("/tag", json=body).status_code == 413


def test_a_missing_number_that_no_model_fills_is_refused_by_its_place(client):
    answer = client.post("/inspect", json={"model": "series", "sentence": {"x": [1, 2], "y": [0, None]}})

    assert answer.status_code == 422
    assert answer.json()["error"].startswith("sentence.y[1]: expected a number, got null")


def test_a_sentence_to_inspect_is_bounded(client):
    assert client.post("/inspect", json=WORDS | {"tokens": ["a"] * 1001}).status_code == 413


def test_the_states_of_a_larger_network_are_sent_for_fewer_tokens(models):
    architecture = models["words"].bundle.architecture

    large = replace(architecture, units=(600, 400), bidirectional=True)
    assert [most_inspected(each) for each in (architecture, large)] == [1000, 100]
