"""What the archive gives back: an item of the Open API, its page, or the page alone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scraper.archive import Archive
from scraper.errors import NotKeptError
from scraper.model import KST, Entry, Page
from scraper.originals import ArchivedOriginals, KeptFirst, keep_page
from scraper.sources.open_api_item import ITEM
from scraper.state import State
from tests.test_open_api import entry_of, item

NOW = datetime(2026, 11, 24, 12, tzinfo=KST)
ENTRY = entry_of(item())
API = "/1371000/policyNewsService2/policyNewsList2#148900001"


class Shelf:
    """An archive and its state, to put pages into."""

    def __init__(self, folder: Path, state: State) -> None:
        self.archive = Archive(folder)
        self.state = state
        self.kept = ArchivedOriginals(self.archive, state)

    def put(self, text: str, *, at: datetime = NOW, api: bool = False) -> None:
        kind = ITEM if api else "text/html; charset=utf-8"
        page = Page("https://x", text, text.encode(), kind, at)
        path = API if api else ENTRY.path
        keep_page(self.archive, self.state, ENTRY, page, path=path)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with State(None, "t", now=NOW) as state:
        yield Shelf(tmp_path, state)


def test_a_page_alone_has_no_second(shelf: Shelf) -> None:
    shelf.put("<p>쪽</p>")
    assert shelf.kept.page(ENTRY).text == "<p>쪽</p>"
    assert shelf.kept.second_page(ENTRY) is None


def test_an_item_alone_has_no_second(shelf: Shelf) -> None:
    shelf.put("<NewsItem/>", api=True)
    assert shelf.kept.page(ENTRY).content_type == ITEM
    assert shelf.kept.second_page(ENTRY) is None


def test_an_item_goes_before_the_page_fetched_beside_it(shelf: Shelf) -> None:
    shelf.put("<NewsItem/>", api=True)
    shelf.put("<p>쪽</p>", at=NOW + timedelta(minutes=5))
    assert shelf.kept.page(ENTRY).text == "<NewsItem/>"
    second = shelf.kept.second_page(ENTRY)
    assert second is not None
    assert second.text == "<p>쪽</p>"


def test_a_page_of_a_much_later_run_goes_before_an_old_item(shelf: Shelf) -> None:
    """The operator gave the API up; its last word must not undo a correction."""
    shelf.put("<NewsItem/>", api=True)
    shelf.put("<p>고침</p>", at=NOW + timedelta(days=3))
    assert shelf.kept.page(ENTRY).text == "<p>고침</p>"
    assert shelf.kept.second_page(ENTRY) is None


def test_what_was_never_fetched_is_not_kept(shelf: Shelf) -> None:
    with pytest.raises(NotKeptError):
        shelf.kept.page(ENTRY)


class Elsewhere:
    """Has a page and a second one for everything."""

    def page(self, entry: Entry) -> Page:
        return Page("https://y", "새", b"", "", NOW)

    def second_page(self, entry: Entry) -> Page:
        return Page("https://y", "둘째", b"", "", NOW)

    def file(self, entry: Entry, attachment: object) -> None:
        raise AssertionError


def test_both_pages_come_from_one_place(shelf: Shelf) -> None:
    """An item of the archive held against a page of today would not agree."""
    either = KeptFirst(shelf.kept, Elsewhere())  # type: ignore[arg-type]
    second = either.second_page(ENTRY)
    assert second is not None
    assert (either.page(ENTRY).text, second.text) == ("새", "둘째")
    shelf.put("<NewsItem/>", api=True)
    assert either.page(ENTRY).text == "<NewsItem/>"
    assert either.second_page(ENTRY) is None
