"""Fetcher: manners, retries and judgement, over a transport that plays the site."""

import gzip
import logging
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from scraper.errors import (
    BlockedError,
    FetchError,
    MissingError,
    OversizeError,
    SourceError,
    UnavailableError,
)
from scraper.fetch import Fetcher, FetchPolicy, user_agent
from scraper.fetch.answers import retry_after
from scraper.fetch.connection import explain
from scraper.fetch.robots import parse_robots
from scraper.model import KST, Page, Request

SITE = "https://news.test"
NOW = datetime(2026, 10, 6, 9, 0, tzinfo=KST)
HTML = "<html><body>정부는 오늘</body></html>"

Play = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Time:
    """A clock that moves by being slept on, and by nothing else."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.naps: list[float] = []

    def clock(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.seconds += seconds

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds - 1000)


class Site(httpx.BaseTransport):
    """Plays what it was told for each address; the last one is played again."""

    def __init__(self, time: Time, plays: dict[str, list[Play]]) -> None:
        self.time = time
        self.plays = plays
        self.asked: list[httpx.Request] = []
        self.at: list[float] = []
        self.closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        self.at.append(self.time.seconds)
        url = str(request.url)
        play = self.plays.get(url) or self.plays.get(url.removeprefix(SITE))
        if play is None:
            if request.url.path != "/robots.txt":
                pytest.fail(f"not a page of the test's site: {url}")
            play = [httpx.Response(404)]
        first = play.pop(0) if len(play) > 1 else play[0]
        if isinstance(first, Exception):
            raise first
        return first(request) if callable(first) else first

    def close(self) -> None:
        self.closed = True

    @property
    def paths(self) -> list[str]:
        return [request.url.raw_path.decode() for request in self.asked]

    @property
    def gaps(self) -> list[float]:
        """Seconds between the requests."""
        return [after - before for before, after in pairwise(self.at)]


def html(text: str = HTML, status: int = 200, **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    names.setdefault("content-type", "text/html; charset=utf-8")
    return httpx.Response(status, headers=names, stream=httpx.ByteStream(text.encode()))


def status(code: int, **headers: str) -> httpx.Response:
    return html("<html>no</html>", code, **headers)


def moved(to: str, code: int = 302) -> httpx.Response:
    return status(code, location=to)


def robots(text: str) -> httpx.Response:
    return html(text, content_type="text/plain")


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def site(time: Time) -> Iterator[Callable[..., tuple[Fetcher, Site]]]:
    """Return a function of plays and policy that gives a fetcher and its site."""
    opened: list[Fetcher] = []

    def build(
        plays: dict[str, Play | list[Play]], base_url: str = SITE, **policy: object
    ) -> tuple[Fetcher, Site]:
        listed = {k: v if isinstance(v, list) else [v] for k, v in plays.items()}
        transport = Site(time, listed)
        fetcher = Fetcher(
            FetchPolicy(base_url, **policy),  # type: ignore[arg-type]
            transport=transport,
            clock=time.clock,
            sleep=time.sleep,
            now=time.now,
        )
        opened.append(fetcher)
        return fetcher, transport

    yield build
    for fetcher in opened:
        fetcher.__exit__()


def get(fetcher: Fetcher, path: str = "/a") -> Page:
    return fetcher.page(Request(path))


# --- what a page and a file are -------------------------------------------------------


def test_page_has_text_bytes_type_and_time(site):
    fetcher, _ = site({"/a?b=1": html()}, delay=0.0)
    assert get(fetcher, "/a?b=1") == Page(
        f"{SITE}/a?b=1", HTML, HTML.encode(), "text/html; charset=utf-8", NOW
    )


def test_form_is_posted_in_order_and_utf_8(site):
    fetcher, played = site({"/list": html()})
    form = (("pageIndex", "1"), ("srchWord", "주거 대책"), ("period", ""))
    fetcher.page(Request("/list", form))
    asked = played.asked[-1]
    assert asked.method == "POST"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.content == (
        b"pageIndex=1&srchWord=%EC%A3%BC%EA%B1%B0+%EB%8C%80%EC%B1%85&period="
    )


def test_request_names_us_and_asks_for_what_we_can_read(site):
    agent = user_agent("mailto:desk@news.example")
    fetcher, played = site({"/a": html()}, user_agent=agent)
    get(fetcher)
    for asked in played.asked:
        assert asked.headers["user-agent"] == agent
        assert asked.headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize(
    ("contact", "name"),
    [
        ("", "bodojaryo/0.1.0"),
        ("mailto:a@b.example", "bodojaryo/0.1.0 (+mailto:a@b.example)"),
        ("뉴스팀", "bodojaryo/0.1.0"),
        ("뉴스팀 desk@b.example", "bodojaryo/0.1.0 (+desk@b.example)"),
        ("x\r\nX-Evil: 1 (y)", "bodojaryo/0.1.0 (+x X-Evil: 1 y)"),
    ],
)
def test_contact_cannot_break_the_header(contact, name):
    assert user_agent(contact) == name


def test_file_is_handed_on_whatever_it_is(site):
    """Whether it is a document is for those to say who read documents."""
    fetcher, _ = site({"/d?fileId=1": html("no end tag")})
    file = fetcher.file("/d?fileId=1")
    assert (file.url, file.body) == (f"{SITE}/d?fileId=1", b"no end tag")
    assert file.fetched_at.utcoffset() == timedelta(hours=9)


def test_empty_file_is_a_file(site):
    fetcher, _ = site({"/d": html("", content_type="application/x-download")})
    assert fetcher.file("/d").body == b""


@pytest.mark.parametrize("path", ["a", "", "//", "http://evil.test/", "@evil.test/"])
def test_path_cannot_lead_to_another_host(site, path):
    """Paths come from pages, and pages can hold anything."""
    fetcher, played = site({f"{SITE}//": html()})
    if path == "//":
        assert get(fetcher, path).url == f"{SITE}//"
    else:
        with pytest.raises(FetchError, match="not a path"):
            get(fetcher, path)
    assert {request.url.host for request in played.asked} <= {"news.test"}


def test_path_with_control_characters_is_refused_in_one_line(site):
    fetcher, played = site({})
    with pytest.raises(FetchError, match="not a usable address") as caught:
        get(fetcher, "/a\r\nHost: evil.test")
    assert "\n" not in str(caught.value)
    assert played.asked == []


def test_requests_counts_all_that_were_sent(site):
    fetcher, _ = site({"/a": [status(500), html()]})
    assert fetcher.requests == 0
    get(fetcher)
    assert fetcher.requests == 3  # robots.txt, the failure, the page


def test_leaving_closes_the_connections(site):
    fetcher, played = site({})
    with fetcher:
        pass
    assert played.closed


def test_cookies_are_not_kept(site):
    fetcher, played = site({"/a": html(set_cookie="JSESSIONID=1; Path=/")})
    get(fetcher)
    get(fetcher)
    assert all("cookie" not in request.headers for request in played.asked)


def test_keys_and_passwords_are_in_no_message(site):
    address = "https://user:secret@news.test/a?serviceKey=secret&x=1"
    fetcher, _ = site({address: status(400)}, "https://user:secret@news.test")
    with pytest.raises(FetchError) as caught:
        get(fetcher, "/a?serviceKey=secret&x=1")
    assert caught.value.url == "https://news.test/a?serviceKey=...&x=1"
    assert "secret" not in str(caught.value)


# --- robots.txt -----------------------------------------------------------------------


def test_robots_is_asked_first_and_once(site):
    fetcher, played = site({"/a": html()})
    get(fetcher)
    get(fetcher)
    assert played.paths == ["/robots.txt", "/a", "/a"]


def test_robots_is_read_again_after_a_day(site, time):
    fetcher, played = site({"/a": html()})
    get(fetcher)
    time.seconds += 86_401
    get(fetcher)
    assert played.paths == ["/robots.txt", "/a"] * 2


def test_address_robots_forbids_is_never_asked_for(site):
    rules = robots("User-agent: *\nDisallow: /secret\nAllow: /\n")
    fetcher, played = site({"/robots.txt": rules, "/a": html()})
    with pytest.raises(BlockedError, match=r"robots\.txt does not allow"):
        get(fetcher, "/secret/x")
    assert get(fetcher).text == HTML
    assert played.paths == ["/robots.txt", "/a"]


def test_rule_for_our_name_counts_before_the_one_for_all(site):
    rules = robots("User-agent: *\nDisallow:\n\nUser-agent: Bodojaryo\nDisallow: /")
    fetcher, _ = site({"/robots.txt": rules})
    with pytest.raises(BlockedError):
        get(fetcher)


def test_rule_for_another_robot_is_not_ours(site):
    rules = robots("User-agent : Googlebot\nDisallow: /\n\nUser-Agent: *\nAllow: /\n")
    fetcher, _ = site({"/robots.txt": rules, "/a": html()})
    assert get(fetcher).text == HTML


def test_name_in_our_contact_does_not_make_us_another_robot(site):
    rules = robots("User-agent: Googlebot\nDisallow: /\n")
    agent = user_agent("https://news.example/ googlebot")
    fetcher, _ = site({"/robots.txt": rules, "/a": html()}, user_agent=agent)
    assert get(fetcher).text == HTML


@pytest.mark.parametrize("code", [400, 404, 405, 410, 418])
def test_site_without_robots_allows_everything(site, code):
    fetcher, _ = site({"/robots.txt": status(code), "/a": html()})
    assert get(fetcher).text == HTML


@pytest.mark.parametrize("code", [401, 403, 451])
def test_refused_robots_means_that_we_are_refused(site, code):
    fetcher, played = site({"/robots.txt": status(code)})
    with pytest.raises(BlockedError, match=rf"refuses us \({code}\).*robots\.txt"):
        get(fetcher)
    assert played.paths == ["/robots.txt"]


@pytest.mark.parametrize("code", [500, 503, 599, 204, 206, 304])
def test_while_robots_cannot_be_had_nothing_is_fetched(site, code):
    fetcher, played = site({"/robots.txt": status(code)})
    with pytest.raises(UnavailableError, match="nothing may be fetched"):
        get(fetcher)
    sent = len(played.asked)
    with pytest.raises(UnavailableError, match="nothing may be fetched"):
        get(fetcher, "/b")
    assert len(played.asked) == sent
    assert set(played.paths) == {"/robots.txt"}


def test_robots_that_fails_once_is_read_the_second_time(site):
    fetcher, _ = site({"/robots.txt": [status(503), robots("")], "/a": html()})
    assert get(fetcher).text == HTML


def test_robots_that_is_a_page_says_nothing(site):
    page = html("<!doctype html><html>Disallow: / <p>User-agent</p></html>")
    fetcher, _ = site({"/robots.txt": page, "/a": html()})
    assert get(fetcher).text == HTML


def test_robots_counts_up_to_500_kib():
    rules = "User-agent: *\nDisallow: /a\n" + "# x\n" * 200_000 + "Disallow: /b\n"
    parsed = parse_robots(rules.encode(), "bodojaryo/0.1.0")
    assert not parsed.allows("http://h/a")
    assert parsed.allows("http://h/b")


def test_robots_with_a_byte_order_mark_and_broken_bytes_is_read():
    parsed = parse_robots(b"\xef\xbb\xbfUser-agent: *\n# \xff\nDisallow: /a", "b/1")
    assert not parsed.allows("http://h/a")


@pytest.mark.parametrize(
    ("line", "delay"),
    [
        ("Crawl-delay: 7", 7),
        ("Crawl-delay: 1", 2),  # the operator's own is longer
        ("Crawl-delay: 2.5", 2.5),
        ("Request-rate: 1/9", 9),
        ("Crawl-delay: -7", 2),
        ("Crawl-delay: nan", 2),
        ("Crawl-delay: soon", 2),
        ("", 2),
    ],
)
def test_crawl_delay_is_a_floor_for_the_delay(site, line, delay):
    rules = robots(f"User-agent: *\n{line}\nDisallow:\n")
    fetcher, played = site({"/robots.txt": rules, "/a": html()}, delay=2.0)
    get(fetcher)
    get(fetcher)
    assert played.gaps == [delay, delay]


@pytest.mark.parametrize("seconds", ["3600", "1e300"])
def test_crawl_delay_no_run_can_keep_is_a_refusal(site, seconds):
    rules = robots(f"User-agent: *\nCrawl-delay: {seconds}\n")
    fetcher, _ = site({"/robots.txt": rules})
    with pytest.raises(BlockedError, match="between two requests"):
        get(fetcher)


@pytest.mark.captures
def test_real_robots_files_are_read_without_a_hitch(captures: Path):
    import tarfile

    with tarfile.open(captures / "corpora/robots/protego_400_robots.tar.gz") as tar:
        files = [tar.extractfile(item) for item in tar.getmembers() if item.isfile()]
        bodies = [file.read() for file in files if file is not None]
    assert len(bodies) >= 400
    for body in bodies:
        rules = parse_robots(body, user_agent())
        rules.allows("https://host.test/briefing/pressReleaseList.do?pageIndex=1")
        assert rules.delay >= 0


@pytest.mark.captures
def test_real_robots_of_the_site_allows_what_we_fetch(captures: Path):
    body = (captures / "pages/www.korea.kr_robots_2026.txt").read_bytes()
    rules = parse_robots(body, user_agent())
    for path in (
        "/briefing/pressReleaseList.do",
        "/briefing/pressReleaseView.do?newsId=156000001",
        "/common/download.do?fileId=1&tblKey=GMN",
    ):
        assert rules.allows("https://www.korea.kr" + path)


# --- the delay ------------------------------------------------------------------------


def test_delay_counts_from_the_end_of_the_last_request(site, time):
    def slow(request: httpx.Request) -> httpx.Response:
        time.seconds += 5
        return html()

    fetcher, _ = site({"/a": slow}, delay=2.0)
    get(fetcher)
    time.naps.clear()
    get(fetcher)
    assert time.naps == [2.0]


def test_time_spent_elsewhere_counts_for_the_delay(site, time):
    fetcher, _ = site({"/a": html()}, delay=2.0)
    get(fetcher)
    time.naps.clear()
    time.seconds += 1.5
    get(fetcher)
    time.seconds += 99
    get(fetcher)
    assert time.naps == [0.5]


def test_delay_holds_for_failures_retries_and_redirects(site):
    plays = {"/a": [status(500), moved("/b")], "/b": status(404)}
    fetcher, played = site(plays, delay=3.0)
    with pytest.raises(MissingError):
        get(fetcher)
    assert len(played.gaps) == 3
    assert min(played.gaps) >= 3.0


def test_each_host_has_a_delay_of_its_own(site, time):
    plays = {"/a": moved("https://m.test/a"), "https://m.test/a": html()}
    fetcher, played = site(plays, hosts=("m.test",), delay=2.0)
    get(fetcher)
    assert [f"{r.url.host}{r.url.path}" for r in played.asked] == [
        "news.test/robots.txt",
        "news.test/a",
        "m.test/robots.txt",
        "m.test/a",
    ]
    assert time.naps == [2.0, 2.0]


def test_no_delay_is_no_sleep(site, time):
    fetcher, _ = site({"/a": html()}, delay=0.0)
    get(fetcher)
    get(fetcher)
    assert time.naps == []


# --- retry ----------------------------------------------------------------------------

TRANSIENT = [
    status(500),
    status(502),
    status(503),
    status(504),
    httpx.ConnectError("no"),
    httpx.ConnectTimeout("no"),
    httpx.ReadTimeout("no"),
    httpx.WriteTimeout("no"),
    httpx.ReadError("no"),
    httpx.WriteError("no"),
    httpx.RemoteProtocolError("no"),
    html("<html>half a pa"),
    html(content_length="9999"),
    html("no gzip", content_encoding="gzip"),
]


@pytest.mark.parametrize("trouble", TRANSIENT, ids=repr)
def test_trouble_that_passes_is_tried_again(site, trouble):
    fetcher, played = site({"/a": [trouble, trouble, html()]})
    assert get(fetcher).text == HTML
    assert played.paths == ["/robots.txt", "/a", "/a", "/a"]


@pytest.mark.parametrize("trouble", TRANSIENT, ids=repr)
def test_trouble_that_stays_is_given_up_with_its_reason(site, trouble):
    fetcher, played = site({"/a": trouble}, attempts=3)
    with pytest.raises(FetchError) as caught:
        get(fetcher)
    assert not isinstance(caught.value, BlockedError | OversizeError)
    assert str(caught.value).endswith(f": {SITE}/a")
    assert "\n" not in str(caught.value)
    assert played.paths == ["/robots.txt", "/a", "/a", "/a"]


def test_pauses_grow_and_are_told(site, time, caplog):
    fetcher, _ = site({"/a": status(502)}, delay=2.0, attempts=4)
    with caplog.at_level(logging.WARNING), pytest.raises(FetchError):
        get(fetcher)
    waits = time.naps[1:]  # the first is the delay after robots.txt
    for wait, least in zip(waits, (2, 4, 8), strict=True):
        assert least <= wait <= least + 1
    lines = [r.getMessage() for r in caplog.records]
    assert [line.split(" wait")[0] for line in lines] == [
        "retry attempt=1",
        "retry attempt=2",
        "retry attempt=3",
    ]
    assert all("the site answers 502" in line for line in lines)
    assert {r.levelno for r in caplog.records} == {logging.WARNING}


def test_pauses_of_two_runs_differ(site, time):
    """Many programs that fail together must not come back together."""
    fetcher, _ = site({"/a": status(502)}, attempts=10)
    with pytest.raises(FetchError):
        get(fetcher)
    extra = [wait % 1 for wait in time.naps[1:]]
    assert len(set(extra)) > 3
    assert max(time.naps) <= 60


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (401, BlockedError),
        (403, BlockedError),
        (451, BlockedError),
        (404, MissingError),
        (410, MissingError),
        (400, FetchError),
        (405, FetchError),
        (418, FetchError),
        (501, FetchError),
        (201, FetchError),
        (204, FetchError),
        (206, FetchError),
        (300, FetchError),
        (304, FetchError),
    ],
)
@pytest.mark.parametrize("what", ["page", "file"])
def test_answer_that_will_not_change_is_not_asked_for_twice(site, code, error, what):
    fetcher, played = site({"/a": status(code)})
    with pytest.raises(SourceError) as caught:
        get(fetcher) if what == "page" else fetcher.file("/a")
    assert type(caught.value) is error
    assert str(code) in str(caught.value)
    assert played.paths == ["/robots.txt", "/a"]


def test_site_that_fails_every_request_is_left_alone_for_a_while(site, time):
    """Each page of a long run would be asked for four times, an hour of it."""
    fetcher, played = site({"/a": status(500), "/b": html()}, attempts=2)
    for _ in range(4):
        with pytest.raises(FetchError) as caught:
            get(fetcher)
        assert not isinstance(caught.value, UnavailableError)
    with pytest.raises(UnavailableError):
        get(fetcher)
    sent = len(played.asked)
    with pytest.raises(UnavailableError, match="the site answers 500"):
        get(fetcher, "/b")
    assert len(played.asked) == sent
    time.seconds += 61
    assert get(fetcher, "/b").text == HTML


def test_one_answer_clears_the_record(site):
    fetcher, _ = site({"/a": status(500), "/b": html()}, attempts=1)
    for _ in range(8):
        with pytest.raises(FetchError) as caught:
            get(fetcher)
        assert not isinstance(caught.value, UnavailableError)
        get(fetcher, "/b")


def test_host_that_cannot_be_reached_is_tried_three_times_then_left(site, time):
    fetcher, played = site({"/robots.txt": httpx.ConnectError("no")}, attempts=9)
    for _ in range(20):
        with pytest.raises(UnavailableError, match=r"news\.test cannot be reached"):
            get(fetcher)
    assert len(played.asked) == 3


def test_machine_without_a_network_is_told_within_half_a_minute(site, time):
    """Packets into nowhere use up the whole time for connecting, each time."""

    def nowhere(request: httpx.Request) -> httpx.Response:
        time.seconds += 10
        raise httpx.ConnectTimeout("no")

    began = time.seconds
    fetcher, played = site({"/robots.txt": nowhere})
    for _ in range(10):
        with pytest.raises(UnavailableError):
            get(fetcher)
    assert len(played.asked) == 2
    assert time.seconds - began < 25


# --- Retry-After ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30),
        (" 30 ", 30),
        ("0", 1),
        ("000", 1),
        ("86400", 86_400),
        ("315360000", 86_400),
        ("9" * 5000, 86_400),
        ("Tue, 06 Oct 2026 00:02:00 GMT", 120),
        ("Tuesday, 06-Oct-26 00:02:00 GMT", 120),
        ("Tue Oct  6 00:02:00 2026", 120),
        ("Tue, 06 Oct 2026 09:02:00 +0900", 120),
        ("Mon, 05 Oct 2026 00:00:00 GMT", 1),
        ("Sat, 01 Jan 2050 00:00:00 GMT", 86_400),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣٠", None),
        ("Tue, 99 Oct 2026 00:02:00 GMT", None),
        ("Tue, 06 Oct 99999 00:02:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(value, seconds):
    assert retry_after(value, datetime(2026, 10, 6, tzinfo=UTC)) == seconds


@pytest.mark.parametrize("code", [429, 503])
def test_short_pause_the_site_asks_for_is_kept(site, code):
    fetcher, played = site({"/a": [status(code, retry_after="45"), html()]})
    assert get(fetcher).text == HTML
    assert played.gaps[1] == 45


def test_pause_holds_for_the_whole_host(site, time):
    """Giving up on one page does not end the pause the site asked for."""
    plays = {"/a": status(429, retry_after="100"), "/b": html()}
    fetcher, played = site(plays, attempts=1)
    with pytest.raises(FetchError):
        get(fetcher)
    get(fetcher, "/b")
    assert played.gaps[1] == 100


def test_pause_given_as_a_date_is_kept(site):
    until = "Tue, 06 Oct 2026 00:01:30 GMT"  # a minute and a half after NOW
    fetcher, played = site({"/a": [status(503, retry_after=until), html()]})
    get(fetcher)
    assert 80 < played.gaps[1] <= 90


@pytest.mark.parametrize(
    ("value", "until"),
    [("3600", "2026-10-06 10:00 KST"), ("999999999999", "2026-10-07 09:00 KST")],
)
def test_long_pause_ends_the_run_and_names_the_time(site, time, value, until):
    fetcher, played = site(
        {"/a": status(429, retry_after=value), "/b": html()}, delay=0.0
    )
    for path in ("/a", "/b"):
        with pytest.raises(UnavailableError, match=f"429 and asks .* until {until}"):
            get(fetcher, path)
    assert played.paths == ["/robots.txt", "/a"]
    assert time.naps == []


def test_pause_is_over_when_it_is_over(site, time):
    plays = {"/a": status(429, retry_after="3600"), "/b": html()}
    fetcher, _ = site(plays)
    with pytest.raises(UnavailableError):
        get(fetcher)
    time.seconds += 3600
    assert get(fetcher, "/b").text == HTML


@pytest.mark.parametrize("headers", [{}, {"retry_after": "whenever"}])
def test_429_that_names_no_pause_gets_a_minute_then_two_then_up(site, headers):
    fetcher, played = site({"/a": status(429, **headers)}, attempts=9)
    with pytest.raises(UnavailableError, match="asks us to wait until"):
        get(fetcher)
    assert played.gaps == [2.0, 60.0, 120.0]


@pytest.mark.parametrize("headers", [{}, {"retry_after": "whenever"}])
def test_503_that_names_no_pause_is_an_ordinary_trouble(site, headers):
    fetcher, played = site({"/a": [status(503, **headers), html()]})
    get(fetcher)
    assert played.gaps[1] <= 3


# --- redirects ------------------------------------------------------------------------


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("to", ["/b", "b", "//news.test/b", f"{SITE}/b#top"])
def test_redirect_within_the_site_is_followed(site, code, to):
    fetcher, _ = site({"/a": moved(to, code), "/b": html()})
    page = get(fetcher)
    assert (page.url, page.text) == (f"{SITE}/b", HTML)


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.test/b",
        "//evil.test/b",
        "https://news.test.evil.test/b",
        "https://news.test@evil.test/b",
        "https://user@news.test/b",
        "https://news.test:8443/b",
        "https://127.0.0.1/b",
        "https://[::ffff:127.0.0.1]/b",
        "https://169.254.169.254/latest/meta-data/",
        "https://2130706433/b",
        "https://0x7f.1/b",
        "https://sub.news.test/b",
        "http://news.test/b",
        "http://m.test/b",
        "file:///etc/passwd",
        "ftp://news.test/b",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://[::1",
        "https://news.test:99999/b",
        "\x00",
    ],
)
def test_redirect_elsewhere_is_refused_without_a_request(site, to):
    fetcher, played = site({"/a": moved(to)}, hosts=("m.test",))
    with pytest.raises(FetchError, match="redirect"):
        get(fetcher)
    assert played.paths == ["/robots.txt", "/a"]


@pytest.mark.parametrize("answer", [status(302), moved(""), moved("/a"), moved("a")])
def test_redirect_to_itself_is_refused(site, answer):
    fetcher, played = site({"/a": answer})
    with pytest.raises(FetchError, match="redirect to itself"):
        get(fetcher)
    assert played.paths == ["/robots.txt", "/a"]


def test_redirect_to_a_configured_host_is_followed_if_its_robots_allows(site):
    plays = {
        "/a": moved("https://m.test/a"),
        "/b": moved("https://m.test/secret"),
        "https://m.test/robots.txt": robots("User-agent: *\nDisallow: /secret"),
        "https://m.test/a": html(),
    }
    fetcher, _ = site(plays, hosts=("m.test",))
    assert get(fetcher).url == "https://m.test/a"
    with pytest.raises(BlockedError, match=r"m\.test/secret"):
        get(fetcher, "/b")


def test_configured_port_is_part_of_the_host(site):
    plays = {
        "/a": moved("https://m.test:8443/a"),
        "/b": moved("https://m.test/b"),
        "https://m.test:8443/a": html(),
    }
    fetcher, _ = site(plays, hosts=("m.test:8443",))
    assert get(fetcher).url == "https://m.test:8443/a"
    with pytest.raises(FetchError, match="another host"):
        get(fetcher, "/b")


def test_redirect_may_go_from_http_to_https(site):
    plays = {"http://news.test/a": moved(f"{SITE}/a"), "/a": html()}
    fetcher, _ = site(plays, "http://news.test")
    assert get(fetcher).url == f"{SITE}/a"


def test_five_redirects_are_followed_and_six_are_not(site):
    plays = {f"/{n}": moved(f"/{n + 1}") for n in range(9)} | {"/9": html()}
    fetcher, played = site(plays)
    assert get(fetcher, "/4").url == f"{SITE}/9"
    played.asked.clear()
    with pytest.raises(FetchError, match="more than 5 redirects"):
        get(fetcher, "/3")
    assert len(played.asked) == 6


def test_redirect_in_a_circle_ends(site):
    fetcher, played = site({"/a": moved("/b"), "/b": moved("/a")})
    with pytest.raises(FetchError, match="more than 5 redirects"):
        get(fetcher)
    assert len(played.asked) == 7


@pytest.mark.parametrize("code", [301, 302, 303])
def test_redirect_that_drops_the_form_is_an_error(site, code):
    """It would give the first page of all instead of the one that was asked for."""
    fetcher, played = site({"/a": moved("/b", code)})
    with pytest.raises(FetchError, match="drops the form"):
        fetcher.page(Request("/a", (("pageIndex", "2"),)))
    assert played.paths == ["/robots.txt", "/a"]


@pytest.mark.parametrize("code", [307, 308])
def test_redirect_that_keeps_the_form_is_followed_with_it(site, code):
    fetcher, played = site({"/a": moved("/b", code), "/b": html()})
    fetcher.page(Request("/a", (("pageIndex", "2"),)))
    assert (played.asked[-1].method, played.asked[-1].content) == (
        "POST",
        b"pageIndex=2",
    )


def test_robots_behind_a_redirect_is_read(site):
    plays = {"/robots.txt": moved("/r"), "/r": robots("User-agent: *\nDisallow: /")}
    fetcher, _ = site(plays)
    with pytest.raises(BlockedError):
        get(fetcher)


def test_robots_on_another_host_cannot_be_read(site):
    fetcher, _ = site({"/robots.txt": moved("https://evil.test/robots.txt")})
    with pytest.raises(UnavailableError, match="another host"):
        get(fetcher)


# --- size and shape -------------------------------------------------------------------


@pytest.mark.parametrize("what", ["page", "file"])
def test_body_over_the_limit_is_refused_and_not_asked_for_again(site, what):
    def endless(request: httpx.Request) -> httpx.Response:
        class Stream(httpx.SyncByteStream):
            def __iter__(self) -> Iterator[bytes]:
                while True:
                    yield b"x" * 1000

        return httpx.Response(200, stream=Stream())

    fetcher, played = site({"/a": endless}, max_page=10_000, max_file=10_000)
    with pytest.raises(OversizeError, match="larger than 10000 bytes"):
        get(fetcher) if what == "page" else fetcher.file("/a")
    assert played.paths == ["/robots.txt", "/a"]


def test_stated_length_over_the_limit_is_not_even_read(site):
    def unread(request: httpx.Request) -> httpx.Response:
        class Stream(httpx.SyncByteStream):
            def __iter__(self) -> Iterator[bytes]:
                pytest.fail("the body was read")

        headers = {"content-length": "9" * 30}
        return httpx.Response(200, headers=headers, stream=Stream())

    fetcher, _ = site({"/a": unread})
    with pytest.raises(OversizeError):
        fetcher.file("/a")


def test_page_and_file_have_limits_of_their_own(site):
    fetcher, _ = site({"/a": html()}, max_page=10)
    assert fetcher.file("/a").body == HTML.encode()
    with pytest.raises(OversizeError):
        get(fetcher)


def test_compressed_page_is_inflated(site):
    packed = httpx.Response(
        200,
        headers={"content-type": "text/html", "content-encoding": "gzip"},
        stream=httpx.ByteStream(gzip.compress(HTML.encode())),
    )
    fetcher, _ = site({"/a": packed})
    assert get(fetcher).text == HTML


def test_compressed_page_tells_how_it_was_packed(site):
    """The archive takes it like that; what came otherwise it packs itself."""
    packed = httpx.Response(
        200,
        headers={"content-type": "text/html", "content-encoding": "gzip"},
        stream=httpx.ByteStream(gzip.compress(HTML.encode(), 9)),
    )
    fetcher, _ = site({"/a": [packed, html()]})
    assert zlib.decompress(get(fetcher).packed) == HTML.encode()
    assert get(fetcher).packed == b""


def test_encoding_we_did_not_ask_for_is_refused(site):
    fetcher, played = site({"/a": html(content_encoding="br")})
    with pytest.raises(FetchError, match="not asked for"):
        get(fetcher)
    assert played.paths == ["/robots.txt", "/a"]


@pytest.mark.parametrize(
    "end", ["</html>", "</HTML>\r\n", "</html ><!-- web 3 -->", "</html>" + " " * 999]
)
def test_page_with_its_end_tag_is_whole(site, end):
    fetcher, _ = site({"/a": html(f"<html>{end}")})
    assert get(fetcher).text == f"<html>{end}"


def test_end_tag_in_utf_16_is_one_too(site):
    body = HTML.encode("utf-16")
    answer = httpx.Response(
        200, headers={"content-type": "text/html"}, stream=httpx.ByteStream(body)
    )
    fetcher, _ = site({"/a": answer})
    assert get(fetcher).text == HTML


@pytest.mark.parametrize("kind", ["text/html", "application/xhtml+xml", ""])
@pytest.mark.parametrize("text", ["", "<html>", "<html></html>" + "x" * 5000])
def test_page_without_an_end_is_half_a_page(site, kind, text):
    """Where no length is stated, a connection that breaks looks like an end."""
    fetcher, _ = site({"/a": html(text, content_type=kind)}, attempts=1)
    with pytest.raises(FetchError, match="stops before its end"):
        get(fetcher)


def test_answer_that_is_no_html_needs_no_end_tag(site):
    fetcher, _ = site({"/a": html("<x/>", content_type="text/xml; charset=utf-8")})
    assert get(fetcher).text == "<x/>"


def test_text_that_cannot_be_read_is_refused_not_guessed(site):
    body = HTML.encode().replace("정".encode(), b"\xff\xff")
    answer = httpx.Response(
        200, headers={"content-type": "text/html"}, stream=httpx.ByteStream(body)
    )
    fetcher, played = site({"/a": answer})
    with pytest.raises(FetchError, match="no charset"):
        get(fetcher)
    assert played.paths == ["/robots.txt", "/a"]


# --- in plain words -------------------------------------------------------------------


def test_failure_nobody_knows_is_told_as_it_is():
    assert explain(ValueError("Odd_thing"), "h") == "h cannot be reached (odd thing)"
