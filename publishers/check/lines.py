"""Offsets of a text -> lines and columns."""

import re
from bisect import bisect_right

_END = re.compile("\n")


class Lines:
    """Where the lines of a text begin: looked up once, however many places follow."""

    def __init__(self, text: str) -> None:
        r"""Look for the lines of ``text``, which end in ``\n`` and nothing else."""
        self._starts = [0, *(found.end() for found in _END.finditer(text))]

    def place(self, at: int) -> tuple[int, int]:
        r"""Return line and column, from 1, of an offset; (0, 0) for the whole file.

        >>> Lines("ab\ncd").place(4), Lines("ab").place(-1)
        ((2, 2), (0, 0))
        """
        if at < 0:
            return 0, 0
        line = bisect_right(self._starts, at)
        return line, at - self._starts[line - 1] + 1
