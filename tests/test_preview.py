"""``scrape preview``: what readers will get, on a page that needs nothing else."""

import re
import webbrowser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from scraper.cli.preview import Shown, render_page
from scraper.markdown import to_html
from scraper.model import Paragraph
from tests.browser import look
from tests.newsroom import Newsroom
from tests.rendering import body_of, commonmark, solid
from tests.replica import Site, replica
from tests.test_markdown import HOSTILE

pytestmark = pytest.mark.replica

NOW = "2026-11-24T12:00:00+09:00"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    now = datetime.fromisoformat(NOW)
    with replica(seed=5, days="2026-11-23..2026-11-24", releases=24, now=now) as site:
        yield site


@pytest.fixture
def newsroom(site: Site, tmp_path: Path, capsys) -> Newsroom:
    room = Newsroom(
        tmp_path, site.base_url, "news: {to: directory, directory: ./news}\n"
    )
    assert room.scrape("--since", "2d", now=NOW, capsys=capsys).code == 0
    return room


def texts(page: str) -> dict[str, str]:
    """Return the text of each post on a page, by the path of its file."""
    sections = LexborHTMLParser(page).css("section")
    return {
        section.css_first("summary").text(): section.css_first("article").text()
        for section in sections
        if section.css_first("article")
    }


def test_posts_are_shown_as_they_were_published(newsroom: Newsroom, capsys) -> None:
    """The words of the file, which a generator would show; the file is there too."""
    page = newsroom.command("preview", "--out", "-", now=NOW, capsys=capsys).out
    posts = {
        str(file.relative_to(newsroom.news)): file.read_text("utf-8")
        for file in newsroom.news.rglob("*.md")
    }
    shown = texts(page)
    assert set(shown) <= set(posts)
    assert len(shown) == len(posts) > 10
    for path, text in shown.items():
        wanted = LexborHTMLParser(commonmark(body_of(posts[path]))).text()
        assert solid(text) == solid(wanted)
    files = [node.text() for node in LexborHTMLParser(page).css("pre")]
    assert sorted(files) == sorted(posts.values())


def test_held_ones_say_why(newsroom: Newsroom, capsys) -> None:
    page = newsroom.command("preview", "--out", "-", now=NOW, capsys=capsys).out
    held = [
        section
        for section in LexborHTMLParser(page).css("section")
        if not section.css_first("article")
    ]
    assert held
    for section in held:
        assert re.match(r"(license|embargo)", section.css_first(".reason").text())


def test_only_those_named_in_that_order(newsroom: Newsroom, capsys) -> None:
    files = sorted(newsroom.news.rglob("*.md"))
    ids = [file.stem.rsplit("-", 1)[1] for file in (files[3], files[0])]
    out = newsroom.folder / "page.html"
    done = newsroom.command("preview", *ids, "--out", str(out), now=NOW, capsys=capsys)
    assert done.code == 0
    page = out.read_text("utf-8")
    assert [path.rsplit("-", 1)[1][:-3] for path in texts(page)] == ids


def test_an_unknown_id_is_a_usage_error(newsroom: Newsroom, capsys) -> None:
    done = newsroom.command("preview", "1", "--out", "-", now=NOW, capsys=capsys)
    assert done.code == 2
    assert "nothing is known of 1" in done.err


def test_it_opens_in_the_browser_and_changes_nothing(
    newsroom: Newsroom, capsys, monkeypatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    state = (newsroom.state / "state.db").read_bytes()
    assert newsroom.command("preview", now=NOW, capsys=capsys).code == 0
    assert opened == [(newsroom.state / "preview.html").resolve().as_uri()]
    assert (newsroom.state / "preview.html").stat().st_mode & 0o777 == 0o600
    assert (newsroom.state / "state.db").read_bytes() == state


@pytest.mark.parametrize("profile", ["newsdao", "alembic", "custom"])
def test_every_profile_can_be_looked_at(
    newsroom: Newsroom, capsys, profile: str
) -> None:
    command = ("preview", "--out", "-", "--set", f"post.profile={profile}")
    done = newsroom.command(*command, now=NOW, capsys=capsys)
    assert done.code == 0
    assert f"Profile {profile}" in done.out
    assert len(texts(done.out)) > 10


def test_before_the_first_run_it_says_what_to_do(
    site: Site, tmp_path: Path, capsys
) -> None:
    room = Newsroom(tmp_path / "new", site.base_url)
    done = room.command("preview", "--out", "-", now=NOW, capsys=capsys)
    assert done.code == 0
    assert "run scrape first" in done.out


def test_nothing_of_a_source_is_markup_on_the_page() -> None:
    """In Chromium: nothing runs, nothing is loaded, and anybody can read it."""
    shown = [
        Shown(
            *(str(number), text, text, "ready", text),
            body=to_html((Paragraph(text),)),
            path=f"_posts/{number}.md",
            text=text,
            warnings=(text,),
        )
        for number, text in enumerate(HOSTILE)
    ]
    page = render_page(shown, "plain")
    parsed = LexborHTMLParser(page)
    assert not parsed.css("script, iframe, img, b, form")
    assert [n.text() for n in parsed.css("h2")] == [one.title for one in shown]
    seen = look(page, width=400)
    assert seen.loaded == []
    assert seen.console == []
    assert seen.findings == []
    assert seen.width <= 400
