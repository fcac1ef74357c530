"""HWP 5 (Hancom's binary format) -> blocks, in reading order."""

import re
import zlib
from dataclasses import dataclass

from scraper.documents.cfb import Container
from scraper.documents.distribution import decrypt
from scraper.documents.hwp_paragraphs import Reader
from scraper.documents.hwp_styles import read_numbering, section_count
from scraper.documents.lines import Tally
from scraper.documents.records import MAX_RECORDS, Records, number, read_records
from scraper.errors import DocumentError
from scraper.model import Block, Document, PageBreak, Paragraph

#: Largest of each seen in 172 real documents: a section of 4 MB, 34 times its size.
MAX_PART_BYTES = 64_000_000
MAX_TOTAL_BYTES = 128_000_000
MAX_RATIO = 200
#: Below this a stream may inflate by any factor: it costs nothing.
RATIO_FREE_BYTES = 8_000_000

_HEADER = "FileHeader"
_SIGNATURE = b"HWP Document File"
_STYLES = "DocInfo"
_PREVIEW = "PrvText"
#: Bytes; the program keeps 2,044.
_LONGEST_PREVIEW = 20_000
_SECTION = re.compile(r"(BodyText|ViewText)/Section(\d{1,6})")

# Flags of the file header.
_COMPRESSED = 1 << 0
_DISTRIBUTION = 1 << 2
_LOCKS = {
    1 << 1: "the document is protected by a password",
    1 << 8: "the document is encrypted with a certificate",
}
_RIGHTS = 1 << 4 | 1 << 10
#: What programs that do not know distribution documents are given instead of the text.
_STAND_IN = "상위 버전의 배포용 문서입니다"
_LONGEST_STAND_IN = 300


def read_hwp(data: bytes) -> Document:
    """Return the document in ``data``, its lines not yet told apart.

    Raises:
        DocumentError: ``unknown`` (another kind of compound file, or of HWP),
            ``broken``, ``encrypted``, ``drm`` or ``too_large``.
    """
    streams = _Streams(Container(data))
    styles = streams.records(_STYLES)
    sections = streams.sections()
    if len(sections) < section_count(styles):
        raise DocumentError("broken", "a section of the document is missing")
    numbering = read_numbering(styles)
    tally = Tally()
    blocks: list[Block] = []
    for name in sections:
        records = streams.records(name)
        blocks += Reader(records, numbering, tally).blocks(records.roots())
    if _is_stand_in(blocks):
        raise DocumentError("encrypted", "a distribution document without its text")
    return Document("hwp", tuple(blocks), tally.warnings(), streams.preview())


@dataclass(slots=True)
class _Streams:
    """The streams of a document; counts what has been read of them."""

    container: Container
    flags: int = 0
    bytes_read: int = 0
    records_read: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be read at all."""
        if _HEADER not in self.container:
            raise DocumentError("unknown", "a compound file, but no HWP document")
        header = self.container.read(_HEADER)
        if not header.startswith(_SIGNATURE):
            raise DocumentError("unknown", "a compound file, but no HWP document")
        if (major := number(header, 35, 1)) != 5:
            raise DocumentError("unknown", f"HWP of the unknown version {major}")
        self.flags = number(header, 36, 4)
        for flag, reason in _LOCKS.items():
            if self.flags & flag:
                raise DocumentError("encrypted", reason)
        if self.flags & _RIGHTS:
            raise DocumentError("drm", "the document is under rights management (DRM)")

    def sections(self) -> list[str]:
        """Return the streams that hold the text, in order."""
        folder = "ViewText" if self.flags & _DISTRIBUTION else "BodyText"
        found = sorted(
            (int(match[2]), name)
            for name in self.container.names
            if (match := _SECTION.fullmatch(name)) and match[1] == folder
        )
        if not found:
            raise DocumentError("broken", "the document has no sections")
        return [name for _, name in found]

    def preview(self) -> str:
        """Return the beginning of the text as the author's program kept it.

        It is "" if there is none or it is damaged: the text itself may still be whole.
        """
        if _PREVIEW not in self.container:
            return ""
        try:
            kept = self.container.read(_PREVIEW)[:_LONGEST_PREVIEW]
        except DocumentError:
            return ""
        return kept.decode("utf-16-le", "replace").strip("\0")

    def records(self, name: str) -> Records:
        """Return the records of a stream, which is deciphered and inflated."""
        if name not in self.container:
            raise DocumentError("broken", f"the document has no {name}")
        data = self.container.read(name)
        if name.startswith("ViewText"):
            data = decrypt(data)
        if self.flags & _COMPRESSED:
            data = _inflate(data, name)
        self.bytes_read += len(data)
        if len(data) > MAX_PART_BYTES or self.bytes_read > MAX_TOTAL_BYTES:
            raise DocumentError("too_large", f"{name} is too large")
        records = read_records(data, MAX_RECORDS - self.records_read)
        self.records_read += len(records)
        return records


def _inflate(data: bytes, name: str) -> bytes:
    """Return ``data`` inflated; more than we accept or less than all is an error."""
    free = max(RATIO_FREE_BYTES, len(data) * MAX_RATIO)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        found = inflater.decompress(data, min(free, MAX_PART_BYTES) + 1)
    except zlib.error as error:
        raise DocumentError("broken", f"{name} is damaged: {error}") from error
    if len(found) > min(free, MAX_PART_BYTES):
        raise DocumentError("too_large", f"{name} inflates too far")
    if not inflater.eof:
        raise DocumentError("broken", f"{name} is cut off")
    return found


def _is_stand_in(blocks: list[Block]) -> bool:
    texts = [block for block in blocks if not isinstance(block, PageBreak)]
    match texts:
        case [Paragraph(text)]:
            return _STAND_IN in text and len(text) < _LONGEST_STAND_IN
    return False
