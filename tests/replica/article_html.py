"""The markup of an article's body, in the ways the site's editors leave it."""

import re
from collections.abc import Sequence
from html import escape

from tests.replica.article import Article
from tests.replica.article_blocks import Heading, Link, Node, Noise, Photo, Stray
from tests.replica.blocks import Grid, GridCell, Para, TextBox
from tests.replica.dice import Dice
from tests.replica.notices import notice_html

#: How a body is marked up: the source's own editor (``se``, ``ke``), pasted from a
#: word processor (``hwp``), lines with breaks, one ``div`` a line, no markup at all.
STYLES = ("se", "ke", "hwp", "breaks", "divs", "text")
#: How a body is broken. Of each a browser still shows every line, and
#: in order but for the first.
DAMAGES = {
    "stray text": "text inside a table but outside its cells",
    "open cell": "cells and rows that are never closed",
    "p in span": "paragraphs inside an inline tag",
    "stray div": "a closing div too many, which ends the editor's own box early",
    "two stray divs": "two of them: on a page the rest stands outside .view_cont",
    "open b": "a bold that is never closed",
    "open p": "paragraphs that are never closed",
    "crossed": "inline tags closed in the wrong order",
}
#: What an empty line holds, if not a hard space.
_BLANKS = {"hwp": '<span style="text-decoration: line-through;"><br/></span>'}
_STYLE = "margin-right: 2.3pt; line-height: 150%;"
_FONT = "font-family: 돋움; font-size: 10pt;"


def body_html(article: Article, *, notice: bool) -> str:
    """Return the body's markup; with ``notice`` it ends as the Open API's does."""
    return _Markup(article).body(article.body, notice_html(article) if notice else "")


