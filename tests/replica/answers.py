"""What the site answers, and what it saw."""

from collections.abc import Mapping
from dataclasses import dataclass, field

HTML = "text/html;charset=UTF-8"


@dataclass(slots=True)
class Answer:
    """A response, and how to put it on the wire."""

    body: bytes
    status: int = 200
    content_type: str = HTML
    headers: dict[str, str] = field(default_factory=dict)
    #: How the bytes go out; see :mod:`tests.replica.wire`.
    manner: str = "whole"
    #: Seconds or bytes the manner needs.
    amount: float = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """A request the site got."""

    method: str
    path: str
    form: Mapping[str, str]
    #: Seconds since 1970.
    time: float
    user_agent: str
    kind: str
