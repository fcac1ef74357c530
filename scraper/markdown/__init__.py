"""Blocks -> Markdown or HTML that every site generator renders alike.

The text is that of the blocks, letter for letter: bullets keep their glyph, nothing is
set in bold, nothing is added. What each kind of block becomes:

=============  =======================================================================
``Heading``    ``##`` for level 1 and so on: the page's title is the only level above
``ListItem``   a list, nested by level; its glyph stays in the text
``Note``       a line of the list item above it, else a paragraph
``Paragraph``  a paragraph; ``\\n`` in it is a hard line break (two blanks at the end)
``Caption``    a paragraph
``Table``      pipes or HTML (:mod:`scraper.markdown.tables`); one cell is only a frame
``PageBreak``  nothing
=============  =======================================================================
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scraper.markdown.escaping import entity, escape_html, escape_inline, escape_lines
from scraper.markdown.last_word import last_word
from scraper.markdown.tables import (
    one_line,
    table_to_html,
    table_to_markdown,
    text_lines,
    unboxed,
)
from scraper.model import Block, Heading, ListItem, Note, PageBreak, Table

__all__ = [
    "entity",
    "escape_html",
    "escape_inline",
    "escape_markdown",
    "last_word",
    "one_line",
    "to_html",
    "to_markdown",
    "unboxed",
]

#: Blanks by which a list lies inside another. Four are enough for every parser: some
#: (Python-Markdown) nest by four only, CommonMark by two to five.
_INDENT = 4

#: The lowest headings HTML knows.
_LOWEST = 6


def to_markdown(blocks: Sequence[Block]) -> str:
    """Return blocks as Markdown, parts separated by one blank line; "" if no text.

    The result has no line end at its end.
    """
    return "\n\n".join(filter(None, map(_markdown_part, _parts(blocks))))


def to_html(blocks: Sequence[Block], *, sized: bool = False) -> str:
    """Return blocks as HTML, parts separated by one blank line; "" if no text.

    Inside a part there is no blank line, so a Markdown file may hold it. ``sized``
    marks headings and paragraphs as the Tistory editor does (``data-ke-size``).
    """
    parts = (_html_part(part, sized=sized) for part in _parts(blocks))
    return last_word("\n\n".join(filter(None, parts)))


def escape_markdown(text: str) -> str:
    """Return a title or an excerpt as one line of Markdown that shows it unchanged.

    The line may also be printed as HTML as it is: it holds no tag and no quote.

    >>> escape_markdown("1. {{ 요약 }} | 3*4*5")
    '1&#46; &#123;&#123; 요약 &#125;&#125; &#124; 3&#42;4&#42;5'
    """
    return escape_lines(one_line(text))


@dataclass(slots=True)
class _Item:
    """A list item and the notes under it; ``depth`` 0 is the outermost."""

    depth: int
    lines: list[str]


_List = list[_Item]


def _parts(blocks: Sequence[Block]) -> Iterator[Block | _List]:
    """Yield the blocks, with each run of list items and their notes as one list."""
    items: _List = []
    levels: list[int] = []
    for block in unboxed(blocks):
        if isinstance(block, ListItem):
            if lines := text_lines(block.text):
                while levels and levels[-1] >= block.level:
                    levels.pop()
                items.append(_Item(len(levels), lines))
                levels.append(block.level)
        elif isinstance(block, Note) and items:
            items[-1].lines += text_lines(block.text)
        elif not isinstance(block, PageBreak):
            if items:
                yield items
            items, levels = [], []
            yield block
    if items:
        yield items


def _markdown_part(part: Block | _List) -> str:
    match part:
        case list():
            return "\n".join(map(_markdown_item, part))
        case Heading():
            return _markdown_heading(part)
        case Table():
            return table_to_markdown(part)
        case PageBreak():
            return ""
        case _:
            return _hard_lines(text_lines(part.text))


def _markdown_heading(heading: Heading) -> str:
    text = escape_inline(one_line(heading.text))
    # A "#" at the end of a heading would be taken for decoration.
    text = re.sub("#+$", lambda found: entity("#") * len(found[0]), text)
    return f"{'#' * _rank(heading)} {text}" if text else ""


def _markdown_item(item: _Item) -> str:
    indent = " " * (_INDENT * item.depth)
    return f"{indent}- {_hard_lines(item.lines, indent + '  ')}"


def _hard_lines(lines: list[str], indent: str = "") -> str:
    if len(lines) == 1:
        return escape_lines(lines[0])
    return escape_lines("\n".join(lines)).replace("\n", f"  \n{indent}")


def _html_part(part: Block | _List, *, sized: bool) -> str:
    match part:
        case list():
            return _html_list(part)
        case Table():
            return table_to_html(part)
        case PageBreak():
            return ""
        case Heading():
            rank = _rank(part)
            size = f' data-ke-size="size{_SIZES.get(rank, 18)}"' if sized else ""
            return _element(f"h{rank}", size, one_line(part.text))
        case _:
            size = ' data-ke-size="size16"' if sized else ""
            return _element("p", size, "\n".join(text_lines(part.text)))


#: Sizes the Tistory editor gives its headings.
_SIZES = {2: 26, 3: 23, 4: 20}


def _element(name: str, attributes: str, text: str) -> str:
    inner = escape_html(text).replace("\n", "<br>")
    return f"<{name}{attributes}>{inner}</{name}>" if text else ""


def _html_list(items: _List) -> str:
    lines: list[str] = []
    depth = -1
    for item in items:
        if item.depth > depth:
            lines.append("<ul>")
        else:
            lines.extend(["</li>", *["</ul>", "</li>"] * (depth - item.depth)])
        depth = item.depth
        lines.append("<li>" + escape_html("\n".join(item.lines)).replace("\n", "<br>"))
    lines.extend(["</li>", "</ul>"] * (depth + 1))
    return "\n".join(lines)


def _rank(heading: Heading) -> int:
    return min(heading.level + 1, _LOWEST)
