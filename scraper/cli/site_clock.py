"""Our clock, held against the site's: one that is ahead must not publish early."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

#: Clocks that differ by less agree: seconds get lost on the way, and in caches.
TOLERANCE = timedelta(minutes=5)

#: Goes on while the machine sleeps, where there is one that does.
_UPTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def uptime() -> float:
    """Return seconds that no setting of the clock changes."""
    return time.clock_gettime(_UPTIME)


class SiteClock:
    """Tells the time in KST: ours, or the site's where ours is ahead of it.

    The site's is the ``Date`` of its answers, counted on by the machine's uptime, so
    that it also tells when our clock was set meanwhile. Without any answer there is
    ours alone. A clock that is behind is left alone: it can only be late.
    """

    def __init__(
        self,
        ours: Callable[[], datetime],
        *,
        machine: Callable[[], datetime] = lambda: datetime.now(UTC),
        uptime: Callable[[], float] = uptime,
    ) -> None:
        """Know nothing of the site yet.

        Args:
            ours: The clock the program lives by; it may be an invented one.
            machine: The machine's own, which is what the site's is held against.
            uptime: Seconds that go on evenly.
        """
        self._ours = ours
        self._machine = machine
        self._uptime = uptime
        self._heard: tuple[datetime, float] | None = None
        self._is_new = False

    def begin(self) -> None:
        """Let the next answer count, whatever earlier ones said."""
        self._is_new = True

    def hear(self, header: str) -> None:
        """Take the ``Date`` of an answer; of those of one run the latest counts.

        An answer from a cache is older than the others.
        """
        try:
            said = parsedate_to_datetime(header)
        except ValueError:
            return
        if said.tzinfo is None:
            return
        if self._is_new or said > self._site():
            self._heard = (said, self._uptime())
            self._is_new = False

    def ahead(self) -> timedelta:
        """Return how far our clock is ahead of the site's; 0 while that is unknown."""
        return self._machine() - self._site() if self._heard else timedelta()

    def now(self) -> datetime:
        """Return the time."""
        ahead = self.ahead()
        return self._ours() - ahead if ahead > TOLERANCE else self._ours()

    def complaint(self) -> str:
        """Return what is wrong with our clock; "" for nothing."""
        ahead = self.ahead()
        if abs(ahead) <= TOLERANCE:
            return ""
        way = "ahead of" if ahead > timedelta() else "behind"
        minutes = abs(ahead) // timedelta(minutes=1)
        said = f"this machine's clock is {minutes} min {way} the site's; set it"
        return f"{said} (embargoes wait by the site's)" if way != "behind" else said

    def _site(self) -> datetime:
        if self._heard is None:
            return datetime.min.replace(tzinfo=UTC)
        said, at = self._heard
        return said + timedelta(seconds=self._uptime() - at)
