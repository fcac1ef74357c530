"""What a run did, release by release: every announced one is in exactly one count."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from scraper.errors import ScraperError
from scraper.model import Entry

Result = Literal["known", "published", "held", "failed", "left"]
RESULTS: tuple[Result, ...] = ("known", "published", "held", "failed", "left")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one announced release."""

    entry: Entry
    result: Result
    #: Stable code for held and failed (``license``, ``embargo``, ``fetch`` …).
    code: str = ""
    #: One line for people.
    reason: str = ""
    #: Path of the post, when there is one.
    path: str = ""
    url: str = ""
    #: Name of the announcer it came by: the source's own, or ``open_api``.
    via: str = ""
    #: What its sources state that a person should look at: where two of them differ.
    remarks: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return plain values; the keys are a promise to scripts."""
        return {
            "id": self.entry.news_id,
            "source": self.entry.source,
            "via": self.via,
            "title": self.entry.title,
            "ministry": self.entry.ministry,
            "listed_on": self.entry.listed_on.isoformat(),
            "result": self.result,
            "code": self.code,
            "reason": self.reason,
            "path": self.path,
            "url": self.url,
            "remarks": list(self.remarks),
        }


@dataclass(slots=True)
class LookedBack:
    """Past days that were listed again; their requests are among the run's, too."""

    days: int = 0
    requests: int = 0
    #: Releases that were not there when the day was listed before.
    late: int = 0

    def __str__(self) -> str:
        return (
            f"{self.days} days listed again, {self.requests} requests,"
            f" {self.late} late releases found"
        )


@dataclass(slots=True)
class Report:
    """The outcomes of one run, and what stopped or troubled it."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    #: What kept a listing from being read whole, in order.
    listing_errors: list[ScraperError] = field(default_factory=list)
    #: What ended the run before its work was done.
    stopped_by: ScraperError | None = None
    #: Tip of the news target afterwards.
    tip: str = ""
    #: Commits or folder writes made.
    batches: int = 0
    dry_run: bool = False
    requests: int = 0
    #: Published posts an upgrade or another configuration would render otherwise.
    waiting: int = 0
    notes: list[str] = field(default_factory=list)
    #: Releases that a later source announced as well, by its name.
    told_before: Counter[str] = field(default_factory=Counter)
    #: What second looks at published releases came to, and how many are still due.
    rechecked: Counter[str] = field(default_factory=Counter)
    #: Past days listed again, by the name of the announcer.
    look_back: dict[str, LookedBack] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        """Count a release; a later outcome of the same id replaces the earlier."""
        self.outcomes[outcome.entry.news_id] = outcome

    def counts(self) -> dict[str, int]:
        """Return the counts by result; ``announced`` is their sum."""
        return self._count(self.outcomes.values())

    @staticmethod
    def _count(outcomes: Iterable[Outcome]) -> dict[str, int]:
        counted = Counter(outcome.result for outcome in outcomes)
        return {"announced": counted.total()} | {
            result: counted[result] for result in RESULTS
        }

    def stop(self, error: ScraperError) -> None:
        """Note what ended the run, or a part of it, early; the first one counts."""
        if self.stopped_by is None:
            self.stopped_by = error
        elif error is not self.stopped_by:
            self.notes.append(str(error))

    def by_source(self) -> dict[str, dict[str, int]]:
        """Return the counts as :meth:`counts` does, by the way releases came."""
        ways: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes.values():
            ways.setdefault(outcome.via or outcome.entry.source, []).append(outcome)
        return {way: self._count(outcomes) for way, outcomes in ways.items()}

    def of(self, *results: Result) -> Iterator[Outcome]:
        """Yield the outcomes with one of these results, oldest first."""
        for outcome in self.outcomes.values():
            if outcome.result in results:
                yield outcome

    def as_json(self) -> dict[str, Any]:
        """Return plain values; the keys are a promise to scripts."""
        return {
            "counts": self.counts(),
            "by_source": self.by_source(),
            "dry_run": self.dry_run,
            "tip": self.tip,
            "requests": self.requests,
            "look_back": {name: asdict(one) for name, one in self.look_back.items()},
            "waiting": self.waiting,
            "stopped_by": str(self.stopped_by) if self.stopped_by else "",
            "listing_errors": [str(error) for error in self.listing_errors],
            "rechecked": dict(self.rechecked),
            "notes": self.notes,
            "releases": [outcome.as_json() for outcome in self.outcomes.values()],
        }
