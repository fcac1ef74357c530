"""Credit, notice and license of posts that anybody may have made."""

import pytest

from publishers.check.credit_words import credits_alike, find_credits
from scraper.license import CREDIT, NOTICES
from tests.checking import FOOT, HEAD, NOTICE, check, mended, post, rules

#: Spellings as sites have them, as a reader sees them.
SPELLINGS = [
    "자료출처 : 정책브리핑",
    "자료출처: 정책브리핑 www.korea.kr",
    "자료출처=정책브리핑 https://www.korea.kr",
    "자료출처=정책브리핑 https://www.korea.kr/",
    "자료출처=정책브리핑 https://https://www.korea.kr",
    "자료출처=정책브리핑(www.korea.kr)",
    "자료출처 = 정책브리핑 (www.korea.kr)",
    "자료출처=정책브리핑 korea.kr",
    "자료출처＝정책브리핑 www.korea.kr",
    "자료 출처: 정책브리핑, www.korea.kr",
    "출처: 정책브리핑",
    "출처 : 정책 브리핑 www.korea.kr",
    "출처=정책브리핑 www.korea.kr",
    "정보 출처: 정책브리핑",
    "자료제공: 정책브리핑 www.korea.kr",
    "자료출처 정책브리핑 www.korea.kr",
]
#: With tags in them; what is left around the credit.
TAGGED = [
    "<b>자료출처:</b> 정책브리핑 https://www.korea.kr",
    '자료출처 : 정책브리핑 <a href="https://www.korea.kr/">www.korea.kr</a>',
    '<span style="color: red;">자료출처=정책브리핑 </span>',
    '<a href="https://www.korea.kr">자료출처=정책브리핑 https://www.korea.kr</a>',
    '출처: <a href="https://www.korea.kr">정책브리핑</a>',
    '출처: <b>정책브리핑</b> (<a href="https://www.korea.kr">www.korea.kr</a>)',
]


def foot(credit: str, notice: str = NOTICE) -> str:
    return f"{notice}\n\n{credit}\n"


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_credit_is_known_however_it_is_spelt_and_worded_as_asked(
    spelling: str,
) -> None:
    text = post(foot=foot(spelling))
    findings = check(text)
    assert {f.rule for f in findings} == {"credit-spelling"}
    assert all(f.mechanical for f in findings)
    assert mended(text) == post(foot=foot(CREDIT))


@pytest.mark.parametrize("spelling", TAGGED)
def test_tags_within_a_credit_stay(spelling: str) -> None:
    made = mended(post(foot=foot(spelling)))
    assert rules(made) == set()
    assert made.count("<") == spelling.count("<")


@pytest.mark.parametrize(
    "sentence",
    [
        "출처: 정책브리핑에 따르면 새 길이 열린다.",
        "출처 정책브리핑 자료를 보았다.",
        "자세한 내용은 정책브리핑(www.korea.kr)에서 볼 수 있다.",
        "출처: 정책브리핑 자료를 다시 엮었다",
    ],
)
def test_a_sentence_is_no_credit(sentence: str) -> None:
    assert find_credits(sentence, 0) == []
    assert credits_alike(sentence) == sentence


def test_blanks_that_look_alike_are_alike() -> None:
    for blank in ("  ", "&nbsp;"):
        assert rules(post(foot=foot(CREDIT.replace(" ", blank)))) == set()


@pytest.mark.parametrize("around", ["({})", "[{}]", "<{}>", "&lt;{}&gt;", "**{}**"])
def test_brackets_around_a_credit_are_no_matter(around: str) -> None:
    assert rules(post(foot=foot(around.format(CREDIT)))) == set()


def test_a_credit_with_an_articles_address_is_left_to_a_person() -> None:
    """Its address is what leads to the article; the wording asked for has none."""
    address = "https://www.korea.kr/news/policyNewsView.do?newsId=148000001"
    (finding,) = check(post(foot=foot(f"자료출처: 정책브리핑 {address}")))
    assert (finding.rule, finding.mechanical) == ("credit-spelling", False)


