"""A branch whose history was rewritten: what was lost comes back, and nothing else."""

import shutil
from pathlib import Path

import pytest
from git_place import (
    SUBJECT,
    Place,
    files,
    git,
    post,
    posts,
    remove,
    tip,
    write_and_push,
)

from publishers.git import MOST_RESTORED
from publishers.git.history import DEPTHS
from scraper.cli.exits import REFUSED, exit_code
from scraper.errors import RefusedError


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def rewind(place: Place, commit: str) -> None:
    git(place.news, "reset", "--quiet", "--hard", commit)


def forget_nothing(place: Place) -> None:
    """Keep the mirror."""


def forget_mirror(place: Place) -> None:
    """Throw the mirror away, as in a CI that keeps none."""
    remove(place.mirror)


mirrors = pytest.mark.parametrize("mirror", [forget_nothing, forget_mirror])


# --- lost, or deleted -----------------------------------------------------------------


@mirrors
def test_posts_that_a_forced_push_dropped_are_told_as_lost(place, mirror):
    first = place.publisher().publish(posts(1), SUBJECT).tip
    since = place.publisher().publish(posts(2, 3), SUBJECT).tip
    rewind(place, first)
    write_and_push(place.person(), "a.txt", "글\n")
    mirror(place)
    survey = place.publisher().survey(since)
    assert survey.rewritten
    assert survey.complete
    assert survey.lost == {"2": post(2).path, "3": post(3).path}
    assert set(survey.paths) == {"1"}
    receipt = place.publisher().publish(posts(2, 3), SUBJECT)
    assert receipt.written == ("2", "3")
    assert files(place.news) == {"a.txt", *(post(n).path for n in (1, 2, 3))}


@mirrors
def test_correction_that_a_forced_push_dropped_is_told_as_lost(place, mirror):
    first = place.publisher().publish(posts(1, 2), SUBJECT).tip
    since = place.publisher().publish([post(1, "고친 글")], SUBJECT).tip
    rewind(place, first)
    mirror(place)
    survey = place.publisher().survey(since)
    assert survey.lost == {"1": post(1).path}
    assert set(survey.paths) == {"1", "2"}


@mirrors
def test_post_that_a_person_deleted_is_not_told_as_lost(place, mirror):
    """With no mirror, an old tip is as unknown as one that was rewritten away."""
    since = place.publisher().publish(posts(1, 2), SUBJECT).tip
    clone = place.person()
    git(clone, "rm", "--quiet", post(1).path)
    write_and_push(clone, "a.txt", "글\n")
    mirror(place)
    survey = place.publisher().survey(since)
    assert not survey.rewritten
    assert survey.lost == {}


@mirrors
def test_post_deleted_before_the_rewrite_stays_deleted(place, mirror):
    place.publisher().publish(posts(1, 2, 3), SUBJECT)
    clone = place.person()
    git(clone, "rm", "--quiet", post(1).path)
    write_and_push(clone, "a.txt", "글\n")
    since = place.publisher().survey().tip
    git(place.news, "rm", "--quiet", post(2).path)
    git(place.news, "commit", "--quiet", "--amend", "-m", "rewritten")
    mirror(place)
    assert place.publisher().survey(since).lost == {"2": post(2).path}


@mirrors
def test_history_rewritten_with_the_same_posts_has_lost_nothing(place, mirror):
    since = place.publisher().publish(posts(1, 2), SUBJECT).tip
    git(place.news, "commit", "--quiet", "--amend", "-m", "other words")
    mirror(place)
    survey = place.publisher().survey(since)
    assert survey.rewritten
    assert survey.lost == {}


def test_moved_post_is_not_lost(place):
    first = place.publisher().publish(posts(1), SUBJECT).tip
    since = place.publisher().publish(posts(2), SUBJECT).tip
    rewind(place, first)
    moved = "_posts/2026-11-23-2.md"
    write_and_push(place.person(), moved, post(2).text)
    survey = place.publisher().survey(since)
    assert survey.lost == {}
    assert survey.paths["2"] == moved


