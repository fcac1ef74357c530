"""One request and its answer, in limited time and space, over httpx.

A :class:`Wire` is what :mod:`scraper.fetch` sends by; it knows nothing of manners,
retries or redirects. Its failures say whether trying again may help.
"""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from types import MappingProxyType

import httpcore
import httpx

from scraper.errors import FetchError, OversizeError, UnavailableError
from scraper.fetch.addresses import shown
from scraper.fetch.connection import (
    Allowance,
    Backend,
    Stream,
    explain,
    is_about_trust,
)
from scraper.fetch.inflate import (
    ACCEPTED,
    BrokenError,
    EncodingError,
    TooLargeError,
    inflate,
)
from scraper.fetch.secret import Secret, unheard

#: Seconds after which an idle connection is not used again; most servers keep theirs
#: for less, and that is noticed.
IDLE = 30.0

#: Bytes by which the end of a body is known again.
END = 16


class TransientError(FetchError):
    """A trouble that may pass; ``wait`` is how many seconds it asks for."""

    def __init__(self, url: str, reason: str, *, wait: float = 0.0) -> None:
        super().__init__(url, reason)
        self.wait = wait


class UnreachableError(TransientError):
    """No connection came about."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came; unless it is of an API, only a 200 has a body."""

    url: httpx.URL
    status: int
    headers: httpx.Headers
    body: bytes
    #: The body as a zlib stream, where it came as one; else empty.
    packed: bytes = b""

    @property
    def content_type(self) -> str:
        """Return the header; empty if there is none."""
        return str(self.headers.get("content-type", ""))


@dataclass(frozen=True, slots=True)
class Limits:
    """What one exchange may take."""

    #: Seconds for everything.
    deadline: float
    #: Seconds for connecting: name look-up and handshakes.
    connect: float
    #: Most that a compressed body may inflate by.
    ratio: int


