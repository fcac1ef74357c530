"""The stages of an article alone, beside other libraries, taking turns on the same."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from lxml import etree

from benchmarks.contest import Contender, Side, milliseconds, ratio, take_turns
from benchmarks.ours import fetched, fields
from benchmarks.scoring import lost
from benchmarks.site import usual_site
from scraper.body import needs_rebuilding
from scraper.model import Page
from scraper.sources.broken_page import mend
from tests.replica import Site
from tests.replica.article_html import body_html

#: KB of menus that make a page of 98 KB, as real ones of press releases are.
PAGE_WEIGHT = 60

PAGE_PEERS = (
    *("parsel", "bs4 + lxml", "trafilatura", "readability-lxml", "newspaper4k"),
)
BODY_PEERS = ("markdownify", "html2text")

_BLOCKS = {
    *("p", "div", "section", "br", "hr", "table", "caption", "tr", "td", "th", "li"),
    *("ul", "ol", "dl", "dt", "dd", "blockquote", "pre", "figure", "figcaption"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "article", "center"),
}


@contextmanager
def written(articles: int) -> Iterator[tuple[Path, Path]]:
    """Hand out a folder of pages and one of their bodies, files named by their ids."""
    site = usual_site(articles=articles, per_day=articles, page_weight=PAGE_WEIGHT)
    with TemporaryDirectory() as folder:
        pages, bodies = Path(folder, "pages"), Path(folder, "bodies")
        pages.mkdir()
        bodies.mkdir()
        for news_id, page in pages_of(site):
            file = pages / f"{news_id}.html"
            file.write_bytes(page)
            raw = fields(fetched(file))
            (bodies / file.name).write_text(raw.body_html, "utf-8")
        yield pages, bodies


def pages_of(site: Site) -> Iterator[tuple[str, bytes]]:
    """Yield id and page of every article of a site's open sections."""
    day = site.world.first_day
    while day <= site.world.last_day:
        for news_id in site.article_ids("", day):
            truth = site.expected_article(news_id)
            yield news_id, site.answer("GET", truth.view, {}).body
        day += timedelta(days=1)


def parse(ours: Side, peers: Side, pages: Path, rounds: int) -> list[dict[str, str]]:
    """Return what it takes to read a page, for each contender."""
    contenders = [
        Contender(ours, "Lexbor alone"),
        Contender(ours, "ours"),
        *(Contender(peers, name) for name in PAGE_PEERS),
    ]
    took = take_turns(contenders, pages, rounds)
    size = mean_size(pages)
    rows = []
    for at, contender in enumerate(contenders):
        name = contender.work
        if name == "ours":
            name = "ours: title, subtitles, time, ministry, files, license, body"
        rows.append(
            {
                f"page of {size} KB": name,
                "CPU ms": f"{milliseconds(took, at):.2f}",
                "times Lexbor": f"{ratio(took, at, 0):.1f}",
                "times ours": f"{ratio(took, at, 1):.1f}",
            }
        )
    return rows


def convert(ours: Side, peers: Side, bodies: Path, rounds: int) -> list[dict[str, str]]:
    """Return what it takes to make Markdown of a body, and what is lost."""
    contenders = [
        Contender(ours, "ours, Markdown"),
        *(Contender(peers, name) for name in BODY_PEERS),
    ]
    took = take_turns(contenders, bodies, rounds)
    rows = []
    for at, contender in enumerate(contenders):
        rows.append(
            {
                f"body of {mean_size(bodies)} KB": contender.work,
                "CPU ms": f"{milliseconds(took, at):.2f}",
                "times ours": f"{ratio(took, at, 0):.1f}",
                "text lost": lost_share(contender, bodies),
            }
        )
    return rows


def lost_share(contender: Contender, bodies: Path) -> str:
    """Return the share of the bodies' letters that a contender loses."""
    missing = total = 0
    with TemporaryDirectory() as folder:
        contender.side.work(contender.work, bodies, Path(folder))
        for file in sorted(bodies.iterdir()):
            made = (Path(folder) / file.name).read_text("utf-8")
            few, all_ = lost(source_lines(file.read_text("utf-8")), shown(made))
            missing, total = missing + few, total + all_
    return f"{missing / total:.2%}"


def source_lines(body: str) -> list[str]:
    """Return the lines a browser shows of a body, by a parser that is not ours."""
    root = etree.fromstring(f"<div>{body}</div>", etree.HTMLParser())
    pieces: list[str] = []
    for event, element in etree.iterwalk(root, ("start", "end")):
        breaks = element.tag in _BLOCKS
        if event == "start":
            if element.tag in ("script", "style"):
                element.text = ""
            pieces += ["\n" * breaks, element.text or ""]
        else:
            pieces += ["\n" * breaks, element.tail or ""]
    text = plain("".join(pieces))
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def plain(text: str) -> str:
    """Return a text without entities; the site escapes some of them thrice over."""
    for _ in range(3):
        text = html.unescape(text)
    return text


def shown(markdown: str) -> str:
    """Return Markdown without tags and entities."""
    names = "|".join(sorted(_BLOCKS | {"tbody", "thead", "b", "strong", "em", "span"}))
    return plain(re.sub(rf"</?(?:{names})(?:\s[^<>]*)?/?>", " ", markdown))


def rebuilt(site: Site, pages: Path) -> list[dict[str, str]]:
    """Return how many bodies bs4 had to rebuild before they could be walked."""
    heavy = [fetched(file)[0] for file in sorted(pages.iterdir())]
    odd = list(_odd_pages(site))
    newsroom = site.newsroom
    items = [
        body_html(newsroom.article(newsroom.place(news_id)), notice=True)
        for news_id, _ in pages_of(site)
    ]
    counts = {
        "pages as they usually are": [mend(page) is not page for page in heavy],
        "pages with the replica's oddities": [mend(page) is not page for page in odd],
        "the same by the Open API": list(map(needs_rebuilding, items)),
    }
    return [
        {
            "bodies of": name,
            "read": f"{len(mended)}",
            "rebuilt": f"{sum(mended) / len(mended):.1%}",
        }
        for name, mended in counts.items()
    ]


def _odd_pages(site: Site) -> Iterator[Page]:
    with TemporaryDirectory() as folder:
        for news_id, page in pages_of(site):
            file = Path(folder) / f"{news_id}.html"
            file.write_bytes(page)
            yield fetched(file)[0]


def mean_size(folder: Path) -> int:
    """Return the mean size of a folder's files in KB."""
    sizes = [file.stat().st_size for file in folder.iterdir()]
    return sum(sizes) // len(sizes) // 1000
