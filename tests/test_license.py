from dataclasses import replace
from pathlib import Path

import pytest

from scraper.license import (
    CREDIT,
    NOTICES,
    Refusal,
    find_notices,
    judge_license,
)
from scraper.model import License, LicenseMarks, Use

SENTENCE = "이 글은 공공누리 제{}유형의 조건에 따라 쓸 수 있습니다."
NEITHER = Use(commercial=False, changes=False)


def marks(image="1", alt="1", sentence="1") -> LicenseMarks:
    return LicenseMarks(
        (image,) if image else (),
        (f"공공누리 자유이용허락 {alt}유형",) if alt else (),
        (SENTENCE.format(sentence), "사진은 빼고 쓰세요.") if sentence else (),
    )


def judge(found: LicenseMarks, use: Use = NEITHER, section: str = "보도자료", **more):
    return judge_license(found, section=section, use=use, **more)


ALLOWED = {
    (commercial, changes): types
    for commercial, changes, types in [
        (True, True, {0, 1}),
        (False, True, {0, 1, 2}),
        (True, False, {0, 1, 3}),
        (False, False, {0, 1, 2, 3, 4}),
    ]
}


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize(("commercial", "changes"), ALLOWED)
def test_a_type_passes_only_for_the_uses_it_allows(number, commercial, changes):
    verdict = judge(marks(*[str(number)] * 3), Use(commercial, changes))
    allowed = number in ALLOWED[commercial, changes]
    assert isinstance(verdict, License if allowed else Refusal)


def test_only_types_0_and_1_pass_by_default():
    assert Use() == Use(commercial=True, changes=True)


@pytest.mark.parametrize(
    ("number", "use", "reason"),
    [
        (4, Use(), "use and changes (use.commercial: true, use.changes: true)"),
        (4, Use(changes=False), "commercial use (use.commercial: true)"),
        (2, Use(), "license type 2 forbids commercial use (use.commercial: true)"),
        (3, Use(), "license type 3 forbids changes (use.changes: true)"),
    ],
)
def test_a_refusal_names_the_type_and_the_setting(number, use, reason):
    """An operator must see at once what to change, if he may."""
    verdict = judge(marks(*[str(number)] * 3), use)
    assert isinstance(verdict, Refusal)
    assert verdict.reason.endswith(reason)


def test_no_license_block_is_no():
    assert judge(LicenseMarks()) == Refusal("no license block on the page")


@pytest.mark.parametrize(
    ("found", "missing"),
    [
        (marks(image=""), "image"),
        (marks(alt=""), "alternative text"),
        (marks(sentence=""), "sentence"),
    ],
)
def test_all_three_marks_must_be_there(found, missing):
    verdict = judge(found)
    assert isinstance(verdict, Refusal)
    assert missing in verdict.reason


@pytest.mark.parametrize(
    "found", [marks("1", "1", "4"), marks("1", "4", "1"), marks("4", "1", "1")]
)
def test_contradicting_marks_are_no(found):
    verdict = judge(found)
    assert isinstance(verdict, Refusal)
    assert "says type 1" in verdict.reason
    assert "says type 4" in verdict.reason


def test_two_images_are_two_opinions():
    found = LicenseMarks(("1", "4"), ("1유형", "4유형"), (SENTENCE.format(1),))
    assert isinstance(judge(found), Refusal)


@pytest.mark.parametrize("number", ["5", "9"])
def test_a_type_nobody_knows_is_no(number):
    verdict = judge(marks(number, number, number))
    assert verdict == Refusal(f"unknown license type {number}")


def test_a_mark_without_a_number_is_no():
    """A separate mark for machine learning is said to exist since January 2026."""
    found = LicenseMarks(
        ("1",), ("공공누리 1유형", "공공누리 AI 마크"), (SENTENCE.format(1),)
    )
    assert isinstance(judge(found), Refusal)


