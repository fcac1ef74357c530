"""Past days are listed again, in whole runs over the replica."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from scraper.model import KST
from scraper.state import State
from tests.newsroom import Newsroom, Result, asked_for
from tests.replica import Fault, Site, replica

pytestmark = pytest.mark.replica

Capsys = pytest.CaptureFixture[str]

FIRST = "2026-11-18"
LATE_DAY = date(2026, 11, 19)


@pytest.fixture
def site() -> Iterator[Site]:
    with replica(seed=3, days="2026-11-18..2026-11-26", releases=27) as site:
        yield site


@pytest.fixture
def newsroom(tmp_path: Path, site: Site) -> Newsroom:
    return Newsroom(tmp_path, site.base_url)


def hide(site: Site, news_id: str) -> None:
    """Take a release out until it is put up late."""
    site.withdraw(news_id)


def put_up(site: Site) -> None:
    site._withdrawn.clear()
    site._sizes.clear()


def at(day: int, hour: int = 9, minute: int = 0) -> str:
    return datetime(2026, 11, day, hour, minute, tzinfo=KST).isoformat()


def opened(newsroom: Newsroom) -> State:
    """Return the state as a run left it."""
    target = "git ../news#main"
    return State(newsroom.state / "state.db", target, now=datetime.now(KST))


def late_run(newsroom: Newsroom, site: Site, capsys: Capsys) -> tuple[str, Result]:
    """Read all days, then put one up late, then run as usual on the next day."""
    late = site.ids(LATE_DAY)[0]
    hide(site, late)
    first = newsroom.scrape("--since", FIRST, now=at(25), capsys=capsys)
    assert first.code == 0
    assert first.report["look_back"] == {}, "a run with --since does not look back"
    put_up(site)
    site.requests.clear()
    return late, newsroom.scrape(now=at(26), capsys=capsys)


def test_what_is_put_up_late_is_found_and_counted_apart(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    late, run = late_run(newsroom, site, capsys)
    assert late in run.of("published", "held")
    looked = run.report["look_back"]["press_release"]
    assert (looked["days"], looked["late"]) == (6, 1)
    said = (
        f"look-back press_release: 6 days listed again, {looked['requests']} requests"
    )
    assert said in run.out
    others = {r["listed_on"] for r in run.report["releases"] if r["id"] != late}
    assert min(others) >= "2026-11-24", "what is known of past days is not counted"
    with opened(newsroom) as state:
        assert state.select("SELECT news_id FROM announced WHERE late") == [(late,)]
        assert state.gaps("press_release") == []


def test_a_day_that_did_not_change_costs_one_request(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    big = max((len(site.ids(d)), d) for d in site.world.days() if d.day < 25)
    newsroom.scrape("--since", FIRST, now=at(25), capsys=capsys)
    site.requests.clear()
    run = newsroom.scrape(now=at(26), capsys=capsys)
    looked = run.report["look_back"]["press_release"]
    assert looked == {"days": 6, "requests": 6, "late": 0}
    assert asked_for(site, "list").count(big[1].isoformat()) == 1


def test_each_day_is_listed_again_once_a_day(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    newsroom.scrape("--since", FIRST, now=at(25), capsys=capsys)
    newsroom.scrape(now=at(26), capsys=capsys)
    again = newsroom.scrape(now=at(26, 10), capsys=capsys)
    assert again.report["look_back"] == {}
    tomorrow = newsroom.scrape(now=at(27, 9), capsys=capsys)
    assert tomorrow.report["look_back"]["press_release"]["days"] == 7


def test_runs_every_half_hour_share_the_days(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    newsroom.scrape("--since", FIRST, now=at(25), capsys=capsys)
    newsroom.scrape(now=at(25, 23, 50), capsys=capsys)
    sizes = []
    for minute in (10, 40):
        run = newsroom.scrape(now=at(26, 0, minute), capsys=capsys)
        sizes.append(run.report["look_back"]["press_release"]["days"])
    assert sizes == [1, 1]


def test_a_limit_a_dry_run_and_a_switch_look_at_nothing(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    newsroom.scrape("--since", FIRST, now=at(25), capsys=capsys)
    for extra in (
        ["--limit", "5"],
        ["--dry-run"],
        ["--set", "coverage.look_back_days=0", "--set",
         "coverage.weekly_look_back_days=0"],
    ):  # fmt: skip
        run = newsroom.scrape(*extra, now=at(26), capsys=capsys)
        assert run.report["look_back"] == {}, extra


def test_a_late_one_that_fails_is_tried_again_and_its_day_stays_read(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    late = site.ids(LATE_DAY)[0]
    site.faults.set([Fault(fault="status", status=500, on="detail", id=late)])
    late, run = late_run(newsroom, site, capsys)
    assert run.of("failed")[late]["code"] == "fetch"
    site.faults.clear()
    again = newsroom.scrape(now=at(26, 10), capsys=capsys)
    assert late in again.of("published", "held")


def test_a_listing_that_breaks_stays_due_and_takes_no_day_away(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    site.faults.set(
        [Fault(fault="layout-change", on="list", day=LATE_DAY.isoformat(), skip=1)]
    )
    late, run = late_run(newsroom, site, capsys)
    assert f"look-back: {LATE_DAY} not listed again" in run.out
    with opened(newsroom) as state:
        assert state.gaps("press_release") == []
    site.faults.clear()
    again = newsroom.scrape(now=at(27), capsys=capsys)
    assert late in again.of("published", "held")


def test_a_crash_before_the_late_one_is_settled_leaves_a_gap(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    late = site.ids(LATE_DAY)[0]
    hide(site, late)
    newsroom.scrape("--since", FIRST, now=at(25), capsys=capsys)
    put_up(site)
    before = f"""
