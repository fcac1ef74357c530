"""Where a post may stand in a news repository, and whose release a file name means."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from publishers.seal import is_intact, read_seal
from scraper.model import Post

#: Longest path we write, in bytes: well below what any file system or archiver bears.
LONGEST = 200

#: Why a post is refused whose seal is broken; every publisher says it alike.
EDITED = "edited by hand"

_FILE_NAME = re.compile(r"\d{4}-\d\d-\d\d-(\d{1,20})\.md", re.ASCII)
_FOLDER = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?", re.ASCII)
#: Names that are devices on Windows; a clone there would fail.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def news_id_of(path: str, *, below: str = "_posts") -> str | None:
    """Return the news id a post's path bears; ``None`` if it is no post of ours.

    >>> news_id_of("_posts/2026/11/2026-11-23-148900001.md")
    '148900001'
    >>> news_id_of("_posts/2026-11-23-hello.md") is None
    True
    """
    if not path.startswith(below + "/"):
        return None
    found = _FILE_NAME.fullmatch(path.rpartition("/")[2])
    return found[1] if found else None


def index_posts(paths: Iterable[str], *, below: str = "_posts") -> dict[str, str]:
    """Return the path of each post by news id; of two files the lesser path counts."""
    found: dict[str, str] = {}
    for path in paths:
        news_id = news_id_of(path, below=below)
        if news_id is not None:
            found[news_id] = min(path, found.get(news_id, path))
    return found


def is_safe(path: str, *, below: str = "_posts") -> bool:
    """Say whether we would write there: relative, ASCII, below ``below``, a post."""
    folders = path.split("/")[:-1]
    return (
        len(path) <= LONGEST
        and news_id_of(path, below=below) is not None
        and all(_FOLDER.fullmatch(name) for name in folders)
        and not any(_DEVICES.fullmatch(name) for name in folders)
    )


def unfit(post: Post, *, below: str = "_posts") -> str | None:
    """Return why this post must not be written at all; ``None`` if it may be.

    A post without its seal would count as edited by hand ever after, so it is not let
    out.
    """
    if not is_safe(post.path, below=below):
        return f"unsafe path {post.path!r}"
    if news_id_of(post.path, below=below) != post.news_id:
        return f"path {post.path} is not of release {post.news_id}"
    return None if is_ours(post.text, post.news_id) else "the post is not sealed"


def is_ours(text: str | bytes, news_id: str) -> bool:
    """Say whether a post is as we sealed it for this release, to the byte."""
    try:
        text = text.decode("utf-8") if isinstance(text, bytes) else text
        stated = read_seal(text)
        return stated is not None and stated.news_id == news_id and is_intact(text)
    except UnicodeError:  # no UTF-8, or a lone surrogate
        return False


def parents(paths: Iterable[str]) -> list[str]:
    """Return every folder above these paths, without repeats, outermost first.

    >>> parents(["_posts/2026/11/2026-11-23-1.md"])
    ['_posts', '_posts/2026', '_posts/2026/11']
    """
    found = {path[:at] for path in paths for at in _slashes(path)}
    return sorted(found, key=lambda folder: (folder.count("/"), folder))


def check_batch(posts: Sequence[Post]) -> None:
    """Hold that no release and no path comes twice.

    Raises:
        ValueError: one does; the receipt could not tell the two apart.
    """
    for named in ([post.news_id for post in posts], [post.path for post in posts]):
        twice = {name for name, times in Counter(named).items() if times > 1}
        if twice:
            raise ValueError(f"twice in one batch: {', '.join(sorted(twice))}")


def _slashes(path: str) -> list[int]:
    return [at for at, letter in enumerate(path) if letter == "/"]
