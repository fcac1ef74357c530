"""Write no faster than a forge bears."""

from collections import deque
from collections.abc import Callable

#: Seconds between two writes, and writes in an hour. Source: GitHub asks for a second
#: between them, and limits what makes content to 80 a minute and 500 an hour
#: (October 2026); the others ask for less.
WRITE_EVERY = 1.0
WRITES_AN_HOUR = 450
#: Most seconds that anything may make us wait at once; a run has other work to do.
LONGEST_WAIT = 300.0
HOUR = 3600.0


class Pace:
    """Knows when the last writes were; ``clock`` counts seconds and never goes back."""

    def __init__(
        self, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._writes: deque[float] = deque(maxlen=WRITES_AN_HOUR)

    def wait(self) -> bool:
        """Wait until the next write may be sent; say no if that takes too long."""
        if not self._writes:
            return True
        ready = self._writes[-1] + WRITE_EVERY
        if len(self._writes) == WRITES_AN_HOUR:
            ready = max(ready, self._writes[0] + HOUR)
        seconds = ready - self._clock()
        if seconds > LONGEST_WAIT:
            return False
        if seconds > 0:
            self._sleep(seconds)
        return True

    def note(self) -> None:
        """Count a write that was sent just now."""
        self._writes.append(self._clock())
