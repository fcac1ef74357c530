"""What a person sees: progress, the table at the end, and log lines."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from scraper.archive import write_atomically
from scraper.errors import StorageError
from scraper.report import Outcome, Report
from scraper.text import clean

#: Held and failed releases listed one by one; the rest is in ``--json``.
MOST_LISTED = 50


def log_to_stderr() -> None:
    """Send log lines to stderr: all of them in a log, warnings on a terminal."""
    logging.basicConfig(
        level=logging.WARNING if sys.stderr.isatty() else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    for noisy in ("httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def say(line: str, *, indent: int = 0) -> None:
    """Print one line on stdout, free of control characters."""
    print(" " * indent + clean(line))


def complain(line: str) -> None:
    """Print one line on stderr, free of control characters."""
    print(f"scrape: {clean(line)}", file=sys.stderr)


class Bar:
    """A progress bar on a terminal; silent in a log."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._task = (
            progress.add_task("releases", total=0, title="") if progress else None
        )
        self._total = 0

    def expect(self, count: int) -> None:
        """Make room for more releases."""
        self._total += count
        if self._progress and self._task is not None:
            self._progress.update(self._task, total=self._total)

    def advance(self, outcome: Outcome) -> None:
        """Count one."""
        if self._progress and self._task is not None:
            title = clean(outcome.entry.title)[:40]
            self._progress.update(self._task, advance=1, title=title)


@contextmanager
def progress_bar() -> Iterator[Bar]:
    """Show a bar while the block runs, if stderr is a terminal."""
    if not sys.stderr.isatty():
        yield Bar(None)
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[title]}", markup=False),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        yield Bar(progress)


def print_report(report: Report, target: str, *, dry_run: bool = False) -> None:
    """Print the counts, and every held or failed release with reason and address."""
    counts = report.counts()
    table = Table(show_edge=False, pad_edge=False)
    for name in counts:
        table.add_column(name, justify="right")
    table.add_row(*map(str, counts.values()))
    Console(width=None if sys.stdout.isatty() else 100).print(table)
    waiting = [*report.of("held", "failed")]
    for outcome in waiting[:MOST_LISTED]:
        say(
            f"{outcome.result:6} {outcome.entry.news_id} {outcome.code}: "
            f"{outcome.reason}"
        )
        say(f"{outcome.entry.title}  {outcome.url}", indent=7)
    if len(waiting) > MOST_LISTED:
        say(f"… and {len(waiting) - MOST_LISTED} more; --json FILE has all of them")
    for error in report.listing_errors:
        complain(f"listing not whole, will be read again: {error}")
    if report.waiting:
        say(
            f"{report.waiting} posts were made by an earlier version or configuration;"
            " scrape reparse --publish renders them again"
        )
    say(_last_line(report, target, dry_run=dry_run))


def _last_line(report: Report, target: str, *, dry_run: bool) -> str:
    published = report.counts()["published"]
    if dry_run:
        return f"dry run: {published} would be published to {target}"
    if not published and report.stopped_by:
        return f"nothing published to {target}"
    if not published:
        return f"nothing new in {target}" + (
            f" at {report.tip[:12]}" * bool(report.tip)
        )
    at = f", now at {report.tip[:12]}" if report.tip else ""
    return f"published {published} to {target}{at}"


def write_json(report: Report, file: str, code: int) -> None:
    """Write the report for scripts; ``-`` is stdout.

    Raises:
        StorageError: the file cannot be written.
    """
    values: dict[str, Any] = {"exit_code": code} | report.as_json()
    text = json.dumps(values, ensure_ascii=False, indent=2) + "\n"
    if file == "-":
        sys.stdout.write(text)
        return
    try:
        write_atomically(Path(file).absolute(), text.encode())
    except OSError as error:
        raise StorageError(f"cannot write {file}: {error.strerror}") from error
