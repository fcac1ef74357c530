import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from scraper.body import read_body
from scraper.embargo import available_at
from scraper.model import (
    KST,
    Attachment,
    Availability,
    Caption,
    Contact,
    Entry,
    Layout,
    LicenseMarks,
    ListItem,
    Paragraph,
    RawRelease,
    Release,
    Removed,
)
from scraper.normalize import normalize, source_hash

PUBLISHED = datetime(2026, 11, 24, 9, 0, 5, tzinfo=KST)
URL = "https://www.korea.kr/briefing/pressReleaseView.do?newsId=156000001"
FILE = Attachment("198000001", "새 길.hwpx", "한글파일", "/common/download.do?fileId=1")

ENTRY = Entry(
    "press_release",
    "156000001",
    "/briefing/pressReleaseView.do?newsId=156000001",
    "새 길",
    "",
    "국방부",
    date(2026, 11, 24),
)
RAW = RawRelease(
    entry=ENTRY,
    title="&#039;새&nbsp;길&#039;을 연다",
    subtitles=(),
    published_at=PUBLISHED,
    ministry="국방부",
    lead="",
    attachments=(FILE,),
    body_html="",
    license_marks=LicenseMarks(("1",), ("1유형",), ("제1유형",)),
)
LAYOUT = Layout(
    body=(Paragraph("새 길이 열린다."),),
    embargo="배포 즉시",
    subtitles=("- 누구나 다닌다 -",),
    contacts=(Contact("도로과", "044-000-0000"),),
    removed=(Removed("banner", Paragraph("보도자료")),),
)


def make(
    raw: RawRelease = RAW,
    layout: Layout | None = LAYOUT,
    availability: Availability | None = None,
    text_from: str = "198000001",
    **more,
) -> Release:
    return normalize(
        raw,
        layout,
        availability=availability or Availability(PUBLISHED, "배포 즉시"),
        text_from=text_from,
        no_text_because=more.pop("no_text_because", ""),
        canonical_url=URL,
        file_digests={"198000001": "ab" * 32},
        **more,
    )


def test_every_part_has_its_place():
    release = make(warnings=["쪽 하나를 못 읽음"])
    assert release.title == "'새 길'을 연다"
    assert release.subtitles == ("- 누구나 다닌다 -",)
    assert release.published_at == release.available_at == PUBLISHED
    assert release.embargo == "배포 즉시"
    assert (release.ministry.printed, release.ministry.code) == ("국방부", "A00005")
    assert release.contacts == LAYOUT.contacts
    assert release.body == LAYOUT.body
    assert release.removed == LAYOUT.removed
    assert release.attachments == (FILE,)
    assert release.canonical_url == URL
    assert (release.text_from, release.no_text_because) == ("198000001", "")
    assert release.warnings == ("쪽 하나를 못 읽음",)


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("[보도자료] 새 길", "[보도자료] 새 길"),
        ("(참고) 새 길 [11.25.수.조간]", "(참고) 새 길 [11.25.수.조간]"),
        ("&lt;새 길&gt; &amp;middot; 옛 길", "<새 길> · 옛 길"),
        ("새 길...", "새 길..."),
    ],
)
def test_a_title_loses_its_escapes_but_none_of_its_words(printed, title):
    assert make(replace(RAW, title=printed)).title == title


def test_the_page_s_subtitles_come_before_the_document_s():
    raw = replace(RAW, subtitles=("쪽의 &quot;부제&quot;", "", "'새 길'을 연다"))
    assert make(raw).subtitles == ('쪽의 "부제"',)


@pytest.mark.parametrize(
    ("printed", "lead"),
    [
        ("'새 길'을 연다 □ 새 길을 열어...", "□ 새 길을 열어"),
        ("'새  길'을연다 새 길을 열어…", "새 길을 열어"),
        ("새 길을 열어 &middot; 다닌다.", "새 길을 열어 · 다닌다."),
        ("'새 길'을 연다", ""),
        ("", ""),
    ],
)
def test_a_lead_loses_the_title_and_the_dots(printed, lead):
    assert make(replace(RAW, lead=printed)).lead == lead


def test_the_listing_names_the_ministry_where_the_page_does_not():
    assert make(replace(RAW, ministry="")).ministry.printed == "국방부"


def test_an_unknown_ministry_passes_with_a_warning():
    release = make(replace(RAW, ministry="달빛관측부"))
    assert (release.ministry.code, release.ministry.name) == ("", "달빛관측부")
    assert release.warnings == ("unknown ministry '달빛관측부'",)


def test_no_ministry_at_all_is_a_warning():
    raw = replace(RAW, ministry="", entry=replace(ENTRY, ministry=""))
    assert make(raw).warnings == ("no ministry on the page or in the listing",)


def test_a_name_is_looked_up_for_the_day_of_publication():
    raw = replace(RAW, ministry="환경부", published_at=PUBLISHED.replace(year=2024))
    assert make(raw).ministry.name == "기후에너지환경부"


def test_the_listing_s_day_is_checked_against_the_page_s():
    far = replace(RAW, entry=replace(ENTRY, listed_on=date(2026, 11, 20)))
    assert make(far).warnings == ("listed on 2026-11-20, published on 2026-11-24",)
    near = replace(RAW, entry=replace(ENTRY, listed_on=date(2026, 11, 25)))
    assert make(near).warnings == ()


def test_an_embargo_that_was_not_understood_is_a_warning():
    later = Availability(PUBLISHED.replace(day=25), "추후", "embargo '추후' …")
    release = make(availability=later)
    assert release.available_at == later.at
    assert release.warnings == (later.note,)


def test_nothing_is_available_before_it_is_published():
    early = Availability(PUBLISHED.replace(year=2025))
    assert make(availability=early).available_at == PUBLISHED


