"""The Open API as a way releases are announced, and as the place their pages are from.

    announce(day) -> the window of the day, once a run -> the entries of that day
    page(entry)   -> the entry's item out of that window

Calls are counted in the state before they are made, so that no run, nor several in a
row, asks for more than the day's quota.
"""

import logging
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import date, datetime

from scraper.announce import Announcement
from scraper.errors import (
    BlockedError,
    FetchError,
    MissingError,
    ParseError,
    QuotaError,
)
from scraper.ministries import find_ministry
from scraper.model import KST, Attachment, Download, Entry, Page, Reply
from scraper.originals import Originals
from scraper.sources.open_api import Days, Item, Service, parse_window, window_of
from scraper.sources.open_api_errors import next_day
from scraper.sources.open_api_item import ITEM
from scraper.sources.special_pages import refuse_special
from scraper.state import State

logger = logging.getLogger(__name__)

#: Windows kept in memory: the one at work, and what due releases were looked up in.
KEPT = 4

#: Asks for a path and query; calls its second argument before each request goes out.
Call = Callable[[str, Callable[[], None]], Reply]


class Budget:
    """The calls a service takes on one day in Korea, over all runs."""

    def __init__(
        self, service: Service, state: State, calls: int, now: Callable[[], datetime]
    ) -> None:
        """Count against ``calls`` a day; ``now`` is aware."""
        self._service = service
        self._state = state
        self._calls = calls
        self._now = now

    def take(self) -> None:
        """Count one call.

        Raises:
            QuotaError: there is none left today.
        """
        made = self._state.calls_made(self._service.path, self._today())
        if made is None or made >= self._calls:
            said = "used up" if made is None else f"{made} of {self._calls} made"
            reason = f"today's calls of {self._service.name} are spent ({said})"
            raise QuotaError(self._service.path, reason, next_day(self._now()))
        self._state.count_call(self._service.path, self._today())

    def close(self) -> None:
        """Note that the API itself takes no more today."""
        self._state.count_call(self._service.path, self._today(), spent=True)

    def _today(self) -> date:
        return self._now().astimezone(KST).date()


@dataclass(frozen=True, slots=True)
class _Answered:
    """What the API said of a window, in one answer or in several for parts of it."""

    days: Days
    url: str
    fetched_at: datetime
    items: dict[str, Item]
    #: Why a day may hold more than that.
    problems: dict[date, ParseError]


