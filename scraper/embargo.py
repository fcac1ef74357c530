"""When may a release be shown? (보도시점)

Releases are put on the site before the time their ministry asks papers to wait for.
That time stands in the head of the document, else in a file name (``260918(조간)``),
else in the title (``[7.9.목.조간]``). Nowhere stated means: at publication. Stated but
not understood means: wait for the end of the latest day we can read, and say so.

All times are KST.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from scraper.model import KST
from scraper.model import Availability as Availability
from scraper.text import clean

#: When morning (조간) and evening (석간) papers may print what they hold: our reading
#: of the custom, stated by no ministry.
EDITIONS = {"조간": time(6), "석간": time(12)}

#: A day this far from publication is a typing error, not an embargo.
FARTHEST = timedelta(days=31)

_ONE_DAY = timedelta(days=1)
_WEEKDAYS = "월화수목금토일"

_DAY = re.compile(
    r"(?:(?<!\d)(?P<year>\d{4}|['‘’`]?\d{2})\s*[.년/-]\s*)?"
    r"(?<!\d)(?P<month>1[0-2]|0?[1-9])\s*[.월/-]\s*"
    r"(?P<day>3[01]|[12]\d|0?[1-9])(?!\d|\s*[:：시])\s*[.일]?"
    r"(?:[\s.,(]*(?P<weekday>[월화수목금토일])(?:요일)?(?=조간|석간|[^가-힣]|$)\)?)?"
)
_DAY_OF_MONTH = re.compile(r"(?<!\d)(?P<day>3[01]|[12]\d|0?[1-9])\s*일(?![가-힣])")
_COMPACT = re.compile(
    r"(?<!\d)(?:20)?(?P<year>\d{2})(?P<month>0[1-9]|1[0-2])"
    r"(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"
)
_TIME = re.compile(
    r"(?P<half>오전|오후|낮|밤)?\s*(?<!\d)(?P<hour>2[0-4]|1\d|0?\d)\s*"
    r"(?:[:：]\s*(?P<minute>[0-5]\d)(?!\d)(?:\s*시)?"
    r"|시(?!점)(?:\s*(?P<minutes>[0-5]?\d)\s*분)?)"
    r"|(?P<word>정오|자정)"
)
_EDITION = re.compile("조간|석간")
_AT_ONCE = re.compile(r"즉시|배포\s*(?:후|시점|시)(?![가-힣])|제한\s*없음")

#: Where the text goes on about when it was handed out (배포), which is no embargo.
_HANDED_OUT = re.compile(
    r"[\s|]배포\s*(?:일시|일자|일)?\s*[:：|]?\s*(?=(?:\d{4}|['‘’]?\d{2})\s*[.년])"
)

#: Channels; what is said of the online ones is what counts for us.
_CHANNEL = re.compile(
    r"온\s?라\s?인|인터넷|누리망|누리집|전\s?매체|모든\s?매체|방\s?송|통\s?신"
    r"|지\s?면|신\s?문"
)
_CHANNELS = re.compile(
    rf"[(<\[]?\s*(?:{_CHANNEL.pattern})"
    rf"(?:[\s,·/ㆍ・및]*(?:{_CHANNEL.pattern}))*\s*[)>\]]?\s*:?"
)
_ONLINE = re.compile(r"온\s?라\s?인|인터넷|누리|매체")

#: Words that set no time of their own.
_FILLER = re.compile(
    r"(?<![가-힣])[이본동]\s*(?:보도\s*)?(?:참고\s*)?자료[는은]"
    r"|보도\s*(?:일시|시점|시간|자료|하여|해|가능)?|엠바고|해제|이후|부터|까지|사용|이용|공개|가능"
    r"|취급|게재|하여|주시기|주십시오|바랍니다|부탁드립니다|배포|한국\s*시[간각]|기준"
    r"|(?<![가-힣])[용후에의](?![가-힣])|[\W_]+"
)

#: A part of a name or title in brackets, and what makes it a statement.
_BRACKETED = re.compile(r"[(\[<【〈]([^()\[\]<>【】〈〉]{2,40})[)\]>】〉]")
_STATES = re.compile(
    r"조간|석간|엠바고|즉시|배포\s*시|(?:시|[:：]\s*\d\d)\s*(?:\d+\s*분\s*)?이후"
)
_BARE = re.compile(
    rf"{_COMPACT.pattern}[\s-]*(?:[{_WEEKDAYS}][\s-]*)?(?P<edition>조간|석간)(?![가-힣])"
)
_BARE_WORDS = re.compile(rf"(?:{_DAY.pattern})[\s.-]*(?:조간|석간)(?![가-힣])")
#: ``(수)`` inside a statement's own brackets.
_WEEKDAY = re.compile(rf"\(\s*([{_WEEKDAYS}])(?:요일)?\s*\)\s*")
#: What comes to an end at a time nobody knows beforehand.
_EVENT = re.compile(
    r"(?:회의|행사|브리핑|식|의결|종료)\s*(?:종료\s*)?(?:시|후|이후)$|종료\s*(?:시|후|이후)?$"
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a statement says, as far as it is understood."""

    printed: str
    #: Days named in it that can be meant.
    days: tuple[date, ...]
    #: The moment it sets, ``None`` for none.
    at: datetime | None = None
    #: Why it is not understood; "" if it is.
    problem: str = ""


