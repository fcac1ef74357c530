"""Front matter: what is written is what every YAML reader gets."""

from datetime import UTC, datetime

import pytest
import yaml

from publishers import front_matter
from publishers.front_matter import (
    folded,
    plain,
    quoted,
    render,
    single_quoted,
    verify,
)
from scraper.model import KST
from scraper.text import visible
from tests import ruby
from tests.corpora import hostile_strings, yaml_texts

WHEN = datetime(2026, 11, 23, 9, 30, tzinfo=KST)

#: Texts of our own that some reader takes for something else.
HOSTILE = [
    *("", " ", "~", "-", "- ", "?", "null", "Null", "yes", "No", "on", "y", "true"),
    *("1", "1_000", "1,000.00", "0,00", "0x1F", "017", "1e3", ".inf", ".NaN", "1:30"),
    *("2026-11-23", "2026-11-23 09:30:00 +0900", "=", "<<", "@x", "`x`", "%x", "!x"),
    *(
        "[보도자료] 제목",
        "{가: 나}",
        "가: 나",
        "가 #나",
        "# 가",
        "&가 *나",
        "'24년 예산",
    ),
    *(
        '"따옴표" 시작',
        "역사선 \\n 그대로",
        "끝 공백 ",
        " 앞 공백",
        "두\n줄",
        "탭\t문자",
    ),
    *("---", "...", "--- 가", "| 가", "> 가", "!!python/object:os.system", "{{ x }}"),
    *(
        "{% x %}",
        "{# x #}",
        "\u0085\u2028\u2029\ufeff",
        "\x00\x07\x1b\x7f\x9f",
        "\u200b",
    ),
    *("\U0001f600", "\U000e0041", "\ufffe\uffff", "\ue000", "한\u1161"),
]


def fields_of(text: str) -> dict[str, object]:
    return {"title": text, "tags": [text], "source": {"name": text}}


def test_forms_are_fixed() -> None:
    made = render(
        {
            "title": '가 "나": 다',
            "date": WHEN.replace(microsecond=7),
            "tags": ["국방부"],
            "none": [],
            "source": {"name": "정책브리핑", "size": 3},
            "contacts": [{"unit": "가", "telephone": "1"}, {"unit": "나"}],
        }
    )
    assert made == (
        'title: "가 \\"나\\": 다"\n'
        "date: 2026-11-23T09:30:00+09:00\n"
        'tags:\n  - "국방부"\n'
        "none: []\n"
        'source:\n  name: "정책브리핑"\n  size: 3\n'
        'contacts:\n  - unit: "가"\n    telephone: "1"\n  - unit: "나"\n'
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_strings_come_back_unchanged(text: str) -> None:
    made = render(fields_of(text))
    assert yaml.safe_load(made) == fields_of(text)
    assert verify(made, fields_of(text))
    assert made.isascii() or all(c.isprintable() or c in "\n\ue000" for c in made)


@pytest.mark.ruby
def test_ruby_reads_strings_unchanged() -> None:
    """Jekyll's reader types more than PyYAML does: 1,000.00 is a number to it."""
    every = [fields_of(text) for text in HOSTILE]
    assert ruby.load_yaml([render(fields) for fields in every]) == every


@pytest.mark.ruby
def test_ruby_reads_times_and_numbers_as_such() -> None:
    made = render({"date": WHEN, "revision": 3})
    [read] = ruby.load_yaml([made])
    assert read == {"date": "2026-11-23 09:30:00 +0900", "revision": 3}


def test_what_is_true_is_so_to_every_reader() -> None:
    fields = {"pin": True, "toc": False, "pubDate": WHEN}
    made = render(fields)
    assert made.startswith("pin: true\ntoc: false\npubDate: 2026")
    assert yaml.safe_load(made) == fields
    assert verify(made, fields)
    assert not verify(made, {**fields, "pin": 1})


def test_nothing_looks_like_a_template() -> None:
    """Liquid leaves front matter alone; people grepping for it need not know that."""
    made = render(fields_of("{{{ 가 }}} {%나%} {#다#} {라}"))
    assert "{{" not in made
    assert "{%" not in made
    assert "{#" not in made
    assert "{라}" in made


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("yes", "가"),
        ("No", "가"),
        ("a: b", "가"),
        ("제목", "가"),
        ("date", datetime(2026, 11, 23)),
        ("size", 1.5),
        ("none", None),
        ("list", [["가"]]),
        ("list", [{}]),
        ("title", "\ud800"),
    ],
)
def test_other_forms_are_refused(key: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"front matter"):
        render({key: value})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "text",
    [
        'title: "나"\ndate: 2026-11-23T09:30:00+09:00\n',
        'title: "가"\ndate: 2026-11-23T09:30:01+09:00\n',
        'title: "가"\ndate: 2026-11-23\n',
        'date: 2026-11-23T09:30:00+09:00\ntitle: "가"\n',
        'title: "가"\ndate: 2026-11-23T09:30:00+09:00\nmore: 1\n',
        'title: "가"\n',
        'title: "가\n',
        "date: 2026-13-40\n",
        "- 가\n",
        "",
    ],
)
def test_verify_notices_every_difference(text: str) -> None:
    assert not verify(text, {"title": "가", "date": WHEN})


