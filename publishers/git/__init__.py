"""Posts to a news repository: one commit a batch, pushed by compare-and-swap.

One loop answers a retry, a moved branch, a lost response, a second runner and a crash:
look at the tip, compare, commit what differs, push, look again. Nothing is reported
written before the remote shows it, and no history is ever rewritten.
"""

import random
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from publishers.files import locked
from publishers.git.command import STALL_SECONDS, Git, GitFailed, Run, run_command
from publishers.git.commit import Draft, Grain, Signature, drafts, import_stream
from publishers.git.history import COMMIT, History
from publishers.git.local import Change, LocalRepository
from publishers.git.mirror import Mirror
from publishers.git.planning import Standing, make_plan
from publishers.git.remote import check_branch, parse_remote, token_user
from publishers.git.verdict import push_failure
from publishers.paths import check_batch, index_posts
from publishers.plan import Plan
from scraper.errors import PublishError, RefusedError
from scraper.model import KST, Post, Receipt, Survey

#: How often a delivery is tried, and how long at most between two tries, in seconds.
TRIES = 8
LONGEST_PAUSE = 30.0
#: Posts a rewritten history may lack before a person has to say that they come back.
MOST_RESTORED = 25

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
        token_env: str = "",
        forge: str = "",
        ssh_command: str = "",
        ca_file: Path | None = None,
        stall_seconds: int = STALL_SECONDS,
        signing_key: Path | None = None,
        commits: Grain = "run",
        run_id: str = "",
        allow_restore: bool = False,
        now: Callable[[], datetime] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        run: Run = run_command,
    ) -> None:
        """Look at nothing yet.

        Args:
            remote: A folder (made when absent), or a ``file://``, ``https://`` or SSH
                address.
            mirror: A folder of our own that may vanish at any time; its neighbors
                with ``.lock`` and ``.askpass`` after the name are ours too.
            branch: The one branch that is read and written.
            posts_dir: The folder of the repository that has the posts.
            author_name: Who commits.
            author_email: And the address that forges match with an account.
            token: For ``https``; never in an argument, an environment or a file.
            token_env: The variable the token is from, for messages.
            forge: ``gitlab`` and so on; "" goes by the host's name.
            ssh_command: Shell words in place of ``ssh``, such as ``ssh -i key``.
            ca_file: PEM file of the authorities the server's certificate is held
                against.
            stall_seconds: How long an exchange over HTTP may stand still.
            signing_key: An SSH key (or a public key whose private half an agent has)
                that signs the commits.
            commits: What becomes one commit: all that is delivered together
                (``run``), or each ``day``, ``ministry`` or ``release`` of it.
            run_id: Stands in the commits as ``Run-Id``; "" for none.
            allow_restore: Go on when a rewritten history lacks more than
                ``MOST_RESTORED`` posts.
            now: The clock.
            sleep: Waits some seconds.
            run: Runs git.

        Raises:
            ConfigError: ``remote``, ``branch`` or ``token`` cannot be one.
        """
        self._remote = replace(parse_remote(remote), token_env=token_env)
        self._posts_dir = posts_dir
        self._author = (author_name, author_email)
        self._signing_key = signing_key and signing_key.absolute()
        self._commits = commits
        self._run_id = run_id
        self._allow_restore = allow_restore
        self._now = now or partial(datetime.now, KST)
        self._sleep = sleep
        git = Git(
            run=run,
            token=token,
            token_user=token_user(self._remote.host, forge),
            askpass=mirror.absolute().with_name(f"{mirror.name}.askpass"),
            ssh_command=ssh_command,
            ca_file=ca_file,
            stall_seconds=stall_seconds,
        )
        self._mirror = Mirror(mirror, self._remote, check_branch(branch), git)
        self._history = History(self._mirror, self._remote, git, posts_dir)
        self._local = (
            LocalRepository(self._remote.path, branch, git)
            if self._remote.path
            else None
        )
        self._standing = Standing(self._mirror, posts_dir)
        #: The last commit we delivered, should the mirror not know any more.
        self._delivered = ""
        lock = mirror.absolute().with_name(f"{mirror.name}.lock")
        self._alone = partial(locked, lock, str(mirror), sleep)

    # --- survey ---------------------------------------------------------------------

    def survey(self, since: str = "") -> Survey:
        """Return what the branch holds, or what came since the tip ``since``.

        ``since`` may be several tips with spaces between, of which the first counts:
        that of the last survey, and those that deliveries gave after it. The branch
        must lead back to each, or something was lost.

        It creates nothing but our mirror. Where history was rewritten, it tells which
        posts were lost by it; whoever asked sees to it that they come back.

        Raises:
            RefusedError: more than ``MOST_RESTORED`` posts were lost, and nobody
                allowed us to restore so many.
            PublishError, StorageError: the branch cannot be read.
            LockedError: another process is at work on the mirror.
        """
        if self._local and not self._local.exists:
            return Survey(tip="", paths={}, complete=True)
        with self._alone():
            return self._healing(partial(self._survey, since))

    def _survey(self, since: str, told: str | None = None) -> Survey:
        tip = self._mirror.update(told)
        bases = self._bases(since) if tip else []
        left = [base for base in bases if self._history.is_rewritten(base, tip)]
        if bases and not left and since.startswith(bases[0]):
            change = self._mirror.changed(bases[0], tip, self._posts_dir)
            if change is not None:
                came, gone = (index_posts(c, below=self._posts_dir) for c in change)
                gone = {key: path for key, path in gone.items() if key not in came}
                self._standing.begin(tip, came)
                return Survey(tip, paths=came, complete=False, gone=gone)
        paths = self._standing.all(tip)
        lost = self._lost(left, tip) if left else {}
        return Survey(tip, paths, complete=True, rewritten=bool(left), lost=lost)

    def _bases(self, since: str) -> list[str]:
        """Return the tips that the branch should lead back to.

        Besides those the caller knows, it is the last we delivered: a caller that was
        killed may not know it, and remember its posts all the same.
        """
        own = self._mirror.delivered or self._delivered
        named = dict.fromkeys([*since.split(), own])
        return [base for base in named if COMMIT.fullmatch(base)]

    def _lost(self, left: Sequence[str], tip: str) -> dict[str, str] | None:
        """Return what was lost with tips that were left behind, if that may come back.

        Raises:
            RefusedError: they are too many.
        """
        lost = self._history.lost(left, tip)
        if lost and len(lost) > MOST_RESTORED and not self._allow_restore:
            raise RefusedError(
                f"{self._remote.name} was rewritten without {len(lost)} posts that were"
                " published: if that is a mistake, --allow-restore adds them again"
            )
        return lost

    # --- read -----------------------------------------------------------------------

    def read(self, paths: Collection[str]) -> dict[str, str]:
        """Return the posts that stand at these paths, whatever a person made of them.

        Raises:
            PublishError, StorageError: the branch cannot be read.
            LockedError: another process is at work on the mirror.
        """
        if not paths or (self._local and not self._local.exists):
            return {}
        with self._alone():
            return self._healing(partial(self._read, paths))

    def _read(self, paths: Collection[str]) -> dict[str, str]:
        tip = self._mirror.update()
        entries = self._mirror.entries(tip, sorted(paths)) if tip else {}
        oids = {path: entry.oid for path, entry in entries.items() if entry.is_file}
        texts = self._mirror.contents(sorted(set(oids.values())))
        return {
            path: texts[oid].decode("utf-8", "replace") for path, oid in oids.items()
        }

    # --- publish --------------------------------------------------------------------

    def publish(self, posts: Sequence[Post], subject: str) -> Receipt:
        """Deliver ``posts`` in one commit and return once the remote shows it.

        Raises:
            PublishError: not delivered, or nobody can tell; the next call with the same
                posts finds out.
            StorageError: our disk or the local repository cannot be written.
            LockedError: another process is at work on the mirror.
            ConfigError: the signing key cannot be used.
            ValueError: a release or path comes twice.
        """
        check_batch(posts)
        sent: set[str] = set()
        trouble: PublishError | None = None
        for attempt in range(TRIES):
            if attempt:
                self._sleep(_pause(attempt))
            try:
                with self._alone():
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
            commits = drafts(
                plan.write, subject, grain=self._commits, run_id=self._run_id
            )
            tip = self._healing(partial(self._deliver, tip, commits, changes))
            return plan.receipt(posts, tip, sent=before)
        return plan.receipt(posts, tip, sent=sent)

    def _look(self, posts: Sequence[Post]) -> tuple[str, Plan, list[Change]]:
        """Return the tip as it is now, and what it makes of these posts.

        Raises:
            RefusedError: the branch is not there, but another is.
        """
        if self._local:
            if not self._local.exists:
                self._local.create()
            self._local.mend()
        tip = self._mirror.update()
        if not tip and (other := self._mirror.other_branch()):
            raise RefusedError(
                f"{self._remote.name} has no branch {self._mirror.branch}; its default"
                f" is {other}: name that in news.branch, or make the branch first"
            )
        made = make_plan(self._mirror, tip, posts, self._standing, self._posts_dir)
        return tip, *made

    def _deliver(
        self, tip: str, commits: Sequence[Draft], changes: list[Change]
    ) -> str:
        """Commit on ``tip``, push, and return the tip that then has the commits.

        Raises:
            PublishError: they did not land, or nobody can tell.
        """
        commit = self._write(tip, commits)
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
        if after != tip and self._mirror.holds(commit, after):
            self._landed(commit)
            return after
        failure = push_failure(
            answer,
            self._remote.name,
            local=self._local is not None,
            token_env=self._remote.token_env,
        )
        raise failure or GitFailed("push", answer)

    def _write(self, tip: str, commits: Sequence[Draft]) -> str:
        """Write a chain of commits on ``tip``, signed if so wished; return the last."""
        signature = Signature(*self._author, self._now())
        stream = import_stream(self._mirror.next_ref, tip, signature, commits)
        last = self._mirror.write(stream)
        if key := self._signing_key:
            who, trees = signature.environment(), self._mirror.trees(tip, last)
            for tree, draft in zip(trees, commits, strict=True):
                tip = self._mirror.sign(tree, tip, draft.message, who, key)
            return tip
        return last

    def _landed(self, commit: str) -> None:
        """Remember what we delivered, so that its loss is noticed."""
        self._mirror.adopt(commit)
        self._delivered = commit

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


def _pause(attempt: int) -> float:
    """Return a random pause in seconds, so that two runners do not keep step."""
    most = min(LONGEST_PAUSE, 0.25 * 2**attempt)
    return random.uniform(0, most)  # noqa: S311 - nothing secret