def test_old_tip_is_found_beyond_the_first_commits_asked_for(place, monkeypatch):
    monkeypatch.setattr("publishers.git.history.DEPTHS", (1, 2, 0))
    since = place.publisher().publish(posts(1), SUBJECT).tip
    clone = place.person()
    for number in range(4):
        write_and_push(clone, "a.txt", f"{number}\n")
    remove(place.mirror)
    assert not place.publisher().survey(since).rewritten
    assert DEPTHS[-1] == 0


def test_looking_into_the_past_leaves_nothing_in_the_mirror(place):
    since = place.publisher().publish(posts(1), SUBJECT).tip
    for number in range(2, 6):
        place.publisher().publish(posts(number), SUBJECT)
    remove(place.mirror)
    place.publisher().survey(since)
    held = git(place.mirror, "cat-file", "--batch-all-objects", "--batch-check")
    assert sum(" commit " in line for line in held.splitlines()) == 1
    assert sorted(p.name for p in place.mirror.parent.iterdir()) == [
        "mirror",
        "mirror.lock",
    ]


def test_tip_that_nobody_has_is_rewritten_without_anybody_knowing_what_was_lost(place):
    """A repository made anew under the same address: the caller's memory must do."""
    place.publisher().publish(posts(1), SUBJECT)
    survey = place.publisher().survey("0" * 40)
    assert survey.rewritten
    assert survey.lost is None
    assert set(survey.paths) == {"1"}


# --- by whom a tip is known -----------------------------------------------------------


@pytest.mark.parametrize("again", [True, False], ids=["same process", "next process"])
def test_loss_of_what_we_delivered_is_noticed_though_the_caller_never_knew(
    place, again
):
    """Killed after the delivery, a caller knows the tip before it, and the posts."""
    publisher = place.publisher()
    since = publisher.publish(posts(1), SUBJECT).tip
    publisher.survey(since)
    publisher.publish(posts(2), SUBJECT)
    rewind(place, since)
    survey = (publisher if again else place.publisher()).survey(since)
    assert survey.rewritten
    assert survey.lost == {"2": post(2).path}


def test_loss_is_noticed_by_a_process_whose_mirror_vanished(place):
    publisher = place.publisher()
    since = publisher.publish(posts(1), SUBJECT).tip
    publisher.publish(posts(2), SUBJECT)
    rewind(place, since)
    shutil.rmtree(place.mirror)
    assert publisher.survey(since).lost == {"2": post(2).path}


def test_loss_that_was_made_good_is_told_no_more(place):
    publisher = place.publisher()
    first = publisher.publish(posts(1), SUBJECT).tip
    publisher.publish(posts(2), SUBJECT)
    rewind(place, first)
    told = publisher.survey(first)
    assert told.lost
    publisher.publish(posts(2), SUBJECT)
    after = publisher.survey(told.tip)
    assert not after.rewritten
    clone = place.person()
    git(clone, "rm", "--quiet", post(2).path)
    write_and_push(clone, "a.txt", "글\n")
    assert not place.publisher().survey(after.tip).lost


# --- too many -------------------------------------------------------------------------


def test_loss_of_many_posts_waits_for_a_person(place):
    """Who took thousands of posts out by a forced push may have meant it."""
    first = place.publisher().publish(posts(1), SUBJECT).tip
    many = range(2, MOST_RESTORED + 3)
    since = place.publisher().publish(posts(*many), SUBJECT).tip
    rewind(place, first)
    with pytest.raises(RefusedError, match=r"without 26 posts.*--allow-restore") as e:
        place.publisher().survey(since)
    assert exit_code(e.value) == REFUSED
    survey = place.publisher(allow_restore=True).survey(since)
    assert survey.lost is not None
    assert len(survey.lost) == MOST_RESTORED + 1


def test_loss_of_a_few_posts_needs_nobody(place):
    first = place.publisher().publish(posts(1), SUBJECT).tip
    since = place.publisher().publish(posts(*range(2, MOST_RESTORED + 2)), SUBJECT).tip
    rewind(place, first)
    survey = place.publisher().survey(since)
    assert survey.lost is not None
    assert len(survey.lost) == MOST_RESTORED


# --- where releases stand -------------------------------------------------------------


