"""A news repository, our mirror, and people around them, for tests with real git."""

import subprocess
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from publishers.git import GitPublisher
from publishers.git.command import run_command
from publishers.git.verdict import Answer
from publishers.seal import seal
from scraper.model import KST, Post

WHEN = datetime(2026, 11, 23, 9, 30, tzinfo=KST)
SUBJECT = "news: posts (2026-11-23)"


def post(number: int, body: str = "본문", title: str = "") -> Post:
    title = title or f"글 {number}"
    text = f'---\ntitle: "글 {number}"\n---\n\n{body} {number}\n'
    path = f"_posts/2026/11/2026-11-23-{number}.md"
    return Post(str(number), path, seal(text, str(number), 1, WHEN), title)


def posts(*numbers: int) -> list[Post]:
    return [post(number) for number in numbers]


def git(repository: Path, *arguments: str, stdin: str = "") -> str:
    """Run git as a person would, and return what it prints."""
    done = subprocess.run(
        ["git", "-C", str(repository), *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def tip(repository: Path) -> str:
    return git(repository, "rev-parse", "refs/heads/main")


def commits(repository: Path) -> int:
    return int(git(repository, "rev-list", "--count", "main"))


def files(repository: Path) -> set[str]:
    return set(git(repository, "ls-tree", "-r", "--name-only", "main").splitlines())


def trouble(repository: Path) -> list[str]:
    """Return changes, stray files, broken objects, and locks or notes of ours."""
    fsck = subprocess.run(
        ["git", "-C", str(repository), "fsck", "--full", "--strict"],
        capture_output=True,
        text=True,
    )
    told = fsck.stdout.splitlines() if fsck.returncode else []
    own = repository / ".git"
    left = [*own.glob("**/*.lock"), *own.glob("bodojaryo*")]
    status = git(repository, "status", "--porcelain").splitlines()
    return [*status, *told, *(str(path) for path in left)]


def hook(repository: Path, name: str, script: str) -> Path:
    path = repository / ".git/hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


class Place:
    """A news repository, our mirror, and the publisher between them."""

    def __init__(self, root: Path) -> None:
        self.news = root / "news"
        self.mirror = root / "var" / "mirror"
        self.root = root
        self.naps: list[float] = []
        self.calls: list[Sequence[str]] = []
        #: Called before each git command with its name.
        self.before: Callable[[str], object] = lambda name: None

    def publisher(self, remote: str = "", **other: Any) -> GitPublisher:
        how: dict[str, Any] = {
            "mirror": self.mirror,
            "author_name": "보도자료 bot",
            "author_email": "bot@example.invalid",
            "now": lambda: WHEN + timedelta(hours=1),
            "sleep": self.naps.append,
            "run": self.run,
        }
        return GitPublisher(remote or str(self.news), **(how | other))

    def run(self, argv: Sequence[str], **how: Any) -> Answer:
        self.calls.append(argv)
        self.before(self.command(argv))
        return run_command(argv, **how)

    def commands(self) -> list[str]:
        return [self.command(argv) for argv in self.calls]

    @staticmethod
    def command(argv: Sequence[str]) -> str:
        """Return which git command this is: ``push``, ``fetch`` …."""
        words = iter(argv[1:])
        for word in words:
            if word in ("-c", "-C"):
                next(words)
            elif not word.startswith("-"):
                return word
        return ""

    def person(self) -> Path:
        """Return a person's own clone."""
        clone = self.root / f"person-{time.monotonic_ns()}"
        subprocess.run(
            ["git", "clone", "--quiet", f"file://{self.news}", str(clone)], check=True
        )
        return clone


def write_and_push(clone: Path, path: str, text: str) -> None:
    (clone / path).parent.mkdir(parents=True, exist_ok=True)
    (clone / path).write_text(text)
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "-m", "a person's change")
    git(clone, "push", "--quiet", "origin", "HEAD:main")


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def remove(path: Path) -> None:
    subprocess.run(["rm", "-rf", str(path)], check=True)
