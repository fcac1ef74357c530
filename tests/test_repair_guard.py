"""The guard: whatever a repair does, the words are the same, or it is refused."""

import pytest

from publishers.check import Edit
from publishers.repair import apply, mend
from publishers.repair.guard import difference
from publishers.repair.line_ends import ends_after, join_ends, split_ends
from tests.checking import HEAD, OPTIONS, PATH, post, repaired

TEXT = post(
    "<p>새 길 <b>셋</b>이 {{열린다}}.</p>\n\n2024. 6. 24. [문서](https://a.example/1)"
    " `길 | 코드`\n",
    head=HEAD + "date: 2026-11-20 09:30:00 +0900\ntags:\n  - 길\n",
)

#: What a repair gone wrong would do, and the part of the post it would change.
MUTANTS = [
    (lambda t: t.replace("셋", "넷"), "body"),
    (lambda t: t.replace("새 길 <b>", "새길 <b>"), "body"),
    (lambda t: t.replace("{{열린다}}", ""), "body"),
    (lambda t: t.replace("{{열린다}}", "&#123;&#123;열린다"), "body"),
    (lambda t: t.replace("문서", "문 서"), "body"),
    (lambda t: t.replace("2024. 6", "2024 6"), "body"),
    (lambda t: t.replace("`길 | 코드`", "`길 &#124; 코드`"), "body"),
    (lambda t: t.replace("</p>\n\n2024", "</p>\n\n<!-- 2024"), "body"),
    (lambda t: t.replace("자료출처=정책브리핑 www.korea.kr", ""), "body"),
    (lambda t: t.replace("www.korea.kr\n", "www.korea.kr 끝\n"), "body"),
    (lambda t: t + t[-40:], "body"),
    (lambda t: t.replace('"새 길을 연다"', '"새 길을 열다"'), "title"),
    (lambda t: t.replace('"새 길을 연다"', '["새 길을 연다"'), "front matter"),
    (lambda t: t.replace("  - 길\n", ""), "tags"),
    (lambda t: t.replace("09:30:00", "09:30:01"), "date"),
    (lambda t: t.replace("+0900", "+0000"), "date"),
    (lambda t: t.replace("date: ", "# date: "), "date"),
    (lambda t: t.replace('title: "새 길을 연다"\n', ""), "title"),
]


@pytest.mark.parametrize(("mutant", "part"), MUTANTS)
def test_a_change_of_words_is_seen(mutant, part: str) -> None:  # type: ignore[no-untyped-def]
    changed = mutant(TEXT)
    assert changed != TEXT
    assert part in difference(TEXT, changed)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{{열린다}}", "&#123;&#123;열린다&#125;&#125;"),
        ("2024. 6", "2024&#46; 6"),
        ("새 길 <b>", "새\u200b 길\u00a0<b>"),
        ("https://a.example/1", "https://a.example/2"),
        ("자료출처=정책브리핑 www.korea.kr", "출처: 정책브리핑 (https://www.korea.kr)"),
        ("2026-11-20 09:30:00 +0900", "2026-11-20T09:30:00+09:00"),
        ('"새 길을 연다"', "새 길을 연다"),
    ],
)
def test_a_change_of_anything_else_is_not(old: str, new: str) -> None:
    assert old in TEXT
    assert difference(TEXT, TEXT.replace(old, new, 1)) == ""


def test_a_title_means_its_line_where_yaml_cannot_read_it() -> None:
    broken = post(head=HEAD.replace('"새 길을 연다"', "'새' 길"))
    right = post(head=HEAD.replace('"새 길을 연다"', "\"'새' 길\""))
    wrong = post(head=HEAD.replace('"새 길을 연다"', '"새 길"'))
    assert difference(broken, right) == ""
    assert "title" in difference(broken, wrong)


def test_a_repair_that_would_change_words_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The mutant: every edit also drops the letter behind it."""

    def careless(text: str, edits: object) -> str:
        made = apply(text, edits)  # type: ignore[arg-type]
        return made.replace("열린다", "열린", 1)

    content = post("새\u200b 길이 열린다.").encode()
    assert mend(PATH, content, OPTIONS).changes
    monkeypatch.setattr("publishers.repair.apply", careless)
    made = mend(PATH, content, OPTIONS)
    assert made.content == content
    assert made.changes == ()
    assert "the body would change" in made.refused


def test_edits_that_never_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule whose edit brings its own defect would write for ever."""

    def swap(text: str, edits: object) -> str:
        del edits
        return text.replace("\u200b", "\u200c\u200b", 1)

    monkeypatch.setattr("publishers.repair.apply", swap)
    content = post("새\u200b 길").encode()
    made = mend(PATH, content, OPTIONS)
    assert (made.content, made.changes) == (content, ())
    assert "bring each other" in made.refused


def test_line_ends_of_windows_stay() -> None:
    text = post("새\u200b 길").replace("\n", "\r\n")
    assert repaired(text).content.decode() == text.replace("\u200b", "")


def test_each_line_keeps_its_own_end() -> None:
    """A diff told of lines that nothing was wrong with."""
    lines = post("새\u200b 길\n\n두 번째\n\n셋째\u200b").split("\n")
    ends = ["\r\n", "\n", "\n"] * len(lines)
    *before, last = (line + end for line, end in zip(lines, ends, strict=False))
    text = "".join(before) + last.rstrip()
    made = repaired(text).content.decode()
    assert made == text.replace("\u200b", "")


@pytest.mark.parametrize(
    ("edits", "made"),
    [
        ([], "가\r\n나\n다\r\n라"),
        ([Edit(1, 2, " ")], "가 나\n다\r\n라"),
        ([Edit(3, 4, "\n\n")], "가\r\n나\n\r\n다\r\n라"),
        ([Edit(7, 7, "\n마")], "가\r\n나\n다\r\n라\r\n마"),
        ([Edit(0, 0, "\n"), Edit(2, 3, "")], "\r\n가\r\n\n다\r\n라"),
        ([Edit(0, 7, "\n")], "\r\n"),
    ],
)
def test_ends_go_where_their_lines_go(edits: list[Edit], made: str) -> None:
    text, ends = split_ends("가\r\n나\n다\r\n라")
    assert join_ends(apply(text, edits), ends_after(ends, text, edits)) == made


def test_what_is_no_text_is_left() -> None:
    made = mend(PATH, b"---\ntitle: \xff\n---\n", OPTIONS)
    assert (made.content, made.refused) == (b"---\ntitle: \xff\n---\n", "not UTF-8")


def test_edits_that_overlap_are_made_one_after_the_other() -> None:
    """The credit's blanks go with the tag in them, whose address is mended too."""
    foot = '출처: <a href="https://https://www.korea.kr">정책브리핑</a>\n'
    made = repaired(post(foot=foot)).content.decode()
    credit = '자료출처=<a href="https://www.korea.kr">정책브리핑 www.korea.kr</a>\n'
    assert made == post(foot=credit)


def test_several_defects_of_one_line_are_all_mended() -> None:
    """Edits that touch are made one after the other."""
    line = (
        '<a href="https://https://www.korea.kr?utm_source=a">출처:\u200b&nbsp;'
        "정책브리핑</a> | {{길}} <간격>"
    )
    made = repaired(post(foot=f"{line}\n", body="정책")).content.decode()
    assert made.endswith(
        '<a href="https://www.korea.kr">자료출처=정책브리핑 www.korea.kr</a> &#124;'
        " &#123;&#123;길}} &lt;간격&gt;\n"
    )
