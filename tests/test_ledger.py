"""The ledger: what every day announced, and what became of it."""

import sqlite3
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from scraper.database import ADDED, SCHEMA
from scraper.model import KST, Entry, Survey
from scraper.state import Row, State

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=KST)
DAY = date(2026, 11, 20)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State(tmp_path / "state.db", "t", now=NOW) as state:
        yield state


def entry(news_id: str, source: str = "press_release") -> Entry:
    return Entry(source, news_id, f"/v?newsId={news_id}", "제목", "", "국방부", DAY)


def test_what_a_day_announced_is_kept_whatever_became_of_it(state: State) -> None:
    state.keep_announced("s", DAY, "", [entry("1"), entry("2")], whole=True)
    assert state.announced("s", DAY, "") == {"1", "2"}
    assert state.announced("s", DAY, "A00005") == set()
    assert state.announced("other", DAY, "") == set()


def test_what_a_day_lists_no_more_is_gone_until_it_is_back(state: State) -> None:
    state.keep_announced("s", DAY, "", [entry("1"), entry("2")], whole=True)
    state.keep_announced("s", DAY, "", [entry("1")], whole=False)
    assert state.announced("s", DAY, "") == {"1", "2"}, "a part proves nothing"
    state.keep_announced("s", DAY, "", [entry("1")], whole=True)
    assert state.announced("s", DAY, "") == {"1"}
    gone = state.select("SELECT news_id, gone_at FROM announced WHERE gone_at != ''")
    assert gone == [("2", NOW.isoformat())]
    state.keep_announced("s", DAY, "", [entry("2"), entry("1")], whole=True)
    assert state.announced("s", DAY, "") == {"1", "2"}


def test_one_ministry_that_lists_less_takes_nothing_of_another(state: State) -> None:
    state.keep_announced("s:A:B", DAY, "A", [entry("1")], whole=True)
    state.keep_announced("s:A:B", DAY, "B", [entry("2")], whole=True)
    assert state.announced("s:A:B", DAY, "A") == {"1"}


def test_a_late_one_is_marked_and_its_neighbors_are_not(state: State) -> None:
    state.keep_announced("s", DAY, "", [entry("1")], whole=True)
    both = [entry("1"), entry("2")]
    state.keep_announced("s", DAY, "", both, whole=True, late={"2"})
    late = state.select("SELECT news_id FROM announced WHERE late")
    assert late == [("2",)]


def test_a_listing_that_brings_nothing_new_writes_nothing(state: State) -> None:
    state.keep_announced("s", DAY, "", [entry("1")], whole=True)
    said: list[str] = []
    state._db.set_trace_callback(said.append)
    state.keep_announced("s", DAY, "", [entry("1")], whole=True)
    assert len(said) == 1, said
    assert said[0].startswith("SELECT")


def test_when_a_day_was_listed_whole_outlasts_a_failed_reading(state: State) -> None:
    state.keep_day("s", DAY, whole=True)
    state.keep_day("s", DAY, whole=False)
    state.intend_days("s", [DAY + timedelta(days=1)])
    read = state.days_read("s", DAY)
    assert [(one.whole, one.listed_at) for one in read.values()] == [
        (False, NOW),
        (False, None),
    ]
    assert state.days_read("s", DAY + timedelta(days=2)) == {}


def test_a_day_is_a_gap_again_when_something_of_it_is_unsettled(state: State) -> None:
    state.keep_day("s", DAY, whole=True)
    state.reopen_day("s", DAY)
    assert state.gaps("s") == [DAY]


def test_looking_back_is_remembered_by_scope(state: State) -> None:
    assert state.looked_at("s") is None
    state.keep_looked("s")
    assert state.looked_at("s") == NOW
    assert state.looked_at("other") is None


def test_the_first_delivery_stays_when_a_row_is_settled_again(state: State) -> None:
    first = Row("1", "s", "published", first_published_at=NOW.isoformat())
    state.settle([first])
    later = (NOW + timedelta(days=1)).isoformat()
    state.settle([Row("1", "s", "published", title="새 제목")])
    state.settle([Row("1", "s", "published", first_published_at=later)])
    assert state.find(["1"])["1"].first_published_at == NOW.isoformat()


def test_open_pull_requests_are_those_last_seen(state: State) -> None:
    assert state.pulls() == ()
    state.adopt(Survey("t", {}, True, pulls=("https://x/1", "https://x/2")))
    state.settle([], tip="")
    assert state.pulls() == ("https://x/1", "https://x/2")
    state.adopt(Survey("t2", {}, True))
    assert (state.pulls(), state.tip()) == ((), "t2")


def test_a_file_of_the_version_before_has_its_ledger_filled(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    db = sqlite3.connect(file)
    db.executescript(f"{SCHEMA} {ADDED[2]} {ADDED[3]} PRAGMA user_version = 3;")
    db.execute(
        "INSERT INTO release (target, news_id, source, status, listed_on, settled_at)"
        " VALUES ('t', '1', 's', 'held', ?, '')",
        (DAY.isoformat(),),
    )
    db.execute("INSERT INTO day VALUES ('t', 's', ?, 1)", (DAY.isoformat(),))
    db.execute("INSERT INTO target VALUES ('t', 'abc')")
    db.commit()
    db.close()
    with State(file, "t", now=NOW) as state:
        assert state.announced("s", DAY, "") == {"1"}
        assert state.days_read("s", DAY)[DAY].whole
        assert state.tip() == "abc"
        assert state.find(["1"])["1"].first_published_at == ""
