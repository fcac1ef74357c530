"""Every release of the replica, word for word, against what the replica knows of it."""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.newsroom import Newsroom, Result
from tests.rendering import POST_ELEMENTS, body_of, commonmark, front_matter_of, shown
from tests.replica import Site, replica

pytestmark = pytest.mark.replica

NOW = "2026-11-24T18:00:00+09:00"
DAYS = [date(2026, 11, 20 + n) for n in range(5)]
#: Where a text may be from that we can read.
READ = ("hwpx", "html", "pdf")
CREDIT = "자료출처=정책브리핑 www.korea.kr"
#: What the text of a release can be read from; the HWP files of the replica are noise.
WITH_TEXT = ("hwpx", "html", "pdf")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    now = datetime.fromisoformat(NOW)
    with replica(seed=11, days="2026-11-20..2026-11-24", releases=240, now=now) as site:
        yield site


@pytest.fixture(scope="module")
def newsroom(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    return Newsroom(tmp_path_factory.mktemp("room"), site.base_url)


@pytest.fixture(scope="module")
def scraped(newsroom: Newsroom) -> Result:
    """Run once for all tests of this file."""
    process = newsroom.start(
        "--since", "2026-11-20", "--json", str(newsroom.folder / "r.json"), now=NOW
    )
    out, err = process.communicate(timeout=240)
    report = json.loads((newsroom.folder / "r.json").read_text("utf-8"))
    return Result(process.returncode, out, err, report)


@pytest.fixture(scope="module")
def posts(newsroom: Newsroom, scraped: Result) -> dict[str, str]:
    assert scraped.code == 0, scraped.err
    return newsroom.posts()


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_every_announced_release_is_accounted_for(site: Site, scraped: Result) -> None:
    announced = {news_id for day in DAYS for news_id in site.ids(day)}
    assert {release["id"] for release in scraped.report["releases"]} == announced
    assert scraped.counts["announced"] > 150
    assert scraped.counts["failed"] == scraped.counts["left"] == 0


def test_exactly_what_may_be_published_is(site: Site, scraped: Result) -> None:
    for release in scraped.report["releases"]:
        truth = site.expected(release["id"])
        said = (release["id"], truth.license, truth.embargo, release)
        if truth.license_type not in (0, 1):
            assert (release["result"], release["code"]) == ("held", "license"), said
        elif release["result"] == "held":
            assert release["code"] == "embargo", said
            due = truth.embargo.available_at
            assert due is None or due > datetime.fromisoformat(NOW), said
        else:
            due = truth.embargo.available_at
            assert due is None or due <= datetime.fromisoformat(NOW), said


def test_front_matter_says_what_the_site_says(
    site: Site, posts: dict[str, str]
) -> None:
    for news_id, text in posts.items():
        truth = site.expected(news_id)
        _, fields = front_matter_of(text)
        assert fields["title"] == truth.title
        assert fields["author"] == truth.ministry
        assert fields["license"]["id"] == f"KOGL-{truth.license_type}"  # type: ignore[index]
        assert fields["source"]["news_id"] == news_id  # type: ignore[index]
        stated = {truth.published_at.isoformat()}
        if truth.embargo.case in ("head", "both", "file", "title", "unreadable"):
            stated = set(re.findall(r"^date: (.+)$", text, re.M))
            assert min(stated) >= truth.published_at.isoformat()
        assert re.findall(r"^date: (.+)$", text, re.M) == [*stated]
        address = f"https://www.korea.kr/briefing/pressReleaseView.do?newsId={news_id}"
        assert fields["canonical_url"] == address


def test_every_word_of_the_body_is_in_the_post_in_order(
    site: Site, posts: dict[str, str]
) -> None:
    with_text = 0
    for news_id, text in posts.items():
        truth = site.expected(news_id)
        if truth.content not in READ:
            continue
        with_text += 1
        seen = squeezed(shown(commonmark(body_of(text)), elements=POST_ELEMENTS))
        at = 0
        for paragraph in truth.body:
            found = seen.find(squeezed(paragraph), at)
            assert found >= 0, (news_id, paragraph, text)
            at = found
    assert with_text > 100


def test_what_has_no_readable_text_has_lead_and_links(
    site: Site, posts: dict[str, str]
) -> None:
    without = 0
    for news_id, text in posts.items():
        truth = site.expected(news_id)
        if truth.content in READ:
            continue
        without += 1
        seen = shown(commonmark(body_of(text)), elements=POST_ELEMENTS)
        for name in truth.attachments:
            assert squeezed(name) in squeezed(seen), (news_id, name)
    assert without > 5


def test_notice_and_credit_stand_once_and_last(posts: dict[str, str]) -> None:
    for news_id, text in posts.items():
        assert text.count(CREDIT) == 1, news_id
        assert len(re.findall(r"공공누리 제[0-4]유형\(", body_of(text))) == 1, news_id
        notice, credit = body_of(text).strip().split("\n\n")[-2:]
        assert "공공누리 제" in notice
        assert credit.startswith(f"[{CREDIT}](https://www.korea.kr/")
        assert text.endswith("\n")
        assert not text.endswith("\n\n")


def test_nothing_of_side_bars_pictures_or_liquid_gets_in(
    site: Site, posts: dict[str, str]
) -> None:
    for news_id, text in posts.items():
        assert "<img" not in commonmark(body_of(text))
        assert "{{" not in text
        assert "{%" not in text
        for bait in site.expected(news_id).bait:
            assert bait not in text, (news_id, bait)


def test_persons_are_left_out_and_units_stay(site: Site, posts: dict[str, str]) -> None:
    """The default names departments only; the demo's seed has persons in tables."""
    named = 0
    for news_id, text in posts.items():
        truth = site.expected(news_id)
        if truth.content != "hwpx":
            continue
        _, fields = front_matter_of(text)
        for person in truth.people:
            named += 1
            assert f"{person.name}(" not in text, (news_id, person)
            units = [contact["unit"] for contact in fields.get("contacts", [])]  # type: ignore[attr-defined]
            assert person.unit in units, (news_id, person, units)
    assert named > 50


def test_paths_follow_the_day_and_the_id(newsroom: Newsroom, scraped: Result) -> None:
    for release in scraped.report["releases"]:
        if release["result"] == "published":
            assert re.fullmatch(
                rf"_posts/(\d{{4}})/(\d{{2}})/\1-\2-\d{{2}}-{release['id']}\.md",
                release["path"],
            )
    assert Path(newsroom.news, "_posts").is_dir(), "files appear checked out"
    assert newsroom.git("status", "--porcelain") == ""


def test_show_tells_why_a_release_is_held(
    newsroom: Newsroom, scraped: Result, capsys: pytest.CaptureFixture[str]
) -> None:
    held = [r for r in scraped.report["releases"] if r["result"] == "held"]
    assert len(held) > 10
    for release in held:
        shown_text = newsroom.command("show", release["id"], capsys=capsys)
        assert shown_text.code == 0
        assert release["reason"] in shown_text.out
        assert release["url"] in shown_text.out


def test_show_tells_where_a_post_s_text_is_from(
    newsroom: Newsroom,
    scraped: Result,
    site: Site,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for release in scraped.report["releases"][:20]:
        if release["result"] == "published":
            out = newsroom.command("show", release["id"], capsys=capsys).out
            truth = site.expected(release["id"])
            assert release["path"] in out
            assert f"KOGL-{truth.license_type}" in out
            if truth.content in READ:
                assert re.search(rf"text from +{truth.text_from}\n", out)
            else:
                assert re.search(r"no text because +\S", out)


def test_show_of_an_unknown_release_is_a_usage_error(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    result = newsroom.command("show", "1", capsys=capsys)
    assert result.code == 2
    assert "nothing is known of 1" in result.err
