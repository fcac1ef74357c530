"""``scrape init``: a small news site for one generator, with configuration and CI."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from publishers.files import write_atomic
from publishers.profiles.houses import house
from scraper.errors import StorageError

#: Names that begin with a point are kept so among ours.
_DOT = "dot-"


@dataclass(frozen=True, slots=True)
class Site:
    """What ``init`` writes for a generator."""

    #: Folder of its files among ours.
    name: str
    #: Where its pages look for the style sheet.
    style: str
    #: Where the address of the site is to be filled in.
    settings: str
    #: How the site is looked at.
    look: str


_JEKYLL = Site("jekyll", "assets/style.css", "_config.yml", "jekyll serve")

#: By profile.
SITES = {
    "plain": _JEKYLL,
    "newsdao": _JEKYLL,
    "alembic": _JEKYLL,
    "chirpy": _JEKYLL,
    "hugo": Site("hugo", "static/style.css", "hugo.toml", "hugo server"),
    "mkdocs-material": Site(
        *("mkdocs", "docs/style.css", "mkdocs.yml"),
        "pip install -r requirements.txt && mkdocs serve",
    ),
    "eleventy": Site(
        *("eleventy", "style.css", "eleventy.config.js and sitemap.njk"),
        "npm install && npm run serve",
    ),
    "astro": Site(
        *("astro", "public/style.css", "astro.config.mjs"),
        "npm install && npm run dev",
    ),
}


def init_site(profile: str, folder: Path) -> int:
    """Write a site for a profile into ``folder``, made if absent; return the exit code.

    Raises:
        StorageError: a file of it is there already, or a link is where it has a folder,
            and nothing was written; or the disk does not take it.
    """
    made = dict(_files(profile))
    there = sorted(path for path in made if _is_there(folder / path))
    if there:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise StorageError(
            f"{folder / there[0]}{more} is there already; none is replaced"
        )
    for path in made:
        _check_way(folder, path)
    for path, text in made.items():
        _write(folder / path, text)
    print("\n".join(_next_steps(profile, folder)))
    return 0


def _files(profile: str) -> Iterator[tuple[str, str]]:
    """Yield path and text of every file of a site."""
    site, ours = SITES[profile], files("scraper.cli") / "sites"
    for path, text in (*_walk(ours / "common"), *_walk(ours / site.name)):
        if path == "config.yaml":
            text = text.replace("@PROFILE@", profile)
            text = text.replace("@FOLDER@", house(profile).folder)
        text = text.replace("@ESCAPE@", _escape(profile))
        yield (site.style if path == "style.css" else path), text


def _escape(profile: str) -> str:
    """Return the filter of Liquid for a profile's titles, some of which are escaped."""
    bare = house(profile).keys.get("title") == "title"
    return "escape" if bare else "escape_once"


def _walk(folder: Traversable, above: str = "") -> Iterator[tuple[str, str]]:
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        name = one.name
        if name.startswith(_DOT):
            name = "." + name.removeprefix(_DOT)
        if one.is_dir():
            yield from _walk(one, f"{above}{name}/")
        else:
            yield above + name, one.read_text("utf-8")


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()  # a link may lead nowhere


def _check_way(folder: Path, path: str) -> None:
    """Refuse a link, or a file, where there must be a folder: it would lead elsewhere.

    The folder asked for may be a link: that is what was asked for.
    """
    for name in reversed(Path(path).parents[:-1]):
        above = folder / name
        if above.is_symlink() or (above.exists() and not above.is_dir()):
            raise StorageError(f"{above} is no folder of its own; nothing is written")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot write {path.parent}: {error.strerror}") from error
    write_atomic(path, text.encode())


def _next_steps(profile: str, folder: Path) -> tuple[str, str, str]:
    site = SITES[profile]
    return (
        f"1. cd {folder}; fill in contact in config.yaml, and title and address of the"
        f" site in {site.settings}.",
        f"2. scrape --since yesterday, then {site.look}: posts go to"
        f" {house(profile).folder}/.",
        "3. Push it to GitHub, set BODOJARYO_REPOSITORY and BODOJARYO_REF (see"
        " .github/workflows/press-releases.yml): new posts come as a pull request.",
    )
