"""The replica's server and its faults, seen from outside."""

import gzip
import json
import re
import time

import pytest

from tests.replica import Fault, Site, make_site, replica
from tests.replica.effects import EFFECTS
from tests.replica.faults import NAMES
from tests.replica.open_api import POLICY
from tests.replica.open_api_faults import API_EFFECTS
from tests.replica.probe import (
    DAY,
    dial,
    every_id,
    exchange,
    get,
    process,
    request,
    rows,
    total,
    until_closed,
)
from tests.replica.site import LIST, VIEW

pytestmark = pytest.mark.replica


def test_one_connection_serves_many_requests():
    with replica() as site, dial(site) as client:
        for _ in range(3):
            status, headers, body = exchange(client, "/robots.txt")
            assert (status, len(body)) == (200, int(headers["content-length"]))
    assert [seen.kind for seen in site.requests] == ["robots"] * 3


def test_requests_are_logged_with_their_form():
    with replica() as site:
        get(site.base_url + LIST, b"pageIndex=2&repCode=A00005&srchWord=")
    (seen,) = site.requests
    assert (seen.method, seen.path, seen.kind) == ("POST", LIST, "list")
    assert seen.form == {"pageIndex": "2", "repCode": "A00005", "srchWord": ""}


def test_robots_asks_for_the_delay_it_was_given():
    with replica(crawl_delay=2.5) as site:
        assert b"Crawl-delay: 2.5\n" in get(f"{site.base_url}/robots.txt")
    with replica() as site:
        assert b"Crawl-delay" not in get(f"{site.base_url}/robots.txt")


def test_html_is_packed_for_clients_that_ask():
    with replica() as site, dial(site) as client:
        target = f"{VIEW}?newsId={site.ids(DAY)[0]}"
        _, plain, body = exchange(client, target)
        _, packed, small = exchange(client, target, "Accept-Encoding: gzip")
    assert "content-encoding" not in plain
    assert packed["content-encoding"] == "gzip"
    assert gzip.decompress(small) == body


def test_another_process_steers_it_by_control_requests():
    with process("--releases", "60", "--now", "2026-11-24T12:00") as base:
        control = base + "/__replica__/"
        ids = json.loads(get(f"{control}ids?day={DAY}"))
        plan = [{"fault": "status", "on": "robots", "status": 503}]
        assert json.loads(get(control + "faults", json.dumps(plan).encode())) == plan
        with pytest.raises(OSError, match="503"):
            get(base + "/robots.txt")
        assert [seen["kind"] for seen in json.loads(get(control + "log"))] == ["robots"]
        get(control + "faults", b"[]")
        get(control + "now", b'{"now": null}')
        assert len(json.loads(get(f"{control}ids?day={DAY}"))) > len(ids)
        get(control + "withdraw", json.dumps({"id": ids[0]}).encode())
        assert b"- Error</title>" in get(f"{base}{VIEW}?newsId={ids[0]}")
        assert json.loads(get(f"{control}expected?id={ids[1]}"))["news_id"] == ids[1]
        with pytest.raises(OSError, match="400"):
            get(control + "faults", b'[{"fault": "no such"}]')


# --- faults -------------------------------------------------------------------------


def test_a_plan_with_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="no such fault: boom"):
        make_site(faults=[{"fault": "boom"}])
    with pytest.raises(TypeError):
        make_site(faults=[{"fault": "drip", "speed": 1}])


def test_every_fault_has_an_effect():
    assert set(EFFECTS) == set(NAMES)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_fault_changes_what_a_client_gets(name: str):
    """A fault nobody notices would make every test that uses it a lie."""
    kind = "detail" if name in ("malformed", "broken-jsonld") else "list"
    kind = "api" if name in API_EFFECTS else kind
    plan = [
        Fault(fault=name, on=kind, seconds=3600, bytes=5000, page=2 * (kind == "list"))
    ]
    with replica(articles=9, api_key="k") as site:
        body = f"pageIndex=2&startDate={DAY}&endDate={DAY}"
        detail = f"{VIEW}?newsId={site.ids(DAY)[0]}"
        if kind == "api":
            detail = (
                f"{POLICY}?serviceKey=k&startDate={DAY:%Y%m%d}&endDate={DAY:%Y%m%d}"
            )
        before = outcome(site, body, detail, kind)
        site.faults.set(plan)
        assert outcome(site, body, detail, kind) != before


