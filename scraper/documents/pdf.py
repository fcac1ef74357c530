"""PDF -> blocks: pdfium's characters, set together again as lines and paragraphs.

A PDF knows where characters stand, nothing more. Tables are read where rules enclose
their cells. Left out: page numbers, running heads, pictures, text that is not painted.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from scraper.documents.glyphs import unknown_glyphs
from scraper.documents.pdf_flow import Sheet, lines_of, read_sheets
from scraper.documents.pdf_page import read_pages
from scraper.documents.pdf_paragraphs import Paragraphs
from scraper.documents.pdf_words import Words
from scraper.errors import DocumentError
from scraper.model import Block, Document, PageBreak, Table

#: UTF-8 bytes of text; real documents have less than 1 MB.
MAX_TEXT_BYTES = 16_000_000


def read_pdf(data: bytes) -> Document:
    """Return the document in ``data``, its lines not yet told apart.

    Raises:
        DocumentError: ``broken``, ``encrypted``, ``too_large``, or ``empty`` (only
            pictures: a scan).
    """
    sheets = read_sheets(list(read_pages(data)))
    areas = [sheet.area for sheet in sheets]
    blocks = Paragraphs(Words(lines_of(areas))).blocks(areas)
    size = sum(len(text.encode()) for text in _texts(blocks))
    if not size:
        raise DocumentError("empty", "the PDF holds no text, only pictures of it")
    if size > MAX_TEXT_BYTES:
        raise DocumentError("too_large", "more text than any release has")
    return Document("pdf", tuple(blocks), tuple(_warnings(sheets, blocks)))


def _warnings(sheets: Sequence[Sheet], blocks: Sequence[Block]) -> Iterator[str]:
    pictures = sum(sheet.pictures for sheet in sheets)
    hidden = sum(sheet.hidden for sheet in sheets)
    if pictures:
        yield f"pictures left out: {pictures}"
    if hidden:
        yield f"characters nobody can see left out: {hidden}"
    glyphs = Counter(glyph for text in _texts(blocks) for glyph in unknown_glyphs(text))
    for glyph, count in sorted(glyphs.items()):
        yield f"unknown glyph U+{ord(glyph):04X}: {count}"


def _texts(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Table):
            for cell in block.cells:
                yield from _texts(cell.blocks)
        elif not isinstance(block, PageBreak):
            yield block.text
