"""The line ends of a post: each keeps its own, whatever is mended around it."""

import re
from collections.abc import Iterable, Sequence

from publishers.check.rules import Edit

_END = re.compile(r"\r?\n")

#: Of each line end of a text, in order, whether it is one of Windows.
Ends = list[bool]


def split_ends(text: str) -> tuple[str, Ends]:
    r"""Return a text whose line ends are ``\n`` alone, and what each was.

    >>> split_ends("가\r\n나\n")
    ('가\n나\n', [True, False])
    """
    return text.replace("\r\n", "\n"), [end == "\r\n" for end in _END.findall(text)]


def join_ends(text: str, ends: Sequence[bool]) -> str:
    """Return a text with its line ends as they were; the inverse of ``split_ends``."""
    *lines, last = text.split("\n")
    ended = [
        line + ("\r\n" if windows else "\n")
        for line, windows in zip(lines, ends, strict=True)
    ]
    return "".join((*ended, last))


def ends_after(ends: Ends, text: str, edits: Iterable[Edit]) -> Ends:
    """Return the line ends once edits of a text are made, none of which overlap.

    Those an edit puts in are, in order, those it takes out, then as that of its line.
    """
    made, at, seen = Ends(), 0, 0
    for start, end, new in sorted(edits):
        kept = seen + text.count("\n", at, start)
        made += ends[seen:kept]
        seen = kept + text.count("\n", start, end)
        gone, count = ends[kept:seen], new.count("\n")
        usual = (ends[seen : seen + 1] or ends[-1:] or [False]) * count
        made += (gone + usual)[:count]
        at = end
    return made + ends[seen:]
