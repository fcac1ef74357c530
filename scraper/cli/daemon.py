"""``scrape daemon``: the runs of ``scrape``, each at its time, until a signal.

One thread does everything, so that never more than one run is under way: it waits for
the next time, runs, and looks when the next time is. A second one gives signs of life
to systemd, a third answers at the health endpoint; both only where they are asked for.
"""

import logging
import os
import queue
import signal
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

from scraper.cli import build, console
from scraper.cli.ahead import look_ahead
from scraper.cli.attempt import attempt
from scraper.cli.backoff import Backoff
from scraper.cli.site_clock import SiteClock, uptime
from scraper.cli.stop import Stop
from scraper.cli.systemd import Notifier
from scraper.cli.tally import Tally
from scraper.config import load_config
from scraper.errors import ConfigError, LockedError, ScraperError
from scraper.job import Stopped
from scraper.model import KST
from scraper.schedule import EMBARGO, Slots, Timetable
from scraper.settings import Config

logger = logging.getLogger(__name__)

#: Seconds from a signal to the end of the program; systemd and operators are told 10.
WITHIN = 9.5

#: Seconds after which a daemon that waits looks at the clock again: a machine that
#: slept, or whose clock was set, wakes nobody. Nor does a signal that comes right
#: before it falls asleep: that one is heeded when it looks.
LOOK_EVERY = 5.0

#: Seconds after which a daemon that should look is stuck.
STUCK_AFTER = 180.0

#: Seconds until it tries again when somebody else's run has the state.
LOCKED_FOR = 5.0

#: A clock that moved by more seconds than passed was set.
CLOCK_SET = 60.0

#: Seconds after which a run that shows no sign of life hangs; git may take 20 minutes.
HANGS_AFTER = 1_800.0


def run_daemon(path: Path, overrides: Sequence[str]) -> int:
    """Run until a signal comes; return the exit code, 128 and the signal's number.

    Raises:
        ConfigError: the configuration cannot be used.
        LockedError: there is another daemon for the same state.
        StorageError: the state's folder cannot be written.
    """
    console.log_to_stderr()
    logging.getLogger("scraper").setLevel(logging.INFO)  # on a terminal as well
    notifier = Notifier(os.environ)
    config = load_config(path, os.environ, overrides)
    with build.locked(config.state_dir, "daemon.lock", "another daemon is at work on"):
        return Daemon(path, overrides, config, notifier).serve()


def slots_of(config: Config) -> tuple[dict[str, Slots], dict[str, str]]:
    """Return when each source is due, and what the configuration says of it."""
    shift = build.clock()() - datetime.now(UTC)
    chosen = config.schedule
    whens = {name: chosen.sources.get(name, chosen.default) for name in config.sources}
    slots = {
        name: Slots(when, jitter=chosen.jitter, shift=shift)
        for name, when in whens.items()
    }
    return slots, {name: f"{when} {chosen.jitter}" for name, when in whens.items()}


