"""Fetcher against a server that breaks the rules of HTTP, byte by byte, on loopback."""

import socket
import ssl
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpcore
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import (
    BlockedError,
    FetchError,
    MissingError,
    OversizeError,
    SourceError,
    UnavailableError,
)
from scraper.fetch import Fetcher, FetchPolicy, connection
from scraper.fetch.exchange import Limits, Wire
from scraper.model import Request
from tests.fault_server import (
    PAGE,
    FaultServer,
    answer,
    chunked,
    drip,
    endless,
    kept,
    reset,
    zipped,
)

CERTIFICATES = Path(__file__).parent / "data" / "tls"
MIB = 1024 * 1024

#: Every address that any socket was told to connect to; hooks cannot be taken out.
CONNECTED: list[object] = []


def _note_connect(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.connect":
        CONNECTED.append(args[1])


sys.addaudithook(_note_connect)


class Time:
    """A clock that moves by being slept on and, by ``tick``, by being read."""

    def __init__(self, tick: float = 0.0) -> None:
        self.seconds = 1000.0
        self.tick = tick
        self.naps: list[float] = []

    def clock(self) -> float:
        self.seconds += self.tick
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.seconds += seconds


def fetcher(
    where: FaultServer | str, time: Time | None = None, **policy: object
) -> Fetcher:
    url = where if isinstance(where, str) else where.url
    time = time or Time()
    settings = {"delay": 0.0, "attempts": 2} | policy
    return Fetcher(
        FetchPolicy(url, **settings),  # type: ignore[arg-type]
        clock=time.clock,
        sleep=time.sleep,
    )


def get(one: Fetcher, what: str) -> bytes:
    """Fetch the page or the file ``/a``."""
    if what == "page":
        return one.page(Request("/a")).body
    return one.file("/a").body


both = pytest.mark.parametrize("what", ["page", "file"])


# --- answers that are well ------------------------------------------------------------


@both
@pytest.mark.parametrize(
    "script",
    [
        answer(),
        answer(length=None),
        answer(headers="Connection: close"),
        kept(answer()),
        kept(chunked(PAGE[:7], PAGE[7:])),
        chunked(PAGE, end=b"0\r\nExpires: never\r\n\r\n"),
        zipped(),
        zipped(headers="Connection: close"),
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: <x>\r\n\r\n"
        + answer(),
        b"HTTP/1.0 200 OK\r\n\r\n" + PAGE,
        answer(headers="X-Broken: \xff\xfe"),
    ],
)
def test_whole_answer_comes_through(what, script):
    with FaultServer(script) as server, fetcher(server) as one:
        assert get(one, what) == PAGE
        assert one.requests == 2


def test_connection_is_used_again():
    with FaultServer(kept(answer())) as server, fetcher(server) as one:
        for _ in range(3):
            get(one, "page")
        assert [asked.connection for asked in server.asked] == [0, 0, 0, 0]


def test_connection_the_server_closed_is_replaced():
    """Servers close idle connections; that is no failure and costs no attempt."""
    with FaultServer(answer()) as server, fetcher(server, attempts=1) as one:
        for _ in range(3):
            get(one, "page")
            assert server.closed.acquire(timeout=5)
        assert [asked.connection for asked in server.asked] == [0, 0, 1, 2]


# --- answers that are cut or broken ---------------------------------------------------

BROKEN = {
    "fewer bytes than stated": answer(length=len(PAGE) + 1),
    "chunks without an end": chunked(PAGE, end=b""),
    "chunk that is cut": chunked(PAGE, end=b"ff\r\nabc"),
    "chunk size that is no number": chunked(PAGE, end=b"zz\r\n"),
    "gzip that is cut": zipped(cut=1),
    "gzip that is cut early": zipped(cut=20),
    "gzip that is none": answer(headers="Content-Encoding: gzip"),
    "nothing at all": b"",
    "half a status line": b"HTTP/1.1 2",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Type: te",
    "no status line": b"<html>hello</html>",
    "status that is no number": b"HTTP/1.1 abc OK\r\n\r\n",
    "status of two digits": b"HTTP/1.1 20 OK\r\n\r\n",
    "another protocol": b"ICY 200 OK\r\n\r\n",
    "old protocol": b"\x16\x03\x01\x00\x02\x02\x0a",
    "head with a zero byte": answer(headers="X-Zero: a\0b"),
    "name with a blank": answer(headers="X Name : a"),
    "two lengths": answer(headers="Content-Length: 1"),
    "length that is no number": answer(length=None, headers="Content-Length: x"),
    "negative length": answer(length=None, headers="Content-Length: -1"),
    "length beyond numbers": answer(
        length=None, headers="Content-Length: " + "9" * 5000
    ),
    "unknown transfer encoding": answer(
        length=None, headers="Transfer-Encoding: gzip, chunked"
    ),
    "head without an end": b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 200_000,
    "head of many lines": b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 40_000,
    "interim answer only": b"HTTP/1.1 100 Continue\r\n\r\n",
    "another protocol from now on": b"HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\n",
    "reset at once": reset(),
    "reset inside the head": reset(b"HTTP/1.1 200 OK\r\n"),
    "reset inside the body": reset(answer(PAGE[:9], length=len(PAGE))),
}


@both
@pytest.mark.parametrize("name", BROKEN)
def test_broken_answer_is_tried_again_and_never_taken(what, name):
    with FaultServer(BROKEN[name], answer()) as server, fetcher(server) as one:
        assert get(one, what) == PAGE
        assert server.paths == ["/robots.txt", "/a", "/a"]


@both
@pytest.mark.parametrize("name", BROKEN)
def test_answer_that_stays_broken_is_an_error_in_one_line(what, name):
    with (
        FaultServer(BROKEN[name]) as server,
        fetcher(server) as one,
        pytest.raises(FetchError) as caught,
    ):
        get(one, what)
    assert not isinstance(caught.value, BlockedError | OversizeError)
    assert str(caught.value).endswith(f": {server.url}/a")
    assert str(caught.value).isprintable()


def test_page_cut_where_no_length_is_stated_is_noticed():
    cut = answer(PAGE[:-7], length=None)
    with FaultServer(cut, answer()) as server, fetcher(server) as one:
        assert get(one, "page") == PAGE
        assert len(server.paths) == 3


@both
@pytest.mark.parametrize(
    "lying",
    [
        kept(answer(PAGE + answer(b"<html>other</html>"), length=len(PAGE))),
        kept(chunked(PAGE) + answer(b"<html>other</html>")),
        kept(answer(length=20)),
    ],
    ids=["length", "chunks", "cut"],
)
def test_more_than_the_stated_length_is_noticed(what, lying):
    """What is left over would be taken for the answer to the next request."""
    with FaultServer(lying, answer()) as server, fetcher(server) as one:
        assert get(one, what) == PAGE
        assert get(one, what) == PAGE
        assert server.paths == ["/robots.txt", "/a", "/a", "/a"]


@pytest.mark.parametrize("well", [answer(), chunked(PAGE), answer(b"")])
def test_stray_line_end_after_an_answer_costs_the_connection_only(well):
    """Some old servers send one; no request has to be made twice for it."""
    with FaultServer(kept(well + b"\r\n")) as server, fetcher(server) as one:
        one.file("/a")
        one.file("/a")
        assert [asked.connection for asked in server.asked] == [0, 0, 1]


@both
@pytest.mark.parametrize(
    "status", ["204 No Content", "206 Partial", "304 Not Modified"]
)
def test_success_nobody_asked_for_is_none(what, status):
    script = answer(b"", status=status, headers="Content-Range: bytes 0-1/9")
    with FaultServer(script) as server, fetcher(server) as one:
        with pytest.raises(FetchError, match=status[:3]):
            get(one, what)
        assert server.paths == ["/robots.txt", "/a"]


@both
@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("403 Forbidden", BlockedError),
        ("451 x", BlockedError),
        ("404 Not Found", MissingError),
        ("999 x", FetchError),
    ],
)
def test_refusals_over_the_wire(what, status, error):
    with FaultServer(answer(status=status)) as server, fetcher(server) as one:
        with pytest.raises(error):
            get(one, what)
        assert server.paths == ["/robots.txt", "/a"]


