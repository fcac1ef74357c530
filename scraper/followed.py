"""Published releases that are looked at again: the part of the state that knows them.

Times are kept in KST, to the second, so that they sort as text.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, Protocol

from scraper.model import KST, Change, Correction, History, Validators

#: How long after we published a release we look at it again.
CHECKS = (
    timedelta(hours=1),
    *(timedelta(days=days) for days in (1, 3, 7, 14, 30)),
)

#: Kinds of change, the lightest first; "" for none.
GRAVITY: tuple[Change | str, ...] = ("", "cosmetic", "metadata", "numbers", "text")


@dataclass(frozen=True, slots=True)
class Followed:
    """One published release, and what was seen of it since; empty means unknown."""

    news_id: str
    #: Name of the section.
    source: str
    #: Code of the ministry, else its name as printed.
    ministry: str
    title: str
    #: Names what the title says; see :func:`scraper.changes.title_digest`.
    digest: str
    #: The day it was published, in KST.
    day: date
    #: When we published it, or found it published.
    first_at: datetime
    #: When it is looked at again; ``None``: no more.
    due_at: datetime | None
    #: When it was looked at last.
    checked_at: datetime | None = None
    #: Since when the site says that there is no such release; ``None``: it does not.
    missing_at: datetime | None = None
    #: The newest count of changes that the Open API gave.
    counted: int = 0
    #: What was told of it last that needs a person; it is told once.
    told: str = ""
    #: Digest of what its source states, by the way that was read.
    hashes: Mapping[str, str] = field(default_factory=dict)
    #: The gravest change seen, cosmetic ones included.
    worst: str = ""
    #: ``None``: not known here; the post in the news target tells.
    history: History | None = None

    def graver(self, change: str) -> "Followed":
        """Return it with one more change seen."""
        return replace(self, worst=max(self.worst, change, key=GRAVITY.index))


@dataclass(frozen=True, slots=True)
class Rate:
    """How many releases that were followed to the end changed, by the gravest change.

    A release that was withdrawn counts under its gravest change too.
    """

    followed: int
    #: ``""`` (none), ``cosmetic``, ``metadata``, ``numbers``, ``text``.
    changes: Mapping[str, int]
    withdrawn: int


def next_check(first_at: datetime, after: datetime) -> datetime | None:
    """Return when a release is looked at next after a time; ``None``: no more."""
    return next((first_at + c for c in CHECKS if first_at + c > after), None)


class _Held(Protocol):
    """What this is a part of; see :class:`scraper.state.State`."""

    target: str
    _db: Any

    def _storage(self) -> AbstractContextManager[None]: ...


class Following:
    """Followed releases of one news target, and the validators of pages and files."""

    def follow(self: _Held, releases: Iterable[Followed]) -> None:
        """Remember these, whatever was known of them before."""
        marks = ", ".join("?" * 16)
        with self._storage(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                f"INSERT OR REPLACE INTO followed VALUES (?, {marks})",  # noqa: S608
                [(self.target, *_values(one)) for one in releases],
            )

    def followed(self: _Held, news_ids: Iterable[str]) -> dict[str, Followed]:
        """Return those of these ids that are followed."""
        found = {}
        with self._storage():
            for news_id in news_ids:
                for row in self._db.execute(
                    "SELECT * FROM followed WHERE target = ? AND news_id = ?",
                    (self.target, news_id),
                ):
                    found[news_id] = _read(row)
        return found

    def due_again(
        self: _Held,
        now: datetime,
        most: int,
        of: Callable[[str], bool] = bool,
    ) -> list[Followed]:
        """Return what is to be looked at by now, the longest due first.

        ``of`` tells which sources can be looked at; the others stay due.
        """
        with self._storage():
            rows = self._db.execute(
                "SELECT * FROM followed WHERE target = ? AND due_at != ''"
                " AND due_at <= ? ORDER BY due_at, news_id",
                (self.target, _text(now)),
            )
            found = list(islice((row for row in rows if of(row[2])), most))
            rows.close()
        return [_read(row) for row in found]

    def count_due_again(self: _Held, now: datetime) -> int:
        """Return how many are to be looked at by now."""
        return _count(self, "due_at != '' AND due_at <= ?", _text(now))

    def count_checked(self: _Held, since: datetime) -> int:
        """Return how many were looked at since a time."""
        return _count(self, "checked_at >= ?", _text(since))

    def last_seen_well(self: _Held, but: Iterable[str]) -> str:
        """Return the id of the release last found in place; "" if there is none.

        Those in ``but`` do not count.
        """
        but = set(but)
        with self._storage():
            rows = self._db.execute(
                "SELECT news_id FROM followed WHERE target = ? AND missing_at = ''"
                " AND due_at != '' ORDER BY checked_at DESC, news_id LIMIT ?",
                (self.target, len(but) + 1),
            ).fetchall()
        return next((str(news_id) for (news_id,) in rows if news_id not in but), "")

    def twins(
        self: _Held, digest: str, source: str, first: date, last: date
    ) -> list[Followed]:
        """Return releases with that title, published in these days, by id."""
        with self._storage():
            rows = self._db.execute(
                # By itself SQLite would go through all there are, in order of the ids.
                "SELECT * FROM followed INDEXED BY followed_digest"
                " WHERE target = ? AND digest = ? AND source = ?"
                " AND day BETWEEN ? AND ? ORDER BY news_id",
                (self.target, digest, source, first.isoformat(), last.isoformat()),
            ).fetchall()
        return [_read(row) for row in rows]

    def of_ministry(
        self: _Held, ministry: str, source: str, first: date, last: date
    ) -> list[Followed]:
        """Return what a ministry published in these days, newest first."""
        with self._storage():
            rows = self._db.execute(
                "SELECT * FROM followed WHERE target = ? AND day BETWEEN ? AND ?"
                " AND ministry = ? AND source = ? ORDER BY day DESC, news_id DESC",
                (self.target, first.isoformat(), last.isoformat(), ministry, source),
            ).fetchall()
        return [_read(row) for row in rows]

    def correction_rate(self: _Held) -> Rate:
        """Return how often releases changed that were followed to the end."""
        with self._storage():
            rows = self._db.execute(
                "SELECT worst, count(*), sum(withdrawn) FROM followed"
                " WHERE target = ? AND due_at = '' AND checked_at != ''"
                " GROUP BY worst",
                (self.target,),
            ).fetchall()
        return Rate(
            followed=sum(count for _, count, _ in rows),
            changes={worst: count for worst, count, _ in rows},
            withdrawn=sum(gone for _, _, gone in rows),
        )

    # --- validators ---

    def keep_validators(self: _Held, path: str, digest: str, known: Validators) -> None:
        """Remember what the server said of the version that has this digest."""
        with self._storage(), self._db:
            if known:
                self._db.execute(
                    "INSERT OR REPLACE INTO validator VALUES (?, ?, ?, ?)",
                    (path, digest, known.etag, known.last_modified),
                )
            else:
                self._db.execute("DELETE FROM validator WHERE path = ?", (path,))

    def validators(self: _Held, path: str) -> tuple[str, Validators]:
        """Return the digest of the version known of a path, and how it is told."""
        with self._storage():
            row = self._db.execute(
                "SELECT digest, etag, last_modified FROM validator WHERE path = ?",
                (path,),
            ).fetchone()
        return (row[0], Validators(row[1], row[2])) if row else ("", Validators())


def _count(held: _Held, where: str, *values: str) -> int:
    with held._storage():
        (count,) = held._db.execute(
            f"SELECT count(*) FROM followed WHERE target = ? AND {where}",  # noqa: S608
            (held.target, *values),
        ).fetchone()
    return int(count)


# --- as kept --------------------------------------------------------------------------


def _values(one: Followed) -> tuple[object, ...]:
    history = one.history
    return (
        one.news_id,
        one.source,
        one.ministry,
        one.title,
        one.digest,
        one.day.isoformat(),
        _text(one.first_at),
        _text(one.due_at),
        _text(one.checked_at),
        _text(one.missing_at),
        one.counted,
        one.told,
        json.dumps(dict(one.hashes), sort_keys=True),
        one.worst,
        int(bool(history and history.withdrawn_at)),
        _history_text(history) if history else "",
    )


def _read(row: tuple[Any, ...]) -> Followed:
    _, news_id, source, ministry, title, digest, day, *times = row[:11]
    counted, told, hashes, worst, _, history = row[11:]
    first_at, due_at, checked_at, missing_at = map(_time, times)
    assert first_at
    return Followed(
        news_id=news_id,
        source=source,
        ministry=ministry,
        title=title,
        digest=digest,
        day=date.fromisoformat(day),
        first_at=first_at,
        due_at=due_at,
        checked_at=checked_at,
        missing_at=missing_at,
        counted=counted,
        told=told,
        hashes=json.loads(hashes),
        worst=worst,
        history=_history(json.loads(history)) if history else None,
    )


def _history_text(history: History) -> str:
    values = {
        "revision": history.revision,
        "corrections": [[_text(c.at), c.change] for c in history.corrections],
        "withdrawn_at": _text(history.withdrawn_at),
        "restricted_at": _text(history.restricted_at),
        "corrects": history.corrects,
        "same_title_as": list(history.same_title_as),
    }
    return json.dumps(values, sort_keys=True)


def _history(values: Mapping[str, Any]) -> History:
    return History(
        revision=values["revision"],
        corrections=tuple(
            Correction(datetime.fromisoformat(at), change)
            for at, change in values["corrections"]
        ),
        withdrawn_at=_time(values["withdrawn_at"]),
        restricted_at=_time(values["restricted_at"]),
        corrects=values["corrects"],
        same_title_as=tuple(values["same_title_as"]),
    )


def _text(at: datetime | None) -> str:
    return at.astimezone(KST).isoformat(timespec="seconds") if at else ""


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(KST) if text else None
