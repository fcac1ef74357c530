"""Reads documents in a process of their own: no document can hurt the run.

The process (see ``server``) is started with the first document and lives as long as the
worker; should it die, the next document starts another.
"""

import hashlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from scraper.documents import wire
from scraper.documents.pipes import LARGEST, READY, framed, read_message, write_all
from scraper.errors import DocumentError
from scraper.model import Document

#: Seconds for the process to start, on a slow and busy machine.
_START = 120.0

#: Seconds beyond ``Limits.wall`` for everything around the reading itself.
_GRACE = 15.0

#: Deaths of the process with no answer between them that are a fault of ours, not of
#: documents: it is made to outlive those.
_TOO_MANY_DEATHS = 3

#: Statuses of documents that must not be tried again.
_DEADLY = frozenset({"crashed", "timeout"})


def _environment() -> dict[str, str]:
    """Return the variables the process gets: no secret of ours."""
    ours = str(Path(__file__).parents[2])  # an installation may find us by other ways
    return {
        "PYTHONPATH": os.pathsep.join(map(os.path.abspath, [ours, *sys.path])),
        # macOS: let a child be forked though a framework may have been loaded.
        "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",
        # glibc: a child ends soon, so it gives no memory back to ask for it again.
        "MALLOC_TRIM_THRESHOLD_": str(1 << 28),
        "MALLOC_MMAP_THRESHOLD_": str(1 << 25),
        "MALLOC_TOP_PAD_": str(1 << 20),
    }


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may use.

    Source: 222 real documents need at most 0.8 seconds and 40 MB (October 2026).
    """

    #: Bytes of address space; not kept on macOS, which knows no such limit.
    memory: int = 1 << 30
    #: Seconds of processor time.
    cpu: int = 20
    #: Seconds.
    wall: float = 15.0
    #: Bytes of the encoded text.
    result: int = 16_000_000


class Worker:
    """Hands documents to the process that reads them; use it in a ``with``.

    Not for several threads at once.
    """

    def __init__(
        self, limits: Limits = Limits(), reader: str = "scraper.documents:extract"
    ) -> None:
        self._limits = limits
        self._reader = reader
        self._server: subprocess.Popen[bytes] | None = None
        self._deaths = 0
        #: By sha256: what became of documents that ended or outlasted their process.
        self._deadly: dict[bytes, DocumentError] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def extract(self, data: bytes) -> Document:
        """Return the whole text of a document; see :func:`scraper.documents.extract`.

        Raises:
            DocumentError: as the reader says; or ``crashed``, ``timeout`` or
                ``too_large``, when it went beyond its limits. Such a document is not
                tried again by this worker.
            RuntimeError: the process cannot be started, or dies every time.
        """
        if len(data) > LARGEST:
            reason = f"the file is larger than {LARGEST // 1_000_000} MB"
            raise DocumentError("too_large", reason)
        if self._deadly and (known := self._deadly.get(_digest(data))):
            raise DocumentError(known.status, known.reason)
        try:
            return wire.decode(self._ask(data))
        except ValueError:
            error = DocumentError("crashed", "its reader gave a senseless answer")
        except DocumentError as refusal:
            error = refusal
        if error.status in _DEADLY:
            self._deadly[_digest(data)] = error
        raise error

    def _ask(self, data: bytes) -> bytes:
        """Return the answer; raises ``crashed`` or ``timeout`` if there is none."""
        server = self._ready_server()
        try:
            answer = self._exchange(server, data)
        except TimeoutError:
            self._stop()
            raise DocumentError("timeout", "its reader did not answer") from None
        except (EOFError, OSError, OverflowError) as error:
            self._stop()
            self._deaths += 1
            if self._deaths == _TOO_MANY_DEATHS:
                raise RuntimeError("the process that reads documents dies") from error
            raise DocumentError("crashed", "the reading process ended") from None
        except BaseException:
            self._stop()  # an answer still to come must not be taken for the next one
            raise
        self._deaths = 0
        return answer

    def _exchange(self, server: subprocess.Popen[bytes], data: bytes) -> bytes:
        assert server.stdin
        assert server.stdout
        deadline = time.monotonic() + self._limits.wall + _GRACE
        write_all(server.stdin.fileno(), framed(data), deadline)
        return read_message(server.stdout.fileno(), self._limits.result, deadline)

    # --- the process --------------------------------------------------------------

    def _ready_server(self) -> subprocess.Popen[bytes]:
        """Return a server that lives, a new one if need be."""
        if self._server is not None and self._server.poll() is not None:
            self._stop()
        if self._server is None:
            self._server = self._start()
        return self._server

    def _start(self) -> subprocess.Popen[bytes]:
        limits = self._limits
        numbers = (limits.memory, limits.cpu, limits.wall, limits.result)
        server = subprocess.Popen(
            [sys.executable, "-P", "-S", "-m", "scraper.documents.server", self._reader]
            + [str(number) for number in numbers],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=_environment(),
            start_new_session=True,
        )
        assert server.stdin
        assert server.stdout
        self._server = server
        for pipe in (server.stdin, server.stdout):
            os.set_blocking(pipe.fileno(), False)
        try:
            deadline = time.monotonic() + _START
            hello = read_message(server.stdout.fileno(), len(READY), deadline)
        except (EOFError, OverflowError, TimeoutError) as error:
            self._stop()
            raise RuntimeError("the process that reads documents fails") from error
        assert hello == READY
        return server

    def _stop(self) -> None:
        """End the process; its child, if there is one, goes with it."""
        server, self._server = self._server, None
        if server is None:
            return
        assert server.stdin
        assert server.stdout
        server.stdin.close()
        server.stdout.close()
        try:
            server.wait(timeout=1)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
