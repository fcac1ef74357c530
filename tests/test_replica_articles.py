"""The replica's policy news is what it says: text, quirks, listings, marks."""

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.replica import make_site, policy_site
from tests.replica.article_body import REBUTTALS
from tests.replica.article_compose import DAMAGED, EXTRAS, MIX, STYLES
from tests.replica.article_html import DAMAGES, body_html
from tests.replica.article_html import STYLES as STYLE_NAMES
from tests.replica.article_kogl import CARDS
from tests.replica.article_probe import (
    KEY,
    article_list,
    article_page,
    browser_lines,
    cells_of_page,
    every_article,
    items,
    lines_of_item,
    lines_of_page,
    notice_of,
    text_lines,
    without_removed,
)
from tests.replica.article_truth import ExpectedArticle
from tests.replica.golden import NEWS_ID
from tests.replica.notices import WORDINGS
from tests.replica.probe import DAY, every_id, get, process, rows, total
from tests.replica.sections import SECTIONS
from tests.replica.site import Site

#: Elements and attributes of real bodies that no made-up body of ours may lack.
HWP_SHAPES = (
    "table[border][cellspacing][cellpadding][style*='border-collapse'] > tbody > tr",
    "td[valign=middle][style*='padding'] > p[style*='line-height'] + br",
    "p[style] > span[style*='font-weight: bold']",
    "sup > span",
    "span[style*='line-through'] > br",
)


@pytest.fixture(scope="module")
def site() -> Site:
    return make_site(articles=300, golden=True, api_key=KEY)


# --- the world ----------------------------------------------------------------------


def test_without_articles_there_is_no_policy_news():
    """What was tested and shown before articles came must not change."""
    site = make_site()
    assert every_article(site) == []
    assert total(article_list(site, "policy")) == 0
    assert not site.is_article(every_id(site)[0])


def test_articles_leave_press_releases_as_they_were():
    plain, mixed = make_site(), make_site(articles=50)
    assert every_id(plain) == every_id(mixed)
    for news_id in every_id(plain)[:9]:
        assert plain.expected(news_id) == mixed.expected(news_id)


def test_same_seed_gives_the_same_articles_in_another_process(site: Site):
    news_id = every_article(site)[7]
    view = site.expected_article(news_id).view
    with process("--articles", "300", "--golden", PYTHONHASHSEED="77") as base:
        ids = get(f"{base}/__replica__/article_ids?section=fact&day={DAY}")
        assert json.loads(ids) == site.article_ids("fact", DAY)
        truth = json.loads(get(f"{base}/__replica__/expected?id={news_id}"))
        assert tuple(truth["lines"]) == site.expected_article(news_id).lines
        assert get(base + view) == site.answer("GET", view, {}).body


def test_a_large_world_writes_only_what_is_asked_for():
    site = make_site(days="2023-01-01..2026-11-24", articles=100_000, releases=0)
    html = article_list(site, "brief", 3)
    assert len(rows(html)) == 10
    assert total(html) == 14_000
    assert site.newsroom.world.written == 10


def test_every_hundred_articles_hold_each_section_in_its_share(site: Site):
    ids = [i for i in every_article(site) if i != NEWS_ID]
    found = Counter(site.expected_article(news_id).section for news_id in ids)
    assert found == {name: 3 * share for name, share in MIX.items()}


def test_sections_can_be_chosen():
    chosen = make_site(articles=60, sections="policy,fact")
    found = Counter(chosen.expected_article(i).section for i in every_article(chosen))
    assert set(found) == {"policy", "fact"}
    with pytest.raises(ValueError, match="no such section: polcy"):
        make_site(sections="polcy")


def test_shares_name_what_there_is():
    assert {*DAMAGED, "stray text"} == {*DAMAGES, ""}
    assert set(STYLES) == set(STYLE_NAMES)
    for shares in (MIX, DAMAGED, STYLES, EXTRAS, CARDS):
        assert sum(shares.values()) == 100


# --- text ---------------------------------------------------------------------------


