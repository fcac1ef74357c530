"""JSON over HTTP as forges want it: one request at a time, slow writes, patience.

    send()   one request: paced, repeated while its trouble may pass
    pages()  all of a list

A request that may have landed although no answer came is repeated only when that does
no harm: GET, PATCH, PUT and DELETE say the same twice; before a POST that makes
something is repeated, the caller's ``landed`` looks whether it is there.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type
from tenacity.wait import wait_exponential_jitter

from publishers.forges import ForgeDownError
from publishers.forges._answers import (
    TRANSIENT,
    Reply,
    asked_wait,
    expiry,
    next_page,
    read_json,
)
from publishers.forges._checks import (
    check_api_url,
    check_token,
    trusted_authorities,
)
from publishers.forges._pace import LONGEST_WAIT, Pace
from scraper import __version__
from scraper.errors import PublishError, RefusedError

logger = logging.getLogger(__name__)

#: How often a request is sent at most.
ATTEMPTS = 4
#: Seconds for each part of an exchange.
TIMEOUT = 30.0
#: Bytes of an answer at most.
MOST_BYTES = 32 * 1024 * 1024
#: Pages of one list at most.
MOST_PAGES = 100
#: How long before its end a token's end is told.
TELL_EXPIRY = timedelta(days=14)

_REPEATABLE = {"GET", "PUT", "PATCH", "DELETE"}


class TroubleError(PublishError):
    """A trouble that may pass; ``wait`` is how many seconds it asks for."""

    def __init__(
        self, reason: str, *, wait: float = 0.0, refused: bool = False
    ) -> None:
        super().__init__(reason)
        self.wait = wait
        #: The forge said that it did nothing.
        self.refused = refused


class Client:
    """Talks to one forge."""

    def __init__(
        self,
        api_url: str,
        *,
        headers: Mapping[str, str],
        token: str,
        auth_header: tuple[str, str] = ("Authorization", "Bearer {token}"),
        refused_hint: str = "",
        ca_file: Path | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Send nothing yet.

        Args:
            api_url: Without a slash at its end; plain HTTP on this machine only.
            headers: What every request carries besides.
            token: Goes into ``auth_header`` and nowhere else.
            auth_header: Its name, and its value with ``{token}``.
            refused_hint: What else may be wrong with a token that is not accepted.
            ca_file: PEM file of more certificate authorities.
            transport: For tests.
            clock: Seconds, never going back.
            sleep: Waits.
            now: Aware; when the token ends is told against it.

        Raises:
            ConfigError: the address, the token or the file cannot be one.
        """
        self._api_url = check_api_url(api_url)
        self._token = check_token(token)
        self._refused_hint = refused_hint
        name, value = auth_header
        self._http = httpx.Client(
            headers={
                "User-Agent": f"bodojaryo/{__version__}",
                **headers,
                **({name: value.format(token=token)} if token else {}),
            },
            timeout=TIMEOUT,
            verify=trusted_authorities(ca_file),
            transport=transport,
            # A connection each: minutes pass between two requests, and a POST on one
            # that the forge has closed meanwhile might have landed or not.
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        self._sleep, self._now = sleep, now
        self._pace = Pace(clock, sleep)
        self._told_expiry = False

    def send(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        params: Mapping[str, str | int] | None = None,
        landed: Callable[[], Any] | None = None,
    ) -> Reply:
        """Return the answer to one request; a failure with a 4xx status is an answer.

        Args:
            method: ``GET`` and so on.
            path: Below the API's address, with its ``/``; or a whole address there.
            json: What is sent.
            params: Of the query.
            landed: Called before a POST that may have landed is repeated; what it
                returns, unless ``None``, is the JSON of the answer. Without it, such a
                POST is not repeated; one that does no harm twice passes
                :func:`not_landed`.

        Raises:
            ForgeDownError: it cannot be had, or wants us to wait for too long.
            RefusedError: the token is not accepted, or the repository has moved.
        """
        url = path if "://" in path else self._api_url + path
        is_write = method != "GET"

        troubles: list[TroubleError] = []

        def once() -> Reply:
            unsure = not all(trouble.refused for trouble in troubles)
            if unsure and landed and (there := landed()) is not None:
                return Reply(200, {}, there)
            try:
                return self._once(method, url, json, params, is_write)
            except TroubleError as error:
                troubles.append(error)
                raise

        return self._retrying(once, method in _REPEATABLE or landed is not None)

    def pages(self, path: str, params: Mapping[str, str | int]) -> Iterator[Any]:
        """Yield the items of a list, page by page, by the ``Link`` header.

        Raises:
            ForgeDownError, RefusedError: as :meth:`send`.
        """
        url, query = path, dict(params) or None
        for _ in range(MOST_PAGES):
            reply = self.require(self.send("GET", url, params=query), "read " + path)
            if not isinstance(reply.json, list):
                raise ForgeDownError(f"{self.host} answers {path} with no list")
            yield from reply.json
            if not (following := next_page(reply)):
                return
            url, query = self._same_host(following), None

    def require(self, reply: Reply, doing: str) -> Reply:
        """Return a success.

        Raises:
            RefusedError: it is none.
        """
        if reply.ok:
            return reply
        said = f": {self.redact(reply.message)}" if reply.message else ""
        raise RefusedError(f"{self.host} refuses to {doing} ({reply.status}{said})")

    @property
    def host(self) -> str:
        """Return the forge's name, for people."""
        return urlsplit(self._api_url).netloc

    def redact(self, words: str) -> str:
        """Return a forge's words without the token, should it have sent it back."""
        return words.replace(self._token, "***") if self._token else words

    # --- one request --------------------------------------------------------------

    def _retrying(self, once: Callable[[], Reply], may_repeat: bool) -> Reply:
        attempts = Retrying(
            retry=retry_if_exception_type(TroubleError),
            stop=lambda state: (
                state.attempt_number >= ATTEMPTS
                or not (may_repeat or _trouble(state).refused)
            ),
            wait=_wait,
            sleep=self._sleep,
            before_sleep=_log_retry,
            reraise=True,
        )
        try:
            return attempts(once)
        except TroubleError as error:
            raise ForgeDownError(str(error)) from error

    def _once(
        self,
        method: str,
        url: str,
        json: Any,
        params: Mapping[str, str | int] | None,
        is_write: bool,
    ) -> Reply:
        if is_write and not self._pace.wait():
            raise ForgeDownError(f"{self.host} takes no more writes in this hour")
        try:
            with self._http.stream(method, url, json=json, params=params) as response:
                body = self._read(response)
        except httpx.RequestError as error:
            kind = type(error).__name__
            raise TroubleError(f"{self.host} does not answer ({kind})") from error
        finally:
            if is_write:
                self._pace.note()
        reply = Reply(response.status_code, response.headers, read_json(body))
        self._tell_expiry(reply)
        return self._judge(reply)

    def _read(self, response: httpx.Response) -> bytes:
        body = b""
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MOST_BYTES:
                raise ForgeDownError(f"{self.host} answers with too much")
        return body

    def _judge(self, reply: Reply) -> Reply:
        """Return an answer that is final.

        Raises:
            TroubleError: it may be another one later.
            ForgeDownError: much later.
            RefusedError: a person must act.
        """
        status = reply.status
        if (wait := asked_wait(reply, self._now())) is not None:
            if wait > LONGEST_WAIT:
                until = self._now().astimezone() + timedelta(seconds=wait)
                raise ForgeDownError(
                    f"{self.host} wants no more requests until {until:%H:%M %Z}"
                    f" ({status})"
                )
            reason = f"{self.host} asks us to slow down ({status})"
            raise TroubleError(reason, wait=wait, refused=status != 503)
        if status in TRANSIENT:
            raise TroubleError(f"{self.host} answers {status}")
        if 300 <= status < 400:
            raise RefusedError(
                f"{self.host} says that the repository has moved ({status}): "
                "set news.remote to its new address"
            )
        if status == 401:
            raise RefusedError(
                f"{self.host} does not accept the access token (401): it may have "
                "expired or be that of another forge"
                + (f"; {self._refused_hint}" if self._refused_hint else "")
            )
        return reply

    def _tell_expiry(self, reply: Reply) -> None:
        """Say once that the token ends soon, where the forge tells when."""
        ends = expiry(reply)
        if self._told_expiry or ends is None:
            return
        if ends - self._now() <= TELL_EXPIRY:
            self._told_expiry = True
            logger.warning("the access token ends at=%s host=%s", ends, self.host)

    def _same_host(self, url: str) -> str:
        """Return the address of a next page, which must be on the same host.

        Raises:
            ForgeDownError: it is elsewhere; the token must not go there.
        """
        here, there = urlsplit(self._api_url), urlsplit(url)
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            raise ForgeDownError(f"{self.host} sends us elsewhere for the next page")
        return url


def not_landed() -> None:
    """Say that a request may simply be sent again."""


_exponential = wait_exponential_jitter(multiplier=1, max=30)


def _wait(state: RetryCallState) -> float:
    return _trouble(state).wait or _exponential(state)


def _log_retry(state: RetryCallState) -> None:
    assert state.next_action is not None
    logger.warning(
        "retry attempt=%d wait=%.1f error=%s",
        state.attempt_number,
        state.next_action.sleep,
        _trouble(state),
    )


def _trouble(state: RetryCallState) -> TroubleError:
    assert state.outcome is not None
    error = state.outcome.exception()
    assert isinstance(error, TroubleError)
    return error