@both
def test_pause_over_the_wire(what):
    busy = answer(status="503 Busy", headers="Retry-After: 33")
    time = Time()
    with FaultServer(busy, answer()) as server, fetcher(server, time) as one:
        assert get(one, what) == PAGE
    assert time.naps == [33.0]


# --- answers without an end -----------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

DRIPS = {
    "status line": drip(b"H"),
    "header": drip(b"x", first=HEAD + b"X-Slow: "),
    "body of a stated length": drip(b"x", first=answer(b"", length=10**6)),
    "body of no stated length": drip(b"x", first=HEAD + b"\r\n"),
    "size of a chunk": drip(b"0", first=CHUNKED),
    "extension of a chunk": drip(b"x", first=CHUNKED + b"1;"),
    "trailer": drip(b"x", first=CHUNKED + b"0\r\nX-Slow: "),
    "interim answers": drip(b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@both
@pytest.mark.parametrize("where", DRIPS)
def test_drip_ends_at_the_deadline(what, where):
    """Each byte comes in time; a limit for each read alone would wait for ever.

    The clock moves a second each time it is read, so no real time passes.
    """
    time = Time(tick=1.0)
    with (
        FaultServer(DRIPS[where]) as server,
        fetcher(server, time, attempts=1, deadline=40.0) as one,
        pytest.raises(FetchError, match="no whole answer within 40 s"),
    ):
        get(one, what)


@both
def test_silence_ends_at_the_deadline(what):
    """Real time here: the system's own wait must end."""

    def silent(server: FaultServer, connection: socket.socket) -> bool:
        server.stopping.wait()
        return False

    with (
        FaultServer(silent) as server,
        fetcher(server, attempts=1, deadline=0.2) as one,
        pytest.raises(FetchError, match=r"within 0\.2 s"),
    ):
        get(one, what)


def test_drip_of_robots_ends_too():
    time = Time(tick=1.0)
    with (
        FaultServer(robots=drip(b"x", first=HEAD + b"\r\n")) as server,
        fetcher(server, time, attempts=1, deadline=40.0) as one,
        pytest.raises(UnavailableError, match="nothing may be fetched"),
    ):
        get(one, "page")


@both
@pytest.mark.parametrize(
    "first", [HEAD + b"\r\n", CHUNKED, answer(b"", length=10**9)], ids=str
)
def test_endless_body_is_left_at_the_limit(what, first):
    data = b"10000\r\n" + b"x" * 65536 + b"\r\n" if first is CHUNKED else b"x" * 65536
    limits = {"max_page": MIB, "max_file": MIB}
    with FaultServer(endless(data, first=first)) as server:
        tracemalloc.start()
        try:
            with fetcher(server, **limits) as one, pytest.raises(OversizeError):
                get(one, what)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert server.paths == ["/robots.txt", "/a"]
    assert peak < 6 * MIB


@both
def test_storm_of_interim_answers_ends(what):
    """They come before any answer, so no limit for bodies holds for them."""
    storm = endless(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
    with (
        FaultServer(storm) as server,
        fetcher(server, attempts=1) as one,
        pytest.raises(FetchError, match="head of the answer has no end"),
    ):
        get(one, what)


@both
def test_bomb_over_the_wire_stays_small(what):
    bomb = zipped(b"\0" * (32 * MIB))
    assert len(bomb) < MIB // 16
    with FaultServer(bomb) as server:
        tracemalloc.start()
        try:
            with fetcher(server) as one, pytest.raises(OversizeError, match="inflates"):
                get(one, what)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 10 * MIB
    assert server.paths == ["/robots.txt", "/a"]


# --- connecting -----------------------------------------------------------------------


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_refused_connection_names_the_host(closed_port):
    time = Time()
    with fetcher(f"http://127.0.0.1:{closed_port}", time, attempts=9) as one:
        with pytest.raises(UnavailableError, match=r"127\.0\.0\.1 refuses") as caught:
            get(one, "page")
        assert one.requests == 3
    assert caught.value.url.endswith("/robots.txt")
    assert sum(time.naps) < 10


def test_site_that_goes_away_is_told_from_a_page_that_fails(closed_port):
    with FaultServer(answer(headers="Connection: close")) as server:
        one = fetcher(server)
        get(one, "page")
    with one, pytest.raises(UnavailableError, match="refuses"):
        get(one, "page")


def test_name_nobody_knows_is_told_in_plain_words(monkeypatch):
    def unknown(*args: object, **more: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with (
        fetcher("http://news.invalid") as one,
        pytest.raises(UnavailableError) as caught,
    ):
        get(one, "page")
    assert str(caught.value) == (
        "the name news.invalid cannot be looked up (name or service not known): "
        "http://news.invalid/robots.txt"
    )


def test_name_server_that_never_answers_does_not_hold_us(monkeypatch):
    """The system's look-up knows no time limit and can take minutes."""
    import threading

    released = threading.Event()

    def slow(*args: object, **more: object) -> list[object]:
        released.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with (
        fetcher("http://news.invalid", connect_timeout=0.05) as one,
        pytest.raises(UnavailableError, match="no name server answers"),
    ):
        get(one, "page")
    released.set()


def test_second_address_is_tried_when_the_first_is_dead(monkeypatch, closed_port):
    with FaultServer() as server:
        real = socket.getaddrinfo

        def two(host: str, *args: object, **more: object) -> list[object]:
            if host != "two.test":
                return real(host, *args, **more)  # type: ignore[arg-type,return-value]
            return [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, server.port))
                for ip in ("127.0.0.2", "127.0.0.1")
            ]

        monkeypatch.setattr(socket, "getaddrinfo", two)
        with fetcher(f"http://two.test:{server.port}") as one:
            assert get(one, "page") == PAGE


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (ConnectionResetError(), "h resets the connection"),
        (TimeoutError(), "h does not answer"),
        (OSError(101, "Network is unreachable"), "there is no route to h"),
        (OSError(113, "No route to host"), "there is no route to h"),
        (UnicodeError("label too long"), "h is no name of a host"),
        (OSError(99, "Odd"), "h cannot be reached ([errno 99] odd)"),
    ],
)
def test_causes_are_told_in_plain_words(monkeypatch, cause, words):
    def fail(*args: object) -> list[object]:
        raise cause

    monkeypatch.setattr(connection, "_look_up", fail)
    with fetcher("http://h") as one, pytest.raises(UnavailableError) as caught:
        get(one, "page")
    assert caught.value.reason == words


