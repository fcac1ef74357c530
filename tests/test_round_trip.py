"""Any text of a release, through the Markdown parsers of site generators, unchanged."""

import functools
import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scraper.markdown import escape_markdown, one_line, to_html, to_markdown
from scraper.model import (
    Block,
    Caption,
    Cell,
    Heading,
    ListItem,
    Note,
    Paragraph,
    Table,
)
from scraper.text import visible
from tests.accounting import texts
from tests.hazards import HAZARDS, KOREAN
from tests.rendering import BLOCK_ELEMENTS
from tests.sites.readers import READERS
from tests.sites.reading import foreign, words

pytestmark = pytest.mark.ruby

#: Texts that are made, each of some blocks.
COUNT = 5000 if os.environ.get("SOAK") else 500

#: What blocks become, and what some parsers add around the same words.
KNOWN = {*BLOCK_ELEMENTS.replace("h[1-6]", "h1|h2|h3|h4|h5|h6").split("|"), "sup", "a"}

PIECES = st.one_of(
    st.sampled_from(HAZARDS),
    st.sampled_from(HAZARDS),
    st.sampled_from(KOREAN),
    st.sampled_from([*"*_~`<>[](){}#+-=|:!^$&;\\\"'.@/?, \t"]),
    st.text(max_size=3),
)
LINES = st.lists(PIECES, min_size=1, max_size=6).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda glue: glue.join(pieces))
)
TEXTS = st.lists(LINES, min_size=1, max_size=3).map("\n".join)


def grid(cells: list[str], *, spread: bool) -> Table:
    """Return a table of two columns; its head is one cell if ``spread``."""
    first, *rest = cells
    head = Cell(0, 0, (Paragraph(first),), column_span=2) if spread else None
    placed = [
        Cell(at // 2 + spread, at % 2, (Paragraph(text),))
        for at, text in enumerate(rest if spread else cells)
    ]
    return Table((head, *placed) if head else tuple(placed))


BLOCKS: st.SearchStrategy[Block] = st.one_of(
    st.builds(Paragraph, TEXTS),
    st.builds(Heading, TEXTS, st.integers(1, 5)),
    st.builds(ListItem, TEXTS, st.integers(1, 4)),
    st.builds(ListItem, TEXTS, st.integers(1, 4)),
    st.builds(Note, TEXTS),
    st.builds(Caption, TEXTS, st.just("table")),
    st.lists(LINES, min_size=4, max_size=4).map(lambda c: grid(c, spread=False)),
    st.lists(LINES, min_size=5, max_size=5).map(lambda c: grid(c, spread=True)),
)


@functools.cache
def made() -> list[tuple[Block, ...]]:
    """Return the texts, the same ones each time; those by one parser are one batch."""
    found: list[tuple[Block, ...]] = [(Paragraph(text),) for text in HAZARDS]

    @settings(
        max_examples=COUNT,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(BLOCKS, min_size=1, max_size=5))
    def collect(blocks: list[Block]) -> None:
        found.append(tuple(blocks))

    collect()
    return found


def test_as_many_texts_as_promised_and_every_hazard_in_them() -> None:
    assert len({repr(blocks) for blocks in made()[len(HAZARDS) :]}) >= COUNT * 0.95
    together = "\n".join(text for one in made() for text in texts(one))
    lines = "\n".join(visible(text) for text in HAZARDS).split("\n")
    assert not [text for text in lines if together.count(text) < 2]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("render", [to_markdown, to_html], ids=["markdown", "html"])
def test_the_words_are_those_of_the_release(reader: str, render) -> None:
    """Letter for letter, and with a blank where the release has one."""
    sources = [render(blocks) for blocks in made()]
    wrong = []
    for blocks, source, html in zip(
        made(), sources, READERS[reader](sources), strict=True
    ):
        wanted = " ".join(" ".join(texts(blocks)).split())
        if words(html) != wanted or foreign(html, KNOWN):
            wrong.append((source, wanted, words(html), foreign(html, KNOWN)))
    worst = min(wrong, key=lambda one: len(one[0]), default=None)
    assert worst is None, f"{len(wrong)} of {len(sources)}: {worst}"


@pytest.mark.parametrize("reader", READERS)
def test_a_title_or_excerpt_set_as_markdown_is_one_paragraph(reader: str) -> None:
    """Themes put both through ``markdownify``."""
    lines = [one_line(text) for blocks in made() for text in texts(blocks)]
    lines = [line for line in dict.fromkeys(lines) if line][:COUNT]
    for line, html in zip(
        lines, READERS[reader](list(map(escape_markdown, lines))), strict=True
    ):
        assert words(html) == line
        assert foreign(html, {"p", "sup", "a"}) == set(), line


def test_a_text_that_is_not_escaped_does_not_come_through() -> None:
    """Else the tests above would pass whatever a parser does."""
    raw = [text for text in HAZARDS if to_markdown((Paragraph(text),)) != text]
    raw.remove("{{< x >}}")  # Hugo stops at the sight of it
    assert len(raw) > 70
    for name, reader in READERS.items():
        shown = zip(raw, reader(raw), strict=True)
        lost = [text for text, html in shown if words(html) != " ".join(text.split())]
        assert len(lost) > 15, name
