"""HWPX: everything a person reads in the document, in order, and nothing hostile."""

import importlib.util
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.documents import EXTRACTOR_VERSION, extract, lines, package, sniff
from scraper.documents.hwpx import read_hwpx
from scraper.errors import DocumentError
from scraper.model import (
    Block,
    Caption,
    Cell,
    Note,
    PageBreak,
    Paragraph,
    Table,
)
from tests import hwpx_builder as make
from tests.hwpx_builder import Xml, box, field, footnote, hwpx, p, t, tbl, tc

NUMBERED = (
    '<hh:numbering id="1">'
    '<hh:paraHead level="1" start="1" numFormat="DIGIT">^1.</hh:paraHead>'
    '<hh:paraHead level="2" start="1" numFormat="HANGUL_SYLLABLE">^1.^2)</hh:paraHead>'
    "</hh:numbering>"
    '<hh:bullet id="7" char="\uf0a7"/>'
    '<hh:paraPr id="10"><hh:heading type="NUMBER" idRef="1" level="0"/></hh:paraPr>'
    '<hh:paraPr id="11"><hh:heading type="NUMBER" idRef="1" level="1"/></hh:paraPr>'
    '<hh:paraPr id="12"><hh:heading type="BULLET" idRef="7" level="0"/></hh:paraPr>'
    '<hh:paraPr id="13"><hh:heading type="OUTLINE" idRef="0" level="0"/></hh:paraPr>'
)

ODT = b"mimetypeapplication/vnd.oasis.opendocument.textPK"


def blocks(*content: str, **parts: str) -> tuple[Block, ...]:
    return read_hwpx(hwpx(*content, **parts)).blocks


def texts(*content: str, **parts: str) -> list[str]:
    return [getattr(block, "text", "") for block in blocks(*content, **parts)]


