"""Characters nobody sees, and text that Liquid or Markdown would not show as text."""

import unicodedata

import pytest

from tests import ruby
from tests.checking import HEAD, check, mended, post, repaired, rules

SIGNS = {
    "text-invisible": [
        "새\u200b길",
        "새\ufeff길",
        "새\x07길",
        "새\u202e길",
        "새\xad길",
    ],
    "text-blank": ["새\xa0길", "새\u3000길", "새\u2009길"],
}


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, text) for rule, texts in SIGNS.items() for text in texts]
)
def test_characters_nobody_sees_are_told_and_taken_out(rule: str, text: str) -> None:
    body = f"{text}이 열린다."
    (finding,) = check(post(body))
    assert (finding.rule, finding.line, finding.column) == (rule, 8, 2)
    assert finding.mechanical
    blank = " " if rule == "text-blank" else ""
    assert mended(post(body)) == post(f"새{blank}길이 열린다.")


@pytest.mark.parametrize(
    "text",
    [
        *("\u200b3. 새 길", "3.\xa0새 길", "\u200b# 새 길", "#\u3000새 길", "-\xa0길"),
        *("\u200b[문의]: 02", "\u200b*[약자]: 뜻", "\u200b> 길", "\u200b    길"),
        *("새 길\n\u200b---", "\u200b```\n길", "\u200b{: .길}", "새\u2028# 길"),
    ],
)
def test_what_keeps_a_line_from_being_markup_is_left_to_a_person(text: str) -> None:
    """Without it ``3.`` is shown as ``1.``, and ``[문의]: 02`` is not shown at all."""
    findings = [f for f in check(post(text)) if f.rule in SIGNS]
    assert [f.mechanical for f in findings] == [False]
    assert repaired(post(text)).content == post(text).encode()


def test_in_html_there_is_no_markup_of_lines() -> None:
    made = repaired(post("<p>\u200b\n\u200b3. 새 길</p>"), "_posts/2026-11-20-1.html")
    assert made.content == post("<p>\n3. 새 길</p>").encode()


def test_colors_of_a_terminal_go_whole() -> None:
    assert mended(post("\x1b[31m새 길\x1b[0m")) == post("새 길")


def test_a_joiner_within_an_emoji_is_no_hidden_character() -> None:
    assert check(post("가족 👨\u200d👩\u200d👧")) == []


def test_odd_blanks_never_become_markup() -> None:
    """Four at the start of a line would be code; one alone keeps a line's height."""
    assert mended(post("\xa0\xa0\xa0\xa0새 길")) == post("새 길")
    assert mended(post("<p>\xa0</p>")) == post("<p>&nbsp;</p>")


def test_blanks_written_as_references_stay() -> None:
    assert check(post("<p>&nbsp;</p>")) == []


def test_a_separator_of_lines_becomes_a_line_end() -> None:
    assert mended(post("새 길.\u2028더 길게.")) == post("새 길.\n더 길게.")


def test_a_mark_of_bytes_at_the_start_is_taken_out() -> None:
    assert mended("\ufeff" + post()) == post()


def test_hangul_in_pieces_is_put_together() -> None:
    pieces = unicodedata.normalize("NFD", "새 길이 열린다")
    assert rules(post(pieces)) == {"text-decomposed"}
    assert mended(post(pieces)) == post("새 길이 열린다")


def test_invisible_characters_in_the_front_matter_are_taken_out() -> None:
    head = HEAD.replace("새 길", "새\u200b 길\u2060")
    assert mended(post(head=head)) == post()


@pytest.mark.parametrize(
    ("twice", "once"),
    [
        ("가&amp;middot;나", "가&middot;나"),
        ("R&amp;amp;D", "R&amp;D"),
        ("&amp;amp;quot;길&amp;quot;", "&quot;길&quot;"),
        ("&amp;lt;길&amp;gt;", "&lt;길&gt;"),
        ("&amp;#39;길&amp;#x27;", "&#39;길&#x27;"),
    ],
)
def test_escapes_of_escapes_lose_a_layer_and_never_the_last(
    twice: str, once: str
) -> None:
    assert rules(post(twice)) == {"entity-twice"}
    assert mended(post(twice)) == post(once)


@pytest.mark.parametrize(
    "text", ["R&amp;D", "A&amp;B;", "`&amp;middot;`", "가&amp;나;"]
)
def test_other_ampersands_are_left_alone(text: str) -> None:
    assert "entity-twice" not in rules(post(text))


@pytest.mark.parametrize("line", ["\u200b", "\xa0"])
def test_a_character_nobody_sees_may_be_all_that_breaks_a_front_matter(
    line: str,
) -> None:
    text = post(head=f"{HEAD}{line}\n")
    assert "yaml-invalid" in rules(text)
    assert rules(mended(text)) == set()


def test_bytes_that_are_no_text_are_told_and_left() -> None:
    content = post().encode().replace("새".encode(), b"\xbb\xf5")
    (finding,) = check(content)
    assert (finding.rule, finding.line) == ("encoding", 2)
    assert rules(post("새 길\ufffd")) == {"encoding"}


