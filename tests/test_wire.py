"""Documents on their way out of a worker: all of them whole, and nothing else."""

import json
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.documents import wire
from scraper.documents.wire import decode, encode, encode_refusal
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

#: Any character there is, lone surrogates too: damaged documents hold them.
TEXT = st.text(st.characters(), max_size=20)
NUMBER = st.integers(0, 100_000)
LEAF = st.one_of(
    st.builds(Paragraph, TEXT),
    st.builds(Heading, TEXT, NUMBER),
    st.builds(ListItem, TEXT, NUMBER),
    st.builds(Note, TEXT),
    st.builds(Caption, TEXT, st.sampled_from(get_args(get_type_hints(Caption)["of"]))),
    st.just(PageBreak()),
)


def tables(blocks: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    held = st.lists(blocks, max_size=3).map(tuple)
    cells = st.builds(Cell, NUMBER, NUMBER, held, NUMBER, NUMBER)
    return st.builds(Table, st.lists(cells, max_size=3).map(tuple))


BLOCK: st.SearchStrategy[Block] = st.recursive(LEAF, tables, max_leaves=8)
DOCUMENT = st.builds(
    Document,
    st.sampled_from(["hwpx", "pdf"]),
    st.lists(BLOCK, max_size=5).map(tuple),
    st.lists(TEXT, max_size=2).map(tuple),
    TEXT,
)


@given(DOCUMENT)
def test_a_document_comes_back_as_it_was(document: Document) -> None:
    assert decode(encode(document)) == document


@given(TEXT.filter(lambda text: len(text) < 500))
def test_a_refusal_comes_back_as_it_was(reason: str) -> None:
    with pytest.raises(DocumentError) as caught:
        decode(encode_refusal("too_large", reason))
    assert (caught.value.status, caught.value.reason) == ("too_large", reason)


def test_a_long_reason_is_cut() -> None:
    with pytest.raises(DocumentError) as caught:
        decode(encode_refusal("broken", "가" * 10_000))
    assert len(caught.value.reason) == 500


WHOLE = {"kind": "hwpx", "blocks": [["p", "글"]], "warnings": [], "preview": ""}


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"kind": 1},
        {"blocks": {}},
        {"blocks": [["p"]]},
        {"blocks": [["p", 1]]},
        {"blocks": [["p", "a", "b"]]},
        {"blocks": [["h", "a", "1"]]},
        {"blocks": [["h", "a", True]]},
        {"blocks": [["h", "a", -1]]},
        {"blocks": [["h", "a", 1.5]]},
        {"blocks": [["c", "a", "picture"]]},
        {"blocks": [["t", [0, 0, 1]]]},
        {"blocks": [["t", [0, 0, 1, "1"]]]},
        {"blocks": [["t", "text"]]},
        {"blocks": [["x", "a"]]},
        {"blocks": [[["p"], "a"]]},
        {"blocks": ["p"]},
        {"blocks": [None]},
        {"warnings": [1]},
        {"preview": None},
    ],
)
def test_anything_else_is_refused(change: dict[str, object]) -> None:
    decode(json.dumps(WHOLE).encode())
    with pytest.raises(ValueError, match=r"\w"):
        decode(json.dumps(WHOLE | change).encode())


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"status":"a b","reason":""}',
        b'{"status":"","reason":""}',
        b'{"status":"broken","reason":"' + b"x" * 501 + b'"}',
        b'{"status":"broken","reason":"","blocks":[]}',
        b"[" * 100_000,
        b"1" * 100_000,
    ],
)
def test_noise_is_refused(message: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(message)


def nested(depth: int) -> Document:
    block: Block = Paragraph("글")
    for _ in range(depth):
        block = Table((Cell(0, 0, (block,)),))
    return Document("hwpx", (block,))


def test_depth_is_limited() -> None:
    """Whatever walks a table after us must not run out of stack."""
    assert decode(encode(nested(wire.DEEPEST))) == nested(wire.DEEPEST)
    with pytest.raises(ValueError, match="deep"):
        decode(encode(nested(wire.DEEPEST + 1)))


def test_the_number_of_things_is_limited() -> None:
    """Sixteen million bytes of brackets would be a gigabyte of lists."""
    many = b'{"kind":"x","blocks":[' + b"[]," * wire.MOST_LISTS + b'[]],"warnings":[]}'
    with pytest.raises(ValueError, match="more lists"):
        decode(many)
