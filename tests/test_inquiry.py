"""Whom to ask, as articles say it; what says more than that stays text."""

import pytest

from scraper.layout import read_layout
from scraper.layout.inquiry import read_inquiry
from scraper.model import Cell, Contact, Document, ListItem, Paragraph, Table


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "문의 : 환경쉼터부 철새과(044-000-0001)",
            [("환경쉼터부 철새과", "044-000-0001", "")],
        ),
        ("문의: 철새과 ☎ 044-000-0001", [("철새과", "044-000-0001", "")]),
        ("☞ 문의처: 철새과 (☎044-000-0001)", [("철새과", "044-000-0001", "")]),
        (
            "문의 : 철새과(044-000-0001), 갯벌과(044-000-0002)",
            [("철새과", "044-000-0001", ""), ("갯벌과", "044-000-0002", "")],
        ),
        (
            "문의 : 철새과 두루미 사무관(044-000-0001)",
            [("철새과", "044-000-0001", "두루미 사무관")],
        ),
        (
            "문의 : 국방부 정책과 두루미 중령(02-000-0001)",
            [("국방부 정책과", "02-000-0001", "두루미 중령")],
        ),
        (
            "문의 : 대변인실 한겨레(02-000-0001)",
            [("대변인실", "02-000-0001", "한겨레")],
        ),
        (
            "문의 : 철새과 과장 박지원(044-000-0001)",
            [("철새과", "044-000-0001", "과장 박지원")],
        ),
        (
            "문의 : 철새과(044-000-0001), 두루미 사무관(044-000-0002)",
            [
                ("철새과", "044-000-0001", ""),
                ("철새과", "044-000-0002", "두루미 사무관"),
            ],
        ),
        (
            "문의 : 철새과 과장 한겨레, 사무관 두루미(044-000-0001)",
            [("철새과", "044-000-0001", "과장 한겨레 사무관 두루미")],
        ),
        (
            "문의 : 담당자 한겨레 (044-000-0001)",
            [("", "044-000-0001", "담당자 한겨레")],
        ),
        (
            "문의 : 문화부 독서정책관 출판독서과(044-000-0001)",
            [("문화부 독서정책관 출판독서과", "044-000-0001", "")],
        ),
        ("문의: 철새 상담전화 1577-0000", [("철새 상담전화", "1577-0000", "")]),
    ],
)
def test_line_that_names_units_and_telephones(
    line: str, expected: list[tuple[str, str, str]]
) -> None:
    found = read_inquiry(Paragraph(line))
    assert [(c.unit, c.telephone, c.person) for c in found] == expected


@pytest.mark.parametrize(
    "line",
    [
        "문의 : 철새과(044-000-0001) 또는 가까운 쉼터에서 신청하면 된다.",
        "문의가 잇따르자 철새과(044-000-0001)는 안내를 늘렸다.",
        "문의 : 누리집 참고",
        "문의 : (044-000-0001)",
        "신청 문의: 오전 9시부터",
        "문의 : " + "철새과(044-000-0001) " * 40,
    ],
)
def test_line_that_says_anything_else_stays(line: str) -> None:
    assert read_inquiry(Paragraph(line)) == ()


def box(*lines: str) -> Table:
    return Table(tuple(Cell(n, 0, (Paragraph(t),)) for n, t in enumerate(lines)))


def test_box_of_the_house_style() -> None:
    table = box(
        "문 의", "환경쉼터부 자연정책실 철새과(044-000-0002)", "갯벌과 044-000-0003"
    )
    assert read_inquiry(table) == (
        Contact("환경쉼터부 자연정책실 철새과", "044-000-0002"),
        Contact("갯벌과", "044-000-0003"),
    )
    assert read_inquiry(box("문의", "철새과(044-000-0002)", "평일만")) == ()
    assert read_inquiry(box("쉼터", "철새과(044-000-0002)")) == ()


def test_page_s_inquiry_is_a_contact_and_accounted_for() -> None:
    body = Paragraph("철새가 온다. " * 30)
    asked = ListItem("ㅇ 문의 : 철새과(044-000-0001)", 2)
    layout = read_layout(Document("html", (body, asked)), "제목")
    assert layout.body == (body,)
    assert [(r.reason, r.block) for r in layout.removed] == [("contacts", asked)]
    assert layout.contacts == (Contact("철새과", "044-000-0001"),)
    kept = read_layout(Document("hwpx", (body, asked)), "제목")
    assert kept.body == (body, asked), "a document has a table for that"
