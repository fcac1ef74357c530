"""Alarms as issues on GitHub: one for each cause, kept up to date, closed when well.

Source: GitHub's REST description of 2022-11-28.
"""

from typing import Any
from urllib.parse import quote

import httpx

from scraper.alarm import Notice
from scraper.notify import NotifyError
from scraper.notify.http import check_address, send
from scraper.notify.words import for_issue, head, mark

API = "https://api.github.com"
#: Issues of a page, and pages looked through for one of ours.
PAGE, PAGES = 100, 10


class Issues:
    """The issues of one repository."""

    name = "github"

    def __init__(
        self,
        repository: str,
        token: str,
        *,
        api_url: str = "",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Ask nothing yet.

        Raises:
            ConfigError: the address cannot be one.
        """
        api_url = check_address(api_url or API, "alarms.github.api_url").rstrip("/")
        self._issues = f"{api_url}/repos/{quote(repository)}/issues"
        self._headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token}",
            "User-Agent": "bodojaryo",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        self._transport = transport

    def tell(self, notice: Notice) -> None:
        """Open, update or close the issue of a cause.

        Raises:
            NotifyError: not done; done again, it does no harm.
        """
        number = self._find(notice)
        body = for_issue(notice)
        if notice.what == "closed":
            if number:
                self._send("POST", f"/{number}/comments", {"body": body})
                closed = {"state": "closed", "state_reason": "completed"}
                self._send("PATCH", f"/{number}", closed)
        elif number:
            self._send("PATCH", f"/{number}", {"body": body})
        else:
            title = head(notice).removeprefix("STILL ").removeprefix("ALARM ")
            self._send("POST", "", {"title": f"alarm: {title}", "body": body})

    def _find(self, notice: Notice) -> int:
        """Return the number of the open issue about a cause; 0 if there is none."""
        wanted = mark(notice.alarm.cause)
        for page in range(1, PAGES + 1):
            query = f"?state=open&per_page={PAGE}&page={page}"
            found = self._send("GET", query)
            if not isinstance(found, list):
                raise NotifyError("GitHub lists no issues")
            for issue in found:
                if not isinstance(issue, dict) or "pull_request" in issue:
                    continue
                if wanted in str(issue.get("body")):
                    return int(issue.get("number") or 0)
            if len(found) < PAGE:
                break
        return 0

    def _send(self, method: str, where: str, json: Any = None) -> Any:
        response = send(
            method,
            self._issues + where,
            json=json,
            headers=self._headers,
            transport=self._transport,
        )
        try:
            return response.json()
        except ValueError:
            raise NotifyError("GitHub answers with no JSON") from None
