"""The newsroom of ``soak``, where posts go by pull requests that people merge.

Beside what happens there, people change titles, bodies and labels, edit posts in a pull
request, merge, close, reopen, and delete the branch; the forge is busy, slow to list,
limits, forgets to answer, does not permit. A runner is killed between any two commands
of git or requests to the forge, before or after they had their effect.

What is judged is the log of every branch, and what the forge holds.
"""

import functools
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import httpx
import soak
from forge_fake import TOKEN as FORGE_TOKEN
from forge_fake import Exchange, FakePull, GitHubFake
from git_place import Place
from github_shapes import REPOSITORY
from soak import BEGAN, Killed, Move, Person, Runner, Trial, Truth

from publishers.forges import Wishes
from publishers.forges._client import Client
from publishers.forges.github import HEADERS, GitHub
from publishers.git.commit import blob_id
from publishers.git.verdict import Answer
from publishers.paths import index_posts
from publishers.pull_text import BEGIN, EMPTIED, END, Skipped
from publishers.rolling import PullRequestPublisher
from scraper.errors import ScraperError
from scraper.model import Post, Survey

BRANCH = "bodojaryo"
LABEL = "news"


class Wire(httpx.BaseTransport):
    """A runner's way to the forge; on it, somebody may do something, or kill it."""

    def __init__(self, runner: "PullRunner") -> None:
        self._runner = runner
        # Nobody closes it, so it must keep nothing open.
        self._inner = httpx.HTTPTransport(
            verify=False, limits=httpx.Limits(max_keepalive_connections=0)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._runner.send(request, self._inner)

    def close(self) -> None:
        self._inner.close()


class PullRunner(Runner):
    """Runs the program with pull requests."""

    trial: "PullTrial"

    def __init__(self, trial: "PullTrial", name: str) -> None:
        super().__init__(trial, name)
        #: Why people declined releases, as the last survey told.
        self.declined: dict[str, str] = {}
        self.batch: list[Post] = []

    def _go(self) -> None:
        publisher = self.trial.make_publisher(self)
        self.batch = []
        self.learn(publisher.survey(self.memory.tip))
        batch = [self.trial.site.post(i, self._path(i)) for i in self._wanted()]
        self.batch = batch
        receipt = publisher.publish(batch, "news: {releases}")
        posts = {post.news_id: post for post in batch}
        arrived = [posts[i] for i in (*receipt.written, *receipt.unchanged)]
        self.trial.judge_success(self, arrived)
        self.delivered = True
        self.remember(arrived, receipt.refused, "")
        if receipt.written:
            self.learn(publisher.survey(self.memory.tip))
        else:
            publisher.tend()

    def _wanted(self) -> Iterator[str]:
        return (i for i in super()._wanted() if i not in self.declined)

    def learn(self, survey: Survey) -> None:
        """Take over what base and the pull requests hold, and what was declined."""
        super().learn(survey)
        self.declined = dict(survey.refused)
        held = {
            i: why for i, why in self.memory.held.items() if i not in survey.refused
        }
        self.memory = replace(self.memory, held=held | self.declined)

    def skipped(self) -> list[Skipped]:
        return [Skipped(i, i, why) for i, why in self.declined.items()]

    def remember(self, arrived: Sequence[Post], refused: Any, tip: str) -> None:
        super().remember(arrived, refused, "")

    def run(self, argv: Sequence[str], **how: Any) -> Answer:
        answer = super().run(argv, **how)
        if Place.command(argv) in ("ls-remote", "fetch", "push"):
            self.looked = answer.code == 0
        return answer

    def send(
        self, request: httpx.Request, inner: httpx.BaseTransport
    ) -> httpx.Response:
        """Make a request; on the way, somebody may do something, or kill us."""
        self.trial.something_happens(self, request.method)
        self._die(1)
        self.looked = False
        response = inner.handle_request(request)
        response.read()
        response.close()
        self.looked = response.is_success
        self._die(2)
        self.dies_in = max(0, self.dies_in - 2)
        return response

    def _die(self, when: int) -> None:
        if self.dies_in == when:
            self.dies_in = 0
            raise Killed


@dataclass
class Words:
    """What a person made of a pull request, and expects to stay."""

    title: str = ""
    said: list[str] = field(default_factory=list)
    #: The whole body, once our part was taken out of it.
    body: str | None = None
    labels: set[str] = field(default_factory=set)
    #: Took our label away after it was there.
    unlabelled: bool = False


class PullPerson(Person):
    """Somebody at the forge's pages, and with a clone."""

    trial: "PullTrial"

    def __init__(self, trial: "PullTrial") -> None:
        super().__init__(trial)
        self.branch = "main"
        self.words: dict[int, Words] = {}

    def act(self) -> None:
        acts = (
            *(self.merge, self.merge, self.close, self.reopen, self.say, self.say),
            *(self.edit_there, self.edit_there, self.delete_there, self.drop_branch),
            *(self.on_base, self.on_base),
        )
        act = self.trial.chance.choice(acts)
        self.trial.note("person", act.__name__)
        act()

    # --- with a clone -----------------------------------------------------------------

    def on_base(self) -> None:
        """Push to base, sometimes by force."""
        acts = (self.edit, self.write, self.delete, self.throw_away, self.reword)
        self._on("main", self.trial.chance.choice(acts))

    def edit_and_correct(self) -> None:
        """In a pull request, if there is one."""
        pull = self._some_pull()
        self.branch = pull.branch if pull else "main"
        super().edit_and_correct()

    def edit_there(self) -> None:
        """Edit a post in a pull request."""
        if pull := self._some_pull():
            self._on(pull.branch, self.edit)

    def delete_there(self) -> None:
        """Take a post out of a pull request."""
        if pull := self._some_pull():
            self._on(pull.branch, self.delete)

    def throw_away(self) -> None:
        """Go back some commits, but not behind a merge that no runner knows of.

        Who merges and takes it back unseen has taken the posts out.
        """
        before = self._posts()
        super().throw_away()
        known = {i for r in self.trial.runners for i in self._seen_by(r)}
        self.trial.deleted |= before.keys() - self._posts().keys() - known

    def reword(self) -> None:
        """Rewrite the newest commit; the first one stays, or all would be unrelated."""
        if int(self._git("rev-list", "--count", "HEAD")) > 1:
            super().reword()

    def _seen_by(self, runner: Runner) -> set[str]:
        tip = runner.memory.tip.split(" ")[0]
        return set(index_posts(self.trial.truth.tree(tip)))

    def _posts(self) -> dict[str, str]:
        return index_posts(self.trial.truth.tree(self.trial.truth.tip()))

    def _on(self, branch: str, act: Callable[[], None]) -> None:
        self.branch = branch
        self.trial.note("person", f"{act.__name__} on {branch}")
        if self._pull():
            act()

    def _some_post(self) -> str:
        """Choose a post; in a pull request, one of those it is about."""
        if self.branch == "main":
            return super()._some_post()
        out = self._git("diff", "--name-only", "--diff-filter=AM", "main...HEAD")
        names = [name for name in out.splitlines() if name.startswith("_posts/")]
        return self.trial.chance.choice(names) if names else ""

    def _pull(self) -> bool:
        origin = str(self.trial.server.repository)
        if not self.clone.exists():
            subprocess.run(["git", "clone", "--quiet", origin, self.clone], check=True)
        self._git("fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*")
        self._git("checkout", "--quiet", "--detach", f"origin/{self.branch}")
        self._git("branch", "--quiet", "--force", "main", "origin/main")
        return True

    def _push(self, *options: str) -> None:
        what = f"HEAD:refs/heads/{self.branch}"
        with suppress(subprocess.CalledProcessError):  # the hook declines a person too
            self._git("push", "--quiet", *options, "origin", what)

    # --- at the forge's pages ---------------------------------------------------------

    def merge(self) -> None:
        if pull := self._some_pull():
            how = self.trial.chance.choice(("merge", "squash", "rebase"))
            self.trial.note("person", f"merges #{pull.number} by {how}")
            with suppress(subprocess.CalledProcessError):  # it conflicts
                self.trial.fake.merge(pull.number, how)

    def close(self) -> None:
        if pull := self._some_pull():
            self.trial.note("person", f"closes #{pull.number}")
            self.trial.fake.close(pull.number)

    def reopen(self) -> None:
        """Reopen one that was closed, where the forge allows it."""
        fake = self.trial.fake
        fake.sync()
        taken = {pull.branch for pull in fake.open_pulls()}
        for pull in reversed(fake.pulls):
            closed = pull.state == "closed" and not pull.merged
            if closed and pull.branch not in taken and fake.tip(pull.branch):
                if fake.tip(pull.branch) == pull.head:
                    self.trial.note("person", f"reopens #{pull.number}")
                    fake.reopen(pull.number)
                return

    def drop_branch(self) -> None:
        """Delete a branch of ours, which closes its pull request."""
        names = self.trial.ours()
        if names:
            name = self.trial.chance.choice(names)
            self.trial.note("person", f"deletes {name}")
            self.trial.collect()
            self.trial.fake.delete_branch(name)
            self.trial.forget(name)
            self.trial.fake.sync()

    def say(self, what: str = "") -> None:
        """Change a title, a body or labels."""
        pull = self._some_pull()
        if pull is None or self.trial.is_writing:
            return
        words = self.words.setdefault(pull.number, Words())
        number = self.trial.tick()
        kinds = ("title", "body", "labels", "body", "part")
        what = what or self.trial.chance.choice(kinds)
        self.trial.note("person", f"says {what} {number} in #{pull.number}")
        if what == "title":
            pull.title = words.title = f"사람의 제목 {number}"
        elif what == "labels":
            words.unlabelled |= LABEL in pull.labels
            pull.labels = [f"사람-{number}"]
            words.labels = {f"사람-{number}"}
        elif what == "body" and words.body is None:
            before, after = f"사람의 말 {number}", f"- [x] 사람 {number}"
            pull.body = f"{before}\r\n\r\n{pull.body}\r\n\r\n{after}\r\n"
            words.said += [before, after]
        elif what == "part" and self.trial.chance.random() < 0.3:
            start, end = pull.body.find(BEGIN), pull.body.find(END)
            if start >= 0:
                pull.body = pull.body[:start] + pull.body[end + len(END) :]
            words.body = pull.body

    def _some_pull(self) -> FakePull | None:
        pulls = self.trial.fake.open_pulls()
        return self.trial.chance.choice(pulls) if pulls else None


class SoakHub(GitHubFake):
    """A GitHub that holds what we ask of it against what may be asked."""

    def __init__(self, repository: Path) -> None:
        super().__init__(repository)
        self.wrongs: list[str] = []
        #: Lets the same be proposed twice, which GitHub itself would refuse.
        self.lax = False

    def answer(self, exchange: Exchange) -> tuple[int, Any, dict[str, str]]:
        if exchange.method == "PATCH":
            self._look_at(exchange)
        if self.lax and (exchange.method, exchange.path[-6:]) == ("POST", "/pulls"):
            self.sync()
            twins = [p for p in self.pulls if p.branch == exchange.body["head"]]
            states = [pull.state for pull in twins]
            for pull in twins:
                pull.state = "closed"
            answer = super().answer(exchange)
            for pull, state in zip(twins, states, strict=True):
                pull.state = state
            return answer
        return super().answer(exchange)

    def _look_at(self, exchange: Exchange) -> None:
        """Note a request to change a pull request that is none of ours to make."""
        self.sync()
        pull = self.pulls[int(exchange.path.rpartition("/")[2]) - 1]
        wanted = exchange.body.get("state")
        if wanted == "open":
            self.wrongs.append(f"reopens #{pull.number}")
        if wanted == "closed" and pull.state == "open":
            self.closed_by_us(pull)

    def closed_by_us(self, pull: FakePull) -> None:
        """Hear of a pull request that is closed by us just now."""


class PullTrial(Trial):
    """One newsroom with pull requests."""

    runners: list[Any]
    person: PullPerson

    def __init__(
        self,
        root: Path,
        seed: int,
        *,
        make_publisher: Callable[[Any], Any] | None = None,
        steps: int = 5,
        **other: Any,
    ) -> None:
        make = make_publisher or by_pull_request
        super().__init__(root, seed, make_publisher=make, steps=steps, **other)
        hub = self.server.repository
        self._first_commit(hub)
        self.fake = SoakHub(hub)
        self.runners = [PullRunner(self, "one"), PullRunner(self, "two")]
        self.person = PullPerson(self)
        self.after_a_run, self.at_the_end = AFTER_A_RUN, AT_THE_END
        self.seconds = 0.0
        #: A runner is about to write to the forge what it has just read there.
        self.is_writing = False
        #: Every move of every branch, by branch; those of one that is gone, too.
        self.history: dict[str, list[Move]] = {}
        self._read: dict[str, int] = {}
        self._fresh: list[tuple[str, Move]] = []

    def _first_commit(self, hub: Path) -> None:
        def git(*arguments: str) -> str:
            argv = ["git", "-C", str(hub), *arguments]
            return subprocess.check_output(argv, text=True, input="").strip()

        tree = git("hash-object", "-w", "-t", "tree", "--stdin")
        git("update-ref", "refs/heads/main", git("commit-tree", tree, "-m", "first"))

    def play(self) -> list[str]:
        with self.fake.serve():
            return super().play()

    # --- bad days ---------------------------------------------------------------------

    def something_happens(self, runner: Runner, command: str) -> None:
        if "proposal" in self.happenings and command == "POST" and not self._calm:
            self.note("forge", "proposed, and no answer")
            self.fake.fail("POST", "/pulls$", after=True)
            return
        said = {"say": "", "say title": "title"}
        for happening in said.keys() & set(self.happenings):
            if command == "ls-remote" and not self._calm:
                self.person.say(said[happening])
            return
        if command in ("POST", "PATCH"):
            self.is_writing = True
            super().something_happens(runner, "push")
            self.is_writing = False
        else:
            super().something_happens(runner, command)

    def misbehave(self) -> None:
        if self.chance.random() < 0.5:
            super().misbehave()
            return
        what = self.chance.choice(list(FORGE_FAULTS))
        method, path = self.chance.choice(REQUESTS)
        times = self.chance.choice((1, 1, 2, 9))
        self.note("forge", f"{what} at {method} {path}, {times} times")
        fault = FORGE_FAULTS[what]
        self.fake.fail(method, path, times=times, **fault)

    def be_ill(self) -> None:
        what = self.chance.choice(("forge", "lag", "git"))
        if what == "git":
            super().be_ill()
            return
        self.note("forge", {"forge": "permits nothing", "lag": "lists slowly"}[what])
        if what == "forge":
            self.fake.may_create = False
        else:
            self.fake.files_lag = self.chance.randint(1, 4)

    def heal_forge(self) -> None:
        self.fake.faults.clear()
        self.fake.may_create = True
        self.fake.files_lag = 0

    def step(self) -> None:
        super().step()
        if self.chance.random() < 0.3:
            self.heal_forge()

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        super().sleep(seconds)
        if self.chance.random() < 0.25:
            self.heal_forge()

    def calm_down(self) -> None:
        super().calm_down()
        self.heal_forge()

    def settle_down(self) -> None:
        self.note("all", "calm")
        for runner in self.runners:
            if error := self.run(runner):
                self.broken.append(f"needs a hand on a calm day: {error}")
        refs, pushes = self._refs(), len(self.server.log)
        writes = len(self.fake.writes())
        for runner in self.runners:
            if error := self.run(runner):
                self.broken.append(f"needs a hand on a calm day: {error}")
        pushed = [asked for asked in self.server.log[pushes:] if "push" in asked.kind]
        written = self.fake.writes()[writes:]
        if pushed or written or self._refs() != refs:
            self.broken.append(f"the same input again: {len(pushed)} {written}")

    def _refs(self) -> str:
        return self.truth.git("for-each-ref", "refs/heads")

    def judge_success(self, runner: Runner, arrived: Sequence[Post]) -> None:
        """What is told as delivered was on base, or proposed by a pull request."""
        self.collect()
        for post in arrived:
            if not self.ever_offered(post):
                self.broken.append(f"{runner.run_id}: told {post.news_id}, never there")

    def judge_failure(self, runner: Runner, error: ScraperError) -> None:
        """What is told as failed is not there whole, if one could look."""
        if not (runner.looked and not runner.delivered and runner.batch):
            return
        trees = [self.truth.tree(pull.head) for pull in self.fake.open_pulls()]
        trees.append(self.truth.tree(self.truth.tip()))
        for post in runner.batch:
            oid = blob_id(post.text.encode())
            if not any(tree.get(post.path) == oid for tree in trees):
                return
        self.broken.append(f"{runner.run_id}: landed, and told as failed: {error}")

    def figures(self) -> dict[str, int]:
        states = [(pull.state, pull.merged) for pull in self.fake.pulls]
        return super().figures() | {
            "pull requests": len(states),
            "merged": sum(merged for _, merged in states),
            "declined": sum(
                state == "closed" and not merged for state, merged in states
            ),
        }

    # --- the truth --------------------------------------------------------------------

    def ours(self) -> list[str]:
        """Return the branches there are besides base."""
        out = self.truth.git("for-each-ref", "--format=%(refname:short)", "refs/heads")
        return [name for name in out.split() if name != "main"]

    def collect(self) -> None:
        """Take over what the logs of all branches have that is new."""
        for branch in ("main", *self.ours()):
            moves = Truth(self.server.repository, branch).moves()
            fresh = moves[self._read.get(branch, 0) :]
            self._read[branch] = len(moves)
            self.history.setdefault(branch, []).extend(fresh)
            self._fresh += [(branch, move) for move in fresh]

    def forget(self, branch: str) -> None:
        """Begin a branch's log anew: it was deleted, and its log with it."""
        self._read.pop(branch, None)

    def fresh(self) -> list[tuple[str, Move]]:
        """Return the moves that were not judged yet."""
        self.collect()
        fresh, self._fresh = self._fresh, []
        return fresh

    def shown(self) -> Iterator[dict[str, str]]:
        """Yield the posts at each tip that lasted until its push was answered."""
        for moves in self.history.values():
            for move, after in zip(moves, [*moves[1:], None], strict=True):
                if not (after and after.words == soak.ROLLBACK):
                    yield self.truth.tree(move.new)

    def ever_offered(self, post: Post) -> bool:
        oid = blob_id(post.text.encode())
        return any(tree.get(post.path) == oid for tree in self.shown())


#: How the forge fails, in the words of :class:`forge_fake.Fault`.
_LIMITED = {"message": "You have exceeded a secondary rate limit."}
FORGE_FAULTS: dict[str, dict[str, Any]] = {
    "bad gateway": {"status": 502},
    "unavailable": {"status": 503},
    "done, and bad gateway": {"status": 502, "after": True},
    "slow down": {"status": 429, "headers": {"Retry-After": "3"}},
    "secondary limit": {"status": 403, "body": _LIMITED},
    "limit": {
        "status": 403,
        "headers": {"X-RateLimit-Remaining": "0", "Retry-After": "900"},
    },
    "no answer": {"status": 0},
    "done, and no answer": {"status": 0, "after": True},
}
REQUESTS = (
    *[("POST", "/pulls$")] * 4,
    *[("PATCH", "/pulls/")] * 2,
    *[("GET", "/pulls$"), ("GET", "/files$"), ("POST", "/labels$")],
)


@functools.cache
def authorities(ca_file: Path | None) -> Any:
    return httpx.create_ssl_context()


def by_pull_request(runner: PullRunner) -> PullRequestPublisher:
    """Make the publisher of pull requests, as the command makes it."""
    trial = runner.trial
    client = Client(
        trial.fake.api_url,
        headers=HEADERS,
        token=FORGE_TOKEN,
        transport=Wire(runner),
        clock=lambda: trial.seconds,
        sleep=trial.sleep,
        now=lambda: BEGAN + timedelta(seconds=trial.seconds),
    )
    return PullRequestPublisher(
        soak.direct(runner),
        GitHub(client, trial.fake.api_url, REPOSITORY, base="main"),
        branch=BRANCH,
        wishes=Wishes(labels=(LABEL,)),
        skipped=runner.skipped,
        sleep=trial.sleep,
    )


# --- promises -------------------------------------------------------------------------


def our_moves_only_go_forward(trial: PullTrial) -> list[str]:
    """Base is never pushed to, and a branch only moves on, or from what has ended."""
    broken = []
    for branch, move in trial.fresh():
        if not move.ours:
            continue
        if branch == "main":
            broken.append(f"pushed to base: {move}")
            continue
        start = _start(trial, move.new)
        of_base = start in {move.new for move in trial.history["main"]}
        leads_back = trial.truth.leads_back
        appended = move.old and leads_back(move.new, move.old)
        if move.old and not (appended or _had_ended(trial, branch, move.old)):
            broken.append(f"history rewritten: {branch} {move}")
        if appended and (of_base or leads_back(move.old, start)):
            # Base may have got the whole branch by a merge: then it is begun anew.
            merged = of_base and leads_back(start, move.old)
            start = start if merged else move.old
        elif not of_base:
            broken.append(f"begun on what never was base: {branch} {move}")
        broken += _wrong_changes(trial, start, move)
    return broken


def _had_ended(trial: PullTrial, branch: str, tip: str) -> bool:
    trial.fake.sync()
    return any(
        pull.head == tip and (pull.merged or EMPTIED[:-4] in pull.body)
        for pull in trial.fake.pulls
        if pull.branch == branch
    )


def _start(trial: PullTrial, commit: str) -> str:
    """Return the commit that our commits stand on."""
    out = trial.truth.git("log", "--first-parent", "--format=%H %ae", commit)
    ours = {f"{runner.name}@example.invalid" for runner in trial.runners}
    lines = (line.split(" ") for line in out.splitlines())
    return next((oid for oid, author in lines if author not in ours), "")


def _wrong_changes(trial: PullTrial, start: str, move: Move) -> list[str]:
    old, new = trial.truth.tree(start), trial.truth.tree(move.new)
    broken = [f"deleted {path}: {move}" for path in old.keys() - new.keys()]
    for path in old.keys() & new.keys():
        if old[path] != new[path] and not soak._is_sealed(trial, path, old[path]):
            broken.append(f"overwrote {path}, edited by hand: {move}")
    twice = soak._twice(new) - soak._twice(old)
    return broken + [f"a second file for {news_id}: {move}" for news_id in twice]


def memory_never_passes_the_truth(trial: PullTrial) -> list[str]:
    """What is remembered as delivered was delivered: the texts, byte for byte."""
    shown = {oid for tree in trial.shown() for oid in tree.values()}
    return [
        f"{runner.name} remembers {news_id}, which never was there"
        for runner in trial.runners
        for news_id, text in runner.memory.texts.items()
        if blob_id(text.encode()) not in shown
    ]


def what_people_said_stays(trial: PullTrial) -> list[str]:
    """Titles, words in bodies and labels are as people made them."""
    broken = list(trial.fake.wrongs)
    trial.fake.wrongs.clear()
    for number, words in trial.person.words.items():
        pull = trial.fake.pulls[number - 1]
        if words.title and pull.title != words.title:
            broken.append(f"#{number}: title overwritten: {pull.title}")
        if words.body is not None and pull.body.strip() != words.body.strip():
            broken.append(f"#{number}: body overwritten: {pull.body[:200]}")
        elif words.body is None and not all(one in pull.body for one in words.said):
            broken.append(f"#{number}: words overwritten: {pull.body[:200]}")
        if not words.labels <= set(pull.labels):
            broken.append(f"#{number}: labels overwritten: {pull.labels}")
        if words.unlabelled and LABEL in pull.labels and BEGIN in pull.body:
            broken.append(f"#{number}: labelled again: {pull.labels}")
    return broken


def one_pull_request_for_a_branch(trial: PullTrial) -> list[str]:
    branches = [pull.branch for pull in trial.fake.open_pulls()]
    twice = {name for name in branches if branches.count(name) > 1}
    return [f"two pull requests for {name}" for name in sorted(twice)]


def no_release_is_lost(trial: PullTrial) -> list[str]:
    """Each is on base, proposed, taken out by a person, or told as kept back."""
    there = set(index_posts(trial.truth.tree(trial.truth.tip())))
    for pull in trial.fake.open_pulls():
        there |= set(index_posts(trial.truth.tree(pull.head)))
    told = {i for runner in trial.runners for i in runner.memory.held}
    return [
        f"lost: {news_id}"
        for news_id in trial.site.revisions
        if news_id not in there and news_id not in trial.deleted | told
    ]


def what_is_offered_is_the_newest_or_edited(trial: PullTrial) -> list[str]:
    """No old text of ours stays, unless a person declined the new one.

    A runner that was killed before it remembered does not know what it delivered; then
    a correction is for the look again at what is published, which is not played here.
    """
    known = {i for runner in trial.runners for i in runner.memory.texts}
    base = trial.truth.tree(trial.truth.tip())
    there = [trial.truth.tree(pull.head) for pull in trial.fake.open_pulls()]
    told = {i for runner in trial.runners for i in runner.memory.held}
    told |= _declined(trial)
    broken = []
    for news_id, path in index_posts(base).items():
        newest = blob_id(trial.site.post(news_id, path).text.encode())
        shown = [tree[path] for tree in (*there, base) if path in tree]
        fine = newest in shown or any(
            not soak._is_sealed(trial, path, oid) for oid in shown
        )
        if not fine and news_id in known - told:
            broken.append(f"an old text stays: {path}")
    return broken


def _declined(trial: PullTrial) -> set[str]:
    """Return what was in pull requests that were closed."""
    return {
        news_id
        for pull in trial.fake.pulls
        if pull.state == "closed" and not pull.merged
        for _, _, _, paths in trial.fake.differences(pull)
        for news_id in index_posts(paths)
    }


def one_file_for_each_release(trial: PullTrial) -> list[str]:
    """On base, on each branch, and once all that can be merged is merged."""
    commits = [trial.truth.tip(), *(pull.head for pull in trial.fake.open_pulls())]
    twice = {i for commit in commits for i in soak._twice(trial.truth.tree(commit))}
    for pull in trial.fake.open_pulls():
        with suppress(subprocess.CalledProcessError):  # it conflicts
            merged = trial.fake.git("merge-tree", "--write-tree", "main", pull.head)
            twice |= soak._twice(trial.truth.tree(merged))
    return [f"two files for {news_id}" for news_id in sorted(twice)]


def no_release_is_proposed_twice(trial: PullTrial) -> list[str]:
    """No two pull requests add a release, each by a commit of its own.

    Two that began on the same base both show what a person then threw away from it;
    that is one and the same commit, and not ours to take out of either.
    """
    twice: set[str] = set()
    added = [(pull.head, _added(trial, pull)) for pull in trial.fake.open_pulls()]
    for (one, its), (other, theirs) in combinations(added, 2):
        if both := its & theirs:
            twice |= both - _shared(trial, one, other)
    return [f"two pull requests have {i}" for i in sorted(twice)]


def _added(trial: PullTrial, pull: FakePull) -> set[str]:
    return {
        news_id
        for letter, _, _, paths in trial.fake.differences(pull)
        if letter == "A"
        for news_id in index_posts(paths)
    }


def _shared(trial: PullTrial, one: str, other: str) -> set[str]:
    """Return the releases that two branches have from a commit that base once had."""
    fork = trial.truth.git("merge-base", one, other).strip()
    once = any(trial.truth.leads_back(move.new, fork) for move in trial.truth.moves())
    return set(index_posts(trial.truth.tree(fork))) if once else set()


def no_empty_pull_request_stays(trial: PullTrial) -> list[str]:
    base = trial.fake.tip("main")
    return [
        f"empty, and open: #{pull.number}"
        for pull in trial.fake.open_pulls()
        if not trial.fake.changes(base, pull.head)
    ]


def tokens_are_nowhere(trial: PullTrial) -> list[str]:
    secrets = (soak.TOKEN.encode(), FORGE_TOKEN.encode())
    told = []
    for path in (path for path in trial.root.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if any(secret in content for secret in secrets):
            told.append(f"a token is in {path}")
    words = "\n".join([*trial.story, *(p.body + p.title for p in trial.fake.pulls)])
    hits = [s for s in secrets if s.decode() in words]
    return told + ["a token is told"] * len(hits)


AFTER_A_RUN: list[Callable[[Any], list[str]]] = [
    our_moves_only_go_forward,
    memory_never_passes_the_truth,
    what_people_said_stays,
    one_pull_request_for_a_branch,
]
AT_THE_END: list[Callable[[Any], list[str]]] = [
    no_release_is_lost,
    what_is_offered_is_the_newest_or_edited,
    one_file_for_each_release,
    no_release_is_proposed_twice,
    no_empty_pull_request_stays,
    soak.nothing_is_left_behind,
    tokens_are_nowhere,
]
