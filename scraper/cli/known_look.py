"""What the settings of posts come to, remembered: working it out loads all of them.

A run that finds nothing renders nothing, yet has to name what posts are made by, and
where they stand. Both follow from the settings and from our own code alone, so they are
kept beside the state, under a digest of these; any change works them out anew.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from publishers.paths import PostsDir
from scraper import __version__
from scraper.archive import write_atomically
from scraper.settings import Config

#: Below ``state_dir``.
NAME = "look.json"

#: Our folders whose code decides it, below the root of our code.
ROOT = Path(__file__).parents[2]
DECIDES = ("publishers", "publishers/profiles", "scraper/documents", "scraper/cli")


def made_by(config: Config) -> str:
    """Name what makes posts and verdicts: the readers, the look, the settings.

    Raises:
        ConfigError: a template or a key of the operator's own cannot be used.
    """
    of = _digest(config)
    known = _known(config, of)
    if known is None:
        known = {"of": of, "made_by": _made_by(config), **_folder(config)}
        if config.state_dir.is_dir():
            with suppress(OSError):  # it is worked out again
                data = json.dumps(known, ensure_ascii=False).encode()
                write_atomically(config.state_dir / NAME, data)
    return known["made_by"]


def posts_dir(config: Config) -> PostsDir:
    """Return the folder of the posts, which knows the form of their paths."""
    known = _known(config, _digest(config)) or _folder(config)
    return PostsDir(known["folder"], known["pattern"])


def _made_by(config: Config) -> str:
    from publishers.post import POST_VERSION
    from scraper.cli.look import style_of
    from scraper.documents import EXTRACTOR_VERSION

    chosen = (config.use, config.license, config.documents)
    settings = repr((style_of(config), *chosen, config.site.public_url))
    digest = hashlib.sha256(settings.encode()).hexdigest()[:12]
    return f"documents {EXTRACTOR_VERSION}, posts {POST_VERSION}, settings {digest}"


def _folder(config: Config) -> dict[str, str]:
    from scraper.cli.look import posts_dir_of

    folder = posts_dir_of(config)
    return {"folder": str(folder), "pattern": folder.pattern}


def _known(config: Config, of: str) -> dict[str, str] | None:
    """Return what an earlier run worked out of the same; ``None``: none did."""
    try:
        known = json.loads((config.state_dir / NAME).read_text("utf-8"))
        values = {name: str(known[name]) for name in ("made_by", "folder", "pattern")}
        return values if known["of"] == of else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _digest(config: Config) -> str:
    """Name all that it follows from."""
    post, template = config.post, b""
    if post.custom.template:
        with suppress(OSError):  # whoever works it out says so
            template = post.custom.template.read_bytes()
    chosen = (post, config.use, config.license, config.documents, config.site)
    said = repr((__version__, chosen, template, [*_code()]))
    return hashlib.sha256(said.encode()).hexdigest()


def _code() -> Iterator[tuple[str, int, int]]:
    """Yield what tells one version of a file of ours from another."""
    for folder in DECIDES:
        with os.scandir(ROOT / folder) as files:
            for file in sorted(files, key=lambda file: file.name):
                if file.name.endswith(".py"):
                    stat = file.stat()
                    yield file.path, stat.st_mtime_ns, stat.st_size
