"""``scrape alarms``: what is open, and silencing it."""

import json
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import typer

from scraper.alarm import REMEDIES
from scraper.alarm_book import AlarmBook, Open
from scraper.cli import build, console, exits
from scraper.cli.target import target_of
from scraper.config import load_config
from scraper.errors import StorageError
from scraper.model import KST


def list_alarms(path: Path, overrides: Sequence[str], *, as_json: bool) -> int:
    """Print the open alarms; return 3 if one is not silenced.

    Raises:
        ConfigError: the configuration cannot be used.
        StorageError: the state cannot be read.
    """
    config = load_config(path, os.environ, overrides)
    today = build.clock()().astimezone(KST).date()
    file = config.state_dir / "state.db"
    with AlarmBook(file if file.exists() else None, target_of(config)) as book:
        found = book.open()
    if as_json:
        values = [_as_json(one, today) for one in found]
        print(json.dumps({"alarms": values}, ensure_ascii=False, indent=2))
    else:
        for one in found:
            _print(one, today)
        if not found:
            looks = "" if config.alarms.to else "; alarms.to is empty: nobody looks"
            console.say(f"no alarm{looks}")
    aloud = [one for one in found if not _is_silent(one, today)]
    return exits.PARTIAL if aloud else exits.DONE


def silence_alarm(path: Path, overrides: Sequence[str], cause: str, until: str) -> int:
    """Silence a cause; return the exit code.

    Raises:
        typer.BadParameter: no cause there is or may be, or no day to come.
        ConfigError, StorageError: as :func:`list_alarms`.
    """
    config = load_config(path, os.environ, overrides)
    now = build.clock()()
    try:
        day = date.fromisoformat(until)
    except ValueError:
        raise typer.BadParameter("must be a day such as 2026-12-01") from None
    if day < now.astimezone(KST).date():
        raise typer.BadParameter(f"{until} is over")
    if cause.partition(":")[0] not in REMEDIES or not cause.partition(":")[2]:
        known = ", ".join(REMEDIES)
        raise typer.BadParameter(
            f"{cause!r} is no cause such as silence:press_release; kinds are {known}"
        )
    folder = config.state_dir
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot write {folder}: {error.strerror}") from error
    # No lock: a daemon that is at work must not keep anybody from some quiet.
    with AlarmBook(folder / "state.db", target_of(config)) as book:
        book.silence(cause, day)
    console.say(f"{cause} is silenced until the end of {day}")
    return exits.DONE


def _is_silent(one: Open, today: date) -> bool:
    return one.silenced_until is not None and today <= one.silenced_until


def _print(one: Open, today: date) -> None:
    silent = f" (silenced until {one.silenced_until})" if _is_silent(one, today) else ""
    console.say(f"{one.alarm.cause}  since {one.since:%Y-%m-%d %H:%M}{silent}")
    console.say(f"seen: {one.alarm.evidence}", indent=2)
    console.say(f"do: {one.alarm.remedy}", indent=2)


def _as_json(one: Open, today: date) -> dict[str, object]:
    return {
        "cause": one.alarm.cause,
        "code": one.alarm.code,
        "evidence": one.alarm.evidence,
        "remedy": one.alarm.remedy,
        "since": one.since.isoformat(),
        "silenced_until": str(one.silenced_until) if _is_silent(one, today) else "",
    }
