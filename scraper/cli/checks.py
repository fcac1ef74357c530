"""The doctor's looks, one for each thing a run needs; none changes what it looks at."""

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from publishers.git.probe import probe
from scraper.cli import build
from scraper.cli.api import OPEN_API, api_of
from scraper.cli.findings import Finding, cause_of
from scraper.cli.run import policy_of
from scraper.cli.site_clock import SiteClock
from scraper.cli.sources import sections_of
from scraper.cli.stop import Stop
from scraper.database import check_database
from scraper.errors import (
    ConfigError,
    MissingError,
    ParseError,
    ScraperError,
    SourceError,
)
from scraper.fetch import Fetcher
from scraper.model import Entry, Listing, RawRelease, Request
from scraper.settings import Config
from scraper.sources.open_api import POLICY_NEWS, Service, parse_window, window_of
from scraper.sources.site_section import SiteSection
from scraper.windows import Budget

#: Bytes that must be free below ``state_dir``, and that are written to try it.
LEAST_FREE, TRIED = 100_000_000, 1_000_000
#: Seconds one answer may take here.
PATIENCE = 20.0
#: Days of a listing that is looked at.
WEEK = timedelta(days=7)

#: What each listing and page must state, as far as we know the site (October 2026);
#: ``text`` is a body or an attachment. Sections that are not here: as the others.
EXPECTED = {
    "press_release": ("title", "time", "ministry", "license", "text"),
    "policy_news": ("title", "time", "ministry", "license", "body"),
    "fact_check": ("title", "time", "ministry", "license", "body"),
    "briefing": ("title", "time", "text"),
}
USUAL = ("title", "time", "license", "text")

Now = Callable[[], datetime]


def look_at_disk(config: Config) -> Finding:
    """Can the state be written, and is there room?"""
    folder = config.state_dir
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(TRIED))
            file.flush()
            os.fsync(file.fileno())
        free = shutil.disk_usage(folder).free
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        cause = "full" if is_full else "unwritable"
        return Finding("disk", cause, f"{folder}: {error.strerror}")
    if free < LEAST_FREE:
        return Finding("disk", "full", f"{folder}: {free / 1e6:.0f} MB are free")
    return Finding("disk", evidence=f"{free / 1e9:.1f} GB free")


def look_at_state(config: Config) -> Finding:
    """Is the state whole?"""
    file = config.state_dir / "state.db"
    if not file.exists():
        return Finding("state", evidence="none yet")
    try:
        wrong = check_database(file)
    except ConfigError as error:
        return Finding("state", "settings", str(error))
    return Finding("state", "damaged" if wrong else "", f"{file}: {wrong or 'whole'}")


# --- the site -----------------------------------------------------------------------


def look_at_site(config: Config, now: Now) -> Iterator[Finding]:
    """Can the site be reached, does it let us in, and do its pages read as ever?"""
    clock = SiteClock(now)
    policy = replace(policy_of(config), attempts=1, deadline=PATIENCE)
    with Fetcher(policy, now=now, dated=clock.hear) as fetcher:
        try:
            fetcher.greet()
        except SourceError as error:
            yield Finding("site", cause_of(error), str(error))
            return
        yield Finding("site", evidence=config.site.base_url)
        yield look_at_clock(clock)
        sections = sections_of(config)
        for name in config.sources:
            if name == OPEN_API:
                continue
            finding = _look_at_section(sections[name], fetcher, now)
            yield finding
            if finding.cause in ("refused", "challenge", "robots"):
                return  # asking on would only make it worse


def look_at_clock(clock: SiteClock) -> Finding:
    """Is ours right, held against the site's?"""
    wrong = clock.complaint()
    return Finding("clock", "clock" if wrong else "", wrong or "as the site's")


def _look_at_section(section: SiteSection, fetcher: Fetcher, now: Now) -> Finding:
    """Read the newest listing and the newest page of a section."""
    today, name = now().date(), section.name
    try:
        request = section.listing_request(today - WEEK, today, 1, "")
        listing = section.parse_listing(fetcher.page(request))
        if lacks := _listing_lacks(section, listing):
            return Finding(name, "listing", f"no {lacks}")
    except (ParseError, MissingError) as error:
        return Finding(name, "listing", str(error))
    except SourceError as error:
        return Finding(name, cause_of(error), str(error))
    if not listing.entries:
        return Finding(name, "empty", f"nothing since {today - WEEK}")
    own = [entry for entry in listing.entries if entry.source == name]
    if not own:
        return Finding(name, evidence="rows of other sections only")
    return _look_at_page(section, own[0], fetcher)


