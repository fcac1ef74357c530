import gzip
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.embargo import available_at
from scraper.model import KST, Availability

#: A Tuesday.
PUBLISHED = datetime(2026, 11, 24, 9, 5, 30, tzinfo=KST)
END = datetime(2026, 11, 25, 0, 0, tzinfo=KST)


def find(
    stated: str = "", *, names: tuple[str, ...] = (), title: str = ""
) -> Availability:
    return available_at(PUBLISHED, stated=stated, names=names, title=title)


def at(day: int, hour: int = 0, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=KST)


def test_nothing_stated_means_at_publication():
    found = find(names=("261124 새 길.hwpx",), title="새 길 (3년 이후 최대)")
    assert found == Availability(PUBLISHED)


@pytest.mark.parametrize(
    "stated",
    [
        "배포 즉시",
        "배포 즉시 (보도 가능)",
        "배포즉시",
        "배포 시",
        "배포시점",
        "즉시",
        "즉시 보도 가능",
        "배포 후 즉시 사용",
        "보도 제한 없음",
        "2026. 11. 24.(화) 배포 시",
        "2026. 11. 23.(월) (배포 후 즉시)",
        "(온라인,지면) 2026. 11. 24.(화) 즉시보도",
        "이 자료는 배포 즉시 보도하여 주시기 바랍니다.",
        " 배포 즉시 보도 배포 2026. 11. 24.(화)",
    ],
)
def test_at_once_is_no_embargo(stated):
    found = find(stated)
    assert (found.at, found.note) == (PUBLISHED, "")
    assert found.stated == " ".join(stated.split())


@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        ("2026. 11. 24.(화) 12:00", at(24, 12)),
        ("2026.11.24.(화) 낮12시", at(24, 12)),
        ("2026년 11월 24일 화요일 16시 30분", at(24, 16, 30)),
        ("’26. 11. 25.(수) 오후 2시", at(25, 14)),
        ("2026. 11. 24.(화) 24:00", at(25)),
        ("2026. 11. 24.(화) 자정", at(25)),
        ("11. 24.(화) 정오", at(24, 12)),
        ("11/25(수) 10：00 이후", at(25, 10)),
        ("16:00", at(24, 16)),
        ("2026. 11. 24.(화) 15:00 배포 2026. 11. 23.(월) 10:00", at(24, 15)),
        ("2026. 11. 24.(화) 15:00|배포|2026. 11. 30.(월) 09:00", at(24, 15)),
        ("이 자료는 11월 25일(수) 12시 이후 보도해 주시기 바랍니다.", at(25, 12)),
    ],
)
def test_an_explicit_time_is_kept(stated, moment):
    found = find(stated)
    assert (found.at, found.note) == (moment, "")


@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        ("< 11. 25.(수) 조간 >", at(25, 6)),
        ("2026. 11. 25.(수) 조간", at(25, 6)),
        ("11. 25.수 석간", at(25, 12)),
        ("조간(11. 25.)", at(25, 6)),
        ("이 자료는 11월 25일 조간부터 보도하여 주시기 바랍니다.", at(25, 6)),
    ],
)
def test_an_edition_has_its_hour(stated, moment):
    """조간 is held until 06:00 of its day, 석간 until 12:00."""
    found = find(stated)
    assert (found.at, found.note) == (moment, "")


@pytest.mark.parametrize(
    "stated",
    [
        "2026. 11. 24.(화) 16:00 이후(11. 25.(수) 조간)",
        "2026. 11. 24.(화) 16:00\n11. 25.(수) 조간",
        "2026. 11. 25.(수) 조간 < 2026. 11. 24.(화) 16:00 >",
    ],
)
def test_an_explicit_time_wins_over_an_edition(stated):
    assert find(stated).at == at(24, 16)


