"""Attachment bytes -> text blocks: chooses the reader by the first bytes.

File names and the kind a page prints lie at times; the bytes do not. A reader is a
function ``bytes -> Document`` that knows one format; the lines it finds become list
items, notes and headings in :func:`structure`, the same for every format.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module

from scraper.documents.gates import worries
from scraper.documents.structure import structure
from scraper.errors import DocumentError
from scraper.model import Document

#: Changes when the same bytes may give other blocks than before.
EXTRACTOR_VERSION = "4"

#: Readers by kind, as module and function; a kind without one is refused with its own
#: status. They are loaded when needed: the fewer a process holds, the cheaper it forks.
READERS: Mapping[str, tuple[str, str]] = {
    "hwpx": ("scraper.documents.hwpx", "read_hwpx"),
    "hwp": ("scraper.documents.hwp", "read_hwp"),
    "pdf": ("scraper.documents.pdf", "read_pdf"),
}

#: The first bytes of each kind, after blanks and a byte order mark for HTML.
_MAGIC = {
    "hwpx": (b"PK\x03\x04", b"PK\x05\x06"),
    "hwp": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",),
    "hwp3": (b"HWP Document File",),
    "pdf": (b"%PDF",),
    # Two products that seal files of any kind: Softcamp's and Fasoo's.
    "drm": (b"SCDSA00", b"\x9b DRMONE"),
}
#: What a zip of Microsoft's office programs begins with.
_OFFICE = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"customXml/")
_HTML = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<meta", b"<!--")

_REASONS = {
    "empty": "the file is empty",
    "html": "the file is a web page, not a document",
    "hwp3": "documents of Hangul 3 and before cannot be read",
    "hwpml": "HWPML documents cannot be read",
    "odt": "OpenDocument texts (ODT) cannot be read",
    "docx": "Word documents (DOCX) cannot be read",
    "drm": "the document is sealed by DRM",
    "unknown": "the file is no document we know",
}


def extract(data: bytes) -> Document:
    """Return the whole text of a document, in source order.

    Raises:
        DocumentError: its ``status`` says why there is no text; a document without
            any text is ``empty``, never a silent success.
    """
    kind = sniff(data)
    reader = load(kind)
    if reader is None:
        raise DocumentError(kind, _REASONS[kind])
    document = reader(data)
    blocks = structure(document.blocks)
    if not blocks:
        raise DocumentError("empty", "the document holds no text")
    whole = replace(document, blocks=blocks)
    return replace(whole, warnings=(*document.warnings, *worries(whole)))


def load(kind: str) -> Callable[[bytes], Document] | None:
    """Return the reader of a kind, ready to use; ``None`` if there is none."""
    if kind not in READERS:
        return None
    module, name = READERS[kind]
    reader: Callable[[bytes], Document] = getattr(import_module(module), name)
    return reader


def sniff(data: bytes) -> str:
    """Name the kind of a file by its first bytes: a status of DocumentError or a kind.

    >>> sniff(b"%PDF-1.7"), sniff(b" <!DOCTYPE html>"), sniff(b"")
    ('pdf', 'html', 'empty')
    """
    if not data:
        return "empty"
    for kind, starts in _MAGIC.items():
        if data.startswith(starts):
            return _zipped(data) if kind == "hwpx" else kind
    head = data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(b"<?xml"):
        named = (kind for kind in ("hwpml", "html") if b"<" + kind.encode() in head)
        return next(named, "unknown")
    return "html" if head.startswith(_HTML) else "unknown"


def _zipped(data: bytes) -> str:
    """Tell kinds of zip apart by what stands first; ``hwpx`` if in doubt."""
    first = data[30:120]
    if first.startswith(b"mimetypeapplication/vnd.oasis.opendocument.text"):
        return "odt"
    if first.startswith(_OFFICE) and b"word/document.xml" in data:
        return "docx"
    return "hwpx"
