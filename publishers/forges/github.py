"""GitHub, github.com and Enterprise Server: REST, and GraphQL where there is no REST.

Source: GitHub's OpenAPI description and GraphQL schema; the tests hold every request
against them.
"""

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from publishers.forges import Wishes
from publishers.forges._answers import Reply
from publishers.forges._client import Client, not_landed
from publishers.forges._refusals import not_listed
from publishers.pulls import File, Pull, State
from scraper.errors import RefusedError

logger = logging.getLogger(__name__)

#: What requests carry besides the token.
HEADERS = {
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
}
#: Items of a page; as many as there may be.
PAGE = 100

_MAY_CREATE = (
    "tick Settings > Actions > General > Allow GitHub Actions to create and approve "
    "pull requests (of the organization too), or use a token of an account or app"
)
_MAY_WRITE = "the token needs the permission Pull requests: write"
_AUTO_MERGE = """
mutation($id: ID!, $method: PullRequestMergeMethod!) {
  enablePullRequestAutoMerge(input: {pullRequestId: $id, mergeMethod: $method}) {
    clientMutationId
  }
}"""
_DRAFT = """
mutation($id: ID!) {
  convertPullRequestToDraft(input: {pullRequestId: $id}) { clientMutationId }
}"""


def api_url_of(host: str) -> str:
    """Return the address of the API of GitHub on a host.

    >>> api_url_of("github.com"), api_url_of("git.example.go.kr")
    ('https://api.github.com', 'https://git.example.go.kr/api/v3')
    >>> api_url_of("news.ghe.com")
    'https://api.news.ghe.com'
    """
    if host == "github.com" or host.endswith(".ghe.com"):
        return f"https://api.{host}"
    return f"https://{host}/api/v3"


