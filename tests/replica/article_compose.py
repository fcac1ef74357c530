"""Writes one article: its section's kind of text, its oddities, its marks."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tests.replica.article import Article, Revision
from tests.replica.article_blocks import Node, Stray, lines, tables
from tests.replica.article_body import Draft, write_body
from tests.replica.article_html import DAMAGES
from tests.replica.article_kogl import CARDS
from tests.replica.article_quirks import quirks
from tests.replica.blocks import Para
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
STYLES = {"se": 30, "ke": 20, "hwp": 25, "breaks": 14, "divs": 8, "text": 3}
#: Of 100 articles: how the markup is broken, besides those with a stray table.
DAMAGED = {
    "": 91, "open cell": 2, "p in span": 1, "stray div": 1,
    "two stray divs": 1, "open b": 2, "open p": 1, "crossed": 1,
}  # fmt: skip
ESCAPES = {"1": 70, "2": 24, "3": 6}
#: What stands in the body besides its sentences.
EXTRAS = {
    "none": 30, "letterhead": 14, "nested": 10, "box": 10, "photo": 16, "noise": 10,
    "photo in table": 6, "stray table": 4,
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
    hazard, broken = cards.hazard.deal(number), cards.damage.deal(number)
    title = _title(section, writer, dice, number if hazard == "title" else None)
    draft = Draft(section.name, writer, dice, cards.extra.deal(number), weight)
    body = write_body(draft, number if hazard == "body" else None)
    style = "se" if "stray div" in broken else cards.style.deal(number)
    damage = _fitting(broken, style, body.nodes)
    if style == "text":
        body = replace(body, nodes=tuple(map(Para, lines(body.nodes))))
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
        embargo_at=_embargo(slot, dice),
        weight=weight,
    )
    return replace(article, quirks=quirks(article))


def _title(section: Section, writer: Writer, dice: Dice, hazard: int | None) -> str:
    if hazard is not None:
        template = TITLE_HAZARDS[hazard % len(TITLE_HAZARDS)]
        escaped = template.replace("{{", "{{{{").replace("}}", "}}}}")
        return writer.fill(escaped.replace("{%", "{{%").replace("%}", "%}}"))
    if section.name == "policy":
        return writer.line(f"title.{dice.pick(GENRES)}")
    return writer.line(f"{section.name}.title")


def _fitting(damage: str, style: str, nodes: tuple[Node, ...]) -> str:
    """Return a way of breaking that has something to break in these nodes."""
    if style == "text":
        return ""
    if not damage and any(isinstance(node, Stray) for node in nodes):
        return "stray text"
    if damage == "open cell" and not list(tables(nodes)):
        return "open b"
    return "crossed" if damage == "open p" and style in ("breaks", "divs") else damage


def _license(section: Section, card: str) -> str:
    match section.name:
        case "visual":
            return "4"
        case "column" | "reporter":
            return "blank"
        case _:
            return card


def _embargo(slot: Slot, dice: Dice) -> datetime | None:
    hours = timedelta(hours=dice.between(1, 6))
    return slot.published_at + hours if dice.chance(3) else None


def _revision(slot: Slot, dice: Dice) -> Revision:
    """Return the counter as first seen: even a new article has been saved often."""
    number = dice.between(1, 21)
    minutes = timedelta(minutes=dice.between(0, 240), seconds=dice.below(60))
    changed = dice.chance(25)
    later = minutes if changed else timedelta(seconds=minutes.seconds % 60)
    return Revision("U" if changed else "I", number, slot.published_at + later)


assert set(DAMAGED) <= {*DAMAGES, ""}
