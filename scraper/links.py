"""What a release belongs to, found among those published before it.

Only the later one carries a link: the earlier one's source did not change.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from scraper.changes import (
    CORRECTED_WITHIN,
    TWINS_WITHIN,
    is_marked,
    is_near,
    title_digest,
)
from scraper.followed import Followed, next_check
from scraper.ministries import find_ministry
from scraper.model import KST, Entry, History, Release
from scraper.state import State

#: What releases of one kind have in common: the kind, its value and the section.
_Group = tuple[str, str, str]


class Links:
    """Finds twins and what is corrected, in the state and in the run under way."""

    def __init__(self, state: State) -> None:
        self._state = state
        #: Ready in this run; not all of them are remembered yet.
        self._fresh: dict[str, Followed] = {}
        #: The same by what they are looked up by, or each would be held against all.
        self._groups: defaultdict[_Group, dict[str, Followed]] = defaultdict(dict)

    def of(self, release: Release) -> History:
        """Return the history of a release that is published for the first time."""
        one = start(release, release.available_at)
        self._note(one)
        return History(
            corrects=self._corrected(release, one),
            same_title_as=tuple(sorted(self._twins(one), key=int)),
        )

    def _corrected(self, release: Release, one: Followed) -> str:
        """Return the id of the newest release that this one's title corrects."""
        if release.rebuttal or not is_marked(release.title) or not one.ministry:
            return ""
        first = one.day - timedelta(days=CORRECTED_WITHIN)
        held = self._state.of_ministry(one.ministry, one.source, first, one.day)
        near = [
            other
            for other in self._with_fresh(held, _by_ministry(one))
            if other.news_id != one.news_id
            and (other.ministry, other.source) == (one.ministry, one.source)
            and first <= other.day <= one.day
            and is_near(other.title, one.title)
        ]
        newest = max(
            near, key=lambda other: (other.day, int(other.news_id)), default=None
        )
        return newest.news_id if newest else ""

    def _twins(self, one: Followed) -> Iterator[str]:
        """Yield the ids of other ministries' releases with the same title."""
        if not one.digest:
            return
        days = timedelta(days=TWINS_WITHIN)
        first, last = one.day - days, one.day + days
        held = self._state.twins(one.digest, one.source, first, last)
        for other in self._with_fresh(held, _by_digest(one)):
            if (
                (other.digest, other.source) == (one.digest, one.source)
                and other.ministry != one.ministry
                and first <= other.day <= last
            ):
                yield other.news_id

    def _note(self, one: Followed) -> None:
        """Keep a release that is ready, in place of what was kept of it before."""
        before = self._fresh.get(one.news_id)
        if before is not None:
            for group in (_by_ministry(before), _by_digest(before)):
                self._groups[group].pop(one.news_id, None)
        self._fresh[one.news_id] = one
        for group in (_by_ministry(one), _by_digest(one)):
            self._groups[group][one.news_id] = one

    def _with_fresh(self, held: Iterable[Followed], group: _Group) -> list[Followed]:
        """Return a group: what is held of it, but for what this run has read anew."""
        old = [one for one in held if one.news_id not in self._fresh]
        return [*old, *self._groups[group].values()]


def _by_ministry(one: Followed) -> _Group:
    return "ministry", one.ministry, one.source


def _by_digest(one: Followed) -> _Group:
    return "digest", one.digest, one.source


def start(release: Release, now: datetime) -> Followed:
    """Return how a release is followed that is published now."""
    ministry = release.ministry
    return Followed(
        news_id=release.news_id,
        source=release.source,
        ministry=ministry.code or ministry.printed,
        title=release.title,
        digest=title_digest(release.title),
        day=release.published_at.astimezone(KST).date(),
        first_at=now,
        due_at=next_check(now, now),
        hashes={way_of(release): release.source_hash},
        history=release.history,
    )


def found(entry: Entry, first_at: datetime, now: datetime) -> Followed:
    """Return how a release is followed that was published by somebody, some time."""
    ministry = find_ministry(entry.ministry, entry.listed_on)
    return Followed(
        news_id=entry.news_id,
        source=entry.source,
        ministry=ministry.code or ministry.printed,
        title=entry.title,
        digest=title_digest(entry.title),
        day=entry.listed_on,
        first_at=first_at,
        due_at=next_check(first_at, now),
    )


def delivered(release: Release, known: Followed | None, now: datetime) -> Followed:
    """Return how a release is followed once the news target shows it."""
    fresh = start(release, now)
    if known is None:
        return fresh
    return replace(
        known,
        ministry=fresh.ministry,
        title=fresh.title,
        digest=fresh.digest,
        hashes={**known.hashes, **fresh.hashes},
        history=release.history,
    )


def way_of(release: Release) -> str:
    """Name the way a release was read; its digest means something within that alone.

    The Open API prints a ``KoglType`` always, if only a blank; a page shows marks.
    """
    marks = release.license_marks
    if not marks.kogl_type:
        return "page"
    shown = marks.images or marks.alts or marks.sentences
    return "item and page" if shown else "item"
