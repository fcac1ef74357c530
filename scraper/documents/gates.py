"""What makes a text doubtful: parsers fail in silence more often than aloud.

A document that was read "well" may be empty of what matters: its body sealed, a part
skipped. What its author's program kept beside it, and what must not stand in a text,
tell.
"""

import re
from collections import Counter
from collections.abc import Iterator

from scraper.blocks import leaves
from scraper.model import Document

#: Least share of the preview that must stand in the text. Source: of 143 documents with
#: a preview 141 have .41 to 1, all releases .98 or more; two forms have less, whose
#: previews are prompts and formulas (October 2026).
LEAST_PREVIEW = 0.4

#: A shorter preview (a logo, a date) proves nothing.
LEAST_PREVIEW_LETTERS = 30

_GRAM = 5

#: What Hangul shows instead of a sealed text to programs that cannot unseal it.
_PLACEHOLDER = re.compile(r"상위\s*버전의\s*배포용\s*문서입니다")

#: The name Hangul gives a field to be filled in; in a text it means one was not.
_FIELD = re.compile(r"\(누름틀[^)]{0,40}\)")


def doubt(document: Document) -> str:
    """Return why this cannot be the text of the document; "" if nothing says so."""
    text = "\n".join(_texts(document))
    if _PLACEHOLDER.search(text):
        return "its text is sealed (배포용), only a placeholder was found"
    share = preview_share(document.preview, text)
    if share < LEAST_PREVIEW:
        return f"only {share:.0%} of its preview is in the text that was read"
    return ""


def preview_share(preview: str, text: str) -> float:
    """Return how much of the preview stands in the text, 0 to 1, by runs of letters.

    Previews leave out blanks and mark cells as they like: only letters and digits
    count. One too short to tell is 1.
    """
    wanted = _letters(preview)
    if len(wanted) < LEAST_PREVIEW_LETTERS:
        return 1.0
    grams, found = Counter(_grams(wanted)), Counter(_grams(_letters(text)))
    return (grams & found).total() / grams.total()


def worries(document: Document) -> tuple[str, ...]:
    """Return what a reader of the text should know, one line each.

    Glyphs that only the author's font can show are the readers' to count.
    """
    text = "\n".join(_texts(document))
    found = []
    if lost := text.count("\ufffd"):
        found.append(f"characters lost in the document itself (U+FFFD): {lost}")
    if fields := len(_FIELD.findall(text)):
        found.append(f"fields nobody filled in (누름틀): {fields}")
    return tuple(found)


def _texts(document: Document) -> Iterator[str]:
    for block in document.blocks:
        yield from leaves(block)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _grams(letters: str) -> Iterator[str]:
    return (letters[n : n + _GRAM] for n in range(len(letters) - _GRAM + 1))
