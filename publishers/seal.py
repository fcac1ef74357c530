"""The seal: one front-matter comment by which a post tells whether a person edited it.

It is the last line before the closing ``---`` and holds a digest of the post without
that line. Site generators ignore it; it needs no memory outside the post itself.

    # bodojaryo 148900001 r1 2026-11-23T09:30:00+09:00 sha256:4f3c…
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

_FENCE = "---\n"
_LINE = re.compile(
    r"# bodojaryo (?P<news_id>[0-9]{1,20}) r(?P<revision>[1-9][0-9]{0,8})"
    r" (?P<published_at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d)"
    r" sha256:(?P<digest>[0-9a-f]{64})\n",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Seal:
    """What a seal line states; whether it is true is :func:`is_intact`'s question."""

    news_id: str
    #: 1 for the first text of a release, then one more with every correction.
    revision: int
    #: As the release stated it when this text was made; aware.
    published_at: datetime
    #: sha256 of the post without the seal line, in hexadecimal.
    digest: str


def seal(text: str, news_id: str, revision: int, published_at: datetime) -> str:
    """Return ``text`` with the seal as the last line of its front matter.

    ``text`` starts with front matter between two ``---`` lines and has ``\\n`` line
    ends; it must not carry a seal yet. ``published_at`` is aware; fractions of a
    second are left out.

    Raises:
        ValueError: there is no front matter, it is sealed already, or the id,
            revision or time cannot stand in a seal.
    """
    parts = _split(text)
    if parts is None:
        raise ValueError("no front matter to seal")
    if parts.seal is not None:
        raise ValueError("the post is sealed already")
    when = published_at.isoformat(timespec="seconds")
    line = f"# bodojaryo {news_id} r{revision} {when} sha256:{_digest(text)}\n"
    if not _LINE.fullmatch(line):
        raise ValueError(f"cannot stand in a seal: {news_id} r{revision} {when}")
    return parts.before + line + parts.after


def read_seal(text: str) -> Seal | None:
    """Return what the seal of a post states; ``None`` if it has none of our form."""
    return _stated(_split(text))


def is_intact(text: str) -> bool:
    """Say whether the post is, to the byte, as it was sealed.

    A seal that is missing, doubled, moved or wrong means no: a person (or a tool that
    changes line ends) was here.
    """
    return read_intact(text) is not None


def read_intact(text: str) -> Seal | None:
    """Return the seal of a post that is as it was sealed; ``None`` for any other."""
    parts = _split(text)
    stated = _stated(parts)
    if stated is None or parts is None:
        return None
    return stated if _digest(parts.before + parts.after) == stated.digest else None


class _Parts(NamedTuple):
    """A post around its seal line; ``before + after`` is the post without it."""

    before: str
    seal: re.Match[str] | None
    after: str


def _stated(parts: _Parts | None) -> Seal | None:
    if parts is None or parts.seal is None:
        return None
    try:
        published_at = datetime.fromisoformat(parts.seal["published_at"])
    except ValueError:  # the form is right, the day is not: 2026-13-40
        return None
    return Seal(
        parts.seal["news_id"],
        int(parts.seal["revision"]),
        published_at,
        parts.seal["digest"],
    )


def _split(text: str) -> _Parts | None:
    """Take a post apart at its seal; ``None`` if it has no front matter."""
    if not text.startswith(_FENCE):
        return None
    end = text.find("\n" + _FENCE, len(_FENCE) - 1) + 1
    if not end:
        return None
    start = text.rfind("\n", 0, end - 1) + 1
    found = _LINE.fullmatch(text[start:end])
    return _Parts(text[: start if found else end], found, text[end:])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
