"""The SQLite file behind the state: its tables, and how it is opened safely."""

import contextlib
import sqlite3
import time
from pathlib import Path

from scraper.errors import ConfigError

#: Raised with every change of the tables; an older program refuses a newer file.
SCHEMA_VERSION = 7

#: Most seconds to wait for another process that is at work on the file.
PATIENCE = 30

SCHEMA = """
CREATE TABLE release (
    target       TEXT NOT NULL,
    news_id      TEXT NOT NULL,
    source       TEXT NOT NULL,
    status       TEXT NOT NULL CHECK (status IN ('published', 'held', 'failed')),
    code         TEXT NOT NULL DEFAULT '',
    reason       TEXT NOT NULL DEFAULT '',
    due_at       TEXT NOT NULL DEFAULT '',
    failures     INTEGER NOT NULL DEFAULT 0,
    page_path    TEXT NOT NULL DEFAULT '',
    title        TEXT NOT NULL DEFAULT '',
    lead         TEXT NOT NULL DEFAULT '',
    ministry     TEXT NOT NULL DEFAULT '',
    listed_on    TEXT NOT NULL DEFAULT '',
    published_at TEXT NOT NULL DEFAULT '',
    post_path    TEXT NOT NULL DEFAULT '',
    source_hash  TEXT NOT NULL DEFAULT '',
    made_by      TEXT NOT NULL DEFAULT '',
    facts        TEXT NOT NULL DEFAULT '{}',
    settled_at   TEXT NOT NULL,
    PRIMARY KEY (target, news_id)
) WITHOUT ROWID;
CREATE INDEX release_due ON release (target, status, due_at);
CREATE INDEX release_made_by ON release (target, status, made_by);
CREATE TABLE day (
    target TEXT NOT NULL,
    scope  TEXT NOT NULL,
    day    TEXT NOT NULL,
    whole  INTEGER NOT NULL,
    PRIMARY KEY (target, scope, day)
) WITHOUT ROWID;
CREATE TABLE target (
    target TEXT PRIMARY KEY,
    tip    TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE fetched (
    path         TEXT PRIMARY KEY,
    news_id      TEXT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('page', 'file')),
    digest       TEXT NOT NULL,
    url          TEXT NOT NULL,
    content_type TEXT NOT NULL,
    fetched_at   TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX fetched_by_release ON fetched (news_id);
"""

#: What each version added, by its number; a new file has them all.
ADDED = {
    2: """
CREATE TABLE IF NOT EXISTS call (
    service TEXT NOT NULL,
    day     TEXT NOT NULL,
    made    INTEGER NOT NULL DEFAULT 0,
    spent   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (service, day)
) WITHOUT ROWID;
""",
    3: """
CREATE TABLE IF NOT EXISTS reading (
    target  TEXT NOT NULL,
    scope   TEXT NOT NULL,
    whole   INTEGER NOT NULL,
    day     TEXT NOT NULL,
    read_at TEXT NOT NULL,
    PRIMARY KEY (target, scope, whole)
) WITHOUT ROWID;
""",
    4: """
CREATE TABLE announced (
    target   TEXT NOT NULL,
    scope    TEXT NOT NULL,
    day      TEXT NOT NULL,
    news_id  TEXT NOT NULL,
    section  TEXT NOT NULL,
    ministry TEXT NOT NULL DEFAULT '',
    first_at TEXT NOT NULL DEFAULT '',
    late     INTEGER NOT NULL DEFAULT 0,
    gone_at  TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (target, scope, day, news_id)
) WITHOUT ROWID;
INSERT INTO announced (target, scope, day, news_id, section)
    SELECT target, source, listed_on, news_id, source FROM release
    WHERE source != '' AND listed_on != '';
CREATE TABLE looked (
    target    TEXT NOT NULL,
    scope     TEXT NOT NULL,
    looked_at TEXT NOT NULL,
    PRIMARY KEY (target, scope)
) WITHOUT ROWID;
ALTER TABLE day ADD COLUMN listed_at TEXT NOT NULL DEFAULT '';
ALTER TABLE target ADD COLUMN pulls TEXT NOT NULL DEFAULT '';
ALTER TABLE target ADD COLUMN seen_at TEXT NOT NULL DEFAULT '';
ALTER TABLE release ADD COLUMN first_published_at TEXT NOT NULL DEFAULT '';
""",
    5: """
CREATE TABLE followed (
    target     TEXT NOT NULL,
    news_id    TEXT NOT NULL,
    source     TEXT NOT NULL,
    ministry   TEXT NOT NULL,
    title      TEXT NOT NULL,
    digest     TEXT NOT NULL,
    day        TEXT NOT NULL,
    first_at   TEXT NOT NULL,
    due_at     TEXT NOT NULL,
    checked_at TEXT NOT NULL,
    missing_at TEXT NOT NULL,
    counted    INTEGER NOT NULL,
    told       TEXT NOT NULL,
    hashes     TEXT NOT NULL,
    worst      TEXT NOT NULL,
    withdrawn  INTEGER NOT NULL,
    history    TEXT NOT NULL,
    PRIMARY KEY (target, news_id)
) WITHOUT ROWID;
CREATE INDEX followed_due ON followed (target, due_at);
CREATE INDEX followed_checked ON followed (target, checked_at);
CREATE INDEX followed_digest ON followed (target, digest);
CREATE INDEX followed_day ON followed (target, day);
CREATE TABLE validator (
    path          TEXT PRIMARY KEY,
    digest        TEXT NOT NULL,
    etag          TEXT NOT NULL,
    last_modified TEXT NOT NULL
) WITHOUT ROWID;
""",
    6: """
CREATE TABLE alarm (
    target    TEXT NOT NULL,
    cause     TEXT NOT NULL,
    evidence  TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    closed_at TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (target, cause)
) WITHOUT ROWID;
CREATE TABLE alarm_told (
    target  TEXT NOT NULL,
    cause   TEXT NOT NULL,
    channel TEXT NOT NULL,
    told_at TEXT NOT NULL,
    PRIMARY KEY (target, cause, channel)
) WITHOUT ROWID;
CREATE TABLE alarm_silenced (
    target TEXT NOT NULL,
    cause  TEXT NOT NULL,
    until  TEXT NOT NULL,
    PRIMARY KEY (target, cause)
) WITHOUT ROWID;
CREATE TABLE alarm_note (
    target TEXT NOT NULL,
    name   TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (target, name)
) WITHOUT ROWID;
""",
    7: """
CREATE INDEX release_account ON release (target, status, code, source);
CREATE INDEX followed_account ON followed
    (target, due_at, worst, checked_at, withdrawn);
""",
}


