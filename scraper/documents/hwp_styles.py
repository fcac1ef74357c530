"""Numbers and bullets that the DocInfo stream of an HWP 5 document defines."""

from scraper.documents.numbering import MAX_LEVELS, Level, Numbering
from scraper.documents.records import (
    BULLET,
    DOCUMENT_PROPERTIES,
    NUMBERING,
    PARA_SHAPE,
    Records,
    counted_text,
    number,
)

#: Forms of numbers in the order of the format's table, as HWPX names them.
FORMS = (
    *("DIGIT", "CIRCLED_DIGIT", "ROMAN_CAPITAL", "ROMAN_SMALL", "LATIN_CAPITAL"),
    *("LATIN_SMALL", "CIRCLED_LATIN_CAPITAL", "CIRCLED_LATIN_SMALL"),
    *("HANGUL_SYLLABLE", "CIRCLED_HANGUL_SYLLABLE", "HANGUL_JAMO"),
    *("CIRCLED_HANGUL_JAMO", "HANGUL_PHONETIC", "IDEOGRAPH", "CIRCLED_IDEOGRAPH"),
)

#: Kinds of paragraph heads; 1 is the outline, whose numbers belong to the section.
_KINDS = {2: "NUMBER", 3: "BULLET"}
#: Bytes that describe a head before its text.
_HEAD_BYTES = 12
#: Levels every numbering has; three more follow behind the starts in newer files.
_OLD_LEVELS = 7
_LONGEST_PATTERN = 40


def section_count(records: Records) -> int:
    """Return how many sections the document says it has; 0 if it does not say."""
    for record in records.roots():
        if records.tags[record] == DOCUMENT_PROPERTIES:
            return number(records.body(record), 0, 2)
    return 0


def read_numbering(records: Records) -> Numbering:
    """Return the numbers and bullets; outline levels give nothing, as in HWPX."""
    found = Numbering()
    shapes = 0
    for record in records.roots():
        for child in (record, *records.children(record)):
            match records.tags[child]:
                case tag if tag == NUMBERING:
                    name = str(len(found.levels) + 1)
                    found.levels[name] = _levels(records.body(child))
                case tag if tag == BULLET:
                    glyph = records.body(child)[_HEAD_BYTES : _HEAD_BYTES + 2]
                    text = glyph.decode("utf-16-le", "replace").strip("\0")
                    found.bullets[str(len(found.bullets) + 1)] = text
                case tag if tag == PARA_SHAPE:
                    _add_style(found, str(shapes), records.body(child))
                    shapes += 1
    return found


def _add_style(found: Numbering, name: str, shape: bytes) -> None:
    properties = number(shape, 0, 4)
    kind = _KINDS.get(properties >> 23 & 3)
    # Three bits are too few for ten levels; newer files say it again at the end.
    level = max(properties >> 25 & 7, number(shape, 54, 4))
    if kind:
        found.styles[name] = (kind, str(number(shape, 30, 2)), level)


def _levels(body: bytes) -> list[Level]:
    """Return the levels of a numbering: their heads, then where each starts."""
    heads, at = _heads(body, 0, _OLD_LEVELS)
    starts = [number(body, at + 2 + 4 * level, 4) for level in range(_OLD_LEVELS)]
    at += 2 + 4 * _OLD_LEVELS
    more, at = _heads(body, at, MAX_LEVELS - _OLD_LEVELS)
    starts += [number(body, at + 4 * level, 4) for level in range(len(more))]
    return [
        Level(pattern, form, start or 1)
        for (pattern, form), start in zip(heads + more, starts, strict=False)
    ]


def _heads(body: bytes, at: int, count: int) -> tuple[list[tuple[str, str]], int]:
    """Return ``count`` patterns with their forms, and where they end."""
    found: list[tuple[str, str]] = []
    for _ in range(count):
        form = number(body, at, 4) >> 5 & 0xF
        at += _HEAD_BYTES
        pattern = counted_text(body, at)
        at += 2 + 2 * number(body, at, 2)
        name = FORMS[form] if form < len(FORMS) else FORMS[0]
        found.append((pattern.strip()[:_LONGEST_PATTERN], name))
    return found, at
