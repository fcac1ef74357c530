"""inflate: the whole body within limits, or an error that says which it was."""

import gzip
import random
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.fetch.inflate import (
    ACCEPTED,
    KEPT,
    STEP,
    BrokenError,
    EncodingError,
    TooLargeError,
    inflate,
)

TEXT = "정부는 오늘 대책을 발표했다. ".encode() * 400
MIB = 1024 * 1024


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def packed(encoding: str, data: bytes = TEXT) -> bytes:
    match encoding:
        case "gzip" | "x-gzip":
            return gzip.compress(data, mtime=0)
        case "deflate":
            return zlib.compress(data)
        case "raw deflate":
            return raw_deflate(data)
        case _:
            return data


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def undo(
    data: bytes, encoding: str, *, size: int = 1000, most: int = MIB, ratio: int = 100
) -> bytes:
    name = encoding.removeprefix("raw ")
    return inflate(pieces(data, size), name, max_size=most, max_ratio=ratio).body


ENCODINGS = ["gzip", "x-gzip", "deflate", "raw deflate", "identity", ""]
COMPRESSED = ["gzip", "deflate", "raw deflate"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_body_comes_back_whatever_way_it_is_cut(encoding, size):
    assert undo(packed(encoding), encoding, size=size) == TEXT


@pytest.mark.parametrize("encoding", COMPRESSED)
def test_body_larger_than_one_step_comes_back(encoding):
    """zlib may take all input and still hold back output: that must not be lost."""
    for length in (STEP - 1, STEP, STEP + 1, 3 * STEP, 3 * STEP + 257):
        text = (b"\0" * 100 + TEXT) * (length // len(TEXT) + 1)
        text = text[:length]
        assert undo(packed(encoding, text), encoding, ratio=10_000) == text


def test_output_that_waits_in_the_last_bits_comes_back():
    """Here a byte of input can be thousands of output, and nothing follows it."""
    for length in range(STEP + 1, STEP + 2000, 97):
        text = b"\0" * length
        assert undo(raw_deflate(text), "deflate", ratio=10_000) == text


@given(st.binary(max_size=2000), st.integers(1, 50), st.sampled_from(COMPRESSED))
def test_any_bytes_come_back(data, size, encoding):
    assert undo(packed(encoding, data), encoding, size=size) == data


@pytest.mark.parametrize("encoding", COMPRESSED)
def test_every_cut_is_noticed(encoding):
    """The usual reader of gzip takes the front half of a body for all of it."""
    data = packed(encoding)
    for cut in range(1, len(data)):
        with pytest.raises(BrokenError):
            undo(data[:-cut], encoding)


@pytest.mark.parametrize("encoding", COMPRESSED)
def test_nothing_at_all_is_cut_off_too(encoding):
    with pytest.raises(BrokenError, match="after 0 bytes"):
        undo(b"", encoding)


def test_several_gzip_members_are_one_body():
    data = gzip.compress(TEXT) + gzip.compress(b"") + gzip.compress(b"end")
    assert undo(data, "gzip", size=5) == TEXT + b"end"


def test_cut_in_a_later_member_is_noticed():
    data = gzip.compress(TEXT) + gzip.compress(TEXT)[:-3]
    with pytest.raises(BrokenError):
        undo(data, "gzip")


@pytest.mark.parametrize("encoding", COMPRESSED)
@pytest.mark.parametrize("rest", [b"\0" * 5000, b"\r\n", b"x"])
def test_what_follows_a_finished_body_is_ignored(encoding, rest):
    """Its checksum says that it is whole; padding after it is common."""
    assert undo(packed(encoding) + rest, encoding) == TEXT


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_one_flipped_bit_is_noticed(encoding):
    data = bytearray(packed(encoding))
    data[-3] ^= 0x10
    with pytest.raises(BrokenError, match="broken"):
        undo(bytes(data), encoding)


def test_plain_text_that_claims_to_be_compressed_is_broken():
    with pytest.raises(BrokenError):
        undo(TEXT, "gzip")
    with pytest.raises(BrokenError):
        undo(TEXT, "deflate")


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, gzip", "x" * 99])
def test_encoding_nobody_asked_for_is_refused(encoding):
    assert encoding not in ACCEPTED.split(", ")
    with pytest.raises(EncodingError, match="was not asked for"):
        undo(TEXT, encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_limit_is_kept_to_the_byte(encoding):
    data = packed(encoding)
    most = len(TEXT)
    assert undo(data, encoding, most=most) == TEXT
    with pytest.raises(TooLargeError, match=f"larger than {most - 1} bytes"):
        undo(data, encoding, most=most - 1)


def test_body_that_never_ends_is_left_at_the_limit():
    """The source must be asked for no more than it takes to know."""
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 1000
            yield b"x" * 1000

    with pytest.raises(TooLargeError):
        inflate(endless(), "", max_size=10_000, max_ratio=100)
    assert sent == 11_000


def test_garbage_after_a_finished_body_has_a_limit_too():
    def endless() -> Iterator[bytes]:
        yield gzip.compress(b"done")
        while True:
            yield b"\0" * 1000

    with pytest.raises(TooLargeError):
        inflate(endless(), "gzip", max_size=10_000, max_ratio=100)


@pytest.mark.parametrize("encoding", COMPRESSED)
def test_unbelievable_ratio_is_a_bomb(encoding):
    """Blanks shrink a thousand times; a page of text five or ten times."""
    bomb = packed(encoding, b" " * (2 * MIB))
    with pytest.raises(TooLargeError, match="over 100 times"):
        undo(bomb, encoding, most=64 * MIB)


def test_small_page_may_shrink_as_much_as_it_can():
    blank = b" " * (MIB // 2)
    assert undo(packed("gzip", blank), "gzip") == blank


@pytest.mark.parametrize("ratio", [100, 10**9])
def test_bomb_costs_no_more_memory_than_the_limit(ratio):
    """32 MiB in 32 KiB: read in one go it would take all of that."""
    bomb = packed("gzip", b"\0" * (32 * MIB))
    assert len(bomb) < MIB // 16
    tracemalloc.start()
    try:
        with pytest.raises(TooLargeError):
            undo(bomb, "gzip", size=65536, most=4 * MIB, ratio=ratio)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10 * MIB


def kept(data: bytes, encoding: str = "gzip", *, size: int = 1000) -> bytes:
    whole = inflate(pieces(data, size), encoding, max_size=4 * MIB, max_ratio=100)
    return whole.packed


def with_name(data: bytes) -> bytes:
    head, rest = data[:10], data[10:]
    return head[:3] + b"\x08" + head[4:] + b"page.html\0" + rest


@pytest.mark.parametrize("level", [1, 6, 9])
@pytest.mark.parametrize("size", [1, 9, 100_000])
def test_a_gzip_member_is_kept_as_the_zlib_stream_it_holds(level, size):
    """Packing a page again takes four times as long as all there is to check."""
    stream = kept(gzip.compress(TEXT, level), size=size)
    assert zlib.decompress(stream) == TEXT


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(b"") + gzip.compress(TEXT),
        gzip.compress(TEXT) + gzip.compress(b""),
        gzip.compress(TEXT[:99]) + gzip.compress(TEXT[99:]),
        gzip.compress(TEXT) + b"\r\n",
        gzip.compress(TEXT) + b"\0",
        gzip.compress(TEXT) + gzip.compress(TEXT)[-8:],
        with_name(gzip.compress(TEXT)),
    ],
    ids=["empty first", "empty last", "two", "line end", "zero", "checks", "name"],
)
@pytest.mark.parametrize("size", [1, 100_000])
def test_what_is_not_one_plain_member_is_not_kept_as_it_came(data, size):
    """Part of it, or more than the body, would stand in the archive for the body."""
    assert kept(data, size=size) == b""
    assert undo(data, "gzip", size=size) == TEXT


@pytest.mark.parametrize("encoding", ["deflate", "raw deflate", ""])
def test_only_gzip_is_kept_as_it_came(encoding):
    assert kept(packed(encoding), encoding.removeprefix("raw ")) == b""


def test_a_large_body_is_not_held_twice():
    noise = random.Random(7).randbytes(KEPT + 1)
    assert kept(gzip.compress(noise), size=100_000) == b""
