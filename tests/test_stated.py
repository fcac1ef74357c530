from dataclasses import replace
from datetime import datetime

import pytest

from scraper.errors import FetchError, MissingError, ParseError, SourceError
from scraper.model import KST, Attachment, Download, Entry, Page, RawRelease
from scraper.sources.open_api_item import ITEM
from scraper.sources.policy_news import POLICY_NEWS
from scraper.stated import read_stated
from tests.test_open_api import entry_of, item, window

NOW = datetime(2026, 11, 24, 12, tzinfo=KST)


class Both:
    """Has an item, and maybe a page or an error beside it."""

    def __init__(self, written: str, second: Page | SourceError | None) -> None:
        (self.item,) = window(written).items.values()
        self.second = second

    def page(self, entry: Entry) -> Page:
        return Page("https://a", "", self.item.body, ITEM, NOW)

    def second_page(self, entry: Entry) -> Page | None:
        if isinstance(self.second, SourceError):
            raise self.second
        return self.second

    def file(self, entry: Entry, attachment: Attachment) -> Download:
        raise AssertionError(attachment)


def read(written: str, second: Page | SourceError | None) -> RawRelease:
    return read_stated(entry_of(written), Both(written, second), POLICY_NEWS)


def other(**changes: str) -> Page:
    """Return what stands for the page: an item reads as well as any."""
    (found,) = window(item(**changes)).items.values()
    return Page("https://b", "", found.body, ITEM, NOW)


def test_one_page_is_all_there_is() -> None:
    assert read(item(), None).title == '갯벌 체험길 "새로 연다"'


def test_a_second_page_is_compared() -> None:
    raw = read(item(), other(Title="딴 제목"))
    assert raw.title == '갯벌 체험길 "새로 연다"'
    assert raw.warnings[0].startswith("title: the API has")


@pytest.mark.parametrize("kind", [FetchError, ParseError])
def test_a_second_page_that_is_not_to_be_had_is_told(kind: type[SourceError]) -> None:
    raw = read(item(), kind("https://b", "no such luck"))
    assert raw.warnings == ("not compared with its page: no such luck",)
    assert raw == replace(read(item(), None), warnings=raw.warnings)


@pytest.mark.parametrize("kind", [FetchError, ParseError, MissingError])
@pytest.mark.parametrize("blank", ["", "&amp;nbsp;"])
def test_a_license_that_only_the_page_has_is_waited_for(
    kind: type[SourceError], blank: str
) -> None:
    """Held for its license it would not be looked at again for long."""
    with pytest.raises(kind):
        read(item(KoglType=blank), kind("https://b", "down"))


def test_a_page_that_says_it_is_gone_counts() -> None:
    with pytest.raises(MissingError):
        read(item(), MissingError("https://b", "gone"))
