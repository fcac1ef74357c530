"""Korean words that know their particles, and dates and numbers as releases write them.

>>> f"{Word('교육부(장관 홍길동)'):은}", f"{Word('마루'):을}", f"{Word('서울'):으로}"
('교육부(장관 홍길동)는', '마루를', '서울로')
"""

import re
from datetime import date

#: Particle after a final consonant, and after a vowel.
PARTICLES = {
    "은": ("은", "는"),
    "이": ("이", "가"),
    "을": ("을", "를"),
    "과": ("과", "와"),
    "으로": ("으로", "로"),
}
PARTICLES |= {"는": ("은", "는"), "를": ("을", "를"), "와": ("과", "와")}
WEEKDAYS = "월화수목금토일"
#: Jongseong of the last syllable as read: 0 none, 8 ㄹ, 1 any other.
_READ = dict.fromkeys("036MNmn", 1) | dict.fromkeys("178LRlr", 8)
_BRACKETS = re.compile(r"\([^()]*\)$")


class Word(str):
    """Text whose format spec is a particle: ``f"{Word('길'):을}"`` gives ``길을``."""

    __slots__ = ()

    def __format__(self, particle: str) -> str:
        return self + with_particle(self, particle) if particle else str(self)


def with_particle(word: str, particle: str) -> str:
    """Return the form of ``particle`` that follows ``word``; brackets are not read."""
    if particle not in PARTICLES:
        return particle
    final = _final(word)
    if particle == "으로" and final == 8:
        return "로"
    return PARTICLES[particle][0 if final else 1]


def _final(word: str) -> int:
    bare = _BRACKETS.sub("", word).rstrip("」』”’\"')>] ")
    last = bare[-1:]
    if "가" <= last <= "힣":
        return (ord(last) - ord("가")) % 28
    return _READ.get(last, 0)


def day_text(day: date) -> str:
    """Return ``11월 24일(화)``."""
    return f"{day.month}월 {day.day}일({WEEKDAYS[day.weekday()]})"


def head_day(day: date) -> str:
    """Return ``2026. 11. 24.(화)``, the form of letterheads."""
    return f"{day.year}. {day.month}. {day.day}.({WEEKDAYS[day.weekday()]})"


def short_day(day: date) -> str:
    """Return ``11.24.화``, the form of titles."""
    return f"{day.month}.{day.day}.{WEEKDAYS[day.weekday()]}"
