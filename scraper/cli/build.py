"""Config -> the parts of a run: the only place that joins them.

What reads documents and renders posts is loaded when there is something to read or to
render: loading it costs more than all that a run does which finds nothing.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.archive import Archive
from scraper.cli.known_look import made_by as made_by
from scraper.cli.target import target_of
from scraper.errors import LockedError, StorageError
from scraper.model import KST, License, Post, Release, Use
from scraper.prepare import Rules
from scraper.settings import Config
from scraper.state import State

if TYPE_CHECKING:
    from publishers.post import Style
    from scraper.model import Document
    from scraper.read import Extract

#: Tells which clock the program lives by; for demos and tests of what time does.
CLOCK = "BODOJARYO_NOW"

#: Folder below ``state_dir`` for the texts of documents read before.
EXTRACTED = "extracted"


def clock() -> Callable[[], datetime]:
    """Return the clock in KST; it starts at ``$BODOJARYO_NOW`` where that is set.

    The variable is an ISO 8601 time with its zone. A demo and its replica of the site
    live on the same invented day.
    """
    text = os.environ.get(CLOCK, "")
    if not text:
        return lambda: datetime.now(KST)
    shift = datetime.fromisoformat(text).astimezone(KST) - datetime.now(KST)
    return lambda: datetime.now(KST) + shift


@contextmanager
def reader_of(config: Config, *, dry_run: bool = False) -> Iterator["Extract"]:
    """Hand out what reads documents: isolated, remembered, with any converter.

    A dry run remembers nothing.
    """
    opened: list[Extract] = []
    with ExitStack() as stack:

        def extract(body: bytes) -> "Document":
            if not opened:
                opened.append(_reader(config, stack, dry_run=dry_run))
            return opened[0](body)

        yield extract


def _reader(config: Config, stack: ExitStack, *, dry_run: bool) -> "Extract":
    from scraper.documents import EXTRACTOR_VERSION
    from scraper.documents.cache import Cache
    from scraper.documents.convert import with_converter
    from scraper.documents.worker import Worker

    extract = stack.enter_context(Worker()).extract
    if not dry_run:
        folder = config.state_dir / EXTRACTED
        extract = Cache(folder, EXTRACTOR_VERSION, extract).extract
    return with_converter(extract, config.documents.convert)


def rules_of(config: Config, extract: "Extract") -> Rules:
    """Return what the operator decided, for every release alike."""
    faithful = not config.use.changes
    styles: list[Style] = []

    def style() -> "Style":
        if not styles:
            from scraper.cli.look import style_of

            styles.append(style_of(config))
        return styles[0]

    def render(release: Release, license: License, path: str) -> Post:
        from publishers.post import render_post

        return render_post(release, license, style(), path=path, faithful=faithful)

    def render_stub(release: Release, path: str) -> Post:
        from publishers import post

        return post.render_stub(release, style(), path=path)

    return Rules(
        use=Use(commercial=config.use.commercial, changes=config.use.changes),
        stub_refused=config.license.refused == "stub",
        public_url=config.site.public_url,
        render=render,
        render_stub=render_stub,
        extract=extract,
    )


@contextmanager
def locked_state(config: Config, now: datetime) -> Iterator[tuple[State, Archive]]:
    """Hand out the state and the archive to one run at a time.

    Raises:
        LockedError: another run has them.
        StorageError: the folder cannot be made or written.
    """
    folder = config.state_dir
    with (
        locked(folder, "lock", "another run is at work on"),
        State(folder / "state.db", target_of(config), now=now) as state,
    ):
        yield state, Archive(folder / "archive")


@contextmanager
def locked(folder: Path, name: str, said: str) -> Iterator[None]:
    """Hold a lock of the state's folder, made if absent; the end of a process ends it.

    Raises:
        LockedError: somebody has it; the message is ``said`` and the folder.
        StorageError: the folder cannot be made or written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        handle = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageError(f"cannot write {folder}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(f"{said} {folder}; wait for it to end") from None
        yield
    finally:
        os.close(handle)


@contextmanager
def unlocked_state(config: Config, now: datetime) -> Iterator[State]:
    """Hand out the state for looking only; one that forgets where there is none."""
    file: Path | None = config.state_dir / "state.db"
    if not (file and file.exists()):
        file = None
    with State(file, target_of(config), now=now, look_only=True) as state:
        yield state
