from datetime import datetime
from pathlib import Path

import pytest

from scraper.errors import BlockedError, MissingError, UnavailableError
from scraper.model import KST, Page
from scraper.sources.special_pages import is_error_page, refuse_special, title_of

ERROR = (
    "<!DOCTYPE html>\n\n<html lang='ko'><head>\n\t<title>정책브리핑 - Error</title>"
    "</head><body><div class='error'><h3>없는 자료</h3></div></body></html>"
)
RELEASE = (
    "<html><head><title>{title}</title></head><body>"
    '<div class="view_title"><h1>{title}</h1></div>'
    '<div class="article_body"><div class="view_cont">{text}</div></div></body></html>'
)


def page(text: str) -> Page:
    moment = datetime(2026, 11, 24, 12, 0, tzinfo=KST)
    return Page("http://site.test/p", text, text.encode(), "text/html", moment)


@pytest.mark.parametrize(
    "content", [ERROR, ERROR.encode(), b"\xef\xbb\xbf\r\n" + ERROR.encode()]
)
def test_the_error_page_is_known_as_page_and_as_file(content):
    """The site answers 200 with this page for deleted releases and missing files."""
    assert is_error_page(content)


def test_the_error_page_is_a_missing_release():
    with pytest.raises(MissingError, match=r"http://site\.test/p"):
        refuse_special(page(ERROR))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert('존재하지 않는 게시물입니다.');history.back();</script>",
        "<html><body><p>삭제되었거나 조회가 되지 않는 자료입니다.</p></body></html>",
    ],
)
def test_other_words_for_missing_are_known(text):
    with pytest.raises(MissingError):
        refuse_special(page(text))


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"%PDF-1.4 \xec\xa0\x95", b"\xd0\xcf\x11\xe0"]
)
def test_documents_are_no_error_pages(content):
    assert not is_error_page(content)


def test_a_document_that_quotes_the_error_page_is_none():
    assert not is_error_page(b"PK\x03\x04" + ERROR.encode())


@pytest.mark.parametrize(
    "text",
    [
        "<html><title>Just a moment...</title><body>Checking it</body></html>",
        "<html><body>비정상적인 접근이 감지되었습니다.</body></html>",
        "<html><body>보안문자를 입력해 주세요 <img src='/captcha.png'></body></html>",
        "<html><title>Request Rejected</title><body>support id 1</body></html>",
        "<html><body>웹 방화벽에 의해 차단되었습니다.</body></html>",
        "<html><script src='/cdn-cgi/challenge-platform/x.js'></script></html>",
    ],
)
def test_a_challenge_page_is_a_refusal(text):
    """It answers 200; taking it for a quiet day or a new layout would hide it."""
    with pytest.raises(BlockedError):
        refuse_special(page(text))


@pytest.mark.parametrize(
    "text",
    [
        "<html><title>안내</title><body><h1>시스템 점검 중입니다</h1></body></html>",
        "<html><body><p>서비스 <b>점검</b> 안내: 11월 24일</p></body></html>",
        "<html><title>503</title><body>temporarily unavailable</body></html>",
    ],
)
def test_a_maintenance_page_means_later(text):
    with pytest.raises(UnavailableError):
        refuse_special(page(text))


@pytest.mark.parametrize(
    "words",
    [
        "시스템 점검 중 화재, 접근이 차단 access denied captcha",
        "존재하지 않는 게시물을 신고하세요",
        "&lt;title&gt;정책브리핑 - Error&lt;/title&gt;",
    ],
)
def test_a_release_about_such_things_is_a_release(words):
    """Ministries write about maintenance, walls and captchas every week."""
    text = RELEASE.format(title=words, text=words)
    refuse_special(page(text))
    assert not is_error_page(text)


def test_the_error_page_is_known_by_its_title_alone():
    """Scripts, descriptions and pictures of other pages may have its name as well."""
    name = "정책브리핑 - Error</title>"
    for head, body in (
        (f"<script>var title = '{name}';</script><title>새 길</title>", ""),
        (f'<title>새 길</title><meta content="{name}">', ""),
        ("<title>새 길</title>", f"<svg><title>{name}</svg>"),
    ):
        box = f'<div class="view_title">{body}</div>'
        assert not is_error_page(f"<html><head>{head}</head><body>{box}</body></html>")
    spaced = "<TITLE lang='ko'>\n정책브리핑  -\tERROR </TITLE>"
    assert is_error_page(f"<html><head>{spaced}</head></html>")


@pytest.mark.parametrize("words", ["시스템 점검", "비정상적인 접근", "captcha"])
def test_a_layout_we_do_not_know_is_no_wall(words: str):
    """Titles on a listing whose classes changed speak of walls and maintenance too."""
    links = "".join(f'<a href="/x/pressReleaseView.do?newsId={n}">' for n in range(3))
    refuse_special(page(f"<html><title>보도자료</title>{links}{words}</html>"))


def test_words_in_scripts_and_comments_are_not_seen_as_maintenance():
    refuse_special(page("<html><script>// 점검 중</script><!-- 점검 안내 --></html>"))


def test_the_title_is_there_for_messages():
    assert title_of("<html><TITLE lang=ko>\n 가 \n나 </TITLE>") == "가 나"
    assert title_of("<html>") == ""


@pytest.mark.captures
@pytest.mark.parametrize("kind", ["hwpx", "pdf"])
def test_the_real_error_page_is_known(captures: Path, kind: str):
    name = f"korea_kr_error_page_returned_as_{kind}_156754285.html"
    content = (captures / "pages" / name).read_bytes()
    assert is_error_page(content)
    with pytest.raises(MissingError):
        refuse_special(page(content.decode()))


@pytest.mark.captures
def test_no_real_document_is_an_error_page(captures: Path):
    files = [*(captures / "attachments").glob("*/kr_*")]
    assert len(files) > 100
    assert not [file.name for file in files if is_error_page(file.read_bytes())]
