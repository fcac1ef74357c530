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
_CREDIT_LINE = r"자료\s*(?:출처|제공)\s*[=:]\s*정책브리핑"
_CREDIT_SITE = rf"{_CREDIT_LINE}\s*\(?(?:www\.)?korea\.kr\W{{0,5}}"
_CREDIT = re.compile(rf"^\W*{_CREDIT_LINE}(?:\s*\(?(?:www\.)?korea\.kr)?\W*$")

#: A character inside a sentence: addresses have dots too.
_INSIDE = r"(?:[^.]|\.(?=[^\s<\[(]))"

#: The sentence that states the license. ``… 있다고 밝혔다`` is news.
_TERMS = (
    rf"공공누리{_INSIDE}{{0,30}}?[0-4]\s*유형{_INSIDE}{{0,80}}?(?:조건|이용)"
    rf"{_INSIDE}{{0,60}}?(?:수\s*있|가능)[가-힣]{{1,3}}(?:\.|$)"
)

#: The sentences that follow it, as the site words them, and its credit; editors set
#: each on a line of its own at times. Source: notices under articles and pages, 2024 to
#: October 2026.
_GOES_ON = "|".join(
    r"\s*".join(map(re.escape, sentence.split())).replace(",", ",?")
    for sentence in (
        "다만, 사진의 경우 제 3자에게 저작권이 있으므로 사용할 수 없습니다.",
        "기사 이용 시에는 출처를 반드시 표기해야 하며, 위반 시 저작권법 제 37조 및"
        " 제 138조에 따라 처벌될 수 있습니다.",
        "기사 이용 시에는 출처를 반드시 표기해야 합니다.",
        "위반 시 저작권법 제 37조 및 제 138조에 따라 처벌될 수 있습니다.",
        "단, 텍스트를 제외한 사진·이미지·일러스트·동영상 등 자료의 대부분은"
        " 정책브리핑이 저작권을 보유하고 있지 않으므로, 이용 전 해당 저작권자의 허락을"
        " 반드시 받으셔야 합니다.",
    )
)
_REST = rf"(?:\s*(?:{_GOES_ON}|(?:[※*<\[(]\s*)?{_CREDIT_SITE}))"
_NOTICE_GOES_ON = re.compile(rf"\W*(?:{_GOES_ON}|{_CREDIT_SITE}){_REST}*\W*")

#: The notice: all of a line, its beginning, or, if it names the site, inside of it; and
#: the site's credit at the end of something longer.
_NOTICE = re.compile(
    rf"(?:^\W*(?:이|본|해당|정책브리핑의?)\s*\S{{0,12}}(?:자료|저작물|게시물|기사)\S?\s"
    rf"{_INSIDE}{{0,60}}?"
    rf"|(?:^\W*|(?<=[\s.。])[※*<\[(]?\s{{0,3}})정책브리핑의\s*(?:정책뉴스)?\s*자료는\W*"
    rf"){_TERMS}{_REST}*(?:\W*$)?"
    rf"|(?<=[\s.。])[※*<\[(]?\s{{0,3}}{_CREDIT_SITE}$"
)


#: What a word processor says of a picture when its text is copied: a run that begins
#: so.
_NOISE_BEGINS_WITH = re.compile(
    r"그림입니다\.?|원본 그림의 (?:이름\s?:.*|크기\s?:\s*가로\s*\d.*)"
)
_NOISE_GOES_ON = re.compile(
    r"사진 찍은 날짜\s?:\s*\d{4}년.*|프로그램 이름\s?:.*|색 대표\s?:.*|EXIF 버전\s?:.*"
)
_SITE_OR_MARK = re.compile("공공누리|정책브리핑")
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
    return not_text(text, below_notice=True) == "notice"


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


def not_text(text: str, *, below_notice: bool = False) -> str:
    """Return why a paragraph is no part of a text (``notice``, ``remark``), else "".

    The sentences that follow in the site's notice state no license; they are part of it
    right below its first (``below_notice``).
    """
    line = clean(text)
    if _NOTICE.fullmatch(line) or _CREDIT.match(line):
        return "notice"
    if below_notice and _NOTICE_GOES_ON.fullmatch(line):
        return "notice"
    return "remark" if REPRINT_REMARK.match(line) else ""


def _is_license_notice(line: str) -> bool:
    if len(line) > 600:
        return False
    return bool(_LICENSE_NOTICE.match(line) or _CREDIT.match(line))


def split_notice(text: str) -> tuple[str, str]:
    """Return a text without the site's notice or credit in it, and that; or ""."""
    found = _NOTICE.search(text) if _SITE_OR_MARK.search(text) else None
    if found is None:
        return text, ""
    around = (text[: found.start()].rstrip(), text[found.end() :].lstrip())
    return " ".join(filter(None, around)), found[0].strip()


def is_image_noise(text: str, *, goes_on: bool = False) -> bool:
    """Tell whether every line is what a word processor says of a picture.

    Such lines are a run that begins with the picture: ``goes_on`` tells that it has
    begun above.
    """
    first, *more = text.strip().split("\n")
    if not first.startswith(_NOISE_BEGINS):
        return False
    return all(map(_is_noise, more)) and (
        _is_noise(first) if goes_on else bool(_NOISE_BEGINS_WITH.fullmatch(first))
    )


def _is_noise(line: str) -> bool:
    return bool(_NOISE_BEGINS_WITH.fullmatch(line) or _NOISE_GOES_ON.fullmatch(line))


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
