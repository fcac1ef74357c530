"""Read the parts of a zipped XML document within limits; trust nothing it says."""

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from lxml import etree

from scraper.errors import DocumentError

#: Largest of each seen in 106 real documents: 32 entries, 15.9 MB, 19 MB, 34 times.
MAX_ENTRIES = 2_000
MAX_PART_BYTES = 64_000_000
MAX_TOTAL_BYTES = 128_000_000
MAX_RATIO = 200
#: Below this a part may inflate by any factor: it costs nothing.
RATIO_FREE_BYTES = 8_000_000

#: Bytes inflated at a time.
_STEP = 1_000_000
#: Bytes parsed at a time: elements that were given are freed before more are made.
_FEED = 16_384
#: Up to here a part is parsed at once, which is faster; in memory it is ten times as
#: long. Source: nine in ten sections of real documents are shorter (October 2026).
_SHORT = 500_000
_ENCRYPTED_FLAG = 1
#: Characters of a name or an error that are told.
_TOLD = 100

#: What zipfile and zlib raise on input made or damaged to upset them.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class Package:
    """A zip file in memory; counts what has been inflated so far."""

    def __init__(self, data: bytes) -> None:
        """Open ``data``.

        Raises:
            DocumentError: ``broken``, ``encrypted`` or ``too_large``.
        """
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGE as error:
            reason = f"not a readable zip: {_told(error)}"
            raise DocumentError("broken", reason) from error
        entries = self._zip.infolist()
        if len(entries) > MAX_ENTRIES:
            raise DocumentError("too_large", f"{len(entries)} entries in the zip")
        self._entries = {entry.filename: entry for entry in entries}
        self._packed = len(data)
        self._read = 0

    def __contains__(self, name: str) -> bool:
        """Tell whether the zip has an entry of that name."""
        return name in self._entries

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all entries, in the zip's order."""
        return tuple(self._entries)

    def read(self, name: str) -> bytes:
        """Return the whole entry ``name``, which must be there.

        Raises:
            DocumentError: ``broken``, ``encrypted`` or ``too_large``.
        """
        entry = self._entries[name]
        if entry.flag_bits & _ENCRYPTED_FLAG:
            raise DocumentError("encrypted", f"{name} is encrypted")
        packed = max(1, min(entry.compress_size, self._packed))
        try:
            return self._inflate(entry, packed)
        except _DAMAGE as error:
            reason = f"{name[:_TOLD]} is damaged: {_told(error)}"
            raise DocumentError("broken", reason) from error

    def _inflate(self, entry: zipfile.ZipInfo, packed: int) -> bytes:
        steps: list[bytes] = []
        size = 0
        with self._zip.open(entry) as stream:
            while step := stream.read(_STEP):
                size += len(step)
                self._read += len(step)
                if size > MAX_PART_BYTES or self._read > MAX_TOTAL_BYTES:
                    raise DocumentError("too_large", f"{entry.filename} is too large")
                if size > RATIO_FREE_BYTES and size > packed * MAX_RATIO:
                    raise DocumentError("too_large", f"{entry.filename} is a zip bomb")
                steps.append(step)
        return b"".join(steps)


def _told(error: Exception) -> str:
    """Return what an error says; some quote the file at length."""
    return str(error)[:_TOLD]


# --- XML, on its guard ------------------------------------------------------------


#: The encoding is fixed so that a DOCTYPE cannot hide in another one.
_GUARDED: Mapping[str, Any] = {
    "encoding": "utf-8",
    "resolve_entities": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def _check(data: bytes, name: str) -> None:
    if b"<!DOCTYPE" in data:
        raise DocumentError("broken", f"{name} brings a document type of its own")


def _refusal(error: etree.XMLSyntaxError, name: str) -> DocumentError:
    """Tell XML that is too deep or too long for the parser from XML that is wrong."""
    reason = " ".join((error.msg or "no XML").split())
    status = "too_large" if "XML_PARSE_HUGE" in reason else "broken"
    return DocumentError(status, f"{name}: {reason}")


def parse_xml(data: bytes, name: str) -> etree._Element:
    """Return the root of the XML part ``name``.

    Raises:
        DocumentError: ``broken``, or ``too_large`` if it is too deep.
    """
    _check(data, name)
    try:
        return etree.fromstring(data, etree.XMLParser(collect_ids=False, **_GUARDED))
    except etree.XMLSyntaxError as error:
        raise _refusal(error, name) from error


def top_elements(data: bytes, name: str) -> Iterator[etree._Element]:
    """Give each paragraph (or table) right below the root; free a long part's memory.

    Raises:
        DocumentError: as :func:`parse_xml`.
    """
    if len(data) <= _SHORT:
        yield from parse_xml(data, name).iterchildren("{*}p", "{*}tbl")
        return
    for element in _finished(data, name, "{*}p", "{*}tbl"):
        root = element.getparent()
        if root is None or root.getparent() is not None:
            continue
        yield element
        element.clear()
        while element.getprevious() is not None:
            del root[0]


def elements(
    data: bytes, name: str, wanted: Sequence[str], passed: Sequence[str] = ()
) -> Iterator[etree._Element]:
    """Give each element with a wanted name, wherever it is; free a long part's memory.

    Args:
        data: The part.
        name: What it is called in errors.
        wanted: Names without a namespace.
        passed: Those of other elements that take much memory.

    Raises:
        DocumentError: as :func:`parse_xml`.
    """
    if len(data) <= _SHORT:
        yield from parse_xml(data, name).iter(*map(_anywhere, wanted))
        return
    for element in _finished(data, name, *map(_anywhere, (*wanted, *passed))):
        if local_name(element) in wanted:
            yield element
        element.clear()


def _anywhere(name: str) -> str:
    return f"{{*}}{name}"


def _finished(data: bytes, name: str, *tags: str) -> Iterator[etree._Element]:
    """Give each element with one of these names as soon as it is whole."""
    _check(data, name)
    parser = etree.XMLPullParser(
        events=("end",), tag=tags, collect_ids=False, **_GUARDED
    )
    try:
        for start in range(0, len(data), _FEED):
            parser.feed(data[start : start + _FEED])
            yield from _events(parser)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise _refusal(error, name) from error
    yield from _events(parser)


def _events(parser: etree.XMLPullParser) -> Iterator[etree._Element]:
    for _, element in parser.read_events():
        if isinstance(element, etree._Element):
            yield element


@lru_cache(maxsize=1024)
def local(tag: object) -> str:
    """Return the local name in a tag, without its namespace; "" if it is none.

    Where thousands are asked for, this saves the call of :func:`local_name`.
    """
    return tag[tag.rfind("}") + 1 :] if isinstance(tag, str) else ""


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace; "" if it has none."""
    return local(element.tag)
