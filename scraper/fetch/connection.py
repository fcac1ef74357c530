"""Connections that end in time: name look-up, handshakes and every read count.

The time limits of httpx hold for each read alone, so a server that sends one byte a
second is never late, and for a name look-up not at all. Here all that one exchange does
draws on one :class:`Allowance`. What went wrong is told in plain words by
:func:`explain`.
"""

import errno
import socket
import ssl
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import httpcore

#: Bytes that may come before an answer's body begins: its head, and whatever interim
#: answers (1xx) go before it. Heads of more than 100 KiB are refused by h11.
MAX_HEAD = 256 * 1024

#: Bytes kept of what was read last, to see where an answer ended.
TAIL = 32

Address = tuple[Any, ...]


class Allowance:
    """What one exchange may still take: seconds, and bytes before its body begins."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ends = 0.0
        self._head: int | None = None

    def start(self, seconds: float) -> None:
        """Begin an exchange that may take ``seconds`` from now."""
        self._ends = self._clock() + seconds
        self._head = MAX_HEAD

    def body_begins(self) -> None:
        """Stop counting bytes: whoever reads the body has a limit of their own."""
        self._head = None

    def seconds(self, most: float | None = None) -> float:
        """Return how long the next step may take, ``most`` at most.

        Raises:
            httpcore.ReadTimeout: the time is up.
        """
        left = self._ends - self._clock()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the whole exchange is up")
        return left if most is None else min(left, most)

    def take(self, size: int) -> None:
        """Count ``size`` bytes that were read.

        Raises:
            httpcore.RemoteProtocolError: too many before the body began.
        """
        if self._head is not None:
            self._head -= size
            if self._head < 0:
                raise httpcore.RemoteProtocolError("the head of the answer has no end")


class Backend(httpcore.NetworkBackend):
    """Opens connections within an allowance; ``timeout`` is for all of connecting."""

    def __init__(self, allowance: Allowance, clock: Callable[[], float]) -> None:
        self._allowance = allowance
        self._clock = clock
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of ``host`` that answers."""
        ends = self._clock() + self._allowance.seconds(timeout)
        try:
            addresses = _look_up(host, port, ends - self._clock())
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        while True:
            address, *addresses = addresses
            left = (ends - self._clock()) / (len(addresses) + 1)
            try:
                stream = self._sockets.connect_tcp(
                    address[0], port, max(left, 0.001), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not addresses:
                    raise
            else:
                return Stream(stream, self._allowance, lambda: ends - self._clock())


class Stream(httpcore.NetworkStream):
    """A connection each of whose steps draws on the allowance."""

    def __init__(
        self,
        stream: httpcore.NetworkStream,
        allowance: Allowance,
        time_to_connect: Callable[[], float],
    ) -> None:
        self._stream = stream
        self._allowance = allowance
        self._time_to_connect = time_to_connect
        #: The last bytes that were read.
        self.tail = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return some bytes, empty at the end."""
        data = self._stream.read(max_bytes, self._allowance.seconds(timeout))
        self._allowance.take(len(data))
        self.tail = (self.tail + data[-TAIL:])[-TAIL:]
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send ``buffer``."""
        self._stream.write(buffer, self._allowance.seconds(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Encrypt the connection, in what is left of the time to connect."""
        left = self._allowance.seconds(timeout)
        left = max(min(left, self._time_to_connect()), 0.001)
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return Stream(stream, self._allowance, self._time_to_connect)

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore wants to know, such as whether the other side closed."""
        return self._stream.get_extra_info(info)


def _look_up(host: str, port: int, seconds: float) -> list[Address]:
    """Return the addresses of ``host``, or give up after ``seconds``.

    The system's look-up cannot be told how long it may take, so it runs in a thread
    that is left behind when it takes too long.
    """
    answers: SimpleQueue[list[Address] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            answers.put(error)
        else:
            answers.put([entry[4] for entry in found])

    Thread(target=ask, name=f"look-up of {host}", daemon=True).start()
    answer: list[Address] | Exception
    try:
        answer = answers.get(timeout=max(seconds, 0.001))
    except Empty:
        answer = socket.gaierror(socket.EAI_AGAIN, "no name server answers")
    if isinstance(answer, Exception):
        raise answer
    return answer


def explain(error: Exception, host: str) -> str:
    """Return in plain words why ``host`` could not be connected to."""
    match _cause(error):
        case ssl.SSLCertVerificationError() as cause:
            return f"the certificate of {host} is not valid ({cause.verify_message})"
        case ssl.SSLError() as cause:
            return f"no secure connection to {host} ({_words(cause.reason)})"
        case socket.gaierror() as cause:
            return f"the name {host} cannot be looked up ({_words(cause.strerror)})"
        case UnicodeError():
            return f"{host} is no name of a host"
        case ConnectionRefusedError():
            return f"{host} refuses the connection"
        case ConnectionResetError() | ConnectionAbortedError() | BrokenPipeError():
            return f"{host} resets the connection"
        case TimeoutError():
            return f"{host} does not answer"
        case OSError(errno=errno.ENETUNREACH | errno.EHOSTUNREACH):
            return f"there is no route to {host}"
        case cause:
            return f"{host} cannot be reached ({_words(str(cause))})"


def is_about_trust(error: Exception) -> bool:
    """Say whether TLS itself failed: then no other attempt may be made."""
    cause = _cause(error)
    cut_off = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
    return isinstance(cause, ssl.SSLError) and not isinstance(cause, cut_off)


def _cause(error: BaseException) -> BaseException:
    """Return what the system said; httpcore hides causes, yet not the context."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, OSError | UnicodeError):
            return link
        link = link.__cause__ or link.__context__
    return error


def _words(text: str | None) -> str:
    return (text or "no reason given").replace("_", " ").lower()
