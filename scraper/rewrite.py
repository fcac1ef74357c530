"""Write a published post again, for its source changed, or is gone.

A post that a person edited, or took out, stays as that person left it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scraper.again import Before
from scraper.errors import MissingError, NotKeptError
from scraper.followed import Followed, next_check
from scraper.job import Again, Announcer, Parts, Standing
from scraper.model import Correction, Entry, Held, History
from scraper.originals import Originals
from scraper.prepare import Left, Ready, prepare
from scraper.settle import Ledger
from scraper.state import Row
from scraper.take import BATCH, subject

Mend = Callable[[History], History]


@dataclass(frozen=True, slots=True)
class Look:
    """One release under a second look."""

    followed: Followed
    row: Row
    entry: Entry
    announcer: Announcer
    before: Before

    @property
    def news_id(self) -> str:
        """Return its id."""
        return self.followed.news_id


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A post that has to be written again."""

    look: Look
    #: What is known once it is.
    after: Followed
    #: Where its page and files are: as fetched now, or as kept.
    originals: Originals
    mend: Mend
    because: str
    #: For people, if it cannot be written.
    what: str


class Desk:
    """Renders posts again, delivers them, and remembers the looks."""

    def __init__(self, parts: Parts, again: Again, ledger: Ledger) -> None:
        self.parts = parts
        self.again = again
        self.ledger = ledger
        self.state = parts.state
        self.report = ledger.report
        self.counted = ledger.report.rechecked

    def prepare(
        self, look: Look, originals: Originals, history: History | None
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

    def deliver(self, rewrites: Sequence[Rewrite]) -> None:
        """Write posts again, in batches; raises as :meth:`rewrite` does."""
        for at in range(0, len(rewrites), BATCH):
            try:
                self.rewrite(rewrites[at : at + BATCH])
            except BaseException:
                self.give_up(rewrites[at:])
                raise

    def give_up(self, rewrites: Sequence[Rewrite]) -> None:
        """Have the archive as if these were never fetched; the next run fetches them.

        So it can still tell how they changed.
        """
        for one in rewrites:
            one.look.before.restore()

    def rewrite(self, rewrites: Sequence[Rewrite]) -> None:
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

    def again_ready(self, one: Rewrite, there: Standing) -> Ready | None:
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

    def rendered(self, one: Rewrite, history: History) -> Ready | None:
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

    def note(self, look: Look, said: str) -> None:
        """Tell a person, once a run."""
        url = self.ledger.base_url + look.entry.path
        self.report.notes.append(f"{look.news_id} {said}  {url}")

    def second(self) -> datetime:
        """Return the time as posts tell it."""
        return self.parts.now().replace(microsecond=0)


def corrected(history: History, correction: Correction) -> History:
    """Return a history with one more correction; what was gone is there again."""
    return replace(
        history,
        revision=history.revision + 1,
        corrections=(*history.corrections, correction),
        withdrawn_at=None,
        restricted_at=None,
    )


def _written(ready: Ready, because: str) -> Ready:
    """Return a post that says why it is written again."""
    if because == "withdrawal":
        return replace(ready, post=replace(ready.post, because="withdrawal"))
    return replace(ready, post=replace(ready.post, because="correction"))
