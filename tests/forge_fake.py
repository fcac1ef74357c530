"""A GitHub of our own over a bare repository: it keeps state, and people act on it.

Only what this program uses of GitHub is there, and that behaves as GitHub does: a pull
request follows its branch, is closed when the branch goes, and is merged when base
holds it; labels are added, reviewers pinged, drafts and auto-merge asked by GraphQL.
Every request and every answer is shown to ``judge``, which may be GitHub's own
description (:mod:`github_description`).
"""

import json
import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from github_shapes import (
    OWNER,
    REPOSITORY,
    WHEN,
    account,
    error,
    invalid,
    label,
    repository,
)

TOKEN = "ghp_canary0123456789"
BOT = "news-bot"

Judge = Callable[["Exchange"], None]


@dataclass
class Exchange:
    """One request and its answer."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: Any
    status: int = 0
    answer: Any = None
    #: Made by a test's fault, not by the forge.
    injected: bool = False

    @property
    def is_write(self) -> bool:
        return self.method != "GET"


@dataclass
class FakePull:
    number: int
    branch: str
    base: str
    title: str
    body: str
    head: str
    state: str = "open"
    merged: bool = False
    draft: bool = False
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    reviewers: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    auto_merge: str = ""
    #: The merge base while it was open; its files are told against it.
    fork: str = ""

    @property
    def node_id(self) -> str:
        return f"PR_{self.number:08d}"


@dataclass
class Fault:
    """What happens instead of an answer, or after the work was done."""

    method: str
    path: str
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    #: Do the work, and then answer so (or not at all).
    after: bool = False
    times: int = 1


class ForgeFake:
    """A forge over a bare repository, served by :meth:`serve`; :meth:`answer` it."""

    def __init__(self, repository: Path, judge: Judge | None = None) -> None:
        self.repository = repository
        self.judge = judge
        self.pulls: list[FakePull] = []
        self.exchanges: list[Exchange] = []
        self.pings: list[str] = []
        self.faults: list[Fault] = []
        self.troubles: list[str] = []
        self.may_create = True
        self.has_drafts = True
        self.allows_auto_merge = True
        self.rules: set[str] = {"main"}
        self.accounts = {BOT, "reviewer", "editor"}
        self.token_ends = ""
        self.page_size = 100
        #: How many times files are still listed as they were before the last push.
        self.files_lag = 0
        self._listed: dict[int, list[dict[str, Any]]] = {}
        self.graphql: Callable[[str, dict[str, Any], Any], Any] | None = None
        self.before: Callable[[Exchange], None] = lambda exchange: None
        self.api_url = ""
        self._lock = threading.RLock()
        self._forks: dict[tuple[str, str], str] = {}

    # --- what people do -------------------------------------------------------------

    def git(self, *arguments: str) -> str:
        # A forge does not live in the environment of its clients, token and all.
        ours = {name: text for name, text in os.environ.items() if TOKEN not in text}
        done = subprocess.run(
            ["git", "-C", str(self.repository), *arguments],
            capture_output=True, text=True, check=True, env=ours,
        )  # fmt: skip
        return done.stdout.strip()

    def tip(self, branch: str) -> str:
        """Return the tip of a branch, "" if there is none; nothing here packs refs."""
        try:
            return (self.repository / "refs/heads" / branch).read_text().strip()
        except FileNotFoundError:
            return ""

    def pull(self, number: int) -> FakePull:
        self.sync()
        return self.pulls[number - 1]

    def open_pulls(self) -> list[FakePull]:
        self.sync()
        return [pull for pull in self.pulls if pull.state == "open"]

    def merge(self, number: int, how: str = "merge") -> None:
        """Merge as the button does: by a merge commit, squashed, or rebased."""
        pull = self.pull(number)
        assert pull.state == "open"
        base, head = self.tip(pull.base), pull.head
        tree = self.git("merge-tree", "--write-tree", base, head).splitlines()[0]
        parents = ["-p", base] + (["-p", head] if how == "merge" else [])
        new = self.git("commit-tree", tree, *parents, "-m", f"Merge #{number}")
        self.git("update-ref", f"refs/heads/{pull.base}", new, base)
        pull.state, pull.merged = "closed", True

    def close(self, number: int) -> None:
        self.pull(number).state = "closed"

    def reopen(self, number: int) -> None:
        self.pull(number).state = "open"

    def delete_branch(self, branch: str) -> None:
        self.git("update-ref", "-d", f"refs/heads/{branch}")

    def fail(self, method: str, path: str, status: int = 0, **other: Any) -> None:
        """Let the next such request fail; ``path`` is a pattern, status 0 no answer."""
        self.faults.append(Fault(method, path, status, **other))

    def writes(self) -> list[tuple[str, str]]:
        return [(e.method, e.path) for e in self.exchanges if e.is_write]

    def asked(self, method: str, path: str) -> list[Exchange]:
        return [
            e for e in self.exchanges if e.method == method and re.search(path, e.path)
        ]

    # --- what GitHub does by itself -------------------------------------------------

    def sync(self) -> None:
        """Let pull requests follow their branches."""
        for pull in self.pulls:
            if pull.state != "open":
                continue
            tip = self.tip(pull.branch)
            if not tip:
                pull.state = "closed"
                continue
            if tip != pull.head:
                self.git("update-ref", f"refs/pull/{pull.number}/head", tip)
            pull.head = tip
            pull.fork = self._fork(pull.base, tip)
            if pull.fork == tip:
                pull.state, pull.merged = "closed", True

    def _fork(self, base: str, head: str) -> str:
        """Return where a commit left a branch."""
        key = (self.tip(base), head)
        if key not in self._forks:
            self._forks[key] = self.git("merge-base", *key)
        return self._forks[key]

    def differences(self, pull: FakePull) -> list[tuple[str, str, str, list[str]]]:
        """Return what a pull request changes: letter, old blob, new blob, paths."""
        return self.changes(pull.fork, pull.head)

    def changes(self, old: str, new: str) -> list[tuple[str, str, str, list[str]]]:
        """Return what differs between two commits."""
        out = self.git("diff-tree", "-r", "-z", "-M", old, new)
        words = iter(out.rstrip("\0").split("\0") if out else [])
        found = []
        for meta in words:
            before, after, status = meta.split(" ")[2:]
            paths = [next(words) for _ in range(1 + (status[0] == "R"))]
            found.append((status[0], before, after, paths))
        return found

    # --- HTTP -------------------------------------------------------------------------

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Serve on loopback; give the address of the API."""
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_: object) -> None:
                pass

            def handle_any(self) -> None:
                fake.handle(self)

            do_GET = do_POST = do_PATCH = do_PUT = handle_any  # noqa: N815

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        self.api_url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self.api_url
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(request.path)
        raw = request.rfile.read(int(request.headers.get("content-length") or 0))
        exchange = Exchange(
            request.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            dict(request.headers.items()),
            json.loads(raw) if raw else None,
        )
        with self._lock:
            self.exchanges.append(exchange)
            self.before(exchange)
            fault = self._fault(exchange)
            headers: dict[str, str] = {}
            if fault is None or fault.after:
                exchange.status, exchange.answer, headers = self._answer(exchange)
            if fault is not None:
                exchange.injected = True
                headers = fault.headers
                exchange.status, exchange.answer = fault.status, fault.body
        if not exchange.status:
            request.close_connection = True
            request.connection.close()
            return
        self._send(request, exchange, headers)

    def _send(
        self,
        request: BaseHTTPRequestHandler,
        exchange: Exchange,
        headers: Mapping[str, str],
    ) -> None:
        answer = exchange.answer
        body = b"" if answer is None else json.dumps(answer).encode()
        request.send_response(exchange.status)
        request.send_header("Content-Type", "application/json; charset=utf-8")
        request.send_header("Content-Length", str(len(body)))
        if self.token_ends:
            name = "github-authentication-token-expiration"
            request.send_header(name, self.token_ends)
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    def _fault(self, exchange: Exchange) -> Fault | None:
        for fault in self.faults:
            if fault.method == exchange.method and re.search(fault.path, exchange.path):
                fault.times -= 1
                if not fault.times:
                    self.faults.remove(fault)
                return fault
        return None

    def _answer(self, exchange: Exchange) -> tuple[int, Any, dict[str, str]]:
        """Answer, and note what the judge has against request or answer."""
        try:
            exchange.status, exchange.answer, headers = self.answer(exchange)
            if self.judge:
                self.judge(exchange)
        except AssertionError as error:
            self.troubles.append(f"{exchange.method} {exchange.path}: {error}")
            return 500, None, {}
        return exchange.status, exchange.answer, headers

    def paged(
        self, items: list[Any], exchange: Exchange, most: str = "per_page"
    ) -> tuple[int, Any, dict[str, str]]:
        """Answer with one page of a list, and where the next one is."""
        size = min(int(exchange.query.get(most, "30")), self.page_size)
        page = int(exchange.query.get("page", "1"))
        more = len(items) > page * size
        query = "&".join(f"{k}={v}" for k, v in exchange.query.items() if k != "page")
        link = f'<{self.api_url}{exchange.path}?{query}&page={page + 1}>; rel="next"'
        headers = {"Link": link} if more else {}
        return 200, items[(page - 1) * size : page * size], headers

    def answer(self, exchange: Exchange) -> tuple[int, Any, dict[str, str]]:
        """Return status, JSON and headers."""
        raise NotImplementedError


