"""Names of the oddities of an article, so that a test can tell which it has met."""

from tests.replica.article import Article
from tests.replica.article_blocks import Node, Photo, lines
from tests.replica.blocks import Para
from tests.replica.dice import mix

_STYLE_QUIRKS = {
    "se": ("se-contents", "split spans"),
    "ke": ("data-ke-size", "split spans"),
    "hwp": ("p br pairs", "split spans"),
    "breaks": ("plain lines",),
    "divs": ("plain lines",),
    "text": ("plain text",),
}
_BULLETS = "□○ㅇ◦▪-*※☞◆◇■▲①†"


def quirks(article: Article) -> tuple[str, ...]:
    """Return the names of an article's oddities, sorted."""
    found = set(_STYLE_QUIRKS[article.style]) | set(_node_quirks(article.body))
    text = list(lines(article.body))
    found |= {f"bullet {line[0]}" for line in text if line[0] in _BULLETS}
    found |= {name for name, mark in _MARKS.items() if any(mark in t for t in text)}
    if "bullet ㅇ" in found and mix(article.slot.number) % 2:
        found.add("numeric bullet")
    if any(isinstance(n, Para) and n.text.startswith(" ") for n in article.body):
        found.add("se-tab" if article.style == "se" else "nbsp")
    if article.embargo_at:
        found.add("embargo")
    if len(article.subtitles) > 1:
        found.add("subtitle lines")
    if article.body_escapes > 1:
        found.add(f"escaped {article.body_escapes} times")
    if article.escapes > 1:
        found.add(f"title escaped {article.escapes} times")
    if article.notice_on_page:
        found.add("notice on page")
    if article.slot.published_at.strftime("%X") == "00:00:00":
        found.add("midnight")
    if article.damage:
        found.add(f"damage {article.damage}")
    return tuple(sorted(found))


_MARKS = {"ranges": "~", "annex": "<붙임>", "end mark": "끝.", "contact": "문의"}


def _node_quirks(nodes: tuple[Node, ...]) -> set[str]:
    names = {type(node).__name__ for node in nodes}
    found = {f"node {name}" for name in names - {"Para"}}
    photos = [node for node in nodes if isinstance(node, Photo)]
    if any(photo.caption for photo in photos):
        found.add("caption")
    for node in nodes:
        for cell in getattr(node, "cells", ()):
            if cell.rows > 1 or cell.columns > 1:
                found.add("spanned cells")
            if any(hasattr(block, "cells") for block in cell.blocks):
                found.add("nested table")
    return found
