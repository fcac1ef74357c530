"""The parts of a rebuttal: which lines name them, and what was only reported."""

import pytest

from scraper.body import read_body
from scraper.documents.structure import structure
from scraper.layout.rebuttal import mark_rebuttal, read_parts
from scraper.model import Block, Caption, Cell, Heading, Layout, Paragraph, Table

REPORT = (
    "ㅇ 가온일보는 나루터 예산이 줄었다고 보도하였다.",
    "다른 매체도 이를 실었다.",
)
ANSWER = (
    "ㅇ 나루터 예산은 줄지 않았다.",
    "- 제도 설명",
    "달빛부는 설명회를 세 번 열었다.",
)

#: How offices name the two parts.
NAMES = [
    ("[보도 내용]", "[달빛부 설명]"),
    ("◆ 보도 내용", "◆ 달빛부 입장"),
    ("□ 보도내용", "□ 설명내용"),
    ("<보도 내용>", "<달빛관측부 설명>"),
    ("1. 보도 내용", "2. 동 보도에 대한 달빛부의 설명"),
    ("■ 주요 보도내용", "■ 동 보도내용에 대한 달빛부는 다음과 같이 설명합니다"),
    ("○ 보도내용(가온일보, 11.23)", "○ 동 보도에 대한 달빛부의 설명"),
    ("가. 언론보도", "나. 설명"),
    ("【보도 요지】", "【사실은 이렇습니다】"),
    ("[가온일보 보도 내용 (11.23)]", "[달빛부 설명 (11.24)]"),
    ("□ 보도 주요내용 :", "□ 해명 내용 :"),
    ("▶ 기사 내용", "▶ 사실 관계"),
    ("(보도내용)", "(설명)"),
    ("보도내용", "설명내용"),
    ("보도 내용:", "해명 내용:"),
    ("보도내용", "달빛부 입장"),
    ("1. 가온일보 보도", "2. 달빛부 의견"),
    ("[보도내용]", "[동 보도에 대한 우리 부 공식 견해]"),
    ("□ 언론에서 제기한 문제점", "□ 달빛부 의견"),
    ("□ 보도 주장", "□ 사실은"),
    ("❑ 기사 주요내용", "❑ 사실"),
    ("⑤ 보도 내용", "⑥ 해명"),
    ("Ⅰ. 보도내용", "Ⅱ. 정부 견해"),
    ("1) 보도 내용", "2) 별빛위 해명"),
    ("◎ 보도 내용", "◎ 통일부 입장"),
    ("□ 보도내용", "설명내용"),
    ("보도 내용", "소방청 설명"),
    ("[보도 내용]", "[행정안전부 설명]"),
]

#: Bodies in which the report, the answer or both have no name.
UNNAMED = [
    ("나루터 예산이 줄었다.", "가온일보는 13일 이같이 보도했다.", "그렇지 않다."),
    ("가온일보 「나루터 예산 준다」 관련", "이에 대해 설명합니다.", "그렇지 않다."),
    ("Q. 나루터 예산이 줄었다?", "A. 그렇지 않다."),
    ("나루터 예산이 줄었다.", "[달빛부 설명]", "그렇지 않다."),
    ("[보도 내용]", "나루터 예산이 줄었다.", "그렇지 않다."),
    ("[달빛부 설명]", "나루터 예산이 줄었다.", "[보도 내용]", "예산이 줄었다."),
]


def body(*lines: str) -> tuple[Block, ...]:
    return structure(map(Paragraph, lines))


