"""What leaves a text, and that nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.blocks import leaves
from scraper.body import read_body
from scraper.license import CREDIT, NOTICES
from scraper.model import (
    Block,
    Caption,
    Cell,
    Heading,
    ListItem,
    Note,
    PageBreak,
    Paragraph,
    Removed,
    Table,
)
from scraper.removals import take_out

TERMS = (
    "정책브리핑의 자료는 「공공누리 제1유형:출처표시」의 조건에 따라 자유롭게 이용이"
    " 가능합니다."
)
PHOTOS = "다만, 사진의 경우 제3자에게 저작권이 있으므로 사용할 수 없습니다."
DUTY = (
    "기사 이용 시에는 출처를 반드시 표기해야 하며, 위반 시 저작권법 제37조 및"
    " 제138조에 따라 처벌될 수 있습니다."
)
WHOLE = f"{TERMS} {PHOTOS} {DUTY}"


def texts(blocks: tuple[Block, ...]) -> list[str]:
    return [text for block in blocks for text in leaves(block)]


def gone(removed: tuple[Removed, ...]) -> list[tuple[str, str]]:
    return [(part.reason, next(leaves(part.block))) for part in removed]


@pytest.mark.parametrize(
    "notice",
    [
        *NOTICES.values(),
        CREDIT,
        f"<{CREDIT}>",
        WHOLE,
        f"{WHOLE} <{CREDIT}>",
        f"※ {WHOLE}",
        TERMS.replace("공공", "공공\u200b"),
        "[자료제공 : 정책브리핑(www.korea.kr)]",
    ],
)
@pytest.mark.parametrize("kind", [Paragraph, Note, ListItem, Heading])
def test_every_wording_of_the_notice_goes(kind, notice: str) -> None:
    """Ours is written once, below the post; two would stop it."""
    blocks, removed = take_out((Paragraph("앞"), kind(notice), Paragraph("뒤")))
    assert texts(blocks) == ["앞", "뒤"]
    assert gone(removed) == [("notice", notice)]


@pytest.mark.parametrize("whole", NOTICES.values())
def test_its_later_sentences_go_right_below_it(whole: str) -> None:
    first, *more = (Paragraph(f"{s.strip()}.") for s in whole.split(".") if s.strip())
    assert more
    _, removed = take_out((first, *more))
    assert gone(removed) == [("notice", part.text) for part in (first, *more)]
    kept, removed = take_out((first, Paragraph("글"), *more))
    assert kept == (Paragraph("글"), *more)


def test_what_stands_around_a_notice_in_a_paragraph_stays() -> None:
    news = "시행일은 2028년 3월 1일이며 과태료는 700만 원이다."
    for before in ("", "새 길이 열렸다."):
        text = f"{before} {WHOLE} {news}".strip()
        blocks, removed = take_out((Paragraph(text),))
        assert blocks == (Paragraph(f"{before} {news}".strip()),)
        assert gone(removed) == [("notice", WHOLE)]


def test_a_notice_set_in_lines_goes_line_by_line() -> None:
    html = f"<p>글</p><p>{TERMS}<br>{PHOTOS}<br>{DUTY}<br>&lt;{CREDIT}&gt;</p>"
    blocks, removed = take_out(read_body(html))
    assert texts(blocks) == ["글"]
    assert [reason for reason, _ in gone(removed)] == ["notice"] * 4


@pytest.mark.parametrize("end", [WHOLE, f"{WHOLE} <{CREDIT}>", f"<{CREDIT}>", CREDIT])
def test_a_notice_at_the_end_of_a_paragraph_is_cut_from_it(end: str) -> None:
    blocks, removed = take_out((Paragraph(f"새 길이 열렸다. {end}"),))
    assert blocks == (Paragraph("새 길이 열렸다."),)
    assert gone(removed) == [("notice", end)]


@pytest.mark.parametrize(
    "text",
    [
        "정책브리핑의 자료는 누구나 볼 수 있다.",
        "박물관은 소장 자료를 공공누리 제1유형 조건으로 개방한다.",
        "기사 이용 시에는 요금을 낸다.",
        "다만, 사진의 경우 원본을 낸다.",
        "정책브리핑 www.korea.kr에서 볼 수 있다.",
        "그림입니다만 사진 같다.",
        PHOTOS,
        DUTY,
        "위반 시 저작권법 제37조에 따라 벌금을 매기는 개정안이 통과되었다.",
        "기사 이용 시에는 출처를 반드시 표기하게 하는 개정안이 국무회의를 지났다.",
        "다만, 사진의 경우 제3자에게 저작권이 있는 것은 낼 수 없다.",
        "자료제공=정책브리핑 홍보팀 임 씨가 물은 결과",
        "자료출처: 정책브리핑 조사(2025)",
        "저작권 제도를 고친다. 정책브리핑의 정책뉴스 자료는 공공누리 유형으로 바뀐다."
        " 시행일은 2028년 3월 1일이며 과태료는 700만 원이다.",
        "이 자료는 공공누리 제1유형 조건에 따라 이용할 수 있다고 장관이 밝혔다.",
        "프로그램 이름: 한빛저축공제",
        "색 대표: 초록",
        "사진 찍은 날짜: 2026년 11월 02일 오후 3:41",
        "사진 찍은 날짜: 접수일 전 3개월 이내",
        "프로그램 이름은 새 길이다.",
        "사진 찍은 날짜를 적는다.",
        "그림입니다.\n새 길이 열렸다.",
    ],
)
def test_a_sentence_about_such_things_stays(text: str) -> None:
    assert take_out((Paragraph(text),)) == ((Paragraph(text),), ())


@pytest.mark.parametrize(
    "noise",
    [
        "그림입니다.",
        "원본 그림의 이름: 새 길.jpg",
        "원본 그림의 크기: 가로 640pixel, 세로 480pixel",
        "그림입니다.\n사진 찍은 날짜: 2026년 11월 02일 오후 3:41",
        "그림입니다.\n원본 그림의 이름: 새 길.jpg\n원본 그림의 크기: 가로 1pixel",
    ],
)
def test_what_a_word_processor_says_of_a_picture_goes(noise: str) -> None:
    blocks, removed = take_out((Paragraph(noise), Paragraph("글")))
    assert blocks == (Paragraph("글"),)
    assert gone(removed) == [("image", noise)]


def test_that_is_a_run_which_begins_with_the_picture() -> None:
    dated, made = (
        "사진 찍은 날짜: 2026년 11월 02일 오후 3:41",
        "프로그램 이름 : 그림판 2.0",
    )
    run = tuple(map(Paragraph, ("그림입니다.", dated, made)))
    kept, removed = take_out((*run, Paragraph("글"), Paragraph(made)))
    assert kept == (Paragraph("글"), Paragraph(made))
    assert gone(removed) == [("image", part.text) for part in run]


def test_captions_of_pictures_go_and_those_of_tables_stay() -> None:
    blocks, removed = take_out((Caption("새 길", "image"), Caption("< 표 >", "table")))
    assert texts(blocks) == ["< 표 >"]
    assert gone(removed) == [("caption", "새 길")]


def test_cells_lose_them_too_at_any_depth() -> None:
    html = (
        "<table><tr><td><figure><img><figcaption>새 길 모습</figcaption></figure>글"
        "<td><img>(사진=한빛부)"
        "<tr><td><table><tr><td>원본 그림의 이름: a.jpg<td>속</table>"
        f"<td>{WHOLE}</table>"
    )
    blocks, removed = take_out(read_body(html))
    assert texts(blocks) == ["글", "속"]
    (table,) = blocks
    assert isinstance(table, Table)
    assert [(cell.row, cell.column) for cell in table.cells] == [
        *((0, 0), (0, 1)),
        *((1, 0), (1, 1)),
    ]
    assert gone(removed) == [
        ("caption", "새 길 모습"),
        ("caption", "(사진=한빛부)"),
        ("image", "원본 그림의 이름: a.jpg"),
        ("notice", WHOLE),
    ]


def test_a_table_of_pictures_alone_is_gone() -> None:
    html = "<p>앞</p><table><tr><td><img><tr><td>새 길 모습. (사진=한빛부)</table>"
    blocks, removed = take_out(read_body(html))
    assert blocks == (Paragraph("앞"),)
    assert len(removed) == 1


def test_what_stays_is_the_very_same_block() -> None:
    table = Table((Cell(0, 0, (Paragraph("가"),)), Cell(0, 1, ())))
    blocks = (PageBreak(), table, ListItem("□ 나"), Table(()))
    kept, removed = take_out(blocks)
    assert all(one is other for one, other in zip(kept, blocks, strict=True))
    assert removed == ()


PIECES = st.sampled_from(
    [
        *(
            WHOLE,
            CREDIT,
            "그림입니다.",
            "글이다.",
            "또 글이다. " + WHOLE,
            PHOTOS,
            "2,345명",
        ),
        *(f"{WHOLE} 또 글이다.", "프로그램 이름: 새 길"),
    ]
)
KINDS = st.sampled_from([Paragraph, Note, ListItem, lambda t: Caption(t, "image")])
BLOCKS = st.recursive(
    st.builds(lambda kind, text: kind(text), KINDS, PIECES),
    lambda held: st.lists(held, max_size=3).map(
        lambda found: Table((Cell(0, 0, tuple(found)), Cell(0, 1, ())))
    ),
    max_leaves=8,
)


@given(st.lists(BLOCKS, max_size=6))
def test_what_stays_and_what_goes_are_all_there_was(blocks: list[Block]) -> None:
    kept, removed = take_out(blocks)
    words = " ".join([*texts(kept), *texts(tuple(part.block for part in removed))])
    assert sorted(words.split()) == sorted(" ".join(texts(tuple(blocks))).split())
