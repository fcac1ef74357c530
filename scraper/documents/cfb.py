"""Streams of a compound file (OLE, the container of HWP 5), trusting nothing in it.

Written for files that are made to hurt: no recursion, every chain of sectors bounded
by the file's own size, so that no stream is longer than the file.
"""

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from scraper.errors import DocumentError

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Storages and streams; real documents have up to some hundred, one for each picture.
MAX_ENTRIES = 2_000
#: Storages inside each other that are looked into; HWP needs two.
_MAX_DEPTH = 3

_HEADER_BYTES = 512
_ENTRY_BYTES = 128
_MINI_SECTOR_SHIFT = 6
_LAST_SECTOR = 0xFFFFFFFE
#: Sector numbers from here on mark something: end, free, table.
_FIRST_MARK = 0xFFFFFFFA
_STORAGE, _STREAM, _ROOT = 1, 2, 5


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class Container:
    """A compound file in memory."""

    def __init__(self, data: bytes) -> None:
        """Open ``data``.

        Raises:
            DocumentError: ``broken`` or ``too_large``.
        """
        if len(data) < _HEADER_BYTES or not data.startswith(MAGIC):
            raise _broken("no header")
        major, shift = struct.unpack_from("<H2xH", data, 26)
        if shift not in (9, 12):
            raise _broken("odd sector size")
        self._data = data
        self._shift = shift
        self._sectors = (len(data) - 1 >> shift) + 1
        directory, self._cutoff, mini, mini_count = struct.unpack_from(
            "<I4xI2I", data, 48
        )
        self._fat = self._sector_table()
        self._mini_fat = self._numbers(mini, mini_count) if mini_count else array("I")
        entries = self._entries(directory, long_sizes=major > 3)
        self._streams = dict(_streams(entries))
        root = entries[0]
        self._mini = self._chained(root.start, root.size) if root.size else b""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the paths of all streams, parts separated by ``/``, sorted."""
        return tuple(sorted(self._streams))

    def __contains__(self, name: str) -> bool:
        """Tell whether there is a stream of that path."""
        return name in self._streams

    def read(self, name: str) -> bytes:
        """Return the whole stream of that path, which must be there.

        Raises:
            DocumentError: ``broken``.
        """
        entry = self._streams[name]
        if entry.size == 0:
            return b""
        if entry.size >= self._cutoff:
            return self._chained(entry.start, entry.size)
        pieces: list[bytes] = []
        for number in _chain(entry.start, self._mini_fat, len(self._mini_fat)):
            pieces.append(_sector(self._mini, number, _MINI_SECTOR_SHIFT))
            if len(pieces) << _MINI_SECTOR_SHIFT >= entry.size:
                break
        return _whole(pieces, entry.size)

    def _chained(self, start: int, size: int) -> bytes:
        """Return ``size`` bytes of the chain of sectors that begins at ``start``."""
        wanted = (size - 1 >> self._shift) + 1
        pieces: list[bytes] = []
        for number in _chain(start, self._fat, self._sectors):
            pieces.append(_sector(self._data, number + 1, self._shift))
            if len(pieces) == wanted:
                break
        return _whole(pieces, size)

    def _sector_table(self) -> "array[int]":
        """Return the sector that follows each sector; no longer than the file needs."""
        table = array("I")
        for number in self._table_sectors():
            table.frombytes(self._numbers_at(number).tobytes())
            if len(table) >= self._sectors:
                break
        return table

    def _table_sectors(self) -> Iterator[int]:
        """Give the sectors that hold the table: the header's, then the chained ones."""
        yield from _sector_numbers(struct.unpack_from("<109I", self._data, 76))
        more, count = struct.unpack_from("<2I", self._data, 68)
        for _ in range(min(count, self._sectors)):
            if more >= _FIRST_MARK:
                return
            *numbers, more = self._numbers_at(more)
            yield from _sector_numbers(numbers)

    def _numbers(self, start: int, count: int) -> "array[int]":
        found = array("I")
        for number in _chain(start, self._fat, self._sectors):
            found.extend(self._numbers_at(number))
            if len(found) << 2 >= count << self._shift:
                break
        return found

    def _numbers_at(self, number: int) -> "array[int]":
        """Return the numbers in a sector."""
        sector = _sector(self._data, number + 1, self._shift)
        if len(sector) < 1 << self._shift:
            raise _broken("the file is cut off")
        return array("I", struct.unpack(f"<{len(sector) // 4}I", sector))

    def _entries(self, start: int, *, long_sizes: bool) -> list[_Entry]:
        found: list[_Entry] = []
        for number in _chain(start, self._fat, self._sectors):
            sector = _sector(self._data, number + 1, self._shift)
            for at in range(0, len(sector) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
                found.append(_entry(sector[at : at + _ENTRY_BYTES], long_sizes))
            if len(found) > 2 * MAX_ENTRIES:
                raise DocumentError("too_large", "too many entries in the file")
        if not found or found[0].kind != _ROOT:
            raise _broken("no root")
        return found


def _entry(data: bytes, long_sizes: bool) -> _Entry:
    length, kind, left, right, child = struct.unpack_from("<HBx3I", data, 64)
    start, size, high = struct.unpack_from("<3I", data, 116)
    name = data[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    # Files of version 3 may hold rubbish in the upper half.
    size |= high << 32 if long_sizes else 0
    return _Entry(name, kind, left, right, child, start, size)


def _streams(entries: list[_Entry]) -> Iterator[tuple[str, _Entry]]:
    """Give the streams with their paths; an entry that comes twice counts once."""
    waiting = [(entries[0].child, "", 1)]
    seen = {0}
    while waiting:
        number, folder, depth = waiting.pop()
        if number in seen or number >= len(entries):
            continue
        seen.add(number)
        if len(seen) > MAX_ENTRIES:
            raise DocumentError("too_large", "too many entries in the file")
        entry = entries[number]
        waiting += [(entry.left, folder, depth), (entry.right, folder, depth)]
        path = folder + entry.name
        if entry.kind == _STREAM:
            yield path, entry
        elif entry.kind == _STORAGE and depth < _MAX_DEPTH:
            waiting.append((entry.child, f"{path}/", depth + 1))


def _chain(start: int, table: "array[int]", limit: int) -> Iterator[int]:
    """Give the sectors of a chain; one that goes in circles is an error."""
    number = start
    for _ in range(limit):
        if number == _LAST_SECTOR:
            return
        if number >= len(table):
            raise _broken("a chain leaves the file")
        yield number
        number = table[number]
    if number != _LAST_SECTOR:
        raise _broken("a chain without an end")


def _sector_numbers(numbers: "tuple[int, ...] | list[int]") -> Iterator[int]:
    return (number for number in numbers if number < _FIRST_MARK)


def _sector(data: bytes, number: int, shift: int) -> bytes:
    """Return a sector; the last of a file may be shorter, those behind it empty."""
    return data[number << shift : number + 1 << shift]


def _whole(pieces: list[bytes], size: int) -> bytes:
    joined = b"".join(pieces)
    if len(joined) < size:
        raise _broken("a stream is cut off")
    return joined[:size]


def _broken(reason: str) -> DocumentError:
    return DocumentError("broken", f"not a readable HWP document: {reason}")
