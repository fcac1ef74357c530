"""Title and body of a pull request: ours between the marks, harmless, not too long."""

import html
import re
from dataclasses import replace

import pytest
from git_place import post
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from sample_release import release

from publishers.post import Style, render_post
from publishers.pull_text import (
    BEGIN,
    EMPTIED,
    END,
    MOST_BYTES,
    Row,
    Skipped,
    body_of,
    is_our_title,
    is_pending,
    read_row,
    same_text,
    title_of,
)
from publishers.seal import seal
from scraper.model import License

PATH = "_posts/2026/11/2026-11-23-1.md"
ROW = Row(
    "1", PATH, "new", "제목", "어느 부처", "KOGL-1", "https://www.example.go.kr/1"
)
LICENSE = License(
    1,
    "이 글은 공공누리 제1유형에 따라 이용할 수 있습니다.",
    "자료출처=정책브리핑 www.korea.kr",
)


def rows(count: int, title: str = "제목") -> list[Row]:
    return [
        replace(
            ROW, news_id=str(n), path=PATH.replace("-1.md", f"-{n}.md"), title=title
        )
        for n in range(1, count + 1)
    ]


# --- the title ------------------------------------------------------------------------


def test_title_counts_and_dates():
    later = replace(ROW, path="_posts/2026/11/2026-11-25-2.md")
    assert title_of([later, ROW]) == "news: 2 releases (2026-11-23 to 2026-11-25)"
    assert title_of([ROW]) == "news: 1 release (2026-11-23)"
    assert title_of([]) == "news: 0 releases"


def test_every_title_of_ours_is_known_as_ours():
    for some in ([], [ROW], rows(3)):
        assert is_our_title(title_of(some))


@pytest.mark.parametrize(
    "title",
    ["news", "news: 3 releases (my words)", "Re: news: 3 releases", "오늘의 보도자료"],
)
def test_title_of_a_person_is_not_ours(title):
    assert not is_our_title(title)


# --- the body -------------------------------------------------------------------------


def test_body_has_a_table_of_the_releases():
    body = body_of([ROW, replace(ROW, kind="corrected")])
    assert body.startswith(BEGIN)
    assert body.endswith(END)
    line = "[제목](https://www.example.go.kr/1) | 어느 부처 | KOGL-1 |"
    assert f"| new | {line}" in body
    assert f"| corrected | {line}" in body


def test_words_around_our_part_stay():
    body = f"앞\r\n{body_of([ROW])}\r\n뒤"
    new = body_of(rows(2), existing=body)
    assert new.startswith(f"앞\n{BEGIN}")
    assert new.endswith(f"{END}\n뒤")
    assert "2 releases" in new


def test_body_without_our_part_stays_as_it_is():
    assert body_of(rows(2), existing="사람의 글\r\n") == "사람의 글\r\n"
    assert body_of(rows(2), existing="") == ""


def test_only_the_first_of_two_parts_is_ours():
    """A person quoting our part in the words around it keeps the quotation."""
    quoted = body_of([ROW])
    body = body_of(rows(2), existing=f"{quoted}\n> 인용\n{quoted}")
    assert body.endswith(f"> 인용\n{quoted}")


def test_made_again_from_itself_it_is_the_same():
    skipped = [Skipped("9", "글", "license: type 4")]
    body = body_of(rows(3), skipped)
    assert body_of(rows(3), skipped, existing=body) == body
    assert body_of(rows(3), existing=body) == body


def test_pending_is_said_until_it_is_done():
    body = body_of([ROW], pending=True)
    assert is_pending(body)
    assert not is_pending(body_of([ROW], existing=body))
    assert not is_pending("사람의 글")


def test_emptied_body_says_so():
    body = body_of((), existing=f"앞\n{body_of([ROW])}", emptied=True)
    assert EMPTIED in body
    assert body.startswith("앞\n")
    assert EMPTIED not in body_of([ROW], existing=body)


def test_line_ends_of_forges_make_no_difference():
    body = body_of(rows(2))
    assert same_text(body, body.replace("\n", "\r\n") + "\r\n")
    assert not same_text(body, body_of(rows(3)))


# --- what was skipped -----------------------------------------------------------------


def test_skipped_stay_told_until_they_are_there():
    body = body_of(
        [ROW], [Skipped("9", "글", "embargo"), Skipped("8", "글", "license")]
    )
    body = body_of([ROW], [Skipped("8", "글", "edited by hand")], existing=body)
    assert "- 9 글: embargo" in body
    assert "- 8 글: edited by hand" in body
    assert body.count("- 8 ") == 1
    body = body_of([ROW, replace(ROW, news_id="9")], existing=body)
    assert "- 9 " not in body


