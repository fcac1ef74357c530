"""The replica's Open API: windows, keys, quota, fields, and every way to fail."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import etree

from tests.replica import make_site, replica
from tests.replica.article_probe import KEY, article_page, call, every_article, items
from tests.replica.open_api import GATEWAY, POLICY, POLICY_V1, PRESS
from tests.replica.open_api_faults import BOMBS
from tests.replica.probe import DAY, dial, every_id, exchange, file
from tests.replica.server import classify
from tests.replica.site import Site
from tests.replica.world import KST

ONE = timedelta(days=1)
WAYS = ("ampersand", "cut", "control", "bytes", "cdata", "html")


@pytest.fixture(scope="module")
def site() -> Site:
    return make_site(articles=200, api_key=KEY)


def ids_of(answer: etree._Element) -> list[str]:
    return [str(node.text) for node in answer.iter("NewsItemId")]


def codes(site: Site, query: str, path: str = POLICY) -> tuple[int, str]:
    """Return the status and the code of either kind of answer."""
    answer = site.answer("GET", f"{path}?{query}", {})
    tree = etree.fromstring(answer.body)
    code = tree.findtext(".//returnReasonCode") or tree.findtext(".//resultCode")
    return answer.status, code or ""


# --- windows ------------------------------------------------------------------------


def test_a_window_holds_the_items_of_its_days_and_states_their_number(site: Site):
    answer = call(site, DAY - 2 * ONE, DAY)
    found = ids_of(answer)
    assert set(found) == set(every_article(site))
    assert answer.findtext("body/totalCount") == str(len(found)) == "200"
    assert len(set(found)) == len(found)


def test_a_day_also_returns_the_midnight_of_the_next(site: Site):
    """The window ends a second late, so two windows side by side share items."""
    day, after = DAY - ONE, DAY
    found = call(site, day, day)
    stamps = {
        str(item.findtext("NewsItemId")): str(item.findtext("ApproveDate"))
        for item in found.iter("NewsItem")
    }
    own = set(site.article_ids("", day))
    extra = {stamps[news_id] for news_id in set(stamps) - own}
    assert own < set(stamps)
    assert extra == {f"{after:%m/%d/%Y} 00:00:00"}
    assert set(stamps) - own <= set(ids_of(call(site, after, after)))


def test_it_filters_by_approval_not_by_change():
    site = make_site(
        articles=60, api_key=KEY, now=datetime(2026, 11, 24, 20, tzinfo=KST)
    )
    old = site.article_ids("", DAY - 2 * ONE)[-1]
    site.correct(old, title="고친 제목")
    assert old in ids_of(call(site, DAY - 2 * ONE, DAY - 2 * ONE))
    assert old not in ids_of(call(site, DAY, DAY))
    (item,) = [
        i
        for i in call(site, DAY - 2 * ONE, DAY - 2 * ONE).iter("NewsItem")
        if i.findtext("NewsItemId") == old
    ]
    assert item.findtext("ModifyDate") == "11/24/2026 20:00:00"


def test_an_empty_window_has_a_count_of_zero(site: Site):
    answer = call(site, date(2020, 1, 1), date(2020, 1, 3))
    assert ids_of(answer) == []
    assert answer.findtext("body/totalCount") == "0"
    assert answer.findtext("header/resultCode") == "0"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("startDate=20261122&endDate=20261124", "0"),
        ("startDate=20261121&endDate=20261124", "98"),
        ("startDate=2026-11-22&endDate=2026-11-24", "97"),
        ("startDate=20261332&endDate=20261332", "97"),
        ("startDate=20261124&endDate=20261122", "97"),
        ("startDate=20261124", "11"),
        ("startDate=&endDate=20261124", "11"),
        ("", "11"),
    ],
)
def test_the_service_refuses_what_it_does_not_understand(
    site: Site, query: str, code: str
):
    assert codes(site, f"serviceKey={quote(KEY, safe='')}&{query}") == (200, code)


# --- keys ---------------------------------------------------------------------------


def test_the_key_is_taken_plain_or_encoded_but_not_encoded_twice(site: Site):
    """Keys are given out in both forms; encoding the encoded one is a known trap."""
    window = "&startDate=20261124&endDate=20261124"
    encoded = quote(KEY, safe="")
    assert codes(site, f"serviceKey={KEY}{window}") == (200, "0")
    assert codes(site, f"serviceKey={encoded}{window}") == (200, "0")
    assert codes(site, f"serviceKey={quote(encoded)}{window}") == (200, "30")
    assert codes(site, f"serviceKey=other{window}") == (200, "30")
    assert codes(site, f"serviceKey={window}") == (200, "20")
    assert codes(site, window[1:]) == (200, "20")


def test_without_a_key_of_its_own_it_knows_none():
    window = "&startDate=20261124&endDate=20261124"
    assert codes(make_site(articles=9), f"serviceKey=x{window}") == (200, "30")


def test_the_first_version_takes_no_key_and_other_addresses_are_no_service(site: Site):
    query = f"serviceKey={KEY}&startDate=20261124&endDate=20261124"
    assert codes(site, query, POLICY_V1) == (200, "30")
    assert codes(site, query, "/1371000/none/none") == (200, "12")


def test_the_quota_is_counted_by_day_of_the_sites_clock():
    site = make_site(articles=9, api_key=KEY, api_quota=2)
    site.now = datetime(2026, 11, 24, 23, 59, tzinfo=KST)
    query = f"serviceKey={KEY}&startDate=20261124&endDate=20261124"
    assert [codes(site, query)[1] for _ in range(3)] == ["0", "0", "22"]
    assert codes(site, f"serviceKey=x&{query.partition('&')[2]}")[1] == "30"
    site.now = datetime(2026, 11, 25, 0, 0, tzinfo=KST)
    assert codes(site, query)[1] == "0"


# --- fields -------------------------------------------------------------------------


def test_an_item_states_what_the_page_states(site: Site):
    found = items(site)
    for news_id in every_article(site):
        truth, item = site.expected_article(news_id), found[news_id]
        text = dict.fromkeys(("SubTitle1", "SubTitle2", "SubTitle3"), "")
        text |= {"MinisterCode": ""}
        text |= {str(node.tag): node.text or "" for node in item}
        approved = datetime.strptime(text["ApproveDate"], "%m/%d/%Y %H:%M:%S")
        assert approved.replace(tzinfo=KST) == truth.published_at
        changed = datetime.strptime(text["ModifyDate"], "%m/%d/%Y %H:%M:%S")
        assert changed.replace(tzinfo=KST) == truth.modified_at
        assert text["ContentsStatus"] == truth.status
        assert text["ModifyId"] == str(truth.modify_id)
        assert text["GroupingCode"] == truth.grouping_code
        assert text["MinisterCode"] == truth.ministry
        path = truth.view.partition("?")[0]
        assert text["OriginalUrl"] == (
            f"https://www.korea.kr{path}?newsId={news_id}&call_from=openData"
        )
        parts = "<br>".join(filter(None, (text[f"SubTitle{n}"] for n in (1, 2, 3))))
        assert len(list(filter(None, parts.split("<br>")))) == len(truth.subtitles)
        page = article_page(site, news_id)
        assert f"<h1>{text['Title']}</h1>" in page
        if truth.subtitles:
            assert f"<h2>{parts}</h2>" in page


def test_subtitles_come_in_fields_of_their_own_or_with_breaks(site: Site):
    forms = set()
    for item in items(site).values():
        if item.findtext("SubTitle2"):
            forms.add("fields")
        if "<br>" in (item.findtext("SubTitle1") or ""):
            forms.add("breaks")
    assert forms == {"fields", "breaks"}


def test_body_of_item_is_body_of_page_with_the_notice_at_its_end(site: Site):
    found = items(site)
    with_notice = 0
    for news_id in every_article(site):
        truth = site.expected_article(news_id)
        contents = found[news_id].findtext("DataContents") or ""
        if truth.style == "text":
            assert found[news_id].findtext("ContentsType") == "T"
            continue
        if "notice on page" in truth.quirks:
            assert contents in article_page(site, news_id)
            with_notice += 1
    assert with_notice > 50


def test_titles_come_escaped_up_to_three_times(site: Site):
    xml = etree.tostring(call(site, DAY - 2 * ONE, DAY), encoding="unicode")
    titles = "".join(re.findall("<Title>(.*?)</Title>", xml))
    assert "&amp;amp;middot;" in titles  # once for CDATA, which lxml writes escaped


def test_some_license_types_are_blank(site: Site):
    types = {i.findtext("KoglType") or "" for i in items(site).values()}
    assert types == {"", "1", "2", "3", "4"}


def test_items_carry_no_persons_name_but_in_the_first_version(site: Site):
    assert call(site, DAY, DAY).find(".//ApproverName") is None
    press = call(site, DAY, DAY, PRESS)
    assert press.find(".//ApproverName") is not None
    assert press.find(".//KoglType") is None


def test_press_items_name_their_files(site: Site):
    press = call(site, DAY - 2 * ONE, DAY, PRESS)
    assert set(ids_of(press)) == set(every_id(site))
    for item in press.iter("NewsItem"):
        truth = site.expected(str(item.findtext("NewsItemId")))
        names = [node.text for node in item.findall("FileName")]
        links = [str(node.text) for node in item.findall("FileUrl")]
        assert names == list(truth.attachments)
        assert len(links) == len(names)
        if truth.content == "hwpx" and truth.text_from != "page":
            (link,) = [u for u in links if f"fileId={truth.text_from}&" in u]
            assert file(site, re.findall(r"fileId=(\d+)", link)[0])[:2] == b"PK"


# --- faults -------------------------------------------------------------------------


def window_query(first: date, last: date) -> str:
    return f"{POLICY}?serviceKey=k&startDate={first:%Y%m%d}&endDate={last:%Y%m%d}"


def test_a_fault_of_a_day_hits_every_window_that_holds_it():
    """Half a window gets through: that is how the bad day is found."""
    plan = [{"fault": "malformed-xml", "on": "api", "day": "2026-11-23"}]
    site = make_site(articles=9, faults=plan)
    hit = []
    for first, last in ((22, 24), (22, 22), (23, 24), (23, 23), (24, 24), (21, 23)):
        days = date(2026, 11, first), date(2026, 11, last)
        ask = classify(window_query(*days), {})
        hit.append(site.faults.choose(ask) is not None)
    assert hit == [True, False, True, True, False, True]


@pytest.mark.parametrize("way", WAYS)
def test_malformed_xml_is_taken_by_no_parser(way: str):
    plan = [{"fault": "malformed-xml", "on": "api", "code": way}]
    with replica(articles=30, api_key="k", faults=plan) as site, dial(site) as client:
        status, _, body = exchange(client, window_query(DAY, DAY))
    assert status == 200
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(body)


@pytest.mark.parametrize("bomb", sorted(BOMBS))
def test_bombs_declare_a_document_type_before_the_real_items(bomb: str):
    plan = [{"fault": "xml-bomb", "on": "api", "code": bomb}]
    with replica(articles=30, api_key="k", faults=plan) as site, dial(site) as client:
        _, _, body = exchange(client, window_query(DAY, DAY))
        wanted = site.article_ids("", DAY)
    assert b"<!DOCTYPE" in body[:100]
    found = set(re.findall(r"<NewsItemId>(\d+)<", body.decode()))
    assert set(wanted) <= found


@pytest.mark.parametrize("status", [200, 401, 403])
@pytest.mark.parametrize("code", sorted(GATEWAY))
def test_gateway_errors_come_under_any_status(code: str, status: int):
    plan = [{"fault": "gateway-error", "on": "api", "code": code, "status": status}]
    with replica(articles=1, api_key="k", faults=plan) as site, dial(site) as client:
        got, _, body = exchange(client, window_query(DAY, DAY))
    tree = etree.fromstring(body)
    assert (got, tree.tag) == (status, "OpenAPI_ServiceResponse")
    assert tree.findtext("cmmMsgHeader/returnReasonCode") == code
    assert tree.findtext("cmmMsgHeader/returnAuthMsg")


def test_service_errors_have_their_code_and_no_items():
    plan = [{"fault": "service-error", "on": "api", "code": "97"}]
    with replica(articles=9, api_key="k", faults=plan) as site, dial(site) as client:
        _, _, body = exchange(client, window_query(DAY, DAY))
    tree = etree.fromstring(body)
    assert tree.findtext("header/resultMsg") == "DATE_FORMAT_ERROR"
    assert ids_of(tree) == []


def test_faults_of_pages_hit_the_api_too():
    plan = [{"fault": "status", "on": "api", "status": 429, "retry_after": "7"}]
    with replica(articles=9, api_key="k", faults=plan) as site, dial(site) as client:
        status, headers, _ = exchange(client, window_query(DAY, DAY))
        page, _, _ = exchange(client, "/robots.txt")
    assert (status, headers["retry-after"], page) == (429, "7", 200)
    assert [seen.kind for seen in site.requests] == ["api", "robots"]


def test_the_bomb_of_entities_is_small_and_would_be_huge():
    declared = dict(re.findall('<!ENTITY (a[0-9]) "(.*?)">', BOMBS["entities"][0]))
    size = len(declared["a0"])
    for place in range(1, len(declared)):
        assert declared[f"a{place}"] == f"&a{place - 1};" * 10
        size *= 10
    assert size > 1 << 30
    assert len(BOMBS["entities"][0]) < 2_000


# --- against the real one -----------------------------------------------------------


@pytest.mark.captures
def test_an_item_has_the_real_ones_fields_in_order(captures: Path, site: Site):
    (path,) = (captures / "api").glob("policyNewsList2_item*.xml")
    real = etree.fromstring(path.read_bytes())
    ours = call(site, DAY, DAY)
    assert [n.tag for n in ours.find("header")] == [n.tag for n in real.find("header")]
    item = real.find("body/NewsItem")
    order = [node.tag for node in item]
    found = [[node.tag for node in made] for made in ours.iter("NewsItem")]
    assert order in found
    for tags in found:  # some leave out what is empty
        assert tags == [tag for tag in order if tag in tags]
    assert ours.find("body")[-1].tag == real.find("body")[-1].tag == "totalCount"


@pytest.mark.captures
def test_an_item_of_the_first_version_has_the_real_ones_fields(
    captures: Path, site: Site
):
    (path,) = (captures / "api").glob("policyNewsList_v1*.xml")
    real = [
        node.tag for node in etree.fromstring(path.read_bytes()).find(".//NewsItem")
    ]
    made = [
        [node.tag for node in i] for i in call(site, DAY, DAY, PRESS).iter("NewsItem")
    ]
    assert real in [[tag for tag in tags if tag in real] for tags in made]


@pytest.mark.captures
@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("gateway_error_20*", "serviceKey=&"),
        ("gateway_error_30*", "serviceKey=x&"),
        ("gateway_error_22*", f"serviceKey={KEY}&"),
        ("result_98*", f"serviceKey={KEY}&startDate=20261101&endDate=20261124"),
    ],
)
def test_errors_read_as_the_real_ones(captures: Path, name: str, query: str):
    (path,) = (captures / "api").glob(f"{name}.xml")
    site = make_site(articles=1, api_key=KEY, api_quota=1)
    if "22" in name:
        codes(site, f"serviceKey={KEY}&")
    body = site.answer("GET", f"{POLICY}?{query}", {}).body
    real, made = etree.fromstring(path.read_bytes()), etree.fromstring(body)
    assert shape(made) == shape(real)


def shape(root: etree._Element) -> list[tuple[str, str]]:
    return [(str(node.tag), (node.text or "").strip()) for node in root.iter()]
