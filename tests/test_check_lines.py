"""Places in a text, and texts made of nothing but what has to be looked up."""

import pytest

from publishers.check.draft import read_draft
from publishers.check.lines import Lines
from publishers.check.markup import within
from publishers.check.words import body_words
from tests.checking import HEAD, check, post, repaired

#: Letters: what took minutes when each piece looked through all the others.
SIZE = 40_000


@pytest.mark.parametrize("text", ["", "a", "\n", "가나\n\r다\u2028라\n", "\n\n\n"])
def test_a_place_is_the_line_and_column_an_editor_shows(text: str) -> None:
    """Only a line feed ends a line, and columns are characters."""
    lines = Lines(text)
    for at in range(len(text) + 1):
        above = text[:at].split("\n")
        assert lines.place(at) == (len(above), len(above[-1]) + 1)
    assert lines.place(-1) == (0, 0)


def test_an_offset_is_within_a_span_up_to_its_end() -> None:
    spans = [(1, 3), (3, 4), (6, 9)]
    inside = {at for start, end in spans for at in range(start, end)}
    assert {at for at in range(-1, 12) if within(spans, at)} == inside
    assert not within([], 0)


@pytest.mark.parametrize(
    "piece",
    [
        "{{", "{%", "{{ x }}", '{{ "a', "<div>", "</div>", "<script>", "<script ",
        "``` \n", "~~~\n", "|a\n", "<!-- -->", '<a href="x">', "==\n", "&amp;amp;",
    ],
)  # fmt: skip
def test_a_post_of_one_thing_again_and_again_is_judged(piece: str) -> None:
    """A hostile post must not keep the check of all others waiting."""
    text = post(piece * (SIZE // len(piece)))
    found = check(text)
    assert found == sorted(found)
    assert not repaired(text).edited


@pytest.mark.parametrize("times", [1, 2])
def test_a_post_of_a_thousand_keys_is_judged(times: int) -> None:
    keys = "".join(f"k{number}: 1\n" for number in range(SIZE // 20))
    found = check(post(head=HEAD + keys * times))
    assert len(found) == (times - 1) * (SIZE // 20)


def test_elements_nested_without_end_are_told_once() -> None:
    found = [f for f in check(post("<div>\n" * 2000)) if f.rule == "html-open"]
    assert len(found) == 1
    assert "500 elements are open" in found[0].message


def test_words_in_scripts_and_styles_are_shown_to_nobody() -> None:
    """What no end tag ends is text: a repair must not change it."""
    body = "가<script>나</SCRIPT >다<style a>라</style>마<script>바<style>사"
    draft = read_draft("", f"---\ntitle: a\n---\n{body}")
    assert body_words(draft) == ["가", "다", "마", "바", "사"]
