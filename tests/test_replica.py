"""The replica is what it says: same bytes, right shapes, faults as planned."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from tests.replica import make_site
from tests.replica.compose import CARRIERS, EMBARGOES, LICENSES
from tests.replica.dice import Deck
from tests.replica.probe import (
    DAY,
    all_pages,
    every_id,
    file,
    get,
    listing,
    process,
    rows,
    section_of,
    squeezed,
    total,
    view,
    with_content,
)
from tests.replica.site import DOWNLOAD, LIST, VIEW, Site
from tests.replica.text import HAZARDS
from tests.replica.world import KST

HP = "{http://www.hancom.co.kr/hwpml/2011/paragraph}"

#: What a listing and a page of the real site have, as of October 2026.
LIST_SELECTORS = (
    "div.list_type > ul > li > a[href*='View.do?newsId=']",
    "div.list_type span.text > strong",
    "div.list_type span.text > span.lead",
    "div.list_type span.text > span.source > span",
    "li.sort ul > li > span.custom-input > input[name=chkRepCode] + label",
)
FORM_SELECTORS = (
    ".sch_brief .result strong",
    "form#mainForm[method=post][action='/briefing/pressReleaseList.do']",
    *(
        f"#mainForm input[name={name}]"
        for name in (
            *("pageIndex", "repCodeType", "repCode", "startDate", "endDate"),
            *("srchWord", "period"),
        )
    ),
)
VIEW_SELECTORS = (
    "head > title",
    "link[rel=canonical][href^='https://www.korea.kr/']",
    "link[rel=alternate][href^='https://m.korea.kr/']",
    "meta[property='og:title'][content]",
    "script[type='application/ld+json']",
    ".view_title h1",
    ".article_wrap .article_head #titleText[value]",
    ".article_head .info > span:first-child",
    ".article_head .info a.gotosite[href*=repCode] > i.tooltip",
    "div.filedown dl dd p > span:first-child > a[href*='tblKey=GMN'] > img[alt]",
    "div.filedown dl dd p > span + span > a.view",
    "div.filedown dl dd p > span + span > a.down[href*='/common/download.do?fileId=']",
    ".article_body .view_cont .docConversion > iframe#content_press",
    ".article_body .view_cont > p.remark",
    ".article_footer .kogl_wrap .type img[src*='open_type_01.png'][alt*='1유형']",
    ".article_footer .kogl_wrap .type > span > strong",
    ".article_footer .kogl_wrap .info > p",
    ".article_footer .area_page a.prev",
    ".view_opt .livere_comment",
    "aside.as_side .banner_choice",
    "aside.as_side a[href*=newsId]",
    ".breadcrumbs",
    ".tool",
)


# --- the world ----------------------------------------------------------------------


def test_same_seed_gives_the_same_bytes_in_another_process():
    """Hash randomization, locale or order of asking must not leak into the world."""
    site = make_site(seed=5)
    news_id, file_id = with_content(site, "hwpx")
    view(site, every_id(site)[3])
    wanted = [
        listing(site, 2).encode(),
        view(site, news_id).encode(),
        file(site, file_id),
    ]
    with process("--seed", "5", PYTHONHASHSEED="77") as base:
        form = f"pageIndex=2&startDate={DAY}&endDate={DAY}".encode()
        got = [
            get(base + LIST, form),
            get(f"{base}{VIEW}?newsId={news_id}"),
            get(f"{base}{DOWNLOAD}?fileId={file_id}&tblKey=GMN"),
        ]
    assert got == wanted


def test_another_seed_gives_another_world():
    assert listing(make_site(seed=1)) != listing(make_site(seed=2))


def test_a_large_world_writes_only_what_is_asked_for():
    """100,000 releases are counted, never kept: a page costs its ten rows."""
    site = make_site(days="2023-01-01..2026-11-24", releases=100_000)
    html = listing(site, 2)
    assert site.world.written == len(rows(html)) == 10
    assert site.world.slots.cache_info().currsize == 1
    view(site, rows(html)[0])
    assert site.world.written == 10
    view(site, site.world.news_id(50_000))
    assert site.world.written == 11


def test_every_release_is_listed_exactly_once():
    """Late approvals move a release to another day; none is lost or doubled."""
    site = make_site(days="2026-10-01..2026-11-24", releases=2_000)
    ids = every_id(site)
    assert len(ids) == len(set(ids)) == 2_000
    assert all(site.world.number(news_id) is not None for news_id in ids)


def test_some_older_ids_are_approved_days_later():
    site = make_site(days="2026-10-01..2026-11-24", releases=2_000)
    late = [n for n in range(2_000) if site.world._lag(n)]
    assert 40 < len(late) < 120


def test_weekends_are_quieter():
    site = make_site(days="2026-11-16..2026-11-22", releases=500)
    monday, sunday = date(2026, 11, 16), date(2026, 11, 22)
    assert len(site.ids(sunday)) * 2 < len(site.ids(monday))


def test_every_hundred_releases_hold_each_oddity_in_its_share():
    for shares in (LICENSES, EMBARGOES, CARRIERS):
        deck = Deck(3, "any", **shares)
        for start in (0, 100, 4_700):
            dealt = [deck.deal(n) for n in range(start, start + 100)]
            assert {card: dealt.count(card) for card in shares} == shares


def test_ninety_releases_do_not_read_alike():
    site = make_site(releases=90)
    truths = [site.expected(news_id) for news_id in every_id(site)]
    assert len({t.title for t in truths}) >= 85
    assert len({t.body[0] for t in truths}) == 90
    lines = [line for t in truths for line in t.body if line.startswith("□")]
    assert len(set(lines)) > len(lines) * 0.9


def test_hazardous_lines_are_among_the_text():
    site = make_site(releases=300)
    text = "\n".join(line for i in every_id(site) for line in site.expected(i).document)
    assert {h for h in HAZARDS if " ".join(h.split()) not in text} == set()


# --- listings -----------------------------------------------------------------------


def test_each_day_pages_through_to_its_stated_total_without_repeats():
    site = make_site(releases=90)
    for day in site.world.days():
        pages = list(all_pages(site, day, day))
        ids = [news_id for html in pages for news_id in rows(html)]
        assert {total(html) for html in pages} == {len(ids)}
        assert ids == site.ids(day)
        assert len(set(ids)) == len(ids)


def test_a_range_of_days_is_its_days_newest_first():
    site = make_site(releases=90)
    pages = all_pages(site, site.world.first_day, site.world.last_day)
    ids = [news_id for html in pages for news_id in rows(html)]
    assert ids == [
        i for day in reversed(list(site.world.days())) for i in site.ids(day)
    ]


def test_an_empty_day_proves_it_and_states_zero():
    html = listing(make_site(), first=date(2020, 1, 1), last=date(2020, 1, 1))
    assert rows(html) == []
    assert total(html) == 0
    assert LexborHTMLParser(html).css_first("div.list_type > ul > li.no_data")


def test_totals_have_a_thousands_comma():
    site = make_site(days="2026-11-01..2026-11-24", releases=1_500)
    html = listing(site, first=site.world.first_day, last=site.world.last_day)
    assert "<strong>1,500</strong>" in html


def test_ministry_filter_lists_that_ministry_alone():
    site = make_site(releases=90)
    code = site.expected(every_id(site)[0]).ministry_code
    span = (site.world.first_day, site.world.last_day)
    ids = rows(listing(site, 1, *span, repCode=code))
    assert ids
    assert {site.expected(news_id).ministry_code for news_id in ids} == {code}
    others = [i for i in every_id(site) if site.expected(i).ministry_code == code]
    assert total(listing(site, 1, *span, repCode=code)) == len(others)


def test_get_ignores_the_page_number():
    site = make_site()
    asked = f"{LIST}?pageIndex=2&startDate={DAY}&endDate={DAY}"
    html = site.answer("GET", asked, {}).body.decode()
    assert rows(html) == rows(listing(site, 1))


def test_both_date_forms_occur():
    site = make_site(releases=90)
    days = re.findall(r"<span>(2026[-.]11[-.]24)</span>", listing(site))
    assert set(days) == {"2026-11-24", "2026.11.24"}


def test_bait_stands_outside_the_list():
    """Side bars link to other releases; a reader of the whole page would take them."""
    html = listing(make_site())
    everywhere = set(re.findall(r"newsId=(156\d+)", html))
    assert everywhere - set(rows(html))


def test_titles_are_escaped_once_twice_and_thrice():
    site = make_site(releases=300)
    html = "".join(all_pages(site, site.world.first_day, site.world.last_day))
    for form in ("&middot;", "&amp;middot;", "&amp;#039;", "&amp;amp;"):
        assert form in html


# --- pages --------------------------------------------------------------------------


def test_page_states_what_the_truth_says():
    site = make_site(releases=90)
    for news_id in every_id(site):
        truth = site.expected(news_id)
        tree = LexborHTMLParser(view(site, news_id))
        linked = tree.css_first("script[type='application/ld+json']")
        assert linked is not None
        data = json.loads(linked.text())
        assert datetime.fromisoformat(data["datePublished"]) == truth.published_at
        assert data["author"]["name"] == truth.ministry
        names = [
            node.text(deep=False).strip()
            for node in tree.css("div.filedown p > span:first-child > a")
        ]
        assert names == list(truth.attachments)


def test_page_body_holds_the_expected_text():
    site = make_site(releases=200)
    seen = set()
    for news_id in every_id(site):
        truth = site.expected(news_id)
        if truth.text_from != "page":
            continue
        body = LexborHTMLParser(view(site, news_id)).css_first(".view_cont")
        assert body is not None
        for remark in body.css("p.remark"):
            remark.decompose()
        assert squeezed(body.text()) == squeezed("".join(truth.full))
        seen.add(site.world.release(site._number(news_id)).page_body)
    assert seen == {"divs", "breaks", "bare"}


def test_license_cards_show_as_dealt():
    site = make_site(releases=100)
    marks: dict[str, list[object]] = {}
    for news_id in every_id(site):
        tree = LexborHTMLParser(view(site, news_id))
        block = tree.css_first(".kogl_wrap")
        found = block and (
            re.findall(r"open_type_?0?(\d)", block.html or ""),
            re.findall(r"(\d)유형 ", block.css_first("img").attributes["alt"] or ""),
            re.findall(r"제(\d)유형", block.css_first("strong").text()),
        )
        marks.setdefault(site.expected(news_id).license, []).append(found)
    assert marks["missing"] == marks["elsewhere only"] == [None]
    assert marks["image differs"] == [(["1"], ["4"], ["4"])]
    assert marks["sentence differs"] == [(["1"], ["1"], ["4"])]
    for kind in "01234":
        assert all(found == ([kind], [kind], [kind]) for found in marks[kind])
    assert len(marks["1"]) == 84


def test_unknown_ids_get_the_error_page_with_status_200():
    site = make_site()
    for news_id in ("156000000", "1", "", "x", str(int(every_id(site)[0]) + 10**6)):
        answer = site.answer("GET", f"{VIEW}?newsId={news_id}", {})
        assert answer.status == 200
        assert "<title>정책브리핑 - Error</title>" in answer.body.decode()
    for query in ("fileId=1&tblKey=GMN", "fileId=198000000", "tblKey=GMN"):
        assert b"- Error</title>" in site.answer("GET", f"{DOWNLOAD}?{query}", {}).body


def test_page_weight_adds_about_that_many_kilobytes():
    news_id = every_id(make_site())[0]
    light, heavy = view(make_site(), news_id), view(make_site(page_weight=100), news_id)
    added = (len(heavy.encode()) - len(light.encode())) / 1000
    assert 70 < added < 130


# --- documents ----------------------------------------------------------------------


def test_hwpx_holds_the_expected_text_in_order():
    site = make_site(releases=100)
    for news_id in every_id(site):
        for found in site.world.release(site._number(news_id)).files:
            if found.content == "hwpx" and found.main:
                section = section_of(file(site, found.file_id))
                text = "".join(
                    "".join(node.itertext()) for node in section.iter(f"{HP}t")
                )
                wanted = "".join(site.expected(news_id).document)
                assert squeezed(text) == squeezed(wanted)


def test_hwpx_is_a_whole_package_of_well_formed_parts():
    site = make_site()
    data = file(site, with_content(site, "hwpx")[1])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        assert package.namelist()[0] == "mimetype"
        assert package.getinfo("mimetype").compress_type == zipfile.ZIP_STORED
        for name in package.namelist():
            if name.endswith((".xml", ".hpf", ".rdf")):
                etree.fromstring(package.read(name))
        assert package.read("BinData/image1.png").startswith(b"\x89PNG\r\n")
        assert package.read("Preview/PrvText.txt").decode()


def test_tables_cover_their_grid_exactly():
    """Spans that overlap or leave holes are no table Hancom Office writes."""
    site = make_site(releases=100)
    for news_id in every_id(site):
        release = site.world.release(site._number(news_id))
        for found in release.files:
            if found.content != "hwpx" or not found.main:
                continue
            for table in section_of(file(site, found.file_id)).iter(f"{HP}tbl"):
                covered = sorted(spots(table))
                height, width = int(table.get("rowCnt")), int(table.get("colCnt"))
                assert covered == [(y, x) for y in range(height) for x in range(width)]


def spots(table: etree._Element) -> Iterator[tuple[int, int]]:
    for cell in table.iterfind(f"{HP}tr/{HP}tc"):
        address, span = cell.find(f"{HP}cellAddr"), cell.find(f"{HP}cellSpan")
        for y in range(int(span.get("rowSpan"))):
            for x in range(int(span.get("colSpan"))):
                yield int(address.get("rowAddr")) + y, int(address.get("colAddr")) + x


@pytest.mark.parametrize(
    ("content", "start"),
    [
        ("hwpx", b"PK\x03\x04"),
        ("hwp", b"\xd0\xcf\x11\xe0"),
        ("pdf", b"%PDF-1.4"),
        ("error page", b"<!DOCTYPE html>"),
    ],
)
def test_contents_start_with_their_magic(content: str, start: bytes):
    site = make_site(releases=100)
    assert file(site, with_content(site, content)[1]).startswith(start)


def test_some_names_lie_about_the_content():
    site = make_site(releases=100)
    lies = {
        (f.name.rpartition(".")[2], f.content)
        for n in range(100)
        for f in site.world.release(n).files
        if f.name.rpartition(".")[2] != f.content
    }
    assert lies == {
        ("hwpx", "hwp"),
        ("hwpx", "error page"),
        ("hwpx", "empty"),
        ("hwp", "hwpx"),
    }
    assert file(site, with_content(site, "empty")[1]) == b""


def test_pdf_points_at_its_own_objects():
    site = make_site(releases=100)
    data = file(site, with_content(site, "pdf")[1])
    start = int(re.findall(rb"startxref\n(\d+)", data)[0])
    assert data[start:].startswith(b"xref\n")
    for number, place in enumerate(re.findall(rb"(\d{10}) 00000 n", data), 1):
        assert data[int(place) :].startswith(b"%d 0 obj" % number)


# --- embargo, clock, corrections ----------------------------------------------------


def test_embargo_cases_say_it_where_they_should():
    site = make_site(releases=100)
    cases = {}
    for news_id in every_id(site):
        truth = site.expected(news_id)
        cases[truth.embargo.case] = truth
        if truth.embargo.available_at is not None:
            assert truth.embargo.available_at >= truth.published_at
        assert (truth.embargo.printed in truth.document) == bool(truth.embargo.printed)
    assert set(cases) == set(EMBARGOES)
    assert cases["file"].embargo.printed == cases["title"].embargo.printed == ""
    assert re.match(r"\[\d+\.\d+\.\S\.조간\] ", cases["title"].title)
    assert re.match(r"\d{6}\(조간\) ", cases["file"].attachments[0])
    assert cases["unreadable"].embargo.available_at is None


def test_no_embargo_is_expected_that_nothing_states():
    """A release without a file cannot say it in a file's name."""
    site = make_site(days="2026-11-10..2026-11-24", releases=1_200)
    truths = [site.expected(news_id) for news_id in every_id(site)]
    stated = [t for t in truths if t.embargo.case == "file"]
    assert stated
    assert all(t.attachments for t in stated)


