"""One release, from its entry to a post or a reason: the license gate above all."""

import html
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from publishers.post import Style, render_post, render_stub
from scraper.documents import extract
from scraper.errors import MissingError
from scraper.model import KST, Attachment, Download, Entry, Held, Page, Use
from scraper.prepare import Left, Ready, Rules, prepare
from scraper.sources.policy_news import FACT_CHECK
from scraper.sources.press_release import PRESS_RELEASE
from scraper.window import Window
from tests.rendering import front_matter_of, solid
from tests.replica import Site, make_site
from tests.replica.blocks import Para, TextBox, grid
from tests.replica.compose import LICENSES

NOW = datetime(2026, 12, 31, tzinfo=KST)


@pytest.fixture(scope="module")
def site() -> Site:
    """Every license card there is, without a server."""
    return make_site(seed=2, days="2026-11-20..2026-11-24", releases=110)


class Shelf:
    """A release's page and files straight from the replica."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.files: list[str] = []

    def second_page(self, entry: Entry) -> None:
        """There is one page."""

    def page(self, entry: Entry) -> Page:
        answer = self.site.answer("GET", entry.path, {})
        text = answer.body.decode()
        return Page(entry.path, text, answer.body, answer.content_type, NOW)

    def file(self, entry: Entry, attachment: Attachment) -> Download:
        self.files.append(attachment.file_id)
        answer = self.site.answer("GET", attachment.path, {})
        return Download(attachment.path, answer.body, NOW)


def entry(site: Site, news_id: str) -> Entry:
    truth = site.expected(news_id)
    return Entry(
        source="press_release",
        news_id=news_id,
        path=f"/briefing/pressReleaseView.do?newsId={news_id}",
        title=truth.title,
        lead=truth.lead,
        ministry=truth.ministry,
        listed_on=truth.listed_on,
    )


def rules(use: Use, *, stub: bool = False) -> Rules:
    style = Style()
    return Rules(
        use=use,
        stub_refused=stub,
        public_url="https://www.korea.kr",
        render=lambda release, license, path: render_post(
            release, license, style, path=path, faithful=not use.changes
        ),
        render_stub=lambda release, path: render_stub(release, style, path=path),
        extract=extract,
    )


def ids(site: Site) -> list[str]:
    return [i for n in range(20, 25) for i in site.ids(date(2026, 11, n))]


def with_card(site: Site, card: str) -> str:
    """Return a release whose page bears that license card and holds text."""
    return next(
        news_id for news_id in ids(site) if site.expected(news_id).license == card
    )


def do(site: Site, news_id: str, use: Use | None = None, **options: Any) -> Any:
    shelf = Shelf(site)
    return prepare(
        entry(site, news_id),
        shelf,
        PRESS_RELEASE,
        rules(use or Use(), stub=options.pop("stub", False)),
        now=options.pop("now", NOW),
        **options,
    )


#: Which uses each clear type allows: (commercial, changes).
ALLOWED = {
    0: {(True, True), (True, False), (False, True), (False, False)},
    1: {(True, True), (True, False), (False, True), (False, False)},
    2: {(False, True), (False, False)},
    3: {(True, False), (False, False)},
    4: {(False, False)},
}


@pytest.mark.parametrize("changes", [True, False])
@pytest.mark.parametrize("commercial", [True, False])
@pytest.mark.parametrize("card", sorted(LICENSES))
def test_the_license_gate(
    site: Site, card: str, commercial: bool, changes: bool
) -> None:
    news_id = with_card(site, card)
    number = site.expected(news_id).license_type
    outcome = do(site, news_id, Use(commercial=commercial, changes=changes))
    if number is not None and (commercial, changes) in ALLOWED[number]:
        assert isinstance(outcome, Ready), outcome
        assert outcome.facts["license"] == f"KOGL-{number}"
        assert outcome.post.text.count("자료출처=정책브리핑 www.korea.kr") == 1
        assert outcome.post.text.count(f"공공누리 제{number}유형(") == 1
    else:
        assert isinstance(outcome, Held), outcome
        assert outcome.code == "license"
        assert outcome.reason


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("2", "license type 2 forbids commercial use (use.commercial: true)"),
        ("3", "license type 3 forbids changes (use.changes: true)"),
        ("missing", "no license block on the page"),
        ("elsewhere only", "no license block on the page"),
        ("image differs", "image says type 1, alternative text says type 4"),
        ("sentence differs", "sentence says type 4"),
        ("body differs", "page says type 1, its text says type"),
    ],
)
def test_a_refusal_names_its_evidence(site: Site, card: str, reason: str) -> None:
    assert reason in do(site, with_card(site, card)).reason


def test_a_refused_release_s_files_are_not_fetched(site: Site) -> None:
    shelf = Shelf(site)
    news_id = with_card(site, "4")
    prepare(entry(site, news_id), shelf, PRESS_RELEASE, rules(Use()), now=NOW)
    assert shelf.files == []


def test_a_stub_has_title_ministry_and_link_and_no_text(site: Site) -> None:
    news_id = with_card(site, "4")
    outcome = do(site, news_id, stub=True)
    truth = site.expected(news_id)
    assert isinstance(outcome, Ready)
    assert outcome.release.title == truth.title
    assert f"newsId={news_id}" in outcome.post.text
    assert "공공누리 제4유형(" not in outcome.post.text, "it is not republished"
    squeezed = "".join(outcome.post.text.split())
    for paragraph in truth.body:
        if len(paragraph) > 40:
            assert "".join(paragraph.split()) not in squeezed


def test_what_may_not_be_changed_keeps_every_block_in_place(site: Site) -> None:
    news_id = next(
        i
        for i in ids(site)
        if site.expected(i).license_type == 3 and site.expected(i).content == "hwpx"
    )
    outcome = do(site, news_id, Use(changes=False))
    assert isinstance(outcome, Ready)
    kept = "".join(outcome.post.text.split())
    assert "보도시점" in kept or not site.expected(news_id).embargo.printed
    assert {part.reason for part in outcome.release.removed} <= {"caption", "image"}


def test_an_embargo_holds_until_its_time_and_not_longer(site: Site) -> None:
    news_id = next(
        i
        for i in ids(site)
        if site.expected(i).embargo.case == "head"
        and site.expected(i).license_type == 1
        and site.expected(i).content == "hwpx"
        and site.expected(i).embargo.available_at
    )
    truth = site.expected(news_id)
    due = truth.embargo.available_at
    assert due is not None
    held = do(site, news_id, now=truth.published_at)
    assert isinstance(held, Held)
    assert (held.code, held.until) == ("embargo", due)
    assert truth.embargo.printed in held.reason or due.isoformat() in held.reason
    assert isinstance(do(site, news_id, now=due), Ready)


def test_bounds_by_the_hour_leave_what_is_outside(site: Site) -> None:
    news_id = with_card(site, "1")
    truth = site.expected(news_id)
    after = replace(
        Window(truth.listed_on, truth.listed_on), since=NOW.replace(year=2027)
    )
    assert isinstance(do(site, news_id, window=after), Left)


def test_a_withdrawn_release_is_missing_not_empty(site: Site) -> None:
    with pytest.raises(MissingError):
        prepare(
            replace(
                entry(site, with_card(site, "1")),
                path="/briefing/pressReleaseView.do?newsId=1",
                news_id="1",
            ),
            Shelf(site),
            PRESS_RELEASE,
            rules(Use()),
            now=NOW,
        )


def test_an_embargo_only_in_the_attachment_of_a_page_with_a_body_is_seen(
    site: Site,
) -> None:
    news_id = next(
        i
        for i in ids(site)
        if site.expected(i).content == "html"
        and site.expected(i).license_type == 1
        and any(name.endswith(".hwpx") for name in site.expected(i).attachments)
    )
    due = site.expected(news_id).published_at + timedelta(hours=5)
    due = due.replace(second=0)
    printed = due.strftime("%Y. %m. %d. %H:%M")

    def embargoed(release: Any) -> Any:
        box = grid(("보도시점", printed, "배포", "2026. 11. 20."))
        return replace(release, head=(box, *release.head))

    site.change(news_id, embargoed)
    held = do(site, news_id, now=due - timedelta(minutes=1))
    assert isinstance(held, Held), held
    assert held.until == due
    assert isinstance(do(site, news_id, now=due), Ready)


TYPE_4 = (
    "본 저작물은 공공누리 제4유형(출처표시+상업적 이용금지+변경금지) 조건에 따라"
    " 이용할 수 있습니다."
)


@pytest.mark.parametrize("changes", [True, False])
@pytest.mark.parametrize(
    "notice",
    [
        Para(f"※ {TYPE_4}"),
        Para(f"행사는 12월 3일 열린다. {TYPE_4}"),
        Para("공공누리 제4유형: 출처표시, 상업적 이용금지, 변경금지"),
        grid(("공공누리", TYPE_4)),
        TextBox((Para(TYPE_4),)),
    ],
)
def test_a_stricter_notice_anywhere_in_the_text_decides(
    site: Site, notice: Any, changes: bool
) -> None:
    news_id = next(
        i
        for i in ids(site)
        if site.expected(i).license_type == 1 and site.expected(i).content == "hwpx"
    )
    try:
        site.change(news_id, lambda r: replace(r, body=(*r.body, notice)))
        outcome = do(site, news_id, Use(changes=changes))
        assert isinstance(outcome, Held), outcome
        assert "its text says type 4" in outcome.reason
    finally:
        site.change(news_id, lambda r: r)


def test_a_release_about_licenses_is_no_notice(site: Site) -> None:
    news_id = with_card(site, "1")
    about = Para("□ 문체부는 공공누리 제4유형 저작물을 제1유형으로 바꾼다고 밝혔다.")
    try:
        site.change(news_id, lambda r: replace(r, body=(*r.body, about)))
        assert isinstance(do(site, news_id), Ready)
    finally:
        site.change(news_id, lambda r: r)


def embargoed_in_head(site: Site) -> tuple[str, datetime]:
    """Return a release whose document alone states an embargo, and its time."""
    news_id = next(
        i
        for i in ids(site)
        if site.expected(i).embargo.case == "head"
        and site.expected(i).license_type == 1
        and site.expected(i).content == "hwpx"
        and site.expected(i).embargo.available_at
    )
    due = site.expected(news_id).embargo.available_at
    assert due
    return news_id, due


def test_a_stub_waits_for_the_embargo_of_its_document(site: Site) -> None:
    news_id, due = embargoed_in_head(site)
    try:
        site.change(news_id, lambda r: replace(r, license="4"))
        early = do(site, news_id, stub=True, now=due - timedelta(minutes=1))
        assert isinstance(early, Held), early
        assert early.code == "embargo"
        assert isinstance(do(site, news_id, stub=True, now=due), Ready)
    finally:
        site.change(news_id, lambda r: r)


def test_an_embargo_in_a_document_that_is_not_the_text_counts(site: Site) -> None:
    """The page's title is another than the document's, so its text is not taken."""
    news_id, due = embargoed_in_head(site)
    try:
        other = "전혀 다른 이름을 단 쪽의 표제어"
        site.change(news_id, lambda r: replace(r, title=other))
        early = do(site, news_id, now=due - timedelta(minutes=1))
        assert isinstance(early, Held), early
        late = do(site, news_id, now=due)
        assert isinstance(late, Ready)
        assert late.release.text_from == ""
    finally:
        site.change(news_id, lambda r: r)


# --- rebuttals --------------------------------------------------------------------


@pytest.fixture(scope="module")
def rebuttals() -> Site:
    return make_site(seed=2, articles=120, sections="fact")


def rebuttal(site: Site, news_id: str) -> Any:
    truth = site.expected_article(news_id)
    found = Entry(
        FACT_CHECK.name, news_id, truth.view, truth.title, "", "", truth.listed_on
    )
    return prepare(found, Shelf(site), FACT_CHECK, rules(Use()), now=NOW)


def test_a_rebuttal_is_marked_and_never_quotes_what_it_denies(rebuttals: Site) -> None:
    """Title and excerpt are what other sites copy; neither may assert the report."""
    seen = 0
    for day in rebuttals.world.days():
        for news_id in rebuttals.article_ids("fact", day):
            ready = rebuttal(rebuttals, news_id)
            if not isinstance(ready, Ready):
                continue
            seen += 1
            truth = rebuttals.expected_article(news_id)
            assert solid(ready.post.title).lstrip("[").startswith("사실은이렇습니다")
            fields = front_matter_of(ready.post.text)[1]
            said = solid(html.unescape(str(fields["excerpt"])))
            assert said
            for line in truth.claim:
                assert solid(line).lstrip("ㅇ○-")[:20] not in said
    assert seen > 60


def test_the_parts_of_a_rebuttal_are_headings_of_its_post(rebuttals: Site) -> None:
    for day in rebuttals.world.days():
        for news_id in rebuttals.article_ids("fact", day):
            ready = rebuttal(rebuttals, news_id)
            if isinstance(ready, Ready):
                own = rebuttals.newsroom.article(rebuttals.newsroom.place(news_id))
                assert own.rebuttal is not None
                shown = html.unescape(ready.post.text)
                for head in (own.rebuttal.claim_head, own.rebuttal.answer_head):
                    assert f"\n## {head}\n" in shown