def status(data: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        extract(data)
    return caught.value.status


def refusal(data: bytes) -> DocumentError | None:
    """Return why a file is refused, ``None`` if its text was read."""
    try:
        assert extract(data).blocks
    except DocumentError as error:
        return error
    return None


# --- text -------------------------------------------------------------------------


def test_runs_of_a_paragraph_join_without_a_space():
    """Formatting splits words; a space between runs would split them in the text."""
    assert texts(p("겨울 철", "새", "의 집")) == ["겨울 철새의 집"]


def test_blank_paragraphs_are_left_out():
    assert texts(p(" "), p("글"), p()) == ["글"]


def test_tabs_and_special_spaces_become_one_space():
    text = Xml("가<hp:tab/>나<hp:fwSpace/><hp:nbSpace/>다\u00a0 라")
    assert texts(p(t(text))) == ["가 나 다 라"]


def test_line_break_stays_for_structure_to_judge():
    assert texts(p(t(Xml("첫 줄 <hp:lineBreak/> 둘째 줄")))) == ["첫 줄\n둘째 줄"]


def test_text_after_an_element_inside_text_is_kept():
    marked = Xml(
        '앞<hp:markpenBegin/>가운데<hp:markpenEnd/>뒤<hp:titleMark ignore="1"/>'
    )
    assert texts(p(t(marked))) == ["앞가운데뒤"]


def test_known_private_glyphs_become_unicode():
    assert texts(p("\U000f02b1 하나 \U000f02fc 둘 \uf0a7 셋")) == ["① 하나 ► 둘 ▪ 셋"]


def test_unknown_private_glyph_is_kept_and_told():
    document = read_hwpx(hwpx(p("가\ue123나\ue123")))
    assert document.blocks == (Paragraph("가\ue123나\ue123"),)
    assert document.warnings == ("unknown glyph U+E123: 2",)


def test_ruby_and_combined_letters_are_text():
    """덧말 and 글자겹침 carry words that stand nowhere else."""
    ruby = Xml(
        "<hp:dutmal><hp:mainText>본말</hp:mainText><hp:subText>덧말</hp:subText></hp:dutmal>"
    )
    combined = Xml('<hp:compose composeText="대외비"/>')
    assert texts(p("앞", ruby, combined)) == ["앞 본말 덧말 대외비"]


def test_equation_gives_its_script():
    equation = Xml("<hp:equation><hp:script>x over 2</hp:script></hp:equation>")
    assert texts(p("값은", equation)) == ["값은 x over 2"]


def test_tracked_deletion_is_left_out_and_told():
    text = Xml("남는 글<hp:deleteBegin/>지운 글<hp:deleteEnd/> 끝")
    document = read_hwpx(hwpx(p(t(text))))
    assert document.blocks == (Paragraph("남는 글 끝"),)
    assert document.warnings == ("tracked deletions left out: 1",)


def test_unclosed_deletion_ends_with_its_paragraph():
    """A lost end mark must not swallow the rest of the release."""
    assert texts(p(t(Xml("가<hp:deleteBegin/>나"))), p("다")) == ["가", "다"]


def test_field_that_was_filled_in_is_text():
    assert texts(p(field("본문", "누르세요", filled=True))) == ["본문"]
    assert texts(p(field("다른 말", "누르세요"))) == ["다른 말"]


def test_field_that_repeats_its_prompt_on_purpose_is_text():
    assert texts(p(field("누르세요", "누르세요", filled=True))) == ["누르세요"]


def test_prompt_of_an_unfilled_field_is_no_text():
    assert texts(p("이름: ", field("누르세요", "누르세요"), "님")) == ["이름: 님"]


@pytest.mark.parametrize(
    "name", ["header", "footer", "hiddenComment", "masterPage", "memo"]
)
def test_what_is_beside_the_text_is_left_out(name):
    beside = Xml(f"<hp:ctrl><hp:{name}>{make.held('쪽 머리')}</hp:{name}></hp:ctrl>")
    assert texts(p(beside, "본문")) == ["본문"]


def test_footnote_leaves_its_mark_and_follows_the_paragraph():
    found = blocks(p("기러기", footnote("큰 물새"), "가 왔다."), p("다음"))
    assert found == (
        Paragraph("기러기1)가 왔다."),
        Note("1) 큰 물새"),
        Paragraph("다음"),
    )


def test_only_one_branch_of_a_switch_is_read():
    """Every branch shows the same thing to another version of the program."""
    inside = "<hp:switch><hp:case>{}</hp:case><hp:default>{}</hp:default></hp:switch>"
    assert texts(p(Xml(inside.format(t("새것"), t("옛것"))))) == ["옛것"]


def test_new_page_is_a_page_break():
    assert blocks(p("앞"), p("뒤", pageBreak="1")) == (
        Paragraph("앞"),
        PageBreak(),
        Paragraph("뒤"),
    )


# --- numbers ----------------------------------------------------------------------


def test_automatic_numbers_count_by_level_and_start_again():
    found = texts(
        p("개요", paraPrIDRef="10"),
        p("목적", paraPrIDRef="11"),
        p("기간", paraPrIDRef="11"),
        p("계획", paraPrIDRef="10"),
        p("장소", paraPrIDRef="11"),
        header=NUMBERED,
    )
    assert found == ["1. 개요", "1.가) 목적", "1.나) 기간", "2. 계획", "2.가) 장소"]


def test_automatic_bullet_is_the_document_s_own():
    assert texts(p("점", paraPrIDRef="12"), header=NUMBERED) == ["▪ 점"]


def test_outline_levels_print_nothing():
    assert texts(p("제목", paraPrIDRef="13"), header=NUMBERED) == ["제목"]


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


def test_cells_without_or_with_clashing_positions_flow_as_in_html():
    flowing = [
        [tc("가", span=(2, 1)), tc("나")],
        [tc("다")],
    ]
    clashing = [
        [tc("가", (0, 0), (2, 1)), tc("나", (0, 0))],
        [tc("다", (0, 0))],
    ]
    expected = (
        Cell(0, 0, (Paragraph("가"),), row_span=2),
        Cell(0, 1, (Paragraph("나"),)),
        Cell(1, 1, (Paragraph("다"),)),
    )
    assert blocks(p(tbl(*flowing))) == (Table(expected),)
    assert blocks(p(tbl(*clashing))) == (Table(expected),)


def test_text_around_a_table_stays_in_order():
    found = blocks(p("앞", tbl(["가", "나"]), "뒤"))
    assert [type(block) for block in found] == [Paragraph, Table, Paragraph]


def test_caption_of_a_table_stands_where_it_is_printed():
    above = p(tbl(["가", "나"], caption=make.caption("표 이름")))
    below = p(tbl(["가", "나"], caption=make.caption("표 이름", "BOTTOM")))
    assert [type(block) for block in blocks(above)] == [Caption, Table]
    assert [type(block) for block in blocks(below)] == [Table, Caption]


def test_picture_is_left_out_and_told_and_its_caption_kept():
    document = read_hwpx(hwpx(p(make.picture(make.caption("두루미 한 쌍")))))
    assert document.blocks == (Caption("두루미 한 쌍", of="image"),)
    assert document.warnings == ("pictures left out: 1",)


def test_text_box_is_read():
    assert texts(p(box(["상자 하나", "상자 둘"]))) == ["상자 하나", "상자 둘"]


def test_box_inside_a_group_is_read():
    group = Xml(f"<hp:container>{box('묶음 속')}</hp:container>")
    assert texts(p(group)) == ["묶음 속"]


def test_box_beside_a_sentence_does_not_cut_it():
    assert texts(p("문장의 앞과 ", box("상자"), "뒤")) == ["문장의 앞과 뒤", "상자"]


def test_box_in_the_line_is_part_of_the_sentence():
    assert texts(p("누리집(", box("birds.example", inline=True), ")")) == [
        "누리집(birds.example)"
    ]


# --- sections ---------------------------------------------------------------------


def test_sections_follow_the_spine_and_none_is_lost():
    content = (
        b'<package><manifest><item id="a" href="Contents/section0.xml"/>'
        b'<item id="b" href="Contents/section10.xml"/></manifest>'
        b'<spine><itemref idref="b"/><itemref idref="b"/><itemref idref="a"/></spine>'
        b"</package>"
    )
    found = texts(
        p("영"),
        **{
            "Contents__content.hpf": content,
            "Contents__section2.xml": make.section(p("이")),
            "Contents__section10.xml": make.section(p("십")),
        },
    )
    assert found == ["십", "영", "이"]


def test_sections_without_a_spine_go_by_number():
    parts = {f"Contents__section{n}.xml": make.section(p(str(n))) for n in (10, 9)}
    assert texts(p("0"), **parts) == ["0", "9", "10"]


def test_same_bytes_give_the_same_document():
    data = hwpx(p("가\ue123"), p(tbl(["나", "다"])), p(make.picture()))
    assert extract(data) == extract(data)
    assert EXTRACTOR_VERSION


# --- what is no HWPX --------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n<!DOCTYPE HTML><html>", "html"),
        (b"\n<html lang=ko>", "html"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "broken"),
        (b"HWP Document File V3.00 \x1a\1\2\3\4\5", "hwp3"),
        (b"%PDF-1.7\n", "broken"),
        (b"hello", "unknown"),
        (b"\x89PNG\r\n", "unknown"),
        (make.package({"a.txt": b"word/document.xml"}), "unknown"),
        (make.package({"[Content_Types].xml": b"", "word/document.xml": b""}), "docx"),
        (make.package({"[Content_Types].xml": b"", "xl/workbook.xml": b""}), "unknown"),
        (b"PK\x03\x04" + b"\0" * 26 + ODT, "odt"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<HWPML Version="2.8">', "hwpml"),
        (b'<?xml version="1.0"?><!DOCTYPE html><html>', "html"),
        (b'<?xml version="1.0"?><rss>', "unknown"),
        (b"SCDSA002\0\0", "drm"),
        (b"\x9b DRMONE  This Document", "drm"),
        (b"PK\x03\x04 cut off", "broken"),
        (hwpx(p("글"))[:-40], "broken"),
        (make.package({"Contents/section0.xml": b"<hs:sec"}), "broken"),
        (make.package({"Contents/section0.xml": b""}), "broken"),
        (hwpx(), "empty"),
        (hwpx(p(make.picture())), "empty"),
        (
            hwpx(**{"META-INF__manifest.xml": b"<a><encryption-data/></a>"}),
            "encrypted",
        ),
    ],
)
def test_what_cannot_be_read_has_a_status(data, expected):
    """Silent success with no text is the commonest failure of converters."""
    assert status(data) == expected


