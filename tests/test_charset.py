"""decode_text: the right text or none."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.charset import CharsetError, decode_text

TEXT = "<html><body>정부는 오늘 “주거 대책”을 발표했다. ㅇ 세부 내용</body></html>"

#: Syllables that CP949 has and EUC-KR has not.
EXTENDED = "<p>똠방각하가 펲시를 마시고 뷁을 외쳤다</p>"

hangul = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1)


def html(name: str) -> str:
    return f"text/html; charset={name}"


@pytest.mark.parametrize(
    ("charset", "content_type"),
    [
        ("utf-8", "text/html; charset=utf-8"),
        ("utf-8", "text/html;charset=UTF-8"),
        ("utf-8", 'text/html; charset="utf-8"'),
        ("utf-8", "text/html"),
        ("utf-8", ""),
        ("utf-8", "text/html; charset=euc-kr"),
        ("utf-8", "text/html; charset=iso-8859-1"),
        ("utf-8", "text/html; charset=utf-16"),
        ("utf-8", "text/html; charset=no-such-thing"),
        ("cp949", "text/html; charset=euc-kr"),
        ("cp949", "text/html; charset=KS_C_5601-1987"),
        ("cp949", "text/html; charset=MS949"),
        ("cp949", "text/html; charset=utf-8"),
        ("cp949", "text/html; charset=iso-8859-1"),
        ("cp949", ""),
        ("utf-16-le", "text/html; charset=utf-16"),
        ("utf-16-be", "text/html; charset=utf-16be"),
    ],
)
def test_header_is_believed_only_as_far_as_the_bytes_agree(charset, content_type):
    """Servers state a default charset that has nothing to do with the page."""
    for text in (TEXT, TEXT + "."):  # one of them could be UTF-16 by its length
        assert decode_text(text.encode(charset), content_type) == text


@pytest.mark.parametrize("charset", ["utf-8", "cp949"])
@pytest.mark.parametrize("declared", ["utf-8", "euc-kr", "utf-16", "latin1"])
@pytest.mark.parametrize("header", ["", "text/html", html("utf-8"), html("euc-kr")])
def test_page_may_contradict_its_header_and_itself(charset, declared, header):
    """Whichever of header, page and bytes lie, the text is the same."""
    text = f'<meta http-equiv=content-type content="a; charset={declared}">{TEXT}'
    assert decode_text(text.encode(charset), header) == text


def test_charset_named_euc_kr_is_read_as_its_extension():
    """Half of all modern syllables are in CP949 alone; pages call it EUC-KR."""
    assert decode_text(EXTENDED.encode("cp949"), html("euc-kr")) == EXTENDED


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("header", ["", html("euc-kr"), html("iso-8859-1")])
def test_byte_order_mark_decides_and_is_not_text(charset, header):
    assert decode_text(TEXT.encode(charset), header) == TEXT


def test_utf_16_big_endian_mark_is_known():
    body = b"\xfe\xff" + TEXT.encode("utf-16-be")
    assert decode_text(body, "") == TEXT


def test_broken_text_after_a_byte_order_mark_is_refused():
    """The mark is proof of the charset, so no other one may be guessed."""
    body = b"\xef\xbb\xbf\xa1" + TEXT.encode("cp949")
    assert body.decode("cp949")
    with pytest.raises(CharsetError):
        decode_text(body, "")


@pytest.mark.parametrize("charset", ["utf-8", "cp949"])
@pytest.mark.parametrize("byte", [b"\xff", b"\x80", b"\xc9"])
def test_one_lone_byte_refuses_the_page(charset, byte):
    """A page with one wrong character is not published."""
    body = TEXT.encode(charset).replace(b"</body>", byte + b"</body>")
    with pytest.raises(CharsetError, match="no charset"):
        decode_text(body, html(charset))


def test_text_cut_inside_a_character_is_refused():
    body = TEXT.encode()[: TEXT.encode().index("했".encode()) + 1]
    with pytest.raises(CharsetError):
        decode_text(body, html("utf-8"))


@pytest.mark.parametrize("scar", ["\ufffd", "\ufffd\ufffd", "占쏙옙"])
@pytest.mark.parametrize("header", ["", html("utf-8"), html("euc-kr")])
def test_text_that_was_spoilt_before_is_refused(scar, header):
    """Two replacement characters are valid CP949: that must not wash them clean."""
    with pytest.raises(CharsetError, match="wrongly before"):
        decode_text(f"<p>{scar}</p>".encode(), header)


def test_utf_16_without_any_sign_is_refused_not_guessed():
    """Its markup is valid UTF-8, with a zero byte after each character."""
    for text in (TEXT, "<p>plain</p>"):
        with pytest.raises(CharsetError):
            decode_text(text.encode("utf-16-le"), "")


@pytest.mark.parametrize("header", ["", html("utf-8"), html("euc-kr")])
def test_plain_ascii_is_the_same_in_all(header):
    assert decode_text(b"<p>plain</p>", header) == "<p>plain</p>"


def test_empty_body_is_an_empty_text():
    assert decode_text(b"", html("euc-kr")) == ""


def test_chinese_characters_alone_are_no_korean_text():
    """A few bytes of another charset can be valid CP949 and give rare characters."""
    with pytest.raises(CharsetError):
        decode_text(bytes.fromhex("caa1 cbb2 ccc3 cdd4"), html("euc-kr"))


@given(
    hangul, st.sampled_from(["utf-8", "cp949"]), st.sampled_from(["utf-8", "euc-kr"])
)
def test_korean_text_is_never_read_wrongly(text, charset, declared):
    """Right or refused, whatever the header says about whatever words."""
    try:
        assert decode_text(text.encode(charset), html(declared)) == text
    except CharsetError:
        assert charset != declared


@pytest.mark.captures
def test_real_sample_without_any_declaration(captures: Path):
    body = (captures / "corpora/charset/sample-korean.txt").read_bytes()
    assert decode_text(body, "text/html; charset=utf-8") == body.decode("cp949")


@pytest.mark.captures
def test_real_pages_decode_as_what_they_are(captures: Path):
    pages = sorted((captures / "pages").glob("*.html"))
    assert len(pages) >= 8
    for path in pages:
        body = path.read_bytes()
        for header in ("", html("utf-8"), html("euc-kr"), html("iso-8859-1")):
            assert decode_text(body, header) == body.decode("utf-8-sig"), path.name
