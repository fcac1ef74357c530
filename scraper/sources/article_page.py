"""What the parts of an article's page state; the site's sections share its layout.

Selectors as seen in October 2026, with those of older layouts after them. A page is 90
KB of menus around 3 of an article, so the article is found first and the rest searched
only where it has none; the tree is ours, and what is in the way is cut out of it.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.errors import ParseError
from scraper.model import KST, Attachment, LicenseMarks, Page
from scraper.notices import is_reprint_remark
from scraper.sources.markup import (
    attribute,
    cut_out,
    day_in,
    moment_in,
    news_id_in,
    one_line,
    outermost,
)
from scraper.sources.special_pages import title_of
from scraper.text import clean

#: The site opened in 1998 at the earliest; an earlier year is a broken date.
FIRST_YEAR = 1998

#: How far ahead of us a page may say it was published: clocks, not calendars, differ.
CLOCK_SKEW = timedelta(days=1)

TITLE = ".view_title h1"
JSON_LD = 'script[type="application/ld+json"]'
SHOWN_DAY = ".info > span"
MINISTRY = '.info a.gotosite[href*="repCode"]'
BODY = ".article_body .view_cont"
#: Where the body stood in older layouts, newest first.
BODIES = (BODY, ".view_cont", ".article_body", ".news_view")
DOWNLOADS = 'a[href*="/common/download.do"]'
LICENSE = ".kogl_wrap"

#: What the body's box holds besides the body.
NOT_BODY = (
    "script, style, noscript, template, iframe, p.remark, .livere, .livere_wrap, "
    ".banner_choice, #dicDivCon, .tool, .as_side, .view_opt, .area_page, "
    ".article_footer"
)

_BOXES = ("article_head", "article_footer", "filedown")
_ANY_BOX = ", ".join(f".{name}" for name in _BOXES)
#: Those every article has.
_AROUND = ("article_head", "article_footer")

#: How far above the title the box of the whole article stands at most.
_CLIMB = 4

#: Stands for a break while a heading's lines are told apart; no character of a text.
_BREAK = "\ufdd0"

#: No remark on reprinting is without this word.
_REPRINTED = "전재"

#: A longer body with words in it is more than a remark.
_SHORT = 4_000

#: Korean between two tags, and in no attribute: such a body is not empty.
_WORDS = re.compile('>[^<>"가-힣]*+[가-힣][^<>"]*+<')

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


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the parts of a page are looked for."""

    tree: LexborHTMLParser
    #: The page's head.
    head: LexborNode
    #: The smallest box around title, body and footer; the whole page if there is none.
    article: LexborNode
    #: Boxes in it, by class: ``article_head``, ``article_footer``, ``filedown``.
    boxes: dict[str, list[LexborNode]]

    def css(self, box: str, selector: str) -> list[LexborNode]:
        """Return what matches inside the boxes of that class."""
        return [node for one in self.boxes[box] for node in one.css(selector)]

    def css_first(self, box: str, selector: str) -> LexborNode | None:
        """Return the first that matches inside the boxes of that class."""
        return next(iter(self.css(box, selector)), None)


def find_parts(page: Page, tree: LexborHTMLParser) -> Parts:
    """Return the parts of a page; :class:`ParseError` if it is no HTML at all."""
    root, head = tree.root, tree.head
    if root is None or head is None:
        raise ParseError(page.url, "the page is empty")
    around = tree.css_first(".view_title")
    for _ in range(_CLIMB):
        around = around.parent if around is not None else None
        if around is None or around.tag == "body":
            break
        if around.css_first(".article_body") is not None:
            boxes = _boxes(around)
            if all(boxes[name] for name in _AROUND):
                return Parts(tree, head, around, boxes)
    return Parts(tree, head, root, _boxes(root))


def _boxes(article: LexborNode) -> dict[str, list[LexborNode]]:
    """Return the boxes of an article by class, found in one go."""
    boxes: dict[str, list[LexborNode]] = {name: [] for name in _BOXES}
    for node in article.css(_ANY_BOX):
        for name in attribute(node, "class").split():
            if name in boxes:
                boxes[name].append(node)
    return {name: [*outermost(nodes, article)] for name, nodes in boxes.items()}


def linked_data(parts: Parts) -> Linked:
    """Return the JSON-LD ``NewsArticle`` of a page.

    The site puts titles into it unescaped: a quotation mark breaks the JSON, so what
    can be found without a parser is found without.
    """
    for place in (parts.head, parts.tree):
        for script in place.css(JSON_LD):
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


def stated_id(parts: Parts, linked: Linked) -> str:
    """Return the id of its own a page names; "" if it names none."""
    canonical = _in_head(parts, "link[rel=canonical]", "href")
    return news_id_in(canonical) or news_id_in(linked.about)


def check_identity(page: Page, parts: Parts, linked: Linked, news_id: str) -> None:
    """Raise :class:`ParseError` unless the page says that it is ``news_id``."""
    canonical = _in_head(parts, "link[rel=canonical]", "href")
    ids = {
        "link[rel=canonical]": news_id_in(canonical),
        "mainEntityOfPage": news_id_in(linked.about),
    }
    for place, found in ids.items():
        if found and found != news_id:
            reason = f"{place} says newsId {found}, asked for {news_id}"
            raise ParseError(page.url, reason)
    if not any(ids.values()):
        reason = f"no newsId in {' nor '.join(ids)} (title {title_of(page.text)!r})"
        raise ParseError(page.url, reason)


