"""The bytes of attachments, and of things that only claim to be attachments."""

from datetime import UTC

from tests.replica.blocks import Para, texts
from tests.replica.hwpx import make_hwpx
from tests.replica.release import File, Release


def make_file(release: Release, file: File) -> bytes:
    """Return what the server sends for ``file``; for ``error page`` ask ``pages``."""
    created = release.slot.published_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    match file.content:
        case "hwpx":
            blocks = release.document if file.main else _appendix(release, file)
            return make_hwpx(release.document_title, blocks, created)
        case "hwp":
            return make_hwp("\n".join(texts(release.document)))
        case "pdf":
            return make_pdf([release.document_title, *texts(release.body)])
        case "empty":
            return b""
        case _:
            raise ValueError(file.content)


def _appendix(release: Release, file: File) -> tuple[Para, ...]:
    stem = file.name.removesuffix(".hwpx")
    return (Para(stem), *(Para(f"□ {line}", 1) for line in release.subtitles))


def make_hwp(text: str) -> bytes:
    """Return bytes with the magic number of HWP 5 (OLE) that no reader can read."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\x00\x03\x00\xfe\xff"
    sectors = (head.ljust(512, b"\xff"), "HWP Document File".encode("utf-16-le"))
    return b"".join((*sectors, text.encode("utf-16-le"))).ljust(8192, b"\0")


def make_pdf(lines: list[str]) -> bytes:
    """Return a PDF of one page whose text can be copied out again."""
    text = "".join(
        f"<{line.encode('utf-16-be').hex()}> Tj T*\n"
        for line in lines
        if line.isprintable()
    )
    stream = f"BT /F1 9 Tf 12 TL 40 800 Td\n{text}ET".encode()
    characters = sorted({c for line in lines for c in line if ord(c) < 0x10000})
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        _stream(stream),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Replica /Encoding /Identity-H"
        b" /DescendantFonts [6 0 R] /ToUnicode 7 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Replica /DW 1000"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
        b" /FontDescriptor 8 0 R >>",
        _stream(_to_unicode(characters)),
        b"<< /Type /FontDescriptor /FontName /Replica /Flags 4 /ItalicAngle 0"
        b" /FontBBox [0 -200 1000 800] /Ascent 800 /Descent -200 /CapHeight 700"
        b" /StemV 80 >>",
    )
    return _join(objects)


def _stream(data: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data)


def _to_unicode(characters: list[str]) -> bytes:
    codes = [f"<{ord(c):04x}> <{ord(c):04x}>" for c in characters]
    parts = [
        f"{len(codes[i : i + 100])} beginbfchar\n"
        + "\n".join(codes[i : i + 100])
        + "\nendbfchar"
        for i in range(0, len(codes), 100)
    ]
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CMapName /Replica def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        + "\n".join(parts)
        + "\nendcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()


def _join(objects: tuple[bytes, ...]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)
