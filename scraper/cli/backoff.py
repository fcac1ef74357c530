"""How long a daemon leaves a server alone that refuses us, or cannot be had."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from scraper.cli import exits
from scraper.cli.api import OPEN_API
from scraper.errors import QuotaError, ScraperError, SourceError
from scraper.settings import Config

#: Least time until a server that refused us is asked again.
REFUSED_FOR = timedelta(hours=1)

#: The same for one that cannot be had: it doubles with every time, up to the longest.
UNAVAILABLE_FOR, LONGEST = timedelta(minutes=5), timedelta(hours=1)


class Backoff:
    """Counts how often in a row a server could not be had."""

    def __init__(self) -> None:
        self._failures = 0

    def after(
        self, code: int, error: ScraperError | None, now: datetime
    ) -> datetime | None:
        """Return before when there should be no further run; ``None``: no wish.

        Slots go on as planned after that: the first run is at the first slot.
        """
        if code != exits.UNAVAILABLE:
            self._failures = 0
        if isinstance(error, QuotaError):
            return error.until
        if code == exits.REFUSED:
            return now + REFUSED_FOR
        if code != exits.UNAVAILABLE:
            return None
        pause: timedelta = UNAVAILABLE_FOR * 2 ** min(self._failures, 10)
        self._failures += 1
        return now + min(pause, LONGEST)

    def blamed(
        self, names: Sequence[str], error: ScraperError | None, config: Config
    ) -> list[str]:
        """Return which of the sources the server behind ``error`` stands for.

        What the news target says is about all of them.
        """
        if not isinstance(error, SourceError):
            return list(names)
        by_api = error.url.startswith(config.open_api.base_url + "/")
        if config.open_api.base_url == config.site.base_url:
            return list(names)
        return [name for name in names if (name == OPEN_API) == by_api]
