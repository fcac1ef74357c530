"""What stands in a text and is none of it: the site's notice and credit, its remark on
reprinting, and what a word processor says of a picture.
"""

import re

from scraper.text import clean

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
