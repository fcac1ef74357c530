"""HWP 5 files made to hurt: a typed refusal or a bounded result, nothing else."""

import os
import random
import resource
import struct
import tracemalloc
from collections.abc import Callable

import pytest

from scraper.documents import cfb, hwp, lines, records
from scraper.documents.distribution import decrypt
from scraper.documents.hwp import read_hwp
from scraper.documents.hwp_text import pieces
from scraper.documents.records import read_records
from scraper.errors import DocumentError
from scraper.model import Document, Paragraph
from tests import hwp_builder as make
from tests.hwp_builder import box, field, footnote, p, picture, rec, tbl, tc

#: Damaged copies that are tried; all of them with SOAK=1.
CUTS, FLIPS = (2_000, 20_000) if os.environ.get("SOAK") else (60, 200)

SAMPLE_CONTENT = (
    p("가나다\U000f02b1", tbl(["라", "마"], caption="표"), "바", deleted=((1, 2),)),
    p(*field("누르세요", prompt="누르세요"), footnote("각주"), shape=1),
    p(box("상자", "둘"), picture("그림"), make.equation("x"), make.ruby("가", "나")),
    "글" * 3_000,
)
STYLES = make.numbering((make.DIGIT, "^1.")) + make.shape() + make.shape(2, 1)
SAMPLES = {
    "plain": make.hwp(*SAMPLE_CONTENT, styles=STYLES, flags=0),
    "compressed": make.hwp(*SAMPLE_CONTENT, styles=STYLES),
    "distribution": make.hwp(*SAMPLE_CONTENT, flags=make.DISTRIBUTION),
}


def outcome(data: bytes) -> Document | DocumentError:
    """Read a file; anything but a document or a refusal fails the test."""
    try:
        return read_hwp(data)
    except DocumentError as error:
        refusal = error
    assert "\n" not in str(refusal)
    return refusal


def status(data: bytes) -> str:
    found = outcome(data)
    return found.status if isinstance(found, DocumentError) else "read"


def with_section(body: bytes, flags: int = make.COMPRESSED) -> bytes:
    return make.hwp(sections=[body], flags=flags)


# --- damage -----------------------------------------------------------------------


@pytest.mark.parametrize("name", SAMPLES)
def test_file_that_is_cut_off_is_refused_or_whole(name):
    """What is behind the last stream may be missing; text never may."""
    data = SAMPLES[name]
    whole = read_hwp(data)
    cuts = sorted(random.Random(1).sample(range(len(data)), CUTS))
    for cut in cuts:
        found = outcome(data[:cut])
        assert found == whole or isinstance(found, DocumentError)


@pytest.mark.parametrize("name", SAMPLES)
def test_flipped_bits_are_read_or_refused(name):
    pick = random.Random(2)
    for _ in range(FLIPS):
        data = bytearray(SAMPLES[name])
        for _ in range(pick.choice((1, 1, 8))):
            data[pick.randrange(len(data))] ^= 1 << pick.randrange(8)
        outcome(bytes(data))


def test_flipped_bits_inside_a_section_are_read_or_refused():
    """In a compressed stream most flips end at the checksum of nothing: go deeper."""
    body = make.section(*SAMPLE_CONTENT)
    pick = random.Random(3)
    for _ in range(FLIPS):
        data = bytearray(body[:2_000])
        data[pick.randrange(len(data))] ^= 1 << pick.randrange(8)
        outcome(with_section(bytes(data), flags=0))


@pytest.mark.parametrize("offset", range(24, 80, 2))
@pytest.mark.parametrize("value", [0, 1, 0x7FFF, 0xFFFF])
def test_container_header_may_say_anything(offset, value):
    data = bytearray(SAMPLES["plain"])
    data[offset : offset + 2] = struct.pack("<H", value)
    outcome(bytes(data))


def patched(path: str, at: int, value: bytes) -> bytes:
    """Return a sample with a field of one directory entry changed."""
    data = bytearray(SAMPLES["plain"])
    entry = data.find(make.utf16(path).ljust(64, b"\0"))
    data[entry + at : entry + at + len(value)] = value
    return bytes(data)


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFFFFF, 100_000, 19_000])
def test_stream_cannot_be_longer_than_its_sectors(size):
    assert status(patched("Section0", 120, struct.pack("<I", size))) == "broken"


