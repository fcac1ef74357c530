"""Posts put together at random of everything that goes wrong: nothing ever breaks."""

import os
import random

import pytest

from publishers.check import judge
from publishers.repair import mend
from publishers.repair.guard import difference
from tests.checking import HEAD, OPTIONS, PATH, post

#: Pieces of front matter, text, markup and credits, whole and broken.
PIECES = [
    *("'길'", "[길]", "{{", "{%", "}}", "|", "\n", "\n\n", "\t", "(", ")", "`", "```"),
    *(
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<!--",
        "-->",
        "<p><hr></p>",
        "<간격>",
        '<a href="',
    ),
    *(
        '">',
        "[길](https://https://a.example)",
        "[길](/news/a.do)",
        "&amp;amp;",
        "&amp;",
    ),
    *("2024. 6. 24. ", "출처: ", "자료출처=", "정책브리핑", " https://www.korea.kr"),
    *("www.korea.kr", "공공누리 제1유형 ", "\u200b", "\xa0", "\u2028", "\r", "---\n"),
    *("title: ", "excerpt: >\n  ", "date: 2026.1.2\n", "tags:\n  - ", "# 길", "길 "),
]
POSTS = 20_000 if os.environ.get("SOAK") else 600


def put_together(chance: random.Random) -> str:
    """Return a post with a random text in its body, front matter, title, or place."""
    text = "".join(chance.choices(PIECES, k=chance.randint(1, 40)))
    match chance.randrange(4):
        case 0:
            return post(text)
        case 1:
            return post(head=f"{HEAD}{text}\n")
        case 2:
            return post(head=HEAD.replace('"새 길을 연다"', text.replace("\n", " ")))
        case _:
            return text


@pytest.mark.parametrize("seed", range(4))
def test_whatever_a_post_is_it_is_judged_and_mended_once(seed: int) -> None:
    """No crash; no word changed; and what is mended stays so."""
    chance = random.Random(seed)
    mended = 0
    for _ in range(POSTS // 4):
        text = put_together(chance)
        content = text.encode()
        before = judge(PATH, content, OPTIONS)
        made = mend(PATH, content, OPTIONS)
        if made.refused:
            assert made.content == content
            continue
        assert difference(text, made.content.decode()) == "", text
        after = judge(PATH, made.content, OPTIONS)
        assert not [f for f in after.findings if f.mechanical], text
        assert bool(made.changes) == any(f.mechanical for f in before.findings), text
        again = mend(PATH, made.content, OPTIONS)
        assert (again.content, again.changes) == (made.content, ()), text
        mended += bool(made.changes)
    assert mended > POSTS // 4 // 3


def test_line_ends_change_nothing_and_stay_what_they_were() -> None:
    """Lines of Windows among others are mended as if all were alike."""
    chance = random.Random(4)
    seen = 0
    for _ in range(POSTS // 6):
        text = put_together(chance).replace("\r", "")
        alike = mend(PATH, text.encode(), OPTIONS)
        ends = chance.choices(["\r\n", "\n"], k=text.count("\n") + 1)
        lines = zip(text.split("\n"), ends, strict=True)
        mixed = "".join(line + end for line, end in lines)[: -len(ends[-1])]
        made = mend(PATH, mixed.encode(), OPTIONS)
        assert made.content.replace(b"\r\n", b"\n") == alike.content, text
        assert (made.changes, made.refused) == (alike.changes, alike.refused), text
        if text.count("\n") == alike.content.count(b"\n"):
            kept = [line.endswith(b"\r") for line in made.content.split(b"\n")[:-1]]
            assert kept == [end == "\r\n" for end in ends[:-1]], text
            seen += bool(made.changes)
    assert seen > POSTS // 6 // 4
