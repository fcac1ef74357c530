"""Is all of a document in its post, or printed among what was taken out?"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from scraper.model import Block, PageBreak, Removed, Table
from scraper.text import visible
from tests.rendering import POST_ELEMENTS, body_of, commonmark, shown


def texts(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield the text of each block and cell, in order."""
    for block in blocks:
        match block:
            case Table(cells):
                for cell in cells:
                    yield from texts(cell.blocks)
            case PageBreak():
                pass
            case _:
                yield visible(block.text)


def missing_text(
    document_blocks: Sequence[Block], post_text: str, removed: Sequence[Removed]
) -> list[str]:
    """Return the words of a document that neither post nor removed blocks have.

    A word that the document has three times must be there three times. The front
    matter does not count: what is in it is a copy.
    """
    kept = shown(commonmark(body_of(post_text)), elements=POST_ELEMENTS)
    there = Counter(kept.split())
    there.update(_words(texts(part.block for part in removed)))
    return sorted((Counter(_words(texts(document_blocks))) - there).elements())


def _words(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield from line.split()
