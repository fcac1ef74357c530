"""Posts of every profile in the generator they are for, as readers and feeds get them.

The sites are those of ``scrape init``; for Jekyll there are layouts besides that print
the keys as real themes do. The releases are those of a korea.kr of our own.
"""

import functools
import html
import json
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from publishers.excerpt import excerpt, shown_title
from publishers.post import Style, render_post
from publishers.profiles.houses import HOUSES
from scraper.markdown import one_line
from scraper.model import KST, Post, Release
from tests.sample_release import PRESS, release
from tests.sites import jekyll
from tests.sites.builds import Built, build, prepare
from tests.sites.chromium import Chromium
from tests.sites.expected import article_words
from tests.sites.replica_releases import Taken, take

pytestmark = [pytest.mark.replica, pytest.mark.ruby]

COUNT = 200 if os.environ.get("SOAK") else 40

BANNER = "/assets/banner.jpg"

#: Every profile with its own body, and with the other one where it has a site apart.
LOOKS = [
    *((name, "") for name in HOUSES),
    *((name, "html") for name in ("alembic", "hugo", "eleventy", "astro")),
    ("mkdocs-material", "html"),
]

#: Where a site's feed is.
FEEDS = {
    "jekyll": "feed.xml",
    "hugo": "index.xml",
    "mkdocs": "feed_rss_created.xml",
    "eleventy": "feed.xml",
    "astro": "rss.xml",
}
#: Their titles are as they are, for themes that escape them; jekyll-seo-tag and
#: jekyll-feed take what is like markup in them for markup.
BARE = ("plain", "custom")
MARKUP = "<>&*_~`\\{|"
#: Those of the newest releases, so that every list and every feed has them.
TITLES = (
    '국민이 <체감>하는 "정책", \'26년에도 <b>계속</b>',
    "R&D; 예산 1.29% {{ 삭제 }} | 3*4*5 &amp; &lt;b&gt; &hellip;",
    "[참고] 2024. 6. 24. --- _밑줄_ ~취소~ C:\\새 폴더 `코드`",
    "- 1. \"'첫'\" 걸음 -- :smile: $x$ {% raw %} ]]> <!-- 끝",
)
NAMED = "newsdao"
#: Has no key for the address of the original.
NO_CANONICAL = ("newsdao",)
EXCERPT = Style().excerpt_length
ATOM = "{http://www.w3.org/2005/Atom}"

#: All that is asked of a page. The title is put out of sight, since one generator has
#: it within the article's own element.
READ = """(selector => {
  const article = document.querySelector(selector);
  const title = document.querySelector('h1');
  const told = {
    places: document.querySelectorAll(selector).length,
    title: title.innerText, head: document.title,
    meta: document.querySelector('.meta')?.innerText ?? '',
    page: document.body.innerText,
    description: document.querySelector('meta[name=description]')?.content,
    canonical: document.querySelector('link[rel=canonical]')?.href,
    tags: [...document.querySelectorAll('meta[property], meta[name]')]
      .map(one => [one.getAttribute('property') ?? one.name, one.content]),
    time: document.querySelector('time').dateTime,
    data: [...document.querySelectorAll('script[type="application/ld+json"]')]
      .map(one => one.textContent),
    active: [...article.querySelectorAll(
      'script, form, iframe, object, embed, input, style, link, meta, svg, video')]
      .map(one => one.outerHTML.slice(0, 200)),
    handlers: [...article.querySelectorAll('*')].flatMap(one => [...one.attributes])
      .map(one => one.name).filter(name => name.startsWith('on')),
    images: [...article.querySelectorAll('img')].map(one => one.getAttribute('src')),
    links: [...article.querySelectorAll('a')].map(one => one.getAttribute('href')),
  };
  title.style.display = 'none';
  told.text = article.innerText;
  return told;
})(%s)"""


@functools.cache
def taken() -> list[Taken]:
    """Return the releases, scraped once for all tests of a process."""
    with tempfile.TemporaryDirectory() as folder:
        found = take(COUNT, Path(folder))
    assert len(found) == COUNT
    newest = sorted(found, key=lambda one: one.release.available_at)[-len(TITLES) :]
    for one, title in zip(newest, TITLES, strict=True):
        named = replace(one, release=replace(one.release, title=title))
        found[found.index(one)] = named
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as shown:
        yield shown


