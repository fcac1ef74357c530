"""What the head of an answer asks of us: a retry, a pause, to stop."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scraper.model import Validators

#: Least and most seconds that ``Retry-After`` can make us wait.
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 86_400.0

#: Troubles of a server that pass.
TRANSIENT = {500, 502, 503, 504}
REFUSED = {401, 403, 451}
MISSING = {404, 410}
REDIRECT = {301, 302, 303, 307, 308}
NOT_MODIFIED = 304


#: Longest validator kept; what is longer, or not printable, is as good as none.
LONGEST_VALIDATOR = 200


def validators_of(headers: Mapping[str, str]) -> Validators:
    """Return what the head of an answer says to tell its version from the next.

    >>> validators_of({"etag": '"a1"', "last-modified": "soon" * 100})
    Validators(etag='"a1"', last_modified='')
    """
    named = (headers.get(name, "") for name in ("etag", "last-modified"))
    return Validators(*(value if _is_plain(value) else "" for value in named))


def asking_for_change(known: Validators) -> dict[str, str]:
    """Return the headers that ask for a page or file only if it is another one."""
    asked = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in asked.items() if value}


def _is_plain(value: str) -> bool:
    short = len(value) <= LONGEST_VALIDATOR
    return short and value.isascii() and value.isprintable()


def retry_after(value: str, now: datetime) -> float | None:
    """Return the seconds a ``Retry-After`` header asks for, or ``None`` for nonsense.

    A time gone by is the shortest pause, and nothing makes us wait for more than a day.

    >>> from datetime import timezone
    >>> retry_after("30", datetime(2026, 10, 6, tzinfo=timezone.utc))
    30.0
    >>> retry_after("Tue, 06 Oct 2026 00:02:00 GMT", datetime(2026, 10, 6, tzinfo=UTC))
    120.0
    >>> retry_after("soon", datetime(2026, 10, 6, tzinfo=UTC)) is None
    True
    """
    if re.fullmatch(r"[0-9]+", value.strip()):
        seconds = float(value)
    else:
        try:
            moment = parsedate_to_datetime(value)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=UTC)
            seconds = (moment - now).total_seconds()
        except (ValueError, TypeError, OverflowError, IndexError):
            return None
    return min(max(seconds, SHORTEST_PAUSE), LONGEST_PAUSE)
