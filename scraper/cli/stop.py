"""SIGTERM and SIGINT: finish the release at hand, publish what is ready, end."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from scraper.job import Stopped
from scraper.model import Download, Page, Request
from scraper.originals import Door


class Stop:
    """Remembers the first signal; a second one ends the program at once."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self._waiting = False

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
        if self._waiting:
            raise Stopped


class PatientDoor:
    """A door whose waits, for the delay or an answer, a signal cuts short."""

    def __init__(self, door: Door, stop: Stop) -> None:
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
