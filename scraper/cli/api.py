"""The Open API's door: a fetcher of its own, which alone knows the key."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from scraper.cli.stop import Stop
from scraper.errors import ConfigError
from scraper.fetch import Fetcher, FetchPolicy
from scraper.fetch.secret import Secret
from scraper.model import Reply
from scraper.settings import Config

#: The source, as the configuration names it; and the service of press releases.
OPEN_API, PRESS = "open_api", "open_api_press"


@dataclass(frozen=True, slots=True)
class Api:
    """What calls the API."""

    fetcher: Fetcher
    secret: Secret
    stop: Stop

    def call(self, path: str, sending: Callable[[], None]) -> Reply:
        """Return the answer to a call; raises as :meth:`Fetcher.call` does."""
        from scraper.sources.open_api_errors import speaks

        with self.stop.waiting():
            return self.fetcher.call(path, self.secret, speaks=speaks, sending=sending)

    @property
    def requests(self) -> int:
        """Return how many requests were sent."""
        return self.fetcher.requests


@contextmanager
def api_of(
    config: Config,
    names: Sequence[str],
    policy: FetchPolicy,
    stop: Stop,
    now: Callable[[], datetime],
) -> Iterator[Api | None]:
    """Open the API's door if it is among the sources; else hand out ``None``.

    Raises:
        ConfigError: there is no key for it.
    """
    if OPEN_API not in names:
        yield None
        return
    if config.api_key is None:
        variable = config.open_api.key_env
        said = f"the variable {variable} is not set" if variable else "names none"
        raise ConfigError([f"open_api.key_env: {said}; it has the key of data.go.kr"])
    from scraper.sources.open_api import KEY

    secret = Secret(KEY, config.api_key.get_secret_value().strip())
    with Fetcher(policy, now=now) as fetcher:
        yield Api(fetcher, secret, stop)
