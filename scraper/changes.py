"""Old and new release -> what kind of change; and titles that tell what they belong to.

What counts is what a reader would notice. The gravest difference names the change.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from scraper.model import Block, Change, PageBreak, Release, Table

#: Days within which a release can be the corrected form of another, and have a twin.
CORRECTED_WITHIN, TWINS_WITHIN = 14, 3

#: Least likeness of a corrected title and the one it corrects; and least letters in a
#: row that one has of the other, where words stand before or after them.
LEAST_LIKENESS = 0.8
LEAST_RUN = 8

#: Digits, with what stands between them in numbers, dates, times and ranges; and the
#: day of the week that follows a date.
_NUMBER = re.compile(r"[0-9](?:[0-9.,:/~∼\-–\s]*[0-9])?|\([월화수목금토일]\)")

#: Marks of corrected releases. ``[정정]``, ``(정정자료)``, ``[보도정정자료]`` are none:
#: they mostly deny what newspapers wrote (titles of 2020 to 2026).
_MARK = re.compile(
    r"[(\[<〈【]\s*(?:(?:보도\s*자료\s*)?수정(?:본|판|\s*배포)?"
    r"|보도\s*자료\s*(?:수정\s*)?정정)\s*[)\]>〉】]"
)


def classify(old: Release, new: Release) -> Change:
    """Return how ``new`` differs from ``old``, both read the same way.

    ``cosmetic`` means that a reader would see no difference.
    """
    before, after = list(_shown(old)), list(_shown(new))
    if before != after:
        same_words = list(map(_masked, before)) == list(map(_masked, after))
        return "numbers" if same_words else "text"
    return "cosmetic" if _stated(old) == _stated(new) else "metadata"


def is_marked(title: str) -> bool:
    """Tell whether a title says that it is the corrected form of another release.

    >>> is_marked("(수정) 가을 축제 안내"), is_marked("[보도자료 정정] 가을 축제 안내")
    (True, True)
    >>> is_marked("[정정] 가을 축제 보도는 사실과 다릅니다")
    False
    """
    return _MARK.search(title) is not None


def is_near(one: str, other: str) -> bool:
    """Tell whether two titles are nearly the same, or one has nearly all of the other.

    Marks, blanks and punctuation do not count.
    """
    mine, theirs = _letters(one), _letters(other)
    if not mine or not theirs:
        return False
    matcher = SequenceMatcher(None, mine, theirs, False)
    if matcher.ratio() >= LEAST_LIKENESS:
        return True
    run, shorter = matcher.find_longest_match().size, min(len(mine), len(theirs))
    return run >= max(LEAST_RUN, LEAST_LIKENESS * shorter)


def title_digest(title: str) -> str:
    """Return a name for what a title says: blanks, punctuation and marks do not count.

    It is "" for a title without a letter.

    >>> title_digest("가을 축제, 열린다!") == title_digest("가을축제 열린다 (수정)")
    True
    """
    letters = _letters(title)
    return hashlib.sha256(letters.encode()).hexdigest()[:16] if letters else ""


# --- inside ---------------------------------------------------------------------------


def _shown(release: Release) -> Iterator[tuple[object, ...]]:
    """Yield what a reader sees of the text, blanks aside."""
    yield ("title", _line(release.title))
    for subtitle in release.subtitles:
        yield ("subtitle", _line(subtitle))
    if not release.text_from:
        yield ("lead", _line(release.lead))
    for block in release.body:
        yield from _seen(block)


def _seen(block: Block) -> Iterator[tuple[object, ...]]:
    match block:
        case PageBreak():
            return
        case Table():
            yield ("table",)
            for cell in block.cells:
                yield ("cell", cell.row, cell.column, cell.row_span, cell.column_span)
                for inner in cell.blocks:
                    yield from _seen(inner)
        case _:
            if line := _line(block.text):
                yield (type(block).__name__, getattr(block, "level", 0), line)


def _masked(part: tuple[object, ...]) -> tuple[object, ...]:
    """Return a part of the text with one sign for every number."""
    *kind, text = part
    if not isinstance(text, str):
        return part
    return (*kind, "".join(_NUMBER.sub("0", text).split()))


def _stated(release: Release) -> tuple[object, ...]:
    """Return what is shown of a release besides its text."""
    marks = release.license_marks
    return (
        _line(release.ministry.printed),
        release.published_at,
        release.available_at,
        (marks.images, *_lines(marks.alts, marks.sentences, marks.kogl_type)),
        [(_line(file.name), file.path) for file in release.attachments],
        release.contacts,
    )


def _lines(*groups: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(map(_line, group)) for group in groups)


def _line(text: str) -> str:
    return " ".join(text.split())


def _letters(title: str) -> str:
    plain = unicodedata.normalize("NFKC", _MARK.sub("", title)).casefold()
    return "".join(letter for letter in plain if letter.isalnum())
