"""Policy news as the site shows it: what is out, listed, corrected, withdrawn."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import RLock

from tests.replica import pages
from tests.replica.article import Article, Revision
from tests.replica.article_blocks import changed
from tests.replica.article_pages import article_row, render_article
from tests.replica.article_truth import ExpectedArticle, expected_article
from tests.replica.article_world import ArticleWorld
from tests.replica.release import Slot
from tests.replica.sections import Section
from tests.replica.world import DAY

Change = Callable[[Article], Article]
#: The longest time between the time an article bears and its first showing.
LONGEST_HIDING = timedelta(days=5)


class Newsroom:
    """Answers what is asked of articles; safe to use from many threads.

    ``now`` is the site's clock; ``None`` means that all articles are out.
    """

    def __init__(self, world: ArticleWorld) -> None:
        self.world = world
        self._changes: dict[int, Change] = {}
        self._withdrawn: set[int] = set()
        self._sizes: dict[tuple[str, date], int] = {}
        self._lock = RLock()

    # --- what tests ask and do ---

    def ids(self, section: str, day: date, now: datetime | None) -> list[str]:
        """Return the ids of a section ("" is all) on a day, newest first."""
        return [
            slot.news_id
            for slot in self._out(day, now)
            if section in ("", self.world.section(slot.number).name)
        ]

    def expected(self, news_id: str) -> ExpectedArticle:
        """Return the truth about an article, corrections included."""
        return expected_article(self.article(self.place(news_id)))

    def withdraw(self, news_id: str) -> None:
        """Take an article off the site: its page becomes the Error page."""
        self._withdrawn.add(self.place(news_id))
        self._sizes.clear()

    def change(self, news_id: str, change: Change) -> None:
        """Show an article as ``change`` makes it of what is shown now."""
        number = self.place(news_id)
        before = self._changes.get(number, _unchanged)
        self._changes[number] = lambda article: change(before(article))

    def correct(
        self, news_id: str, *, title: str | None, old: str, new: str, at: datetime
    ) -> None:
        """Give an article another title or text; the API counts one change more."""

        def corrected(article: Article) -> Article:
            count = article.revision.modify_id + 1
            article = replace(article, revision=Revision("U", count, at))
            if title is not None:
                article = replace(article, title=title)
            if old:
                lead = article.lead.replace(old, new)
                body = changed(article.body, old, new)
                article = replace(article, body=body, lead=lead)
                if rebuttal := article.rebuttal:
                    claim = changed(rebuttal.claim, old, new)
                    answer = changed(rebuttal.answer, old, new)
                    said = replace(rebuttal, claim=claim, answer=answer)
                    article = replace(article, rebuttal=said)
            return article

        self.change(news_id, corrected)

    def place(self, news_id: str) -> int:
        """Return an article's number.

        Raises:
            KeyError: There is no such article.
        """
        number = self.world.number(news_id)
        if number is None:
            raise KeyError(news_id)
        return number

    def article(self, number: int) -> Article:
        """Return an article as it is shown now."""
        with self._lock:
            return self._changes.get(number, _unchanged)(self.world.article(number))

    # --- pages ---

    def listing(
        self,
        section: Section,
        form: Mapping[str, str],
        now: datetime | None,
        *,
        hide: int = 0,
    ) -> pages.ListPage:
        """Return a page of a section's listing, the newest ``hide`` left out."""
        number = pages.page_number(form)
        first = (number - 1) * pages.ROWS + hide
        slots = self._range(section, form, now, first, first + pages.ROWS)
        key = section.name + pages.form_key(form)
        return pages.ListPage(
            form=form,
            rows=[article_row(self.article(s.number), section) for s in slots],
            total=max(0, self._total(section, form, now) - hide),
            empty=not slots,
            bait=pages.bait_ids(self.world.seed, key),
            classes=pages.CLASSES,
            path=section.listing,
            label=section.label,
            menu=section.menu,
        )

    def view(
        self, section: Section, news_id: str, now: datetime | None, weight: int
    ) -> str:
        """Return an article's page; "" if this section shows no such article."""
        number = self.world.number(news_id)
        if number is None or self.world.section(number) is not section:
            return ""
        if not self._is_out(self.world.slot(number), now):
            return ""
        bait = pages.bait_ids(self.world.seed, news_id)
        previous = self.world.news_id(number - 1) if number > 0 else None
        return render_article(self.article(number), bait, previous, weight)

    def stamped(
        self, first: date, last: date, now: datetime | None
    ) -> Iterator[Article]:
        """Yield all articles of some days, newest first, as the Open API filters them.

        The API's window ends one second late: midnight after ``last`` is inside.
        """
        day = last + DAY
        while day >= first:
            for slot in self._out(day, now):
                moment = slot.published_at
                if day <= last or moment.strftime("%X") == "00:00:00":
                    yield self.article(slot.number)
            day -= DAY

    # --- what is out ---

    def _is_out(self, slot: Slot, now: datetime | None) -> bool:
        if slot.number in self._withdrawn:
            return False
        return now is None or slot.appears_at <= now

    def _out(self, day: date, now: datetime | None) -> list[Slot]:
        with self._lock:
            return [slot for slot in self.world.slots(day) if self._is_out(slot, now)]

    def _days(self, section: Section, form: Mapping[str, str]) -> list[date]:
        calendar = self.world.calendar
        asked = form if section.dated else {}
        first = pages.form_day(asked.get("startDate", "")) or calendar.first_day
        last = pages.form_day(asked.get("endDate", "")) or calendar.last_day
        first, last = max(first, calendar.first_day), min(last, calendar.last_day)
        return [last - n * DAY for n in range((last - first).days + 1)]

    def _matching(
        self,
        section: Section,
        day: date,
        form: Mapping[str, str],
        now: datetime | None,
    ) -> list[Slot]:
        names = (section.name, *section.guests)
        code, word = form.get("repCode", ""), form.get("srchWord", "")
        return [
            slot
            for slot in self._out(day, now)
            if self._of(slot.number, names)
            and code in ("", slot.ministry.code)
            and (not word or word in self.article(slot.number).title)
        ]

    def _size(
        self,
        section: Section,
        day: date,
        form: Mapping[str, str],
        now: datetime | None,
    ) -> int:
        """Return how many rows a day has; kept once nothing can change it."""
        settled = now is None or now.date() > day + LONGEST_HIDING
        if form.get("repCode") or form.get("srchWord") or not settled:
            return len(self._matching(section, day, form, now))
        key = (section.name, day)
        if key not in self._sizes:
            names = (section.name, *section.guests)
            gone = sum(
                self._day(n) == day for n in self._withdrawn if self._of(n, names)
            )
            self._sizes[key] = self.world.count(day, names) - gone
        return self._sizes[key]

    def _day(self, number: int) -> date:
        return self.world.slot(number).published_at.date()

    def _of(self, number: int, names: tuple[str, ...]) -> bool:
        return self.world.section(number).name in names

    def _total(
        self, section: Section, form: Mapping[str, str], now: datetime | None
    ) -> int:
        days = self._days(section, form)
        return sum(self._size(section, day, form, now) for day in days)

    def _range(
        self,
        section: Section,
        form: Mapping[str, str],
        now: datetime | None,
        first: int,
        last: int,
    ) -> list[Slot]:
        found: list[Slot] = []
        passed = 0
        for day in self._days(section, form):
            if passed >= last:
                break
            size = self._size(section, day, form, now)
            if passed + size > first:
                slots = self._matching(section, day, form, now)
                found += slots[max(0, first - passed) : last - passed]
            passed += size
        return found


def _unchanged(article: Article) -> Article:
    return article
