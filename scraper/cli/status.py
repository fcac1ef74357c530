"""``scrape status``: is all there, and does it go on? No network, and no lock."""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from scraper import accounts
from scraper.archive import write_atomically
from scraper.cli import build, console, exits
from scraper.cli.api import OPEN_API, PRESS
from scraper.cli.run import ministry_codes
from scraper.cli.sources import sections_of
from scraper.cli.target import target_shown
from scraper.config import load_config
from scraper.coverage import spans
from scraper.errors import ConfigError, StorageError
from scraper.model import KST
from scraper.settings import Config
from scraper.settle import QUARANTINE_AFTER
from scraper.sources.open_api import POLICY_NEWS, PRESS_RELEASES
from scraper.state import State

#: A source that was not read whole for so long is unhealthy.
STALE = timedelta(hours=24)

#: So many of a kind are named one by one.
MOST_NAMED = 3

#: What the program calls sections of the Open API.
SERVICES = {OPEN_API: POLICY_NEWS, PRESS: PRESS_RELEASES}


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One way releases are announced; the names are a promise to scripts."""

    name: str
    section: str
    #: It is among the configuration's ``sources``, so its health counts.
    configured: bool
    #: When a day of it was last read whole; "" for never.
    last_success_at: str = ""
    newest_release_at: str = ""
    newest_title: str = ""
    #: Closed days read, or set out to be read; those that are complete.
    days: int = 0
    days_complete: int = 0
    first_day: str = ""
    #: Days not read whole; the next run reads them.
    gaps: tuple[str, ...] = ()
    #: Where its listing and the Open API do not agree.
    differences: tuple[str, ...] = ()
    announced: int = 0
    #: Found by looking back, and taken out of a listing again.
    late: int = 0
    no_longer_listed: int = 0


@dataclass(frozen=True, slots=True)
class Status:
    """The whole state of things; the names are a promise to scripts."""

    at: str
    target: str
    healthy: bool
    #: Why not, a line each.
    problems: tuple[str, ...]
    sources: tuple[SourceStatus, ...]
    published: int
    #: By reason code.
    held: Mapping[str, int]
    failed: int
    quarantine: int
    #: Of each service of the Open API: calls made today, and how many may be.
    quota: Mapping[str, tuple[int, int]]
    #: Open pull requests, as last seen.
    pull_requests: tuple[str, ...]
    #: Published releases that were looked at again to the end, by the gravest change.
    rechecked: int
    changes: Mapping[str, int]
    withdrawn: int
    rechecks_due: int
    #: Bytes on disk.
    sizes: Mapping[str, int]


def show_status(
    path: Path, overrides: Sequence[str], *, as_json: bool, html: str
) -> int:
    """Print how things are, or write the page; return 0 if all is well, else 3.

    Raises:
        ConfigError: the configuration cannot be used.
        StorageError: the state is damaged, or the page cannot be written.
    """
    console.check_writable(html)
    config = load_config(path, os.environ, overrides)
    now = build.clock()()
    with build.unlocked_state(config, now) as state:
        status = status_of(config, path, state, now)
        if html:
            from scraper.cli.status_page import status_page

            page = status_page(status, state, now, config.site.public_url)
            _write(html, page)
    if as_json:
        print(json.dumps(asdict(status), ensure_ascii=False, indent=2))
    elif not html:
        _print(status)
    return exits.DONE if status.healthy else exits.PARTIAL


def _write(file: str, page: str) -> None:
    if file == "-":
        sys.stdout.write(page)
        return
    try:
        write_atomically(Path(file).resolve(), page.encode(), private=False)
    except OSError as error:
        raise StorageError(f"cannot write {file}: {error.strerror}") from error


def status_of(config: Config, path: Path, state: State, now: datetime) -> Status:
    """Return how things are.

    Raises:
        ConfigError: the configuration names a ministry there is not.
    """
    sources = tuple(_sources(config, path, state))
    releases = accounts.count_releases(state)
    held: dict[str, int] = {}
    totals = {"published": 0, "held": 0, "failed": 0}
    for (_, status, code), count in releases.items():
        totals[status] += count
        if status == "held":
            held[code] = held.get(code, 0) + count
    rate = state.correction_rate()
    problems = (
        *_of_sources(sources, now),
        *_of_releases(state, totals["failed"], now),
    )
    return Status(
        at=now.isoformat(timespec="seconds"),
        target=target_shown(config),
        healthy=not problems,
        problems=problems,
        sources=sources,
        published=totals["published"],
        held=dict(sorted(held.items(), key=lambda one: -one[1])),
        failed=totals["failed"],
        quarantine=held.get("quarantine", 0),
        quota=_quota(config, state, now),
        pull_requests=state.pulls() if config.news.to == "pr" else (),
        rechecked=rate.followed,
        changes={kind or "none": count for kind, count in rate.changes.items()},
        withdrawn=rate.withdrawn,
        rechecks_due=state.count_due_again(now),
        sizes=_sizes(config.state_dir),
    )


def _sources(config: Config, path: Path, state: State) -> Iterator[SourceStatus]:
    """Yield the configured sources, then what else was ever read."""
    try:
        codes = ministry_codes(config.ministries)
    except ValueError as error:
        raise ConfigError([f"{path}: ministries: {error}"]) from None
    sections = sections_of(config)
    names = [*dict.fromkeys(config.sources)]
    if OPEN_API in names and config.open_api.press:
        names.append(PRESS)
    scopes = {":".join((name, *sorted(codes))): True for name in names}
    days = accounts.count_days(state)
    announced = accounts.count_announced(state)
    missing = accounts.gaps(state)
    for scope in (*scopes, *(other for other in days if other not in scopes)):
        name, _, of = scope.partition(":")
        read = days.get(scope, accounts.DaysRead())
        known = name in [*sections]
        service = PRESS if name == "press_release" else OPEN_API
        api = ":".join(filter(None, (service, of)))
        differing = []
        if known and name not in SERVICES and scope in scopes and api in scopes:
            differing = accounts.compare(state, name, scope, api)
        success = state.last_reading(scope, whole=True)
        newest = accounts.newest_release(state, scope)
        count, late, gone = announced.get(scope, (0, 0, 0))
        yield SourceStatus(
            name=scope,
            section=sections[name].section if known else "정책브리핑 Open API",
            configured=scope in scopes,
            last_success_at=success[1].isoformat() if success else "",
            newest_release_at=newest[0],
            newest_title=newest[1],
            days=read.days,
            days_complete=read.whole - len(differing),
            first_day=read.first,
            gaps=tuple(day.isoformat() for day in missing.get(scope, ())),
            differences=tuple(map(str, differing)),
            announced=count,
            late=late,
            no_longer_listed=gone,
        )


def _of_sources(sources: Sequence[SourceStatus], now: datetime) -> Iterator[str]:
    """Yield what is wrong with reading."""
    yesterday = now.astimezone(KST).date() - timedelta(days=1)
    for one in sources:
        if not one.configured:
            continue
        if not one.last_success_at:
            yield f"{one.name}: no run has read a day of it whole"
        elif now - datetime.fromisoformat(one.last_success_at) > STALE:
            yield f"{one.name}: not read whole since {_minute(one.last_success_at)}"
        old = [day for day in one.gaps if date.fromisoformat(day) < yesterday]
        if old:
            yield f"{one.name}: not read whole: {_named(old)}; the next run reads it"


def _of_releases(state: State, failed: int, now: datetime) -> Iterator[str]:
    """Yield what is wrong with releases."""
    if failed:
        yield f"failed: {failed}; the next run tries again"
    aside = accounts.waiting(state, "held", "quarantine")
    since = (now - STALE).isoformat()
    fresh = [
        one.news_id
        for one in aside
        if one.settled_at >= since and one.failures <= QUARANTINE_AFTER
    ]
    if fresh:
        some = ", ".join(fresh[:MOST_NAMED])
        yield f"set aside since yesterday: {len(fresh)} ({some})"
    if overdue := accounts.count_overdue(state, now - STALE):
        yield f"held, and due more than a day ago: {overdue}"


def _quota(config: Config, state: State, now: datetime) -> dict[str, tuple[int, int]]:
    """Return the calls made today of each service that is asked."""
    if OPEN_API not in config.sources:
        return {}
    names = [OPEN_API, PRESS] if config.open_api.press else [OPEN_API]
    today, most = now.astimezone(KST).date(), config.open_api.daily_calls
    made = {name: state.calls_made(SERVICES[name], today) for name in names}
    return {name: (most if n is None else n, most) for name, n in made.items()}


def _sizes(folder: Path) -> dict[str, int]:
    """Return the bytes of what lies in the state's folder."""
    sizes = {"state": 0, "archive": 0, "mirror": 0, "other": 0}
    try:
        places = list(os.scandir(folder))
    except OSError:
        return sizes
    for place in places:
        part = next((p for p in sizes if place.name.startswith(p)), "other")
        sizes[part] += _size(place)
    return sizes


