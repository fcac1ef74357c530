"""One commit as text: its message, and the stream ``git fast-import`` reads."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from scraper.model import Post

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
        name, email = (re.sub(r"[<>]", "", _plain(s)) for s in (self.name, self.email))
        return f"{name} <{email}> {int(self.at.timestamp())} {self.at:%z}"


def blob_id(content: bytes) -> str:
    """Return the id git gives a file with this content.

    >>> blob_id(b"")
    'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'
    """
    head = b"blob %d\0" % len(content)
    return hashlib.sha1(head + content, usedforsecurity=False).hexdigest()


#: Stands in a subject for the number of releases a commit really has.
RELEASES = "{releases}"


def message(subject: str, posts: Sequence[Post]) -> str:
    """Return the commit message: subject, then up to 50 titles, one a line.

    Titles are other people's words. Each starts with ``- `` so that none can pass for
    a trailer, and what forges act upon (issue numbers, mentions, ``[skip ci]``) is
    written so that they do not.
    """
    titles = [f"- {one_line(post.title)} ({post.news_id})" for post in posts[:LISTED]]
    more = [f"- and {len(posts) - LISTED} more"] if len(posts) > LISTED else []
    count = f"{len(posts)} release" + ("s" if len(posts) != 1 else "")
    head = one_line(subject.replace(RELEASES, count)).lstrip("- ") or "news"
    return "\n".join([head, "", *titles, *more]) + "\n"


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
    ref: str, parent: str, signature: Signature, words: str, posts: Sequence[Post]
) -> bytes:
    """Return what makes ``git fast-import --done`` write one commit at ``ref``.

    ``parent`` is the commit to build upon, "" for the first one of a repository. The
    id of the new commit comes out on git's standard output.
    """
    data = words.encode()
    start = [
        f"commit {ref}\nmark :1\nauthor {signature}\ncommitter {signature}\n".encode(),
        b"data %d\n%b\n" % (len(data), data),
        f"from {parent}\n".encode() if parent else b"",
    ]
    files = [_file(post.path, post.text.encode()) for post in posts]
    return b"".join([*start, *files, b"\nget-mark :1\ndone\n"])


def _file(path: str, content: bytes) -> bytes:
    return b"M 100644 inline %b\ndata %d\n%b\n" % (path.encode(), len(content), content)
