"""Where releases are announced, and how their pages read.

A source is a module with a ``NAME``, a ``SECTION`` (the Korean name readers know, which
the license table goes by) and three functions, all pure:

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
