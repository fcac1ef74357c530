"""The Open API: windows, answers in every condition, and items."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from scraper.blocks import leaves
from scraper.body import read_body
from scraper.errors import (
    CallError,
    FetchError,
    ParseError,
    QuotaError,
    ScraperError,
    UnavailableError,
)
from scraper.model import KST, Entry, Page, RawRelease, Reply
from scraper.sources.open_api import (
    POLICY_NEWS,
    PRESS_RELEASES,
    Days,
    Service,
    Told,
    Window,
    parse_window,
    window_of,
)
from scraper.sources.open_api_errors import next_day, speaks
from scraper.sources.open_api_item import GLANCE, ITEM, parse_item
from scraper.sources.policy_news import FAMILY
from scraper.sources.policy_news import POLICY_NEWS as POLICY_SECTION
from scraper.sources.press_release import PRESS_RELEASE

NOON = datetime(2026, 11, 24, 12, tzinfo=KST)
URL = f"https://apis.data.go.kr{POLICY_NEWS}?startDate=20261122&endDate=20261124"
SERVICE = Service("open_api", POLICY_NEWS, FAMILY)
PRESS = Service("open_api_press", PRESS_RELEASES, (), alone=PRESS_RELEASE)

#: An article of ours, as the API writes one.
FIELDS = {
    "NewsItemId": "148900001",
    "ContentsStatus": "I",
    "ModifyId": "1",
    "ModifyDate": "11/24/2026 09:31:07",
    "ApproveDate": "11/24/2026 09:30:00",
    "EmbargoDate": "",
    "GroupingCode": "policy",
    "Title": "<![CDATA[갯벌 체험길 &quot;새로 연다&quot;]]>",
    "SubTitle1": "<![CDATA[서해 다섯 곳에서<br>연말까지 무료]]>",
    "SubTitle2": "",
    "SubTitle3": "<![CDATA[R&amp;D 거점도 함께]]>",
    "ContentsType": "H",
    "DataContents": "<![CDATA[<p>해양수산부는 24일 체험길을 열었다.</p>]]>",
    "MinisterCode": "해양수산부",
    "OriginalUrl": "https://www.korea.kr/news/policyNewsView.do?newsId=148900001"
    "&amp;call_from=openData",
    "KoglType": "1",
}


def item(extra: str = "", **changes: str | None) -> str:
    """Return a ``NewsItem``; a field set to ``None`` is left out."""
    fields = {**FIELDS, **changes}
    if "NewsItemId" in changes and "OriginalUrl" not in changes:
        fields["OriginalUrl"] = ""
    written = "".join(
        f"<{name}>{value}</{name}>"
        for name, value in fields.items()
        if value is not None
    )
    return f"<NewsItem>{written}{extra}</NewsItem>"


def answer(*items: str, code: str = "0", total: int | None = -1) -> bytes:
    """Return an answer; ``total`` -1 is the true one, ``None`` leaves it out."""
    count = len(items) if total == -1 else total
    written = "" if count is None else f"<totalCount>{count}</totalCount>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?><response><header>'
        f"<resultCode>{code}</resultCode><resultMsg>SAID</resultMsg></header>"
        f"<body>{''.join(items)}{written}</body></response>"
    ).encode()


def gateway(code: str) -> bytes:
    """Return an error of the gateway."""
    return (
        "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg>"
        f"<returnAuthMsg>SAID_SO</returnAuthMsg><returnReasonCode>{code}"
        "</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>"
    ).encode()


def reply(body: bytes, status: int = 200, at: datetime = NOON) -> Reply:
    return Reply(URL, status, body, at)


def window(*items: str, service: Service = SERVICE) -> Window:
    return parse_window(reply(answer(*items)), service)


def entry_of(written: str, service: Service = SERVICE) -> Entry:
    (found,) = window(written, service=service).items.values()
    return found.entry


def raw_of(written: str, service: Service = SERVICE) -> RawRelease:
    """Return an item as a run reads it: out of an answer, by its own page."""
    (found,) = window(written, service=service).items.values()
    page = Page(URL, found.body.decode(), found.body, ITEM, NOON)
    return parse_item(page, found.entry)


# --- which days -------------------------------------------------------------------


def test_a_day_is_always_asked_for_with_the_same_neighbours() -> None:
    first = window_of(date(2026, 11, 1), date(2026, 12, 31))
    assert {window_of(day, date(2026, 12, 31)) for day in first} == {first}
    assert len([*first]) == 3


def test_windows_cover_every_day_once() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    windows = dict.fromkeys(window_of(day, date(2027, 6, 1)) for day in days)
    covered = [day for days in windows for day in days]
    assert len(covered) == len(set(covered))
    assert set(days) <= set(covered)


def test_no_day_after_today_is_asked_for() -> None:
    """What the API makes of a window in the future is not known."""
    for n in range(3):
        today = date(2026, 11, 24) + timedelta(days=n)
        assert window_of(today, today).last == today


def test_a_window_halves_down_to_single_days() -> None:
    days = Days(date(2026, 11, 30), date(2026, 12, 2))
    halves = days.halves()
    assert [len([*half]) for half in halves] == [2, 1]
    assert [day for half in halves for day in half] == [*days]
    assert [len([*half]) for half in halves[0].halves()] == [1, 1]
    assert halves[1].halves() == ()


def test_a_call_names_its_days_and_no_key() -> None:
    path = SERVICE.call_path(Days(date(2026, 11, 30), date(2026, 12, 2)))
    assert path == f"{POLICY_NEWS}?startDate=20261130&endDate=20261202"


# --- answers ----------------------------------------------------------------------


@pytest.mark.parametrize("code", ["0", "00", "000", "0000"])
def test_all_digits_zero_is_success(code: str) -> None:
    assert len(parse_window(reply(answer(item(), code=code)), SERVICE).items) == 1


@pytest.mark.parametrize("status", [200, 401, 403, 500])
@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        (gateway("01"), UnavailableError, "out of order"),
        (gateway("04"), UnavailableError, "out of order"),
        (gateway("05"), UnavailableError, "out of order"),
        (gateway("10"), CallError, "update this program"),
        (gateway("12"), CallError, "no such service"),
        (gateway("20"), CallError, "open_api.key_env"),
        (gateway("22"), QuotaError, "open again from 2026-11-25 00:00 KST"),
        (gateway("30"), CallError, "not registered"),
        (gateway("31"), CallError, "expired"),
        (gateway("99"), UnavailableError, "not known here"),
        (answer(code="11"), CallError, "lacks a parameter"),
        (answer(code="97"), CallError, "form"),
        (answer(code="98"), CallError, "three days"),
        (answer(code="22"), QuotaError, "used up"),
        (answer(item(), code="5"), UnavailableError, "out of order"),
    ],
)
def test_an_error_says_what_to_do_whatever_the_status(
    status: int, body: bytes, error: type[ScraperError], says: str
) -> None:
    assert speaks(body)
    with pytest.raises(error, match=says) as caught:
        parse_window(reply(body, status), SERVICE)
    assert type(caught.value) is error


def test_the_code_of_a_refusal_is_kept() -> None:
    with pytest.raises(CallError) as caught:
        parse_window(reply(gateway("30")), SERVICE)
    assert caught.value.code == "30"


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_a_spent_quota_is_open_again_at_midnight_in_korea(hour: int) -> None:
    at = datetime(2026, 12, 31, hour, 59, tzinfo=KST)
    with pytest.raises(QuotaError) as caught:
        parse_window(reply(gateway("22"), at=at), SERVICE)
    assert caught.value.until == datetime(2027, 1, 1, tzinfo=KST) == next_day(at)


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>no</body></html>", "쉬는 중".encode()]
)
def test_what_says_nothing_is_no_word_of_the_api(body: bytes) -> None:
    assert not speaks(body)


def test_a_web_page_instead_of_xml_is_an_outage() -> None:
    """Asking for each day again would get the same page and cost the quota."""
    body = "<!DOCTYPE html><html><body><p>점검<br></body></html>".encode()
    with pytest.raises(UnavailableError, match="web page"):
        parse_window(reply(body), SERVICE)


def test_a_quiet_window_is_proven_by_its_total() -> None:
    assert parse_window(reply(answer()), SERVICE) == Window({})


def test_neither_items_nor_a_total_prove_nothing() -> None:
    found = parse_window(reply(answer(total=None)), SERVICE)
    assert found.problem == "neither items nor a totalCount"


def test_items_alone_are_enough() -> None:
    assert not parse_window(reply(answer(item(), total=None)), SERVICE).problem


def test_fewer_items_than_the_total_are_not_all() -> None:
    found = parse_window(reply(answer(item(), total=2)), SERVICE)
    assert len(found.items) == 1
    assert found.problem == "1 items of 2"


@pytest.mark.parametrize("total", ["x", "-1", "１"])
def test_a_total_that_is_no_number_proves_nothing(total: str) -> None:
    body = answer(item()).replace(b"<totalCount>1<", f"<totalCount>{total}<".encode())
    assert "no number" in parse_window(reply(body), SERVICE).problem


def test_an_answer_without_a_result_code_proves_nothing() -> None:
    body = answer(item()).replace(b"resultCode", b"code")
    found = parse_window(reply(body), SERVICE)
    assert len(found.items) == 1
    assert found.problem == "no resultCode in the answer"


def test_fields_inside_an_item_are_not_the_answer_s() -> None:
    body = answer(item(extra="<totalCount>9</totalCount>"))
    assert not parse_window(reply(body), SERVICE).problem


# --- hostile and broken XML -------------------------------------------------------

BREAKS: dict[str, Callable[[bytes], bytes]] = {
    "ampersand": lambda body: body.replace(b"</resultMsg>", b" R&D</resultMsg>"),
    "control": lambda body: body.replace(b"</resultMsg>", b"\x0b</resultMsg>"),
    "bytes": lambda body: body.replace(b"</resultMsg>", b"\xb0\xa1</resultMsg>"),
    "reference": lambda body: body.replace(b"</resultMsg>", b"&#1;</resultMsg>"),
    "entity": lambda body: body.replace(b"</resultMsg>", b"&nbsp;</resultMsg>"),
    "tag": lambda body: body.replace(b"</resultMsg>", b""),
    "empty": lambda body: b"",
    "text": lambda body: "잠시 뒤에".encode(),
}


@pytest.mark.parametrize("how", BREAKS)
def test_broken_xml_is_a_problem_and_not_an_empty_day(how: str) -> None:
    found = parse_window(reply(BREAKS[how](answer(item()))), SERVICE)
    assert "malformed XML" in found.problem


def test_items_before_the_break_are_kept() -> None:
    whole = answer(item(), item(NewsItemId="148900002"), item(NewsItemId="148900003"))
    cut = whole[: whole.rindex(b"<DataContents>") + 40]
    found = parse_window(reply(cut), SERVICE)
    assert sorted(found.items) == ["148900001", "148900002"]
    assert "malformed XML" in found.problem


ENTITIES = b'<!DOCTYPE response [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    "declaration",
    [
        ENTITIES,
        b'<!DOCTYPE response SYSTEM "http://127.0.0.1:9/x.dtd">',
        b'<!DOCTYPE response [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_a_document_type_is_refused_unread(declaration: bytes) -> None:
    body = answer(item()).replace(b"<response>", declaration + b"<response>")
    found = parse_window(reply(body), SERVICE)
    assert found == Window({}, "the answer brings a document type of its own")


def test_a_document_type_cannot_hide_in_another_encoding() -> None:
    text = (ENTITIES + answer(item()).partition(b"?>")[2]).decode()
    found = parse_window(reply(text.encode("utf-16")), SERVICE)
    assert not found.items
    assert found.problem


def test_elements_without_end_are_refused_by_the_parser() -> None:
    deep = b"<a>" * 100_000
    body = answer(item()).replace(b"<totalCount>", deep + b"<totalCount>")
    assert "malformed XML" in parse_window(reply(body), SERVICE).problem


def test_an_item_with_a_document_type_is_no_item() -> None:
    page = Page(URL, "", b"<!DOCTYPE NewsItem []><NewsItem/>", ITEM, NOON)
    with pytest.raises(ParseError, match="document type"):
        parse_item(page, entry_of(item()))


# --- announcements ----------------------------------------------------------------


def test_an_item_is_the_entry_its_page_s_row_would_be() -> None:
    assert entry_of(item()) == Entry(
        source=POLICY_SECTION.name,
        news_id="148900001",
        path="/news/policyNewsView.do?newsId=148900001",
        title='갯벌 체험길 "새로 연다"',
        lead="",
        ministry="해양수산부",
        listed_on=date(2026, 11, 24),
    )


@pytest.mark.parametrize(
    ("grouping", "path"),
    [
        ("policy", "/news/policyNewsView.do"),
        ("fact", "/briefing/actuallyView.do"),
        ("brief", "/briefing/policyBriefingView.do"),
        ("visual", "/multi/visualNewsView.do"),
    ],
)
def test_the_section_is_the_grouping_code_s(grouping: str, path: str) -> None:
    entry = entry_of(item(GroupingCode=grouping, OriginalUrl=""))
    assert entry.path == f"{path}?newsId=148900001"
    assert Told(SERVICE)[entry.source].grouping == grouping


@pytest.mark.parametrize("grouping", ["poll", "", "<![CDATA[../x y]]>"])
def test_an_unknown_grouping_code_is_a_closed_section_named_by_it(
    grouping: str,
) -> None:
    entry = entry_of(item(GroupingCode=grouping))
    section = Told(SERVICE)[entry.source]
    assert section.closed.startswith("no section is known that the Open API calls ")
    if grouping == "poll":
        assert section.closed.endswith("'poll'")
    assert entry.path == "/news/policyNewsView.do?newsId=148900001"


def test_an_open_code_does_not_open_the_page_of_a_closed_section() -> None:
    """Card news filed as policy news would be published under its license."""
    address = "https://www.korea.kr/multi/visualNewsView.do?newsId=148900001"
    entry = entry_of(item(OriginalUrl=address))
    assert entry.source == "card_news"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/briefing/x.do?newsId=148900001",
        "https://www.korea.kr/../x?newsId=148900001",
        "http://[::1/x.do?newsId=148900001",
        "javascript:alert(1)",
        "",
    ],
)
def test_an_address_elsewhere_is_not_taken_over(address: str) -> None:
    entry = entry_of(item(GroupingCode="poll", OriginalUrl=address))
    assert entry.path == "/?newsId=148900001"


def test_the_service_of_press_releases_tells_of_them_alone() -> None:
    entry = entry_of(item(NewsItemId="156900001", GroupingCode="brief"), PRESS)
    assert entry.source == "press_release"
    assert entry.path == "/briefing/pressReleaseView.do?newsId=156900001"
    assert list(Told(PRESS)) == ["press_release"]


def test_the_id_may_stand_in_the_address_alone() -> None:
    entry = entry_of(item(NewsItemId=None, OriginalUrl=FIELDS["OriginalUrl"]))
    assert entry.news_id == "148900001"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"NewsItemId": "", "OriginalUrl": ""}, "no id"),
        ({"NewsItemId": "14a", "OriginalUrl": ""}, "no id"),
        ({"Title": "&#160;"}, "no title"),
        ({"ApproveDate": ""}, "ApproveDate"),
        ({"ApproveDate": "2026-11-24 09:30:00"}, "ApproveDate"),
        ({"ApproveDate": "24/11/2026 09:30:00"}, "ApproveDate"),
        ({"ApproveDate": "02/30/2026 09:30:00"}, "ApproveDate"),
        ({"ApproveDate": "11/24/1996 09:30:00"}, "cannot be"),
        ({"ApproveDate": "12/24/2026 09:30:00"}, "cannot be"),
    ],
)
def test_one_item_that_is_not_understood_does_not_take_the_others(
    changes: dict[str, str], says: str
) -> None:
    found = window(item(**changes), item(NewsItemId="148900002"))
    assert list(found.items) == ["148900002"]
    assert says in found.problem


def test_an_item_of_the_next_day_s_first_second_is_that_day_s() -> None:
    """A query for a day returns those as well."""
    entry = entry_of(item(ApproveDate="11/25/2026 00:00:00"))
    assert entry.listed_on == date(2026, 11, 25)


def test_an_item_that_stands_twice_is_taken_once_in_its_later_state() -> None:
    old, new = item(ModifyId="1"), item(ModifyId="2", Title="고친 제목")
    for items in ((old, new), (new, old)):
        (found,) = window(*items).items.values()
        assert found.entry.title == "고친 제목"


# --- items as pages ---------------------------------------------------------------


def test_an_item_s_page_is_the_same_whatever_stands_around_it() -> None:
    """What the archive keeps must not change with the window or its blanks."""
    pretty = re.sub(r"(</\w+>|<NewsItem>)(?=</?[A-Z])", r"\1\n      ", item())
    pretty = pretty.replace("<DataContents>", "<DataContents>\n  ")
    alone = window(item()).items["148900001"].body
    among = window(item(NewsItemId="148900002"), pretty).items["148900001"].body
    assert alone == among
    assert b"startDate" not in alone


def test_a_person_s_name_is_kept_nowhere() -> None:
    written = item(extra="<ApproverName>홍두깨</ApproverName>")
    (found,) = window(written).items.values()
    assert "홍두깨" not in found.body.decode()
    assert "ApproverName" not in found.body.decode()
    assert "홍두깨" not in repr(raw_of(written))


def test_an_item_states_what_its_fields_say() -> None:
    raw = raw_of(item(ModifyId="3", ContentsStatus="U"))
    assert raw.title == '갯벌 체험길 "새로 연다"'
    assert raw.subtitles == ("서해 다섯 곳에서", "연말까지 무료", "R&D 거점도 함께")
    assert raw.published_at == datetime(2026, 11, 24, 9, 30, tzinfo=KST)
    assert raw.modified_at == datetime(2026, 11, 24, 9, 31, 7, tzinfo=KST)
    assert raw.revision == 3
    assert raw.ministry == "해양수산부"
    assert raw.body_html == "<p>해양수산부는 24일 체험길을 열었다.</p>"
    assert raw.license_marks.kogl_type == ("1",)
    assert raw.embargo_until is None
    assert not raw.attachments
    assert not raw.warnings


def test_a_title_keeps_what_only_looks_like_a_tag() -> None:
    title = "<![CDATA[<b>수소<br>열차</b> 1 < 2, <정책> 안내 &lt;AI&gt;]]>"
    assert raw_of(item(Title=title)).title == "수소 열차 1 < 2, <정책> 안내 <AI>"


def test_a_title_escaped_twice_is_clean_in_the_listing() -> None:
    assert entry_of(item(Title="A&amp;amp;amp;middot;B")).title == "A·B"


@pytest.mark.parametrize(
    ("printed", "hour"), [("11/24/2026 18:00:00", 18), ("11/24/2026 24:00:00", 24)]
)
def test_an_embargo_is_read_in_korean_time(printed: str, hour: int) -> None:
    until = raw_of(item(EmbargoDate=printed)).embargo_until
    assert until == datetime(2026, 11, 24, tzinfo=KST) + timedelta(hours=hour)


def test_an_embargo_nobody_can_read_holds_through_the_day_and_says_so() -> None:
    raw = raw_of(item(EmbargoDate="내일 아침"))
    assert raw.embargo_until == datetime(2026, 11, 25, tzinfo=KST)
    assert raw.warnings == (
        "EmbargoDate '내일 아침' not understood: held through 2026-11-24",
    )


def test_plain_text_becomes_paragraphs() -> None:
    raw = raw_of(item(ContentsType="T", DataContents="첫 줄 1 &lt; 2\n둘째 &amp; 줄"))
    assert raw.body_html == "<p>첫 줄 1 &lt; 2</p>\n<p>둘째 &amp; 줄</p>"


@pytest.mark.parametrize(
    "contents",
    [
        "",
        "<![CDATA[<p>&nbsp;</p><img src='a.jpg'>]]>",
        "이 자료는 해양수산부의 보도자료를 전재하여 제공함을 알려드립니다.",
    ],
)
def test_a_body_without_words_of_a_release_is_none(contents: str) -> None:
    assert raw_of(item(DataContents=contents)).body_html == ""


REMARK = "이 자료는 해양수산부의 보도자료를 전재하여 제공함을 알려드립니다."


@pytest.mark.parametrize(
    "around",
    [
        '{}<p style="' + "가" * 2 * GLANCE + '"></p>',
        '<p style="' + "가" * (GLANCE - 50) + '">{}</p>' + "<br>" * 99,
        "{}" + "<i>&nbsp;</i>" * 300,
        "<b>" * 200 + "{}" + "</b>" * 200 + "&nbsp;" * 30,
    ],
    ids=["a tag over the end", "a tag before it", "blanks", "tags"],
)
def test_a_remark_stays_one_whatever_markup_stands_around_it(around: str) -> None:
    """To see at its beginning that a body has words, tags must not count as such."""
    contents = f"<![CDATA[{around.format(REMARK)}]]>"
    assert raw_of(item(DataContents=contents)).body_html == ""


def test_words_after_a_remark_are_a_body() -> None:
    contents = f"{REMARK} 해양수산부는 오늘 대책을 발표했다."
    assert raw_of(item(DataContents=contents)).body_html == contents


def test_a_body_nested_without_end_is_not_read() -> None:
    deep = f"<![CDATA[{'<div>' * 5_000}글]]>"
    with pytest.raises(ParseError, match="nested"):
        raw_of(item(DataContents=deep))


def test_a_missing_type_is_a_blank_one() -> None:
    assert raw_of(item(KoglType=None)).license_marks.kogl_type == ("",)


def test_types_that_stand_twice_are_both_told() -> None:
    raw = raw_of(item(extra="<KoglType>4</KoglType>"))
    assert raw.license_marks.kogl_type == ("1", "4")


def test_files_are_pairs_and_their_paths_are_made_of_ids() -> None:
    link = "https://www.korea.kr/common/download.do?fileId={}&amp;tblKey={}"
    files = "".join(
        f"<FileName>{name}</FileName><FileUrl>{link.format(*of)}</FileUrl>"
        for name, of in (
            ("붙임.hwpx", ("198000001", "GMN")),
            ("", ("198000002", "GMN&amp;x=../..")),
            ("붙임.hwpx", ("198000001", "GMN")),
        )
    )
    raw = raw_of(item(extra=files))
    assert [(a.file_id, a.name, a.path) for a in raw.attachments] == [
        ("198000001", "붙임.hwpx", "/common/download.do?fileId=198000001&tblKey=GMN"),
        ("198000002", "198000002", "/common/download.do?fileId=198000002&tblKey=GMN"),
    ]


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/common/download.do?fileId=1",
        "https://www.korea.kr.evil.example/common/download.do?fileId=1",
        "https://www.korea.kr/common/download.do",
        "file:///etc/passwd",
    ],
)
def test_a_file_elsewhere_is_no_attachment_and_told(address: str) -> None:
    files = f"<FileName>가.hwp</FileName><FileUrl>{address}</FileUrl>"
    raw = raw_of(item(extra=files))
    assert raw.attachments == ()
    assert raw.warnings == ("a file that is not on the site: '가.hwp'",)


def test_an_item_s_page_is_read_by_its_section() -> None:
    """So reparse reads both kinds of pages from one archive."""
    (found,) = window(item()).items.values()
    page = Page(URL, found.body.decode(), found.body, ITEM, NOON)
    assert POLICY_SECTION.parse_release(page, found.entry) == raw_of(item())


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<NewsItem><NewsItemId>1</NewsItemId></NewsItem>", "asked for"),
        (b"<html/>", "no item"),
        (b"<NewsItem>", "malformed"),
        (b"", "malformed"),
        (b"<NewsItem><NewsItemId>148900001</NewsItemId></NewsItem>", "title"),
    ],
)
def test_a_page_that_is_not_this_item_is_refused(body: bytes, says: str) -> None:
    with pytest.raises(ParseError, match=says):
        parse_item(Page(URL, "", body, ITEM, NOON), entry_of(item()))


# --- real answers -----------------------------------------------------------------


@pytest.mark.captures
def test_answers_seen_are_understood(captures: Path) -> None:
    now = datetime(2026, 10, 6, 12, tzinfo=KST)
    for file in sorted((captures / "api").glob("*.xml")):
        said = reply(file.read_bytes(), at=now)
        if "error" in file.name or "result" in file.name:
            with pytest.raises(FetchError):
                parse_window(said, SERVICE)
            continue
        found = parse_window(said, SERVICE)
        assert len(found.items) == 1, file.name
        for one in found.items.values():
            page = Page(URL, one.body.decode(), one.body, ITEM, now)
            raw = parse_item(page, one.entry)
            assert raw.title
            assert raw.body_html
            assert one.entry.source in Told(SERVICE)


@pytest.mark.captures
def test_a_real_body_is_read_to_its_last_number(captures: Path) -> None:
    """A body as the API has it, tables and split spans and all."""
    for file in sorted((captures / "pages").glob("*datacontents.html")):
        text = file.read_text("utf-8")
        start = text.index('<div class="content">') + len('<div class="content">')
        contents = text[start : text.rindex("</div>")]
        raw = raw_of(item(DataContents=f"<![CDATA[{contents}]]>"))
        assert raw.body_html == contents.strip()
        read = "".join(t for block in read_body(raw.body_html) for t in leaves(block))
        shown = LexborHTMLParser(contents).text()
        assert len(shown) > 1_000
        digits = re.compile(r"[0-9]")
        assert digits.findall(read) == digits.findall(shown)