def test_releases_appear_as_the_clock_moves():
    site = make_site(now=datetime(2026, 11, 24, 9, 30, tzinfo=KST))
    before = site.ids(DAY)
    site.now = datetime(2026, 11, 24, 15, 0, tzinfo=KST)
    after = site.ids(DAY)
    assert 0 < len(before) < len(after)
    assert set(before) < set(after)
    assert total(listing(site)) == len(after)


def test_what_has_not_appeared_has_no_page_and_no_files():
    site = make_site()
    news_id, file_id = with_content(site, "hwpx")
    site.now = site.expected(news_id).published_at - timedelta(seconds=1)
    assert "정책브리핑 - Error" in view(site, news_id)
    assert file(site, file_id).startswith(b"<!DOCTYPE html>")


def test_some_releases_appear_days_after_the_time_they_bear():
    """A closed day can still grow: absence proves nothing yet."""
    site = make_site(days="2026-10-01..2026-11-24", releases=2_000)
    slots = [site.world.slot(n) for n in range(2_000)]
    behind = [s for s in slots if s.appears_at - s.published_at > timedelta(days=1)]
    assert 20 < len(behind) < 70
    site.now = datetime.combine(behind[0].published_at.date(), datetime.max.time(), KST)
    assert behind[0].news_id not in site.ids(behind[0].published_at.date())


