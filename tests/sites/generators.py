"""The generators that tests build sites with, and how to get them.

Jekyll and Hugo are Debian's. Those of npm are pinned by ``package-lock.json`` and
mkdocs-material by ``requirements.lock``, both beside this file; they are installed
once, below ``.bench/sites`` (not in git), by whichever test comes first. Where one is
missing, tests are skipped and say how to get it; in CI they fail.
"""

import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PLACE = HERE.parents[1] / ".bench" / "sites"

#: The Debian package that has a program.
DEBIAN = {
    "hugo": "hugo",
    "jekyll": "jekyll ruby-jekyll-seo-tag ruby-jekyll-feed ruby-jekyll-sitemap",
    "node": "nodejs",
    "npm": "npm",
    "ruby": "ruby ruby-kramdown-parser-gfm",
}


def program(name: str) -> str:
    """Return the path of a program of Debian's, or skip the test."""
    found = shutil.which(name)
    if not found:
        missing(f"no {name}: apt-get install {DEBIAN[name]}")
    return str(found)


def missing(reason: str) -> None:
    """Skip the test; in CI nothing may be missing, so fail it."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@functools.cache
def node_modules() -> Path:
    """Return the folder of what ``package-lock.json`` pins, or skip the test."""
    npm = program("npm")
    files = (HERE / "package.json", HERE / "package-lock.json")

    def install(folder: Path) -> None:
        for file in files:
            shutil.copy(file, folder)
        run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
            folder,
            "let npm reach its registry, once",
        )

    return _installed("node", files, install) / "node_modules"


@functools.cache
def mkdocs() -> Path:
    """Return the folder of mkdocs-material's packages, or skip the test."""
    lock = HERE / "requirements.lock"

    def install(folder: Path) -> None:
        # An environment cannot be moved, so the packages are put beside it.
        run(
            [
                *(sys.executable, "-m", "pip", "install", "--no-deps", "-qq"),
                *("--disable-pip-version-check", "--target", "packages"),
                *("-r", str(lock)),
            ],
            folder,
            "let pip reach its index, once",
        )

    return _installed("mkdocs", (lock,), install) / "packages"


def run(command: list[str], folder: Path, how: str) -> None:
    """Run an installer in a folder; skip the test when it fails."""
    environ = {**os.environ, "HOME": str(folder)}
    done = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, timeout=600
    )
    if done.returncode:
        said = (done.stderr + done.stdout).strip()[-300:]
        missing(f"cannot install the site generators ({said}): {how}")


def _installed(
    name: str, files: tuple[Path, ...], install: Callable[[Path], None]
) -> Path:
    """Return the folder of one lock, made by whoever comes first, all or nothing."""
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files))
    folder = PLACE / f"{name}-{digest.hexdigest()[:12]}"
    PLACE.mkdir(parents=True, exist_ok=True)
    with _alone(PLACE / "lock"):
        if not folder.exists():
            made = Path(tempfile.mkdtemp(dir=PLACE, prefix=f".{name}-"))
            try:
                install(made)
                made.rename(folder)
            finally:
                shutil.rmtree(made, ignore_errors=True)
    return folder


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
