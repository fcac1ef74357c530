"""A newsroom in small on bad days, and the promises it must keep: a harness.

A :class:`Trial` is played from a seed, and gives the promises it found broken:

* the :class:`Site` announces releases, and corrects some;
* two :class:`Runner` s, each with a memory and a mirror of its own, bring them to one
  news repository, as a run of the program does: survey, publish, remember;
* a :class:`Person` edits, moves and deletes posts, pushes other things, rewrites
  history, throws commits away by force;
* the :class:`~git_server.GitServer` is busy, cuts, forgets, declines, or is gone;
* a runner is killed between any two commands of git.

All of it happens in one thread: before any command of git that a runner gives, somebody
else may do something whole. So a seed plays the same again.

What is judged is not what anybody says but the branch's own log (:class:`Truth`):
every move of it, by whom, and what it changed. Promises are functions of a trial that
give lines; ``AFTER_A_RUN`` are asked after each run, ``AT_THE_END`` once all is calm.
To play another target, give a ``Trial`` another ``make_publisher``, and other promises.
"""

import os
import random
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

from git_place import Place
from git_server import GH006, ROLLBACK, GitServer

from publishers.git import GitPublisher
from publishers.git.command import run_command
from publishers.git.commit import blob_id
from publishers.git.verdict import Answer
from publishers.paths import EDITED, index_posts, is_ours
from publishers.seal import seal
from scraper.errors import PublishError, RefusedError, ScraperError
from scraper.model import KST, Post, Survey

TOKEN = "canary-9c41-77ab"
FORGE = "forge@example.invalid"
#: What may happen while a runner is at it; twice is twice as likely.
HAPPENINGS = ("person", "person", "runner", "fault", "fault", "state")
BEGAN = datetime(2026, 11, 23, 9, tzinfo=KST)


class Killed(BaseException):
    """What SIGKILL leaves undone, this leaves undone."""


# --- who takes part -------------------------------------------------------------------


@dataclass
class Site:
    """What is announced: the revision of each release by id."""

    revisions: dict[str, int] = field(default_factory=dict)

    def announce(self, count: int) -> None:
        for _ in range(count):
            self.revisions[str(1001 + len(self.revisions))] = 1

    def correct(self, news_id: str) -> None:
        self.revisions[news_id] += 1

    def post(self, news_id: str, path: str = "") -> Post:
        revision = self.revisions[news_id]
        text = f'---\ntitle: "글 {news_id}"\n---\n\n본문 {news_id}, {revision}번째\n'
        text = seal(text, news_id, revision, BEGAN)
        path = path or f"_posts/2026/11/2026-11-23-{news_id}.md"
        return Post(news_id, path, text, f"글 {news_id}")


@dataclass
class Memory:
    """What a runner knows from its earlier runs, as the program's state does.

    Changed only as a whole, so that one who is killed knows all or nothing of a step.
    """

    tip: str = ""
    #: Path of each release it takes for published.
    published: dict[str, str] = field(default_factory=dict)
    #: Text of each release as it delivered it.
    texts: dict[str, str] = field(default_factory=dict)
    #: Releases a person took out, or that are kept back, with the reason.
    held: dict[str, str] = field(default_factory=dict)
    #: Releases that were lost or set back with a rewritten history.
    due: frozenset[str] = frozenset()


