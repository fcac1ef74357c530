"""A small builder of HWP 5 files: just enough records for one rule at a time.

It knows the format by itself and shares nothing with the reader.
"""

import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

COMPRESSED, PASSWORD, DISTRIBUTION, DRM = 1, 2, 4, 16
DIGIT, CIRCLED, ROMAN, SYLLABLE = 0, 1, 2, 8


def utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def counted(text: str) -> bytes:
    return struct.pack("<H", len(utf16(text)) // 2) + utf16(text)


def rec(tag: int, level: int, body: bytes = b"") -> bytes:
    """Return a record; a body of 4,095 bytes or more has its size apart."""
    size = min(len(body), 0xFFF)
    head = struct.pack("<I", tag | level << 10 | size << 20)
    return head + (struct.pack("<I", len(body)) if size == 0xFFF else b"") + body


# --- paragraphs -------------------------------------------------------------------


@dataclass(frozen=True)
class Control:
    """A control character and the records that follow the paragraph's text."""

    code: int
    name: str
    write: Callable[[int], bytes]

    @property
    def units(self) -> bytes:
        code = struct.pack("<H", self.code)
        return code + self.name.encode()[::-1] + bytes(8) + code


FIELD_END = b"\x04\0" + bytes(12) + b"\x04\0"
Piece = str | bytes | Control


@dataclass(frozen=True)
class P:
    pieces: tuple[Piece, ...]
    shape: int = 0
    new_page: bool = False
    deleted: tuple[tuple[int, int], ...] = ()
    #: Records below the paragraph that its text does not name.
    below: tuple[Callable[[int], bytes], ...] = ()

    def write(self, level: int) -> bytes:
        text = b"".join(map(_units, self.pieces)) + b"\r\0"
        header = struct.pack(
            "<IIHBBHHHI",
            len(text) // 2,
            0,
            self.shape,
            0,
            4 * self.new_page,
            1,
            len(self.deleted),
            0,
            0,
        )
        out = rec(66, level, header) + rec(67, level + 1, text)
        if self.deleted:
            marks = [struct.pack("<III", *at, 0x11 << 24) for at in self.deleted]
            out += rec(70, level + 1, b"".join(marks))
        controls = [piece for piece in self.pieces if isinstance(piece, Control)]
        writers = [*(control.write for control in controls), *self.below]
        return out + b"".join(write(level + 1) for write in writers)


def p(*pieces: Piece, **options: object) -> P:
    """Return a paragraph of text, controls and stored units."""
    return P(pieces, **options)  # type: ignore[arg-type]


def _units(piece: Piece) -> bytes:
    match piece:
        case Control():
            return piece.units
        case bytes():
            return piece
    tab = b"\t\0" + bytes(12) + b"\t\0"
    return utf16(piece).replace(b"\t\0", tab)


Content = str | P | Sequence["str | P"]


def paragraphs(content: Content) -> list[P]:
    pieces = [content] if isinstance(content, str | P) else content
    return [x if isinstance(x, P) else p(x) for x in pieces]


def held(content: Content, level: int, more: bytes = b"") -> bytes:
    """Return a list header and its paragraphs, which stand on the same level."""
    inner = paragraphs(content)
    head = rec(72, level, struct.pack("<iI", len(inner), 0) + more)
    return head + b"".join(x.write(level) for x in inner)


# --- controls ---------------------------------------------------------------------


def _header(name: str, level: int, body: bytes = b"") -> bytes:
    return rec(71, level, name.encode()[::-1] + body)


def _object(name: str, level: int, inline: bool = False) -> bytes:
    return _header(name, level, struct.pack("<I", inline) + bytes(38))


def _caption(text: str, level: int, below: bool) -> bytes:
    return held(text, level, struct.pack("<IIHI", 3 if below else 2, 0, 0, 0))


@dataclass(frozen=True)
class Tc:
    content: Content
    at: tuple[int, int]
    span: tuple[int, int]

    def write(self, level: int) -> bytes:
        place = (self.at[1], self.at[0], self.span[1], self.span[0])
        return held(self.content, level, struct.pack("<4H", *place) + bytes(18))


def tc(content: Content, at: tuple[int, int], span: tuple[int, int] = (1, 1)) -> Tc:
    return Tc(content, at, span)


def tbl(
    *rows: Sequence["Tc | Content"], caption: str = "", below: bool = False
) -> Control:
    """Return a table; a cell is its content or made by :func:`tc`."""
    cells = [
        cell if isinstance(cell, Tc) else tc(cell, (number, column))
        for number, row in enumerate(rows)
        for column, cell in enumerate(row)
    ]

    def write(level: int) -> bytes:
        out = _object("tbl ", level)
        out += _caption(caption, level + 1, below) if caption else b""
        out += rec(77, level + 1, struct.pack("<IHH", 0, len(rows), 1) + bytes(14))
        return out + b"".join(cell.write(level + 1) for cell in cells)

    return Control(11, "tbl ", write)


def box(*contents: Content, inline: bool = False, caption: str = "") -> Control:
    """Return a text box; several make a group."""

    def write(level: int) -> bytes:
        out = _object("gso ", level, inline)
        out += _caption(caption, level + 1, True) if caption else b""
        deeper = level + 1
        if len(contents) > 1:
            out += rec(76, deeper, b"noc$" * 2 + bytes(60)) + rec(86, deeper + 1)
            deeper += 1
        for content in contents:
            out += rec(76, deeper, b"cer$" * 2 + bytes(60))
            out += held(content, deeper + 1, bytes(25)) + rec(79, deeper + 1, bytes(33))
        return out

    return Control(11, "gso ", write)


def picture(caption: str = "") -> Control:
    def write(level: int) -> bytes:
        out = _object("gso ", level)
        out += _caption(caption, level + 1, True) if caption else b""
        return out + rec(76, level + 1, b"cip$" * 2) + rec(85, level + 2, bytes(73))

    return Control(11, "gso ", write)


def equation(script: str) -> Control:
    def write(level: int) -> bytes:
        body = struct.pack("<I", 0) + counted(script) + bytes(20)
        return _object("eqed", level) + rec(88, level + 1, body)

    return Control(11, "eqed", write)


def auto_number(
    number: int, form: int = DIGIT, around: str = "\0)", own: str = "\0"
) -> Control:
    def write(level: int) -> bytes:
        body = struct.pack("<IH", 1 | form << 4, number) + utf16(own + around)
        return _header("atno", level, body)

    return Control(18, "atno", write)


def note(content: Content, name: str = "fn  ", number: int = 1) -> Control:
    """Return a footnote, or an endnote (``en  ``)."""

    def write(level: int) -> bytes:
        body = struct.pack("<I", number) + utf16("\0)") + bytes(8)
        return _header(name, level, body) + held(content, level + 1, bytes(8))

    return Control(17, name, write)


def footnote(text: str, number: int = 1, form: int = DIGIT) -> Control:
    return note(p(auto_number(number, form), " ", text), number=number)


def beside(name: str, content: Content) -> Control:
    """Return what is not read: ``head``, ``foot``, ``tcmt``, ``secd``."""
    code = {"head": 16, "foot": 16, "tcmt": 15, "secd": 2}[name]

    def write(level: int) -> bytes:
        return _header(name, level, bytes(8)) + held(content, level + 1, bytes(26))

    return Control(code, name, write)


def ruby(word: str, over: str) -> Control:
    body = counted(word) + counted(over) + bytes(16)
    return Control(23, "tdut", lambda level: _header("tdut", level, body))


def combined(text: str) -> Control:
    body = counted(text) + bytes(8)
    return Control(23, "tcps", lambda level: _header("tcps", level, body))


def field(
    *pieces: Piece, prompt: str = "", filled: bool = False, name: str = "%clk"
) -> tuple[Piece, ...]:
    """Return the pieces of a field that shows ``pieces``."""
    command = f"Clickhere:set:9:Direction:wstring:3:{prompt} HelpState:wstring:0:  "
    body = struct.pack("<IB", 0x8000 * filled, 9) + counted(command) + bytes(8)
    begin = Control(3, name, lambda level: _header(name, level, body))
    return (begin, *pieces, FIELD_END)


def memo(content: Content) -> Callable[[int], bytes]:
    """Return a remark in the margin, for ``below`` of a section's last paragraph."""
    return lambda level: rec(93, level, bytes(4)) + held(content, level, bytes(8))


def master_page(content: Content) -> Callable[[int], bytes]:
    return lambda level: held(content, level, bytes(26))


# --- styles -----------------------------------------------------------------------


def _head(form: int, pattern: str) -> bytes:
    return struct.pack("<IhhI", 12 | form << 5, 0, 50, 0xFFFFFFFF) + counted(pattern)


def numbering(*levels: tuple[int, str], start: int = 1) -> bytes:
    """Return a numbering of up to ten levels: form and pattern of each."""
    heads = [_head(*level) for level in levels]
    heads += [_head(DIGIT, "")] * (10 - len(heads))
    starts = struct.pack("<7I", *[start] * 7)
    more = b"".join(heads[7:]) + struct.pack("<3I", 1, 1, 1)
    return rec(23, 1, b"".join(heads[:7]) + bytes(2) + starts + more)


def bullet(glyph: str) -> bytes:
    return rec(24, 1, struct.pack("<IhhI", 8, 0, 50, 0xFFFFFFFF) + utf16(glyph))


def shape(kind: int = 0, which: int = 0, level: int = 0, *, old: bool = False) -> bytes:
    """Return a paragraph shape; ``kind`` 1 is the outline, 2 numbers, 3 bullets.

    Shapes of old files are shorter and state the level in three bits alone.
    """
    attributes = kind << 23 | min(level, 6) << 25
    body = struct.pack("<I", attributes) + bytes(26) + struct.pack("<H", which)
    return rec(
        25, 1, body + (bytes(14) if old else bytes(22) + struct.pack("<I", level))
    )


# --- the file ---------------------------------------------------------------------


def section(*content: "P | str") -> bytes:
    return b"".join(x.write(0) for x in paragraphs(content))


def deflate(data: bytes) -> bytes:
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeezer.compress(data) + squeezer.flush()


def file_header(flags: int = COMPRESSED, version: int = 0x05010001) -> bytes:
    signature = b"HWP Document File".ljust(32, b"\0")
    return (signature + struct.pack("<II", version, flags)).ljust(256, b"\0")


def hwp(
    *content: "P | str",
    sections: Sequence[bytes] = (),
    flags: int = COMPRESSED,
    styles: bytes = b"",
    stated: int | None = None,
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return an HWP file; ``sections`` follow the one of ``content``, as records.

    Args:
        stated: Sections the file says it has; by default as many as there are.
        more: Further streams, or others in place of those made here.
    """
    bodies = [section(*content), *sections] if content else list(sections)
    count = len(bodies) if stated is None else stated
    info = rec(16, 0, struct.pack("<H", count) + bytes(24)) + rec(17, 0) + styles
    pack = deflate if flags & COMPRESSED else bytes
    streams = {"FileHeader": file_header(flags), "DocInfo": pack(info)}
    folder = "ViewText" if flags & DISTRIBUTION else "BodyText"
    for number, body in enumerate(bodies):
        packed = pack(body)
        if flags & DISTRIBUTION:
            packed = encrypt(packed)
        streams[f"{folder}/Section{number}"] = packed
    if flags & DISTRIBUTION:
        stand_in = section("이 문서는 상위 버전의 배포용 문서입니다. 열 수 없습니다.")
        streams["BodyText/Section0"] = pack(stand_in)
    return cfb(streams | dict(more or {}))


def encrypt(data: bytes, seed: int = 0x1234567) -> bytes:
    """Return a stream as distribution documents (배포용) hold it."""
    secret = utf16("0123456789ABCDEF0123456789ABCDEF01234567")
    noise: list[int] = []
    state = seed

    def rand() -> int:
        nonlocal state
        state = (state * 214013 + 2531011) % 2**32
        return state // 2**16 % 2**15

    while len(noise) < 256:
        value = rand() % 256
        noise += [value] * (rand() % 16 + 1)
    clear = bytearray(256)
    at = 4 + seed % 16
    clear[at : at + len(secret)] = secret
    body = bytes(a ^ b for a, b in zip(clear, noise[:256], strict=True))
    body = struct.pack("<I", seed) + body[4:]
    cipher = Cipher(algorithms.AES(secret[:16]), modes.ECB()).encryptor()
    return rec(28, 0, body) + cipher.update(data + bytes(-len(data) % 16))


# --- the container ----------------------------------------------------------------

_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def cfb(streams: Mapping[str, bytes]) -> bytes:
    """Return a compound file of version 3 with these streams, ``/`` in their paths."""
    sectors: list[bytes] = []
    fat: list[int] = []

    def store(data: bytes) -> int:
        """Put data into sectors in a row; return the first."""
        if not data:
            return _END
        first, count = len(sectors), -(-len(data) // 512)
        padded = data.ljust(count * 512, b"\0")
        sectors.extend(padded[n * 512 : n * 512 + 512] for n in range(count))
        fat.extend([*range(first + 1, first + count), _END])
        return first

    mini, mini_fat, places = b"", [], {}
    for path, data in streams.items():
        if len(data) >= 4096:
            places[path] = store(data)
        elif data:
            count = -(-len(data) // 64)
            first = places[path] = len(mini_fat)
            mini_fat += [*range(first + 1, first + count), _END]
            mini += data.ljust(count * 64, b"\0")
        else:
            places[path] = _END
    root = (store(mini), len(mini))
    mini_start = store(struct.pack(f"<{len(mini_fat)}I", *mini_fat))
    directory = store(_directory(streams, places, root))
    tables = _fat_sectors(fat, len(sectors))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0")
    head += struct.pack("<5H", 62, 3, 0xFFFE, 9, 6) + bytes(10)
    head += struct.pack("<2I4xI", len(tables), directory, 4096)
    head += struct.pack("<2I", mini_start, -(-len(mini_fat) // 128))
    head += struct.pack("<2I", _END, 0)
    numbers = [len(sectors) + n for n in range(len(tables))]
    head += struct.pack("<109I", *numbers, *[_FREE] * (109 - len(tables)))
    return head + b"".join(sectors + tables)


def _fat_sectors(fat: list[int], used: int) -> list[bytes]:
    count = 1
    while count * 128 < used + count:
        count += 1
    whole = fat + [_FAT] * count
    whole += [_FREE] * (count * 128 - len(whole))
    packed = struct.pack(f"<{len(whole)}I", *whole)
    return [packed[n * 512 : n * 512 + 512] for n in range(count)]


def _directory(
    streams: Mapping[str, bytes], places: Mapping[str, int], root: tuple[int, int]
) -> bytes:
    """Return the entries: each folder's members hang on each other to the right."""
    folders = sorted({path.split("/")[0] for path in streams if "/" in path})
    members = {folder: [] for folder in ["", *folders]}
    names = ["Root Entry", *folders, *streams]
    for number, path in enumerate(streams, start=1 + len(folders)):
        members[path.rpartition("/")[0]].append(number)
    members[""] = [*range(1, 1 + len(folders)), *members[""]]
    right = {}
    for numbers in members.values():
        right |= dict(pairwise(numbers))
    out = b""
    for number, path in enumerate(names):
        name = utf16(path.rpartition("/")[2])
        kind, first, start, size = 2, _FREE, _END, 0
        if number <= len(folders):
            kind = 1 if number else 5
            numbers = members["" if number == 0 else path]
            first = numbers[0] if numbers else _FREE
            start, size = root if number == 0 else (0, 0)
        else:
            start, size = places[path], len(streams[path])
        out += name.ljust(64, b"\0") + struct.pack("<HBB", len(name) + 2, kind, 1)
        out += struct.pack("<3I", _FREE, right.get(number, _FREE), first)
        out += bytes(36) + struct.pack("<IQ", start, size)
    return out
