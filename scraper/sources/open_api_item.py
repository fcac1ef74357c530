"""One item of the Open API: its XML -> what it states of a release."""

import copy
import html
import re
from datetime import datetime, time, timedelta
from urllib.parse import urlsplit

from lxml import etree

from scraper.errors import ParseError
from scraper.model import KST, Attachment, Entry, LicenseMarks, Page, RawRelease
from scraper.notices import is_reprint_remark
from scraper.sources.article_page import CLOCK_SKEW, FIRST_YEAR
from scraper.sources.markup import (
    MAX_NESTING,
    may_be_deep,
    nesting,
    news_id_in,
    one_line,
)
from scraper.text import clean, unescape

#: The content type of an item's page in the archive.
ITEM = "application/xml"

#: Hosts of the site; addresses on others are not ours to follow.
HOSTS = frozenset({"www.korea.kr", "korea.kr", "m.korea.kr"})

#: Characters, blanks aside, beyond which a body is neither blank nor a mere remark.
FEW = 2_000

#: Korean syllables beyond which it is neither either, and the characters of a body,
#: tags among them, that mostly have so many: the site's remark has 60 and a name's.
FEW_SYLLABLES, GLANCE = 200, 5_000

#: Fields that are read into nothing and kept nowhere: they name a person.
PERSONAL = ("ApproverName",)

_STAMP = re.compile(
    r"([0-9]{2})/([0-9]{2})/([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2})"
)
_BREAK = re.compile(r"<br\s*/?>", re.I)
_TAG = re.compile(r"</?(?:b|i|u|em|strong|span|font|p|div|sup|sub|a)\b[^<>]*>", re.I)
_MARKUP = re.compile(r"<[^<>]*>")
_SYLLABLE = re.compile("[가-힣]")
_FILE_ID = re.compile(r"[?&]fileId=([0-9]{1,12})(?![0-9])")
_TABLE_KEY = re.compile(r"[?&]tblKey=([A-Za-z0-9_]{1,20})(?![A-Za-z0-9_])")


def parse_item(page: Page, entry: Entry) -> RawRelease:
    """Return what an item states, nothing interpreted.

    Raises :class:`ParseError` for XML that is no item, for another release's, and for
    one without title or time.
    """
    item = _root(page)
    news_id = field(item, "NewsItemId") or news_id_in(field(item, "OriginalUrl"))
    if news_id != entry.news_id:
        raise ParseError(page.url, f"item {news_id[:20]!r}, asked for {entry.news_id}")
    title = one_line(plain(field(item, "Title")))
    if not title:
        raise ParseError(page.url, "an item without a title")
    published_at = read_published_at(item, page.url, page.fetched_at)
    embargo_until, unread = _embargo(field(item, "EmbargoDate"), published_at)
    attachments, foreign = _attachments(item, page.url)
    return RawRelease(
        entry=entry,
        title=title,
        subtitles=_subtitles(item),
        published_at=published_at,
        ministry=one_line(field(item, "MinisterCode")),
        lead=entry.lead,
        attachments=attachments,
        body_html=_body(item, page.url),
        license_marks=LicenseMarks(kogl_type=_fields(item, "KoglType") or ("",)),
        embargo_until=embargo_until,
        revision=read_revision(item),
        modified_at=_moment(field(item, "ModifyDate")),
        warnings=(*unread, *foreign),
    )


def canonical_xml(item: etree._Element) -> bytes:
    """Return the item alone: the same bytes whatever the answer around it was.

    Fields that name a person are left out.
    """
    alone = copy.deepcopy(item)
    alone.tail = None
    for name in PERSONAL:
        for node in list(alone.iter(name)):
            parent = node.getparent()
            if parent is not None:
                parent.remove(node)
    for node in alone.iter():
        text, tail = node.text, node.tail
        # A body is long: it is written back only where something is to go.
        if text is not None and (stripped := text.strip()) != text:
            node.text = stripped or None
        if tail is not None and not tail.strip():
            node.tail = None
    written: bytes = etree.tostring(alone, encoding="utf-8", xml_declaration=True)
    return written


def field(item: etree._Element, name: str) -> str:
    """Return a field's text without blanks around it; "" if there is none."""
    return next(iter(_fields(item, name)), "")


def plain(text: str) -> str:
    """Return a title as a page would show it: without the editor's tags, unescaped.

    What only looks like a tag stays.
    """
    return unescape(_TAG.sub("", _BREAK.sub(" ", text)))


def read_published_at(item: etree._Element, url: str, fetched_at: datetime) -> datetime:
    """Return ``ApproveDate``: KST, to the second.

    Raises :class:`ParseError` unless it is a time between the site's first year and
    the visit; the slot 00:00:00 of the next day is one.
    """
    printed = field(item, "ApproveDate")
    moment = _moment(printed)
    if moment is None:
        raise ParseError(url, f"an item's ApproveDate is {printed[:40]!r}")
    if moment.year < FIRST_YEAR or moment > fetched_at + CLOCK_SKEW:
        raise ParseError(url, f"an item approved at {moment}, which cannot be")
    return moment


