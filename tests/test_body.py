import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.body import read_body
from scraper.model import Block, Caption, Cell, Heading, ListItem, Paragraph, Table


def texts(html: str) -> list[str]:
    return [getattr(block, "text", "표") for block in read_body(html)]


def only_table(html: str) -> Table:
    (block,) = read_body(html)
    assert isinstance(block, Table)
    return block


def grid(html: str) -> list[tuple[int, int, int, int, str]]:
    return [
        (c.row, c.column, c.row_span, c.column_span, " ".join(map(str_of, c.blocks)))
        for c in only_table(html).cells
    ]


def str_of(block: Block) -> str:
    return getattr(block, "text", "표")


@pytest.mark.parametrize("html", ["", "<p>&nbsp;</p><br>", "<img alt='꽃'>", "<p></p>"])
def test_a_body_without_text_has_no_blocks(html):
    assert read_body(html) == ()


def test_inline_tags_vanish_without_a_blank():
    """The site's editors cut words into spans."""
    html = (
        "<p><span>TV</span><span>는</span> <b>새</b><sup>*</sup> <a href='#'>길</a></p>"
    )
    assert texts(html) == ["TV는 새* 길"]


@pytest.mark.parametrize(
    "html",
    [
        "<p>첫째</p><p>둘째</p>",
        "<p>첫째</p><br><p>둘째</p>",
        "첫째<br/><br/>둘째",
        "<div>첫째<div>둘째</div></div>",
        "<dl><dt>첫째<dd>둘째</dl>",
        "첫째<hr>둘째",
    ],
)
def test_block_tags_and_breaks_end_the_line(html):
    assert texts(html) == ["첫째", "둘째"]


def test_blanks_of_the_markup_and_of_the_editor_are_one_blank():
    html = "<p>\n\t\t&nbsp;&nbsp; 새\n   길&nbsp;&nbsp;&nbsp;을 </p>"
    assert texts(html) == ["새 길 을"]


def test_text_is_unescaped_and_composed():
    assert texts("<p>봄&amp;middot;여름 \u1100\u1161\u200b</p>") == ["봄·여름 가"]


@pytest.mark.parametrize(
    "tag",
    ["script", "style", "iframe", "video", "object", "noscript", "textarea", "svg"],
)
def test_what_is_no_text_is_dropped(tag):
    assert texts(f"<p>앞</p><{tag}>속</{tag}><p>뒤</p>") == ["앞", "뒤"]


@pytest.mark.parametrize(
    "html",
    [
        "<p style='display: none'>숨김</p>",
        "<p hidden>숨김</p>",
        "<!-- 숨김 -->",
        "<span style='COLOR: red; Display :NONE'><b>숨김</b></span>",
        "<div style='visibility:hidden'><p style='display:none'>숨김</p>숨김</div>",
        "<table style='display:none'><tr><td>숨김</td></tr></table>",
        "<p style='dis&#112;lay: none'>숨김</p>",
    ],
)
def test_hidden_text_is_not_text(html):
    """What a reader of the page does not see must not appear in a post."""
    assert texts(f"<p>앞</p>{html}<p>뒤</p>") == ["앞", "뒤"]


def test_what_is_only_styled_is_text():
    html = "<p style='display: block'>가</p><span style='visibility: visible'>나</span>"
    assert texts(html) == ["가", "나"]


@pytest.mark.parametrize(
    "html",
    [
        "<figure><img src='a.jpg'><figcaption>새 길</figcaption></figure>",
        "<span class='imageSpan'><img src='a.jpg' alt='x'>새 길</span>",
        "<p><span class='big imageSpan'><img alt='x'><b>새</b> 길</span></p>",
        "<div class='imageSpan'><img alt='x'><p>새 길</p></div>",
    ],
)
def test_a_picture_s_caption_is_marked_as_such(html):
    """Whoever drops it can then say so; the picture itself is not licensed."""
    assert read_body(f"<p>앞</p>{html}<p>뒤</p>") == (
        Paragraph("앞"),
        Caption("새 길", "image"),
        Paragraph("뒤"),
    )


@pytest.mark.parametrize(
    "line",
    [
        "(사진=한빛부)",
        "[사진 제공: 한빛부]",
        "사진=한빛부",
        "ⓒ한빛부",
        "[사진] 한빛부 제공",
    ],
)
def test_a_line_that_credits_a_picture_is_its_caption(line):
    html = line.replace("<", "&lt;")
    assert read_body(f"<p>{html}</p>") == (Caption(line, "image"),)


