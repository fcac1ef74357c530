"""What git and the forge show of our branches and pull requests, in one look."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from publishers.branches import Branches
from publishers.forges import Forge
from publishers.pull_text import Row, read_row
from publishers.pulls import (
    Branch,
    File,
    Pull,
    Sight,
    Spot,
    branch_name,
    declined,
    proposed,
    refusals,
    standing,
)
from scraper.errors import RefusedError
from scraper.model import Post

#: Names of one family that are looked at, at most.
MOST_BRANCHES = 50


class Lookout:
    """Looks at the branches named after ``stem``, and at their pull requests."""

    def __init__(self, git: Branches, forge: Forge, stem: str) -> None:
        self._git = git
        self._forge = forge
        self._stem = stem
        #: What closed pull requests changed, by number and head: it changes no more.
        self._closed: dict[tuple[int, str], Sequence[File]] = {}
        #: What we pushed, by branch and path; a forge takes a moment to list it.
        self.pushed: dict[tuple[str, str], File] = {}
        #: Branches, with their tips, all of whose commits base has.
        self.merged: set[tuple[str, str]] = set()

    def forget(self, name: str) -> None:
        """Forget what a pull request that has ended held."""
        for key in [key for key in self.pushed if key[0] == name]:
            del self.pushed[key]

    def tips(self) -> dict[str, str]:
        """Ask git where base and our branches are: a look begins with it."""
        return self._git.tips(self._stem)

    def sight(
        self,
        posts: Sequence[Post],
        *,
        rows: bool = True,
        tips: Mapping[str, str] | None = None,
    ) -> Sight:
        """Return everything there is to see, as far as these posts need it.

        ``tips`` are those of a look that has just begun.

        Raises:
            RefusedError: there is no base branch.
            PublishError, StorageError, GitFailed: it cannot be seen.
        """
        git = self._git
        tips = self.tips() if tips is None else tips
        base = git.base(tips)
        if not base:
            raise RefusedError(
                f"{git.name} has no base branch yet for a pull request to go to: make "
                "it with a first commit, or publish to it directly once (--to git)"
            )
        family = list(self._family(base, tips))
        closed = [(pull, self._files_of(pull)) for b in family for pull in declined(b)]
        paths = {file.path for branch in family for file in branch.files}
        paths |= {file.path for _, files in closed for file in files}
        spots = git.spots(base, paths, posts)
        return Sight(
            base=base,
            branches=tuple(self._detailed(b, spots, posts, rows=rows) for b in family),
            held=git.held(base),
            spots=spots,
            refused=refusals(closed, below=git.posts_dir),
            posts_dir=git.posts_dir,
        )

    def _family(self, base: str, tips: Mapping[str, str]) -> Iterator[Branch]:
        """Yield our branches in order; the last one is not in use yet."""
        for number in range(1, MOST_BRANCHES + 1):
            name = branch_name(self._stem, number)
            pulls = tuple(self._forge.pulls(name))
            if name not in tips and any(pull.state == "open" for pull in pulls):
                tips = self.tips()  # another run was quick
            tip = self._git.bring(name, tips[name]) if name in tips else ""
            branch = Branch(name, tip, pulls)
            yield replace(branch, files=self._files(branch, base))
            if not pulls and not tip:
                return
        raise RefusedError(
            f"{MOST_BRANCHES} pull requests from {self._stem} are full or were closed: "
            "merge some, or name another branch"
        )

    def _files(self, branch: Branch, base: str) -> tuple[File, ...]:
        """Return what a branch would change once it is merged."""
        if not branch.tip or (branch.name, branch.tip) in self.merged:
            return ()
        if branch.pull is None:
            return tuple(self._git.new_posts(base, branch.tip))
        listed = {file.path: file for file in self._forge.files(branch.pull)}
        for (name, path), file in self.pushed.items():
            if name == branch.name:
                listed.setdefault(path, file)
        return tuple(listed.values())

    def _files_of(self, pull: Pull) -> Sequence[File]:
        """Return what a closed pull request changed; asked once."""
        key = (pull.number, pull.head)
        if key not in self._closed:
            self._closed[key] = self._forge.files(pull)
        return self._closed[key]

    def _detailed(
        self,
        branch: Branch,
        on_base: Mapping[str, Spot],
        posts: Sequence[Post],
        *,
        rows: bool,
    ) -> Branch:
        """Return a branch with what stands at its tip, and what base lacks of it."""
        kind = standing(branch)
        if kind not in ("live", "orphan", "append"):
            return branch
        paths = {file.path for file in branch.files}
        spots = self._git.spots(branch.tip, paths, posts)
        branch = replace(branch, spots=spots)
        if not rows or kind == "append":
            return branch
        waiting = {
            news_id: file.path
            for news_id, file in self.proposed(branch).items()
            if spots[file.path].oid != on_base.get(file.path, Spot()).oid
        }
        contents = self._git.contents(spots[p].oid for p in waiting.values())
        texts = {p: contents[spots[p].oid] for p in waiting.values()}
        made = (
            _row(news_id, path, texts[path], on_base.get(path, Spot()))
            for news_id, path in sorted(waiting.items(), key=lambda one: one[1])
        )
        size = sum(map(len, texts.values()))
        return replace(branch, rows=tuple(made), size=size)

    def proposed(self, branch: Branch) -> dict[str, File]:
        """Return the posts of an open pull request that its branch really has."""
        there = proposed(branch.files, below=self._git.posts_dir)
        return {n: file for n, file in there.items() if branch.spots[file.path].oid}


def _row(news_id: str, path: str, text: bytes, on_base: Spot) -> Row:
    words = text.decode("utf-8", "replace")
    return read_row(news_id, path, words, on_base=bool(on_base.oid))
