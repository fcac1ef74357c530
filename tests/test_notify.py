"""Channels tell what happened, and nothing in the evidence acts or leaks."""

import json
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from scraper.alarm import Alarm, Notice
from scraper.alarm_book import AlarmBook
from scraper.alarms import Assessment
from scraper.errors import ConfigError
from scraper.model import KST
from scraper.notify import NotifyError, beat, deliver
from scraper.notify.github import Issues
from scraper.notify.log import Log
from scraper.notify.mail import Mail, MailServer
from scraper.notify.webhook import Kind, Ping, Webhook
from scraper.notify.words import for_issue, mark, plain
from tests.git_server import make_tls

NOW = datetime(2026, 11, 24, 12, tzinfo=KST)
CANARY = "T0KEN-canary-8f2e"
HOOK = f"https://hooks.example.invalid/services/{CANARY}"
NASTY = (
    "layout of @everyone <!channel> <@U123> *bold* [link](https://evil.example) "
    "```code``` \u202eabc\nSubject: forged\r\n.\r\n@octocat #1 <b>x</b>"
)


def notice(
    what: Any = "opened", evidence: str = "no rows", code: str = "layout"
) -> Notice:
    until = NOW + timedelta(hours=2) if what == "closed" else None
    return Notice(what, Alarm(f"{code}:press_release", evidence), NOW, until)


