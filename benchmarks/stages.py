"""The stages of a release whose text is in a document."""

import json
import time
from collections.abc import Callable
from datetime import date, datetime

import yaml

from publishers.post import Style, render_post, render_stub
from scraper.documents import extract
from scraper.layout import read_layout
from scraper.markdown import to_markdown
from scraper.model import KST, Held, License, Use
from scraper.prepare import Left, Ready, Rules, prepare
from scraper.sources.press_release import PRESS_RELEASE
from tests.replica import Site, make_site
from tests.test_prepare import Shelf, entry

NOW = datetime(2026, 12, 31, tzinfo=KST)


def measure() -> list[dict[str, str]]:
    """Return one row for each stage and peer."""
    site = make_site(
        seed=4, days="2026-11-23..2026-11-24", releases=100, page_weight=90
    )
    ids = [
        i
        for day in ("2026-11-23", "2026-11-24")
        for i in site.ids(date.fromisoformat(day))
    ]
    texts = [i for i in ids if site.expected(i).content == "hwpx"][:40]
    files = [_document(site, i) for i in texts]
    documents = [extract(body) for body in files]
    ready = [r for i in texts if isinstance(r := _prepare(site, i), Ready)]
    fields = [{"title": r.release.title, "lead": r.release.lead} for r in ready]

    rows: list[dict[str, str]] = []

    def add(
        name: str, work: Callable[[], object], count: int, floor: float = 0
    ) -> float:
        seconds = cpu(work) / count
        ratio = f"{seconds / floor:.1f}" if floor else "1.0"
        rows.append({"what": name, "ms each": f"{seconds * 1000:.2f}", "ratio": ratio})
        return seconds

    reading = add(
        "HWPX: to blocks", lambda: [extract(body) for body in files], len(files)
    )
    add(
        "HWPX: blocks to parts of a release",
        lambda: [read_layout(document, "") for document in documents],
        len(documents),
        reading,
    )
    add(
        "HWPX: blocks to Markdown",
        lambda: [to_markdown(document.blocks) for document in documents],
        len(documents),
        reading,
    )
    add(
        "post: rendered, sealed, read back",
        lambda: [
            render_post(
                r.release, License(1, "이 자료는 공공누리 제1유형", "출처"), Style()
            )
            for r in ready
        ],
        len(ready),
        reading,
    )
    quoting = add(
        "front matter: JSON-quoted strings",
        lambda: [json.dumps(f, ensure_ascii=False) for f in fields],
        len(fields),
    )
    add(
        "front matter: PyYAML writes it",
        lambda: [yaml.safe_dump(f, allow_unicode=True) for f in fields],
        len(fields),
        quoting,
    )
    return rows


def cpu(work: Callable[[], object]) -> float:
    """Return the CPU seconds of one call, the best of three."""
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def _document(site: Site, news_id: str) -> bytes:
    truth = site.expected(news_id)
    path = f"/common/download.do?fileId={truth.text_from}&tblKey=GMN"
    return site.answer("GET", path, {}).body


def _prepare(site: Site, news_id: str) -> Ready | Held | Left:
    rules = Rules(
        use=Use(),
        stub_refused=False,
        public_url="https://www.korea.kr",
        render=lambda release, license, path: render_post(
            release, license, Style(), path=path
        ),
        render_stub=lambda release, path: render_stub(release, Style(), path=path),
        extract=extract,
    )
    return prepare(entry(site, news_id), Shelf(site), PRESS_RELEASE, rules, now=NOW)
