"""What happens to the site in sixty days: by a seed, and in the order of its days."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from tests.replica import Fault, Site, make_site
from tests.replica.blocks import Para
from tests.replica.dice import Dice
from tests.replica.release import Release, Slot
from tests.replica.world import DAY, KST
from tests.sixty_days import Days

#: The days; 추석 of 2025 had a whole week of holidays, from 개천절 to 한글날.
FIRST, LAST = date(2025, 9, 15), date(2025, 11, 13)
HOLIDAYS = [date(2025, 10, 3) + n * DAY for n in range(7)]
START = datetime(2025, 9, 15, 6, 0, tzinfo=KST)
END = datetime(2025, 11, 13, 23, 50, tzinfo=KST)
HOUR = timedelta(hours=1)

#: Ways of the site's own pages; the Open API is another server.
PAGES = ("robots", "list", "detail", "download")


@dataclass(frozen=True, slots=True)
class Phase:
    """Some days in which something is wrong, or nothing is."""

    title: str
    since: datetime
    until: datetime
    #: The faults of the site meanwhile; ``None``: nobody answers.
    faults: tuple[Fault, ...] | None = ()
    #: Calls the Open API takes a day meanwhile; 0 is no limit.
    quota: int = 0
    #: Alarms that must be told of it.
    alarms: tuple[str, ...] = ()

    def holds(self, at: datetime) -> bool:
        return self.since <= at < self.until


def _at(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2025, month, day, hour, tzinfo=KST)


PHASES = (
    Phase("ordinary days", START, _at(9, 22, 10)),
    Phase(
        "an outage of three days",
        _at(9, 22, 10),
        _at(9, 25, 10),
        None,
        alarms=("unreachable:site",),
    ),
    Phase("back again", _at(9, 25, 10), _at(9, 29, 9)),
    Phase(
        "a new layout of listings",
        _at(9, 29, 9),
        _at(9, 30, 4),
        (Fault(fault="layout-change", on="list"),),
        alarms=("layout:press_release:listing", "layout:policy_news:listing"),
    ),
    Phase("the layout is back", _at(9, 30, 4), _at(10, 1, 5)),
    Phase(
        "every page is the Error page",
        _at(10, 1, 5),
        _at(10, 1, 20),
        (Fault(fault="error-page", on="detail"),),
    ),
    Phase("well again", _at(10, 1, 20), _at(10, 3)),
    Phase("추석, a week of holidays", _at(10, 3), _at(10, 10)),
    Phase("ordinary days", _at(10, 10), _at(10, 14, 8)),
    Phase(
        "the site refuses us",
        _at(10, 14, 8),
        _at(10, 15, 6),
        tuple(Fault(fault="status", status=403, on=on) for on in PAGES),
        alarms=("blocked:site",),
    ),
    Phase("it lets us in again", _at(10, 15, 6), _at(10, 20, 8)),
    Phase(
        "a new layout of pages",
        _at(10, 20, 8),
        _at(10, 21, 8),
        (Fault(fault="malformed", on="detail"),),
        alarms=("layout:press_release:pages",),
    ),
    Phase("the layout is back", _at(10, 21, 8), _at(10, 27)),
    Phase(
        "the Open API's calls are spent",
        _at(10, 27),
        _at(10, 28),
        quota=8,
        alarms=("quota:open_api",),
    ),
    Phase("ordinary days", _at(10, 28), END),
)


def phase_at(at: datetime) -> Phase:
    """Return what goes on at a time."""
    return next((phase for phase in PHASES if phase.holds(at)), PHASES[-1])


def is_well(at: datetime) -> bool:
    """Tell whether the site answers as it should."""
    return phase_at(at).faults == ()


@dataclass(frozen=True, slots=True)
class Change:
    """What was changed of a release, and when."""

    at: datetime
    kind: str
    #: What its post must say once the change was seen.
    says: str


@dataclass(slots=True)
class Story:
    """What was done to releases, by id; the rest is as the site was made."""

    site: Site
    dice: Dice
    changes: dict[str, Change] = field(default_factory=dict)
    withdrawn: dict[str, datetime] = field(default_factory=dict)
    #: Put up late: since when they are shown.
    late: dict[str, datetime] = field(default_factory=dict)
    #: New releases that correct another by their title.
    corrects: dict[str, str] = field(default_factory=dict)

    # --- what is there ---

    def slots(self) -> Iterator[Slot]:
        """Yield all press releases there ever are."""
        for number in range(self.site.world.releases):
            yield self.site.world.slot(number)

    def appears_at(self, slot: Slot) -> datetime:
        return self.late.get(slot.news_id, slot.appears_at)

    def _plain(self, slot: Slot) -> bool:
        """Tell whether a release has a license, a text, and no embargo."""
        truth = self.site.expected(slot.news_id)
        free = truth.embargo.case in ("now", "none", "past")
        return free and truth.license_type in (0, 1) and truth.content == "hwpx"

    def _known_at(self, now: datetime, most: timedelta) -> list[Slot]:
        """Return plain releases that were there for a day, and nothing happened to."""
        touched = {*self.changes, *self.withdrawn, *self.late, *self.corrects}
        touched |= {*self.corrects.values()}
        found = [
            slot
            for slot in self.slots()
            if DAY < now - self.appears_at(slot) < most
            and slot.news_id not in touched
            and is_well(self.appears_at(slot) + HOUR)
        ]
        return [slot for slot in found if self._plain(slot)]

    # --- what happens ---

    def begin(self, days: Days) -> None:
        """Have everything happen at its time."""
        for phase in PHASES[1:]:
            days.clock.at(phase.since, lambda phase=phase: self._turn(days, phase))
        self._put_off()
        self._pair()
        every: tuple[tuple[int, int, Callable[[datetime], None]], ...] = (
            (1, 10, self._correct_silently),
            (4, 11, self._correct_openly),
            (6, 14, self._withdraw),
        )
        for step, hour, what in every:
            for n in range(3, (LAST - FIRST).days - 3, step):
                at = datetime.combine(FIRST + n * DAY, datetime.min.time(), KST)
                at += hour * HOUR
                if is_well(at):
                    days.clock.at(at, lambda what=what, at=at: what(at))

    def _turn(self, days: Days, phase: Phase) -> None:
        if phase.faults is None:
            days.down()
        elif days.is_down:
            days.up()
        self.site.faults.set(phase.faults or ())
        self.site.api.quota = phase.quota

    def _put_off(self) -> None:
        """Put up one in twelve late: by 2 to 30 days."""
        for slot in self.slots():
            at = slot.published_at + self.dice.between(48, 30 * 24) * HOUR
            if self.dice.chance(8) and at < END - DAY:
                self.late[slot.news_id] = at
                self.site.put_off(slot.news_id, at)

    def _pair(self) -> None:
        """Give some new releases the title of an older one, marked as corrected."""
        plain = [slot for slot in self.slots() if self._plain(slot)]
        for n, slot in enumerate(plain):
            if slot.news_id in self.late or not self.dice.chance(5):
                continue
            for other in plain[max(0, n - 40) : n]:
                near = DAY < slot.published_at - other.published_at < 10 * DAY
                if near and other.ministry == slot.ministry and self._is_free(other):
                    title = f"(수정) {self.site.expected(other.news_id).title}"
                    self.corrects[slot.news_id] = other.news_id
                    self.site.correct(slot.news_id, title=title)
                    break

    def _is_free(self, slot: Slot) -> bool:
        taken = {*self.corrects, *self.corrects.values(), *self.late}
        return slot.news_id not in taken

    def _correct_silently(self, at: datetime) -> None:
        if not (known := self._known_at(at, 12 * DAY)):
            return
        news_id = self.dice.pick(known).news_id
        says = f"이 문장은 {at:%m%d}에 소리 없이 더해졌다."
        self.site.change(news_id, lambda release: _with_text(release, says))
        self.changes[news_id] = Change(at, "silent", says)

    def _correct_openly(self, at: datetime) -> None:
        if not (known := self._known_at(at, 6 * DAY)):
            return
        news_id = self.dice.pick(known).news_id
        title = f"(수정) {self.site.expected(news_id).title}"
        self.site.correct(news_id, title=title, new_file=True)
        self.changes[news_id] = Change(at, "marked", title)

    def _withdraw(self, at: datetime) -> None:
        if known := self._known_at(at, 10 * DAY):
            news_id = self.dice.pick(known).news_id
            self.site.withdraw(news_id)
            self.withdrawn[news_id] = at


def _with_text(release: Release, more: str) -> Release:
    """Return a release with one more paragraph after its first."""
    first, *rest = release.body
    return replace(release, body=(first, Para(more), *rest))


def make(*, releases: int, articles: int, seed: int = 60) -> tuple[Site, Story]:
    """Return the site of the sixty days, and its story."""
    site = make_site(
        seed=seed,
        days=f"{FIRST}..{LAST}",
        releases=releases,
        articles=articles,
        sections="policy",
        api_key="sixty",
        quiet_days=HOLIDAYS,
        now=START,
    )
    return site, Story(site, Dice(seed, "story"))
