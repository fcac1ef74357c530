from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from scraper.errors import BlockedError, FetchError, MissingError, ParseError
from scraper.model import KST, Attachment, Entry, LicenseMarks, Page
from scraper.sources.markup import HARMLESS, MAX_NESTING
from scraper.sources.press_release import PRESS_RELEASE

NAME, SECTION = PRESS_RELEASE.name, PRESS_RELEASE.section
listing_request = PRESS_RELEASE.listing_request
parse_listing = PRESS_RELEASE.parse_listing
parse_release = PRESS_RELEASE.parse_release

FETCHED = datetime(2026, 11, 24, 12, 0, tzinfo=KST)

ERROR = "<html><head><title>정책브리핑 - Error</title></head><body></body></html>"

LIST = """<html><head><title>보도자료 목록</title></head><body>
<form><input type="hidden" name="pageIndex" value="{index}"/></form>
<div class="sch_brief"><div class="result">모두 <strong>{total}</strong>건</div></div>
<div class="list_type"><ul>{rows}</ul></div>
<aside><ul><li><a href="/news/policyNewsView.do?newsId=148000001">다른 소식</a></li>
<li><a href="/briefing/pressReleaseView.do?newsId=156000009">많이 본 자료</a></li>
</ul></aside>
</body></html>"""

ROW = """<li><a href="/briefing/pressReleaseView.do?newsId={id}&amp;page=1&repCode=">
<span class="text"><strong>{title}</strong>
<span class="lead">
    새 길을 연다  □ 한빛부는 새 길을...
</span>
<span class="source"><span>{day}</span><span>{ministry}</span></span></span></a></li>"""

NOTHING = '<li class="no_data"><span>등록된 정보가 없습니다.</span></li>'

VIEW = """<!DOCTYPE html><html lang="ko"><head>
<title>새 길을 연다 - 보도자료 | 대한민국 정책브리핑</title>
<meta name="description" content="{meta}">
<link rel="canonical" href="https://www.korea.kr/briefing/pressReleaseView.do?newsId=156000001"/>
<meta property="og:title" content="새 길을 연다(공유)">
<script type="application/ld+json">
{{"@context": "https://schema.org", "@type": "NewsArticle",
 "mainEntityOfPage": {{"@type": "WebPage",
  "@id": "https://www.korea.kr/briefing/pressReleaseView.do?newsId=156000001"}},
 "headline": "{headline}", "datePublished": "{published}",
 "author": {{"@type": "Organization", "name": "{author}"}},
 "description": "{description}"}}
</script>
<script type="application/ld+json">{{"@type": "Organization", "name": "남"}}</script>
</head><body><div class="view_title"><h1>새 길을  연다</h1></div>
<div class="article_wrap"><div class="article_head">{head}
<input type="hidden" id="titleText" value="새 길을 연다(숨은)"/>
<div class="variety"><div class="info"><span>2026.11.23</span><span>
<a class="gotosite" href="/news/ministryNewsList.do?repCode=A00005">
 국방부<i class="tooltip">부처별 뉴스 이동</i></a></span></div></div>
<div class="filedown"><dl><dd>{files}</dd></dl></div></div>
<div class="article_body"><div class="view_cont">{body}
<p class="remark">“이 자료는 국방부의 보도자료를 전재하여 제공함을 알려드립니다.”</p>
</div></div><div class="article_footer">{kogl}
<section class="area_page"><a href="?newsId=156000000">이전</a></section></div></div>
<aside class="as_side"><div class="kogl_wrap"><img src="/open_type_04.png" alt="4유형">
공공누리 제4유형</div></aside></body></html>"""

VIEWER = (
    '<div class="docConversion"><iframe id="content_press" src="/x"></iframe></div>'
)

FILE = """<p><span><a href="/common/download.do?fileId={id}&amp;tblKey=GMN">
<img src="/i.gif" alt="{kind}">{name}
</a></span><span><a class="view" href="/common/docViewer.do?fileId={id}&amp;tblKey=GMN">
보기</a><a class="down" href="/common/download.do?fileId={id}&amp;tblKey=GMN">받기
</a></span></p>"""

