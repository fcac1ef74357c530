"""A news server of our own: real ``git http-backend`` on loopback, and its bad days.

    with GitServer(folder) as server:           # folder/news.git, made when absent
        server.fail("status", status=503, at="push", times=2)
        GitPublisher(server.url, ...)

It speaks what a forge speaks: smart HTTP with protocol v2, chunked and gzip bodies,
basic authentication by a token, TLS if given a context. ``server.repository`` is a
plain bare repository, so that a forge's API can be played over the same one, and
tests can look at the truth.

A fault waits for a request of its kind (``at``, "" for any) and is used up by it:

``status``        answers with ``status`` and no more
``stall``         takes the request and answers nothing, until the client goes away
``cut request``   closes the connection in the middle of the client's request
``cut response``  does the work and sends half of the answer
``lost response`` does the work and sends none of it
``kill``          kills the backend when it has half of the request: 500
``rollback``      takes a push, says so, and forgets it: a replica took over
``act``           calls ``act()`` first, then serves: somebody was quicker

What lasts is not a fault but a state: :meth:`GitServer.decline` (a hook says no, in a
forge's words), ``full`` (the disk is), :meth:`GitServer.down` (nobody listens).

The kinds of request, in the order git makes them: ``hello`` and ``ask`` (which refs
are there), ``fetch``; ``push-hello``, ``probe`` (only before a large push), ``push``.
"""

import functools
import gzip
import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

FAULTS = (
    "status",
    "stall",
    "cut request",
    "cut response",
    "lost response",
    "kill",
    "rollback",
)
#: Written beside what a rollback did to the branch, in its log.
ROLLBACK = "a replica took over"

#: What GitHub prints for a protected branch, and for a rule; seen in their docs 2026.
GH006 = (
    "error: GH006: Protected branch update failed for refs/heads/main.\n"
    "error: Changes must be made through a pull request.\n"
)
GH013 = (
    "error: GH013: Repository rule violations found for refs/heads/main.\n"
    "- Changes must be made through a pull request.\n"
)

_FULL_DISK = ["sh", "-c", 'trap "" XFSZ; ulimit -f 0; exec "$@"', "sh"]


@functools.cache
def _backend_command() -> str:
    """Return git's own program, not by way of ``git``, which would start it twice."""
    folder = subprocess.check_output(["git", "--exec-path"], text=True).strip()
    return f"{folder}/git-http-backend"


#: Status, headers and content.
Answer = tuple[int, list[tuple[str, str]], bytes]


