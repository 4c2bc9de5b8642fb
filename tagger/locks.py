"""Locks of files and folders: one writer at a time.

A lock is a file that a process keeps locked. The system releases it when the process ends, even if it is killed, so a
file that was left behind is no lock. Its content is the id of the process.
"""

import contextlib
import errno
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tagger.border.regular import NotRegularError, open_in_place
from tagger.errors import TaggerError
from tagger.files import writing
from tagger.terminal_text import command_line

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

BYTE = 1 << 30  # the byte that Windows locks, beyond the content, which others may then still read
HELD = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}
WITHOUT_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}

log = logging.getLogger("tagger")

_held: set[int] = set()  # descriptors of the locks that this process holds


@contextmanager
def locked(
    target: Path, path: Path, refusal: Callable[[str], TaggerError], *, keeps_file: bool = False
) -> Iterator[None]:
    """Hold a lock, and remove its file at the end.

    Args:
        target: what the lock protects, for messages.
        path: path of the lock's file, in an existing folder.
        refusal: function from the process that holds the lock, such as "process 7", to the error to raise.
        keeps_file: whether the file stays.

    Raises:
        TaggerError: another process, or another thread of this one, holds the lock, or the file cannot be opened.
    """
    process = os.getpid()
    with writing(target):
        try:
            descriptor = _open_locked(path, refusal)
        except NotRegularError as error:
            removal = command_line("rm", *(["-r"] if path.is_dir() and not path.is_symlink() else []), path)
            raise TaggerError(f"{path}: cannot be locked: {error.strerror}", f"remove it: {removal}") from None
    _held.add(descriptor)
    try:
        with contextlib.suppress(OSError):  # on a full disk the lock has no content
            os.ftruncate(descriptor, 0)
            os.write(descriptor, str(process).encode())
        yield
    finally:
        if process == os.getpid():  # not a forked process
            _held.discard(descriptor)
            _release(descriptor, path, keeps_file=keeps_file)


def is_locked(path: Path) -> bool:
    """Whether a process holds a lock; a lock that cannot be written can be asked, too."""
    try:
        descriptor = open_in_place(path, os.O_RDONLY)
    except (FileNotFoundError, NotRegularError):
        return False
    try:
        return not _lock(descriptor, path, shared=True)
    finally:
        os.close(descriptor)


def _open_locked(path: Path, refusal: Callable[[str], TaggerError]) -> int:
    """Open and lock a file, created if missing, and return its descriptor."""
    while True:
        descriptor = open_in_place(path, os.O_RDWR | os.O_CREAT)
        try:
            if not _lock(descriptor, path):
                holder = os.read(descriptor, 20)
                raise refusal(f"process {int(holder)}" if holder.isdigit() else "another process")
            # The process that held the lock before may have removed the file since it was opened here.
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _lock(descriptor: int, path: Path, *, shared: bool = False) -> bool:
    """Lock an open file without waiting; False if another process has locked it."""
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            os.lseek(descriptor, 0, os.SEEK_SET)
        else:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        if sys.platform == "win32":
            os.lseek(descriptor, 0, os.SEEK_SET)
        if error.errno in HELD:
            return False
        if error.errno not in WITHOUT_LOCKS:
            raise
        log.warning("%s: this file system has no locks, so nothing stops a second process that writes here", path)
    return True


def _release(descriptor: int, path: Path, *, keeps_file: bool) -> None:
    """Unlock and remove a file; an error, as of a folder that is gone, leaves no lock."""
    if sys.platform == "win32":  # an open file cannot be removed there, also not if another process opens it meanwhile
        os.close(descriptor)
    with contextlib.suppress(OSError):
        if not keeps_file:
            path.unlink()
    if sys.platform != "win32":  # removed while it is locked, so that nobody else can have locked it
        os.close(descriptor)


def _close_held() -> None:
    """Close the locks in a forked process, which would keep them if its parent died."""
    while _held:
        os.close(_held.pop())


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_close_held)
