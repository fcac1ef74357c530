"""The daemon: its runs are those of ``scrape``; whatever befalls it needs no hand."""

import contextlib
import fcntl
import os
import random
import re
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from benchmarks import daemon as benchmark
from scraper.cli import attempt as attempts
from scraper.cli import build, exits
from scraper.cli import daemon as daemon_module
from scraper.cli.ahead import look_ahead
from scraper.cli.backoff import Backoff
from scraper.cli.daemon import Daemon
from scraper.cli.run import Options
from scraper.cli.site_clock import uptime
from scraper.cli.systemd import Notifier
from scraper.config import load_config
from scraper.errors import (
    BlockedError,
    ConfigError,
    LockedError,
    PublishError,
    QuotaError,
    ScraperError,
    UnavailableError,
)
from scraper.report import Report
from scraper.schedule import EMBARGO
from scraper.settings import Config
from scraper.state import Row
from tests.daemon_process import daemon, eventually
from tests.newsroom import Newsroom, asked_for
from tests.replica import Site, replica

SOAK = bool(os.environ.get("SOAK"))
#: Random moments; the full numbers are for `SOAK=1`.
TERMS, KILLS = (30, 100) if SOAK else (3, 20 if os.environ.get("CI") else 3)

#: One run at the start, and none later unless a test wants it.
ONCE = "schedule: {default: 7d, jitter: 0}\n"
NOON = datetime(2026, 11, 25, 3, tzinfo=UTC)
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def site() -> Iterator[Site]:
    with replica(seed=5, days="2026-11-23..2026-11-24", releases=24) as site:
        yield site


@pytest.fixture
def newsroom(site: Site, tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path / "room", site.base_url, ONCE)


# --- back-off ------------------------------------------------------------------------

CONFIG = Config()
SITE, API = "https://www.korea.kr/x", "https://apis.data.go.kr/1371000/x"


def test_a_server_that_refuses_us_is_left_alone_for_an_hour() -> None:
    backoff, error = Backoff(), BlockedError(SITE, "no")
    for _ in range(3):
        assert backoff.after(exits.REFUSED, error, NOON) == NOON + timedelta(hours=1)


def test_one_that_cannot_be_had_is_left_alone_ever_longer() -> None:
    backoff, error = Backoff(), UnavailableError(SITE, "down")

    def minutes(code: int) -> float | None:
        until = backoff.after(code, error, NOON)
        return (until - NOON) / timedelta(minutes=1) if until else None

    down = [minutes(exits.UNAVAILABLE) for _ in range(6)]
    assert down == [5, 10, 20, 40, 60, 60]
    assert minutes(exits.DONE) is None
    assert minutes(exits.UNAVAILABLE) == 5


def test_a_spent_quota_waits_for_its_day() -> None:
    until = NOON + timedelta(hours=12)
    error = QuotaError(API, "spent", until)
    assert Backoff().after(exits.UNAVAILABLE, error, NOON) == until


@pytest.mark.parametrize("code", [exits.DONE, exits.PARTIAL, exits.BUG])
def test_nothing_else_is_waited_for(code: int) -> None:
    assert Backoff().after(code, None, NOON) is None


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (BlockedError(SITE, "no"), ["press_release", "briefing"]),
        (QuotaError(API, "spent", NOON), ["open_api"]),
        (PublishError("no"), ["press_release", "briefing", "open_api"]),
    ],
)
def test_a_server_is_blamed_for_its_own_sources(
    error: ScraperError, expected: list[str]
) -> None:
    names = ("press_release", "briefing", "open_api")
    assert Backoff().blamed(names, error, CONFIG) == expected


# --- runs that go wrong, in this process ---------------------------------------------


