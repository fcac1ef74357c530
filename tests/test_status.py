"""``scrape status``: what people and scripts are told, and the exit code."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scraper import accounts
from scraper.cli import exits
from scraper.model import KST, Entry
from scraper.state import Row, State
from tests.newsroom import Newsroom, run_here
from tests.replica import Fault, Site, replica

Capsys = pytest.CaptureFixture[str]

NOW = datetime(2026, 11, 25, 12, tzinfo=KST)
TARGET = "git ../news#main"


def at(hours: float) -> str:
    """Return so many hours after the run."""
    return (NOW + timedelta(hours=hours)).isoformat()


def status(
    newsroom: Newsroom, capsys: Capsys, *arguments: str, now: str = at(1)
) -> tuple[int, dict[str, Any]]:
    run = newsroom.command("status", "--json", *arguments, now=now, capsys=capsys)
    return run.code, json.loads(run.out)


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    """Return one that reads from nowhere, with a state that tests fill."""
    newsroom = Newsroom(tmp_path, "http://127.0.0.1:1")
    newsroom.state.mkdir()
    return newsroom


@pytest.fixture
def state(newsroom: Newsroom) -> Iterator[State]:
    """Return the state after a good run."""
    with State(newsroom.state / "state.db", TARGET, now=NOW) as state:
        for n in (1, 2):
            state.keep_day("press_release", NOW.date() - n * timedelta(1), whole=True)
        yield state


def entry(news_id: str, day: date, source: str = "press_release") -> Entry:
    return Entry(source, news_id, f"/v?newsId={news_id}", "제목", "", "국방부", day)


def row(news_id: str, kind: str, **values: Any) -> Row:
    day = NOW.date() - timedelta(1)
    plain = {"listed_on": f"{day}", "title": "새 길", "ministry": "국방부"}
    return Row(news_id, "press_release", kind, **{**plain, **values})  # type: ignore[arg-type]


# --- health -------------------------------------------------------------------------


def test_a_good_state_is_healthy(
    newsroom: Newsroom, state: State, capsys: Capsys
) -> None:
    state.settle([row("1", "published"), row("2", "held", code="license")])
    code, told = status(newsroom, capsys)
    assert (code, told["healthy"], told["problems"]) == (exits.DONE, True, [])
    assert (told["published"], told["held"]) == (1, {"license": 1})
    source = told["sources"][0]
    assert (source["days"], source["days_complete"]) == (2, 2)
    assert source["last_success_at"] == NOW.isoformat()


def test_a_source_nobody_has_read_is_a_problem(
    newsroom: Newsroom, capsys: Capsys
) -> None:
    code, told = status(newsroom, capsys)
    assert code == exits.PARTIAL
    assert told["problems"] == ["press_release: no run has read a day of it whole"]
    assert not (newsroom.state / "state.db").exists(), "looking makes nothing"


def test_a_day_without_success_is_a_problem(
    newsroom: Newsroom, state: State, capsys: Capsys
) -> None:
    assert status(newsroom, capsys, now=at(23.9))[0] == exits.DONE
    code, told = status(newsroom, capsys, now=at(24.01))
    assert code == exits.PARTIAL
    assert told["problems"] == ["press_release: not read whole since 2026-11-25 12:00"]


def test_a_gap_is_named_and_a_problem_when_it_is_old(
    newsroom: Newsroom, state: State, capsys: Capsys
) -> None:
    yesterday = NOW.date() - timedelta(days=1)
    state.reopen_day("press_release", yesterday)
    code, told = status(newsroom, capsys)
    assert (code, told["sources"][0]["gaps"]) == (exits.DONE, [f"{yesterday}"])
    assert told["sources"][0]["days_complete"] == 1
    old = [date(2026, 11, day) for day in (3, 4, 6)]
    state.intend_days("press_release", old)
    code, told = status(newsroom, capsys)
    assert code == exits.PARTIAL
    said = "press_release: not read whole: 2026-11-03 to 2026-11-04, 2026-11-06"
    assert told["problems"] == [f"{said}; the next run reads it"]


def test_failures_and_what_was_just_set_aside_are_problems(
    newsroom: Newsroom, state: State, capsys: Capsys
) -> None:
    aside = row("3", "held", code="quarantine", reason="failed in 5 runs")
    state.settle([row("2", "failed", code="parse"), aside])
    code, told = status(newsroom, capsys)
    assert (code, told["failed"], told["quarantine"]) == (exits.PARTIAL, 1, 1)
    assert told["problems"] == [
        "failed: 1; the next run tries again",
        "set aside since yesterday: 1 (3)",
    ]


def test_what_was_set_aside_long_ago_is_told_and_no_problem(
    newsroom: Newsroom, state: State, capsys: Capsys
) -> None:
    before = NOW - timedelta(days=2)
    with State(newsroom.state / "state.db", TARGET, now=before) as earlier:
        earlier.settle([row("3", "held", code="quarantine")])
    state.settle([row("4", "held", code="quarantine", failures=6)])  # tried daily
    code, told = status(newsroom, capsys)
    assert (code, told["quarantine"]) == (exits.DONE, 2)


def test_an_embargo_that_nobody_saw_pass_is_a_problem(
    newsroom: Newsroom, state: State, capsys: Capsys
) -> None:
    state.settle([row("1", "held", code="embargo", due_at=at(-30))])
    code, told = status(newsroom, capsys)
    assert code == exits.PARTIAL
    assert told["problems"] == ["held, and due more than a day ago: 1"]


def test_what_is_not_configured_is_shown_and_no_problem(
    newsroom: Newsroom, state: State, capsys: Capsys
) -> None:
    state.intend_days("fact_check", [date(2026, 11, 1)])
    code, told = status(newsroom, capsys)
    assert code == exits.DONE
    assert [(s["name"], s["configured"]) for s in told["sources"]] == [
        ("press_release", True),
        ("fact_check", False),
    ]


# --- the Open API beside ------------------------------------------------------------


def test_where_listing_and_api_differ_the_day_is_not_complete(
    newsroom: Newsroom, state: State, capsys: Capsys
) -> None:
    settings = "sources: [policy_news, open_api]\n"
    newsroom.config.write_text(newsroom.config.read_text("utf-8") + settings, "utf-8")
    one, two = date(2026, 11, 23), date(2026, 11, 24)
    both = [entry("1", one, "policy_news"), entry("2", one, "policy_news")]
    visual = entry("9", one, "card_news")
    for day in (one, two):
        state.keep_day("policy_news", day, whole=True)
    state.keep_day("open_api", one, whole=True)
    state.keep_announced("policy_news", one, "", both, whole=True)
    told_too = [both[0], visual, entry("3", one, "policy_news")]
    state.keep_announced("open_api", one, "", told_too, whole=True)
    only_listed = [entry("5", two, "policy_news")]
    state.keep_announced("policy_news", two, "", only_listed, whole=True)
    code, told = status(newsroom, capsys)
    source = told["sources"][0]
    said = "2026-11-23 only in the listing: 2; only by the Open API: 3"
    assert source["differences"] == [said], (
        "a day that one of them has not read is none"
    )
    assert (source["days"], source["days_complete"]) == (2, 1)
    assert code == exits.DONE, "both are published, so nothing is lost"
    state.keep_announced("policy_news", one, "", both[:1], whole=True)
    state.keep_announced("open_api", one, "", told_too[:2], whole=True)
    assert status(newsroom, capsys)[1]["sources"][0]["differences"] == []


def test_calls_are_told(newsroom: Newsroom, state: State, capsys: Capsys) -> None:
    settings = "sources: [open_api]\nopen_api: {daily_calls: 20, press: true}\n"
    newsroom.config.write_text(newsroom.config.read_text("utf-8") + settings, "utf-8")
    from scraper.sources.open_api import POLICY_NEWS, PRESS_RELEASES

    state.count_call(POLICY_NEWS, NOW.date())
    state.count_call(PRESS_RELEASES, NOW.date(), spent=True)
    _, told = status(newsroom, capsys)
    assert told["quota"] == {"open_api": [1, 20], "open_api_press": [20, 20]}
    names = [source["name"] for source in told["sources"]]
    assert names[:2] == ["open_api", "open_api_press"]


# --- whole runs ---------------------------------------------------------------------


@pytest.fixture
def site() -> Iterator[Site]:
    with replica(seed=5, days="2026-11-22..2026-11-24", releases=12) as site:
        yield site


@pytest.mark.replica
def test_people_are_told_in_lines(site: Site, tmp_path: Path, capsys: Capsys) -> None:
    newsroom = Newsroom(tmp_path, site.base_url)
    newsroom.scrape("--since", "2026-11-22", capsys=capsys)
    run = newsroom.command("status", capsys=capsys)
    assert run.code == exits.DONE
    assert "3 of 3 days" in run.out
    assert "healthy" in run.out.splitlines()[-1]
    _, told = status(newsroom, capsys)
    newest = max(site.expected(i).published_at for i in site.ids(date(2026, 11, 24)))
    assert told["sources"][0]["newest_release_at"] == newest.isoformat()
    assert told["sources"][0]["announced"] == 12
    assert told["published"] + sum(told["held"].values()) == 12
    assert min(told["sizes"][part] for part in ("state", "archive", "mirror")) > 0


@pytest.mark.replica
def test_a_listing_that_broke_is_named(
    site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    site.faults.set([Fault(fault="layout-change", on="list", day="2026-11-23")])
    newsroom = Newsroom(tmp_path, site.base_url)
    newsroom.scrape("--since", "2026-11-22", capsys=capsys)
    code, told = status(newsroom, capsys)
    assert code == exits.PARTIAL
    assert told["sources"][0]["gaps"] == ["2026-11-23"]
    site.faults.clear()
    newsroom.scrape(capsys=capsys)
    code, told = status(newsroom, capsys)
    assert (code, told["sources"][0]["gaps"]) == (exits.DONE, [])


def test_the_page_is_written_where_it_is_asked_for(
    newsroom: Newsroom, state: State, capsys: Capsys
) -> None:
    file = newsroom.folder / "status.html"
    run = newsroom.command("status", "--html", str(file), now=at(1), capsys=capsys)
    assert (run.code, run.out) == (exits.DONE, "")
    assert file.read_text("utf-8").startswith("<!doctype html>")
    run = newsroom.command("status", "--html", "-", now=at(1), capsys=capsys)
    assert run.out == file.read_text("utf-8")
    missing = str(newsroom.folder / "none" / "x.html")
    run = newsroom.command("status", "--html", missing, now=at(1), capsys=capsys)
    assert run.code == exits.CANNOT_WRITE


def test_a_release_tells_when_it_was_published(
    newsroom: Newsroom, state: State, capsys: Capsys
) -> None:
    first = NOW.isoformat()
    state.settle([row("1", "published", first_published_at=first)])
    day = NOW.date() - timedelta(1)
    state.keep_announced("press_release", day, "", [entry("1", day)], whole=True)
    state.keep_announced("press_release", day, "", [], whole=True)
    capsys.readouterr()
    argv = ["scrape", "show", "1", "--config", str(newsroom.config)]
    assert run_here(argv, at(1)) == 0
    said = capsys.readouterr().out
    assert f"delivered at   {first}" in said
    assert f"announced by   press_release for {day}, since {first}" in said
    assert f"not listed since {first}" in said


# --- the sums -----------------------------------------------------------------------


def test_an_id_that_two_ways_announced_counts_once(state: State) -> None:
    day = date(2026, 11, 24)
    for scope in ("press_release", "open_api_press"):
        state.keep_announced(scope, day, "", [entry("1", day)], whole=True)
    state.settle([row("1", "published")])
    assert accounts.count_by_day(state, day)[day].fates == {"published": 1}
    assert accounts.count_by_ministry(state, day) == {"국방부": {"published": 1}}


def test_questions_use_indexes(state: State) -> None:
    """With 100,000 releases, a question that reads them all is too slow."""
    asked: list[str] = []
    select = state.select

    def heard(query: str, *values: object) -> list[tuple[Any, ...]]:
        plan = state._db.execute(f"EXPLAIN QUERY PLAN {query}", values).fetchall()
        asked.extend(str(step[-1]) for step in plan)
        return select(query, *values)

    state.select = heard  # type: ignore[method-assign]
    accounts.count_releases(state)
    accounts.count_days(state)
    accounts.newest_release(state, "press_release")
    accounts.waiting(state, "held", "quarantine")
    accounts.count_overdue(state, NOW)
    accounts.compare(state, "policy_news", "policy_news", "open_api")
    reads = [step for step in asked if step.startswith(("SCAN", "SEARCH"))]
    newest_hundred = "SCAN a"
    assert reads
    assert all("USING" in one or one == newest_hundred for one in reads), reads
    whole_table = "SEARCH release USING PRIMARY KEY (target=?)"
    assert whole_table not in reads
    covering = [step for step in asked if "release_account" in step]
    assert "COVERING INDEX" in covering[0]