def _size(place: os.DirEntry[str]) -> int:
    """Return the bytes of a file, or of all below a folder; what vanishes has none."""
    try:
        if not place.is_dir(follow_symlinks=False):
            return place.stat(follow_symlinks=False).st_size
        with os.scandir(place.path) as below:
            return sum(map(_size, below))
    except OSError:
        return 0


def _print(status: Status) -> None:
    table = Table(show_edge=False, pad_edge=False)
    for title in ("source", "last success", "newest", "complete", "late", "gaps"):
        table.add_column(title, no_wrap=title != "gaps")
    for one in status.sources:
        table.add_row(
            one.name if one.configured else f"({one.name})",
            _minute(one.last_success_at) or "never",
            _minute(one.newest_release_at) or "-",
            f"{one.days_complete} of {one.days} days",
            str(one.late),
            _named(one.gaps) or "-",
        )
    Console(width=None if sys.stdout.isatty() else 100).print(table)
    for line in _lines(status):
        console.say(line)


def _lines(status: Status) -> Iterator[str]:
    held = ", ".join(f"{count} {code}" for code, count in status.held.items())
    yield (
        f"{status.published} published to {status.target}, held: {held or 'none'},"
        f" {status.failed} failed"
    )
    for source in status.sources:
        for line in source.differences[:MOST_NAMED]:
            yield f"{source.name}: {line}"
        if (more := len(source.differences) - MOST_NAMED) > 0:
            yield f"{source.name}: and {more} more days that differ"
    for name, (made, most) in status.quota.items():
        yield f"{name}: {made} of {most} calls made today"
    for pull in status.pull_requests:
        yield f"pull request open: {pull}"
    if status.rechecked:
        yield f"{status.rechecked} were looked at again to the end: {changes(status)}"
    sizes = (f"{n} {size / 1_000_000:.1f} MB" for n, size in status.sizes.items())
    yield f"on disk: {', '.join(sizes)}"
    for problem in status.problems:
        yield f"problem: {problem}"
    yield "healthy" if status.healthy else "not healthy"


def changes(status: Status) -> str:
    """Say how many of those that were looked at again had changed, and how."""
    said = [f"{n} {kind}" for kind, n in status.changes.items() if kind != "none"]
    return ", ".join([*said, f"{status.withdrawn} withdrawn"])


def _named(days: Sequence[str]) -> str:
    """Name days, the first few spans of them."""
    named = spans(map(date.fromisoformat, days))
    return ", ".join(named[:MOST_NAMED]) + (", …" if len(named) > MOST_NAMED else "")


def _minute(moment: str) -> str:
    """Return a time to the minute, in Korea; a day as it is; "" for none."""
    if "T" not in moment:
        return moment
    return f"{datetime.fromisoformat(moment).astimezone(KST):%Y-%m-%d %H:%M}"
