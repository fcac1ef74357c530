"""PDF: lines, columns and cells are set together again; damage is a typed refusal."""

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator

import pypdfium2 as pdfium
import pytest

from scraper.documents import pdf as pdf_reader
from scraper.documents import pdf_page, pdf_tables
from scraper.documents.pdf import read_pdf
from scraper.documents.pdf_lines import Box, Char, drawn_once
from scraper.documents.pdf_words import Words
from scraper.documents.structure import structure
from scraper.documents.worker import Limits, Worker
from scraper.errors import DocumentError
from scraper.model import Block, Heading, PageBreak, Paragraph, Table
from tests.pdf_builder import (
    LEFT,
    RIGHT,
    at,
    full,
    grid,
    hidden,
    latin,
    lines,
    pdf,
    picture,
    rule,
    shade,
    stream,
    width,
)


def texts(blocks: tuple[Block, ...]) -> list[str]:
    """Return the texts; those of a table's cells with a bar between."""
    found = []
    for block in blocks:
        if isinstance(block, Table):
            found.append("|".join(" / ".join(texts(c.blocks)) for c in block.cells))
        elif not isinstance(block, PageBreak):
            found.append(block.text)
    return found


def read(*pages: bytes) -> list[str]:
    return texts(read_pdf(pdf(*pages)).blocks)


# --- lines into paragraphs --------------------------------------------------------


def test_a_word_broken_at_a_full_line_is_whole_again() -> None:
    """Hangul breaks words anywhere, without a hyphen."""
    line = full("도서관을 새로 짓겠다고 설")
    assert read(lines(line, "명하였다.")) == [f"{line}명하였다."]


def test_a_blank_typed_at_a_line_end_stands_between_words() -> None:
    line = full("도서관을 새로")
    assert read(lines(f"{line} ", "짓겠다고 하였다.")) == [f"{line} 짓겠다고 하였다."]


def test_the_indent_of_the_next_line_is_no_blank_of_the_last_one() -> None:
    line = full("도서관을 새로 짓겠다고 설")
    assert read(lines(line, " 명하였다.")) == [f"{line}명하였다."]


def test_a_line_with_room_for_the_next_word_was_ended_by_its_author() -> None:
    first, last = full("모두 세 곳에 짓는다. "), full("모두 두 곳을 고친다. ")
    found = read(lines(first, "짓는 데 드는 돈은 같다. ", last, "끝으로 둘러본다."))
    assert found == [f"{first}짓는 데 드는 돈은 같다.", f"{last}끝으로 둘러본다."]


def test_bullets_begin_paragraphs_even_after_full_lines() -> None:
    line = full("도서관을 새로 짓고")
    for bullet in ("□ 둘째", "ㅇ 둘째", "- 둘째", "* 둘째", "※ 둘째"):
        assert read(lines(line, bullet)) == [line, bullet]


def test_a_numbered_line_without_a_blank_before_it_begins_a_paragraph() -> None:
    line = full("도서관을 새로 짓고")
    assert read(lines(line, "② 둘째 줄")) == [line, "② 둘째 줄"]
    assert read(lines(f"{line} ", "② 둘째 줄")) == [f"{line} ② 둘째 줄"]


def test_nothing_goes_on_after_a_sentence_without_a_blank() -> None:
    line = full("새로 짓는다.")
    assert read(lines(line, "이어서 둘러본다.")) == [line, "이어서 둘러본다."]
    quoted = full("새로 짓는다.”")
    assert read(lines(quoted, "라고 말했다.")) == [f"{quoted}라고 말했다."]


def test_a_set_in_line_begins_a_paragraph() -> None:
    one, two = full("도서관을 새로 짓는다고 "), full("덧붙여 밝힌 뒤에도 ")
    content = lines(one, two) + at(LEFT + 14, 700, "이어서 둘러본다.")
    assert read(content) == [f"{one}{two}".strip(), "이어서 둘러본다."]


def test_a_paragraph_runs_on_over_the_page() -> None:
    line = full("도서관을 새로 짓겠다고 설")
    document = read_pdf(pdf(lines(line), lines("명하였다.", "", "□ 둘째")))
    assert texts(document.blocks) == [f"{line}명하였다.", "□ 둘째"]
    apart = read_pdf(pdf(lines("첫째 쪽"), lines("둘째 쪽")))
    assert apart.blocks == (Paragraph("첫째 쪽"), PageBreak(), Paragraph("둘째 쪽"))


