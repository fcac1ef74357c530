"""The document of a release: letterhead, body, contact table, 붙임 pages."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from tests.replica.blocks import (
    Block,
    Grid,
    GridCell,
    NewPage,
    Para,
    Picture,
    TextBox,
    grid,
)
from tests.replica.dice import Dice
from tests.replica.korean import head_day
from tests.replica.release import Embargo, Person, Slot
from tests.replica.tables import TABLES
from tests.replica.text import HAZARDS, Writer, words


def make_head(
    slot: Slot, core: str, subtitles: tuple[str, ...], embargo: Embargo, dice: Dice
) -> tuple[Block, ...]:
    name = Para(f" {slot.ministry.name}") if dice.chance(30) else Para("")
    letterhead = Grid((
        GridCell(0, 0, (Picture("image1"), name)),
        GridCell(0, 1, (Para("보도자료"),)),
        GridCell(0, 2, (Picture("image2"),)),
    ))  # fmt: skip
    blocks: list[Block] = [letterhead]
    if embargo.printed:
        given = f"{head_day(slot.published_at.date())} {slot.published_at:%H:%M}"
        blocks.append(grid(("보도시점", embargo.printed, "배포", given)))
    rows = [GridCell(0, 0, (Para(core),))]
    if subtitles:
        below = tuple(Para(f" - {subtitle} -") for subtitle in subtitles)
        rows.append(GridCell(1, 0, below))
    return (*blocks, Para(""), Grid(tuple(rows)), Para(""))


def make_body(
    writer: Writer, dice: Dice, genre: str, extra: str, hazard: int | None
) -> tuple[Block, ...]:
    """Return the body; ``hazard`` numbers its hazardous lines, ``None`` is none."""
    dashes = iter(writer.lines("dash", 6))
    circles = iter(writer.lines("circle", 9))
    blocks: list[Block] = [Para(f"□ {writer.line(f'lead.{genre}')}", 1)]
    for text in writer.lines("background", dice.between(1, 2)):
        blocks.append(Para(f" ㅇ {text}", 2))
    for text in writer.lines("box", dice.between(2, 4)):
        blocks += [Para(""), Para(f"□ {text}", 1)]
        blocks += _details(circles, dashes, dice)
        if dice.chance(45):
            blocks.append(Para(f"   {writer.line('note')}", 4))
    if dice.chance(60):
        caption = Para(writer.fill("< {주제} 현황 >"))
        blocks += [Para(""), caption, dice.pick(TABLES)(writer, dice)]
    if hazard is not None:
        places = (hazard % len(HAZARDS), (hazard * 7 + 3) % len(HAZARDS))
        blocks += [Para(HAZARDS[place]) for place in dict.fromkeys(places)]
    blocks += _extra(extra, writer, dice)
    blocks += [Para(""), Para(f"□ {writer.line('quote')}", 1)]
    if dice.chance(55):
        blocks.append(Para(f"□ {writer.line('closing')}", 1))
    return tuple(blocks)


def _details(
    circles: Iterator[str], dashes: Iterator[str], dice: Dice
) -> Iterator[Para]:
    for circle in islice(circles, dice.between(0, 3)):
        yield Para(f" ㅇ {circle}", 2)
        for dash in islice(dashes, dice.below(3)):
            yield Para(f"  - {dash}", 3)


def _extra(card: str, writer: Writer, dice: Dice) -> list[Block]:
    match card:
        case "box":
            lines = (writer.fill("[ {주제} ]"), *writer.lines("dash", 2))
            return [Grid((GridCell(0, 0, tuple(map(Para, lines))),))]
        case "nested":
            table = grid(("구분", "세부 내용"), ("지역별", "아래 표와 같다."))
            *others, last = table.cells
            inner = replace(last, blocks=(*last.blocks, TABLES[0](writer, dice)))
            return [Grid((*others, inner))]
        case "footnote":
            note = writer.fill("{기관}에서 펴낸 안내서를 따른다.")
            return [Para(f"□ {writer.line('box')}", 1, footnote=note)]
        case "textbox":
            quoted = Para(f"“{writer.line('subtitle')}”")
            return [TextBox((quoted, Para(writer.line("dash"))))]
        case "picture":
            return [Picture("image3"), Para(writer.fill("< (사진) {주제} 현장 >"))]
        case _:
            return []


def make_people(writer: Writer, dice: Dice) -> list[Person]:
    units = dice.some(words()["units"], dice.between(1, 2))
    people = []
    for unit in units:
        for role, rank in (
            ("책임자", "과장"),
            ("담당자", dice.pick(("사무관", "주무관", "서기관"))),
        ):
            number = f"044-000-{dice.between(1000, 9999)}"
            people.append(Person(unit, role, rank, writer.person(), number))
    return people


def make_contact_table(people: tuple[Person, ...]) -> Grid:
    rows: list[tuple[str | tuple[str, int, int], ...]] = []
    for place, person in enumerate(people):
        line = (person.role, person.rank, person.name, f"({person.telephone})")
        if place == 0:
            rows.append((("담당 부서", len(people), 1), (person.unit, 2, 1), *line))
        elif place % 2 == 0:
            rows.append(((person.unit, 2, 1), *line))
        else:
            rows.append(line)
    return grid(*rows)


def make_appendix(writer: Writer, dice: Dice) -> list[Block]:
    if dice.chance(40):
        return [Para("끝.")]
    blocks: list[Block] = []
    for number in range(1, dice.between(1, 2) + 1):
        blocks += [NewPage(), grid((f"붙임 {number}", "", writer.line("appendix")))]
        blocks += [Para(f"□ {writer.line('box')}", 1)]
        blocks += [
            Para(f" ㅇ {text}", 2)
            for text in writer.lines("circle", dice.between(1, 3))
        ]
        blocks.append(dice.pick(TABLES)(writer, dice))
    return [*blocks, Para("끝.")]
