"""The page of a release, or its item of the Open API, as what it states."""

from scraper.model import Entry, Page, RawRelease
from scraper.sources.article_page import (
    TITLE,
    check_identity,
    find_parts,
    linked_data,
    read_attachments,
    read_body_html,
    read_description,
    read_license_marks,
    read_ministry,
    read_published_at,
    read_subtitles,
    read_title,
    stated_id,
)
from scraper.sources.broken_page import mend
from scraper.sources.markup import parse_markup
from scraper.sources.open_api_item import ITEM, parse_item
from scraper.sources.site_section import LIST_BOX
from scraper.sources.special_pages import refuse_special


def parse_article(page: Page, entry: Entry) -> RawRelease:
    """Return what the page of ``entry`` states, or its item of the Open API.

    Raises :class:`ParseError` when the page is of another release, or misses its
    identity, title, time or body box (the message names the selector), and what
    :func:`refuse_special` raises.
    """
    if page.content_type == ITEM:
        return parse_item(page, entry)
    refuse_special(page)
    parts = find_parts(page, parse_markup(mend(page)))
    linked = linked_data(parts)
    check_identity(page, parts, linked, entry.news_id)
    return RawRelease(
        entry=entry,
        title=read_title(page, parts),
        subtitles=read_subtitles(parts),
        published_at=read_published_at(page, parts, linked),
        ministry=read_ministry(parts, linked),
        lead=max(read_description(parts, linked), entry.lead, key=len),
        attachments=read_attachments(page, parts),
        license_marks=read_license_marks(parts),
        body_html=read_body_html(page, parts),
        body_is_sound=True,
    )


def is_listing(page: Page) -> bool:
    """Tell a listing from the page of a release, by their boxes."""
    tree = parse_markup(page)
    return tree.css_first(LIST_BOX) is not None and tree.css_first(TITLE) is None


def news_id_on(page: Page) -> str:
    """Return the id a release's page says it has; "" if it says none."""
    parts = find_parts(page, parse_markup(page))
    return stated_id(parts, linked_data(parts))
