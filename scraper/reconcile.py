"""What the news target holds against what we remember of it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from scraper.errors import RefusedError
from scraper.model import Survey
from scraper.state import Row, State

#: Posts a rewritten history may lack before a person has to say that they come back,
#: where nobody can tell which of them it lost and which a person deleted.
MOST_RESTORED = 25

_DAY = re.compile(r"(?:^|/)([0-9]{4}-[0-9]{2}-[0-9]{2})-[^/]*$")


def reconcile(
    survey: Survey,
    state: State,
    *,
    scopes: Iterable[str],
    started: datetime,
    allow_restore: bool,
) -> list[str]:
    """See to posts that the state calls published and the target does not hold.

    Those that a rewritten history lost are due again; what a person deleted, or
    declined, is not. Return what an operator should know, a line each.

    Args:
        survey: All that the target holds.
        state: Ours; rows are changed in it.
        scopes: Names of what days are about.
        started: When what is lost is due again.
        allow_restore: A person said that many of them may come back.

    Raises:
        RefusedError: it holds none of them; it is another one, or not there. Or it
            lacks more than may come back unasked.
    """
    gone = [
        row
        for row in state.published_but(survey.paths)
        if row.news_id not in survey.refused
    ]
    if gone and not survey.paths and not allow_restore:
        raise RefusedError(
            f"the news target holds none of the {len(gone)} posts published to it;"
            " put it back, or move the state away to fill it anew"
        )
    lost = _lost(survey, gone, allow_restore=allow_restore)
    if not lost:
        return []
    rows = state.find(lost)
    ours = [row for row in rows.values() if row.page_path]
    state.settle(_due_again(row, started) for row in ours)
    others = {news_id: path for news_id, path in lost.items() if news_id not in rows}
    others |= {row.news_id: row.post_path for row in rows.values() if row not in ours}
    state.forget(
        [row for row in rows.values() if row not in ours],
        {scope: days_of(others.values()) for scope in scopes},
    )
    notes = [f"{len(lost)} posts were lost with a rewritten history: published again"]
    if others:
        notes.append(f"{len(others)} of them come with the next run: fetched elsewhere")
    return notes


def _lost(
    survey: Survey, gone: Iterable[Row], *, allow_restore: bool
) -> Mapping[str, str]:
    """Return the path of each post that was lost, by id."""
    if survey.lost is not None:
        return survey.lost
    lost = {row.news_id: row.post_path for row in gone}
    if len(lost) > MOST_RESTORED and not allow_restore:
        raise RefusedError(
            f"the news repository was rewritten and lacks {len(lost)} posts that were"
            " published; if they may come back, run again with --allow-restore"
        )
    return lost


def _due_again(row: Row, started: datetime) -> Row:
    because = "it was lost with a rewritten history of the news repository"
    return replace(
        row, status="failed", code="lost", reason=because, due_at=started.isoformat()
    )


def days_of(paths: Iterable[str]) -> set[str]:
    """Return the days that the names of posts bear, in ISO form."""
    return {found[1] for path in paths if (found := _DAY.search(path))}


def newest_day(paths: Iterable[str]) -> date | None:
    """Return the newest day that the name of a post bears; ``None`` if none does."""
    newest = max(days_of(paths), default="")
    try:
        return date.fromisoformat(newest) if newest else None
    except ValueError:
        return None
