"""Front matter: read however broken it is, and judged as every generator would."""

from dataclasses import replace
from datetime import date, datetime

import pytest
import yaml

from publishers.check.dates import iso, read_moment
from publishers.check.draft import read_draft
from scraper.model import KST
from tests.checking import HEAD, OPTIONS, check, mended, post, repaired, rules

#: Lines that YAML cannot read, and the title they mean.
BROKEN = {
    "'새 길' 열린다": "'새 길' 열린다",
    '"새 길" 열린다': '"새 길" 열린다',
    "[새길부] 새 길": "[새길부] 새 길",
    "`새 길` 열린다": "`새 길` 열린다",
    "- 새 길 -": "- 새 길 -",
    "새 길: 열린다": "새 길: 열린다",
    "@새길 열린다": "@새길 열린다",
    "*새 길* 열린다": "*새 길* 열린다",
    "%새 길": "%새 길",
    "{새 길} 열린다": "{새 길} 열린다",
    "!새 길 열린다": "!새 길 열린다",
    "? 새 길: 언제": "? 새 길: 언제",
    '<span style="x">새 길</span>: 열린다': '<span style="x">새 길</span>: 열린다',
}


def head(title: str) -> str:
    return HEAD.replace('"새 길을 연다"', title)


def title_of(text: str) -> object:
    return yaml.safe_load(text.split("---\n")[1])["title"]


def test_a_post_with_nothing_wrong_has_no_findings() -> None:
    """All other tests change one thing of it."""
    assert check(post()) == []


@pytest.mark.parametrize(("title", "meant"), BROKEN.items())
def test_a_title_that_yaml_cannot_read_is_quoted_word_for_word(
    title: str, meant: str
) -> None:
    """Jekyll would publish it untitled, on top of every list."""
    text = post(head=head(title))
    findings = check(text)
    assert {f.rule for f in findings} <= {"yaml-invalid", "title-not-text"}
    assert [f.mechanical for f in findings] == [True]
    assert title_of(mended(text)) == meant


@pytest.mark.parametrize(
    "title", ["[새길부]", "2026-11-20", "20261120", "yes", "{가: 나}"]
)
def test_a_title_that_yaml_takes_for_something_else_is_quoted(title: str) -> None:
    text = post(head=head(title))
    assert rules(text) == {"title-not-text"}
    assert title_of(mended(text)) == title


def test_items_of_a_list_are_quoted_as_well() -> None:
    text = post(head=HEAD + "tags:\n  - '새' 길\n  - 도로\n")
    assert rules(text) == {"yaml-invalid"}
    assert yaml.safe_load(mended(text).split("---\n")[1])["tags"] == ["'새' 길", "도로"]


def test_what_quotes_cannot_mend_is_left_to_a_person() -> None:
    """A line that belongs to no key could mean anything."""
    text = post(head=HEAD + "excerpt: >\n새 길이 열린다.\n")
    (finding,) = check(text)
    assert (finding.rule, finding.mechanical) == ("yaml-invalid", False)
    assert repaired(text).content == text.encode()


def test_the_place_of_a_broken_line_is_told() -> None:
    (finding,) = check(post(head=HEAD + "excerpt: '가' 나\n"))
    assert (finding.line, finding.column) == (4, 1)
    assert "untitled" in finding.message


@pytest.mark.parametrize(
    "text", ["본문뿐이다.\n", "---\ntitle: 열린 채로\n\n본문\n", ""]
)
def test_a_file_without_front_matter_is_told(text: str) -> None:
    assert "front-matter-missing" in rules(text)


def test_blank_lines_above_the_front_matter_are_taken_away() -> None:
    """Jekyll takes such a file for one without front matter."""
    text = "\n \n" + post()
    assert rules(text) == {"front-matter-late"}
    assert mended(text) == post()


def test_a_title_is_needed() -> None:
    without = HEAD.partition("\n")[2]
    assert rules(post(head=without)) == {"title-missing"}
    assert rules(post(head='title: ""\n' + without)) == {"title-missing"}


def test_a_number_sign_cuts_a_title() -> None:
    """To YAML the rest is a comment; whether it was meant so, a person knows."""
    findings = check(post(head=head("새 길 #1 구간")))
    assert [(f.rule, f.mechanical) for f in findings] == [("title-cut", False)]


def test_a_key_that_stands_twice_with_one_value_goes_once() -> None:
    text = post(head=HEAD + "layout: post\nlayout: post\n")
    assert rules(text) == {"key-twice"}
    assert mended(text) == post(head=HEAD + "layout: post\n")


def test_a_key_with_two_values_is_left_to_a_person() -> None:
    text = post(head=HEAD + "layout: post\nlayout: news\n")
    assert [(f.rule, f.mechanical) for f in check(text)] == [("key-twice", False)]
    assert repaired(text).content == text.encode()


def test_keys_a_profile_needs_are_asked_for_only_with_it() -> None:
    assert rules(post()) == set()
    assert rules(post(), profile="newsdao") == {"key-missing"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-20 09:30:00 +0900", "2026-11-20T09:30:00+09:00"),
        ("2026-11-20 09:30", "2026-11-20T09:30:00+09:00"),
        ('"2026-11-20 09:30:00"', "2026-11-20T09:30:00+09:00"),
        ("2026.11.20", "2026-11-20"),
        ("2026. 11. 20. 9:30", "2026-11-20T09:30:00+09:00"),
        ("2026년 11월 20일", "2026-11-20"),
        ("2026-11-20T00:30:00Z", ""),
        ("2026-11-20T09:30:00+09:00", ""),
        ("2026-11-20", ""),
    ],
)
def test_dates_get_the_form_every_generator_reads(written: str, meant: str) -> None:
    """The blank and ``+0900`` end the builds of Eleventy and mkdocs."""
    text = post(head=HEAD + f"date: {written}\n")
    assert rules(text) == ({"date-form"} if meant else set())
    assert mended(text) == post(head=HEAD + f"date: {meant or written}\n")


