"""Tell people of alarms: by log, webhook, mail, ping or GitHub issue.

A channel is any object with a ``name`` and ``tell``. One that fails is logged and tried
again by the next run; it never fails a run, and never shows a secret.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from scraper.alarm import Notice
from scraper.alarm_book import AlarmBook

logger = logging.getLogger(__name__)


class NotifyError(Exception):
    """A channel did not take a notice; the message has no secret in it."""


class Channel(Protocol):
    """One way to people."""

    @property
    def name(self) -> str:
        """Return what the configuration calls it."""
        ...

    def tell(self, notice: Notice) -> None:
        """Tell one thing.

        Raises:
            NotifyError: it may not have arrived.
        """
        ...


def deliver(book: AlarmBook, channels: Sequence[Channel], now: datetime) -> int:
    """Tell each channel what it has not heard yet; return how many failed."""
    failed = 0
    for channel in channels:
        try:
            for notice in book.to_tell(channel.name, now):
                channel.tell(notice)
                book.keep_told(channel.name, notice, now)
        except NotifyError as error:
            failed += 1
            logger.warning("alarm not told channel=%s error=%s", channel.name, error)
    book.forget_closed([channel.name for channel in channels])
    return failed


def beat(ping: Callable[[], None]) -> None:
    """Tell a dead man's switch that we live; a failure is logged."""
    try:
        ping()
    except NotifyError as error:
        logger.warning("alarm not told channel=ping error=%s", error)
