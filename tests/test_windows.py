"""The Open API as an announcer: calls, windows, halves, budget."""

import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest

from scraper.errors import (
    BlockedError,
    CallError,
    FetchError,
    MissingError,
    ParseError,
    QuotaError,
)
from scraper.ministries import code_of
from scraper.model import KST, Attachment, Download, Entry, Page, Reply
from scraper.sources.open_api_item import ITEM
from scraper.state import State
from scraper.windows import Budget, WindowOriginals, Windows
from tests.test_open_api import SERVICE, answer, gateway, item

NOW = datetime(2026, 11, 24, 12, tzinfo=KST)

#: 2026-11-21 to 23 is a window, and so is what of 2026-11-24 to 26 is over.
FIRST, MIDDLE, LAST = (date(2026, 11, day) for day in (21, 22, 23))
TODAY = date(2026, 11, 24)

Answer = bytes | Callable[[date, date], bytes]


def one(day: date, news_id: int, **changes: str) -> str:
    stamp = f"{day:%m/%d/%Y} 09:00:00"
    return item(**{"NewsItemId": str(news_id), "ApproveDate": stamp} | changes)


class FakeApi:
    """Answers each call by its days; remembers them."""

    def __init__(self, body: Callable[[date, date], bytes]) -> None:
        self.body = body
        self.asked: list[tuple[int, int]] = []
        self.now = NOW

    def call(self, path: str, sending: Callable[[], None]) -> Reply:
        sending()
        first, last = (
            datetime.strptime(part.partition("=")[2], "%Y%m%d").replace(tzinfo=KST)
            for part in path.partition("?")[2].split("&")
        )
        self.asked.append((first.day, last.day))
        body = self.body(first.date(), last.date())
        return Reply(f"https://api.example{path}", 200, body, self.now)


