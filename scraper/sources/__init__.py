"""Where releases are announced, and how their pages read.

A source is an object with a ``name``, a ``section`` (the Korean name readers know; the
license table goes by it), ``closed`` (why nothing of it may be republished, or ""),
``rebuttal`` (its articles deny reports of others) and three methods, all pure; the
protocol stands in ``scraper.announce``, and every section of the site is a
:class:`~scraper.sources.site_section.SiteSection`:

``listing_request(first, last, page, ministry="") -> Request``
    What to ask for page ``page`` (from 1) of the listing of the days ``first`` to
    ``last``, both included; ``ministry`` is a code of the site, "" for all.

``parse_listing(page) -> Listing``
    The announcements of one listing page. Empty means that the page says so itself.

``parse_release(page, entry) -> RawRelease``
    What the page of one announcement states, nothing interpreted.

Both parsers raise :class:`~scraper.errors.ParseError` for a page in an unknown shape,
and what :func:`~scraper.sources.special_pages.refuse_special` raises for a page that
answers 200 but is something else.
"""