CAPTIONS = (
    "(사진=한빛부)",
    "사진: 새 길",
    "<사진 1> 새 길",
    "[사진] 새 길 모습",
    "[사진] 119 새 창구",
    "새 길을 걷는 사람들. (사진=한빛부 제공)",
    "새 길이 24일 열렸다.(ⓒ한빛통신, 무단 전재 금지)",
    "▲ 새 길 (사진 제공: 한빛부)",
    "새 길을 걷는 사람들 /사진=한빛통신",
)


@pytest.mark.parametrize(
    "html",
    [
        "<p><img src='a.jpg'></p><p>{}</p><p>뒤</p>",
        "<p><span class='imageSpan'><img src='a.jpg'></span><br>{}<br>뒤</p>",
        "<figure><img src='a.jpg'></figure>\n<div>{}</div><div>뒤</div>",
    ],
)
@pytest.mark.parametrize("line", CAPTIONS)
def test_a_line_below_a_picture_that_names_it_is_its_caption(html, line):
    found = read_body(html.format(line.replace("<", "&lt;")))
    assert found == (Caption(line, "image"), Paragraph("뒤"))


@pytest.mark.parametrize(
    ("text", "credit"),
    [
        ("새 길을 걷는 사람들.", " (사진=한빛부 제공)"),
        ("새 길이 24일 열렸다.", "(ⓒ한빛통신, 무단 전재 금지)"),
        ("▲ 새 길", " (사진 제공: 한빛부)"),
        ("예산을 늘린다고 밝혔다", "/사진=한빛통신"),
        (
            "예산안을 냈다. 원수는 같은 말을 했다. 모두 67조 원, 3.1% 늘었다.",
            "(사진=청사)",
        ),
    ],
)
def test_of_other_lines_only_the_credit_is_cut(text, credit):
    """A sentence of the news may end in whose the picture beside it is."""
    assert read_body(f"<p>{text}{credit}</p><p>뒤</p>") == (
        Paragraph(text),
        Caption(credit.strip(), "image"),
        Paragraph("뒤"),
    )


def test_below_a_picture_two_sentences_are_no_caption():
    html = "<p><img></p><p>예산안을 냈다. 모두 67조 원이다.(사진=청사)</p>"
    assert read_body(html)[0] == Paragraph("예산안을 냈다. 모두 67조 원이다.")


def test_a_caption_is_right_below_its_picture():
    html = "<p><img></p><p>앞</p><p>[사진] 새 길 모습</p>"
    assert read_body(html) == (Paragraph("앞"), Paragraph("[사진] 새 길 모습"))


@pytest.mark.parametrize(
    "line", [*CAPTIONS, "사진: 3×5cm 1장", "이미지 : 2MB 이하 PNG"]
)
@pytest.mark.parametrize("cell", ["{}", "<p>{}</p>", "<b>가</b><br>{}"])
def test_a_cell_without_a_picture_has_no_credit(line, cell):
    """Forms ask for pictures in tables."""
    html = cell.format(line.replace("<", "&lt;"))
    table = only_table(f"<table><tr><td>앞<td>{html}</table>")
    assert table.cells[1].blocks[-1] == Paragraph(line)


def test_pictures_and_their_captions_may_be_cells_of_their_own():
    line = "새 길 모습. (사진=한빛부)"
    table = only_table(
        f"<table><tr><td><img><td><p><img></p><tr><td>{line}<td><p>{line}</p>"
        f"<tr><td><td>{line}</table>"
    )
    caption = (Caption(line, "image"),)
    assert [cell.blocks for cell in table.cells] == [
        *((), (), caption, caption),
        *((), (Paragraph(line),)),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "사진 제공 서비스를 시작한다",
        "사진작가 12명이 모였다",
        "그림: 추진 체계",
        "이미지를 바꾼다",
        "신청서와 증명 서류를 낸다(사진: 3×4cm 2장)",
        "새 길 사진(30장)을 고른다 (24일까지)",
        "저작권 표시 ⓒ를 단다",
        "사진 : 명함판 3장을 함께 낸다.",
        "자료사진: 4장 제출",
        "이미지 : 2MB 이하 PNG",
        "[사진] 받는 기한은 11월 30일까지이며 한 사람 2점 이내",
        "(사진) 부문 으뜸상은 임꺽정 씨가 받았다",
        "© 표시를 하게 하는 법안이 통과되었다. 장관은 반겼다.",
        "ⓒ 마크가 있는 것만 들여온다.",
        "ⓒ 표시 의무",
        "(사진=임꺽정 씨의 30점을 건다. 입장료는 없다.)",
        "사진 제공 : 여권용 1장을 지참해야 한다",
        "(사진 출처) 표기 의무화",
        "사진 제공: 낸 사람 몫",
        "사진 출처: 기재",
        "ⓒ, ® 가르기",
        "이미지: 인공지능이 만든 것",
        "사진 제공: 한 사람이 세 장씩 골라 누리집에 올린 것",
    ],
)
def test_a_sentence_about_pictures_is_text(line):
    assert read_body(f"<p>{line}</p>") == (Paragraph(line),)


