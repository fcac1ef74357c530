"""The key of the Open API is nowhere but on the wire, whatever goes wrong.

A canary is sent as the key and then looked for, in every form, in everything a run
leaves behind or shows. The servers here send it back to us wherever they can.
"""

import base64
import io
import json
import logging
import socket
import subprocess
import sys
import time
import traceback
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest

from scraper.cli import console
from scraper.errors import ScraperError
from scraper.fetch import Fetcher, FetchPolicy
from scraper.fetch.secret import Secret, unheard
from scraper.model import KST
from scraper.sources.open_api_errors import speaks
from scraper.state import State
from scraper.windows import Budget, Windows
from tests.fault_server import FaultServer, Script
from tests.fault_server import answer as http
from tests.newsroom import NOW, Newsroom
from tests.replica import replica
from tests.test_open_api import SERVICE, answer, gateway, item

#: All the characters of a key that are written otherwise in an address.
CANARY = "C4nary+Zx/9qLm0Tr5vWd8KpB2hYs7NfGj1Ek3Ra6UoQiXw=="

Capsys = pytest.CaptureFixture[str]


def forms(key: str = CANARY) -> set[bytes]:
    """Return how the key may be written."""
    encoded = quote(key, safe="")
    packed = base64.b64encode(key.encode()).decode()
    texts = {key, encoded, encoded.lower(), quote(encoded, safe=""), key.rstrip("=")}
    texts |= {
        quote(key),
        packed,
        packed.rstrip("="),
        base64.urlsafe_b64encode(key.encode()).decode().rstrip("="),
    }
    return {text.encode() for text in texts}


def assert_clean(data: bytes, where: str) -> None:
    found = [form for form in forms() if form in data]
    assert not found, f"{where} has the key: {found}"


# --- servers that echo ------------------------------------------------------------


def echo() -> str:
    """Return the key in all its forms, as a server may send it back."""
    return " ".join(form.decode() for form in sorted(forms()))


def article(**changes: str) -> bytes:
    """Return an answer with one article that quotes the key wherever there is room."""
    text = f"<![CDATA[<p>그 열쇠는 {echo()} 이다.</p>]]>"
    address = f"https://www.korea.kr/x.do?serviceKey={quote(CANARY, safe='')}"
    fields = {"DataContents": text, "Title": f"열쇠 {CANARY}", "OriginalUrl": address}
    return answer(item(**fields | changes))


def sent_back(server: FaultServer, connection: socket.socket) -> bool:
    """Break the protocol with the address we were asked for."""
    connection.sendall(f"HTTP/1.1 {server.asked[-1].path}\r\n".encode())
    return False


def silent(server: FaultServer, connection: socket.socket) -> bool:
    server.stopping.wait(5)
    return False


def away(server: FaultServer, connection: socket.socket) -> bool:
    """Redirect to another host, with all that was asked."""
    there = f"Location: https://evil.example{server.asked[-1].path}&k={CANARY}"
    connection.sendall(http(b"", status="302 Found", headers=there))
    return False


def head(status: str, body: bytes = b"") -> bytes:
    headers = f"X-Asked: {CANARY}\nSet-Cookie: k={quote(CANARY, safe='')}"
    return http(body or echo().encode(), status=status, headers=headers)


def said(code: str) -> bytes:
    body = gateway(code).replace(b"SAID_SO", f"SAID_SO {echo()}".encode())
    return http(body, content_type="text/xml")


GATEWAY = ("01", "04", "05", "10", "12", "20", "22", "30", "31", "99")

