"""``python -m benchmarks.site ARTICLES PER_DAY``: a replica whose pages are ready.

Policy news with HTML bodies, of the weight of real pages. Every answer is made before
the first request, so that the machine is the contenders' own while they run.
"""

import signal
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.replica import Site, policy_site, serving
from tests.replica.article_compose import DAMAGED, EXTRAS
from tests.replica.article_kogl import CARDS
from tests.replica.site import Answer

LIST = "/news/policyNewsList.do"
VIEW = "/news/policyNewsView.do?newsId="
ROWS = 10
#: A key the site's Open API takes.
API_KEY = "bench"


def main() -> None:
    """Print address, first and last day, pages of listings once all is ready; serve."""
    articles, per_day = map(int, sys.argv[1:])
    site = usual_site(articles=articles, per_day=per_day, api_key=API_KEY)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    pages = make_ready(site)
    with serving(site):
        days = (site.world.first_day, site.world.last_day)
        print(site.base_url, *days, pages, flush=True)
        stop.wait()


def usual_site(**knobs: Any) -> Site:
    """Return a site of articles as they usually are; knobs as for ``policy_site``.

    The replica's own have every oddity far more often than the site has: of 880 bodies
    of July 2026 none was broken (captures of the press releases' section), here 1 in
    100 is. All have license 1, for the peers ask nothing of licenses.
    """
    decks = ((CARDS, {"1": 100}), (DAMAGED, {"": 99, "open cell": 1}))
    usual = [(deck, dict(deck)) for deck in (CARDS, DAMAGED, EXTRAS)]
    try:
        for deck, cards in decks:
            deck.clear()
            deck.update(cards)
        EXTRAS["none"] += EXTRAS.pop("stray table")
        return policy_site(**knobs)
    finally:
        for deck, cards in usual:
            deck.clear()
            deck.update(cards)


def make_ready(site: Site) -> int:
    """Let the site answer pages of articles, and of each day's listing, from memory.

    Returns the number of pages that the listings of all days have.
    """
    made: dict[str, Answer] = {}
    make = site.answer

    def answer(method: str, target: str, form: Mapping[str, str]) -> Answer:
        days = {form.get("startDate"), form.get("endDate")}
        key = f"{target} {days} {form.get('pageIndex')}" if form else target
        if target != "/robots.txt" and key not in made:
            made[key] = make(method, target, form)
        kept = made.get(key)
        if kept is None:
            return make(method, target, form)
        return replace(kept, headers=dict(kept.headers))

    site.answer = answer  # type: ignore[method-assign]
    listed = 0
    day = site.world.first_day
    while day <= site.world.last_day:
        ids = site.article_ids("policy", day)
        for news_id in ids:
            answer("GET", VIEW + news_id, {})
        pages = -(-len(ids) // ROWS)
        listed += pages
        for page in range(1, pages + 1):
            form = {"pageIndex": f"{page}", "startDate": f"{day}", "endDate": f"{day}"}
            answer("POST", LIST, form)
        day += timedelta(days=1)
    return listed


if __name__ == "__main__":
    main()