class Runner:
    """Runs the program, as far as a publisher sees it, again and again."""

    def __init__(self, trial: "Trial", name: str) -> None:
        self.trial = trial
        self.name = name
        self.folder = trial.root / name
        self.memory = Memory()
        self.runs = 0
        #: Whether the last look at the branch had an answer, and whether this run told
        #: that it delivered.
        self.looked = self.delivered = False
        #: Commands of git until it is killed; 0 is never.
        self.dies_in = 0

    @property
    def mirror(self) -> Path:
        return self.folder / "mirror"

    @property
    def run_id(self) -> str:
        return f"{self.name}-{self.runs}"

    def go(self) -> ScraperError | None:
        """Run once; return what ended it early, if anything did."""
        self.runs += 1
        self.looked = self.delivered = False
        try:
            self._go()
        except (PublishError, RefusedError) as error:
            self.trial.note(self.name, f"failed: {error}")
            self.trial.judge_failure(self, error)
            return error
        return None

    def _go(self) -> None:
        publisher = self.trial.make_publisher(self)
        self.learn(publisher.survey(self.memory.tip))
        batch = [self.trial.site.post(i, self._path(i)) for i in self._wanted()]
        receipt = publisher.publish(batch, "news: {releases}")
        posts = {post.news_id: post for post in batch}
        arrived = [posts[i] for i in (*receipt.written, *receipt.unchanged)]
        self.trial.judge_success(self, arrived)
        self.delivered = True
        self.remember(arrived, receipt.refused, receipt.tip)
        self.learn(publisher.survey(self.memory.tip))

    def _path(self, news_id: str) -> str:
        return self.memory.published.get(news_id, "")

    def _wanted(self) -> Iterator[str]:
        """Yield what is new, what is corrected, what was lost, what was in the way."""
        memory = self.memory
        for news_id in self.trial.site.revisions:
            if memory.held.get(news_id) in ("deleted", EDITED):
                continue
            text = self.trial.site.post(news_id).text
            known = news_id in memory.published
            corrected = memory.texts.get(news_id, text) != text
            if not known or corrected or news_id in memory.due:
                yield news_id

    def learn(self, survey: Survey) -> None:
        """Take over what the branch holds; what was lost is wanted again."""
        old = self.memory
        published, held = dict(old.published), dict(old.held)
        absent = published.keys() - survey.paths.keys() if survey.complete else set()
        lost = set(survey.lost if survey.lost is not None else absent)
        for news_id in lost:
            published.pop(news_id, None)
            held.pop(news_id, None)
        for news_id in {*survey.gone, *(absent - lost)}:
            if news_id in published:
                held[news_id] = "deleted"
        for news_id, path in survey.paths.items():
            published[news_id] = path
            if held.get(news_id) == "deleted":
                del held[news_id]
        self.memory = replace(
            old, tip=survey.tip, published=published, held=held, due=old.due | lost
        )

    def remember(self, arrived: Sequence[Post], refused: Any, tip: str) -> None:
        old = self.memory
        kept = {i: why for i, why in old.held.items() if i not in refused}
        self.memory = Memory(
            tip=f"{old.tip} {tip}".strip(),
            published=old.published | {post.news_id: post.path for post in arrived},
            texts=old.texts | {post.news_id: post.text for post in arrived},
            held=kept | dict(refused),
            due=old.due - {post.news_id for post in arrived} - refused.keys(),
        )

    def run(self, argv: Sequence[str], **how: Any) -> Answer:
        """Give git a command; on the way, somebody may do something, or kill us."""
        self.trial.something_happens(self, Place.command(argv))
        if self.dies_in == 1:
            self.dies_in = 0
            raise Killed
        answer = run_command(argv, **how)
        if Place.command(argv) == "ls-remote":
            self.looked = answer.code == 0
        if self.dies_in == 2:
            self.dies_in = 0
            raise Killed
        self.dies_in = max(0, self.dies_in - 2)
        return answer


