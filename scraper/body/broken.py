"""Bodies whose words a browser would move or lose, rebuilt so that it does not.

HTML's own repair of broken markup puts what stands in a table outside its cells before
the table, runs cells outside of tables together, and lets an unclosed ``<select>`` or
``<iframe>`` swallow the rest. Few bodies are like that, but editors paste what they
like. Those are read by a parser that leaves words where the source has them, and
written again as markup that needs no repair.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

#: Elements that swallow everything up to their end, wherever that is.
_SWALLOWING = (
    *("textarea", "select", "button", "plaintext", "title", "style", "script"),
    *("iframe", "noscript", "xmp", "noembed", "noframes", "object", "video", "audio"),
    *("canvas", "svg", "math", "template", "frameset", "picture", "map"),
)


def _any_of(names: Sequence[str]) -> str:
    """Return a pattern for names in any case that fails at the first letter."""
    tails: dict[str, list[str]] = {}
    for name in names:
        tails.setdefault(name[0], []).append(name[1:])
    return "|".join(
        f"[{first}{first.upper()}](?i:{'|'.join(rest)})"
        for first, rest in tails.items()
    )


#: Either a tag of a table, and what follows it but blanks and breaks; or the beginning
#: of what may swallow words. One pass over a body: it costs a tenth of reading it.
_TELLING = re.compile(
    r"<(?![sSpPbB][ pPrR>]|/[abd-su-zABD-SU-Z])"  # nearly all tags are of these
    r"(?:(/?)((?:[tT][aAbBhHfFrRdD]|[cC](?:[aA][pP]|[oO][lL]))[a-zA-Z]*)"
    r"(?=[\s/>])[^>]*>"
    r"\s*+(?:(?:&nbsp;|&#160;|<[bB][rR]\s*/?>)\s*+)*+(?=(</?[a-zA-Z0-9]*|<!|.?))"
    rf"|(?:{_any_of(_SWALLOWING)})(?=[\s/>])|[!?]|/[^a-zA-Z])",
    re.DOTALL,
)

_INSIDE = ("tbody", "thead", "tfoot", "tr", "td", "th", "caption", "colgroup", "col")
_PARTS = frozenset(["table", *_INSIDE])

#: What may stand between cells without being moved.
_BETWEEN = frozenset(
    ["", "<!", "<form", "</form", "<script", "<style", "<template", "</table"]
    + [slash + name for slash in ("<", "</") for name in _INSIDE]
)

#: Tables nested deeper are left to the repair of browsers.
_DEEPEST = 64

_HOLDS_TEXT = frozenset(["td", "th", "caption"])
_ROWS = frozenset(["tr", "tbody", "thead", "tfoot"])

_COMMENT = re.compile(r"<!--(?:-?>|.*?--!?>)", re.DOTALL)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL | re.IGNORECASE)
#: ``</붙임>``, ``<!주의>``: words, but a comment to every browser.
_WORDS_AS_COMMENT = re.compile(r"<(?=(?:/|!|\?)\s*[^\W\d_a-zA-Z])")
_DECLARATION = re.compile(r"<[!?][^>]*>|</(?![a-zA-Z])[^>]*>|<[a-zA-Z/!?][^<>]*\Z")
_NO_TAG = re.compile(r"<(?![a-zA-Z/!?])")


def needs_rebuilding(html: str) -> bool:
    """Tell whether a browser's repair would move or lose words of this body.

    It looks at the tags of tables, and at names that rarely occur; it may say yes of a
    body that would have been fine.
    """
    telling = _TELLING.findall(html)
    # Of hundreds of tags some dozen differ, and most questions are about those.
    kinds = set(telling)
    if _too_deep(telling):
        return False
    if any(not name for _, name, _ in kinds) and _swallows(html):
        return True
    return any(_is_loose(*kind) for kind in kinds) or _has_loose_cells(telling)


def rebuild(html: str) -> str:
    """Return a body with the same words in the same order, in sound markup.

    What is loose in a table joins the cell before it, or gets a row of its own; cells
    without a table become lines. Nothing in the result needs rebuilding.
    """
    from scraper.body.loose import mend_tables  # few bodies need it; it loads slowly

    return mend_tables(_without_traps(html))


def _too_deep(tags: list[tuple[str, str, str]]) -> bool:
    """Tell whether tables nest deeper than any text: rebuilding would take long."""
    if len(tags) <= _DEEPEST:
        return False
    tables = [bool(slash) for slash, name, _ in tags if name in ("table", "TABLE")]
    if tables.count(False) <= _DEEPEST:
        return False
    depths = accumulate(-1 if closed else 1 for closed in tables)
    return max(depths) > _DEEPEST


@lru_cache(256)  # bodies are of the same few dozen kinds of tags
def _is_loose(slash: str, printed: str, next_tag: str) -> bool:
    """Tell whether what follows a tag of a table may not stand there."""
    name, following = printed.lower(), next_tag.lower()
    if name not in _PARTS or (name == "table" and slash):
        return False
    if name in _HOLDS_TEXT and not slash:
        return False
    if following not in _BETWEEN:
        return True
    return bool(slash) and name in _ROWS and following in ("</td", "</th")


def _has_loose_cells(tags: list[tuple[str, str, str]]) -> bool:
    """Tell whether parts of a table stand outside of tables."""
    depth = 0
    for slash, printed, _ in tags:
        name = printed if printed in _PARTS else printed.lower()
        if name == "table":
            depth += -1 if slash else 1
            depth = max(depth, 0)
        elif not depth and name in _PARTS:
            return True
    return False


def _swallows(html: str) -> bool:
    plain = _COMMENT.sub("", html)
    return (
        "<!--" in plain
        or bool(_CDATA.search(plain) or _WORDS_AS_COMMENT.search(plain))
        or bool(_unclosed(plain))
    )


def _unclosed(html: str) -> list[str]:
    """Return the names of swallowing elements that begin more often than they end."""
    found = []
    for name in _SWALLOWING:
        begun = len(re.findall(rf"<{name}(?=[\s/>])", html, re.IGNORECASE))
        if begun > len(re.findall(rf"</{name}(?=[\s/>])", html, re.IGNORECASE)):
            found.append(name)
    return found


def _without_traps(html: str) -> str:
    """Return the markup without what hides words that follow it."""
    html = _CDATA.sub(r"\1", _COMMENT.sub("", html)).replace("<!--", "")
    html = _WORDS_AS_COMMENT.sub("&lt;", html)
    html = _NO_TAG.sub("&lt;", _DECLARATION.sub("", html))
    for name in _unclosed(html):
        html = re.sub(rf"</?{name}(?=[\s/>])[^>]*>", "", html, flags=re.IGNORECASE)
    return html
