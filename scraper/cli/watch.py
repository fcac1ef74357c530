"""After a run: is anything wrong, and who is to be told?

Imported only where ``alarms.to`` names somebody.
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from scraper.alarm_book import AlarmBook
from scraper.alarms import Facts, Limits, Sign, assess, strike_of
from scraper.announce import Announcement
from scraper.archive import Archive, write_atomically
from scraper.cli.api import OPEN_API, PRESS
from scraper.cli.channels import channels_of, ping_of
from scraper.errors import ConfigError, ParseError, PublishError, StorageError
from scraper.job import Announcer
from scraper.ministries import find_ministry
from scraper.model import KST, Page, Request
from scraper.notify import Channel, beat, deliver
from scraper.report import Report
from scraper.settings import AlarmsChoice, Config
from scraper.silence import HISTORY, Rule
from scraper.state import State

logger = logging.getLogger(__name__)

#: Below ``state_dir``: pages that could not be read, the newest of each kind.
SAMPLES = "samples"
#: How far back releases are looked at: the history before a silence of that length.
LOOKED_AT = HISTORY * 2

SIGNS = """
SELECT a.news_id, a.section, r.ministry, a.day, a.first_at FROM announced AS a
LEFT JOIN release AS r ON r.target = a.target AND r.news_id = a.news_id
WHERE a.target = ? AND a.scope = ? AND a.day >= ?
"""
OVERDUE = """
SELECT news_id, due_at FROM release WHERE target = ? AND status = 'held'
AND code = 'embargo' AND due_at != '' AND due_at <= ? ORDER BY due_at
"""


class Samples:
    """Keeps the page by which a listing could not be read."""

    def __init__(self) -> None:
        self._last: Page | None = None
        #: By the announcer's name: what could not be read, and why.
        self.broken: dict[str, tuple[Page | None, ParseError]] = {}
        #: Announcers that were asked, and those that had an answer.
        self.asked: set[str] = set()
        self.heard: set[str] = set()

    def remembering(
        self, fetch: Callable[[Request], Page]
    ) -> Callable[[Request], Page]:
        """Return ``fetch`` with a memory of its last page."""

        def page(request: Request) -> Page:
            self._last = fetch(request)
            return self._last

        return page

    def of(self, announcer: Announcer) -> Announcer:
        """Return an announcer whose last page is kept when it cannot be read."""

        def announce(day: date, ministry: str) -> Announcement:
            self.asked.add(announcer.name)
            try:
                got = announcer.announce(day, ministry)
            except ParseError as error:
                self._cannot_read(announcer, error)
                raise
            self.heard.add(announcer.name)
            if isinstance(got.error, ParseError):
                self._cannot_read(announcer, got.error)
            return got

        return replace(announcer, announce=announce)

    def _cannot_read(self, announcer: Announcer, error: ParseError) -> None:
        page = None if announcer.name in (OPEN_API, PRESS) else self._last
        self.broken[announcer.name] = page, error
        self.heard.add(announcer.name)


@dataclass(slots=True)
class Watched:
    """What a run leaves behind to be looked at."""

    config: Config
    state: State
    archive: Archive
    #: Names of the sources it was to read; none for one that read no listing.
    names: Sequence[str]
    ministries: Sequence[str]
    samples: Samples | None = None


def watch_run(watched: Watched, report: Report, now: datetime) -> None:
    """Look at a run that is over, and tell who is to be told; it fails for nothing."""
    config, state = watched.config, watched.state
    try:
        with AlarmBook(config.state_dir / "state.db", state.target) as book:
            facts = _facts(watched, report, book, now)
            channels = channels_of(config)
            limits = limits_of(config.alarms)
            watch(report, facts, book, channels, now, limits)
    except (StorageError, ConfigError) as error:
        logger.error("alarms not looked at error=%s", error)
        return
    if report.stopped_by is None and (ping := ping_of(config)):
        beat(ping)


def watch(
    report: Report,
    facts: Facts,
    book: AlarmBook,
    channels: Sequence[Channel],
    now: datetime,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> int:
    """Enter what is wrong or well into the book; tell; return how many channels failed.

    Raises:
        StorageError: the book cannot be written.
    """
    book.enter(assess(report, facts, limits), now)
    return deliver(book, channels, now)


def limits_of(chosen: AlarmsChoice) -> Limits:
    """Return how much is too much for this operator."""
    usual = Limits()
    return Limits(
        source=Rule(chosen.silence_hours, chosen.missing),
        ministry=Rule(usual.ministry.hours, chosen.missing, usual.ministry.busy),
        drop=chosen.drop,
        layout=chosen.layout,
        pull_request=timedelta(days=chosen.pull_request_days),
        token=timedelta(days=chosen.token_days),
    )


# --- facts --------------------------------------------------------------------------


def _facts(watched: Watched, report: Report, book: AlarmBook, now: datetime) -> Facts:
    now, state = now.astimezone(KST), watched.state
    signs = [*_signs(watched, now)] if watched.names else []
    asked = {*watched.names, *(sign.source for sign in signs)}
    samples = watched.samples or Samples()
    site = samples.asked - {OPEN_API, PRESS}
    asked_site = bool(site) or watched.samples is None
    overdue = state.select(OVERDUE, state.target, now.isoformat())
    return Facts(
        now=now,
        asked=frozenset(asked),
        signs=signs,
        whole=dict(_whole(watched, now)),
        overdue=[(i, datetime.fromisoformat(at).astimezone(KST)) for i, at in overdue],
        pulls=_pulls(state, book, now),
        token_ends=_token_ends(watched.config, book, now),
        strikes=_strikes(report, book, asked_site=asked_site),
        heard=frozenset(samples.heard),
        unread={name: str(error) for name, (_, error) in samples.broken.items()},
        asked_site=asked_site,
        samples=_samples(watched, report),
    )


def _scope(name: str, watched: Watched) -> str:
    return ":".join((name, *sorted(watched.ministries)))


def _signs(watched: Watched, now: datetime) -> Iterator[Sign]:
    """Yield what the sources announced lately, each release once."""
    since, seen = (now - LOOKED_AT).date().isoformat(), set()
    for name in watched.names:
        rows = watched.state.select(
            SIGNS, watched.state.target, _scope(name, watched), since
        )
        for news_id, section, ministry, listed, first_at in rows:
            if news_id in seen:
                continue
            seen.add(news_id)
            day = date.fromisoformat(listed)
            yield Sign(section, _today_s(ministry or "", day), day, _at(day, first_at))


def _at(day: date, first_at: str) -> datetime:
    """Return when a release was a sign of life: seen late, it is one of its own day."""
    over = datetime.combine(day + timedelta(days=1), time(), KST)
    if not first_at:
        return over
    return min(datetime.fromisoformat(first_at).astimezone(KST), over)


def _today_s(ministry: str, day: date) -> str:
    """Return a ministry's name of today, so that a new name is no silence."""
    return find_ministry(ministry, day).name if ministry else ""


