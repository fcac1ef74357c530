"""The one door to the network: robots, delay, retries, limits.

    page(request), file(path), call(path, …)
      retry     named transient troubles only, with growing pauses
      follow    robots.txt, redirects within the configured hosts (no API has either)
      send      when the delay is over: one request and its answer

An answer is handed on only when it is known to be whole; what cannot be fetched is a
:class:`~scraper.errors.FetchError` or :class:`~scraper.errors.MissingError`, and never
a half page. Nothing is kept between requests but the connection and what the hosts
asked of us: no cookies, and no settings (proxies, credentials) of the environment.
"""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import NoReturn
from urllib.parse import urlencode

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    wait_exponential_jitter,
)

from scraper import __version__
from scraper.charset import CharsetError, decode_text
from scraper.errors import BlockedError, FetchError, MissingError, UnavailableError
from scraper.fetch import answers
from scraper.fetch.addresses import Addresses, shown
from scraper.fetch.exchange import (
    Answer,
    Limits,
    TransientError,
    UnreachableError,
    Wire,
    trusted_authorities,
)
from scraper.fetch.manners import DOWN_FOR, LONGEST_WAIT, Host
from scraper.fetch.robots import Robots, parse_robots
from scraper.fetch.secret import Secret
from scraper.model import KST, Download, Page, Reply, Request, Validators

logger = logging.getLogger(__name__)

MIB = 1024 * 1024

#: Redirects followed for one request.
MAX_HOPS = 5

#: Attempts to connect, and seconds after which no further one begins: a machine
#: without a network is told so in less than half a minute.
CONNECT_ATTEMPTS, CONNECT_WITHIN = 3, 15.0

#: The end tag of a page must be this near to its end.
END_WITHIN = 4096


def user_agent(contact: str = "") -> str:
    """Return the name we give ourselves; ``contact`` is an address of the operator.

    >>> user_agent("mailto:desk@news.example")
    'bodojaryo/0.1.0 (+mailto:desk@news.example)'
    """
    contact = re.sub(r"[^!-'*-~]+", " ", contact).strip()
    name = f"bodojaryo/{__version__}"
    return f"{name} (+{contact})" if contact else name


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """Where we may go, and how hard we may try."""

    #: Scheme, host and port of the site; paths are appended to it.
    base_url: str
    #: More hosts, ``host`` or ``host:port``, that a redirect may lead to.
    hosts: tuple[str, ...] = ()
    user_agent: str = field(default_factory=user_agent)
    #: Least seconds between two requests to one host.
    delay: float = 2.0
    #: Seconds for one request and its answer, everything included.
    deadline: float = 60.0
    #: Seconds for connecting: name look-up and handshakes.
    connect_timeout: float = 10.0
    #: How often a request is sent at most when its troubles may pass.
    attempts: int = 4
    #: Most bytes of a page and of a file.
    max_page: int = 16 * MIB
    max_file: int = 64 * MIB
    #: Most that a compressed body may inflate by.
    max_ratio: int = 100
    #: A PEM file of more certificate authorities; empty for none.
    ca_file: str = ""


