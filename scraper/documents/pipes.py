"""Messages through pipes: a length, then so many bytes; all of it before a deadline."""

import os
import select
import time
from collections.abc import Sequence

#: What the process that reads documents says once it is warm.
READY = b"ready"

#: Largest document it takes; no larger one is ever downloaded.
LARGEST = 64_000_000

_HEAD = 8
_STEP = 1 << 20

#: Seconds waited at a time; a deadline may be infinite.
_NAP = 3600.0


def framed(body: bytes) -> bytes:
    """Return a message with its length before it."""
    return len(body).to_bytes(_HEAD, "big") + body


def write_all(handle: int, data: bytes, deadline: float) -> None:
    """Write all of ``data``.

    Args:
        handle: A pipe that does not block.
        data: The bytes.
        deadline: On :func:`time.monotonic`.

    Raises:
        TimeoutError: the other side did not take it in time.
        OSError: the other side is gone.
    """
    view = memoryview(data)
    while view:
        _wait(handle, select.POLLOUT, deadline)
        try:
            view = view[os.write(handle, view[:_STEP]) :]
        except BlockingIOError:
            continue


def read_message(
    handle: int, most: int, deadline: float, *, while_open: Sequence[int] = ()
) -> bytes:
    """Return the next message.

    Args:
        handle: A pipe that does not block.
        most: Bytes it may have.
        deadline: On :func:`time.monotonic`.
        while_open: Handles whose other side must stay there meanwhile.

    Raises:
        EOFError: the other side is gone.
        BrokenPipeError: the other side of ``while_open`` is gone.
        TimeoutError: it did not come in time.
        OverflowError: it is longer than ``most``.
    """
    length = read_length(handle, most, deadline, while_open=while_open)
    body = bytearray(length)
    fill(handle, body, deadline, while_open=while_open)
    return bytes(body)


def read_length(
    handle: int, most: int, deadline: float, *, while_open: Sequence[int] = ()
) -> int:
    """Return how many bytes follow; raises as :func:`read_message`."""
    head = bytearray(_HEAD)
    fill(handle, head, deadline, while_open=while_open)
    length = int.from_bytes(head, "big")
    if length > most:
        raise OverflowError(f"a message of {length} bytes")
    return length


def fill(
    handle: int,
    room: bytearray | memoryview,
    deadline: float,
    *,
    while_open: Sequence[int] = (),
) -> None:
    """Read bytes until ``room`` is full; raises as :func:`read_message`."""
    view = memoryview(room)
    while len(view):
        _wait(handle, select.POLLIN, deadline, while_open)
        try:
            count = os.readv(handle, [view[:_STEP]])
        except BlockingIOError:
            continue
        if not count:
            raise EOFError("the other side is gone")
        view = view[count:]


def read_to_end(handle: int, most: int, deadline: float) -> bytes:
    """Return all bytes until the other side closes; raises as :func:`read_message`."""
    found = bytearray()
    while True:
        _wait(handle, select.POLLIN, deadline)
        try:
            part = os.read(handle, _STEP)
        except BlockingIOError:
            continue
        if not part:
            return bytes(found)
        found += part
        if len(found) > most:
            raise OverflowError(f"more than {most} bytes")


def _wait(
    handle: int, event: int, deadline: float, while_open: Sequence[int] = ()
) -> None:
    """Wait until ``handle`` is ready (or broken: then reading or writing tells)."""
    poll = select.poll()
    poll.register(handle, event)
    for other in while_open:
        poll.register(other, 0)
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the other side took too long")
        ready = {ready for ready, _ in poll.poll(min(left, _NAP) * 1000 + 1)}
        if handle in ready:
            return
        if ready:
            raise BrokenPipeError("nobody waits for the answer any more")
