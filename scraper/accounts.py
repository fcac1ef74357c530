"""What the state adds up to: for ``scrape status``, by questions over its indexes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import ceil
from typing import Literal

from scraper.coverage import Difference, differences
from scraper.state import State

#: What became of an announced release; ``left``: no run has got to it.
Fate = Literal["published", "held", "failed", "left"]
FATES: tuple[Fate, ...] = ("published", "held", "failed", "left")


@dataclass(frozen=True, slots=True)
class DaysRead:
    """The days of one scope, counted."""

    #: Closed days that a run read or set out to read.
    days: int = 0
    whole: int = 0
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A release that is held or failed, for a list."""

    news_id: str
    source: str
    status: str
    code: str
    reason: str
    title: str
    ministry: str
    page_path: str
    listed_on: str
    due_at: str
    settled_at: str
    failures: int


@dataclass(frozen=True, slots=True)
class DayCount:
    """What one day announced and what became of it, all scopes together."""

    day: date
    fates: Mapping[str, int] = field(default_factory=dict)

    @property
    def announced(self) -> int:
        """Return how many there are."""
        return sum(self.fates.values())


def count_days(state: State) -> dict[str, DaysRead]:
    """Return the days of every scope."""
    rows = state.select(
        "SELECT scope, count(*), sum(whole), min(day), max(day) FROM day"
        " WHERE target = ? GROUP BY scope",
        state.target,
    )
    return {scope: DaysRead(n, whole, a, b) for scope, n, whole, a, b in rows}


def count_announced(state: State) -> dict[str, tuple[int, int, int]]:
    """Return for every scope the ids it announced, those late, those gone again."""
    rows = state.select(
        "SELECT scope, count(*), sum(late), sum(gone_at != '') FROM announced"
        " WHERE target = ? GROUP BY scope",
        state.target,
    )
    return {scope: (n, late, gone) for scope, n, late, gone in rows}


def count_releases(state: State) -> dict[tuple[str, str, str], int]:
    """Return how many releases there are by section, status and code."""
    rows = state.select(
        "SELECT source, status, code, count(*) FROM release WHERE target = ?"
        " GROUP BY status, code, source",
        state.target,
    )
    return {(source, status, code): count for source, status, code, count in rows}


def newest_release(state: State, scope: str) -> tuple[str, str]:
    """Return time and title of the newest release a scope announced; "" for none."""
    rows = state.select(
        "SELECT r.published_at, r.title, r.listed_on FROM ("
        " SELECT target, news_id FROM announced WHERE target = ? AND scope = ?"
        " ORDER BY day DESC, news_id DESC LIMIT 100) a"
        " JOIN release r ON r.target = a.target AND r.news_id = a.news_id",
        state.target,
        scope,
    )
    newest = max(rows, key=lambda row: row[0] or row[2], default=("", "", ""))
    return newest[0] or newest[2], newest[1]


def gaps(state: State) -> dict[str, list[date]]:
    """Return the days of every scope that were not read whole, in order."""
    found: dict[str, list[date]] = {}
    for scope, day in state.select(
        "SELECT scope, day FROM day WHERE target = ? AND NOT whole ORDER BY scope, day",
        state.target,
    ):
        found.setdefault(scope, []).append(date.fromisoformat(day))
    return found


def compare(state: State, section: str, scope: str, api: str) -> list[Difference]:
    """Return what a section's listing and the Open API do not agree on.

    Args:
        state: What both announced.
        section: Its name.
        scope: Its listing, as the state knows it.
        api: The service of the Open API, likewise.
    """
    days = state.select(
        "SELECT a.day FROM day a JOIN day b USING (target, day)"
        " WHERE a.target = ? AND a.scope = ? AND b.scope = ? AND a.whole AND b.whole",
        state.target,
        scope,
        api,
    )
    return differences(
        _only(state, section, scope, api),
        _only(state, section, api, scope),
        {date.fromisoformat(day) for (day,) in days},
    )


def _only(
    state: State, section: str, here: str, there: str
) -> Iterator[tuple[date, str]]:
    """Yield days and ids of a section that one scope announced and another did not."""
    for day, news_id in state.select(
        "SELECT day, news_id FROM announced a WHERE target = ? AND scope = ?"
        " AND section = ? AND gone_at = '' AND NOT EXISTS (SELECT 1 FROM announced b"
        " WHERE b.target = a.target AND b.scope = ? AND b.day = a.day"
        " AND b.news_id = a.news_id AND b.gone_at = '')",
        state.target,
        here,
        section,
        there,
    ):
        yield date.fromisoformat(day), news_id