def test_a_blank_drawn_by_itself_counts_as_typed() -> None:
    """Hangul draws the last blank of a line so, and pdfium leaves it out."""
    line = full("도서관을 새로 짓")
    end = LEFT + width(line)
    found = read(lines(line) + at(end, 740, " ") + at(LEFT, 720, "기로 하였다."))
    assert found == [f"{line} 기로 하였다."]


def test_a_line_set_off_from_a_paragraph_begins_another() -> None:
    one, two = full("도서관을 짓는다고 "), full("덧붙여 밝힌 뒤에도 ")
    content = lines(one, two) + at(LEFT, 688, "이어서 둘러본다.")
    assert read(content) == [f"{one}{two}".strip(), "이어서 둘러본다."]


def test_a_line_set_too_tight_does_not_widen_the_page() -> None:
    rows = [full(f"도서관을 {n} 새로 짓") for n in "일이삼사오육칠팔"]
    wide = full("자리가 모자라", end=RIGHT + 14)
    last = full("그러므로 새로 짓")
    found = read(lines(*rows, "고 한다."), lines(wide, "는 말이다.", last, "는다."))
    assert found == ["".join(rows) + "고 한다.", f"{wide}는 말이다.", f"{last}는다."]


def test_ragged_lines_that_end_alike_by_chance_are_not_full() -> None:
    alike = [f"모두 함께 {n} 마을 도서관을 새로 짓는 일" for n in "일이삼"]
    ragged = [f"저마다 다른 길이의 줄이 이어진다{'라' * n}" for n in range(4, 19)]
    rows = [*alike, *ragged]
    assert read(lines(*rows)) == rows


def test_lines_of_a_title_in_a_box_were_broken_by_hand() -> None:
    title = full("마을 도서관", size=20)
    box = grid((LEFT - 5, RIGHT + 5), (800, 720))
    content = box + at(LEFT, 770, title, 20) + at(LEFT, 740, "다섯 곳을 연다", 20)
    assert read(content) == [f"{title} / 다섯 곳을 연다"]


def test_ended_words_in_a_cell_end_the_line() -> None:
    cell = (
        grid((LEFT, 140), (700, 640)) + at(63, 680, "책을 모으") + at(63, 660, "는 곳")
    )
    assert read(cell) == ["책을 모으는 곳"]
    cell = (
        grid((LEFT, 140), (700, 640)) + at(63, 680, "책을 위한") + at(63, 660, "새 집")
    )
    assert read(cell) == ["책을 위한 / 새 집"]


def test_other_sizes_and_far_lines_are_other_paragraphs() -> None:
    line = full("도서관을 새로")
    assert len(read(at(LEFT, 740, line) + at(LEFT, 720, "짓는다", size=22))) == 2
    assert len(read(at(LEFT, 740, line) + at(LEFT, 600, "짓는다"))) == 2


def test_lines_set_tight_lose_their_blank_and_words_tell() -> None:
    words = Words(["새 도서관 문을 연다", "모두 도서관 세 곳에"])
    assert words.go_on("마을의 도서", "관을 연다"), "the document has that word"
    assert words.go_on("그렇게 설명", "하였다")
    assert not words.go_on("문을 열기 위한", "준비를 마쳤다")
    assert not words.go_on("나루시,", "새로 연다")
    assert words.go_on("모두 1,", "000원이다")
    assert words.go_on("오늘 열린 회의", "에서 밝혔다"), "에서 never begins a word"
    assert not words.go_on("오늘 열린 회의", "준비를 마쳤다")
    assert Words(["오늘 협의체는 밝혔다"]).go_on("오늘 협의", "체는 밝혔다")


# --- characters -------------------------------------------------------------------


def test_letters_taken_apart_and_private_glyphs_are_made_good() -> None:
    assert read(lines("\u1102\u1161루시 \uf0a7 \uf046")) == ["나루시 ▪ ☞"]


