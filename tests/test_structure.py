"""Lines of a release are told apart by their glyphs; no text is lost or moved."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.documents.structure import structure
from scraper.model import (
    Block,
    Cell,
    Heading,
    ListItem,
    Note,
    PageBreak,
    Paragraph,
    Table,
)


def table(*rows: list[str]) -> Table:
    return Table(
        tuple(
            Cell(row, column, (Paragraph(text),) if text else ())
            for row, texts in enumerate(rows)
            for column, text in enumerate(texts)
        )
    )


def only(text: str) -> Block:
    (block,) = structure([Paragraph(text)])
    return block


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("□ 철새가 돌아왔다", 1),
        ("■철새가 돌아왔다", 1),
        ("❑ 철새", 1),
        ("ㅇ 모이를 준다", 2),
        ("○ 모이를 준다", 2),
        ("◦모이를 준다", 2),
        ("o 모이를 준다", 2),
        ("- 하루에 두 번", 3),
        ("–하루에 두 번", 3),
    ],
)
def test_bullets_are_list_items_and_keep_their_glyph(text, level):
    assert only(text) == ListItem(text, level)


@pytest.mark.parametrize(
    "text",
    [
        "○○시 철새 도래지",  # a name left out
        "ㅇㅇ부 장관",
        "-3.5% 줄었다",
        "-",
        "□",
        "□□□",
        "오는 금요일",
        "other words",
        "➊ 첫째",
        "① 첫째",
        "▪ 점",
        "△ 줄었다",
        "2026. 11. 23.(월)",
        "1. 개요",
    ],
)
def test_what_only_looks_like_a_bullet_stays_a_paragraph(text):
    assert only(text) == Paragraph(text)


@pytest.mark.parametrize(
    "text", ["* 큰기러기", "** 쇠기러기", "※ 문의 바람", "†주", "＊ 주"]
)
def test_marked_lines_are_notes(text):
    assert only(text) == Note(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ⅰ. 추진 배경",
        "Ⅱ 추진 계획",
        "붙임",
        "<참고>",
        "붙임 2",
        "[별첨 1]",
        "참고 1 먹이 목록",
    ],
)
def test_section_lines_are_headings(text):
    assert only(text) == Heading(text)


@pytest.mark.parametrize("text", ["[ 추진 계획 ]", "【신청 절차】"])
def test_line_in_brackets_is_a_lower_heading(text):
    assert only(text) == Heading(text, level=2)


@pytest.mark.parametrize(
    "text",
    [
        "붙임: 1. 먹이 목록 1부.  끝.",
        "붙임. 먹이 목록",
        "붙임 1 먹이 목록 1부.",
        "참고로 지난해에는 늘었다.",
        "참고 바랍니다",
        "[사진 1] 두루미",
        "[단위: 마리]",
        "[가]와 [나]",
        "Ⅰ단계 사업을 마쳤으며 다음 단계는 내년에 시작한다.",
    ],
)
def test_what_only_looks_like_a_heading_is_none(text):
    assert not isinstance(only(text), Heading)


def test_line_breaks_only_fit_the_page():
    assert structure([Paragraph("겨울 철새의\n먹이")]) == (
        Paragraph("겨울 철새의 먹이"),
    )


def test_line_that_begins_with_a_glyph_is_its_own():
    """Merged, the second point would vanish inside the first."""
    assert structure([Paragraph("□ 하나\n이어짐\nㅇ 둘\n* 주")]) == (
        ListItem("□ 하나 이어짐", 1),
        ListItem("ㅇ 둘", 2),
        Note("* 주"),
    )


def test_enumerated_line_keeps_its_own_line():
    assert structure([Paragraph("* ① 먹이\n② 물\n새그릇")]) == (
        Note("* ① 먹이\n② 물 새그릇"),
    )


def test_box_of_one_cell_is_opened():
    box = Table((Cell(0, 0, (Paragraph("□ 하나"), table(["가", "나"]))),))
    assert structure([Table((Cell(0, 0, (box,)),))]) == (
        ListItem("□ 하나", 1),
        table(["가", "나"]),
    )


@pytest.mark.parametrize(
    ("texts", "heading"),
    [
        (["1", "추진 배경"], Heading("1 추진 배경", level=2)),
        (["①", "", "추진 배경"], Heading("① 추진 배경", level=2)),
        (["Ⅱ", "추진 계획"], Heading("Ⅱ 추진 계획", level=1)),
        (["붙임 1", "", "먹이 목록"], Heading("붙임 1 먹이 목록", level=1)),
        (["참 고", "먹이 목록"], Heading("참 고 먹이 목록", level=1)),
    ],
)
def test_number_and_title_in_one_row_of_boxes_are_a_heading(texts, heading):
    assert structure([table(texts)]) == (heading,)


@pytest.mark.parametrize(
    "rows",
    [
        [["1", "2", "3"]],
        [["1", "추진 배경"], ["2", "추진 계획"]],
        [["구분", "수"]],
        [["1", "가" * 100]],
    ],
)
def test_other_tables_stay_tables(rows):
    assert structure([table(*rows)]) == (table(*rows),)


def test_cells_keep_plain_paragraphs_and_lose_their_inner_boxes():
    inner = Cell(0, 0, (Table((Cell(0, 0, (Paragraph("□ 속\n줄"),)),)),), 2, 1)
    (found,) = structure([Table((inner, Cell(0, 1, (Paragraph("- 옆"),))))])
    assert found == Table(
        (Cell(0, 0, (Paragraph("□ 속\n줄"),), 2, 1), Cell(0, 1, (Paragraph("- 옆"),)))
    )


# --- nothing is lost --------------------------------------------------------------

LINE = st.text(alphabet="□ㅇ○-*※ 가나1.[]붙임Ⅰ①\n", min_size=1, max_size=12).filter(
    str.strip
)
TEXTS = st.builds(Paragraph, LINE)


def tables(content: st.SearchStrategy[Block]) -> st.SearchStrategy[Table]:
    cells = st.lists(st.lists(content, max_size=2), min_size=1, max_size=3)
    return cells.map(
        lambda row: Table(
            tuple(Cell(0, column, tuple(held)) for column, held in enumerate(row))
        )
    )


BLOCKS = st.recursive(TEXTS | st.just(PageBreak()) | st.builds(Note, LINE), tables)


def letters(block: Block) -> str:
    match block:
        case Table(cells):
            return "".join(letters(held) for cell in cells for held in cell.blocks)
        case PageBreak():
            return ""
    return "".join(block.text.split())


@given(st.lists(BLOCKS, max_size=5))
@settings(derandomize=True, deadline=None)
def test_no_text_is_lost_or_moved_and_twice_is_once(blocks):
    found = structure(blocks)
    assert "".join(map(letters, found)) == "".join(map(letters, blocks))
    assert structure(found) == found