def listing(first: date, last: date) -> bytes:
    """Answer with two items of each day, ids by day."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    items = [one(day, int(f"{day:%m%d}{n}")) for day in days for n in (2, 1)]
    return answer(*items)


@pytest.fixture
def state() -> Iterator[State]:
    with State(None, "t", now=NOW) as state:
        yield state


def windows(api: FakeApi, state: State, calls: int = 1000) -> Windows:
    def now() -> datetime:
        return api.now

    budget = Budget(SERVICE, state, calls, now)
    return Windows(SERVICE, api.call, budget, now=now)


def ids(found: Windows, day: date, ministry: str = "") -> list[str]:
    return [entry.news_id for entry in found.announce(day, ministry).entries]


# --- announcing -------------------------------------------------------------------


def test_a_window_is_asked_for_once_a_run(state: State) -> None:
    api = FakeApi(listing)
    found = windows(api, state)
    for day in (FIRST, MIDDLE, LAST):
        announcement = found.announce(day)
        assert announcement.whole
        assert announcement.error is None
        listed = {entry.listed_on for entry in announcement.entries}
        assert listed == {day}
    assert ids(found, FIRST) == ["11211", "11212"]
    assert api.asked == [(21, 23)]


def test_today_s_window_ends_today_and_is_asked_for_anew_each_run(
    state: State,
) -> None:
    api = FakeApi(listing)
    for _ in range(2):
        assert ids(windows(api, state), TODAY) == ["11241", "11242"]
    assert api.asked == [(24, 24), (24, 24)]


def test_a_run_past_midnight_asks_for_the_new_day(state: State) -> None:
    api = FakeApi(listing)
    found = windows(api, state)
    found.announce(TODAY)
    api.now = NOW + timedelta(days=1)
    assert ids(found, date(2026, 11, 25)) == ["11251", "11252"]
    assert api.asked == [(24, 24), (24, 25)]


def test_a_year_of_windows_does_not_stay_in_memory(state: State) -> None:
    api = FakeApi(listing)
    found = windows(api, state)
    for n in range(60):
        found.announce(date(2026, 9, 1) + timedelta(days=n))
    assert len(api.asked) in (20, 21)
    assert len(found._answered) <= 4


def test_the_next_day_s_first_second_belongs_there_and_once(state: State) -> None:
    """A query for day D returns items stamped D+1 00:00:00 as well."""

    def body(first: date, last: date) -> bytes:
        items = [one(TODAY, 9, ApproveDate="11/24/2026 00:00:00")]
        return answer(*items, *([one(LAST, 8)] if first < TODAY else []))

    found = windows(FakeApi(body), state)
    assert ids(found, LAST) == ["8"]
    assert ids(found, TODAY) == ["9"]


def test_a_slot_of_the_next_day_is_found_in_its_neighbour_s_answer(
    state: State,
) -> None:
    def body(first: date, last: date) -> bytes:
        slot = one(TODAY, 9, ApproveDate="11/24/2026 00:00:00")
        return answer(slot) if first < TODAY else answer()

    found = windows(FakeApi(body), state)
    found.announce(LAST)
    assert ids(found, TODAY) == ["9"]


@pytest.mark.parametrize(
    ("ministry", "expected"),
    [("", ["1", "2", "3"]), ("A00034", ["1"]), ("A00005", []), ("A99999", ["3"])],
)
def test_a_ministry_is_told_by_its_name(
    state: State, ministry: str, expected: list[str]
) -> None:
    """The API cannot be asked for one; ``MinisterCode`` is a name."""
    names = ("해양수산부", "처음 보는 부처", "A99999")
    items = [one(TODAY, n, MinisterCode=name) for n, name in enumerate(names, 1)]
    found = windows(FakeApi(lambda *_: answer(*items)), state)
    code = code_of("해양수산부") if ministry == "A00034" else ministry
    assert ids(found, TODAY, code or "") == expected


# --- broken answers ---------------------------------------------------------------


def broken_on(*days: date) -> Callable[[date, date], bytes]:
    """Return answers whose XML breaks where they hold one of those days."""

    def body(first: date, last: date) -> bytes:
        whole = listing(first, last)
        if any(first <= day <= last for day in days):
            return whole.replace(b"</resultMsg>", b" R&D</resultMsg>")
        return whole

    return body


def test_a_broken_answer_is_asked_for_in_halves_down_to_the_day(
    state: State,
) -> None:
    api = FakeApi(broken_on(MIDDLE))
    found = windows(api, state)
    assert ids(found, FIRST) == ["11211", "11212"]
    assert ids(found, LAST) == ["11231", "11232"]
    announcement = found.announce(MIDDLE)
    assert not announcement.whole
    assert isinstance(announcement.error, ParseError)
    assert "2026-11-22 is not whole: malformed XML" in str(announcement.error)
    assert api.asked == [(21, 23), (21, 22), (21, 21), (22, 22), (23, 23)]


def test_a_trouble_that_halving_heals_is_none(state: State) -> None:
    def body(first: date, last: date) -> bytes:
        whole = listing(first, last)
        return whole[:-40] if first < last else whole

    found = windows(FakeApi(body), state)
    assert all(found.announce(day).whole for day in (FIRST, MIDDLE, LAST))


def test_a_broken_day_announces_what_is_known_of_it(state: State) -> None:
    """Items before the break, and those other days' answers hold."""

    def body(first: date, last: date) -> bytes:
        if first == FIRST == last:
            slot = one(MIDDLE, 7, ApproveDate="11/22/2026 00:00:00")
            return answer(one(FIRST, 6), slot)
        if first <= MIDDLE <= last:
            return answer(one(MIDDLE, 8), one(MIDDLE, 9))[:-300]
        return answer()

    found = windows(FakeApi(body), state)
    announcement = found.announce(MIDDLE)
    assert [entry.news_id for entry in announcement.entries] == ["7", "8"]
    assert not announcement.whole


def test_an_error_of_the_api_is_not_halved(state: State) -> None:
    api = FakeApi(lambda *_: gateway("30"))
    with pytest.raises(CallError):
        windows(api, state).announce(LAST)
    assert len(api.asked) == 1


# --- the budget -------------------------------------------------------------------


def test_calls_are_counted_over_runs_and_end_with_the_budget(state: State) -> None:
    api = FakeApi(listing)
    windows(api, state, calls=2).announce(TODAY)
    found = windows(api, state, calls=2)
    found.announce(TODAY)
    with pytest.raises(QuotaError, match=r"2 of 2 made.*2026-11-25 00:00 KST"):
        found.announce(LAST)
    assert len(api.asked) == 2
    assert state.calls_made(SERVICE.path, TODAY) == 2


def test_the_budget_begins_anew_at_midnight_in_korea(state: State) -> None:
    api = FakeApi(listing)
    windows(api, state, calls=1).announce(TODAY)
    api.now = datetime(2026, 11, 25, 0, 0, 1, tzinfo=KST)
    windows(api, state, calls=1).announce(LAST)
    assert len(api.asked) == 2


