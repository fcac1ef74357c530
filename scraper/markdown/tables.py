"""Tables as Markdown (pipes) where that can hold them, else as HTML."""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import chain, product
from operator import attrgetter

from scraper.markdown.escaping import entity, escape_html, escape_inline
from scraper.markdown.last_word import last_word_on_table
from scraper.model import Block, Cell, PageBreak, Paragraph, Table
from scraper.text import visible

#: Of these alone a row of cells would be read as a ruler, not as text.
_RULER = frozenset("-=:+ ")


def table_to_markdown(table: Table) -> str:
    """Return a table as pipes, or as HTML if it has spans, tables inside or one row.

    A table without text gives "". kramdown takes a table of one row, which is all
    head, for a paragraph with bars and dashes (seen in its version 2.4).
    """
    rows = _rows(table)
    if not _has_text(table.cells):
        return ""
    if len(rows) < 2 or not _is_plain(rows):
        return last_word_on_table(_to_html(rows))
    return _to_pipes(rows)


def table_to_html(table: Table) -> str:
    """Return a table as HTML without blank lines; "" if it has no text."""
    return _to_html(_rows(table)) if _has_text(table.cells) else ""


def unboxed(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks, with the content of one-cell tables in their place.

    Such a table is a frame drawn around text.
    """
    for block in blocks:
        if isinstance(block, Table) and len(block.cells) == 1:
            yield from unboxed(block.cells[0].blocks)
        else:
            yield block


def _unboxed(blocks: Sequence[Block]) -> Sequence[Block]:
    """Return the blocks as :func:`unboxed` does; nearly all cells hold no table."""
    for block in blocks:
        if isinstance(block, Table):
            return list(unboxed(blocks))
    return blocks


def one_line(text: str) -> str:
    """Return a text cleaned, its lines joined by blanks."""
    return " ".join(text_lines(text))


def text_lines(text: str) -> list[str]:
    """Return the lines of a block's text, cleaned; no line is empty."""
    if "  " not in text and text.isprintable():  # as nearly every text is
        line = unicodedata.normalize("NFC", text.strip())
        return [line] if line else []
    shown = visible(text)
    if "\n" not in shown:
        line = " ".join(shown.split())
        return [line] if line else []
    lines = (" ".join(line.split()) for line in shown.split("\n"))
    return [line for line in lines if line]


def _is_neat(text: str) -> bool:
    """Say whether a text, and each piece of it, needs no cleaning but for its ends."""
    return (
        "  " not in text
        and text.isprintable()
        and unicodedata.is_normalized("NFC", text)
    )


def _rows(table: Table) -> list[list[Cell]]:
    """Return the cells by row, on the smallest grid that keeps their neighbors.

    Rows and columns in which no cell starts are dropped, so spans that only bridged
    such ones are 1, and absurd spans end at the table's edge. A gap becomes an empty
    cell.
    """
    return _even_rows(table.cells) or _fitted_rows(table)


def _even_rows(cells: Sequence[Cell]) -> list[list[Cell]]:
    """Return the rows of a table without spans and gaps; nothing for any other one."""
    rows: list[list[Cell]] = []
    row: list[Cell] = []
    for cell in cells:
        if cell.column == 0:
            row = []
            rows.append(row)
        if (
            cell.row_span != 1
            or cell.column_span != 1
            or cell.column != len(row)
            or cell.row != len(rows) - 1
        ):
            return []
        row.append(cell)
    return rows if all(len(row) == len(rows[0]) for row in rows) else []


def _fitted_rows(table: Table) -> list[list[Cell]]:
    ups = sorted({cell.row for cell in table.cells})
    lefts = sorted({cell.column for cell in table.cells})
    rows: list[list[Cell]] = [[] for _ in ups]
    tight = all(grid == list(range(len(grid))) for grid in (ups, lefts))
    for cell in table.cells:
        if (
            tight
            and 0 < cell.row_span <= len(ups) - cell.row
            and 0 < cell.column_span <= len(lefts) - cell.column
        ):
            rows[cell.row].append(cell)
            continue
        row, column = bisect_left(ups, cell.row), bisect_left(lefts, cell.column)
        height = bisect_left(ups, cell.row + max(cell.row_span, 1)) - row
        width = bisect_left(lefts, cell.column + max(cell.column_span, 1)) - column
        rows[row].append(Cell(row, column, cell.blocks, height, width))
    _fill_gaps(rows, len(lefts))
    return rows


def _fill_gaps(rows: list[list[Cell]], width: int) -> None:
    covered: set[tuple[int, int]] = set()
    for cell in chain.from_iterable(rows):
        if cell.row_span == cell.column_span == 1:
            covered.add((cell.row, cell.column))
        else:
            down = range(cell.row, cell.row + cell.row_span)
            across = range(cell.column, cell.column + cell.column_span)
            covered.update(product(down, across))
    whole = len(covered) == len(rows) * width
    for row, cells in enumerate(rows):
        if not whole:
            cells.extend(
                Cell(row, column, ())
                for column in range(width)
                if (row, column) not in covered
            )
        cells.sort(key=attrgetter("column"))


def _has_text(cells: Sequence[Cell]) -> bool:
    return any(
        _has_text(block.cells)
        if isinstance(block, Table)
        else not isinstance(block, PageBreak) and text_lines(block.text)
        for cell in cells
        for block in cell.blocks
    )


def _is_plain(rows: list[list[Cell]]) -> bool:
    width = len(rows[0])
    for cells in rows:
        if len(cells) != width:
            return False
        for column, cell in enumerate(cells):
            if (
                cell.column != column
                or cell.row_span != 1
                or cell.column_span != 1
                or any(isinstance(b, Table) for b in _unboxed(cell.blocks))
            ):
                return False
    return True


def _to_pipes(rows: list[list[Cell]]) -> str:
    head, *body = [[_pipe_cell(cell) for cell in cells] for cells in rows]
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _pipe_cell(cell: Cell) -> str:
    lines: list[str] = []
    for block in _unboxed(cell.blocks):
        if not isinstance(block, PageBreak | Table):
            lines += text_lines(block.text)
    text = "\n".join(lines)
    if text[:1] in _RULER and _RULER.issuperset(text):
        return " ".join("".join(map(entity, word)) for word in text.split())
    # Blanks around the break keep the words apart where raw HTML is dropped (Hugo).
    return escape_inline(text).replace("\n", " <br> ")


def _to_html(rows: list[list[Cell]]) -> str:
    shown = iter(_shown([cell for cells in rows for cell in cells]))
    lines = ["".join(map(_html_cell, cells, shown)) for cells in rows]
    return "\n".join(["<table>", *(f"<tr>{line}</tr>" for line in lines), "</table>"])


def _html_cell(cell: Cell, shown: str) -> str:
    if cell.row_span <= 1 and cell.column_span <= 1:
        return f"<td>{shown}</td>"
    spans = ""
    if cell.row_span > 1:
        spans += f' rowspan="{cell.row_span}"'
    if cell.column_span > 1:
        spans += f' colspan="{cell.column_span}"'
    return f"<td{spans}>{shown}</td>"


def _shown(cells: Sequence[Cell]) -> list[str]:
    """Return what stands in each cell, as HTML.

    Most cells hold one paragraph, and most texts need no cleaning: a look at all of
    them at once tells so.
    """
    texts, others = [], []
    for cell in cells:
        blocks = cell.blocks
        if len(blocks) == 1 and isinstance(blocks[0], Paragraph):
            texts.append(blocks[0].text)
        else:
            texts.append("")
            if blocks:
                others.append(len(texts) - 1)
    if not _is_neat("".join(texts)):
        return ["<br>".join(_html_lines(cell.blocks)) for cell in cells]
    shown = [text.strip() for text in escape_html("\n".join(texts)).split("\n")]
    for at in others:
        shown[at] = "<br>".join(_html_lines(cells[at].blocks))
    return shown


def _html_lines(blocks: Sequence[Block]) -> list[str]:
    lines: list[str] = []
    for block in _unboxed(blocks):
        if isinstance(block, Table):
            lines.append(table_to_html(block).replace("\n", ""))
        elif not isinstance(block, PageBreak):
            lines += map(escape_html, text_lines(block.text))
    return lines
