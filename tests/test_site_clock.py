"""A clock that is ahead must publish nothing early; one that is behind is told."""

from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from scraper.cli.site_clock import SiteClock
from scraper.model import KST
from tests.newsroom import Newsroom
from tests.replica import Site, replica
from tests.replica.answers import Answer

NOON = datetime(2026, 11, 25, 12, tzinfo=KST)
DAY = timedelta(days=1)


class World:
    """A machine whose clock can be set, and a site whose clock is right."""

    def __init__(self) -> None:
        self.real = NOON
        self.off = timedelta()
        self.clock = SiteClock(
            self.ours, machine=self.ours, uptime=lambda: (self.real - NOON).seconds
        )
        self.clock.begin()

    def ours(self) -> datetime:
        return self.real + self.off

    def answer(self, off: timedelta = timedelta()) -> None:
        self.clock.hear(format_datetime((self.real + off).astimezone(UTC), usegmt=True))


@pytest.fixture
def world() -> World:
    return World()


def test_without_an_answer_there_is_our_clock_alone(world: World) -> None:
    world.off = DAY
    assert world.clock.now() == NOON + DAY
    assert world.clock.complaint() == ""


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_clocks_that_nearly_agree_are_not_corrected(world: World, minutes: int) -> None:
    world.off = timedelta(minutes=minutes)
    world.answer()
    assert world.clock.now() == NOON + world.off
    assert world.clock.complaint() == ""


@pytest.mark.parametrize("ahead", [timedelta(minutes=6), 400 * DAY])
def test_a_clock_that_is_ahead_goes_by_the_sites(
    world: World, ahead: timedelta
) -> None:
    world.off = ahead
    world.answer()
    assert world.clock.now() == NOON
    assert "ahead of the site's; set it" in world.clock.complaint()


def test_a_clock_that_is_behind_is_told_and_left_alone(world: World) -> None:
    """It publishes late, never early; the site's clock may be the wrong one."""
    world.off = -DAY
    world.answer()
    assert world.clock.now() == NOON - DAY
    assert "1440 min behind the site's" in world.clock.complaint()


def test_a_clock_set_ahead_after_the_last_answer_is_noticed(world: World) -> None:
    """An embargo that is due is published without another answer of the site."""
    world.answer()
    world.real += timedelta(hours=1)
    world.off = 2 * DAY
    assert world.clock.now() == NOON + timedelta(hours=1)


def test_an_answer_from_a_cache_does_not_count_in_its_run(world: World) -> None:
    world.answer()
    world.answer(-DAY)
    assert world.clock.ahead() == timedelta()


def test_the_first_answer_of_a_run_counts_whatever_came_before(world: World) -> None:
    """A server that was wrong once must not switch the guard off for good."""
    world.answer(DAY)
    world.clock.begin()
    world.answer()
    assert world.clock.ahead() == timedelta()


@pytest.mark.parametrize("header", ["", "soon", "Wed, 25 Nov 2026 03:00:00 -0000"])
def test_what_is_no_date_says_nothing(world: World, header: str) -> None:
    world.clock.hear(header)
    assert world.clock.ahead() == timedelta()


# --- a run ----------------------------------------------------------------------------


def embargoed(site: Site) -> tuple[str, datetime]:
    """Return a release that waits for hours, and until when."""
    for news_id in site.ids(date(2026, 11, 24)):
        truth = site.expected(news_id)
        ends = truth.embargo.available_at
        if truth.license_type == 1 and truth.embargo.case == "head" and ends:
            return news_id, ends
    raise AssertionError("none is left to wait")


@pytest.mark.replica
def test_a_machine_that_is_ahead_publishes_no_embargo_early(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By its own clock the time came an hour ago; by the site's it comes in an hour."""
    behind = [timedelta(hours=2)]
    with replica(seed=1, days="2026-11-24", releases=40) as site:
        news_id, ends = embargoed(site)
        newsroom = Newsroom(tmp_path, site.base_url)
        answer = site.answer

        def dated(*asked: object) -> Answer:
            given = answer(*asked)  # type: ignore[arg-type]
            at = datetime.now(UTC) - behind[0]
            given.headers["Date"] = format_datetime(at, usegmt=True)
            return given

        monkeypatch.setattr(site, "answer", dated)
        day = ("--since", "2026-11-24", "--until", "2026-11-24")
        before = (ends - timedelta(hours=1)).isoformat()
        after = (ends + timedelta(hours=1)).isoformat()
        behind[0] = timedelta()
        first = newsroom.scrape(*day, now=before, capsys=capsys)
        held = first.of("held")
        early = {one for one in held if held[one]["code"] == "embargo"}
        assert news_id in early
        behind[0] = timedelta(hours=2)
        result = newsroom.scrape(*day, now=after, capsys=capsys)
        assert "ahead of the site's" in " ".join(result.report["notes"])
        assert not early & set(newsroom.posts())
        behind[0] = timedelta()
        newsroom.scrape(*day, now=after, capsys=capsys)
        assert news_id in newsroom.posts()