@pytest.fixture
def idle(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Daemon:
    """Return a daemon that was planned and not begun."""
    monkeypatch.setattr(daemon_module, "LOCKED_FOR", 0.0)
    config = load_config(newsroom.config, {})
    made = Daemon(newsroom.config, (), config, Notifier({}))
    made.timetable.plan(*daemon_module.slots_of(config))
    return made


def answer_with(
    monkeypatch: pytest.MonkeyPatch, *outcomes: Exception | Report
) -> list[Options]:
    """Let runs end with these, in turn; return what was asked of them."""
    asked: list[Options] = []
    left = list(outcomes)

    def work(config: Config, path: Path, options: Options, *rest: object) -> Report:
        asked.append(options)
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(attempts, "work", work)
    return asked


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RuntimeError("a bug"), 70),
        (ConfigError(["the token is gone"]), 78),
        (BlockedError(SITE, "no"), 77),
        (MemoryError(), 70),
    ],
)
def test_no_run_ends_the_daemon(
    idle: Daemon,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    code: int,
) -> None:
    answer_with(monkeypatch, error)
    idle.run(idle.timetable.due())
    assert idle.tally.runs == {code: 1}
    assert f"ended with code {code}" in idle.trouble()
    assert ("Traceback" in caplog.text) == (code == 70)


