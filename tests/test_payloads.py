"""Markup in any text of a source: never a script, never an element, always the text.

Every post goes through a real Jekyll and is shown by a real Chromium, where each of
its elements is pressed.
"""

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from selectolax.lexbor import LexborHTMLParser

from publishers.post import Style, render_post
from scraper.body import read_body
from scraper.markdown import one_line
from scraper.model import (
    Attachment,
    Block,
    Cell,
    Contact,
    Heading,
    ListItem,
    Ministry,
    Note,
    Paragraph,
    Post,
    Release,
    Table,
)
from tests.corpora import hostile_strings
from tests.payloads import collected, own
from tests.rendering import solid
from tests.sample_release import PRESS, release
from tests.sites import jekyll
from tests.sites.chromium import Chromium
from tests.sites.expected import article_words
from tests.sites.generators import HERE
from tests.sites.probes import Watcher

pytestmark = pytest.mark.ruby

SOAK = bool(os.environ.get("SOAK"))
#: How many of each kind are tried, unless all of them are.
SAMPLE = 120

#: So many posts are shown on one page.
PAGE = 20

ATOM = "{http://www.w3.org/2005/Atom}"

STYLES = {
    "markdown": Style(profile="alembic", body="markdown", contacts="full"),
    "html": Style(profile="newsdao", contacts="full"),
}

#: What posts, and the layout around them, are made of.
ELEMENTS = (
    "h1 h2 h3 h4 h5 h6 p div article ul li br a b table thead tbody tr th td section"
)
ATTRIBUTES = "class id title href data-ke-size style rowspan colspan"