def test_a_picture_that_is_no_mark_does_not_count():
    found = LicenseMarks(("1",), ("공공누리 1유형", "새창"), (SENTENCE.format(1),))
    assert isinstance(judge(found), License)


@pytest.mark.parametrize("words", ["상업적 이용금지", "변경 금지", "상업적 이용 불가"])
def test_words_that_forbid_more_than_the_number_are_no(words):
    found = LicenseMarks(("1",), ("1유형",), (SENTENCE.format(1), words))
    assert isinstance(judge(found), Refusal)


def test_words_that_say_what_the_number_says_are_fine():
    sentence = "공공누리 제4유형(출처표시+상업적 이용금지+변경금지)"
    found = LicenseMarks(("4",), ("4유형 상업적 이용금지, 변경금지",), (sentence,))
    assert isinstance(judge(found), License)


@pytest.mark.parametrize(("own", "passes"), [(1, True), (0, True), (4, False)])
def test_a_stricter_notice_in_the_text_decides(own, passes):
    verdict = judge(marks(), body=[f"이 자료는 공공누리 제{own}유형입니다."])
    assert isinstance(verdict, License if passes else Refusal)


@pytest.mark.parametrize(
    ("page", "own", "use", "number"),
    [
        (1, 4, Use(), None),
        (1, 2, Use(commercial=False), None),
        (1, 4, NEITHER, 4),
        (0, 1, Use(), 1),
        (1, 0, Use(), 1),
        (4, 1, NEITHER, 4),
        (2, 3, NEITHER, None),
        (1, 7, NEITHER, None),
    ],
)
def test_of_page_and_text_the_stricter_decides_whatever_the_operator_does(
    page, own, use, number
):
    """Types 2 and 3 forbid different things: neither is the stricter, so no."""
    found = marks(*[str(page)] * 3)
    verdict = judge(found, use, "정책뉴스", body=[f"공공누리 제{own}유형"])
    if number is None:
        assert isinstance(verdict, Refusal)
    else:
        assert isinstance(verdict, License)
        assert verdict.type == number


@pytest.mark.parametrize(
    ("found", "place"),
    [(marks(), "page"), (LicenseMarks(kogl_type=("1",)), "Open API")],
)
def test_a_refusal_by_the_text_names_both(found, place):
    verdict = judge(found, Use(), "정책뉴스", body=["공공누리 제4유형"])
    assert isinstance(verdict, Refusal)
    assert verdict.reason.startswith(
        f"{place} says type 1, its text says type 4, which"
    )
    verdict = judge(found, Use(), "정책뉴스", body=["공공누리 제7유형"])
    reason = f"{place} says type 1, its text says otherwise: unknown license type 7"
    assert verdict == Refusal(reason)


def test_a_page_s_sentences_are_no_notice_for_a_stricter_type():
    """The text says type 2; the page's notice, about type 1, would misstate it."""
    verdict = judge(marks(), body=["이 자료는 공공누리 제2유형입니다."])
    assert verdict == Refusal("no notice known for 보도자료, type 2")


@pytest.mark.parametrize("number", range(5))
def test_the_open_api_s_type_is_enough(number):
    found = LicenseMarks(kogl_type=(f" {number}\n",))
    verdict = judge(found, Use(), "정책뉴스")
    assert isinstance(verdict, License if number == 1 else Refusal)
    if number == 0:
        assert verdict == Refusal("no notice known for 정책뉴스, type 0")


