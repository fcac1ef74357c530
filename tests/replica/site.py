"""The site itself: what answers a request, its clock, and what was taken back."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl, quote, urlsplit

from tests.replica import pages
from tests.replica.answers import Answer, Seen
from tests.replica.article_truth import ExpectedArticle
from tests.replica.article_world import ArticleWorld
from tests.replica.blocks import replaced
from tests.replica.documents import make_file
from tests.replica.faults import Faults
from tests.replica.newsroom import Newsroom
from tests.replica.open_api import ROOT, OpenApi
from tests.replica.release import Expected, Release, Slot, expected
from tests.replica.sections import BY_LISTING, BY_VIEW
from tests.replica.world import DAY, KST, World

LIST = pages.LIST
VIEW = pages.VIEW
DOWNLOAD = pages.DOWNLOAD
#: Paths of all listings.
LISTS = (LIST, *BY_LISTING)
#: The longest time between the time a release bears and its first showing.
LONGEST_HIDING = timedelta(days=5)
Change = Callable[[Release], Release]


class Site:
    """Answers requests out of a world; safe to use from many threads."""

    def __init__(
        self,
        world: World,
        *,
        now: datetime | None = None,
        crawl_delay: float | None = None,
        weight: int = 0,
        latency: float = 0.0,
        faults: Faults | None = None,
        articles: ArticleWorld | None = None,
        api_key: str = "",
        api_quota: int = 0,
        validators: bool = False,
    ) -> None:
        self.world = world
        none = ArticleWorld(world.seed, world.first_day, world.last_day, 0)
        self.newsroom = Newsroom(articles or none)
        self.api = OpenApi(self, api_key, api_quota)
        #: Releases that appear later do not exist yet; ``None``: all are out.
        self.now = now
        self.crawl_delay = crawl_delay
        self.weight = weight
        #: Seconds each answer waits.
        self.latency = latency
        self.faults = faults or Faults(world.seed)
        self.base_url = ""
        #: Whether answers tell their version; the real site's pages do not.
        self.validators = validators
        #: Paths that were answered with 304.
        self.unchanged: list[str] = []
        self.requests: list[Seen] = []
        self._changes: dict[int, Change] = {}
        self._withdrawn: set[int] = set()
        self._put_off: dict[int, datetime] = {}
        self._sizes: dict[date, int] = {}
        self._lock = threading.RLock()

    # --- what tests ask and do ---

    def ids(self, day: date) -> list[str]:
        """Return the ids a day lists now, newest first."""
        return [slot.news_id for slot in self._listed(day)]

    def expected(self, news_id: str) -> Expected:
        """Return the truth about a release, corrections included."""
        return expected(self._release(self._number(news_id)))

    def is_article(self, news_id: str) -> bool:
        """Tell whether an id is one of policy news."""
        return self.newsroom.world.number(news_id) is not None

    def article_ids(self, section: str, day: date) -> list[str]:
        """Return the ids a section ("" is all) has on a day now, newest first."""
        return self.newsroom.ids(section, day, self.now)

    def expected_article(self, news_id: str) -> ExpectedArticle:
        """Return the truth about an article of policy news, corrections included."""
        return self.newsroom.expected(news_id)

    def withdraw(self, news_id: str) -> None:
        """Take a release or article off the site: its page becomes the Error page."""
        if self.is_article(news_id):
            self.newsroom.withdraw(news_id)
            return
        self._withdrawn.add(self._number(news_id))
        self._sizes.clear()

    def put_off(self, news_id: str, until: datetime) -> None:
        """Show a release only from a time on, whatever day it bears."""
        self._put_off[self._number(news_id)] = until

    def change(self, news_id: str, change: Change) -> None:
        """Show a release as ``change`` makes it; what is known of it stays."""
        self._changes[self._number(news_id)] = change

    def correct(
        self,
        news_id: str,
        *,
        title: str | None = None,
        old: str = "",
        new: str = "",
        new_file: bool = False,
    ) -> None:
        """Give a release another title, or put ``new`` for ``old`` in its text.

        With ``new_file`` its attachments get ids of their own, as a fresh upload has.
        An article's change is stamped with the site's clock.
        """
        if self.is_article(news_id):
            at = (self.now or datetime.now(KST)).replace(microsecond=0)
            self.newsroom.correct(news_id, title=title, old=old, new=new, at=at)
            return
        before = self._changes.get(self._number(news_id), _unchanged)

        def corrected(release: Release) -> Release:
            release = before(release)
            if title is not None:
                release = replace(release, title=title)
            if old:
                release = replace(
                    release,
                    body=replaced(release.body, old, new),
                    tail=replaced(release.tail, old, new),
                    lead=release.lead.replace(old, new),
                )
            if new_file:
                files = tuple(
                    replace(f, file_id=str(int(f.file_id) + 4)) for f in release.files
                )
                release = replace(release, files=files)
            return release

        self.change(news_id, corrected)

    # --- answering ---

    def answer(self, method: str, target: str, form: Mapping[str, str]) -> Answer:
        """Return the answer to a request, faults not counted in."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        match parts.path:
            case "/robots.txt":
                text = pages.robots_text(self.base_url, self.crawl_delay)
                return Answer(text.encode(), content_type="text/plain")
            case p if p in LISTS:
                asked = form if method == "POST" else query | {"pageIndex": "1"}
                return _html(pages.render_list(self.listing(asked, p), self.weight))
            case p if p == VIEW:
                return self._view(query.get("newsId", ""), target)
            case p if p in BY_VIEW:
                section, news_id = BY_VIEW[p], query.get("newsId", "")
                html = self.newsroom.view(section, news_id, self.now, self.weight)
                return _html(html) if html else self._error(target)
            case p if p.startswith(ROOT):
                return self.api.answer(p, parts.query)
            case p if p == DOWNLOAD:
                return self._download(query)
            case "/":
                return _html("<html><title>정책브리핑</title></html>")
            case _:
                return self._error(parts.path, status=404)

    def listing(
        self, form: Mapping[str, str], path: str = LIST, *, hide: int = 0
    ) -> pages.ListPage:
        """Return a page of a listing, the newest ``hide`` releases left out."""
        if path != LIST:
            section = BY_LISTING[path]
            return self.newsroom.listing(section, form, self.now, hide=hide)
        first = (pages.page_number(form) - 1) * pages.ROWS + hide
        total = max(0, self._total(form) - hide)
        slots = self._range(form, first, first + pages.ROWS)
        releases = [self._release(slot.number) for slot in slots]
        return pages.ListPage(
            form=form,
            rows=[pages.release_row(release) for release in releases],
            total=total,
            empty=not slots,
            bait=pages.bait_ids(self.world.seed, pages.form_key(form)),
            classes=pages.CLASSES,
        )

    def _view(self, news_id: str, target: str) -> Answer:
        number = self.world.number(news_id)
        if number is None or not self._is_out(self.world.slot(number)):
            return self._error(target)
        release = self._release(number)
        previous = self.world.news_id(number - 1) if number else None
        bait = pages.bait_ids(self.world.seed, news_id)
        return _html(pages.render_view(release, bait, previous, self.weight))

    def _download(self, query: Mapping[str, str]) -> Answer:
        file_id = query.get("fileId", "")
        number = self.world.file_number(file_id)
        if number is None or query.get("tblKey") != "GMN":
            return self._error(DOWNLOAD)
        if not self._is_out(self.world.slot(number)):
            return self._error(DOWNLOAD)
        release = self._release(number)
        file = next((f for f in release.files if f.file_id == file_id), None)
        if file is None or file.content == "error page":
            return self._error(DOWNLOAD)
        name = quote(file.name)
        return Answer(
            make_file(release, file),
            content_type="application/x-download",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _error(self, path: str, status: int = 200) -> Answer:
        return Answer(pages.render_error(path, self.weight).encode(), status)

    def stamped(self, first: date, last: date) -> Iterator[Release]:
        """Yield all releases of some days, newest first, as the Open API filters."""
        for slot in self._listed(last + DAY):
            if slot.published_at.strftime("%X") == "00:00:00":
                yield self._release(slot.number)
        for place in range((last - first).days + 1):
            for slot in self._listed(last - place * DAY):
                yield self._release(slot.number)

    # --- what is out ---

    def _number(self, news_id: str) -> int:
        number = self.world.number(news_id)
        if number is None:
            raise KeyError(news_id)
        return number

    def _release(self, number: int) -> Release:
        change = self._changes.get(number, _unchanged)
        with self._lock:
            return change(self.world.release(number))

    def _is_out(self, slot: Slot) -> bool:
        if slot.number in self._withdrawn:
            return False
        appears_at = self._put_off.get(slot.number, slot.appears_at)
        return self.now is None or appears_at <= self.now

    def _listed(self, day: date) -> list[Slot]:
        with self._lock:
            return [slot for slot in self.world.slots(day) if self._is_out(slot)]

    def _days(self, form: Mapping[str, str]) -> list[date]:
        first = pages.form_day(form.get("startDate", "")) or self.world.first_day
        last = pages.form_day(form.get("endDate", "")) or self.world.last_day
        first, last = max(first, self.world.first_day), min(last, self.world.last_day)
        return [last - n * DAY for n in range((last - first).days + 1)]

    def _matching(self, day: date, form: Mapping[str, str]) -> list[Slot]:
        code, word = form.get("repCode", ""), form.get("srchWord", "")
        slots = self._listed(day)
        if code:
            slots = [slot for slot in slots if slot.ministry.code == code]
        if word:
            slots = [s for s in slots if word in self._release(s.number).title]
        return slots

    def _size(self, day: date, form: Mapping[str, str]) -> int:
        if form.get("repCode") or form.get("srchWord"):
            return len(self._matching(day, form))
        # One number a day is kept, so that totals of years cost nothing twice.
        settled = self.now is None or self.now.date() > day + LONGEST_HIDING
        if not settled or day in {self.world.listed_on(n) for n in self._put_off}:
            return len(self._listed(day))
        if day not in self._sizes:
            gone = sum(self.world.listed_on(n) == day for n in self._withdrawn)
            self._sizes[day] = self.world.size(day) - gone
        return self._sizes[day]

    def _total(self, form: Mapping[str, str]) -> int:
        return sum(self._size(day, form) for day in self._days(form))

    def _range(self, form: Mapping[str, str], first: int, last: int) -> list[Slot]:
        found: list[Slot] = []
        passed = 0
        for day in self._days(form):
            if passed >= last:
                break
            size = self._size(day, form)
            if passed + size > first:
                slots = self._matching(day, form)
                found += slots[max(0, first - passed) : last - passed]
            passed += size
        return found


def _html(text: str) -> Answer:
    return Answer(text.encode())


def _unchanged(release: Release) -> Release:
    return release
