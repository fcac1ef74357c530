"""The newsdao profile: the shape of the one model post, with the source's own words."""

import re
from dataclasses import replace
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest
import yaml

from publishers.post import Style, render_post, render_stub
from publishers.seal import is_intact
from scraper.license import CREDIT
from scraper.model import KST, Contact, Heading, License, Ministry, Paragraph, Release
from tests import ruby
from tests.rendering import body_of, front_matter_of
from tests.sample_release import NEWS, PRESS, check_golden, release

STYLE = Style(
    profile="newsdao",
    banner_path="/assets/img/banner.jpg",
    banner_alt="우리소식 속보",
    promo_text="실시간 소식은,",
    promo_url="https://news.example.org",
    promo_rel="dofollow",
    site_name="우리소식",
)

#: A release in the shape of the model post: headings, paragraphs, one contact.
SHAPE = {
    "source": "policy_news",
    "title": "겨울 철새 쉼터 다섯 곳, 새 지킴이 뽑는다",
    "subtitles": (),
    "contacts": (Contact("환경쉼터부 자연정책실 철새과", "044-000-0002"),),
    "attachments": (),
    "body": (
        Heading("쉼터마다 지킴이 둘"),
        Paragraph("철새과는 24일 쉼터 지킴이 10명을 뽑는다고 밝혔다. 3~5월에 일한다."),
        Heading("먹이와 물"),
        Paragraph("지킴이는 <먹이>와 물을 “하루 두 번” 갈고 {{기록}}을 남긴다."),
    ),
}


def head(text: str) -> str:
    return front_matter_of(text)[0]


# --- the shape --------------------------------------------------------------------


def test_post_in_the_shape_of_the_model_is_as_agreed() -> None:
    check_golden("newsdao.md", render_post(release(**SHAPE), NEWS, STYLE).text)


def test_press_release_is_as_agreed() -> None:
    check_golden("newsdao-press.md", render_post(release(), PRESS, STYLE).text)


def test_stub_is_as_agreed() -> None:
    check_golden("newsdao-stub.md", render_stub(release(), STYLE).text)


def test_keys_are_these_five_in_this_order() -> None:
    text = render_post(release(), PRESS, STYLE).text
    keys = ["title", "categories", "excerpt", "feature_text", "image"]
    assert list(front_matter_of(text)[1]) == keys


def test_without_a_banner_there_is_no_image() -> None:
    text = render_post(release(), PRESS, replace(STYLE, banner_path="")).text
    assert "image" not in front_matter_of(text)[1]
    assert "<img" not in text


def test_without_a_promo_the_credit_is_last() -> None:
    text = render_post(release(), PRESS, replace(STYLE, promo_url="")).text
    assert text.endswith("산림청 보도자료)</b></p>\n")


def test_feature_text_is_the_operators_heading_and_the_excerpt() -> None:
    style = replace(
        STYLE, feature_heading="## {site_name}: {지금}", site_name="새 소식"
    )
    fields = front_matter_of(render_post(release(), PRESS, style).text)[1]
    assert fields["feature_text"] == f"## 새 소식: {{지금}}\n{fields['excerpt']}"


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("새 쉼터, 다섯 곳", "title: 새 쉼터, 다섯 곳"),
        ("[보도자료] 새 쉼터", 'title: "[보도자료] 새 쉼터"'),
        ("쉼터: 다섯 곳", 'title: "쉼터: 다섯 곳"'),
        ("2026. 11. 23. 문 연다", 'title: "2026&#46; 11. 23. 문 연다"'),
    ],
)
def test_quotes_stand_where_a_reader_might_differ(title: str, line: str) -> None:
    assert line in head(render_post(release(title=title), PRESS, STYLE).text)


def test_lists_and_tables_keep_to_elements() -> None:
    body = body_of(render_post(release(), PRESS, STYLE).text)
    names = set(re.findall(r"<([a-z0-9]+)", body))
    assert names <= {
        *("p", "img", "h2", "h3", "ul", "li", "br", "table", "tbody", "tr", "td"),
        *("a", "b"),
    }


@pytest.mark.ruby
def test_ruby_reads_the_front_matter_as_python_does() -> None:
    texts = [
        render_post(made, PRESS, STYLE).text
        for made in (release(), release(**SHAPE), release(title="- '가' : # 나"))
    ]
    heads = [head(text) for text in texts]
    assert ruby.load_yaml(heads) == [yaml.safe_load(text) for text in heads]


# --- the model post itself --------------------------------------------------------


def seed_blocks(text: str) -> list[str]:
    return [part for part in body_of(text).split("\n\n") if part.strip()]


