"""Which runs look at published releases again; how they look is in ``looks``."""

from scraper.job import Job, Parts
from scraper.settle import Ledger


def recheck(job: Job, parts: Parts, ledger: Ledger) -> None:
    """Look at what is due; write what changed; tell what a person should see.

    Only an ordinary run does: not one for some days or for a few releases, nor a dry
    one. What no announcer of this run reads waits for one that does. Errors of the site
    end it, and are in the report.

    Raises:
        PublishError, StorageError: nothing can be written.
    """
    ordinary = job.catch_up and job.limit is None and not job.due_only
    stopped = ledger.report.stopped_by is not None
    if parts.again is None or not ordinary or job.dry_run or stopped:
        return
    ledger.via = ""

    def is_read_now(source: str) -> bool:
        return any(source in announcer.sections for announcer in parts.announcers)

    most = parts.again.per_run
    if due := parts.state.due_again(parts.now(), most, is_read_now):
        from scraper.looks import Looks

        Looks(parts, parts.again, ledger).all(due)
