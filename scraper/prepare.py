"""One release, from its entry to a post: what that needs, and what it gives.

Entry -> RawRelease -> Reading -> Release -> Ready | Held | Left

The stages themselves are in :mod:`scraper.stages`, which is loaded with the first
release: a run that finds nothing has none, and the readers of documents are half of all
there is to load.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scraper.model import Entry, Held, History, License, Post, Release, Use

if TYPE_CHECKING:
    from scraper.announce import Section
    from scraper.originals import Originals
    from scraper.read import Extract
    from scraper.window import Window


@dataclass(frozen=True, slots=True)
class Ready:
    """A release that may be published now, and its post."""

    post: Post
    release: Release
    #: For ``scrape show``: license, embargo, where the text is from, warnings.
    facts: dict[str, Any]
    #: Those of the warnings that the report shows: what its sources contradict.
    remarks: tuple[str, ...] = ()
    #: How often its source says it was changed; see :attr:`RawRelease.revision`.
    counted: int = 0


@dataclass(frozen=True, slots=True)
class Left:
    """A release that this run leaves alone; a later one may take it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator decided, for every release alike."""

    use: "Use"
    #: Publish title, ministry, date and link of what may not be published whole.
    stub_refused: bool
    #: Scheme and host that readers are sent to.
    public_url: str
    #: Makes a post of a release; ``path`` "" lets the post choose.
    render: Callable[[Release, License, str], Post]
    #: Makes a stub of a release whose license does not allow more.
    render_stub: Callable[[Release, str], Post]
    #: Reads a document.
    extract: "Extract"


def prepare(
    entry: Entry,
    originals: "Originals",
    section: "Section",
    rules: Rules,
    *,
    now: datetime,
    window: "Window | None" = None,
    path: str = "",
    history: Callable[[Release], History] = lambda _: History(),
    trusted: Container[str] = (),
) -> Ready | Held | Left:
    """Return the release's post, or why there is none.

    Args:
        entry: The announcement.
        originals: Where its page and files come from.
        section: How its page reads, and whether it is open at all.
        rules: What the operator decided.
        now: Aware; what an embargo is held against.
        window: Bounds by publication time; ``None`` takes any.
        path: Path the post has already; "" for a new one.
        history: What became of the release before, and what it belongs to.
        trusted: See :func:`scraper.read.read_text`.

    Raises:
        SourceError: a page or file could not be had or understood.
        PublishError: the post would not read back as written.
    """
    from scraper.stages import run_stages

    return run_stages(
        entry,
        originals,
        section,
        rules,
        now=now,
        window=window,
        path=path,
        history=history,
        trusted=trusted,
    )
