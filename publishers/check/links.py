"""Links and pictures: addresses that lead nowhere, or to what nobody licensed."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from publishers.check.context import View
from publishers.check.rules import Edit, Hit

_LINK = re.compile(
    r"(?P<image>!?)\[[^\]\n]*\]\((?P<address>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)"
    r"(?:\s+\"[^\"\n]*\")?\)"
)
_SCHEMES = re.compile(r"(?P<extra>(?:https?:/{1,2})+)https?:/", re.IGNORECASE)
_TRACKING = re.compile(
    r"(?P<before>[?&](?:amp;)?)(?:utm_[a-z]+|fbclid|gclid|igshid|mc_[ce]id)=[^&#\s]*"
    r"(?P<after>(?:&(?:amp;)?)?)",
    re.IGNORECASE,
)
#: Paths of the source; an editor copied them without the host.
_OF_THE_SOURCE = re.compile(
    r"/(?:common/download\.do|(?:briefing|news|newsWeb|multi|policy|archive|docViewer)/)"
)
SOURCE = "https://www.korea.kr"
_BARE_HOST = re.compile(r"(?:www\.[a-z0-9-]+\.[a-z.]{2,}|korea\.kr)(?:[/?#]\S*)?", re.I)
_MISSPELT = re.compile(r"(?:h?t?tps?:?/{1,3}|https?:/?(?!/)|//)(?=[a-z0-9-]+\.)", re.I)
_LOCAL = re.compile(r"(?:localhost|127\.|10\.|192\.168\.|file:|[a-z]:\\)", re.I)


class Address(NamedTuple):
    """An address in a post."""

    text: str
    start: int
    end: int
    image: bool


def look(view: View) -> Iterator[Hit]:
    """Yield links that lead nowhere."""
    for address in addresses(view):
        if not address.image:
            yield from _link(address)
        elif not address.text.strip():
            yield Hit("link-broken", address.start, "a picture without an address")
        else:
            yield from _schemes(address)


def pictures(view: View) -> Iterator[tuple[Hit, str]]:
    """Yield pictures from other hosts, each with its address.

    Whether one is the operator's own banner, only all posts together can tell.
    """
    for address in addresses(view):
        if not address.image or not _host(address.text):
            continue
        if address.text in view.options.banners:
            continue
        host = _host(address.text)
        message = f"from {host}: pictures of the site are not licensed"
        if not host.endswith("korea.kr"):
            message = f"from {host}: hot-linked, its license unknown"
        yield Hit("image-remote", address.start, message), address.text


def banners(view: View) -> set[str]:
    """Return the pictures that the front matter names."""
    names = ("image", "feature_image", "thumbnail", "cover")
    found = (view.draft.fields.get(name) for name in names)
    texts = (v.get("path") if isinstance(v, dict) else v for v in found)
    return {text for text in texts if isinstance(text, str)}


def is_of_source(address: str) -> bool:
    """Say whether an address is the site's."""
    return _host(address).endswith("korea.kr")


def addresses(view: View) -> Iterator[Address]:
    """Yield what links and pictures in a body lead to."""
    draft = view.draft
    for tag in draft.tags:
        wanted = {"a": "href", "img": "src"}.get(tag.name)
        for attribute in tag.attributes if wanted and not tag.closing else ():
            if attribute.name == wanted:
                place = (attribute.start, attribute.end)
                yield Address(attribute.value, *place, tag.name == "img")
    linked = "](" in draft.text
    for found in _LINK.finditer(draft.text, draft.body_at) if linked else ():
        if not draft.in_code(found.start()):
            yield Address(
                found["address"], *found.span("address"), bool(found["image"])
            )


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _link(address: Address) -> Iterator[Hit]:
    text, at = address.text.strip(), address.start
    if not text or text == "#":
        yield Hit("link-broken", at, "a link without an address")
    elif _SCHEMES.match(text):
        yield from _schemes(address)
    elif _LOCAL.match(text) or _LOCAL.match(_host(text)):
        yield Hit("link-broken", at, f"{text[:60]} is a place on one machine")
    elif _OF_THE_SOURCE.match(text):
        edits = (Edit(at, at, SOURCE),)
        yield Hit("link-relative", at, f"{text[:60]} is a path of {SOURCE}", edits)
    elif _BARE_HOST.fullmatch(text):
        edits = (Edit(at, at, "https://"),)
        yield Hit("link-broken", at, f"{text[:60]} has no scheme", edits)
    elif not text.startswith(("http://", "https://")) and _MISSPELT.match(text):
        yield Hit("link-broken", at, f"{text[:60]} is misspelt")
    elif re.search(r"[\s<>]", text) or (text.startswith("http") and not _host(text)):
        yield Hit("link-broken", at, f"{text[:60]} is no address")
    if tracking := tuple(_tracking(address)):
        message = f"{len(tracking)} tracking parameters"
        yield Hit("link-tracking", at, message, tracking)


def _schemes(address: Address) -> Iterator[Hit]:
    if found := _SCHEMES.match(address.text):
        start = address.start + found.start("extra")
        edit = Edit(start, address.start + found.end("extra"), "")
        yield Hit("link-double", address.start, f"{address.text[:60]}", (edit,))


def _tracking(address: Address) -> Iterator[Edit]:
    for found in _TRACKING.finditer(address.text):
        keep = found["before"] if found["after"] else ""
        start, end = found.span()
        yield Edit(address.start + start, address.start + end, keep)