def test_kind_is_told_by_bytes_alone():
    assert sniff(hwpx(p("글"))) == "hwpx"


def test_zip_with_a_password_is_encrypted():
    data = bytearray(hwpx(p("글")))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(signature, at + 4)
    assert status(bytes(data)) == "encrypted"


# --- hostile ----------------------------------------------------------------------


def test_document_type_is_refused():
    """Entities could read files or grow without end."""
    bombs = [
        b'<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><s type="NUMBER"><p>&b;</p></s>',
        b'<!ENTITY b SYSTEM "file:///etc/passwd">]><s type="NUMBER"><p>&b;</p></s>',
    ]
    for bomb in (b"<!DOCTYPE s [" + rest for rest in bombs):
        for name in ("section0.xml", "header.xml", "content.hpf"):
            parts = {f"Contents/section{n}.xml": make.section(p("글")) for n in (0, 1)}
            assert status(make.package(parts | {f"Contents/{name}": bomb})) == "broken"


def test_document_type_cannot_hide_in_another_encoding():
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE s [<!ENTITY a "b">]><s/>'
    data = make.package({"Contents/section0.xml": text.encode("utf-16")})
    assert status(data) == "broken"


def test_undeclared_entity_is_an_error():
    text = make.section(Xml("<hp:p><hp:run><hp:t>&nope;</hp:t></hp:run></hp:p>"))
    assert status(make.package({"Contents/section0.xml": text})) == "broken"


