"""What is printed around a text but is no part of it, taken out and accounted for.

The license notice in all its wordings (ours is written once, under the post), the
site's remark on reprinting, captions and credits of pictures, which go with them, and
what a word processor says of a picture. Wherever they stand: in cells of tables too.
Nothing else goes, and nothing that stays is changed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from scraper.blocks import leaves
from scraper.model import (
    Block,
    Caption,
    Cell,
    Heading,
    ListItem,
    Note,
    PageBreak,
    Paragraph,
    Removed,
    Table,
)
from scraper.notices import is_image_noise, not_text, split_notice, tells

#: Blocks that go for what they say, if at all; captions go for what they are.
_LINES = (Paragraph, ListItem, Note, Heading)


def take_out(
    blocks: Sequence[Block],
) -> tuple[tuple[Block, ...], tuple[Removed, ...]]:
    """Return the blocks that stay, and what was taken out of them, both in order.

    The texts of both together are those given. Of a table only cells change; it goes
    when nothing is left in it.
    """
    removed: list[Removed] = []
    return tuple(_kept(blocks, removed)), tuple(removed)


def _kept(blocks: Sequence[Block], removed: list[Removed]) -> Iterator[Block]:
    above = ""  # why the block above went, or its end
    for block in blocks:
        reason = ""
        if isinstance(block, Table):
            yield from _kept_table(block, removed)
        elif isinstance(block, PageBreak) or _stays(block):
            yield block
        elif reason := _why(block, above):
            removed.append(Removed(reason, block))
        else:
            text, notice = split_notice(block.text)
            if notice:
                removed.append(Removed("notice", Paragraph(notice)))
                reason = "notice" if block.text.endswith(notice) else ""
            yield replace(block, text=text) if notice else block
        above = reason


def _kept_table(table: Table, removed: list[Removed]) -> Iterator[Table]:
    if all(_stays(block) for cell in table.cells for block in cell.blocks):
        yield table
        return
    before = len(removed)
    cells = tuple(_kept_cell(cell, removed) for cell in table.cells)
    if len(removed) == before:
        yield table
    elif any(text for cell in cells for b in cell.blocks for text in leaves(b)):
        yield Table(cells)


def _kept_cell(cell: Cell, removed: list[Removed]) -> Cell:
    before = len(removed)
    blocks = tuple(_kept(cell.blocks, removed))
    return cell if len(removed) == before else replace(cell, blocks=blocks)


def _stays(block: Block) -> bool:
    """Tell at a glance that a line is text, as nearly every line is."""
    return isinstance(block, _LINES) and not tells(block.text)


def _why(block: Block, above: str) -> str:
    """Return the reason why a block is not part of the text, "" if it is.

    ``above`` is why the one above it went: notices and remarks on pictures are runs.
    """
    if isinstance(block, Table | PageBreak):
        return ""
    if isinstance(block, Caption) and block.of == "image":
        return "caption"
    if is_image_noise(block.text, goes_on=above == "image"):
        return "image"
    return not_text(block.text, below_notice=above == "notice")
