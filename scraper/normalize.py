"""What a page states -> a release: text cleaned, ministry known, parts in place."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence

from scraper.ministries import find_ministry
from scraper.model import (
    Availability,
    Contact,
    Layout,
    Ministry,
    RawRelease,
    Release,
)
from scraper.removals import take_out
from scraper.text import clean

#: How far the listing's day and the page's may lie apart before it is worth a word.
_DAYS_APART = 1

#: The site cuts a lead wherever it is full.
_CUT = re.compile(r"\s*(?:\.{3,}|…+)\s*$")

#: Writes what is hashed: as ever, or all releases would look changed.
_COMPACT = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))


def normalize(
    raw: RawRelease,
    layout: Layout | None,
    *,
    availability: Availability,
    text_from: str,
    no_text_because: str,
    canonical_url: str,
    file_digests: Mapping[str, str],
    warnings: Sequence[str] = (),
    rebuttal: bool = False,
) -> Release:
    """Return the release that a page, its document and the tables make up.

    Args:
        raw: The page, as parsed.
        layout: The document taken apart, ``None`` if there is none: the release then
            has title, lead and links only.
        availability: When it may be shown.
        text_from: Where the document is from: ``page``, a file id, or "".
        no_text_because: Why there is none, "" if there is one.
        canonical_url: Where readers find the release on the public site.
        file_digests: sha256 of the attachments whose bytes matter, by file id.
        warnings: What a person should know already.
        rebuttal: The release denies a report of others.

    A document without a body (a scan, say) counts as none.
    """
    title = clean(raw.title)
    ministry = _ministry(raw)
    body, removed = take_out(layout.body if layout else ())
    if text_from and not body:
        text_from, no_text_because = "", no_text_because or "its document has no text"
    return Release(
        source=raw.entry.source,
        news_id=raw.entry.news_id,
        canonical_url=canonical_url,
        title=title,
        subtitles=_subtitles(raw, layout, title),
        lead=_lead(raw.lead, title),
        published_at=raw.published_at,
        available_at=max(availability.at, raw.published_at),
        embargo=clean(availability.stated),
        ministry=ministry,
        contacts=_contacts(layout),
        body=body,
        removed=(*(layout.removed if layout else ()), *removed),
        attachments=raw.attachments,
        license_marks=raw.license_marks,
        text_from=text_from,
        no_text_because=no_text_because,
        source_hash=source_hash(raw, file_digests),
        warnings=(*warnings, *_warnings(raw, ministry, availability)),
        rebuttal=rebuttal,
        claims=layout.claims if layout else (),
    )


def source_hash(raw: RawRelease, file_digests: Mapping[str, str]) -> str:
    """Return a sha256 (hex) over what the source states, and nothing of our making.

    Title, subtitles, time, ministry, license marks, the body's markup and each
    attachment's id, name and digest, as parsed. Not the page: its menus, counters and
    blanks change daily. Not extracted or cleaned text: a better extractor must not
    make a published release look changed.
    """
    marks = raw.license_marks
    stated = [
        _blanks(raw.title),
        [_blanks(subtitle) for subtitle in raw.subtitles],
        raw.published_at.isoformat(),
        _blanks(raw.ministry),
        [list(marks.images), list(marks.alts), list(marks.sentences)],
        _blanks(raw.body_html),
        [[a.file_id, a.name, file_digests.get(a.file_id, "")] for a in raw.attachments],
    ]
    return hashlib.sha256(_COMPACT.encode(stated).encode("ascii")).hexdigest()


def _blanks(text: str) -> str:
    return " ".join(text.split())


def _ministry(raw: RawRelease) -> Ministry:
    """Return who issued the release: the page's word, else the listing's."""
    printed = clean(raw.ministry) or clean(raw.entry.ministry)
    return find_ministry(printed, raw.published_at.date())


def _subtitles(raw: RawRelease, layout: Layout | None, title: str) -> tuple[str, ...]:
    """Return the page's subtitles, else the document's, without the title itself."""
    printed = raw.subtitles or (layout.subtitles if layout else ())
    cleaned = (clean(subtitle) for subtitle in printed)
    return tuple(dict.fromkeys(line for line in cleaned if line not in ("", title)))


def _lead(printed: str, title: str) -> str:
    """Return the lead without the title it starts with and the dots it ends in.

    It is cut anywhere, often within a word; a post shows it only when there is no
    text at all.
    """
    lead = _CUT.sub("", clean(printed))
    rest = _after(lead, title)
    return (lead if rest is None else rest).strip()


def _after(text: str, start: str) -> str | None:
    """Return what follows ``start``, blanks aside; ``None`` if it does not start so."""
    wanted = start.replace(" ", "")
    position = 0
    for character in wanted:
        while text[position : position + 1] == " ":
            position += 1
        if text[position : position + 1] != character:
            return None
        position += 1
    return text[position:]


def _contacts(layout: Layout | None) -> tuple[Contact, ...]:
    return layout.contacts if layout else ()


def _warnings(
    raw: RawRelease, ministry: Ministry, availability: Availability
) -> Iterator[str]:
    if not ministry.printed:
        yield "no ministry on the page or in the listing"
    elif not ministry.code:
        yield f"unknown ministry {ministry.printed!r}"
    listed, published = raw.entry.listed_on, raw.published_at.date()
    if abs((published - listed).days) > _DAYS_APART:
        yield f"listed on {listed}, published on {published}"
    if availability.note:
        yield availability.note
