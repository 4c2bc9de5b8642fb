"""Data sets are served from 127.0.0.1; no test uses the real network or writes to the user's cache."""

import dataclasses
import functools
import gzip
import hashlib
import http.server
import io
import logging
import os
import socketserver
import subprocess
import sys
import threading
import types
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tagger.corpus import Layout, download
from tagger.corpus.catalogue import CATALOGUE, DataSet, File, downloads, format_catalogue
from tagger.corpus.download import fetch, resolve
from tagger.errors import DataError
from tagger.reading.whole_files import read_tagged

TRAIN, DEV = b"John\tS\nloves\tV\n" * 1000, b"Jane\tO\n"
PACKED = gzip.compress(bytes(1 << 20))
LIMIT = 30  # seconds that the server waits for a test


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Server:
    """Serve bytes by path, count requests, and fail on purpose.

    `failures` holds, per path, the failures of its next requests: "cut" sends half of the content, "changed" other
    content, "busy" status 503 with `reason`, "wait" pauses in the middle until `go_on` is set, "endless" never ends,
    "packed" sends a small gzip of many zeros, and any other text redirects to it, with a content that never ends.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.failures: dict[str, list[str]] = {}
        self.go_on = threading.Event()
        self.reason: str | None = None

    def answer(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        path = handler.path
        self.requests.append(path)
        failure = self.failures[path].pop(0) if self.failures.get(path) else ""
        if path not in self.files or failure == "busy":
            handler.send_error(503 if failure == "busy" else 404, self.reason)
            return
        content = self.files[path]
        half = len(content) // 2
        if failure not in ("", "cut", "changed", "wait"):
            self.attack(handler, failure)
            return
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(bytes(len(content)) if failure == "changed" else content[:half])
        if failure == "wait":
            self.go_on.wait(LIMIT)
        if failure in ("", "wait"):
            handler.wfile.write(content[half:])

    def attack(self, handler: http.server.BaseHTTPRequestHandler, failure: str) -> None:
        handler.send_response(200 if failure in ("endless", "packed") else 302)
        if failure == "packed":
            handler.send_header("Content-Encoding", "gzip")
        elif failure != "endless":
            handler.send_header("Location", failure)
        handler.end_headers()
        handler.wfile.write(PACKED if failure == "packed" else b"")
        while failure != "packed":
            handler.wfile.write(bytes(1 << 16))  # until the client disconnects


class Handler(http.server.BaseHTTPRequestHandler):
    def __init__(self, server: Server, *arguments: object) -> None:
        self.ours = server
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.ours.answer(self)

    def log_message(self, format: str, *arguments: object) -> None:
        """Do nothing: tests do not need the log of the server."""


class Http(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Do nothing: a client that disconnects is not an error here."""


@pytest.fixture
def server(monkeypatch, tmp_path) -> Iterator[Server]:
    """A running server with the data set `tiny`, and a cache in tmp_path; retries do not wait."""
    ours = Server()
    with Http(("127.0.0.1", 0), functools.partial(Handler, ours)) as running:
        address = f"http://127.0.0.1:{running.server_port}"
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        ours.files = {"/train.tsv": TRAIN, "/dev.tsv": DEV}
        files = {
            "train": File("train.tsv", len(TRAIN), sha256(TRAIN), f"{address}/train.tsv"),
            "dev": File("dev.tsv", len(DEV), sha256(DEV), f"{address}/dev.tsv"),
        }
        tiny = DataSet("tiny", "two sentences", "CC0 1.0", "https://example.org/tiny", files)
        monkeypatch.setitem(CATALOGUE, "tiny", tiny)
        monkeypatch.setenv("TAGGER_DATA_DIR", str(tmp_path / "cache"))
        monkeypatch.delenv("TAGGER_DATA_URL", raising=False)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setattr("pooch.core.time", types.SimpleNamespace(sleep=lambda seconds: None))
        try:
            yield ours
        finally:
            ours.go_on.set()
            running.shutdown()
            thread.join(LIMIT)


@pytest.fixture
def mirror(server: Server, monkeypatch) -> Server:
    """The same server, used as a mirror of all data sets."""
    address = CATALOGUE["tiny"].files["train"].url.removesuffix("/train.tsv")
    monkeypatch.setenv("TAGGER_DATA_URL", f"{address}/mirror/")
    return server


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# Successful downloads


def test_downloading_puts_every_split_into_the_cache_unchanged(server, cache):
    paths = fetch("tiny")

    assert paths == {"train": cache / "tiny" / "train.tsv", "dev": cache / "tiny" / "dev.tsv"}
    assert (paths["train"].read_bytes(), paths["dev"].read_bytes()) == (TRAIN, DEV)
    assert names(cache) == ["tiny/dev.tsv", "tiny/train.tsv"]


