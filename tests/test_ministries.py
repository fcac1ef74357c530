import csv
import json
from datetime import date
from pathlib import Path

import pytest

from scraper.ministries import code_of, find_ministry, nearest, table
from scraper.model import Ministry

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("printed", "on", "code", "name"),
    [
        ("국방부", TODAY, "A00005", "국방부"),
        ("환경부", date(2025, 9, 30), "A00019", "기후에너지환경부"),
        ("기후에너지환경부", date(2025, 10, 1), "A00019", "기후에너지환경부"),
        ("문화재청", date(2020, 1, 1), "B00025", "국가유산청"),
        ("기획재정부", date(2026, 1, 1), "A00041", "재정경제부"),
        ("검찰청", date(2025, 1, 1), "B00001", "검찰청"),
    ],
)
def test_a_name_gives_the_code_and_today_s_name(printed, on, code, name):
    assert find_ministry(printed, on) == Ministry(printed, code, name)


def test_an_old_name_is_known_after_its_last_day():
    """The site goes on printing a name for months after the office was renamed."""
    ministry = find_ministry("경제사회발전노사정위원회", TODAY)
    assert ministry.code == "E00001"
    assert find_ministry("환경부", TODAY).code == "A00019"


@pytest.mark.parametrize("printed", ["달빛관측부", "환경부·국토교통부", "국방", ""])
def test_an_unknown_name_stays_as_printed(printed):
    """Guessing would put one ministry's words into another's mouth."""
    assert find_ministry(printed, TODAY) == Ministry(printed, "", printed)


def test_blanks_and_escapes_do_not_hide_a_name():
    assert find_ministry(" 국방부\n", TODAY).printed == "국방부"
    assert find_ministry("국방 부", TODAY).code == "A00005"


@pytest.mark.parametrize(
    ("meant", "code"),
    [
        ("국방부", "A00005"),
        ("A00005", "A00005"),
        ("a00005", "A00005"),
        ("특허청", "A00039"),
        ("행복청", "B00018"),
        ("A99999", None),
        ("달빛관측부", None),
    ],
)
def test_an_operator_may_say_a_name_or_a_code(meant, code):
    assert code_of(meant) == code


@pytest.mark.parametrize(
    ("said", "meant"),
    [("국방", "국방부"), ("고용노동붸", "고용노동부"), ("A0005", "A00005")],
)
def test_what_is_not_known_has_neighbours(said, meant):
    assert meant in nearest(said)
    assert len(nearest(said)) <= 3


def test_every_code_has_one_name_today():
    current = [row.code for row in table() if row.is_current]
    assert len(current) == len(set(current)) == len({row.code for row in table()})


def test_no_name_means_two_offices_on_one_day():
    rows = table()
    for row in rows:
        others = [r for r in rows if r.name == row.name and r.code != row.code]
        assert not [
            r
            for r in others
            if r.valid_from <= row.valid_to and row.valid_from <= r.valid_to
        ]


def test_names_of_one_office_follow_each_other():
    """Unknown days stand open; known ones of a new and an old name must not overlap."""
    for new in table():
        for old in table():
            is_pair = new.code == old.code and new.is_current and old.kind == "former"
            if is_pair and old.valid_to < date.max:
                assert old.valid_to < new.valid_from or new.valid_from == date.min


@pytest.mark.captures
def test_the_table_holds_every_code_and_name_of_the_site(captures: Path):
    text = (captures / "ministries.tsv").read_text(encoding="utf-8")
    rows = list(csv.reader(text.splitlines()[1:], delimiter="\t"))
    for code, name, _kind, former, _slug in rows:
        known = find_ministry(name.split(" (")[0], TODAY)
        assert (known.code, known.name) == (code, name.split(" (")[0])
        for old in former.split("|"):
            if bare := old.split("(")[0].split(" ")[0]:
                assert code_of(bare) is not None
    assert len(rows) == 59


@pytest.mark.captures
def test_every_ministry_of_eight_real_days_is_known(captures: Path):
    names = {
        article["ministry"]
        for file in sorted((captures / "releases").glob("*.json"))
        for article in json.loads(file.read_text(encoding="utf-8"))["articles"]
    }
    assert len(names) == 54
    assert not [n for n in names if not find_ministry(n, date(2026, 7, 13)).code]