def test_a_credit_with_half_a_bracket_is_left_to_a_person() -> None:
    (finding,) = check(post(foot=foot("자료출처=정책브리핑 (www.korea.kr")))
    assert (finding.rule, finding.mechanical) == ("credit-spelling", False)


def test_a_second_credit_is_told() -> None:
    assert rules(post(foot=f"{FOOT}\n{CREDIT}\n")) == {"credit-twice"}


@pytest.mark.parametrize(
    "body",
    [
        "정책브리핑의 자료에 따랐다.",
        "출처: [새 길이 열린다 - 국토교통부](https://news.example/1)",
        "문의: 국토교통부 도로정책과(044-201-0000)",
    ],
)
def test_a_text_of_the_site_without_credit_and_notice_is_told(body: str) -> None:
    """It speaks of the site, names a ministry as source, or has its contact."""
    found = rules(post(body, foot=""))
    assert {"credit-missing", "notice-missing"} <= found


def test_a_text_of_somebody_else_needs_no_credit() -> None:
    assert rules(post("어제 비가 왔다. 문의: bee@korea.kr", foot="끝.\n")) == set()


def test_a_credit_in_the_excerpt_alone_is_told_as_such() -> None:
    head = HEAD + f'excerpt: "새 길. ({CREDIT})"\n'
    findings = {f.rule: f.message for f in check(post(head=head, foot=""))}
    assert set(findings) == {"credit-missing", "notice-missing", "excerpt-notice"}
    assert "only the excerpt" in findings["credit-missing"]


@pytest.mark.parametrize("notice", sorted(set(NOTICES.values())))
def test_every_notice_of_ours_is_whole(notice: str) -> None:
    found = rules(post(foot=foot(CREDIT, notice)))
    assert "notice-altered" not in found
    assert "notice-missing" not in found


@pytest.mark.parametrize(
    "notice",
    [
        NOTICE.partition("다만")[0],
        NOTICE.replace("이용이 가능합니다", "이용할 수 있습니다"),
        "본 블로그는 공공누리 제1유형에 따라 제작되었다.",
        "출처 : 공공누리 제1유형",
    ],
)
def test_a_notice_that_is_not_whole_is_told(notice: str) -> None:
    assert rules(post(foot=foot(CREDIT, notice))) == {"notice-altered"}


@pytest.mark.parametrize(
    ("head", "notice"),
    [
        ('license: {id: "KOGL-4"}\n', NOTICE),
        ('license: "공공누리 제2유형"\n', NOTICE),
        ("", NOTICE.replace("출처표시」", "출처표시+변경금지」")),
        ("", f"{NOTICE}\n\n공공누리 제0유형의 조건에 따라 이용할 수 있습니다."),
    ],
)
def test_a_notice_that_contradicts_is_told(head: str, notice: str) -> None:
    assert "notice-differs" in rules(post(head=HEAD + head, foot=foot(CREDIT, notice)))


def test_a_license_that_agrees_is_no_contradiction() -> None:
    head = HEAD + 'license: {id: "KOGL-1", name: "공공누리 제1유형"}\n'
    assert rules(post(head=head)) == set()


def test_a_press_release_under_the_notice_of_policy_news_is_told() -> None:
    address = "https://www.korea.kr/briefing/pressReleaseView.do?newsId=148000001"
    head = f'title: "가"\ncanonical_url: "{address}"\n'
    assert rules(post(head=head)) == {"notice-differs"}


AD = "<a href='https://shop.example' rel='dofollow'>shop</a>"


@pytest.mark.parametrize("ad", [AD, '<ins class="adsbygoogle"></ins>'])
def test_type_4_beside_advertisements_is_told(ad: str) -> None:
    found = rules(post(ad, foot=foot(CREDIT, NOTICES["정책뉴스", 4])))
    assert found == {"license-commerce", "license-changes"}


def test_type_1_may_stand_beside_advertisements() -> None:
    assert rules(post(AD)) == set()


def test_type_4_without_advertisements_must_be_compared() -> None:
    found = rules(post(foot=foot(CREDIT, NOTICES["정책뉴스", 4])))
    assert found == {"license-changes"}
