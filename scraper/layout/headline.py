"""The title box or title lines of a document -> title and subtitles.

The box has the title in its first cell and ``- 부제 -`` lines below it; some offices
set the same in plain lines. What the release's page calls it decides.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import add

from scraper.blocks import block_text, cell_text, one_line
from scraper.model import Block, Cell, Heading, ListItem, Paragraph, Table

#: Longer lines are text, neither a title nor a subtitle.
_LONGEST = 160
_MOST_SUBTITLES = 6
#: Share of letter pairs in common from which two titles are one.
_ALIKE = 0.6

_DASH = re.compile(r"[-–—―‐－−]\s*")
_CLOSING_DASH = re.compile(r"\s*[-–—―‐－−]$")
#: ``【관련 국정과제】 …`` is set in the title box but belongs to the text.
_REMARK = re.compile(r"[【\[<(]\s?관련[^】\]>)]{0,20}[】\]>)].*")


@dataclass(frozen=True, slots=True)
class Headline:
    """A title with what is printed with it."""

    title: str
    #: Without their dashes.
    subtitles: tuple[str, ...]
    #: The blocks it was read from, all of their texts but the remarks.
    blocks: tuple[Block, ...]
    #: Lines of the box that are neither title nor subtitle.
    remarks: tuple[Block, ...] = ()


# --- box --------------------------------------------------------------------------


def read_title_box(table: Table, title: str, *, first: bool) -> Headline | None:
    """Return the headline if ``table`` is the title box, else ``None``.

    It is one if it says ``title``; or, as the ``first`` block below the letterhead, if
    it has the usual shape: one column, a title, subtitles below.
    """
    filled = [cell for cell in table.cells if cell_text(cell)]
    printed, subtitles = _split(filled)
    usual = (
        first
        and len({cell.column for cell in filled}) == 1
        and 0 < len(printed) <= _LONGEST
        and 0 < len(subtitles) <= _MOST_SUBTITLES
        and all(len(line) <= _LONGEST for line in subtitles)
    )
    if not usual and _likeness(printed, title) <= _ALIKE:
        return None
    box = Table(tuple(map(_without_remarks, table.cells)))
    remarks = [block for cell in filled for block in cell.blocks if _is_remark(block)]
    return Headline(printed, tuple(subtitles), (box,), tuple(remarks))


def _split(cells: Sequence[Cell]) -> tuple[str, list[str]]:
    """Return title and subtitles of a box's filled cells."""
    title: list[str] = []
    subtitles: list[str] = []
    for number, cell in enumerate(cells):
        dashed = False
        for line in _lines(cell):
            opening = _DASH.match(line)
            if opening:
                dashed = True
                subtitles.append(line[opening.end() :])
            elif dashed:
                subtitles[-1] += f" {line}"
            elif number == 0:
                title.append(line)
            else:
                subtitles.append(line)
    return " ".join(title), [_CLOSING_DASH.sub("", line) for line in subtitles]


def _lines(cell: Cell) -> list[str]:
    texts = [block_text(block) for block in cell.blocks if not _is_remark(block)]
    return [line for text in texts for line in text.split("\n") if line]


def _is_remark(block: Block) -> bool:
    return isinstance(block, Paragraph) and bool(_REMARK.fullmatch(block.text))


def _without_remarks(cell: Cell) -> Cell:
    blocks = tuple(block for block in cell.blocks if not _is_remark(block))
    return replace(cell, blocks=blocks)


# --- lines ------------------------------------------------------------------------


def read_title_lines(blocks: Sequence[Block], title: str) -> Headline | None:
    """Return the headline that the first of ``blocks`` spell, ``None`` if they do not.

    A title is set in up to three lines; dashed lines right below it are subtitles.
    """
    length = _title_length(blocks[:3], title)
    if not length:
        return None
    end = length
    for block in blocks[length : length + _MOST_SUBTITLES]:
        if not (isinstance(block, ListItem) and _DASH.match(block.text)):
            break
        if len(block.text) > _LONGEST:
            break
        end += 1
    subtitles = [one_line(block_text(block)) for block in blocks[length:end]]
    return Headline(
        one_line(" ".join(map(block_text, blocks[:length]))),
        tuple(_CLOSING_DASH.sub("", _DASH.sub("", line, 1)) for line in subtitles),
        tuple(blocks[:end]),
    )


def _title_length(blocks: Sequence[Block], title: str) -> int:
    """Return how many of the blocks spell the title best, 0 if they do not."""
    wanted, printed, last = _pairs(title), frozenset[str](), ""
    best, best_length = _ALIKE, 0
    for length, block in enumerate(blocks, start=1):
        if not isinstance(block, Paragraph | Heading | ListItem):
            break
        if len(block.text) > _LONGEST:
            break
        letters = _letters(block.text)
        printed |= _pairs(block.text)
        if last and letters:
            printed |= {last + letters[0]}
        last = letters[-1:] or last
        likeness = _shared(printed, wanted)
        if likeness > best:
            best, best_length = likeness, length
    return best_length


def begins_title(line: str, title: str) -> bool:
    """Tell whether a title may begin with a line: the title's letters do."""
    return _letters(title).startswith(_letters(line))


def is_title(printed: str, title: str) -> bool:
    """Tell whether both have the very same letters."""
    return _letters(printed) == _letters(title)


def _likeness(printed: str, title: str) -> float:
    """Return how much two titles share, from 0 to 1, by pairs of letters.

    The page's title may lack what the document prints, and the other way round.
    """
    return _shared(_pairs(printed), _pairs(title))


def _shared(one: Set[str], other: Set[str]) -> float:
    """Return twice what two sets have in common, as a share of both."""
    if not one or not other:
        return 0.0
    return 2 * len(one & other) / (len(one) + len(other))


@lru_cache(64)  # the title is held against every opening line, each of them thrice
def _pairs(text: str) -> frozenset[str]:
    letters = _letters(text)
    return frozenset(map(add, letters, letters[1:]))


@lru_cache(64)
def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
