"""Documents we cannot read, through a program of the operator's choice.

The program gets the path of a copy of the file, and prints its text: UTF-8, each line a
paragraph, plain or Markdown. It runs without a shell, in an empty folder of its own,
with nothing of our environment but ``PATH`` and ``HOME``.
"""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath

from scraper.documents import glyphs, sniff
from scraper.documents.pipes import read_to_end
from scraper.documents.structure import structure
from scraper.errors import DocumentError
from scraper.model import Document, Paragraph

#: Stands for the path of the file among the words of the command.
PLACE = "{in}"

#: Seconds the program may take: office programs start slowly.
SECONDS = 60.0

#: Bytes of text it may print.
MOST = 16_000_000

#: Statuses of refused documents that another program may understand.
TAKEN = frozenset({"hwp3", "hwpml", "odt", "docx", "encrypted", "drm"})

#: Name endings that such programs go by, for what :func:`sniff` says.
_ENDINGS = {"hwp3": ".hwp", "hwpml": ".hml"}


def with_converter(
    extract: Callable[[bytes], Document],
    command: Sequence[str],
    *,
    seconds: float = SECONDS,
) -> Callable[[bytes], Document]:
    """Return ``extract``, with ``command`` for what it refuses as :data:`TAKEN`.

    Without a command that is ``extract`` itself. Should the program fail, the refusal
    stands and says so.
    """
    if not command:
        return extract

    def extract_or_convert(data: bytes) -> Document:
        try:
            return extract(data)
        except DocumentError as error:
            if error.status not in TAKEN:
                raise
            return _convert(data, command, error, seconds)

    return extract_or_convert


def _convert(
    data: bytes, command: Sequence[str], refusal: DocumentError, seconds: float
) -> Document:
    name = PurePath(command[0]).name
    try:
        text = _run(data, command, seconds).decode("utf-8-sig")
    except (_FailedError, UnicodeDecodeError) as error:
        said = "printed no UTF-8" if isinstance(error, UnicodeDecodeError) else error
        raise DocumentError(
            refusal.status, f"{refusal.reason}; {name} {said}"
        ) from error
    lines = filter(None, (glyphs.clean(line) for line in text.splitlines()))
    blocks = structure(map(Paragraph, lines))
    if not blocks:
        raise DocumentError(refusal.status, f"{refusal.reason}; {name} printed nothing")
    return Document("converted", blocks, (f"converted by {name}: {refusal.reason}",))


class _FailedError(Exception):
    """The program did not do its work; the message says how."""


def _run(data: bytes, command: Sequence[str], seconds: float) -> bytes:
    """Return what the program prints about a file with these bytes."""
    kind = sniff(data)
    with tempfile.TemporaryDirectory(
        prefix="bodojaryo-", ignore_cleanup_errors=True
    ) as folder:
        file = Path(folder, "document" + _ENDINGS.get(kind, f".{kind}"))
        file.write_bytes(data)
        words = [word.replace(PLACE, str(file)) for word in command]
        try:
            process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                env={n: os.environ[n] for n in ("PATH", "HOME") if n in os.environ},
                start_new_session=True,
            )
        except OSError as error:
            raise _FailedError(f"cannot be run ({error.strerror})") from error
        return _printed(process, seconds)


def _printed(process: subprocess.Popen[bytes], seconds: float) -> bytes:
    """Return all that the program prints; it and its children end here."""
    assert process.stdout
    deadline = time.monotonic() + seconds
    try:
        with process.stdout as pipe:
            os.set_blocking(pipe.fileno(), False)
            text = read_to_end(pipe.fileno(), MOST, deadline)
        code = process.wait(max(0.0, deadline - time.monotonic()))
    except (TimeoutError, subprocess.TimeoutExpired) as error:
        raise _FailedError(f"took longer than {seconds:g} seconds") from error
    except OverflowError as error:
        raise _FailedError(f"printed more than {MOST // 1_000_000} MB") from error
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if code:
        raise _FailedError(f"ended with code {code}")
    return text