class Daemon:
    """A daemon at work."""

    def __init__(
        self, path: Path, overrides: Sequence[str], config: Config, notifier: Notifier
    ) -> None:
        self.path = path
        self.overrides = overrides
        self.config = config
        self.notifier = notifier
        self.events: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.stop = Stop(within=WITHIN, heard=self._stopping)
        self.clock = SiteClock(build.clock())
        self.timetable = Timetable()
        self.backoff = Backoff()
        self.tally = Tally()
        self.listening = ExitStack()
        #: What is wrong since the last run, in a line.
        self.wrong = ""
        self.running_since: float | None = None
        self.looked_at = (datetime.now(UTC), uptime())
        self.turned = time.monotonic()

    def serve(self) -> int:
        """Run what is due when it is due, until a signal."""
        self.stop.install()
        signal.signal(signal.SIGHUP, lambda *_: self.events.put("reload"))
        self.listen()
        self.timetable.plan(*slots_of(self.config))
        self.notifier.tell(READY=1)
        self.notifier.watch(self.hangs)
        logger.info("daemon began sources=%s", ",".join(self.config.sources))
        with suppress(Stopped), self.listening:
            while not self.stop.asked():
                self.turn()
        self.stop.rest()
        assert self.stop.signal is not None
        logger.info("daemon ended signal=%d", self.stop.signal)
        return 128 + self.stop.signal

    def _stopping(self) -> None:
        self.events.put("stop")
        self.notifier.tell(STOPPING=1)

    # --- one turn ---

    def turn(self) -> None:
        """Wait until something is due or happens, and do it."""
        self.turned = time.monotonic()
        self.look_at_clock()
        due = self.timetable.due()
        if due and not self.run(due):
            self.tell_status("waiting for another run to end")
            self.wait(LOCKED_FOR)
            return
        if due:
            return
        self.tell_next()
        following = self.timetable.next()
        seconds = LOOK_EVERY
        if following:
            seconds = (following[0] - datetime.now(UTC)).total_seconds()
        self.wait(min(max(seconds, 0.0), LOOK_EVERY))

    def wait(self, seconds: float) -> None:
        """Sleep until then, or until a signal."""
        try:
            event = self.events.get(timeout=seconds)
        except queue.Empty:
            return
        if event == "reload":
            self.reload()

    def look_at_clock(self) -> None:
        """Notice that the machine's clock was set."""
        (then, was), now = self.looked_at, (datetime.now(UTC), uptime())
        self.looked_at = now
        moved = (now[0] - then).total_seconds() - (now[1] - was)
        if abs(moved) > CLOCK_SET:
            logger.warning("the clock was set by=%.0f s", moved)
        if moved < -CLOCK_SET:
            self.timetable.clock_went_back()
            self.look_ahead()

    # --- runs ---

    def run(self, due: Sequence[str]) -> bool:
        """Do what is due; tell whether nobody else's run was in the way."""
        names = tuple(name for name in self.config.sources if name in due)
        jobs: list[tuple[str, ...]] = [(EMBARGO,)] if EMBARGO in due else []
        jobs += [names] if names else []
        for number, job in enumerate(jobs):
            if self.stop.asked():
                break
            try:
                self.run_job(job)
            except LockedError:
                left = [name for rest in jobs[number:] for name in rest]
                self.timetable.again(left)
                return False
        self.look_ahead()
        return True

    def run_job(self, names: tuple[str, ...]) -> None:
        """Do one run; whatever becomes of it, the daemon goes on.

        Raises:
            LockedError: somebody else has the state.
        """
        self.tell_status(f"running: {', '.join(names)}")
        self.running_since = self.stop.beat = time.monotonic()
        try:
            done = attempt(names, self.config, self.path, self.stop, self.clock)
        finally:
            self.running_since = None
        done.log()
        self.tally.add(done)
        well = done.is_well or self.stop.asked()
        self.wrong = "" if well else f"the last run ended with code {done.said}"
        until = self.backoff.after(done.code, done.error, datetime.now(UTC))
        blamed = self.backoff.blamed(names, done.error, self.config)
        if until and blamed:
            shown = until.astimezone(KST).isoformat(timespec="seconds")
            logger.warning("put off sources=%s until=%s", ",".join(blamed), shown)
            self.timetable.put_off(blamed, until)

    def look_ahead(self) -> None:
        """Wake for the next embargo that ends; count what waits."""
        now = self.clock.now()
        try:
            waiting, end = look_ahead(self.config, now)
        except ScraperError as error:
            logger.error("cannot look what is due error=%s", error)
            return
        self.tally.waiting = dict.fromkeys(self.tally.waiting, 0) | waiting
        self.timetable.set_embargo(datetime.now(UTC) + (end - now) if end else None)

    # --- what others see ---

    def reload(self) -> None:
        """Take over a changed configuration; one with faults is refused."""
        try:
            config = load_config(self.path, os.environ, self.overrides)
            if config.state_dir != self.config.state_dir:
                raise ConfigError([f"{self.path}: state_dir: a restart is needed"])
        except ConfigError as error:
            for problem in error.problems:
                logger.error("configuration refused, the old one stays: %s", problem)
            return
        before, self.config = self.config.schedule.health, config
        self.timetable.plan(*slots_of(config))
        if config.schedule.health != before:
            self.listening.close()
            try:
                self.listen()
            except ConfigError as error:
                logger.error("%s", error)
        logger.info("configuration read again sources=%s", ",".join(config.sources))

    def listen(self) -> None:
        """Open the health endpoint, if it is asked for.

        Raises:
            ConfigError: its port is taken.
        """
        if self.config.schedule.health:
            from scraper.cli.health_server import health_server

            address = self.config.schedule.health
            server = health_server(address, self.tally, self.trouble)
            self.listening.enter_context(server)

    def trouble(self) -> str:
        """Return what is wrong, in a line; "" for nothing."""
        return self.hangs() or self.wrong

    def hangs(self) -> str:
        """Return what does not move any more; "" for nothing."""
        now = time.monotonic()
        if self.running_since is not None:
            still = now - max(self.running_since, self.stop.beat)
            return f"the run hangs for {still:.0f} s" if still > HANGS_AFTER else ""
        still = now - self.turned
        return f"asleep for {still:.0f} s" if still > STUCK_AFTER else ""

    def tell_next(self) -> None:
        """Say when the next run is."""
        following = self.timetable.next()
        self.tally.next_run = following[0] if following else None
        if following:
            at = following[0].astimezone(KST)
            self.tell_status(f"next: {following[1]} at {at:%Y-%m-%d %H:%M:%S} KST")

    def tell_status(self, text: str) -> None:
        """Say what we are at, to ``systemctl status``."""
        self.notifier.tell(STATUS=text)
