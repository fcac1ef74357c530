"""What a delivery costs, by the number of posts held: our CPU, git's, and disk.

The news repository is behind ``git http-backend`` in a process of its own, so that what
is counted is our side alone: this program and the git it starts.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from publishers.git import GitPublisher
from publishers.git.command import run_command
from publishers.git.commit import Signature, drafts, import_stream
from publishers.git.verdict import Answer
from publishers.seal import seal
from scraper.model import KST, Post
from tests.git_server import make_bare

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 25, 12, tzinfo=KST)

#: Posts a repository holds, and how many lie in one folder and in one commit.
SIZES = (1_000, 100_000)
A_FOLDER = 1_000
A_COMMIT = 25
NEW = 25
TIMES = 5


@dataclass(slots=True)
class Used:
    """What one delivery used."""

    cpu: float
    wall: float
    commands: list[str] = field(default_factory=list)


def table() -> str:
    """Return what deliveries cost as a Markdown table, with its heading."""
    rows = measure(SIZES, TIMES)
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([row[n] for n in names] for row in rows)]
    body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"## {NEW} new posts by direct push\n\n{body}\n"


def measure(sizes: Sequence[int], times: int) -> list[dict[str, str]]:
    """Return the cost of 25 new posts, cold (no mirror, no state) and warm."""
    rows = []
    for held in sizes:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            fill(root / "news.git", held)
            with served(root) as url:
                rows += [
                    _row(held, name, used, root)
                    for name, used in deliveries(root, url, held, times)
                ]
    return rows


def deliveries(
    root: Path, url: str, held: int, times: int
) -> Iterator[tuple[str, Used]]:
    """Yield what cold and warm deliveries used; of several, the one of least CPU."""
    mirror = root / "var" / "mirror"
    number = iter(range(held, held + 10**6, NEW))
    cold = []
    for _ in range(max(1, times // 2)):
        subprocess.run(["rm", "-rf", mirror], check=True)
        cold.append(deliver(url, mirror, "", new_posts(next(number))))
    yield "cold", min(cold, key=lambda used: used.cpu)
    warm = []
    for _ in range(times):
        since = tip(root / "news.git")
        warm.append(deliver(url, mirror, since, new_posts(next(number))))
    yield "warm", min(warm, key=lambda used: used.cpu)


def deliver(url: str, mirror: Path, since: str, posts: Sequence[Post]) -> Used:
    """Do what a run does: survey, publish, survey again; return what that used."""
    commands: list[str] = []

    def run(argv: Sequence[str], **how: Any) -> Answer:
        commands.append(command_of(argv))
        return run_command(argv, **how)

    publisher = GitPublisher(
        url, mirror=mirror, author_name="bot", author_email="b@example.invalid",
        now=lambda: NOW, run=run,
    )  # fmt: skip
    cpu, wall = cpu_seconds(), time.monotonic()
    publisher.survey(since)
    receipt = publisher.publish(posts, "news: {releases}")
    publisher.survey(receipt.tip)
    used = Used(cpu_seconds() - cpu, time.monotonic() - wall, commands)
    assert len(receipt.written) == len(posts), receipt.refused
    return used


def fill(repository: Path, count: int) -> None:
    """Write a repository of so many posts, a thousand to a folder."""
    make_bare(repository)
    signature = Signature("bot", "b@example.invalid", NOW)
    environ = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull}
    for first in range(0, count, 10_000):
        parent = tip(repository) if first else ""
        commits = []
        for at in range(first, min(first + 10_000, count), A_COMMIT):
            posts = [made_up(n) for n in range(at, min(at + A_COMMIT, count))]
            commits += drafts(posts, "news: {releases}")
        stream = import_stream("refs/heads/main", parent, signature, commits)
        argv = ["git", "-C", str(repository), "fast-import", "--done", "--quiet"]
        subprocess.run(argv, input=stream, check=True, capture_output=True, env=environ)


def new_posts(first: int) -> list[Post]:
    return [made_up(first + n) for n in range(NEW)]


def made_up(number: int) -> Post:
    """Return a post; a thousand share a folder, as a busy month's do."""
    month = number // A_FOLDER
    day = date(2018 + month // 12, 1 + month % 12, 1)
    day += timedelta(days=number % A_FOLDER * 28 // A_FOLDER)
    news_id = str(100_000_000 + number)
    body = f"{number} 본문 {number * 7919 % 10_007} " * 60
    text = f'---\ntitle: "{number}"\n---\n\n{body}\n'
    text = seal(text, news_id, 1, datetime(day.year, day.month, day.day, tzinfo=KST))
    path = f"_posts/{day:%Y/%m}/{day}-{news_id}.md"
    return Post(news_id, path, text, f"글 {number}")


@contextmanager
def served(root: Path) -> Iterator[str]:
    """Serve ``root/news.git`` from a process of its own; give its address."""
    command = [sys.executable, "-m", "tests.git_server", str(root)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        assert server.stdin
        try:
            yield server.stdout.readline().strip()
        finally:
            server.stdin.close()


def tip(repository: Path) -> str:
    argv = ["git", "-C", str(repository), "rev-parse", "refs/heads/main"]
    return subprocess.check_output(argv, text=True).strip()


def command_of(argv: Sequence[str]) -> str:
    """Return which git command this is, with what makes it a dear one."""
    words = iter(argv[1:])
    for word in words:
        if word == "-c":
            next(words)
        elif not word.startswith("-"):
            dear = {"ls-tree": "-r", "fetch": "--stdin"}.get(word)
            return f"{word} {dear}" if dear in argv else word
    return ""


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of its children that ended."""
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    usages = [resource.getrusage(who) for who in both]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _row(held: int, name: str, used: Used, root: Path) -> dict[str, str]:
    return {
        "posts held": f"{held:,}",
        "mirror and state": name,
        "CPU ms": f"{used.cpu * 1000:.0f}",
        "wall ms": f"{used.wall * 1000:.0f}",
        "git commands": str(len(used.commands)),
        "fetches": str(used.commands.count("fetch")),
        "fetches of posts": str(used.commands.count("fetch --stdin")),
        "listings of all posts": str(used.commands.count("ls-tree -r")),
        "mirror MB": f"{size_of(root / 'var' / 'mirror') / 1e6:.1f}",
    }


if __name__ == "__main__":
    print(table())
