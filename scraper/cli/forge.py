"""Config -> the forge that shows the news repository: GitHub, GitLab or Gitea."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from publishers.forges import Forge, gitea, github, gitlab
from publishers.forges._client import Client
from scraper.errors import ConfigError
from scraper.settings import Config, News

#: Hosts whose forge is known by their name.
KNOWN = {
    "github.com": "github",
    "gitlab.com": "gitlab",
    "codeberg.org": "gitea",
    "gitea.com": "gitea",
}
#: First words of a host's name that tell its forge.
FIRST = {"github": "github", "gitlab": "gitlab", "gitea": "gitea", "forgejo": "gitea"}
#: Hosts that take SSH for another one.
SSH_FOR = {"ssh.github.com": "github.com", "altssh.gitlab.com": "gitlab.com"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a remote is."""

    host: str
    #: ``https://host``, with a port if the remote is a web address with one.
    site: str
    #: Path of the repository, without ``.git``.
    path: str


def forge_of(config: Config, sleep: Callable[[float], None]) -> Forge:
    """Return the forge of the news repository.

    Raises:
        ConfigError: the remote is on no forge, nobody can tell on which, or there is no
            token for it.
    """
    news = config.news
    place = place_of(news.remote)
    if config.token is None:
        raise ConfigError(["news.token_env: pull requests need a token; name it"])
    kind = news.pull_request.forge or guess(place.host)
    connect = partial(
        Client,
        token=config.token.get_secret_value(),
        ca_file=Path(news.ca_file) if news.ca_file else None,
        sleep=sleep,
    )
    if kind == "github":
        return _github(connect, news, place)
    if kind == "gitlab":
        return _gitlab(connect, news, place, sleep)
    if kind == "gitea":
        return _gitea(connect, news, place, sleep)
    raise ConfigError(
        [
            f"news.pull_request.forge: say which forge {place.host} is:"
            " github, gitlab or gitea (which Forgejo is, too)"
        ]
    )


def _github(connect: Callable[..., Client], news: News, place: Place) -> Forge:
    api_url = news.pull_request.api_url or github.api_url_of(place.host)
    client = connect(api_url, headers=github.HEADERS)
    name = _repository(place, api_url, "/api/v3", nested=False)
    return github.GitHub(client, api_url, name, base=news.branch)


def _gitlab(
    connect: Callable[..., Client],
    news: News,
    place: Place,
    sleep: Callable[[float], None],
) -> Forge:
    api_url = news.pull_request.api_url or gitlab.api_url_of(place.site)
    hint = gitlab.REFUSED_HINT
    client = connect(api_url, headers=gitlab.HEADERS, refused_hint=hint)
    name = _repository(place, api_url, "/api/v4", nested=True)
    return gitlab.GitLab(client, api_url, name, base=news.branch, sleep=sleep)


def _gitea(
    connect: Callable[..., Client],
    news: News,
    place: Place,
    sleep: Callable[[float], None],
) -> Forge:
    api_url = news.pull_request.api_url or gitea.api_url_of(place.site)
    client = connect(api_url, headers=gitea.HEADERS, auth_header=gitea.AUTH_HEADER)
    name = _repository(place, api_url, "/api/v1", nested=False)
    return gitea.Gitea(client, api_url, name, base=news.branch, sleep=sleep)


def place_of(remote: str) -> Place:
    """Return where a remote is; a folder is nowhere.

    Raises:
        ConfigError: it is on no host.
    """
    if "://" in remote:
        parts = urlsplit(remote)
        host, path = (parts.hostname or "").lower(), parts.path
        is_web = parts.scheme in ("http", "https")
        at = parts.netloc.rpartition("@")[2] if is_web else SSH_FOR.get(host, host)
        site = f"{parts.scheme if is_web else 'https'}://{at}"
    else:
        user_host, colon, path = remote.partition(":")
        host = user_host.rpartition("@")[2].lower() if colon else ""
        host = "" if "/" in user_host else host
        site = f"https://{SSH_FOR.get(host, host)}"
    if not host:
        raise ConfigError(
            [
                f"news.remote: {remote} is on no forge; pull requests need an"
                " https:// or SSH address (or choose news.to: git)"
            ]
        )
    return Place(SSH_FOR.get(host, host), site, path.strip("/").removesuffix(".git"))


def guess(host: str) -> str:
    """Return the kind of a forge by its host's name; "" if that does not tell."""
    if host in KNOWN:
        return KNOWN[host]
    if host.endswith(".ghe.com"):
        return "github"
    return FIRST.get(host.partition(".")[0], "")


def _repository(place: Place, api_url: str, api: str, *, nested: bool) -> str:
    """Return ``owner/name`` of a repository; with ``nested``, groups may be in groups.

    A forge may live in a folder of its host: that is no part of the name.

    Raises:
        ConfigError: it is none.
    """
    below = urlsplit(api_url).path.removesuffix(api).strip("/")
    name = place.path
    if below and name.startswith(f"{below}/"):
        name = name.removeprefix(f"{below}/")
    slashes = name.count("/")
    if not all(name.split("/")) or not (slashes == 1 or (nested and slashes > 1)):
        raise ConfigError(
            [f"news.remote: {place.path!r} on {place.host} is no owner/name"]
        )
    return name
