"""Printed lines -> paragraphs: where a line only ends because the page does.

A line that had room for what follows was ended by its author. Hangul breaks words
anywhere at a line's end, without a hyphen, and keeps the blank typed there: no blank
means that the word goes on.
"""

import re
from collections.abc import Iterator, Sequence

from scraper.documents.glyphs import clean
from scraper.documents.pdf_flow import Area, Frame, same_row
from scraper.documents.pdf_lines import Line
from scraper.model import Block, Cell, PageBreak, Paragraph, Table

#: Line starts that begin a paragraph wherever they stand.
_BULLET = re.compile(
    r"[□■❏❑❒◻◼☐○◦◯⚬❍ㅇㆁ※▪▸►▶☞✔❖◆◇]\s?\S|[-–—―*]{1,3}\s\S|\[붙임|<붙임"
)
#: Those that may also stand inside a sentence that was broken there.
_MARK = re.compile(r"[①-⓿❶-➓➊•·▲△▷(<\[【〈「『]|\d{1,2}[.)]\s|[가-하][.)]\s|[ⅠⅡⅢⅣⅤ]\.?")
_SENTENCE = re.compile(r"[다요음함됨임까]\s?[.!?][”’\"')」』]*$")
#: Ems (heights of the line) by which a full line may miss the edge.
_SLACK = 0.5
#: Share by which the sizes of two lines of a paragraph may differ.
_SIZES = 0.2
#: Lines of a paragraph are at most this far apart, in heights.
_FAR = 2.6


class Paragraphs:
    """Makes blocks of areas."""

    def blocks(self, areas: Sequence[Area]) -> list[Block]:
        """Return the blocks of pages that follow each other."""
        found: list[Block] = []
        texts: list[str] = []
        last: Line | None = None
        edge = 0.0
        for number, area in enumerate(areas):
            broken = number > 0
            edge_here = _edge(area)
            for item in area.items:
                if isinstance(item, Frame):
                    found += _flush(texts)
                    last = None
                    if broken:
                        found.append(PageBreak())
                    broken = False
                    found.append(self._table(item))
                    continue
                joint = None if last is None else _joint(last, item, edge, area, broken)
                if joint is None:
                    found += _flush(texts)
                    if broken:
                        found.append(PageBreak())
                else:
                    texts.append(joint)
                broken = False
                texts.append(item.text)
                last, edge = item, edge_here
        found += _flush(texts)
        return found

    def _table(self, frame: Frame) -> Table:
        return Table(
            tuple(
                Cell(
                    *(spot.row, spot.column, tuple(self.blocks([area]))),
                    *(spot.row_span, spot.column_span),
                )
                for spot, area in zip(frame.spots, frame.areas, strict=True)
            )
        )


def _flush(texts: list[str]) -> Iterator[Paragraph]:
    text = clean("".join(texts))
    texts.clear()
    if text:
        yield Paragraph(text)


def _edge(area: Area) -> float:
    """Return where the lines of an area end when they are full."""
    ends = [item.box.right for item in area.items if isinstance(item, Line)]
    return max(ends, default=area.box.right)


def _joint(one: Line, other: Line, edge: float, area: Area, broken: bool) -> str | None:
    """Return what joins two lines, ``None`` if a paragraph ends between them."""
    if one.turned or other.turned:
        return None
    if not broken and same_row(one.box, other.box):
        return " " if other.box.left > one.box.right else None
    if _BULLET.match(other.text):
        return None
    size = max(one.size, other.size)
    if abs(one.size - other.size) > _SIZES * size:
        return None
    if not broken:
        down = one.box.bottom - other.box.bottom
        if not 0 < down < _FAR * size:
            return None
    room = edge - one.box.right
    if one.spaced:
        return None if room > other.word + 0.3 * size else " "
    return None if room > other.first + _SLACK * size else ""