def read_revision(item: etree._Element) -> int:
    """Return ``ModifyId``, which counts an item's changes; 0 if it is no number."""
    printed = field(item, "ModifyId")
    return int(printed) if re.fullmatch(r"[0-9]{1,9}", printed) else 0


def is_ours(address: str, answered_by: str) -> bool:
    """Tell whether an address is on the site, or where the answer came from."""
    try:
        host, there = urlsplit(address).hostname, urlsplit(answered_by).hostname
    except ValueError:
        return False
    return host is not None and (host in HOSTS or host == there)


# --- inside -----------------------------------------------------------------------


def _root(page: Page) -> etree._Element:
    if b"<!DOCTYPE" in page.body or b"<!ENTITY" in page.body:
        raise ParseError(page.url, "an item with a document type of its own")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, huge_tree=False
    )
    try:
        root = etree.fromstring(page.body, parser)
    except etree.XMLSyntaxError as error:
        said = " ".join((error.msg or "empty").split())
        raise ParseError(page.url, f"malformed item ({said[:120]})") from error
    if root.tag != "NewsItem":
        raise ParseError(page.url, f"no item, but {str(root.tag)[:40]!r}")
    return root


def _fields(item: etree._Element, name: str) -> tuple[str, ...]:
    """Return the texts of a field that may stand several times."""
    return tuple((node.text or "").strip() for node in item.iter(name))


def _moment(printed: str) -> datetime | None:
    """Return ``MM/DD/YYYY HH:MM:SS`` in KST; ``None`` if it is no such time."""
    found = _STAMP.fullmatch(printed)
    if found is None:
        return None
    month, day, year, hour, minute, second = map(int, found.groups())
    midnight = (hour, minute, second) == (24, 0, 0)
    try:
        moment = datetime(
            year, month, day, 0 if midnight else hour, minute, second, tzinfo=KST
        )
    except ValueError:
        return None
    return moment + timedelta(days=midnight)


def _embargo(
    printed: str, published_at: datetime
) -> tuple[datetime | None, tuple[str, ...]]:
    """Return until when the item is withheld, and what of that was not understood.

    One that cannot be read holds through the day of publication.
    """
    if not printed:
        return None, ()
    moment = _moment(printed)
    if moment is not None:
        return moment, ()
    day = published_at.date()
    midnight = datetime.combine(day + timedelta(days=1), time(), KST)
    return midnight, (
        f"EmbargoDate {printed[:40]!r} not understood: held through {day}",
    )


def _subtitles(item: etree._Element) -> tuple[str, ...]:
    printed = [field(item, f"SubTitle{place}") for place in (1, 2, 3)]
    parts = [one_line(plain(part)) for text in printed for part in _BREAK.split(text)]
    return tuple(part for part in parts if part)


def _body(item: etree._Element, url: str) -> str:
    """Return the body as HTML, its license paragraph included; "" without words."""
    contents = field(item, "DataContents")
    if field(item, "ContentsType").upper() == "T":
        lines = (html.escape(line, quote=False) for line in contents.split("\n"))
        contents = "\n".join(f"<p>{line}</p>" for line in lines)
    if may_be_deep(contents) and (depth := nesting(contents)) > MAX_NESTING:
        raise ParseError(url, f"elements nested {depth} deep")
    # Up to the end of a tag, a beginning prints what the whole does.
    beginning = contents[: contents.rfind(">", 0, GLANCE) + 1]
    if len(_SYLLABLE.findall(_MARKUP.sub("", beginning))) > FEW_SYLLABLES:
        return contents
    printed = _MARKUP.sub(" ", contents)
    if len("".join(printed.split())) > FEW:
        return contents
    words = clean(printed)
    return "" if not words or is_reprint_remark(words) else contents


def _attachments(
    item: etree._Element, url: str
) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    """Return the files on the site, and a warning for each that is not.

    The path is made of the file's id alone: an address is never taken as it stands.
    """
    names, addresses = _fields(item, "FileName"), _fields(item, "FileUrl")
    names += ("",) * (len(addresses) - len(names))
    files: dict[str, Attachment] = {}
    foreign: list[str] = []
    for name, address in zip(names, addresses, strict=False):
        found = _FILE_ID.search(address)
        if not address:
            continue
        if found is None or not is_ours(address, url):
            foreign.append(f"a file that is not on the site: {clean(name)[:80]!r}")
            continue
        key = _TABLE_KEY.search(address)
        path = (
            f"/common/download.do?fileId={found[1]}&tblKey={key[1] if key else 'GMN'}"
        )
        shown = one_line(name) or found[1]
        files.setdefault(found[1], Attachment(found[1], shown, "", path))
    return tuple(files.values()), tuple(foreign)
