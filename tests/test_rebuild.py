"""Bodies in broken markup: every word once, in the source's order."""

import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.blocks import leaves
from scraper.body import needs_rebuilding, read_body, rebuild
from scraper.model import Table


def words(html: str) -> list[str]:
    """Return the numbered words of a body as it is read."""
    texts = " ".join(text for block in read_body(html) for text in leaves(block))
    return re.findall(r"낱말\d+", texts)


def cells(html: str) -> list[tuple[int, int, str]]:
    tables = [block for block in read_body(html) if isinstance(block, Table)]
    return [
        (cell.row, cell.column, " ".join(t for b in cell.blocks for t in leaves(b)))
        for table in tables
        for cell in table.cells
    ]


ROWS = "<tr><td>낱말2</td><td>낱말3</td></tr>"

BROKEN = {
    "text before the first row": f"낱말1<table>글{ROWS}</table>",
    "a paragraph between rows": f"<table>{ROWS}<p>낱말4</p>{ROWS}</table>",
    "a paragraph after the last row": f"<table>{ROWS}<p>낱말4</p></table>낱말5",
    "text before the first cell": "<table><tr>낱말1<td>낱말2</td></tr></table>",
    "text between cells": "<table><tr><td>낱말1</td>낱말2<td>낱말3</td></tr></table>",
    "a paragraph in a row": "<table><tr><p>낱말1</p></tr><tr><td>낱말2</table>",
    "rows in a division": f"<table><div>낱말1{ROWS}</div></table>",
    "a caption without end": "<table><caption>낱말1<p>낱말2<tr>낱말3<td>낱말4</table>",
    "cells without a table": "<td>낱말1</td><td>낱말2</td>",
    "rows after a table": "<table><tr><td>낱말1</table><tr><td>낱말2<td>낱말3",
    "a table that ends in a cell": (
        "<table><tr><td>낱말1</table>낱말2</td><td>낱말3</td></tr></table>낱말4"
    ),
    "an inner table without end": (
        "<table><tr><td><table><tr><td>낱말1</td></tr></td><td>낱말2</td></tr></table>"
    ),
    "a table in a row": (
        "<table><tr><td>낱말1</td><table><tr><td>낱말2</table></tr></table>"
    ),
    "columns with text": f"<table><colgroup>낱말1<col></colgroup>{ROWS}</table>",
    "capital letters": "<TABLE><TR>낱말1<TD>낱말2</TD></TR></TABLE>",
    "a list without end": "<select><option>낱말1</option><p>낱말2</p>",
    "a text area without end": "<textarea>낱말1<p>낱말2</p>",
    "a button without end": "<p>낱말1<button>낱말2<p>낱말3</p>",
    "a frame that closes itself": "<iframe src='a'/>낱말1<p>낱말2</p>",
    "plain text": "낱말1<plaintext>낱말2<p>낱말3</p>",
    "a comment without end": "낱말1<!-- 낱말2 <p>낱말3</p>",
    "a frame set": "<frameset><p>낱말1</p>",
    "character data": "<![CDATA[낱말1]]> 낱말2",
    "a word in slashed brackets": "<낱말1>낱말2</낱말3>",
    "a word in brackets with a mark": "낱말1 <!낱말2> <?낱말3>",
    "a caption below a row": "<table><tr>낱말1<caption>낱말2",
    "text below a caption": f"<table><caption>낱말1</caption>글{ROWS}</table>",
    "a caption and text alone": "<table><caption>낱말1</caption>낱말2",
    "a form around rows": f"<form><table><p>낱말1</p>{ROWS}</form></table>",
    "references": "<table><tr>낱말1&lt;낱말2&gt;<td>&#45208;낱말3&middot;</td></table>",
}

SOUND = [
    "낱말",
    f"<table>{ROWS}</table>",
    f"<table border=1>\n<tbody>\n{ROWS}&nbsp;<br>{ROWS}</tbody>\n</table>",
    f"<table><caption>낱말</caption><colgroup><col><col></colgroup>{ROWS}</table>",
    "<table><thead><tr><th>가<th>나<tbody><tr><td>다<td>라</table>",
    f"<table><tr><td><p>겉</p><table>{ROWS}</table></td></tr></table>",
    f"<table><form>{ROWS}</form></table>",
    "<p>가<p>나<b>다<i>라</b>마</i><a>바<a>사</a></a>",
    "<select><option>가</option></select><iframe src=a></iframe><svg></svg>",
    "<!-- 숨김 -->가<!---->나<!-->다<template>라</template>",
    "<p>1 < 2, <붙임> 3 > 2</p>",
]


@pytest.mark.parametrize("html", BROKEN.values(), ids=BROKEN)
def test_words_of_broken_markup_stay_where_the_source_has_them(html: str) -> None:
    assert needs_rebuilding(html)
    assert words(html) == re.findall(r"낱말\d+", html)


