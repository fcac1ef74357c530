"""Texts of documents read before, so that ``scrape reparse`` reads none twice.

A folder for each version of the readers; in it a file for each document, named by its
sha256: the encoded text, compressed. Only successes are kept: a refusal costs little,
and some have causes that pass.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from scraper.archive import write_atomically
from scraper.documents import wire
from scraper.errors import DocumentError, StorageError
from scraper.model import Document

#: Largest text kept; more than any worker answers.
MAX_BYTES = 64 * 1024 * 1024


class Cache:
    """Asks ``extract`` only for what it does not know yet."""

    def __init__(
        self, folder: Path, version: str, extract: Callable[[bytes], Document]
    ) -> None:
        self._folder = folder / version
        self._extract = extract

    def extract(self, data: bytes) -> Document:
        """Return the whole text of a document; raises as the function behind does.

        Raises:
            StorageError: a new text cannot be written.
        """
        digest = hashlib.sha256(data).hexdigest()
        path = self._folder / digest[:2] / f"{digest[2:]}.z"
        known = _read(path)
        if known is not None:
            return known
        document = self._extract(data)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(path, zlib.compress(wire.encode(document), 6))
        except OSError as error:
            raise StorageError(f"cannot write {path}: {error.strerror}") from error
        return document


def _read(path: Path) -> Document | None:
    """Return the text in a file; ``None`` if there is none that we wrote."""
    try:
        packed = path.read_bytes()
    except OSError:
        return None
    try:
        return wire.decode(zlib.decompressobj().decompress(packed, MAX_BYTES))
    except (zlib.error, ValueError, DocumentError):
        return None


def prune(folder: Path, version: str, oldest: datetime) -> tuple[int, int]:
    """Delete texts of other versions and those written before ``oldest``.

    Returns:
        How many were deleted, and the bytes of disk that freed.

    Raises:
        StorageError: one cannot be deleted.
    """
    count = freed = 0
    try:
        for path in list(_files(folder)):
            found = path.stat()
            current = path.parent.parent.name == version
            if not current or found.st_mtime < oldest.timestamp():
                path.unlink()
                count, freed = count + 1, freed + found.st_size
        for place in sorted(folder.rglob("*"), reverse=True):
            if place.is_dir() and not any(place.iterdir()):
                place.rmdir()
    except OSError as error:
        raise StorageError(f"{error.filename}: {error.strerror}") from error
    return count, freed


def _files(folder: Path) -> Iterator[Path]:
    """Yield what :class:`Cache` wrote there, and what a crash left of it."""
    return (path for path in folder.glob("*/??/*") if path.is_file())