def _whole(watched: Watched, now: datetime) -> Iterator[tuple[str, set[date]]]:
    for name in watched.names:
        if name == OPEN_API:
            continue  # its sections are several, so a day says little of each
        days = watched.state.days_read(_scope(name, watched), (now - LOOKED_AT).date())
        yield name, {d for d, one in days.items() if one.whole and d < now.date()}


def _pulls(state: State, book: AlarmBook, now: datetime) -> Mapping[str, datetime]:
    """Return the open pull requests, and since when we know of each."""
    known = _read(book.note("pulls"))
    since = {url: known.get(url, now.isoformat()) for url in state.pulls()}
    book.keep_note("pulls", json.dumps(since))
    return {url: datetime.fromisoformat(at) for url, at in since.items()}


def _strikes(report: Report, book: AlarmBook, *, asked_site: bool) -> Mapping[str, int]:
    """Return how many runs in a row ended like this one, this one included."""
    strike = strike_of(report)
    counted = {name: int(n) for name, n in _read(book.note("strikes")).items()}
    if strike:
        counted = {strike: counted.get(strike, 0) + 1}
    elif asked_site and report.requests:
        counted = {}
    book.keep_note("strikes", json.dumps(counted))
    return counted


def _token_ends(config: Config, book: AlarmBook, now: datetime) -> datetime | None:
    """Return when the forge's token ends; the forge is asked once a day."""
    if config.token is None or config.news.to == "directory":
        return None
    asked = _read(book.note("token"))
    if asked.get("day") != now.date().isoformat():
        from scraper.cli.token_end import token_end

        try:
            ends = token_end(config)
        except PublishError as error:
            logger.warning("the token's end is not known error=%s", error)
            return None
        said = ends.isoformat() if ends else ""
        asked = {"day": now.date().isoformat(), "ends": said}
        book.keep_note("token", json.dumps(asked))
    ends_at = asked.get("ends", "")
    return datetime.fromisoformat(ends_at).astimezone(KST) if ends_at else None


def _read(note: str) -> dict[str, str]:
    values = json.loads(note or "{}")
    return values if isinstance(values, dict) else {}


def _samples(watched: Watched, report: Report) -> Mapping[str, str]:
    """Keep a page of each kind that could not be read; return where."""
    bodies: dict[str, bytes] = {}
    for outcome in report.of("failed"):
        source = outcome.entry.source
        if outcome.code == "parse" and source not in bodies:
            for kept in watched.state.fetched(outcome.entry.news_id):
                body = watched.archive.get(kept.digest) if kept.kind == "page" else None
                bodies |= {source: body} if body else {}
    if watched.samples:
        for name, (page, _) in watched.samples.broken.items():
            bodies |= {f"{name}.listing": page.body} if page else {}
    folder, kept_at = watched.config.state_dir / SAMPLES, {}
    for name, body in bodies.items():
        file = folder / f"{name}.html"
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            write_atomically(file, body)
        except OSError as error:
            raise StorageError(f"cannot write {file}: {error.strerror}") from error
        kept_at[name] = str(file)
    return kept_at
