"""The way in: a run as schedulers start it is spared what reads options."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scraper import cli
from scraper.cli import run
from tests.newsroom import NOW, ROOT, run_here

#: What a run as schedulers start it never uses.
SPARED = {"typer", "click", "rich", "scraper.cli.commands"}
SPARED |= {"lxml", "jinja2", "nh3", "holidays", "apscheduler", "cryptography"}
SPARED |= {"scraper.stages", "scraper.documents", "publishers.post"}


@pytest.mark.parametrize(
    ("arguments", "config"),
    [
        ([], "config.yaml"),
        (["--config", "a/b.yaml"], "a/b.yaml"),
        (["--config"], None),
        (["--config", ""], None),
        (["--config", "-h"], None),
        (["--config", "a.yaml", "status"], None),
        (["--config", "a.yaml", "--dry-run"], None),
        (["status"], None),
        (["--help"], None),
        (["-h"], None),
        (["--version"], None),
        (["config.yaml"], None),
    ],
)
def test_only_a_configuration_needs_nobody_who_reads_options(
    arguments: list[str], config: str | None
) -> None:
    assert cli._only_config(arguments) == (Path(config) if config else None)


def test_a_shell_that_completes_words_starts_no_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("_SCRAPE_COMPLETE", "complete_bash")
    assert cli._only_config([]) is None


def test_both_ways_say_the_same_and_end_alike(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("contcat: x\n", "utf-8")
    told = []
    for more in ([], ["--limit", "1"]):
        code = run_here(["scrape", "--config", str(file), *more], NOW)
        told.append((code, *capsys.readouterr()))
    assert told[0] == told[1]
    assert told[0][0] == 78
    assert "did you mean contact?" in told[0][2]


@pytest.mark.parametrize("more", [[], ["--limit", "1"]])
def test_both_ways_end_alike_by_the_keyboard(
    more: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "run_once", interrupted)
    assert run_here(["scrape", "--config", "c.yaml", *more], NOW) == 130


@pytest.mark.parametrize("more", [[], ["--limit", "1"]])
def test_both_ways_end_alike_when_whoever_reads_has_gone(more: list[str]) -> None:
    program = (
        "import os, scraper.cli.run as run\n"
        "run.run_once = lambda *_: print('.' * 100_000) or 0\n"
        "from scraper.cli import main\nmain()"
    )
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-c", program, "--config", "c.yaml", *more]
    done = subprocess.run(
        command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_run_as_schedulers_start_it_loads_what_it_uses(tmp_path: Path) -> None:
    program = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*sys.modules))\n"
        "from scraper.cli import main\nmain()"
    )
    command = [sys.executable, "-c", program, "--config", str(tmp_path / "none.yaml")]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 78
    loaded = set(done.stdout.split())
    assert "scraper.cli.run" in loaded
    assert not SPARED & loaded
