"""A made-up article of policy news, whole."""

from dataclasses import dataclass
from datetime import datetime

from tests.replica.article_blocks import Node
from tests.replica.release import Slot
from tests.replica.sections import Section


@dataclass(frozen=True, slots=True)
class Rebuttal:
    """The two parts of a 사실은 이렇습니다: what was reported, what is so."""

    #: Its heading as printed: ``[보도 내용]``, ``◆ 보도 내용``, ….
    claim_head: str
    claim: tuple[Node, ...]
    answer_head: str
    answer: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Revision:
    """How often an article was changed, as the Open API tells it."""

    #: ``ContentsStatus``: ``I`` new, ``U`` changed.
    status: str
    modify_id: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Article:
    """An article, whole."""

    slot: Slot
    section: Section
    #: As it should read, no entities.
    title: str
    subtitles: tuple[str, ...]
    #: The Open API gives each subtitle its own field; else one with ``<br>``.
    subtitle_fields: bool
    lead: str
    body: tuple[Node, ...]
    rebuttal: Rebuttal | None
    #: Card of the license, see :data:`tests.replica.article_kogl.CARDS`.
    license: str
    #: Which wording of the notice the body ends with; see ``notices``.
    notice: int
    #: The page's body ends with the notice too (the API's always does).
    notice_on_page: bool
    #: How the body is marked up: see ``article_html``.
    style: str
    #: How it is broken: "" or a name of ``article_html.DAMAGES``.
    damage: str
    #: How often titles and body text are escaped: 1 is right.
    escapes: int
    body_escapes: int
    #: The listing's date form: ``2026.11.24`` if true.
    dotted: bool
    #: Names of the oddities it has, sorted.
    quirks: tuple[str, ...]
    #: Unit and telephone of each 문의 line.
    contacts: tuple[tuple[str, str], ...]
    revision: Revision
    #: The page and the API name a ministry.
    has_ministry: bool = True
    #: Time before which the API asks not to show it; ``None`` for nearly all.
    embargo_at: datetime | None = None
    #: KB the body's markup has at least.
    weight: int = 0

    @property
    def ministry(self) -> str:
        """Return the ministry's printed name; "" if the article names none."""
        return self.slot.ministry.name if self.has_ministry else ""
