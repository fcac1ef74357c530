"""Config -> the sections of the site, and the ways a run hears of their releases."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial

from scraper.announce import read_day
from scraper.config import Config
from scraper.errors import ConfigError
from scraper.job import Announcer
from scraper.model import Page, Request
from scraper.originals import Originals
from scraper.sources.press_release import PRESS_RELEASE
from scraper.sources.site_section import SiteSection
from scraper.window import Window


def sections_of(config: Config) -> dict[str, SiteSection]:
    """Return every section there is, by name: ours, and those of the configuration.

    Raises:
        ConfigError: a configured one bears the name of one of ours.
    """
    ours = {section.name: section for section in (PRESS_RELEASE,)}
    more = {
        name: SiteSection(name, choice.section, choice.list, choice.view)
        for name, choice in config.sections.items()
    }
    if twice := sorted(ours.keys() & more.keys()):
        problem = f"sections: {twice[0]} is there already; choose another name"
        raise ConfigError([problem])
    return ours | more


def unknown_source(names: Sequence[str], known: Mapping[str, object]) -> str:
    """Return what is wrong with the first name that is no source; "" if all are."""
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = (
                f"did you mean {near[0]}?" if near else f"there is {', '.join(known)}"
            )
            return f"no source {name!r}; {hint}"
    return ""


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
    return Announcer(
        name=section.name,
        server=ways.config.site.base_url,
        announce=partial(read_day, source=section, fetch=ways.fetch),
        sections={section.name: section},
        originals=ways.originals,
        window=ways.window(section.name),
    )
