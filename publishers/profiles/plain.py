"""The default house style: portable front matter and a Markdown body."""

from publishers.excerpt import shown_title
from publishers.front_matter import Value, render
from publishers.marks import CORRECTS, corrected_url, mark_fields, mark_line
from publishers.profiles import (
    Article,
    Head,
    attachment_url,
    contacts,
    content,
    issuer,
    links,
    printed_contacts,
    promo,
    safe_url,
    subtitles,
)
from scraper.markdown import (
    entity,
    escape_inline,
    escape_markdown,
    one_line,
    to_markdown,
)
from scraper.model import Cell, Heading, License, Paragraph, Table

#: What the site is called when a release names no ministry.
SITE = "정책브리핑"

#: Where the license's terms stand. Source: kogl.or.kr, as public data sets link it
#: (October 2026).
_TERMS = "https://www.kogl.or.kr/info/license{}.do"


def front_matter(article: Article) -> Head:
    """Return the keys most site generators know; excerpt and description are one."""
    fields = {key: value for key, value in _fields(article).items() if value}
    return Head(render(fields), fields)


def body(article: Article) -> str:
    """Return the body as Markdown."""
    if article.license is None:
        return _stub(article)
    blocks = (*(Heading(line) for line in subtitles(article)), *content(article))
    parts = (
        _banner(article),
        to_markdown(blocks),
        _attachments(article),
        to_markdown(_contact_table(article)),
        escape_markdown(article.license.notice),
        _credit(article, article.license),
        *_marks(article),
        promo(article.style, in_html=False),
    )
    return "\n\n".join(filter(None, parts))


def _fields(article: Article) -> dict[str, Value]:
    release, license, style = article.release, article.license, article.style
    ministry = one_line(release.ministry.printed)
    excerpt = escape_markdown(article.excerpt)
    address = safe_url(release.canonical_url)
    stub = license is None
    marks = mark_fields(release.history)
    return {
        "title": shown_title(release),
        "date": release.available_at,
        "last_modified_at": marks.pop("last_modified_at", ""),
        "categories": [one_line(style.category)],
        "tags": [ministry] if ministry else [],
        "author": ministry or SITE,
        "excerpt": excerpt,
        "description": excerpt,
        "subtitles": [] if stub else _list(release.subtitles),
        "canonical_url": address,
        "source": {"name": SITE, "url": address, "news_id": release.news_id},
        "license": _license(license) if license else {},
        "contacts": _contacts(article),
        "attachments": [] if stub else _files(article),
        "image": _image(article),
        **marks,
    }


def _license(license: License) -> dict[str, Value]:
    terms = _TERMS.format(f"Type{license.type}" if license.type else "")
    return {"id": license.id, "name": license.name, "url": terms}


def _list(lines: tuple[str, ...]) -> list[str]:
    return [line for line in map(one_line, lines) if line]


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


def _files(article: Article) -> list[dict[str, Value]]:
    release = article.release
    files: list[dict[str, Value]] = []
    for attachment in release.attachments:
        address = attachment_url(release, attachment)
        file: dict[str, Value] = {"name": one_line(attachment.name), "url": address}
        files.append({key: value for key, value in file.items() if value})
    return [file for file in files if "name" in file]


def _image(article: Article) -> dict[str, Value]:
    style = article.style
    if not style.banner_path:
        return {}
    return {"path": one_line(style.banner_path), "alt": one_line(style.banner_alt)}


def _banner(article: Article) -> str:
    style = article.style
    if not style.banner_path:
        return ""
    return f"![{_label(style.banner_alt)}]({safe_url(style.banner_path)})"


def _attachments(article: Article) -> str:
    named = links(article)
    if not named:
        return ""
    lines = [f"- {_link(name, address)}" for name, address in named]
    return "첨부파일\n\n" + "\n".join(lines)


def _contact_table(article: Article) -> list[Table]:
    lines = printed_contacts(article)
    if not lines:
        return []
    rows = enumerate(["문의", *lines])
    return [Table(tuple(Cell(row, 0, (Paragraph(line),)) for row, line in rows))]


def _credit(article: Article, license: License) -> str:
    link = _link(license.credit, article.release.canonical_url, credit=True)
    return link + escape_inline(issuer(article))


def _marks(article: Article) -> list[str]:
    """Return the lines under the credit, if something happened to the post."""
    lines = [mark_line(article.release.history)]
    if address := corrected_url(article.release):
        before, label, after = CORRECTS
        lines.append(f"{before}{_link(label, address)}{after}")
    return lines


def _stub(article: Article) -> str:
    link = _link(f"{SITE}에서 원문 보기", article.release.canonical_url)
    return "\n\n".join(filter(None, (link, *_marks(article))))


def _link(text: str, address: str, *, credit: bool = False) -> str:
    """Return a link, or the text alone without an address.

    The credit's own words stand as they are: no parser links an address within a link.
    """
    label = one_line(text) if credit else _label(text)
    return f"[{label}]({safe_url(address)})" if address else label


def _label(text: str) -> str:
    label = escape_markdown(text)
    return label.replace("[", entity("[")).replace("]", entity("]"))
