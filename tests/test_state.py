"""The memory of earlier runs: what it keeps, and how it ends badly."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scraper.database import SCHEMA, open_database
from scraper.errors import ConfigError, StorageError
from scraper.model import KST, Survey
from scraper.state import Fetched, Row, State

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=KST)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State(tmp_path / "state.db", "git ./news#main", now=NOW) as state:
        yield state


def row(news_id: str, status: str = "published", **values: object) -> Row:
    listed = {"listed_on": "2026-11-23", "page_path": f"/view?newsId={news_id}"}
    return Row(news_id, "fake", status, **{**listed, **values})  # type: ignore[arg-type]


def test_rows_come_back_as_they_were_settled(state: State, tmp_path: Path) -> None:
    kept = row("1", title="제목", facts={"license": "KOGL-1", "warnings": ["가"]})
    state.settle([kept, row("2", "held", code="license")], tip="abc")
    assert state.find(["1", "9"]) == {"1": kept}
    assert kept.entry().listed_on == date(2026, 11, 23)
    with State(tmp_path / "state.db", "git ./news#main", now=NOW) as again:
        assert again.tip() == "abc"
        assert [r.news_id for r in again.all()] == ["1", "2"]
    with State(tmp_path / "state.db", "directory ./other", now=NOW) as other:
        assert other.find(["1"]) == {}, "another target is another matter"


def test_due_are_those_whose_time_has_come(state: State) -> None:
    later = (NOW + timedelta(seconds=1)).isoformat()
    state.settle(
        [
            row("1", "held", code="embargo", due_at=NOW.isoformat()),
            row("2", "held", code="embargo", due_at=later),
            row("3", "held", code="license"),
            row("4", "failed", due_at=NOW.isoformat()),
            row("5"),
        ]
    )
    assert [due.news_id for due in state.due(NOW, "")] == ["1", "4"]
    assert [due.news_id for due in state.due(NOW, "others")] == ["1", "3", "4"]


def test_the_news_repository_knows_better(state: State) -> None:
    """A crash between publish and remember leaves posts we do not know of."""
    state.settle([row("1", "failed", code="fetch"), row("2", post_path="b")])
    paths = {"1": "_posts/1.md", "3": "_posts/3.md"}
    assert state.adopt(Survey("t", paths, True)) == 1
    assert {r.news_id: (r.status, r.post_path) for r in state.all()} == {
        "1": ("published", "_posts/1.md"),
        "2": ("published", "b"),
        "3": ("published", "_posts/3.md"),
    }
    assert state.tip() == "t"
    assert [r.news_id for r in state.published_but(paths)] == ["2"]


def test_what_is_forgotten_is_a_gap_again(state: State) -> None:
    state.settle([row("2", post_path="b")])
    state.keep_day("fake", date(2026, 11, 23), whole=True)
    state.forget(list(state.all()), {"fake": ["2026-11-23", ""]})
    assert list(state.all()) == []
    assert state.gaps("fake") == [date(2026, 11, 23)]


def test_days_have_gaps_until_they_are_read_whole(state: State) -> None:
    far = date(2027, 1, 1)
    assert state.last_whole_day("fake", far) is None
    state.keep_day("fake", date(2026, 11, 20), whole=False)
    state.keep_day("fake", date(2026, 11, 21), whole=True)
    state.keep_day("fake:A00005", date(2026, 11, 23), whole=True)
    assert state.last_whole_day("fake", far) == date(2026, 11, 21)
    assert state.last_whole_day("fake", date(2026, 11, 21)) is None
    assert state.gaps("fake") == [date(2026, 11, 20)]
    state.keep_day("fake", date(2026, 11, 20), whole=True)
    assert state.gaps("fake") == []
    state.intend_days("fake", [date(2026, 11, 20), date(2026, 11, 22)])
    assert state.gaps("fake") == [date(2026, 11, 22)], "what is whole stays whole"


def test_posts_made_otherwise_are_counted(state: State) -> None:
    state.settle([row("1", made_by="a"), row("2", made_by="b"), row("3")])
    assert state.count_made_otherwise("b") == 1, "unknown makers do not count"


def test_old_files_are_forgotten_and_pages_kept(state: State) -> None:
    def keep(path: str, kind: str, digest: str, days: int) -> None:
        at = NOW - timedelta(days=days)
        state.keep_fetched(Fetched(path, "1", kind, digest, "u", "", at))  # type: ignore[arg-type]

    keep("/page", "page", "p", 100)
    keep("/old", "file", "o", 91)
    keep("/shared", "file", "s", 91)
    keep("/new", "file", "s", 1)
    gone, wanted = state.forget_files(NOW - timedelta(days=90))
    assert gone == {"o"}
    assert wanted == {"p", "s"}
    assert [kept.path for kept in state.fetched("1")] == ["/page", "/new"]


def test_a_half_settled_batch_is_not_settled(state: State) -> None:
    broken = row("2", facts={"x": object()})
    with pytest.raises(TypeError):
        state.settle([row("1"), broken])
    assert list(state.all()) == []


def test_a_damaged_file_is_moved_aside_and_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    file.write_bytes(b"no database at all, " * 100)
    with State(file, "t", now=NOW) as state:
        state.settle([row("1")])
    assert (tmp_path / "state.db.damaged").exists()


def test_a_file_of_the_first_version_goes_on_with_what_it_holds(
    tmp_path: Path,
) -> None:
    file = tmp_path / "state.db"
    db = sqlite3.connect(file)
    db.executescript(f"{SCHEMA} PRAGMA user_version = 1;")
    db.execute("INSERT INTO target VALUES ('t', 'abc')")
    db.commit()
    db.close()
    for _ in range(2):
        with State(file, "t", now=NOW) as state:
            assert state.tip() == "abc"
            state.count_call("s", NOW.date())
    with State(file, "t", now=NOW) as state:
        assert state.calls_made("s", NOW.date()) == 2
        assert state.last_reading("s", whole=True) is None
        state.keep_day("s", NOW.date(), whole=True)
        assert state.last_reading("s", whole=True) == (NOW.date(), NOW)


def test_when_a_source_was_last_read_is_remembered(tmp_path: Path) -> None:
    today, later = NOW.date(), NOW + timedelta(hours=1)
    file = tmp_path / "state.db"
    with State(file, "t", now=NOW) as state:
        state.keep_day("s", today - timedelta(days=1), whole=True)
        state.keep_day("s", today, whole=True)
        state.keep_day("other", today, whole=False)
    with State(file, "t", now=later) as state:
        state.keep_day("s", today, whole=False)
        assert state.last_reading("s", whole=True) == (today, NOW)
        assert state.last_reading("s", whole=False) == (today, later)
        assert state.last_reading("other", whole=True) is None


def test_calls_are_counted_by_service_and_day(state: State) -> None:
    today, service = NOW.date(), "/x"
    assert state.calls_made(service, today) == 0
    for _ in range(3):
        state.count_call(service, today)
    state.count_call("/y", today)
    assert state.calls_made(service, today) == 3
    assert state.calls_made("/y", today) == 1
    assert state.calls_made(service, today + timedelta(days=1)) == 0
    state.count_call(service, today, spent=True)
    assert state.calls_made(service, today) is None
    assert state.calls_made("/y", today) == 1


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    db = sqlite3.connect(file)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(ConfigError, match=r"state\.db: written by a newer version"):
        State(file, "t", now=NOW)


def test_a_full_disk_is_one_clear_error(state: State, tmp_path: Path) -> None:
    state._db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(StorageError, match=r"cannot use .*state\.db: .*full"):
        state.settle([row(str(n), title="제목" * 500) for n in range(100)])
    assert list(state.all()) == []


def test_the_file_is_for_its_owner_and_synced(state: State, tmp_path: Path) -> None:
    assert (tmp_path / "state.db").stat().st_mode & 0o077 == 0
    assert state._db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert state._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_file_that_another_process_opens_at_that_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite does not wait by itself where two want to change the journal's mode."""
    told = []

    class Busy(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            if "journal_mode = WAL" in sql and len(told) < 2:
                told.append(sql)
                error = sqlite3.OperationalError("database is locked")
                error.sqlite_errorcode = sqlite3.SQLITE_BUSY
                raise error
            return super().execute(sql, *values)

    connect = sqlite3.connect
    monkeypatch.setattr(
        "scraper.database.sqlite3.connect",
        lambda *a, **named: connect(*a, **named, factory=Busy),
    )
    db = open_database(tmp_path / "state.db")
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert len(told) == 2
    db.close()


def test_two_processes_may_bring_an_old_file_up_to_date(tmp_path: Path) -> None:
    """A run and a look at the status may be the first after an update together."""
    file = tmp_path / "state.db"
    with sqlite3.connect(file) as old:
        old.executescript(SCHEMA)
        old.execute("PRAGMA user_version = 1")
    old.close()
    program = (
        "import sys, pathlib; from scraper.database import open_database;"
        " sys.stdin.readline(); open_database(pathlib.Path(sys.argv[1])).close()"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(file)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parents[1],
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdin
        process.stdin.write(b"go\n")
        process.stdin.flush()
    for process in both:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
