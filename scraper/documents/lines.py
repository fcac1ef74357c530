"""A paragraph in the making and what stays bounded, for all readers of Hangul files."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scraper.documents.glyphs import clean, unknown_glyphs
from scraper.documents.grid import Placed, area
from scraper.errors import DocumentError
from scraper.model import Block, Paragraph

#: Tables, boxes and notes inside each other; real documents have 4.
MAX_DEPTH = 32
#: Cells of all tables together, spans counted; real documents have up to 4,000.
MAX_CELLS = 200_000
#: UTF-8 bytes of text; real documents have less than 1 MB.
MAX_TEXT_BYTES = 16_000_000
#: Fields open at the same time whose prompts are looked after.
_MAX_OPEN_FIELDS = 64


@dataclass(slots=True)
class Tally:
    """Counts what must stay bounded and what people should know of a document."""

    cells: int = 0
    text_bytes: int = 0
    pictures: int = 0
    deletions: int = 0
    glyphs: Counter[str] = field(default_factory=Counter)

    def enter(self, depth: int) -> None:
        """Refuse to go deeper than any document does.

        Raises:
            DocumentError: ``too_large``; so for the other counts.
        """
        if depth > MAX_DEPTH:
            raise DocumentError("too_large", f"nested more than {MAX_DEPTH} deep")

    def add_text(self, text: str) -> None:
        """Count the text of one paragraph."""
        self.text_bytes += len(text.encode())
        if self.text_bytes > MAX_TEXT_BYTES:
            raise DocumentError("too_large", "more text than any release has")
        for glyph in unknown_glyphs(text):
            self.glyphs[glyph] += 1

    def add_cells(self, rows: Sequence[Sequence[Placed]]) -> None:
        """Count the cells of one table."""
        self.cells += area(rows)
        if self.cells > MAX_CELLS:
            raise DocumentError("too_large", "more table cells than any release has")

    def warnings(self) -> tuple[str, ...]:
        """Return what a reader of the text should know, one line each."""
        found: list[str] = []
        if self.pictures:
            found.append(f"pictures left out: {self.pictures}")
        if self.deletions:
            found.append(f"tracked deletions left out: {self.deletions}")
        found += [
            f"unknown glyph U+{ord(glyph):04X}: {count}"
            for glyph, count in sorted(self.glyphs.items())
        ]
        return tuple(found)


@dataclass(slots=True)
class Line:
    """A paragraph in the making."""

    #: What the numbering puts first.
    head: str
    depth: int
    text: list[str] = field(default_factory=list)
    #: Finished blocks of this paragraph.
    done: list[Block] = field(default_factory=list)
    #: Boxes and notes met inside the text; they follow it.
    after: list[Block] = field(default_factory=list)
    #: The open fields: the prompt nobody has replaced, and where the text begins.
    fields: list[tuple[str, int]] = field(default_factory=list)
    #: Inside a tracked deletion.
    deleting: bool = False

    def place(self, blocks: Iterable[Block]) -> None:
        """Put blocks before the text, or after it if it has begun."""
        begun = any(part.strip() for part in self.text)
        (self.after if begun else self.done).extend(blocks)

    def open_field(self, prompt: str) -> None:
        """Begin a field; ``prompt`` is "" unless it is one to be filled in (누름틀)."""
        if len(self.fields) < _MAX_OPEN_FIELDS:
            self.fields.append((prompt, len(self.text)))

    def close_field(self) -> None:
        """End the field opened last; text that is only its prompt is taken away."""
        if not self.fields:
            return
        prompt, start = self.fields.pop()
        if prompt and clean("".join(self.text[start:])) == prompt:
            del self.text[start:]

    def finish(self, tally: Tally) -> None:
        """Make a paragraph of the text so far."""
        if not (self.text or self.fields):
            return
        text = clean("".join(self.text))
        self.text.clear()
        self.fields.clear()
        if not text:
            return
        if self.head:
            text, self.head = clean(f"{self.head} {text}"), ""
        tally.add_text(text)
        self.done.append(Paragraph(text))

    def blocks(self) -> list[Block]:
        """Return all that the paragraph holds, in reading order."""
        return self.done + self.after
