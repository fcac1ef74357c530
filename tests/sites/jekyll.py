"""Sites as Jekyll builds them, with layouts that read the keys of real themes.

What the layouts print as it is, and what through Markdown, is as Alembic 4, Chirpy 7
and Minima 2 have it (October 2026).
"""

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from scraper.model import Post
from tests.sites.generators import HERE, program

#: Which layout shows a profile's posts as its readers see them.
THEMES = {
    "plain": "minima",
    "newsdao": "alembic",
    "alembic": "alembic",
    "chirpy": "chirpy",
    "custom": "minima",
}

#: Strict: a post that is not read right must stop the site, or it goes online wrong.
CONFIG = """\
title: 소식
description: 우리말 소식
url: https://news.example
timezone: Asia/Seoul
future: true
strict_front_matter: true
markdown: kramdown
plugins: [jekyll-seo-tag, jekyll-feed, jekyll-sitemap]
feed: {{posts_limit: {feed}}}
defaults:
  - scope: {{path: "", type: posts}}
    values: {{layout: post, permalink: "/:year/:month/:day/:title/"}}
"""

#: What stops a build, or warns, without a word of ours in it.
HARMLESS = ("GitHub Metadata", "To use retry middleware with Faraday")


def lay_out(
    folder: Path,
    profile: str,
    posts: Iterable[Post],
    *,
    feed: int = 10,
    layout: Path | None = None,
) -> None:
    """Write a site's source: a configuration, a layout, and the posts."""
    (folder / "_layouts").mkdir(parents=True)
    theme = layout or HERE / "layouts/jekyll" / THEMES[profile] / "post.html"
    shutil.copy(theme, folder / "_layouts/post.html")
    (folder / "_config.yml").write_text(CONFIG.format(feed=feed), "utf-8")
    for post in posts:
        file = folder / post.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(post.text, "utf-8")


def build(folder: Path) -> list[str]:
    """Build the site into ``_site``; return what Jekyll complains about, line by line.

    The build failing is an assertion of its own.
    """
    done = subprocess.run(
        [program("jekyll"), "build", "--quiet", "--trace"],
        cwd=folder, capture_output=True, encoding="utf-8", timeout=3600,
        env={**os.environ, "LANG": "C.UTF-8", "JEKYLL_ENV": "production"},
    )  # fmt: skip
    said = (done.stdout + done.stderr).strip()
    assert done.returncode == 0, said[-3000:]
    lines = [line for line in said.splitlines() if line.strip()]
    return [line for line in lines if not any(word in line for word in HARMLESS)]


def page_of(folder: Path, post: Post) -> Path:
    """Return the page of a post."""
    year, month, day, name = Path(post.path).stem.split("-", 3)
    return folder / "_site" / year / month / day / name / "index.html"
