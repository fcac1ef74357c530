"""HTML in a post: what runs, what is not closed, what stands where it cannot."""

import re
from collections.abc import Iterator

from publishers.check.context import View
from publishers.check.markup import BLOCKS, VOID, Tag, fences, within
from publishers.check.rules import Edit, Hit

#: Elements that run, load, or ask for something.
_ACTIVE = frozenset(
    {
        *("script", "iframe", "object", "embed", "applet", "form", "input"),
        *("button", "select", "textarea", "base", "link", "meta", "svg", "math"),
        *("template", "frame", "frameset", "audio", "video"),
    }
)
_PAGE = frozenset(("html", "head", "body", "title"))
_IN_HEAD = frozenset(("meta", "link", "title", "style", "base"))
#: HTML lets these stand open.
_MAY_STAND_OPEN = frozenset(
    {
        *("li", "td", "th", "tr", "dt", "dd", "thead", "tbody", "tfoot", "option"),
        *("colgroup", "html", "head", "body"),
    }
)
_LONE_RULE = re.compile(r"<p\b[^<>]*>\s*(?P<hr><hr\b[^<>]*>)\s*</p>", re.IGNORECASE)
#: No post nests so deep; what does would be looked through again for every tag.
_DEEPEST = 500
_DOCTYPE = re.compile(r"<!doctype\b", re.IGNORECASE)
_HANGUL = re.compile("[가-힣]{2}")


def look(view: View) -> Iterator[Hit]:
    """Yield what HTML in a post does to it."""
    tags = [t for t in view.draft.tags if not view.draft.in_code(t.start)]
    yield from _page(view, tags)
    yield from _active(tags)
    yield from _structure(view, tags)
    yield from _code(view)


def _page(view: View, tags: list[Tag]) -> Iterator[Hit]:
    draft = view.draft
    names = sorted({tag.name for tag in tags if tag.name in _PAGE})
    found = _DOCTYPE.search(draft.text, draft.body_at)
    if names or found:
        first = next((t.start for t in tags if t.name in _PAGE), -1)
        at = found.start() if found else first
        message = f"elements of a page: {', '.join(names) or 'doctype'}"
        yield Hit("html-page", at, message)


def _active(tags: list[Tag]) -> Iterator[Hit]:
    page = any(tag.name in _PAGE for tag in tags)
    for tag in tags:
        if tag.closing:
            continue
        if tag.name in _ACTIVE and not (page and tag.name in _IN_HEAD):
            yield Hit("html-active", tag.start, f"<{tag.name}>")
        if tag.name == "style":
            yield Hit("html-active", tag.start, "<style>: it changes the whole page")
        for attribute in tag.attributes:
            value = "".join(attribute.value.split()).lower()
            if re.fullmatch("on[a-z]+", attribute.name):
                message = f"{attribute.name} of <{tag.name}>"
                yield Hit("html-active", tag.start, message)
            elif value.startswith(("javascript:", "vbscript:", "data:text/html")):
                message = (
                    f"{value.partition(':')[0]}: in {attribute.name} of <{tag.name}>"
                )
                yield Hit("html-active", attribute.start, message)
            elif attribute.name == "srcdoc":
                yield Hit("html-active", tag.start, f"srcdoc of <{tag.name}>")


def _structure(view: View, tags: list[Tag]) -> Iterator[Hit]:
    """Yield elements that are not closed, not begun, or inside of a paragraph."""
    lone = {found.start(): found for found in _lone_rules(view)}
    for found in lone.values():
        edit = Edit(*found.span(), found["hr"])
        yield Hit(
            "html-nesting", found.start(), "a rule inside of a paragraph", (edit,)
        )
    hidden = [found.span() for found in lone.values()]
    stack: list[Tag] = []
    #: The first block inside of each open paragraph, by the paragraph's offset.
    inside: dict[int, Tag] = {}
    for tag in tags:
        if tag.name in _PAGE or within(hidden, tag.start):
            continue
        if tag.closing:
            yield from _close(stack, inside, tag)
            continue
        paragraph = next((t for t in stack if t.name == "p"), None)
        if paragraph and tag.name in BLOCKS:
            if tag.name == "p":
                yield from _open(stack, paragraph)
            else:
                inside.setdefault(paragraph.start, tag)
        if tag.name not in VOID and not (tag.closed and tag.name not in BLOCKS):
            stack.append(tag)
        if len(stack) > _DEEPEST:
            message = f"more than {_DEEPEST} elements are open here: no more is read"
            yield Hit("html-open", tag.start, message)
            return
    for tag in stack:
        if tag.name not in _MAY_STAND_OPEN:
            yield Hit("html-open", tag.start, f"<{tag.name}> is not closed")


def _lone_rules(view: View) -> Iterator[re.Match[str]]:
    for found in _LONE_RULE.finditer(view.draft.text, view.draft.body_at):
        if not view.draft.in_code(found.start()):
            yield found


def _close(stack: list[Tag], inside: dict[int, Tag], tag: Tag) -> Iterator[Hit]:
    place = next(
        (i for i in reversed(range(len(stack))) if stack[i].name == tag.name), -1
    )
    if place < 0:
        if tag.name not in VOID:
            yield Hit("html-stray", tag.start, f"</{tag.name}> without its begin")
        return
    for opened in stack[place + 1 :]:
        if opened.name not in _MAY_STAND_OPEN:
            yield Hit("html-open", opened.start, f"<{opened.name}> is not closed")
    if block := inside.pop(stack[place].start, None):
        message = f"<{block.name}> inside of a paragraph"
        yield Hit("html-nesting", block.start, message)
    del stack[place:]


def _open(stack: list[Tag], paragraph: Tag) -> Iterator[Hit]:
    """A paragraph ends where the next begins, with all that is open in it."""
    place = stack.index(paragraph)
    for opened in stack[place:]:
        if opened.name not in _MAY_STAND_OPEN:
            yield Hit("html-open", opened.start, f"<{opened.name}> is not closed")
    del stack[place:]


def _code(view: View) -> Iterator[Hit]:
    """Yield fences, and sentences set as code: releases have neither."""
    draft = view.draft
    if "`" not in draft.body and "~~~" not in draft.body:
        return
    whole = max(len(draft.body), 1)
    for start, end, closed in fences(draft.text, draft.body_at):
        share = (end - start) * 100 // whole
        what = f"{share} % of the post in a code fence" + (
            "" if closed else ", not closed"
        )
        yield Hit("code-fence", start, what)
    for start, end in draft.code:
        piece = draft.text[start:end]
        if "\n" not in piece and len(piece) > 20 and _HANGUL.search(piece):
            yield Hit("code-fence", start, f"a sentence set as code: {piece[:20]} …")
