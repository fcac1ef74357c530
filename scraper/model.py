"""The nouns, in pipeline order.

    announce -> fetch -> parse -> (fetch -> extract) -> normalize -> judge -> render
    Entry       Page     RawRelease    Document        Release   Release|Held  Post

All times are aware and in KST (UTC+9; Korea has no summer time). All text is ``str``
in NFC once it is in a :class:`Release`; before that it is as the source wrote it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Literal

#: Korean Standard Time; fixed, no daylight saving.
KST = timezone(timedelta(hours=9), "KST")


# --- announce ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask a site for: a path below the configured address, maybe a form."""

    path: str
    #: Fields of a POST form, in order; empty means GET.
    form: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One announcement on a listing."""

    #: Name of the source module: ``press_release``.
    source: str
    #: The site's only identity of a release; digits.
    news_id: str
    #: Path and query of its page on the site, made from the id alone.
    path: str
    title: str
    #: First characters of the text; cut, may end in ``...``; empty if none.
    lead: str
    #: Ministry as printed; empty if none.
    ministry: str
    #: Day the listing gives, in KST.
    listed_on: date


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a listing; ``entries`` empty means *proven* empty."""

    entries: tuple[Entry, ...]
    #: Total the page states for the whole query; ``None`` if it states none.
    total: int | None


# --- fetch ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server says to tell one version of a page or file from the next."""

    etag: str = ""
    last_modified: str = ""

    def __bool__(self) -> bool:
        """Tell whether it said anything."""
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True)
class Page:
    """One HTML page the site sent."""

    url: str
    #: Decoded without a single replacement character.
    text: str
    #: The bytes as sent, after content encoding is undone; for the archive.
    body: bytes
    #: The ``Content-Type`` header; needed to decode ``body`` again.
    content_type: str
    fetched_at: datetime
    validators: Validators = Validators()
    #: ``body`` as the zlib stream it came in, for the archive; empty if in none.
    packed: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Download:
    """The bytes of one attachment, whatever they turn out to be."""

    url: str
    body: bytes
    fetched_at: datetime
    validators: Validators = Validators()


@dataclass(frozen=True, slots=True)
class Reply:
    """What an API answered, whatever its status."""

    #: Without the key.
    url: str
    status: int
    #: Without the key too, should the API have sent it back.
    body: bytes
    fetched_at: datetime


# --- parse ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file offered on a release's page."""

    file_id: str
    name: str
    #: What the site calls it (``한글파일``, ``PDF파일``, …); it lies at times.
    kind: str
    #: Path and query of the download on the site.
    path: str


@dataclass(frozen=True, slots=True)
class Use:
    """What the operator does with the texts; the defaults are the stricter answers."""

    #: The site earns money, by advertisements for instance (``use.commercial``).
    commercial: bool = True
    #: Texts are rendered in a shape of our own (``use.changes``).
    changes: bool = True


@dataclass(frozen=True, slots=True)
class LicenseMarks:
    """What a release's source says of its license, each as printed, in order.

    The first three are of the page's own license block; all empty means that the page
    has none.
    """

    #: Digits found in the image names (``open_type_01.png`` gives ``1``).
    images: tuple[str, ...] = ()
    #: The images' alternative texts.
    alts: tuple[str, ...] = ()
    #: The sentences beside and below the images.
    sentences: tuple[str, ...] = ()
    #: What the Open API prints as ``KoglType``, blank included; () where it has no say.
    kogl_type: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawRelease:
    """A release as its page states it, nothing interpreted."""

    entry: Entry
    title: str
    subtitles: tuple[str, ...]
    #: Time of publication, aware, KST, to the second.
    published_at: datetime
    #: Ministry as printed; empty if the page names none.
    ministry: str
    #: Longest description the page or the listing has; empty if none.
    lead: str
    attachments: tuple[Attachment, ...]
    #: The page's own body as HTML when it holds more than the reprint remark, else "".
    body_html: str
    license_marks: LicenseMarks
    #: Until when the source itself withholds it, aware, KST; ``None`` if it does not.
    embargo_until: datetime | None = None
    #: How often the source says it was changed, and when last; 0 and ``None`` where
    #: it does not say.
    revision: int = 0
    modified_at: datetime | None = None
    #: What about these statements a person should know.
    warnings: tuple[str, ...] = ()
    #: The body's markup was written by a parser: no browser would rearrange it.
    body_is_sound: bool = field(default=False, compare=False, repr=False)


