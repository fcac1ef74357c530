"""A server on loopback that plays scripted answers, byte by byte, well or badly.

It knows no HTTP but what it takes to see where a request ends, so it can break every
rule. A script is what goes out for one request:

* ``bytes``: sent as they are, then the connection is closed;
* a function of the server and the connection: does what it likes, and returns whether
  the connection is kept for another request.

The last script is played again and again. ``/robots.txt`` has a script of its own.
"""

import gzip
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

Script = bytes | Callable[["FaultServer", socket.socket], bool]

#: A page that is whole.
PAGE = "<html><body>정부 보도자료</body></html>".encode()


@dataclass(frozen=True)
class Asked:
    """One request as it came; ``connection`` counts from 0."""

    connection: int
    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.line.split(" ")[1]


def answer(
    body: bytes = PAGE,
    *,
    status: str = "200 OK",
    headers: str = "",
    length: int | None = -1,
    content_type: str = "text/html; charset=utf-8",
) -> bytes:
    """Return an answer; ``length`` is the one stated, -1 for the true one."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}"]
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length < 0 else length}")
    lines += headers.splitlines()
    return "\r\n".join([*lines, "", ""]).encode() + body


def kept(data: bytes) -> Script:
    """Send ``data`` and keep the connection."""

    def play(server: "FaultServer", connection: socket.socket) -> bool:
        connection.sendall(data)
        return True

    return play


def zipped(body: bytes = PAGE, *, cut: int = 0, headers: str = "") -> bytes:
    """Return ``body`` compressed, its last ``cut`` bytes missing, length unstated."""
    data = gzip.compress(body, mtime=0)
    return answer(
        data[: len(data) - cut],
        length=None,
        headers=f"Content-Encoding: gzip\r\n{headers}",
    )


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    head = answer(b"", length=None, headers="Transfer-Encoding: chunked")
    return head + b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in pieces) + end


def drip(byte: bytes, *, first: bytes = b"") -> Script:
    """Send ``first``, then ``byte`` again and again, slowly, until hung up."""

    def play(server: "FaultServer", connection: socket.socket) -> bool:
        connection.sendall(first)
        while not server.stopping.wait(0.002):
            connection.sendall(byte)
        return False

    return play


def endless(data: bytes, *, first: bytes = b"") -> Script:
    """Send ``first``, then ``data`` for ever, fast, until hung up."""

    def play(server: "FaultServer", connection: socket.socket) -> bool:
        connection.sendall(first)
        while not server.stopping.is_set():
            connection.sendall(data)
        return False

    return play


def reset(first: bytes = b"") -> Script:
    """Send ``first`` and reset the connection."""

    def play(server: "FaultServer", connection: socket.socket) -> bool:
        connection.sendall(first)
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        return False

    return play


ROBOTS = kept(answer(b"User-agent: *\nAllow: /\n", content_type="text/plain"))


class FaultServer:
    """Plays ``scripts``, one for each request; a context manager."""

    def __init__(
        self,
        *scripts: Script,
        robots: Script = ROBOTS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._scripts = list(scripts) or [answer()]
        self._robots = robots
        self._tls = tls
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.stopping = threading.Event()
        #: Everything asked, robots.txt included.
        self.asked: list[Asked] = []
        self.connections = 0
        #: Released once for each connection that was closed.
        self.closed = threading.Semaphore(0)

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def __enter__(self) -> "FaultServer":
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            self._start(self._serve, connection, self.connections)
            self.connections += 1

    def _serve(self, connection: socket.socket, number: int) -> None:
        with suppress(OSError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            while (asked := self._read(connection, number)) is not None:
                self.asked.append(asked)
                if not self._play(connection, asked):
                    break
        connection.close()
        self.closed.release()

    def _play(self, connection: socket.socket, asked: Asked) -> bool:
        if asked.path == "/robots.txt":
            script = self._robots
        else:
            script = self._scripts[0]
            if len(self._scripts) > 1:
                self._scripts.pop(0)
        if isinstance(script, bytes):
            connection.sendall(script)
            return False
        return script(self, connection)

    def _read(self, connection: socket.socket, number: int) -> Asked | None:
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := connection.recv(65536)):
                return None
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        line, *rest = head.decode("latin-1").split("\r\n")
        headers = {k.lower(): v for k, v in (item.split(": ", 1) for item in rest)}
        while len(body) < int(headers.get("content-length", 0)):
            if not (more := connection.recv(65536)):
                return None
            body += more
        return Asked(number, line, headers, body)