def test_a_page_holds_exactly_the_lines_of_the_truth(site: Site):
    """Whatever the markup, a browser shows these lines.

    In this order, but for text loose in a table, which it moves above the table.
    """
    for news_id in every_article(site):
        truth = site.expected_article(news_id)
        own, rest = without_removed(lines_of_page(site, news_id), truth)
        assert_lines(own, site, truth)
        shown = notice_of(truth) if "notice on page" in truth.quirks else ""
        assert rest == shown


def assert_lines(own: list[str], site: Site, truth: ExpectedArticle) -> None:
    assert own == browser_lines(site, truth.news_id), (truth.style, truth.damage)
    assert sorted(own) == sorted(truth.lines)
    if "node Stray" not in truth.quirks:
        assert own == list(truth.lines)


def test_an_item_holds_the_same_lines_and_ends_with_the_notice(site: Site):
    found = items(site)
    for news_id in every_article(site):
        truth = site.expected_article(news_id)
        own, rest = without_removed(lines_of_item(found[news_id]), truth)
        assert_lines(own, site, truth)
        assert rest == notice_of(truth)


def test_cells_numbers_and_contacts_are_those_of_the_lines(site: Site):
    for news_id in every_article(site):
        truth = site.expected_article(news_id)
        text = "\n".join(truth.lines)
        place = 0
        for number in truth.numbers:
            place = text.index(number, place) + len(number)
        for cell in truth.cells:
            assert set(cell.split("\n")) <= {*truth.lines, ""}
        for unit, telephone in truth.contacts:
            assert unit in text
            assert telephone in text


def test_cells_stand_in_the_order_a_browser_shows(site: Site):
    seen = 0
    for news_id in every_article(site):
        truth = site.expected_article(news_id)
        if truth.style == "text":
            continue  # a table without its markup is lines
        assert cells_of_page(site, news_id) == list(truth.cells), truth.damage
        seen += len(truth.cells)
    assert seen > 1000


def test_every_oddity_is_met_in_three_hundred_articles(site: Site):
    found = Counter(q for i in every_article(site) for q in expected_quirks(site, i))
    for name in (
        *("se-contents", "data-ke-size", "p br pairs", "plain lines", "plain text"),
        *("se-tab", "nbsp", "split spans", "escaped 2 times", "escaped 3 times"),
        *("title escaped 2 times", "numeric bullet", "subtitle lines", "midnight"),
        *("spanned cells", "nested table", "node TextBox", "node Photo", "caption"),
        *("node Noise", "node Link", "node Stray", "ranges", "annex", "end mark"),
        *("contact", "notice on page", "embargo"),
        *(f"bullet {mark}" for mark in "□○ㅇ◦▪-*※☞◆■†①"),
        *(f"damage {name}" for name in DAMAGES),
    ):
        assert found[name] >= 2, name


def expected_quirks(site: Site, news_id: str) -> tuple[str, ...]:
    return site.expected_article(news_id).quirks


def test_the_share_of_broken_markup_is_known(site: Site):
    ids = [i for i in every_article(site) if i != NEWS_ID]
    damaged = [i for i in ids if site.expected_article(i).damage]
    assert 0.10 <= len(damaged) / len(ids) <= 0.13


def test_damage_is_in_the_markup(site: Site):
    """A body said to be broken that is whole would prove nothing."""
    for news_id in every_article(site):
        article = site.newsroom.article(site.newsroom.place(news_id))
        broken = body_html(article, notice=False)
        if article.damage == "stray text":
            assert re.search(r"<table[^>]*>\(단위|</tr>\n\(단위", broken)
        elif article.damage:
            assert broken != body_html(replace(article, damage=""), notice=False)


def test_two_stray_divs_put_the_rest_outside_the_box(site: Site):
    """The text is still in ``.article_body``; a reader of ``.view_cont`` loses it."""
    for news_id in every_article(site):
        truth = site.expected_article(news_id)
        if truth.damage == "two stray divs":
            tree = LexborHTMLParser(article_page(site, news_id))
            boxed = tree.css_first(".view_cont")
            assert boxed is not None
            assert truth.lines[-1] not in text_lines(boxed)
            assert (
                tree.css_first(".article_footer .kogl_wrap")
                or truth.license_by_page is None
            )