def waiting(
    state: State, status: str, code: str = "", most: int = 1_000
) -> list[Waiting]:
    """Return what is held or failed, newest id first; all codes where none is given."""
    names = ", ".join(Waiting.__dataclass_fields__)
    one = "AND code = ?" if code else "AND ? = ''"
    rows = state.select(
        f"SELECT {names} FROM release WHERE target = ? AND news_id IN ("  # noqa: S608
        " SELECT news_id FROM release INDEXED BY release_account"
        f" WHERE target = ? AND status = ? {one} ORDER BY news_id DESC LIMIT ?)"
        " ORDER BY news_id DESC",
        state.target,
        state.target,
        status,
        code,
        most,
    )
    return [Waiting(*row) for row in rows]


def count_overdue(state: State, before: datetime) -> int:
    """Return how many held releases were to be looked at before a time."""
    ((count,),) = state.select(
        "SELECT count(*) FROM release WHERE target = ? AND status = 'held'"
        " AND due_at != '' AND due_at < ?",
        state.target,
        before.isoformat(),
    )
    return int(count)


def count_by_day(state: State, since: date) -> dict[date, DayCount]:
    """Return what became of what each day announced; an id counts once."""
    counted: dict[date, dict[str, int]] = {}
    for day, status, count in state.select(
        "SELECT day, status, count(*) FROM (SELECT DISTINCT a.day AS day, a.news_id,"
        " coalesce(r.status, 'left') AS status FROM announced a LEFT JOIN release r"
        " ON r.target = a.target AND r.news_id = a.news_id"
        " WHERE a.target = ? AND a.day >= ?) GROUP BY day, status",
        state.target,
        since.isoformat(),
    ):
        counted.setdefault(date.fromisoformat(day), {})[status] = count
    return {day: DayCount(day, fates) for day, fates in sorted(counted.items())}


def count_by_ministry(state: State, since: date) -> dict[str, dict[str, int]]:
    """Return what became of the releases of each ministry, as printed, most first."""
    counted: dict[str, dict[str, int]] = {}
    for ministry, status, count in state.select(
        "SELECT ministry, status, count(*) FROM (SELECT DISTINCT a.news_id,"
        " r.ministry AS ministry, r.status AS status FROM announced a JOIN release r"
        " ON r.target = a.target AND r.news_id = a.news_id"
        " WHERE a.target = ? AND a.day >= ?) GROUP BY ministry, status",
        state.target,
        since.isoformat(),
    ):
        counted.setdefault(ministry, {})[status] = count
    most = sorted(counted.items(), key=lambda one: (-sum(one[1].values()), one[0]))
    return dict(most)


def delays(state: State, since: date) -> list[float]:
    """Return the hours from publication to our first delivery, shortest first."""
    rows = state.select(
        "SELECT DISTINCT a.news_id, r.published_at, r.first_published_at"
        " FROM announced a JOIN release r"
        " ON r.target = a.target AND r.news_id = a.news_id"
        " WHERE a.target = ? AND a.day >= ? AND r.first_published_at != ''"
        " AND r.published_at != ''",
        state.target,
        since.isoformat(),
    )
    return sorted(
        (datetime.fromisoformat(ours) - datetime.fromisoformat(theirs)).total_seconds()
        / 3600
        for _, theirs, ours in rows
    )


def announced_by(state: State, news_id: str, day: str) -> Iterator[str]:
    """Yield a line for every scope that announced a release for a day."""
    for scope, first_at, late, gone_at in state.select(
        "SELECT scope, first_at, late, gone_at FROM announced WHERE target = ?"
        " AND scope IN (SELECT DISTINCT scope FROM day WHERE target = ?)"
        " AND day = ? AND news_id = ? ORDER BY scope",
        state.target,
        state.target,
        day,
        news_id,
    ):
        said = f"{scope} for {day}"
        said += f", since {first_at}" if first_at else ""
        said += ", late" if late else ""
        yield said + (f", not listed since {gone_at}" if gone_at else "")


def share(values: Sequence[float], of: float) -> float:
    """Return the value that a share of sorted values does not exceed.

    >>> share([1.0, 2.0, 3.0, 4.0], 0.5)
    2.0
    """
    return values[max(0, ceil(len(values) * of) - 1)]
