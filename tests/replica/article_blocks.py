"""What an article's body is made of besides :mod:`tests.replica.blocks`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tests.replica.blocks import Grid, NewPage, Para, Picture, TextBox


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside the body, if the style has such a tag; else a bold line."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A line with a link: ``☞ … 바로가기``."""

    before: str
    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture; neither its alternative text nor its caption is licensed."""

    alt: str
    #: The line below it as printed: ``(사진=…)``, ``ⓒ …``, ``[사진] …``; "" if none.
    caption: str


@dataclass(frozen=True, slots=True)
class Noise:
    """A line a word processor wrote about a picture."""

    text: str


@dataclass(frozen=True, slots=True)
class Stray:
    """A table with text between its tags but outside its cells.

    A browser shows that text above the table, wherever in the table it stands; the
    truth is the source's order.
    """

    text: str
    grid: Grid
    #: After the last row instead of before the first.
    last: bool = False


Node = (
    Para | Grid | TextBox | Picture | NewPage | Heading | Link | Photo | Noise | Stray
)


def lines(nodes: Sequence[Node]) -> Iterator[str]:
    """Yield each line of text a reader must find, in reading order."""
    for node in nodes:
        match node:
            case Para(text, _, footnote):
                yield from split(text)
                yield from split(footnote)
            case Heading(text):
                yield from split(text)
            case Link(before, text):
                yield from split(f"{before}{text}")
            case TextBox(inner):
                yield from lines(inner)
            case Grid(cells):
                for cell in cells:
                    yield from lines(cell.blocks)
            case Stray(text, grid, last):
                if not last:
                    yield from split(text)
                yield from lines((grid,))
                if last:
                    yield from split(text)
            case _:
                pass


def split(text: str) -> Iterator[str]:
    """Yield the lines of ``text`` that are not blank, runs of spaces made one."""
    for line in text.split("\n"):
        if line.strip():
            yield " ".join(line.split())


def tables(nodes: Sequence[Node]) -> Iterator[Grid]:
    """Yield every table, a nested one after the one that holds it."""
    for node in nodes:
        match node:
            case Grid(cells):
                yield node
                for cell in cells:
                    yield from tables(cell.blocks)
            case Stray(_, grid):
                yield from tables((grid,))
            case TextBox(inner):
                yield from tables(inner)
            case _:
                pass


def own_text(nodes: Sequence[Node]) -> str:
    """Return the lines of a cell joined by newlines, without nested tables."""
    return "\n".join(lines([node for node in nodes if not isinstance(node, Grid)]))


def removed(nodes: Sequence[Node]) -> Iterator[tuple[str, str]]:
    """Yield kind and text of what must not be in a post."""
    for node in nodes:
        match node:
            case Photo(alt, caption):
                yield "alt", alt
                if caption:
                    yield "caption", caption
            case Noise(text):
                yield "noise", text
            case TextBox(inner):
                yield from removed(inner)
            case Grid(cells):
                for cell in cells:
                    yield from removed(cell.blocks)
            case Stray(_, grid):
                yield from removed((grid,))
            case _:
                pass


def numbers(texts: Sequence[str]) -> Iterator[str]:
    """Yield every number of the texts as written: ``1,234``, ``5.6``."""
    for text in texts:
        yield from re.findall(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?", text)


def changed(nodes: Sequence[Node], old: str, new: str) -> tuple[Node, ...]:
    """Return the nodes with ``new`` for ``old`` in all text a reader must find."""
    out: list[Node] = []
    for node in nodes:
        match node:
            case Para(text, _, footnote):
                note = footnote.replace(old, new)
                out.append(replace(node, text=text.replace(old, new), footnote=note))
            case Heading(text):
                out.append(Heading(text.replace(old, new)))
            case Link(before, text):
                text, before = text.replace(old, new), before.replace(old, new)
                out.append(replace(node, text=text, before=before))
            case TextBox(inner):
                out.append(TextBox(changed(inner, old, new)))  # type: ignore[arg-type]
            case Grid():
                out.append(_changed_grid(node, old, new))
            case Stray(text, grid):
                grid = _changed_grid(grid, old, new)
                out.append(replace(node, text=text.replace(old, new), grid=grid))
            case _:
                out.append(node)
    return tuple(out)


def _changed_grid(grid: Grid, old: str, new: str) -> Grid:
    cells = (
        replace(cell, blocks=changed(cell.blocks, old, new))  # type: ignore[arg-type]
        for cell in grid.cells
    )
    return Grid(tuple(cells))
