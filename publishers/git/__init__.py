"""Posts to a news repository: one commit a batch, pushed by compare-and-swap.

One loop answers a retry, a moved branch, a lost response, a second runner and a crash:
look at the tip, compare, commit what differs, push, look again. Nothing is reported
written before the remote shows it, and no history is ever rewritten.
"""

import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from publishers.git.command import Git, GitFailed, Run, run_command
from publishers.git.commit import Signature, blob_id, import_stream, message
from publishers.git.local import Change, LocalRepository
from publishers.git.mirror import Mirror, TreeEntry
from publishers.git.remote import check_branch, parse_remote, token_user
from publishers.git.verdict import push_failure
from publishers.paths import EDITED, check_batch, index_posts, is_ours, parents, unfit
from publishers.plan import Plan
from scraper.errors import PublishError, RefusedError
from scraper.model import KST, Post, Receipt, Survey

#: How often a delivery is tried, and how long at most between two tries, in seconds.
TRIES = 8
LONGEST_PAUSE = 30.0

T = TypeVar("T")


class GitPublisher:
    """Delivers posts to one branch of a git repository."""

    def __init__(
        self,
        remote: str,
        *,
        mirror: Path,
        branch: str = "main",
        posts_dir: str = "_posts",
        author_name: str,
        author_email: str,
        token: str | None = None,
        now: Callable[[], datetime] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        run: Run = run_command,
    ) -> None:
        """Look at nothing yet.

        ``remote`` is a folder (made when absent), or a ``file://``, ``https://`` or
        SSH address. ``mirror`` is a folder of our own that may vanish at any time.

        Raises:
            ConfigError: ``remote`` or ``branch`` cannot be one.
        """
        self._remote = parse_remote(remote)
        self._posts_dir = posts_dir
        self._author = (author_name, author_email)
        self._now = now or partial(datetime.now, KST)
        self._sleep = sleep
        git = Git(
            run=run,
            token=token,
            token_user=token_user(self._remote.host),
            askpass=mirror.absolute().with_name(f"{mirror.name}.askpass"),
        )
        self._mirror = Mirror(mirror, self._remote, check_branch(branch), git)
        self._local = (
            LocalRepository(self._remote.path, branch, git)
            if self._remote.path
            else None
        )
        #: The posts of one tip, by news id; kept so that a run lists them once.
        self._held: tuple[str, dict[str, str]] = ("", {})

    # --- survey ---------------------------------------------------------------------

    def survey(self, since: str = "") -> Survey:
        """Return what the branch holds, or what came since the tip ``since``.

        It creates nothing but our mirror.

        Raises:
            PublishError, StorageError: the branch cannot be read.
        """
        if self._local and not self._local.exists:
            return Survey(tip="", paths={}, complete=True)
        return self._healing(partial(self._survey, since))

    def _survey(self, since: str) -> Survey:
        tip = self._mirror.update()
        rewritten = False
        if tip and since:
            came = self._mirror.added(since, tip, self._posts_dir)
            if came is not None:
                paths = index_posts(came, below=self._posts_dir)
                return Survey(tip=tip, paths=paths, complete=False)
            rewritten = True
        paths = dict(self._posts_of(tip))
        return Survey(tip=tip, paths=paths, complete=True, rewritten=rewritten)

    def _posts_of(self, tip: str) -> dict[str, str]:
        """Return the path of every post of a commit; read once for each tip."""
        if tip and self._held[0] != tip:
            names = self._mirror.paths(tip, self._posts_dir)
            self._held = (tip, index_posts(names, below=self._posts_dir))
        return self._held[1] if tip else {}

    # --- publish --------------------------------------------------------------------

    def publish(self, posts: Sequence[Post], subject: str) -> Receipt:
        """Deliver ``posts`` in one commit and return once the remote shows it.

        Raises:
            PublishError: not delivered, or nobody can tell; the next call with the same
                posts finds out.
            StorageError: our disk or the local repository cannot be written.
            ValueError: a release or path comes twice.
        """
        check_batch(posts)
        sent: set[str] = set()
        trouble: PublishError | None = None
        for attempt in range(TRIES):
            if attempt:
                self._sleep(_pause(attempt))
            try:
                return self._try(posts, subject, sent)
            except RefusedError:
                raise
            except PublishError as error:
                trouble = error
        raise PublishError(f"not delivered in {TRIES} tries: {trouble}") from trouble

    def _try(self, posts: Sequence[Post], subject: str, sent: set[str]) -> Receipt:
        """Deliver once; ``sent`` gathers the ids that went out, whatever came of it."""
        tip, plan, changes = self._healing(partial(self._look, posts))
        if plan.write:
            before = frozenset(sent)
            sent.update(post.news_id for post in plan.write)
            deliver = partial(self._deliver, tip, plan.write, changes, subject)
            tip = self._healing(deliver)
            return plan.receipt(posts, tip, sent=before)
        return plan.receipt(posts, tip, sent=sent)

    def _look(self, posts: Sequence[Post]) -> tuple[str, Plan, list[Change]]:
        """Return the tip as it is now, and what it makes of these posts."""
        if self._local:
            if not self._local.exists:
                self._local.create()
            self._local.mend()
        tip = self._mirror.update()
        return tip, *self._plan(tip, posts)

    def _plan(self, tip: str, posts: Sequence[Post]) -> tuple[Plan, list[Change]]:
        """Decide about each post; only posts that differ are fetched for it."""
        plan = Plan()
        plan.refused = {
            post.news_id: reason
            for post in posts
            if (reason := unfit(post, below=self._posts_dir))
        }
        fit = [post for post in posts if post.news_id not in plan.refused]
        entries = self._entries(tip, fit)
        differing = []
        for post in fit:
            entry = entries.get(post.path)
            if entry and entry.is_file and entry.oid == blob_id(post.text.encode()):
                plan.unchanged.append(post.news_id)
            elif reason := _hindrance(post, entries, self._posts_of(tip)):
                plan.refused[post.news_id] = reason
            else:
                differing.append(post)
        return plan, self._judge(plan, differing, entries)

    def _entries(self, tip: str, posts: Sequence[Post]) -> dict[str, TreeEntry]:
        """Return what stands at the posts' paths and at the folders above them."""
        paths = [post.path for post in posts]
        if not tip or not paths:
            return {}
        return self._mirror.entries(tip, [*parents(paths), *paths])

    def _judge(
        self, plan: Plan, posts: list[Post], entries: dict[str, TreeEntry]
    ) -> list[Change]:
        """Let new posts go, and those go whose predecessor has a whole seal."""
        old = {p.path: entries[p.path].oid for p in posts if p.path in entries}
        contents = self._mirror.contents(list(old.values()))
        changes = []
        for post in posts:
            if post.path in old and not is_ours(contents[old[post.path]], post.news_id):
                plan.refused[post.news_id] = EDITED
                continue
            plan.write.append(post)
            new = blob_id(post.text.encode())
            mode = entries[post.path].mode if post.path in old else ""
            changes.append(Change(post.path, old.get(post.path, ""), new, mode))
        return changes

    def _deliver(
        self, tip: str, posts: list[Post], changes: list[Change], subject: str
    ) -> str:
        """Commit on ``tip``, push, and return the tip that then has the commit.

        Raises:
            PublishError: it did not land, or nobody can tell.
        """
        signature = Signature(*self._author, self._now())
        words = message(subject, posts)
        ref = self._mirror.next_ref
        commit = self._mirror.write(import_stream(ref, tip, signature, words, posts))
        if self._local:
            with self._local.noted(commit, changes) as inherit:
                answer = self._mirror.push(commit, tip, inherit)
        else:
            answer = self._mirror.push(commit, tip)
        # The answer alone proves nothing: a push that landed can be told as refused,
        # and a lost answer as an error. Only the branch itself counts.
        after = self._mirror.remote_tip()
        if after not in (commit, tip):
            after = self._mirror.update()
        if self._local:
            self._local.settle()
        if after == commit:
            self._landed(tip, commit, posts)
            return commit
        if after != tip and self._mirror.holds(commit, after):
            return after
        local = self._local is not None
        where = self._remote.name
        raise push_failure(answer, where, local=local) or GitFailed("push", answer)

    def _landed(self, tip: str, commit: str, posts: list[Post]) -> None:
        """Remember what the branch holds now, so that nothing is read again."""
        self._mirror.adopt(commit)
        if self._held[0] == tip:
            came = {post.news_id: post.path for post in posts}
            self._held = (commit, self._held[1] | came)

    def _healing(self, act: Callable[[], T]) -> T:
        """Do something; should the mirror be broken, make it anew and do it again."""
        try:
            return act()
        except GitFailed:
            try:
                self._mirror.make()
                return act()
            except GitFailed as error:
                raise PublishError(f"{self._remote.name}: {error}") from error


def _hindrance(
    post: Post, entries: dict[str, TreeEntry], held: dict[str, str]
) -> str | None:
    """Return why this post cannot stand at its path, whatever is in it."""
    elsewhere = held.get(post.news_id, post.path)
    if elsewhere != post.path:
        return f"the release stands at {elsewhere} already"
    for folder in parents([post.path]):
        if folder in entries and entries[folder].kind != "tree":
            return f"{folder} is not a folder"
    if post.path in entries and not entries[post.path].is_file:
        return f"{post.path} is not a file"
    return None


def _pause(attempt: int) -> float:
    """Return a random pause in seconds, so that two runners do not keep step."""
    most = min(LONGEST_PAUSE, 0.25 * 2**attempt)
    return random.uniform(0, most)  # noqa: S311 - nothing secret
