"""Where a post may stand in a news repository, and whose release a file name means."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from publishers.seal import read_intact
from scraper.model import Post

#: Longest path we write, in bytes: well below what any file system or archiver bears.
LONGEST = 200

#: Why a post is refused whose seal is broken; every publisher says it alike.
EDITED = "edited by hand"

#: What a post is called unless the operator says otherwise.
_FILE_NAME = re.compile(r"\d{4}-\d\d-\d\d-(\d{1,20})\.(?:md|html)", re.ASCII)
#: What the parts of a path's pattern look like in a path.
_PARTS = {
    "year": r"\d{4}",
    "month": r"\d\d",
    "day": r"\d\d",
    "date": r"\d{4}-\d\d-\d\d",
    "news_id": r"\d{1,20}",
}
_PART = re.compile(r"\{(\w+)\}")
_FOLDER = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?", re.ASCII)
#: Names that are devices on Windows; a clone there would fail.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


class PostsDir(str):
    """The folder of the posts, below the repository; knows their paths' form.

    Whoever needs the folder alone takes it for the string it is.
    """

    #: ``posts/{year}/{date}-{news_id}.md``; "" for the usual names at any depth.
    pattern: str

    def __new__(cls, folder: str, pattern: str = "") -> "PostsDir":
        """Return the folder with the pattern of the paths in it.

        Raises:
            ValueError: the pattern has parts nobody knows, or leads out of the folder.
        """
        made = super().__new__(cls, folder)
        made.pattern = pattern
        if pattern:
            sample = made.path_of("9" * 20, date(2026, 11, 24))
            if not is_safe(sample, below=made):
                raise ValueError(f"not a path for posts below {folder}: {pattern}")
        return made

    def path_of(self, news_id: str, day: date) -> str:
        """Return where the post of a release of that day goes.

        Raises:
            ValueError: the pattern has a part nobody knows.
        """
        parts = {
            "year": f"{day:%Y}",
            "month": f"{day:%m}",
            "day": f"{day:%d}",
            "date": f"{day:%Y-%m-%d}",
            "news_id": news_id,
        }
        pattern = self.pattern or f"{self}/{{date}}-{{news_id}}.md"
        try:
            return _PART.sub(lambda found: parts[found[1]], pattern)
        except KeyError as error:
            raise ValueError(f"no such part of a path: {error.args[0]}") from None


@lru_cache(maxsize=16)
def _form(pattern: str) -> re.Pattern[str]:
    """Return what paths of a pattern match; the group ``id`` is the news id."""
    made, end, named = "", 0, False
    for found in _PART.finditer(pattern):
        made += re.escape(pattern[end : found.start()])
        part = _PARTS[found[1]]
        if found[1] == "news_id":
            part = "(?P=id)" if named else f"(?P<id>{part})"
            named = True
        made += part
        end = found.end()
    if not named:
        raise ValueError(f"no {{news_id}} in {pattern}")
    return re.compile(made + re.escape(pattern[end:]), re.ASCII)


def news_id_of(path: str, *, below: str = "_posts") -> str | None:
    """Return the news id a post's path bears; ``None`` if it is no post of ours.

    Where the folder has paths of another form, the usual names count as well: posts
    of before stay where they are.

    >>> news_id_of("_posts/2026/11/2026-11-23-148900001.md")
    '148900001'
    >>> news_id_of("_posts/2026-11-23-hello.md") is None
    True
    """
    if not path.startswith(below + "/"):
        return None
    if found := _FILE_NAME.fullmatch(path.rpartition("/")[2]):
        return found[1]
    pattern = below.pattern if isinstance(below, PostsDir) else ""
    if pattern and (found := _form(pattern).fullmatch(path)):
        return found["id"]
    return None


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
    names = path.split("/")
    return (
        len(path) <= LONGEST
        and news_id_of(path, below=below) is not None
        and all(_FOLDER.fullmatch(name) for name in names)
        and not any(_DEVICES.fullmatch(name) for name in names)
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
        stated = read_intact(text)
        return stated is not None and stated.news_id == news_id
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
