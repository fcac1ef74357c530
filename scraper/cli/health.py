"""``scrape sources``: every section and the Open API, and how reading them goes."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from scraper.cli import build, console, exits
from scraper.cli.api import OPEN_API
from scraper.cli.run import ministry_codes
from scraper.cli.sources import sections_of
from scraper.config import load_config
from scraper.errors import ConfigError
from scraper.model import KST
from scraper.settings import Config
from scraper.sources.site_section import SiteSection
from scraper.state import State

#: So many days that were not read whole are named one by one.
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """One source, for people and scripts; the names are a promise to the latter."""

    name: str
    #: Its Korean name.
    section: str
    open: bool
    #: Why nothing of it may be republished; "" for an open one.
    rule: str
    #: It is among the configuration's ``sources``.
    configured: bool
    #: ``ok``, ``never read``, ``behind`` or ``failing``; "" for one that is not read.
    health: str
    #: What is the matter, in a line.
    remark: str
    #: Last day read whole, and when it was read; "" for never.
    last_whole_day: str
    last_success_at: str
    #: Days that are still to be read, or to be read again.
    days_missing: tuple[str, ...]


def show_sources(path: Path, overrides: Sequence[str], *, as_json: bool) -> int:
    """Print every source; return the exit code.

    Raises:
        ConfigError: the configuration cannot be used.
    """
    config = load_config(path, os.environ, overrides)
    today = build.clock()().astimezone(KST).date()
    with build.unlocked_state(config, build.clock()()) as state:
        shown = [*_all(config, path, state, today)]
    if as_json:
        values = {"sources": [asdict(one) for one in shown]}
        print(json.dumps(values, ensure_ascii=False, indent=2))
    else:
        _print(shown)
    return exits.DONE


def _all(config: Config, path: Path, state: State, today: date) -> Iterator[Shown]:
    try:
        codes = ministry_codes(config.ministries)
    except ValueError as error:
        raise ConfigError([f"{path}: ministries: {error}"]) from None
    for name, section in sections_of(config).items():
        scope = ":".join((name, *sorted(codes)))
        yield _shown(section, config, state, scope, today)
    key = "" if config.api_key else "no key: open_api.key_env names none"
    service = SiteSection(OPEN_API, "정책브리핑 Open API", "/", "")
    scope = ":".join((OPEN_API, *sorted(codes)))
    yield _shown(service, config, state, scope, today, remark=key)


def _shown(
    section: SiteSection,
    config: Config,
    state: State,
    scope: str,
    today: date,
    remark: str = "",
) -> Shown:
    configured = section.name in config.sources
    success = state.last_reading(scope, whole=True)
    gaps = state.gaps(scope)
    read = state.last_whole_day(scope, today + timedelta(days=1))
    health, said = _health(read, gaps, today)
    if not (read or gaps or configured):
        health = said = ""
    if not section.list_path:
        said = "rows of other listings lead to it"
    return Shown(
        name=section.name,
        section=section.section,
        open=not section.closed,
        rule=section.closed,
        configured=configured,
        health=health,
        remark=said or (remark if configured else ""),
        last_whole_day=read.isoformat() if read else "",
        last_success_at=success[1].isoformat() if success else "",
        days_missing=tuple(day.isoformat() for day in gaps),
    )


def _health(read: date | None, gaps: Sequence[date], today: date) -> tuple[str, str]:
    """Return how reading a source goes, in a word and in a line."""
    if gaps:
        named = ", ".join(day.isoformat() for day in gaps[:MOST_NAMED])
        more = ", …" if len(gaps) > MOST_NAMED else ""
        return "failing", f"not read whole: {named}{more}"
    if read is None:
        return "never read", "no run has read a day of it whole"
    if read < today - timedelta(days=1):
        return "behind", f"nothing read whole since {read}"
    return "ok", ""


def _print(shown: Sequence[Shown]) -> None:
    table = Table(show_edge=False, pad_edge=False)
    for title in ("source", "section", "", "read", "last whole day", "read at"):
        table.add_column(title, no_wrap=title != "read")
    for one in shown:
        table.add_row(
            one.name,
            one.section,
            "open" if one.open else "closed",
            one.health or ("configured" if one.configured else "-"),
            one.last_whole_day or "-",
            _minute(one.last_success_at) or "-",
        )
    Console(width=None if sys.stdout.isatty() else 100).print(table)
    for one in shown:
        for line in filter(None, (one.rule, one.remark)):
            console.say(f"{one.name}: {line}")


def _minute(moment: str) -> str:
    """Return a time to the minute, in Korea; "" for none."""
    if not moment:
        return ""
    return f"{datetime.fromisoformat(moment).astimezone(KST):%Y-%m-%d %H:%M}"
