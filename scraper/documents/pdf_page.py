"""The pages of a PDF -> characters and rules with their places, by pdfium.

Everything stays in memory; every handle is closed again. Coordinates are turned so
that pages stand as they are shown.
"""

import ctypes
import math
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field

import pypdfium2 as pdfium
from pypdfium2 import raw

from scraper.documents.pdf_lines import Box, Char
from scraper.errors import DocumentError

#: Largest of each seen in 115 real documents: 20 pages, 30,000 characters, 28,000
#: objects on a page.
MAX_PAGES = 1_000
MAX_CHARS = 4_000_000
MAX_OBJECTS = 100_000

#: Points: a path thinner than this is a rule.
_THIN = 3.0
#: A rectangle has at most this many segments.
_SEGMENTS = 5
#: Beyond, a coordinate is damage.
_FAR = 1e6
_NOWHERE = Box(0.0, 0.0, 0.0, 0.0)
#: Points: text less wide than this is a blank.
_NOTHING = 0.01
#: Radians by which a character may lean and still count as upright.
_LEAN = 0.4
#: pdfium's stand-in for a hyphen at a line's end.
_HYPHENS = frozenset({0x02, 0xFFFE, 0xFFFF})

Turn = Callable[[float, float, float, float], Box]


@dataclass(frozen=True, slots=True)
class Page:
    """What is printed on a page."""

    box: Box
    #: In the order in which they are drawn.
    chars: tuple[Char, ...]
    #: Rules, and the edges of rectangles, as thin boxes.
    rules: tuple[Box, ...]
    #: Where blanks are drawn by themselves; pdfium leaves them out of the text.
    blanks: tuple[tuple[float, float], ...] = ()
    pictures: int = 0
    #: Characters nobody can see.
    hidden: int = 0


def read_pages(data: bytes) -> Iterator[Page]:
    """Give the pages of a document.

    Raises:
        DocumentError: ``broken``, ``encrypted`` or ``too_large``.
    """
    with closing(_open(data)) as document:
        count = len(document)
        if count > MAX_PAGES:
            raise DocumentError("too_large", f"{count} pages")
        left = MAX_CHARS
        for number in range(count):
            page = _read_page(document, number, left)
            left -= len(page.chars)
            yield page


