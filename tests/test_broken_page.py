"""Pages whose body breaks out of its box, or has its words moved by a browser."""

from datetime import datetime

import pytest

from scraper.blocks import leaves
from scraper.body import needs_rebuilding, read_body
from scraper.model import KST, Entry, Page
from scraper.removals import take_out
from scraper.sources.broken_page import mend
from scraper.sources.policy_news import BRIEFING, FACT_CHECK, POLICY_NEWS
from tests.rendering import solid
from tests.replica import make_site
from tests.replica.article_probe import article_page, every_article

FRAME = (
    "<script>var view_cont = 'article_footer';</script><div class='x'>"
    '<div class="article_body"><div id="a" class="big view_cont">{}</div>\n</div>'
    '<!-- 끝 --><div class="article_footer">license</div></div>'
)

SECTIONS = {"policy": POLICY_NEWS, "fact": FACT_CHECK, "brief": BRIEFING}
SITE = make_site(seed=4, articles=250, golden=True)
IDS = [i for i in every_article(SITE) if SITE.expected_article(i).section in SECTIONS]


def page(text: str) -> Page:
    now = datetime(2026, 12, 31, tzinfo=KST)
    return Page("https://www.korea.kr/", text, text.encode(), "text/html", now)


def whole(body: str) -> Page:
    return page(FRAME.format(body))


@pytest.mark.parametrize(
    "body",
    [
        "<p>글</p>",
        "<div><div>글</div></div><table><tr><td>가</td></tr></table>",
        "<iframe src='a'></iframe><p class='remark'>글</p>",
    ],
)
def test_a_sound_page_is_left_as_it_is(body: str) -> None:
    given = whole(body)
    assert mend(given) is given


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<p>글</p>",
        '<div class="view_cont"><table>글</table>',
        '<div class="article_footer"></div><div class="view_cont"><table>글',
        '<div class="view_content"></div></div></div><div class="article_footer">',
    ],
)
def test_a_page_without_both_boxes_is_left_as_it_is(text: str) -> None:
    given = page(text)
    assert mend(given) is given


@pytest.mark.parametrize("many", [1, 2, 5])
def test_a_body_that_ends_its_box_early_is_put_back(many: int) -> None:
    """On a page all that follows would stand outside, and be lost."""
    made = mend(whole("<p>앞</p>" + "</div>" * many + "<p>뒤</p>")).text
    assert made == FRAME.format("").replace(
        "</div>\n</div><!-- 끝 -->", "<p>앞</p><p>뒤</p>\n</div></div>\n"
    )


def test_text_loose_in_a_table_stays_where_it_is() -> None:
    made = mend(whole("<table><tr><td>가</td></tr>나</table>"))
    assert "<table><tr><td>가</td></tr></table><div>나</div>" in made.text
    assert made.body == made.text.encode()


@pytest.mark.parametrize("news_id", IDS)
def test_a_page_gives_the_whole_text_in_order(news_id: str) -> None:
    """Of articles of every style and damage, letter for letter."""
    truth = SITE.expected_article(news_id)
    section = SECTIONS[truth.section]
    entry = Entry(
        section.name, news_id, truth.view, truth.title, "", "", truth.listed_on
    )
    raw = section.parse_release(page(article_page(SITE, news_id)), entry)
    # The parser has written it: it is read as it is, and a second look finds nothing.
    assert raw.body_is_sound
    assert not needs_rebuilding(raw.body_html)
    blocks, _ = take_out(read_body(raw.body_html, sound=True))
    assert blocks == take_out(read_body(raw.body_html))[0]
    read = "".join(text for block in blocks for text in leaves(block))
    assert solid(read) == solid("".join(truth.lines))
