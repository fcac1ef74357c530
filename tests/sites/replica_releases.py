"""Releases of our own korea.kr, as a run of the command hands them to a publisher."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from publishers import post as posts
from publishers.post import Style, render_post
from scraper.model import License, Post, Release
from tests.newsroom import Newsroom, run_here
from tests.replica import replica

NOW = "2026-11-24T23:00:00+09:00"
DAYS = "2026-11-22..2026-11-24"


@dataclass(frozen=True, slots=True)
class Taken:
    """A release, and how a post of it is made."""

    release: Release
    license: License
    faithful: bool

    def post(self, style: Style) -> Post:
        return render_post(self.release, self.license, style, faithful=self.faithful)


def take(count: int, folder: Path) -> list[Taken]:
    """Scrape a replica, and return so many of the releases that were rendered.

    Press releases with and without a text of their own, policy news, rebuttals.
    """
    taken: list[Taken] = []

    def spied(
        release: Release,
        license: License,
        style: Style,
        *,
        path: str = "",
        faithful: bool = False,
    ) -> Post:
        taken.append(Taken(release, license, faithful))
        return render_post(release, license, style, path=path, faithful=faithful)

    now = datetime.fromisoformat(NOW)
    with (
        pytest.MonkeyPatch.context() as patch,
        replica(
            seed=23,
            days=DAYS,
            releases=count + count // 3,
            articles=count // 3,
            golden=True,
            now=now,
        ) as site,
    ):
        patch.setattr(posts, "render_post", spied)
        newsroom = Newsroom(
            folder,
            site.base_url,
            "sources: [press_release, policy_news, fact_check, briefing]\n"
            "news: {to: directory, directory: ./news}\n",
        )
        command = ["scrape", "--config", str(newsroom.config), "--since", "3d"]
        assert run_here(command, NOW) == 0
    unique = {one.release.news_id: one for one in taken}
    found = sorted(unique.values(), key=lambda one: one.release.news_id)
    step = max(1, len(found) // count)
    return found[::step][:count] if len(found) >= count else found
