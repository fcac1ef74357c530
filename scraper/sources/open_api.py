"""The Open API of data.go.kr: days -> calls -> items, each an announcement and a page.

One call answers for a window of at most three days, counted with both ends, whole and
without pages. Windows lie on a fixed grid, so that a day is always asked for together
with the same neighbours and two answers can be held against each other.
"""

import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from lxml import etree

from scraper.errors import ParseError, UnavailableError
from scraper.model import Entry, Reply
from scraper.sources.markup import news_id_in
from scraper.sources.open_api_errors import refuse_errors
from scraper.sources.open_api_item import (
    canonical_xml,
    field,
    is_ours,
    plain,
    read_published_at,
    read_revision,
)
from scraper.sources.site_section import SiteSection
from scraper.text import clean

#: Where policy news is had; its first version is closed to new keys.
POLICY_NEWS = "/1371000/policyNewsService2/policyNewsList2"

#: The same for press releases, in the first version; doubtful since May 2026.
PRESS_RELEASES = "/1371000/pressReleaseService/pressReleaseList"

#: The field of a call that has the key.
KEY = "serviceKey"

#: Most days of one call, both ends counted; more is error 98.
SPAN = 3

#: Bytes of an answer that are parsed before the items in them are taken.
FED = 64 * 1024

#: Of zlib's levels, the one of the archive, which takes items as they are packed here.
LEVEL = 3

#: Start of the name of a section that is only known by its ``GroupingCode``.
UNKNOWN = "/?GroupingCode="

_CODES = ("resultCode", "resultMsg", "returnReasonCode", "returnAuthMsg", "errMsg")
_TAGS = ("NewsItem", "totalCount", *_CODES)
_VIEW = re.compile(r"/[A-Za-z0-9/_-]{1,80}\.do")