def test_edited_post_stays_told_although_it_is_there():
    row = replace(ROW, kind="edited by hand")
    body = body_of([row], [Skipped("1", "글", "edited by hand")])
    assert "- 1 글: edited by hand" in body_of([row], existing=body)


# --- size -----------------------------------------------------------------------------


@pytest.mark.parametrize("around", [0, 20_000, 70_000])
def test_body_has_an_end(around):
    skipped = [Skipped(str(n), "가" * 150, "나" * 150) for n in range(9000, 9300)]
    existing = "말" * (around // 3) + body_of([ROW])
    body = body_of(rows(400, "가" * 150), skipped, existing=existing)
    assert len(body.encode()) <= max(MOST_BYTES, around + 2_000)
    assert END in body
    assert re.search(r"and \d+ more: the files", body)


def test_two_hundred_usual_releases_have_room():
    usual = rows(200, "가나다라 마바사 아자차카 발표, 내년부터 시행 예정")
    body = body_of(usual)
    assert len(body.encode()) <= MOST_BYTES
    assert " more:" not in body


# --- other people's words -------------------------------------------------------------

HOSTILE = (
    "@everyone #12 GH-3 !4 owner/repo#5 fixes https://forge.example/issues/1 "
    "www.example.com <b>x</b> <!-- bodojaryo:end --> | a | `c` **d** [e](f) ![g](h) "
    "[skip ci] \u202e\x00 </details> &#64;someone"
)


def rendered(body: str) -> str:
    """Return the body as a forge shows it, before it links mentions and numbers."""
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(body)


@pytest.mark.parametrize("field", ["title", "ministry", "license"])
def test_words_of_the_source_do_nothing_in_the_table(field):
    body = body_of([replace(ROW, **{field: HOSTILE})])
    assert len(re.findall(re.escape(END), body)) == 1
    page = rendered(body)
    text = html.unescape(re.sub("<[^>]*>", " ", page))
    for sign in ("@e", "#12", "GH-3", "!4", "o#5", "://f", "www.e", "[skip ci]", "@s"):
        assert sign not in text
    assert page.count("<td>") == 4
    assert page.count("<a ") == 1
    for tag in ("<b>", "<code>", "<strong>", "<img", "</details>"):
        assert tag not in page


def test_words_of_the_source_do_nothing_among_the_skipped():
    body = body_of([ROW], [Skipped("9", HOSTILE, HOSTILE, HOSTILE)])
    page = rendered(body)
    assert page.count("<li>") == 1
    assert page.count("<a ") == 1
    assert len(re.findall(re.escape(END), body)) == 1


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example", "a b", ""])
def test_address_that_is_none_is_no_link(url):
    assert "](" not in body_of([replace(ROW, url=url)])


@given(st.text(max_size=200))
def test_no_title_breaks_the_table_or_the_marks(title):
    body = body_of([replace(ROW, title=title)])
    lines = [line for line in body.splitlines() if line.startswith("| new |")]
    assert len(lines) == 1
    assert lines[0].count("|") == 5
    assert body_of([replace(ROW, title=title)], existing=body) == body


# --- what a post says of itself -------------------------------------------------------


@pytest.mark.parametrize("profile", ["plain", "newsdao"])
def test_row_reads_every_profile(profile):
    """One that keeps five keys tells the rest in its credit and notice."""
    made = render_post(release(), LICENSE, Style(profile=profile))
    row = read_row(made.news_id, made.path, made.text, on_base=False)
    assert row.kind == "new"
    assert row.title == made.title
    assert row.ministry == release().ministry.printed
    assert row.license == "KOGL-1"
    assert row.url == release().canonical_url


def test_kind_tells_new_corrected_withdrawn_and_edited():
    def kind(text: str, *, on_base: bool = False) -> str:
        return read_row("1", PATH, text, on_base=on_base).kind

    withdrawn = seal(
        "---\ntitle: 글\nwithdrawn_at: 2026-11-25T09:00:00+09:00\n---\n",
        "1",
        2,
        release().published_at,
    )
    assert kind(post(1).text) == "new"
    assert kind(post(1).text, on_base=True) == "corrected"
    assert kind(withdrawn) == "withdrawn"
    assert kind(post(1).text + "덧붙인 글\n") == "edited by hand"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---\n: [\n---\n",
        "---\n- a\n---\n",
        "---\ntitle: 2026-13-45\nlicense: x\n---\n",
        "no front matter",
        "\ufffd\x00",
    ],
)
def test_row_of_a_post_that_does_not_read_has_its_path(text):
    row = read_row("1", PATH, text, on_base=False)
    assert row.kind == "edited by hand"
    assert row.title in (PATH, "2026-13-45")
