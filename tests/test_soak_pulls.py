"""Two runners, people and a bad forge: the promises of pull requests, by chance.

Each trial is a seed (see ``soak_pulls``). ``SOAK=1`` plays the full number, from seed
``SOAK_FROM`` (0) on.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from forge_fake import FakePull, GitHubFake
from git_place import git, post
from pull_place import BRANCH, PullPlace, make_hub
from soak import Move, Truth
from soak_pulls import (
    PullRunner,
    PullTrial,
    authorities,
    by_pull_request,
    no_release_is_proposed_twice,
    our_moves_only_go_forward,
)

from publishers.plan import Plan
from publishers.pull_request import Push, next_step
from publishers.pull_text import body_of
from publishers.rolling import PullRequestPublisher
from scraper.model import Post

SOAK = bool(os.environ.get("SOAK"))
FIRST = int(os.environ.get("SOAK_FROM", 0))
TRIALS = 250 if SOAK else 40
STEPS = 5 if SOAK else 3
#: Trials in which a mutant must have been caught.
MUTANT_TRIALS = 40

pytestmark = pytest.mark.skipif(
    not Path("/dev/fd").exists(), reason="needs /dev/fd for the askpass helper"
)


@pytest.fixture(autouse=True)
def known_authorities(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the certificate authorities once; no trial is about them."""
    monkeypatch.setattr("publishers.forges._client.trusted_authorities", authorities)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + TRIALS))
def test_promises_hold_in_whatever_order_things_happen(tmp_path, record_property, seed):
    trial = PullTrial(tmp_path, seed, steps=STEPS)
    broken = trial.play()
    record_property("soak of pull requests", trial.figures())
    assert not broken, "\n".join(trial.story)


def test_a_trial_is_not_a_quiet_one(tmp_path):
    """Were nothing to happen, nothing would be shown."""
    told: set[str] = set()
    for seed in range(2):
        trial = PullTrial(tmp_path / str(seed), seed, steps=STEPS)
        assert not trial.play()
        told |= {line.partition(":")[0] for line in trial.story}
        assert trial.fake.pulls
    assert {"one", "two", "person", "server", "forge"} <= told


# --- the judge ------------------------------------------------------------------------


@pytest.fixture
def judged(tmp_path: Path) -> SimpleNamespace:
    """What is judged of a newsroom in which nobody runs."""
    fake = GitHubFake(make_hub(tmp_path))
    fake.git("config", "core.logAllRefUpdates", "true")
    return SimpleNamespace(
        fake=fake, truth=Truth(fake.repository), place=PullPlace(tmp_path, fake)
    )


class Moved:
    """A branch that a person edited and merged, and the judge of a push to it.

    The edit is of post 1; the branch was merged to base by a merge commit.
    """

    def __init__(self, root: Path) -> None:
        self.trial = PullTrial(root, 0)
        self.fake = self.trial.fake
        self.place = PullPlace(root, self.fake)
        first = self.fake.tip("main")
        self.fake.git("update-ref", f"refs/heads/{BRANCH}", self.commit(first, post(1)))
        self.fake.pulls.append(FakePull(1, BRANCH, "main", "", "", ""))
        self.edited = self.edit(BRANCH, "edited")
        self.fake.merge(1)

    def edit(self, branch: str, words: str) -> str:
        """Let a person add to post 1, and return the tip."""
        text = self.place.text(branch, post(1).path)
        self.place.write(branch, post(1).path, f"{text}{words}\n")
        return self.fake.tip(branch)

    def commit(
        self, parent: str, new: Post, *merged: str, who: str = "one", without: str = ""
    ) -> str:
        """Commit a post on top of another commit, by a runner unless by ``who``."""
        clone = self.place.person()
        git(clone, "checkout", "--quiet", parent)
        if merged:
            git(clone, "merge", "--quiet", "--no-commit", "-s", "ours", *merged)
        (clone / new.path).parent.mkdir(parents=True, exist_ok=True)
        (clone / new.path).write_text(new.text, "utf-8")
        if without:
            (clone / without).unlink()
        git(clone, "add", "--all")
        author = f"{who} <{who}@example.invalid>"
        git(clone, "commit", "--quiet", "--author", author, "-m", "news")
        git(clone, "push", "--quiet", "--force", "origin", "HEAD:refs/heads/aside")
        return git(clone, "rev-parse", "HEAD")

    def judge(self, new: str, old: str = "") -> list[str]:
        """Return what is wrong with a push of ours to the branch."""
        self.trial.collect()
        move = Move(old or self.edited, new, ours=True, words="push")
        self.trial._fresh = [(BRANCH, move)]
        return our_moves_only_go_forward(self.trial)


