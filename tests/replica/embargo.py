"""When a made-up release may be shown, and where it says so."""

from datetime import datetime, time, timedelta

from tests.replica.dice import Dice
from tests.replica.korean import WEEKDAYS, head_day
from tests.replica.release import Embargo, Slot

#: Ways to say that there is nothing to wait for.
AT_ONCE = (
    "배포 즉시",
    "배포 즉시 보도",
    "배포 후 즉시 사용",
    "즉시 보도 가능",
    "배포 시",
)
#: Ways to say that nobody can tell from the paper.
UNREADABLE = ("국무회의 종료 시", "행사 시작 이후(별도 통지)")


def deal_embargo(card: str, slot: Slot, dice: Dice) -> Embargo:
    """Return the embargo of a card; morning papers may from 06:00, evening 12:00."""
    published = slot.published_at
    tomorrow = published.date() + timedelta(days=1)
    match card:
        case "past":
            printed = f"{head_day(published.date())} {published:%H}:00"
            return Embargo(card, printed, published)
        case "head":
            return Embargo(card, *dice.pick(_stated(published, dice)))
        case "both":
            later = published.replace(minute=0, second=0) + timedelta(hours=3)
            paper = head_day(tomorrow)[6:]
            printed = f"{head_day(later.date())} {later:%H:%M} 이후({paper} 조간)"
            return Embargo(card, printed, None)
        case "file" | "title":
            morning = datetime.combine(tomorrow, time(6), published.tzinfo)
            return Embargo(card, "", morning)
        case "none":
            return Embargo(card, "", published)
        case "unreadable":
            return Embargo(card, dice.pick(UNREADABLE), None)
        case _:
            return Embargo(card, dice.pick(AT_ONCE), published)


def _stated(published: datetime, dice: Dice) -> tuple[tuple[str, datetime], ...]:
    hours = timedelta(hours=dice.between(2, 30))
    until = published.replace(minute=0, second=0) + hours
    tomorrow = published.date() + timedelta(days=1)
    morning = datetime.combine(tomorrow, time(6), published.tzinfo)
    short = f"{tomorrow.month}. {tomorrow.day}.({WEEKDAYS[tomorrow.weekday()]})"
    return (
        (f"{head_day(until.date())} {until:%H:%M}", until),
        (f"{head_day(tomorrow)} 조간", morning),
        (f"{head_day(tomorrow)} 석간", morning.replace(hour=12)),
        (f"< {short} 조간 >", morning),
    )