def test_verify_compares_types() -> None:
    assert not verify("size: 1\n", {"size": "1"})
    assert not verify('size: "1"\n', {"size": 1})
    assert not verify("size: true\n", {"size": 1})
    assert not verify("list: []\n", {"list": {}})
    assert verify("date: 2026-11-23T00:30:00Z\n", {"date": WHEN.astimezone(UTC)})
    assert not verify("date: 2026-11-23\n", {"date": WHEN})


@pytest.mark.parametrize(
    "text",
    [
        "list: !!binary YQ==\n",
        "list: !!set {a}\n",
        "list: !!pairs [a]\n",
        "list: [a, b]\n",
        "list: []\n",
        "list: [!!binary YQ==]\n",
        "list: [[a]]\n",
        "!!binary bGlzdA==: [a]\n",
        "!!set {list: [a]}\n",
        "list: [a]\nmore: [a]\n",
        "list: [a]\n--- {}\n",
        "",
    ],
)
def test_verify_knows_what_the_reader_takes_a_node_for(text: str) -> None:
    assert verify("list: [a]\n", {"list": ["a"]})
    assert not verify(text, {"list": ["a"]})


@pytest.mark.parametrize("loader", [yaml.SafeLoader, front_matter._LOADER])
@pytest.mark.parametrize("odd", ["\ud800", "\x00", "\x07"])
def test_what_no_reader_accepts_is_a_difference(
    loader: type, odd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some readers say so at the beginning, some when they come upon it."""
    monkeypatch.setattr(front_matter, "_LOADER", loader)
    assert not verify(f'title: "{odd}"\n', {"title": odd})


def test_verify_takes_a_key_that_stands_twice_for_a_difference() -> None:
    assert not verify("a: 1\na: 1\n", {"a": 1})


# --- forms without double quotes --------------------------------------------------


@pytest.mark.parametrize(
    "text", ["겨울 철새, 모이 주기", "5곳 아닌 가게 5곳(서울)", "‘새 길’ 연다…", "News"]
)
def test_plain_or_quoted_the_value_is_the_same(text: str) -> None:
    assert yaml.safe_load(f"- {plain(text)}") == [text]


def test_plain_stands_only_where_it_is_surely_the_same() -> None:
    assert plain("겨울 철새, 모이 주기") == "겨울 철새, 모이 주기"
    assert plain("News") == "News"
    for text in (
        "No",
        "Yes",
        "True",
        "Null",
        "5곳",
        "가: 나",
        "가 #나",
        "가  나",
        "가 ",
    ):
        assert plain(text) == quoted(text)


@pytest.mark.ruby
def test_ruby_reads_every_form_alike() -> None:
    texts = [*HOSTILE, "겨울 철새, 모이 주기", "News", "/assets/a.jpg", "가 # 나: 다"]
    lines = [f"- {form(text)}" for text in texts for form in (plain, single_quoted)]
    blocks = [f"- {made}\n" for text in texts if (made := folded(text, text))]
    wanted = [[text] for text in texts for _ in range(2)]
    wanted += [[f"{text}\n{text}\n"] for text in texts if folded(text)]
    assert ruby.load_yaml(lines + blocks) == wanted
    assert [yaml.safe_load(line) for line in lines + blocks] == wanted


def test_folded_text_is_one_paragraph_a_line() -> None:
    assert folded("## 머리", "글: # 글") == ">\n  ## 머리\n\n  글: # 글"
    for unsafe in ("", " 가", "가 ", "가  나", "가\n나", "{{ 가", "가\u200b"):
        assert folded(unsafe) is None


def test_single_quotes_hold_paths_only() -> None:
    assert single_quoted("/assets/img/banner.jpg") == "'/assets/img/banner.jpg'"
    assert single_quoted("/it's.jpg") == '"/it\'s.jpg"'


# --- other people's strings -------------------------------------------------------


@pytest.mark.captures
def test_collected_strings_come_back_unchanged(captures) -> None:
    for text in map(visible, hostile_strings(captures) + yaml_texts(captures)):
        assert verify(render(fields_of(text)), fields_of(text)), text


@pytest.mark.captures
@pytest.mark.ruby
def test_ruby_reads_collected_strings_unchanged(captures) -> None:
    strings = hostile_strings(captures) + yaml_texts(captures)
    assert len(strings) > 2_000
    every = [fields_of(text) for text in map(visible, strings)]
    assert ruby.load_yaml([render(fields) for fields in every]) == every
