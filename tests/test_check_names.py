"""Names of files, and posts that are one."""

import unicodedata
from dataclasses import replace

import pytest

from publishers.post import render_post, render_stub
from publishers.profiles import Style
from publishers.profiles.houses import HOUSES
from scraper.model import License, Paragraph
from tests.checking import HEAD, check, check_all, post, repaired, rules
from tests.sample_release import NEWS, PRESS, release


def test_a_post_needs_a_day_in_its_name_or_its_front_matter() -> None:
    """Jekyll leaves out what has none in its name; others ask for a date."""
    assert rules(post(), "_posts/새.md") == {"name-day", "name-ascii"}
    assert rules(post(), "content/new-road.md") == {"name-day"}
    dated = post(head=HEAD + "date: 2026-11-20\n")
    assert rules(dated, "content/new-road.md") == set()
    assert rules(dated, "_posts/new-road.md") == {"name-day"}
    assert rules(dated, "content/new-road.md", profile="hugo") == set()
    assert rules(post(), "_posts/2026-02-30-1.md") == {"name-day"}


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("_posts/새길/2026-11-20-1.md", "name-ascii"),
        ("_posts/con/2026-11-20-1.md", "name-reserved"),
        ("_posts/LPT1.old/2026-11-20-1.md", "name-reserved"),
        ("_posts/2026-11-20-a:b.md", "name-reserved"),
        ("_posts/a. /2026-11-20-1.md", "name-reserved"),
        (f"_posts/2026-11-20-{'a' * 200}.md", "name-long"),
    ],
)
def test_names_that_some_systems_refuse_are_told(path: str, rule: str) -> None:
    assert rules(post(), path) == {rule}


def twin(number: int, **changes: str) -> str:
    words = {"title": f"길 {number}", "id": str(148000000 + number)} | changes
    address = f"https://www.example.go.kr/v?newsId={words['id']}"
    head = f'title: "{words["title"]}"\ncanonical_url: "{address}"\n'
    return post(words.get("text", f"길 {number}이 열린다. " * 30), head=head)


def found(posts: dict[str, str]) -> list[tuple[str, str]]:
    return [(finding.rule, finding.path) for finding in check_all(posts)]


ONE, TWO, THREE = (f"_posts/2026-11-{day}-a.md" for day in (18, 19, 20))


def test_posts_that_differ_are_no_twins() -> None:
    assert found({ONE: twin(1), TWO: twin(2), THREE: twin(3)}) == []


def test_two_posts_of_one_release_are_told() -> None:
    posts = {ONE: twin(1), TWO: twin(2, id="148000001")}
    assert found(posts) == [("twin-id", TWO), ("twin-source", TWO)]
    assert ONE in check_all(posts)[0].message


def test_one_title_on_one_day_is_told() -> None:
    same_day = ONE.replace("-a", "-b")
    assert found({ONE: twin(1), same_day: twin(2, title="길 1")}) == [
        ("twin-title", same_day)
    ]
    assert found({ONE: twin(1), TWO: twin(2, title="길 1")}) == []


def test_one_text_is_told_whatever_is_around_it() -> None:
    text = "새 길이 열린다고 새길부가 말했다. " * 20
    posts = {ONE: twin(1, text=text), TWO: twin(2, text=f"<b>{text}</b>\n\n[길](/a)")}
    assert found(posts) == [("twin-body", TWO)]
    assert found({ONE: twin(1, text="짧다."), TWO: twin(2, text="짧다.")}) == []


def test_one_named_source_is_told() -> None:
    """``출처:`` with a link, as sites have it that name no id."""
    source = "출처: [길](https://news.example/4)"
    posts = {
        path: post(
            f"{source}\n\n{number}번 길이 열린다.", head=f'title: "길 {number}"\n'
        )
        for number, path in enumerate((ONE, TWO))
    }
    assert found(posts) == [("twin-source", TWO)]


def test_a_post_without_id_and_address_is_told() -> None:
    assert rules(post(head='title: "길"\n')) == {"source-missing"}
    named = post("출처: [길](https://news.example/4)", head='title: "길"\n')
    assert rules(named) == set()
    spelt = post(
        "원문 https://www.korea.kr/a.do?newsId=148000001", head='title: "길"\n'
    )
    assert rules(spelt) == set()


@pytest.mark.parametrize("form", ["NFD", "capitals"])
def test_names_that_are_one_to_some_systems_are_told(form: str) -> None:
    name = "_posts/2026-11-20-길a.md"
    other = (
        unicodedata.normalize("NFD", name) if form == "NFD" else name.replace("a", "A")
    )
    findings = check_all({name: twin(1), other: twin(2)})
    twins = [finding for finding in findings if finding.rule == "name-twin"]
    assert len(twins) == 1
    assert ("NFD" if form == "NFD" else "capital") in twins[0].message


def ours(profile: str, **style: str) -> str:
    return render_post(
        release(),
        PRESS,
        Style(profile=profile, **style),  # type: ignore[arg-type]
    ).text


PROFILES = sorted({"plain", "newsdao", *HOUSES})


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("license", [PRESS, NEWS], ids=["press", "news"])
def test_posts_of_ours_have_no_findings_and_are_left_alone(
    profile: str, license: License
) -> None:
    """Whatever the check asks of others, our own posts do."""
    told = release()
    if license is NEWS:
        address = told.canonical_url.replace("pressRelease", "policyNews")
        told = replace(told, canonical_url=address)
    made = render_post(told, license, Style(profile=profile))
    findings = check(made.text, made.path, profile=profile)
    assert findings == []
    assert repaired(made.text, made.path).content == made.text.encode()


def test_a_page_may_word_its_notice_and_show_an_escape() -> None:
    """We publish both as they are; in a post of others they would be defects."""
    own = replace(PRESS, notice="이 자료는 공공누리 제1유형에 따라 이용할 수 있습니다.")
    told = replace(release(), body=(Paragraph("글자 &middot; 를 쓴다고 밝혔다."),))
    made = render_post(told, own, Style())
    assert check(made.text, made.path) == []
    edited = made.text.replace("쓴다고", "쓰겠다고")
    assert rules(edited, made.path) == {"seal-broken", "notice-altered", "entity-twice"}


@pytest.mark.parametrize("profile", PROFILES)
def test_a_stub_of_ours_owes_nothing(profile: str) -> None:
    """It has title, ministry, date and link, and no text to credit."""
    made = render_stub(release(), Style(profile=profile))
    assert check(made.text, made.path, profile=profile) == []


def test_a_post_of_ours_that_was_edited_is_told_and_mended_as_any() -> None:
    """It keeps its seal, which stays broken: a person was here."""
    text = ours("plain").replace("\n\n", "\n\n새\u200b 줄.\n\n", 1)
    findings = check(text)
    assert {f.rule: f.level for f in findings if f.rule.startswith("seal")} == {
        "seal-broken": "note"
    }
    made = repaired(text)
    assert made.edited
    assert made.content.decode() == text.replace("\u200b", "")


def test_a_whole_post_of_ours_is_left_alone_whatever_is_in_it() -> None:
    """Its promotion may carry what we would mend elsewhere."""
    promo = {"promo_url": "https://a.example/?utm_source=b", "promo_text": "길"}
    text = ours("newsdao", **promo)
    findings = [f for f in check(text) if f.rule == "link-tracking"]
    assert [f.mechanical for f in findings] == [False]
    assert repaired(text).content == text.encode()
