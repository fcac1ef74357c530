"""Config -> the forge that shows the news repository: GitHub, GitLab or Gitea."""

from collections.abc import Callable
from urllib.parse import urlsplit

from publishers.forges import Forge
from publishers.forges._client import Client
from publishers.forges.github import HEADERS, GitHub, api_url_of
from scraper.config import Config
from scraper.errors import ConfigError

#: Hosts whose forge is known by their name.
KNOWN = {"github.com": "github", "gitlab.com": "gitlab", "codeberg.org": "gitea"}


def forge_of(config: Config, sleep: Callable[[float], None]) -> Forge:
    """Return the forge of the news repository.

    Raises:
        ConfigError: the remote is on no forge, nobody can tell on which, or there is no
            token for it.
    """
    news = config.news
    host, repository = _place(news.remote)
    if not host:
        raise ConfigError(
            [
                f"news.remote: {news.remote} is on no forge; pull requests need an"
                " https:// or SSH address (or choose news.to: git)"
            ]
        )
    if config.token is None:
        raise ConfigError(["news.token_env: pull requests need a token; name it"])
    kind = news.pull_request.forge or _guess(host)
    if not kind:
        raise ConfigError(
            [f"news.pull_request.forge: say which forge {host} is: github or gitlab …"]
        )
    token = config.token.get_secret_value()
    api_url = news.pull_request.api_url
    if kind == "github":
        api_url = api_url or api_url_of(host)
        client = Client(api_url, headers=HEADERS, token=token, sleep=sleep)
        return GitHub(client, api_url, repository, base=news.branch)
    raise ConfigError([f"news.pull_request.forge: {kind} is not there yet"])


def _place(remote: str) -> tuple[str, str]:
    """Return host and ``owner/name`` of a remote, both "" for a folder."""
    if "://" not in remote:
        user_host, colon, path = remote.partition(":")
        if not colon or "/" in user_host:
            return "", ""
        host = user_host.rpartition("@")[2]
    else:
        parts = urlsplit(remote)
        host, path = parts.hostname or "", parts.path
    return host, path.strip("/").removesuffix(".git")


def _guess(host: str) -> str:
    """Return the kind of a forge by its host's name; "" if that does not tell."""
    if host in KNOWN:
        return KNOWN[host]
    if host.endswith(".ghe.com"):
        return "github"
    first = host.partition(".")[0]
    return first if first in ("github", "gitlab", "gitea") else ""
