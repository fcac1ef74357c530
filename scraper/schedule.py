"""When each source is read: cron expressions or intervals, over APScheduler.

A :class:`Timetable` has no thread and runs nothing: it tells what is due, and when the
next is. All hours are Korea's, whatever zone the machine is in. Slots that passed
while nobody asked (a run, a sleep, an outage) are made up for once, however many there
were and however long ago.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from apscheduler.executors.debug import DebugExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger

from scraper.model import KST

#: The name under which embargoes are due.
EMBARGO = "embargo"

#: Seconds in the unit of an interval.
UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}

#: Sources may be read this often, and must be this often.
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=7)

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_TICK = timedelta(microseconds=1)


class Slots(BaseTrigger):  # type: ignore[misc] # apscheduler has no types
    """The times at which one source is due."""

    def __init__(
        self,
        when: str,
        *,
        jitter: float = 0,
        shift: timedelta = timedelta(),
        chance: Callable[[float, float], float] = random.uniform,
    ) -> None:
        """Read ``when``: an interval such as ``30m``, or five fields of cron.

        Args:
            when: In KST. Days of the week are cron's: 0 and 7 are Sunday.
            jitter: Seconds that a slot is put off by at most, at random.
            shift: What the program's clock is ahead of the machine's.
            chance: Returns a number between two.

        Raises:
            ValueError: neither; the message says why.
        """
        self._interval = interval_of(when)
        self._crons = [] if self._interval else _crons(when)
        self._jitter = jitter
        self._shift = shift
        self._chance = chance

    def get_next_fire_time(
        self, previous: datetime | None, now: datetime
    ) -> datetime | None:
        """Return the first slot after now: what was missed is one run, not many."""
        after = max(previous or now, now)
        slot = self._slot(after + self._shift + _TICK)
        if slot is None:
            return None
        late = timedelta(seconds=self._chance(0, self._jitter))
        return slot - self._shift + late

    def _slot(self, after: datetime) -> datetime | None:
        if self._interval:
            return after - _TICK + self._interval
        slots = [cron.get_next_fire_time(None, after) for cron in self._crons]
        return min(filter(None, slots), default=None)


def interval_of(when: str) -> timedelta | None:
    """Return the interval that ``when`` is; ``None`` for anything else.

    >>> interval_of("90m")
    datetime.timedelta(seconds=5400)

    Raises:
        ValueError: it is too short or too long.
    """
    found = re.fullmatch(r"([1-9]\d{0,8})\s*([smhd])", when.strip())
    if not found:
        return None
    interval = timedelta(seconds=int(found[1]) * UNITS[found[2]])
    if not SHORTEST <= interval <= LONGEST:
        raise ValueError("an interval must be between a minute and a week")
    return interval


def _crons(when: str) -> list[CronTrigger]:
    """Return what fires at a cron expression's times.

    As with cron, a day of the month *or* of the week is enough where both are named.

    Raises:
        ValueError: it is none, or no day ever fits it.
    """
    fields = when.split()
    if len(fields) != 5:
        raise ValueError(
            "must be an interval such as 30m, or the five fields of cron:"
            " minute hour day month weekday"
        )
    minute, hour, day, month, weekday = fields
    named = _weekdays(weekday)
    either = [(day, named)]
    if not day.startswith("*") and not weekday.startswith("*"):
        either = [(day, "*"), ("*", named)]
    crons = [
        CronTrigger(
            minute=minute,
            hour=hour,
            day=days,
            month=month,
            day_of_week=weekdays,
            timezone=KST,
        )
        for days, weekdays in either
    ]
    # A leap day is eight years away at most.
    if not any(cron.get_next_fire_time(None, datetime.now(KST)) for cron in crons):
        raise ValueError("no day ever fits it")
    return crons


def _weekdays(field: str) -> str:
    """Return cron's days of the week by name, for APScheduler counts from Monday.

    >>> _weekdays("5-7,1")
    'sun,mon,fri,sat'
    """
    if field == "*":
        return "*"
    found: set[int] = set()
    for part in field.lower().split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        low, high = 0, 6
        if span != "*":
            low, high = _weekday(first), _weekday(last or first)
            if step and not dash:
                high = 6
            elif last == "sun" and low:
                high = 7
        if high < low or (step and not re.fullmatch(r"[1-7]", step)):
            raise ValueError(f"{part!r} are no days of the week")
        found |= {number % 7 for number in range(low, high + 1, int(step or 1))}
    return ",".join(_DAYS[number] for number in sorted(found))


def _weekday(text: str) -> int:
    """Return 0 or 7 for Sunday, 1 for Monday and so on."""
    if text in _DAYS:
        return _DAYS.index(text)
    if not re.fullmatch("[0-7]", text):
        raise ValueError(f"{text!r} is no day of the week")
    return int(text)


class _Scheduler(BaseScheduler):  # type: ignore[misc]
    """A scheduler that is asked, and wakes nobody by itself."""

    def wakeup(self) -> None:
        """Do nothing: whoever waits asks again in time."""

    def shutdown(self, wait: bool = True) -> None:
        """Forget all jobs."""
        super().shutdown(wait)

    def process(self) -> None:
        """Run the jobs that are due, here and now."""
        self._process_jobs()


class Timetable:
    """What is due when; times given and returned are the machine's."""

    def __init__(self) -> None:
        """Know no source yet."""
        self._due: set[str] = set()
        self._whens: dict[str, str] = {}
        self._scheduler = _Scheduler(
            timezone=KST,
            jobstores={"default": MemoryJobStore()},
            executors={"default": DebugExecutor()},
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                # However late: what was missed is made up for, once.
                "misfire_grace_time": None,
            },
        )
        self._scheduler.start()

    def plan(self, slots: Mapping[str, Slots], whens: Mapping[str, str]) -> None:
        """Take over when each source is due.

        One that was not there before is due at once; one whose ``when`` stays as it
        was keeps its next slot.
        """
        for name in self._whens.keys() - slots.keys():
            self._scheduler.remove_job(name)
            self._due.discard(name)
        for name, trigger in slots.items():
            if self._whens.get(name) == whens[name]:
                continue
            if name not in self._whens:
                self._due.add(name)
            self._add(name, trigger)
        self._whens = dict(whens)

    def due(self) -> list[str]:
        """Return what is due, and has not been told of as due before."""
        self._scheduler.process()
        due, self._due = self._due, set()
        return sorted(due)

    def again(self, names: Sequence[str]) -> None:
        """Count as due again what could not be done."""
        self._due.update(names)

    def next(self) -> tuple[datetime, str] | None:
        """Return when the next one is due, and which; ``None`` for never."""
        if self._due:
            return datetime.now(KST), min(self._due)
        jobs = [job for job in self._scheduler.get_jobs() if job.next_run_time]
        if not jobs:
            return None
        job = min(jobs, key=lambda job: job.next_run_time)
        return job.next_run_time, job.id

    def put_off(self, names: Sequence[str], until: datetime) -> None:
        """Let those be due at their first slot at or after a time, and not before."""
        for name in names:
            job = self._scheduler.get_job(name)
            if job and job.next_run_time and job.next_run_time < until:
                slots: Slots = job.trigger
                later = until if slots._interval else None
                later = later or slots.get_next_fire_time(None, until - _TICK)
                job.modify(next_run_time=later)

    def set_embargo(self, at: datetime | None) -> None:
        """Let embargoes be due at a time, and at no other; ``None`` for at none."""
        if self._scheduler.get_job(EMBARGO):
            self._scheduler.remove_job(EMBARGO)
        if at is not None:
            self._add(EMBARGO, DateTrigger(at))

    def clock_went_back(self) -> None:
        """Find the next slots anew: those found by the wrong time are too far away."""
        now = datetime.now(KST)
        for job in self._scheduler.get_jobs():
            if job.id != EMBARGO:
                soonest = job.trigger.get_next_fire_time(None, now)
                job.modify(next_run_time=min(job.next_run_time, soonest))

    def _is_due(self, name: str) -> None:
        self._due.add(name)

    def _add(self, name: str, trigger: BaseTrigger) -> None:
        self._scheduler.add_job(
            self._is_due, trigger, (name,), id=name, replace_existing=True
        )
