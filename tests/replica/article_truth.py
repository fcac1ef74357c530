"""The truth about an article: what the code under test must find out."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tests.replica.article import Article
from tests.replica.article_blocks import lines, numbers, own_text, removed, tables
from tests.replica.article_kogl import judged
from tests.replica.blocks import Grid
from tests.replica.notices import notice_lines
from tests.replica.sections import Section


@dataclass(frozen=True, slots=True)
class ExpectedArticle:
    """What the code under test must find out about an article, word for word."""

    news_id: str
    #: Name of the section, see ``sections``; then as the site prints it.
    section: str
    label: str
    #: Path and query of its page.
    view: str
    title: str
    subtitles: tuple[str, ...]
    ministry: str
    ministry_code: str
    published_at: datetime
    listed_on: date
    #: The API's ``EmbargoDate``; ``None`` if blank. Pages do not show it.
    embargo_at: datetime | None
    grouping_code: str
    lead: str
    license: str
    #: The type a careful reader gets from the page alone, from the API alone, and
    #: from both (the stricter); ``None`` is unclear or unknown.
    license_by_page: int | None
    license_by_api: int | None
    license_type: int | None
    #: ``KoglType`` as the API writes it; "" is blank.
    kogl_type: str
    #: Why it must be held, by source: ``section``, ``license`` or "" for not at all.
    held_by_page: str
    held_by_api: str
    held: str
    #: Each line of text in reading order after all removals, runs of spaces made one.
    lines: tuple[str, ...]
    #: Own text of every table cell in order, lines joined by newlines.
    cells: tuple[str, ...]
    #: Rows and columns of every table in order.
    tables: tuple[tuple[int, int], ...]
    #: Every number of ``lines``, as written, in order.
    numbers: tuple[str, ...]
    contacts: tuple[tuple[str, str], ...]
    #: Lines of a rebuttal's two parts, headings left out; empty for others.
    claim: tuple[str, ...]
    answer: tuple[str, ...]
    #: Kind and text of what must not be in a post: ``alt``, ``caption``, ``noise``,
    #: ``notice``, ``credit``.
    removed: tuple[tuple[str, str], ...]
    quirks: tuple[str, ...]
    damage: str
    style: str
    status: str
    modify_id: int
    modified_at: datetime


def expected_article(article: Article) -> ExpectedArticle:
    """Return the truth about an article."""
    slot, section = article.slot, article.section
    whole = tuple(lines(article.body))
    grids = tuple(tables(article.body))
    rebuttal = article.rebuttal
    notice = notice_lines(article)
    return ExpectedArticle(
        news_id=slot.news_id,
        section=section.name,
        label=section.label,
        view=section.path(slot.news_id),
        title=article.title,
        subtitles=article.subtitles,
        ministry=article.ministry,
        ministry_code=slot.ministry.code if article.has_ministry else "",
        published_at=slot.published_at,
        listed_on=slot.published_at.date(),
        embargo_at=article.embargo_at,
        grouping_code=section.grouping,
        lead=article.lead,
        license=article.license,
        **_judgement(article),
        lines=whole,
        cells=tuple(own_text(cell.blocks) for grid in grids for cell in grid.cells),
        tables=tuple(map(_shape, grids)),
        numbers=tuple(numbers(whole)),
        contacts=article.contacts,
        claim=tuple(lines(rebuttal.claim)) if rebuttal else (),
        answer=tuple(lines(rebuttal.answer)) if rebuttal else (),
        removed=(*removed(article.body), *notice),
        quirks=article.quirks,
        damage=article.damage,
        style=article.style,
        status=article.revision.status,
        modify_id=article.revision.modify_id,
        modified_at=article.revision.modified_at,
    )


def _judgement(article: Article) -> dict[str, Any]:
    section, judgement = article.section, judged(article)
    return {
        "license_by_page": judgement.page,
        "license_by_api": judgement.api,
        "license_type": judgement.both,
        "kogl_type": judgement.kogl,
        "held_by_page": _held(section, judgement.page),
        "held_by_api": _held(section, judgement.api),
        "held": _held(section, judgement.both),
    }


def _held(section: Section, license_type: int | None) -> str:
    if not section.open:
        return "section"
    return "" if license_type in (0, 1) else "license"


def _shape(grid: Grid) -> tuple[int, int]:
    return grid.height, grid.width
