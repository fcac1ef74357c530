"""Reads a small HWPX of ours a few times, which makes the process ready for real ones.

Python and its libraries set much up when first used, and code that runs often is
rewritten into a faster form. A child that reads one document and ends would do all that
in vain; so its parent does it once.
"""

import io
import zipfile

from scraper.documents import extract
from scraper.documents.wire import encode

#: More gain nothing: measured on 47 releases, five save 2 of 15 ms for each document.
_TIMES = 5

_SPACE = "http://www.hancom.co.kr/hwpml/2011/paragraph"
_LINES = ("보도자료", "□ 가나다라마바사", "ㅇ 아자차카타파하", "- 가나다", "* 참고", "")


def practice() -> None:
    """Read the sample, and encode what was read."""
    data = sample()
    for _ in range(_TIMES):
        encode(extract(data))


def sample() -> bytes:
    """Return an HWPX with paragraphs, tables with spans, a box and a note."""
    box = f"<p:rect><p:drawText>{_held('상자')}</p:drawText></p:rect>"
    note = f'<p:ctrl><p:footNote number="1">{_held("각주")}</p:footNote></p:ctrl>'
    body = _table(2) + "".join(map(_paragraph, _LINES)) + _table(3)
    body += _paragraph("글", box) + _paragraph("글 ", note)
    section = f'<s xmlns:p="{_SPACE}">{body}</s>'
    header = f'<h xmlns:p="{_SPACE}"><p:charPr id="0"/></h>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("Contents/header.xml", header)
        parts.writestr("Contents/section0.xml", section)
        parts.writestr("Preview/PrvText.txt", "\n".join(_LINES))
    return stream.getvalue()


def _paragraph(text: str, inside: str = "") -> str:
    run = f"<p:run><p:t>{text}</p:t>{inside}</p:run>"
    return f'<p:p paraPrIDRef="0">{run}<p:linesegarray/></p:p>'


def _held(text: str) -> str:
    return f"<p:subList>{_paragraph(text)}</p:subList>"


def _table(size: int) -> str:
    """Return a paragraph with a table of ``size`` rows; its first cell spans two."""
    rows = ""
    for row in range(size):
        cells = ""
        for column in range(row == 0, size):
            span = 2 if row == 0 and column == 1 else 1
            cells += (
                f"<p:tc>{_held(f'{row} {column}')}"
                f'<p:cellAddr colAddr="{column - span + 1}" rowAddr="{row}"/>'
                f'<p:cellSpan colSpan="{span}" rowSpan="1"/></p:tc>'
            )
        rows += f"<p:tr>{cells}</p:tr>"
    return _paragraph("", f"<p:tbl>{rows}</p:tbl>")
