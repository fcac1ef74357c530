"""A reader that does what the document says: for what a worker must survive."""

import os
import signal
import sys
import time
from pathlib import Path

from scraper.documents.wire import encode
from scraper.errors import DocumentError
from scraper.model import Document, Paragraph

MEGABYTE = 1 << 20


def extract(data: bytes) -> Document:
    """Do the deed named by the first word of ``data``."""
    deed, _, rest = data.decode().partition(" ")
    found = DEEDS[deed](rest)
    return Document("test", (Paragraph(str(found)),))


def _sleep(rest: str) -> None:
    time.sleep(float(rest))


def _sleep_deaf(rest: str) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(float(rest))


def _spin(rest: str) -> None:
    while True:
        pass


def _eat(rest: str) -> int:
    return len(bytearray(int(rest) * MEGABYTE))


def _end(rest: str) -> None:
    os.kill(os.getpid(), int(rest))


def _leave(rest: str) -> None:
    os._exit(int(rest))


def _bug(rest: str) -> None:
    raise KeyError(rest)


def _refuse(rest: str) -> None:
    raise DocumentError("encrypted", rest)


def _results() -> list[int]:
    """Return the open pipes: one of them leads to the server."""
    return [n for n in range(3, 64) if _is_open(n)]


def _is_open(handle: int) -> bool:
    try:
        os.fstat(handle)
    except OSError:
        return False
    return True


def _garble(rest: str) -> None:
    """Answer with bytes of our own, in a frame or without."""
    body = {
        "noise": b"\xff" * 100,
        "text": len(b"hello").to_bytes(8, "big") + b"hello",
        "lie": (1 << 62).to_bytes(8, "big"),
        "short": (100).to_bytes(8, "big") + b"{",
        "two": (len(encode(OTHER)).to_bytes(8, "big") + encode(OTHER)) * 2,
    }[rest]
    for handle in _results():
        try:
            os.write(handle, body)
        except OSError:
            continue
    os._exit(0)


def _close(rest: str) -> None:
    """Close every way to the server, and stay."""
    os.closerange(3, 64)
    time.sleep(float(rest))


def _kill_server(rest: str) -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(float(rest))


def _stop_server(rest: str) -> None:
    os.kill(os.getppid(), signal.SIGSTOP)


def _fork(rest: str) -> None:
    """Leave a process behind that holds the pipes open."""
    if os.fork() == 0:
        time.sleep(float(rest))
        os._exit(0)
    os._exit(0)


def _long(rest: str) -> str:
    return "가" * (int(rest) * MEGABYTE // 3)


def _write(rest: str) -> str:
    """Return what the system says to an attempt to write."""
    try:
        Path(rest).write_text("x")
    except OSError as error:
        return type(error).__name__
    return "done"


def _open(rest: str) -> int:
    """Return how many files can be opened."""
    found = []
    for _ in range(1000):
        try:
            found.append(os.open(__file__, os.O_RDONLY))
        except OSError:
            break
    return len(found)


def _environment(rest: str) -> str:
    return ",".join(sorted(os.environ)) + " " + ",".join(sorted(sys.modules))


def _who(rest: str) -> str:
    return f"{os.getpid()} {os.getppid()} {os.getsid(0)}"


OTHER = Document("forged", ())

DEEDS = {
    name.removeprefix("_"): deed
    for name, deed in list(globals().items())
    if callable(deed) and name.startswith("_") and not name.startswith("__")
}
