"""Sixty days of a newsroom and its site, in minutes: one clock, naps that cost nothing.

    python -m tests.sixty_days

The daemon is the real one, with its timetable, its runs, git and alarms; only the clock
is ours, and whoever sleeps lets it go on. What happens to the site is a story with a
seed (``tests.sixty_story``); what must be true at the end is told by what the site was
made of (``tests.sixty_truth``), never by what we read from it.
"""

import heapq
import json
import queue
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import apscheduler.schedulers.base
import pytest

import scraper.schedule
from scraper.cli import build, daemon
from scraper.cli.attempt import Done
from scraper.cli.daemon import Daemon, slots_of
from scraper.cli.site_clock import SiteClock
from scraper.cli.systemd import Notifier
from scraper.cli.tally import Tally
from scraper.config import load_config
from scraper.fetch import Fetcher
from tests.newsroom import Newsroom
from tests.replica import Site
from tests.replica.server import Server

KEY, HOOK_URL = "SIXTY_KEY", "SIXTY_HOOK_URL"

SETTINGS = """\
contact: https://example.invalid/test
site: {{base_url: '{site}'}}
sources: [press_release, policy_news, open_api]
open_api: {{base_url: '{api}', key_env: {key}}}
schedule: {{default: '{when}'}}
alarms: {{to: [webhook], webhook: {{url_env: {hook}}}}}
"""


class Clock:
    """The time of everybody; it goes on when somebody sleeps."""

    def __init__(self, start: datetime) -> None:
        self._start = self._now = start
        self._to_come: list[tuple[datetime, int, Callable[[], object]]] = []
        self._number = 0
        #: Hears every new time.
        self.heard: Callable[[datetime], object] = lambda _: None

    def now(self) -> datetime:
        return self._now

    def seconds(self) -> float:
        return (self._now - self._start).total_seconds()

    def at(self, when: datetime, what: Callable[[], object]) -> None:
        """Let something happen at a time."""
        self._number += 1
        heapq.heappush(self._to_come, (when, self._number, what))

    def sleep(self, seconds: float) -> None:
        until = self._now + timedelta(seconds=max(seconds, 0.0))
        while self._to_come and self._to_come[0][0] <= until:
            when, _, what = heapq.heappop(self._to_come)
            self._set(max(when, self._now))
            what()
        self._set(until)

    def _set(self, now: datetime) -> None:
        self._now = now
        self.heard(now)


def _moments(clock: Clock) -> type[datetime]:
    """Return a ``datetime`` whose present is the clock's."""

    class Moment(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return clock.now().astimezone(tz)

    return Moment


@contextmanager
def living_by(clock: Clock) -> Iterator[None]:
    """Let the program live by the clock: its schedule, its runs, its pauses."""
    signals = (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(number) for number in signals]
    with pytest.MonkeyPatch.context() as patch:
        moments = _moments(clock)
        for module in (apscheduler.schedulers.base, scraper.schedule, daemon):
            patch.setattr(module, "datetime", moments)
        patch.setattr(daemon, "uptime", clock.seconds)
        patch.setattr(daemon, "LOOK_EVERY", 3_600.0)  # nobody sets this clock
        patch.setattr(build, "clock", lambda: clock.now)
        knobs: Any = Fetcher.__init__.__kwdefaults__  # type: ignore[misc]
        patch.setitem(knobs, "clock", clock.seconds)
        patch.setitem(knobs, "sleep", clock.sleep)
        try:
            yield
        finally:
            for number, handler in zip(signals, before, strict=True):
                signal.signal(number, handler)


class Naps(queue.SimpleQueue[str]):
    """What a daemon waits at; nobody ever calls, and time passes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def get(self, block: bool = True, timeout: float | None = None) -> str:
        assert timeout is not None
        self._clock.sleep(max(timeout, 0.001))
        raise queue.Empty


# --- who is told ----------------------------------------------------------------------


class Hook(ThreadingHTTPServer):
    """Where alarms are told; it notes when."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.clock = clock
        self.told: list[tuple[datetime, str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.told.append((self.server.clock.now(), said["event"], said["cause"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def _serving(server: Any) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- the room -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of the daemon."""

    at: datetime
    names: tuple[str, ...]
    code: int
    counts: Counter[str]


class Diary(Tally):
    """A tally that remembers each run."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.ran: list[Ran] = []

    def add(self, done: Done) -> None:
        super().add(done)
        counts: Counter[str] = Counter()
        if done.report:
            counts.update(done.report.counts())
            counts.update(done.report.rechecked)
        self.ran.append(Ran(self._clock.now(), done.names, done.code, counts))


@dataclass(slots=True)
class Days:
    """A site, the newsroom that republishes it, and what went on."""

    site: Site
    clock: Clock
    room: Newsroom
    hook: Hook
    ran: list[Ran] = field(default_factory=list)
    #: CPU and wall seconds of all of it.
    cost: tuple[float, float] = (0.0, 0.0)
    is_down: bool = True
    _port: int = 0
    _open: ExitStack = field(default_factory=ExitStack)

    def up(self) -> None:
        """Let the site answer."""
        server = Server(self.site, self._port)
        self._port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        self._open.callback(thread.join)
        self._open.callback(server.close)
        self.is_down = False

    def down(self) -> None:
        """Let nobody answer at the site's address."""
        self._open.close()
        self.is_down = True

    def live(self, when: str, until: datetime) -> None:
        """Let the daemon run, at ``when`` of its schedule, until a time."""
        config = self.room.config
        api = self.site.base_url.replace("127.0.0.1", "localhost")
        config.write_text(
            SETTINGS.format(
                site=self.site.base_url, api=api, key=KEY, hook=HOOK_URL, when=when
            ),
            "utf-8",
        )
        began = time.process_time(), time.monotonic()
        diary = Diary(self.clock)
        with living_by(self.clock), pytest.MonkeyPatch.context() as patch:
            patch.setenv(KEY, self.site.api.key)
            patch.setenv(HOOK_URL, self.hook.url)
            loaded = load_config(
                config, {KEY: self.site.api.key, HOOK_URL: self.hook.url}
            )
            running = Daemon(config, (), loaded, Notifier({}))
            running.clock = SiteClock(self.clock.now)
            running.events = Naps(self.clock)
            running.tally = diary
            running.timetable.plan(*slots_of(loaded))
            while self.clock.now() < until:
                running.turn()
        self.ran = diary.ran
        self.cost = (time.process_time() - began[0], time.monotonic() - began[1])


@contextmanager
def days(site: Site, start: datetime, folder: Path) -> Iterator[Days]:
    """Put a site and a newsroom together; nothing has happened yet."""
    clock = Clock(start)

    def tell_site(now: datetime) -> None:
        site.now = now

    clock.heard = tell_site
    tell_site(start)
    with Hook(clock) as hook, _serving(hook):
        made = Days(site, clock, Newsroom(folder, "http://127.0.0.1:1"), hook)
        made.up()
        try:
            yield made
        finally:
            made.down()


if __name__ == "__main__":
    from tests.sixty_truth import main

    main()
