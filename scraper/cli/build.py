"""Config -> the parts of a run: the only place that joins them."""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from publishers.post import POST_VERSION, render_post, render_stub
from scraper.archive import Archive
from scraper.cli.look import style_of
from scraper.cli.target import target_of
from scraper.documents import EXTRACTOR_VERSION
from scraper.documents.cache import Cache
from scraper.documents.convert import with_converter
from scraper.documents.worker import Worker
from scraper.errors import LockedError, StorageError
from scraper.license import Use
from scraper.model import KST
from scraper.prepare import Rules
from scraper.read import Extract
from scraper.settings import Config
from scraper.state import State

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
def reader_of(config: Config, *, dry_run: bool = False) -> Iterator[Extract]:
    """Hand out what reads documents: isolated, remembered, with any converter.

    A dry run remembers nothing.
    """
    with Worker() as worker:
        extract = worker.extract
        if not dry_run:
            folder = config.state_dir / EXTRACTED
            extract = Cache(folder, EXTRACTOR_VERSION, extract).extract
        yield with_converter(extract, config.documents.convert)


def rules_of(config: Config, extract: Extract) -> Rules:
    """Return what the operator decided, for every release alike."""
    style = style_of(config)
    faithful = not config.use.changes
    return Rules(
        use=Use(commercial=config.use.commercial, changes=config.use.changes),
        stub_refused=config.license.refused == "stub",
        public_url=config.site.public_url,
        render=lambda release, license, path: render_post(
            release, license, style, path=path, faithful=faithful
        ),
        render_stub=lambda release, path: render_stub(release, style, path=path),
        extract=extract,
    )


def made_by(config: Config) -> str:
    """Name what makes posts and verdicts: the readers, the look, the settings."""
    public_url = config.site.public_url
    chosen = (config.use, config.license, config.documents)
    settings = repr((style_of(config), *chosen, public_url))
    digest = hashlib.sha256(settings.encode()).hexdigest()[:12]
    return f"documents {EXTRACTOR_VERSION}, posts {POST_VERSION}, settings {digest}"


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
