"""How well a text was extracted, told by its letters: no tokenizer takes part.

Korean words bear endings, and blanks stand where authors like. So everything is told by
streams of letters and digits: a segment is there if its letters are, in a row.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Truth:
    """What a page's article is."""

    #: Lines of its body, in order.
    lines: tuple[str, ...]
    #: Table cells in order.
    cells: tuple[str, ...]
    #: Texts that may be in what is extracted or not: titles, notices, captions.
    neutral: tuple[str, ...] = ()


@dataclass(slots=True)
class Score:
    """Counts over many pages; each pair is what was right, and of how much."""

    segments: int = 0
    all_segments: int = 0
    right: int = 0
    written: int = 0
    cells: int = 0
    all_cells: int = 0
    numbers: int = 0
    all_numbers: int = 0

    def add(self, truth: Truth, text: str) -> None:
        """Count one page."""
        stream = letters(text)
        wanted = [w for w in map(letters, truth.lines) if w]
        self.segments += sum(segment in stream for segment in wanted)
        self.all_segments += len(wanted)
        self._count_written(truth, wanted, text)
        # Cells of two tables are no neighbours when text stands between the tables.
        cells, whole = filter(None, map(letters, truth.cells)), "".join(wanted)
        pairs = [a + b for a, b in pairwise(cells) if a + b in whole]
        self.cells += sum(pair in stream for pair in pairs)
        self.all_cells += len(pairs)
        numbers = Counter(_NUMBER.findall("\n".join(truth.lines)))
        self.numbers += (numbers & Counter(_NUMBER.findall(text))).total()
        self.all_numbers += numbers.total()

    def _count_written(self, truth: Truth, wanted: Sequence[str], text: str) -> None:
        """Count the letters of lines that are the article's, and of false ones."""
        whole = "".join(wanted)
        neutral = [letters(part) for part in truth.neutral]
        for line in map(letters, text.split("\n")):
            if line in whole:
                self.right += len(line)
                self.written += len(line)
            elif not any(line in part for part in neutral):
                self.written += len(line)

    def shares(self) -> dict[str, str]:
        """Return each measure as a share of 1."""
        return {
            "segment recall": share(self.segments, self.all_segments),
            "precision": share(self.right, self.written),
            "table cells": share(self.cells, self.all_cells),
            "numbers": share(self.numbers, self.all_numbers),
        }


def letters(text: str) -> str:
    """Return the letters and digits of a text."""
    return "".join(filter(str.isalnum, text))


def lost(source: Iterable[str], made: str) -> tuple[int, int]:
    """Return how many letters of a source's lines are not in what was made of it.

    And how many it has. ``made`` is text: no markup but what has no letters.
    """
    stream = letters(made)
    wanted = list(map(letters, source))
    missing = sum(len(line) for line in wanted if line not in stream)
    return missing, sum(map(len, wanted))


def share(part: int, whole: int) -> str:
    """Return a share with three decimals, never rounded up to 1; "" of nothing."""
    if not whole:
        return ""
    return f"{int(part / whole * 1000) / 1000:.3f}"
