"""Public data sets by name: fetched once, verified, then read from the disk.

`TAGGER_DATA_DIR` is the folder where files are kept (default: the user's cache), as SET/FILE. `TAGGER_DATA_URL` is the
address of a mirror with the same SET/FILE below it.
"""

import difflib
import hashlib
import logging
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tagger.errors import DataError

T = TypeVar("T")
Listener = Callable[[str, int, int], None]  # told of a file's name, the bytes that are here, and the bytes in all

REFERENCE = re.compile(r"([A-Za-z][\w-]+):([\w-]+)")  # a drive's letter or a file's ending is no reference
TIMEOUTS = (10.0, 60.0)  # seconds to connect, and between two pieces
N_RETRIES = 2
CHUNK = 1 << 18  # bytes
STEP = 100_000_000  # bytes between two lines of progress

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class File:
    """One file of a data set.

    Args:
        name: in the folder of its data set, and in its archive.
        size: in bytes.
        sha256: of its bytes, in hexadecimal.
        url: where it is published; of a file in an archive, where that is.
        archive: the zip file that holds it, if it is not published by itself.
    """

    name: str
    size: int
    sha256: str
    url: str
    archive: "File | None" = None


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set that may be downloaded by anybody.

    Args:
        name: what commands and configs call it.
        about: what it is.
        licence: of the data.
        source: the page of its makers.
        files: by split, or by whatever tells its files apart.
    """

    name: str
    about: str
    licence: str
    source: str
    files: Mapping[str, File]


def _published(base: str, **files: tuple[str, int, str]) -> dict[str, File]:
    return {split: File(name, size, sha256, f"{base}/{name}") for split, (name, size, sha256) in files.items()}


_GLOVE = File(
    "glove.6B.zip",
    862_182_613,
    "617afb2fe6cbd085c235baf7a465b96f4112bd7f7ccb2b2cbd649fed9cbcf2fb",
    "https://nlp.stanford.edu/data/glove.6B.zip",
)


def _glove(dim: str, size: int, sha256: str) -> File:
    return File(f"glove.6B.{dim}.txt", size, sha256, _GLOVE.url, archive=_GLOVE)


_SETS = (
    DataSet(
        "ewt",
        "English Web Treebank of Universal Dependencies 2.16: parts of speech (17 UPOS, 49 XPOS), morphology, trees",
        "CC BY-SA 4.0",
        "https://github.com/UniversalDependencies/UD_English-EWT",
        _published(
            "https://raw.githubusercontent.com/UniversalDependencies/UD_English-EWT/15d613d8447b3478787d4c278730a1e48a945efb",
            train=(
                "en_ewt-ud-train.conllu",
                14_203_025,
                "3fb78e2b55482c8ee00caa653af436c88c9e5bc9a73ce26e4ae3ddc79d2b7e7b",
            ),
            dev=(
                "en_ewt-ud-dev.conllu",
                1_805_545,
                "531a54ff90d6ab12201c5a50c3e78e6ddac4de69abc4bce5d275d3cd29efe2b6",
            ),
            test=(
                "en_ewt-ud-test.conllu",
                1_804_515,
                "e266e515a0a7547657ed3d90d9ba46487d6bd251f27ad4269d4e8a427c8555cd",
            ),
        ),
    ),
    DataSet(
        "wnut17",
        "WNUT 2017 emerging entities: six types of rare names in noisy English text, in BIO",
        "CC BY 4.0",
        "https://github.com/leondz/emerging_entities_17",
        _published(
            "https://raw.githubusercontent.com/leondz/emerging_entities_17/e52a2d2a71ac1a051ca2d532eef28653c5c02603",
            train=("wnut17train.conll", 493_781, "731820e13f71af324c6b55a1575ec2ce59fbaa2a0806f8f0400b98d56cd6a7a5"),
            dev=("emerging.dev.conll", 114_749, "e053b752b8155113ca66e7db08af5f2f5f43ab993694e4774f1ec5bad42312d8"),
            test=(
                "emerging.test.annotated",
                192_425,
                "2aa79b764e56ec9264a1b30fdd9b70195bd00ff400b62edd8f399d5f13c178f0",
            ),
        ),
    ),
    DataSet(
        "glove",
        "GloVe 6B: vectors of 400,000 lower-cased English words, from Wikipedia 2014 and Gigaword 5",
        "PDDL 1.0",
        "https://nlp.stanford.edu/projects/glove/",
        {
            "50d": _glove("50d", 171_350_079, "d8f717f8dd4b545cb7f418ef9f3d0c3e6e68a6f48b97d32f8b7aae40cb31f96f"),
            "100d": _glove("100d", 347_116_733, "95dde4dfd627ab26608d33e76d1195ec059734bd29089ea52cadb08d07c64544"),
            "200d": _glove("200d", 693_432_828, "18870b0a7516e4a72b44d3c226c242d2d846008967d8ce40b94c723a94d1a32b"),
            "300d": _glove("300d", 1_037_962_819, "91125602f730fea7ca768736c6f442e668b49db095682bf2aad375db061c21ed"),
        },
    ),
)
CATALOGUE = {data_set.name: data_set for data_set in _SETS}


def format_catalogue() -> str:
    """The catalogue as text: of each data set its files' references, what it is, its licence and its source."""
    return "\n\n".join(
        f"{data_set.name}  {data_set.about}\n"
        f"  files    {', '.join(f'{data_set.name}:{split}' for split in data_set.files)}\n"
        f"  size     {_megabytes(sum(file.size for file in _downloads(data_set)))} to download\n"
        f"  licence  {data_set.licence}\n"
        f"  source   {data_set.source}"
        for data_set in CATALOGUE.values()
    )


