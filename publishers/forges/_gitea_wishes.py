"""What a new pull request on Gitea is given: labels, people, a merge by itself."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from publishers.forges import Wishes
from publishers.forges._answers import Reply
from publishers.forges._client import Client, not_landed
from publishers.forges._pages import numbered_pages
from publishers.pulls import Pull
from scraper.errors import RefusedError

#: Items of a page; most servers give no more.
PAGE = 50
#: Color of a label that we make.
COLOR = "#ededed"
#: Seconds before each try of what Gitea does some seconds after a push only: list what
#: it changed, and look for conflicts, before which no merge can be scheduled.
PAUSES = (0.0, 2.0, 5.0, 10.0)


class Asking:
    """Asks for wishes, in the repository at ``at`` below the API's address."""

    def __init__(
        self, client: Client, at: str, base: str, sleep: Callable[[float], None]
    ) -> None:
        self._client = client
        self._at = at
        self._base = base
        self._sleep = sleep

    def equip(self, pull: Pull, wishes: Wishes) -> list[str]:
        """Ask for what is wished; return what could not be had."""
        return [
            *(self._add_labels(pull, wishes) if wishes.labels else ()),
            *(self._assign(pull, wishes) if wishes.assignees else ()),
            *(self._ask_reviews(pull, wishes) if wishes.reviewers else ()),
            *(self._ask_auto_merge(pull, wishes) if wishes.auto_merge else ()),
        ]

    def _add_labels(self, pull: Pull, wishes: Wishes) -> list[str]:
        """Add labels, which go by number; one that is not there yet is made."""
        ids, troubles, known = [], [], self._labels()
        for name in dict.fromkeys(wishes.labels):
            if name not in known:
                reply = self._make_label(name)
                if not reply.ok:
                    troubles.append(self._not_added(f"label {name}", reply))
                    continue
                known[name] = int(reply.json["id"])
            ids.append(known[name])
        if ids:
            where = f"{self._at}/issues/{pull.number}/labels"
            reply = self._client.send("POST", where, {"labels": ids}, landed=not_landed)
            troubles += [] if reply.ok else [self._not_added("labels", reply)]
        return troubles

    def _labels(self) -> dict[str, int]:
        """Return the labels of the repository and of its organization."""
        owner = self._at.split("/")[2]
        found: dict[str, int] = {}
        for where in (f"/orgs/{owner}/labels", f"{self._at}/labels"):
            try:
                pages = numbered_pages(self._client, where, {"limit": PAGE})
                found |= {str(label["name"]): int(label["id"]) for label in pages}
            except RefusedError:  # a person has no organization's labels
                continue
        return found

    def _make_label(self, name: str) -> Reply:
        def landed() -> dict[str, Any] | None:
            there = self._labels()
            return {"id": there[name]} if name in there else None

        what = {"name": name, "color": COLOR}
        return self._client.send("POST", f"{self._at}/labels", what, landed=landed)

    def _assign(self, pull: Pull, wishes: Wishes) -> list[str]:
        """Add to whoever is there; the list is set, not added to."""
        reply = self._client.send("GET", self._one(pull))
        if reply.ok:
            there = [str(user["login"]) for user in reply.json["assignees"] or ()]
            names = list(dict.fromkeys([*there, *wishes.assignees]))
            if names == there:
                return []
            reply = self._client.send("PATCH", self._one(pull), {"assignees": names})
        return [] if reply.ok else [self._not_added("assignees", reply)]

    def _ask_reviews(self, pull: Pull, wishes: Wishes) -> list[str]:
        """Ask whoever was not asked, and has not reviewed it."""
        where = f"{self._one(pull)}/reviews"
        try:
            reviews = list(numbered_pages(self._client, where, {"limit": PAGE}))
        except RefusedError as error:
            return [f"reviewers not added ({error})"]
        asked = {str(review["user"]["login"]) for review in reviews if review["user"]}
        teams = {str(review["team"]["name"]) for review in reviews if review["team"]}
        names = [name for name in wishes.reviewers if "/" not in name]
        groups = [name.partition("/")[2] for name in wishes.reviewers if "/" in name]
        wanted = {
            "reviewers": [name for name in names if name not in asked],
            "team_reviewers": [name for name in groups if name not in teams],
        }
        if not any(wanted.values()):
            return []
        where = f"{self._one(pull)}/requested_reviewers"
        reply = self._client.send("POST", where, wanted, landed=not_landed)
        return [] if reply.ok else [self._not_added("reviewers", reply)]

    def _ask_auto_merge(self, pull: Pull, wishes: Wishes) -> list[str]:
        """Ask for a merge once all checks have passed, and never for one at once.

        Without a rule that a merge must wait for, Gitea would merge at once.
        """
        where = f"{self._at}/branches/{quote(self._base)}"
        rules = self._client.send("GET", where)
        if not rules.ok or not (
            rules.json.get("enable_status_check")
            or rules.json.get("required_approvals")
        ):
            return [
                f"no auto-merge: it needs a rule for {self._base} in Settings > "
                "Branches that a merge must wait for"
            ]
        what = {
            "Do": wishes.auto_merge,
            "merge_when_checks_succeed": True,
            "head_commit_id": pull.head,
        }
        for pause in PAUSES:
            if pause:
                self._sleep(pause)
            where = f"{self._one(pull)}/merge"
            reply = self._client.send("POST", where, what, landed=not_landed)
            if reply.status != 405:
                break
        if reply.ok or "already scheduled" in reply.message:
            return []
        return [f"no auto-merge ({reply.status}: {self._said(reply)})"]

    def _one(self, pull: Pull) -> str:
        return f"{self._at}/pulls/{pull.number}"

    def _said(self, reply: Reply) -> str:
        return self._client.redact(reply.message)

    def _not_added(self, what: str, reply: Reply) -> str:
        return f"{what} not added ({reply.status}: {self._said(reply)})"
