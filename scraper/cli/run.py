"""``scrape``: one run, from options to the table at the end."""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.again import AgainOriginals, Before
from scraper.archive import Archive
from scraper.cli import build, console, target
from scraper.cli.api import OPEN_API, Api, api_of
from scraper.cli.console import Bar
from scraper.cli.site_clock import SiteClock
from scraper.cli.sources import (
    Calls,
    Ways,
    announcers,
    sections_of,
    unknown_source,
    without_ministries,
)
from scraper.cli.stop import PatientDoor, Stop
from scraper.config import load_config
from scraper.coverage import LookBack
from scraper.errors import ConfigError, SourceError
from scraper.fetch import Fetcher, FetchPolicy, user_agent
from scraper.job import Again, Job, Parts, Stopped
from scraper.ministries import code_of, nearest
from scraper.model import Entry, Page, Request
from scraper.originals import (
    ArchivedOriginals,
    LooseOriginals,
    Originals,
    SiteOriginals,
    keep_page,
)
from scraper.pipeline import run
from scraper.report import Outcome, Report
from scraper.settings import Config
from scraper.sources.site_section import SiteSection
from scraper.state import State
from scraper.window import Window, parse_window

if TYPE_CHECKING:
    import typer

    from scraper.cli.watch import Samples
    from scraper.read import Extract

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about one run; by default nothing."""

    since: str = ""
    until: str = ""
    sources: tuple[str, ...] = ()
    ministries: tuple[str, ...] = ()
    limit: int | None = None
    dry_run: bool = False
    json_file: str = ""
    #: Publish what is due, from what earlier runs fetched.
    due_only: bool = False
    #: Many posts that a rewritten history lost may come back.
    allow_restore: bool = False


def _wrong(said: str, option: str) -> "typer.BadParameter":
    """Return the error of an option; without one, a run loads nothing of options."""
    import typer

    return typer.BadParameter(said, param_hint=option)


def run_once(path: Path, overrides: Sequence[str], options: Options) -> int:
    """Do one run; return its exit code.

    Raises:
        ScraperError: before anything was announced.
    """
    console.log_to_stderr()
    console.check_writable(options.json_file)
    config = load_config(path, os.environ, overrides)
    stop = Stop()
    report = work(config, path, options, stop, SiteClock(build.clock()))
    return console.finish(
        report,
        target.target_shown(config),
        signal=stop.signal,
        dry_run=options.dry_run,
        json_file=options.json_file,
    )


def work(
    config: Config, path: Path, options: Options, stop: Stop, clock: SiteClock
) -> Report:
    """Do one run, under the lock of the state; return what it did.

    Args:
        config: The operator's decisions.
        path: Where they stand, for the words of what is wrong with them.
        options: What the command line says.
        stop: Hears signals from when the lock is ours.
        clock: The clock; it hears the site's.

    Raises:
        ScraperError: before anything was announced.
    """
    asked = _Asked(config, sections_of(config), options, path)
    if not config.contact:
        logger.warning("contact is empty: the site cannot reach you; see config.yaml")
    now = clock.now
    clock.begin()
    with (
        build.locked_state(config, now()) as (state, archive),
        build.reader_of(config, dry_run=options.dry_run) as extract,
        Fetcher(policy_of(config), now=now, dated=clock.hear) as fetcher,
        asked.api(stop, now) as api,
        console.progress_bar() as bar,
    ):
        stop.install()
        job = asked.job()
        if not options.due_only and _is_embargo_over(state, now(), job.made_by):
            _greet(fetcher, stop)
        opened = _Opened(state, archive, extract, fetcher, api, _samples(config))
        parts = _parts(asked, stop, now, opened, bar)
        report = run(job, parts)
        report.requests = fetcher.requests + (api.requests if api else 0)
        if config.alarms.to and not options.dry_run:
            _watch(asked, opened, report, now(), stop)
    if wrong := clock.complaint():
        logger.warning("%s", wrong)
        report.notes.append(wrong)
    return report


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a run holds open."""

    state: State
    archive: Archive
    extract: "Extract"
    fetcher: Fetcher
    api: Api | None
    #: For alarms.
    samples: "Samples | None"


def _parts(
    asked: "_Asked", stop: Stop, now: Callable[[], datetime], held: _Opened, bar: Bar
) -> Parts:
    """Return what the run is handed."""
    options, config, state = asked.options, asked.config, held.state
    kept = ArchivedOriginals(held.archive, state)
    door = PatientDoor(held.fetcher, stop)
    originals: Originals = SiteOriginals(door, held.archive, state)
    if options.due_only:
        originals = kept
    elif options.dry_run:
        originals = LooseOriginals(door)
    calls = None
    if held.api is not None:
        keep = _forget if options.dry_run else partial(_keep, held.archive, state)
        calls = Calls(held.api.call, state, now, keep)
    samples = held.samples
    fetch = samples.remembering(door.page) if samples else door.page
    ways = asked.ways(fetch, originals, state, now().date(), calls)
    heard = announcers(asked.names, ways)
    told = _Told(bar.advance)
    publisher = target.publisher_of(
        config,
        now,
        stop.sleep,
        run_id=now().strftime("%Y%m%dT%H%M%S%z"),
        allow_restore=options.allow_restore,
        waiting=told.waiting.copy,
    )
    again = None
    if config.recheck.per_run:
        again = Again(
            site=AgainOriginals(door, held.archive, state),
            before=partial(Before, held.archive, state),
            standing=target.standing_in(publisher),
            per_run=config.recheck.per_run,
            most_withdrawn=config.recheck.most_withdrawn,
        )
    return Parts(
        again=again,
        announcers=list(map(samples.of, heard)) if samples else heard,
        kept=kept,
        state=state,
        publisher=publisher,
        rules=build.rules_of(config, held.extract),
        now=now,
        stopping=stop.asked,
        tend=target.tending(config, publisher),
        expect=bar.expect,
        progress=told.hear,
        requests=lambda: held.fetcher.requests + (held.api.requests if held.api else 0),
    )