def test_the_highest_heading_of_a_body_is_level_1():
    html = "<h3>큰</h3><p>글</p><h4>작은 <b>것</b></h4><h6>더</h6>"
    levels = [(b.text, b.level) for b in read_body(html) if isinstance(b, Heading)]
    assert levels == [("큰", 1), ("작은 것", 2), ("더", 4)]


def test_list_items_bear_what_a_browser_shows():
    html = (
        "<ul><li>가<ul><li>나</li></ul></li><li>다</li></ul><ol start='3'><li>라<li>마"
    )
    assert read_body(html + "</ol>") == (
        ListItem("• 가", 1),
        ListItem("• 나", 2),
        ListItem("• 다", 1),
        ListItem("3. 라", 1),
        ListItem("4. 마", 1),
    )


@pytest.mark.parametrize("line", ["- 가", "□ 가", "※ 가", "① 가", "1. 가", "가. 나"])
def test_a_list_item_with_its_own_mark_gets_no_second_one(line):
    assert read_body(f"<ul><li>{line}</li></ul>") == (ListItem(line, 1),)


def test_the_second_line_of_an_item_has_no_mark():
    assert texts("<ul><li>첫째<br>둘째</li></ul>") == ["• 첫째", "둘째"]


def test_a_table_keeps_its_cells_and_their_lines():
    html = "<table><thead><tr><th>가<th>나<tbody><tr><td>다<br>라<td></table>"
    assert grid(html) == [
        (0, 0, 1, 1, "가"),
        (0, 1, 1, 1, "나"),
        (1, 0, 1, 1, "다 라"),
        (1, 1, 1, 1, ""),
    ]


def test_spans_push_cells_aside():
    html = (
        "<table><tr><td rowspan=2>가<td colspan=2>나<tr><td>다<td>라"
        "<tr><td>마<td>바<td>사</table>"
    )
    assert grid(html) == [
        (0, 0, 2, 1, "가"),
        (0, 1, 1, 2, "나"),
        (1, 1, 1, 1, "다"),
        (1, 2, 1, 1, "라"),
        (2, 0, 1, 1, "마"),
        (2, 1, 1, 1, "바"),
        (2, 2, 1, 1, "사"),
    ]


def test_a_wide_cell_goes_beyond_what_reaches_down() -> None:
    html = (
        "<table><tr><td>가<td rowspan=2>나<td>다<td>라"
        "<tr><td colspan=2>마<tr><td>바<td>사<td>아<td>자</table>"
    )
    assert grid(html)[4] == (1, 2, 1, 2, "마")


@pytest.mark.parametrize("span", ["0", "2", "99", "65536"])
def test_a_row_span_ends_with_the_table(span):
    html = f"<table><tr><td rowspan={span}>가<td>나<tr><td>다</table>"
    assert grid(html)[0] == (0, 0, 2, 1, "가")


@pytest.mark.parametrize("span", ["-1", "둘", "1e9", "", "99999999"])
def test_a_span_that_is_no_number_is_one(span):
    html = f"<table><tr><td colspan='{span}'>가<td>나</table>"
    assert grid(html) == [(0, 0, 1, 1, "가"), (0, 1, 1, 1, "나")]


def test_pictures_in_cells_have_their_captions_marked():
    html = (
        "<table><tr><td><span class='imageSpan'><img>새 길</span><td>글"
        "<tr><td><figure><img><figcaption>옛 길</figcaption></figure><td>글"
        "<tr><td><p class='imageSpan'>산 길</p><td>글</table>"
    )
    blocks = [block for cell in only_table(html).cells for block in cell.blocks]
    names = ("새 길", "옛 길", "산 길")
    assert blocks[::2] == [Caption(name, "image") for name in names]


