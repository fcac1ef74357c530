"""Which text a release has."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

import pytest

from scraper import read
from scraper.documents import extract
from scraper.errors import DocumentError, FetchError, MissingError
from scraper.model import (
    KST,
    Attachment,
    Document,
    Download,
    Entry,
    LicenseMarks,
    Paragraph,
    RawRelease,
)
from scraper.read import Reading, candidates, title_share
from tests.hwpx_builder import hwpx, p
from tests.pdf_builder import lines, pdf

TITLE = "새 도서관 다섯 곳이 문을 연다"
ERROR_PAGE = "<!DOCTYPE html><title>정책브리핑 - Error</title></html>".encode()
HWP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100


def attachment(file_id: str, name: str, kind: str = "") -> Attachment:
    return Attachment(file_id, name, kind, f"/common/download.do?fileId={file_id}")


def raw(*attachments: Attachment, body_html: str = "") -> RawRelease:
    at = datetime(2026, 11, 23, 9, 0, tzinfo=KST)
    entry = Entry("fake", "1", "/view?newsId=1", TITLE, "", "", date(2026, 11, 23))
    marks = LicenseMarks()
    return RawRelease(entry, TITLE, (), at, "", "", attachments, body_html, marks)


def server(files: Mapping[str, bytes | Exception]) -> Callable[[Attachment], Download]:
    def download(attachment: Attachment) -> Download:
        body = files[attachment.file_id]
        if isinstance(body, Exception):
            raise body
        return Download(attachment.path, body, datetime(2026, 11, 24, tzinfo=KST))

    return download


def read_text(
    release: RawRelease, download: Callable[[Attachment], Download]
) -> Reading:
    return read.read_text(release, download, extract)


def release_document(text: str = "본문이다.") -> bytes:
    return hwpx(p(TITLE), p(text))


def first_text(reading: Reading) -> list[str]:
    assert reading.document is not None
    return [getattr(block, "text", "") for block in reading.document.blocks]


def test_the_page_s_own_body_wins_and_the_file_is_kept_beside_it() -> None:
    """Its head may state an embargo that the page does not."""
    files = {"1": release_document()}
    reading = read_text(
        raw(attachment("1", "a.hwpx"), body_html="<p>쪽의 본문</p>"), server(files)
    )
    assert reading.text_from == "page"
    assert first_text(reading) == ["쪽의 본문"]
    assert len(reading.opened) == 1
    assert set(reading.file_digests) == {"1"}


def test_the_page_s_own_body_needs_no_file() -> None:
    reading = read_text(raw(body_html="<p>쪽의 본문</p>"), server({}))
    assert (reading.text_from, reading.opened) == ("page", ())


def test_hwpx_comes_before_pdf_and_appendices_last() -> None:
    files = [
        attachment("1", "붙임1. 계획.hwpx"),
        attachment("2", "보도자료.pdf"),
        attachment("3", "보도자료.HWPX"),
        attachment("4", "사진.jpg"),
        attachment("5", "보도자료.hwp"),
        attachment("6", "이름 없는 것", "한글파일"),
    ]
    order = [file.file_id for file in candidates(files)]
    assert order == ["3", "5", "6", "2", "1"]


def test_the_document_with_the_title_is_the_release() -> None:
    """Several files of one release are different documents at times."""
    files = {"1": hwpx(p("전혀 다른 문서의 머리말")), "2": release_document()}
    reading = read_text(
        raw(attachment("1", "자료.hwpx"), attachment("2", "보도.hwpx")), server(files)
    )
    assert reading.text_from == "2"
    assert "자료.hwpx: it does not hold the title" in reading.warnings


def test_a_single_wrong_document_is_no_text() -> None:
    reading = read_text(
        raw(attachment("1", "a.hwpx")), server({"1": hwpx(p("다른 이야기뿐이다"))})
    )
    assert reading.document is None
    assert "does not hold the title" in reading.no_text_because


@pytest.mark.parametrize(
    ("body", "because"),
    [
        (ERROR_PAGE, "the site sent its error page instead"),
        (b"", "empty"),
        (HWP, "HWP"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04broken", "a.hwpx: "),
        (MissingError("/x", "HTTP 404"), "HTTP 404"),
    ],
)
def test_what_cannot_be_read_is_told(body: bytes | Exception, because: str) -> None:
    reading = read_text(raw(attachment("1", "a.hwpx")), server({"1": body}))
    assert (reading.document, reading.text_from) == (None, "")
    assert because in reading.no_text_because


def test_no_attachment_is_told() -> None:
    reading = read_text(raw(attachment("1", "사진.jpg")), server({}))
    assert reading.no_text_because == "the release has no readable attachment"


def test_a_lying_name_is_followed_by_the_next_file() -> None:
    files = {"1": ERROR_PAGE, "2": release_document()}
    reading = read_text(
        raw(attachment("1", "a.hwpx"), attachment("2", "b.hwpx")), server(files)
    )
    assert reading.text_from == "2"
    assert set(reading.file_digests) == {"1", "2"}


def test_a_kind_without_reader_is_not_fetched_after_a_document_that_failed() -> None:
    """It could not be read either; asking for it would only cost the site."""
    files = {"1": HWP}
    reading = read_text(
        raw(attachment("1", "a.hwp"), attachment("2", "a.docx")), server(files)
    )
    assert reading.document is None
    assert set(reading.file_digests) == {"1"}


def test_a_pdf_is_read_after_an_hwp_that_cannot_be() -> None:
    files = {"1": HWP, "2": pdf(lines(TITLE, "□ 본문이다."))}
    reading = read_text(
        raw(attachment("1", "a.hwp"), attachment("2", "a.pdf")), server(files)
    )
    assert reading.text_from == "2"
    assert set(reading.file_digests) == {"1"}


def test_digests_rest_on_the_first_document_whatever_we_can_read() -> None:
    """A reader we gain later must not look like a change of the source."""
    files = {"1": HWP, "2": release_document()}
    listed = (attachment("1", "a.hwpx"), attachment("2", "붙임 본문.hwpx"))
    reading = read_text(raw(*listed), server(files))
    assert reading.text_from == "2"
    assert set(reading.file_digests) == {"1"}


def test_a_file_that_cannot_be_had_now_fails_the_release() -> None:
    """Publishing it without text would never be mended; the next run may have it."""
    files: dict[str, bytes | Exception] = {"1": FetchError("/x", "no answer")}
    with pytest.raises(FetchError):
        read_text(raw(attachment("1", "a.hwpx")), server(files))


def test_title_share_ignores_blanks_and_punctuation() -> None:
    assert title_share("가나 다라", (Paragraph("「가나」다·라"),)) == 1.0
    assert title_share("가나다라마", (Paragraph("가나다"),)) == 0.5
    assert title_share("", (Paragraph("가"),)) == 1.0


def test_a_doubtful_document_is_no_text_and_the_next_is_tried() -> None:
    """Where the preview tells another story, part of the text was not read."""
    story = "나루시는 다음 달부터 새로 지은 도서관 다섯 곳을 밤늦게까지 연다고 밝혔다."
    preview = {"Preview__PrvText.txt": story.encode()}
    files = {"1": hwpx(p(TITLE), **preview), "2": release_document(story)}
    listed = (attachment("1", "a.hwpx"), attachment("2", "b.hwpx"))
    reading = read_text(raw(listed[0]), server(files))
    assert reading.document is None
    assert "of its preview is in the text" in reading.no_text_because
    reading = read_text(raw(*listed), server(files))
    assert reading.text_from == "2"
    assert any("preview" in warning for warning in reading.warnings)


def test_a_reader_that_died_is_no_text_and_told() -> None:
    def extract(data: bytes) -> Document:
        raise DocumentError("crashed", "its reader was ended by SIGSEGV")

    files = {"1": release_document()}
    reading = read.read_text(raw(attachment("1", "a.hwpx")), server(files), extract)
    assert reading.no_text_because == "a.hwpx: its reader was ended by SIGSEGV"
    assert set(reading.file_digests) == {"1"}, "the source said the same"


def test_files_only_a_converter_reads_come_last_but_before_appendices() -> None:
    files = [
        attachment("1", "붙임.hwpx"),
        attachment("2", "보도자료.docx"),
        attachment("3", "보도자료.pdf"),
        attachment("4", "보도자료.odt"),
    ]
    assert [file.file_id for file in candidates(files)] == ["3", "2", "4", "1"]