def test_unknown_glyphs_are_kept_and_told() -> None:
    document = read_pdf(pdf(lines("나루시 \ue123")))
    assert texts(document.blocks) == ["나루시 \ue123"]
    assert document.warnings == ("unknown glyph U+E123: 1",)


def test_what_is_drawn_twice_to_look_bold_is_read_once() -> None:
    box = Box(10.0, 10.0, 24.0, 24.0)
    aside, apart = Box(10.9, 10.0, 24.9, 24.0), Box(12.0, 10.0, 26.0, 24.0)
    chars = [Char("굵", place) for place in (box, aside, apart)]
    assert list(drawn_once(chars)) == [chars[0], chars[2]]
    twice = at(LEFT, 740, "굵은 글") + at(LEFT + 0.5, 740, "굵은 글")
    assert read(twice) == ["굵은 글"]
    assert read(lines("다다 하하")) == ["다다 하하"]


def test_text_that_is_not_painted_is_left_out_and_told() -> None:
    document = read_pdf(pdf(lines("보이는 글") + hidden(100, 300, "숨은 글")))
    assert texts(document.blocks) == ["보이는 글"]
    assert document.warnings == ("characters nobody can see left out: 4",)


def test_lines_beside_the_page_are_left_out_those_that_leave_it_are_whole() -> None:
    assert read(lines("보이는 글") + at(900, 300, "바깥 글")) == ["보이는 글"]
    long = "쪽의 너비를 넘어서까지 " * 5 + "이어진다."
    assert read(lines(long)) == [long]


def test_turned_text_is_one_line_of_its_own() -> None:
    assert read(lines("곧은 글") + latin(400, 300, "DRAFT", turned=True)) == [
        "곧은 글",
        "DRAFT",
    ]


def test_turned_texts_apart_are_not_joined() -> None:
    content = latin(400, 300, "DRAFT", turned=True) + latin(
        500, 300, "COPY", turned=True
    )
    assert read(lines("곧은 글") + content) == ["곧은 글", "DRAFT", "COPY"]


def test_a_turned_page_reads_as_it_is_shown() -> None:
    content = b"0 1 -1 0 595 0 cm\n" + latin(57, 400, "Upper") + latin(57, 300, "Lower")
    data = pdf(content, rotate=90)
    assert texts(read_pdf(data).blocks) == ["Upper", "Lower"]
    assert not any(char.turned for char in next(pdf_page.read_pages(data)).chars)


def test_pictures_are_counted() -> None:
    assert read_pdf(pdf(lines("본문 글") + picture())).warnings == (
        "pictures left out: 1",
    )


# --- furniture --------------------------------------------------------------------


def test_page_numbers_and_running_heads_are_left_out() -> None:
    def page(number: int, text: str) -> bytes:
        head = at(200, 815, "나루시 보도자료")
        return at(285, 30, f"- {number} -") + head + lines(text)

    pages = [
        page(n, text) for n, text in enumerate(("앞의 글", "뒤의 글", "끝의 글"), 1)
    ]
    assert read(*pages) == ["앞의 글", "뒤의 글", "끝의 글"]


def test_what_stands_in_the_margin_once_is_kept() -> None:
    assert read(at(200, 815, "나루시 보도자료") + lines("본문 글")) == [
        "나루시 보도자료",
        "본문 글",
    ]


# --- order ------------------------------------------------------------------------


def columns() -> tuple[list[str], list[str]]:
    left = [full(f"왼쪽 {n}", end=280) for n in "일이삼사오육"]
    right = [full(f"오른쪽 {n}", end=RIGHT, left=315) for n in "일이삼사오육"]
    return left, right


def test_columns_of_prose_are_kept_apart_however_they_are_drawn() -> None:
    left, right = columns()
    one_by_one = lines(*left) + lines(*right, left=315)
    row_by_row = b"".join(
        at(LEFT, 740 - 20 * n, a) + at(315, 740 - 20 * n, b)
        for n, (a, b) in enumerate(zip(left, right, strict=True))
    )
    together = "".join(read(one_by_one))
    assert together.index("왼쪽 육") < together.index("오른쪽 일")
    assert "".join(read(row_by_row)) == together


