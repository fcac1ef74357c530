"""Which request goes wrong, and how: a plan that can be changed while running."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields

from tests.replica.dice import mix

KINDS = ("any", "list", "detail", "download", "robots", "api")
#: Every fault there is, and what it does.
NAMES = {
    "status": "answers `status`, with `retry_after` if given",
    "drip": "sends the body one byte every `seconds`",
    "stall": "waits `seconds`, then answers",
    "stall-body": "sends half, waits `seconds`, sends the rest",
    "reset": "resets the connection without an answer",
    "truncated": "claims the full length, sends `bytes` (half), closes",
    "truncated-unsaid": "claims no length, sends `bytes` (half), closes",
    "truncated-gzip": "sends `bytes` (half) of a gzip stream, as whole HTTP",
    "gzip-bomb": "a small gzip body that inflates to `bytes` (256 MiB)",
    "oversize": "a body of `bytes` (80 MiB) with its length",
    "endless": "a body without length that does not end (or after `bytes`)",
    "wrong-charset": "UTF-8 under a header that claims `charset` (EUC-KR)",
    "euc-kr": "an EUC-KR body; the header claims `charset` (EUC-KR)",
    "redirect-loop": "302 to the same address",
    "redirect-away": "302 to `location`, another host",
    "challenge": "200 with a page that asks for a CAPTCHA",
    "maintenance": "200 with a page that says 점검 중",
    "error-page": "200 with the Error page (withdrawn, for a file: not there)",
    "empty": "200 with no bytes",
    "layout-change": "a listing whose classes are all new",
    "neither": "a listing with neither rows nor the notice; its total stays",
    "missing-page": "the same, for a page in the middle: give `page`",
    "no-data": "a listing page with the notice instead of its rows",
    "repeated-page": "page n shows the rows of page n - 1",
    "shift": "a listing before its newest `rows` releases came",
    "malformed": "a page of a release without title and time",
    "broken-jsonld": "a page of a release whose linked data is not JSON",
    "gateway-error": "the API's gateway refuses with `code`, under `status` (200)",
    "service-error": "the API's service answers `code` and no items, under `status`",
    "malformed-xml": "XML that no parser takes, broken as `code` says (ampersand)",
    "xml-bomb": "XML with a `code` (entities, external, dtd) before the real answer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One line of the plan. Everything but ``fault`` may be left out.

    A request must match ``on``, ``id``, ``page`` and ``day``; of those that match,
    the first ``skip`` pass, the next ``times`` (0: all) go wrong, each with a chance
    of ``percent`` in 100 drawn from the seed.
    """

    fault: str
    #: ``list``, ``detail``, ``download``, ``robots``, ``api`` or ``any``.
    on: str = "any"
    #: A newsId (of a page) or fileId (of a download); "" matches all.
    id: str = ""
    #: Number of a list page; 0 matches all.
    page: int = 0
    #: ``startDate`` of a list form, or any day of a window of the API; "" matches all.
    day: str = ""
    skip: int = 0
    times: int = 0
    #: Count ``skip`` and ``times`` for each address instead of for all together.
    each: bool = False
    percent: int = 100
    #: For ``status`` (500), ``gateway-error`` and ``service-error`` (200).
    status: int = 0
    #: For ``status``: the header as it is, or ``date:120`` for a date in 120 s.
    retry_after: str = ""
    #: For ``drip`` (between two bytes) and ``stall*`` (before going on).
    seconds: float = 1.0
    #: For ``truncated*`` (sent before the end) and the large ones (all in all).
    bytes: int = 0
    #: For ``wrong-charset`` and ``euc-kr``: the charset the header claims.
    charset: str = ""
    #: For ``redirect-away``.
    location: str = "https://example.invalid/"
    #: For ``shift``: how many releases come while somebody pages.
    rows: int = 3
    #: For the faults of the API: which error, or which way of breaking.
    code: str = ""

    def __post_init__(self) -> None:
        if self.fault not in NAMES:
            raise ValueError(
                f"no such fault: {self.fault}; there are {', '.join(NAMES)}"
            )
        if self.on not in KINDS:
            raise ValueError(f"no such kind of request: {self.on}")


@dataclass(frozen=True, slots=True)
class Ask:
    """What a plan looks at in a request."""

    kind: str
    #: newsId, fileId, number of the list page, or the API's service.
    key: str
    #: ``startDate`` of a list form, first day of a window of the API.
    day: str = ""
    #: Last day of a window of the API.
    until: str = ""

    def matches(self, fault: Fault) -> bool:
        """Tell whether this request is one the fault is about."""
        return (
            fault.on in ("any", self.kind)
            and fault.id in ("", self.key)
            and (not fault.page or (self.kind, self.key) == ("list", str(fault.page)))
            and (fault.day in ("", self.day) or self.day < fault.day <= self.until)
        )


class Faults:
    """The plan and how often each line of it was looked at."""

    def __init__(
        self, seed: int, plan: Iterable[Fault | Mapping[str, object]] = ()
    ) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._plan: tuple[Fault, ...] = ()
        self._counts: dict[tuple[int, str], int] = {}
        self.set(plan)

    def set(self, plan: Iterable[Fault | Mapping[str, object]]) -> None:
        """Replace the plan; counting starts again.

        Raises:
            ValueError: A fault or a kind of request that does not exist.
            TypeError: A field that does not exist.
        """
        made = tuple(f if isinstance(f, Fault) else Fault(**f) for f in plan)  # type: ignore[arg-type]
        with self._lock:
            self._plan = made
            self._counts = {}

    def clear(self) -> None:
        """Let everything work again."""
        self.set(())

    def as_json(self) -> list[dict[str, object]]:
        """Return the plan as it can be given to :meth:`set`, defaults left out."""
        plain = {f.name: f.default for f in fields(Fault)}
        return [
            {k: v for k, v in asdict(fault).items() if v != plain[k]}
            for fault in self._plan
        ]

    def choose(self, ask: Ask) -> Fault | None:
        """Return the first fault of the plan that hits this request, and count it."""
        with self._lock:
            for place, fault in enumerate(self._plan):
                if ask.matches(fault) and self._hits(place, fault, ask):
                    return fault
        return None

    def _hits(self, place: int, fault: Fault, ask: Ask) -> bool:
        address = f"{ask.kind}/{ask.key}/{ask.day}"
        count = self._count(place, address if fault.each else "")
        if count < fault.skip or (fault.times and count >= fault.skip + fault.times):
            return False
        if fault.percent >= 100:
            return True
        # By address, so that the order of requests does not change who is hit.
        attempt = self._count(place, f"attempt {address}")
        throw = mix(self._seed, "fault", place, address, attempt)
        return throw % 100 < fault.percent

    def _count(self, place: int, key: str) -> int:
        count = self._counts.get((place, key), 0)
        self._counts[place, key] = count + 1
        return count
