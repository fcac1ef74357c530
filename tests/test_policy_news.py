"""The sections besides press releases: which there are, and where rows lead."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scraper.cli.sources import sections_of
from scraper.errors import ConfigError
from scraper.model import Entry
from scraper.prepare import prepare
from scraper.settings import Config, SectionChoice
from scraper.sources.family import Sections
from scraper.sources.policy_news import BRIEFING, CLOSED, FACT_CHECK, POLICY_NEWS
from scraper.sources.site_section import SiteSection
from tests.newsroom import Newsroom
from tests.replica import Site, replica
from tests.test_press_release import NOTHING, ROW, listing, page, view

Capsys = pytest.CaptureFixture[str]

DAYS = "2026-11-22..2026-11-24"
SECTIONS = sections_of(Config())


def row(path: str, news_id: str = "148000001") -> str:
    text = ROW.format(id=news_id, title="새 길", day="2026-11-24", ministry="국방부")
    return text.replace("/briefing/pressReleaseView.do", path)


def entries_of(*rows: str, name: str = "policy_news") -> tuple[Entry, ...]:
    return SECTIONS[name].parse_listing(listing(*rows)).entries


# --- the table --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "korean", "list_path", "view_path", "grouping"),
    [
        (POLICY_NEWS, "정책뉴스", "/news/policyNewsList.do",
         "/news/policyNewsView.do", "policy"),
        (FACT_CHECK, "사실은 이렇습니다", "/briefing/actuallyList.do",
         "/briefing/actuallyView.do", "fact"),
        (BRIEFING, "브리핑", "/briefing/policyBriefingList.do",
         "/briefing/policyBriefingView.do", "brief"),
    ],
)  # fmt: skip
def test_the_open_sections_are_where_the_site_has_them(
    section: SiteSection, korean: str, list_path: str, view_path: str, grouping: str
) -> None:
    assert (section.section, section.grouping) == (korean, grouping)
    assert (section.list_path, section.view_path) == (list_path, view_path)
    assert section.closed == ""


def test_only_the_answers_to_reports_are_rebuttals() -> None:
    assert [name for name in SECTIONS if SECTIONS[name].rebuttal] == ["fact_check"]


@pytest.mark.parametrize("name", ["card_news", "column", "reporter", "photo", "video"])
def test_what_nobody_licensed_is_closed_with_the_rule(name: str) -> None:
    closed = {section.name: section.closed for section in CLOSED}
    assert "license" in closed[name] or "제4유형" in closed[name]


def test_a_closed_section_is_held_without_a_look_at_its_page() -> None:
    entry = Entry("card_news", "148000001", "/x", "제목", "", "", date(2026, 11, 24))
    untouched: Any = None
    held = prepare(entry, untouched, SECTIONS["card_news"], untouched, now=untouched)
    assert (held.code, held.reason) == ("license", SECTIONS["card_news"].closed)  # type: ignore[union-attr]


def test_two_sections_cannot_have_one_name_or_one_page() -> None:
    with pytest.raises(ValueError, match="policy_news is there already"):
        Sections([POLICY_NEWS, replace(FACT_CHECK, name="policy_news")])
    with pytest.raises(ValueError, match=r"policyNewsView\.do is there already"):
        Sections([POLICY_NEWS, replace(FACT_CHECK, also=(POLICY_NEWS.view_path,))])


# --- rows that lead elsewhere -------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/news/policyNewsView.do", "policy_news"),
        ("/briefing/pressReleaseView.do", "press_release"),
        ("/briefing/actuallyView.do", "fact_check"),
        ("/multi/visualNewsView.do", "card_news"),
        ("/news/contributePolicyView.do", "column"),
        ("https://www.korea.kr/news/policyNewsView.do", "policy_news"),
        ("//www.korea.kr//news/policyNewsView.do;jsessionid=1", "policy_news"),
        ("policyNewsView.do", "policy_news"),
    ],
)
def test_a_row_belongs_to_the_section_its_link_leads_to(path: str, name: str) -> None:
    (entry,) = entries_of(row(path))
    assert entry.source == name
    assert entry.path.startswith("/")
    assert entry.path.endswith("View.do?newsId=148000001")
    assert entry.path.partition("?")[0] in SECTIONS[name].views()


def test_a_row_to_a_page_of_no_known_section_is_held_and_hinders_no_other() -> None:
    first, second = entries_of(
        row("/multi/newKindView.do", "148000002"), row("/news/policyNewsView.do")
    )
    assert second.source == "policy_news"
    assert first.source in SECTIONS
    rule = SECTIONS[first.source].closed
    assert rule == "no section of the site known for /multi/newKindView.do"


def test_a_page_that_gets_a_section_later_belongs_to_it() -> None:
    """The state knows the entry by its path alone."""
    more = SiteSection("new_kind", "새 갈래", "", "/multi/newKindView.do")
    assert Sections([POLICY_NEWS, more])["/multi/newKindView.do"].name == "new_kind"


def test_a_name_nobody_has_is_no_section() -> None:
    assert "no_such_section" not in SECTIONS
    assert SECTIONS.get("no_such_section") is None


# --- listings -----------------------------------------------------------------------


def test_a_listing_that_ignores_days_is_sent_none() -> None:
    request = BRIEFING.listing_request(date(2026, 11, 1), date(2026, 11, 24), 3)
    form = dict(request.form)
    assert (form["startDate"], form["endDate"], form["pageIndex"]) == ("", "", "3")
    assert len(request.form) == 7


def test_rows_without_a_ministry_are_read() -> None:
    text = row(BRIEFING.view_path).replace("<span>국방부</span>", "")
    (entry,) = entries_of(text, name="briefing")
    assert (entry.source, entry.ministry) == ("briefing", "")


def test_an_empty_listing_of_any_section_must_be_proven() -> None:
    assert SECTIONS["fact_check"].parse_listing(listing(NOTHING)).entries == ()


# --- pages --------------------------------------------------------------------------


def test_an_article_has_subtitles_and_a_body_of_its_own() -> None:
    body = (
        '<div class="se-contents" role="textbox"><p data-ke-size="size16">'
        "<span>T</span><span>V</span>는 새 길.</p></div>"
    )
    text = view(head="<h2>- 첫째<br/>- 둘째</h2><h2>셋째</h2>", body=body).text
    text = text.replace("/briefing/pressReleaseView", "/news/policyNewsView")
    entry = Entry("policy_news", "156000001", "", "", "", "", date(2026, 11, 23))
    raw = POLICY_NEWS.parse_release(page(text), entry)
    assert raw.subtitles == ("- 첫째", "- 둘째", "셋째")
    assert raw.body_html == body
    assert raw.ministry == "국방부"
    assert raw.published_at.isoformat() == "2026-11-23T07:06:02+09:00"


@pytest.mark.parametrize("container", ["article_body", "view_cont", "news_view"])
def test_the_body_of_an_older_layout_is_found(container: str) -> None:
    text = view(body="<p>옛 글</p>").text
    text = text.replace('class="article_body"', "").replace("view_cont", container)
    entry = Entry("policy_news", "156000001", "", "", "", "", date(2026, 11, 23))
    assert "옛 글" in POLICY_NEWS.parse_release(page(text), entry).body_html


# --- by config alone ------------------------------------------------------------------


def choice(**values: Any) -> SectionChoice:
    return SectionChoice(
        **{"section": "국무회의", "view": "/b/councilView.do"} | values
    )


def test_a_configured_section_has_all_a_table_s_entry_can_have() -> None:
    config = Config(
        sections={
            "council": choice(
                list="/b/councilList.do",
                closed="nobody asked yet",
                rebuttal=True,
                dated=False,
                ministries=False,
                grouping="council",
            )
        }
    )
    assert sections_of(config)["council"] == SiteSection(
        name="council",
        section="국무회의",
        list_path="/b/councilList.do",
        view_path="/b/councilView.do",
        closed="nobody asked yet",
        rebuttal=True,
        grouping="council",
        dated=False,
        ministries=False,
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [("briefing", {}), ("council", {"view": "/briefing/policyBriefingView.do"})],
)
def test_a_configured_section_cannot_take_the_place_of_another(
    name: str, values: dict[str, str]
) -> None:
    with pytest.raises(ConfigError, match="is there already"):
        sections_of(Config(sections={name: choice(**values)}))


COUNCIL = """
sources: [briefing]
sections:
  council: {section: 국무회의, view: /briefing/stateCouncilView.do}
"""


def ids_of(site: Site, section: str) -> set[str]:
    days = [date(2026, 11, day) for day in (22, 23, 24)]
    return {i for day in days for i in site.article_ids(section, day)}


def test_a_section_by_config_alone_is_published(tmp_path: Path, capsys: Capsys) -> None:
    """국무회의 has no listing of its own: rows of 브리핑 lead to it."""
    with replica(seed=2, days=DAYS, releases=0, articles=40) as site:
        ids = ids_of(site, "council")
        assert ids
        plain = Newsroom(tmp_path / "plain", site.base_url, "sources: [briefing]\n")
        report = plain.scrape("--since", "2026-11-22", capsys=capsys)
        assert report.code == 0, report.err
        held = report.of("held")
        assert ids <= held.keys()
        rule = "no section of the site known for /briefing/stateCouncilView.do"
        assert {held[i]["reason"] for i in ids} == {rule}

        more = Newsroom(tmp_path / "plain", site.base_url, COUNCIL)
        report = more.scrape("--since", "2026-11-22", capsys=capsys)
        assert report.code == 0, report.err
        assert {report.of("published", "held")[i]["source"] for i in ids} == {"council"}
        assert ids & report.of("published").keys()
