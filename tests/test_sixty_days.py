"""Sixty days of everything that goes wrong: nothing lost, early, wrong or told twice.

What is true is told by what the site was made of. ``SOAK=1`` has the daemon's usual
times and more releases; else it wakes four times a day.
"""

import os
from pathlib import Path

import pytest

from tests.sixty_truth import (
    Ended,
    alarms,
    corrections,
    early,
    live,
    lost,
    repeats,
    table,
    withdrawals,
)

SOAK = bool(os.environ.get("SOAK"))
SCHEDULE, RELEASES = ("30m", 900) if SOAK else ("0 7,11,15,19 * * *", 300)

pytestmark = pytest.mark.replica


#: What must hold, each with what finds the faults.
CLAIMS = {
    "every release ever put up became what it must": lost,
    "nothing was committed before its time": early,
    "what is gone is marked and nothing else": withdrawals,
    "what changed is corrected and nothing else": corrections,
    "no post was added or written again without a reason": repeats,
    "every alarm was opened once and closed once": alarms,
}


def test_sixty_days_end_as_the_site_says(tmp_path: Path) -> None:
    """One test: what happens in minutes is lived through once, by one process."""
    ended = live(tmp_path, SCHEDULE, RELEASES)
    print(table(ended))
    faults = {claim: [*find(ended)] for claim, find in CLAIMS.items()}
    assert faults == {claim: [] for claim in CLAIMS}
    assert_all_of_it_happened(ended)


def assert_all_of_it_happened(ended: Ended) -> None:
    """A story without withdrawals proves nothing of withdrawals."""
    story = ended.story
    marked = [p for p in ended.posts.values() if "withdrawn_at" in p.head]
    linked = [p for p in ended.posts.values() if "corrects" in p.head]
    corrected = [p for p in ended.posts.values() if "corrections" in p.head]
    # Without looking back they would be lost: nothing else comes upon them.
    assert len(story.late.keys() & ended.looked_back) >= 10
    assert len(marked) >= 4
    assert len(linked) >= 2
    assert len(corrected) >= 20
    kinds = {story.changes[i].kind for i in story.changes if i in ended.posts}
    assert kinds == {"silent", "marked"}
    assert any(fact.earliest > fact.appears_at for fact in ended.facts.values())
