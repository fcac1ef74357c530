"""Second looks without a network: what each finding leads to, and what stops them."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from publishers.marks import read_history
from publishers.paths import is_ours
from publishers.post import Style, render_post, render_stub
from scraper.again import AgainOriginals, Before
from scraper.archive import Archive
from scraper.errors import (
    BlockedError,
    FetchError,
    MissingError,
    ParseError,
    PublishError,
    UnavailableError,
)
from scraper.job import Again, Announcer, Job, Parts, Standing, Stopped
from scraper.model import (
    KST,
    Download,
    Entry,
    LicenseMarks,
    Page,
    Post,
    RawRelease,
    Receipt,
    Request,
    Use,
    Validators,
)
from scraper.originals import ArchivedOriginals
from scraper.prepare import Rules
from scraper.recheck import recheck
from scraper.report import Report
from scraper.settle import Ledger
from scraper.state import State
from scraper.take import Taker

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=KST)
RAW: dict[str, Any] = {
    "title": "가을 숲 축제 연다",
    "ministry": "산림청",
    "body": "산림청은 24일 축제 12곳을 연다고 밝혔다.",
    "license": "1",
    "revision": 1,
    "embargo": "",
}


class World:
    """A site, a news target and a clock, all in memory."""

    def __init__(self, tmp_path: Path, count: int = 3) -> None:
        self.now = NOW
        self.ids = [str(number) for number in range(1, count + 1)]
        self.shown: dict[str, dict[str, Any] | BaseException] = dict.fromkeys(
            self.ids, RAW
        )
        self.posts: dict[str, str] = {}
        self.subjects: list[str] = []
        self.asked: list[str] = []
        self.archive = Archive(tmp_path / "archive")
        self.state = State(None, "news", now=NOW)
        self.report = Report()
        self.per_run = 60
        self.sections: Sequence[str] = ("press_release",)

    # the site
    def changed_page(self, request: Request, known: Validators) -> Page | None:
        news_id = request.path.partition("=")[2]
        self.asked.append(news_id)
        shown = self.shown[news_id]
        if isinstance(shown, BaseException):
            raise shown
        text = json.dumps(shown)
        return Page(request.path, text, text.encode(), "text/html", self.now)

    def page(self, request: Request) -> Page:
        page = self.changed_page(request, Validators())
        assert page
        return page

    def file(self, path: str) -> Download:
        raise AssertionError(path)

    def changed_file(self, path: str, known: Validators) -> Download | None:
        raise AssertionError(path)

    # the section
    def parse_release(self, page: Page, entry: Entry) -> RawRelease:
        said = json.loads(page.text)
        if said.get("broken"):
            raise ParseError(page.url, "no title")
        until = said["embargo"]
        return RawRelease(
            entry=entry,
            title=said["title"],
            subtitles=(),
            published_at=NOW - timedelta(hours=1),
            ministry=said["ministry"],
            lead="",
            attachments=(),
            body_html=said["body"] and f"<p>{said['body']}</p>",
            license_marks=LicenseMarks(kogl_type=(said["license"],)),
            embargo_until=datetime.fromisoformat(until) if until else None,
            revision=said["revision"],
        )

    # the news target
    def publish(self, posts: Sequence[Post], subject: str) -> Receipt:
        self.subjects.append(subject)
        same = [p for p in posts if self.posts.get(p.path) == p.text]
        self.posts |= {p.path: p.text for p in posts}
        written = tuple(p.news_id for p in posts if p not in same)
        return Receipt(written, tuple(p.news_id for p in same), {}, "tip")

    def standing(self, paths: Mapping[str, str]) -> dict[str, Standing]:
        return {
            path: Standing(
                self.posts[path],
                is_ours(self.posts[path], news_id),
                read_history(self.posts[path]),  # type: ignore[arg-type]
            )
            for news_id, path in paths.items()
            if path in self.posts
        }

    def survey(self, since: str) -> Any:
        raise AssertionError

    def read(self, paths: Collection[str]) -> Mapping[str, str]:
        raise AssertionError

    # our parts
    def parts(self) -> Parts:
        section = SimpleNamespace(
            name="press_release",
            section="보도자료",
            closed="",
            rebuttal=False,
            parse_release=self.parse_release,
        )
        originals = AgainOriginals(self, self.archive, self.state)
        announcer = Announcer(
            name="press_release",
            server="site",
            announce=lambda day, ministry: None,  # type: ignore[arg-type,return-value]
            sections=dict.fromkeys(self.sections, section),  # type: ignore[arg-type]
            originals=originals,
            window=None,  # type: ignore[arg-type]
        )
        style = Style()
        return Parts(
            announcers=[announcer],
            kept=ArchivedOriginals(self.archive, self.state),
            state=self.state,
            publisher=self,
            rules=Rules(
                use=Use(commercial=True, changes=True),
                stub_refused=True,
                public_url="https://www.korea.kr",
                render=lambda r, license, path: render_post(
                    r, license, style, path=path
                ),
                render_stub=lambda r, path: render_stub(r, style, path=path),
                extract=lambda body: pytest.fail("no document"),
            ),
            now=lambda: self.now,
            again=Again(
                site=originals,
                before=lambda entry: Before(self.archive, self.state, entry),
                standing=self.standing,
                per_run=self.per_run,
            ),
        )

    def first(self) -> None:
        parts = self.parts()
        ledger = Ledger(self.state, Report(), "https://site", "made")
        taker = Taker(Job(catch_up=True), parts, ledger)
        entries = [
            Entry("press_release", i, f"/view?id={i}", "제목", "", "산림청", NOW.date())
            for i in self.ids
        ]
        taker.take(entries, parts.announcers[0], window=None)
        taker.publish()
        assert len(self.posts) == len(self.ids), ledger.report.as_json()

    def look(self, hours: float, **job: Any) -> Report:
        self.now = NOW + timedelta(hours=hours)
        self.report = Report()
        self.asked.clear()
        ledger = Ledger(self.state, self.report, "https://site", "made")
        recheck(Job(**{"catch_up": True, **job}), self.parts(), ledger)
        return self.report

    def change(self, news_id: str, **said: Any) -> None:
        self.shown[news_id] = {**RAW, **said}

    def text(self, news_id: str) -> str:
        return next(t for p, t in self.posts.items() if p.endswith(f"-{news_id}.md"))

    def history(self, news_id: str) -> Any:
        history = read_history(self.text(news_id))
        assert history
        return history

    def classes(self, news_id: str) -> list[str]:
        return [one.change for one in self.history(news_id).corrections]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.first()
    with made.state:
        yield made


def test_blanks_make_no_commit_and_are_counted(world: World) -> None:
    before = dict(world.posts)
    world.change("1", body=str(RAW["body"]).replace(" ", "&#32; "))
    report = world.look(1.1)
    assert report.rechecked["cosmetic"] == 1
    assert world.posts == before
    assert len(world.subjects) == 1
    assert not world.look(25).rechecked["cosmetic"], "the new digest is remembered"
    assert world.posts == before


@pytest.mark.parametrize(
    ("said", "change"),
    [
        ({"body": str(RAW["body"]).replace("12", "13")}, "numbers"),
        ({"body": str(RAW["body"]).replace("24일", "25일")}, "numbers"),
        ({"ministry": "기상청"}, "metadata"),
        ({"license": "0"}, "metadata"),
        ({"body": "산림청은 축제를 열지 않는다."}, "text"),
    ],
)
def test_each_kind_of_change_is_named(
    world: World, said: dict[str, str], change: str
) -> None:
    world.change("1", **said)
    world.look(1.1)
    assert world.classes("1") == [change]
    assert world.subjects[-1].startswith("news: {releases} changed at the source")
    assert world.state.followed(["1"])["1"].worst == change
    assert world.classes("2") == []


def test_an_older_version_shown_again_changes_nothing(world: World) -> None:
    """By its counter of changes; a cache in front of the site may show anything."""
    world.change("1", title="새 가을 숲 축제 연다", revision=2)
    world.look(1.1)
    before = dict(world.posts)
    world.change("1", revision=1)
    assert world.look(25).rechecked["older shown"] == 1
    assert world.posts == before
    world.change("1", title="새 가을 숲 축제 연다", revision=2)
    assert world.look(73).rechecked == {"looked at": 3, "due": 0}
    assert world.posts == before


def test_a_later_embargo_is_told_once_and_takes_nothing_back(world: World) -> None:
    before = dict(world.posts)
    world.change("1", embargo="2026-12-31T00:00:00+09:00")
    (note,) = world.look(1.1).notes
    assert note.startswith("1 published, and kept; now it would be held: embargo until")
    assert world.look(25).notes == []
    assert world.posts == before


def test_a_whole_post_never_becomes_a_stub(world: World) -> None:
    """Stubs are for what may not be published; this was, when it was allowed."""
    words = str(RAW["body"])
    world.change("1", license="4")
    world.look(1.1)
    assert words in world.text("1")
    assert world.history("1").restricted_at
    assert world.classes("1") == ["metadata"]
    before = dict(world.posts)
    world.look(25)
    assert world.posts == before


def test_what_is_not_kept_and_differs_is_text(world: World) -> None:
    world.change("1", ministry="기상청")
    for digest in list(world.archive.digests()):
        world.archive.drop(digest)
    world.look(1.1)
    assert world.classes("1") == ["text"]


def test_a_site_that_refuses_us_is_left_alone(tmp_path: Path) -> None:
    world = World(tmp_path, 9)
    world.first()
    before = dict(world.posts)
    world.shown = dict.fromkeys(world.ids, BlockedError("u", "refused"))
    report = world.look(1.1)
    assert isinstance(report.stopped_by, BlockedError)
    assert len(world.asked) == 3
    assert world.posts == before


def test_a_site_out_of_reach_ends_the_looks_at_once(world: World) -> None:
    world.shown = dict.fromkeys(world.ids, UnavailableError("u", "down"))
    assert isinstance(world.look(1.1).stopped_by, UnavailableError)
    assert len(world.asked) == 1


def test_silences_far_apart_are_the_pages_own(tmp_path: Path) -> None:
    world = World(tmp_path, 12)
    world.first()
    for news_id in world.ids[::2]:
        world.shown[news_id] = FetchError("u", "500")
    report = world.look(1.1)
    assert report.stopped_by is None
    assert report.rechecked["failed"] == 6


def gone(world: World, count: int) -> None:
    for news_id in world.ids[:count]:
        world.shown[news_id] = MissingError("u", "error page")
    world.look(1.1)
    world.look(7.2)


@pytest.mark.parametrize(
    ("releases", "missing", "marked"),
    [(20, 1, 1), (20, 2, 0), (300, 10, 10), (300, 11, 0), (3, 1, 1)],
)
def test_more_than_ten_or_five_in_a_hundred_are_not_marked(
    tmp_path: Path, releases: int, missing: int, marked: int
) -> None:
    world = World(tmp_path, releases)
    world.per_run = 1_000
    world.first()
    gone(world, missing)
    withdrawn = [i for i in world.ids if world.history(i).withdrawn_at]
    assert len(withdrawn) == marked
    assert len(world.posts) == releases
    assert bool(world.report.notes) == (marked == 0)


def test_the_only_release_there_is_proves_nothing(tmp_path: Path) -> None:
    """With no other page to compare with, the site itself may be gone."""
    world = World(tmp_path, 1)
    world.first()
    gone(world, 1)
    assert not world.history("1").withdrawn_at
    assert "no other release" in world.report.notes[0]


def test_two_misses_within_six_hours_prove_nothing(world: World) -> None:
    world.shown["1"] = MissingError("u", "error page")
    world.look(1.1)
    world.look(7.0)
    assert not world.history("1").withdrawn_at
    world.look(7.1)
    assert world.history("1").withdrawn_at


def test_after_thirty_days_the_rate_is_known(world: World) -> None:
    world.change("1", ministry="기상청")
    for hours in (1.1, 25, 73, 169, 337):
        world.look(hours)
    assert world.state.correction_rate().followed == 0
    world.look(721)
    rate = world.state.correction_rate()
    assert (rate.followed, rate.changes) == (3, {"": 2, "metadata": 1})
    assert world.look(9_000).rechecked == {}


@pytest.mark.parametrize(
    "job", [{"catch_up": False}, {"limit": 3}, {"due_only": True}, {"dry_run": True}]
)
def test_only_ordinary_runs_look(world: World, job: dict[str, Any]) -> None:
    assert world.look(1.1, **job).rechecked == {}
    assert world.asked == []


def test_a_run_that_does_not_read_its_section_leaves_a_look_to_one_that_does(
    world: World,
) -> None:
    """A daemon reads its sources one by one; the Open API alone knows no pages."""
    world.sections = ("policy_news",)
    world.look(1.1)
    assert world.asked == []
    world.sections = ("press_release",)
    assert world.look(1.2).rechecked["looked at"] == 3


def test_a_release_that_is_held_meanwhile_is_not_looked_at(world: World) -> None:
    row = world.state.find(["1"])["1"]
    world.state.settle([replace(row, status="held", code="edited")])
    world.look(1.1)
    assert world.asked == ["2", "3"]


@pytest.mark.parametrize("ends", ["publish", "stopped", "unreachable"])
def test_a_run_cut_short_leaves_the_next_one_all_it_needs(
    world: World, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    """What was fetched and not published must not pass for what was published."""
    world.change("1", ministry="기상청")
    with monkeypatch.context() as patch:
        if ends == "publish":
            patch.setattr(world, "publish", refuse)
            with pytest.raises(PublishError):
                world.look(1.1)
        elif ends == "stopped":
            patch.setitem(world.shown, "2", Stopped())
            with pytest.raises(Stopped):
                world.look(1.1)
        else:
            patch.setitem(world.shown, "2", UnavailableError("u", "down"))
            patch.setattr(world, "publish", refuse)
            with pytest.raises(PublishError):
                world.look(1.1)
    assert world.classes("1") == []
    world.look(1.2)
    assert world.classes("1") == ["metadata"]


def test_a_page_that_could_not_be_read_is_no_version(world: World) -> None:
    world.change("1", broken=True)
    assert world.look(1.1).rechecked["failed"] == 1
    world.change("1", ministry="기상청")
    world.look(2.2)
    assert world.classes("1") == ["metadata"]


def refuse(posts: Sequence[Post], subject: str) -> Receipt:
    raise PublishError("the remote is down")
