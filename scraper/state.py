"""What earlier runs settled: one SQLite file, one row for each release and target.

The state is a memory, not the truth: if it is lost, the ids in the news repository's
file names say what was published, and the rest is found and judged again.
"""

import json
import sqlite3
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from scraper.database import open_database
from scraper.diary import Diary
from scraper.errors import StorageError
from scraper.followed import Following
from scraper.model import Entry, Survey

Status = Literal["published", "held", "failed"]


@dataclass(frozen=True, slots=True)
class Row:
    """What we know of one release and one news target; empty means unknown."""

    news_id: str
    #: Name of the section; "" for one known from the news target alone.
    source: str
    status: Status
    #: Why it is held or failed: a stable code, and one line for people.
    code: str = ""
    reason: str = ""
    #: When it is looked at again by itself, aware ISO 8601; empty for never.
    due_at: str = ""
    #: How many runs failed on it, in a row.
    failures: int = 0
    page_path: str = ""
    title: str = ""
    lead: str = ""
    ministry: str = ""
    listed_on: str = ""
    published_at: str = ""
    post_path: str = ""
    source_hash: str = ""
    #: Names the program version and the settings that made the post or the verdict.
    made_by: str = ""
    #: When we first delivered it; stays as it is when the row is settled again. Empty
    #: for a post found in the news target.
    first_published_at: str = ""
    #: License, embargo, where the text is from, warnings; for ``scrape show``.
    facts: Mapping[str, Any] = field(default_factory=dict)

    def entry(self) -> Entry:
        """Return the announcement again."""
        return Entry(
            source=self.source,
            news_id=self.news_id,
            path=self.page_path,
            title=self.title,
            lead=self.lead,
            ministry=self.ministry,
            listed_on=date.fromisoformat(self.listed_on),
        )


@dataclass(frozen=True, slots=True)
class Fetched:
    """Where the archive has what one address gave."""

    path: str
    news_id: str
    kind: Literal["page", "file"]
    digest: str
    url: str
    content_type: str
    fetched_at: datetime


#: What other settings or another version of the program may decide otherwise.
JUDGED_ANEW = ("license", "quarantine")

#: The two halves of ``made_by != ?``: an index finds those, and not what is left over.
OTHERWISE = ("made_by < ?", "made_by > ?")

COLUMNS = tuple(Row.__dataclass_fields__)

#: What a row that is settled again becomes: the new one, but for its first delivery.
AGAIN = ", ".join(
    f"{name} = CASE {name} WHEN '' THEN excluded.{name} ELSE {name} END"
    if name == "first_published_at"
    else f"{name} = excluded.{name}"
    for name in (*COLUMNS, "settled_at")
)


