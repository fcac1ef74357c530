"""Gitea and Forgejo as this program asks them: what is their own, and their judges."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import forge_types
import httpx
import pytest
from forge_fake import TOKEN, Exchange
from forge_fake_gitea import REPOSITORY
from forge_places import serve
from git_place import post
from pull_place import BRANCH, Clock, PullPlace

from publishers.forges import ForgeDownError, Wishes
from publishers.forges._client import Client
from publishers.forges._gitea_wishes import PAUSES
from publishers.forges.gitea import AUTH_HEADER, HEADERS, Gitea
from publishers.pulls import Pull
from scraper.errors import PublishError, RefusedError

API = "https://git.example.go.kr/tea/api/v1"
MERGE = Wishes(auto_merge="merge")

#: Requests of ours, by verb and path, as the descriptions name them.
HERE = "/repos/{owner}/{repo}"
OURS = {
    ("GET", f"{HERE}/pulls"),
    ("POST", f"{HERE}/pulls"),
    ("GET", f"{HERE}/pulls/{{index}}"),
    ("PATCH", f"{HERE}/pulls/{{index}}"),
    ("GET", f"{HERE}/pulls/{{index}}/files"),
    ("GET", f"{HERE}/pulls/{{index}}/reviews"),
    ("POST", f"{HERE}/pulls/{{index}}/requested_reviewers"),
    ("POST", f"{HERE}/pulls/{{index}}/merge"),
    ("POST", f"{HERE}/issues/{{index}}/labels"),
    ("GET", f"{HERE}/labels"),
    ("POST", f"{HERE}/labels"),
    ("GET", "/orgs/{org}/labels"),
    ("GET", f"{HERE}/compare/{{basehead}}"),
    ("GET", f"{HERE}/git/refs/{{ref}}"),
    ("GET", f"{HERE}/contents/{{filepath}}"),
    ("GET", f"{HERE}/branches/{{branch}}"),
}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[PullPlace]:
    with serve("gitea", tmp_path) as place:
        yield place


def proposed(place: PullPlace, *, branch: str = BRANCH, draft: bool = False) -> Pull:
    place.fake.git("branch", branch, "main")
    place.write(branch, post(1).path, post(1).text)
    pull = place.forge().open(branch, "제목", "본문", draft=draft)
    assert pull
    return pull


class Script:
    """Answers requests one after the other, and keeps them."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.clock = Clock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        status, json, headers = (*self.answers.pop(0), {})[:3]
        return httpx.Response(status, json=json, headers=headers)

    def forge(self) -> Gitea:
        client = Client(
            API,
            headers=HEADERS,
            token=TOKEN,
            auth_header=AUTH_HEADER,
            transport=httpx.MockTransport(self),
            clock=self.clock,
            sleep=self.clock.sleep,
        )
        return Gitea(client, API, REPOSITORY, base="main", sleep=self.clock.sleep)


# --- what is asked --------------------------------------------------------------------


def test_token_is_sent_as_gitea_wants_it():
    script = Script((200, []), (200, []))
    script.forge().pulls(BRANCH)
    assert script.requests[0].headers["authorization"] == f"token {TOKEN}"


def test_page_to_open_by_hand_is_below_the_folder_gitea_lives_in():
    url = Script().forge().compare_url("새 글")
    where = "https://git.example.go.kr/tea/newsroom/news/compare/"
    assert url == f"{where}main...%EC%83%88%20%EA%B8%80"


def test_pull_requests_of_forks_and_other_branches_are_not_ours(place):
    proposed(place)
    ours = place.fake.shown(place.fake.pulls[0])
    head, base = ours["head"], ours["base"]
    items = [
        ours,
        ours | {"number": 2, "head": head | {"repo_id": 8}},
        ours | {"number": 3, "head": head | {"repo_id": -1, "repo": None}},
        ours | {"number": 4, "head": head | {"label": "another"}},
        ours | {"number": 5, "base": base | {"label": "develop"}},
        None,  # what Gitea sends when it cannot show one
    ]
    found = Script((200, items), (200, [])).forge().pulls(BRANCH)
    assert [pull.number for pull in found] == [1]


