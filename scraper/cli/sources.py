"""Config -> the sections of the site, and the ways a run hears of their releases."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import partial

from scraper.announce import Announcement, UndatedListing, read_day
from scraper.config import Config
from scraper.errors import ConfigError
from scraper.job import Announcer
from scraper.model import Page, Request
from scraper.originals import Originals
from scraper.sources.family import Sections
from scraper.sources.policy_news import FAMILY
from scraper.sources.press_release import PRESS_RELEASE
from scraper.sources.site_section import SiteSection
from scraper.window import Window


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
    deaf = [name for name in names if not known[name].ministries]
    if not deaf:
        return ""
    names_of = ", ".join(deaf)
    return f"the listing of {names_of} names no ministry; leave it out, or ask for all"


@dataclass(frozen=True, slots=True)
class Ways:
    """What announcers are made of."""

    config: Config
    sections: Mapping[str, SiteSection]
    fetch: Callable[[Request], Page]
    originals: Originals
    #: Has the days to read of an announcer, by its name.
    window: Callable[[str], Window]


def announcers(names: Sequence[str], ways: Ways) -> list[Announcer]:
    """Return the announcers of those sources, in the order they are asked."""
    return [_listing(ways.sections[name], ways) for name in dict.fromkeys(names)]


def _listing(section: SiteSection, ways: Ways) -> Announcer:
    announce: Callable[[date, str], Announcement]
    if section.dated:
        announce = partial(read_day, source=section, fetch=ways.fetch)
    else:
        announce = UndatedListing(section, ways.fetch).announce
    return Announcer(
        name=section.name,
        server=ways.config.site.base_url,
        announce=announce,
        sections=ways.sections,
        originals=ways.originals,
        window=ways.window(section.name),
    )
