"""The base branch and our own branches of a news repository, in one bare copy.

:class:`publishers.git.GitPublisher` keeps that copy for the base branch; here the
branches of pull requests come beside it.
"""

import contextlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from publishers.git import GitPublisher
from publishers.git.bare import BareRepository
from publishers.git.command import GitFailed
from publishers.git.commit import blob_id, drafts
from publishers.git.mirror import AT_ONCE, TreeEntry
from publishers.git.mirror import _read_batch as read_batch
from publishers.git.verdict import push_failure
from publishers.paths import index_posts, is_ours, news_id_of, parents
from publishers.pulls import File, Spot
from scraper.errors import PublishError
from scraper.model import Post, Survey


@dataclass(frozen=True, slots=True)
class Move:
    """One branch to be moved from ``old`` ("": it must not be there) to ``commit``."""

    branch: str
    old: str
    commit: str


class Branches:
    """Reads and moves branches; beside ``base``, the publisher of the base branch.

    Every method raises :class:`GitFailed` where the copy may be broken; :meth:`make`
    makes it anew.
    """

    def __init__(self, base: GitPublisher) -> None:
        # What is configured once for git holds for all branches alike.
        self._remote, self._mirror = base._remote, base._mirror
        self._git, self._path = base._mirror._git, base._mirror._path
        self._here = BareRepository(self._path, self._remote, self._git)
        self._write, self._standing = base._write, base._standing
        self._survey = base._survey
        self._grain, self._run_id = base._commits, base._run_id
        self.posts_dir, self.alone = base._posts_dir, base._alone

    @property
    def name(self) -> str:
        """Return what people call the repository."""
        return self._remote.name

    def make(self) -> None:
        """Make the copy anew."""
        self._mirror.make()

    # --- looking --------------------------------------------------------------------

    def tips(self, stem: str) -> dict[str, str]:
        """Ask the remote for the tips of base and of all branches that begin so."""
        out = self._here.remote_refs(self._mirror.ref, f"refs/heads/{stem}*")
        pairs = (line.split("\t") for line in out.splitlines())
        return {ref.removeprefix("refs/heads/"): oid for oid, ref in pairs}

    def base(self, tips: Mapping[str, str]) -> str:
        """Bring the base branch here and return its tip; "" while there is none."""
        return self._mirror.update(tips.get(self._mirror.branch, ""))

    def survey(self, since: str, tips: Mapping[str, str]) -> Survey:
        """Return what base holds, or what came since; as its publisher tells it."""
        return self._survey(since, tips.get(self._mirror.branch, ""))

    def bring(self, branch: str, tip: str) -> str:
        """Have a branch here, after base, and return its tip as it is now.

        Of a branch that is new to us only the newest commit comes.
        """
        ours = f"refs/remotes/origin/{branch}"
        held = self._here.commit(ours)
        if held != tip:
            what = f"+refs/heads/{branch}:{ours}"
            self._here.fetch(what, depth=0 if held else 1)
            held = self._here.commit(ours)
        return held

    def posts(self, commit: str) -> dict[str, str]:
        """Return the path of every post of a commit, by news id."""
        names = self._mirror.paths(commit, self.posts_dir)
        return index_posts(names, below=self.posts_dir)

    def held(self, commit: str) -> dict[str, str]:
        """Return as much of :meth:`posts` as the caller of ``survey`` cannot know."""
        return self._standing.at(commit)

    def new_posts(self, base: str, commit: str) -> list[File]:
        """Return the posts of a commit that base has not, or has otherwise."""
        out = self._here.at(
            "diff-tree", "-r", "-z", "--no-renames", "--diff-filter=AM",
            base, commit, "--", f"{self.posts_dir}/",
        )  # fmt: skip
        words = out.decode("utf-8", "surrogateescape").split("\0")[:-1]
        pairs = zip(words[::2], words[1::2], strict=True)
        return [File(path, meta.split(" ")[3]) for meta, path in pairs]

    def spots(
        self, commit: str, paths: Collection[str], posts: Sequence[Post] = ()
    ) -> dict[str, Spot]:
        """Return what stands at these paths and at those of the posts.

        Whether it is ours is read only where a post would replace it.
        """
        coming = {post.path: post for post in posts}
        asked = {*paths, *coming}
        entries = self._entries(commit, asked, coming)
        differing = [
            entries[path].oid
            for path, post in coming.items()
            if path in entries and entries[path].oid != blob_id(post.text.encode())
        ]
        contents = self.contents(differing)
        return {path: _spot(path, entries, contents) for path in asked}

    def _entries(
        self, commit: str, paths: Collection[str], coming: Collection[str]
    ) -> dict[str, TreeEntry]:
        """Return what stands at these paths and at the folders above the coming ones.

        Folders are told on the way to what is in them; those that are not there, or are
        no folders, are asked for by themselves.
        """
        found: dict[str, TreeEntry] = {}
        ordered = sorted(paths)
        for at in range(0, len(ordered), AT_ONCE):
            some = ordered[at : at + AT_ONCE]
            out = self._here.at("ls-tree", "-r", "-t", "-z", commit, "--", *some)
            for line in out.decode("utf-8", "surrogateescape").split("\0")[:-1]:
                head, _, path = line.partition("\t")
                found[path] = TreeEntry(*head.split(" "))
        unseen = [folder for folder in parents(coming) if folder not in found]
        return found | (self._mirror.entries(commit, unseen) if unseen else {})

    def contents(self, oids: Iterable[str]) -> dict[str, bytes]:
        """Return these blobs; those that we wrote ourselves are not fetched again."""
        wanted = set(oids)
        if not wanted:
            return {}
        out = self._here.at(
            "cat-file", "--batch-check=%(objectname)", "--batch-all-objects",
            "--unordered",
        )  # fmt: skip
        here = sorted(wanted.intersection(out.decode("ascii").split()))
        lines = "".join(f"{oid}\n" for oid in here).encode()
        held = self._here.at("cat-file", "--batch", stdin=lines) if here else b""
        return dict(read_batch(held)) | self._mirror.contents(
            sorted(wanted.difference(here))
        )

    # --- writing --------------------------------------------------------------------

    def commit(self, parent: str, posts: Sequence[Post], subject: str) -> str:
        """Commit posts on top of ``parent`` here, and return the last commit."""
        made = drafts(posts, subject, grain=self._grain, run_id=self._run_id)
        return self._write(parent, made)

    def push(self, moves: Sequence[Move]) -> None:
        """Ask the remote to move all these branches, or none.

        Each is compared and swapped: one that somebody moved meanwhile stays. Whether
        it worked, only another look tells.

        Raises:
            PublishError: it did not, as far as the remote shows.
        """
        leases = [f"--force-with-lease=refs/heads/{m.branch}:{m.old}" for m in moves]
        specs = [f"{move.commit}:refs/heads/{move.branch}" for move in moves]
        answer = self._git.answer(
            f"--git-dir={self._path}",
            "push", "--porcelain", "--no-verify", "--no-thin", "--atomic", *leases,
            "origin", *specs, transport=self._remote.transport,
        )  # fmt: skip
        if answer.code == 0 or self._have_moved(moves):
            return
        failure = push_failure(
            answer, self.name, local=False, token_env=self._remote.token_env
        )
        raise failure or GitFailed("push", answer)

    def _have_moved(self, moves: Sequence[Move]) -> bool:
        with contextlib.suppress(PublishError, GitFailed):  # the push tells why
            return all(
                self.tips(move.branch).get(move.branch) == move.commit for move in moves
            )
        return False


def _spot(
    path: str, entries: Mapping[str, TreeEntry], contents: Mapping[str, bytes]
) -> Spot:
    for folder in parents([path]):
        if folder in entries and entries[folder].kind != "tree":
            return Spot(trouble=f"{folder} is not a folder")
    entry = entries.get(path)
    if entry is None:
        return Spot()
    if not entry.is_file:
        return Spot(entry.oid, trouble=f"{path} is not a file")
    news_id = news_id_of(path) or ""
    ours = entry.oid in contents and is_ours(contents[entry.oid], news_id)
    return Spot(entry.oid, ours)
