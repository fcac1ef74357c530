"""The paragraphs of an HWP 5 section -> blocks, by the rules of the HWPX reader.

The text of a paragraph holds characters that stand for controls (tables, notes, fields
…); the controls themselves follow as records, in the same order. Left out: section
definitions with their master pages, headers, footers, hidden comments, memos, tracked
deletions, prompts of unfilled fields, pictures.
"""

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from scraper.documents.glyphs import clean
from scraper.documents.grid import Placed, make_table
from scraper.documents.hwp_styles import FORMS
from scraper.documents.lines import MAX_TEXT_BYTES, Line, Tally
from scraper.documents.numbering import Numbering, number_text
from scraper.documents.records import (
    CHART,
    CTRL_HEADER,
    EQEDIT,
    LIST_HEADER,
    OLE,
    PARA_HEADER,
    PARA_RANGE_TAG,
    PARA_TEXT,
    PICTURE,
    SHAPE_COMPONENT,
    TABLE,
    VIDEO,
    Records,
    counted_text,
    number,
)
from scraper.errors import DocumentError
from scraper.model import Block, Caption, Note, PageBreak, Paragraph

_CONTROL = re.compile("[\0-\x1f]")
#: Controls that are eight units long; those with a record of their own are apart.
_INLINE = frozenset({4, 5, 6, 7, 8, 9, 19, 20})
_EXTENDED = frozenset({1, 2, 3, 11, 12, 14, 15, 16, 17, 18, 21, 22, 23})
_WIDE_UNITS = 8
_FIELD_END = 4
#: Tab, line break, hyphen, no-break space, space of fixed width.
_CHARACTERS = {9: "\t", 10: "\n", 24: "-", 30: " ", 31: " "}

#: Section definition, header, footer, hidden comment: beside the text.
_BESIDE = frozenset({b"secd", b"head", b"foot", b"tcmt"})
_PICTURES = frozenset({OLE, PICTURE, CHART, VIDEO})
_SPEAKING = _PICTURES | {LIST_HEADER, TABLE, SHAPE_COMPONENT, EQEDIT}

_NEW_PAGE = 4
_DELETED = 0x11
_FILLED_IN = 1 << 15
_USER_CHARACTER = 0x81
_BELOW = 3
_PROMPT = re.compile(r"Direction:wstring:\d+:(.*?) ?HelpState:", re.DOTALL)


@dataclass(slots=True)
class _Part:
    """A record of a control, and the paragraphs that follow it."""

    tag: int
    record: int
    paragraphs: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Source:
    """A line in the making and the controls that its text refers to."""

    line: Line
    controls: deque[int]
    deleted: Sequence[tuple[int, int]]


