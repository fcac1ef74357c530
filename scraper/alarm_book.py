"""Which alarms are open, since when, and who was told: in the state's file.

An alarm is opened once and stays open until a run that looked finds it gone; each
channel is told of its opening, again after a day, and of its end. What a channel did
not take is offered to it by the next run again.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from scraper.alarm import Alarm, Notice
from scraper.alarms import Assessment
from scraper.database import open_database
from scraper.errors import StorageError

#: How long an alarm that lasts is not told again.
QUIET = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Open:
    """An alarm that is open."""

    alarm: Alarm
    since: datetime
    #: Nobody is told before the end of that day; ``None``: it is not silenced.
    silenced_until: date | None


class AlarmBook:
    """The alarms of one news target; use it as a context manager.

    Raises:
        StorageError: from any call, when the file cannot be read or written.
    """

    def __init__(self, file: Path | None, target: str) -> None:
        """Open the file (made if absent); ``None`` is a book that forgets."""
        self._target = target
        with _storage(file):
            self._db = open_database(file, mend=False)
        self._file = file

    def __enter__(self) -> "AlarmBook":
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    # --- alarms -------------------------------------------------------------------

    def enter(self, assessment: Assessment, now: datetime) -> None:
        """Open what is new, renew the evidence of what lasts, close what is well."""
        before = {one.alarm.cause for one in self.open()}
        well = [cause for cause in before if assessment.is_well(cause)]
        rows = [
            (self._target, one.cause, one.evidence, now.isoformat())
            for one in assessment.alarms.values()
        ]
        if not (rows or well):
            return  # a run that finds nothing writes nothing
        with _storage(self._file), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            # One that was closed and comes back before all were told goes on.
            self._db.executemany(
                "INSERT INTO alarm (target, cause, evidence, opened_at)"
                " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " evidence = excluded.evidence, closed_at = ''",
                rows,
            )
            self._db.executemany(
                "UPDATE alarm SET closed_at = ? WHERE target = ? AND cause = ?",
                [(now.isoformat(), self._target, cause) for cause in well],
            )

    def open(self) -> list[Open]:
        """Return the alarms that are open, the oldest first."""
        silenced = self.silenced()
        return [
            Open(alarm, since, silenced.get(alarm.cause))
            for alarm, since, closed in self._alarms()
            if closed is None
        ]

    # --- telling ------------------------------------------------------------------

    def to_tell(self, channel: str, now: datetime) -> list[Notice]:
        """Return what a channel is to tell now, the oldest first."""
        told, silenced = self._told(channel), self.silenced()
        notices = []
        for alarm, since, closed in self._alarms():
            last = told.get(alarm.cause)
            until = silenced.get(alarm.cause)
            if closed is not None and last is not None:
                notices.append(Notice("closed", alarm, since, closed))
            elif closed is not None or (until and now.date() <= until):
                continue
            elif last is None:
                notices.append(Notice("opened", alarm, since))
            elif now - last >= QUIET:
                notices.append(Notice("lasts", alarm, since))
        return notices

    def keep_told(self, channel: str, notice: Notice, now: datetime) -> None:
        """Remember that a channel took a notice."""
        key = (self._target, notice.alarm.cause, channel)
        with _storage(self._file), self._db:
            if notice.what == "closed":
                self._db.execute(
                    "DELETE FROM alarm_told"
                    " WHERE target = ? AND cause = ? AND channel = ?",
                    key,
                )
            else:
                self._db.execute(
                    "INSERT OR REPLACE INTO alarm_told VALUES (?, ?, ?, ?)",
                    (*key, now.isoformat()),
                )

    def forget_closed(self, channels: Sequence[str]) -> None:
        """Drop closed alarms of whose end every one of ``channels`` was told."""
        told = {cause for channel in channels for cause in self._told(channel)}
        gone = [
            (self._target, alarm.cause)
            for alarm, _, closed in self._alarms()
            if closed and alarm.cause not in told
        ]
        if not gone:
            return
        with _storage(self._file), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "DELETE FROM alarm WHERE target = ? AND cause = ?", gone
            )
            self._db.executemany(
                "DELETE FROM alarm_told WHERE target = ? AND cause = ?", gone
            )

    # --- silence ------------------------------------------------------------------

    def silence(self, cause: str, until: date) -> None:
        """Tell nobody of a cause, open or not, until the end of a day in Korea."""
        with _storage(self._file), self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO alarm_silenced VALUES (?, ?, ?)",
                (self._target, cause, until.isoformat()),
            )

    def silenced(self) -> Mapping[str, date]:
        """Return the causes that are or were silenced, and until when."""
        query = "SELECT cause, until FROM alarm_silenced WHERE target = ?"
        rows = self._select(query, self._target)
        return {cause: date.fromisoformat(until) for cause, until in rows}

    # --- notes --------------------------------------------------------------------

    def note(self, name: str) -> str:
        """Return what an earlier run noted under a name; "" for nothing."""
        query = "SELECT value FROM alarm_note WHERE target = ? AND name = ?"
        rows = self._select(query, self._target, name)
        return rows[0][0] if rows else ""

    def keep_note(self, name: str, value: str) -> None:
        """Remember something for the next run; nothing is written if it is known."""
        if self.note(name) == value:
            return
        with _storage(self._file), self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO alarm_note VALUES (?, ?, ?)",
                (self._target, name, value),
            )

    # --- inside -------------------------------------------------------------------

    def _alarms(self) -> Iterator[tuple[Alarm, datetime, datetime | None]]:
        query = (
            "SELECT cause, evidence, opened_at, closed_at FROM alarm"
            " WHERE target = ? ORDER BY opened_at, cause"
        )
        for cause, evidence, opened, closed in self._select(query, self._target):
            yield (
                Alarm(cause, evidence),
                datetime.fromisoformat(opened),
                datetime.fromisoformat(closed) if closed else None,
            )

    def _told(self, channel: str) -> Mapping[str, datetime]:
        query = "SELECT cause, told_at FROM alarm_told WHERE target = ? AND channel = ?"
        rows = self._select(query, self._target, channel)
        return {cause: datetime.fromisoformat(at) for cause, at in rows}

    def _select(self, query: str, *values: str) -> list[tuple[str, ...]]:
        with _storage(self._file):
            return self._db.execute(query, values).fetchall()


@contextmanager
def _storage(file: Path | None) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StorageError(f"cannot use {file or 'the state'}: {error}") from error