KOGL = """<div class="kogl_wrap"><div class="kogl"><div class="type"><a href="#">
<img src="/images/{image}" alt="공공누리 자유이용허락 1유형 출처표시"></a>
<span>이 자료는 <strong>공공누리 제1유형</strong>에 따라 쓸 수 있습니다.</span></div>
<div class="info"><p>사진은 빼고 쓰세요.</p>
<div class="btn"><a href="#"><span>저작권정책</span></a></div></div></div></div>"""

ENTRY = Entry(
    NAME,
    "156000001",
    "/briefing/pressReleaseView.do?newsId=156000001",
    "새 길을 연다",
    "목록의 짧은 글",
    "국방부",
    date(2026, 11, 23),
)


def page(text: str) -> Page:
    return Page("http://site.test/p", text, text.encode(), "text/html", FETCHED)


def listing(*rows: str, total: str = "", index: int = 1) -> Page:
    text = LIST.format(rows="".join(rows), total=total, index=index)
    if not total:
        text = text.replace('<div class="sch_brief">', "<div>")
    return page(text)


def row(**changes: str) -> str:
    known = {
        "id": "156000001",
        "title": "새 길",
        "day": "2026-11-24",
        "ministry": "국방부",
    }
    return ROW.format(**(known | changes))


def view(**changes: str) -> Page:
    parts = {
        "meta": "짧은 설명 - 정책브리핑 | 브리핑룸 | 보도자료",
        "headline": "새 길을 연다",
        "published": "2026-11-23T07:06:02+09:00",
        "author": "국방부",
        "description": "국방부는 새 길을 열어 누구나 다니게 한다고 밝혔",
        "head": "",
        "files": FILE.format(id="198000001", kind="한글파일", name="새 길.hwpx"),
        "body": VIEWER,
        "kogl": KOGL.format(image="open_type_01.png"),
    }
    return page(VIEW.format(**(parts | changes)))


def read(**changes: str):
    return parse_release(view(**changes), ENTRY)


# --- announce ---------------------------------------------------------------------


def test_the_form_has_all_seven_fields():
    """The site ignores what it does not know; GET is ignored altogether."""
    request = listing_request(date(2026, 11, 1), date(2026, 11, 24), 3, "A00005")
    assert request.path == "/briefing/pressReleaseList.do"
    assert request.form == (
        ("pageIndex", "3"),
        ("repCodeType", ""),
        ("repCode", "A00005"),
        ("startDate", "2026-11-01"),
        ("endDate", "2026-11-24"),
        ("srchWord", ""),
        ("period", ""),
    )


def test_the_source_has_its_names():
    assert (NAME, SECTION) == ("press_release", "보도자료")


def test_a_row_becomes_an_entry():
    entry = parse_listing(listing(row(title="&amp;#039;새 길&amp;#039;"))).entries[0]
    assert entry == Entry(
        "press_release",
        "156000001",
        "/briefing/pressReleaseView.do?newsId=156000001",
        "'새 길'",
        "새 길을 연다 □ 한빛부는 새 길을...",
        "국방부",
        date(2026, 11, 24),
    )


@pytest.mark.parametrize("day", ["2026-11-09", "2026.11.09", "2026. 11. 9"])
def test_every_form_of_a_day_is_read(day):
    assert parse_listing(listing(row(day=day))).entries[0].listed_on == date(
        2026, 11, 9
    )


def test_links_outside_the_list_are_no_rows():
    found = parse_listing(listing(row(id="156000001"), row(id="156000002")))
    assert [entry.news_id for entry in found.entries] == ["156000001", "156000002"]


def test_a_row_without_a_ministry_passes():
    row_without = row().replace("<span>국방부</span>", "")
    assert parse_listing(listing(row_without)).entries[0].ministry == ""


@pytest.mark.parametrize(("total", "number"), [("", None), ("45", 45), ("1,234", 1234)])
def test_the_total_is_read(total, number):
    assert parse_listing(listing(row(), total=total)).total == number


@pytest.mark.parametrize("total", ["", "0"])
def test_an_empty_page_that_says_so_is_empty(total):
    found = parse_listing(listing(NOTHING, total=total))
    assert found.entries == ()
    assert found.total == (0 if total else None)


