"""One run: the order of the stages, nothing else.

    announce -> prepare (fetch, parse, extract, normalize, judge, render)
             -> publish -> remember

Days go oldest first. A batch (a day, or 200 releases) is published and only then
remembered, so that a crash repeats work and never loses it.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from scraper.announce import Source, read_day
from scraper.errors import (
    BlockedError,
    FetchError,
    ParseError,
    PublishError,
    ScraperError,
    SourceError,
    StorageError,
    UnavailableError,
)
from scraper.model import KST, Entry, Held, Page, Post, Receipt, Request, Survey
from scraper.originals import Originals
from scraper.prepare import Left, Ready, Rules, prepare
from scraper.report import Outcome, Report
from scraper.settle import Ledger
from scraper.state import Row, State
from scraper.window import Window

logger = logging.getLogger(__name__)

#: Releases published together at most.
BATCH = 200

#: So many refused (unanswered) releases in a row mean that the site is, not they.
REFUSALS_IN_A_ROW = 3
SILENCES_IN_A_ROW = 5


class Stopped(BaseException):
    """A signal asks the run to end; not an error, so nothing catches it by chance."""


class Publisher(Protocol):
    """Where posts go; see the package ``publishers``."""

    def survey(self, since: str) -> Survey:
        """Return what the target holds."""
        ...

    def publish(self, posts: Sequence[Post], subject: str) -> Receipt:
        """Deliver all posts or none."""
        ...


def _ignore(_: object) -> None:
    """Hear, and do nothing."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a run is handed: everything that touches the world."""

    source: Source
    #: Has pages of a listing.
    fetch: Callable[[Request], Page]
    #: Has a release's own page and files.
    originals: Originals
    state: State
    publisher: Publisher
    rules: Rules
    #: The clock, in KST.
    now: Callable[[], datetime]
    #: Tells whether a signal came; the run ends after the release at hand.
    stopping: Callable[[], bool] = lambda: False
    #: Hears how many releases are coming, and how each ended; for a progress bar.
    expect: Callable[[int], object] = _ignore
    progress: Callable[[Outcome], object] = _ignore


@dataclass(frozen=True, slots=True)
class Job:
    """What one run is asked to do."""

    window: Window
    #: Codes of ministries; empty means all.
    ministries: tuple[str, ...] = ()
    #: Releases to look into at most; ``None`` for all.
    limit: int | None = None
    #: Do everything but publish and remember.
    dry_run: bool = False
    #: Scheme and host release pages are told under.
    base_url: str = ""
    #: Names the program version and the settings that make posts and verdicts.
    made_by: str = ""


def run(job: Job, parts: Parts) -> Report:
    """Announce, prepare, publish and remember, day by day; say what became of each.

    Errors that end the run early are in the report, and what was ready by then is
    published.
    """
    return _Run(job, parts).whole()


