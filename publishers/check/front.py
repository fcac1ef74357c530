"""Front matter: can YAML read it, and does it say what is meant?"""

import re
from collections.abc import Iterator
from datetime import date, datetime

from publishers.check.context import View
from publishers.check.dates import (
    day_of,
    day_of_name,
    has_zone,
    is_good,
    iso,
    read_moment,
)
from publishers.check.draft import Chunk, Draft, read_yaml
from publishers.check.rules import Edit, Hit
from publishers.check.words import MOMENTS, text_words
from publishers.front_matter import quoted

#: What a post of a house style must have.
REQUIRED = {
    "plain": ("title", "date", "excerpt", "canonical_url", "source"),
    "newsdao": ("title", "categories", "excerpt", "feature_text"),
    "alembic": ("title", "excerpt"),
    "chirpy": ("title", "date", "categories"),
    "hugo": ("title", "date"),
    "eleventy": ("title", "date"),
    "astro": ("title", "pubDate", "description"),
    "mkdocs-material": ("date",),
}
#: A comment ends a plain value, and a title with a number sign.
_COMMENT = re.compile(r"\s#")
_UNTITLED = "Jekyll, unless strict, publishes it untitled and dated at the build"


def look(view: View) -> Iterator[Hit]:
    """Yield what is wrong with the front matter."""
    draft = view.draft
    if not draft.has_head:
        yield Hit("front-matter-missing", -1, _why_missing(draft))
        return
    if draft.begins_at and (above := draft.text[: draft.begins_at].strip("\ufeff")):
        edits = (Edit(0, draft.begins_at, ""),)
        message = f"{len(above)} blank characters above it: Jekyll takes it for text"
        yield Hit("front-matter-late", 0, message, edits)
    if draft.problem:
        yield _invalid(draft)
    else:
        yield from _title(draft)
        yield from _cut(draft)
        yield from _twice(draft)
        yield from _missing(view)
    yield from _dates(view)


def _why_missing(draft: Draft) -> str:
    if draft.text.lstrip("\ufeff \n").startswith("---"):
        return "the front matter is not closed by a line of ---"
    return "the file does not begin with a line of ---"


def _invalid(draft: Draft) -> Hit:
    edits = _quotes(draft)
    message = f"{draft.problem}: {_UNTITLED}; other generators stop"
    return Hit("yaml-invalid", draft.problem_at, message, edits)


def _quotes(draft: Draft) -> tuple[Edit, ...]:
    """Return quotes for each value that YAML cannot read alone, if that is enough."""
    edits = tuple(e for c in draft.chunks for e in _quoting(draft, c))
    head, shift = draft.head, draft.head_at
    for edit in reversed(edits):
        head = head[: edit.start - shift] + edit.new + head[edit.end - shift :]
    read = read_yaml(head)
    if not edits or read.problem:
        return ()
    title = read.fields.get("title")
    if isinstance(title, str) and text_words(title) != text_words(draft.said("title")):
        return ()
    return edits


def _quoting(draft: Draft, chunk: Chunk) -> Iterator[Edit]:
    """Yield the edits that put a value, or its items, into quotes."""
    source = draft.text[chunk.at : chunk.end]
    if chunk.block or not read_yaml(source).problem:
        return
    lines = source.splitlines(keepends=True)
    at = chunk.at
    for number, line in enumerate(lines):
        start = chunk.value_at if number == 0 else at + _item_at(line)
        end = at + len(line.rstrip())
        at += len(line)
        value = draft.text[start:end]
        if start < end and read_yaml(f"x: {value}\n").problem:
            yield Edit(start, end, quoted(value))


def _item_at(line: str) -> int:
    """Return where the text of a list's item begins; past the end for other lines."""
    item = re.match(r"[ \t]*-[ \t]+", line)
    return item.end() if item else len(line)


def _title(draft: Draft) -> Iterator[Hit]:
    chunk = next((c for c in draft.chunks if c.name == "title"), None)
    value = draft.fields.get("title")
    if chunk is None or not chunk.words:
        yield Hit("title-missing", -1, "no title: feeds and lists show an empty one")
    elif isinstance(value, str):
        if not value.strip():
            yield Hit("title-missing", chunk.at, "the title is empty")
    else:
        kind = "nothing" if value is None else f"a {type(value).__name__}"
        alone = "\n" not in draft.text[chunk.value_at : chunk.end].strip()
        # ``~`` and ``&name`` are no words; what a number sign hides, is.
        said = value is not None or chunk.value.startswith("#")
        edits = (_requoted(draft, chunk),) if alone and said and not chunk.block else ()
        yield Hit("title-not-text", chunk.at, f"YAML reads {kind} from it", edits)


