"""What is told of an alarm, in the form each channel can bear.

Evidence quotes servers and may quote a page, so nothing of it may act: no mention, no
link, no markup, no header of a mail.
"""

import hashlib
import re
from datetime import datetime
from typing import Any

from scraper.alarm import Notice
from scraper.text import clean

#: Letters of a line; Discord takes 2,000 in all, and Slack 3,000 in one block.
MOST = 500

_SAYS = {"opened": "ALARM", "lasts": "STILL", "closed": "WELL AGAIN"}
_DISCORD = re.compile(r"([\\*_~`|>#\[\]()<:@.\-])")


def head(notice: Notice) -> str:
    """Return the first line: what happened to which cause."""
    return f"{_SAYS[notice.what]} {_line(notice.alarm.cause, 120)}"


def lines(notice: Notice) -> list[str]:
    """Return the other lines: evidence, what to do, since when."""
    told = [f"seen: {_line(notice.alarm.evidence)}"]
    if notice.until:
        return [*told, f"from {_minute(notice.since)} to {_minute(notice.until)}"]
    told.append(f"do: {_line(notice.alarm.remedy)}")
    return [*told, f"since {_minute(notice.since)}"]


def plain(notice: Notice) -> str:
    """Return all of it as plain text."""
    return "\n".join([head(notice), *lines(notice)])


def for_slack(notice: Notice) -> dict[str, Any]:
    """Return a message of Slack, whose block is plain text; nobody is mentioned."""
    text = plain(notice)
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, entity)
    block = {"type": "plain_text", "text": plain(notice), "emoji": False}
    return {
        "text": text,
        "mrkdwn": False,
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "blocks": [{"type": "section", "text": block}],
    }


def for_discord(notice: Notice) -> dict[str, Any]:
    """Return a message of Discord without markup, mentions or previews."""
    text = _DISCORD.sub(r"\\\1", plain(notice).replace("@", "@\u200b"))
    return {"content": text[:2000], "allowed_mentions": {"parse": []}, "flags": 4}


def for_scripts(notice: Notice) -> dict[str, Any]:
    """Return plain values; the keys are a promise to scripts."""
    return {
        "program": "bodojaryo",
        "event": notice.what,
        "cause": notice.alarm.cause,
        "code": notice.alarm.code,
        "evidence": _line(notice.alarm.evidence),
        "remedy": notice.alarm.remedy,
        "since": notice.since.isoformat(),
        "until": notice.until.isoformat() if notice.until else "",
    }


def for_issue(notice: Notice) -> str:
    """Return the body of an issue: a mark, and a block of code, where nothing acts."""
    text = plain(notice)
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    fence = "`" * max(longest + 1, 3)
    return f"{mark(notice.alarm.cause)}\n{fence}text\n{text}\n{fence}\n"


def mark(cause: str) -> str:
    """Return what an issue about a cause is known again by."""
    digest = hashlib.sha256(cause.encode()).hexdigest()[:16]
    return f"<!-- bodojaryo alarm {digest} -->"


def _line(text: str, most: int = MOST) -> str:
    text = " ".join(clean(text).split())
    return text if len(text) <= most else text[: most - 1] + "…"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M %Z}"
