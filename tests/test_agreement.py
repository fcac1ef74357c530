from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from scraper.model import KST, Attachment, LicenseMarks, RawRelease
from scraper.sources.agreement import disagreements, reconcile
from tests.test_open_api import item, raw_of

API = raw_of(item())
MARKS = LicenseMarks(("1",), ("공공누리 1유형",), ("공공누리 제1유형 조건",))
NOTICE = (
    "<p>정책브리핑의 정책뉴스자료는 「공공누리 제1유형:출처표시」의 조건에 따라"
    " 자유롭게 이용이 가능합니다.</p><p>다만, 사진의 경우 제3자에게 저작권이"
    " 있으므로 사용할 수 없습니다.</p><p>&lt;자료출처=정책브리핑 www.korea.kr&gt;</p>"
)
PAGE = replace(API, license_marks=MARKS, revision=0, modified_at=None)


def differs(**changes: object) -> list[str]:
    """Return what is said when the page has something else than the API."""
    return [*disagreements(API, replace(PAGE, **changes))]  # type: ignore[arg-type]


def test_both_ways_of_one_release_agree() -> None:
    assert differs() == []


def test_the_api_wins_and_both_marks_go_on() -> None:
    """Whoever judges the license must see both, and takes the stricter."""
    both = reconcile(API, replace(PAGE, title="다른 제목"))
    assert both.title == API.title
    assert both.revision == API.revision
    assert both.license_marks == replace(MARKS, kogl_type=("1",))


def test_what_only_the_page_has_is_taken_from_there() -> None:
    file = Attachment("1", "가.hwpx", "한글파일", "/common/download.do?fileId=1")
    silent = replace(API, ministry="", attachments=(), lead="")
    page = replace(PAGE, ministry="환경부", attachments=(file,), lead="앞 글")
    both = reconcile(silent, page)
    assert (both.ministry, both.attachments, both.lead) == ("환경부", (file,), "앞 글")
    assert both.warnings == ()


def test_warnings_of_both_are_kept() -> None:
    both = reconcile(replace(API, warnings=("a",)), replace(PAGE, warnings=("b",)))
    assert both.warnings == ("a", "b")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": "딴 제목"}, "title: the API has '갯벌"),
        (
            {"ministry": "환경부"},
            "ministry: the API has '해양수산부', the page '환경부'",
        ),
        ({"subtitles": ("하나",)}, "subtitles: the API has '서해"),
        (
            {"license_marks": replace(MARKS, images=("4",))},
            "license: the API has 'type 1', the page 'type 4'",
        ),
        (
            {"published_at": API.published_at + timedelta(minutes=1)},
            "time: the API has 2026-11-24 09:30:00+09:00, the page 2026-11-24 09:31",
        ),
        (
            {"body_html": "<p>해양수산부는 25일 체험길을 열었다.</p>"},
            "text: the API has '해양수산부는24일체험길을열었다.', the page '해양수산",
        ),
    ],
)
def test_a_disagreement_is_told_with_both_sides(
    changes: dict[str, object], said: str
) -> None:
    (line,) = differs(**changes)
    assert line.startswith(said)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "갯벌  체험길 &quot;새로 연다&quot;"},
        {"ministry": ""},
        {"ministry": "해양 수산부"},
        {"subtitles": ()},
        {"license_marks": LicenseMarks()},
        {"published_at": datetime(2026, 11, 24, tzinfo=KST)},
        {"body_html": ""},
        {"body_html": API.body_html + NOTICE},
        {"body_html": "<div>해양수산부는 <span>24</span>일\n체험길을<br>열었다.</div>"},
        {"body_html": "<style>p{}</style>" + API.body_html + "<!-- x -->"},
    ],
)
def test_what_says_the_same_in_another_way_is_no_disagreement(
    changes: dict[str, object],
) -> None:
    """A page may show only its day, no ministry, and the notice beside its text."""
    assert differs(**changes) == []


def test_a_text_that_stops_early_is_told() -> None:
    (line,) = differs(body_html="<p>해양수산부는 24일</p>")
    assert line.endswith("the page '해양수산부는24일'")


def test_a_raw_release_by_page_says_nothing_of_revisions() -> None:
    assert RawRelease.__dataclass_fields__["revision"].default == 0
