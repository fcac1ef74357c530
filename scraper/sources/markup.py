"""Small tools for reading the site's HTML, shared by all its pages."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.errors import ParseError
from scraper.model import KST, Page

#: Deepest nesting we read on a page with more tags than are harmless; real pages stay
#: below 60. A parser's time grows with the square of the depth, and 50,000 open tags
#: cost twelve seconds, but ten thousand half of one; nobody here walks a tree by
#: recursion, so that depth does no other harm.
MAX_NESTING = 256
HARMLESS = 10_000

#: So much of a page tells that its bytes are UTF-8, if any Korean is in it.
_SAMPLE = 1024

_NEWS_ID = re.compile(r"[?&]newsId=([0-9]{1,12})(?![0-9])")
_DAY = re.compile(
    r"(?<![0-9])([0-9]{4})[-./] ?([0-9]{1,2})[-./] ?([0-9]{1,2})(?![0-9])"
)

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*?(/?)>")
#: What may open an element that others nest in. What is flat does not, and what is
#: closed by the next tag holds none, so all of those together add one to the depth.
_OPENING = re.compile(
    "<(?!/|(?:td|tr|th|p|li|br|img)[ >/]"
    "|[a-z]+[^<>]*>[^<]*</(?:span|strong|b|em|u|i|a|font|sup|sub|div|h[1-6])>)"
)

_VOID = "area base br col embed hr img input link meta param source track wbr"
_CLOSED_BY_THE_NEXT = "p li dt dd tr td th option"
_FLAT = frozenset(f"{_VOID} {_CLOSED_BY_THE_NEXT}".split())


def parse_markup(page: Page) -> LexborHTMLParser:
    """Return the tree of ``page``; :class:`ParseError` if it is nested too deep."""
    if page.text.count("<") > HARMLESS:
        depth = nesting(page.text)
        if depth > MAX_NESTING:
            raise ParseError(page.url, f"elements nested {depth} deep")
    return LexborHTMLParser(_as_utf_8(page))


def _as_utf_8(page: Page) -> str | bytes:
    """Return the bytes as sent where they are what the parser wants, else the text."""
    sample = page.text[:_SAMPLE]
    if not sample.isascii() and page.body.startswith(sample.encode()):
        return page.body
    return page.text


def may_be_deep(html: str) -> bool:
    """Tell at a glance whether elements may be nested beyond :data:`MAX_NESTING`."""
    return len(_OPENING.findall(html)) >= MAX_NESTING


def nesting(html: str) -> int:
    """Return how deep elements are nested, roughly: scripts and comments count too."""
    depth = deepest = 0
    for closing, name, empty in _TAG.findall(html):
        if empty or name.lower() in _FLAT:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        deepest = max(deepest, depth)
    return deepest


def cut_out(node: LexborNode, selector: str) -> None:
    """Take the elements that match ``selector`` out of ``node``, for good."""
    for part in [*outermost(node.css(selector), node)]:
        part.decompose()


def outermost(nodes: list[LexborNode], top: LexborNode) -> Iterator[LexborNode]:
    """Yield those of ``nodes`` that stand in no other one, below ``top``, each once."""
    ids = {node.mem_id: node for node in nodes}
    stop = {*ids, top.mem_id}
    for node in ids.values():
        parent = node.parent
        while parent is not None and parent.mem_id not in stop:
            parent = parent.parent
        if parent is None or parent.mem_id == top.mem_id:
            yield node


def attribute(node: LexborNode | None, name: str) -> str:
    """Return an attribute's value, "" if there is no node, attribute or value."""
    return (node.attributes.get(name) or "") if node is not None else ""


def one_line(text: str) -> str:
    """Return ``text`` as printed, but for the template's line breaks and blanks."""
    return " ".join(text.split())


def news_id_in(address: str) -> str:
    """Return the digits of ``newsId`` in an address, "" if it has none."""
    found = _NEWS_ID.search(address)
    return found[1] if found else ""


def day_in(text: str) -> date | None:
    """Return the first ``2026-10-06`` or ``2026.10.06``; ``None`` if no such day."""
    found = _DAY.search(text)
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def moment_in(text: str) -> datetime | None:
    """Return an ISO time in KST (where it is when it names no zone), or ``None``."""
    midnight = "T24:00" in text
    try:
        moment = datetime.fromisoformat(text.replace("T24:00", "T00:00").strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=KST)
        return moment.astimezone(KST) + timedelta(days=midnight)
    except (ValueError, OverflowError):
        return None
