"""The words a reader must find in a post, told from the release alone."""

from collections.abc import Iterator

from publishers.post import Style
from scraper.model import Caption, Contact, License, Release
from scraper.text import visible
from tests.accounting import texts


def article_words(release: Release, license: License, style: Style) -> str:
    """Return all words within the article, in order, with one blank between them."""
    return " ".join(" ".join(article_lines(release, license, style)).split())


def article_lines(release: Release, license: License, style: Style) -> Iterator[str]:
    """Yield what stands in the article of a profile, from its top to its end."""
    yield from map(visible, release.subtitles)
    shown = [
        block
        for block in release.body
        if not (isinstance(block, Caption) and block.of in ("image", "memo"))
    ]
    yield from texts(shown) if release.text_from else _without_text(release)
    names = [
        visible(file.name)
        for file in release.attachments
        if file.file_id != release.text_from
    ]
    if names := [name for name in names if name.strip()]:
        yield from ("첨부파일", *names)
    if contacts := list(dict.fromkeys(_contacts(release, style))):
        yield from ("문의", *contacts)
    yield license.notice
    ministry = visible(release.ministry.printed).strip()
    of = f" ({ministry} 보도자료)" if release.source == "press_release" else ""
    yield license.credit + (of if ministry else "")


def _without_text(release: Release) -> Iterator[str]:
    lead = " ".join(visible(release.lead).split())
    if lead:
        yield lead if lead.endswith((".", "!", "?", "…")) else lead + "…"
    if release.attachments:
        yield "원문은 첨부파일에 있습니다."


def _contacts(release: Release, style: Style) -> Iterator[str]:
    for contact in release.contacts if style.contacts != "none" else ():
        if style.contacts == "department":
            contact = Contact(contact.unit, contact.telephone)
        parts = (contact.unit, contact.role, contact.person)
        name = " ".join(" ".join(map(visible, parts)).split())
        telephone = " ".join(visible(contact.telephone).split())
        if name:
            yield f"{name}({telephone})" if telephone else name
