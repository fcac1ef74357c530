"""What must be right before the first request: address, token, authorities."""

import re
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from scraper.errors import ConfigError

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def check_api_url(api_url: str) -> str:
    """Return an API's address without a slash at its end.

    Raises:
        ConfigError: it cannot be one, or would carry the token in the open.
    """
    parts = urlsplit(api_url)
    safe = parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in _LOOPBACK
    )
    if not safe or not parts.hostname or parts.username or parts.query:
        raise ConfigError([f"not the address of a forge's API: {parts.geturl()}"])
    return api_url.rstrip("/")


def check_token(token: str) -> str:
    """Return the token; one that no header can hold is refused without showing it."""
    if token and not re.fullmatch(r"[!-~]+", token):
        raise ConfigError(["the access token has blanks or other odd characters in it"])
    return token


def trusted_authorities(ca_file: Path | None) -> ssl.SSLContext:
    """Return the usual authorities, and those of the file.

    Raises:
        ConfigError: the file cannot be read, or has none.
    """
    trusted = httpx.create_ssl_context()
    if ca_file:
        try:
            trusted.load_verify_locations(ca_file)
        except OSError as error:  # an ssl.SSLError is one
            raise ConfigError([f"news.ca_file: {ca_file}: {error}"]) from error
    return trusted
