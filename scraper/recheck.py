"""Published releases are looked at again: what changed, what is gone, what comes back.

    due -> look (fetch, parse, compare) -> classify -> render -> publish -> follow

Nothing here takes a first look: without something to compare with, what is seen now is
what later looks are compared with.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scraper.again import Before, Once
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
from scraper.followed import Followed, next_check
from scraper.job import Again, Announcer, Job, Parts, Standing
from scraper.links import way_of
from scraper.model import Change, Correction, Entry, Held, History, Release
from scraper.originals import Originals
from scraper.prepare import Left, Ready, prepare
from scraper.settle import Ledger
from scraper.state import Row
from scraper.take import BATCH, REFUSALS_IN_A_ROW, SILENCES_IN_A_ROW, subject

logger = logging.getLogger(__name__)

#: Least time between two looks that prove that a release is gone.
PROOF = timedelta(hours=6)

#: When a look that failed is made again.
SOON = timedelta(hours=1)

#: Part of a day's looks that may prove releases gone; more means that the site is ill.
MOST_GONE = 0.05

Mend = Callable[[History], History]


def recheck(job: Job, parts: Parts, ledger: Ledger) -> None:
    """Look at what is due; write what changed; tell what a person should see.

    Only an ordinary run does: not one for some days or for a few releases, nor a dry
    one. Errors of the site end it, and are in the report.

    Raises:
        PublishError, StorageError: nothing can be written.
    """
    ordinary = job.catch_up and job.limit is None and not job.due_only
    stopped = ledger.report.stopped_by is not None
    if parts.again is None or not ordinary or job.dry_run or stopped:
        return
    ledger.via = ""
    _Looks(parts, parts.again, ledger).all()


@dataclass(frozen=True, slots=True)
class _Look:
    """One release under a second look."""

    followed: Followed
    row: Row
    entry: Entry
    announcer: Announcer
    before: Before

    @property
    def news_id(self) -> str:
        return self.followed.news_id


@dataclass(frozen=True, slots=True)
class _Rewrite:
    """A post that has to be written again."""

    look: _Look
    #: What is known once it is.
    after: Followed
    #: Where its page and files are: as fetched now, or as kept.
    originals: Originals
    mend: Mend
    because: str
    #: For people, if it cannot be written.
    what: str


class _Looks:
    """The second looks of one run."""

    def __init__(self, parts: Parts, again: Again, ledger: Ledger) -> None:
        self.parts = parts
        self.again = again
        self.ledger = ledger
        self.state = parts.state
        self.report = ledger.report
        self.counted = ledger.report.rechecked
        self.rewrites: list[_Rewrite] = []
        self.gone: list[_Look] = []
        #: The site showed a release as it should, so it is well.
        self.seen_well = False
        self.refused = self.silent = 0

    def all(self) -> None:
        """Look at what is due, as much as one run may, and do what follows from it."""
        due = self.state.due_again(self.parts.now(), self.again.per_run)
        rows = self.state.find(one.news_id for one in due)
        due = self.with_history(due, rows)
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
        self.judge_gone()
        for at in range(0, len(self.rewrites), BATCH):
            self.rewrite(self.rewrites[at : at + BATCH])
        if due:
            self.counted["due"] = self.state.count_due_again(self.parts.now())

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
            self.checked(followed)  # not ours to look at; perhaps it is next time
            return
        entry = row.entry()
        look = _Look(followed, row, entry, announcer, self.again.before(entry))
        self.counted["looked at"] += 1
        try:
            self.look(look)
        except (StorageError, UnavailableError):
            raise
        except Exception as error:  # noqa: BLE001 - a bug must not take the others
            self.failed(look, error)

    def failed(self, look: _Look, error: Exception) -> None:
        """Look again soon, unless it is the site that fails."""
        log = logger.warning if isinstance(error, ScraperError) else logger.exception
        log("second look failed id=%s error=%s", look.news_id, error)
        look.before.restore()
        self.counted["failed"] += 1
        self.state.follow([replace(look.followed, due_at=self.parts.now() + SOON)])
        self.refused += isinstance(error, BlockedError)
        self.silent += isinstance(error, FetchError)
        if self.refused >= REFUSALS_IN_A_ROW or self.silent >= SILENCES_IN_A_ROW:
            raise error

    def announcer(self, followed: Followed) -> Announcer | None:
        """Return whose word a release was published by, else the site's own page."""
        able = [a for a in self.parts.announcers if followed.source in a.sections]
        by_api = list(filter(_is_api, able))
        by_page = [a for a in able if a not in by_api]
        if by_api and (not by_page or any("item" in way for way in followed.hashes)):
            return by_api[0]
        return by_page[0] if by_page else None

    # --- look -----------------------------------------------------------------------

    def look(self, look: _Look) -> None:
        """Fetch a release again and compare it with what was published."""
        by_api = _is_api(look.announcer)
        originals = Once(look.announcer.originals if by_api else self.again.site)
        section = look.announcer.sections[look.entry.source]
        try:
            raw = section.parse_release(originals.page(look.entry), look.entry)
        except MissingError:
            if by_api and not self.is_gone_from_site(look):
                self.checked(look.followed)  # absence from an answer proves nothing
            else:
                self.missing(look)
            return
        self.refused = self.silent = 0
        self.seen_well = True
        if raw.revision < look.followed.counted:
            look.before.restore()
            self.counted["older shown"] += 1
            self.checked(look.followed)
            return
        if by_api and self.is_same_item(look, originals):
            self.checked(look.followed)
            return
        match self.prepare(look, originals, look.followed.history):
            case Ready() as ready:
                self.compare(look, ready, originals)
            case Held() as held:
                self.held_back(look, held)
            case Left():
                self.checked(look.followed)

    def prepare(
        self, look: _Look, originals: Originals, history: History | None
    ) -> Ready | Held | Left:
        """Return what the release is now; a post that is whole never becomes a stub."""
        whole = str(look.row.facts.get("license", "")).startswith("KOGL-")
        rules = self.parts.rules

        return prepare(
            look.entry,
            originals,
            look.announcer.sections[look.entry.source],
            replace(rules, stub_refused=rules.stub_refused and not whole),
            now=self.parts.now(),
            path=look.row.post_path,
            history=lambda _: history or History(),
            trusted=look.before.text_digests(str(look.row.facts.get("text_from"))),
        )

    def is_same_item(self, look: _Look, originals: Originals) -> bool:
        """Tell whether the Open API says, word for word, what it said before.

        Its counter of changes is among the words; files have none, so where the text is
        from one, that is fetched.
        """
        if look.row.facts.get("text_from") != "page" or look.followed.missing_at:
            return False
        history = look.followed.history
        if not look.followed.hashes or (history and _is_marked(history)):
            return False
        try:
            old = look.before.page(look.entry)
        except NotKeptError:
            return False
        return old.body == originals.page(look.entry).body

    def compare(self, look: _Look, ready: Ready, originals: Originals) -> None:
        """Settle a release that can be had: as it was, cosmetic, or changed."""
        way, new = way_of(ready.release), ready.release.source_hash
        old = None
        known = look.followed.hashes.get(way, "")
        if not known and look.row.source_hash:
            old = self.old(look)
            if old and old.source_hash == look.row.source_hash and way_of(old) == way:
                known = old.source_hash
        after = replace(
            look.followed,
            hashes={**look.followed.hashes, way: new},
            counted=max(look.followed.counted, ready.counted),
            told="",
        )
        history = look.followed.history
        marked = history is not None and _is_marked(history)
        if not known or (known == new and not marked):
            if not known:
                self.counted["first looks"] += 1
            self.checked(after)
            return
        change: Change = "metadata"  # it is there again, or its license is
        if known != new:
            old = old or self.old(look)
            if old and old.source_hash == known:
                if _is_doubtful(old, ready.release):
                    look.before.restore()
                    self.note(look, "its text cannot be had as before; looked at later")
                    self.checked(look.followed)
                    return
                change = classify(old, ready.release)
            else:
                change = "text"  # what it was is not kept, so it may be anything
        if change == "cosmetic" and not marked:
            self.counted["cosmetic"] += 1
            self.state.settle([replace(look.row, source_hash=new)])
            self.checked(after.graver(change))
            return
        change = "metadata" if change == "cosmetic" else change
        at = self.second()
        self.rewrites.append(
            _Rewrite(
                look,
                after.graver(change),
                originals,
                lambda history: _corrected(history, Correction(at, change)),
                "correction",
                f"upstream changed ({change})",
            )
        )

    def old(self, look: _Look) -> Release | None:
        """Return the release as it was kept before this look; ``None`` if it is not."""
        try:
            outcome = self.prepare(look, look.before, None)
        except ScraperError:
            return None
        return outcome.release if isinstance(outcome, Ready) else None

    def held_back(self, look: _Look, held: Held) -> None:
        """Mark a post whose license no longer allows it; tell of a later embargo.

        Neither takes a post back: its text stays as it was published.
        """
        look.before.restore()
        told = f"{held.code}: {held.reason}"
        after = replace(look.followed, told=told)
        if told == look.followed.told:
            self.checked(after)
            return
        self.note(look, f"published, and kept; now it would be held: {held.reason}")
        history = look.followed.history
        if held.code != "license" or (history and history.restricted_at):
            self.checked(after)
            return
        at = self.second()
        self.rewrites.append(
            _Rewrite(
                look,
                after.graver("metadata"),
                look.before,
                lambda history: replace(
                    _corrected(history, Correction(at, "metadata")),
                    withdrawn_at=history.withdrawn_at,
                    restricted_at=at,
                ),
                "correction",
                "its license became stricter",
            )
        )

    # --- gone -----------------------------------------------------------------------

    def is_gone_from_site(self, look: _Look) -> bool:
        """Tell whether the site itself, if it is asked at all, says that it is gone."""
        for announcer in self.parts.announcers:
            if not _is_api(announcer) and look.entry.source in announcer.sections:
                return not self.is_there(look.entry, announcer)
        return False

    def is_there(self, entry: Entry, announcer: Announcer) -> bool:
        try:
            page = self.again.site.page(entry)
            announcer.sections[entry.source].parse_release(page, entry)
        except MissingError:
            return False
        self.seen_well = True
        return True

    def missing(self, look: _Look) -> None:
        """Note that the site says there is no such release; twice proves it."""
        look.before.restore()
        now, since = self.parts.now(), look.followed.missing_at
        history = look.followed.history
        if history and history.withdrawn_at:
            self.checked(look.followed, missing=True)
        elif since is None:
            seen = replace(look.followed, missing_at=now, checked_at=now)
            self.state.follow([replace(seen, due_at=now + PROOF)])
        elif now - since < PROOF:
            self.state.follow([replace(look.followed, due_at=since + PROOF)])
        else:
            self.gone.append(look)

    def judge_gone(self) -> None:
        """Have what is gone marked, unless that looks like the site's own trouble."""
        if not self.gone:
            return
        now = self.parts.now()
        checked = self.state.count_checked(now - timedelta(days=1)) + len(self.gone)
        most = min(self.again.most_withdrawn, max(1, int(checked * MOST_GONE)))
        why = ""
        if len(self.gone) > most:
            why = f"more than {most} of {checked} looked at within a day"
        elif not (self.seen_well or self.other_is_there()):
            why = "and the site shows no other release either"
        if why:
            said = f"{len(self.gone)} releases seem withdrawn, {why}: none is marked"
            self.report.notes.append(f"{said}; look at the site")
            self.state.follow(
                replace(look.followed, due_at=now + PROOF) for look in self.gone
            )
            return
        at = self.second()
        for look in self.gone:
            self.rewrites.append(
                _Rewrite(
                    look,
                    look.followed,
                    look.before,
                    lambda history: replace(
                        history, revision=history.revision + 1, withdrawn_at=at
                    ),
                    "withdrawal",
                    "the site has it no more",
                )
            )

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

    # --- rewrite --------------------------------------------------------------------

    def rewrite(self, rewrites: Sequence[_Rewrite]) -> None:
        """Write posts again that are as we left them; then remember.

        Raises:
            PublishError, StorageError: they were not delivered; the next run looks
                at them again.
        """
        paths = {one.look.news_id: one.look.row.post_path for one in rewrites}
        standing = self.again.standing(paths)
        batch: list[tuple[Entry, Ready]] = []
        after: dict[str, Followed] = {}
        for one in rewrites:
            there = standing.get(one.look.row.post_path)
            if there is None or not there.intact:
                why = "edited by hand" if there else "taken out by hand"
                self.note(one.look, f"{why}, {one.what}")
                self.checked(one.after, missing=one.because == "withdrawal")
                continue
            ready = self.again_ready(one, there)
            if ready and not ready.release.text_from and there.has_text:
                self.note(one.look, f"{one.what}, and its text cannot be had")
                ready = None
            if ready is None:
                self.checked(one.after, missing=one.because == "withdrawal")
                continue
            batch.append((one.look.entry, ready))
            after[one.look.news_id] = one.after
        if not batch:
            return
        posts = [ready.post for _, ready in batch]
        line = subject(batch).replace("}", "} changed at the source", 1)
        receipt = self.parts.publisher.publish(posts, line)
        self.ledger.delivered(batch, receipt, self.parts.now())
        for _, ready in batch:
            news_id = ready.release.news_id
            if news_id not in receipt.refused:
                gone = ready.post.because == "withdrawal"
                told = replace(after[news_id], history=ready.release.history)
                self.checked(told, missing=gone)
                self.counted["withdrawn" if gone else "corrected"] += 1

    def again_ready(self, one: _Rewrite, there: Standing) -> Ready | None:
        """Return the post to write; ``None`` if there is none, which is told.

        A post that has the change already is one of ours that we forgot: it stays.
        """
        known = one.look.followed.history or History(0)
        if there.history.revision <= known.revision:
            ready = self.rendered(one, one.mend(known))
            return ready and _written(ready, one.because)
        ready = self.rendered(one, there.history)
        if ready and ready.post.text == there.text:
            return ready
        ready = self.rendered(one, one.mend(there.history))
        return ready and _written(ready, one.because)

    def rendered(self, one: _Rewrite, history: History) -> Ready | None:
        """Return a post with a history; ``None``, told, if it cannot be had now."""
        try:
            outcome = self.prepare(one.look, one.originals, history)
        except (NotKeptError, MissingError) as error:
            self.note(one.look, f"{one.what}, and not rewritten: {error.reason}")
            return None
        if isinstance(outcome, Ready):
            return outcome
        self.note(one.look, f"{one.what}, and not rewritten: {outcome.reason}")
        return None

    # --- remember -------------------------------------------------------------------

    def checked(self, followed: Followed, *, missing: bool = False) -> None:
        """Remember a look, and when the next one is."""
        now = self.parts.now()
        since = followed.missing_at or now
        self.state.follow(
            [
                replace(
                    followed,
                    checked_at=now,
                    missing_at=since if missing else None,
                    due_at=next_check(followed.first_at, now),
                )
            ]
        )

    def note(self, look: _Look, said: str) -> None:
        """Tell a person, once a run."""
        url = self.ledger.base_url + look.entry.path
        self.report.notes.append(f"{look.news_id} {said}  {url}")

    def second(self) -> datetime:
        return self.parts.now().replace(microsecond=0)


def _is_api(announcer: Announcer) -> bool:
    """Tell whether an announcer is no section of the site."""
    return announcer.name not in announcer.sections


def _is_marked(history: History) -> bool:
    """Tell whether the post says that its source is gone or closed."""
    return bool(history.withdrawn_at or history.restricted_at)


def _corrected(history: History, correction: Correction) -> History:
    """Return a history with one more correction; what was gone is there again."""
    return replace(
        history,
        revision=history.revision + 1,
        corrections=(*history.corrections, correction),
        withdrawn_at=None,
        restricted_at=None,
    )


def _is_doubtful(old: Release, new: Release) -> bool:
    """Tell whether a text is another one only because its file could not be read."""
    files = [(a.file_id, a.name) for a in old.attachments]
    same_files = files == [(a.file_id, a.name) for a in new.attachments]
    return same_files and old.text_from != new.text_from


def _written(ready: Ready, because: str) -> Ready:
    """Return a post that says why it is written again."""
    if because == "withdrawal":
        return replace(ready, post=replace(ready.post, because="withdrawal"))
    return replace(ready, post=replace(ready.post, because="correction"))
