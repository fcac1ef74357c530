"""The text of HWP 5 paragraphs: characters, controls among them, deleted parts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

from scraper.documents.glyphs import clean
from scraper.documents.hwp_styles import FORMS
from scraper.documents.lines import MAX_TEXT_BYTES
from scraper.documents.numbering import number_text
from scraper.documents.records import counted_text, number
from scraper.errors import DocumentError

#: Controls that are eight units long; those with a record of their own are apart.
_INLINE = frozenset({4, 5, 6, 7, 8, 9, 19, 20})
_EXTENDED = frozenset({1, 2, 3, 11, 12, 14, 15, 16, 17, 18, 21, 22, 23})
_WIDE_UNITS = 8
_FIELD_END = 4
#: Tab, line break, hyphen, no-break space, space of fixed width.
_CHARACTERS = {9: "\t", 10: "\n", 24: "-", 30: " ", 31: " "}

_CONTROL = re.compile("[\0-\x1f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_PROMPT = re.compile(r"Direction:wstring:\d+:(.*?) ?HelpState:", re.DOTALL)

_FILLED_IN = 1 << 15
_DELETED = 0x11
_RANGE_BYTES = 12
#: Marked parts of one paragraph; real documents have some dozens.
_MAX_RANGES = 100_000
_USER_CHARACTER = 0x81


@dataclass(frozen=True, slots=True)
class Control:
    """A character that stands for a control with records of its own."""

    #: The four letters of the control, as they are stored.
    name: bytes
    deleted: bool


@dataclass(frozen=True, slots=True)
class FieldEnd:
    """A character that ends the field opened last."""


Piece = str | Control | FieldEnd


def pieces(body: bytes, marks: Sequence[bytes] = ()) -> Iterator[Piece]:
    """Give the text of a paragraph, cut at its controls.

    Args:
        body: The text as stored.
        marks: The bodies of records that mark parts of it; tracked deletions are
            left out.
    """
    text = _units(body)
    gone = _deleted(len(text), marks)
    at = 0
    for match in _CONTROL.finditer(text):
        start = match.start()
        if start < at:
            continue
        yield _kept(text, gone, at, start)
        code = ord(match[0])
        is_wide = code in _EXTENDED or code in _INLINE
        at = start + (_WIDE_UNITS if is_wide else 1)
        if code in _EXTENDED:
            name = text[start + 1 : start + 3].encode("utf-16-le", "surrogatepass")
            yield Control(name, bool(gone and gone[start]))
        elif code == _FIELD_END:
            yield FieldEnd()
        elif not (gone and gone[start]):
            yield _CHARACTERS.get(code, "")
    yield _kept(text, gone, at, len(text))


def deletions(marks: Sequence[bytes]) -> list[tuple[int, int]]:
    """Return where tracked deletions begin and end, in units of the text.

    Raises:
        DocumentError: ``too_large``.
    """
    if sum(map(len, marks)) > _MAX_RANGES * _RANGE_BYTES:
        raise DocumentError("too_large", "more marks than any paragraph has")
    return sorted(
        (number(body, at, 4), number(body, at + 4, 4))
        for body in marks
        for at in range(0, len(body) - _RANGE_BYTES + 1, _RANGE_BYTES)
        if body[at + _RANGE_BYTES - 1] == _DELETED
    )


def _deleted(length: int, marks: Sequence[bytes]) -> bytearray:
    """Return 1 for each unit that is deleted; empty if none is."""
    ranges = deletions(marks)
    if not ranges:
        return bytearray()
    found = bytearray(length)
    done = 0
    for start, end in ranges:
        start, end = max(start, done), min(end, length)
        if start < end:
            found[start:end] = b"\1" * (end - start)
            done = end
    return found


def _units(body: bytes) -> str:
    """Return a text in which each UTF-16 unit is one character."""
    if len(body) > MAX_TEXT_BYTES:
        raise DocumentError("too_large", "more text than any release has")
    text = body[: len(body) & ~1].decode("utf-16-le", "surrogatepass")
    return _BEYOND.sub(_pair, text) if 2 * len(text) < len(body) - 1 else text


def _pair(match: re.Match[str]) -> str:
    high, low = divmod(ord(match[0]) - 0x10000, 0x400)
    return chr(0xD800 + high) + chr(0xDC00 + low)


def _kept(text: str, gone: bytearray, start: int, end: int) -> str:
    """Return a part of a text of units without what is deleted, as characters."""
    part = text[start:end]
    if gone:
        part = "".join(compress(part, (not unit for unit in gone[start:end])))
    if _SURROGATE.search(part):
        part = part.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return part


# --- controls that are text -------------------------------------------------------


def auto_number(body: bytes) -> str:
    """Return what an automatic number (자동 번호) prints."""
    form = number(body, 4, 4) >> 4 & 0xFF
    value = number_text(FORMS[form] if form < len(FORMS) else "", number(body, 8, 2))
    if form == _USER_CHARACTER:
        value = character(body, 10)
    return character(body, 12) + value + character(body, 14)


def character(body: bytes, at: int) -> str:
    """Return the one character at ``at``, "" if there is none."""
    return body[at : at + 2].decode("utf-16-le", "replace").strip("\0")


def ruby(body: bytes) -> str:
    """Return 덧말: the words, and what is set over them in small letters."""
    over = 6 + 2 * number(body, 4, 2)
    return f" {counted_text(body, 4)} {counted_text(body, over)} "


def prompt(body: bytes) -> str:
    """Return the prompt of a fill-in field (누름틀) nobody has filled in, or ""."""
    if number(body, 4, 4) & _FILLED_IN:
        return ""
    match = _PROMPT.search(counted_text(body, 9))
    return clean(match[1]) if match else ""
