"""What a run is asked to do, and what it is handed to do it with."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from scraper.again import Before
from scraper.announce import Announcement, Section
from scraper.coverage import LookBack
from scraper.model import Entry, History, Post, Receipt, Survey
from scraper.originals import Originals
from scraper.prepare import Rules
from scraper.report import Outcome
from scraper.state import State
from scraper.window import Window


class Stopped(BaseException):
    """A signal asks the run to end; not an error, so nothing catches it by chance."""


class Publisher(Protocol):
    """Where posts go; see the package ``publishers``."""

    def survey(self, since: str) -> Survey:
        """Return what the target holds."""
        ...

    def publish(self, posts: Sequence[Post], subject: str) -> Receipt:
        """Deliver all posts or none."""
        ...

    def read(self, paths: Collection[str]) -> Mapping[str, str]:
        """Return the posts that stand at these paths."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """A post as the news target has it now."""

    text: str
    #: It is, to the byte, as we sealed it: nobody edited it.
    intact: bool
    #: As the post itself tells it; the revision is that of its seal.
    history: History
    #: It does not refer its readers to attachments for the text.
    has_text: bool = True


@dataclass(frozen=True, slots=True)
class Again:
    """What it takes to look at published releases again."""

    #: The site, asked only whether something changed.
    site: Originals
    #: What of a release is kept now, whatever is fetched after this call.
    before: Callable[[Entry], Before]
    #: Has the posts that are in the news target, by path, for those id by path.
    standing: Callable[[Mapping[str, str]], Mapping[str, Standing]]
    #: Releases one run looks at, and withdrawals it marks, at most.
    per_run: int = 60
    most_withdrawn: int = 10


def _ignore(_: object = None) -> None:
    """Hear, and do nothing."""


@dataclass(frozen=True, slots=True)
class Announcer:
    """One way releases are announced: a section's listing, or the Open API."""

    #: What reports and the state call it: ``press_release``, ``open_api`` ….
    name: str
    #: The server behind it; when that refuses us, nothing else is asked of it.
    server: str
    #: Has what a day and a ministry's code ("" for all) announce.
    announce: Callable[[date, str], Announcement]
    #: By :attr:`Entry.source`: how the pages it announces read.
    sections: Mapping[str, Section]
    #: Has a release's own page and files.
    originals: Originals
    window: Window
    #: Lists a past day again, and stops early where the ids given are still all there
    #: are; ``None``: past days come cheaper together, by ``announce``.
    relist: Callable[[date, str, Collection[str]], Announcement] | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """What a run is handed: everything that touches the world."""

    #: In the order they are asked; what one announced is not taken from the next.
    announcers: Sequence[Announcer]
    #: What earlier runs fetched.
    kept: Originals
    state: State
    publisher: Publisher
    rules: Rules
    #: The clock, in KST.
    now: Callable[[], datetime]
    #: Tells whether a signal came; the run ends after the release at hand.
    stopping: Callable[[], bool] = lambda: False
    #: Finishes what an earlier run left half done at the news target.
    tend: Callable[[], object] = _ignore
    #: Hears how many releases are coming, and how each ended; for a progress bar.
    expect: Callable[[int], object] = _ignore
    #: How many requests were sent so far.
    requests: Callable[[], int] = lambda: 0
    progress: Callable[[Outcome], object] = _ignore
    #: ``None``: published releases are not looked at again.
    again: Again | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What one run is asked to do."""

    #: Codes of ministries; empty means all.
    ministries: tuple[str, ...] = ()
    #: Releases to look into at most; ``None`` for all.
    limit: int | None = None
    #: Nobody named a first day: with a lost state, go on from the newest post there is.
    catch_up: bool = False
    #: Take up what is due, and read no listing.
    due_only: bool = False
    #: Past days to list again; ``None`` for none.
    look_back: LookBack | None = None
    #: A person said that many posts a rewritten history lost may come back.
    allow_restore: bool = False
    #: Do everything but publish and remember.
    dry_run: bool = False
    #: Scheme and host release pages are told under.
    base_url: str = ""
    #: Names the program version and the settings that make posts and verdicts.
    made_by: str = ""
