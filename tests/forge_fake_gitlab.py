"""A GitLab of our own over a bare repository: it keeps state, and people act on it.

Only what this program uses of GitLab is there, and that behaves as GitLab does: drafts
are told by the title, lists of people are set whole, a merge request of nothing may be
opened, and what goes wrong is told in the language of the account.
"""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from forge_fake import BOT, TOKEN, Exchange, FakePull, ForgeFake, Judge

REPOSITORY = "newsroom/desk/news"
API = "/api/v4"
WHEN = "2026-11-23T00:30:00.000Z"
DRAFT = re.compile(r"(?i)^(?:(?:\[draft\]|\(draft\)|draft:)\s*)+")

Answer = tuple[int, Any, dict[str, str]]


class GitLabFake(ForgeFake):
    """Project ``newsroom/desk/news`` on GitLab."""

    def __init__(self, repository: Path, judge: Judge | None = None) -> None:
        super().__init__(repository, judge)
        #: State of the pipeline of each merge request; "" for none.
        self.pipeline = "running"
        #: Whether there may be one assignee and one reviewer only.
        self.one_each = False
        self.may_merge = True

    def answer(self, exchange: Exchange) -> Answer:
        headers = {name.lower(): value for name, value in exchange.headers.items()}
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {"message": "401 Unauthorized"}, {}
        self.sync()
        at = f"{API}/projects/{REPOSITORY.replace('/', '%2F')}"
        for method, pattern, act in (
            ("GET", f"{at}/merge_requests", self._list),
            ("POST", f"{at}/merge_requests", self._create),
            ("GET", f"{at}/merge_requests/(\\d+)", self._show),
            ("PUT", f"{at}/merge_requests/(\\d+)", self._edit),
            ("PUT", f"{at}/merge_requests/(\\d+)/merge", self._accept),
            ("GET", f"{at}/merge_requests/(\\d+)/diffs", self._diffs),
            ("GET", f"{at}/repository/compare", self._compare),
            ("GET", f"{at}/repository/files/([^/]+)", self._file),
            ("GET", f"{API}/users", self._users),
        ):
            found = re.fullmatch(pattern, exchange.path)
            if found and method == exchange.method:
                if found.groups() and found[1].isdecimal():
                    if int(found[1]) > len(self.pulls):
                        break
                    return act(exchange, self.pulls[int(found[1]) - 1])  # type: ignore[operator]
                return act(exchange, *found.groups())  # type: ignore[operator]
        return 404, {"message": "404 Project Not Found"}, {}

    # --- looking ----------------------------------------------------------------------

    def _list(self, exchange: Exchange) -> Answer:
        query = exchange.query
        found = [
            self.condensed(pull)
            for pull in reversed(self.pulls)
            if pull.branch == query.get("source_branch", pull.branch)
            and pull.base == query.get("target_branch", pull.base)
            and _state(pull) == query.get("state", _state(pull))
        ]
        return self.paged(found, exchange)

    def _show(self, exchange: Exchange, pull: FakePull) -> Answer:
        return 200, self.expanded(pull), {}

    def _diffs(self, exchange: Exchange, pull: FakePull) -> Answer:
        return self.paged(self.diffs(pull.fork, pull.head), exchange)

    def diffs(self, old: str, new: str) -> list[dict[str, Any]]:
        return [
            {
                "old_path": paths[0],
                "new_path": paths[-1],
                "a_mode": "0" if status == "A" else "100644",
                "b_mode": "0" if status == "D" else "100644",
                "new_file": status == "A",
                "renamed_file": status == "R",
                "deleted_file": status == "D",
                "diff": "",
            }
            for status, _, _, paths in self.changes(old, new)
        ]

    def _compare(self, exchange: Exchange) -> Answer:
        tips = [self.tip(exchange.query[side]) for side in ("from", "to")]
        if not all(tips):
            return 404, {"message": "404 Ref Not Found"}, {}
        ids = self.git("rev-list", "--reverse", f"{tips[0]}..{tips[1]}").split()
        commits = [_commit(one) for one in ids]
        answer = {
            "commit": _commit(tips[1]),
            "commits": commits,
            "diffs": self.diffs(self._fork(exchange.query["from"], tips[1]), tips[1]),
            "compare_timeout": False,
            "compare_same_ref": tips[0] == tips[1],
        }
        return 200, answer, {}

    def _file(self, exchange: Exchange, quoted: str) -> Answer:
        path, ref = unquote(quoted), exchange.query["ref"]
        found = self.git("ls-tree", ref, "--", path)
        if not found:
            return 404, {"message": "404 File Not Found"}, {}
        blob = found.split()[2]
        text = self.git("cat-file", "blob", blob).encode()
        answer = {
            "file_name": path.rpartition("/")[2],
            "file_path": path,
            "size": len(text),
            "encoding": "base64",
            "content": base64.b64encode(text).decode(),
            "content_sha256": hashlib.sha256(text).hexdigest(),
            "ref": ref,
            "blob_id": blob,
            "commit_id": ref,
            "last_commit_id": ref,
        }
        return 200, answer, {}

    def _users(self, exchange: Exchange) -> Answer:
        wanted = exchange.query["username"].lower()
        found = [self.user(name) for name in sorted(self.accounts) if name == wanted]
        return self.paged(found, exchange)

    # --- writing ----------------------------------------------------------------------

    def _create(self, exchange: Exchange) -> Answer:
        wanted = exchange.body
        branch, base = wanted["source_branch"], wanted["target_branch"]
        if not self.may_create:
            return 403, {"message": "403 Forbidden"}, {}
        if any(p.branch == branch and p.base == base for p in self.open_pulls()):
            message = "이 소스 브랜치에 대한 다른 병합 요청이 이미 열려 있습니다"
            return 409, {"message": [message]}, {}
        tip = self.tip(branch)
        if not tip:
            return 400, {"message": {"source_branch": ["does not exist"]}}, {}
        pull = FakePull(
            len(self.pulls) + 1, branch, base, "", "", tip, fork=self._fork(base, tip)
        )
        self._entitle(pull, wanted)
        self.pulls.append(pull)
        return 201, self.expanded(pull), {}

    def _edit(self, exchange: Exchange, pull: FakePull) -> Answer:
        wanted = exchange.body
        self._entitle(pull, wanted)
        if wanted.get("state_event") == "close":
            pull.state = "closed"
        for name in filter(None, wanted.get("add_labels", "").split(",")):
            if name not in pull.labels:
                pull.labels.append(name)
        if "assignee_ids" in wanted:
            pull.assignees = self._people(wanted["assignee_ids"])
        if "reviewer_ids" in wanted:
            people = self._people(wanted["reviewer_ids"])
            self.pings += [name for name in people if name not in pull.reviewers]
            pull.reviewers = people
        return 200, self.expanded(pull), {}

    def _entitle(self, pull: FakePull, wanted: dict[str, Any]) -> None:
        """Take title and description; the mark of a draft is part of the title."""
        if "title" in wanted:
            pull.draft = bool(DRAFT.match(wanted["title"]))
            pull.title = DRAFT.sub("", wanted["title"])
        pull.body = wanted.get("description", pull.body)
        assert len(pull.body.encode()) <= 1_000_000

    def _people(self, ids: list[int]) -> list[str]:
        names = [name for one in ids for name in self.accounts if _id(name) == one]
        return names[:1] if self.one_each else names

    def _accept(self, exchange: Exchange, pull: FakePull) -> Answer:
        """Merge once the pipeline passes; some versions merge at once without one."""
        wanted = exchange.body
        if not self.may_merge:
            return 401, {"message": "401 Unauthorized"}, {}
        assert self.pipeline, "this would merge at once"
        assert wanted["auto_merge"], "this would merge at once"
        if not self.allows_auto_merge:
            return 405, {"message": "405 Method Not Allowed"}, {}
        if wanted["sha"] != pull.head:
            message = "SHA does not match HEAD of source branch"
            return 409, {"message": message}, {}
        pull.auto_merge = "squash" if wanted["squash"] else "merge"
        return 200, self.expanded(pull), {}

    # --- shapes -----------------------------------------------------------------------

    def user(self, name: str) -> dict[str, Any]:
        return {
            "id": _id(name),
            "name": name,
            "username": name,
            "state": "active",
            "avatar_url": "https://gitlab.com/uploads/x.png",
            "web_url": f"https://gitlab.com/{name}",
        }

    def condensed(self, pull: FakePull) -> dict[str, Any]:
        """Return a merge request as lists have it."""
        merged = WHEN if pull.merged else None
        closed = WHEN if _state(pull) == "closed" else None
        short = f"!{pull.number}"
        assignees = [self.user(name) for name in pull.assignees]
        return {
            "id": 1000 + pull.number,
            "iid": pull.number,
            "project_id": 7,
            "title": "Draft: " * pull.draft + pull.title,
            "description": pull.body or None,
            "state": _state(pull),
            "created_at": WHEN,
            "updated_at": WHEN,
            "web_url": f"https://gitlab.com/{REPOSITORY}/-/merge_requests/{pull.number}",
            "merged_by": self.user("editor") if merged else None,
            "merged_at": merged,
            "closed_by": self.user("editor") if closed else None,
            "closed_at": closed,
            "target_branch": pull.base,
            "source_branch": pull.branch,
            "user_notes_count": 0,
            "upvotes": 0,
            "downvotes": 0,
            "author": self.user(BOT),
            "assignees": assignees,
            "assignee": assignees[0] if assignees else None,
            "reviewers": [self.user(name) for name in pull.reviewers],
            "source_project_id": 7,
            "target_project_id": 7,
            "labels": list(pull.labels),
            "draft": pull.draft,
            "work_in_progress": pull.draft,
            "milestone": None,
            "merge_when_pipeline_succeeds": bool(pull.auto_merge),
            "merge_status": "can_be_merged",
            "detailed_merge_status": "ci_still_running",
            "sha": pull.head,
            "merge_commit_sha": None,
            "squash_commit_sha": None,
            "discussion_locked": None,
            "should_remove_source_branch": None,
            "force_remove_source_branch": False,
            "reference": short,
            "references": {"short": short, "relative": short, "full": short},
            "time_stats": {
                "time_estimate": 0,
                "total_time_spent": 0,
                "human_time_estimate": None,
                "human_total_time_spent": None,
            },
            "squash": False,
            "task_completion_status": {"count": 0, "completed_count": 0},
            "prepared_at": WHEN,
            "has_conflicts": False,
            "blocking_discussions_resolved": True,
            "approvals_before_merge": None,
        }

    def expanded(self, pull: FakePull) -> dict[str, Any]:
        """Return a merge request as it is shown alone."""
        pipeline = self._pipeline(pull) if self.pipeline else None
        return self.condensed(pull) | {
            "subscribed": True,
            "changes_count": "1",
            "latest_build_started_at": None,
            "latest_build_finished_at": None,
            "first_deployed_to_production_at": None,
            "pipeline": None,
            "head_pipeline": pipeline,
            "diff_refs": {
                "base_sha": pull.fork,
                "head_sha": pull.head,
                "start_sha": pull.fork,
            },
            "merge_error": None,
            "first_contribution": False,
            "user": {"can_merge": True},
        }

    def _pipeline(self, pull: FakePull) -> dict[str, Any]:
        words = ("icon", "text", "label", "group", "tooltip", "details_path", "favicon")
        return {
            "id": 1,
            "iid": 1,
            "project_id": 7,
            "sha": pull.head,
            "ref": pull.branch,
            "status": self.pipeline,
            "source": "push",
            "created_at": WHEN,
            "updated_at": WHEN,
            "web_url": f"https://gitlab.com/{REPOSITORY}/-/pipelines/1",
            "before_sha": "0" * 40,
            "tag": False,
            "user": self.user(BOT),
            "started_at": WHEN,
            "finished_at": WHEN,
            "duration": 1,
            "detailed_status": {"has_details": True, **dict.fromkeys(words, "x")},
        }


def _state(pull: FakePull) -> str:
    if pull.merged:
        return "merged"
    return "opened" if pull.state == "open" else "closed"


def _id(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest()[:6], 16)


def _commit(oid: str) -> dict[str, Any]:
    return {
        "id": oid,
        "short_id": oid[:8],
        "title": "news",
        "author_email": "bot@example.invalid",
        "author_name": "보도자료 bot",
        "created_at": WHEN,
    }