def available_at(
    published_at: datetime, *, stated: str, names: Sequence[str], title: str
) -> Availability:
    """Return when a release may be shown, never before ``published_at`` (aware).

    Args:
        published_at: When the site published it.
        stated: 보도시점 as the document's head prints it, "" if it prints none.
        names: File names of the attachments.
        title: The title; only a part of it in brackets counts.

    The first of the three that states anything decides; days of the others are only
    used when it is not understood.
    """
    published_at = published_at.astimezone(KST)
    on = published_at.date()
    head = clean(stated)
    sources = (
        [_read(head, head, published_at)] if head else [],
        [
            _read(*said, published_at)
            for name in names
            for said in _said_in(name, needs_day=False)
        ],
        [_read(*said, published_at) for said in _said_in(title, needs_day=True)],
    )
    readings = next(filter(None, sources), [])
    printed = "; ".join(dict.fromkeys(reading.printed for reading in readings))
    if problem := next(filter(None, (r.problem for r in readings)), ""):
        days = {on, *(day for source in sources for r in source for day in r.days)}
        note = (
            f"embargo {printed!r} not understood ({problem}): held through {max(days)}"
        )
        return Availability(_at(max(days) + _ONE_DAY, time()), printed, note)
    moments = [reading.at for reading in readings if reading.at is not None]
    return Availability(max([published_at, *moments]), printed)


# --- what a statement says --------------------------------------------------------


def _read(printed: str, text: str, published_at: datetime) -> _Reading:
    text = _online_part(_HANDED_OUT.split(text)[0])
    on = published_at.date()
    found = list(_days_in(text, on))
    days = tuple(day for _, day, _ in found if day and abs(day - on) <= FARTHEST)
    rest = _blank(text, _DAY, _TIME, _DAY_OF_MONTH)
    at_once = _AT_ONCE.search(rest)
    rest = _FILLER.sub(" ", _blank(rest, _EDITION, _AT_ONCE)).strip()
    problem = next((problem for *_, problem in found if problem), "")
    if rest:
        problem = f"what is {' '.join(rest.split())!r}"
    if problem:
        return _Reading(printed, days, problem=problem)
    placed = [(place, day) for place, day, _ in found if day]
    moments = [_moment(m, placed, published_at) for m in _TIME.finditer(text)]
    if not moments:
        moments = [_edition(m, placed) for m in _EDITION.finditer(text)]
    if None in moments:
        return _Reading(printed, days, problem="a time without its day")
    if not moments and not at_once:
        return _Reading(printed, days, problem="no time")
    if not moments:
        whole = (_day(match, on) for match in _DAY.finditer(text))
        moments = [_at(day, time()) for day in whole if day]
    return _Reading(printed, days, max(filter(None, moments), default=None))


def _online_part(text: str) -> str:
    """Return what is said of online media, or all of it where nothing is."""
    labels = list(_CHANNELS.finditer(text))
    ends = [*(label.start() for label in labels[1:]), len(text)]
    for label, end in zip(labels, ends, strict=False):
        part = text[label.end() : end]
        if _ONLINE.search(label[0]) and part.strip():
            return part
    return _CHANNELS.sub(" ", text)


