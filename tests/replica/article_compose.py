"""Writes one article: its section's kind of text, its oddities, its marks."""

from dataclasses import dataclass, replace
from datetime import timedelta

from tests.replica.article import Article, Revision
from tests.replica.article_blocks import Node, lines
from tests.replica.article_body import Draft, write_body
from tests.replica.article_html import DAMAGES
from tests.replica.article_kogl import CARDS
from tests.replica.dice import Deck, Dice
from tests.replica.notices import WORDINGS
from tests.replica.release import Slot
from tests.replica.sections import Section
from tests.replica.text import GENRES, TITLE_HAZARDS, Writer

#: Of 100 articles: how many each section has.
MIX = {
    "policy": 55, "fact": 12, "brief": 10, "visual": 9, "council": 4, "column": 5,
    "reporter": 5,
}  # fmt: skip
STYLES = {"se": 30, "ke": 20, "hwp": 25, "breaks": 15, "divs": 10}
#: Of 100 articles: how the markup is broken.
DAMAGED = {
    "": 89, "stray text": 2, "open cell": 2, "p in span": 1, "stray div": 1,
    "two stray divs": 1, "open b": 2, "open p": 1, "crossed": 1,
}  # fmt: skip
ESCAPES = {"1": 70, "2": 24, "3": 6}
#: What stands in the body besides its sentences.
EXTRAS = {
    "none": 24, "letterhead": 14, "nested": 10, "box": 10, "photo": 16, "noise": 10,
    "photo in table": 6, "stray table": 10,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cards:
    """The decks oddities are dealt from."""

    section: Deck
    style: Deck
    damage: Deck
    titles: Deck
    bodies: Deck
    extra: Deck
    license: Deck
    hazard: Deck

    @classmethod
    def shuffled(cls, seed: int) -> "Cards":
        """Return all decks of a world."""
        return cls(
            section=Deck(seed, "section", **MIX),
            style=Deck(seed, "style", **STYLES),
            damage=Deck(seed, "damage", **DAMAGED),
            titles=Deck(seed, "titles", **ESCAPES),
            bodies=Deck(seed, "bodies", **ESCAPES),
            extra=Deck(seed, "extras", **EXTRAS),
            license=Deck(seed, "kogl", **CARDS),
            hazard=Deck(seed, "hazards", none=75, body=20, title=5),
        )


def write_article(
    seed: int, slot: Slot, section: Section, cards: Cards, weight: int
) -> Article:
    """Return the article of ``slot``; the same for the same seed."""
    number = slot.number
    dice = Dice(seed, "article", number)
    writer = Writer(dice, slot.ministry, slot.published_at.date())
    hazard = cards.hazard.deal(number)
    damage = cards.damage.deal(number)
    title = _title(section, writer, dice, number if hazard == "title" else None)
    draft = Draft(section.name, writer, dice, cards.extra.deal(number), weight)
    body = write_body(draft, number if hazard == "body" else None)
    style = "se" if "stray div" in damage else cards.style.deal(number)
    article = Article(
        slot=slot,
        section=section,
        title=title,
        subtitles=tuple(writer.lines("subtitle", dice.pick((0, 1, 2, 2, 3)))),
        subtitle_fields=dice.chance(40),
        lead=" ".join(lines(body.nodes)),
        body=body.nodes,
        rebuttal=body.rebuttal,
        license=_license(section, cards.license.deal(number)),
        notice=dice.below(WORDINGS),
        notice_on_page=dice.chance(50),
        style=style,
        damage=damage,
        escapes=int(cards.titles.deal(number)),
        body_escapes=int(cards.bodies.deal(number)),
        dotted=dice.chance(30),
        quirks=(),
        contacts=body.contacts,
        revision=_revision(slot, dice),
        has_ministry=section.name != "brief" or dice.chance(70),
        weight=weight,
    )
    return replace(article, quirks=_quirks(article, dice))


def _title(section: Section, writer: Writer, dice: Dice, hazard: int | None) -> str:
    if hazard is not None:
        template = TITLE_HAZARDS[hazard % len(TITLE_HAZARDS)]
        escaped = template.replace("{{", "{{{{").replace("}}", "}}}}")
        return writer.fill(escaped.replace("{%", "{{%").replace("%}", "%}}"))
    if section.name == "policy":
        return writer.line(f"title.{dice.pick(GENRES)}")
    return writer.line(f"{section.name}.title")


def _license(section: Section, card: str) -> str:
    match section.name:
        case "visual":
            return "4"
        case "column" | "reporter":
            return "blank"
        case _:
            return card


def _revision(slot: Slot, dice: Dice) -> Revision:
    """Return the counter as first seen: even a new article has been saved often."""
    number = dice.between(1, 21)
    minutes = timedelta(minutes=dice.between(0, 240), seconds=dice.below(60))
    changed = dice.chance(25)
    later = minutes if changed else timedelta(seconds=minutes.seconds % 60)
    return Revision("U" if changed else "I", number, slot.published_at + later)


_STYLE_QUIRKS = {
    "se": ("se-contents", "split spans"),
    "ke": ("data-ke-size", "split spans"),
    "hwp": ("p br pairs", "split spans"),
    "breaks": ("plain lines",),
    "divs": ("plain lines",),
}
_BULLETS = "□○ㅇ◦▪-*※☞◆◇■▲①†"


def _quirks(article: Article, dice: Dice) -> tuple[str, ...]:
    found = set(_STYLE_QUIRKS[article.style]) | set(_node_quirks(article.body))
    text = list(lines(article.body))
    found |= {f"bullet {line[0]}" for line in text if line[0] in _BULLETS}
    found |= {name for name, mark in _MARKS.items() if any(mark in t for t in text)}
    if any(line.startswith("ㅇ") for line in text) and dice.chance(50):
        found.add("numeric bullet")
    if len(article.subtitles) > 1:
        found.add("subtitle lines")
    if article.body_escapes > 1:
        found.add(f"escaped {article.body_escapes} times")
    if article.escapes > 1:
        found.add(f"title escaped {article.escapes} times")
    if article.notice_on_page:
        found.add("notice on page")
    if article.slot.published_at.strftime("%X") == "00:00:00":
        found.add("midnight")
    if article.damage:
        found.add(f"damage {article.damage}")
    return tuple(sorted(found))


_MARKS = {"ranges": "~", "annex": "<붙임>", "end mark": "끝.", "contact": "문의"}


def _node_quirks(nodes: tuple[Node, ...]) -> set[str]:
    names = {type(node).__name__ for node in nodes}
    found = {f"node {name}" for name in names - {"Para"}}
    for node in nodes:
        for cell in getattr(node, "cells", ()):
            if cell.rows > 1 or cell.columns > 1:
                found.add("spanned cells")
            if any(hasattr(block, "cells") for block in cell.blocks):
                found.add("nested table")
    return found


assert set(DAMAGED) <= {*DAMAGES, ""}
