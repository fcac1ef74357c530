"""What listings announced, day by day: the part of the state that proves completeness.

A scope is the name of an announcer and, after colons, the codes of the ministries that
were asked for.
"""

import sqlite3
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from scraper.model import Entry


@dataclass(frozen=True, slots=True)
class DayRead:
    """A day whose listing was read whole, or should have been."""

    whole: bool
    #: When it was last read whole; ``None``: never, or an older version read it.
    listed_at: datetime | None


class _Held(Protocol):
    """What the diary is a part of; see :class:`scraper.state.State`."""

    target: str
    _now: str
    _db: sqlite3.Connection

    def _storage(self) -> AbstractContextManager[None]: ...


class Diary:
    """Days, what they announced, and when they were read; for one news target."""

    # --- days ---

    def keep_day(self: _Held, scope: str, day: date, *, whole: bool) -> None:
        """Remember whether the listing of ``day`` was read whole, and when.

        ``scope`` names the source and the ministries asked for.
        """
        key = (self.target, scope)
        with self._storage(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(
                "INSERT INTO day VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " whole = excluded.whole, listed_at = CASE excluded.whole"
                " WHEN 1 THEN excluded.listed_at ELSE listed_at END",
                (*key, day.isoformat(), int(whole), self._now if whole else ""),
            )
            self._db.execute(
                "INSERT OR REPLACE INTO reading VALUES (?, ?, ?, ?, ?)",
                (*key, int(whole), day.isoformat(), self._now),
            )

    def last_reading(
        self: _Held, scope: str, *, whole: bool
    ) -> tuple[date, datetime] | None:
        """Return the day read last that was whole (or was not), and when; or ``None``.

        What an older version of the program read is not known here.
        """
        with self._storage():
            row = self._db.execute(
                "SELECT day, read_at FROM reading"
                " WHERE target = ? AND scope = ? AND whole = ?",
                (self.target, scope, int(whole)),
            ).fetchone()
        if row is None:
            return None
        return date.fromisoformat(row[0]), datetime.fromisoformat(row[1])

    def intend_days(self: _Held, scope: str, days: Iterable[date]) -> None:
        """Note days a run sets out to read: gaps until they are read whole."""
        with self._storage(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "INSERT OR IGNORE INTO day (target, scope, day, whole)"
                " VALUES (?, ?, ?, 0)",
                [(self.target, scope, day.isoformat()) for day in days],
            )

    def reopen_day(self: _Held, scope: str, day: date) -> None:
        """Count a day that was whole as a gap: something of it is yet to be settled."""
        with self._storage(), self._db:
            self._db.execute(
                "UPDATE day SET whole = 0 WHERE target = ? AND scope = ? AND day = ?",
                (self.target, scope, day.isoformat()),
            )

    def last_whole_day(self: _Held, scope: str, before: date) -> date | None:
        """Return the newest day before one that was read whole; ``None`` for none."""
        with self._storage():
            (day,) = self._db.execute(
                "SELECT max(day) FROM day"
                " WHERE target = ? AND scope = ? AND whole AND day < ?",
                (self.target, scope, before.isoformat()),
            ).fetchone()
        return date.fromisoformat(day) if day else None

    def gaps(self: _Held, scope: str) -> list[date]:
        """Return the days a run set out to read and did not read whole, in order."""
        with self._storage():
            days = self._db.execute(
                "SELECT day FROM day WHERE target = ? AND scope = ? AND NOT whole"
                " ORDER BY day",
                (self.target, scope),
            ).fetchall()
        return [date.fromisoformat(day) for (day,) in days]

    def days_read(self: _Held, scope: str, since: date) -> Mapping[date, DayRead]:
        """Return every day since one that a run read or set out to read, in order."""
        with self._storage():
            rows = self._db.execute(
                "SELECT day, whole, listed_at FROM day"
                " WHERE target = ? AND scope = ? AND day >= ? ORDER BY day",
                (self.target, scope, since.isoformat()),
            ).fetchall()
        return {
            date.fromisoformat(day): DayRead(
                bool(whole), datetime.fromisoformat(at) if at else None
            )
            for day, whole, at in rows
        }

    # --- what they announced ---

    def announced(self: _Held, scope: str, day: date, ministry: str) -> set[str]:
        """Return the ids a day announced when it was last read, of those we know."""
        with self._storage():
            rows = self._db.execute(
                "SELECT news_id FROM announced WHERE target = ? AND scope = ?"
                " AND day = ? AND ministry = ? AND gone_at = ''",
                (self.target, scope, day.isoformat(), ministry),
            ).fetchall()
        return {news_id for (news_id,) in rows}

    def was_announced(self: _Held, scope: str, day: str, news_id: str) -> bool:
        """Tell whether a day (ISO form) ever announced a release, by that scope."""
        with self._storage():
            found = self._db.execute(
                "SELECT 1 FROM announced WHERE target = ? AND scope = ? AND day = ?"
                " AND news_id = ?",
                (self.target, scope, day, news_id),
            ).fetchone()
        return found is not None

    def keep_announced(
        self: _Held,
        scope: str,
        day: date,
        ministry: str,
        entries: Sequence[Entry],
        *,
        whole: bool,
        late: Container[str] = (),
    ) -> None:
        """Remember what a day announces; ids that it lists no more are marked as gone.

        Args:
            scope: The source and all ministries asked for.
            day: The day of the listing.
            ministry: The one this listing was asked for; "" for all.
            entries: What it announced.
            whole: That is all, so that what is missing is gone.
            late: Ids that were not there when the day was read whole before.
        """
        key = (self.target, scope, day.isoformat())
        listed = {entry.news_id: entry for entry in entries}
        with self._storage():
            rows = self._db.execute(
                "SELECT news_id, gone_at FROM announced WHERE target = ?"
                " AND scope = ? AND day = ? AND ministry = ?",
                (*key, ministry),
            ).fetchall()
        here = {news_id for news_id, gone_at in rows if not gone_at}
        gone = [("", *key, i) for i, gone_at in rows if gone_at and i in listed]
        if whole:
            gone += [(self._now, *key, i) for i in here - listed.keys()]
        new = listed.keys() - {news_id for news_id, _ in rows}
        if not (new or gone):
            return  # a run that finds nothing writes nothing
        with self._storage(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "INSERT OR IGNORE INTO announced VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')",
                [
                    (*key, i, listed[i].source, ministry, self._now, int(i in late))
                    for i in sorted(new)
                ],
            )
            self._db.executemany(
                "UPDATE announced SET gone_at = ? WHERE target = ? AND scope = ?"
                " AND day = ? AND news_id = ?",
                gone,
            )

    # --- looking back ---

    def looked_at(self: _Held, scope: str) -> datetime | None:
        """Return when a run last looked whether past days were to be listed again."""
        with self._storage():
            row = self._db.execute(
                "SELECT looked_at FROM looked WHERE target = ? AND scope = ?",
                (self.target, scope),
            ).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def keep_looked(self: _Held, scope: str) -> None:
        """Remember that this run looked."""
        with self._storage(), self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO looked VALUES (?, ?, ?)",
                (self.target, scope, self._now),
            )
