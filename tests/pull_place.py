"""A news repository on a GitHub of our own, our publisher, and people around them."""

import subprocess
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from forge_fake import TOKEN, GitHubFake
from git_place import WHEN, git
from github_shapes import REPOSITORY

from publishers.forges import Wishes
from publishers.forges._client import Client
from publishers.forges.github import HEADERS, GitHub
from publishers.git import GitPublisher
from publishers.git.command import run_command
from publishers.git.verdict import Answer
from publishers.rolling import PullRequestPublisher

BRANCH = "bodojaryo"


class Clock:
    """Goes on only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.naps: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.seconds += seconds

    def now(self) -> datetime:
        return WHEN + timedelta(hours=1, seconds=self.seconds)


class PullPlace:
    """The bare repository ``hub.git`` with a first commit on main."""

    def __init__(self, root: Path, fake: GitHubFake) -> None:
        self.root = root
        self.fake = fake
        self.hub = fake.repository
        self.clock = Clock()
        self.calls: list[Sequence[str]] = []
        #: Called before each git command of ours with its name.
        self.before: Callable[[str], object] = lambda name: None
        self.after: Callable[[str], object] = lambda name: None

    def client(
        self, token: str = TOKEN, transport: httpx.BaseTransport | None = None
    ) -> Client:
        return Client(
            self.fake.api_url,
            headers=HEADERS,
            token=token,
            transport=transport,
            clock=self.clock,
            sleep=self.clock.sleep,
            now=self.clock.now,
        )

    def forge(
        self, token: str = TOKEN, transport: httpx.BaseTransport | None = None
    ) -> GitHub:
        client = self.client(token, transport)
        return GitHub(client, self.fake.api_url, REPOSITORY, base="main")

    def publisher(
        self,
        wishes: Wishes | None = None,
        *,
        token: str = TOKEN,
        var: str = "var",
        transport: httpx.BaseTransport | None = None,
        **other: Any,
    ) -> PullRequestPublisher:
        """Return the publisher of one run: runs share the mirror below ``var`` only."""
        base = GitPublisher(
            self.hub.as_uri(),
            mirror=self.root / var / "mirror",
            author_name="보도자료 bot",
            author_email="bot@example.invalid",
            now=self.clock.now,
            sleep=self.clock.sleep,
            run=self.run,
        )
        return PullRequestPublisher(
            base,
            self.forge(token, transport),
            branch=BRANCH,
            wishes=wishes or Wishes(),
            sleep=self.clock.sleep,
            **other,
        )

    def run(self, argv: Sequence[str], **how: Any) -> Answer:
        self.calls.append(argv)
        name = command(argv)
        self.before(name)
        answer = run_command(argv, **how)
        self.after(name)
        return answer

    def pushes(self) -> int:
        return sum(command(argv) == "push" for argv in self.calls)

    # --- people ---------------------------------------------------------------------

    def person(self, branch: str = "main") -> Path:
        """Return a person's own clone."""
        clone = self.root / f"person-{time.monotonic_ns()}"
        address = self.hub.as_uri()
        subprocess.run(
            ["git", "clone", "--quiet", "--branch", branch, address, clone], check=True
        )
        return clone

    def write(self, branch: str, path: str, text: str | None) -> None:
        """Let a person write a file (or remove it) on a branch."""
        clone = self.person(branch)
        if text is None:
            git(clone, "rm", "--quiet", path)
        else:
            (clone / path).parent.mkdir(parents=True, exist_ok=True)
            (clone / path).write_text(text, "utf-8")
            git(clone, "add", "--all")
        git(clone, "commit", "--quiet", "-m", "a person's change")
        git(clone, "push", "--quiet", "origin", f"HEAD:{branch}")

    def files(self, branch: str) -> set[str]:
        out = self.fake.git("ls-tree", "-r", "-z", "--name-only", branch)
        return set(out.rstrip("\0").split("\0"))

    def text(self, branch: str, path: str) -> str:
        done = subprocess.run(
            ["git", "-C", self.hub, "show", f"{branch}:{path}"],
            capture_output=True, check=True,
        )  # fmt: skip
        return done.stdout.decode()

    def commits(self, branch: str) -> int:
        return int(self.fake.git("rev-list", "--count", branch))


def make_hub(root: Path) -> Path:
    """Make the bare repository, its main branch with one file."""
    hub = root / "hub.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", hub], check=True)
    blob = git(hub, "hash-object", "-w", "--stdin", stdin="소식\n")
    tree = git(hub, "mktree", stdin=f"100644 blob {blob}\tREADME.md\n")
    commit = git(hub, "commit-tree", tree, "-m", "first")
    git(hub, "update-ref", "refs/heads/main", commit)
    return hub


def command(argv: Sequence[str]) -> str:
    """Return which git command this is: ``push``, ``fetch`` …."""
    words = iter(argv[1:])
    for word in words:
        if word in ("-c", "-C"):
            next(words)
        elif not word.startswith("-"):
            return word
    return ""