@dataclass(frozen=True, slots=True)
class Days:
    """Days in a row, both ends included."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        for n in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=n)

    def halves(self) -> "tuple[Days, ...]":
        """Return two parts of nearly the same length; none of a single day."""
        if self.first == self.last:
            return ()
        middle = self.first + (self.last - self.first) // 2
        return Days(self.first, middle), Days(middle + timedelta(days=1), self.last)


@dataclass(frozen=True, slots=True)
class Service:
    """One service of the API, and what it tells of."""

    #: Names it in reports, in the state and in the archive.
    name: str
    #: Where it answers.
    path: str
    #: Every section there is; items are sorted by ``GroupingCode``.
    sections: tuple[SiteSection, ...]
    #: The section of all its items, whatever their code says.
    alone: SiteSection | None = None

    def call_path(self, days: Days) -> str:
        """Return path and query of a call, but for the key."""
        return f"{self.path}?startDate={days.first:%Y%m%d}&endDate={days.last:%Y%m%d}"

    def section_of(self, grouping: str, view: str) -> SiteSection:
        """Return the section of an item; a closed one where code and page differ.

        An unknown code is a closed section of its own, named by it.
        """
        if self.alone is not None:
            return self.alone
        named = [one for one in self.sections if grouping and one.grouping == grouping]
        if not named:
            return _unknown(UNKNOWN + re.sub("[^A-Za-z0-9]+", "_", grouping)[:40])
        shut = [one for one in self.sections if one.closed and view in one.views()]
        return (*shut, *named)[0]


class Told(Mapping[str, SiteSection]):
    """The sections a service tells of, by name; those of unknown codes are closed."""

    def __init__(self, service: Service) -> None:
        """Leave out sections without a code."""
        told = service.sections if service.alone is None else (service.alone,)
        self._by_name = {
            one.name: one for one in told if one.grouping or service.alone is not None
        }

    def __getitem__(self, name: str) -> SiteSection:
        return _unknown(name) if name.startswith(UNKNOWN) else self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)


@dataclass(frozen=True, slots=True)
class Item:
    """One release of an answer."""

    entry: Entry
    #: Counts its changes.
    revision: int
    #: The body, packed: those of whole windows wait in memory for their turn.
    packed: bytes

    @property
    def body(self) -> bytes:
        """Return its own page: its fields as XML, without key, window or neighbours."""
        return zlib.decompress(self.packed)


@dataclass(frozen=True, slots=True)
class Window:
    """What one answer holds."""

    #: By news id.
    items: Mapping[str, Item]
    #: Why there may be more than that; "" if this is proven to be all.
    problem: str = ""


def window_of(day: date, today: date) -> Days:
    """Return the days that are asked for together with ``day``, none after today."""
    first = date.fromordinal(day.toordinal() // SPAN * SPAN)
    return Days(first, max(day, min(first + timedelta(days=SPAN - 1), today)))


def parse_window(reply: Reply, service: Service) -> Window:
    """Return the items of an answer, and whether they are all.

    Items before the place where XML breaks off are whole, and kept.

    Raises:
        CallError, QuotaError, UnavailableError: the API says why there is no answer.
    """
    items: dict[str, Item] = {}
    problems: list[str] = []
    count = 0

    def take(element: etree._Element) -> None:
        nonlocal count
        count += 1
        try:
            item = _item(reply, element, service)
        except ParseError as error:
            problems.append(error.reason)
            return
        before = items.get(item.entry.news_id)
        if before is None or before.revision < item.revision:
            items[item.entry.news_id] = item

    said, broken = _read(reply.body, take)
    refuse_errors(reply, said)
    if not count and re.match(rb"\s*<(?:!doctype\s+)?html", reply.body, re.I):
        raise UnavailableError(reply.url, "the API sends a web page instead of XML")
    problem = next(filter(None, (broken, *problems)), "")
    return Window(items, problem or _doubt(said, count, said.get("totalCount", "")))


# --- inside -----------------------------------------------------------------------


def _read(
    body: bytes, take: Callable[[etree._Element], None]
) -> tuple[dict[str, str], str]:
    """Return the answer's own fields, and what is wrong with the XML.

    ``take`` is handed each item as it ends; what it holds is then let go, for the tree
    of three days takes ten times their bytes. No entity is resolved, no document type
    is taken, nothing is fetched.
    """
    said: dict[str, str] = {}
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        return said, "the answer brings a document type of its own"
    parser = etree.XMLPullParser(
        events=("end",),
        tag=_TAGS,
        encoding="utf-8",  # fixed, so that a DOCTYPE cannot hide in another one
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    problem = ""
    for at in range(0, len(body) or 1, FED):
        try:
            parser.feed(body[at : at + FED])
            if at + FED >= len(body):
                parser.close()
        except etree.XMLSyntaxError as error:
            # The parser quotes what stands there: words of a text, after a "<".
            said_so = (error.msg or "empty").partition("<")[0]
            problem = f"malformed XML ({' '.join(said_so.split())[:120]})"
        for _, element in parser.read_events():
            assert isinstance(element, etree._Element)
            within = next(element.iterancestors("NewsItem"), None) is not None
            if element.tag == "NewsItem":
                take(element)
                if not within:
                    element.clear()
            elif not within:
                said.setdefault(element.tag, (element.text or "").strip())
        if problem:
            break
    return said, problem


def _doubt(said: Mapping[str, str], count: int, total: str) -> str:
    """Return why the items may not be all; "" if they are."""
    if not said.get("resultCode"):
        return "no resultCode in the answer"
    if total and not (total.isascii() and total.isdigit()):
        return f"totalCount {total!r} is no number"
    if not total and not count:
        return "neither items nor a totalCount"
    if total and count < int(total):
        return f"{count} items of {total}"
    return ""


def _item(reply: Reply, element: etree._Element, service: Service) -> Item:
    """Return one item; :class:`ParseError` without an id, a day or a title."""
    address = field(element, "OriginalUrl")
    news_id = field(element, "NewsItemId") or news_id_in(address)
    if not re.fullmatch(r"[0-9]{1,12}", news_id):
        raise ParseError(reply.url, f"an item has no id (NewsItemId {news_id[:40]!r})")
    title = clean(plain(field(element, "Title")))
    if not title:
        raise ParseError(reply.url, f"item {news_id} has no title")
    published_at = read_published_at(element, reply.url, reply.fetched_at)
    view = _view_path(address, reply.url)
    section = service.section_of(field(element, "GroupingCode"), view)
    entry = Entry(
        source=section.name,
        news_id=news_id,
        path=f"{section.view_path or view}?newsId={news_id}",
        title=title,
        lead="",
        ministry=clean(field(element, "MinisterCode")),
        listed_on=published_at.date(),
    )
    packed = zlib.compress(canonical_xml(element), LEVEL)
    return Item(entry, read_revision(element), packed)


def _unknown(name: str) -> SiteSection:
    """Return a closed section: nobody has looked at what may be done with it."""
    code = name.removeprefix(UNKNOWN)
    closed = f"no section is known that the Open API calls {code!r}"
    return SiteSection(name, name, "", "", closed=closed)


def _view_path(address: str, answered_by: str) -> str:
    """Return the path of a page on our site, or the site's front."""
    if not is_ours(address, answered_by):
        return "/"
    path = urlsplit(address).path
    return path if _VIEW.fullmatch(path) else "/"
