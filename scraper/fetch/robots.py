"""What a site's robots.txt allows us, and how often.

Source: RFC 9309; ``Crawl-delay`` and ``Request-rate`` are older customs.
"""

from dataclasses import dataclass

from protego import Protego

#: Bytes of robots.txt that count; RFC 9309, 2.5 asks for this many at least.
MAX_SIZE = 500 * 1024


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one site for one robot."""

    #: Least seconds between two requests; 0 if the site does not say.
    delay: float
    _rules: Protego
    _robot: str

    def allows(self, url: str) -> bool:
        """Say whether ``url`` may be fetched."""
        return self._rules.can_fetch(url, self._robot)


def parse_robots(body: bytes, user_agent: str) -> Robots:
    """Return the rules in ``body``; whatever is not a rule counts as nothing.

    ``user_agent`` is the whole header; its first word names the robot.
    """
    text = body[:MAX_SIZE].decode("utf-8-sig", "replace")
    rules = Protego.parse(text)
    robot = user_agent.split("/")[0].strip()
    rate = rules.request_rate(robot)
    delay = max(
        rules.crawl_delay(robot) or 0.0,
        rate.seconds / rate.requests if rate else 0.0,
    )
    return Robots(delay, rules, robot)