@dataclass(slots=True)
class Reader:
    """Walks the records of one section."""

    records: Records
    numbering: Numbering
    tally: Tally

    def blocks(self, paragraphs: Iterable[int], depth: int = 0) -> list[Block]:
        """Return what a list of records holds; those of no paragraph hold nothing.

        Raises:
            DocumentError: ``too_large``.
        """
        self.tally.enter(depth)
        found: list[Block] = []
        for record in paragraphs:
            if self.records.tags[record] == PARA_HEADER:
                found += self._paragraph(record, depth)
        return found

    def _paragraph(self, record: int, depth: int) -> list[Block]:
        header = self.records.body(record)
        line = Line(self.numbering.head(str(number(header, 8, 2))), depth)
        if number(header, 11, 1) & _NEW_PAGE and depth == 0:
            line.done.append(PageBreak())
        source = _Source(line, deque(), self._deleted(record))
        texts: list[str] = []
        for child in self.records.children(record):
            if self.records.tags[child] == PARA_TEXT:
                texts.append(_units(self.records.body(child)))
            elif self.records.tags[child] == CTRL_HEADER:
                source.controls.append(child)
        for text in texts:
            self._text(text, source)
        while source.controls:
            self._control(source.controls.popleft(), line)
        line.finish(self.tally)
        return line.blocks()

    def _deleted(self, record: int) -> list[tuple[int, int]]:
        """Return the parts of a text that a person has deleted, but not for good."""
        found: list[tuple[int, int]] = []
        for child in self.records.children(record):
            if self.records.tags[child] == PARA_RANGE_TAG:
                body = self.records.body(child)
                found += [
                    (number(body, at, 4), number(body, at + 4, 4))
                    for at in range(0, len(body) - 11, 12)
                    if body[at + 11] == _DELETED
                ]
        self.tally.deletions += len(found)
        return sorted(found)

    def _text(self, text: str, source: _Source) -> None:
        """Add the text of a paragraph, each control at its place."""
        add = source.line.text.append
        at = 0
        for match in _CONTROL.finditer(text):
            start = match.start()
            if start < at:
                continue
            add(_joined(_kept(text, at, start, source.deleted)))
            code = ord(match[0])
            is_wide = code in _EXTENDED or code in _INLINE
            at = start + (_WIDE_UNITS if is_wide else 1)
            if code in _EXTENDED:
                self._next_control(text[start + 1 : start + 3], start, source)
            elif code == _FIELD_END:
                source.line.close_field()
            else:
                add(_CHARACTERS.get(code, ""))
        add(_joined(_kept(text, at, len(text), source.deleted)))

    def _next_control(self, units: str, at: int, source: _Source) -> None:
        """Add the control that a character stands for; lost ones are passed over."""
        name = units.encode("utf-16-le", "surrogatepass")
        wanted = [c for c in source.controls if self.records.body(c)[:4] == name]
        if not wanted:
            return
        while source.controls:
            control = source.controls.popleft()
            if not any(start <= at < end for start, end in source.deleted):
                self._control(control, source.line)
            if control == wanted[0]:
                return

    # --- controls -----------------------------------------------------------------

    def _control(self, record: int, line: Line) -> None:
        body = self.records.body(record)
        name = body[3::-1]
        if name in _BESIDE:
            return
        match name:
            case b"tbl ":
                line.finish(self.tally)
                line.done += self._table(record, line.depth)
            case b"fn  " | b"en  ":
                self._note(record, line)
            case b"atno":
                line.text.append(_auto_number(body))
            case b"tdut":
                self._ruby(body, line)
            case b"tcps":
                line.text.append(counted_text(body, 4))
            case _ if name.startswith(b"%"):
                line.open_field(_prompt(body) if name == b"%clk" else "")
            case _:
                self._object(record, line)

    def _ruby(self, body: bytes, line: Line) -> None:
        """Add 덧말: the words and what is set over them in small letters."""
        over = 6 + 2 * number(body, 4, 2)
        line.text.append(f" {counted_text(body, 4)} {counted_text(body, over)} ")

    def _object(self, record: int, line: Line) -> None:
        """Add a drawing or an equation: captions come before shapes, boxes after."""
        flows = bool(number(self.records.body(record), 4, 4) & 1)
        has_shape = False
        for part in self._parts(record):
            self.tally.pictures += part.tag in _PICTURES
            has_shape |= part.tag == SHAPE_COMPONENT
            if part.tag == EQEDIT:
                script = counted_text(self.records.body(part.record), 4)
                line.text.append(f" {script} ")
            if part.paragraphs and has_shape:
                self._box(part, line, flows=flows)
            elif part.paragraphs:
                line.place(self._caption(part, line.depth, "image"))

    def _box(self, part: _Part, line: Line, *, flows: bool) -> None:
        """Add a text box: within the text if it flows with it, else beside it."""
        found = self.blocks(part.paragraphs, line.depth + 1)
        match found:
            case [Paragraph(text)] if flows and any(line.text):
                line.text.append(text)
            case _:
                line.place(found)

    def _note(self, record: int, line: Line) -> None:
        mark = self._note_mark(record)
        line.text.append(mark)
        for part in self._parts(record):
            for block in self.blocks(part.paragraphs, line.depth + 1):
                if isinstance(block, Paragraph):
                    text = block.text.removeprefix(mark).strip()
                    block = Note(f"{mark} {text}".strip())
                    mark = ""
                line.after.append(block)

    def _note_mark(self, record: int) -> str:
        """Return what stands in the text for a note: ``1)``."""
        records = self.records
        for inner in range(record + 1, records.behind[record]):
            body = records.body(inner)
            if records.tags[inner] == CTRL_HEADER and body.startswith(b"onta"):
                return clean(_auto_number(body))
        body = records.body(record)
        return clean(f"{number(body, 4, 4)}{_character(body, 10)}")

    # --- tables -------------------------------------------------------------------

    def _table(self, record: int, depth: int) -> list[Block]:
        """Return the table and its caption on the side where it is printed."""
        caption: list[Block] = []
        rows: dict[int, list[Placed]] = {}
        below = has_cells = False
        for part in self._parts(record):
            has_cells |= part.tag == TABLE
            if part.tag == LIST_HEADER and has_cells:
                cell = self._cell(part, depth)
                rows.setdefault(cell.row or 0, []).append(cell)
            elif part.paragraphs:
                caption += self._caption(part, depth, "table")
                below = self.records.body(part.record)[8:9] == bytes([_BELOW])
        cells = list(rows.values())
        self.tally.add_cells(cells)
        table: list[Block] = [make_table(cells)] if cells else []
        return table + caption if below else caption + table

    def _cell(self, part: _Part, depth: int) -> Placed:
        body = self.records.body(part.record)
        column, row, width, height = (number(body, at, 2) for at in (8, 10, 12, 14))
        held = self.blocks(part.paragraphs, depth + 1)
        return Placed(tuple(held), row, column, height or 1, width or 1)

    def _caption(
        self, part: _Part, depth: int, of: Literal["image", "table"]
    ) -> list[Block]:
        return [
            Caption(block.text, of) if isinstance(block, Paragraph) else block
            for block in self.blocks(part.paragraphs, depth + 1)
        ]

    def _parts(self, record: int) -> list[_Part]:
        """Return what a control holds, in order, without what its paragraphs hold."""
        tags, behind = self.records.tags, self.records.behind
        found = [_Part(CTRL_HEADER, record)]
        at = record + 1
        while at < behind[record]:
            if tags[at] == PARA_HEADER:
                found[-1].paragraphs.append(at)
                at = behind[at]
                continue
            if tags[at] in _SPEAKING:
                found.append(_Part(tags[at], at))
            at += 1
        return found