def resolve(path: str, *, listen: Listener | None = None) -> Path | None:
    """The local file that a reference such as `ewt:train` names, fetched if it is not here; None for any other path.

    Raises:
        DataError: no such data set or split, or it cannot be fetched.
    """
    if not (reference := REFERENCE.fullmatch(path)):
        return None
    return fetch(path, listen=listen)[reference[2]]


def fetch(name: str, *, listen: Listener | None = None) -> dict[str, Path]:
    """The local files of a data set by split; what is here already, with the right checksum, asks no server.

    Args:
        name: of the data set, or a reference to one of its splits.
        listen: is told how a download goes on; without it, large files are told of in lines.

    Raises:
        DataError: no such data set or split; a file cannot be reached, has changed, or cannot be written.
    """
    import pooch

    name, _, split = name.partition(":")
    data_set = _choose(name, CATALOGUE, "data set")
    files = {split: _choose(split, data_set.files, f"split of {name}")} if split else data_set.files
    pooch.get_logger().setLevel(logging.WARNING)  # what it tells, this module tells
    known = {_key(data_set, file): file for file in (*_downloads(data_set), *data_set.files.values())}
    store = pooch.create(
        path=pooch.os_cache("tagger"),
        env="TAGGER_DATA_DIR",
        base_url="",
        urls={key: _address(data_set, file) for key, file in known.items()},
        registry={key: f"sha256:{file.sha256}" for key, file in known.items()},
        retry_if_failed=N_RETRIES,
    )
    if not all((store.abspath / _key(data_set, file)).exists() for file in files.values()):
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


def _downloads(data_set: DataSet) -> tuple[File, ...]:
    return tuple(dict.fromkeys(file.archive or file for file in data_set.files.values()))


def _key(data_set: DataSet, file: File) -> str:
    return f"{data_set.name}/{file.name}"


def _address(data_set: DataSet, file: File) -> str:
    base = os.environ.get("TAGGER_DATA_URL")
    if not base:
        return file.url
    if not base.startswith(("http://", "https://")):
        raise DataError(f"TAGGER_DATA_URL: should be an address that starts with http:// or https://, got {base!r}")
    return f"{base.rstrip('/')}/{_key(data_set, file.archive or file)}"


