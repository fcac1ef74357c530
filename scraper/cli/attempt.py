"""One run of a daemon: whatever becomes of it, the daemon goes on."""

import logging
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from scraper.cli import exits
from scraper.cli.run import Options, work
from scraper.cli.site_clock import SiteClock
from scraper.cli.stop import Stop
from scraper.errors import LockedError, ScraperError
from scraper.job import Stopped
from scraper.report import Report
from scraper.schedule import EMBARGO
from scraper.settings import Config

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """How a run ended."""

    #: The sources it was about.
    names: tuple[str, ...]
    #: What ``scrape`` would have ended with.
    code: int
    seconds: float
    #: ``None`` for one that ended before it announced anything.
    report: Report | None
    #: What ended it early.
    error: ScraperError | None

    @property
    def is_well(self) -> bool:
        """Tell whether it did its work, or nearly all of it."""
        return self.code in (exits.DONE, exits.PARTIAL)

    @property
    def said(self) -> str:
        """Return the code, and what went wrong."""
        why = f": {exits.with_hint(self.error)}" if self.error else ""
        return f"{self.code}{why}"

    def log(self) -> None:
        """Write one line of it, and one of what went wrong."""
        if self.error:
            logger.error("run stopped error=%s", exits.with_hint(self.error))
        counts = self.report.counts() if self.report else {}
        logger.info(
            "run finished sources=%s code=%d seconds=%.1f requests=%d %s",
            ",".join(self.names),
            self.code,
            self.seconds,
            self.report.requests if self.report else 0,
            " ".join(f"{result}={count}" for result, count in counts.items()),
        )


def attempt(
    names: tuple[str, ...], config: Config, path: Path, stop: Stop, clock: SiteClock
) -> Done:
    """Do one run; its errors, bugs of ours included, are in what is returned.

    Raises:
        LockedError: somebody else has the state.
    """
    began = time.monotonic()
    report: Report | None = None
    error: ScraperError | None = None
    try:
        report = work(config, path, options_of(names), stop, clock)
        error = report.stopped_by
        code = exits.exit_code_of_run(report, stop.signal)
    except LockedError:
        raise
    except Stopped:
        code = 128 + (stop.signal or signal.SIGTERM)
    except ScraperError as failure:
        error, code = failure, exits.exit_code(failure)
    except Exception:  # a bug must not end what a person may not look at for days
        logger.exception("bug: please report these lines")
        code = exits.BUG
    return Done(names, code, time.monotonic() - began, report, error)


def options_of(names: tuple[str, ...]) -> Options:
    """Return what a command line would say of such a run."""
    embargo = names == (EMBARGO,)
    return Options(sources=() if embargo else names, due_only=embargo)