class Person:
    """Somebody with a clone, who pushes to the same branch, sometimes by force."""

    def __init__(self, trial: "Trial") -> None:
        self.trial = trial
        self.clone = trial.root / "person"

    def act(self) -> None:
        """Do one thing, on top of what is there."""
        if not self._pull():
            return
        chance = self.trial.chance
        acts = (self.edit, self.edit, self.write, self.delete, self.move,
                self.throw_away, self.reword)  # fmt: skip
        act = chance.choice(acts)
        self.trial.note("person", act.__name__)
        act()

    def edit_and_correct(self) -> None:
        """Change a post that the site corrects at that very moment."""
        if self._pull() and (path := self._some_post()):
            self.trial.note("person", f"edits {path}, which is corrected")
            self.edit(path)
            for news_id in index_posts([path]):
                self.trial.site.correct(news_id)

    def edit(self, path: str = "") -> None:
        """Change a post, so that its seal is broken."""
        if path := path or self._some_post():
            text = (self.clone / path).read_text("utf-8")
            (self.clone / path).write_text(f"{text}사람 {self.trial.tick()}\n", "utf-8")
            self._commit("edited")

    def write(self) -> None:
        (self.clone / "about.md").write_text(f"{self.trial.tick()}\n")
        self._commit("written")

    def delete(self) -> None:
        if path := self._some_post():
            self.trial.deleted |= index_posts([path]).keys()
            self._git("rm", "--quiet", path)
            self._commit("deleted")

    def move(self) -> None:
        if path := self._some_post():
            folder = self.trial.chance.choice(("_posts", "_posts/2026/11", "_posts/x"))
            there = f"{folder}/{path.rpartition('/')[2]}"
            if there != path:
                (self.clone / folder).mkdir(parents=True, exist_ok=True)
                self._git("mv", path, there)
                self._commit("moved")

    def throw_away(self) -> None:
        """Go back some commits and push that by force."""
        count = int(self._git("rev-list", "--count", "--first-parent", "HEAD"))
        back = min(count - 1, self.trial.chance.randint(1, 3))
        if back > 0:
            self._git("reset", "--quiet", "--hard", f"HEAD~{back}")
            if self.trial.chance.random() < 0.5:
                self._git("commit", "--quiet", "--allow-empty", "-m", "instead")
            self._push("--force")

    def reword(self) -> None:
        """Rewrite the newest commit, its content kept."""
        self._git("commit", "--quiet", "--amend", "--allow-empty", "-m", "reworded")
        self._push("--force")

    def _some_post(self) -> str:
        names = self._git("ls-files", "_posts").splitlines()
        return self.trial.chance.choice(names) if names else ""

    def _pull(self) -> bool:
        if not self.trial.truth.tip():
            return False
        origin = str(self.trial.server.repository)
        if not self.clone.exists():
            subprocess.run(["git", "clone", "--quiet", origin, self.clone], check=True)
        self._git("fetch", "--quiet", "origin", "+main:refs/remotes/origin/main")
        self._git("reset", "--quiet", "--hard", "origin/main")
        return True

    def _commit(self, words: str) -> None:
        self._git("add", "--all")
        if self._git("status", "--porcelain"):
            self._git("commit", "--quiet", "-m", words)
            self._push()

    def _push(self, *options: str) -> None:
        with suppress(subprocess.CalledProcessError):  # the hook declines a person too
            self._git("push", "--quiet", *options, "origin", "HEAD:main")

    def _git(self, *arguments: str) -> str:
        when = (BEGAN + timedelta(seconds=self.trial.tick())).isoformat()
        dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        argv = ["git", "-C", str(self.clone), *arguments]
        done = subprocess.run(
            argv, capture_output=True, text=True, check=True, env=os.environ | dates
        )
        return done.stdout.strip()


# --- the truth ------------------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    """One move of the branch; "" for no commit."""

    old: str
    new: str
    #: Whether it came over HTTP: by a runner.
    ours: bool
    words: str


class Truth:
    """A branch as the server's own disk has it, and had it."""

    def __init__(self, repository: Path, branch: str = "main") -> None:
        self._repository = repository
        self.branch = branch
        self._trees: dict[str, dict[str, str]] = {}

    def tip(self) -> str:
        file = self._repository / "refs/heads" / self.branch
        return file.read_text().strip() if file.exists() else ""

    def moves(self) -> list[Move]:
        log = self._repository / "logs/refs/heads" / self.branch
        if not log.exists():
            return []
        moves = []
        for line in log.read_text("utf-8").splitlines():
            head, _, words = line.partition("\t")
            old, new = (oid.strip("0") and oid for oid in head.split(" ")[:2])
            moves.append(Move(old, new, FORGE in head and words != ROLLBACK, words))
        return moves

    def tree(self, commit: str) -> dict[str, str]:
        """Return the blob at each path below ``_posts`` of a commit."""
        if not commit:
            return {}
        if commit not in self._trees:
            out = self.git("ls-tree", "-r", "-z", commit, "--", "_posts/")
            entries = (line.split("\t") for line in out.split("\0")[:-1])
            self._trees[commit] = {path: head.split(" ")[2] for head, path in entries}
        return self._trees[commit]

    def shown(self) -> Iterator[dict[str, str]]:
        """Yield the posts at each tip that lasted until its push was answered."""
        moves = self.moves()
        for move, after in zip_longest(moves, moves[1:]):
            if not (after and after.words == ROLLBACK):
                yield self.tree(move.new)

    def ever_held(self, post: Post) -> bool:
        oid = blob_id(post.text.encode())
        return any(tree.get(post.path) == oid for tree in self.shown())

    def leads_back(self, new: str, old: str) -> bool:
        argv = ["git", "-C", str(self._repository), "merge-base", "--is-ancestor"]
        return subprocess.run([*argv, old, new], capture_output=True).returncode == 0

    def text(self, oid: str) -> bytes:
        argv = ["git", "-C", str(self._repository), "cat-file", "blob", oid]
        return subprocess.check_output(argv)

    def git(self, *arguments: str) -> str:
        argv = ["git", "-C", str(self._repository), *arguments]
        return subprocess.check_output(argv, text=True)


