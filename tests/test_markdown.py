"""Blocks as Markdown and HTML: the same text, whoever reads it."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from scraper.markdown import escape_markdown, to_html, to_markdown
from scraper.markdown.escaping import escape_html, escape_inline, escape_lines
from scraper.model import (
    Block,
    Caption,
    Cell,
    Heading,
    ListItem,
    Note,
    PageBreak,
    Paragraph,
    Table,
)
from scraper.text import visible
from tests import ruby
from tests.accounting import texts
from tests.corpora import hostile_strings
from tests.rendering import commonmark, shown, solid

#: What some generator would take for markup, in texts of our own.
HOSTILE = [
    "2024. 6. 24. 시행",
    "1. 첫째",
    "10) 열째",
    "2026.",
    "- 줄표",
    "* 각주",
    "+ 더하기",
    "# 우물",
    "#우물 정",
    "> 인용",
    ": 뜻풀이",
    "---",
    "--",
    "===",
    "=-=",
    "* * *",
    "_ _ _",
    "***",
    "```",
    "~~~",
    "    네 칸 들여쓰기",
    "\t탭 들여쓰기",
    "^",
    "[ ] 할 일",
    "!!! 알림",
    "??? 접기",
    '=== "탭"',
    "사업*을 기관*이",
    "3*4*5",
    "**굵게** 쓰지 않는다",
    "_밑줄_ 긋지 않는다",
    "값 1_2_3 과 A1_b_",
    "__이중__",
    "3~5월, 6~7일",
    "~~취소~~",
    "간격 <간격> <b>굵게</b> <br> <!-- 숨김 -->",
    "<script>alert(1)</script>",
    "<<겹꺾쇠>> 그리고 >>뒤",
    "`코드`와 ``코드``",
    "[제목](https://example.org/)",
    "![그림](https://example.org/a.png)",
    "[이름][1] 그리고 [1]: https://example.org",
    "본문[^1]",
    "[^1]: 각주",
    "*[약어]: 풀이",
    "가 | 나",
    "| 가 | 나 |",
    "$$x^2$$ 그리고 $1 $2",
    "{{ site.time }} {% raw %} {# x #}",
    "{: onclick='alert(1)'}",
    "{::nomarkdown}",
    "{{삭제}} {{ 1.29% }}",
    "제목 {#id}",
    "끝의 우물 ##",
    "R&D 와 &amp; 와 &lt;b&gt; 와 &#123; 와 &copy 2026",
    "역사선 \\* 와 줄 끝 \\",
    '"곧은 따옴표"와 \'24년',
    "말줄임... 그리고 ....",
    "줄표 -- 와 ---",
    "https://example.org/a_b_c에서 www.example.org를",
    "someone@example.org 앞",
    "<https://example.org>",
    "mailto:someone@example.org",
]

#: Texts that no generator takes for markup: they stay as they are.
HARMLESS = [
    "R&D 예산 3~5월 집행",
    "[보도자료] 12곳 선정",
    "오는 6. 24.(월) ~ 6. 28.(금)",
    "하나뿐인 각주*를 단다",
    "snake_case 와 가_나",
    "-5% 줄었다",
    "1.5배, 번호 #3",
    "a > b, 10:30, 100$",
    "□ 네모 ㅇ 동그라미 ※ 참고",
]


def kinds(text: str) -> list[tuple[Block, ...]]:
    """Return a text in each place it can have."""
    return [
        (Paragraph(text),),
        (Paragraph(f"앞 줄\n{text}"), Paragraph("뒤")),
        (Heading(text, 2), Paragraph("뒤")),
        (ListItem(text), ListItem(text, 2), Note(text), ListItem(text, 3)),
        (Note(text), Caption(text, "table")),
        (table([["머리", text], [text, "-"]]),),
        (table([[text, "한 줄뿐"]]),),
    ]


def table(rows: list[list[str]]) -> Table:
    return Table(
        tuple(
            Cell(row, column, (Paragraph(text),))
            for row, cells in enumerate(rows)
            for column, text in enumerate(cells)
        )
    )


def text_of(blocks: tuple[Block, ...]) -> str:
    return solid("".join(texts(blocks)))


def random_blocks(seed: int) -> tuple[Block, ...]:
    """Return blocks whose texts are made of pieces of markup."""
    chance = random.Random(seed)
    pieces = [*"*_~`<>[](){}#+-=|:!^$&;\\\"'.@/? \n\t1a가ㅇ", *HOSTILE]

    def text() -> str:
        return "".join(chance.choice(pieces) for _ in range(chance.randint(1, 10)))

    def block() -> Block:
        match chance.randrange(7):
            case 0:
                return Heading(text(), chance.randint(1, 4))
            case 1 | 2:
                return ListItem(text(), chance.randint(1, 3))
            case 3:
                return Note(text())
            case 4:
                return table([[text() for _ in range(2)] for _ in range(2)])
            case 5:
                tall = Cell(0, 0, (Paragraph(text()), Paragraph(text())), row_span=2)
                return Table((tall, *(Cell(n, 1, (Note(text()),)) for n in (0, 1))))
        return Paragraph(text())

    return tuple(block() for _ in range(chance.randint(1, 4)))


# --- the same text everywhere -----------------------------------------------------


@pytest.mark.parametrize("text", [*HOSTILE, *HARMLESS])
def test_commonmark_shows_the_text_given(text: str) -> None:
    for blocks in kinds(text):
        assert solid(shown(commonmark(to_markdown(blocks)))) == text_of(blocks)
        assert solid(shown(commonmark(to_html(blocks)))) == text_of(blocks)


@pytest.mark.ruby
def test_kramdown_shows_the_text_given() -> None:
    """It is Jekyll's parser, with markup no other has and quotes of its own."""
    every = [blocks for text in [*HOSTILE, *HARMLESS] for blocks in kinds(text)]
    every += [random_blocks(seed) for seed in range(400)]
    for render in (to_markdown, to_html):
        made = ruby.kramdown([render(blocks) + "\n" for blocks in every])
        for blocks, markup in zip(every, made, strict=True):
            assert solid(shown(markup)) == text_of(blocks), blocks