def test_a_cached_file_causes_no_request(server):
    first = fetch("tiny")
    requests = list(server.requests)

    assert fetch("tiny") == first
    assert server.requests == requests == ["/train.tsv", "/dev.tsv"]


def test_a_reference_to_a_split_downloads_that_file_only(server, cache):
    assert resolve("tiny:dev") == cache / "tiny" / "dev.tsv"
    assert fetch("tiny:dev") == {"dev": cache / "tiny" / "dev.tsv"}
    assert server.requests == ["/dev.tsv"]


def test_licence_and_source_are_logged_when_the_first_file_of_a_set_is_downloaded(server, caplog):
    caplog.set_level(logging.INFO)
    fetch("tiny:train")
    assert "tiny: licence CC0 1.0, source https://example.org/tiny" in caplog.messages
    assert any(
        message.startswith("downloading train.tsv (0.0 MB) from http://127.0.0.1:") for message in caplog.messages
    )

    caplog.clear()
    fetch("tiny:dev")
    assert len(caplog.messages) == 1

    caplog.clear()
    fetch("tiny")
    assert caplog.messages == []


def test_a_listener_gets_the_progress_of_a_download_up_to_its_end(server, monkeypatch):
    monkeypatch.setattr(download, "CHUNK", 4000)
    heard: list[tuple[str, int, int]] = []

    fetch("tiny:train", listen=lambda *event: heard.append(event))

    counts = [n_bytes for _, n_bytes, _ in heard]
    assert counts == sorted(counts)
    assert len(set(counts)) > 2
    assert heard[-1] == ("train.tsv", len(TRAIN), len(TRAIN))


def test_without_a_listener_the_progress_of_a_large_file_is_logged_in_steps(server, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(download, "CHUNK", 1000)
    monkeypatch.setattr(download, "STEP", 6000)

    fetch("tiny:train")

    assert sum(message.startswith("train.tsv: 0.0 MB of") for message in caplog.messages) == len(TRAIN) // 6000


def test_a_file_gets_its_name_only_when_it_is_complete(server, cache, monkeypatch):
    monkeypatch.setattr(download, "CHUNK", 1000)
    server.failures["/train.tsv"] = ["wait"]
    seen: list[bool] = []

    def listen(name: str, n_bytes: int, size: int) -> None:
        seen.append((cache / "tiny" / "train.tsv").exists())
        server.go_on.set()  # the server waits for the first progress report

    path = fetch("tiny:train", listen=listen)["train"]

    assert not any(seen)
    assert path.read_bytes() == TRAIN


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_a_downloaded_file_is_readable_by_all_users_of_a_shared_cache(server):
    assert fetch("tiny:dev")["dev"].stat().st_mode & 0o444 == 0o444


def test_an_interrupted_download_leaves_no_file(server, cache):
    def listen(name: str, n_bytes: int, size: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch("tiny", listen=listen)

    assert names(cache) == []


# Downloads that fail at first


@pytest.mark.parametrize("failure", ["cut", "busy"])
def test_an_interrupted_download_is_logged_and_retried(server, cache, caplog, failure):
    server.failures["/train.tsv"] = [failure, failure]

    assert fetch("tiny:train")["train"].read_bytes() == TRAIN
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert [warning.split(":")[0] for warning in warnings] == ["train.tsv"] * 2
    assert server.requests == ["/train.tsv"] * 3
    assert names(cache) == ["tiny/train.tsv"]


def test_a_damaged_file_in_the_cache_is_replaced_and_logged(server, caplog):
    path = fetch("tiny")["dev"]
    path.write_text("edited")

    assert fetch("tiny")["dev"].read_bytes() == DEV
    assert f"{path}: differs from its checksum and is replaced" in caplog.messages


# Downloads that keep failing


@pytest.mark.parametrize(
    ("failure", "n_requests", "words"),
    [("cut", 3, "cannot be downloaded: the download was interrupted"), ("busy", 3, "the server responded 503 Service")],
)
def test_after_three_failures_one_message_says_why_and_what_to_do(server, cache, failure, n_requests, words):
    server.failures["/train.tsv"] = [failure] * 9

    with pytest.raises(DataError) as caught:
        fetch("tiny")

    assert words in caught.value.message
    assert "/train.tsv: " in caught.value.message
    assert f"put the file at {cache}/tiny/train.tsv by hand" in (caught.value.hint or "")
    assert len(server.requests) == n_requests
    assert names(cache) == []


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ("endless", r"sends more than the 15,?000 bytes"),
        ("packed", r"packs the file \(gzip\), which it was not asked for"),
        ("file:///etc/passwd", r"refers to file:///etc/passwd, which is not an https address"),
        ("ftp://127.0.0.1/\x9b31m", r"refers to ftp://127\.0\.0\.1/\\x9b31m, which"),
    ],
)
def test_a_server_that_sends_something_else_than_the_file_is_reported_and_leaves_no_file(server, cache, failure, words):
    server.failures["/train.tsv"] = [failure]
    heard: list[int] = []

    with pytest.raises(DataError, match=words.replace("15,?000", f"{len(TRAIN):,}")):
        fetch("tiny:train", listen=lambda name, n_bytes, size: heard.append(n_bytes))

    assert max(heard, default=0) <= len(TRAIN)
    assert server.requests == ["/train.tsv"]
    assert names(cache) == []