def test_a_withdrawn_release_is_gone_from_list_and_page():
    site = make_site()
    news_id = site.ids(DAY)[0]
    before = total(listing(site))
    site.withdraw(news_id)
    assert news_id not in site.ids(DAY)
    assert total(listing(site)) == before - 1
    assert "정책브리핑 - Error" in view(site, news_id)


def test_a_correction_shows_in_page_list_and_document():
    site = make_site()
    news_id, file_id = with_content(site, "hwpx")
    old = site.expected(news_id).body[0]
    site.correct(news_id, title="고친 제목", old=old, new="□ 고친 문장.", new_file=True)
    truth = site.expected(news_id)
    assert (truth.title, truth.body[0]) == ("고친 제목", "□ 고친 문장.")
    assert "<h1>고친 제목</h1>" in view(site, news_id)
    assert file_id not in truth.text_from
    section = section_of(file(site, truth.text_from))
    assert "고친 문장." in "".join(section.itertext())
    assert file(site, file_id).startswith(b"<!DOCTYPE html>")


# --- like the real one --------------------------------------------------------------


@pytest.mark.captures
@pytest.mark.parametrize(
    ("pattern", "selectors"),
    [
        ("pressReleaseList_A*.html", LIST_SELECTORS),
        ("pressReleaseList_form*.html", FORM_SELECTORS),
    ],
)
def test_listing_has_the_paths_of_the_real_one(
    captures: Path, pattern: str, selectors: tuple[str, ...]
):
    assert_alike(captures, pattern, selectors, listing(make_site()))


