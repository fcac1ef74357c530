"""Documents and refusals as JSON: the way out of a worker, and into the cache.

What comes back is not trusted: the process that wrote it had read a hostile file, and
others may write to the disk. So :func:`decode` takes exactly what :func:`encode` makes.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from scraper.errors import DocumentError
from scraper.model import (
    Block,
    Caption,
    Cell,
    Document,
    Heading,
    ListItem,
    Note,
    PageBreak,
    Paragraph,
    Table,
)

#: Lists in one message, at most: so many blocks and cells need 200 MB here.
MOST_LISTS = 1_000_000

#: Tables inside tables, at most; readers stop long before.
DEEPEST = 100

#: Numbers at the beginning of a cell: where it stands, and how far it spans.
_PLACE = 4

_STATUS = re.compile(r"[a-z][a-z0-9_]{0,19}")
_LONGEST_REASON = 500


def encode(document: Document) -> bytes:
    """Return a document as one message."""
    message = {
        "kind": document.kind,
        "blocks": [_packed(block) for block in document.blocks],
        "warnings": document.warnings,
        "preview": document.preview,
    }
    return _bytes(message)


def encode_refusal(status: str, reason: str) -> bytes:
    """Return a :class:`DocumentError` as one message; a long reason is cut."""
    return _bytes({"status": status, "reason": reason[:_LONGEST_REASON]})


def decode(message: bytes) -> Document:
    """Return the document of a message.

    Raises:
        DocumentError: the message is a refusal.
        ValueError: it is no message of ours.
    """
    if message.count(b"[") + message.count(b"{") > MOST_LISTS:
        raise ValueError("more lists than any document needs")
    try:
        found = json.loads(message.decode("utf-8", "surrogatepass"))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    match found:
        case {"status": str(status), "reason": str(reason), **rest} if not rest:
            if not _STATUS.fullmatch(status) or len(reason) > _LONGEST_REASON:
                raise ValueError("no refusal of ours")
            raise DocumentError(status, reason)
        case {
            "kind": str(kind),
            "blocks": list(blocks),
            "warnings": list(warnings),
            "preview": str(preview),
            **rest,
        } if not rest:
            told = tuple(_text(warning) for warning in warnings)
            return Document(kind, _unpacked(blocks, 0), told, preview)
    raise ValueError("no message of ours")


def _bytes(message: Mapping[str, Any]) -> bytes:
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


# --- blocks -----------------------------------------------------------------------


def _packed(block: Block) -> list[Any]:
    match block:
        case Paragraph(text):
            return ["p", text]
        case ListItem(text, level):
            return ["l", text, level]
        case Table(cells):
            return ["t", *map(_packed_cell, cells)]
        case Heading(text, level):
            return ["h", text, level]
        case Note(text):
            return ["n", text]
        case Caption(text, of):
            return ["c", text, of]
        case PageBreak():
            return ["b"]


def _packed_cell(cell: Cell) -> list[Any]:
    blocks = [_packed(block) for block in cell.blocks]
    return [cell.row, cell.column, cell.row_span, cell.column_span, *blocks]


def _unpacked(blocks: list[Any], depth: int) -> tuple[Block, ...]:
    if depth > DEEPEST:
        raise ValueError("nested too deep")
    return tuple([_block(block, depth) for block in blocks])


def _block(packed: Any, depth: int) -> Block:
    if type(packed) is not list or not packed or type(packed[0]) is not str:
        raise ValueError("no block of ours")
    kind, *fields = packed
    if kind == "t":
        return Table(tuple([_cell(cell, depth + 1) for cell in fields]))
    if kind not in _BLOCKS:
        raise ValueError("no block of ours")
    try:
        return _BLOCKS[kind](*fields)
    except TypeError as error:
        raise ValueError(f"wrong number of fields in {kind!r}") from error


def _cell(packed: Any, depth: int) -> Cell:
    if type(packed) is not list or len(packed) < _PLACE:
        raise ValueError("no cell of ours")
    row, column, row_span, column_span = map(_number, packed[:_PLACE])
    blocks = _unpacked(packed[_PLACE:], depth)
    return Cell(row, column, blocks, row_span, column_span)


def _caption(text: Any, of: Any) -> Caption:
    match of:
        case "image" | "table" | "other" | "memo":
            return Caption(_text(text), of)
    raise ValueError("no caption of ours")


_BLOCKS: Mapping[str, Callable[..., Block]] = {
    "p": lambda text: Paragraph(_text(text)),
    "l": lambda text, level: ListItem(_text(text), _number(level)),
    "h": lambda text, level: Heading(_text(text), _number(level)),
    "n": lambda text: Note(_text(text)),
    "c": _caption,
    "b": PageBreak,
}


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError("no text")
    return value


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("no number")
    return value
