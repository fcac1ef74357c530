"""What an HWPX twin says about the line breaks of a PDF, and whether we agree.

A PDF knows lines, its twin knows paragraphs. Each break between two printed lines is
looked up in the twin: a paragraph ends there (``P``), its author broke the line
(``L``), a blank stood there (``S``), or the line was broken inside a word (``N``).
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree
from rapidfuzz.distance import LCSseq

from scraper.documents.glyphs import clean
from scraper.model import Block, PageBreak, Table

_BESIDE = {
    *("header", "footer", "masterPage", "secPr", "hiddenComment", "memo"),
    *("parameters", "shapeComment"),
}


@dataclass(slots=True)
class Marked:
    """Visible characters, and what stands before each: ``P``, ``L``, ``S`` or ``N``."""

    text: str
    before: str


def marked(text: str) -> Marked:
    """Take text apart; a line feed is a paragraph's end, U+000B a line's."""
    letters, before, mark = [], [], "P"
    for character in text:
        if character == "\n":
            mark = "P"
        elif character == "\v":
            mark = "L" if mark != "P" else mark
        elif character.isspace():
            mark = "S" if mark == "N" else mark
        else:
            letters.append(character)
            before.append(mark)
            mark = "N"
    return Marked("".join(letters), "".join(before))


def twin_text(hwpx: bytes) -> str:
    """Return the text of an HWPX by a flat walk that knows nothing of our reader."""
    with zipfile.ZipFile(io.BytesIO(hwpx)) as archive:
        names = [n for n in archive.namelist() if re.search(r"section\d+\.xml$", n)]
        names.sort(key=lambda name: int(re.findall(r"\d+", name)[-1]))
        roots = [etree.fromstring(archive.read(name)) for name in names]
    return "".join(piece for root in roots for piece in _walk(root))


def _walk(element: etree._Element) -> Iterator[str]:
    for child in element:
        name = etree.QName(child).localname if isinstance(child.tag, str) else ""
        if name in _BESIDE:
            continue
        if name == "t":
            yield _glyphs(child.text or "")
            for inner in child:
                tag = etree.QName(inner).localname
                yield {"lineBreak": "\v", "tab": " ", "nbSpace": " "}.get(tag, "")
                yield _glyphs(inner.tail or "")
            continue
        if name in ("tbl", "drawText", "p", "caption"):
            yield "\n"
        yield from _walk(child)
        if name in ("p", "tc", "tbl", "drawText"):
            yield "\n"


def _glyphs(text: str) -> str:
    """Clean the text, but for the blanks at its ends."""
    head = " " if text[:1].isspace() else ""
    tail = " " if text[-1:].isspace() else ""
    return head + clean(text) + tail


def blocks_text(blocks: Iterable[Block]) -> str:
    """Return our blocks as text; a line kept inside a paragraph ends with U+000B."""
    return "\n".join(_texts(blocks))


def _texts(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Table):
            for cell in block.cells:
                yield from _texts(cell.blocks)
        elif not isinstance(block, PageBreak):
            yield block.text.replace("\n", "\v")


def pairs(one: str, other: str) -> dict[int, int]:
    """Return which character of ``one`` is which of ``other``."""
    found = {}
    for step in LCSseq.opcodes(one, other):
        if step.tag == "equal":
            length = step.src_end - step.src_start
            for n in range(length):
                found[step.src_start + n] = step.dest_start + n
    return found


def breaks(lines: Sequence[str], twin: Marked) -> dict[int, str]:
    """Return the printed line breaks the twin knows: place in the twin -> mark."""
    printed = "".join("".join(line.split()) for line in lines)
    starts, at = set(), 0
    for line in lines:
        starts.add(at)
        at += len("".join(line.split()))
    known = pairs(printed, twin.text)
    found: dict[int, str] = {}
    last, new = None, False
    for place in range(len(printed)):
        new |= place in starts
        if place not in known:
            continue
        if new and last is not None and known[place] == last + 1:
            found[known[place]] = twin.before[known[place]]
        last, new = known[place], False
    return found


def judge(
    ours: Marked, twin: Marked, asked: dict[int, str]
) -> Counter[tuple[str, str]]:
    """Count (the twin's mark, ours) over the breaks; ``?`` means torn apart."""
    known = pairs(twin.text, ours.text)
    counts: Counter[tuple[str, str]] = Counter()
    for place, mark in asked.items():
        counts[mark, our_mark(ours, known, place)] += 1
    return counts


def our_mark(ours: Marked, known: dict[int, int], place: int) -> str:
    here, before = known.get(place), known.get(place - 1)
    if here is None or before is None:
        return "?"
    return ours.before[here] if here == before + 1 else "?"


def is_right(mark: str, our: str) -> bool:
    """Tell whether a break was read rightly.

    A line its author broke may stand alone or run on after a blank; a paragraph that
    ends is right wherever the next one went.
    """
    return our in {"P": "P?L", "L": "PLS", "S": "S", "N": "N"}[mark]
