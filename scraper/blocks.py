"""The text inside blocks, whatever their kind."""

from collections.abc import Iterator

from scraper.model import Block, Cell, PageBreak, Paragraph, Table


def leaves(block: Block) -> Iterator[str]:
    """Give each text in a block, in order; a page break has none."""
    if isinstance(block, Table):
        return _held(block)
    return iter(() if isinstance(block, PageBreak) else (block.text,))


def _held(table: Table) -> Iterator[str]:
    for cell in table.cells:
        for block in cell.blocks:
            if isinstance(block, Paragraph):  # nearly all are; it spares a call
                yield block.text
            else:
                yield from leaves(block)


def block_text(block: Block) -> str:
    """Return the texts of a block, one a line; "" if it has none."""
    if isinstance(block, Table):
        return "\n".join(_held(block)).strip()
    return "" if isinstance(block, PageBreak) else block.text.strip()


def cell_text(cell: Cell) -> str:
    """Return the texts of a cell, one a line; "" if it has none."""
    if len(cell.blocks) == 1:
        return block_text(cell.blocks[0])
    return "\n".join(map(block_text, cell.blocks)).strip()


def one_line(text: str) -> str:
    """Return the text with every run of blanks made one space."""
    return " ".join(text.split())


def solid(text: str) -> str:
    """Return the text without blanks: ``담 당 부 서`` is 담당부서."""
    return "".join(text.split())