def test_all_wordings_of_the_notice_occur(site: Site):
    world = site.newsroom.world
    used = {world.article(n).notice for n in range(world.articles)}
    assert used == set(range(WORDINGS))


def test_rebuttals_have_both_parts_under_their_headings(site: Site):
    heads = set()
    for news_id in every_article(site, "fact"):
        truth = site.expected_article(news_id)
        article = site.newsroom.article(site.newsroom.place(news_id))
        assert article.rebuttal is not None
        lines = list(truth.lines)
        first = lines.index(article.rebuttal.claim_head)
        second = lines.index(article.rebuttal.answer_head)
        assert tuple(lines[first + 1 : second]) == truth.claim
        assert tuple(lines[second + 1 :][: len(truth.answer)]) == truth.answer
        assert truth.claim
        assert truth.answer
        heads.add(article.rebuttal.claim_head)
    assert heads == {claim for claim, _ in REBUTTALS}


def test_bodies_are_escaped_as_often_as_they_say(site: Site):
    seen = set()
    for news_id in every_article(site):
        article = site.newsroom.article(site.newsroom.place(news_id))
        html = body_html(article, notice=False)
        if "·" in "".join(expected_lines(site, news_id)):
            deepest = max(map(len, re.findall("&((?:amp;)*)middot;", html)))
            assert deepest == 4 * (article.body_escapes - 1)
            seen.add(article.body_escapes)
    assert seen == {1, 2, 3}


def test_captions_and_alternative_texts_are_no_lines(site: Site):
    kinds: Counter[str] = Counter()
    for news_id in every_article(site):
        truth = site.expected_article(news_id)
        for kind, text in truth.removed:
            kinds[kind] += 1
            assert text not in truth.lines
    assert min(kinds[k] for k in ("alt", "caption", "noise", "notice", "credit")) > 20


def test_some_sentences_only_look_like_captions_or_notices(site: Site):
    """A reader that drops whatever mentions ⓒ or 공공누리 loses text."""
    text = "\n".join(t for i in every_article(site) for t in expected_lines(site, i))
    assert "증명사진[사진] 1장" in text
    assert "공공누리 제1유형으로 누리집에" in text


def expected_lines(site: Site, news_id: str) -> tuple[str, ...]:
    return site.expected_article(news_id).lines


# --- pages --------------------------------------------------------------------------


def test_a_page_states_what_the_truth_says(site: Site):
    for news_id in every_article(site):
        truth = site.expected_article(news_id)
        tree = LexborHTMLParser(article_page(site, news_id))
        linked = tree.css_first("script[type='application/ld+json']")
        heading = tree.css_first(".article_head > h2")
        assert linked is not None
        data = json.loads(linked.text())
        assert datetime.fromisoformat(data["datePublished"]) == truth.published_at
        assert data["author"]["name"] == truth.ministry
        parts = (heading.html or "").count("<br>") + 1 if heading else 0
        assert parts == len(truth.subtitles)
        assert bool(tree.css_first("a.gotosite")) == bool(truth.ministry)
        assert tree.css_first("p.remark") is None


def test_each_view_answers_for_its_own_section_alone(site: Site):
    news_id = site.article_ids("fact", DAY)[0]
    for section in SECTIONS:
        html = site.answer("GET", section.path(news_id), {}).body.decode()
        shown = "<title>정책브리핑 - Error</title>" not in html
        assert shown == (section.name == "fact")
    for other in ("148000000", "x", "", every_id(site)[0]):
        html = site.answer("GET", SECTIONS[0].path(other), {}).body.decode()
        assert "- Error</title>" in html


def test_held_articles_say_why(site: Site):
    held = Counter(
        (t.section, t.held) for t in map(site.expected_article, every_article(site))
    )
    assert {held[s.name, ""] for s in SECTIONS if not s.open} == {0}
    assert all(held[s.name, "section"] == 0 for s in SECTIONS if s.open)
    assert held["policy", ""] > 5 * held["policy", "license"] > 0


