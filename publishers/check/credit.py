"""Credit, notice and license: what a text of the site must say, and what it forbids."""

import re
from collections.abc import Iterator, Mapping

from publishers.check.context import View
from publishers.check.credit_words import (
    find_credits,
    is_mechanical,
    shown,
    tags_within,
)
from publishers.check.rules import Edit, Hit
from scraper.license import CREDIT, NO_CHANGES, NO_COMMERCE, NOTICES
from scraper.ministries import code_of

_SITE = re.compile(r"정책\s?브리핑|(?<![a-z@])korea\.kr|공공누리")
#: ``출처: … - 보건복지부``: a source that is a ministry.
_SOURCE_LINE = re.compile(
    r"출처\s*[:：][^\n]{0,300}?[-–|]\s*([가-힣]{2,20})\s*(?:\||$)", re.MULTILINE
)
#: ``문의: 보건복지부 …(044-000-0000)``: a ministry's own contact.
_CONTACT = re.compile(
    r"문의(?:처)?[^가-힣\n]{0,9}\s{0,9}([가-힣]{2,20})[^\n]{0,80}?0\d{1,2}[-.)\s]\d{3,4}"
)
#: A license that is stated for something here, not one that is reported on.
_STATED = re.compile(
    r"공공누리[^\n]{0,40}?(?<![0-9])(?P<type>[0-4])\s*유형"
    r"(?P<more>[^\n]{0,80}?(?:조건|이용|출처|활용|금지|제작|$))",
    re.MULTILINE,
)
#: So long is a type with what it forbids: ``4유형:출처표시+상업적 이용금지+변경금지``.
_LONGEST_NAME = 48
_LETTERS = re.compile(r"[^0-9A-Za-z가-힣]+")
_LICENSE_TYPE = re.compile(r"([0-4])\s*유형|(?:type|kogl)[\s_-]*([0-4])", re.IGNORECASE)
_FORBIDDEN = (("변경금지", NO_CHANGES), ("상업적이용금지", NO_COMMERCE))
_PRESS = re.compile(r"korea\.kr/\S*?pressRelease", re.IGNORECASE)
_ADS = re.compile(
    r"adsbygoogle|googlesyndication|data-ad-|ad\.daum|adfit", re.IGNORECASE
)


def look(view: View) -> Iterator[Hit]:
    """Yield what is wrong with credit, notice and license."""
    yield from _credits(view)
    yield from _notices(view)
    excerpt = view.draft.said("excerpt") or view.draft.said("description")
    if "공공누리" in excerpt or find_credits(excerpt, 0):
        message = "the excerpt states license or credit; readers want the text"
        yield Hit("excerpt-notice", _key_at(view, "excerpt"), message)


def origin(view: View) -> str:
    """Return why a text must be the site's; "" if nothing tells.

    A post that is as we made it says what its license asks for; a stub has no text.
    """
    if view.ours:
        return ""
    if found := _SITE.search(view.draft.text):
        return f"it speaks of {' '.join(found[0].split())}"
    for pattern, how in (
        (_SOURCE_LINE, "names as source"),
        (_CONTACT, "has a contact of"),
    ):
        for found in pattern.finditer(view.seen):
            if code_of(found[1]):
                return f"it {how} {found[1]}"
    return ""


def _credits(view: View) -> Iterator[Hit]:
    draft = view.draft
    found = find_credits(draft.text, draft.body_at)
    for match in found:
        if (spelt := shown(match)) != CREDIT:
            edits = tuple(_mended(match)) if is_mechanical(match) else ()
            yield Hit(
                "credit-spelling", match.start(), f"{spelt}: {_kind(match)}", edits
            )
    if len(found) > 1:
        message = f"the credit stands {len(found)} times"
        yield Hit("credit-twice", found[1].start(), message)
    if not found and (why := origin(view)):
        in_head = find_credits(draft.head, 0)
        message = f"{why}, but {'only the excerpt' if in_head else 'nothing'} credits"
        yield Hit("credit-missing", -1, f"{message} {CREDIT}")


def _kind(match: re.Match[str]) -> str:
    """Return in what a credit differs from the one asked for."""
    address = match["address"] or ""
    label = "".join(match["label"].split())
    kinds = (
        (not address, "no address"),
        (match["path"], "an article's address"),
        ("://" in address, "a scheme before the address"),
        (address and "www." not in address, "no www."),
        (label != "자료출처", f"{label} for 자료출처"),
        (match["sign"] != "=", "no ="),
        (match["open"], "brackets"),
    )
    return ", ".join(kind for differs, kind in kinds if differs) or "blanks or commas"


