"""Addresses of links, mended: whole, once, and without what follows readers about."""

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

#: A scheme before a scheme, as blind replacements leave it: ``https://https://…``.
_TWICE = re.compile(r"^(?:https?:/*)+(?=https?:/)", re.IGNORECASE)
#: A scheme with a slash too few or too many.
_SLASHES = re.compile(r"^(https?):/*(?=[^/])", re.IGNORECASE)

#: Parameters that only tell where a reader came from.
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|twclid|ttclid|igshid"
    r"|mc_[ce]id|n_(?:media|query|rank|ad_group|ad|keyword_id|keyword|campaign_type)"
    r"|napm|_gl|_ga",
    re.IGNORECASE,
)


def mend(address: str, base: str) -> str:
    """Return an address as a link should have it.

    It is seen from ``base``, the article it stands in; a scheme that stands twice
    stands once; parameters of trackers are left out. What is right stays as it is.

    >>> mend("https://https://www.korea.kr/a?utm_source=x&id=1", "")
    'https://www.korea.kr/a?id=1'
    >>> mend("../b.do?id=1", "https://www.korea.kr/briefing/x/y.do")
    'https://www.korea.kr/briefing/b.do?id=1'

    Raises:
        ValueError: it is none: ``https://[``.
    """
    address = address.strip()
    if _TWICE.match(address):
        address = _TWICE.sub("", address)
        address = _SLASHES.sub(r"\1://", address)
    return _untracked(urljoin(base, address))


def _untracked(address: str) -> str:
    parts = urlsplit(address)
    kept = [p for p in parts.query.split("&") if not _tracks(p)]
    query = "&".join(kept)
    return address if query == parts.query else urlunsplit(parts._replace(query=query))


def _tracks(parameter: str) -> bool:
    return _TRACKING.fullmatch(parameter.partition("=")[0]) is not None
