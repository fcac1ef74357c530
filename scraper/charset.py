"""Bytes of a page -> text, without one wrong character, or not at all.

The header, the page's own declaration and the bytes contradict each other at times, so
a declared charset is only a first guess: it must fit every byte and read like a text,
or the next guess is tried. Korean pages are UTF-8 or CP949, Microsoft's extension of
EUC-KR that holds every modern syllable; what calls itself EUC-KR is CP949.
"""

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain

#: Charsets a page of the site can honestly be in, by the names they go by. All others
#: (``iso-8859-1``, the default of many a server) fit any bytes and prove nothing.
CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "euc-kr": "cp949",
    "euckr": "cp949",
    "cseuckr": "cp949",
    "cp949": "cp949",
    "ms949": "cp949",
    "x-windows-949": "cp949",
    "windows-949": "cp949",
    "uhc": "cp949",
    "korean": "cp949",
    "ksc5601": "cp949",
    "ksc_5601": "cp949",
    "ks_c_5601": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "ks_c_5601_1987": "cp949",
    "utf-16": "utf-16-le",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

#: A page declares its charset near its start, or browsers would not find it.
DECLARATION_WITHIN = 4096

HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
PAGE_CHARSET = re.compile(
    rb"""<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=\s*["']?\s*([\w.:-]+)""",
    re.IGNORECASE,
)


#: What a wrong decoding leaves behind: the replacement character, and the same three
#: bytes twice over when they are then taken for CP949.
SCARS = ("\ufffd", "占쏙옙")


class CharsetError(ValueError):
    """The bytes are a text in none of the charsets they could be in."""


def decode_text(body: bytes, content_type: str) -> str:
    """Return ``body`` as text; a byte order mark decides, and is not part of it.

    ``content_type`` is the header, empty if there was none. The charsets tried, in
    this order, are those of the header and of the page, UTF-8, CP949.

    Raises:
        CharsetError: no charset fits every byte, or the text holds the scars of an
            earlier wrong decoding.
    """
    text = next(_readings(body, content_type), None)
    if text is None:
        raise CharsetError("bytes fit no charset (declared, utf-8, cp949)")
    for scar in SCARS:
        # One character is found fifty times as fast as three, and this one is rare.
        if scar[-2:-1] in text and scar in text:
            raise CharsetError(f"text was decoded wrongly before: it holds {scar!a}")
    return text


def _readings(body: bytes, content_type: str) -> Iterator[str]:
    """Yield what ``body`` can be read as, best first."""
    for mark, codec in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            yield from _strict(body[len(mark) :], codec)
            return
    for codec in _guesses(body, content_type):
        for text in _strict(body, codec):
            if _reads_well(text, codec, body):
                yield text


def _guesses(body: bytes, content_type: str) -> Iterator[str]:
    """Yield the charsets to try, best first, each once."""
    seen = {""}
    for name in chain(_declared(body, content_type), ("utf-8", "cp949")):
        codec = CODECS.get(name.lower(), "")
        if codec not in seen:
            seen.add(codec)
            yield codec


def _declared(body: bytes, content_type: str) -> Iterator[str]:
    """Yield the charset names of the header and of the page."""
    if found := HEADER_CHARSET.search(content_type):
        yield found[1]
    if inside := PAGE_CHARSET.search(body[:DECLARATION_WITHIN]):
        yield inside[1].decode("ascii", "replace")


def _strict(body: bytes, codec: str) -> Iterator[str]:
    """Yield ``body`` decoded; nothing if one byte does not fit."""
    with suppress(UnicodeDecodeError):
        yield body.decode(codec)


def _reads_well(text: str, codec: str, body: bytes) -> bool:
    """Say whether ``text`` is what people write, not what a wrong guess makes of it.

    A few bytes of UTF-8 can happen to be valid CP949 and give rare Chinese characters;
    UTF-16 read as bytes is every other character U+0000, and bytes read as UTF-16 have
    none of their spaces and angle brackets.
    """
    if codec.startswith("utf-16"):
        return not text or any(mark in text for mark in "< \n")
    if b"\0" in body and text.count("\0") * 10 > len(text):
        return False
    if codec == "cp949":
        if any(map(_syllables, _strict(body, "utf-8"))):
            return False
        letters = sum(char > "\u024f" and char.isalpha() for char in text)
        return _syllables(text) * 2 >= letters
    return True


def _syllables(text: str) -> int:
    """Count Hangul: syllables and the single letters that serve as bullets."""
    return sum("가" <= char <= "힣" or "ㄱ" <= char <= "ㆎ" for char in text)
