"""The benchmarks still run; their figures are for people, not for tests."""

import pytest

from benchmarks import articles, extraction, jobs, whole
from benchmarks.__main__ import head, table
from benchmarks.contest import sides
from benchmarks.environment import FOLDER, LOCK
from benchmarks.scoring import Score, Truth, lost, share
from tests.replica import make_site

pytestmark = pytest.mark.replica

#: They come from PyPI, which tests do not ask: ``make peers`` brings them.
needs_peers = pytest.mark.skipif(
    not (FOLDER / LOCK.name).exists(), reason="no peers in .bench: make peers"
)


def test_whole_runs_are_measured() -> None:
    (row,) = jobs.measure_run(20)
    assert int(row["announced"]) == 20
    assert "requests a post" in table([row])


def test_what_nothing_and_a_little_cost_is_measured() -> None:
    assert [row["posts held"] for row in jobs.measure_nothing_new([30])] == ["30"]
    assert [row["posts held"] for row in jobs.measure_commit([30])] == ["30"]


def test_our_job_publishes_every_article_by_pages_and_by_the_api(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(whole, "peers_python", lambda: "")
    pages, api = whole.measure(12, 6, 1, (whole.OURS, whole.BY_API))
    assert [pages["12 posts"], api["12 posts"]] == [whole.OURS, whole.BY_API]
    # robots.txt, two days of one page each, twelve articles
    assert pages["requests a post"] == f"{15 / 12:.3f}"
    assert float(api["requests a post"]) < 0.5


@needs_peers
def test_peers_do_the_whole_job_too() -> None:
    rows = whole.measure(12, 6, 1, (whole.OURS, whole.SPIDER, whole.SCRIPT))
    assert rows[0]["times ours"] == "1.0"
    assert len(rows) == 3


@needs_peers
def test_stages_and_extraction_have_a_row_for_each_contender() -> None:
    odd = make_site(days="2026-11-24", releases=0, articles=4, sections="policy")
    with articles.written(2) as (pages, bodies), sides() as (ours, peers):
        parsed = articles.parse(ours, peers, pages, 1)
        assert len(parsed) == 2 + len(articles.PAGE_PEERS)
        made = articles.convert(ours, peers, bodies, 1)
        assert made[0]["text lost"] == "0.00%"
        assert len(made) == 1 + len(articles.BODY_PEERS)
        assert len(articles.rebuilt(odd, pages)) == 3
        judged = extraction.measure(ours, peers, odd)
        assert judged[0]["extractor"] == "ours, text"
        false = extraction.measure_false(ours, peers)
        assert false[0]["letters of it"] == "0"


def test_the_head_names_the_release_of_each_peer() -> None:
    assert "Scrapy 2." in head()


def test_lost_text_is_told() -> None:
    lines = ["가나다 1,200명", "라마"]
    assert lost(lines, "**가나**다 1,200명\n라마") == (0, 10)
    assert lost(lines, "가나다 1,200\n라마") == (8, 10)


def test_a_score_counts_what_is_missing_and_what_is_false() -> None:
    truth = Truth(("가나 다라", "표 12", "34"), ("표 12", "34"), ("제목",))
    perfect, poor = Score(), Score()
    perfect.add(truth, "제목\n가나 다라\n| 표 12 | 34 |")
    assert set(perfect.shares().values()) == {"1.000"}
    poor.add(truth, "가나 다라\n메뉴\n34")
    assert poor.shares() == {
        "segment recall": "0.666",
        "precision": "0.750",
        "table cells": "0.000",
        "numbers": "0.500",
    }


def test_a_share_is_never_rounded_up_to_all() -> None:
    assert share(99_999, 100_000) == "0.999"
    assert share(0, 0) == ""
