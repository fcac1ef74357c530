"""Source of a post -> its tags, its code, and the lines that Markdown reads."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

#: Names are ASCII: ``<간격>`` is text, if not to every parser.
_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]*+)"
    r"(?P<attributes>(?:[^<>\"']|\"[^\"\n]{0,4000}\"|'[^'\n]{0,4000}')*+)>"
)
_ATTRIBUTE = re.compile(
    r"""(?P<name>[^\s"'<>/=]+)\s*(?:=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'"""
    r"""|(?P<bare>[^\s"'<>]+)))?"""
)
_FENCE = re.compile(r"^[ ]{0,3}(?P<mark>`{3,}|~{3,})(?P<info>[^`\n]*)$", re.MULTILINE)
_SPAN = re.compile(r"(?<!`)(?P<mark>`+)(?!`)(?P<code>[^\n]+?)(?<!`)(?P=mark)(?!`)")

#: Elements that begin a block: Markdown leaves such a block alone.
BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "center", "details"),
        *("dialog", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure"),
        *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header"),
        *("hr", "html", "iframe", "li", "link", "main", "menu", "meta", "nav"),
        *("ol", "p", "pre", "script", "section", "style", "summary", "table"),
        *("tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul"),
    }
)
#: Elements without an end.
VOID = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link"),
        *("meta", "source", "track", "wbr"),
    }
)
#: Elements inside of which blank lines end nothing.
_HOLDING = frozenset(
    {
        *("table", "ul", "ol", "dl", "div", "section", "article", "blockquote"),
        *("figure",),
    }
)
_STARTS_BLOCK = re.compile(r"[ ]{0,3}</?(?P<name>[A-Za-z][A-Za-z0-9]*)[\s/>]")
_HOLDS = re.compile(rf"<(/?)(?:{'|'.join(sorted(_HOLDING))})\b", re.IGNORECASE)


class Attribute(NamedTuple):
    """An attribute of a tag; ``start`` and ``end`` are those of its value."""

    name: str
    value: str
    start: int
    end: int


class Tag(NamedTuple):
    """A tag in the source of a post."""

    #: In small letters.
    name: str
    closing: bool
    #: As ``<br/>``; to HTML that means something for a few elements only.
    closed: bool
    start: int
    end: int
    #: Where its attributes begin, and what they are from there on.
    inner: int
    parts: tuple[Attribute, ...]

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """Return the attributes with their places in the text."""
        at = self.inner
        return tuple(Attribute(a[0], a[1], a[2] + at, a[3] + at) for a in self.parts)

    def get(self, name: str) -> str:
        """Return the value of an attribute; "" if it has none."""
        return next((part.value for part in self.parts if part.name == name), "")


def within(spans: Sequence[tuple[int, int]], at: int) -> bool:
    """Say whether an offset is in one of these spans, which are apart and in order.

    >>> within([(1, 3), (5, 6)], 2), within([(1, 3), (5, 6)], 3)
    (True, False)
    """
    place = bisect_right(spans, at, key=lambda span: span[0])
    return place > 0 and at < spans[place - 1][1]


def find_tags(text: str, begin: int, code: Sequence[tuple[int, int]]) -> Iterator[Tag]:
    """Yield the tags from ``begin`` on that are neither in code nor in a comment."""
    hidden = sorted((*code, *comments(text, begin)))
    place = 0
    for found in _TAG.finditer(text, begin):
        start, end = found.span()
        while place < len(hidden) and hidden[place][1] <= start:
            place += 1
        if place < len(hidden) and hidden[place][0] <= start:
            continue
        closing, name, inner = found.groups()
        closed, parts = _attributes(inner) if inner else (False, ())
        at = end - 1 - len(inner)
        yield Tag(name.lower(), bool(closing), closed, start, end, at, parts)


def comments(text: str, begin: int) -> Iterator[tuple[int, int]]:
    """Yield where HTML comments stand; one without an end goes on to the end."""
    while (start := text.find("<!--", begin)) >= 0:
        end = text.find("-->", start + 4)
        begin = end + 3 if end >= 0 else len(text)
        yield start, begin


@lru_cache(maxsize=4096)
def _attributes(inner: str) -> tuple[bool, tuple[Attribute, ...]]:
    """Return whether a tag ends in a slash, and its attributes; most tags are alike."""
    parts = []
    for found in _ATTRIBUTE.finditer(inner):
        kind = next(
            (k for k in ("double", "single", "bare") if found[k] is not None), ""
        )
        value = found[kind] if kind else ""
        span = found.span(kind) if kind else (found.end(), found.end())
        parts.append(Attribute(found["name"].lower(), value, *span))
    return inner.rstrip().endswith("/"), tuple(parts)


def code_spans(text: str, begin: int) -> list[tuple[int, int]]:
    """Return where code stands, from ``begin`` on: fenced blocks, then pieces."""
    if "`" not in text and "~~~" not in text:
        return []
    spans = list(_fenced(text, begin))
    pieces = (found.span() for found in _SPAN.finditer(text, begin))
    return sorted((*spans, *(s for s in pieces if not within(spans, s[0]))))


def fences(text: str, begin: int) -> Iterator[tuple[int, int, bool]]:
    """Yield start and end of each fenced block, and whether it has an end."""
    opened: re.Match[str] | None = None
    for found in _FENCE.finditer(text, begin):
        if opened is None:
            opened = found
        elif found["mark"].startswith(opened["mark"]) and not found["info"].strip():
            yield opened.start(), found.end(), True
            opened = None
    if opened is not None:
        yield opened.start(), len(text), False


def _fenced(text: str, begin: int) -> Iterator[tuple[int, int]]:
    for start, end, _ in fences(text, begin):
        yield start, end


def markdown_lines(
    text: str, begin: int, code: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, str]]:
    """Yield the lines Markdown reads as text, with their offsets.

    Left out are code, and HTML from a line that begins with a block's tag to the next
    blank line outside of tables, lists and the like.
    """
    at, in_html, depth = begin, False, 0
    blocks = [span for span in code if "\n" in text[span[0] : span[1]]]
    for line in text[begin:].splitlines(keepends=True):
        here, at = at, at + len(line)
        if within(blocks, here):
            in_html = False
            continue
        started = _STARTS_BLOCK.match(line)
        if not in_html and started and started["name"].lower() in BLOCKS:
            in_html, depth = True, 0
        if in_html:
            depth += sum(-1 if end else 1 for end in _HOLDS.findall(line))
            in_html = bool(line.strip()) or depth > 0
            continue
        yield here, line.rstrip("\n")