class _Run:
    """The batch and the counts of a run under way."""

    def __init__(self, job: Job, parts: Parts) -> None:
        self.job = job
        self.parts = parts
        self.report = Report()
        self.ledger = Ledger(
            parts.state, self.report, job.base_url, job.made_by, job.dry_run
        )
        self.scope = ":".join((parts.source.NAME, *sorted(job.ministries)))
        self.batch: list[tuple[Entry, Ready]] = []
        self.looked_into = self.refusals = self.silences = 0

    def whole(self) -> Report:
        """Do the job, or as much of it as may be done."""
        try:
            self.survey()
            self.intend()
            self.releases([row.entry() for row in self.parts.state.due(self.now())])
            for day in self.job.window.days():
                if self.parts.stopping():
                    break
                self.day(day)
            self.publish()
        except (SourceError, PublishError, StorageError) as error:
            self.report.stopped_by = error
        except Stopped:
            logger.info("stopping after the signal")
        self.finish()
        return self.report

    def survey(self) -> None:
        """Learn from the news target what was published, by us or by anybody."""
        state = self.parts.state
        survey = self.parts.publisher.survey(state.tip())
        self.report.tip = survey.tip
        if self.job.dry_run:
            self.ledger.in_target = survey.paths
            return
        adopted = state.adopt(
            survey.paths,
            tip=survey.tip,
            complete=survey.complete,
            source=self.parts.source.NAME,
        )
        logger.info("surveyed tip=%s new_to_us=%d", survey.tip[:12], adopted)

    def intend(self) -> None:
        """Note the days to come, so that a run cut short leaves gaps, not holes."""
        in_part = self.job.limit is not None or self.job.window.since is not None
        if not self.job.dry_run and not in_part:
            self.parts.state.intend_days(self.scope, self.closed_days())

    def closed_days(self) -> list[date]:
        """Return the days of the window that are over in Korea."""
        today = self.now().astimezone(KST).date()
        return [day for day in self.job.window.days() if day < today]

    def day(self, day: date) -> None:
        """Read the day's listing, and bring each release as far as it may go."""
        entries: dict[str, Entry] = {}
        whole = True
        for ministry in self.job.ministries or ("",):
            part, part_is_whole = self.announce(day, ministry)
            entries |= {entry.news_id: entry for entry in part}
            whole &= part_is_whole
        self.releases(list(entries.values()))
        self.publish()
        self.remember_day(day, whole, entries)

    def announce(self, day: date, ministry: str) -> tuple[Sequence[Entry], bool]:
        """Return what the day's listing announces, and whether that is all."""
        source, fetch = self.parts.source, self.parts.fetch
        try:
            announcement = read_day(day, source=source, fetch=fetch, ministry=ministry)
        except ParseError as error:
            self.listing_failed(day, error)
            return (), False
        except FetchError:
            self.remember_day(day, False, ())
            raise
        if announcement.error:
            self.listing_failed(day, announcement.error)
        return announcement.entries, announcement.whole

    def releases(self, entries: Sequence[Entry]) -> None:
        """Bring every entry to its outcome; those not reached are left."""
        fresh = [e for e in entries if e.news_id not in self.report.outcomes]
        self.parts.expect(len(fresh))
        for entry in fresh:
            self.ledger.left(entry, "stopped", "the run ended before it")
        rows = self.ledger.find(fresh)
        for entry in fresh:
            row = rows.get(entry.news_id)
            if not self.ledger.recall(entry, row, self.now()):
                self.release(entry, row)
            self.parts.progress(self.report.outcomes[entry.news_id])

    def release(self, entry: Entry, row: Row | None) -> None:
        """Prepare one release; its failure is its own, unless the site refuses us."""
        if self.parts.stopping():
            return
        if self.job.limit is not None and self.looked_into >= self.job.limit:
            reason = f"--limit {self.job.limit} was reached"
            self.ledger.left(entry, "limit", reason)
            return
        self.looked_into += 1
        try:
            outcome = prepare(
                entry,
                self.parts.originals,
                self.parts.source,
                self.parts.rules,
                now=self.now(),
                window=self.job.window,
                path=row.post_path if row else "",
            )
        except UnavailableError:
            raise  # no fault of this release, so none is counted
        except (SourceError, PublishError) as error:
            self.ledger.failed(entry, error, row, self.now())
            self.end_if_refused(error)
            return
        self.refusals = self.silences = 0
        match outcome:
            case Ready():
                self.batch.append((entry, outcome))
                if len(self.batch) >= BATCH:
                    self.publish()
            case Held():
                self.ledger.held(entry, outcome)
            case Left():
                self.ledger.left(entry, "window", outcome.reason)

    def end_if_refused(self, error: ScraperError) -> None:
        """End the run when it is the site that fails, not one release.

        Raises:
            FetchError: the one given.
        """
        self.refusals += isinstance(error, BlockedError)
        self.silences += isinstance(error, FetchError)
        if not isinstance(error, FetchError):
            self.refusals = self.silences = 0
        if self.refusals >= REFUSALS_IN_A_ROW or self.silences >= SILENCES_IN_A_ROW:
            raise error

    def publish(self) -> None:
        """Deliver the batch, then remember it.

        Raises:
            PublishError: nothing of the batch was delivered.
        """
        batch, self.batch = self.batch, []
        if not batch:
            return
        if self.job.dry_run:
            self.ledger.would_publish(batch)
            return
        posts = [ready.post for _, ready in batch]
        try:
            receipt = self.parts.publisher.publish(posts, subject(batch))
        except (PublishError, StorageError) as error:
            self.ledger.undelivered(batch, error)
            raise
        self.ledger.published(batch, receipt)

    def listing_failed(self, day: date, error: SourceError) -> None:
        """Note a listing that is not whole; the next run reads the day again."""
        logger.error("listing failed day=%s error=%s", day, error)
        self.report.listing_errors.append(error)

    def remember_day(self, day: date, whole: bool, ids: Collection[str]) -> None:
        """Keep whether a day is whole: closed, listed whole, and nothing of it left."""
        outcomes = self.report.outcomes
        left = any(outcomes[news_id].result == "left" for news_id in ids)
        closed = day in self.closed_days()
        if not self.job.dry_run and (not whole or (closed and not left)):
            self.parts.state.keep_day(self.scope, day, whole=whole)

    def finish(self) -> None:
        """Publish what was ready when the run was ended early; count what waits.

        What we delivered is surveyed again, so that the tip we remember is one whose
        posts we all know, whoever pushed them.
        """
        try:
            self.publish()
            if self.report.batches:
                self.survey()
            waiting = self.parts.state.count_made_otherwise(self.job.made_by)
            self.report.waiting = waiting
        except (PublishError, StorageError) as error:
            self.report.stopped_by = self.report.stopped_by or error

    def now(self) -> datetime:
        """Return the time."""
        return self.parts.now()


def subject(batch: Sequence[tuple[Entry, Ready]]) -> str:
    """Return the first line of a batch's commit message."""
    days = sorted({entry.listed_on for entry, _ in batch})
    span = f"{days[0]}" if len(days) == 1 else f"{days[0]} to {days[-1]}"
    noun = "release" if len(batch) == 1 else "releases"
    return f"news: {len(batch)} {noun} ({span})"
