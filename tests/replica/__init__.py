"""A korea.kr of our own: pages, downloads, Open API and faults, from a seed.

    with replica(seed=1, days="2026-11-22..2026-11-24", releases=72) as site:
        site.base_url, site.requests, site.faults, site.expected(news_id)

With ``articles=60`` it has policy news too, at ``site.article_ids(section, day)``;
with ``api_key="k"`` its Open API opens, at ``site.base_url + "/1371000"``.

Or ``python -m tests.replica`` for another process. Nothing in it is anybody else's
text; the shapes are those of the site as seen in October 2026.
"""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from tests.replica.article_truth import ExpectedArticle
from tests.replica.article_world import ArticleWorld
from tests.replica.faults import Fault, Faults
from tests.replica.server import Server
from tests.replica.site import Site
from tests.replica.world import World

__all__ = [
    "ExpectedArticle",
    "Fault",
    "Site",
    "World",
    "make_site",
    "parse_days",
    "policy_site",
    "replica",
    "serving",
]

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
    articles: int = 0,
    sections: str = "",
    golden: bool = False,
    body_weight: int = 0,
    even_days: bool = False,
    quiet_days: Collection[date] = (),
    api_key: str = "",
    api_quota: int = 0,
    validators: bool = False,
) -> Site:
    """Return a site that no server serves yet.

    Args:
        now: The site's clock; ``None`` means that all releases are out.
        latency: Seconds before each answer.
        crawl_delay: Seconds that robots.txt asks for; ``None``: it does not ask.
        page_weight: KB of menus and scripts added to each page; real ones have 130.
        articles: How many articles of policy news there are, in all days together.
        sections: Names of :mod:`tests.replica.sections` with commas, in equal shares;
            "" is the usual mix of all.
        golden: There is the article of :mod:`tests.replica.golden` besides.
        body_weight: KB the markup of each article's body has at least.
        even_days: As many articles at weekends as on other days.
        quiet_days: Days on which nothing is made: holidays.
        api_key: The key the Open API takes; "" means that it knows none.
        api_quota: Calls a day the key may make; 0 means no limit.
        validators: Answers have an ETag, and what did not change is answered with 304.
    """
    first, last = parse_days(days)
    return Site(
        World(seed, first, last, releases, quiet=quiet_days),
        articles=ArticleWorld(
            seed,
            first,
            last,
            articles,
            sections=tuple(filter(None, sections.split(","))),
            weight=body_weight,
            with_golden=golden,
            even=even_days,
            quiet=quiet_days,
        ),
        api_key=api_key,
        api_quota=api_quota,
        validators=validators,
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
def replica(**knobs: Any) -> Iterator[Site]:
    """Make a site (arguments as for :func:`make_site`) and serve it."""
    site = make_site(**knobs)
    with serving(site):
        yield site


def policy_site(
    *,
    articles: int = 2_000,
    per_day: int = 80,
    page_weight: int = 95,
    body_weight: int = 38,
    **knobs: Any,
) -> Site:
    """Return a site of 정책뉴스 alone, all bodies in HTML, for benchmarks.

    Each day has about ``per_day`` articles, weekends too; the last is 2026-11-24.
    Other ``knobs`` as for :func:`make_site`.
    """
    days = -(-articles // per_day)
    last = date.fromisoformat(DAYS.partition("..")[2])
    return make_site(
        days=f"{last - timedelta(days - 1)}..{last}",
        releases=0,
        articles=articles,
        sections="policy",
        even_days=True,
        page_weight=page_weight,
        body_weight=body_weight,
        **knobs,
    )