def outcome(site: Site, form: str, detail: str, kind: str) -> object:
    with dial(site, timeout=0.3) as client:
        try:
            if kind == "list":
                return exchange(client, LIST, "Accept-Encoding: gzip", form=form)
            return exchange(client, detail)
        except (TimeoutError, EOFError, ConnectionError) as error:
            return repr(error)


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("120", "120"),
        ("date:60", r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT"),
        ("soon", "soon"),
    ],
)
def test_status_with_retry_after(given: str, sent: str):
    plan = [{"fault": "status", "status": 429, "retry_after": given}]
    with replica(faults=plan) as site, dial(site) as client:
        status, headers, _ = exchange(client, "/robots.txt")
    assert status == 429
    assert re.fullmatch(sent, headers["retry-after"])


def test_truncated_bodies_say_more_than_they_send():
    plan = [{"fault": "truncated", "bytes": 100}]
    with replica(faults=plan) as site, dial(site) as client:
        request(client, f"{VIEW}?newsId={site.ids(DAY)[0]}")
        data = until_closed(client)
    head, _, body = data.partition(b"\r\n\r\n")
    assert len(body) == 100
    assert int(re.findall(rb"Content-Length: (\d+)", head)[0]) > 10_000


def test_truncated_bodies_without_a_length_just_end():
    plan = [{"fault": "truncated-unsaid", "bytes": 100}]
    with replica(faults=plan) as site, dial(site) as client:
        request(client, f"{VIEW}?newsId={site.ids(DAY)[0]}")
        data = until_closed(client)
    head, _, body = data.partition(b"\r\n\r\n")
    assert len(body) == 100
    assert b"Content-Length" not in head


def test_truncated_gzip_is_whole_http_but_no_whole_stream():
    with replica(faults=[{"fault": "truncated-gzip"}]) as site, dial(site) as client:
        _, headers, body = exchange(client, f"{VIEW}?newsId={site.ids(DAY)[0]}")
    assert headers["content-encoding"] == "gzip"
    with pytest.raises(EOFError):
        gzip.decompress(body)


def test_gzip_bomb_inflates_to_what_was_asked():
    plan = [{"fault": "gzip-bomb", "bytes": 3_000_000}]
    with replica(faults=plan) as site, dial(site) as client:
        _, _, body = exchange(client, "/robots.txt")
    assert len(body) < 10_000
    assert len(gzip.decompress(body)) == 3_000_000


def test_reset_is_a_reset_not_an_end():
    with replica(faults=[{"fault": "reset"}]) as site, dial(site) as client:
        request(client, "/robots.txt")
        with pytest.raises(ConnectionResetError):
            until_closed(client)


def test_dripping_sends_the_head_and_then_byte_after_byte():
    plan = [{"fault": "drip", "seconds": 0.001}]
    with replica(faults=plan) as site, dial(site) as client:
        _, headers, body = exchange(client, "/robots.txt")
    assert len(body) == int(headers["content-length"])


def test_closing_ends_what_stalls():
    """A server that waits an hour for its own stall would hang every test."""
    with replica(faults=[{"fault": "stall", "seconds": 3600}]) as site:
        client = dial(site)
        request(client, "/robots.txt")
        while not site.requests:
            time.sleep(0.001)
    with client:
        assert until_closed(client) == b""


def test_endless_body_ends_only_when_the_client_goes():
    with replica(faults=[{"fault": "endless"}]) as site, dial(site) as client:
        request(client, "/robots.txt")
        got = 0
        while got < 5_000_000:
            got += len(client.recv(1 << 16))
        assert got >= 5_000_000


