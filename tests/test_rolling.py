"""Posts by pull requests: real git, and a GitHub of our own on loopback."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from forge_fake import TOKEN, GitHubFake
from git_place import SUBJECT, git, post, posts
from github_description import judge_if_any, run_graphql, schema
from github_shapes import error, invalid
from pull_place import BRANCH, PullPlace, command, make_hub

from publishers import pull_request
from publishers.forges import ForgeDownError, Wishes
from publishers.git import TRIES
from publishers.paths import EDITED
from publishers.pull_text import Skipped, is_pending
from publishers.pulls import REFUSED
from scraper.cli.exits import exit_code
from scraper.errors import LockedError, PublishError, RefusedError
from scraper.model import Post

WISHES = Wishes(labels=("news",), assignees=("editor",), reviewers=("reviewer",))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[PullPlace]:
    fake = GitHubFake(make_hub(tmp_path), judge=judge_if_any())
    fake.graphql = run_graphql
    with fake.serve():
        yield PullPlace(tmp_path, fake)
    assert fake.troubles == []


def at_rest(place: PullPlace, *delivered: Post, **how: Any) -> None:
    """Hold what is promised of any state that a run left behind.

    Each release is in one file of a branch, on base or in an open pull request; and the
    same posts again change nothing.
    """
    opened = place.fake.open_pulls()
    assert len({pull.branch for pull in opened}) == len(opened)
    shown = place.files("main")
    for pull in opened:
        shown |= place.files(pull.branch)
        assert not is_pending(pull.body)
    assert {each.path for each in delivered} <= shown
    assert len({path.rpartition("-")[2] for path in shown}) == len(shown)
    writes, pushes = len(place.fake.writes()), place.pushes()
    again = place.publisher(**how).publish(delivered, SUBJECT)
    assert again.written == ()
    assert (len(place.fake.writes()), place.pushes()) == (writes, pushes)


# --- one rolling pull request ---------------------------------------------------------


def test_first_posts_open_a_pull_request(place):
    receipt = place.publisher().publish(posts(1, 2), SUBJECT)
    assert receipt.written == ("1", "2")
    (pull,) = place.fake.open_pulls()
    assert (pull.branch, pull.title) == (BRANCH, "news: 2 releases (2026-11-23)")
    assert place.files(BRANCH) - place.files("main") == {p.path for p in posts(1, 2)}
    assert place.fake.git("log", "-1", "--format=%an", BRANCH) == "보도자료 bot"
    at_rest(place, *posts(1, 2))


def test_later_posts_are_appended_and_never_forced(place):
    place.publisher().publish(posts(1), SUBJECT)
    first = place.fake.tip(BRANCH)
    place.publisher().publish(posts(2), SUBJECT)
    assert place.fake.git("rev-parse", f"{BRANCH}^") == first
    assert len(place.fake.pulls) == 1
    at_rest(place, *posts(1, 2))


def test_correction_of_a_post_in_the_open_pull_request_is_appended(place):
    place.publisher().publish(posts(1), SUBJECT)
    receipt = place.publisher().publish([post(1, "고친 글")], SUBJECT)
    assert receipt.written == ("1",)
    assert "고친 글" in place.text(BRANCH, post(1).path)
    at_rest(place, post(1, "고친 글"))


def test_correction_of_a_post_on_base_is_told_as_one(place):
    place.publisher().publish(posts(1), SUBJECT)
    place.fake.merge(1)
    place.publisher().publish([post(1, "고친 글")], SUBJECT)
    (pull,) = place.fake.open_pulls()
    assert "| corrected |" in pull.body
    assert pull.title == "news: 1 release (2026-11-23)"
    at_rest(place, post(1, "고친 글"))


@pytest.mark.parametrize("how", ["merge", "squash"])
def test_after_a_merge_the_branch_starts_again_from_base(place, how):
    place.publisher().publish(posts(1), SUBJECT)
    place.fake.merge(1, how)
    receipt = place.publisher().publish(posts(1, 2), SUBJECT)
    assert (receipt.written, receipt.unchanged) == (("2",), ("1",))
    (pull,) = place.fake.open_pulls()
    assert (pull.number, pull.branch) == (2, BRANCH)
    assert place.fake.git("rev-parse", f"{BRANCH}^") == place.fake.tip("main")
    at_rest(place, *posts(1, 2))


def test_after_a_merge_that_deleted_the_branch_it_is_made_again(place):
    place.publisher().publish(posts(1), SUBJECT)
    place.fake.merge(1)
    place.fake.delete_branch(BRANCH)
    place.publisher().publish(posts(2), SUBJECT)
    (pull,) = place.fake.open_pulls()
    assert (pull.number, pull.branch) == (2, BRANCH)
    at_rest(place, *posts(1, 2))


def test_all_on_base_already_writes_nothing(place):
    place.write("main", post(1).path, post(1).text)
    receipt = place.publisher().publish(posts(1), SUBJECT)
    assert receipt.unchanged == ("1",)
    assert place.fake.writes() == []
    assert place.pushes() == 0


@pytest.mark.parametrize("first", [2, 3])
def test_base_thrown_away_under_two_pull_requests_doubles_nothing(
    place, monkeypatch, first
):
    """Both began on what base no longer has, and now show it; neither is ours to cut.

    Nothing is proposed anew for it; a correction goes to one of them; and each release
    is in one file, in whatever order they are merged.
    """
    old = place.fake.tip("main")
    place.publisher().publish(posts(1), SUBJECT)
    place.fake.merge(1)
    monkeypatch.setattr(pull_request, "MOST_RELEASES", 1)
    place.publisher().publish(posts(2, 3), SUBJECT)
    place.fake.git("update-ref", "refs/heads/main", old)
    pushes = place.pushes()
    place.publisher().publish(posts(1, 2, 3), SUBJECT)
    assert place.pushes() == pushes
    place.publisher().publish([post(1, "고친 글")], SUBJECT)
    assert [pull.number for pull in place.fake.open_pulls()] == [2, 3]
    for number in (first, 5 - first):
        at_rest(place, post(1, "고친 글"), *posts(2, 3))
        place.fake.merge(number)
        place.publisher().tend()  # the table of the other one
    at_rest(place, post(1, "고친 글"), *posts(2, 3))
    assert place.files("main") == {"README.md", *(p.path for p in posts(1, 2, 3))}
    assert "고친 글" in place.text("main", post(1).path)


def test_look_asks_git_once_for_base_and_all_branches(place):
    """What came between two questions would be a state that never was."""
    place.publisher().publish(posts(1), SUBJECT)
    place.calls.clear()
    publisher = place.publisher()
    publisher.survey()
    assert asked_git(place) == 1
    publisher.publish(posts(1), SUBJECT)
    assert asked_git(place) == 2


def asked_git(place: PullPlace) -> int:
    return sum(command(argv) == "ls-remote" for argv in place.calls)


# --- refusals -------------------------------------------------------------------------


def test_closed_pull_request_is_a_refusal_and_new_posts_go_elsewhere(place):
    place.publisher().publish(posts(1, 2), SUBJECT)
    place.fake.close(1)
    receipt = place.publisher().publish(posts(1, 2, 3), SUBJECT)
    reason = f"{REFUSED} (#1)"
    assert receipt.refused == {"1": reason, "2": reason}
    assert receipt.written == ("3",)
    (pull,) = place.fake.open_pulls()
    assert pull.branch == f"{BRANCH}-2"
    assert place.files(pull.branch) - place.files("main") == {post(3).path}
    assert f"1 글 1: {REFUSED}" in pull.body
    survey = place.publisher().survey()
    assert (set(survey.paths), survey.refused) == ({"3"}, {"1": reason, "2": reason})


def test_only_declined_posts_write_nothing(place):
    place.publisher().publish(posts(1), SUBJECT)
    place.fake.close(1)
    writes = place.fake.writes()
    receipt = place.publisher().publish([post(1, "고친 글")], SUBJECT)
    assert set(receipt.refused) == {"1"}
    assert place.fake.writes() == writes


def test_refusal_holds_when_the_branch_is_deleted_too(place):
    place.publisher().publish(posts(1), SUBJECT)
    place.fake.close(1)
    place.fake.delete_branch(BRANCH)
    receipt = place.publisher().publish(posts(1, 2), SUBJECT)
    assert set(receipt.refused) == {"1"}
    assert receipt.written == ("2",)


def test_deleting_the_branch_of_an_open_pull_request_declines_it(place):
    """The forge closes the pull request then; nobody else could have wanted that."""
    place.publisher().publish(posts(1), SUBJECT)
    place.fake.delete_branch(BRANCH)
    receipt = place.publisher().publish(posts(1, 2), SUBJECT)
    assert set(receipt.refused) == {"1"}
    (pull,) = place.fake.open_pulls()
    assert pull.branch == f"{BRANCH}-2"


def test_reopened_pull_request_takes_the_refusal_back(place):
    place.publisher().publish(posts(1), SUBJECT)
    place.fake.close(1)
    place.publisher().publish(posts(1, 2), SUBJECT)
    place.fake.reopen(1)
    receipt = place.publisher().publish(posts(1, 2, 3), SUBJECT)
    assert (receipt.refused, receipt.unchanged) == ({}, ("1", "2"))
    assert {pull.branch for pull in place.fake.open_pulls()} == {BRANCH, f"{BRANCH}-2"}
    at_rest(place, *posts(1, 2, 3))


def test_refusal_holds_when_a_later_pull_request_of_the_branch_was_merged(place):
    place.publisher().publish(posts(1), SUBJECT)
    place.fake.close(1)
    place.fake.git("branch", "--force", BRANCH, "main")
    place.write(BRANCH, post(2).path, post(2).text)
    place.forge().open(BRANCH, "사람이 연 것", "", draft=False)
    place.fake.merge(2)
    receipt = place.publisher().publish(posts(1, 2, 3), SUBJECT)
    assert receipt.refused == {"1": f"{REFUSED} (#1)"}
    assert (receipt.unchanged, receipt.written) == (("2",), ("3",))
    (pull,) = place.fake.open_pulls()
    assert pull.branch == BRANCH


def test_declined_correction_leaves_room_for_another(place):
    """The release itself is published; only this text of it was not wanted."""
    place.publisher().publish(posts(1), SUBJECT)
    place.fake.merge(1)
    place.publisher().publish([post(1, "고친 글")], SUBJECT)
    place.fake.close(2)
    assert set(place.publisher().publish([post(1, "고친 글")], SUBJECT).refused) == {
        "1"
    }
    receipt = place.publisher().publish([post(1, "다시 고친 글")], SUBJECT)
    assert receipt.written == ("1",)
    assert place.publisher().survey().refused == {}


# --- people ---------------------------------------------------------------------------


def test_edit_in_the_pull_request_is_kept_and_told(place):
    place.publisher().publish(posts(1, 2), SUBJECT)
    edited = post(1).text.replace("본문", "사람이 고친 글")
    place.write(BRANCH, post(1).path, edited)
    receipt = place.publisher().publish([post(1, "새 글"), post(3)], SUBJECT)
    assert receipt.refused == {"1": EDITED}
    assert place.text(BRANCH, post(1).path) == edited
    (pull,) = place.fake.open_pulls()
    assert "| edited by hand |" in pull.body
    assert f"1 글 1: {EDITED}" in pull.body


def test_edit_on_base_is_kept_whatever_an_older_branch_holds(place):
    place.publisher().publish(posts(1), SUBJECT)
    place.fake.merge(1)
    place.publisher().publish(posts(2), SUBJECT)
    place.write("main", post(1).path, post(1).text + "덧붙인 글\n")
    receipt = place.publisher().publish([post(1, "새 글")], SUBJECT)
    assert receipt.refused == {"1": EDITED}


def test_title_and_body_of_people_are_kept(place):
    place.publisher().publish(posts(1), SUBJECT)
    (pull,) = place.fake.open_pulls()
    pull.title, pull.body = "새 제목", f"앞\r\n{pull.body}\r\n뒤"
    place.publisher().publish(posts(2), SUBJECT)
    assert pull.title == "새 제목"
    assert pull.body.startswith("앞\n<!--")
    assert pull.body.endswith("-->\n뒤")
    assert "글 2" in pull.body


def test_words_that_come_while_we_look_are_kept(place):
    """A body is read a moment before it is written, not when the look began."""
    place.publisher().publish(posts(1), SUBJECT)
    pull = place.fake.pull(1)
    late: list[str] = []

    def meanwhile(name: str) -> None:
        late.append(name)
        if "push" in late and name == "ls-tree" and "사람" not in pull.title:
            pull.title = "사람의 제목"
            pull.body = f"사람의 말\n\n{pull.body}"

    place.before = meanwhile
    place.publisher().publish(posts(1, 2), SUBJECT)
    assert pull.title == "사람의 제목"
    assert pull.body.startswith("사람의 말\n\n")
    assert "글 2" in pull.body


def test_body_without_our_marks_is_left_alone(place):
    place.publisher().publish(posts(1), SUBJECT)
    (pull,) = place.fake.open_pulls()
    pull.body = "사람이 쓴 글"
    place.publisher().publish(posts(2), SUBJECT)
    assert pull.body == "사람이 쓴 글"
    assert pull.title == "news: 2 releases (2026-11-23)"


def test_labels_taken_off_and_reviewers_are_not_asked_again(place):
    place.publisher(WISHES).publish(posts(1), SUBJECT)
    (pull,) = place.fake.open_pulls()
    assert (pull.labels, pull.assignees) == (["news"], ["editor"])
    pull.labels, pull.reviewers = ["own"], []
    place.publisher(WISHES).publish(posts(2), SUBJECT)
    assert pull.labels == ["own"]
    assert place.fake.pings == ["reviewer"]


def test_commits_of_people_on_the_branch_stay(place):
    place.publisher().publish(posts(1), SUBJECT)
    place.write(BRANCH, "메모.md", "사람의 글\n")
    theirs = place.fake.tip(BRANCH)
    place.publisher().publish(posts(2), SUBJECT)
    assert place.fake.git("rev-parse", f"{BRANCH}^") == theirs
    at_rest(place, *posts(1, 2))


def test_post_taken_out_of_the_pull_request_is_written_once_it_is_asked_for(place):
    place.publisher().publish(posts(1, 2), SUBJECT)
    place.write(BRANCH, post(1).path, None)
    assert set(place.publisher().survey().paths) == {"2"}
    place.publisher().publish(posts(1), SUBJECT)
    at_rest(place, *posts(1, 2))


def test_branch_that_base_has_without_a_pull_request_is_gone_on_with(place):
    """A person merged it by hand, and then took a post out of base."""
    place.fake.git("branch", BRANCH, "main")
    place.write(BRANCH, post(1).path, post(1).text)
    place.fake.git("branch", "--force", "main", BRANCH)
    place.write("main", post(1).path, None)
    receipt = place.publisher().publish(posts(2), SUBJECT)
    assert receipt.written == ("2",)
    (pull,) = place.fake.open_pulls()
    assert pull.title == "news: 1 release (2026-11-23)"
    assert [f["filename"] for f in place.fake.changed(pull)] == [post(2).path]


def test_forge_that_is_slow_to_list_files_loses_no_row(place):
    publisher = place.publisher()
    publisher.publish(posts(1), SUBJECT)
    place.fake.files_lag = 99
    publisher.publish(posts(2), SUBJECT)
    (pull,) = place.fake.open_pulls()
    assert pull.title == "news: 2 releases (2026-11-23)"
    assert "글 2" in pull.body


def test_branch_of_somebody_else_is_never_rewritten(place):
    clone = place.person()
    git(clone, "checkout", "--quiet", "-b", BRANCH)
    git(clone, "commit", "--quiet", "--allow-empty", "-m", "a person's branch")
    git(clone, "push", "--quiet", "origin", BRANCH)
    theirs = place.fake.tip(BRANCH)
    place.publisher().publish(posts(1), SUBJECT)
    assert theirs in place.fake.git("rev-list", BRANCH).splitlines()
    at_rest(place, *posts(1))


# --- empty, full ----------------------------------------------------------------------


def test_pull_request_that_became_empty_is_closed_and_is_no_refusal(place):
    place.publisher().publish(posts(1), SUBJECT)
    place.write("main", post(1).path, post(1).text)
    place.publisher().tend()
    assert place.fake.open_pulls() == []
    assert "has everything" in place.fake.pulls[0].body
    assert place.publisher().survey().refused == {}
    place.publisher().publish(posts(1, 2), SUBJECT)
    (pull,) = place.fake.open_pulls()
    assert (pull.number, pull.branch) == (2, BRANCH)
    at_rest(place, *posts(1, 2))


def test_what_a_person_pushes_while_we_look_keeps_it_open(place):
    """Closed, it would be taken for empty, and the push be lost with its branch."""
    place.publisher().publish(posts(1), SUBJECT)
    place.write("main", post(1).path, post(1).text)
    late: list[str] = []

    def meanwhile(name: str) -> None:
        if name == "ls-tree" and not late:
            late.append(name)
            place.write(BRANCH, "about.md", "사람의 글")

    place.before = meanwhile
    place.publisher().publish(posts(1), SUBJECT)
    assert place.fake.pull(1).state == "open"


def test_pull_request_with_a_persons_file_is_not_empty(place):
    place.publisher().publish(posts(1), SUBJECT)
    place.write(BRANCH, "메모.md", "사람의 글\n")
    place.write("main", post(1).path, post(1).text)
    place.publisher().tend()
    (pull,) = place.fake.open_pulls()
    assert pull.title == "news: 0 releases"


def test_full_pull_request_is_followed_by_another(place, monkeypatch):
    monkeypatch.setattr(pull_request, "MOST_RELEASES", 2)
    place.publisher().publish(posts(1, 2, 3), SUBJECT)
    place.publisher().publish(posts(4, 5), SUBJECT)
    counts = {p.branch: p.title for p in place.fake.open_pulls()}
    assert counts == {
        BRANCH: "news: 2 releases (2026-11-23)",
        f"{BRANCH}-2": "news: 2 releases (2026-11-23)",
        f"{BRANCH}-3": "news: 1 release (2026-11-23)",
    }
    at_rest(place, *posts(1, 2, 3, 4, 5))


def test_two_branches_move_together_or_not_at_all(place, monkeypatch):
    """One push: a refused branch must not leave the other half delivered."""
    monkeypatch.setattr(pull_request, "MOST_RELEASES", 1)
    hook = place.hub / "hooks" / "update"
    hook.write_text('#!/bin/sh\ncase "$1" in *-2) exit 1 ;; esac\n')
    hook.chmod(0o755)
    with pytest.raises(RefusedError, match="hook declined") as raised:
        place.publisher().publish(posts(1, 2), SUBJECT)
    assert exit_code(raised.value) == 77
    assert not place.fake.tip(BRANCH)
    assert not place.fake.tip(f"{BRANCH}-2")
    assert place.fake.writes() == []


def test_correction_of_a_full_pull_request_goes_there_all_the_same(place, monkeypatch):
    monkeypatch.setattr(pull_request, "MOST_RELEASES", 1)
    place.publisher().publish(posts(1, 2), SUBJECT)
    place.publisher().publish([post(1, "고친 글")], SUBJECT)
    assert "고친 글" in place.text(BRANCH, post(1).path)
    assert len(place.fake.open_pulls()) == 2
    at_rest(place, post(1, "고친 글"), post(2))


def test_correction_that_would_collide_goes_to_a_branch_from_base(place, monkeypatch):
    """An open branch forked before base had the post; changing it there would clash."""
    monkeypatch.setattr(pull_request, "MOST_RELEASES", 2)
    place.publisher().publish(posts(1), SUBJECT)
    place.write("main", post(2).path, post(2).text)
    place.publisher().publish([post(2, "고친 글")], SUBJECT)
    pulls = {pull.branch: pull.number for pull in place.fake.open_pulls()}
    assert set(pulls) == {BRANCH, f"{BRANCH}-2"}
    for number in pulls.values():
        place.fake.merge(number)
    assert "고친 글" in place.text("main", post(2).path)


# --- crashes and races ----------------------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


class DyingTransport(httpx.HTTPTransport):
    """Ends the run before or after the n-th write."""

    def __init__(self, at: int, *, after: bool) -> None:
        super().__init__(limits=httpx.Limits(max_keepalive_connections=0))
        self.left, self.after = at, after

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        dies = False
        if request.method != "GET":
            self.left -= 1
            dies = self.left == 0
        if dies and not self.after:
            raise Killed
        response = super().handle_request(request)
        if dies:
            response.close()
            raise Killed
        return response


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("write", range(1, 6))
def test_run_killed_at_any_write_to_the_forge_needs_no_hand(place, write, after):
    """Open, labels, assignees, reviewers, body: whatever was done is not done twice."""
    dying = DyingTransport(write, after=after)
    with pytest.raises(Killed):
        place.publisher(WISHES, transport=dying).publish(posts(1, 2), SUBJECT)
    place.publisher(WISHES).tend()
    (pull,) = place.fake.open_pulls()
    assert (pull.labels, pull.assignees) == (["news"], ["editor"])
    assert place.fake.pings == ["reviewer"]
    assert len(place.fake.asked("POST", "/pulls$")) <= 2
    assert place.pushes() == 1
    at_rest(place, *posts(1, 2), wishes=WISHES)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_run_killed_at_the_push_needs_no_hand(place, moment):
    def die(name: str) -> None:
        if name == "push":
            raise Killed

    setattr(place, moment, die)
    with pytest.raises(Killed):
        place.publisher().publish(posts(1, 2), SUBJECT)
    setattr(place, moment, lambda name: None)
    commits = place.fake.tip(BRANCH) and place.commits(BRANCH)
    place.publisher().publish(posts(1, 2), SUBJECT)
    if commits:
        assert place.commits(BRANCH) == commits
    at_rest(place, *posts(1, 2))


def test_branch_without_its_pull_request_gets_one_without_any_post(place):
    place.fake.may_create = False
    with pytest.raises(RefusedError):
        place.publisher().publish(posts(1), SUBJECT)
    place.fake.may_create = True
    place.publisher().tend()
    (pull,) = place.fake.open_pulls()
    assert "글 1" in pull.body
    assert place.commits(BRANCH) == 2


def test_merge_between_look_and_push_opens_another_pull_request(place):
    """What was pushed a moment after the merge is in no pull request yet."""
    place.publisher().publish(posts(1), SUBJECT)

    def merge(name: str) -> None:
        if name == "push" and len(place.fake.open_pulls()) == 1:
            place.fake.merge(1)

    place.before = merge
    receipt = place.publisher().publish(posts(2), SUBJECT)
    assert receipt.written == ("2",)
    (pull,) = place.fake.open_pulls()
    assert pull.number == 2
    assert "글 2" in pull.body
    assert "글 1" not in pull.body
    at_rest(place, *posts(1, 2))


def test_close_between_look_and_push_moves_the_new_posts(place):
    place.publisher().publish(posts(1), SUBJECT)

    def close(name: str) -> None:
        if name == "push" and len(place.fake.pulls) == 1:
            place.fake.close(1)

    place.before = close
    receipt = place.publisher().publish(posts(2), SUBJECT)
    assert receipt.written == ("2",)
    (pull,) = place.fake.open_pulls()
    assert pull.branch == f"{BRANCH}-2"


def test_two_runners_at_once_lose_nothing_and_open_one_pull_request(place):
    other = place.publisher(var="other")
    busy: list[bool] = []

    def interfere(name: str) -> None:
        if name == "push" and not busy:
            busy.append(True)
            other.publish(posts(2, 3), SUBJECT)

    place.before = interfere
    receipt = place.publisher().publish(posts(1, 2), SUBJECT)
    assert (receipt.written, receipt.refused) == (("1", "2"), {})
    assert len(place.fake.open_pulls()) == 1
    at_rest(place, *posts(1, 2, 3))


@pytest.mark.parametrize("moment", range(6))
def test_runner_that_is_quicker_at_any_moment_of_the_look_is_seen(place, moment):
    """What it opened between our look at git and that at the forge is no refusal."""
    seen = []

    def meanwhile(name: str) -> None:
        seen.append(name)
        if len(seen) == moment + 1:
            place.publisher(var="other").publish(posts(1, 2), SUBJECT)

    place.publisher().publish((), SUBJECT)
    place.after = meanwhile
    place.publisher().publish(posts(1, 2, 3), SUBJECT)
    assert len(place.fake.open_pulls()) == 1
    at_rest(place, *posts(1, 2, 3))


def test_runner_that_is_beaten_at_the_last_try_tells_no_failure(place, monkeypatch):
    """The other one delivered the very posts: they are there, whoever brought them."""
    monkeypatch.setattr("publishers.rolling.TRIES", 1)

    def quicker(name):
        if name == "push":
            place.before = lambda name: None
            place.clock.sleep(60)  # or it would be the very same commit
            place.publisher(var="other").publish(posts(1), SUBJECT)

    place.before = quicker
    receipt = place.publisher().publish(posts(1), SUBJECT)
    assert receipt.refused == {}
    assert {*receipt.written, *receipt.unchanged} == {"1"}
    at_rest(place, *posts(1))


class MeanwhileTransport(httpx.HTTPTransport):
    """Lets others act around the first request to open a pull request."""

    def __init__(self, before: Callable[[], Any], after: Callable[[], Any]) -> None:
        super().__init__(limits=httpx.Limits(max_keepalive_connections=0))
        self.acts = [before, after]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "POST" or not self.acts:
            return super().handle_request(request)
        before, after = self.acts
        self.acts = []
        before()
        response = super().handle_request(request)
        after()
        return response


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_merge_of_what_another_run_opened_just_before_us_is_no_failure(place, how):
    """We hear that there is one, and when we ask which, it has ended, on base."""
    other = place.publisher(var="other")
    meanwhile = MeanwhileTransport(
        lambda: other.publish(posts(1), SUBJECT), lambda: place.fake.merge(1, how)
    )
    receipt = place.publisher(transport=meanwhile).publish(posts(1), SUBJECT)
    assert (receipt.written, receipt.refused) == (("1",), {})
    assert (len(place.fake.pulls), place.pushes()) == (1, 1)
    at_rest(place, *posts(1))


def test_close_of_what_another_run_opened_just_before_us_is_told_as_refused(place):
    other = place.publisher(var="other")
    meanwhile = MeanwhileTransport(
        lambda: other.publish(posts(1), SUBJECT), lambda: place.fake.close(1)
    )
    receipt = place.publisher(transport=meanwhile).publish(posts(1), SUBJECT)
    assert receipt.written == ()
    assert REFUSED in receipt.refused["1"]
    assert len(place.fake.pulls) == 1


def test_pull_request_that_a_forge_tells_of_and_never_lists_ends_the_run(place):
    said = invalid(f"A pull request already exists for newsroom:{BRANCH}.")
    place.fake.fail("POST", "/pulls$", 422, body=said, times=99)
    with pytest.raises(PublishError, match="does not list it") as raised:
        place.publisher().publish(posts(1), SUBJECT)
    assert exit_code(raised.value) == 69
    assert len(place.fake.asked("POST", "/pulls$")) == TRIES
    place.fake.faults.clear()
    place.publisher().publish(posts(1), SUBJECT)
    at_rest(place, *posts(1))


def test_person_pushing_at_the_same_moment_is_not_overrun(place):
    place.publisher().publish(posts(1), SUBJECT)
    busy: list[bool] = []

    def interfere(name: str) -> None:
        if name == "push" and not busy:
            busy.append(True)
            place.write(BRANCH, "메모.md", "사람의 글\n")

    place.before = interfere
    place.publisher().publish(posts(2), SUBJECT)
    assert "메모.md" in place.files(BRANCH) or any(
        "메" in f for f in place.files(BRANCH)
    )
    at_rest(place, *posts(1, 2))


def test_restart_after_a_merge_does_not_overrun_a_late_push(place):
    """Between our look and our push somebody pushed to the merged branch."""
    place.publisher().publish(posts(1), SUBJECT)
    place.fake.merge(1)
    busy: list[bool] = []

    def interfere(name: str) -> None:
        if name == "push" and not busy:
            busy.append(True)
            place.write(BRANCH, "late.md", "사람의 글\n")

    place.before = interfere
    place.publisher().publish(posts(2), SUBJECT)
    assert "late.md" in place.files(BRANCH)
    at_rest(place, *posts(1, 2))


def test_lost_answer_to_a_push_is_no_second_commit(place):
    def lose(name: str) -> None:
        if name == "push" and place.pushes() == 1:
            raise PublishError("the answer was lost")

    place.after = lose
    receipt = place.publisher().publish(posts(1), SUBJECT)
    assert receipt.written == ("1",)
    assert place.commits(BRANCH) == 2
    at_rest(place, *posts(1))


def test_lost_mirror_is_made_anew(place):
    place.publisher().publish(posts(1), SUBJECT)
    receipt = place.publisher(var="fresh").publish(posts(1, 2), SUBJECT)
    assert (receipt.written, receipt.unchanged) == (("2",), ("1",))


def test_two_processes_do_not_share_a_mirror(place):
    inside: list[bool] = []

    def enter(name: str) -> None:
        if name == "push" and not inside:
            inside.append(True)
            with pytest.raises(LockedError):
                place.publisher().publish(posts(2), SUBJECT)

    place.before = enter
    place.publisher().publish(posts(1), SUBJECT)
    assert inside


# --- what the forge refuses -----------------------------------------------------------


def test_missing_permission_is_explained_and_the_branch_kept(place):
    place.fake.may_create = False
    for _ in range(2):
        with pytest.raises(RefusedError) as raised:
            place.publisher().publish(posts(1, 2), SUBJECT)
        words = str(raised.value)
        assert exit_code(raised.value) == 77
        assert "Allow GitHub Actions to create and approve pull requests" in words
        assert f"/newsroom/news/compare/main...{BRANCH}?expand=1" in words
        assert TOKEN not in words
    assert place.pushes() == 1
    assert len(place.fake.asked("POST", "/pulls$")) == 2
    place.fake.may_create = True
    receipt = place.publisher().publish(posts(1, 2), SUBJECT)
    assert receipt.unchanged == ("1", "2")
    at_rest(place, *posts(1, 2))


@pytest.mark.parametrize(
    ("status", "body", "code", "words"),
    [
        (401, error("Bad credentials"), 77, "does not accept the access token"),
        (404, error("Not Found"), 77, "Pull requests: write"),
        (
            403,
            error("Resource not accessible by personal access token"),
            77,
            "Pull requests: write",
        ),
        (403, error("Resource protected by organization SAML"), 77, "single sign-on"),
        (422, error("Validation Failed"), 77, "opens no pull request"),
        (301, error("Moved Permanently"), 77, "set news.remote"),
        (500, error("Server Error"), 69, "answers 500"),
        (0, None, 69, "does not answer"),
    ],
)
def test_trouble_while_opening(place, status, body, code, words):
    place.fake.fail("POST", "/pulls$", status, body=body, times=99)
    with pytest.raises(PublishError, match=words) as raised:
        place.publisher().publish(posts(1), SUBJECT)
    assert exit_code(raised.value) == code
    assert place.fake.tip(BRANCH)
    tries = len(place.fake.asked("POST", "/pulls$"))
    assert tries == (4 if code == 69 else 1)
    place.fake.faults.clear()
    place.publisher().publish(posts(1), SUBJECT)
    at_rest(place, *posts(1))


def test_long_limit_ends_the_run_and_the_next_goes_on(place):
    """A secondary limit of an hour: come again later, nothing is lost."""
    place.fake.fail("POST", "/pulls$", 403, headers={"Retry-After": "3600"})
    with pytest.raises(ForgeDownError, match="no more requests until") as raised:
        place.publisher().publish(posts(1), SUBJECT)
    assert exit_code(raised.value) == 69
    assert place.publisher().publish(posts(1), SUBJECT).unchanged == ("1",)
    at_rest(place, *posts(1))


def test_what_fails_after_delivery_is_no_failure(place, caplog):
    """The posts are in an open pull request: that its labels are missing is told."""
    place.fake.fail("POST", "/labels$", 500, times=99)
    receipt = place.publisher(WISHES).publish(posts(1), SUBJECT)
    assert receipt.written == ("1",)
    assert "not tidied" in caplog.text
    place.fake.faults.clear()
    place.publisher(WISHES).tend()
    (pull,) = place.fake.open_pulls()
    assert pull.labels == ["news"]
    at_rest(place, *posts(1), wishes=WISHES)


def test_wishes_that_cannot_be_had_are_told_once(place, caplog):
    schema()
    wishes = Wishes(reviewers=("nobody",), auto_merge="merge")
    place.fake.allows_auto_merge = False
    place.publisher(wishes).publish(posts(1), SUBJECT)
    assert "reviewers not added" in caplog.text
    assert "Settings > General > Allow auto-merge" in caplog.text
    at_rest(place, *posts(1), wishes=wishes)


def test_repository_without_a_commit_is_explained(place):
    place.fake.delete_branch("main")
    with pytest.raises(RefusedError, match="no base branch yet"):
        place.publisher().publish(posts(1), SUBJECT)


# --- drafts, what was skipped ---------------------------------------------------------


def test_drafts_are_opened_and_only_kept_when_wished_so(place):
    schema()
    place.publisher(draft="yes").publish(posts(1), SUBJECT)
    (pull,) = place.fake.open_pulls()
    assert pull.draft
    pull.draft = False
    place.publisher(draft="yes").publish(posts(2), SUBJECT)
    assert not pull.draft
    place.publisher(draft="always").publish(posts(3), SUBJECT)
    assert pull.draft


def test_what_the_run_held_back_is_in_the_body(place):
    held = [Skipped("9", "보류된 글", "license: type 4", "어느 부처")]
    place.publisher(skipped=lambda: held).publish(posts(1), SUBJECT)
    (pull,) = place.fake.open_pulls()
    assert "9 보류된 글: license: type 4 (어느 부처)" in pull.body
    later = [Skipped("8", "기다리는 글", "embargo")]
    place.publisher(skipped=lambda: later).publish(posts(2), SUBJECT)
    assert "8 기다리는 글: embargo" in pull.body
    assert "9 보류된 글" in pull.body
    at_rest(place, *posts(1))


# --- survey ---------------------------------------------------------------------------


def test_survey_tells_base_and_open_pull_request(place):
    place.write("main", post(1).path, post(1).text)
    place.publisher().publish(posts(2), SUBJECT)
    survey = place.publisher().survey()
    assert survey.paths == {"1": post(1).path, "2": post(2).path}
    assert survey.complete


def test_survey_since_a_tip_tells_what_came(place):
    place.write("main", post(1).path, post(1).text)
    place.publisher().publish(posts(2), SUBJECT)
    tip = place.publisher().survey().tip
    place.write("main", post(3).path, post(3).text)
    survey = place.publisher().survey(tip)
    assert not survey.complete
    assert set(survey.paths) == {"2", "3"}


@pytest.mark.parametrize("what", ["close", "merge"])
def test_survey_tells_everything_when_a_pull_request_ended(place, what):
    place.publisher().publish(posts(1), SUBJECT)
    tip = place.publisher().survey().tip
    getattr(place.fake, what)(1)
    survey = place.publisher().survey(tip)
    assert survey.complete
    assert set(survey.paths) == ({"1"} if what == "merge" else set())
    assert set(survey.refused) == ({"1"} if what == "close" else set())


def test_survey_changes_nothing(place):
    place.publisher().survey()
    assert place.fake.writes() == []
    assert place.pushes() == 0


# --- the token ------------------------------------------------------------------------


def test_token_is_in_no_argument_log_or_file(place, caplog):
    caplog.set_level(logging.DEBUG)
    place.publisher(WISHES).publish(posts(1), SUBJECT)
    place.fake.fail("POST", "/pulls$", 401, body=error(f"bad token {TOKEN}"))
    place.fake.merge(1)
    with pytest.raises(RefusedError) as raised:
        place.publisher(WISHES).publish(posts(2), SUBJECT)
    assert TOKEN not in str(raised.value)
    assert TOKEN not in caplog.text
    assert TOKEN not in str(place.calls)
    for file in place.root.rglob("*"):
        assert not file.is_file() or TOKEN.encode() not in file.read_bytes(), file
    for exchange in place.fake.exchanges:
        names = [n for n, value in exchange.headers.items() if TOKEN in value]
        assert names == ["Authorization"]
        assert TOKEN not in str((exchange.path, exchange.query, exchange.body))
