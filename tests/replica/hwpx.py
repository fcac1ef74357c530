"""Makes HWPX documents in the shape Hancom Office writes them (seen October 2026).

The parts that never change are in ``parts/``; the text is put in here. The same
blocks give the same bytes.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path

from tests.replica.blocks import Block, Grid, GridCell, NewPage, Para, Picture, TextBox

_PARTS = Path(__file__).with_name("parts")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>'
_SPACES = " ".join(
    f'xmlns:{prefix}="http://www.hancom.co.kr/hwpml/{name}"'
    for prefix, name in (
        ("ha", "2011/app"),
        ("hp", "2011/paragraph"),
        ("hp10", "2016/paragraph"),
        ("hs", "2011/section"),
        ("hc", "2011/core"),
        ("hh", "2011/head"),
        ("hhs", "2011/history"),
        ("hm", "2011/master-page"),
    )
) + (
    ' xmlns:hpf="http://www.hancom.co.kr/schema/2011/hpf"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:opf="http://www.idpf.org/2007/opf/"'
)
_LIST = (
    '<hp:subList id="" textDirection="HORIZONTAL" lineWrap="BREAK"'
    ' vertAlign="CENTER" linkListIDRef="0" linkListNextIDRef="0" textWidth="0"'
    ' textHeight="0" hasTextRef="0" hasNumRef="0">{inner}</hp:subList>'
)
_LINES = (
    '<hp:linesegarray><hp:lineseg textpos="0" vertpos="0" vertsize="1500"'
    ' textheight="1500" baseline="1275" spacing="900" horzpos="0" horzsize="48188"'
    ' flags="393216"/></hp:linesegarray>'
)
#: Numbers and what stands in corner brackets are set in another type, as in real ones.
_RUNS = re.compile(r"(「[^」]*」|\d[\d,.]*(?:%|억 원|명)?)")


def make_hwpx(title: str, blocks: tuple[Block, ...], created: str) -> bytes:
    """Return a document; ``created`` is an ISO time in UTC."""
    section = _Section()
    files: dict[str, str | bytes] = {
        "mimetype": "application/hwp+zip",
        "version.xml": _HEAD + part("version"),
        "Contents/header.xml": _HEAD + _header(),
        "BinData/image1.png": picture(40),
        "BinData/image2.png": picture(120),
        "BinData/image3.png": picture(200),
        "Contents/section0.xml": _HEAD + section.write(blocks),
        "Preview/PrvText.txt": preview(blocks),
        "settings.xml": _HEAD + part("settings"),
        "Preview/PrvImage.png": picture(250),
        "META-INF/container.rdf": _HEAD + part("relations"),
        "Contents/content.hpf": _HEAD
        + part("content").format(spaces=_SPACES, title=escape(title), created=created),
        "META-INF/container.xml": _HEAD + part("container"),
        "META-INF/manifest.xml": _HEAD + part("manifest"),
    }
    return pack(files)


def pack(files: dict[str, str | bytes]) -> bytes:
    """Return a zip of ``files`` in their order, without any time of its own."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            stored = name == "mimetype"
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


@cache
def part(name: str) -> str:
    """Return a part without the white space between its tags."""
    text = (_PARTS / f"{name}.xml").read_text(encoding="utf-8")
    return re.sub(r"(>|^|\})\s+(<|\{|$)", r"\1\2", text.strip())


