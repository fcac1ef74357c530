"""Parts of a release: what is furniture leaves the body, and nothing is lost."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.blocks import leaves
from scraper.documents import extract
from scraper.errors import DocumentError
from scraper.layout import read_layout
from scraper.model import (
    Block,
    Caption,
    Cell,
    Document,
    Heading,
    Layout,
    ListItem,
    Note,
    PageBreak,
    Paragraph,
    Table,
)

TITLE = "겨울 철새 모이 주기, 열두 곳으로 늘린다"
BODY = Paragraph(
    "환경생태부는 올겨울 철새 도래지 열두 곳에서 모이를 준다고 밝혔다. " * 6
)
LETTERHEAD = ["", "보도자료", ""]
EMBARGO = ["보도시점", "2026. 11. 25.(수) 12:00", "배포", "2026. 11. 24.(화) 09:00"]
TITLE_BOX = [[TITLE], ["- 모이 꾸러미 삼백 개 마련/- 시민 봉사단 모집 -"]]
CONTACTS = [
    ["담당 부서", "생태보전국", "책임자", "과장", "한들", "(044-000-0101)"],
    ["", "철새과", "담당자", "사무관", "두리", "(044-000-0102)"],
]


def table(*rows: list[str]) -> Table:
    """Return a table; ``/`` parts the paragraphs of a cell."""
    return Table(
        tuple(
            Cell(row, column, tuple(map(Paragraph, filter(None, text.split("/")))))
            for row, texts in enumerate(rows)
            for column, text in enumerate(texts)
        )
    )


def layout(*blocks: Block, title: str = TITLE) -> Layout:
    return read_layout(Document("hwpx", blocks), title)


def reasons(found: Layout) -> list[str]:
    return [removed.reason for removed in found.removed]


def embargo(*blocks: Block) -> str:
    return layout(*blocks, BODY).embargo


def texts(blocks: Iterable[Block]) -> Counter[str]:
    return Counter(text for block in blocks for text in leaves(block))


def assert_whole(document: Document, found: Layout) -> None:
    """Every text is in the body or among the removed, once; the body keeps order."""
    parts = [*found.body, *(removed.block for removed in found.removed)]
    assert texts(parts) == texts(document.blocks)
    order = [text for block in document.blocks for text in leaves(block)]
    for text in (text for block in found.body for text in leaves(block)):
        while order.pop(0) != text:
            pass


def test_release_is_taken_apart():
    blocks = (
        table(LETTERHEAD),
        table(EMBARGO),
        table(*TITLE_BOX),
        BODY,
        ListItem("□ 모이는 볍씨와 옥수수다.", 1),
        Paragraph("끝."),
        table(*CONTACTS),
        table([""]),
    )
    found = layout(*blocks)
    assert found.body == blocks[3:5]
    assert found.embargo == "2026. 11. 25.(수) 12:00"
    assert found.title == TITLE
    assert found.subtitles == ("모이 꾸러미 삼백 개 마련", "시민 봉사단 모집")
    assert [contact.unit for contact in found.contacts] == ["생태보전국 철새과"] * 2
    assert reasons(found) == [
        *("letterhead", "embargo", "title", "end mark", "contacts", "spacer")
    ]
    assert_whole(Document("hwpx", blocks), found)


def test_text_without_furniture_is_all_body():
    blocks = (Heading("Ⅰ. 배경"), BODY, table(["구분", "수"], ["두루미", "12"]))
    assert layout(*blocks) == Layout(body=blocks)


# --- 보도시점 ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["보도시점", "배포 즉시", "배포", "2026. 11. 24."], "배포 즉시"),
        (["보도 시점", "배포 시점", "배 포", "2026. 11. 24."], "배포 시점"),
        (["보도시점:", "2026. 11. 25.", "배포:", "2026. 11. 24."], "2026. 11. 25."),
        (["보도일시", "11. 25.(수) 12:00 이후/(11. 26.(목) 조간)", "배포일시", "어제"],
         "11. 25.(수) 12:00 이후 (11. 26.(목) 조간)"),
        (["보도시점", "2026. 11. 25.(수)", "조간", "< 11. 24.(화) 16:00 >"],
         "2026. 11. 25.(수) 조간 < 11. 24.(화) 16:00 >"),
        (["보도시점", "(온라인) 11. 25. 12:00", "(지 면) 11. 26. 조간"],
         "(온라인) 11. 25. 12:00 (지 면) 11. 26. 조간"),
        (["보도시점 : 2026. 11. 25.(수) 조간", "배포 2026. 11. 24."],
         "2026. 11. 25.(수) 조간"),
        (["보도시점 2026. 11. 25. 12:00 / 배포 2026. 11. 24. 09:00"],
         "2026. 11. 25. 12:00"),
        (["", "보도시점", "", "국무회의 종료 시", "배포", "11. 24."],
         "국무회의 종료 시"),
    ],
)  # fmt: skip
def test_embargo_is_what_the_label_names_and_not_the_day_of_distribution(
    cells, expected
):
    """Taking 배포 for 보도시점 would publish before the embargo ends."""
    assert embargo(table(cells)) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("보도시점 : 2026. 11. 25.(수) 12:00", "2026. 11. 25.(수) 12:00"),
        ("<보도시점> 배포 즉시", "배포 즉시"),
        ("엠바고: 11. 25. 12:00", "11. 25. 12:00"),
        ("보도시점 배포 시 / 배포일시 ’26. 11. 24.(화)", "배포 시"),
        ("이 자료는 11월 26일(목) 조간부터 보도하여 주시기 바랍니다.",) * 2,
        ("※ 본 보도자료는 배포 즉시 사용 가능합니다.",) * 2,
    ],
)
def test_embargo_may_be_a_line(line, expected):
    assert embargo(Paragraph(line)) == expected


def test_label_without_a_value_is_returned_itself():
    """Something was meant to be stated: that is not the same as no embargo."""
    assert embargo(table(["보도시점", "", "배포", "2026. 11. 24."])) == "보도시점"
    assert embargo(Paragraph("보도시점 :")) == "보도시점 :"


def test_embargo_in_the_text_is_none_of_this_release():
    assert layout(BODY, table(EMBARGO)).embargo == ""
    assert layout(*[Paragraph("글")] * 12, table(EMBARGO)).embargo == ""


def test_embargo_of_a_real_day_is_found_below_the_title():
    found = layout(table(LETTERHEAD), table(*TITLE_BOX), table(EMBARGO), BODY)
    assert found.embargo == "2026. 11. 25.(수) 12:00"
    assert found.title == TITLE


# --- letterhead -------------------------------------------------------------------


@pytest.mark.parametrize(
    "cells",
    [
        ["환경생태부", "보도자료", ""],
        ["", "보 도 설 명 자 료", ""],
        ["", "긴급 알림", ""],
        ["함께/여는 길", "", "동정자료"],
    ],
)
def test_table_of_one_row_above_the_embargo_is_the_letterhead(cells):
    assert reasons(layout(table(cells), table(EMBARGO), BODY)) == [
        "letterhead",
        "embargo",
    ]


def test_banner_may_be_a_line():
    assert reasons(layout(Paragraph("보 도 자 료"), BODY)) == ["banner"]


def test_word_of_the_banner_further_down_is_text():
    blocks = [Paragraph(f"{n}.") for n in range(4)]
    assert layout(*blocks, Heading("참고자료"), BODY).removed == ()


# --- title ------------------------------------------------------------------------


def test_title_lines_and_subtitles_without_a_box():
    first, second = TITLE.split(", ")
    found = layout(
        Paragraph(f"{first},"),
        Paragraph(second),
        ListItem("- 모이 꾸러미 삼백 개 마련-", 3),
        BODY,
    )
    assert found.title == TITLE
    assert found.subtitles == ("모이 꾸러미 삼백 개 마련",)
    assert found.body == (BODY,)


def test_box_of_the_usual_shape_needs_no_proof():
    """Some pages shorten the title beyond recognition."""
    found = layout(table(EMBARGO), table(*TITLE_BOX), BODY, title="전혀 다른 이름")
    assert found.title == TITLE


def test_box_that_does_not_say_the_title_stays_unless_it_has_the_shape():
    box = table(["추진 방향"], ["모이를 주되 줄여 간다"])
    found = layout(table(EMBARGO), BODY, box)
    assert found.title == ""
    assert box in found.body


def test_shape_alone_is_no_proof_further_down():
    box = table(["추진 방향"], ["- 모이를 주되 줄여 간다"])
    found = layout(table(EMBARGO), Paragraph("글"), box, BODY)
    assert found.body == (Paragraph("글"), box, BODY)


def test_subtitle_goes_on_in_the_next_line():
    box = table([TITLE], ["- 모이 꾸러미 삼백 개를/올해 마련 -"])
    assert layout(box, BODY).subtitles == ("모이 꾸러미 삼백 개를 올해 마련",)


def test_undashed_line_in_the_next_cell_is_a_subtitle():
    assert layout(table([TITLE], ["보이지 않는 손길에 상"]), BODY).subtitles == (
        "보이지 않는 손길에 상",
    )


def test_remark_in_the_title_box_stays_in_the_body():
    """It is neither title nor subtitle, so nothing else would show it."""
    remark = "【관련 국정과제】 7. 자연과 함께"
    found = layout(table([TITLE], [f"- 모이 마련/{remark}"]), BODY)
    assert found.body == (Paragraph(remark), BODY)
    assert found.subtitles == ("모이 마련",)
    assert texts(removed.block for removed in found.removed) == Counter(
        [TITLE, "- 모이 마련"]
    )


# --- the rest ---------------------------------------------------------------------


def test_every_department_table_is_contacts():
    found = layout(BODY, table(*CONTACTS), table([""]), table(*CONTACTS))
    assert len(found.contacts) == 4
    assert reasons(found) == ["contacts", "spacer", "contacts"]


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (Paragraph("끝."), "end mark"),
        (Paragraph("<끝>"), "end mark"),
        (Paragraph("- 끝 -"), "end mark"),
        (Paragraph("그림입니다."), "image"),
        (Paragraph("원본 그림의 이름: bird.jpg"), "image"),
        (Caption("모이를 먹는 두루미", of="image"), "caption"),
        (Caption("날짜를 확인할 것", of="memo"), "memo"),
        (
            Paragraph("이 저작물은 공공누리 제1유형에 따라 이용할 수 있습니다."),
            "notice",
        ),
        (table(["", "공공누리 공공저작물 자유이용허락"]), "notice"),
    ],
)
def test_furniture_below_the_text_is_removed(block, reason):
    assert reasons(layout(BODY, block)) == [reason]


@pytest.mark.parametrize(
    "block",
    [
        Paragraph("모이 주기는 3월에 끝난다. 끝."),
        Paragraph("환경생태부는 사진을 공공누리 제1유형으로 개방한다고 밝혔다."),
        Caption("먹이별 수량", of="table"),
        PageBreak(),
        Note("* 끝"),
    ],
)
def test_what_is_not_surely_furniture_stays(block):
    assert layout(BODY, block).body == (BODY, block)


# --- nothing is lost --------------------------------------------------------------

LINES = st.sampled_from(
    [
        *(TITLE, "보도자료", "보도시점", "배포", "2026. 11. 25.", "- 부제 -", "끝."),
        *("담당 부서", "책임자", "044-000-0101", "【관련 과제】 하나", "글", ""),
    ]
)
TABLES = st.lists(st.lists(LINES, min_size=1, max_size=3), min_size=1, max_size=3).map(
    lambda rows: table(*rows)
)
ANY = st.one_of(
    st.builds(Paragraph, LINES),
    st.builds(ListItem, LINES, st.just(3)),
    st.builds(Caption, LINES, st.sampled_from(["image", "table"])),
    st.just(PageBreak()),
    TABLES,
)


@given(st.lists(ANY, max_size=14))
@settings(derandomize=True, deadline=None)
def test_no_text_is_lost_or_doubled(blocks):
    document = Document("hwpx", tuple(blocks))
    assert_whole(document, read_layout(document, TITLE))


# --- real documents ---------------------------------------------------------------


@pytest.mark.captures
def test_parts_of_real_releases_are_found(captures: Path):
    """Almost every release states 보도시점 and its departments."""
    paths = sorted((captures / "attachments" / "hwpx").glob("kr_*.hwpx"))
    found = []
    for path in paths:
        document = extract(path.read_bytes())
        parts = read_layout(document, "")
        assert_whole(document, parts)
        bare = {"".join(text.split()) for text in texts(parts.body)}
        assert "보도자료" not in bare, path.name
        assert not any(text.startswith("보도시점") for text in bare), path.name
        found.append(parts)
    assert len(found) >= 40
    assert sum(bool(parts.embargo) for parts in found) >= 0.97 * len(found)
    assert sum(bool(parts.contacts) for parts in found) >= 0.97 * len(found)


@pytest.mark.captures
def test_nothing_of_any_real_document_is_lost(captures: Path):
    for path in sorted((captures / "attachments" / "hwpx").glob("*.hwpx")):
        try:
            document = extract(path.read_bytes())
        except DocumentError:
            continue
        assert_whole(document, read_layout(document, ""))


def test_a_sentence_of_a_page_that_resembles_its_title_is_text():
    """A page has its title elsewhere: only the very same line is a repetition of it."""
    sentence = Paragraph("겨울 철새 모이 주기를 열두 곳으로 늘린다고 밝혔다.")
    box = Table(
        (Cell(0, 0, (Paragraph("한눈에 보는 모이 주기"),)), Cell(1, 0, (sentence,)))
    )
    for opening in (sentence, box):
        layout = read_layout(Document("html", (opening, BODY)), TITLE)
        assert (layout.body, layout.removed) == ((opening, BODY), ())
    repeated = read_layout(Document("html", (Paragraph(TITLE), BODY)), TITLE)
    assert repeated.body == (BODY,)