SCENARIOS: dict[str, tuple[Script, ...]] = {
    "success": (http(article(), content_type="text/xml"),),
    "held": (http(article(KoglType=CANARY), content_type="text/xml"),),
    "unknown section": (http(article(GroupingCode=CANARY)),),
    "unreadable": (http(article(ApproveDate=CANARY, ModifyId=CANARY)),),
    "embargo": (http(article(EmbargoDate=CANARY)),),
    **{f"gateway {code}": (said(code),) for code in GATEWAY},
    **{
        f"service {code}": (http(answer(code=code).replace(b"SAID", echo().encode())),)
        for code in ("11", "97", "98")
    },
    "malformed": (http(article().replace(b"</resultMsg>", f"&{CANARY}".encode())),),
    "element": (http(article().replace(b"<body>", f"<{CANARY}><body>".encode())),),
    "dtd": (http(f"<!DOCTYPE x SYSTEM '{CANARY}'>".encode() + article()),),
    "web page": (http(f"<html><body>{echo()}</body></html>".encode()),),
    "text": (http(echo().encode()),),
    **{
        f"status {status[:3]}": (head(status),)
        for status in (
            "400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found",
            "429 Too Many Requests", "500 Internal Server Error", "502 Bad Gateway",
            "503 Service Unavailable",
        )
    },
    "redirect": (away,),
    "status line": (sent_back,),
    "header": (f"HTTP/1.1 200 OK\r\n{CANARY} \r\n\r\n".encode(),),
    "length": (http(article(), length=10_000_000),),
    "oversize": (http(article(), length=10**12),),
    "timeout": (silent,),
    "cut off": (b"",),
}  # fmt: skip


