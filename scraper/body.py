"""The HTML body of a page -> blocks.

Text runs on through inline tags, which vanish without a blank: the site's editors
cut words into spans (``<span>TV</span><span>는</span>``). Block tags, cells and
``<br>`` end the line, and each line is a paragraph. Pictures, frames and scripts are
not text and not licensed; captions and credits of pictures stay, marked as such, so
that who drops them can say so.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.model import Block, Caption, Cell, Heading, ListItem, Paragraph, Table
from scraper.text import clean


def _words(text: str) -> frozenset[str]:
    """Return the words of ``text``, for short tables of names."""
    return frozenset(text.split())


#: Elements that hold no text of a release.
_DROPPED = _words(
    "script style noscript template head title iframe img picture video audio object"
    " embed canvas svg math map button input select textarea colgroup"
)

#: Elements that end the line before and after them.
_BLOCKS = _words(
    "p div section article header footer main aside nav ul ol li dl dt dd blockquote"
    " pre address hr figure figcaption center fieldset legend form details summary"
    " h1 h2 h3 h4 h5 h6 table caption thead tbody tfoot tr td th"
)

_LISTS = _words("ul ol")
_PICTURES = _words("figure figcaption")
_HEADING = re.compile(r"h([1-6])")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

#: A whole line that names a picture or its owner.
_CREDIT = re.compile(
    r"[(\[<【〈]\s*(?:자료\s?)?(?:사진|이미지)\s*(?:제공|출처|설명)?\s*\d{0,2}"
    r"\s*[=:：)\]>】〉].{0,80}"
    r"|(?:자료\s?)?(?:사진|이미지)\s*(?:제공|출처|설명)?\s*\d{0,2}\s*[=:：].{0,80}"
    r"|[(\[]?\s*[ⓒ©].{0,80}"
)

#: What HTML collapses; a no-break space is text until it is cleaned.
_BLANKS = re.compile(r"[ \t\n\r\f]+")

#: A line that brings its own bullet or number needs none from its list.
_MARKED = re.compile(
    r"[□■○◦●ㅇ▪▫•·∙\-–—*※☞◆◇▲△▶▷►▸☐✓①-⓿❶-➓<(\[]|\d{1,3}[.)]|[가-힣][.)]\s"
)

#: Tables nested deeper are read as lines: nobody lays a text out like that.
_MAX_TABLES = 32

#: As HTML has it for columns; more rows than that are not a table of a release.
_MAX_SPAN = 1000

Row = list[LexborNode]


def read_body(html: str) -> tuple[Block, ...]:
    """Return the blocks of a body in source order; empty if it holds no text.

    List items get the mark a browser would show (``•``, ``1.``) unless they have one of
    their own. Text is cleaned and in NFC; no block is empty.
    """
    body = LexborHTMLParser(html).body
    blocks = _Reader().read(body) if body is not None else []
    headings = [block.level for block in blocks if isinstance(block, Heading)]
    highest = min(headings, default=1)
    return tuple(
        replace(block, level=block.level - highest + 1)
        if isinstance(block, Heading)
        else block
        for block in blocks
    )


class _Reader:
    """Collects the lines of one body or one cell."""

    def __init__(self, tables: int = 0) -> None:
        #: In how many tables this cell is.
        self._tables = tables
        self._line: list[str] = []
        self._blocks: list[Block] = []
        #: Names of the block elements around the line, outermost first.
        self._around: list[str] = []
        #: Next number of each list around the line; ``None`` for one of bullets.
        self._lists: list[int | None] = []
        #: Mark of a list item whose first line is still to come.
        self._mark = ""

    def read(self, top: LexborNode) -> list[Block]:
        """Return the blocks below ``top``; recursion only into tables."""
        for node, opens in _events(top, tables=self._tables < _MAX_TABLES):
            name = node.tag or ""
            if name == "-text":
                self._line.append(_BLANKS.sub(" ", node.text_content or ""))
                continue
            self._flush()
            if name == "table" and self._tables < _MAX_TABLES:
                self._blocks += _read_table(node, self._tables + 1)
            elif name == "br":
                continue
            elif opens:
                self._open(node, name)
            else:
                self._close(name)
        self._flush()
        return self._blocks

    def _open(self, node: LexborNode, name: str) -> None:
        self._around.append("figure" if _is_picture(node) else name)
        if name in _LISTS:
            start = _span(node, "start", 0, 9999) if name == "ol" else None
            self._lists.append(start)
        elif name == "li":
            self._mark = self._next_mark()

    def _close(self, name: str) -> None:
        self._around.pop()
        if name in _LISTS:
            self._lists.pop()
        elif name == "li":
            self._mark = ""

    def _next_mark(self) -> str:
        """Return what a browser would show before the next item of the list."""
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "• "
        self._lists[-1] = number + 1
        return f"{number}. "

    def _flush(self) -> None:
        text = clean("".join(self._line))
        self._line.clear()
        if text:
            self._blocks.append(self._classified(text))

    def _classified(self, text: str) -> Block:
        if not _PICTURES.isdisjoint(self._around) or _CREDIT.fullmatch(text):
            return Caption(text, "image")
        if "caption" in self._around:
            return Caption(text, "table")
        if self._mark:
            mark, self._mark = self._mark, ""
            level = len(self._lists) or 1
            return ListItem(text if _MARKED.match(text) else mark + text, level)
        heading = next(filter(None, map(_HEADING.fullmatch, self._around)), None)
        if heading and not self._tables:
            return Heading(text, int(heading[1]))
        return Paragraph(text)


def _events(top: LexborNode, *, tables: bool) -> Iterator[tuple[LexborNode, bool]]:
    """Yield text, breaks, and the opening and closing of blocks below ``top``.

    With ``tables`` a table is yielded once, whole.
    """
    stack: list[tuple[LexborNode, bool]] = [(child, True) for child in _children(top)]
    stack.reverse()
    while stack:
        node, opens = stack.pop()
        name = node.tag or ""
        if not opens or name in ("-text", "br") or (name == "table" and tables):
            yield node, opens
            continue
        if not node.is_element_node or name in _DROPPED or _is_hidden(node):
            continue
        if name in _BLOCKS or _is_picture(node):
            yield node, True
            stack.append((node, False))
        stack += [(child, True) for child in reversed(list(_children(node)))]


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    style = attributes.get("style") or ""
    return "hidden" in attributes or bool(_HIDDEN.search(style))


def _is_picture(node: LexborNode) -> bool:
    """Tell whether this is the site's own box around a picture and its caption."""
    return "imageSpan" in (node.attributes.get("class") or "").split()


