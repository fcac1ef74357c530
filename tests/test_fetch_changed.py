"""Asking for a page or file only if it is another one than we know."""

import httpx
import pytest

from scraper.errors import FetchError, MissingError
from scraper.fetch import Fetcher, FetchPolicy
from scraper.model import Request, Validators
from tests.test_fetch import HTML, SITE, Play, Site, Time

KNOWN = Validators('W/"a1"', "Tue, 06 Oct 2026 00:00:00 GMT")


def fetcher(*plays: Play) -> tuple[Fetcher, Site]:
    time = Time()
    site = Site(time, {"/a": list(plays), "/robots.txt": [httpx.Response(404)]})
    made = Fetcher(
        FetchPolicy(SITE, delay=0),
        transport=site,
        clock=time.clock,
        sleep=time.sleep,
        now=time.now,
    )
    return made, site


def test_what_is_still_the_known_one_is_nothing() -> None:
    fetch, site = fetcher(httpx.Response(304))
    assert fetch.changed_page(Request("/a"), KNOWN) is None
    assert fetch.changed_file("/a", KNOWN) is None
    asked = site.asked[-1].headers
    assert asked["if-none-match"] == KNOWN.etag
    assert asked["if-modified-since"] == KNOWN.last_modified


def test_what_changed_comes_with_its_new_validators() -> None:
    headers = {"ETag": '"b2"', "Content-Type": "text/html"}
    fetch, _ = fetcher(httpx.Response(200, headers=headers, text=HTML))
    page = fetch.changed_page(Request("/a"), KNOWN)
    file = fetch.changed_file("/a", KNOWN)
    assert page
    assert page.text == HTML
    assert file
    assert file.validators == page.validators == Validators('"b2"')


def test_without_validators_nothing_is_asked_for() -> None:
    fetch, site = fetcher(httpx.Response(200, text=HTML))
    page = fetch.page(Request("/a"))
    assert not page.validators
    assert "if-none-match" not in site.asked[-1].headers
    assert "if-modified-since" not in site.asked[-1].headers


def test_a_304_nobody_asked_for_is_no_answer() -> None:
    """It has no body, and we have none either."""
    fetch, _ = fetcher(httpx.Response(304))
    with pytest.raises(FetchError, match="304"):
        fetch.page(Request("/a"))
    with pytest.raises(FetchError, match="304"):
        fetch.file("/a")


def test_what_is_gone_is_missing_however_it_is_asked_for() -> None:
    fetch, _ = fetcher(httpx.Response(410))
    with pytest.raises(MissingError):
        fetch.changed_page(Request("/a"), KNOWN)


@pytest.mark.parametrize("etag", ['"' + "a" * 300 + '"', '"\x01"'])
def test_odd_validators_are_not_sent_back(etag: str) -> None:
    fetch, _ = fetcher(httpx.Response(200, headers={"ETag": etag}, text=HTML))
    assert fetch.file("/a").validators == Validators()
