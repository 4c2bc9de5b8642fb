"""Download of public data sets: files are downloaded once, verified, and cached.

The environment variable `TAGGER_DATA_DIR` is the folder of the cached files SET/FILE (default: the user's cache).
`TAGGER_DATA_URL` is the address of a mirror with the same paths: such a folder, on a web server, is a mirror.
"""

import difflib
import hashlib
import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar
from urllib.parse import urljoin, urlparse

from tagger.config import REFERENCE
from tagger.corpus.catalogue import CATALOGUE, DataSet, File, downloads, megabytes
from tagger.corpus.time_limit import run_within
from tagger.errors import DataError
from tagger.terminal_text import one_line

if TYPE_CHECKING:
    import requests

T = TypeVar("T")
Listener = Callable[[str, int, int], None]  # called with a file's name, the bytes received, and its size in bytes

TIMEOUTS = (10.0, 60.0)  # seconds to connect, and between two chunks
N_RETRIES = 2
START_SECONDS, SLOWEST = 120, 20_000  # a file may take so many seconds, and one more for each so many bytes
CHUNK = 1 << 18  # bytes
STEP = 100_000_000  # bytes between two log lines

log = logging.getLogger("tagger")


def resolve(path: str, *, listen: Listener | None = None) -> Path | None:
    """Resolve a reference such as `ewt:train` to a local file, downloaded if missing; None for any other path.

    Raises:
        DataError: the data set or split is unknown, or cannot be downloaded.
    """
    if not (reference := REFERENCE.fullmatch(path)):
        return None
    return fetch(path, listen=listen)[reference[2]]


def fetch(name: str, *, listen: Listener | None = None) -> dict[str, Path]:
    """Return the local files of a data set by split; only those that are missing or changed are downloaded.

    Args:
        name: name of the data set, or a reference to one of its splits.
        listen: called with the progress of a download; None logs the progress of large files.

    Raises:
        DataError: the data set or split is unknown; a file cannot be downloaded, has another checksum, or cannot be
            written.
    """
    import pooch

    name, _, split = name.partition(":")
    data_set = _choose(name, CATALOGUE, "data set")
    files = {split: _choose(split, data_set.files, f"split of {name}")} if split else data_set.files
    pooch.get_logger().setLevel(logging.WARNING)  # this module logs the same itself
    known = {_key(data_set, file): file for file in (*downloads(data_set), *data_set.files.values())}
    store = pooch.create(
        path=pooch.os_cache("tagger"),
        env="TAGGER_DATA_DIR",
        base_url="",
        urls={key: _address(data_set, file) for key, file in known.items()},
        registry={key: f"sha256:{file.sha256}" for key, file in known.items()},
        retry_if_failed=N_RETRIES,
    )
    if not any((store.abspath / key).exists() for key in known):  # log once, not again for dev after train
        log.info("%s: %s", data_set.name, data_set.about)
        log.info("%s: licence %s, source %s", data_set.name, data_set.licence, data_set.source)
    return {split: _fetch(store, data_set, file, listen) for split, file in files.items()}


def _choose(name: str, choices: Mapping[str, T], what: str) -> T:
    if name not in choices:
        close = difflib.get_close_matches(name, choices, n=1)
        guess = f"; did you mean `{close[0]}`?" if close else f"; there are {', '.join(choices)}"
        raise DataError(
            f"{name}: unknown {what}{guess}", "`tagger data list` shows them; a file with a colon in its name is ./NAME"
        )
    return choices[name]


def _key(data_set: DataSet, file: File) -> str:
    return f"{data_set.name}/{file.name}"


def _address(data_set: DataSet, file: File) -> str:
    base = os.environ.get("TAGGER_DATA_URL")
    if not base:
        return file.url
    if not base.startswith(("http://", "https://")):
        raise DataError(f"TAGGER_DATA_URL: should be an address that starts with http:// or https://, got {base!r}")
    return f"{base.rstrip('/')}/{_key(data_set, file)}"


