"""The pages of a PDF -> their lines and tables, each line in the cell it stands in.

Page numbers and running heads are left out.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scraper.documents.pdf_lines import Box, Char, Line, drawn_once, read_lines
from scraper.documents.pdf_order import in_order
from scraper.documents.pdf_page import Page
from scraper.documents.pdf_tables import Area, Frame, Grid, Item, Spot, find_grids

#: Share of a page's height, above and below, where heads and page numbers stand.
_MARGIN = 0.085
_PAGE_NUMBER = re.compile(r"[-–—―<\[(]\s?\d{1,4}\s?[-–—―>\])]|\d{1,4}\s?/\s?\d{1,4}")
_DIGITS = re.compile(r"\d+")
#: Points by which boxes in one row may differ.
_LEVEL = 3.0
#: A cell is higher than its text by more than this factor.
_TIGHT = 1.2


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page taken apart."""

    area: Area
    pictures: int
    hidden: int


def read_sheets(pages: Sequence[Page]) -> list[Sheet]:
    """Return the pages without their furniture."""
    sheets = [Sheet(_fill(page), page.pictures, page.hidden) for page in pages]
    _drop_furniture([sheet.area for sheet in sheets])
    return sheets


#: A table with the numbers of its cells on the page, where 0 is outside of all.
_Numbered = tuple[Grid, range]

# --- what stands where ------------------------------------------------------------


def _fill(page: Page) -> Area:
    """Return the page's area with its lines and tables, cells filled."""
    chars = list(drawn_once(page.chars))
    cells = _numbered(find_grids(page.rules))
    if cells:
        cells = _numbered(_side_by_side(_without_shades(cells, chars)))
    drawn: list[dict[int, Item]] = [{} for _ in range(cells[0][1].stop if cells else 1)]
    placed = ((char, _place(char.box, cells)) for char in chars)
    for number, line in enumerate(read_lines(placed, page.blanks)):
        if line.box.meets(page.box):
            drawn[line.place][number] = line
    for at, (grid, numbers) in enumerate(cells):
        found = [drawn[number] for number in numbers]
        if any(found):
            first = min(min(items) for items in found if items)
            around = _place(grid.box, cells[at + 1 :])
            drawn[around][first] = _frame(grid, found)
    return Area(page.box, in_order(drawn[0]))


def _numbered(grids: Sequence[Grid]) -> list[_Numbered]:
    """Number the cells of the tables; the smallest table comes first."""
    cells: list[_Numbered] = []
    count = 1
    for grid in sorted(grids, key=lambda grid: -grid.box.area):
        cells.append((grid, range(count, count + len(grid.spots))))
        count += len(grid.spots)
    return cells[::-1]


def _without_shades(cells: Sequence[_Numbered], chars: Sequence[Char]) -> list[Grid]:
    """Return the tables without shades behind words, which fit their text tightly."""
    heights: dict[int, float] = defaultdict(float)
    for char in chars:
        place = _place(char.box, cells)
        heights[place] = max(heights[place], char.box.height)
    return [
        grid
        for grid, numbers in cells
        if any(
            spot.box.height > _TIGHT * heights.get(number, 0.0)
            for number, spot in zip(numbers, grid.spots, strict=True)
        )
    ]


def _frame(grid: Grid, drawn: Sequence[dict[int, Item]]) -> Frame:
    """Return a table with what was drawn in each of its cells."""
    order = sorted(number for items in drawn for number in items)
    pieces = []
    beside: dict[int, int] = {}
    for spot, items in sorted(
        zip(grid.spots, drawn, strict=True), key=lambda pair: -pair[0].column
    ):
        right = beside.get(spot.row, len(order) + max(order))
        pieces += _pieces(grid, spot, items, order, right)
        beside[spot.row] = min([right, *items])
    pieces.sort(key=lambda piece: (piece[0].row, piece[0].column))
    areas = tuple(Area(spot.box, in_order(items)) for spot, items in pieces)
    return Frame(grid.box, tuple(spot for spot, _ in pieces), areas)


