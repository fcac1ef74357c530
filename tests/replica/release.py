"""A made-up release with everything the site and its documents say about it."""

from dataclasses import dataclass
from datetime import date, datetime

from tests.replica.blocks import Block, Para, texts
from tests.replica.ministries import Ministry


@dataclass(frozen=True, slots=True)
class Slot:
    """What is known of a release without writing its text."""

    #: Place in the order of making, from 0.
    number: int
    news_id: str
    ministry: Ministry
    #: KST; the listing shows its day.
    published_at: datetime
    #: When the site first shows it; later than ``published_at`` for a few.
    appears_at: datetime


@dataclass(frozen=True, slots=True)
class File:
    """An attachment; ``content`` is what its bytes really are."""

    file_id: str
    name: str
    #: ``hwpx``, ``hwp``, ``pdf``, ``error page``, ``empty``.
    content: str
    #: The release's own document, not an appendix to it.
    main: bool = True


@dataclass(frozen=True, slots=True)
class Embargo:
    """When the release may be shown, and how it says so."""

    #: The card dealt: ``now``, ``past``, ``none``, ``head``, ``both``, ``file``,
    #: ``title``, ``unreadable``.
    case: str
    #: 보도시점 as the document's head prints it; "" if it has no such line.
    printed: str
    #: Earliest time to show it; ``None`` where reading it is a matter of policy.
    available_at: datetime | None


@dataclass(frozen=True, slots=True)
class Person:
    """A line of the contact table."""

    unit: str
    role: str
    rank: str
    name: str
    telephone: str


@dataclass(frozen=True, slots=True)
class Release:
    """A release, whole."""

    slot: Slot
    #: As it should read, no entities.
    title: str
    #: Title as the document prints it: without ``[보도자료]`` and the like.
    document_title: str
    subtitles: tuple[str, ...]
    lead: str
    #: Card of the license: ``1`` … ``4``, ``0``, ``old form``, or an unclear case.
    license: str
    embargo: Embargo
    people: tuple[Person, ...]
    #: Letterhead, 보도시점, title box.
    head: tuple[Block, ...]
    body: tuple[Block, ...]
    #: Contact table, then 붙임 pages.
    tail: tuple[Block, ...]
    #: How the page shows the body: "" (viewer only), ``divs``, ``breaks``, ``bare``.
    page_body: str
    #: What a page's own body holds besides: a paragraph on licensing, whom to ask.
    page_extra: tuple[Para, ...]
    files: tuple[File, ...]
    #: How often the page escapes its titles: 1 is right.
    escapes: int
    #: The listing's date form: ``2026.11.24`` if true, else ``2026-11-24``.
    dotted: bool

    @property
    def document(self) -> tuple[Block, ...]:
        """Return all blocks of the document in reading order."""
        return self.head + self.body + self.tail

    @property
    def on_page(self) -> tuple[Block, ...]:
        """Return the blocks a page's own body shows."""
        return self.body + self.page_extra


#: What a careful reader makes of each license card; unclear is ``None``.
LICENSE_TYPE: dict[str, int | None] = {
    "0": 0, "1": 1, "old form": 1, "2": 2, "3": 3, "4": 4,
    "image differs": None, "sentence differs": None, "missing": None,
    "elsewhere only": None, "body differs": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expected:
    """What the code under test must find out about a release, word for word."""

    news_id: str
    title: str
    document_title: str
    subtitles: tuple[str, ...]
    published_at: datetime
    listed_on: date
    ministry_code: str
    ministry: str
    lead: str
    license: str
    license_type: int | None
    embargo: Embargo
    people: tuple[Person, ...]
    #: Where the text is: ``page``, a file id, or "" when no file can be read.
    text_from: str
    #: What that file really is; "" without one.
    content: str
    #: Each paragraph of the body in order, runs of spaces made one.
    body: tuple[str, ...]
    #: Each paragraph of the whole document in order, letterhead to end; of a page's
    #: own body, all that stands before the reprint remark.
    full: tuple[str, ...]
    #: Each paragraph of the release's own document, whether it can be read or not.
    #: A footnote follows its paragraph, without its number.
    document: tuple[str, ...]
    attachments: tuple[str, ...]
    #: Text that must never be in a post: side bars, bait, picture comments.
    bait: tuple[str, ...]


def expected(release: Release) -> Expected:
    """Return the truth about a release."""
    slot = release.slot
    file = next((f for f in release.files if f.main and f.content == "hwpx"), None)
    others = [f for f in release.files if f.main and f.content in ("hwp", "pdf")]
    file = file or (others[0] if others else None)
    whole = release.on_page if release.page_body else release.document
    return Expected(
        news_id=slot.news_id,
        title=release.title,
        document_title=release.document_title,
        subtitles=release.subtitles,
        published_at=slot.published_at,
        listed_on=slot.published_at.date(),
        ministry_code=slot.ministry.code,
        ministry=slot.ministry.name,
        lead=release.lead,
        license=release.license,
        license_type=LICENSE_TYPE[release.license],
        embargo=release.embargo,
        people=release.people,
        text_from="page" if release.page_body else file.file_id if file else "",
        content="html" if release.page_body else file.content if file else "",
        body=tuple(texts(release.body)),
        full=tuple(texts(whole)),
        document=tuple(texts(release.document)),
        attachments=tuple(f.name for f in release.files),
        bait=BAIT,
    )


#: Sentences of side bars and menus, and of machines: never a release's words.
BAIT = (
    "실시간 인기뉴스",
    "이 누리집은 대한민국 공식 전자정부 누리집입니다.",
    "정책브리핑 게시물 운영원칙",
    "그림입니다.",
    "옆줄에 놓인 미끼 기사",
)
