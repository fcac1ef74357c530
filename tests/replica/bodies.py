"""Bodies that stand in the page itself, as a few offices write them."""

from html import escape

from tests.replica.blocks import Block, Grid, GridCell, Para, Picture, TextBox
from tests.replica.dice import Dice
from tests.replica.release import Release


def page_body(release: Release) -> str:
    """Return the HTML of the page's own body; "" if the page shows a viewer."""
    blocks = release.on_page
    match release.page_body:
        case "divs":
            return blocks_html(blocks)
        case "breaks":
            return "<br/><br/>\n".join(map(_line, blocks))
        case "bare":
            lines = [block.text for block in blocks if isinstance(block, Para)]
            return "    <br>\n".join(escape(line, quote=False) for line in lines)
        case _:
            return ""


def blocks_html(blocks: tuple[Block, ...]) -> str:
    """Return blocks as the source's editor writes them."""
    inner = "".join(map(_element, blocks))
    return f'<div class="se-contents" data-ke-size="size16">{inner}</div>'


def _element(block: Block) -> str:
    match block:
        case Para(text, _, footnote):
            note = f"<p>{escape(footnote, quote=False)}</p>" if footnote else ""
            style = "line-height: 150%; margin-top: 10pt;"
            return f'<p style="{style}">{_spans(text)}</p><br>{note}\n'
        case Grid(cells):
            rows = (_row(cells, row) for row in range(block.height))
            style = "border-collapse: collapse; border: none;"
            return (
                f'<table border="1" cellspacing="0" cellpadding="0" style="{style}">'
                f"<tbody>{''.join(rows)}</tbody></table><br>\n"
            )
        case Picture(name):
            source = f"/newsWeb/resources/attaches/2026.11/24/{name}.jpg"
            alt = "그림입니다. 현장 사진"
            image = f'<img src="{source}" alt="{alt}">'
            return f'<p><span class="imageSpan">{image}</span></p>'
        case TextBox(blocks):
            return f'<div class="box">{"".join(map(_element, blocks))}</div>'
        case _:
            return ""


def _line(block: Block) -> str:
    match block:
        case Para(text, _, footnote):
            note = f"<br/>{escape(footnote, quote=False)}" if footnote else ""
            return escape(text, quote=False).replace("  ", "&nbsp; ") + note
        case _:
            return _element(block)


def _row(cells: tuple[GridCell, ...], row: int) -> str:
    here = (_cell(cell) for cell in cells if cell.row == row)
    return f"<tr>{''.join(here)}</tr>"


def _cell(cell: GridCell) -> str:
    spans = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    spans += f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    inner = "".join(map(_element, cell.blocks))
    return f'<td valign="middle"{spans} style="padding: 1.4pt 5.1pt;">{inner}</td>'


def _spans(text: str) -> str:
    """Return ``text`` in inline tags that split words, as editors leave them."""
    if not text.strip():
        return "<br/>"
    bare = text.lstrip()
    indent = "&nbsp;" * (len(text) - len(bare))
    cut = Dice("spans", text).below(len(bare))
    halves = (bare[:cut], bare[cut:])
    styles = ("font-family: 돋움; font-size: 10pt;", "font-weight: bold;")
    return indent + "".join(
        f'<span style="{style}">{escape(half, quote=False)}</span>'
        for half, style in zip(halves, styles, strict=True)
        if half
    )
