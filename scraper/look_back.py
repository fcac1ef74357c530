"""Past days, listed again for what was put up late; :mod:`scraper.coverage` says which.

Only what nobody has seen before goes into the run's counts; requests and late releases
are counted apart.
"""

import logging
from collections.abc import Collection
from datetime import date

from scraper.announce import Announcement
from scraper.coverage import LookBack, PastDay, days_to_list_again
from scraper.errors import ParseError
from scraper.job import Announcer, Parts
from scraper.model import KST, Entry
from scraper.report import LookedBack, Report
from scraper.take import Taker

logger = logging.getLogger(__name__)


def look_back(
    announcer: Announcer,
    scope: str,
    window: LookBack,
    *,
    parts: Parts,
    taker: Taker,
    report: Report,
    ministries: Collection[str],
    read: Collection[date],
) -> None:
    """List this run's share of past days again, and take what is new in them.

    Args:
        announcer: Who is asked.
        scope: Its days, as the state knows them.
        window: How far back.
        parts: What touches the world.
        taker: Takes what is found.
        report: Gets what was done.
        ministries: Codes of those that are asked for; empty means all.
        read: Days that the run has read already.

    Raises:
        FetchError: there is no answer; days not reached are due in the next run.
    """
    state, now = parts.state, parts.now()
    since = window.first_day(now.astimezone(KST).date())
    listed = {
        day: one.listed_at
        for day, one in state.days_read(scope, since).items()
        if one.whole and day not in read
    }
    looked_at = state.looked_at(scope)
    again = days_to_list_again(
        listed,
        window,
        now=now,
        looked_at=looked_at,
        spread=announcer.relist is not None,
    )
    past = _Past(announcer, scope, parts, taker, report, tuple(ministries) or ("",))
    if again:
        report.look_back[announcer.name] = past.done
    for one in again:
        if parts.stopping():
            return
        past.day(one)
    state.keep_looked(scope)


class _Past:
    """Past days of one announcer."""

    def __init__(
        self,
        announcer: Announcer,
        scope: str,
        parts: Parts,
        taker: Taker,
        report: Report,
        ministries: tuple[str, ...],
    ) -> None:
        self.announcer = announcer
        self.scope = scope
        self.parts = parts
        self.taker = taker
        self.report = report
        self.ministries = ministries
        self.done = LookedBack()

    def day(self, again: PastDay) -> None:
        """List one day, and take what is new.

        While that is under way the day is a gap, so that a run cut short loses none.
        """
        state, day = self.parts.state, again.day
        fresh: list[Entry] = []
        whole = True
        for ministry in self.ministries:
            part, is_whole = self.listing(again, ministry)
            fresh += part
            whole &= is_whole
        self.done.days += 1
        self.done.late += len(fresh)
        if fresh:
            state.reopen_day(self.scope, day)
            self.taker.take(fresh, self.announcer, window=None)
            self.taker.publish()
        results = {self.report.outcomes[entry.news_id].result for entry in fresh}
        if whole and "left" not in results:
            state.keep_day(self.scope, day, whole=True)

    def listing(self, again: PastDay, ministry: str) -> tuple[list[Entry], bool]:
        """Return what is new in one listing, and whether it was read whole."""
        before = self.parts.requests()
        try:
            announcement = self.ask(again, ministry)
        except ParseError as error:
            self.failed(again.day, error)
            return [], False
        finally:
            self.done.requests += self.parts.requests() - before
        if announcement.error:
            self.failed(again.day, announcement.error)
        if announcement.unchanged:
            return [], True
        rows = self.taker.ledger.find(announcement.entries)
        told = self.report.outcomes
        fresh = [
            entry
            for entry in announcement.entries
            if entry.news_id not in rows and entry.news_id not in told
        ]
        self.parts.state.keep_announced(
            self.scope,
            again.day,
            ministry,
            announcement.entries,
            whole=announcement.whole,
            late={entry.news_id for entry in fresh},
        )
        return fresh, announcement.whole

    def ask(self, again: PastDay, ministry: str) -> Announcement:
        """Return what a day announces now."""
        if self.announcer.relist is None:
            return self.announcer.announce(again.day, ministry)
        known: Collection[str] = ()
        if not again.to_the_end:
            known = self.parts.state.announced(self.scope, again.day, ministry)
        return self.announcer.relist(again.day, ministry, known)

    def failed(self, day: date, error: Exception) -> None:
        """Note a listing that could not be read; the day stays due."""
        logger.error("listing failed again day=%s error=%s", day, error)
        self.report.notes.append(f"look-back: {day} not listed again: {error}")
