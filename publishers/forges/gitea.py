"""Gitea and Forgejo, which is codeberg.org too, by the REST API they share.

Source: the OpenAPI descriptions of both and Gitea's own code (October 2026); the tests
hold every request and answer against clients made from those descriptions.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from publishers.forges import ForgeDownError, Wishes
from publishers.forges._answers import Reply
from publishers.forges._client import Client
from publishers.forges._drafts import DraftMark
from publishers.forges._gitea_wishes import PAUSES, Asking
from publishers.forges._pages import numbered_pages
from publishers.forges._refusals import may_not_open, not_listed
from publishers.pulls import File, Pull, State
from scraper.errors import RefusedError

#: What requests carry besides the token.
HEADERS = {"Accept": "application/json"}
#: How the token is sent.
AUTH_HEADER = ("Authorization", "token {token}")
#: Items of a page; most servers give no more.
PAGE = 50
#: Pages of pull requests at most; of all there ever were, whoever opened them.
MOST_PAGES = 1_000

_MARK = DraftMark("WIP: ", r"\[wip\]|wip:")
_MAY_WRITE = (
    "the token needs the permissions repository: read and write, and issue: read and "
    "write (write:repository, write:issue), and its account write access"
)


def api_url_of(place: str) -> str:
    """Return the address of the API of Gitea at ``scheme://host``.

    >>> api_url_of("https://codeberg.org")
    'https://codeberg.org/api/v1'
    """
    return f"{place}/api/v1"


class Gitea:
    """One repository on Gitea or Forgejo; a :class:`publishers.forges.Forge`."""

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
            client: Made for ``api_url`` with :data:`HEADERS` and :data:`AUTH_HEADER`.
            api_url: As of :func:`api_url_of`, or the operator's own.
            repository: ``owner/name``.
            base: The branch that pull requests go to.
            sleep: Waits some seconds.
        """
        self._client = client
        self._web = api_url.rstrip("/").removesuffix("/api/v1")
        self._repository = repository
        self._base = base
        self._sleep = sleep
        self._at = f"/repos/{quote(repository)}"
        #: Ended pull requests of the repository as last listed, by number.
        self._ended: dict[int, Mapping[str, Any]] = {}
        #: The commits that pull requests ended with, by number and last change.
        self._heads: dict[tuple[int, str], str] = {}

    # --- looking --------------------------------------------------------------------

    def pulls(self, branch: str) -> list[Pull]:
        """Return all pull requests from ``branch`` to base, newest first.

        Of merged ones, only the newest has a head.
        """
        found = [item for item in self._all() if self._is_ours(item, branch)]
        found.sort(key=lambda item: int(item["number"]), reverse=True)
        return [self._pull(item, newest=item is found[0]) for item in found]

    def files(self, pull: Pull) -> list[File]:
        """Return what a pull request changes.

        Gitea names no blobs: they are asked for where it matters, which is what a
        declined pull request would have changed.

        Raises:
            ForgeDownError: it has not noticed the last push yet.
        """
        if pull.state == "open":
            self._await_notice(pull)
        files: list[File] = []
        where = f"{self._one(pull)}/files"
        for item in numbered_pages(self._client, where, {"limit": PAGE}):
            path, status = str(item["filename"]), item["status"]
            changed = status not in ("added", "deleted") and pull.state == "closed"
            oid = self._blob(pull, path) if changed else ""
            files.append(File(path, oid, removed=status == "deleted"))
            if status == "renamed":
                files.append(File(str(item["previous_filename"]), removed=True))
        return files

    def compare_url(self, branch: str) -> str:
        """Return the page where a person can open the pull request by hand."""
        span = f"{quote(self._base)}...{quote(branch)}"
        return f"{self._web}/{self._repository}/compare/{span}"

    # --- writing --------------------------------------------------------------------

    def open(self, branch: str, title: str, body: str, *, draft: bool) -> Pull | None:
        """Open a pull request and return it; ``None`` if there is nothing to merge."""
        if self._has_all_of(branch):
            return None
        wanted = {
            "head": branch,
            "base": self._base,
            "title": _MARK.put(title, draft=draft),
            "body": body,
        }

        def landed() -> Pull | None:
            there = (item for item in self._listed("open"))
            found = (self._pull(one) for one in there if self._is_ours(one, branch))
            return next(found, None)

        reply = self._client.send("POST", f"{self._at}/pulls", wanted, landed=landed)
        if isinstance(reply.json, Pull):  # the answer to it was lost
            return reply.json
        if reply.ok:
            return self._pull(reply.json)
        if reply.status == 409:
            if there := landed():
                return there
            raise not_listed(self._name, branch)
        raise self._may_not_open(branch, reply)

    def edit(self, pull: Pull, *, title: str | None = None, body: str | None) -> None:
        """Give a pull request a title or a body; ``None`` leaves it."""
        marked = None if title is None else _MARK.put(title, draft=pull.draft)
        new = {"title": marked, "body": body}
        self._patch(
            pull, {name: text for name, text in new.items() if text is not None}
        )

    def close(self, pull: Pull, *, body: str) -> None:
        """Close a pull request without a merge, with a last body."""
        self._patch(pull, {"state": "closed", "body": body})

    def redraft(self, pull: Pull) -> None:
        """Make a pull request a draft again."""
        self._patch(pull, {"title": _MARK.put(pull.title, draft=True)})

    def equip(self, pull: Pull, wishes: Wishes) -> list[str]:
        """Ask for what is wished; return what could not be had."""
        asking = Asking(self._client, self._at, self._base, self._sleep)
        return asking.equip(pull, wishes)

    # --- lists ----------------------------------------------------------------------

    def _all(self) -> list[Mapping[str, Any]]:
        """Return all pull requests of the repository, which Gitea cannot sift.

        Of ended ones, only those that changed since the last look are listed.
        """
        opened = {int(item["number"]): item for item in self._listed("open")}
        known = {n: one for n, one in self._ended.items() if n not in opened}
        newest = max(map(_updated, known.values()), default=None)
        for item in self._listed("closed", sort="recentupdate"):
            if newest and _updated(item) < newest:
                break
            known[int(item["number"])] = item
        self._ended = known
        return list((opened | known).values())

    def _listed(self, state: str, **how: str) -> Iterator[Mapping[str, Any]]:
        query: dict[str, str | int] = {"state": state, "limit": PAGE, **how}
        where = f"{self._at}/pulls"
        pages = numbered_pages(self._client, where, query, most=MOST_PAGES)
        return (item for item in pages if item)

    def _is_ours(self, item: Mapping[str, Any], branch: str) -> bool:
        """Say whether it is from a branch of this repository to base.

        The name of a branch is in ``label``: ``ref`` changes when the branch goes.
        """
        head, base = item["head"], item["base"]
        return bool(
            head["label"] == branch
            and base["label"] == self._base
            and head["repo_id"] == base["repo_id"]
        )

    def _pull(self, item: Mapping[str, Any], *, newest: bool = True) -> Pull:
        state: State = "open" if item["state"] == "open" else "closed"
        state = "merged" if item["merged"] else state
        title = str(item["title"])
        needed = newest or state != "merged"
        return Pull(
            number=int(item["number"]),
            state=state,
            title=_MARK.bare(title),
            body=str(item["body"] or ""),
            head=self._head(item, state) if needed else "",
            url=str(item["html_url"]),
            draft=bool(item.get("draft")) or _MARK.is_on(title),
        )

    def _head(self, item: Mapping[str, Any], state: State) -> str:
        """Return the commit that is proposed, or was when it ended.

        Of an ended one, Gitea tells where its branch is now: what it ended with stays
        in a reference of its own.
        """
        if state == "open":
            return str(item["head"]["sha"] or "")
        number = int(item["number"])
        key = (number, str(item["updated_at"]))
        if key not in self._heads:
            self._heads[key] = self._noticed(number)
        return self._heads[key]

    def _noticed(self, number: int) -> str:
        """Return the last commit of a pull request that Gitea took notice of."""
        name = f"pull/{number}/head"
        reply = self._client.send("GET", f"{self._at}/git/refs/{name}")
        self._client.require(reply, f"tell the commit of pull request {number}")
        refs = reply.json if isinstance(reply.json, list) else [reply.json]
        heads = [str(r["object"]["sha"]) for r in refs if r["ref"] == f"refs/{name}"]
        return heads[0] if heads else ""

    def _await_notice(self, pull: Pull) -> None:
        """Wait until Gitea lists what was pushed last; it takes a moment."""
        for pause in PAUSES:
            if pause:
                self._sleep(pause)
            if self._noticed(pull.number) == pull.head:
                return
        raise ForgeDownError(
            f"{self._name} does not list yet what was pushed to pull request "
            f"{pull.number}: try again"
        )

    # --- helpers --------------------------------------------------------------------

    @property
    def _name(self) -> str:
        return f"{urlsplit(self._web).netloc}/{self._repository}"

    def _one(self, pull: Pull) -> str:
        return f"{self._at}/pulls/{pull.number}"

    def _has_all_of(self, branch: str) -> bool:
        """Say whether base has all commits of a branch.

        Gitea would open a pull request of nothing. Where it does not tell, opening
        tells what is wrong.
        """
        span = f"{quote(self._base)}...{quote(branch)}"
        reply = self._client.send("GET", f"{self._at}/compare/{span}")
        return reply.ok and not reply.json["total_commits"]

    def _blob(self, pull: Pull, path: str) -> str:
        """Return the blob a pull request has at a path; "" if it does not tell."""
        where = f"{self._at}/contents/{quote(path)}"
        reply = self._client.send("GET", where, params={"ref": pull.head})
        return str(reply.json["sha"]) if reply.ok else ""

    def _patch(self, pull: Pull, new: Mapping[str, str]) -> None:
        reply = self._client.send("PATCH", self._one(pull), new)
        self._client.require(reply, f"change pull request {pull.number}")

    def _may_not_open(self, branch: str, reply: Reply) -> RefusedError:
        return may_not_open(
            self._name,
            branch,
            status=reply.status,
            said=self._client.redact(reply.message),
            hint=_MAY_WRITE if reply.status in (403, 404) else "",
            by_hand=self.compare_url(branch),
        )


def _updated(item: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(item["updated_at"])