# --- tables -----------------------------------------------------------------------


def _read_table(table: LexborNode, tables: int) -> list[Block]:
    """Return a table after its caption; nothing if no cell holds text."""
    blocks: list[Block] = []
    for part in _children(table):
        if part.tag == "caption":
            text = clean("".join(map(_text_of, _Reader(tables).read(part))))
            blocks += [Caption(text, "table")] if text else []
    cells = _fold(_place(_rows(table), tables))
    if any(cell.blocks for cell in cells):
        blocks.append(Table(cells))
    return blocks


def _text_of(block: Block) -> str:
    return getattr(block, "text", "") + " "


def _rows(table: LexborNode) -> list[Row]:
    parts = list(_children(table))
    groups = [part for part in parts if part.tag in ("thead", "tbody", "tfoot")]
    rows = [row for part in groups for row in _children(part) if row.tag == "tr"]
    rows = [part for part in parts if part.tag == "tr"] + rows
    return [[c for c in _children(row) if c.tag in ("td", "th")] for row in rows]


def _place(rows: list[Row], tables: int) -> list[Cell]:
    """Return the cells where HTML puts them, without overlaps."""
    cells: list[Cell] = []
    #: Column -> first row below the cell that reaches down into it.
    free_from: dict[int, int] = {}
    for row, nodes in enumerate(rows):
        column = 0
        for node in nodes:
            width = _span(node, "colspan", 1, _MAX_SPAN)
            height = _span(node, "rowspan", 0, _MAX_SPAN) or len(rows)
            while blocked := [
                c for c in range(column, column + width) if free_from.get(c, 0) > row
            ]:
                column = blocked[-1] + 1
            blocks = tuple(_Reader(tables).read(node))
            cells.append(Cell(row, column, blocks, height, width))
            free_from.update(dict.fromkeys(range(column, column + width), row + height))
            column += width
    return cells


def _fold(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Return the cells without rows and columns in which none begins.

    ``colspan="100"`` for "all of them" is common.
    """
    rows = sorted({cell.row for cell in cells})
    columns = sorted({cell.column for cell in cells})

    def count(starts: list[int], first: int, span: int) -> int:
        return bisect_left(starts, first + span) - bisect_left(starts, first)

    return tuple(
        replace(
            cell,
            row=bisect_left(rows, cell.row),
            column=bisect_left(columns, cell.column),
            row_span=count(rows, cell.row, cell.row_span),
            column_span=count(columns, cell.column, cell.column_span),
        )
        for cell in cells
    )


def _span(node: LexborNode, name: str, least: int, most: int) -> int:
    """Return a number an attribute states, 1 if it states none."""
    digits = (node.attributes.get(name) or "").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 7):
        return 1
    return min(max(int(digits), least), most)
