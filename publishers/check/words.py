"""The words of a post as a reader is meant to see them.

Not what some parser makes of a broken source, but what its words are: tags, addresses
and escapes taken away, and nothing else. So mending a source leaves them as they are.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from publishers.check.credit_words import credits_alike
from publishers.check.draft import Draft
from publishers.check.markup import BLOCKS, comments
from scraper.text import visible

_TAG = re.compile(
    r"</?(?P<name>[A-Za-z][A-Za-z0-9:-]*+)(?:[^<>\"']|\"[^\"\n]{0,4000}\""
    r"|'[^'\n]{0,4000}')*+>"
)
_HIDES = re.compile(r"<(?P<name>script|style)\b[^<>]*>", re.IGNORECASE)
_SHOWS = {
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style")
}
_IMAGE = re.compile(r"!\[[^\]\n]*\]\([^()\s]*(?:\s+\"[^\"\n]*\")?\)")
_LINK = re.compile(r"\[(?P<label>[^\[\]\n]*)\]\([^()\s]*(?:\s+\"[^\"\n]*\")?\)")
_BLANKS = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
#: How often an escape may have been escaped again.
_LAYERS = 5

#: Keys that hold moments; they are compared as such.
MOMENTS = frozenset({"date", "last_modified_at", "lastmod", "updated", "pubdate"})


def body_words(draft: Draft) -> list[str]:
    """Return the words of the body in their order; every credit counts as the same."""
    return body_text(draft).split()


def body_text(draft: Draft) -> str:
    """Return the body's words in lines; every credit counts as the same."""
    text, at, pieces = draft.text, draft.body_at, list[str]()
    for start, end in draft.code:
        pieces += [_plain(text[at:start]), text[start:end]]
        at = end
    pieces.append(_plain(text[at:]))
    return credits_alike(_seen("".join(pieces)))


def text_words(text: str) -> list[str]:
    """Return the words of a value of the front matter."""
    return _seen(_unescaped(text)).split()


def field_words(fields: Mapping[str, object]) -> dict[str, list[str]]:
    """Return the words of every key that holds words."""
    return {
        name: text_words(_flat(value))
        for name, value in fields.items()
        if name.lower() not in MOMENTS
    }


def blanks_alike(text: str) -> str:
    """Return a text without characters nobody sees, every blank in it a space."""
    return _BLANKS.sub(" ", visible(text))


def _flat(value: object) -> str:
    """Return a value as one text; what is nested deeper has no words."""
    if isinstance(value, Mapping):
        value = [item for pair in value.items() for item in pair]
    if isinstance(value, list):
        return " ".join(_one(v) for v in value if not isinstance(v, list | dict))
    return "" if value is None else _one(value)


def _one(value: object) -> str:
    """Return a value as text; Python writes very long numbers in hexadecimal only."""
    try:
        return str(value)
    except ValueError:
        return hex(value) if isinstance(value, int) else repr(value)


def _plain(text: str) -> str:
    if "<" in text:
        text = _without(text, comments(text, 0), "")
        text = _without(text, _hidden(text), " ")
        text = _TAG.sub(_gap, text)
    if "](" in text:
        text = _LINK.sub(_label, _IMAGE.sub(" ", text))
    return _unescaped(text)


def _without(text: str, spans: Iterable[tuple[int, int]], instead: str) -> str:
    pieces, at = list[str](), 0
    for start, end in spans:
        pieces += [text[at:start], instead]
        at = end
    return "".join((*pieces, text[at:]))


def _hidden(text: str) -> Iterator[tuple[int, int]]:
    """Yield where scripts and styles stand; what nothing ends is text."""
    at, endless = 0, set[str]()
    while begin := _HIDES.search(text, at):
        at, name = begin.end(), begin["name"].lower()
        end = None if name in endless else _SHOWS[name].search(text, at)
        if end is None:
            endless.add(name)
        else:
            at = end.end()
            yield begin.start(), at


def _unescaped(text: str) -> str:
    for _ in range(_LAYERS):
        before, text = text, html.unescape(text) if "&" in text else text
        if text == before:
            break
    return text


def _label(found: re.Match[str]) -> str:
    return found["label"]


def _gap(tag: re.Match[str]) -> str:
    name = tag["name"].lower()
    return "\n" if name in BLOCKS or name == "br" else ""


def _seen(text: str) -> str:
    return unicodedata.normalize("NFC", visible(text))
