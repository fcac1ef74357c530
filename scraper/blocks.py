"""The text inside blocks, whatever their kind."""

from collections.abc import Iterator

from scraper.model import Block, Cell, PageBreak, Table


def leaves(block: Block) -> Iterator[str]:
    """Give each text in a block, in order; a page break has none."""
    match block:
        case Table(cells):
            for cell in cells:
                for held in cell.blocks:
                    yield from leaves(held)
        case PageBreak():
            return
        case _:
            yield block.text


def block_text(block: Block) -> str:
    """Return the texts of a block, one a line; "" if it has none."""
    return "\n".join(leaves(block)).strip()


def cell_text(cell: Cell) -> str:
    """Return the texts of a cell, one a line; "" if it has none."""
    return "\n".join(map(block_text, cell.blocks)).strip()


def one_line(text: str) -> str:
    """Return the text with every run of blanks made one space."""
    return " ".join(text.split())


def solid(text: str) -> str:
    """Return the text without blanks: ``담 당 부 서`` is 담당부서."""
    return "".join(text.split())
