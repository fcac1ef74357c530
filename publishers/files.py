"""Write files so that a reader, or a power cut, never finds half of one."""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from scraper.errors import LockedError, StorageError

#: How often, and after how many seconds each time, a lock is tried again.
LOCK_TRIES = 60
LOCK_PAUSE = 0.5


def storage_error(error: OSError, path: Path, doing: str = "write") -> StorageError:
    """Return the error that tells an operator which path could not be written."""
    return StorageError(f"cannot {doing} {path}: {error.strerror or error}")


def write_atomic(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Put ``content`` at ``path``: the old file or the new one, nothing between.

    Raises:
        StorageError: it cannot be written; the old file, if any, is untouched.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.unlink(missing_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            write_all(handle, content)
        finally:
            os.close(handle)
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise storage_error(error, path) from error


def write_all(handle: int, content: bytes) -> None:
    """Write everything to an open file and wait until the disk has it."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]
    os.fsync(handle)


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the folder's list of names."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def locked(path: Path, what: str, sleep: Callable[[float], None]) -> Iterator[None]:
    """Hold the lock file ``path``, which is made when absent and stays.

    The system lets go of it when the process that holds it ends, however it ends.

    Raises:
        LockedError: another process is at work on ``what``, and goes on.
        StorageError: the file cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise storage_error(error, path) from error
    try:
        for _ in range(LOCK_TRIES):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                sleep(LOCK_PAUSE)
        else:
            raise LockedError(f"another process is at work on {what}")
        yield
    finally:
        os.close(handle)