def test_columns_in_which_nothing_begins_are_folded():
    """``colspan="100"`` for "all of them" is common."""
    html = "<table><tr><td colspan=100>가<tr><td>나<td>다</table>"
    assert grid(html) == [(0, 0, 1, 2, "가"), (1, 0, 1, 1, "나"), (1, 1, 1, 1, "다")]


def test_tables_nest():
    inner = "<table><tr><td>속</td></tr></table>"
    table = only_table(f"<table><tr><td>겉{inner}<td>옆</table>")
    assert table.cells[0].blocks == (
        Paragraph("겉"),
        Table((Cell(0, 0, (Paragraph("속"),)),)),
    )


def test_a_table_s_caption_stands_before_it():
    found = read_body("<table><caption>표 1. <b>길</b></caption><tr><td>가</table>")
    assert found[0] == Caption("표 1. 길", "table")
    assert isinstance(found[1], Table)


def test_a_caption_below_a_table_stays_there():
    found = read_body("<table><tr><td>가<tr><td>나<caption>표 1</caption></table>")
    assert found[1:] == (Caption("표 1", "table"),)


def test_a_table_in_a_caption_loses_no_word():
    html = "<table><caption>표<table><tr><td>속</table></caption><tr><td>가</table>"
    assert read_body(html)[0] == Caption("표 속", "table")


def test_a_table_without_text_is_none():
    assert read_body("<table><tr><td>&nbsp;<td><img></table>") == ()


def test_tables_without_end_are_read_as_lines():
    html = "<table><tr><td>" * 200 + "속" + "</table>" * 200
    assert "속" in str(read_body(html))


def cells_of(blocks: tuple[Block, ...]) -> list[Cell]:
    tables = [block for block in blocks if isinstance(block, Table)]
    cells = [cell for table in tables for cell in table.cells]
    return cells + [inner for cell in cells for inner in cells_of(cell.blocks)]


@settings(deadline=None)  # the first broken table loads the parser for it
@given(
    st.lists(
        st.sampled_from(
            [
                *("<table>", "</table>", "<tr>", "<td rowspan=3>", "<td colspan=2>"),
                *(
                    "<td>",
                    "<li>",
                    "<ol>",
                    "</ol>",
                    "<p>",
                    "</p>",
                    "<br>",
                    "글",
                    "<div>",
                ),
                *(
                    "</div>",
                    "<figure>",
                    "</figure>",
                    "<caption>",
                    "<h2>",
                    "</li>",
                    "&lt;",
                ),
            ]
        ),
        max_size=40,
    )
)
def test_no_markup_crashes_it_or_makes_cells_overlap(parts):
    blocks = read_body("".join(parts))
    assert "".join(parts).count("글") == str(blocks).count("글")
    for block in blocks:
        if isinstance(block, Table):
            spots = [
                (row, column)
                for cell in block.cells
                for row in range(cell.row, cell.row + cell.row_span)
                for column in range(cell.column, cell.column + cell.column_span)
            ]
            assert len(spots) == len(set(spots))


@pytest.mark.captures
def test_a_real_article_keeps_every_letter(captures: Path):
    """A body of the site's interface: nested spans, tables, sixty ``</p><br>``."""
    from selectolax.lexbor import LexborHTMLParser

    name = "156753088_datacontents.html"
    html = (captures / "pages" / name).read_text(encoding="utf-8")
    tree = LexborHTMLParser(html)
    content = tree.css_first("div.content")
    assert content is not None
    blocks = read_body(content.inner_html or "")
    assert len(blocks) > 20
    assert isinstance(blocks[0], Table)
    assert letters(content.text()) == letters(" ".join(all_texts(blocks)))


@pytest.mark.captures
def test_real_bodies_keep_every_letter(captures: Path):
    """Every body of eight days of July 2026."""
    from selectolax.lexbor import LexborHTMLParser

    count = 0
    for file in sorted((captures / "releases").glob("*.json")):
        for article in json.loads(file.read_text(encoding="utf-8"))["articles"]:
            html = article["content_html"]
            count += 1
            shown = LexborHTMLParser(html).text()
            assert letters(shown) == letters(" ".join(all_texts(read_body(html))))
    assert count == 880


def all_texts(blocks: tuple[Block, ...]) -> list[str]:
    found = []
    for block in blocks:
        if isinstance(block, Table):
            for cell in block.cells:
                found += all_texts(cell.blocks)
        else:
            found.append(str_of(block))
    return found


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