class GitHubFake(ForgeFake):
    """Repository ``newsroom/news`` on GitHub."""

    def answer(self, exchange: Exchange) -> tuple[int, Any, dict[str, str]]:
        headers = {name.lower(): value for name, value in exchange.headers.items()}
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, error("Bad credentials"), {}
        self.sync()
        at = f"/repos/{REPOSITORY}"
        for method, pattern, act in (
            ("GET", f"{at}/pulls", self._list),
            ("POST", f"{at}/pulls", self._create),
            ("GET", f"{at}/pulls/(\\d+)/files", self._files),
            ("PATCH", f"{at}/pulls/(\\d+)", self._patch),
            ("POST", f"{at}/issues/(\\d+)/labels", self._add_labels),
            ("POST", f"{at}/issues/(\\d+)/assignees", self._assign),
            ("POST", f"{at}/pulls/(\\d+)/requested_reviewers", self._ask),
            ("POST", "/graphql", self._graphql),
        ):
            found = re.fullmatch(pattern, exchange.path)
            if found and method == exchange.method:
                numbers = [int(group) for group in found.groups()]
                if numbers and numbers[0] > len(self.pulls):
                    break
                return act(exchange, *numbers)  # type: ignore[operator]
        return 404, error("Not Found"), {}

    def _list(self, exchange: Exchange) -> tuple[int, Any, dict[str, str]]:
        query = exchange.query
        owner, _, branch = query.get("head", "").partition(":")
        found = [
            pull
            for pull in reversed(self.pulls)
            if query.get("state", "open") in ("all", pull.state)
            and (owner != OWNER or pull.branch == branch)
            and pull.base == query.get("base", pull.base)
        ]
        return self.paged([self.simple(pull) for pull in found], exchange)

    def _files(self, exchange: Exchange, number: int) -> Any:
        if self.files_lag and number in self._listed:
            self.files_lag -= 1
        else:
            self._listed[number] = self.changed(self.pulls[number - 1])
        return self.paged(self._listed[number], exchange)

    def changed(self, pull: FakePull) -> list[dict[str, Any]]:
        names = {"A": "added", "M": "modified", "D": "removed", "R": "renamed"}
        files = []
        for status, old, new, paths in self.differences(pull):
            item = {
                "sha": old if status == "D" else new,
                "filename": paths[-1],
                "status": names[status],
                "additions": 1,
                "deletions": 0,
                "changes": 1,
                "blob_url": f"https://github.com/{REPOSITORY}/blob/x",
                "raw_url": f"https://github.com/{REPOSITORY}/raw/x",
                "contents_url": f"{self.api_url}/repos/{REPOSITORY}/contents/x",
            }
            if status == "R":
                item["previous_filename"] = paths[0]
            files.append(item)
        return files

    def _create(self, exchange: Exchange) -> Any:
        wanted = exchange.body
        branch, base = wanted["head"], wanted["base"]
        if not self.may_create:
            message = (
                "GitHub Actions is not permitted to create or approve pull requests."
            )
            return 403, error(message), {}
        if any(p.branch == branch and p.base == base for p in self.open_pulls()):
            message = f"A pull request already exists for {OWNER}:{branch}."
            return 422, invalid(message), {}
        tip = self.tip(branch)
        if not tip:
            return 422, invalid("head is invalid"), {}
        fork = self._fork(base, tip)
        if fork == tip:
            return 422, invalid(f"No commits between {base} and {branch}"), {}
        if wanted.get("draft") and not self.has_drafts:
            message = "Draft pull requests are not supported in this repository."
            return 422, invalid(message), {}
        pull = FakePull(
            len(self.pulls) + 1, branch, base, wanted["title"], wanted.get("body", ""),
            tip, draft=bool(wanted.get("draft")), fork=fork,
        )  # fmt: skip
        assert len(pull.body) <= 65_536
        self.git("update-ref", f"refs/pull/{pull.number}/head", tip)
        self.pulls.append(pull)
        return 201, self.full(pull), {}

    def _patch(self, exchange: Exchange, number: int) -> Any:
        pull = self.pulls[number - 1]
        pull.title = exchange.body.get("title", pull.title)
        pull.body = exchange.body.get("body", pull.body)
        pull.state = exchange.body.get("state", pull.state)
        return 200, self.full(pull), {}

    def _add_labels(self, exchange: Exchange, number: int) -> Any:
        pull = self.pulls[number - 1]
        pull.labels += [x for x in exchange.body["labels"] if x not in pull.labels]
        return 200, [label(name) for name in pull.labels], {}

    def _assign(self, exchange: Exchange, number: int) -> Any:
        pull = self.pulls[number - 1]
        known = [x for x in exchange.body["assignees"] if x in self.accounts]
        pull.assignees += [x for x in known if x not in pull.assignees]
        return 201, self.issue(pull), {}

    def _ask(self, exchange: Exchange, number: int) -> Any:
        pull, wanted = self.pulls[number - 1], exchange.body
        people = wanted.get("reviewers", [])
        if not set(people) <= self.accounts:
            message = "Reviews may only be requested from collaborators."
            return 422, invalid(message), {}
        for name in people:
            if name not in pull.reviewers:
                self.pings.append(name)
                pull.reviewers.append(name)
        pull.teams += [
            t for t in wanted.get("team_reviewers", []) if t not in pull.teams
        ]
        return 201, self.simple(pull), {}

    # --- GraphQL ----------------------------------------------------------------------

    def _graphql(self, exchange: Exchange) -> Any:
        assert self.graphql, "no schema to run GraphQL by"
        query, variables = exchange.body["query"], exchange.body.get("variables", {})
        return 200, self.graphql(query, variables, self), {}

    def enablePullRequestAutoMerge(self, info: Any, input: Any) -> Any:  # noqa: N802
        pull = self._by_node(input["pullRequestId"])
        if not self.allows_auto_merge:
            raise ValueError("Auto merge is not allowed for this repository")
        if pull.base not in self.rules:
            raise ValueError("Pull request is in clean status")
        pull.auto_merge = input["mergeMethod"].lower()
        return {"clientMutationId": None}

    def convertPullRequestToDraft(self, info: Any, input: Any) -> Any:  # noqa: N802
        self._by_node(input["pullRequestId"]).draft = True
        return {"clientMutationId": None}

    def _by_node(self, node_id: str) -> FakePull:
        return next(pull for pull in self.pulls if pull.node_id == node_id)

    # --- shapes -----------------------------------------------------------------------

    def simple(self, pull: FakePull) -> dict[str, Any]:
        here = f"{self.api_url}/repos/{REPOSITORY}"
        web = f"https://github.com/{REPOSITORY}/pull/{pull.number}"
        one = f"{here}/pulls/{pull.number}"
        issue = f"{here}/issues/{pull.number}"
        auto = {
            "enabled_by": account(BOT),
            "merge_method": pull.auto_merge,
            "commit_title": "",
            "commit_message": "",
        }
        return {
            "id": 1000 + pull.number,
            "node_id": pull.node_id,
            "number": pull.number,
            "url": one,
            "html_url": web,
            "diff_url": f"{web}.diff",
            "patch_url": f"{web}.patch",
            "issue_url": issue,
            "commits_url": f"{one}/commits",
            "review_comments_url": f"{one}/comments",
            "review_comment_url": f"{one}/comments/{{number}}",
            "comments_url": f"{issue}/comments",
            "statuses_url": f"{here}/statuses/{pull.head}",
            "state": pull.state,
            "locked": False,
            "title": pull.title,
            "user": account(BOT),
            "body": pull.body or None,
            "labels": [label(name) for name in pull.labels],
            "milestone": None,
            "created_at": WHEN,
            "updated_at": WHEN,
            "closed_at": None if pull.state == "open" else WHEN,
            "merged_at": WHEN if pull.merged else None,
            "merge_commit_sha": None,
            "assignee": account(pull.assignees[0]) if pull.assignees else None,
            "assignees": [account(name) for name in pull.assignees],
            "requested_reviewers": [account(name) for name in pull.reviewers],
            "requested_teams": [],
            "head": self._side(pull.branch, pull.head),
            "base": self._side(pull.base, self.tip(pull.base)),
            "_links": {
                name: {"href": one}
                for name in (
                    *("comments", "commits", "statuses", "html", "issue"),
                    *("review_comments", "review_comment", "self"),
                )
            },
            "author_association": "CONTRIBUTOR",
            "auto_merge": auto if pull.auto_merge else None,
            "draft": pull.draft,
        }

    def full(self, pull: FakePull) -> dict[str, Any]:
        counts = ("comments", "review_comments", "commits", "additions", "deletions")
        return self.simple(pull) | {
            "merged": pull.merged,
            "mergeable": None,
            "rebaseable": None,
            "mergeable_state": "unknown",
            "merged_by": None,
            "maintainer_can_modify": False,
            "changed_files": 1,
            **dict.fromkeys(counts, 1),
        }

    def issue(self, pull: FakePull) -> dict[str, Any]:
        issue = f"{self.api_url}/repos/{REPOSITORY}/issues/{pull.number}"
        return {
            "id": 1000 + pull.number,
            "node_id": pull.node_id,
            "url": issue,
            "repository_url": f"{self.api_url}/repos/{REPOSITORY}",
            "labels_url": f"{issue}/labels{{/name}}",
            "comments_url": f"{issue}/comments",
            "events_url": f"{issue}/events",
            "html_url": f"https://github.com/{REPOSITORY}/pull/{pull.number}",
            "number": pull.number,
            "state": pull.state,
            "title": pull.title,
            "user": account(BOT),
            "labels": [label(name) for name in pull.labels],
            "assignee": None,
            "assignees": [account(name) for name in pull.assignees],
            "milestone": None,
            "locked": False,
            "comments": 0,
            "closed_at": None,
            "created_at": WHEN,
            "updated_at": WHEN,
            "author_association": "CONTRIBUTOR",
        }

    def _side(self, branch: str, oid: str) -> dict[str, Any]:
        return {
            "label": f"{OWNER}:{branch}",
            "ref": branch,
            "sha": oid,
            "user": account(OWNER),
            "repo": repository(self.api_url),
        }