@pytest.fixture
def moved(tmp_path: Path) -> Moved:
    return Moved(tmp_path)


def propose(trial: SimpleNamespace, branch: str, number: int) -> None:
    place = trial.place
    if not place.fake.tip(branch):
        place.fake.git("branch", branch, "main")
    place.write(branch, post(number).path, post(number).text)
    if branch != "main":
        number = len(place.fake.pulls) + 1
        place.fake.pulls.append(FakePull(number, branch, "main", "", "", ""))


def test_release_that_two_pull_requests_add_is_proposed_twice(judged):
    propose(judged, "one", 1)
    propose(judged, "two", 1)
    assert no_release_is_proposed_twice(judged) == ["two pull requests have 1"]


def test_release_that_one_commit_of_ours_adds_to_two_is_proposed_twice(judged):
    """What was never on base is nobody's but ours."""
    propose(judged, "one", 1)
    judged.fake.git("branch", "two", "one")
    propose(judged, "two", 2)
    assert no_release_is_proposed_twice(judged) == ["two pull requests have 1"]


def test_release_that_base_lost_is_not_proposed_twice(judged):
    """Two branches began when base had it: they have it by one and the same commit."""
    first = judged.fake.tip("main")
    propose(judged, "main", 1)
    propose(judged, "one", 2)
    propose(judged, "two", 3)
    judged.fake.git("update-ref", "refs/heads/main", first)
    shown = [len(judged.fake.differences(pull)) for pull in judged.fake.open_pulls()]
    assert shown == [2, 2]
    assert no_release_is_proposed_twice(judged) == []


def test_branch_begun_anew_on_base_is_judged_by_base(moved):
    """Base, to which it was merged, has what a person changed there since."""
    base = moved.edit("main", "again")
    assert moved.judge(moved.commit(base, post(9))) == []


def test_post_taken_out_of_base_after_the_merge_is_not_deleted_by_us(moved):
    moved.place.write("main", post(1).path, None)
    assert moved.judge(moved.commit(moved.fake.tip("main"), post(9))) == []


def test_edit_on_base_that_a_branch_begun_anew_overwrites_is_found(moved):
    base = moved.edit("main", "again")
    (broken,) = moved.judge(moved.commit(base, post(1, "고친 글")))
    assert "edited by hand" in broken


def test_post_that_a_branch_begun_anew_lacks_is_found(moved):
    base = moved.edit("main", "again")
    (broken,) = moved.judge(moved.commit(base, post(9), without=post(1).path))
    assert "deleted" in broken


def test_edit_on_the_branch_that_an_append_overwrites_is_found(moved):
    (broken,) = moved.judge(moved.commit(moved.edited, post(1, "고친 글")))
    assert "edited by hand" in broken


def test_edit_that_a_merge_of_our_own_overwrites_is_found(moved):
    """Base must have had it before: that our own commit has it behind it is nothing."""
    late = moved.edit(BRANCH, "late")
    ours = moved.commit(moved.fake.tip("main"), post(9), late)
    (broken,) = moved.judge(ours, old=late)
    assert "edited by hand" in broken


def test_branch_begun_anew_on_what_never_was_base_is_found(moved):
    base = moved.fake.tip("main")
    aside = moved.commit(base, post(2), who="person")
    (broken,) = moved.judge(moved.commit(aside, post(9)))
    assert "never was base" in broken


# --- mutants: publishers that must not get away with it -------------------------------


