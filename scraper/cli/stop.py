"""SIGTERM and SIGINT: finish the release at hand, publish what is ready, end."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from scraper.again import AttentiveDoor
from scraper.job import Stopped
from scraper.model import Download, Page, Request, Validators

#: Shares of the time a program has to end: after the first two what it is at is given
#: up (after the first it may still publish what is ready), after the last all is.
CUTS = (0.4, 0.3, 0.25)


class Stop:
    """Remembers the first signal; a second one ends the program at once."""

    def __init__(
        self,
        *,
        within: float | None = None,
        heard: Callable[[], object] = lambda: None,
    ) -> None:
        """Hear nothing yet.

        Args:
            within: Seconds after which the program has ended, whatever it is at: what
                cannot wait for its end is given up at two fifths of that, and again
                later. ``None`` gives it all the time it needs.
            heard: Called with the first signal; it may do no more than put an item
                into a queue.
        """
        self.signal: int | None = None
        #: When we last came to a request or a pause, in seconds of the monotonic clock.
        self.beat = time.monotonic()
        self._waiting = False
        self._within = within
        self._heard = heard
        self._cuts = list(CUTS)

    def install(self) -> None:
        """Listen from now on."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._hear)

    def asked(self) -> bool:
        """Tell whether a signal came."""
        return self.signal is not None

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Mark a stretch that a signal may cut short: nothing is half written in it.

        Raises:
            Stopped: a signal came, before or within.
        """
        self.beat = time.monotonic()
        self._waiting = True
        try:
            if self.asked():
                raise Stopped
            yield
        finally:
            self._waiting = False

    def sleep(self, seconds: float) -> None:
        """Sleep, unless a signal comes.

        Raises:
            Stopped: a signal came, before or within.
        """
        with self.waiting():
            time.sleep(seconds)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self.signal is not None:
            os._exit(128 + number)
        self.signal = number
        self._heard()
        if self._within is not None:
            signal.signal(signal.SIGALRM, self._cut)
            self._wind()
        if self._waiting:
            raise Stopped

    def rest(self) -> None:
        """Cut nothing short any more: there is nothing left to wait for."""
        if self._within is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _wind(self) -> None:
        assert self._within is not None
        share = self._cuts.pop(0)
        signal.setitimer(signal.ITIMER_REAL, share * self._within)

    def _cut(self, number: int, frame: FrameType | None) -> None:
        """Give up what is being done: to git that is a signal, to the state a kill.

        Both are safe at any moment: nothing is remembered before it is delivered.
        """
        del number, frame
        if not self._cuts:
            os._exit(128 + (self.signal or signal.SIGTERM))
        self._wind()
        raise Stopped


class PatientDoor:
    """A door whose waits, for the delay or an answer, a signal cuts short."""

    def __init__(self, door: AttentiveDoor, stop: Stop) -> None:
        self._door = door
        self._stop = stop

    def page(self, request: Request) -> Page:
        """Return an HTML page; raises as the door does, or :class:`Stopped`."""
        with self._stop.waiting():
            return self._door.page(request)

    def file(self, path: str) -> Download:
        """Return a file; raises as the door does, or :class:`Stopped`."""
        with self._stop.waiting():
            return self._door.file(path)

    def changed_page(self, request: Request, known: Validators) -> Page | None:
        """Return a page unless it is the known one; raises as :meth:`page` does."""
        with self._stop.waiting():
            return self._door.changed_page(request, known)

    def changed_file(self, path: str, known: Validators) -> Download | None:
        """Return a file unless it is the known one; raises as :meth:`page` does."""
        with self._stop.waiting():
            return self._door.changed_file(path, known)
