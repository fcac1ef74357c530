"""The benchmarks still run; their figures are for people, not for tests."""

import pytest

from benchmarks import jobs
from benchmarks.__main__ import table

pytestmark = pytest.mark.replica


def test_whole_runs_are_measured() -> None:
    (row,) = jobs.measure_run(20)
    assert int(row["announced"]) == 20
    assert "requests a post" in table([row])


def test_what_nothing_and_a_little_cost_is_measured() -> None:
    assert [row["posts held"] for row in jobs.measure_nothing_new([30])] == ["30"]
    assert [row["posts held"] for row in jobs.measure_commit([30])] == ["30"]