class _Markup:
    """Writes the nodes of one article; damage goes where there is something to break.

    The dice are keyed by the text alone, so that a corrected line changes itself only.
    """

    def __init__(self, article: Article) -> None:
        self._style = article.style
        self._damage = article.damage
        self._escapes = article.body_escapes
        self._bullets = "numeric bullet" in article.quirks
        self._weight = article.weight * 1000

    def body(self, nodes: Sequence[Node], notice: str) -> str:
        parts = [self._block(node) for node in nodes]
        middle = len(parts) // 2
        if "stray div" in self._damage:
            times = 2 if self._damage.startswith("two") else 1
            parts.insert(middle, "</div>\n" * times)
        if self._damage == "open b":
            parts.insert(middle, "<b>")
        html = self._heavier("\n".join(parts), nodes) + notice
        if self._style == "se":
            return f'<div class="se-contents" data-ke-size="size16">{html}</div>'
        return html

    def _heavier(self, html: str, nodes: Sequence[Node]) -> str:
        """Return the markup with inline styles as long as the weight needs."""
        missing = self._weight - len(html.encode())
        tags = re.findall(r"<(?:p|span|td)\b", html)
        if missing <= 0 or not tags:
            return html
        each = max(0, missing // len(tags) + 1 - len(' data-hwp=""'))
        filler = "mso-fareast-language: KO; letter-spacing: 0pt; "
        style = (filler * (each // len(filler) + 1))[:each]
        return re.sub(r"<(p|span|td)\b", rf'<\1 data-hwp="{style}"', html)

    # --- blocks ---

    def _block(self, node: Node) -> str:
        match node:
            case Para(text, level, footnote):
                if not footnote:
                    return self._para(text, level)
                marked = f"{self._inline(text.rstrip('*'))}<sup><span>*</span></sup>"
                return self._wrapped(marked) + self._para(footnote, 4)
            case Heading(text):
                return self._heading(text)
            case Link(before, text, address):
                href = escape(address)
                inner = f'{self._text(before)}<a href="{href}" target="_blank">'
                return self._wrapped(f"{inner}{self._text(text)}</a>")
            case Grid():
                return self._table(node)
            case Stray(text, grid, last):
                return self._table(grid, self._text(text), last=last)
            case TextBox(inner):
                body = "".join(map(self._block, inner))
                return f'<div class="box" style="border: 1px solid #ccc;">{body}</div>'
            case Photo(alt, caption):
                return self._photo(alt, caption)
            case Noise(text):
                return self._wrapped(self._text(text))
            case _:
                return ""

    def _para(self, text: str, level: int) -> str:
        if not text.strip():
            return self._wrapped(_BLANKS.get(self._style, "&nbsp;"))
        rows = (self._indented(row, level) for row in text.split("\n"))
        return self._wrapped("<br>".join(rows))

    def _wrapped(self, inner: str) -> str:
        match self._style, self._damage:
            case _, "p in span":
                return f'<span style="{_FONT}"><p>{inner}</p></span>'
            case (("se" | "ke" | "hwp"), "open p"):
                return f"<p>{inner}"
            case "se", _:
                return f'<p class="se-text-paragraph">{inner}</p>'
            case "ke", _:
                return f'<p data-ke-size="size16">{inner}</p>'
            case "hwp", _:
                return f'<p style="{_STYLE}">{inner}</p><br>'
            case "text", _:
                return f"{inner}<br>"
            case "divs", _:
                return f"<div>{inner}</div>"
            case _:
                return f"{inner}<br/>\n<br/>"

    def _heading(self, text: str) -> str:
        inner = self._text(text)
        match self._style:
            case "ke":
                return f'<h3 data-ke-size="size23">{inner}</h3>'
            case "se":
                return f'<h3 class="se-section-title"><b>{inner}</b></h3>'
            case _:
                return self._wrapped(f"<strong>{inner}</strong>")

    def _photo(self, alt: str, caption: str) -> str:
        source = "/newsWeb/resources/attaches/2026.11/24/picture.jpg"
        image = f'<img src="{source}" alt="{escape(alt)}">'
        shown = self._text(caption)
        match self._style:
            case "ke":
                note = f"<figcaption>{shown}</figcaption>" if caption else ""
                return f'<figure class="imageblock">{image}{note}</figure>'
            case "breaks":
                note = f"<br/>\n{shown}" if caption else ""
                return f'<span class="imageSpan">{image}</span>{note}<br/>\n'
            case _:
                below = self._wrapped(shown) if caption else ""
                span = f'<span class="imageSpan" style="width: 600px;">{image}</span>'
                return f'<p style="text-align: center;">{span}</p>{below}'

    # --- tables ---

    def _table(self, grid: Grid, stray: str = "", *, last: bool = False) -> str:
        style = "border-collapse: collapse; border: none;"
        rows = "".join(self._row(grid, row) for row in range(grid.height))
        before, after = ("", stray) if last else (stray, "")
        return (
            f'<table border="1" cellspacing="0" cellpadding="0" style="{style}">'
            f"{before}<tbody>{rows}{after}</tbody></table>"
            f"{'<br>' if self._style == 'hwp' else ''}\n"
        )

    def _row(self, grid: Grid, row: int) -> str:
        cells = "".join(self._cell(cell) for cell in grid.cells if cell.row == row)
        return f"<tr>{cells}" if self._damage == "open cell" else f"<tr>{cells}</tr>\n"

    def _cell(self, cell: GridCell) -> str:
        spans = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
        spans += f' colspan="{cell.columns}"' if cell.columns > 1 else ""
        blocks = cell.blocks
        if self._style == "hwp" or len(blocks) > 1 or not isinstance(blocks[0], Para):
            inner = "".join(map(self._block, blocks))
        else:
            inner = "<br>".join(map(self._text, blocks[0].text.split("\n")))
        style = "padding: 1.4pt 5.1pt;"
        open_tag = f'<td valign="middle"{spans} style="{style}">'
        closed = self._damage != "open cell"
        return f"{open_tag}{inner}</td>" if closed else f"{open_tag}{inner}"

    # --- text ---

    def _indented(self, text: str, level: int) -> str:
        bare = text.lstrip()
        indent = len(text) - len(bare)
        inner = self._inline(bare)
        if self._style == "se" and indent:
            return f'<span class="se-tab">{"&nbsp;" * 4 * level}</span>{inner}'
        return "&nbsp;" * indent + inner

    def _inline(self, text: str) -> str:
        """Return a line in inline tags that split words, or as it is."""
        dice = Dice("inline", self._style, text)
        if self._style in ("breaks", "divs", "text") and not self._damage:
            return self._text(text)
        first = dice.below(len(text))
        second = first + dice.below(len(text) - first)
        one, two, three = (
            self._text(part)
            for part in (text[:first], text[first:second], text[second:])
        )
        if self._damage == "crossed":
            return f"<b>{one}<span>{two}</b>{three}</span>"
        middle = f'<span style="font-weight: bold; {_FONT}">{two}</span>'
        return f"<span>{one}</span>{middle}<span>{three}</span>"

    def _text(self, text: str) -> str:
        """Return text with entities, escaped as often as the article does."""
        out = escape(text, quote=False).replace("·", "&middot;").replace("'", "&#039;")
        out = out.replace('"', "&quot;").replace("→", "&rarr;")
        if self._bullets:
            out = out.replace("ㅇ", "&#x3147;")
        for _ in range(self._escapes - 1):
            out = out.replace("&", "&amp;")
        return out.replace("  ", "&nbsp; ")