@pytest.mark.parametrize("blank", ["", " \n", "&nbsp;"])
def test_a_blank_type_of_the_open_api_is_no_mark(blank):
    verdict = judge(LicenseMarks(kogl_type=(blank,)), section="정책뉴스")
    assert verdict == Refusal("no license type: KoglType is blank")
    page = replace(marks(), kogl_type=(blank,))
    assert isinstance(judge(page, section="정책뉴스"), License)


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        (("1,4",), "several license types"),
        (("1", "1"), "several license types"),
        (("11",), "several license types"),
        (("1４",), "several license types"),
        (("5",), "unknown license type"),
        (("１",), "unknown license type"),
        (("제유형",), "no license type"),
        (("1 (변경금지)",), "type 1, but"),
    ],
)
def test_the_open_api_must_print_exactly_one_type(printed, reason):
    verdict = judge(LicenseMarks(kogl_type=printed), section="정책뉴스")
    assert isinstance(verdict, Refusal)
    assert reason in verdict.reason


@pytest.mark.parametrize(("page", "api"), [("1", "4"), ("4", "1")])
def test_of_page_and_open_api_the_stricter_decides(page, api):
    found = replace(marks(page, page, page), kogl_type=(api,))
    verdict = judge(found, Use(), "정책뉴스")
    assert isinstance(verdict, Refusal)
    assert verdict.reason.startswith("license type 4 forbids")


def test_a_page_that_contradicts_itself_is_no_whatever_the_open_api_says():
    found = replace(marks("1", "4", "1"), kogl_type=("1",))
    assert isinstance(judge(found, section="정책뉴스"), Refusal)


@pytest.mark.parametrize(
    "section", ["보도자료", "정책뉴스", "사실은 이렇습니다", "브리핑"]
)
def test_an_open_section_says_the_same_by_page_and_by_open_api(section):
    by_api = judge(LicenseMarks(kogl_type=("1",)), section=section)
    assert isinstance(by_api, License)
    assert judge(marks(), section=section) == by_api


def test_a_press_release_of_type_1_bears_the_site_s_notice_whole():
    verdict = judge(marks())
    assert isinstance(verdict, License)
    assert verdict.type == 1
    assert verdict.notice == NOTICES["보도자료", 1]
    assert verdict.notice.endswith("받으셔야 합니다.")


def test_policy_news_has_its_own_notice():
    verdict = judge(marks(), section="정책뉴스")
    assert isinstance(verdict, License)
    assert verdict.notice == NOTICES["정책뉴스", 1]


def test_without_a_known_wording_the_page_s_own_sentences_are_the_notice():
    verdict = judge(marks("2", "2", "2"))
    assert isinstance(verdict, License)
    assert verdict.notice == SENTENCE.format(2) + " 사진은 빼고 쓰세요."


@pytest.mark.parametrize("number", range(5))
def test_the_credit_is_always_the_same(number):
    verdict = judge(marks(*[str(number)] * 3))
    assert isinstance(verdict, License)
    assert verdict.credit == CREDIT == "자료출처=정책브리핑 www.korea.kr"


@pytest.mark.parametrize("notice", NOTICES.values())
def test_notices_are_whole_sentences_on_one_line(notice):
    """A quotation cut with dots is not what the license asks for."""
    assert "…" not in notice
    assert "\n" not in notice
    assert notice.endswith("니다.")


@pytest.mark.captures
def test_notices_are_worded_as_the_site_words_them(captures: Path):
    seen = (captures / "notices.tsv").read_text(encoding="utf-8").replace(" / ", " ")
    seed = (captures / "seed-post.md").read_text(encoding="utf-8")
    assert NOTICES["보도자료", 1] in seen
    assert NOTICES["정책뉴스", 4] in seen
    assert NOTICES["정책뉴스", 1] in seed
    assert CREDIT in seed


@pytest.mark.parametrize(
    "hidden", ["공공\u200b누리", "공공&#45572;리", "\u1100\u1169ᆼ공누리", "공\xad공누리"]
)
def test_a_notice_is_found_whatever_hides_its_letters(hidden):
    """Plain lines are not cleaned to be looked at; these are not plain."""
    text = f"본 저작물은 {hidden} 제4유형 조건에 따라 이용할 수 있습니다."
    assert find_notices([text]) == find_notices([text.replace(hidden, "공공누리")])
    assert find_notices([text])
