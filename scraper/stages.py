"""The stages of one release: fetch, parse, extract, normalize, judge, render."""

import hashlib
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from datetime import datetime

from scraper.announce import Section
from scraper.blocks import leaves
from scraper.embargo import Availability, available_at
from scraper.layout import read_layout
from scraper.layout.rebuttal import mark_rebuttal
from scraper.license import Refusal, find_notices, judge_license
from scraper.model import (
    Document,
    Entry,
    Held,
    History,
    Layout,
    License,
    Post,
    RawRelease,
    Release,
    Use,
)
from scraper.normalize import normalize
from scraper.originals import Originals
from scraper.prepare import Left, Ready, Rules
from scraper.read import Reading, read_text
from scraper.stated import read_stated
from scraper.window import Window


def run_stages(
    entry: Entry,
    originals: Originals,
    section: Section,
    rules: Rules,
    *,
    now: datetime,
    window: Window | None,
    path: str,
    history: Callable[[Release], History],
    trusted: Container[str],
) -> Ready | Held | Left:
    """Return what :func:`scraper.prepare.prepare` does, and raise as it does."""
    if section.closed:
        return Held(entry.news_id, "license", section.closed)
    raw = read_stated(entry, originals, section)
    if window is not None and not window.holds(raw.published_at):
        return Left(f"published at {raw.published_at.isoformat()}, outside the bounds")
    verdict = _judge(raw, section, rules, ())
    if isinstance(verdict, Refusal) and not rules.stub_refused:
        return Held(entry.news_id, "license", verdict.reason)
    reading = read_text(
        raw,
        lambda attachment: originals.file(entry, attachment),
        rules.extract,
        trusted,
    )
    if isinstance(verdict, License) and (notices := _notices(reading)):
        verdict = _judge(raw, section, rules, notices)
    if isinstance(verdict, Refusal) and not rules.stub_refused:
        return Held(entry.news_id, "license", verdict.reason)
    layout = _lay_out(reading.document, raw.title, rules.use)
    if layout is not None and section.rebuttal:
        layout = mark_rebuttal(layout)
    availability = _available_at(raw, _stated_embargo(reading, layout))
    if availability.at > now:
        return _wait(entry, availability)
    if isinstance(verdict, Refusal):
        withheld = _withheld(reading)
        release = _understand(raw, section, withheld, None, availability, rules)
        release = replace(release, history=history(release))
        return _ready(raw, rules.render_stub(release, path), release, verdict.reason)
    release = _understand(raw, section, reading, layout, availability, rules)
    release = replace(release, history=history(release))
    return _ready(raw, rules.render(release, verdict, path), release, verdict.id)


def _judge(
    raw: RawRelease, section: Section, rules: Rules, notices: Sequence[str]
) -> License | Refusal:
    return judge_license(
        raw.license_marks, section=section.section, use=rules.use, body=notices
    )


def _notices(reading: Reading) -> list[str]:
    """Return what the text itself says of its license, wherever it stands."""
    blocks = reading.document.blocks if reading.document else ()
    return find_notices(text for block in blocks for text in leaves(block))


def _withheld(reading: Reading) -> Reading:
    """Return the reading without its text, which may not be published."""
    because = "its license allows title and link only"
    return replace(reading, document=None, text_from="", no_text_because=because)


def _available_at(raw: RawRelease, stated: str) -> Availability:
    names = [attachment.name for attachment in raw.attachments]
    found = available_at(raw.published_at, stated=stated, names=names, title=raw.title)
    if raw.embargo_until is None or raw.embargo_until <= found.at:
        return found
    said = f"{raw.embargo_until:%Y-%m-%d %H:%M}"
    return replace(found, at=raw.embargo_until, stated=found.stated or said)


def _stated_embargo(reading: Reading, layout: Layout | None) -> str:
    """Return the embargo of the text, else of any document opened on the way to it."""
    stated = [layout.embargo if layout else ""]
    stated += [read_layout(opened, "").embargo for opened in reading.opened]
    return next(filter(None, stated), "")


def _wait(entry: Entry, availability: Availability) -> Held:
    said = availability.stated or "its time of publication"
    reason = f"embargo until {availability.at.isoformat()} ({said})"
    return Held(entry.news_id, "embargo", reason, until=availability.at)


def _lay_out(document: Document | None, title: str, use: Use) -> Layout | None:
    """Take the document apart; where it may not be changed, its body stays whole."""
    if document is None:
        return None
    layout = read_layout(document, title)
    if use.changes:
        return layout
    return replace(layout, body=document.blocks, removed=())


def _understand(
    raw: RawRelease,
    section: Section,
    reading: Reading,
    layout: Layout | None,
    availability: Availability,
    rules: Rules,
) -> Release:
    return normalize(
        raw,
        layout,
        availability=availability,
        text_from=reading.text_from,
        no_text_because=reading.no_text_because,
        canonical_url=rules.public_url + raw.entry.path,
        file_digests=reading.file_digests,
        warnings=(*raw.warnings, *reading.warnings),
        rebuttal=section.rebuttal,
    )


def _ready(raw: RawRelease, post: Post, release: Release, license_said: str) -> Ready:
    facts = {
        "post_sha256": hashlib.sha256(post.text.encode()).hexdigest(),
        "license": license_said,
        "available_at": release.available_at.isoformat(),
        "embargo": release.embargo,
        "text_from": release.text_from,
        "no_text_because": release.no_text_because,
        "attachments": [attachment.name for attachment in release.attachments],
        "warnings": list(release.warnings),
    }
    return Ready(post, release, facts, raw.warnings, raw.revision)
