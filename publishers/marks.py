"""What a post says of its own history: keys of its front matter, lines under its text.

The wording is ours and fixed, and nothing in it is the source's.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import get_args

import yaml

from publishers.front_matter import Value
from publishers.seal import read_seal
from scraper.model import KST, Change, Correction, History, Release

CORRECTED = "※ 이 글은 {}에 원문의 수정에 따라 고쳐졌습니다."
WITHDRAWN = "※ 이 글의 원문은 {}에 정책브리핑에서 내려간 것으로 확인되었습니다."
RESTRICTED = (
    "※ {}에 원문의 이용 조건이 바뀐 것으로 확인되었습니다."
    " 이용하기 전에 원문을 확인하시기 바랍니다."
)
#: Before, in and after the link to the release that this one corrects.
CORRECTS = ("※ 이 글은 ", "먼저 나온 글", "을 바로잡은 것입니다.")

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HEAD = re.compile(r"---\n(.*?\n)---\n", re.DOTALL)


def mark_fields(history: History, *, twins: bool = True) -> dict[str, Value]:
    """Return the keys that tell a history; none for a post nothing happened to.

    ``twins`` tells whether those of the same title are named.
    """
    fields: dict[str, Value] = {
        "last_modified_at": history.modified_at or "",
        "corrections": [
            {"at": correction.at, "class": correction.change}
            for correction in history.corrections
        ],
        "withdrawn_at": history.withdrawn_at or "",
        "license_changed_at": history.restricted_at or "",
        "corrects": history.corrects,
        "same_title_as": list(history.same_title_as) if twins else [],
    }
    return {key: value for key, value in fields.items() if value}


def mark_line(history: History) -> str:
    """Return the one line that tells readers what happened last; "" for nothing."""
    if history.withdrawn_at:
        return WITHDRAWN.format(_minute(history.withdrawn_at))
    if history.restricted_at:
        return RESTRICTED.format(_minute(history.restricted_at))
    if history.corrections:
        return CORRECTED.format(_minute(history.corrections[-1].at))
    return ""


def corrected_url(release: Release) -> str:
    """Return the address of the release that this one corrects; "" for none.

    It is one of the same section, whose pages differ in nothing but the id.
    """
    of = release.history.corrects
    return release.canonical_url.replace(release.news_id, of) if of else ""


def read_history(text: str) -> History | None:
    """Return the history that a post of ours tells; ``None`` if it has no seal.

    What does not read is left out; the revision is the seal's.
    """
    seal = read_seal(text)
    if seal is None:
        return None
    fields = _fields(text)
    return History(
        revision=seal.revision,
        corrections=tuple(_corrections(fields.get("corrections"))),
        withdrawn_at=_time(fields.get("withdrawn_at")),
        restricted_at=_time(fields.get("license_changed_at")),
        corrects=str(fields.get("corrects") or ""),
        same_title_as=tuple(map(str, _list(fields.get("same_title_as")))),
    )


def _minute(at: datetime) -> str:
    return f"{at.astimezone(KST):%Y-%m-%d %H:%M}"


def _fields(text: str) -> Mapping[str, object]:
    head = _HEAD.match(text)
    try:
        fields = yaml.load(head[1], _LOADER) if head else None  # noqa: S506 - a safe one
    except (yaml.YAMLError, ValueError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _corrections(value: object) -> list[Correction]:
    found = []
    for one in _list(value):
        if isinstance(one, Mapping):
            at, named = _time(one.get("at")), one.get("class")
            change = next((kind for kind in get_args(Change) if kind == named), None)
            if at and change:
                found.append(Correction(at, change))
    return found


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _time(value: object) -> datetime | None:
    """Return a time in KST, as we write them."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(KST)
    return None
