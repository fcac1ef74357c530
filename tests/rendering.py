"""What a reader sees of a post: Markdown and HTML as text, by parsers not ours."""

import html
import re

import yaml
from markdown_it import MarkdownIt

#: CommonMark with the tables and struck text of GFM, raw HTML let through.
_COMMONMARK = MarkdownIt("gfm-like", {"linkify": False, "html": True})

#: The only elements that blocks become.
BLOCK_ELEMENTS = "p|h[1-6]|ul|li|table|thead|tbody|tr|th|td|br"
#: What a post has besides.
POST_ELEMENTS = f"{BLOCK_ELEMENTS}|a|b|img"


def commonmark(text: str) -> str:
    """Return the HTML markdown-it makes of Markdown."""
    return _COMMONMARK.render(text)


def shown(markup: str, *, elements: str = BLOCK_ELEMENTS) -> str:
    """Return the text of HTML with single blanks; any other element fails."""
    text = re.sub(rf"</?(?:{elements})(?:\s[^<>]*)?/?>", " ", markup)
    assert not re.search(r"<[A-Za-z/!?]", text), f"unexpected element: {markup}"
    return " ".join(html.unescape(text).split())


def solid(text: str) -> str:
    """Return a text without blanks."""
    return "".join(text.split())


def front_matter_of(text: str) -> tuple[str, dict[str, object]]:
    """Return the YAML between the dashes of a post, and what it says."""
    head = text.removeprefix("---\n").split("\n---\n", 1)[0] + "\n"
    fields = yaml.safe_load(head)
    assert isinstance(fields, dict)
    return head, fields


def body_of(text: str) -> str:
    """Return what follows the front matter of a post."""
    return text.split("\n---\n", 1)[1]