@pytest.mark.parametrize("text", ["{{삭제}}", "1.2 {{ 1.29% }}", "{% 새 %}", "{{ 열린"])
def test_braces_in_text_are_escaped(text: str) -> None:
    """Liquid swallows the words between them, or stops the whole site's build."""
    assert rules(post(text)) == {"liquid"}
    made = mended(post(text))
    assert "{{" not in made
    assert "{%" not in made
    assert rules(made) == set()


@pytest.mark.parametrize(
    "meant",
    [
        "{{ site.baseurl }}/길",
        "{% include map.html %}",
        '{{ "/assets/a.png" | relative_url }}',
        "{% raw %}{{ 길 }}{% endraw %}",
        "{% post_url 2026-11-01-1 %}",
    ],
)
def test_liquid_that_an_operator_wrote_is_left_alone(meant: str) -> None:
    assert rules(post(meant)) == set()
    assert repaired(post(meant)).content == post(meant).encode()


@pytest.mark.parametrize("text", ["`{{ 길 }}`", "<script>var a = '{{';</script>"])
def test_braces_where_references_mean_nothing_are_left_to_a_person(text: str) -> None:
    findings = [f for f in check(post(text)) if f.rule == "liquid"]
    assert [f.mechanical for f in findings] == [False]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("<간격>을 둔다", "&lt;간격&gt;을 둔다"),
        ("출처 | 새길부", "출처 &#124; 새길부"),
        ("2024. 6. 24. 발표", "2024&#46; 6. 24. 발표"),
        ("6. 24. 발표", "6&#46; 24. 발표"),
    ],
)
def test_text_that_markdown_takes_for_markup_is_escaped(text: str, made: str) -> None:
    assert [f.mechanical for f in check(post(text))] == [True]
    assert mended(post(text)) == post(made)


@pytest.mark.parametrize(
    "text",
    [
        "| 가 | 나 |\n|---|---|\n| 1 | 2 |",
        "1. 하나\n2. 둘",
        "<p>출처 | 새길부</p>",
        "<table>\n<tr>\n\n<td>가 | 나</td></tr></table>",
        "```\n가 | 나\n```",
        "가 \\| 나",
        "<자료=길>",
        "3 < 4 그리고 5 > 4",
    ],
)
def test_markup_that_is_meant_is_left_alone(text: str) -> None:
    found = rules(post(text))
    assert not found & {"markdown-table", "markdown-list", "html-like"}


def test_html_files_are_not_read_as_markdown() -> None:
    assert rules(post("가 | 나"), "_posts/2026-11-20-1.html") == set()


def test_dashes_below_a_line_make_a_heading() -> None:
    assert rules(post("새 길이 열린다.\n---\n다음")) == {"markdown-heading"}
    assert rules(post("새 길이 열린다.\n\n---\n\n다음")) == set()


@pytest.mark.ruby
@pytest.mark.parametrize(
    "line",
    ["[문의]: 새길과 | 전화 02", "  [^1]: 가 | 나", "*[약자]: 가 | 나", "{:가 | 나}"],
)
def test_a_line_that_is_a_table_no_more_is_still_shown(line: str) -> None:
    """kramdown takes it for a definition then, and shows none of it."""
    (html,) = ruby.kramdown([mended(post(line)).split("\n\n")[2]])
    assert html.strip() == f"<p>{line.strip()}</p>"


@pytest.mark.parametrize("value", ['"가 | 나"', "가 | 나", ">\n  가 | 나\n  다 | 라"])
def test_bars_in_an_excerpt_are_escaped(value: str) -> None:
    """Themes put it through Markdown."""
    text = post(head=HEAD + f"excerpt: {value}\n")
    assert rules(text) == {"markdown-table"}
    assert mended(text) == post(
        head=HEAD + f"excerpt: {value}\n".replace("|", "&#124;")
    )


def test_a_date_at_the_start_of_an_excerpt_is_escaped() -> None:
    text = post(head=HEAD + "excerpt: >\n  2024. 6. 24. 새 길\n")
    assert rules(text) == {"markdown-list"}
    assert mended(text) == text.replace("2024.", "2024&#46;")


@pytest.mark.ruby
def test_kramdown_shows_mended_lines_as_they_were_meant() -> None:
    """What the rules say of kramdown is asked of kramdown, before and after."""
    lines = ["출처 | 새길부", "2024. 6. 24. 발표", "<간격>을 둔다"]
    made = [mended(post(line)).split("\n\n")[2] for line in lines]
    before, after = ruby.kramdown(lines), ruby.kramdown(made)
    shown = [
        f"<p>{line.replace('<', '&lt;').replace('>', '&gt;')}</p>" for line in lines
    ]
    assert [html.strip() for html in after] == shown
    assert all(b.strip() != s for b, s in zip(before, shown, strict=True))


@pytest.mark.parametrize(
    "piece",
    [
        "<!--",
        "<p ",
        "[가](",
        "{{",
        "`",
        "<a href='",
        "정책브리핑 <b>",
        "&amp;",
        "|\n",
        "<p>",
    ],
)
def test_hostile_texts_do_not_hang(piece: str) -> None:
    """Patterns look at a text once: five hundred openers are no five hundred looks."""
    assert repaired(post(piece * 500)).content
