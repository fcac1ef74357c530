"""File names that some system refuses, or takes for another's."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

from publishers.check.context import View
from publishers.check.dates import day_of_name
from publishers.check.rules import Hit

#: Longest path in bytes that every system and archiver bears.
LONGEST = 200
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')
#: Generators that take the day from the file's name.
BY_NAME = frozenset({"plain", "newsdao", "alembic", "chirpy"})


def look(view: View) -> Iterator[Hit]:
    """Yield what is wrong with the name of one file."""
    path = view.draft.path
    folder, _, name = path.rpartition("/")
    if _needs_day(view, folder) and day_of_name(name) is None:
        yield Hit("name-day", -1, "it does not begin with YYYY-MM-DD-")
    if not path.isascii():
        yield Hit("name-ascii", -1, "addresses and tools disagree about other letters")
    for part in path.split("/"):
        if why := _refused(part):
            yield Hit("name-reserved", -1, f"{part}: {why}")
    if (size := len(path.encode("utf-8", "surrogateescape"))) > LONGEST:
        yield Hit("name-long", -1, f"{size} bytes, more than {LONGEST}")


def _needs_day(view: View, folder: str) -> bool:
    """Say whether the post's day must come from its name."""
    if view.options.profile:
        return view.options.profile in BY_NAME
    keys = {chunk.name.lower() for chunk in view.draft.chunks}
    return "_posts" in folder.split("/") or not keys & {"date", "pubdate"}


def _refused(part: str) -> str:
    if _DEVICE.fullmatch(part):
        return "a device on Windows"
    if _FORBIDDEN.search(part):
        return "a character Windows refuses"
    return "a dot or blank at its end" if part.endswith((".", " ")) else ""


def twins(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each path that some system takes for another, with why."""
    groups: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        groups[unicodedata.normalize("NFC", path).casefold()].append(path)
    for group in groups.values():
        first, *others = sorted(group)
        for path in others:
            same = unicodedata.normalize("NFC", path) == unicodedata.normalize(
                "NFC", first
            )
            why = "letters in pieces (NFD)" if same else "capital letters"
            yield path, f"differs from {first!a} by {why} only"
