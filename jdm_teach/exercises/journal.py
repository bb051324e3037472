"""Adding lines to a file so that none is lost: one write, under a lock, flushed to the disk, on a fresh line."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, and the browser build of Python
    fcntl = None  # type: ignore[assignment]
if not hasattr(fcntl, "flock"):
    # The browser build has the module in name only.
    fcntl = None  # type: ignore[assignment]
try:
    import msvcrt
except ImportError:
    msvcrt = None  # type: ignore[assignment]

__all__ = ["append_lines", "read_from"]

PATIENCE_S = 5.0
FAR = 0x7FFF0000  # a byte no record reaches: locking it on Windows leaves the text itself readable
NO_SYNC = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EROFS}


def append_lines(path: Path, text: str) -> None:
    """Adds whole lines to the end of a file. Raises OSError when the disk, folder or file does not allow it.

    The lock is waited for at most five seconds: a stopped kernel that still holds it must not hold up a learner,
    and an appending write stays whole without it. What an earlier, interrupted writer left half done stays as
    it is; the new text starts on a line of its own.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o600)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "this is not an ordinary file")
        locked = _lock(handle)
        try:
            size = os.fstat(handle).st_size
            fresh = size == 0 or _byte(handle, size - 1) == b"\n"
            rest = (text if fresh else "\n" + text).encode("ascii")
            while rest:
                rest = rest[os.write(handle, rest) :]
            _sync(handle)
        finally:
            if locked:
                _unlock(handle)
    finally:
        os.close(handle)


def read_from(path: Path, start: int) -> tuple[bytes, os.stat_result | None]:
    """What a file holds from a byte on, with the file's state; nothing and None when there is no file."""
    try:
        with open(path, "rb", opener=lambda p, f: os.open(p, f | getattr(os, "O_NONBLOCK", 0))) as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode):
                raise OSError(errno.EINVAL, "this is not an ordinary file")
            file.seek(start)
            return file.read(), state
    except FileNotFoundError:
        return b"", None


def _byte(handle: int, at: int) -> bytes:
    os.lseek(handle, at, os.SEEK_SET)
    return os.read(handle, 1)


def _sync(handle: int) -> None:
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in NO_SYNC:
            raise


def _lock(handle: int) -> bool:
    if fcntl is not None:
        return _patiently(lambda: fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB))
    if msvcrt is not None:
        return _patiently(lambda: _windows(handle, "LK_NBLCK"))
    return False


def _unlock(handle: int) -> None:
    with suppress(OSError):
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_UN)
        elif msvcrt is not None:
            _windows(handle, "LK_UNLCK")


def _windows(handle: int, mode: str) -> None:
    os.lseek(handle, FAR, os.SEEK_SET)
    msvcrt.locking(handle, getattr(msvcrt, mode), 1)  # type: ignore[attr-defined]


def _patiently(take: Callable[[], None]) -> bool:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            take()
            return True
        except OSError as error:
            # Anything but "someone else has it" means that this file system knows no locks.
            if error.errno not in {errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK} or time.monotonic() > end:
                return False
        time.sleep(0.002)
