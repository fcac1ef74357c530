"""Release -> post: its path, front matter, body, notice and credit, and its seal."""

import html
from functools import lru_cache

from publishers.excerpt import excerpt, shown_title
from publishers.front_matter import verify
from publishers.paths import PostsDir
from publishers.profiles import Article, Style
from publishers.profiles.houses import house
from publishers.seal import seal
from scraper.errors import PublishError
from scraper.markdown import one_line
from scraper.model import KST, License, Post, Release

__all__ = [
    "POST_VERSION",
    "Style",
    "post_path",
    "posts_dir",
    "render_post",
    "render_stub",
]

#: Goes up with every change of what a post looks like.
POST_VERSION = 3


def render_post(
    release: Release,
    license: License,
    style: Style,
    *,
    path: str = "",
    faithful: bool = False,
) -> Post:
    """Return the post of a release; the same arguments give the same bytes.

    Args:
        release: What is published; its history is told in the post.
        license: Its notice and credit, each of which the post has exactly once.
        style: What the operator decided.
        path: The path the post has already; "" lets :func:`post_path` choose.
        faithful: The license forbids changes and ``release.body`` is the whole
            document: nothing is taken out of its order, only pictures are left out.

    Raises:
        PublishError: the front matter would not read back as it is meant, or the
            release's own text repeats the notice or the credit.
    """
    summary = excerpt(release, style.excerpt_length)
    article = Article(release, license, style, summary, faithful)
    post = _post(article, path)
    shown = html.unescape(post.text)
    for name, text in (("notice", license.notice), ("credit", license.credit)):
        if (times := shown.count(one_line(text))) != 1:
            raise PublishError(f"{name} {times} times in the post: {release.news_id}")
    return post


def render_stub(release: Release, style: Style, *, path: str = "") -> Post:
    """Return a post of title, ministry, date and link only.

    It is for a release whose license does not allow more: no text, no notice.

    Raises:
        PublishError: the front matter would not read back as it is meant.
    """
    title = shown_title(release)
    return _post(Article(release, None, style, title), path)


def posts_dir(style: Style) -> PostsDir:
    """Return the folder that has the posts, which knows the form of their paths."""
    folder = style.folder or house(style.profile).folder
    return _posts_dir(folder, _pattern(style).replace("{folder}", folder))


@lru_cache(maxsize=16)
def _posts_dir(folder: str, pattern: str) -> PostsDir:
    return PostsDir(folder, pattern)


def post_path(release: Release, style: Style) -> str:
    """Return where a new post goes; made of its day and id, never of its title.

    The day is that of ``available_at`` in KST.

    Raises:
        PublishError: the id is not one of the site's, which are digits.
    """
    if not (release.news_id.isascii() and release.news_id.isdigit()):
        raise PublishError(f"not a news id: {release.news_id!r}")
    day = release.available_at.astimezone(KST).date()
    return posts_dir(style).path_of(release.news_id, day)


def _pattern(style: Style) -> str:
    if style.path:
        return style.path
    profile = house(style.profile)
    within = "{year}/{month}/" if style.layout == "sharded" else ""
    in_html = (style.body or profile.own) == "html"
    suffix = profile.html_suffix if in_html else ".md"
    return f"{{folder}}/{within}{{date}}-{{news_id}}{suffix}"


def _post(article: Article, path: str) -> Post:
    release, style = article.release, article.style
    path = path or post_path(release, style)
    profile = house(style.profile)
    head = profile.head(article, profile.keys)
    make = profile.html if (style.body or profile.own) == "html" else profile.markdown
    text = f"---\n{head.text}---\n\n{make(article)}\n"
    text = seal(text, release.news_id, release.history.revision, release.published_at)
    if not verify(text[: text.index("\n---\n")], head.fields):
        raise PublishError(f"front matter does not read back: {release.news_id}")
    title, ministry = shown_title(release), release.ministry.printed
    return Post(release.news_id, path, text, title, ministry)
