"""Is it quiet because nothing happens, or because we no longer hear? By history alone.

A source, or a busy ministry of it, is silent when as much time of office hours passed
without a release as there never is between two. The numbers were tried on six years of
press releases (``benchmarks/backtest.py``; docs/decisions.md has the table).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from scraper.workdays import HOURS_A_DAY, IsWorkday, working_hours

#: How far back a rate is measured, before the newest release.
HISTORY = timedelta(days=28)
#: Workdays that a day is compared with, and how few of them say nothing.
COMPARED, TOO_FEW = 20, 5


@dataclass(frozen=True, slots=True)
class Rule:
    """When silence is too long."""

    #: Office hours at least.
    hours: float = 4.0
    #: Releases that should have come meanwhile, at least.
    missing: float = 20.0
    #: Releases a workday of those that are watched at all.
    busy: float = 0.0


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence that is too long."""

    since: datetime
    #: Office hours it lasts.
    hours: float
    #: Releases that should have come meanwhile.
    missing: float


@dataclass(frozen=True, slots=True)
class Drop:
    """A day with far fewer releases than such days have."""

    day: date
    count: int
    #: The median of workdays before it.
    usual: float


def find_silence(
    times: Sequence[datetime], now: datetime, rule: Rule, is_workday: IsWorkday
) -> Silence | None:
    """Return the silence after the last of ``times``, if it is too long by now.

    ``times`` are aware and in order; too few of them, and no silence is too long.
    """
    if not times or (rate := _rate(times, is_workday)) * HOURS_A_DAY < rule.busy:
        return None
    hours = working_hours(times[-1], now, is_workday)
    if not rate or hours < longest_pause(rate, rule):
        return None
    return Silence(times[-1], hours, rate * hours)


def longest_pause(rate: float, rule: Rule) -> float:
    """Return the office hours that may pass without any of ``rate`` an hour."""
    return max(rule.hours, rule.missing / rate)


def _rate(times: Sequence[datetime], is_workday: IsWorkday) -> float:
    """Return how many came in an office hour of the four weeks up to the last."""
    start = times[-1] - HISTORY
    hours = working_hours(start, times[-1], is_workday)
    return sum(moment > start for moment in times) / hours if hours else 0.0


def find_drop(
    counts: Mapping[date, int], below: float, is_workday: IsWorkday
) -> Drop | None:
    """Return the newest workday of ``counts`` if it has less than ``below`` the usual.

    Args:
        counts: Releases by day, of days that are over and were read whole.
        below: Part of the median of the workdays before it.
        is_workday: Tells workdays.
    """
    days = sorted(filter(is_workday, counts))
    if not days:
        return None
    before = [counts[day] for day in days[:-1][-COMPARED:]]
    if len(before) < TOO_FEW:
        return None
    usual, count = median(before), counts[days[-1]]
    # A source with a few a day has days without any.
    if usual * below < 1 or count >= usual * below:
        return None
    return Drop(days[-1], count, usual)