class Server:
    """Answers as told, and keeps what was asked."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.asked: list[httpx.Request] = []
        self._answer = answer
        self.transport = httpx.MockTransport(self._take)

    def _take(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self._answer(request)

    def body(self, at: int = -1) -> Any:
        return json.loads(self.asked[at].content)


def ok(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={})


# --- words --------------------------------------------------------------------------


def test_a_notice_says_cause_evidence_remedy_and_time() -> None:
    opened = plain(notice())
    assert opened.startswith("ALARM layout:press_release\nseen: no rows\ndo: look at")
    assert opened.endswith("since 2026-11-24 12:00 KST")
    closed = plain(notice("closed"))
    assert closed.startswith("WELL AGAIN layout:press_release\n")
    assert closed.endswith("from 2026-11-24 12:00 KST to 2026-11-24 14:00 KST")


def test_evidence_is_one_line_without_controls_and_not_too_long() -> None:
    text = plain(notice(evidence=NASTY + "x" * 5_000))
    assert len(text.splitlines()) == 4
    assert "\u202e" not in text
    assert len(text) < 1_000


# --- webhooks -----------------------------------------------------------------------


def post(kind: Kind, what: Notice) -> Any:
    server = Server(ok)
    Webhook(kind, HOOK, transport=server.transport).tell(what)
    assert server.asked[0].method == "POST"
    assert str(server.asked[0].url) == HOOK
    return server.body()


def test_slack_gets_plain_text_without_mentions() -> None:
    sent = post("slack", notice(evidence=NASTY))
    assert sent["blocks"][0]["text"]["type"] == "plain_text"
    assert "<" not in sent["text"]
    assert "&lt;!channel&gt;" in sent["text"]
    assert sent["mrkdwn"] is sent["link_names"] is False


def test_discord_gets_no_markup_and_no_mentions() -> None:
    sent = post("discord", notice(evidence=NASTY))
    assert sent["allowed_mentions"] == {"parse": []}
    assert "@everyone" not in sent["content"]
    assert r"\*bold\*" in sent["content"]
    assert r"\[link\]\(" in sent["content"]
    assert "https://" not in sent["content"]
    assert len(sent["content"]) <= 2000


def test_scripts_get_plain_values() -> None:
    sent = post("json", notice("closed"))
    assert sent["event"] == "closed"
    assert (sent["cause"], sent["code"]) == ("layout:press_release", "layout")
    assert sent["since"] == "2026-11-24T12:00:00+09:00"
    assert sent["until"] == "2026-11-24T14:00:00+09:00"
    assert sent["remedy"]


@pytest.mark.parametrize("status", [302, 404, 429, 500])
def test_only_a_success_is_one(status: int) -> None:
    server = Server(lambda request: httpx.Response(status, text=CANARY))
    with pytest.raises(NotifyError, match=f"hooks.example.invalid answers {status}"):
        Webhook("json", HOOK, transport=server.transport).tell(notice())


def break_down(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError(f"cannot reach {request.url}")


def test_the_address_is_a_secret_and_never_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = (ok, break_down, lambda request: httpx.Response(500, text=CANARY))
    for answer in answers:
        server = Server(answer)
        hook = Webhook("slack", HOOK, transport=server.transport)
        ping = Ping(HOOK, transport=server.transport)
        for tell in (partial(hook.tell, notice()), ping):
            try:
                tell()
            except NotifyError:
                logging.exception("as somebody might")
    assert "hooks.example.invalid" in caplog.text
    assert CANARY not in caplog.text


@pytest.mark.parametrize(
    "url", ["http://hooks.example.invalid/x", "x", "ftp://a/b", ""]
)
def test_an_address_in_the_open_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(ConfigError, match="must hold an https:// address") as error:
        Webhook("json", url and url + CANARY)
    assert CANARY not in str(error.value)


# --- GitHub -------------------------------------------------------------------------


class Forge:
    """Issues of one repository, in memory."""

    def __init__(self) -> None:
        self.issues: list[dict[str, Any]] = []
        self.comments: list[tuple[int, str]] = []
        self.server = Server(self._answer)
        self.channel = Issues("o/r", CANARY, transport=self.server.transport)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == f"Bearer {CANARY}"
        where = request.url.path.removeprefix("/repos/o/r/issues")
        if request.method == "GET":
            at = (int(request.url.params["page"]) - 1) * 100
            found = [i for i in self.issues if i["state"] == "open"]
            return httpx.Response(200, json=found[at : at + 100])
        sent = json.loads(request.content)
        if request.method == "POST" and not where:
            number = len(self.issues) + 1
            self.issues.append({"number": number, "state": "open", **sent})
            return httpx.Response(201, json=self.issues[-1])
        number = int(where.split("/")[1])
        if where.endswith("/comments"):
            self.comments.append((number, sent["body"]))
            return httpx.Response(201, json={})
        self.issues[number - 1] |= sent
        return httpx.Response(200, json=self.issues[number - 1])


def test_one_issue_for_a_cause_updated_and_closed_when_well() -> None:
    forge = Forge()
    tell = forge.channel.tell
    tell(notice())
    tell(notice(evidence="still no rows"))
    tell(notice("lasts", evidence="for two days"))
    tell(notice(code="quota"))
    assert [issue["title"] for issue in forge.issues] == [
        "alarm: layout:press_release",
        "alarm: quota:press_release",
    ]
    assert "for two days" in forge.issues[0]["body"]
    tell(notice("closed"))
    assert [issue["state"] for issue in forge.issues] == ["closed", "open"]
    assert [number for number, _ in forge.comments] == [1]
    tell(notice("closed"))
    assert len(forge.comments) == 1, "it is closed already"
    tell(notice())
    assert len(forge.issues) == 3, "and a new one is opened when it comes back"


def test_ours_is_found_among_many_and_pull_requests_are_none() -> None:
    forge = Forge()
    body = mark("layout:press_release")
    other: dict[str, Any] = {"state": "open", "body": None}
    forge.issues = [{"number": n + 1, **other} for n in range(120)]
    forge.issues[3] |= {"pull_request": {}, "body": body}
    forge.issues[110] |= {"body": body}
    forge.channel.tell(notice())
    assert len(forge.issues) == 120
    assert "no rows" in forge.issues[110]["body"]


def test_nothing_in_an_issue_acts() -> None:
    body = for_issue(notice(evidence=NASTY + " ````"))
    head, fence, *inside, end, last = body.split("\n")
    assert head == mark("layout:press_release")
    assert (fence, end, last) == ("`````text", "`````", "")
    assert not any(line.startswith("`````") for line in inside)


def test_a_refused_token_is_not_shown() -> None:
    server = Server(lambda request: httpx.Response(401, json={"message": CANARY}))
    with pytest.raises(NotifyError, match=r"api.github.com answers 401") as error:
        Issues("o/r", CANARY, transport=server.transport).tell(notice())
    assert CANARY not in str(error.value)


@pytest.mark.parametrize("content", [b"<html>", b"{}", b"[null]", b'[{"body": 1}]'])
def test_an_answer_that_is_none_is_no_crash(content: bytes) -> None:
    server = Server(lambda request: httpx.Response(200, content=content))
    channel = Issues("o/r", CANARY, transport=server.transport)
    with suppress(NotifyError):
        channel.tell(notice("closed"))
    assert len(server.asked) == 1


# --- mail ---------------------------------------------------------------------------


class Post:
    """A mail server on loopback: enough SMTP to take a message, or refuse."""

    def __init__(self, tls: ssl.SSLContext, *, refuse: str = "") -> None:
        self.said: list[str] = []
        self.messages: list[str] = []
        self.encrypted = False
        self._tls = tls
        self._refuse = refuse
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        self._connection, _ = self._socket.accept()
        self._connection.settimeout(10)
        # The client goes away in the middle, which some tests want.
        with suppress(OSError):
            self._talk()
        self._connection.close()

    def _talk(self) -> None:
        connection = self._connection
        connection.sendall(b"220 post\r\n")
        lines = connection.makefile("rb")
        while line := lines.readline().decode():
            self.said.append(line.strip())
            word = line.split()[0].upper()
            if word == self._refuse:
                connection.sendall(f"535 no, not with {CANARY}\r\n".encode())
            elif word == "EHLO":
                more = "AUTH PLAIN" if self.encrypted else "STARTTLS"
                connection.sendall(f"250-post\r\n250 {more}\r\n".encode())
            elif word == "STARTTLS":
                connection.sendall(b"220 go\r\n")
                lines.close()
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._connection = connection
                lines = connection.makefile("rb")
                self.encrypted = True
            elif word == "DATA":
                connection.sendall(b"354 go\r\n")
                body = b""
                while not body.endswith(b"\r\n.\r\n"):
                    body += lines.readline()
                self.messages.append(body.decode())
                connection.sendall(b"250 taken\r\n")
            elif word == "AUTH":
                connection.sendall(b"235 welcome\r\n")
            elif word == "QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            else:
                connection.sendall(b"250 ok\r\n")


@contextmanager
def post_office(folder: Path, **how: Any) -> Iterator[tuple[Post, Mail]]:
    tls, certificate = make_tls(folder)
    trusted = ssl.create_default_context(cafile=certificate)
    office = Post(tls, **how)
    server = MailServer("127.0.0.1", office.port, "starttls", "desk", CANARY)
    try:
        yield office, Mail(server, "bot@x.example", ["a@x.example"], trusted=trusted)
    finally:
        office.close()


def test_mail_goes_by_starttls_and_logs_in_after_it(tmp_path: Path) -> None:
    with post_office(tmp_path / "tls") as (office, mail):
        mail.tell(notice(evidence=NASTY))
    assert office.encrypted
    words = [line.split()[0].upper() for line in office.said]
    assert words.index("STARTTLS") < words.index("AUTH") < words.index("MAIL")
    (message,) = office.messages
    assert message.count("\r\nSubject:") + message.startswith("Subject:") == 1
    assert "[bodojaryo] ALARM layout:press_release" in message
    assert "Auto-Submitted: auto-generated" in message


def test_a_certificate_nobody_vouches_for_gets_no_password(tmp_path: Path) -> None:
    tls, _ = make_tls(tmp_path / "tls")
    office = Post(tls)
    server = MailServer("127.0.0.1", office.port, "starttls", "desk", CANARY)
    with pytest.raises(NotifyError, match="SSLCertVerificationError"):
        Mail(server, "bot@x.example", ["a@x.example"]).tell(notice())
    office.close()
    assert not any("AUTH" in line for line in office.said)


def test_a_server_without_tls_gets_no_password(tmp_path: Path) -> None:
    with (
        post_office(tmp_path / "tls", refuse="STARTTLS") as (office, mail),
        pytest.raises(NotifyError),
    ):
        mail.tell(notice())
    assert not any("AUTH" in line for line in office.said)


def test_a_password_that_is_refused_is_not_shown(tmp_path: Path) -> None:
    with (
        post_office(tmp_path / "tls", refuse="AUTH") as (_, mail),
        pytest.raises(NotifyError, match="takes no mail") as error,
    ):
        mail.tell(notice())
    assert "535" in str(error.value)
    assert CANARY not in str(error.value)
    assert CANARY not in repr(MailServer("h", 1, "tls", "u", CANARY))


def test_no_mail_server_is_a_failure_of_the_channel() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(NotifyError, match="takes no mail"):
        Mail(MailServer("127.0.0.1", port, "tls"), "a@b.example", ["c@d.example"]).tell(
            notice()
        )


# --- all of them --------------------------------------------------------------------


class Ear:
    def __init__(self, name: str, *, deaf: bool = False) -> None:
        self.name, self.deaf = name, deaf
        self.heard: list[str] = []

    def tell(self, notice: Notice) -> None:
        if self.deaf:
            raise NotifyError("it does not answer")
        self.heard.append(f"{notice.what} {notice.alarm.cause}")


def test_one_that_fails_is_logged_and_tried_again_and_stops_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bad = Assessment({"layout:x": Alarm("layout:x", "no rows")}, frozenset())
    deaf, good = Ear("mail", deaf=True), Ear("webhook")
    with AlarmBook(None, "news") as book:
        book.enter(bad, NOW)
        assert deliver(book, [deaf, good], NOW) == 1
        assert "channel=mail error=it does not answer" in caplog.text
        deaf.deaf = False
        assert deliver(book, [deaf, good], NOW + timedelta(hours=1)) == 0
    assert deaf.heard == good.heard == ["opened layout:x"]


def test_a_ping_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    beat(Ping(HOOK, transport=Server(break_down).transport))
    assert "channel=ping" in caplog.text
    assert CANARY not in caplog.text


def test_the_log_has_a_line_for_each(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for what in ("opened", "lasts", "closed"):
        Log().tell(notice(what))
    levels = [record.levelname for record in caplog.records]
    assert levels == ["ERROR", "ERROR", "INFO"]
    assert "alarm opened cause=layout:press_release evidence=no rows" in caplog.text
