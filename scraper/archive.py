"""Raw bytes as fetched, content-addressed and compressed, for ``scrape reparse``."""

import hashlib
import os
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from scraper.errors import StorageError

#: Largest thing kept; more than any download we accept.
MAX_BYTES = 256 * 1024 * 1024

#: Pages come out 7 % larger than by zlib's usual 6, in half the time.
LEVEL = 3


class Archive:
    """A folder of zlib files named by the sha256 of what they hold."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, body: bytes, packed: bytes = b"") -> str:
        """Keep ``body``; return its sha256 in hex. What is there already stays.

        ``packed`` is the same as a zlib stream, if somebody has packed it before: it is
        kept as it is, where it is of this body and not a waste of room.

        Raises:
            StorageError: it cannot be written.
        """
        digest = hashlib.sha256(body).hexdigest()
        path = self._path(digest)
        if path.exists() and self.get(digest) is not None:
            return digest
        try:
            if not _is_well_packed(body, packed):
                packed = zlib.compress(body, LEVEL)
            if not path.parent.is_dir():
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(path, packed)
        except OSError as error:
            raise StorageError(f"cannot write {path}: {error.strerror}") from error
        return digest

    def get(self, digest: str) -> bytes | None:
        """Return what :meth:`put` kept under ``digest``; ``None`` if it is gone.

        A file that does not inflate to the bytes of its name counts as gone.
        """
        try:
            packed = self._path(digest).read_bytes()
        except FileNotFoundError:
            return None
        try:
            body = zlib.decompressobj().decompress(packed, MAX_BYTES)
        except zlib.error:
            return None
        return body if hashlib.sha256(body).hexdigest() == digest else None

    def drop(self, digest: str) -> int:
        """Delete one thing; return the bytes of disk it freed (0 if it was gone)."""
        path = self._path(digest)
        try:
            size = path.stat().st_size
            path.unlink()
        except FileNotFoundError:
            return 0
        return size

    def is_older(self, digest: str, than: datetime) -> bool:
        """Tell whether a thing was put before a time, aware."""
        return self._path(digest).stat().st_mtime < than.timestamp()

    def digests(self) -> Iterator[str]:
        """Yield what is kept, in no order."""
        for path in self.folder.glob("??/*.z"):
            yield path.parent.name + path.stem

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / f"{digest[2:]}.z"


def _is_well_packed(body: bytes, packed: bytes) -> bool:
    """Tell whether a zlib stream ends in the checksum of ``body`` and saves half."""
    if not 0 < len(packed) * 2 <= len(body):
        return False
    return zlib.adler32(body) == int.from_bytes(packed[-4:], "big")


def write_atomically(path: Path, data: bytes, *, private: bool = True) -> None:
    """Write ``path`` so that after a crash it is whole, old or absent.

    ``private`` files are their owner's alone; others are as the umask has it.

    Raises:
        OSError: as the system says it; nothing of ``data`` is left behind.
    """
    folder = str(path.parent)
    name = f"{folder}/.new-{os.urandom(8).hex()}"
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if not private:
                os.fchmod(file.fileno(), 0o666 & ~_umask())
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
