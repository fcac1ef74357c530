"""Texts that cannot be right are told, not published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.documents import extract
from scraper.documents.gates import doubt, preview_share, worries
from scraper.model import Block, Cell, Document, Paragraph, Table
from tests.hwpx_builder import hwpx, p, tbl

STORY = (
    "마을 도서관 다섯 곳이 다음 달 첫째 주에 문을 연다. 어린이 열람실과 작은 공연장을"
    " 함께 두었고, 밤 열 시까지 누구나 쓸 수 있다."
)


def document(*texts: str, preview: str = "") -> Document:
    return Document("hwpx", tuple(map(Paragraph, texts)), preview=preview)


def test_a_text_with_its_preview_in_it_is_right() -> None:
    assert doubt(document("머리말", STORY, "꼬리말", preview=STORY)) == ""


def test_a_text_without_its_preview_is_doubted() -> None:
    """A skipped section looks like a short document, and nothing else tells."""
    assert "preview" in doubt(document("머리말", "꼬리말", preview=STORY))
    assert "0%" in doubt(document("머리말", preview=STORY))


def test_a_preview_counts_wherever_its_text_stands() -> None:
    table = Table((Cell(0, 0, (Paragraph(STORY),)), Cell(0, 1, ())))
    blocks: tuple[Block, ...] = (table,)
    assert doubt(Document("hwp", blocks, preview=STORY)) == ""


def test_blanks_marks_and_cells_of_a_preview_do_not_count() -> None:
    preview = "<" + STORY.replace(" ", "><") + ">\r\n\r\n"
    assert preview_share(preview, STORY) == 1.0


def test_the_share_is_of_the_preview() -> None:
    """It is cut after a thousand letters; the text is as long as it is."""
    half = STORY[: len(STORY) // 2]
    assert preview_share(half, STORY * 9) == 1.0
    assert 0.4 < preview_share(STORY, half) < 0.6


def test_a_preview_too_short_proves_nothing() -> None:
    assert preview_share("보도자료 2026", "다른 글") == 1.0
    assert preview_share("", "다른 글") == 1.0


@given(st.text(), st.text())
def test_a_share_is_a_share(preview: str, text: str) -> None:
    assert 0 <= preview_share(preview, text) <= 1
    assert preview_share(preview, preview + text) == 1


@pytest.mark.parametrize(
    "placeholder",
    [
        "이 문서는 상위 버전의 배포용 문서입니다. 최신 버전이 필요합니다.",
        "상위버전의 배포용 문서입니다",
    ],
)
def test_the_placeholder_of_a_sealed_text_is_no_text(placeholder: str) -> None:
    assert "배포용" in doubt(document(placeholder))
    assert doubt(document("배포용 문서를 만드는 방법을 안내한다.")) == ""


def test_what_was_lost_before_us_is_told() -> None:
    found = worries(
        document("가\ufffd나\ufffd", "(누름틀 이름을 입력하세요)", "(누름)")
    )
    assert found == (
        "characters lost in the document itself (U+FFFD): 2",
        "fields nobody filled in (누름틀): 1",
    )
    assert worries(document(STORY)) == ()


def test_an_hwpx_brings_its_preview_and_worries() -> None:
    preview = {"Preview__PrvText.txt": "<가><나>\r\n다".encode()}
    found = extract(hwpx(tbl(["가", "나"]), p("다\ufffd"), **preview))
    assert found.preview == "<가><나>\r\n다"
    assert found.warnings == ("characters lost in the document itself (U+FFFD): 1",)


def test_a_long_preview_is_cut_and_a_damaged_one_ignored() -> None:
    """It is there to help; no text may be lost for it."""
    long = hwpx(p("글"), **{"Preview__PrvText.txt": b"a" * 100_000})
    assert len(extract(long).preview) == 4_000
    noise = hwpx(p("글"), **{"Preview__PrvText.txt": b"\xff\xfe\x00"})
    assert extract(noise).blocks == (Paragraph("글"),)


@pytest.mark.captures
def test_no_release_is_doubted(captures) -> None:  # type: ignore[no-untyped-def]
    files = sorted((captures / "attachments").rglob("kr_*.hwpx"))
    assert files
    for file in files:
        data = file.read_bytes()
        if data.startswith(b"PK"):
            assert doubt(extract(data)) == "", file.name
