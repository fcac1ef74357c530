"""The command: what it says, and with which exit code it ends."""

import re
import socket
from pathlib import Path

import pytest
import yaml

from scraper.cli import build, commands, exits
from scraper.cli.exits import exit_code
from scraper.config import load_config
from scraper.errors import (
    BlockedError,
    ConfigError,
    FetchError,
    LockedError,
    ParseError,
    PublishError,
    RefusedError,
    ScraperError,
    StorageError,
    UnavailableError,
)
from tests.hwpx_builder import hwpx, p
from tests.newsroom import NOW, ROOT, Newsroom, run_here

Capsys = pytest.CaptureFixture[str]


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FetchError("u", "r"), 69),
        (UnavailableError("u", "r"), 69),
        (PublishError("r"), 69),
        (BlockedError("u", "r"), 77),
        (RefusedError("r"), 77),
        (StorageError("r"), 73),
        (LockedError("r"), 75),
        (ConfigError(["r"]), 78),
        (ParseError("u", "r"), 3),
        (ScraperError("r"), 3),
    ],
)
def test_every_error_has_its_code(error: ScraperError, code: int) -> None:
    assert exit_code(error) == code


def test_a_site_out_of_reach_is_one_line_with_what_to_do(
    tmp_path: Path, capsys: Capsys
) -> None:
    port = closed_port()
    newsroom = Newsroom(tmp_path, f"http://127.0.0.1:{port}")
    result = newsroom.scrape("--since", "yesterday", capsys=capsys)
    assert result.code == 69
    (line,) = [x for x in result.err.split("\n") if x.startswith("scrape: ")]
    assert f"127.0.0.1:{port}" in line
    assert "refuses the connection" in line
    assert "check the network or try later" in line
    assert "nothing published" in result.out


def test_bad_configuration_is_told_all_at_once(tmp_path: Path, capsys: Capsys) -> None:
    newsroom = Newsroom(tmp_path, "http://127.0.0.1:1", "fech: {}\nuse: {changes: 7}\n")
    settings = ("--set", "news.token_env=NO_SUCH_TOKEN")
    result = newsroom.scrape(*settings, capsys=capsys)
    assert result.code == 78
    lines = result.err.strip().split("\n")
    assert len(lines) == 3
    assert any("fech: unknown key; did you mean fetch?" in line for line in lines)
    assert any("use.changes: input should be a valid boolean" in x for x in lines)
    assert any("the variable NO_SUCH_TOKEN is not set" in line for line in lines)
    assert not newsroom.state.exists(), "nothing was touched"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--since", "tomorrow"], "is not a bound such as 2026-11-20"),
        (["--source", "policy"], "did you mean policy_news"),
        (["--ministry", "국방보"], "국방부"),
        (["--limit", "0"], "--limit"),
        (["--no-such-option"], "--no-such-option"),
        (["no-such-command"], "no-such-command"),
    ],
)
def test_usage_is_told_with_what_would_be_right(
    tmp_path: Path, capsys: Capsys, arguments: list[str], said: str
) -> None:
    newsroom = Newsroom(tmp_path, "http://127.0.0.1:1")
    result = newsroom.scrape(*arguments, capsys=capsys)
    assert result.code == 2
    assert said in re.sub(r"[│\s]+", " ", result.err)


def test_a_bug_is_told_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(build, "rules_of", broken)
    newsroom = Newsroom(tmp_path, "http://127.0.0.1:1")
    assert newsroom.scrape(capsys=capsys).code == exits.BUG


def test_version(capsys: Capsys) -> None:
    assert run_here(["scrape", "--version"], NOW) == 0
    assert re.fullmatch(r"bodojaryo \d+\.\d+\.\d+\n", capsys.readouterr().out)


# --- extract ---------------------------------------------------------------------


def test_extract_writes_one_file_for_each_document(
    tmp_path: Path, capsys: Capsys
) -> None:
    inside = tmp_path / "in" / "deep"
    inside.mkdir(parents=True)
    (inside / "가.hwpx").write_bytes(hwpx(p("첫 문단."), p("□ 항목")))
    (inside / "나.hwpx").write_bytes(b"")
    (inside / "note.txt").write_text("no document")
    out = tmp_path / "out"
    code = run_here(["scrape", "extract", str(tmp_path / "in"), "--out", str(out)], NOW)
    said = capsys.readouterr()
    assert code == exits.PARTIAL
    assert [file.name for file in out.iterdir()] == ["가.hwpx.md"]
    assert "첫 문단." in (out / "가.hwpx.md").read_text("utf-8")
    assert re.search(r"나\.hwpx: .*empty", said.err)
    assert "1 of 2 documents written" in said.out


def test_extract_of_nothing_is_a_usage_error(tmp_path: Path, capsys: Capsys) -> None:
    for path in (tmp_path, tmp_path / "missing"):
        code = run_here(["scrape", "extract", str(path), "--out", str(tmp_path)], NOW)
        assert code == 2


# --- the words in the README -------------------------------------------------------


def test_the_readme_names_every_option_key_and_exit_code() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    source = (ROOT / "scraper/cli/commands.py").read_text("utf-8")
    for option in set(re.findall(r'"(--[a-z-]+)"', source)) - {"--help"}:
        assert option in readme, option
    for option in ("--since", "--until", "--source", "--ministry", "--limit", "--to"):
        assert option in readme, option
    shown = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))

    def keys(values: object, prefix: str = "") -> list[str]:
        if not isinstance(values, dict):
            return [prefix.removeprefix(".")]
        return [k for name, v in values.items() for k in keys(v, f"{prefix}.{name}")]

    for key in keys(shown):
        assert f"`{key}`" in readme, key
    codes = {v for k, v in vars(exits).items() if k.isupper() and isinstance(v, int)}
    for code in codes:
        assert re.search(rf"^\| {code} \|", readme, re.M), code


def test_what_makes_posts_is_named_without_addresses(tmp_path: Path) -> None:
    """A server that moves must not make every post wait for a rewrite."""
    one = Newsroom(tmp_path / "1", "http://127.0.0.1:1")
    two = Newsroom(tmp_path / "2", "http://127.0.0.1:2")
    look = Newsroom(tmp_path / "3", "http://127.0.0.1:1", "post: {category: X}\n")
    made = [build.made_by(load_config(room.config, {})) for room in (one, two, look)]
    assert made[0] == made[1] != made[2]


@pytest.mark.parametrize(
    ("arguments", "whole"),
    [
        ([], False),
        (["--config", "config.yaml", "--dry-run"], False),
        (["--since=3d"], False),
        (["status"], True),
        (["--limit", "3", "statsu"], True),
        (["--config", "config.yaml", "-h"], True),
    ],
)
def test_sub_commands_are_made_where_one_can_be_meant(
    arguments: list[str], whole: bool
) -> None:
    needed = commands.needed(arguments)
    assert bool(needed.registered_commands) is whole
    assert commands.app.registered_commands, "and stay for the next time"