def test_a_good_run_makes_it_well_again(
    idle: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_with(monkeypatch, RuntimeError("a bug"), Report())
    idle.run(["press_release"])
    assert "press_release" not in idle.tally.last_success
    idle.run(["press_release"])
    assert idle.trouble() == ""
    assert "press_release" in idle.tally.last_success


def test_a_refusal_puts_the_next_slot_off(
    idle: Daemon, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.config.write_text(
        newsroom.config.read_text("utf-8").replace("7d", "5m"), "utf-8"
    )
    idle.reload()
    report = Report(stopped_by=BlockedError(idle.config.site.base_url, "no"))
    answer_with(monkeypatch, report)
    idle.run(idle.timetable.due())
    following = idle.timetable.next()
    assert following
    assert following[0] - datetime.now(UTC) > timedelta(minutes=59)


def test_a_lock_held_elsewhere_is_waited_for(
    idle: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle.timetable.again([EMBARGO])
    busy = LockedError("another run is at work")
    asked = answer_with(monkeypatch, busy, busy, Report(), Report())
    idle.turn()
    idle.turn()
    assert idle.tally.runs == {}
    idle.turn()
    assert [one.due_only for one in asked] == [True, True, True, False]
    assert idle.tally.runs == {0: 2}


def test_a_broken_configuration_is_refused_and_the_old_one_stays(
    idle: Daemon, newsroom: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    before = idle.config
    newsroom.config.write_text("schedul: {}\nfetch: {delay: x}\n", "utf-8")
    idle.reload()
    assert idle.config is before
    assert "schedul: unknown key; did you mean schedule?" in caplog.text
    assert "fetch.delay" in caplog.text


def test_another_state_dir_needs_a_restart(
    idle: Daemon, newsroom: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    """The lock that keeps a second daemon away is in the old one."""
    with newsroom.config.open("a", encoding="utf-8") as file:
        file.write("state_dir: ./elsewhere\n")
    idle.reload()
    assert idle.config.state_dir == newsroom.state
    assert "a restart is needed" in caplog.text


def test_a_signal_right_before_the_daemon_sleeps_is_heeded_within_ten_seconds() -> None:
    """Its handler runs once the sleep ends, for nothing interrupts it any more."""
    assert max(daemon_module.LOOK_EVERY, daemon_module.LOCKED_FOR) < 10


def test_a_daemon_that_does_not_move_is_said_to_hang(
    idle: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    assert idle.hangs() == ""
    monkeypatch.setattr(daemon_module.time, "monotonic", lambda: now + 200)
    assert "asleep" in idle.hangs()
    idle.running_since = now
    assert idle.hangs() == ""
    monkeypatch.setattr(daemon_module.time, "monotonic", lambda: now + 1_900)
    assert "hangs" in idle.hangs()
    idle.stop.beat = now + 1_800
    assert idle.hangs() == ""


def test_an_embargo_that_should_be_over_wakes_nobody(idle: Daemon) -> None:
    """Its page is not in the archive, say: who woke for it would never rest."""
    now = idle.clock.now()
    hour = timedelta(hours=1)

    def row(news_id: str, status: Literal["held", "failed"], due_at: datetime) -> Row:
        code = "embargo" if status == "held" else "fetch"
        due = due_at.isoformat()
        day = "2026-11-24"
        name = "press_release"
        return Row(news_id, name, status, code, due_at=due, listed_on=day)

    rows = [
        row("1", "held", now - hour),
        row("2", "held", now + 2 * hour),
        row("3", "held", now + hour),
        row("4", "failed", now - hour),
    ]
    with build.locked_state(idle.config, now) as (state, _):
        state.settle(rows)
    assert look_ahead(idle.config, now) == ({"embargo": 3, "failed": 1}, now + hour)
    assert look_ahead(idle.config, now + 3 * hour)[1] is None


def test_a_clock_that_was_set_back_is_noticed(
    idle: Daemon, caplog: pytest.LogCaptureFixture
) -> None:
    now = datetime.now(UTC)
    idle.timetable.due()
    idle.timetable.put_off(["press_release"], now + timedelta(days=300))
    idle.look_at_clock()
    assert caplog.text == ""
    idle.looked_at = (now + timedelta(days=1), uptime())
    idle.look_at_clock()
    assert "the clock was set" in caplog.text
    following = idle.timetable.next()
    assert following
    assert following[0] < now + timedelta(days=8)


def test_what_waiting_costs_is_measured() -> None:
    assert "| a tick, once in 5 s |" in benchmark.table()


# --- configuration -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("health: '0.0.0.0:9753'", "must be a port of this machine"),
        ("health: '192.0.2.1:9753'", "must be a port of this machine"),
        ("health: '127.0.0.1'", "must be a port of this machine"),
        ("health: '127.0.0.1:0'", "must be a port of this machine"),
        ("default: sometimes", "five fields of cron"),
        ("default: 0m", "five fields of cron"),
        ("default: 007m", "five fields of cron"),
        ("default: 900h", "between a minute and a week"),
        ("sources: {press_release: '* 25 * * *'}", "schedule.sources.press_release"),
        ("sources: {briefing: 30m}", "briefing: is not among sources"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(
    newsroom: Newsroom, setting: str, said: str
) -> None:
    newsroom.config.write_text(f"schedule: {{{setting}}}\n", "utf-8")
    with pytest.raises(ConfigError, match=re.escape(said)):
        load_config(newsroom.config, {})


@pytest.mark.parametrize("address", ["127.0.0.1:1", "[::1]:9753", "localhost:80", ""])
def test_addresses_of_this_machine(newsroom: Newsroom, address: str) -> None:
    newsroom.config.write_text(f"schedule: {{health: '{address}'}}\n", "utf-8")
    assert load_config(newsroom.config, {}).schedule.health == address


# --- systemd -------------------------------------------------------------------------


def test_systemd_hears_how_we_are(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.settimeout(10)
        environ = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "20000", "LEFT": "1"}
        notifier = Notifier(environ)
        assert environ == {"LEFT": "1"}, "no child may speak for us"
        assert notifier.pace == 0.01
        notifier.tell(READY=1, STATUS="well")
        assert manager.recv(999) == b"READY=1\nSTATUS=well"
        well = [True]
        notifier.watch(lambda: "" if well[0] else "hangs")
        assert manager.recv(999) == b"WATCHDOG=1"
        well[0] = False
        time.sleep(0.2)
        manager.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            for _ in range(1_000):
                manager.recv(999)
        time.sleep(0.2)
        with pytest.raises(BlockingIOError):
            manager.recv(999)


def test_without_a_manager_nothing_is_told() -> None:
    notifier = Notifier({"WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"})
    assert notifier.pace == 0, "another process is watched"
    notifier.tell(READY=1)
    Notifier({"NOTIFY_SOCKET": "/nonexistent/socket"}).tell(READY=1)


# --- a process -----------------------------------------------------------------------


@pytest.mark.replica
def test_its_runs_are_those_of_the_command(
    newsroom: Newsroom, site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    with daemon(newsroom) as running:
        running.says("run finished sources=press_release code=0")
        assert running.end() == (143, pytest.approx(0, abs=10))
    by_hand = Newsroom(tmp_path / "by-hand", site.base_url)
    assert by_hand.scrape(capsys=capsys).code == 0
    assert newsroom.tree() == by_hand.tree()


@pytest.mark.replica
def test_a_command_beside_a_waiting_daemon_and_a_daemon_beside_a_command(
    newsroom: Newsroom, capsys: Capsys
) -> None:
    newsroom.state.mkdir()
    with (newsroom.state / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with daemon(newsroom) as running:
            running.says("daemon began")
            time.sleep(1)
            fcntl.flock(lock, fcntl.LOCK_UN)
            running.says("code=0")
            assert newsroom.scrape(capsys=capsys).code == 0


@pytest.mark.replica
def test_a_second_daemon_is_told_so(newsroom: Newsroom, capsys: Capsys) -> None:
    with daemon(newsroom) as running:
        running.says("daemon began")
        result = newsroom.command("daemon", capsys=capsys)
        assert result.code == 75
        assert "another daemon is at work" in result.err


@pytest.mark.replica
def test_a_configuration_that_cannot_be_used_at_the_start_ends_it(
    newsroom: Newsroom, capsys: Capsys
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        health = f"schedule.health='127.0.0.1:{port}'"
        for setting in ("schedule.default=never", health):
            with daemon(newsroom, "--set", setting) as running:
                assert running.process.wait(60) == 78


@pytest.mark.replica
def test_sighup_reads_the_configuration_again(newsroom: Newsroom, site: Site) -> None:
    with daemon(newsroom) as running:
        running.says("code=0")
        text = newsroom.config.read_text("utf-8")
        newsroom.config.write_text("nonsense: true\n", "utf-8")
        running.send(signal.SIGHUP)
        running.says("configuration refused")
        more = "sources: [press_release, briefing]\n"
        newsroom.config.write_text(text + more, "utf-8")
        running.send(signal.SIGHUP)
        running.says("run finished sources=briefing")


@pytest.mark.replica
def test_a_service_manager_hears_how_it_goes(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.settimeout(60)

        def hear(words: str) -> None:
            while words not in manager.recv(999).decode():
                pass

        told = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "200000"}
        with daemon(newsroom, **told) as running:
            hear("READY=1")
            hear("STATUS=running: press_release")
            hear("WATCHDOG=1")
            hear("STATUS=next: press_release at ")
            running.send(signal.SIGTERM)
            hear("STOPPING=1")
            assert running.process.wait(60) == 143


@pytest.mark.replica
def test_health_and_metrics(newsroom: Newsroom, site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"

    def get(path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://{address}{path}", timeout=20) as got:
                return got.status, got.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    knobs = ("--set", f"schedule.health='{address}'")
    with daemon(newsroom, *knobs, "--set", "schedule.default=1m") as running:
        running.says("code=0")
        assert get("/healthz") == (200, "ok\n")
        assert get("/")[0] == 404
        eventually(lambda: "next_run_timestamp" in get("/metrics")[1])
        figures = get("/metrics")[1]
        published = len(newsroom.posts())
        assert 'bodojaryo_runs_total{code="0"} 1.0' in figures
        labels = 'result="published",source="press_release"'
        assert f"bodojaryo_releases_total{{{labels}}} {published:.1f}" in figures
        requests = float(len(site.requests))
        assert f"bodojaryo_requests_total {requests}" in figures
        assert 'last_success_timestamp_seconds{source="press_release"}' in figures


@pytest.mark.replica
def test_an_embargo_ends_by_itself(tmp_path: Path) -> None:
    """Between two slots, without asking the site again."""
    with replica(seed=1, days="2026-11-22..2026-11-24", releases=30) as site:
        news_id, ends = min(
            (
                (truth.news_id, truth.embargo.available_at)
                for day in (22, 23, 24)
                for truth in map(site.expected, site.ids(date(2026, 11, day)))
                if truth.license_type == 1 and truth.embargo.case == "head"
                if truth.embargo.available_at
                if truth.embargo.available_at > truth.published_at + timedelta(hours=2)
            ),
            key=lambda item: item[1],
        )
        newsroom = Newsroom(tmp_path / "room", site.base_url, ONCE)
        now = (ends - timedelta(seconds=15)).isoformat()
        with daemon(newsroom, now=now) as running:
            running.says("run finished sources=press_release")
            assert news_id not in newsroom.posts()
            asked = len(asked_for(site, "detail"))
            running.says("run finished sources=embargo code=0")
            assert news_id in newsroom.posts()
            assert len(asked_for(site, "detail")) == asked
            time.sleep(1)
            assert running.text.count("sources=embargo") == 1, "it does not spin"


# --- signals and kills at random moments ---------------------------------------------


def whole(site: Site, folder: Path, capsys: Capsys) -> Newsroom:
    """Return a newsroom that nothing happened to; its run took how long."""
    room = Newsroom(folder, site.base_url, ONCE)
    assert room.scrape(capsys=capsys).code == 0
    return room


def is_whole(room: Newsroom, truth: Newsroom, capsys: Capsys) -> None:
    """Hold that the next run needs no hand: nothing lost, nothing twice."""
    assert room.scrape(capsys=capsys).code == 0
    assert room.tree() == truth.tree()
    names = room.git("log", "--diff-filter=A", "--name-only", "--format=").split()
    assert len(names) == len(set(names)), "added twice"
    assert room.git("fsck", "--strict", "--no-dangling") == ""
    assert room.git("status", "--porcelain") == ""


@pytest.mark.replica
def test_sigterm_at_any_moment_ends_it_soon_and_clean(
    site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    truth = whole(site, tmp_path / "truth", capsys)
    chance = random.Random(7)
    site.latency = 0.02
    for number in range(TERMS):
        room = Newsroom(tmp_path / str(number), site.base_url, ONCE)
        with daemon(room) as running:
            running.says("daemon began")
            time.sleep(chance.uniform(0, 4))
            code, seconds = running.end(chance.choice((signal.SIGTERM, signal.SIGINT)))
            assert code in (143, 130), running.text
            assert seconds < 10, running.text
            assert "Traceback" not in running.text
        is_whole(room, truth, capsys)


@pytest.mark.replica
def test_sigkill_at_any_moment_needs_no_hand(
    site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    """The daemon alone, so that git and readers go on without it, or all of them."""
    truth = whole(site, tmp_path / "truth", capsys)
    chance = random.Random(11)
    room = Newsroom(tmp_path / "room", site.base_url, ONCE)
    for number in range(KILLS):
        fresh = number % 5 == 0
        if fresh:
            room = Newsroom(tmp_path / str(number), site.base_url, ONCE)
        with daemon(room) as running:
            running.says("daemon began")
            during_git = chance.random() < 0.4
            if during_git:
                wait_for_git(room, chance)
            else:
                time.sleep(chance.uniform(0, 2.5))
            running.kill(tree=chance.random() < 0.5)
        with daemon(room) as running:
            running.says("run finished sources=press_release code=0")
            running.end()
        is_whole(room, truth, capsys)


def wait_for_git(room: Newsroom, chance: random.Random) -> None:
    """Wait until the mirror appears, or something in it changes; or a while."""
    end = time.monotonic() + 3
    seen = ""
    left = chance.randint(1, 6)
    while left and time.monotonic() < end:
        now = repr(sorted(os.listdir(room.state))) if room.state.exists() else ""
        for mirror in room.state.glob("mirror-*.git"):
            now += repr([sorted(os.listdir(mirror)), mirror.stat().st_mtime_ns])
        left -= now != seen
        seen = now
        time.sleep(0.002)


#: In place of each push a program that hangs, and does not hear SIGTERM.
STALLED = """
import sys
from publishers.git import GitPublisher, run_command
def stalled(argv, **knobs):
    if "push" in argv or "fast-import" in argv:
        print("GIT STALLS", file=sys.stderr, flush=True)
        argv = [sys.executable, "-c",
            "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(90)"]
    return run_command(argv, **knobs)
GitPublisher.__init__.__kwdefaults__["run"] = stalled
"""


@pytest.mark.replica
def test_sigterm_during_a_git_that_hangs_and_hears_nothing(
    newsroom: Newsroom, site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    with daemon(newsroom, before=STALLED) as running:
        running.says("GIT STALLS")
        code, seconds = running.end()
        assert code == 143
        assert seconds < 10
    is_whole(newsroom, whole(site, tmp_path / "truth", capsys), capsys)


@pytest.mark.replica
def test_a_second_signal_ends_it_at_once(newsroom: Newsroom) -> None:
    with daemon(newsroom, before=STALLED) as running:
        running.says("GIT STALLS")
        running.send(signal.SIGTERM)
        time.sleep(0.2)
        code, seconds = running.end()
        assert code == 143
        assert seconds < 2
