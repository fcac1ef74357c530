"""What a language model or a publishing tool left; contacts; rebuttals."""

import pytest

from tests.checking import HEAD, check, post, rules


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("죄송하지만 그 기사는 작성할 수 없습니다.", "model-refusal"),
        ("AI 언어 모델로서 의견을 드릴 수 없습니다.", "model-refusal"),
        ("I'm sorry, but I can't help with that.", "model-refusal"),
        ("As an AI language model, I do not know.", "model-refusal"),
        ("Error code: 429 - {'error': {'message': 'Rate limit'}}", "model-error"),
        ("openai: context_length_exceeded", "model-error"),
        ("Traceback (most recent call last)", "model-error"),
        ("새 길이 열린다. (150자)", "model-prompt"),
        ("최소 2500자 이상이 되도록 작성해주세요.", "model-prompt"),
        ("다음 기사를 바탕으로 요약해 드리겠습니다.", "model-prompt"),
        ("요청하신 대로 바꾸었습니다.", "model-prompt"),
        ("Sure! Here is the article:", "model-prompt"),
        ("메타 설명: 새 길이 열린다", "model-prompt"),
        ("[기관명]은 새 길을 연다.", "model-prompt"),
        ("기사작성 : 관리자", "tool-left"),
    ],
)
def test_what_no_person_wrote_for_readers_is_told(text: str, rule: str) -> None:
    (finding,) = check(post(text))
    assert (finding.rule, finding.line, finding.mechanical) == (rule, 8, False)


@pytest.mark.parametrize(
    "text",
    [
        "죄송하다고 말했다.",
        "정부는 AI 언어모델을 만든다.",
        "보고서를 작성해야 한다.",
        "응모작은 2000자 이내로 한다.",
        "결론: 새 길을 연다.",
        "오류가 나면 다시 한다.",
        "[새길부] 발표",
        "관리자가 기사를 썼다",
    ],
)
def test_news_about_such_things_is_no_defect(text: str) -> None:
    assert check(post(text)) == []


def test_titles_and_excerpts_are_read_too() -> None:
    head = HEAD + 'excerpt: "새 길이 열린다. (150자)"\n'
    (finding,) = check(post(head=head))
    assert (finding.rule, finding.line) == ("model-prompt", 4)


def table(*rows: str) -> str:
    cells = "\n".join(f"<tr><td><b>{row}</b></td></tr>" for row in rows)
    return f"<table>\n{cells}\n</table>"


@pytest.mark.parametrize(
    "text", [table("문의", "새길부 길 과"), "문의: 새길부 길 과", "**문의처** : 새길부"]
)
def test_contacts_without_a_number_are_told(text: str) -> None:
    assert rules(post(text)) == {"contact-number"}


@pytest.mark.parametrize(
    "text",
    [
        table("문의", "새길부 길 과(044-000-0000)"),
        table("문의", "새길부 길 과 1588-0000"),
        "문의: 새길부 길 과 02) 000-0000",
        "문의 : 새길부 길 과(☎1355)",
        "문의: 새길부\n전화 044-000-0000",
        "문의: road@a.example",
        "자세한 것은 문의하면 된다.",
        table("종류", "문의 건수"),
    ],
)
def test_contacts_with_one_are_no_defect(text: str) -> None:
    assert check(post(text)) == []


REBUTTAL = "새 길이 늦어진다는 보도는 사실과 다르다."


def test_a_rebuttal_without_its_parts_is_told() -> None:
    """A reader takes what the ministry denies for what it says."""
    assert rules(post(REBUTTAL)) == {"rebuttal-shape"}


@pytest.mark.parametrize(
    "text",
    [
        f"## 보도 내용\n\n늦어진다.\n\n## 새길부 설명\n\n{REBUTTAL}",
        f"[기사 내용]\n\n늦어진다.\n\n[새길부 입장]\n\n{REBUTTAL}",
        "□ 보도내용\n\n늦어진다.\n\n□ 설명내용\n\n" + REBUTTAL,
        "계획은 아직 확정되지 않았다.",
    ],
)
def test_a_rebuttal_with_them_is_no_defect(text: str) -> None:
    assert check(post(text)) == []
