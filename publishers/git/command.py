"""Run git safely: own environment, argument lists, deadlines, no token in sight.

Nothing of the operator's git configuration, hooks, credential helpers or ``GIT_*``
variables takes part. The token reaches git through an askpass helper that reads it
from a pipe of that one command: it is in no argument, environment, file or address.
"""

import contextlib
import os
import signal
import subprocess
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
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
#: Seconds at almost no speed after which git gives up an exchange over HTTP.
STALL_SECONDS = 60
#: How git reaches a host over SSH: without questions, and not waiting for ever. Keys
#: and names are those of the operator's ``~/.ssh/config`` and agent.
SSH = "ssh -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=20"
#: How often git may ask for the token in one command.
ASKED = 8
#: Characters of a token that cannot stand in another variable by chance.
SHORTEST_SECRET = 8
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
    "protocol.version=2",
    "protocol.allow=never",
)
_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "LC_ALL": "C",
}
_ASKPASS = b"""#!/bin/sh
case "$1" in
Username*) printf '%s\\n' "$BODOJARYO_GIT_USER" ;;
*) IFS= read -r token < "/dev/fd/$BODOJARYO_GIT_TOKEN_FD" && printf '%s\\n' "$token" ;;
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
        ssh_command: str = "",
        ca_file: Path | None = None,
        stall_seconds: int = STALL_SECONDS,
    ) -> None:
        """Run nothing yet.

        Args:
            run: Runs a command.
            token: For HTTP; one line.
            token_user: The user name that goes with it.
            askpass: Where the helper is written; needed with a ``token`` only.
            ssh_command: Shell words in place of our ``ssh``; "" for ours.
            ca_file: PEM file of the authorities a server's certificate is held against.
            stall_seconds: How long an exchange over HTTP may stand still.

        Raises:
            ConfigError: the token is more than one line.
        """
        if token and not token.isprintable():
            raise ConfigError(["the access token has a line break or control in it"])
        self._run = run
        self._settings = [*_SETTINGS, f"http.lowSpeedTime={stall_seconds}"]
        self._settings += [f"http.sslCAInfo={ca_file.absolute()}"] if ca_file else []
        self._ssh_command = ssh_command or SSH
        self._token = token
        self._token_user = token_user
        self._askpass = askpass

    def answer(
        self,
        *arguments: str,
        stdin: bytes = b"",
        transport: str = "",
        inherit: Sequence[int] = (),
        env: Mapping[str, str] | None = None,
    ) -> Answer:
        """Run ``git`` with these arguments and return how it ended.

        ``transport`` (``file``, ``https``, ``ssh`` …) is the one it may talk over; ""
        keeps it on our own disk, even where objects are missing. ``env`` comes on top
        of our own environment.
        """
        settings = [
            *self._settings,
            *([f"protocol.{transport}.allow=always"] * bool(transport)),
        ]
        options = [word for setting in settings for word in ("-c", setting)]
        with self._token_pipe(transport) as (askpass, handles):
            answer = self._run(
                ["git", *options, *arguments],
                env=self._environment() | dict(env or {}) | askpass,
                stdin=stdin,
                timeout=REMOTE_SECONDS if transport else LOCAL_SECONDS,
                inherit=[*inherit, *handles],
            )
        return Answer(answer.code, answer.out, self._redact(answer.words))

    def __call__(
        self,
        *arguments: str,
        stdin: bytes = b"",
        transport: str = "",
        env: Mapping[str, str] | None = None,
    ) -> bytes:
        """Run ``git`` and return what it wrote to standard output.

        Raises:
            GitFailed: it ended with another code than 0.
        """
        answer = self.answer(*arguments, stdin=stdin, transport=transport, env=env)
        if answer.code:
            named = [word for word in arguments if not word.startswith(("-", "/"))]
            raise GitFailed(named[0] if named else "", answer)
        return answer.out

    def _environment(self) -> dict[str, str]:
        """Return our own environment but for git's variables and the token's."""
        secrets = self._secrets()
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("GIT_", "BODOJARYO_GIT_", "SSH_ASKPASS"))
            and not any(_shows(secret, value) for secret in secrets)
        }
        return inherited | _ENVIRONMENT | {"GIT_SSH_COMMAND": self._ssh_command}

    @contextmanager
    def _token_pipe(self, transport: str) -> Iterator[tuple[dict[str, str], list[int]]]:
        """Let git ask for the token: what it needs in its environment and open files.

        Whatever git starts can read its environment, and the operator's tools log it;
        so the token itself waits in a pipe, a line for each time it may be asked for.
        """
        if not (self._token and self._askpass and transport in ("http", "https")):
            yield {}, []
            return
        self._write_askpass(self._askpass)
        reader, writer = os.pipe()
        try:
            try:
                os.write(writer, f"{self._token}\n".encode() * ASKED)
            finally:
                os.close(writer)
            yield (
                {
                    "GIT_ASKPASS": str(self._askpass),
                    "BODOJARYO_GIT_USER": self._token_user,
                    "BODOJARYO_GIT_TOKEN_FD": str(reader),
                },
                [reader],
            )
        finally:
            os.close(reader)

    def _write_askpass(self, path: Path) -> None:
        try:
            if path.exists() and path.read_bytes() == _ASKPASS:
                return
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
        headers = [
            b64encode(secret).decode() for secret in (pair, self._token.encode())
        ]
        return [self._token, quote(self._token, safe=""), *headers]


def _shows(secret: str, value: str) -> bool:
    """Say whether a value gives a secret away; a short one turns up by chance."""
    return secret in value if len(secret) >= SHORTEST_SECRET else secret == value


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command and all it started: politely, so that it removes its locks."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=GRACE_SECONDS)
            return
