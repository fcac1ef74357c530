"""One short request of a channel: no redirect, no proxy, and no address in any log."""

import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from scraper.errors import ConfigError
from scraper.fetch.secret import unheard
from scraper.notify import NotifyError

#: Seconds for each part of an exchange.
TIMEOUT = 10.0

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def check_address(url: str, key: str) -> str:
    """Return an address a secret may travel to.

    Raises:
        ConfigError: it is none, or not by TLS; the message does not show it.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    by_tls = host and parts.scheme == "https"
    if not (by_tls or (host in _LOOPBACK and parts.scheme == "http")):
        raise ConfigError([f"{key}: must hold an https:// address"])
    return url


def send(
    method: str,
    url: str,
    *,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
    transport: httpx.BaseTransport | None = None,
) -> httpx.Response:
    """Return the answer to one request; only a success is one.

    Raises:
        NotifyError: no answer, or another one; it names the host and no more, for the
            address may be a secret.
    """
    host = urlsplit(url).hostname
    with unheard():
        try:
            with httpx.Client(
                timeout=TIMEOUT, trust_env=False, transport=transport, verify=_trusted()
            ) as client:
                response = client.request(method, url, json=json, headers=headers)
                code, trouble = response.status_code, ""
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
            trouble = f"{host} does not answer ({type(error).__name__})"
    # Not inside the block above: the wire's own error may quote the address.
    if trouble:
        raise NotifyError(trouble)
    if not 200 <= code < 300:
        raise NotifyError(f"{host} answers {code}")
    return response


def _trusted() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)
