"""``scrape repair``: mend what needs no person in the posts of a folder."""

import stat
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path

from publishers.check import Options
from publishers.check.report import joined, shown
from publishers.files import write_atomic
from publishers.repair import Mended, mend
from scraper.cli import build, console, exits, post_files

#: Files that are named one by one because they stay as they are.
MOST_LISTED = 50


@dataclass(slots=True)
class Tally:
    """What became of the posts."""

    posts: int = 0
    mended: int = 0
    edited: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    #: File and reason of each that has defects to mend but stays as it is.
    refused: list[tuple[str, str]] = field(default_factory=list)


def repair_posts(
    folder: Path, *, write: bool, profile: str, config: Path | None
) -> int:
    """Show, or make, what needs no person; return the exit code.

    Raises:
        typer.BadParameter: no such folder, or nothing to mend in it.
        StorageError: a folder cannot be read, or a post not written; those before it
            are whole.
        ConfigError: the configuration cannot be used.
    """
    options = post_files.options_of(build.clock()(), profile, config)
    where = post_files.seen_from_here(folder)
    tally = Tally()
    with post_files.listener_may_leave():
        for file in post_files.find_posts(folder):
            name = joined(where, post_files.name_below(folder, file))
            _repair(file, name, options, write, tally)
    for line in _told(tally, write=write):
        console.say(line, out=sys.stderr)
    return exits.PARTIAL if tally.refused else exits.DONE


def _repair(file: Path, name: str, options: Options, write: bool, tally: Tally) -> None:
    content, unread = post_files.read(file)
    tally.posts += 1
    if unread:
        tally.refused.append((name, f"cannot be read: {unread}"))
        return
    made = mend(name, content, options)
    if made.refused:
        tally.refused.append((name, made.refused))
    if made.content == content:
        return
    if write and (why := _write(file, content, made)):
        tally.refused.append((name, why))
        return
    tally.mended += 1
    tally.edited += made.edited
    tally.changes.update(change.rule for change in made.changes)
    if not write:
        sys.stdout.writelines(_diff(name, content, made.content))


def _write(file: Path, content: bytes, made: Mended) -> str:
    """Write a file; return why not where another hand was quicker, or it is a link."""
    if file.is_symlink():
        return "it is a link to another file"
    if post_files.read(file) != (content, ""):
        return "it changed meanwhile"
    mode = stat.S_IMODE(file.stat().st_mode)
    write_atomic(file, made.content, mode=mode)
    file.chmod(mode)
    return ""


def _diff(name: str, before: bytes, after: bytes) -> Iterator[str]:
    """Yield a unified diff; on a terminal nothing in it can act on the terminal."""
    old, new = (_lines(content) for content in (before, after))
    path = shown(name)
    for line in unified_diff(old, new, f"a/{path}", f"b/{path}"):
        ended = (
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        )
        yield _visible(ended) if sys.stdout.isatty() else ended


def _lines(content: bytes) -> list[str]:
    r"""Return the lines of a text, which end at ``\n`` and nowhere else."""
    text = content.decode("utf-8")
    return [line for line in text.replace("\n", "\n\x00").split("\x00") if line]


def _visible(line: str) -> str:
    return "".join(
        char if char.isprintable() or char in "\n\t" else f"<U+{ord(char):04X}>"
        for char in line
    )


def _told(tally: Tally, *, write: bool) -> Iterator[str]:
    for name, why in tally.refused[:MOST_LISTED]:
        yield f"left as it is: {shown(name)}: {why}"
    if len(tally.refused) > MOST_LISTED:
        yield f"… and {len(tally.refused) - MOST_LISTED} more"
    for rule, count in tally.changes.most_common():
        yield f"{count:6} {rule}"
    if tally.edited:
        yield f"{tally.edited} are ours, edited by hand: their seals stay broken"
    verb = "mended" if write else "would be mended"
    hint = "" if write or not tally.mended else "; --write does it"
    yield f"{tally.posts} posts, {tally.mended} {verb}{hint}"