def test_license_cards_show_as_dealt(site: Site):
    marks: dict[str, set[tuple[str, str, int | None]]] = {}
    found = items(site)
    for news_id in every_article(site, "policy"):
        truth = site.expected_article(news_id)
        html = article_page(site, news_id).split("S: kogl")[1].split("E: kogl")[0]
        image = "".join(re.findall(r"open_type_?0?(\d)", html))
        kogl = (found[news_id].findtext("KoglType") or "").strip()
        assert kogl == truth.kogl_type
        marks.setdefault(truth.license, set()).add((image, kogl, truth.license_type))
    assert marks["1"] == marks["old form"] == {("1", "1", 1)}
    assert marks["4"] == {("4", "4", 4)}
    assert marks["blank"] == {("", "", None)}
    assert marks["api blank"] == {("1", "", None)}
    assert marks["api stricter"] == {("1", "4", 4)}
    assert marks["page stricter"] == {("4", "1", 4)}
    assert marks["image differs"] == {("1", "1", None)}
    assert marks["body differs"] == {("1", "1", 4)}


# --- listings -----------------------------------------------------------------------


@pytest.mark.parametrize("section", ["policy", "fact", "column", "reporter"])
def test_each_day_pages_through_to_its_stated_total(site: Site, section: str):
    guests = {"policy": ("policy", "visual")}.get(section, (section,))
    for day in site.world.days():
        form = {"startDate": str(day), "endDate": str(day)}
        ids: list[str] = []
        for page in range(1, 50):
            html = article_list(site, section, page, **form)
            if not rows(html):
                assert LexborHTMLParser(html).css_first("div.list_type li.no_data")
                break
            ids += rows(html)
            stated = total(html)
        wanted = [
            i
            for i in site.article_ids("", day)
            if site.expected_article(i).section in guests
        ]
        assert ids == wanted
        assert not wanted or stated == len(wanted)


def test_the_briefing_list_ignores_dates_and_names_no_ministry(site: Site):
    plain = article_list(site, "brief", 2)
    dated = article_list(site, "brief", 2, startDate="2020-01-01", endDate="2020-01-01")
    assert rows(plain) == rows(dated) != []
    assert total(plain) == total(dated) == 3 * (MIX["brief"] + MIX["council"])
    tree = LexborHTMLParser(plain)
    assert len(tree.css("div.list_type span.source > span")) == len(rows(plain))
    first = LexborHTMLParser(article_list(site, "fact"))
    assert len(first.css("div.list_type span.source > span")) == 20


def test_lists_hold_rows_of_closed_sections(site: Site):
    """A row's address tells its section; its place in a list does not."""
    span = {"startDate": "2026-11-22", "endDate": "2026-11-24"}
    policy = "".join(article_list(site, "policy", n, **span) for n in range(1, 20))
    brief = "".join(article_list(site, "brief", n) for n in range(1, 5))
    assert "/multi/visualNewsView.do?newsId=148" in policy
    assert "&amp;cateId=cardnews&amp;pageIndex=" in policy
    assert "/briefing/stateCouncilView.do?newsId=148" in brief


def test_get_ignores_the_page_number(site: Site):
    html = site.answer("GET", "/news/policyNewsList.do?pageIndex=3", {}).body.decode()
    assert rows(html) == rows(article_list(site, "policy", 1))


def test_articles_appear_when_the_clock_says(site: Site):
    early = make_site(
        articles=300, now=datetime.fromisoformat("2026-11-24T12:00+09:00")
    )
    ids = early.article_ids("", DAY)
    assert 0 < len(ids) < len([i for i in site.article_ids("", DAY) if i != NEWS_ID])
    hidden = next(i for i in site.article_ids("", DAY) if i not in ids and i != NEWS_ID)
    assert "- Error</title>" in article_page(early, hidden)


