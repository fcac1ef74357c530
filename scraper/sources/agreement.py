"""A release by the Open API and by its page: one release, and where the two differ.

The API wins, but for the license, of which the stricter counts: both marks go on, and
whoever judges them sees both. What only the page has is taken from there.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import time

from scraper.model import RawRelease
from scraper.notices import is_notice_part, is_reprint_remark, split_notice
from scraper.text import clean

_LINE_END = re.compile(
    r"</?(?:p|div|section|li|ul|ol|dl|dt|dd|tr|td|th|table|caption|blockquote|h[1-6]"
    r"|figure|figcaption|br|hr|pre)\b[^<>]*>",
    re.I,
)
_UNSEEN = re.compile(
    r"<(script|style|iframe)\b.*?</\1\s*>|<!--.*?-->|</?[a-zA-Z][^<>]*>", re.I | re.S
)

#: Characters of a text shown around the place where two differ.
SHOWN = 20


def reconcile(api: RawRelease, page: RawRelease) -> RawRelease:
    """Return what both state; each disagreement is one of its warnings."""
    marks = replace(page.license_marks, kogl_type=api.license_marks.kogl_type)
    return replace(
        api,
        ministry=api.ministry or page.ministry,
        lead=api.lead or page.lead,
        attachments=api.attachments or page.attachments,
        license_marks=marks,
        warnings=(*api.warnings, *page.warnings, *disagreements(api, page)),
    )


def disagreements(api: RawRelease, page: RawRelease) -> Iterator[str]:
    """Yield in what the two differ, a line each."""
    pairs = (
        ("license", _license(api), _license(page)),
        ("title", clean(api.title), clean(page.title)),
        ("ministry", clean(api.ministry), clean(page.ministry)),
        ("subtitles", _lines(api.subtitles), _lines(page.subtitles)),
    )
    for name, ours, theirs in pairs:
        if ours and theirs and _bare(ours) != _bare(theirs):
            yield f"{name}: the API has {ours[:80]!r}, the page {theirs[:80]!r}"
    if not _is_same_time(api, page):
        yield f"time: the API has {api.published_at}, the page {page.published_at}"
    if apart := _first_difference(_text(api.body_html), _text(page.body_html)):
        yield f"text: the API has {apart[0]!r}, the page {apart[1]!r}"


def _is_same_time(api: RawRelease, page: RawRelease) -> bool:
    """Tell whether the times agree; a page may show no more than its day."""
    if page.published_at.time() == time():
        return page.published_at.date() == api.published_at.date()
    return page.published_at == api.published_at


def _license(raw: RawRelease) -> str:
    marks = raw.license_marks
    digits = re.findall(r"\d", clean(" ".join(marks.kogl_type)))
    return (
        "type " + " and ".join(digits or marks.images) if digits or marks.images else ""
    )


def _lines(lines: tuple[str, ...]) -> str:
    return " / ".join(clean(line) for line in lines)


def _bare(text: str) -> str:
    return "".join(text.split())


def _text(body: str) -> str:
    """Return the letters of a body; notices and remarks may stand in one of the two."""
    lines = map(clean, _UNSEEN.sub("", _LINE_END.sub("\n", body)).split("\n"))
    return "".join(
        _bare(split_notice(line)[0])
        for line in lines
        if not is_notice_part(line) and not is_reprint_remark(line)
    )


def _first_difference(one: str, other: str) -> tuple[str, str] | None:
    """Return both texts from the first difference on; ``None`` if there is none."""
    if one == other or not one or not other:
        return None
    place = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    start = max(0, place - SHOWN)
    return one[start : place + SHOWN], other[start : place + SHOWN]
