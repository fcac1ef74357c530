"""The paragraphs of an HWPX section -> blocks.

Read: text, tables, text boxes, notes, captions, equations as script, numbers and
bullets that the program adds. Left out: headers, footers, master pages, hidden
comments, parameters of fields, tracked deletions, prompts of unfilled fields, pictures.
Elements are known by their local names: the namespace changes with the version.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from lxml import etree

from scraper.documents.glyphs import clean, unknown_glyphs
from scraper.documents.grid import Placed, area, make_table
from scraper.documents.numbering import Numbering
from scraper.documents.package import local_name
from scraper.errors import DocumentError
from scraper.model import Block, Caption, Note, PageBreak, Paragraph

#: Tables, boxes and notes inside each other; real documents have 4.
MAX_DEPTH = 32
#: Cells of all tables together, spans counted; real documents have up to 4,000.
MAX_CELLS = 200_000
#: UTF-8 bytes of text; real documents have less than 1 MB.
MAX_TEXT_BYTES = 16_000_000

_LEFT_OUT = frozenset(
    {
        *("secPr", "header", "footer", "masterPage", "hiddenComment", "memo"),
        *("parameters", "parameterset", "shapeComment", "linesegarray"),
        *("indexmark", "listItem"),
    }
)
_PICTURES = frozenset({"pic", "ole", "video", "chart"})
#: Elements inside text; the schema itself misspells ``hyphen``.
_CHARACTERS = {
    "tab": "\t",
    "nbSpace": " ",
    "fwSpace": " ",
    "lineBreak": "\n",
    "hyphen": "-",
    "hypen": "-",
}
_PROMPT = re.compile(r"Direction:wstring:\d+:(.*?) ?HelpState:", re.DOTALL)


@dataclass(slots=True)
class _Line:
    """A paragraph in the making."""

    #: What the numbering puts first.
    head: str
    depth: int
    text: list[str] = field(default_factory=list)
    #: Finished blocks of this paragraph.
    done: list[Block] = field(default_factory=list)
    #: Boxes and notes met inside the text; they follow it.
    after: list[Block] = field(default_factory=list)
    #: The open fill-in field: its prompt, and where its text begins.
    prompt: tuple[str, int] | None = None
    deleting: bool = False

    def place(self, blocks: Iterable[Block]) -> None:
        """Put blocks before the text, or after it if it has begun."""
        begun = any(part.strip() for part in self.text)
        (self.after if begun else self.done).extend(blocks)


@dataclass(slots=True)
class Reader:
    """Walks elements; counts what must stay bounded and what people should know."""

    numbering: Numbering
    cells: int = 0
    text_bytes: int = 0
    pictures: int = 0
    deletions: int = 0
    glyphs: Counter[str] = field(default_factory=Counter)

    def warnings(self) -> tuple[str, ...]:
        """Return what a reader of the text should know, one line each."""
        found: list[str] = []
        if self.pictures:
            found.append(f"pictures left out: {self.pictures}")
        if self.deletions:
            found.append(f"tracked deletions left out: {self.deletions}")
        found += [
            f"unknown glyph U+{ord(glyph):04X}: {count}"
            for glyph, count in sorted(self.glyphs.items())
        ]
        return tuple(found)

    def blocks(
        self, elements: Iterable[etree._Element], depth: int = 0
    ) -> tuple[Block, ...]:
        """Return what a list of paragraphs (and, seldom, tables) holds.

        Raises:
            DocumentError: ``too_large``.
        """
        if depth > MAX_DEPTH:
            raise DocumentError("too_large", f"nested more than {MAX_DEPTH} deep")
        found: list[Block] = []
        for element in elements:
            match local_name(element):
                case "p":
                    found += self._paragraph(element, depth)
                case "tbl":
                    found += self._table(element, depth)
        return tuple(found)

    def _paragraph(self, element: etree._Element, depth: int) -> list[Block]:
        line = _Line(self.numbering.head(element.get("paraPrIDRef", "")), depth)
        if element.get("pageBreak") == "1" and depth == 0:
            line.done.append(PageBreak())
        for run in element:
            self._inline(run, line)
        self._flush(line)
        return line.done + line.after

    def _flush(self, line: _Line) -> None:
        """Make a paragraph of the text so far."""
        text = clean("".join(line.text))
        line.text, line.prompt = [], None
        if not text:
            return
        if line.head:
            text, line.head = clean(f"{line.head} {text}"), ""
        self.text_bytes += len(text.encode())
        if self.text_bytes > MAX_TEXT_BYTES:
            raise DocumentError("too_large", "more text than any release has")
        self.glyphs.update(unknown_glyphs(text))
        line.done.append(Paragraph(text))

    def _inline(self, element: etree._Element, line: _Line) -> None:
        """Add one element inside a paragraph: text, a control, an object."""
        name = local_name(element)
        if name in _LEFT_OUT:
            return
        self.pictures += name in _PICTURES
        match name:
            case "t":
                self._text(element, line)
            case "tbl":
                self._flush(line)
                line.done += self._table(element, line.depth)
            case "footNote" | "endNote":
                self._note(element, line)
            case "caption":
                line.place(self._caption(element, line.depth, "image"))
            case "drawText":
                self._box(element, line)
            case "fieldBegin":
                prompt = _prompt(element)
                line.prompt = (prompt, len(line.text)) if prompt else None
            case "fieldEnd":
                _drop_prompt(line)
            case "autoNum":
                line.text.append(_auto_number(element))
            case "script" | "mainText" | "subText":
                line.text.append(f" {element.text or ''} ")
            case "compose":
                line.text.append(element.get("composeText", ""))
            case "switch":
                self._switch(element, line)
            case _:
                for child in element:
                    self._inline(child, line)

    def _text(self, element: etree._Element, line: _Line) -> None:
        if not line.deleting:
            line.text.append(element.text or "")
        for child in element:
            name = local_name(child)
            if name == "deleteBegin":
                self.deletions += 1
                line.deleting = True
            elif name == "deleteEnd":
                line.deleting = False
            if not line.deleting:
                line.text.append(_CHARACTERS.get(name, "") + (child.tail or ""))

    def _switch(self, element: etree._Element, line: _Line) -> None:
        """Read what every program can show; the other branches repeat it."""
        choices = sorted(element, key=lambda child: local_name(child) != "default")
        for choice in choices[:1]:
            for child in choice:
                self._inline(child, line)

    def _box(self, element: etree._Element, line: _Line) -> None:
        """Add a text box: within the text if it flows with it, else beside it."""
        found = self._held(element, line.depth)
        match found:
            case [Paragraph(text)] if _flows(element) and any(line.text):
                line.text.append(text)
            case _:
                line.place(found)

    def _note(self, element: etree._Element, line: _Line) -> None:
        mark = _note_mark(element)
        line.text.append(mark)
        for block in self._held(element, line.depth):
            if isinstance(block, Paragraph):
                text = block.text.removeprefix(mark).strip()
                block = Note(f"{mark} {text}".strip())
                mark = ""
            line.after.append(block)

    def _held(self, element: etree._Element, depth: int) -> list[Block]:
        found: list[Block] = []
        for child in element:
            if local_name(child) == "subList":
                found += self.blocks(child, depth + 1)
        return found

    def _table(self, element: etree._Element, depth: int) -> list[Block]:
        """Return the table and its caption on the side where it is printed."""
        caption: list[Block] = []
        below = False
        for child in element.iterfind("{*}caption"):
            caption += self._caption(child, depth, "table")
            below = child.get("side") == "BOTTOM"
        rows = [
            [self._cell(cell, depth) for cell in row.iterfind("{*}tc")]
            for row in element.iterfind("{*}tr")
        ]
        table: list[Block] = [make_table(rows)] if self._fits(rows) else []
        return table + caption if below else caption + table

    def _fits(self, rows: list[list[Placed]]) -> bool:
        """Tell whether there are cells at all; too many are an error."""
        self.cells += area(rows)
        if self.cells > MAX_CELLS:
            raise DocumentError("too_large", "more table cells than any release has")
        return any(rows)

    def _cell(self, element: etree._Element, depth: int) -> Placed:
        held: list[Block] = []
        address = span = None
        for child in element:
            match local_name(child):
                case "subList":
                    held += self.blocks(child, depth + 1)
                case "p":
                    held += self.blocks([child], depth + 1)
                case "cellAddr":
                    address = child
                case "cellSpan":
                    span = child
        return Placed(
            tuple(held),
            _integer(address, "rowAddr"),
            _integer(address, "colAddr"),
            _integer(span, "rowSpan") or 1,
            _integer(span, "colSpan") or 1,
        )

    def _caption(
        self, element: etree._Element, depth: int, of: Literal["image", "table"]
    ) -> list[Block]:
        return [
            Caption(block.text, of) if isinstance(block, Paragraph) else block
            for block in self._held(element, depth)
        ]


# --- attributes -------------------------------------------------------------------


def _integer(element: etree._Element | None, name: str) -> int | None:
    """Return an attribute as a number from 0 to a million, or ``None``."""
    text = "" if element is None else element.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _flows(box: etree._Element) -> bool:
    """Tell whether a text box stands in the line like a character."""
    shape = box.getparent()
    place = None if shape is None else shape.find("{*}pos")
    return place is not None and place.get("treatAsChar") == "1"


def _auto_number(element: etree._Element) -> str:
    form = element.find("{*}autoNumFormat")
    number = element.get("num", "")
    if form is None:
        return number
    return form.get("prefixChar", "") + number + form.get("suffixChar", "")


def _note_mark(note: etree._Element) -> str:
    """Return what stands in the text for a note: ``1)``."""
    number = next(note.iter("{*}autoNum"), None)
    if number is not None:
        return _auto_number(number)
    return f"{note.get('number', '')})"


def _prompt(field_begin: etree._Element) -> str:
    """Return the prompt of a fill-in field (누름틀) nobody has filled in, or ""."""
    if field_begin.get("type") != "CLICK_HERE" or field_begin.get("dirty") == "1":
        return ""
    for parameter in field_begin.iter("{*}stringParam"):
        if parameter.get("name") == "Command":
            match = _PROMPT.search(parameter.text or "")
            return clean(match[1]) if match else ""
    return ""


def _drop_prompt(line: _Line) -> None:
    """Take the text of the open field away if it is only its prompt."""
    if line.prompt is None:
        return
    prompt, start = line.prompt
    if clean("".join(line.text[start:])) == prompt:
        del line.text[start:]
    line.prompt = None
