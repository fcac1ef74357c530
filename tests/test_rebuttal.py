"""The parts of a rebuttal: which lines name them, and what was only reported."""

import pytest

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


def test_without_a_name_the_report_is_what_stands_above_the_answer() -> None:
    said = (*REPORT, "예산이 모자란다는 것이다.")
    parts = read_parts(body(*said, "[달빛부 설명]", *ANSWER))
    assert texts(parts.claims) == said


def test_without_any_name_each_sentence_that_reports_a_report_is_a_claim() -> None:
    parts = read_parts(body(*REPORT, *ANSWER))
    assert texts(parts.claims) == REPORT


@pytest.mark.parametrize(
    "line",
    [
        "- 제도 설명",
        "달빛부 설명",
        "ㅇ 달빛부 보도 내용이 사실과 다르다고 설명하였다.",
        "□ 나루터를 찾는 주민에게 이용 방법을 알리는 설명회를 연다.",
        "보도 내용",
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