@pytest.mark.parametrize("html", BROKEN.values(), ids=BROKEN)
def test_what_is_rebuilt_needs_no_rebuilding(html: str) -> None:
    assert not needs_rebuilding(rebuild(html))
    assert read_body(rebuild(html)) == read_body(html)


@pytest.mark.parametrize("html", SOUND)
def test_sound_markup_is_left_to_the_one_walk(html: str) -> None:
    """Rebuilding costs thirty times what reading costs."""
    assert not needs_rebuilding(html)


@pytest.mark.parametrize("html", SOUND)
def test_rebuilding_sound_markup_changes_nothing(html: str) -> None:
    assert read_body(rebuild(html)) == read_body(html)


def test_loose_words_get_a_place_in_the_table() -> None:
    html = (
        "<table>앞<tr>맨앞<td>가</td>사이<td>나</td></tr>줄 사이<br>또"
        "<tr><td>다</td><td>라</td></tr>뒤</table>"
    )
    assert cells(html) == [
        (0, 0, "맨앞 가 사이"),
        (0, 1, "나"),
        (1, 0, "줄 사이 또"),
        (2, 0, "다"),
        (2, 1, "라"),
    ]
    texts = [block.text for block in read_body(html) if not isinstance(block, Table)]
    assert texts == ["앞", "뒤"]


def test_a_loose_word_in_two_tags_stays_one_word() -> None:
    html = "<table><tr><td>가</td>TV<b>는</b><td>나</td></tr></table>"
    assert cells(html) == [(0, 0, "가 TV는"), (0, 1, "나")]


def test_spans_survive_a_rebuilding() -> None:
    html = "<table>앞<tr><td rowspan=2>가<td colspan=2>나<tr><td>다<td>라</table>"
    assert cells(html) == [(0, 0, "가"), (0, 1, "나"), (1, 1, "다"), (1, 2, "라")]


def test_cells_without_a_table_are_lines_of_their_own() -> None:
    """Browsers run them together, and two numbers become one."""
    texts = [next(leaves(block)) for block in read_body("<td>12</td><td>34</td>")]
    assert texts == ["12", "34"]


def test_references_are_read_as_in_sound_markup() -> None:
    """Parsers disagree about those without a semicolon."""
    text = "R&amp;D &copy2026 &lt;b&gt; &amp;amp;lt; &#150; &없음; &nbsp;&middot;"
    (plain,) = read_body(f"<p>{text}</p>")
    assert cells(f"<table><p></p>앞<tr><td>{text}</td></tr></table>") == [
        (0, 0, next(leaves(plain)))
    ]


PIECES = [
    *("<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<th colspan=2>"),
    *("<tbody>", "</tbody>", "<caption>", "</caption>", "<colgroup>", "<col>"),
    *("<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<a>", "</a>", "<br>", "<li>"),
    *("<form>", "</form>", "<ul>", "</ul>", "<span>", "</span>", "&nbsp;", "\n"),
    *("낱말", "낱말", "낱말"),
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_no_markup_moves_or_loses_a_word(pieces: list[str]) -> None:
    """Whatever is unclosed or misnested; a word is in the body once, in its place."""
    html = "".join(
        f" {piece}{n} " if piece == "낱말" else piece for n, piece in enumerate(pieces)
    )
    assert words(html) == re.findall(r"낱말\d+", html)


def test_deep_nesting_is_survived() -> None:
    html = "<table>낱말1" + "<div>" * 2000 + "낱말2" + "<tr><td>낱말3"
    assert words(html) == ["낱말1", "낱말2", "낱말3"]


def test_tables_without_end_are_not_rebuilt() -> None:
    """Their number squared is how long it takes; nobody writes such a text."""
    html = "<table>낱말1<tr><td>" * 3000 + "낱말2"
    assert not needs_rebuilding(html)
    assert needs_rebuilding("<table>낱말1<tr><td>" * 60)
    assert needs_rebuilding("<table>낱말1<tr><td></table>" * 100)


def test_only_markup_of_a_parser_is_read_without_a_look() -> None:
    loose = "<table><tr><td>하나</td></tr>둘<tr><td>셋</td></tr></table>"
    (table,) = read_body(loose)
    assert "둘" in " ".join(leaves(table))
    moved, _ = read_body(loose, sound=True)
    assert [*leaves(moved)] == ["둘"]


def test_the_slow_parser_is_loaded_only_when_a_body_needs_it() -> None:
    code = (
        "import sys; from scraper.body import read_body;"
        "read_body('<table><tr><td>가</table>'); assert 'bs4' not in sys.modules;"
        "read_body('<table>가'); assert 'bs4' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
