"""GitLab, gitlab.com and self-managed (15.7 or newer), by its REST API.

Source: GitLab's documentation and its own code (October 2026); the tests hold every
request and answer against a typed client.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from publishers.forges import ForgeDownError, Wishes
from publishers.forges._answers import Reply
from publishers.forges._client import Client
from publishers.forges._drafts import DraftMark
from publishers.forges._gitlab_wishes import Asking
from publishers.forges._pages import numbered_pages
from publishers.forges._refusals import may_not_open, not_listed
from publishers.pulls import File, Pull, State
from scraper.errors import RefusedError

#: What requests carry besides the token.
HEADERS = {"Accept": "application/json"}
#: What else may be wrong with a token that is not accepted.
REFUSED_HINT = (
    "a job token (CI_JOB_TOKEN) cannot open merge requests: use an access token of the "
    "project with the scope api and the role Developer"
)
#: Items of a page; as many as there may be.
PAGE = 100
_MARK = DraftMark("Draft: ", r"\[draft\]|\(draft\)|draft:")
_SCOPE = "the token needs the scope api"
_ROLE = (
    "the token needs the role Developer in the project, whose merge requests must be "
    "switched on in Settings > General > Visibility"
)


def api_url_of(place: str) -> str:
    """Return the address of the API of GitLab at ``scheme://host``.

    >>> api_url_of("https://gitlab.com")
    'https://gitlab.com/api/v4'
    """
    return f"{place}/api/v4"


class GitLab:
    """One project on GitLab; a :class:`publishers.forges.Forge`."""

    def __init__(
        self,
        client: Client,
        api_url: str,
        repository: str,
        *,
        base: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Ask nothing yet.

        Args:
            client: Made for ``api_url`` with :data:`HEADERS` and :data:`REFUSED_HINT`.
            api_url: As of :func:`api_url_of`, or the operator's own.
            repository: ``group/name``, or ``group/below/name``.
            base: The branch that merge requests go to.
            sleep: Waits some seconds.
        """
        self._client = client
        self._web = api_url.rstrip("/").removesuffix("/api/v4")
        self._repository = repository
        self._base = base
        self._sleep = sleep
        self._at = f"/projects/{quote(repository, safe='')}"

    # --- looking --------------------------------------------------------------------

    def pulls(self, branch: str) -> list[Pull]:
        """Return all merge requests from ``branch`` to base, newest first."""
        found = self._list(branch)
        return sorted(found, key=lambda pull: pull.number, reverse=True)

    def files(self, pull: Pull) -> list[File]:
        """Return what a merge request changes.

        Of an open one, GitLab lists that some seconds after a push only: the branches
        are compared instead. It names no blobs: they are asked for where it matters,
        which is what a declined merge request would have changed.
        """
        is_open = pull.state == "open"
        files: list[File] = []
        for item in self._compared(pull) if is_open else self._listed(pull):
            path, removed = str(item["new_path"]), bool(item["deleted_file"])
            changed = not (is_open or item["new_file"] or removed)
            oid = self._blob(pull, path) if changed else ""
            files.append(File(path, oid, removed))
            if item["renamed_file"]:
                files.append(File(str(item["old_path"]), removed=True))
        return files

    def compare_url(self, branch: str) -> str:
        """Return the page where a person can open the merge request by hand."""
        query = urlencode(
            {
                "merge_request[source_branch]": branch,
                "merge_request[target_branch]": self._base,
            }
        )
        return f"{self._web}/{self._repository}/-/merge_requests/new?{query}"

    # --- writing --------------------------------------------------------------------

    def open(self, branch: str, title: str, body: str, *, draft: bool) -> Pull | None:
        """Open a merge request and return it; ``None`` if there is nothing to merge."""
        if self._has_all_of(branch):
            return None
        wanted = {
            "source_branch": branch,
            "target_branch": self._base,
            "title": _MARK.put(title, draft=draft),
            "description": body,
        }

        def landed() -> Pull | None:
            return next(iter(self._list(branch, "opened")), None)

        where = f"{self._at}/merge_requests"
        reply = self._client.send("POST", where, wanted, landed=landed)
        if isinstance(reply.json, Pull):  # the answer to it was lost
            return reply.json
        if reply.ok:
            return _pull(reply.json)
        if reply.status == 409:  # its words are in the language of the account
            if there := landed():
                return there
            raise not_listed(self._name, branch)
        raise self._may_not_open(branch, reply)

    def edit(self, pull: Pull, *, title: str | None = None, body: str | None) -> None:
        """Give a merge request a title or a body; ``None`` leaves it."""
        marked = None if title is None else _MARK.put(title, draft=pull.draft)
        new = {"title": marked, "description": body}
        self._put(pull, {name: text for name, text in new.items() if text is not None})

    def close(self, pull: Pull, *, body: str) -> None:
        """Close a merge request without a merge, with a last body."""
        self._put(pull, {"state_event": "close", "description": body})

    def redraft(self, pull: Pull) -> None:
        """Make a merge request a draft again."""
        self._put(pull, {"title": _MARK.put(pull.title, draft=True)})

    def equip(self, pull: Pull, wishes: Wishes) -> list[str]:
        """Ask for what is wished; return what could not be had."""
        asking = Asking(self._client, self._one(pull), self._base, self._sleep)
        return asking.equip(wishes)

    # --- helpers --------------------------------------------------------------------

    @property
    def _name(self) -> str:
        return f"{urlsplit(self._web).netloc}/{self._repository}"

    def _one(self, pull: Pull) -> str:
        return f"{self._at}/merge_requests/{pull.number}"

    def _list(self, branch: str, state: str = "") -> list[Pull]:
        query: dict[str, str | int] = {
            "source_branch": branch,
            "target_branch": self._base,
            "per_page": PAGE,
            **({"state": state} if state else {}),
        }
        where = f"{self._at}/merge_requests"
        return [
            _pull(item)
            for item in numbered_pages(self._client, where, query)
            if item["source_branch"] == branch
            and item["target_branch"] == self._base
            and item["source_project_id"] == item["target_project_id"]
        ]

    def _listed(self, pull: Pull) -> Iterator[Mapping[str, Any]]:
        where = f"{self._one(pull)}/diffs"
        return numbered_pages(self._client, where, {"per_page": PAGE})

    def _compared(self, pull: Pull) -> Sequence[Mapping[str, Any]]:
        reply = self._compare(pull.key)
        self._client.require(reply, f"compare {self._base} with {pull.key}")
        if reply.json["compare_timeout"]:
            raise ForgeDownError(f"{self._name} takes too long to compare branches")
        return list(reply.json["diffs"])

    def _compare(self, branch: str) -> Reply:
        """Compare a branch with where it left base."""
        query = {"from": self._base, "to": branch}
        return self._client.send("GET", f"{self._at}/repository/compare", params=query)

    def _has_all_of(self, branch: str) -> bool:
        """Say whether base has all commits of a branch.

        GitLab would open a merge request of nothing. Where it does not tell, opening
        tells what is wrong.
        """
        reply = self._compare(branch)
        return reply.ok and not reply.json["commits"]

    def _blob(self, pull: Pull, path: str) -> str:
        """Return the blob a merge request has at a path; "" if it does not tell."""
        where = f"{self._at}/repository/files/{quote(path, safe='')}"
        reply = self._client.send("GET", where, params={"ref": pull.head})
        return str(reply.json["blob_id"]) if reply.ok else ""

    def _put(self, pull: Pull, new: Mapping[str, str]) -> None:
        reply = self._client.send("PUT", self._one(pull), new)
        self._client.require(reply, f"change merge request {pull.number}")

    def _may_not_open(self, branch: str, reply: Reply) -> RefusedError:
        hint = {403: _ROLE, 404: f"{_SCOPE}; {_ROLE}"}.get(reply.status, "")
        words = reply.json if isinstance(reply.json, dict) else {}
        if words.get("error") == "insufficient_scope":
            hint = _SCOPE
        return may_not_open(
            self._name,
            branch,
            status=reply.status,
            said=self._client.redact(reply.message),
            hint=hint,
            by_hand=self.compare_url(branch),
        )


def _pull(item: Mapping[str, Any]) -> Pull:
    # ``locked`` is one that is being merged.
    states: Mapping[str, State] = {"closed": "closed", "merged": "merged"}
    title = str(item["title"])
    return Pull(
        number=int(item["iid"]),
        state=states.get(item["state"], "open"),
        title=_MARK.bare(title),
        body=str(item["description"] or ""),
        head=str(item["sha"] or ""),
        url=str(item["web_url"]),
        draft=_MARK.is_on(title),
        key=str(item["source_branch"]),
    )