def test_charset_faults():
    site_text = "정책브리핑"
    with replica() as site, dial(site) as client:
        target = f"{VIEW}?newsId={site.ids(DAY)[0]}"
        site.faults.set([{"fault": "wrong-charset"}])
        _, lying, body = exchange(client, target)
        assert "EUC-KR" in lying["content-type"]
        assert site_text in body.decode()
        site.faults.set([{"fault": "euc-kr"}])
        _, honest, body = exchange(client, target)
        assert "EUC-KR" in honest["content-type"]
        assert site_text in body.decode("cp949")


def test_redirects_go_round_or_away():
    with replica(faults=[{"fault": "redirect-loop"}]) as site, dial(site) as client:
        status, headers, _ = exchange(client, "/robots.txt")
        assert (status, headers["location"]) == (302, "/robots.txt")
        site.faults.set([{"fault": "redirect-away", "location": "https://x.invalid/"}])
        _, headers, _ = exchange(client, "/robots.txt")
        assert headers["location"] == "https://x.invalid/"


def test_listing_faults():
    with replica(days=str(DAY), releases=35) as site:

        def page(number: int) -> str:
            form = f"pageIndex={number}&startDate={DAY}&endDate={DAY}"
            return get(site.base_url + LIST, form.encode()).decode()

        whole = [rows(page(n)) for n in (1, 2, 3, 4)]
        site.faults.set([{"fault": "repeated-page", "page": 3}])
        assert rows(page(3)) == whole[1]
        site.faults.set([{"fault": "missing-page", "page": 2}])
        assert rows(page(2)) == []
        assert "no_data" not in page(2)
        assert rows(page(3)) == whole[2]
        site.faults.set([{"fault": "no-data", "page": 2}])
        assert "no_data" in page(2)
        site.faults.set([{"fault": "layout-change"}])
        assert "list_type" not in page(1)
        assert whole[0][0] in page(1)


def test_new_releases_shift_the_pages_while_somebody_reads():
    """Three come after page 1 was read: page 2 repeats three rows of it."""
    plan = [{"fault": "shift", "on": "list", "page": 1, "times": 1, "rows": 3}]
    with replica(days=str(DAY), releases=35, faults=plan) as site:
        first, second, again = (
            get(site.base_url + LIST, f"pageIndex={n}".encode()).decode()
            for n in (1, 2, 1)
        )
    assert [total(html) for html in (first, second, again)] == [32, 35, 35]
    assert rows(first)[-3:] == rows(second)[:3]
    assert rows(again)[3:] == rows(first)[:7]


def test_faults_hit_the_nth_of_the_kind_and_id_they_name():
    site = make_site()
    news_id, other = site.ids(DAY)[:2]
    target = f"{VIEW}?newsId="
    plan = [{"fault": "error-page", "id": news_id, "skip": 1, "times": 2}]
    with replica(faults=plan) as site:
        hits = [b"- Error" in get(site.base_url + target + news_id) for _ in range(5)]
        assert b"- Error" not in get(site.base_url + target + other)
    assert hits == [False, True, True, False, False]


def test_each_counts_every_address_for_itself():
    plan = [{"fault": "error-page", "on": "detail", "times": 1, "each": True}]
    with replica(faults=plan) as site:
        for news_id in site.ids(DAY)[:3]:
            address = f"{site.base_url}{VIEW}?newsId={news_id}"
            assert [b"- Error" in get(address) for _ in "ab"] == [True, False]


def test_chance_is_drawn_by_address_not_by_order():
    plan = [{"fault": "error-page", "on": "detail", "percent": 40}]

    def hit(reverse: bool) -> set[str]:
        with replica(faults=plan) as site:
            ids = sorted(every_id(site), reverse=reverse)
            return {
                i for i in ids if b"- Error" in get(f"{site.base_url}{VIEW}?newsId={i}")
            }

    forth, back = hit(False), hit(True)
    assert forth == back
    assert 10 < len(forth) < 50
