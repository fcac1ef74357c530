"""When the forge's token ends, where the forge tells: GitHub and GitLab do."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from datetime import time as clock_time
from pathlib import Path

from publishers.forges import github, gitlab
from publishers.forges._answers import expiry
from publishers.forges._client import Client
from scraper.cli.forge import guess, place_of
from scraper.errors import ConfigError
from scraper.settings import Config


def token_end(
    config: Config, *, sleep: Callable[[float], None] = time.sleep
) -> datetime | None:
    """Ask the forge when the token ends; ``None`` if it has no end, or nobody tells.

    Raises:
        PublishError: the forge cannot be had, or does not accept the token.
    """
    news = config.news
    try:
        place = place_of(news.remote)
    except ConfigError:
        return None  # a folder
    kind = news.pull_request.forge or guess(place.host)
    if config.token is None or kind not in ("github", "gitlab"):
        return None
    forge = github if kind == "github" else gitlab
    at = place.host if kind == "github" else place.site
    api_url = news.pull_request.api_url or forge.api_url_of(at)
    client = Client(
        api_url,
        headers=forge.HEADERS,
        token=config.token.get_secret_value(),
        ca_file=Path(news.ca_file) if news.ca_file else None,
        sleep=sleep,
    )
    if kind == "github":
        return expiry(client.send("GET", "/rate_limit"))
    reply = client.send("GET", "/personal_access_tokens/self")
    said = reply.json.get("expires_at") if isinstance(reply.json, dict) else None
    try:
        day = date.fromisoformat(str(said))
    except ValueError:
        return None
    return datetime.combine(day, clock_time(), UTC)  # it ends as that day begins
