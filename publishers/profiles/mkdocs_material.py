"""The blog of Material for MkDocs.

It prints titles and descriptions as they are (seen October 2026). The slug is the id:
a corrected title changes no address. Its lists show a post up to ``<!-- more -->``.
"""

from publishers.profiles import Article
from publishers.profiles.html_body import html_body
from publishers.profiles.markdown_body import markdown_body
from publishers.profiles.profile import Profile

_MORE = "<!-- more -->"


def _cut(text: str) -> str:
    """Return a body that lists show up to its first part that is no heading.

    The last two parts are notice and credit, which lists do not need.
    """
    parts = text.split("\n\n")
    for at, part in enumerate(parts[:-1]):
        if not part.startswith(("#", "<h", "<p><img", "![")):
            return "\n\n".join((*parts[: at + 1], _MORE, *parts[at + 1 :]))
    return text


def _markdown(article: Article) -> str:
    return _cut(markdown_body(article))


def _html(article: Article) -> str:
    return _cut(html_body(article))


PROFILE = Profile(
    folder="docs/blog/posts",
    keys={
        "title": "title_escaped",
        "date": "dates",
        "slug": "news_id",
        "description": "excerpt",
        "categories": "categories",
        "tags": "tags_escaped",
        "author": "author_escaped",
        "subtitles": "subtitles",
        "canonical_url": "canonical_url",
        "source": "source",
        "license": "license",
        "contacts": "contacts",
        "attachments": "attachments",
    },
    markdown=_markdown,
    html=_html,
)
