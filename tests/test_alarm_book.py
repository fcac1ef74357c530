"""Opened once, quiet while it lasts, told again after a day, closed when well."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from scraper.alarm import Alarm
from scraper.alarm_book import AlarmBook
from scraper.alarms import Assessment
from scraper.errors import StorageError
from scraper.model import KST

NOW = datetime(2026, 11, 24, 12, tzinfo=KST)
HOUR = timedelta(hours=1)
CAUSE = "silence:press_release"
MAIL = "mail"


def bad(*causes: str, evidence: str = "nothing since noon") -> Assessment:
    found = {cause: Alarm(cause, evidence) for cause in causes}
    return Assessment(found, frozenset({"silence", "layout"}))


WELL = bad()


@pytest.fixture
def book(tmp_path: Path) -> Iterator[AlarmBook]:
    with AlarmBook(tmp_path / "state.db", "news") as opened:
        yield opened


def tell(book: AlarmBook, now: datetime, channel: str = MAIL) -> list[str]:
    """Tell all there is, and return what and of which cause."""
    notices = book.to_tell(channel, now)
    for notice in notices:
        book.keep_told(channel, notice, now)
    return [f"{notice.what} {notice.alarm.cause}" for notice in notices]


def test_an_alarm_is_told_once_and_again_after_a_day(book: AlarmBook) -> None:
    told = []
    for hours in range(50):
        now = NOW + hours * HOUR
        book.enter(bad(CAUSE), now)
        told += [(hours, line) for line in tell(book, now)]
    assert told == [
        (0, f"opened {CAUSE}"),
        (24, f"lasts {CAUSE}"),
        (48, f"lasts {CAUSE}"),
    ]


def test_its_end_is_told_once_and_then_it_is_forgotten(book: AlarmBook) -> None:
    book.enter(bad(CAUSE), NOW)
    tell(book, NOW)
    book.enter(WELL, NOW + HOUR)
    (notice,) = book.to_tell(MAIL, NOW + HOUR)
    assert (notice.what, notice.since, notice.until) == ("closed", NOW, NOW + HOUR)
    assert tell(book, NOW + HOUR) == [f"closed {CAUSE}"]
    assert tell(book, NOW + HOUR) == []
    book.forget_closed([MAIL])
    book.enter(bad(CAUSE), NOW + 2 * HOUR)
    assert tell(book, NOW + 2 * HOUR) == [f"opened {CAUSE}"]
    assert book.open()[0].since == NOW + 2 * HOUR


def test_evidence_is_renewed_and_the_opening_stays(book: AlarmBook) -> None:
    book.enter(bad(CAUSE), NOW)
    book.enter(bad(CAUSE, evidence="nothing since yesterday"), NOW + HOUR)
    (one,) = book.open()
    assert (one.since, one.alarm.evidence) == (NOW, "nothing since yesterday")


def test_a_run_that_did_not_look_closes_nothing(book: AlarmBook) -> None:
    book.enter(bad(CAUSE), NOW)
    book.enter(Assessment({}, frozenset({"layout"})), NOW + HOUR)
    assert [one.alarm.cause for one in book.open()] == [CAUSE]


def test_each_channel_is_told_for_itself(book: AlarmBook) -> None:
    """One that failed yesterday is told today; the other is not bothered."""
    book.enter(bad(CAUSE), NOW)
    assert tell(book, NOW, "mail") == [f"opened {CAUSE}"]
    book.enter(bad(CAUSE), NOW + HOUR)
    assert tell(book, NOW + HOUR, "mail") == []
    assert tell(book, NOW + HOUR, "webhook") == [f"opened {CAUSE}"]
    book.enter(WELL, NOW + 2 * HOUR)
    assert tell(book, NOW + 2 * HOUR, "mail") == [f"closed {CAUSE}"]
    book.forget_closed(["mail", "webhook"])
    assert tell(book, NOW + 3 * HOUR, "webhook") == [f"closed {CAUSE}"]


def test_an_end_is_not_told_to_whom_nothing_was_told(book: AlarmBook) -> None:
    book.enter(bad(CAUSE), NOW)
    book.enter(WELL, NOW + HOUR)
    assert tell(book, NOW + HOUR) == []


def test_a_silenced_cause_is_told_after_that_day(book: AlarmBook) -> None:
    book.silence(CAUSE, date(2026, 11, 25))
    book.enter(bad(CAUSE, "layout:x"), NOW)
    assert tell(book, NOW) == ["opened layout:x"]
    assert tell(book, NOW + 35 * HOUR) == ["lasts layout:x"]
    assert f"opened {CAUSE}" in tell(book, NOW + 36 * HOUR)
    assert book.open()[1].silenced_until == date(2026, 11, 25)


def test_a_silenced_alarm_that_was_told_is_closed_aloud(book: AlarmBook) -> None:
    """An issue that stays open for ever would be a lie."""
    book.enter(bad(CAUSE), NOW)
    tell(book, NOW)
    book.silence(CAUSE, date(2026, 12, 31))
    book.enter(WELL, NOW + HOUR)
    assert tell(book, NOW + HOUR) == [f"closed {CAUSE}"]


def test_one_that_comes_back_before_its_end_was_told_goes_on(book: AlarmBook) -> None:
    book.enter(bad(CAUSE), NOW)
    tell(book, NOW)
    book.enter(WELL, NOW + HOUR)
    book.enter(bad(CAUSE), NOW + 2 * HOUR)
    assert tell(book, NOW + 2 * HOUR) == []


def test_a_run_that_finds_nothing_writes_nothing(
    book: AlarmBook, tmp_path: Path
) -> None:
    def written() -> bytes:
        return (tmp_path / "state.db-wal").read_bytes()

    book.keep_note("strikes", "{}")
    before = written()
    book.enter(WELL, NOW)
    book.forget_closed([MAIL])
    book.keep_note("strikes", "{}")
    assert written() == before
    assert book.note("strikes") == "{}"
    assert book.note("other") == ""


def test_targets_do_not_share_a_book(tmp_path: Path) -> None:
    with AlarmBook(tmp_path / "state.db", "one") as book:
        book.enter(bad(CAUSE), NOW)
    with AlarmBook(tmp_path / "state.db", "two") as book:
        assert book.open() == []
    with AlarmBook(tmp_path / "state.db", "one") as book:
        assert len(book.open()) == 1, "and it is kept"


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    file.write_bytes(b"not a database" * 100)
    with pytest.raises(StorageError, match=r"state\.db"):
        AlarmBook(file, "news")
    assert file.read_bytes().startswith(b"not a database")