def test_damaged_preview_does_not_cost_the_text():
    data = bytearray(make.hwp("글", more={"PrvText": make.utf16("글")}))
    entry = data.find(make.utf16("PrvText").ljust(64, b"\0"))
    data[entry + 120 : entry + 124] = b"\xff\xff\xff\x7f"
    found = outcome(bytes(data))
    assert isinstance(found, Document)
    assert (found.blocks, found.preview) == ((Paragraph("글"),), "")


def test_upper_half_of_a_size_is_not_read_in_old_containers():
    """Some programs leave rubbish there."""
    data = patched("Section0", 124, b"\xff\xff\xff\xff")
    assert outcome(data) == read_hwp(SAMPLES["plain"])


@pytest.mark.parametrize("at", [68, 72, 76])
@pytest.mark.parametrize("target", [0, 1, 2, 3, 4, 5, 99, 0xFFFFFFFE])
def test_entries_that_go_in_circles_are_read_once(at, target):
    for path in ("Root Entry", "BodyText", "Section0"):
        outcome(patched(path, at, struct.pack("<I", target)))


@pytest.mark.parametrize("step", [0, -1, -2, 1, 2])
def test_chains_that_go_in_circles_or_astray_end(step):
    """The table of sectors is the last of the file; each place in it is tried."""
    whole = SAMPLES["plain"]
    table = len(whole) - 512
    sectors = table // 512 - 1
    for sector in range(sectors):
        data = bytearray(whole)
        at = table + 4 * sector
        data[at : at + 4] = struct.pack("<I", (sector + step) % 2**32)
        outcome(bytes(data))


def test_table_of_sectors_that_goes_in_circles_ends():
    """The list of the table's own sectors is a chain as well."""
    data = bytearray(SAMPLES["plain"])
    data[76:512] = b"\xff" * 436
    last = len(data) // 512 - 1
    data[68:76] = struct.pack("<2I", last, 0xFFFFFFFF)
    data += b"\xff" * 508 + struct.pack("<I", last)
    assert status(bytes(data)) == "broken"


def test_container_without_a_table_of_sectors_is_broken():
    data = bytearray(SAMPLES["plain"])
    data[76:512] = b"\xff" * 436
    assert status(bytes(data)) == "broken"


def test_directory_that_goes_in_circles_is_broken():
    data = bytearray(SAMPLES["plain"])
    (directory,) = struct.unpack_from("<I", data, 48)
    at = len(data) - 512 + 4 * directory
    data[at : at + 4] = struct.pack("<I", directory)
    assert "without an end" in str(outcome(bytes(data)))


def test_many_entries_are_refused():
    more = {f"BinData/{number}": b"" for number in range(cfb.MAX_ENTRIES)}
    assert status(make.hwp("글", more=more)) == "too_large"


def test_many_entries_that_hang_on_nothing_are_refused():
    """They cost memory before anyone sees that no path leads to them."""
    more = {f"{number}": b"" for number in range(2 * cfb.MAX_ENTRIES)}
    data = bytearray(make.cfb(more))
    root = data.find(make.utf16("Root Entry"))
    data[root + 76 : root + 80] = b"\xff" * 4
    assert status(bytes(data)) == "too_large"


# --- size -------------------------------------------------------------------------


def test_stream_that_inflates_without_end_is_refused():
    blanks = make.section() + rec(0, 0, bytes(hwp.RATIO_FREE_BYTES + 1))
    assert status(with_section(blanks)) == "too_large"


def test_stream_that_ends_too_early_is_broken():
    data = make.hwp("글", more={"BodyText/Section0": make.deflate(b"x" * 99)[:-2]})
    assert status(data) == "broken"