def test_short_entries_side_by_side_are_rows() -> None:
    rows = [("이름", "나이"), ("나루", "서른"), ("다온", "마흔"), ("라온", "스물")] * 2
    content = b"".join(
        at(LEFT, 740 - 20 * n, a) + at(315, 740 - 20 * n, b)
        for n, (a, b) in enumerate(rows)
    )
    assert read(content) == [f"{a} {b}" for a, b in rows]


def test_what_is_drawn_late_but_stands_above_moves_up() -> None:
    late = grid((57, 538), (800, 770)) + at(60, 778, "보도자료")
    assert read(lines("제목이다", "", "본문이다") + late) == [
        "보도자료",
        "제목이다",
        "본문이다",
    ]


def test_what_is_drawn_late_moves_up_though_the_last_line_was_short() -> None:
    rows = [full(f"{n}째 줄 끝") + "." for n in ("첫", "둘", "셋", "넷")]
    late = at(300, 770, "보도시점은 오늘 낮이다")
    assert read(lines(*rows, "끝이다.") + late)[0] == "보도시점은 오늘 낮이다"


def test_a_page_number_drawn_first_moves_nothing() -> None:
    line = full("도서관을 새로 짓겠다고 설")
    last = full("□ 둘째로 새로 짓는다") + "."
    content = at(285, 30, "- 1 -") + lines(line, "명하였다.", last)
    assert read(content) == [f"{line}명하였다.", last]


def test_a_label_beside_a_value_of_two_lines_is_a_row_of_cells() -> None:
    """보도시점 is often set so, without rules."""
    content = (
        at(100, 700, "보도시점")
        + at(200, 708, "(온라인) 정오부터")
        + at(200, 692, "(지면) 조간부터")
        + at(400, 700, "배포 오전")
    )
    assert read(content) == ["보도시점|(온라인) 정오부터 / (지면) 조간부터|배포 오전"]


# --- tables -----------------------------------------------------------------------


def test_rules_make_a_table_with_its_cells() -> None:
    content = grid((57, 200, 538), (700, 670, 640)) + b"".join(
        at(x, y, text)
        for x, y, text in (
            *((60, 680, "이름"), (205, 680, "뜻풀이")),
            *((60, 650, "나루"), (205, 650, "배가 닿는 곳")),
        )
    )
    (table,) = read_pdf(pdf(content)).blocks
    assert isinstance(table, Table)
    assert [(c.row, c.column) for c in table.cells] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert texts((table,)) == ["이름|뜻풀이|나루|배가 닿는 곳"]


def test_cells_without_a_rule_between_are_one() -> None:
    rules = (
        grid((57, 538), (700, 670, 640))
        + rule(300, 700, 300, 670)
        + at(60, 680, "이름")
        + at(310, 680, "뜻풀이")
        + at(60, 650, "둘을 합한 칸")
    )
    (table,) = read_pdf(pdf(rules)).blocks
    assert isinstance(table, Table)
    assert [c.column_span for c in table.cells] == [1, 1, 2]


def test_open_sides_and_dashed_rules_enclose_cells_too() -> None:
    """Hangul leaves out the outer rules of many tables."""
    across = b"".join(rule(57, y, 538, y) for y in (700, 670, 640))
    dashes = b"".join(rule(200, y, 200, y + 3) for y in range(640, 700, 6))
    cells = (
        at(60, 680, "이름")
        + at(205, 680, "뜻풀이")
        + at(60, 650, "나루")
        + at(205, 650, "배가 닿는 곳")
    )
    assert read(across + dashes + cells) == ["이름|뜻풀이|나루|배가 닿는 곳"]


def test_a_cell_drawn_after_the_row_above_is_a_cell_of_the_lower_row() -> None:
    rules = grid((57, 200, 538), (700, 640)) + rule(200, 670, 538, 670)
    cells = at(205, 680, "책임자") + at(60, 650, "둘째 과") + at(205, 650, "담당자")
    assert read(rules + cells) == ["|책임자|둘째 과|담당자"]