def _look_at_page(section: SiteSection, entry: Entry, fetcher: Fetcher) -> Finding:
    name = section.name
    try:
        raw = section.parse_release(fetcher.page(Request(entry.path)), entry)
    except MissingError:
        return Finding(name, evidence=f"{entry.news_id} was taken down just now")
    except SourceError as error:
        return Finding(name, cause_of(error), str(error))
    lacks = _page_lacks(raw, EXPECTED.get(name, USUAL))
    if lacks:
        return Finding(name, "page", f"{entry.news_id} has no {', '.join(lacks)}")
    return Finding(name, evidence=f"as ever; newest {entry.news_id}")


def _listing_lacks(section: SiteSection, listing: Listing) -> str:
    if listing.total is None and section.dated:
        return "total"
    for entry in listing.entries:
        if section.ministries and not entry.ministry:
            return f"ministry beside {entry.news_id}"
    return ""


def _page_lacks(raw: RawRelease, expected: tuple[str, ...]) -> list[str]:
    has = {
        "title": bool(raw.title),
        "time": raw.published_at is not None,
        "ministry": bool(raw.ministry),
        "license": bool(raw.license_marks.images or raw.license_marks.sentences),
        "body": bool(raw.body_html),
        "text": bool(raw.body_html or raw.attachments),
    }
    return [part for part in expected if not has[part]]


# --- the Open API -------------------------------------------------------------------


def look_at_api(config: Config, now: Now) -> Iterator[Finding]:
    """Does it take our key, and are there calls left? It costs one."""
    if OPEN_API not in config.sources:
        return
    if config.api_key is None:
        named = config.open_api.key_env
        yield Finding(OPEN_API, "no-key", f"open_api.key_env: {named or 'names none'}")
        return
    service = Service(OPEN_API, POLICY_NEWS, tuple(sections_of(config).values()))
    policy = replace(policy_of(config), attempts=1, deadline=PATIENCE, hosts=())
    policy = replace(policy, base_url=config.open_api.base_url)
    today = now().date()
    try:
        with (
            build.unlocked_state(config, now()) as state,
            api_of(config, (OPEN_API,), policy, Stop(), now) as api,
        ):
            assert api is not None
            budget = Budget(service, state, config.open_api.daily_calls, now)
            days = window_of(today, today)
            window = parse_window(
                api.call(service.call_path(days), budget.take), service
            )
    except ParseError as error:
        yield Finding(OPEN_API, "api", str(error))
    except ScraperError as error:
        yield Finding(OPEN_API, cause_of(error), str(error))
    else:
        yield Finding(OPEN_API, evidence=f"{len(window.items)} items")


# --- the news -----------------------------------------------------------------------


def look_at_news(config: Config) -> Iterator[Finding]:
    """Can the news target be read and written?"""
    news = config.news
    if news.to == "directory":
        yield _look_at_folder(news.directory)
        return
    try:
        tip = probe(
            news.remote,
            news.branch,
            token=config.token.get_secret_value() if config.token else None,
            token_env=news.token_env,
            forge=news.pull_request.forge,
            ssh_command=news.ssh_command,
            ca_file=Path(news.ca_file) if news.ca_file else None,
        )
    except ScraperError as error:
        yield Finding("news", cause_of(error), str(error))
        return
    at = f"{news.branch} at {tip[:12]}" if tip else f"{news.branch} is to be made"
    yield Finding("news", evidence=at)
    if news.to == "pr":
        yield _look_at_forge(config)


def _look_at_folder(folder: Path) -> Finding:
    there = next(one for one in (folder, *folder.parents) if one.exists())
    try:
        tempfile.TemporaryFile(dir=there).close()
    except OSError as error:
        return Finding("news", "unwritable", f"{there}: {error.strerror}")
    return Finding("news", evidence=str(folder))


def _look_at_forge(config: Config) -> Finding:
    from scraper.cli.forge import forge_of
    from scraper.cli.token_end import token_end

    try:
        forge_of(config, time.sleep).pulls(config.news.pull_request.branch)
        ends = token_end(config)
    except ScraperError as error:
        return Finding("forge", cause_of(error), str(error))
    if ends and ends - datetime.now(ends.tzinfo) < timedelta(
        days=config.alarms.token_days
    ):
        return Finding("forge", "token", f"at {ends:%Y-%m-%d %H:%M %Z}")
    return Finding("forge", evidence="lets us in")
