"""``scrape sources check``: what would be parsed from one page, field by field."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import typer

from scraper.blocks import block_text
from scraper.charset import CharsetError, decode_text
from scraper.cli import build, console, exits
from scraper.cli.run import policy_of
from scraper.cli.sources import sections_of
from scraper.config import load_config
from scraper.errors import ParseError, StorageError
from scraper.fetch import Fetcher
from scraper.license import Refusal, find_notices, judge_license
from scraper.ministries import find_ministry
from scraper.model import Entry, Listing, Page, RawRelease, Request, Use
from scraper.read import page_blocks
from scraper.settings import Config
from scraper.sources.article import is_listing, news_id_on
from scraper.sources.site_section import SiteSection

#: Blocks of a body that are shown.
MOST_BLOCKS = 8
#: Letters of a text that are shown.
MOST_LETTERS = 160

Field = tuple[str, object]


def check_page(
    path: Path, overrides: Sequence[str], name: str, place: str, *, as_json: bool
) -> int:
    """Print what ``place`` (an address on the site, or a file) is to section ``name``.

    Raises:
        typer.BadParameter: no such section, or not an address we may ask for.
        SourceError: the page could not be had, or is not in a shape we know.
        StorageError: the file cannot be read.
    """
    config = load_config(path, os.environ, overrides)
    sections = sections_of(config)
    if name not in [*sections]:
        known = ", ".join(sections)
        raise typer.BadParameter(f"no section {name!r}; there is {known}")
    section = sections[name]
    page, news_id = _page(config, section, place)
    if is_listing(page):
        fields = [*_listing_fields(section.parse_listing(page), sections)]
    else:
        fields = [*_release_fields(config, section, page, news_id)]
    if as_json:
        values = {name.replace(" ", "_"): value for name, value in fields}
        print(json.dumps(values, ensure_ascii=False, indent=2))
    else:
        _print(fields)
    return exits.DONE


def _page(config: Config, section: SiteSection, place: str) -> tuple[Page, str]:
    """Return the page, and the id its address names; "" if none."""
    if "://" not in place:
        page = _kept(Path(place))
        return page, news_id_on(page)
    address = urlsplit(place)
    origin = f"{address.scheme}://{address.netloc}"
    if origin not in (config.site.base_url, config.site.public_url):
        raise typer.BadParameter(
            f"{origin} is not the configured site; only {config.site.base_url} is asked"
        )
    query = dict(parse_qsl(address.query))
    request = Request(f"{address.path}?{address.query}".rstrip("?"))
    if address.path == section.list_path:
        request = _listing_request(section, query)
    with Fetcher(policy_of(config), now=build.clock()) as fetcher:
        page = fetcher.page(request)
    return page, query.get("newsId", "") or news_id_on(page)


def _kept(file: Path) -> Page:
    try:
        body = file.read_bytes()
    except OSError as error:
        raise StorageError(f"cannot read {file}: {error.strerror}") from error
    try:
        text = decode_text(body, "")
    except CharsetError as error:
        raise ParseError(str(file), str(error)) from error
    return Page(str(file), text, body, "", build.clock()())


def _listing_request(section: SiteSection, query: Mapping[str, str]) -> Request:
    """Return the form for the listing page an address names, by default yesterday's."""
    yesterday = build.clock()().date() - timedelta(days=1)
    try:
        first = date.fromisoformat(query.get("startDate") or yesterday.isoformat())
        last = date.fromisoformat(query.get("endDate") or first.isoformat())
        number = int(query.get("pageIndex") or 1)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    return section.listing_request(first, last, number, query.get("repCode", ""))


# --- what a page states -------------------------------------------------------------


def _listing_fields(
    listing: Listing, sections: Mapping[str, SiteSection]
) -> Iterator[Field]:
    yield "total", "not stated" if listing.total is None else listing.total
    rows = [
        {
            "id": entry.news_id,
            "title": entry.title,
            "section": entry.source,
            "held": sections[entry.source].closed,
            "listed_on": entry.listed_on.isoformat(),
            "ministry": entry.ministry,
            "lead": entry.lead,
            "page": entry.path,
        }
        for entry in listing.entries
    ]
    yield "rows", rows


def _release_fields(
    config: Config, section: SiteSection, page: Page, news_id: str
) -> Iterator[Field]:
    today = build.clock()().date()
    entry = Entry(section.name, news_id, "", "", "", "", today)
    raw = section.parse_release(page, entry)
    blocks = page_blocks(raw)
    texts = [block_text(block) for block in blocks]
    yield "id", news_id
    yield "section", f"{section.name} ({section.section})"
    yield "title", raw.title
    yield "subtitles", [*raw.subtitles]
    yield "published at", raw.published_at.isoformat()
    ministry = find_ministry(raw.ministry, raw.published_at.date())
    yield "ministry", f"{raw.ministry} {ministry.code}".strip()
    yield "lead", raw.lead
    yield (
        "attachments",
        [f"{file.name} ({file.kind}) {file.path}" for file in raw.attachments],
    )
    marks = raw.license_marks
    yield "license images", [*marks.images]
    yield "license alternative texts", [*marks.alts]
    yield "license sentences", [*marks.sentences]
    yield "license notices in the text", find_notices(texts)
    yield "may be published", _verdict(config, section, raw, texts)
    yield "body", _body_said(raw, len(blocks))
    yield (
        "first blocks",
        [
            f"{type(block).__name__}: {text}"
            for block, text in zip(blocks[:MOST_BLOCKS], texts, strict=False)
        ],
    )
    yield "warnings", [*_warnings(raw, ministry.code)]


def _verdict(
    config: Config, section: SiteSection, raw: RawRelease, texts: Sequence[str]
) -> str:
    if section.closed:
        return f"no: {section.closed}"
    verdict = judge_license(
        raw.license_marks,
        section=section.section,
        use=Use(commercial=config.use.commercial, changes=config.use.changes),
        body=find_notices(texts),
    )
    if isinstance(verdict, Refusal):
        return f"no: {verdict.reason}"
    return f"yes, as {verdict.id}: {verdict.notice}"


def _body_said(raw: RawRelease, count: int) -> str:
    if raw.body_html:
        return f"{count} blocks on the page itself"
    if raw.attachments:
        return "none on the page: the text is in an attachment"
    return "none: a post would have title, lead and link"


def _warnings(raw: RawRelease, code: str) -> Iterator[str]:
    if not raw.ministry:
        yield "the page names no ministry"
    elif not code:
        yield f"no ministry {raw.ministry!r} is known; it would be shown as printed"
    yield from raw.warnings


# --- for people ---------------------------------------------------------------------


def _print(fields: Sequence[Field]) -> None:
    for name, value in fields:
        if not isinstance(value, list):
            console.say(f"{name}: {_short(value)}")
            continue
        console.say(f"{name}: {len(value) or 'none'}")
        for said in value:
            if not isinstance(said, dict):
                console.say(_short(said), indent=4)
                continue
            for key, part in said.items():
                if part:
                    console.say(f"{key}: {_short(part)}", indent=4 + 4 * (key != "id"))


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}…"
