"""What a daemon did since it began; the figures behind its metrics."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scraper.cli.attempt import Done
from scraper.schedule import EMBARGO


@dataclass(slots=True)
class Tally:
    """What a daemon did since it began; written by one thread, read by others."""

    #: Runs by exit code.
    runs: Counter[int] = field(default_factory=Counter)
    #: Releases by source and result; one that is announced twice counts twice.
    releases: Counter[tuple[str, str]] = field(default_factory=Counter)
    requests: int = 0
    seconds: float = 0.0
    #: Seconds of the last run.
    last_seconds: float = 0.0
    #: When each source was last read without trouble.
    last_success: dict[str, datetime] = field(default_factory=dict)
    #: What waits, by the code of the reason it waits for.
    waiting: dict[str, int] = field(default_factory=dict)
    next_run: datetime | None = None

    def add(self, done: Done) -> None:
        """Count a run, and what it did."""
        self.runs[done.code] += 1
        self.seconds += done.seconds
        self.last_seconds = done.seconds
        if done.is_well:
            sources = (name for name in done.names if name != EMBARGO)
            self.last_success |= dict.fromkeys(sources, datetime.now(UTC))
        if done.report is None:
            return
        self.requests += done.report.requests
        for source, counts in done.report.by_source().items():
            for result, count in counts.items():
                if result != "announced":
                    self.releases[source, result] += count
