"""What a person sees: progress, the table at the end, and log lines."""

import json
import logging
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from scraper.archive import write_atomically
from scraper.cli import exits
from scraper.errors import StorageError
from scraper.report import Outcome, Report
from scraper.text import clean

if TYPE_CHECKING:
    from rich.progress import Progress

#: Held and failed releases listed one by one; the rest is in ``--json``.
MOST_LISTED = 50

#: Why a run leaves releases alone, by code.
LEFT = {
    "limit": "--limit was reached; the next run takes them",
    "stopped": "the run ended before them; the next one takes them",
    "archive": "not in the archive; a run that may fetch takes them up",
    "source": "their section is not configured (any more)",
    "deleted": "no longer in the news target; scrape reparse ID puts one back",
    "window": "published outside --since and --until",
}

logger = logging.getLogger(__name__)


def log_to_stderr() -> None:
    """Send log lines to stderr: all of them in a log, warnings on a terminal."""
    logging.basicConfig(
        level=logging.WARNING if sys.stderr.isatty() else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S%z",
        stream=sys.stderr,
    )
    for noisy in ("httpx", "httpcore", "apscheduler"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def say(line: str, *, indent: int = 0, out: TextIO | None = None) -> None:
    """Print one line, free of control characters, on stdout or ``out``."""
    print(" " * indent + clean(line), file=out or sys.stdout)


def complain(line: str) -> None:
    """Print one line on stderr, free of control characters."""
    print(f"scrape: {clean(line)}", file=sys.stderr)


class Bar:
    """A progress bar on a terminal; silent in a log."""

    def __init__(self, progress: "Progress | None") -> None:
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
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[title]}", markup=False),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        yield Bar(progress)


def finish(
    report: Report,
    target: str,
    *,
    signal: int | None,
    dry_run: bool,
    json_file: str,
) -> int:
    """Write and print the report; return the exit code.

    The JSON goes first, and whoever reads the table may leave before its end: what the
    run did stays done and told.

    Raises:
        StorageError: the JSON file cannot be written.
    """
    code = exits.exit_code_of_run(report, signal)
    if json_file and json_file != "-":
        write_json(report, json_file, code)
    with _listener_may_leave():
        if json_file == "-":
            print(_as_json(report, code))
        print_report(report, target, dry_run=dry_run, error=json_file == "-")
    for error in report.listing_errors:
        complain(f"listing not whole, will be read again: {error}")
    if report.stopped_by:
        complain(exits.with_hint(report.stopped_by))
    if signal:
        complain(f"ended by signal {signal}; run again to go on")
    return code


def print_report(
    report: Report, target: str, *, dry_run: bool = False, error: bool = False
) -> None:
    """Print the counts, and every held or failed release with reason and address.

    ``error`` sends all of it to stderr, where stdout is for something else.
    """
    out = sys.stderr if error else sys.stdout
    for line in _table(report, dry_run=dry_run):
        say(line, out=out)
    waiting = [*report.of("held", "failed")]
    for outcome in waiting[:MOST_LISTED]:
        head = f"{outcome.result:6} {outcome.entry.news_id} {outcome.code}"
        say(f"{head}: {outcome.reason}", out=out)
        say(f"{outcome.entry.title}  {outcome.url}", indent=7, out=out)
    if len(waiting) > MOST_LISTED:
        more = len(waiting) - MOST_LISTED
        say(f"… and {more} more; --json FILE has all of them", out=out)
    for line in _remarks(report):
        say(line, out=out)
    say(_last_line(report, target, dry_run=dry_run), out=out)


def _table(report: Report, *, dry_run: bool) -> Iterator[str]:
    """Yield the counts, a row for each source, and their sum."""
    would = {"published": "would be published"} if dry_run else {}
    rows = [("source", *(would.get(name, name) for name in report.counts()))]
    sources = report.by_source()
    rows += [(name, *map(str, counts.values())) for name, counts in sources.items()]
    if len(sources) != 1:
        rows.append(("all", *map(str, report.counts().values())))
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    for place, (name, *counts) in enumerate(rows):
        cells = (f"{c:>{width}}" for c, width in zip(counts, others, strict=True))
        yield " │ ".join((f"{name:<{first}}", *cells))
        if not place:
            yield "─┼─".join("─" * width for width in (first, *others))


def _remarks(report: Report) -> Iterator[str]:
    """Yield what else an operator should know, a line each."""
    left = Counter(outcome.code for outcome in report.of("left"))
    for code, count in left.items():
        yield f"left   {count}: {LEFT.get(code, code)}"
    textless = sum(outcome.code == "no-text" for outcome in report.of("published"))
    if textless:
        yield f"{textless} published with lead and links only; scrape show ID tells why"
    remarks = [
        f"note {outcome.entry.news_id} {remark}"
        for outcome in report.outcomes.values()
        for remark in outcome.remarks
    ]
    yield from remarks[:MOST_LISTED]
    if len(remarks) > MOST_LISTED:
        yield f"… and {len(remarks) - MOST_LISTED} more notes; --json FILE has them"
    for source, count in report.told_before.items():
        yield f"{source}: {count} more were announced by an earlier source as well"
    for source, looked in report.look_back.items():
        yield f"look-back {source}: {looked}"
    if report.rechecked:
        counts = (f"{name} {count}" for name, count in report.rechecked.items())
        yield f"second looks at published releases: {', '.join(counts)}"
    yield from report.notes
    if report.waiting:
        yield (
            f"{report.waiting} posts were made by an earlier version or configuration;"
            " scrape reparse --publish renders them again"
        )


def _last_line(report: Report, target: str, *, dry_run: bool) -> str:
    published = report.counts()["published"]
    if dry_run:
        return f"dry run: {published} would be published to {target}"
    if not published and report.stopped_by:
        return f"nothing published to {target}"
    if not published:
        at = f" at {report.tip[:12]}" if report.tip else ""
        return f"nothing new in {target}{at}"
    at = f", now at {report.tip[:12]}" if report.tip else ""
    return f"published {published} to {target}{at}"


def check_writable(file: str) -> None:
    """Refuse a report file that cannot be written, before any work is done.

    Raises:
        StorageError: its folder is not there, or not ours to write.
    """
    folder = Path(file).absolute().parent
    if file and file != "-" and not os.access(folder, os.W_OK):
        raise StorageError(f"cannot write {file}: no folder to write in")


def write_json(report: Report, file: str, code: int) -> None:
    """Write the report for scripts.

    Raises:
        StorageError: the file cannot be written.
    """
    path = Path(file).resolve()
    text = _as_json(report, code) + "\n"
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, "utf-8")
        else:
            write_atomically(path, text.encode(), private=False)
    except OSError as error:
        raise StorageError(f"cannot write {file}: {error.strerror}") from error


def _as_json(report: Report, code: int) -> str:
    values: dict[str, Any] = {"exit_code": code} | report.as_json()
    return json.dumps(values, ensure_ascii=False, indent=2)


@contextmanager
def _listener_may_leave() -> Iterator[None]:
    """Let stdout break or fill while the block prints: the work is done already."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        logger.warning("the report could not be printed error=%s", error)