def test_page_without_rows_or_notice_is_an_error():
    """A changed layout must not pass for a quiet day."""
    with pytest.raises(ParseError, match="neither rows"):
        parse_listing(listing())


@pytest.mark.parametrize(
    ("rows", "total", "reason"),
    [
        ([row(), NOTHING], "", "rows and li.no_data"),
        ([row()], "0", "total 0, but 1 rows"),
        ([NOTHING], "12", "total 12, but li.no_data"),
        ([row()], "여러", "is no number"),
    ],
)
def test_a_page_that_contradicts_itself_is_an_error(rows, total, reason):
    with pytest.raises(ParseError, match=reason):
        parse_listing(listing(*rows, total=total))


def test_no_rows_beyond_the_last_page_are_no_contradiction():
    found = parse_listing(listing(NOTHING, total="12", index=3))
    assert (found.entries, found.total) == ((), 12)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (row(id="없음"), "newsId"),
        ("<li><span>광고</span></li>", "newsId"),
        (row(title=" &nbsp; "), "no title"),
        (row(day="어제"), "no date"),
        (row(day="2026-13-45"), "no date"),
    ],
)
def test_a_row_that_misses_something_is_an_error_that_says_what(broken, reason):
    with pytest.raises(ParseError, match=reason):
        parse_listing(listing(row(id="156000002"), broken))


def test_a_page_without_a_list_is_an_error_that_names_its_title():
    with pytest.raises(ParseError, match=r"list_type.*새 화면"):
        parse_listing(page("<html><title>새 화면</title><body></body></html>"))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("<html><title>Just a moment...</title></html>", BlockedError),
        ("<html><body>시스템 점검 중입니다.</body></html>", FetchError),
        (ERROR, FetchError),
    ],
)
def test_a_special_page_is_never_a_quiet_day(text, error):
    """An error page in place of a listing says nothing about releases."""
    with pytest.raises(error):
        parse_listing(page(text))


# --- parse ------------------------------------------------------------------------


def test_a_page_becomes_a_raw_release():
    raw = read()
    assert raw.entry is ENTRY
    assert raw.title == "새 길을 연다"
    assert raw.published_at == datetime(2026, 11, 23, 7, 6, 2, tzinfo=KST)
    assert raw.published_at.utcoffset() == timedelta(hours=9)
    assert raw.ministry == "국방부"
    assert raw.lead == "국방부는 새 길을 열어 누구나 다니게 한다고 밝혔"
    assert raw.body_html == ""
    assert raw.subtitles == ()


def test_each_file_is_taken_once_with_its_name():
    two = FILE.format(id="198000001", kind="한글파일", name="새 길.hwpx")
    two += FILE.format(id="198000002", kind="PDF파일", name="새 길 &amp; 옛 길.pdf")
    assert read(files=two).attachments == (
        Attachment(
            "198000001",
            "새 길.hwpx",
            "한글파일",
            "/common/download.do?fileId=198000001&tblKey=GMN",
        ),
        Attachment(
            "198000002",
            "새 길 & 옛 길.pdf",
            "PDF파일",
            "/common/download.do?fileId=198000002&tblKey=GMN",
        ),
    )


def test_a_release_without_files_passes():
    """2.3 % of releases have none."""
    assert read(files="").attachments == ()


@pytest.mark.parametrize(
    "files",
    [
        '<p><a href="/file/get?id=1">새 길.hwpx</a></p>',
        '<p><a href="/common/download.do?file=1">새 길.hwpx</a></p>',
        FILE.format(id="198000001", kind="한글파일", name="새 길.hwpx")
        + '<p><a href="/common/download.do?file=1">옛 길.hwpx</a></p>',
    ],
)
def test_downloads_of_an_unknown_form_are_an_error(files):
    """A release without its text would be published as one that has none."""
    with pytest.raises(ParseError, match=r"download"):
        read(files=files)


def test_the_marks_are_those_of_the_article_s_own_box():
    assert read().license_marks == LicenseMarks(
        ("1",),
        ("공공누리 자유이용허락 1유형 출처표시",),
        ("이 자료는 공공누리 제1유형에 따라 쓸 수 있습니다.", "사진은 빼고 쓰세요."),
    )


