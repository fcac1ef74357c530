"""Whom to ask: the department table, in the shapes ministries print it."""

import pytest

from scraper.layout.contacts import read_contacts
from scraper.model import Cell, Contact, Paragraph, Table


def table(*cells: tuple[int, int, str] | tuple[int, int, str, int]) -> Table:
    """Return a table of (row, column, text) or (row, column, text, row span)."""
    return Table(
        tuple(
            Cell(
                row, column, tuple(map(Paragraph, filter(None, text.split("/")))), *span
            )
            for row, column, text, *span in cells
        )
    )


def rows(*texts: str) -> Table:
    """Return a table from rows written with bars."""
    return table(
        *(
            (row, column, text.strip())
            for row, line in enumerate(texts)
            for column, text in enumerate(line.split("|"))
        )
    )


def test_department_printed_over_two_rows_is_one():
    found = read_contacts(
        rows(
            "담당 부서 | 생태보전국 | 책임자 | 과 장 | 한들 | (044-000-0101)",
            "           | 철새과     | 담당자 | 사무관 | 두리 | (044-000-0102)",
        )
    )
    assert found == (
        Contact("생태보전국 철새과", "044-000-0101", "책임자", "과 장 한들"),
        Contact("생태보전국 철새과", "044-000-0102", "담당자", "사무관 두리"),
    )


def test_department_in_a_cell_that_spans_rows_is_each_person_s():
    found = read_contacts(
        table(
            (0, 0, "담당부서", 3),
            (0, 1, "생태보전국/철새과", 3),
            *((0, 2, "책임자"), (0, 3, "과장"), (0, 4, "한들"), (0, 5, "044-000-0101")),
            *((1, 2, "담당자", 2), (1, 3, "사무관"), (1, 4, "두리")),
            (1, 5, "044-000-0102"),
            *((2, 3, "주무관"), (2, 4, "세나"), (2, 5, "044-000-0103")),
        )
    )
    assert [contact.unit for contact in found] == ["생태보전국 철새과"] * 3
    assert [contact.role for contact in found] == ["책임자", "담당자", "담당자"]
    assert found[2].person == "주무관 세나"


def test_several_departments_are_told_apart():
    found = read_contacts(
        rows(
            "담당 부서 | 생태보전국 | 책임자 | 과장 | 한들 | 044-000-0101",
            "<총괄>    | 철새과     | 담당자 | 사무관 | 두리 | 044-000-0102",
            "담당 부서 | 물환경국   | 책임자 | 과장 | 세나 | 044-000-0201",
            "<공동>    | 습지과     | 담당자 | 사무관 | 네모 | 044-000-0202",
        )
    )
    assert [contact.unit for contact in found] == [
        *["생태보전국 철새과"] * 2,
        *["물환경국 습지과"] * 2,
    ]


def test_mail_address_is_no_telephone_and_no_person():
    (contact,) = read_contacts(
        rows("담당 부서 | 철새과 | 담당자 | 사무관 | 두리 | (bird@example.kr)")
    )
    assert contact == Contact("철새과", "", "담당자", "사무관 두리")


def test_table_without_roles_gives_unit_and_telephone():
    (contact,) = read_contacts(rows("문의 | 철새과 | 사무관 두리 | 044-000-0102"))
    assert contact == Contact("철새과", "044-000-0102", "", "사무관 두리")


def test_several_telephones_are_kept():
    (contact,) = read_contacts(
        rows("담당 부서 | 철새과 | 담당자 | 두리 | 044-000-0102/02)000-0103")
    )
    assert contact.telephone == "044-000-0102, 02)000-0103"


@pytest.mark.parametrize(
    "block",
    [
        Paragraph("담당 부서 철새과 044-000-0101"),
        rows("구분 | 담당자", "먹이 | 044-000-0101"),
        rows("담당 부서 | 업무 내용", "철새과 | 먹이 주기"),
        rows("담당 부서 | 담당자 | 연락처", "철새과 | 두리 | 044-000-0101"),
        rows(*["담당 부서 | 철새과 | 담당자 | 두리 | 044-000-0101"] * 100),
        Table((Cell(0, 0, ()),)),
    ],
)
def test_other_tables_are_no_contacts(block):
    """A list of offices in an appendix is what the release is about."""
    assert read_contacts(block) == ()
