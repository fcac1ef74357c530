"""When offices in Korea are at work: weekdays but for holidays, 9 to 18 o'clock."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from scraper.model import KST

#: Office hours; four of five releases appear within them (an index of 2020-2026).
OPENS, CLOSES = 9, 18
HOURS_A_DAY = CLOSES - OPENS

IsWorkday = Callable[[date], bool]


def is_workday(day: date) -> bool:
    """Tell whether offices work on a day; holidays as the installed table has them.

    A holiday that is decreed later than that table was made counts as a workday.
    """
    return day.weekday() < 5 and day not in _holidays(day.year)


@cache
def _holidays(year: int) -> Any:
    # Here, not above: importing it takes longer than a whole run that finds nothing.
    from holidays import country_holidays

    return country_holidays("KR", years=year)


def working_hours(since: datetime, until: datetime, is_workday: IsWorkday) -> float:
    """Return the office hours between two moments; 0 if they are out of order.

    >>> saturday = datetime(2026, 11, 21, tzinfo=KST)
    >>> working_hours(saturday, saturday + timedelta(hours=60), lambda d: True)
    21.0
    """
    since, until = since.astimezone(KST), until.astimezone(KST)
    total, day = timedelta(), since.date()
    while day <= until.date():
        if is_workday(day):
            opens = datetime.combine(day, time(OPENS), KST)
            closes = datetime.combine(day, time(CLOSES), KST)
            total += max(min(until, closes) - max(since, opens), timedelta())
        day += timedelta(days=1)
    return total / timedelta(hours=1)
