"""A post's body as HTML: one element a part, a blank line between two.

No part holds a blank line, so a Markdown file may hold them all.
"""

from publishers.marks import CORRECTS, corrected_url, mark_line
from publishers.profiles import (
    SITE,
    Article,
    contact_table,
    content,
    issuer,
    links,
    promo,
    safe_url,
    subtitles,
)
from scraper.markdown import escape_html, last_word, one_line, to_html
from scraper.model import Heading, License


def html_body(article: Article) -> str:
    """Return the body as HTML, without a line end at its end."""
    if article.license is None:
        link = html_link(f"{SITE}에서 원문 보기", article.release.canonical_url)
        return last_word("\n\n".join(map(_paragraph, (link, *marks_html(article)))))
    below = (
        attachments_html(article),
        to_html(contact_table(article)),
        _paragraph(escape_html(one_line(article.license.notice))),
        _paragraph(credit_html(article, article.license)),
        *map(_paragraph, marks_html(article)),
    )
    parts = (
        banner_html(article),
        text_html(article),
        last_word("\n\n".join(filter(None, below))),
        _paragraph(promo(article.style, in_html=True)),
    )
    return "\n\n".join(filter(None, parts))


def text_html(article: Article) -> str:
    """Return the release's own text: its subtitles, and its blocks."""
    above = (Heading(line) for line in subtitles(article))
    return to_html((*above, *content(article)))


def banner_html(article: Article) -> str:
    """Return the operator's own picture, "" if there is none."""
    style = article.style
    if not style.banner_path:
        return ""
    source, alt = escape_html(safe_url(style.banner_path)), one_line(style.banner_alt)
    return f'<p><img src="{source}" alt="{escape_html(alt)}" /></p>'


def attachments_html(article: Article) -> str:
    """Return the list of attachments, "" if there are none."""
    items = [f"<li>{html_link(name, address)}</li>" for name, address in links(article)]
    if not items:
        return ""
    return "\n".join(("<p>첨부파일</p>\n\n<ul>", *items, "</ul>"))


def credit_html(article: Article, license: License) -> str:
    """Return the credit with its link, and the ministry of a press release."""
    link = html_link(license.credit, article.release.canonical_url)
    return link + escape_html(issuer(article))


def marks_html(article: Article) -> list[str]:
    """Return the lines under the credit, if something happened to the post."""
    lines = [escape_html(mark_line(article.release.history))]
    if address := corrected_url(article.release):
        before, label, after = CORRECTS
        lines.append(f"{before}{html_link(label, address)}{after}")
    return [line for line in lines if line]


def html_link(text: str, address: str) -> str:
    """Return a link, or the text alone without an address."""
    label = escape_html(one_line(text))
    if not address:
        return label
    return f'<a href="{escape_html(safe_url(address))}">{label}</a>'


def _paragraph(inner: str) -> str:
    return f"<p>{inner}</p>" if inner else ""