# --- extract ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the source; ``level`` 1 is the highest inside a text."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Plain text; ``\\n`` inside is a hard line break."""

    text: str


@dataclass(frozen=True, slots=True)
class ListItem:
    """A line that starts with a bullet glyph, which stays in ``text``."""

    text: str
    #: 1 for □, 2 for ㅇ ○ ◦, 3 for -.
    level: int = 1


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote-like line (``*``, ``※``, ``†``), its mark kept in ``text``."""

    text: str


@dataclass(frozen=True, slots=True)
class Caption:
    """Caption or credit of a picture, table or equation; or an author's remark."""

    text: str
    #: What it belongs to; a picture's caption goes with the picture. ``memo``: a remark
    #: in the margin of a manuscript (메모), no part of what is published.
    of: Literal["image", "table", "other", "memo"] = "other"


@dataclass(frozen=True, slots=True)
class PageBreak:
    """A new page in the source; carries no text."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table, at its first row and column (from 0)."""

    row: int
    column: int
    blocks: "tuple[Block, ...]"
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table as its cells in row-major order; cells may hold tables."""

    cells: tuple[Cell, ...]


Block = Heading | Paragraph | ListItem | Note | Caption | PageBreak | Table


@dataclass(frozen=True, slots=True)
class Document:
    """The full text of one document in source order, nothing moved or dropped."""

    #: ``hwpx``, ``hwp``, ``pdf``, ``html``, or ``converted`` by another program.
    kind: str
    blocks: tuple[Block, ...]
    #: Things a reader should know (unknown glyphs, pictures left out), for people.
    warnings: tuple[str, ...] = ()
    #: The beginning of the text as the author's program kept it beside the document,
    #: to hold ``blocks`` against; "" if there is none.
    preview: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask about a release."""

    #: Department or office, as printed.
    unit: str
    telephone: str = ""
    #: ``책임자``, ``담당자`` …, as printed.
    role: str = ""
    #: A person's name and rank as printed; left out unless the operator wants it.
    person: str = ""


@dataclass(frozen=True, slots=True)
class Removed:
    """A block that is not in the body, and why."""

    #: ``letterhead``, ``banner``, ``embargo``, ``title``, ``contacts``, ``end mark``,
    #: ``image``, ``caption``, ``notice`` …
    reason: str
    block: Block


@dataclass(frozen=True, slots=True)
class Layout:
    """A document taken apart into the parts of a press release.

    ``body`` and the blocks of ``removed`` together are the whole document.
    """

    body: tuple[Block, ...]
    #: 보도시점 and what follows it, as printed; "" if the document states none.
    embargo: str = ""
    title: str = ""
    subtitles: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    removed: tuple[Removed, ...] = ()
    #: Blocks of ``body`` that repeat the report a rebuttal denies.
    claims: tuple[Block, ...] = ()


# --- normalize and judge ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ministry:
    """Who issued a release (부처)."""

    #: As the release prints it; what readers are shown.
    printed: str
    #: The site's code (``A00005``); "" if the name is unknown.
    code: str
    #: Today's name for that code; equals ``printed`` if unknown.
    name: str


@dataclass(frozen=True, slots=True)
class Availability:
    """When a release may be shown; never before it is published."""

    at: datetime
    #: The embargo (보도시점) as printed, "" if none is stated.
    stated: str = ""
    #: What of it was not understood, "" if everything was.
    note: str = ""


@dataclass(frozen=True, slots=True)
class License:
    """A 공공누리 (KOGL) license and what must be said under a post."""

    #: 0 to 4.
    type: int
    #: The notice, whole, as one paragraph.
    notice: str
    #: The credit, without markup.
    credit: str

    @property
    def id(self) -> str:
        """Return the short name that stands in front matter."""
        return f"KOGL-{self.type}"

    @property
    def name(self) -> str:
        """Return the name readers know."""
        return f"공공누리 제{self.type}유형"


#: How a release differs from what it was, the lightest first: only blanks and markup;
#: ministry, times, license, attachments; only digits; words.
Change = Literal["cosmetic", "metadata", "numbers", "text"]


@dataclass(frozen=True, slots=True)
class Correction:
    """One change of a published post that its source made necessary."""

    #: When we saw it, aware.
    at: datetime
    change: Change