def test_commit_of_an_ended_one_is_not_where_its_branch_is_now(place):
    """Taken for it, what was pushed after a merge would be overrun."""
    pull = proposed(place)
    place.fake.merge(1)
    place.write(BRANCH, post(2).path, post(2).text)
    listed = place.fake.shown(place.fake.pulls[0])["head"]["sha"]
    assert listed == place.fake.tip(BRANCH) != pull.head
    assert place.forge().pulls(BRANCH)[0].head == pull.head


def test_of_many_merged_ones_only_the_newest_is_asked_about(place):
    proposed(place)
    for number in (1, 2, 3):
        place.fake.merge(number)
        place.write(BRANCH, post(9).path, f"{number}\n")
        place.forge().open(BRANCH, "제목", "", draft=False)
    place.fake.merge(4)
    place.fake.exchanges.clear()
    found = place.forge().pulls(BRANCH)
    assert [bool(pull.head) for pull in found] == [True, False, False, False]
    assert len(place.fake.asked("GET", "/git/refs/")) == 1


def test_ended_ones_are_listed_again_only_as_far_as_they_changed(place):
    """A repository may have thousands, and every step looks at each branch."""
    place.fake.page_size = 2
    for number in range(1, 8):
        proposed(place, branch=f"other-{number}")
        place.fake.close(number)
    forge = place.forge()
    assert forge.pulls(BRANCH) == []
    place.fake.exchanges.clear()
    assert [pull.state for pull in forge.pulls("other-1")] == ["closed"]
    assert len(place.fake.asked("GET", "/pulls$")) == 2
    place.fake.reopen(1)
    assert [pull.state for pull in forge.pulls("other-1")] == ["open"]
    place.fake.merge(1)
    assert [pull.state for pull in forge.pulls("other-1")] == ["merged"]
    place.fake.pulls[3].title = "새 제목"
    assert [pull.title for pull in forge.pulls("other-4")] == ["새 제목"]


def test_first_listing_that_broke_off_is_not_taken_for_whole(place):
    place.fake.page_size = 1
    for number in (1, 2, 3):
        proposed(place, branch=f"other-{number}")
        place.fake.close(number)
    forge = place.forge()
    broken: list[Exchange] = []

    def break_off(exchange: Exchange) -> None:
        if exchange.query.get("page") == "2" and not broken:
            broken.append(exchange)
            place.fake.fail("GET", "/pulls$", 500, times=4)

    place.fake.before = break_off
    with pytest.raises(ForgeDownError):
        forge.pulls("other-1")
    for number in (1, 2, 3):
        assert [pull.number for pull in forge.pulls(f"other-{number}")] == [number]


def test_commit_is_asked_again_once_it_ended_another_time(place):
    first = proposed(place)
    place.fake.close(1)
    forge = place.forge()
    assert forge.pulls(BRANCH)[0].head == first.head
    place.fake.reopen(1)
    place.write(BRANCH, post(2).path, post(2).text)
    place.fake.open_pulls()
    place.fake.close(1)
    assert forge.pulls(BRANCH)[0].head == place.fake.tip(BRANCH) != first.head
    asked = len(place.fake.asked("GET", "/git/refs/"))
    forge.pulls(BRANCH)
    assert len(place.fake.asked("GET", "/git/refs/")) == asked


def test_files_are_listed_once_the_last_push_was_noticed(place):
    """Gitea's list lags behind; a run at once would propose all of it again."""
    pull = proposed(place)
    ref = {"ref": "refs/pull/1/head", "object": {"sha": "0" * 40}}
    place.fake.fail("GET", "/git/refs/", 200, body=[ref], times=2)
    place.clock.naps.clear()
    assert len(place.forge().files(pull)) == 1
    assert place.clock.naps == list(PAUSES[1:3])


