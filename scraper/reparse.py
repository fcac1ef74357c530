"""Parse, judge, render and publish again, from the archive, without network.

What an upgrade or another configuration changes reaches old posts only this way, when
the operator asks for it. A post keeps its path; one that a person edited stays, and one
that a person took out of the news target is put back only when it is named.
"""

import logging
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from scraper.again import text_of
from scraper.announce import Section
from scraper.errors import PublishError, ScraperError, StorageError
from scraper.job import Publisher, Standing, Stopped
from scraper.model import Entry, Held, History, Release
from scraper.originals import Originals
from scraper.prepare import Left, Ready, Rules, prepare
from scraper.report import Outcome, Report
from scraper.settle import Ledger, code_of
from scraper.state import Row, State
from scraper.take import BATCH

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reparse:
    """What is done again, and with what."""

    #: How pages read, by the source of a row.
    sections: Mapping[str, Section]
    originals: Originals
    state: State
    publisher: Publisher
    rules: Rules
    now: Callable[[], datetime]
    made_by: str
    base_url: str
    #: Write to the news target; otherwise only tell what would change.
    publish: bool
    #: Has the posts that are in the news target, by path, for those id by path.
    standing: Callable[[Mapping[str, str]], Mapping[str, Standing]] = lambda _: {}
    #: Ids to do; empty means all that were ever fetched.
    only: Collection[str] = ()
    stopping: Callable[[], bool] = lambda: False


def reparse(job: Reparse) -> Report:
    """Do the job; the report counts posts that stay the same as ``known``.

    Errors that end it early are in the report.
    """
    report = Report(dry_run=not job.publish)
    ledger = Ledger(job.state, report, job.base_url, job.made_by, not job.publish)
    try:
        survey = job.publisher.survey("")
        report.tip = survey.tip
        if job.publish:
            job.state.adopt(survey)
        for batch in _batches(_again(job, ledger, report, survey.paths)):
            _deliver(job, ledger, report, batch, survey.paths)
    except (PublishError, StorageError) as error:
        report.stopped_by = error
    except Stopped:
        logger.info("stopping after the signal")
    report.waiting = job.state.count_made_otherwise(job.made_by)
    return report


def _again(
    job: Reparse, ledger: Ledger, report: Report, held: Container[str]
) -> Iterator[tuple[Entry, Ready, Row]]:
    """Yield what can be rendered again; count the rest."""
    for row in job.state.all():
        if job.only and row.news_id not in job.only:
            continue
        if not row.page_path:
            continue  # found in the news repository; its page was never fetched here
        entry = row.entry()
        if row.status != "published":
            ledger.left(entry, row.code, f"{row.status}: a run takes it up by itself")
            continue
        if row.news_id not in held and row.news_id not in job.only:
            ledger.left(entry, "deleted", "it was taken out of the news target")
            continue
        if row.source not in job.sections:
            ledger.left(entry, "source", f"no section {row.source!r} is configured")
            continue
        if job.stopping():
            ledger.left(entry, "stopped", "the run ended before it")
            continue
        try:
            outcome = prepare(
                entry,
                job.originals,
                job.sections[row.source],
                job.rules,
                now=job.now(),
                path=row.post_path,
                history=partial(_history, job, row),
                trusted=text_of(
                    job.state.fetched(row.news_id), str(row.facts.get("text_from"))
                ),
            )
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug must not take the others
            log = (
                logger.warning if isinstance(error, ScraperError) else logger.exception
            )
            log("release failed id=%s error=%s", entry.news_id, error)
            url = job.base_url + entry.path
            code = code_of(error)
            path = row.post_path
            reason = str(error) or repr(error)
            report.add(Outcome(entry, "failed", code, reason, path, url))
            continue
        match outcome:
            case Ready():
                yield entry, outcome, row
            case Held():
                reason = f"published, and kept; now it would be held: {outcome.reason}"
                report.add(Outcome(entry, "held", outcome.code, reason, row.post_path))
            case Left():
                ledger.left(entry, "window", outcome.reason)


def _history(job: Reparse, row: Row, release: Release) -> History:
    """Return what became of a post, as we know it, else as the post itself tells it."""
    del release
    known = job.state.followed([row.news_id]).get(row.news_id)
    if known and known.history:
        return known.history
    if known is None and row.source_hash:
        return History()  # published before posts had one, and long ago
    there = job.standing({row.news_id: row.post_path}).get(row.post_path)
    return there.history if there else History()


def _deliver(
    job: Reparse,
    ledger: Ledger,
    report: Report,
    batch: Sequence[tuple[Entry, Ready, Row]],
    held: Container[str],
) -> None:
    same = [(e, r) for e, r, row in batch if _is_same(r, row, held)]
    other = [(e, r) for e, r, row in batch if not _is_same(r, row, held)]
    for entry, ready in same:
        report.add(Outcome(entry, "known", path=ready.post.path))
    if not job.publish:
        ledger.would_publish(other)
        return
    job.state.settle(
        replace(row, made_by=job.made_by)
        for _, ready, row in batch
        if _is_same(ready, row, held)
    )
    if not other:
        return
    for entry, _ in other:
        ledger.left(entry, "stopped", "the run ended before it")
    posts = [ready.post for _, ready in other]
    try:
        receipt = job.publisher.publish(posts, "news: {releases} (reparsed)")
    except (PublishError, StorageError) as error:
        ledger.undelivered(other, error, None)
        raise
    ledger.delivered(other, receipt, job.now())


def _is_same(ready: Ready, row: Row, held: Container[str]) -> bool:
    return (
        row.news_id in held
        and row.facts.get("post_sha256") == ready.facts["post_sha256"]
    )


def _batches(
    ready: Iterator[tuple[Entry, Ready, Row]],
) -> Iterator[list[tuple[Entry, Ready, Row]]]:
    batch = []
    for item in ready:
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
