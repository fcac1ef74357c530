"""Printed name of a ministry -> the site's code and today's name.

The table is ``ministries.tsv``; its head explains the columns. A name that is not in it
stays as printed, without a code: never guessed.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib import resources

from scraper.model import Ministry
from scraper.text import clean

_CODE = re.compile(r"[A-Za-z][0-9]{5}")


@dataclass(frozen=True, slots=True)
class Name:
    """One row of the table: a name, whose it is, and when."""

    code: str
    name: str
    #: ``ministry``, ``agency``, ``commission``; ``former`` and ``short`` names.
    kind: str
    valid_from: date
    valid_to: date

    @property
    def is_current(self) -> bool:
        """Tell whether the code bears this name today."""
        return self.kind not in {"former", "short"}


@cache
def table() -> tuple[Name, ...]:
    """Return the rows of ``ministries.tsv``."""
    text = resources.files("scraper").joinpath("ministries.tsv").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return tuple(_row(line) for line in lines[1:])


def find_ministry(printed: str, on: date) -> Ministry:
    """Return who bore the name ``printed`` on a day; ``code`` is "" if unknown."""
    printed = clean(printed)
    names = _by_name().get(_key(printed), ())
    valid = [name for name in names if name.valid_from <= on <= name.valid_to]
    codes = {name.code for name in valid} or {name.code for name in names}
    if len(codes) != 1:
        return Ministry(printed, "", printed)
    code = codes.pop()
    return Ministry(printed, code, _current()[code])


def code_of(name_or_code: str) -> str | None:
    """Return the code an operator means by a name or code, ``None`` if unknown."""
    wanted = clean(name_or_code)
    if _CODE.fullmatch(wanted):
        return wanted.upper() if wanted.upper() in _current() else None
    codes = {name.code for name in _by_name().get(_key(wanted), ())}
    return codes.pop() if len(codes) == 1 else None


def nearest(name_or_code: str) -> tuple[str, ...]:
    """Return up to three known names (or codes) like one that is not known."""
    wanted = clean(name_or_code)
    if re.match(r"[A-Za-z][0-9]", wanted):
        return tuple(get_close_matches(wanted.upper(), sorted(_current())))
    names = sorted({name.name for name in table()})
    return tuple(get_close_matches(wanted, names, cutoff=0.5))


def _row(line: str) -> Name:
    code, name, kind, valid_from, valid_to = line.split("\t")
    return Name(
        code=code,
        name=name,
        kind=kind,
        valid_from=date.fromisoformat(valid_from) if valid_from else date.min,
        valid_to=date.fromisoformat(valid_to) if valid_to else date.max,
    )


def _key(name: str) -> str:
    return name.replace(" ", "")


@cache
def _by_name() -> Mapping[str, tuple[Name, ...]]:
    names = defaultdict(list)
    for row in table():
        names[_key(row.name)].append(row)
    return {name: tuple(rows) for name, rows in names.items()}


@cache
def _current() -> Mapping[str, str]:
    return {row.code: row.name for row in table() if row.is_current}
