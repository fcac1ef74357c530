"""``scrape doctor``: look at all that a run needs, and name what is wrong."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from scraper.cli import build, checks, console
from scraper.cli.findings import CAUSES, Finding, exit_code_of
from scraper.config import load_config
from scraper.settings import Config


def examine(path: Path, overrides: Sequence[str], *, as_json: bool) -> int:
    """Print each finding as it comes; return the exit code of the gravest.

    Raises:
        ConfigError: the configuration cannot be used.
    """
    config = load_config(path, os.environ, overrides)
    found = []
    for finding in _findings(config):
        found.append(finding)
        if not as_json:
            _print(finding)
    code = exit_code_of(found)
    if as_json:
        values = {"exit_code": code, "findings": [_as_json(one) for one in found]}
        print(json.dumps(values, ensure_ascii=False, indent=2))
    return code


def _findings(config: Config) -> Iterator[Finding]:
    now = build.clock()
    yield checks.look_at_disk(config)
    yield checks.look_at_state(config)
    yield from checks.look_at_site(config, now)
    yield from checks.look_at_api(config, now)
    yield from checks.look_at_news(config)


def _print(finding: Finding) -> None:
    if not finding.cause:
        console.say(f"ok    {finding.what}: {finding.evidence}")
        return
    cause = CAUSES[finding.cause]
    console.say(f"wrong {finding.what}: {cause.english} [{finding.cause}]")
    console.say(cause.korean, indent=6)
    console.say(f"seen: {finding.evidence}", indent=6)


def _as_json(finding: Finding) -> dict[str, str]:
    cause = CAUSES.get(finding.cause)
    return {
        "what": finding.what,
        "cause": finding.cause,
        "english": cause.english if cause else "",
        "korean": cause.korean if cause else "",
        "evidence": finding.evidence,
    }
