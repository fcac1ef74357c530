"""What every house style shares: the operator's choices and the parts of a post.

A house style is a :class:`~publishers.profiles.profile.Profile`; all of them stand in
:mod:`publishers.profiles.houses`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal
from urllib.parse import quote, urlsplit

from publishers.addresses import mend
from publishers.excerpt import shown_lead
from publishers.front_matter import Value
from scraper.markdown import escape_html, escape_inline, escape_markdown, one_line
from scraper.model import (
    Attachment,
    Block,
    Caption,
    Cell,
    Contact,
    License,
    Paragraph,
    Release,
    Table,
)

#: What the site is called, where a release names no ministry as well.
SITE = "정책브리핑"

#: What a post says when the text is in its attachments only.
ATTACHMENT_ONLY = "원문은 첨부파일에 있습니다."

#: Reserved and unreserved characters of an address; all others are percent-encoded.
_IN_ADDRESS = "/?&=%-._~+:,@!#"


@dataclass(frozen=True, slots=True, repr=False)
class Style:
    """What the operator decides about posts.

    Its ``repr`` names what posts are made by, and the state remembers that: a choice
    that came later stands there only when it is made, or every post of before would
    wait for being made again.
    """

    profile: str = "plain"
    layout: Literal["sharded", "flat"] = "sharded"
    category: str = "News"
    #: The operator's own picture, as the site addresses it; "" means none.
    banner_path: str = ""
    banner_alt: str = ""
    promo_text: str = ""
    #: Without an address there is no promo line.
    promo_url: str = ""
    promo_rel: str = "nofollow sponsored"
    contacts: Literal["full", "department", "none"] = "department"
    #: Put into ``feature_heading`` where that says ``{site_name}``.
    site_name: str = ""
    feature_heading: str = "## {site_name} 실시간 뉴스 속보입니다."
    #: Most characters an excerpt has before its entities.
    excerpt_length: int = 160
    # --- came later
    #: "" is the profile's own.
    body: Literal["", "markdown", "html"] = ""
    #: Where posts go; "" is the profile's own folder.
    folder: str = ""
    #: The path of a post, with ``{folder}``, ``{date}``, ``{news_id}`` and so on; ""
    #: goes by the layout.
    path: str = ""
    #: Category of a ministry (its name or code) or of a source, in that order.
    categories: tuple[tuple[str, str], ...] = ()
    #: Name the article as the original of the post.
    canonical: bool = True
    #: Add the data of a NewsArticle.
    json_ld: bool = False
    #: Fields of the operator's own; none takes the place of one of ours.
    extra: tuple[tuple[str, "Extra"], ...] = ()
    #: For ``custom``: front-matter key -> name of a value; () is as ``plain``.
    keys: tuple[tuple[str, str], ...] = ()
    #: For ``custom``: the Jinja2 template of the body, and what its file is called.
    template: str = ""
    template_file: str = ""

    def __repr__(self) -> str:
        """Return the choices, and of those that came later what was chosen."""
        names = [field.name for field in fields(self)]
        later = set(names[names.index("excerpt_length") + 1 :])
        shown = (
            f"{field.name}={value!r}"
            for field in fields(self)
            if (value := getattr(self, field.name)) != field.default
            or field.name not in later
        )
        return f"Style({', '.join(shown)})"


#: What an operator may put into a field of his own.
Extra = str | int | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """Everything a profile writes about."""

    release: Release
    #: ``None`` for a stub: title, ministry, date and link, nothing else.
    license: License | None
    style: Style
    #: Plain text, not escaped.
    excerpt: str
    #: The body is the whole document, in its order: nothing is added to it from it.
    faithful: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """A front matter without its ``---`` lines."""

    text: str
    #: What a YAML reader must make of ``text``.
    fields: Mapping[str, Value]


def category(article: Article) -> str:
    """Return the category of a release: its ministry's, its source's, or the usual."""
    release, style = article.release, article.style
    ministry = release.ministry
    chosen = dict(style.categories)
    for name in (ministry.printed, ministry.name, ministry.code, release.source):
        if name in chosen:
            return one_line(chosen[name])
    return one_line(style.category)


def subtitles(article: Article) -> list[str]:
    """Return the subtitles to print above the body.

    A faithful body has them in it already, unless the page alone states them.
    """
    lines = [one_line(line) for line in article.release.subtitles]
    if article.faithful:
        within = "".join(_solid(text) for text in _texts(article.release.body))
        lines = [line for line in lines if _solid(line) not in within]
    return [line for line in lines if line]


def content(article: Article) -> tuple[Block, ...]:
    """Return the blocks of the body; without a text, the lead the site shows.

    What is printed about a picture goes with the picture, which is not licensed.
    """
    release = article.release
    if release.text_from:
        return tuple(_public(release.body))
    lines = [shown_lead(release), ATTACHMENT_ONLY if release.attachments else ""]
    return tuple(Paragraph(line) for line in lines if line)


def links(article: Article) -> list[tuple[str, str]]:
    """Return name and address of each attachment but the one the text is from.

    The address is "" where the page points to another host than its own.
    """
    release = article.release
    return [
        (one_line(attachment.name), attachment_url(release, attachment))
        for attachment in release.attachments
        if attachment.file_id != release.text_from and one_line(attachment.name)
    ]


def attachment_url(release: Release, attachment: Attachment) -> str:
    """Return where readers find an attachment; "" if that is not the site itself."""
    try:
        address = mend(attachment.path, release.canonical_url)
        same = urlsplit(address)[:2] == urlsplit(release.canonical_url)[:2]
    except ValueError:
        return ""
    return safe_url(address) if same else ""


def safe_url(address: str) -> str:
    """Return an address with nothing in it that Markdown, HTML or Liquid could read."""
    return quote(one_line(address), safe=_IN_ADDRESS)


def contacts(article: Article) -> list[Contact]:
    """Return whom to ask, as far as the operator shows it, each once, in order."""
    release, wanted = article.release, article.style.contacts
    if wanted == "none" or article.license is None:
        return []
    if wanted == "department":
        shown = [Contact(c.unit, c.telephone) for c in release.contacts]
    else:
        shown = list(release.contacts)
    cleaned = (
        Contact(*map(one_line, (c.unit, c.telephone, c.role, c.person))) for c in shown
    )
    return [c for c in dict.fromkeys(cleaned) if c.unit or c.person]


def contact_line(contact: Contact) -> str:
    """Return a contact as posts print it: ``부서 담당자 이름(전화)``."""
    name = " ".join(filter(None, (contact.unit, contact.role, contact.person)))
    return f"{name}({contact.telephone})" if contact.telephone else name


def printed_contacts(article: Article) -> list[str]:
    """Return the lines of the 문의 table; a faithful body has its own."""
    return [] if article.faithful else list(map(contact_line, contacts(article)))


def contact_table(article: Article) -> Sequence[Block]:
    """Return the 문의 table, and no block without contacts."""
    lines = printed_contacts(article)
    if not lines:
        return ()
    rows = enumerate(["문의", *lines])
    return (Table(tuple(Cell(row, 0, (Paragraph(line),)) for row, line in rows)),)


def issuer(article: Article) -> str:
    """Return what follows the credit: a press release names its ministry."""
    release = article.release
    ministry = one_line(release.ministry.printed)
    if release.source != "press_release" or not ministry:
        return ""
    return f" ({ministry} 보도자료)"


def promo(style: Style, *, in_html: bool) -> str:
    """Return the operator's own line, "" if there is none.

    It is an HTML link, since Markdown cannot say ``rel``; the text is escaped for
    both. Outside an HTML block the address must not be linked once more.
    """
    if not style.promo_url:
        return ""
    address = escape_html(one_line(style.promo_url))
    shown = address if in_html else escape_inline(one_line(style.promo_url))
    link = f'<a href="{address}" rel="{escape_html(style.promo_rel)}">{shown}</a>'
    return f"{escape_markdown(style.promo_text)} {link}".strip()


def _public(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Give the blocks without captions of pictures and remarks of the author."""
    for block in blocks:
        if not (isinstance(block, Caption) and block.of in ("image", "memo")):
            yield block


def _texts(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Table):
            for cell in block.cells:
                yield from _texts(cell.blocks)
        else:
            yield getattr(block, "text", "")


def _solid(text: str) -> str:
    return "".join(char for char in text if char.isalnum())
