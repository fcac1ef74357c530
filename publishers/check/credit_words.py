"""The credit in all its spellings, and the one that is asked for."""

import re
from collections.abc import Iterator

from scraper.license import CREDIT

_TYPE = (
    r"</?(?:b|i|u|em|strong|span|small|font|a|mark)\b"
    r"(?:[^<>\"']|\"[^\"\n]{0,500}\"|'[^'\n]{0,500}')*+>"
)
#: What may stand between the parts of a credit: blanks, and tags that only set type.
_GAP = rf"(?:\s|&nbsp;|{_TYPE}){{0,12}}+"
_ADDRESS = r"(?:https?://){0,3}(?:www\.)?korea\.kr"

#: ``자료출처: 정책브리핑 (https://www.korea.kr)`` and its like. Sites that were looked
#: at in October 2026 have 18 spellings. An address with a path is an article's.
SPELLING = re.compile(
    rf"(?<![가-힣])(?P<label>(?:(?:자\s?료|정보|기사|뉴스)\s?)?출\s?처|자료\s?제공)(?P<before>{_GAP})"
    rf"(?P<sign>[=:：＝]?)(?P<after>{_GAP})(?P<name>정책\s?브리핑)"
    rf"(?:(?P<gap>{_GAP},?{_GAP})(?P<open>\()?(?P<within>{_GAP})"
    rf"(?P<address>{_ADDRESS})(?P<path>/[^\s<>\"')\]]+)?/?"
    rf"(?(open)(?:(?P<behind>{_GAP})(?P<close>\)))?))?",
    re.IGNORECASE,
)
#: A credit without an address ends where its name does; a sentence goes on.
_ENDS = re.compile(
    rf"(?:[^\S\n]|&nbsp;|{_TYPE}){{0,12}}+(?:\n|\Z|[)\]>〉》.,|<]|&(?:[lg]t|#124);)"
)
_NAME = re.compile(r"정책\s?브리핑")
#: So far before the site's name its label begins, at most, tags and all.
_BEFORE_NAME = 600
#: So far behind it the site's address ends, at most.
_BEHIND_NAME = 2000
_TAG = re.compile(_TYPE, re.IGNORECASE)


def credits_alike(text: str) -> str:
    """Return text without tags with every credit in it worded as asked for."""
    pieces, at = list[str](), 0
    for found in _spellings(text, 0):
        pieces += [text[at : found.start()], _canonical(found)]
        at = found.end()
    return "".join((*pieces, text[at:]))


def find_credits(text: str, begin: int) -> list[re.Match[str]]:
    """Return the credits from ``begin`` on, however they are spelt."""
    return [found for found in _spellings(text, begin) if is_credit(found)]


def _spellings(text: str, begin: int) -> Iterator[re.Match[str]]:
    """Yield what is spelt like a credit; looking for its rarest word first is fast."""
    for name in _NAME.finditer(text, begin):
        start = max(begin, name.start() - _BEFORE_NAME)
        for found in SPELLING.finditer(text, start, name.end() + _BEHIND_NAME):
            if found.start("name") >= name.start():
                if found.start("name") == name.start():
                    yield found
                break


def is_credit(found: re.Match[str]) -> bool:
    """Say whether a match of :data:`SPELLING` is a credit and not part of a sentence.

    ``출처: 정책브리핑에 따르면`` is a sentence.
    """
    if found["address"]:
        return True
    return bool(found["sign"] and _ENDS.match(found.string, found.end("name")))


def is_mechanical(found: re.Match[str]) -> bool:
    """Say whether a credit can be worded as asked for without losing anything."""
    return not found["path"] and bool(found["open"]) == bool(found["close"])


def shown(found: re.Match[str]) -> str:
    """Return a credit as a reader sees it, without the tags in it."""
    return " ".join(_TAG.sub("", found[0]).replace("&nbsp;", " ").split())


def tags_within(gap: str) -> str:
    """Return the tags of a gap without what stands between them."""
    return "".join(_TAG.findall(gap))


def _canonical(found: re.Match[str]) -> str:
    return CREDIT if is_credit(found) and is_mechanical(found) else found[0]