def _fetch(store: Any, data_set: DataSet, file: File, listen: Listener | None) -> Path:
    """A file in its place; `store` is a Pooch, which looks there, tries again, and moves what is whole into place."""
    import requests

    key = _key(data_set, file)
    path, url = Path(store.abspath / key), store.get_url(key)
    by_hand = f"put the file at {path} by hand, or set TAGGER_DATA_URL to a mirror that has {key}"

    def get(url: str, unfinished: str, store: Any) -> None:
        if path.exists():
            log.warning("%s: differs from its checksum and is replaced", path)
        if file.archive:
            archive = _fetch(store, data_set, file.archive, listen)
            log.info("unpacking %s (%s)", file.name, _megabytes(file.size))
            with zipfile.ZipFile(archive) as members, members.open(file.name) as member, open(unfinished, "wb") as out:
                shutil.copyfileobj(member, out, CHUNK)
        else:
            try:
                _download(url, unfinished, file, listen)
            except requests.RequestException as error:
                status = error.response.status_code if error.response is not None else 0
                if status in range(400, 500) and status not in (408, 429):
                    raise _unreachable(url, error, by_hand) from error  # to ask again would not help
                log.warning("%s: %s", file.name, _reason(error))
                raise
        _verify(Path(unfinished), file, url, by_hand)
        Path(unfinished).chmod(0o644)  # a temporary file is for its maker only, and a cache may be shared

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
    import pooch
    import requests

    log.info("fetching %s (%s) from %s", file.name, _megabytes(file.size), url)
    answers: list[requests.Response] = []

    def note(answer: requests.Response, **options: object) -> None:
        answers.append(answer)

    download = pooch.HTTPDownloader(
        progressbar=_Progress(file, listen), chunk_size=CHUNK, timeout=TIMEOUTS, hooks={"response": note}
    )
    try:
        download(url, unfinished, None)
    finally:
        for answer in answers:
            answer.close()  # pooch leaves the connection of a download that breaks off open


class _Progress:
    """What pooch takes for a progress bar."""

    total = 0  # pooch writes Content-Length here, which counts compressed bytes: the catalogue's size does not

    def __init__(self, file: File, listen: Listener | None) -> None:
        self.file = file
        self.listen = listen or self._tell_steps
        self.n_bytes = self.n_told = 0

    def update(self, n_bytes: int) -> None:
        self.n_bytes = min(self.n_bytes + n_bytes, self.file.size)
        self.listen(self.file.name, self.n_bytes, self.file.size)

    def reset(self) -> None:
        """Pooch starts again from 0 to fill its bar at the end; ours is full by then, or `close` fills it."""

    def close(self) -> None:
        self.listen(self.file.name, self.file.size, self.file.size)

    def _tell_steps(self, name: str, n_bytes: int, size: int) -> None:
        if n_bytes - self.n_told >= STEP:
            self.n_told = n_bytes
            log.info("%s: %s of %s", name, _megabytes(n_bytes), _megabytes(size))


def _verify(path: Path, file: File, url: str, by_hand: str) -> None:
    with path.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    if sha256 != file.sha256:
        raise DataError(
            f"{url}: {file.name} differs from the catalogue's\n"
            f"  expected  SHA-256 {file.sha256}, {file.size:,} bytes\n"
            f"  got       SHA-256 {sha256}, {path.stat().st_size:,} bytes",
            f"try again; if it has changed there, {by_hand}, or use the new one under a path of your own",
        )


def _unreachable(url: str, error: Exception, by_hand: str) -> DataError:
    return DataError(f"{url}: cannot be fetched: {_reason(error)}", by_hand)


def _reason(error: BaseException) -> str:
    """Why a request or a write failed, in few words: libraries wrap what the system or the server said."""
    causes = list(_causes(error))
    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answers {response.status_code} {response.reason}"
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return "the server does not answer in time"
    told = [cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror]
    return told[-1] if told else f"the download breaks off ({causes[-1]})"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _megabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:,.1f} MB"
