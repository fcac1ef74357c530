"""Errors -> exit codes: the only place that knows them."""

from scraper.errors import (
    BlockedError,
    CallError,
    ConfigError,
    FetchError,
    LockedError,
    ParseError,
    PublishError,
    QuotaError,
    RefusedError,
    ScraperError,
    StorageError,
)
from scraper.report import Report

DONE = 0
USAGE = 2
#: Some releases failed, or a page is not in the shape we know.
PARTIAL = 3
UNAVAILABLE = 69
BUG = 70
CANNOT_WRITE = 73
LOCKED = 75
REFUSED = 77
CONFIGURATION = 78

#: The closest class first.
CODES: tuple[tuple[type[ScraperError], int], ...] = (
    (ConfigError, CONFIGURATION),
    (LockedError, LOCKED),
    (StorageError, CANNOT_WRITE),
    (RefusedError, REFUSED),
    (BlockedError, REFUSED),
    (FetchError, UNAVAILABLE),
    (PublishError, UNAVAILABLE),
    (ParseError, PARTIAL),
)


#: What an operator can do, by exit code; errors that say it themselves have none.
HINTS = {
    UNAVAILABLE: "check the network or try later; a run goes on where it stopped",
    CANNOT_WRITE: "nothing is half done: mend it and run again",
}

#: For a site that refuses us; a news repository that does says itself what to do.
BLOCKED_HINT = "a person must look: running again at once only makes it worse"


def with_hint(error: ScraperError) -> str:
    """Return the error's line with what to do about it."""
    hint = HINTS.get(exit_code(error))
    if isinstance(error, QuotaError | CallError):
        hint = None
    elif isinstance(error, BlockedError):
        hint = BLOCKED_HINT
    return f"{error}; {hint}" if hint else str(error)


def exit_code(error: ScraperError) -> int:
    """Return the exit code of an error that ended a command."""
    return next((code for kind, code in CODES if isinstance(error, kind)), PARTIAL)


def exit_code_of_run(report: Report, signal: int | None) -> int:
    """Return the exit code of a run: what stopped it counts more than what failed."""
    if report.stopped_by is not None:
        return exit_code(report.stopped_by)
    if signal is not None:
        return 128 + signal
    if any(outcome.code == "bug" for outcome in report.of("failed")):
        return BUG
    if report.listing_errors:
        return max(exit_code(error) for error in report.listing_errors)
    return PARTIAL if report.counts()["failed"] else DONE