def _pieces(
    grid: Grid, spot: Spot, items: dict[int, Item], order: Sequence[int], right: int
) -> list[tuple[Spot, dict[int, Item]]]:
    """Return the cells that a cell is: the rules between some are not drawn.

    Tables are drawn row by row; what is drawn with different rows is different cells.
    ``right`` is when the first cell to the right in the upper row was drawn.
    """
    edges = grid.rows[spot.row : spot.row + spot.row_span + 1]
    rows = {
        number: sum(item.box.middle[1] < edge for edge in edges[1:-1])
        for number, item in items.items()
    }
    cuts = [0]
    if items and (first := min(items)) > right and rows[first]:
        cuts.append(rows[first])
    for one, other in pairwise(sorted(items)):
        between = bisect_left(order, other) - bisect_left(order, one)
        if between > 1 and rows[other] > max(rows[one], cuts[-1]):
            cuts.append(rows[other])
    if len(cuts) == 1:
        return [(spot, items)]
    found = []
    for start, end in pairwise([*cuts, spot.row_span]):
        box = Box(spot.box.left, edges[end], spot.box.right, edges[start])
        held = {n: item for n, item in items.items() if start <= rows[n] < end}
        piece = Spot(spot.row + start, spot.column, end - start, spot.column_span, box)
        found.append((piece, held))
    return found


def _place(box: Box, cells: Sequence[_Numbered]) -> int:
    """Return the number of the smallest cell around the middle of a box, or 0."""
    x, y = box.middle
    for grid, numbers in cells:
        if grid.box.holds(x, y):
            for number, spot in zip(numbers, grid.spots, strict=True):
                if spot.box.holds(x, y):
                    return number
    return 0


def _side_by_side(grids: Sequence[Grid]) -> list[Grid]:
    """Join boxes that stand in one row: the parts of a heading."""
    found: list[Grid] = []
    boxes = [grid for grid in grids if len(grid.spots) == 1]
    boxes.sort(key=lambda grid: (-round(grid.box.top / _LEVEL), grid.box.left))
    for grid in boxes:
        last = found[-1].box if found else None
        if (
            last is not None
            and abs(last.top - grid.box.top) <= _LEVEL
            and abs(last.bottom - grid.box.bottom) <= _LEVEL
            and 0 <= grid.box.left - last.right <= last.height
        ):
            found[-1] = _row_of(found[-1], grid)
        else:
            found.append(grid)
    found += [grid for grid in grids if len(grid.spots) != 1]
    return found


def _row_of(row: Grid, box: Grid) -> Grid:
    end = row.spots[-1].column + 1
    spot = Spot(0, end, 1, 1, box.spots[0].box)
    one, other = row.box, box.box
    around = Box(
        one.left,
        min(one.bottom, other.bottom),
        other.right,
        max(one.top, other.top),
    )
    return Grid(around, (*row.spots, spot), row.rows)


def lines_of(areas: Sequence[Area]) -> Iterator[str]:
    """Give the text of each line, those in tables too."""
    for area in areas:
        for item in area.items:
            if isinstance(item, Frame):
                yield from lines_of(item.areas)
            else:
                yield item.text


# --- furniture --------------------------------------------------------------------


def _drop_furniture(areas: Sequence[Area]) -> None:
    """Take out page numbers, and what stands alike in the margins of most pages."""
    alike = Counter(
        key
        for area in areas
        for key in {_key(area, item) for item in area.items if _in_margin(area, item)}
    )
    often = max(2, (len(areas) + 1) // 2)
    for area in areas:
        area.items = [
            item
            for item in area.items
            if not (
                _in_margin(area, item)
                and (_is_number(item) or alike[_key(area, item)] >= often)
            )
        ]


def _in_margin(area: Area, item: Item) -> bool:
    if not isinstance(item, Line):
        return False
    below = item.box.middle[1] - area.box.bottom
    return not _MARGIN < below / area.box.height < 1 - _MARGIN


def _is_number(item: Item) -> bool:
    return isinstance(item, Line) and bool(_PAGE_NUMBER.fullmatch(item.text))


def _key(area: Area, item: Item) -> tuple[str, int]:
    """Return what is alike in heads of pages: text but for digits, and height."""
    text = _DIGITS.sub("0", item.text) if isinstance(item, Line) else ""
    return text, round((item.box.bottom - area.box.bottom) / _LEVEL)