def _fetch(store: Any, data_set: DataSet, file: File, listen: Listener | None) -> Path:
    """Download a file into the cache; `store` is a Pooch, which checks the cache, retries, and moves complete files."""
    import requests

    key = _key(data_set, file)
    path, url = Path(store.abspath / key), store.get_url(key)
    is_mirrored = bool(os.environ.get("TAGGER_DATA_URL"))
    by_hand = f"put the file at {path} by hand, or set TAGGER_DATA_URL to a mirror that has {key}"

    def request(url: str, unfinished: str) -> bool:
        """Download the file; False if a mirror lacks it and it can be made from its parts."""
        try:
            _download(url, unfinished, file, listen)
        except requests.RequestException as error:
            status = error.response.status_code if error.response is not None else 0
            if status == 404 and file.make:
                return False
            if status in range(400, 500) and status not in (408, 429):
                raise _unreachable(url, error, by_hand) from error  # a retry would not help
            log.warning("%s: %s", file.name, _reason(error))
            raise
        return True

    def get(url: str, unfinished: str, store: Any) -> None:
        if path.exists():
            log.warning("%s: differs from its checksum and is replaced", path)
        is_downloaded = (is_mirrored or not file.make) and request(url, unfinished)
        if not is_downloaded and file.make:
            parts = [_fetch(store, data_set, part, listen) for part in file.parts]
            log.info("making %s (%s)", file.name, megabytes(file.size))
            with open(unfinished, "wb") as out:
                file.make(parts, file.name, out)
        _verify(Path(unfinished), file, url, by_hand)
        Path(unfinished).chmod(0o644)  # temporary files are private, but a cache may be shared

    try:
        store.fetch(key, downloader=get)
    except requests.RequestException as error:
        raise _unreachable(url, error, by_hand) from error
    except OSError as error:
        raise DataError(
            f"{path}: cannot be written: {_reason(error)}", "set TAGGER_DATA_DIR to another folder"
        ) from error
    return path


def _download(url: str, unfinished: str, file: File, listen: Listener | None) -> None:
    """Download a file, never more bytes than the catalogue says, in a time that follows from its size.

    Raises:
        DataError: the server sends more bytes, takes longer, or refers to an address of another kind.
        requests.RequestException: the download fails, and may be tried again.
    """
    log.info("downloading %s (%s) from %s", file.name, megabytes(file.size), url)
    limit = START_SECONDS + file.size / SLOWEST
    with open(unfinished, "wb") as out:
        try:
            run_within(limit, lambda is_late: _receive(url, out, file, listen or _log_steps(), is_late))
        except TimeoutError as error:
            raise DataError(
                f"{url}: cannot be downloaded: after {limit:,.0f} s it is not complete", "try again, or another mirror"
            ) from error


def _receive(url: str, out: BinaryIO, file: File, listen: Listener, is_late: threading.Event) -> None:
    import requests

    with requests.Session() as session:
        session.hooks["response"] = [_check_redirection]
        headers = {"Accept-Encoding": "identity"}  # packed content could unpack to any size
        with session.get(url, headers=headers, timeout=TIMEOUTS, stream=True) as answer:
            answer.raise_for_status()
            packing = answer.headers.get("Content-Encoding", "identity")
            if packing.lower() != "identity":
                raise DataError(f"{url}: the server packs the file ({one_line(packing)}), which it was not asked for")
            n_bytes = 0
            for chunk in answer.iter_content(CHUNK):
                n_bytes += len(chunk)
                if is_late.is_set():
                    return
                if n_bytes > file.size:
                    raise DataError(f"{url}: the server sends more than the {file.size:,} bytes of the catalogue")
                out.write(chunk)
                listen(file.name, n_bytes, file.size)


def _check_redirection(answer: "requests.Response", **options: object) -> None:
    """Refuse an address of another kind: a file, or one that is not encrypted after one that is.

    Raises:
        DataError: the server refers to one.
    """
    if answer.is_redirect:
        answer.close()  # requests would read its content to the end
        target = urljoin(answer.url, answer.headers["location"])
        if urlparse(target).scheme not in ("https", urlparse(answer.url).scheme):
            raise DataError(f"{answer.url}: the server refers to {one_line(target)}, which is not an https address")


def _log_steps() -> Listener:
    """A listener that logs the progress of a large file in steps."""
    n_logged = 0

    def listen(name: str, n_bytes: int, size: int) -> None:
        nonlocal n_logged
        if n_bytes - n_logged >= STEP:
            n_logged = n_bytes
            log.info("%s: %s of %s", name, megabytes(n_bytes), megabytes(size))

    return listen


def _verify(path: Path, file: File, url: str, by_hand: str) -> None:
    with path.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    if sha256 != file.sha256:
        raise DataError(
            f"{url}: {file.name} differs from the catalogue's\n"
            f"  expected  SHA-256 {file.sha256}, {megabytes(file.size)}\n"
            f"  got       SHA-256 {sha256}, {megabytes(path.stat().st_size)}",
            f"try again; if the file was changed there, {by_hand}, or use the new one by its own path",
        )


def _unreachable(url: str, error: Exception, by_hand: str) -> DataError:
    return DataError(f"{url}: cannot be downloaded: {_reason(error)}", by_hand)


def _reason(error: BaseException) -> str:
    """Why a request or a write failed: the message of the system or server, which libraries wrap."""
    causes = list(_causes(error))
    response = getattr(error, "response", None)
    if response is not None:
        return f"the server responded {response.status_code} {one_line(response.reason)}"
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return "the server did not respond in time"
    messages = [cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror]
    return messages[-1] if messages else f"the download was interrupted ({one_line(causes[-1])})"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
