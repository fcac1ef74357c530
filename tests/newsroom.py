"""A newsroom for tests: a folder with config.yaml, and the command run in it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scraper import cli
from scraper.cli.build import CLOCK

#: The present of every test, unless it says otherwise: after the replica's last day.
NOW = "2026-11-25T12:00:00+09:00"

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str
    report: dict[str, Any]

    @property
    def counts(self) -> dict[str, int]:
        counts: dict[str, int] = self.report["counts"]
        return counts

    def of(self, *results: str) -> dict[str, dict[str, Any]]:
        """Return the releases with one of these results, by id."""
        return {
            release["id"]: release
            for release in self.report["releases"]
            if release["result"] in results
        }


class Newsroom:
    """A folder of its own, and a replica it reads from."""

    def __init__(self, folder: Path, base_url: str, settings: str = "") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.config = folder / "config.yaml"
        self.news = folder / "news"
        self.state = folder / "var"
        self.config.write_text(
            "contact: https://example.invalid/test\n"
            f"site: {{base_url: '{base_url}'}}\n"
            "fetch: {delay: 0, attempts: 2}\n" + settings,
            "utf-8",
        )

    def scrape(
        self, *arguments: str, now: str = NOW, capsys: pytest.CaptureFixture[str]
    ) -> Result:
        """Run ``scrape`` in this process; every report must add up."""
        file = self.folder / "report.json"
        file.unlink(missing_ok=True)
        command = ["scrape", "--config", str(self.config), "--json", str(file)]
        capsys.readouterr()
        code = run_here([*command, *arguments], now)
        said = capsys.readouterr()
        report = json.loads(file.read_text("utf-8")) if file.exists() else {}
        if report:
            counts = report["counts"]
            parts = ("known", "published", "held", "failed", "left")
            assert counts["announced"] == sum(counts[part] for part in parts)
            assert counts["announced"] == len(report["releases"])
            for release in report["releases"]:
                if release["result"] in ("held", "failed", "left"):
                    assert release["reason"], release
            assert report["exit_code"] == code
        return Result(code, said.out, said.err, report)

    def command(
        self, *arguments: str, now: str = NOW, capsys: pytest.CaptureFixture[str]
    ) -> Result:
        """Run a sub-command in this process."""
        capsys.readouterr()
        name, *rest = arguments
        code = run_here(["scrape", name, "--config", str(self.config), *rest], now)
        said = capsys.readouterr()
        return Result(code, said.out, said.err, {})

    def start(
        self, *arguments: str, now: str = NOW, before: str = ""
    ) -> subprocess.Popen[str]:
        """Start ``scrape`` as a process; ``before`` is Python that is run first."""
        program = f"{before}\nfrom scraper.cli import main\nmain()"
        command = [sys.executable, "-c", program, "--config", str(self.config)]
        return subprocess.Popen(
            [*command, *arguments],
            cwd=ROOT,
            env={**os.environ, CLOCK: now},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def git(self, *arguments: str) -> str:
        """Return what git says in the news repository."""
        command = ["git", "-C", str(self.news), *arguments]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def tip(self) -> str:
        return self.git("rev-parse", "main")

    def tree(self) -> str:
        return self.git("rev-parse", "main^{tree}")

    def commits(self) -> int:
        return int(self.git("rev-list", "--count", "main"))

    def posts(self) -> dict[str, str]:
        """Return the posts by news id, as the tip has them."""
        names = self.git("ls-tree", "-r", "--name-only", "main").split("\n")
        return {
            Path(name).stem.rsplit("-", 1)[-1]: self.git("show", f"main:{name}") + "\n"
            for name in names
            if name.endswith(".md")
        }


def run_here(argv: Sequence[str], now: str) -> int:
    """Run the command in this process; return its exit code."""
    signals = (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(number) for number in signals]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", list(argv))
        patch.setenv(CLOCK, now)
        try:
            cli.main()
        except SystemExit as leaving:
            return int(leaving.code or 0)
        finally:
            for number, handler in zip(signals, before, strict=True):
                signal.signal(number, handler)
    raise AssertionError("the command did not exit")


def asked_for(site: Any, kind: str) -> list[str]:
    """Return the ids (pages, files) or days (listings) the site was asked for."""
    requests: Sequence[Any] = site.requests
    found = []
    for seen in requests:
        if seen.kind == kind:
            query: Mapping[str, str] = (
                dict(
                    part.split("=", 1)
                    for part in seen.path.partition("?")[2].split("&")
                )
                if "?" in seen.path
                else seen.form
            )
            found.append(
                query.get("newsId") or query.get("fileId") or query.get("startDate", "")
            )
    return found
