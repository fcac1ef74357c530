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
#: What people are called, before or after their names.
_TITLE = re.compile(
    r"(?:담당(?:자|관)?|책임자|실무자|.{0,4}(?:과|팀|국|실|단|원|소|부|차|본부|센터|청|처)장"
    r"|서기관|사무관|주무관|행정관|연구관|연구사|연구원|지도관|전문관|조사관|감독관|검사"
    r"|(?:대|중|소)(?:령|위)|(?:준|소|중|대)장|원사|상사|준위|총경|경정|경감|경위|대리|교수)"
)
#: Surnames that nearly all Koreans have.
_SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진"
    "지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용두"
)
_NAME = re.compile(rf"[{_SURNAMES}][가-힣]{{1,3}}")
_UNIT = re.compile(
    r".*(?:과|팀|실|국|관|센터|원|청|부|처|위원회|단|소|본부|반|계|공단|공사|재단|협회"
    r"|대학교?|지사|지점|창구|전화|안내|상담|대표|번호|TF)"
)
#: Units end so, and names as well: 박지원, 이정관.
_EITHER = re.compile(rf"[{_SURNAMES}][가-힣](?:원|관)")
_NO_NAMES = frozenset(("정책관", "심의관", "기획관", "조정관", "감사원", "교육원"))
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
    at, unit = 0, ""
    for telephone in _TELEPHONE.finditer(line):
        printed = line[at : telephone.start()]
        between = _BETWEEN.match(printed) if at else None
        named, person = _split(printed[between.end() :] if between else printed)
        unit = named or (unit if person else "")
        if not (unit or person) or not re.search(r"[가-힣]", unit + person):
            yield None
        yield Contact(unit, telephone[1].strip("( )"), person=person)
        at = telephone.end()
    if not at or line[at:].strip(" .,)"):
        yield None


def _split(printed: str) -> tuple[str, str]:
    """Return the unit and the people of it, as printed.

    What may be a person's name is taken for one: a unit that loses a word is a lesser
    harm than a person who is named against the operator's will.
    """
    words = [word for word in re.split(r"[\s,·/]+", printed) if word]
    first = len(words)
    while first and _is_of_a_person(words[first - 1]):
        first -= 1
    if first == len(words):
        return printed.strip(), ""
    return " ".join(words[:first]), " ".join(words[first:])


def _is_of_a_person(word: str) -> bool:
    if _TITLE.fullmatch(word):
        return True
    if word in _NO_NAMES or not _NAME.fullmatch(word):
        return False
    return bool(_EITHER.fullmatch(word)) or not _UNIT.fullmatch(word)
