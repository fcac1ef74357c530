"""One day's listing, read whole: entries, and whether they are all there are.

:func:`read_day` asks a listing for one day; :class:`UndatedListing` walks back through
one that cannot be asked so.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

from scraper.errors import BlockedError, FetchError, ParseError, SourceError
from scraper.model import Entry, Listing, Page, RawRelease, Request

#: How often a listing that disagrees with itself is read again.
READINGS = 3

#: More pages than any day has; the largest seen held 223 releases on 23 pages.
MAX_PAGES = 500

#: How far rows of an undated listing may stand from their place: it is walked so far
#: beyond the day that is wanted.
MARGIN = timedelta(days=2)

#: An undated listing whose newest row is so much older than the day that is wanted is
#: not in the order we take it for: the longest silence seen was two days.
STALE = timedelta(days=30)


class Section(Protocol):
    """A section of the site: how its pages read, and what it may be used for."""

    @property
    def name(self) -> str:
        """Return the name entries, state and reports know it by."""
        ...

    @property
    def section(self) -> str:
        """Return the Korean name readers know; the license table goes by it."""
        ...

    @property
    def closed(self) -> str:
        """Return why nothing of it may be republished; "" for an open section."""
        ...

    @property
    def rebuttal(self) -> bool:
        """Tell whether its articles deny reports of others, and quote them first."""
        ...

    def parse_release(self, page: Page, entry: Entry) -> RawRelease:
        """Return what the release's page states."""
        ...


