"""A post -> the same post, mended as far as that needs no person.

What is wrong, and what mends it, ``publishers.check`` says; here the edits are made,
until nothing is left to make, so a second repair changes nothing. Then the guard
compares the words. A post that carries our seal and is whole is left alone.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from publishers.check import Hit, Options, look, view_of
from publishers.check.lines import Lines
from publishers.check.rules import Edit
from publishers.repair.guard import difference
from publishers.repair.line_ends import Ends, ends_after, join_ends, split_ends

__all__ = ["Change", "Mended", "mend"]

#: One pass makes all edits that do not overlap; a few more make the rest.
_PASSES = 12


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was mended."""

    #: As ``publishers.check`` names the defect.
    rule: str
    #: In the text as it was when this was mended, from 1.
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of a post."""

    #: What the file should hold; as it was where nothing is mended.
    content: bytes
    changes: tuple[Change, ...] = ()
    #: Why the file stays as it is although it has defects to mend; "" otherwise.
    refused: str = ""
    #: It carries our seal, and a person has edited it: that stays so.
    edited: bool = False


def mend(path: str, content: bytes, options: Options) -> Mended:
    """Return the post mended, or as it was with the reason."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return Mended(content, refused="not UTF-8")
    before, ends = split_ends(text)
    view = view_of(path, before, options)
    if view.ours:
        return Mended(content)
    edited = view.seal is not None
    after, ends, changes, settled = _settle(path, before, ends, options)
    if after == before:
        return Mended(content, edited=edited)
    refused = difference(before, after) if settled else "its defects bring each other"
    if refused:
        return Mended(content, refused=refused, edited=edited)
    made = join_ends(after, ends)
    return Mended(made.encode("utf-8"), tuple(changes), edited=edited)


def _settle(
    path: str, text: str, ends: Ends, options: Options
) -> tuple[str, Ends, list[Change], bool]:
    """Return the text once nothing is left to mend, and whether that was reached."""
    changes: list[Change] = []
    for _ in range(_PASSES):
        hits = [hit for hit in look(view_of(path, text, options)) if hit.edits]
        chosen = list(_apart(hits))
        if not chosen:
            return text, ends, changes, True
        lines = Lines(text)
        changes += (
            Change(hit.rule, lines.place(max(hit.at, 0))[0], hit.message)
            for hit in chosen
        )
        edits = [edit for hit in chosen for edit in hit.edits]
        ends = ends_after(ends, text, edits)
        text = apply(text, edits)
    return text, ends, changes, False


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits made that do not overlap."""
    pieces, at = list[str](), 0
    for start, end, new in sorted(edits):
        pieces += [text[at:start], new]
        at = end
    return "".join((*pieces, text[at:]))


def _apart(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Yield hits none of whose edits overlap or touch those of an earlier one."""
    taken: list[tuple[int, int]] = []
    for hit in hits:
        spans = [(edit.start, edit.end) for edit in hit.edits]
        if not any(_meets(span, taken) for span in spans):
            for span in spans:
                insort(taken, span)
            yield hit


def _meets(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    """Say whether an edit touches one of those in order, which are apart."""
    place = bisect_left(taken, span)
    below = place > 0 and taken[place - 1][1] >= span[0]
    return below or (place < len(taken) and taken[place][0] <= span[1])
