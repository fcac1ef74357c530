"""Text that Liquid or a Markdown parser would take for something else."""

import re
from collections.abc import Iterator

from publishers.check.context import View
from publishers.check.draft import Chunk
from publishers.check.markup import markdown_lines, within
from publishers.check.rules import Edit, Hit
from scraper.markdown import entity

_BRACES = re.compile(r"\{\{|\{%")
#: What an operator writes into a post on purpose.
_MEANT = re.compile(
    r"\{%-?\s*(?:end)?(?:raw|include(?:_relative|_cached)?|link|post_url|highlight|if|"
    r"unless|for|case|when|else|elsif|assign|capture|comment|gist|youtube|render|seo)\b"
    r"[^{}\n]*%\}|\{\{-?\s*(?:(?:site|page|layout|include|paginator|theme|forloop)\.|"
    r"content\b|[\"'][^\"'{}\n]*[\"']\s*\|)[^{}\n]*\}\}"
)
_RULE_OF_TABLE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
#: What kramdown hides, once it is no table: definitions and attributes.
_HIDDEN = re.compile(r"[ ]{0,3}(?:\*?\[[^\]\n]+\]:|\{:)")
_BAR = re.compile(r"(?<!\\)\|")
#: ``2024. 6. 24.`` and ``6. 24.``: dates, and no numbered list.
_DATE = re.compile(
    r"[ ]{0,3}(?:(?:19|20)\d\d|\d{1,2}(?=\.[ ]?\d{1,2}\.))(?P<dot>\.)(?=\s)"
)
_UNDERLINE = re.compile(r"[ ]{0,3}(?:-{2,}|=+)[ \t]*")
#: kramdown makes an element of it, and a browser shows none of its name.
_LIKE_TAG = re.compile(r"</?[가-힣ㄱ-ㆎ][^<>\s=]{0,40}>")
#: Keys that themes put through Markdown.
_SET_AS_MARKDOWN = frozenset({"excerpt", "description", "feature_text"})


def look(view: View) -> Iterator[Hit]:
    """Yield text that would not be shown as text."""
    yield from _liquid(view)
    yield from _angles(view)
    if view.draft.path.endswith(".html"):
        return  # no generator puts these through Markdown
    lines = list(markdown_lines(view.draft.text, view.draft.body_at, view.draft.code))
    yield from _bars(view, lines)
    yield from _starts(lines)
    if not view.draft.problem:
        for chunk in view.draft.chunks:
            if chunk.name in _SET_AS_MARKDOWN:
                yield from _excerpt(view, chunk)


def _liquid(view: View) -> Iterator[Hit]:
    draft, text = view.draft, view.draft.text
    if not _BRACES.search(text, draft.body_at):
        return
    if "{% raw %}" in text:
        return
    meant = [found.span() for found in _MEANT.finditer(text, draft.body_at)]
    scripts = list(_scripts(view))
    last = {"{{": text.rfind("}}"), "{%": text.rfind("%}")}
    for found in _BRACES.finditer(text, draft.body_at):
        at = found.start()
        if within(meant, at):
            continue
        whole = text[at : at + 24].partition("\n")[0]
        closed = last[found[0]] > at
        happens = "swallows it" if closed and found[0] == "{{" else "stops the build"
        fixed = draft.in_code(at) or within(scripts, at)
        edits = () if fixed else _escaped_braces(at, found[0])
        yield Hit("liquid", at, f"{whole} … : Liquid {happens}", edits)


def _escaped_braces(at: int, braces: str) -> tuple[Edit, ...]:
    end = at + (2 if braces == "{{" else 1)
    return (Edit(at, end, entity("{") * (end - at)),)


def _scripts(view: View) -> Iterator[tuple[int, int]]:
    """Yield where scripts and styles stand: references mean nothing there."""
    begun = -1
    for tag in view.draft.tags:
        if tag.name in ("script", "style"):
            if tag.closing and begun >= 0:
                yield begun, tag.end
            begun = -1 if tag.closing else tag.start


def _angles(view: View) -> Iterator[Hit]:
    for found in _LIKE_TAG.finditer(view.draft.text, view.draft.body_at):
        start, end = found.span()
        if not view.draft.in_code(start):
            edits = (Edit(start, start + 1, "&lt;"), Edit(end - 1, end, "&gt;"))
            yield Hit(
                "html-like", start, f"{found[0]}: kramdown shows none of it", edits
            )


def _bars(view: View, lines: list[tuple[int, str]]) -> Iterator[Hit]:
    """Yield lines with bars that are no part of a real table."""
    text = view.draft.text
    meant = [found.span() for found in _MEANT.finditer(text, view.draft.body_at)]
    block: list[tuple[int, str]] = []
    for at, line in (*lines, (0, "")):
        if _BAR.search(line):
            block.append((at, line))
            continue
        if not any("-" in t and _RULE_OF_TABLE.fullmatch(t) for _, t in block):
            for place, row in block:
                bars = (place + bar.start() for bar in _BAR.finditer(row))
                edits = tuple(
                    Edit(bar, bar + 1, entity("|"))
                    for bar in bars
                    if not view.draft.in_code(bar) and not within(meant, bar)
                )
                if edits:
                    bars_at = edits[0].start
                    edits = (*_kept_shown(place, row), *edits)
                    message = "kramdown makes a table of this line"
                    yield Hit("markdown-table", bars_at, message, edits)
        block = []


def _kept_shown(at: int, row: str) -> Iterator[Edit]:
    """Yield the edit without which a line would vanish that is a table no more."""
    if _HIDDEN.match(row):
        start = len(row) - len(row.lstrip(" "))
        yield Edit(at + start, at + start + 1, entity(row[start]))


def _starts(lines: list[tuple[int, str]]) -> Iterator[Hit]:
    above, end = "", -1
    for at, line in lines:
        if found := _DATE.match(line):
            dot = at + found.start("dot")
            message = f"{line.strip()[:20]} … becomes a list"
            yield Hit("markdown-list", at, message, (Edit(dot, dot + 1, entity(".")),))
        follows = at == end and above.strip() and not above.lstrip().startswith("<")
        if follows and _UNDERLINE.fullmatch(line) and "|" not in above:
            message = f"{above.strip()[:20]} … becomes a heading"
            yield Hit("markdown-heading", at, message)
        above, end = line, at + len(line) + 1


def _excerpt(view: View, chunk: Chunk) -> Iterator[Hit]:
    """Yield bars and dates in what themes put through Markdown."""
    text = view.draft.text
    at = text.find("\n", chunk.value_at) + 1 if chunk.block else chunk.value_at
    bars = tuple(
        Edit(bar.start(), bar.end(), entity("|"))
        for bar in re.compile(_BAR.pattern).finditer(text, at, chunk.end)
    )
    if bars:
        message = f"{chunk.name}: themes make a table of it"
        yield Hit("markdown-table", bars[0].start, message, bars)
    value = at + len(text[at : chunk.end]) - len(text[at : chunk.end].lstrip(" \"'"))
    if found := _DATE.match(text, value, chunk.end):
        dot = Edit(found.start("dot"), found.end("dot"), entity("."))
        message = f"{chunk.name}: themes make a list of it"
        yield Hit("markdown-list", value, message, (dot,))
