"""A world of press releases: any day and any id on demand, none kept.

Only a number for each day is kept. Which releases a day lists, and what a release
says, is worked out from the seed when somebody asks; 100,000 releases cost nothing
until they are read.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache

from tests.replica.compose import FIRST_FILE, Cards, write
from tests.replica.dice import mix
from tests.replica.ministries import MINISTRIES, WEIGHTED, Ministry
from tests.replica.release import Release, Slot

KST = timezone(timedelta(hours=9), "KST")
#: Ids start here and leave gaps: release ``n`` has one of three ids.
FIRST_ID = 156_700_000
STRIDE = 3
#: Releases in 100 that are approved days after their neighbours by id.
LATE = 4
#: Releases in 100 that the site shows only days after the time they bear.
BACKDATED = 2
MAX_LAG = 9
DAY = timedelta(days=1)


class World:
    """Releases numbered from 0 in the order of their ids, spread over days."""

    def __init__(
        self,
        seed: int,
        first_day: date,
        last_day: date,
        releases: int,
        *,
        even: bool = False,
        quiet: Collection[date] = (),
    ) -> None:
        if last_day < first_day:
            raise ValueError(f"{last_day} is before {first_day}")
        self.seed = seed
        self.first_day = first_day
        self.last_day = last_day
        self.releases = releases
        # ``even``: weekends are as busy as other days. ``quiet``: days without any,
        # as holidays are; what is late may still come on one.
        self._starts = _starts(
            seed, first_day, last_day, releases, even=even, quiet=quiet
        )
        self._cards = Cards.shuffled(seed)
        #: How many releases have been written so far, repeats included.
        self.written = 0
        self.release = lru_cache(maxsize=256)(self._release)
        self.slots = lru_cache(maxsize=64)(self._slots)
        self._late = lru_cache(maxsize=64)(self._find_late)

    def days(self) -> Iterator[date]:
        """Yield the days of the world, oldest first."""
        day = self.first_day
        while day <= self.last_day:
            yield day
            day += DAY

    def number(self, news_id: str) -> int | None:
        """Return the place of an id in the world; ``None`` if there is no such id."""
        if not (news_id.isascii() and news_id.isdecimal()):
            return None
        number = (int(news_id) - FIRST_ID) // STRIDE
        if 0 <= number < self.releases and self.news_id(number) == news_id:
            return number
        return None

    def file_number(self, file_id: str) -> int | None:
        """Return the place of the release a file id belongs to, or ``None``."""
        if not (file_id.isascii() and file_id.isdecimal()):
            return None
        number = (int(file_id) - FIRST_FILE) // 8
        return number if 0 <= number < self.releases else None

    def news_id(self, number: int) -> str:
        """Return the id of release ``number``."""
        return str(FIRST_ID + number * STRIDE + mix(self.seed, number) % STRIDE)

    def _release(self, number: int) -> Release:
        self.written += 1
        return write(self.seed, self.slot(number), self._cards)

    def _slots(self, day: date) -> tuple[Slot, ...]:
        """Return what a day lists when all is out, newest first."""
        return tuple(sorted(map(self.slot, self._listed(day)), key=_newest_first))

    def size(self, day: date) -> int:
        """Return how many releases a day lists when all is out."""
        return sum(1 for _ in self._listed(day))

    def listed_on(self, number: int) -> date:
        """Return the day whose listing release ``number`` stands in."""
        return self._made_on(number) + self._lag(number) * DAY

    def numbers_on(self, day: date) -> Iterator[int]:
        """Yield the releases a day lists when all is out, in no order."""
        return self._listed(day)

    def _listed(self, day: date) -> Iterator[int]:
        late = self._late(day)
        yield from (number for number in self._numbers(day) if number not in late)
        for lag in range(1, MAX_LAG + 1):
            behind = self._late(day - lag * DAY)
            yield from (number for number, days in behind.items() if days == lag)

    def _find_late(self, day: date) -> Mapping[int, int]:
        """Return those made on a day but approved later, with the days between."""
        lags = ((number, self._lag(number)) for number in self._numbers(day))
        return {number: lag for number, lag in lags if lag}

    def slot(self, number: int) -> Slot:
        """Return what is known of release ``number`` without writing it."""
        published = self._published(number)
        appears = published
        if mix(self.seed, "backdated", number) % 100 < BACKDATED:
            hours = 25 + mix(self.seed, "hours", number) % 48
            appears = published + timedelta(hours=hours)
        return Slot(
            number, self.news_id(number), self.ministry(number), published, appears
        )

    def ministry(self, number: int) -> Ministry:
        """Return who issued release ``number``."""
        return WEIGHTED[mix(self.seed, "ministry", number) % len(WEIGHTED)]

    def _numbers(self, day: date) -> range:
        place = (day - self.first_day).days
        if not 0 <= place < len(self._starts) - 1:
            return range(0)
        return range(self._starts[place], self._starts[place + 1])

    def _made_on(self, number: int) -> date:
        return self.first_day + (bisect_right(self._starts, number) - 1) * DAY

    def _lag(self, number: int) -> int:
        """Return the days between making and approval; none beyond the last day."""
        throw = mix(self.seed, "lag", number)
        if throw % 100 >= LATE:
            return 0
        lag = 1 + throw // 100 % MAX_LAG
        return lag if self._made_on(number) + lag * DAY <= self.last_day else 0

    def _published(self, number: int) -> datetime:
        made = self._made_on(number)
        throw = mix(self.seed, "time", number)
        midnight = datetime.combine(made, time(), KST) + self._lag(number) * DAY
        if throw % 100 < 7:
            return midnight  # a slot, not a time
        if throw % 100 < 25:
            return midnight + timedelta(hours=(6, 9, 11, 12)[throw // 100 % 4])
        numbers = self._numbers(made)
        share = (number - numbers.start) / len(numbers)
        return midnight + timedelta(seconds=int(25_200 + share * 43_000) + throw % 997)


def _newest_first(slot: Slot) -> tuple[float, int]:
    return -slot.published_at.timestamp(), -slot.number


def _starts(
    seed: int,
    first: date,
    last: date,
    releases: int,
    *,
    even: bool,
    quiet: Collection[date],
) -> list[int]:
    """Return the first number of each day, and the number after the last."""
    weights = []
    for place in range((last - first).days + 1):
        day = first + place * DAY
        weekend = not even and day.weekday() >= 5
        weight = (15 if weekend else 85) + mix(seed, "volume", place) % 20
        weights.append(0 if day in quiet else weight)
    starts, passed, total = [0], 0, sum(weights)
    for weight in weights:
        passed += weight
        starts.append(releases * passed // total)
    return starts


def find_ministry(code: str) -> Ministry | None:
    """Return the ministry of a code; ``None`` if the world has none."""
    return next((m for m in MINISTRIES if m.code == code), None)
