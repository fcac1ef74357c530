"""What a process and all it started use."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

#: Starts a command and tells what it used. A process counts the peak of whoever started
#: it as its own, so that must be a small one.
LAUNCHER = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=sys.stderr)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


@dataclass(frozen=True, slots=True)
class Used:
    """What a process used: seconds of CPU and by the clock, MB at its peak."""

    cpu: float
    wall: float
    peak_mb: float


def spend(
    command: Sequence[str | Path],
    folder: Path,
    environ: Mapping[str, str] | None = None,
) -> Used:
    """Run a command to its end; CPU counts its children, the peak is the largest's.

    Raises:
        RuntimeError: it failed; the message has the end of what it said.
    """
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-S", "-c", LAUNCHER, *command],
        cwd=folder,
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        check=True,
    )
    code, cpu, peak = done.stdout.split()
    if code != "0":
        raise RuntimeError(f"{command} ended with code {code}: {done.stderr[-2000:]}")
    # Linux counts kilobytes, macOS bytes.
    unit = 1_000_000 if sys.platform == "darwin" else 1_000
    return Used(float(cpu), time.monotonic() - began, float(peak) / unit)
