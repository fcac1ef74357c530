"""When a source is due: cron or interval in Korean time; what is missed is made up."""

import datetime as clockwork
from datetime import UTC, datetime, timedelta

import apscheduler.executors.base
import apscheduler.schedulers.base
import pytest

from scraper import schedule
from scraper.model import KST
from scraper.schedule import EMBARGO, Slots, Timetable, interval_of

#: A Wednesday.
NOON = datetime(2026, 11, 25, 12, tzinfo=KST)
HOUR = timedelta(hours=1)


class Clock:
    """The machine's clock, which tests set."""

    def __init__(self) -> None:
        self.now = NOON


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()

    class Faked(clockwork.datetime):
        @classmethod
        def now(cls, tz: clockwork.tzinfo | None = None) -> datetime:  # type: ignore[override]
            return clock.now.astimezone(tz)

    for module in (apscheduler.schedulers.base, apscheduler.executors.base):
        monkeypatch.setattr(module, "datetime", Faked)
    monkeypatch.setattr(schedule, "datetime", Faked)
    return clock


def slots(when: str, count: int, start: datetime = NOON) -> list[str]:
    """Return the next slots after ``start``, to the minute, in KST."""
    trigger, found = Slots(when), []
    previous, now = None, start
    for _ in range(count):
        previous = now = trigger.get_next_fire_time(previous, now)
        found.append(f"{now.astimezone(KST):%a %d %H:%M}")
    return found


def timetable(**whens: str) -> Timetable:
    """Return a timetable whose sources have been read once already."""
    table = Timetable()
    table.plan({name: Slots(when) for name, when in whens.items()}, whens)
    assert table.due() == sorted(whens)
    return table


# --- expressions ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("*/20 7-20 * * *", ["Wed 25 12:20", "Wed 25 12:40", "Wed 25 13:00"]),
        ("0 7 * * *", ["Thu 26 07:00", "Fri 27 07:00", "Sat 28 07:00"]),
        ("30m", ["Wed 25 12:30", "Wed 25 13:00", "Wed 25 13:30"]),
        ("1d", ["Thu 26 12:00", "Fri 27 12:00", "Sat 28 12:00"]),
    ],
)
def test_slots(when: str, expected: list[str]) -> None:
    assert slots(when, 3) == expected


@pytest.mark.parametrize("zone", [UTC, timedelta(hours=-8)])
def test_hours_are_koreas_whatever_the_machines_zone(zone: object) -> None:
    tz = clockwork.timezone(zone) if isinstance(zone, timedelta) else UTC
    assert slots("0 7 * * *", 1, NOON.astimezone(tz)) == ["Thu 26 07:00"]


@pytest.mark.parametrize(
    ("weekday", "expected"),
    [
        ("0", ["Sun 29", "Sun 06"]),
        ("7", ["Sun 29", "Sun 06"]),
        ("1-5", ["Wed 25", "Thu 26", "Fri 27", "Mon 30"]),
        ("mon-fri", ["Wed 25", "Thu 26", "Fri 27", "Mon 30"]),
        ("5-7", ["Fri 27", "Sat 28", "Sun 29", "Fri 04"]),
        ("sat,sun", ["Sat 28", "Sun 29", "Sat 05"]),
        ("sat-sun", ["Sat 28", "Sun 29", "Sat 05"]),
        ("0-7", ["Wed 25", "Thu 26"]),
        ("*/3", ["Wed 25", "Sat 28", "Sun 29", "Wed 02"]),
        ("2/2", ["Thu 26", "Sat 28", "Tue 01"]),
    ],
)
def test_weekdays_are_crons(weekday: str, expected: list[str]) -> None:
    """APScheduler counts from Monday; 1-5 would be Tuesday to Saturday."""
    found = slots(f"0 13 * * {weekday}", len(expected))
    assert [slot.removesuffix(" 13:00") for slot in found] == expected


def test_a_day_of_the_month_or_of_the_week_is_enough() -> None:
    assert slots("0 9 1 * 1", 3) == ["Mon 30 09:00", "Tue 01 09:00", "Mon 07 09:00"]


