"""What an installed program has: every package, and every file they read."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"][
    "setuptools"
]


def folders() -> set[Path]:
    return {
        file.parent
        for top in ("scraper", "publishers")
        for file in (ROOT / top).rglob("__init__.py")
    }


def test_every_package_is_installed() -> None:
    """A list: nothing else in the tree can slip in, so nothing may be forgotten."""
    named = {".".join(folder.relative_to(ROOT).parts) for folder in folders()}
    assert set(SETUPTOOLS["packages"]) == named


def test_every_file_that_is_no_program_is_installed() -> None:
    """From a checkout all files are there; from a wheel only those that are named."""
    installed = {
        file
        for package, patterns in SETUPTOOLS["package-data"].items()
        for pattern in patterns
        for file in (ROOT / package.replace(".", "/")).glob(pattern)
        if file.is_file()
    }
    kept = {
        file
        for top in ("scraper", "publishers")
        for file in (ROOT / top).rglob("*")
        if file.is_file() and file.suffix not in (".py", ".pyc")
    }
    assert kept
    assert installed == kept
