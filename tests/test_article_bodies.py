"""Articles of every style and damage: what a reader sees is what the source says."""

import os
import re
from functools import cache

import pytest
from selectolax.lexbor import LexborHTMLParser

from scraper.blocks import leaves
from scraper.body import needs_rebuilding, read_body
from scraper.documents.structure import structure
from scraper.layout import read_layout
from scraper.layout.rebuttal import read_parts
from scraper.markdown import to_html, to_markdown
from scraper.model import Block, Document, Heading, Removed, Table
from scraper.removals import take_out
from tests.rendering import commonmark, shown, solid
from tests.replica import make_site
from tests.replica.article_blocks import numbers
from tests.replica.article_html import body_html
from tests.replica.article_probe import every_article
from tests.replica.article_truth import ExpectedArticle

#: All of them by ``make soak``.
COUNT = 400 if os.environ.get("SOAK") else 200

SITE = make_site(seed=4, articles=COUNT, golden=True)
IDS = every_article(SITE)


@cache
def truth(news_id: str) -> ExpectedArticle:
    return SITE.expected_article(news_id)


@cache
def markup(news_id: str) -> str:
    """Return a body as the Open API gives it: it ends with the notice."""
    article = SITE.newsroom.article(SITE.newsroom.place(news_id))
    return body_html(article, notice=True)


@cache
def read(news_id: str) -> tuple[tuple[Block, ...], tuple[Removed, ...]]:
    return take_out(structure(read_body(markup(news_id))))


def lines(blocks: tuple[Block, ...]) -> list[str]:
    texts = (text for block in blocks for text in leaves(block))
    return [line for text in texts for line in text.split("\n")]


def cells(blocks: tuple[Block, ...]) -> list[str]:
    """Return the own text of every cell, a table in a cell after that cell's table."""
    found = []
    for block in blocks:
        if isinstance(block, Table):
            for cell in block.cells:
                own = (b for b in cell.blocks if not isinstance(b, Table))
                found.append(solid("".join(t for b in own for t in leaves(b))))
            for cell in block.cells:
                found += cells(cell.blocks)
    return found


def test_there_are_enough_articles_of_each_kind() -> None:
    assert len(IDS) > COUNT
    damages = {truth(i).damage for i in IDS}
    assert {"", "stray text", "open cell", "p in span", "crossed"} <= damages
    assert len({truth(i).style for i in IDS}) == 6


@pytest.mark.parametrize("news_id", IDS)
def test_the_text_is_the_source_s_letter_for_letter(news_id: str) -> None:
    """After the removals, each of which is named; line by line, in order."""
    blocks, removed = read(news_id)
    wanted = truth(news_id)
    assert solid("".join(lines(blocks))) == solid("".join(wanted.lines))
    gone = solid("".join(line for part in removed for line in lines((part.block,))))
    for kind, text in wanted.removed:
        if kind != "alt":
            assert solid(text).lstrip("<").rstrip(">") in gone
    assert len(gone) <= sum(len(solid(text)) for _, text in wanted.removed) + 2


@pytest.mark.parametrize("news_id", IDS)
@pytest.mark.parametrize("render", [to_markdown, to_html])
def test_what_a_reader_is_shown_is_that_text(news_id: str, render) -> None:
    blocks, _ = read(news_id)
    wanted = truth(news_id)
    text = shown(commonmark(render(blocks)))
    assert solid(text) == solid("".join(wanted.lines))
    assert list(numbers([text])) == list(wanted.numbers)


@pytest.mark.parametrize("news_id", IDS)
def test_html_is_read_alike_by_the_site_s_own_kind_of_parser(news_id: str) -> None:
    blocks, _ = read(news_id)
    text = LexborHTMLParser(to_html(blocks, sized=True)).text(separator=" ")
    assert solid(text) == solid("".join(truth(news_id).lines))


@pytest.mark.parametrize("news_id", IDS)
def test_cells_keep_their_order(news_id: str) -> None:
    blocks = read_body(markup(news_id))
    kept, _ = take_out(blocks)
    wanted = [solid(cell) for cell in truth(news_id).cells]
    assert [c for c in cells(kept) if c] == [c for c in wanted if c]


@pytest.mark.parametrize("news_id", [i for i in IDS if truth(i).section == "fact"])
def test_the_reported_part_of_a_rebuttal_is_known(news_id: str) -> None:
    wanted = truth(news_id)
    blocks, _ = read(news_id)
    parts = read_parts(blocks)
    assert solid("".join(lines(parts.claims))) == solid("".join(wanted.claim))
    assert lines(parts.blocks) == lines(blocks)
    heads = [block.text for block in parts.blocks if isinstance(block, Heading)]
    at = [solid(head) for head in heads]
    own = SITE.newsroom.article(SITE.newsroom.place(news_id)).rebuttal
    assert own is not None
    assert solid(own.claim_head) in at
    assert solid(own.answer_head) in at


@pytest.mark.parametrize("news_id", IDS)
def test_nothing_is_lost_where_a_document_is_taken_apart(news_id: str) -> None:
    """Letterhead, contacts and end mark go, each with its reason, and nothing else."""
    document = Document("html", structure(read_body(markup(news_id))))
    layout = read_layout(document, truth(news_id).title)
    blocks, removed = take_out(layout.body)
    parts = [*lines(blocks)]
    for part in (*layout.removed, *removed):
        parts += lines((part.block,))
    assert sorted(solid("".join(parts))) == sorted(
        solid("".join(lines(document.blocks)))
    )


def test_only_broken_tables_are_rebuilt() -> None:
    """The rest is read in one walk: this is what makes it fast."""
    rebuilt = {i for i in IDS if needs_rebuilding(markup(i))}
    assert rebuilt == {i for i in IDS if "node Stray" in truth(i).quirks}
    assert 0 < len(rebuilt) < len(IDS) / 10


def test_a_rebuilding_is_what_keeps_the_order() -> None:
    """Without it a browser's repair would move these words above their table."""
    stray = [i for i in IDS if "node Stray" in truth(i).quirks]
    assert stray
    for news_id in stray:
        repaired = LexborHTMLParser(markup(news_id)).body
        assert repaired is not None
        assert re.search(r"</tr>\s*\(단위|<table[^>]*>\(단위", markup(news_id))
        assert not re.search(r"</tr>\s*\(단위", repaired.html or "")
