"""stdout and stderr as they come, made safe to print Korean on."""

import io
import os
import sys


def mend_streams() -> None:
    """Make printing safe: no closed stream, and no letter an encoding lacks."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - for good
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def without_reader() -> None:
    """Let the rest of what is said go nowhere: whoever read us has gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)
