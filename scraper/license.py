"""May we republish a release, and what must we say?

공공누리 (KOGL) has five types: 0 no conditions, 1 name the source, 2 also no commercial
use, 3 also no changes, 4 both. The mark is per article and has changed over the years
(policy news carried type 4 in 2024 and 2025, type 1 since 2026), so each article is
judged by its own. Unknown is no.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scraper.model import License, LicenseMarks, Use
from scraper.notices import is_license_notice
from scraper.text import clean

#: The credit the site asks for, everywhere the same.
CREDIT = "자료출처=정책브리핑 www.korea.kr"

#: What another site asks for instead, by section.
CREDITS: dict[str, str] = {}

#: Types that forbid commercial use, and types that forbid changes.
NO_COMMERCE = frozenset({2, 4})
NO_CHANGES = frozenset({3, 4})
TYPES = range(5)
#: What each type demands of whoever uses a text.
DEMANDS = tuple(
    ({"credit"} if number else set())
    | ({"no commerce"} if number in NO_COMMERCE else set())
    | ({"no changes"} if number in NO_CHANGES else set())
    for number in TYPES
)

#: The foot of the site's pages of 2026, whatever their section.
_SITE_NOTICE = (
    "이 자료는 텍스트에 한하여 공공누리 제1유형(출처표시)의 조건에 따라 이용할 수"
    " 있습니다. 단, 텍스트를 제외한 사진·이미지·일러스트·동영상 등 자료의 대부분은"
    " 정책브리핑이 저작권을 보유하고 있지 않으므로, 이용 전 해당 저작권자의 허락을"
    " 반드시 받으셔야 합니다."
)

#: Section and type -> the notice, whole, as the site words it. Press releases: foot of
#: a page of 2026-10-06; the pages of the other sections end alike, and need a wording
#: that the Open API, which has no such foot, leads to as well. Policy news, type 1:
#: June 2024; type 4: 2024 to 2025. For any other pair the page's own sentences are it.
NOTICES = {
    ("보도자료", 1): _SITE_NOTICE,
    ("사실은 이렇습니다", 1): _SITE_NOTICE,
    ("브리핑", 1): _SITE_NOTICE,
    ("정책뉴스", 1): (
        "정책브리핑의 정책뉴스자료는 「공공누리 제1유형:출처표시」의 조건에 따라"
        " 자유롭게 이용이 가능합니다. 다만, 사진의 경우 제3자에게 저작권이 있으므로"
        " 사용할 수 없습니다. 기사 이용 시에는 출처를 반드시 표기해야 하며, 위반 시"
        " 저작권법 제37조 및 제138조에 따라 처벌될 수 있습니다."
    ),
    ("정책뉴스", 4): (
        "정책브리핑의 정책뉴스자료는 「공공누리"
        " 제4유형:출처표시+상업적 이용금지+변경금지」의 조건에 따라 자유롭게 이용이"
        " 가능합니다. 다만, 사진의 경우 제3자에게 저작권이 있으므로 사용할 수 없습니다."
        " 기사 이용 시에는 출처를 반드시 표기해야 하며, 위반 시 저작권법 제37조 및"
        " 제138조에 따라 처벌될 수 있습니다."
    ),
}

_TYPE = re.compile(r"(?<![0-9])([0-9]{1,2})\s*유형")
_DIGIT = re.compile(r"\d")
_COMMERCE = re.compile(r"상업\S{0,3}\s*(?:이용|사용)?\S{0,2}\s*(?:금지|불가|제한)")
_CHANGES = re.compile(r"(?:변경|변형|개작)\S{0,3}\s*(?:금지|불가|제한)")
_SENTENCE_END = re.compile(r"(?<=[다음임함.])\.\s+|\s*[※▪■□]\s*")
#: A mark without a sentence: ``공공누리 제4유형: 출처표시 …``.
_BARE_MARK = re.compile(
    r"\W*공공누리\W*(?:공공저작물\W*)?(?:자유이용허락\W*)?제?\s*[0-4]\s*유형\s*"
    r"(?:[:：(（+]|출처|$)"
)
#: What every notice and every credit has, and hardly any other line.
_SPEAKS_OF_IT = re.compile("공공누리|정책브리핑")
#: That, or what may hide it in a printable text: references, and letters (conjoining
#: jamo) that make up syllables. In other such texts cleaning changes only blanks.
_WORTH_A_LOOK = re.compile("[공정&\u1100-\u11ff](?:(?<![공정])|공누리|책브리핑)")
_MARK = re.compile(r"공공누리|KOGL|자유이용허락|유형", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a release may not be republished: one line for people, with the evidence."""

    reason: str


