"""Two invented releases to try a template on: one with everything, one with nothing."""

from dataclasses import replace
from datetime import datetime

from publishers.profiles import Article, Style
from scraper.model import (
    KST,
    Attachment,
    Contact,
    Correction,
    History,
    License,
    LicenseMarks,
    ListItem,
    Ministry,
    Paragraph,
    Release,
)

_DAY = datetime(2026, 11, 24, 9, 30, tzinfo=KST)

#: Words that stand in nothing else of the samples.
NOTICE = "이 자료는 견본 이용 조건에 따라 이용할 수 있습니다."
CREDIT = "자료출처=견본"

_FULL = Release(
    source="press_release",
    news_id="100000001",
    canonical_url="https://www.korea.kr/briefing/pressReleaseView.do?newsId=100000001",
    title="[견본] “제목” & 3*4",
    subtitles=("작은 제목",),
    lead="견본입니다.",
    published_at=_DAY,
    available_at=_DAY,
    embargo="",
    ministry=Ministry("견본부", "", "견본부"),
    contacts=(Contact("견본과", "042-000-0000", "담당자", "사무관 홍길동"),),
    body=(Paragraph("첫 문단입니다."), ListItem("□ 항목", 1)),
    removed=(),
    attachments=(
        Attachment("1", "붙임.pdf", "PDF파일", "/common/download.do?fileId=1"),
    ),
    license_marks=LicenseMarks(),
    text_from="page",
    no_text_because="",
    source_hash="",
    warnings=(),
    history=History(2, (Correction(_DAY, "text"),)),
)

_BARE = replace(
    _FULL,
    subtitles=(),
    ministry=Ministry("", "", ""),
    contacts=(),
    body=(Paragraph("한 문단입니다."),),
    attachments=(),
    history=History(),
)


def sample_articles(style: Style) -> list[Article]:
    """Return an article of each."""
    license = License(1, NOTICE, CREDIT)
    return [Article(one, license, style, "첫 문단입니다.") for one in (_FULL, _BARE)]
