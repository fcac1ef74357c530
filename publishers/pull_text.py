"""The title and the body of a pull request; both are ours only as far as marked.

The body's part between two comments is written by us, whatever else people write around
it stays. Titles of releases are other people's words: nothing in them may act on the
forge (mentions, issue numbers, links, markup).
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import yaml

from publishers.git.commit import one_line
from publishers.profiles import safe_url
from publishers.seal import is_intact
from scraper.markdown import entity, escape_markdown

#: Most bytes of a body: forges take 65,536 characters, and what people add needs room.
MOST_BYTES = 58_000
#: Least room for our part, should people's own part be longer than all of that.
LEAST_BYTES = 2_000
#: Lines about what was skipped, at most.
MOST_SKIPPED = 100

BEGIN = "<!-- bodojaryo:begin"
END = "<!-- bodojaryo:end -->"
#: Stands in the body until labels, reviewers and the rest were asked for.
PENDING = " pending"
#: Stands in the body of a pull request that we closed because nothing was left in it.
EMPTIED = "<!-- bodojaryo:emptied -->"

Kind = Literal["new", "corrected", "withdrawn", "edited by hand"]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HEAD = re.compile(r"---\n(.*?\n)---\n", re.DOTALL)
_PART = re.compile(
    re.escape(BEGIN) + r"(?P<state>[a-z ]*)-->.*?" + re.escape(END), re.DOTALL
)
_TITLE = re.compile(
    r"news: [\d,]+ releases?(?: \(\d{4}-\d\d-\d\d(?: to \d{4}-\d\d-\d\d)?\))?"
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
#: The credit line of any profile: its link, and the ministry of a press release.
_CREDIT = re.compile(
    r"(?:\]\(|href=\")(?P<url>https?://[^\s\")]+)|\((?P<ministry>[^()]+) 보도자료\)"
)
_TYPE = re.compile(r"공공누리\s*제?\s*([0-4])\s*유형")
_SKIPPED_HEAD = "**Skipped**"
_SKIPPED_LINE = re.compile(r"- (\d{1,20})(?= )[^\n]*")


@dataclass(frozen=True, slots=True)
class Row:
    """One release of a pull request."""

    news_id: str
    path: str
    kind: Kind
    title: str
    ministry: str = ""
    #: ``KOGL-1`` or the like; "" if the post does not say.
    license: str = ""
    #: Where the release stands on the site; "" if the post does not say.
    url: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A release that is not in the pull request, and why."""

    news_id: str
    title: str
    reason: str
    ministry: str = ""


def read_row(news_id: str, path: str, text: str, *, on_base: bool) -> Row:
    """Return what the table says of a post, as far as the post itself tells.

    A person may have edited it: nothing is taken for granted.
    """
    fields = _front_matter(text)
    license = fields.get("license")
    named = str(license.get("id", "")) if isinstance(license, Mapping) else ""
    url, ministry = _credit(text)
    kind_of_license = _TYPE.search(html.unescape(text))
    return Row(
        news_id,
        path,
        _kind(text, fields, on_base=on_base),
        str(fields.get("title") or path),
        str(fields.get("author") or ministry),
        named or (f"KOGL-{kind_of_license[1]}" if kind_of_license else ""),
        str(fields.get("canonical_url") or url),
    )


def title_of(rows: Sequence[Row]) -> str:
    """Return the title for these releases; nothing in it is from the source.

    >>> title_of([Row("1", "_posts/2026/11/2026-11-23-1.md", "new", "제목")])
    'news: 1 release (2026-11-23)'
    """
    days = sorted(found[0] for row in rows if (found := _DAY.search(row.path)))
    span = f" ({' to '.join(sorted({days[0], days[-1]}))})" if days else ""
    return f"news: {len(rows)} release{'s' * (len(rows) != 1)}{span}"


def is_our_title(title: str) -> bool:
    """Say whether a title is still as :func:`title_of` makes them."""
    return _TITLE.fullmatch(title.strip()) is not None


def is_pending(body: str) -> bool:
    """Say whether labels, reviewers and the rest were not asked for yet."""
    part = _PART.search(body)
    return bool(part) and PENDING.strip() in (part["state"] if part else "")


def body_of(
    rows: Sequence[Row],
    skipped: Sequence[Skipped] = (),
    *,
    existing: str | None = None,
    pending: bool = False,
    emptied: bool = False,
) -> str:
    """Return the whole body: people's own words, and our part made anew.

    ``existing`` is the body as it is; ``None`` for a pull request to be opened. Where
    people took our part out, theirs is returned as it is. What was told as skipped
    before stays told, until the release is in the pull request as it should be.
    """
    if existing is None:
        return _part(rows, _lines(skipped, rows), MOST_BYTES, pending, emptied)
    text = existing.replace("\r\n", "\n")
    part = _PART.search(text)
    if part is None:
        return existing
    told = {found[1]: found[0] for found in _SKIPPED_LINE.finditer(part[0])}
    lines = _lines(skipped, rows, told)
    around = len((text[: part.start()] + text[part.end() :]).encode())
    room = max(MOST_BYTES - around, LEAST_BYTES)
    ours = _part(rows, lines, room, pending, emptied)
    return text[: part.start()] + ours + text[part.end() :]