def test_push_that_is_never_noticed_is_no_empty_list(place):
    pull = proposed(place)
    ref = {"ref": "refs/pull/1/head", "object": {"sha": "0" * 40}}
    place.fake.fail("GET", "/git/refs/", 200, body=[ref], times=9)
    with pytest.raises(ForgeDownError, match="does not list yet"):
        place.forge().files(pull)


# --- drafts, opening ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "bare", "draft"),
    [
        ("WIP: news", "news", True),
        ("[WIP] news", "news", True),
        ("wip:news", "news", True),
        ("WIPED news", "WIPED news", False),
    ],
)
def test_mark_of_a_draft_is_no_part_of_the_title(place, title, bare, draft):
    """Older ones tell drafts by the title alone."""
    proposed(place)
    item = place.fake.shown(place.fake.pulls[0]) | {"title": title}
    item.pop("draft")
    (pull,) = Script((200, [item]), (200, [])).forge().pulls(BRANCH)
    assert (pull.title, pull.draft) == (bare, draft)


def test_one_that_is_told_of_and_not_listed_is_looked_for_again():
    """It may have ended since; a forge that is down would end the run."""
    script = Script((200, {"total_commits": 1}), (409, {"message": "x"}), (200, []))
    with pytest.raises(PublishError, match="does not list it") as raised:
        script.forge().open(BRANCH, "제목", "", draft=False)
    assert not isinstance(raised.value, ForgeDownError | RefusedError)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "write:repository, write:issue"),
        (404, "write:repository, write:issue"),
        (401, "does not accept the access token"),
        (422, "opens no pull request"),
        (423, "opens no pull request"),
    ],
)
def test_what_the_token_lacks_is_told_in_one_line(status, words):
    script = Script((404, {}), (status, {"message": "no\nno"}))
    with pytest.raises(RefusedError, match=words) as raised:
        script.forge().open(BRANCH, "제목", "", draft=False)
    assert "\n" not in str(raised.value)


# --- wishes ---------------------------------------------------------------------------


def test_labels_go_by_number_and_missing_ones_are_made(place):
    pull = proposed(place)
    wishes = Wishes(labels=("bug", "desk", "보도자료"))
    assert place.forge().equip(pull, wishes) == []
    assert place.fake.pulls[0].labels == ["bug", "desk", "보도자료"]
    assert len(place.fake.asked("POST", "/news/labels$")) == 1
    (asked,) = place.fake.asked("POST", "/issues/1/labels$")
    assert asked.body["labels"][:2] == [1, 7]


def test_label_whose_making_was_answered_by_nothing_is_not_made_twice(place):
    """Gitea takes a second label of the same name."""
    pull = proposed(place)
    place.fake.fail("POST", "/news/labels$", 0, after=True)
    assert place.forge().equip(pull, Wishes(labels=("news",))) == []
    assert len(place.fake.asked("POST", "/news/labels$")) == 1
    assert place.fake.pulls[0].labels == ["news"]


def test_label_that_may_not_be_made_is_told_and_the_others_are_added(place):
    pull = proposed(place)
    place.fake.may_label = False
    (trouble,) = place.forge().equip(pull, Wishes(labels=("news", "bug")))
    assert trouble.startswith("label news not added (403")
    assert place.fake.pulls[0].labels == ["bug"]


def test_owner_without_labels_of_its_own_is_a_person(place):
    pull = proposed(place)
    place.fake.fail("GET", "/orgs/newsroom/labels$", 404, body={"message": "no"})
    assert place.forge().equip(pull, Wishes(labels=("bug",))) == []
    assert place.fake.pulls[0].labels == ["bug"]


def test_unknown_assignee_is_told(place):
    pull = proposed(place)
    (trouble,) = place.forge().equip(pull, Wishes(assignees=("nobody",)))
    assert trouble.startswith("assignees not added (422")