def test_environment_cannot_send_us_elsewhere(monkeypatch):
    with FaultServer() as proxy, FaultServer() as server:
        for name in (
            "http_proxy",
            "HTTP_PROXY",
            "https_proxy",
            "all_proxy",
            "ALL_PROXY",
        ):
            monkeypatch.setenv(name, proxy.url)
        with fetcher(server) as one:
            assert get(one, "page") == PAGE
        assert proxy.asked == []


@both
@pytest.mark.parametrize(
    "to",
    [
        "http://[::ffff:127.0.0.1]:{port}/b",
        "http://localhost:{port}/b",
        "http://127.1:{port}/b",
        "http://2130706433:{port}/b",
        "http://0x7f000001:{port}/b",
        "http://127.0.0.1:{other}/b",
        "http://127.0.0.1@127.0.0.2:{port}/b",
        "//127.0.0.2:{port}/b",
        "http://169.254.169.254/",
        "http://100.64.0.1/",
        "http://[fe80::1]/",
        "file:///etc/hostname",
    ],
)
def test_redirect_elsewhere_opens_no_connection(what, to, closed_port):
    """Even to the very same server by another name."""
    with FaultServer() as server:
        place = to.format(port=server.port, other=closed_port)
        server._scripts = [answer(status="302 Found", headers=f"Location: {place}")]
        CONNECTED.clear()
        with fetcher(server) as one, pytest.raises(FetchError, match="redirect"):
            get(one, what)
    assert set(CONNECTED) == {("127.0.0.1", server.port)}