@dataclass(slots=True)
class Fault:
    """One bad thing that waits for its request."""

    what: str
    at: str = ""
    status: int = 503
    act: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it was answered; status 0 for none."""

    kind: str
    status: int
    user: str


class GitServer:
    """One bare repository over HTTP; use it as a context manager."""

    def __init__(
        self,
        root: Path,
        *,
        name: str = "news",
        token: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.repository = root / f"{name}.git"
        #: What a client must give as its password; "" asks for none.
        self.token = token
        self.log: list[Asked] = []
        #: Errors of the server itself; a test may hold that there are none.
        self.errors: list[BaseException] = []
        self.faults: list[Fault] = []
        self.full = False
        #: What git said it can do, by address and protocol; it names no refs yet.
        self.greetings: dict[tuple[str, str], Answer] = {}
        self.stopping = threading.Event()
        self._tls = tls
        self._port = 0
        self._http: _Http | None = None
        self._thread: threading.Thread | None = None
        if not self.repository.exists():
            make_bare(self.repository)

    @property
    def url(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._port}/{self.repository.name}"

    def __enter__(self) -> "GitServer":
        self.up()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.down()

    # --- bad days ---------------------------------------------------------------------

    def fail(
        self,
        what: str,
        *,
        at: str = "",
        status: int = 503,
        times: int = 1,
        act: Callable[[], object] | None = None,
    ) -> None:
        """Let the next ``times`` requests of a kind go wrong."""
        assert what in FAULTS or (what == "act" and act), what
        self.faults += [Fault(what, at, status, act) for _ in range(times)]

    def decline(self, words: str) -> None:
        """Let a hook refuse every push from now on, saying ``words``."""
        hook = self.repository / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        (self.repository / "declined").write_text(words, "utf-8")
        hook.write_text("#!/bin/sh\ncat declined >&2\nexit 1\n", "utf-8")
        hook.chmod(0o755)

    def accept(self) -> None:
        """Take pushes again, and have room for them."""
        (self.repository / "hooks" / "pre-receive").unlink(missing_ok=True)
        self.full = False
        self.faults.clear()

    def down(self) -> None:
        """Stop listening; what is under way is dropped."""
        self.stopping.set()
        if self._http and self._thread:
            self._http.shutdown()
            self._http.server_close()
            self._thread.join()
        self._http = self._thread = None

    def up(self) -> None:
        """Listen, at the same port as before if there was one."""
        _backend_command()  # now: what a test does to git later is not ours
        if self._http:
            return
        self.stopping.clear()
        self._http = _Http(("127.0.0.1", self._port), _Handler)
        self._http.owner, self._http.tls = self, self._tls
        self._port = self._http.server_address[1]
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self._thread.start()

    # --- for the handler --------------------------------------------------------------

    def take(self, kind: str) -> Fault | None:
        """Return the fault that waits for such a request, and use it up."""
        for fault in self.faults:
            if fault.at in ("", kind):
                self.faults.remove(fault)
                return fault
        return None

    def kinds(self) -> list[str]:
        return [asked.kind for asked in self.log]


def make_bare(path: Path, branch: str = "main") -> None:
    """Make a bare repository as forges keep them: partial clones, pushes over HTTP."""
    init = ["git", "init", "--quiet", "--bare", "--template=", "-b", branch, str(path)]
    subprocess.run(init, check=True)
    for setting in (
        "http.receivepack=true",
        "uploadpack.allowFilter=true",
        "uploadpack.allowAnySHA1InWant=true",
        "receive.autogc=false",
        "core.logAllRefUpdates=true",
    ):
        subprocess.run(
            ["git", "-C", str(path), "config", *setting.split("=")], check=True
        )


class _Http(ThreadingHTTPServer):
    daemon_threads = False
    owner: GitServer
    tls: ssl.SSLContext | None

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        connection.settimeout(30)
        if self.tls:
            connection = self.tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if error and not isinstance(
            error, (ConnectionError, ssl.SSLError, TimeoutError)
        ):
            self.owner.errors.append(error)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    #: Head and body are two writes; the second would wait 40 ms for an echo.
    disable_nagle_algorithm = True
    server: _Http

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        waiting = self._next_push_is_cut()
        if waiting:
            self._read_body(half=True)
            self._hang_up()
            self._note("push", 0)
            return
        self._serve(self._read_body())

    # --- one request ------------------------------------------------------------------

    def _serve(self, body: bytes) -> None:
        owner, kind = self.server.owner, self._kind(body)
        if owner.token and self._password() != owner.token:
            self._answer(kind, 401, b"", ("WWW-Authenticate", 'Basic realm="news"'))
            return
        fault = owner.take(kind)
        what = fault.what if fault else ""
        if fault and fault.act:
            fault.act()
        if fault and what == "status":
            self._answer(kind, fault.status, b"no\n")
        elif what == "stall":
            self._note(kind, 0)
            self._wait_for_the_client_to_go()
        elif what == "cut request":
            self._note(kind, 0)
            self._hang_up()
        else:
            before = self._branch() if what == "rollback" else {}
            status, headers, content = self._work(kind, body, kill=what == "kill")
            for ref, oid in before.items():
                self._git("update-ref", "-m", ROLLBACK, ref, oid)
            if what in ("lost response", "cut response"):
                self._note(kind, 0)
                if what == "cut response":
                    self._send(status, headers, content, cut=True)
                self._hang_up()
            else:
                self._answer(kind, status, content, *headers)

    def _kind(self, body: bytes) -> str:
        pushes = "git-receive-pack" in self.path
        if self.command == "GET":
            return "push-hello" if pushes else "hello"
        if pushes:
            return "probe" if self.headers.get("Content-Length") == "4" else "push"
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return "ask" if b"command=ls-refs" in body[:40] else "fetch"

    def _next_push_is_cut(self) -> bool:
        """Say whether this is a push whose request is to be cut, and use that up."""
        owner = self.server.owner
        first = next((f for f in owner.faults if f.at in ("", "push")), None)
        if self._kind(b"") != "push" or not first or first.what != "cut request":
            return False
        owner.faults.remove(first)
        return True

    def _work(self, kind: str, body: bytes, *, kill: bool) -> Answer:
        """Let git answer; what it can do is asked once, as it tells no more by it."""
        asked = (self.path, self.headers.get("Git-Protocol", ""))
        owner, greetings = self.server.owner, self.server.owner.greetings
        greets = kind == "hello" and asked[1] == "version=2" and not kill
        greets = greets and owner.repository.exists()
        if greets and asked in greetings:
            return greetings[asked]
        answer = self._backend(body, kill=kill)
        if greets and answer[0] == 200:
            greetings[asked] = answer
        return answer

    def _backend(self, body: bytes, *, kill: bool) -> Answer:
        owner = self.server.owner
        command = [*(_FULL_DISK if owner.full else []), _backend_command()]
        process = subprocess.Popen(
            command,
            env=self._environment(len(body)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        if kill:
            assert process.stdin
            process.stdin.write(body[: len(body) // 2])
            process.stdin.flush()
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return 500, [], b""
        out, _ = process.communicate(body)
        head, _, content = out.partition(b"\r\n\r\n")
        headers = [
            (name, value.strip())
            for name, _, value in (
                line.partition(":") for line in head.decode("latin-1").splitlines()
            )
        ]
        status = next((v for n, v in headers if n == "Status"), "200")
        if not out:
            return 500, [], b""
        return int(status[:3]), [h for h in headers if h[0] != "Status"], content

    def _environment(self, length: int) -> dict[str, str]:
        parts = urlsplit(self.path)
        inherited = ("PATH", "HOME", "TMPDIR")
        return {name: os.environ[name] for name in inherited if name in os.environ} | {
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_PROJECT_ROOT": str(self.server.owner.repository.parent),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "GIT_COMMITTER_NAME": "forge",
            "GIT_COMMITTER_EMAIL": "forge@example.invalid",
            "REMOTE_USER": self._user() or "somebody",
            "REMOTE_ADDR": "127.0.0.1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
        }

    def _branch(self) -> dict[str, str]:
        told = self._git("for-each-ref", "--format=%(refname) %(objectname)")
        return dict(line.split(" ") for line in told.splitlines())

    def _git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.server.owner.repository), *arguments]
        return subprocess.check_output(command, text=True, env=self._environment(0))

    # --- reading and writing ----------------------------------------------------------

    def _read_body(self, *, half: bool = False) -> bytes:
        if self.headers.get("Transfer-Encoding", "") == "chunked":
            return self._read_chunks(half=half)
        length = int(self.headers.get("Content-Length", 0))
        return self.rfile.read(length // 2 if half else length)

    def _read_chunks(self, *, half: bool) -> bytes:
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
            if half:
                break
        else:
            self.rfile.readline()
        return b"".join(chunks)

    def _answer(
        self, kind: str, status: int, content: bytes, *headers: tuple[str, str]
    ) -> None:
        self._note(kind, status)
        self._send(status, list(headers), content)

    def _send(
        self,
        status: int,
        headers: list[tuple[str, str]],
        content: bytes,
        *,
        cut: bool = False,
    ) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if cut else content)
        self.wfile.flush()

    def _hang_up(self) -> None:
        """Close the connection without a word: the client sees a reset."""
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def _wait_for_the_client_to_go(self) -> None:
        self.close_connection = True
        self.connection.settimeout(0.05)
        while not self.server.owner.stopping.is_set():
            try:
                if not self.connection.recv(1 << 16):
                    return
            except TimeoutError:
                continue

    def _note(self, kind: str, status: int) -> None:
        self.server.owner.log.append(Asked(kind, status, self._user()))

    def _user(self) -> str:
        return self._credentials()[0]

    def _password(self) -> str:
        return self._credentials()[1]

    def _credentials(self) -> tuple[str, str]:
        _, _, pair = self.headers.get("Authorization", "").partition(" ")
        user, _, password = b64decode(pair).decode().partition(":")
        return user, password


def make_tls(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return what a server here needs for TLS, and the file of its authority."""
    folder.mkdir(exist_ok=True)
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:prime256v1", "-nodes", "-days", "36500",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate


def main() -> None:
    """Serve the folder given until the input ends; print the address first."""
    with GitServer(Path(sys.argv[1])) as server:
        print(server.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
