"""Sites of ``scrape init``, built by the generator they are for."""

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from publishers.post import Style
from scraper.cli.init import SITES, init_site
from scraper.model import KST, Post
from tests.sites.generators import mkdocs, node_modules, program

#: What the pages of a generator have around an article's own text.
CONTENT = "article .content"

#: Told by a program that has nothing to say of the posts.
HARMLESS = (
    "GitHub Metadata",
    "To use retry middleware with Faraday",
    "Resolving dependencies",
)


@dataclass(frozen=True, slots=True)
class Built:
    """A site, its pages made."""

    folder: Path
    #: Where the generator put them.
    out: Path
    #: Lines about errors and warnings.
    complaints: list[str]

    def page(self, generator: str, when: datetime, news_id: str) -> Path:
        """Return the page of a post."""
        day = f"{when.astimezone(KST):%Y/%m/%d}"
        match generator:
            case "mkdocs":
                return self.out / f"blog/{day}/{news_id}/index.html"
            case "eleventy":
                return self.out / f"{day[:7]}/{news_id}/index.html"
            case "astro":
                file = f"{day.replace('/', '-')}-{news_id}"
                return self.out / f"{day[:7]}/{file}/index.html"
        return self.out / f"{day}/{news_id}/index.html"


def prepare(style: Style, folder: Path, posts: Iterable[Post]) -> str:
    """Write the site of a profile with posts in it; return its generator's name."""
    name = style.profile if style.profile in SITES else "plain"
    init_site(name, folder)
    for post in posts:
        file = folder / post.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(post.text, "utf-8")
    return SITES[name].name


def build(generator: str, folder: Path) -> Built:
    """Make the pages of a site; a build that fails is an assertion of its own."""
    match generator:
        case "jekyll":
            said = _run([program("jekyll"), "build", "--quiet", "--trace"], folder)
            return Built(folder, folder / "_site", _complaints(said, every=True))
        case "hugo":
            said = _run([program("hugo"), "--buildFuture"], folder)
            return Built(folder, folder / "public", _complaints(said))
        case "mkdocs":
            command = [sys.executable, "-S", "-m", "mkdocs", "build", "--strict"]
            environ = {"PYTHONPATH": str(mkdocs()), "NO_MKDOCS_2_WARNING": "1"}
            said = _run(command, folder, environ)
            return Built(folder, folder / "site", _complaints(said))
        case "eleventy":
            said = _run([*_node(folder, "@11ty/eleventy/cmd.cjs"), "--quiet"], folder)
            return Built(folder, folder / "_site", _complaints(said))
        case _:
            environ = {"ASTRO_TELEMETRY_DISABLED": "1", "NODE_ENV": "production"}
            command = [*_node(folder, "astro/astro.js"), "build"]
            said = _run(command, folder, environ)
            return Built(folder, folder / "dist", _complaints(said))


def _node(folder: Path, script: str) -> list[str]:
    """Return the command of a package; what it caches stays in the site's folder."""
    packages = node_modules()
    ours = folder / "node_modules"
    ours.mkdir(exist_ok=True)
    for package in packages.iterdir():
        if not (ours / package.name).exists():
            (ours / package.name).symlink_to(package)
    return [program("node"), str(ours / script)]


def _run(command: list[str], folder: Path, more: Mapping[str, str] = {}) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", timeout=1800,
        env={**os.environ, "LANG": "C.UTF-8", "JEKYLL_ENV": "production",
             "NO_COLOR": "1", "PYTHONUTF8": "1", **more},
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-3000:]
    return said


def _complaints(said: str, *, every: bool = False) -> list[str]:
    """Return the lines that warn; all lines of a program that was told to be quiet."""
    lines = [line for line in said.splitlines() if line.strip()]
    signs = ("warn", "error", "problem", "deprecat", "fail")
    return [
        line
        for line in lines
        if (every or any(sign in line.lower() for sign in signs))
        and not any(word in line for word in HARMLESS)
    ]
