"""Plain paragraphs -> headings, list items and notes, by how releases are typed.

Korean releases carry their structure as glyphs at line starts: ``□`` a point, ``ㅇ`` a
point below it, ``-`` a third level, ``*`` and ``※`` notes. Glyphs stay in the text, no
text is lost and nothing changes its order, whatever the reader was.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from scraper.model import (
    Block,
    Cell,
    Heading,
    ListItem,
    Note,
    PageBreak,
    Paragraph,
    Table,
)

_LEVELS = (
    # A doubled glyph is no bullet: ○○시 hides a name. A minus stands at its number.
    (1, re.compile(r"[□■❏❑❒◻◼☐](?![□■])\s*\S")),
    (2, re.compile(r"(?:[○◦◯⚬❍](?![○◯Ｏ])\s*|[ㅇㆁ]\s*(?!ㅇ)|[oO]\s+)\S")),
    (3, re.compile(r"(?:[-–—―‐‑－−]\s+|[-–—―‐‑－−](?![-–—―‐‑－−\d.,]))\S")),
)
#: What any of them begins with.
_GLYPHS = frozenset("□■❏❑❒◻◼☐○◦◯⚬❍ㅇㆁoO-–—―‐‑－−")
_NOTE = re.compile(r"(?:[*＊∗]{1,4}|[※†‡])\s*\S")
#: Lines that keep their own line inside a paragraph.
_ENUMERATED = re.compile(r"[①-⓿❶-➓▪▸►▴▲△▶▷◆◇●•·☞✔✓\[【<〈<(（➊]")

_ROMAN = re.compile(r"[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ]\s?[.．)]?\s?\S")
_APPENDIX_NAME = r"(?:붙\s?임|참\s?고|별\s?첨|첨\s?부|별\s?지)(?:\s?자\s?료)?\s?\d{0,2}"
#: ``붙임``, ``<참고 2>``, ``붙임 1 추진 일정``; with a stop it lists what is attached.
_APPENDIX = re.compile(
    rf"[<〈《\[【(]?\s?{_APPENDIX_NAME}\s?[>〉》\]】)]?|{_APPENDIX_NAME}(?<=\d)\s.+"
)
#: The first of two boxes in a row: ``붙임 1``.
_MARK = re.compile(rf"[<〈《\[【(]?\s?{_APPENDIX_NAME}\s?[>〉》\]】)]?")
_NUMBER = re.compile(r"\d{1,2}\.?|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ]\.?|[①-⑳❶-➓]")
_BRACKETED = re.compile(r"\[[^\[\]]{2,58}\]|【[^【】]{2,58}】")
#: Such brackets hold a caption or a source, no heading.
_CAPTION = re.compile(r".\s?(?:사진|그림|영상|표|자료|출처|단위|서식)")
#: A list of what is attached, or a sentence, is no heading.
_NO_HEADING = re.compile(r"(?:\d\s?부|끝|다|요|음|함|까)\s?[.。]|[.。]\s?끝")
_LONGEST_HEADING = 70

#: What a line that is more than a paragraph begins with: most lines do not.
_BEGINNINGS = _GLYPHS | frozenset("*＊∗※†‡ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ<〈《[【(붙참별첨")


def structure(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return the blocks with their lines told apart and boxes opened.

    Tables of one cell are boxes: their content takes their place. Tables of one row
    that hold a number and a title become headings. Cells keep plain paragraphs.
    Anything but paragraphs and tables stays as it is; so the function may be applied
    to its own result.
    """
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Paragraph) and _is_plain_line(block.text):
            found.append(block)
        else:
            found += _structured(block)
    return tuple(found)


def _structured(block: Block) -> Iterator[Block]:
    if isinstance(block, Paragraph):
        yield from map(_classified, _lines(block.text))
    elif not isinstance(block, Table):
        yield block
    elif len(block.cells) == 1:
        yield from structure(block.cells[0].blocks)
    else:
        title = _boxed_title(block.cells)
        yield Table(tuple(map(_plain, block.cells))) if title is None else title


# --- lines ------------------------------------------------------------------------


def _lines(text: str) -> Iterator[str]:
    """Give the paragraphs typed as one: a line that begins with a glyph is its own.

    Other breaks only fit the page and become a blank, but an enumerated line keeps
    its own line.
    """
    paragraph = ""
    for line in filter(None, text.split("\n")):
        if not paragraph:
            paragraph = line
        elif _level(line) or _NOTE.match(line):
            yield paragraph
            paragraph = line
        else:
            paragraph += ("\n" if _ENUMERATED.match(line) else " ") + line
    if paragraph:
        yield paragraph


def _is_plain_line(text: str) -> bool:
    """Tell by its first character that a line is a paragraph; most are."""
    first = text[:1]
    return (
        bool(text)
        and first not in _BEGINNINGS
        and not first.isspace()
        and "\n" not in text
    )


def _level(text: str) -> int:
    """Return the list level of a line, 0 if it is no list item."""
    if text[:1] not in _GLYPHS:
        return 0
    return next((level for level, glyph in _LEVELS if glyph.match(text)), 0)


def _classified(text: str) -> Block:
    if level := _level(text):
        return ListItem(text, level)
    if _NOTE.match(text):
        return Note(text)
    if _is_heading(text):
        return Heading(text)
    if _BRACKETED.fullmatch(text) and not _CAPTION.match(text):
        return Heading(text, level=2)
    return Paragraph(text)


def _is_heading(text: str) -> bool:
    if len(text) > _LONGEST_HEADING or "\n" in text or _NO_HEADING.search(text):
        return False
    return bool(_ROMAN.match(text) or _APPENDIX.fullmatch(text))


# --- boxes ------------------------------------------------------------------------


def _boxed_title(cells: Sequence[Cell]) -> Heading | None:
    """Return the heading that one row of boxes spells: ``1 | 추진 배경``."""
    if any(cell.row or cell.row_span > 1 for cell in cells):
        return None
    texts = [_only_text(cell) for cell in cells]
    if None in texts:
        return None
    match [text for text in texts if text]:
        case [str(mark), str(title)] if len(mark) + len(title) < _LONGEST_HEADING:
            whole = f"{mark} {title}"
            if _NUMBER.fullmatch(mark):
                return Heading(whole, level=1 if "Ⅰ" <= mark[0] <= "Ⅻ" else 2)
            if _MARK.fullmatch(mark):
                return Heading(whole)
    return None


def _only_text(cell: Cell) -> str | None:
    """Return the only paragraph of a cell, "" if it is empty, else ``None``."""
    match [block for block in cell.blocks if not isinstance(block, PageBreak)]:
        case []:
            return ""
        case [Paragraph(text)]:
            return text.replace("\n", " ")
    return None


def _plain(cell: Cell) -> Cell:
    """Return the cell with boxes inside it opened and its lines left alone."""
    for block in cell.blocks:
        if isinstance(block, Table):
            break
    else:
        return cell  # nearly all are; ``any`` would take thrice the time
    blocks: list[Block] = []
    for block in cell.blocks:
        match block:
            case Table((inner,)):
                blocks += _plain(inner).blocks
            case Table(cells):
                blocks.append(Table(tuple(map(_plain, cells))))
            case _:
                blocks.append(block)
    return Cell(cell.row, cell.column, tuple(blocks), cell.row_span, cell.column_span)
