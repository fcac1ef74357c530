"""Which days a run looks at: ``--since`` and ``--until`` -> Window."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scraper.model import KST

#: How far back a bound may reach; longer is a typing error.
MAX_DAYS = 366 * 30

FORMS = "2026-11-20, today, yesterday, 3d or 36h"


@dataclass(frozen=True, slots=True)
class Window:
    """Days of listings, both inclusive, and maybe a time within them."""

    first: date
    last: date
    #: Releases published before this are left out; ``None`` takes whole days.
    since: datetime | None = None
    #: Releases published after this are left out; ``None`` takes whole days.
    until: datetime | None = None
    #: Days before ``first`` whose listing was not read whole, to be read again.
    gaps: tuple[date, ...] = ()

    def days(self) -> list[date]:
        """Return the days, oldest first."""
        count = (self.last - self.first).days + 1
        earlier = sorted(day for day in set(self.gaps) if day < self.first)
        return earlier + [self.first + timedelta(days=n) for n in range(count)]

    def holds(self, published_at: datetime) -> bool:
        """Tell whether a release of that time is inside the bounds."""
        after = self.since is None or published_at >= self.since
        return after and (self.until is None or published_at <= self.until)


def parse_window(
    since: str,
    until: str,
    *,
    default: date,
    now: datetime,
    gaps: Iterable[date] = (),
) -> Window:
    """Return the window two options describe.

    Args:
        since: ``2026-11-20``, ``today``, ``yesterday``, ``3d``, ``36h``; empty means
            ``default``. Days are KST; hours count back from ``now``.
        until: The same forms; empty means today.
        default: First day when ``since`` is empty.
        now: Aware; what "today" and "ago" are measured from.
        gaps: Earlier days to be read again.

    Raises:
        ValueError: not one of the forms, or ``since`` is after ``until``.
    """
    today = now.astimezone(KST).date()
    first = _parse_bound(since, now) if since else default
    last = _parse_bound(until, now) if until else today
    window = Window(
        first=first.date() if isinstance(first, datetime) else first,
        last=min(last.date() if isinstance(last, datetime) else last, today),
        since=first if isinstance(first, datetime) else None,
        until=last if isinstance(last, datetime) else None,
        gaps=tuple(gaps),
    )
    if window.first > window.last:
        raise ValueError(f"nothing lies between {window.first} and {window.last}")
    return window


def _parse_bound(text: str, now: datetime) -> date | datetime:
    today = now.astimezone(KST).date()
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    if text in named:
        return named[text]
    if ago := re.fullmatch(r"(\d{1,6})([dh])", text):
        count, unit = int(ago[1]), ago[2]
        if count > MAX_DAYS * (24 if unit == "h" else 1):
            raise ValueError(f"{text} reaches too far back")
        if unit == "h":
            return now.astimezone(KST) - timedelta(hours=count)
        return today - timedelta(days=count)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a bound such as {FORMS}") from None
    if (today - day).days > MAX_DAYS:
        raise ValueError(f"{text} reaches too far back")
    return day
