"""Run git safely: own environment, argument lists, deadlines, no token in sight.

Nothing of the operator's git configuration, hooks, credential helpers or ``GIT_*``
variables takes part. The token reaches git through an askpass helper that reads it
from the environment of that one process: it is in no argument list, file or address.
"""

import contextlib
import os
import signal
import subprocess
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from publishers.files import storage_error, write_atomic
from publishers.git.verdict import Answer, gist
from scraper.errors import ConfigError

#: Seconds a command on our own disk may take.
LOCAL_SECONDS = 300.0
#: Seconds an exchange with a remote may take; git itself gives up a stalled one sooner.
REMOTE_SECONDS = 1200.0
#: Seconds git has to tidy up its locks before it is killed.
GRACE_SECONDS = 5.0
#: The exit code we report for a command that met its deadline.
TIMED_OUT = 124

_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.symlinks=false",
    "core.fsync=all",
    "credential.helper=",
    "fastimport.unpackLimit=0",
    "gc.auto=0",
    "maintenance.auto=false",
    "http.followRedirects=false",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=60",
    "protocol.version=2",
    "protocol.allow=never",
)
_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=30",
    "LC_ALL": "C",
}
_ASKPASS = b"""#!/bin/sh
case "$1" in
Username*) printf '%s\\n' "$BODOJARYO_GIT_USER" ;;
*) printf '%s\\n' "$BODOJARYO_GIT_TOKEN" ;;
esac
"""


class GitFailed(Exception):  # noqa: N818 - not an outcome by itself; callers decide
    """A git command ended with another code than 0 for a reason we do not know."""

    def __init__(self, command: str, answer: Answer) -> None:
        super().__init__(f"git {command}: {gist(answer.words) or answer.code}")
        self.answer = answer


class Run(Protocol):
    """Runs one command; tests put their own in its place."""

    def __call__(
        self,
        argv: Sequence[str],
        *,
        env: dict[str, str],
        stdin: bytes,
        timeout: float,
        inherit: Sequence[int],
    ) -> Answer:
        """Run ``argv`` to its end, at most ``timeout`` seconds.

        The open files ``inherit`` stay open in it and in all that it starts.
        """


def run_command(
    argv: Sequence[str],
    *,
    env: dict[str, str],
    stdin: bytes,
    timeout: float,
    inherit: Sequence[int] = (),
) -> Answer:
    """Run ``argv`` in a process group of its own; it never outlives this call.

    Raises:
        ConfigError: there is no such program.
    """
    try:
        process = subprocess.Popen(
            argv,
            env=env,
            cwd="/",  # not in a repository whose settings would count
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            pass_fds=inherit,
        )
    except OSError as error:
        raise ConfigError([f"git cannot be run ({error}): install git"]) from error
    try:
        out, err = process.communicate(stdin, timeout)
    except subprocess.TimeoutExpired:
        _end(process)
        return Answer(TIMED_OUT, b"", f"no answer within {timeout:g} s")
    except BaseException:
        _end(process)
        raise
    return Answer(process.returncode, out, err.decode("utf-8", "replace"))


class Git:
    """The git program, as this program uses it."""

    def __init__(
        self,
        *,
        run: Run = run_command,
        token: str | None = None,
        token_user: str = "",
        askpass: Path | None = None,
    ) -> None:
        """``askpass`` is where the helper is written; needed with a ``token`` only."""
        self._run = run
        self._token = token
        self._token_user = token_user
        self._askpass = askpass

    def answer(
        self,
        *arguments: str,
        stdin: bytes = b"",
        transport: str = "",
        inherit: Sequence[int] = (),
    ) -> Answer:
        """Run ``git`` with these arguments and return how it ended.

        ``transport`` (``file``, ``https``, ``ssh`` …) is the one it may talk over; ""
        keeps it on our own disk, even where objects are missing.
        """
        settings = [
            *_SETTINGS,
            *([f"protocol.{transport}.allow=always"] * bool(transport)),
        ]
        options = [word for setting in settings for word in ("-c", setting)]
        answer = self._run(
            ["git", *options, *arguments],
            env=self._environment(transport),
            stdin=stdin,
            timeout=REMOTE_SECONDS if transport else LOCAL_SECONDS,
            inherit=inherit,
        )
        return Answer(answer.code, answer.out, self._redact(answer.words))

    def __call__(
        self, *arguments: str, stdin: bytes = b"", transport: str = ""
    ) -> bytes:
        """Run ``git`` and return what it wrote to standard output.

        Raises:
            GitFailed: it ended with another code than 0.
        """
        answer = self.answer(*arguments, stdin=stdin, transport=transport)
        if answer.code:
            named = [word for word in arguments if not word.startswith(("-", "/"))]
            raise GitFailed(named[0] if named else "", answer)
        return answer.out

    def _environment(self, transport: str) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("GIT_", "BODOJARYO_GIT_", "SSH_ASKPASS"))
        }
        secret: dict[str, str] = {}
        if self._token and self._askpass and transport in ("http", "https"):
            self._write_askpass(self._askpass)
            secret = {
                "GIT_ASKPASS": str(self._askpass),
                "BODOJARYO_GIT_USER": self._token_user,
                "BODOJARYO_GIT_TOKEN": self._token,
            }
        return inherited | _ENVIRONMENT | secret

    def _write_askpass(self, path: Path) -> None:
        if path.exists():
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(error, path) from error
        write_atomic(path, _ASKPASS, mode=0o700)

    def _redact(self, words: str) -> str:
        for form in self._secrets():
            words = words.replace(form, "***")
        return words

    def _secrets(self) -> list[str]:
        """Return the forms a token may turn up in: plain, in a URL, in a header."""
        if not self._token:
            return []
        pair = f"{self._token_user}:{self._token}".encode()
        return [self._token, quote(self._token, safe=""), b64encode(pair).decode()]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command and all it started: politely, so that it removes its locks."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=GRACE_SECONDS)
            return
