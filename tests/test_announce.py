"""When a listing is whole, and when it is an error."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from scraper.announce import MAX_PAGES, Announcement, UndatedListing, read_day
from scraper.errors import BlockedError, FetchError, ParseError, SourceError
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


# --- listings that know no days -----------------------------------------------------


class Back:
    """A listing without days: its pages by number, one list of pages a reading."""

    def __init__(self, *readings: list[Any]) -> None:
        self.readings = list(readings)
        self.pages: list[Any] = []
        self.asked = 0
        source: Any = SimpleNamespace(
            listing_request=lambda first, last, page, ministry="": Request(f"/{page}"),
            parse_listing=self.parse,
        )
        self.listing = UndatedListing(source, self.fetch)

    def fetch(self, request: Request) -> Page:
        number = int(request.path[1:])
        if number == 1:
            self.pages = self.readings.pop(0)
        self.asked += 1
        self.now = self.pages[number - 1]
        if isinstance(self.now, FetchError):
            raise self.now
        when = datetime(2026, 11, 24, tzinfo=KST)
        return Page(f"http://x/{number}", "", b"", "text/html", when)

    def parse(self, _: Page) -> Listing:
        if isinstance(self.now, Exception):
            raise self.now
        found: Listing = self.now
        return found

    def day(self, day: int) -> Announcement:
        return self.listing.announce(date(2026, 11, day))


def rows(total: int | None, **numbers: int) -> Listing:
    """Return a page: ``n9=23`` is release 9 of the 23rd."""
    return Listing(
        tuple(entry(int(n[1:]), date(2026, 11, d)) for n, d in numbers.items()), total
    )


PAGES = [
    rows(99, n9=24, n8=24),
    rows(99, n7=23, n6=23),
    rows(99, n5=22, n4=22),
    rows(99, n3=20, n2=19),
]


def test_one_walk_back_serves_all_days_of_a_run() -> None:
    """The briefing's listing takes no notice of days."""
    back = Back(PAGES)
    days = [back.day(day) for day in (23, 24)]
    assert [ids(found) for found in days] == [["6", "7"], ["8", "9"]]
    assert all(found.whole and found.error is None for found in days)
    assert back.asked == 4


def test_a_walk_goes_beyond_the_day_by_a_margin() -> None:
    """Release 1 was put up late, and stands among those of two days before."""
    late = [*PAGES[:3], rows(99, n3=21, n1=23), rows(99, n2=20, n0=20)]
    assert ids(Back(late).day(23)) == ["1", "6", "7"]


def test_an_older_day_is_walked_to_anew() -> None:
    older = [*PAGES, rows(99, n1=17, n0=17)]
    back = Back(PAGES, older)
    assert ids(back.day(23)) == ["6", "7"]
    assert ids(back.day(20)) == ["3"]
    assert back.day(20).whole


def test_a_quiet_day_is_whole_when_older_rows_were_seen() -> None:
    found = Back(PAGES).day(25)
    assert (found.entries, found.whole) == ((), True)


def test_the_end_of_the_listing_ends_the_walk() -> None:
    back = Back([rows(3, n9=24, n8=24), rows(3, n7=23)])
    assert back.day(23).whole
    assert back.asked == 2


@pytest.mark.parametrize("total", [0, None])
def test_a_listing_proven_empty_is_whole(total: int | None) -> None:
    assert Back([rows(total)]).day(23) == Announcement((), True)


def test_a_release_put_up_meanwhile_makes_the_walk_start_again() -> None:
    """Row 8 slid to page 2: everything is there, but a row may as well be gone."""
    shifted = [rows(99, n9=24, n8=24), rows(100, n8=24, n7=23), *PAGES[2:]]
    anew = [rows(100, n10=24, n9=24), rows(100, n8=24, n7=23), rows(100, n6=20, n5=20)]
    back = Back(shifted, anew)
    assert ids(back.day(24)) == ["8", "9", "10"]
    assert back.day(24).whole


def test_two_walks_that_are_the_same_settle_a_row_that_repeats() -> None:
    """One that is pinned to the top of every page, say."""
    pinned = [rows(99, n9=24, n8=24), rows(99, n9=24, n7=23), rows(99, n6=20, n5=20)]
    back = Back(pinned, pinned)
    assert back.day(23).whole
    assert back.asked == 6


def test_a_total_that_never_stands_still_is_never_whole() -> None:
    walks = [[rows(n, n9=24), rows(n + 1, n8=20)] for n in (50, 60, 70)]
    found = Back(*walks).day(24)
    assert not found.whole
    assert "total went from 70 to 71" in str(found.error)
    assert ids(found) == ["9"]


def test_a_page_that_lost_rows_is_never_whole() -> None:
    walks = [[PAGES[0], rows(99, **{f"n{n}": 23}), PAGES[3]] for n in (7, 6, 7)]
    found = Back(*walks).day(24)
    assert not found.whole
    assert "page 2 has 1 rows of 2" in str(found.error)


def test_a_walk_that_does_not_get_on_is_never_whole() -> None:
    """A server that ignores the page number repeats page 1 for ever."""
    walks = [[PAGES[0], PAGES[0]]] * 3
    found = Back(*walks).day(23)
    assert not found.whole
    assert "page 2 brings nothing new" in str(found.error)


def test_a_missing_page_in_the_middle_of_a_walk_is_never_whole() -> None:
    found = Back(*[[PAGES[0], rows(99), *PAGES[2:]]] * 3).day(23)
    assert not found.whole
    assert "page 2 brings nothing new" in str(found.error)


@pytest.mark.parametrize("kind", [ParseError, FetchError])
def test_a_page_that_cannot_be_read_leaves_the_days_before_it_whole(
    kind: type[SourceError],
) -> None:
    broken = kind("http://x/4", "not this one")
    back = Back([*PAGES[:3], broken])
    older, newer = back.day(23), back.day(25)
    assert (older.whole, older.error) == (False, broken)
    assert ids(older) == ["6", "7"]
    assert newer.whole
    assert back.asked == 4


def test_a_page_that_cannot_be_had_is_not_walked_to_again() -> None:
    """The door has tried often enough, whatever else is wrong with the listing."""
    failure = FetchError("http://x/3", "no answer")
    back = Back([PAGES[0], rows(100, n8=24, n7=23), failure])
    found = back.day(23)
    assert (found.whole, found.error) == (False, failure)
    assert back.asked == 3


def test_a_refusal_ends_the_walk() -> None:
    with pytest.raises(BlockedError):
        Back([PAGES[0], BlockedError("http://x/2", "HTTP 403")]).day(23)


def test_a_listing_that_begins_with_old_rows_is_no_quiet_day() -> None:
    """Sorted the other way round it would end the walk at once, with nothing."""
    old = Listing((entry(1, date(2020, 1, 2)), entry(2, date(2020, 1, 3))), 99)
    found = Back([old]).day(23)
    assert not found.whole
    assert "newest row is of 2020-01-03" in str(found.error)


def test_rows_that_are_not_newest_first_are_never_whole() -> None:
    found = Back([rows(99, n1=22, n2=22), rows(99, n8=25, n9=25)]).day(23)
    assert not found.whole
    assert "rows of 2026-11-25 follow those of 2026-11-22" in str(found.error)


def test_a_walk_without_an_end_is_never_whole() -> None:
    endless = [rows(None, **{f"n{n}": 24}) for n in range(MAX_PAGES)]
    found = Back(endless).day(24)
    assert not found.whole
    assert f"more than {MAX_PAGES} pages" in str(found.error)
