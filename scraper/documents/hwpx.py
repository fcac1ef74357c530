"""HWPX (KS X 6101, Hancom's zipped XML) -> blocks, in the order of the XML."""

import re

from scraper.documents.numbering import Numbering, read_numbering
from scraper.documents.package import Package, elements, parse_xml, top_elements
from scraper.documents.paragraphs import Reader
from scraper.errors import DocumentError
from scraper.model import Block, Document

_SECTION = re.compile(r"(?:.*/)?section(\d{1,6})\.xml", re.IGNORECASE)
_NUMBERED = re.compile(rb"type\s*=\s*[\"'](?:NUMBER|BULLET)\b")
#: Both begin with letters: the search for those is much faster.
_STYLE = re.compile(rb"paraPr(?<=[<:]paraPr)(?=[\s>])")
_STYLE_ID = re.compile(rb'[^<>]*?\sid="([^"<>]*)"')
_STYLE_USED = re.compile(rb'paraPrIDRef="([^"<>]*)"')
#: What numbers and bullets need, and the bulk of the rest of a header.
_STYLES = ("paraPr", "numbering", "bullet")
_BULK = ("charPr", "borderFill", "style")
_CONTENT = "Contents/content.hpf"
_HEADER = "Contents/header.xml"
_MANIFEST = "META-INF/manifest.xml"
_PREVIEW = "Preview/PrvText.txt"

#: A preview has 1,023 letters at most; what is longer is none.
_PREVIEW_LETTERS = 4_000


def read_hwpx(data: bytes) -> Document:
    """Return the document in ``data``, its lines not yet told apart.

    Raises:
        DocumentError: ``unknown`` (another kind of zip), ``broken``, ``encrypted`` or
            ``too_large``.
    """
    package = Package(data)
    names = _section_names(package)
    if not names:
        raise DocumentError("unknown", "a zip, but no HWPX document")
    if _MANIFEST in package and b"encryption-data" in package.read(_MANIFEST):
        raise DocumentError("encrypted", "the document is protected by a password")
    header = package.read(_HEADER) if _HEADER in package else b""
    reader = Reader(Numbering())
    blocks: list[Block] = []
    for name in names:
        section = package.read(name)
        if header and _is_numbered(section, header):
            reader.numbering = read_numbering(elements(header, _HEADER, _STYLES, _BULK))
            header = b""
        for element in top_elements(section, name):
            blocks += reader.blocks([element])
    return Document("hwpx", tuple(blocks), reader.tally.warnings(), _preview(package))


def _section_names(package: Package) -> list[str]:
    """Return the sections as the spine orders them, then any others by number."""
    numbered = {
        name: int(match[1])
        for name in package.names
        if (match := _SECTION.fullmatch(name))
    }
    if len(numbered) < 2:
        return list(numbered)
    spine = [name for name in _spine(package) if name in numbered]
    by_number = sorted(numbered, key=lambda name: (numbered[name], name))
    return list(dict.fromkeys(spine + by_number))


def _spine(package: Package) -> list[str]:
    """Return the parts of the document as its table of contents orders them."""
    if _CONTENT not in package:
        return []
    root = parse_xml(package.read(_CONTENT), _CONTENT)
    hrefs = {item.get("id"): item.get("href", "") for item in root.iter("{*}item")}
    wanted = [hrefs.get(ref.get("idref"), "") for ref in root.iter("{*}itemref")]
    return [name for href in wanted for name in (href, f"Contents/{href}")]


def _preview(package: Package) -> str:
    """Return what Hangul shows of the file before it is opened; "" if it is damaged."""
    if _PREVIEW not in package:
        return ""
    try:
        return package.read(_PREVIEW).decode("utf-8-sig", "replace")[:_PREVIEW_LETTERS]
    except DocumentError:
        return ""


def _is_numbered(section: bytes, header: bytes) -> bool:
    """Tell whether a paragraph may have a number or bullet of its style.

    Most have none, and then the header, often longer than the text, need not be parsed.
    In doubt the answer is yes.
    """
    if not _NUMBERED.search(header):
        return False
    numbered = set()
    for style in _STYLE.split(header)[1:]:
        if _NUMBERED.search(style):
            name = _STYLE_ID.match(style)
            numbered.add(name[1] if name else b"&")
    used = _STYLE_USED.findall(section)
    plain = len(used) == section.count(b"paraPrIDRef")
    escaped = any(b"&" in name for name in (*numbered, *used))
    return not numbered or not plain or escaped or not numbered.isdisjoint(used)
