"""The HTML body of a page -> blocks.

Text runs on through inline tags, which vanish without a blank: the site's editors
cut words into spans (``<span>TV</span><span>는</span>``). Block tags, cells and
``<br>`` end the line, and each line is a paragraph. Pictures, frames and scripts are
not text and not licensed; captions and credits of pictures stay, marked as such, so
that who drops them can say so.

Markup is taken as browsers repair it, but where that would move or lose words: such
bodies are rebuilt first (:mod:`scraper.body.broken`).
"""

import re
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.blocks import leaves
from scraper.body.broken import needs_rebuilding, rebuild
from scraper.body.credits import is_caption, speaks_of_picture, split_credit
from scraper.body.grid import Placed, number, place, rows_of, spans_of
from scraper.model import Block, Caption, Heading, ListItem, Paragraph, Table
from scraper.text import clean

__all__ = ["needs_rebuilding", "read_body", "rebuild"]


def _words(text: str) -> frozenset[str]:
    """Return the words of ``text``, for short tables of names."""
    return frozenset(text.split())


#: Nodes that hold no text of a release.
_DROPPED = _words(
    "-comment -doctype script style noscript template head title iframe img picture"
    " video audio object embed canvas svg math map button input select textarea"
    " colgroup"
)

#: Those of them that a caption may stand below.
_PICTURES = _words("img picture")

#: Elements that end the line before and after them.
_BLOCKS = _words(
    "p div section article header footer main aside nav ul ol li dl dt dd blockquote"
    " pre address hr figure figcaption center fieldset legend form details summary"
    " h1 h2 h3 h4 h5 h6 table caption thead tbody tfoot tr td th"
)

#: Those of them that mean nothing else, and are nearly all there are.
_PLAIN = _words("p div")

#: Inline elements of editors: the text is the same without them, and sooner read.
_INLINE = "span:not(.imageSpan), b, strong, i, em, u, font, sup, sub, a"

#: The site's own box around a picture and its caption.
_PICTURE = ".imageSpan"

#: Cells that reach over others.
_SPANNING = "[rowspan], [colspan]"

#: Elements that may be out of sight, as far as a selector can tell.
_MAYBE_HIDDEN = '[hidden], [style*="display" i], [style*="visibility" i]'
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

_LEVELS = {f"h{level}": level for level in range(1, 7)}

#: A line that brings its own bullet or number needs none from its list.
_MARKED = re.compile(
    r"[□■○◦●ㅇ▪▫•·∙\-–—*※☞◆◇▲△▶▷►▸☐✓①-⓿❶-➓<(\[]|\d{1,3}[.)]|[가-힣][.)]\s"
)

#: Tables nested deeper are read as lines: nobody lays a text out like that.
_MAX_TABLES = 32


def read_body(html: str, *, sound: bool = False) -> tuple[Block, ...]:
    """Return the blocks of a body in source order; empty if it holds no text.

    List items get the mark a browser would show (``•``, ``1.``) unless they have one of
    their own. Text is cleaned and in NFC; no block is empty. ``sound`` tells that a
    parser wrote this markup: what it would move, it has moved already.
    """
    if not sound and needs_rebuilding(html):
        html = rebuild(html)
    body = LexborHTMLParser(html).body
    if body is None:
        return ()
    _simplify(body)
    blocks = _Reader(_Marked(_ids(body, _PICTURE), _ids(body, _SPANNING))).read(body)
    highest = min((b.level for b in blocks if isinstance(b, Heading)), default=1)
    if highest == 1:
        return tuple(blocks)
    return tuple(
        replace(block, level=block.level - highest + 1)
        if isinstance(block, Heading)
        else block
        for block in blocks
    )


@dataclass(frozen=True, slots=True)
class _Marked:
    """Ids of the nodes whose attributes matter: few, so found beforehand."""

    pictures: frozenset[int]
    spanning: frozenset[int]


def _ids(body: LexborNode, selector: str) -> frozenset[int]:
    return frozenset(node.mem_id for node in body.css(selector))


def _simplify(body: LexborNode) -> None:
    """Drop what nobody sees, and inline tags."""
    for node in body.css(_MAYBE_HIDDEN):
        attributes = node.attributes
        if "hidden" in attributes or _HIDDEN.search(attributes.get("style") or ""):
            node.decompose()
    for node in body.css(_INLINE):
        node.unwrap()
    body.merge_text_nodes()


