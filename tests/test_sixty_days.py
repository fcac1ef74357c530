"""Sixty days of everything that goes wrong: nothing lost, early, wrong or told twice.

What is true is told by what the site was made of. ``SOAK=1`` has the daemon's usual
times and more releases; else it wakes four times a day.
"""

import os

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


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Live through it once, for all tests of this file."""
    return live(tmp_path_factory.mktemp("sixty"), SCHEDULE, RELEASES)


def test_every_release_ever_put_up_became_what_it_must(ended: Ended) -> None:
    print(table(ended))
    assert [*lost(ended)] == []


def test_nothing_was_committed_before_its_time(ended: Ended) -> None:
    assert [*early(ended)] == []


def test_what_is_gone_is_marked_and_nothing_else(ended: Ended) -> None:
    assert [*withdrawals(ended)] == []


def test_what_changed_is_corrected_and_nothing_else(ended: Ended) -> None:
    assert [*corrections(ended)] == []


def test_no_post_was_added_or_written_again_without_a_reason(ended: Ended) -> None:
    assert [*repeats(ended)] == []


def test_every_alarm_was_opened_once_and_closed_once(ended: Ended) -> None:
    assert [*alarms(ended)] == []


def test_all_of_it_happened(ended: Ended) -> None:
    """A story without withdrawals proves nothing of withdrawals."""
    story = ended.story
    marked = [p for p in ended.posts.values() if "withdrawn_at" in p.head]
    linked = [p for p in ended.posts.values() if "corrects" in p.head]
    corrected = [p for p in ended.posts.values() if "corrections" in p.head]
    assert len(story.late) >= 10
    assert len(marked) >= 4
    assert len(linked) >= 2
    assert len(corrected) >= 20
    kinds = {story.changes[i].kind for i in story.changes if i in ended.posts}
    assert kinds == {"silent", "marked"}
    assert any(fact.earliest > fact.appears_at for fact in ended.facts.values())