@pytest.fixture
def loud(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Collect every log line there is, of every library, at its lowest level."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    root = logging.getLogger()

    def everything() -> None:
        loggers = logging.Logger.manager.loggerDict.values()
        for logger in (root, *(x for x in loggers if isinstance(x, logging.Logger))):
            monkeypatch.setattr(logger, "level", logging.DEBUG)
            logger.manager._clear_cache()  # type: ignore[attr-defined]

    root.addHandler(handler)
    everything()
    monkeypatch.setattr(console, "log_to_stderr", everything)
    yield heard
    root.removeHandler(handler)


# --- the door ---------------------------------------------------------------------


def door(base_url: str) -> Fetcher:
    policy = FetchPolicy(base_url, delay=0, deadline=0.5, attempts=2)
    return Fetcher(policy, sleep=lambda seconds: None)


def windows(fetcher: Fetcher, state: State) -> Windows:
    now = datetime.fromisoformat(NOW)
    budget = Budget(SERVICE, state, 100, lambda: now)
    secret = Secret("serviceKey", CANARY)

    def call(path: str, sending: Callable[[], None]):  # type: ignore[no-untyped-def]
        return fetcher.call(path, secret, speaks=speaks, sending=sending)

    return Windows(SERVICE, call, budget, now=lambda: now)


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_error_and_no_log_line_has_the_key(name: str, loud: io.StringIO) -> None:
    """Not even in the values of a traceback's variables."""
    now = datetime.fromisoformat(NOW)
    today = now.astimezone(KST).date()
    shown = []
    with (
        FaultServer(*SCENARIOS[name]) as server,
        State(None, "t", now=now) as state,
        door(server.url) as fetcher,
    ):
        found = windows(fetcher, state)
        try:
            announcement = found.announce(today - timedelta(days=1))
            shown.append(repr(announcement))
            if announcement.error:
                shown.append(told(announcement.error))
        except ScraperError as error:
            shown.append(told(error))
        shown.append(repr(found._answered))
        sent = [parse_qs(urlsplit(path).query)["serviceKey"] for path in server.paths]
    assert sent
    assert all(values == [CANARY] for values in sent)
    assert_clean("\n".join(shown).encode(), "an error or a value")
    assert_clean(loud.getvalue().encode(), "a log line")


def told(error: BaseException) -> str:
    lines = traceback.TracebackException.from_exception(error, capture_locals=True)
    plain = traceback.format_exception(error)
    return f"{error}\n{error!r}\n{''.join(plain)}{''.join(lines.format())}"


def test_a_refused_connection_names_no_key(loud: io.StringIO) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    now = datetime.fromisoformat(NOW)
    with (
        State(None, "t", now=now) as state,
        door(f"http://127.0.0.1:{port}") as shut,
        pytest.raises(ScraperError) as caught,
    ):
        windows(shut, state).announce(now.date())
    assert "refuses the connection" in str(caught.value)
    assert_clean(told(caught.value).encode(), "the error")
    assert_clean(loud.getvalue().encode(), "a log line")


@pytest.mark.parametrize("given", [CANARY, quote(CANARY, safe="")])
def test_a_key_is_sent_encoded_once_however_the_portal_gave_it(given: str) -> None:
    """data.go.kr shows each key twice: as it is, and percent-encoded."""
    with FaultServer(http(answer())) as server, door(server.url) as fetcher:
        secret = Secret("serviceKey", given)
        fetcher.call("/x?a=1", secret, speaks=speaks, sending=lambda: None)
        assert server.asked[-1].path == f"/x?a=1&serviceKey={quote(CANARY, safe='')}"


def test_the_wire_is_heard_again_after_a_call(loud: io.StringIO) -> None:
    logger = logging.getLogger("httpcore.http11")
    with unheard():
        assert not logger.isEnabledFor(logging.DEBUG)
    assert logger.isEnabledFor(logging.DEBUG)


def test_a_secret_does_not_show_itself() -> None:
    assert_clean(repr(Secret("serviceKey", CANARY)).encode(), "its repr")


# --- whole runs -------------------------------------------------------------------


@pytest.mark.replica
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_run_leaves_the_key_nowhere(
    name: str,
    tmp_path: Path,
    capsys: Capsys,
    loud: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CANARY_KEY", CANARY)
    with FaultServer(*SCENARIOS[name]) as server:
        news = room(tmp_path, server.url)
        run = news.scrape("--since", "2026-11-24", "--set", "fetch.deadline=0.5",
                          "--set", "fetch.attempts=1", capsys=capsys)  # fmt: skip
        assert any(CANARY in unquote(path) for path in server.paths)
    assert run.report["releases"] or run.report["stopped_by"] or run.code == 3
    assert_clean(json.dumps(run.report, ensure_ascii=False).encode(), "the report")
    assert_clean((run.out + run.err).encode(), "the screen")
    assert_clean(loud.getvalue().encode(), "the log")
    assert_nothing_written(news)


def room(folder: Path, base_url: str) -> Newsroom:
    api = f"{{base_url: '{base_url}', key_env: CANARY_KEY}}"
    return Newsroom(folder, base_url, f"sources: [open_api]\nopen_api: {api}\n")


def assert_nothing_written(news: Newsroom) -> None:
    """Look into every file of a newsroom, packed ones unpacked."""
    files = [path for path in news.folder.rglob("*") if path.is_file()]
    assert any(path.name == "state.db" for path in files)
    for path in files:
        data = path.read_bytes()
        assert_clean(data, str(path))
        try:
            assert_clean(zlib.decompress(data), f"{path}, unpacked")
        except zlib.error:
            continue
    for place in news.folder.rglob("HEAD"):
        folder = place.parent if (place.parent / "objects").is_dir() else None
        if folder:
            command = ["git", "-C", str(folder), "cat-file", "--batch"]
            objects = subprocess.run(
                [*command, "--batch-all-objects"], check=True, capture_output=True
            )
            assert_clean(objects.stdout, f"the objects of {folder}")


@pytest.mark.replica
def test_no_process_shows_the_key(
    tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arguments of a process can be read by every user of the machine."""
    monkeypatch.setenv("CANARY_KEY", CANARY)
    noted = tmp_path / "arguments"
    note = (
        "import sys\n"
        f"out = open({str(noted)!r}, 'a')\n"
        "sys.addaudithook(lambda name, args: name == 'subprocess.Popen' and"
        " print(args[1], file=out, flush=True))\n"
    )
    with replica(articles=6, api_key=CANARY) as site:
        news = room(tmp_path / "room", site.base_url)
        running = news.start("--since", "2026-11-22", before=note)
        seen = b""
        while running.poll() is None:
            seen += arguments_of(running.pid)
            time.sleep(0.01)
        out, err = running.communicate()
    assert running.returncode == 0
    assert "fast-import" in noted.read_text("utf-8")
    assert b"--since" in seen
    assert_clean(seen + noted.read_bytes(), "an argument")
    assert_clean((out + err).encode(), "the screen")
    assert_nothing_written(news)
    shown = news.command("show", next(iter(news.posts())), capsys=capsys)
    assert_clean((shown.out + shown.err).encode(), "scrape show")


def arguments_of(pid: int) -> bytes:
    if sys.platform != "linux":
        return b"--since"
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.parametrize("place", ["open_api: {key_env: %s}", "api_key: %s"])
def test_a_key_in_the_configuration_is_refused_and_not_told(
    place: str, tmp_path: Path, capsys: Capsys
) -> None:
    news = Newsroom(tmp_path, "http://127.0.0.1:9", place % f"'{CANARY}'" + "\n")
    run = news.scrape(capsys=capsys)
    assert run.code == 78
    assert_clean((run.out + run.err).encode(), "the screen")
