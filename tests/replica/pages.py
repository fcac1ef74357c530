"""Pages in the shape of the site's own, as of October 2026; words of ours."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from tests.replica.bodies import page_body
from tests.replica.dice import Dice, mix
from tests.replica.kogl import license_block
from tests.replica.ministries import MINISTRIES
from tests.replica.release import File, Release

ROWS = 10
FIELDS = (
    "pageIndex",
    "repCodeType",
    "repCode",
    "startDate",
    "endDate",
    "srchWord",
    "period",
)
VIEW = "/briefing/pressReleaseView.do?newsId="
KINDS = {"hwpx": "한글파일", "hwp": "한글파일", "pdf": "PDF파일"}
ICONS = {"hwpx": "icon_ihangul.gif", "hwp": "icon_ihangul.gif", "pdf": "icon_ipdf.gif"}
CLASSES = {"list": "list_type", "text": "text", "lead": "lead", "source": "source"}
#: The same page after a redesign nobody announced.
NEW_CLASSES = {"list": "card_grid", "text": "body", "lead": "desc", "source": "meta"}


@dataclass(frozen=True, slots=True)
class ListPage:
    """What a page of the listing shows."""

    form: Mapping[str, str]
    releases: Sequence[Release]
    total: int
    #: Shows the notice of an empty listing.
    empty: bool
    bait: Sequence[str]
    classes: Mapping[str, str]


@cache
def _environment() -> Environment:
    folder = Path(__file__).with_name("templates")
    loader = FileSystemLoader(folder, encoding="utf-8")
    # No auto-escaping: the site escapes some things twice and some not at all.
    return Environment(loader=loader, trim_blocks=True, lstrip_blocks=True)


def marked(text: str, times: int = 1) -> str:
    """Return ``text`` as HTML with the site's entities, escaped ``times`` over."""
    out = escape(text, quote=False).replace("·", "&middot;")
    out = out.replace('"', "&quot;").replace("'", "&#039;")
    for _ in range(times - 1):
        out = out.replace("&", "&amp;")
    return out


def render_list(page: ListPage, weight: int) -> str:
    """Return a page of the listing; ``weight`` is its padding in KB."""
    rows = [_row(release) for release in page.releases]
    last = -(-page.total // ROWS)
    return _render(
        "list.html",
        weight,
        head_title="보도자료 | 브리핑룸 | 대한민국 정책브리핑",
        og_title="보도자료",
        description="",
        path="/briefing/pressReleaseList.do",
        form=_escaped(page.form),
        total=f"{page.total:,}",
        rows=rows,
        empty=page.empty,
        bait=page.bait,
        pages=range(1, min(last, 10) + 1),
        ministries=MINISTRIES,
        classes=page.classes,
    )


def _row(release: Release) -> dict[str, str]:
    day = release.slot.published_at
    lead = marked(release.lead[:150] + ("..." if len(release.lead) > 150 else ""))
    return {
        "id": release.slot.news_id,
        "title": marked(release.title, release.escapes),
        "lead": lead.replace(" ㅇ ", "  &#x3147;"),
        "day": f"{day:%Y.%m.%d}" if release.dotted else f"{day:%Y-%m-%d}",
        "ministry": release.slot.ministry.name,
    }


def render_view(
    release: Release, bait: Sequence[str], previous: str | None, weight: int
) -> str:
    """Return the page of a release."""
    slot = release.slot
    title = marked(release.title, release.escapes)
    description = marked(release.lead[:100]) + " - 정책브리핑 | 브리핑룸 | 보도자료"
    linked = marked(release.title, release.escapes - 1)
    return _render(
        "view.html",
        weight,
        head_title=f"{title} - 보도자료 | 브리핑룸 | 대한민국 정책브리핑",
        og_title=title,
        description=description,
        path=VIEW + slot.news_id,
        form=dict.fromkeys(FIELDS, "") | {"pageIndex": "1"},
        json_title=_json(linked if release.escapes > 1 else release.title),
        json_description=_json(release.lead[:200]),
        published=slot.published_at.isoformat(),
        day=f"{slot.published_at:%Y.%m.%d}",
        ministry=slot.ministry,
        subtitles="<br>".join(map(marked, release.subtitles)) * bool(release.page_body),
        files=[_file(file) for file in release.files],
        body=page_body(release),
        viewer=f"{mix(slot.news_id):016x}{mix(slot.number):016x}",
        license=license_block(release.license),
        previous=previous,
        bait=bait,
    )


def render_error(path: str, weight: int) -> str:
    """Return the page the site shows, with status 200, for what is not there."""
    head = {"head_title": "정책브리핑 - Error", "og_title": "", "description": ""}
    return _render("error.html", weight, path=escape(path), **head)


def _file(file: File) -> dict[str, str]:
    extension = file.name.rpartition(".")[2]
    return {
        "id": file.file_id,
        "name": escape(file.name, quote=False),
        "kind": KINDS.get(extension, "첨부파일"),
        "icon": ICONS.get(extension, "icon_ifile.gif"),
    }


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("</", "<\\/")


def _escaped(form: Mapping[str, str]) -> dict[str, str]:
    return {name: escape(form.get(name, "")) for name in FIELDS}


def _render(template: str, weight: int, **values: object) -> str:
    head, menu, foot = _padding(weight)
    return (
        _environment()
        .get_template(template)
        .render(values, weight_head=head, weight_menu=menu, weight_foot=foot)
    )


@cache
def _padding(weight: int) -> tuple[str, str, str]:
    """Return scripts, menus and a footer of about ``weight`` KB, as real pages have."""
    script = "\n\n\n\t\t\tif($('.select_opt ul li').length == {0}){{ menu({0}); }}\n"
    item = '\t\t\t\t<li><a href="/menu/{0}.do"><span>메뉴 {0}</span></a></li>\n\n\n'
    scripts = "".join(script.format(n) for n in range(weight * 6))
    items = "".join(item.format(n) for n in range(weight * 4))
    links = "".join(item.format(n) for n in range(weight * 3))
    return (
        f"<script>\n{scripts}</script>" if scripts else "",
        f"<ul>\n{items}</ul>" if items else "",
        f"<ul>\n{links}</ul>" if links else "",
    )


def bait_ids(seed: int, key: str) -> tuple[str, ...]:
    """Return ids for side bars: some of policy news, some of press releases."""
    dice = Dice(seed, "bait", key)
    policy = [str(148_900_000 + dice.below(90_000)) for _ in range(3)]
    press = [str(156_600_000 + dice.below(90_000)) for _ in range(2)]
    return (*policy, *press)
