"""Damaged HWPX files: a typed refusal or a bounded result, nothing else."""

import io
import os
import random
import zipfile
from collections.abc import Iterator

import pytest

from scraper.documents import extract
from scraper.documents.worker import Limits, Worker
from scraper.errors import DocumentError
from scraper.model import Document
from tests.hwpx_builder import box, hwpx, p, section, tbl, tc

#: Damaged copies that are tried; all of them with SOAK=1.
CUTS, FLIPS = (200, 2_000) if os.environ.get("SOAK") else (40, 200)

NUMBERED = (
    '<hh:paraPr id="1"><hh:heading type="NUMBER" idRef="1" level="0"/></hh:paraPr>'
    '<hh:numbering id="1"><hh:paraHead level="1" numFormat="DIGIT">^1.</hh:paraHead>'
    "</hh:numbering>"
)
CONTENT = (
    p("보도자료"),
    p("□ 나루의 배", tbl(["가", "나"], [tc("다", span=(1, 2))])),
    p(box(["상자", "둘"])),
    p("긴 글 " * 40),
)
SECOND = {"Contents__section1.xml": section(p("뒤", paraPrIDRef="1"))}
DATA = hwpx(*CONTENT, header=NUMBERED, **SECOND)


def outcome(data: bytes) -> Document | DocumentError:
    """Read a file; anything but a document or a refusal fails the test."""
    try:
        return extract(data)
    except DocumentError as error:
        refusal = error
    assert "\n" not in str(refusal)
    assert len(str(refusal)) < 300, "some libraries quote the file at length"
    return refusal


def flipped(data: bytes, dice: random.Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(dice.choice((1, 1, 8))):
        damaged[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(damaged)


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, body in parts.items():
            made.writestr(name, body)
    return stream.getvalue()


def test_file_that_is_cut_off_is_refused() -> None:
    """The list of a zip's parts is its end: without it nothing is whole."""
    for cut in sorted(random.Random(1).sample(range(len(DATA)), CUTS)):
        found = outcome(DATA[:cut])
        assert isinstance(found, DocumentError)
        assert found.status in ("broken", "empty", "unknown")


def test_flipped_bits_are_read_or_refused() -> None:
    dice = random.Random(2)
    found = {type(outcome(flipped(DATA, dice))) for _ in range(FLIPS)}
    assert found == {Document, DocumentError}


def test_flipped_bits_inside_a_part_are_read_or_refused() -> None:
    """Most flips in a zip end at a checksum: go deeper."""
    dice, parts = random.Random(3), unpacked(DATA)
    names = sorted(name for name in parts if name.endswith(".xml"))
    for _ in range(FLIPS):
        name = dice.choice(names)
        outcome(packed(parts | {name: flipped(parts[name], dice)}))


def test_part_that_is_cut_off_is_refused() -> None:
    parts = unpacked(DATA)
    whole = parts["Contents/section0.xml"]
    for cut in sorted(random.Random(4).sample(range(len(whole)), CUTS)):
        found = outcome(packed(parts | {"Contents/section0.xml": whole[:cut]}))
        assert isinstance(found, DocumentError)
        assert found.status == "broken"


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(Limits(cpu=3, wall=4.0)) as started:
        yield started


def test_damage_is_told_alike_by_the_process_that_reads(worker: Worker) -> None:
    """Never ``crashed`` or ``timeout``; and its parent lives on."""
    dice = random.Random(5)
    for _ in range(FLIPS):
        damaged = flipped(DATA, dice)
        here = outcome(damaged)
        try:
            there: Document | DocumentError = worker.extract(damaged)
        except DocumentError as error:
            there = error
        if isinstance(here, Document):
            assert there == here
        else:
            assert isinstance(there, DocumentError)
            assert (there.status, there.reason) == (here.status, here.reason)
    assert worker.extract(DATA) == extract(DATA)


def test_reading_damage_leaves_nothing_open() -> None:
    before = len(os.listdir("/dev/fd"))
    for cut in range(0, len(DATA), len(DATA) // 20):
        outcome(DATA[:cut])
    assert len(os.listdir("/dev/fd")) == before
