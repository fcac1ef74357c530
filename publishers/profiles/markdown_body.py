"""A post's body as Markdown that every site generator renders alike."""

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
from scraper.markdown import (
    entity,
    escape_inline,
    escape_markdown,
    one_line,
    to_markdown,
)
from scraper.model import Heading, License


def markdown_body(article: Article) -> str:
    """Return the body as Markdown, without a line end at its end."""
    if article.license is None:
        return _stub(article)
    parts = (
        banner(article),
        article_text(article),
        attachments(article),
        to_markdown(contact_table(article)),
        escape_markdown(article.license.notice),
        credit(article, article.license),
        *marks(article),
        promo(article.style, in_html=False),
    )
    return "\n\n".join(filter(None, parts))


def article_text(article: Article) -> str:
    """Return the release's own text: its subtitles, and its blocks."""
    above = (Heading(line) for line in subtitles(article))
    return to_markdown((*above, *content(article)))


def banner(article: Article) -> str:
    """Return the operator's own picture, "" if there is none."""
    style = article.style
    if not style.banner_path:
        return ""
    return f"![{_label(style.banner_alt)}]({safe_url(style.banner_path)})"


def attachments(article: Article) -> str:
    """Return the list of attachments, "" if there are none."""
    named = links(article)
    if not named:
        return ""
    lines = [f"- {_link(name, address)}" for name, address in named]
    return "첨부파일\n\n" + "\n".join(lines)


def credit(article: Article, license: License) -> str:
    """Return the credit with its link, and the ministry of a press release."""
    link = _link(license.credit, article.release.canonical_url, credit=True)
    return link + escape_inline(issuer(article))


def marks(article: Article) -> list[str]:
    """Return the lines under the credit, if something happened to the post."""
    lines = [mark_line(article.release.history)]
    if address := corrected_url(article.release):
        before, label, after = CORRECTS
        lines.append(f"{before}{_link(label, address)}{after}")
    return lines


def _stub(article: Article) -> str:
    link = _link(f"{SITE}에서 원문 보기", article.release.canonical_url)
    return "\n\n".join(filter(None, (link, *marks(article))))


def _link(text: str, address: str, *, credit: bool = False) -> str:
    """Return a link, or the text alone without an address.

    The credit's own words stand as they are: no parser links an address within a link.
    """
    label = one_line(text) if credit else _label(text)
    return f"[{label}]({safe_url(address)})" if address else label


def _label(text: str) -> str:
    label = escape_markdown(text)
    if label in ("x", "X"):  # as the first of a list item it would be a task
        return entity(label)
    return label.replace("[", entity("[")).replace("]", entity("]"))