def test_rows_drawn_one_after_the_other_are_cells_without_a_rule() -> None:
    """Departments are listed so: what one sees is one cell, what was typed are two."""
    rules = grid((57, 200, 538), (700, 640)) + rule(200, 670, 538, 670)
    content = (
        rules
        + at(60, 680, "첫째 과")
        + at(205, 680, "책임자")
        + at(60, 650, "둘째 과")
        + at(205, 650, "담당자")
    )
    assert read(content) == ["첫째 과|책임자|둘째 과|담당자"]


def test_a_box_gives_its_text_and_two_in_a_row_a_heading() -> None:
    box = grid((57, 538), (700, 670)) + at(60, 680, "상자 속의 글")
    assert structure(read_pdf(pdf(box)).blocks) == (Paragraph("상자 속의 글"),)
    row = (
        grid((57, 120), (700, 670))
        + grid((130, 538), (700, 670))
        + at(60, 680, "붙임")
        + at(140, 680, "추진 일정")
    )
    assert structure(read_pdf(pdf(row)).blocks) == (Heading("붙임 추진 일정"),)


def test_a_table_in_a_cell_stays_there() -> None:
    content = (
        grid((57, 538), (700, 500))
        + at(60, 680, "바깥의 글")
        + grid((80, 250, 500), (660, 630))
        + at(90, 640, "안의 글")
        + at(260, 640, "옆의 글")
    )
    (outer,) = read_pdf(pdf(content)).blocks
    assert isinstance(outer, Table)
    assert [type(block) for block in outer.cells[0].blocks] == [Paragraph, Table]


def test_a_shade_behind_words_is_no_table() -> None:
    content = shade(LEFT, 737, LEFT + 42, 752) + at(LEFT, 740, "밝힌 말은 이렇다")
    assert read(content) == ["밝힌 말은 이렇다"]


def test_a_drawing_of_many_rules_is_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    content = (
        grid((57, 200, 538), (700, 670)) + at(60, 680, "이름") + at(205, 680, "뜻풀이")
    )
    assert read(content) == ["이름|뜻풀이"]
    monkeypatch.setattr(pdf_tables, "MAX_CELLS", 1)
    assert read(content) == ["이름 뜻풀이"]
    monkeypatch.undo()
    monkeypatch.setattr(pdf_tables, "MAX_RULES", 4)
    assert read(content) == ["이름 뜻풀이"]


# --- refusals ---------------------------------------------------------------------


def refusal(data: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        read_pdf(data)
    return caught.value.status


def test_a_password_is_told() -> None:
    assert refusal(pdf(lines("숨긴 글"), password=b"open")) == "encrypted"


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"%PDF-1.4\n%%EOF", b"%PDF" + bytes(99)])
def test_what_is_no_pdf_is_broken(data: bytes) -> None:
    assert refusal(data) == "broken"


def test_pages_without_text_are_empty() -> None:
    """A scan is a picture: there is nothing to publish."""
    assert refusal(pdf(picture())) == "empty"
    assert refusal(pdf(b"")) == "empty"
    assert refusal(pdf(picture() + hidden(100, 100, "알아본 글"))) == "empty"


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_page, "MAX_PAGES", 1)
    assert refusal(pdf(lines("앞의 글"), lines("뒤의 글"))) == "too_large"
    monkeypatch.setattr(pdf_page, "MAX_PAGES", 2)
    monkeypatch.setattr(pdf_page, "MAX_CHARS", 7)
    assert refusal(pdf(lines("앞의 글"), lines("뒤의 글"))) == "too_large"
    monkeypatch.setattr(pdf_page, "MAX_CHARS", 8)
    assert len(read(lines("앞의 글"), lines("뒤의 글"))) == 2
    monkeypatch.setattr(pdf_reader, "MAX_TEXT_BYTES", 19)
    assert refusal(pdf(lines("앞의 글"), lines("뒤의 글"))) == "too_large"


def test_handles_are_closed_whatever_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[pdfium.PdfDocument] = []
    open_it = pdf_page._open

    def noted(data: bytes) -> pdfium.PdfDocument:
        opened.append(open_it(data))
        return opened[-1]

    monkeypatch.setattr(pdf_page, "_open", noted)
    monkeypatch.setattr(pdf_page, "MAX_CHARS", 3)
    refusal(pdf(lines("앞의 글")))
    monkeypatch.setattr(pdf_page, "MAX_CHARS", 9)
    read(lines("앞의 글"))
    assert [document.raw for document in opened] == [None, None]


