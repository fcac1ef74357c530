"""Where people see and merge pull requests: GitHub and its like, by the same few verbs.

A forge is any object with the methods of :class:`Forge`, made for one repository and
one base branch. All of them

- send requests one after the other, writes a second apart, and wait as long as the
  forge asks (:mod:`publishers.forges._client` does that for every forge);
- raise :class:`~scraper.errors.RefusedError` when a person must act, saying what to
  tick where, and :class:`ForgeDownError` when trying again later may help;
- never show the token: it is in one header, and in no error or log.

What a forge calls a merge request is a pull request here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from publishers.pulls import File, Pull
from scraper.errors import PublishError


class ForgeDownError(PublishError):
    """The forge cannot be had, or asks us to wait for long; it was tried enough."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked for once, when a pull request is new."""

    labels: tuple[str, ...] = ()
    #: Names of accounts.
    assignees: tuple[str, ...] = ()
    #: Names of accounts; ``owner/team`` names a team.
    reviewers: tuple[str, ...] = ()
    #: How it is merged by itself once all checks pass; "" leaves merging to people.
    auto_merge: Literal["", "merge", "squash", "rebase"] = ""

    def __bool__(self) -> bool:
        return bool(self.labels or self.assignees or self.reviewers or self.auto_merge)


class Forge(Protocol):
    """One repository on a forge, seen from one base branch."""

    def pulls(self, branch: str) -> Sequence[Pull]:
        """Return all pull requests from ``branch`` to base, newest first.

        Open, merged and closed ones; none from forks. ``head`` of an ended one is the
        commit it ended with, also when the branch went on or is gone.
        """
        ...

    def files(self, pull: Pull) -> Sequence[File]:
        """Return what a pull request changes against where it left base."""
        ...

    def open(self, branch: str, title: str, body: str, *, draft: bool) -> Pull | None:
        """Open a pull request from ``branch`` to base and return it.

        If one is open already (another run was first, or our own request landed and
        its answer was lost), that one is returned. ``None`` if base has all commits of
        the branch. Where drafts are not to be had, it is no draft.

        Raises:
            RefusedError: not permitted; the message has :meth:`compare_url`, by which
                a person opens it in the browser. The branch stays as it is.
            PublishError: one was open already and is not listed: it ended just now,
                or the list is late. To look again tells.
        """
        ...

    def edit(self, pull: Pull, *, title: str | None = None, body: str | None) -> None:
        """Give an open pull request a title or a body; ``None`` leaves it."""
        ...

    def close(self, pull: Pull, *, body: str) -> None:
        """Close a pull request without a merge, with a last body."""
        ...

    def equip(self, pull: Pull, wishes: Wishes) -> Sequence[str]:
        """Add labels and assignees, ask for reviews and for the merge by itself.

        Labels that are there stay, and whoever was asked is not asked again. Return
        what could not be had, one line each; no single wish is worth an error.
        """
        ...

    def redraft(self, pull: Pull) -> None:
        """Make a pull request a draft again."""
        ...

    def compare_url(self, branch: str) -> str:
        """Return the page where a person can open the pull request by hand."""
        ...
