"""What kind of change a reader would see, and what titles say of other releases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scraper.changes import classify, is_marked, is_near, title_digest
from scraper.model import (
    Attachment,
    Block,
    Cell,
    Heading,
    LicenseMarks,
    Ministry,
    Paragraph,
    Release,
    Table,
)
from tests.sample_release import release


def text(*blocks: Block) -> Release:
    return release(body=blocks)


def test_blanks_alone_are_cosmetic() -> None:
    old = text(Paragraph("숲을  새로 만든다."), Paragraph("끝"))
    new = text(Paragraph("숲을 새로\n만든다. "), Paragraph("끝"), Paragraph(" "))
    assert classify(old, new) == "cosmetic"


def test_another_digest_of_the_same_text_is_cosmetic() -> None:
    """A file that was put up again says nothing new."""
    assert classify(release(source_hash="a"), release(source_hash="b")) == "cosmetic"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("숲 12곳을 만든다.", "숲 13곳을 만든다."),
        ("예산은 1,200억 원이다.", "예산은 980억 원이다."),
        ("11. 23.(월) 09:30에 연다.", "11. 24.(화) 10:00에 연다."),
        ("3~5월에 심는다.", "4월에 심는다."),
    ],
)
def test_digits_and_dates_alone_are_numbers(old: str, new: str) -> None:
    assert classify(text(Paragraph(old)), text(Paragraph(new))) == "numbers"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("숲 12곳을 만든다.", "공원 12곳을 만든다."),
        ("3만 명이 온다.", "3억 명이 온다."),
        ("숲 12곳을 만든다.", "숲 13곳을 없앤다."),
        ("(월) 회의", "(수도권) 회의"),
    ],
)
def test_another_word_is_text_whatever_the_numbers(old: str, new: str) -> None:
    assert classify(text(Paragraph(old)), text(Paragraph(new))) == "text"


def test_title_and_subtitles_are_text() -> None:
    assert classify(release(), release(title="다른 제목")) == "text"
    assert classify(release(), release(subtitles=())) == "text"
    assert classify(release(title="3명"), release(title="4명")) == "numbers"


def test_the_lead_counts_only_without_a_text() -> None:
    """It is cut anywhere by the site, and shown only where there is nothing else."""
    assert classify(release(lead="가"), release(lead="나")) == "cosmetic"
    old, new = (release(lead=lead, text_from="", body=()) for lead in ("가", "나"))
    assert classify(old, new) == "text"


def test_what_renders_otherwise_is_no_blank() -> None:
    line = "조성 현황"
    assert classify(text(Paragraph(line)), text(Heading(line))) == "text"
    one = Table((Cell(0, 0, (Paragraph("1"),)), Cell(0, 1, (Paragraph("1"),))))
    other = Table((Cell(0, 0, (Paragraph("1"),)), Cell(1, 0, (Paragraph("1"),))))
    assert classify(text(one), text(other)) == "text"


def test_numbers_within_tables_are_seen() -> None:
    one, other = (Table((Cell(0, 0, (Paragraph(n),)),)) for n in ("7", "8"))
    assert classify(text(one), text(other)) == "numbers"


@pytest.mark.parametrize(
    "changed",
    [
        {"ministry": Ministry("기상청", "B1", "기상청")},
        {"published_at": release().published_at + timedelta(minutes=1)},
        {"available_at": release().available_at + timedelta(minutes=1)},
        {"license_marks": LicenseMarks(images=("4",))},
        {"license_marks": LicenseMarks(kogl_type=("4",))},
        {"attachments": (replace(release().attachments[0], name="새 이름.hwpx"),)},
        {"attachments": (Attachment("9", "본문.hwpx", "", "/elsewhere"),)},
        {"contacts": ()},
    ],
)
def test_what_stands_beside_the_text_is_metadata(changed: dict[str, object]) -> None:
    assert classify(release(), release(**changed)) == "metadata"


def test_the_gravest_difference_names_the_change() -> None:
    new = release(ministry=Ministry("기상청", "", "기상청"), title="다른 제목")
    assert classify(release(), new) == "text"


@pytest.mark.parametrize(
    "title",
    [
        "(수정) 가을 축제 안내",
        "가을 축제 안내(수정본)",
        "[보도자료 정정] 가을 축제 안내",
        "[보도자료정정] 가을 축제 안내",
        "[ 수정 ] 가을 축제 안내",
    ],
)
def test_marks_of_corrected_releases(title: str) -> None:
    assert is_marked(title)
    assert title_digest(title) == title_digest("가을축제 안내")


@pytest.mark.parametrize(
    "title",
    [
        "[정정] 축제가 취소됐다는 보도는 사실과 다릅니다",
        "(정정) 축제 보도 관련",
        "(정정자료) 축제 보도 관련",
        "[보도정정자료] 축제 보도 관련",
        "헌법 수정 논의를 시작한다",
        "(수정동) 주민센터 문 연다",
    ],
)
def test_rebuttals_and_mere_words_are_no_marks(title: str) -> None:
    """``[정정]`` denies what a newspaper wrote; it corrects no release."""
    assert not is_marked(title)


def test_near_titles() -> None:
    assert is_near("(수정) 가을 축제 12곳에서 연다", "가을 축제 13곳에서 연다")
    assert not is_near("가을 축제 12곳에서 연다", "겨울철 화재 예방 대책 발표")
    assert not is_near("!!", "!!")
    assert is_near(
        "(수정) 해돋이 산 특별 프로그램 연다",
        "숲청 남부관리소, 해돋이 산 특별 프로그램 운영",
    )
    assert not is_near("(수정) 가을 축제", "지난주에 열린 가을 축제에 사람이 몰렸다")


def test_digest_of_a_title_ignores_what_editors_vary() -> None:
    assert title_digest("‘숲’ 12곳, 연다") == title_digest("숲 12곳 연다!")
    assert title_digest("숲 12곳") != title_digest("숲 13곳")
    assert title_digest("…") == ""