def test_the_content_of_a_redirection_is_not_read(server):
    server.failures["/train.tsv"] = ["/dev.tsv"]
    server.files["/dev.tsv"] = TRAIN

    assert fetch("tiny:train")["train"].read_bytes() == TRAIN
    assert server.requests == ["/train.tsv", "/dev.tsv"]


def test_no_redirection_leads_from_an_encrypted_address_to_one_that_is_not():
    answer = requests.Response()
    answer.url, answer.status_code, answer.raw = "https://example.org/a", 302, io.BytesIO()
    answer.headers["Location"] = "http://example.org/a"

    with pytest.raises(DataError, match="is not an https address"):
        download._check_redirection(answer)


def test_a_download_ends_after_a_time_that_follows_from_the_size(server, cache, monkeypatch):
    monkeypatch.setattr(download, "START_SECONDS", 0.05)
    monkeypatch.setattr(download, "SLOWEST", len(TRAIN) * 100)
    server.failures["/train.tsv"] = ["wait"]

    with pytest.raises(DataError, match=r"/train\.tsv: cannot be downloaded: after 0 s it is not complete"):
        fetch("tiny:train")

    assert server.requests == ["/train.tsv"]
    assert names(cache) == []


def test_control_characters_in_the_reason_of_a_server_are_escaped(server):
    server.reason = "gone\x1b[2J"
    del server.files["/dev.tsv"]

    with pytest.raises(DataError, match=r"the server responded 404 gone\\x1b\[2J"):
        fetch("tiny:dev")


def test_a_changed_file_is_an_error_with_both_checksums_and_is_not_kept(server, cache):
    server.failures["/train.tsv"] = ["changed"]

    with pytest.raises(DataError, match=r"train\.tsv differs from the catalogue's") as caught:
        fetch("tiny")

    assert sha256(TRAIN) in caught.value.message
    assert sha256(bytes(len(TRAIN))) in caught.value.message
    assert "if the file was changed there" in (caught.value.hint or "")
    assert server.requests == ["/train.tsv"]
    assert names(cache) == []


def test_a_missing_file_is_requested_once_and_reported(server, cache):
    del server.files["/dev.tsv"]

    with pytest.raises(DataError, match=r"/dev\.tsv: cannot be downloaded: the server responded 404 Not Found"):
        fetch("tiny")

    assert server.requests == ["/train.tsv", "/dev.tsv"]
    assert names(cache) == ["tiny/train.tsv"]


def test_a_server_that_is_down_gives_one_message_with_a_hint(server, cache, monkeypatch):
    with Http(("127.0.0.1", 0), functools.partial(Handler, server)) as closed:
        port = closed.server_port
    monkeypatch.setenv("TAGGER_DATA_URL", f"http://127.0.0.1:{port}")

    with pytest.raises(DataError) as caught:
        fetch("tiny:train")

    assert caught.value.message == (f"http://127.0.0.1:{port}/tiny/train.tsv: cannot be downloaded: Connection refused")
    assert caught.value.hint == (
        f"put the file at {cache}/tiny/train.tsv by hand, or set TAGGER_DATA_URL to a mirror that has tiny/train.tsv"
    )