def _open(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            reason = "the document is protected by a password"
            raise DocumentError("encrypted", reason) from error
        raise DocumentError("broken", "not a readable PDF") from error


def _read_page(document: pdfium.PdfDocument, number: int, most: int) -> Page:
    try:
        with closing(document[number]) as page, closing(page.get_textpage()) as text:
            if text.count_chars() > most:
                raise DocumentError("too_large", "more text than any release has")
            return _read_open_page(page, text)
    except pdfium.PdfiumError as error:
        reason = f"page {number + 1} cannot be read"
        raise DocumentError("broken", reason) from error


def _read_open_page(page: pdfium.PdfPage, text: pdfium.PdfTextPage) -> Page:
    left, bottom, right, top = page.get_bbox()
    quarters = page.get_rotation() // 90 % 4
    turn = _turned_by(quarters)
    shown = turn(left, bottom, right, top)
    seen = _read_objects(page, turn)
    found = _read_chars(text, turn)
    if quarters or not seen.plain:
        found = [(at, _looked_at(text, at, char, quarters)) for at, char in found]
    kept = [char for _, char in found if char is not None]
    return Page(
        *(shown, tuple(kept), tuple(seen.rules), tuple(seen.blanks)),
        *(seen.pictures, len(found) - len(kept)),
    )


# --- characters -------------------------------------------------------------------


_Found = list[tuple[int, Char | None]]


def _read_chars(text: pdfium.PdfTextPage, turn: Turn) -> _Found:
    """Return the characters with their numbers; line ends that pdfium adds are not."""
    handle, box = text.raw, raw.FS_RECTF()
    place = ctypes.byref(box)
    code_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    found: _Found = []
    last = _NOWHERE
    for at in range(text.count_chars()):
        code = code_of(handle, at)
        if code in (0, 10, 13):
            continue
        if box_of(handle, at, place):
            last = turn(box.left, box.bottom, box.right, box.top)
        found.append((at, Char(_character(code), last)))
    return found


def _character(code: int) -> str:
    if code in _HYPHENS:
        return "-"
    if code < 32 or code > 0x10FFFF:
        return " "
    return chr(code)


def _looked_at(
    text: pdfium.PdfTextPage, at: int, char: Char | None, quarters: int
) -> Char | None:
    """Return the character, marked if it leans; ``None`` if it is not painted."""
    owner = raw.FPDFText_GetTextObject(text.raw, at)
    if char is None or not owner:
        return char
    if raw.FPDFTextObj_GetTextRenderMode(owner) == raw.FPDF_TEXTRENDERMODE_INVISIBLE:
        return None
    angle = raw.FPDFText_GetCharAngle(text.raw, at) + quarters * math.pi / 2
    leans = abs(math.remainder(angle, 2 * math.pi)) > _LEAN
    return Char(char.text, char.box, turned=True) if leans else char


def _turned_by(quarters: int) -> Turn:
    """Return what makes boxes of a page that is shown turned, clockwise."""

    def turn(left: float, bottom: float, right: float, top: float) -> Box:
        for _ in range(quarters):
            left, bottom, right, top = bottom, -right, top, -left
        if -_FAR < left <= right < _FAR and -_FAR < bottom <= top < _FAR:
            return Box(left, bottom, right, top)
        return _NOWHERE

    return turn


# --- rules ------------------------------------------------------------------------


@dataclass(slots=True)
class _Seen:
    """What the objects of a page say beside its text."""

    rules: list[Box] = field(default_factory=list)
    blanks: list[tuple[float, float]] = field(default_factory=list)
    pictures: int = 0
    #: All text is upright and painted, and none is out of sight in forms.
    plain: bool = True


def _read_objects(page: pdfium.PdfPage, turn: Turn) -> _Seen:
    count = raw.FPDFPage_CountObjects(page.raw)
    seen = _Seen(plain=count <= MAX_OBJECTS)
    for at in range(min(count, MAX_OBJECTS)):
        item = raw.FPDFPage_GetObject(page.raw, at)
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            seen.rules += _edges(item, turn)
        elif kind == raw.FPDF_PAGEOBJ_TEXT:
            box = _bounds(item, turn)
            if box is not None and box.right - box.left < _NOTHING:
                seen.blanks.append((box.left, box.bottom))
            seen.plain = seen.plain and _is_plain(item)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            seen.pictures += 1
        else:
            seen.plain = False
    return seen


def _is_plain(item: object) -> bool:
    """Tell whether text is painted and upright."""
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(item, matrix)
    upright = matrix.a > 0 and abs(matrix.b) <= _LEAN * matrix.a
    mode = raw.FPDFTextObj_GetTextRenderMode(item)
    return upright and bool(mode != raw.FPDF_TEXTRENDERMODE_INVISIBLE)


def _bounds(item: object, turn: Turn) -> Box | None:
    sides = [ctypes.c_float() for _ in range(4)]
    if not raw.FPDFPageObj_GetBounds(item, *sides):
        return None
    return turn(*(side.value for side in sides))


def _edges(item: object, turn: Turn) -> Iterator[Box]:
    """Give the rule a path is, or the four edges of the rectangle it is."""
    if not 2 <= raw.FPDFPath_CountSegments(item) <= _SEGMENTS:
        return
    box = _bounds(item, turn)
    if box is None:
        return
    if box.right - box.left <= _THIN or box.top - box.bottom <= _THIN:
        yield box
    elif raw.FPDFPath_CountSegments(item) > _SEGMENTS - 2:
        yield Box(box.left, box.bottom, box.left, box.top)
        yield Box(box.right, box.bottom, box.right, box.top)
        yield Box(box.left, box.bottom, box.right, box.bottom)
        yield Box(box.left, box.top, box.right, box.top)