def test_publish_after_a_survey_since_a_tip_lists_no_folder_but_those_touched(place):
    """What it costs must not grow with what is there."""
    since = place.publisher().publish(posts(1, 2, 3), SUBJECT).tip
    publisher = place.publisher()
    publisher.survey(since)
    place.calls.clear()
    publisher.publish(posts(4), SUBJECT)
    listings = [argv for argv in place.calls if Place.command(argv) == "ls-tree"]
    assert listings
    assert not any("-r" in argv for argv in listings)
    assert "fetch" not in place.commands()


def test_post_moved_after_the_survey_is_not_written_twice(place):
    since = place.publisher().publish(posts(1, 2), SUBJECT).tip
    publisher = place.publisher()
    publisher.survey(since)
    clone = place.person()
    git(clone, "mv", post(1).path, "_posts/2026-01-01-1.md")
    write_and_push(clone, "a.txt", "글\n")
    receipt = publisher.publish([post(1, "새 글"), post(3)], SUBJECT)
    assert "stands at _posts/2026-01-01-1.md" in receipt.refused["1"]
    assert receipt.written == ("3",)


def test_post_moved_and_moved_back_is_at_its_place(place):
    since = place.publisher().publish(posts(1), SUBJECT).tip
    publisher = place.publisher()
    publisher.survey(since)
    clone = place.person()
    for here, there in ((post(1).path, "_posts/2026-01-01-1.md"),) * 2:
        here, there = (here, there) if (clone / here).exists() else (there, here)
        (clone / there).parent.mkdir(parents=True, exist_ok=True)
        git(clone, "mv", here, there)
        git(clone, "commit", "--quiet", "-m", "moved")
        git(clone, "push", "--quiet", "origin", "HEAD:main")
        publisher.publish(posts(2), SUBJECT)
        git(clone, "pull", "--quiet", "--rebase", "origin", "main")
    assert publisher.publish([post(1, "새 글")], SUBJECT).written == ("1",)


def test_publish_after_a_rewrite_knows_what_stands_where(place):
    """The survey's knowledge is of a history that is no more."""
    since = place.publisher().publish(posts(1, 2), SUBJECT).tip
    publisher = place.publisher()
    publisher.survey(since)
    git(place.news, "mv", post(1).path, "_posts/2026-01-01-1.md")
    git(place.news, "commit", "--quiet", "--amend", "-m", "rewritten")
    receipt = publisher.publish([post(1, "새 글")], SUBJECT)
    assert "stands at _posts/2026-01-01-1.md" in receipt.refused["1"]
    assert tip(place.news) == receipt.tip


def test_survey_since_a_tip_tells_what_a_person_deleted(place):
    since = place.publisher().publish(posts(1, 2, 3), SUBJECT).tip
    clone = place.person()
    git(clone, "mv", post(2).path, "_posts/2026-01-01-2.md")
    git(clone, "rm", "--quiet", post(1).path)
    write_and_push(clone, "a.txt", "글\n")
    survey = place.publisher().survey(since)
    assert survey.gone == {"1": post(1).path}
    assert survey.paths == {"2": "_posts/2026-01-01-2.md"}


def test_post_deleted_after_the_survey_is_not_put_back(place):
    since = place.publisher().publish(posts(1, 2), SUBJECT).tip
    publisher = place.publisher()
    publisher.survey(since)
    clone = place.person()
    git(clone, "rm", "--quiet", post(1).path)
    write_and_push(clone, "a.txt", "글\n")
    receipt = publisher.publish([post(1, "새 글"), post(3)], SUBJECT)
    assert receipt.refused == {"1": "deleted by hand"}
    assert receipt.written == ("3",)


def test_caller_may_know_several_tips(place):
    """That of its survey, and that of its delivery, which is remembered with it."""
    first = place.publisher().publish(posts(1), SUBJECT).tip
    second = place.publisher().publish(posts(2), SUBJECT).tip
    assert place.publisher().survey(f"{first} {second}").paths == {"2": post(2).path}
    rewind(place, first)
    remove(place.mirror)
    survey = place.publisher().survey(f"{first} {second}")
    assert survey.rewritten
    assert survey.lost == {"2": post(2).path}