def judge_license(
    marks: LicenseMarks, *, section: str, use: Use, body: Sequence[str] = ()
) -> License | Refusal:
    """Return the license of a release if it allows our use, else why not.

    On a page the number in the image's name, in its alternative text and in the
    sentence beside it must all be there and agree; the Open API must print exactly one.
    Where both are known, or ``body`` (the license notices found in the release's own
    text) says something else, the stricter type decides. ``section`` is the Korean name
    of the source (``보도자료``).
    """
    stated = _stated_type(marks)
    if isinstance(stated, Refusal):
        return stated
    number = _strictest((stated, *sorted(_types(body))))
    place = "page" if marks.images else "Open API"
    said = "" if number == stated else f"{place} says type {stated}, its text says "
    if isinstance(number, Refusal):
        return Refusal(f"{said}otherwise: {number.reason}")
    if forbidden := _forbidden(number, use):
        license_type = (
            f"{said}type {number}, which" if said else f"license type {number}"
        )
        return Refusal(f"{license_type} forbids {forbidden}")
    notice = NOTICES.get((section, number)) or _own_notice(number, marks)
    if not notice:
        return Refusal(f"no notice known for {section}, type {number}")
    return License(number, notice, CREDITS.get(section, CREDIT))


def find_notices(texts: Iterable[str]) -> list[str]:
    """Return the sentences that state a license for the text they stand in.

    Such as ``본 저작물은 공공누리 제4유형…`` in a paragraph, a note, a cell, or at the
    end of something longer. A release *about* 공공누리 speaks of other works.
    """
    looked_at = [t for t in texts if _WORTH_A_LOOK.search(t) or not t.isprintable()]
    lines = (line for line in map(clean, looked_at) if _SPEAKS_OF_IT.search(line))
    sentences = (s for line in lines for s in _SENTENCE_END.split(line))
    return [s for s in sentences if is_license_notice(s) or _BARE_MARK.match(s)]


def _stated_type(marks: LicenseMarks) -> int | Refusal:
    """Return the type page and Open API state: the stricter, where both do."""
    stated: list[int] = []
    if marks.images or marks.alts or marks.sentences:
        page = _agreed_type(marks)
        if isinstance(page, Refusal):
            return page
        stated.append(page)
    printed = [text for text in map(clean, marks.kogl_type) if text]
    if printed:
        api = _printed_type(" ".join(printed))
        if isinstance(api, Refusal):
            return api
        stated.append(api)
    if stated:
        return _strictest(stated)
    if marks.kogl_type:
        return Refusal("no license type: KoglType is blank")
    return Refusal("no license block on the page")


def _printed_type(printed: str) -> int | Refusal:
    """Return the one type in ``KoglType``."""
    digits = _DIGIT.findall(printed)
    if len(digits) != 1:
        many = "several license types" if digits else "no license type"
        return Refusal(f"{many} in KoglType {printed!r}")
    if digits[0] not in map(str, TYPES):
        return Refusal(f"unknown license type in KoglType {printed!r}")
    return _against_words(int(digits[0]), printed)


def _agreed_type(marks: LicenseMarks) -> int | Refusal:
    """Return the type of the page's license block, if all its parts agree."""
    unknown = [alt for alt in marks.alts if _MARK.search(alt) and not _TYPE.search(alt)]
    if unknown:
        return Refusal(f"unknown license mark {unknown[0]!r}")
    said = {
        "image": {int(digit) for digit in marks.images},
        "alternative text": _types(marks.alts),
        "sentence": _types(marks.sentences),
    }
    if missing := [name for name, types in said.items() if not types]:
        return Refusal(f"no license type in the {' and the '.join(missing)}")
    types = set().union(*said.values())
    if len(types) > 1:
        return Refusal(", ".join(f"{name} says {_list(t)}" for name, t in said.items()))
    number = types.pop()
    if number not in TYPES:
        return Refusal(f"unknown license type {number}")
    return _against_words(number, clean(" ".join((*marks.alts, *marks.sentences))))


def _against_words(number: int, words: str) -> int | Refusal:
    """Return ``number`` unless the words beside it forbid more than it does."""
    if number not in NO_COMMERCE and (found := _COMMERCE.search(words)):
        return Refusal(f"type {number}, but the block says {found[0]!r}")
    if number not in NO_CHANGES and (found := _CHANGES.search(words)):
        return Refusal(f"type {number}, but the block says {found[0]!r}")
    return number


def _types(texts: Sequence[str]) -> set[int]:
    return {int(digits) for text in texts for digits in _TYPE.findall(clean(text))}


def _list(types: set[int]) -> str:
    return "type " + " and ".join(map(str, sorted(types)))


def _strictest(types: Sequence[int]) -> int | Refusal:
    """Return the type among ``types`` that forbids all that any of them forbids."""
    if unknown := [number for number in types if number not in TYPES]:
        return Refusal(f"unknown license type {unknown[0]}")
    demands = set().union(*(DEMANDS[number] for number in types))
    strictest = [number for number in types if demands == DEMANDS[number]]
    if not strictest:
        return Refusal(f"{_list(set(types))}, neither of which is the stricter")
    return strictest[0]


def _forbidden(number: int, use: Use) -> str:
    """Return what of ``use`` the type forbids, with the settings; "" if nothing."""
    commerce = use.commercial and number in NO_COMMERCE
    changes = use.changes and number in NO_CHANGES
    match commerce, changes:
        case True, True:
            return (
                "commercial use and changes (use.commercial: true, use.changes: true)"
            )
        case True, False:
            return "commercial use (use.commercial: true)"
        case False, True:
            return "changes (use.changes: true)"
    return ""


def _own_notice(number: int, marks: LicenseMarks) -> str:
    """Return the page's own sentences, if they are about that type; else ""."""
    if number not in _types(marks.sentences):
        return ""
    return clean(" ".join(marks.sentences))
