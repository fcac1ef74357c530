"""HTML as a reader sees it: its words in order, and what it is made of."""

from collections.abc import Iterable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

#: Elements that stand inside a line; all others begin and end one.
INLINE = frozenset(
    [
        "a",
        "b",
        "strong",
        "em",
        "i",
        "sup",
        "sub",
        "span",
        "code",
        "del",
        "mark",
        "input",
    ]
)


def words(html: str) -> str:
    """Return the text of HTML: one blank where lines, blocks or cells meet."""
    body = LexborHTMLParser(f"<body>{html}").body
    assert body is not None
    return " ".join("".join(_pieces(body)).split())


def foreign(html: str, allowed: Iterable[str]) -> set[str]:
    """Return the names of all elements but these."""
    body = LexborHTMLParser(f"<body>{html}").body
    assert body is not None
    found = {str(node.tag) for node in body.traverse(include_text=False)}
    return found - {"body", *allowed}


def _pieces(node: LexborNode) -> Iterator[str]:
    for child in node.iter(include_text=True):
        if child.tag == "-text":
            yield child.text_content or ""
        elif child.tag not in ("script", "style", "template"):
            around = "" if child.tag in INLINE else " "
            yield around
            yield from _pieces(child)
            yield around
