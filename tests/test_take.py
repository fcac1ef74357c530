"""What a run keeps of a release while its batch fills."""

from dataclasses import replace

from scraper.prepare import Ready
from scraper.take import without_text
from tests.replica import make_site
from tests.test_prepare import do, ids


def test_what_waits_for_its_batch_has_its_text_in_its_post_alone() -> None:
    """The blocks of a batch of 200 would take 20 MB beside it."""
    site = make_site(seed=2, days="2026-11-24", releases=20)
    ready = next(r for i in ids(site) if isinstance(r := do(site, i), Ready))
    whole = ready.release
    assert whole.body
    waiting = without_text(ready)
    assert not waiting.release.body
    restored = replace(
        waiting.release, body=whole.body, removed=whole.removed, claims=whole.claims
    )
    assert replace(waiting, release=restored) == ready