# --- hostile ----------------------------------------------------------------------

SOAK = bool(os.environ.get("SOAK"))


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    limits = Limits(cpu=3, wall=4.0)
    with Worker(limits, reader="scraper.documents.pdf:read_pdf") as started:
        yield started


def outcome(worker: Worker, data: bytes) -> str:
    """Read in a process of its own: pdfium may crash or never end."""
    try:
        return worker.extract(data).kind
    except DocumentError as error:
        return error.status


EXPECTED = {"pdf", "broken", "empty", "encrypted", "too_large", "timeout", "crashed"}


def sample() -> bytes:
    table = grid((57, 200, 538), (600, 570, 540)) + at(60, 580, "나루 이름")
    return pdf(lines("앞의 글", full("긴 글")) + table, lines("뒤의 글") + picture())


def test_truncated_files_end_in_a_text_or_a_refusal(worker: Worker) -> None:
    data = sample()
    step = len(data) // (200 if SOAK else 40)
    found = {outcome(worker, data[:end]) for end in range(5, len(data), step)}
    assert found <= EXPECTED - {"crashed", "timeout"}
    assert "broken" in found


def test_damaged_files_end_in_a_text_or_a_refusal(worker: Worker) -> None:
    data, dice = sample(), random.Random(3)
    for _ in range(2_000 if SOAK else 100):
        damaged = bytearray(data)
        for _ in range(dice.randint(1, 8)):
            damaged[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        assert outcome(worker, bytes(damaged)) in EXPECTED


def content_bomb() -> bytes:
    """40 MB of text operators, packed into 60 kB."""
    return pdf(lines("가나다라") * 400_000, packed=True)


def rule_bomb() -> bytes:
    dice = random.Random(5)
    one = [
        f"{dice.randrange(595)} {dice.randrange(842)} {dice.randrange(300)} 1 re f\n"
        for _ in range(300_000)
    ]
    return pdf("".join(one).encode() + lines("그림 위의 글"), packed=True)


def nested_bomb() -> bytes:
    """Forms that each draw the next one ten times, twelve deep."""
    forms = []
    for number in range(12):
        entries = (
            b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources"
            b" << /XObject << /X %d 0 R >> /Font << /F1 3 0 R >> >>" % (11 + number)
        )
        inner = b"/X Do\n" * 10 if number < 11 else lines("속의 글")
        forms.append(stream(inner, entries))
    return pdf(b"/X Do\n" * 10, more=forms)


def form_in_itself() -> bytes:
    entries = (
        b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources"
        b" << /XObject << /X 10 0 R >> >>"
    )
    return pdf(lines("앞의 글") + b"/X Do\n", more=[stream(b"/X Do\n", entries)])


def page_tree_bomb() -> bytes:
    return sample().replace(b"/Count 2", b"/Count 2147483647")


@pytest.mark.parametrize(
    "bomb",
    [content_bomb, rule_bomb, nested_bomb, form_in_itself, page_tree_bomb],
)
def test_bombs_end_in_time(worker: Worker, bomb: Callable[[], bytes]) -> None:
    assert outcome(worker, bomb()) in EXPECTED
    assert outcome(worker, sample()) == "pdf", "the next document is read"


def test_far_and_endless_coordinates_do_no_harm() -> None:
    content = lines("앞의 글") + at(1e30, 1e30, "먼 글") + b"1e38 0 0 1e38 0 0 cm\n"
    assert read(content + lines("더 먼 글"))[0] == "앞의 글"


@pytest.mark.parametrize("number", [1e30, float("inf"), float("nan")])
def test_a_coordinate_that_is_damage_is_nowhere(number: float) -> None:
    for place in range(4):
        sides = [0.0, 0.0, 9.0, 9.0]
        sides[place] = number
        assert pdf_page._turned_by(0)(*sides) == Box(0.0, 0.0, 0.0, 0.0)


def test_the_same_bytes_give_the_same_blocks_in_another_process() -> None:
    code = (
        "import sys; from scraper.documents.pdf import read_pdf;"
        "print(read_pdf(sys.stdin.buffer.read()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=sample(), capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == str(read_pdf(sample()))