class Fetcher:
    """Fetches from one site; a context manager, for one thread.

    ``transport``, ``clock`` (seconds, never going back), ``sleep`` and ``now`` (aware)
    are the world outside; tests bring their own. ``dated`` hears the ``Date`` of each
    answer of the site.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        *,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(KST),
        dated: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._policy = policy
        self._dated = dated
        self._addresses = Addresses(policy.base_url, policy.hosts)
        self._clock = clock
        self._sleep = sleep
        self._now = now
        self._hosts: dict[str, Host] = {}
        # Reading the authorities takes tens of milliseconds.
        secure = httpx.URL(policy.base_url).scheme == "https" or policy.ca_file
        trusts = secure and transport is None
        self._wire = Wire(
            Limits(policy.deadline, policy.connect_timeout, policy.max_ratio),
            user_agent=policy.user_agent,
            trusted=trusted_authorities(policy.ca_file) if trusts else None,
            transport=transport,
            clock=clock,
        )

    def __enter__(self) -> "Fetcher":
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.close()

    @property
    def requests(self) -> int:
        """Return how many were sent, those for robots.txt and retries included."""
        return self._wire.requests

    def greet(self) -> None:
        """Ask the site for its robots.txt, as the first page would; hear its ``Date``.

        Raises:
            BlockedError, UnavailableError: as for a page.
        """
        self._ask_robots(self._addresses.of("/robots.txt"))

    def page(self, request: Request) -> Page:
        """Return the page that ``request`` asks for, whole and decoded.

        Raises:
            MissingError: the site has no such page.
            BlockedError: the site refuses us.
            UnavailableError: the site is out of reach or wants us to wait.
            FetchError: anything else that is no usable page.
        """
        page = self.changed_page(request, Validators())
        assert page
        return page

    def changed_page(self, request: Request, known: Validators) -> Page | None:
        """Return a page as :meth:`page` does; ``None`` if it is still the known one."""
        answer = self._fetch(
            self._addresses.of(request.path),
            urlencode(request.form).encode(),
            self._policy.max_page,
            self._require_page,
            known=known,
        )
        if answer.status == answers.NOT_MODIFIED:
            return None
        url = shown(answer.url)
        try:
            text = decode_text(answer.body, answer.content_type)
        except CharsetError as error:
            raise FetchError(url, str(error)) from error
        stated = answers.validators_of(answer.headers)
        return Page(
            url,
            text,
            answer.body,
            answer.content_type,
            self._now(),
            stated,
            answer.packed,
        )

    def file(self, path: str) -> Download:
        """Return what the site sends for ``path``, whole, whatever it is.

        A body whose length the site does not state cannot be proven whole; whoever
        reads the document must notice.

        Raises:
            MissingError, BlockedError, UnavailableError, FetchError: as for a page.
        """
        download = self.changed_file(path, Validators())
        assert download
        return download

    def changed_file(self, path: str, known: Validators) -> Download | None:
        """Return a file as :meth:`file` does; ``None`` if it is still the known one."""
        answer = self._fetch(
            self._addresses.of(path),
            b"",
            self._policy.max_file,
            self._require_ok,
            known=known,
        )
        if answer.status == answers.NOT_MODIFIED:
            return None
        stated = answers.validators_of(answer.headers)
        return Download(shown(answer.url), answer.body, self._now(), stated)

    def call(
        self,
        path: str,
        secret: Secret,
        *,
        speaks: Callable[[bytes], bool],
        sending: Callable[[], None],
    ) -> Reply:
        """Return what an API answers: a plain 200, or any body that ``speaks``.

        robots.txt is not asked: a key is leave to call. No redirect is followed, for
        the key would go along.

        Args:
            path: Path and query, without the key.
            secret: Put into the query on the wire, and nowhere else.
            speaks: Tells whether the body of a failure says why, so that asking again
                is no use.
            sending: Called before each request goes out, retries included; what it
                raises keeps it from going.

        Raises:
            BlockedError: the API refuses us and does not say why.
            UnavailableError: it is out of reach or wants us to wait.
            FetchError: anything else that is no usable answer.
        """
        url = self._addresses.of(path)

        def ask() -> Answer:
            send = partial(self._wire.call, url, self._policy.max_page, secret)
            answer = self._send(url, send, before=sending)
            if not speaks(answer.body):
                self._require_reply(answer)
            return answer

        answer = self._insist(url, ask)
        return Reply(shown(answer.url), answer.status, answer.body, self._now())

    # --- retry ------------------------------------------------------------------

    def _fetch(
        self,
        url: httpx.URL,
        content: bytes,
        max_size: int,
        require: Callable[[Answer], None],
        *,
        obey: bool = True,
        known: Validators = Validators(),  # noqa: B008 - frozen
    ) -> Answer:
        """Return an answer that ``require`` lets pass, trying again when that helps.

        Where a version is known, the answer may also be that it is still that one.
        """
        send = partial(
            self._wire.send,
            content=content,
            max_size=max_size,
            more=answers.asking_for_change(known),
        )

        def judge(answer: Answer) -> None:
            if not (known and answer.status == answers.NOT_MODIFIED):
                require(answer)

        with_form = bool(content)
        return self._insist(
            url, lambda: self._follow(url, send, judge, obey, with_form=with_form)
        )

    def _insist(self, url: httpx.URL, ask: Callable[[], Answer]) -> Answer:
        """Return what ``ask`` does, and ask again when a trouble may pass."""
        host = self._host(url)
        began = self._clock()
        base = max(self._policy.delay, 0.5)
        growing = wait_exponential_jitter(multiplier=base, jitter=base / 2, max=60)
        retrying = Retrying(
            retry=retry_if_exception_type(TransientError),
            stop=lambda state: self._is_enough(state, began),
            wait=lambda state: max(growing(state), _error(state).wait),
            sleep=self._sleep,
            before_sleep=_log_retry,
            reraise=True,
        )
        try:
            answer = retrying(ask)
        except TransientError as error:
            self._give_up(host, error)
        host.forgive()
        return answer

    def _is_enough(self, state: RetryCallState, began: float) -> bool:
        """Say whether no further attempt is worth it."""
        if state.attempt_number >= self._policy.attempts:
            return True
        return isinstance(_error(state), UnreachableError) and (
            state.attempt_number >= CONNECT_ATTEMPTS
            or self._clock() - began > CONNECT_WITHIN
        )

    def _give_up(self, host: Host, error: TransientError) -> NoReturn:
        """Raise what is left to say when the attempts are used up."""
        if host.strike() or isinstance(error, UnreachableError):
            host.close(DOWN_FOR, error.reason, self._clock())
            raise UnavailableError(error.url, error.reason) from error
        raise FetchError(error.url, error.reason) from error

    # --- follow -----------------------------------------------------------------

    def _follow(
        self,
        url: httpx.URL,
        send: Callable[[httpx.URL], Answer],
        require: Callable[[Answer], None],
        obey: bool,
        *,
        with_form: bool,
    ) -> Answer:
        """Return the answer at the end of the redirects."""
        for _ in range(MAX_HOPS + 1):
            if obey:
                self._ask_robots(url)
            answer = self._send(url, partial(send, url))
            if answer.status not in answers.REDIRECT:
                require(answer)
                return answer
            location = answer.headers.get("location", "")
            url = self._addresses.behind(
                url, answer.status, location, with_form=with_form
            )
        raise FetchError(shown(url), f"more than {MAX_HOPS} redirects")

    def _ask_robots(self, url: httpx.URL) -> None:
        """Raise :class:`BlockedError` unless the host's robots.txt allows ``url``."""
        host = self._host(url)
        robots = host.rules(self._clock()) or self._read_robots(host, url)
        if not robots.allows(str(url)):
            raise BlockedError(shown(url), "robots.txt does not allow this address")
        if robots.delay > LONGEST_WAIT:
            reason = f"robots.txt asks for {robots.delay:g} s between two requests"
            raise BlockedError(shown(url), reason)

    def _read_robots(self, host: Host, url: httpx.URL) -> Robots:
        """Return the rules of a host; none at all if it has no robots.txt.

        While robots.txt cannot be had, everything counts as forbidden.
        Source: RFC 9309, 2.3.1.
        """
        address, max_size = url.join("/robots.txt"), self._policy.max_page
        try:
            answer = self._fetch(
                address, b"", max_size, self._require_robots, obey=False
            )
        except (BlockedError, UnavailableError):
            raise
        except FetchError as error:
            reason = f"no robots.txt, so nothing may be fetched: {error.reason}"
            host.close(DOWN_FOR, reason, self._clock())
            raise UnavailableError(error.url, reason) from error
        robots = parse_robots(answer.body, self._policy.user_agent)
        host.learn(robots, self._clock())
        return robots

    def _send(
        self,
        url: httpx.URL,
        send: Callable[[], Answer],
        *,
        before: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Send one request when its time has come."""
        host, now = self._host(url), self._clock()
        if host.is_down(now):
            raise UnavailableError(shown(url), host.down_because)
        if (seconds := host.pause(now)) > 0:
            self._sleep(seconds)
        before()
        try:
            answer = send()
        except UnavailableError as error:
            host.close(DOWN_FOR, error.reason, self._clock())
            raise
        finally:
            host.left_at = self._clock()
        if date := answer.headers.get("date", ""):
            self._dated(date)
        return answer

    # --- judge ------------------------------------------------------------------

    def _require_page(self, answer: Answer) -> None:
        """Raise unless ``answer`` is a whole page."""
        self._require_ok(answer)
        if "html" not in (answer.content_type.lower() or "html"):
            return
        # UTF-16 has a zero byte beside each character of a tag.
        end = answer.body[-END_WITHIN:].replace(b"\0", b"").lower()
        if b"</html" not in end:
            raise TransientError(shown(answer.url), "page stops before its end")

    def _require_robots(self, answer: Answer) -> None:
        """Raise unless ``answer`` says what robots may do, or that it says nothing."""
        says_nothing = 400 <= answer.status < 500 and answer.status != 429
        if answer.status in answers.REFUSED or not says_nothing:
            self._require_ok(answer)

    def _require_reply(self, answer: Answer) -> None:
        """Raise unless an answer of an API is a plain success.

        A redirect's address may hold the key, so it is not told.
        """
        here, status = shown(answer.url), answer.status
        if status in answers.REDIRECT:
            raise FetchError(here, f"the API answers {status}, a redirect")
        if status in answers.MISSING:
            raise FetchError(here, f"the API answers {status}: it is not there")
        if status == 429 and "retry-after" not in answer.headers:
            raise UnavailableError(here, "the API answers 429: too many calls for now")
        self._require_ok(answer)

    def _require_ok(self, answer: Answer) -> None:
        """Raise unless ``answer`` is a plain success; unasked ones are none."""
        here, status = shown(answer.url), answer.status
        if status == 200:
            return
        reason = f"the site answers {status}"
        if status in answers.MISSING:
            raise MissingError(here, reason)
        if status in answers.REFUSED:
            raise BlockedError(here, f"the site refuses us ({status})")
        if status == 429 or (status == 503 and "retry-after" in answer.headers):
            self._pause(answer, reason)
        if status in answers.TRANSIENT:
            raise TransientError(here, reason)
        raise FetchError(here, reason)

    def _pause(self, answer: Answer, reason: str) -> None:
        """Keep away from the host for as long as it asks.

        Nonsense in ``Retry-After`` counts as if it were not there.
        """
        host, now = self._host(answer.url), self._now()
        asked = answers.retry_after(answer.headers.get("retry-after", ""), now)
        if asked is None and answer.status != 429:
            return
        seconds = host.unnamed_pause() if asked is None else asked
        if seconds <= LONGEST_WAIT:
            host.hold(seconds, self._clock())
            raise TransientError(shown(answer.url), reason, wait=seconds)
        until = (now + timedelta(seconds=seconds)).astimezone(KST)
        reason += f" and asks us to wait until {until:%Y-%m-%d %H:%M} KST"
        host.close(seconds, reason, self._clock())
        raise UnavailableError(shown(answer.url), reason)

    def _host(self, url: httpx.URL) -> Host:
        name = url.netloc.decode("ascii")
        return self._hosts.setdefault(name, Host(self._policy.delay))


def _error(state: RetryCallState) -> TransientError:
    assert state.outcome is not None
    error = state.outcome.exception()
    assert isinstance(error, TransientError)
    return error


def _log_retry(state: RetryCallState) -> None:
    assert state.next_action is not None
    logger.warning(
        "retry attempt=%d wait=%.1f error=%s",
        state.attempt_number,
        state.next_action.sleep,
        _error(state),
    )
