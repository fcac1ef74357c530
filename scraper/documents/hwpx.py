"""HWPX (KS X 6101, Hancom's zipped XML) -> blocks, in the order of the XML."""

import re

from scraper.documents.numbering import Numbering, read_numbering
from scraper.documents.package import Package, elements, parse_xml, top_elements
from scraper.documents.paragraphs import Reader
from scraper.errors import DocumentError
from scraper.model import Block, Document

_SECTION = re.compile(r"(?:.*/)?section(\d{1,6})\.xml", re.IGNORECASE)
_NUMBERED = re.compile(rb"type\s*=\s*[\"'](?:NUMBER|BULLET)\b")
#: What numbers and bullets need; the rest only so that its memory is freed.
_STYLES = ("paraPr", "numbering", "bullet", "charPr", "borderFill", "style")
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
    reader = Reader(_numbering(package))
    blocks: list[Block] = []
    for name in names:
        for element in top_elements(package.read(name), name):
            blocks += reader.blocks([element])
    return Document("hwpx", tuple(blocks), reader.warnings(), _preview(package))


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


def _numbering(package: Package) -> Numbering:
    """Return the numbering; most headers have none and need no parsing."""
    header = package.read(_HEADER) if _HEADER in package else b""
    if not _NUMBERED.search(header):
        return Numbering()
    return read_numbering(elements(header, _HEADER, *_STYLES))
