"""Dates as people write them -> moments, and the form that every generator reads."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from scraper.model import KST

_DATE = re.compile(
    r"(?P<y>\d{4})(?:-|/|\.\s?|년\s?)(?P<m>\d{1,2})(?:-|/|\.\s?|월\s?)(?P<d>\d{1,2})[.일]?"
    r"(?:(?:T|\s+)(?P<H>\d{1,2}):(?P<M>\d\d)(?::(?P<S>\d\d)(?:\.\d+)?)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|KST|[+-]\d\d:?(?:\d\d)?)?",
    re.ASCII,
)
#: What every generator takes.
_GOOD = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d))?", re.ASCII)
_FILE_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})-", re.ASCII)


def is_good(written: str) -> bool:
    """Say whether a date has the form every generator reads."""
    return bool(_GOOD.fullmatch(written))


def read_moment(written: str) -> datetime | date | None:
    """Return what a date means; ``None`` if it is none.

    A time without a zone is Korean, as those who write it mean it.
    """
    found = _DATE.fullmatch(written.strip())
    if found is None:
        return None
    try:
        day = date(int(found["y"]), int(found["m"]), int(found["d"]))
        if found["H"] is None:
            return None if found["zone"] else day
        moment = datetime(
            *(day.year, day.month, day.day),
            *(int(found["H"]), int(found["M"]), int(found["S"] or 0)),
            tzinfo=_zone(found["zone"]),
        )
        day_of(moment)
    except (ValueError, OverflowError):  # it may lie outside the calendar in Korea
        return None
    return moment


def has_zone(written: str) -> bool:
    """Say whether a date states its zone."""
    found = _DATE.fullmatch(written.strip())
    return bool(found and found["zone"])


def iso(moment: datetime | date) -> str:
    """Return a date in the form every generator reads."""
    if isinstance(moment, datetime):
        return moment.isoformat(timespec="seconds")
    return moment.isoformat()


def day_of(moment: datetime | date) -> date:
    """Return the Korean day of a moment."""
    if isinstance(moment, datetime):
        return moment.astimezone(KST).date()
    return moment


def day_of_name(name: str) -> date | None:
    """Return the day a file name begins with; ``None`` if it begins with none."""
    found = _FILE_DAY.match(name)
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def _zone(written: str | None) -> timezone:
    if written is None or written == "KST":
        return KST
    if written in ("Z", "UTC", "GMT"):
        return UTC
    digits = written[1:].replace(":", "").ljust(4, "0")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-ahead if written[0] == "-" else ahead)
