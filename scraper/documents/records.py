"""The records that the streams of an HWP 5 document consist of.

A record has a tag, a level and a body; what follows with a higher level belongs to it.
Source: Hancom's published description of the format, revision 1.3.
"""

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from scraper.errors import DocumentError

#: Records of one document; real documents have up to 18,000.
MAX_RECORDS = 500_000

# Tags of DocInfo.
DOCUMENT_PROPERTIES, DISTRIBUTE_DOC_DATA = 16, 28
NUMBERING, BULLET, PARA_SHAPE = 23, 24, 25
# Tags of sections.
PARA_HEADER, PARA_TEXT, PARA_RANGE_TAG = 66, 67, 70
CTRL_HEADER, LIST_HEADER = 71, 72
SHAPE_COMPONENT, TABLE = 76, 77
OLE, PICTURE, EQEDIT, MEMO_LIST, CHART, VIDEO = 84, 85, 88, 93, 95, 98

#: A size of this value says that the real one follows in four bytes.
_LONG = 0xFFF


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one stream, in its order; a record is known by its index."""

    data: bytes
    tags: "array[int]"
    #: Where each body starts and ends in ``data``.
    starts: "array[int]"
    ends: "array[int]"
    #: The first record behind each that does not belong to it.
    behind: "array[int]"

    def __len__(self) -> int:
        """Return how many records there are."""
        return len(self.tags)

    def body(self, record: int) -> bytes:
        """Return the bytes of a record without its header."""
        return self.data[self.starts[record] : self.ends[record]]

    def roots(self) -> Iterator[int]:
        """Give the records that belong to no other."""
        return self._between(0, len(self))

    def children(self, record: int) -> Iterator[int]:
        """Give the records that belong to ``record`` itself."""
        return self._between(record + 1, self.behind[record])

    def _between(self, at: int, stop: int) -> Iterator[int]:
        while at < stop:
            yield at
            at = self.behind[at]


def read_records(data: bytes, limit: int = MAX_RECORDS) -> Records:
    """Return the records in ``data``, at most ``limit``.

    Raises:
        DocumentError: ``broken`` or ``too_large``.
    """
    tags, levels = array("H"), array("H")
    starts, ends = array("I"), array("I")
    at, length = 0, len(data)
    while at + 4 <= length:
        (head,) = struct.unpack_from("<I", data, at)
        at += 4
        size = head >> 20
        if size == _LONG and at + 4 <= length:
            (size,) = struct.unpack_from("<I", data, at)
            at += 4
        if at + size > length:
            raise DocumentError("broken", "a record is cut off")
        if len(tags) == limit:
            raise DocumentError("too_large", "more records than any release has")
        tags.append(head & 0x3FF)
        levels.append(head >> 10 & 0x3FF)
        starts.append(at)
        at += size
        ends.append(at)
    return Records(data, tags, starts, ends, _behind(levels))


def _behind(levels: "array[int]") -> "array[int]":
    found = array("I", bytes(4 * len(levels)))
    above: list[int] = []
    for record, level in enumerate(levels):
        while above and levels[above[-1]] >= level:
            found[above.pop()] = record
        above.append(record)
    for record in above:
        found[record] = len(levels)
    return found


# --- fields of a body -------------------------------------------------------------


def number(body: bytes, at: int, size: int) -> int:
    """Return the unsigned number of ``size`` bytes at ``at``; 0 behind the end."""
    return int.from_bytes(body[at : at + size], "little")


def counted_text(body: bytes, at: int) -> str:
    """Return the text at ``at``, whose length in UTF-16 units stands before it."""
    end = at + 2 + 2 * number(body, at, 2)
    return body[at + 2 : end].decode("utf-16-le", "replace").replace("\0", "")
