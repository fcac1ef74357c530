"""Writes one release: its text, tables, contacts, 보도시점 and attachments."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from tests.replica.blocks import Block, Para, texts
from tests.replica.dice import Deck, Dice
from tests.replica.embargo import deal_embargo
from tests.replica.korean import short_day
from tests.replica.paper import (
    make_appendix,
    make_body,
    make_contact_table,
    make_head,
    make_people,
)
from tests.replica.release import Embargo, File, Person, Release, Slot
from tests.replica.text import GENRES, TITLE_HAZARDS, Writer

#: Ids of files: this plus eight for each release.
FIRST_FILE = 198_000_000


#: Of 100 releases: what the page's license block says.
LICENSES = {
    "1": 84, "old form": 3, "0": 1, "2": 2, "3": 2, "4": 3, "image differs": 1,
    "sentence differs": 1, "missing": 1, "elsewhere only": 1, "body differs": 1,
}  # fmt: skip
#: Of 100 releases: where and how they say when they may be shown.
EMBARGOES = {
    "now": 52, "past": 25, "none": 5, "head": 8, "both": 2, "file": 3, "title": 3,
    "unreadable": 2,
}  # fmt: skip
#: Of 100 releases: what carries the text.
CARRIERS = {
    "hwpx": 44, "hwpx pdf": 28, "many": 10, "page": 5, "hwp": 4, "pdf": 2,
    "nothing": 2, "hwpx is hwp": 2, "hwpx is error": 1, "hwpx is empty": 1,
    "hwp is hwpx": 1,
}  # fmt: skip
ESCAPES = ("one", "two", "three")
TITLES = {"plain": 72, "prefix": 10, "note": 6, "dated": 9, "hazard": 3}
EXTRAS = {"none": 62, "box": 10, "nested": 6, "footnote": 8, "textbox": 6, "picture": 8}


@dataclass(frozen=True, slots=True)
class Cards:
    """The decks oddities are dealt from."""

    license: Deck
    embargo: Deck
    carrier: Deck
    title: Deck
    escapes: Deck
    extra: Deck
    hazard: Deck

    @classmethod
    def shuffled(cls, seed: int) -> "Cards":
        """Return all decks of a world."""
        return cls(
            license=Deck(seed, "license", **LICENSES),
            embargo=Deck(seed, "embargo", **EMBARGOES),
            carrier=Deck(seed, "carrier", **CARRIERS),
            title=Deck(seed, "title", **TITLES),
            escapes=Deck(seed, "escapes", one=60, two=36, three=4),
            extra=Deck(seed, "extra", **EXTRAS),
            hazard=Deck(seed, "hazard", none=65, some=35),
        )


def write(seed: int, slot: Slot, cards: Cards) -> Release:
    """Return the release of ``slot``; the same for the same seed."""
    number = slot.number
    dice = Dice(seed, "text", number)
    writer = Writer(dice, slot.ministry, slot.published_at.date())
    genre = dice.pick(GENRES)
    embargo = deal_embargo(cards.embargo.deal(number), slot, dice)
    card = cards.title.deal(number)
    core = _core_title(card, writer, genre, number)
    subtitles = tuple(writer.lines("subtitle", dice.pick((0, 1, 1, 2))))
    hazard = number if cards.hazard.deal(number) == "some" else None
    body = make_body(writer, dice, genre, cards.extra.deal(number), hazard)
    people = tuple(make_people(writer, dice))
    title = _page_title(card, core, embargo, slot, dice)
    license_card = cards.license.deal(number)
    carrier = _carrier(cards.carrier.deal(number), license_card)
    files = _files(carrier, core, embargo, slot, writer, dice)
    if embargo.case == "file" and not files:
        embargo = Embargo("none", "", slot.published_at)  # nowhere to say it
    shown = dice.pick(("divs", "breaks", "bare")) if carrier == "page" else ""
    if shown == "bare":
        body = tuple(Para(text) for text in texts(body))
    return Release(
        slot=slot,
        title=title,
        document_title=core,
        subtitles=subtitles,
        lead=_lead(title, body, dice),
        license=license_card,
        embargo=embargo,
        people=people,
        head=make_head(slot, core, subtitles, embargo, dice),
        body=body,
        tail=(make_contact_table(people), *make_appendix(writer, dice)),
        page_body=shown,
        page_extra=tuple(map(Para, _page_extra(license_card, slot, people))),
        files=files,
        escapes=ESCAPES.index(cards.escapes.deal(number)) + 1,
        dotted=dice.chance(30),
    )


def _carrier(card: str, license_card: str) -> str:
    # Only a page's own body can speak of licenses.
    speaks = license_card in ("elsewhere only", "body differs")
    return "page" if speaks else card


# --- title and lead -----------------------------------------------------------------


def _core_title(card: str, writer: Writer, genre: str, number: int) -> str:
    if card == "hazard":
        template = TITLE_HAZARDS[number % len(TITLE_HAZARDS)]
        escaped = template.replace("{{", "{{{{").replace("}}", "}}}}")
        escaped = escaped.replace("{%", "{{%").replace("%}", "%}}")
        return writer.fill(escaped)
    return writer.line(f"title.{genre}")


def _page_title(card: str, core: str, embargo: Embargo, slot: Slot, dice: Dice) -> str:
    day = slot.published_at.date()
    if embargo.case == "title":
        return f"[{short_day(day + timedelta(days=1))}.조간] {core}"
    match card:
        case "prefix":
            return f"{dice.pick(('[보도자료]', '[보도참고]', '[설명]'))} {core}"
        case "note":
            return f"{dice.pick(('(참고)', '(동정)', '(국영문 동시배포)'))} {core}"
        case "dated":
            return f"{core}({short_day(day)})"
        case _:
            return core


def _lead(title: str, body: tuple[Block, ...], dice: Dice) -> str:
    text = " ".join(texts(body))
    return f"{title}  {text}" if dice.chance(50) else text


# --- page and attachments -----------------------------------------------------------


def _page_extra(card: str, slot: Slot, people: tuple[Person, ...]) -> Iterator[str]:
    yield f"문의 : {slot.ministry.name} {people[0].unit}({people[0].telephone})"
    if card == "elsewhere only":
        yield "공공누리 제1유형 저작물 목록은 소관 기관 누리집에 따로 공개한다."
    if card == "body differs":
        yield (
            "정책브리핑의 정책뉴스자료는 「공공누리 제4유형:출처표시+상업적 이용금지"
            "+변경금지」의 조건에 따라 자유롭게 이용이 가능합니다."
        )


def _files(
    carrier: str, core: str, embargo: Embargo, slot: Slot, writer: Writer, dice: Dice
) -> tuple[File, ...]:
    contents = {
        "hwpx": ("hwpx:hwpx",), "hwpx pdf": ("pdf:pdf", "hwpx:hwpx"),
        "many": ("pdf:pdf", "hwpx:hwpx", "붙임 hwpx:hwpx", "붙임 pdf:pdf"),
        "page": ("hwpx:hwpx",), "hwp": ("hwp:hwp",), "pdf": ("pdf:pdf",), "nothing": (),
        "hwpx is hwp": ("hwpx:hwp",), "hwpx is error": ("hwpx:error page",),
        "hwpx is empty": ("hwpx:empty",), "hwp is hwpx": ("hwp:hwpx",),
    }[carrier]  # fmt: skip
    if carrier == "page" and dice.chance(40):
        contents = ()
    stem = _file_stem(core, embargo, slot, dice)
    files = []
    for place, entry in enumerate(contents):
        extension, content = entry.split(":")
        main = " " not in extension
        name = (
            f"{stem}.{extension}"
            if main
            else f"붙임 {writer.line('appendix')}.{extension[3:]}"
        )
        files.append(
            File(str(FIRST_FILE + slot.number * 8 + place), name, content, main)
        )
    return tuple(files)


def _file_stem(core: str, embargo: Embargo, slot: Slot, dice: Dice) -> str:
    clean = "".join("_" if c in '\\/:*?"<>|' else c for c in core)
    day = slot.published_at.date()
    if embargo.case == "file":
        return f"{day + timedelta(days=1):%y%m%d}(조간) {clean}"
    return dice.pick(
        (
            f"{day:%y%m%d} {clean}",
            f"[보도자료] {clean}",
            clean,
            f"{day:%m%d}_{clean}_게시",
        )
    )
