"""Remember and count: what became of each release, in the state and in the report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from scraper.errors import (
    BlockedError,
    MissingError,
    OversizeError,
    ParseError,
    PublishError,
    ScraperError,
    StorageError,
)
from scraper.links import delivered, found
from scraper.model import DECLINED, EDITED, KST, Entry, Held, Receipt
from scraper.prepare import Ready
from scraper.report import Outcome, Report, Result
from scraper.state import JUDGED_ANEW, Row, State, Status

#: A release that failed in so many runs is set aside, and told once. It is tried again
#: once a day: a layout that was broken for a day comes back by itself.
QUARANTINE_AFTER, QUARANTINE_PAUSE = 5, timedelta(days=1)

#: After so many it is left alone: a month later nothing comes back by itself.
HOPELESS_AFTER = QUARANTINE_AFTER + 30

#: Codes of posts that were there already and were written again, by the reason.
WRITTEN_AGAIN = {"correction": "corrected", "withdrawal": "withdrawn"}

#: Stable codes of failures, the closest class first.
CODES: tuple[tuple[type[ScraperError], str], ...] = (
    (BlockedError, "blocked"),
    (OversizeError, "oversize"),
    (MissingError, "missing"),
    (ParseError, "parse"),
    (PublishError, "publish"),
    (StorageError, "storage"),
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
    #: The tip of the news target as last surveyed.
    surveyed: str = ""
    #: Why people declined posts, by id; see :attr:`Survey.refused`.
    declined: Mapping[str, str] = field(default_factory=dict)
    #: Name of the announcer at work; reports count by it.
    via: str = ""

    def find(self, entries: Iterable[Entry]) -> dict[str, Row]:
        """Return what we know of these entries."""
        return self.state.find(entry.news_id for entry in entries)

    def recall(self, entry: Entry, row: Row | None, now: datetime) -> bool:
        """Settle an entry from what is known; tell whether that sufficed.

        A release held for its license, or set aside, is judged anew when the program
        or the settings that judged it have changed, or when its page, which was in no
        section, is in one now.
        """
        if (declined := self.declined.get(entry.news_id)) is not None:
            self.held(entry, Held(entry.news_id, "refused", declined))
            return True
        if entry.news_id in self.in_target or (row and row.status == "published"):
            path = row.post_path if row else self.in_target[entry.news_id]
            self._count(entry, "known", path=path)
            if row and not row.page_path:  # known from the news target alone
                self._settle(_announced(row, entry))
            return True
        if row is None or row.status != "held" or row.code == "refused":
            return False  # a pull request that was closed may have been opened again
        homeless = row.source.startswith("/") and row.source != entry.source
        if row.code in JUDGED_ANEW and (row.made_by != self.made_by or homeless):
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
        self,
        entry: Entry,
        error: Exception,
        row: Row | None,
        now: datetime,
        *,
        its_own: bool,
    ) -> None:
        """Remember a failure, due in the next run; set a fifth one aside for a day.

        ``its_own`` tells that the site answered for others, so that it counts.
        """
        failures = (row.failures if row else 0) + its_own
        code, reason = code_of(error), str(error) or repr(error)
        if failures < QUARANTINE_AFTER:
            failed = _row(entry, "failed", code, reason, self.made_by)
            self._settle(replace(failed, failures=failures, due_at=now.isoformat()))
            self._count(entry, "failed", code, reason)
            return
        reason = f"failed in {failures} runs, set aside: {reason}"
        aside = _row(entry, "held", "quarantine", reason, self.made_by)
        again = (now + QUARANTINE_PAUSE).isoformat()
        due_at = again if failures < HOPELESS_AFTER else ""
        self._settle(replace(aside, failures=failures, due_at=due_at))
        self._count(entry, "held", "quarantine", reason)

    def undelivered(
        self,
        batch: Sequence[tuple[Entry, Ready]],
        error: ScraperError,
        due: datetime | None,
    ) -> None:
        """Count a batch the news target did not take.

        Unless ``due`` is ``None``, remember it as due then: what is at hand need not be
        fetched again.
        """
        code = code_of(error)
        rows = []
        for entry, _ in batch:
            row = _row(entry, "failed", code, str(error), self.made_by)
            rows.append(replace(row, due_at=due.isoformat() if due else ""))
            self._count(entry, "failed", code, str(error))
        if due and not isinstance(error, StorageError):
            self.state.settle(rows)

    def delivered(
        self, batch: Sequence[tuple[Entry, Ready]], receipt: Receipt, now: datetime
    ) -> None:
        """Count and remember what the news target shows now, and what it refused.

        Its tip stands beside the surveyed one, not for it: between our survey and this
        push somebody else may have pushed, and the next survey must find what.
        """
        self.report.tip = receipt.tip
        self.report.batches += bool(receipt.written)
        self._follow(batch, receipt, now)
        rows = []
        for entry, ready in batch:
            refused = receipt.refused.get(entry.news_id, "")
            row = _delivered_row(entry, ready, refused, self.made_by, now)
            if entry.news_id in receipt.written:
                row = replace(row, first_published_at=now.isoformat())
            rows.append(row)
            result: Result = row.status
            code, reason = row.code, row.reason
            if entry.news_id in receipt.unchanged:
                result = "known"
            elif result == "published" and ready.post.because:
                code, reason = WRITTEN_AGAIN[ready.post.because], "its source changed"
            elif result == "published" and not ready.release.text_from:
                code, reason = "no-text", ready.release.no_text_because
            path = row.post_path
            self._count(entry, result, code, reason, path, remarks=ready.remarks)
        self.state.settle(rows, tip=self._seen(receipt.tip))

    def _seen(self, delivered: str) -> str:
        """Return what the next survey is asked to go on from; "" for no change.

        A tip in several words is a pull request's, which tells all by itself.
        """
        if not delivered or " " in delivered or " " in self.surveyed:
            return ""
        return f"{self.surveyed} {delivered}".strip()

    def _follow(
        self, batch: Sequence[tuple[Entry, Ready]], receipt: Receipt, now: datetime
    ) -> None:
        """Have what the target shows looked at again."""
        shown = [r for e, r in batch if e.news_id not in receipt.refused]
        known = self.state.followed(ready.release.news_id for ready in shown)
        self.state.follow(
            delivered(ready.release, known.get(ready.release.news_id), now)
            for ready in shown
        )

    def follow_known(self, entries: Sequence[Entry], now: datetime) -> None:
        """Follow what a listing announced and the target had already, and we did not.

        So it is after an update of the program, and when the state was lost.
        """
        ids = [e.news_id for e in entries if self._is_known(e)]
        missing = set(ids) - self.state.followed(ids).keys()
        if not missing or self.dry_run:
            return
        rows = self.find(entry for entry in entries if entry.news_id in missing)
        self.state.follow(
            found(entry, _first_at(entry, rows.get(entry.news_id)), now)
            for entry in entries
            if entry.news_id in missing
        )

    def _is_known(self, entry: Entry) -> bool:
        outcome = self.report.outcomes.get(entry.news_id)
        return outcome is not None and outcome.result == "known"

    def would_publish(self, batch: Sequence[tuple[Entry, Ready]]) -> None:
        """Count a batch of a dry run."""
        for entry, ready in batch:
            path, remarks = ready.post.path, ready.remarks
            self._count(entry, "published", "dry-run", path=path, remarks=remarks)

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
        remarks: tuple[str, ...] = (),
    ) -> None:
        url = self.base_url + entry.path
        self.report.add(
            Outcome(entry, result, code, reason, path, url, self.via, remarks)
        )


def _first_at(entry: Entry, row: Row | None) -> datetime:
    """Return when we first delivered a release, else the noon of its day."""
    if row and row.first_published_at:
        return datetime.fromisoformat(row.first_published_at)
    return datetime.combine(entry.listed_on, time(12), KST)


def code_of(error: Exception) -> str:
    """Return the stable code of a failure; ``bug`` for one of our own."""
    return next((code for kind, code in CODES if isinstance(error, kind)), "bug")


def _announced(row: Row, entry: Entry) -> Row:
    """Return the row with what its announcement says."""
    return replace(
        row,
        source=entry.source,
        page_path=entry.path,
        title=entry.title,
        lead=entry.lead,
        ministry=entry.ministry,
        listed_on=entry.listed_on.isoformat(),
    )


def _row(entry: Entry, status: Status, code: str, reason: str, made_by: str) -> Row:
    row = Row(entry.news_id, entry.source, status, code, reason, made_by=made_by)
    return _announced(row, entry)


def _delivered_row(
    entry: Entry, ready: Ready, refused: str, made_by: str, now: datetime
) -> Row:
    """Return what to remember; an obstacle in the target may be gone next time."""
    if not refused:
        row = _row(entry, "published", "", "", made_by)
    elif refused.startswith(EDITED):
        row = _row(entry, "held", "edited", refused, made_by)
    elif refused.startswith(DECLINED):
        row = _row(entry, "held", "refused", refused, made_by)
    else:
        row = _row(entry, "failed", "target", refused, made_by)
        row = replace(row, due_at=now.isoformat())
    return replace(
        row,
        title=ready.release.title,
        ministry=ready.release.ministry.printed,
        published_at=ready.release.published_at.isoformat(),
        post_path=ready.post.path if row.status != "failed" else "",
        source_hash=ready.release.source_hash,
        facts=ready.facts,
    )