class State(Diary, Following):
    """The memory of one news target; use it as a context manager.

    Every write is committed, synced to disk, before the call returns.

    Raises:
        StorageError: from any call, when the file cannot be written or is damaged.
    """

    def __init__(
        self,
        file: Path | None,
        target: str,
        *,
        now: datetime,
        look_only: bool = False,
    ) -> None:
        """Open ``file`` (made if absent; ``None`` is a state that forgets).

        Args:
            file: The SQLite file; its folder must exist.
            target: Names the news target that rows are about.
            now: Stamps what this run settles.
            look_only: Leave a damaged file where it is, as an error.
        """
        self.target = target
        self._now = now.isoformat()
        self._file = file
        with self._storage():
            self._db = open_database(file, mend=not look_only)

    def __enter__(self) -> "State":
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    # --- releases ---

    def find(self, news_ids: Iterable[str]) -> dict[str, Row]:
        """Return the rows of those ids that have one."""
        found = {}
        with self._storage():
            for news_id in news_ids:
                for row in self._rows("news_id = ?", news_id):
                    found[row.news_id] = row
        return found

    def due(self, now: datetime, made_by: str) -> list[Row]:
        """Return what must be looked at again, oldest id first.

        Held and failed releases whose time has come, and those held for their license
        or set aside by a program or settings other than ``made_by``.
        """
        with self._storage():
            rows = [
                row
                for status in ("held", "failed")
                for row in self._rows(
                    "status = ? AND due_at != '' AND due_at <= ?",
                    status,
                    now.isoformat(),
                )
            ]
            for other in OTHERWISE:
                rows += self._rows(
                    f"status = 'held' AND {other} AND code IN (?, ?)",
                    made_by,
                    *JUDGED_ANEW,
                    by="INDEXED BY release_made_by",
                )
        return sorted((r for r in rows if r.listed_on), key=lambda r: int(r.news_id))

    def all(self) -> Iterator[Row]:
        """Yield every row, oldest id first."""
        with self._storage():
            yield from list(self._rows("1 ORDER BY news_id"))

    def count_made_otherwise(self, made_by: str) -> int:
        """Return how many published posts were made by other means than these."""
        with self._storage():
            counts = [
                self._db.execute(
                    "SELECT count(*) FROM release WHERE target = ?"  # noqa: S608
                    f" AND status = 'published' AND made_by > '' AND {other}",
                    (self.target, made_by),
                ).fetchone()[0]
                for other in OTHERWISE
            ]
        return sum(counts)

    def settle(
        self, rows: Iterable[Row], *, tip: str = "", pulls: Sequence[str] = ()
    ) -> None:
        """Remember ``rows`` (and the target's tip and pull requests), all or none."""
        marks = ", ".join("?" * (len(COLUMNS) + 2))
        names = ", ".join((*COLUMNS, "target", "settled_at"))
        with self._storage(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                f"INSERT INTO release ({names}) VALUES ({marks})"  # noqa: S608
                f" ON CONFLICT DO UPDATE SET {AGAIN}",
                [self._values(row) for row in rows],
            )
            if tip:
                self._keep_tip(tip, pulls)

    # --- the news target ---

    def tip(self) -> str:
        """Return the tip of the news target as last seen; "" if never."""
        with self._storage():
            row = self._db.execute(
                "SELECT tip FROM target WHERE target = ?", (self.target,)
            ).fetchone()
        return str(row[0]) if row else ""

    def pulls(self) -> tuple[str, ...]:
        """Return where the open pull requests were when last seen."""
        rows = self.select("SELECT pulls FROM target WHERE target = ?", self.target)
        return tuple(pull for row in rows for pull in str(row[0]).split("\n") if pull)

    def adopt(self, survey: Survey) -> int:
        """Take over what the news target holds; return how many ids were unknown.

        What the target holds is published, whatever the state says. What a person took
        out of it stays known, so that it is not put back.
        """
        known = self.find(survey.paths)
        rows = [
            replace(row, status="published", code="", reason="", post_path=path)
            if (row := known.get(news_id))
            else Row(news_id, "", "published", post_path=path)
            for news_id, path in survey.paths.items()
            if news_id not in known or known[news_id].post_path != path
        ]
        self.settle(rows, tip=survey.tip, pulls=survey.pulls)
        return len(survey.paths.keys() - known.keys())

    def published_but(self, paths: Container[str]) -> list[Row]:
        """Return the published rows whose ids are not among ``paths``."""
        with self._storage():
            rows = self._rows("status = 'published'")
            return [row for row in rows if row.news_id not in paths]

    def forget(
        self, rows: Sequence[Row], unread: Mapping[str, Collection[str]]
    ) -> None:
        """Forget releases, and count days as not read, so that they are found.

        ``unread`` has the days of each scope, in ISO form; empty ones do not count.
        """
        with self._storage(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "DELETE FROM release WHERE target = ? AND news_id = ?",
                [(self.target, row.news_id) for row in rows],
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO day (target, scope, day, whole)"
                " VALUES (?, ?, ?, 0)",
                [
                    (self.target, scope, day)
                    for scope, days in unread.items()
                    for day in days
                    if day
                ],
            )

    # --- calls of an API ---

    def calls_made(self, service: str, day: date) -> int | None:
        """Return how often a service was called on a day; ``None``: it is spent."""
        with self._storage():
            row = self._db.execute(
                "SELECT made, spent FROM call WHERE service = ? AND day = ?",
                (service, day.isoformat()),
            ).fetchone()
        made, spent = row or (0, 0)
        return None if spent else int(made)

    def count_call(self, service: str, day: date, *, spent: bool = False) -> None:
        """Count a call before it is made; or note that no more is taken that day."""
        with self._storage(), self._db:
            self._db.execute(
                "INSERT INTO call VALUES (?, ?, ?, ?) ON CONFLICT (service, day)"
                " DO UPDATE SET made = made + excluded.made, spent = excluded.spent",
                (service, day.isoformat(), int(not spent), int(spent)),
            )

    # --- the archive's index ---

    def keep_fetched(self, fetched: Fetched) -> None:
        """Remember where the archive has what ``fetched.path`` gave."""
        values = (
            fetched.path,
            fetched.news_id,
            fetched.kind,
            fetched.digest,
            fetched.url,
            fetched.content_type,
            fetched.fetched_at.isoformat(),
        )
        with self._storage(), self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO fetched VALUES (?, ?, ?, ?, ?, ?, ?)", values
            )

    def fetched(self, news_id: str) -> list[Fetched]:
        """Return what the archive has of one release, pages first."""
        with self._storage():
            rows = self._db.execute(
                "SELECT * FROM fetched WHERE news_id = ? ORDER BY kind DESC, path",
                (news_id,),
            ).fetchall()
        return [
            Fetched(
                path, of, kind, digest, url, content_type, datetime.fromisoformat(at)
            )
            for path, of, kind, digest, url, content_type, at in rows
        ]

    def forget_files(self, before: datetime) -> tuple[set[str], set[str]]:
        """Forget attachments fetched before a time.

        Returns:
            Digests no longer wanted by anything, and digests still wanted.
        """
        with self._storage(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            old = self._db.execute(
                "DELETE FROM fetched WHERE kind = 'file' AND fetched_at < ?"
                " RETURNING digest",
                (before.isoformat(),),
            ).fetchall()
            rest = self._db.execute("SELECT DISTINCT digest FROM fetched").fetchall()
        wanted = {digest for (digest,) in rest}
        return {digest for (digest,) in old} - wanted, wanted

    # --- for whoever adds up ---

    def select(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what a query of another module finds."""
        with self._storage():
            return self._db.execute(query, values).fetchall()

    # --- inside ---

    def _rows(self, where: str, *values: str, by: str = "") -> Iterator[Row]:
        names = ", ".join(COLUMNS)
        query = f"SELECT {names} FROM release {by} WHERE target = ? AND {where}"  # noqa: S608
        for row in self._db.execute(query, (self.target, *values)):
            columns: dict[str, Any] = dict(zip(COLUMNS, row, strict=True))
            yield Row(**{**columns, "facts": json.loads(row[-1])})

    def _values(self, row: Row) -> tuple[object, ...]:
        plain = [getattr(row, name) for name in COLUMNS[:-1]]
        facts = json.dumps(dict(row.facts), ensure_ascii=False, sort_keys=True)
        return (*plain, facts, self.target, self._now)

    def _keep_tip(self, tip: str, pulls: Sequence[str]) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO target VALUES (?, ?, ?, ?)",
            (self.target, tip, "\n".join(pulls), self._now),
        )

    @contextmanager
    def _storage(self) -> Iterator[None]:
        """Turn what SQLite says of the disk into one clear error."""
        try:
            yield
        except sqlite3.Error as error:
            raise StorageError(
                f"cannot use {self._file}: {error}; if it is damaged, move it away:"
                " the next run rebuilds it from the news repository"
            ) from error