@pytest.mark.parametrize(
    ("image", "digits"),
    [
        ("open_type_01.png", ("1",)),
        ("open_type04.png", ("4",)),
        ("open_type_3.png", ("3",)),
        ("open_type0.gif", ("0",)),
        ("open_type_12.png", ()),
        ("logo_01.png", ()),
    ],
)
def test_the_number_of_an_image_is_read_in_all_its_forms(image, digits):
    assert read(kogl=KOGL.format(image=image)).license_marks.images == digits


def test_a_page_that_speaks_of_a_license_elsewhere_has_no_marks():
    """Side bars and texts say 공공누리 as well; that licenses nothing."""
    raw = read(kogl="", body="<p>공공누리 제1유형 자료를 늘린다.</p>")
    assert raw.license_marks == LicenseMarks()


def test_the_viewer_and_the_remark_are_no_body():
    assert read(body=VIEWER).body_html == ""
    assert (
        read(body=VIEWER + "<p>&nbsp;</p><script>var x = 1;</script>").body_html == ""
    )


def test_a_body_of_the_page_s_own_is_kept_as_served():
    raw = read(body="<p>새 <b>길</b>을 연다.</p><p><img src='/a.jpg'></p>")
    assert raw.body_html == '<p>새 <b>길</b>을 연다.</p><p><img src="/a.jpg"></p>'


def test_a_remark_without_its_class_is_no_body():
    remark = "<p>“이 자료는 국방부의 보도자료를 전재하여 제공함을 알려드립니다.”</p>"
    assert read(body=remark).body_html == ""
    assert read(body=f"<p>새 길.</p>{remark}").body_html == "<p>새 길.</p>"


@pytest.mark.parametrize(
    "body",
    [
        '<p><img src="/a.jpg" alt="가>새 길을 여는 사람들<"></p>' * 200,
        '<p title="가>나"> &nbsp; </p>' * 200,
        "<div class='tool'><p>크게 <span class='tool'>보기</span></p></div>" * 200,
        "<p class='remark tool as_side'>이 자료는 어느 부처의 것</p>" * 200,
    ],
)
def test_what_only_looks_like_words_is_no_body(body):
    """Alternative texts, and what is cut out twice over, are no text of a release."""
    assert read(body=body).body_html == ""


@pytest.mark.parametrize(
    "noise",
    [
        '<section class="area_page"><a href="?newsId=156000000">이전 글</a></section>',
        '<div class="view_opt"><button>크게</button></div>',
        '<div class="livere">의견</div><div class="livere_wrap">의견</div>',
        '<aside class="as_side">많이 본 글</aside>',
        '<div class="banner_choice">만족하십니까</div>',
        '<div class="tool">인쇄</div>',
        '<div id="dicDivCon">낱말 풀이</div>',
        '<div class="article_footer"><p>아래</p></div>',
        "<script>var a = '글';</script><style>p {color: red}</style>",
        '<iframe src="/viewer"></iframe><noscript>켜 주세요</noscript>',
    ],
)
def test_what_the_site_puts_around_a_text_is_no_part_of_it(noise):
    assert read(body=f"<p>첫째.</p>{noise}<p>둘째.</p>").body_html == (
        "<p>첫째.</p><p>둘째.</p>"
    )
    assert read(body=noise).body_html == ""


def test_a_remark_in_a_long_body_is_cut_out_and_a_mention_is_not():
    remark = "<p>“이 자료는 국방부의 보도자료를 전재하여 제공함을 알려드립니다.”</p>"
    text = "<p>무단 전재를 막는 새 길을 연다.</p>" * 200
    assert read(body=text + remark).body_html == text


def test_an_older_page_keeps_its_body_elsewhere():
    text = view(body="<p>옛 글</p>").text.replace("view_cont", "old_box")
    assert "옛 글" in parse_release(page(text), ENTRY).body_html


def test_subtitles_are_the_lines_of_the_head():
    head = "<h2 class='sr-only'>본문</h2><h2>첫 줄<br>둘째 <b>줄</b><br/> </h2>"
    assert read(head=head).subtitles == ("첫 줄", "둘째 줄")


