"""A section of www.korea.kr: its listing, and the pages its rows lead to.

All sections share one markup. The listing is a form (POST) of ten rows a page, newest
first; the page of a release holds its metadata, the attachments, the license mark, and
for most sections its text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.errors import FetchError, MissingError, ParseError
from scraper.model import Entry, Listing, Page, RawRelease, Request
from scraper.sources.markup import (
    attribute,
    day_in,
    news_id_in,
    outermost,
    parse_markup,
)
from scraper.sources.special_pages import refuse_special, title_of
from scraper.text import clean

#: The side bars of a listing hold links with a newsId as well: stay in this box.
LIST_BOX = "div.list_type"
NO_RESULTS = "li.no_data"
TOTAL = ".sch_brief .result strong"

#: Scheme and host of an address, then its path without any session.
_PATH = re.compile(r"(?:https?:)?(?://[^/?#]*)?([^?#;]*)")


@dataclass(frozen=True, slots=True)
class SiteSection:
    """One section, as a source."""

    #: The name it has in ``config.yaml``, in the state and in reports.
    name: str
    #: The Korean name readers know; the license table goes by it.
    section: str
    #: "" for a section that only the listings of others lead to.
    list_path: str
    #: Path of its pages; "" if none is known.
    view_path: str
    #: Why nothing of it may be republished, for people; "" for an open section.
    closed: str = ""
    #: Its articles deny reports of others (사실은 이렇습니다), and quote them first.
    rebuttal: bool = False
    #: What the Open API calls it (``GroupingCode``); "" if it does not tell of it.
    grouping: str = ""
    #: Its listing obeys days; otherwise it is everything there is, newest first.
    dated: bool = True
    #: Its rows name the ministry, and it can be asked for those of one.
    ministries: bool = True
    #: More paths its pages have.
    also: tuple[str, ...] = ()
    #: Names of all sections by the path of their pages: rows may lead to any.
    others: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def views(self) -> tuple[str, ...]:
        """Return the paths of its pages."""
        return tuple(filter(None, (self.view_path, *self.also)))

    def listing_request(
        self, first: date, last: date, page: int, ministry: str = ""
    ) -> Request:
        """Return the form for one listing page; days included, KST; pages from 1.

        All seven fields are sent, as the site's own form does; a listing that ignores
        days is sent none.
        """
        form = (
            ("pageIndex", str(page)),
            ("repCodeType", ""),
            ("repCode", ministry),
            ("startDate", first.isoformat() if self.dated else ""),
            ("endDate", last.isoformat() if self.dated else ""),
            ("srchWord", ""),
            ("period", ""),
        )
        return Request(self.list_path, form)

    def parse_listing(self, page: Page) -> Listing:
        """Return the rows of a listing page; none only if the page proves it.

        Raises :class:`ParseError` for a page with neither rows nor the notice, with
        both, or with a total that contradicts them, and for a row without its id, title
        or day. A row that leads to another section is an entry of that one, or of the
        path itself where no section has it. :class:`FetchError`
        (:class:`BlockedError` for a challenge) for an error or maintenance page: a
        listing is never "missing".
        """
        try:
            refuse_special(page)
        except MissingError as error:
            raise FetchError(page.url, "the error page instead of a listing") from error
        tree = parse_markup(page)
        box = _list_box(tree)
        if box is None:
            raise ParseError(page.url, f"no {LIST_BOX} (title {title_of(page.text)!r})")
        rows = list(outermost(box.css("li"), box))
        entries = tuple(
            self._entry(page, row) for row in rows if not row.css_matches(NO_RESULTS)
        )
        total = _total(page, tree)
        _check_proof(page, entries, box.css_first(NO_RESULTS) is not None)
        if total == 0 and entries:
            raise ParseError(page.url, f"total 0, but {len(entries)} rows")
        if total and not entries and _is_first(tree):
            raise ParseError(page.url, f"total {total}, but {NO_RESULTS}")
        return Listing(entries, total)

    def parse_release(self, page: Page, entry: Entry) -> RawRelease:
        """Return what the page of ``entry`` states, or its item of the Open API.

        Raises :class:`ParseError` when the page is of another release, or misses its
        identity, title, time or body box (the message names the selector), and what
        :func:`refuse_special` raises.
        """
        # A run that finds nothing new needs none of this.
        from scraper.sources.article import parse_article

        return parse_article(page, entry)

    def _entry(self, page: Page, row: LexborNode) -> Entry:
        link = row.css_first('a[href*="newsId="]')
        address = attribute(link, "href")
        news_id = news_id_in(address)
        if link is None or not news_id:
            raise ParseError(page.url, "a row has no a[href*=newsId] with a number")
        view = self._path_in(address)
        title = _text(link.css_first("span.text > strong"))
        if not title:
            raise ParseError(
                page.url, f"row {news_id} has no title: span.text > strong"
            )
        source = [_text(span) for span in link.css("span.source > span")]
        listed_on = day_in(source[0]) if source else None
        if listed_on is None:
            raise ParseError(page.url, f"row {news_id} has no date: span.source > span")
        return Entry(
            source=self.name if view in self.views() else self.others.get(view, view),
            news_id=news_id,
            path=f"{view}?newsId={news_id}",
            title=title,
            lead=_text(link.css_first("span.lead")),
            ministry=source[1] if len(source) > 1 else "",
            listed_on=listed_on,
        )

    def _path_in(self, address: str) -> str:
        """Return the path of an address in a row; a relative one from the listing's."""
        found = _PATH.match(address.strip())
        parts = found[1] if found else ""
        if not parts.startswith("/"):
            parts = f"{self.list_path.rpartition('/')[0]}/{parts}"
        return "/" + "/".join(part for part in parts.split("/") if part)


def _check_proof(page: Page, entries: tuple[Entry, ...], notice: bool) -> None:
    if not entries and not notice:
        raise ParseError(page.url, f"neither rows nor {NO_RESULTS} in {LIST_BOX}")
    if entries and notice:
        raise ParseError(page.url, f"rows and {NO_RESULTS} in {LIST_BOX}")


def _list_box(tree: LexborHTMLParser) -> LexborNode | None:
    """Return the first list box with items in it, else the first, else ``None``."""
    boxes = tree.css(LIST_BOX)
    filled = (box for box in boxes if box.css_first("li") is not None)
    return next(filled, boxes[0] if boxes else None)


def _is_first(tree: LexborHTMLParser) -> bool:
    """Tell whether this is page 1: beyond the last one no rows are no surprise."""
    index = attribute(tree.css_first('input[name="pageIndex"]'), "value")
    return index in ("", "1")


def _total(page: Page, tree: LexborHTMLParser) -> int | None:
    node = tree.css_first(TOTAL)
    if node is None:
        return None
    digits = node.text().strip().replace(",", "")
    if not (digits.isascii() and digits.isdigit()):
        raise ParseError(page.url, f"total {digits!r} in {TOTAL} is no number")
    return int(digits)


def _text(node: LexborNode | None) -> str:
    return clean(node.text()) if node else ""