# --- text -------------------------------------------------------------------------


def _units(body: bytes) -> str:
    """Return a text in which each UTF-16 unit is one character."""
    if len(body) > MAX_TEXT_BYTES:
        raise DocumentError("too_large", "more text than any release has")
    body = body[: len(body) & ~1]
    text = body.decode("utf-16-le", "surrogatepass")
    if 2 * len(text) == len(body):
        return text
    return "".join(chr(number(body, at, 2)) for at in range(0, len(body), 2))


def _joined(text: str) -> str:
    """Return a text of units with its surrogates made characters."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _kept(text: str, start: int, end: int, deleted: Sequence[tuple[int, int]]) -> str:
    """Return the part of ``text`` from ``start`` to ``end`` that nobody deleted."""
    kept = ""
    for first, last in deleted:
        if start < last and first < end:
            kept += text[start : max(start, first)]
            start = last
    return kept + text[start:end]


def _character(body: bytes, at: int) -> str:
    return body[at : at + 2].decode("utf-16-le", "replace").strip("\0")


def _auto_number(body: bytes) -> str:
    form = number(body, 4, 4) >> 4 & 0xFF
    value = number_text(FORMS[form] if form < len(FORMS) else "", number(body, 8, 2))
    if form == _USER_CHARACTER:
        value = _character(body, 10)
    return _character(body, 12) + value + _character(body, 14)


def _prompt(body: bytes) -> str:
    """Return the prompt of a fill-in field (누름틀) nobody has filled in, or ""."""
    if number(body, 4, 4) & _FILLED_IN:
        return ""
    match = _PROMPT.search(counted_text(body, 9))
    return clean(match[1]) if match else ""