class Windows:
    """The answers of one service, as far as this run asked for them."""

    def __init__(
        self,
        service: Service,
        call: Call,
        budget: Budget,
        *,
        now: Callable[[], datetime],
    ) -> None:
        """Ask for nothing yet."""
        self._service = service
        self._call = call
        self._budget = budget
        self._now = now
        self._answered: dict[date, _Answered] = {}

    def announce(self, day: date, ministry: str = "") -> Announcement:
        """Return what a day announces; ``ministry`` is a code, "" for all.

        A day whose XML is broken even in an answer of its own announces what was found
        before the break and in its neighbours' answers, and is not whole.

        Raises:
            CallError, QuotaError, FetchError: there is no answer.
        """
        problem = self._window(day).problems.get(day)
        found: dict[str, Item] = {}
        for answered in self._answered.values():
            for news_id, item in answered.items.items():
                if item.entry.listed_on == day and _is_newer(item, found.get(news_id)):
                    found[news_id] = item
        entries = [item.entry for item in found.values() if _is_of(item, ministry)]
        entries.sort(key=lambda entry: int(entry.news_id))
        return Announcement(tuple(entries), problem is None, problem)

    def page(self, entry: Entry) -> Page:
        """Return an entry's item as a page of its own.

        Raises:
            MissingError: the API does not tell of it (any more).
            FetchError: as :meth:`announce`, or its day could not be read whole.
        """
        for answered in (*self._answered.values(), None):
            here = answered or self._window(entry.listed_on)
            if item := here.items.get(entry.news_id):
                url = f"{here.url}#{entry.news_id}"
                body = item.body
                return Page(
                    url,
                    body.decode(),
                    body,
                    ITEM,
                    here.fetched_at,
                    packed=item.packed,
                )
        if problem := here.problems.get(entry.listed_on):
            raise FetchError(here.url, f"not in what could be read ({problem.reason})")
        said = f"the Open API does not tell of {entry.news_id} (any more)"
        raise MissingError(here.url, said)

    def _window(self, day: date) -> _Answered:
        """Return the answer for the window of a day; asked for once a run."""
        days = window_of(day, self._now().astimezone(KST).date())
        answered = self._answered.pop(days.first, None)
        if answered is None or day > answered.days.last:
            answered = self._ask(days)
        self._answered[days.first] = answered  # the last one used is the last to go
        for first in list(self._answered)[:-KEPT]:
            del self._answered[first]
        return answered

    def _ask(self, days: Days) -> _Answered:
        """Ask for some days; in halves, down to single days, when XML is broken."""
        reply = self._call(self._service.call_path(days), self._budget.take)
        try:
            window = parse_window(reply, self._service)
        except QuotaError:
            self._budget.close()
            raise
        url = reply.url.partition("?")[0]
        items = dict(window.items)
        if not window.problem:
            return _Answered(days, url, reply.fetched_at, items, {})
        logger.warning(
            "answer broken service=%s days=%s..%s problem=%s",
            self._service.name,
            days.first,
            days.last,
            window.problem,
        )
        problems: dict[date, ParseError] = {}
        for half in days.halves():
            part = self._ask(half)
            items = _merged(items, part.items)
            problems |= part.problems
        if not days.halves():
            said = f"{days.first} is not whole: {window.problem}"
            problems[days.first] = ParseError(reply.url, said)
        return _Answered(days, url, reply.fetched_at, items, problems)


class WindowOriginals:
    """Pages are items of the API, files are the site's; items are kept as pages are."""

    def __init__(
        self,
        windows: Windows,
        site: Originals,
        *,
        keep: Callable[[Entry, Page], None],
        also_by_page: Container[str],
    ) -> None:
        """Join both.

        Args:
            windows: Where items are.
            site: Where files are, and pages to compare with.
            keep: Puts an item into the archive; it is called before anybody looks.
            also_by_page: Names of the sections that are read by their pages as well.
        """
        self._windows = windows
        self._site = site
        self._keep = keep
        self._also_by_page = also_by_page
        self._refused: BlockedError | None = None

    def page(self, entry: Entry) -> Page:
        """Return the entry's item; raises as :meth:`Windows.page` does."""
        page = self._windows.page(entry)
        self._keep(entry, page)
        return page

    def second_page(self, entry: Entry) -> Page | None:
        """Return the release's own page, if its section is read that way as well.

        A site that refuses us is not asked again in this run.

        Raises:
            SourceError: the page could not be had.
        """
        if entry.source not in self._also_by_page:
            return None
        if self._refused is not None:
            raise self._refused
        try:
            page = self._site.page(entry)
            refuse_special(page)
        except BlockedError as error:
            self._refused = error
            raise
        return page

    def file(self, entry: Entry, attachment: Attachment) -> Download:
        """Return the bytes of one attachment; raises as the site's originals do."""
        return self._site.file(entry, attachment)


def _is_of(item: Item, ministry: str) -> bool:
    """Tell whether an item is of a ministry, given by its code."""
    entry = item.entry
    if not ministry or entry.ministry == ministry:
        return True
    return find_ministry(entry.ministry, entry.listed_on).code == ministry


def _is_newer(item: Item, known: Item | None) -> bool:
    return known is None or item.revision > known.revision


def _merged(one: dict[str, Item], other: dict[str, Item]) -> dict[str, Item]:
    newer = {key: item for key, item in other.items() if _is_newer(item, one.get(key))}
    return one | newer