def style_of(profile: str, body: Any) -> Style:
    return Style(
        profile=profile,
        body=body,
        banner_path=BANNER,
        banner_alt="우리 소식",
        site_name="우리 소식",
        json_ld=True,
    )


def posts_of(style: Style) -> list[Post]:
    return [one.post(style) for one in taken()]


def folded(text: str) -> str:
    return " ".join(text.split())


def letters(text: str) -> str:
    return re.sub(r"\W", "", text)


def date_of(release: Release, style: Style) -> datetime:
    """Return when a post is from; newsdao's keys have no date, its name has the day."""
    when = release.available_at
    return when.replace(hour=0, minute=0, second=0) if style.profile == NAMED else when


def check_page(browser: Chromium, page: Path, one: Taken, style: Style, at: str) -> Any:
    """Hold one page against the release it is of; return what else was read."""
    browser.show(page.as_uri())
    told = browser.evaluate(READ % json.dumps(at))
    release, license = one.release, one.license
    assert told["places"] == 1
    words = folded(told["text"])
    assert words == article_words(release, license, style)
    for text in (license.notice, license.credit):
        assert folded(told["page"]).count(one_line(text)) == 1
    assert told["active"] == told["handlers"] == []
    assert told["images"] == [BANNER]
    assert all(link.startswith("https://") for link in told["links"])
    assert folded(told["title"]) == shown_title(release)
    assert "고침" not in told["meta"], "none of these was corrected"
    assert when_of(told["time"]) == date_of(release, style)
    return told


def check_head(told: Any, one: Taken, style: Style) -> None:
    """What search engines and other sites are told is what the release says."""
    title, summary = shown_title(one.release), excerpt(one.release, EXCERPT)
    tags = dict(told["tags"])
    assert title in folded(told["head"])
    for key in ("og:title", "twitter:title"):
        assert folded(tags.get(key, title)) == title
    for key in ("description", "og:description", "twitter:description"):
        assert folded(tags.get(key, summary)) == summary
    assert told["description"]
    dated = tags.get("article:published_time")
    assert not dated or when_of(dated) == date_of(one.release, style)
    if style.profile not in NO_CANONICAL:
        assert told["canonical"] == one.release.canonical_url


def check_feed(built: Built, generator: str, style: Style) -> None:
    """The newest posts are in the feed, newest first, named and dated as they are."""
    tree = ElementTree.parse(built.out / FEEDS[generator])
    entries = list(tree.iter(f"{ATOM}entry")) or list(tree.iter("item"))
    by_id = {one.release.news_id: one.release for one in taken()}
    dates = []
    for entry in entries:
        address = entry.findtext("link") or entry.find(f"{ATOM}link").attrib["href"]  # type: ignore[union-attr]
        news_id = address.rstrip("/").rpartition("/")[2].rpartition("-")[2]
        release = by_id[news_id]
        assert folded(feed_title(entry, generator)) == shown_title(release)
        stated = entry.findtext("pubDate") or entry.findtext(f"{ATOM}updated") or ""
        dates.append(when_of(stated))
        assert dates[-1] == date_of(release, style)
    assert len(entries) == min(len(by_id), len(entries)) >= min(COUNT, 20)
    assert dates == sorted(dates, reverse=True)
    assert dates[0] == max(date_of(one, style) for one in by_id.values())


def feed_title(entry: ElementTree.Element, generator: str) -> str:
    """Return a title as readers show it: Atom says whether it is HTML, RSS does not."""
    atom = entry.find(f"{ATOM}title")
    if atom is not None:
        title = atom.text or ""
        return html.unescape(title) if atom.attrib.get("type") == "html" else title
    title = entry.findtext("title") or ""
    return html.unescape(title) if generator == "mkdocs" else title


def when_of(text: str) -> datetime:
    if text[4:5] == "-":
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    return parsedate_to_datetime(text)


def check_data(told: Any, one: Taken) -> None:
    """Data for search engines is ours, and the page's only scripts of that kind."""
    ours = [data for data in map(json.loads, told["data"]) if "isBasedOn" in data]
    assert len(ours) == 1
    assert ours[0]["headline"] == shown_title(one.release)
    assert ours[0]["isBasedOn"]
    when = datetime.fromisoformat(ours[0]["datePublished"])
    assert when == one.release.available_at


