"""``scrape status --html``: the same on one page that needs nothing else."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from scraper import accounts
from scraper.accounts import FATES, DayCount
from scraper.cli.status import Status, changes
from scraper.model import KST
from scraper.state import State

#: How far back the page reaches.
REACH = timedelta(days=365)

#: Days of the table below the calendar, and releases of each list.
MOST_DAYS = 31
MOST_LISTED = 200
MOST_MINISTRIES = 30

#: Upper bounds of delays, in hours, and their names.
DELAYS = ((1, "within 1 hour"), (6, "6 hours"), (24, "1 day"), (168, "7 days"))

#: Announced releases from which a day is coloured one step darker.
STEPS = (1, 20, 50, 100)

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Square:
    """One day of the calendar."""

    day: date
    #: ``gap``, ``failed``, ``left``, ``unread``, or ``step0`` to ``step4``.
    look: str
    #: What it says to those who do not see colours.
    says: str
    count: DayCount


@dataclass(frozen=True, slots=True)
class Month:
    """One month of it: weeks from Monday, ``None`` where another month is."""

    name: str
    weeks: tuple[tuple[Square | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A number with its share of the largest, in percent."""

    name: str
    count: int
    percent: int
    #: What it is made of.
    parts: Mapping[str, int]


def status_page(status: Status, state: State, now: datetime, public_url: str) -> str:
    """Return the page, as HTML.

    Args:
        status: What it is about.
        state: Where the rest is.
        now: Aware; the page reaches a year back from it.
        public_url: Scheme and host that links lead to.
    """
    today = now.astimezone(KST).date()
    since = today - REACH
    counts = accounts.count_by_day(state, since)
    squares = _squares(status, state, counts, since, today)
    hours = accounts.delays(state, since)
    env = Environment(autoescape=True, undefined=StrictUndefined)
    env.filters["minute"] = _minute
    template = files("scraper.cli").joinpath("status.html").read_text("utf-8")
    return env.from_string(template).render(
        status=status,
        changes=changes(status),
        months=[*_months(squares)],
        weekdays=WEEKDAYS,
        fates=FATES,
        days=squares[::-1][:MOST_DAYS],
        ministries=_ministries(accounts.count_by_ministry(state, since)),
        delays=_delays(hours),
        median=_spoken(accounts.share(hours, 0.5)) if hours else "",
        slowest=_spoken(accounts.share(hours, 0.95)) if hours else "",
        failed=accounts.waiting(state, "failed", most=MOST_LISTED),
        held=accounts.waiting(state, "held", most=MOST_LISTED),
        held_in_all=sum(status.held.values()),
        link=_linker(public_url),
    )


def _squares(
    status: Status,
    state: State,
    counts: Mapping[date, DayCount],
    since: date,
    today: date,
) -> list[Square]:
    """Return every day from the first one known to the last."""
    gaps: dict[date, list[str]] = {}
    read: set[date] = set()
    for source in status.sources:
        if source.configured:
            for day, one in state.days_read(source.name, since).items():
                read.add(day)
                if not one.whole:
                    gaps.setdefault(day, []).append(source.name)
    first = min((*counts, *read), default=today)
    days = (first + timedelta(days=n) for n in range((today - first).days + 1))
    return [
        _square(day, counts.get(day) or DayCount(day), gaps.get(day, ()), day in read)
        for day in days
        if day < today or day in counts
    ]


def _square(day: date, count: DayCount, gaps: Sequence[str], read: bool) -> Square:
    if gaps:
        look, says = "gap", f"gap: not read whole ({', '.join(gaps)})"
    elif count.fates.get("failed"):
        look, says = "failed", "failed releases"
    elif count.fates.get("left"):
        look, says = "left", "releases not looked into yet"
    elif not read and not count.announced:
        look, says = "unread", "not read"
    else:
        step = sum(count.announced >= least for least in STEPS)
        look, says = f"step{step}", "complete" if read else "under way"
    numbers = [f"{n} {fate}" for fate in FATES if (n := count.fates.get(fate, 0))]
    if count.announced:
        says += f": {count.announced} announced, {', '.join(numbers)}"
    elif look == "step0":
        says += ": nothing announced"
    return Square(day, look, says, count)


def _months(squares: Sequence[Square]) -> Iterator[Month]:
    """Yield the months, newest first."""
    by_month: dict[tuple[int, int], dict[int, Square]] = {}
    for square in squares:
        of_month = by_month.setdefault((square.day.year, square.day.month), {})
        of_month[square.day.day] = square
    for (year, month), days in sorted(by_month.items(), reverse=True):
        first = date(year, month, 1)
        length = ((first + timedelta(days=31)).replace(day=1) - first).days
        cells: list[Square | None] = [None] * first.weekday()
        cells += [days.get(number + 1) for number in range(length)]
        cells += [None] * (-len(cells) % 7)
        weeks = (tuple(cells[n : n + 7]) for n in range(0, len(cells), 7))
        yield Month(f"{first:%Y-%m}", tuple(week for week in weeks if any(week)))


def _ministries(counted: Mapping[str, Mapping[str, int]]) -> list[Bar]:
    most = max((sum(one.values()) for one in counted.values()), default=1)
    bars = []
    for name, parts in [*counted.items()][:MOST_MINISTRIES]:
        count = sum(parts.values())
        bars.append(Bar(name or "(none)", count, round(100 * count / most), parts))
    return bars


def _delays(hours: Sequence[float]) -> list[Bar]:
    """Return how many came within each bound and not within the one before."""
    bars, before = [], 0
    for bound, name in (*DELAYS, (float("inf"), "later")):
        count = sum(one <= bound for one in hours) - before
        before += count
        bars.append(Bar(name, count, round(100 * count / max(1, len(hours))), {}))
    return bars


def _spoken(hours: float) -> str:
    """Say a delay in words.

    >>> _spoken(0.5), _spoken(30.0), _spoken(80.0)
    ('30 minutes', '30 hours', '3 days')
    """
    if hours < 1:
        return f"{max(0, round(hours * 60))} minutes"
    return f"{round(hours)} hours" if hours < 48 else f"{round(hours / 24)} days"


def _linker(public_url: str) -> Callable[[str], str]:
    """Return what makes an address of a page's path; "" of anything else."""

    def link(path: str) -> str:
        ours = path.startswith("/") and not path.startswith("//")
        return public_url + path if ours else ""

    return link


def _minute(moment: str) -> str:
    """Return a time to the minute, in Korea; a day as it is; a dash for none."""
    if "T" not in moment:
        return moment or "–"
    return f"{datetime.fromisoformat(moment).astimezone(KST):%Y-%m-%d %H:%M}"
