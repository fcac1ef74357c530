"""What runs tell of themselves: opened once, closed when well, and never in the way."""

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from scraper.cli import exits
from tests.newsroom import NOW, Newsroom, Result, run_here
from tests.replica import Fault, replica

Capsys = pytest.CaptureFixture[str]
DAYS = "2026-11-22..2026-11-24"
LATER = "2026-11-25T13:00:00+09:00"
VARIABLE = "TEST_HOOK_URL"
ALARMS = f"alarms: {{to: [log, webhook, ping], webhook: {{url_env: {VARIABLE}}},"
ALARMS += f" ping: {{url_env: {VARIABLE}}}}}\n"


class Hook(ThreadingHTTPServer):
    """Takes notices and pings."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told: list[dict[str, Any]] = []
        self.pings = 0
        self.status = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/SECRET-PATH"

    def events(self) -> list[tuple[str, str]]:
        return [(one["event"], one["cause"]) for one in self.told]


class _Handler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.status == 200:
            self.server.told.append(json.loads(body))
        self._answer()

    def do_GET(self) -> None:
        self.server.pings += 1
        self._answer()

    def _answer(self) -> None:
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    with Hook() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        monkeypatch.setenv(VARIABLE, server.url)
        yield server
        server.shutdown()
        thread.join()


def alarms(newsroom: Newsroom, *arguments: str, capsys: Capsys) -> Result:
    return newsroom.command("alarms", *arguments, now=LATER, capsys=capsys)


def test_a_listing_that_cannot_be_read_is_told_kept_and_closed(
    tmp_path: Path, hook: Hook, capsys: Capsys, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    fault = Fault(fault="layout-change", on="list", day="2026-11-23")
    with replica(seed=5, days=DAYS, releases=6, faults=[fault]) as site:
        newsroom = Newsroom(tmp_path, site.base_url, ALARMS)
        newsroom.scrape("--since", "2026-11-22", capsys=capsys)
        newsroom.scrape("--since", "2026-11-22", capsys=capsys)
    assert hook.events() == [("opened", "layout:listing")]
    assert hook.pings == 2
    listed = alarms(newsroom, "--json", capsys=capsys)
    assert listed.code == exits.PARTIAL
    (one,) = json.loads(listed.out)["alarms"]
    assert one["since"].startswith("2026-11-25T12:00:")
    sample = tmp_path / "var" / "samples" / "listing.html"
    assert str(sample) in one["evidence"]
    assert b"list_type" not in sample.read_bytes(), "the page that broke, not the last"
    assert b"</html" in sample.read_bytes().lower()
    with replica(seed=5, days=DAYS, releases=6) as site:
        newsroom.config.write_text(
            newsroom.config.read_text("utf-8").replace(
                newsroom.config.read_text("utf-8")
                .split("base_url: '")[1]
                .split("'")[0],
                site.base_url,
            ),
            "utf-8",
        )
        newsroom.scrape("--since", "2026-11-22", now=LATER, capsys=capsys)
    assert hook.events()[1:] == [("closed", "layout:listing")]
    assert alarms(newsroom, capsys=capsys).out == "no alarm\n"
    assert "alarm closed cause=layout:listing" in caplog.text
    assert "SECRET-PATH" not in caplog.text


def test_a_site_that_refuses_is_told_by_the_second_run(
    tmp_path: Path, hook: Hook, capsys: Capsys
) -> None:
    with replica(
        seed=5, days=DAYS, releases=2, faults=[Fault(fault="status", status=403)]
    ) as site:
        newsroom = Newsroom(tmp_path, site.base_url, ALARMS)
        assert newsroom.scrape(capsys=capsys).code == exits.REFUSED
        assert hook.events() == []
        assert newsroom.scrape(capsys=capsys).code == exits.REFUSED
    assert hook.events() == [("opened", "blocked:site")]
    assert hook.pings == 0, "a run that was stopped is no sign of life"


def test_a_channel_that_fails_does_not_fail_the_run_and_is_tried_again(
    tmp_path: Path, hook: Hook, capsys: Capsys, caplog: pytest.LogCaptureFixture
) -> None:
    hook.status = 500
    fault = Fault(fault="layout-change", on="list", day="2026-11-23")
    with replica(seed=5, days=DAYS, releases=3, faults=[fault]) as site:
        newsroom = Newsroom(tmp_path, site.base_url, ALARMS)
        first = newsroom.scrape("--since", "2026-11-22", capsys=capsys)
        assert first.code == exits.PARTIAL
        assert first.counts["published"]
        assert "channel=webhook error=127.0.0.1 answers 500" in caplog.text
        assert "channel=ping" in caplog.text
        hook.status = 200
        newsroom.scrape("--since", "2026-11-22", capsys=capsys)
    assert hook.events() == [("opened", "layout:listing")]


def test_a_silenced_cause_is_told_to_nobody(
    tmp_path: Path, hook: Hook, capsys: Capsys
) -> None:
    fault = Fault(fault="layout-change", on="list", day="2026-11-23")
    with replica(seed=5, days=DAYS, releases=2, faults=[fault]) as site:
        newsroom = Newsroom(tmp_path, site.base_url, ALARMS)
        argv = ["scrape", "alarms", "silence", "layout:listing", "--until"]
        config = ["--config", str(newsroom.config)]
        assert run_here([*argv, "2026-11-25", *config], NOW) == exits.DONE
        newsroom.scrape("--since", "2026-11-22", capsys=capsys)
    assert hook.events() == []
    listed = alarms(newsroom, capsys=capsys)
    assert listed.code == exits.DONE
    assert "(silenced until 2026-11-25)" in listed.out
    assert "do: look at the sample" in listed.out


@pytest.mark.parametrize(
    ("cause", "until"),
    [
        ("silence:press_release", "2026-11-24"),
        ("silence:press_release", "tomorrow"),
        ("noise:press_release", "2026-12-24"),
        ("silence", "2026-12-24"),
    ],
)
def test_only_a_cause_and_a_day_to_come_can_be_silenced(
    tmp_path: Path, cause: str, until: str
) -> None:
    newsroom = Newsroom(tmp_path, "http://127.0.0.1:1")
    argv = ["scrape", "alarms", "silence", cause, "--until", until]
    assert run_here([*argv, "--config", str(newsroom.config)], NOW) == exits.USAGE


def test_without_alarms_nothing_of_them_is_imported(tmp_path: Path) -> None:
    """They must cost nothing to whoever does not want them."""
    with replica(seed=5, days=DAYS, releases=1) as site:
        newsroom = Newsroom(tmp_path, site.base_url)
        told = "import atexit, sys; atexit.register(lambda: print(*sys.modules))"
        run = newsroom.start(before=told)
        out, err = run.communicate(timeout=120)
        assert run.returncode == exits.DONE, err
    names = set(out.split())
    unwanted = {"holidays", "smtplib", "scraper.alarms", "scraper.notify"}
    assert not names & unwanted


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("alarms: {to: [webhook]}", "alarms.webhook.url_env: must name a variable"),
        (
            "alarms: {to: [ping], ping: {url_env: NOT_SET_AT_ALL}}",
            "alarms.ping.url_env: the variable NOT_SET_AT_ALL is not set",
        ),
        ("alarms: {to: [mail]}", "alarms.mail.host: must be set"),
        ("alarms: {to: [github]}", "alarms.github.repository: must be set"),
        ("alarms: {to: [pigeon]}", "alarms.to.0"),
    ],
)
def test_a_channel_that_cannot_work_is_a_fault_of_the_configuration(
    tmp_path: Path, capsys: Capsys, settings: str, said: str
) -> None:
    newsroom = Newsroom(tmp_path, "http://127.0.0.1:1", settings + "\n")
    result = alarms(newsroom, capsys=capsys)
    assert result.code == exits.CONFIGURATION
    assert said in result.err
