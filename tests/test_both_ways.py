"""One article by its page and by the Open API: the same post, in the model's shape."""

import re
from collections.abc import Iterator
from datetime import datetime
from html import escape
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from publishers.post import Style, render_post
from scraper.documents import extract
from scraper.model import KST, Attachment, Download, Entry, Page, Use
from scraper.prepare import Ready, Rules, prepare
from scraper.sources.policy_news import POLICY_NEWS
from tests.newsroom import Newsroom
from tests.rendering import body_of, front_matter_of
from tests.replica import golden, replica
from tests.sample_release import check_golden

KEY = "a-key-of-the-replica"
NOW = "2026-11-24T18:00:00+09:00"
SETTINGS = """\
post:
  profile: newsdao
  site_name: 우리소식
  banner: {path: /assets/img/banner.jpg, alt: 우리소식 속보}
  promo: {text: "실시간 소식은,", url: "https://news.example.org", rel: dofollow}
"""

Capsys = pytest.CaptureFixture[str]


@pytest.mark.replica
def test_the_same_release_by_page_and_by_api_is_the_same_post(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    monkeypatch.setenv("A_KEY", KEY)
    days = "2026-11-24..2026-11-24"
    posts = {}
    with replica(
        seed=2, days=days, releases=0, articles=12, golden=True, api_key=KEY
    ) as site:
        for source in ("policy_news", "open_api"):
            api = f"open_api: {{base_url: '{site.base_url}', key_env: A_KEY}}\n"
            settings = f"sources: [{source}]\n{api}{SETTINGS}"
            site.requests.clear()
            newsroom = Newsroom(tmp_path / source, site.base_url, settings)
            result = newsroom.scrape("--since", "1d", now=NOW, capsys=capsys)
            assert result.code == 0, result.err
            posts[source] = newsroom.posts()
        assert {seen.kind for seen in site.requests} == {"api"}, "it has all of them"
    both = posts["policy_news"].keys() & posts["open_api"].keys()
    assert golden.NEWS_ID in both
    assert len(both) > 3
    for news_id in both:
        assert posts["policy_news"][news_id] == posts["open_api"][news_id]
    check_golden("newsdao-article.md", posts["open_api"][golden.NEWS_ID])


# --- the model post ---------------------------------------------------------------

SEED_ID = "148900001"
PAGE = """<html><head><title>{title} | 정책브리핑</title>
<link rel="canonical" href="https://www.korea.kr/news/policyNewsView.do?newsId={id}"/>
<script type="application/ld+json">{{"@type": "NewsArticle",
"datePublished": "2024-06-24T16:20:00+09:00", "author": {{"name": "중소벤처기업부"}}}}
</script></head><body><div class="view_title"><h1>{title}</h1></div>
<div class="article_head"><div class="info"><span>2024.06.24</span></div></div>
<div class="article_body"><div class="view_cont">{body}</div></div>
<div class="article_footer"><div class="kogl_wrap"><img src="open_type_01.png"
alt="공공누리 제1유형"/><span>공공누리 제1유형에 따라 이용할 수 있습니다.</span></div>
</div></body></html>"""
ITEM = """<NewsItem><NewsItemId>{id}</NewsItemId><ContentsStatus>I</ContentsStatus>
<ModifyId>1</ModifyId><ApproveDate>06/24/2024 16:20:00</ApproveDate>
<GroupingCode>policy</GroupingCode><Title><![CDATA[{title}]]></Title>
<ContentsType>H</ContentsType><DataContents><![CDATA[{body}]]></DataContents>
<MinisterCode>중소벤처기업부</MinisterCode><KoglType>1</KoglType></NewsItem>"""


class Shelf:
    """Has one page."""

    def __init__(self, text: str, content_type: str) -> None:
        self._page = Page(
            f"https://www.korea.kr{ENTRY.path}",
            text,
            text.encode(),
            content_type,
            datetime(2026, 11, 24, tzinfo=KST),
        )

    def page(self, entry: Entry) -> Page:
        return self._page

    def second_page(self, entry: Entry) -> Page | None:
        return None

    def file(self, entry: Entry, attachment: Attachment) -> Download:
        raise AssertionError(attachment)


ENTRY = Entry(
    "policy_news",
    SEED_ID,
    f"/news/policyNewsView.do?newsId={SEED_ID}",
    "",
    "",
    "",
    datetime(2024, 6, 24).date(),
)


def shape(body: str) -> Iterator[tuple[str, str]]:
    """Yield the elements of a post's body in order: name, and text without blanks."""
    tree = LexborHTMLParser(f"<body>{body}</body>")
    for node in tree.css("p, h2, td"):
        yield node.tag or "", re.sub(r"\s+", "", node.text())


@pytest.mark.captures
@pytest.mark.parametrize("way", ["page", "api"])
def test_the_model_post_is_made_again_from_its_own_words(
    captures: Path, way: str
) -> None:
    """Its words as an article, by either way: the same keys and the same elements."""
    seed = (captures / "seed-post.md").read_text("utf-8")
    _, fields = front_matter_of(seed)
    tree = LexborHTMLParser(body_of(seed))
    kept = [node for node in tree.css("p, h2") if node.text().strip()]
    (contact,) = [n.text().strip() for n in tree.css("td") if "(" in n.text()]
    notice = next(n.text() for n in kept if "공공누리" in n.text())
    words = [
        n for n in kept if "공공누리" not in n.text() and "자료출처" not in n.text()
    ]
    title = str(fields["title"])
    body = "".join(f"<{n.tag}>{escape(n.text())}</{n.tag}>" for n in words)
    body += f"<table><tr><td>문의</td></tr><tr><td>{escape(contact)}</td></tr></table>"
    if way == "page":
        text, kind = PAGE, "text/html; charset=utf-8"
    else:
        text, kind = ITEM, "application/xml"
        body += (
            f"<p>{escape(notice)}</p><p>&lt;자료출처=정책브리핑 www.korea.kr&gt;</p>"
        )
    shelf = Shelf(text.format(id=SEED_ID, title=escape(title), body=body), kind)
    site_name = re.search(r"## (\S+) 실시간", seed)
    assert site_name
    style = Style(
        profile="newsdao",
        site_name=site_name[1],
        banner_path=str(fields["image"]),
        banner_alt=f"{site_name[1]} 속보",
        promo_text="실시간 뉴스 속보는,",
        promo_url="https://newsdao.kr",
        promo_rel="dofollow",
    )
    rules = Rules(
        use=Use(),
        stub_refused=False,
        public_url="https://www.korea.kr",
        render=lambda release, license, path: render_post(
            release, license, style, path=path
        ),
        render_stub=lambda release, path: pytest.fail("it may be published whole"),
        extract=extract,
    )
    now = datetime(2026, 11, 24, tzinfo=KST)
    made = prepare(ENTRY, shelf, POLICY_NEWS, rules, now=now)
    assert isinstance(made, Ready)
    _, ours = front_matter_of(made.post.text)
    assert list(ours) == list(fields)
    for key in ("title", "categories", "image"):
        assert ours[key] == fields[key]
    assert list(shape(body_of(made.post.text))) == list(shape(body_of(seed)))
    promo = seed.rstrip().splitlines()[-1]
    assert made.post.text.rstrip().splitlines()[-1] == promo
