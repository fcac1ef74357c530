"""Clean text, whatever it is from: escapes, invisible characters, blanks.

Nothing here knows what a text means. Words, punctuation and bullets are never touched.
"""

import html
import re
import unicodedata

#: How often an escape may be escaped again before we stop undoing it. The site sends
#: ``&amp;amp;middot;`` at times (October 2026); text about escapes is rarer still.
MAX_UNESCAPE = 5

#: A whole reference, with its semicolon: ``R&D`` and ``A&notB`` are words.
_REFERENCE = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")

#: The last two places of every plane are no characters.
_NO_CHARACTERS = "".join(
    chr(plane + last)
    for plane in range(0, 0x110000, 0x10000)
    for last in (65534, 65535)
)

#: Never part of a text: controls, soft hyphens, directions, zero widths, tags, lone
#: surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ud800-\udfff"
    "\U000e0000-\U000e007f" + _NO_CHARACTERS + "]"
)

#: Joiners shape emoji and Indic or Arabic letters; elsewhere they only hide.
_JOINER = re.compile("(.?)([\u200c\u200d])(?=(.?))", re.DOTALL)
_JOINED = re.compile(
    "[\u0600-\u0dff\u1000-\u109f\u1780-\u17ff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]"
)

#: Blanks inside a line: spaces of every width, and the two fillers fonts show as one.
_BLANKS = re.compile("[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\u3164\uffa0]+")

#: In a printable text the only characters that need a closer look: references, the two
#: fillers, and a separator that ``str.split`` takes for a blank.
_ODD = re.compile("[&\u3164\uffa0\x1f]")

#: The notice under an article: it speaks of *this* work, a license and conditions.
_LICENSE_NOTICE = re.compile(
    r"^\W*(?:이|본|해당|정책브리핑의?)\s*\S{0,12}(?:자료|저작물|게시물|기사)\S?\s.{0,60}?"
    r"공공누리.{0,30}?[0-4]\s*유형.{0,80}?(?:조건|이용)"
)

#: The site's remark that it reprints a ministry's release.
REPRINT_REMARK = re.compile(
    r"^\W*이\s*자료는\s*.{1,60}?(?:의)?\s*보도자료를\s*전재하여\s*제공함을"
    r"\s*알려\s*드립니다\W*$"
)

#: The credit line of the site's own articles.
_CREDIT = re.compile(r"^\W*자료\s*(?:출처|제공)\s*[=:]\s*정책브리핑\b.{0,40}$")

#: Sentences that follow in such a notice; editors set each on a line of its own at
#: times. Source: notices under articles and pages, 2024 to October 2026.
_NOTICE_GOES_ON = re.compile(
    r"^\W*(?:다만,?\s*사진의\s*경우\s*제\s*3자에게\s*저작권이"
    r"|기사\s*이용\s*시에는\s*출처를\s*반드시\s*표기"
    r"|단,?\s*텍스트를\s*제외한\s*사진.{1,40}자료의\s*대부분은\s*정책브리핑이"
    r"|위반\s*시\s*저작권법\s*제\s*37조).{0,200}$"
)

#: The site's own notice or credit at the end of something longer.
_NOTICE_AT_END = re.compile(
    r"(?<=[\s.。])[※*<\[(]?\s*(?:정책브리핑의\s*(?:정책뉴스)?\s*자료는\s*[「『\"“]?\s*공공누리.{0,600}"
    r"|자료\s*(?:출처|제공)\s*[=:]\s*정책브리핑\s*\(?(?:www\.)?korea\.kr\W{0,5})$",
    re.DOTALL,
)


#: What a word processor says of a picture when its text is copied.
_IMAGE_NOISE = re.compile(
    r"(?:그림입니다\.?|원본 그림의 (?:이름|크기)\s?:.*|사진 찍은 날짜\s?:.*"
    r"|프로그램 이름\s?:.*|색 대표\s?:.*|EXIF 버전\s?:.*)"
)
_NOISE_BEGINS = ("그림입니다", "원본", "사진", "프로그램", "색", "EXIF")