def test_a_server_that_stops_sending_causes_a_timeout(server, cache, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUTS", (LIMIT, 0.05))
    server.failures["/train.tsv"] = ["wait"] * 3

    with pytest.raises(DataError, match=r"cannot be downloaded: the server did not respond in time"):
        fetch("tiny:train")

    assert names(cache) == []


def test_an_unwritable_cache_is_named_with_a_hint(server, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TAGGER_DATA_DIR", str(tmp_path / "file"))

    with pytest.raises(DataError, match=r"file/tiny/train\.tsv: cannot be written: \w+") as caught:
        fetch("tiny:train")

    assert "TAGGER_DATA_DIR" in (caught.value.hint or "")


def test_a_file_that_was_put_into_the_cache_by_hand_is_used(server, cache):
    server.files.clear()
    (cache / "tiny").mkdir(parents=True)
    (cache / "tiny" / "dev.tsv").write_bytes(DEV)

    assert resolve("tiny:dev") == cache / "tiny" / "dev.tsv"
    assert server.requests == []


# Mirrors, folders and archives


def test_a_mirror_has_the_files_in_a_folder_with_the_name_of_their_data_set(mirror):
    mirror.files["/mirror/tiny/dev.tsv"] = DEV

    assert fetch("tiny:dev")["dev"].read_bytes() == DEV
    assert mirror.requests == ["/mirror/tiny/dev.tsv"]


@pytest.mark.parametrize("base", ["ftp://127.0.0.1", "/srv/data", "example.org"])
def test_an_invalid_address_of_a_mirror_is_reported(server, monkeypatch, base):
    monkeypatch.setenv("TAGGER_DATA_URL", base)

    with pytest.raises(DataError, match=f"TAGGER_DATA_URL: should be an address .* got '{base}'"):
        fetch("tiny")


def test_the_default_cache_is_that_of_the_user(server, monkeypatch, tmp_path):
    monkeypatch.delenv("TAGGER_DATA_DIR")
    monkeypatch.setattr("pooch.os_cache", lambda project: tmp_path / "users" / project)

    assert fetch("tiny:dev") == {"dev": tmp_path / "users" / "tagger" / "tiny" / "dev.tsv"}


@pytest.fixture
def archived(mirror, monkeypatch) -> bytes:
    """The data set `packed`, whose two files are published in one archive; returns the archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as members:
        members.writestr("a.txt", "the 0.1\n")
        members.writestr("b.txt", "the 0.1 0.2\n")
    content = packed.getvalue()
    mirror.files["/mirror/packed/both.zip"] = content
    archive = File("both.zip", len(content), sha256(content), "http://127.0.0.1:1/both.zip")
    unpack = CATALOGUE["glove"].files["50d"].make
    files = {
        split: File(f"{split}.txt", len(text), sha256(text), archive.url, (archive,), unpack)
        for split, text in (("a", b"the 0.1\n"), ("b", b"the 0.1 0.2\n"))
    }
    monkeypatch.setitem(CATALOGUE, "packed", DataSet("packed", "vectors", "PDDL 1.0", "https://example.org", files))
    return content


def test_one_file_of_an_archive_is_unpacked_and_the_archive_is_downloaded_once(archived, mirror, cache):
    a = resolve("packed:a")
    assert names(cache) == ["packed/a.txt", "packed/both.zip"]

    b = resolve("packed:b")
    assert a
    assert b
    assert (a.read_text(), b.read_text()) == ("the 0.1\n", "the 0.1 0.2\n")
    assert mirror.requests.count("/mirror/packed/both.zip") == 1


def test_a_file_that_is_made_from_parts_is_requested_from_the_mirror_first(archived, mirror, cache):
    mirror.files["/mirror/packed/a.txt"] = b"the 0.1\n"

    assert fetch("packed:a")["a"].read_text() == "the 0.1\n"
    assert mirror.requests == ["/mirror/packed/a.txt"]
    assert names(cache) == ["packed/a.txt"]


def test_an_unpacked_file_no_longer_needs_its_archive(archived, mirror, cache):
    fetch("packed")
    (cache / "packed" / "both.zip").unlink()

    assert list(fetch("packed")) == ["a", "b"]
    assert mirror.requests.count("/mirror/packed/both.zip") == 1


def test_the_hint_names_the_archive_that_cannot_be_downloaded(archived, mirror, cache):
    mirror.files.clear()

    with pytest.raises(DataError, match=r"both\.zip: cannot be downloaded: the server responded 404") as caught:
        fetch("packed:a")

    assert f"put the file at {cache}/packed/both.zip by hand" in (caught.value.hint or "")
    assert mirror.requests == ["/mirror/packed/a.txt", "/mirror/packed/both.zip"]
    assert names(cache) == []


@pytest.fixture
def joined(server, monkeypatch) -> list[File]:
    """The data set `joined`: its only file is the concatenation of those of `tiny`; returns these."""
    parts = (*CATALOGUE["tiny"].files.values(),)

    def join(paths, name, out):
        out.writelines(path.read_bytes() for path in paths)

    file = File("all.tsv", len(TRAIN + DEV), sha256(TRAIN + DEV), "http://127.0.0.1:1", parts, join)
    monkeypatch.setitem(CATALOGUE, "joined", DataSet("joined", "both", "CC0 1.0", "https://example.org", {"all": file}))
    return [*parts]


def test_a_file_that_is_published_in_parts_is_made_from_them(joined, server, cache):
    assert fetch("joined")["all"].read_bytes() == TRAIN + DEV
    assert server.requests == ["/train.tsv", "/dev.tsv"]
    assert names(cache) == ["joined/all.tsv", "joined/dev.tsv", "joined/train.tsv"]


@pytest.mark.parametrize("failure", ["cut", "busy"])
def test_only_an_interrupted_part_is_downloaded_again(joined, server, failure):
    server.failures["/dev.tsv"] = [failure]

    assert fetch("joined:all")["all"].read_bytes() == TRAIN + DEV
    assert server.requests == ["/train.tsv", "/dev.tsv", "/dev.tsv"]


def test_a_changed_part_is_reported_and_not_used(joined, server, cache):
    server.failures["/dev.tsv"] = ["changed"]

    with pytest.raises(DataError, match=r"dev\.tsv differs from the catalogue's"):
        fetch("joined")

    assert names(cache) == ["joined/train.tsv"]


def test_a_file_that_is_made_from_parts_is_verified(joined, server, monkeypatch, cache):
    file = CATALOGUE["joined"].files["all"]

    def write_something_else(paths, name, out):
        out.write(b"something else")

    other_file = dataclasses.replace(file, make=write_something_else)
    monkeypatch.setitem(CATALOGUE, "joined", dataclasses.replace(CATALOGUE["joined"], files={"all": other_file}))

    with pytest.raises(DataError, match=r"all\.tsv differs from the catalogue's"):
        fetch("joined")

    assert "joined/all.tsv" not in names(cache)


# References


@pytest.mark.parametrize(
    "path",
    ["train.tsv", "data/tiny:train", "./tiny:train", "tiny", "tiny:", ":train", "tiny:dev.tsv", "C:train", "C:\\a"],
)
def test_a_path_that_is_not_a_reference_is_not_resolved(server, path):
    assert resolve(path) is None
    assert server.requests == []


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("tinny:train", "tinny: unknown data set; did you mean `tiny`?"),
        ("conll2003:train", "conll2003: unknown data set; there are ewt, wnut17, snips, glove, tiny"),
        ("tiny:tran", "tran: unknown split of tiny; did you mean `train`?"),
        ("tiny:test", "test: unknown split of tiny; there are train, dev"),
    ],
)
def test_an_unknown_data_set_or_split_is_reported_with_a_suggestion(server, reference, words):
    with pytest.raises(DataError) as caught:
        resolve(reference)

    assert caught.value.message == words
    assert server.requests == []


# The catalogue itself


def test_the_catalogue_lists_licence_source_and_references_of_every_data_set():
    text = format_catalogue()

    for data_set in CATALOGUE.values():
        assert data_set.licence in text
        assert data_set.source in text
        assert all(f"{data_set.name}:{split}" in text for split in data_set.files)
    assert "size     862.2 MB to download" in text  # glove is one archive, not its four files


def test_every_address_is_encrypted_and_those_on_github_name_a_commit():
    for data_set in CATALOGUE.values():
        assert all(len(file.sha256) == 64 for file in data_set.files.values())
        for file in downloads(data_set):
            assert file.url.startswith("https://")
            assert len(file.sha256) == 64
            if "github" in file.url:
                assert len(file.url.split("/")[5]) == 40
            assert file.url.endswith(f"/{file.name}")


@pytest.mark.parametrize("name", ["ewt", "wnut17", "snips"])
def test_the_catalogue_has_size_and_checksum_of_the_real_files(shared_data, name):
    for file in CATALOGUE[name].files.values():
        content = (shared_data / name / file.name).read_bytes()
        assert (len(content), sha256(content)) == (file.size, file.sha256)


@pytest.mark.parametrize(("name", "n_sentences"), [("ewt", 2001), ("wnut17", 1009), ("snips", 700)])
def test_a_real_data_set_is_downloaded_and_read(mirror, shared_data, name, n_sentences):
    file = CATALOGUE[name].files["dev"]
    mirror.files[f"/mirror/{name}/{file.name}"] = (shared_data / name / file.name).read_bytes()

    path = resolve(f"{name}:dev")

    assert path
    assert len(read_tagged(path, Layout())) == n_sentences


def test_listing_the_catalogue_loads_neither_pooch_nor_requests():
    code = "import sys; from tagger.corpus.catalogue import *; format_catalogue(); print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)

    assert not set(done.stdout.split()) & {"pooch", "requests", "urllib3"}