def test_circle_of_redirects_ends_over_the_wire():
    there, back = (
        answer(b"", status="302 Found", headers=f"Location: {path}")
        for path in ("/b", "/a")
    )
    scripts = [there, back] * 3
    with FaultServer(*scripts) as server, fetcher(server) as one:
        with pytest.raises(FetchError, match="more than 5 redirects"):
            get(one, "page")
        assert server.paths == ["/robots.txt", *["/a", "/b"] * 3]


# --- TLS ------------------------------------------------------------------------------


@pytest.fixture
def secure() -> Iterator[Callable[..., FaultServer]]:
    """Return a function of a certificate's name that gives a server with it."""
    running: list[FaultServer] = []

    def start(name: str) -> FaultServer:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / f"{name}.pem")
        server = FaultServer(tls=context)
        running.append(server.__enter__())
        return server

    yield start
    for server in running:
        server.__exit__()


def test_certificate_of_a_configured_authority_is_trusted(secure):
    server = secure("localhost")
    ca_file = str(CERTIFICATES / "localhost.pem")
    with fetcher(f"https://localhost:{server.port}", ca_file=ca_file) as one:
        assert get(one, "page") == PAGE


@pytest.mark.parametrize(
    ("certificate", "host", "words"),
    [
        ("localhost", "localhost", "self-signed"),
        ("localhost trusted", "127.0.0.1", "IP address mismatch"),
        ("expired trusted", "localhost", "expired"),
    ],
)
def test_certificate_that_is_not_valid_ends_it_at_once(
    secure, certificate, host, words
):
    """Not another attempt, and never without the check."""
    name, _, trusted = certificate.partition(" ")
    server = secure(name)
    ca_file = str(CERTIFICATES / f"{name}.pem") if trusted else ""
    with fetcher(f"https://{host}:{server.port}", ca_file=ca_file) as one:
        for _ in range(2):
            with pytest.raises(
                UnavailableError, match=r"certificate of .* not valid"
            ) as e:
                get(one, "page")
            assert words.lower() in e.value.reason.lower()
        assert one.requests == 1
    assert server.asked == []