import os
from scraper import take
real = take.Taker.release
def release(self, entry, *rest):
    if entry.news_id == {late!r}:
        os._exit(9)
    return real(self, entry, *rest)
take.Taker.release = release
"""
    killed = newsroom.start(now=at(26), before=before)
    killed.communicate()
    assert killed.returncode == 9
    with opened(newsroom) as state:
        assert state.gaps("press_release") == [LATE_DAY]
    again = newsroom.scrape(now=at(26, 10), capsys=capsys)
    assert late in again.of("published", "held")


def test_every_announced_id_is_in_the_ledger(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    newsroom.scrape("--since", FIRST, "--limit", "9", now=at(25), capsys=capsys)
    with opened(newsroom) as state:
        held = state.select("SELECT day, news_id FROM announced")
        left = state.select(
            "SELECT count(*) FROM announced WHERE news_id NOT IN"
            " (SELECT news_id FROM release)"
        )
    days = [date(2026, 11, 18) + timedelta(days=n) for n in range(8)]
    assert set(held) == {(f"{day}", i) for day in days for i in site.ids(day)}
    assert left == [(len(held) - 9,)], "a limit leaves the rest, and they are known"


def test_what_is_read_together_is_looked_back_at_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    """The Open API tells three days at once; a listing without days, all of them."""
    monkeypatch.setenv("DATA_KEY", "k")
    with replica(
        seed=7, days="2026-11-18..2026-11-26", articles=30, releases=0, api_key="k"
    ) as site:
        api = f"open_api: {{base_url: '{site.base_url}', key_env: DATA_KEY}}\n"
        settings = f"sources: [open_api, briefing]\n{api}"
        newsroom = Newsroom(tmp_path, site.base_url, settings)
        newsroom.scrape("--since", FIRST, now=at(25), capsys=capsys)
        newsroom.scrape(now=at(25, 23, 50), capsys=capsys)
        run = newsroom.scrape(now=at(26, 0, 10), capsys=capsys)
        looked = run.report["look_back"]
        assert looked["open_api"]["days"] == looked["briefing"]["days"] == 6
        assert looked["open_api"]["requests"] <= 3
        assert looked["briefing"]["requests"] <= 5
        assert {one["late"] for one in looked.values()} == {0}
        again = newsroom.scrape(now=at(26, 0, 40), capsys=capsys)
        assert again.report["look_back"] == {}
