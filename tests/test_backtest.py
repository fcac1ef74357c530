"""The back-test counts what it should: alarms, holes of the index, delays."""

import gzip
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.backtest import delays, false_alarms, of_days, read_index, table
from scraper.silence import Rule
from scraper.workdays import is_workday

FIRST, LAST = date(2026, 1, 5), date(2026, 4, 17)
#: A Tuesday in it whose afternoon is quiet, and two days the index lacks.
QUIET, HOLE = date(2026, 3, 10), {date(2026, 3, 24), date(2026, 3, 25)}
RULE = Rule(hours=4, missing=0)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write an index with a release every half hour of every workday."""
    lines = ["news_item_id\tapprove_date\tquery_day\tministry\ttitle"]
    day = FIRST
    while day <= LAST:
        for half in range(18 if is_workday(day) and day not in HOLE else 0):
            at = datetime(day.year, day.month, day.day, 9) + half * timedelta(hours=0.5)
            ministry = "교육부" if half % 2 else "국방부"
            if day != QUIET or at.hour < 13:
                lines.append(
                    f"{len(lines)}\t{at:%m/%d/%Y %H:%M:%S}\t{day}\t{ministry}\t제목"
                )
        day += timedelta(days=1)
    made = tmp_path_factory.mktemp("index") / "index.tsv.gz"
    made.write_bytes(gzip.compress("\n".join([*lines, ""]).encode()))
    return made


def test_silences_and_holes_are_told_apart(file: Path) -> None:
    index = read_index(file)
    assert set(index.ministries) == {"교육부", "국방부"}
    assert index.holes() == HOLE
    told = [*false_alarms(index.all, RULE, index.all[-1])]
    assert [days[0] for days in told] == [QUIET, date(2026, 3, 23)]
    assert set(told[1]) >= HOLE
    assert not HOLE & set(told[0])
    patient = Rule(hours=6, missing=0)
    assert len([*false_alarms(index.all, patient, index.all[-1])]) == 1


def test_a_freeze_is_told_after_as_many_office_hours(file: Path) -> None:
    index = read_index(file)
    found = delays(index.all, RULE, index.holes(), 1, freezes=40)
    assert len(found) == 40
    usual = [hours for hours in found if hours]  # 0: it was silent before the freeze
    assert len(usual) > 30
    assert min(usual) >= 3.5, "the last release was half an hour before, at most"
    assert max(found) > 15, "a freeze in the evening is told the next day"


def test_days_with_few_are_counted(file: Path) -> None:
    rows = [*of_days(read_index(file))]
    assert [row["part of the usual"] for row in rows] == ["0.1", "0.3", "0.5"]
    assert [row["in holes of the index"] for row in rows] == ["2", "2", "2"]
    assert [row["false alarms"] for row in rows] == ["0", "0", "1"], "the quiet one"
    assert table(rows).splitlines()[1] == "| --- | --- | --- | --- |"
