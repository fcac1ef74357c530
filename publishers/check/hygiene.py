"""Characters that nobody sees, blanks that are none, escapes of escapes."""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

from publishers.check.context import View
from publishers.check.rules import Edit, Hit

#: Never part of a text, with what a terminal makes colors of; line ends of other kinds.
_INVISIBLE = re.compile(
    "\x1b\\[[0-?]*[ -/]*[@-~]"
    "|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_LINE_ENDS = frozenset("\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
_BLANKS = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
#: What begins a block of Markdown, and so is not shown as it stands.
_BLOCK = re.compile(
    r"[ ]{0,3}(?:\#{1,6}(?![^ \t])|>|[-+*:](?=[ \t])|\d+[.)](?![^ \t])|\*?\[[^\]]+\]:"
    r"|\{:|```|~~~|(?:-+|=+|\^)[ \t]*$)|[ ]{4}|\t"
)
_DECOMPOSED = re.compile("(?:[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?)+")
#: Escaped twice or more; the last layer stays, so nothing becomes markup.
_TWICE = re.compile(r"&(?:amp;)+(?=(?P<name>#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|\w{2,31});)")


def look(view: View) -> Iterator[Hit]:
    """Yield characters that should not be there, line by line."""
    text = view.draft.text
    if "\ufffd" in text:
        message = f"{text.count(chr(0xFFFD))} characters were lost (U+FFFD)"
        yield Hit("encoding", text.index("\ufffd"), message)
    if not text.replace("\n", "").replace("\t", "").isprintable():
        edits = _edits(view, _INVISIBLE)
        invisible = _hits(text, "text-invisible", "invisible characters", edits)
        blank = _hits(text, "text-blank", "odd blanks", _edits(view, _BLANKS))
        body = len(text) if view.draft.path.endswith(".html") else view.draft.body_at
        for hit in (*invisible, *blank):
            begins = hit.at >= body and _begins_block(text, hit.edits)
            yield hit._replace(edits=()) if begins else hit
    if not unicodedata.is_normalized("NFC", text):
        edits = _edits(view, _DECOMPOSED)
        yield from _hits(text, "text-decomposed", "words in pieces", edits)
    yield from _hits(text, "entity-twice", "escapes of escapes", _entities(view))


def _edits(view: View, pattern: re.Pattern[str]) -> Iterator[Edit]:
    text, body = view.draft.text, view.draft.body_at
    for found in pattern.finditer(text):
        start, end = found.span()
        match pattern:
            case _ if pattern is _DECOMPOSED:
                new = unicodedata.normalize("NFC", found[0])
            case _ if pattern is _BLANKS:
                new = _blank(text, start, end)
            case _:
                ends = start >= body and found[0] in _LINE_ENDS
                new = "\n" if ends else " " if found[0] in _LINE_ENDS else ""
        yield Edit(start, end, new)


def _blank(text: str, start: int, end: int) -> str:
    """Return what stands for odd blanks: nothing where spaces would be markup."""
    before, after = text[max(start - 1, 0) : start], text[end : end + 1]
    if before == ">" and after == "<":
        return "&nbsp;"
    return "" if before in ("", "\n") else " "


def _begins_block(text: str, edits: tuple[Edit, ...]) -> bool:
    """Say whether a line would be a list, a heading and so on that was none."""
    start = text.rfind("\n", 0, edits[0].start) + 1
    end = text.find("\n", edits[-1].end)
    end = len(text) if end < 0 else end
    pieces, at = list[str](), start
    for edit in edits:
        pieces += [text[at : edit.start], edit.new]
        at = edit.end
    first, *more = "".join((*pieces, text[at:end])).split("\n")
    was = _BLOCK.match(text[start:end])
    return bool(not was and _BLOCK.match(first)) or any(map(_BLOCK.match, more))


def _entities(view: View) -> Iterator[Edit]:
    for found in _TWICE.finditer(view.draft.text, view.draft.body_at):
        name = f"&{found['name']};"
        if html.unescape(name) != name and not view.draft.in_code(found.start()):
            yield Edit(*found.span(), "&")


def _hits(text: str, rule: str, name: str, edits: Iterable[Edit]) -> Iterator[Hit]:
    """Yield one hit for the edits of each line."""
    for _, group in groupby(edits, lambda edit: text.rfind("\n", 0, edit.start)):
        line = tuple(group)
        code = ""
        if rule != "entity-twice":
            code = f" ({', '.join(sorted({_code(text[e.start]) for e in line}))})"
        yield Hit(rule, line[0].start, f"{len(line)} {name}{code}", line)


def _code(char: str) -> str:
    return f"U+{ord(char):04X}"