def by_force(runner: PullRunner) -> PullRequestPublisher:
    """Push with ``--force`` what is made anew from base, as the usual tools do."""
    publisher = by_pull_request(runner)
    branches = publisher._branches
    commit = branches.commit

    def afresh(parent, posts, subject):
        return commit(branches.base(branches.tips(BRANCH)), posts, subject)

    def push(moves):
        for move in moves:
            branches._git.answer(
                f"--git-dir={branches._path}", "-c", "remote.origin.promisor=false",
                "push", "--porcelain", "--no-thin", "--force", "origin",
                f"{move.commit}:refs/heads/{move.branch}",
                transport=branches._remote.transport,
            )  # fmt: skip

    branches.commit, branches.push = afresh, push  # type: ignore[method-assign]
    return publisher


def believing(runner: PullRunner) -> PullRequestPublisher:
    """Take git's word for it that a push landed, and look no more."""
    publisher = by_pull_request(runner)
    settle = publisher._settle

    def believe(posts, subject):
        seen = publisher._lookout.sight(posts)
        step = next_step(seen, posts)
        if not isinstance(step, Push):
            return settle(posts, subject)
        publisher._push(seen, step, subject)
        sent = [post for some in step.posts.values() for post in some]
        return Plan(write=sent).receipt(sent, seen.base, sent=set())

    publisher._settle = believe  # type: ignore[method-assign]
    return publisher


def proposing_again(runner: PullRunner) -> PullRequestPublisher:
    """Repeat what had no answer without looking whether it landed."""
    publisher = by_pull_request(runner)
    pulls = publisher._forge._list
    publisher._forge._list = lambda branch, state: (
        [] if state == "open" else pulls(branch, state)
    )
    return publisher


def caught(
    tmp_path: Path,
    make: Callable[[PullRunner], PullRequestPublisher],
    *words: str,
    by: Sequence[str],
    unrest: float = 0.9,
    lax: bool = False,
) -> bool:
    """Play trials until one finds a promise broken in these words.

    They are of the same kind as the others, but of more unrest and by few causes, to be
    short.
    """
    for seed in range(MUTANT_TRIALS):
        root = tmp_path / str(seed)
        trial = PullTrial(root, seed, make_publisher=make, unrest=unrest, happenings=by)
        trial.fake.lax = lax
        broken = trial.play()
        if any(word in line for line in broken for word in words):
            return True
    return False


def test_push_by_force_is_caught(tmp_path):
    assert caught(tmp_path, by_force, "rewritten", "deleted", by=["person"])


def test_publisher_that_does_not_look_at_the_seal_is_caught(tmp_path, monkeypatch):
    monkeypatch.setattr("publishers.branches.is_ours", lambda text, news_id: True)
    words = "edited by hand"
    assert caught(tmp_path, by_pull_request, words, by=["edit"], unrest=0.4)


def test_publisher_that_believes_the_answer_is_caught(tmp_path):
    words = ("never there", "never was there")
    assert caught(tmp_path, believing, *words, by=["rollback"])


def test_title_that_is_overwritten_is_caught(tmp_path, monkeypatch):
    monkeypatch.setattr("publishers.rolling.is_our_title", lambda title: True)
    assert caught(tmp_path, by_pull_request, "title overwritten", by=["say title"])


def test_body_that_is_overwritten_is_caught(tmp_path, monkeypatch):
    def anew(rows, skipped=(), *, existing=None, **other):
        return body_of(rows, skipped, **other)

    monkeypatch.setattr("publishers.rolling.body_of", anew)
    words = ("words overwritten", "body overwritten")
    assert caught(tmp_path, by_pull_request, *words, by=["say"])


def test_a_second_pull_request_for_a_branch_is_caught(tmp_path):
    words = "two pull requests for"
    assert caught(tmp_path, proposing_again, words, by=["proposal"], lax=True)


def test_nothing_is_proposed_twice_though_a_forge_would_take_it(tmp_path):
    """What stands in the way of a second one is not the forge's refusal alone."""
    for seed in range(3):
        trial = PullTrial(tmp_path / str(seed), seed, happenings=["proposal"], steps=3)
        trial.fake.lax = True
        assert not trial.play(), "\n".join(trial.story)
