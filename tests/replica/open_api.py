"""The Open API of data.go.kr: policy news (v2) and press releases (v1) as XML."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from tests.replica.answers import Answer
from tests.replica.open_api_items import article_item, release_item
from tests.replica.world import KST

if TYPE_CHECKING:
    from tests.replica.site import Site

ROOT = "/1371000/"
POLICY = "/1371000/policyNewsService2/policyNewsList2"
PRESS = "/1371000/pressReleaseService/pressReleaseList"
#: The first version; its keys are no longer given out.
POLICY_V1 = "/1371000/policyNewsService/policyNewsList"
XML = "text/xml;charset=UTF-8"
#: Days of a window at most, both ends counted.
SPAN = 3
#: ``returnReasonCode`` of the gateway -> ``returnAuthMsg``.
GATEWAY = {
    "01": "APPLICATION_ERROR",
    "04": "HTTP_ERROR",
    "05": "SERVICETIMEOUT_ERROR",
    "10": "INVALID_REQUEST_PARAMETER_ERROR",
    "12": "NO_OPENAPI_SERVICE_ERROR",
    "20": "SERVICE_ACCESS_DENIED_ERROR",
    "22": "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR",
    "30": "SERVICE_KEY_IS_NOT_REGISTERED_ERROR",
    "31": "DEADLINE_HAS_EXPIRED_ERROR",
}
#: ``resultCode`` of the service itself -> ``resultMsg``.
SERVICE = {
    "0": "NORMAL_SERVICE",
    "11": "NO_MANDATORY_REQUEST_PARAMETERS_ERROR",
    "97": "DATE_FORMAT_ERROR",
    "98": "THREE_DAYS_OVER_ERROR",
}


class OpenApi:
    """Checks key, quota and window, then writes what the site holds."""

    def __init__(self, site: "Site", key: str, quota: int) -> None:
        self._site = site
        #: The key it takes; "" is none.
        self.key = key
        #: Calls a day; 0 is no limit.
        self.quota = quota
        #: Calls with the right key, by day of the site's clock.
        self.calls: Counter[date] = Counter()
        self._lock = Lock()

    def answer(self, path: str, query: str) -> Answer:
        """Return the answer to a call; all of them have status 200."""
        if path not in (POLICY, PRESS, POLICY_V1):
            return gateway_error("12")
        code = self._refused(_raw_key(query))
        if code:
            return gateway_error(code)
        if path == POLICY_V1:
            return gateway_error("30")
        asked = dict(parse_qsl(query, keep_blank_values=True))
        window = _window(asked)
        if isinstance(window, str):
            return service_error(window)
        return response(self._items(path, *window))

    def _items(self, path: str, first: date, last: date) -> list[str]:
        site = self._site
        if path == PRESS:
            released = site.stamped(first, last)
            return [release_item(release) for release in released]
        articles = site.newsroom.stamped(first, last, site.now)
        return [article_item(article) for article in articles]

    def _refused(self, raw: str) -> str:
        """Return the gateway's code for a key as it stands in the address, or ""."""
        if not raw:
            return "20"
        if not self.key or self.key not in (raw, unquote(raw)):
            return "30"
        today = (self._site.now or datetime.now(KST)).date()
        with self._lock:
            self.calls[today] += 1
            return "22" if self.quota and self.calls[today] > self.quota else ""


def iso_days(query: Mapping[str, str]) -> tuple[str, str]:
    """Return a window's first and last day as ``2026-11-24``; "" if unreadable."""
    window = _window({**query, "serviceKey": ""}, span=10_000)
    return ("", "") if isinstance(window, str) else tuple(map(str, window))  # type: ignore[return-value]


def response(items: Iterable[str], code: str = "0") -> Answer:
    """Return an answer of the service with its items."""
    written = list(items)
    message = SERVICE.get(code, "UNKNOWN_ERROR")
    body = "".join(written)
    if code == "0":
        body += f"<totalCount>{len(written)}</totalCount>"
    return xml(
        f"<response><header><resultCode>{code}</resultCode>"
        f"<resultMsg>{message}</resultMsg></header><body>{body}</body></response>"
    )


def service_error(code: str, status: int = 200) -> Answer:
    """Return an error of the service itself."""
    answer = response((), code)
    answer.status = status
    return answer


def gateway_error(code: str, status: int = 200) -> Answer:
    """Return an error of the gateway before the service."""
    reason = GATEWAY.get(code, "UNKNOWN_ERROR")
    error, auth = "SERVICE ERROR", reason
    if code == "20":
        error, auth = "SERVICE_KEY_IS_NULL", "서비스 접근거부"
    answer = xml(
        "<OpenAPI_ServiceResponse><cmmMsgHeader>"
        f"<errMsg>{error}</errMsg><returnAuthMsg>{auth}</returnAuthMsg>"
        f"<returnReasonCode>{code}</returnReasonCode>"
        "</cmmMsgHeader></OpenAPI_ServiceResponse>"
    )
    answer.status = status
    return answer


def xml(text: str) -> Answer:
    """Return an XML document under its declaration."""
    head = "<?xml version='1.0' encoding='UTF-8'?>"
    return Answer((head + text).encode(), content_type=XML)


def _raw_key(query: str) -> str:
    """Return the key as sent: it may be percent-encoded or not."""
    for field in query.split("&"):
        name, _, value = field.partition("=")
        if name == "serviceKey":
            return value
    return ""


def _window(asked: Mapping[str, str], span: int = SPAN) -> tuple[date, date] | str:
    """Return first and last day, or the service's code for what is wrong."""
    days = []
    for name in ("startDate", "endDate"):
        text = asked.get(name, "")
        if not text:
            return "11"
        try:
            days.append(datetime.strptime(text, "%Y%m%d").replace(tzinfo=KST).date())
        except ValueError:
            return "97"
        if len(text) != len("YYYYMMDD"):
            return "97"
    first, last = days
    if last < first:
        return "97"
    return "98" if last - first >= timedelta(days=span) else (first, last)