def texts(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    return tuple(getattr(block, "text", "표") for block in blocks)


@pytest.mark.parametrize(("claim", "answer"), NAMES)
def test_lines_that_name_a_part_become_headings(claim: str, answer: str) -> None:
    parts = read_parts(body(claim, *REPORT, answer, *ANSWER))
    headings = [block for block in parts.blocks if isinstance(block, Heading)]
    assert headings == [Heading(claim), Heading(answer)]


@pytest.mark.parametrize(("claim", "answer"), NAMES)
def test_the_reported_part_is_told_apart(claim: str, answer: str) -> None:
    """An excerpt must never give what a ministry denies as news."""
    parts = read_parts(body("머리말이다.", claim, *REPORT, answer, *ANSWER))
    assert texts(parts.claims) == REPORT


def test_a_report_above_its_name_is_a_claim_with_all_beside_it() -> None:
    said = (*REPORT, "나루터가 문을 닫는다.", "[달빛부 설명]", "모두 닫는다는 것이다.")
    parts = read_parts(body(*said, "[보도 내용]", "가", "[설명]", *ANSWER))
    assert texts(parts.claims) == (*said[:3], said[4], "가")


@pytest.mark.parametrize(("claim", "answer"), NAMES)
def test_no_text_changes_or_moves(claim: str, answer: str) -> None:
    blocks = body(claim, *REPORT, answer, *ANSWER)
    assert texts(read_parts(blocks).blocks) == texts(blocks)


def test_parts_may_take_turns() -> None:
    blocks = body(
        *("[보도 내용 1]", "가", "[달빛부 설명 1]", "나"),
        *("[보도 내용 2]", "다", "[달빛부 설명 2]", "라"),
    )
    assert texts(read_parts(blocks).claims) == ("가", "다")


def test_a_report_that_begins_beside_its_name_is_no_heading() -> None:
    """Its text would stand in a heading, as if we said it."""
    line = "□ 보도내용: 가온일보는 나루터 예산이 줄었다고 함"
    parts = read_parts(body(line, "더 있다.", "□ 설명내용", *ANSWER))
    assert texts(parts.claims) == (line, "더 있다.")
    assert not isinstance(parts.blocks[0], Heading)


@pytest.mark.parametrize("lines", UNNAMED)
def test_unless_both_parts_are_named_all_may_be_the_report(
    lines: tuple[str, ...],
) -> None:
    parts = read_parts(body(*lines))
    heads = {block.text for block in parts.blocks if isinstance(block, Heading)}
    assert texts(parts.blocks) == lines
    assert texts(parts.claims) == tuple(line for line in lines if line not in heads)


def test_a_sentence_of_the_answer_that_reports_a_report_is_a_claim() -> None:
    parts = read_parts(body("[보도 내용]", "가", "[설명]", REPORT[0], *ANSWER))
    assert texts(parts.claims) == ("가", REPORT[0])


@pytest.mark.parametrize(
    "line",
    [
        "[전문가 의견]",
        "[제도 설명]",
        "□ 업계 입장",
        "□ 동 보도에 대한 업계의 입장",
        "□ 일부 의견",
        "□ 하청 의견",
        "□ 시민 여부 의견",
        "□ 정부는 문제없다는 입장",
        "달빛부는 문제없다는 입장",
    ],
)
def test_the_word_of_others_is_no_answer(line: str) -> None:
    """A report quotes them; what follows is still the report."""
    parts = read_parts(body("□ 보도내용", *REPORT, line, "줄었다.", "□ 설명", *ANSWER))
    assert texts(parts.claims) == (*REPORT, line, "줄었다.")


@pytest.mark.parametrize(
    "markup", ["<p><b>{}</b></p><p>{}</p>", "<strong>{}</strong><br>{}<br>"]
)
def test_a_name_in_bold_is_a_name(markup: str) -> None:
    said = ("보도 내용", "예산이 줄었다.", "설명 내용", "그렇지 않다.")
    blocks = read_body((markup * 2).format(*said))
    parts = read_parts(structure(blocks))
    assert texts(parts.blocks) == said
    assert texts(parts.claims) == said[1:2]


@pytest.mark.parametrize(
    "line",
    [
        "- 제도 설명",
        "달빛부 설명",
        "ㅇ 달빛부 보도 내용이 사실과 다르다고 설명하였다.",
        "□ 나루터를 찾는 주민에게 이용 방법을 알리는 설명회를 연다.",
        "보도 내용이다",
    ],
)
def test_a_line_of_the_text_stays_what_it_is(line: str) -> None:
    blocks = body("[보도 내용]", *REPORT, "[달빛부 설명]", line, *ANSWER)
    assert read_parts(blocks).blocks[4:] == blocks[4:]


def test_tables_and_captions_belong_to_their_part() -> None:
    table = Table((Cell(0, 0, (Paragraph("가"),)), Cell(0, 1, (Paragraph("설명"),))))
    note = Caption("< 표 >", "table")
    blocks = (Heading("[보도 내용]"), note, table, Heading("[설명]"), table)
    parts = read_parts(blocks)
    assert parts.claims == (note, table)
    assert parts.blocks == blocks


def test_a_layout_keeps_its_other_parts() -> None:
    layout = Layout(body("[보도 내용]", *REPORT, "[설명]"), embargo="즉시", title="글")
    marked = mark_rebuttal(layout)
    assert (marked.embargo, marked.title) == ("즉시", "글")
    assert texts(marked.claims) == REPORT