@cache
def picture(gray: int) -> bytes:
    """Return a small real PNG, 64 by 16, one gray."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + bytes([gray]) * 64 for _ in range(16))
    head = struct.pack(">IIBBBBB", 64, 16, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def preview(blocks: tuple[Block, ...]) -> str:
    """Return the plain preview text: first 1,000 characters, rows as ``<a><b>``."""
    lines = []
    for block in blocks:
        match block:
            case Grid(cells):
                for row in range(block.height):
                    line = [_flat(c) for c in cells if c.row == row]
                    lines.append("".join(f"<{text}>" for text in line))
            case Para(text):
                lines.append(text)
            case _:
                pass
    return "\r\n".join(lines)[:1000]


def _flat(cell: GridCell) -> str:
    return " ".join(block.text for block in cell.blocks if isinstance(block, Para))


@cache
def _header() -> str:
    borders = "".join(
        part("border").format(id=place, line=line)
        for place, line in enumerate(("NONE", "SOLID"), 1)
    )
    chars = "".join(
        part("char").format(id=place, height=height)
        for place, height in enumerate((1500, 1500, 2000))
    )
    paragraphs = "".join(
        part("paragraph").format(id=level, left=level * 1000) for level in range(5)
    )
    return part("header").format(
        spaces=_SPACES, borders=borders, chars=chars, paragraphs=paragraphs
    )


class _Section:
    """Writes a section; keeps the numbers of objects and footnotes."""

    def __init__(self) -> None:
        self._objects = 1_000_000_000
        self._footnotes = 0

    def write(self, blocks: tuple[Block, ...]) -> str:
        """Return the section, its properties in the first paragraph."""
        first = self._paragraph(part("section_properties"), 0)
        inner = first + self._all(blocks)
        return f"<hs:sec {_SPACES}>{inner}</hs:sec>"

    def _all(self, blocks: Iterable[Block]) -> str:
        out, new_page = [], False
        for block in blocks:
            if isinstance(block, NewPage):
                new_page = True
                continue
            out.append(self._block(block, new_page))
            new_page = False
        return "".join(out)

    def _block(self, block: Block, new_page: bool) -> str:
        match block:
            case Para(text, level, footnote):
                runs = "".join(_run(piece, i % 2) for i, piece in _pieces(text))
                runs += self._footnote(footnote) if footnote else ""
                empty = '<hp:run charPrIDRef="0"/>'
                return self._paragraph(runs or empty, level, new_page)
            case Picture(name):
                inner = part("picture").format(id=self._id(), name=name)
            case TextBox(blocks):
                inside = _LIST.format(inner=self._all(blocks))
                inner = part("rectangle").format(id=self._id(), list=inside)
            case Grid():
                inner = self._table(block)
            case _:
                raise TypeError(block)
        run = f'<hp:run charPrIDRef="0">{inner}<hp:t/></hp:run>'
        return self._paragraph(run, 0, new_page)

    def _table(self, table: Grid) -> str:
        rows = []
        for row in range(table.height):
            cells = [self._cell(c, table.width) for c in table.cells if c.row == row]
            rows.append(f"<hp:tr>{''.join(cells)}</hp:tr>")
        return part("table").format(
            id=self._id(),
            height=table.height,
            width=table.width,
            points=table.height * 1565,
            rows="".join(rows),
        )

    def _cell(self, cell: GridCell, width: int) -> str:
        return part("cell").format(
            list=_LIST.format(inner=self._all(cell.blocks)),
            row=cell.row,
            column=cell.column,
            rows=cell.rows,
            columns=cell.columns,
            points=47_696 // width * cell.columns,
        )

    def _footnote(self, text: str) -> str:
        self._footnotes += 1
        note = part("footnote").format(
            number=self._footnotes, id=self._id(), text=escape(text, quote=False)
        )
        return f'<hp:run charPrIDRef="0">{note}</hp:run>'

    def _paragraph(self, runs: str, level: int, new_page: bool = False) -> str:
        return (
            f'<hp:p id="0" paraPrIDRef="{level}" styleIDRef="0"'
            f' pageBreak="{int(new_page)}" columnBreak="0" merged="0">'
            f"{runs}{_LINES}</hp:p>"
        )

    def _id(self) -> int:
        self._objects += 1
        return self._objects


def _pieces(text: str) -> Iterable[tuple[int, str]]:
    return ((i, piece) for i, piece in enumerate(_RUNS.split(text)) if piece)


def _run(text: str, kind: int) -> str:
    inner = escape(text, quote=False).replace("\n", "<hp:lineBreak/>")
    inner = inner.replace("\t", '<hp:tab width="4000" leader="0" type="1"/>')
    return f'<hp:run charPrIDRef="{kind}"><hp:t>{inner}</hp:t></hp:run>'
