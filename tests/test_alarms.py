"""What a run and those before it say is wrong, and when it is well again."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from scraper.alarm import REMEDIES, Alarm
from scraper.alarms import (
    Assessment,
    Facts,
    Limits,
    Sign,
    assess,
    strike_of,
)
from scraper.errors import (
    BlockedError,
    CallError,
    FetchError,
    ParseError,
    QuotaError,
    UnavailableError,
)
from scraper.model import KST, Entry
from scraper.report import Outcome, Report, Result
from scraper.silence import Rule, find_drop, find_silence
from scraper.workdays import is_workday, working_hours

URL = "https://www.korea.kr/briefing/pressReleaseList.do"
#: A Tuesday.
NOON = datetime(2026, 11, 24, 12, tzinfo=KST)
PRESS = "press_release"


def weekdays(day: date) -> bool:
    return day.weekday() < 5


def signs(
    days: int, per_day: int, *, until: datetime = NOON, ministry: str = "가람부"
) -> list[Sign]:
    """Return releases spread over the office hours of the days up to a moment."""
    found = []
    for back in range(days, -1, -1):
        day = until.date() - timedelta(days=back)
        for n in range(per_day if weekdays(day) else 0):
            nine = datetime(day.year, day.month, day.day, 9, tzinfo=KST)
            at = nine + timedelta(hours=9 * n / per_day)
            if at <= until:
                found.append(Sign(PRESS, ministry, day, at))
    return found


def facts(**other: Any) -> Facts:
    return replace(Facts(NOON, asked={PRESS}, signs=signs(40, 90)), **other)


def outcome(n: int, result: Result, code: str = "") -> Outcome:
    entry = Entry(PRESS, str(n), "/p", "제목", "", "", NOON.date())
    return Outcome(entry, result, code=code, reason=f"why {n}", url=f"{URL}?newsId={n}")


def report(*outcomes: Outcome, **other: Any) -> Report:
    made = Report(requests=3, **other)
    for one in outcomes:
        made.add(one)
    return made


def judged(made: Report | None = None, **other: Any) -> Assessment:
    return assess(made or report(), facts(**other), Limits(), weekdays)


# --- office hours -------------------------------------------------------------------


def test_nights_weekends_and_holidays_do_not_count() -> None:
    """Chuseok of 2026 is Thursday to Saturday; the Friday before it is a workday."""
    friday_17 = datetime(2026, 9, 18, 17, tzinfo=KST)
    assert working_hours(friday_17, friday_17 + timedelta(days=2), is_workday) == 1
    wednesday = datetime(2026, 9, 23, 18, tzinfo=KST)
    monday = datetime(2026, 9, 28, 10, tzinfo=KST)
    assert working_hours(wednesday, monday, is_workday) == 1
    assert working_hours(monday, wednesday, is_workday) == 0


@pytest.mark.parametrize(
    "day", ["2026-02-17", "2026-03-02", "2026-05-05", "2026-06-03", "2026-12-25"]
)
def test_lunar_substitute_and_election_holidays_are_known(day: str) -> None:
    assert not is_workday(date.fromisoformat(day))


# --- silence ------------------------------------------------------------------------


def times(found: Sequence[Sign]) -> list[datetime]:
    return [sign.at for sign in found]


def test_silence_is_told_after_office_hours_of_it() -> None:
    morning = times(signs(40, 90, until=NOON.replace(hour=10)))
    rule = Rule(hours=4, missing=20)
    early = find_silence(morning, NOON.replace(hour=13, minute=50), rule, weekdays)
    late = find_silence(morning, NOON.replace(hour=14), rule, weekdays)
    assert early is None
    assert late is not None
    assert round(late.hours) == 4
    assert late.missing > 20


def test_a_source_with_few_releases_may_be_silent_for_longer() -> None:
    few = times(signs(40, 2, until=NOON.replace(hour=10)))
    rule = Rule(hours=4, missing=20)
    week = NOON + timedelta(days=7)
    assert find_silence(few, week, rule, weekdays) is None
    assert find_silence(few, NOON + timedelta(days=15), rule, weekdays) is not None


def test_a_ministry_that_is_not_busy_is_not_watched() -> None:
    few = times(signs(40, 2, until=NOON.replace(hour=10)))
    rule = Rule(hours=4, missing=20, busy=3)
    assert find_silence(few, NOON + timedelta(days=15), rule, weekdays) is None


def test_without_history_silence_says_nothing() -> None:
    assert find_silence([], NOON, Rule(), weekdays) is None
    one = [NOON - timedelta(days=3)]
    assert find_silence(one, NOON, Rule(hours=4, missing=20), weekdays) is None


def test_a_frozen_source_is_one_alarm_not_one_for_each_ministry() -> None:
    old = signs(40, 90, until=NOON - timedelta(days=8))
    found = judged(signs=old)
    assert [*found.alarms] == [f"silence:{PRESS}"]
    evidence = found.alarms[f"silence:{PRESS}"].evidence
    assert "2026-11-16 12:00" in evidence
    assert "54 office hours" in evidence
    assert not found.is_well(f"ministry:{PRESS}:가람부")


def test_a_busy_ministry_that_falls_silent_is_told() -> None:
    old = signs(40, 5, until=NOON - timedelta(days=8), ministry="나루청")
    found = judged(signs=signs(40, 90) + old)
    assert [*found.alarms] == [f"ministry:{PRESS}:나루청"]
    assert found.is_well(f"ministry:{PRESS}:가람부")


def test_a_dry_run_or_another_source_closes_nothing() -> None:
    found = judged(asked=frozenset())
    assert not found.is_well(f"silence:{PRESS}")
    assert judged().is_well(f"silence:{PRESS}")
    assert not judged().is_well("silence:fact_check")


def test_a_run_that_was_stopped_cannot_tell_silence() -> None:
    """It has another alarm, and has not read what there is."""
    old = signs(40, 90, until=NOON - timedelta(days=8))
    stopped = report(stopped_by=UnavailableError(URL, "no answer"))
    found = judged(stopped, signs=old, strikes={"unreachable": 1})
    assert found.alarms == {}
    assert not found.is_well(f"silence:{PRESS}")


# --- days ---------------------------------------------------------------------------


def counts(last: int) -> dict[date, int]:
    days = [NOON.date() - timedelta(days=n) for n in range(30, 0, -1)]
    return dict.fromkeys(days, 100) | {days[-1]: last}


def test_a_workday_with_few_is_a_drop() -> None:
    assert find_drop(counts(30), 0.3, weekdays) is None
    drop = find_drop(counts(29), 0.3, weekdays)
    assert drop is not None
    assert (drop.count, drop.usual) == (29, 100)


def test_a_holiday_with_few_is_none() -> None:
    monday = NOON.date() - timedelta(days=1)
    assert find_drop(counts(1), 0.3, lambda d: weekdays(d) and d != monday) is None


def test_few_days_or_few_releases_say_nothing() -> None:
    days = dict([*counts(0).items()][-6:])
    assert find_drop(days, 0.3, weekdays) is None
    rare = dict.fromkeys(counts(0), 2) | {NOON.date() - timedelta(days=1): 0}
    assert find_drop(rare, 0.3, weekdays) is None


@pytest.mark.parametrize(("kept", "cause"), [(5, "drop"), (0, "zero")])
def test_days_that_were_read_whole_are_compared(kept: int, cause: str) -> None:
    monday = NOON.date() - timedelta(days=1)
    every = signs(40, 90)
    few = [s for s in every if s.day == monday][:kept]
    seen = [s for s in every if s.day != monday] + few
    whole = {s.day for s in every if s.day < NOON.date()}
    found = judged(signs=seen, whole={PRESS: whole})
    assert [*found.alarms] == [f"{cause}:{PRESS}"]
    assert "2026-11-23" in found.alarms[f"{cause}:{PRESS}"].evidence
    assert judged(signs=seen, whole={PRESS: whole - {monday}}).alarms == {}


# --- the site -----------------------------------------------------------------------


def blocked(times: int = 2) -> Assessment:
    error = BlockedError(URL, "the site refuses us (403)")
    return judged(report(stopped_by=error), strikes={"blocked": times})


def test_one_refusal_is_no_alarm_two_are() -> None:
    assert blocked(1).alarms == {}
    assert not blocked(1).is_well("silence:x")
    alarm = blocked(2).alarms["blocked:site"]
    assert alarm.evidence.startswith("2 runs in a row: the site refuses us (403)")


def test_no_site_is_told_after_three_runs() -> None:
    gone = report(stopped_by=UnavailableError(URL, "the name cannot be looked up"))
    assert judged(gone, strikes={"unreachable": 2}).alarms == {}
    assert "unreachable:site" in judged(gone, strikes={"unreachable": 3}).alarms


def test_quota_and_key_are_told_at_once_and_are_no_block() -> None:
    quota = report(stopped_by=QuotaError(URL, "calls are used up", NOON))
    key = report(stopped_by=CallError(URL, "the key is not registered", "30"))
    assert [*judged(quota).alarms] == ["quota:open_api"]
    assert [*judged(key).alarms] == ["key:open_api"]
    assert strike_of(quota) == strike_of(key) == ""
    assert not judged().is_well("quota:open_api")
    assert judged(asked={"open_api"}).is_well("quota:open_api")


def test_how_a_run_ended_is_counted_by_its_gravest_error() -> None:
    assert strike_of(report()) == ""
    assert strike_of(report(stopped_by=FetchError(URL, "half a page"))) == ""
    errors = [ParseError(URL, "no rows"), BlockedError(URL, "403")]
    assert strike_of(report(listing_errors=errors)) == "blocked"


# --- pages --------------------------------------------------------------------------


def test_pages_that_cannot_be_read_are_a_layout_change_beyond_a_part() -> None:
    bad = [outcome(n, "failed", "parse") for n in range(3)]
    fine = [outcome(10 + n, "published") for n in range(12)]
    found = judged(report(*bad, *fine), samples={PRESS: "/var/sample.html"})
    alarm = found.alarms[f"layout:{PRESS}:pages"]
    assert "3 of 15 pages cannot be read: why 0" in alarm.evidence
    assert alarm.evidence.endswith("sample: /var/sample.html")
    more = [outcome(30 + n, "published") for n in range(3)]
    assert judged(report(*bad, *fine, *more)).alarms == {}
    assert judged(report(*bad[:2])).alarms == {}, "two pages say little"


def test_a_run_without_pages_does_not_say_that_pages_are_well() -> None:
    known = report(outcome(1, "known"))
    assert not judged(known).is_well(f"layout:{PRESS}:pages")
    assert judged(report(outcome(1, "held"))).is_well(f"layout:{PRESS}:pages")


def test_a_listing_that_cannot_be_read_is_told_at_once() -> None:
    found = judged(
        heard={PRESS, "policy_news"},
        unread={PRESS: "neither rows nor a notice"},
        samples={f"{PRESS}.listing": "/var/listing.html"},
    )
    (alarm,) = found.alarms.values()
    assert alarm.cause == f"layout:{PRESS}:listing"
    assert "neither rows nor a notice; sample: /var/listing.html" in alarm.evidence


def test_only_who_read_a_listing_says_that_it_is_well() -> None:
    """A daemon reads its sources one by one: another one's run must not close it."""
    cause = f"layout:{PRESS}:listing"
    assert not judged(heard={"policy_news"}).is_well(cause)
    assert judged(heard={PRESS}).is_well(cause)


