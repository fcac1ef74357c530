"""What an answer of a forge says: a failure's words, a limit, the next page."""

import json as jsons
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

#: Troubles of a server that pass.
TRANSIENT = {408, 500, 502, 503, 504}
#: Seconds to wait when a limit names no time.
UNNAMED_WAIT = 60.0

_NEXT = re.compile(r'<([^<>]+)>;[^,]*\brel="next"')


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of a forge, whatever its status."""

    status: int
    headers: Mapping[str, str]
    #: The JSON it holds; ``None`` if it holds none.
    json: Any

    @property
    def ok(self) -> bool:
        """Say whether it is a success."""
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        """Return what the forge says about a failure, as one line; "" if nothing."""
        return " ".join(_messages(self.json))[:300]


def read_json(body: bytes) -> Any:
    """Return the JSON of a body; ``None`` if it is none, as a proxy's page."""
    try:
        return jsons.loads(body)
    except ValueError:
        return None


def asked_wait(reply: Reply, now: datetime) -> float | None:
    """Return the seconds a limit asks us to wait; ``None`` if it is no limit.

    GitHub tells a secondary limit as a 403 with ``retry-after``, or by words alone.
    """
    headers, status = reply.headers, reply.status
    named = headers.get("retry-after", "").strip()
    used_up = headers.get("x-ratelimit-remaining", headers.get("ratelimit-remaining"))
    limited = status == 429 or (
        status == 403
        and (named or used_up == "0" or "rate limit" in reply.message.lower())
    )
    if named.isdecimal() and (limited or status == 503):
        return float(named)
    if not limited:
        return None
    reset = headers.get("x-ratelimit-reset", headers.get("ratelimit-reset", ""))
    if used_up == "0" and reset.isdecimal():
        return max(float(reset) - now.timestamp(), 1.0)
    return UNNAMED_WAIT


def next_page(reply: Reply) -> str:
    """Return the address of a list's next page; "" after the last."""
    found = _NEXT.search(reply.headers.get("link", ""))
    return found[1] if found else ""


def expiry(reply: Reply) -> datetime | None:
    """Return when the token ends, where the forge tells; GitHub does.

    It writes ``2026-12-07 09:00:00 UTC``, or a zone like ``+0900``.
    """
    stated = reply.headers.get("github-authentication-token-expiration", "")
    try:
        moment = datetime.strptime(
            stated.replace("UTC", "+0000"), "%Y-%m-%d %H:%M:%S %z"
        )
    except ValueError:
        return None
    return moment.astimezone(UTC)


def _messages(json: Any) -> Iterator[str]:
    """Yield what the JSON of a failure says, in the shapes forges have."""
    match json:
        case str():
            yield " ".join(json.split())
        case list():
            for one in json:
                yield from _messages(one)
        case dict():
            for key in ("message", "error", "error_description", "errors"):
                yield from _messages(json.get(key))