def test_a_quota_the_api_calls_spent_is_not_tried_again_that_day(
    state: State,
) -> None:
    """Another program may use the key as well: our count is not all there is."""
    api = FakeApi(lambda *_: gateway("22"))
    with pytest.raises(QuotaError):
        windows(api, state).announce(TODAY)
    with pytest.raises(QuotaError, match="used up"):
        windows(api, state).announce(TODAY)
    assert len(api.asked) == 1
    api.body, api.now = listing, NOW + timedelta(days=1)
    assert windows(api, state).announce(TODAY).whole


def test_a_larger_budget_counts_the_same_day(state: State) -> None:
    api = FakeApi(listing)
    windows(api, state, calls=1).announce(TODAY)
    with pytest.raises(QuotaError):
        windows(api, state, calls=1).announce(TODAY)
    assert windows(api, state, calls=2).announce(TODAY).whole


# --- pages ------------------------------------------------------------------------


class FakeSite:
    """Has a page for every entry; remembers which were asked for."""

    def __init__(self, text: str = "<html>", error: Exception | None = None) -> None:
        self.text = text
        self.error = error
        self.asked: list[str] = []

    def page(self, entry: Entry) -> Page:
        self.asked.append(entry.news_id)
        if self.error:
            raise self.error
        return Page("https://x", self.text, b"", "text/html", NOW)

    def second_page(self, entry: Entry) -> None:
        raise AssertionError(entry)

    def file(self, entry: Entry, attachment: Attachment) -> Download:
        return Download(attachment.path, entry.news_id.encode(), NOW)


def originals(
    found: Windows, site: FakeSite, kept: list[tuple[str, Page]], *by_page: str
) -> WindowOriginals:
    def keep(entry: Entry, page: Page) -> None:
        kept.append((entry.news_id, page))

    return WindowOriginals(found, site, keep=keep, also_by_page=by_page)


def test_an_entry_s_page_is_its_item_and_kept_before_anybody_looks(
    state: State,
) -> None:
    api = FakeApi(listing)
    found = windows(api, state)
    (entry, _) = found.announce(FIRST).entries
    kept: list[tuple[str, Page]] = []
    page = originals(found, FakeSite(), kept).page(entry)
    assert kept == [("11211", page)]
    assert page.content_type == ITEM
    assert page.text == page.body.decode()
    assert zlib.decompress(page.packed) == page.body
    assert page.url.endswith("policyNewsList2#11211")
    assert len(api.asked) == 1


def test_an_entry_of_an_earlier_run_asks_for_its_window_again(state: State) -> None:
    (entry, _) = windows(FakeApi(listing), state).announce(FIRST).entries
    api = FakeApi(listing)
    found = windows(api, state)
    assert b"11211" in originals(found, FakeSite(), []).page(entry).body
    assert api.asked == [(21, 23)]


def test_an_item_that_is_gone_is_missing(state: State) -> None:
    (entry, _) = windows(FakeApi(listing), state).announce(FIRST).entries
    found = windows(FakeApi(lambda *_: answer()), state)
    with pytest.raises(MissingError, match="does not tell of 11211"):
        found.page(entry)


def test_an_item_that_a_broken_day_may_hold_is_not_gone(state: State) -> None:
    (entry, _) = windows(FakeApi(listing), state).announce(FIRST).entries
    found = windows(FakeApi(broken_on(FIRST)), state)
    with pytest.raises(FetchError, match="malformed XML"):
        found.page(entry)


def test_files_are_the_site_s(state: State) -> None:
    found = windows(FakeApi(listing), state)
    (entry, _) = found.announce(FIRST).entries
    file = Attachment("1", "가.hwpx", "", "/common/download.do?fileId=1")
    assert originals(found, FakeSite(), []).file(entry, file).body == b"11211"


def test_the_site_is_asked_for_a_second_page_only_where_it_is_a_source(
    state: State,
) -> None:
    found = windows(FakeApi(listing), state)
    (entry, _) = found.announce(FIRST).entries
    site = FakeSite()
    assert originals(found, site, []).second_page(entry) is None
    assert originals(found, site, [], "fact_check").second_page(entry) is None
    assert site.asked == []
    assert originals(found, site, [], "policy_news").second_page(entry) is not None
    assert site.asked == ["11211"]


@pytest.mark.parametrize(
    "site",
    [
        FakeSite(error=BlockedError("https://x", "refused")),
        FakeSite("<html><title>Access Denied</title></html>"),
    ],
)
def test_a_site_that_refuses_is_not_asked_again(state: State, site: FakeSite) -> None:
    found = windows(FakeApi(listing), state)
    both = originals(found, site, [], "policy_news")
    for entry in found.announce(FIRST).entries:
        with pytest.raises(BlockedError):
            both.second_page(entry)
    assert site.asked == ["11211"]
