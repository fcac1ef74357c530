"""Real PDFs against the HWPX files that were printed to make them."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from rapidfuzz.distance import LCSseq

from scraper.documents.pdf import read_pdf
from scraper.documents.pdf_page import read_pages
from scraper.documents.structure import structure
from scraper.model import Block
from tests.pdf_twins import blocks_text, breaks, is_right, judge, marked, twin_text

pytestmark = pytest.mark.captures

#: Pairs whose PDF and HWPX are different documents, looked at by us.
DIFFERENT = {"kr_156754178": "the HWPX is a speech, the PDF the release about it"}

#: Never lower: what was reached over all pairs in October 2026, rounded down.
FLOORS = {"recall": 0.9985, "precision": 0.998, "breaks": 0.98}

#: Pairs in which pdfium's own order finds more letters, by at most this much.
BEHIND = {
    "gpm_260121": 0.0005,  # a mind map's words in another order
    "kr_156754135": 0.0065,  # cells of an unruled list, read column by column
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A PDF, its twin, and what our reader made of it."""

    name: str
    pdf: bytes
    twin: str
    blocks: tuple[Block, ...]


@pytest.fixture(scope="module")
def pairs(captures: Path) -> list[Pair]:
    return list(_pairs(captures / "attachments"))


def _pairs(folder: Path) -> Iterator[Pair]:
    for file in sorted((folder / "pdf").glob("*.pdf")):
        twin = folder / "hwpx" / f"{file.stem}.hwpx"
        if twin.exists() and file.stem not in DIFFERENT:
            data = file.read_bytes()
            blocks = structure(read_pdf(data).blocks)
            yield Pair(file.stem, data, twin_text(twin.read_bytes()), blocks)


def letters(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return "".join(c for c in composed if c.isalpha() or c.isdecimal())


def scores(reference: str, text: str) -> tuple[int, int, int]:
    """Return letters in common, in the twin and in ours."""
    one, other = letters(reference), letters(text)
    return LCSseq.similarity(one, other), len(one), len(other)


def plain(data: bytes) -> str:
    """Return what pdfium itself says the text is."""
    document = pdfium.PdfDocument(data)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def test_recall_and_precision_are_no_worse_than_plain_pdfium(
    pairs: list[Pair],
) -> None:
    """Page numbers and heads go; nothing else may."""
    ours = Counter[str]()
    theirs = Counter[str]()
    behind = {}
    for pair in pairs:
        common, wanted, said = scores(pair.twin, blocks_text(pair.blocks))
        ours.update(common=common, wanted=wanted, said=said)
        raw, _, raw_said = scores(pair.twin, plain(pair.pdf))
        theirs.update(common=raw, wanted=wanted, said=raw_said)
        if common < raw:
            behind[pair.name] = (raw - common) / wanted
    assert len(pairs) >= 40
    assert ours["common"] / ours["wanted"] >= FLOORS["recall"]
    assert ours["common"] / ours["said"] >= FLOORS["precision"]
    assert ours["common"] > theirs["common"]
    assert ours["common"] / ours["said"] > theirs["common"] / theirs["said"]
    for name, loss in behind.items():
        allowed = [most for start, most in BEHIND.items() if name.startswith(start)]
        assert loss <= max(allowed, default=0.0), name


def printed_lines(data: bytes) -> Iterator[str]:
    """Give the lines as they are drawn, told apart by height alone."""
    for page in read_pages(data):
        line, last = "", None
        for char in page.chars:
            box = char.box
            if char.text.isspace():
                line += " "
                continue
            if last is not None:
                shared = min(box.top, last.top) - max(box.bottom, last.bottom)
                if shared < 0.4 * min(box.height, last.height):
                    yield line
                    line = ""
            line += char.text
            last = box
        yield line


def test_line_breaks_are_read_as_the_twins_have_them(pairs: list[Pair]) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    for pair in pairs:
        twin = marked(pair.twin)
        asked = breaks(list(printed_lines(pair.pdf)), twin)
        counts += judge(marked(blocks_text(pair.blocks)), twin, asked)
    right = sum(n for marks, n in counts.items() if is_right(*marks))
    assert counts.total() > 3_000
    assert right / counts.total() >= FLOORS["breaks"], counts


def test_every_real_pdf_is_read(captures: Path) -> None:
    for file in sorted((captures / "attachments" / "pdf").glob("*.pdf")):
        document = read_pdf(file.read_bytes())
        assert len(letters(blocks_text(document.blocks))) > 100, file.name