class _Reader:
    """Collects the lines of one body or one cell."""

    def __init__(
        self, marked: _Marked, tables: int = 0, *, below_picture: bool = False
    ) -> None:
        self._marked = marked
        #: A picture was the last that was seen: the next line may be its caption.
        self.below_picture = below_picture
        #: In how many tables this cell is.
        self._tables = tables
        self._line: list[str] = []
        self._blocks: list[Block] = []
        #: Caption or credit at the end of the line that is being ended.
        self._credit = ""
        #: Cells of mere pictures whose captions may be in the cells that follow.
        self._uncaptioned = 0
        #: How many boxes of pictures, and captions of tables, are around the line.
        self._figures = 0
        self._captions = 0
        #: Levels of the headings around the line, outermost first.
        self._headings: list[int] = []
        #: Next number of each list around the line; ``None`` for one of bullets.
        self._lists: list[int | None] = []
        #: Mark of a list item whose first line is still to come.
        self._mark = ""

    def read(self, top: LexborNode) -> list[Block]:
        """Return the blocks below ``top``; recursion only into tables."""
        #: What is closed, and what follows, after the children of an element.
        around: list[tuple[str, LexborNode | None]] = []
        node = top.first_child
        while node is not None or around:
            if node is None:
                name, node = around.pop()
                if name:
                    self._close(name)
                continue
            name = node.tag or ""
            following = node.next
            if name == "-text":
                text = node.text_content or ""
                if self._line or not text.isspace():  # no line begins with blanks
                    self._line.append(text)
            elif name == "br":
                self._flush()
            elif name == "table" and self._tables < _MAX_TABLES:
                self._flush()
                self._blocks += self._table(node)
            elif name not in _DROPPED:
                inside = node.first_child
                if name == "p" and inside is not None and self._is_line(node, inside):
                    self._flush()
                    self._line.append(inside.text_content or "")
                    self._flush()
                else:
                    around.append((self._open(node, name), following))
                    following = inside
            elif name in _PICTURES and not self._line:
                self.below_picture = True
            node = following
        self._flush()
        return self._blocks

    def _is_line(self, paragraph: LexborNode, inside: LexborNode) -> bool:
        """Tell a paragraph of mere text: most are, and are read without opening."""
        return (
            inside.next is None
            and inside.is_text_node
            and paragraph.mem_id not in self._marked.pictures
        )

    def _open(self, node: LexborNode, name: str) -> str:
        """Begin an element; return what to call when it ends, "" for an inline one."""
        if self._marked.pictures and node.mem_id in self._marked.pictures:
            name = "figure"
        elif name not in _BLOCKS:
            return ""
        self._flush()
        if name in _PLAIN:
            return name
        match name:
            case "figure" | "figcaption":
                self._figures += 1
            case "caption":
                self._captions += 1
            case "ul":
                self._lists.append(None)
            case "ol":
                self._lists.append(number(node.attributes.get("start"), 0, 9999))
            case "li":
                self._mark = self._next_mark()
            case _ if name in _LEVELS:
                self._headings.append(_LEVELS[name])
        return name

    def _close(self, name: str) -> None:
        self._flush()
        if name in _PLAIN:
            return
        match name:
            case "figure" | "figcaption":
                self._figures -= 1
            case "caption":
                self._captions -= 1
            case "ul" | "ol":
                self._lists.pop()
            case "li":
                self._mark = ""
            case _ if name in _LEVELS:
                self._headings.pop()

    def _next_mark(self) -> str:
        """Return what a browser would show before the next item of the list."""
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "• "
        self._lists[-1] = number + 1
        return f"{number}. "

    def _flush(self) -> None:
        if not self._line:
            return
        line = self._line
        text = clean(line[0] if len(line) == 1 else "".join(line))
        line.clear()
        if not text:
            return
        if speaks_of_picture(text) and not self._figures:
            text = self._take_caption(text)
        if text:
            self._blocks.append(self._classified(text))
        if self._credit:
            self._blocks.append(Caption(self._credit, "image"))
            self._credit = ""
        self.below_picture = False

    def _take_caption(self, text: str) -> str:
        """Return what of a line is text. In cells only a picture has a credit."""
        if self.below_picture and is_caption(text):
            text, self._credit = "", text
        elif not self._tables:
            text, self._credit = split_credit(text)
        return text

    def _classified(self, text: str) -> Block:
        if self._figures:
            return Caption(text, "image")
        if self._captions:
            return Caption(text, "table")
        if self._mark:
            mark, self._mark = self._mark, ""
            level = len(self._lists) or 1
            return ListItem(text if _MARKED.match(text) else mark + text, level)
        if self._headings and not self._tables:
            return Heading(text, self._headings[0])
        return Paragraph(text)

    def _table(self, table: LexborNode) -> list[Block]:
        """Return a table with its captions where they stand, above or below it.

        A table of which no cell holds text is none.
        """
        above: list[Block] = []
        below: list[Block] = []
        rows = False
        parts = list(table.iter())
        for part in parts:
            name = part.tag
            if name == "caption":
                lines = (text for line in self._below(part) for text in leaves(line))
                text = " ".join(lines)
                found = below if rows else above
                found += [Caption(text, "table")] if text else []
            rows = rows or name in ("tr", "tbody", "thead", "tfoot")
        cells = place([[self._cell(cell) for cell in row] for row in rows_of(parts)])
        if any(cell.blocks for cell in cells):
            above.append(Table(cells))
        return above + below

    def _cell(self, cell: LexborNode) -> Placed:
        blocks = tuple(self._below(cell))
        if blocks and self._uncaptioned:
            is_captions = all(isinstance(block, Caption) for block in blocks)
            self._uncaptioned = self._uncaptioned - 1 if is_captions else 0
        if cell.mem_id in self._marked.spanning:
            return (blocks, *spans_of(cell))
        return blocks, 1, 1

    def _below(self, node: LexborNode) -> list[Block]:
        """Return the blocks in a cell or caption; most hold one line of text."""
        only = node.first_child
        while only is not None and only.next is None:
            if only.tag == "-text":
                text = clean(only.text_content or "")
                return self._plain(text) if text else []
            if only.tag != "p" or only.mem_id in self._marked.pictures:
                break
            only = only.first_child
        cell = _Reader(
            self._marked, self._tables + 1, below_picture=self._uncaptioned > 0
        )
        blocks = cell.read(node)
        if not blocks and node.css_first("img"):
            self._uncaptioned += 1
        return blocks

    def _plain(self, line: str) -> list[Block]:
        """Return the blocks of a cell or caption that is one line."""
        if self._uncaptioned and speaks_of_picture(line) and is_caption(line):
            return [Caption(line, "image")]
        return [Paragraph(line)]
