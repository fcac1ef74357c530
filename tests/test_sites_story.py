"""From nothing to a news site: ``init``, ``scrape --to directory``, its generator.

``SCREENSHOTS=1`` keeps what Chromium shows of the sites of Jekyll and Hugo in ``docs``.
"""

import functools
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scraper.cli.init import SITES
from tests.newsroom import ROOT, run_here
from tests.replica import Site, replica
from tests.sites.builds import build
from tests.sites.chromium import Chromium

pytestmark = [pytest.mark.replica, pytest.mark.ruby]

NOW = "2026-11-24T18:00:00+09:00"

#: The folder of each generator's posts.
PROFILES = {
    "alembic": "_posts",
    "hugo": "content/posts",
    "mkdocs-material": "docs/blog/posts",
    "eleventy": "posts",
    "astro": "src/content/blog",
}
PICTURES = {"alembic": "site-jekyll.png", "hugo": "site-hugo.png"}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    now = datetime.fromisoformat(NOW)
    with replica(seed=7, days="2026-11-24..2026-11-24", releases=12, now=now) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as shown:
        yield shown


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *said: object) -> None:
        """Keep the tests' output to what failed."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback, as the site's host would."""
    handler = functools.partial(Quiet, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def keep(browser: Chromium, profile: str, wanted: str) -> None:
    """Keep a picture, if asked: of Jekyll the list, of Hugo an article."""
    if os.environ.get("SCREENSHOTS") and profile == wanted:
        shot = browser.picture(width=900, height=900)
        (ROOT / "docs" / PICTURES[profile]).write_bytes(shot)


@pytest.mark.parametrize("profile", PROFILES)
def test_three_commands_make_a_site(
    profile: str, site: Site, tmp_path: Path, browser: Chromium, capsys
) -> None:
    assert run_here(["scrape", "init", profile, str(tmp_path)], NOW) == 0
    command = [
        *("scrape", "--config", str(tmp_path / "config.yaml"), "--to", "directory"),
        *("--since", "2026-11-24", "--set", f"site.base_url={site.base_url}"),
        *("--set", "fetch.delay=0", "--set", "contact=https://example.invalid/test"),
    ]
    assert run_here(command, NOW) == 0
    files = sorted((tmp_path / PROFILES[profile]).rglob("2026-*"))
    posts = [file for file in files if file.is_file()]
    assert len(posts) > 5
    built = build(SITES[profile].name, tmp_path)
    assert built.complaints == []
    start = "/blog/" if profile == "mkdocs-material" else "/"
    with served(built.out) as address:
        browser.show(address + start)
        links = browser.evaluate(
            "[...document.querySelectorAll('main a')].map(one => one.href)"
        )
        ids = {file.stem.rsplit("-", 1)[1] for file in posts}
        shown = {i for i in ids for link in links if i in link}
        assert shown == ids
        keep(browser, profile, "alembic")
        [first, *_] = [link for link in links if any(i in link for i in ids)]
        browser.show(first)
        keep(browser, profile, "hugo")
        text = " ".join(browser.evaluate("document.body.innerText").split())
        assert text.count("자료출처=정책브리핑 www.korea.kr") == 1
        assert text.count("공공누리") >= 1