@pytest.mark.parametrize("seed", range(300))
def test_commonmark_shows_random_markup_as_text(seed: int) -> None:
    blocks = random_blocks(seed)
    assert solid(shown(commonmark(to_markdown(blocks)))) == text_of(blocks)
    assert solid(shown(commonmark(to_html(blocks, sized=True)))) == text_of(blocks)


LINES = st.lists(
    st.one_of(
        st.sampled_from([*"*_~`<>[](){}#+-=|:!^$&;\\\"'.@/? \t1a가ㅇ", *HOSTILE]),
        st.text(max_size=3),
    ),
    max_size=8,
).map("".join)
TEXTS = st.lists(LINES, min_size=1, max_size=3).map("\n".join)
FLAT = st.one_of(
    st.builds(Paragraph, TEXTS),
    st.builds(Heading, TEXTS, st.integers(1, 7)),
    st.builds(ListItem, TEXTS, st.integers(1, 4)),
    st.builds(Note, TEXTS),
    st.builds(Caption, TEXTS, st.just("table")),
)
TABLES = st.recursive(
    st.lists(st.lists(FLAT, max_size=2), min_size=4, max_size=4),
    lambda inner: st.lists(
        st.lists(st.one_of(FLAT, inner.map(lambda cells: grid(cells))), max_size=2),
        min_size=4,
        max_size=4,
    ),
    max_leaves=2,
)


