"""Rules of a page -> tables: where their cells are.

A table is what touching rules enclose. Open sides count as closed: Hangul leaves out
the outer ones. Double rules are one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product

from scraper.documents.pdf_lines import Box, Line

#: Points between rules that are one: drawn double, or twice by neighbouring cells.
_SAME = 3.0
#: Points that rules may miss each other by and still touch.
_TOUCH = 3.5
#: Points between the dashes of one rule.
_DASH = 5.0
#: Shorter rules, in points, enclose no text.
_SHORTEST = 6.0
#: A page with more rules, once dashes are joined, is a drawing.
MAX_RULES = 1_200
#: A larger grid is a drawing.
MAX_CELLS = 20_000


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell: where it is in the table and on the page."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box


@dataclass(frozen=True, slots=True)
class Grid:
    """A table without its text."""

    box: Box
    spots: tuple[Spot, ...]
    #: Upper edges of the rows, and the lower edge of the last.
    rows: tuple[float, ...]


@dataclass(slots=True)
class Area:
    """A cell, or the page outside of all tables: what stands in it, in order."""

    box: Box
    items: "list[Item]" = field(default_factory=list)


@dataclass(slots=True)
class Frame:
    """A table with its text."""

    box: Box
    spots: tuple[Spot, ...]
    areas: tuple[Area, ...]


Item = Line | Frame


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule at ``at`` (across its direction) from ``start`` to ``end``."""

    at: float
    start: float
    end: float


def find_grids(rules: Iterable[Box]) -> list[Grid]:
    """Return the tables that rules enclose; the largest first."""
    across, down = _sorted_out(rules)
    if len(across) + len(down) > MAX_RULES:
        return []
    grids = [
        grid
        for one, other in _touching(across, down)
        if (grid := _grid(one, other)) is not None
    ]
    return sorted(grids, key=lambda grid: -grid.box.area)


# --- rules ------------------------------------------------------------------------


def _sorted_out(rules: Iterable[Box]) -> tuple[list[_Rule], list[_Rule]]:
    """Return the horizontal and the vertical rules, pieces joined."""
    across: list[_Rule] = []
    down: list[_Rule] = []
    for box in rules:
        x, y = box.middle
        if box.right - box.left >= box.top - box.bottom:
            across.append(_Rule(y, box.left, box.right))
        else:
            down.append(_Rule(x, box.bottom, box.top))
    return _joined(across), _joined(down)


def _joined(rules: list[_Rule]) -> list[_Rule]:
    """Join dashes, doubles and pieces that lie in one line."""
    found: list[_Rule] = []
    for group in _groups(rules):
        at = sum(rule.at for rule in group) / len(group)
        group.sort(key=lambda rule: rule.start)
        start, end = group[0].start, group[0].end
        for rule in group[1:]:
            if rule.start > end + _DASH:
                found.append(_Rule(at, start, end))
                start = rule.start
                end = rule.end
            end = max(end, rule.end)
        found.append(_Rule(at, start, end))
    return [rule for rule in found if rule.end - rule.start >= _SHORTEST]


def _groups(rules: list[_Rule]) -> Iterator[list[_Rule]]:
    """Give the rules that lie in one line."""
    group: list[_Rule] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if group and rule.at - group[0].at > _SAME:
            yield group
            group = []
        group.append(rule)
    if group:
        yield group


def _touching(
    across: Sequence[_Rule], down: Sequence[_Rule]
) -> Iterator[tuple[list[_Rule], list[_Rule]]]:
    """Give the rules that hang together, horizontal and vertical ones."""
    parent = list(range(len(across) + len(down)))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for i, one in enumerate(across):
        for j, other in enumerate(down, start=len(across)):
            if _touch(one, other):
                parent[root(j)] = root(i)
    groups: dict[int, tuple[list[_Rule], list[_Rule]]] = defaultdict(lambda: ([], []))
    for i, one in enumerate(across):
        groups[root(i)][0].append(one)
    for j, other in enumerate(down, start=len(across)):
        groups[root(j)][1].append(other)
    yield from groups.values()


def _touch(across: _Rule, down: _Rule) -> bool:
    return (
        across.start - _TOUCH <= down.at <= across.end + _TOUCH
        and down.start - _TOUCH <= across.at <= down.end + _TOUCH
    )


# --- cells ------------------------------------------------------------------------


def _grid(across: Sequence[_Rule], down: Sequence[_Rule]) -> Grid | None:
    """Return the table, ``None`` if the rules enclose nothing."""
    if not across or not down:
        return None
    columns = _edges(down, across)
    rows = _edges(across, down)[::-1]
    if len(columns) < 2 or len(rows) < 2:
        return None
    if (len(columns) - 1) * (len(rows) - 1) > MAX_CELLS:
        return None
    spots = _spots(rows, columns, across, down)
    box = Box(columns[0], rows[-1], columns[-1], rows[0])
    return Grid(box, tuple(spots), tuple(rows))


def _edges(rules: Sequence[_Rule], crossing: Sequence[_Rule]) -> list[float]:
    """Return where cells begin and end, and where open sides do."""
    places = [rule.at for rule in rules]
    places += [min(rule.start for rule in crossing), max(rule.end for rule in crossing)]
    places.sort()
    edges = [places[0]]
    for place in places[1:]:
        if place - edges[-1] > _SAME:
            edges.append(place)
    return edges


def _spots(
    rows: Sequence[float],
    columns: Sequence[float],
    across: Sequence[_Rule],
    down: Sequence[_Rule],
) -> list[Spot]:
    """Return the cells row by row."""
    right_of = _walls(down, columns, rows)
    below = _walls(across, rows, columns)
    taken: set[tuple[int, int]] = set()
    spots: list[Spot] = []
    for row in range(len(rows) - 1):
        for column in range(len(columns) - 1):
            if (row, column) in taken:
                continue
            right = column + 1
            while right < len(columns) - 1 and not (
                (row, right) in taken or (right, row) in right_of
            ):
                right += 1
            end = row + 1
            while end < len(rows) - 1 and not any(
                (end, n) in below or (end, n) in taken for n in range(column, right)
            ):
                end += 1
            taken.update(product(range(row, end), range(column, right)))
            box = Box(columns[column], rows[end], columns[right], rows[row])
            spots.append(Spot(row, column, end - row, right - column, box))
    return spots


def _walls(
    rules: Sequence[_Rule], places: Sequence[float], steps: Sequence[float]
) -> set[tuple[int, int]]:
    """Return (edge, step) for each piece of an edge on which a rule lies."""
    walls: set[tuple[int, int]] = set()
    middles = [(one + other) / 2 for one, other in pairwise(steps)]
    for rule in rules:
        edge = min(range(len(places)), key=lambda n: abs(places[n] - rule.at))
        walls.update(
            (edge, step)
            for step, middle in enumerate(middles)
            if rule.start <= middle <= rule.end
        )
    return walls
