"""A world of articles: any day and any id on demand, none kept."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from tests.replica import golden
from tests.replica.article import Article
from tests.replica.article_compose import Cards, write_article
from tests.replica.dice import mix
from tests.replica.release import Slot
from tests.replica.sections import BY_NAME, Section
from tests.replica.world import World

#: Ids start here and leave gaps: article ``n`` has one of three ids.
FIRST_ID = 148_900_000
STRIDE = 3


class ArticleWorld:
    """Articles numbered from 0 in the order of their ids, spread over days.

    When they come out, and who writes them, is as in a :class:`World` of its own.
    """

    def __init__(
        self,
        seed: int,
        first_day: date,
        last_day: date,
        articles: int,
        *,
        sections: Sequence[str] = (),
        weight: int = 0,
        with_golden: bool = False,
        even: bool = False,
        quiet: Collection[date] = (),
    ) -> None:
        for name in sections:
            if name not in BY_NAME:
                raise ValueError(f"no such section: {name}; there are {[*BY_NAME]}")
        self.seed = mix(seed, "articles")
        self.articles = articles
        self.calendar = World(
            self.seed, first_day, last_day, articles, even=even, quiet=quiet
        )
        self.with_golden = with_golden
        self._sections = tuple(sections)
        self._weight = weight
        self._cards = Cards.shuffled(self.seed)
        #: How many articles have been written so far, repeats included.
        self.written = 0
        self.article = lru_cache(maxsize=512)(self._article)
        self.slots = lru_cache(maxsize=64)(self._slots)

    def number(self, news_id: str) -> int | None:
        """Return the place of an id in the world; ``None`` if there is no such id."""
        if self.with_golden and news_id == golden.NEWS_ID:
            return golden.NUMBER
        if not (news_id.isascii() and news_id.isdecimal()):
            return None
        number = (int(news_id) - FIRST_ID) // STRIDE
        if 0 <= number < self.articles and self.news_id(number) == news_id:
            return number
        return None

    def news_id(self, number: int) -> str:
        """Return the id of article ``number``."""
        if number == golden.NUMBER:
            return golden.NEWS_ID
        return str(FIRST_ID + number * STRIDE + mix(self.seed, number) % STRIDE)

    def section(self, number: int) -> Section:
        """Return the section of article ``number``."""
        if number == golden.NUMBER:
            return golden.SECTION
        if self._sections:
            names = self._sections
            return BY_NAME[names[mix(self.seed, "of", number) % len(names)]]
        return BY_NAME[self._cards.section.deal(number)]

    def slot(self, number: int) -> Slot:
        """Return what is known of article ``number`` without writing it."""
        if number == golden.NUMBER:
            return golden.SLOT
        return replace(self.calendar.slot(number), news_id=self.news_id(number))

    def count(self, day: date, names: Sequence[str]) -> int:
        """Return how many articles of some sections a day lists when all is out."""
        numbers = list(self.calendar.numbers_on(day))
        if self.with_golden and day == golden.SLOT.published_at.date():
            numbers.append(golden.NUMBER)
        return sum(self.section(number).name in names for number in numbers)

    def _article(self, number: int) -> Article:
        self.written += 1
        if number == golden.NUMBER:
            return golden.ARTICLE
        slot, section = self.slot(number), self.section(number)
        return write_article(self.seed, slot, section, self._cards, self._weight)

    def _slots(self, day: date) -> tuple[Slot, ...]:
        """Return what a day lists when all is out, newest first."""
        slots = [self.slot(slot.number) for slot in self.calendar.slots(day)]
        if self.with_golden and day == golden.SLOT.published_at.date():
            slots.append(golden.SLOT)
        slots.sort(key=lambda slot: (slot.published_at, slot.number), reverse=True)
        return tuple(slots)
