"""Where HTML puts the cells of a table."""

from bisect import bisect_left
from collections.abc import Sequence

from selectolax.lexbor import LexborNode

from scraper.model import Block, Cell

#: As HTML has it for columns; more rows than that are not a table of a release.
_MAX_SPAN = 1000

#: What a cell holds, and over how many rows and columns; 0 rows means "to the end".
Placed = tuple[tuple[Block, ...], int, int]


def rows_of(parts: Sequence[LexborNode]) -> list[list[LexborNode]]:
    """Return the ``td`` and ``th`` of each row of a table's parts, in source order."""
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
    if printed is None:
        return 1
    digits = printed.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 7):
        return 1
    return min(max(int(digits), least), most)


def place(rows: Sequence[Sequence[Placed]]) -> tuple[Cell, ...]:
    """Return the cells of the rows in their places, without overlaps.

    Rows and columns in which none begins are folded: ``colspan="100"`` for "all of
    them" is common.
    """
    if all(rows) and all(h == w == 1 for placed in rows for _, h, w in placed):
        return tuple(
            Cell(row, column, blocks)
            for row, placed in enumerate(rows)
            for column, (blocks, _, _) in enumerate(placed)
        )
    #: First row and column, and what is placed there.
    cells: list[tuple[int, int, Placed]] = []
    #: Column -> first row below the cell that reaches down into it.
    free_from: dict[int, int] = {}
    for row, placed in enumerate(rows):
        column = 0
        for blocks, height, width in placed:
            height = height or len(rows)
            while blocked := _blocked(free_from, row, column, width):
                column = blocked
            cells.append((row, column, (blocks, height, width)))
            for taken in range(column, column + width):
                free_from[taken] = row + height
            column += width
    return _fold(cells)


def _blocked(free_from: dict[int, int], row: int, column: int, width: int) -> int:
    """Return the column after the last one that a cell above reaches into, or 0."""
    for taken in range(column + width - 1, column - 1, -1):
        if free_from.get(taken, 0) > row:
            return taken + 1
    return 0


def _fold(cells: Sequence[tuple[int, int, Placed]]) -> tuple[Cell, ...]:
    rows = sorted({row for row, _, _ in cells})
    columns = sorted({column for _, column, _ in cells})
    row_at = {row: at for at, row in enumerate(rows)}
    column_at = {column: at for at, column in enumerate(columns)}

    def count(starts: list[int], first: int, span: int) -> int:
        return bisect_left(starts, first + span) - bisect_left(starts, first)

    return tuple(
        Cell(
            row_at[row],
            column_at[column],
            blocks,
            1 if height == 1 else count(rows, row, height),
            1 if width == 1 else count(columns, column, width),
        )
        for row, column, (blocks, height, width) in cells
    )
