"""What the parts of an article's page state; the site's sections share its layout.

Selectors as seen in October 2026, with those of older layouts after them.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from selectolax.lexbor import LexborHTMLParser

from scraper.errors import ParseError
from scraper.model import KST, Attachment, LicenseMarks, Page
from scraper.sources.markup import (
    attribute,
    day_in,
    moment_in,
    news_id_in,
    one_line,
    outermost,
    without,
)
from scraper.sources.special_pages import title_of
from scraper.text import clean, is_reprint_remark

#: The site opened in 1998 at the earliest; an earlier year is a broken date.
FIRST_YEAR = 1998

#: How far ahead of us a page may say it was published: clocks, not calendars, differ.
CLOCK_SKEW = timedelta(days=1)

TITLE = ".view_title h1"
SHOWN_DAY = ".article_head .info > span"
BODY = ".article_body .view_cont"
#: Where the body stood in older layouts, newest first.
BODIES = (BODY, ".view_cont", ".article_body", ".news_view")
DOWNLOADS = 'div.filedown a[href*="/common/download.do"]'
LICENSE = ".article_footer .kogl_wrap"

#: What the body's box holds besides the body.
NOT_BODY = (
    "script, style, noscript, template, iframe, p.remark, .livere, .livere_wrap, "
    ".banner_choice, #dicDivCon, .tool, .as_side, .view_opt, .area_page, "
    ".article_footer"
)

_FILE_ID = re.compile(r"[?&]fileId=([0-9]{1,12})(?![0-9])")
_TABLE_KEY = re.compile(r"[?&]tblKey=([A-Za-z0-9_]{1,20})")
_OPEN_TYPE = re.compile(r"open_type_?0?([0-9])(?![0-9])")
_PUBLISHED = re.compile(r'"datePublished"\s*:\s*"([^"]*)"')
_ABOUT = re.compile(r'"@id"\s*:\s*"([^"]*[?&]newsId=[0-9]+)[^"]*"')
_AUTHOR = re.compile(r'"author"\s*:\s*\{[^{}]*?"name"\s*:\s*"([^"]*)"')
_DESCRIPTION_END = re.compile(r"\s+-\s+정책브리핑(?:\s*\|[^|]*){1,3}$")


@dataclass(frozen=True, slots=True)
class Linked:
    """What the JSON-LD of an article says, as printed; "" where it says nothing."""

    about: str = ""
    published: str = ""
    author: str = ""
    description: str = ""


def linked_data(tree: LexborHTMLParser) -> Linked:
    """Return the JSON-LD ``NewsArticle`` of a page.

    The site puts titles into it unescaped: a quotation mark breaks the JSON, so what
    can be found without a parser is found without.
    """
    for script in tree.css('script[type="application/ld+json"]'):
        text = script.text()
        if "NewsArticle" not in text:
            continue
        try:
            return _from_json(json.loads(text, strict=False))
        except (ValueError, RecursionError):
            return _from_text(text)
    return Linked()


def _from_json(article: object) -> Linked:
    values = (
        _member(_member(article, "mainEntityOfPage"), "@id"),
        _member(article, "datePublished"),
        _member(_member(article, "author"), "name"),
        _member(article, "description"),
    )
    return Linked(*(value if isinstance(value, str) else "" for value in values))


def _from_text(text: str) -> Linked:
    found = (pattern.search(text) for pattern in (_ABOUT, _PUBLISHED, _AUTHOR))
    return Linked(*(match[1] if match else "" for match in found))


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def check_identity(
    page: Page, tree: LexborHTMLParser, linked: Linked, news_id: str
) -> None:
    """Raise :class:`ParseError` unless the page says that it is ``news_id``."""
    ids = {
        "link[rel=canonical]": news_id_in(
            attribute(tree.css_first("link[rel=canonical]"), "href")
        ),
        "mainEntityOfPage": news_id_in(linked.about),
    }
    for place, found in ids.items():
        if found and found != news_id:
            reason = f"{place} says newsId {found}, asked for {news_id}"
            raise ParseError(page.url, reason)
    if not any(ids.values()):
        reason = f"no newsId in {' nor '.join(ids)} (title {title_of(page.text)!r})"
        raise ParseError(page.url, reason)


def read_title(page: Page, tree: LexborHTMLParser) -> str:
    """Return the title as printed; :class:`ParseError` if the page has none."""
    heading = tree.css_first(TITLE)
    title = (
        one_line(heading.text() if heading else "")
        or one_line(attribute(tree.css_first("#titleText"), "value"))
        or one_line(attribute(tree.css_first('meta[property="og:title"]'), "content"))
    )
    if not title:
        raise ParseError(page.url, f"no title: {TITLE}")
    return title


def read_subtitles(tree: LexborHTMLParser) -> tuple[str, ...]:
    """Return the lines of the subtitle; press releases rarely have one."""
    parts = [
        one_line(LexborHTMLParser(part).text())
        for heading in tree.css("div.article_head > h2:not(.sr-only)")
        for part in re.split(r"<br\s*/?>", heading.inner_html or "")
    ]
    return tuple(part for part in parts if part)


def read_published_at(page: Page, tree: LexborHTMLParser, linked: Linked) -> datetime:
    """Return the exact time of the JSON-LD, else 00:00 KST of the day shown.

    Both must name the same day, give or take one: a page that disagrees with itself
    is not understood (:class:`ParseError`), nor is a time before the site or after
    the visit.
    """
    shown = tree.css_first(SHOWN_DAY)
    day = day_in(shown.text()) if shown else None
    published_at = moment_in(linked.published)
    if published_at is None:
        if day is None:
            raise ParseError(
                page.url, f"no time: neither datePublished nor {SHOWN_DAY}"
            )
        published_at = datetime.combine(day, time(), KST)
    elif day and abs(day - published_at.date()) > timedelta(days=1):
        raise ParseError(page.url, f"datePublished {published_at}, but shown {day}")
    if published_at.year < FIRST_YEAR or published_at > page.fetched_at + CLOCK_SKEW:
        raise ParseError(page.url, f"published at {published_at}, which cannot be")
    return published_at


def read_ministry(tree: LexborHTMLParser, linked: Linked) -> str:
    """Return the ministry as printed, "" if the page names none."""
    if author := one_line(linked.author):
        return author
    link = tree.css_first('.article_head .info a.gotosite[href*="repCode"]')
    return one_line(without(link, "i.tooltip").text()) if link else ""


def read_description(tree: LexborHTMLParser, linked: Linked) -> str:
    """Return the longest description of the head: the first 250 characters or so."""
    meta = one_line(attribute(tree.css_first('meta[name="description"]'), "content"))
    return max(one_line(linked.description), _DESCRIPTION_END.sub("", meta), key=len)


def read_attachments(page: Page, tree: LexborHTMLParser) -> tuple[Attachment, ...]:
    """Return each file once: its second link is a button that does not name it."""
    files: dict[str, Attachment] = {}
    for link in tree.css(DOWNLOADS):
        href = attribute(link, "href")
        found = _FILE_ID.search(href)
        if found is None:
            raise ParseError(page.url, f"a download without fileId: {href[:100]!r}")
        file_id = found[1]
        if file_id in files:
            continue
        key = _TABLE_KEY.search(href)
        table = key[1] if key else "GMN"
        name = "" if link.css_matches("a.down") else one_line(link.text())
        files[file_id] = Attachment(
            file_id=file_id,
            name=name or file_id,
            kind=one_line(attribute(link.css_first("img"), "alt")),
            path=f"/common/download.do?fileId={file_id}&tblKey={table}",
        )
    if not files and tree.css_first("div.filedown a") is not None:
        raise ParseError(page.url, f"links in div.filedown, but none is {DOWNLOADS}")
    return tuple(files.values())


def read_body_html(page: Page, tree: LexborHTMLParser) -> str:
    """Return the inside of the body's box if words of a release stand in it, else "".

    The viewer's frame and the reprint remark are not words of a release.
    """
    box = next((node for name in BODIES if (node := tree.css_first(name))), None)
    if box is None:
        raise ParseError(page.url, f"no body box: {BODY}")
    box = without(box, NOT_BODY)
    for paragraph in box.css("p"):
        if is_reprint_remark(paragraph.text()):
            paragraph.decompose()
    text = clean(box.text())
    if not text or is_reprint_remark(text):
        return ""
    return (box.inner_html or "").strip()


def read_license_marks(tree: LexborHTMLParser) -> LicenseMarks:
    """Return the marks of the article's own license box; side bars do not count."""
    images: list[str] = []
    alts: list[str] = []
    sentences: list[str] = []
    for found in tree.css(LICENSE):
        box = without(found, ".btn, script, style")
        for image in box.css("img"):
            images += _OPEN_TYPE.findall(attribute(image, "src"))
            alts.append(one_line(attribute(image, "alt")))
        nodes = outermost(box.css("span, p"), box)
        texts = [one_line(node.text()) for node in nodes]
        sentences += texts or [one_line(box.text())]
    return LicenseMarks(tuple(images), _said(alts), _said(sentences))


def _said(texts: list[str]) -> tuple[str, ...]:
    return tuple(text for text in texts if text)
