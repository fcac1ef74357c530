"""The HTTP server: HTTP/1.1, connections kept, one thread for each."""

import contextlib
import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.replica import open_api
from tests.replica.answers import Answer, Seen
from tests.replica.effects import answer_with
from tests.replica.faults import Ask
from tests.replica.sections import BY_LISTING, BY_VIEW
from tests.replica.site import DOWNLOAD, LIST, VIEW, Site
from tests.replica.wire import send

CONTROL = "/__replica__/"


class Server(ThreadingHTTPServer):
    """Serves a site on loopback until :meth:`close`."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, site: Site, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.site = site
        self.closing = threading.Event()
        site.base_url = f"http://127.0.0.1:{self.server_address[1]}"

    def close(self) -> None:
        """Stop answering; what is being sent slowly is cut."""
        self.closing.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up; that is what many tests do."""
        with contextlib.suppress(ConnectionError, TimeoutError):
            raise
        super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if self.path.startswith(CONTROL):
            self._send(_control(self.server.site, self.path, body))
            return
        fields = parse_qsl(body.decode(), keep_blank_values=True)
        self._answer(dict(fields))

    def _answer(self, form: Mapping[str, str]) -> None:
        site = self.server.site
        if self.path.startswith(CONTROL):
            self._send(_control(site, self.path, b""))
            return
        ask = classify(self.path, form)
        agent = self.headers.get("User-Agent", "")
        seen = Seen(self.command, self.path, dict(form), time.time(), agent, ask.kind)
        site.requests.append(seen)
        if site.latency and self.server.closing.wait(site.latency):
            return
        fault = site.faults.choose(ask)
        if fault is None:
            self._send(self._versioned(site.answer(self.command, self.path, form)))
        else:
            self._send(answer_with(site, fault, self.command, self.path, form))

    def _versioned(self, answer: Answer) -> Answer:
        """Return the answer with its ETag; 304 if the client has that version."""
        site = self.server.site
        if not site.validators or self.command != "GET" or answer.status != 200:
            return answer
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") == tag:
            site.unchanged.append(self.path)
            return Answer(b"", 304, answer.content_type, {"ETag": tag})
        return replace(answer, headers={**answer.headers, "ETag": tag})

    def _send(self, answer: Answer) -> None:
        packed = "gzip" in self.headers.get("Accept-Encoding", "")
        kept = send(answer, self.connection, self.server.closing, packed)
        if not kept:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: the log is ``site.requests``."""


def classify(target: str, form: Mapping[str, str]) -> Ask:
    """Return what a plan of faults needs to know of a request."""
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    match parts.path:
        case p if p == LIST or p in BY_LISTING:
            return Ask("list", form.get("pageIndex") or "1", form.get("startDate", ""))
        case p if p == VIEW or p in BY_VIEW:
            return Ask("detail", query.get("newsId", ""))
        case p if p == DOWNLOAD:
            return Ask("download", query.get("fileId", ""))
        case "/robots.txt":
            return Ask("robots", "")
        case p if p.startswith(open_api.ROOT):
            first, last = open_api.iso_days(query)
            return Ask("api", p.rpartition("/")[2], first, last)
        case _:
            return Ask("other", parts.path)


# --- control from other processes ---------------------------------------------------


def _control(site: Site, target: str, body: bytes) -> Answer:
    """Answer ``/__replica__/…``; 400 with the reason for what makes no sense."""
    try:
        given = json.loads(body) if body else None
        result = _command(site, urlsplit(target), given)
    except (KeyError, TypeError, ValueError) as error:
        return _json({"error": repr(error)}, 400)
    return _json(result, 200)


def _command(site: Site, parts: Any, given: Any) -> object:
    query = dict(parse_qsl(parts.query))
    match parts.path.removeprefix(CONTROL):
        case "faults":
            if given is not None:
                site.faults.set(given)
            return site.faults.as_json()
        case "log":
            seen = [asdict(request) for request in site.requests]
            if given is not None:
                site.requests.clear()
            return seen
        case "now":
            if given is not None:
                now = given["now"]
                site.now = datetime.fromisoformat(now) if now else None
            return {"now": site.now and site.now.isoformat()}
        case "withdraw":
            site.withdraw(given["id"])
            return {}
        case "correct":
            site.correct(given.pop("id"), **given)
            return {}
        case "ids":
            return site.ids(date.fromisoformat(query["day"]))
        case "article_ids":
            day = date.fromisoformat(query["day"])
            return site.article_ids(query.get("section", ""), day)
        case "expected":
            if site.is_article(query["id"]):
                return asdict(site.expected_article(query["id"]))
            return asdict(site.expected(query["id"]))
        case other:
            raise KeyError(other)


def _json(value: object, status: int) -> Answer:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return Answer(text.encode(), status, content_type="application/json")
