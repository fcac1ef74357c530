"""What the state knows of published releases that are looked at again."""

import sqlite3
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from scraper.database import ADDED, SCHEMA
from scraper.followed import CHECKS, Followed, next_check
from scraper.model import KST, Correction, History, Validators
from scraper.state import State

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=KST)
DAY = timedelta(days=1)

ONE = Followed(
    news_id="1",
    source="press_release",
    ministry="A00005",
    title="가을 축제",
    digest="d",
    day=NOW.date(),
    first_at=NOW,
    due_at=NOW + timedelta(hours=1),
)
HISTORY = History(
    revision=3,
    corrections=(Correction(NOW, "text"), Correction(NOW + DAY, "metadata")),
    withdrawn_at=NOW + 2 * DAY,
    restricted_at=NOW + 3 * DAY,
    corrects="7",
    same_title_as=("8", "9"),
)


def state(file: Path | None = None) -> State:
    return State(file, "news", now=NOW)


def test_what_is_followed_is_read_back_as_it_was(tmp_path: Path) -> None:
    whole = replace(
        ONE,
        checked_at=NOW,
        missing_at=NOW,
        counted=4,
        told="edited by hand",
        hashes={"page": "a", "item": "b"},
        worst="numbers",
        history=HISTORY,
    )
    with state(tmp_path / "state.db") as held:
        held.follow([whole, replace(ONE, news_id="2")])
    with state(tmp_path / "state.db") as held:
        assert held.followed(["1", "2", "3"]) == {
            "1": whole,
            "2": replace(ONE, news_id="2"),
        }


def test_targets_do_not_mix(tmp_path: Path) -> None:
    with state(tmp_path / "state.db") as held:
        held.follow([ONE])
    with State(tmp_path / "state.db", "other", now=NOW) as other:
        assert other.followed(["1"]) == {}
        assert other.due_again(NOW + DAY, 10) == []
        assert other.correction_rate().followed == 0


def test_checks_come_at_six_ages_and_then_no_more() -> None:
    times = [NOW]
    while at := next_check(NOW, times[-1]):
        times.append(at)
    assert [at - NOW for at in times[1:]] == list(CHECKS)
    assert CHECKS[-1] == 30 * DAY


def test_checks_that_were_missed_are_one(tmp_path: Path) -> None:
    """After five days without a run, one look is as good as three."""
    assert next_check(NOW, NOW + 5 * DAY) == NOW + 7 * DAY


def test_the_longest_due_goes_first_and_no_more_than_asked() -> None:
    with state() as held:
        for news_id, hours in (("1", 3), ("2", 1), ("3", 2), ("4", 9)):
            at = NOW + timedelta(hours=hours)
            held.follow([replace(ONE, news_id=news_id, due_at=at)])
        held.follow([replace(ONE, news_id="5", due_at=None)])
        due = held.due_again(NOW + timedelta(hours=5), 2)
        assert [one.news_id for one in due] == ["2", "3"]
        assert held.count_due_again(NOW + timedelta(hours=5)) == 3


def test_what_nobody_can_look_at_now_stays_due_and_keeps_nobody_waiting() -> None:
    with state() as held:
        for news_id, source in (("1", "policy_news"), ("2", "press_release")):
            held.follow([replace(ONE, news_id=news_id, source=source, due_at=NOW)])
        due = held.due_again(NOW, 1, {"press_release"}.__contains__)
        assert [one.news_id for one in due] == ["2"]
        assert held.count_due_again(NOW) == 2


def test_times_sort_whatever_their_zone() -> None:
    with state() as held:
        held.follow([replace(ONE, due_at=NOW.astimezone(None) + timedelta(hours=1))])
        assert held.due_again(NOW, 9) == []
        assert held.due_again(NOW + timedelta(hours=1), 9)


def test_twins_and_neighbors_are_found_by_title_day_and_section() -> None:
    with state() as held:
        held.follow(
            [
                ONE,
                replace(ONE, news_id="2", day=NOW.date() - DAY),
                replace(ONE, news_id="3", day=NOW.date() - 4 * DAY),
                replace(ONE, news_id="4", digest="e", ministry="B"),
                replace(ONE, news_id="5", source="policy"),
            ]
        )
        first, last = date(2026, 11, 21), date(2026, 11, 24)
        twins = held.twins("d", "press_release", first, last)
        near = held.of_ministry("A00005", "press_release", first, last)
        assert [one.news_id for one in twins] == ["1", "2"]
        assert [one.news_id for one in near] == ["1", "2"]


def test_twins_are_found_without_reading_all_that_was_ever_published() -> None:
    said: list[str] = []
    with state() as held:
        held._db.set_trace_callback(said.append)
        held.twins("d", "press_release", NOW.date(), NOW.date())
        held._db.set_trace_callback(None)
        ((*_, plan),) = held._db.execute(f"EXPLAIN QUERY PLAN {said[0]}").fetchall()
    assert "followed_digest (target=? AND digest=?)" in plan


def test_the_rate_counts_what_was_followed_to_the_end() -> None:
    with state() as held:
        for news_id, worst in (("1", ""), ("2", ""), ("3", "text"), ("4", "cosmetic")):
            done = replace(ONE, news_id=news_id, due_at=None, checked_at=NOW)
            held.follow([replace(done, worst=worst)])
        held.follow([replace(ONE, news_id="5", worst="text")])  # not at its end yet
        gone = History(2, withdrawn_at=NOW)
        late = replace(ONE, news_id="6", due_at=None, checked_at=NOW, history=gone)
        held.follow([late, replace(ONE, news_id="7", due_at=None)])  # never looked at
        rate = held.correction_rate()
    assert (rate.followed, rate.withdrawn) == (5, 1)
    assert rate.changes == {"": 3, "text": 1, "cosmetic": 1}


def test_the_gravest_change_stays() -> None:
    assert ONE.graver("numbers").graver("cosmetic").worst == "numbers"
    assert ONE.graver("cosmetic").graver("text").worst == "text"


def test_who_was_seen_well_last() -> None:
    with state() as held:
        held.follow(
            [
                replace(ONE, checked_at=NOW),
                replace(ONE, news_id="2", checked_at=NOW + DAY),
                replace(ONE, news_id="3", checked_at=NOW + 2 * DAY, missing_at=NOW),
            ]
        )
        assert held.last_seen_well([]) == "2"
        assert held.last_seen_well(["2"]) == "1"
        assert held.last_seen_well(["1", "2"]) == ""


def test_validators_belong_to_one_version() -> None:
    known = Validators('"a"', "")
    with state() as held:
        assert held.validators("/p") == ("", Validators())
        held.keep_validators("/p", "digest", known)
        assert held.validators("/p") == ("digest", known)
        held.keep_validators("/p", "other", Validators())
        assert held.validators("/p") == ("", Validators())


@pytest.mark.parametrize("version", [3, 4])
def test_an_older_file_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    file = tmp_path / "state.db"
    db = sqlite3.connect(file)
    steps = "".join(sql for number, sql in ADDED.items() if number <= version)
    db.executescript(f"{SCHEMA} {steps} PRAGMA user_version = {version};")
    db.close()
    with state(file) as held:
        held.follow([ONE])
        assert held.followed(["1"]) == {"1": ONE}
