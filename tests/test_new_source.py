"""What CONTRIBUTING says of a new section and a new site is true, and short."""

import importlib.util
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from publishers.directory import DirectoryPublisher
from publishers.post import Style, render_post, render_stub
from scraper.announce import read_day
from scraper.archive import Archive
from scraper.cli.sources import sections_of
from scraper.config import load_config
from scraper.documents import extract
from scraper.errors import ParseError
from scraper.fetch import Fetcher, FetchPolicy
from scraper.job import Announcer, Job, Parts
from scraper.license import CREDITS
from scraper.model import KST, Page, Use
from scraper.originals import ArchivedOriginals, SiteOriginals
from scraper.pipeline import run
from scraper.prepare import Rules
from scraper.report import Report
from scraper.state import State
from scraper.window import Window
from tests.newsroom import ROOT

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=KST)
DAY = date(2026, 11, 24)

LIST = """<html><p>모두 <b id="count">{total}</b>건</p><ul class="notices">{rows}</ul>
</html>"""
ROW = """<li><a href="/notices/{id}">새 길 {id}</a>
<span class="day">2026.11.24</span></li>"""
NOTICE = """<html><body><h1>새 길 {id}</h1><time datetime="2026-11-24T09:30:00"></time>
<div class="text"><p>앞으로 누구나 다니는 길을 {id}미터 더 만든다.</p></div>
<div class="license"><img src="/open_type01.png" alt="공공누리 제1유형">
<p>이 글은 공공누리 제1유형에 따라 쓸 수 있습니다.</p></div></body></html>"""


def block(kind: str, heading: str) -> str:
    """Return the first code of a kind below a heading of CONTRIBUTING."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split(f"## {heading}\n")[1]
    found = re.search(rf"```{kind}\n(.*?)```", text, re.S)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the source of CONTRIBUTING, as the module it would be."""
    file = tmp_path_factory.mktemp("sources") / "new_road.py"
    file.write_text(block("python", "A new site"), "utf-8")
    spec = importlib.util.spec_from_file_location("new_road", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.NewRoad()


class Answers(BaseHTTPRequestHandler):
    """A site of two notices, one a page."""

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        number = path.rpartition("/")[2]
        if path == "/notices":
            page = int(query.rpartition("page=")[2])
            text = LIST.format(total=2, rows=ROW.format(id=9000 + page))
        else:
            text = NOTICE.format(id=number)
        found = path.startswith("/notices")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(text.encode() if found else b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def published(site: Any, base_url: str, folder: Path) -> Report:
    """Run the pipeline over the source, and write posts to a folder."""
    style = Style()
    rules = Rules(
        use=Use(),
        stub_refused=False,
        public_url=base_url,
        render=lambda release, license, path: render_post(
            release, license, style, path=path
        ),
        render_stub=lambda release, path: render_stub(release, style, path=path),
        extract=extract,
    )
    policy = FetchPolicy(base_url, delay=0)
    archive = Archive(folder / "archive")
    with (
        State(None, "t", now=NOW) as state,
        Fetcher(policy, now=lambda: NOW) as fetcher,
    ):
        announcer = Announcer(
            name=site.name,
            server=base_url,
            announce=partial(read_day, source=site, fetch=fetcher.page),
            sections={site.name: site},
            originals=SiteOriginals(fetcher, archive, state),
            window=Window(DAY, DAY),
        )
        parts = Parts(
            announcers=[announcer],
            kept=ArchivedOriginals(archive, state),
            state=state,
            publisher=DirectoryPublisher(folder / "news"),
            rules=rules,
            now=lambda: NOW,
        )
        return run(Job(base_url=base_url, made_by="test"), parts)


def test_the_example_of_a_new_site_is_a_source_of_80_lines(
    site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(block("python", "A new site").splitlines()) <= 80
    monkeypatch.setitem(CREDITS, site.section, "출처=새길부")
    with served() as base_url:
        report = published(site, base_url, tmp_path)
    assert report.stopped_by is None
    assert report.counts()["published"] == 2, report.as_json()
    posts = sorted((tmp_path / "news").rglob("*.md"))
    text = posts[0].read_text("utf-8")
    assert posts[0].name == "2026-11-24-9001.md"
    assert "앞으로 누구나 다니는 길을 9001미터 더 만든다." in text
    assert "공공누리 제1유형에 따라" in text
    assert f"[출처=새길부]({base_url}/notices/9001)" in text
    assert "korea.kr" not in text


def test_the_example_takes_a_broken_page_for_no_quiet_day(site: Any) -> None:
    broken = LIST.format(total=3, rows="")
    for text, said in ((broken, "total 3, but no"), ("<html></html>", "no #count")):
        with pytest.raises(ParseError, match=said):
            site.parse_listing(Page("u", text, text.encode(), "", NOW))


def test_the_example_of_a_new_section_is_10_lines_of_configuration(
    tmp_path: Path,
) -> None:
    text = block("yaml", "A new section")
    assert len(text.splitlines()) <= 10
    (tmp_path / "config.yaml").write_text(text, "utf-8")
    config = load_config(tmp_path / "config.yaml", {})
    section = sections_of(config)["weekly"]
    shown = yaml.safe_load(text)["sections"]["weekly"]
    assert (section.section, section.list_path) == (shown["section"], shown["list"])
    assert section.view_path == shown["view"]


def test_an_open_section_of_our_table_is_10_lines_at_most() -> None:
    source = (ROOT / "scraper/sources/policy_news.py").read_text("utf-8")
    entries = re.findall(r"SiteSection\(\n(.*?)\n *\)", source, re.S)
    assert len(entries) >= 5
    assert max(len(entry.splitlines()) + 2 for entry in entries) <= 10
