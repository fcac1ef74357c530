"""A small builder of PDF files: text at places, rules, pictures, one rule at a time.

Every character is ``size`` wide (a blank half of it) unless it is ASCII, which is half
as wide; its code is its UTF-16 value and ``ToUnicode`` says so. Its font has no
glyphs: pdfium leaves out what is one character alone.
"""

import hashlib
import zlib
from collections.abc import Iterable, Sequence

#: A4 in points.
WIDTH, HEIGHT = 595, 842
#: Left and right ends of the lines of a page, and the distance of lines.
LEFT, RIGHT, STEP = 57, 538, 20

_PICTURE = (
    b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8"
    b" /ColorSpace /DeviceGray /Length 1 >>\nstream\n\x00\nendstream"
)


def width(text: str, size: float = 14) -> float:
    """Return how wide a text is."""
    return sum(size if ord(c) > 0x7F else size / 2 for c in text)


def at(x: float, y: float, text: str, size: float = 14, extra: str = "") -> bytes:
    """Return a text that begins at a place; ``extra`` are operators before it."""
    code = text.encode("utf-16-be").hex()
    return f"BT {extra} /F1 {size} Tf {x} {y} Td <{code}> Tj ET\n".encode()


def hidden(x: float, y: float, text: str) -> bytes:
    return at(x, y, text, extra="3 Tr") + b"BT 0 Tr ET\n"


def latin(x: float, y: float, text: str, *, turned: bool = False) -> bytes:
    """Return an ASCII text, maybe set upwards, in a font whose glyphs pdfium has."""
    matrix = "0 1 -1 0" if turned else "1 0 0 1"
    return f"BT /F2 14 Tf {matrix} {x} {y} Tm ({text}) Tj ET\n".encode()


def lines(*texts: str, top: float = 740, left: float = LEFT, size: float = 14) -> bytes:
    """Return lines one under the other."""
    return b"".join(
        at(left, top - STEP * number, text, size) for number, text in enumerate(texts)
    )


def full(text: str, end: float = RIGHT, left: float = LEFT, size: float = 14) -> str:
    """Return the text made long enough, with a long second word, to fill a line."""
    missing = int((end - left - width("새 " + text.rstrip(), size)) / size)
    return "새 " + "가" * missing + text


def rule(x0: float, y0: float, x1: float, y1: float) -> bytes:
    return f"{x0} {y0} m {x1} {y1} l S\n".encode()


def grid(xs: Sequence[float], ys: Sequence[float]) -> bytes:
    """Return the rules of a table; ``ys`` from the top down."""
    across = [rule(xs[0], y, xs[-1], y) for y in ys]
    down = [rule(x, ys[0], x, ys[-1]) for x in xs]
    return b"".join(across + down)


def shade(x0: float, y0: float, x1: float, y1: float) -> bytes:
    return f"0.9 g {x0} {y0} {x1 - x0} {y1 - y0} re f 0 g\n".encode()


def picture() -> bytes:
    return b"q 100 0 0 100 200 300 cm /P Do Q\n"


def pdf(
    *pages: bytes,
    rotate: int = 0,
    password: bytes = b"",
    more: Sequence[bytes] = (),
    resources: bytes = b"",
    packed: bool = False,
) -> bytes:
    """Return a document of these pages.

    Args:
        pages: The content stream of each.
        rotate: Degrees by which every page is shown turned.
        password: What opens it; empty means that it is not protected.
        more: Further objects; the first has the number 10.
        resources: Further entries of every page's resources.
        packed: Compress the content streams.
    """
    first = 10 + len(more)
    kids = " ".join(f"{first + 2 * n} 0 R" for n in range(len(pages))).encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Ours /Encoding /Identity-H"
        b" /DescendantFonts [4 0 R] /ToUnicode 6 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Ours /DW 1000"
        b" /W [0 127 500] /FontDescriptor 5 0 R"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
        b" >>",
        b"<< /Type /FontDescriptor /FontName /Ours /Flags 4 /ItalicAngle 0"
        b" /FontBBox [0 -200 1000 800] /Ascent 800 /Descent -200 /CapHeight 700"
        b" /StemV 80 >>",
        stream(_to_unicode()),
        _PICTURE,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"null",
        *more,
    ]
    for number, content in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Rotate %d"
            b" /Contents %d 0 R /Resources << /Font << /F1 3 0 R /F2 8 0 R >>"
            b" /XObject << /P 7 0 R /X 10 0 R >> %s >> >>"
            % (WIDTH, HEIGHT, rotate, first + 2 * number + 1, resources)
        )
        objects.append(stream(content, packed=packed))
    return _join(objects, _encryption(password) if password else b"")


def stream(data: bytes, entries: bytes = b"", *, packed: bool = False) -> bytes:
    """Return a stream object."""
    if packed:
        data, entries = zlib.compress(data), entries + b" /Filter /FlateDecode"
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def _to_unicode() -> bytes:
    return (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        b"/CMapName /Ours def /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        + b"".join(
            b"1 beginbfrange <%02x00> <%02xff> <%02x00> endbfrange\n" % ((high,) * 3)
            for high in range(256)
        )
        + b"endcmap CMapName currentdict /CMap defineresource pop end end"
    )


def _encryption(password: bytes) -> bytes:
    """Return the trailer entries of the oldest protection; only its check is right."""
    pad = bytes.fromhex(
        "28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a"
    )
    owner = hashlib.md5((password + pad)[:32]).hexdigest() * 2
    return (
        b" /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>"
        b" /ID [<00> <00>]" % (owner.encode(), b"00" * 32)
    )


def _join(objects: Iterable[bytes], trailer: bytes) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R%s >>\n" % (len(places) + 1, trailer)
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)
