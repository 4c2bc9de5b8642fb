"""SHA256SUMS of a bundle: the list of its files with their checksums, in the format of `sha256sum`."""

import hashlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from tagger.border.regular import read_regular
from tagger.border.sizes import SIZES, TABLE
from tagger.errors import BundleError

T = TypeVar("T")

CHECKSUMS = "SHA256SUMS"
LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def write_checksums(folder: Path) -> None:
    """List all files of a folder with their checksums."""
    files = sorted(folder.iterdir())
    sums = "".join(f"{_sha256(path.read_bytes())}  {path.name}\n" for path in files)
    (folder / CHECKSUMS).write_text(sums, encoding="utf-8")


class BundleFiles:
    """Files of a bundle, each read when it is asked for; a file that is not listed, or not needed, is not read.

    Args:
        folder: the bundle.
        saved: content of its files by name, as `content` had it, instead of the folder, which need not exist then.

    Raises:
        BundleError: the list cannot be read.
    """

    def __init__(self, folder: Path, saved: Mapping[str, bytes] | None = None) -> None:
        self.folder, self._saved = folder, saved
        self.content = {CHECKSUMS: self._read(CHECKSUMS)}
        self._sums = _parse_checksums(self.content[CHECKSUMS], folder)

    def __contains__(self, name: str) -> bool:
        """Whether a file is listed."""
        return name in self._sums

    def read(self, name: str) -> bytes:
        """Content of a file.

        Raises:
            BundleError: it is missing, unreadable, a link, not a regular file, or differs from its checksum.
        """
        if name not in self._sums:
            raise BundleError(f"{self.folder}: {name} is missing, or not listed in {CHECKSUMS}")
        if name not in self.content:
            content = self._read(name)
            if _sha256(content) != self._sums[name]:
                raise BundleError(
                    f"{self.folder / name}: differs from its checksum in {CHECKSUMS}: changed or damaged",
                    "copy the tagger again, or train it again",
                )
            self.content[name] = content
        return self.content[name]

    def _read(self, name: str) -> bytes:
        if self._saved is None:
            return _read(self.folder, name)
        if name not in self._saved:
            raise BundleError(f"{self.folder / name}: is missing")
        return self._saved[name]

    def parse(self, name: str, parse: Callable[[str], T]) -> T:
        """Parse the text of a file.

        Raises:
            BundleError: also if it is not UTF-8, or `parse` raises ValueError.
        """
        content = self.read(name)
        try:
            return parse(content.decode("utf-8"))
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise BundleError(f"{self.folder / name}: not UTF-8 (at line {line})") from None
        except ValueError as error:
            raise BundleError(f"{self.folder / name}: {error}") from None


def _parse_checksums(content: bytes, folder: Path) -> dict[str, str]:
    sums: dict[str, str] = {}
    lines = content.decode("utf-8", "surrogateescape").split("\n")
    for number, line in enumerate(lines[:-1] if lines[-1] == "" else lines, start=1):
        where = f"{folder / CHECKSUMS}: line {number}"
        if not (parts := LINE.fullmatch(line)) or not line.isprintable():
            raise BundleError(f"{where}: expected a checksum, two spaces and the name of a file")
        # A path would let a stranger's bundle read any file.
        if parts[2] in (".", "..") or Path(parts[2]).name != parts[2]:
            raise BundleError(f"{where}: {parts[2]!r} is not the name of a file in the bundle")
        if parts[2] in sums:
            raise BundleError(f"{where}: {parts[2]!r} is listed twice")
        sums[parts[2]] = parts[1]
    return sums


def _read(folder: Path, name: str) -> bytes:
    try:
        return read_regular(folder / name, limit=SIZES.get(name, TABLE), within=folder)
    except OSError as error:
        raise BundleError(f"{folder / name}: cannot be read: {error.strerror}") from None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
