"""What a run and those before it say is wrong: alarms, each with cause and remedy.

    assess(report, facts, limits) -> what is wrong, and what was looked at

A cause is a stable name, ``code:source`` and maybe ``:ministry``; the codes are those
of :data:`scraper.alarm.REMEDIES`. Whoever keeps alarms closes one that is no longer
among those of a run that looked; a run that did not look (a dry run, another source)
closes nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from scraper.alarm import Alarm
from scraper.errors import (
    BlockedError,
    CallError,
    QuotaError,
    ScraperError,
    UnavailableError,
)
from scraper.report import Report
from scraper.silence import Rule, find_drop, find_silence
from scraper.workdays import IsWorkday, is_workday

#: A source, and a ministry of it; how they were chosen is in docs/decisions.md.
SOURCE = Rule(hours=4.0, missing=20.0)
MINISTRY = Rule(hours=9.0, missing=20.0, busy=3.0)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is too much."""

    source: Rule = SOURCE
    ministry: Rule = MINISTRY
    #: A day with less than this part of the usual.
    drop: float = 0.3
    #: Pages of a run that cannot be read: this part of them, and so many.
    layout: float = 0.2
    layout_pages: int = 3
    #: Runs in a row that were refused, or met no site.
    blocked_runs: int = 2
    unreachable_runs: int = 3
    #: How long after its time a release may still be held.
    embargo: timedelta = timedelta(hours=1)
    pull_request: timedelta = timedelta(days=3)
    token: timedelta = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of life: a release that was announced."""

    source: str
    #: Today's name of the ministry; "" if unknown.
    ministry: str
    #: Day of the listing.
    day: date
    #: When we first saw it, or the end of that day if that is earlier; aware.
    at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known besides the report, when a run ends."""

    #: Aware.
    now: datetime
    #: Sources whose listings this run was to read.
    asked: Set[str] = frozenset()
    #: Of the last weeks, in the order of ``at``.
    signs: Sequence[Sign] = ()
    #: Days that are over and were read whole, by source.
    whole: Mapping[str, Set[date]] = field(default_factory=dict)
    #: Ids held beyond their time, with that time.
    overdue: Sequence[tuple[str, datetime]] = ()
    #: Open pull requests, and since when we know of each.
    pulls: Mapping[str, datetime] = field(default_factory=dict)
    #: When the forge's token ends; ``None``: not known.
    token_ends: datetime | None = None
    #: Runs in a row, this one included, that ended so: ``blocked``, ``unreachable``.
    strikes: Mapping[str, int] = field(default_factory=dict)
    #: Sources whose announcements came, whether they could be read or not; and why
    #: those that could not be read were not.
    heard: Set[str] = frozenset()
    unread: Mapping[str, str] = field(default_factory=dict)
    #: The run asked the site, not the Open API alone.
    asked_site: bool = True
    #: Where a page that could not be read is kept, by source; those of listings by
    #: ``press_release.listing``.
    samples: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a run makes of itself."""

    #: By cause, the gravest kind first.
    alarms: Mapping[str, Alarm]
    #: Causes that were looked at, with all below them: ``silence:press_release``.
    looked_at: frozenset[str]

    def is_well(self, cause: str) -> bool:
        """Tell whether a cause was looked at and is not there (any more)."""
        if cause in self.alarms:
            return False
        words = cause.split(":")
        above = (":".join(words[:end]) for end in range(1, len(words) + 1))
        return any(name in self.looked_at for name in above)


def strike_of(report: Report) -> str:
    """Return how a run ended, for counting runs in a row that ended alike; or ""."""
    for error in _errors(report):
        match error:
            case CallError() | QuotaError():
                continue
            case BlockedError():
                return "blocked"
            case UnavailableError():
                return "unreachable"
    return ""


def assess(
    report: Report,
    facts: Facts,
    limits: Limits = Limits(),
    is_workday: IsWorkday = is_workday,
) -> Assessment:
    """Return what is wrong, and what this run could tell to be well."""
    looked: set[str] = set()
    found: list[Alarm] = []
    for look in (_site, _open_api, _layout, _news):
        found += look(report, facts, limits, looked.add)
    # A run that was stopped has not read all there is.
    for source in sorted(facts.asked if report.stopped_by is None else ()):
        found += _volume(source, facts, limits, is_workday, looked.add)
    return Assessment({one.cause: one for one in found}, frozenset(looked))


Look = Callable[[str], None]


def _errors(report: Report) -> Iterator[ScraperError]:
    if report.stopped_by:
        yield report.stopped_by
    yield from report.listing_errors


def _site(
    report: Report, facts: Facts, limits: Limits, looked: Look
) -> Iterator[Alarm]:
    """Is the site refusing us, or gone?"""
    strike = strike_of(report)
    if strike or (facts.asked_site and report.requests):
        looked("blocked")
        looked("unreachable")
    for code, most in (
        ("blocked", limits.blocked_runs),
        ("unreachable", limits.unreachable_runs),
    ):
        runs = facts.strikes.get(code, 0)
        if strike == code and runs >= most:
            error = next(e for e in _errors(report) if _is(code, e))
            yield Alarm(f"{code}:site", f"{runs} runs in a row: {error}")


def _is(code: str, error: ScraperError) -> bool:
    kind = BlockedError if code == "blocked" else UnavailableError
    return isinstance(error, kind) and not isinstance(error, CallError | QuotaError)


def _open_api(
    report: Report, facts: Facts, limits: Limits, looked: Look
) -> Iterator[Alarm]:
    """Are its calls used up, or its key refused?"""
    del limits
    if "open_api" in facts.asked:
        looked("quota")
        looked("key")
    for error in _errors(report):
        if isinstance(error, QuotaError):
            yield Alarm("quota:open_api", str(error))
        elif isinstance(error, CallError):
            yield Alarm("key:open_api", str(error))


def _layout(
    report: Report, facts: Facts, limits: Limits, looked: Look
) -> Iterator[Alarm]:
    """Can pages no longer be read?"""
    read: dict[str, list[bool]] = defaultdict(list)
    why: dict[str, str] = {}
    for outcome in report.of("published", "held", "failed"):
        source = outcome.entry.source
        broken = outcome.code == "parse"
        read[source].append(broken)
        if broken:
            why.setdefault(source, f"{outcome.reason}: {outcome.url}")
    well = {outcome.entry.source for outcome in report.of("published")}
    for source, pages in sorted(read.items()):
        if source in well or not any(pages):
            looked(f"layout:{source}:pages")
        if sum(pages) >= max(limits.layout_pages, limits.layout * len(pages)):
            said = f"{sum(pages)} of {len(pages)} pages cannot be read: {why[source]}"
            sample = facts.samples.get(source)
            yield Alarm(f"layout:{source}:pages", _with_sample(said, sample))
    for source in sorted(facts.heard):
        looked(f"layout:{source}:listing")
        if source in facts.unread:
            said = f"what is announced cannot be read: {facts.unread[source]}"
            sample = facts.samples.get(f"{source}.listing")
            yield Alarm(f"layout:{source}:listing", _with_sample(said, sample))


def _with_sample(said: str, sample: str | None) -> str:
    return f"{said}; sample: {sample}" if sample else said


def _news(
    report: Report, facts: Facts, limits: Limits, looked: Look
) -> Iterator[Alarm]:
    """Does what is ready reach readers?"""
    del report
    looked("embargo")
    looked("pull-request")
    late = [one for one in facts.overdue if facts.now - one[1] > limits.embargo]
    if late:
        news_id, due = min(late, key=lambda one: one[1])
        said = f"{len(late)} still held beyond their time, {news_id} since {due:%F %R}"
        yield Alarm("embargo:news", said)
    for url, since in facts.pulls.items():
        if facts.now - since >= limits.pull_request:
            days = (facts.now - since).days
            yield Alarm(f"pull-request:{url}", f"open for {days} days: {url}")
    if facts.token_ends is not None:
        looked("token")
        if facts.token_ends - facts.now <= limits.token:
            said = f"the access token ends at {facts.token_ends:%Y-%m-%d %H:%M %Z}"
            yield Alarm("token:news", said)


def _volume(
    source: str, facts: Facts, limits: Limits, is_workday: IsWorkday, looked: Look
) -> Iterator[Alarm]:
    """Is there as much as there always is?"""
    signs = [sign for sign in facts.signs if sign.source == source]
    times = sorted(sign.at for sign in signs)
    if not times:
        return  # nothing is known of it, so silence says nothing
    looked(f"silence:{source}")
    silence = find_silence(times, facts.now, limits.source, is_workday)
    if silence:
        said = f"nothing since {silence.since:%F %R}, {silence.hours:.0f} office hours"
        usual = f"about {silence.missing:.0f} would be usual"
        yield Alarm(f"silence:{source}", f"{said}; {usual}")
    yield from _day(source, signs, facts, limits, is_workday, looked)
    if silence is None:  # else all of them are, and one alarm says so
        looked(f"ministry:{source}")
        yield from _ministries(source, signs, facts, limits, is_workday)


def _day(
    source: str,
    signs: Iterable[Sign],
    facts: Facts,
    limits: Limits,
    is_workday: IsWorkday,
    looked: Look,
) -> Iterator[Alarm]:
    counts = dict.fromkeys(facts.whole.get(source, ()), 0)
    for sign in signs:
        if sign.day in counts:
            counts[sign.day] += 1
    if not counts:
        return
    looked(f"drop:{source}")
    looked(f"zero:{source}")
    drop = find_drop(counts, limits.drop, is_workday)
    if drop is None:
        return
    if drop.count:
        said = f"{drop.count} releases on {drop.day}, usually {drop.usual:.0f}"
        yield Alarm(f"drop:{source}", said)
    else:
        said = f"none on {drop.day}, a workday; usually {drop.usual:.0f}"
        yield Alarm(f"zero:{source}", said)


def _ministries(
    source: str,
    signs: Iterable[Sign],
    facts: Facts,
    limits: Limits,
    is_workday: IsWorkday,
) -> Iterator[Alarm]:
    times: dict[str, list[datetime]] = defaultdict(list)
    for sign in signs:
        if sign.ministry:
            times[sign.ministry].append(sign.at)
    for ministry, ats in sorted(times.items()):
        silence = find_silence(sorted(ats), facts.now, limits.ministry, is_workday)
        if silence:
            said = f"no {source} of {ministry} since {silence.since:%F %R}"
            usual = f"about {silence.missing:.0f} would be usual"
            yield Alarm(f"ministry:{source}:{ministry}", f"{said}; {usual}")
