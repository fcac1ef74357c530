"""When a listing is whole, and when it is an error."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from scraper.announce import MAX_PAGES, Announcement, read_day
from scraper.errors import BlockedError, FetchError, ParseError
from scraper.model import KST, Entry, Listing, Page, Request

DAY = date(2026, 11, 23)


def entry(number: int, day: date = DAY) -> Entry:
    return Entry("fake", str(number), f"/view?newsId={number}", "제목", "", "", day)


def listing(total: int | None, *numbers: int) -> Listing:
    return Listing(tuple(entry(n) for n in numbers), total)


def read(*pages: Listing | Exception) -> tuple[Announcement, int]:
    """Read a day whose pages come in this order; return it and the requests made."""
    left: Iterator[Listing | Exception] = iter(pages)
    asked: list[Request] = []

    def fetch(request: Request) -> Page:
        asked.append(request)
        now = datetime(2026, 11, 24, tzinfo=KST)
        return Page("http://x/list", "", b"", "text/html", now)

    def parse(_: Page) -> Listing:
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        return answer

    request: Callable[..., Request] = lambda first, last, page, ministry="": Request(  # noqa: E731
        f"/list?{page}"
    )
    source: Any = SimpleNamespace(listing_request=request, parse_listing=parse)
    return read_day(DAY, source=source, fetch=fetch), len(asked)


def ids(announcement: Announcement) -> list[str]:
    return [entry.news_id for entry in announcement.entries]


def test_pages_that_agree_are_whole_in_one_reading() -> None:
    announcement, asked = read(listing(3, 9, 8), listing(3, 7))
    assert (announcement.whole, announcement.error) == (True, None)
    assert ids(announcement) == ["7", "8", "9"]
    assert asked == 2


def test_a_proven_empty_day_is_whole() -> None:
    announcement, asked = read(listing(0))
    assert announcement == Announcement((), True)
    assert asked == 1


def test_a_new_release_that_shifts_rows_is_read_again() -> None:
    """Row 8 slid to page 2 while we read; the second reading has all four."""
    announcement, _ = read(
        listing(3, 9, 8), listing(4, 8, 7), listing(4, 10, 9), listing(4, 8, 7)
    )
    assert announcement.whole
    assert ids(announcement) == ["7", "8", "9", "10"]


def test_a_missing_page_in_the_middle_is_never_whole() -> None:
    pages = [listing(5, 9, 8), listing(5)] * 3
    announcement, _ = read(*pages)
    assert not announcement.whole
    assert "2 rows of 5" in str(announcement.error)
    assert ids(announcement) == ["8", "9"]


@pytest.mark.parametrize("total", [5, None])
def test_a_repeated_page_is_never_whole(total: int | None) -> None:
    """A server that ignores the page number repeats page 1 for ever."""
    pages = [listing(total, 9, 8), listing(total, 9, 8)] * 3
    announcement, _ = read(*pages)
    assert not announcement.whole
    assert "page 2 repeats rows" in str(announcement.error)


def test_rows_under_an_unchanged_first_page_are_whole_though_the_total_lags() -> None:
    pages = [listing(2, 9, 8, 7)] * 2
    announcement, asked = read(*pages)
    assert announcement.whole
    assert asked == 2


def test_a_total_without_rows_is_never_a_quiet_day() -> None:
    announcement, _ = read(*[listing(45)] * 3)
    assert not announcement.whole
    assert "0 rows of 45" in str(announcement.error)


def test_an_unreadable_first_page_is_an_error() -> None:
    with pytest.raises(ParseError, match="neither rows"):
        read(ParseError("http://x/list", "neither rows nor an empty notice"))


def test_an_unreadable_later_page_keeps_what_was_announced() -> None:
    broken = ParseError("http://x/list", "neither rows nor an empty notice")
    announcement, asked = read(*[listing(5, 9, 8), broken] * 3)
    assert ids(announcement) == ["8", "9"]
    assert announcement.error is broken
    assert asked == 6


def test_a_later_page_that_cannot_be_had_is_not_asked_for_again() -> None:
    """The door has retried already; asking thrice more would be rude."""
    failure = FetchError("http://x/list", "no answer")
    announcement, asked = read(listing(5, 9, 8), failure)
    assert announcement.error is failure
    assert asked == 2


def test_a_refusal_ends_the_reading() -> None:
    with pytest.raises(BlockedError):
        read(listing(5, 9, 8), BlockedError("http://x/list", "HTTP 403"))


def test_a_listing_that_ignores_its_dates_is_never_whole() -> None:
    stray = Listing((entry(9, date(2026, 11, 20)), entry(8)), 2)
    announcement, _ = read(*[stray] * 3)
    assert not announcement.whole
    assert "shows rows of 2026-11-20" in str(announcement.error)


def test_a_failure_is_never_whole_though_no_total_is_stated() -> None:
    broken = ParseError("http://x/list", "no div.list_type")
    announcement, _ = read(*[listing(None, 9, 8), broken] * 3)
    assert not announcement.whole


def test_a_listing_without_an_end_is_never_whole() -> None:
    pages = [listing(None, n) for n in range(MAX_PAGES, 0, -1)]
    announcement, asked = read(*pages * 3)
    assert not announcement.whole
    assert asked == 3 * MAX_PAGES
