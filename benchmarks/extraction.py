"""Whose text is whole, and whose is not the article's: extraction beside others."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from lxml import etree

from benchmarks.articles import pages_of, source_lines
from benchmarks.contest import Contender, Side
from benchmarks.scoring import Score, Truth, letters
from benchmarks.site import usual_site
from scraper.notices import is_reprint_remark
from tests.replica import Site, make_site

CAPTURES = Path(
    os.environ.get("CAPTURES") or Path(__file__).parents[2] / "shared" / "data"
)
PEERS = ("trafilatura", "readability-lxml", "newspaper4k")

#: Letters of a body from which it counts as one.
LEAST_BODY = 200


def measure(ours: Side, peers: Side, site: Site) -> list[dict[str, str]]:
    """Return a row for each extractor and set of pages."""
    sets = [("replica", list(replica_pages(site)))]
    if CAPTURES.is_dir():
        sets.append(("bodies of July 2026", list(captured_pages())))
    contenders = [
        Contender(ours, "ours, text"),
        *(Contender(peers, name) for name in PEERS),
    ]
    rows = []
    for name, pages in sets:
        for contender in contenders:
            row = {"pages": f"{name}, {len(pages)}", "extractor": contender.work}
            rows.append(row | score(contender, pages).shares())
    return rows


def measure_false(ours: Side, peers: Side) -> list[dict[str, str]]:
    """Return how much each extractor takes for text where there is no body."""
    pages = list(empty_pages())
    rows = []
    for contender in (
        Contender(ours, "ours, text"),
        *(Contender(peers, name) for name in PEERS),
    ):
        texts = extracted(contender, [page for _, page in pages])
        false = [letters(text) for text in texts]
        rows.append(
            {
                f"{len(pages)} pages without a body": contender.work,
                "with false text": str(sum(map(bool, false))),
                "letters of it": str(sum(map(len, false))),
            }
        )
    return rows


def score(contender: Contender, pages: Sequence[tuple[bytes, Truth]]) -> Score:
    """Return how well a contender reads pages."""
    made = Score()
    texts = extracted(contender, [page for page, _ in pages])
    for (_, truth), text in zip(pages, texts, strict=True):
        made.add(truth, text)
    return made


def extracted(contender: Contender, pages: Sequence[bytes]) -> list[str]:
    """Return the text a contender takes from each page."""
    with TemporaryDirectory() as folder:
        given, out = Path(folder, "pages"), Path(folder, "texts")
        given.mkdir()
        out.mkdir()
        for number, page in enumerate(pages):
            file = given / f"{number:05}-{identity(page)}.html"
            file.write_bytes(page)
        contender.side.work(contender.work, given, out)
        return [file.read_text("utf-8") for file in sorted(out.iterdir())]


def identity(page: bytes) -> str:
    """Return what a listing knows of a page: its kind and its id."""
    root = etree.fromstring(page, etree.HTMLParser())
    (link,) = root.xpath("//link[@rel='canonical']/@href")[:1] or [""]
    kind = "press" if "pressRelease" in link else "policy"
    found = re.search(r"newsId=(\d+)", link)
    return f"{kind}-{found[1] if found else 1}"


# --- pages --------------------------------------------------------------------------


def replica_pages(site: Site) -> Iterator[tuple[bytes, Truth]]:
    """Yield each article of a replica; its quirks and damages are those of the site."""
    for news_id, page in pages_of(site):
        truth = site.expected_article(news_id)
        neutral = (truth.title, *truth.subtitles, *(text for _, text in truth.removed))
        yield page, Truth(truth.lines, truth.cells, neutral)


def captured_pages() -> Iterator[tuple[bytes, Truth]]:
    """Yield real bodies, each in a page of the replica in place of its own."""
    frame = next(pages_of(usual_site(articles=1, per_day=1)))[1]
    for body in _captured_bodies():
        page = etree.fromstring(frame, etree.HTMLParser())
        (box,) = page.xpath("//*[contains(@class, 'view_cont')]")
        for child in box:
            box.remove(child)
        box.text = ""
        box.append(etree.fromstring(f"<div>{body}</div>", etree.HTMLParser())[0][0])
        lines = source_lines(body)
        cells = etree.fromstring(f"<div>{body}</div>", etree.HTMLParser()).xpath(
            "//td[not(.//table)] | //th[not(.//table)]"
        )
        texts = tuple("".join(cell.itertext()) for cell in cells)
        remarks = tuple(filter(is_reprint_remark, lines))
        kept = tuple(line for line in lines if line not in remarks)
        yield (
            etree.tostring(page, method="html", encoding="utf-8"),
            Truth(kept, texts, remarks),
        )


def _captured_bodies() -> Iterator[str]:
    for file in sorted((CAPTURES / "releases").glob("*_articles.json")):
        for article in json.loads(file.read_text("utf-8"))["articles"]:
            text = article["content_text"]
            if len(letters(text)) >= LEAST_BODY:
                yield article["content_html"]


def empty_pages() -> Iterator[tuple[str, bytes]]:
    """Yield pages without a body: errors, press releases that show a viewer."""
    site = make_site(seed=6, days="2026-11-24", releases=60, page_weight=60)
    for news_id in site.ids(site.world.last_day):
        if site.expected(news_id).text_from != "page":
            path = f"/briefing/pressReleaseView.do?newsId={news_id}"
            yield "viewer", site.answer("GET", path, {}).body
    for path in ("/news/policyNewsView.do?newsId=1", "/common/download.do?fileId=1"):
        yield "error", site.answer("GET", path, {}).body
    for file in sorted((CAPTURES / "pages").glob("*error_page*")):
        yield "error", file.read_bytes()
