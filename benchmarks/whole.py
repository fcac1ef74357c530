"""The whole job on one site beside a spider and a script, taking turns.

Each contender reads the listings of the same days and the same pages, makes Markdown of
every article, writes it with front matter and commits it with git; none waits between
requests. The site is in a process of its own and counts for nobody.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.environment import ROOT, peers_python
from benchmarks.site import API_KEY
from benchmarks.spending import Used, spend
from scraper.cli.build import CLOCK

OURS, BY_API = "ours", "ours, by the Open API"
SPIDER, SCRIPT = "Scrapy + markdownify", "requests + bs4 + markdownify"
LIST = "/news/policyNewsList.do"
NOW = "2026-11-25T12:00:00+09:00"
#: Git asks who commits.
AUTHOR = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "bench"), ("EMAIL", "bench@localhost"))
}


@dataclass(frozen=True, slots=True)
class Place:
    """The site all read from, and its days."""

    address: str
    first: str
    last: str
    #: Of its listings, all days together.
    pages: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one contender did in one round."""

    used: Used
    posts: int
    requests: int


def measure(
    articles: int,
    per_day: int,
    rounds: int,
    names: Sequence[str] = (OURS, BY_API, SPIDER, SCRIPT),
) -> list[dict[str, str]]:
    """Return a row for each contender."""
    contenders: dict[str, Callable[[Place, Path], tuple[Used, int]]] = {
        OURS: ours,
        BY_API: by_api,
        SPIDER: spider,
        SCRIPT: script,
    }
    outcomes: dict[str, list[Outcome]] = {name: [] for name in names}
    peers_python()  # made before anybody is timed
    with site(articles, per_day) as place:
        for _ in range(rounds):
            for name in names:
                with TemporaryDirectory() as folder:
                    used, requests = contenders[name](place, Path(folder))
                    posts = written(Path(folder) / "news")
                assert posts == articles, f"{name} wrote {posts} posts"
                outcomes[name].append(Outcome(used, posts, requests))
    return [row(name, of_it, outcomes[OURS]) for name, of_it in outcomes.items()]


def row(name: str, mine: list[Outcome], ours: list[Outcome]) -> dict[str, str]:
    """Return a contender's row: medians of its rounds, and of the rounds' ratios."""
    posts = mine[0].posts
    cpu = median(one.used.cpu for one in mine)
    wall = median(one.used.wall for one in mine)
    times = median(m.used.cpu / o.used.cpu for m, o in zip(mine, ours, strict=True))
    requests = mine[0].requests
    return {
        f"{posts:,} posts": name,
        "CPU ms a post": f"{cpu / posts * 1000:.1f}",
        "times ours": f"{times:.1f}",
        "wall s": f"{wall:.1f}",
        "posts a s": f"{posts / wall:.0f}",
        "peak MB": f"{max(one.used.peak_mb for one in mine):.0f}",
        "requests a post": f"{requests / posts:.3f}",
    }


def ours(place: Place, folder: Path) -> tuple[Used, int]:
    """Run the command as an operator does; its report tells the requests."""
    return _ours(place, folder, "sources: [policy_news]\n")


def by_api(place: Place, folder: Path) -> tuple[Used, int]:
    """Run the command with a key of the Open API."""
    api = f"open_api: {{base_url: '{place.address}', key_env: BENCH_KEY}}\n"
    return _ours(place, folder, "sources: [open_api]\n" + api)


def _ours(place: Place, folder: Path, settings: str) -> tuple[Used, int]:
    config, report = folder / "config.yaml", folder / "report.json"
    config.write_text(
        "contact: https://example.invalid/bench\n"
        f"site: {{base_url: '{place.address}'}}\nfetch: {{delay: 0}}\n{settings}",
        "utf-8",
    )
    command = [sys.executable, "-m", "scraper.cli", "--config", config]
    command += ["--since", place.first, "--until", place.last, "--json", report]
    used = spend(command, ROOT, {CLOCK: NOW, "BENCH_KEY": API_KEY})
    return used, int(json.loads(report.read_text("utf-8"))["requests"])


def spider(place: Place, folder: Path) -> tuple[Used, int]:
    """Run the spider of ``peers``."""
    return _peer("spider.py", place, folder, robots=1)


def script(place: Place, folder: Path) -> tuple[Used, int]:
    """Run the script of ``peers``; it does not ask for robots.txt."""
    return _peer("script.py", place, folder, robots=0)


def _peer(name: str, place: Place, folder: Path, robots: int) -> tuple[Used, int]:
    file = Path(__file__).parent / "peers" / name
    days = (place.first, place.last)
    command = [peers_python(), file, place.address, LIST, *days, folder / "news"]
    used = spend(command, folder, AUTHOR)
    # Peers do not count; they ask for each page of each listing and each article once.
    return used, robots + place.pages + written(folder / "news")


def written(news: Path) -> int:
    """Return how many posts the last commit of a repository holds."""
    command = ["git", "-C", str(news), "ls-tree", "-r", "--name-only", "HEAD"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return sum(name.endswith(".md") for name in done.stdout.splitlines())


@contextmanager
def site(articles: int, per_day: int) -> Iterator[Place]:
    """Serve so many articles in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.site", str(articles), str(per_day)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            address, first, last, pages = server.stdout.readline().split()
            yield Place(address, first, last, int(pages))
        finally:
            server.terminate()
