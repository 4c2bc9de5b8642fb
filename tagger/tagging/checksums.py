"""SHA256SUMS of a bundle: the list of its files with their checksums, in the format of `sha256sum`."""

import hashlib
from pathlib import Path

from tagger.errors import BundleError

CHECKSUMS = "SHA256SUMS"


def write_checksums(folder: Path) -> None:
    """List all files of a folder with their checksums."""
    files = sorted(folder.iterdir())
    sums = "".join(f"{_sha256(path.read_bytes())}  {path.name}\n" for path in files)
    (folder / CHECKSUMS).write_text(sums, encoding="utf-8")


def read_listed_files(folder: Path) -> dict[str, bytes]:
    """Read the content of each listed file by name; a file that is not listed is not read.

    Raises:
        BundleError: a file is missing, unreadable, outside the folder or differs from its checksum.
    """
    files: dict[str, bytes] = {}
    try:
        for line in _read(folder, CHECKSUMS).decode("utf-8").splitlines():
            expected, _, name = line.partition("  ")
            files[name] = _read(folder, name)
            if _sha256(files[name]) != expected:
                raise BundleError(
                    f"{folder / name}: differs from its checksum in {CHECKSUMS}: changed or damaged",
                    "copy the tagger again, or train it again",
                )
    except OSError as error:
        raise BundleError(f"{error.filename}: cannot be read: {error.strerror}") from None
    except ValueError:  # bytes that are not UTF-8, or a name with a null character
        raise BundleError(f"{folder / CHECKSUMS}: not a list of checksums") from None
    return files


def _read(folder: Path, name: str) -> bytes:
    path = folder / name
    # A path or a link out of the folder would let a stranger's bundle read any file.
    if Path(name).name != name or path.is_symlink() or (path.exists() and not path.is_file()):
        raise BundleError(f"{folder}: {name!r} is not the name of a regular file in the bundle")
    return path.read_bytes()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