class Wire:
    """Sends requests, one at a time; keeps the connection and nothing else.

    A bare transport, not a client of httpx: that one would keep cookies, read proxies
    and credentials from the environment, and look into redirects before we do.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        user_agent: str,
        trusted: ssl.SSLContext | None,
        transport: httpx.BaseTransport | None,
        clock: Callable[[], float],
    ) -> None:
        self._limits = limits
        self._headers = httpx.Headers(
            {
                "User-Agent": user_agent,
                "Accept": "text/html,*/*;q=0.8",
                "Accept-Language": "ko",
                "Accept-Encoding": ACCEPTED,
            }
        )
        self._allowance = Allowance(clock)
        self._transport = transport or _connections(
            Backend(self._allowance, clock), trusted
        )
        #: Requests sent so far.
        self.requests = 0

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def send(
        self,
        url: httpx.URL,
        content: bytes,
        max_size: int,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> Answer:
        """Return the answer to a GET, or to the POST of a form that is ``content``.

        ``more`` are headers besides the usual ones.

        Raises:
            TransientError: it may work another time.
            UnavailableError: the host cannot be trusted.
            OversizeError: more than ``max_size`` bytes, or a bomb.
            FetchError: an encoding we did not ask for.
        """
        request = self._request(url, content, more)
        self._allowance.start(self._limits.deadline)
        self.requests += 1
        try:
            with closing(self._transport.handle_request(request)) as response:
                self._allowance.body_begins()
                return self._read(url, response, max_size)
        except httpx.TransportError as error:
            raise self._trouble(url, error) from error

    def call(self, url: httpx.URL, max_size: int, secret: Secret) -> Answer:
        """Return the answer to a GET of ``url`` and the secret, whatever its status.

        Neither the answer nor any error has the secret, and no log line is written on
        the way; of the answer's head only what asks us to wait is kept. Raises as
        :meth:`send` does.
        """
        send = self._transport.handle_request
        self._allowance.start(self._limits.deadline)
        self.requests += 1
        with unheard():
            try:
                # The request has no name here, so that no traceback can show it.
                with closing(
                    send(self._request(secret.sent_with(url), b""))
                ) as response:
                    self._allowance.body_begins()
                    answer = self._read(url, response, max_size, any_status=True)
            except httpx.TransportError as error:
                trouble = self._trouble(url, error, quote=False)
            else:
                waits = {k: v for k, v in answer.headers.items() if k == "retry-after"}
                body = secret.redact(answer.body)
                return Answer(url, answer.status, httpx.Headers(waits), body)
        # Not inside the block above: the wire's own error may quote the request.
        raise trouble

    def _request(
        self,
        url: httpx.URL,
        content: bytes,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> httpx.Request:
        headers = self._headers.copy()
        if more:
            headers.update(more)
        if content:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        timeout = dict.fromkeys(("read", "write", "pool"), self._limits.deadline)
        timeout["connect"] = self._limits.connect
        return httpx.Request(
            "POST" if content else "GET",
            url,
            headers=headers,
            content=content or None,
            extensions={"timeout": timeout},
        )

    def _read(
        self,
        url: httpx.URL,
        response: httpx.Response,
        max_size: int,
        *,
        any_status: bool = False,
    ) -> Answer:
        """Read the body within all limits; those of failures say nothing on a site."""
        status, headers = response.status_code, response.headers
        if status != 200 and not any_status:
            return Answer(url, status, headers, b"")
        if (_length(headers) or 0) > max_size:
            raise OversizeError(shown(url), f"larger than {max_size} bytes")
        try:
            body, packed = inflate(
                self._chunks(url, response),
                headers.get("content-encoding", ""),
                max_size=max_size,
                max_ratio=self._limits.ratio,
            )
        except TooLargeError as error:
            raise OversizeError(shown(url), str(error)) from error
        except BrokenError as error:
            raise TransientError(shown(url), str(error)) from error
        except EncodingError as error:
            raise FetchError(shown(url), str(error)) from error
        return Answer(url, status, headers, body, packed)

    def _chunks(self, url: httpx.URL, response: httpx.Response) -> Iterator[bytes]:
        """Yield the body as it comes over the wire, and make sure that it is all."""
        assert isinstance(response.stream, httpx.SyncByteStream)
        size, stated, end = 0, _length(response.headers), b""
        for chunk in response.stream:
            size += len(chunk)
            end = (end + chunk[-END:])[-END:]
            yield chunk
        if stated is not None and size != stated:
            raise TransientError(shown(url), f"{size} of {stated} bytes came")
        if _has_more(response, end):
            raise TransientError(shown(url), "more came than the stated length")

    def _trouble(
        self, url: httpx.URL, error: httpx.TransportError, *, quote: bool = True
    ) -> FetchError:
        """Return the error that says what went wrong on the wire.

        What came over it is quoted, unless that may hold a secret.
        """
        here = shown(url)
        match error:
            case httpx.ConnectError() | httpx.ConnectTimeout():
                reason = explain(error, url.host)
                if is_about_trust(error):
                    return UnavailableError(here, reason)
                return UnreachableError(here, reason)
            case httpx.TimeoutException():
                seconds = self._limits.deadline
                return TransientError(here, f"no whole answer within {seconds:g} s")
            case httpx.NetworkError():
                return TransientError(here, f"{url.host} broke off the connection")
            case _:
                came = f" ({str(error)[:120]})" if quote else ""
                return TransientError(here, f"broken answer{came}")


def trusted_authorities(ca_file: str) -> ssl.SSLContext:
    """Return the authorities httpx trusts, and those of ``ca_file`` unless empty."""
    trusted = httpx.create_ssl_context(trust_env=False)
    if ca_file:
        trusted.load_verify_locations(ca_file)
    return trusted


def _connections(
    backend: httpcore.NetworkBackend, trusted: ssl.SSLContext | None
) -> httpx.BaseTransport:
    """Return httpx's own transport over connections that keep our times."""
    # httpx lets nobody bring a backend, so its pool, still unused, is replaced; the
    # context of that one trusts no one and costs nothing.
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    transport = httpx.HTTPTransport(verify=nobody, trust_env=False)
    transport._pool = httpcore.ConnectionPool(
        ssl_context=trusted, network_backend=backend, keepalive_expiry=IDLE
    )
    return transport


def _has_more(response: httpx.Response, end: bytes) -> bool:
    """Say whether something came after the body, which ends in ``end``.

    Whatever did would be taken for the answer to the next request, so the connection
    is given up; a stray line end has no other consequence.
    """
    stream = response.extensions.get("network_stream")
    if not isinstance(stream, Stream):
        return False
    if "transfer-encoding" in response.headers or not end:
        # Here the blank line after the last chunk, or after the head, is the end.
        whole = stream.tail.endswith(b"\r\n\r\n")
        clean = whole and not stream.tail.endswith(b"\r\n\r\n\r\n")
    else:
        whole = stream.tail.rstrip(b"\r\n").endswith(end.rstrip(b"\r\n"))
        clean = stream.tail.endswith(end)
    if not clean:
        stream.close()
    return not whole


def _length(headers: httpx.Headers) -> int | None:
    """Return the stated size of the body in bytes, ``None`` if there is none."""
    stated = headers.get("content-length", "")
    if "transfer-encoding" in headers or not stated.isdecimal():
        return None
    return int(stated[:20])
