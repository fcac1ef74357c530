"""The one-line summary of a release, in its own words."""

import re
from collections.abc import Iterable, Iterator, Sequence

from scraper.markdown import one_line, unboxed
from scraper.model import Block, ListItem, Paragraph, Release

#: A sentence ends after a word: "가." and "6. 24." are numbering and dates.
_END = re.compile(r"(?<=[가-힣]{2}[.?!])(?:\s+)")
_BULLET = re.compile(r"^(?:[□■○●◦ㅇ▪▫❑❍◆◇▷▶•·]\s*)+|^[-–]\s+")
#: What a rebuttal's title starts with, so that nobody takes what it denies for news.
REBUTTAL = "사실은 이렇습니다"

_OPEN, _CLOSED = "“‘「『(<《〈[", "”’」』)>》〉]"


def excerpt(release: Release, length: int) -> str:
    """Return subtitles, then whole first sentences, ``length`` characters at most.

    Subtitles are set off by ``/``. If the first piece alone is longer, it is cut at a
    word and ends in ``…``. Without a text the site's own lead is used; without one,
    the title. Of a rebuttal nothing but its named answer is quoted.
    """
    chosen = ""
    for piece in _pieces(release):
        if len(chosen + piece.rstrip()) > length:
            return chosen.rstrip(" /") or _cut(piece, length)
        chosen += piece
    return chosen.rstrip(" /") or _cut(shown_title(release), length)


def shown_title(release: Release) -> str:
    """Return the title as one line; that of a rebuttal says so at its start."""
    title = one_line(release.title)
    letters = "".join(filter(str.isalnum, title))
    if release.rebuttal and not letters.startswith(REBUTTAL.replace(" ", "")):
        return f"[{REBUTTAL}] {title}".strip()
    return title


def shown_lead(release: Release) -> str:
    """Return the site's lead; where it stops within a sentence, ``…`` says so.

    A rebuttal's has the beginning of its text, which is what it denies: "".
    """
    lead = "" if release.rebuttal else one_line(release.lead)
    return lead if not lead or lead.endswith((".", "!", "?", "…")) else lead + "…"


def _pieces(release: Release) -> Iterator[str]:
    """Yield subtitles and sentences, each with what sets it off from the next."""
    yield from (f"{line} / " for line in map(one_line, release.subtitles) if line)
    texts = _said(release) if release.text_from else [shown_lead(release)]
    for text in texts:
        yield from (f"{s} " for s in _sentences(_BULLET.sub("", one_line(text))))


def _said(release: Release) -> Iterator[str]:
    """Yield the texts that may be quoted: of a rebuttal, those below its first claim.

    What stands above is no answer. Claims are known by their texts, for removals
    shorten blocks after they are told apart. A rebuttal without any quotes nothing.
    """
    claims = tuple(_body_texts(release.claims))
    claimed = "\n".join(claims)
    answering = not release.rebuttal
    for text in _body_texts(release.body):
        answering = answering or text in claims
        if answering and text not in claimed:
            yield text


def _body_texts(blocks: Sequence[Block]) -> Iterable[str]:
    return (b.text for b in unboxed(blocks) if isinstance(b, Paragraph | ListItem))


def _sentences(text: str) -> Iterator[str]:
    """Split a paragraph after its sentences, never inside quotes or brackets."""
    start = 0
    for end in _END.finditer(text):
        sentence = text[start : end.start()]
        if sum(map(sentence.count, _OPEN)) <= sum(map(sentence.count, _CLOSED)):
            yield sentence
            start = end.end()
    if text[start:]:
        yield text[start:]


def _cut(text: str, length: int) -> str:
    text = text.rstrip(" /")
    if len(text) <= length:
        return text
    room = text[:length]
    head = room[:-1].rsplit(" ", 1)[0] if " " in room[:-1] else room[:-1]
    return head.rstrip(" ,·") + "…"
