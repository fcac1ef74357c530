"""A daemon as a process of its own, for tests."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scraper.cli.build import CLOCK
from tests.newsroom import NOW, Newsroom

ROOT = Path(__file__).parents[1]

#: Nothing takes so long but what hangs.
PATIENCE = 60.0


class Daemon:
    """One running; what it logs is kept."""

    def __init__(
        self,
        newsroom: Newsroom,
        *arguments: str,
        before: str = "",
        now: str = NOW,
        **environ: str,
    ) -> None:
        program = f"{before}\nfrom scraper.cli import main\nmain()"
        command = [sys.executable, "-c", program, "daemon"]
        self.process = subprocess.Popen(
            [*command, "--config", str(newsroom.config), *arguments],
            cwd=ROOT,
            env={**os.environ, CLOCK: now, **environ},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.log: list[str] = []
        self._fresh: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.log.append(line)
            self._fresh.put(line)

    def says(self, words: str) -> str:
        """Return the next line with ``words``; wait for it."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                line = self._fresh.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"never said {words!r}: {self.text}") from None
            if words in line:
                return line

    @property
    def text(self) -> str:
        return "".join(self.log)

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal; return the exit code and the seconds until the end."""
        began = time.monotonic()
        self.send(number)
        code = self.process.wait(PATIENCE)
        seconds = time.monotonic() - began
        self._reader.join(PATIENCE)
        return code, seconds

    def kill(self, *, tree: bool = False) -> None:
        """End it as the kernel would; what it started lives on, or (``tree``) not."""
        family = descendants(self.process.pid) if tree else []
        self.process.kill()
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)


@contextmanager
def daemon(newsroom: Newsroom, *arguments: str, **knobs: str) -> Iterator[Daemon]:
    """Run a daemon while the block does."""
    running = Daemon(newsroom, *arguments, **knobs)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.kill()
        if running.process.stderr:
            running.process.stderr.close()


def descendants(pid: int) -> list[int]:
    """Return the processes that one started, and those that they did, on Linux."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            after_name = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
            parents[int(stat.parent.name)] = int(after_name[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def eventually(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)
