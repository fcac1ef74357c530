"""Undo a content encoding while it arrives, within limits: a bomb stays small.

Only what we ask for is accepted: ``gzip``, ``deflate`` and no encoding at all. zlib is
told how much it may give back at a time, so a body that inflates without end costs no
more memory than the limit. An ordinary reader of gzip takes a body that stops half-way
for a whole one; this one does not.
"""

import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import NamedTuple

#: What to say in ``Accept-Encoding``.
ACCEPTED = "gzip, deflate"

#: Bytes zlib may give back at a time.
STEP = 256 * 1024

#: Below this many bytes no ratio is too high: a page of blanks shrinks a lot.
FREE_OF_RATIO = 1024 * 1024

GZIP_MAGIC = b"\x1f\x8b"

#: A gzip head that says nothing but ``deflate``: no name, no comment, no extra field.
#: Time, level and system come after it, then the stream, then eight bytes of checks.
PLAIN_HEAD, HEAD, CHECKS = GZIP_MAGIC + b"\x08\x00", 10, 8

#: Head of a zlib stream of the largest window, which is every gzip stream's.
ZLIB_HEAD = b"\x78\x9c"

#: Bytes of a compressed body that are kept as they came: pages have some 20,000, and a
#: window of the Open API, which nobody keeps as it is, has a million.
KEPT = 128 * 1024


class EncodingError(ValueError):
    """A content encoding we did not ask for."""


class BrokenError(ValueError):
    """The bytes are not what their encoding says, or stop before its end."""


class TooLargeError(ValueError):
    """More bytes than accepted, or inflated further than is believable."""


class Inflated(NamedTuple):
    """A body, its encoding undone."""

    body: bytes
    #: The same as one zlib stream, where it came as such; else empty.
    packed: bytes = b""


def inflate(
    chunks: Iterable[bytes], encoding: str, *, max_size: int, max_ratio: int
) -> Inflated:
    """Return the whole body that ``chunks`` hold, its encoding undone.

    ``encoding`` is the ``Content-Encoding`` header, empty for none. ``max_size`` is in
    bytes, for the body and for what came over the wire alike; ``max_ratio`` is the
    largest believable quotient of the two.

    Raises:
        EncodingError: an encoding we do not accept.
        BrokenError: broken or cut off.
        TooLargeError: larger than ``max_size`` or beyond ``max_ratio``.
    """
    inflater: _Inflater | None = None
    match encoding.strip().lower():
        case "" | "identity":
            pieces = iter(chunks)
        case "gzip" | "x-gzip":
            inflater = _Inflater(gzip=True, max_ratio=max_ratio)
            pieces = inflater.pieces(_counted(chunks, max_size))
        case "deflate":
            inflater = _Inflater(gzip=False, max_ratio=max_ratio)
            pieces = inflater.pieces(_counted(chunks, max_size))
        case other:
            raise EncodingError(f"content encoding {other[:40]!r} was not asked for")
    body = BytesIO()
    for piece in _counted(pieces, max_size):
        body.write(piece)
    whole = body.getvalue()
    return Inflated(whole, inflater.packed(whole) if inflater else b"")


def _counted(pieces: Iterable[bytes], max_size: int) -> Iterator[bytes]:
    """Hand on ``pieces`` as long as they are no more than ``max_size`` bytes."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > max_size:
            raise TooLargeError(f"larger than {max_size} bytes")
        yield piece


class _Inflater:
    """Inflates what is fed; ``gzip`` may have several members, ``deflate`` has one.

    Every gzip member ends in a checksum, so what comes after the last one (padding, a
    stray line end) cannot be a part of the body that we miss: it is ignored, as
    browsers do.
    """

    def __init__(self, *, gzip: bool, max_ratio: int) -> None:
        self._gzip = gzip
        self._max_ratio = max_ratio
        self._stream: zlib._Decompress | None = None
        self._waiting = b""
        self._taken = 0
        self._given = 0
        self._members = 0
        #: What came, as far as it is worth keeping; empty when it is not.
        self._came: list[bytes] = []
        self._is_one_member = gzip

    def pieces(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._taken += len(chunk)
            self._waiting += chunk
            self._keep(chunk)
            while self._at_work():
                yield self._step()
        if self._stream is not None or not self._members:
            raise BrokenError(f"compressed body stops after {self._taken} bytes")

    def packed(self, body: bytes) -> bytes:
        """Return the whole ``body`` as the zlib stream that came, if one did.

        A gzip member is such a stream in another wrapping. One among several is not
        all of the body, and one that something follows is not all that came.
        """
        came = b"".join(self._came)
        if not (self._is_one_member and came.startswith(PLAIN_HEAD)):
            return b""
        check = zlib.adler32(body).to_bytes(4, "big")
        return ZLIB_HEAD + came[HEAD:-CHECKS] + check

    def _keep(self, chunk: bytes) -> None:
        if self._members or self._taken > KEPT:
            self._is_one_member = False
        if self._is_one_member:
            self._came.append(chunk)
        else:
            self._came.clear()

    def _at_work(self) -> bool:
        """Say whether a step can be made, starting a member when one begins."""
        if self._stream is not None:
            return bool(self._waiting)
        if len(self._waiting) < 2:
            return False  # two bytes tell what it is
        if self._members and not (self._gzip and self._waiting.startswith(GZIP_MAGIC)):
            self._waiting = b""
            return False
        self._stream = zlib.decompressobj(self._window_bits())
        return True

    def _window_bits(self) -> int:
        """Return what zlib is told about the head: gzip's, its own, or none.

        Some servers send ``deflate`` without the head of the zlib format.
        Source: RFC 9110, 8.4.1.2.
        """
        if self._gzip:
            return zlib.MAX_WBITS | 16
        first, second = self._waiting[:2]
        has_head = first & 0x0F == 8 and (first << 8 | second) % 31 == 0
        return zlib.MAX_WBITS if has_head else -zlib.MAX_WBITS

    def _step(self) -> bytes:
        assert self._stream is not None
        try:
            piece = self._stream.decompress(self._waiting, STEP)
            # All input taken, yet the last of its output may still be inside.
            if not self._stream.unconsumed_tail and not self._stream.eof:
                piece += self._stream.decompress(b"", STEP)
        except zlib.error as error:
            raise BrokenError(f"compressed body is broken ({error})") from error
        self._given += len(piece)
        if self._given > max(FREE_OF_RATIO, self._max_ratio * self._taken):
            raise TooLargeError(f"inflates to over {self._max_ratio} times its size")
        self._waiting = self._stream.unconsumed_tail
        if self._stream.eof:
            self._waiting, self._stream = self._stream.unused_data, None
            self._members += 1
            if self._waiting:
                self._is_one_member = False
        return piece
