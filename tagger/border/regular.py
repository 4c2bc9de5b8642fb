"""Regular files, opened without waiting: a pipe, a device or a folder in place of a file is an error.

What is written follows no link either: in a stranger's folder, it would change a file elsewhere. The errors are
OSErrors whose `strerror` says what the path is, so they are reported as any other file that cannot be read or written.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

MB = 1 << 20

KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISLNK, "a link"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
# A pipe is opened without waiting for its other end; the flags are 0 where the system has no such files.
FLAGS = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY"))
NO_LINK = getattr(os, "O_NOFOLLOW", 0)
LINK = "it is a link, which could lead anywhere (`cp -rL` copies a folder without links)"


class NotRegularError(OSError):
    """Something else than a regular file has the name of one; `strerror` says what."""


@contextmanager
def open_regular(path: Path, *, limit: int, within: Path | None = None) -> Iterator[BinaryIO]:
    """Open a regular file to read its bytes.

    Args:
        path: path of the file.
        limit: highest size in bytes.
        within: folder that the file should be in; a link below it, which could lead out of it, is an error.

    Raises:
        OSError: it is missing, not a regular file, too large, or a link where none is allowed.
    """
    if within is not None:
        _refuse_links(path, within)
    descriptor = _open(path, os.O_RDONLY | (NO_LINK if within else 0))
    with open(descriptor, "rb") as file:
        if os.fstat(descriptor).st_size > limit:
            raise _too_large(path, limit)
        yield file


def read_regular(path: Path, *, limit: int, within: Path | None = None) -> bytes:
    """Read a regular file; arguments and errors as for `open_regular`."""
    with open_regular(path, limit=limit, within=within) as file:
        content = file.read(os.fstat(file.fileno()).st_size)
        while len(content) <= limit and (rest := file.read(MB)):  # it has grown, or the system does not know its size
            content += rest
    if len(content) > limit:
        raise _too_large(path, limit)
    return content


def open_new(path: Path) -> BinaryIO:
    """Create a file to write its bytes; a file or link that has its name is removed before.

    Raises:
        OSError: it cannot be created, or a folder has its name.
    """
    path.unlink(missing_ok=True)
    return path.open("xb")


def open_to_append(path: Path) -> BinaryIO:
    """Open a file to read its bytes and to append others; errors as for `open_in_place`."""
    return open(open_in_place(path, os.O_RDWR | os.O_APPEND | os.O_CREAT), "a+b")


def open_in_place(path: Path, flags: int) -> int:
    """The descriptor of a file that is changed in place.

    Args:
        path: path of the file.
        flags: flags of `os.open`; `O_CREAT` creates a missing file.

    Raises:
        NotRegularError: it is a link, or another thing than a regular file.
        OSError: it cannot be opened.
    """
    try:
        return _open(path, flags | NO_LINK)
    except OSError:
        if path.is_symlink():
            raise _not_regular(path, "a link") from None
        raise


def make_folder(folder: Path) -> None:
    """Create a folder in one that exists, or leave it as it is.

    Raises:
        OSError: it cannot be created, or is a link, which could lead anywhere.
    """
    if folder.is_symlink():
        raise NotRegularError(errno.EINVAL, LINK, str(folder))
    folder.mkdir(exist_ok=True)


def links(folder: Path) -> list[Path]:
    """The links in a folder, in alphabetical order; none if there is no such folder."""
    return sorted(path for path in folder.iterdir() if path.is_symlink()) if folder.is_dir() else []


def _open(path: Path, flags: int) -> int:
    """The descriptor of a regular file."""
    try:
        descriptor = os.open(path, FLAGS | flags, 0o666)
    except OSError:
        if kind := _kind(path):  # a socket, or a device without a driver, cannot even be opened
            raise _not_regular(path, kind) from None
        raise
    mode = os.fstat(descriptor).st_mode  # of the open file: the path may have changed since
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise _not_regular(path, _name(mode))
    return descriptor


def _refuse_links(path: Path, folder: Path) -> None:
    *parents, name = path.relative_to(folder).parts or (".",)
    if name in ("..", ".") or ".." in parents:
        raise OSError(errno.EINVAL, "it is not the name of a file in the folder", str(path))
    for part in (*parents, name):
        folder = folder / part
        if folder.is_symlink():
            raise NotRegularError(errno.EINVAL, LINK, str(folder))


def _kind(path: Path) -> str | None:
    try:
        mode = path.lstat().st_mode
    except (OSError, ValueError):
        return None
    return None if stat.S_ISREG(mode) or stat.S_ISLNK(mode) else _name(mode)


def _name(mode: int) -> str:
    return next((name for is_kind, name in KINDS if is_kind(mode)), "a special file")


def _not_regular(path: Path, kind: str) -> NotRegularError:
    return NotRegularError(errno.EINVAL, f"it is {kind}, not a regular file", str(path))


def _too_large(path: Path, limit: int) -> OSError:
    return OSError(errno.EFBIG, f"it is larger than {limit // MB:,} MB", str(path))
