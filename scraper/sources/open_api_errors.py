"""What the Open API says when it does not answer -> errors, with what to do.

Two places speak: the gateway of data.go.kr (``OpenAPI_ServiceResponse`` with a
``returnReasonCode``) and the service behind it (a ``resultCode`` that is not all
zeros); the HTTP status, 200, 401 or 403, tells nothing. Source: collectors' reports and
answers kept by them, seen October 2026.
"""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta

from scraper.errors import CallError, QuotaError, UnavailableError
from scraper.model import KST, Reply

#: Codes that a person must act on, and what to do.
REFUSED = {
    "10": "the call is not as the API wants it; update this program",
    "11": "the call lacks a parameter; update this program",
    "12": "there is no such service (any more); update this program",
    "20": "no key came along, or it is not for this service: check open_api.key_env",
    "30": "the key is not registered for this service; apply for it at data.go.kr,"
    " and give a new key an hour",
    "31": "the key has expired; extend it at data.go.kr",
    "32": "the key is registered for another address (IP); mend that at data.go.kr",
    "97": "a date is not in the form the API wants; update this program",
    "98": "the window is longer than three days; update this program",
}

#: The day's calls are used up.
SPENT = "22"

#: Codes of troubles that pass: of the application, of HTTP, of time.
PASSING = {"01", "02", "04", "05"}

_SPEAKS = re.compile(rb"<(?:OpenAPI_ServiceResponse|returnReasonCode|resultCode)\b")


def speaks(body: bytes) -> bool:
    """Tell whether a body is an answer or error of the API, whatever the status."""
    return bool(_SPEAKS.search(body[:65_536]))


def refuse_errors(reply: Reply, said: Mapping[str, str]) -> None:
    """Raise what an answer says instead of answering.

    Args:
        reply: The answer, for its address and time.
        said: Its own fields: ``returnReasonCode``, ``resultCode`` and their messages.

    Raises:
        QuotaError: the day's calls are used up.
        CallError: key or call are refused.
        UnavailableError: a trouble of the API's own, or one nobody here knows.
    """
    code = said.get("returnReasonCode") or said.get("resultCode", "")
    if not code or not code.strip("0"):
        return
    # 1 and 01 are one code, and a service's may have more digits than a gateway's.
    code = code.lstrip("0").rjust(2, "0")[:20]
    messages = ("errMsg", "returnAuthMsg", "resultMsg")
    words = " ".join(filter(None, (said.get(name, "") for name in messages)))[:200]
    told = f"the API answers {code} ({words})"
    if code == SPENT:
        reason = f"{told}: the day's calls are used up"
        raise QuotaError(reply.url, reason, next_day(reply.fetched_at))
    if code in REFUSED:
        raise CallError(reply.url, f"{told}: {REFUSED[code]}", code)
    hint = "it is out of order" if code in PASSING else "a code not known here"
    raise UnavailableError(reply.url, f"{told}: {hint}")


def next_day(moment: datetime) -> datetime:
    """Return when quotas begin anew: the next midnight in Korea."""
    tomorrow = moment.astimezone(KST).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), KST)
