"""GitLab as this program asks it: what is its own, and the judge of it."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from forge_fake import TOKEN, Exchange
from forge_fake_gitlab import REPOSITORY
from forge_places import serve
from forge_types import GITLAB
from forge_types import gitlab as client_of_gitlab
from git_place import post
from pull_place import BRANCH, Clock, PullPlace

from publishers.forges import ForgeDownError, Wishes
from publishers.forges._client import Client
from publishers.forges._gitlab_wishes import PAUSES
from publishers.forges.gitlab import HEADERS, REFUSED_HINT, GitLab
from publishers.pulls import Pull
from scraper.errors import PublishError, RefusedError

API = "https://git.example.go.kr/lab/api/v4"
MERGE = Wishes(auto_merge="merge")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[PullPlace]:
    with serve("gitlab", tmp_path) as place:
        yield place


def proposed(place: PullPlace, *, draft: bool = False) -> Pull:
    place.fake.git("branch", BRANCH, "main")
    place.write(BRANCH, post(1).path, post(1).text)
    pull = place.forge().open(BRANCH, "제목", "본문", draft=draft)
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

    def forge(self) -> GitLab:
        client = Client(
            API,
            headers=HEADERS,
            token=TOKEN,
            refused_hint=REFUSED_HINT,
            transport=httpx.MockTransport(self),
            clock=self.clock,
            sleep=self.clock.sleep,
        )
        return GitLab(client, API, REPOSITORY, base="main", sleep=self.clock.sleep)


# --- what is asked --------------------------------------------------------------------


def test_project_goes_by_its_whole_path():
    script = Script((200, []))
    script.forge().pulls(BRANCH)
    path = script.requests[0].url.raw_path.decode().partition("?")[0]
    assert path == "/lab/api/v4/projects/newsroom%2Fdesk%2Fnews/merge_requests"


def test_page_to_open_by_hand_is_below_the_folder_gitlab_lives_in():
    url = Script().forge().compare_url("새 글")
    assert url.startswith(
        "https://git.example.go.kr/lab/newsroom/desk/news/-/merge_requests/new?"
    )
    assert "merge_request%5Bsource_branch%5D=%EC%83%88+%EA%B8%80" in url
    assert "merge_request%5Btarget_branch%5D=main" in url


def test_merge_requests_of_forks_and_other_branches_are_not_ours(place):
    proposed(place)
    ours = place.fake.condensed(place.fake.pulls[0])
    items = [
        ours,
        ours | {"iid": 2, "source_project_id": 8},
        ours | {"iid": 3, "source_project_id": None},
        ours | {"iid": 4, "source_branch": "another"},
        ours | {"iid": 5, "target_branch": "develop"},
    ]
    found = Script((200, items)).forge().pulls(BRANCH)
    assert [pull.number for pull in found] == [1]


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        ("opened", "open"),
        ("locked", "open"),
        ("closed", "closed"),
        ("merged", "merged"),
    ],
)
def test_state_tells_closed_from_merged(place, state, seen):
    """``locked`` is one that is being merged: a second one must not be opened."""
    proposed(place)
    item = place.fake.condensed(place.fake.pulls[0]) | {"state": state}
    assert Script((200, [item])).forge().pulls(BRANCH)[0].state == seen


def test_what_was_pushed_just_now_is_among_the_files(place):
    """GitLab's own list lags behind; a run at once would propose all of it again."""
    pull = proposed(place)
    place.fake.fail("GET", "/diffs$", 200, body=[], times=9)
    place.write(BRANCH, post(2).path, post(2).text)
    found = {file.path for file in place.forge().files(pull)}
    assert found == {post(1).path, post(2).path}


def test_branches_that_take_too_long_to_compare_are_no_empty_list(place):
    pull = proposed(place)
    late = {"commits": [], "diffs": [], "compare_timeout": True}
    place.fake.fail("GET", "/compare$", 200, body=late)
    with pytest.raises(ForgeDownError, match="too long to compare"):
        place.forge().files(pull)