def test_pages_are_well_when_one_was_read_not_when_fewer_came() -> None:
    cause = f"layout:{PRESS}:pages"
    one_bad = outcome(1, "failed", "parse")
    assert not judged(report(one_bad, outcome(2, "held"))).is_well(cause)
    assert judged(report(one_bad, outcome(2, "published"))).is_well(cause)


def test_a_run_that_asked_the_open_api_alone_knows_nothing_of_the_site() -> None:
    assert not judged(asked_site=False).is_well("blocked:site")
    assert judged().is_well("blocked:site")


# --- the news -----------------------------------------------------------------------


def test_what_is_held_beyond_its_time_is_told() -> None:
    due = NOON - timedelta(hours=2)
    found = judged(overdue=[("7", NOON - timedelta(minutes=5)), ("8", due)])
    assert "1 still held" in found.alarms["embargo:news"].evidence
    assert "8 since 2026-11-24 10:00" in found.alarms["embargo:news"].evidence
    assert judged().is_well("embargo:news")


def test_a_pull_request_nobody_merges_is_told() -> None:
    url = "https://github.com/o/r/pull/7"
    late = judged(pulls={url: NOON - timedelta(days=3)})
    assert [*late.alarms] == [f"pull-request:{url}"]
    assert judged(pulls={url: NOON - timedelta(days=2)}).alarms == {}
    assert judged().is_well(f"pull-request:{url}"), "merged or closed"


def test_a_token_that_ends_soon_is_told() -> None:
    soon = judged(token_ends=NOON + timedelta(days=13))
    assert [*soon.alarms] == ["token:news"]
    assert judged(token_ends=NOON + timedelta(days=15)).is_well("token:news")
    assert not judged().is_well("token:news"), "nobody knows when it ends"


def test_every_alarm_says_what_to_do() -> None:
    make: list[Callable[[], Assessment]] = [
        lambda: blocked(2),
        lambda: judged(token_ends=NOON),
        lambda: judged(overdue=[("8", NOON - timedelta(hours=2))]),
    ]
    for found in make:
        for alarm in found().alarms.values():
            assert alarm.remedy
            assert "\n" not in alarm.evidence + alarm.remedy
    assert Alarm("silence:x", "").remedy == REMEDIES["silence"]
