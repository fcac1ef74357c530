"""Which days are listed again, and when: decided without a clock or a network."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from scraper.coverage import (
    Difference,
    LookBack,
    PastDay,
    days_to_list_again,
    differences,
    last_sunday,
    spans,
)
from scraper.model import KST

WINDOW = LookBack(14, 31)
#: A Monday.
START = datetime(2026, 11, 2, 0, 10, tzinfo=KST)
DAY = timedelta(days=1)


def live(
    times: list[datetime], window: LookBack = WINDOW, *, spread: bool = True
) -> list[tuple[datetime, list[PastDay]]]:
    """Run at these times, as the program does; tell what each run listed again."""
    first = times[0].date() - 60 * DAY
    listed: dict[date, datetime | None] = {
        first + n * DAY: times[0] - DAY for n in range(59)
    }
    looked_at: datetime | None = times[0] - DAY
    runs = []
    for now in times:
        today = now.date()
        yesterday = today - DAY
        listed[yesterday] = now  # every run reads it anyway
        others = {d: at for d, at in listed.items() if d < yesterday}
        again = days_to_list_again(
            others, window, now=now, looked_at=looked_at, spread=spread
        )
        for one in again:
            listed[one.day] = now
        looked_at = now
        runs.append((now, again))
    return runs


def every(minutes: int, days: int) -> list[datetime]:
    step = timedelta(minutes=minutes)
    return [START + n * step for n in range(int(days * DAY / step))]


@pytest.mark.parametrize("minutes", [10, 30, 97, 360, 1440])
def test_each_day_of_the_window_is_listed_once_a_day(minutes: int) -> None:
    runs = live(every(minutes, 21))
    listed: dict[date, list[date]] = {}
    for now, again in runs:
        listed.setdefault(now.date(), []).extend(one.day for one in again)
    for today, days in list(listed.items())[1:21]:
        assert max(Counter(days).values()) == 1, "each at most once a day"
        wanted = {today - n * DAY for n in range(2, 15)}
        assert wanted <= set(days)


def test_no_run_of_many_pays_for_all() -> None:
    runs = live(every(30, 21))[1:]
    ordinary = [len(again) for now, again in runs if now.date().weekday() < 5]
    sundays = [len(again) for now, again in runs if now.date().weekday() == 6]
    assert max(ordinary) == 1
    assert max(sundays) == 1
    assert max(len(again) for _, again in live(every(360, 9))[4:]) <= 10


def test_one_run_a_day_takes_all_whenever_it_comes() -> None:
    jitter = (0, 7, -9, 4, -3, 11, 0)
    times = [
        START + n * DAY + timedelta(hours=9, minutes=m) for n, m in enumerate(jitter)
    ]
    for now, again in live(times)[1:6]:
        assert {one.day for one in again} >= {
            now.date() - n * DAY for n in range(2, 15)
        }


def test_a_run_beside_the_usual_ones_takes_no_share_that_is_lost() -> None:
    times = []
    for n in range(5):
        nine = START + n * DAY + timedelta(hours=9)
        times += [nine - timedelta(minutes=5), nine]
    runs = live(times)
    found = [len(again) for _, again in runs]
    assert {found[n] + found[n + 1] for n in range(0, 10, 2)} == {13}


def test_older_days_are_listed_from_sunday_on_once_a_week() -> None:
    runs = live(every(1440, 28))
    looks: dict[date, list[int]] = {}
    for now, again in runs[7:]:
        for one in again:
            age = (now.date() - one.day).days
            if age > 14:
                assert now.date().weekday() == 6
                looks.setdefault(one.day, []).append(age)
    assert all(b - a == 7 for ages in looks.values() for a, b in pairwise(ages))
    last = [max(ages) for day, ages in looks.items() if day < START.date() - 12 * DAY]
    assert min(last) >= 31, "what comes within 31 days is found"
    assert max(last) <= 37


def test_the_last_look_at_a_day_reads_it_to_its_end() -> None:
    for now, again in live(every(1440, 28)):
        for one in again:
            assert one.to_the_end == ((now.date() - one.day).days >= 31)


def test_a_missed_sunday_is_made_up_for() -> None:
    times = [t for t in every(1440, 21) if t.date().weekday() not in (6, 0)]
    older = [
        (now.date().weekday(), one.day)
        for now, again in live(times)[6:]
        for one in again
        if (now.date() - one.day).days > 14
    ]
    assert {weekday for weekday, _ in older} == {1}


def test_a_day_nobody_knows_when_it_was_listed_is_due_first() -> None:
    now = START + 5 * DAY
    known: dict[date, datetime | None] = {now.date() - 3 * DAY: now - DAY}
    unknown: dict[date, datetime | None] = {now.date() - 2 * DAY: None}
    one = days_to_list_again(
        known | unknown,
        WINDOW,
        now=now,
        looked_at=now - timedelta(minutes=1),
        spread=True,
    )
    assert one == [PastDay(now.date() - 2 * DAY)]


def test_what_is_read_at_once_is_not_spread() -> None:
    runs = live(every(30, 3), spread=False)
    sizes = [len(again) for _, again in runs]
    assert sizes[48:96] == [13] + [0] * 47


def test_nothing_is_listed_again_where_nobody_wants_it() -> None:
    assert not any(again for _, again in live(every(720, 14), LookBack(0, 0)))
    assert not any(
        (now.date() - one.day).days > 3
        for now, again in live(every(720, 14), LookBack(3, 0))
        for one in again
    )


def test_days_go_oldest_first_and_today_is_never_one() -> None:
    now = START + 5 * DAY
    listed: dict[date, datetime | None] = {
        now.date() - n * DAY: now - 2 * DAY for n in range(10)
    }
    again = days_to_list_again(listed, WINDOW, now=now, looked_at=None, spread=True)
    assert [one.day for one in again] == [now.date() - n * DAY for n in range(9, 0, -1)]


def test_a_clock_that_went_back_asks_for_nothing() -> None:
    now = START + 5 * DAY
    listed: dict[date, datetime | None] = {now.date() - 3 * DAY: None}
    assert (
        days_to_list_again(listed, WINDOW, now=now, looked_at=now + DAY, spread=True)
        == []
    )


def test_a_week_begins_on_sunday() -> None:
    assert {last_sunday(date(2026, 11, n)) for n in range(1, 8)} == {date(2026, 11, 1)}


def test_differences_are_told_by_day_and_only_where_both_read_whole() -> None:
    monday, tuesday = date(2026, 11, 2), date(2026, 11, 3)
    found = differences(
        [(monday, "5"), (monday, "4"), (tuesday, "9")], [(monday, "7")], {monday}
    )
    assert found == [Difference(monday, ("4", "5"), ("7",))]
    assert str(found[0]) == (
        "2026-11-02 only in the listing: 4, 5; only by the Open API: 7"
    )
    many = Difference(monday, (), tuple("12345"))
    assert str(many) == "2026-11-02 only by the Open API: 1, 2, 3 and 2 more"


def test_days_in_a_row_are_named_together() -> None:
    days = [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 3)]
    assert spans(days) == ["2026-10-31 to 2026-11-01", "2026-11-03"]
    assert spans([]) == []
