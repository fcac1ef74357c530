"""Gives forked children fresh memory in large pages, where the system can (Linux).

What a child writes to and shares with its parent is copied for it, 4 kB at a time, and
with malloc's holes that would be most of its memory. So the parent fills the holes of
its heap, once, and before each fork it empties the heap's free end: that the system
hands out anew, 2 MB at a time. Where a system has no such calls, nothing is done.
"""

import contextlib
import ctypes
import sys
from collections.abc import Iterator

#: From malloc.h and asm-generic/mman-common.h.
_M_TOP_PAD = -2
_MADV_DONTNEED = 4
_MADV_HUGEPAGE = 14

_PAGE = 4096
_LARGE_PAGE = 2 << 20

#: Bytes kept ready at the end of the heap. Source: reading an HWPX of 88 kB needs 2 MB
#: (47 releases, October 2026); a child that needs more gets it in small pages.
_READY = 4 * _LARGE_PAGE

#: Bytes for what the parent itself still needs, before the first large page.
_OWN = 64 << 10

#: Holes up to here are kept apart by size in malloc; a block must match to fill one.
_SMALL = 1 << 10


class Heap:
    """The heap of this process, as glibc keeps it."""

    def __init__(self) -> None:
        self._libc: ctypes.CDLL | None = None
        if sys.platform == "linux":
            with contextlib.suppress(AttributeError):  # another C library has others
                self._libc = _declared(ctypes.CDLL(None))

    def settle(self) -> None:
        """Fill the holes, and let the end grow in large pages; once all is loaded."""
        if self._libc is None:
            return
        libc = self._libc
        _fill_holes(libc)
        libc.mallopt(_M_TOP_PAD, _READY)
        end = _end(libc, _READY)
        start = _up(end + _OWN, _LARGE_PAGE)
        libc.malloc(start - _OWN - end)  # never given back
        _end(libc, _READY)
        libc.madvise(start, _down(libc.sbrk(0) - start), _MADV_HUGEPAGE)

    def sweep(self) -> None:
        """Give the pages of the free end back; before a fork."""
        if self._libc is None:
            return
        # The first page holds malloc's own note of how long the end is.
        start = _up(_end(self._libc, _READY // 2) + 1, _PAGE)
        length = _down(self._libc.sbrk(0) - start)
        self._libc.madvise(start, length, _MADV_DONTNEED)


def _declared(libc: ctypes.CDLL) -> ctypes.CDLL:
    """Return the library with the types of what is called; it must have all of it."""
    size, address = ctypes.c_size_t, ctypes.c_void_p
    libc.malloc.argtypes, libc.malloc.restype = [size], address
    libc.free.argtypes, libc.free.restype = [address], None
    libc.sbrk.argtypes, libc.sbrk.restype = [ctypes.c_ssize_t], address
    libc.madvise.argtypes = [address, size, ctypes.c_int]
    libc.mallopt.argtypes = [ctypes.c_int, ctypes.c_int]
    return libc


def _end(libc: ctypes.CDLL, size: int) -> int:
    """Return where the free end of the heap begins; ``size`` is more than any hole."""
    block: int = libc.malloc(size)
    libc.free(block)
    return block


def _fill_holes(libc: ctypes.CDLL) -> None:
    """Take every free block before the end, large ones first, and keep them."""
    end = _end(libc, _READY)
    for size in _sizes():
        while (block := libc.malloc(size)) < end:
            pass
        if size > _SMALL:  # a small block would not go back to the end
            libc.free(block)


def _sizes() -> Iterator[int]:
    size = 1 << 20
    while size > _SMALL:
        yield size
        size = size * 7 // 8
    yield from range(_SMALL, 16, -16)


def _up(address: int, unit: int) -> int:
    return -(-address // unit) * unit


def _down(length: int) -> int:
    return length // _PAGE * _PAGE
