"""Posts that are one: by release, source, title and day, or text."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from publishers.check.context import View
from publishers.check.dates import day_of, day_of_name, read_moment
from publishers.check.links import SOURCE, addresses, banners
from publishers.check.rules import Hit
from scraper.text import clean

#: An article of the site, whether a link leads there or its address is spelt out.
_ARTICLE = re.compile(r"korea\.kr/[^\s<>\"')]{0,200}?newsId=(\d{4,20})")
_NEWS_ID = re.compile(r"newsId=(\d{4,20})")
_OUR_NAME = re.compile(r"\d{4}-\d\d-\d\d-(\d{8,20})\.md")
_ADDRESS_KEYS = ("canonical_url", "source_url", "original_url", "original")
_SOURCE = re.compile(r"출처\W{0,6}(?:<a\b|\[)|\[출처[^\]\n]*\]\($")
#: A text must have so many letters for another to be its twin.
_LEAST = 200
#: Lines of a text that count: shorter ones are headings and promotions.
_LONG_LINE = 30


@dataclass(frozen=True, slots=True)
class Facts:
    """What tells one post from the next; "" or ``None`` where it is not said."""

    path: str
    news_id: str
    source: str
    title: str
    day: date | None
    text: str
    banners: frozenset[str]


def facts(view: View) -> Facts:
    """Return what tells a post from others."""
    draft = view.draft
    return Facts(
        path=draft.path,
        news_id=_news_id(view),
        source=_source(view),
        title=clean(draft.said("title")),
        day=_day(view),
        text=_text(view.seen),
        banners=frozenset(banners(view)),
    )


def look(known: Facts) -> Iterator[Hit]:
    """Yield a post that nothing leads back from."""
    if not (known.news_id or known.source):
        message = "no id and no address: nobody can find what it was made from"
        yield Hit("source-missing", -1, message)


def find_twins(posts: Sequence[Facts]) -> Iterator[tuple[str, Hit]]:
    """Yield each post that is the twin of an earlier one, with the hit."""
    kinds: tuple[tuple[str, Callable[[Facts], object], str], ...] = (
        ("twin-id", lambda post: post.news_id, "release"),
        ("twin-source", lambda post: post.source, "source"),
        (
            "twin-title",
            lambda post: post.day and post.title and (post.day, post.title),
            "",
        ),
        ("twin-body", lambda post: post.text, "text"),
    )
    for rule, key, what in kinds:
        groups: dict[object, list[str]] = defaultdict(list)
        for post in posts:
            if value := key(post):
                groups[value].append(post.path)
        for value, paths in groups.items():
            named = f" {value}" if rule in ("twin-id", "twin-source") else ""
            for path in paths[1:]:
                of = f"the {what}{named} of" if what else "title and day of"
                yield path, Hit(rule, -1, f"{of} {paths[0]}")


def _news_id(view: View) -> str:
    fields = view.draft.fields
    if view.seal:
        return view.seal.news_id
    source = fields.get("source")
    named = (
        source.get("news_id") if isinstance(source, Mapping) else fields.get("news_id")
    )
    if isinstance(named, str | int) and str(named).isdigit():
        return str(named)
    if found := _NEWS_ID.search(_stated_address(view)):
        return found[1]
    found = _OUR_NAME.fullmatch(view.draft.path.rpartition("/")[2])
    return found[1] if found else ""


def _stated_address(view: View) -> str:
    fields = view.draft.fields
    source = fields.get("source")
    if isinstance(source, Mapping):
        source = source.get("url")
    values = (*(view.draft.said(key) for key in _ADDRESS_KEYS), source)
    return next((v for v in values if isinstance(v, str) and "://" in v), "")


def _source(view: View) -> str:
    """Return what a post names as its source, or the one article it leads to."""
    if stated := _stated_address(view):
        return stated
    text = view.draft.text
    for address in addresses(view):
        if address.image:
            continue
        named = _SOURCE.search(text, max(address.start - 160, 0), address.start)
        if named and not _is_home(address.text):
            article = _ARTICLE.search(address.text)
            return f"{SOURCE} newsId={article[1]}" if article else address.text
    articles = {found[1] for found in _ARTICLE.finditer(text, view.draft.body_at)}
    return f"{SOURCE} newsId={articles.pop()}" if len(articles) == 1 else ""


def _is_home(address: str) -> bool:
    """Say whether an address is a site and no page of it."""
    return not re.search(r"://(?:https?://)?[^/]+/.", address)


def _day(view: View) -> date | None:
    written = view.draft.said("date") or _raw(view, "date")
    moment = read_moment(written.strip("'\""))
    return day_of(moment) if moment else day_of_name(view.draft.path.rpartition("/")[2])


def _raw(view: View, name: str) -> str:
    return next((c.value for c in view.draft.chunks if c.name == name), "")


def _text(seen: str) -> str:
    lines = [" ".join(line.split()) for line in seen.splitlines()]
    long = [
        line for line in lines if len(line) >= _LONG_LINE and "공공누리" not in line
    ]
    text = "".join(long)
    return hashlib.sha256(text.encode()).hexdigest() if len(text) >= _LEAST else ""