def test_a_quotation_mark_breaks_the_json_but_not_the_reading():
    """The site writes titles into its JSON unescaped."""
    raw = read(headline='국방부, "새 길" 연다', description='"새 길" 이야기')
    assert raw.published_at == datetime(2026, 11, 23, 7, 6, 2, tzinfo=KST)
    assert raw.ministry == "국방부"
    assert raw.lead == "목록의 짧은 글"


@pytest.mark.parametrize(
    ("published", "moment"),
    [
        ("", datetime(2026, 11, 23, tzinfo=KST)),
        ("어제", datetime(2026, 11, 23, tzinfo=KST)),
        ("2026-11-23T07:06:02", datetime(2026, 11, 23, 7, 6, 2, tzinfo=KST)),
        ("2026-11-22T22:06:02Z", datetime(2026, 11, 23, 7, 6, 2, tzinfo=KST)),
        ("2026-11-23T24:00:00+09:00", datetime(2026, 11, 24, tzinfo=KST)),
    ],
)
def test_the_time_is_korean_and_falls_back_to_the_day_shown(published, moment):
    assert read(published=published).published_at == moment


@pytest.mark.parametrize(
    "published",
    [
        "2026-11-20T07:00:00+09:00",
        "2026-11-26T07:00:00+09:00",
        "1970-01-01T00:00:00+09:00",
    ],
)
def test_a_time_the_page_contradicts_is_an_error(published):
    with pytest.raises(ParseError, match="shown 2026-11-23"):
        read(published=published)


@pytest.mark.parametrize("day", ["1970.01.01", "2026.11.27"])
def test_a_time_that_cannot_be_is_an_error(day):
    text = view(published="").text.replace("<span>2026.11.23", f"<span>{day}")
    with pytest.raises(ParseError, match="cannot be"):
        parse_release(page(text), ENTRY)


def test_the_ministry_falls_back_to_the_link_without_its_hint():
    assert read(author="").ministry == "국방부"


def test_a_description_of_the_head_loses_the_site_s_name():
    meta = "아주 긴 설명 " * 9
    raw = read(meta=meta + " - 정책브리핑 | 브리핑룸 | 보도자료", description="")
    assert raw.lead == meta.strip()


@pytest.mark.parametrize("place", ["canonical", "@id"])
def test_the_page_of_another_release_is_an_error(place):
    """Publishing it under the wrong id would overwrite one release with another."""
    lines = view().text.split("\n")
    lines = [n.replace("156000001", "156000002") if place in n else n for n in lines]
    with pytest.raises(ParseError, match="156000002, asked for 156000001"):
        parse_release(page("\n".join(lines)), ENTRY)


@pytest.mark.parametrize(
    ("old", "new", "selector"),
    [
        ("156000001", "", "canonical"),
        ('class="article_body"', "", "article_body"),
        ("<span>2026.11.23</span>", "", r"\.article_head \.info"),
        ("새 길을  연다", "", "view_title"),
    ],
)
def test_a_missing_part_is_an_error_that_names_the_selector(old, new, selector):
    text = view(published="").text
    for name in ("새 길을 연다(공유)", "새 길을 연다(숨은)"):
        text = text.replace(name, "") if selector == "view_title" else text
    text = text.replace(old, new).replace("view_cont", "box")
    with pytest.raises(ParseError, match=selector):
        parse_release(page(text), ENTRY)


def test_the_title_falls_back_to_the_hidden_field_and_the_shared_one():
    text = view().text.replace("새 길을  연다", "")
    assert parse_release(page(text), ENTRY).title == "새 길을 연다(숨은)"
    text = text.replace("새 길을 연다(숨은)", "")
    assert parse_release(page(text), ENTRY).title == "새 길을 연다(공유)"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (ERROR, MissingError),
        ("<html><body>비정상적인 접근입니다.</body></html>", BlockedError),
        ("<html><title>새 화면</title><body>무엇</body></html>", ParseError),
        ("", ParseError),
    ],
)
def test_what_is_no_release_is_an_error(text, error):
    with pytest.raises(error):
        parse_release(page(text), ENTRY)


def test_a_page_nested_without_end_is_refused_before_it_is_parsed():
    """50,000 open tags take the parser twelve seconds."""
    text = view(body="<div>" * 100_000).text
    with pytest.raises(ParseError, match="nested"):
        parse_release(page(text), ENTRY)
    assert read(body="<span>" * (MAX_NESTING - 50) + "글").body_html


