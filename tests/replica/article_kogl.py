"""License marks of articles: page, API and body notice, which may disagree."""

from dataclasses import dataclass

from tests.replica.article import Article

#: Of 100 articles of the open sections. ``blank``: neither page nor API says anything;
#: ``api stricter``: the page says 1, the API 4; ``body differs``: the notice says 4.
CARDS = {
    "1": 81, "old form": 3, "2": 2, "3": 2, "4": 3, "blank": 2, "api blank": 2,
    "api stricter": 1, "page stricter": 1, "body differs": 2, "image differs": 1,
}  # fmt: skip
#: Card -> license block of the page, KoglType, type of the body's notice.
_MARKS = {
    "old form": ("old form", "1", "1"),
    "blank": ("missing", "", "1"),
    "api blank": ("1", "", "1"),
    "api stricter": ("1", "4", "1"),
    "page stricter": ("4", "1", "1"),
    "body differs": ("1", "1", "4"),
    "image differs": ("image differs", "1", "1"),
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a careful reader makes of the marks; ``None`` is unclear."""

    page: int | None
    api: int | None
    both: int | None
    kogl: str


def marks(card: str) -> tuple[str, str, str]:
    """Return the card of the page's block, KoglType and the notice's type."""
    return _MARKS.get(card, (card, card, card))


def judged(article: Article) -> Judgement:
    """Return the types by page, by API and by both, the stricter of two."""
    block, kogl, notice = marks(article.license)
    shown = {"old form": 1, "missing": None, "image differs": None}
    page = shown[block] if block in shown else int(block)
    api = int(kogl) if kogl else None
    said = int(notice) if article.notice >= 0 else None
    by_page = _stricter(page, said) if article.notice_on_page else page
    by_api = _stricter(api, said)
    both = None if None in (by_page, by_api) else _stricter(by_page, by_api)
    return Judgement(by_page, by_api, both, kogl)


def _stricter(one: int | None, other: int | None) -> int | None:
    """Return the stricter of a mark and what contradicts it; unknown stays so.

    Types 2 and 3 forbid different things: together they are 4.
    """
    if one is None or other is None:
        return one
    return 4 if {one, other} == {2, 3} else max(one, other)
