"""The nouns of pull requests: what git and the forge show, and what it means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from publishers.paths import index_posts
from publishers.pull_text import EMPTIED, Row

#: Start of the reason for a release whose pull request a person closed.
REFUSED = "refused: its pull request was closed"

State = Literal["open", "closed", "merged"]
Standing = Literal["live", "orphan", "append", "restart", "start", "closed"]


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request as the forge shows it."""

    number: int
    #: ``closed`` means closed without a merge.
    state: State
    title: str
    body: str
    #: The commit it proposes, or proposed when it ended.
    head: str
    #: Where people see it.
    url: str
    draft: bool = False
    #: The forge's own name for it, where that is not the number.
    key: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file that a pull request changes."""

    path: str
    #: The blob it would have; "" where the forge does not say, or it would be gone.
    oid: str = ""
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """What stands at a path of some commit."""

    #: "" for nothing.
    oid: str = ""
    #: Whether it is as we sealed it for the release the path names.
    ours: bool = False
    #: Why no post can stand there, "" if one can.
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch name of ours, as git and the forge show it."""

    name: str
    #: "" while the branch is not there.
    tip: str = ""
    #: All there ever were from it to base, newest first.
    pulls: tuple[Pull, ...] = ()
    #: What its open pull request changes; without one, the posts base has not.
    files: tuple[File, ...] = ()
    #: What stands at its tip, by path; a path that is not asked about has no key.
    spots: Mapping[str, Spot] = field(default_factory=dict)
    #: Its posts that base lacks, for the table in the pull request.
    rows: tuple[Row, ...] = ()
    #: Bytes of those posts.
    size: int = 0

    @property
    def pull(self) -> Pull | None:
        """Return the open pull request."""
        return next((pull for pull in self.pulls if pull.state == "open"), None)


@dataclass(frozen=True, slots=True)
class Sight:
    """Everything a step is decided from."""

    #: Tip of the branch that pull requests go to.
    base: str
    #: Our branch names in order; the last one is not in use yet.
    branches: tuple[Branch, ...]
    #: Paths of posts on base, by news id: all, or those that came since a tip whose
    #: posts are known to whoever gives us the posts and their paths.
    held: Mapping[str, str] = field(default_factory=dict)
    #: What stands on base, by path.
    spots: Mapping[str, Spot] = field(default_factory=dict)
    #: What people declined, by news id.
    refused: Mapping[str, "Refusal"] = field(default_factory=dict)
    posts_dir: str = "_posts"


def standing(branch: Branch) -> Standing:
    """Return what a branch name is good for; see the table above.

    A merge is known by the commit that was merged, not by there having been one: what
    was pushed a moment after it is no part of it.
    """
    if branch.pull and branch.tip:
        return "live"
    newest = branch.pulls[0] if branch.pulls else None
    if newest and newest.state != "merged" and not is_emptied(newest):
        return "closed"
    if not branch.tip:
        return "start"
    ended = [p.head for p in branch.pulls if p.state == "merged" or is_emptied(p)]
    if branch.tip in ended:
        return "restart"
    return "orphan" if branch.files else "append"


def is_emptied(pull: Pull) -> bool:
    """Say whether we closed it ourselves, because nothing was left in it."""
    return pull.state == "closed" and EMPTIED in pull.body


def declined(branch: Branch) -> list[Pull]:
    """Return the pull requests of a branch that a person closed without a merge."""
    return [
        pull for pull in branch.pulls if pull.state == "closed" and not is_emptied(pull)
    ]


def proposed(files: Sequence[File], *, below: str = "_posts") -> dict[str, File]:
    """Return the posts among the changed files, by news id."""
    there = {file.path: file for file in files if not file.removed}
    return {n: there[path] for n, path in index_posts(there, below=below).items()}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A release that stood in a pull request which a person closed."""

    number: int
    #: The posts that were declined; "" for one the forge does not name.
    oids: frozenset[str]
    path: str = ""

    def covers(self, oid: str) -> bool:
        """Say whether this very post was declined, as far as anybody can tell."""
        return oid in self.oids or "" in self.oids

    @property
    def reason(self) -> str:
        """Return the reason, for people."""
        return f"{REFUSED} (#{self.number})"


def refusals(
    closed: Sequence[tuple[Pull, Sequence[File]]], *, below: str = "_posts"
) -> dict[str, Refusal]:
    """Return what people declined, by news id; of two, the newest is named."""
    found: dict[str, Refusal] = {}
    for pull, files in sorted(closed, key=lambda one: one[0].number):
        for news_id, file in proposed(files, below=below).items():
            earlier = found[news_id].oids if news_id in found else frozenset()
            found[news_id] = Refusal(pull.number, earlier | {file.oid}, file.path)
    return found


def branch_name(stem: str, number: int) -> str:
    """Return the name of our branch with this number, from 1.

    >>> branch_name("news", 1), branch_name("news", 2)
    ('news', 'news-2')
    """
    return stem if number == 1 else f"{stem}-{number}"
