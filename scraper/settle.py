"""Remember and count: what became of each release, in the state and in the report."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from scraper.errors import (
    BlockedError,
    MissingError,
    OversizeError,
    ParseError,
    PublishError,
    ScraperError,
)
from scraper.model import Entry, Held, Receipt
from scraper.prepare import Ready
from scraper.report import Outcome, Report, Result
from scraper.state import Row, State, Status

logger = logging.getLogger(__name__)

#: A release that failed in so many runs is set aside, and told once.
QUARANTINE_AFTER = 5

#: Stable codes of failures, the closest class first.
CODES: tuple[tuple[type[ScraperError], str], ...] = (
    (BlockedError, "blocked"),
    (OversizeError, "oversize"),
    (MissingError, "missing"),
    (ParseError, "parse"),
    (PublishError, "publish"),
    (ScraperError, "fetch"),
)


@dataclass(slots=True)
class Ledger:
    """Writes the state and the report together, so that they never differ."""

    state: State
    report: Report
    #: Scheme and host release pages are told under.
    base_url: str
    #: Names the program version and the settings that make posts and verdicts.
    made_by: str
    #: Count, but write nothing to the state.
    dry_run: bool = False
    #: Posts of the news target that a dry run did not take into the state.
    in_target: Mapping[str, str] = field(default_factory=dict)

    def find(self, entries: Iterable[Entry]) -> dict[str, Row]:
        """Return what we know of these entries."""
        return self.state.find(entry.news_id for entry in entries)

    def recall(self, entry: Entry, row: Row | None, now: datetime) -> bool:
        """Settle an entry from what is known; tell whether that sufficed.

        A release held for its license, or set aside, is judged anew when the program
        or the settings that judged it have changed.
        """
        if entry.news_id in self.in_target or (row and row.status == "published"):
            path = row.post_path if row else self.in_target[entry.news_id]
            self._count(entry, "known", path=path)
            return True
        if row is None or row.status != "held":
            return False
        may_change = row.code in ("license", "quarantine")
        if may_change and row.made_by != self.made_by:
            return False
        if row.due_at and row.due_at <= now.isoformat():
            return False
        self._count(entry, "held", row.code, row.reason, row.post_path)
        return True

    def left(self, entry: Entry, code: str, reason: str) -> None:
        """Count a release that this run leaves alone."""
        self._count(entry, "left", code, reason)

    def held(self, entry: Entry, held: Held) -> None:
        """Remember why a release waits, and until when."""
        row = _row(entry, "held", held.code, held.reason, self.made_by)
        self._settle(replace(row, due_at=held.until.isoformat() if held.until else ""))
        self._count(entry, "held", held.code, held.reason)

    def failed(
        self, entry: Entry, error: ScraperError, row: Row | None, now: datetime
    ) -> None:
        """Remember a failure, due again in the next run; set a fifth one aside."""
        logger.warning("release failed id=%s error=%s", entry.news_id, error)
        failures = (row.failures if row else 0) + 1
        code, reason = code_of(error), str(error)
        if failures < QUARANTINE_AFTER:
            failed = _row(entry, "failed", code, reason, self.made_by)
            self._settle(replace(failed, failures=failures, due_at=now.isoformat()))
            self._count(entry, "failed", code, reason)
            return
        reason = f"failed in {failures} runs, set aside: {reason}"
        aside = _row(entry, "held", "quarantine", reason, self.made_by)
        self._settle(replace(aside, failures=failures))
        self._count(entry, "held", "quarantine", reason)

    def undelivered(
        self, batch: Sequence[tuple[Entry, Ready]], error: ScraperError
    ) -> None:
        """Count a batch the news target did not take; nothing of it is remembered."""
        for entry, _ in batch:
            self._count(entry, "failed", code_of(error), str(error))

    def published(self, batch: Sequence[tuple[Entry, Ready]], receipt: Receipt) -> None:
        """Remember a batch that the news target shows now.

        Not its tip: between our survey and this push somebody else may have pushed,
        and the next survey must find what.
        """
        rows = [
            _published_row(entry, ready, receipt, self.made_by)
            for entry, ready in batch
        ]
        self.state.settle(rows)
        self.report.tip = receipt.tip
        self.report.batches += bool(receipt.written)
        for (entry, _), row in zip(batch, rows, strict=True):
            result: Result = "published" if row.status == "published" else "held"
            self._count(entry, result, row.code, row.reason, row.post_path)

    def would_publish(self, batch: Sequence[tuple[Entry, Ready]]) -> None:
        """Count a batch of a dry run."""
        for entry, ready in batch:
            self._count(entry, "published", "dry-run", path=ready.post.path)

    def _settle(self, row: Row) -> None:
        if not self.dry_run:
            self.state.settle([row])

    def _count(
        self,
        entry: Entry,
        result: Result,
        code: str = "",
        reason: str = "",
        path: str = "",
    ) -> None:
        url = self.base_url + entry.path
        self.report.add(Outcome(entry, result, code, reason, path, url))


def code_of(error: ScraperError) -> str:
    """Return the stable code of a failure."""
    return next(code for kind, code in CODES if isinstance(error, kind))


def _row(entry: Entry, status: Status, code: str, reason: str, made_by: str) -> Row:
    return Row(
        news_id=entry.news_id,
        source=entry.source,
        status=status,
        code=code,
        reason=reason,
        page_path=entry.path,
        title=entry.title,
        lead=entry.lead,
        ministry=entry.ministry,
        listed_on=entry.listed_on.isoformat(),
        made_by=made_by,
    )


def _published_row(entry: Entry, ready: Ready, receipt: Receipt, made_by: str) -> Row:
    refused = receipt.refused.get(entry.news_id)
    if refused is None:
        row = _row(entry, "published", "", "", made_by)
    else:
        row = _row(entry, "held", "edited", refused, made_by)
    return replace(
        row,
        title=ready.release.title,
        ministry=ready.release.ministry.printed,
        published_at=ready.release.published_at.isoformat(),
        post_path=ready.post.path,
        source_hash=ready.release.source_hash,
        facts=ready.facts,
    )
