"""Whole runs: what a post costs, what nothing costs, what a large repository costs."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from publishers.git import GitPublisher
from publishers.seal import seal
from scraper.cli import target
from scraper.config import load_config
from scraper.model import KST, Post, Survey
from scraper.state import State
from tests.newsroom import Newsroom

ROOT = Path(__file__).parents[1]
NOW = "2026-11-25T12:00:00+09:00"

#: Posts a news repository holds already.
SIZES = (100, 1_000, 10_000)


def measure_run(releases: int = 300) -> list[dict[str, str]]:
    """Return what a run of so many releases costs, and what it asked for."""
    with replica(releases) as address, tempfile.TemporaryDirectory() as folder:
        newsroom = Newsroom(Path(folder), address)
        report = Path(folder) / "report.json"
        used = scrape(newsroom, "--since", "2026-11-22", "--json", str(report))
        said = json.loads(report.read_text("utf-8"))
        published = said["counts"]["published"]
        return [
            {
                "announced": str(said["counts"]["announced"]),
                "published": str(published),
                "CPU ms a post": f"{used.cpu * 1000 / published:.1f}",
                "wall s": f"{used.wall:.1f}",
                "peak MB": f"{used.peak_mb:.0f}",
                "requests a post": f"{said['requests'] / published:.2f}",
            }
        ]


def measure_nothing_new(sizes: Sequence[int] = SIZES) -> list[dict[str, str]]:
    """Return the CPU of a run that finds nothing, by the number of posts held."""
    rows = []
    with replica(20) as address:
        for held in sizes:
            with tempfile.TemporaryDirectory() as folder:
                newsroom = Newsroom(Path(folder), address)
                fill(newsroom, held)
                scrape(newsroom, "--since", "2026-11-24")
                used = min(
                    (scrape(newsroom, "--since", "2026-11-24") for _ in range(3)),
                    key=lambda used: used.cpu,
                )
                rows.append(
                    {"posts held": f"{held:,}", "CPU ms": f"{used.cpu * 1000:.0f}"}
                )
    return rows


def measure_commit(sizes: Sequence[int] = SIZES) -> list[dict[str, str]]:
    """Return the CPU of publishing five posts, by the number of posts held."""
    rows = []
    for held in sizes:
        with tempfile.TemporaryDirectory() as folder:
            newsroom = Newsroom(Path(folder), "http://127.0.0.1:1")
            publisher = fill(newsroom, held)
            posts = [made_up(held + n) for n in range(5)]
            before = children()
            assert len(publisher.publish(posts, "five").written) == 5
            rows.append(
                {
                    "posts held": f"{held:,}",
                    "git CPU ms": f"{(children() - before) * 1000:.0f}",
                }
            )
    return rows


def fill(newsroom: Newsroom, count: int) -> GitPublisher:
    """Put so many made-up posts into the news repository and the state."""
    config = load_config(newsroom.config, {})
    now = datetime.fromisoformat(NOW)
    config.state_dir.mkdir(exist_ok=True)
    publisher = target.publisher_of(config, lambda: now, time.sleep)
    assert isinstance(publisher, GitPublisher)
    for first in range(0, count, 2_000):
        posts = [made_up(n) for n in range(first, min(first + 2_000, count))]
        receipt = publisher.publish(posts, "made up")
        assert len(receipt.written) == len(posts), receipt.refused
        paths = {post.news_id: post.path for post in posts}
        file = config.state_dir / "state.db"
        with State(file, target.target_of(config), now=now) as state:
            state.adopt(Survey(receipt.tip, paths, False))
    return publisher


def made_up(number: int) -> Post:
    """Return a post; thirty share a day."""
    day = date(2016, 1, 1) + timedelta(days=number // 30)
    news_id = str(100_000_000 + number)
    text = f'---\ntitle: "{number}"\n---\n\n{"본문 " * 200}\n'
    at = datetime(day.year, day.month, day.day, tzinfo=KST)
    text = seal(text, news_id, 1, at)
    return Post(news_id, f"_posts/{day:%Y/%m}/{day}-{news_id}.md", text, str(number))


@dataclass(frozen=True, slots=True)
class Used:
    """What a process used."""

    cpu: float
    wall: float
    peak_mb: float


def scrape(newsroom: Newsroom, *arguments: str) -> Used:
    """Run the command as a process of its own."""
    began = time.monotonic()
    with newsroom.start(*arguments) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert status == 0, status
    cpu = usage.ru_utime + usage.ru_stime
    return Used(cpu, time.monotonic() - began, usage.ru_maxrss / 1024)


def children() -> float:
    """Return the CPU seconds of child processes that ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@contextmanager
def replica(releases: int) -> Iterator[str]:
    """Serve a replica in a process of its own."""
    command = [
        *(sys.executable, "-m", "tests.replica", "--releases", str(releases)),
        *("--days", "2026-11-22..2026-11-24", "--page-weight", "90"),
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().split()[-1]
        finally:
            server.terminate()
