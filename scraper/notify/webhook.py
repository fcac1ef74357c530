"""Webhooks: Slack, Discord, and anything that takes JSON."""

from typing import Literal

import httpx

from scraper.alarm import Notice
from scraper.notify.http import check_address, send
from scraper.notify.words import for_discord, for_scripts, for_slack

Kind = Literal["slack", "discord", "json"]
_FORMS = {"slack": for_slack, "discord": for_discord, "json": for_scripts}


class Webhook:
    """Posts each notice to one address, which is a secret."""

    name = "webhook"

    def __init__(
        self, kind: Kind, url: str, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        """Send nothing yet.

        Raises:
            ConfigError: the address cannot be one.
        """
        self._form = _FORMS[kind]
        self._url = check_address(url.strip(), "alarms.webhook.url_env")
        self._transport = transport

    def tell(self, notice: Notice) -> None:
        """Post one; raises :class:`NotifyError` unless it is taken."""
        send("POST", self._url, json=self._form(notice), transport=self._transport)


class Ping:
    """A dead man's switch: whoever waits for it raises the alarm when it stays away."""

    def __init__(
        self, url: str, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        """Send nothing yet.

        Raises:
            ConfigError: the address cannot be one.
        """
        self._url = check_address(url.strip(), "alarms.ping.url_env")
        self._transport = transport

    def __call__(self) -> None:
        """Ask for the address; raises :class:`NotifyError` unless that is a success."""
        send("GET", self._url, transport=self._transport)
