"""One run: the order of the stages, nothing else.

    announce -> prepare (fetch, parse, extract, normalize, judge, render)
             -> publish -> remember -> look back, for what is put up late

Days go oldest first. A batch (a day, or 200 releases) is published and only then
remembered, so that a crash repeats work and never loses it.
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta

from scraper.errors import (
    FetchError,
    ParseError,
    PublishError,
    SourceError,
    StorageError,
)
from scraper.job import Announcer, Job, Parts, Stopped
from scraper.look_back import look_back
from scraper.model import KST, Entry
from scraper.recheck import recheck
from scraper.reconcile import newest_day, reconcile
from scraper.report import Report
from scraper.settle import Ledger
from scraper.state import Row
from scraper.take import Taker

logger = logging.getLogger(__name__)

#: How far back a run looks, at least, whose state was lost.
LOST_DAYS = timedelta(days=7)


def run(job: Job, parts: Parts) -> Report:
    """Announce, prepare, publish and remember, day by day; say what became of each.

    Errors that end the run early are in the report, and what was ready by then is
    published.
    """
    return _Run(job, parts).whole()


class _Run:
    """A run under way."""

    def __init__(self, job: Job, parts: Parts) -> None:
        self.job = job
        self.parts = parts
        self.report = Report(dry_run=job.dry_run)
        self.ledger = Ledger(
            parts.state, self.report, job.base_url, job.made_by, job.dry_run
        )
        self.taker = Taker(job, parts, self.ledger)
        #: Days not read to their end, by announcer.
        self.unread: dict[str, int] = {}
        #: The newest day the target has posts of, if our state was lost.
        self.newest: date | None = None
        #: Servers that are not asked for more.
        self.closed: set[str] = set()

    def whole(self) -> Report:
        """Do the job, or as much of it as may be done."""
        try:
            self.survey()
            for announcer in self.parts.announcers:
                self.unread[announcer.name] = len(self.days(announcer))
                self.intend(announcer)
            self.each(self.ask)
            self.forgotten()
            self.each(self.look_back)
            recheck(self.job, self.parts, self.ledger)
        except (PublishError, StorageError) as error:
            self.report.stopped_by = error
        except Stopped:
            logger.info("stopping after the signal")
        self.finish()
        return self.report

    def each(self, step: Callable[[Announcer], None]) -> None:
        """Take a step with every announcer whose server has not refused us."""
        for announcer in self.parts.announcers:
            if self.parts.stopping():
                return
            if announcer.server in self.closed:
                continue
            self.taker.unproven = []
            try:
                step(announcer)
            except SourceError as error:
                logger.error("stopped source=%s error=%s", announcer.name, error)
                self.report.stop(error)
                self.closed.add(announcer.server)

    def ask(self, announcer: Announcer) -> None:
        """Take what is due, and what the days of one announcer have."""
        self.due(announcer)
        for day in self.days(announcer):
            if self.parts.stopping():
                return
            self.day(day, announcer)
            self.unread[announcer.name] -= 1

    def look_back(self, announcer: Announcer) -> None:
        """List past days again, for what was put up late."""
        if self.job.look_back is None:
            return
        look_back(
            announcer,
            self.scope(announcer.name),
            self.job.look_back,
            parts=self.parts,
            taker=self.taker,
            report=self.report,
            ministries=self.job.ministries,
            read=self.days(announcer),
        )

    def days(self, announcer: Announcer) -> list[date]:
        """Return the days to read; none when only what is due is asked for."""
        if self.job.due_only:
            return []
        days = announcer.window.days()
        if self.newest and self.newest < days[0]:
            days = [self.newest, *days_between(self.newest, days[0]), *days]
        return days

    def scope(self, source: str) -> str:
        """Name what the days of one announcer are about, for the state."""
        return ":".join((source, *sorted(self.job.ministries)))

    def survey(self) -> None:
        """Learn from the news target what was published, by us or by anybody."""
        state = self.parts.state
        known = state.tip()
        survey = self.parts.publisher.survey(known)
        self.report.tip = survey.tip
        if self.job.catch_up and not known:
            newest = newest_day(survey.paths.values())
            # What was held is lost with the state; most of it is of these days.
            self.newest = newest and min(newest, self.today() - LOST_DAYS)
        if self.job.dry_run:
            self.ledger.in_target = survey.paths
            return
        self.ledger.declined = survey.refused
        self.ledger.surveyed = survey.tip
        if survey.complete:
            self.report.notes += reconcile(
                survey,
                state,
                scopes=[self.scope(one.name) for one in self.parts.announcers],
                started=self.taker.started,
                allow_restore=self.job.allow_restore,
            )
        adopted = state.adopt(survey)
        logger.info("surveyed tip=%s new_to_us=%d", survey.tip[:12], adopted)

    def intend(self, announcer: Announcer) -> None:
        """Note the days to come, so that a run cut short leaves gaps, not holes.

        So are the days between the last one read whole and the first of this run: a
        ``--since yesterday`` after an outage must not hide them for ever.
        """
        days = self.days(announcer)
        if self.job.dry_run or not days:
            return
        state, today = self.parts.state, self.today()
        scope = self.scope(announcer.name)
        last = state.last_whole_day(scope, today)
        if last and last < days[0]:
            days += days_between(last, days[0])
        state.intend_days(scope, [day for day in days if day < today])

    def today(self) -> date:
        """Return the day it is in Korea."""
        return self.now().astimezone(KST).date()

    def due(self, announcer: Announcer) -> None:
        """Take up again what was held until now, and what failed before."""
        rows = self.parts.state.due(self.now(), self.job.made_by)
        rows = [row for row in rows if self.is_up_to(announcer, row)]
        self.taker.take([row.entry() for row in rows], announcer, window=None)
        self.taker.publish()

    def is_up_to(self, announcer: Announcer, row: Row) -> bool:
        """Tell whether a release that is due is this announcer's to take up.

        A listing leads to pages of other sections too; those have, at best, one of
        their own. The Open API is no section: it takes what it told of, and what no
        listing of this run has. That it does not tell of a release proves nothing.
        """
        if row.source not in announcer.sections:
            return False
        if not is_listing(announcer):
            return self.told(announcer, row) or not any(
                one.name == row.source for one in self.parts.announcers
            )
        if any(
            self.told(one, row) for one in self.parts.announcers if not is_listing(one)
        ):
            return False
        others = {one.name for one in self.parts.announcers} - {announcer.name}
        return row.source not in others

    def told(self, announcer: Announcer, row: Row) -> bool:
        """Tell whether an announcer told of a release, in this run or before."""
        scope = self.scope(announcer.name)
        known = row.source in announcer.sections
        return known and self.parts.state.was_announced(
            scope, row.listed_on, row.news_id
        )

    def forgotten(self) -> None:
        """Say what is due and of a section that nothing in this run reads."""
        due = self.parts.state.due(self.now(), self.job.made_by)
        sources = Counter(
            row.source
            for row in due
            if not any(row.source in one.sections for one in self.parts.announcers)
        )
        for source, count in sources.items():
            self.report.notes.append(
                f"{count} releases of {source or 'no known section'} are due, and no"
                " source of this run reads them; see sources in config.yaml"
            )

    def day(self, day: date, announcer: Announcer) -> None:
        """Read the day's listing, and bring each release as far as it may go."""
        entries: dict[str, Entry] = {}
        whole = True
        for ministry in self.job.ministries or ("",):
            part, part_is_whole = self.announce(day, ministry, announcer)
            entries |= {entry.news_id: entry for entry in part}
            whole &= part_is_whole
        self.taker.take(list(entries.values()), announcer, window=announcer.window)
        self.taker.publish()
        self.remember_day(announcer, day, whole, entries)

    def announce(
        self, day: date, ministry: str, announcer: Announcer
    ) -> tuple[Sequence[Entry], bool]:
        """Return what the day's listing announces, and whether that is all."""
        try:
            announcement = announcer.announce(day, ministry)
        except ParseError as error:
            self.listing_failed(day, error)
            return (), False
        except FetchError:
            self.remember_day(announcer, day, False, ())
            raise
        if announcement.error:
            self.listing_failed(day, announcement.error)
        entries, whole = announcement.entries, announcement.whole
        if not self.job.dry_run:
            scope = self.scope(announcer.name)
            self.parts.state.keep_announced(scope, day, ministry, entries, whole=whole)
        return entries, whole

    def listing_failed(self, day: date, error: SourceError) -> None:
        """Note a listing that is not whole; the next run reads the day again."""
        logger.error("listing failed day=%s error=%s", day, error)
        self.report.listing_errors.append(error)

    def remember_day(
        self, announcer: Announcer, day: date, whole: bool, ids: Collection[str]
    ) -> None:
        """Keep whether a day is whole: closed, listed whole, and nothing of it left."""
        outcomes = self.report.outcomes
        left = any(outcomes[news_id].result == "left" for news_id in ids)
        closed = day < self.today()
        if not self.job.dry_run and (not whole or (closed and not left)):
            scope = self.scope(announcer.name)
            self.parts.state.keep_day(scope, day, whole=whole)

    def finish(self) -> None:
        """Publish what was ready when the run was ended early; count what waits.

        What we delivered is surveyed again, so that the tip we remember is one whose
        posts we all know, whoever pushed them.
        """
        for name, unread in self.unread.items():
            if unread:
                note = f"{name}: {unread} days were not read to their end"
                self.report.notes.append(note)
        try:
            self.taker.publish()
            if self.report.batches:
                self.survey()
            elif not self.job.dry_run and self.report.stopped_by is None:
                self.parts.tend()
            waiting = self.parts.state.count_made_otherwise(self.job.made_by)
            self.report.waiting = waiting
        except (PublishError, StorageError) as error:
            self.report.stop(error)
        except Stopped:
            logger.info("what is ready is left, for its push must wait")

    def now(self) -> datetime:
        """Return the time."""
        return self.parts.now()


def is_listing(announcer: Announcer) -> bool:
    """Tell a section's own listing from the Open API, which is no section."""
    return announcer.name in announcer.sections


def days_between(after: date, before: date) -> list[date]:
    """Return the days after one and before another."""
    count = (before - after).days - 1
    return [after + timedelta(days=n + 1) for n in range(count)]
