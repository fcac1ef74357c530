"""GitHub as this program asks it: its REST and GraphQL, its limits, its refusals."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from forge_fake import TOKEN, GitHubFake
from git_place import post
from github_description import description, judge_if_any, run_graphql, schema
from github_shapes import REPOSITORY, error, invalid
from pull_place import BRANCH, Clock, PullPlace, make_hub

from publishers.forges import ForgeDownError, Wishes
from publishers.forges._answers import Reply, asked_wait, expiry, next_page
from publishers.forges._client import ATTEMPTS, Client, not_landed
from publishers.forges._pace import WRITES_AN_HOUR, Pace
from publishers.forges.github import HEADERS, GitHub, api_url_of
from publishers.pulls import File, Pull
from scraper.errors import ConfigError, PublishError, RefusedError

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
API = "https://api.github.com"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[PullPlace]:
    fake = GitHubFake(make_hub(tmp_path), judge=judge_if_any())
    fake.graphql = run_graphql
    with fake.serve():
        yield PullPlace(tmp_path, fake)
    assert fake.troubles == []


def proposed(place: PullPlace, branch: str = BRANCH, *numbers: int) -> Pull:
    """Return a pull request with posts, opened by our forge."""
    place.fake.git("branch", branch, "main")
    for number in numbers or (1,):
        place.write(branch, post(number).path, post(number).text)
    pull = place.forge().open(branch, "제목", "본문", draft=False)
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
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, json, headers = (*answer, {}, {})[:3] if answer else (200, {}, {})
        return httpx.Response(status, json=json, headers=headers)

    def client(self, api_url: str = API, token: str = TOKEN) -> Client:
        return Client(
            api_url,
            headers=HEADERS,
            token=token,
            transport=httpx.MockTransport(self),
            clock=self.clock,
            sleep=self.clock.sleep,
            now=lambda: NOW,
        )


# --- pull requests --------------------------------------------------------------------


def test_pull_requests_are_listed_newest_first_whatever_their_state(place):
    first = proposed(place)
    place.fake.close(1)
    second = place.forge().open(BRANCH, "둘", "", draft=True)
    place.fake.merge(2)
    place.fake.delete_branch(BRANCH)
    found = place.forge().pulls(BRANCH)
    assert [(p.number, p.state, p.draft) for p in found] == [
        (2, "merged", True),
        (1, "closed", False),
    ]
    assert second
    assert {p.head for p in found} == {first.head, second.head}
    assert found[0].url == f"https://github.com/{REPOSITORY}/pull/2"


def test_pull_requests_of_other_branches_and_forks_are_not_ours(place):
    """GitHub ignores a head it cannot read, and lists everything."""
    proposed(place)
    proposed(place, "another")
    items = [place.fake.simple(pull) for pull in place.fake.pulls]
    fork = place.fake.simple(place.fake.pulls[0])
    fork["head"] = {**fork["head"], "repo": None}
    elsewhere = place.fake.simple(place.fake.pulls[0])
    elsewhere["base"] = {**elsewhere["base"], "ref": "develop"}
    script = Script((200, [*items, fork, elsewhere]))
    forge = GitHub(script.client(), API, REPOSITORY, base="main")
    assert [pull.number for pull in forge.pulls(BRANCH)] == [1]
    query = script.requests[0].url.params
    assert (query["head"], query["base"]) == (f"newsroom:{BRANCH}", "main")


def test_long_lists_are_read_to_their_end(place):
    place.fake.page_size = 2
    pull = proposed(place, BRANCH, 1, 2, 3)
    assert len(place.forge().files(pull)) == 3
    assert len(place.fake.asked("GET", "/files$")) == 2


def test_files_tell_what_is_added_changed_renamed_and_removed(place):
    place.write("main", post(1).path, post(1).text)
    place.write("main", post(2).path, post(2).text)
    pull = proposed(place, BRANCH, 3)
    place.write(BRANCH, post(1).path, None)
    moved = "_posts/2026/11/2026-11-24-2.md"
    place.write(BRANCH, post(2).path, None)
    place.write(BRANCH, moved, post(2).text)
    pull = place.forge().pulls(BRANCH)[0]
    found = set(place.forge().files(pull))
    blob = place.fake.git("rev-parse", f"{BRANCH}:{post(3).path}")
    assert File(post(3).path, blob) in found
    assert File(post(1).path, removed=True) in found
    assert File(post(2).path, removed=True) in found
    assert moved in {file.path for file in found}


def test_opening_what_is_open_already_gives_that_one(place):
    pull = proposed(place)
    again = place.forge().open(BRANCH, "다른 제목", "", draft=False)
    assert again
    assert (again.number, again.title) == (pull.number, "제목")


def test_one_that_is_told_of_and_not_listed_is_looked_for_again():
    """It may have ended since; a forge that is down would end the run."""
    said = invalid(f"A pull request already exists for newsroom:{BRANCH}.")
    script = Script((422, said), (200, []))
    forge = GitHub(script.client(), API, REPOSITORY, base="main")
    with pytest.raises(PublishError, match="does not list it") as raised:
        forge.open(BRANCH, "제목", "", draft=False)
    assert not isinstance(raised.value, ForgeDownError | RefusedError)


def test_opening_a_branch_that_base_has_gives_none(place):
    place.fake.git("branch", BRANCH, "main")
    assert place.forge().open(BRANCH, "제목", "", draft=False) is None


def test_draft_where_there_are_none_is_opened_without(place, caplog):
    place.fake.has_drafts = False
    place.fake.git("branch", BRANCH, "main")
    place.write(BRANCH, post(1).path, post(1).text)
    pull = place.forge().open(BRANCH, "제목", "", draft=True)
    assert pull
    assert not pull.draft
    assert "no drafts here" in caplog.text


def test_answer_to_opening_that_was_lost_is_looked_for(place):
    """A second POST would be refused, or make a second pull request."""
    place.fake.git("branch", BRANCH, "main")
    place.write(BRANCH, post(1).path, post(1).text)
    place.fake.fail("POST", "/pulls$", 0, after=True)
    pull = place.forge().open(BRANCH, "제목", "", draft=False)
    assert pull
    assert pull.number == 1
    assert len(place.fake.asked("POST", "/pulls$")) == 1


def test_opening_that_did_not_land_is_repeated_after_a_look(place):
    place.fake.git("branch", BRANCH, "main")
    place.write(BRANCH, post(1).path, post(1).text)
    place.fake.fail("POST", "/pulls$", 502)
    pull = place.forge().open(BRANCH, "제목", "", draft=False)
    assert pull
    assert pull.number == 1
    methods = [e.method for e in place.fake.exchanges]
    assert methods == ["POST", "GET", "POST"]


def test_edit_changes_only_what_is_given(place):
    pull = proposed(place)
    place.forge().edit(pull, title=None, body="새 본문")
    assert (place.fake.pulls[0].title, place.fake.pulls[0].body) == ("제목", "새 본문")
    place.forge().edit(pull, title="새 제목", body=None)
    assert place.fake.asked("PATCH", "/pulls/1$")[-1].body == {"title": "새 제목"}


def test_close_closes_without_a_merge(place):
    pull = proposed(place)
    place.forge().close(pull, body="끝")
    assert (place.fake.pulls[0].state, place.fake.pulls[0].merged) == ("closed", False)


def test_wishes_are_added_to_what_is_there(place):
    schema()
    pull = proposed(place)
    place.fake.pulls[0].labels = ["own"]
    wishes = Wishes(("news",), ("editor",), ("reviewer", "newsroom/desk"), "rebase")
    assert place.forge().equip(pull, wishes) == []
    made = place.fake.pulls[0]
    assert made.labels == ["own", "news"]
    assert (made.assignees, made.reviewers, made.teams) == (
        ["editor"],
        ["reviewer"],
        ["desk"],
    )
    assert made.auto_merge == "rebase"


def test_nothing_wished_asks_nothing(place):
    pull = proposed(place)
    asked = len(place.fake.exchanges)
    assert place.forge().equip(pull, Wishes()) == []
    assert len(place.fake.exchanges) == asked


def test_wish_that_fails_does_not_keep_the_others(place):
    schema()
    pull = proposed(place)
    place.fake.fail("POST", "/labels$", 404, body=error("Not Found"))
    place.fake.rules = set()
    troubles = place.forge().equip(pull, Wishes(("news",), ("editor",), (), "merge"))
    assert [trouble.split(" ")[0] for trouble in troubles] == ["labels", "no"]
    assert "clean status" in troubles[1]
    assert place.fake.pulls[0].assignees == ["editor"]


def test_redraft_makes_a_draft(place):
    schema()
    pull = proposed(place)
    place.forge().redraft(pull)
    assert place.fake.pulls[0].draft


def test_failed_mutation_is_told(place):
    """GraphQL tells failures in an answer with status 200."""
    script = Script((200, {"data": None, "errors": [{"message": "Resource not here"}]}))
    forge = GitHub(script.client(), API, REPOSITORY, base="main")
    pull = Pull(1, "open", "", "", "", "", key="PR_1")
    with pytest.raises(RefusedError, match="Resource not here"):
        forge.redraft(pull)


# --- addresses ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("api_url", "graphql", "compare"),
    [
        (API, f"{API}/graphql", "https://github.com/newsroom/news/compare/"),
        (
            "https://git.example.go.kr/api/v3",
            "https://git.example.go.kr/api/graphql",
            "https://git.example.go.kr/newsroom/news/compare/",
        ),
        (
            "https://api.news.ghe.com",
            "https://api.news.ghe.com/graphql",
            "https://news.ghe.com/newsroom/news/compare/",
        ),
    ],
)
def test_enterprise_has_its_own_addresses(api_url, graphql, compare):
    script = Script((200, {"data": {}}))
    forge = GitHub(script.client(api_url), api_url, REPOSITORY, base="main")
    assert (
        forge.compare_url("새 글") == f"{compare}main...%EC%83%88%20%EA%B8%80?expand=1"
    )
    forge.redraft(Pull(1, "open", "", "", "", "", key="PR_1"))
    assert str(script.requests[0].url) == graphql


def test_address_of_the_api_follows_the_host():
    assert api_url_of("github.com") == API
    assert api_url_of("git.example.go.kr") == "https://git.example.go.kr/api/v3"


@pytest.mark.parametrize(
    "api_url",
    ["http://api.github.com", "ftp://x", "https://u:p@x/", "api.github.com", ""],
)
def test_api_is_spoken_to_over_tls_only(api_url):
    with pytest.raises(ConfigError, match="not the address of a forge"):
        Script().client(api_url)


# --- limits, retries ------------------------------------------------------------------


def reply(status: int, message: str = "", **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, named, {"message": message})


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (reply(429), 60.0),
        (reply(429, retry_after="7"), 7.0),
        (reply(403, retry_after="7"), 7.0),
        (reply(403, "You have exceeded a secondary rate limit."), 60.0),
        (reply(403, x_ratelimit_remaining="0", x_ratelimit_reset="1795392090"), 90.0),
        (reply(429, ratelimit_remaining="0", ratelimit_reset="1795392030"), 30.0),
        (reply(403, x_ratelimit_remaining="0", x_ratelimit_reset="1"), 1.0),
        (reply(503, retry_after="9"), 9.0),
        (reply(503), None),
        (reply(403, "Resource not accessible by integration"), None),
        (reply(200, x_ratelimit_remaining="0"), None),
    ],
)
def test_limits_are_known_by_status_headers_or_words(answer, seconds):
    assert asked_wait(answer, NOW) == seconds


def test_limit_is_waited_for_and_the_request_repeated():
    script = Script((403, error("secondary rate limit"), {"Retry-After": "42"}), (200,))
    assert script.client().send("GET", "/x").status == 200
    assert script.clock.naps == [42.0]


def test_limit_before_a_post_was_no_landing():
    """The forge said that it did nothing: no look is needed before the next try."""
    looked: list[bool] = []
    script = Script((429, error("slow"), {"Retry-After": "3"}), (201,))
    client = script.client()
    client.send("POST", "/x", {}, landed=lambda: looked.append(True))
    assert (looked, len(script.requests)) == ([], 2)


def test_limit_too_long_to_wait_for_ends_it():
    script = Script((429, error("slow"), {"Retry-After": "4000"}))
    with pytest.raises(ForgeDownError, match="wants no more requests until"):
        script.client().send("GET", "/x")
    assert script.clock.naps == []


@pytest.mark.parametrize(
    "trouble", [(500,), (502,), (503,), (504,), httpx.ReadTimeout("slow")]
)
def test_troubles_that_pass_are_tried_again(trouble):
    script = Script(trouble, trouble, (200,))
    assert script.client().send("GET", "/x").status == 200
    assert len(script.clock.naps) == 2


def test_trouble_that_stays_ends_it():
    script = Script(*[(500,)] * 9)
    with pytest.raises(ForgeDownError, match="answers 500"):
        script.client().send("GET", "/x")
    assert len(script.requests) == ATTEMPTS


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 422])
def test_other_failures_are_answers_and_never_repeated(status):
    script = Script((status, error("no")))
    assert script.client().send("PATCH", "/x", {}).message == "no"
    assert len(script.requests) == 1


def test_post_that_may_have_landed_is_not_sent_twice_unseen():
    script = Script((502,), (201,))
    with pytest.raises(ForgeDownError):
        script.client().send("POST", "/x", {})
    assert len(script.requests) == 1


def test_post_that_does_no_harm_twice_is_sent_again():
    script = Script((502,), (201,))
    client = script.client()
    assert client.send("POST", "/x", {}, landed=not_landed).status == 201


def test_writes_are_a_second_apart_and_reads_are_not():
    script = Script(*[(200,)] * 5)
    client = script.client()
    for method in ("PATCH", "GET", "PATCH", "GET", "PATCH"):
        client.send(method, "/x", None)
    assert script.clock.naps == [1.0, 1.0]


def test_writes_of_an_hour_are_counted():
    clock = Clock()
    pace = Pace(clock, clock.sleep)
    for _ in range(WRITES_AN_HOUR):
        assert pace.wait()
        pace.note()
    assert not pace.wait()
    clock.seconds += 3600
    assert pace.wait()


def test_redirects_are_not_followed_with_the_token():
    script = Script((301, error("Moved"), {"Location": "https://elsewhere.example/"}))
    with pytest.raises(RefusedError, match=r"set news\.remote"):
        script.client().send("GET", "/x")
    assert len(script.requests) == 1


def test_next_page_elsewhere_is_not_asked_for():
    link = '<https://elsewhere.example/2>; rel="next"'
    script = Script((200, [1], {"Link": link}))
    with pytest.raises(ForgeDownError, match="elsewhere"):
        list(script.client().pages("/x", {}))
    assert len(script.requests) == 1


def test_next_page_is_known_among_other_links():
    link = f'<{API}/a?page=1>; rel="prev", <{API}/a?page=3>; rel="next"'
    assert next_page(Reply(200, {"link": link}, [])) == f"{API}/a?page=3"
    assert next_page(Reply(200, {"link": f'<{API}/a>; rel="last"'}, [])) == ""


def test_answer_that_is_no_list_is_no_empty_list():
    """Taken for an empty one, it would open a second pull request."""
    with pytest.raises(ForgeDownError, match="no list"):
        list(Script((200, {"message": "hello"})).client().pages("/x", {}))


# --- the token ------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["two\nlines", "tab\there", "토큰", "a b"])
def test_token_no_header_can_hold_is_refused_unseen(token):
    with pytest.raises(ConfigError) as raised:
        Script().client(token=token)
    assert token not in str(raised.value)


def test_token_a_forge_sends_back_is_not_shown():
    script = Script((422, invalid(f"who is {TOKEN}?")))
    forge = GitHub(script.client(), API, REPOSITORY, base="main")
    with pytest.raises(RefusedError) as raised:
        forge.open(BRANCH, "", "", draft=False)
    assert "who is ***?" in str(raised.value)


def test_token_is_in_one_header_only_and_in_no_log(place, caplog):
    caplog.set_level(logging.DEBUG)
    proposed(place)
    for exchange in place.fake.exchanges:
        names = [name for name, value in exchange.headers.items() if TOKEN in value]
        assert names == ["Authorization"]
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(place.client().__dict__["_http"])


@pytest.mark.parametrize(
    ("stated", "day"),
    [
        ("2026-12-01 09:00:00 UTC", 1),
        ("2026-12-01 09:00:00 +0900", 1),
        ("soon", None),
        ("", None),
    ],
)
def test_end_of_the_token_is_read(stated, day):
    name = "github-authentication-token-expiration"
    moment = expiry(Reply(200, {name: stated}, None))
    assert (moment.day if moment else None) == day


@pytest.mark.parametrize(
    ("ends", "told"), [("2026-12-06 00:00:00 UTC", 1), ("2026-12-08 00:00:00 UTC", 0)]
)
def test_end_of_the_token_is_told_two_weeks_ahead_and_once(caplog, ends, told):
    headers = {"github-authentication-token-expiration": ends}
    script = Script((200, {}, headers), (200, {}, headers))
    client = script.client()
    client.send("GET", "/x")
    client.send("GET", "/x")
    assert caplog.text.count("the access token ends") == told


# --- the judge ------------------------------------------------------------------------


def judged(place: PullPlace, change: Callable[[Any], None]) -> str:
    """Return what the judge says to an exchange that was changed afterwards."""
    exchange = place.fake.exchanges[-1]
    change(exchange)
    with pytest.raises(AssertionError) as raised:
        description().judge(exchange)
    return str(raised.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda e: e.body.update(title=7), "request at title"),
        (lambda e: e.body.update(reviewers=[]), "unknown in the request"),
        (lambda e: e.body.pop("head"), "request at top"),
        (lambda e: setattr(e, "path", "/repos/a/b/pull"), "no such path"),
        (lambda e: setattr(e, "method", "DELETE"), "no delete of"),
        (lambda e: e.query.update(odd="1"), "unknown parameters"),
        (lambda e: setattr(e, "status", 418), "never answered with 418"),
        (lambda e: e.answer.pop("head"), "answer at top"),
        (lambda e: e.answer["user"].update(id="one"), "answer at user"),
    ],
)
def test_judge_knows_what_github_would_not_take_or_send(place, change, words):
    """A judge that finds nothing must be one that can find something."""
    description()
    proposed(place)
    assert words in judged(place, change)


def test_judge_knows_mutations_that_are_none():
    with pytest.raises(AssertionError, match="noSuchThing"):
        run_graphql("mutation { noSuchThing }", {}, None)
    query = (
        "mutation($m: PullRequestMergeMethod!) { enablePullRequestAutoMerge("
        'input: {pullRequestId: "x", mergeMethod: $m}) { clientMutationId } }'
    )
    with pytest.raises(AssertionError, match="FASTEST"):
        run_graphql(query, {"m": "FASTEST"}, None)


def test_publish_error_is_what_a_forge_that_is_down_raises():
    assert issubclass(ForgeDownError, PublishError)
    assert not issubclass(ForgeDownError, RefusedError)