def grid(cells: list[list[Block]]) -> Table:
    """Return four cells in two rows."""
    return Table(
        tuple(Cell(n // 2, n % 2, tuple(held)) for n, held in enumerate(cells))
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(FLAT, TABLES.map(grid)), max_size=4))
def test_any_blocks_are_shown_letter_for_letter(blocks: list[Block]) -> None:
    """By markdown-it (CommonMark and GFM) and, as HTML, by a browser's parser."""
    wanted = solid(visible("".join(texts(blocks))))
    assert solid(shown(commonmark(to_markdown(blocks)))) == wanted
    for sized in (True, False):
        html = to_html(blocks, sized=sized)
        assert solid(shown(commonmark(html))) == wanted
        assert solid(LexborHTMLParser(html).text()) == wanted


@pytest.mark.parametrize("text", HARMLESS)
def test_text_that_is_no_markup_stays_readable(text: str) -> None:
    """A post is read as source too: in diffs, by editors, by other programs."""
    assert to_markdown((Paragraph(text),)) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_no_backslash_and_no_liquid_ever(text: str) -> None:
    """Not every parser honors every backslash; Liquid reads the file before any."""
    for blocks in kinds(text):
        assert "\\" not in to_markdown(blocks[:1]) or isinstance(blocks[0], Table)
        assert "{" not in to_markdown(blocks) + to_html(blocks)


def test_invisible_characters_do_not_get_through() -> None:
    """Directions turn lines around, zero widths break words for a search."""
    hidden = "가\u202e나\u200b다\ufeff\u2066라\x00\x1b마\ud800"
    assert to_markdown((Paragraph(hidden),)) == "가나다라마"
    assert to_html((Paragraph(hidden),)) == "<p>가나다라마</p>"
    assert to_markdown((Paragraph("ᄒ\u1161\u11ab글"),)) == "한글"


def test_one_line_texts_are_escaped_as_a_line() -> None:
    assert (
        escape_markdown("1. 첫째\n둘째 | '24년") == "1&#46; 첫째 둘째 &#124; &#39;24년"
    )
    assert escape_lines("가\n# 나") == "가\n&#35; 나"
    assert escape_inline("# 가") == "# 가"
    assert escape_html('<a href="x">{{') == ("&lt;a href=&quot;x&quot;&gt;&#123;&#123;")


def test_no_text_ends_the_wrapping_of_a_feed() -> None:
    """jekyll-feed puts excerpts into CDATA as they are: a ``]]>`` breaks every feed."""
    assert escape_markdown("가]]>나") == "가]]&gt;나"
    assert "]]>" not in escape_markdown("]]]>>]]>") + escape_inline("[가]]>]]>")


# --- structure --------------------------------------------------------------------


def test_headings_stand_below_the_title_of_the_page() -> None:
    blocks = (Heading("붙임 1"), Heading("1. 개요", 2), Heading("깊은 곳", 9))
    assert to_markdown(blocks) == "## 붙임 1\n\n### 1. 개요\n\n###### 깊은 곳"
    assert to_html(blocks).startswith("<h2>붙임 1</h2>\n\n<h3>1. 개요</h3>")


def test_lists_nest_by_level_and_keep_their_glyphs() -> None:
    blocks = (
        ListItem("□ 하나", 1),
        ListItem("ㅇ 둘", 2),
        Note("* 각주"),
        ListItem("- 셋", 3),
        ListItem("□ 넷", 1),
    )
    assert to_markdown(blocks) == (
        "- □ 하나\n    - ㅇ 둘  \n      &#42; 각주\n        - &#45; 셋\n- □ 넷"
    )
    assert commonmark(to_markdown(blocks)).count("<ul>") == 3
    assert to_html(blocks) == (
        "<ul>\n<li>□ 하나\n<ul>\n<li>ㅇ 둘<br>* 각주\n<ul>\n<li>- 셋\n</li>\n</ul>\n"
        "</li>\n</ul>\n</li>\n<li>□ 넷\n</li>\n</ul>"
    )


@pytest.mark.ruby
def test_kramdown_nests_lists_as_commonmark_does() -> None:
    blocks = [ListItem(f"단계 {n}", n) for n in (2, 3, 1, 2, 3, 3, 2, 1)]
    made = to_markdown([*blocks, Note("※ 참고"), *blocks])
    [kramdown] = ruby.kramdown([made + "\n"])
    assert solid(kramdown) == solid(commonmark(made))


def test_a_list_that_starts_deep_is_no_code_block() -> None:
    """Four blanks before the first item would be code everywhere."""
    assert to_markdown((ListItem("- 셋", 3), ListItem("ㅇ 둘", 2))) == (
        "- &#45; 셋\n- ㅇ 둘"
    )


def test_a_paragraph_ends_a_list() -> None:
    blocks = (ListItem("□ 하나"), Paragraph("사이"), ListItem("ㅇ 둘", 2))
    assert to_markdown(blocks) == "- □ 하나\n\n사이\n\n- ㅇ 둘"


def test_line_breaks_in_a_paragraph_are_shown() -> None:
    made = to_markdown((Paragraph("첫 줄\n\n 1. 둘째 줄 "),))
    assert made == "첫 줄  \n1&#46; 둘째 줄"
    assert "<br" in commonmark(made)
    assert to_html((Paragraph("첫 줄\n둘째 줄"),)) == "<p>첫 줄<br>둘째 줄</p>"


def test_blocks_without_text_leave_nothing() -> None:
    blocks = (
        *(Paragraph(" \n"), Heading(""), ListItem(""), Note(""), PageBreak()),
        *(Table(()), table([["", " "], ["", ""]])),
    )
    assert to_markdown(blocks) == ""
    assert to_html(blocks) == ""


def test_html_parts_hold_no_blank_line() -> None:
    """CommonMark ends an HTML block at a blank line; what follows would be Markdown."""
    blocks = (Paragraph("가\n\n나"), ListItem("다\n\n라"), table([["마\n\n바", "사"]]))
    assert len(to_html(blocks).split("\n\n")) == len(blocks)


def test_sized_html_is_marked_as_the_editor_does() -> None:
    made = to_html((Heading("제목"), Heading("절", 2), Paragraph("글")), sized=True)
    assert made == (
        '<h2 data-ke-size="size26">제목</h2>\n\n<h3 data-ke-size="size23">절</h3>'
        '\n\n<p data-ke-size="size16">글</p>'
    )


# --- tables -----------------------------------------------------------------------


def test_a_simple_table_is_made_of_pipes() -> None:
    made = to_markdown((table([["구분", "값"], ["가|나", "-"], ["", ": -"]]),))
    assert made == (
        "| 구분 | 값 |\n| --- | --- |\n| 가&#124;나 | &#45; |\n|  | &#58; &#45; |"
    )


def test_a_row_of_dashes_is_text_not_a_ruler() -> None:
    made = to_markdown((table([["가", "나"], ["-", "--"], ["=", "+"], ["1", "2"]]),))
    assert commonmark(made).count("<tr>") == 4


@pytest.mark.ruby
def test_kramdown_keeps_a_row_of_dashes() -> None:
    blocks = (table([["가", "나"], ["-", "--"], ["=", "+"], ["1", "2"]]),)
    [made] = ruby.kramdown([to_markdown(blocks) + "\n"])
    assert made.count("<tr>") == 4
    assert solid(shown(made)) == text_of(blocks)


def test_lines_of_a_cell_are_kept_apart() -> None:
    """With blanks: where raw HTML is dropped the words must not run together."""
    cells = (Cell(0, 0, (Paragraph("가"), ListItem("나\n다"))), Cell(1, 0, ()))
    assert to_markdown((Table(cells),)).startswith("| 가 <br> 나 <br> 다 |")


def test_spans_need_html() -> None:
    made = to_markdown(
        (
            Table(
                (
                    Cell(0, 0, (Paragraph("머리 {{"),), column_span=2),
                    Cell(1, 0, (Paragraph("왼쪽"),), row_span=2),
                    Cell(1, 1, (Paragraph("위"), Paragraph("<b>"))),
                    Cell(2, 1, (Paragraph("아래"),)),
                )
            ),
        )
    )
    assert made == (
        '<table>\n<tr><td colspan="2">머리 &#123;&#123;</td></tr>\n'
        '<tr><td rowspan="2">왼쪽</td><td>위<br>&lt;b&gt;</td></tr>\n'
        "<tr><td>아래</td></tr>\n</table>"
    )


def test_a_table_in_a_table_needs_html() -> None:
    inner = table([["안", "쪽"], ["1", "2"]])
    outer = Table((Cell(0, 0, (Paragraph("밖"), inner)), Cell(1, 0, ())))
    made = to_markdown((outer,))
    assert "<td>밖<br><table><tr><td>안</td><td>쪽</td></tr>" in made
    assert made.count("<table>") == made.count("</table>") == 2


def test_one_row_needs_html() -> None:
    """kramdown prints a table that is all head as bars and dashes."""
    assert to_markdown((table([["가", "나"]]),)) == (
        "<table>\n<tr><td>가</td><td>나</td></tr>\n</table>"
    )


def test_a_box_is_what_is_in_it() -> None:
    inner = Table((Cell(0, 0, (ListItem("□ 상자 안"), Paragraph("글"))),))
    box = Table((Cell(0, 0, (Heading("상자"), inner), row_span=3),))
    assert to_markdown((box,)) == "## 상자\n\n- □ 상자 안\n\n글"


def test_gaps_do_not_move_cells() -> None:
    cells = (
        *(Cell(0, column, (Paragraph(str(column)),)) for column in range(3)),
        Cell(1, 2, (Paragraph("셋째"),)),
    )
    assert to_markdown((Table(cells),)).endswith("\n|  |  | 셋째 |")


def test_spans_over_nothing_are_no_spans() -> None:
    """Rows and columns that no cell starts in are only the editor's rulers."""
    cells = tuple(
        Cell(row, column, (Paragraph("값"),), row_span=7, column_span=5)
        for row in (0, 7)
        for column in (0, 5)
    )
    assert to_markdown((Table(cells),)) == "| 값 | 값 |\n| --- | --- |\n| 값 | 값 |"


def test_absurd_spans_cost_nothing() -> None:
    cells = (
        Cell(0, 0, (Paragraph("가"),), row_span=10**12, column_span=10**12),
        Cell(10**9, 10**9, (Paragraph("나"),)),
    )
    made = to_markdown((Table(cells),))
    assert 'rowspan="2"' in made
    assert text_of((Table(cells),)) in solid(shown(commonmark(made)))


def test_cells_in_one_place_are_both_kept() -> None:
    cells = (*(Cell(0, 0, (Paragraph(t),)) for t in "가나"), Cell(1, 0, ()))
    assert shown(to_markdown((Table(cells),))) == "가 나"


@pytest.mark.parametrize(
    ("odd", "shown_as"),
    [
        ("두  칸", "두 칸"),
        ("두\n줄", "두<br>줄"),
        ("\u1100\u1161", "\uac00"),
        ("빈\u200b틈", "빈틈"),
        (" ", ""),
    ],
)
def test_one_odd_cell_is_cleaned_among_neat_ones(odd: str, shown_as: str) -> None:
    """Cells are looked at all together; what one of them needs is done to it."""
    made = to_markdown((table([["앞 ", odd, "<뒤>"]]),))
    row = f"<tr><td>앞</td><td>{shown_as}</td><td>&lt;뒤&gt;</td></tr>"
    assert made == f"<table>\n{row}\n</table>"


# --- other people's strings -------------------------------------------------------


@pytest.mark.captures
def test_collected_hostile_strings_are_shown_as_text(captures) -> None:
    for text in hostile_strings(captures):
        for blocks in ((Paragraph(text),), (ListItem(text), table([["가", text]]))):
            wanted = solid(visible("".join(texts(blocks))))
            assert solid(shown(commonmark(to_markdown(blocks)))) == wanted
            assert "{" not in to_markdown(blocks)


@pytest.mark.captures
@pytest.mark.ruby
def test_collected_hostile_strings_are_shown_by_kramdown(captures) -> None:
    strings = hostile_strings(captures)
    for render in (to_markdown, to_html):
        made = ruby.kramdown([render((Paragraph(text),)) + "\n" for text in strings])
        for text, markup in zip(strings, made, strict=True):
            assert solid(shown(markup)) == solid(visible(text))
