"""The one-line summary of a release, in its own words."""

import re
from collections.abc import Iterable, Iterator, Sequence

from scraper.markdown import one_line, unboxed
from scraper.model import Block, ListItem, Paragraph, Release

#: A sentence ends after a word: "가." and "6. 24." are numbering and dates.
_END = re.compile(r"(?<=[가-힣]{2}[.?!])(?:\s+)")
_BULLET = re.compile(r"^(?:[□■○●◦ㅇ▪▫❑❍◆◇▷▶•·]\s*)+|^[-–]\s+")
_OPEN, _CLOSED = "“‘「『(<《〈[", "”’」』)>》〉]"


def excerpt(release: Release, length: int) -> str:
    """Return subtitles, then whole first sentences, ``length`` characters at most.

    Subtitles are set off by ``/``. If the first piece alone is longer, it is cut at a
    word and ends in ``…``. Without a text the site's own lead is used; without one,
    the title.
    """
    chosen = ""
    for piece in _pieces(release):
        if len(chosen + piece.rstrip()) > length:
            return chosen.rstrip(" /") or _cut(piece, length)
        chosen += piece
    return chosen.rstrip(" /") or _cut(one_line(release.title), length)


def shown_lead(release: Release) -> str:
    """Return the site's lead; where it stops within a sentence, ``…`` says so."""
    lead = one_line(release.lead)
    return lead if not lead or lead.endswith((".", "!", "?", "…")) else lead + "…"


def _pieces(release: Release) -> Iterator[str]:
    """Yield subtitles and sentences, each with what sets it off from the next."""
    yield from (f"{line} / " for line in map(one_line, release.subtitles) if line)
    texts = _body_texts(release.body) if release.text_from else [shown_lead(release)]
    for text in texts:
        yield from (f"{s} " for s in _sentences(_BULLET.sub("", one_line(text))))


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