@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        ("(온라인) 2026. 11. 24.(화) 12:00 (지 면) 2026. 11. 25.(수) 조간", at(24, 12)),
        ("(지면) 2026. 11. 25.(수) 조간 (인터넷) 2026. 11. 24.(화) 11:00", at(24, 11)),
        ("(온라인) 11. 24.(화) 12:00 (지면) 11. 25.(수) 05:00", at(24, 12)),
        ("(인터넷, 지면) 2026. 11. 24.(화) 14:00", at(24, 14)),
        ("2026. 11. 24.(화) 14:00 누리망·방송 2026. 11. 24.(화) 14:00", at(24, 14)),
    ],
)
def test_what_is_said_of_online_media_is_what_counts(stated, moment):
    assert find(stated).at == moment


def test_of_two_times_without_a_channel_the_later_counts():
    assert find("11. 24.(화) 12:00, 11. 24.(화) 17:00").at == at(24, 17)


def test_an_embargo_that_is_over_does_not_move_anything_back():
    assert find("2026. 11. 20.(금) 12:00") == Availability(
        PUBLISHED, "2026. 11. 20.(금) 12:00"
    )


def test_a_missing_year_is_the_nearest_to_publication():
    new_year = datetime(2026, 12, 31, 15, 0, tzinfo=KST)
    found = available_at(new_year, stated="1. 2.(토) 조간", names=(), title="")
    assert found.at == datetime(2027, 1, 2, 6, 0, tzinfo=KST)


def test_times_in_another_zone_are_read_in_korea():
    utc = datetime.fromisoformat("2026-11-24T23:30:00+00:00")
    found = available_at(utc, stated="12:00", names=(), title="")
    assert found.at == at(25, 12)


@pytest.mark.parametrize(
    ("stated", "end"),
    [
        ("국무회의 종료 시", END),
        ("2026. 11. 26.(목) 국무회의 종료 시", at(27)),
        ("2026. 11. 24.(화) 10:00 국무회의 종료 후", END),
        ("(전매체) 배포시점(국회 본회의 의결 시)", END),
        ("추후 통보", END),
        ("11. 26.", at(27)),
        ("08:00", END),
        ("조간", END),
        ("2062. 11. 24. 12:00", END),
        ("2027. 11. 24.(수) 12:00", END),
        ("2025. 11. 25.(화) 12:00", END),
        ("2026. 2. 30. 12:00", END),
        ("2026. 11. 25.(월) 12:00", at(26)),
    ],
)
def test_what_is_not_understood_waits_for_the_end_of_the_latest_day(stated, end):
    """Too early cannot be taken back; the note says what was not understood."""
    found = find(stated)
    assert found.at == end
    assert stated in found.note
    assert "held through" in found.note


def test_days_of_a_file_name_help_where_the_head_is_not_understood():
    found = find("국무회의 종료 시", names=("261127(국무회의_종료시)_결과.hwpx",))
    assert found.at == at(28)


@pytest.mark.parametrize(
    ("name", "moment", "printed"),
    [
        ("261125(조간) 새 길.hwpx", at(25, 6), "261125(조간)"),
        ("261125_(조간)_새_길(도로과).hwpx", at(25, 6), "261125(조간)"),
        ("(11.25.수.석간) 새 길.hwpx", at(25, 12), "(11.25.수.석간)"),
        ("20261125 조간 새 길.pdf", at(25, 6), "20261125 조간"),
        ("새 길(즉시).hwpx", PUBLISHED, "(즉시)"),
        ("(붙임) 조간 보도 설명.hwpx", PUBLISHED, ""),
        ("261125 새 길.hwpx", PUBLISHED, ""),
    ],
)
def test_a_file_name_may_state_it(name, moment, printed):
    found = find(names=("붙임.pdf", name))
    assert (found.at, found.stated) == (moment, printed)


@pytest.mark.parametrize(
    ("title", "moment", "printed"),
    [
        ("[11.25.수.조간] 새 길을 연다", at(25, 6), "[11.25.수.조간]"),
        ("[11.25.조간] 새 길을 연다", at(25, 6), "[11.25.조간]"),
        ("새 길을 연다(11.25, 조간)", at(25, 6), "(11.25, 조간)"),
        ("[11.25.수.10시이후보도] 새 길", at(25, 10), "[11.25.수.10시이후보도]"),
        ("(엠바고 10시) 새 길", at(24, 10), "(엠바고 10시)"),
        ("[11.26.목.행사이후] 새 길", at(27), "[11.26.목.행사이후]"),
        ("261125(조간) 새 길", at(25, 6), "261125(조간)"),
        ("(즉시 보도자료) 새 길", PUBLISHED, "(즉시 보도자료)"),
        ("(30일 즉시) 새 길", PUBLISHED, "(30일 즉시)"),
    ],
)
def test_a_title_may_state_it_in_brackets(title, moment, printed):
    found = find(title=title)
    assert (found.at, found.stated) == (moment, printed)


