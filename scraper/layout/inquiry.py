"""Where an article says whom to ask: ``문의 : 부처 과(044-…)``, or a box that does."""

import re
from collections.abc import Iterator, Sequence

from scraper.blocks import block_text, cell_text, one_line, solid
from scraper.model import Block, Contact, ListItem, Note, Paragraph, Table

#: In every label, so looked for first.
_WORD = "문의"
_HEAD = re.compile(r"(?:자료\s?)?문의(?:처|사항)?")
_LINE = re.compile(rf"[\Wㅇ]{{0,3}}{_HEAD.pattern}\s?[:：]\s*(\S.*)", re.DOTALL)
_TELEPHONE = re.compile(
    r"[\s(,☎]*(?:\b(?:전화|TEL|T\.?))?[\s.:)]*"
    r"(0\d{1,2}\)?\s?[-–.)]\s?\d{3,4}\s?[-–.]\s?\d{4}|1\d{3}-\d{4})(?!\d)\s*\)?",
    re.IGNORECASE,
)
#: ``홍길동 사무관`` and whatever else a person is called.
_PERSON = re.compile(
    r"\s+(?:담당(?:자)?\s*[:：]?\s*)?([가-힣]{2,4}\s?(?:과장|팀장|서기관|사무관|주무관"
    r"|연구관|연구사|지도관|담당관|전문관|조사관|검사|경정|경감|대리|차장|부장))\s*$"
)
_BETWEEN = re.compile(r"\s*[,/·;]\s*|\s+")
#: Longer lines are text that speaks of inquiries.
_LONGEST = 300


def read_inquiry(block: Block) -> tuple[Contact, ...]:
    """Return whom a line or box of an article names, in order.

    Empty if it is no such block, or says anything besides unit and telephone: then it
    stays in the text as it is.
    """
    if isinstance(block, Table):
        return _of_box(block)
    if isinstance(block, Paragraph | ListItem | Note) and _WORD in block.text:
        found = _LINE.fullmatch(block.text.strip())
        return tuple(_contacts([found[1]])) if found else ()
    return ()


def _of_box(table: Table) -> tuple[Contact, ...]:
    """Return the contacts of a box of one column whose first cell is the label."""
    label = next(filter(None, map(cell_text, table.cells)), "")
    if not _HEAD.fullmatch(solid(label)):
        return ()
    filled = [cell for cell in table.cells if cell_text(cell)]
    if len(filled) < 2 or len({cell.column for cell in filled}) != 1:
        return ()
    if any(isinstance(block, Table) for cell in filled for block in cell.blocks):
        return ()
    lines = [
        line
        for cell in filled[1:]
        for block in cell.blocks
        for line in block_text(block).split("\n")
    ]
    return tuple(_contacts([line for line in lines if line.strip()]))


def _contacts(lines: Sequence[str]) -> list[Contact]:
    """Return the contacts of all lines; none if one of them cannot be read."""
    contacts = [contact for line in lines for contact in _of_line(one_line(line))]
    return [] if None in contacts else [c for c in contacts if c is not None]


def _of_line(line: str) -> Iterator[Contact | None]:
    """Yield each unit with its telephone; ``None`` for what is neither."""
    if len(line) > _LONGEST:
        yield None
        return
    at = 0
    for telephone in _TELEPHONE.finditer(line):
        unit = line[at : telephone.start()]
        between = _BETWEEN.match(unit) if at else None
        yield _contact(unit[between.end() :] if between else unit, telephone[1])
        at = telephone.end()
    if not at or line[at:].strip(" .,)"):
        yield None


def _contact(printed: str, telephone: str) -> Contact | None:
    unit = printed.strip()
    person = ""
    if found := _PERSON.search(f" {unit}"):
        person = found[1]
        unit = f" {unit}"[: found.start()].strip()
    if not unit or not re.search(r"[가-힣]", unit):
        return None
    return Contact(unit, telephone.strip("( )"), person=person)