def inner(block: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", block))


def release_of(seed: str) -> Release:
    """Build the release the model post was made of, as far as that still shows it.

    Its headings were invented by a language model, so they are no part of a release.
    """
    blocks = seed_blocks(seed)
    notice = next(n for n, block in enumerate(blocks) if "공공누리" in block)
    paragraphs = [
        inner(block)
        for block in blocks[:notice]
        if block.startswith("<p data-ke") and "&nbsp;" not in block
    ]
    table = next(block for block in blocks if block.startswith("<table>"))
    unit, telephone = re.findall(r"<b>([^<(]+)\(([\d-]+)\)</b>", table)[0]
    title = yaml.safe_load(head(seed))["title"]
    when = datetime(2024, 6, 24, 16, 20, tzinfo=KST)
    return release(
        source="policy_news",
        news_id="148900001",
        canonical_url="https://www.korea.kr/news/policyNewsView.do?newsId=148900001",
        title=title,
        subtitles=(),
        published_at=when,
        available_at=when,
        ministry=Ministry("중소벤처기업부", "", "중소벤처기업부"),
        contacts=(Contact(unit, telephone),),
        body=tuple(Paragraph(text) for text in paragraphs),
        attachments=(),
    )


def style_of(seed: str) -> Style:
    """Read the operator's own texts off the model post, as a config states them."""
    image = re.search(r'<img src="([^"]+)" alt="([^"]+)"', seed)
    promo = re.search(r'^(.+,) <a href="([^"]+)" rel="([^"]+)">', seed, re.MULTILINE)
    site = re.search(r"^  ## (\S+) 실시간", seed, re.MULTILINE)
    assert image
    assert promo
    assert site
    return Style(
        profile="newsdao",
        banner_path=image[1],
        banner_alt=image[2],
        promo_text=promo[1],
        promo_url=promo[2],
        promo_rel=promo[3],
        site_name=site[1],
    )


@pytest.fixture(scope="module")
def seed(captures: Path) -> str:
    return (captures / "seed-post.md").read_text("utf-8")


@pytest.fixture(scope="module")
def made(seed: str) -> str:
    notice = next(inner(b) for b in seed_blocks(seed) if "공공누리" in b)
    license = License(1, notice, CREDIT)
    return render_post(release_of(seed), license, style_of(seed)).text


@pytest.mark.captures
def test_front_matter_is_the_models_line_by_line(seed: str, made: str) -> None:
    """Keys, order and YAML style. Allowed: the excerpt's words, and the seal."""
    mine, theirs = head(made).splitlines(), head(seed).splitlines()
    assert mine[-1].startswith("# bodojaryo 148900001 r1 2024-06-24T16:20:00+09:00 ")
    assert len(mine) - 1 == len(theirs)
    different = [n for n, line in enumerate(theirs) if line != mine[n]]
    # 1. The model's excerpt is invented; ours is the first sentences. It stands in
    #    ``excerpt`` (line 4) and under the heading of ``feature_text`` (line 8).
    assert different == [4, 8]
    assert mine[4] == mine[8]
    first = next(b for b in seed_blocks(seed) if b.startswith("<p data-ke"))
    assert inner(first).startswith(mine[4].strip().rstrip("…"))
    assert is_intact(made)  # 2. The seal is ours.


@pytest.mark.captures
def test_body_is_the_models_block_by_block(seed: str, made: str) -> None:
    """Allowed: no invented headings, a link on the credit, one line end at the end."""
    theirs, mine = seed_blocks(seed), seed_blocks(made)
    # 3. Five headings are invented: no release has them.
    headings = [block for block in theirs if block.startswith("<h2 ")]
    assert len(headings) == 5
    theirs = [block for block in theirs if block not in headings]
    assert len(mine) == len(theirs)
    assert mine[:-1] == theirs[:-1]
    # 4. The credit leads to the article.
    address = release_of(seed).canonical_url
    link = f'<a href="{address}">{CREDIT}</a>'
    assert mine[-1].rstrip("\n") == theirs[-1].rstrip("\n").replace(CREDIT, link)
    # 5. The model ends in empty lines.
    assert made.endswith("</a>\n")


@pytest.mark.captures
def test_the_models_notice_is_the_one_we_know(seed: str, made: str) -> None:
    assert NEWS.notice in seed
    assert made.count(NEWS.notice) == made.count(CREDIT) == 1


@pytest.mark.captures
def test_headings_of_a_release_look_like_the_models(seed: str) -> None:
    """Given as subtitles they would make the model's own heading blocks."""
    headings = [b for b in seed_blocks(seed) if b.startswith("<h2 ")]
    with_headings = replace(
        release_of(seed), body=tuple(Heading(inner(block)) for block in headings)
    )
    text = render_post(with_headings, NEWS, style_of(seed)).text
    assert [b for b in seed_blocks(text) if b.startswith("<h2 ")] == headings