@pytest.mark.parametrize(
    "title",
    [
        "'26.11.25.(수) 조간 중 새 길 기사에 대한 설명",
        "새 길 (3년 이후 최저)",
        "새 길 현황 (11월 25일, 정례브리핑)",
        "(국무회의 의결) 새 길 조례",
        "(국무회의 종료 후) 새 길을 찾은 사람들",
        "새 길(11.25. 도로위원회 의결) 기사 관련",
        "막히는 즉시 뚫는다",
        "(긴급 즉시 시행) 새 길",
    ],
)
def test_a_title_that_only_mentions_such_words_states_nothing(title):
    """597 of 167,533 real titles name a briefing with its day; none is an embargo."""
    assert find(title=title) == Availability(PUBLISHED)


def test_the_head_decides_before_names_and_names_before_the_title():
    names = ("261126(조간) 새 길.hwpx",)
    title = "[11.27.금.조간] 새 길"
    assert find("배포 즉시", names=names, title=title).at == PUBLISHED
    assert find(names=names, title=title).at == at(26, 6)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_text_crashes_it_or_shows_a_release_early(stated, name, title):
    found = available_at(PUBLISHED, stated=stated, names=[name], title=title)
    assert PUBLISHED <= found.at <= PUBLISHED + timedelta(days=33)


@given(st.text("0123456789.:()년월일시분조석간화즉배포 이후<>'", max_size=40))
def test_no_mixture_of_its_own_words_crashes_it(text):
    found = available_at(PUBLISHED, stated=text, names=[text], title=f"[{text}]")
    assert PUBLISHED <= found.at <= PUBLISHED + timedelta(days=33)


@pytest.mark.captures
def test_real_titles_are_read_or_leave_a_note(captures: Path):
    """Of the 167,533 titles of 2020 to 2026 every one that can state it."""
    index = captures / "press-index-2020-2026.tsv.gz"
    stated = notes = 0
    with gzip.open(index, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            _id, approved, *_rest, title = line.rstrip("\n").split("\t")
            if not any(
                word in title for word in ("조간", "석간", "엠바고", "즉시", "이후")
            ):
                continue
            when = datetime.strptime(approved, "%m/%d/%Y %H:%M:%S").replace(tzinfo=KST)
            found = available_at(when, stated="", names=(), title=title)
            stated += bool(found.stated)
            notes += bool(found.note)
            assert when <= found.at < when + timedelta(days=4)
    assert stated > 650
    assert notes <= 3


@pytest.mark.parametrize(
    "statement",
    [
        "[11.25.(수) 조간] 새 길",
        "[보도자료 11.25(수) 조간] 새 길",
        "(11.25.(수) 06:00 이후) 새 길",
    ],
)
def test_brackets_within_a_statement_s_brackets_are_read(statement: str) -> None:
    published = datetime(2026, 11, 24, 9, 0, tzinfo=KST)
    moment = datetime(2026, 11, 25, 6, 0, tzinfo=KST)
    titled = available_at(published, stated="", names=[], title=statement)
    named = available_at(published, stated="", names=[f"{statement}.hwpx"], title="")
    assert (titled.at, named.at) == (moment, moment)


@pytest.mark.parametrize(
    "name",
    ["261125(수) 조간 새 길.hwpx", "2026-11-25 조간.hwpx", "새 길_11월 25일 조간.hwpx"],
)
def test_a_file_name_may_state_it_without_brackets(name: str) -> None:
    published = datetime(2026, 11, 24, 9, 0, tzinfo=KST)
    moment = datetime(2026, 11, 25, 6, 0, tzinfo=KST)
    assert available_at(published, stated="", names=[name], title="").at == moment
