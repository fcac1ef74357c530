"""Twins of other ministries, and releases that others correct by their title."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from scraper.links import Links, delivered, start, way_of
from scraper.model import KST, History, LicenseMarks, Ministry, Release
from scraper.state import State
from tests.sample_release import release

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=KST)
DAY = timedelta(days=1)
OTHER = Ministry("기상청", "B00001", "기상청")


@pytest.fixture
def state() -> Iterator[State]:
    with State(None, "news", now=NOW) as made:
        yield made


def put(state: State, *releases: Release) -> None:
    state.follow(start(one, NOW) for one in releases)


def made(news_id: str, **changes: object) -> Release:
    return release(news_id=news_id, title="가을 숲 축제 연다", **changes)


def test_twins_are_of_other_ministries_within_three_days(state: State) -> None:
    put(
        state,
        made("1", ministry=OTHER),
        made("2"),
        made("3", ministry=OTHER, published_at=release().published_at - 4 * DAY),
        made("4", ministry=OTHER, source="policy_news"),
        made("5", ministry=replace(OTHER, code="", printed="새부")),
        release(news_id="6", ministry=OTHER),
    )
    assert Links(state).of(made("9")) == History(same_title_as=("1", "5"))


def test_punctuation_and_blanks_part_no_twins(state: State) -> None:
    put(state, made("1", ministry=OTHER))
    other = release(news_id="9", title="‘가을’ 숲축제, 연다!")
    assert Links(state).of(other).same_title_as == ("1",)


def test_only_the_later_of_one_run_is_linked(state: State) -> None:
    links = Links(state)
    assert links.of(made("9")).same_title_as == ()
    assert links.of(made("10", ministry=OTHER)).same_title_as == ("9",)


def test_what_is_read_anew_counts_as_it_reads_now(state: State) -> None:
    """Its title was corrected: neither what is held nor what was ready counts."""
    put(state, made("1", ministry=OTHER))
    links = Links(state)
    assert links.of(made("9")).same_title_as == ("1",)
    links.of(made("1", ministry=OTHER))
    links.of(release(news_id="1", ministry=OTHER))
    assert links.of(made("10")).same_title_as == ()


def test_a_marked_title_is_linked_to_the_newest_near_one(state: State) -> None:
    before = release().published_at - DAY
    put(
        state,
        made("1", published_at=before - DAY),
        made("2", published_at=before),
        made("3", ministry=OTHER, published_at=before),
        release(news_id="4", title="전혀 다른 제목의 보도자료", published_at=before),
    )
    marked = release(news_id="9", title="(수정) 가을 숲 축제 연다")
    assert Links(state).of(marked).corrects == "2"


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "가을 숲 축제 연다"},
        {"title": "[정정] 가을 숲 축제 연다"},
        {"title": "(수정) 가을 숲 축제 연다", "rebuttal": True},
        {"title": "(수정) 겨울철 화재를 막는 대책"},
        {"title": "(수정) 가을 숲 축제 연다", "ministry": OTHER},
    ],
)
def test_what_corrects_nothing(state: State, changes: dict[str, object]) -> None:
    put(state, made("1"))
    assert Links(state).of(release(news_id="9", **changes)).corrects == ""


def test_old_releases_are_not_corrected(state: State) -> None:
    put(state, made("1", published_at=release().published_at - 15 * DAY))
    marked = release(news_id="9", title="(수정) 가을 숲 축제 연다")
    assert Links(state).of(marked).corrects == ""


def test_the_way_of_a_release_is_told_by_its_marks() -> None:
    def way(**marks: tuple[str, ...]) -> str:
        return way_of(release(license_marks=LicenseMarks(**marks)))

    assert way(images=("1",)) == "page"
    assert way(kogl_type=("",)) == "item"
    assert way(kogl_type=("1",), images=("1",)) == "item and page"


def test_a_delivery_keeps_when_a_release_is_looked_at(state: State) -> None:
    known = replace(start(release(source_hash="a"), NOW), hashes={"item": "x"})
    later = delivered(
        release(source_hash="b", history=History(2)), known, NOW + 5 * DAY
    )
    assert (later.first_at, later.due_at) == (known.first_at, known.due_at)
    assert later.hashes == {"item": "x", "page": "b"}
    assert later.history == History(2)
