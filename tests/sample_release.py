"""An invented release with everything in it that a post can show."""

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from scraper.license import CREDIT, NOTICES
from scraper.model import (
    KST,
    Attachment,
    Caption,
    Cell,
    Contact,
    Heading,
    License,
    LicenseMarks,
    ListItem,
    Ministry,
    Note,
    Paragraph,
    Release,
    Table,
)

GOLDEN = Path(__file__).parent / "data" / "posts"

PRESS = License(1, NOTICES["보도자료", 1], CREDIT)
NEWS = License(1, NOTICES["정책뉴스", 1], CREDIT)


def _row(row: int, *texts: str) -> tuple[Cell, ...]:
    return tuple(Cell(row, at, (Paragraph(text),)) for at, text in enumerate(texts))


BODY = (
    Paragraph(
        "산림청은 도심 바람길 숲* 12곳을 새로 만든다고 23일 밝혔다. 지난 2024. 6. 24."
        " 처음 문을 연 뒤로 세 번째다."
    ),
    Note("* 찬 공기가 도심으로 흐르도록 이어 심은 숲"),
    ListItem("□ 새로 만드는 숲은 3~5월에 심고 6~7월에 문을 연다.", 1),
    ListItem('ㅇ 나무는 "제자리 나무"만 쓴다(\'26년 기준).', 2),
    ListItem("- 한 곳에 3*4*5미터 {{ 쉼터 }}를 둔다.", 3),
    ListItem("□ 누리집(https://forest.example.org)에서 신청한다.", 1),
    Heading("참고 1 조성 현황"),
    Caption("〈 2026년 11월 기준, 단위: 곳 〉", "table"),
    Table((*_row(0, "지역", "숲 | 길"), *_row(1, "동쪽", "7"), *_row(2, "서쪽", "-"))),
    Caption("▲ 바람길 숲 사진", "image"),
    Table(
        (
            Cell(0, 0, (Paragraph("해마다 <늘린다>"),), column_span=2),
            *_row(1, "2027", "20"),
        )
    ),
)

_RELEASE = Release(
    source="press_release",
    news_id="156900001",
    canonical_url=(
        "https://www.korea.kr/briefing/pressReleaseView.do?newsId=156900001"
    ),
    title="[보도자료] 도심 바람길 숲 12곳 & ‘그늘’ 넓힌다",
    subtitles=("도심 바람길 숲 12곳 새로 만들어", "2030년까지 60곳으로 늘린다"),
    lead="산림청은 도심 바람길 숲 12곳을 새로 만든다고 23일",
    published_at=datetime(2026, 11, 23, 9, 30, tzinfo=KST),
    available_at=datetime(2026, 11, 24, 6, 0, tzinfo=KST),
    embargo="2026. 11. 24.(화) 조간",
    ministry=Ministry("산림청", "A00000", "산림청"),
    contacts=(
        Contact("산림청 도시숲과", "042-000-0001", "책임자", "과장 홍길동"),
        Contact("산림청 도시숲과", "042-000-0001", "담당자", "사무관 성춘향"),
        Contact("산림청 대변인실"),
    ),
    body=BODY,
    removed=(),
    attachments=(
        Attachment(
            "1", "본문.hwpx", "한글파일", "/common/download.do?fileId=1&tblKey=GMN"
        ),
        Attachment(
            "2",
            "붙임 [1] {표}.pdf",
            "PDF파일",
            "/common/download.do?fileId=2&tblKey=GMN",
        ),
        Attachment(
            "3", "남의 집.pdf", "PDF파일", "https://elsewhere.example.org/x.pdf"
        ),
    ),
    license_marks=LicenseMarks(),
    text_from="1",
    no_text_because="",
    source_hash="",
    warnings=(),
)


def release(**changes: object) -> Release:
    """Return the sample with some fields changed."""
    return replace(_RELEASE, **changes)  # type: ignore[arg-type]


def check_golden(name: str, text: str) -> None:
    """Compare with a file under ``data/posts``.

    ``UPDATE_GOLDEN=1`` writes the file and still fails: a person reads the diff.
    """
    file = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
        pytest.fail(f"{file} written; read the diff")
    assert text == file.read_text("utf-8")