class GitHub:
    """One repository on GitHub; a :class:`publishers.forges.Forge`."""

    def __init__(
        self, client: Client, api_url: str, repository: str, *, base: str
    ) -> None:
        """Ask nothing yet.

        Args:
            client: Made for ``api_url`` with :data:`HEADERS`.
            api_url: As of :func:`api_url_of`, or the operator's own.
            repository: ``owner/name``.
            base: The branch that pull requests go to.
        """
        self._client = client
        self._api_url = api_url.rstrip("/")
        self._repository = repository
        self._owner = repository.partition("/")[0]
        self._base = base
        self._at = f"/repos/{quote(repository)}"

    # --- looking --------------------------------------------------------------------

    def pulls(self, branch: str) -> list[Pull]:
        """Return all pull requests from ``branch`` to base, newest first."""
        found = self._list(branch, "all")
        return sorted(found, key=lambda pull: pull.number, reverse=True)

    def files(self, pull: Pull) -> list[File]:
        """Return what a pull request changes; GitHub lists 3,000 files at most."""
        where = f"{self._at}/pulls/{pull.number}/files"
        files: list[File] = []
        for item in self._client.pages(where, {"per_page": PAGE}):
            removed = item["status"] == "removed"
            oid = "" if removed else str(item["sha"] or "")
            files.append(File(str(item["filename"]), oid, removed))
            if item["status"] == "renamed":
                files.append(File(str(item["previous_filename"]), removed=True))
        return files

    def compare_url(self, branch: str) -> str:
        """Return the page where a person can open the pull request by hand."""
        span = f"{quote(self._base)}...{quote(branch)}"
        return f"{self._web}/{self._repository}/compare/{span}?expand=1"

    # --- writing --------------------------------------------------------------------

    def open(self, branch: str, title: str, body: str, *, draft: bool) -> Pull | None:
        """Open a pull request and return it; ``None`` if there is nothing to merge."""
        wanted = {
            "title": title,
            "head": branch,
            "base": self._base,
            "body": body,
            "draft": draft,
        }

        def landed() -> Pull | None:
            return next(iter(self._list(branch, "open")), None)

        reply = self._client.send("POST", f"{self._at}/pulls", wanted, landed=landed)
        if isinstance(reply.json, Pull):  # the answer to it was lost
            return reply.json
        if reply.ok:
            return _pull(reply.json)
        said = reply.message
        if reply.status == 422 and "No commits between" in said:
            return None
        if reply.status == 422 and "already exists" in said:
            return self._the_open_one(branch)
        if reply.status == 422 and draft and "raft" in said:
            logger.warning("no drafts here, so it is none repository=%s", self._name)
            return self.open(branch, title, body, draft=False)
        raise self._may_not_open(branch, reply)

    def edit(self, pull: Pull, *, title: str | None = None, body: str | None) -> None:
        """Give a pull request a title or a body; ``None`` leaves it."""
        new = {"title": title, "body": body}
        self._patch(
            pull, {name: text for name, text in new.items() if text is not None}
        )

    def close(self, pull: Pull, *, body: str) -> None:
        """Close a pull request without a merge, with a last body."""
        self._patch(pull, {"state": "closed", "body": body})

    def redraft(self, pull: Pull) -> None:
        """Make a pull request a draft again."""
        if trouble := self._mutate(_DRAFT, {"id": pull.key}):
            raise RefusedError(
                f"{self._name}#{pull.number} cannot be a draft: {trouble}"
            )

    def equip(self, pull: Pull, wishes: Wishes) -> list[str]:
        """Ask for what is wished; return what could not be had."""
        issue = f"{self._at}/issues/{pull.number}"
        review = f"{self._at}/pulls/{pull.number}/requested_reviewers"
        teams = [name.partition("/")[2] for name in wishes.reviewers if "/" in name]
        people = [name for name in wishes.reviewers if "/" not in name]
        troubles = []
        for name, where, wanted in (
            ("labels", f"{issue}/labels", {"labels": list(wishes.labels)}),
            ("assignees", f"{issue}/assignees", {"assignees": list(wishes.assignees)}),
            ("reviewers", review, {"reviewers": people, "team_reviewers": teams}),
        ):
            if not any(wanted.values()):
                continue
            reply = self._client.send("POST", where, wanted, landed=not_landed)
            if not reply.ok:
                said = self._client.redact(reply.message)
                troubles.append(f"{name} not added ({reply.status}: {said})")
        return troubles + self._ask_auto_merge(pull, wishes)

    def _ask_auto_merge(self, pull: Pull, wishes: Wishes) -> list[str]:
        if not wishes.auto_merge:
            return []
        what = {"id": pull.key, "method": wishes.auto_merge.upper()}
        if not (trouble := self._mutate(_AUTO_MERGE, what)):
            return []
        return [
            f"no auto-merge ({trouble}): it needs Settings > General > Allow "
            "auto-merge, and a rule on the base branch that a merge must wait for"
        ]

    # --- helpers --------------------------------------------------------------------

    @property
    def _name(self) -> str:
        return f"{self._client.host}/{self._repository}"

    @property
    def _web(self) -> str:
        """Return the address people use, without a slash at its end."""
        parts = urlsplit(self._api_url)
        host = parts.netloc.removeprefix("api.")
        return f"{parts.scheme}://{host}{parts.path.removesuffix('/api/v3')}"

    @property
    def _graphql(self) -> str:
        if self._api_url.endswith("/api/v3"):
            return self._api_url.removesuffix("v3") + "graphql"
        return self._api_url + "/graphql"

    def _list(self, branch: str, state: str) -> list[Pull]:
        """List pull requests; GitHub ignores a ``head`` it does not like."""
        query: dict[str, str | int] = {
            "state": state,
            "head": f"{self._owner}:{branch}",
            "base": self._base,
            "per_page": PAGE,
        }
        return [
            _pull(item)
            for item in self._client.pages(f"{self._at}/pulls", query)
            if item["head"]["ref"] == branch
            and item["base"]["ref"] == self._base
            and self._is_here(item["head"]["repo"])
        ]

    def _is_here(self, repo: Any) -> bool:
        """Say whether it is this repository; a fork that is gone is ``None``."""
        return bool(repo) and repo["full_name"].lower() == self._repository.lower()

    def _the_open_one(self, branch: str) -> Pull:
        found = self._list(branch, "open")
        if not found:
            raise not_listed(self._name, branch)
        return found[0]

    def _patch(self, pull: Pull, new: Mapping[str, str]) -> None:
        where = f"{self._at}/pulls/{pull.number}"
        reply = self._client.send("PATCH", where, new)
        self._client.require(reply, f"change pull request {pull.number}")

    def _mutate(self, query: str, variables: Mapping[str, str]) -> str:
        """Run a mutation; return why it failed, "" if it did not."""
        what = {"query": query, "variables": variables}
        reply = self._client.send("POST", self._graphql, what, landed=not_landed)
        errors = reply.json.get("errors") if isinstance(reply.json, dict) else None
        if reply.ok and not errors:
            return ""
        return self._client.redact(reply.message) or f"status {reply.status}"

    def _may_not_open(self, branch: str, reply: Reply) -> RefusedError:
        """Return what a person must do so that pull requests can be opened."""
        said = self._client.redact(reply.message)
        hint = ""
        if "not permitted to create" in said:
            hint = _MAY_CREATE
        elif "not accessible by" in said or reply.status == 404:
            hint = _MAY_WRITE
        elif "SAML" in said or "x-github-sso" in reply.headers:
            hint = "authorize the token for the organization's single sign-on"
        words = [
            f"{self._name} opens no pull request ({reply.status}: {said})",
            *([hint] if hint else []),
            f"the branch {branch} is pushed, open it there by hand: "
            + self.compare_url(branch),
        ]
        return RefusedError("; ".join(words))


def _pull(item: Mapping[str, Any]) -> Pull:
    state: State = "open" if item["state"] == "open" else "closed"
    return Pull(
        number=int(item["number"]),
        state="merged" if item["merged_at"] else state,
        title=str(item["title"]),
        body=str(item["body"] or ""),
        head=str(item["head"]["sha"]),
        url=str(item["html_url"]),
        draft=bool(item.get("draft")),
        key=str(item["node_id"]),
    )