class Deaf(FaultServer):
    """Sends its first script at once, without listening."""

    def _serve(self, connection: socket.socket, number: int) -> None:
        script = self._scripts[0]
        assert not isinstance(script, bytes)
        with connection, suppress(OSError):  # the client may reset it at any time
            script(self, connection)
            connection.recv(1)


def test_server_that_does_not_speak_tls_ends_it_at_once():
    with (
        Deaf(kept(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server,
        fetcher(f"https://127.0.0.1:{server.port}") as one,
    ):
        with pytest.raises(UnavailableError, match="no secure connection"):
            get(one, "page")
        assert one.requests == 1


def hang_up(server: FaultServer, connection: socket.socket) -> bool:
    connection.recv(65536)
    connection.shutdown(socket.SHUT_RDWR)
    return False


@pytest.mark.parametrize("script", [reset(), hang_up], ids=["reset", "hung up"])
def test_handshake_that_is_cut_off_is_tried_again(script):
    """The site does so at times with addresses of clouds; it may pass."""
    with (
        Deaf(script) as server,
        fetcher(f"https://127.0.0.1:{server.port}") as one,
    ):
        with pytest.raises(UnavailableError, match=r"127\.0\.0\.1"):
            get(one, "page")
        assert one.requests == 2


# --- anything -------------------------------------------------------------------------

GOOD = [answer(), chunked(PAGE[:9], PAGE[9:]), zipped(), answer(length=None)]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(GOOD), st.integers(0, 400), st.binary(max_size=6), st.booleans())
def test_any_damage_gives_an_answer_or_an_error_we_know(good, at, damage, replaces):
    """No odd byte anywhere may end the program."""
    at %= len(good)
    bad = good[:at] + damage + good[at + len(damage) * replaces :]
    wire = Wire(
        Limits(60.0, 10.0, 100),
        user_agent="x",
        trusted=None,
        transport=_playing(bad),
        clock=lambda: 0.0,
    )
    try:
        wire.send(httpx.URL("http://h/a"), b"", MIB)
    except SourceError as error:
        words = str(error)
    else:
        words = "whole"
    assert words.isprintable()


def _playing(data: bytes) -> httpx.BaseTransport:
    transport = httpx.HTTPTransport(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    transport._pool = httpcore.ConnectionPool(
        network_backend=httpcore.MockBackend([data, b""])
    )
    return transport