# --- one trial ------------------------------------------------------------------------


def direct(runner: Runner) -> GitPublisher:
    """Make the publisher of a direct push, as the command makes it."""
    trial = runner.trial
    return GitPublisher(
        trial.server.url,
        mirror=runner.mirror,
        author_name=runner.name,
        author_email=f"{runner.name}@example.invalid",
        token=TOKEN,
        commits=trial.grain,
        run_id=runner.run_id,
        stall_seconds=1,
        now=lambda: BEGAN + timedelta(seconds=trial.tick()),
        sleep=trial.sleep,
        run=runner.run,
    )


class Trial:
    """One newsroom for some days, good and bad; see the module."""

    def __init__(
        self,
        root: Path,
        seed: int,
        *,
        make_publisher: Callable[[Runner], Any] = direct,
        steps: int = 6,
        unrest: float = 0.4,
        happenings: Sequence[str] = HAPPENINGS,
    ) -> None:
        """Set the stage.

        ``unrest`` is how likely something happens just before a push; ``happenings``
        is what may.
        """
        self.root = root
        self.seed = seed
        self.chance = random.Random(seed)
        self.steps = steps
        self.unrest = unrest
        self.happenings = happenings
        self.make_publisher = make_publisher
        self.grain: Any = self.chance.choice(("run", "run", "release", "day"))
        token = TOKEN if self.chance.random() < 0.3 else ""
        self.server = GitServer(root, token=token)
        self.truth = Truth(self.server.repository)
        self.site = Site()
        self.runners = [Runner(self, "one"), Runner(self, "two")]
        self.person = Person(self)
        #: Ids that a person took out in the ordinary way, at any time.
        self.deleted: set[str] = set()
        self.broken: list[str] = []
        self.story: list[str] = []
        self._ticks = 0
        self._judged = 0
        self.after_a_run, self.at_the_end = AFTER_A_RUN, AT_THE_END
        self._calm = True
        self._busy: set[str] = set()

    def play(self) -> list[str]:
        """Play the trial; return the promises that were broken, with the story."""
        with self.server:
            self._calm = False
            for _ in range(self.steps):
                self.step()
                if self.broken:
                    return self.broken
            self.calm_down()
            self.settle_down()
            for promise in self.at_the_end:
                self.broken += promise(self)
        self.broken += [f"server: {error!r}" for error in self.server.errors]
        return self.broken

    def step(self) -> None:
        """Let the site go on, and a runner run."""
        chance = self.chance
        if chance.random() < 0.8:
            self.site.announce(chance.randint(1, 4))
        if self.site.revisions and chance.random() < 0.4:
            self.site.correct(chance.choice(list(self.site.revisions)))
        if chance.random() < 0.3:
            self.person.act()
        self.run(chance.choice(self.runners), may_die=chance.random() < 0.25)
        if chance.random() < 0.3:
            self.server.accept()
            self.server.up()

    def run(self, runner: Runner, *, may_die: bool = False) -> ScraperError | None:
        """Let a runner run once, if it is not just at it."""
        if runner.name in self._busy:
            return None
        self._busy.add(runner.name)
        self.note(runner.name, "runs")
        runner.dies_in = self.chance.randint(1, 60) if may_die else 0
        try:
            return runner.go()
        except Killed:
            self.note(runner.name, "killed")
            if self.chance.random() < 0.3:
                subprocess.run(["rm", "-rf", runner.mirror], check=True)
        finally:
            self._busy.discard(runner.name)
            runner.dies_in = 0
            for promise in self.after_a_run:
                self.broken += promise(self)
        return None

    def something_happens(self, runner: Runner, command: str) -> None:
        """Maybe do something just before a command of git; mostly where it hurts."""
        chance = self.chance
        likely = self.unrest if command == "push" else self.unrest / 8
        if self._calm or len(self._busy) > 1 or chance.random() > likely:
            return
        kind = chance.choice(self.happenings)
        if kind == "person":
            self.person.act()
        elif kind == "runner":
            self.run(chance.choice([r for r in self.runners if r is not runner]))
        elif kind == "fault":
            self.misbehave()
        elif kind == "edit":
            self.person.edit_and_correct()
        elif kind == "rollback":
            self.note("server", "rollback")
            self.server.fail("rollback", at="push")
        else:
            self.be_ill()

    def misbehave(self) -> None:
        chance = self.chance
        what = chance.choice(
            ("status", "cut request", "cut response", "lost response", "kill",
             "rollback", "lost response", "rollback"))  # fmt: skip
        at = chance.choice(("hello", "ask", "push-hello", "push", "push", "push"))
        if what == "rollback":
            at = "push"
        status = chance.choice((429, 500, 502, 503))
        times = chance.choice((1, 1, 2, 9))
        self.note("server", f"{what} at {at}, {times} times")
        self.server.fail(what, at=at, status=status, times=times)

    def be_ill(self) -> None:
        what = self.chance.choice(("full", "down", "decline"))
        self.note("server", what)
        if what == "full":
            self.server.full = True
        elif what == "down":
            self.server.down()
        else:
            self.server.decline(GH006)

    def sleep(self, seconds: float) -> None:
        """Let time pass; it heals."""
        if self.chance.random() < 0.25:
            self.server.accept()
            self.server.up()

    def calm_down(self) -> None:
        self._calm = True
        self.server.accept()
        self.server.up()

    def settle_down(self) -> None:
        """Let both run until nothing should be left to do; hold that nothing is."""
        self.note("all", "calm")
        for runner in self.runners:
            if error := self.run(runner):
                self.broken.append(f"needs a hand on a calm day: {error}")
        before, log = self.truth.tip(), len(self.server.log)
        for runner in self.runners:
            if error := self.run(runner):
                self.broken.append(f"needs a hand on a calm day: {error}")
        pushes = [asked for asked in self.server.log[log:] if "push" in asked.kind]
        if self.truth.tip() != before or pushes:
            self.broken.append("the same input again changed something")

    # --- judging ----------------------------------------------------------------------

    def judge_success(self, runner: Runner, arrived: Sequence[Post]) -> None:
        """What is told as delivered was on the branch."""
        for post in arrived:
            if not self.truth.ever_held(post):
                self.broken.append(f"{runner.run_id}: told {post.news_id}, never there")

    def judge_failure(self, runner: Runner, error: ScraperError) -> None:
        """What is told as failed is not on the branch, if one could look."""
        if not runner.looked or runner.delivered or not self.truth.tip():
            return
        told = "--format=%(trailers:key=Run-Id,valueonly)"
        if runner.run_id in self.truth.git("log", told, "main").split():
            self.broken.append(f"{runner.run_id}: landed, and told as failed: {error}")

    def note(self, who: str, what: str) -> None:
        self.story.append(f"{who}: {what}")

    def figures(self) -> dict[str, int]:
        """Return what was played, to be added up over all trials."""
        who = Counter(line.partition(":")[0] for line in self.story)
        return {
            "trials": 1,
            "runs": sum(runner.runs for runner in self.runners),
            "killed": sum(line.endswith(": killed") for line in self.story),
            "faults of servers": who["server"] + who["forge"],
            "acts of people": who["person"],
            "violations": len(self.broken),
        }

    def tick(self) -> int:
        self._ticks += 1
        return self._ticks

    def new_moves(self) -> list[Move]:
        """Return the moves of the branch that were not judged yet."""
        moves = self.truth.moves()
        fresh, self._judged = moves[self._judged :], len(moves)
        return fresh


