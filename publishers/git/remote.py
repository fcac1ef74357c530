"""Where the news repository is: an address or a folder, told apart and checked."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from scraper.errors import ConfigError

#: What a branch may be called; a part of what git allows, without its traps.
_BRANCH = re.compile(
    r"(?!.*(?:\.\.|//|\.lock(?:/|$)|\.(?:/|$)))[\w][\w./-]*(?<!/)", re.ASCII
)
_SCP = re.compile(r"(?:\w[\w.-]*@)?\w[\w.-]*:(?!//)[^-].*", re.ASCII)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Remote:
    """A news repository."""

    #: What git is given.
    url: str
    #: The one transport git may use for it: ``file``, ``https``, ``ssh`` or ``http``.
    transport: str
    #: The folder, when it is on our own disk.
    path: Path | None
    host: str
    #: The environment variable that has the access token, for messages; "" for none.
    token_env: str = ""

    @property
    def name(self) -> str:
        """Return what people call it."""
        return str(self.path) if self.path else self.url


def parse_remote(remote: str) -> Remote:
    """Return what ``remote`` names: a folder, ``file://``, ``https://`` or SSH address.

    Plain ``http://`` is for this machine only: a token must not travel in the open.

    Raises:
        ConfigError: it is none of these, or carries a secret.
    """
    if "://" not in remote:
        return _parse_plain(remote)
    parts = urlsplit(remote)
    host = parts.hostname or ""
    if parts.password or (parts.username and parts.scheme in ("http", "https")):
        raise ConfigError(
            [
                "the news repository's address holds a user or token; "
                "name the token's environment variable instead"
            ]
        )
    if parts.scheme == "file" and host in ("", "localhost"):
        return _folder(unquote(parts.path))
    safe = parts.scheme in ("https", "ssh") or (
        parts.scheme == "http" and host in _LOOPBACK
    )
    if (
        not safe
        or not re.fullmatch(r"[\w:][\w.:-]*", host, re.ASCII)
        or not parts.path.strip("/")
    ):
        raise ConfigError([f"not an address of a news repository: {remote}"])
    return Remote(remote, parts.scheme, None, host)


def check_branch(branch: str) -> str:
    """Return ``branch`` if it can be one.

    Raises:
        ConfigError: it cannot.
    """
    if not _BRANCH.fullmatch(branch) or branch == "HEAD":
        raise ConfigError([f"not a branch name: {branch!r}"])
    return branch


def token_user(host: str, forge: str = "") -> str:
    """Return the user name a forge wants beside a token; "" goes by the host's name.

    GitHub takes ``x-access-token`` and GitLab ``oauth2``; Gitea takes any.
    """
    return "oauth2" if "gitlab" in (forge or host) else "x-access-token"


def _parse_plain(remote: str) -> Remote:
    """Tell ``host:path`` from a folder as git does: a colon before any slash."""
    if ":" in remote.partition("/")[0]:
        if not _SCP.fullmatch(remote) or "::" in remote:
            raise ConfigError([f"not an address of a news repository: {remote}"])
        return Remote(remote, "ssh", None, remote.partition(":")[0].rpartition("@")[2])
    return _folder(remote)


def _folder(path: str) -> Remote:
    if not path or "\0" in path or "\n" in path:
        raise ConfigError([f"not a folder for a news repository: {path!r}"])
    where = Path(path).expanduser().absolute()
    return Remote(where.as_uri(), "file", where, "")