def _watch(
    asked: "_Asked", held: _Opened, report: Report, now: datetime, stop: Stop
) -> None:
    """Look whether anything is wrong, and tell whoever is to be told.

    A run that does not read up to today cannot tell silence. A signal cuts this short;
    the next run looks again.
    """
    from scraper.cli.watch import Watched, watch_run

    options = asked.options
    in_part = options.due_only or options.until or options.limit is not None
    names = () if in_part else asked.names
    watched = Watched(
        asked.config, held.state, held.archive, names, asked.ministries, held.samples
    )
    with suppress(Stopped), stop.waiting():
        watch_run(watched, report, now)


def _samples(config: Config) -> "Samples | None":
    if not config.alarms.to:
        return None
    from scraper.cli.watch import Samples

    return Samples()


def _is_embargo_over(state: State, now: datetime, made_by: str) -> bool:
    """Tell whether, by our clock, the time of a held release has come."""
    return any(row.code == "embargo" for row in state.due(now, made_by))


def _greet(fetcher: Fetcher, stop: Stop) -> None:
    """Hear the site's clock before anything is held against ours.

    A site that cannot be had says so again to whoever asks for a page.
    """
    with suppress(SourceError, Stopped), stop.waiting():
        fetcher.greet()


class _Told:
    """Hears each outcome: a bar counts it, and a reviewer is told what waits."""

    def __init__(self, advance: Callable[[Outcome], object]) -> None:
        self._advance = advance
        self.waiting: list[Outcome] = []

    def hear(self, outcome: Outcome) -> None:
        """Take one."""
        self._advance(outcome)
        if outcome.result in ("held", "failed"):
            self.waiting.append(outcome)


class _Asked:
    """The command line and the configuration, taken together and checked."""

    def __init__(
        self,
        config: Config,
        sections: Mapping[str, SiteSection],
        options: Options,
        path: Path,
    ) -> None:
        """Check names.

        Raises:
            typer.BadParameter, ConfigError: a source or ministry there is not.
        """
        self.config = config
        self.sections = sections
        self.options = options
        if wrong := unknown_source(options.sources, sections):
            raise _wrong(wrong, "--source")
        if wrong := unknown_source(config.sources, sections):
            raise ConfigError([f"{path}: sources: {wrong}"])
        self.names = names_to_ask(options.sources, config.sources, sections)
        self.ministries = chosen_ministries(options, config, path)
        if wrong := without_ministries(self.names, sections, self.ministries):
            raise ConfigError([f"{path}: ministries: {wrong}"])

    def job(self) -> Job:
        """Return what the run is asked to do."""
        return Job(
            ministries=self.ministries,
            limit=self.options.limit,
            catch_up=not self.options.since,
            due_only=self.options.due_only,
            allow_restore=self.options.allow_restore,
            look_back=self.look_back(),
            dry_run=self.options.dry_run,
            base_url=self.config.site.base_url,
            made_by=build.made_by(self.config),
        )

    def look_back(self) -> LookBack | None:
        """Return how far back to look; a run for something particular does not."""
        options, chosen = self.options, self.config.coverage
        if options.since or options.until or options.limit is not None:
            return None
        if options.dry_run or options.due_only:
            return None
        return LookBack(chosen.look_back_days, chosen.weekly_look_back_days)

    def ways(
        self,
        fetch: Callable[[Request], Page],
        originals: Originals,
        state: State,
        today: date,
        calls: Calls | None,
    ) -> Ways:
        """Return what announcers are made of.

        Raises:
            typer.BadParameter: --since or --until is no bound.
        """

        def window(name: str) -> Window:
            scope = ":".join((name, *sorted(self.ministries)))
            return window_of(self.options, state, scope, today)

        return Ways(self.config, self.sections, fetch, originals, window, calls)

    def api(
        self, stop: Stop, now: Callable[[], datetime]
    ) -> AbstractContextManager[Api | None]:
        """Return the Open API's door, if it is to be asked; see :func:`api_of`."""
        base_url = self.config.open_api.base_url
        policy = replace(policy_of(self.config), base_url=base_url, hosts=())
        names = () if self.options.due_only else self.names
        return api_of(self.config, names, policy, stop, now)


def _keep(archive: Archive, state: State, entry: Entry, page: Page, path: str) -> None:
    keep_page(archive, state, entry, page, path=path)


def _forget(entry: Entry, page: Page, path: str) -> None:
    """Keep nothing: a dry run."""


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
        raise _wrong(str(error), "--since/--until") from None


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
            raise _wrong(str(error), "--ministry") from None
        raise ConfigError([f"{path}: ministries: {error}"]) from None


def names_to_ask(
    chosen: Sequence[str], configured: Sequence[str], known: Mapping[str, SiteSection]
) -> tuple[str, ...]:
    """Return the sources of a run: those chosen, else all configured.

    Where the Open API is configured, it is asked along with any section it tells of:
    it alone knows some embargoes, and its license counts.
    """
    names = tuple(chosen or configured)
    told = any(name in [*known] and known[name].grouping for name in names)
    missing = OPEN_API in configured and OPEN_API not in names
    return (*names, OPEN_API) if told and missing else names


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
