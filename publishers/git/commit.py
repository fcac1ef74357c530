"""Commits as text: which posts, what message, and the stream ``fast-import`` reads."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from scraper.model import Post

#: What becomes one commit: all that is delivered together, or a part of it.
Grain = Literal["run", "day", "ministry", "release"]

#: Titles a commit message lists; the rest is counted.
LISTED = 50
#: Characters of a title or subject we keep in a commit message.
LONGEST_LINE = 200

_SKIP = re.compile(
    r"\[((?:skip|no|ci|actions)[ -](?:ci|skip|actions))\]", re.IGNORECASE
)
#: What a forge acts upon wherever it stands in a message, and what we write for it.
_ACTED_UPON = (
    (r"#(?=\d)", "＃"),
    (r"@(?=\w)", "＠"),
    (r"\bGH-(?=\d)", "GH "),
    ("://", ":／／"),
)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who commits, and when."""

    name: str
    email: str
    at: datetime

    def __str__(self) -> str:
        name, email, when = self._parts()
        return f"{name} <{email}> {when}"

    def environment(self) -> dict[str, str]:
        """Return the variables by which git is told the same."""
        parts = dict(zip(("NAME", "EMAIL", "DATE"), self._parts(), strict=True))
        roles = ("AUTHOR", "COMMITTER")
        return {f"GIT_{r}_{name}": part for r in roles for name, part in parts.items()}

    def _parts(self) -> tuple[str, str, str]:
        name, email = (re.sub(r"[<>]", "", _plain(s)) for s in (self.name, self.email))
        return name, email, f"{int(self.at.timestamp())} {self.at:%z}"


def blob_id(content: bytes) -> str:
    """Return the id git gives a file with this content.

    >>> blob_id(b"")
    'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'
    """
    head = b"blob %d\0" % len(content)
    return hashlib.sha1(head + content, usedforsecurity=False).hexdigest()


#: Stands in a subject for the number of releases a commit really has.
RELEASES = "{releases}"


@dataclass(frozen=True, slots=True)
class Draft:
    """A commit to be made."""

    message: str
    posts: tuple[Post, ...]


def drafts(
    posts: Sequence[Post], subject: str, *, grain: Grain = "run", run_id: str = ""
) -> list[Draft]:
    """Return the commits that these posts become, days and ids in order.

    A day is that of the post's path, which is the first one it was shown on.
    """
    groups: dict[str, list[Post]] = {}
    for post in posts:
        groups.setdefault(_KEYS[grain](post), []).append(post)
    keys = list(groups) if grain == "run" else sorted(groups)
    return [
        Draft(
            message(_subject(subject, grain, key), groups[key], run_id),
            tuple(groups[key]),
        )
        for key in keys
    ]


_KEYS: dict[Grain, Callable[[Post], str]] = {
    "run": lambda _: "",
    "day": lambda post: post.path.rpartition("/")[2][:10],
    "ministry": lambda post: post.ministry or "ministry unknown",
    "release": lambda post: f"{post.news_id:>20} {post.title}",
}


def _subject(subject: str, grain: Grain, key: str) -> str:
    if grain == "release":
        return f"news: {key[20:]}"
    return subject if key in subject else f"{subject}, {key}"


def message(subject: str, posts: Sequence[Post], run_id: str = "") -> str:
    """Return the commit message: subject, up to 50 titles, and trailers.

    Titles are other people's words. Each starts with ``- `` so that none can pass for
    a trailer, and what forges act upon (issue numbers, mentions, ``[skip ci]``) is
    written so that they do not. The trailers name every release, and the run if told.
    """
    titles = [f"- {_told(post)} ({post.news_id})" for post in posts[:LISTED]]
    more = [f"- and {len(posts) - LISTED} more"] if len(posts) > LISTED else []
    count = f"{len(posts)} release" + ("s" if len(posts) != 1 else "")
    head = one_line(subject.replace(RELEASES, count)).lstrip("- ") or "news"
    trailers = [f"Release-Id: {post.news_id}" for post in posts]
    trailers += [f"Run-Id: {one_line(run_id)}"] if run_id else []
    return "\n".join([head, "", *titles, *more, "", *trailers]) + "\n"


def _told(post: Post) -> str:
    """Return a title, and before it why the post is written again."""
    title = one_line(post.title)
    return f"[{post.because}] {title}" if post.because else title


def one_line(text: str) -> str:
    """Return ``text`` as one harmless line: no controls, nothing acted upon."""
    text = _plain(text)
    for pattern, plain in _ACTED_UPON:
        text = re.sub(pattern, plain, text)
    text = _SKIP.sub(r"［\1］", text)
    return text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1] + "…"


def _plain(text: str) -> str:
    """Return ``text`` with runs of spaces, controls and bidi marks as one space."""
    text = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join(text.split())


def import_stream(
    ref: str, parent: str, signature: Signature, commits: Sequence[Draft]
) -> bytes:
    """Return what makes ``git fast-import --done`` write these commits at ``ref``.

    ``parent`` is the commit to build upon, "" for the first one of a repository. The
    id of the last commit comes out on git's standard output.
    """
    parts = []
    for number, draft in enumerate(commits, 1):
        data = draft.message.encode()
        above = f":{number - 1}" if number > 1 else parent
        parts += [
            f"commit {ref}\nmark :{number}\n".encode(),
            f"author {signature}\ncommitter {signature}\n".encode(),
            b"data %d\n%b\n" % (len(data), data),
            f"from {above}\n".encode() if above else b"",
            *(_file(post.path, post.text.encode()) for post in draft.posts),
            b"\n",
        ]
    return b"".join([*parts, b"get-mark :%d\ndone\n" % len(commits)])


def _file(path: str, content: bytes) -> bytes:
    return b"M 100644 inline %b\ndata %d\n%b\n" % (path.encode(), len(content), content)
