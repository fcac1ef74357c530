"""The paragraphs of an HWPX section -> blocks.

Read: text, tables, text boxes, notes, captions, equations as script, numbers and
bullets that the program adds. Left out: headers, footers, master pages, hidden
comments, parameters of fields, tracked deletions, prompts of unfilled fields, pictures.
Elements are known by their local names: the namespace changes with the version.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from lxml import etree

from scraper.documents.glyphs import clean
from scraper.documents.grid import Placed, make_table
from scraper.documents.lines import Line, Tally
from scraper.documents.numbering import Numbering
from scraper.documents.package import local
from scraper.model import Block, Caption, Note, PageBreak, Paragraph

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
#: Elements that only hold others.
_HOLDERS = frozenset({"run", "ctrl"})


@dataclass(slots=True)
class Reader:
    """Walks elements: thousands in a document, so each is asked little."""

    numbering: Numbering
    tally: Tally = field(default_factory=Tally)

    def blocks(self, elements: Iterable[etree._Element], depth: int = 0) -> list[Block]:
        """Return what a list of paragraphs (and, seldom, tables) holds.

        Raises:
            DocumentError: ``too_large``.
        """
        self.tally.enter(depth)
        found: list[Block] = []
        for element in elements:
            match local(element.tag):
                case "p":
                    found += self._paragraph(element, depth)
                case "tbl":
                    found += self._table(element, depth)
        return found

    def _paragraph(self, element: etree._Element, depth: int) -> list[Block]:
        line = Line(self.numbering.head(element.get("paraPrIDRef", "")), depth)
        if depth == 0 and element.get("pageBreak") == "1":
            line.done.append(PageBreak())
        self._inside(element, line)
        line.finish(self.tally)
        return line.blocks()

    def _inside(self, parent: Iterable[etree._Element], line: Line) -> None:
        """Add what stands inside a paragraph, a run, an object."""
        for element in parent:
            name = local(element.tag)
            if name == "t":
                self._text(element, line)
            elif name in _HOLDERS:
                if len(element):  # many hold nothing: not worth the call
                    self._inside(element, line)
            elif name not in _LEFT_OUT:
                self._object(name, element, line)

    def _object(self, name: str, element: etree._Element, line: Line) -> None:
        """Add one element inside a paragraph that is not plain text."""
        match name:
            case "tbl":
                line.finish(self.tally)
                line.done += self._table(element, line.depth)
            case "footNote" | "endNote":
                self._note(element, line)
            case "caption":
                line.place(self._caption(element, line.depth, "image"))
            case "drawText":
                self._box(element, line)
            case "fieldBegin":
                line.open_field(_prompt(element))
            case "fieldEnd":
                line.close_field()
            case "autoNum":
                line.text.append(_auto_number(element))
            case "script" | "mainText" | "subText":
                line.text.append(f" {element.text or ''} ")
            case "compose":
                line.text.append(element.get("composeText", ""))
            case "switch":
                self._switch(element, line)
            case _:
                self.tally.pictures += name in _PICTURES
                if len(element):
                    self._inside(element, line)

    def _text(self, element: etree._Element, line: Line) -> None:
        if not line.deleting:
            line.text.append(element.text or "")
        if not len(element):  # asked first: nearly all hold nothing but letters
            return
        for child in element:
            name = local(child.tag)
            if name == "deleteBegin":
                self.tally.deletions += 1
                line.deleting = True
            elif name == "deleteEnd":
                line.deleting = False
            if not line.deleting:
                line.text.append(_CHARACTERS.get(name, "") + (child.tail or ""))

    def _switch(self, element: etree._Element, line: Line) -> None:
        """Read what every program can show; the other branches repeat it."""
        choices = sorted(element, key=lambda child: local(child.tag) != "default")
        for choice in choices[:1]:
            self._inside(choice, line)

    def _box(self, element: etree._Element, line: Line) -> None:
        """Add a text box: within the text if it flows with it, else beside it."""
        found = self._held(element, line.depth)
        match found:
            case [Paragraph(text)] if _flows(element) and any(line.text):
                line.text.append(text)
            case _:
                line.place(found)

    def _note(self, element: etree._Element, line: Line) -> None:
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
            if local(child.tag) == "subList":
                found += self.blocks(child, depth + 1)
        return found

    def _table(self, element: etree._Element, depth: int) -> list[Block]:
        """Return the table and its caption on the side where it is printed."""
        caption: list[Block] = []
        below = False
        for child in element.iterchildren("{*}caption"):
            caption += self._caption(child, depth, "table")
            below = child.get("side") == "BOTTOM"
        rows = [
            [self._cell(cell, depth) for cell in row.iterchildren("{*}tc")]
            for row in element.iterchildren("{*}tr")
        ]
        self.tally.add_cells(rows)
        table: list[Block] = [make_table(rows)] if any(rows) else []
        return table + caption if below else caption + table

    def _cell(self, element: etree._Element, depth: int) -> Placed:
        held: list[Block] = []
        address = span = None
        for child in element:
            match local(child.tag):
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
