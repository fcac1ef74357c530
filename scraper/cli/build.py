"""Config -> the parts of a run: the only place that joins them."""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from publishers.directory import DirectoryPublisher
from publishers.git import GitPublisher
from publishers.post import POST_VERSION, Style, render_post, render_stub
from scraper.archive import Archive
from scraper.config import Config
from scraper.documents import EXTRACTOR_VERSION
from scraper.documents.cache import Cache
from scraper.documents.convert import with_converter
from scraper.documents.worker import Worker
from scraper.errors import LockedError, StorageError
from scraper.job import Publisher
from scraper.license import Use
from scraper.model import KST
from scraper.prepare import Rules
from scraper.read import Extract
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


def style_of(config: Config) -> Style:
    """Return how posts look."""
    post = config.post
    return Style(
        profile=post.profile,
        layout=post.layout,
        category=post.category,
        banner_path=post.banner.path,
        banner_alt=post.banner.alt,
        promo_text=post.promo.text,
        promo_url=post.promo.url,
        promo_rel=post.promo.rel,
        contacts=post.contacts,
        site_name=post.site_name,
        feature_heading=post.feature_heading,
        excerpt_length=post.excerpt_length,
    )


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


def target_of(config: Config) -> str:
    """Name the news target, for the state.

    A folder is named as seen from the state's, so that both can be moved together.
    """
    news = config.news
    if news.to == "directory":
        return f"directory {os.path.relpath(news.directory, config.state_dir)}"
    remote = news.remote
    if os.path.isabs(remote):
        remote = os.path.relpath(remote, config.state_dir)
    return f"git {remote}#{news.branch}"


def target_shown(config: Config) -> str:
    """Name the news target, for people."""
    news = config.news
    if news.to == "directory":
        return str(news.directory)
    return f"{news.remote} ({news.branch})"


def publisher_of(
    config: Config, now: Callable[[], datetime], sleep: Callable[[float], None]
) -> Publisher:
    """Return the publisher the configuration names; it waits by ``sleep``."""
    news = config.news
    if news.to == "directory":
        return DirectoryPublisher(news.directory)
    name = hashlib.sha256(news.remote.encode()).hexdigest()[:16]
    return GitPublisher(
        news.remote,
        branch=news.branch,
        mirror=config.state_dir / f"mirror-{name}.git",
        author_name=news.author_name,
        author_email=news.author_email,
        token=config.token.get_secret_value() if config.token else None,
        now=now,
        sleep=sleep,
    )


@contextmanager
def locked_state(config: Config, now: datetime) -> Iterator[tuple[State, Archive]]:
    """Hand out the state and the archive to one run at a time.

    Raises:
        LockedError: another run has them.
        StorageError: the folder cannot be made or written.
    """
    folder = config.state_dir
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageError(f"cannot write {folder}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(
                f"another run is at work on {folder}; wait for it to end"
            ) from None
        with State(folder / "state.db", target_of(config), now=now) as state:
            yield state, Archive(folder / "archive")
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
