"""The process of the server."""

import doctest
import http.client
import json
import signal
import socket
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from tagger.cli import app
from tagger.errors import TaggerError
from tagger.serving import cas, guard, serve
from tagger.serving.models import load_models
from tagger.serving.serve import listening
from tests.bundles import save_words_bundle
from tests.processes import modules_after
from tests.serving.process import served


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_words_bundle(tmp_path_factory.mktemp("serve") / "words")


def test_a_server_answers_what_was_accepted_and_ends_with_the_code_of_the_signal(folder):
    with served(f"a={folder}", str(folder), "--threads", "1") as (process, address, names):
        assert names == "a, words"
        assert process.stderr
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
        connection.request("GET", "/health")
        assert connection.getresponse().read() == b'{"status": "ok"}'
        body = json.dumps({"model": "a", "text": "John"})
        connection.putrequest("POST", "/tag")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body[:5].encode())  # a request that is under way

        process.send_signal(signal.SIGTERM)
        assert process.stderr.readline() == "stopping\n"
        connection.send(body[5:].encode())
        answer = connection.getresponse()

        assert json.loads(answer.read())["sentences"][0]["tags"] == ["S"]
        assert answer.headers["Connection"] == "close"
        assert process.wait(20) == 143
        assert process.stderr.read() == "interrupted: all requests that were accepted are answered\n"


@pytest.mark.parametrize("module", [cas, guard, serve])
def test_the_examples_of_the_modules_are_true(module):
    results = doctest.testmod(module)

    assert results.attempted
    assert not results.failed


def test_an_address_that_another_program_uses_is_named():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with (
            pytest.raises(TaggerError, match=f"127.0.0.1:{port}: another program uses it"),
            listening("127.0.0.1", port),
        ):
            pass


def test_models_are_called_as_their_folders_or_as_they_are_named(folder, tmp_path):
    run = tmp_path / "run"
    save_words_bundle(run / "bundle")
    models = load_models([str(folder), f"b={folder}", str(run), f"c={run / 'bundle'}"])

    assert [*models] == ["words", "b", "run", "c"]
    for model in models.values():
        model.close()
    with pytest.raises(TaggerError, match="two models are called run"):
        load_models([str(run), str(run / "bundle")])
    with pytest.raises(TaggerError, match="a model cannot be called 'a/b'"):
        load_models([f"a/b={run}"])


def test_a_missing_model_is_an_error_of_the_user():
    done = CliRunner().invoke(app, ["serve", "none"], prog_name="tagger")

    assert done.exit_code == 1
    assert "none: there is no such folder" in done.stderr


def test_help_loads_nothing_of_the_server():
    loaded = modules_after("serve", "--help")

    assert not loaded & {"starlette", "uvicorn", "asyncio", "pydantic", "numpy"}
