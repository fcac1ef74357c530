"""The text of an article: what each section writes, and what an editor puts between."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from tests.replica.article import Rebuttal
from tests.replica.article_blocks import Heading, Link, Node, Noise, Photo, Stray, lines
from tests.replica.blocks import Grid, GridCell, Para, TextBox, grid
from tests.replica.dice import Dice
from tests.replica.tables import TABLES
from tests.replica.text import GENRES, HAZARDS, Writer, words

#: Bullets of three levels, as different offices set them.
BULLETS = (("□ ", " ㅇ ", "  - "), ("◆ ", " ○ ", "  ▪ "), ("■ ", " ◦ ", "  - "))
#: Headings of a rebuttal's two parts.
REBUTTALS = (
    ("[보도 내용]", "[{약칭} 설명]"),
    ("◆ 보도 내용", "◆ {약칭} 입장"),
    ("□ 보도내용", "□ 설명내용"),
    ("<보도 내용>", "<{부처} 설명>"),
    ("1. 보도 내용", "2. 동 보도에 대한 {약칭}의 설명"),
    ("■ 주요 보도내용", "■ 동 보도내용에 대한 {약칭:은} 다음과 같이 설명합니다"),
)
#: What text bytes a body of some weight has at most; the rest is markup.
_TEXT_SHARE = 0.22
#: Plain lines that look like entities are left out: nobody can tell what they mean.
_HAZARDS = tuple(line for line in HAZARDS if "&amp;" not in line)


@dataclass(frozen=True, slots=True)
class Draft:
    """What an article is written with."""

    section: str
    writer: Writer
    dice: Dice
    #: Card of ``article_compose.EXTRAS``.
    extra: str
    #: KB the markup is to have.
    weight: int


@dataclass(frozen=True, slots=True)
class Body:
    """What was written."""

    nodes: tuple[Node, ...]
    rebuttal: Rebuttal | None
    contacts: tuple[tuple[str, str], ...]


def write_body(draft: Draft, hazard: int | None) -> Body:
    """Return the body; ``hazard`` numbers its hazardous lines, ``None`` is none."""
    rebuttal = None
    nodes: list[Node]
    match draft.section:
        case "fact":
            rebuttal = _rebuttal(draft)
            nodes = _with_heads(rebuttal)
        case "brief" | "council":
            nodes = _briefing(draft)
        case "visual":
            nodes = [_photo(draft), _photo(draft), Para(draft.writer.line("news.say"))]
        case "column" | "reporter":
            said = draft.writer.lines(f"{draft.section}.say", 4)
            nodes = [*map(Para, said), _photo(draft)]
        case _:
            nodes = _news(draft)
    if hazard is not None:
        nodes += map(Para, _hazards(hazard))
    if draft.extra == "letterhead":
        nodes.insert(0, _letterhead(draft))
    nodes += _extra(draft)
    _fatten(draft, nodes)
    tail, contacts = _tail(draft)
    return Body((*nodes, *tail), rebuttal, contacts)


# --- by section ---------------------------------------------------------------------


def _news(draft: Draft) -> list[Node]:
    writer, dice = draft.writer, draft.dice
    one, two, three = dice.pick(BULLETS)
    nodes: list[Node] = [Para(writer.line(f"lead.{dice.pick(GENRES)}"))]
    nodes += map(Para, writer.lines("background", dice.between(1, 2)))
    for heading in writer.lines("news.heading", dice.between(1, 3)):
        nodes += [Heading(heading), Para(writer.line("news.say"))]
        if dice.chance(60):
            nodes.append(Para(f"{one}{writer.line('box')}", 1))
        for circle in writer.lines("circle", dice.below(3)):
            nodes += [
                Para(f"{two}{circle}", 2),
                Para(f"{three}{writer.line('dash')}", 3),
            ]
        if dice.chance(40):
            note = writer.line("footnote")
            nodes.append(Para(writer.line("news.say") + "*", 0, footnote=note))
        if dice.chance(30):
            nodes.append(Para(f"   {writer.line('note')}", 4))
    if dice.chance(60):
        caption = Para(writer.fill("< {주제} 현황 >"))
        nodes += [caption, dice.pick(TABLES)(writer, dice)]
    if dice.chance(40):
        items = zip("①②③", writer.lines("dash", 3), strict=True)
        nodes.append(Para("\n".join(f"{mark} {text}" for mark, text in items)))
    nodes.append(Para(writer.line("quote")))
    return nodes


def _rebuttal(draft: Draft) -> Rebuttal:
    writer, dice = draft.writer, draft.dice
    claim_head, answer_head = dice.pick(REBUTTALS)
    bullet = dice.pick((" ㅇ ", "○ ", "- ", ""))
    claim = [f"{bullet}{t}" for t in writer.lines("fact.claim", dice.between(1, 2))]
    answer = [f"{bullet}{t}" for t in writer.lines("fact.answer", dice.between(2, 4))]
    nodes: list[Node] = [Para(text, 2) for text in answer]
    if dice.chance(40):
        nodes.append(dice.pick(TABLES)(writer, dice))
    nodes.append(Para(writer.line("fact.ask")))
    return Rebuttal(
        claim_head,
        tuple(Para(text, 2) for text in claim),
        writer.fill(answer_head),
        tuple(nodes),
    )


def _with_heads(rebuttal: Rebuttal) -> list[Node]:
    return [
        Heading(rebuttal.claim_head),
        *rebuttal.claim,
        Para(""),
        Heading(rebuttal.answer_head),
        *rebuttal.answer,
    ]


def _briefing(draft: Draft) -> list[Node]:
    writer, dice = draft.writer, draft.dice
    nodes: list[Node] = [Para(writer.line("brief.open"))]
    nodes += map(Para, writer.lines("brief.say", dice.between(2, 4)))
    asked = writer.lines("brief.ask", dice.between(1, 3))
    replies = writer.lines("brief.reply", len(asked))
    for question, reply in zip_longest(asked, replies, fillvalue=""):
        nodes += [Para(question), Para(reply)]
    return nodes


# --- between and below --------------------------------------------------------------


def _extra(draft: Draft) -> list[Node]:
    writer, dice = draft.writer, draft.dice
    match draft.extra:
        case "nested":
            table = grid(("구분", "세부 내용"), ("지역별", "아래 표와 같다."))
            *others, last = table.cells
            inner = replace(last, blocks=(*last.blocks, TABLES[0](writer, dice)))
            return [Grid((*others, inner))]
        case "box":
            quoted = Para(f"“{writer.line('subtitle')}”")
            inside = (quoted, Para(writer.line("dash")))
            if dice.chance(50):
                return [TextBox(inside)]
            return [Grid((GridCell(0, 0, inside),))]
        case "photo":
            return [_photo(draft)]
        case "photo in table":
            cell = GridCell(0, 0, (_photo(draft), Para(writer.line("dash"))))  # type: ignore[arg-type]
            return [Grid((cell,))]
        case "noise":
            kinds = words()["noise"]
            lines = sorted(dice.some(kinds, 3), key=kinds.index)  # as it writes them
            return [Noise(writer.fill(text)) for text in lines]
        case "stray table":
            table = dice.pick(TABLES)(writer, dice)
            return [Stray("(단위: 명, %)", table, last=dice.chance(40))]
        case _:
            return []


def _letterhead(draft: Draft) -> Grid:
    """Return a table that frames a table, as pasted documents begin."""
    writer = draft.writer
    row = grid((writer.fill("{부처}"), "설명자료", writer.fill("{해}. {월}.")))
    title = Para(writer.fill("{주제} 안내"))
    return Grid((GridCell(0, 0, (row, title)),))


def _photo(draft: Draft) -> Photo:
    writer = draft.writer
    caption = writer.line("photo.caption") if draft.dice.chance(75) else ""
    return Photo(writer.line("photo.alt"), caption)


def _hazards(number: int) -> Sequence[str]:
    places = (number % len(_HAZARDS), (number * 7 + 3) % len(_HAZARDS))
    return [_HAZARDS[place] for place in dict.fromkeys(places)]


def _fatten(draft: Draft, nodes: list[Node]) -> None:
    """Add paragraphs and tables until the text has its share of the weight."""
    wanted = draft.weight * 1000 * _TEXT_SHARE
    size = len("".join(lines(nodes)).encode())
    writer, dice = draft.writer, draft.dice
    while size < wanted:
        more: list[Node] = [Heading(writer.line("news.heading"))]
        more += [Para(f"□ {text}", 1) for text in writer.lines("box", 3)]
        more += [Para(f" ㅇ {text}", 2) for text in writer.lines("circle", 4)]
        more += map(Para, writer.lines("news.say", 3))
        more.append(dice.pick(TABLES)(writer, dice))
        nodes += more
        size += len("".join(lines(more)).encode())


def _tail(draft: Draft) -> tuple[list[Node], tuple[tuple[str, str], ...]]:
    writer, dice = draft.writer, draft.dice
    nodes: list[Node] = []
    if dice.chance(30):
        before = writer.line("link")
        address = f"https://www.example.invalid/{dice.below(900)}?a=1&b=2"
        nodes.append(Link(before.rstrip() + " ", "바로가기", address))
    if dice.chance(25):
        nodes.append(Para(f"<붙임>\n{writer.line('annex')}"))
    if dice.chance(20):
        nodes.append(Para("끝."))
    unit = writer.fill(f"{{부처}} {dice.pick(words()['units'])}")
    telephone = f"044-000-{dice.between(1000, 9999)}"
    shown = f"{unit}({telephone})"
    form = dice.pick(("line", "table", "phone", "none"))
    match form:
        case "line":
            nodes.append(Para(f"문의 : {shown}"))
        case "table":
            nodes.append(grid(("문의",), (shown,)))
        case "phone":
            nodes.append(Para(f"문의: {unit} ☎ {telephone}"))
    return nodes, ((unit, telephone),) if form != "none" else ()
