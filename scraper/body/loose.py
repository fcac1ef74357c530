"""Broken tables -> tables, with every word where the source has it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag

_CELLS = ("td", "th")
_GROUPS = ("tbody", "thead", "tfoot", "colgroup", "col")
_PARTS = frozenset((*_CELLS, *_GROUPS, "tr", "caption"))

#: Attributes that shape a table, or say that something is no text.
_KEPT = ("rowspan", "colspan", "style", "hidden", "class")

#: Stands for ``&`` while references must be left alone; no character, so in no text.
_AMPERSAND = "\ufdd0"


def mend_tables(html: str) -> str:
    """Return markup whose tables hold nothing outside their cells.

    References (``&lt;``) stay as they are: parsers disagree on the broken ones.
    """
    html = html.replace(_AMPERSAND, "").replace("&", _AMPERSAND)
    soup = BeautifulSoup(html, "html.parser")
    for table in reversed(soup.find_all("table")):
        _Mender(soup).mend(table)
    for orphan in soup.find_all(_PARTS):
        if orphan.find_parent("table") is None:
            orphan.name = "div"
    mended: str = soup.decode(formatter="minimal")
    return mended.replace(_AMPERSAND, "&")


@dataclass(slots=True)
class _Row:
    """A row as its cells; a loose one holds what stood between rows."""

    cells: list[Tag] = field(default_factory=list)
    #: What came before the first cell.
    lead: list[PageElement] = field(default_factory=list)
    loose: bool = False


class _Mender:
    """Takes one table apart, in source order, and puts a sound one in its place."""

    def __init__(self, soup: BeautifulSoup) -> None:
        self._soup = soup
        self._rows: list[_Row] = []
        self._captions: list[Tag] = []
        #: The row being read, and the cell or caption; ``None`` between them.
        self._row: _Row | None = None
        self._cell: Tag | None = None
        #: The last thing read stood outside of cells too.
        self._loose = False
        #: Ids of the parts of the table, and of what wraps them.
        self._structure: set[int] = set()

    def mend(self, table: Tag) -> None:
        """Replace ``table``; tables inside it must be sound already."""
        self._structure = _structure(table)
        self._read(table)
        first = next((n for n, r in enumerate(self._rows) if not r.loose), None)
        if first is None:
            self._replace(table, self._rows, [], [])
            return
        last = max(n for n, r in enumerate(self._rows) if not r.loose) + 1
        rows = self._rows
        self._replace(table, rows[:first], rows[first:last], rows[last:])

    def _replace(
        self, table: Tag, above: list[_Row], rows: list[_Row], below: list[_Row]
    ) -> None:
        inside = self._captions if rows and not above else []
        outside = [] if inside else self._captions
        for part in (*self._lines(outside), *self._blocks(above)):
            table.insert_before(part)
        if rows:
            sound = self._tag("table", table)
            sound.extend([*inside, *map(self._finished, rows)])
            table.insert_before(sound)
        for part in self._blocks(below):
            table.insert_before(part)
        table.extract()

    def _read(self, table: Tag) -> None:
        """Go through what is below ``table``, recursion-free."""
        todo: list[tuple[PageElement | None, Tag]] = [(None, table)]
        todo += [(node, table) for node in reversed(table.contents)]
        while todo:
            node, parent = todo.pop()
            if node is None:
                self._end(parent)
            elif isinstance(node, Tag) and id(node) in self._structure:
                self._begin(node)
                todo.append((None, node))
                todo += [(child, node) for child in reversed(node.contents)]
            else:
                self._put(node)

    def _begin(self, tag: Tag) -> None:
        self._loose = False
        if tag.name in _CELLS:
            if self._row is None:
                self._new_row()
            assert self._row is not None
            self._cell = self._tag(tag.name, tag)
            if self._row.lead:
                self._cell.extend([*self._row.lead, self._soup.new_tag("br")])
                self._row.lead.clear()
            self._row.cells.append(self._cell)
        elif tag.name == "caption" and not self._rows:
            self._cell = self._tag("caption", tag)
            self._captions.append(self._cell)
        elif tag.name == "caption":  # a browser would put it above what precedes it
            self._row, self._cell = None, self._soup.new_tag("td")
            self._rows.append(_Row([self._cell], loose=True))
        elif tag.name == "tr":
            self._new_row()
        elif tag.name in _GROUPS:
            self._row = self._cell = None
        elif self._cell is not None:
            self._cell.append(self._soup.new_tag("br"))

    def _end(self, tag: Tag) -> None:
        self._loose = False
        if tag.name in _CELLS or tag.name == "caption":
            self._cell = None
        elif tag.name == "tr" or tag.name in _GROUPS:
            self._row = self._cell = None

    def _new_row(self) -> None:
        self._row, self._cell = _Row(), None
        self._rows.append(self._row)

    def _put(self, node: PageElement) -> None:
        """Put content into the cell it stands in, else where it is read in order."""
        if self._cell is not None:
            self._cell.append(node)
            return
        if _is_blank(node) and not self._loose:
            return
        if self._row is None:
            if not self._rows or not self._rows[-1].loose:
                self._rows.append(_Row([self._soup.new_tag("td")], loose=True))
            self._rows[-1].cells[0].append(node)
        elif self._row.cells:
            if not self._loose:
                self._row.cells[-1].append(self._soup.new_tag("br"))
            self._row.cells[-1].append(node)
        else:
            self._row.lead.append(node)
        self._loose = True

    def _finished(self, row: _Row) -> Tag:
        made = self._soup.new_tag("tr")
        if row.lead:
            cell = self._soup.new_tag("td")
            cell.extend(row.lead)
            row.cells.append(cell)
        made.extend(row.cells)
        return made

    def _blocks(self, rows: Iterable[_Row]) -> Iterable[Tag]:
        return self._lines(cell for row in rows for cell in row.cells)

    def _lines(self, parts: Iterable[Tag]) -> Iterable[Tag]:
        """Give parts of a table as lines of their own."""
        for part in parts:
            part.name = "div"
            yield part

    def _tag(self, name: str, like: Tag) -> Tag:
        kept = {key: like[key] for key in _KEPT if key in like.attrs}
        return self._soup.new_tag(name, attrs=kept)


def _structure(table: Tag) -> set[int]:
    """Return the ids of the parts of a table, and of the elements that wrap them."""
    found: set[int] = set()
    for part in table.find_all(_PARTS):
        path: list[int] = []
        node: Tag | None = part
        while node is not None and node.name != "table" and id(node) not in found:
            path.append(id(node))
            node = node.parent
        if node is table or (node is not None and id(node) in found):
            found.update(path)
    return found


def _is_blank(node: PageElement) -> bool:
    if isinstance(node, NavigableString):
        return not node.replace(f"{_AMPERSAND}nbsp;", "").strip()
    return isinstance(node, Tag) and node.name == "br"
