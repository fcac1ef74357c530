"""Real releases through the whole chain but the network: text, structure, numbers."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest

from publishers.post import Style, render_post
from scraper.blocks import leaves
from scraper.documents import extract
from scraper.embargo import available_at
from scraper.layout import read_layout
from scraper.license import License
from scraper.model import (
    KST,
    Attachment,
    Document,
    Download,
    Entry,
    LicenseMarks,
    RawRelease,
    Release,
)
from scraper.normalize import normalize
from scraper.read import Reading, read_text
from tests.accounting import missing_text
from tests.rendering import POST_ELEMENTS, body_of, commonmark, shown, solid

pytestmark = pytest.mark.captures

NOTICE = (
    "이 자료는 텍스트에 한하여 공공누리 제1유형(출처표시)의 조건에 따라 이용할 수 있다."
)
CREDIT = "자료출처=정책브리핑 www.korea.kr"

#: Least shares over the real releases; a lower figure here needs a reason in words.
FLOORS = {"title": 0.95, "embargo": 0.97, "contacts": 0.97}


@dataclass(frozen=True, slots=True)
class Real:
    """A real release, its document and its post."""

    name: str
    document: Document
    release: Release
    reading: Reading
    post: str


@pytest.fixture(scope="module")
def releases(captures: Path) -> list[Real]:
    folder = captures / "attachments"
    files = sorted((folder / "hwpx").glob("kr_*.hwpx"))
    told = [f for f in files if (folder / "ref_md" / f"{f.stem}.md").exists()]
    assert len(told) >= 30
    return [_real(path) for path in told]


def _real(path: Path) -> Real:
    raw = _raw(path)
    body = path.read_bytes()
    now = datetime(2026, 11, 24, tzinfo=KST)
    reading = read_text(raw, lambda file: Download(file.path, body, now), extract)
    assert reading.document is not None, (path.name, reading.no_text_because)
    layout = read_layout(reading.document, raw.title)
    release = normalize(
        raw,
        layout,
        availability=available_at(
            raw.published_at, stated=layout.embargo, names=[], title=raw.title
        ),
        text_from=reading.text_from,
        no_text_because="",
        canonical_url="https://www.korea.kr" + raw.entry.path,
        file_digests=reading.file_digests,
    )
    post = render_post(release, License(1, NOTICE, CREDIT), Style()).text
    return Real(path.name, reading.document, release, reading, post)


def _raw(path: Path) -> RawRelease:
    """Make the release of what the site's own viewer page says of it."""
    said = (path.parents[1] / "ref_md" / f"{path.stem}.md").read_text("utf-8")
    news_id = path.stem.removeprefix("kr_")
    title = re.search(r"^# (.+)$", said, re.M)
    ministry = re.search(r"^- 부처: (.+)$", said, re.M)
    posted = re.search(r"^- 게시 시각: (.+)$", said, re.M)
    assert title
    assert ministry
    assert posted
    at = datetime.strptime(posted[1], "%m/%d/%Y %H:%M:%S").replace(tzinfo=KST)
    address = f"/briefing/pressReleaseView.do?newsId={news_id}"
    day = date(at.year, at.month, at.day)
    entry = Entry("press_release", news_id, address, title[1], "", ministry[1], day)
    file = Attachment("1", "보도자료.hwpx", "한글파일", "/common/download.do?fileId=1")
    marks = LicenseMarks()
    return RawRelease(entry, title[1], (), at, ministry[1], "", (file,), "", marks)


def texts(document: Document) -> Iterator[str]:
    for block in document.blocks:
        yield from leaves(block)


def test_every_document_is_known_as_its_release_s_text(releases: list[Real]) -> None:
    """The gates on title and preview refuse none of the real ones."""
    assert all(real.reading.text_from == "1" for real in releases)


def test_structure_is_found(releases: list[Real]) -> None:
    whole = ["".join(texts(real.document)) for real in releases]
    stating = {
        "title": releases,
        "embargo": [
            real
            for real, text in zip(releases, whole, strict=True)
            if re.search(r"보\s?도\s?(?:시점|일시)", text[:600])
        ],
        "contacts": [
            real
            for real, text in zip(releases, whole, strict=True)
            if re.search(r"담\s?당\s?부\s?서|담\s?당\s?자", text)
        ],
    }
    found = {
        "title": [r for r in releases if _has(r, "title")],
        "embargo": [r for r in stating["embargo"] if r.release.embargo],
        "contacts": [r for r in stating["contacts"] if r.release.contacts],
    }
    for part, floor in FLOORS.items():
        missed = {r.name for r in stating[part]} - {r.name for r in found[part]}
        share = len(found[part]) / len(stating[part])
        assert share >= floor, (part, share, sorted(missed))


def _has(real: Real, reason: str) -> bool:
    return any(part.reason == reason for part in real.release.removed)


def test_every_number_with_its_unit_is_in_the_post_or_removed(
    releases: list[Real],
) -> None:
    number = re.compile(r"\d[\d,.]*(?:\s?[%℃㎡㎢㎏]|[가-힣]{1,2})?")
    for real in releases:
        kept = shown(commonmark(body_of(real.post)), elements=POST_ELEMENTS)
        gone = [t for part in real.release.removed for t in leaves(part.block)]
        wanted = Counter(number.findall(solid("".join(texts(real.document)))))
        there = Counter(number.findall(solid(kept)))
        there.update(number.findall(solid("".join(gone))))
        missing = {n: c for n, c in wanted.items() if there[n] < c}
        # a number at the seam of two blocks may take its unit from the next one
        assert sum(missing.values()) <= 0.01 * sum(wanted.values()), (
            real.name,
            missing,
        )
        assert missing_text(real.document.blocks, real.post, real.release.removed) == []


def test_no_sentence_of_a_post_is_absent_from_the_source(
    releases: list[Real],
) -> None:
    for real in releases:
        source = solid("".join(texts(real.document)))
        ours = {solid(CREDIT), solid(NOTICE), "문의"}
        for line in _lines(real.post):
            if (
                line in ours
                or line.startswith(solid(CREDIT))
                or "보도자료.hwpx" in line
            ):
                continue
            if any(solid(contact.unit) in line for contact in real.release.contacts):
                continue
            assert line in source, (real.name, line)


def _lines(post: str) -> Iterator[str]:
    """Yield what a reader sees, element by element, without blanks."""
    markup = commonmark(body_of(post))
    for piece in re.split(
        r"</?(?:p|li|ul|td|th|tr|table|thead|tbody|h\d|br)[^>]*>", markup
    ):
        line = solid(shown(piece, elements="a"))
        if line:
            yield line


def test_nothing_is_struck_or_bold_by_accident(releases: list[Real]) -> None:
    for real in releases:
        markup = commonmark(body_of(real.post))
        assert not re.search(r"<(?:s|del|em|strong|code|pre|blockquote|ol)\b", markup)
        stars = shown(markup, elements=POST_ELEMENTS).count("**")
        said = "".join(texts(real.document)).count("**")
        assert stars <= said, "a second footnote's mark, and nothing of ours"
