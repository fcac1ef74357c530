"""``scrape``: one run, from options to the table at the end."""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import typer

from scraper.cli import build, console
from scraper.cli.sources import Ways, announcers, sections_of, unknown_source
from scraper.cli.stop import PatientDoor, Stop
from scraper.config import Config, load_config
from scraper.errors import ConfigError
from scraper.fetch import Fetcher, FetchPolicy, user_agent
from scraper.job import Job, Parts
from scraper.ministries import code_of, nearest
from scraper.originals import LooseOriginals, SiteOriginals
from scraper.pipeline import run
from scraper.state import State
from scraper.window import Window, parse_window

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about one run."""

    since: str
    until: str
    sources: tuple[str, ...]
    ministries: tuple[str, ...]
    limit: int | None
    dry_run: bool
    json_file: str


def run_once(path: Path, overrides: Sequence[str], options: Options) -> int:
    """Do one run; return its exit code.

    Raises:
        ScraperError: before anything was announced.
    """
    console.log_to_stderr()
    console.check_writable(options.json_file)
    config = load_config(path, os.environ, overrides)
    sections = sections_of(config)
    if wrong := unknown_source(options.sources, sections):
        raise typer.BadParameter(wrong, param_hint="--source")
    if wrong := unknown_source(config.sources, sections):
        raise ConfigError([f"{path}: sources: {wrong}"])
    codes = chosen_ministries(options, config, path)
    if not config.contact:
        logger.warning("contact is empty: the site cannot reach you; see config.yaml")
    stop = Stop()
    now = build.clock()
    with build.locked_state(config, now()) as (state, archive):
        today = now().date()
        windows = {
            name: window_of(options, state, ":".join((name, *sorted(codes))), today)
            for name in options.sources or config.sources
        }
        policy = policy_of(config)
        with (
            build.reader_of(config, dry_run=options.dry_run) as extract,
            Fetcher(policy, now=now) as fetcher,
            console.progress_bar() as bar,
        ):
            stop.install()
            door = PatientDoor(fetcher, stop)
            kept = SiteOriginals(door, archive, state)
            report = run(
                Job(
                    ministries=codes,
                    limit=options.limit,
                    dry_run=options.dry_run,
                    base_url=config.site.base_url,
                    made_by=build.made_by(config),
                ),
                Parts(
                    announcers=announcers(
                        list(windows),
                        Ways(
                            config=config,
                            sections=sections,
                            fetch=door.page,
                            originals=LooseOriginals(door) if options.dry_run else kept,
                            window=windows.__getitem__,
                        ),
                    ),
                    state=state,
                    publisher=build.publisher_of(config, now, stop.sleep),
                    rules=build.rules_of(config, extract),
                    now=now,
                    stopping=stop.asked,
                    expect=bar.expect,
                    progress=bar.advance,
                ),
            )
            report.requests = fetcher.requests
    return console.finish(
        report,
        build.target_shown(config),
        signal=stop.signal,
        dry_run=options.dry_run,
        json_file=options.json_file,
    )


def window_of(options: Options, state: State, scope: str, today: date) -> Window:
    """Return the days to read: as asked, else from the last one read whole."""
    default = state.last_whole_day(scope, today) or today - timedelta(days=1)
    gaps = () if options.since else tuple(state.gaps(scope))
    try:
        return parse_window(
            options.since,
            options.until,
            default=default,
            now=build.clock()(),
            gaps=gaps,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--since/--until") from None


def policy_of(config: Config) -> FetchPolicy:
    """Return the manners and limits of the door to the network."""
    return FetchPolicy(
        base_url=config.site.base_url,
        hosts=config.site.hosts,
        user_agent=user_agent(config.contact),
        delay=config.fetch.delay,
        deadline=config.fetch.deadline,
        attempts=config.fetch.attempts,
        ca_file=config.fetch.ca_file,
    )


def chosen_ministries(options: Options, config: Config, path: Path) -> tuple[str, ...]:
    """Return the codes of the ministries asked for, else of those configured."""
    try:
        return ministry_codes(options.ministries or config.ministries)
    except ValueError as error:
        if options.ministries:
            raise typer.BadParameter(str(error), param_hint="--ministry") from None
        raise ConfigError([f"{path}: ministries: {error}"]) from None


def ministry_codes(names: Sequence[str]) -> tuple[str, ...]:
    """Return the codes of ministries given by name or code, in the order given.

    Raises:
        ValueError: a name is not known; the message names the nearest.
    """
    codes = []
    for name in names:
        code = code_of(name)
        if code is None:
            near = ", ".join(nearest(name))
            hint = f"; did you mean {near}?" if near else ""
            raise ValueError(f"no ministry {name!r}{hint}")
        codes.append(code)
    return tuple(dict.fromkeys(codes))