@dataclass(frozen=True, slots=True)
class History:
    """What became of a post after it was first published, and what it belongs to."""

    #: 1 for the first text, then one more with every change; it never goes back.
    revision: int = 1
    corrections: tuple[Correction, ...] = ()
    #: Since when we know that the site has it no more; ``None`` while it has.
    withdrawn_at: datetime | None = None
    #: Since when its license no longer allows what we do; its text stays as it was.
    restricted_at: datetime | None = None
    #: Id of the release that this one corrects by its title; "" for none.
    corrects: str = ""
    #: Ids of releases of other ministries with the same title, out before this one.
    same_title_as: tuple[str, ...] = ()

    @property
    def modified_at(self) -> datetime | None:
        """Return when the post was last changed for its source; ``None``: never."""
        times = [correction.at for correction in self.corrections]
        times += filter(None, (self.withdrawn_at, self.restricted_at))
        return max(times, default=None)


@dataclass(frozen=True, slots=True)
class Release:
    """A press release (보도자료) we understand."""

    source: str
    news_id: str
    #: Address readers are sent to; on the public site whatever address we fetch from.
    canonical_url: str
    title: str
    subtitles: tuple[str, ...]
    lead: str
    published_at: datetime
    #: Never before ``published_at``; later when an embargo (보도시점) says so.
    available_at: datetime
    #: The embargo as printed, "" if none is stated.
    embargo: str
    ministry: Ministry
    contacts: tuple[Contact, ...]
    body: tuple[Block, ...]
    removed: tuple[Removed, ...]
    attachments: tuple[Attachment, ...]
    license_marks: LicenseMarks
    #: Where the text is from: ``page``, an attachment's file id, or "" (no text).
    text_from: str
    #: Why there is no text, when ``text_from`` is "".
    no_text_because: str
    #: sha256 over what the source states; changes only when the source does.
    source_hash: str
    warnings: tuple[str, ...]
    #: It denies a report of others (사실은 이렇습니다), and repeats it first.
    rebuttal: bool = False
    #: Blocks of ``body`` that repeat that report: never news, never an excerpt.
    claims: tuple[Block, ...] = ()
    #: What is no part of its source: corrections, withdrawal, what it is linked to.
    history: History = History()


@dataclass(frozen=True, slots=True)
class Held:
    """A release that is not published, and why."""

    news_id: str
    #: Stable code: ``license``, ``embargo``, ``edited``, ``quarantine`` ….
    code: str
    #: One line for people.
    reason: str
    #: When it may be published by itself; ``None`` if time alone does not help.
    until: datetime | None = None


# --- render, publish, remember ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Post:
    """One file of the news repository."""

    news_id: str
    #: Below the news repository, with ``/``; ASCII.
    path: str
    #: The whole file; UTF-8 when written, ends in exactly one newline.
    text: str
    title: str
    #: Ministry as printed, for grouping; "" if unknown.
    ministry: str = ""
    #: Why a post that stands already is written again; "" for any other.
    because: Literal["", "correction", "withdrawal"] = ""


#: Start of the reason for a post that stays because a person edited it.
EDITED = "edited by hand"
#: Start of the reason for a post that stays out because a person declined it.
DECLINED = "refused: "


@dataclass(frozen=True, slots=True)
class Survey:
    """What a news target holds."""

    #: Names the state of the target (a commit id); "" if the target has none.
    tip: str
    #: Path of each post by news id: all of them, or those that came since a tip.
    paths: Mapping[str, str]
    #: True when ``paths`` is all there is.
    complete: bool
    #: True when the target's history no longer holds a tip we knew.
    rewritten: bool = False
    #: Ids a person declined, with the reason; they are not to be offered again.
    refused: Mapping[str, str] = field(default_factory=dict)
    #: Posts that stood at that tip and were lost, or set back, with its history, by
    #: news id; what a person deleted in the ordinary way is not among them. ``None``:
    #: lost, but nobody can tell which. Whoever asked remembers them before the next
    #: ``publish``.
    lost: Mapping[str, str] | None = field(default_factory=dict)
    #: Unless complete: posts that a person deleted since that tip, by news id.
    gone: Mapping[str, str] = field(default_factory=dict)
    #: Addresses of the open pull requests.
    pulls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a publisher did with a batch; every post of it is in exactly one part."""

    #: Ids now in the target as asked, written by this call.
    written: tuple[str, ...]
    #: Ids whose post was there already, byte for byte.
    unchanged: tuple[str, ...]
    #: Ids not written, with the reason (a person edited the post).
    refused: Mapping[str, str]
    #: As :attr:`Survey.tip`, after the call.
    tip: str
