"""Where HTML puts the cells of a table."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace

from selectolax.lexbor import LexborNode

from scraper.model import Block, Cell

#: As HTML has it for columns; more rows than that are not a table of a release.
_MAX_SPAN = 1000

#: What a cell holds, and over how many rows and columns; 0 rows means "to the end".
Placed = tuple[tuple[Block, ...], int, int]


def rows_of(table: LexborNode) -> list[list[LexborNode]]:
    """Return the ``td`` and ``th`` of each row, in source order."""
    parts = list(table.iter())
    groups = [part for part in parts if part.tag in ("thead", "tbody", "tfoot")]
    rows = [row for part in groups for row in part.iter() if row.tag == "tr"]
    rows = [part for part in parts if part.tag == "tr"] + rows
    return [[c for c in row.iter() if c.tag in ("td", "th")] for row in rows]


def spans_of(cell: LexborNode) -> tuple[int, int]:
    """Return over how many rows and columns a cell reaches; 0 rows: to the end."""
    attributes = cell.attributes
    return (
        number(attributes.get("rowspan"), 0, _MAX_SPAN),
        number(attributes.get("colspan"), 1, _MAX_SPAN),
    )


def number(printed: str | None, least: int, most: int) -> int:
    """Return a number an attribute states, 1 if it states none."""
    digits = (printed or "").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 7):
        return 1
    return min(max(int(digits), least), most)


def place(rows: Sequence[Iterable[Placed]]) -> tuple[Cell, ...]:
    """Return the cells of the rows in their places, without overlaps.

    Rows and columns in which none begins are folded: ``colspan="100"`` for "all of
    them" is common.
    """
    cells: list[Cell] = []
    #: Column -> first row below the cell that reaches down into it.
    free_from: dict[int, int] = {}
    for row, placed in enumerate(rows):
        column = 0
        for blocks, height, width in placed:
            height = height or len(rows)
            while blocked := [
                c for c in range(column, column + width) if free_from.get(c, 0) > row
            ]:
                column = blocked[-1] + 1
            cells.append(Cell(row, column, blocks, height, width))
            free_from.update(dict.fromkeys(range(column, column + width), row + height))
            column += width
    return _fold(cells)


def _fold(cells: Sequence[Cell]) -> tuple[Cell, ...]:
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
