"""A korea.kr of our own: pages, downloads and faults on loopback, from a seed.

    with replica(seed=1, days="2026-11-22..2026-11-24", releases=72) as site:
        site.base_url, site.requests, site.faults, site.expected(news_id)

or ``python -m tests.replica`` for another process. Nothing in it is anybody else's
text; the shapes are those of the site as seen in October 2026.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime

from tests.replica.faults import Fault, Faults
from tests.replica.server import Server
from tests.replica.site import Site
from tests.replica.world import World

__all__ = ["Fault", "Site", "World", "make_site", "parse_days", "replica", "serving"]

DAYS = "2026-11-22..2026-11-24"


def parse_days(text: str) -> tuple[date, date]:
    """Return first and last day of ``2026-11-22..2026-11-24`` or of a single day.

    >>> parse_days("2026-11-24")
    (datetime.date(2026, 11, 24), datetime.date(2026, 11, 24))
    """
    first, _, last = text.partition("..")
    return date.fromisoformat(first), date.fromisoformat(last or first)


def make_site(
    *,
    seed: int = 1,
    days: str = DAYS,
    releases: int = 72,
    now: datetime | None = None,
    latency: float = 0.0,
    crawl_delay: float | None = None,
    page_weight: int = 0,
    faults: Iterable[Fault | Mapping[str, object]] = (),
) -> Site:
    """Return a site that no server serves yet.

    Args:
        now: The site's clock; ``None`` means that all releases are out.
        latency: Seconds before each answer.
        crawl_delay: Seconds that robots.txt asks for; ``None``: it does not ask.
        page_weight: KB of menus and scripts added to each page; real ones have 130.
    """
    return Site(
        World(seed, *parse_days(days), releases),
        now=now,
        latency=latency,
        crawl_delay=crawl_delay,
        weight=page_weight,
        faults=Faults(seed, faults),
    )


@contextmanager
def serving(site: Site, port: int = 0) -> Iterator[Site]:
    """Serve ``site`` on loopback while the block runs."""
    server = Server(site, port)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.close()
        thread.join()


@contextmanager
def replica(
    *,
    seed: int = 1,
    days: str = DAYS,
    releases: int = 72,
    now: datetime | None = None,
    latency: float = 0.0,
    crawl_delay: float | None = None,
    page_weight: int = 0,
    faults: Iterable[Fault | Mapping[str, object]] = (),
) -> Iterator[Site]:
    """Make a site (arguments as for :func:`make_site`) and serve it."""
    site = make_site(
        seed=seed,
        days=days,
        releases=releases,
        now=now,
        latency=latency,
        crawl_delay=crawl_delay,
        page_weight=page_weight,
        faults=faults,
    )
    with serving(site):
        yield site