def test_captions_notices_and_remarks_leave_the_body_and_are_told():
    """Body and removed blocks together are the whole text."""
    parts = {
        "caption": Caption("새 길 사진", "image"),
        "notice": Paragraph("이 자료는 공공누리 제1유형의 조건에 따라 쓸 수 있습니다."),
        "remark": Paragraph(
            "“이 자료는 국방부의 보도자료를 전재하여 제공함을 알려드립니다.”"
        ),
    }
    kept = (Caption("표 1. 길", "table"), ListItem("□ 이 자료는 공공누리 이야기다."))
    release = make(layout=Layout(body=(*parts.values(), *kept)))
    assert release.body == kept
    assert {part.reason: part.block for part in release.removed} == parts


def test_without_a_document_there_is_title_lead_and_links():
    release = make(layout=None, text_from="", no_text_because="PDF only")
    assert (release.body, release.contacts, release.removed) == ((), (), ())
    assert (release.text_from, release.no_text_because) == ("", "PDF only")


def test_a_document_without_text_counts_as_none():
    """Silent success is the commonest failure: an empty post must say why."""
    release = make(layout=Layout(body=()))
    assert release.text_from == ""
    assert release.no_text_because


# --- the source hash --------------------------------------------------------------


HASH = source_hash(RAW, {"198000001": "ab" * 32})


@pytest.mark.parametrize(
    "changed",
    [
        replace(RAW, title="새 길을 열었다"),
        replace(RAW, subtitles=("부제",)),
        replace(RAW, published_at=PUBLISHED.replace(second=6)),
        replace(RAW, ministry="국토교통부"),
        replace(RAW, license_marks=LicenseMarks(("4",), ("1유형",), ("제1유형",))),
        replace(RAW, license_marks=LicenseMarks(("1",), ("4유형",), ("제1유형",))),
        replace(RAW, license_marks=LicenseMarks(("1",), ("1유형",), ("제4유형",))),
        replace(RAW, body_html="<p>새 글</p>"),
        replace(RAW, attachments=()),
        replace(RAW, attachments=(replace(FILE, file_id="198000002"),)),
        replace(RAW, attachments=(replace(FILE, name="옛 길.hwpx"),)),
    ],
)
def test_whatever_the_source_changes_changes_the_hash(changed):
    assert source_hash(changed, {"198000001": "ab" * 32}) != HASH


def test_other_bytes_of_a_file_change_the_hash():
    """Silent corrections change nothing but the attachment."""
    assert source_hash(RAW, {"198000001": "cd" * 32}) != HASH
    assert source_hash(RAW, {}) != HASH


@pytest.mark.parametrize(
    "same",
    [
        replace(RAW, lead="다른 짧은 글"),
        replace(RAW, entry=replace(ENTRY, title="다른 목록 제목", lead="다른")),
        replace(RAW, attachments=(replace(FILE, kind="첨부파일"),)),
        replace(RAW, title=RAW.title + "\n\t "),
    ],
)
def test_what_is_not_the_release_does_not_change_the_hash(same):
    assert source_hash(same, {"198000001": "ab" * 32}) == HASH


def test_blanks_of_the_template_do_not_change_the_hash():
    one = replace(RAW, body_html="<p>새 글</p>\n\t\t<p>끝</p>")
    two = replace(RAW, body_html="<p>새 글</p> <p>끝</p>\n")
    assert source_hash(one, {}) == source_hash(two, {})


def test_what_we_make_of_a_document_does_not_change_the_hash():
    """A better extractor alone must not rewrite published posts."""
    other = Layout(body=(Paragraph("다르게 읽은 글"),))
    assert make().source_hash == make(layout=other).source_hash == HASH
    assert make(layout=None, text_from="").source_hash == HASH


def test_the_hash_is_the_same_on_every_machine():
    """It is kept in the state: a new form would rewrite every published post."""
    assert HASH == "17473a30f45ca3767b62b9037aec8e8e0b19295ec4276accaf3c0f5c78486b4a"


# --- real releases ----------------------------------------------------------------


@pytest.mark.captures
def test_eight_real_days_become_releases(captures: Path):
    """880 releases of July 2026, 20 of them with a text on the page."""
    releases = [
        from_capture(article)
        for file in sorted((captures / "releases").glob("*.json"))
        for article in json.loads(file.read_text(encoding="utf-8"))["articles"]
    ]
    assert len(releases) == 880
    assert all(release.title and release.ministry.code for release in releases)
    assert not any(release.warnings for release in releases)
    assert not any("&#" in release.title for release in releases)
    assert all(r.available_at >= r.published_at for r in releases)
    assert sum(bool(release.text_from) for release in releases) == 20
    assert len({release.source_hash for release in releases}) == 880
    for release in releases:
        assert not release.lead.startswith(release.title)
        assert not release.lead.endswith("...")


def from_capture(article: dict[str, str]) -> Release:
    published = datetime.fromisoformat(article["approved_at"])
    entry = Entry(
        "press_release",
        article["id"],
        f"/briefing/pressReleaseView.do?newsId={article['id']}",
        article["title"],
        article["summary"],
        article["ministry"],
        date.fromisoformat(article["publish_date"]),
    )
    raw = RawRelease(
        entry=entry,
        title=article["title"],
        subtitles=(),
        published_at=published,
        ministry=article["ministry"],
        lead=article["summary"],
        attachments=(),
        body_html=article["content_html"],
        license_marks=LicenseMarks(),
    )
    return normalize(
        raw,
        Layout(body=read_body(raw.body_html)),
        availability=available_at(published, stated="", names=(), title=raw.title),
        text_from="page",
        no_text_because="",
        canonical_url=article["original_url"],
        file_digests={},
    )
