"""Let works of different environments take turns on the same files."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.environment import ROOT, peers_python


@dataclass(frozen=True, slots=True)
class Contender:
    """A work of one side; see ``ours`` and ``peers.works``."""

    side: "Side"
    work: str


class Side:
    """A process that works on files when told to."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def work(self, name: str, folder: Path, out: Path | None = None) -> float:
        """Return the CPU seconds a work takes for each file, on average."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"work": name, "folder": str(folder), "out": str(out or "")}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{name}: its process ended")
        told: dict[str, Any] = json.loads(line)
        return float(told["seconds"]) / max(1, told["files"])


@contextmanager
def sides() -> Iterator[tuple[Side, Side]]:
    """Hand out our side and the peers', until the block ends."""
    with (
        _side(sys.executable, "benchmarks.ours") as ours,
        _side(peers_python(), "benchmarks.peers.works") as peers,
    ):
        yield ours, peers


@contextmanager
def _side(python: str, module: str) -> Iterator[Side]:
    with subprocess.Popen(
        [python, "-m", module],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None if module == "benchmarks.ours" else subprocess.DEVNULL,
        text=True,
    ) as process:
        yield Side(process)


def take_turns(
    contenders: Sequence[Contender], folder: Path, rounds: int
) -> list[list[float]]:
    """Return the seconds a file of each contender, round by round.

    A first turn that nobody counts warms all of them.
    """
    for contender in contenders:
        contender.side.work(contender.work, folder)
    return [
        [contender.side.work(contender.work, folder) for contender in contenders]
        for _ in range(rounds)
    ]


def ratio(rounds: Sequence[Sequence[float]], one: int, other: int) -> float:
    """Return how many times as much ``one`` took as ``other``: the median round's."""
    return median(took[one] / took[other] for took in rounds)


def milliseconds(rounds: Sequence[Sequence[float]], one: int) -> float:
    """Return what ``one`` took, the median round's."""
    return median(took[one] for took in rounds) * 1000
