"""What can stand in a front matter, by name; "" or an empty list where there is none.

Site generators differ in what they do with a string. Those that print it as HTML, raw
or through Markdown (Jekyll's and MkDocs' themes), want the escaped values; those whose
templates escape by themselves (Hugo, Eleventy, Astro) want the plain ones.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime

from publishers.excerpt import shown_title
from publishers.front_matter import Value
from publishers.profiles import (
    SITE,
    Article,
    attachment_url,
    category,
    contacts,
    safe_url,
)
from scraper.markdown import escape_markdown, one_line
from scraper.model import KST

#: Where the license's terms stand. Source: kogl.or.kr, as public data sets link it
#: (October 2026).
_TERMS = "https://www.kogl.or.kr/info/license{}.do"

#: What could end a script element, or be read by a template, inside JSON.
_IN_SCRIPT = re.compile("[<>&\u2028\u2029]")


def json_ld(article: Article) -> str:
    """Return the NewsArticle of schema.org as JSON that any page may print as it is.

    It stands on one line, and nothing in it ends a script element.
    """
    release, style = article.release, article.style
    author = one_line(release.ministry.printed)
    values = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": shown_title(release),
        "description": article.excerpt,
        "inLanguage": "ko",
        "datePublished": _text(release.available_at),
        "dateModified": _text(release.history.modified_at or release.available_at),
        "author": {"@type": "GovernmentOrganization", "name": author or SITE},
        "publisher": _publisher(style.site_name),
        "isBasedOn": safe_url(release.canonical_url),
        "license": _terms(article),
    }
    values = {key: value for key, value in values.items() if value}
    made = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return _IN_SCRIPT.sub(lambda found: f"\\u{ord(found[0]):04x}", made)


def _title(article: Article) -> str:
    return shown_title(article.release)


def _ministry(article: Article) -> str:
    return one_line(article.release.ministry.printed)


def _excerpt(article: Article) -> str:
    return escape_markdown(article.excerpt)


def _categories(article: Article) -> list[str]:
    return [category(article)]


def _modified(article: Article) -> datetime | str:
    return article.release.history.modified_at or ""


def _dates(article: Article) -> dict[str, Value]:
    """Return the times as MkDocs' blog has them, where its feed finds them too."""
    release = article.release
    times = {"created": release.available_at, "updated": release.history.modified_at}
    return {key: time for key, time in times.items() if time}


def _feature_text(article: Article) -> str:
    """Return the excerpt below the site's own line, if the site has a name."""
    style = article.style
    line = style.feature_heading.replace("{site_name}", style.site_name)
    heading = one_line(line) if style.site_name else ""
    return "\n\n".join(filter(None, (heading, _excerpt(article))))


def _tags(article: Article) -> list[str]:
    return [name] if (name := _ministry(article)) else []


def _subtitles(article: Article) -> list[str]:
    lines = () if article.license is None else article.release.subtitles
    return [line for line in map(one_line, lines) if line]


def _canonical_url(article: Article) -> str:
    return safe_url(article.release.canonical_url) if article.style.canonical else ""


def _source(article: Article) -> dict[str, Value]:
    release = article.release
    address = safe_url(release.canonical_url)
    return {"name": SITE, "url": address, "news_id": release.news_id}


def _license(article: Article) -> dict[str, Value]:
    license = article.license
    if license is None:
        return {}
    return {"id": license.id, "name": license.name, "url": _terms(article)}


def _terms(article: Article) -> str:
    license = article.license
    if license is None:
        return ""
    return _TERMS.format(f"Type{license.type}" if license.type else "")


def _contacts(article: Article) -> list[dict[str, Value]]:
    return [
        {
            key: value
            for key, value in (
                ("unit", contact.unit),
                ("role", contact.role),
                ("person", contact.person),
                ("telephone", contact.telephone),
            )
            if value
        }
        for contact in contacts(article)
    ]


def _attachments(article: Article) -> list[dict[str, Value]]:
    release = article.release
    files: list[dict[str, Value]] = []
    for attachment in release.attachments if article.license else ():
        address = attachment_url(release, attachment)
        file: dict[str, Value] = {"name": one_line(attachment.name), "url": address}
        files.append({key: value for key, value in file.items() if value})
    return [file for file in files if "name" in file]


def _image(article: Article) -> dict[str, Value]:
    if not article.style.banner_path:
        return {}
    return {"path": _image_path(article), "alt": one_line(article.style.banner_alt)}


def _image_path(article: Article) -> str:
    return one_line(article.style.banner_path)


def _text(when: datetime) -> str:
    return when.astimezone(KST).isoformat(timespec="seconds")


def _publisher(name: str) -> dict[str, str]:
    return {"@type": "Organization", "name": one_line(name)} if name else {}


#: Every value a key can have.
VALUES: Mapping[str, Callable[[Article], Value]] = {
    "title": _title,
    "title_escaped": lambda article: escape_markdown(_title(article)),
    "date": lambda article: article.release.available_at,
    "day": lambda article: _text(article.release.available_at)[:10],
    "dates": _dates,
    "last_modified_at": _modified,
    "news_id": lambda article: article.release.news_id,
    "category": category,
    "categories": _categories,
    "tags": _tags,
    "ministry": _ministry,
    "author": lambda article: _ministry(article) or SITE,
    # jekyll-seo-tag and themes print both as they are (October 2026).
    "author_escaped": lambda article: escape_markdown(_ministry(article) or SITE),
    "tags_escaped": lambda article: list(map(escape_markdown, _tags(article))),
    "excerpt": _excerpt,
    "excerpt_plain": lambda article: article.excerpt,
    "feature_text": _feature_text,
    "subtitles": _subtitles,
    "canonical_url": _canonical_url,
    "source": _source,
    "license": _license,
    "contacts": _contacts,
    "attachments": _attachments,
    "image": _image,
    "image_path": _image_path,
    "images": lambda article: list(filter(None, [_image_path(article)])),
    "image_alt": lambda article: (
        one_line(article.style.banner_alt) if article.style.banner_path else ""
    ),
}