def _requoted(draft: Draft, chunk: Chunk) -> Edit:
    end = chunk.value_at + len(draft.text[chunk.value_at : chunk.end].rstrip())
    return Edit(chunk.value_at, end, quoted(draft.text[chunk.value_at : end]))


def _cut(draft: Draft) -> Iterator[Hit]:
    for chunk in draft.chunks:
        plain = not chunk.block and not chunk.value.startswith(("'", '"', "#"))
        if plain and chunk.value and (found := _COMMENT.search(chunk.value)):
            gone = chunk.value[found.end() :]
            if isinstance(draft.fields.get(chunk.name), str):
                at, size = chunk.value_at + found.start(), len(gone)
                message = f"{chunk.name}: the last {size} characters are a comment"
                yield Hit("title-cut", at, message)


def _twice(draft: Draft) -> Iterator[Hit]:
    named: dict[str, list[Chunk]] = {name: [] for name in draft.repeated}
    for chunk in draft.chunks:
        if chunk.name in named:
            named[chunk.name].append(chunk)
    for name, chunks in named.items():
        if len(chunks) < 2:
            yield Hit("key-twice", draft.head_at, f"{name} stands more than once")
            continue
        texts = {draft.text[c.value_at : c.end].rstrip() for c in chunks}
        same = len(texts) == 1
        edits = tuple(Edit(c.at, c.end, "") for c in chunks[1:]) if same else ()
        what = "alike" if same else "each time another value; the last one counts"
        message = f"{name} stands {len(chunks)} times, {what}"
        yield Hit("key-twice", chunks[1].at, message, edits)


def _missing(view: View) -> Iterator[Hit]:
    for name in REQUIRED.get(view.options.profile, ()):
        if name not in view.draft.fields and name != "title":
            message = f"{view.options.profile} posts have {name}:"
            yield Hit("key-missing", view.draft.head_at, message)


def _dates(view: View) -> Iterator[Hit]:
    draft, now = view.draft, view.options.now
    named = day_of_name(draft.path.rpartition("/")[2])
    first: date | None = None
    for chunk in draft.chunks:
        if chunk.name.lower() not in MOMENTS or chunk.block or not chunk.value:
            continue
        said = written(chunk)
        moment = read_moment(said)
        if moment is None:
            message = f"{chunk.name}: not a date: {said[:40]}"
            yield Hit("date-invalid", chunk.value_at, message)
            continue
        day = day_of(moment)
        primary = chunk.name.lower() in ("date", "pubdate")
        if not is_good(said):
            yield _form(draft, chunk, said, moment, named if primary else None)
        if _is_future(moment, now):
            yield Hit("date-future", chunk.value_at, f"{chunk.name}: {said}")
        if primary:
            first = day
            if named and named != day:
                message = f"the file name says {named}, {chunk.name} says {day}"
                yield Hit("date-differs", chunk.value_at, message)
    if first is None and named and named > day_of(now):
        yield Hit("date-future", -1, f"the file name says {named}")


def written(chunk: Chunk) -> str:
    """Return a date as its line has it, without quotes and comment."""
    value = chunk.value
    if value[:1] in ("'", '"'):
        return value[1:].partition(value[0])[0]
    return _COMMENT.split(value)[0].strip()


def _form(
    draft: Draft,
    chunk: Chunk,
    written: str,
    moment: datetime | date,
    named: date | None,
) -> Hit:
    """Return the hit of a form that some generators refuse.

    A time without a zone is taken for Korean only if the file name's day agrees.
    """
    sure = has_zone(written) or not isinstance(moment, datetime)
    sure = sure or named is None or named == day_of(moment)
    end = chunk.value_at + len(chunk.value)
    alone = draft.text[chunk.value_at : chunk.end].strip() == chunk.value
    plain = "#" not in chunk.value
    edits = (
        (Edit(chunk.value_at, end, iso(moment)),) if sure and alone and plain else ()
    )
    zone = "" if has_zone(written) else ", without a zone,"
    message = f"{chunk.name}: {written}{zone} should be {iso(moment)}"
    return Hit("date-form", chunk.value_at, message, edits)


def _is_future(moment: datetime | date, now: datetime) -> bool:
    if isinstance(moment, datetime):
        return moment > now
    return moment > day_of(now)