def open_database(file: Path | None, *, mend: bool = True) -> sqlite3.Connection:
    """Open or make the file; ``mend`` moves a damaged one aside and makes it anew.

    Writes are synced to disk with every commit. ``None`` is a database in memory.

    Raises:
        sqlite3.Error: it cannot be opened.
        ConfigError: a newer version of this program wrote it.
    """
    try:
        return _connect(file)
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", None)
        if (
            not mend
            or file is None
            or code not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
        ):
            raise
        for suffix in ("", "-wal", "-shm"):
            part = file.with_name(file.name + suffix)
            if part.exists():
                part.replace(file.with_name(f"{file.name}.damaged{suffix}"))
        return _connect(file)


def _connect(file: Path | None) -> sqlite3.Connection:
    db = sqlite3.connect(file or ":memory:", isolation_level=None, timeout=PATIENCE)
    try:
        _write_ahead(db)
        db.execute("PRAGMA synchronous = FULL")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            raise ConfigError(
                [f"{file}: written by a newer version of this program; update it"]
            )
        if version < SCHEMA_VERSION:
            _upgrade(db)
        if file is not None:
            with contextlib.suppress(OSError):  # somebody else's file, if it works
                file.chmod(0o600)
        return db
    except BaseException:
        db.close()
        raise


def _write_ahead(db: sqlite3.Connection) -> None:
    """Let readers and a writer work side by side.

    SQLite waits for others before it reads or writes, but not before it changes how:
    whoever comes second is told at once that the file is locked.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def _upgrade(db: sqlite3.Connection) -> None:
    """Bring the tables up to date, unless another process was first."""
    db.execute("BEGIN IMMEDIATE")
    with db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        steps = [sql for number, sql in ADDED.items() if number > version]
        tables = "".join([SCHEMA if version == 0 else "", *steps])
        # Not executescript: it would end the transaction that keeps others out.
        for statement in filter(None, map(str.strip, tables.split(";"))):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def check_database(file: Path) -> str:
    """Return what is wrong with a database file, in SQLite's words; "" for nothing.

    Nothing is changed, and a run at work is not in the way.

    Raises:
        ConfigError: a newer version of this program wrote it.
    """
    try:
        db = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
        try:
            (said,) = db.execute("PRAGMA quick_check(1)").fetchone()
            (version,) = db.execute("PRAGMA user_version").fetchone()
        finally:
            db.close()
    except sqlite3.Error as error:
        return str(error)
    if version > SCHEMA_VERSION:
        raise ConfigError(
            [f"{file}: written by a newer version of this program; update it"]
        )
    return "" if said == "ok" else str(said).replace("\n", "; ")
