"""A forked child gets fresh memory in few pieces; the parent keeps all it has."""

import subprocess
import sys
from pathlib import Path

import pytest

from scraper.documents.heap import Heap

#: Tells the page faults of a child that fills 3 MB, with as much in its parent's holes.
SCRIPT = """
import os, resource, sys
from scraper.documents.heap import Heap

def fill():
    return [bytes([n]) * 60_000 for n in range(50)]

heap = Heap()
kept = fill()
holes = [bytes([1]) * 60_000 for _ in range(120)]
del holes[::2]
if sys.argv[1] == "settled":
    heap.settle()
for _ in range(2):
    fill()
    if sys.argv[1] == "settled":
        heap.sweep()
    if os.fork() == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        assert fill() == kept
        faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
        os.write(1, b"%d " % faults)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
assert kept == fill()
"""

LARGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")


def faults(way: str) -> list[int]:
    environ = {"PYTHONPATH": ":".join(sys.path), "MALLOC_MMAP_THRESHOLD_": "33554432"}
    command = [sys.executable, "-c", SCRIPT, way]
    done = subprocess.run(command, env=environ, capture_output=True, check=True)
    return [int(number) for number in done.stdout.split()]


def test_a_child_gets_its_memory_in_large_pages() -> None:
    """Page by page it would be asked for 730 times, and most pages copied."""
    if not LARGE_PAGES.exists() or "[never]" in LARGE_PAGES.read_text():
        pytest.skip("this system has no large pages")
    assert max(faults("settled")) < 200
    assert min(faults("as it is")) > 500


def test_a_system_without_such_calls_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    heap = Heap()
    heap.settle()
    heap.sweep()
    assert heap._libc is None
