"""What is told at a glance about markup before it is looked at closely."""

import random

import pytest

from scraper.sources.markup import MAX_NESTING, may_be_deep, nesting

TAGS = [
    *("<div>", "<span>", "<b>굵게", "<td>", "<p>", "</span>", "</p>", "</b>"),
    *("<DIV>", "</div>", "<br/>", "글", ">"),
]


@pytest.mark.parametrize("length", [200, 255, 256, 257, 300, 600])
def test_nothing_deep_is_taken_for_shallow_at_a_glance(length: int) -> None:
    """The glance spares counting; it may err on the side of counting alone."""
    draw = random.Random(length)
    for _ in range(200):
        odd = draw.choice((0.0, 0.02, 0.2))
        html = "".join(
            draw.choice(TAGS if draw.random() < odd else TAGS[:2])
            for _ in range(length)
        )
        assert may_be_deep(html) or nesting(html) <= MAX_NESTING


def test_a_text_of_many_short_tags_is_shallow_at_a_glance() -> None:
    """Editors set every other word in a tag of its own."""
    html = "<tr><td><p><b>굵은</b> <span>글</span></p></td></tr>" * 500
    assert not may_be_deep(html)