def test_text_longer_than_the_parser_bears_is_too_large():
    with pytest.raises(DocumentError) as caught:
        package.parse_xml(b"<a>" + b"x" * 11_000_000, "a.xml")
    assert caught.value.status == "too_large"
    assert "\n" not in str(caught.value)


def test_zip_bomb_is_refused():
    blanks = b" " * (package.RATIO_FREE_BYTES + 1)
    assert status(hwpx(**{"Contents__section1.xml": b"<s>" + blanks})) == "too_large"


def test_many_entries_are_refused():
    parts = {f"BinData/{n}": b"" for n in range(package.MAX_ENTRIES)}
    assert status(hwpx(p("글"), **parts)) == "too_large"


@pytest.mark.parametrize("limit", ["MAX_PART_BYTES", "MAX_TOTAL_BYTES"])
def test_inflated_size_is_limited(monkeypatch, limit):
    monkeypatch.setattr(package, limit, 300)
    assert status(hwpx(p("글" * 200))) == "too_large"


def test_total_counts_all_parts(monkeypatch):
    one = make.section(p("글" * 200))
    monkeypatch.setattr(package, "MAX_TOTAL_BYTES", len(one) + 10)
    assert status(hwpx(p("글"), **{"Contents__section1.xml": one})) == "too_large"


def test_stated_size_is_not_trusted():
    """A header that states fewer bytes than it holds must not pass for whole."""
    data = bytearray(hwpx(p("글" * 500)))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert status(bytes(data)) == "broken"


def test_amount_of_text_is_limited(monkeypatch):
    monkeypatch.setattr(lines, "MAX_TEXT_BYTES", 30)
    assert status(hwpx(p("가나다라마"), p("바사아자차카"))) == "too_large"


@pytest.mark.parametrize("depth", [lines.MAX_DEPTH + 2, 300])
def test_deep_nesting_is_refused(depth):
    """The second is too deep for the XML parser already."""
    inner: Xml = p("속")
    for _ in range(depth):
        inner = p(box([inner]))
    assert status(hwpx(inner)) == "too_large"


@pytest.mark.parametrize(
    "cell",
    [
        tc("가", (0, 0), (1, 999_999)),
        tc("가", (0, 0), (999, 999)),
        tc("가", (999_999, 0)),
        tc("가", (999, 999)),
    ],
)
def test_huge_tables_are_refused(cell):
    assert status(hwpx(p(tbl([cell, "나"])))) == "too_large"


def test_cells_of_all_tables_count_together(monkeypatch):
    monkeypatch.setattr(lines, "MAX_CELLS", 7)
    table = p(tbl(["가", "나"], ["다", "라"]))
    assert status(hwpx(table, table)) == "too_large"


def test_rows_that_all_span_to_the_end_are_refused():
    """Their cells are few, the places they cover are not."""
    rows = [[tc("가", span=(2_000, 1))] for _ in range(2_000)]
    assert status(hwpx(p(tbl(*rows)))) == "too_large"


@pytest.mark.parametrize("number", ["-1", "９", "", "1.5", "9" * 5000])
def test_odd_numbers_are_taken_for_none(number):
    table = (
        f'<hp:tbl><hp:tr><hp:tc><hp:cellAddr rowAddr="{number}" colAddr="0"/>'
        f'<hp:cellSpan rowSpan="0" colSpan="x"/>{make.held("가")}</hp:tc>'
        "</hp:tr></hp:tbl>"
    )
    assert blocks(p(Xml(table))) == (Table((Cell(0, 0, (Paragraph("가"),)),)),)