def test_a_time_without_a_zone_is_korean_only_if_the_name_agrees() -> None:
    """Else it may be meant as UTC, and mending it would move the post by a day."""
    text = post(head=HEAD + "date: 2026-11-19 23:30:00\n")
    findings = {f.rule: f.mechanical for f in check(text)}
    assert findings == {"date-form": False, "date-differs": False}
    assert repaired(text).content == text.encode()


@pytest.mark.parametrize(
    "written", ["2026-13-40", "내일", "2026-02-30 10:00:00", "20일"]
)
def test_a_date_that_is_none_is_told(written: str) -> None:
    found = rules(post(head=HEAD + f"date: {written}\n"))
    assert "date-invalid" in found


def test_a_day_to_come_is_told() -> None:
    """Jekyll leaves such a post out, with a line in a log that nobody reads."""
    path = "_posts/2026-11-26-1.md"
    assert rules(post(), path) == {"date-future"}
    assert rules(post(head=HEAD + "date: 2026-11-25T12:00:01+09:00\n"), path) == {
        *("date-future", "date-differs")
    }
    later = replace(OPTIONS, now=datetime(2026, 11, 27, tzinfo=KST)).now
    assert rules(post(), path, now=later) == set()


def test_file_name_and_date_must_name_one_korean_day() -> None:
    evening = "date: 2026-11-19T16:00:00+00:00\n"  # 01:00 of the 20th in Korea
    assert rules(post(head=HEAD + evening)) == set()
    assert rules(post(head=HEAD + "date: 2026-11-19\n")) == {"date-differs"}


def test_moments_are_read_with_their_zones() -> None:
    assert read_moment("2026-11-20 09:30:00 KST") == read_moment("2026-11-20T00:30:00Z")
    assert read_moment("2026-11-20") == date(2026, 11, 20)
    assert read_moment("2026-11-20 +0900") is None
    assert read_moment("2026-11-20T24:00:00Z") is None
    moment = read_moment("2026-11-20 09:30:00 -05:30")
    assert moment is not None
    assert iso(moment) == "2026-11-20T09:30:00-05:30"


def test_a_draft_is_read_however_broken_it_is() -> None:
    draft = read_draft("a.md", "---\ntitle: '가' 나\nexcerpt: >\n  다\n  라\n---\n본문")
    assert draft.problem
    assert draft.said("title") == "'가' 나"
    assert draft.said("excerpt") == "다 라\n"
    assert draft.body == "본문"
    assert draft.text[draft.chunks[0].value_at :].startswith("'가' 나")


def test_hostile_yaml_neither_runs_nor_hangs() -> None:
    """Tags that make objects, bombs of aliases, and nesting without end."""
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n"
    for n in range(9):
        name, last = chr(ord("b") + n), chr(ord("a") + n)
        bomb += f"{name}: &{name} [{','.join([f'*{last}'] * 9)}]\n"
    for hostile in (
        bomb,
        "x: !!python/object/apply:os.system [true]\n",
        "x: " + "[" * 20_000 + "\n",
    ):
        found = rules(post(head=HEAD + hostile))
        assert found <= {"yaml-invalid"}
        repaired(post(head=HEAD + hostile))


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-12:00"]
)
def test_a_moment_outside_the_calendar_is_no_date(moment: str) -> None:
    """It has no Korean day; the check ended with a traceback."""
    assert read_moment(moment) is None
    text = post(head=f"{HEAD}date: {moment}\n")
    assert "date-invalid" in rules(text)
    assert repaired(text).content == text.encode()


@pytest.mark.parametrize("key", ["title", "weight"])
def test_a_number_too_long_to_print_is_a_value_like_others(key: str) -> None:
    """Python refuses to write an integer of more than 4,300 digits."""
    head = HEAD if key == "weight" else HEAD.partition("\n")[2]
    text = post(head=f"{head}{key}: 0x{'f' * 9000}\n", body="<가 나>")
    check(text)
    repaired(text)


@pytest.mark.parametrize("title", ["~", "null", "&a"])
def test_a_title_of_nothing_is_not_given_words(title: str) -> None:
    """Quoted, it would be shown; what is meant only a person knows."""
    text = post(head=head(title))
    assert rules(text) == {"title-not-text"}
    assert repaired(text).content == text.encode()


def test_a_title_that_a_number_sign_hides_is_quoted() -> None:
    assert title_of(mended(post(head=head("#새길 챌린지")))) == "#새길 챌린지"


@pytest.mark.parametrize(
    "head",
    [
        "a0: &a0 {x: 1}\n"
        + "".join(
            f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 60)
        ),
        "a: &a [" + "가," * 5000 + "]\n" + "".join(f"k{n}: *a\n" for n in range(900)),
        "a: &a '" + "가" * 20000 + "'\n" + "".join(f"k{n}: *a\n" for n in range(900)),
        "a: &a [*a]\n",
    ],
)
def test_aliases_that_stand_for_too_much_are_no_front_matter(head: str) -> None:
    """A few lines of them fill any memory."""
    found = read_draft("", f"---\n{HEAD}{head}---\n")
    assert found.problem == "its aliases stand for too much"
    assert found.fields == {}


def test_an_alias_is_what_it_stands_for() -> None:
    read = read_draft("", f"---\n{HEAD}a: &a [가, 나]\nb: *a\n---\n")
    assert (read.problem, read.fields["b"]) == ("", ["가", "나"])
