"""One day's listing, read whole: entries, and whether they are all there are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from scraper.errors import BlockedError, FetchError, ParseError, SourceError
from scraper.model import Entry, Listing, Page, RawRelease, Request

#: How often a listing that disagrees with itself is read again.
READINGS = 3

#: More pages than any day has; the largest seen held 223 releases on 23 pages.
MAX_PAGES = 500


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
    *,
    source: Source,
    fetch: Callable[[Request], Page],
) -> Announcement:
    """Read all pages of ``day``; again when they disagree, for new releases shift rows.

    Pages agree when all state the same total, no row repeats, and there are as many
    rows as the total. After a second reading, rows of both that reach the total under
    an unchanged first page are whole too.

    Raises:
        SourceError: the first page could not be had or read, so nothing is announced.
    """
    entries: dict[str, Entry] = {}
    before: _Reading | None = None
    for _ in range(READINGS):
        reading = _read_pages(day, source, fetch, ministry)
        entries |= reading.entries
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
    day: date, source: Source, fetch: Callable[[Request], Page], ministry: str
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
        if not fresh or (total is not None and len(entries) >= total):
            break
    else:
        doubt = f"more than {MAX_PAGES} pages"
    if total is not None and len(entries) != total:
        doubt = doubt or f"{len(entries)} rows of {total}"
    return _Reading(entries, first_page, total, doubt, url, failure)


def _oldest_first(entries: dict[str, Entry]) -> tuple[Entry, ...]:
    """Order by id: ids grow with the time a release was registered."""
    return tuple(sorted(entries.values(), key=lambda entry: int(entry.news_id)))