def test_a_page_of_many_tags_that_is_nested_in_reason_is_read():
    cells = "<tr>" + "<td><p>칸</p></td>" * 10 + "</tr>"
    body = f"<table><tbody>{cells * (HARMLESS // 20)}</tbody></table>"
    assert read(body=body).body_html == body


def test_the_boxes_of_an_article_are_its_own_even_without_a_box_around_them():
    """Layouts differ in what stands in what; only the marks outside do not count."""
    text = (
        view()
        .text.replace('<div class="article_wrap">', "")
        .replace("</div></div>\n<aside", "</div>\n<aside")
    )
    assert parse_release(page(text), ENTRY) == read()


def test_bytes_that_are_not_the_text_are_not_parsed():
    """The page was sent in another charset; only the text is known to be right."""
    right = view()
    other = Page(right.url, right.text, right.text.encode("cp949"), "", FETCHED)
    assert parse_release(other, ENTRY) == read()


# --- real pages -------------------------------------------------------------------


def capture(folder: Path, name: str) -> Page:
    body = (folder / "pages" / name).read_bytes()
    return Page(f"http://site.test/{name}", body.decode(), body, "text/html", FETCHED)


@pytest.mark.captures
def test_real_listings_give_every_row(captures: Path):
    name = "pressReleaseList_A00005_2026-10-06.excerpt.html"
    entries = parse_listing(capture(captures, name)).entries
    ids = ["156784297", "156784196", "156783708", "156783602", "156783476"]
    assert [entry.news_id for entry in entries] == ids
    assert {entry.ministry for entry in entries} == {"국방부"}
    assert entries[0].listed_on == date(2026, 10, 6)
    assert entries[-1].listed_on == date(2026, 9, 29)
    assert all(entry.title and entry.lead.endswith("...") for entry in entries)
    assert "6·25" in entries[3].title


@pytest.mark.captures
def test_a_real_listing_with_dots_in_its_days_is_read(captures: Path):
    name = "pressReleaseList_and_view_2026-07-13.abridged_by_repo.html"
    (entry,) = parse_listing(capture(captures, name)).entries
    assert (entry.news_id, entry.ministry) == ("156770659", "질병관리청")
    assert entry.listed_on == date(2026, 7, 13)


@pytest.mark.captures
def test_the_real_empty_listing_is_proven_empty(captures: Path):
    name = "pressReleaseList_empty_result_2026-10-05.excerpt.html"
    assert parse_listing(capture(captures, name)).entries == ()


@pytest.mark.captures
def test_the_real_form_has_the_fields_we_send(captures: Path):
    name = "pressReleaseList_form_2026-10-06.excerpt.html"
    text = capture(captures, name).text
    for field, _value in listing_request(date.min, date.max, 1).form:
        assert f'name="{field}"' in text


@pytest.mark.captures
def test_the_real_page_is_read(captures: Path):
    name = "pressReleaseView_156784297_2026-10-06.excerpt.html"
    entry = Entry(NAME, "156784297", "", "", "", "", date(2026, 10, 6))
    raw = parse_release(capture(captures, name), entry)
    assert raw.published_at.isoformat() == "2026-10-06T07:06:02+09:00"
    assert raw.title.startswith("북한 탄도미사일")
    assert raw.ministry == "국방부"
    assert [attachment.file_id for attachment in raw.attachments] == ["198565537"]
    assert raw.attachments[0].name.endswith(".hwpx")
    assert raw.body_html == ""
    assert raw.license_marks.images == ("1",)
    assert len(raw.license_marks.sentences) == 2


@pytest.mark.captures
@pytest.mark.parametrize("kind", ["hwpx", "pdf"])
def test_the_real_error_page_is_neither_a_release_nor_a_quiet_day(
    captures: Path, kind: str
):
    name = f"korea_kr_error_page_returned_as_{kind}_156754285.html"
    with pytest.raises(MissingError):
        parse_release(capture(captures, name), ENTRY)
    with pytest.raises(FetchError):
        parse_listing(capture(captures, name))
