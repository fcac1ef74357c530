"""Pages in the shape of the site's own, as of October 2026; words of ours."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import escape
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from tests.replica.bodies import page_body
from tests.replica.dice import Dice, mix
from tests.replica.kogl import license_block
from tests.replica.ministries import MINISTRIES
from tests.replica.release import File, Release, Slot

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
LIST = "/briefing/pressReleaseList.do"
VIEW = "/briefing/pressReleaseView.do"
DOWNLOAD = "/common/download.do"
KINDS = {"hwpx": "한글파일", "hwp": "한글파일", "pdf": "PDF파일"}
ICONS = {"hwpx": "icon_ihangul.gif", "hwp": "icon_ihangul.gif", "pdf": "icon_ipdf.gif"}
CLASSES = {"list": "list_type", "text": "text", "lead": "lead", "source": "source"}
#: The same page after a redesign nobody announced.
NEW_CLASSES = {"list": "card_grid", "text": "body", "lead": "desc", "source": "meta"}


@dataclass(frozen=True, slots=True)
class ListPage:
    """What a page of a listing shows."""

    form: Mapping[str, str]
    rows: Sequence[Mapping[str, str]]
    total: int
    #: Shows the notice of an empty listing.
    empty: bool
    bait: Sequence[str]
    classes: Mapping[str, str]
    path: str = LIST
    label: str = "보도자료"
    menu: str = "브리핑룸"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of a release or an article shows; markup is marked so."""

    slot: Slot
    title: str
    escapes: int
    lead: str
    #: Where it stands: ``보도자료 | 브리핑룸``.
    place: str
    label: str
    menu: str
    listing: str
    view: str
    #: Its own address below the site.
    path: str
    #: Markup.
    subtitles: str
    files: Sequence[File]
    #: Markup; "" shows the viewer.
    body: str
    ministry: str
    code: str
    #: Shows the remark that it is reprinted.
    remark: bool
    #: Markup.
    license: str


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
    last = -(-page.total // ROWS)
    return _render(
        "list.html",
        weight,
        head_title=f"{page.label} | {page.menu} | 대한민국 정책브리핑",
        og_title=page.label,
        description="",
        path=page.path,
        listing=page.path,
        form=_escaped(page.form),
        total=f"{page.total:,}",
        rows=page.rows,
        empty=page.empty,
        bait=page.bait,
        pages=range(1, min(last, 10) + 1),
        ministries=MINISTRIES,
        classes=page.classes,
    )


def release_row(release: Release) -> dict[str, str]:
    """Return the row of a press release."""
    day = release.slot.published_at
    lead = marked(release.lead[:150] + ("..." if len(release.lead) > 150 else ""))
    return {
        "id": release.slot.news_id,
        "view": VIEW,
        "tail": "",
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
    subtitles = "<br>".join(map(marked, release.subtitles)) * bool(release.page_body)
    shown = Shown(
        slot=slot,
        title=release.title,
        escapes=release.escapes,
        lead=release.lead,
        place="보도자료 | 브리핑룸",
        label="보도자료",
        menu="브리핑룸",
        listing=LIST,
        view="/news/pressReleaseView.do",
        path=f"{VIEW}?newsId={slot.news_id}",
        subtitles=subtitles,
        files=release.files,
        body=page_body(release),
        ministry=slot.ministry.name,
        code=slot.ministry.code,
        remark=True,
        license=license_block(release.license),
    )
    return render_page(shown, bait, previous, weight)


def render_page(
    shown: Shown, bait: Sequence[str], previous: str | None, weight: int
) -> str:
    """Return the page of a release or an article."""
    slot = shown.slot
    title = marked(shown.title, shown.escapes)
    linked = (
        marked(shown.title, shown.escapes - 1) if shown.escapes > 1 else shown.title
    )
    section, menu = shown.label, shown.menu
    description = f"{marked(shown.lead[:100])} - 정책브리핑 | {menu} | {section}"
    return _render(
        "view.html",
        weight,
        head_title=f"{title} - {shown.place} | 대한민국 정책브리핑",
        og_title=title,
        description=description,
        path=shown.path,
        form=dict.fromkeys(FIELDS, "") | {"pageIndex": "1"},
        json_title=_json(linked),
        json_description=_json(shown.lead[:200]),
        published=slot.published_at.isoformat(),
        day=f"{slot.published_at:%Y.%m.%d}",
        ministry=shown.ministry,
        code=shown.code,
        label=section,
        menu=menu,
        listing=shown.listing,
        view=shown.view,
        remark=shown.remark,
        subtitles=shown.subtitles,
        files=[_file(file) for file in shown.files],
        body=shown.body,
        viewer=f"{mix(slot.news_id):016x}{mix(slot.number):016x}",
        license=shown.license,
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


def robots_text(base_url: str, crawl_delay: float | None) -> str:
    """Return robots.txt; its odd first line is the site's own."""
    lines = [
        "User-agent : Googlebot",
        f"Disallow: {base_url}/totalSearch.do",
        "",
        "User-Agent: *",
        "Allow: /",
        "Disallow:",
    ]
    if crawl_delay is not None:
        lines.append(f"Crawl-delay: {crawl_delay:g}")
    return "\n".join((*lines, f"Sitemap: {base_url}/sitemapindex.xml", ""))


def page_number(form: Mapping[str, str]) -> int:
    """Return ``pageIndex``; 1 for what is no number."""
    text = form.get("pageIndex", "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() else 1


def form_day(text: str) -> date | None:
    """Return a day of a form; ``None`` for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def form_key(form: Mapping[str, str]) -> str:
    """Return a form as one text."""
    return "/".join(f"{name}={form.get(name, '')}" for name in FIELDS)
