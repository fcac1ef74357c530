"""What a made-up document is made of, before it becomes HWPX or HTML."""

from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph; ``\\n`` is a line break inside it."""

    text: str
    #: 0 plain, 1 □, 2 ㅇ, 3 -, 4 a note: only its indentation.
    level: int = 0
    #: Text of a footnote that hangs on the end of this paragraph.
    footnote: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture from BinData; it has no text but a machine-written comment."""

    name: str = "image1"


@dataclass(frozen=True, slots=True)
class TextBox:
    """A drawn rectangle that holds paragraphs."""

    blocks: "tuple[Block, ...]"


@dataclass(frozen=True, slots=True)
class NewPage:
    """The next block starts a page."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell at its first row and column, from 0."""

    row: int
    column: int
    blocks: "tuple[Block, ...]"
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A table, its cells in row-major order."""

    cells: tuple[GridCell, ...]

    @property
    def height(self) -> int:
        return max(cell.row + cell.rows for cell in self.cells)

    @property
    def width(self) -> int:
        return max(cell.column + cell.columns for cell in self.cells)


Block = Para | Picture | TextBox | NewPage | Grid

#: A cell of :func:`grid`: its text, or text with its row and column spans.
Plain = str | tuple[str, int, int]


def grid(*rows: tuple[Plain, ...]) -> Grid:
    """Make a table from rows of texts; a span pushes later cells aside."""
    taken: set[tuple[int, int]] = set()
    cells = []
    for row, texts in enumerate(rows):
        column = 0
        for content in texts:
            text, down, across = (
                content if isinstance(content, tuple) else (content, 1, 1)
            )
            while (row, column) in taken:
                column += 1
            taken |= {(row + y, column + x) for y in range(down) for x in range(across)}
            paragraphs = tuple(Para(line) for line in text.split("\n\n"))
            cells.append(GridCell(row, column, paragraphs, down, across))
            column += across
    return Grid(tuple(cells))


def texts(blocks: "tuple[Block, ...]") -> Iterator[str]:
    """Yield the text of every paragraph in reading order, footnotes in their place."""
    for block in blocks:
        match block:
            case Para(text, _, footnote):
                if text.strip():
                    yield " ".join(text.split())
                if footnote:
                    yield footnote
            case TextBox(inner):
                yield from texts(inner)
            case Grid(cells):
                for cell in cells:
                    yield from texts(cell.blocks)
            case _:
                pass


def replaced(blocks: "tuple[Block, ...]", old: str, new: str) -> "tuple[Block, ...]":
    """Return the blocks with ``new`` for ``old`` in every paragraph."""
    out: list[Block] = []
    for block in blocks:
        match block:
            case Para(text):
                out.append(replace(block, text=text.replace(old, new)))
            case TextBox(inner):
                out.append(TextBox(replaced(inner, old, new)))
            case Grid(cells):
                changed = (
                    replace(cell, blocks=replaced(cell.blocks, old, new))
                    for cell in cells
                )
                out.append(Grid(tuple(changed)))
            case _:
                out.append(block)
    return tuple(out)
