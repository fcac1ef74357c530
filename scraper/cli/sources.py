"""Config -> the sections of the site, and the ways a run hears of their releases."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING

from scraper.announce import Announcement, UndatedListing, read_day
from scraper.cli.api import OPEN_API, PRESS
from scraper.errors import ConfigError
from scraper.job import Announcer
from scraper.model import Entry, Page, Request
from scraper.originals import Originals
from scraper.settings import Config
from scraper.sources.family import Sections
from scraper.sources.policy_news import FAMILY
from scraper.sources.press_release import PRESS_RELEASE
from scraper.sources.site_section import SiteSection
from scraper.state import State
from scraper.window import Window

if TYPE_CHECKING:
    from scraper.sources.open_api import Service
    from scraper.windows import Call


def sections_of(config: Config) -> Sections:
    """Return every section there is, by name: ours, and those of the configuration.

    Raises:
        ConfigError: a configured one bears the name, or the pages, of another.
    """
    more = [
        SiteSection(
            name=name,
            section=choice.section,
            list_path=choice.list,
            view_path=choice.view,
            closed=choice.closed,
            rebuttal=choice.rebuttal,
            grouping=choice.grouping,
            dated=choice.dated,
            ministries=choice.ministries,
        )
        for name, choice in config.sections.items()
    ]
    try:
        return Sections([PRESS_RELEASE, *FAMILY, *more])
    except ValueError as error:
        raise ConfigError([f"sections: {error}; choose another"]) from None


def unknown_source(names: Sequence[str], known: Mapping[str, SiteSection]) -> str:
    """Return what is wrong with the first name that is no source; "" if all are."""
    listed = [name for name, section in known.items() if section.list_path]
    listed.append(OPEN_API)
    for name in names:
        if name in listed:
            continue
        if name in [*known]:
            return f"{name} has no listing of its own; rows of others lead to it"
        near = get_close_matches(name, listed, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(listed)}"
        return f"no source {name!r}; {hint}"
    return ""


def without_ministries(
    names: Sequence[str], known: Mapping[str, SiteSection], asked: Sequence[str]
) -> str:
    """Return what is wrong with asking those sources for some ministries; or "".

    A listing that names no ministry would be read whole, and all of it published.
    """
    if not asked:
        return ""
    deaf = [name for name in names if name in [*known] and not known[name].ministries]
    if not deaf:
        return ""
    names_of = ", ".join(deaf)
    return f"the listing of {names_of} names no ministry; leave it out, or ask for all"


@dataclass(frozen=True, slots=True)
class Calls:
    """What an announcer of the Open API is made of besides."""

    call: "Call"
    state: State
    now: Callable[[], datetime]
    #: Keeps an item in the archive, under a path of its own.
    keep: Callable[[Entry, Page, str], None]


@dataclass(frozen=True, slots=True)
class Ways:
    """What announcers are made of."""

    config: Config
    sections: Mapping[str, SiteSection]
    fetch: Callable[[Request], Page]
    originals: Originals
    #: Has the days to read of an announcer, by its name.
    window: Callable[[str], Window]
    #: Calls the Open API and counts calls; ``None`` if nothing is asked of it.
    api: Calls | None = None


def announcers(names: Sequence[str], ways: Ways) -> list[Announcer]:
    """Return the announcers of those sources, in the order they are asked.

    The Open API goes first: what it has told of is not asked of any listing.
    """
    chosen = list(dict.fromkeys(names))
    ours = [_listing(ways.sections[name], ways) for name in chosen if name != OPEN_API]
    if OPEN_API not in chosen:
        return ours
    from scraper.sources.open_api import POLICY_NEWS, PRESS_RELEASES, Service

    sections = tuple(ways.sections.values())
    services = [Service(OPEN_API, POLICY_NEWS, sections)]
    if ways.config.open_api.press:
        services.append(Service(PRESS, PRESS_RELEASES, (), alone=PRESS_RELEASE))
    by_page = {*ways.config.sources, *chosen}
    return [_service(service, ways, by_page) for service in services] + ours


def _service(service: "Service", ways: Ways, by_page: Container[str]) -> Announcer:
    from scraper.sources.open_api import Told
    from scraper.windows import Budget, WindowOriginals, Windows

    announcer = Announcer(
        name=service.name,
        server=ways.config.open_api.base_url + service.path,
        announce=_never,
        sections=Told(service),
        originals=ways.originals,
        window=ways.window(service.name),
    )
    if (api := ways.api) is None:
        return announcer
    calls = ways.config.open_api.daily_calls
    budget = Budget(service, api.state, calls, api.now)
    windows = Windows(service, api.call, budget, now=api.now)

    def keep(entry: Entry, page: Page) -> None:
        api.keep(entry, page, f"{service.path}#{entry.news_id}")

    originals = WindowOriginals(
        windows, ways.originals, keep=keep, also_by_page=by_page
    )
    return replace(announcer, announce=windows.announce, originals=originals)


def _never(day: date, ministry: str) -> Announcement:
    """Refuse to announce: only what is due was asked for."""
    raise AssertionError(f"nobody may ask for {day} {ministry}")


def _listing(section: SiteSection, ways: Ways) -> Announcer:
    announce: Callable[[date, str], Announcement]
    relist = None
    if section.dated:
        announce = relist = partial(read_day, source=section, fetch=ways.fetch)
    else:
        announce = UndatedListing(section, ways.fetch).announce
    return Announcer(
        name=section.name,
        server=ways.config.site.base_url,
        announce=announce,
        sections=ways.sections,
        originals=ways.originals,
        window=ways.window(section.name),
        relist=relist,
    )
