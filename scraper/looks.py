"""Second looks at published releases: what changed, what is gone, what comes back.

    due -> look (fetch, parse, compare) -> classify -> render -> publish -> follow

Nothing here takes a first look: without something to compare with, what is seen now is
what later looks are compared with.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from scraper.again import Once
from scraper.changes import classify
from scraper.errors import (
    BlockedError,
    FetchError,
    MissingError,
    NotKeptError,
    ScraperError,
    StorageError,
    UnavailableError,
)
from scraper.followed import Followed
from scraper.gone import Gone, is_api
from scraper.job import Again, Announcer, Parts
from scraper.links import way_of
from scraper.model import Change, Correction, Held, Release
from scraper.originals import Originals
from scraper.prepare import Left, Ready
from scraper.rewrite import Desk, Look, Rewrite, corrected
from scraper.settle import Ledger
from scraper.state import Row
from scraper.take import REFUSALS_IN_A_ROW, SILENCES_IN_A_ROW

logger = logging.getLogger(__name__)

#: When a look that failed is made again.
SOON = timedelta(hours=1)


class Looks:
    """The second looks of one run."""

    def __init__(self, parts: Parts, again: Again, ledger: Ledger) -> None:
        self.parts = parts
        self.again = again
        self.state = parts.state
        self.report = ledger.report
        self.counted = ledger.report.rechecked
        self.desk = Desk(parts, again, ledger)
        self.gone = Gone(self.desk)
        self.rewrites: list[Rewrite] = []
        self.refused = self.silent = 0

    def all(self, due: Sequence[Followed]) -> None:
        """Look at what is due, and do what follows from it."""
        rows = self.state.find(one.news_id for one in due)
        due = self.with_history(due, rows)
        try:
            self.each(due, rows)
        except BaseException:
            self.desk.give_up(self.rewrites)
            raise
        self.desk.deliver([*self.rewrites, *self.gone.judge()])
        self.counted["due"] = self.state.count_due_again(self.parts.now())

    def each(self, due: Sequence[Followed], rows: Mapping[str, Row]) -> None:
        """Look at one after the other, until the site or a signal ends it."""
        # Those of one day are one window of the Open API.
        for one in sorted(due, key=lambda one: (one.source, one.day, int(one.news_id))):
            if self.parts.stopping():
                break
            try:
                self.one(one, rows.get(one.news_id))
            except FetchError as error:
                logger.error("second looks stopped error=%s", error)
                self.report.stop(error)
                break

    def with_history(
        self, due: Sequence[Followed], rows: Mapping[str, Row]
    ) -> list[Followed]:
        """Return these with what their posts tell of them where we do not know it."""
        unknown = [one.news_id for one in due if one.history is None]
        paths = {id: rows[id].post_path for id in unknown if id in rows}
        there = self.again.standing(paths) if paths else {}
        return [
            replace(one, history=there[paths[one.news_id]].history)
            if paths.get(one.news_id) in there
            else one
            for one in due
        ]

    def one(self, followed: Followed, row: Row | None) -> None:
        """Take a second look at one release; its failure is its own.

        Raises:
            FetchError: the site refuses us, or cannot be had.
        """
        published = row and row.status == "published" and row.page_path
        announcer = self.announcer(followed) if published else None
        if row is None or announcer is None:
            self.desk.checked(followed)  # not ours to look at; perhaps it is next time
            return
        entry = row.entry()
        look = Look(followed, row, entry, announcer, self.again.before(entry))
        self.counted["looked at"] += 1
        try:
            self.look(look)
        except Exception as error:
            look.before.restore()
            if isinstance(error, StorageError | UnavailableError):
                raise
            self.failed(look, error)  # a bug must not take the others
        except BaseException:
            look.before.restore()
            raise

    def failed(self, look: Look, error: Exception) -> None:
        """Look again soon, unless it is the site that fails."""
        log = logger.warning if isinstance(error, ScraperError) else logger.exception
        log("second look failed id=%s error=%s", look.news_id, error)
        self.counted["failed"] += 1
        self.state.follow([replace(look.followed, due_at=self.parts.now() + SOON)])
        self.refused += isinstance(error, BlockedError)
        self.silent += isinstance(error, FetchError)
        if self.refused >= REFUSALS_IN_A_ROW or self.silent >= SILENCES_IN_A_ROW:
            raise error

    def announcer(self, followed: Followed) -> Announcer | None:
        """Return whose word a release was published by, else the site's own page."""
        able = [a for a in self.parts.announcers if followed.source in a.sections]
        by_api = list(filter(is_api, able))
        by_page = [a for a in able if a not in by_api]
        if by_api and (not by_page or any("item" in way for way in followed.hashes)):
            return by_api[0]
        return by_page[0] if by_page else None

    # --- look -----------------------------------------------------------------------

    def look(self, look: Look) -> None:
        """Fetch a release again and compare it with what was published."""
        by_api = is_api(look.announcer)
        originals = Once(look.announcer.originals if by_api else self.again.site)
        section = look.announcer.sections[look.entry.source]
        try:
            raw = section.parse_release(originals.page(look.entry), look.entry)
        except MissingError:
            if by_api and not self.gone.is_gone_from_site(look):
                self.desk.checked(
                    look.followed
                )  # absence from an answer proves nothing
            else:
                self.gone.missing(look)
            return
        self.refused = self.silent = 0
        self.gone.seen_well = True
        if raw.revision < look.followed.counted:
            look.before.restore()
            self.counted["older shown"] += 1
            self.desk.checked(look.followed)
            return
        if by_api and self.is_same_item(look, originals):
            self.desk.checked(look.followed)
            return
        match self.desk.prepare(look, originals, look.followed.history):
            case Ready() as ready:
                self.compare(look, ready, originals)
            case Held() as held:
                self.held_back(look, held)
            case Left():
                self.desk.checked(look.followed)

    def is_same_item(self, look: Look, originals: Originals) -> bool:
        """Tell whether the Open API says, word for word, what it said before.

        Its counter of changes is among the words; files have none, so where the text is
        from one, that is fetched.
        """
        if look.row.facts.get("text_from") != "page" or look.followed.missing_at:
            return False
        if not look.followed.hashes or _is_marked(look.followed):
            return False
        try:
            old = look.before.page(look.entry)
        except NotKeptError:
            return False
        return old.body == originals.page(look.entry).body

    def compare(self, look: Look, ready: Ready, originals: Originals) -> None:
        """Settle a release that can be had: as it was, cosmetic, or changed."""
        way, new = way_of(ready.release), ready.release.source_hash
        known = look.followed.hashes.get(way, "")
        old = self.old(look) if known != new else None
        known = known or _known_by(old, look.row, way)
        after = replace(
            look.followed,
            hashes={**look.followed.hashes, way: new},
            counted=max(look.followed.counted, ready.counted),
            told="",
        )
        marked = _is_marked(look.followed)
        if not known or (known == new and not marked):
            if not known:
                self.counted["first looks"] += 1
            self.desk.checked(after)
            return
        change: Change = "cosmetic"
        if known != new:
            if old is None or old.source_hash != known:
                change = "text"  # what it was is not kept, so it may be anything
            elif _is_doubtful(old, ready.release):
                look.before.restore()
                self.desk.note(look, "its text cannot be had as before; left as it is")
                self.desk.checked(look.followed)
                return
            else:
                change = classify(old, ready.release)
        if change == "cosmetic" and not marked:
            self.counted["cosmetic"] += 1
            self.state.settle([replace(look.row, source_hash=new)])
            self.desk.checked(after.graver(change))
            return
        self.changed(look, after, originals, change)

    def changed(
        self, look: Look, after: Followed, originals: Originals, change: Change
    ) -> None:
        """Have a post written again; one that only is there again counts lightly."""
        change = "metadata" if change == "cosmetic" else change
        correction = Correction(self.desk.second(), change)
        self.rewrites.append(
            Rewrite(
                look,
                after.graver(change),
                originals,
                lambda history: corrected(history, correction),
                "correction",
                f"upstream changed ({change})",
            )
        )

    def old(self, look: Look) -> Release | None:
        """Return the release as it was kept; ``None`` if it is not, or never was."""
        try:
            outcome = self.desk.prepare(look, look.before, None)
        except ScraperError:
            return None
        return outcome.release if isinstance(outcome, Ready) else None

    def held_back(self, look: Look, held: Held) -> None:
        """Mark a post whose license no longer allows it; tell of a later embargo.

        Neither takes a post back: its text stays as it was published.
        """
        look.before.restore()
        told = f"{held.code}: {held.reason}"
        after = replace(look.followed, told=told)
        if told == look.followed.told:
            self.desk.checked(after)
            return
        self.desk.note(
            look, f"published, and kept; now it would be held: {held.reason}"
        )
        history = look.followed.history
        if held.code != "license" or (history and history.restricted_at):
            self.desk.checked(after)
            return
        at = self.desk.second()
        self.rewrites.append(
            Rewrite(
                look,
                after.graver("metadata"),
                look.before,
                lambda history: replace(
                    corrected(history, Correction(at, "metadata")),
                    withdrawn_at=history.withdrawn_at,
                    restricted_at=at,
                ),
                "correction",
                "its license became stricter",
            )
        )


def _is_marked(followed: Followed) -> bool:
    """Tell whether the post says that its source is gone or closed."""
    history = followed.history
    return bool(history and (history.withdrawn_at or history.restricted_at))


def _known_by(old: Release | None, row: Row, way: str) -> str:
    """Return the digest of what was published; "" if that was read another way."""
    same = old and way_of(old) == way and old.source_hash == row.source_hash
    return row.source_hash if same else ""


def _is_doubtful(old: Release, new: Release) -> bool:
    """Tell whether a text is another one only because its file could not be read."""
    files = [(a.file_id, a.name) for a in old.attachments]
    same_files = files == [(a.file_id, a.name) for a in new.attachments]
    return same_files and old.text_from != new.text_from
