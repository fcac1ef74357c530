"""The files ``scrape check`` and ``scrape repair`` look at."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import typer

from publishers.check import Options
from publishers.check.front import REQUIRED
from scraper.config import load_config
from scraper.errors import StorageError

#: What site generators take for a post.
POSTS = frozenset({".md", ".markdown", ".mkd", ".html"})
#: Folders of tools and of built sites.
NOT_OURS = frozenset({"_site", "node_modules", "vendor", "public", "__pycache__"})
#: Pages of a repository, not posts; those below ``_posts`` are posts whatever the name.
PAGES = frozenset({"readme", "changelog", "contributing", "license", "_index"})


def find_posts(folder: Path) -> list[Path]:
    """Return the posts below a folder, in order.

    Where there are ``_posts`` folders, posts are what stands in these alone.

    Raises:
        typer.BadParameter: there is no such folder, or no post in it.
        StorageError: a folder in it cannot be read.
    """
    if not folder.is_dir():
        raise typer.BadParameter(f"{folder}: no such folder")
    found = sorted(_files(folder))
    in_posts = [f for f in found if "_posts" in f.relative_to(folder).parts[:-1]]
    kept = in_posts or [f for f in found if _is_post(f, folder)]
    if not kept:
        kinds = ", ".join(sorted(POSTS))
        raise typer.BadParameter(f"{folder}: no posts there ({kinds})")
    return kept


def _is_post(file: Path, folder: Path) -> bool:
    """Say whether a file outside of ``_posts`` is one: pages and layouts are none."""
    if "_posts" in folder.absolute().parts:
        return True
    return file.suffix != ".html" and file.stem.lower() not in PAGES


def _files(folder: Path) -> Iterator[Path]:
    """Yield files, also linked ones; folders that are links are not followed.

    Raises:
        StorageError: a folder cannot be read, so nobody knows what is in it.
    """
    for place, folders, names in os.walk(folder, onerror=_stop):
        folders[:] = [f for f in folders if f not in NOT_OURS and f[0] != "."]
        for name in names:
            file = Path(place, name)
            if file.suffix.lower() in POSTS and name[0] != "." and _is_file(file):
                yield file


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError as error:
        _stop(error)


def _stop(error: OSError) -> NoReturn:
    raise StorageError(f"cannot read {error.filename}: {error.strerror}") from error


def seen_from_here(folder: Path) -> str:
    """Return the folder as seen from where we are; "" if it is not below."""
    path = Path(os.path.relpath(folder)).as_posix()
    return "" if path.startswith("..") else path


def name_below(folder: Path, file: Path) -> str:
    """Return the path of a file below the folder, with slashes."""
    return file.relative_to(folder).as_posix()


@contextmanager
def listener_may_leave() -> Iterator[None]:
    """Let whoever reads stdout leave before its end (``| head``): that is no error."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())


def read(file: Path) -> tuple[bytes, str]:
    """Return what a file holds, or b"" and why it cannot be read; "" if it can."""
    try:
        return file.read_bytes(), ""
    except OSError as error:
        return b"", error.strerror or repr(error)


def options_of(now: datetime, profile: str, config: Path | None) -> Options:
    """Return what posts are judged by; ``config`` tells profile and banner if given.

    Raises:
        ConfigError: the configuration cannot be used.
        typer.BadParameter: no such profile.
    """
    if profile and profile not in REQUIRED:
        known = ", ".join(REQUIRED)
        raise typer.BadParameter(f"must be one of {known}", param_hint="--profile")
    if config is None:
        return Options(now, profile)
    post = load_config(config, os.environ, []).post
    banner = {post.banner.path} - {""}
    return Options(now, profile or post.profile, frozenset(banner))
