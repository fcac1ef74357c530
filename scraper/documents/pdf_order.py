"""The lines and tables of a page or cell, in the order in which they are read.

Programs draw a page in the order of the text, so that order stands. What is drawn late
but stands above, as floating tables are, moves up; columns of prose drawn row by row
are taken apart; labels beside values of several lines become a row of cells.
"""

from collections.abc import Mapping, Sequence

from scraper.documents.pdf_lines import Box, Line
from scraper.documents.pdf_tables import Area, Frame, Item, Spot

#: Items of an area beyond which none is moved.
_MOST_MOVED = 2_000
#: How many items drawn before one are looked at to see that it was drawn late.
_LATEST = 6
#: Rows side by side from which two columns of prose are believed.
_COLUMN_ROWS = 5
#: Lines of prose fill this much of their column, and so many of them do.
_FILLED = 0.75
#: Of the lower of two heights, how much overlaps in one row.
_SHARED = 0.05
#: Lines of one row of cells, at most.
_ROW_LINES = 12


def in_order(drawn: Mapping[int, Item]) -> list[Item]:
    """Return items by when they were drawn; what stands above moves up."""
    items = _rows(_columns([drawn[number] for number in sorted(drawn)]))
    if len(items) > _MOST_MOVED:
        return items
    found: list[Item] = []
    for item in items:
        at = len(found)
        if _is_late(item, found):
            at = next(n for n, other in enumerate(found) if _is_above(item, other))
        found.insert(at, item)
    return found


def _is_late(item: Item, found: Sequence[Item]) -> bool:
    """Tell whether an item stands above the last ones drawn before it.

    One alone, beside which it stands, proves nothing: it may be a page number.
    """
    above = [_is_above(item, other) for other in found[-_LATEST:]]
    return any(above[-1:]) or sum(above) >= _LATEST // 2


def _is_above(one: Item, other: Item) -> bool:
    """Tell whether an item stands over another, the whole of it."""
    upper, lower = one.box, other.box
    slack = 0.3 * min(upper.height, lower.height)
    return (
        upper.bottom >= lower.top - slack
        and upper.left < lower.right
        and lower.left < upper.right
    )


def same_row(one: Box, other: Box) -> bool:
    """Tell whether two boxes stand beside each other."""
    shared = min(one.top, other.top) - max(one.bottom, other.bottom)
    return shared > 0.5 * min(one.height, other.height)


def _columns(items: list[Item]) -> list[Item]:
    """Return items with columns of prose that are drawn row by row kept apart."""
    found: list[Item] = []
    rows: list[tuple[Line, Line]] = []
    at = 0
    while at < len(items):
        pair = _pair(items, at)
        if pair is not None and _is_gutter([*rows, pair]):
            rows.append(pair)
            at += 2
            continue
        found += _apart(rows)
        rows = []
        if pair is not None:
            rows.append(pair)
            at += 2
        else:
            found.append(items[at])
            at += 1
    return found + _apart(rows)


def _pair(items: Sequence[Item], at: int) -> tuple[Line, Line] | None:
    match items[at : at + 2]:
        case [Line() as one, Line() as other]:
            beside = same_row(one.box, other.box) and one.box.right < other.box.left
            return (one, other) if beside else None
    return None


def _is_gutter(rows: Sequence[tuple[Line, Line]]) -> bool:
    """Tell whether the last row keeps to the columns of the first."""
    first, last = rows[0], rows[-1]
    return (
        last[0].box.right < first[1].box.left and first[0].box.right < last[1].box.left
    )


def _apart(rows: Sequence[tuple[Line, Line]]) -> list[Item]:
    """Return the lines column by column if they are prose, else row by row."""
    sides = ([row[0] for row in rows], [row[1] for row in rows])
    if len(rows) >= _COLUMN_ROWS and all(map(_is_prose, sides)):
        return [*sides[0], *sides[1]]
    return [line for row in rows for line in row]


def _is_prose(lines: Sequence[Line]) -> bool:
    widths = [line.box.right - line.box.left for line in lines]
    full = sum(width >= _FILLED * max(widths) for width in widths)
    return full >= _FILLED * len(widths) and max(widths) > 8 * lines[0].size


def _rows(items: Sequence[Item]) -> list[Item]:
    """Return items with cells in one row, whose rules are not drawn, as tables."""
    found: list[Item] = []
    group: list[Line] = []
    for item in items:
        if group and not (isinstance(item, Line) and _stands_beside(item, group)):
            found += _as_row(group)
            group = []
        if isinstance(item, Line):
            group.append(item)
        else:
            found.append(item)
    return found + _as_row(group)


def _stands_beside(line: Line, group: Sequence[Line]) -> bool:
    """Tell whether a line stands at the height of some of the last lines."""
    box = line.box
    return any(
        min(box.top, other.top) - max(box.bottom, other.bottom)
        > _SHARED * min(box.height, other.height)
        for other in (before.box for before in group[-_ROW_LINES:])
    )


def _as_row(group: Sequence[Line]) -> list[Item]:
    """Return a table of one row if the lines are cells of several lines."""
    if not 3 <= len(group) <= _ROW_LINES:
        return [*group]
    cells: list[list[Line]] = []
    end = float("-inf")
    for line in sorted(group, key=lambda line: line.box.left):
        if line.box.left > end:
            cells.append([])
        cells[-1].append(line)
        end = max(end, line.box.right)
    if len(cells) < 2 or len(cells) == len(group):
        return [*group]
    spots = [
        Spot(0, column, 1, 1, _around(lines)) for column, lines in enumerate(cells)
    ]
    areas = [
        Area(spot.box, [line for line in group if line in lines])
        for spot, lines in zip(spots, cells, strict=True)
    ]
    return [Frame(_around(group), tuple(spots), tuple(areas))]


def _around(lines: Sequence[Line]) -> Box:
    return Box(
        min(line.box.left for line in lines),
        min(line.box.bottom for line in lines),
        max(line.box.right for line in lines),
        max(line.box.top for line in lines),
    )
