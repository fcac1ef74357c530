"""Characters with their boxes -> lines, in reading order: geometry alone.

Lengths are points (1/72 inch); the origin is the page's lower left corner.
"""

import unicodedata
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

#: Of two heights, how much must overlap for characters of one line.
_OVERLAP = 0.4
#: Blank between two characters that parts columns and cells, in heights of the line.
_GAP = 1.8
#: How far a character may reach back over the one before, in heights.
_BACK = 0.7
#: Width of a blank that pdfium only guesses, in heights.
_BLANK = 0.3
#: How far from a line's end the blank after it may stand, in heights.
_NEXT = 0.6
#: Points: blanks are looked up by squares of this size.
_STEP = 24.0
#: Bold is sometimes made by drawing a character again, less than this (heights) aside.
_TWICE = 0.12
#: Equal characters compared at one spot of the page.
_REMEMBERED = 16


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        """Return the height, never quite nothing."""
        return max(self.top - self.bottom, 0.1)

    @property
    def area(self) -> float:
        """Return the size in square points."""
        return (self.right - self.left) * (self.top - self.bottom)

    @property
    def middle(self) -> tuple[float, float]:
        """Return the point in the middle."""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point lies inside."""
        return self.left <= x <= self.right and self.bottom <= y <= self.top

    def meets(self, other: "Box") -> bool:
        """Tell whether two rectangles have a point in common."""
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.bottom <= other.top
            and other.bottom <= self.top
        )


@dataclass(frozen=True, slots=True)
class Char:
    """A character as printed; a blank may have a box of no size."""

    text: str
    box: Box
    #: Not upright: a stamp, a watermark, a label set sideways.
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Characters that stand in a row."""

    text: str
    box: Box
    #: Height of its characters, the middle one.
    size: float
    #: A blank was typed after the last character.
    spaced: bool
    #: Width of the first character, and of the first word.
    first: float = 0.0
    word: float = 0.0
    #: Width of the characters and typed blanks without the room between them.
    solid: float = 0.0
    #: The cell or area of the page it stands in; lines of two places never join.
    place: int = -1
    turned: bool = False


@dataclass(slots=True)
class _Row:
    """A line in the making."""

    place: int
    turned: bool
    texts: list[str] = field(default_factory=list)
    heights: list[float] = field(default_factory=list)
    first: float = 0.0
    #: Right end of the first word, once a blank has followed it.
    word: float | None = None
    solid: float = 0.0
    blanks: float = 0.0
    left: float = 0.0
    bottom: float = 0.0
    right: float = 0.0
    top: float = 0.0
    #: A blank has come since the last character; and one that was typed there.
    blank: bool = False
    spaced: bool = False

    def takes(self, char: Char, place: int) -> bool:
        """Tell whether the character goes on with this line."""
        if not self.texts or place != self.place or char.turned != self.turned:
            return False
        if self.turned:
            return self._touches(char.box)
        height = max(self.top - self.bottom, 0.1)
        gap = char.box.left - self.right
        return self.beside(char.box) and -_BACK * height < gap < _GAP * height

    def _touches(self, box: Box) -> bool:
        """Tell whether a box stands next to this line, in whatever direction."""
        near = _GAP * max(self.heights[-1], self.right - self.left)
        return (
            self.left - near < box.right
            and box.left < self.right + near
            and self.bottom - near < box.top
            and box.bottom < self.top + near
        )

    def beside(self, box: Box) -> bool:
        """Tell whether a box stands at the height of this line."""
        shared = min(self.top, box.top) - max(self.bottom, box.bottom)
        return shared >= _OVERLAP * min(max(self.top - self.bottom, 0.1), box.height)

    def see_blank(self, box: Box) -> None:
        """Note a blank; those at the start of the next line are not ours."""
        self.blank = True
        self.blanks += max(box.right - box.left, 0.0)
        self.spaced |= (
            box.right > box.left and box.right > self.right and self.beside(box)
        )

    def add(self, char: Char) -> None:
        box = char.box
        if not self.texts:
            self.left, self.bottom, self.right, self.top = (
                *(box.left, box.bottom),
                *(box.right, box.top),
            )
            self.first = box.right - box.left
        elif self.blank:
            self.texts.append(" ")
            self.solid += self.blanks or _BLANK * box.height
            self.word = self.right if self.word is None else self.word
        self.texts.append(char.text)
        self.heights.append(box.height)
        self.left = min(self.left, box.left)
        self.bottom = min(self.bottom, box.bottom)
        self.right = max(self.right, box.right)
        self.top = max(self.top, box.top)
        self.solid += box.right - box.left
        self.blank = self.spaced = False
        self.blanks = 0.0

    def line(self) -> Line:
        box = Box(self.left, self.bottom, self.right, self.top)
        text = unicodedata.normalize("NFC", "".join(self.texts))
        size = median(self.heights)
        word = (self.right if self.word is None else self.word) - self.left
        return Line(
            *(text, box, size, self.spaced),
            *(self.first, word, self.solid),
            *(self.place, self.turned),
        )


def read_lines(
    chars: Iterable[tuple[Char, int]], blanks: Iterable[tuple[float, float]] = ()
) -> list[Line]:
    """Return the lines of characters that come with their place, in their order.

    ``blanks`` are points where a blank was typed that is none of the characters.
    """
    lines: list[Line] = []
    row = _Row(-1, turned=False)
    for char, place in chars:
        if char.text.isspace():
            row.see_blank(char.box)
            continue
        if not row.takes(char, place):
            if row.texts:
                lines.append(row.line())
            row = _Row(place, char.turned)
        row.add(char)
    if row.texts:
        lines.append(row.line())
    typed: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for x, y in blanks:
        typed[round(x / _STEP), round(y / _STEP)].append((x, y))
    return [_spaced(line, typed) for line in lines]


def _spaced(
    line: Line, blanks: Mapping[tuple[int, int], Sequence[tuple[float, float]]]
) -> Line:
    """Return the line, marked if one of the blanks follows it."""
    box = line.box
    column, row = round(box.right / _STEP), round(box.middle[1] / _STEP)
    follows = any(
        abs(x - box.right) < _NEXT * line.size and box.bottom <= y <= box.top
        for right in (column - 1, column, column + 1)
        for up in (row - 1, row, row + 1)
        for x, y in blanks.get((right, up), ())
    )
    return replace(line, spaced=True) if follows else line


def drawn_once(chars: Iterable[Char]) -> Iterator[Char]:
    """Give the characters without those drawn a second time to look bold."""
    seen: dict[tuple[str, int, int], deque[Box]] = {}
    for char in chars:
        if char.text.isspace():
            yield char
            continue
        box = char.box
        near = _TWICE * box.height
        column, row = round(box.left / 4), round(box.bottom / 4)
        twice = any(
            abs(other.left - box.left) <= near
            and abs(other.bottom - box.bottom) <= near
            for right in (column - 1, column, column + 1)
            for up in (row - 1, row, row + 1)
            for other in seen.get((char.text, right, up), ())
        )
        if not twice:
            seen.setdefault((char.text, column, row), deque(maxlen=_REMEMBERED)).append(
                box
            )
            yield char
