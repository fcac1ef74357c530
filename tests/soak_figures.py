"""What all trials of the soaks played, added up, and told at the end of a test run."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

NAME = "soak of "


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what the trials recorded, wherever they ran."""
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, ())
    ]
    for line in lines(pair for report in reports for pair in report.user_properties):
        terminalreporter.write_line(line)


def lines(properties: Iterable[tuple[str, Any]]) -> list[str]:
    """Return a line for each kind of trial: ``soak of …: 20 trials, 201 runs, …``."""
    sums: dict[str, Counter[str]] = {}
    for name, figures in properties:
        if name.startswith(NAME):
            sums.setdefault(name, Counter()).update(figures)
    return [
        f"{name}: " + ", ".join(f"{count} {what}" for what, count in figures.items())
        for name, figures in sorted(sums.items())
    ]