# --- drafts ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "bare", "draft"),
    [
        ("Draft: news", "news", True),
        ("[Draft] news", "news", True),
        ("(draft) Draft: news", "news", True),
        ("draft news", "draft news", False),
        ("news: Draft: 1", "news: Draft: 1", False),
    ],
)
def test_mark_of_a_draft_is_no_part_of_the_title(place, title, bare, draft):
    proposed(place)
    item = place.fake.condensed(place.fake.pulls[0]) | {"title": title}
    (pull,) = Script((200, [item])).forge().pulls(BRANCH)
    assert (pull.title, pull.draft) == (bare, draft)


def test_title_of_a_draft_is_written_with_its_mark(place):
    pull = proposed(place, draft=True)
    place.forge().edit(pull, title="새 제목", body=None)
    assert place.fake.asked("PUT", "/1$")[-1].body == {"title": "Draft: 새 제목"}


# --- opening --------------------------------------------------------------------------


def test_code_tells_that_there_is_one_whatever_the_words(place):
    pull = proposed(place)
    again = place.forge().open(BRANCH, "다른 제목", "", draft=False)
    assert again == pull
    assert "이미 열려" in str(place.fake.asked("POST", "/merge_requests$")[-1].answer)


def test_one_that_is_told_of_and_not_listed_is_looked_for_again():
    """It may have ended since; a forge that is down would end the run."""
    script = Script((200, {"commits": [{}]}), (409, {"message": ["이미"]}), (200, []))
    with pytest.raises(PublishError, match="does not list it") as raised:
        script.forge().open(BRANCH, "제목", "", draft=False)
    assert not isinstance(raised.value, ForgeDownError | RefusedError)


@pytest.mark.parametrize(
    ("status", "answer", "words"),
    [
        (403, {"error": "insufficient_scope", "scope": "api"}, "the scope api"),
        (403, {"message": "403 Forbidden"}, "the role Developer"),
        (404, {"message": "404 Project Not Found"}, "the scope api; the token needs"),
        (401, {"message": "401 Unauthorized"}, "CI_JOB_TOKEN"),
        (422, {"message": {"base": ["odd"]}}, "opens no pull request"),
    ],
)
def test_what_the_token_lacks_is_told_in_one_line(status, answer, words):
    script = Script((404, {}), (status, answer))
    with pytest.raises(RefusedError, match=words) as raised:
        script.forge().open(BRANCH, "제목", "", draft=False)
    assert "\n" not in str(raised.value)


# --- wishes ---------------------------------------------------------------------------


def test_unknown_account_is_told_and_the_others_are_asked(place):
    pull = proposed(place)
    wishes = Wishes(assignees=("nobody", "editor"), reviewers=("newsroom/desk",))
    troubles = place.forge().equip(pull, wishes)
    assert [one.split(" (")[0] for one in troubles] == [
        "assignees not added: nobody",
        "reviewers not added: newsroom/desk",
    ]
    assert place.fake.pulls[0].assignees == ["editor"]


def test_second_of_each_that_is_dropped_is_told(place):
    """Without a license there is one assignee, and a person keeps the place."""
    pull = proposed(place)
    place.fake.one_each = True
    place.fake.pulls[0].assignees = ["reviewer"]
    (trouble,) = place.forge().equip(pull, Wishes(assignees=("editor",)))
    assert trouble.startswith("assignees not added: editor")
    assert place.fake.pulls[0].assignees == ["reviewer"]


def test_merge_is_asked_for_the_very_commit_that_was_seen(place):
    pull = proposed(place)
    assert place.forge().equip(pull, Wishes(auto_merge="squash")) == []
    asked = place.fake.asked("PUT", "/merge$")[0].body
    assert (asked["sha"], asked["squash"]) == (pull.head, True)
    assert asked["auto_merge"]
    assert asked["merge_when_pipeline_succeeds"]


def test_merge_is_never_asked_without_a_pipeline(place):
    """Some versions would merge at once, unseen by anybody."""
    pull = proposed(place)
    place.fake.pipeline = ""
    (trouble,) = place.forge().equip(pull, MERGE)
    assert "no pipeline" in trouble
    assert place.fake.asked("PUT", "/merge$") == []
    assert place.clock.naps[-3:] == list(PAUSES[1:])


