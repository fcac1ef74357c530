"""What a daemon costs while it waits. ``python -m benchmarks.daemon`` prints it.

It wakes once a minute, looks at the clock and whether anything is due, and sleeps on;
that is one tick. The wait itself is cut to a millisecond, to have many of them.
"""

import os
import queue
import tempfile
import time
from pathlib import Path
from statistics import median

from scraper.cli.daemon import LOOK_EVERY, Daemon, slots_of
from scraper.cli.systemd import Notifier
from scraper.config import load_config

#: Ticks of a turn, and turns; the median counts.
TICKS, TURNS = 300, 5

SETTINGS = """\
sources: [press_release, policy_news, fact_check, briefing]
schedule: {default: "0 0 1 1 *", sources: {press_release: 7d}, jitter: 0}
"""


def table() -> str:
    """Return CPU milliseconds of a tick, and of an hour of them, as Markdown."""
    tick = measure() * 1_000
    ticks = 3_600 / LOOK_EVERY
    lines = [
        "| a daemon that waits | CPU ms |",
        "| --- | --- |",
        f"| a tick, once in {LOOK_EVERY:g} s | {tick:.2f} |",
        f"| an hour, {ticks:g} ticks | {tick * ticks:.0f} |",
    ]
    return "\n".join(lines)


def measure() -> float:
    """Return the CPU seconds of one tick."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text(SETTINGS, "utf-8")
        config = load_config(path, {})
        daemon = Daemon(path, (), config, Notifier(dict(os.environ)))
        daemon.timetable.plan(*slots_of(config))
        daemon.timetable.due()
        daemon.events = _Hasty()
        turns = []
        for _ in range(TURNS):
            began = time.process_time()
            for _ in range(TICKS):
                daemon.turn()
            turns.append((time.process_time() - began) / TICKS)
    return median(turns)


class _Hasty(queue.SimpleQueue[str]):
    """Waits a millisecond in place of a minute."""

    def get(self, block: bool = True, timeout: float | None = None) -> str:
        assert timeout == LOOK_EVERY, "something is due within the minute"
        return super().get(block, 0.001)


if __name__ == "__main__":
    print(table())