def same_text(one: str, other: str) -> bool:
    """Say whether two bodies differ in nothing but what forges do to line ends."""
    return _plain_ends(one) == _plain_ends(other)


def _plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


# --- our part -------------------------------------------------------------------------


def _part(
    rows: Sequence[Row], lines: Sequence[str], room: int, pending: bool, emptied: bool
) -> str:
    head = f"{BEGIN}{PENDING * pending} -->\n"
    if emptied:
        words = "Closed: the base branch has everything that was in it."
        return f"{head}{EMPTIED}\n{words}\n{END}"
    start = head + _introduction(rows)
    skipped = _section(lines, room // 3) if lines else ""
    left = room - len((start + skipped + END).encode()) - 100
    return f"{start}{_table(rows, left)}{skipped}{END}"


def _introduction(rows: Sequence[Row]) -> str:
    count = f"{len(rows)} release" + "s" * (len(rows) != 1)
    return (
        f"{count} from 정책브리핑. Merge to publish; close to decline them for good."
        " Edits to a post are kept. This part, between two hidden marks, is written"
        " anew by every run; words around it stay.\n\n"
    )


def _table(rows: Sequence[Row], room: int) -> str:
    """Return as much of the table as there is room for, and how much is left out."""
    lines = ["| | release | ministry | license |", "| --- | --- | --- | --- |"]
    left = room - sum(len(line) + 1 for line in lines)
    for at, row in enumerate(rows):
        line = _line(row)
        left -= len(line.encode()) + 1
        if left < 0:
            more = f"\nand {len(rows) - at} more: the files of this pull request."
            return "\n".join(lines) + f"\n{more}\n\n"
        lines.append(line)
    return "\n".join(lines) + "\n\n" if rows else ""


def _line(row: Row) -> str:
    address = safe_url(row.url) if re.match(r"https?://\S", row.url) else ""
    label = _shown(row.title)
    link = f"[{label}]({address})" if address else label
    return f"| {row.kind} | {link} | {_shown(row.ministry)} | {_shown(row.license)} |"


def _section(lines: Sequence[str], room: int) -> str:
    kept: list[str] = []
    for line in lines[:MOST_SKIPPED]:
        room -= len(line.encode()) + 1
        if room < 0:
            break
        kept.append(line)
    more = [f"\nand {len(lines) - len(kept)} more."] if len(kept) < len(lines) else []
    return "\n".join([_SKIPPED_HEAD, "", *kept, *more]) + "\n\n"


def _lines(
    skipped: Sequence[Skipped],
    rows: Sequence[Row],
    told: Mapping[str, str] | None = None,
) -> list[str]:
    """Return a line for each release that was skipped, told before or now."""
    lines = dict(told or {})
    for row in rows:
        if row.kind != "edited by hand":
            lines.pop(row.news_id, None)
    for one in skipped:
        words = f"{_shown(one.title)}: {_shown(one.reason)}"
        by = f" ({_shown(one.ministry)})" if one.ministry else ""
        lines[one.news_id] = f"- {one.news_id} {words}{by}"
    return list(lines.values())


def _shown(text: str) -> str:
    """Return other people's words as Markdown that shows them and does nothing."""
    plain = re.sub(r"(?i)\bwww\.(?=\w)", "www ", one_line(text))
    plain = re.sub(r"(?<!\w)!(?=\d)", "！", plain)  # a merge request of GitLab
    safe = escape_markdown(plain)
    return safe.replace("[", entity("[")).replace("]", entity("]"))


# --- what a post says of itself -------------------------------------------------------


def _kind(text: str, fields: Mapping[str, object], *, on_base: bool) -> Kind:
    if not is_intact(text):
        return "edited by hand"
    if fields.get("withdrawn_at"):
        return "withdrawn"
    return "corrected" if on_base else "new"


def _front_matter(text: str) -> Mapping[str, object]:
    """Return the front matter's fields; none if it does not read."""
    head = _HEAD.match(text)
    try:
        fields = yaml.load(head[1], _LOADER) if head else None  # noqa: S506 - a safe one
    except (yaml.YAMLError, ValueError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _credit(text: str) -> tuple[str, str]:
    """Return the address and the ministry that the credit line names."""
    lines = [line for line in text.splitlines() if "자료출처" in line]
    found = {"url": "", "ministry": ""}
    for match in _CREDIT.finditer(html.unescape(lines[-1]) if lines else ""):
        found |= {name: value for name, value in match.groupdict().items() if value}
    return found["url"], found["ministry"]
