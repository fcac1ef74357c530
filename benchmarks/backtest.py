"""Try the alarms about silence on six years of press releases, and print tables.

    python -m benchmarks.backtest [INDEX]

The index is a table of real releases (tab-separated, gzip): id, time of approval, …,
ministry. It is not part of this repository; its folder is named by ``CAPTURES``. Every
alarm counts as false. Two stretches in which the index itself lacks whole workdays are
counted apart: nobody can tell whether the site was silent then or whoever made it.
"""

import argparse
import gzip
import os
import random
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median

from scraper.ministries import find_ministry
from scraper.model import KST
from scraper.silence import HISTORY, Rule, find_drop, find_silence
from scraper.workdays import is_workday

NAME = "press-index-2020-2026.tsv.gz"
HOURS = (3.0, 4.0, 6.0)
MISSING = (12.0, 20.0, 30.0)
DROPS = (0.1, 0.3, 0.5)
#: Freezes that are simulated, and how often runs look.
FREEZES, EVERY = 500, timedelta(minutes=30)
SEED = 20261124

Times = Sequence[datetime]
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Index:
    """Times of release, in order: all, and by ministry under its name of today."""

    all: Times
    ministries: Mapping[str, Times]

    @property
    def years(self) -> float:
        """Return how long it is."""
        return (self.all[-1] - self.all[0]) / timedelta(days=365.25)

    def holes(self) -> set[date]:
        """Return the workdays it has next to nothing of."""
        counts = Counter(moment.date() for moment in self.all)
        first = self.all[0].date()
        days = (self.all[-1].date() - first).days
        every = (first + timedelta(days=n) for n in range(days))
        return {day for day in every if is_workday(day) and counts[day] < 3}


def read_index(file: Path) -> Index:
    """Return what the table holds."""
    times: list[datetime] = []
    ministries: dict[str, list[datetime]] = defaultdict(list)
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            _, approved, _, ministry, *_ = line.split("\t")
            at = datetime.strptime(approved, "%m/%d/%Y %H:%M:%S").replace(tzinfo=KST)
            times.append(at)
            ministries[find_ministry(ministry, at.date()).name].append(at)
    return Index(sorted(times), {name: sorted(ats) for name, ats in ministries.items()})


def false_alarms(times: Times, rule: Rule, end: datetime) -> Iterator[tuple[date, ...]]:
    """Yield the days of each silence the rule would have told."""
    for at, (since, until) in enumerate(zip(times, [*times[1:], end], strict=True)):
        if since - times[0] < HISTORY or until - since < timedelta(hours=rule.hours):
            continue
        if find_silence(_lately(times, at), until, rule, is_workday):
            span = (until.date() - since.date()).days
            yield tuple(since.date() + timedelta(days=n) for n in range(span + 1))


def delays(
    times: Times, rule: Rule, holes: set[date], seed: int, freezes: int = FREEZES
) -> list[float]:
    """Return the hours after which freezes at random moments are told."""
    dice = random.Random(seed)
    found: list[float] = []
    start, span = times[0] + HISTORY, times[-1] - times[0] - HISTORY
    while len(found) < freezes:
        frozen = start + span * dice.random()
        if frozen.date() in holes:
            continue
        at = bisect_right(times, frozen) - 1
        now = frozen
        lately = _lately(times, at)
        while not find_silence(lately, now, rule, is_workday):
            now += EVERY
            if now - frozen > timedelta(days=40):
                break  # not busy enough at that time to be watched
        else:
            found.append((now - frozen) / timedelta(hours=1))
    return sorted(found)


def _lately(times: Times, at: int) -> Times:
    """Return what a run would know when ``times[at]`` is the newest."""
    return times[bisect_right(times, times[at] - HISTORY) : at + 1]


def of_source(index: Index) -> Iterator[Row]:
    """Yield a row for each number of office hours without any release."""
    holes = index.holes()
    for hours in HOURS:
        rule = Rule(hours=hours, missing=0)
        told = [*false_alarms(index.all, rule, index.all[-1])]
        yield {
            "office hours": f"{hours:g}",
            **_counted(told, holes, index.years),
            **_spread(delays(index.all, rule, holes, SEED), 1, "h"),
        }


def of_ministries(index: Index) -> Iterator[Row]:
    """Yield a row for each number of releases that a busy ministry misses."""
    holes = index.holes()
    for missing in MISSING:
        rule = Rule(hours=9.0, missing=missing, busy=3.0)
        told, late = [], []
        for times in index.ministries.values():
            told += [*false_alarms(times, rule, index.all[-1])]
        for n, times in enumerate(_busy(index)):
            late += delays(times, rule, holes, SEED + n, FREEZES // 10)
        yield {
            "missing releases": f"{missing:g}",
            **_counted(told, holes, index.years),
            **_spread(sorted(late), 24, "d"),
        }


def _busy(index: Index) -> list[Times]:
    """Return the ten ministries with most releases."""
    return sorted(index.ministries.values(), key=len, reverse=True)[:10]


def of_days(index: Index) -> Iterator[Row]:
    """Yield a row for each part of the usual that a workday may have."""
    holes, counts = index.holes(), Counter(moment.date() for moment in index.all)
    first, last = index.all[0].date(), index.all[-1].date()
    days = [first + timedelta(days=n) for n in range((last - first).days)]
    for below in DROPS:
        told = []
        for at, day in enumerate(days):
            if is_workday(day):
                known = {d: counts[d] for d in days[max(at - 45, 0) : at + 1]}
                told += [(day,)] * bool(find_drop(known, below, is_workday))
        yield {
            "part of the usual": f"{below:g}",
            **_counted(told, holes, index.years),
        }


def _counted(told: Sequence[tuple[date, ...]], holes: set[date], years: float) -> Row:
    in_holes = sum(not holes.isdisjoint(days) for days in told)
    return {
        "false alarms": str(len(told) - in_holes),
        "a year": f"{(len(told) - in_holes) / years:.1f}",
        "in holes of the index": str(in_holes),
    }


def _spread(hours: Sequence[float], unit: float, name: str) -> Row:
    late = hours[int(len(hours) * 0.95)]
    return {
        "told after, median": f"{median(hours) / unit:.1f} {name}",
        "19 of 20 within": f"{late / unit:.1f} {name}",
        "at most": f"{hours[-1] / unit:.1f} {name}",
    }


def table(rows: Sequence[Row]) -> str:
    """Return rows of the same keys as a Markdown table."""
    lines = [[*rows[0]], ["---"] * len(rows[0]), *([*row.values()] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Print a table for each kind of silence."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    default = Path(os.environ.get("CAPTURES", "../shared/data")) / NAME
    parser.add_argument("index", nargs="?", type=Path, default=default)
    index = read_index(parser.parse_args().index)
    first, last = index.all[0].date(), index.all[-1].date()
    print(f"{len(index.all)} press releases, {first} to {last}", flush=True)
    for title, rows in (
        ("A source without any release", of_source),
        ("A busy ministry without any", of_ministries),
        ("A workday with few", of_days),
    ):
        print(f"\n{title}\n\n{table([*rows(index)])}", flush=True)


if __name__ == "__main__":
    main()
