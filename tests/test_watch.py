"""What runs tell of themselves: opened once, closed when well, and never in the way."""

import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from publishers.forges._client import Client
from scraper.alarm_book import AlarmBook
from scraper.archive import Archive
from scraper.cli import build, exits
from scraper.cli.token_end import token_end
from scraper.cli.watch import Watched, watch_run
from scraper.config import load_config
from scraper.errors import BlockedError, PublishError
from scraper.model import KST, Entry
from scraper.report import Report
from scraper.settings import Config
from scraper.state import Row, State
from tests.newsroom import NOW, Newsroom, Result, run_here
from tests.replica import Fault, replica

Capsys = pytest.CaptureFixture[str]
PRESS, TARGET = "press_release", "news"
DAYS = "2026-11-22..2026-11-24"
LISTING = "layout:press_release:listing"
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
    assert hook.events() == [("opened", LISTING)]
    assert hook.pings == 2
    listed = alarms(newsroom, "--json", capsys=capsys)
    assert listed.code == exits.PARTIAL
    (one,) = json.loads(listed.out)["alarms"]
    assert one["since"].startswith("2026-11-25T12:00:")
    sample = tmp_path / "var" / "samples" / "press_release.listing.html"
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
    assert hook.events()[1:] == [("closed", LISTING)]
    assert alarms(newsroom, capsys=capsys).out == "no alarm\n"
    assert "alarm closed cause=layout:press_release:listing" in caplog.text
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
    assert hook.events() == [("opened", LISTING)]


def test_a_silenced_cause_is_told_to_nobody(
    tmp_path: Path, hook: Hook, capsys: Capsys
) -> None:
    fault = Fault(fault="layout-change", on="list", day="2026-11-23")
    with replica(seed=5, days=DAYS, releases=2, faults=[fault]) as site:
        newsroom = Newsroom(tmp_path, site.base_url, ALARMS)
        argv = ["scrape", "alarms", "silence", LISTING, "--until"]
        config = ["--config", str(newsroom.config)]
        assert run_here([*argv, "2026-11-25", *config], NOW) == exits.DONE
        newsroom.scrape("--since", "2026-11-22", capsys=capsys)
    assert hook.events() == []
    listed = alarms(newsroom, capsys=capsys)
    assert listed.code == exits.DONE
    assert "(silenced until 2026-11-25)" in listed.out
    assert "do: look at the sample" in listed.out


def test_a_run_at_work_keeps_nobody_from_silencing(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path, "http://127.0.0.1:1")
    config = load_config(newsroom.config, {})
    argv = ["scrape", "alarms", "silence", "drop:x", "--until", "2026-11-30"]
    with build.locked_state(config, at(FRIDAY)):
        code = run_here([*argv, "--config", str(newsroom.config)], NOW)
    assert code == exits.DONE


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


# --- what is known of earlier runs ------------------------------------------------


def newsroom_of(folder: Path, to: str = "[log]", more: str = "") -> Config:
    room = Newsroom(folder, "http://127.0.0.1:1", f"alarms: {{to: {to}}}\n{more}")
    room.state.mkdir(exist_ok=True)
    return load_config(room.config, {"NEWS_TOKEN": "ghp_invented"})


def at(day: date, hour: int = 17) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=KST)


def fill(
    config: Config, last: date, *, days: int = 30, ministry: str = "교육부"
) -> None:
    """Let runs have seen ten releases on each weekday up to the last."""
    for back in range(days, -1, -1):
        day = last - timedelta(days=back)
        per_day = 10 if day.weekday() < 5 else 0
        ids = [f"{day:%y%m%d}{n:02}" for n in range(per_day)]
        entries = [Entry(PRESS, i, "/p", "제목", "", ministry, day) for i in ids]
        with State(config.state_dir / "state.db", TARGET, now=at(day)) as state:
            state.keep_announced(PRESS, day, "", entries, whole=True)
            state.keep_day(PRESS, day, whole=True)
            state.settle(
                Row(i, PRESS, "published", ministry=ministry, listed_on=f"{day}")
                for i in ids
            )


