"""Several sources in one run: each counted, none asked of a server that refuses us."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from scraper.cli.run import names_to_ask
from scraper.cli.sources import sections_of
from scraper.settings import Config
from tests.newsroom import Newsroom, asked_for
from tests.replica import Site, open_api, replica

pytestmark = pytest.mark.replica

SECTIONS = ("policy_news", "fact_check", "briefing")
SETTINGS = f"sources: [press_release, {', '.join(SECTIONS)}]\n"
DAYS = ("--since", "2026-11-23", "--until", "2026-11-24")
#: The replica's names of the same sections.
THEIRS = ("policy", "fact", "brief", "visual", "council")

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def site() -> Iterator[Site]:
    days = "2026-11-23..2026-11-24"
    with replica(seed=4, days=days, releases=20, articles=40) as site:
        yield site


@pytest.fixture
def newsroom(site: Site, tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path, site.base_url, SETTINGS)


def announced(site: Site) -> set[str]:
    days = [date(2026, 11, day) for day in (23, 24)]
    press = {i for day in days for i in site.ids(day)}
    return press | {
        i for day in days for name in THEIRS for i in site.article_ids(name, day)
    }


def test_every_release_of_every_section_is_accounted_for(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    result = newsroom.scrape(*DAYS, capsys=capsys)
    assert result.code == 0, result.err
    everything = result.of("published", "held", "known", "failed", "left")
    assert everything.keys() == announced(site)
    by_source = result.report["by_source"]
    assert by_source.keys() == {"press_release", *SECTIONS}
    for name in result.counts:
        assert sum(counts[name] for counts in by_source.values()) == result.counts[name]
    again = newsroom.scrape(*DAYS, capsys=capsys)
    assert again.counts["published"] == 0


def test_a_server_that_refuses_us_is_asked_for_no_other_section(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    site.faults.set([{"fault": "challenge", "on": "list"}])
    result = newsroom.scrape(*DAYS, capsys=capsys)
    assert result.code == 77
    assert len([seen for seen in site.requests if seen.kind == "list"]) == 1
    for name in ("press_release", *SECTIONS):
        assert f"{name}: 2 days were not read to their end" in result.out
    site.faults.clear()
    mended = newsroom.scrape("--until", "2026-11-24", capsys=capsys)
    everything = mended.of("published", "held", "known", "failed", "left")
    assert everything.keys() >= announced(site)


def test_one_source_alone_is_asked(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    result = newsroom.scrape(*DAYS, "--source", "fact_check", capsys=capsys)
    assert result.report["by_source"].keys() == {"fact_check"}
    asked = {seen.path for seen in site.requests if seen.kind == "list"}
    assert asked == {"/briefing/actuallyList.do"}


def test_closed_sections_use_up_no_limit(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    """Nothing of them is fetched, so nothing of them is looked into."""
    result = newsroom.scrape(
        *DAYS, "--source", "policy_news", "--limit", "1", capsys=capsys
    )
    held = result.of("held").values()
    assert sum("카드뉴스" in release["reason"] for release in held) > 1
    assert len(asked_for(site, "detail")) == 1


def test_what_is_due_is_counted_under_its_own_source(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    first = newsroom.scrape(*DAYS, "--dry-run", capsys=capsys)
    bad = next(i for i, r in first.of("published").items() if r["via"] == "fact_check")
    site.faults.set([{"fault": "malformed", "on": "detail", "id": bad}])
    assert set(newsroom.scrape(*DAYS, capsys=capsys).of("failed")) == {bad}
    site.faults.clear()
    mended = newsroom.scrape(*DAYS, capsys=capsys)
    assert mended.of("published")[bad]["via"] == "fact_check"


def test_what_the_api_never_told_of_is_not_its_to_take_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    """Its press service may be dead: an embargo must not end in quarantine."""
    key = "a-key-of-the-replica"
    monkeypatch.setenv("DATA_KEY", key)
    whole = open_api.OpenApi._items

    def nothing_of_press(self: object, path: str, *days: object) -> object:
        return [] if path == open_api.PRESS else whole(self, path, *days)  # type: ignore[arg-type]

    monkeypatch.setattr(open_api.OpenApi, "_items", nothing_of_press)
    with replica(
        seed=4, days="2026-11-22..2026-11-24", releases=20, articles=6, api_key=key
    ) as site:
        api = f"{{base_url: '{site.base_url}', key_env: DATA_KEY, press: true}}"
        settings = f"sources: [open_api, press_release]\nopen_api: {api}\n"
        newsroom = Newsroom(tmp_path, site.base_url, settings)
        noon = "2026-11-24T12:00:00+09:00"
        first = newsroom.scrape("--since", "2026-11-24", now=noon, capsys=capsys)
        held = {i for i, r in first.of("held").items() if r["code"] == "embargo"}
        assert held
        later = newsroom.scrape(now="2026-11-25T13:00:00+09:00", capsys=capsys)
        assert later.code == 0, later.err
        assert held <= newsroom.posts().keys()


def test_what_is_due_of_a_section_nobody_reads_is_told(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    """An operator took it out of the configuration while something waited."""
    more = "sections: {more: {section: 더, list: /news/policyNewsList.do, view: /x.do}}"
    plain = newsroom.config.read_text("utf-8")
    newsroom.config.write_text(
        plain.replace(
            "sources: [press_release, policy_news", f"{more}\nsources: [more"
        ),
        "utf-8",
    )
    site.faults.set([{"fault": "malformed", "on": "detail"}])
    failed = newsroom.scrape(*DAYS, "--source", "fact_check", capsys=capsys)
    (bad, *_) = failed.of("failed")
    site.faults.clear()
    with sqlite3.connect(newsroom.state / "state.db") as db:
        db.execute("UPDATE release SET source = 'more' WHERE news_id = ?", (bad,))
    newsroom.config.write_text(plain, "utf-8")
    later = newsroom.scrape(*DAYS, "--source", "press_release", capsys=capsys)
    assert "1 releases of more are due, and no source of this run reads" in later.out


def test_the_open_api_is_asked_along_with_a_section_it_tells_of() -> None:
    """It alone knows some embargoes, and its license counts."""
    known = sections_of(Config())
    both = ("policy_news", "open_api")
    assert names_to_ask(("policy_news",), both, known) == both
    assert names_to_ask(("press_release",), both, known) == ("press_release",)
    assert names_to_ask((), both, known) == both
    assert names_to_ask(("policy_news",), ("policy_news",), known) == ("policy_news",)