READ = """[...document.querySelectorAll('section')].map(section => [
  section.querySelector('h1').textContent, section.querySelector('a').title,
  section.querySelector('article').innerText,
  section.querySelector('.excerpt').textContent])"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as shown:
        yield shown


def sample(texts: list[str], seed: int) -> list[str]:
    """Return some of the texts, spread over all of them; all of them in a soak."""
    if SOAK or len(texts) <= SAMPLE:
        return texts
    return random.Random(seed).sample(texts, SAMPLE)


def hostile(text: str, number: int, *, as_html: bool = False) -> Release:
    """Return a release that says ``text`` wherever a source can say something."""
    blocks: tuple[Block, ...] = (
        Paragraph(text),
        Heading(text, 2),
        ListItem(text),
        Note(text),
        Table(tuple(Cell(n // 2, n % 2, (Paragraph(text),)) for n in range(4))),
        Table(
            (
                Cell(0, 0, (Paragraph(text),), column_span=2),
                Cell(1, 0, ()),
                Cell(1, 1, (Note(text),)),
            )
        ),
        Paragraph("끝"),
    )
    if as_html:
        blocks = (*read_body(f"<p>{text}</p><td>{text}"), *blocks[-1:])
    name = one_line(text)[:100] or "파일"
    return release(
        news_id=str(156000000 + number),
        title=one_line(text) or "제목",
        subtitles=(text,),
        lead=text,
        body=blocks,
        ministry=Ministry(text, "", text),
        contacts=(Contact(text, text, text, text),),
        attachments=(
            Attachment("1", text, text, "/common/download.do?fileId=1"),
            Attachment("2", name, text, f"/common/download.do?fileId={text}"),
        ),
    )


def releases(texts: list[str]) -> list[Release]:
    """Return a release of each text; every other one has it as HTML of a page."""
    return [
        hostile(text, number, as_html=bool(number % 2))
        for number, text in enumerate(texts)
    ]


def site(folder: Path, mode: str, made: list[Release]) -> tuple[list[Post], list[Path]]:
    """Build a site of all of them; return its posts and the pages that show them."""
    style = STYLES[mode]
    posts = [render_post(one, PRESS, style) for one in made]
    jekyll.lay_out(folder, style.profile, posts, feed=len(posts))
    batch = (HERE / "layouts/jekyll/batch.html").read_text("utf-8")
    starts = range(0, len(posts), PAGE)
    for first in starts:
        head = f"---\nfirst: {first}\ncount: {PAGE}\n---\n"
        (folder / f"batch-{first}.html").write_text(head + batch, "utf-8")
    assert jekyll.build(folder) == []
    return posts, [folder / f"_site/batch-{first}.html" for first in starts]


def corpus(request: pytest.FixtureRequest, name: str) -> list[str]:
    """Return texts by the name of where they are from."""
    if name == "own":
        return sample(own(), 1)
    captures = request.getfixturevalue("captures")
    found = collected(captures) if name == "scripts" else templates(captures)
    return sample(found, 2)


def templates(captures: Path) -> list[str]:
    """Return naughty strings, and what template engines would run."""
    file = captures / "corpora/paths_inject/ssti_md.json"
    cases = json.loads(file.read_text("utf-8"))
    found = [case if isinstance(case, str) else str(case) for case in cases]
    return list(dict.fromkeys((*hostile_strings(captures), *found)))


SOURCES = [
    "own",
    pytest.param("scripts", marks=pytest.mark.captures),
    pytest.param("strings", marks=pytest.mark.captures),
]


@pytest.mark.parametrize("mode", STYLES)
@pytest.mark.parametrize("source", SOURCES)
def test_nothing_runs_and_every_text_is_shown(
    request, tmp_path: Path, browser: Chromium, source: str, mode: str
) -> None:
    """All are of one day, and Jekyll shows the highest id first."""
    made = releases(corpus(request, source))
    posts, pages = site(tmp_path, mode, made)
    watcher = Watcher(browser)
    shown: list[list[str]] = []
    for page in pages:
        verdict = watcher.judge(
            page, selector="body", elements=ELEMENTS, attributes=ATTRIBUTES
        )
        assert verdict.executed == []
        assert verdict.foreign == []
        shown += browser.evaluate(READ)
    assert len(shown) == len(made)
    order = sorted(made, key=lambda one: one.news_id, reverse=True)
    for one, (title, tip, article, excerpt) in zip(order, shown, strict=True):
        assert solid(title) == solid(tip) == solid(one_line(one.title))
        wanted = article_words(one, PRESS, STYLES[mode])
        assert solid(article) == solid(wanted), one.title
        assert solid(excerpt)
    heads(tmp_path, posts, made)
    feed(tmp_path, posts)
    print(f"{source} {mode}: {len(made)} texts, 0 executed, 0 forbidden")


def feed(folder: Path, posts: list[Post]) -> None:
    """Every post is in the feed, which is XML, and no reader finds a script in it."""
    entries = ElementTree.parse(folder / "_site/feed.xml").findall(f"{ATOM}entry")
    assert len(entries) == len(posts)
    for entry in entries:
        for part in ("title", "summary", "content"):
            text = entry.findtext(f"{ATOM}{part}") or ""
            found = LexborHTMLParser(text).css("script, iframe, img, svg, [onerror]")
            assert not found, text


def heads(folder: Path, posts: list[Post], made: list[Release]) -> None:
    """The tags of jekyll-seo-tag hold the title, and are the only script of a page."""
    for post, one in zip(posts, made, strict=True):
        page = LexborHTMLParser(jekyll.page_of(folder, post).read_text("utf-8"))
        scripts = page.css("script")
        assert [s.attributes.get("type") for s in scripts] == ["application/ld+json"]
        told = json.loads(scripts[0].text())
        assert told["headline"]
        assert not page.css("iframe, img, object, embed, form, base, style, svg, math")
        assert one.news_id in post.path


def test_the_same_payloads_do_run_where_nobody_escapes(
    tmp_path: Path, browser: Chromium
) -> None:
    """Else the test above would pass in a browser that runs nothing."""
    payloads = sample(own(), 3)
    watcher = Watcher(browser)
    ran = set()
    for first in range(0, len(payloads), PAGE):
        frames = "".join(
            f'<iframe name="{first + at}" srcdoc="{quoted(text)}"></iframe>'
            for at, text in enumerate(payloads[first : first + PAGE])
        )
        page = tmp_path / f"{first}.html"
        page.write_text(f"<!doctype html><meta charset=utf-8>{frames}", "utf-8")
        verdict = watcher.judge(page, selector="body", elements="", attributes="")
        ran |= {call.split()[0] for call in verdict.executed}
        watcher.renew()
    print(f"control: {len(ran)} of {len(payloads)} raw payloads ran")
    assert len(ran) >= (500 if SOAK else SAMPLE // 6)


def quoted(text: str) -> str:
    raw = f"<!doctype html><meta charset=utf-8><article><p>{text}</p></article>"
    return raw.replace("&", "&amp;").replace('"', "&quot;")
