"""Several sources in one run: each counted, none asked of a server that refuses us."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.newsroom import Newsroom, asked_for
from tests.replica import Site, replica

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
