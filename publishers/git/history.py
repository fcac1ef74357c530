"""Was history rewritten, and what was lost by it? Asked of a branch and an old tip.

A post that a person deleted is gone in the ordinary way: the old tip still leads to the
new one. After a forced push it does not, and what only the old tip held is lost. Where
our copy is too young to tell, the remote is asked for its commits, without folders or
posts, into a place that is thrown away.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from publishers.files import storage_error
from publishers.git.bare import NO_FOLDERS, BareRepository
from publishers.git.command import Git, GitFailed
from publishers.git.mirror import Mirror
from publishers.git.remote import Remote
from publishers.paths import index_posts
from scraper.errors import RefusedError

#: Commits asked for at first, then more, then all: an old tip is mostly a near one.
DEPTHS = (50, 2_000, 0)

#: The id of a commit, as git writes it.
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ALL = 2**31 - 1


class History:
    """The past of one branch, as far as its mirror and its remote know it."""

    def __init__(self, mirror: Mirror, remote: Remote, git: Git, below: str) -> None:
        """``below`` is the folder that has the posts."""
        self._mirror = mirror
        self._remote = remote
        self._git = git
        self._below = below

    def is_rewritten(self, since: str, tip: str) -> bool:
        """Say whether the branch, now at ``tip``, no longer leads back to ``since``.

        Raises:
            PublishError, StorageError, GitFailed: it cannot be found out.
        """
        if not COMMIT.fullmatch(since) or self._mirror.holds(since, tip):
            return False
        if self._mirror.knows(since):
            return True
        with self._scratch() as scratch:
            for depth in DEPTHS:
                what = f"+{self._mirror.ref}:refs/heads/past"
                scratch.fetch(what, depth=depth or _ALL, without=NO_FOLDERS)
                if scratch.holds(since, "refs/heads/past"):
                    return False
        return True

    def lost(self, left: Iterable[str], tip: str) -> dict[str, str] | None:
        """Return the posts of tips that were left behind, but for those still there.

        By news id. One that is there with other content counts as lost: a correction
        may have been. ``None`` if a tip's posts cannot be had any more.

        Raises:
            PublishError, StorageError: the remote is not available.
        """
        there = _posts(self._mirror.files(tip, self._below), self._below)
        lost: dict[str, str] = {}
        for old in left:
            files = self._files(old)
            if files is None:
                return None
            for news_id, (path, blob) in _posts(files, self._below).items():
                if news_id not in there or there[news_id][1] != blob:
                    lost[news_id] = path
        return lost

    def _files(self, commit: str) -> dict[str, str] | None:
        """Return the blobs of a commit's posts; ``None`` if nobody has it."""
        if self._mirror.knows(commit):
            return self._mirror.files(commit, self._below)
        with self._scratch() as scratch, suppress(GitFailed, RefusedError):
            scratch.fetch(commit, depth=1)
            return scratch.files(commit, self._below)
        return None

    @contextmanager
    def _scratch(self) -> Iterator[BareRepository]:
        folder = self._mirror.room
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(
                prefix=folder.name, dir=folder.parent, ignore_cleanup_errors=True
            ) as name:
                scratch = BareRepository(Path(name), self._remote, self._git)
                scratch.create()
                yield scratch
        except OSError as error:
            raise storage_error(error, folder.parent) from error


def _posts(files: Mapping[str, str], below: str) -> dict[str, tuple[str, str]]:
    """Return path and blob of each post, by news id."""
    index = index_posts(files, below=below)
    return {news_id: (path, files[path]) for news_id, path in index.items()}