def look(config: Config, now: datetime, report: Report | None = None) -> list[str]:
    """Look after a run at that time; return the causes that are open."""
    file = config.state_dir / "state.db"
    with State(file, TARGET, now=now) as state:
        archive = Archive(config.state_dir / "archive")
        watched = Watched(config, state, archive, (PRESS,), ())
        watch_run(watched, report or Report(requests=1), now)
    with AlarmBook(file, TARGET) as book:
        return [one.alarm.cause for one in book.open()]


FRIDAY = date(2026, 11, 20)


def test_a_weekend_is_no_silence_and_a_workday_without_any_is(tmp_path: Path) -> None:
    config = newsroom_of(tmp_path)
    fill(config, FRIDAY)
    assert look(config, at(FRIDAY + timedelta(days=2), 23)) == []
    monday = FRIDAY + timedelta(days=3)
    # Ten a day: twenty are missing after two days of office hours.
    assert look(config, at(monday)) == []
    assert look(config, at(monday + timedelta(days=1), 18)) == [f"silence:{PRESS}"]
    fill(config, monday + timedelta(days=1), days=1)
    assert look(config, at(monday + timedelta(days=2), 9)) == []


def test_what_is_put_up_late_is_no_sign_of_life(tmp_path: Path) -> None:
    """Old days that are listed again, and are longer, do not make today's."""
    config = newsroom_of(tmp_path)
    fill(config, FRIDAY)
    tuesday = at(FRIDAY + timedelta(days=4), 18)
    late = Entry(PRESS, "99", "/p", "제목", "", "교육부", FRIDAY)
    with State(config.state_dir / "state.db", TARGET, now=tuesday) as state:
        state.keep_announced(PRESS, FRIDAY, "", [late], whole=False, late={"99"})
    assert look(config, tuesday + timedelta(minutes=1)) == [f"silence:{PRESS}"]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ((), (PRESS,)),
        (("--until", "2026-11-23"), ()),
        (("--limit", "1"), ()),
        (("--dry-run",), None),
    ],
)
def test_only_a_run_that_reads_up_to_today_can_tell_silence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capsys,
    options: tuple[str, ...],
    names: tuple[str, ...] | None,
) -> None:
    seen: list[tuple[str, ...]] = []

    def heard(watched: Watched, report: Report, now: datetime) -> None:
        seen.append(tuple(watched.names))

    monkeypatch.setattr("scraper.cli.watch.watch_run", heard)
    with replica(seed=5, days=DAYS, releases=1) as site:
        newsroom = Newsroom(tmp_path, site.base_url, "alarms: {to: [log]}\n")
        newsroom.scrape("--since", "2026-11-23", *options, capsys=capsys)
    assert seen == ([] if names is None else [names])


def test_a_day_that_was_read_whole_and_is_empty_is_told(tmp_path: Path) -> None:
    config = newsroom_of(tmp_path)
    fill(config, FRIDAY)
    monday = FRIDAY + timedelta(days=3)
    with State(config.state_dir / "state.db", TARGET, now=at(monday)) as state:
        state.keep_day(PRESS, monday, whole=True)
    assert look(config, at(monday + timedelta(days=1), 9)) == [f"zero:{PRESS}"]


def test_a_ministry_under_a_new_name_is_not_silent(tmp_path: Path) -> None:
    config = newsroom_of(tmp_path)
    day = date(2025, 9, 30)
    fill(config, day, ministry="통계청")
    fill(config, day + timedelta(days=10), days=9, ministry="국가데이터처")
    assert look(config, at(day + timedelta(days=10), 18)) == []


def test_what_is_held_beyond_its_time_is_told(tmp_path: Path) -> None:
    config, now = newsroom_of(tmp_path), at(FRIDAY)
    with State(config.state_dir / "state.db", TARGET, now=now) as state:
        due = (now - timedelta(hours=2)).isoformat()
        held = Row("7", PRESS, "held", code="embargo", due_at=due)
        state.settle([held])
    assert look(config, now) == ["embargo:news"]


