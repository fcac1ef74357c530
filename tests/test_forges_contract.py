"""What every forge promises, told over a GitHub, a GitLab and a Gitea of our own.

Each request and answer is held against GitHub's own description, or the typed clients
that :mod:`forge_types` names.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from forge_fake import TOKEN
from forge_places import KINDS, serve
from git_place import SUBJECT, post, posts
from pull_place import BRANCH, PullPlace

from publishers.forges import ForgeDownError, Wishes
from publishers.paths import EDITED
from publishers.pull_text import is_pending
from publishers.pulls import REFUSED, File, Pull
from scraper.cli.exits import exit_code
from scraper.errors import PublishError, RefusedError

WISHES = Wishes(labels=("news", "desk"), assignees=("editor",), reviewers=("reviewer",))
OPENING = r"/(pulls|merge_requests)$"
#: What a forge tells a person to tick when it opens no pull request.
PERMISSION = {
    "github": "Allow GitHub Actions to create and approve pull requests",
    "gitlab": "role Developer",
    "gitea": "write:repository",
}
#: Where a person opens one by hand.
BY_HAND = {
    "github": f"/newsroom/news/compare/main...{BRANCH}?expand=1",
    "gitlab": "/newsroom/desk/news/-/merge_requests/new?merge_request%5Bsource_branch",
    "gitea": f"/newsroom/news/compare/main...{BRANCH}",
}
#: How a request changes a pull request.
CHANGES = {"github": "PATCH", "gitlab": "PUT", "gitea": "PATCH"}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def place(kind: str, tmp_path: Path) -> Iterator[PullPlace]:
    with serve(kind, tmp_path) as place:
        yield place


def proposed(place: PullPlace, *numbers: int) -> Pull:
    """Return a pull request with posts, opened by our forge."""
    place.fake.git("branch", "--force", BRANCH, "main")
    for number in numbers or (1,):
        place.write(BRANCH, post(number).path, post(number).text)
    pull = place.forge().open(BRANCH, "제목", "본문", draft=False)
    assert pull
    return pull


# --- the story ------------------------------------------------------------------------


def test_the_story(place):
    """Open, append, edit, correct, nothing new, merge, start again, decline."""
    fake = place.fake
    receipt = place.publisher(WISHES).publish(posts(1, 2, 3), SUBJECT)
    assert receipt.written == ("1", "2", "3")
    (first,) = fake.open_pulls()
    assert (first.branch, first.base) == (BRANCH, "main")
    assert first.title == "news: 3 releases (2026-11-23)"
    assert sorted(first.labels) == ["desk", "news"]
    assert (first.assignees, first.reviewers) == (["editor"], ["reviewer"])
    assert not is_pending(first.body)

    before = fake.tip(BRANCH)
    place.publisher(WISHES).publish(posts(3, 4), SUBJECT)
    assert [pull.number for pull in fake.open_pulls()] == [1]
    assert first.title == "news: 4 releases (2026-11-23)"
    assert fake.git("rev-parse", f"{BRANCH}^") == before

    edited = post(1).text.replace("본문", "사람이 고친 글")
    place.write(BRANCH, post(1).path, edited)
    first.body = f"검토 중입니다.\r\n\r\n{first.body}"
    first.title, first.labels = "오늘의 보도자료", ["검토"]
    fresh = [post(1, "새 글"), post(2, "새 글")]
    receipt = place.publisher(WISHES).publish(fresh, SUBJECT)
    assert (receipt.written, receipt.refused) == (("2",), {"1": EDITED})
    assert place.text(BRANCH, post(1).path) == edited
    assert first.body.startswith("검토 중입니다.")
    assert "1 글 1: edited by hand" in first.body
    assert (first.title, first.labels) == ("오늘의 보도자료", ["검토"])
    assert fake.pings == ["reviewer"]

    writes, pushes = len(fake.writes()), place.pushes()
    receipt = place.publisher(WISHES).publish(fresh[1:] + posts(3, 4), SUBJECT)
    assert receipt.unchanged == ("2", "3", "4")
    assert (len(fake.writes()), place.pushes()) == (writes, pushes)

    fake.merge(1, "squash")
    receipt = place.publisher(WISHES).publish([*fresh[1:], post(5)], SUBJECT)
    assert (receipt.written, receipt.unchanged) == (("5",), ("2",))
    (second,) = fake.open_pulls()
    assert (second.number, second.branch) == (2, BRANCH)
    assert fake.git("rev-parse", f"{BRANCH}^") == fake.tip("main")

    fake.close(2)
    receipt = place.publisher(WISHES).publish(posts(5, 6), SUBJECT)
    assert receipt.written == ("6",)
    assert receipt.refused == {"5": f"{REFUSED} (#2)"}
    (third,) = fake.open_pulls()
    assert (third.number, third.branch) == (3, f"{BRANCH}-2")
    survey = place.publisher(WISHES).survey()
    assert set(survey.paths) == {"1", "2", "3", "4", "6"}
    assert set(survey.refused) == {"5"}


def test_branch_whose_run_was_killed_gets_its_pull_request(place):
    place.fake.may_create = False
    with pytest.raises(RefusedError):
        place.publisher().publish(posts(1), SUBJECT)
    place.fake.may_create = True
    place.publisher().tend()
    (pull,) = place.fake.open_pulls()
    assert "글 1" in pull.body
    assert place.commits(BRANCH) == 2


def test_commit_pushed_after_a_merge_is_not_overrun(place):
    """Only a branch that is where the merge was starts again from base."""
    place.publisher().publish(posts(1), SUBJECT)
    place.fake.merge(1)
    place.write(BRANCH, "late.md", "사람의 글\n")
    theirs = place.fake.tip(BRANCH)
    place.publisher().publish(posts(2), SUBJECT)
    assert theirs in place.fake.git("rev-list", BRANCH).splitlines()
    (pull,) = place.fake.open_pulls()
    assert "글 2" in pull.body


def test_empty_pull_request_is_closed_and_is_no_refusal(place):
    place.publisher().publish(posts(1), SUBJECT)
    place.write("main", post(1).path, post(1).text)
    place.publisher().tend()
    assert place.fake.open_pulls() == []
    place.publisher().publish(posts(1, 2), SUBJECT)
    (pull,) = place.fake.open_pulls()
    assert (pull.number, pull.branch) == (2, BRANCH)


def test_declined_correction_leaves_room_for_another(place):
    """The release itself is published; only this text of it was not wanted."""
    place.publisher().publish(posts(1), SUBJECT)
    place.fake.merge(1)
    place.publisher().publish([post(1, "고친 글")], SUBJECT)
    place.fake.close(2)
    again = place.publisher().publish([post(1, "고친 글")], SUBJECT)
    assert set(again.refused) == {"1"}
    receipt = place.publisher().publish([post(1, "다시 고친 글")], SUBJECT)
    assert receipt.written == ("1",)


def test_refusal_holds_when_the_branch_is_deleted_too(place):
    place.publisher().publish(posts(1), SUBJECT)
    place.fake.close(1)
    place.fake.delete_branch(BRANCH)
    receipt = place.publisher().publish(posts(1, 2), SUBJECT)
    assert (set(receipt.refused), receipt.written) == ({"1"}, ("2",))


# --- the verbs ------------------------------------------------------------------------


def test_all_are_listed_newest_first_with_the_commit_they_ended_with(place):
    first = proposed(place)
    place.fake.close(1)
    second = place.forge().open(BRANCH, "둘", "", draft=True)
    assert second
    place.fake.merge(2)
    place.write(BRANCH, post(9).path, post(9).text)
    found = place.forge().pulls(BRANCH)
    assert [(p.number, p.state, p.draft) for p in found] == [
        (2, "merged", True),
        (1, "closed", False),
    ]
    assert found[0].head == second.head == first.head
    assert found[1].head == first.head
    assert place.fake.tip(BRANCH) != first.head
    assert place.forge().pulls("another") == []


def test_long_lists_are_read_to_their_end(place):
    place.fake.page_size = 2
    proposed(place, 1, 2, 3, 4, 5)
    place.fake.close(1)
    (pull,) = place.forge().pulls(BRANCH)
    assert len(place.forge().files(pull)) == 5
    assert len(place.fake.asked("GET", "/(files|diffs)$")) == 3


def test_files_tell_what_is_added_changed_renamed_and_removed(place):
    for number in (1, 2, 4):
        place.write("main", post(number).path, post(number).text)
    proposed(place, 3)
    place.write(BRANCH, post(1).path, None)
    moved = "_posts/2026/11/2026-11-24-2.md"
    place.write(BRANCH, post(2).path, None)
    place.write(BRANCH, moved, post(2).text)
    place.write(BRANCH, post(4).path, post(4, "고친 글").text)
    pull = place.forge().pulls(BRANCH)[0]
    found = {file.path: file for file in place.forge().files(pull)}
    assert found[post(1).path] == File(post(1).path, removed=True)
    assert found[post(2).path] == File(post(2).path, removed=True)
    assert not found[post(3).path].removed
    assert set(found) == {moved, *(post(n).path for n in (1, 2, 3, 4))}
    place.fake.close(1)
    pull = place.forge().pulls(BRANCH)[0]
    found = {file.path: file for file in place.forge().files(pull)}
    blob = place.fake.git("rev-parse", f"{BRANCH}:{post(4).path}")
    assert found[post(4).path].oid == blob


def test_opening_what_is_open_already_gives_that_one(place):
    pull = proposed(place)
    again = place.forge().open(BRANCH, "다른 제목", "", draft=False)
    assert again
    assert (again.number, again.title) == (pull.number, "제목")


def test_opening_a_branch_that_base_has_gives_none(place):
    """Some forges would open a pull request of nothing."""
    place.fake.git("branch", BRANCH, "main")
    assert place.forge().open(BRANCH, "제목", "", draft=False) is None
    assert place.fake.pulls == []


def test_answer_to_opening_that_was_lost_is_looked_for(place):
    """A second POST would be refused, or make a second pull request."""
    place.fake.git("branch", BRANCH, "main")
    place.write(BRANCH, post(1).path, post(1).text)
    place.fake.fail("POST", OPENING, 0, after=True)
    pull = place.forge().open(BRANCH, "제목", "", draft=False)
    assert pull
    assert pull.number == 1
    assert len(place.fake.asked("POST", OPENING)) == 1


def test_edit_changes_only_what_is_given(place):
    pull = proposed(place)
    place.forge().edit(pull, title=None, body="새 본문")
    assert (place.fake.pulls[0].title, place.fake.pulls[0].body) == ("제목", "새 본문")
    place.forge().edit(pull, title="새 제목", body=None)
    made = place.fake.pulls[0]
    assert (made.title, made.body, made.draft) == ("새 제목", "새 본문", False)


def test_close_closes_without_a_merge(place):
    pull = proposed(place)
    place.forge().close(pull, body="끝")
    made = place.fake.pulls[0]
    assert (made.state, made.merged, made.body) == ("closed", False, "끝")


def test_draft_stays_one_when_its_title_is_brought_up_to_date(place):
    """On two forges the mark of a draft is in the title, which is ours otherwise."""
    place.publisher(draft="yes").publish(posts(1), SUBJECT)
    (pull,) = place.fake.open_pulls()
    assert pull.draft
    assert pull.title == "news: 1 release (2026-11-23)"
    place.publisher(draft="yes").publish(posts(2), SUBJECT)
    assert (pull.draft, pull.title) == (True, "news: 2 releases (2026-11-23)")
    writes = len(place.fake.writes())
    place.publisher(draft="yes").publish(posts(1, 2), SUBJECT)
    assert len(place.fake.writes()) == writes


def test_drafts_are_only_kept_when_wished_so(place):
    place.publisher(draft="yes").publish(posts(1), SUBJECT)
    (pull,) = place.fake.open_pulls()
    pull.draft = False
    place.publisher(draft="yes").publish(posts(2), SUBJECT)
    assert not pull.draft
    place.publisher(draft="always").publish(posts(3), SUBJECT)
    assert pull.draft


# --- wishes ---------------------------------------------------------------------------


def test_wishes_are_added_to_what_is_there(place):
    pull = proposed(place)
    made = place.fake.pulls[0]
    place.fake.accounts |= {"person", "critic"}
    made.labels, made.assignees, made.reviewers = ["own"], ["person"], ["critic"]
    wishes = Wishes(("news",), ("editor",), ("reviewer",), "squash")
    assert place.forge().equip(pull, wishes) == []
    assert made.labels == ["own", "news"]
    assert made.assignees == ["person", "editor"]
    assert made.reviewers == ["critic", "reviewer"]
    assert made.auto_merge == "squash"
    assert place.fake.pings == ["reviewer"]


def test_whoever_was_asked_is_not_asked_again(place):
    pull = proposed(place)
    assert place.forge().equip(pull, WISHES) == []
    assert place.forge().equip(pull, WISHES) == []
    assert place.fake.pings == ["reviewer"]


def test_nothing_wished_asks_nothing(place):
    pull = proposed(place)
    asked = len(place.fake.exchanges)
    assert place.forge().equip(pull, Wishes()) == []
    assert len(place.fake.exchanges) == asked


def test_wish_that_fails_does_not_keep_the_others(place):
    pull = proposed(place)
    wishes = Wishes(("news",), ("editor",), ("nobody",), "merge")
    troubles = place.forge().equip(pull, wishes)
    (trouble,) = troubles
    assert trouble.startswith("reviewers not added")
    made = place.fake.pulls[0]
    assert (made.labels, made.assignees) == (["news"], ["editor"])
    assert made.auto_merge == "merge"


def test_auto_merge_that_is_not_to_be_had_is_told(place):
    pull = proposed(place)
    place.fake.allows_auto_merge = False
    (trouble,) = place.forge().equip(pull, Wishes(auto_merge="merge"))
    assert trouble.startswith("no auto-merge")
    assert place.fake.pulls[0].auto_merge == ""


# --- troubles -------------------------------------------------------------------------


def test_missing_permission_is_explained_and_the_branch_kept(place, kind):
    place.fake.may_create = False
    for _ in range(2):
        with pytest.raises(RefusedError) as raised:
            place.publisher().publish(posts(1, 2), SUBJECT)
        words = str(raised.value)
        assert exit_code(raised.value) == 77
        assert PERMISSION[kind] in words
        assert BY_HAND[kind] in words
        assert "\n" not in words
        assert TOKEN not in words
    assert place.pushes() == 1
    place.fake.may_create = True
    receipt = place.publisher().publish(posts(1, 2), SUBJECT)
    assert receipt.unchanged == ("1", "2")
    assert len(place.fake.open_pulls()) == 1


@pytest.mark.parametrize(
    ("status", "code"), [(400, 77), (401, 77), (404, 77), (301, 77), (500, 69), (0, 69)]
)
def test_trouble_while_opening(place, status, code):
    body = {"message": "no"} if status else None
    place.fake.fail("POST", OPENING, status, body=body, times=99)
    with pytest.raises(PublishError) as raised:
        place.publisher().publish(posts(1), SUBJECT)
    assert exit_code(raised.value) == code
    assert place.fake.tip(BRANCH)
    assert len(place.fake.asked("POST", OPENING)) == (4 if code == 69 else 1)
    place.fake.faults.clear()
    place.publisher().publish(posts(1), SUBJECT)
    assert len(place.fake.open_pulls()) == 1


def test_limit_is_waited_for(place):
    headers = {"Retry-After": "42"}
    place.fake.fail("POST", OPENING, 429, headers=headers, body={"message": "slow"})
    place.publisher().publish(posts(1), SUBJECT)
    assert 42.0 in place.clock.naps
    assert len(place.fake.open_pulls()) == 1


def test_long_limit_ends_the_run_and_the_next_goes_on(place):
    place.fake.fail("POST", OPENING, 429, headers={"Retry-After": "3600"})
    with pytest.raises(ForgeDownError, match="no more requests until") as raised:
        place.publisher().publish(posts(1), SUBJECT)
    assert exit_code(raised.value) == 69
    assert place.publisher().publish(posts(1), SUBJECT).unchanged == ("1",)
    assert len(place.fake.open_pulls()) == 1


def test_writes_are_a_second_apart(place, kind):
    pull = proposed(place)
    forge = place.forge()
    place.clock.naps.clear()
    for number in range(3):
        forge.edit(pull, title=None, body=f"본문 {number}")
    assert place.clock.naps == [1.0, 1.0]
    assert len(place.fake.asked(CHANGES[kind], "/1$")) == 3


def test_token_is_in_no_argument_log_or_file(place, caplog):
    caplog.set_level(logging.DEBUG)
    place.publisher(WISHES).publish(posts(1), SUBJECT)
    place.fake.fail("POST", OPENING, 400, body={"message": f"bad token {TOKEN}"})
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
