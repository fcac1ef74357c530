"""Which text a release has: its page's own, else the best attachment's, else none."""

import hashlib
import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from scraper.body import read_body
from scraper.documents import READERS
from scraper.documents.gates import doubt
from scraper.documents.structure import structure
from scraper.errors import DocumentError, MissingError, OversizeError
from scraper.model import Attachment, Block, Document, Download, RawRelease, Table
from scraper.sources.special_pages import is_error_page

#: Files that are looked into for one release, at most.
MOST_TRIED = 3

#: Names of appendices: they start so and are not the release itself.
APPENDIX = re.compile(r"^[\s\[(<【]*(?:붙임|별첨|참고|첨부)")

#: Best text first. Source: 106 HWPX, 172 HWP and 115 PDF files of releases read by us.
#: The last are read only by a converter of the operator's, if there is one.
BY_EXTENSION = {".hwpx": 0, ".hwp": 1, ".pdf": 2, ".hml": 3, ".odt": 3, ".docx": 3}

#: For file names without one of those extensions, by what the site calls the file.
BY_KIND = {"한글파일": ".hwp", "PDF파일": ".pdf"}

#: Letters at the start of a document in which its title must be found.
HEAD_LETTERS = 1_500

#: Least share of the title's letter pairs in that head. Lower means another document.
LEAST_TITLE = 0.4


@dataclass(frozen=True, slots=True)
class Reading:
    """The text found, or why there is none."""

    document: Document | None
    #: ``page``, a file id, or "" when there is no text.
    text_from: str
    no_text_because: str
    #: sha256 of what the choice of the text rests on, by file id.
    file_digests: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    #: Every attachment that was read, whether it has the text or not: its head may
    #: state an embargo.
    opened: tuple[Document, ...] = ()


#: Reads a document, as :func:`scraper.documents.extract` does.
Extract = Callable[[bytes], Document]


@dataclass(slots=True)
class _Tries:
    """What was done with the files of one release."""

    download: Callable[[Attachment], Download]
    extract: Extract
    #: Digests of files that are its text whatever its title.
    trusted: Container[str]
    digests: dict[str, str] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    opened: list[Document] = field(default_factory=list)
    #: A file that is a document at all was among those tried.
    document_seen: bool = False


def read_text(
    raw: RawRelease,
    download: Callable[[Attachment], Download],
    extract: Extract,
    trusted: Container[str] = (),
) -> Reading:
    """Return the release's text.

    Args:
        raw: The release as its page states it.
        download: Fetches one attachment.
        extract: Reads one document.
        trusted: Digests (sha256) of files that were this release's text before: its
            title may have been corrected, and the document not.

    Raises:
        FetchError: an attachment could not be had now; the next run may.
    """
    tries = _Tries(download, extract, trusted)
    document, file_id = _read_attachment(raw, tries)
    if raw.body_html:
        own = Document("html", page_blocks(raw))
        return Reading(own, "page", "", tries.digests, opened=tuple(tries.opened))
    if document is None:
        because = "; ".join(tries.reasons) or "the release has no readable attachment"
        return Reading(None, "", because, tries.digests, opened=tuple(tries.opened))
    warnings = (*tries.reasons, *document.warnings)
    opened = tuple(tries.opened)
    return Reading(document, file_id, "", tries.digests, warnings, opened)


def page_blocks(raw: RawRelease) -> tuple[Block, ...]:
    """Return the blocks of the page's own body; empty if it has none."""
    if not raw.body_html:
        return ()
    return structure(read_body(raw.body_html, sound=raw.body_is_sound))


def _read_attachment(raw: RawRelease, tries: _Tries) -> tuple[Document | None, str]:
    """Return the best attachment that can be read, and its id."""
    for attachment in candidates(raw.attachments)[:MOST_TRIED]:
        if tries.document_seen and _extension(attachment)[1:] not in READERS:
            continue
        document = _try(attachment, raw.title, tries)
        if document is not None:
            return document, attachment.file_id
    return None, ""


def candidates(attachments: Sequence[Attachment]) -> list[Attachment]:
    """Return the files that may hold the text, the likeliest first."""
    documents = [file for file in attachments if _extension(file) in BY_EXTENSION]
    return sorted(
        documents,
        key=lambda file: (
            bool(APPENDIX.match(file.name)),
            BY_EXTENSION[_extension(file)],
        ),
    )


def title_share(title: str, blocks: Sequence[Block]) -> float:
    """Return how much of the title stands at the start of the text, 0 to 1."""
    wanted = _letters(title)
    head = _letters(" ".join(_texts(blocks)))[:HEAD_LETTERS]
    pairs = {wanted[n : n + 2] for n in range(len(wanted) - 1)}
    if not pairs:
        return 1.0
    return sum(pair in head for pair in pairs) / len(pairs)


def _try(attachment: Attachment, title: str, tries: _Tries) -> Document | None:
    """Return the document if it is this release's text; else note why not.

    Digests are kept up to the first file that is a document by its bytes: what we can
    read today or tomorrow does not change what the source said.
    """
    counted = not tries.document_seen
    try:
        body = tries.download(attachment).body
    except (MissingError, OversizeError) as error:
        tries.reasons.append(f"{attachment.name}: {error.reason}")
        return None
    digest = hashlib.sha256(body).hexdigest()
    if counted:
        tries.digests[attachment.file_id] = digest
    if is_error_page(body):
        tries.reasons.append(f"{attachment.name}: the site sent its error page instead")
        return None
    try:
        document = tries.extract(body)
    except DocumentError as error:
        tries.document_seen |= error.status not in ("empty", "html", "unknown")
        tries.reasons.append(f"{attachment.name}: {error.reason}")
        return None
    tries.document_seen = True
    tries.opened.append(document)
    wrong = doubt(document)
    known = digest in tries.trusted
    if not (wrong or known) and title_share(title, document.blocks) < LEAST_TITLE:
        wrong = "it does not hold the title"
    if wrong:
        tries.reasons.append(f"{attachment.name}: {wrong}")
        return None
    return document


def _extension(attachment: Attachment) -> str:
    """Return the name's extension; for a name without one, its kind's."""
    extension = PurePosixPath(attachment.name.strip()).suffix.lower()
    return extension if extension in BY_EXTENSION else BY_KIND.get(attachment.kind, "")


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _texts(blocks: Sequence[Block]) -> list[str]:
    texts = []
    for block in blocks:
        if isinstance(block, Table):
            for cell in block.cells:
                texts += _texts(cell.blocks)
        else:
            texts.append(getattr(block, "text", ""))
    return texts
