import gzip
import re
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.notices import is_license_notice, is_reprint_remark
from scraper.text import clean, clean_block, unescape, visible


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("봄&middot;여름", "봄·여름"),
        ("&amp;#039;새 길&amp;#039; 연다", "'새 길' 연다"),
        ("&amp;amp;amp;lt;간격&amp;gt;", "<간격>"),
        ("&#x3147; 첫째", "ㅇ 첫째"),
        ("&amp;amp;amp;amp;amp;amp;", "&amp;"),
    ],
)
def test_escapes_are_undone_until_stable_at_most_five_times(printed, meant):
    """The site escapes titles once, twice or three times over."""
    assert clean(printed) == meant


@pytest.mark.parametrize(
    "word", ["R&D", "Q&A", "A&notB", "A&copy2026", "&lt", "&없음;"]
)
def test_an_ampersand_of_a_word_is_no_escape(word):
    """HTML lets some references go without a semicolon; Korean titles do not."""
    assert clean(word) == word


def test_references_to_no_character_vanish():
    assert unescape("가&#xD800;나&#0;다&#1114112;") == "가나다"


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", "한글"),
        ("가\u200b나\ufeff다\u2060라\xad마", "가나다라마"),
        ("\u202e거꾸로\u202c \u2066글\u2069", "거꾸로 글"),
        ("가\x00나\x07다\x7f라\x9b", "가나다라"),
        ("가\ud800나\udfff다", "가나다"),
        ("가\ufffe나\U0010ffff다", "가나다"),
        ("\x1b[31m붉은\x1b[0m 글", "붉은 글"),
        ("\U000e0041꼬리표", "꼬리표"),
        ("가\xa0\xa0\u3000 나\u3164다", "가 나 다"),
        ("👨\u200d👩\u200d👧 가\u200d족\u200c", "👨\u200d👩\u200d👧 가족"),
    ],
)
def test_what_nobody_sees_is_dropped(printed, meant):
    assert clean(printed) == meant


def test_an_escape_hidden_by_an_invisible_character_is_found():
    assert clean("&am\u200bp;middot;") == "·"


def test_a_block_keeps_its_lines_and_a_line_has_none():
    printed = "  첫 줄\xa0\xa0 끝 \r\n둘째\u2028셋째\x0b넷째\n\n"
    assert clean_block(printed) == "첫 줄 끝\n둘째\n셋째\n넷째"
    assert clean(printed) == "첫 줄 끝 둘째 셋째 넷째"


def test_every_control_and_format_character_is_survived():
    """No code point may crash us or leave a control character behind."""
    for point in range(sys.maxunicode + 1):
        if unicodedata.category(chr(point)) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            left = clean(f"가{chr(point)}나")
            kept = set(left) - set("가나 ")
            assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in kept)
            left.encode()


def test_text_that_is_printable_is_cleaned_by_a_shorter_way_to_the_same_end():
    """Nearly all text goes that way; no character may come out otherwise."""
    every = filter(str.isprintable, map(chr, range(sys.maxunicode + 1)))
    for characters in batched(every, 500):
        text = "가 ".join(characters)
        # An escape that is none, or a control character, takes the long way.
        assert clean(text) == clean(f"{text}&;").removesuffix("&;")
        assert visible(text) == visible(f"{text}\x00")


@pytest.mark.parametrize(
    "character", "\u3164\uffa0\x1f\x1c\x85\u2028\r\x0b\xa0\u3000\t"
)
def test_blanks_of_every_kind_are_cleaned_alike_by_both_ways(character):
    text = f"가{character}나 {character} 다"
    assert clean(text) == clean(f"{text}&;").removesuffix("&;")


def batched(values, size):
    values = list(values)
    return [values[at : at + size] for at in range(0, len(values), size)]


@given(st.text(alphabet=st.characters()))
def test_clean_text_is_one_visible_line_in_nfc(text):
    cleaned = clean(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]|^\s|\s$|\s\s", cleaned)
    assert visible(cleaned) == cleaned
    cleaned.encode("utf-8")


@given(st.text(alphabet="가나 &;#x39amplt<>\u200b\xa0\n"))
def test_cleaning_what_is_clean_changes_nothing(text):
    cleaned = clean(text)
    if text.count("amp") < 5:
        assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("line", "is_notice"),
    [
        ("이 자료는 공공누리 제1유형(출처표시)의 조건에 따라 쓸 수 있습니다.", True),
        ("본 저작물은 '공공누리' 제4유형에 따라 이용할 수 있습니다.", True),
        ("자료출처=정책브리핑 www.korea.kr", True),
        ("<자료출처=정책브리핑 www.korea.kr>", True),
        ("박물관은 소장 사진을 공공누리 제1유형 조건으로 개방한다.", False),
        ("박물관은 소장 자료를 공공누리 제1유형 조건으로 개방한다.", False),
        ("공공누리 제1유형이 늘었다.", False),
        ("이 자료는 새로 만든 길을 소개한다.", False),
    ],
)
def test_a_notice_is_told_from_a_text_about_notices(line, is_notice):
    """What is taken for a notice leaves the text: it must not be a sentence of it."""
    assert is_license_notice(line) is is_notice


def test_the_reprint_remark_is_known_for_any_ministry():
    remark = "“이 자료는 {}의 보도자료를 전재하여 제공함을 알려드립니다.”"
    assert is_reprint_remark(remark.format("한빛부"))
    assert is_reprint_remark(remark.format("한빛부").replace("의 보", "의보"))
    assert not is_reprint_remark("한빛부는 보도자료를 전재하여 제공함을 알렸다.")


@pytest.mark.captures
def test_no_real_title_loses_a_letter(captures: Path):
    """Cleaning may only take away blanks, escapes and what nobody sees."""
    index = captures / "press-index-2020-2026.tsv.gz"
    titles = 0
    with gzip.open(index, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            title = line.rstrip("\n").split("\t")[7]
            titles += 1
            meant = title.replace("&lt;", "<").replace("&gt;", ">")
            assert letters(clean(title)) == letters(meant)
    assert titles == 167_533


def letters(text: str) -> str:
    """Return what a reader reads: everything but blanks and invisible characters."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(c for c in composed if unicodedata.category(c)[0] not in "CZ")
