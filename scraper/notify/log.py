"""Alarms in the log: the channel that cannot fail."""

import logging

from scraper.alarm import Notice

logger = logging.getLogger(__name__)


class Log:
    """Writes a line for each notice."""

    name = "log"

    def tell(self, notice: Notice) -> None:
        """Write one."""
        level = logging.INFO if notice.what == "closed" else logging.ERROR
        alarm = notice.alarm
        logger.log(
            level,
            "alarm %s cause=%s evidence=%s do=%s",
            notice.what,
            alarm.cause,
            alarm.evidence,
            alarm.remedy,
        )