def test_whoever_has_reviewed_is_not_asked(place):
    """Who has answered is no longer among those who are asked."""
    pull = proposed(place)
    place.fake.reviewed[1] = ["reviewer"]
    wishes = Wishes(reviewers=("reviewer", "editor", "newsroom/desk"))
    assert place.forge().equip(pull, wishes) == []
    assert place.fake.pings == ["editor"]
    assert place.fake.pulls[0].teams == ["desk"]
    assert place.forge().equip(pull, wishes) == []
    assert len(place.fake.asked("POST", "/requested_reviewers$")) == 1


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_merge_is_scheduled_for_the_very_commit_that_was_seen(place, how):
    pull = proposed(place)
    assert place.forge().equip(pull, Wishes(auto_merge=how)) == []
    (asked,) = place.fake.asked("POST", "/merge$")
    assert asked.body["head_commit_id"] == pull.head
    assert place.fake.pulls[0].auto_merge == how
    assert place.forge().equip(pull, Wishes(auto_merge=how)) == []


def test_merge_is_never_asked_without_a_rule_to_wait_for(place):
    """Gitea would merge at once, unseen by anybody."""
    pull = proposed(place)
    place.fake.rules = set()
    (trouble,) = place.forge().equip(pull, MERGE)
    assert "Settings > Branches" in trouble
    assert place.fake.asked("POST", "/merge$") == []


def test_merge_that_comes_too_early_is_asked_again(place):
    pull = proposed(place)
    place.fake.busy = 2
    place.clock.naps.clear()
    assert place.forge().equip(pull, MERGE) == []
    assert set(PAUSES[1:3]) <= set(place.clock.naps)
    assert place.fake.pulls[0].auto_merge == "merge"


# --- the judges -----------------------------------------------------------------------


def test_everything_asked_is_known_to_both_clients(place):
    clients = (forge_types.gitea(), forge_types.forgejo())
    for client in clients:
        client.seen.clear()
    place.write("main", post(2).path, post(2).text)
    pull = proposed(place)
    wishes = Wishes(("news",), ("editor",), ("reviewer",), "merge")
    assert place.forge().equip(pull, wishes) == []
    place.write(BRANCH, post(2).path, post(2, "고친 글").text)
    place.fake.close(1)
    (pull,) = place.forge().pulls(BRANCH)
    place.forge().files(pull)
    for client in clients:
        assert client.seen == OURS


@pytest.mark.parametrize("which", ["gitea", "forgejo"])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda e: e.body.update(titel="x"), "unknown"),
        (lambda e: e.body.update(title=7), "no string"),
        (lambda e: e.body.update(labels=["news"]), "no number"),
        (lambda e: e.query.update(odd="1"), "unknown"),
        (lambda e: setattr(e, "path", "/api/v1/repos/a/b/pull"), "no such request"),
        (lambda e: setattr(e, "method", "PUT"), "no such request"),
        (lambda e: e.answer.update(iid=1), "unknown"),
        (lambda e: e.answer["user"].update(id="one"), "no number"),
        (lambda e: e.answer.update(labels={}), "no list"),
    ],
)
def test_judges_know_what_would_not_be_taken_or_sent(place, which, change, words):
    """A judge that finds nothing must be one that can find something."""
    client = getattr(forge_types, which)()
    proposed(place)
    exchange = copy.deepcopy(place.fake.asked("POST", "/pulls$")[0])
    client.judge(exchange)
    change(exchange)
    with pytest.raises(AssertionError, match=words):
        client.judge(exchange)


def test_judge_knows_statuses_that_never_come(place):
    client = forge_types.forgejo()
    proposed(place)
    exchange = copy.deepcopy(place.fake.asked("POST", "/pulls$")[0])
    exchange.status = 418
    with pytest.raises(AssertionError, match="never answered with 418"):
        client.judge(exchange)
