"""Where the cells of a table stand, when the source says so badly or not at all."""

from collections.abc import Sequence
from typing import NamedTuple

from scraper.model import Block, Cell, Table


class Placed(NamedTuple):
    """A cell as the source gives it; no ``row`` or ``column`` means not stated."""

    blocks: tuple[Block, ...]
    row: int | None
    column: int | None
    row_span: int = 1
    column_span: int = 1


def area(rows: Sequence[Sequence[Placed]]) -> int:
    """Return how many cells the table has when spans and gaps are counted.

    It bounds what making the table and drawing it cost.
    """
    height, width, covered = len(rows), 0, 0
    for row in rows:
        width = max(width, sum(cell.column_span for cell in row))
        for cell in row:
            height = max(height, (cell.row or 0) + cell.row_span)
            width = max(width, (cell.column or 0) + cell.column_span)
            covered += cell.row_span * cell.column_span
    return max(height * width, covered)


def make_table(rows: Sequence[Sequence[Placed]]) -> Table:
    """Return the table; where stated positions clash, cells flow as in HTML.

    The caller has made sure that :func:`area` is small.
    """
    return Table(_as_stated(rows) or _flowing(rows))


def _as_stated(rows: Sequence[Sequence[Placed]]) -> tuple[Cell, ...]:
    """Return the cells where the source puts them; empty if that cannot be."""
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    for placed in (cell for row in rows for cell in row):
        if placed.row is None or placed.column is None:
            return ()
        spots = _spots(placed, placed.row, placed.column)
        if not taken.isdisjoint(spots):
            return ()
        taken.update(spots)
        cells.append(_cell(placed, placed.row, placed.column))
    return tuple(sorted(cells, key=lambda cell: (cell.row, cell.column)))


def _flowing(rows: Sequence[Sequence[Placed]]) -> tuple[Cell, ...]:
    """Return each cell at the first place of its row that cells above leave free."""
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    for number, row in enumerate(rows):
        column = 0
        for placed in row:
            while any((number, column + i) in taken for i in range(placed.column_span)):
                column += 1
            taken.update(_spots(placed, number, column))
            cells.append(_cell(placed, number, column))
            column += placed.column_span
    return tuple(cells)


def _spots(placed: Placed, row: int, column: int) -> list[tuple[int, int]]:
    if placed.row_span == placed.column_span == 1:
        return [(row, column)]
    return [
        (down, right)
        for down in range(row, row + placed.row_span)
        for right in range(column, column + placed.column_span)
    ]


def _cell(placed: Placed, row: int, column: int) -> Cell:
    return Cell(row, column, placed.blocks, placed.row_span, placed.column_span)