def _days_in(text: str, on: date) -> Iterator[tuple[int, date | None, str]]:
    """Yield place, day and problem of each day in ``text``."""
    for found in _DAY.finditer(text):
        day = _day(found, on)
        if day is None:
            yield found.start(), None, f"no such day {found[0].strip()!r}"
        elif abs(day - on) > FARTHEST:
            yield found.start(), day, f"{day} is far from {on}"
        elif (found["weekday"] or _WEEKDAYS[day.weekday()]) != _WEEKDAYS[day.weekday()]:
            yield found.start(), day, f"{day} is no {found['weekday']}"
        else:
            yield found.start(), day, ""
    for found in _DAY_OF_MONTH.finditer(_blank(text, _DAY)):
        yield found.start(), _nearest(on, None, int(found["day"])), ""


def _day(found: re.Match[str], on: date) -> date | None:
    """Return the day of a match; without a year the nearest to ``on``."""
    month, day = int(found["month"]), int(found["day"])
    if not found["year"]:
        return _nearest(on, month, day)
    year = int(found["year"].lstrip("'‘’`"))
    try:
        return date(year if year > 99 else 2000 + year, month, day)
    except ValueError:
        return None


def _nearest(on: date, month: int | None, day: int) -> date | None:
    """Return the nearest such day within half a year, ``None`` if there is none."""
    near = (on + timedelta(days=sign * n) for n in range(184) for sign in (1, -1))
    return next((d for d in near if d.day == day and month in (None, d.month)), None)


def _moment(
    found: re.Match[str], days: list[tuple[int, date]], published_at: datetime
) -> datetime | None:
    """Return the time of a match on the day before it in the text.

    A time that no day stands before is meant for the day of publication, unless that
    is over.
    """
    before = [day for place, day in days if place < found.start()]
    if before:
        return _clock(before[-1], found)
    moment = _clock(published_at.date(), found)
    return moment if moment >= published_at else None


def _clock(day: date, found: re.Match[str]) -> datetime:
    if found["word"]:
        return (
            _at(day, time(12))
            if found["word"] == "정오"
            else _at(day + _ONE_DAY, time())
        )
    hour = int(found["hour"])
    minute = int(found["minute"] or found["minutes"] or 0)
    if found["half"] in ("오후", "밤") and hour < 12:
        hour += 12
    elif found["half"] == "밤" and hour == 12:
        hour = 24
    return _at(day, time()) + timedelta(hours=hour, minutes=minute)


def _edition(found: re.Match[str], days: list[tuple[int, date]]) -> datetime | None:
    """Return when an edition may print; its day stands before it, else after it."""
    if not days:
        return None
    before = [day for place, day in days if place < found.start()]
    return _at(before[-1] if before else days[0][1], EDITIONS[found[0]])


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, KST)


def _blank(text: str, *patterns: re.Pattern[str]) -> str:
    """Return ``text`` with what matches blanked out, places kept."""
    for pattern in patterns:
        text = pattern.sub(lambda found: " " * len(found[0]), text)
    return text


# --- where a statement stands -----------------------------------------------------


def _said_in(text: str, *, needs_day: bool) -> Iterator[tuple[str, str]]:
    """Yield the statements in a name or title: as printed, and as text to read.

    A day in digits before the bracket belongs to it: ``260918(조간)``. A bare event
    (``국무회의 종료 시``) must come with its day where ``needs_day``.
    """
    text = _WEEKDAY.sub(r"\1 ", clean(text).replace("_", " "))
    compact = _COMPACT.search(text)
    day = f"20{'. '.join(compact.groups())}. " if compact else ""
    for found in _BRACKETED.finditer(text):
        if not _is_statement(found[1], needs_day=needs_day):
            continue
        if compact and not _DAY.search(found[1]):
            yield f"{compact[0]}{found[0]}", day + found[1]
        else:
            yield found[0], found[1]
    for found in _BARE.finditer(text):
        yield found[0], day + found["edition"]
    if not needs_day:
        for found in _BARE_WORDS.finditer(_BRACKETED.sub(" ", text)):
            yield found[0], found[0]


def _is_statement(text: str, *, needs_day: bool) -> bool:
    """Tell whether a part in brackets says when to show a release, and nothing else."""
    rest = _blank(text, _DAY, _TIME, _DAY_OF_MONTH, _EDITION, _AT_ONCE)
    rest = _FILLER.sub(" ", rest).strip()
    has_day = _DAY.search(text) is not None
    if has_day and _EDITION.search(text):
        return True  # whatever else stands there, papers wait for that day
    if _STATES.search(text):
        return not rest or bool(_EVENT.search(rest))
    return bool(_EVENT.search(text.strip())) and (has_day or not needs_day)
