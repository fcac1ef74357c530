"""Take releases as far as they may go: prepare each, publish and remember a batch.

Whose fault a failure is stands here too: a page that fails fails alone, a site that
fails ends the run.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from scraper.errors import (
    BlockedError,
    FetchError,
    NotKeptError,
    PublishError,
    ScraperError,
    StorageError,
    UnavailableError,
)
from scraper.job import Announcer, Job, Parts
from scraper.links import Links
from scraper.model import Entry, Held, History, Release
from scraper.originals import KeptFirst, Originals
from scraper.prepare import Left, Ready, prepare
from scraper.settle import Ledger
from scraper.state import Row
from scraper.window import Window

logger = logging.getLogger(__name__)

#: Releases published together at most.
BATCH = 200

#: Codes of failures that are the news target's, not the site's.
UNDELIVERED = ("publish", "target", "lost")

#: So many refused (unanswered) releases in a row mean that the site is, not they.
REFUSALS_IN_A_ROW = 3
SILENCES_IN_A_ROW = 5


class Taker:
    """The batch of a run under way, and the failures it has seen."""

    def __init__(self, job: Job, parts: Parts, ledger: Ledger) -> None:
        self.job = job
        self.parts = parts
        self.ledger = ledger
        self.batch: list[tuple[Entry, Ready]] = []
        self.links = Links(parts.state)
        self.looked_into = 0
        #: When failures are due again: in any run that starts later.
        self.started = parts.now()
        #: Failures since the site last answered for a release.
        self.unproven: list[tuple[Entry, Row | None, Exception]] = []

    def take(
        self, entries: Sequence[Entry], announcer: Announcer, *, window: Window | None
    ) -> None:
        """Bring every entry to its outcome; those not reached are left."""
        self.ledger.via = announcer.name
        told = self.ledger.report.outcomes
        fresh = [e for e in entries if e.news_id not in told]
        for entry in entries:
            if entry.news_id in told and told[entry.news_id].via != announcer.name:
                self.ledger.report.told_before[announcer.name] += 1
        self.parts.expect(len(fresh))
        for entry in fresh:
            self.ledger.left(entry, "stopped", "the run ended before it")
        rows = self.ledger.find(fresh)
        for entry in fresh:
            row = rows.get(entry.news_id)
            if not self.ledger.recall(entry, row, self.parts.now()):
                self.release(entry, row, window, announcer)
            self.parts.progress(self.ledger.report.outcomes[entry.news_id])
        self.ledger.follow_known(fresh, self.parts.now())

    def release(
        self,
        entry: Entry,
        row: Row | None,
        window: Window | None,
        announcer: Announcer,
    ) -> None:
        """Prepare one release; its failure is its own, unless the site refuses us."""
        section = announcer.sections[entry.source]
        if section.closed:
            self.ledger.held(entry, Held(entry.news_id, "license", section.closed))
            return
        if self.job.limit is not None and self.looked_into >= self.job.limit:
            reason = f"--limit {self.job.limit} was reached"
            self.ledger.left(entry, "limit", reason)
            return
        self.looked_into += 1
        try:
            outcome = prepare(
                entry,
                self.originals(row, announcer),
                section,
                self.parts.rules,
                now=self.parts.now(),
                window=window,
                path=row.post_path if row else "",
                history=partial(self.history, row),
            )
        except NotKeptError:
            self.ledger.left(entry, "archive", "a run that may fetch takes it up")
            return
        except UnavailableError:
            raise  # no fault of this release, so none is counted
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug must not take the others
            self.failed(entry, row, error)
            return
        self.site_answers()
        match outcome:
            case Ready():
                self.batch.append((entry, without_text(outcome)))
                if len(self.batch) >= BATCH:
                    self.publish()
            case Held():
                self.ledger.held(entry, outcome)
            case Left():
                self.ledger.left(entry, "window", outcome.reason)

    def history(self, row: Row | None, release: Release) -> History:
        """Return what became of a release before, if it was published already."""
        if row and row.post_path:
            known = self.parts.state.followed([row.news_id]).get(row.news_id)
            if known and known.history:
                return known.history
        return self.links.of(release)

    def originals(self, row: Row | None, announcer: Announcer) -> Originals:
        """Return where its page and files are had: at hand, if they only were late."""
        if row and row.status == "failed" and row.code in UNDELIVERED:
            return KeptFirst(self.parts.kept, announcer.originals)
        return announcer.originals

    def failed(self, entry: Entry, row: Row | None, error: Exception) -> None:
        """Settle a failure; end the run when it is the site that fails.

        Whether a refusal or a silence is the release's own is known only when the site
        answers for another: until then it counts for nothing.

        Raises:
            FetchError: the one given, when there were too many in a row.
        """
        about_the_site = isinstance(error, FetchError)
        if about_the_site:
            self.unproven.append((entry, row, error))
        else:
            self.site_answers()
        log = logger.warning if isinstance(error, ScraperError) else logger.exception
        log("release failed id=%s error=%s", entry.news_id, error)
        self.ledger.failed(entry, error, row, self.started, its_own=not about_the_site)
        refusals = sum(isinstance(e, BlockedError) for _, _, e in self.unproven)
        silences = len(self.unproven) - refusals
        if refusals >= REFUSALS_IN_A_ROW or silences >= SILENCES_IN_A_ROW:
            raise error

    def site_answers(self) -> None:
        """Count the failures before this answer: they were the releases' own."""
        for entry, row, error in self.unproven:
            if not isinstance(error, BlockedError):
                self.ledger.failed(entry, error, row, self.started, its_own=True)
        self.unproven = []

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
            self.ledger.undelivered(batch, error, self.started)
            raise
        self.ledger.delivered(batch, receipt, self.parts.now())


def without_text(ready: Ready) -> Ready:
    """Return what waits for its batch: the post has the text, and that is enough.

    The blocks of 200 releases take 20 MB; what is remembered of them needs none.
    """
    release = replace(ready.release, body=(), removed=(), claims=())
    return replace(ready, release=release)


def subject(batch: Sequence[tuple[Entry, Ready]]) -> str:
    """Return the first line of a batch's commit message; see ``publishers``."""
    days = sorted({entry.listed_on for entry, _ in batch})
    span = f"{days[0]}" if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return f"news: {{releases}} ({span})"
