"""Announced versus held, day by day: which days to list again, and which are complete.

Releases are put up late: a day that was read whole may announce more tomorrow. So the
days of a window are listed again, each once a day; and those of a longer one once a
week, from Sunday on, each for the last time when all that may come has come.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from scraper.model import KST

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class LookBack:
    """How far back days are listed again, in days before today; 0 is not at all."""

    #: Each day.
    daily: int
    #: Once a week.
    weekly: int

    def first_day(self, today: date) -> date:
        """Return the oldest day that may be listed again.

        A day is looked at every seven days, so that the last look at it comes when it
        is ``weekly`` to ``weekly + 6`` days old: nothing that comes within ``weekly``
        days is missed.
        """
        if not self.weekly:
            return today - self.daily * DAY
        return last_sunday(today) - self.weekly * DAY - WEEK + DAY


@dataclass(frozen=True, slots=True)
class PastDay:
    """A day to be listed again."""

    day: date
    #: It is the last time, so all pages are read, whatever the first one says.
    to_the_end: bool = False


def last_sunday(today: date) -> date:
    """Return the Sunday of this week; today, if it is one.

    >>> last_sunday(date(2026, 11, 25))
    datetime.date(2026, 11, 22)
    """
    return today - today.toordinal() % 7 * DAY


def days_to_list_again(
    listed: Mapping[date, datetime | None],
    window: LookBack,
    *,
    now: datetime,
    looked_at: datetime | None,
    spread: bool,
) -> list[PastDay]:
    """Return the days that this run lists again, oldest first.

    Args:
        listed: When each day that was read whole was last listed; ``None`` is unknown,
            and long ago. Days that this run reads anyway are left out.
        window: How far back.
        now: Aware.
        looked_at: When a run last asked this; ``None`` for never.
        spread: This run takes its share: of the day's listings as much as the time
            since ``looked_at`` is of 24 hours, rounded up. So the runs of a day take
            all, and a single one takes all of them. Else all that is due.
    """
    today = now.astimezone(KST).date()
    sunday = last_sunday(today)
    due, done = [], 0
    for day, at in listed.items():
        since = _due_since(day, window, today, sunday)
        if since is None:
            continue
        read = at.astimezone(KST).date() if at else date.min
        if read < since:
            due.append((read, day))
        elif read == today:
            done += 1
    due.sort()
    if spread and looked_at is not None:
        elapsed = min(max(now - looked_at, timedelta()), DAY)
        due = due[: ceil((len(due) + done) * (elapsed / DAY))]
    return sorted(
        (PastDay(day, _is_last(day, window, sunday)) for _, day in due),
        key=lambda again: again.day,
    )


def _due_since(day: date, window: LookBack, today: date, sunday: date) -> date | None:
    """Return the day before which a listing is too old; ``None`` for never."""
    if today - window.daily * DAY <= day < today:
        return today
    if window.weekly and window.first_day(today) <= day < sunday:
        return sunday
    return None


def _is_last(day: date, window: LookBack, sunday: date) -> bool:
    return bool(window.weekly) and day <= sunday - window.weekly * DAY


@dataclass(frozen=True, slots=True)
class Difference:
    """What two ways of announcing one day do not agree on."""

    day: date
    #: Ids that only the site's listing has, and those only the Open API has.
    only_listed: tuple[str, ...]
    only_told: tuple[str, ...]

    def __str__(self) -> str:
        said = []
        if self.only_listed:
            said.append(f"only in the listing: {_some(self.only_listed)}")
        if self.only_told:
            said.append(f"only by the Open API: {_some(self.only_told)}")
        return f"{self.day} {'; '.join(said)}"


def differences(
    listed: Iterable[tuple[date, str]],
    told: Iterable[tuple[date, str]],
    days: Collection[date],
) -> list[Difference]:
    """Return what the listing and the Open API do not agree on, by day.

    Args:
        listed: Days and ids that only the listing has.
        told: Days and ids that only the Open API has.
        days: Those that both read whole; of others nothing can be said.
    """
    found: dict[date, tuple[list[str], list[str]]] = {}
    for place, ids in enumerate((listed, told)):
        for day, news_id in ids:
            if day in days:
                found.setdefault(day, ([], []))[place].append(news_id)
    return [
        Difference(day, tuple(sorted(ours)), tuple(sorted(theirs)))
        for day, (ours, theirs) in sorted(found.items())
    ]


def spans(days: Iterable[date]) -> list[str]:
    """Name days, those in a row together, in order.

    >>> spans([date(2026, 11, 1), date(2026, 11, 3), date(2026, 11, 4)])
    ['2026-11-01', '2026-11-03 to 2026-11-04']
    """
    runs: list[tuple[date, date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][1] == DAY:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return [f"{a}" if a == b else f"{a} to {b}" for a, b in runs]


def _some(ids: Collection[str], most: int = 3) -> str:
    named = ", ".join(sorted(ids)[:most])
    more = f" and {len(ids) - most} more" if len(ids) > most else ""
    return named + more
