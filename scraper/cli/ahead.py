"""What waits for a time of its own: embargoes that end, failures to try again."""

from collections import Counter
from datetime import datetime, timedelta

from scraper.cli import build
from scraper.settings import Config

#: The farthest embargo we keep; and some days.
FARTHEST = timedelta(days=60)


def look_ahead(config: Config, now: datetime) -> tuple[Counter[str], datetime | None]:
    """Return how many wait, by the code of the reason, and when the next embargo ends.

    One that should be out and is not waits for a run that may ask the site: it is
    counted, and is no end to wait for.

    Raises:
        ScraperError: the state cannot be read.
    """
    with build.unlocked_state(config, now) as state:
        rows = state.due(now + FARTHEST, build.made_by(config))
    waiting: Counter[str] = Counter()
    ends = []
    for row in rows:
        if not row.due_at or row.status == "published":
            continue
        waiting[row.code if row.status == "held" else "failed"] += 1
        if row.code == "embargo":
            ends.append(datetime.fromisoformat(row.due_at))
    return waiting, min((end for end in ends if end > now), default=None)
