"""The files in ``deploy/`` do what they say: their commands are run as they stand."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from scraper.cli.build import CLOCK
from tests.newsroom import NOW, Newsroom
from tests.replica import Site, replica

pytestmark = pytest.mark.replica

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
GITHUB = DEPLOY / "github" / "bodojaryo.yml"
GITLAB = DEPLOY / "gitlab" / ".gitlab-ci.yml"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with replica(seed=5, days="2026-11-23..2026-11-24", releases=12) as site:
        yield site


@pytest.fixture
def newsroom(site: Site, tmp_path: Path) -> Newsroom:
    """A folder as the CI job has it, with ``scrape`` where the job installs it."""
    room = Newsroom(tmp_path / "room", site.base_url)
    programs = tmp_path / "runner" / "bodojaryo" / "bin"
    programs.mkdir(parents=True)
    scrape = programs / "scrape"
    scrape.write_text(f'#!/bin/sh\nexec {sys.executable} -m scraper.cli "$@"\n')
    scrape.chmod(0o755)
    (room.folder / ".venv").symlink_to(programs.parent)
    return room


def run(newsroom: Newsroom, script: str, **variables: str) -> str:
    """Run a script as its runner does; return what it printed."""
    runner = newsroom.folder.parent / "runner"
    programs = runner / "bodojaryo" / "bin"
    environ = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(runner),
        "PYTHONPATH": str(ROOT),
        "RUNNER_TEMP": str(runner),
        "NEWS_TOKEN": "not-a-token",
        CLOCK: NOW,
        **variables,
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=newsroom.folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def workflow() -> dict[str, object]:
    values: dict[str, object] = yaml.safe_load(GITHUB.read_text("utf-8"))
    return values


def steps() -> list[dict[str, object]]:
    values: list[dict[str, object]] = workflow()["jobs"]["scrape"]["steps"]  # type: ignore[index]
    return values


def test_the_workflow_s_commands_publish(newsroom: Newsroom) -> None:
    scrape, show = (
        str(step["run"])
        for step in steps()
        if step["name"] in ("Scrape", "Show what became of each release")
    )
    summary = newsroom.folder / "step-summary.md"
    said = run(
        newsroom,
        f"{scrape}\n{show}",
        REMOTE=str(newsroom.news),
        BRANCH="main",
        SINCE="2026-11-23",
        MODE="git",
        GITHUB_STEP_SUMMARY=str(summary),
    )
    assert "published" in said
    assert len(newsroom.posts()) > 3
    assert summary.read_text("utf-8").count("```") == 2


def test_gitlab_s_commands_publish(newsroom: Newsroom) -> None:
    job = yaml.safe_load(GITLAB.read_text("utf-8"))["press-releases"]
    script = job["script"]
    start = next(n for n, line in enumerate(script) if line.startswith("set --"))
    newsroom.news = newsroom.folder.parent / "room.git"
    run(
        newsroom,
        "\n".join(script[start:]),
        CI_PROJECT_URL=str(newsroom.folder.parent / "room"),
        CI_DEFAULT_BRANCH="main",
        SINCE="2026-11-23",
        MODE="git",
    )
    assert len(newsroom.posts()) > 3


def test_the_crontab_line_publishes(newsroom: Newsroom) -> None:
    (line,) = [
        line
        for line in (DEPLOY / "crontab").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    command = line.split(None, 5)[5].replace("/srv/news", str(newsroom.folder))
    with newsroom.config.open("a", encoding="utf-8") as file:
        file.write("news: {token_env: FROM_THE_FILE}\n")
    (newsroom.folder / "environment").write_text("FROM_THE_FILE=x\n")
    run(newsroom, command)
    assert len(newsroom.posts()) > 3


def test_actions_are_pinned_by_commit() -> None:
    used = [str(step["uses"]) for step in steps() if "uses" in step]
    assert len(used) == 5
    for action in used:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action), action


def test_nothing_a_person_types_is_put_into_a_script() -> None:
    """Expressions go through the environment alone; a script never holds one."""
    for step in steps():
        assert "${{" not in str(step.get("run", "")), step["name"]


def test_the_workflow_may_do_no_more_than_it_must() -> None:
    values = workflow()
    assert values["permissions"] == {}
    assert values["concurrency"] == {
        "group": "bodojaryo",
        "cancel-in-progress": False,
    }
    checkouts = [s["with"] for s in steps() if "actions/checkout" in str(s.get("uses"))]
    assert [c["persist-credentials"] for c in checkouts] == [False, False]  # type: ignore[index]


def test_the_services_differ_in_when_they_run_and_in_no_right() -> None:
    """What one of them may not do, the other may not either."""
    rights = []
    for name in ("bodojaryo.service", "bodojaryo-daemon.service"):
        lines = (DEPLOY / "systemd" / name).read_text("utf-8").splitlines()
        named = [line for line in lines if re.match("[A-Z]", line)]
        start = named.index("DynamicUser=yes")
        rights.append({line for line in named[start:] if "WantedBy" not in line})
    timed = {"TimeoutStartSec=infinity", "TimeoutStopSec=30", "SuccessExitStatus=3 75"}
    assert rights[0] - timed == rights[1]
