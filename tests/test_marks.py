"""What a post says of its own history, in every profile, and how it is read back."""

from datetime import datetime, timedelta

import pytest
import yaml

from publishers.git.commit import message
from publishers.marks import mark_fields, mark_line, read_history
from publishers.post import Style, render_post, render_stub
from publishers.profiles.houses import HOUSES
from publishers.pull_text import read_row
from publishers.seal import is_intact, seal
from scraper.license import CREDIT
from scraper.model import KST, Correction, History, Post
from tests.rendering import body_of, front_matter_of
from tests.sample_release import PRESS, release

PROFILES = tuple(HOUSES)
#: What profiles call the time of the last change, if not ``last_modified_at``.
CHANGED = {"hugo": "lastmod", "eleventy": "updated", "astro": "updatedDate"}
AT = datetime(2026, 11, 24, 16, 20, 5, tzinfo=KST)
LATER = AT + timedelta(days=1)

CORRECTED = History(2, (Correction(AT, "numbers"),))
WITHDRAWN = History(3, (Correction(AT, "text"),), withdrawn_at=LATER)
RESTRICTED = History(2, (Correction(AT, "metadata"),), restricted_at=AT)
LINKED = History(corrects="156900000", same_title_as=("156899990", "156899999"))


def post(history: History, profile: str = "plain", **style: str) -> Post:
    chosen = Style(profile=profile, **style)  # type: ignore[arg-type]
    return render_post(release(history=history), PRESS, chosen)


def fields(text: str) -> dict[str, object]:
    loaded = yaml.safe_load(front_matter_of(text)[0])
    assert isinstance(loaded, dict)
    return loaded


@pytest.mark.parametrize("profile", PROFILES)
def test_a_post_nothing_happened_to_says_nothing(profile: str) -> None:
    text = post(History(), profile).text
    assert "※ 이 글" not in text
    assert not {"corrections", "withdrawn_at", "last_modified_at"} & set(fields(text))


def test_newsdao_has_its_five_keys_first_and_nothing_before_them() -> None:
    keys = [*fields(post(CORRECTED, "newsdao", banner_path="/a.jpg").text)]
    five = ["title", "categories", "excerpt", "feature_text", "image"]
    assert keys == [*five, "last_modified_at", "corrections"]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_correction_is_told_once_under_the_credit(profile: str) -> None:
    text = post(CORRECTED, profile, promo_url="https://news.example.org").text
    line = "※ 이 글은 2026-11-24 16:20에 원문의 수정에 따라 고쳐졌습니다."
    body = body_of(text)
    assert body.count(line) == 1
    assert body.index(CREDIT) < body.index(line) < body.rindex("news.example.org")
    at = fields(text)["corrections"]
    assert at == [{"at": AT.replace(microsecond=0), "class": "numbers"}]
    if profile == "mkdocs-material":
        assert fields(text)["date"] == {
            "created": release().available_at,
            "updated": AT,
        }
    else:
        assert fields(text)[CHANGED.get(profile, "last_modified_at")] == AT
    assert ("last_modified_at" in fields(text)) == (
        profile not in {*CHANGED, "mkdocs-material"}
    )
    assert is_intact(text)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    ("history", "key", "words"),
    [
        (WITHDRAWN, "withdrawn_at", "2026-11-25 16:20에 정책브리핑에서 내려간"),
        (RESTRICTED, "license_changed_at", "이용 조건이 바뀐"),
    ],
)
def test_what_else_happened_is_told_in_one_line(
    profile: str, history: History, key: str, words: str
) -> None:
    text = post(history, profile).text
    assert key in fields(text)
    assert words in text
    assert text.count("※ 이 글은") + text.count(words) == 1


@pytest.mark.parametrize("profile", PROFILES)
def test_a_stub_tells_it_too(profile: str) -> None:
    stub = render_stub(release(history=WITHDRAWN), Style(profile=profile))
    assert mark_line(WITHDRAWN) in stub.text
    assert is_intact(stub.text)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_corrected_release_is_linked(profile: str) -> None:
    text = post(LINKED, profile).text
    assert fields(text)["corrects"] == "156900000"
    assert "newsId=156900000" in body_of(text)


def test_twins_are_named_in_plain_only() -> None:
    assert fields(post(LINKED).text)["same_title_as"] == ["156899990", "156899999"]
    assert "same_title_as" not in fields(post(LINKED, "newsdao").text)


@pytest.mark.parametrize("history", [History(), CORRECTED, WITHDRAWN, RESTRICTED])
@pytest.mark.parametrize("profile", PROFILES)
def test_a_post_tells_its_history_to_a_program_that_forgot_it(
    profile: str, history: History
) -> None:
    read = read_history(post(history, profile).text)
    assert read is not None
    again = post(read, profile).text
    assert again == post(history, profile).text


def test_links_are_read_back() -> None:
    assert read_history(post(LINKED).text) == LINKED


@pytest.mark.parametrize(
    "head",
    [
        "corrections: 7",
        "corrections: [7, {at: gestern, class: text}, {class: text}]",
        "corrections: [{at: 2026-11-24T16:20:05+09:00, class: other}]",
        "withdrawn_at: 2026-11-24",
        "withdrawn_at: 2026-13-40T00:00:00+09:00",
        "corrects: {",
    ],
)
def test_keys_that_somebody_spoiled_are_left_out(head: str) -> None:
    text = seal(f"---\n{head}\n---\n\n글\n", "1", 4, AT)
    assert read_history(text) == History(4)


def test_a_post_without_seal_has_no_history() -> None:
    assert read_history("---\ntitle: 글\n---\n\n글\n") is None


def test_commit_and_pull_request_tell_why_a_post_is_written_again() -> None:
    corrected = Post("1", "_posts/a.md", "", "제목", because="correction")
    fresh = Post("2", "_posts/b.md", "", "제목")
    said = message("news", [corrected, fresh])
    assert "\n- [correction] 제목 (1)\n- 제목 (2)\n" in said
    row = read_row("1", "_posts/a.md", post(WITHDRAWN).text, on_base=True)
    assert row.kind == "withdrawn"


def test_times_are_told_in_korea() -> None:
    told = mark_line(History(2, (Correction(AT.astimezone(), "text"),)))
    assert "2026-11-24 16:20" in told
    assert mark_fields(History()) == {}
