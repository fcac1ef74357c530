"""The Open API in whole runs over the replica: alone, beside the pages, in trouble."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.newsroom import Newsroom, Result
from tests.replica import Fault, Site, replica
from tests.replica.golden import NEWS_ID as GOLDEN

pytestmark = pytest.mark.replica

KEY = "Zx3+q/8Lm0Tr5vWd=="
PAGES = "policy_news, fact_check, briefing"
THREE_DAYS = ("--since", "2026-11-22", "--until", "2026-11-24")
NEXT_DAY = "2026-11-26T09:00:00+09:00"

Capsys = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_KEY", KEY)


@pytest.fixture
def site() -> Iterator[Site]:
    with replica(seed=7, articles=60, golden=True, releases=9, api_key=KEY) as site:
        yield site


def room(
    folder: Path, site: Site, sources: str = "open_api", api: str = ""
) -> Newsroom:
    """Return a newsroom that reads from those sources."""
    settings = f"base_url: '{site.base_url}', key_env: DATA_KEY{api}"
    more = f"sources: [{sources}]\nopen_api: {{{settings}}}\n"
    return Newsroom(folder, site.base_url, more)


def calls(site: Site) -> int:
    return sum(seen.kind == "api" for seen in site.requests)


def asked_beside(site: Site) -> list[str]:
    """Return what was asked of the site beside its API."""
    return [seen.path for seen in site.requests if seen.kind != "api"]


# --- alone ------------------------------------------------------------------------


def test_a_run_publishes_what_the_api_lets_it(
    site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    run = room(tmp_path, site).scrape(*THREE_DAYS, capsys=capsys)
    assert run.code == 0
    assert len(run.report["releases"]) == 61
    for release in run.report["releases"]:
        truth = site.expected_article(release["id"])
        assert release["url"] == site.base_url + truth.view.partition("&")[0]
        late = truth.embargo_at and truth.embargo_at.isoformat() > "2026-11-25T12"
        if truth.held_by_api:
            assert (release["result"], release["code"]) == ("held", "license"), release
        elif late:
            assert (release["result"], release["code"]) == ("held", "embargo"), release
        elif truth.license_type == 0:
            assert release["result"] == "held"  # no page whose sentences are its notice
        else:
            assert release["result"] == "published", release
    assert set(run.report["by_source"]) == {"open_api"}


def test_the_site_is_not_asked_for_anything_and_a_post_costs_next_to_nothing(
    site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    run = room(tmp_path, site).scrape(*THREE_DAYS, capsys=capsys)
    assert asked_beside(site) == []
    assert calls(site) == run.report["requests"] == 2
    assert calls(site) / run.counts["published"] <= 0.05


def test_a_repeated_run_makes_no_commit(
    site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    news = room(tmp_path, site)
    first = news.scrape(*THREE_DAYS, capsys=capsys)
    tip = news.tip()
    second = news.scrape(*THREE_DAYS, capsys=capsys)
    assert (second.code, news.tip()) == (0, tip)
    assert second.counts["known"] == first.counts["published"]
    assert second.counts["held"] == first.counts["held"]


def test_a_closed_section_is_held_with_the_rule_named(
    site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    run = room(tmp_path, site).scrape(*THREE_DAYS, capsys=capsys)
    said = {
        site.expected_article(release["id"]).section: release["reason"]
        for release in run.report["releases"]
        if site.expected_article(release["id"]).held_by_api == "section"
    }
    assert said["visual"].startswith("카드뉴스 is 공공누리 제4유형")
    assert said["reporter"].startswith("국민기자단 is its authors' own")
    assert "the Open API calls 'council'" in said["council"]


def test_only_the_ministries_asked_for_are_taken(
    site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    everything = [site.expected_article(i) for i in every_id(site)]
    code = next(truth.ministry_code for truth in everything if truth.ministry_code)
    run = room(tmp_path, site).scrape(*THREE_DAYS, "--ministry", code, capsys=capsys)
    wanted = {t.news_id for t in everything if t.ministry_code == code}
    assert {release["id"] for release in run.report["releases"]} == wanted


def every_id(site: Site) -> list[str]:
    days = [date(2026, 11, day) for day in (22, 23, 24)]
    return [news_id for day in days for news_id in site.article_ids("", day)]


def test_a_dry_run_counts_its_calls_and_keeps_nothing_else(
    site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    news = room(tmp_path, site)
    run = news.scrape(*THREE_DAYS, "--dry-run", capsys=capsys)
    assert run.counts["published"] > 20
    assert counted(news) == [(2, 0)]
    with sqlite3.connect(news.state / "state.db") as db:
        assert db.execute("SELECT count(*) FROM fetched").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM release").fetchone() == (0,)
    db.close()


def counted(news: Newsroom) -> list[tuple[int, int]]:
    db = sqlite3.connect(news.state / "state.db")
    try:
        return db.execute("SELECT made, spent FROM call ORDER BY day").fetchall()
    finally:
        db.close()


@pytest.mark.parametrize("env", ["", "OTHER_KEY"])
def test_without_a_key_nothing_is_asked(
    site: Site, tmp_path: Path, capsys: Capsys, env: str
) -> None:
    news = room(tmp_path, site)
    text = news.config.read_text("utf-8").replace("DATA_KEY", env or "''")
    news.config.write_text(text, "utf-8")
    run = news.scrape(*THREE_DAYS, capsys=capsys)
    assert run.code == 78
    assert "open_api.key_env" in run.err
    assert site.requests == []


# --- by both ways -----------------------------------------------------------------


def test_api_and_page_give_the_same_post(
    site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    """Only an embargo, which no page shows, makes a difference."""
    by_api = room(tmp_path / "api", site)
    by_page = room(tmp_path / "page", site, PAGES)
    assert by_api.scrape(*THREE_DAYS, capsys=capsys).code == 0
    assert by_page.scrape(*THREE_DAYS, capsys=capsys).code == 0
    ours, theirs = by_api.posts(), by_page.posts()
    both = ours.keys() & theirs.keys()
    assert len(both) > 25
    assert GOLDEN in both
    for news_id in both:
        if site.expected_article(news_id).embargo_at is None:
            assert ours[news_id] == theirs[news_id], news_id


def test_where_both_are_sources_the_api_goes_first_and_the_page_is_compared(
    site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    both = room(tmp_path / "both", site, f"{PAGES}, open_api")
    run = both.scrape(*THREE_DAYS, capsys=capsys)
    assert run.code == 0
    assert run.report["by_source"]["open_api"]["announced"] == 61
    for release in run.report["releases"]:
        truth = site.expected_article(release["id"])
        if truth.kogl_type:
            held = truth.held or (truth.held_by_api and "license")
            assert (release["result"] == "held") == bool(held), release
        else:  # a blank type is asked from the page
            assert (release["result"] == "held") == bool(truth.held_by_page), release
    by_api = room(tmp_path / "api", site)
    by_api.scrape(*THREE_DAYS, capsys=capsys)
    posts, alone = both.posts(), by_api.posts()
    for news_id in posts.keys() & alone.keys():
        assert posts[news_id] == alone[news_id]


def test_a_difference_is_told_by_the_report(
    site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    """Here, that the page is in a shape nobody knows."""
    news = room(tmp_path, site, "open_api, policy_news")
    site.faults.set([Fault(fault="malformed", on="detail", id=GOLDEN)])
    run = news.scrape(*THREE_DAYS, capsys=capsys)
    golden = next(r for r in run.report["releases"] if r["id"] == GOLDEN)
    assert golden["result"] == "published"
    (remark,) = golden["remarks"]
    assert remark.startswith("not compared with its page: no title")
    assert f"note {GOLDEN} {remark}" in run.out


def test_a_site_that_is_down_does_not_keep_the_api_s_releases(
    site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    news = room(tmp_path, site, "open_api, policy_news")
    site.faults.set([Fault(fault="status", status=403, on="detail")])
    run = news.scrape(*THREE_DAYS, capsys=capsys)
    golden = next(r for r in run.report["releases"] if r["id"] == GOLDEN)
    assert golden["result"] == "published"
    assert "refuses us" in golden["remarks"][0]
    assert sum("policyNewsView" in path for path in asked_beside(site)) == 1


def test_a_page_that_is_gone_is_no_reason_to_publish(
    site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    """The API does not tell of withdrawals, the page does."""
    news = room(tmp_path, site, "open_api, policy_news")
    site.faults.set([Fault(fault="error-page", on="detail", id=GOLDEN)])
    run = news.scrape(*THREE_DAYS, capsys=capsys)
    golden = next(r for r in run.report["releases"] if r["id"] == GOLDEN)
    assert (golden["result"], golden["code"]) == ("failed", "missing")


def test_reparse_needs_no_network_and_changes_nothing(
    site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    for name, sources in (("api", "open_api"), ("both", f"open_api, {PAGES}")):
        news = room(tmp_path / name, site, sources)
        run = news.scrape(*THREE_DAYS, capsys=capsys)
        before = len(site.requests)
        file = tmp_path / "again.json"
        again = news.command("reparse", "--json", str(file), capsys=capsys)
        assert again.code == 0
        report = json.loads(file.read_text("utf-8"))
        assert report["counts"]["known"] == run.counts["published"]
        assert report["counts"]["published"] == 0
        assert len(site.requests) == before


# --- embargo ----------------------------------------------------------------------


def test_what_is_withheld_by_the_api_waits_and_is_published_by_itself(
    tmp_path: Path, capsys: Capsys
) -> None:
    with replica(seed=7, articles=200, api_key=KEY) as site:
        truths = [site.expected_article(news_id) for news_id in every_id(site)]
        truth = next(t for t in truths if t.embargo_at and not t.held_by_api)
        assert truth.embargo_at is not None
        at = truth.embargo_at
        news = room(tmp_path, site)
        before = f"{truth.published_at:%Y-%m-%dT%H:%M:%S}+09:00"
        early = news.scrape(*THREE_DAYS, now=before, capsys=capsys)
        (held,) = [r for r in early.report["releases"] if r["id"] == truth.news_id]
        assert (held["result"], held["code"]) == ("held", "embargo")
        assert f"{at:%Y-%m-%dT%H:%M}" in held["reason"]
        later = news.scrape(now=f"{at:%Y-%m-%dT%H:%M:%S}+09:00", capsys=capsys)
        assert truth.news_id in later.of("published")
        assert f"date: {at:%Y-%m-%dT%H:%M:%S}+09:00" in news.posts()[truth.news_id]


# --- in trouble -------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 401, 403])
@pytest.mark.parametrize(
    ("fault", "code", "exit_code", "says"),
    [
        ("gateway-error", "01", 69, "out of order"),
        ("gateway-error", "20", 77, "open_api.key_env"),
        ("gateway-error", "22", 69, "open again from 2026-11-26 00:00 KST"),
        ("gateway-error", "30", 77, "apply for it at data.go.kr"),
        ("gateway-error", "31", 77, "extend it"),
        ("service-error", "98", 77, "update this program"),
    ],
)
def test_an_error_of_the_api_ends_its_part_and_says_what_to_do(
    tmp_path: Path,
    capsys: Capsys,
    status: int,
    fault: str,
    code: str,
    exit_code: int,
    says: str,
) -> None:
    with replica(articles=3, api_key=KEY) as site:
        site.faults.set([Fault(fault=fault, on="api", code=code, status=status)])
        run = room(tmp_path, site).scrape(*THREE_DAYS, capsys=capsys)
        assert run.code == exit_code
        assert says in run.report["stopped_by"]
        assert calls(site) == 1


def test_what_the_api_refuses_is_had_from_the_pages(
    site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    site.faults.set([Fault(fault="gateway-error", on="api", code="30")])
    run = room(tmp_path, site, f"open_api, {PAGES}").scrape(*THREE_DAYS, capsys=capsys)
    assert run.code == 77
    assert run.report["by_source"]["policy_news"]["published"] > 10
    assert calls(site) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(fault="malformed-xml", on="api", day="2026-11-23", code="ampersand"),
        Fault(fault="malformed-xml", on="api", day="2026-11-23", code="cut"),
        Fault(fault="malformed-xml", on="api", day="2026-11-23", code="control"),
        Fault(fault="malformed-xml", on="api", day="2026-11-23", code="bytes"),
        Fault(fault="malformed-xml", on="api", day="2026-11-23", code="cdata"),
        Fault(fault="xml-bomb", on="api", day="2026-11-23", code="entities"),
        Fault(fault="xml-bomb", on="api", day="2026-11-23", code="external"),
        Fault(fault="xml-bomb", on="api", day="2026-11-23", code="dtd"),
    ],
    ids=lambda fault: f"{fault.fault}-{fault.code}",
)
def test_a_broken_day_is_reported_and_the_others_are_published(
    site: Site, tmp_path: Path, capsys: Capsys, fault: Fault
) -> None:
    site.faults.set([fault])
    news = room(tmp_path, site)
    run = news.scrape(*THREE_DAYS, capsys=capsys)
    assert run.code == 3
    (error,) = run.report["listing_errors"]
    assert "2026-11-23 is not whole" in error
    told = {release["id"] for release in run.report["releases"]}
    for day in (22, 24):
        assert set(site.article_ids("", date(2026, 11, day))) <= told
    assert calls(site) == 4  # all three days, both halves, and today's window
    site.faults.set([])
    healed = news.scrape(capsys=capsys)
    assert healed.code == 0
    again = {release["id"] for release in healed.report["releases"]}
    assert set(site.article_ids("", date(2026, 11, 23))) <= again


def test_a_spent_quota_is_remembered_until_midnight(
    tmp_path: Path, capsys: Capsys
) -> None:
    with replica(articles=30, api_key=KEY, api_quota=1) as site:
        news = room(tmp_path, site)
        run = news.scrape(*THREE_DAYS, capsys=capsys)
        assert run.code == 69
        assert "2026-11-26 00:00 KST" in run.err
        assert "open_api: 1 days were not read to their end" in run.out
        made = calls(site)
        again = news.scrape(capsys=capsys)
        assert again.code == 69
        assert calls(site) == made == 2
        site.api.quota = 0
        late = news.scrape(now=NEXT_DAY, capsys=capsys)
        assert late.code == 0
        assert len(news.posts()) > 10


def test_no_run_asks_for_more_than_the_budget(tmp_path: Path, capsys: Capsys) -> None:
    with replica(articles=30, api_key=KEY) as site:
        news = room(tmp_path, site, api=", daily_calls: 1")
        run = news.scrape(*THREE_DAYS, capsys=capsys)
        assert run.code == 69
        assert "1 of 1 made" in run.report["stopped_by"]
        assert calls(site) == 1
        assert run.counts["published"] > 5


def test_retries_are_calls_too(tmp_path: Path, capsys: Capsys) -> None:
    with replica(articles=3, api_key=KEY) as site:
        site.faults.set([Fault(fault="status", status=500, on="api", times=1)])
        news = room(tmp_path, site)
        assert news.scrape("--since", "2026-11-24", capsys=capsys).code == 0
        assert counted(news) == [(calls(site), 0)]
        assert calls(site) == 2


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault(fault="status", status=429, on="api"), 69),
        (Fault(fault="status", status=503, on="api"), 69),
        (Fault(fault="status", status=403, on="api"), 77),
        (Fault(fault="redirect-away", on="api"), 69),
        (Fault(fault="reset", on="api"), 69),
        (Fault(fault="empty", on="api"), 3),
        (Fault(fault="malformed-xml", code="html", on="api"), 69),
        (Fault(fault="oversize", on="api"), 69),
        (Fault(fault="gzip-bomb", on="api"), 69),
    ],
    ids=lambda value: getattr(value, "fault", value),
)
def test_no_trouble_of_the_api_is_taken_for_a_quiet_day(
    tmp_path: Path, capsys: Capsys, fault: Fault, code: int
) -> None:
    with replica(articles=3, api_key=KEY) as site:
        site.faults.set([fault])
        news = room(tmp_path, site)
        run = news.scrape("--since", "2026-11-24", capsys=capsys)
        assert run.code == code
        assert run.report["stopped_by"] or run.report["listing_errors"]
        site.faults.set([])
        assert news.scrape("--since", "2026-11-24", capsys=capsys).code == 0


# --- press releases ---------------------------------------------------------------


def test_press_releases_are_asked_for_only_behind_the_switch(
    site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    """That service says nothing of licenses: the release's page must."""
    sources = "open_api, press_release"
    plain = room(tmp_path / "plain", site)
    assert "open_api_press" not in by_source(plain.scrape(*THREE_DAYS, capsys=capsys))
    alone = room(tmp_path / "alone", site, api=", press: true")
    run = alone.scrape(*THREE_DAYS, capsys=capsys)
    told = by_source(run)["open_api_press"]
    assert told["announced"] == 9 == told["held"]
    both = room(tmp_path / "both", site, sources, api=", press: true")
    assert by_source(both.scrape(*THREE_DAYS, capsys=capsys))["open_api_press"] == {
        **told,
        "held": told["held"] - len(published(both, "156")),
        "published": len(published(both, "156")),
    }


def by_source(run: Result) -> dict[str, Any]:
    found: dict[str, Any] = run.report["by_source"]
    return found


def published(news: Newsroom, prefix: str) -> list[str]:
    return [news_id for news_id in news.posts() if news_id.startswith(prefix)]
