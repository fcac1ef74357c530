"""Two runners, a person and a bad server: the promises of a direct push, by chance.

Each trial is a seed (see ``soak``). ``SOAK=1`` plays the full number, from seed
``SOAK_FROM`` (0) on.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from soak import Runner, Trial, direct, posts_are_the_newest_or_edited
from soak_figures import lines

from publishers.git import GitPublisher
from publishers.git.command import GitFailed
from publishers.git.verdict import push_failure
from scraper.errors import RefusedError

SOAK = bool(os.environ.get("SOAK"))
FIRST = int(os.environ.get("SOAK_FROM", 0))
TRIALS = 250 if SOAK else 20
STEPS = 6 if SOAK else 4
#: Trials in which a mutant must have been caught.
MUTANT_TRIALS = 40

linux = pytest.mark.skipif(
    not Path("/dev/fd").exists(), reason="needs /dev/fd for the askpass helper"
)


@linux
@pytest.mark.parametrize("seed", range(FIRST, FIRST + TRIALS))
def test_promises_hold_in_whatever_order_things_happen(tmp_path, record_property, seed):
    trial = Trial(tmp_path, seed, steps=STEPS)
    broken = trial.play()
    record_property("soak of direct pushes", trial.figures())
    assert not broken, "\n".join(trial.story)


def test_a_trial_is_not_a_quiet_one(tmp_path):
    """Were nothing to happen, nothing would be shown."""
    told: set[str] = set()
    for seed in range(3):
        trial = Trial(tmp_path / str(seed), seed, steps=STEPS)
        assert not trial.play()
        told |= {line.partition(":")[0] for line in trial.story}
        told |= {move.words.partition(":")[0] for move in trial.truth.moves()}
    assert {"one", "two", "person", "server", "push"} <= told


def test_figures_of_all_trials_are_added_up_by_kind(tmp_path):
    """They are what a long run is good for; one that hid a violation would be a lie."""
    trial = Trial(tmp_path, 0, steps=1)
    trial.story, trial.broken = (
        ["one: runs", "one: killed", "server: down"],
        ["lost: 1"],
    )
    two = ("soak of x", {"trials": 1, "violations": 0})
    other = ("another property", "of another test")
    one = ("soak of x", trial.figures())
    assert lines([one, other, two, ("soak of y", {"a": 1})]) == [
        "soak of x: 2 trials, 0 runs, 1 killed, 1 faults of servers, 0 acts of people, "
        "1 violations",
        "soak of y: 1 a",
    ]


@linux
def test_old_text_stays_only_where_nobody_remembers_what_was_delivered(tmp_path):
    """One who was killed right after the push knows that a release is there, no more.

    Its correction is found by the look back at what is published, not by a run.
    """
    trial = Trial(tmp_path, 0)
    trial.site.announce(1)
    with trial.server:
        trial.run(trial.runners[0])
    trial.site.correct("1001")
    stays = "an old text stays: _posts/2026/11/2026-11-23-1001.md"
    assert posts_are_the_newest_or_edited(trial) == [stays]
    trial.runners[0].memory = replace(trial.runners[0].memory, texts={})
    assert posts_are_the_newest_or_edited(trial) == []


# --- mutants: publishers that must not get away with it -------------------------------


def by_force(runner: Runner) -> GitPublisher:
    """Push with ``--force``, as most tools do, whatever came meanwhile."""
    publisher = direct(runner)
    mirror, git = publisher._mirror, publisher._mirror._git

    def push(commit, tip, inherit=()):
        # without it git would miss the commits it is about to throw away
        if tip:
            mirror._here.fetch(f"+{mirror.ref}:refs/thrown-away")
        return git.answer(
            f"--git-dir={mirror._path}", "push", "--porcelain", "--no-thin", "--force",
            "origin", f"{commit}:{mirror.ref}", transport=mirror._remote.transport,
        )  # fmt: skip

    mirror.push = push  # type: ignore[method-assign]
    return publisher


def believing(runner: Runner) -> GitPublisher:
    """Take git's word for it that a push landed, or did not."""
    publisher = direct(runner)

    def deliver(tip, commits, changes):
        commit = publisher._write(tip, commits)
        answer = publisher._mirror.push(commit, tip)
        if answer.code == 0:
            publisher._landed(commit)
            return commit
        raise push_failure(answer, "news", local=False) or GitFailed("push", answer)

    publisher._deliver = deliver  # type: ignore[method-assign]
    return publisher


def caught(
    tmp_path: Path,
    make: Callable[[Runner], GitPublisher],
    *words: str,
    by: Sequence[str] = ("person",),
    unrest: float = 0.9,
) -> Iterator[str]:
    """Play trials until one finds a promise broken; yield what it told.

    They are of the same kind as the others, but of more unrest and by one cause alone,
    to be short.
    """
    for seed in range(MUTANT_TRIALS):
        root = tmp_path / str(seed)
        trial = Trial(root, seed, make_publisher=make, unrest=unrest, happenings=by)
        try:
            broken = trial.play()
        except RefusedError as error:  # raised on a calm day
            broken = [str(error)]
        if broken := [line for line in broken if any(word in line for word in words)]:
            yield from broken
            return
    pytest.fail("the mutant got away")


@linux
def test_push_by_force_is_caught(tmp_path):
    assert list(caught(tmp_path, by_force, "history rewritten", "lost", "deleted"))


@linux
def test_publisher_that_does_not_look_at_the_seal_is_caught(tmp_path, monkeypatch):
    monkeypatch.setattr("publishers.git.planning.is_ours", lambda text, news_id: True)
    assert list(caught(tmp_path, direct, "edited by hand", by=["edit"], unrest=0.4))


@linux
def test_publisher_that_believes_the_answer_is_caught(tmp_path):
    words = ("never there", "never was there")
    assert list(caught(tmp_path, believing, *words, by=["rollback"]))