def test_endless_list_head_is_short():
    header = (
        f'<hh:numbering id="1"><hh:paraHead start="999999" numFormat="ROMAN_CAPITAL">'
        f"{'^1' * 500}</hh:paraHead></hh:numbering>"
        '<hh:paraPr id="1"><hh:heading type="NUMBER" idRef="1" level="0"/></hh:paraPr>'
    )
    (text,) = texts(p("글", paraPrIDRef="1"), header=header)
    assert len(text) < 300


SAMPLE = hwpx(p("가나다"), p(tbl(["라", "마"])), header=NUMBERED)


@given(
    cut=st.integers(0, len(SAMPLE)),
    at=st.lists(st.integers(0, len(SAMPLE) - 1), max_size=8),
    byte=st.integers(0, 255),
)
@settings(derandomize=True, max_examples=300, deadline=None)
def test_damaged_files_are_read_or_refused(cut, at, byte):
    data = bytearray(SAMPLE)
    for position in at:
        data[position] = byte
    for damaged in (bytes(data), bytes(data[:cut])):
        assert refusal(damaged) is None or "\n" not in str(refusal(damaged))


# --- real documents ---------------------------------------------------------------


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


@pytest.mark.captures
def test_real_releases_are_read_whole(captures: Path, scorer: ModuleType):
    """No text may be missing, no cell may lose its neighbor."""
    from scraper.markdown import to_markdown

    rows = []
    for path in sorted((captures / "attachments" / "hwpx").glob("kr_*.hwpx")):
        markdown = to_markdown(extract(path.read_bytes()).blocks)
        rows.append(scorer.score(scorer.gold_hwpx(path), markdown))
    scored = scorer.agg(rows)
    assert scored["n"] >= 40
    assert scored["rec"] >= 0.9995
    assert scored["minrec"] >= 0.995
    assert scored["adjrec"] >= 0.9999


@pytest.mark.captures
def test_real_documents_of_any_kind_are_read_or_refused(captures: Path):
    folder = captures / "attachments"
    allowed = {"hwp3", "empty", "encrypted"}
    seen = 0
    for path in sorted(folder.glob("*/*.hwp*")):
        seen += 1
        error = refusal(path.read_bytes())
        assert error is None or error.status in allowed, path.name
    assert seen > 70


def test_builder_makes_a_readable_zip(tmp_path: Path):
    path = tmp_path / "a.hwpx"
    path.write_bytes(SAMPLE)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None


@given(
    st.lists(st.sampled_from(["10", "12", "14", "&#38;"]), min_size=1, max_size=3),
    st.sampled_from(["hh:", "", "x.y:"]),
    st.sampled_from(['"', "'"]),
    st.sampled_from(['"', "'"]),
    st.booleans(),
)
def test_numbers_come_however_the_header_is_written(used, prefix, quote, mark, spaced):
    """A header is left unread only where that is sure to lose nothing."""
    styles = {"10": ("NUMBER", "1"), "12": ("BULLET", "7"), "&amp;": ("BULLET", "7")}
    gap = "\n  " if spaced else " "
    header = "".join(
        f"<{prefix}paraPr{gap}x=''{gap}id={quote}{name}{quote}>"
        f"<{prefix}heading type='{kind}' idRef='{which}' level='0'/></{prefix}paraPr>"
        for name, (kind, which) in styles.items()
        if name.replace("&amp;", "&#38;") in used
    )
    defined = NUMBERED[: NUMBERED.index("<hh:paraPr")]
    root = f'{make.SPACES} xmlns="a" xmlns:x.y="b"'
    body = "".join(
        f"<hp:p paraPrIDRef={mark}{name}{mark}><hp:run>{t('글')}</hp:run></hp:p>"
        for name in used
    )
    found = read_hwpx(
        make.package(
            {
                "Contents/header.xml": f"<h {root}>{defined}{header}</h>".encode(),
                "Contents/section0.xml": make.section(body),
            }
        )
    )
    heads = {"10": ["1. 글", "2. 글", "3. 글"], "12": ["▪ 글"] * 3, "14": ["글"] * 3}
    heads["&#38;"] = heads["12"]
    counts = {name: iter(texts) for name, texts in heads.items()}
    assert [block.text for block in found.blocks] == [next(counts[n]) for n in used]
