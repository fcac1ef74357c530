"""The page of ``scrape status --html``: what it says, and how Chromium shows it."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browser import chromium, look, picture

from scraper.cli.status import status_of
from scraper.cli.status_page import status_page
from scraper.model import KST, Entry, Survey
from scraper.settings import Config
from scraper.state import Row, State

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=KST)
TODAY = NOW.date()
NASTY = '"><script>alert(1)</script>{{ 7 * 7 }}&lt;<b>굵게'
TRICK = "//example.invalid/x"


def entry(news_id: str, day: date) -> Entry:
    path = f"/briefing/pressReleaseView.do?newsId={news_id}"
    return Entry("press_release", news_id, path, "제목", "", "가온부", day)


def row(news_id: str, day: date, status: str = "published", **values: str) -> Row:
    one = entry(news_id, day)
    plain = Row(
        news_id,
        "press_release",
        status,  # type: ignore[arg-type]
        page_path=one.path,
        title=f"도서관 다섯 곳이 문을 연다 {news_id}",
        ministry="가온부",
        listed_on=day.isoformat(),
        published_at=f"{day}T09:00:00+09:00",
        first_published_at=f"{day}T09:40:00+09:00" if status == "published" else "",
    )
    return Row(**{**{n: getattr(plain, n) for n in Row.__slots__}, **values})


def page_of(rows: Sequence[Row] = (), gaps: Sequence[date] = ()) -> str:
    """Return the page of a state with these releases."""
    config = Config(state_dir=Path("/nonexistent"), sources=("press_release",))
    with State(None, "t", now=NOW) as state:
        days: dict[date, list[Entry]] = {}
        for one in rows:
            day = date.fromisoformat(one.listed_on)
            days.setdefault(day, []).append(entry(one.news_id, day))
        for day, entries in days.items():
            state.keep_announced("press_release", day, "", entries, whole=True)
            state.keep_day("press_release", day, whole=day not in gaps)
        state.intend_days("press_release", gaps)
        state.settle(
            [one for one in rows if one.status in ("published", "held", "failed")]
        )
        state.adopt(Survey("tip", {}, False))
        status = status_of(config, Path("config.yaml"), state, NOW)
        return status_page(status, state, NOW, "https://www.korea.kr")


def many() -> list[Row]:
    """Return ten weeks of releases with everything that may befall them."""
    rows = []
    for n in range(70):
        day = TODAY - timedelta(days=n + 1)
        for k in range((n * 7) % 90):
            news_id = str(156_000_000 + n * 100 + k)
            held = {"code": "license", "reason": "license type 4"}
            kind = "held" if k % 5 == 4 else "published"
            rows.append(row(news_id, day, kind, **(held if kind == "held" else {})))
    failed = {"code": "fetch", "reason": "no answer within 60 s"}
    rows.append(row("156999999", TODAY - timedelta(days=4), "failed", **failed))
    return rows


class Parsed(HTMLParser):
    """What elements there are."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


# --- what it says -------------------------------------------------------------------


def test_each_day_says_what_became_of_it() -> None:
    day = TODAY - timedelta(days=3)
    page = page_of(
        [row("1", day), row("2", day, "held", code="license"), row("3", day, "failed")],
        gaps=[TODAY - timedelta(days=2)],
    )
    looks = {a["title"]: a["class"] for a in Parsed(page).of("td") if "title" in a}
    said = "failed releases: 3 announced, 1 published, 1 held, 1 failed"
    assert looks[f"{day} {said}"] == "failed"
    gap = f"{TODAY - timedelta(days=2)} gap: not read whole (press_release)"
    assert looks[gap] == "gap"
    assert "not healthy" in page


def test_an_announced_release_nobody_got_to_is_seen() -> None:
    day = TODAY - timedelta(days=3)
    page = page_of([row("1", day), row("2", day, "unsettled")])
    assert "releases not looked into yet: 2 announced, 1 published, 1 left" in page


