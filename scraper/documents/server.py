"""The process that reads documents: a warm parent, and one forked child for each.

    main --document--> server --fork--> child
         <--answer---         <-answer-

It knows the readers, and neither network, state nor secrets: it is started with an
empty environment. The child can do little: its memory, time and output are limited, and
it can write to no file. Whatever happens to it, the server lives on.
"""

import contextlib
import ctypes
import gc
import importlib
import mmap
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from typing import NoReturn

from scraper.documents import load, sniff, wire
from scraper.documents.heap import Heap
from scraper.documents.pipes import (
    LARGEST,
    READY,
    fill,
    framed,
    read_length,
    read_message,
)
from scraper.documents.practice import practice
from scraper.errors import DocumentError
from scraper.model import Document

#: Bytes that tell the kind of a document well enough to load its reader.
_SNIFFED = 1024

#: Memory that no child can change for the next; all there at once, where that can be.
_OWN = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | getattr(mmap, "MAP_POPULATE", 0)

_NEVER = float("inf")

_LINUX = sys.platform == "linux"

#: Files a child may have open: Python loads a rare module late, and must find it.
_FILES = 16

#: From linux/prctl.h.
_PR_SET_PDEATHSIG = 1

#: Seconds between two looks at a child that is about to end.
_GLANCE = 0.002

#: Text codings that Python loads when first used: once here, not in every child.
_CODINGS = ("ascii", "latin-1", "cp437", "cp949", "utf-8-sig", "utf-16", "utf-16-le")


def main() -> None:
    """Serve until standard input ends; the arguments are those of ``Worker``."""
    function, memory, cpu, wall, result = sys.argv[1:]
    module, _, name = function.partition(":")
    extract = getattr(importlib.import_module(module), name)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # whoever started us decides
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # a child's alarm ends it
    answers = os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    for coding in _CODINGS:
        b"".decode(coding)
        "".encode(coding)
    Server(
        extract, answers, null, int(memory), int(cpu), float(wall), int(result)
    ).run()


class Server:
    """Reads documents from standard input, one after the other."""

    def __init__(
        self,
        extract: Callable[[bytes], Document],
        answers: int,
        null: int,
        memory: int,
        cpu: int,
        wall: float,
        result: int,
    ) -> None:
        self._extract = extract
        self._answers = answers
        self._null = null
        self._memory = memory
        self._cpu = cpu
        self._wall = wall
        self._result = result
        self._loaded: set[str] = set()
        self._heap = Heap()
        self._prctl = ctypes.CDLL(None).prctl if _LINUX else None
        os.set_blocking(0, False)

    def run(self) -> None:
        """Answer each document until nobody asks."""
        with contextlib.suppress(EOFError, BrokenPipeError):
            self._say(READY)
            while True:
                with self._next_document() as data:
                    self._get_ready(sniff(bytes(data[:_SNIFFED])))
                    self._say(self._read(data))

    def _say(self, message: bytes) -> None:
        data = memoryview(framed(message))
        while data:
            data = data[os.write(self._answers, data) :]

    def _next_document(self) -> memoryview:
        """Return the next document, in memory apart from the heap."""
        length = read_length(0, LARGEST, _NEVER)
        data = memoryview(mmap.mmap(-1, length or 1, _OWN))[:length]
        fill(0, data, _NEVER)
        return data

    def _get_ready(self, kind: str) -> None:
        """Load the reader of a kind and what it loads late, so that no child needs to.

        Looking at the first bytes is all that is done here with a document.
        """
        if kind not in self._loaded and load(kind):
            self._loaded.add(kind)
            if kind == "hwpx":  # nearly all documents of today
                practice()
            gc.collect()
            gc.freeze()
            self._heap.settle()

    # --- the parent's side --------------------------------------------------------

    def _read(self, data: memoryview) -> bytes:
        """Return the answer of a child, or why there is none."""
        deadline = time.monotonic() + self._wall
        result, into = os.pipe()
        self._heap.sweep()
        child = os.fork()
        if child == 0:
            self._be_child(data, into)
        os.close(into)
        os.set_blocking(result, False)
        try:
            return read_message(result, self._result, deadline, while_open=(0,))
        except OverflowError:
            return self._too_long()
        except TimeoutError:
            return self._too_slow()
        except EOFError:
            return self._obituary(_last_status(child, deadline))
        finally:
            os.close(result)
            _end(child)

    def _obituary(self, status: int | None) -> bytes:
        """Return why a child left without an answer."""
        if status is None:
            return self._too_slow()
        if not os.WIFSIGNALED(status):
            code = os.waitstatus_to_exitcode(status)
            return wire.encode_refusal("crashed", f"its reader ended with code {code}")
        number = os.WTERMSIG(status)
        if number in (signal.SIGXCPU, signal.SIGALRM):
            return self._too_slow()
        name = signal.Signals(number).name
        return wire.encode_refusal("crashed", f"its reader was ended by {name}")

    def _too_slow(self) -> bytes:
        reason = f"reading it took longer than {self._wall:g} seconds"
        return wire.encode_refusal("timeout", reason)

    def _too_long(self) -> bytes:
        reason = f"its text is longer than {self._result // 1_000_000} MB"
        return wire.encode_refusal("too_large", reason)

    # --- the child's side ---------------------------------------------------------

    def _be_child(self, data: memoryview, into: int) -> NoReturn:
        """Read the document, answer, and end without any of the parent's goodbyes."""
        try:
            self._give_up_rights()
            gc.disable()  # the child is gone before it pays
            answer = self._answer(bytes(data))
            if len(answer) > self._result:
                answer = self._too_long()
            message = memoryview(framed(answer))
            while message:
                message = message[os.write(into, message) :]
            os._exit(0)
        finally:
            os._exit(1)

    def _give_up_rights(self) -> None:
        os.setpgid(0, 0)
        if self._prctl is not None:
            self._prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        # The system ends a child that nobody is left to end.
        signal.setitimer(signal.ITIMER_REAL, self._wall + 1)
        for handle in (0, 2):
            os.dup2(self._null, handle)
        os.close(self._answers)
        os.close(self._null)
        # The softer limit ends it by a signal of its own, which tells the reason.
        resource.setrlimit(resource.RLIMIT_CPU, (self._cpu, self._cpu + 1))
        for kind, most in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_NPROC, 0),
            (resource.RLIMIT_AS, self._memory),
            (resource.RLIMIT_NOFILE, _FILES),
        ):
            try:
                resource.setrlimit(kind, (most, most))
            except (OSError, ValueError):
                if _LINUX:  # elsewhere not every limit can be set: macOS has no AS
                    raise

    def _answer(self, data: bytes) -> bytes:
        try:
            return wire.encode(self._extract(data))
        except DocumentError as error:
            return wire.encode_refusal(error.status, error.reason)
        except MemoryError:
            pass  # and speak of it when the frames that hold the memory are gone
        except Exception as error:  # noqa: BLE001 -- told, with the place, by the main process
            return wire.encode_refusal("crashed", f"its reader failed: {_place(error)}")
        reason = f"reading it needs more than {self._memory // 1_000_000} MB of memory"
        return wire.encode_refusal("too_large", reason)


def _place(error: Exception) -> str:
    """Name an error and where it was raised, without a word of the document."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = ""
    if trace:
        where = f" in {trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}"
    return type(error).__name__ + where


def _last_status(child: int, deadline: float) -> int | None:
    """Return the wait status of a child about to end; ``None`` if it does not."""
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        time.sleep(_GLANCE)
    return None


def _end(child: int) -> None:
    """End a child and whatever it started, and forget it."""
    # It may not have begun yet, or its end may have been waited for already.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
