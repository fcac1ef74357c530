"""Releases that the site has no more: what proves it, and when nothing does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from scraper.errors import MissingError, ScraperError
from scraper.job import Announcer
from scraper.model import Entry
from scraper.rewrite import Desk, Look, Rewrite

#: Least time between two looks that prove that a release is gone.
PROOF = timedelta(hours=6)

#: Part of a day's looks that may prove releases gone; more means that the site is ill.
MOST_GONE = 0.05


class Gone:
    """The releases of one run that may be gone."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.state, self.parts = desk.state, desk.parts
        self.gone: list[Look] = []
        #: The site showed a release as it should, so it is well.
        self.seen_well = False

    def is_gone_from_site(self, look: Look) -> bool:
        """Tell whether the site itself, if it is asked at all, says that it is gone."""
        for announcer in self.parts.announcers:
            if not is_api(announcer) and look.entry.source in announcer.sections:
                return not self.is_there(look.entry, announcer)
        return False

    def is_there(self, entry: Entry, announcer: Announcer) -> bool:
        """Ask the site for a release's page; raises as the site's originals do."""
        try:
            page = self.desk.again.site.page(entry)
            announcer.sections[entry.source].parse_release(page, entry)
        except MissingError:
            return False
        self.seen_well = True
        return True

    def missing(self, look: Look) -> None:
        """Note that the site says there is no such release; twice proves it."""
        look.before.restore()
        now, since = self.parts.now(), look.followed.missing_at
        history = look.followed.history
        if history and history.withdrawn_at:
            self.desk.checked(look.followed, missing=True)
        elif since is None:
            seen = replace(look.followed, missing_at=now, checked_at=now)
            self.state.follow([replace(seen, due_at=now + PROOF)])
        elif now - since < PROOF:
            self.state.follow([replace(look.followed, due_at=since + PROOF)])
        else:
            self.gone.append(look)

    def judge(self) -> Sequence[Rewrite]:
        """Return what is to be marked: none, if the site itself is in trouble."""
        if not self.gone:
            return []
        now = self.parts.now()
        checked = self.state.count_checked(now - timedelta(days=1)) + len(self.gone)
        most = min(self.desk.again.most_withdrawn, max(1, int(checked * MOST_GONE)))
        why = ""
        if len(self.gone) > most:
            why = f"more than {most} of {checked} looked at within a day"
        elif not (self.seen_well or self.other_is_there()):
            why = "and the site shows no other release either"
        if why:
            said = f"{len(self.gone)} releases seem withdrawn, {why}: none is marked"
            self.desk.report.notes.append(f"{said}; look at the site")
            self.state.follow(
                replace(look.followed, due_at=now + PROOF) for look in self.gone
            )
            return []
        at = self.desk.second()
        return [
            Rewrite(
                look,
                look.followed,
                look.before,
                lambda history: replace(
                    history, revision=history.revision + 1, withdrawn_at=at
                ),
                "withdrawal",
                "the site has it no more",
            )
            for look in self.gone
        ]

    def other_is_there(self) -> bool:
        """Ask the site for the release that was last in its place."""
        other = self.state.last_seen_well(look.news_id for look in self.gone)
        row = self.state.find([other]).get(other) if other else None
        if row is None or not row.page_path:
            return False
        for announcer in self.parts.announcers:
            if row.source in announcer.sections:
                try:
                    return self.is_there(row.entry(), announcer)
                except ScraperError:
                    return False
        return False


def is_api(announcer: Announcer) -> bool:
    """Tell whether an announcer is no section of the site."""
    return announcer.name not in announcer.sections