@pytest.mark.captures
def test_page_has_the_paths_of_the_real_one(captures: Path):
    site = make_site()
    plain = (i for i in every_id(site) if usual(site, i))
    assert_alike(
        captures, "pressReleaseView_*.html", VIEW_SELECTORS, view(site, next(plain))
    )


@pytest.mark.captures
def test_empty_listing_has_the_paths_of_the_real_one(captures: Path):
    html = listing(make_site(), first=date(2020, 1, 1), last=date(2020, 1, 1))
    selectors = ("div.list_type > ul > li.no_data > span",)
    assert_alike(captures, "pressReleaseList_empty*.html", selectors, html)


@pytest.mark.captures
def test_hwpx_uses_only_elements_of_real_ones(captures: Path):
    """Tags and attributes are those real releases have; order of runs is free."""
    real: dict[str, set[str]] = {}
    folder = captures / "attachments" / "hwpx"
    # The press releases at hand have no footnote; another document shows its shape.
    for path in (*folder.glob("kr_*.hwpx"), folder / "autohwp_footnote-01.hwpx"):
        collect(section_of(path.read_bytes()), real)
    ours: dict[str, set[str]] = {}
    site = make_site(releases=100)
    for news_id in every_id(site):
        for found in site.world.release(site._number(news_id)).files:
            if found.content == "hwpx":
                collect(section_of(file(site, found.file_id)), ours)
    strange = {tag: names - real.get(tag, {"?"}) for tag, names in ours.items()}
    assert {tag for tag in ours if tag not in real} == set()
    assert {tag: names for tag, names in strange.items() if names} == {}


def collect(section: etree._Element, into: dict[str, set[str]]) -> None:
    for node in section.iter(etree.Element):
        into.setdefault(str(node.tag), set()).update(map(str, node.attrib))


def usual(site: Site, news_id: str) -> bool:
    truth = site.expected(news_id)
    return (
        truth.license == "1" and truth.content == "hwpx" and truth.text_from != "page"
    )


def assert_alike(
    captures: Path, pattern: str, selectors: tuple[str, ...], ours: str
) -> None:
    (path,) = (captures / "pages").glob(pattern)
    real = LexborHTMLParser(path.read_text(encoding="utf-8"))
    made = LexborHTMLParser(ours)
    found = {s: (bool(real.css(s)), bool(made.css(s))) for s in selectors}
    assert found == dict.fromkeys(selectors, (True, True))
