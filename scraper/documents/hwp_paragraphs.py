"""The paragraphs of an HWP 5 section -> blocks, by the rules of the HWPX reader.

The text of a paragraph holds characters that stand for controls (tables, notes, fields
…); the controls themselves follow as records, in the same order. Left out: section
definitions with their master pages, headers, footers, hidden comments, tracked
deletions, prompts of unfilled fields, pictures.
"""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from scraper.blocks import block_text
from scraper.documents.glyphs import clean
from scraper.documents.grid import Placed, make_table
from scraper.documents.hwp_text import (
    Control,
    FieldEnd,
    auto_number,
    character,
    deletions,
    pieces,
    prompt,
    ruby,
)
from scraper.documents.lines import Line, Tally
from scraper.documents.numbering import Numbering
from scraper.documents.records import (
    CHART,
    CTRL_HEADER,
    EQEDIT,
    LIST_HEADER,
    MEMO_LIST,
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
from scraper.model import Block, Caption, Note, PageBreak, Paragraph

#: Section definition, header, footer, hidden comment: beside the text.
_BESIDE = frozenset({b"secd", b"head", b"foot", b"tcmt"})
_PICTURES = frozenset({OLE, PICTURE, CHART, VIDEO})
_SPEAKING = _PICTURES | {LIST_HEADER, TABLE, SHAPE_COMPONENT, EQEDIT}

_NEW_PAGE = 4
_BELOW = 3


@dataclass(slots=True)
class _Part:
    """A record of a control, and the paragraphs that follow it."""

    tag: int
    record: int
    paragraphs: list[int] = field(default_factory=list)


class _Controls:
    """The controls of one paragraph, taken as its text names them."""

    def __init__(self, records: Records, found: Iterable[int]) -> None:
        self._waiting = deque((records.body(at)[:4], at) for at in found)
        self._left = Counter(name for name, _ in self._waiting)

    def take(self, name: bytes) -> list[int]:
        """Return the next control of that name, and those before it: none is lost."""
        taken: list[int] = []
        while self._left[name]:
            first, record = self._waiting.popleft()
            self._left[first] -= 1
            taken.append(record)
            if first == name:
                break
        return taken

    def rest(self) -> list[int]:
        """Return those that the text does not name."""
        return [record for _, record in self._waiting]


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
        controls = _Controls(self.records, self._below(record, CTRL_HEADER))
        marks = [self.records.body(at) for at in self._below(record, PARA_RANGE_TAG)]
        self.tally.deletions += len(deletions(marks))
        for text in self._below(record, PARA_TEXT):
            self._text(text, marks, controls, line)
        for control in controls.rest():
            self._control(control, line)
        line.finish(self.tally)
        return line.blocks() if depth else line.blocks() + self._memos(record)

    def _below(self, record: int, tag: int) -> list[int]:
        tags = self.records.tags
        return [at for at in self.records.children(record) if tags[at] == tag]

    def _text(
        self, text: int, marks: list[bytes], controls: _Controls, line: Line
    ) -> None:
        """Add the text of a paragraph, each control at its place."""
        for piece in pieces(self.records.body(text), marks):
            match piece:
                case Control(name, deleted):
                    for control in controls.take(name):
                        if not deleted:
                            self._control(control, line)
                case FieldEnd():
                    line.close_field()
                case _ if piece:
                    line.text.append(piece)

    def _memos(self, record: int) -> list[Block]:
        """Return the author's remarks, which stand below a section's last paragraph.

        Lists there that no mark announces are further master pages.
        """
        tags = self.records.tags
        found: list[int] = []
        before, is_memo = 0, False
        for child in self.records.children(record):
            if tags[child] == LIST_HEADER:
                is_memo = before == MEMO_LIST
            elif tags[child] == PARA_HEADER and is_memo:
                found.append(child)
            before = tags[child]
        held = self.blocks(found, depth=1) if found else []
        texts = map(block_text, held)
        return [Caption(text, "memo") for text in texts if text]

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
                line.text.append(auto_number(body))
            case b"tdut":
                line.text.append(ruby(body))
            case b"tcps":
                line.text.append(counted_text(body, 4))
            case _ if name.startswith(b"%"):
                line.open_field(prompt(body) if name == b"%clk" else "")
            case _:
                self._object(record, line)

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
                return clean(auto_number(body))
        body = records.body(record)
        return clean(f"{character(body, 8)}{number(body, 4, 4)}{character(body, 10)}")

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
                below = number(self.records.body(part.record), 8, 4) & 3 == _BELOW
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