@pytest.mark.parametrize(("profile", "body"), LOOKS)
def test_a_site_of_init_shows_what_the_releases_say(
    profile: str, body: str, tmp_path: Path, browser: Chromium
) -> None:
    style = style_of(profile, body)
    generator = prepare(style, tmp_path, posts_of(style))
    built = build(generator, tmp_path)
    assert built.complaints == []
    at = "article" if generator == "mkdocs" else "article .content"
    for one in taken():
        page = built.page(generator, one.release.available_at, one.release.news_id)
        told = check_page(browser, page, one, style, at)
        check_head(told, one, style)
        check_data(told, one)
    check_feed(built, generator, style)
    check_lists(built, browser, style)
    print(f"{profile} {body or 'own'}: {COUNT} posts, 0 complaints")


def check_lists(built: Built, browser: Chromium, style: Style) -> None:
    """The first page names the newest posts, and nothing of them is markup there.

    Of one day Jekyll takes the highest id for the newest where it knows no time.
    """

    def age(one: Taken) -> tuple[datetime, str]:
        return date_of(one.release, style), one.release.news_id

    front = built.out / "index.html"
    if (built.out / "blog/index.html").exists():
        front = built.out / "blog/index.html"
    browser.show(front.as_uri())
    shown = folded(browser.evaluate("document.body.innerText"))
    newest = sorted(taken(), key=age)[-10:]
    for one in newest:
        assert shown_title(one.release) in shown


@pytest.mark.parametrize(
    ("profile", "body"),
    [(name, body) for name in jekyll.THEMES for body in ("markdown", "html")],
)
def test_real_themes_show_what_the_releases_say(
    profile: str, body: str, tmp_path: Path, browser: Chromium
) -> None:
    """Titles printed as they are, excerpts and headings through Markdown."""
    style = style_of(profile, body)
    posts = posts_of(style)
    jekyll.lay_out(tmp_path, profile, posts, feed=COUNT)
    assert jekyll.build(tmp_path) == []
    for one, post in zip(taken(), posts, strict=True):
        page = jekyll.page_of(tmp_path, post)
        told = check_page(browser, page, one, style, "article")
        [data] = map(json.loads, told["data"])
        title = shown_title(one.release)
        if profile not in BARE:
            check_head(told, one, style)
            assert html.unescape(data["headline"]) == title
        elif not {*title} & {*MARKUP}:
            # The plug-in reads a bare title as Markdown and HTML; quotes it curls.
            assert letters(title) in letters(told["head"])
        when = datetime.fromisoformat(data["datePublished"])
        assert when == date_of(one.release, style)
        if profile != "newsdao":
            assert data["author"]["name"]


@pytest.mark.parametrize(
    ("title", "head", "entry"),
    [
        ("국민이 <체감>하는 정책", "국민이 하는 정책", "국민이 하는 정책"),
        ("3*4*5 '첫' 걸음", "345 ‘첫’ 걸음", "3*4*5 ‘첫’ 걸음"),
    ],
)
def test_two_plug_ins_of_jekyll_take_a_bare_title_for_markup(
    title: str, head: str, entry: str, tmp_path: Path
) -> None:
    """What README warns of, and why the site of init has neither of them."""
    post = render_post(release(title=title), PRESS, style_of("plain", ""))
    jekyll.lay_out(tmp_path, "plain", [post])
    assert jekyll.build(tmp_path) == []
    page = jekyll.page_of(tmp_path, post).read_text("utf-8")
    assert f"<title>{head} | 소식</title>" in page
    [told] = ElementTree.parse(tmp_path / "_site/feed.xml").findall(f"{ATOM}entry")
    assert feed_title(told, "jekyll") == entry


def test_a_post_that_is_none_stops_the_build(tmp_path: Path) -> None:
    """Else nothing above could fail: without strict front matter Jekyll goes on."""
    style = style_of("alembic", "")
    first, *_ = posts_of(style)
    jekyll.lay_out(tmp_path, "alembic", [first])
    bad = tmp_path / first.path
    bad.write_text("---\ntitle: [보도자료] 새 숲: 길\n---\n\n글\n", "utf-8")
    with pytest.raises(AssertionError, match="Psych::SyntaxError"):
        jekyll.build(tmp_path)


def test_all_kinds_of_releases_are_among_them() -> None:
    found = [one.release for one in taken()]
    assert {"press_release", "policy_news"} <= {one.source for one in found}
    assert {bool(one.text_from) for one in found} == {True, False}
    assert any(one.contacts for one in found)
    assert any(one.removed for one in found)
    assert all(one.available_at.tzinfo == KST for one in found)