@pytest.mark.parametrize(
    "when",
    [
        *("", "0m", "59s", "8d", "often", "30", "* * * *", "* * * * * *"),
        *("61 * * * *", "* 24 * * *", "*/0 * * * *", "0 0 30 2 *", "a b c d e"),
        *("0 0 * * 8", "0 0 * * fri-mon", "0 0 * * 1-x", "0 0 * * */9"),
    ],
)
def test_what_is_no_schedule_is_refused(when: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - APScheduler words some of them
        Slots(when)


@pytest.mark.parametrize(("when", "seconds"), [("90s", 90), ("7d", 604_800)])
def test_intervals(when: str, seconds: int) -> None:
    assert interval_of(when) == timedelta(seconds=seconds)


def test_jitter_puts_off_and_skips_no_slot() -> None:
    jittered = Slots("0 * * * *", jitter=60, chance=lambda low, high: high)
    first = jittered.get_next_fire_time(None, NOON)
    assert first == NOON + HOUR + timedelta(minutes=1)
    second = jittered.get_next_fire_time(first, first)
    assert second == NOON + 2 * HOUR + timedelta(minutes=1)


def test_an_invented_present_has_its_own_hours() -> None:
    """A demo lives on another day than its machine; the machine's timer is asked."""
    shifted = Slots("0 7 * * *", shift=timedelta(hours=-6))
    assert shifted.get_next_fire_time(None, NOON) == NOON + HOUR


# --- the timetable -------------------------------------------------------------------


def test_a_start_is_a_catch_up_of_every_source(clock: Clock) -> None:
    table = timetable(one="30m", two="0 7 * * *")
    assert table.due() == []
    assert table.next() == (NOON + timedelta(minutes=30), "one")


def test_each_source_is_due_at_its_own_slots(clock: Clock) -> None:
    table = timetable(one="30m", two="0 13 * * *")
    seen = []
    for minute in range(1, 91):
        clock.now = NOON + timedelta(minutes=minute)
        seen += [(minute, name) for name in table.due()]
    assert seen == [(30, "one"), (60, "one"), (60, "two"), (90, "one")]


@pytest.mark.parametrize("when", ["1m", "* * * * *", "*/20 7-20 * * *"])
def test_however_long_the_sleep_one_run_makes_up_for_it(
    clock: Clock, when: str
) -> None:
    table = timetable(one=when)
    clock.now += timedelta(days=10)
    assert table.due() == ["one"]
    assert table.due() == []
    following = table.next()
    assert following
    assert clock.now < following[0] <= clock.now + timedelta(minutes=20)


def test_a_source_told_as_due_is_not_told_again_until_it_is(clock: Clock) -> None:
    table = timetable(one="30m")
    clock.now += HOUR
    assert table.due() == ["one"]
    table.again(["one"])
    assert table.next() == (clock.now, "one")
    assert table.due() == ["one"]


@pytest.mark.parametrize(
    ("when", "until", "expected"),
    [
        ("0,20,40 * * * *", timedelta(minutes=65), timedelta(minutes=80)),
        ("0,20,40 * * * *", timedelta(minutes=60), timedelta(minutes=60)),
        ("30m", timedelta(minutes=60), timedelta(minutes=60)),
        ("0 7 * * *", timedelta(minutes=60), timedelta(hours=19)),
        ("12h", timedelta(minutes=60), timedelta(hours=12)),
    ],
)
def test_put_off_is_the_first_slot_at_that_time_or_later(
    clock: Clock, when: str, until: timedelta, expected: timedelta
) -> None:
    table = timetable(one=when)
    table.put_off(["one", "unknown"], NOON + until)
    assert table.next() == (NOON + expected, "one")


def test_a_slot_that_passed_during_a_run_that_was_refused_is_put_off(
    clock: Clock,
) -> None:
    table = timetable(one="1m")
    clock.now += timedelta(minutes=10)
    table.put_off(["one"], clock.now + HOUR)
    assert table.due() == []


def test_a_clock_set_back_brings_the_slots_back(clock: Clock) -> None:
    """A machine that began a year ahead would sleep for that year."""
    clock.now = NOON + timedelta(days=365)
    table = timetable(one="30m", two="0 7 * * *")
    clock.now = NOON
    table.clock_went_back()
    assert table.next() == (NOON + timedelta(minutes=30), "one")


def test_embargoes_are_due_once_at_their_time(clock: Clock) -> None:
    table = timetable(one="12h")
    table.set_embargo(NOON + HOUR)
    assert table.next() == (NOON + HOUR, EMBARGO)
    clock.now += HOUR - timedelta(seconds=1)
    assert table.due() == []
    clock.now += timedelta(seconds=1)
    assert table.due() == [EMBARGO]
    clock.now += HOUR
    assert table.due() == []
    table.set_embargo(NOON + 3 * HOUR)
    table.set_embargo(None)
    assert table.next() == (NOON + 12 * HOUR, "one")


def test_a_changed_plan_leaves_what_it_does_not_change(clock: Clock) -> None:
    table = timetable(one="30m", two="30m", gone="1m")
    clock.now += timedelta(minutes=20)
    whens = {"one": "30m", "two": "3h", "new": "1d"}
    table.plan({name: Slots(when) for name, when in whens.items()}, whens)
    assert table.due() == ["new"]
    assert table.next() == (NOON + timedelta(minutes=30), "one")