# --- promises -------------------------------------------------------------------------


def our_moves_only_add_and_replace_what_is_ours(trial: Trial) -> list[str]:
    """No history rewritten, no post deleted, no broken seal overwritten, none twice."""
    broken = []
    for move in trial.new_moves():
        if not move.ours:
            continue
        if move.old and not trial.truth.leads_back(move.new, move.old):
            broken.append(f"history rewritten: {move}")
        old, new = trial.truth.tree(move.old), trial.truth.tree(move.new)
        broken += [f"deleted {path}: {move}" for path in old.keys() - new.keys()]
        for path in old.keys() & new.keys():
            if old[path] != new[path] and not _is_sealed(trial, path, old[path]):
                broken.append(f"overwrote {path}, edited by hand: {move}")
        twice = _twice(new) - _twice(old)
        broken += [f"a second file for {news_id}: {move}" for news_id in twice]
    return broken


def memory_never_passes_the_branch(trial: Trial) -> list[str]:
    """What is remembered as delivered was delivered: the texts, byte for byte."""
    return [
        f"{runner.name} remembers {news_id}, which never was there"
        for runner in trial.runners
        for news_id, text in runner.memory.texts.items()
        if not _ever_anywhere(trial, blob_id(text.encode()))
    ]


def no_release_is_lost(trial: Trial) -> list[str]:
    """Each is on the branch, or a person took it out, or it is told as kept back."""
    there = index_posts(trial.truth.tree(trial.truth.tip()))
    told = {i for runner in trial.runners for i in runner.memory.held}
    return [
        f"lost: {news_id}"
        for news_id in trial.site.revisions
        if news_id not in there and news_id not in trial.deleted | told
    ]


