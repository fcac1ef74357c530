"""Asks the replica for articles, in tests of the replica, and reads them plainly."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape

from lxml import etree
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.replica.article_blocks import Stray, lines
from tests.replica.article_truth import ExpectedArticle
from tests.replica.open_api import POLICY
from tests.replica.sections import BY_NAME
from tests.replica.site import Site

KEY = "a+b/c=="
#: Tags that begin and end a line.
_BLOCKS = frozenset(
    (
        *("p", "div", "table", "tbody", "tr", "td", "th", "h1", "h2", "h3"),
        *("li", "ul", "figure", "figcaption", "section"),
    )
)


def article_page(site: Site, news_id: str) -> str:
    """Return an article's page, no server between."""
    view = site.expected_article(news_id).view
    return site.answer("GET", view, {}).body.decode()


def article_list(site: Site, section: str, page: int = 1, **form: str) -> str:
    """Return a page of a section's listing."""
    asked = {"pageIndex": str(page)} | form
    return site.answer("POST", BY_NAME[section].listing, asked).body.decode()


def every_article(site: Site, section: str = "") -> list[str]:
    return [i for day in site.world.days() for i in site.article_ids(section, day)]


def call(
    site: Site, first: date, last: date, path: str = POLICY, key: str = KEY
) -> etree._Element:
    """Return what the Open API answers to a window."""
    query = f"serviceKey={key}&startDate={first:%Y%m%d}&endDate={last:%Y%m%d}"
    return etree.fromstring(site.answer("GET", f"{path}?{query}", {}).body)


def items(site: Site) -> dict[str, etree._Element]:
    """Return every item of the Open API by its id."""
    found = {}
    for day in site.world.days():
        for item in call(site, day, day).iter("NewsItem"):
            found[item.findtext("NewsItemId") or ""] = item
    return found


def text_lines(root: LexborNode, skip: str = "") -> list[str]:
    """Return the lines of text a browser shows, entities undone to the end.

    Nothing inside a tag named ``skip`` is read.
    """
    return list(tidy("".join(_pieces(root, skip)).split("\v")))


def cells_of_page(site: Site, news_id: str) -> list[str]:
    """Return the own text of each cell, captions and the like left out."""
    tree = LexborHTMLParser(article_page(site, news_id))
    gone = gone_lines(site.expected_article(news_id))
    found = (text_lines(cell, "table") for cell in tree.css(".article_body td"))
    return ["\n".join(t for t in texts if t not in gone) for texts in found]


def tidy(texts: list[str]) -> Iterator[str]:
    for text in texts:
        for _ in range(5):
            text = unescape(text)
        if text.strip():
            yield " ".join(text.split())


def _pieces(node: LexborNode, skip: str) -> Iterator[str]:
    child = node.child
    while child is not None:
        if child.tag == "-text":
            yield child.text_content or ""
        elif child.tag == skip:
            pass
        elif child.tag == "br":
            yield "\v"
        elif child.tag in _BLOCKS:
            yield "\v"
            yield from _pieces(child, skip)
            yield "\v"
        else:
            yield from _pieces(child, skip)
        child = child.next


def lines_of_page(site: Site, news_id: str) -> list[str]:
    tree = LexborHTMLParser(article_page(site, news_id))
    body = tree.css_first(".article_body")
    assert body is not None
    return text_lines(body)


def lines_of_item(item: etree._Element) -> list[str]:
    contents = item.findtext("DataContents") or ""
    if item.findtext("ContentsType") == "T":
        return [" ".join(line.split()) for line in contents.split("\n")]
    body = LexborHTMLParser(f"<html><body>{contents}").body
    assert body is not None
    return text_lines(body)


def browser_lines(site: Site, news_id: str) -> list[str]:
    """Return the truth's lines as a browser orders them: stray text above its table."""
    article = site.newsroom.article(site.newsroom.place(news_id))
    shown = (
        replace(n, last=False) if isinstance(n, Stray) else n for n in article.body
    )
    return list(lines(tuple(shown)))


def without_removed(found: list[str], truth: ExpectedArticle) -> tuple[list[str], str]:
    """Return the article's own lines, and what follows them, spaces gone."""
    left = [line for line in found if line not in gone_lines(truth)]
    own, rest = left[: len(truth.lines)], left[len(truth.lines) :]
    return own, "".join("".join(rest).split()).lstrip("※")


def gone_lines(truth: ExpectedArticle) -> set[str]:
    """Return the lines that go with photos, and those of word processors."""
    return {
        " ".join(text.split())
        for kind, text in truth.removed
        if kind in ("caption", "noise")
    }


def notice_of(truth: ExpectedArticle) -> str:
    """Return the notice and credit, spaces gone."""
    said = (text for kind, text in truth.removed if kind in ("notice", "credit"))
    return "".join("".join(said).split())
