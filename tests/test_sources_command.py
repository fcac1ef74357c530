"""``scrape sources`` and ``scrape sources check``: what people and scripts are told."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scraper.cli import exits
from tests.newsroom import NOW, Newsroom, Result, run_here
from tests.replica import Fault, replica
from tests.test_press_release import ERROR, NOTHING, listing, row, view

Capsys = pytest.CaptureFixture[str]

DAY = date(2026, 11, 24)
TWO = "sources: [press_release, fact_check]\n"


def shown(newsroom: Newsroom, capsys: Capsys) -> dict[str, dict[str, Any]]:
    result = newsroom.command("sources", "--json", capsys=capsys)
    assert result.code == 0, result.err
    return {one["name"]: one for one in json.loads(result.out)["sources"]}


def check(newsroom: Newsroom, *arguments: str, capsys: Capsys) -> Result:
    capsys.readouterr()
    argv = ["scrape", "sources", "check", "--config", str(newsroom.config)]
    code = run_here([*argv, *arguments], NOW)
    said = capsys.readouterr()
    return Result(code, said.out, said.err, {})


def checked(newsroom: Newsroom, *arguments: str, capsys: Capsys) -> dict[str, Any]:
    result = check(newsroom, *arguments, "--json", capsys=capsys)
    assert result.code == 0, result.err
    values: dict[str, Any] = json.loads(result.out)
    return values


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path, "http://127.0.0.1:1", TWO)


def kept(newsroom: Newsroom, text: str) -> str:
    file = newsroom.folder / "page.html"
    file.write_text(text, "utf-8")
    return str(file)


# --- the list -----------------------------------------------------------------------


def test_every_section_and_the_open_api_are_listed(
    newsroom: Newsroom, capsys: Capsys
) -> None:
    sources = shown(newsroom, capsys)
    open_ones = [name for name, one in sources.items() if one["open"]]
    assert open_ones == [
        *("press_release", "policy_news", "fact_check", "briefing", "open_api"),
    ]
    assert sources["fact_check"]["section"] == "사실은 이렇습니다"
    for name in ("card_news", "column", "reporter", "photo"):
        assert not sources[name]["open"]
        assert sources[name]["rule"]
    configured = [name for name, one in sources.items() if one["configured"]]
    assert configured == ["press_release", "fact_check"]


def test_people_are_told_each_rule(newsroom: Newsroom, capsys: Capsys) -> None:
    said = newsroom.command("sources", capsys=capsys).out
    assert "card_news: 카드뉴스 is 공공누리 제4유형" in said
    assert "fact_check" in said
    assert "never read" in said


def test_a_source_nobody_has_read_is_told_so(
    newsroom: Newsroom, capsys: Capsys
) -> None:
    sources = shown(newsroom, capsys)
    assert sources["press_release"]["health"] == "never read"
    assert sources["policy_news"]["health"] == ""
    assert not newsroom.state.exists(), "looking makes nothing"


def test_health_and_last_success_are_those_of_the_runs(
    tmp_path: Path, capsys: Capsys
) -> None:
    fault = Fault(fault="layout-change", on="list", day="2026-11-23")
    with replica(seed=5, days="2026-11-22..2026-11-24", releases=6) as site:
        newsroom = Newsroom(tmp_path, site.base_url)
        newsroom.scrape("--since", "2026-11-22", capsys=capsys)
        one = shown(newsroom, capsys)["press_release"]
        assert (one["health"], one["last_whole_day"]) == ("ok", "2026-11-24")
        assert one["last_success_at"].startswith("2026-11-25T12:00")
        later = "2026-11-28T12:00:00+09:00"
        newsroom.scrape("--since", "2026-11-22", "--until", "2026-11-24", capsys=capsys)
        capsys.readouterr()
        run_here(
            ["scrape", "sources", "--json", "--config", str(newsroom.config)], later
        )
        told = json.loads(capsys.readouterr().out)["sources"][0]
        assert told["health"] == "behind"
        assert "since 2026-11-24" in told["remark"]
    with replica(
        seed=5, days="2026-11-22..2026-11-24", releases=6, faults=[fault]
    ) as site:
        newsroom = Newsroom(tmp_path / "faulty", site.base_url)
        newsroom.scrape("--since", "2026-11-22", capsys=capsys)
        one = shown(newsroom, capsys)["press_release"]
        assert one["health"] == "failing"
        assert one["days_missing"] == ["2026-11-23"]
        assert one["last_whole_day"] == "2026-11-24"


# --- one page -----------------------------------------------------------------------


def test_a_file_is_told_field_by_field(newsroom: Newsroom, capsys: Capsys) -> None:
    body = "<p>새 <b>길</b>을 연다.</p><p>둘째 문단.</p>"
    text = view(head="<h2>첫 줄<br>둘째 줄</h2>", body=body).text
    told = checked(newsroom, "press_release", kept(newsroom, text), capsys=capsys)
    assert told["id"] == "156000001"
    assert told["title"] == "새 길을 연다"
    assert told["subtitles"] == ["첫 줄", "둘째 줄"]
    assert told["published_at"] == "2026-11-23T07:06:02+09:00"
    assert told["ministry"] == "국방부 A00005"
    assert told["attachments"][0].startswith("새 길.hwpx (한글파일) /common/")
    assert told["license_images"] == ["1"]
    assert told["may_be_published"].startswith("yes, as KOGL-1: ")
    assert told["body"] == "2 blocks on the page itself"
    assert told["first_blocks"] == ["Paragraph: 새 길을 연다.", "Paragraph: 둘째 문단."]
    assert told["warnings"] == []


def test_people_see_the_same(newsroom: Newsroom, capsys: Capsys) -> None:
    file = kept(newsroom, view(author="새길부").text)
    said = check(newsroom, "press_release", file, capsys=capsys).out
    assert "title: 새 길을 연다" in said
    assert "may be published: yes, as KOGL-1" in said
    assert "body: none on the page: the text is in an attachment" in said
    assert "no ministry '새길부' is known" in said


def test_a_page_that_may_not_be_published_is_told_why(
    newsroom: Newsroom, capsys: Capsys
) -> None:
    file = kept(newsroom, view(kogl="").text)
    told = checked(newsroom, "press_release", file, capsys=capsys)
    assert told["may_be_published"] == "no: no license block on the page"
    told = checked(newsroom, "card_news", file, capsys=capsys)
    assert told["may_be_published"].startswith("no: 카드뉴스 is")


def test_a_listing_is_told_row_by_row(newsroom: Newsroom, capsys: Capsys) -> None:
    card = row(id="148000002").replace("/briefing/pressRelease", "/multi/visualNews")
    file = kept(newsroom, listing(row(), card, total="12").text)
    told = checked(newsroom, "press_release", file, capsys=capsys)
    assert told["total"] == 12
    first, second = told["rows"]
    assert (first["id"], first["section"], first["held"]) == (
        *("156000001", "press_release", ""),
    )
    assert second["section"] == "card_news"
    assert "제4유형" in second["held"]
    said = check(newsroom, "press_release", file, capsys=capsys).out
    assert "id: 156000001" in said


def test_an_empty_listing_is_told_as_one(newsroom: Newsroom, capsys: Capsys) -> None:
    file = kept(newsroom, listing(NOTHING, total="0").text)
    assert checked(newsroom, "fact_check", file, capsys=capsys)["rows"] == []


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (ERROR, exits.PARTIAL, "the site says this does not exist"),
        ("<html><title>새 화면</title></html>", exits.PARTIAL, "no newsId"),
        (view().text.replace("article_body", "x").replace("view_cont", "y"),
         exits.PARTIAL, "no body box"),
        ("<html><p>비정상적인 접근입니다.</p></html>", exits.REFUSED, "challenge"),
    ],
)  # fmt: skip
def test_a_page_in_no_known_shape_is_one_line(
    newsroom: Newsroom, capsys: Capsys, text: str, code: int, said: str
) -> None:
    result = check(newsroom, "press_release", kept(newsroom, text), capsys=capsys)
    assert result.code == code
    (line,) = result.err.strip().split("\n")
    assert said in line
    assert "page.html" in line


def test_a_file_that_is_not_there_or_no_text_is_one_line(
    newsroom: Newsroom, capsys: Capsys
) -> None:
    result = check(newsroom, "press_release", "/no/such/page.html", capsys=capsys)
    assert "cannot read /no/such/page.html" in result.err
    file = newsroom.folder / "bytes.html"
    file.write_bytes(b"<html>\xff\xfe\x00\xd8\x80</html>")
    result = check(newsroom, "press_release", str(file), capsys=capsys)
    assert result.code == exits.PARTIAL
    assert "charset" in result.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("no_such", "page.html"), "there is press_release"),
        (("press_release", "https://elsewhere.example/x?newsId=1"), "only"),
        (("press_release", "http://127.0.0.1:2/x?newsId=1"), "only"),
    ],
)
def test_only_known_sections_and_the_configured_site_are_asked(
    newsroom: Newsroom, capsys: Capsys, arguments: tuple[str, str], said: str
) -> None:
    result = check(newsroom, *arguments, capsys=capsys)
    assert result.code == exits.USAGE
    assert said in result.err


def test_an_address_is_asked_through_the_door(tmp_path: Path, capsys: Capsys) -> None:
    with replica(seed=2, days="2026-11-24", releases=3, articles=12) as site:
        newsroom = Newsroom(tmp_path, site.base_url, TWO)
        news_id = site.article_ids("fact", DAY)[0]
        truth = site.expected_article(news_id)
        told = checked(
            newsroom, "fact_check", site.base_url + truth.view, capsys=capsys
        )
        assert (told["id"], told["title"]) == (news_id, truth.title)
        assert any(seen.kind == "robots" for seen in site.requests)
        at = f"{site.base_url}/briefing/actuallyList.do?startDate=2026-11-24"
        told = checked(newsroom, "fact_check", at, capsys=capsys)
        assert [one["id"] for one in told["rows"]] == site.article_ids("fact", DAY)
    assert not newsroom.state.exists(), "nothing is kept"


def test_a_site_out_of_reach_is_one_line(newsroom: Newsroom, capsys: Capsys) -> None:
    at = "http://127.0.0.1:1/briefing/pressReleaseView.do?newsId=1"
    result = check(newsroom, "press_release", at, capsys=capsys)
    assert result.code == exits.UNAVAILABLE
    assert "127.0.0.1:1" in result.err.strip().split("\n")[-1]


# --- ministries ---------------------------------------------------------------------


@pytest.mark.parametrize("how", ["config", "option"])
def test_a_listing_without_ministries_cannot_be_asked_for_some(
    tmp_path: Path, capsys: Capsys, how: str
) -> None:
    """It would be read whole, and releases of all ministries published."""
    settings = "sources: [press_release, briefing]\n"
    settings += "ministries: [국방부]\n" if how == "config" else ""
    newsroom = Newsroom(tmp_path, "http://127.0.0.1:1", settings)
    options = [] if how == "config" else ["--ministry", "국방부"]
    result = newsroom.scrape(*options, capsys=capsys)
    assert result.code == exits.CONFIGURATION
    assert "the listing of briefing names no ministry" in result.err
