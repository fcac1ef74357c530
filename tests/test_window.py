"""Bounds of a run."""

from datetime import date, datetime

import pytest

from scraper.model import KST
from scraper.window import parse_window

NOW = datetime(2026, 11, 24, 0, 30, tzinfo=KST)
DEFAULT = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        ("", "", date(2026, 11, 1), date(2026, 11, 24)),
        ("today", "", date(2026, 11, 24), date(2026, 11, 24)),
        ("yesterday", "yesterday", date(2026, 11, 23), date(2026, 11, 23)),
        ("3d", "", date(2026, 11, 21), date(2026, 11, 24)),
        ("2026-11-20", "2026-11-21", date(2026, 11, 20), date(2026, 11, 21)),
        ("2026-11-20", "2027-01-01", date(2026, 11, 20), date(2026, 11, 24)),
    ],
)
def test_days_are_inclusive_and_end_today(
    since: str, until: str, first: date, last: date
) -> None:
    window = parse_window(since, until, default=DEFAULT, now=NOW)
    assert (window.first, window.last) == (first, last)
    assert window.since is None


def test_hours_touch_days_and_cut_by_publication_time() -> None:
    window = parse_window("36h", "", default=DEFAULT, now=NOW)
    assert window.days() == [date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 24)]
    assert window.holds(datetime(2026, 11, 22, 12, 30, tzinfo=KST))
    assert not window.holds(datetime(2026, 11, 22, 12, 29, 59, tzinfo=KST))


def test_days_are_korean_days() -> None:
    """At 16:00 UTC it is already tomorrow in Seoul."""
    now = datetime.fromisoformat("2026-11-23T16:00:00+00:00")
    assert parse_window("today", "", default=DEFAULT, now=now).first == date(
        2026, 11, 24
    )


@pytest.mark.parametrize("text", ["tomorrow", "3", "3w", "2026-13-01", "-1d", "9" * 9])
def test_other_forms_are_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a bound such as 2026-11-20"):
        parse_window(text, "", default=DEFAULT, now=NOW)


def test_since_after_until_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing lies between"):
        parse_window("today", "yesterday", default=DEFAULT, now=NOW)
