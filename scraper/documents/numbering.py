"""Numbers and bullets that a Hangul document adds to paragraphs by itself."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from scraper.documents.package import local_name

#: Levels a numbering can have.
MAX_LEVELS = 10
_SYLLABLES = "가나다라마바사아자차카타파하"
_JAMO = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"
#: Beyond, Roman numbers only grow long.
_LARGEST_ROMAN = 89
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def _roman(number: int) -> str:
    if number > _LARGEST_ROMAN:
        return str(number)
    digits = ""
    for value, letters in _ROMAN:
        digits += letters * (number // value)
        number %= value
    return digits


def _from(alphabet: str) -> Callable[[int], str]:
    def letter(number: int) -> str:
        return alphabet[(number - 1) % len(alphabet)]

    return letter


_FORMATS: Mapping[str, Callable[[int], str]] = {
    "CIRCLED_DIGIT": _from("".join(chr(0x2460 + i) for i in range(20))),
    "HANGUL_SYLLABLE": _from(_SYLLABLES),
    "CIRCLED_HANGUL_SYLLABLE": _from("".join(chr(0x326E + i) for i in range(14))),
    "HANGUL_JAMO": _from(_JAMO),
    "CIRCLED_HANGUL_JAMO": _from("".join(chr(0x3260 + i) for i in range(14))),
    "LATIN_CAPITAL": _from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "LATIN_SMALL": _from("abcdefghijklmnopqrstuvwxyz"),
    "CIRCLED_LATIN_CAPITAL": _from("".join(chr(0x24B6 + i) for i in range(26))),
    "CIRCLED_LATIN_SMALL": _from("".join(chr(0x24D0 + i) for i in range(26))),
    "ROMAN_CAPITAL": _roman,
    "ROMAN_SMALL": lambda number: _roman(number).lower(),
}


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a numbering looks."""

    #: ``^1.^2)``: ``^n`` stands for the number of level n.
    pattern: str
    format: str
    start: int


@dataclass(slots=True)
class Numbering:
    """The styles of one document, and how far each numbering has counted."""

    #: Paragraph style -> (``NUMBER`` or ``BULLET``, which one, level from 0).
    styles: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    levels: dict[str, list[Level]] = field(default_factory=dict)
    bullets: dict[str, str] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(default_factory=dict)

    def head(self, style: str) -> str:
        """Return what stands before the next paragraph of that style, or ""."""
        kind, which, level = self.styles.get(style, ("", "", 0))
        if kind == "BULLET":
            return self.bullets.get(which, "")
        levels = self.levels.get(which, [])
        if kind != "NUMBER" or level >= len(levels):
            return ""
        counts = self.counts.setdefault(which, [0] * MAX_LEVELS)
        counts[level] += 1
        counts[level + 1 :] = [0] * (MAX_LEVELS - level - 1)
        text = levels[level].pattern
        for depth in range(level, -1, -1):
            text = text.replace(f"^{depth + 1}", _number(levels, counts, depth))
        return text


def _number(levels: list[Level], counts: list[int], depth: int) -> str:
    level = levels[depth]
    number = max(counts[depth], 1) + level.start - 1
    return number_text(level.format, number)


def number_text(form: str, number: int) -> str:
    """Return a number in a form that Hangul names; in digits if we know no better."""
    return _FORMATS.get(form, str)(number)


def read_numbering(elements: Iterable[etree._Element]) -> Numbering:
    """Return the numbers and bullets that a document's header defines.

    Takes its elements ``paraPr``, ``numbering`` and ``bullet``; others do not matter.
    Outline levels give nothing: their numbers belong to the section, and releases
    leave them blank.
    """
    found = Numbering()
    for element in elements:
        which = element.get("id", "")
        match local_name(element):
            case "paraPr":
                _add_style(found, which, element.find("{*}heading"))
            case "numbering":
                heads = element.findall("{*}paraHead")[:MAX_LEVELS]
                found.levels[which] = [_level(head) for head in heads]
            case "bullet":
                found.bullets[which] = element.get("char", "")[:1]
    return found


def _add_style(found: Numbering, style: str, head: etree._Element | None) -> None:
    if head is not None and head.get("type") in ("NUMBER", "BULLET"):
        level = _integer(head.get("level"), 0)
        if level < MAX_LEVELS:
            where = (head.get("type", ""), head.get("idRef", ""), level)
            found.styles[style] = where


def _level(head: etree._Element) -> Level:
    pattern = (head.text or "").strip()[:40]
    start = _integer(head.get("start"), 1)
    return Level(pattern, head.get("numFormat", "DIGIT"), start)


def _integer(text: str | None, default: int) -> int:
    """Return ``text`` as a number from 0 to a million, or ``default``."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 6:
        return default
    return int(text)