class Source(Section, Protocol):
    """A section that is announced by a listing of its own."""

    def listing_request(
        self, first: date, last: date, page: int, ministry: str = ""
    ) -> Request:
        """Return how to ask for one page of a listing."""
        ...

    def parse_listing(self, page: Page) -> Listing:
        """Return what the page announces."""
        ...


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the listing of one day announced."""

    #: Without repeats, oldest first.
    entries: tuple[Entry, ...]
    #: True when the listing was proven to hold nothing more.
    whole: bool
    #: What kept it from being whole, if anything.
    error: SourceError | None = None
    #: The first page shows that nothing changed, so ``entries`` has that page alone.
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    """One walk through all pages of a listing."""

    entries: dict[str, Entry]
    first_page: tuple[str, ...]
    total: int | None
    #: Why the pages contradict each other; "" if they agree.
    doubt: str
    url: str
    #: A page after the first that could not be had or read.
    failure: SourceError | None
    unchanged: bool = False

    def is_whole(self, before: "_Reading | None", rows: int) -> bool:
        """Tell whether nothing is missing; ``rows`` counts those of all readings."""
        if self.failure:
            return False
        if not self.doubt:
            return True
        unchanged = before is not None and before.first_page == self.first_page
        return unchanged and self.total is not None and rows >= self.total


def read_day(
    day: date,
    ministry: str = "",
    known: Collection[str] = (),
    *,
    source: Source,
    fetch: Callable[[Request], Page],
) -> Announcement:
    """Read all pages of ``day``; again when they disagree, for new releases shift rows.

    Pages agree when all state the same total, no row repeats, and there are as many
    rows as the total. After a second reading, rows of both that reach the total under
    an unchanged first page are whole too.

    Where ``known`` are all ids the day announced before, a first page that shows none
    but those, and states as many, is enough.

    Raises:
        SourceError: the first page could not be had or read, so nothing is announced.
    """
    entries: dict[str, Entry] = {}
    before: _Reading | None = None
    for _ in range(READINGS):
        reading = _read_pages(day, source, fetch, ministry, known)
        entries |= reading.entries
        if reading.unchanged:
            return Announcement(_oldest_first(entries), True, unchanged=True)
        if reading.is_whole(before, len(entries)):
            return Announcement(_oldest_first(entries), True)
        before = reading
        if isinstance(reading.failure, FetchError):
            break
    assert before is not None
    failure = before.failure or ParseError(
        before.url, f"listing of {day} disagrees with itself: {before.doubt}"
    )
    return Announcement(_oldest_first(entries), False, failure)


def _read_pages(
    day: date,
    source: Source,
    fetch: Callable[[Request], Page],
    ministry: str,
    known: Collection[str],
) -> _Reading:
    """Walk the pages until the total is reached or a page brings nothing new."""
    entries: dict[str, Entry] = {}
    first_page: tuple[str, ...] = ()
    total: int | None = None
    doubt = url = ""
    failure: SourceError | None = None
    for number in range(1, MAX_PAGES + 1):
        try:
            page = fetch(source.listing_request(day, day, number, ministry))
            listing = source.parse_listing(page)
        except SourceError as error:
            if number == 1 or isinstance(error, BlockedError):
                raise
            failure = error
            break
        ids = tuple(entry.news_id for entry in listing.entries)
        if other := {entry.listed_on for entry in listing.entries} - {day}:
            failure = ParseError(
                page.url, f"listing of {day} shows rows of {min(other)}"
            )
        if number == 1:
            first_page, total, url = ids, listing.total, page.url
        elif listing.total != total:
            doubt = f"total went from {total} to {listing.total} on page {number}"
        if len(set(ids)) < len(ids) or any(news_id in entries for news_id in ids):
            doubt = doubt or f"page {number} repeats rows"
        fresh = [entry for entry in listing.entries if entry.news_id not in entries]
        entries |= {entry.news_id: entry for entry in fresh}
        if number == 1 and _is_known(listing, ids, known) and not (failure or doubt):
            return _Reading(entries, ids, total, "", url, None, unchanged=True)
        if not fresh or (total is not None and len(entries) >= total):
            break
    else:
        doubt = f"more than {MAX_PAGES} pages"
    if total is not None and len(entries) != total:
        doubt = doubt or f"{len(entries)} rows of {total}"
    return _Reading(entries, first_page, total, doubt, url, failure)


def _is_known(listing: Listing, ids: Sequence[str], known: Collection[str]) -> bool:
    """Tell whether a first page shows nothing but what a whole listing had."""
    return bool(known) and listing.total == len(known) and set(ids) <= {*known}


class UndatedListing:
    """A listing that knows no days, newest first: one walk back serves all of a run.

    The walk ends with a page of rows that are all older than the day by ``MARGIN``, or
    with the last row there is. Rows that repeat or a total that changes mean that
    something was put up meanwhile: the walk is made again, and two in a row that are
    the same settle it. A page that brings nothing new before the end, or rows that are
    not newest first, are an error of all days beyond.
    """

    def __init__(self, source: Source, fetch: Callable[[Request], Page]) -> None:
        """Read nothing yet."""
        self._source = source
        self._fetch = fetch
        self._walk: _Walk | None = None

    def announce(self, day: date, ministry: str = "") -> Announcement:
        """Return what the listing has of ``day``; its rows are of any ministry.

        Raises:
            SourceError: the first page could not be had or read.
        """
        del ministry
        if self._walk is None or day < self._walk.until:
            self._walk = self._read(day)
        walk = self._walk
        entries = {i: one for i, one in walk.rows.items() if one.listed_on == day}
        whole = walk.is_whole(day)
        return Announcement(_oldest_first(entries), whole, None if whole else walk.why)

    def _read(self, until: date) -> "_Walk":
        rows: dict[str, Entry] = {}
        before: _Walk | None = None
        for _ in range(READINGS):
            walk = self._walk_back(until)
            rows |= walk.rows
            same = before is not None and before.same_as(walk)
            if same or not walk.doubt:
                walk.doubt = ""
                break
            before = walk
            if isinstance(walk.failure, FetchError):
                break
        walk.rows = rows
        return walk

    def _walk_back(self, until: date) -> "_Walk":
        """Walk from the newest page to the first one that is older than ``until``."""
        walk = _Walk(until)
        for number in range(1, MAX_PAGES + 1):
            try:
                request = self._source.listing_request(until, until, number)
                page = self._fetch(request)
                listing = self._source.parse_listing(page)
            except SourceError as error:
                if number == 1 or isinstance(error, BlockedError):
                    raise
                walk.failure = error
                return walk
            if walk.take(number, listing, page.url):
                return walk
        walk.failure = ParseError(walk.url, f"more than {MAX_PAGES} pages")
        return walk


@dataclass(slots=True)
class _Walk:
    """A walk back through an undated listing, under way or done."""

    until: date
    rows: dict[str, Entry] = field(default_factory=dict)
    total: int | None = None
    #: Rows of page 1, and those of all pages, repeated ones too.
    per_page: int = 0
    seen: int = 0
    #: Newest day on the last page that was read.
    newest: date = date.max
    #: There is nothing older.
    ended: bool = False
    doubt: str = ""
    failure: SourceError | None = None
    url: str = ""

    @property
    def why(self) -> SourceError:
        """Return what keeps a day from being whole."""
        said = f"listing disagrees with itself: {self.doubt or 'it ends too early'}"
        return self.failure or ParseError(self.url, said)

    def is_whole(self, day: date) -> bool:
        """Tell whether nothing of ``day`` is missing."""
        return not self.doubt and (self.ended or self.newest < day - MARGIN)

    def same_as(self, other: "_Walk") -> bool:
        """Tell whether both saw the same rows in the same order."""
        return (self.total, [*self.rows]) == (other.total, [*other.rows])

    def take(self, number: int, listing: Listing, url: str) -> bool:
        """Take a page in; tell whether it is the last one to read."""
        days = [entry.listed_on for entry in listing.entries]
        ids = [entry.news_id for entry in listing.entries]
        fresh = {e.news_id: e for e in listing.entries if e.news_id not in self.rows}
        if number == 1:
            self.total, self.per_page, self.url = listing.total, len(ids), url
            if days and max(days) < self.until - STALE:
                return self.fail(url, f"newest row is of {max(days)}, which is too old")
        elif days and max(days) - self.newest > MARGIN:
            return self.fail(url, f"rows of {max(days)} follow those of {self.newest}")
        self.doubts(number, listing, len(fresh))
        self.rows |= fresh
        self.seen += len(ids)
        if not fresh and (ids or len(self.rows) < (self.total or 0)):
            return self.fail(url, f"page {number} brings nothing new")
        self.ended = not fresh or (
            self.total is not None and len(self.rows) >= self.total
        )
        self.newest = max(days, default=self.newest)
        return self.ended or self.newest < self.until - MARGIN

    def doubts(self, number: int, listing: Listing, fresh: int) -> None:
        """Note what tells that the listing changed between two pages."""
        rows = len(listing.entries)
        if listing.total != self.total:
            self.doubt = f"total went from {self.total} to {listing.total}"
        elif fresh < rows:
            self.doubt = f"page {number} repeats rows"
        elif rows < self.per_page and self.seen + rows < (self.total or 0):
            self.doubt = f"page {number} has {rows} rows of {self.per_page}"

    def fail(self, url: str, reason: str) -> bool:
        """End the walk with an error."""
        self.failure = ParseError(url, reason)
        return True


def _oldest_first(entries: dict[str, Entry]) -> tuple[Entry, ...]:
    """Order by id: ids grow with the time a release was registered."""
    return tuple(sorted(entries.values(), key=lambda entry: int(entry.news_id)))
