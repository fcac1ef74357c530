"""What a new merge request on GitLab is given: labels, people, a merge by itself."""

from collections.abc import Callable

from publishers.forges import Wishes
from publishers.forges._answers import Reply
from publishers.forges._client import Client
from scraper.errors import RefusedError

#: Seconds before each look for the pipeline of a new merge request.
PAUSES = (0.0, 2.0, 5.0, 10.0)

#: States of a pipeline that a merge can wait for, or need not wait for any more.
_HOPEFUL = {
    *("created", "waiting_for_resource", "preparing", "pending", "running"),
    *("scheduled", "success"),
}


class Asking:
    """Asks for wishes, for the merge request at ``at`` below the API's address."""

    def __init__(
        self, client: Client, at: str, base: str, sleep: Callable[[float], None]
    ) -> None:
        self._client = client
        self._at = at
        self._base = base
        self._sleep = sleep

    def equip(self, wishes: Wishes) -> list[str]:
        """Ask for what is wished; return what could not be had."""
        troubles = []
        if wishes.labels:
            wanted = {"add_labels": ",".join(wishes.labels)}
            reply = self._client.send("PUT", self._at, wanted)
            troubles += [] if reply.ok else [self._not_added("labels", reply)]
        if wishes.assignees or wishes.reviewers:
            troubles += self._add_people(wishes)
        return troubles + self._ask_auto_merge(wishes)

    # --- people ---------------------------------------------------------------------

    def _add_people(self, wishes: Wishes) -> list[str]:
        """Add to whoever is there; GitLab's lists are set, not added to."""
        reply = self._client.send("GET", self._at)
        if not reply.ok:
            return [self._not_added("assignees, reviewers", reply)]
        troubles = []
        for what, names in (
            ("assignees", wishes.assignees),
            ("reviewers", wishes.reviewers),
        ):
            there = [int(user["id"]) for user in reply.json[what] or ()]
            known = {name: self._account(name) for name in names}
            new = {n: one for n, one in known.items() if one and one not in there}
            missing = [name for name, one in known.items() if not one]
            if new:
                ids = [*there, *new.values()]
                field = f"{what.removesuffix('s')}_ids"
                put = self._client.send("PUT", self._at, {field: ids})
                if not put.ok:
                    troubles.append(self._not_added(what, put))
                    continue
                had = {int(user["id"]) for user in put.json[what] or ()}
                missing += [name for name, one in new.items() if one not in had]
            if missing:
                # Without a license, GitLab takes one of each and drops the rest.
                why = "no such account in the project, or one is the most here"
                troubles.append(f"{what} not added: {', '.join(missing)} ({why})")
        return troubles

    def _account(self, name: str) -> int:
        """Return the number of an account; 0 if there is none of the name."""
        reply = self._client.send("GET", "/users", params={"username": name})
        found = reply.json if reply.ok and isinstance(reply.json, list) else []
        return next((int(user["id"]) for user in found), 0)

    # --- merging by itself ------------------------------------------------------------

    def _ask_auto_merge(self, wishes: Wishes) -> list[str]:
        """Ask for a merge once the pipeline has passed, and never for one at once."""
        if not wishes.auto_merge:
            return []
        if wishes.auto_merge == "rebase":
            return [
                "no auto-merge by rebase: GitLab merges as Settings > Merge requests"
                " of the project says; wish for merge or squash"
            ]
        head = self._head_with_pipeline()
        if not head:
            return ["no auto-merge: no pipeline that a merge could wait for"]
        what = {
            # The first is what newer ones call the second.
            "auto_merge": True,
            "merge_when_pipeline_succeeds": True,
            "sha": head,
            "squash": wishes.auto_merge == "squash",
        }
        try:
            reply = self._client.send("PUT", f"{self._at}/merge", what)
        except RefusedError:  # 401 is how GitLab says it here
            return [f"no auto-merge: the token may not merge into {self._base}"]
        if reply.ok:
            return []
        return [f"no auto-merge ({reply.status}: {self._said(reply)})"]

    def _head_with_pipeline(self) -> str:
        """Return the commit that has a pipeline; "" if none comes.

        Asked without one, some versions would merge at once.
        """
        for pause in PAUSES:
            if pause:
                self._sleep(pause)
            reply = self._client.send("GET", self._at)
            pipeline = reply.json.get("head_pipeline") if reply.ok else None
            if pipeline:
                head = str(reply.json["sha"])
                return head if pipeline["status"] in _HOPEFUL else ""
        return ""

    def _said(self, reply: Reply) -> str:
        return self._client.redact(reply.message)

    def _not_added(self, what: str, reply: Reply) -> str:
        return f"{what} not added ({reply.status}: {self._said(reply)})"