def test_corrections_and_withdrawals_show():
    site = make_site(articles=60, api_key=KEY)
    policy, fact = site.article_ids("policy", DAY)[0], site.article_ids("fact", DAY)[0]
    before = site.expected_article(policy)
    word = next(w for w in before.lines[0].split() if len(w) > 2)
    site.correct(policy, title="고친 제목", old=word, new="바꾼말")
    after = site.expected_article(policy)
    assert (after.title, after.status) == ("고친 제목", "U")
    assert after.modify_id == before.modify_id + 1
    assert "바꾼말" in after.lines[0]
    assert "고친 제목" in article_page(site, policy)
    own, _ = without_removed(lines_of_page(site, policy), after)
    assert own == list(after.lines)
    item = items(site)[policy]
    assert item.findtext("ContentsStatus") == "U"
    assert item.findtext("ModifyId") == str(after.modify_id)
    site.withdraw(fact)
    assert fact not in site.article_ids("fact", DAY)
    assert total(article_list(site, "fact")) == len(every_article(site, "fact"))
    assert fact not in items(site)
    assert "- Error</title>" in article_page(site, fact)


def test_listing_faults_work_on_every_listing():
    site = make_site(articles=300)
    with_fault = {"fault": "repeated-page", "on": "list"}
    site.faults.set([with_fault])
    from tests.replica.effects import answer_with

    form = {"pageIndex": "2"}
    fault = site.faults._plan[0]
    answer = answer_with(site, fault, "POST", "/news/policyNewsList.do", form)
    assert rows(answer.body.decode()) == rows(article_list(site, "policy", 1))


# --- one of its own kind ------------------------------------------------------------


def test_the_golden_article_is_the_same_in_every_world():
    pages = {
        article_page(make_site(seed=seed, articles=n, golden=True), NEWS_ID)
        .split("article_wrap")[1]
        .split("as_side")[0]
        .replace("prev", "")
        for seed, n in ((1, 0), (2, 80))
    }
    assert len(pages) == 1


def test_the_golden_article_has_the_model_posts_shape():
    site = make_site(golden=True, releases=0, api_key=KEY)
    truth = site.expected_article(NEWS_ID)
    tree = LexborHTMLParser(article_page(site, NEWS_ID))
    assert len(truth.subtitles) == 2
    assert tree.css(".view_cont h2, .view_cont h3") == []
    assert sum(line.startswith("ㅇ") for line in truth.lines) == 5
    assert truth.cells[0] == "문의"
    assert truth.held == ""
    assert rows(article_list(site, "policy")) == [NEWS_ID]
    assert list(items(site)) == [NEWS_ID]


def test_the_site_for_benchmarks_is_heavy_and_busy_every_day():
    site = policy_site(articles=400, per_day=80)
    counts = [len(site.article_ids("policy", day)) for day in site.world.days()]
    assert min(counts) >= 50
    assert sum(counts) == 400
    sizes, bodies = [], []
    for news_id in every_article(site)[:20]:
        html = article_page(site, news_id)
        sizes.append(len(html.encode()))
        body = LexborHTMLParser(html).css_first(".view_cont")
        assert body is not None
        bodies.append(len((body.html or "").encode()))
    assert 98_000 < sum(sizes) / 20 < 140_000
    assert 36_000 < sum(bodies) / 20 < 46_000


# --- against the real site ----------------------------------------------------------


@pytest.mark.captures
def test_pasted_bodies_have_the_shapes_of_a_real_one(captures: Path, site: Site):
    (path,) = (captures / "pages").glob("*_datacontents.html")
    real = LexborHTMLParser(path.read_text(encoding="utf-8"))
    pasted = "".join(
        article_page(site, i)
        for i in every_article(site)
        if site.expected_article(i).style == "hwp"
    )
    made = LexborHTMLParser(pasted)
    found = {s: (bool(real.css(s)), bool(made.css(s))) for s in HWP_SHAPES}
    assert found == dict.fromkeys(HWP_SHAPES, (True, True))


@pytest.mark.captures
def test_paths_of_sections_are_those_real_pages_link_to(captures: Path):
    """Side bars of real pages link to other sections' views."""
    pages = [p.read_text(encoding="utf-8") for p in (captures / "pages").glob("*.html")]
    linked = set(re.findall(r"(/[a-z]+/\w+View\.do)\?newsId=148", "".join(pages)))
    assert linked == {
        s.view for s in SECTIONS if s.name in ("policy", "fact", "council", "visual")
    }
    assert "visualNewsView.do?newsId=148973025&cateId=cardnews" in "".join(pages)
