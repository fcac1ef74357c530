"""A Gitea of our own over a bare repository: it keeps state, and people act on it.

Only what this program uses of Gitea and Forgejo is there, and that behaves as they do:
lists of pull requests cannot be sifted by branch, an ended one shows where its branch
is now, labels go by number, drafts are told by the title, and a merge that nothing
holds up is done at once.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from forge_fake import BOT, TOKEN, Exchange, FakePull, ForgeFake, Judge

REPOSITORY = "newsroom/news"
API = "/api/v1"
WHEN = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
DRAFT = re.compile(r"(?i)^(?:(?:\[wip\]|wip:)\s*)+")
STATUS = {"A": "added", "M": "changed", "D": "deleted", "R": "renamed"}

Answer = tuple[int, Any, dict[str, str]]


class GiteaFake(ForgeFake):
    """Repository ``newsroom/news`` on Gitea."""

    def __init__(self, repository: Path, judge: Judge | None = None) -> None:
        super().__init__(repository, judge)
        self.page_size = 50
        #: Numbers of the labels there are, of the repository and its organization.
        self.labels = {"bug": 1}
        self.org_labels = {"desk": 7}
        self.may_label = True
        #: Who has reviewed a pull request, by its number.
        self.reviewed: dict[int, list[str]] = {}
        #: Tries to have a merge scheduled that come too early.
        self.busy = 0
        self._seen: dict[int, tuple[Any, datetime]] = {}
        self._ticks = 0

    def answer(self, exchange: Exchange) -> Answer:
        headers = {name.lower(): value for name, value in exchange.headers.items()}
        if headers.get("authorization") != f"token {TOKEN}":
            return 401, {"message": "invalid username, password or token"}, {}
        self.sync()
        at = f"{API}/repos/{REPOSITORY}"
        one = f"{at}/pulls/(?P<number>\\d+)"
        for method, pattern, act in (
            ("GET", f"{at}/pulls", self._list),
            ("POST", f"{at}/pulls", self._create),
            ("GET", one, self._show),
            ("PATCH", one, self._edit),
            ("GET", f"{one}/files", self._files),
            ("GET", f"{one}/reviews", self._reviews),
            ("POST", f"{one}/requested_reviewers", self._ask),
            ("POST", f"{one}/merge", self._merge),
            ("POST", f"{at}/issues/(?P<number>\\d+)/labels", self._add_labels),
            ("GET", f"{at}/labels", self._labels),
            ("POST", f"{at}/labels", self._make_label),
            ("GET", f"{API}/orgs/newsroom/labels", self._org_labels),
            ("GET", f"{at}/compare/(.+)\\.\\.\\.(.+)", self._compare),
            ("GET", f"{at}/git/refs/(.+)", self._refs),
            ("GET", f"{at}/contents/(.+)", self._contents),
            ("GET", f"{at}/branches/(.+)", self._branch),
        ):
            found = re.fullmatch(pattern, exchange.path)
            if found and method == exchange.method:
                if "number" not in found.groupdict():
                    return act(exchange, *map(unquote, found.groups()))  # type: ignore[operator]
                if int(found["number"]) <= len(self.pulls):
                    return act(exchange, self.pulls[int(found["number"]) - 1])  # type: ignore[operator]
        return 404, {"message": "The target couldn't be found.", "errors": []}, {}

    # --- looking ----------------------------------------------------------------------

    def _list(self, exchange: Exchange) -> Answer:
        state = exchange.query.get("state", "open")
        found = [pull for pull in self.pulls if state in ("all", pull.state)]
        found.reverse()
        if exchange.query.get("sort") == "recentupdate":
            found.sort(key=self._updated, reverse=True)
        return self.paged([self.shown(pull) for pull in found], exchange, "limit")

    def _show(self, exchange: Exchange, pull: FakePull) -> Answer:
        return 200, self.shown(pull), {}

    def _files(self, exchange: Exchange, pull: FakePull) -> Answer:
        items = []
        for status, _, _, paths in self.differences(pull):
            item = {"filename": paths[-1], "status": STATUS[status], "additions": 1}
            if status == "R":
                item["previous_filename"] = paths[0]
            items.append(item)
        return self.paged(items, exchange, "limit")

    def _reviews(self, exchange: Exchange, pull: FakePull) -> Answer:
        done = self.reviewed.get(pull.number, [])
        items = [_review(user, "APPROVED") for user in done]
        items += [_review(user, "REQUEST_REVIEW") for user in pull.reviewers]
        teams = [{"id": 1, "name": name} for name in pull.teams]
        items += [
            {"id": 2, "state": "REQUEST_REVIEW", "user": None, "team": team}
            for team in teams
        ]
        return self.paged(items, exchange, "limit")

    def _compare(self, exchange: Exchange, base: str, head: str) -> Answer:
        if not (self.tip(base) and self.tip(head)):
            return 404, {"message": "not found"}, {}
        count = self.git("rev-list", "--count", f"{self.tip(base)}..{self.tip(head)}")
        return 200, {"total_commits": int(count), "commits": []}, {}

    def _refs(self, exchange: Exchange, name: str) -> Answer:
        form = "%(refname) %(objectname)"
        out = self.git("for-each-ref", f"--format={form}", f"refs/{name}*")
        found = [
            {"ref": ref, "object": {"type": "commit", "sha": oid}}
            for ref, oid in (line.split(" ") for line in out.splitlines())
        ]
        if not found:
            return 404, {"message": "not found"}, {}
        return 200, found, {}

    def _contents(self, exchange: Exchange, path: str) -> Answer:
        found = self.git("ls-tree", exchange.query["ref"], "--", path)
        if not found:
            return 404, {"message": "not found"}, {}
        return 200, {"path": path, "sha": found.split()[2], "type": "file"}, {}

    def _branch(self, exchange: Exchange, name: str) -> Answer:
        ruled = name in self.rules
        answer = {
            "name": name,
            "protected": ruled,
            "enable_status_check": ruled,
            "required_approvals": 0,
            "status_check_contexts": ["ci"] if ruled else [],
        }
        return 200, answer, {}

    # --- writing ----------------------------------------------------------------------

    def _create(self, exchange: Exchange) -> Answer:
        wanted = exchange.body
        branch, base = wanted["head"], wanted["base"]
        if not self.may_create:
            message = "token does not have at least one of required scope(s)"
            return 403, {"message": message}, {}
        if any(p.branch == branch and p.base == base for p in self.open_pulls()):
            message = "pull request already exists for these targets"
            return 409, {"message": message}, {}
        tip = self.tip(branch)
        if not tip:
            return 404, {"message": "The target couldn't be found."}, {}
        pull = FakePull(
            len(self.pulls) + 1, branch, base, "", "", tip, fork=self._fork(base, tip)
        )
        self._entitle(pull, wanted)
        self.git("update-ref", f"refs/pull/{pull.number}/head", tip)
        self.pulls.append(pull)
        return 201, self.shown(pull), {}

    def _edit(self, exchange: Exchange, pull: FakePull) -> Answer:
        wanted = exchange.body
        assignees = wanted.get("assignees", pull.assignees)
        if unknown := set(assignees) - self.accounts:
            message = f"Assignee does not exist: [name: {unknown.pop()}]"
            return 422, {"message": message}, {}
        self._entitle(pull, wanted)
        pull.assignees = list(assignees)
        pull.state = wanted.get("state", pull.state)
        return 201, self.shown(pull), {}

    def _entitle(self, pull: FakePull, wanted: dict[str, Any]) -> None:
        """Take title and body; the mark of a draft is part of the title."""
        if "title" in wanted:
            pull.draft = bool(DRAFT.match(wanted["title"]))
            pull.title = DRAFT.sub("", wanted["title"])
        pull.body = wanted.get("body", pull.body)

    def _ask(self, exchange: Exchange, pull: FakePull) -> Answer:
        people = exchange.body.get("reviewers", [])
        if not set(people) <= self.accounts:
            return 422, {"message": "user doesn't exist"}, {}
        self.pings += people
        pull.reviewers += people
        pull.teams += exchange.body.get("team_reviewers", [])
        return 201, [_review(name, "REQUEST_REVIEW") for name in people], {}

    def _merge(self, exchange: Exchange, pull: FakePull) -> Answer:
        wanted = exchange.body
        assert pull.base in self.rules, "this would merge at once"
        assert wanted["merge_when_checks_succeed"], "this would merge at once"
        if self.busy or not self.allows_auto_merge:
            self.busy = max(0, self.busy - 1)
            return 405, {"message": "Please try again later"}, {}
        if pull.auto_merge:
            message = "pull request is already scheduled to auto merge"
            return 409, {"message": message}, {}
        assert wanted["head_commit_id"] == pull.head
        pull.auto_merge = wanted["Do"]
        return 201, None, {}

    # --- labels -----------------------------------------------------------------------

    def _labels(self, exchange: Exchange) -> Answer:
        return self.paged(
            [_label(*one) for one in self.labels.items()], exchange, "limit"
        )

    def _org_labels(self, exchange: Exchange) -> Answer:
        items = [_label(*one) for one in self.org_labels.items()]
        return self.paged(items, exchange, "limit")

    def _make_label(self, exchange: Exchange) -> Answer:
        if not self.may_label:
            return 403, {"message": "no permission"}, {}
        name = exchange.body["name"]
        assert name not in self.labels, "a second label of the name"
        self.labels[name] = 10 + len(self.labels)
        return 201, _label(name, self.labels[name]), {}

    def _add_labels(self, exchange: Exchange, pull: FakePull) -> Answer:
        names = {one: name for name, one in (self.org_labels | self.labels).items()}
        for one in exchange.body["labels"]:
            if names[one] not in pull.labels:
                pull.labels.append(names[one])
        return 200, [_label(name, 1) for name in pull.labels], {}

    # --- shapes -----------------------------------------------------------------------

    def _updated(self, pull: FakePull) -> datetime:
        """Return when a pull request changed last."""
        now = (pull.state, pull.merged, pull.title, pull.body, pull.head)
        before = self._seen.get(pull.number)
        if before is None or before[0] != now:
            self._ticks += 1
            self._seen[pull.number] = (now, WHEN + timedelta(seconds=self._ticks))
        return self._seen[pull.number][1]

    def shown(self, pull: FakePull) -> dict[str, Any]:
        tip = self.tip(pull.branch)
        ref = pull.branch if tip else f"refs/pull/{pull.number}/head"
        changed = self._updated(pull).isoformat()
        url = f"https://codeberg.org/{REPOSITORY}/pulls/{pull.number}"
        return {
            "id": 1000 + pull.number,
            "url": url,
            "number": pull.number,
            "user": _user(BOT),
            "title": "WIP: " * pull.draft + pull.title,
            "body": pull.body,
            "labels": [_label(name, 1) for name in pull.labels],
            "milestone": None,
            "assignee": _user(pull.assignees[0]) if pull.assignees else None,
            "assignees": [_user(name) for name in pull.assignees] or None,
            "requested_reviewers": [_user(name) for name in pull.reviewers],
            "state": pull.state,
            "draft": pull.draft,
            "is_locked": False,
            "comments": 0,
            "html_url": url,
            "diff_url": f"{url}.diff",
            "patch_url": f"{url}.patch",
            "mergeable": True,
            "merged": pull.merged,
            "merged_at": changed if pull.merged else None,
            "merge_commit_sha": None,
            "merged_by": _user("editor") if pull.merged else None,
            "base": self._side(pull.base, pull.base, self.tip(pull.base)),
            "head": self._side(pull.branch, ref, tip or pull.head),
            "merge_base": pull.fork,
            "created_at": WHEN.isoformat(),
            "updated_at": changed,
            "closed_at": None if pull.state == "open" else changed,
        }

    def _side(self, branch: str, ref: str, oid: str) -> dict[str, Any]:
        repo = {"id": 7, "name": "news", "full_name": REPOSITORY}
        return {"label": branch, "ref": ref, "sha": oid, "repo_id": 7, "repo": repo}


def _user(name: str) -> dict[str, Any]:
    return {"id": 1, "login": name, "full_name": "", "email": f"{name}@example.invalid"}


def _label(name: str, number: int) -> dict[str, Any]:
    return {"id": number, "name": name, "color": "ededed", "description": "", "url": ""}


def _review(name: str, state: str) -> dict[str, Any]:
    return {"id": 1, "state": state, "user": _user(name), "team": None}
