"""What to do next about our pull requests, given what git and the forge show.

    Sight (branches, pull requests, posts) -> next_step() -> Open | Push | Tidy

One pull request at a time gathers what is new, on one branch; when it is full, another
on ``<branch>-2``. Every step starts from a new look, so a run that was killed and a run
that goes on do the same. What each branch name is good for:

===========  ============================================================  ===========
``live``     has an open pull request                                      append
``orphan``   has posts and no pull request: we were killed in between      open one
``append``   has commits and no pull request, but no posts                 append
``restart``  its tip is the head of a merged pull request                  from base
``start``    is not there                                                  from base
``closed``   its newest pull request was closed unmerged: a refusal        leave alone
===========  ============================================================  ===========
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from publishers.git.commit import blob_id
from publishers.paths import EDITED, unfit
from publishers.plan import Plan
from publishers.pulls import (
    Branch,
    File,
    Sight,
    Spot,
    branch_name,
    proposed,
    standing,
)
from scraper.model import Post

#: What one pull request holds at most: releases, and bytes of their posts. People
#: must be able to read it, and forges to show it.
MOST_RELEASES = 200
MOST_BYTES = 900_000


@dataclass(frozen=True, slots=True)
class Open:
    """Open a pull request for a branch that has posts and none."""

    branch: Branch


@dataclass(frozen=True, slots=True)
class Push:
    """Commit these posts, by branch, and push them together."""

    posts: Mapping[str, Sequence[Post]]


@dataclass(frozen=True, slots=True)
class Tidy:
    """Everything is delivered; see to pull requests that are empty or told wrong."""

    plan: Plan
    live: tuple[Branch, ...]
    #: Those of ``live`` that would change nothing.
    empty: tuple[Branch, ...]


Step = Open | Push | Tidy


def next_step(sight: Sight, posts: Sequence[Post]) -> Step:
    """Return what to do now so that ``posts`` are on base or in an open pull request.

    Do it and look again, until there is nothing left but to tidy up.
    """
    for branch in sight.branches:
        if standing(branch) == "orphan":
            return Open(branch)
    plan, deliveries = _plan(sight, posts)
    if deliveries:
        return Push(deliveries)
    live = tuple(b for b in sight.branches if standing(b) == "live")
    return Tidy(plan, live, tuple(b for b in live if _is_empty(b, sight)))


# --- which post goes where ------------------------------------------------------------


def _plan(sight: Sight, posts: Sequence[Post]) -> tuple[Plan, dict[str, list[Post]]]:
    """Put each post into its part of the plan, and those to write onto a branch."""
    plan = Plan()
    deliveries: dict[str, list[Post]] = {}
    rooms = _Rooms(sight)
    for post in posts:
        home = _home(sight, post)
        if reason := unfit(post, below=sight.posts_dir):
            plan.refused[post.news_id] = reason
        elif _here(sight, home, post).oid == blob_id(post.text.encode()):
            plan.unchanged.append(post.news_id)
        elif reason := _hindrance(sight, home, post):
            plan.refused[post.news_id] = reason
        else:
            plan.write.append(post)
            deliveries.setdefault(rooms.take(post, home), []).append(post)
    return plan, deliveries


def _home(sight: Sight, post: Post) -> Branch | None:
    """Return the branch whose open pull request has this release.

    A forge lists what another run has just pushed a moment late: a post that base has
    not is in its branch's pull request, listed or not.
    """
    live = [branch for branch in sight.branches if standing(branch) == "live"]
    for branch in live:
        if post.news_id in _posts_of(branch, sight):
            return branch
    if _on_base(post.path, sight).oid:
        return None
    return next((b for b in live if _spot(b, post.path, sight).oid), None)


def _posts_of(branch: Branch, sight: Sight) -> dict[str, File]:
    return proposed(branch.files, below=sight.posts_dir)


def _here(sight: Sight, home: Branch | None, post: Post) -> Spot:
    """Return what readers would see at the post's path once all is merged."""
    return _spot(home, post.path, sight) if home else _on_base(post.path, sight)


def _on_base(path: str, sight: Sight) -> Spot:
    return sight.spots.get(path, Spot())


def _spot(branch: Branch, path: str, sight: Sight) -> Spot:
    if standing(branch) in ("start", "restart"):
        return _on_base(path, sight)
    return branch.spots.get(path, Spot())


def _hindrance(sight: Sight, home: Branch | None, post: Post) -> str:
    """Return why a post that differs must not be written; "" if it may be."""
    listed = _posts_of(home, sight).get(post.news_id) if home else None
    at = listed.path if listed else post.path
    for stands in (at, sight.held.get(post.news_id, post.path)):
        if stands != post.path:
            return f"the release stands at {stands} already"
    for spot in (_here(sight, home, post), _on_base(post.path, sight)):
        if spot.trouble:
            return spot.trouble
        if spot.oid and not spot.ours:
            return EDITED
    return "" if home else _refusal(sight, post)


def _refusal(sight: Sight, post: Post) -> str:
    """Return that a person declined this; "" if not.

    A new release that was declined stays so, whatever is corrected in it later; of a
    release on base, only the very correction that was declined.
    """
    refused = sight.refused.get(post.news_id)
    if refused is None:
        return ""
    on_base = post.news_id in sight.held or _on_base(post.path, sight).oid
    if on_base and not refused.covers(blob_id(post.text.encode())):
        return ""
    return refused.reason


def _is_empty(branch: Branch, sight: Sight) -> bool:
    """Say whether base has all that a pull request changes.

    A forge that lists no change, or one that its branch has not, may just be slow.
    """
    return bool(branch.files) and all(
        _is_on_base(file, branch, sight) for file in branch.files
    )


def _is_on_base(file: File, branch: Branch, sight: Sight) -> bool:
    there, here = _on_base(file.path, sight).oid, _spot(branch, file.path, sight).oid
    return there == here and bool(here) != file.removed


class _Rooms:
    """How much each branch still takes, while posts are handed out."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        usable = [b for b in sight.branches if standing(b) not in ("closed", "orphan")]
        usable.sort(key=lambda branch: standing(branch) != "live")
        self._branches = usable
        self._taken = {
            branch.name: (len(branch.rows), branch.size)
            if standing(branch) == "live"
            else (0, 0)
            for branch in usable
        }
        self._more = _names_after(sight.branches[-1].name)

    def take(self, post: Post, home: Branch | None) -> str:
        """Return the branch for a post: where it is proposed already, else with room.

        A branch that forked before the post changed on base would collide with it.
        """
        size = len(post.text.encode())
        if home:
            self._add(home.name, size)
            return home.name
        wanted = _on_base(post.path, self._sight)
        for branch in self._branches:
            agrees = _spot(branch, post.path, self._sight).oid == wanted.oid
            if agrees and self._has_room(branch.name, size):
                self._add(branch.name, size)
                return branch.name
        branch = Branch(next(self._more))
        self._branches.append(branch)
        self._taken[branch.name] = (1, size)
        return branch.name

    def _has_room(self, name: str, size: int) -> bool:
        count, held = self._taken[name]
        return not count or (count < MOST_RELEASES and held + size <= MOST_BYTES)

    def _add(self, name: str, size: int) -> None:
        count, held = self._taken[name]
        self._taken[name] = (count + 1, held + size)


def _names_after(name: str) -> Iterator[str]:
    stem, dash, number = name.rpartition("-")
    at = int(number) if dash and number.isdecimal() else 1
    stem = stem if dash and number.isdecimal() else name
    while True:
        at += 1
        yield branch_name(stem, at)