def test_pipeline_of_a_new_merge_request_is_waited_for(place):
    pull = proposed(place)
    place.fake.pipeline = ""
    looks: list[str] = []

    def start(exchange: Exchange) -> None:
        looks.append(exchange.path)
        place.fake.pipeline = "pending" if len(looks) == 2 else place.fake.pipeline

    place.fake.before = start
    assert place.forge().equip(pull, MERGE) == []


@pytest.mark.parametrize("state", ["failed", "canceled", "skipped", "manual"])
def test_merge_is_not_asked_of_a_pipeline_without_hope(place, state):
    pull = proposed(place)
    place.fake.pipeline = state
    assert len(place.forge().equip(pull, MERGE)) == 1
    assert place.fake.asked("PUT", "/merge$") == []


def test_token_that_may_not_merge_is_told(place):
    pull = proposed(place)
    place.fake.may_merge = False
    (trouble,) = place.forge().equip(pull, MERGE)
    assert "may not merge into main" in trouble


def test_merge_by_rebase_is_a_setting_of_the_project(place):
    pull = proposed(place)
    (trouble,) = place.forge().equip(pull, Wishes(auto_merge="rebase"))
    assert "Settings > Merge requests" in trouble
    assert place.fake.asked("PUT", "/merge$") == []


# --- limits ---------------------------------------------------------------------------


def test_limit_is_waited_for_as_its_headers_say():
    slow = (429, "Retry later", {"RateLimit-Remaining": "0", "Retry-After": "17"})
    script = Script(slow, (200, []))
    assert script.forge().pulls(BRANCH) == []
    assert script.clock.naps == [17.0]


def test_answer_that_is_no_list_is_no_empty_list():
    """Taken for an empty one, it would open a second merge request."""
    with pytest.raises(ForgeDownError, match="no list"):
        Script((200, {"message": "hello"})).forge().pulls(BRANCH)


def test_next_page_is_asked_of_the_same_host_whatever_the_link_says(place):
    """Behind a proxy, GitLab may be mistaken about its own address."""
    proposed(place)
    item = place.fake.condensed(place.fake.pulls[0])
    link = {"Link": '<http://inside:8080/?page=2>; rel="next"'}
    script = Script((200, [item], link), (200, [item | {"iid": 2}]))
    assert [pull.number for pull in script.forge().pulls(BRANCH)] == [2, 1]
    hosts = {(r.url.host, r.url.params["page"]) for r in script.requests}
    assert hosts == {("git.example.go.kr", "1"), ("git.example.go.kr", "2")}


# --- the judge ------------------------------------------------------------------------


def test_everything_asked_is_known_to_the_client(place):
    client = client_of_gitlab()
    client.seen.clear()
    place.write("main", post(2).path, post(2).text)
    pull = proposed(place)
    wishes = Wishes(("news",), ("editor",), ("reviewer",), "merge")
    assert place.forge().equip(pull, wishes) == []
    place.write(BRANCH, post(2).path, post(2, "고친 글").text)
    place.fake.close(1)
    (pull,) = place.forge().pulls(BRANCH)
    place.forge().files(pull)
    assert client.seen == set(GITLAB)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda e: e.body.update(titel="x"), "unknown"),
        (lambda e: e.body.update(title=7), "no string"),
        (lambda e: e.body.pop("source_branch"), "no source_branch"),
        (lambda e: e.body.update(assignee_ids=["editor"]), "no number"),
        (lambda e: setattr(e, "path", "/api/v4/projects/1/pulls"), "no such request"),
        (lambda e: setattr(e, "method", "PATCH"), "no such request"),
        (lambda e: e.answer.pop("sha"), "no sha"),
        (lambda e: e.answer.update(number=1), "unknown"),
        (lambda e: e.answer["author"].update(id="one"), "no number"),
        (lambda e: e.answer.update(merge_status="fine"), "is not"),
    ],
)
def test_judge_knows_what_gitlab_would_not_take_or_send(place, change, words):
    """A judge that finds nothing must be one that can find something."""
    client_of_gitlab()
    proposed(place)
    exchange = copy.deepcopy(place.fake.asked("POST", "/merge_requests$")[0])
    judge: Callable[[Exchange], None] = client_of_gitlab().judge
    judge(exchange)
    change(exchange)
    with pytest.raises(AssertionError, match=words):
        judge(exchange)