@pytest.mark.parametrize("limit", ["MAX_PART_BYTES", "MAX_TOTAL_BYTES"])
@pytest.mark.parametrize("flags", [0, make.COMPRESSED])
def test_size_of_streams_is_limited(monkeypatch, limit, flags):
    monkeypatch.setattr(hwp, limit, 1_000)
    assert status(make.hwp("글" * 600, flags=flags)) == "too_large"


def test_total_counts_all_sections(monkeypatch):
    section = make.section("글" * 600)
    monkeypatch.setattr(hwp, "MAX_TOTAL_BYTES", 2 * len(section))
    assert status(make.hwp(sections=[section])) == "read"
    assert status(make.hwp(sections=[section, section])) == "too_large"


def test_two_million_records_are_refused():
    assert status(with_section(rec(66, 0) * 2_000_000)) == "too_large"


def test_records_of_all_streams_count_together(monkeypatch):
    monkeypatch.setattr(hwp, "MAX_RECORDS", 9)
    section = make.section("가", "나")
    assert status(make.hwp(sections=[section])) == "read"
    assert status(make.hwp(sections=[section, section])) == "too_large"


def test_amount_of_text_is_limited(monkeypatch):
    monkeypatch.setattr(lines, "MAX_TEXT_BYTES", 30)
    assert status(make.hwp("가나다라마", "바사아자차카")) == "too_large"


