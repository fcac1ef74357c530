"""``python -m tests.replica``: serve until SIGTERM or SIGINT."""

import argparse
import json
import signal
import threading
from datetime import date, datetime, time
from types import FrameType

from tests.replica import DAYS, make_site, serving
from tests.replica.world import KST


def main() -> None:
    """Print ``replica ready http://127.0.0.1:PORT`` once it listens, then serve."""
    arguments = _parser().parse_args()
    site = make_site(
        seed=arguments.seed,
        days=arguments.days,
        releases=arguments.releases,
        now=arguments.today,
        latency=arguments.latency / 1000,
        crawl_delay=arguments.crawl_delay,
        page_weight=arguments.page_weight,
        faults=json.loads(arguments.faults),
        articles=arguments.articles,
        sections=arguments.sections,
        golden=arguments.golden,
        body_weight=arguments.body_weight,
        even_days=arguments.even_days,
        api_key=arguments.api_key,
        api_quota=arguments.api_quota,
    )
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    with serving(site, arguments.port):
        print(f"replica ready {site.base_url}", flush=True)
        stop.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.replica", description=__doc__)
    add = parser.add_argument
    add("--port", type=int, default=0, help="0 takes a free one")
    add("--seed", type=int, default=1)
    add("--days", default=DAYS, help="first..last, or one day")
    add("--releases", type=int, default=72, help="in all days together")
    add("--today", "--now", type=_moment, help="the site's clock, KST: a day or a time")
    add("--latency", type=float, default=0, help="milliseconds before each answer")
    add("--crawl-delay", type=float, help="seconds robots.txt asks for")
    add("--page-weight", type=int, default=0, help="KB of menus in each page")
    add("--articles", type=int, default=0, help="of policy news, in all days together")
    add("--sections", default="", help="policy,fact,…; empty: the usual mix")
    add("--golden", action="store_true", help="the one article that is always the same")
    add("--body-weight", type=int, default=0, help="KB in each article's body")
    add("--even-days", action="store_true", help="weekends as busy as other days")
    add("--api-key", default="", help="the key the Open API takes; empty: none")
    add("--api-quota", type=int, default=0, help="calls a day; 0: no limit")
    add("--faults", default="[]", help="a JSON list, as for POST /__replica__/faults")
    return parser


def _moment(text: str) -> datetime:
    if len(text) == 10:
        return datetime.combine(date.fromisoformat(text), time.max, KST)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=KST)


if __name__ == "__main__":
    main()
