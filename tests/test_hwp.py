"""HWP 5: everything a person reads in the document, in order, by the rules of HWPX."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import olefile
import pytest

from scraper.documents.hwp import read_hwp
from scraper.documents.structure import structure
from scraper.errors import DocumentError
from scraper.markdown import to_markdown
from scraper.model import Block, Caption, Cell, Note, PageBreak, Paragraph, Table
from tests import hwp_builder as make
from tests.hwp_builder import (
    auto_number,
    beside,
    box,
    field,
    footnote,
    hwp,
    p,
    picture,
    tbl,
    tc,
)


def blocks(*content: "make.P | str", **options: object) -> tuple[Block, ...]:
    return read_hwp(hwp(*content, **options)).blocks


def texts(*content: "make.P | str", **options: object) -> list[str]:
    return [getattr(block, "text", "") for block in blocks(*content, **options)]


# --- text -------------------------------------------------------------------------


def test_blank_paragraphs_are_left_out():
    assert texts(" ", "글", p()) == ["글"]


def test_tabs_and_special_spaces_become_one_space():
    assert texts("가\t나\x1f\x1e다\u00a0 라") == ["가 나 다 라"]


def test_hyphen_that_is_a_character_of_its_own_is_text():
    assert texts("에너지\x18절약") == ["에너지-절약"]


def test_line_break_stays_for_structure_to_judge():
    assert texts("첫 줄 \n 둘째 줄") == ["첫 줄\n둘째 줄"]


def test_inline_controls_hold_no_text():
    """Their eight units may look like letters."""
    mark = b"\x08\0" + make.utf16("가나다라마바") + b"\x08\0"
    assert texts(p("앞", mark, "뒤")) == ["앞뒤"]


def test_glyphs_beyond_the_first_plane_are_joined_and_mapped():
    """They are stored as two units; a control may stand between other letters."""
    assert texts("\U000f02b1 하나 \U000f02fc 둘 \uf0a7 셋 \U0001f426\t끝") == [
        "① 하나 ► 둘 ▪ 셋 🐦 끝"
    ]


def test_half_of_a_pair_is_no_letter():
    assert texts("가\ud83d나\udc26") == ["가�나�"]


def test_unknown_private_glyph_is_kept_and_told():
    document = read_hwp(hwp("가\ue123나\ue123"))
    assert document.blocks == (Paragraph("가\ue123나\ue123"),)
    assert document.warnings == ("unknown glyph U+E123: 2",)


def test_ruby_and_combined_letters_are_text():
    """덧말 and 글자겹침 carry words that stand nowhere else."""
    found = texts(p("앞", make.ruby("본말", "덧말"), make.combined("대외비")))
    assert found == ["앞 본말 덧말 대외비"]


def test_equation_gives_its_script():
    assert texts(p("값은", make.equation("x over 2"))) == ["값은 x over 2"]


@pytest.mark.parametrize(
    ("form", "expected"),
    [(make.DIGIT, "3)"), (make.CIRCLED, "③)"), (make.SYLLABLE, "다)"), (99, "3)")],
)
def test_automatic_number_is_printed_in_its_form(form, expected):
    assert texts(p("그림 ", auto_number(3, form), " 철새")) == [f"그림 {expected} 철새"]


def test_automatic_number_may_be_any_character():
    assert texts(p("그림", auto_number(3, 0x81, "<>", "＊"))) == ["그림<＊>"]


def test_tracked_deletion_is_left_out_and_told():
    document = read_hwp(hwp(p("남는 글지운 글 끝", deleted=((4, 8),))))
    assert document.blocks == (Paragraph("남는 글 끝"),)
    assert document.warnings == ("tracked deletions left out: 1",)


def test_deletions_that_overlap_or_leave_the_text_do_no_harm():
    deleted = ((1, 3), (2, 4), (2, 3), (6, 4), (5, 4_000_000_000))
    assert texts(p("가나다라마바사", deleted=deleted)) == ["가마"]


def test_marks_of_other_kinds_delete_nothing():
    mark = make.rec(70, 1, make.struct.pack("<III", 0, 2, 2 << 24))
    assert texts(p("형광펜", below=(lambda _: mark,))) == ["형광펜"]


def test_deletions_count_stored_units():
    """A glyph beyond the first plane is two of them, a break is one."""
    content = p("\U0001f426지운 글\n남는 글", deleted=((2, 7),))
    assert texts(content) == ["🐦남는 글"]


def test_deleted_table_is_left_out_and_those_after_it_stay():
    content = p("앞", tbl(["가", "나"]), "뒤", tbl(["다", "라"]), deleted=((1, 9),))
    assert [type(block) for block in blocks(content)] == [Paragraph, Table]
    assert "다" in str(blocks(content))


def test_field_that_was_filled_in_is_text():
    assert texts(p(*field("본문", prompt="누르세요", filled=True))) == ["본문"]
    assert texts(p(*field("다른 말", prompt="누르세요"))) == ["다른 말"]


def test_field_that_repeats_its_prompt_on_purpose_is_text():
    filled = field("누르세요", prompt="누르세요", filled=True)
    assert texts(p(*filled)) == ["누르세요"]


def test_prompt_of_an_unfilled_field_is_no_text():
    empty = field("누르세요", prompt="누르세요")
    assert texts(p("이름: ", *empty, "님")) == ["이름: 님"]


def test_prompt_around_another_field_is_no_text():
    """The inner field's end must not pass for the outer one's."""
    outer = field("여기를 ", *field("누르세요", name="%hlk"), prompt="여기를 누르세요")
    assert texts(p("이름: ", *outer, "님")) == ["이름: 님"]


@pytest.mark.parametrize("name", ["%hlk", "%fmu", "%xrf", "%bmk", "%unk"])
def test_result_of_any_other_field_is_text(name):
    result = field("12", prompt="12", name=name)
    assert texts(p("합계 ", *result, "건")) == ["합계 12건"]


@pytest.mark.parametrize("name", ["head", "foot", "tcmt", "secd"])
def test_what_is_beside_the_text_is_left_out(name):
    """Headers, footers, hidden comments, and the master pages of a section."""
    assert texts(p(beside(name, "쪽 머리"), "본문")) == ["본문"]


def test_memo_is_told_apart_and_further_master_pages_are_left_out():
    """Both stand below the last paragraph; a memo is never published."""
    below = (make.memo(["고칠 것", "둘째 줄"]), make.master_page("바탕쪽"))
    assert blocks("앞", p("끝", below=below)) == (
        Paragraph("앞"),
        Paragraph("끝"),
        Caption("고칠 것", of="memo"),
        Caption("둘째 줄", of="memo"),
    )


def test_memo_inside_a_table_is_left_out():
    """There it could not be told from the text of the cell."""
    (found,) = blocks(p(tbl([p("칸", below=(make.memo("고칠 것"),)), "옆"])))
    assert "고칠 것" not in str(found)
    assert "칸" in str(found)


def test_footnote_leaves_its_mark_and_follows_the_paragraph():
    found = blocks(p("기러기", footnote("큰 물새"), "가 왔다."), "다음")
    assert found == (
        Paragraph("기러기1)가 왔다."),
        Note("1) 큰 물새"),
        Paragraph("다음"),
    )


def test_mark_of_a_footnote_has_the_form_of_its_number():
    assert blocks(p("새", footnote("물새", 2, make.ROMAN))) == (
        Paragraph("새II)"),
        Note("II) 물새"),
    )


def test_endnote_without_a_number_of_its_own_has_that_of_its_control():
    assert blocks(p("새", make.note("물새", "en  ", 7))) == (
        Paragraph("새7)"),
        Note("7) 물새"),
    )


def test_new_page_is_a_page_break():
    assert blocks("앞", p("뒤", new_page=True)) == (
        Paragraph("앞"),
        PageBreak(),
        Paragraph("뒤"),
    )


def test_new_page_inside_a_cell_breaks_nothing():
    (found,) = blocks(p(tbl([p("칸", new_page=True), "옆"])))
    assert "PageBreak" not in str(found)


# --- numbers ----------------------------------------------------------------------

STYLES = (
    make.numbering((make.DIGIT, "^1."), (make.SYLLABLE, "^1.^2)"))
    + make.bullet("\uf0a7")
    + make.shape()
    + make.shape(2, 1, 0)
    + make.shape(2, 1, 1)
    + make.shape(3, 1)
    + make.shape(1, 0)
)


def test_automatic_numbers_count_by_level_and_start_again():
    content = [("개요", 1), ("목적", 2), ("기간", 2), ("계획", 1), ("장소", 2)]
    found = texts(*(p(text, shape=shape) for text, shape in content), styles=STYLES)
    assert found == ["1. 개요", "1.가) 목적", "1.나) 기간", "2. 계획", "2.가) 장소"]


def test_automatic_bullet_is_the_document_s_own():
    assert texts(p("점", shape=3), styles=STYLES) == ["▪ 점"]


def test_outline_levels_and_unknown_shapes_print_nothing():
    assert texts(p("제목", shape=4), p("글", shape=99), styles=STYLES) == ["제목", "글"]


def test_numbering_has_ten_levels_and_a_start():
    """Three bits hold the level in old files; the last levels need another place."""
    levels = [(make.DIGIT, f"^{level}.") for level in range(1, 11)]
    styles = make.numbering(*levels, start=5)
    styles += make.shape(2, 1, 0) + make.shape(2, 1, 9)
    assert texts(p("가", shape=0), p("나", shape=1), styles=styles) == [
        "5. 가",
        "1. 나",
    ]


def test_old_files_state_levels_in_three_bits():
    styles = make.numbering((make.DIGIT, "^1."), (make.SYLLABLE, "^2)"))
    styles += make.shape(2, 1, 1, old=True)
    assert texts(p("글", shape=0), styles=styles) == ["가) 글"]


def test_numbering_that_starts_at_nothing_starts_at_one():
    styles = make.numbering((make.DIGIT, "^1."), start=0) + make.shape(2, 1)
    assert texts(p("글", shape=0), styles=styles) == ["1. 글"]


def test_endless_list_head_is_short():
    styles = make.numbering((make.ROMAN, "^1" * 500), start=999_999)
    (text,) = texts(p("글", shape=0), styles=styles + make.shape(2, 1))
    assert len(text) < 300


# --- objects ----------------------------------------------------------------------


def test_table_keeps_positions_and_spans():
    table = tbl(
        [tc("구분", (0, 0), (2, 1)), tc("수", (0, 1), (1, 2))],
        [tc("암", (1, 1)), tc(["수", "컷"], (1, 2))],
    )
    assert blocks(p(table)) == (
        Table(
            (
                Cell(0, 0, (Paragraph("구분"),), row_span=2),
                Cell(0, 1, (Paragraph("수"),), column_span=2),
                Cell(1, 1, (Paragraph("암"),)),
                Cell(1, 2, (Paragraph("수"), Paragraph("컷"))),
            )
        ),
    )


def test_table_inside_a_cell_stays_there():
    (outer,) = blocks(p(tbl([["앞", p(tbl(["속", "안"]))], "옆"])))
    assert isinstance(outer, Table)
    assert outer.cells[0].blocks == (
        Paragraph("앞"),
        Table((Cell(0, 0, (Paragraph("속"),)), Cell(0, 1, (Paragraph("안"),)))),
    )


def test_clashing_positions_flow_as_in_html():
    clashing = tbl(
        [tc("가", (0, 0), (2, 1)), tc("나", (0, 0))],
        [tc("다", (1, 0))],
    )
    assert blocks(p(clashing)) == (
        Table(
            (
                Cell(0, 0, (Paragraph("가"),), row_span=2),
                Cell(0, 1, (Paragraph("나"),)),
                Cell(1, 1, (Paragraph("다"),)),
            )
        ),
    )


def test_span_of_nothing_is_one():
    (found,) = blocks(p(tbl([tc("가", (0, 0), (0, 0)), "나"])))
    assert isinstance(found, Table)
    assert found.cells[0] == Cell(0, 0, (Paragraph("가"),))


def test_text_around_a_table_stays_in_order():
    found = blocks(p("앞", tbl(["가", "나"]), "뒤"))
    assert [type(block) for block in found] == [Paragraph, Table, Paragraph]
    assert found[2] == Paragraph("뒤")


def test_caption_of_a_table_stands_where_it_is_printed():
    above = p(tbl(["가", "나"], caption="표 이름"))
    below = p(tbl(["가", "나"], caption="표 이름", below=True))
    assert [type(block) for block in blocks(above)] == [Caption, Table]
    assert [type(block) for block in blocks(below)] == [Table, Caption]


def test_picture_is_left_out_and_told_and_its_caption_kept():
    document = read_hwp(hwp(p(picture("두루미 한 쌍"))))
    assert document.blocks == (Caption("두루미 한 쌍", of="image"),)
    assert document.warnings == ("pictures left out: 1",)


def test_text_box_is_read_and_its_caption():
    found = blocks(p(box(["상자 하나", "상자 둘"], caption="이름")))
    assert found == (
        Caption("이름", of="image"),
        Paragraph("상자 하나"),
        Paragraph("상자 둘"),
    )


def test_boxes_of_a_group_are_read():
    assert texts(p(box("묶음 속", "또 하나"))) == ["묶음 속", "또 하나"]


def test_box_beside_a_sentence_does_not_cut_it():
    assert texts(p("문장의 앞과 ", box("상자"), "뒤")) == ["문장의 앞과 뒤", "상자"]


def test_box_in_the_line_is_part_of_the_sentence():
    assert texts(p("누리집(", box("birds.example", inline=True), ")")) == [
        "누리집(birds.example)"
    ]


def test_control_without_its_character_is_not_lost():
    """Some writers forget the character; the text must not vanish with it."""
    lost = tbl(["가", "나"]).write
    assert [type(b) for b in blocks(p("앞", below=(lost,)))] == [Paragraph, Table]


def test_character_without_its_control_is_passed_over():
    found = blocks(p("앞", tbl(["가", "나"]).units, "뒤", tbl(["다", "라"])))
    assert [type(block) for block in found] == [Paragraph, Table, Paragraph]
    assert found[2] == Paragraph("뒤")


def test_character_without_its_control_takes_no_other():
    found = blocks(p("앞", box("상자").units, "뒤", tbl(["다", "라"])))
    assert found[0] == Paragraph("앞뒤")


# --- sections and streams ---------------------------------------------------------


def test_sections_follow_their_numbers():
    many = [make.section(str(number)) for number in range(11)]
    assert texts(sections=many) == [str(number) for number in range(11)]


def test_missing_section_is_an_error():
    """Half a document must not pass for a whole one."""
    assert status(hwp("글", stated=2)) == "broken"


@pytest.mark.parametrize("flags", [0, make.COMPRESSED])
def test_streams_of_any_size_are_read(flags):
    """Small ones lie elsewhere in the file than large ones."""
    for count in (1, 3_000):
        assert texts("가나다라" * count, flags=flags) == ["가나다라" * count]


@pytest.mark.parametrize("flags", [0, make.COMPRESSED])
def test_distribution_document_is_deciphered(flags):
    """배포용: the text is under ViewText; where it was stands a sentence of excuse."""
    data = hwp("누구나 읽는 글", p(tbl(["가", "나"])), flags=flags | make.DISTRIBUTION)
    assert read_hwp(data).blocks[0] == Paragraph("누구나 읽는 글")
    assert len(read_hwp(data).blocks) == 2


def test_excuse_of_a_distribution_document_is_no_text():
    stand_in = "이 문서는 상위 버전의 배포용 문서입니다. 읽을 수 없습니다."
    assert status(hwp(stand_in)) == "encrypted"
    assert texts(stand_in, "다른 글")[1] == "다른 글"
    assert len(texts(f"{stand_in} 이렇게 나오면 {'뷰어를 쓰십시오. ' * 40}")) == 1


def test_beginning_of_the_text_as_the_program_kept_it_comes_along():
    data = hwp("글", more={"PrvText": make.utf16("글\r\n미리")})
    assert read_hwp(data).preview == "글\r\n미리"
    assert read_hwp(hwp("글")).preview == ""


def test_same_bytes_give_the_same_document():
    data = hwp("가\ue123", p(tbl(["나", "다"])), p(picture()))
    assert read_hwp(data) == read_hwp(data)


def test_builder_makes_a_file_that_others_read(tmp_path: Path):
    path = tmp_path / "a.hwp"
    path.write_bytes(hwp("글", "가나다라" * 3_000, flags=0))
    with olefile.OleFileIO(path, raise_defects=olefile.DEFECT_INCORRECT) as file:
        assert file.exists("BodyText/Section0")
        assert len(file.openstream("BodyText/Section0").read()) > 20_000


# --- what cannot be read ----------------------------------------------------------


def status(data: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        read_hwp(data)
    return caught.value.status


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (hwp("글", flags=make.COMPRESSED | make.PASSWORD), "encrypted"),
        (hwp("글", flags=make.COMPRESSED | 1 << 8), "encrypted"),
        (hwp("글", flags=make.COMPRESSED | make.DRM), "drm"),
        (hwp("글", flags=make.COMPRESSED | 1 << 10), "drm"),
        (hwp("글", more={"FileHeader": make.file_header(1, 0x06000000)}), "unknown"),
        (make.cfb({"WordDocument": b"x" * 600}), "unknown"),
        (
            make.cfb({"FileHeader": make.file_header().replace(b"HWP", b"HXP")}),
            "unknown",
        ),
        (make.cfb({}), "unknown"),
        (make.cfb({"FileHeader": make.file_header()}), "broken"),
        (hwp(), "broken"),
        (hwp("글", more={"DocInfo": b"?"}), "broken"),
        (hwp("글", more={"BodyText/Section0": b"?"}), "broken"),
        (hwp("글", flags=5, more={"ViewText/Section0": b"?" * 300}), "broken"),
        (hwp("글")[:-1_000], "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "broken"),
    ],
)
def test_what_cannot_be_read_has_a_status(data, expected):
    """Silent success with no text is the commonest failure of converters."""
    assert status(data) == expected


# --- real documents ---------------------------------------------------------------

#: Least shares of the letters that a flat walk of each file's own records finds, in
#: order. Not to be lowered: what a file loses was looked at once.
FLOOR = 0.996
LOWER_FLOORS = {
    # Nothing but prompts of unfilled fields, which are no text.
    "rhwp_BlogForm_Recipe.hwp": 0.12,
    "rhwp_field-01-memo.hwp": 0.65,
    # Master pages.
    "hwplib_etc.hwp": 0.92,
    # Tables and boxes inside a sentence: read where they stand, walked behind it.
    "rhwp_tac-case-004.hwp": 0.87,
    "rhwp_hwp_table_test-m.hwp": 0.95,
    "rhwp_KTX-003.hwp": 0.99,
    "rhwp_exam_social.hwp": 0.99,
    "rhwp_request.hwp": 0.99,
}
FLOOR_OF_ALL = 0.9974
TWIN_FLOOR = 0.999
#: Files that hold no letters at all: drawings, empty forms.
EMPTY = {
    "autohwp_shape-001.hwp",
    "hwplib_making_caption.hwp",
    "hwplib_removing-row.hwp",
    "hwplib_setting-celltext-by-field.hwp",
    "hwplib_호-곡선.hwp",
    "hwplib_이미지추가.hwp",
    "hwplib_묶음.hwp",
    "pyhwp_matrix.hwp",
    "rhwp_shape-group-02.hwp",
}


@pytest.fixture(scope="module")
def scorer(captures: Path) -> Iterator[ModuleType]:
    """Load the program that scores Markdown against the documents' own text."""
    path = captures.parent / "tools" / "score_documents.py"
    spec = importlib.util.spec_from_file_location("score_documents", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.modules.pop("score_documents", None)


@pytest.fixture(scope="module")
def markdown(captures: Path) -> dict[str, str]:
    """Every real HWP document as Markdown, "" if it holds no text."""
    found = {}
    for path in sorted((captures / "attachments" / "hwp").glob("*.hwp")):
        data = path.read_bytes()
        if data.startswith(b"\xd0\xcf"):
            found[path.name] = to_markdown(structure(read_hwp(data).blocks))
    return found


@pytest.mark.captures
def test_real_documents_are_read_whole(captures, scorer, markdown):
    rows = {}
    for name, text in markdown.items():
        try:
            gold = scorer.gold_hwp(captures / "attachments" / "hwp" / name)
        except ValueError:
            continue  # a distribution document: the walk cannot decipher it
        if gold[0]:
            rows[name] = scorer.score(gold, text)
            assert rows[name]["rec"] >= LOWER_FLOORS.get(name, FLOOR), name
    assert len(rows) >= 53
    assert scorer.agg(list(rows.values()))["rec"] >= FLOOR_OF_ALL


@pytest.mark.captures
def test_real_document_is_the_same_in_both_formats(captures, scorer, markdown):
    twins = 0
    for path in sorted((captures / "attachments" / "hwpx").glob("*.hwpx")):
        text = markdown.get(f"{path.stem}.hwp")
        if text is not None:
            twins += 1
            found = scorer.score(scorer.gold_hwpx(path), text)
            assert found["rec"] >= TWIN_FLOOR, path.name
            assert found.get("adjrec", 1) >= TWIN_FLOOR, path.name
    assert twins >= 2


@pytest.mark.captures
def test_real_documents_without_text_are_known(markdown):
    assert {name for name, text in markdown.items() if not text} <= EMPTY


@pytest.mark.captures
def test_real_distribution_document_is_deciphered(markdown):
    text = markdown["hwplib_distribution.hwp"]
    assert len(text) > 2_000
    assert "배포용 문서입니다" not in text
