"""What a host asked of us, and how long we therefore keep away from it."""

from dataclasses import dataclass

from scraper.fetch.robots import Robots

#: Longest pause, in seconds, that a run sits out; a host that wants more ends it.
LONGEST_WAIT = 120.0

#: Pause after an answer 429 that names none; doubled each time in a row.
UNNAMED_PAUSE = 60.0

#: Requests in a row whose attempts all failed, after which the host counts as down,
#: and for how many seconds it then does.
STRIKES, DOWN_FOR = 5, 60.0

#: Seconds for which robots.txt counts as read. Source: RFC 9309, 2.4.
ROBOTS_FRESH = 86_400.0


@dataclass(slots=True)
class Host:
    """One host, as this run knows it; all times are readings of one clock."""

    #: Least seconds between two requests, as the operator wants it.
    delay: float
    left_at: float | None = None
    held_until: float = 0.0
    down_until: float = 0.0
    #: Why there is no use in asking now; empty if there is.
    down_because: str = ""
    strikes: int = 0
    unnamed_pauses: int = 0
    robots: Robots | None = None
    robots_read_at: float = 0.0

    def pause(self, now: float) -> float:
        """Return the seconds to wait before the next request; 0 for none."""
        waits = [self.held_until - now]
        if self.left_at is not None:
            asked = self.robots.delay if self.robots else 0.0
            waits.append(self.left_at + max(self.delay, asked) - now)
        return max(0.0, *waits)

    def is_down(self, now: float) -> bool:
        """Say whether there is no use in asking now."""
        return bool(self.down_because) and now < self.down_until

    def close(self, seconds: float, because: str, now: float) -> None:
        """Let every request fail for ``seconds`` without being sent."""
        self.down_until = now + seconds
        self.down_because = because

    def hold(self, seconds: float, now: float) -> None:
        """Let the next request wait for ``seconds``."""
        self.held_until = max(self.held_until, now + seconds)

    def unnamed_pause(self) -> float:
        """Return the pause after a 429 that names none, longer each time."""
        self.unnamed_pauses += 1
        return UNNAMED_PAUSE * 2.0 ** min(self.unnamed_pauses - 1, 10)

    def strike(self) -> bool:
        """Count a request that failed for good; say whether the host is down."""
        self.strikes += 1
        return self.strikes >= STRIKES

    def forgive(self) -> None:
        """Forget past failures: an answer came."""
        self.strikes = self.unnamed_pauses = 0

    def learn(self, robots: Robots, now: float) -> None:
        """Remember the rules that hold for a day."""
        self.robots, self.robots_read_at = robots, now

    def rules(self, now: float) -> Robots | None:
        """Return the rules if they were read within a day."""
        fresh = now - self.robots_read_at < ROBOTS_FRESH
        return self.robots if fresh else None