def read_title(page: Page, parts: Parts) -> str:
    """Return the title as printed; :class:`ParseError` if the page has none."""
    heading = parts.article.css_first(TITLE)
    title = (
        one_line(heading.text() if heading else "")
        or one_line(attribute(parts.tree.css_first("#titleText"), "value"))
        or one_line(_in_head(parts, 'meta[property="og:title"]', "content"))
    )
    if not title:
        raise ParseError(page.url, f"no title: {TITLE}")
    return title


def read_subtitles(parts: Parts) -> tuple[str, ...]:
    """Return the lines of the subtitle; press releases rarely have one."""
    lines: list[str] = []
    for heading in parts.css("article_head", ".article_head > h2:not(.sr-only)"):
        for line_break in heading.css("br"):
            line_break.replace_with(_BREAK)
        lines += map(one_line, heading.text().split(_BREAK))
    return _said(lines)


def read_published_at(page: Page, parts: Parts, linked: Linked) -> datetime:
    """Return the exact time of the JSON-LD, else 00:00 KST of the day shown.

    Both must name the same day, give or take one: a page that disagrees with itself
    is not understood (:class:`ParseError`), nor is a time before the site or after
    the visit.
    """
    shown = parts.css_first("article_head", SHOWN_DAY)
    day = day_in(shown.text()) if shown else None
    published_at = moment_in(linked.published)
    if published_at is None:
        if day is None:
            raise ParseError(
                page.url,
                f"no time: neither datePublished nor .article_head {SHOWN_DAY}",
            )
        published_at = datetime.combine(day, time(), KST)
    elif day and abs(day - published_at.date()) > timedelta(days=1):
        raise ParseError(page.url, f"datePublished {published_at}, but shown {day}")
    if published_at.year < FIRST_YEAR or published_at > page.fetched_at + CLOCK_SKEW:
        raise ParseError(page.url, f"published at {published_at}, which cannot be")
    return published_at


def read_ministry(parts: Parts, linked: Linked) -> str:
    """Return the ministry as printed, "" if the page names none."""
    if author := one_line(linked.author):
        return author
    link = parts.css_first("article_head", MINISTRY)
    if link is None:
        return ""
    cut_out(link, "i.tooltip")
    return one_line(link.text())


def read_description(parts: Parts, linked: Linked) -> str:
    """Return the longest description of the head: the first 250 characters or so."""
    meta = one_line(_in_head(parts, 'meta[name="description"]', "content"))
    return max(one_line(linked.description), _DESCRIPTION_END.sub("", meta), key=len)


def read_attachments(page: Page, parts: Parts) -> tuple[Attachment, ...]:
    """Return each file once: its second link is a button that does not name it."""
    files: dict[str, Attachment] = {}
    for link in parts.css("filedown", DOWNLOADS):
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
    if not files and parts.css("filedown", "a"):
        raise ParseError(page.url, f"links in .filedown, but none is {DOWNLOADS}")
    return tuple(files.values())


def read_body_html(page: Page, parts: Parts) -> str:
    """Return the inside of the body's box if words of a release stand in it, else "".

    The viewer's frame and the reprint remark are not words of a release; they are cut
    out of the tree, so everything else is read before.
    """
    found = (parts.article.css_first(name) for name in BODIES)
    box = next(filter(None, found), None)
    if box is None:
        raise ParseError(page.url, f"no body box: {BODY}")
    cut_out(box, NOT_BODY)
    inside = box.inner_html or ""
    if _REPRINTED in inside and _cut_remarks(box):
        inside = box.inner_html or ""
    if len(inside) < _SHORT or not _WORDS.search(inside):
        text = clean(box.text())
        if not text or is_reprint_remark(text):
            return ""
    return inside.strip()


def _cut_remarks(box: LexborNode) -> bool:
    """Take the remarks on reprinting out of ``box``; tell whether there was any."""
    found = False
    for paragraph in box.css("p"):
        text = paragraph.text()
        if _REPRINTED in text and is_reprint_remark(text):
            paragraph.decompose()
            found = True
    return found


def read_license_marks(parts: Parts) -> LicenseMarks:
    """Return the marks of the article's own license box; side bars do not count."""
    images: list[str] = []
    alts: list[str] = []
    sentences: list[str] = []
    for box in parts.css("article_footer", LICENSE):
        cut_out(box, ".btn, script, style")
        for image in box.css("img"):
            images += _OPEN_TYPE.findall(attribute(image, "src"))
            alts.append(one_line(attribute(image, "alt")))
        nodes = outermost(box.css("span, p"), box)
        texts = [one_line(node.text()) for node in nodes]
        sentences += texts or [one_line(box.text())]
    return LicenseMarks(tuple(images), _said(alts), _said(sentences))


def _in_head(parts: Parts, selector: str, name: str) -> str:
    """Return an attribute of what should stand in the head, wherever it stands."""
    found = parts.head.css_first(selector) or parts.tree.css_first(selector)
    return attribute(found, name)


def _said(texts: list[str]) -> tuple[str, ...]:
    return tuple(text for text in texts if text)