def test_a_pull_request_is_stale_three_days_after_we_first_saw_it(
    tmp_path: Path,
) -> None:
    config, now = newsroom_of(tmp_path), at(FRIDAY)
    url = "https://forge.example.invalid/o/r/pull/7"
    with State(config.state_dir / "state.db", TARGET, now=now) as state:
        state.settle([], tip="a" * 40, pulls=[url])
    assert look(config, now) == []
    assert look(config, now + timedelta(days=2)) == []
    assert look(config, now + timedelta(days=3)) == [f"pull-request:{url}"]
    with State(config.state_dir / "state.db", TARGET, now=now) as state:
        state.settle([], tip="b" * 40)
    assert look(config, now + timedelta(days=4)) == []


def test_refusals_are_counted_over_runs_and_forgotten_by_a_good_one(
    tmp_path: Path,
) -> None:
    config, now = newsroom_of(tmp_path), at(FRIDAY)
    refused = Report(stopped_by=BlockedError("http://x.invalid", "403"))
    assert look(config, now, refused) == []
    assert look(config, now) == []
    assert look(config, now, refused) == [], "the good one in between counts"
    assert look(config, now, refused) == ["blocked:site"]
    nothing = Report()
    assert look(config, now, nothing) == ["blocked:site"], "it asked for nothing"
    assert look(config, now) == []
    assert look(config, now, refused) == []
    assert look(config, now, nothing) == []
    assert look(config, now, refused) == ["blocked:site"]


def test_the_forge_is_asked_once_a_day_when_the_token_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = "news: {remote: 'https://github.com/o/r', token_env: NEWS_TOKEN}\n"
    config, now = newsroom_of(tmp_path, more=remote), at(FRIDAY)
    asked: list[object] = []

    def end(_: Config) -> datetime:
        asked.append(_)
        return now + timedelta(days=15, hours=1)

    monkeypatch.setattr("scraper.cli.token_end.token_end", end)
    assert look(config, now) == []
    assert look(config, now + timedelta(hours=1)) == []
    assert len(asked) == 1
    assert look(config, now + timedelta(days=2)) == ["token:news"]
    assert len(asked) == 2


def test_a_forge_that_is_down_is_no_alarm_about_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = "news: {remote: 'https://github.com/o/r', token_env: NEWS_TOKEN}\n"
    config = newsroom_of(tmp_path, more=remote)

    def down(_: Config) -> None:
        raise PublishError("it does not answer")

    monkeypatch.setattr("scraper.cli.token_end.token_end", down)
    assert look(config, at(FRIDAY)) == []


@pytest.mark.parametrize(
    ("forge", "answer", "ends"),
    [
        (
            "github",
            httpx.Response(
                200,
                headers={
                    "github-authentication-token-expiration": "2026-12-07 09:00:00 UTC"
                },
                json={},
            ),
            datetime(2026, 12, 7, 9, tzinfo=UTC),
        ),
        ("github", httpx.Response(200, json={}), None),
        (
            "gitlab",
            httpx.Response(200, json={"expires_at": "2026-12-07"}),
            datetime(2026, 12, 7, tzinfo=UTC),
        ),
        ("gitlab", httpx.Response(200, json={"expires_at": None}), None),
        ("gitlab", httpx.Response(403, json=[]), None),
        ("gitea", None, None),
    ],
)
def test_when_a_token_ends_is_what_the_forge_tells(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    forge: str,
    answer: httpx.Response | None,
    ends: datetime | None,
) -> None:
    remote = "https://git.example.invalid/o/r"
    news = (
        f"remote: '{remote}', token_env: NEWS_TOKEN, pull_request: {{forge: {forge}}}"
    )
    config = newsroom_of(tmp_path, more=f"news: {{{news}}}\n")

    def take(request: httpx.Request) -> httpx.Response:
        assert answer is not None, "Gitea tells nobody"
        return answer

    made = partial(Client, transport=httpx.MockTransport(take))
    monkeypatch.setattr("scraper.cli.token_end.Client", made)
    assert token_end(config) == ends


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
