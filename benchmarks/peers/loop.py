"""Works on files when told to: the loop of both sides of a contest.

Each line of standard input names a work and a folder, and maybe one for what comes out;
each line of standard output tells the CPU seconds of doing it to every file. What a
work needs of a file is made ready before, uncounted.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Work(NamedTuple):
    """What is done to a file: ``ready`` uncounted, then ``do``."""

    do: Callable[[Any], object]
    ready: Callable[[Path], object] = Path.read_bytes


def text_of(file: Path) -> str:
    """Return a file as text."""
    return file.read_text("utf-8")


def serve(works: Mapping[str, Work]) -> None:
    """Do what standard input says, until it ends."""
    for line in sys.stdin:
        order = json.loads(line)
        work = works[order["work"]]
        files = sorted(Path(order["folder"]).iterdir())
        things = [work.ready(file) for file in files]
        began = time.process_time()
        results = [work.do(thing) for thing in things]
        seconds = time.process_time() - began
        if order["out"]:
            for file, result in zip(files, results, strict=True):
                (Path(order["out"]) / file.name).write_text(str(result or ""), "utf-8")
        print(json.dumps({"seconds": seconds, "files": len(files)}), flush=True)
