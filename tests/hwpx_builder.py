"""A small builder of HWPX files: just enough XML for one rule at a time."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

SPACES = (
    'xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph" '
    'xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section" '
    'xmlns:hh="http://www.hancom.co.kr/hwpml/2011/head" '
    'xmlns:hc="http://www.hancom.co.kr/hwpml/2011/core"'
)


class Xml(str):
    """Markup, to tell it from text that must be escaped."""

    __slots__ = ()


def t(text: str) -> Xml:
    return Xml(f"<hp:t>{text if isinstance(text, Xml) else escape(text)}</hp:t>")


def p(*content: str, **attributes: str) -> Xml:
    """Return a paragraph; each piece of text or markup is a run of its own."""
    runs = "".join(
        f"<hp:run>{piece if isinstance(piece, Xml) else t(piece)}</hp:run>"
        for piece in content
    )
    extra = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return Xml(f"<hp:p{extra}>{runs}<hp:linesegarray/></hp:p>")


def held(content: str | Sequence[str]) -> str:
    """Return what a cell or box holds: paragraphs as they are, text as one."""
    pieces = [content] if isinstance(content, str) else content
    inner = "".join(x if isinstance(x, Xml) else p(x) for x in pieces)
    return f"<hp:subList>{inner}</hp:subList>"


def tc(
    content: str | Sequence[str],
    at: tuple[int, int] | None = None,
    span: tuple[int, int] = (1, 1),
) -> Xml:
    address = f'<hp:cellAddr rowAddr="{at[0]}" colAddr="{at[1]}"/>' if at else ""
    return Xml(
        f"<hp:tc>{held(content)}{address}"
        f'<hp:cellSpan rowSpan="{span[0]}" colSpan="{span[1]}"/></hp:tc>'
    )


def tbl(*rows: Sequence[str | Sequence[str]], caption: str = "") -> Xml:
    """Return a table; a cell is text, paragraphs, or made by :func:`tc`."""
    inner = ""
    for number, row in enumerate(rows):
        cells = (
            cell
            if isinstance(cell, Xml) and cell.startswith("<hp:tc")
            else tc(cell, (number, column))
            for column, cell in enumerate(row)
        )
        inner += f"<hp:tr>{''.join(cells)}</hp:tr>"
    return Xml(f"<hp:tbl>{caption}{inner}</hp:tbl>")


def box(content: str | Sequence[str], *, inline: bool = False) -> Xml:
    return Xml(
        f"<hp:rect><hp:drawText>{held(content)}</hp:drawText>"
        f'<hp:pos treatAsChar="{int(inline)}"/></hp:rect>'
    )


def caption(text: str, side: str = "TOP") -> Xml:
    return Xml(f'<hp:caption side="{side}">{held(text)}</hp:caption>')


def picture(inner: str = "") -> Xml:
    comment = "<hp:shapeComment>그림입니다.</hp:shapeComment>"
    return Xml(f'<hp:pic><hc:img binaryItemIDRef="i"/>{inner}{comment}</hp:pic>')


def footnote(text: str, number: int = 1) -> Xml:
    form = '<hp:autoNumFormat type="DIGIT" prefixChar="" suffixChar=")"/>'
    mark = Xml(f'<hp:ctrl><hp:autoNum num="{number}">{form}</hp:autoNum></hp:ctrl>')
    return Xml(f"<hp:ctrl><hp:footNote>{held([p(mark, text)])}</hp:footNote></hp:ctrl>")


def field(text: str, prompt: str, *, filled: bool = False) -> Xml:
    """Return a fill-in field (누름틀) that shows ``text``."""
    command = f"Clickhere:set:1:Direction:wstring:2:{prompt} HelpState:wstring:0:  "
    return Xml(
        f'<hp:ctrl><hp:fieldBegin type="CLICK_HERE" dirty="{int(filled)}">'
        f'<hp:parameters><hp:stringParam name="Command">{command}</hp:stringParam>'
        f"</hp:parameters></hp:fieldBegin></hp:ctrl>{t(text)}"
        f"<hp:ctrl><hp:fieldEnd/></hp:ctrl>"
    )


def section(*paragraphs: str) -> bytes:
    return f"<hs:sec {SPACES}>{''.join(paragraphs)}</hs:sec>".encode()


def package(parts: Mapping[str, bytes]) -> bytes:
    """Return a zip of exactly these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def hwpx(*paragraphs: str, header: str = "", **parts: bytes) -> bytes:
    """Return an HWPX of one section; ``parts`` name further ones, ``__`` for ``/``."""
    found = {
        "mimetype": b"application/hwp+zip",
        "Contents/section0.xml": section(*paragraphs),
    }
    if header:
        found["Contents/header.xml"] = f"<hh:head {SPACES}>{header}</hh:head>".encode()
    found |= {name.replace("__", "/"): data for name, data in parts.items()}
    return package(found)