def _mended(match: re.Match[str]) -> Iterator[Edit]:
    """Yield the edits that word a credit as asked for; tags in it stay."""
    for group, new in (
        ("label", "자료출처"),
        ("before", tags_within(match["before"])),
        ("sign", "="),
        ("after", tags_within(match["after"])),
        ("name", "정책브리핑"),
    ):
        yield Edit(*match.span(group), new)
    if match["address"] is None:
        yield Edit(match.end("name"), match.end("name"), " www.korea.kr")
        return
    yield Edit(*match.span("gap"), f" {tags_within(match['gap'])}")
    if match["open"]:
        yield Edit(*match.span("open"), "")
    yield Edit(*match.span("within"), tags_within(match["within"]))
    behind = tags_within(match["behind"] or "")
    yield Edit(match.start("address"), match.end(), f"www.korea.kr{behind}")


def _notices(view: View) -> Iterator[Hit]:
    stated = list(_STATED.finditer(view.seen))
    excerpt = list(_STATED.finditer(view.draft.said("excerpt")))
    if not stated and (why := origin(view)):
        where = "only the excerpt states" if excerpt else "nothing states"
        yield Hit("notice-missing", -1, f"{why}, but {where} its license")
    if stated and not _is_whole(view.seen):
        message = "the notice is not worded as the site words it"
        yield Hit("notice-altered", _at(view, "공공누리"), message)
    types = {int(found["type"]) for found in stated or excerpt}
    yield from _contradictions(view, types, stated)
    yield from _forbidden(view, types)


def _is_whole(seen: str) -> bool:
    letters = _LETTERS.sub("", seen)
    return any(wording in letters for wording in _WORDINGS)


def _wordings() -> Iterator[str]:
    """Yield every whole notice as its letters; the later site's form leaves a word."""
    for notice in NOTICES.values():
        letters = _LETTERS.sub("", notice)
        yield letters
        yield letters.replace("정책뉴스자료는", "자료는")


_WORDINGS = tuple(sorted(set(_wordings())))


def _contradictions(
    view: View, types: set[int], stated: list[re.Match[str]]
) -> Iterator[Hit]:
    mark = _at(view, "공공누리")
    if len(types) > 1:
        names = " and ".join(map(str, sorted(types)))
        yield Hit("notice-differs", mark, f"notices of types {names} in one post")
    number = _licensed(view.draft.fields.get("license"))
    if number is not None and types and types != {number}:
        message = f"the notice says type {min(types)}, license: says {number}"
        yield Hit("notice-differs", mark, message)
    for found in stated:
        at = found.start("type")
        name = view.seen[at : at + _LONGEST_NAME].partition("」")[0]
        words = "".join(name.split())
        for forbids, by in _FORBIDDEN:
            if forbids in words and int(found["type"]) not in by:
                message = f"type {found['type']} does not say {forbids}"
                yield Hit("notice-differs", mark, message)
    if "정책뉴스자료" in "".join(view.seen.split()) and _is_press(view):
        message = "a press release under the notice of policy news"
        yield Hit("notice-differs", mark, message)


def _licensed(license: object) -> int | None:
    """Return the type that the front matter states; ``None`` if it states none."""
    texts = license.values() if isinstance(license, Mapping) else (license,)
    for text in texts:
        if isinstance(text, str) and (found := _LICENSE_TYPE.search(text)):
            return int(found[1] or found[2])
    return None


def _is_press(view: View) -> bool:
    fields = view.draft.fields
    source = fields.get("source")
    address = source.get("url") if isinstance(source, Mapping) else source
    return any(
        isinstance(text, str) and _PRESS.search(text)
        for text in (fields.get("canonical_url"), address)
    )


def _forbidden(view: View, types: set[int]) -> Iterator[Hit]:
    at = _at(view, "공공누리")
    if (commerce := types & NO_COMMERCE) and (what := _advertised(view)):
        message = f"type {min(commerce)} forbids commercial use: {what}"
        yield Hit("license-commerce", at, message)
    if (changes := types & NO_CHANGES) and not view.ours:
        message = f"type {min(changes)} forbids changes: compare it with the original"
        yield Hit("license-changes", at, message)


def _advertised(view: View) -> str:
    """Return what earns money in a post; "" if nothing does."""
    if _ADS.search(view.draft.body):
        return "an ad stands in it"
    for tag in view.draft.tags:
        rel = tag.get("rel").lower() if tag.name == "a" else ""
        if ("dofollow" in rel.split() or "sponsored" in rel) and "출처" not in (
            view.draft.text[max(tag.start - 12, 0) : tag.start]
        ):
            return f"a promotion of {tag.get('href')[:60]} stands in it"
    return ""


def _at(view: View, word: str) -> int:
    found = view.draft.text.find(word, view.draft.body_at)
    return found if found >= 0 else view.draft.text.find(word)


def _key_at(view: View, name: str) -> int:
    return next((c.at for c in view.draft.chunks if c.name == name), -1)