def test_one_endless_paragraph_is_refused_before_it_is_decoded():
    text = b"\x20\0" * (lines.MAX_TEXT_BYTES // 2 + 1)
    with pytest.raises(DocumentError, match="text"):
        list(pieces(text))


def test_endless_list_of_marks_is_refused():
    mark = struct.pack("<III", 0, 1, 0x11 << 24)
    body = rec(66, 0, bytes(24)) + rec(67, 1, make.utf16("글"))
    assert status(with_section(body + rec(70, 1, mark * 100_001))) == "too_large"


# --- records ----------------------------------------------------------------------


@pytest.mark.parametrize("size", [5, 0xFFE, 0xFFF])
def test_record_longer_than_its_stream_is_broken(size):
    """The size 4,095 says that the real one follows, here two thousand million."""
    body = make.section("글") + struct.pack("<I", 67 | size << 20)
    assert status(with_section(body + b"\xff\xff\xff\x7f")) == "broken"
    assert status(with_section(body)) == "broken"


def test_zeros_behind_the_last_record_are_nothing():
    """Ciphers fill their last block."""
    document = outcome(with_section(make.section("글") + bytes(14), flags=0))
    assert isinstance(document, Document)
    assert document.blocks == (Paragraph("글"),)


def test_levels_need_not_make_sense():
    content = rec(67, 9, make.utf16("가")) + rec(66, 1_023, bytes(24))
    content += rec(67, 1_023, make.utf16("나")) + rec(71, 5) + rec(72, 0) + rec(77, 3)
    assert status(with_section(rec(66, 500, bytes(24)) + content)) == "read"


@pytest.mark.parametrize("tag", [66, 67, 70, 71, 72, 76, 77, 85, 88, 93])
def test_record_without_a_body_is_no_failure(tag):
    body = make.section(p(tbl(["가", "나"]), box("다"), make.equation("x")))
    found = read_records(body)
    out = b""
    for record in range(len(found)):
        empty = found.tags[record] == tag
        out += rec(found.tags[record], 0, b"" if empty else found.body(record))
    assert status(with_section(out)) == "read"


@pytest.mark.parametrize("name", ["tbl ", "gso ", "eqed", "fn  ", "atno", "tdut"])
@pytest.mark.parametrize("length", range(4, 12))
def test_control_that_is_cut_short_is_no_failure(name, length):
    body = (name.encode()[::-1] + b"\xff" * 8)[:length]
    short = make.Control(11, name, lambda level: rec(71, level, body))
    assert status(make.hwp(p("앞", short, "뒤"))) == "read"


@pytest.mark.parametrize("body", [b"", b"\xff", b"\xff" * 11, b"\xff" * 60])
@pytest.mark.parametrize("tag", [16, 23, 24, 25])
def test_styles_may_be_nonsense(tag, body):
    styles = make.shape(2, 1) + make.shape(3, 1) + rec(tag, 1, body)
    content = (p("가", shape=0), p("나", shape=1), p("다", shape=2))
    assert status(make.hwp(*content, styles=styles)) == "read"


# --- depth and width --------------------------------------------------------------


def nested(wrap: Callable[[make.P], make.Control], depth: int) -> bytes:
    inner = p("속")
    for _ in range(depth):
        inner = p(wrap(inner))
    return make.hwp(inner)


@pytest.mark.parametrize(
    "wrap",
    [lambda x: tbl([[x], "옆"]), box, make.note],
    ids=["tables", "boxes", "notes"],
)
def test_deep_nesting_is_refused(wrap):
    assert status(nested(wrap, lines.MAX_DEPTH)) == "read"
    assert status(nested(wrap, lines.MAX_DEPTH + 1)) == "too_large"
    assert status(nested(wrap, 70)) == "too_large"


def test_five_thousand_levels_are_refused():
    """Levels end at 1,023; deeper records only claim to be as deep."""
    body = b"".join(
        rec(66, min(3 * n, 1_023), bytes(24))
        + rec(71, min(3 * n + 1, 1_023), b" lbt" + bytes(42))
        + rec(72, min(3 * n + 2, 1_023), bytes(47))
        for n in range(5_000)
    )
    assert status(with_section(body)) == "too_large"


@pytest.mark.parametrize(
    "cell",
    [
        tc("가", (0, 0), (60_000, 60_000)),
        tc("가", (0, 0), (1, 60_000)),
        tc("가", (60_000, 60_000)),
    ],
)
def test_huge_tables_are_refused(cell):
    wide = tbl([cell, tc("나", (5, 0))])
    found = status(make.hwp(p(wide)))
    assert found == "too_large"


def test_cells_of_all_tables_count_together(monkeypatch):
    monkeypatch.setattr(lines, "MAX_CELLS", 7)
    table = tbl(["가", "나"], ["다", "라"])
    assert status(make.hwp(p(table))) == "read"
    assert status(make.hwp(p(table), p(table))) == "too_large"


def test_only_so_many_open_fields_are_looked_after():
    """Each end compares what is inside with the prompt: nested, that is much."""
    begin = field("", prompt="누르세요")[0]
    ends = make.FIELD_END * 2_000
    assert status(make.hwp(p(*[begin, "가"] * 2_000, ends))) == "read"
    line = lines.Line("", 0)
    for _ in range(2_000):
        line.open_field("누르세요")
    assert len(line.fields) < 100


def test_controls_out_of_order_are_all_read():
    table, drawing = tbl(["가", "나"]), box("다")
    units = table.units + drawing.units * 1_999
    below = (*[drawing.write] * 2_000, table.write)
    found = outcome(make.hwp(p(units, below=below)))
    assert isinstance(found, Document)
    assert len(found.blocks) == 2_001


def test_memory_stays_in_proportion():
    """Half a million records: a few dozen bytes for each, besides the stream."""
    data = with_section(rec(66, 0, bytes(24)) * 499_000)
    tracemalloc.start()
    try:
        outcome(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 60_000_000


def test_nothing_is_left_open():
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    for data in SAMPLES.values():
        outcome(data[:700])
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == limit


# --- distribution documents -------------------------------------------------------


@pytest.mark.parametrize("length", [0, 3, 4, 259, 260, 261, 275, 276])
def test_deciphering_takes_whole_blocks_only(length):
    stream = make.encrypt(b"x" * 64)[:length]
    if length < 260:
        with pytest.raises(DocumentError, match="key"):
            decrypt(stream)
    else:
        assert decrypt(stream) == b"x" * ((length - 260) // 16 * 16)


@pytest.mark.parametrize("seed", [0, 1, 15, 0xFFFFFFFF])
def test_key_lies_where_the_seed_says(seed):
    assert decrypt(make.encrypt(b"gray herons wade", seed)) == b"gray herons wade"


def test_records_limit_is_the_documents():
    with pytest.raises(DocumentError, match="records"):
        read_records(rec(66, 0) * 3, 2)
    assert records.MAX_RECORDS >= 500_000