def test_a_quiet_day_is_not_an_unread_one() -> None:
    config = Config(state_dir=Path("/nonexistent"), sources=("press_release",))
    with State(None, "t", now=NOW) as state:
        state.keep_day("press_release", TODAY - timedelta(days=3), whole=True)
        state.keep_day("press_release", TODAY - timedelta(days=1), whole=True)
        status = status_of(config, Path("config.yaml"), state, NOW)
        page = status_page(status, state, NOW, "https://www.korea.kr")
    assert f"{TODAY - timedelta(days=3)} complete: nothing announced" in page
    assert f"{TODAY - timedelta(days=2)} not read" in page


def test_delays_are_those_of_what_we_delivered() -> None:
    day = TODAY - timedelta(days=3)
    late = row("2", day, first_published_at=f"{TODAY}T08:00:00+09:00")
    unknown = row("3", day, first_published_at="")
    page = page_of([row("1", day), late, unknown])
    assert "within 40 minutes of their own time, 95 in 100 within 3 days" in page


def test_held_and_failed_have_their_reasons_and_links() -> None:
    day = TODAY - timedelta(days=3)
    held = row("156000002", day, "held", code="license", reason="license type 4")
    page = page_of([held])
    link = "https://www.korea.kr/briefing/pressReleaseView.do?newsId=156000002"
    assert link in [a["href"] for a in Parsed(page).of("a")]
    assert "<strong>license</strong> license type 4" in page


def test_whatever_sources_say_is_text() -> None:
    day = TODAY - timedelta(days=3)
    nasty = row("1", day, "held", code=NASTY, reason=NASTY, title=NASTY)
    ministry = row("2", day, ministry=NASTY, title=NASTY, page_path=TRICK)
    tricked = row("3", day, "failed", page_path=TRICK, ministry=NASTY, due_at=NASTY)
    parsed = Parsed(page_of([nasty, ministry, tricked]))
    assert parsed.of("script") == []
    assert parsed.of("b") == []
    assert not [a for a in parsed.of("a") if "example" in str(a["href"])]


def test_nothing_is_loaded() -> None:
    page = page_of(many())
    parsed = Parsed(page)
    assert [a for _, a in parsed.tags if "src" in a or "srcset" in a] == []
    assert [a["href"] for a in parsed.of("link")] == ["data:,"]
    assert not re.search(r"url\(|@import", page)
    assert "default-src 'none'" in page


def test_languages_headings_and_tables_are_named() -> None:
    parsed = Parsed(page_of(many()))
    assert parsed.of("html") == [{"lang": "en"}]
    assert len(parsed.of("table")) == len(parsed.of("caption"))
    assert len(parsed.of("h1")) == len(parsed.of("main")) == 1
    assert {"lang": "ko"} in parsed.of("span")


def test_an_empty_state_has_a_page() -> None:
    page = page_of()
    assert "no run has read a day of it whole" in page


def test_a_page_of_a_year_stays_small() -> None:
    assert len(page_of(many()).encode()) < 250_000


# --- how it looks -------------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
def test_chromium_and_axe_find_nothing(width: int, dark: bool) -> None:
    shown = look(
        page_of(many(), gaps=[TODAY - timedelta(days=9)]), width=width, dark=dark
    )
    assert shown.findings == []
    assert shown.passes > 20, "axe has looked"
    assert (shown.console, shown.loaded) == ([], [])
    assert shown.width <= shown.window == width
    assert shown.dark is dark


def test_a_bad_page_would_be_found() -> None:
    bad = (
        "<!doctype html><html><title>x</title><body><img src='http://x.invalid/a.png'>"
        "<p style='width:2000px;color:#eee'>pale</p>"
        "<script>console.error('no')</script></body></html>"
    )
    shown = look(bad, width=390)
    rules = {rule for _, rule, _ in shown.findings}
    assert {"image-alt", "html-has-lang"} <= rules
    assert shown.loaded == ["http://x.invalid/a.png"]
    assert shown.console
    assert shown.width > shown.window


def test_a_picture_can_be_taken(tmp_path: Path) -> None:
    chromium()
    file = tmp_path / "status.png"
    picture(page_of(many()), file, width=1280, height=700)
    assert file.read_bytes().startswith(b"\x89PNG")