def posts_are_the_newest_or_edited(trial: Trial) -> list[str]:
    """No old text of ours stays.

    A runner that was killed before it remembered does not know what it delivered; then
    a correction is for the look again at what is published, which is not played here.
    """
    tree = trial.truth.tree(trial.truth.tip())
    known = {i for runner in trial.runners for i in runner.memory.texts}
    broken = []
    for news_id, path in index_posts(tree).items():
        newest = blob_id(trial.site.post(news_id).text.encode())
        old = tree[path] != newest and _is_sealed(trial, path, tree[path])
        if old and news_id in known:
            broken.append(f"an old text stays: {path}")
    return broken


def one_file_for_each_release(trial: Trial) -> list[str]:
    twice = _twice(trial.truth.tree(trial.truth.tip()))
    return [f"two files for {news_id}" for news_id in sorted(twice)]


def only_the_branch_moved(trial: Trial) -> list[str]:
    refs = trial.truth.git("for-each-ref", "--format=%(refname)").split()
    return [f"a ref of ours: {ref}" for ref in refs if ref != "refs/heads/main"]


def nothing_is_left_behind(trial: Trial) -> list[str]:
    broken = []
    for runner in trial.runners:
        names = {path.name for path in runner.folder.glob("*")}
        names -= {"mirror", "mirror.lock", "mirror.askpass"}
        broken += [f"left behind: {runner.name}/{name}" for name in names]
    fsck = ["git", "-C", str(trial.server.repository), "fsck", "--strict"]
    done = subprocess.run(fsck, capture_output=True, text=True)
    return broken + ([f"fsck: {done.stdout}"] if done.returncode else [])


def token_is_nowhere(trial: Trial) -> list[str]:
    secret = TOKEN.encode()
    files = (path for path in trial.root.rglob("*") if path.is_file())
    told = [f"the token is in {path}" for path in files if secret in path.read_bytes()]
    return told + (["the token is told"] if TOKEN in "\n".join(trial.story) else [])


AFTER_A_RUN: list[Callable[[Trial], list[str]]] = [
    our_moves_only_add_and_replace_what_is_ours,
    memory_never_passes_the_branch,
]
AT_THE_END: list[Callable[[Trial], list[str]]] = [
    no_release_is_lost,
    posts_are_the_newest_or_edited,
    one_file_for_each_release,
    only_the_branch_moved,
    nothing_is_left_behind,
    token_is_nowhere,
]


def _is_sealed(trial: Trial, path: str, oid: str) -> bool:
    (news_id,) = index_posts([path]) or ("",)
    return is_ours(trial.truth.text(oid), news_id)


def _twice(tree: dict[str, str]) -> set[str]:
    ids = [news_id for path in tree for news_id in index_posts([path])]
    return {news_id for news_id in ids if ids.count(news_id) > 1}


def _ever_anywhere(trial: Trial, oid: str) -> bool:
    return any(oid in tree.values() for tree in trial.truth.shown())