#: Without 공공누리, 정책브리핑, 저작권, 출처, 전재 or a reference no printable line is
#: a notice or a remark. First letters in one set take half the time of six words.
_TELLS = re.compile("[&공정저출전](?:(?<=&)|공누리|책브리핑|작권|처|재)")


def clean(text: str) -> str:
    """Return ``text`` as one line: unescaped, NFC, visible, single blanks."""
    # Nearly every text is clean but for its ends: printable, so its only blanks are
    # spaces, and those one by one. To see that takes a third of splitting it.
    line = text.strip()
    if (
        line.isprintable()
        and "&" not in line
        and "  " not in line
        and "\u3164" not in line
        and "\uffa0" not in line
    ):
        return unicodedata.normalize("NFC", line)
    line = " ".join(line.split())
    if line.isprintable() and not _ODD.search(text):
        return unicodedata.normalize("NFC", line)
    return " ".join(clean_block(text).split())


def clean_block(text: str) -> str:
    r"""Return ``text`` cleaned line by line; ``\n`` stays, blank ends go."""
    for _ in range(MAX_UNESCAPE):
        before = text
        text = unescape(visible(text))
        if text == before:
            break
    lines = visible(text).split("\n")
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in lines).strip("\n")


def unescape(text: str) -> str:
    """Undo one layer of HTML references that end in a semicolon."""
    return _REFERENCE.sub(_character, text)


def visible(text: str) -> str:
    r"""Return ``text`` in NFC without characters nobody sees; line ends are ``\n``."""
    if text.isprintable() or text.replace("\n", "").replace("\xa0", "").isprintable():
        return unicodedata.normalize("NFC", text)
    text = _ANSI.sub("", text)
    text = _LINE_ENDS.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    text = _JOINER.sub(_keep_joiner, text)
    return unicodedata.normalize("NFC", text)


def is_license_notice(text: str) -> bool:
    """Tell whether a paragraph is a license notice or credit, not part of a text.

    A release *about* 공공누리 does not match: it names no conditions of "this" work.
    """
    return _is_license_notice(clean(text))


def is_notice_part(text: str) -> bool:
    """Tell whether a line is a notice, a credit, or a sentence of the site's notice."""
    return not_text(text) == "notice"


def tells(text: str) -> bool:
    """Tell whether a line is worth a closer look: without it, it is all text.

    What :func:`not_text`, :func:`split_notice` and :func:`is_image_noise` find has one
    of these words, or needs cleaning first.
    """
    return (
        _TELLS.search(text) is not None
        or not text.isprintable()
        or text.lstrip().startswith(_NOISE_BEGINS)
    )


def not_text(text: str) -> str:
    """Return why a paragraph is no part of a text (``notice``, ``remark``), else "".

    A sentence of the site's notice that stands alone states no license, but it is no
    text either.
    """
    line = clean(text)
    if _is_license_notice(line) or _NOTICE_GOES_ON.match(line):
        return "notice"
    return "remark" if REPRINT_REMARK.match(line) else ""


def _is_license_notice(line: str) -> bool:
    if len(line) > 600:
        return False
    return bool(_LICENSE_NOTICE.match(line) or _CREDIT.match(line))


def split_notice(text: str) -> tuple[str, str]:
    """Return a text without the site's notice or credit at its end, and that; or ""."""
    found = _NOTICE_AT_END.search(text) if "정책브리핑" in text else None
    if found is None:
        return text, ""
    return text[: found.start()].rstrip(), found[0].strip()


def is_image_noise(text: str) -> bool:
    """Tell whether every line is what a word processor says of a picture."""
    lines = text.strip()
    return lines.startswith(_NOISE_BEGINS) and all(
        map(_IMAGE_NOISE.fullmatch, lines.split("\n"))
    )


def is_reprint_remark(text: str) -> bool:
    """Tell whether a paragraph is the site's remark on reprinting (전재)."""
    return bool(REPRINT_REMARK.match(clean(text)))


def _character(reference: re.Match[str]) -> str:
    character = html.unescape(reference[0])
    return "" if character == "\ufffd" else character


def _keep_joiner(found: re.Match[str]) -> str:
    before, joiner, after = found.groups()
    if _JOINED.match(before) and _JOINED.match(after):
        return before + joiner
    return before
