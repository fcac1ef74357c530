"""Posts to a news repository by pull requests that people merge.

    look (git, forge) -> next_step() (pure) -> do it -> look again …

Every step starts from what git and the forge show, nothing is remembered in between:
so a run that goes on, one that was killed, and two at the same time do the same. When
there is nothing left to do, every post is on base or in an open pull request.
"""

import hashlib
import logging
import random
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal, TypeVar

from publishers.branches import Branches, Move
from publishers.forges import Forge, ForgeDownError, Wishes
from publishers.git import LONGEST_PAUSE, TRIES, GitPublisher
from publishers.git.command import GitFailed
from publishers.lookout import Lookout
from publishers.paths import check_batch
from publishers.pull_request import Open, Push, Tidy, next_step
from publishers.pull_text import (
    Skipped,
    body_of,
    is_our_title,
    is_pending,
    same_text,
    title_of,
)
from publishers.pulls import Branch, File, Pull, Sight, standing
from scraper.errors import PublishError, RefusedError
from scraper.model import Post, Receipt, Survey

logger = logging.getLogger(__name__)

#: Steps of one delivery at most; three or four are usual.
MOST_STEPS = 24

T = TypeVar("T")


class PullRequestPublisher:
    """Delivers posts to the base branch of a repository by way of pull requests."""

    def __init__(
        self,
        base: GitPublisher,
        forge: Forge,
        *,
        branch: str = "bodojaryo",
        wishes: Wishes = Wishes(),  # noqa: B008 - frozen
        draft: Literal["no", "yes", "always"] = "no",
        skipped: Callable[[], Sequence[Skipped]] = tuple,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Look at nothing yet.

        Args:
            base: Made for the branch that pull requests go to.
            forge: The same repository, where people see it, and the same base.
            branch: Where our commits go; ``-2`` and so on come after it.
            wishes: What is asked for once for each new pull request.
            draft: Whether pull requests are opened as drafts; ``always`` makes them
                drafts again whenever commits come.
            skipped: What the run holds back, to be told to whoever reviews.
            sleep: Waits some seconds.
        """
        self._forge = forge
        self._branches = Branches(base)
        self._wishes = wishes
        self._draft = draft
        self._skipped = skipped
        self._sleep = sleep
        self._lookout = Lookout(self._branches, forge, branch)

    # --- survey ---------------------------------------------------------------------

    def survey(self, since: str = "") -> Survey:
        """Return what base and the open pull requests hold; it changes nothing.

        Ids that people declined by closing a pull request are in ``refused``. All is
        told again when a pull request was opened, closed or merged since then.

        Raises:
            RefusedError: the repository or its base is not there for us.
            PublishError, StorageError: it cannot be read.
            LockedError: another process is at work on the mirror.
        """
        tip, _, pulls = since.partition(" ")
        held, seen = self._alone(partial(self._look, tip))
        if pulls != _pulls_digest(seen):
            there = self._branches.posts(seen.base)
            held = replace(held, tip=seen.base, paths=there, complete=True)
        ours = {
            news_id: file.path
            for branch in seen.branches
            if standing(branch) == "live"
            for news_id, file in self._lookout.proposed(branch).items()
        }
        refused = {
            news_id: refusal.reason
            for news_id, refusal in seen.refused.items()
            if news_id not in ours and not seen.spots[refusal.path].oid
        }
        return replace(
            held,
            tip=_tip(held.tip, seen),
            paths=ours | dict(held.paths),
            refused=refused,
            pulls=tuple(b.pull.url for b in seen.branches if b.pull),
        )

    def _look(self, since: str) -> tuple[Survey, Sight]:
        tips = self._lookout.tips()
        held = self._branches.survey(since, tips)
        return held, self._lookout.sight((), rows=False, tips=tips)

    # --- read -----------------------------------------------------------------------

    def read(self, paths: Collection[str]) -> dict[str, str]:
        """Return the posts at these paths: as proposed, else as base has them.

        Raises:
            RefusedError, PublishError, StorageError, LockedError: as :meth:`survey`.
        """
        return self._alone(partial(self._read, paths)) if paths else {}

    def _read(self, paths: Collection[str]) -> dict[str, str]:
        seen = self._lookout.sight((), rows=False)
        oids = self._oids(seen.base, paths)
        for branch in seen.branches:
            if standing(branch) == "live":
                ours = {file.path for file in self._lookout.proposed(branch).values()}
                oids |= self._oids(branch.tip, ours.intersection(paths))
        texts = self._branches.contents(oids.values())
        return {
            path: texts[oid].decode("utf-8", "replace") for path, oid in oids.items()
        }

    def _oids(self, commit: str, paths: Collection[str]) -> dict[str, str]:
        spots = self._branches.spots(commit, paths) if paths else {}
        return {path: spot.oid for path, spot in spots.items() if spot.oid}

    # --- publish --------------------------------------------------------------------

    def publish(self, posts: Sequence[Post], subject: str) -> Receipt:
        """Have ``posts`` on base or in an open pull request, and return once they are.

        Without posts it only finishes what a run before this one left half done.

        Raises:
            RefusedError: a person must act; what was pushed stays.
            PublishError: not delivered, or nobody can tell; the next call with the same
                posts finds out.
            StorageError: our disk cannot be written.
            LockedError: another process is at work on the mirror.
            ValueError: a release or path comes twice.
        """
        check_batch(posts)
        return self._alone(partial(self._settle, posts, subject), healing=False)

    def tend(self) -> None:
        """Finish what a run that was killed left half done; costs a look, else nothing.

        Raises:
            PublishError, StorageError, LockedError: as :meth:`publish`.
        """
        self.publish((), "news: {releases}")

    def _settle(self, posts: Sequence[Post], subject: str) -> Receipt:
        """Look and act until nothing is left to do."""
        sent: set[str] = set()
        troubles = 0
        for _ in range(MOST_STEPS):
            try:
                seen = self._healing(partial(self._lookout.sight, posts))
                step = next_step(seen, posts)
                match step:
                    case Open():
                        self._open(step.branch)
                    case Push():
                        sent.update(
                            p.news_id for some in step.posts.values() for p in some
                        )
                        self._healing(partial(self._push, seen, step, subject))
                    case Tidy():
                        self._tidy(step, posts, pushed=bool(sent))
                        return step.plan.receipt(
                            posts, _tip(seen.base, seen), sent=sent
                        )
            except (RefusedError, ForgeDownError):
                raise
            except PublishError as error:
                troubles += 1
                if troubles >= TRIES and not self._is_done(posts):
                    words = f"not delivered in {TRIES} tries: {error}"
                    raise PublishError(words) from error
                self._sleep(_pause(troubles))
        raise PublishError(f"{self._branches.name} does not come to rest: try again")

    def _is_done(self, posts: Sequence[Post]) -> bool:
        """Say whether all is delivered: what stopped us may be who did it."""
        try:
            seen = self._healing(partial(self._lookout.sight, posts))
        except PublishError:
            return False
        return isinstance(next_step(seen, posts), Tidy)

    # --- act ------------------------------------------------------------------------

    def _open(self, branch: Branch) -> None:
        """Open the pull request of a branch that has posts and none."""
        pull = self._forge.open(
            branch.name,
            title_of(branch.rows),
            body_of(branch.rows, self._skipped(), pending=bool(self._wishes)),
            draft=self._draft != "no",
        )
        if pull is None:
            self._lookout.merged.add((branch.name, branch.tip))
            return
        logger.info("pull request opened url=%s", pull.url)

    def _push(self, seen: Sight, step: Push, subject: str) -> None:
        """Commit and push; whether it landed, the next look tells."""
        known = {branch.name: branch for branch in seen.branches}
        moves = []
        for name, posts in step.posts.items():
            branch = known.get(name, Branch(name))
            afresh = standing(branch) in ("start", "restart")
            parent = seen.base if afresh else branch.tip
            commit = self._branches.commit(parent, posts, subject)
            moves.append(Move(name, branch.tip, commit))
            if afresh:
                self._lookout.forget(name)
        self._branches.push(moves)
        for name, posts in step.posts.items():
            self._lookout.pushed |= {
                (name, post.path): File(post.path) for post in posts
            }
            branch = known.get(name, Branch(name))
            if self._draft == "always" and branch.pull and not branch.pull.draft:
                pull = branch.pull
                self._try_to(partial(self._forge.redraft, pull), pull)

    def _tidy(self, step: Tidy, posts: Sequence[Post], *, pushed: bool) -> None:
        """See to it that pull requests tell what they hold; close empty ones.

        All posts are delivered: nothing that fails here makes that untrue.
        """
        titles = {post.news_id: post for post in posts}
        skipped = list(self._skipped()) if pushed else []
        skipped += [
            Skipped(news_id, titles[news_id].title, reason, titles[news_id].ministry)
            for news_id, reason in step.plan.refused.items()
        ]
        for branch in step.live:
            assert branch.pull
            if branch in step.empty:
                act = partial(self._close, branch, branch.pull)
            else:
                newest = branch is step.live[-1]
                act = partial(self._retell, branch, branch.pull, skipped * newest)
            self._try_to(act, branch.pull)

    def _close(self, branch: Branch, pull: Pull) -> None:
        pull = self._as_it_is_now(branch, pull)
        if pull.state != "open" or pull.head != branch.tip:
            return  # somebody was quicker; the next run looks again
        body = body_of((), existing=pull.body, emptied=True)
        self._forge.close(pull, body=body)
        self._lookout.forget(branch.name)
        logger.info("pull request closed, nothing is left in it url=%s", pull.url)

    def _retell(self, branch: Branch, pull: Pull, skipped: Sequence[Skipped]) -> None:
        """Ask for what a new pull request needs; bring title and body up to date."""
        if is_pending(pull.body) and self._wishes:
            for trouble in self._forge.equip(pull, self._wishes):
                logger.warning("pull request url=%s: %s", pull.url, trouble)
        if any(_new_words(branch, pull, skipped)):
            pull = self._as_it_is_now(branch, pull)
            title, body = _new_words(branch, pull, skipped)
            if title or body:
                self._forge.edit(pull, title=title, body=body)

    def _as_it_is_now(self, branch: Branch, pull: Pull) -> Pull:
        """Return a pull request again: since we looked, people may have changed it."""
        numbered = {one.number: one for one in self._forge.pulls(branch.name)}
        return numbered.get(pull.number, pull)

    def _try_to(self, act: Callable[[], None], pull: Pull) -> None:
        """Do what a later run can make up for."""
        try:
            act()
        except PublishError as error:
            logger.warning("pull request not tidied url=%s error=%s", pull.url, error)

    # --- helpers --------------------------------------------------------------------

    def _alone(self, act: Callable[[], T], *, healing: bool = True) -> T:
        with self._branches.alone():
            return self._healing(act) if healing else act()

    def _healing(self, act: Callable[[], T]) -> T:
        """Do something; should the mirror be broken, make it anew and do it again."""
        try:
            return act()
        except GitFailed:
            try:
                self._branches.make()
                return act()
            except GitFailed as error:
                raise PublishError(f"{self._branches.name}: {error}") from error


def _new_words(
    branch: Branch, pull: Pull, skipped: Sequence[Skipped]
) -> tuple[str | None, str | None]:
    """Return the title and the body a pull request should get, ``None`` to leave it."""
    title = title_of(branch.rows)
    body = body_of(branch.rows, skipped, existing=pull.body)
    stays = title == pull.title or not is_our_title(pull.title)
    return None if stays else title, None if same_text(body, pull.body) else body


def _tip(base: str, seen: Sight) -> str:
    """Name the state of base and of the pull requests, for the next survey."""
    return f"{base} {_pulls_digest(seen)}"


def _pulls_digest(seen: Sight) -> str:
    """Name which pull requests are open and which were declined."""
    states = sorted(
        (pull.number, pull.state)
        for branch in seen.branches
        for pull in branch.pulls
        if pull.state != "merged"
    )
    return hashlib.sha256(repr(states).encode()).hexdigest()[:16]


def _pause(trouble: int) -> float:
    """Return a random pause in seconds, so that two runners do not keep step."""
    most = min(LONGEST_PAUSE, 0.25 * 2**trouble)
    return random.uniform(0, most)  # noqa: S311 - nothing secret
