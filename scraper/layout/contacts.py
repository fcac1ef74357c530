"""The table of departments (담당 부서) under a release -> whom to ask."""

import re
from collections.abc import Iterable

from scraper.blocks import cell_text, one_line, solid
from scraper.model import Block, Cell, Contact, Table

_LABEL = re.compile(
    r"(?:담당(?:부서|자|과)?|문의처?|자료문의|(?:소관|주관|협조|관계)부서)(?:[<(\[].*)?"
)
_ROLE = re.compile(r"(?:총괄)?(?:책임자|담당자|실무자|담당|총괄)")
_HEADER = re.compile(r"연락처|전화(?:번호)?|이메일|비고|내용")
_TELEPHONE = re.compile(r"\(?\d{2,4}\)?\s?[-–~.)]\s?\d{3,4}\s?[-–.]\s?\d{4}(?!\d)")
#: A larger table is an appendix (offices of the whole country), no footer.
_LARGEST = 400


def read_contacts(block: Block) -> tuple[Contact, ...]:
    """Return the people a department table names, in order; empty for other blocks.

    A department may be printed over several rows, or in one cell that spans them; a
    row with 책임자 (who answers for it) begins the next one.
    """
    if not isinstance(block, Table) or len(block.cells) > _LARGEST:
        return ()
    if not _LABEL.fullmatch(next(filter(None, map(_solid, block.cells)), "")):
        return ()  # so it is for most tables, and their rows need not be known
    rows = _rows(block)
    if not _is_contact_table(rows):
        return ()
    found: list[Contact] = []
    for group in _departments(rows):
        found += _people(group)
    return tuple(found)


def _rows(table: Table) -> list[list[Cell]]:
    """Return the cells that each row shows, those of spans above included."""
    rows: list[list[Cell]] = [
        [] for _ in range(max(cell.row + cell.row_span for cell in table.cells))
    ]
    for cell in table.cells:
        for row in range(cell.row, cell.row + cell.row_span):
            rows[row].append(cell)
    return [sorted(row, key=lambda cell: cell.column) for row in rows]


def _is_contact_table(rows: list[list[Cell]]) -> bool:
    texts = [_solid(cell) for row in rows for cell in row]
    return any(
        _ROLE.fullmatch(text) or _TELEPHONE.search(text) for text in texts
    ) and not any(_HEADER.fullmatch(_solid(cell)) for cell in rows[0])


def _departments(rows: list[list[Cell]]) -> list[list[list[Cell]]]:
    groups: list[list[list[Cell]]] = []
    for row in rows:
        role = _role_cell(row)
        begins = role is not None and "책임자" in _solid(role)
        if begins or not groups:
            groups.append([])
        groups[-1].append(row)
    return groups


def _role_cell(row: Iterable[Cell]) -> Cell | None:
    return next((cell for cell in row if _ROLE.fullmatch(_solid(cell))), None)


def _people(group: list[list[Cell]]) -> list[Contact]:
    """Return the people of one department, whose name its rows spell together."""
    border = _border(group)
    unit = " ".join(
        dict.fromkeys(
            text
            for row in group
            for cell in row
            if 0 < cell.column < border and (text := _text(cell))
        )
    )
    found: list[Contact] = []
    role = ""
    for row in group:
        if cell := _role_cell(row):
            role = _solid(cell)
        rest = [_text(cell) for cell in row if cell.column >= border]
        person = " ".join(
            text
            for text in rest
            if not _TELEPHONE.search(text) and "@" not in text and solid(text) != role
        ).strip()
        telephone = ", ".join(
            match[0].strip("( ").rstrip()
            for text in rest
            for match in _TELEPHONE.finditer(text)
        )
        if person or telephone:
            found.append(Contact(unit, telephone, role, person))
    return found


def _border(group: list[list[Cell]]) -> int:
    """Return the column where the department's name ends and people begin."""
    roles = [role.column for row in group if (role := _role_cell(row)) is not None]
    roles = [column for column in roles if column]
    return min(roles, default=2)


def _text(cell: Cell) -> str:
    return one_line(cell_text(cell))


def _solid(cell: Cell) -> str:
    return solid(cell_text(cell))
