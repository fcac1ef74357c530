"""Markup in every text of a source, through each site of ``scrape init``.

What a page is made of must be what a page of a harmless release is made of.
"""

import html
import os
import random
import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from selectolax.lexbor import LexborHTMLParser

from publishers.excerpt import shown_title
from publishers.post import Style, render_post
from scraper.model import Release
from tests.payloads import own
from tests.sample_release import PRESS
from tests.sites.builds import build, prepare
from tests.test_payloads import hostile

pytestmark = pytest.mark.ruby

SOAK = bool(os.environ.get("SOAK"))

#: One profile of each generator; of Jekyll one with bare titles and one with escaped.
PROFILES = ("plain", "alembic", "hugo", "mkdocs-material", "eleventy", "astro")
FEEDS = {"jekyll": "feed.xml", "eleventy": "feed.xml"}
ATOM = "{http://www.w3.org/2005/Atom}"

#: What runs, loads, asks, or changes what the rest of a page means.
ACTIVE = (
    *("script", "iframe", "frame", "object", "embed", "applet", "img", "svg", "math"),
    *("style", "link", "meta", "base", "form", "input", "button", "textarea", "select"),
    *(
        "video",
        "audio",
        "source",
        "template",
        "noscript",
        "details",
        "marquee",
        "title",
    ),
)
#: Attributes that lead somewhere.
LEADING = ("href", "src", "action", "formaction", "xlink:href", "data", "srcset")
_RUNS = re.compile(r"\s*(?:javascript|vbscript|data):", re.IGNORECASE)


#: What ends the place it stands in, wherever that is.
ENDINGS = (
    *(
        '" onmouseover="alert(1)',
        "' onmouseover='alert(1)",
        '"><script>alert(1)</script>',
    ),
    *("</title><script>alert(1)</script>", "</script><script>alert(1)</script>"),
    *("--><script>alert(1)</script>", "]]></summary><x>", "</h1></a><img src=x>"),
)


def hostile_releases() -> list[Release]:
    """Return a release of each payload, and first of all one of a harmless text."""
    texts = own() if SOAK else random.Random(3).sample(own(), 40)
    texts = [*ENDINGS, *texts]
    made = [hostile(text, number) for number, text in enumerate(texts, 1)]
    return [hostile("길", 0), *made]


def active(page: Path) -> tuple[Counter[str], set[str]]:
    """Return how many elements of a page have which attributes, and what would run."""
    tree = LexborHTMLParser(page.read_text("utf-8"))
    kinds: Counter[str] = Counter()
    runs = set()
    for node in tree.root.traverse(include_text=False):  # type: ignore[union-attr]
        beside = node.attributes.get("rel") in ("prev", "next")
        if node.tag in ACTIVE and not beside:
            kinds[" ".join((str(node.tag), *sorted(node.attributes)))] += 1
        for name, value in node.attributes.items():
            leads = name in LEADING and _RUNS.match(value or "")
            if leads or name.startswith("on") or name == "srcdoc":
                runs.add(f"<{node.tag} {name}={value}>")
    return kinds, runs


@pytest.mark.parametrize("profile", PROFILES)
def test_a_site_of_init_is_made_of_nothing_a_source_says(
    profile: str, tmp_path: Path
) -> None:
    style = Style(profile=profile, contacts="full", json_ld=True, site_name="소식")
    made = hostile_releases()
    posts = [render_post(one, PRESS, style) for one in made]
    generator = prepare(style, tmp_path, posts)
    built = build(generator, tmp_path)
    assert built.complaints == []
    pages = [built.page(generator, one.available_at, one.news_id) for one in made]
    wanted = active(pages[0])
    for one, page in zip(made, pages, strict=True):
        assert active(page) == wanted, one.title
        title = LexborHTMLParser(page.read_text("utf-8")).css_first("h1")
        assert " ".join(title.text().split()) == shown_title(one)  # type: ignore[union-attr]
    if generator in FEEDS:
        check_feed(built.out / FEEDS[generator])
    print(f"{profile}: {len(made)} releases")


def check_feed(file: Path) -> None:
    """It is XML whatever is in it, and its HTML has no element at all."""
    entries = ElementTree.parse(file).findall(f"{ATOM}entry")
    assert entries
    for entry in entries:
        for part in ("title", "summary"):
            found = entry.find(f"{ATOM}{part}")
            if found is not None and found.attrib.get("type") == "html":
                tree = LexborHTMLParser(f"<body>{found.text}")
                assert not tree.css("body *"), found.text


def test_an_element_that_is_too_many_is_seen(tmp_path: Path) -> None:
    """Else nothing above could fail."""
    harmless, hostile_one = tmp_path / "a.html", tmp_path / "b.html"
    title = html.escape("<img src=x onerror=alert(1)>")
    harmless.write_text(f"<!doctype html><h1>{title}</h1>", "utf-8")
    hostile_one.write_text(
        "<!doctype html><h1><img src=x onerror=alert(1)></h1>", "utf-8"
    )
    assert active(harmless) == (Counter(), set())
    kinds, runs = active(hostile_one)
    assert kinds == Counter({"img onerror src": 1})
    assert runs == {"<img onerror=alert(1)>"}
