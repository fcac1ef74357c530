"""Printed lines -> paragraphs: where a line only ends because the page does.

A line that had room for what follows was ended by its author. Hangul breaks words
anywhere at a line's end, without a hyphen, and keeps the blank typed there: no blank
means that the word goes on.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scraper.documents.glyphs import clean
from scraper.documents.pdf_lines import Line
from scraper.documents.pdf_order import same_row
from scraper.documents.pdf_tables import Area, Frame
from scraper.documents.pdf_words import Words
from scraper.model import Block, Cell, PageBreak, Paragraph, Table

#: Line starts that begin a paragraph wherever they stand.
_BULLET = re.compile(
    r"[□■❏❑❒◻◼☐○◦◯⚬❍ㅇㆁ※▪▸►▶☞✔❖◆◇‣➢]\s?\S|[-–—―*]{1,3}\s\S|⋮|\[붙임|<붙임"
)
#: Line starts that begin one unless a blank, and so a sentence, stands before them.
_MARK = re.compile(r"[①-⓿❶-➓➊•▲△▷<〈《\[【#]|\d{1,2}\.\s|[가-하]\.\s|[ⅠⅡⅢⅣⅤ]\.?\s")
#: A sentence ends here; nothing goes on without a blank.
_ENDED = re.compile(r"(?<!\d)[.?!][”’\"')」』]*$")
#: What goes on after a quotation without a blank.
_QUOTED = re.compile(r"(?:이?라|[고며])")
#: Share by which the sizes of two lines of a paragraph may differ.
_SIZES = 0.2
#: Lines of a paragraph are at most this far apart, in heights.
_FAR = 2.6
#: A first line is set in by this much (heights) and more.
_INDENT = 0.35
#: Paragraphs are set off by so many distances of their lines.
_SET_OFF = 1.4
#: Points by which the ends of full lines differ.
_EVEN = 0.2
#: How near (share) the document's right margin is to the longest line of a page.
_NEARLY = 0.95
#: Lines that must end alike to show where full lines end.
_ALIKE = 3
#: Shorter lines (heights) do not count: entries of a table end alike, too.
_LONG = 12.0
#: And this share of the lines of the page.
_SHARE = 0.1
#: Of a justified page so many lines end at one edge.
_JUSTIFIED = 0.18
#: Points between a cell's rule and its text.
_PADDING = 5.0
#: Points: larger type in a box is a title, whose lines are broken by hand.
_LARGE = 17.0
#: Lines with this much room (heights) on both sides are centered.
_CENTERED = 0.8


class _Edges:
    """Where the lines of an area end when they are full."""

    def __init__(self, area: Area, margin: float, *, cell: bool) -> None:
        """Take a cell, or a page with the right margin of the document."""
        lines = [item for item in area.items if isinstance(item, Line)]
        self._ends = sorted(line.box.right for line in lines if cell or _is_long(line))
        self._left = min((line.box.left for line in lines), default=area.box.left)
        self._right = max([*(line.box.right for line in lines), margin])
        if not cell and not margin:
            self._right = max(self._right, _opposite(area, self._left))
        if margin > _NEARLY * self._right:  # beyond it lines are only set too tight
            self._right = margin
        #: Lines that must end alike to show an edge; ragged pages have none by chance.
        most = max(map(self._alike, range(len(self._ends))), default=0)
        self._enough = max(_ALIKE, most / 3, _SHARE * len(lines))
        if most < _JUSTIFIED * len(lines):
            self._enough = len(lines) + 1
        if cell:
            self._left = min(self._left, area.box.left + _PADDING)
            self._right = max(self._right, area.box.right - _PADDING)

    def room(self, line: Line) -> float:
        """Return how much (points) would still fit on the line."""
        end = line.box.right
        before, after = line.box.left - self._left, self._right - end
        aside = _CENTERED * line.size
        if before > aside and abs(before - after) < aside:
            return before + after
        at = bisect_left(self._ends, end - _EVEN)
        while at < len(self._ends):
            if self._alike(at) >= self._enough:
                return max(self._ends[at] - end, 0.0)
            at += 1
        return after

    def _alike(self, at: int) -> int:
        """Return how many lines end where that one does, or a little further."""
        return bisect_right(self._ends, self._ends[at] + 2 * _EVEN) - at


def _is_long(line: Line) -> bool:
    return line.box.right - line.box.left > _LONG * line.size


def _margin(areas: Sequence[Area]) -> float:
    """Return where most full lines of the pages end, 0 if too few do."""
    ends = Counter(
        round(item.box.right)
        for area in areas
        for item in area.items
        if isinstance(item, Line) and _is_long(item)
    )
    [(end, count)] = ends.most_common(1) or [(0, 0)]
    return end if count > _ALIKE else 0.0


def _opposite(area: Area, left: float) -> float:
    """Return the right margin of a page whose margins are alike."""
    return area.box.right - (left - area.box.left)


@dataclass(slots=True)
class _Open:
    """The paragraph in the making."""

    texts: list[str] = field(default_factory=list)
    last: Line | None = None
    #: Room left on the last line, in points.
    room: float = 0.0
    #: Distance of its last two lines, 0 if it has only one.
    step: float = 0.0

    def add(self, line: Line, joint: str, room: float) -> None:
        if self.last is not None and self.texts:
            self.step = max(self.last.box.middle[1] - line.box.middle[1], 0.0)
        self.texts += [joint, line.text]
        self.last, self.room = line, room

    def close(self) -> Iterator[Paragraph]:
        text = clean("".join(self.texts))
        self.texts, self.step = [], 0.0
        if text:
            yield Paragraph(text)


class Paragraphs:
    """Makes blocks of areas; ``words`` are those of the document."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def blocks(self, areas: Sequence[Area], *, cell: bool = False) -> list[Block]:
        """Return the blocks of pages that follow each other, or of one cell."""
        found: list[Block] = []
        now = _Open()
        margin = 0.0 if cell else _margin(areas)
        for number, area in enumerate(areas):
            broken = number > 0
            edges = _Edges(area, margin, cell=cell)
            for item in area.items:
                joint = None
                if isinstance(item, Line):
                    joint = self._joint(now, item, broken=broken, cell=cell)
                if joint is None:
                    found += now.close()
                    found += [PageBreak()] if broken else []
                broken = False
                if isinstance(item, Frame):
                    found.append(self._table(item))
                    now.last = None
                else:
                    now.add(item, joint or "", edges.room(item))
        return found + list(now.close())

    def _table(self, frame: Frame) -> Table:
        return Table(
            tuple(
                Cell(
                    *(spot.row, spot.column, tuple(self.blocks([area], cell=True))),
                    *(spot.row_span, spot.column_span),
                )
                for spot, area in zip(frame.spots, frame.areas, strict=True)
            )
        )

    def _joint(
        self, now: _Open, other: Line, *, broken: bool, cell: bool
    ) -> str | None:
        """Return what joins a line to those before, ``None`` if they end there."""
        one = now.last
        if one is None or one.turned or other.turned:
            return None
        if not broken and same_row(one.box, other.box):
            return " " if other.box.left > one.box.right else None
        if _BULLET.match(other.text) or not _are_near(one, other, broken=broken):
            return None
        if not broken and not cell and _begins_anew(now, one, other):
            return None
        if one.spaced:
            return None if now.room > other.word + 0.3 * one.size else " "
        if now.room > 0.9 * other.first or _MARK.match(other.text):
            return None
        if _ENDED.search(one.text) and not _QUOTED.match(other.text):
            return None
        if cell and (one.size > _LARGE or other.text.startswith("(")):
            return None
        if self._words.go_on(one.text, other.text):
            return ""
        return None if cell else " "


def _begins_anew(now: _Open, one: Line, other: Line) -> bool:
    """Tell whether a line is set in, or set off, from the lines of a paragraph."""
    if len(now.texts) <= 2:  # it has one line: a hanging or a set-in first one
        return False
    inset = other.box.left - one.box.left
    step = one.box.middle[1] - other.box.middle[1]
    if now.step and step > _SET_OFF * now.step:
        return True
    return now.room < one.size and inset > _INDENT * one.size


def _are_near(one: Line, other: Line, *, broken: bool) -> bool:
    """Tell whether two lines may be of one paragraph by their sizes and heights."""
    size = max(one.size, other.size)
    if abs(one.size - other.size) > _SIZES * size:
        return False
    return broken or 0 < one.box.bottom - other.box.bottom < _FAR * size
